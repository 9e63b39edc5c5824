// SPDX-License-Identifier: GPL-2.0
/*
 * Retransmissions that were not needed: transport/tcp/undo.c. By timestamps
 * (Eifel, RFC 3522), by DSACK (RFC 2883, RFC 3708); the response of RFC 4015.
 */
#include "recovery_fixture.h"

/* Recovery has begun: segment 1 was sent again for three that came first. */
static struct nst_tcp_test *in_recovery(struct kunit *test, bool ts)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 10, .ts = ts);

	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 4));
	nst_flight_expect(t, 1);
	KUNIT_ASSERT_EQ(test, t->tp->ca_state, NST_TCP_CA_RECOVERY);
	KUNIT_ASSERT_EQ(test, t->tp->ssthresh, 5U);
	return t;
}

/* 1 and 2 are thought lost, and both are sent again. */
static void repeat_two(struct nst_tcp_test *t)
{
	nst_flight_sack(t, 1, NST_SEGMENTS(3, 5));
	nst_flight_expect(t, 1);
	nst_flight_sack(t, 1, NST_SEGMENTS(3, 6));
	nst_wire_expect_nothing(t->wire);
	nst_flight_sack(t, 1, NST_SEGMENTS(3, 7));
	nst_flight_expect(t, 2);
}

/* TSecr of the peer's segments from now on. */
static void echo_from(struct nst_tcp_test *t, u32 tsval)
{
	t->tsecr = tsval;
}

static void expect_undone(struct nst_tcp_test *t)
{
	KUNIT_EXPECT_GE(t->test, t->tp->cwnd, 10U);
	KUNIT_EXPECT_EQ(t->test, t->tp->ssthresh,
			(u32)NST_TCP_INFINITE_SSTHRESH);
	KUNIT_EXPECT_EQ(t->test, t->tp->undo_marker, 0U);
	nst_flight_expect_sound(t);
}

static void expect_kept(struct nst_tcp_test *t)
{
	KUNIT_EXPECT_EQ(t->test, t->tp->ssthresh, 5U);
	nst_flight_expect_count(t, FULL_UNDO, 0);
	nst_flight_expect_count(t, PARTIAL_UNDO, 0);
	nst_flight_expect_count(t, DSACK_UNDO, 0);
	nst_flight_expect_count(t, LOSS_UNDO, 0);
	nst_flight_expect_sound(t);
}

/* ---- Eifel detection, RFC 3522 3.2 ---- */

/* Step 5: the ACK of everything echoes a time before the repeat. */
static void eifel__undoes_a_whole_recovery(struct kunit *test)
{
	struct nst_tcp_test *t = in_recovery(test, true);
	u32 original = t->tsecr;

	nst_tcp_test_silence(t, 10 * USEC_PER_MSEC);
	echo_from(t, original);
	nst_flight_ack(t, 11);
	nst_flight_expect_count(t, FULL_UNDO, 1);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);
	expect_undone(t);
}

/* The ACK echoes the repeat: it was needed. */
static void eifel__believes_a_newer_echo(struct kunit *test)
{
	struct nst_tcp_test *t = in_recovery(test, true);

	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	echo_from(t, (u32)nst_tcp_clock_ms() - 100 + t->tp->ts_offset);
	nst_flight_ack(t, 11);
	expect_kept(t);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);
	/* ssthresh, and what this ACK lets it grow. */
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 6U);
}

/* Without timestamps nothing can be told. */
static void eifel__needs_timestamps(struct kunit *test)
{
	struct nst_tcp_test *t = in_recovery(test, false);

	nst_tcp_test_silence(t, 10 * USEC_PER_MSEC);
	nst_flight_ack(t, 11);
	expect_kept(t);
}

/*
 * A partial ACK for the original: reordering is noted, and while the repeat
 * is out no more is marked.
 */
static void eifel__partial_ack_undoes_when_no_repeat_is_out(struct kunit *test)
{
	struct nst_tcp_test *t = in_recovery(test, true);
	u32 original = t->tsecr;

	nst_tcp_test_silence(t, 10 * USEC_PER_MSEC);
	echo_from(t, original);
	nst_flight_ack(t, 5);
	nst_flight_expect_count(t, TS_REORDER, 1);
	nst_flight_expect_count(t, PARTIAL_UNDO, 1);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);
	KUNIT_EXPECT_EQ(test, t->tp->lost_out, 0U);
	expect_undone(t);
}

static void eifel__partial_ack_waits_for_other_repeats(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 10, .ts = true);
	u32 original;

	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	original = t->tsecr;
	repeat_two(t);
	nst_tcp_test_silence(t, 10 * USEC_PER_MSEC);
	echo_from(t, original);
	nst_flight_ack(t, 2);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_RECOVERY);
	nst_flight_expect_count(t, PARTIAL_UNDO, 0);
	nst_flight_ack(t, 8);
	nst_flight_expect_count(t, PARTIAL_UNDO, 1);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);
}

/* RFC 3522 3.2 for a time-out: the ACK that it crossed comes in. */
static void eifel__undoes_a_timeout(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 10, .ts = true);
	u32 original = t->tsecr;

	t->wire->stack->config.tcp_frto = 0;
	nst_tcp_test_silence(t, 150 * USEC_PER_MSEC);
	nst_flight_rto(t);
	nst_flight_expect(t, 1);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 1U);
	nst_tcp_test_silence(t, 10 * USEC_PER_MSEC);
	echo_from(t, original);
	nst_flight_ack(t, 2);
	nst_flight_expect_count(t, LOSS_UNDO, 1);
	nst_flight_expect_count(t, SPURIOUS_RTOS, 0);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);
	KUNIT_EXPECT_EQ(test, t->tp->lost_out, 0U);
	nst_wire_expect_nothing(t->wire);
	expect_undone(t);
}

static void eifel__keeps_a_timeout_that_was_needed(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 10, .ts = true);

	t->wire->stack->config.tcp_frto = 0;
	nst_tcp_test_silence(t, 150 * USEC_PER_MSEC);
	nst_flight_rto(t);
	nst_flight_expect(t, 1);
	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	echo_from(t, (u32)nst_tcp_clock_ms() - 100 + t->tp->ts_offset);
	nst_flight_ack(t, 2);
	nst_flight_expect_range(t, 2, 3);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_LOSS);
	expect_kept(t);
}

/* An echo is no witness once the episode is over. */
static void eifel__is_not_asked_without_a_reduction(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 10, .ts = true);
	struct nst_tcp_acked acked = { .has_ts = true };

	KUNIT_EXPECT_FALSE(test, nst_tcp_undo_eifel(t->tp, &acked));
	t->tp->undo_marker = t->tp->snd_una;
	t->tp->retrans_stamp = 1000;
	t->tp->rcv_tsecr = 999;
	KUNIT_EXPECT_TRUE(test, nst_tcp_undo_eifel(t->tp, &acked));
	t->tp->rcv_tsecr = 1000;
	KUNIT_EXPECT_FALSE(test, nst_tcp_undo_eifel(t->tp, &acked));
	t->tp->rcv_tsecr = 999;
	acked.has_ts = false;
	KUNIT_EXPECT_FALSE(test, nst_tcp_undo_eifel(t->tp, &acked));
	acked.has_ts = true;
	/* Clocks wrap around. */
	t->tp->retrans_stamp = 5;
	t->tp->rcv_tsecr = 0xfffffff0;
	KUNIT_EXPECT_TRUE(test, nst_tcp_undo_eifel(t->tp, &acked));
	t->tp->undo_marker = 0;
	t->tp->retrans_stamp = 0;
}

/* ---- DSACK ---- */

/* The one repeat is reported as a duplicate. */
static void dsack__of_all_repeats_undoes(struct kunit *test)
{
	struct nst_tcp_test *t = in_recovery(test, false);

	nst_flight_ack(t, 5);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_RECOVERY);
	nst_flight_sack(t, 5, NST_SEGMENTS(1, 1));
	nst_flight_expect_count(t, DSACK_UNDO, 1);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);
	expect_undone(t);
	/* RFC 8985 6.2 step 4: and RACK is more patient from now on. */
	KUNIT_EXPECT_EQ(test, t->tp->rack.reo_wnd_mult, 2);
}

static void dsack__of_some_repeats_does_not(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 10);

	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	repeat_two(t);
	nst_flight_ack(t, 8);
	nst_flight_sack(t, 8, NST_SEGMENTS(1, 1));
	KUNIT_EXPECT_EQ(test, t->tp->undo_retrans, 1);
	expect_kept(t);
	nst_flight_sack(t, 8, NST_SEGMENTS(2, 2));
	nst_flight_expect_count(t, DSACK_UNDO, 1);
	expect_undone(t);
}

/* The duplicate is reported when recovery is over already. */
static void dsack__after_recovery_still_undoes(struct kunit *test)
{
	struct nst_tcp_test *t = in_recovery(test, false);

	nst_tcp_test_silence(t, 10 * USEC_PER_MSEC);
	nst_flight_ack(t, 11);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 1000, 0), 1000);
	nst_flight_expect(t, 11);
	nst_flight_sack(t, 11, NST_SEGMENTS(1, 1));
	nst_flight_expect_count(t, DSACK_UNDO, 1);
	expect_undone(t);
}

/* The same when nothing is out any more. */
static void dsack__with_nothing_out_still_undoes(struct kunit *test)
{
	struct nst_tcp_test *t = in_recovery(test, false);

	nst_tcp_test_silence(t, 10 * USEC_PER_MSEC);
	nst_flight_ack(t, 11);
	nst_flight_sack(t, 11, NST_SEGMENTS(1, 1));
	nst_flight_expect_count(t, DSACK_UNDO, 1);
	expect_undone(t);
	nst_tcp_test_silence(t, USEC_PER_SEC);
}

/* Duplicates of before the episode explain nothing in it. */
static void dsack__of_before_does_not_count(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_tcp_sock *tp = t->tp;

	tp->undo_marker = 5000;
	tp->undo_retrans = 2;
	nst_tcp_undo_dsack(tp, 5000, 9000, 1);
	KUNIT_EXPECT_EQ(test, tp->undo_retrans, 2);
	nst_tcp_undo_dsack(tp, 9001, 9000, 1);
	KUNIT_EXPECT_EQ(test, tp->undo_retrans, 2);
	nst_tcp_undo_dsack(tp, 6000, 9000, 1);
	KUNIT_EXPECT_EQ(test, tp->undo_retrans, 1);
	KUNIT_EXPECT_FALSE(test, nst_tcp_undo_all_dsacked(tp));
	/* More than there were is no less than none. */
	nst_tcp_undo_dsack(tp, 6000, 9000, 5);
	KUNIT_EXPECT_EQ(test, tp->undo_retrans, 0);
	KUNIT_EXPECT_TRUE(test, nst_tcp_undo_all_dsacked(tp));
	tp->undo_marker = 0;
	KUNIT_EXPECT_FALSE(test, nst_tcp_undo_all_dsacked(tp));
}

/* Nothing was sent again: nothing can be reported. */
static void begin__without_repeats_cannot_be_undone(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_tcp_sock *tp = t->tp;

	tp->snd_una = 7000;
	nst_tcp_undo_begin(tp);
	KUNIT_EXPECT_EQ(test, tp->undo_marker, 7000U);
	KUNIT_EXPECT_EQ(test, tp->undo_retrans, -1);
	nst_tcp_undo_dsack(tp, 8000, 9000, 1);
	KUNIT_EXPECT_EQ(test, tp->undo_retrans, -1);
	tp->retrans_out = 2;
	nst_tcp_undo_begin(tp);
	KUNIT_EXPECT_EQ(test, tp->undo_retrans, 2);
	/* A probe that was a repeat may be reported too. */
	tp->tlp.outstanding = true;
	tp->tlp.is_retrans = true;
	nst_tcp_undo_begin(tp);
	KUNIT_EXPECT_EQ(test, tp->undo_retrans, 3);
	tp->retrans_out = 0;
	tp->tlp.outstanding = false;
	tp->undo_marker = 0;
	tp->snd_una = tp->snd_nxt;
}

/* A time-out whose repeat was a duplicate (RFC 3708). */
static void dsack__undoes_a_timeout(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 3);

	t->wire->stack->config.tcp_frto = 0;
	nst_tcp_test_silence(t, 150 * USEC_PER_MSEC);
	nst_flight_rto(t);
	nst_flight_expect(t, 1);
	nst_flight_ack(t, 4);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 1000, 0), 1000);
	nst_flight_expect(t, 4);
	nst_flight_sack(t, 4, NST_SEGMENTS(1, 1));
	nst_flight_expect_count(t, DSACK_UNDO, 1);
	expect_undone(t);
}

/* ---- The response, RFC 4015 ---- */

static void window__returns_to_what_it_was(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_tcp_sock *tp = t->tp;

	tp->prior_cwnd = 40;
	tp->prior_ssthresh = 30;
	tp->cwnd = 7;
	tp->ssthresh = 20;
	nst_tcp_undo_window(tp, false);
	KUNIT_EXPECT_EQ(test, tp->cwnd, 40U);
	KUNIT_EXPECT_EQ(test, tp->ssthresh, 30U);
	/* A threshold that is higher by now stays. */
	tp->ssthresh = 50;
	nst_tcp_undo_window(tp, false);
	KUNIT_EXPECT_EQ(test, tp->ssthresh, 50U);
	/* Never beyond TCP's own limit. */
	tp->cwnd_clamp = 12;
	nst_tcp_undo_window(tp, false);
	KUNIT_EXPECT_EQ(test, tp->cwnd, 12U);
	/* What ECN took is not given back. */
	tp->prior_ssthresh = 0;
	tp->cwnd = 7;
	nst_tcp_undo_window(tp, false);
	KUNIT_EXPECT_EQ(test, tp->cwnd, 7U);
}

static struct kunit_case tcp_undo_cases[] = {
	KUNIT_CASE(eifel__undoes_a_whole_recovery),
	KUNIT_CASE(eifel__believes_a_newer_echo),
	KUNIT_CASE(eifel__needs_timestamps),
	KUNIT_CASE(eifel__partial_ack_undoes_when_no_repeat_is_out),
	KUNIT_CASE(eifel__partial_ack_waits_for_other_repeats),
	KUNIT_CASE(eifel__undoes_a_timeout),
	KUNIT_CASE(eifel__keeps_a_timeout_that_was_needed),
	KUNIT_CASE(eifel__is_not_asked_without_a_reduction),
	KUNIT_CASE(dsack__of_all_repeats_undoes),
	KUNIT_CASE(dsack__of_some_repeats_does_not),
	KUNIT_CASE(dsack__after_recovery_still_undoes),
	KUNIT_CASE(dsack__with_nothing_out_still_undoes),
	KUNIT_CASE(dsack__of_before_does_not_count),
	KUNIT_CASE(begin__without_repeats_cannot_be_undone),
	KUNIT_CASE(dsack__undoes_a_timeout),
	KUNIT_CASE(window__returns_to_what_it_was),
	{}
};

static struct kunit_suite tcp_undo_suite = {
	.name = "netstack_tcp_undo",
	.init = nst_tcp_test_init,
	.test_cases = tcp_undo_cases,
};

kunit_test_suite(tcp_undo_suite);
