// SPDX-License-Identifier: GPL-2.0
/*
 * What is sent, and when: transport/tcp/output.c.
 */
#include "tcp_fixture.h"

static int test_init(struct kunit *test)
{
	int err = nst_tcp_test_init(test);

	if (!err)
		nst_tcp_test_establish(test->priv);
	return err;
}

static void push(struct nst_tcp_test *t)
{
	lock_sock(t->sk);
	nst_tcp_push(t->sk, t->tp->nonagle);
	release_sock(t->sk);
}

static void push__sends_whole_segments_and_the_rest(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	/* Only the end of the write is pushed. */
	KUNIT_EXPECT_EQ(test, nst_tcp_test_send(t, 2500, 0), 2500);
	nst_tcp_test_expect_data(t, 1, 1000);
	nst_tcp_test_expect_data(t, 1001, 1000);
	nst_tcp_test_expect_push(t, 2001, 500);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 3U);
	KUNIT_EXPECT_EQ(test, t->tp->snd_nxt, t->tp->iss + 2501);
}

/* RFC 9293 3.7.4 */
static void push__holds_a_second_small_segment(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_expect_push(t, 1, 100);
	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_send(t, 50, 0);
	nst_wire_expect_nothing(t->wire);
	/* The acknowledgment lets all of it go as one. */
	nst_tcp_test_ack(t, 101);
	nst_tcp_test_expect_push(t, 101, 150);
}

static void push__small_follows_full_at_once(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_send(t, 1000, 0);
	nst_tcp_test_expect_push(t, 1, 1000);
	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_expect_push(t, 1001, 100);
}

static void push__fills_a_segment_that_nagle_held(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_expect_push(t, 1, 100);
	nst_tcp_test_send(t, 600, 0);
	nst_wire_expect_nothing(t->wire);
	nst_tcp_test_send(t, 600, 0);
	nst_tcp_test_expect_data(t, 101, 1000);
	nst_wire_expect_nothing(t->wire);
	nst_tcp_test_ack(t, 1101);
	nst_tcp_test_expect_push(t, 1101, 200);
}

static void push__nodelay_sends_every_write(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->tp->nonagle = NST_TCP_NAGLE_OFF;
	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_expect_push(t, 1, 100);
	nst_tcp_test_expect_push(t, 101, 100);
}

static void push__cork_keeps_what_is_not_full(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->tp->nonagle = NST_TCP_NAGLE_CORK;
	nst_tcp_test_send(t, 400, 0);
	nst_tcp_test_send(t, 700, 0);
	nst_tcp_test_expect_data(t, 1, 1000);
	nst_wire_expect_nothing(t->wire);
	nst_tcp_test_ack(t, 1001);
	nst_wire_expect_nothing(t->wire);
	t->tp->nonagle = NST_TCP_NAGLE_PUSH;
	push(t);
	nst_tcp_test_expect_push(t, 1001, 100);
}

static void push__more_waits_for_the_next_write(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_send(t, 100, MSG_MORE);
	nst_wire_expect_nothing(t->wire);
	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_expect_push(t, 1, 200);
}

static void push__stays_in_the_congestion_window(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	unsigned int i;

	WRITE_ONCE(t->sk->sk_sndbuf, 1 << 20);
	nst_tcp_test_send(t, 20000, 0);
	/* Half of it in a burst, and PSH at a burst's end. */
	for (i = 0; i < 10; i++) {
		if (i % 5 == 4)
			nst_tcp_test_expect_push(t, 1 + i * 1000, 1000);
		else
			nst_tcp_test_expect_data(t, 1 + i * 1000, 1000);
	}
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 10U);
	KUNIT_EXPECT_TRUE(test, t->tp->cwnd_limited);
}

static void push__stays_in_the_peers_window(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->window = 2700;
	nst_tcp_test_ack(t, 1);
	nst_tcp_test_send(t, 5000, 0);
	nst_tcp_test_expect_data(t, 1, 1000);
	nst_tcp_test_expect_push(t, 1001, 1000);
	/* RFC 9293 3.8.6.2.1: 700 are open, but that is silly. */
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_FALSE(test, t->tp->cwnd_limited);
	nst_tcp_test_ack(t, 2001);
	nst_tcp_test_expect_data(t, 2001, 1000);
	nst_tcp_test_expect_push(t, 3001, 1000);
}

static void push__sends_halves_of_a_tiny_window(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->window = 800;
	t->tp->snd_wnd = 800;
	t->tp->max_window = 800;
	nst_tcp_sync_mss(t->sk, t->tp->pmtu);
	nst_tcp_test_send(t, 1000, 0);
	nst_tcp_test_expect_data(t, 1, 400);
	nst_tcp_test_expect_push(t, 401, 400);
	nst_wire_expect_nothing(t->wire);
}

static void push__sends_the_rest_of_a_window_after_a_while(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->window = 300;
	nst_tcp_test_ack(t, 1);
	nst_tcp_test_send(t, 1000, 0);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, (int)t->tp->rtx_timer_kind,
			(int)NST_TCP_TIMER_PROBE);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_push(t, 1, 300);
	KUNIT_EXPECT_EQ(test, (int)t->tp->rtx_timer_kind,
			(int)NST_TCP_TIMER_RETRANSMIT);
}

/* RFC 5681 4.1 */
static void push__restarts_after_idle(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->tp->cwnd = 40;
	t->tp->ssthresh = 20;
	nst_tcp_test_send(t, 10, 0);
	nst_tcp_test_expect_push(t, 1, 10);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 40U);
	nst_tcp_test_ack(t, 11);
	t->tp->cwnd = 40;
	t->tp->lsndtime = (u32)nst_tcp_jiffies() - t->tp->rto - 1;
	nst_tcp_test_send(t, 10, 0);
	nst_tcp_test_expect_push(t, 11, 10);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 10U);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh, 30U);
}

static void push__keeps_cwnd_after_idle_when_told(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->wire->stack->config.tcp_slow_start_after_idle = 0;
	t->tp->cwnd = 40;
	t->tp->lsndtime = (u32)nst_tcp_jiffies() - t->tp->rto - 1;
	nst_tcp_test_send(t, 10, 0);
	nst_tcp_test_expect_push(t, 1, 10);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 40U);
}

/* A link that refuses a segment: it stays unsent, and is tried again. */
static void push__keeps_what_the_link_refuses(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->wire->capacity = 0;
	KUNIT_EXPECT_EQ(test, nst_tcp_test_send(t, 100, 0), 100);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 0U);
	KUNIT_EXPECT_EQ(test, t->tp->snd_nxt, t->tp->iss + 1);
	KUNIT_EXPECT_EQ(test, (int)t->tp->rtx_timer_kind,
			(int)NST_TCP_TIMER_PROBE);
	t->wire->capacity = 10;
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_push(t, 1, 100);
}

static void send_fin__rides_on_the_last_data(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_send(t, 100, MSG_MORE);
	nst_wire_expect_nothing(t->wire);
	lock_sock(t->sk);
	nst_tcp_set_state(t->sk, TCP_FIN_WAIT1);
	nst_tcp_send_fin(t->sk);
	release_sock(t->sk);
	nst_tcp_test_expect(t, NST_TCP_SEGMENT(NST_TCP_FIN | NST_TCP_ACK,
					       1, 1, 100));
	KUNIT_EXPECT_EQ(test, t->tp->snd_nxt, t->tp->iss + 102);
}

static void send_fin__goes_alone_after_all_was_sent(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_expect_push(t, 1, 100);
	lock_sock(t->sk);
	nst_tcp_set_state(t->sk, TCP_FIN_WAIT1);
	nst_tcp_send_fin(t->sk);
	release_sock(t->sk);
	nst_tcp_test_expect(t, NST_TCP_SEGMENT(NST_TCP_FIN | NST_TCP_ACK,
					       101, 1, 0));
}

/* RFC 9293 3.8.5, 3.8.6: the pointer is behind the urgent octet. */
static void push__points_behind_urgent_data(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct sk_buff *skb;

	nst_tcp_test_send(t, 1400, MSG_OOB);
	skb = nst_tcp_test_expect(t, NST_TCP_SEGMENT(NST_TCP_ACK | NST_TCP_URG,
						     1, 1, 1000));
	KUNIT_EXPECT_EQ(test, ntohs(tcp_hdr(skb)->urg_ptr), 1400);
	skb = nst_tcp_test_expect(t, NST_TCP_SEGMENT(NST_TCP_ACK | NST_TCP_URG |
						     NST_TCP_PSH, 1001, 1,
						     400));
	KUNIT_EXPECT_EQ(test, ntohs(tcp_hdr(skb)->urg_ptr), 400);
	nst_tcp_test_send(t, 1000, 0);
	nst_tcp_test_expect_push(t, 1401, 1000);
	nst_tcp_test_ack(t, 2401);
	nst_tcp_test_send(t, 10, 0);
	skb = nst_tcp_test_expect_push(t, 2401, 10);
	KUNIT_EXPECT_EQ(test, ntohs(tcp_hdr(skb)->urg_ptr), 0);
	KUNIT_EXPECT_FALSE(test, t->tp->urg_mode);
}

/* RFC 9293 3.8.6.1: an old octet, no data. */
static void send_window_probe__sends_an_old_number(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->window = 0;
	nst_tcp_test_ack(t, 1);
	nst_tcp_test_send(t, 100, 0);
	nst_wire_expect_nothing(t->wire);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_data(t, 0, 0);
	KUNIT_EXPECT_EQ(test, nst_mib_read(t->wire->stack,
					   NST_MIB_TCP_WIN_PROBE), 1UL);
	t->window = 1000;
	nst_tcp_test_ack(t, 1);
	nst_tcp_test_expect_push(t, 1, 100);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(push__sends_whole_segments_and_the_rest),
	KUNIT_CASE(push__holds_a_second_small_segment),
	KUNIT_CASE(push__small_follows_full_at_once),
	KUNIT_CASE(push__fills_a_segment_that_nagle_held),
	KUNIT_CASE(push__nodelay_sends_every_write),
	KUNIT_CASE(push__cork_keeps_what_is_not_full),
	KUNIT_CASE(push__more_waits_for_the_next_write),
	KUNIT_CASE(push__stays_in_the_congestion_window),
	KUNIT_CASE(push__stays_in_the_peers_window),
	KUNIT_CASE(push__sends_halves_of_a_tiny_window),
	KUNIT_CASE(push__sends_the_rest_of_a_window_after_a_while),
	KUNIT_CASE(push__restarts_after_idle),
	KUNIT_CASE(push__keeps_cwnd_after_idle_when_told),
	KUNIT_CASE(push__keeps_what_the_link_refuses),
	KUNIT_CASE(send_fin__rides_on_the_last_data),
	KUNIT_CASE(send_fin__goes_alone_after_all_was_sent),
	KUNIT_CASE(push__points_behind_urgent_data),
	KUNIT_CASE(send_window_probe__sends_an_old_number),
	{}
};

static struct kunit_suite suite = {
	.name = "netstack_tcp_output",
	.init = test_init,
	.test_cases = cases,
};

kunit_test_suite(suite);
