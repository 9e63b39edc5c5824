// SPDX-License-Identifier: GPL-2.0
/*
 * Acknowledgments: the retransmission queue, the round trip, the peer's
 * window, and what writers hear.
 */
#include "tcp_fixture.h"

static void ack_at(struct nst_tcp_test *t, u32 seq, u32 ack)
{
	nst_tcp_test_inject(t, NST_TCP_SEGMENT(NST_TCP_ACK, seq, ack, 0));
}

/* @count segments of 1000 octets are out. */
static struct nst_tcp_test *sent(struct kunit *test, unsigned int count)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_establish(t);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, count * 1000, 0),
			(int)count * 1000);
	nst_wire_discard(t->wire);
	KUNIT_ASSERT_EQ(test, t->tp->packets_out, count);
	return t;
}

static u32 una(const struct nst_tcp_test *t)
{
	return t->tp->snd_una - t->tp->iss;
}

/* Payload that the retransmission queue still holds. */
static u32 queued(const struct nst_tcp_test *t)
{
	struct sk_buff *skb;
	u32 len = 0;

	for (skb = nst_tcp_rtx_head(t->sk); skb; skb = skb_rb_next(skb))
		len += skb->len;
	return len;
}

static void ack__frees_what_it_covers(struct kunit *test)
{
	struct nst_tcp_test *t = sent(test, 4);
	int charged = t->sk->sk_wmem_queued;

	nst_tcp_test_ack(t, 2001);
	KUNIT_EXPECT_EQ(test, una(t), 2001U);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 2U);
	KUNIT_EXPECT_EQ(test, queued(t), 2000U);
	KUNIT_EXPECT_LT(test, t->sk->sk_wmem_queued, charged);
	KUNIT_EXPECT_EQ(test, t->tp->delivered, 3U);
	KUNIT_EXPECT_EQ(test, t->tp->rtx_timer_kind,
			NST_TCP_TIMER_RETRANSMIT);

	nst_tcp_test_ack(t, 4001);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 0U);
	KUNIT_EXPECT_EQ(test, queued(t), 0U);
	KUNIT_EXPECT_EQ(test, t->sk->sk_wmem_queued, 0);
	/* RFC 6298 5.2 */
	KUNIT_EXPECT_EQ(test, t->tp->rtx_timer_kind, NST_TCP_TIMER_NONE);
	nst_wire_expect_nothing(t->wire);
}

static void ack__within_a_segment_keeps_the_segment(struct kunit *test)
{
	struct nst_tcp_test *t = sent(test, 1);
	u32 cwnd = t->tp->cwnd;
	unsigned int i;

	/* Attack 17: a hundred ACKs for one segment earn nothing. */
	for (i = 1; i <= 100; i++)
		nst_tcp_test_ack(t, 1 + i);
	KUNIT_EXPECT_EQ(test, una(t), 101U);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 1U);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, cwnd);

	/* What is sent again begins where the peer is. */
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_push(t, 101, 900);
}

static void ack__without_progress_frees_nothing(struct kunit *test)
{
	struct nst_tcp_test *t = sent(test, 2);

	nst_tcp_test_ack(t, 1);
	KUNIT_EXPECT_EQ(test, una(t), 1U);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 2U);
	KUNIT_EXPECT_EQ(test, queued(t), 2000U);
	nst_wire_expect_nothing(t->wire);
}

/* Which ACKs are duplicates: RFC 5681 2 */

static void dupack__is_one_by_all_five_conditions(struct kunit *test)
{
	struct nst_tcp_test *t = sent(test, 4);

	nst_tcp_test_ack(t, 1);
	KUNIT_EXPECT_EQ(test, t->tp->dupacks, 1U);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_DISORDER);
	nst_tcp_test_ack(t, 1001);
	KUNIT_EXPECT_EQ(test, t->tp->dupacks, 0U);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);
}

static void dupack__is_none_with_data(struct kunit *test)
{
	struct nst_tcp_test *t = sent(test, 4);

	nst_tcp_test_inject(t, NST_TCP_SEGMENT(NST_TCP_ACK, 1, 1, 10));
	KUNIT_EXPECT_EQ(test, t->tp->dupacks, 0U);
}

static void dupack__is_none_with_another_window(struct kunit *test)
{
	struct nst_tcp_test *t = sent(test, 4);

	t->window = 65000;
	nst_tcp_test_ack(t, 1);
	KUNIT_EXPECT_EQ(test, t->tp->dupacks, 0U);
}

static void dupack__is_none_with_nothing_in_flight(struct kunit *test)
{
	struct nst_tcp_test *t = sent(test, 1);

	nst_tcp_test_ack(t, 1001);
	nst_tcp_test_ack(t, 1001);
	nst_tcp_test_ack(t, 1001);
	nst_tcp_test_ack(t, 1001);
	KUNIT_EXPECT_EQ(test, t->tp->dupacks, 0U);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);
}

/* RFC 9293 3.10.7.4: the window, by SND.WL1 and SND.WL2 */

static void window__of_the_newest_segment_counts(struct kunit *test)
{
	struct nst_tcp_test *t = sent(test, 2);

	/* Newer by its acknowledgment. */
	t->window = 30000;
	nst_tcp_test_ack(t, 1001);
	KUNIT_EXPECT_EQ(test, t->tp->snd_wnd, 30000U);
	/* Newer by its sequence number. */
	t->window = 20000;
	nst_tcp_test_inject(t, NST_TCP_SEGMENT(NST_TCP_ACK, 1, 1001, 10));
	nst_tcp_test_inject(t, NST_TCP_SEGMENT(NST_TCP_ACK, 11, 1001, 10));
	KUNIT_EXPECT_EQ(test, t->tp->snd_wnd, 20000U);
	/* Older by it: an ACK that was overtaken. */
	t->window = 40000;
	nst_tcp_test_inject(t, NST_TCP_SEGMENT(NST_TCP_ACK, 5, 1001, 10));
	KUNIT_EXPECT_EQ(test, t->tp->snd_wnd, 20000U);
	/* As new: only a larger window, or none at all. */
	ack_at(t, 21, 1001);
	KUNIT_EXPECT_EQ(test, t->tp->snd_wnd, 40000U);
	t->window = 10000;
	ack_at(t, 21, 1001);
	KUNIT_EXPECT_EQ(test, t->tp->snd_wnd, 40000U);
	t->window = 0;
	ack_at(t, 21, 1001);
	KUNIT_EXPECT_EQ(test, t->tp->snd_wnd, 0U);
	KUNIT_EXPECT_EQ(test, t->tp->max_window, 65535U);
}

static void window__zero_stops_data_and_a_probe_starts(struct kunit *test)
{
	struct nst_tcp_test *t = sent(test, 1);

	t->window = 0;
	nst_tcp_test_ack(t, 1001);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 500, 0), 500);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->tp->rtx_timer_kind, NST_TCP_TIMER_PROBE);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 0U);

	/* RFC 9293 3.8.6.1: the probe is an old octet. */
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect(t, NST_TCP_SEGMENT(NST_TCP_ACK, 1000, 1, 0));
	KUNIT_EXPECT_EQ(test, t->tp->probes_out, 1);
	nst_tcp_test_ack(t, 1001);
	KUNIT_EXPECT_EQ(test, t->tp->probes_out, 0);
	KUNIT_EXPECT_EQ(test, t->tp->rtx_timer_kind, NST_TCP_TIMER_PROBE);
	nst_wire_expect_nothing(t->wire);

	t->window = 65535;
	nst_tcp_test_ack(t, 1001);
	nst_tcp_test_expect_push(t, 1001, 500);
	KUNIT_EXPECT_EQ(test, t->tp->backoff, 0);
	KUNIT_EXPECT_EQ(test, t->tp->probes_tstamp, 0U);
	KUNIT_EXPECT_EQ(test, t->tp->rtx_timer_kind,
			NST_TCP_TIMER_RETRANSMIT);
}

/* RFC 6298 3: Karn's algorithm */

static void rtt__is_measured_by_what_was_sent_once(struct kunit *test)
{
	struct nst_tcp_test *t = sent(test, 2);
	struct sk_buff *skb;

	for (skb = nst_tcp_rtx_head(t->sk); skb; skb = skb_rb_next(skb))
		skb->skb_mstamp_ns -= 40 * NSEC_PER_MSEC;
	t->tp->srtt_us = 0;
	nst_tcp_test_ack(t, 2001);
	KUNIT_EXPECT_GE(test, t->tp->srtt_us >> 3, 40000U);
	KUNIT_EXPECT_LT(test, t->tp->srtt_us >> 3, 10 * 1000000U);
}

static void rtt__is_not_measured_by_what_was_sent_again(struct kunit *test)
{
	struct nst_tcp_test *t = sent(test, 1);
	u32 srtt = t->tp->srtt_us, rto;

	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_push(t, 1, 1000);
	rto = t->tp->rto;
	nst_tcp_test_ack(t, 1001);
	KUNIT_EXPECT_EQ(test, t->tp->srtt_us, srtt);
	/* The back-off stays until there is a measurement. */
	KUNIT_EXPECT_EQ(test, t->tp->rto, rto);
	KUNIT_EXPECT_EQ(test, t->tp->retransmits, 0);
	KUNIT_EXPECT_EQ(test, t->tp->retrans_out, 0U);
	KUNIT_EXPECT_EQ(test, t->tp->retrans_stamp, 0U);

	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 1000, 0), 1000);
	nst_tcp_test_ack(t, 2001);
	KUNIT_EXPECT_LT(test, t->tp->rto, rto);
	KUNIT_EXPECT_EQ(test, t->tp->backoff, 0);
}

static void rtt__of_what_was_sent_again_is_told_by_timestamps(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_offer(t, .mss = NST_TCP_TEST_MSS, .has_ts = true);
	nst_tcp_test_establish(t);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 100, 0), 100);
	nst_tcp_test_expect_push(t, 1, 100);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_push(t, 1, 100);
	t->tp->srtt_us = 0;
	nst_tcp_test_wait(t, 30 * USEC_PER_MSEC);
	nst_tcp_test_ack(t, 101);
	KUNIT_EXPECT_EQ(test, t->tp->srtt_us >> 3, 30 * USEC_PER_MSEC);
	KUNIT_EXPECT_EQ(test, t->tp->backoff, 0);
}

/* Writers */

static unsigned int wakeups;

static void count_wakeups(struct sock *sk)
{
	wakeups++;
}

static void writers__are_woken_only_when_they_wait(struct kunit *test)
{
	struct nst_tcp_test *t = sent(test, 2);
	void (*former)(struct sock *sk) = t->sk->sk_write_space;

	wakeups = 0;
	t->sk->sk_write_space = count_wakeups;
	nst_tcp_test_ack(t, 1001);
	KUNIT_EXPECT_EQ(test, wakeups, 0U);
	set_bit(SOCK_NOSPACE, &t->sock->flags);
	nst_tcp_test_ack(t, 2001);
	KUNIT_EXPECT_EQ(test, wakeups, 1U);
	/* Nothing came free. */
	nst_tcp_test_ack(t, 2001);
	KUNIT_EXPECT_EQ(test, wakeups, 1U);
	t->sk->sk_write_space = former;
}

static void writers__find_a_buffer_that_has_grown(struct kunit *test)
{
	struct nst_tcp_test *t = sent(test, 2);

	t->sk->sk_sndbuf = 4096;
	set_bit(SOCK_NOSPACE, &t->sock->flags);
	nst_tcp_test_ack(t, 1001);
	KUNIT_EXPECT_GT(test, t->sk->sk_sndbuf, 4096);
	KUNIT_EXPECT_LE(test, t->sk->sk_sndbuf,
			t->wire->stack->config.tcp_wmem[2]);
}

static void writers__keep_the_buffer_that_they_have_set(struct kunit *test)
{
	struct nst_tcp_test *t = sent(test, 2);

	t->sk->sk_sndbuf = 4096;
	t->sk->sk_userlocks |= SOCK_SNDBUF_LOCK;
	set_bit(SOCK_NOSPACE, &t->sock->flags);
	nst_tcp_test_ack(t, 1001);
	KUNIT_EXPECT_EQ(test, t->sk->sk_sndbuf, 4096);
}

static struct kunit_case tcp_ack_cases[] = {
	KUNIT_CASE(ack__frees_what_it_covers),
	KUNIT_CASE(ack__within_a_segment_keeps_the_segment),
	KUNIT_CASE(ack__without_progress_frees_nothing),
	KUNIT_CASE(dupack__is_one_by_all_five_conditions),
	KUNIT_CASE(dupack__is_none_with_data),
	KUNIT_CASE(dupack__is_none_with_another_window),
	KUNIT_CASE(dupack__is_none_with_nothing_in_flight),
	KUNIT_CASE(window__of_the_newest_segment_counts),
	KUNIT_CASE(window__zero_stops_data_and_a_probe_starts),
	KUNIT_CASE(rtt__is_measured_by_what_was_sent_once),
	KUNIT_CASE(rtt__is_not_measured_by_what_was_sent_again),
	KUNIT_CASE(rtt__of_what_was_sent_again_is_told_by_timestamps),
	KUNIT_CASE(writers__are_woken_only_when_they_wait),
	KUNIT_CASE(writers__find_a_buffer_that_has_grown),
	KUNIT_CASE(writers__keep_the_buffer_that_they_have_set),
	{}
};

static struct kunit_suite tcp_ack_suite = {
	.name = "netstack_tcp_ack",
	.init = nst_tcp_test_init,
	.test_cases = tcp_ack_cases,
};

kunit_test_suite(tcp_ack_suite);
