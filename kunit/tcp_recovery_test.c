// SPDX-License-Identifier: GPL-2.0
/*
 * Loss and recovery: fast retransmit and NewReno (RFC 5681 3.2, RFC 6582),
 * time-outs (RFC 5681 3.1, RFC 6298 5), and the window all along.
 */
#include "tcp_fixture.h"

/* Ten segments of 1000 octets are out: the initial window is full. */
static struct nst_tcp_test *window_full(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_establish(t);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 15000, 0), 15000);
	nst_wire_discard(t->wire);
	KUNIT_ASSERT_EQ(test, t->tp->packets_out, 10U);
	KUNIT_ASSERT_EQ(test, t->tp->cwnd, 10U);
	return t;
}

static void dupacks(struct nst_tcp_test *t, u32 ack, unsigned int count)
{
	while (count--)
		nst_tcp_test_ack(t, ack);
}

/* The accounts of a connection agree with its queue. */
static void expect_sound(struct nst_tcp_test *t)
{
	const struct nst_tcp_sock *tp = t->tp;
	u32 segs = 0, lost = 0, retrans = 0;
	struct sk_buff *skb;

	for (skb = nst_tcp_rtx_head(t->sk); skb; skb = skb_rb_next(skb)) {
		const struct nst_tcp_cb *cb = nst_tcp_cb(skb);

		segs += cb->gso_segs;
		if (cb->sent & NST_TCP_SENT_LOST)
			lost += cb->gso_segs;
		if (cb->sent & NST_TCP_SENT_RETRANS)
			retrans += cb->gso_segs;
	}
	KUNIT_EXPECT_EQ(t->test, tp->packets_out, segs);
	KUNIT_EXPECT_EQ(t->test, tp->lost_out, lost);
	KUNIT_EXPECT_EQ(t->test, tp->retrans_out, retrans);
	KUNIT_EXPECT_LE(t->test, tp->sacked_out + tp->lost_out,
			tp->packets_out);
}

static void slow_start__grows_with_each_ack(struct kunit *test)
{
	struct nst_tcp_test *t = window_full(test);

	nst_tcp_test_ack(t, 2001);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 12U);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 12U);
	expect_sound(t);
}

static void window__does_not_grow_unless_it_is_used(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u32 ack = 1;
	unsigned int i;

	nst_tcp_test_establish(t);
	for (i = 0; i < 20; i++) {
		KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 1000, 0), 1000);
		ack += 1000;
		nst_tcp_test_ack(t, ack);
	}
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 10U);
}

static void dupack__first_two_send_new_data(struct kunit *test)
{
	struct nst_tcp_test *t = window_full(test);

	/* RFC 3042: limited transmit, cwnd stays */
	dupacks(t, 1, 1);
	nst_tcp_test_expect_data(t, 10001, 1000);
	dupacks(t, 1, 1);
	nst_tcp_test_expect_data(t, 11001, 1000);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 10U);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_DISORDER);
	expect_sound(t);
}

static void dupack__third_retransmits_and_halves(struct kunit *test)
{
	struct nst_tcp_test *t = window_full(test);

	dupacks(t, 1, 2);
	nst_wire_discard(t->wire);
	dupacks(t, 1, 1);
	nst_tcp_test_expect_data(t, 1, 1000);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_RECOVERY);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh, 5U);
	/* PRR: the window comes down with the acknowledgments. */
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 9U);
	KUNIT_EXPECT_EQ(test, t->tp->recover, t->tp->snd_nxt);
	KUNIT_EXPECT_EQ(test, 1UL, nst_mib_read(t->wire->stack,
						NST_MIB_TCP_FAST_RETRANS));
	KUNIT_EXPECT_EQ(test, 1UL, nst_mib_read(t->wire->stack,
						NST_MIB_TCP_RENO_RECOVERY));
	expect_sound(t);
}

static void recovery__more_dupacks_clock_new_data_out(struct kunit *test)
{
	struct nst_tcp_test *t = window_full(test);

	dupacks(t, 1, 3);
	nst_wire_discard(t->wire);
	/* 12 out, of which 3 have arrived and 1 is lost: 9 with its repeat. */
	KUNIT_EXPECT_EQ(test, nst_tcp_in_flight(t->tp), 9U);
	/* PRR: one for every two, as long as more than ssthresh are out. */
	dupacks(t, 1, 1);
	nst_wire_expect_nothing(t->wire);
	dupacks(t, 1, 1);
	nst_tcp_test_expect_data(t, 12001, 1000);
	dupacks(t, 1, 1);
	nst_wire_expect_nothing(t->wire);
	dupacks(t, 1, 1);
	nst_tcp_test_expect_data(t, 13001, 1000);
	nst_wire_expect_nothing(t->wire);
	expect_sound(t);
}

static void recovery__dupacks_never_outnumber_the_flight(struct kunit *test)
{
	struct nst_tcp_test *t = window_full(test);

	/* An attacker sends as many as he likes. */
	dupacks(t, 1, 200);
	expect_sound(t);
	KUNIT_EXPECT_EQ(test, t->tp->total_retrans, 1U);
	KUNIT_EXPECT_LE(test, t->tp->snd_nxt - t->tp->snd_una, 15000U);
}

static void recovery__partial_ack_repeats_the_next_hole(struct kunit *test)
{
	struct nst_tcp_test *t = window_full(test);

	/* 1 and 4001 are lost. */
	dupacks(t, 1, 3);
	nst_wire_discard(t->wire);
	nst_tcp_test_ack(t, 4001);
	nst_tcp_test_expect_data(t, 4001, 1000);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_RECOVERY);
	KUNIT_EXPECT_EQ(test, t->tp->total_retrans, 2U);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh, 5U);
	expect_sound(t);
	/* The same hole is not repeated by further duplicates. */
	nst_wire_discard(t->wire);
	dupacks(t, 4001, 5);
	KUNIT_EXPECT_EQ(test, t->tp->total_retrans, 2U);
	expect_sound(t);
}

static void recovery__full_ack_ends_it_without_a_burst(struct kunit *test)
{
	struct nst_tcp_test *t = window_full(test);

	dupacks(t, 1, 3);
	nst_wire_discard(t->wire);
	/* 12 were out; all of them and nothing more. */
	nst_tcp_test_ack(t, 12001);
	/* RFC 6582 3.2 step 2: held until more than recover is acknowledged */
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_RECOVERY);
	KUNIT_EXPECT_LE(test, t->tp->cwnd, t->tp->ssthresh);
	KUNIT_EXPECT_LE(test, t->tp->packets_out, t->tp->ssthresh);
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 0U);
	expect_sound(t);

	nst_wire_discard(t->wire);
	dupacks(t, 12001, 5);
	KUNIT_EXPECT_EQ(test, t->tp->total_retrans, 1U);
	nst_tcp_test_ack(t, 13001);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);
	expect_sound(t);
}

static void recovery__beyond_recover_opens_at_once(struct kunit *test)
{
	struct nst_tcp_test *t = window_full(test);

	dupacks(t, 1, 3);
	dupacks(t, 1, 5);
	KUNIT_ASSERT_EQ(test, t->tp->snd_nxt - t->tp->iss, 14001U);
	nst_tcp_test_ack(t, 14001);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh, 5U);
	KUNIT_EXPECT_EQ(test, t->tp->lost_out, 0U);
	expect_sound(t);
}

static void timeout__starts_again_with_one_segment(struct kunit *test)
{
	struct nst_tcp_test *t = window_full(test);
	u32 rto = t->tp->rto;

	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_data(t, 1, 1000);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_LOSS);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 1U);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh, 5U);
	KUNIT_EXPECT_EQ(test, t->tp->lost_out, 10U);
	KUNIT_EXPECT_EQ(test, t->tp->rto, 2 * rto);
	KUNIT_EXPECT_EQ(test, t->tp->backoff, 1);
	expect_sound(t);
}

static void timeout__again_does_not_halve_again(struct kunit *test)
{
	struct nst_tcp_test *t = window_full(test);

	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_data(t, 1, 1000);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_data(t, 1, 1000);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh, 5U);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 1U);
	KUNIT_EXPECT_EQ(test, t->tp->retrans_out, 1U);
	expect_sound(t);
}

static void timeout__all_is_sent_again_in_slow_start(struct kunit *test)
{
	struct nst_tcp_test *t = window_full(test);

	/* F-RTO would send new data first. */
	t->wire->stack->config.tcp_frto = 0;
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_data(t, 1, 1000);
	nst_tcp_test_ack(t, 1001);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 2U);
	nst_tcp_test_expect_data(t, 1001, 1000);
	nst_tcp_test_expect_push(t, 2001, 1000);
	nst_wire_expect_nothing(t->wire);
	expect_sound(t);
	/* Duplicates are no sign of loss in this state. */
	dupacks(t, 1001, 5);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_LOSS);

	nst_tcp_test_ack(t, 3001);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 4U);
	expect_sound(t);
	/* The rest had arrived: ten acknowledged, no more to repeat. */
	nst_wire_discard(t->wire);
	nst_tcp_test_ack(t, 10001);
	KUNIT_EXPECT_EQ(test, t->tp->lost_out, 0U);
	expect_sound(t);
	nst_tcp_test_ack(t, 11001);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh, 5U);
}

static void timeout__in_recovery_marks_all_lost(struct kunit *test)
{
	struct nst_tcp_test *t = window_full(test);

	dupacks(t, 1, 3);
	nst_wire_discard(t->wire);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_data(t, 1, 1000);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_LOSS);
	KUNIT_EXPECT_EQ(test, t->tp->lost_out, 12U);
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 0U);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh, 5U);
	expect_sound(t);
}

static void timeout__backs_off_exponentially(struct kunit *test)
{
	struct nst_tcp_test *t = window_full(test);
	u32 rto = t->tp->rto;
	unsigned int i;

	for (i = 1; i <= 6; i++) {
		nst_tcp_test_expire_rtx(t);
		nst_tcp_test_expect_data(t, 1, 1000);
		nst_wire_expect_nothing(t->wire);
		KUNIT_EXPECT_EQ(test, t->tp->rto,
				min_t(u32, rto << i, NST_TCP_RTO_MAX));
	}
}

static struct kunit_case tcp_recovery_cases[] = {
	KUNIT_CASE(slow_start__grows_with_each_ack),
	KUNIT_CASE(window__does_not_grow_unless_it_is_used),
	KUNIT_CASE(dupack__first_two_send_new_data),
	KUNIT_CASE(dupack__third_retransmits_and_halves),
	KUNIT_CASE(recovery__more_dupacks_clock_new_data_out),
	KUNIT_CASE(recovery__dupacks_never_outnumber_the_flight),
	KUNIT_CASE(recovery__partial_ack_repeats_the_next_hole),
	KUNIT_CASE(recovery__full_ack_ends_it_without_a_burst),
	KUNIT_CASE(recovery__beyond_recover_opens_at_once),
	KUNIT_CASE(timeout__starts_again_with_one_segment),
	KUNIT_CASE(timeout__again_does_not_halve_again),
	KUNIT_CASE(timeout__all_is_sent_again_in_slow_start),
	KUNIT_CASE(timeout__in_recovery_marks_all_lost),
	KUNIT_CASE(timeout__backs_off_exponentially),
	{}
};

static struct kunit_suite tcp_recovery_suite = {
	.name = "netstack_tcp_recovery",
	.init = nst_tcp_test_init,
	.test_cases = tcp_recovery_cases,
};

kunit_test_suite(tcp_recovery_suite);
