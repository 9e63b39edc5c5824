// SPDX-License-Identifier: GPL-2.0
/*
 * HyStart++ (RFC 9406): slow start watches the least round trip of each
 * round. When it rises, a queue has begun to form, and growth is slowed down
 * (conservative slow start). If the round trip falls again that was noise,
 * and slow start goes on; if not, congestion avoidance begins after five
 * rounds, mostly before anything is lost.
 *
 * Only in the first slow start, while nothing is known of the path (4.3).
 */
#include "hystart.h"
#include "tcp.h"

/* RFC 9406 4.3 */
#define MIN_RTT_THRESH_US	(4 * USEC_PER_MSEC)
#define MAX_RTT_THRESH_US	(16 * USEC_PER_MSEC)
#define MIN_RTT_DIVISOR		8
#define N_RTT_SAMPLE		8
#define CSS_GROWTH_DIVISOR	4
#define CSS_ROUNDS		5

#define NO_RTT			U32_MAX

static bool applies(const struct nst_tcp_sock *tp)
{
	return tp->ssthresh >= NST_TCP_INFINITE_SSTHRESH &&
	       READ_ONCE(tp->nst.stack->config.tcp_hystart);
}

/**
 * nst_hystart_init() - nothing has been measured yet
 * @hystart: filled
 * @tp: connection
 */
void nst_hystart_init(struct nst_hystart *hystart,
		      const struct nst_tcp_sock *tp)
{
	*hystart = (struct nst_hystart) {
		.window_end = tp->snd_nxt,
		.last_min_rtt = NO_RTT,
		.current_min_rtt = NO_RTT,
		.css_baseline = NO_RTT,
	};
}

/* RFC 9406 4.2: CSS_ROUNDS are complete, congestion avoidance follows. */
static void leave_slow_start(struct nst_tcp_sock *tp)
{
	struct nst_stack *stack = tp->nst.stack;

	NST_INC(stack, TCP_HYSTART_DELAY_DETECT);
	NST_ADD(stack, TCP_HYSTART_DELAY_CWND, tp->cwnd);
	tp->ssthresh = tp->cwnd;
	tp->cwnd_cnt = 0;
}

static void round_end(struct nst_hystart *hystart, struct nst_tcp_sock *tp)
{
	hystart->window_end = tp->snd_nxt;
	hystart->last_min_rtt = hystart->current_min_rtt;
	hystart->current_min_rtt = NO_RTT;
	hystart->samples = 0;
	/* The round in which it began counts too. */
	if (hystart->css && ++hystart->css_rounds >= CSS_ROUNDS)
		leave_slow_start(tp);
}

/* RFC 9406 4.2: has the delay risen since the last round? */
static bool delay_rose(const struct nst_hystart *hystart)
{
	u32 threshold;

	if (hystart->last_min_rtt == NO_RTT)
		return false;
	threshold = clamp_t(u32, hystart->last_min_rtt / MIN_RTT_DIVISOR,
			    MIN_RTT_THRESH_US, MAX_RTT_THRESH_US);
	return hystart->current_min_rtt >= hystart->last_min_rtt + threshold;
}

/**
 * nst_hystart_sample() - take the round trip that an ACK measured
 * @hystart: state
 * @tp: connection in slow start; snd_una has moved
 * @rtt_us: round trip, microseconds
 *
 * Sets ssthresh to cwnd when slow start is over.
 */
void nst_hystart_sample(struct nst_hystart *hystart, struct nst_tcp_sock *tp,
			u32 rtt_us)
{
	if (!applies(tp))
		return;

	hystart->current_min_rtt = min(hystart->current_min_rtt, rtt_us);
	if (hystart->samples < N_RTT_SAMPLE)
		hystart->samples++;
	if (hystart->samples >= N_RTT_SAMPLE) {
		if (hystart->css) {
			if (hystart->current_min_rtt < hystart->css_baseline) {
				hystart->css_baseline = NO_RTT;
				hystart->css = false;
			}
		} else if (delay_rose(hystart)) {
			hystart->css_baseline = hystart->current_min_rtt;
			hystart->css_rounds = 0;
			hystart->css = true;
		}
	}
	if (!nst_before(tp->snd_una, hystart->window_end))
		round_end(hystart, tp);
}

/**
 * nst_hystart_grow() - slow start or conservative slow start
 * @hystart: state
 * @tp: connection with cwnd below ssthresh
 * @acked: segments newly acknowledged
 *
 * RFC 9406 4.2; slow start after a loss is that of RFC 5681 3.1.
 *
 * Return: segments of @acked that are left when ssthresh is reached.
 */
u32 nst_hystart_grow(struct nst_hystart *hystart, struct nst_tcp_sock *tp,
		     u32 acked)
{
	acked = nst_congestion_abc_limit(tp, acked);
	if (!hystart->css || !applies(tp))
		return nst_congestion_slow_start(tp, acked);
	nst_congestion_additive(tp, CSS_GROWTH_DIVISOR, acked);
	return 0;
}
