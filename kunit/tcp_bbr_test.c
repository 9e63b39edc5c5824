// SPDX-License-Identifier: GPL-2.0
/*
 * BBR (draft-ietf-ccwg-bbr-06), phase by phase, with rate samples made up by
 * the test. The path: 100 ms and segments of 1000 bytes, so that a rate of N
 * segments in a round trip is a volume of N.
 */
#include "congestion_fixture.h"
#include "../netstack/transport/tcp/bbr.h"
#include "../netstack/transport/tcp/pacing.h"

#define RTT_US		(100 * USEC_PER_MSEC)

struct bbr_test {
	struct kunit *test;
	struct nst_tcp_sock *tp;
	struct nst_bbr *bbr;
	struct nst_tcp_acked acked;
};

/**
 * struct play - what the acknowledgment of a round trip says
 * @rate: segments delivered in RTT_US
 * @in_flight: segments in flight after it
 * @us: time since the last one; 0: RTT_US
 * @rtt_us: round trip; 0: RTT_US
 * @tx_in_flight: in flight when the segment was sent; 0: @rate
 * @lost: lost since then
 * @app_limited: the application had no more
 * @same_round: it ends no round
 */
struct play {
	u32 rate;
	u32 in_flight;
	u32 us;
	u32 rtt_us;
	u32 tx_in_flight;
	u32 lost;
	bool app_limited;
	bool same_round;
};

static struct bbr_test *begin(struct kunit *test)
{
	struct bbr_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->test = test;
	t->tp = nst_congestion_test_connection(test, "bbr");
	t->tp->sack_ok = true;
	t->bbr = nst_bbr_of(t->tp);
	return t;
}

static void play(struct bbr_test *t, const struct play *play)
{
	struct nst_tcp_sock *tp = t->tp;
	u32 before = tp->delivered;

	tp->mstamp += play->us ?: RTT_US;
	tp->delivered += play->rate;
	t->acked = (struct nst_tcp_acked) {
		.acked = play->rate,
		.delivered = play->rate,
		.rtt_us = play->rtt_us ?: RTT_US,
		.rate = {
			.valid = true,
			.is_app_limited = play->app_limited,
			.delivered = play->rate,
			.interval_us = RTT_US,
			.prior_delivered = play->same_round ?
				t->bbr->next_round_delivered - 1 : before,
			.rtt_us = play->rtt_us ?: RTT_US,
			.tx_in_flight = play->tx_in_flight ?: play->rate,
			.lost = play->lost,
		},
	};
	tp->packets_out = play->in_flight;
	tp->ca_ops->cong_control(tp, &t->acked);
}

#define PLAY(t, ...)	play(t, &(struct play){ __VA_ARGS__ })

/* A segment is marked lost that was sent with @in_flight in flight. */
static void lose(struct bbr_test *t, u32 seq, u32 in_flight, u32 lost)
{
	struct sk_buff *skb = kunit_kzalloc(t->test, sizeof(*skb), GFP_KERNEL);
	struct nst_tcp_cb *cb;

	KUNIT_ASSERT_NOT_NULL(t->test, skb);
	cb = nst_tcp_cb(skb);
	cb->seq = seq;
	cb->end_seq = seq + 1000;
	cb->gso_segs = 1;
	t->tp->lost++;
	cb->tx.in_flight = in_flight;
	cb->tx.lost = t->tp->lost - lost;
	t->tp->ca_ops->skb_lost(t->tp, skb);
}

static void set_ca_state(struct bbr_test *t, u8 state)
{
	t->tp->ca_ops->set_state(t->tp, state);
	t->tp->ca_state = state;
}

/* Startup finds 100 segments a round trip, the queue is drained. */
static struct bbr_test *cruising(struct kunit *test)
{
	struct bbr_test *t = begin(test);
	unsigned int i;

	for (i = 10; i < 100; i *= 2)
		PLAY(t, .rate = i, .in_flight = 2 * i);
	for (i = 0; i < 4; i++)
		PLAY(t, .rate = 100, .in_flight = 200);
	KUNIT_ASSERT_EQ(test, (int)t->bbr->state, NST_BBR_DRAIN);
	/* Nothing too much is in flight: no need for ProbeBW_DOWN. */
	PLAY(t, .rate = 100, .in_flight = 100);
	KUNIT_ASSERT_EQ(test, (int)t->bbr->state, NST_BBR_PROBE_BW_CRUISE);
	return t;
}

/* And probes for more, with data sent in ProbeBW_UP. */
static struct bbr_test *probing(struct kunit *test)
{
	struct bbr_test *t = cruising(test);

	PLAY(t, .rate = 100, .in_flight = 100, .us = 3 * USEC_PER_SEC);
	KUNIT_ASSERT_EQ(test, (int)t->bbr->state, NST_BBR_PROBE_BW_REFILL);
	PLAY(t, .rate = 100, .in_flight = 100);
	KUNIT_ASSERT_EQ(test, (int)t->bbr->state, NST_BBR_PROBE_BW_UP);
	return t;
}

static unsigned long rate_of(u32 segments, u32 percent)
{
	/* 10000 bytes a second each, 1 % less (PacingMarginPercent) */
	return segments * 99UL * percent;
}

/* Within one percent: gains have eight bits. */
static void expect_rate(struct bbr_test *t, u32 segments, u32 percent)
{
	unsigned long want = rate_of(segments, percent);
	unsigned long rate = t->tp->nst.sk.sk_pacing_rate;

	KUNIT_EXPECT_LE(t->test, rate, want + want / 100);
	KUNIT_EXPECT_GE(t->test, rate, want - want / 100);
}

/* 5.6.2 InitPacingRate() */
static void bbr__begins_with_the_initial_window(struct kunit *test)
{
	struct bbr_test *t = begin(test);

	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_STARTUP);
	KUNIT_EXPECT_EQ(test, t->tp->nst.sk.sk_pacing_status,
			SK_PACING_NEEDED);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 10U);
	expect_rate(t, 10, 277);
}

/* Without a round trip it is a millisecond, until there is one. */
static void bbr__learns_the_first_round_trip(struct kunit *test)
{
	struct bbr_test *t = begin(test);
	struct nst_tcp_sock *tp = t->tp;

	memset(tp->ca_priv, 0, sizeof(tp->ca_priv));
	tp->srtt_us = 0;
	tp->ca_ops->init(tp);
	expect_rate(t, 1000, 277);
	KUNIT_EXPECT_EQ(test, t->bbr->min_rtt, NST_BBR_INFINITY);
	KUNIT_EXPECT_EQ(test, nst_bbr_bdp(tp, 12345, NST_BBR_GAIN_ONE),
			(u32)NST_TCP_INIT_CWND);
	tp->srtt_us = RTT_US << 3;
	PLAY(t, .rate = 1, .in_flight = 9);
	expect_rate(t, 10, 277);
}

/* 5.3.1.1 */
static void startup__doubles_each_round(struct kunit *test)
{
	struct bbr_test *t = begin(test);
	u32 i;

	for (i = 10; i <= 640; i *= 2) {
		PLAY(t, .rate = i, .in_flight = 2 * i);
		KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_STARTUP);
		expect_rate(t, i, 277);
		KUNIT_EXPECT_EQ(test, t->tp->cwnd, 2 * i);
	}
}

/* 5.3.1.2: three rounds with less than a quarter more. */
static void startup__ends_at_a_plateau(struct kunit *test)
{
	struct bbr_test *t = begin(test);

	PLAY(t, .rate = 100, .in_flight = 200);
	PLAY(t, .rate = 124, .in_flight = 200);
	PLAY(t, .rate = 124, .in_flight = 200);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->full_bw_count, 2);
	/* A quarter more: anew. */
	PLAY(t, .rate = 125, .in_flight = 300);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->full_bw_count, 0);
	PLAY(t, .rate = 130, .in_flight = 300);
	PLAY(t, .rate = 130, .in_flight = 300);
	/* Not a round. */
	PLAY(t, .rate = 130, .in_flight = 300, .same_round = true);
	/* Limited by the application. */
	PLAY(t, .rate = 20, .in_flight = 300, .app_limited = true);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_STARTUP);
	PLAY(t, .rate = 130, .in_flight = 300);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_DRAIN);
	KUNIT_EXPECT_TRUE(test, t->bbr->full_bw_reached);
	expect_rate(t, 130, 50);
}

/* 5.3.1.3: in recovery, more than 2 %, in six gaps, over a whole round. */
static void startup__ends_by_losses(struct kunit *test)
{
	struct bbr_test *t = begin(test);
	u32 i;

	PLAY(t, .rate = 100, .in_flight = 200);
	PLAY(t, .rate = 200, .in_flight = 400);
	t->tp->ca_ops->ssthresh(t->tp);
	set_ca_state(t, NST_TCP_CA_RECOVERY);
	for (i = 0; i < 5; i++)
		lose(t, 1 + i * 2000, 400, i + 1);
	/* One gap, though two segments. */
	lose(t, 9001, 400, 7);
	PLAY(t, .rate = 390, .in_flight = 300, .lost = 9,
	     .tx_in_flight = 400);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_STARTUP);

	for (i = 0; i < 6; i++)
		lose(t, 20001 + i * 2000, 400, i + 1);
	PLAY(t, .rate = 500, .in_flight = 600, .lost = 8,
	     .tx_in_flight = 400);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_STARTUP);

	for (i = 0; i < 6; i++)
		lose(t, 40001 + i * 2000, 400, i + 1);
	PLAY(t, .rate = 650, .in_flight = 900, .lost = 9,
	     .tx_in_flight = 400);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_DRAIN);
	/* max(bdp, most delivered in a round) */
	KUNIT_EXPECT_EQ(test, t->bbr->inflight_longterm, 650U);
}

/* 5.3.1.3: without SACK any loss in recovery will do. */
static void startup__ends_by_a_loss_without_sack(struct kunit *test)
{
	struct bbr_test *t = begin(test);

	t->tp->sack_ok = false;
	PLAY(t, .rate = 100, .in_flight = 200);
	t->acked.lost = 1;
	t->acked.rate = (struct nst_rate_sample) {};
	t->tp->ca_ops->cong_control(t->tp, &t->acked);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_STARTUP);
	t->tp->ca_state = NST_TCP_CA_RECOVERY;
	t->tp->ca_ops->cong_control(t->tp, &t->acked);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_DRAIN);
}

/* 5.3.2: three rounds at most. */
static void drain__ends_after_three_rounds(struct kunit *test)
{
	struct bbr_test *t = begin(test);
	unsigned int i;

	for (i = 0; i < 4; i++)
		PLAY(t, .rate = 100, .in_flight = 200);
	KUNIT_ASSERT_EQ(test, (int)t->bbr->state, NST_BBR_DRAIN);
	for (i = 0; i < 3; i++) {
		PLAY(t, .rate = 100, .in_flight = 200);
		KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_DRAIN);
	}
	PLAY(t, .rate = 100, .in_flight = 200);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_PROBE_BW_DOWN);
}

/* 5.3.3: CRUISE, REFILL, UP, DOWN, and their gains (5.6.1). */
static void probe_bw__goes_round(struct kunit *test)
{
	struct bbr_test *t = cruising(test);
	u32 i;

	expect_rate(t, 100, 100);
	/* 5.3.3.8: between two and three seconds after the last probe. */
	for (i = 0; t->bbr->state == NST_BBR_PROBE_BW_CRUISE; i++) {
		KUNIT_ASSERT_LE(test, i, 30U);
		PLAY(t, .rate = 100, .in_flight = 100);
	}
	KUNIT_EXPECT_GE(test, i, 20U);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_PROBE_BW_REFILL);
	expect_rate(t, 100, 100);
	PLAY(t, .rate = 100, .in_flight = 100);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_PROBE_BW_UP);
	expect_rate(t, 100, 125);
	PLAY(t, .rate = 125, .in_flight = 150);
	expect_rate(t, 125, 125);
	/* Three rounds without a quarter more end it. */
	PLAY(t, .rate = 125, .in_flight = 150);
	PLAY(t, .rate = 125, .in_flight = 150);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_PROBE_BW_UP);
	PLAY(t, .rate = 125, .in_flight = 150);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_PROBE_BW_DOWN);
	KUNIT_EXPECT_EQ(test, t->bbr->inflight_longterm, NST_BBR_INFINITY);
	expect_rate(t, 125, 90);
	/* More in flight than the path holds: it stays. */
	PLAY(t, .rate = 125, .in_flight = 126);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_PROBE_BW_DOWN);
	PLAY(t, .rate = 125, .in_flight = 125);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_PROBE_BW_CRUISE);
}

/* 5.3.3.8.2: a small flow probes as often as Reno would lose. */
static void probe_bw__coexists_with_reno(struct kunit *test)
{
	struct bbr_test *t = begin(test);
	u32 i;

	for (i = 0; i < 5; i++)
		PLAY(t, .rate = 10, .in_flight = 10, .us = 10000);
	PLAY(t, .rate = 10, .in_flight = 10, .us = 10000);
	KUNIT_ASSERT_EQ(test, (int)t->bbr->state, NST_BBR_PROBE_BW_CRUISE);
	for (i = 0; t->bbr->state == NST_BBR_PROBE_BW_CRUISE; i++) {
		KUNIT_ASSERT_LE(test, i, 12U);
		PLAY(t, .rate = 10, .in_flight = 10, .us = 10000);
	}
	/* A volume of ten: nine or ten rounds, long before two seconds. */
	KUNIT_EXPECT_GE(test, i, 7U);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_PROBE_BW_REFILL);
}

/* 5.5.10.2: excess loss in a probe bounds what is in flight, once. */
static void probe_up__stops_at_excess_loss(struct kunit *test)
{
	struct bbr_test *t = probing(test);

	/* 2 of 125 are not too much. */
	lose(t, 1, 125, 1);
	lose(t, 2001, 125, 2);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_PROBE_BW_UP);
	KUNIT_EXPECT_EQ(test, t->bbr->inflight_longterm, NST_BBR_INFINITY);
	lose(t, 4001, 125, 3);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_PROBE_BW_DOWN);
	KUNIT_EXPECT_TRUE(test, t->bbr->prev_probe_too_high);
	/* (0.02 * 124 - 2) / 0.98 of the segment fit, which is 0. */
	KUNIT_EXPECT_EQ(test, t->bbr->inflight_longterm, 124U);
	lose(t, 6001, 125, 60);
	KUNIT_EXPECT_EQ(test, t->bbr->inflight_longterm, 124U);
}

/* 5.5.10.2: but no lower than 0.7 of what is aimed at. */
static void probe_up__bound_has_a_floor(struct kunit *test)
{
	struct bbr_test *t = probing(test);

	lose(t, 1, 30, 30);
	KUNIT_EXPECT_EQ(test, t->bbr->inflight_longterm, 70U);
}

/* 5.3.3.6: after excess loss the next probe ends where that one failed. */
static void probe_up__is_careful_after_excess_loss(struct kunit *test)
{
	struct bbr_test *t = probing(test);

	lose(t, 1, 125, 10);
	KUNIT_ASSERT_EQ(test, t->bbr->inflight_longterm, 124U);
	/* The bound does not grow; a lower round trip spares ProbeRTT. */
	t->tp->cwnd_limited = false;
	PLAY(t, .rate = 100, .in_flight = 80, .rtt_us = RTT_US - 10);
	PLAY(t, .rate = 100, .in_flight = 80, .us = 3 * USEC_PER_SEC);
	KUNIT_ASSERT_EQ(test, (int)t->bbr->state, NST_BBR_PROBE_BW_REFILL);
	PLAY(t, .rate = 100, .in_flight = 100);
	KUNIT_ASSERT_EQ(test, (int)t->bbr->state, NST_BBR_PROBE_BW_UP);
	PLAY(t, .rate = 100, .in_flight = 123);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_PROBE_BW_UP);
	PLAY(t, .rate = 100, .in_flight = 124);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_PROBE_BW_DOWN);
	KUNIT_EXPECT_TRUE(test, t->bbr->prev_probe_precautionary);
	/* It went well: a round later it probes again, not carefully. */
	PLAY(t, .rate = 110, .in_flight = 110);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_PROBE_BW_REFILL);
	PLAY(t, .rate = 110, .in_flight = 110);
	PLAY(t, .rate = 110, .in_flight = 124);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_PROBE_BW_UP);
}

/* 5.3.3.5: 1, 2, 4 segments a round when the bound is what limits. */
static void probe_up__raises_the_bound_faster_and_faster(struct kunit *test)
{
	struct bbr_test *t = probing(test);
	u32 bound = 100, growth;

	t->bbr->inflight_longterm = bound;
	t->bbr->probe_up_acked_per_inc = bound;
	t->tp->cwnd_limited = true;
	for (growth = 1; growth <= 4; growth *= 2) {
		t->tp->cwnd = bound;
		/* As an ACK in the midst of the round would have it. */
		nst_bbr_reset_full_bw(t->bbr, t->bbr->full_bw);
		PLAY(t, .rate = 100, .in_flight = 90);
		KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_PROBE_BW_UP);
		KUNIT_EXPECT_LE(test, abs((int)(t->bbr->inflight_longterm -
						bound - growth)), 1);
		bound = t->bbr->inflight_longterm;
	}
	/* What was in flight without loss is safe anyway. */
	PLAY(t, .rate = 100, .in_flight = 90, .tx_in_flight = 150);
	KUNIT_EXPECT_GE(test, t->bbr->inflight_longterm, 150U);
	/* Not when it was not. */
	bound = t->bbr->inflight_longterm;
	PLAY(t, .rate = 100, .in_flight = 90, .tx_in_flight = 400, .lost = 9);
	KUNIT_EXPECT_EQ(test, t->bbr->inflight_longterm, bound);
}

/* 5.5.10.3: a loss while cruising: Beta, but no lower than delivered. */
static void cruise__adapts_to_losses(struct kunit *test)
{
	struct bbr_test *t = cruising(test);
	u32 cwnd = t->tp->cwnd;

	lose(t, 1, 100, 1);
	PLAY(t, .rate = 50, .in_flight = 50);
	/* What was delivered before the loss counts for this round still. */
	KUNIT_EXPECT_LT(test, t->bbr->bw_shortterm, NST_BBR_INFINITY);
	KUNIT_EXPECT_EQ(test, t->bbr->inflight_shortterm,
			max(100U, cwnd * 7 / 10));
	lose(t, 4001, 100, 1);
	PLAY(t, .rate = 50, .in_flight = 50);
	expect_rate(t, 70, 100);
	lose(t, 8001, 100, 1);
	PLAY(t, .rate = 50, .in_flight = 50);
	lose(t, 12001, 100, 1);
	PLAY(t, .rate = 50, .in_flight = 50);
	/* No lower than what the path delivers. */
	expect_rate(t, 50, 100);
	/* 5.3.3.3: forgotten when it probes. */
	PLAY(t, .rate = 50, .in_flight = 50, .us = 3 * USEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_PROBE_BW_REFILL);
	KUNIT_EXPECT_EQ(test, t->bbr->bw_shortterm, NST_BBR_INFINITY);
	KUNIT_EXPECT_EQ(test, t->bbr->inflight_shortterm, NST_BBR_INFINITY);
	expect_rate(t, 100, 100);
}

/* 3.7: a mark is congestion as well. */
static void cruise__adapts_to_marks(struct kunit *test)
{
	struct bbr_test *t = cruising(test);

	t->tp->ca_ops->ecn_acked(t->tp, 10, 0);
	PLAY(t, .rate = 50, .in_flight = 50);
	KUNIT_EXPECT_EQ(test, t->bbr->bw_shortterm, NST_BBR_INFINITY);
	t->tp->ca_ops->ecn_acked(t->tp, 10, 10);
	PLAY(t, .rate = 50, .in_flight = 50);
	KUNIT_EXPECT_LT(test, t->bbr->bw_shortterm, NST_BBR_INFINITY);
}

/* 5.3.4: after five seconds without a lower round trip. */
static void probe_rtt__drains_and_comes_back(struct kunit *test)
{
	struct bbr_test *t = cruising(test);
	u32 cwnd;

	/* It probes meanwhile, which is not of interest here. */
	t->bbr->bw_probe_wait = U16_MAX;
	t->bbr->rounds_since_probe_up = 0;
	PLAY(t, .rate = 100, .in_flight = 100, .us = 3 * USEC_PER_SEC);
	cwnd = t->tp->cwnd;
	PLAY(t, .rate = 100, .in_flight = 100, .us = 3 * USEC_PER_SEC,
	     .rtt_us = RTT_US + 5000);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_PROBE_RTT);
	/* Half of what the path holds. */
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 50U);
	KUNIT_EXPECT_NE(test, t->tp->app_limited, 0U);
	PLAY(t, .rate = 50, .in_flight = 51);
	KUNIT_EXPECT_FALSE(test, t->bbr->probe_rtt_waits);
	PLAY(t, .rate = 50, .in_flight = 50);
	KUNIT_EXPECT_TRUE(test, t->bbr->probe_rtt_waits);
	/* A round, but not 200 ms. */
	PLAY(t, .rate = 50, .in_flight = 50);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_PROBE_RTT);
	PLAY(t, .rate = 50, .in_flight = 50);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_PROBE_RTT);
	PLAY(t, .rate = 50, .in_flight = 50);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_PROBE_BW_CRUISE);
	KUNIT_EXPECT_GE(test, t->tp->cwnd, cwnd - 1);
}

/* 5.5.7.2: ten seconds; a delayed ACK does not raise it. */
static void min_rtt__is_that_of_ten_seconds(struct kunit *test)
{
	struct bbr_test *t = cruising(test);

	PLAY(t, .rate = 100, .in_flight = 100, .rtt_us = RTT_US - 1000);
	KUNIT_EXPECT_EQ(test, t->bbr->min_rtt, RTT_US - 1000);
	PLAY(t, .rate = 100, .in_flight = 100, .us = 6 * USEC_PER_SEC,
	     .rtt_us = RTT_US + 8000);
	KUNIT_EXPECT_EQ(test, t->bbr->min_rtt, RTT_US - 1000);
	KUNIT_EXPECT_EQ(test, t->bbr->probe_rtt_min_delay, RTT_US + 8000);
	PLAY(t, .rate = 100, .in_flight = 100, .us = 5 * USEC_PER_SEC,
	     .rtt_us = RTT_US + 9000);
	KUNIT_EXPECT_EQ(test, t->bbr->min_rtt, RTT_US + 8000);

	nst_congestion_test_wait(t->tp, 11 * USEC_PER_SEC);
	nst_bbr_update_min_rtt(t->tp, 2 * RTT_US, true);
	KUNIT_EXPECT_LT(test, t->bbr->probe_rtt_min_delay, 2 * RTT_US);
	nst_bbr_update_min_rtt(t->tp, 2 * RTT_US, false);
	KUNIT_EXPECT_EQ(test, t->bbr->probe_rtt_min_delay, 2 * RTT_US);
}

/* 5.5.3: the rate of the last two cycles. */
static void max_bw__forgets_after_two_cycles(struct kunit *test)
{
	struct bbr_test *t = cruising(test);
	u32 first = nst_bbr_max_bw(t->bbr);

	nst_bbr_advance_max_bw_filter(t->bbr);
	PLAY(t, .rate = 60, .in_flight = 60);
	KUNIT_EXPECT_EQ(test, nst_bbr_max_bw(t->bbr), first);
	nst_bbr_advance_max_bw_filter(t->bbr);
	KUNIT_EXPECT_LT(test, nst_bbr_max_bw(t->bbr), first);
	/* 5.5.4: what the application limited does not count, unless higher */
	first = nst_bbr_max_bw(t->bbr);
	PLAY(t, .rate = 59, .in_flight = 60, .app_limited = true);
	KUNIT_EXPECT_EQ(test, t->bbr->max_bw_filter[t->bbr->cycle], 0U);
	PLAY(t, .rate = 61, .in_flight = 60, .app_limited = true);
	KUNIT_EXPECT_GT(test, nst_bbr_max_bw(t->bbr), first);
	/* A cycle without a sample is not counted. */
	nst_bbr_advance_max_bw_filter(t->bbr);
	first = nst_bbr_max_bw(t->bbr);
	nst_bbr_advance_max_bw_filter(t->bbr);
	nst_bbr_advance_max_bw_filter(t->bbr);
	KUNIT_EXPECT_EQ(test, nst_bbr_max_bw(t->bbr), first);
}

/* 5.5.9: ACKs in bursts need a larger window, for ten rounds. */
static void extra_acked__widens_the_window(struct kunit *test)
{
	struct bbr_test *t = cruising(test);
	u32 i, cwnd = t->tp->cwnd;

	t->bbr->bw_probe_wait = U16_MAX;
	/* An ACK a round trip is a burst of 100; now there are three at once. */
	PLAY(t, .rate = 100, .in_flight = 100, .us = 1);
	PLAY(t, .rate = 100, .in_flight = 100, .us = 1);
	KUNIT_EXPECT_GE(test, t->tp->cwnd, cwnd + 90);
	for (i = 0; i < 11; i++) {
		t->bbr->rounds_since_probe_up = 0;
		PLAY(t, .rate = 100, .in_flight = 100, .us = 2 * RTT_US);
	}
	KUNIT_EXPECT_LE(test, t->tp->cwnd, cwnd);
}

/* 5.6.4.6: no faster than what is acknowledged, no more than the model. */
static void cwnd__follows_the_model(struct kunit *test)
{
	struct bbr_test *t = cruising(test);

	t->bbr->extra_acked[0] = 0;
	t->bbr->extra_acked[1] = 0;
	t->tp->cwnd = 20;
	PLAY(t, .rate = 100, .in_flight = 100);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 120U);
	t->tp->cwnd = 1000;
	PLAY(t, .rate = 100, .in_flight = 100);
	/* Twice the volume of the path and what came in bursts. */
	KUNIT_EXPECT_GE(test, t->tp->cwnd, 200U);
	KUNIT_EXPECT_LE(test, t->tp->cwnd, 302U);
	/* 5.6.4.7: 0.85 of the bound while cruising */
	t->bbr->inflight_longterm = 100;
	PLAY(t, .rate = 100, .in_flight = 100);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 85U);
	/* 5.6.4.3 */
	t->bbr->inflight_shortterm = 1;
	PLAY(t, .rate = 1, .in_flight = 1, .tx_in_flight = 1);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 4U);
	t->bbr->inflight_shortterm = NST_BBR_INFINITY;
	t->tp->cwnd_clamp = 20;
	PLAY(t, .rate = 100, .in_flight = 100);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 20U);
}

/* 5.6.4.4: after recovery the window is what it was. */
static void recovery__gives_the_window_back(struct kunit *test)
{
	struct bbr_test *t = cruising(test);
	struct nst_tcp_sock *tp = t->tp;
	u32 cwnd = tp->cwnd;

	tp->ssthresh = tp->ca_ops->ssthresh(tp);
	KUNIT_EXPECT_EQ(test, tp->ssthresh, NST_TCP_INFINITE_SSTHRESH);
	tp->cwnd = 1;
	set_ca_state(t, NST_TCP_CA_LOSS);
	PLAY(t, .rate = 10, .in_flight = 10);
	KUNIT_EXPECT_EQ(test, tp->cwnd, 11U);
	set_ca_state(t, NST_TCP_CA_OPEN);
	KUNIT_EXPECT_EQ(test, tp->cwnd, cwnd);
}

/* 5.5.11: nothing was lost: what the episode changed comes back. */
static void undo__restores_model_and_state(struct kunit *test)
{
	struct bbr_test *t = probing(test);
	struct nst_tcp_sock *tp = t->tp;
	u32 cwnd = tp->cwnd;

	tp->ca_ops->ssthresh(tp);
	set_ca_state(t, NST_TCP_CA_RECOVERY);
	lose(t, 1, 125, 10);
	KUNIT_ASSERT_EQ(test, (int)t->bbr->state, NST_BBR_PROBE_BW_DOWN);
	PLAY(t, .rate = 50, .in_flight = 50);
	KUNIT_ASSERT_LT(test, t->bbr->inflight_longterm, NST_BBR_INFINITY);
	tp->cwnd = tp->ca_ops->undo_cwnd(tp);
	KUNIT_EXPECT_GE(test, tp->cwnd, cwnd);
	KUNIT_EXPECT_EQ(test, t->bbr->inflight_longterm, NST_BBR_INFINITY);
	KUNIT_EXPECT_EQ(test, t->bbr->bw_shortterm, NST_BBR_INFINITY);
	KUNIT_EXPECT_EQ(test, t->bbr->inflight_shortterm, NST_BBR_INFINITY);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_PROBE_BW_REFILL);
}

static void undo__returns_to_startup(struct kunit *test)
{
	struct bbr_test *t = begin(test);

	PLAY(t, .rate = 100, .in_flight = 200);
	t->bbr->undo_state = NST_BBR_STARTUP;
	t->bbr->full_bw_reached = true;
	PLAY(t, .rate = 100, .in_flight = 200);
	KUNIT_ASSERT_EQ(test, (int)t->bbr->state, NST_BBR_DRAIN);
	t->tp->ca_ops->undo_cwnd(t->tp);
	KUNIT_EXPECT_EQ(test, (int)t->bbr->state, NST_BBR_STARTUP);
	KUNIT_EXPECT_FALSE(test, t->bbr->full_bw_reached);
}

/* 5.4.1: paced at the rate of the path, and no ProbeRTT. */
static void idle__restarts_at_the_known_rate(struct kunit *test)
{
	struct bbr_test *t = cruising(test);
	u32 cwnd = t->tp->cwnd;

	t->bbr->state = NST_BBR_PROBE_BW_DOWN;
	nst_pacing_set_rate(&t->tp->nst.sk, 1);
	t->tp->packets_out = 0;
	nst_rate_mark_app_limited(t->tp);
	nst_congestion_test_wait(t->tp, 60 * USEC_PER_SEC);
	t->tp->ca_ops->event(t->tp, NST_CA_EVENT_TX_START);
	expect_rate(t, 100, 100);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, cwnd);
	PLAY(t, .rate = 10, .in_flight = 10, .app_limited = true);
	KUNIT_EXPECT_NE(test, (int)t->bbr->state, NST_BBR_PROBE_RTT);
	KUNIT_EXPECT_FALSE(test, t->bbr->idle_restart);
}

static void info__tells_the_model(struct kunit *test)
{
	struct bbr_test *t = cruising(test);
	union tcp_cc_info info = {};
	u64 bw;

	KUNIT_EXPECT_EQ(test, sizeof(info.bbr),
			t->tp->ca_ops->get_info(t->tp, &info));
	bw = (u64)info.bbr.bbr_bw_hi << 32 | info.bbr.bbr_bw_lo;
	KUNIT_EXPECT_LE(test, abs((int)(bw - 1000000)), 1000);
	KUNIT_EXPECT_EQ(test, (u32)info.bbr.bbr_min_rtt, RTT_US);
	KUNIT_EXPECT_EQ(test, (u32)info.bbr.bbr_pacing_gain,
			(u32)NST_BBR_GAIN_ONE);
	KUNIT_EXPECT_EQ(test, (u32)info.bbr.bbr_cwnd_gain,
			2U * NST_BBR_GAIN_ONE);
}

static struct kunit_case bbr_cases[] = {
	KUNIT_CASE(bbr__begins_with_the_initial_window),
	KUNIT_CASE(bbr__learns_the_first_round_trip),
	KUNIT_CASE(startup__doubles_each_round),
	KUNIT_CASE(startup__ends_at_a_plateau),
	KUNIT_CASE(startup__ends_by_losses),
	KUNIT_CASE(startup__ends_by_a_loss_without_sack),
	KUNIT_CASE(drain__ends_after_three_rounds),
	KUNIT_CASE(probe_bw__goes_round),
	KUNIT_CASE(probe_bw__coexists_with_reno),
	KUNIT_CASE(probe_up__stops_at_excess_loss),
	KUNIT_CASE(probe_up__bound_has_a_floor),
	KUNIT_CASE(probe_up__is_careful_after_excess_loss),
	KUNIT_CASE(probe_up__raises_the_bound_faster_and_faster),
	KUNIT_CASE(cruise__adapts_to_losses),
	KUNIT_CASE(cruise__adapts_to_marks),
	KUNIT_CASE(probe_rtt__drains_and_comes_back),
	KUNIT_CASE(min_rtt__is_that_of_ten_seconds),
	KUNIT_CASE(max_bw__forgets_after_two_cycles),
	KUNIT_CASE(extra_acked__widens_the_window),
	KUNIT_CASE(cwnd__follows_the_model),
	KUNIT_CASE(recovery__gives_the_window_back),
	KUNIT_CASE(undo__restores_model_and_state),
	KUNIT_CASE(undo__returns_to_startup),
	KUNIT_CASE(idle__restarts_at_the_known_rate),
	KUNIT_CASE(info__tells_the_model),
	{}
};

static struct kunit_suite bbr_suite = {
	.name = "netstack_tcp_bbr",
	.test_cases = bbr_cases,
};

kunit_test_suite(bbr_suite);
