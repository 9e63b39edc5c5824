// SPDX-License-Identifier: GPL-2.0
/*
 * A flight of segments whose fate a test decides: see recovery_fixture.h.
 */
#include "recovery_fixture.h"

struct nst_tcp_test *nst_flight_start(struct kunit *test,
				      const struct nst_flight *flight)
{
	struct nst_tcp_test *t = test->priv;
	int sent = flight->segments * NST_RECOVERY_MSS;
	int all = sent + flight->queued * NST_RECOVERY_MSS;

	/* A timestamp takes room from the payload. */
	nst_tcp_test_offer(t, .mss = NST_RECOVERY_MSS +
				     (flight->ts ? 12 : 0),
			   .sack_ok = !flight->no_sack,
			   .has_ts = flight->ts, .tsval = 1);
	t->rtt_us = NST_RECOVERY_RTT_US;
	/* The numbers of the tests are those of a window that is halved. */
	t->tp->ca_ops = &nst_reno;
	nst_tcp_test_establish(t);
	KUNIT_ASSERT_EQ(test, t->tp->mss_cache, NST_RECOVERY_MSS);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, all, 0), all);
	nst_wire_discard(t->wire);
	KUNIT_ASSERT_EQ(test, t->tp->packets_out, flight->segments);
	return t;
}

void nst_flight_expect_next(struct nst_tcp_test *t, unsigned int n)
{
	struct sk_buff *skb = nst_wire_expect_ipv4(t->wire, IPPROTO_TCP);
	const struct tcphdr *th = tcp_hdr(skb);

	KUNIT_EXPECT_EQ_MSG(t->test, ntohl(th->seq) - t->iss,
			    NST_SEGMENT_SEQ(n), "segment %u", n);
	KUNIT_EXPECT_EQ(t->test, skb->len - th->doff * 4,
			(u32)NST_RECOVERY_MSS);
}

void nst_flight_expect_range(struct nst_tcp_test *t, unsigned int first,
			     unsigned int last)
{
	unsigned int n;

	for (n = first; n <= last; n++)
		nst_flight_expect_next(t, n);
	nst_wire_expect_nothing(t->wire);
}

void nst_flight_expect(struct nst_tcp_test *t, unsigned int n)
{
	nst_flight_expect_range(t, n, n);
}

void nst_flight_expect_after(struct nst_tcp_test *t, u64 us, unsigned int n)
{
	u64 early = 2 * NST_TCP_CLOCK_TICK_US;

	nst_tcp_test_silence(t, us > early ? us - early : 0);
	nst_tcp_test_wait(t, (us > early ? early : us) +
			     4 * NST_TCP_CLOCK_TICK_US);
	nst_flight_expect(t, n);
}

void nst_flight_rto(struct nst_tcp_test *t)
{
	t->tp->rtx_timer_kind = NST_TCP_TIMER_RETRANSMIT;
	nst_tcp_test_expire_rtx(t);
}

void nst_flight_expect_sound(struct nst_tcp_test *t)
{
	const struct nst_tcp_sock *tp = t->tp;
	u32 segs = 0, lost = 0, retrans = 0, sacked = 0, ordered = 0, may = 0;
	struct sk_buff *skb;

	for (skb = nst_tcp_rtx_head(t->sk); skb; skb = skb_rb_next(skb)) {
		const struct nst_tcp_cb *cb = nst_tcp_cb(skb);
		u8 out = cb->sent & (NST_TCP_SENT_LOST | NST_TCP_SENT_RETRANS);

		segs += cb->gso_segs;
		if (cb->sent & NST_TCP_SENT_LOST)
			lost += cb->gso_segs;
		if (cb->sent & NST_TCP_SENT_RETRANS)
			retrans += cb->gso_segs;
		if (cb->sent & NST_TCP_SENT_SACKED)
			sacked += cb->gso_segs;
		may += !(cb->sent & NST_TCP_SENT_SACKED) &&
		       out != NST_TCP_SENT_LOST;
	}
	list_for_each_entry(skb, &tp->board.sent_order, tcp_tsorted_anchor)
		ordered++;
	KUNIT_EXPECT_EQ_MSG(t->test, tp->packets_out, segs, "packets_out");
	KUNIT_EXPECT_EQ_MSG(t->test, tp->lost_out, lost, "lost_out");
	KUNIT_EXPECT_EQ_MSG(t->test, tp->retrans_out, retrans, "retrans_out");
	if (tp->sack_ok)
		KUNIT_EXPECT_EQ_MSG(t->test, tp->sacked_out, sacked,
				    "sacked_out");
	KUNIT_EXPECT_EQ_MSG(t->test, ordered, may, "sent_order");
	KUNIT_EXPECT_LE(t->test, tp->sacked_out + tp->lost_out,
			tp->packets_out);
}

u8 nst_flight_marks(const struct nst_tcp_test *t, unsigned int n)
{
	const struct sk_buff *skb = nst_tcp_rtx_find(t->tp, t->iss +
						     NST_SEGMENT_SEQ(n));

	KUNIT_ASSERT_NOT_NULL(t->test, skb);
	return nst_tcp_cb(skb)->sent;
}
