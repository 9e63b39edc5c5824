// SPDX-License-Identifier: GPL-2.0
/*
 * Reno: slow start, and one segment more for each round trip (RFC 5681 3.1).
 */
#include "hystart.h"
#include "tcp.h"

static struct nst_hystart *hystart_of(struct nst_tcp_sock *tp)
{
	return (struct nst_hystart *)tp->ca_priv;
}

static void reno_init(struct nst_tcp_sock *tp)
{
	nst_hystart_init(hystart_of(tp), tp);
}

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
	if (tp->cwnd < tp->ssthresh) {
		acked = nst_hystart_grow(hystart_of(tp), tp, acked);
		if (!acked)
			return;
	}
	nst_congestion_additive(tp, tp->cwnd, acked);
}

static void reno_pkts_acked(struct nst_tcp_sock *tp,
			    const struct nst_tcp_acked *acked)
{
	if (tp->cwnd < tp->ssthresh && acked->rtt_us >= 0)
		nst_hystart_sample(hystart_of(tp), tp, acked->rtt_us);
}

const struct nst_congestion_ops nst_reno = {
	.name = "reno",
	.init = reno_init,
	.ssthresh = reno_ssthresh,
	.cong_avoid = reno_cong_avoid,
	.undo_cwnd = nst_congestion_undo,
	.pkts_acked = reno_pkts_acked,
};
