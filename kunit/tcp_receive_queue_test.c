// SPDX-License-Identifier: GPL-2.0
/*
 * Received text: in order, out of order, overlapping, too much; when it is
 * acknowledged; windows and buffers; urgent data.
 */
#include "../netstack/compat.h"
#include "../netstack/transport/tcp/receive_queue.h"
#include "tcp_fixture.h"

static struct nst_tcp_test *established(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_establish(t);
	return t;
}

/* Octets that count up with the sequence number. */
static void data(struct nst_tcp_test *t, u32 seq, u32 len)
{
	nst_tcp_test_inject(t, NST_TCP_SEGMENT(NST_TCP_ACK, seq, 1, len));
}

static void expect_ack(struct nst_tcp_test *t, u32 ack)
{
	nst_tcp_test_expect(t, NST_TCP_SEGMENT(NST_TCP_ACK, 1, ack, 0));
}

static u32 rcv_nxt(const struct nst_tcp_test *t)
{
	return t->tp->rcv_nxt - NST_TCP_TEST_IRS;
}

static int receive(struct nst_tcp_test *t, void *buffer, size_t len, int flags)
{
	struct kvec vec = { .iov_base = buffer, .iov_len = len };
	struct msghdr msg = {};

	iov_iter_kvec(&msg.msg_iter, ITER_DEST, &vec, 1, len);
	return nst_tcp_recv(t->sk, &msg, len, flags | MSG_DONTWAIT);
}

/* Read @len octets: the stream from @seq on, without gap or repetition. */
static void expect_stream(struct nst_tcp_test *t, u32 seq, u32 len)
{
	u8 *buffer = kunit_kzalloc(t->test, len + 1, GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(t->test, buffer);
	KUNIT_ASSERT_EQ(t->test, receive(t, buffer, len + 1, 0), (int)len);
	for (i = 0; i < len; i++)
		if (buffer[i] != (u8)(seq + i))
			break;
	KUNIT_EXPECT_EQ_MSG(t->test, i, len, "octet %u is %u", i, buffer[i]);
}

/* The tree is in order, nothing in it covers another, and it is counted. */
static void expect_ofo_sound(struct nst_tcp_test *t)
{
	struct sk_buff *skb = skb_rb_first(&t->tp->ofo_queue);
	struct sk_buff *last = NULL;
	u32 bytes = 0;

	for (; skb; skb = skb_rb_next(skb)) {
		KUNIT_EXPECT_EQ(t->test, skb->len,
				nst_tcp_cb(skb)->end_seq -
				nst_tcp_cb(skb)->seq);
		if (last) {
			KUNIT_EXPECT_TRUE(t->test,
					  nst_before(nst_tcp_cb(last)->seq,
						     nst_tcp_cb(skb)->seq));
			KUNIT_EXPECT_TRUE(t->test,
					  nst_before(nst_tcp_cb(last)->end_seq,
						     nst_tcp_cb(skb)->end_seq));
		}
		bytes += skb->truesize;
		last = skb;
	}
	KUNIT_EXPECT_EQ(t->test, t->tp->ofo_bytes, bytes);
	if (last)
		KUNIT_EXPECT_PTR_EQ(t->test, t->tp->ofo_last, last);
}

static void expect_no_ofo(struct nst_tcp_test *t)
{
	KUNIT_EXPECT_TRUE(t->test, RB_EMPTY_ROOT(&t->tp->ofo_queue));
	KUNIT_EXPECT_EQ(t->test, t->tp->ofo_bytes, 0U);
}

static void in_order__is_read_as_it_was_sent(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);
	unsigned int i;

	for (i = 0; i < 20; i++)
		data(t, 1 + i * 300, 300);
	KUNIT_EXPECT_EQ(test, rcv_nxt(t), 6001U);
	expect_stream(t, 1, 6000);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->sk->sk_rmem_alloc), 0);
	KUNIT_EXPECT_EQ(test, receive(t, &i, 1, 0), -EAGAIN);
}

static void in_order__small_segments_share_a_buffer(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);
	unsigned int i;

	for (i = 0; i < 10; i++)
		data(t, 1 + i * 10, 10);
	KUNIT_EXPECT_LT(test, skb_queue_len(&t->sk->sk_receive_queue), 10U);
	expect_stream(t, 1, 100);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->sk->sk_rmem_alloc), 0);
}

static void old__is_acknowledged_and_dropped(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);
	unsigned long before;

	data(t, 1, 100);
	expect_ack(t, 101);
	before = nst_drop_read(t->wire->stack, NST_DROP_TCP_OLD_DATA);
	data(t, 1, 100);
	expect_ack(t, 101);
	nst_wire_expect_drop(t->wire, TCP_OLD_DATA, before);
	expect_stream(t, 1, 100);
}

static void overlap__only_the_new_part_is_read(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);

	data(t, 1, 100);
	data(t, 51, 100);
	KUNIT_EXPECT_EQ(test, rcv_nxt(t), 151U);
	KUNIT_EXPECT_EQ(test, t->tp->bytes_received, 150ULL);
	expect_stream(t, 1, 150);
}

static void out_of_order__waits_for_the_gap(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);
	u8 octet;

	/* RFC 5681 4.2: at once, a duplicate ACK */
	data(t, 101, 100);
	expect_ack(t, 1);
	KUNIT_EXPECT_EQ(test, rcv_nxt(t), 1U);
	KUNIT_EXPECT_EQ(test, receive(t, &octet, 1, 0), -EAGAIN);
	data(t, 201, 100);
	expect_ack(t, 1);
	expect_ofo_sound(t);

	/* And at once when it is filled. */
	data(t, 1, 100);
	expect_ack(t, 301);
	expect_no_ofo(t);
	expect_stream(t, 1, 300);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->sk->sk_rmem_alloc), 0);
}

static void out_of_order__part_of_the_gap_moves_on(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);

	data(t, 101, 100);
	data(t, 301, 100);
	nst_wire_discard(t->wire);
	data(t, 1, 100);
	expect_ack(t, 201);
	expect_ofo_sound(t);
	data(t, 201, 100);
	expect_ack(t, 401);
	expect_no_ofo(t);
	expect_stream(t, 1, 400);
}

/* Any order, any overlap: the stream comes out right. */
static void out_of_order__any_order_gives_the_stream(struct kunit *test)
{
	static const u16 segments[][2] = {
		{ 901, 100 }, { 501, 100 }, { 701, 100 }, { 451, 100 },
		{ 551, 100 }, { 501, 100 }, { 401, 500 }, { 401, 400 },
		{ 301, 50 }, { 351, 700 }, { 101, 10 }, { 105, 100 },
		{ 1101, 100 }, { 1051, 200 }, { 205, 150 },
	};
	struct nst_tcp_test *t = established(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(segments); i++) {
		data(t, segments[i][0], segments[i][1]);
		expect_ofo_sound(t);
	}
	KUNIT_EXPECT_EQ(test, rcv_nxt(t), 1U);
	data(t, 1, 104);
	KUNIT_EXPECT_EQ(test, rcv_nxt(t), 1251U);
	expect_no_ofo(t);
	expect_stream(t, 1, 1250);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->sk->sk_rmem_alloc), 0);
}

static void out_of_order__fin_waits_for_its_turn(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);

	nst_tcp_test_inject(t, NST_TCP_SEGMENT(NST_TCP_ACK | NST_TCP_FIN,
					       101, 1, 100));
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_ESTABLISHED);
	/* Beyond the FIN there is nothing. */
	data(t, 401, 10);
	data(t, 1, 100);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_CLOSE_WAIT);
	KUNIT_EXPECT_EQ(test, rcv_nxt(t), 202U);
	expect_no_ofo(t);
	expect_stream(t, 1, 200);
}

/* Attack 3 */
static void out_of_order__memory_is_bounded(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);
	unsigned int i;

	/* One octet each, every second one missing. */
	t->sk->sk_userlocks |= SOCK_RCVBUF_LOCK;
	for (i = 0; i < 1500; i++)
		data(t, 2 + i * 2, 1);
	KUNIT_EXPECT_LE(test, atomic_read(&t->sk->sk_rmem_alloc),
			t->sk->sk_rcvbuf + 4096);
	KUNIT_EXPECT_GT(test, nst_mib_read(t->wire->stack,
					   NST_MIB_TCP_OFO_PRUNED), 0UL);
	KUNIT_EXPECT_GT(test, nst_drop_read(t->wire->stack,
					    NST_DROP_TCP_OFO_PRUNED), 0UL);
	expect_ofo_sound(t);
	/* The stream goes on all the same. */
	data(t, 1, 1);
	KUNIT_EXPECT_GE(test, rcv_nxt(t), 2U);
}

static void purge__frees_all(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);
	unsigned int i;

	for (i = 0; i < 10; i++)
		data(t, 101 + i * 200, 100);
	lock_sock(t->sk);
	nst_tcp_ofo_purge(t->sk);
	release_sock(t->sk);
	expect_no_ofo(t);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->sk->sk_rmem_alloc), 0);
}

static void window__cuts_off_what_is_beyond(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);

	t->tp->rcv_wup = t->tp->rcv_nxt;
	t->tp->rcv_wnd = 500;
	nst_tcp_test_inject(t, NST_TCP_SEGMENT(NST_TCP_ACK | NST_TCP_FIN,
					       1, 1, 1000));
	expect_ack(t, 501);
	/* The FIN was beyond it too. */
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_ESTABLISHED);
	expect_stream(t, 1, 500);

	t->tp->rcv_wup = t->tp->rcv_nxt;
	t->tp->rcv_wnd = 500;
	data(t, 601, 1000);
	KUNIT_EXPECT_EQ(test, nst_tcp_cb(t->tp->ofo_last)->end_seq -
			NST_TCP_TEST_IRS, 1001U);
	expect_ofo_sound(t);
}

/* Send until the window is shut; nothing of it is read. */
static void fill_window(struct nst_tcp_test *t, u32 len)
{
	u32 edge = rcv_nxt(t) + nst_tcp_receive_window(t->tp);
	unsigned int i;

	for (i = 0; i < 3000; i++) {
		u32 window = nst_tcp_receive_window(t->tp);
		u32 at = rcv_nxt(t);

		if (!window)
			return;
		data(t, at, min(window, len));
		/* What was offered is taken. */
		KUNIT_ASSERT_EQ(t->test, rcv_nxt(t), at + min(window, len));
		nst_tcp_test_expire_delack(t);
		nst_wire_discard(t->wire);
		/* The right edge never moves to the left. */
		KUNIT_ASSERT_FALSE(t->test, nst_before(rcv_nxt(t) +
				   nst_tcp_receive_window(t->tp), edge));
		edge = rcv_nxt(t) + nst_tcp_receive_window(t->tp);
	}
	KUNIT_FAIL(t->test, "the window does not close");
}

static void window__closes_when_nobody_reads(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);
	unsigned long before;
	u32 at;

	fill_window(t, 1000);
	KUNIT_EXPECT_LE(test, t->sk->sk_rcvbuf,
			t->wire->stack->config.tcp_rmem[2]);

	/* RFC 9293 3.8.6.1: a probe is answered and not taken. */
	before = nst_drop_read(t->wire->stack, NST_DROP_TCP_ZERO_WINDOW);
	at = rcv_nxt(t);
	data(t, at, 1);
	expect_ack(t, at);
	KUNIT_EXPECT_EQ(test, rcv_nxt(t), at);
	nst_wire_expect_drop(t->wire, TCP_ZERO_WINDOW, before);

	/* The reader opens it and says so. */
	expect_stream(t, 1, at - 1);
	expect_ack(t, at);
	KUNIT_EXPECT_GT(test, nst_tcp_receive_window(t->tp), 10000U);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->sk->sk_rmem_alloc), 0);
}

/* A buffer that may not grow, and segments that waste theirs. */
static void window__is_kept_by_copying_segments_together(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);
	u32 at;

	t->sk->sk_userlocks |= SOCK_RCVBUF_LOCK;
	fill_window(t, 300);
	KUNIT_EXPECT_LE(test, atomic_read(&t->sk->sk_rmem_alloc),
			t->sk->sk_rcvbuf + 8192);
	at = rcv_nxt(t);
	KUNIT_EXPECT_GT(test, at, 60000U);
	expect_stream(t, 1, at - 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->sk->sk_rmem_alloc), 0);
}

/* Attack 3: copying together what does not fit together must cost nothing. */
static void window__tiny_segments_beside_large_ones(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);
	unsigned int i;

	t->sk->sk_userlocks |= SOCK_RCVBUF_LOCK;
	for (i = 0; i < 600; i++) {
		u32 len = i % 2 ? 1400 : 1;

		data(t, rcv_nxt(t), min(nst_tcp_receive_window(t->tp), len));
		nst_tcp_test_expire_delack(t);
		nst_wire_discard(t->wire);
		KUNIT_ASSERT_LE(test, atomic_read(&t->sk->sk_rmem_alloc),
				t->sk->sk_rcvbuf + 8192);
	}
	expect_stream(t, 1, rcv_nxt(t) - 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->sk->sk_rmem_alloc), 0);
}

/* RFC 9293 3.8.6.3 and RFC 5681 4.2 */

static void ack__is_immediate_at_first(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);

	data(t, 1, 10);
	expect_ack(t, 11);
	KUNIT_EXPECT_EQ(test, t->tp->ack_pending, 0);
}

static void ack__is_delayed_in_a_conversation(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);

	t->tp->pingpong = true;
	data(t, 1, 10);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_TRUE(test, t->tp->ack_pending & NST_TCP_ACK_SCHED);
	KUNIT_EXPECT_TRUE(test, t->tp->ack_pending & NST_TCP_ACK_TIMER);
	KUNIT_EXPECT_LE(test, (long)(t->tp->delack_timeout - nst_tcp_jiffies()),
			(long)NST_TCP_DELACK_MAX);
	nst_tcp_test_expire_delack(t);
	expect_ack(t, 11);
	KUNIT_EXPECT_EQ(test, t->tp->ack_pending, 0);
}

static void ack__rides_on_data(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);

	t->tp->pingpong = true;
	data(t, 1, 10);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 20, 0), 20);
	nst_tcp_test_expect(t, NST_TCP_SEGMENT(NST_TCP_ACK | NST_TCP_PSH,
					       1, 11, 20));
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->tp->ack_pending, 0);
}

/* RFC 5681 4.2 */
static void ack__comes_for_every_second_segment(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);

	t->tp->rcv_mss = 1000;
	data(t, 1, 1000);
	expect_ack(t, 1001);
	expect_stream(t, 1, 1000);
	t->tp->quickacks = 0;
	t->tp->pingpong = true;
	data(t, 1001, 1000);
	expect_stream(t, 1001, 1000);
	nst_wire_expect_nothing(t->wire);
	data(t, 2001, 1000);
	expect_ack(t, 3001);
}

/* It would not tell the peer that it may send more. */
static void ack__waits_while_the_window_shrinks(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);

	/* Not the first data any more. */
	t->tp->ato = NST_TCP_ATO_MIN;
	t->tp->rcv_mss = 1000;
	data(t, 1, 1000);
	data(t, 1001, 1000);
	nst_tcp_test_silence(t, NST_TCP_CLOCK_TICK_US *
				(NST_TCP_DELACK_MIN - 1));
	nst_tcp_test_wait(t, NST_TCP_CLOCK_TICK_US);
	expect_ack(t, 2001);
}

static unsigned int ready;

static void count_ready(struct sock *sk)
{
	ready++;
}

static void data_ready__is_called_when_there_is_enough(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);
	void (*former)(struct sock *sk) = t->sk->sk_data_ready;

	ready = 0;
	t->sk->sk_data_ready = count_ready;
	t->sk->sk_rcvlowat = 100;
	data(t, 1, 99);
	KUNIT_EXPECT_EQ(test, ready, 0U);
	data(t, 100, 1);
	KUNIT_EXPECT_EQ(test, ready, 1U);
	/* Out of order: nothing to read. */
	data(t, 201, 100);
	KUNIT_EXPECT_EQ(test, ready, 1U);
	t->sk->sk_data_ready = former;
}

/* Urgent data, RFC 9293 3.8.5 */

static void urgent(struct nst_tcp_test *t, u32 seq, u32 len, u16 pointer)
{
	struct nst_build_tcp tcp = {
		.sport = NST_TCP_TEST_PORT,
		.dport = ntohs(t->tp->nst.flow.lport),
		.seq = NST_TCP_TEST_IRS + seq,
		.ack = t->tp->snd_nxt,
		.flags = NST_TCP_ACK | NST_TCP_URG,
		.urgent = pointer,
	};
	struct sk_buff *skb = nst_build_pattern(t->test, len, seq);

	nst_build_tcp(skb, &tcp);
	nst_build_ipv4(skb, &(struct nst_build_ipv4){
		.protocol = IPPROTO_TCP,
	});
	nst_build_ethernet(skb, &(struct nst_build_ethernet){});
	nst_wire_inject(t->wire, skb);
}

static void urgent__octet_is_kept_apart(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);
	u8 buffer[16];

	/* BSD's reading: the pointer is behind the octet. */
	urgent(t, 1, 10, 5);
	KUNIT_EXPECT_EQ(test, t->tp->urg_state, NST_TCP_URG_VALID);
	KUNIT_EXPECT_EQ(test, t->tp->urg_data, 5);
	KUNIT_EXPECT_EQ(test, receive(t, buffer, 1, MSG_OOB), 1);
	KUNIT_EXPECT_EQ(test, buffer[0], 5);
	KUNIT_EXPECT_EQ(test, receive(t, buffer, 16, 0), 4);
	KUNIT_EXPECT_EQ(test, receive(t, buffer, 16, 0), 5);
	KUNIT_EXPECT_EQ(test, buffer[0], 6);
}

static void urgent__standard_reading_by_sysctl(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);

	t->wire->stack->config.tcp_stdurg = 1;
	urgent(t, 1, 10, 5);
	KUNIT_EXPECT_EQ(test, t->tp->urg_data, 6);
}

static void urgent__octet_may_come_later(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);

	urgent(t, 1, 10, 15);
	KUNIT_EXPECT_EQ(test, t->tp->urg_state, NST_TCP_URG_NOTYET);
	data(t, 11, 10);
	KUNIT_EXPECT_EQ(test, t->tp->urg_state, NST_TCP_URG_VALID);
	KUNIT_EXPECT_EQ(test, t->tp->urg_data, 15);
}

/* Attack 18 */
static void urgent__pointer_to_the_past_is_ignored(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);

	data(t, 1, 100);
	urgent(t, 51, 10, 5);
	KUNIT_EXPECT_EQ(test, t->tp->urg_state, NST_TCP_URG_NONE);
	urgent(t, 101, 0, 0);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_ESTABLISHED);
	/* As far as 16 bits reach: announced, never here. */
	urgent(t, 101, 1, 65535);
	KUNIT_EXPECT_EQ(test, t->tp->urg_state, NST_TCP_URG_NOTYET);
	KUNIT_EXPECT_EQ(test, t->tp->urg_seq - NST_TCP_TEST_IRS,
			101U + 65534);
	expect_stream(t, 1, 101);
}

/* Buffers */

static void buffer__grows_with_what_is_read(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);
	int before = t->sk->sk_rcvbuf;

	lock_sock(t->sk);
	t->tp->rcv_rtt_us = 1000 << 3;
	t->tp->rcvq_time = nst_tcp_clock_us() - 1000;
	/* In one round trip, a good part of the buffer. */
	t->tp->rcvq_seq = t->tp->copied_seq - 100000;
	nst_tcp_rcv_space_adjust(t->sk);
	release_sock(t->sk);
	KUNIT_EXPECT_GE(test, t->sk->sk_rcvbuf, before);
	KUNIT_EXPECT_LE(test, t->sk->sk_rcvbuf,
			t->wire->stack->config.tcp_rmem[2]);
	KUNIT_EXPECT_GT(test, t->tp->rcvq_space, 0U);
	KUNIT_EXPECT_EQ(test, t->tp->rcvq_seq, t->tp->copied_seq);
}

static void buffer__stays_as_the_program_set_it(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);
	int before = t->sk->sk_rcvbuf;

	lock_sock(t->sk);
	t->sk->sk_userlocks |= SOCK_RCVBUF_LOCK;
	t->tp->rcv_rtt_us = 1000 << 3;
	t->tp->rcvq_time = nst_tcp_clock_us() - 1000;
	t->tp->rcvq_seq = t->tp->copied_seq - 1000000;
	nst_tcp_rcv_space_adjust(t->sk);
	release_sock(t->sk);
	KUNIT_EXPECT_EQ(test, t->sk->sk_rcvbuf, before);
}

static struct kunit_case tcp_receive_queue_cases[] = {
	KUNIT_CASE(in_order__is_read_as_it_was_sent),
	KUNIT_CASE(in_order__small_segments_share_a_buffer),
	KUNIT_CASE(old__is_acknowledged_and_dropped),
	KUNIT_CASE(overlap__only_the_new_part_is_read),
	KUNIT_CASE(out_of_order__waits_for_the_gap),
	KUNIT_CASE(out_of_order__part_of_the_gap_moves_on),
	KUNIT_CASE(out_of_order__any_order_gives_the_stream),
	KUNIT_CASE(out_of_order__fin_waits_for_its_turn),
	KUNIT_CASE(out_of_order__memory_is_bounded),
	KUNIT_CASE(purge__frees_all),
	KUNIT_CASE(window__cuts_off_what_is_beyond),
	KUNIT_CASE(window__closes_when_nobody_reads),
	KUNIT_CASE(window__is_kept_by_copying_segments_together),
	KUNIT_CASE(window__tiny_segments_beside_large_ones),
	KUNIT_CASE(ack__is_immediate_at_first),
	KUNIT_CASE(ack__is_delayed_in_a_conversation),
	KUNIT_CASE(ack__rides_on_data),
	KUNIT_CASE(ack__comes_for_every_second_segment),
	KUNIT_CASE(ack__waits_while_the_window_shrinks),
	KUNIT_CASE(data_ready__is_called_when_there_is_enough),
	KUNIT_CASE(urgent__octet_is_kept_apart),
	KUNIT_CASE(urgent__standard_reading_by_sysctl),
	KUNIT_CASE(urgent__octet_may_come_later),
	KUNIT_CASE(urgent__pointer_to_the_past_is_ignored),
	KUNIT_CASE(buffer__grows_with_what_is_read),
	KUNIT_CASE(buffer__stays_as_the_program_set_it),
	{}
};

static struct kunit_suite tcp_receive_queue_suite = {
	.name = "netstack_tcp_receive_queue",
	.init = nst_tcp_test_init,
	.test_cases = tcp_receive_queue_cases,
};

kunit_test_suite(tcp_receive_queue_suite);
