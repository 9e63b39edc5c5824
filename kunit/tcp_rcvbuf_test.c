// SPDX-License-Identifier: GPL-2.0
/*
 * Room for received data and what is offered of it: transport/tcp/rcvbuf.c.
 * RFC 9293 3.8.6, RFC 7323 2 and 4.
 */
#include "../netstack/transport/tcp/receive_queue.h"
#include "tcp_fixture.h"

static void data(struct nst_tcp_test *t, u32 seq, u32 len)
{
	nst_tcp_test_in(t, NST_TCP_ACK, seq, 1, len);
	nst_wire_discard(t->wire);
}

static void read_all(struct nst_tcp_test *t)
{
	u8 buffer[1024];

	while (nst_tcp_test_recv(t, buffer, sizeof(buffer), 0) > 0)
		;
	nst_wire_discard(t->wire);
}

static struct nst_tcp_test *established(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_offer(t, .mss = 1460, .sack_ok = true, .has_wscale = true,
			   .wscale = 7);
	nst_tcp_test_establish(t);
	return t;
}

/* RFC 7323 4: the timestamp that comes back tells the round trip. */
static void rcv_rtt__is_told_by_timestamps(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_tcp_sock *tp;

	nst_tcp_test_offer(t, .mss = 1460, .has_ts = true);
	nst_tcp_test_establish(t);
	tp = t->tp;

	nst_tcp_test_wait(t, 50 * USEC_PER_MSEC);
	data(t, 1, 1000);
	KUNIT_EXPECT_EQ(test, tp->rcv_rtt_us >> 3, 50U * 1000);
	/* The same echo says nothing new, however late. */
	nst_tcp_test_wait(t, 30 * USEC_PER_MSEC);
	nst_tcp_test_in(t, NST_TCP_ACK, 1001, 1, 1000,
			NST_TCP_OPTIONS(.has_ts = true,
					.tsval = t->tsval + 1,
					.tsecr = tp->rcv_rtt_tsecr +
						 tp->ts_offset));
	KUNIT_EXPECT_EQ(test, tp->rcv_rtt_us >> 3, 50U * 1000);
}

static struct nst_tcp_test *with_estimate(struct kunit *test, u32 us)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_offer(t, .mss = 1460, .has_ts = true);
	nst_tcp_test_establish(t);
	t->tp->rcv_mss = 1000;
	t->tp->rcv_rtt_us = us << 3;
	return t;
}

/* A segment that answers what we sent @ms ago. */
static void answer(struct nst_tcp_test *t, u32 seq, u32 len, u32 ms)
{
	u32 now = div_u64(nst_tcp_clock_ns(), NSEC_PER_MSEC);

	t->tsval++;
	nst_tcp_test_in(t, NST_TCP_ACK, seq, 1, len,
			NST_TCP_OPTIONS(.has_ts = true, .tsval = t->tsval,
					.tsecr = now - ms + t->tp->ts_offset));
	nst_wire_discard(t->wire);
}

static void rcv_rtt__smooths_upwards_and_falls_at_once(struct kunit *test)
{
	struct nst_tcp_test *t = with_estimate(test, 8000);

	answer(t, 1, 1000, 16);
	KUNIT_EXPECT_EQ(test, t->tp->rcv_rtt_us, (8000U << 3) + 8000);
	answer(t, 1001, 1000, 5);
	KUNIT_EXPECT_EQ(test, t->tp->rcv_rtt_us, 5000U << 3);
}

/* A short segment may have waited for the program there. */
static void rcv_rtt__is_not_told_by_short_segments(struct kunit *test)
{
	struct nst_tcp_test *t = with_estimate(test, 8000);

	answer(t, 1, 999, 5);
	KUNIT_EXPECT_EQ(test, t->tp->rcv_rtt_us, 8000U << 3);
}

/* Without timestamps: what a window of data takes, the least counts. */
static void rcv_rtt__is_the_least_time_of_a_window(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);
	struct nst_tcp_sock *tp = t->tp;
	u32 seq = 1;

	data(t, seq, 100);
	KUNIT_EXPECT_EQ(test, tp->rcv_rtt_us, 0U);
	tp->rcv_rtt_seq = tp->rcv_nxt + 1000;
	nst_tcp_test_wait(t, 20 * USEC_PER_MSEC);
	data(t, 101, 500);
	KUNIT_EXPECT_EQ(test, tp->rcv_rtt_us, 0U);
	data(t, 601, 500);
	data(t, 1101, 500);
	KUNIT_EXPECT_EQ(test, tp->rcv_rtt_us >> 3, 20U * 1000);
	/* Longer: the peer had nothing to send. */
	tp->rcv_rtt_seq = tp->rcv_nxt;
	nst_tcp_test_wait(t, 90 * USEC_PER_MSEC);
	data(t, 1601, 500);
	KUNIT_EXPECT_EQ(test, tp->rcv_rtt_us >> 3, 20U * 1000);
	tp->rcv_rtt_seq = tp->rcv_nxt;
	nst_tcp_test_wait(t, 10 * USEC_PER_MSEC);
	data(t, 2101, 500);
	KUNIT_EXPECT_EQ(test, tp->rcv_rtt_us >> 3, 10U * 1000);
}

/* A window of twice what is read in a round trip, and some segments. */
static void grow_buffer__is_for_two_round_trips(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);
	struct nst_tcp_sock *tp = t->tp;
	u32 i, seq = 1, before, most;

	tp->rcv_rtt_us = (10 * USEC_PER_MSEC) << 3;
	tp->rcv_rtt_time = 0;
	before = t->sk->sk_rcvbuf;
	most = tp->window_clamp;
	/* 40 000 bytes in a round trip; it began with 14 600. */
	for (i = 0; i < 40; i++, seq += 1000) {
		data(t, seq, 1000);
		if (i == 38)
			nst_tcp_test_wait(t, 10 * USEC_PER_MSEC);
		read_all(t);
	}
	KUNIT_EXPECT_GE(test, tp->rcvq_space, 38000U);
	KUNIT_EXPECT_LE(test, tp->rcvq_space, 40000U);
	KUNIT_EXPECT_GT(test, (u32)t->sk->sk_rcvbuf, before);
	KUNIT_EXPECT_GT(test, tp->window_clamp, most);
	KUNIT_EXPECT_GE(test, tp->window_clamp, 2 * tp->rcvq_space);
	KUNIT_EXPECT_LE(test, t->sk->sk_rcvbuf,
			t->wire->stack->config.tcp_rmem[2]);
	/* The window follows with the data that comes. */
	most = tp->rcv_ssthresh;
	data(t, seq, 1400);
	KUNIT_EXPECT_GT(test, tp->rcv_ssthresh, most);
}

static void grow_buffer__can_be_off(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);
	int before = t->sk->sk_rcvbuf;
	u32 i;

	t->wire->stack->config.tcp_moderate_rcvbuf = 0;
	t->tp->rcv_rtt_us = (10 * USEC_PER_MSEC) << 3;
	for (i = 0; i < 40; i++) {
		data(t, 1 + i * 1000, 1000);
		if (i == 38)
			nst_tcp_test_wait(t, 10 * USEC_PER_MSEC);
		read_all(t);
	}
	KUNIT_EXPECT_EQ(test, t->sk->sk_rcvbuf, before);
}

/* RFC 5681 2: a duplicate ACK has the same window, where that matters. */
static void grow_window__out_of_order_with_sack_only(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);
	u32 before;

	t->tp->rcv_ssthresh = 10000;
	before = t->tp->rcv_ssthresh;
	t->tp->sack_ok = false;
	data(t, 10001, 1400);
	KUNIT_EXPECT_EQ(test, t->tp->rcv_ssthresh, before);
	t->tp->sack_ok = true;
	data(t, 20001, 1400);
	KUNIT_EXPECT_GT(test, t->tp->rcv_ssthresh, before);
}

/* RFC 9293 3.8.6: what was offered is not taken back, whatever comes. */
static void window__never_shrinks(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);
	struct nst_tcp_sock *tp = t->tp;
	u32 i, seq = 1, edge = tp->rcv_wup + tp->rcv_wnd;

	t->sk->sk_userlocks |= SOCK_RCVBUF_LOCK;
	/* Small segments that waste their buffers, in and out of order. */
	for (i = 0; i < 400; i++) {
		u32 now;

		if (i % 3) {
			data(t, seq, 20);
			seq += 20;
		} else {
			data(t, seq + 5000 + i, 1);
		}
		now = tp->rcv_wup + tp->rcv_wnd;
		KUNIT_ASSERT_FALSE(test, nst_before(now, edge));
		edge = now;
	}
}

/* SO_RCVLOWAT: enough, or as much as there can be. */
static void readable__when_there_is_enough_or_no_more_can_come(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);
	struct sock *sk = t->sk;
	int rcvbuf = sk->sk_rcvbuf;

	KUNIT_EXPECT_FALSE(test, nst_tcp_readable(sk, 1));
	data(t, 1, 1000);
	KUNIT_EXPECT_TRUE(test, nst_tcp_readable(sk, 1000));
	KUNIT_EXPECT_FALSE(test, nst_tcp_readable(sk, 1001));
	/* Seven eighths of the buffer are used. */
	sk->sk_rcvbuf = atomic_read(&sk->sk_rmem_alloc) * 8 / 7 - 8;
	KUNIT_EXPECT_TRUE(test, nst_tcp_readable(sk, 1001));
	sk->sk_rcvbuf = atomic_read(&sk->sk_rmem_alloc) * 8 / 7 + 16;
	KUNIT_EXPECT_FALSE(test, nst_tcp_readable(sk, 1001));
	/* The window is shut, or nearly. */
	sk->sk_rcvbuf = rcvbuf;
	t->tp->rcv_wnd = t->tp->rcv_nxt - t->tp->rcv_wup + t->tp->rcv_mss;
	KUNIT_EXPECT_TRUE(test, nst_tcp_readable(sk, 1001));
}

/* SO_RCVLOWAT beyond the buffer: it grows, and the window with it. */
static void rcvlowat__makes_room_for_itself(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);
	int most = t->wire->stack->config.tcp_rmem[2];

	lock_sock(t->sk);
	KUNIT_EXPECT_EQ(test, nst_tcp_set_rcvlowat(t->sk, 500000), 0);
	KUNIT_EXPECT_EQ(test, t->sk->sk_rcvlowat, 500000);
	KUNIT_EXPECT_EQ(test, t->sk->sk_rcvbuf, 1000000);
	KUNIT_EXPECT_EQ(test, t->tp->window_clamp, 500000U);
	/* Half of the largest buffer at most. */
	KUNIT_EXPECT_EQ(test, nst_tcp_set_rcvlowat(t->sk, INT_MAX), 0);
	KUNIT_EXPECT_EQ(test, t->sk->sk_rcvlowat, most / 2);
	/* Of a buffer that the program has fixed, half of that. */
	t->sk->sk_userlocks |= SOCK_RCVBUF_LOCK;
	t->sk->sk_rcvbuf = 20000;
	KUNIT_EXPECT_EQ(test, nst_tcp_set_rcvlowat(t->sk, 500000), 0);
	KUNIT_EXPECT_EQ(test, t->sk->sk_rcvlowat, 10000);
	KUNIT_EXPECT_EQ(test, t->sk->sk_rcvbuf, 20000);
	release_sock(t->sk);
}

/* Attack 28: header prediction charges and refuses as the long way does. */
static void predicted__data_is_charged(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);
	const struct sk_buff *skb;
	unsigned long hits;
	u32 truesize = 0;

	hits = nst_mib_read(t->wire->stack, NST_MIB_TCP_HP_HITS);
	data(t, 1, 1000);
	data(t, 1001, 1000);
	KUNIT_EXPECT_EQ(test, nst_mib_read(t->wire->stack, NST_MIB_TCP_HP_HITS),
			hits + 2);
	skb_queue_walk(&t->sk->sk_receive_queue, skb)
		truesize += skb->truesize;
	KUNIT_EXPECT_EQ(test, (u32)atomic_read(&t->sk->sk_rmem_alloc),
			truesize);

	t->sk->sk_userlocks |= SOCK_RCVBUF_LOCK;
	t->sk->sk_rcvbuf = 1;
	data(t, 2001, 1000);
	KUNIT_EXPECT_EQ(test, nst_mib_read(t->wire->stack, NST_MIB_TCP_HP_HITS),
			hits + 3);
	/* Copied together perhaps, but no more than before. */
	KUNIT_EXPECT_LE(test, (u32)atomic_read(&t->sk->sk_rmem_alloc),
			truesize);
	KUNIT_EXPECT_EQ(test, t->tp->rcv_nxt - NST_TCP_TEST_IRS, 2001U);
	KUNIT_EXPECT_EQ(test, nst_mib_read(t->wire->stack,
					   NST_MIB_TCP_RCV_Q_DROP), 1UL);
	/* No more is offered than two segments. */
	KUNIT_EXPECT_LE(test, t->tp->rcv_ssthresh, 2U * t->tp->advmss);
}

static void collapse__is_counted(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);
	u32 i;

	t->sk->sk_userlocks |= SOCK_RCVBUF_LOCK;
	for (i = 0; i < 400; i++)
		data(t, 1 + i * 300, 300);
	KUNIT_EXPECT_GT(test, nst_mib_read(t->wire->stack,
					   NST_MIB_TCP_PRUNE_CALLED), 0UL);
	KUNIT_EXPECT_GT(test, nst_mib_read(t->wire->stack,
					   NST_MIB_TCP_RCV_COLLAPSED) +
			      nst_mib_read(t->wire->stack,
					   NST_MIB_TCP_RCV_COALESCE), 0UL);
}

static struct kunit_case tcp_rcvbuf_cases[] = {
	KUNIT_CASE(rcv_rtt__is_told_by_timestamps),
	KUNIT_CASE(rcv_rtt__smooths_upwards_and_falls_at_once),
	KUNIT_CASE(rcv_rtt__is_not_told_by_short_segments),
	KUNIT_CASE(rcv_rtt__is_the_least_time_of_a_window),
	KUNIT_CASE(grow_buffer__is_for_two_round_trips),
	KUNIT_CASE(grow_buffer__can_be_off),
	KUNIT_CASE(grow_window__out_of_order_with_sack_only),
	KUNIT_CASE(window__never_shrinks),
	KUNIT_CASE(readable__when_there_is_enough_or_no_more_can_come),
	KUNIT_CASE(rcvlowat__makes_room_for_itself),
	KUNIT_CASE(predicted__data_is_charged),
	KUNIT_CASE(collapse__is_counted),
	{}
};

static struct kunit_suite tcp_rcvbuf_suite = {
	.name = "netstack_tcp_rcvbuf",
	.init = nst_tcp_test_init,
	.test_cases = tcp_rcvbuf_cases,
};

kunit_test_suite(tcp_rcvbuf_suite);
