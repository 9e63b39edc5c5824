// SPDX-License-Identifier: GPL-2.0
/*
 * The decisions of impairments: impair.c. Every seed is fixed, so every run
 * draws the same numbers; the bounds of shares are five standard deviations
 * of a binomial distribution.
 */
#include <kunit/test.h>
#include <linux/math64.h>
#include <linux/slab.h>

#include "../netstack/link/impair.h"

#define DRAWS	10000
#define PERCENT	(NST_IMPAIR_ALL / 100)
#define MS	((u64)NSEC_PER_MSEC)

static struct nst_impair_config plain(u64 seed)
{
	return (struct nst_impair_config){
		.seed = seed,
		.gap = 1,
		.limit = NST_IMPAIR_LIMIT_DEFAULT,
	};
}

/* A fresh sequence of decisions. */
static void begin(struct nst_impair_state *state,
		  const struct nst_impair_config *config)
{
	memset(state, 0, sizeof(*state));
	nst_impair_restart(state, config, NST_IMPAIR_TX);
}

static void expect_same(struct kunit *test, const struct nst_impair_verdict *a,
			const struct nst_impair_verdict *b)
{
	KUNIT_EXPECT_EQ(test, a->lost, b->lost);
	KUNIT_EXPECT_EQ(test, a->duplicated, b->duplicated);
	KUNIT_EXPECT_EQ(test, a->corrupted, b->corrupted);
	KUNIT_EXPECT_EQ(test, a->where, b->where);
	KUNIT_EXPECT_EQ(test, a->reordered, b->reordered);
	KUNIT_EXPECT_EQ(test, a->delay, b->delay);
}

static struct nst_impair_config everything(u64 seed)
{
	struct nst_impair_config config = plain(seed);

	config.loss = 10 * PERCENT;
	config.burst_begin = PERCENT;
	config.burst_end = 20 * PERCENT;
	config.burst_loss = 90 * PERCENT;
	config.duplicate = 10 * PERCENT;
	config.corrupt = 10 * PERCENT;
	config.reorder = 10 * PERCENT;
	config.delay = 50 * MS;
	config.jitter = 10 * MS;
	return config;
}

static void decide__repeats_by_its_seed(struct kunit *test)
{
	struct nst_impair_config config = everything(7);
	struct nst_impair_verdict first, second;
	struct nst_impair_state one, two;
	unsigned int i;

	begin(&one, &config);
	begin(&two, &config);
	for (i = 0; i < DRAWS; i++) {
		nst_impair_decide(&config, &one, &first);
		nst_impair_decide(&config, &two, &second);
		expect_same(test, &first, &second);
	}
	/* And again from the beginning, in the middle of whatever was. */
	nst_impair_restart(&one, &config, NST_IMPAIR_TX);
	begin(&two, &config);
	for (i = 0; i < 100; i++) {
		nst_impair_decide(&config, &one, &first);
		nst_impair_decide(&config, &two, &second);
		expect_same(test, &first, &second);
	}
}

/* The losses of the next 64 packets, a bit each. */
static u64 losses(const struct nst_impair_config *config,
		  enum nst_impair_direction direction)
{
	struct nst_impair_state state = {};
	struct nst_impair_verdict verdict;
	u64 mask = 0;
	int i;

	nst_impair_restart(&state, config, direction);
	for (i = 0; i < 64; i++) {
		nst_impair_decide(config, &state, &verdict);
		mask |= (u64)verdict.lost << i;
	}
	return mask;
}

/* Numbers that another implementation of the generator gave. */
static void decide__is_the_same_on_every_machine(struct kunit *test)
{
	static const struct {
		u32 where;
		u64 delay;
	} expected[] = {
		{ 0xb10225da, 53855685 },
		{ 0xfcbbd81c, 41513307 },
		{ 0x7e13685c, 41677542 },
		{ 0x3d94d630, 58328157 },
	};
	struct nst_impair_config config = plain(1);
	struct nst_impair_verdict verdict;
	struct nst_impair_state state;
	unsigned int i;

	config.loss = 10 * PERCENT;
	config.delay = 50 * MS;
	config.jitter = 10 * MS;
	KUNIT_EXPECT_EQ(test, losses(&config, NST_IMPAIR_TX), 0x8800000001ULL);
	KUNIT_EXPECT_EQ(test, losses(&config, NST_IMPAIR_RX),
			0x80200a1800000012ULL);
	begin(&state, &config);
	for (i = 0; i < ARRAY_SIZE(expected); i++) {
		nst_impair_decide(&config, &state, &verdict);
		KUNIT_EXPECT_EQ(test, verdict.where, expected[i].where);
		KUNIT_EXPECT_EQ(test, verdict.delay, expected[i].delay);
	}
}

static void decide__differs_by_seed_and_direction(struct kunit *test)
{
	struct nst_impair_config one = plain(1), two = plain(2);

	one.loss = 50 * PERCENT;
	two.loss = 50 * PERCENT;
	KUNIT_EXPECT_NE(test, losses(&one, NST_IMPAIR_TX),
			losses(&two, NST_IMPAIR_TX));
	KUNIT_EXPECT_NE(test, losses(&one, NST_IMPAIR_TX),
			losses(&one, NST_IMPAIR_RX));
	/* What one direction does is not what another seed does in it. */
	KUNIT_EXPECT_NE(test, losses(&one, NST_IMPAIR_RX),
			losses(&two, NST_IMPAIR_TX));
}

static void decide__one_impairment_leaves_the_others_alone(struct kunit *test)
{
	struct nst_impair_config all = everything(3), loss = plain(3);

	loss.loss = all.loss;
	all.burst_begin = 0;
	KUNIT_EXPECT_EQ(test, losses(&all, NST_IMPAIR_TX),
			losses(&loss, NST_IMPAIR_TX));
}

/* How many of DRAWS packets met each fate. */
struct counts {
	unsigned int lost;
	unsigned int duplicated;
	unsigned int corrupted;
	unsigned int reordered;
};

static struct counts count(const struct nst_impair_config *config)
{
	struct nst_impair_verdict verdict;
	struct nst_impair_state state;
	struct counts counts = {};
	unsigned int i;

	begin(&state, config);
	for (i = 0; i < DRAWS; i++) {
		nst_impair_decide(config, &state, &verdict);
		counts.lost += verdict.lost;
		counts.duplicated += verdict.duplicated;
		counts.corrupted += verdict.corrupted;
		counts.reordered += verdict.reordered;
	}
	return counts;
}

static void expect_near(struct kunit *test, unsigned int counted,
			unsigned int share)
{
	u64 mean = (u64)DRAWS * share / NST_IMPAIR_ALL;
	u64 variance = mean * (NST_IMPAIR_ALL - share) / NST_IMPAIR_ALL;
	u64 bound = 5 * (int_sqrt(variance) + 1);

	KUNIT_EXPECT_GE(test, counted + bound, mean);
	KUNIT_EXPECT_LE(test, (u64)counted, mean + bound);
}

static void decide__keeps_to_the_shares(struct kunit *test)
{
	static const u32 shares[] = { 1000, PERCENT, 10 * PERCENT,
				      50 * PERCENT, 99 * PERCENT };
	struct nst_impair_config config;
	struct counts counts;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(shares); i++) {
		config = plain(100 + i);
		config.delay = MS;
		config.loss = shares[i];
		config.duplicate = shares[i];
		config.corrupt = shares[i];
		config.reorder = shares[i];
		counts = count(&config);
		expect_near(test, counts.lost, shares[i]);
		expect_near(test, counts.duplicated, shares[i]);
		expect_near(test, counts.corrupted, shares[i]);
		expect_near(test, counts.reordered, shares[i]);
	}
}

static void decide__none_is_none_and_all_is_all(struct kunit *test)
{
	struct nst_impair_config config = plain(5);
	struct counts counts = count(&config);

	KUNIT_EXPECT_EQ(test, counts.lost, 0);
	KUNIT_EXPECT_EQ(test, counts.duplicated, 0);
	KUNIT_EXPECT_EQ(test, counts.corrupted, 0);
	KUNIT_EXPECT_EQ(test, counts.reordered, 0);

	config.delay = MS;
	config.loss = NST_IMPAIR_ALL;
	config.duplicate = NST_IMPAIR_ALL;
	config.corrupt = NST_IMPAIR_ALL;
	config.reorder = NST_IMPAIR_ALL;
	counts = count(&config);
	KUNIT_EXPECT_EQ(test, counts.lost, DRAWS);
	KUNIT_EXPECT_EQ(test, counts.duplicated, DRAWS);
	KUNIT_EXPECT_EQ(test, counts.corrupted, DRAWS);
	KUNIT_EXPECT_EQ(test, counts.reordered, DRAWS);
}

/*
 * Gilbert: a burst begins at 1 % of packets and ends at 25 %, so that 1 / 26
 * of all packets are lost, four in a row on average.
 */
static void decide__loses_in_bursts(struct kunit *test)
{
	struct nst_impair_config config = plain(11);
	unsigned int i, lost = 0, bursts = 0;
	struct nst_impair_verdict verdict;
	struct nst_impair_state state;
	bool before = false;

	config.burst_begin = PERCENT;
	config.burst_end = 25 * PERCENT;
	config.burst_loss = NST_IMPAIR_ALL;
	begin(&state, &config);
	for (i = 0; i < 10 * DRAWS; i++) {
		nst_impair_decide(&config, &state, &verdict);
		lost += verdict.lost;
		bursts += verdict.lost && !before;
		before = verdict.lost;
	}
	/* 3846 expected of 100,000, 960 bursts; losses come by fours. */
	KUNIT_EXPECT_GE(test, lost, 3200);
	KUNIT_EXPECT_LE(test, lost, 4500);
	KUNIT_EXPECT_GE(test, bursts, 810);
	KUNIT_EXPECT_LE(test, bursts, 1110);
	KUNIT_EXPECT_GE(test, 10 * lost, 35 * bursts);
	KUNIT_EXPECT_LE(test, 10 * lost, 45 * bursts);
}

/* Elliott: both states lose, each its share. */
static void decide__loses_in_and_out_of_bursts(struct kunit *test)
{
	struct nst_impair_config config = plain(12);
	unsigned int i, bad = 0, lost_bad = 0, lost_good = 0;
	struct nst_impair_verdict verdict;
	struct nst_impair_state state;

	config.loss = 2 * PERCENT;
	config.burst_begin = 10 * PERCENT;
	config.burst_end = 10 * PERCENT;
	config.burst_loss = 50 * PERCENT;
	begin(&state, &config);
	for (i = 0; i < DRAWS; i++) {
		nst_impair_decide(&config, &state, &verdict);
		bad += state.burst;
		if (state.burst)
			lost_bad += verdict.lost;
		else
			lost_good += verdict.lost;
	}
	KUNIT_EXPECT_GE(test, bad, 4000);
	KUNIT_EXPECT_LE(test, bad, 6000);
	KUNIT_EXPECT_GE(test, 100 * lost_bad, 45 * bad);
	KUNIT_EXPECT_LE(test, 100 * lost_bad, 55 * bad);
	KUNIT_EXPECT_GE(test, 100 * lost_good, 1 * (DRAWS - bad));
	KUNIT_EXPECT_LE(test, 100 * lost_good, 3 * (DRAWS - bad));
}

static void decide__reorders_each_gapth_packet(struct kunit *test)
{
	struct nst_impair_config config = plain(13);
	struct nst_impair_verdict verdict;
	struct nst_impair_state state;
	unsigned int i;

	config.delay = MS;
	config.reorder = NST_IMPAIR_ALL;
	config.gap = 5;
	begin(&state, &config);
	for (i = 1; i <= 100; i++) {
		nst_impair_decide(&config, &state, &verdict);
		KUNIT_EXPECT_EQ(test, verdict.reordered, i % 5 == 0);
		KUNIT_EXPECT_EQ(test, verdict.delay, i % 5 ? MS : 0);
	}
}

static void decide__spreads_jitter_evenly(struct kunit *test)
{
	struct nst_impair_config config = plain(14);
	struct nst_impair_verdict verdict;
	unsigned int i, tenth[10] = {};
	struct nst_impair_state state;

	config.delay = 50 * MS;
	config.jitter = 10 * MS;
	begin(&state, &config);
	for (i = 0; i < DRAWS; i++) {
		nst_impair_decide(&config, &state, &verdict);
		KUNIT_ASSERT_GE(test, verdict.delay, 40 * MS);
		KUNIT_ASSERT_LE(test, verdict.delay, 60 * MS);
		tenth[min_t(u64, 9, div_u64(verdict.delay - 40 * MS,
					    2 * NSEC_PER_MSEC))]++;
	}
	for (i = 0; i < ARRAY_SIZE(tenth); i++)
		expect_near(test, tenth[i], 10 * PERCENT);
}

/* 68.3 % within one standard deviation, 95.4 % within two. */
static void decide__spreads_jitter_normally(struct kunit *test)
{
	struct nst_impair_config config = plain(15);
	unsigned int i, one = 0, two = 0, above = 0;
	struct nst_impair_verdict verdict;
	struct nst_impair_state state;
	u64 off;

	config.delay = 100 * MS;
	config.jitter = 10 * MS;
	config.distribution = NST_IMPAIR_NORMAL;
	begin(&state, &config);
	for (i = 0; i < DRAWS; i++) {
		nst_impair_decide(&config, &state, &verdict);
		off = abs((s64)(verdict.delay - config.delay));
		KUNIT_ASSERT_LE(test, off, 6 * config.jitter);
		one += off <= config.jitter;
		two += off <= 2 * config.jitter;
		above += verdict.delay > config.delay;
	}
	expect_near(test, one, 683000);
	expect_near(test, two, 954000);
	expect_near(test, above, 50 * PERCENT);
}

static void decide__never_delays_below_zero(struct kunit *test)
{
	struct nst_impair_config config = plain(16);
	struct nst_impair_verdict verdict;
	struct nst_impair_state state;
	unsigned int i, zero = 0;

	config.delay = 10 * MS;
	config.jitter = 10 * MS;
	config.distribution = NST_IMPAIR_NORMAL;
	begin(&state, &config);
	for (i = 0; i < DRAWS; i++) {
		nst_impair_decide(&config, &state, &verdict);
		KUNIT_ASSERT_LE(test, verdict.delay, 70 * MS);
		zero += !verdict.delay;
	}
	/* Those more than one deviation below. */
	expect_near(test, zero, 158700);
}

static void decide__takes_the_largest_delay(struct kunit *test)
{
	struct nst_impair_config config = plain(17);
	struct nst_impair_verdict verdict;
	struct nst_impair_state state;
	unsigned int i;

	config.delay = NST_IMPAIR_DELAY_MAX;
	config.jitter = NST_IMPAIR_DELAY_MAX;
	for (i = 0; i < 2000; i++) {
		config.distribution = i & 1 ? NST_IMPAIR_NORMAL :
					      NST_IMPAIR_UNIFORM;
		if (!i)
			begin(&state, &config);
		nst_impair_decide(&config, &state, &verdict);
		KUNIT_ASSERT_LE(test, verdict.delay, 7 * NST_IMPAIR_DELAY_MAX);
	}
}

static void sent__takes_the_time_of_the_rate(struct kunit *test)
{
	struct nst_impair_config config = plain(0);
	struct nst_impair_state state = {};
	u64 now = 1000;

	config.rate = 1000000;
	/* 10,000 bits at a million a second. */
	KUNIT_EXPECT_EQ(test, nst_impair_sent(&config, &state, 1250, now),
			now + 10 * MS);
	/* The next one waits for it. */
	KUNIT_EXPECT_EQ(test, nst_impair_sent(&config, &state, 125, now + MS),
			now + 11 * MS);
	/* Time that was not used is gone. */
	now += 100 * MS;
	KUNIT_EXPECT_EQ(test, nst_impair_sent(&config, &state, 125, now),
			now + MS);
}

static void sent__loses_no_part_of_a_nanosecond(struct kunit *test)
{
	struct nst_impair_config config = plain(0);
	struct nst_impair_state state = {};
	u64 sent = 0;
	int i;

	config.rate = 10000000000ULL;
	for (i = 0; i < 1000; i++)
		sent = nst_impair_sent(&config, &state, 1514, 0);
	/* 1211.2 ns each */
	KUNIT_EXPECT_EQ(test, sent, 1211200);
}

static void sent__takes_extremes(struct kunit *test)
{
	struct nst_impair_config config = plain(0);
	struct nst_impair_state state = {};
	u64 sent = 0;
	u32 i;

	/* A full queue of the largest frames at the lowest rate. */
	config.rate = NST_IMPAIR_RATE_MIN;
	for (i = 0; i < NST_IMPAIR_LIMIT_MAX; i++)
		sent = nst_impair_sent(&config, &state, 65549, 0);
	KUNIT_EXPECT_EQ(test, sent, 524392000000ULL * NST_IMPAIR_LIMIT_MAX);
	KUNIT_EXPECT_LT(test, sent, (u64)S64_MAX / 2);

	memset(&state, 0, sizeof(state));
	config.rate = NST_IMPAIR_RATE_MAX;
	for (i = 0; i < 1000; i++)
		sent = nst_impair_sent(&config, &state, 60, 0);
	KUNIT_EXPECT_EQ(test, sent, 480);

	config.rate = 0;
	KUNIT_EXPECT_EQ(test, nst_impair_sent(&config, &state, 60, 7), 7);
}

/* Delays of 9 and then 3 ms, one ms apart. */
static void two_departures(const struct nst_impair_config *config, u64 *first,
			   u64 *second)
{
	struct nst_impair_verdict late = { .delay = 9 * MS };
	struct nst_impair_verdict early = { .delay = 3 * MS };
	struct nst_impair_state state = {};

	*first = nst_impair_departure(config, &state, &late, 100 * MS);
	*second = nst_impair_departure(config, &state, &early, 101 * MS);
}

static void departure__keeps_the_order(struct kunit *test)
{
	struct nst_impair_config config = plain(0);
	u64 first, second;

	two_departures(&config, &first, &second);
	KUNIT_EXPECT_EQ(test, first, 109 * MS);
	KUNIT_EXPECT_EQ(test, second, 109 * MS);
}

static void departure__changes_the_order_when_asked(struct kunit *test)
{
	struct nst_impair_config config = plain(0);
	u64 first, second;

	config.unordered = true;
	two_departures(&config, &first, &second);
	KUNIT_EXPECT_EQ(test, first, 109 * MS);
	KUNIT_EXPECT_EQ(test, second, 104 * MS);
}

static void departure__lets_reordered_packets_overtake(struct kunit *test)
{
	struct nst_impair_verdict delayed = { .delay = 9 * MS };
	struct nst_impair_verdict skips = { .reordered = true };
	struct nst_impair_config config = plain(0);
	struct nst_impair_state state = {};

	KUNIT_EXPECT_EQ(test, nst_impair_departure(&config, &state, &delayed,
						   100 * MS), 109 * MS);
	KUNIT_EXPECT_EQ(test, nst_impair_departure(&config, &state, &skips,
						   101 * MS), 101 * MS);
	/* The order of the others is not changed by it. */
	KUNIT_EXPECT_EQ(test, nst_impair_departure(&config, &state, &delayed,
						   102 * MS), 111 * MS);
}

/**
 * struct refused - values that do not go together
 * @name: what they are
 * @config: the values
 */
struct refused {
	const char *name;
	struct nst_impair_config config;
};

static const struct refused refusals[] = {
	{ "jitter above the delay",
	  { .gap = 1, .delay = 5, .jitter = 6 } },
	{ "jitter without delay", { .gap = 1, .jitter = 1 } },
	{ "unordered without jitter",
	  { .gap = 1, .delay = 5, .unordered = true } },
	{ "distribution without jitter",
	  { .gap = 1, .delay = 5, .distribution = NST_IMPAIR_NORMAL } },
	{ "reordering without delay", { .gap = 1, .reorder = 5 } },
	{ "gap without reordering", { .gap = 2, .delay = 5 } },
	{ "a burst without end",
	  { .gap = 1, .burst_begin = 5, .burst_loss = 5 } },
	{ "a burst without beginning",
	  { .gap = 1, .burst_end = 5, .burst_loss = 5 } },
	{ "a burst without loss",
	  { .gap = 1, .burst_begin = 5, .burst_end = 5 } },
};

static void refused_name(const struct refused *refused, char *name)
{
	strscpy(name, refused->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(refused, refusals, refused_name);

static void check__refuses_with_a_sentence(struct kunit *test)
{
	const struct refused *refused = test->param_value;
	struct netlink_ext_ack extack = {};

	KUNIT_EXPECT_EQ(test, nst_impair_check(&refused->config, &extack),
			-EINVAL);
	KUNIT_EXPECT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_EQ(test, nst_impair_check(&refused->config, NULL),
			-EINVAL);
}

static void check__takes_what_goes_together(struct kunit *test)
{
	struct nst_impair_config config = everything(1);

	KUNIT_EXPECT_EQ(test, nst_impair_check(&config, NULL), 0);
	config.jitter = config.delay;
	config.unordered = true;
	config.distribution = NST_IMPAIR_NORMAL;
	config.gap = 7;
	KUNIT_EXPECT_EQ(test, nst_impair_check(&config, NULL), 0);
	config = plain(0);
	KUNIT_EXPECT_EQ(test, nst_impair_check(&config, NULL), 0);
}

static struct kunit_case impair_cases[] = {
	KUNIT_CASE(decide__repeats_by_its_seed),
	KUNIT_CASE(decide__is_the_same_on_every_machine),
	KUNIT_CASE(decide__differs_by_seed_and_direction),
	KUNIT_CASE(decide__one_impairment_leaves_the_others_alone),
	KUNIT_CASE(decide__keeps_to_the_shares),
	KUNIT_CASE(decide__none_is_none_and_all_is_all),
	KUNIT_CASE(decide__loses_in_bursts),
	KUNIT_CASE(decide__loses_in_and_out_of_bursts),
	KUNIT_CASE(decide__reorders_each_gapth_packet),
	KUNIT_CASE(decide__spreads_jitter_evenly),
	KUNIT_CASE(decide__spreads_jitter_normally),
	KUNIT_CASE(decide__never_delays_below_zero),
	KUNIT_CASE(decide__takes_the_largest_delay),
	KUNIT_CASE(sent__takes_the_time_of_the_rate),
	KUNIT_CASE(sent__loses_no_part_of_a_nanosecond),
	KUNIT_CASE(sent__takes_extremes),
	KUNIT_CASE(departure__keeps_the_order),
	KUNIT_CASE(departure__changes_the_order_when_asked),
	KUNIT_CASE(departure__lets_reordered_packets_overtake),
	KUNIT_CASE_PARAM(check__refuses_with_a_sentence, refused_gen_params),
	KUNIT_CASE(check__takes_what_goes_together),
	{}
};

static struct kunit_suite impair_suite = {
	.name = "netstack_impair",
	.test_cases = impair_cases,
};

kunit_test_suite(impair_suite);
