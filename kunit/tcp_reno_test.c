// SPDX-License-Identifier: GPL-2.0
/*
 * Reno's arithmetic (RFC 5681 3.1), with appropriate byte counting (RFC
 * 3465).
 */
#include "congestion_fixture.h"

static void slow_start__grows_by_what_was_acknowledged(struct kunit *test)
{
	struct nst_tcp_sock *tp = nst_congestion_test_connection(test, "reno");

	tp->ca_ops->cong_avoid(tp, 1);
	KUNIT_EXPECT_EQ(test, tp->cwnd, 11U);
	tp->ca_ops->cong_avoid(tp, 11);
	KUNIT_EXPECT_EQ(test, tp->cwnd, 22U);
}

/* RFC 3465 2.2: L bounds what one ACK adds, unless segments are paced. */
static void slow_start__heeds_the_limit_of_one_ack(struct kunit *test)
{
	struct nst_tcp_sock *tp = nst_congestion_test_connection(test, "reno");

	tp->nst.stack->config.tcp_abc_limit = 8;
	tp->ca_ops->cong_avoid(tp, 10);
	KUNIT_EXPECT_EQ(test, tp->cwnd, 18U);
	tp->ca_ops->cong_avoid(tp, 7);
	KUNIT_EXPECT_EQ(test, tp->cwnd, 25U);
	tp->nst.sk.sk_pacing_status = SK_PACING_NEEDED;
	tp->ca_ops->cong_avoid(tp, 25);
	KUNIT_EXPECT_EQ(test, tp->cwnd, 50U);
}

static void slow_start__ends_at_ssthresh(struct kunit *test)
{
	struct nst_tcp_sock *tp = nst_congestion_test_connection(test, "reno");

	tp->ssthresh = 12;
	KUNIT_EXPECT_EQ(test, nst_congestion_slow_start(tp, 5), 3U);
	KUNIT_EXPECT_EQ(test, tp->cwnd, 12U);

	/* What is left counts for congestion avoidance. */
	tp->cwnd = 10;
	tp->ca_ops->cong_avoid(tp, 2 + 12);
	KUNIT_EXPECT_EQ(test, tp->cwnd, 13U);
	KUNIT_EXPECT_EQ(test, tp->cwnd_cnt, 0U);
}

static void slow_start__respects_the_clamp(struct kunit *test)
{
	struct nst_tcp_sock *tp = nst_congestion_test_connection(test, "reno");

	tp->cwnd_clamp = 12;
	tp->ca_ops->cong_avoid(tp, 10);
	KUNIT_EXPECT_EQ(test, tp->cwnd, 12U);
}

static void cong_avoid__adds_one_segment_a_window(struct kunit *test)
{
	struct nst_tcp_sock *tp = nst_congestion_test_connection(test, "reno");
	unsigned int i;

	tp->ssthresh = 10;
	for (i = 0; i < 9; i++)
		tp->ca_ops->cong_avoid(tp, 1);
	KUNIT_EXPECT_EQ(test, tp->cwnd, 10U);
	tp->ca_ops->cong_avoid(tp, 1);
	KUNIT_EXPECT_EQ(test, tp->cwnd, 11U);
	KUNIT_EXPECT_EQ(test, tp->cwnd_cnt, 0U);
	/* One ACK for all is worth the same as one ACK for each. */
	tp->ca_ops->cong_avoid(tp, 11);
	KUNIT_EXPECT_EQ(test, tp->cwnd, 12U);
}

static void ssthresh__is_half_the_flight_two_at_least(struct kunit *test)
{
	struct nst_tcp_sock *tp = nst_congestion_test_connection(test, "reno");

	tp->packets_out = 10;
	KUNIT_EXPECT_EQ(test, tp->ca_ops->ssthresh(tp), 5U);
	/* An application that did not use its window. */
	tp->packets_out = 6;
	KUNIT_EXPECT_EQ(test, tp->ca_ops->ssthresh(tp), 3U);
	/* Limited transmit does not count. */
	tp->packets_out = 12;
	KUNIT_EXPECT_EQ(test, tp->ca_ops->ssthresh(tp), 5U);
	tp->packets_out = 1;
	KUNIT_EXPECT_EQ(test, tp->ca_ops->ssthresh(tp), 2U);
}

static void undo_cwnd__restores_the_window_before(struct kunit *test)
{
	struct nst_tcp_sock *tp = nst_congestion_test_connection(test, "reno");

	tp->prior_cwnd = 30;
	KUNIT_EXPECT_EQ(test, tp->ca_ops->undo_cwnd(tp), 30U);
	tp->cwnd = 40;
	KUNIT_EXPECT_EQ(test, tp->ca_ops->undo_cwnd(tp), 40U);
}

/* RFC 9406 is for Reno as well. */
static void reno__slow_start_ends_by_delay(struct kunit *test)
{
	struct nst_tcp_sock *tp = nst_congestion_test_connection(test, "reno");
	unsigned int i;

	nst_congestion_test_round(tp, 100000);
	for (i = 0; i < 8; i++)
		nst_congestion_test_round(tp, 120000);
	KUNIT_EXPECT_LT(test, tp->ssthresh, NST_TCP_INFINITE_SSTHRESH);
	KUNIT_EXPECT_GE(test, tp->cwnd, tp->ssthresh);
}

static struct kunit_case reno_cases[] = {
	KUNIT_CASE(slow_start__grows_by_what_was_acknowledged),
	KUNIT_CASE(slow_start__heeds_the_limit_of_one_ack),
	KUNIT_CASE(slow_start__ends_at_ssthresh),
	KUNIT_CASE(slow_start__respects_the_clamp),
	KUNIT_CASE(cong_avoid__adds_one_segment_a_window),
	KUNIT_CASE(ssthresh__is_half_the_flight_two_at_least),
	KUNIT_CASE(undo_cwnd__restores_the_window_before),
	KUNIT_CASE(reno__slow_start_ends_by_delay),
	{}
};

static struct kunit_suite reno_suite = {
	.name = "netstack_tcp_reno",
	.test_cases = reno_cases,
};

kunit_test_suite(reno_suite);
