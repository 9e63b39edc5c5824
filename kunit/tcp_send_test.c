// SPDX-License-Identifier: GPL-2.0
/*
 * sendmsg(2) on a connection: transport/tcp/send.c.
 */
#include "tcp_fixture.h"

static int test_init(struct kunit *test)
{
	int err = nst_tcp_test_init(test);

	if (!err)
		nst_tcp_test_establish(test->priv);
	return err;
}

static void sendmsg__copies_a_small_write_behind_the_headers(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct sk_buff *skb;

	KUNIT_EXPECT_EQ(test, nst_tcp_test_send(t, 256, 0), 256);
	nst_tcp_test_expect_push(t, 1, 256);
	skb = nst_tcp_rtx_head(t->sk);
	KUNIT_EXPECT_EQ(test, skb_headlen(skb), 256U);
	KUNIT_EXPECT_EQ(test, (unsigned int)t->sk->sk_wmem_queued,
			skb->truesize);
}

static void sendmsg__puts_a_large_write_into_pages(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct sk_buff *skb;

	KUNIT_EXPECT_EQ(test, nst_tcp_test_send(t, 900, 0), 900);
	nst_tcp_test_expect_push(t, 1, 900);
	skb = nst_tcp_rtx_head(t->sk);
	KUNIT_EXPECT_EQ(test, skb_headlen(skb), 0U);
	KUNIT_EXPECT_EQ(test, (unsigned int)t->sk->sk_wmem_queued,
			skb->truesize);
}

static void sendmsg__writes_one_super_segment(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	WRITE_ONCE(t->sk->sk_sndbuf, 1 << 20);
	t->tp->nonagle = NST_TCP_NAGLE_CORK;
	t->tp->snd_wnd = 0;
	KUNIT_EXPECT_EQ(test, nst_tcp_test_send(t, 30000, 0), 30000);
	/* Half of the peer's largest window. */
	KUNIT_EXPECT_EQ(test, skb_queue_len(&t->sk->sk_write_queue), 1U);
}

static void sendmsg__of_nothing_sends_nothing(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, nst_tcp_test_send(t, 0, 0), 0);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->sk->sk_wmem_queued, 0);
}

static void sendmsg__takes_what_fits_and_then_nothing(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	int first, second;

	t->window = 0;
	nst_tcp_test_ack(t, 1);
	WRITE_ONCE(t->sk->sk_sndbuf, 20000);
	t->sk->sk_userlocks |= SOCK_SNDBUF_LOCK;
	t->sk->sk_allocation = GFP_KERNEL;
	first = nst_tcp_test_send(t, 100000, 0);
	KUNIT_EXPECT_GT(test, first, 10000);
	KUNIT_EXPECT_LT(test, first, 100000);
	second = nst_tcp_test_send(t, 100, 0);
	KUNIT_EXPECT_TRUE(test, second == 100 || second == -EAGAIN);
	KUNIT_EXPECT_TRUE(test, test_bit(SOCK_NOSPACE, &t->sock->flags));
	KUNIT_EXPECT_EQ(test, t->tp->write_seq - t->tp->iss,
			1U + first + max(second, 0));
}

static void sendmsg__after_shutdown_is_a_broken_pipe(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->sk->sk_shutdown |= SEND_SHUTDOWN;
	KUNIT_EXPECT_EQ(test, nst_tcp_test_send(t, 10, MSG_NOSIGNAL), -EPIPE);
	nst_wire_expect_nothing(t->wire);
}

static void sendmsg__tells_the_connections_error_once(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->sk->sk_err = ECONNRESET;
	KUNIT_EXPECT_EQ(test, nst_tcp_test_send(t, 10, MSG_NOSIGNAL),
			-ECONNRESET);
	KUNIT_EXPECT_EQ(test, t->sk->sk_err, 0);
	nst_wire_expect_nothing(t->wire);
}

static void sendmsg__before_connect_is_a_broken_pipe(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	lock_sock(t->sk);
	nst_tcp_done(t->sk, 0);
	release_sock(t->sk);
	KUNIT_EXPECT_EQ(test, nst_tcp_test_send(t, 10, MSG_NOSIGNAL), -EPIPE);
}

static void sendmsg__offers_no_fast_open(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, nst_tcp_test_send(t, 10, MSG_FASTOPEN),
			-EOPNOTSUPP);
	nst_wire_expect_nothing(t->wire);
}

static void sendmsg__eor_begins_a_new_segment(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->tp->nonagle = NST_TCP_NAGLE_CORK;
	nst_tcp_test_send(t, 100, MSG_EOR);
	nst_wire_expect_nothing(t->wire);
	/* What has an end is not corked once something follows. */
	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_expect_push(t, 1, 100);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&t->sk->sk_write_queue), 1U);
}

/* TCP_NOTSENT_LOWAT */
static void sendmsg__waits_at_the_low_water_mark(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->window = 0;
	nst_tcp_test_ack(t, 1);
	t->tp->notsent_lowat = 500;
	KUNIT_EXPECT_EQ(test, nst_tcp_test_send(t, 500, MSG_EOR), 500);
	KUNIT_EXPECT_EQ(test, nst_tcp_test_send(t, 1, 0), -EAGAIN);
}

/* RFC 9293 3.9.1.2: what is half a window must not wait for the end. */
static void sendmsg__pushes_at_half_a_window(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct sk_buff *skb;

	t->tp->max_window = 4000;
	t->tp->nonagle = NST_TCP_NAGLE_CORK;
	nst_tcp_test_send(t, 6500, MSG_MORE);
	skb = nst_wire_expect_ipv4(t->wire, IPPROTO_TCP);
	KUNIT_EXPECT_EQ(test, ntohl(tcp_hdr(skb)->seq), t->tp->iss + 1);
	KUNIT_EXPECT_GT(test, t->tp->snd_nxt - t->tp->iss, 4000U);
	nst_wire_discard(t->wire);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(sendmsg__copies_a_small_write_behind_the_headers),
	KUNIT_CASE(sendmsg__puts_a_large_write_into_pages),
	KUNIT_CASE(sendmsg__writes_one_super_segment),
	KUNIT_CASE(sendmsg__of_nothing_sends_nothing),
	KUNIT_CASE(sendmsg__takes_what_fits_and_then_nothing),
	KUNIT_CASE(sendmsg__after_shutdown_is_a_broken_pipe),
	KUNIT_CASE(sendmsg__tells_the_connections_error_once),
	KUNIT_CASE(sendmsg__before_connect_is_a_broken_pipe),
	KUNIT_CASE(sendmsg__offers_no_fast_open),
	KUNIT_CASE(sendmsg__eor_begins_a_new_segment),
	KUNIT_CASE(sendmsg__waits_at_the_low_water_mark),
	KUNIT_CASE(sendmsg__pushes_at_half_a_window),
	{}
};

static struct kunit_suite suite = {
	.name = "netstack_tcp_send",
	.init = test_init,
	.test_cases = cases,
};

kunit_test_suite(suite);
