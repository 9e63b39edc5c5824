// SPDX-License-Identifier: GPL-2.0
/*
 * Congestion controllers: how they are chosen, and Reno's arithmetic
 * (RFC 5681 3.1).
 */
#include <kunit/test.h>

#include "../netstack/transport/tcp/tcp.h"

static struct nst_tcp_sock *connection(struct kunit *test)
{
	struct nst_tcp_sock *tp = kunit_kzalloc(test, sizeof(*tp), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, tp);
	tp->cwnd = 10;
	tp->cwnd_clamp = ~0U;
	tp->ssthresh = NST_TCP_INFINITE_SSTHRESH;
	KUNIT_ASSERT_EQ(test, nst_congestion_set(tp, "reno"), 0);
	return tp;
}

static void congestion_find__knows_reno_and_no_other(struct kunit *test)
{
	KUNIT_EXPECT_PTR_EQ(test, nst_congestion_find("reno"), &nst_reno);
	KUNIT_EXPECT_NULL(test, nst_congestion_find("ren"));
	KUNIT_EXPECT_NULL(test, nst_congestion_find("renos"));
	KUNIT_EXPECT_NULL(test, nst_congestion_find(""));
}

static void congestion_names__lists_and_fits(struct kunit *test)
{
	char names[64], room[3];

	KUNIT_EXPECT_EQ(test, nst_congestion_names(names, sizeof(names)), 4);
	KUNIT_EXPECT_STREQ(test, names, "reno");
	KUNIT_EXPECT_EQ(test, nst_congestion_names(room, sizeof(room)), 2);
	KUNIT_EXPECT_STREQ(test, room, "re");
}

static void congestion_set__refuses_the_unknown(struct kunit *test)
{
	struct nst_tcp_sock *tp = connection(test);

	KUNIT_EXPECT_EQ(test, nst_congestion_set(tp, "vegas"), -ENOENT);
	KUNIT_EXPECT_PTR_EQ(test, tp->ca_ops, &nst_reno);
	KUNIT_EXPECT_EQ(test, tp->cwnd, 10U);
}

static void slow_start__grows_by_what_was_acknowledged(struct kunit *test)
{
	struct nst_tcp_sock *tp = connection(test);

	tp->ca_ops->cong_avoid(tp, 1);
	KUNIT_EXPECT_EQ(test, tp->cwnd, 11U);
	tp->ca_ops->cong_avoid(tp, 11);
	KUNIT_EXPECT_EQ(test, tp->cwnd, 22U);
}

static void slow_start__ends_at_ssthresh(struct kunit *test)
{
	struct nst_tcp_sock *tp = connection(test);

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
	struct nst_tcp_sock *tp = connection(test);

	tp->cwnd_clamp = 12;
	tp->ca_ops->cong_avoid(tp, 10);
	KUNIT_EXPECT_EQ(test, tp->cwnd, 12U);
}

static void cong_avoid__adds_one_segment_a_window(struct kunit *test)
{
	struct nst_tcp_sock *tp = connection(test);
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
	struct nst_tcp_sock *tp = connection(test);

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
	struct nst_tcp_sock *tp = connection(test);

	tp->prior_cwnd = 30;
	KUNIT_EXPECT_EQ(test, tp->ca_ops->undo_cwnd(tp), 30U);
	tp->cwnd = 40;
	KUNIT_EXPECT_EQ(test, tp->ca_ops->undo_cwnd(tp), 40U);
}

static struct kunit_case reno_cases[] = {
	KUNIT_CASE(congestion_find__knows_reno_and_no_other),
	KUNIT_CASE(congestion_names__lists_and_fits),
	KUNIT_CASE(congestion_set__refuses_the_unknown),
	KUNIT_CASE(slow_start__grows_by_what_was_acknowledged),
	KUNIT_CASE(slow_start__ends_at_ssthresh),
	KUNIT_CASE(slow_start__respects_the_clamp),
	KUNIT_CASE(cong_avoid__adds_one_segment_a_window),
	KUNIT_CASE(ssthresh__is_half_the_flight_two_at_least),
	KUNIT_CASE(undo_cwnd__restores_the_window_before),
	{}
};

static struct kunit_suite reno_suite = {
	.name = "netstack_reno",
	.test_cases = reno_cases,
};

kunit_test_suite(reno_suite);
