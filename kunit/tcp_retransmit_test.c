// SPDX-License-Identifier: GPL-2.0
/*
 * Sending again, and the buffers of the send queues:
 * transport/tcp/retransmit.c, segment.c and mss.c.
 */
#include "../netstack/trace.h"
#include "tcp_fixture.h"

static int test_init(struct kunit *test)
{
	int err = nst_tcp_test_init(test);

	if (!err)
		nst_tcp_test_establish(test->priv);
	return err;
}

static int retransmit_head(struct nst_tcp_test *t, int segs)
{
	int err;

	lock_sock(t->sk);
	nst_tcp_mstamp_refresh(t->tp);
	err = nst_tcp_retransmit_skb(t->sk, nst_tcp_rtx_head(t->sk), segs);
	release_sock(t->sk);
	return err;
}

/* Everything that is queued is charged, and nothing else is. */
static void expect_balance(struct nst_tcp_test *t)
{
	unsigned int charged = 0, segs = 0;
	struct sk_buff *skb;

	skb_queue_walk(&t->sk->sk_write_queue, skb)
		charged += skb->truesize;
	skb_rbtree_walk(skb, &t->tp->rtx_queue) {
		charged += skb->truesize;
		segs += nst_tcp_cb(skb)->gso_segs;
	}
	KUNIT_EXPECT_EQ(t->test, (unsigned int)t->sk->sk_wmem_queued, charged);
	KUNIT_EXPECT_EQ(t->test, t->tp->packets_out, segs);
}

static void retransmit_skb__repeats_the_segment(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_tcp_cb *cb;

	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_expect_push(t, 1, 100);
	KUNIT_EXPECT_EQ(test, retransmit_head(t, 1), 0);
	nst_tcp_test_expect_push(t, 1, 100);
	cb = nst_tcp_cb(nst_tcp_rtx_head(t->sk));
	KUNIT_EXPECT_EQ(test, (int)cb->sent, (int)(NST_TCP_SENT_RETRANS |
						   NST_TCP_SENT_EVER_RETRANS));
	KUNIT_EXPECT_EQ(test, t->tp->retrans_out, 1U);
	KUNIT_EXPECT_EQ(test, t->tp->total_retrans, 1U);
	KUNIT_EXPECT_EQ(test, t->tp->bytes_retrans, 100ULL);
	KUNIT_EXPECT_NE(test, t->tp->retrans_stamp, 0U);
	KUNIT_EXPECT_EQ(test, nst_mib_read(t->wire->stack,
					   NST_MIB_TCP_RETRANS_SEGS), 1UL);
	/* RFC 4022: tcpOutSegs does not count it. SYN, ACK, data. */
	KUNIT_EXPECT_EQ(test, nst_mib_read(t->wire->stack,
					   NST_MIB_TCP_OUT_SEGS), 3UL);
	KUNIT_EXPECT_EQ(test, t->tp->snd_nxt, t->tp->iss + 101);
}

/* What a tracer was told. */
struct told {
	const struct sock *sk;
	unsigned int calls;
	u32 seq;
	u32 end_seq;
};

static void tell(void *data, const struct sock *sk, u32 seq, u32 end_seq)
{
	struct told *told = data;

	if (sk != told->sk)
		return;
	told->calls++;
	told->seq = seq;
	told->end_seq = end_seq;
}

static void retransmit_skb__is_traced(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct told told = { .sk = t->sk };

	KUNIT_ASSERT_EQ(test, 0,
			register_trace_netstack_tcp_retransmit(tell, &told));
	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_expect_push(t, 1, 100);
	KUNIT_EXPECT_EQ(test, told.calls, 0U);
	KUNIT_EXPECT_EQ(test, retransmit_head(t, 1), 0);
	nst_tcp_test_expect_push(t, 1, 100);
	unregister_trace_netstack_tcp_retransmit(tell, &told);
	tracepoint_synchronize_unregister();
	KUNIT_EXPECT_EQ(test, told.calls, 1U);
	KUNIT_EXPECT_EQ(test, told.seq, t->tp->iss + 1);
	KUNIT_EXPECT_EQ(test, told.end_seq, t->tp->iss + 101);
}

static void retransmit_skb__cuts_to_the_segments_asked_for(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_send(t, 3000, 0);
	nst_tcp_test_expect_data(t, 1, 1000);
	nst_tcp_test_expect_data(t, 1001, 1000);
	nst_tcp_test_expect_push(t, 2001, 1000);
	KUNIT_EXPECT_EQ(test, retransmit_head(t, 1), 0);
	nst_tcp_test_expect_data(t, 1, 1000);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 3U);
	KUNIT_EXPECT_EQ(test, t->tp->retrans_out, 1U);
	expect_balance(t);
	nst_tcp_test_ack(t, 3001);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 0U);
	KUNIT_EXPECT_EQ(test, t->tp->retrans_out, 0U);
	expect_balance(t);
}

static void retransmit_skb__leaves_out_what_was_acknowledged(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_send(t, 600, 0);
	nst_tcp_test_expect_push(t, 1, 600);
	nst_tcp_test_ack(t, 201);
	KUNIT_EXPECT_EQ(test, retransmit_head(t, 1), 0);
	nst_tcp_test_expect_push(t, 201, 400);
	expect_balance(t);
}

/* RFC 9293 3.8.6: only the oldest is tried behind a window that shrank. */
static void retransmit_skb__heeds_a_window_that_shrank(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	int err;

	t->tp->nonagle = NST_TCP_NAGLE_OFF;
	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_expect_push(t, 1, 100);
	nst_tcp_test_expect_push(t, 101, 100);
	t->tp->snd_wnd = 0;
	KUNIT_EXPECT_EQ(test, retransmit_head(t, 1), 0);
	nst_tcp_test_expect_push(t, 1, 100);
	lock_sock(t->sk);
	err = nst_tcp_retransmit_skb(t->sk, nst_tcp_rtx_tail(t->sk), 1);
	release_sock(t->sk);
	KUNIT_EXPECT_EQ(test, err, -EAGAIN);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, nst_mib_read(t->wire->stack,
					   NST_MIB_TCP_RETRANS_FAIL), 1UL);
}

static void retransmit_skb__marks_nothing_that_was_not_sent(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_expect_push(t, 1, 100);
	t->wire->capacity = 0;
	KUNIT_EXPECT_EQ(test, retransmit_head(t, 1), -ENOBUFS);
	KUNIT_EXPECT_EQ(test, t->tp->retrans_out, 0U);
	KUNIT_EXPECT_EQ(test, t->tp->total_retrans, 0U);
	KUNIT_EXPECT_EQ(test, (int)nst_tcp_cb(nst_tcp_rtx_head(t->sk))->sent,
			0);
	t->wire->capacity = 10;
}

/* RFC 1191 6.4 */
static void mtu_reduced__sends_again_in_smaller_pieces(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_send(t, 1000, 0);
	nst_tcp_test_expect_push(t, 1, 1000);
	lock_sock(t->sk);
	t->tp->mtu_info = 640;
	nst_tcp_mtu_reduced(t->sk);
	release_sock(t->sk);
	KUNIT_EXPECT_EQ(test, t->tp->mss_cache, 600U);
	nst_tcp_test_expect_data(t, 1, 600);
	nst_tcp_test_expect_push(t, 601, 400);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 2U);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 10U);
	expect_balance(t);
	/* An error can make it smaller, not larger. */
	lock_sock(t->sk);
	t->tp->mtu_info = 1400;
	nst_tcp_mtu_reduced(t->sk);
	release_sock(t->sk);
	KUNIT_EXPECT_EQ(test, t->tp->mss_cache, 600U);
	nst_wire_expect_nothing(t->wire);
}

static void sync_mss__keeps_the_floor(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_sync_mss(t->sk, 68);
	KUNIT_EXPECT_EQ(test, t->tp->mss_cache, 48U);
	nst_tcp_sync_mss(t->sk, 1500);
	KUNIT_EXPECT_EQ(test, t->tp->mss_cache, (u32)NST_TCP_TEST_MSS);
	nst_tcp_sync_mss(t->sk, 0);
	KUNIT_EXPECT_EQ(test, t->tp->mss_cache, 48U);
}

static void size_goal__is_a_multiple_of_the_mss(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u32 goal;

	t->tp->max_window = 1 << 20;
	goal = nst_tcp_size_goal(t->sk, 1000);
	KUNIT_EXPECT_EQ(test, goal % 1000, 0U);
	KUNIT_EXPECT_LE(test, goal, (u32)t->wire->link->gso_max_size);
	KUNIT_EXPECT_GE(test, goal, 60000U);
	/* A peer with a small window gets small super-segments. */
	t->tp->max_window = 8000;
	KUNIT_EXPECT_EQ(test, nst_tcp_size_goal(t->sk, 1000), 4000U);
}

/* A segment of 1,000 octets: @linear of them linear, the rest in pages. */
static struct sk_buff *queue_segment(struct nst_tcp_test *t, bool linear)
{
	struct sk_buff *skb;

	t->tp->nonagle = NST_TCP_NAGLE_CORK;
	if (linear)
		nst_tcp_test_send(t, 200, 0);
	nst_tcp_test_send(t, linear ? 700 : 900, 0);
	skb = nst_tcp_send_head(t->sk);
	KUNIT_ASSERT_NOT_NULL(t->test, skb);
	KUNIT_ASSERT_EQ(t->test, skb->len, 900U);
	KUNIT_ASSERT_EQ(t->test, skb_headlen(skb), linear ? 200U : 0U);
	return skb;
}

static void fragment_at(struct kunit *test, bool linear, u32 len)
{
	struct nst_tcp_test *t = test->priv;
	struct sk_buff *skb = queue_segment(t, linear);
	struct sk_buff *copy = nst_tcp_copy_segment(skb);
	struct sk_buff *rest;
	u8 octet;

	KUNIT_ASSERT_NOT_NULL(test, copy);
	nst_tcp_cb(skb)->flags |= NST_TCP_PSH;
	lock_sock(t->sk);
	KUNIT_EXPECT_EQ(test, nst_tcp_fragment(t->sk, skb, len, false,
					       GFP_KERNEL), 0);
	release_sock(t->sk);
	rest = skb_queue_next(&t->sk->sk_write_queue, skb);
	KUNIT_EXPECT_EQ(test, skb->len, len);
	KUNIT_EXPECT_EQ(test, rest->len, 900 - len);
	KUNIT_EXPECT_EQ(test, nst_tcp_cb(skb)->end_seq,
			nst_tcp_cb(rest)->seq);
	KUNIT_EXPECT_EQ(test, nst_tcp_cb(rest)->end_seq, t->tp->write_seq);
	KUNIT_EXPECT_EQ(test, (int)nst_tcp_cb(skb)->flags, (int)NST_TCP_ACK);
	KUNIT_EXPECT_EQ(test, (int)nst_tcp_cb(rest)->flags,
			(int)(NST_TCP_ACK | NST_TCP_PSH));
	skb_copy_bits(rest, 0, &octet, 1);
	KUNIT_EXPECT_EQ(test, octet, (u8)len);
	/* The copy that was on its way still has all of it. */
	KUNIT_EXPECT_EQ(test, copy->len, 900U);
	skb_copy_bits(copy, 899, &octet, 1);
	KUNIT_EXPECT_EQ(test, octet, 899 & 0xff);
	kfree_skb(copy);
	expect_balance(t);
}

static void fragment__cuts_pages(struct kunit *test)
{
	fragment_at(test, false, 333);
}

static void fragment__cuts_behind_linear_data(struct kunit *test)
{
	fragment_at(test, true, 500);
}

static void fragment__cuts_linear_data(struct kunit *test)
{
	fragment_at(test, true, 50);
}

static void fragment__is_bounded_by_the_send_buffer(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	int queued;

	t->tp->nonagle = NST_TCP_NAGLE_OFF;
	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_expect_push(t, 1, 100);
	nst_tcp_test_expect_push(t, 101, 100);
	lock_sock(t->sk);
	queued = t->sk->sk_wmem_queued;
	t->sk->sk_wmem_queued = 1 << 24;
	KUNIT_EXPECT_EQ(test, nst_tcp_fragment(t->sk, nst_tcp_rtx_tail(t->sk),
					       50, true, GFP_KERNEL), -ENOMEM);
	t->sk->sk_wmem_queued = queued;
	release_sock(t->sk);
	expect_balance(t);
}

static void trim_at(struct kunit *test, bool linear, u32 len)
{
	struct nst_tcp_test *t = test->priv;
	struct sk_buff *skb = queue_segment(t, linear);
	struct sk_buff *copy = nst_tcp_copy_segment(skb);
	u32 seq = nst_tcp_cb(skb)->seq;
	u8 octet;

	KUNIT_ASSERT_NOT_NULL(test, copy);
	lock_sock(t->sk);
	KUNIT_EXPECT_EQ(test, nst_tcp_trim_head(t->sk, skb, len), 0);
	release_sock(t->sk);
	KUNIT_EXPECT_EQ(test, skb->len, 900 - len);
	KUNIT_EXPECT_EQ(test, nst_tcp_cb(skb)->seq, seq + len);
	if (len < 900) {
		skb_copy_bits(skb, 0, &octet, 1);
		KUNIT_EXPECT_EQ(test, octet, (u8)len);
		skb_copy_bits(skb, 899 - len, &octet, 1);
		KUNIT_EXPECT_EQ(test, octet, 899 & 0xff);
	}
	skb_copy_bits(copy, 0, &octet, 1);
	KUNIT_EXPECT_EQ(test, octet, (u8)0);
	kfree_skb(copy);
	expect_balance(t);
}

static void trim_head__eats_pages(struct kunit *test)
{
	trim_at(test, false, 333);
}

static void trim_head__eats_linear_data_first(struct kunit *test)
{
	trim_at(test, true, 50);
}

static void trim_head__eats_linear_data_and_pages(struct kunit *test)
{
	trim_at(test, true, 899);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(retransmit_skb__repeats_the_segment),
	KUNIT_CASE(retransmit_skb__is_traced),
	KUNIT_CASE(retransmit_skb__cuts_to_the_segments_asked_for),
	KUNIT_CASE(retransmit_skb__leaves_out_what_was_acknowledged),
	KUNIT_CASE(retransmit_skb__heeds_a_window_that_shrank),
	KUNIT_CASE(retransmit_skb__marks_nothing_that_was_not_sent),
	KUNIT_CASE(mtu_reduced__sends_again_in_smaller_pieces),
	KUNIT_CASE(sync_mss__keeps_the_floor),
	KUNIT_CASE(size_goal__is_a_multiple_of_the_mss),
	KUNIT_CASE(fragment__cuts_pages),
	KUNIT_CASE(fragment__cuts_behind_linear_data),
	KUNIT_CASE(fragment__cuts_linear_data),
	KUNIT_CASE(fragment__is_bounded_by_the_send_buffer),
	KUNIT_CASE(trim_head__eats_pages),
	KUNIT_CASE(trim_head__eats_linear_data_first),
	KUNIT_CASE(trim_head__eats_linear_data_and_pages),
	{}
};

static struct kunit_suite suite = {
	.name = "netstack_tcp_retransmit",
	.init = test_init,
	.test_cases = cases,
};

kunit_test_suite(suite);
