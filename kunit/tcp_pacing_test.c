// SPDX-License-Identifier: GPL-2.0
/*
 * Pacing: rates, the time of the next segment, and what the timer does with
 * it. Times are compared with the connection's own clock; where a timer
 * really runs, only that it is not too early.
 */
#include "../netstack/transport/tcp/pacing.h"
#include "tcp_fixture.h"

/* SO_MAX_PACING_RATE, as net/core takes it. */
static void pace(struct nst_tcp_test *t, unsigned long rate)
{
	struct sock *sk = t->sk;

	WRITE_ONCE(sk->sk_max_pacing_rate, rate);
	WRITE_ONCE(sk->sk_pacing_rate, min(sk->sk_pacing_rate, rate));
	sk->sk_pacing_status = SK_PACING_NEEDED;
}

/* Segments of 1000 octets that are not put together. */
static void send_segments(struct nst_tcp_test *t, unsigned int count)
{
	while (count--)
		KUNIT_ASSERT_EQ(t->test, nst_tcp_test_send(t, 1000, MSG_EOR),
				1000);
}

/* Ten segments have been sent and acknowledged: the window is 20. */
static struct nst_tcp_test *begin(struct kunit *test, unsigned long rate)
{
	struct nst_tcp_test *t = test->priv;

	/* What the controller's own rate is does not matter. */
	t->wire->stack->config.tcp_pacing_ss_ratio = 1000;
	t->wire->stack->config.tcp_pacing_ca_ratio = 1000;
	nst_tcp_test_establish(t);
	/* Buffers cost more on some kernels: room is not what is tested. */
	WRITE_ONCE(t->sk->sk_sndbuf, 1 << 20);
	pace(t, rate);
	send_segments(t, 10);
	/* The first ten segments of a connection are not paced. */
	KUNIT_ASSERT_EQ(test, t->tp->packets_out, 10U);
	nst_tcp_test_ack(t, 10001);
	nst_wire_discard(t->wire);
	/* But the eleventh would be; that gap is over. */
	KUNIT_ASSERT_GT(test, t->tp->pacing_next_ns, nst_tcp_clock_ns());
	t->tp->pacing_next_ns = nst_tcp_clock_ns();
	return t;
}

static u64 wait_ns(const struct nst_tcp_test *t)
{
	return t->tp->pacing_next_ns - nst_tcp_clock_ns();
}

/* @us pass, and the timer fires as the kernel would have it fire then. */
static void fire(struct nst_tcp_test *t, u64 us)
{
	struct hrtimer *timer = &t->tp->pacing_timer;

	nst_tcp_clock_advance(us);
	KUNIT_EXPECT_EQ(t->test, hrtimer_try_to_cancel(timer), 1);
	local_bh_disable();
	KUNIT_EXPECT_EQ(t->test, ACCESS_PRIVATE(timer, function)(timer),
			HRTIMER_NORESTART);
	local_bh_enable();
}

static void pacing__next_segment_waits_for_its_turn(struct kunit *test)
{
	/* A segment of 1000 bytes in 20 ms. */
	struct nst_tcp_test *t = begin(test, 50000);
	struct hrtimer *timer = &t->tp->pacing_timer;

	send_segments(t, 3);
	nst_tcp_test_expect_push(t, 10001, 1000);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, wait_ns(t), 20 * (u64)NSEC_PER_MSEC);
	KUNIT_EXPECT_TRUE(test, hrtimer_is_queued(timer));
	KUNIT_EXPECT_EQ(test, (s64)t->tp->pacing_next_ns,
			ktime_to_ns(hrtimer_get_expires(timer)));
	/* Neither more data nor an ACK hurries it. */
	nst_tcp_clock_advance(10 * USEC_PER_MSEC);
	send_segments(t, 1);
	nst_tcp_test_ack(t, 11001);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, wait_ns(t), 10 * (u64)NSEC_PER_MSEC);
}

static void pacing__timer_sends_what_waits(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test, 50000);
	unsigned int i;

	send_segments(t, 5);
	for (i = 0; i < 4; i++) {
		nst_tcp_test_expect_push(t, 10001 + i * 1000, 1000);
		nst_wire_expect_nothing(t->wire);
		fire(t, 20 * USEC_PER_MSEC);
	}
	nst_tcp_test_expect_push(t, 14001, 1000);
	/* Nothing waits any more: it is not set again. */
	KUNIT_EXPECT_FALSE(test, hrtimer_is_queued(&t->tp->pacing_timer));
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 5U);
}

/* A program that has the socket sends when it gives it back. */
static void pacing__timer_waits_for_the_program(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test, 50000);

	send_segments(t, 2);
	nst_tcp_test_expect_push(t, 10001, 1000);
	lock_sock(t->sk);
	fire(t, 20 * USEC_PER_MSEC);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_TRUE(test, test_bit(NST_TCP_DEFER_PACING,
					 &t->tp->deferred));
	release_sock(t->sk);
	nst_tcp_test_expect_push(t, 11001, 1000);
}

/* A segment takes its length over the rate; a late one half of it at least. */
static void pacing__catches_up_by_half(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test, 1000000);
	struct nst_tcp_sock *tp = t->tp;
	u64 now;

	lock_sock(t->sk);
	nst_tcp_mstamp_refresh(tp);
	now = nst_tcp_clock_ns();
	nst_pacing_set_rate(t->sk, 1000000);
	nst_pacing_sent(t->sk, 1000);
	KUNIT_EXPECT_EQ(test, wait_ns(t), (u64)NSEC_PER_MSEC);
	nst_pacing_sent(t->sk, 2000);
	KUNIT_EXPECT_EQ(test, wait_ns(t), 3 * (u64)NSEC_PER_MSEC);

	tp->pacing_next_ns = now - 100 * NSEC_PER_USEC;
	nst_pacing_sent(t->sk, 1000);
	KUNIT_EXPECT_EQ(test, wait_ns(t), 900 * (u64)NSEC_PER_USEC);
	tp->pacing_next_ns = now - NSEC_PER_SEC;
	nst_pacing_sent(t->sk, 1000);
	KUNIT_EXPECT_EQ(test, wait_ns(t), 500 * (u64)NSEC_PER_USEC);
	release_sock(t->sk);
}

static void pacing__unpaced_connection_has_no_timer(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_establish(t);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 15000, 0), 15000);
	nst_tcp_test_ack(t, 10001);
	KUNIT_EXPECT_FALSE(test, hrtimer_is_queued(&t->tp->pacing_timer));
	KUNIT_EXPECT_EQ(test, t->tp->pacing_next_ns, 0ULL);
	/* Its rate is known all the same, for super-segments. */
	KUNIT_EXPECT_GT(test, t->sk->sk_pacing_rate, 0UL);
	KUNIT_EXPECT_LT(test, t->sk->sk_pacing_rate, ~0UL);
}

struct ratio_row {
	u32 cwnd;
	u32 ssthresh;
	u32 packets_out;
	unsigned long rate;
};

/* 1000 bytes, 100 ms: 10000 bytes a second for each segment of cwnd. */
static const struct ratio_row ratio_rows[] = {
	{ 10, NST_TCP_INFINITE_SSTHRESH, 0, 200000 },
	{ 10, 22, 0, 200000 },
	{ 10, 20, 0, 120000 },
	{ 100, 50, 0, 1200000 },
	/* More in flight than cwnd has now. */
	{ 10, 5, 20, 240000 },
};

static void pacing__rate_is_a_window_in_a_round_trip(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	const struct ratio_row *row;
	unsigned int i;

	t->tp->mss_cache = 1000;
	t->tp->srtt_us = (100 * USEC_PER_MSEC) << 3;
	for (i = 0; i < ARRAY_SIZE(ratio_rows); i++) {
		row = &ratio_rows[i];
		t->tp->cwnd = row->cwnd;
		t->tp->ssthresh = row->ssthresh;
		t->tp->packets_out = row->packets_out;
		nst_pacing_update_rate(t->sk);
		KUNIT_EXPECT_EQ_MSG(test, t->sk->sk_pacing_rate, row->rate,
				    "row %u", i);
	}
	t->tp->packets_out = 0;
	t->wire->stack->config.tcp_pacing_ca_ratio = 100;
	nst_pacing_update_rate(t->sk);
	KUNIT_EXPECT_EQ(test, t->sk->sk_pacing_rate, 100000UL);
	/* SO_MAX_PACING_RATE */
	t->sk->sk_max_pacing_rate = 5000;
	nst_pacing_update_rate(t->sk);
	KUNIT_EXPECT_EQ(test, t->sk->sk_pacing_rate, 5000UL);
}

/* Retransmissions are paced too, but for the first of a recovery. */
static void pacing__holds_retransmissions_back(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test, 1000);

	/* Five go unpaced. */
	t->tp->data_segs_out = 0;
	send_segments(t, 5);
	KUNIT_ASSERT_EQ(test, t->tp->packets_out, 5U);
	nst_wire_discard(t->wire);
	t->tp->data_segs_out = 20;
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_push(t, 10001, 1000);
	nst_tcp_test_ack(t, 11001);
	/* cwnd is 2, but it is not time yet. */
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->tp->lost_out, 4U);
	KUNIT_EXPECT_TRUE(test, hrtimer_is_queued(&t->tp->pacing_timer));
}

/* The timer holds a reference, and gives it back with the connection. */
static void pacing__ends_with_the_connection(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test, 1000);
	int references;

	lock_sock(t->sk);
	nst_tcp_timers_stop(t->sk);
	release_sock(t->sk);
	references = refcount_read(&t->sk->sk_refcnt);
	send_segments(t, 3);
	KUNIT_ASSERT_TRUE(test, hrtimer_is_queued(&t->tp->pacing_timer));
	lock_sock(t->sk);
	nst_tcp_timers_stop(t->sk);
	release_sock(t->sk);
	KUNIT_EXPECT_FALSE(test, hrtimer_active(&t->tp->pacing_timer));
	KUNIT_EXPECT_EQ(test, refcount_read(&t->sk->sk_refcnt), references);
}

static struct kunit_case pacing_cases[] = {
	KUNIT_CASE(pacing__next_segment_waits_for_its_turn),
	KUNIT_CASE(pacing__timer_sends_what_waits),
	KUNIT_CASE(pacing__timer_waits_for_the_program),
	KUNIT_CASE(pacing__catches_up_by_half),
	KUNIT_CASE(pacing__unpaced_connection_has_no_timer),
	KUNIT_CASE(pacing__rate_is_a_window_in_a_round_trip),
	KUNIT_CASE(pacing__holds_retransmissions_back),
	KUNIT_CASE(pacing__ends_with_the_connection),
	{}
};

static struct kunit_suite pacing_suite = {
	.name = "netstack_tcp_pacing",
	.init = nst_tcp_test_init,
	.test_cases = pacing_cases,
};

kunit_test_suite(pacing_suite);
