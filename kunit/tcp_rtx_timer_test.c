// SPDX-License-Identifier: GPL-2.0
/*
 * One timer for all that is to be sent again: transport/tcp/rtx_timer.c.
 */
#include "recovery_fixture.h"

static int test_init(struct kunit *test)
{
	int err = nst_tcp_test_init(test);
	struct nst_tcp_test *t = test->priv;

	if (!err) {
		t->tp->packets_out = 1;
		t->tp->rto = 30;
	}
	return err;
}

/* Nothing of it may fire: there is no connection. */
static void test_exit(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->tp->packets_out = 0;
	nst_tcp_timers_stop(t->sk);
}

static void expect(struct nst_tcp_test *t, enum nst_tcp_timer kind, long due)
{
	KUNIT_EXPECT_EQ(t->test, (int)t->tp->rtx_timer_kind, (int)kind);
	KUNIT_EXPECT_EQ(t->test, nst_tcp_test_rtx_due(t), due);
}

static long rto_due(const struct nst_tcp_test *t)
{
	return t->tp->rto_timeout - nst_tcp_jiffies();
}

static void set__replaces_what_it_was_for(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_rtx_timer_set(t->sk, NST_TCP_TIMER_RETRANSMIT, 30);
	expect(t, NST_TCP_TIMER_RETRANSMIT, 30);
	nst_tcp_rtx_timer_set(t->sk, NST_TCP_TIMER_LOSS_PROBE, 20);
	expect(t, NST_TCP_TIMER_LOSS_PROBE, 20);
	KUNIT_EXPECT_EQ(test, t->tp->rtx_timer.expires, t->tp->rtx_timeout);
	/* The RTO is remembered. */
	KUNIT_EXPECT_EQ(test, rto_due(t), 30L);
}

static void set__has_an_upper_bound(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_rtx_timer_set(t->sk, NST_TCP_TIMER_PROBE, ULONG_MAX / 2);
	expect(t, NST_TCP_TIMER_PROBE, NST_TCP_RTO_MAX);
}

/* A deadline that moves away leaves the timer where it is. */
static void set__later_does_not_touch_the_timer(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	unsigned long expires;

	nst_tcp_rtx_timer_set(t->sk, NST_TCP_TIMER_RETRANSMIT, 30);
	expires = t->tp->rtx_timer.expires;
	nst_tcp_rtx_timer_set(t->sk, NST_TCP_TIMER_RETRANSMIT, 40);
	KUNIT_EXPECT_EQ(test, t->tp->rtx_timer.expires, expires);
	expect(t, NST_TCP_TIMER_RETRANSMIT, 40);
	nst_tcp_rtx_timer_set(t->sk, NST_TCP_TIMER_RETRANSMIT, 5);
	KUNIT_EXPECT_EQ(test, t->tp->rtx_timer.expires, t->tp->rtx_timeout);
}

/* What was set for long fires late: not a deadline that is near. */
static void set__a_long_timer_does_not_delay_a_near_deadline(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_rtx_timer_set(t->sk, NST_TCP_TIMER_PROBE, 60 * HZ);
	nst_tcp_clock_advance(59500 * USEC_PER_MSEC);
	nst_tcp_rtx_timer_set(t->sk, NST_TCP_TIMER_LOSS_PROBE, 3 * HZ / 5);
	KUNIT_EXPECT_EQ(test, t->tp->rtx_timer.expires, t->tp->rtx_timeout);
}

static void resume_rto__goes_on_where_it_was(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_rearm_rto(t->sk);
	nst_tcp_reorder_timer_set(t->sk, 20000);
	nst_tcp_clock_advance(10 * NST_TCP_CLOCK_TICK_US);
	nst_tcp_resume_rto(t->sk);
	expect(t, NST_TCP_TIMER_RETRANSMIT, 20);
	/* It is overdue: soon. */
	nst_tcp_clock_advance(50 * NST_TCP_CLOCK_TICK_US);
	nst_tcp_resume_rto(t->sk);
	expect(t, NST_TCP_TIMER_RETRANSMIT, 1);
}

static void resume_rto__stops_when_nothing_is_out(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_rearm_rto(t->sk);
	t->tp->packets_out = 0;
	nst_tcp_resume_rto(t->sk);
	KUNIT_EXPECT_EQ(test, (int)t->tp->rtx_timer_kind,
			(int)NST_TCP_TIMER_NONE);
}

/* Two ticks more than asked for, but a whole RTO at most. */
static void reorder_timer__keeps_to_the_rto(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_reorder_timer_set(t->sk, 20000);
	expect(t, NST_TCP_TIMER_REORDER, usecs_to_jiffies(22000));
	nst_tcp_reorder_timer_set(t->sk, U32_MAX);
	expect(t, NST_TCP_TIMER_REORDER, 30);
}

static void rto_restart__moves_the_deadline_alone(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_rearm_rto(t->sk);
	nst_tcp_rtx_timer_set(t->sk, NST_TCP_TIMER_REORDER, 5);
	nst_tcp_clock_advance(2 * NST_TCP_CLOCK_TICK_US);
	nst_tcp_rto_restart(t->sk);
	expect(t, NST_TCP_TIMER_REORDER, 3);
	KUNIT_EXPECT_EQ(test, rto_due(t), 30L);
}

static struct kunit_case tcp_rtx_timer_cases[] = {
	KUNIT_CASE(set__replaces_what_it_was_for),
	KUNIT_CASE(set__has_an_upper_bound),
	KUNIT_CASE(set__later_does_not_touch_the_timer),
	KUNIT_CASE(set__a_long_timer_does_not_delay_a_near_deadline),
	KUNIT_CASE(resume_rto__goes_on_where_it_was),
	KUNIT_CASE(resume_rto__stops_when_nothing_is_out),
	KUNIT_CASE(reorder_timer__keeps_to_the_rto),
	KUNIT_CASE(rto_restart__moves_the_deadline_alone),
	{}
};

static struct kunit_suite tcp_rtx_timer_suite = {
	.name = "netstack_tcp_rtx_timer",
	.init = test_init,
	.exit = test_exit,
	.test_cases = tcp_rtx_timer_cases,
};

kunit_test_suite(tcp_rtx_timer_suite);
