// SPDX-License-Identifier: GPL-2.0
/*
 * When data is acknowledged: transport/tcp/delack.c. RFC 9293 3.8.6.3, RFC
 * 5681 4.2.
 */
#include "../netstack/transport/tcp/receive_queue.h"
#include "tcp_fixture.h"

#define DELACK_MIN_US	(NST_TCP_DELACK_MIN * NST_TCP_CLOCK_TICK_US)

static struct nst_tcp_test *established(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_establish(t);
	return t;
}

static void data(struct nst_tcp_test *t, u32 seq, u32 len)
{
	nst_tcp_test_in(t, NST_TCP_ACK, seq, 1, len);
}

static void push(struct nst_tcp_test *t, u32 seq, u32 len)
{
	nst_tcp_test_in(t, NST_TCP_ACK | NST_TCP_PSH, seq, 1, len);
}

static void expect_ack(struct nst_tcp_test *t, u32 ack)
{
	nst_tcp_test_out(t, NST_TCP_ACK, 1, ack, 0);
}

static void read_all(struct nst_tcp_test *t)
{
	u8 buffer[512];

	while (nst_tcp_test_recv(t, buffer, sizeof(buffer), 0) > 0)
		;
}

/* Quick ACKs are over, the peer's segments have 1000 bytes. */
static struct nst_tcp_test *delaying(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);

	data(t, 1, 1000);
	expect_ack(t, 1001);
	read_all(t);
	nst_wire_discard(t->wire);
	t->tp->quickacks = 0;
	KUNIT_ASSERT_EQ(test, (int)t->tp->rcv_mss, 1000);
	return t;
}

static int set_quickack(struct nst_tcp_test *t, int value)
{
	return nst_tcp_setsockopt(t->sk, SOL_TCP, TCP_QUICKACK,
				  KERNEL_SOCKPTR(&value), sizeof(value));
}

/* The peer begins in slow start: half a window of ACKs, sixteen at most. */
static void quickack__at_the_first_data(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);
	u32 i;

	KUNIT_EXPECT_EQ(test, (int)t->tp->quickacks, 0);
	for (i = 0; i < NST_TCP_MAX_QUICKACKS; i++) {
		data(t, 1 + i * 100, 100);
		read_all(t);
		expect_ack(t, 1 + (i + 1) * 100);
		nst_wire_expect_nothing(t->wire);
	}
	KUNIT_EXPECT_EQ(test, (int)t->tp->quickacks, 0);
	data(t, 1601, 100);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_TRUE(test, t->tp->ack_pending & NST_TCP_ACK_TIMER);
}

/* A window of few segments: they are not all acknowledged one by one. */
static void quickack__is_bounded_by_half_the_window(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);

	t->tp->rcv_wnd = 5000;
	data(t, 1, 1000);
	expect_ack(t, 1001);
	/* 5000 / (2 * 1000), and one is gone. */
	KUNIT_EXPECT_EQ(test, (int)t->tp->quickacks, 1);
}

/* tcp(7), TCP_QUICKACK: also before there is a connection. */
static void quickack__off_delays_the_handshakes_ack(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, set_quickack(t, 0), 0);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_connect(t), 0);
	nst_tcp_test_out(t, NST_TCP_SYN, 0, 0, 0);
	nst_tcp_test_in(t, NST_TCP_SYN | NST_TCP_ACK, 0, 1, 0);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_ESTABLISHED);
	nst_wire_expect_nothing(t->wire);
	nst_tcp_test_expire_delack(t);
	expect_ack(t, 1);
}

/* A program waits to send: its data will be the handshake's ACK. */
static void handshake__ack_rides_on_the_data_of_a_writer(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, nst_tcp_test_connect(t), 0);
	nst_tcp_test_out(t, NST_TCP_SYN, 0, 0, 0);
	t->sk->sk_write_pending = 1;
	nst_tcp_test_in(t, NST_TCP_SYN | NST_TCP_ACK, 0, 1, 0);
	t->sk->sk_write_pending = 0;
	nst_wire_expect_nothing(t->wire);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 10, 0), 10);
	nst_tcp_test_out(t, NST_TCP_ACK | NST_TCP_PSH, 1, 1, 10);
	nst_wire_expect_nothing(t->wire);
}

static void quickack__off_delays_and_on_sends(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);

	KUNIT_ASSERT_EQ(test, set_quickack(t, 0), 0);
	data(t, 1, 100);
	nst_wire_expect_nothing(t->wire);
	read_all(t);
	nst_wire_expect_nothing(t->wire);
	/* What is owed goes at once. */
	KUNIT_ASSERT_EQ(test, set_quickack(t, 1), 0);
	expect_ack(t, 101);
	KUNIT_EXPECT_FALSE(test, t->tp->pingpong);
	/* An even value is for this once. */
	KUNIT_ASSERT_EQ(test, set_quickack(t, 0), 0);
	data(t, 101, 100);
	read_all(t);
	KUNIT_ASSERT_EQ(test, set_quickack(t, 2), 0);
	expect_ack(t, 201);
	KUNIT_EXPECT_TRUE(test, t->tp->pingpong);
}

/* RFC 9293 3.8.6.3: delayed, by less than half a second. */
static void delay__is_forty_milliseconds_for_a_steady_peer(struct kunit *test)
{
	struct nst_tcp_test *t = delaying(test);

	data(t, 1001, 1000);
	nst_tcp_test_silence(t, DELACK_MIN_US - NST_TCP_CLOCK_TICK_US);
	nst_tcp_test_wait(t, NST_TCP_CLOCK_TICK_US);
	expect_ack(t, 2001);
	KUNIT_EXPECT_EQ(test, nst_mib_read(t->wire->stack,
					   NST_MIB_TCP_DELAYED_ACKS), 1UL);
}

/* The delay follows the rhythm of the peer, and has a limit. */
static void delay__follows_the_gaps(struct kunit *test)
{
	struct nst_tcp_test *t = delaying(test);
	u32 i, seq = 1001;

	t->tp->ato = HZ / 5;
	for (i = 0; i < 4; i++) {
		nst_tcp_test_wait(t, 100 * USEC_PER_MSEC);
		data(t, seq, 1000);
		seq += 1000;
		read_all(t);
		nst_wire_discard(t->wire);
	}
	/* Half the former and the gap, each time: it goes towards twice 100. */
	KUNIT_EXPECT_GT(test, t->tp->ato, (u32)HZ / 10);
	KUNIT_EXPECT_LE(test, t->tp->ato, (u32)HZ / 5);
	/* Fast again: it falls by halves to the least. */
	for (i = 0; i < 8; i++) {
		data(t, seq, 1000);
		seq += 1000;
		read_all(t);
		nst_wire_discard(t->wire);
	}
	KUNIT_EXPECT_LE(test, t->tp->ato, (u32)NST_TCP_ATO_MIN);
}

/* After a pause of a time-out the peer is in slow start again. */
static void delay__ends_after_a_long_gap(struct kunit *test)
{
	struct nst_tcp_test *t = delaying(test);

	nst_tcp_test_wait(t, (u64)(t->tp->rto + 1) * NST_TCP_CLOCK_TICK_US);
	data(t, 1001, 1000);
	expect_ack(t, 2001);
	KUNIT_EXPECT_GT(test, (int)t->tp->quickacks, 0);
}

/* RFC 5681 4.2: more than one full segment. */
static void second__full_segment_is_acknowledged_at_once(struct kunit *test)
{
	struct nst_tcp_test *t = delaying(test);

	data(t, 1001, 1000);
	read_all(t);
	nst_wire_expect_nothing(t->wire);
	data(t, 2001, 1);
	expect_ack(t, 2002);
}

/* One super-segment is many: one ACK for all of it. */
static void second__segment_of_a_large_one_needs_one_ack(struct kunit *test)
{
	struct nst_tcp_test *t = delaying(test);

	t->tp->rcv_mss = 500;
	t->tp->advmss = 500;
	data(t, 1001, 1400);
	expect_ack(t, 2401);
	nst_wire_expect_nothing(t->wire);
}

/* SO_RCVLOWAT: the peer must not wait for a reader who waits for it. */
static void second__is_acknowledged_before_there_is_enough(struct kunit *test)
{
	struct nst_tcp_test *t = delaying(test);

	t->sk->sk_rcvlowat = 10000;
	/* Unread: the window shrinks, which alone would hold it back. */
	data(t, 1001, 1000);
	data(t, 2001, 1000);
	expect_ack(t, 3001);
}

/* The program has read all that was pushed. */
static void pushed__is_acknowledged_when_read(struct kunit *test)
{
	struct nst_tcp_test *t = delaying(test);

	push(t, 1001, 100);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_TRUE(test, t->tp->ack_pending & NST_TCP_ACK_PUSHED);
	read_all(t);
	expect_ack(t, 1101);
	/* A full segment that ends a write as well. */
	push(t, 1101, 1000);
	nst_wire_expect_nothing(t->wire);
	read_all(t);
	expect_ack(t, 2101);
}

/* In a conversation the answer carries the ACK, unless there are two. */
static void pushed__twice_is_not_a_conversation(struct kunit *test)
{
	struct nst_tcp_test *t = delaying(test);

	t->tp->pingpong = true;
	push(t, 1001, 100);
	read_all(t);
	nst_wire_expect_nothing(t->wire);
	push(t, 1101, 100);
	KUNIT_EXPECT_TRUE(test, t->tp->ack_pending & NST_TCP_ACK_PUSHED2);
	read_all(t);
	expect_ack(t, 1201);
}

/* RFC 5681 4.2: RMSS is what the peer really sends. */
static void rcv_mss__grows_at_once(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);

	KUNIT_EXPECT_EQ(test, (int)t->tp->rcv_mss, NST_TCP_MIN_RCVMSS);
	data(t, 1, 600);
	KUNIT_EXPECT_EQ(test, (int)t->tp->rcv_mss, 600);
	data(t, 601, 1200);
	KUNIT_EXPECT_EQ(test, (int)t->tp->rcv_mss, 1200);
	/* Never above what we have offered. */
	data(t, 1801, 1470);
	KUNIT_EXPECT_EQ(test, (int)t->tp->rcv_mss, (int)t->tp->advmss);
}

static void rcv_mss__falls_when_two_are_the_same(struct kunit *test)
{
	struct nst_tcp_test *t = delaying(test);

	/* The end of a write of any size says nothing. */
	push(t, 1001, 200);
	push(t, 1201, 200);
	KUNIT_EXPECT_EQ(test, (int)t->tp->rcv_mss, 1000);
	/* Not the end, twice the same: the path has become narrower. */
	data(t, 1401, 200);
	KUNIT_EXPECT_EQ(test, (int)t->tp->rcv_mss, 1000);
	data(t, 1601, 300);
	KUNIT_EXPECT_EQ(test, (int)t->tp->rcv_mss, 1000);
	data(t, 1901, 300);
	KUNIT_EXPECT_EQ(test, (int)t->tp->rcv_mss, 300);
	/* Below the least MSS nothing is believed. */
	data(t, 2201, 80);
	data(t, 2281, 80);
	KUNIT_EXPECT_EQ(test, (int)t->tp->rcv_mss, 300);
}

static struct kunit_case tcp_delack_cases[] = {
	KUNIT_CASE(quickack__at_the_first_data),
	KUNIT_CASE(quickack__is_bounded_by_half_the_window),
	KUNIT_CASE(quickack__off_delays_the_handshakes_ack),
	KUNIT_CASE(handshake__ack_rides_on_the_data_of_a_writer),
	KUNIT_CASE(quickack__off_delays_and_on_sends),
	KUNIT_CASE(delay__is_forty_milliseconds_for_a_steady_peer),
	KUNIT_CASE(delay__follows_the_gaps),
	KUNIT_CASE(delay__ends_after_a_long_gap),
	KUNIT_CASE(second__full_segment_is_acknowledged_at_once),
	KUNIT_CASE(second__segment_of_a_large_one_needs_one_ack),
	KUNIT_CASE(second__is_acknowledged_before_there_is_enough),
	KUNIT_CASE(pushed__is_acknowledged_when_read),
	KUNIT_CASE(pushed__twice_is_not_a_conversation),
	KUNIT_CASE(rcv_mss__grows_at_once),
	KUNIT_CASE(rcv_mss__falls_when_two_are_the_same),
	{}
};

static struct kunit_suite tcp_delack_suite = {
	.name = "netstack_tcp_delack",
	.init = nst_tcp_test_init,
	.test_cases = tcp_delack_cases,
};

kunit_test_suite(tcp_delack_suite);
