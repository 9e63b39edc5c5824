// SPDX-License-Identifier: GPL-2.0
/*
 * CUBIC against the formulas of RFC 9438. The expected windows are computed
 * from the real-valued formulas, not by the code under test.
 */
#include "congestion_fixture.h"

static struct nst_tcp_sock *connection(struct kunit *test)
{
	struct nst_tcp_sock *tp = nst_congestion_test_connection(test, "cubic");

	/* So short that W_cubic(t + RTT) is W_cubic(t). */
	tp->srtt_us = 8;
	return tp;
}

/* A loss at a window of @cwnd, and the recovery is over. */
static void lose(struct nst_tcp_sock *tp, u32 cwnd)
{
	tp->cwnd = cwnd;
	tp->packets_out = cwnd;
	tp->prior_cwnd = cwnd;
	tp->prior_ssthresh = tp->ssthresh;
	tp->ssthresh = tp->ca_ops->ssthresh(tp);
	tp->cwnd = tp->ssthresh;
	tp->cwnd_cnt = 0;
}

/* Windows of acknowledgments at this instant, until nothing changes. */
static void settle(struct nst_tcp_sock *tp)
{
	unsigned int i;

	for (i = 0; i < 4; i++)
		tp->ca_ops->cong_avoid(tp, tp->cwnd);
}

/* Congestion avoidance begins now. */
static void start(struct nst_tcp_sock *tp)
{
	tp->ca_ops->cong_avoid(tp, 1);
}

struct cubic_row {
	u32 w_max;
	u32 ms;
	u32 window;
};

/* 4.2: 0.4 (t - K)^3 + W_max, K = cbrt(0.3 W_max / 0.4) */
static const struct cubic_row cubic_rows[] = {
	{ 100, 500, 79 },
	{ 100, 1000, 87 },
	{ 100, 2000, 96 },
	{ 100, 4217, 100 },
	{ 100, 6217, 103 },
	{ 100, 9217, 150 },
	{ 1000, 500, 747 },
	{ 1000, 1000, 789 },
	{ 1000, 2000, 858 },
	{ 1000, 9086, 1000 },
	{ 1000, 11086, 1003 },
	{ 1000, 14086, 1050 },
	{ 10000, 500, 7224 },
	{ 10000, 1000, 7437 },
	{ 10000, 2000, 7829 },
	{ 10000, 19574, 10000 },
	{ 10000, 21574, 10003 },
	{ 10000, 24574, 10050 },
};

static void cubic__follows_the_curve(struct kunit *test)
{
	struct nst_tcp_sock *tp = connection(test);
	const struct cubic_row *row;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cubic_rows); i++) {
		row = &cubic_rows[i];
		memset(tp->ca_priv, 0, sizeof(tp->ca_priv));
		lose(tp, row->w_max);
		KUNIT_EXPECT_EQ(test, tp->cwnd, row->w_max * 7 / 10);
		start(tp);
		nst_congestion_test_wait(tp, row->ms * USEC_PER_MSEC);
		settle(tp);
		KUNIT_EXPECT_LE_MSG(test, abs((int)(tp->cwnd - row->window)), 1,
				    "W_max %u after %u ms: %u, not %u",
				    row->w_max, row->ms, tp->cwnd, row->window);
	}
}

/* 4.4, 4.5: the same with a round trip of 100 ms and an ACK a segment. */
static void cubic__follows_the_curve_ack_by_ack(struct kunit *test)
{
	struct nst_tcp_sock *tp = connection(test);
	unsigned int i;

	tp->srtt_us = (100 * USEC_PER_MSEC) << 3;
	lose(tp, 1000);
	/* 0.4 (t - 9.086)^3 + 1000 at 2 s, 9.1 s and 14.1 s */
	for (i = 0; i < 20; i++)
		nst_congestion_test_round(tp, 100 * USEC_PER_MSEC);
	KUNIT_EXPECT_LE(test, abs((int)(tp->cwnd - 858)), 3);
	for (; i < 91; i++)
		nst_congestion_test_round(tp, 100 * USEC_PER_MSEC);
	KUNIT_EXPECT_LE(test, abs((int)(tp->cwnd - 1000)), 2);
	for (; i < 141; i++)
		nst_congestion_test_round(tp, 100 * USEC_PER_MSEC);
	KUNIT_EXPECT_LE(test, abs((int)(tp->cwnd - 1050)), 3);
}

/* 4.2: the target is at most half more than cwnd. */
static void cubic__target_is_bounded(struct kunit *test)
{
	struct nst_tcp_sock *tp = connection(test);

	lose(tp, 100);
	start(tp);
	/* W_cubic is 55 in the thousands. */
	nst_congestion_test_wait(tp, 60 * USEC_PER_SEC);
	tp->ca_ops->cong_avoid(tp, 70);
	KUNIT_EXPECT_EQ(test, tp->cwnd, 105U);
	/* And never below cwnd: the curve may still be under it. */
	lose(tp, 1000);
	start(tp);
	tp->cwnd = 900;
	tp->ca_ops->cong_avoid(tp, 900);
	KUNIT_EXPECT_EQ(test, tp->cwnd, 900U);
}

/*
 * 4.3: on a short path W_est, which is 9/17 of a segment a round trip and a
 * whole one above cwnd_prior, is above W_cubic.
 */
static void cubic__is_reno_friendly(struct kunit *test)
{
	struct nst_tcp_sock *tp = connection(test);
	unsigned int i;

	lose(tp, 20);
	KUNIT_ASSERT_EQ(test, tp->cwnd, 14U);
	/* 11 rounds of 1 ms: W_cubic stays, W_est = 14 + 11 * 9 / 17 */
	for (i = 0; i < 11; i++)
		nst_congestion_test_round(tp, USEC_PER_MSEC);
	KUNIT_EXPECT_LE(test, abs((int)(tp->cwnd - 19)), 1);
	/* From 20 on, one a round. */
	while (tp->cwnd < 21)
		nst_congestion_test_round(tp, USEC_PER_MSEC);
	for (i = 0; i < 10; i++)
		nst_congestion_test_round(tp, USEC_PER_MSEC);
	KUNIT_EXPECT_LE(test, abs((int)(tp->cwnd - 31)), 1);
}

/* 4.6: beta is 0.7, and two segments at least. */
static void cubic__reduces_to_seven_tenths(struct kunit *test)
{
	struct nst_tcp_sock *tp = connection(test);

	tp->cwnd = 1000;
	KUNIT_EXPECT_EQ(test, tp->ca_ops->ssthresh(tp), 700U);
	tp->cwnd = 2;
	KUNIT_EXPECT_EQ(test, tp->ca_ops->ssthresh(tp), 2U);
	tp->cwnd = 1;
	KUNIT_EXPECT_EQ(test, tp->ca_ops->ssthresh(tp), 2U);
	tp->cwnd = 1U << 31;
	KUNIT_EXPECT_EQ(test, tp->ca_ops->ssthresh(tp), 751619276U);
}

/* 4.7: W_max is cwnd (1 + beta) / 2 when cwnd did not reach it again. */
static void cubic__converges_fast(struct kunit *test)
{
	struct nst_tcp_sock *tp = connection(test);

	lose(tp, 1000);
	start(tp);
	lose(tp, 800);
	start(tp);
	/* W_max = 680, cwnd_epoch = 560, K = cbrt(300) = 6.694 s */
	nst_congestion_test_wait(tp, 6694 * USEC_PER_MSEC);
	settle(tp);
	KUNIT_EXPECT_LE(test, abs((int)(tp->cwnd - 680)), 1);
	nst_congestion_test_wait(tp, 3 * USEC_PER_SEC);
	settle(tp);
	KUNIT_EXPECT_LE(test, abs((int)(tp->cwnd - 691)), 1);
}

/* 4.8: after a time-out K is 0 and W_max the window that avoidance begins at */
static void cubic__begins_flat_after_a_timeout(struct kunit *test)
{
	struct nst_tcp_sock *tp = connection(test);

	lose(tp, 1000);
	tp->ca_ops->event(tp, NST_CA_EVENT_LOSS);
	tp->cwnd = 1;
	tp->ca_ops->cong_avoid(tp, 699);
	KUNIT_ASSERT_EQ(test, tp->cwnd, 700U);
	start(tp);
	nst_congestion_test_wait(tp, USEC_PER_SEC);
	settle(tp);
	KUNIT_EXPECT_LE(test, abs((int)(tp->cwnd - 702)), 1);
	/* 700 + 0.4 * 5^3 */
	nst_congestion_test_wait(tp, 4 * USEC_PER_SEC);
	settle(tp);
	KUNIT_EXPECT_LE(test, abs((int)(tp->cwnd - 750)), 1);
}

/* 4.10: as well when HyStart++ has ended slow start, without a loss. */
static void cubic__begins_flat_after_hystart(struct kunit *test)
{
	struct nst_tcp_sock *tp = connection(test);

	tp->cwnd = 200;
	tp->ssthresh = 200;
	start(tp);
	nst_congestion_test_wait(tp, 5 * USEC_PER_SEC);
	settle(tp);
	KUNIT_EXPECT_LE(test, abs((int)(tp->cwnd - 250)), 1);
}

/* 4.9: what a spurious loss has changed comes back, the curve included. */
static void cubic__undoes_a_spurious_loss(struct kunit *test)
{
	struct nst_tcp_sock *tp = connection(test);
	u32 before;

	lose(tp, 1000);
	start(tp);
	nst_congestion_test_wait(tp, 2 * USEC_PER_SEC);
	settle(tp);
	before = tp->cwnd;

	lose(tp, before);
	tp->ca_ops->event(tp, NST_CA_EVENT_LOSS);
	KUNIT_ASSERT_LT(test, tp->cwnd, before);
	tp->cwnd = tp->ca_ops->undo_cwnd(tp);
	tp->ssthresh = tp->prior_ssthresh;
	KUNIT_EXPECT_EQ(test, tp->cwnd, before);
	/* The first curve goes on: 1000 at 9.086 s. */
	nst_congestion_test_wait(tp, 7086 * USEC_PER_MSEC);
	settle(tp);
	KUNIT_EXPECT_LE(test, abs((int)(tp->cwnd - 1000)), 1);

	/* Nothing comes back once cwnd is larger again anyway. */
	lose(tp, 1000);
	tp->cwnd = 1200;
	KUNIT_EXPECT_EQ(test, tp->ca_ops->undo_cwnd(tp), 1200U);
}

/* 5.8: t does not include the time in which the application was the limit. */
static void cubic__stands_still_while_unused(struct kunit *test)
{
	struct nst_tcp_acked acked = { .acked = 1, .rtt_us = -1 };
	struct nst_tcp_sock *tp = connection(test);

	lose(tp, 1000);
	tp->ca_ops->pkts_acked(tp, &acked);
	start(tp);
	/* Idle for an hour. */
	nst_congestion_test_wait(tp, 3600 * USEC_PER_SEC);
	tp->ca_ops->event(tp, NST_CA_EVENT_TX_START);
	tp->ca_ops->pkts_acked(tp, &acked);
	settle(tp);
	KUNIT_EXPECT_LE(test, tp->cwnd, 703U);

	/* Now and then a segment, for an hour. */
	tp->cwnd_limited = false;
	nst_congestion_test_wait(tp, 1800 * USEC_PER_SEC);
	tp->ca_ops->pkts_acked(tp, &acked);
	nst_congestion_test_wait(tp, 1800 * USEC_PER_SEC);
	tp->ca_ops->pkts_acked(tp, &acked);
	tp->cwnd_limited = true;
	settle(tp);
	KUNIT_EXPECT_LE(test, tp->cwnd, 706U);

	/* The window is in use again: time counts. */
	nst_congestion_test_wait(tp, 9086 * USEC_PER_MSEC);
	tp->ca_ops->pkts_acked(tp, &acked);
	settle(tp);
	KUNIT_EXPECT_LE(test, abs((int)(tp->cwnd - 1000)), 1);
}

static void cubic__respects_the_clamp(struct kunit *test)
{
	struct nst_tcp_sock *tp = connection(test);

	tp->cwnd_clamp = 800;
	lose(tp, 1000);
	start(tp);
	nst_congestion_test_wait(tp, 60 * USEC_PER_SEC);
	settle(tp);
	KUNIT_EXPECT_EQ(test, tp->cwnd, 800U);
}

/* Years without a loss, and windows beyond all measure. */
static void cubic__survives_extremes(struct kunit *test)
{
	struct nst_tcp_sock *tp = connection(test);
	u32 before;

	lose(tp, 1U << 30);
	start(tp);
	before = tp->cwnd;
	nst_congestion_test_wait(tp, 1ULL << 60);
	tp->ca_ops->cong_avoid(tp, 1000);
	KUNIT_EXPECT_GE(test, tp->cwnd, before);
	KUNIT_EXPECT_LE(test, tp->cwnd, before + before / 2);
	lose(tp, 1);
	start(tp);
	KUNIT_EXPECT_GE(test, tp->cwnd, 2U);
}

static struct kunit_case cubic_cases[] = {
	KUNIT_CASE(cubic__follows_the_curve),
	KUNIT_CASE(cubic__follows_the_curve_ack_by_ack),
	KUNIT_CASE(cubic__target_is_bounded),
	KUNIT_CASE(cubic__is_reno_friendly),
	KUNIT_CASE(cubic__reduces_to_seven_tenths),
	KUNIT_CASE(cubic__converges_fast),
	KUNIT_CASE(cubic__begins_flat_after_a_timeout),
	KUNIT_CASE(cubic__begins_flat_after_hystart),
	KUNIT_CASE(cubic__undoes_a_spurious_loss),
	KUNIT_CASE(cubic__stands_still_while_unused),
	KUNIT_CASE(cubic__respects_the_clamp),
	KUNIT_CASE(cubic__survives_extremes),
	{}
};

static struct kunit_suite cubic_suite = {
	.name = "netstack_tcp_cubic",
	.test_cases = cubic_cases,
};

kunit_test_suite(cubic_suite);
