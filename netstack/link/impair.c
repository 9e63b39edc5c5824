// SPDX-License-Identifier: GPL-2.0
/*
 * Impairments: the decisions. Nothing here looks at a packet or at a clock;
 * the same seed and configuration decide the same for the n-th packet, on
 * every kernel and machine.
 */
#include <linux/kernel.h>
#include <linux/math64.h>

#include "impair.h"

/* Values of 16 bits whose sum is near enough to a normal distribution. */
#define NORMAL_PARTS		12
#define NORMAL_MEAN		(NORMAL_PARTS * U16_MAX / 2)
#define NORMAL_DEVIATION_SHIFT	16	/* of the sum: sqrt(12 * 2^32 / 12) */

int nst_impair_check(const struct nst_impair_config *config,
		     struct netlink_ext_ack *extack)
{
	if (config->jitter > config->delay) {
		NL_SET_ERR_MSG(extack,
			       "the jitter is larger than the delay around which it is");
		return -EINVAL;
	}
	if (config->unordered && !config->jitter) {
		NL_SET_ERR_MSG(extack,
			       "without jitter nothing changes the order: give a jitter");
		return -EINVAL;
	}
	if (config->distribution != NST_IMPAIR_UNIFORM && !config->jitter) {
		NL_SET_ERR_MSG(extack,
			       "a distribution is one of the jitter: give a jitter");
		return -EINVAL;
	}
	if (config->reorder && !config->delay) {
		NL_SET_ERR_MSG(extack,
			       "reordered packets skip the delay: give a delay");
		return -EINVAL;
	}
	if (config->gap != 1 && !config->reorder) {
		NL_SET_ERR_MSG(extack,
			       "a gap is one of reordered packets: give their share");
		return -EINVAL;
	}
	if (!config->burst_begin != !config->burst_end ||
	    !config->burst_begin != !config->burst_loss) {
		NL_SET_ERR_MSG(extack,
			       "bursts of losses need the shares at which they begin, end and lose");
		return -EINVAL;
	}
	return 0;
}

/*
 * SplitMix64: a counter that a bijection mixes. Each seed is as good as any
 * other, and its sequence is the same everywhere.
 */
static u64 mix(u64 value)
{
	value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
	value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
	return value ^ (value >> 31);
}

static u64 draw(struct nst_impair_state *state)
{
	state->random += 0x9e3779b97f4a7c15ULL;
	return mix(state->random);
}

/* True for @share millionths of all draws; draws in any case. */
static bool chance(struct nst_impair_state *state, u32 share)
{
	return reciprocal_scale(draw(state) >> 32, NST_IMPAIR_ALL) < share;
}

void nst_impair_restart(struct nst_impair_state *state,
			const struct nst_impair_config *config,
			enum nst_impair_direction direction)
{
	state->random = mix(mix(config->seed) + direction);
	state->last_departure = 0;
	state->since_reorder = 0;
	state->burst = false;
}

/* Gilbert and Elliott: the state changes first, then it decides. */
static bool is_lost(const struct nst_impair_config *config,
		    struct nst_impair_state *state)
{
	if (chance(state, state->burst ? config->burst_end :
					 config->burst_begin))
		state->burst = !state->burst;
	return chance(state, state->burst ? config->burst_loss : config->loss);
}

static bool is_reordered(const struct nst_impair_config *config,
			 struct nst_impair_state *state)
{
	bool chosen = chance(state, config->reorder);

	if (!config->reorder)
		return false;
	if (state->since_reorder < config->gap - 1 || !chosen) {
		state->since_reorder++;
		return false;
	}
	state->since_reorder = 0;
	return true;
}

static s64 uniform(u64 value, u64 jitter)
{
	u64 offset;

	div64_u64_rem(value, 2 * jitter + 1, &offset);
	return offset - jitter;
}

static s64 normal(const u64 *values, u64 jitter)
{
	s64 sum = 0;
	int i;

	for (i = 0; i < NORMAL_PARTS; i++)
		sum += (values[i / 4] >> (16 * (i % 4))) & U16_MAX;
	return ((s64)jitter * (sum - NORMAL_MEAN)) >> NORMAL_DEVIATION_SHIFT;
}

static u64 delay(const struct nst_impair_config *config,
		 struct nst_impair_state *state)
{
	u64 values[NORMAL_PARTS / 4];
	s64 delay = config->delay;
	int i;

	for (i = 0; i < ARRAY_SIZE(values); i++)
		values[i] = draw(state);
	if (config->distribution == NST_IMPAIR_NORMAL)
		delay += normal(values, config->jitter);
	else
		delay += uniform(values[0], config->jitter);
	return max_t(s64, delay, 0);
}

void nst_impair_decide(const struct nst_impair_config *config,
		       struct nst_impair_state *state,
		       struct nst_impair_verdict *verdict)
{
	verdict->lost = is_lost(config, state);
	verdict->duplicated = chance(state, config->duplicate);
	verdict->corrupted = chance(state, config->corrupt);
	verdict->where = draw(state) >> 32;
	verdict->reordered = is_reordered(config, state);
	verdict->delay = delay(config, state);
	if (verdict->reordered)
		verdict->delay = 0;
}

u64 nst_impair_sent(const struct nst_impair_config *config,
		    struct nst_impair_state *state, unsigned int len, u64 now)
{
	u64 bits;

	if (!config->rate)
		return now;
	if (state->busy_until < now) {
		state->busy_until = now;
		state->remainder = 0;
	}
	bits = (u64)len * BITS_PER_BYTE * NSEC_PER_SEC + state->remainder;
	state->busy_until += div64_u64_rem(bits, config->rate,
					   &state->remainder);
	return state->busy_until;
}

u64 nst_impair_departure(const struct nst_impair_config *config,
			 struct nst_impair_state *state,
			 const struct nst_impair_verdict *verdict, u64 sent)
{
	u64 departure = sent + verdict->delay;

	if (verdict->reordered || config->unordered)
		return departure;
	departure = max(departure, state->last_departure);
	state->last_departure = departure;
	return departure;
}
