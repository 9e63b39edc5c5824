// SPDX-License-Identifier: GPL-2.0
/*
 * Tail loss probes: transport/tcp/tlp.c, RFC 8985 7. A round trip is 100 ms
 * and the RTO 300 ms at first.
 */
#include "recovery_fixture.h"

/* Two round trips and two ticks. */
#define PTO_US		(2 * NST_RECOVERY_RTT_US + 2 * NST_TCP_CLOCK_TICK_US)

static void expect_kind(struct nst_tcp_test *t, enum nst_tcp_timer kind)
{
	KUNIT_EXPECT_EQ(t->test, (int)t->tp->rtx_timer_kind, (int)kind);
}

/* 7.2: PTO = 2 * SRTT; 7.3: the last segment, as there is no new data. */
static void probe__is_the_last_segment_after_two_rtt(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 5);

	nst_flight_expect_after(t, PTO_US, 5);
	nst_flight_expect_count(t, LOSS_PROBES, 1);
	nst_flight_expect_count(t, TIMEOUTS, 0);
	KUNIT_EXPECT_TRUE(test, t->tp->tlp.outstanding);
	KUNIT_EXPECT_TRUE(test, t->tp->tlp.is_retrans);
	KUNIT_EXPECT_EQ(test, t->tp->tlp.end_seq, t->tp->snd_nxt);
	/* It repairs nothing that was found lost. */
	KUNIT_EXPECT_EQ(test, nst_tcp_in_flight(t->tp), 5U);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 10U);
	nst_flight_expect_sound(t);
}

/* 7.2: one segment out: its ACK may be delayed, by 200 ms. */
static void probe__of_one_segment_waits_for_a_delayed_ack(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 1);

	/* 400 ms, but the RTO of 300 ms is never passed. */
	expect_kind(t, NST_TCP_TIMER_LOSS_PROBE);
	KUNIT_EXPECT_EQ(test, nst_tcp_test_rtx_due(t), 30L);
	nst_flight_ack(t, 2);
	t->tp->rto = HZ;
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 1000, 0), 1000);
	nst_flight_expect(t, 2);
	KUNIT_EXPECT_EQ(test, nst_tcp_test_rtx_due(t),
			(long)usecs_to_jiffies(t->tp->srtt_us >> 2) + 20);
}

/* 7.2: PTO is never later than the RTO. */
static void probe__comes_no_later_than_the_rto(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 5);

	t->tp->rto_timeout = nst_tcp_jiffies() + 7;
	lock_sock(t->sk);
	KUNIT_EXPECT_TRUE(test, nst_tcp_tlp_schedule(t->sk));
	release_sock(t->sk);
	KUNIT_EXPECT_EQ(test, nst_tcp_test_rtx_due(t), 7L);
	/* It has passed already. */
	t->tp->rto_timeout = nst_tcp_jiffies() - 7;
	lock_sock(t->sk);
	KUNIT_EXPECT_TRUE(test, nst_tcp_tlp_schedule(t->sk));
	release_sock(t->sk);
	KUNIT_EXPECT_EQ(test, nst_tcp_test_rtx_due(t), 1L);
}

/* 7.2: without a round trip measured it is one second. */
static void probe__without_a_round_trip_waits_a_second(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 5);

	t->tp->srtt_us = 0;
	t->tp->rto_timeout = nst_tcp_jiffies() + 3 * HZ;
	lock_sock(t->sk);
	KUNIT_EXPECT_TRUE(test, nst_tcp_tlp_schedule(t->sk));
	release_sock(t->sk);
	KUNIT_EXPECT_EQ(test, nst_tcp_test_rtx_due(t), (long)HZ);
}

/* 7.3: new data comes first, even when the congestion window is full. */
static void probe__is_new_data_whatever_cwnd_is(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 10, .queued = 3);

	nst_flight_expect_after(t, PTO_US, 11);
	KUNIT_EXPECT_TRUE(test, t->tp->tlp.outstanding);
	KUNIT_EXPECT_FALSE(test, t->tp->tlp.is_retrans);
	KUNIT_EXPECT_EQ(test, nst_tcp_in_flight(t->tp), 11U);
	nst_flight_expect_count(t, RETRANS_SEGS, 0);
	nst_flight_expect_sound(t);
}

/* 7.3: but not beyond the peer's window. */
static void probe__keeps_to_the_peers_window(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_offer(t, .mss = NST_RECOVERY_MSS, .sack_ok = true);
	t->rtt_us = NST_RECOVERY_RTT_US;
	t->window = 5000;
	nst_tcp_test_establish(t);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 8000, 0), 8000);
	nst_flight_expect_range(t, 1, 5);
	nst_flight_expect_after(t, PTO_US, 5);
	KUNIT_EXPECT_TRUE(test, t->tp->tlp.is_retrans);
}

/* 7.3: one probe at a time; the RTO is reckoned from the probe. */
static void probe__is_followed_by_the_rto(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 5);

	nst_flight_expect_after(t, PTO_US, 5);
	expect_kind(t, NST_TCP_TIMER_RETRANSMIT);
	nst_tcp_test_silence(t, 220 * USEC_PER_MSEC);
	nst_tcp_test_wait(t, 100 * USEC_PER_MSEC);
	nst_flight_expect(t, 1);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_LOSS);
	nst_flight_expect_count(t, LOSS_PROBES, 1);
	nst_flight_expect_count(t, TIMEOUTS, 1);
	KUNIT_EXPECT_FALSE(test, t->tp->tlp.outstanding);
}

static void probe__waits_for_the_fate_of_the_last(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 5);

	nst_flight_expect_after(t, PTO_US, 5);
	t->tp->rtx_timer_kind = NST_TCP_TIMER_LOSS_PROBE;
	nst_tcp_test_expire_rtx(t);
	nst_wire_expect_nothing(t->wire);
	expect_kind(t, NST_TCP_TIMER_RETRANSMIT);
	nst_flight_expect_count(t, LOSS_PROBES, 1);
}

/* 7.2: every transmission of new data and every ACK begin it anew. */
static void timer__begins_anew_with_new_data(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 5);

	nst_tcp_test_silence(t, 50 * USEC_PER_MSEC);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 1000, 0), 1000);
	nst_flight_expect(t, 6);
	KUNIT_EXPECT_EQ(test, nst_tcp_test_rtx_due(t), 21L);
	/* The RTO is still that of the first transmission. */
	KUNIT_EXPECT_EQ(test, (long)(t->tp->rto_timeout - nst_tcp_jiffies()),
			25L);
}

static void timer__begins_anew_with_an_ack(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 5);

	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	nst_flight_ack(t, 2);
	expect_kind(t, NST_TCP_TIMER_LOSS_PROBE);
	KUNIT_EXPECT_EQ(test, nst_tcp_test_rtx_due(t), 21L);
	nst_flight_ack(t, 6);
	expect_kind(t, NST_TCP_TIMER_NONE);
}

/* 7: SACK is required. */
static void timer__is_not_set_without_sack(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 5,
					    .no_sack = true);

	expect_kind(t, NST_TCP_TIMER_RETRANSMIT);
	nst_tcp_test_silence(t, 280 * USEC_PER_MSEC);
}

static void timer__can_be_switched_off(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u8 mode;

	for (mode = 0; mode <= 4; mode++) {
		t->tp->sack_ok = true;
		t->tp->packets_out = 1;
		t->wire->stack->config.tcp_early_retrans = mode;
		lock_sock(t->sk);
		KUNIT_EXPECT_EQ(test, nst_tcp_tlp_schedule(t->sk), mode >= 3);
		release_sock(t->sk);
		t->tp->packets_out = 0;
	}
	nst_tcp_timers_stop(t->sk);
}

/* 7.2: not while losses are being repaired. */
static void timer__is_not_set_in_recovery(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 5);
	u8 state;

	for (state = NST_TCP_CA_OPEN; state <= NST_TCP_CA_LOSS; state++) {
		t->tp->ca_state = state;
		lock_sock(t->sk);
		KUNIT_EXPECT_EQ(test, nst_tcp_tlp_schedule(t->sk),
				state == NST_TCP_CA_OPEN ||
				state == NST_TCP_CA_CWR);
		release_sock(t->sk);
	}
	t->tp->ca_state = NST_TCP_CA_OPEN;
}

/* ---- 7.4: what became of it ---- */

/* New data as probe, all acknowledged: no loss. */
static void fate__of_new_data_is_no_loss(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 10, .queued = 1);

	nst_flight_expect_after(t, PTO_US, 11);
	nst_flight_ack(t, 12);
	KUNIT_EXPECT_FALSE(test, t->tp->tlp.outstanding);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh,
			(u32)NST_TCP_INFINITE_SSTHRESH);
	nst_flight_expect_count(t, LOSS_PROBE_RECOVERY, 0);
}

/* Case 1: the ACK reports the probe as duplicate: original and probe came. */
static void fate__dsack_of_the_probe_is_no_loss(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 5);

	nst_flight_expect_after(t, PTO_US, 5);
	nst_flight_ack(t, 6);
	KUNIT_EXPECT_TRUE(test, t->tp->tlp.outstanding);
	nst_flight_sack(t, 6, NST_SEGMENTS(5, 5));
	KUNIT_EXPECT_FALSE(test, t->tp->tlp.outstanding);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh,
			(u32)NST_TCP_INFINITE_SSTHRESH);
	nst_flight_expect_count(t, LOSS_PROBE_RECOVERY, 0);
	/* The duplicate was asked for: no reason to be more patient. */
	KUNIT_EXPECT_EQ(test, t->tp->rack.reo_wnd_mult, 1);
}

/* Case 2: newer data is acknowledged, no duplicate: the probe repaired it. */
static void fate__newer_data_acked_means_a_loss(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 10);

	nst_flight_expect_after(t, PTO_US, 10);
	nst_flight_ack(t, 11);
	KUNIT_EXPECT_TRUE(test, t->tp->tlp.outstanding);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh,
			(u32)NST_TCP_INFINITE_SSTHRESH);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 1000, 0), 1000);
	nst_flight_expect(t, 11);
	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	nst_flight_ack(t, 12);
	KUNIT_EXPECT_FALSE(test, t->tp->tlp.outstanding);
	nst_flight_expect_count(t, LOSS_PROBE_RECOVERY, 1);
	KUNIT_EXPECT_LT(test, t->tp->ssthresh,
			(u32)NST_TCP_INFINITE_SSTHRESH);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);
}

/* Case 3: a duplicate ACK without SACK: the peer has no DSACK. */
static void fate__plain_dupack_is_no_loss(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 5);

	nst_flight_expect_after(t, PTO_US, 5);
	nst_flight_ack(t, 6);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 1000, 0), 1000);
	nst_flight_expect(t, 6);
	nst_flight_ack(t, 6);
	KUNIT_EXPECT_FALSE(test, t->tp->tlp.outstanding);
	nst_flight_ack(t, 7);
	nst_flight_expect_count(t, LOSS_PROBE_RECOVERY, 0);
}

/* 7.1: the probe's SACK lets RACK find the losses before it. */
static void fate__sack_of_the_probe_starts_recovery(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 5);

	/* Segments 3 to 5 were lost. */
	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	nst_flight_ack(t, 3);
	nst_flight_expect_after(t, PTO_US, 5);
	nst_tcp_test_silence(t, 90 * USEC_PER_MSEC);
	nst_flight_sack(t, 3, NST_SEGMENTS(5, 5));
	/* Both are overdue by far. */
	KUNIT_EXPECT_EQ(test, t->tp->lost_out, 2U);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_RECOVERY);
	nst_flight_expect_next(t, 3);
	nst_flight_expect_count(t, TIMEOUTS, 0);
	KUNIT_EXPECT_FALSE(test, t->tp->tlp.outstanding);
	nst_flight_expect_sound(t);
}

/* Only the last segment of a super-segment goes. */
static void probe__of_a_super_segment_is_its_last(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->wire->link->gso_max_size = 65536;
	t->wire->link->gso_max_segs = 64;
	nst_tcp_test_offer(t, .mss = NST_RECOVERY_MSS, .sack_ok = true);
	t->rtt_us = NST_RECOVERY_RTT_US;
	nst_tcp_test_establish(t);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 4300, 0), 4300);
	nst_wire_discard(t->wire);
	nst_tcp_test_wait(t, PTO_US + 2 * NST_TCP_CLOCK_TICK_US);
	nst_tcp_test_expect_push(t, 4001, 300);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 5U);
	nst_flight_expect_sound(t);
}

static struct kunit_case tcp_tlp_cases[] = {
	KUNIT_CASE(probe__is_the_last_segment_after_two_rtt),
	KUNIT_CASE(probe__of_one_segment_waits_for_a_delayed_ack),
	KUNIT_CASE(probe__comes_no_later_than_the_rto),
	KUNIT_CASE(probe__without_a_round_trip_waits_a_second),
	KUNIT_CASE(probe__is_new_data_whatever_cwnd_is),
	KUNIT_CASE(probe__keeps_to_the_peers_window),
	KUNIT_CASE(probe__is_followed_by_the_rto),
	KUNIT_CASE(probe__waits_for_the_fate_of_the_last),
	KUNIT_CASE(timer__begins_anew_with_new_data),
	KUNIT_CASE(timer__begins_anew_with_an_ack),
	KUNIT_CASE(timer__is_not_set_without_sack),
	KUNIT_CASE(timer__can_be_switched_off),
	KUNIT_CASE(timer__is_not_set_in_recovery),
	KUNIT_CASE(fate__of_new_data_is_no_loss),
	KUNIT_CASE(fate__dsack_of_the_probe_is_no_loss),
	KUNIT_CASE(fate__newer_data_acked_means_a_loss),
	KUNIT_CASE(fate__plain_dupack_is_no_loss),
	KUNIT_CASE(fate__sack_of_the_probe_starts_recovery),
	KUNIT_CASE(probe__of_a_super_segment_is_its_last),
	{}
};

static struct kunit_suite tcp_tlp_suite = {
	.name = "netstack_tcp_tlp",
	.init = nst_tcp_test_init,
	.test_cases = tcp_tlp_cases,
};

kunit_test_suite(tcp_tlp_suite);
