// SPDX-License-Identifier: GPL-2.0
/*
 * A connection as a congestion controller sees it: see congestion_fixture.h.
 */
#include "congestion_fixture.h"
#include "wire.h"

#define MSS	1000

struct nst_tcp_sock *nst_congestion_test_connection(struct kunit *test,
						    const char *name)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_tcp_sock *tp = kunit_kzalloc(test, sizeof(*tp), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, tp);
	tp->nst.stack = wire->stack;
	tp->nst.sk.sk_max_pacing_rate = ~0UL;
	tp->nst.sk.sk_pacing_rate = ~0UL;
	tp->mstamp = USEC_PER_SEC;
	tp->mss_cache = MSS;
	tp->srtt_us = (100 * USEC_PER_MSEC) << 3;
	tp->min_rtt_us = 100 * USEC_PER_MSEC;
	tp->cwnd = 10;
	tp->cwnd_clamp = ~0U;
	tp->cwnd_limited = true;
	tp->ssthresh = NST_TCP_INFINITE_SSTHRESH;
	tp->snd_una = 1;
	tp->snd_nxt = 1;
	KUNIT_ASSERT_EQ(test, 0, nst_congestion_set(tp, name, true));
	nst_congestion_init(tp);
	return tp;
}

void nst_congestion_test_wait(struct nst_tcp_sock *tp, u64 us)
{
	tp->mstamp += us;
}

void nst_congestion_test_round(struct nst_tcp_sock *tp, u32 rtt_us)
{
	struct nst_tcp_acked acked = { .acked = 1, .rtt_us = rtt_us };
	u32 i, window = tp->cwnd;
	u64 end = tp->mstamp + rtt_us;

	tp->snd_nxt = tp->snd_una + window * MSS;
	tp->packets_out = window;
	for (i = 1; i <= window; i++) {
		tp->mstamp = end - rtt_us + div_u64((u64)rtt_us * i, window);
		tp->snd_una += MSS;
		tp->snd_nxt += MSS;
		if (tp->ca_ops->pkts_acked)
			tp->ca_ops->pkts_acked(tp, &acked);
		tp->ca_ops->cong_avoid(tp, 1);
	}
	tp->packets_out = tp->cwnd;
}
