// SPDX-License-Identifier: GPL-2.0
/*
 * Is the congestion window used? transport/tcp/cwnd_validation.c: RFC 7661 and
 * RFC 5681 4.1, in the host's way.
 */
#include "tcp_fixture.h"

static int test_init(struct kunit *test)
{
	struct nst_tcp_test *t;
	int err = nst_tcp_test_init(test);

	if (err)
		return err;
	t = test->priv;
	t->rtt_us = 100000;
	nst_tcp_test_establish(t);
	WRITE_ONCE(t->sk->sk_sndbuf, 1 << 20);
	return 0;
}

/* One write of @segments, all acknowledged two by two a round trip later. */
static void round_trip(struct nst_tcp_test *t, unsigned int segments)
{
	u32 next = t->tp->snd_nxt - t->tp->iss;
	unsigned int i;

	nst_tcp_test_send(t, segments * NST_TCP_TEST_MSS, 0);
	nst_tcp_test_wait(t, 100000);
	for (i = 2; i < segments; i += 2)
		nst_tcp_test_ack(t, next + i * NST_TCP_TEST_MSS);
	nst_tcp_test_ack(t, next + segments * NST_TCP_TEST_MSS);
	nst_wire_discard(t->wire);
}

/* RFC 7661 4.2: in slow start more than half is use. */
static void slow_start__grows_when_half_is_used(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	round_trip(t, 5);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 10U);
	round_trip(t, 6);
	/* Until it is twice of what was out. */
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 12U);
	round_trip(t, 8);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 16U);
}

static void avoidance__grows_only_when_all_is_used(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	int i;

	t->tp->ssthresh = 10;
	for (i = 0; i < 5; i++)
		round_trip(t, 9);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 10U);
	round_trip(t, 10);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 11U);
}

/* The window was the limit once: that is true for all of its data. */
static void limited__lasts_for_the_window_of_data(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_send(t, 10 * NST_TCP_TEST_MSS, 0);
	KUNIT_EXPECT_TRUE(test, t->tp->cwnd_limited);
	nst_tcp_test_ack(t, 1 + 4 * NST_TCP_TEST_MSS);
	nst_tcp_test_send(t, NST_TCP_TEST_MSS, 0);
	KUNIT_EXPECT_TRUE(test, t->tp->cwnd_limited);
	nst_tcp_test_ack(t, 1 + 10 * NST_TCP_TEST_MSS);
	nst_tcp_test_send(t, NST_TCP_TEST_MSS, 0);
	KUNIT_EXPECT_FALSE(test, t->tp->cwnd_limited);
	KUNIT_EXPECT_EQ(test, t->tp->max_packets_out, 2U);
	nst_wire_discard(t->wire);
}

/* RFC 7661 4.4: a program that sends little for a time-out and more. */
static void application_limit__halves_the_way_to_what_is_used(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	int i;

	t->tp->cwnd = 40;
	t->tp->ssthresh = 20;
	/* Less than a time-out since it was used up. */
	t->tp->cwnd_stamp = nst_tcp_jiffies();
	round_trip(t, 12);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 40U);
	for (i = 0; i < 4; i++)
		round_trip(t, 12);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 26U);
	/* Three quarters of it are remembered. */
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh, 30U);
	/* Not below the initial window. */
	for (i = 0; i < 60; i++)
		round_trip(t, 1);
	KUNIT_EXPECT_GE(test, t->tp->cwnd, 10U);
	KUNIT_EXPECT_LE(test, t->tp->cwnd, 11U);
}

static void application_limit__can_be_switched_off(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	int i;

	t->wire->stack->config.tcp_slow_start_after_idle = 0;
	t->tp->cwnd = 40;
	t->tp->ssthresh = 20;
	for (i = 0; i < 10; i++)
		round_trip(t, 12);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 40U);
}

/* RFC 5681 4.1; three quarters are remembered, rounded as on the host. */
static void restart__remembers_three_quarters(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->tp->cwnd = 71;
	t->tp->ssthresh = 20;
	t->tp->lsndtime = (u32)nst_tcp_jiffies() - t->tp->rto - 1;
	nst_tcp_test_send(t, NST_TCP_TEST_MSS, 0);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 10U);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh, 35U + 17U);
	nst_wire_discard(t->wire);
}

static struct kunit_case tcp_cwnd_validation_cases[] = {
	KUNIT_CASE(slow_start__grows_when_half_is_used),
	KUNIT_CASE(avoidance__grows_only_when_all_is_used),
	KUNIT_CASE(limited__lasts_for_the_window_of_data),
	KUNIT_CASE(application_limit__halves_the_way_to_what_is_used),
	KUNIT_CASE(application_limit__can_be_switched_off),
	KUNIT_CASE(restart__remembers_three_quarters),
	{}
};

static struct kunit_suite tcp_cwnd_validation_suite = {
	.name = "netstack_tcp_cwnd_validation",
	.init = test_init,
	.test_cases = tcp_cwnd_validation_cases,
};

kunit_test_suite(tcp_cwnd_validation_suite);
