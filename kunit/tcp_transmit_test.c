// SPDX-License-Identifier: GPL-2.0
/*
 * Headers and windows: transport/tcp/transmit.c.
 */
#include "tcp_fixture.h"

static void transmit__writes_a_plain_header(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	const struct tcphdr *th;
	struct sk_buff *skb;

	nst_tcp_test_establish(t);
	KUNIT_EXPECT_EQ(test, nst_tcp_test_send(t, 100, 0), 100);
	skb = nst_tcp_test_expect_push(t, 1, 100);
	th = tcp_hdr(skb);
	KUNIT_EXPECT_EQ(test, (int)th->doff, 5);
	KUNIT_EXPECT_EQ(test, (int)th->res1, 0);
	KUNIT_EXPECT_EQ(test, ntohs(th->urg_ptr), 0);
	KUNIT_EXPECT_EQ(test, (u32)ntohs(th->window), t->tp->rcv_wnd);
	KUNIT_EXPECT_EQ(test, nst_mib_read(t->wire->stack,
					   NST_MIB_TCP_OUT_SEGS), 3UL);
}

/* Which a queue of a device of the host may look at. */
static void transmit__carries_priority_and_mark(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct sk_buff *skb;

	nst_tcp_test_establish(t);
	t->sk->sk_priority = 5;
	t->sk->sk_mark = 9;
	KUNIT_EXPECT_EQ(test, nst_tcp_test_send(t, 100, 0), 100);
	skb = nst_tcp_test_expect_push(t, 1, 100);
	KUNIT_EXPECT_EQ(test, skb->priority, 5U);
	KUNIT_EXPECT_EQ(test, skb->mark, 9U);
}

static void transmit__carries_timestamps(struct kunit *test)
{
	static const u8 fixed[] = { 1, 1, 8, 10 };
	struct nst_tcp_test *t = test->priv;
	struct sk_buff *skb;
	u32 tsval;

	nst_tcp_test_offer(t, .mss = NST_TCP_TEST_MSS, .has_ts = true);
	t->tsval = 0x01020304;
	nst_tcp_test_establish(t);
	KUNIT_EXPECT_EQ(test, nst_tcp_test_send(t, 100, 0), 100);
	skb = nst_tcp_test_expect_push(t, 1, 100);
	KUNIT_EXPECT_EQ(test, (int)tcp_hdr(skb)->doff, 8);
	KUNIT_EXPECT_EQ(test, memcmp(skb->data + 20, fixed, 4), 0);
	tsval = get_unaligned_be32(skb->data + 24) - t->tp->ts_offset;
	KUNIT_EXPECT_LE(test, nst_tcp_clock_ms() - tsval, 1000U);
	KUNIT_EXPECT_EQ(test, get_unaligned_be32(skb->data + 28), 0x01020304U);
	/* RFC 6691: the peer's MSS does not count our options. */
	KUNIT_EXPECT_EQ(test, t->tp->mss_cache, NST_TCP_TEST_MSS - 12U);
}

static void transmit__acknowledges_what_was_owed(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_establish(t);
	t->tp->ack_pending = 0;
	nst_tcp_delack_timer_set(t->sk, HZ);
	KUNIT_EXPECT_NE(test, t->tp->ack_pending & NST_TCP_ACK_TIMER, 0);
	nst_tcp_test_send(t, 10, 0);
	nst_tcp_test_expect_push(t, 1, 10);
	KUNIT_EXPECT_EQ(test, (int)t->tp->ack_pending, 0);
	nst_tcp_test_expire_delack(t);
	nst_wire_expect_nothing(t->wire);
}

static void transmit__leaves_a_shared_copy_alone(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct sk_buff *copy;
	u8 before[20];

	nst_tcp_test_establish(t);
	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_expect_push(t, 1, 100);
	/* As if the peer on lo had not read it yet, header and all. */
	copy = nst_tcp_copy_segment(nst_tcp_rtx_head(t->sk));
	KUNIT_ASSERT_NOT_NULL(test, copy);
	memset(copy->data - 20, 0xa5, 20);
	memcpy(before, copy->data - 20, 20);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_push(t, 1, 100);
	KUNIT_EXPECT_EQ(test, memcmp(before, copy->data - 20, 20), 0);
	kfree_skb(copy);
}

static void transmit__writes_headers_without_another_copy(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct sk_buff *copy;

	nst_tcp_test_establish(t);
	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_expect_push(t, 1, 100);
	copy = nst_tcp_copy_segment(nst_tcp_rtx_head(t->sk));
	KUNIT_ASSERT_NOT_NULL(test, copy);
	KUNIT_EXPECT_PTR_EQ(test, copy->head, nst_tcp_rtx_head(t->sk)->head);
	KUNIT_EXPECT_FALSE(test, skb_header_cloned(copy));
	kfree_skb(copy);
}

static void send_ack__has_no_payload(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_establish(t);
	lock_sock(t->sk);
	nst_tcp_send_ack(t->sk);
	release_sock(t->sk);
	nst_tcp_test_expect_data(t, 1, 0);
	KUNIT_EXPECT_EQ(test, t->tp->last_ack_sent, t->tp->rcv_nxt);
}

static void send_active_reset__is_acceptable_to_the_peer(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_establish(t);
	nst_tcp_test_send(t, 10, 0);
	nst_tcp_test_expect_push(t, 1, 10);
	lock_sock(t->sk);
	nst_tcp_send_active_reset(t->sk, GFP_KERNEL);
	release_sock(t->sk);
	nst_tcp_test_expect(t, NST_TCP_SEGMENT(NST_TCP_RST | NST_TCP_ACK,
					       11, 1, 0));
	KUNIT_EXPECT_EQ(test, nst_mib_read(t->wire->stack,
					   NST_MIB_TCP_OUT_RSTS), 1UL);
}

static void select_window__never_shrinks(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u32 edge, before;
	int hidden;

	nst_tcp_test_establish(t);
	before = t->tp->rcv_wnd;
	edge = t->tp->rcv_wup + before;
	hidden = nst_tcp_space(t->sk) * 2;
	atomic_add(hidden, &t->sk->sk_rmem_alloc);
	nst_tcp_select_window(t->sk);
	KUNIT_EXPECT_EQ(test, t->tp->rcv_wup + t->tp->rcv_wnd, edge);
	KUNIT_EXPECT_EQ(test, nst_mib_read(t->wire->stack,
					   NST_MIB_TCP_WANT_ZERO_WINDOW_ADV),
			1UL);
	/* Once used up, it stays shut, and opens when there is room. */
	t->tp->rcv_nxt += before;
	KUNIT_EXPECT_EQ(test, nst_tcp_select_window(t->sk), 0);
	KUNIT_EXPECT_EQ(test, nst_mib_read(t->wire->stack,
					   NST_MIB_TCP_TO_ZERO_WINDOW_ADV),
			1UL);
	atomic_sub(hidden, &t->sk->sk_rmem_alloc);
	KUNIT_EXPECT_GT(test, nst_tcp_select_window(t->sk), 0);
	KUNIT_EXPECT_EQ(test, nst_mib_read(t->wire->stack,
					   NST_MIB_TCP_FROM_ZERO_WINDOW_ADV),
			1UL);
	t->tp->rcv_nxt -= before;
}

static void select_window__opens_by_whole_segments(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	int full, hidden;

	nst_tcp_test_establish(t);
	t->tp->rcv_mss = 1000;
	full = nst_tcp_full_space(t->sk);
	/* RFC 9293 3.8.6.2.2: less than a segment is nothing. */
	hidden = t->sk->sk_rcvbuf - 600;
	atomic_add(hidden, &t->sk->sk_rmem_alloc);
	KUNIT_EXPECT_EQ(test, __nst_tcp_select_window(t->sk), 0U);
	atomic_sub(hidden, &t->sk->sk_rmem_alloc);
	KUNIT_EXPECT_GE(test, (int)__nst_tcp_select_window(t->sk), full / 4);
	t->tp->rcv_wnd = 0;
	t->tp->rcv_ssthresh = 10500;
	KUNIT_EXPECT_EQ(test, __nst_tcp_select_window(t->sk), 10000U);
}

static int identification(struct nst_tcp_test *t)
{
	struct sk_buff *skb = nst_wire_expect_ipv4(t->wire, IPPROTO_TCP);

	return ntohs(ip_hdr(skb)->id);
}

/* As the host numbers them: one more for each segment, from anywhere. */
static void identification__of_a_connection_is_its_own(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_establish(t);
	nst_sk(t->sk)->identification = 0xfffe;
	nst_tcp_test_send(t, 100, 0);
	KUNIT_EXPECT_EQ(test, identification(t), 0xfffe);
	nst_tcp_test_ack(t, 101);
	nst_tcp_test_send(t, 3 * NST_TCP_TEST_MSS, 0);
	KUNIT_EXPECT_EQ(test, identification(t), 0xffff);
	KUNIT_EXPECT_EQ(test, identification(t), 0);
	KUNIT_EXPECT_EQ(test, identification(t), 1);
	/* What no socket sends has none. */
	nst_tcp_test_in(t, NST_TCP_RST, 1, 0, 0);
	nst_tcp_test_in(t, NST_TCP_ACK, 1, 1, 0);
	KUNIT_EXPECT_EQ(test, identification(t), 0);
}

static void select_initial_window__scales_for_the_largest_buffer(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u32 window, clamp = 0;
	u8 scale;

	WRITE_ONCE(t->sk->sk_rcvbuf, 131072);
	nst_tcp_select_initial_window(t->sk, 1460, &window, &clamp, true,
				      &scale);
	KUNIT_EXPECT_EQ(test, (int)scale, 7);
	KUNIT_EXPECT_EQ(test, window, 44U * 1460);
	KUNIT_EXPECT_EQ(test, clamp, 65535U << 7);
	/* RFC 7323 2.2: what a SYN can say */
	clamp = 0;
	WRITE_ONCE(t->sk->sk_rcvbuf, 1 << 20);
	nst_tcp_select_initial_window(t->sk, 1460, &window, &clamp, true,
				      &scale);
	KUNIT_EXPECT_EQ(test, (int)scale, 7);
	KUNIT_EXPECT_EQ(test, window, 65535U);
	clamp = 0;
	nst_tcp_select_initial_window(t->sk, 1460, &window, &clamp, false,
				      &scale);
	KUNIT_EXPECT_EQ(test, (int)scale, 0);
	KUNIT_EXPECT_EQ(test, window, 65535U);
	KUNIT_EXPECT_EQ(test, clamp, 65535U);
	clamp = 3000;
	nst_tcp_select_initial_window(t->sk, 1460, &window, &clamp, true,
				      &scale);
	KUNIT_EXPECT_EQ(test, (int)scale, 0);
	KUNIT_EXPECT_EQ(test, window, 2U * 1460);
	KUNIT_EXPECT_EQ(test, clamp, 3000U);
}

/* A buffer that SO_RCVBUF has fixed does not grow, nor need its window. */
static void select_initial_window__scales_for_a_fixed_buffer(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u32 window, clamp = 0;
	u8 scale;

	t->sk->sk_userlocks |= SOCK_RCVBUF_LOCK;
	WRITE_ONCE(t->sk->sk_rcvbuf, 40000);
	nst_tcp_select_initial_window(t->sk, 1460, &window, &clamp, true,
				      &scale);
	KUNIT_EXPECT_EQ(test, (int)scale, 0);
	KUNIT_EXPECT_EQ(test, window, 13U * 1460);
	KUNIT_EXPECT_EQ(test, clamp, 20000U);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(transmit__writes_a_plain_header),
	KUNIT_CASE(transmit__carries_priority_and_mark),
	KUNIT_CASE(transmit__carries_timestamps),
	KUNIT_CASE(transmit__acknowledges_what_was_owed),
	KUNIT_CASE(transmit__leaves_a_shared_copy_alone),
	KUNIT_CASE(transmit__writes_headers_without_another_copy),
	KUNIT_CASE(send_ack__has_no_payload),
	KUNIT_CASE(send_active_reset__is_acceptable_to_the_peer),
	KUNIT_CASE(select_window__never_shrinks),
	KUNIT_CASE(select_window__opens_by_whole_segments),
	KUNIT_CASE(identification__of_a_connection_is_its_own),
	KUNIT_CASE(select_initial_window__scales_for_the_largest_buffer),
	KUNIT_CASE(select_initial_window__scales_for_a_fixed_buffer),
	{}
};

static struct kunit_suite suite = {
	.name = "netstack_tcp_transmit",
	.init = nst_tcp_test_init,
	.test_cases = cases,
};

kunit_test_suite(suite);
