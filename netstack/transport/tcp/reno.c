// SPDX-License-Identifier: GPL-2.0
/*
 * Reno: slow start, and one segment more for each round trip (RFC 5681 3.1).
 */
#include "tcp.h"

/*
 * RFC 5681 3.1 equation 4: half of what is in flight, two segments at least.
 * Segments that limited transmit sent beyond cwnd do not count (RFC 3042 2).
 */
static u32 reno_ssthresh(struct nst_tcp_sock *tp)
{
	return max(min(tp->cwnd, tp->packets_out) >> 1, 2U);
}

static void reno_cong_avoid(struct nst_tcp_sock *tp, u32 acked)
{
	u32 grow;

	if (tp->cwnd < tp->ssthresh) {
		acked = nst_congestion_slow_start(tp, acked);
		if (!acked)
			return;
	}

	/* RFC 5681 3.1: a segment more when a window was acknowledged. */
	tp->cwnd_cnt += acked;
	if (tp->cwnd_cnt < tp->cwnd)
		return;
	grow = tp->cwnd_cnt / tp->cwnd;
	tp->cwnd_cnt -= grow * tp->cwnd;
	tp->cwnd = min(tp->cwnd + grow, tp->cwnd_clamp);
}

static u32 reno_undo_cwnd(struct nst_tcp_sock *tp)
{
	return max(tp->cwnd, tp->prior_cwnd);
}

const struct nst_congestion_ops nst_reno = {
	.name = "reno",
	.ssthresh = reno_ssthresh,
	.cong_avoid = reno_cong_avoid,
	.undo_cwnd = reno_undo_cwnd,
};
