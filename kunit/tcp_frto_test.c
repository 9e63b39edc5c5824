// SPDX-License-Identifier: GPL-2.0
/*
 * Spurious time-outs: F-RTO in transport/tcp/recovery.c, RFC 5682, with SACK
 * (section 3.1) and without (section 2.1).
 */
#include "recovery_fixture.h"

/* A time-out has just sent segment 1 again; ten are out, five wait. */
static struct nst_tcp_test *timed_out(struct kunit *test, bool no_sack)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 10,
					    .queued = 5, .no_sack = no_sack);

	nst_tcp_test_silence(t, 150 * USEC_PER_MSEC);
	nst_flight_rto(t);
	nst_flight_expect(t, 1);
	KUNIT_ASSERT_EQ(test, t->tp->ca_state, NST_TCP_CA_LOSS);
	KUNIT_ASSERT_TRUE(test, t->tp->frto);
	KUNIT_ASSERT_EQ(test, t->tp->ssthresh, 5U);
	return t;
}

static void expect_spurious(struct nst_tcp_test *t)
{
	KUNIT_EXPECT_EQ(t->test, t->tp->ca_state, NST_TCP_CA_OPEN);
	KUNIT_EXPECT_EQ(t->test, t->tp->lost_out, 0U);
	KUNIT_EXPECT_GE(t->test, t->tp->cwnd, 10U);
	KUNIT_EXPECT_EQ(t->test, t->tp->ssthresh,
			(u32)NST_TCP_INFINITE_SSTHRESH);
	nst_flight_expect_count(t, SPURIOUS_RTOS, 1);
	nst_flight_expect_count(t, LOSS_UNDO, 1);
	nst_flight_expect_sound(t);
}

static void expect_real(struct nst_tcp_test *t)
{
	KUNIT_EXPECT_EQ(t->test, t->tp->ca_state, NST_TCP_CA_LOSS);
	KUNIT_EXPECT_EQ(t->test, t->tp->ssthresh, 5U);
	KUNIT_EXPECT_FALSE(t->test, t->tp->frto);
	nst_flight_expect_count(t, SPURIOUS_RTOS, 0);
	nst_flight_expect_sound(t);
}

/* 3.1 steps 1 and 2 b: the repeat is acknowledged: two new segments go. */
static void sack_frto__first_ack_sends_new_data(struct kunit *test)
{
	struct nst_tcp_test *t = timed_out(test, false);

	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	nst_flight_ack(t, 2);
	nst_flight_expect_range(t, 11, 12);
	KUNIT_EXPECT_EQ(test, t->tp->total_retrans, 1U);
	KUNIT_EXPECT_TRUE(test, t->tp->frto);
	nst_flight_expect_sound(t);
}

/* Step 3 b: the next acknowledgment is of what was sent once: spurious. */
static void sack_frto__second_ack_moving_on_is_spurious(struct kunit *test)
{
	struct nst_tcp_test *t = timed_out(test, false);

	nst_tcp_test_silence(t, 10 * USEC_PER_MSEC);
	nst_flight_ack(t, 2);
	nst_flight_expect_range(t, 11, 12);
	nst_flight_ack(t, 4);
	expect_spurious(t);
	KUNIT_EXPECT_EQ(test, t->tp->total_retrans, 1U);
	/* The rest of the flight is acknowledged, nothing is sent again. */
	nst_wire_discard(t->wire);
	nst_flight_ack(t, 11);
	KUNIT_EXPECT_EQ(test, t->tp->total_retrans, 1U);
}

/* Step 3 b by a block: of data that was sent once, and before. */
static void sack_frto__block_of_an_original_is_spurious(struct kunit *test)
{
	struct nst_tcp_test *t = timed_out(test, false);

	nst_tcp_test_silence(t, 10 * USEC_PER_MSEC);
	nst_flight_sack(t, 1, NST_SEGMENTS(3, 3));
	nst_flight_expect_count(t, SPURIOUS_RTOS, 1);
	KUNIT_EXPECT_NE(test, t->tp->ca_state, NST_TCP_CA_LOSS);
	KUNIT_EXPECT_GE(test, t->tp->cwnd, 10U);
	nst_flight_expect_sound(t);
}

/* Step 3 a: only the new data arrives: everything before was lost. */
static void sack_frto__block_of_new_data_is_a_loss(struct kunit *test)
{
	struct nst_tcp_test *t = timed_out(test, false);

	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	nst_flight_ack(t, 2);
	nst_flight_expect_range(t, 11, 12);
	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	nst_flight_sack(t, 2, NST_SEGMENTS(11, 11));
	expect_real(t);
	nst_flight_expect_next(t, 2);
}

/* Step 2 a: the first acknowledgment is of everything: recovery is over. */
static void sack_frto__ack_of_all_ends_it(struct kunit *test)
{
	struct nst_tcp_test *t = timed_out(test, false);

	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	/* The originals were acknowledged in one: they had arrived. */
	nst_flight_ack(t, 11);
	KUNIT_EXPECT_NE(test, t->tp->ca_state, NST_TCP_CA_LOSS);
	KUNIT_EXPECT_EQ(test, t->tp->total_retrans, 1U);
	nst_flight_expect_sound(t);
}

/* Step 2 a: an acknowledgment that does not move on: conventional. */
static void frto__dupack_first_is_conventional(struct kunit *test)
{
	struct nst_tcp_test *t = timed_out(test, true);

	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	nst_flight_ack(t, 1);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_LOSS);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh, 5U);
	nst_flight_expect_sound(t);
}

/* Without new data to send the losses are repaired as ever. */
static void frto__without_new_data_is_conventional(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 10);

	nst_tcp_test_silence(t, 150 * USEC_PER_MSEC);
	nst_flight_rto(t);
	nst_flight_expect(t, 1);
	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	nst_flight_ack(t, 2);
	nst_flight_expect_range(t, 2, 3);
	expect_real(t);
}

/* Nor when the peer's window has no room for any. */
static void frto__without_a_window_is_conventional(struct kunit *test)
{
	struct nst_tcp_test *t = timed_out(test, false);

	t->window = 9000;
	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	nst_flight_ack(t, 2);
	nst_flight_expect_range(t, 2, 3);
	expect_real(t);
}

/* tcp_frto 0 */
static void frto__can_be_switched_off(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 10,
					    .queued = 5);

	t->wire->stack->config.tcp_frto = 0;
	nst_tcp_test_silence(t, 150 * USEC_PER_MSEC);
	nst_flight_rto(t);
	nst_flight_expect(t, 1);
	KUNIT_EXPECT_FALSE(test, t->tp->frto);
	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	nst_flight_ack(t, 2);
	nst_flight_expect_range(t, 2, 3);
	expect_real(t);
}

/* 2.1: the same without SACK. */
static void basic_frto__second_ack_moving_on_is_spurious(struct kunit *test)
{
	struct nst_tcp_test *t = timed_out(test, true);

	nst_tcp_test_silence(t, 10 * USEC_PER_MSEC);
	nst_flight_ack(t, 2);
	nst_flight_expect_range(t, 11, 12);
	nst_flight_ack(t, 4);
	expect_spurious(t);
	KUNIT_EXPECT_EQ(test, t->tp->total_retrans, 1U);
}

/* 2.1 step 3: a duplicate, by the new data: the loss was real. */
static void basic_frto__dupack_of_new_data_is_a_loss(struct kunit *test)
{
	struct nst_tcp_test *t = timed_out(test, true);

	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	nst_flight_ack(t, 2);
	nst_flight_expect_range(t, 11, 12);
	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	nst_flight_ack(t, 2);
	expect_real(t);
	nst_flight_expect_next(t, 2);
}

/* 2.1 step 1: not when a recovery was going on: its repeats confuse. */
static void frto__is_not_tried_in_recovery(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 10,
					    .queued = 5);

	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 4));
	nst_wire_discard(t->wire);
	KUNIT_ASSERT_EQ(test, t->tp->ca_state, NST_TCP_CA_RECOVERY);
	nst_flight_rto(t);
	nst_flight_expect(t, 1);
	KUNIT_EXPECT_FALSE(test, t->tp->frto);
	nst_flight_expect_count(t, SACK_RECOVERY_FAIL, 1);
	nst_flight_expect_sound(t);
}

/* A second time-out of the same segment: tried again. */
static void frto__is_tried_again_after_another_timeout(struct kunit *test)
{
	struct nst_tcp_test *t = timed_out(test, false);

	nst_tcp_test_silence(t, 10 * USEC_PER_MSEC);
	nst_flight_rto(t);
	nst_flight_expect(t, 1);
	KUNIT_EXPECT_TRUE(test, t->tp->frto);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh, 5U);
	nst_flight_ack(t, 2);
	nst_flight_expect_range(t, 11, 12);
	nst_flight_ack(t, 4);
	expect_spurious(t);
}

/* RFC 6298 5.5: thin streams may be spared the back-off, six times. */
static void thin__timeouts_are_linear_if_asked_for(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 2);
	u32 rto = t->tp->rto;
	unsigned int i;

	t->wire->stack->config.tcp_thin_linear_timeouts = 1;
	t->tp->ssthresh = 20;
	for (i = 1; i <= 8; i++) {
		nst_flight_rto(t);
		nst_flight_expect(t, 1);
		if (i <= 6)
			KUNIT_EXPECT_EQ(test, t->tp->rto, rto);
		else
			KUNIT_EXPECT_EQ(test, t->tp->rto, rto << (i - 6));
	}
}

/* TCP_THIN_LINEAR_TIMEOUTS: of one connection, whatever the tunable says. */
static void thin__timeouts_do_not_back_off_when_asked_not_to(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 2);
	u32 rto = t->tp->rto;
	int on = 1;

	KUNIT_ASSERT_EQ(test, 0,
			nst_tcp_setsockopt(t->sk, SOL_TCP,
					   TCP_THIN_LINEAR_TIMEOUTS,
					   KERNEL_SOCKPTR(&on), sizeof(on)));
	t->tp->ssthresh = 20;
	nst_flight_rto(t);
	nst_flight_expect(t, 1);
	KUNIT_EXPECT_EQ(test, t->tp->rto, rto);
}

static void thin__timeouts_back_off_by_default(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 2);
	u32 rto = t->tp->rto;

	t->tp->ssthresh = 20;
	nst_flight_rto(t);
	KUNIT_EXPECT_EQ(test, t->tp->rto, 2 * rto);
}

static void thin__is_less_than_four_segments(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 4);
	u32 rto = t->tp->rto;

	t->wire->stack->config.tcp_thin_linear_timeouts = 1;
	t->tp->ssthresh = 20;
	nst_flight_rto(t);
	KUNIT_EXPECT_EQ(test, t->tp->rto, 2 * rto);
}

/* Attack 17: the smallest acknowledgments grow the window by nothing. */
static void ack_division__gains_nothing(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 10);
	u32 ack;

	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	for (ack = 101; ack <= 1001; ack += 100)
		nst_tcp_test_ack(t, ack);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 11U);
	KUNIT_EXPECT_EQ(test, t->tp->delivered, 2U);
}

/* Attack 17: what was not sent cannot be acknowledged, by any means. */
static void optimistic_ack__is_refused(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 10,
					    .queued = 5);
	u32 cwnd = t->tp->cwnd;

	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	nst_flight_ack(t, 12);
	nst_wire_discard(t->wire);
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 14));
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, cwnd);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 10U);
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 0U);
	nst_wire_expect_nothing(t->wire);
}

static struct kunit_case tcp_frto_cases[] = {
	KUNIT_CASE(sack_frto__first_ack_sends_new_data),
	KUNIT_CASE(sack_frto__second_ack_moving_on_is_spurious),
	KUNIT_CASE(sack_frto__block_of_an_original_is_spurious),
	KUNIT_CASE(sack_frto__block_of_new_data_is_a_loss),
	KUNIT_CASE(sack_frto__ack_of_all_ends_it),
	KUNIT_CASE(frto__dupack_first_is_conventional),
	KUNIT_CASE(frto__without_new_data_is_conventional),
	KUNIT_CASE(frto__without_a_window_is_conventional),
	KUNIT_CASE(frto__can_be_switched_off),
	KUNIT_CASE(basic_frto__second_ack_moving_on_is_spurious),
	KUNIT_CASE(basic_frto__dupack_of_new_data_is_a_loss),
	KUNIT_CASE(frto__is_not_tried_in_recovery),
	KUNIT_CASE(frto__is_tried_again_after_another_timeout),
	KUNIT_CASE(thin__timeouts_are_linear_if_asked_for),
	KUNIT_CASE(thin__timeouts_do_not_back_off_when_asked_not_to),
	KUNIT_CASE(thin__timeouts_back_off_by_default),
	KUNIT_CASE(thin__is_less_than_four_segments),
	KUNIT_CASE(ack_division__gains_nothing),
	KUNIT_CASE(optimistic_ack__is_refused),
	{}
};

static struct kunit_suite tcp_frto_suite = {
	.name = "netstack_tcp_frto",
	.init = nst_tcp_test_init,
	.test_cases = tcp_frto_cases,
};

kunit_test_suite(tcp_frto_suite);
