// SPDX-License-Identifier: GPL-2.0
/*
 * Loss by time: transport/tcp/rack.c, RFC 8985 6. A round trip is 100 ms, so
 * that the reordering window is 25 ms.
 */
#include "recovery_fixture.h"

#define REO_WND_US	(NST_RECOVERY_RTT_US / 4)

static struct nst_tcp_test *after_rtt(struct kunit *test,
				      const struct nst_flight *flight)
{
	struct nst_tcp_test *t = nst_flight_start(test, flight);

	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	return t;
}

#define after_rtt(test, ...) \
	after_rtt(test, &(struct nst_flight){ __VA_ARGS__ })

/* ---- 6.2 step 4: the reordering window ---- */

static struct nst_tcp_sock *sock_with_rtt(struct kunit *test, u32 min_rtt_us,
					  u32 srtt_us)
{
	struct nst_tcp_test *t = test->priv;

	t->tp->min_rtt_us = min_rtt_us;
	t->tp->srtt_us = srtt_us << 3;
	return t->tp;
}

static void reo_wnd__is_a_quarter_of_the_minimal_rtt(struct kunit *test)
{
	struct nst_tcp_sock *tp = sock_with_rtt(test, 80000, 200000);

	KUNIT_EXPECT_EQ(test, nst_tcp_rack_reo_wnd(tp), 20000U);
}

static void reo_wnd__is_srtt_at_most(struct kunit *test)
{
	struct nst_tcp_sock *tp = sock_with_rtt(test, 80000, 100000);

	tp->rack.reo_wnd_mult = 5;
	KUNIT_EXPECT_EQ(test, nst_tcp_rack_reo_wnd(tp), 100000U);
	tp->rack.reo_wnd_mult = U8_MAX;
	KUNIT_EXPECT_EQ(test, nst_tcp_rack_reo_wnd(tp), 100000U);
}

static void reo_wnd__is_none_after_dupthresh(struct kunit *test)
{
	struct nst_tcp_sock *tp = sock_with_rtt(test, 80000, 200000);

	tp->sacked_out = 2;
	KUNIT_EXPECT_EQ(test, nst_tcp_rack_reo_wnd(tp), 20000U);
	tp->sacked_out = 3;
	KUNIT_EXPECT_EQ(test, nst_tcp_rack_reo_wnd(tp), 0U);
	/* Unless the path has reordered. */
	tp->reord_seen = 1;
	KUNIT_EXPECT_EQ(test, nst_tcp_rack_reo_wnd(tp), 20000U);
	tp->sacked_out = 0;
}

static void reo_wnd__is_none_in_recovery(struct kunit *test)
{
	struct nst_tcp_sock *tp = sock_with_rtt(test, 80000, 200000);
	u8 state;

	for (state = NST_TCP_CA_OPEN; state <= NST_TCP_CA_LOSS; state++) {
		tp->ca_state = state;
		KUNIT_EXPECT_EQ(test, nst_tcp_rack_reo_wnd(tp),
				state < NST_TCP_CA_RECOVERY ? 20000U : 0U);
	}
	tp->reord_seen = 1;
	KUNIT_EXPECT_EQ(test, nst_tcp_rack_reo_wnd(tp), 20000U);
	tp->ca_state = NST_TCP_CA_OPEN;
}

/* tcp_recovery 4: the count means nothing, time alone does. */
static void reo_wnd__dupthresh_can_be_off(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_tcp_sock *tp = sock_with_rtt(test, 80000, 200000);

	t->wire->stack->config.tcp_recovery = 1 | NST_TCP_RACK_NO_DUPTHRESH;
	tp->sacked_out = 100;
	KUNIT_EXPECT_EQ(test, nst_tcp_rack_reo_wnd(tp), 20000U);
	tp->sacked_out = 0;
}

/* ---- 6.2 step 4: adaptation ---- */

static void reo_wnd_mult__grows_by_dsack_once_a_round(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_tcp_sock *tp = t->tp;

	tp->snd_una = 1000;
	tp->snd_nxt = 5000;
	nst_tcp_rack_dsack(tp, true);
	KUNIT_EXPECT_EQ(test, tp->rack.reo_wnd_mult, 2);
	KUNIT_EXPECT_EQ(test, tp->rack.reo_wnd_persist, 16);
	nst_tcp_rack_dsack(tp, true);
	tp->snd_una = 4999;
	nst_tcp_rack_dsack(tp, true);
	KUNIT_EXPECT_EQ(test, tp->rack.reo_wnd_mult, 2);
	tp->snd_una = 5000;
	tp->snd_nxt = 9000;
	nst_tcp_rack_dsack(tp, true);
	KUNIT_EXPECT_EQ(test, tp->rack.reo_wnd_mult, 3);
	KUNIT_EXPECT_EQ(test, tp->rack.dsack_round, 9000U);
	tp->snd_una = tp->snd_nxt;
}

static void reo_wnd_mult__lasts_16_recoveries(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_tcp_rack *rack = &t->tp->rack;
	unsigned int i;

	nst_tcp_rack_dsack(t->tp, true);
	for (i = 0; i < 15; i++) {
		nst_tcp_rack_recovered(rack);
		KUNIT_EXPECT_EQ(test, rack->reo_wnd_mult, 2);
	}
	nst_tcp_rack_recovered(rack);
	KUNIT_EXPECT_EQ(test, rack->reo_wnd_mult, 1);
	nst_tcp_rack_recovered(rack);
	KUNIT_EXPECT_EQ(test, rack->reo_wnd_persist, 0);
}

static void reo_wnd_mult__another_dsack_begins_anew(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_tcp_rack *rack = &t->tp->rack;
	unsigned int i;

	nst_tcp_rack_dsack(t->tp, true);
	for (i = 0; i < 10; i++)
		nst_tcp_rack_recovered(rack);
	KUNIT_EXPECT_EQ(test, rack->reo_wnd_persist, 6);
	rack->in_dsack_round = false;
	nst_tcp_rack_dsack(t->tp, true);
	KUNIT_EXPECT_EQ(test, rack->reo_wnd_persist, 16);
	KUNIT_EXPECT_EQ(test, rack->reo_wnd_mult, 3);
}

static void reo_wnd_mult__does_not_overflow(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->tp->rack.reo_wnd_mult = U8_MAX;
	nst_tcp_rack_dsack(t->tp, true);
	KUNIT_EXPECT_EQ(test, t->tp->rack.reo_wnd_mult, U8_MAX);
}

/* tcp_recovery 2 */
static void reo_wnd_mult__can_be_static(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->wire->stack->config.tcp_recovery = 1 | NST_TCP_RACK_STATIC_REO_WND;
	nst_tcp_rack_dsack(t->tp, true);
	KUNIT_EXPECT_EQ(test, t->tp->rack.reo_wnd_mult, 1);
	KUNIT_EXPECT_FALSE(test, t->tp->rack.in_dsack_round);
}

/* ---- 6.2 step 2: RACK.segment ---- */

static void advance__takes_what_was_sent_last(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_tcp_sock *tp = t->tp;
	u64 now = nst_tcp_clock_ns();

	tp->mstamp = nst_tcp_clock_us();
	nst_tcp_rack_advance(tp, now - 5000000, 100, false);
	KUNIT_EXPECT_EQ(test, tp->rack.rtt_us, 5000U);
	KUNIT_EXPECT_EQ(test, tp->rack.end_seq, 100U);
	/* Sent before: its round trip counts, it does not. */
	nst_tcp_rack_advance(tp, now - 9000000, 200, false);
	KUNIT_EXPECT_EQ(test, tp->rack.rtt_us, 9000U);
	KUNIT_EXPECT_EQ(test, tp->rack.end_seq, 100U);
	KUNIT_EXPECT_EQ(test, tp->rack.xmit_ns, now - 5000000);
	/* Sent at the same time: the higher one is the later. */
	nst_tcp_rack_advance(tp, now - 5000000, 50, false);
	KUNIT_EXPECT_EQ(test, tp->rack.end_seq, 100U);
	nst_tcp_rack_advance(tp, now - 5000000, 150, false);
	KUNIT_EXPECT_EQ(test, tp->rack.end_seq, 150U);
	KUNIT_EXPECT_TRUE(test, tp->rack.advanced);
}

/* A repeat that is acknowledged sooner than the path allows was not needed. */
static void advance__ignores_a_repeat_acked_too_soon(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_tcp_sock *tp = t->tp;
	u64 now = nst_tcp_clock_ns();

	tp->mstamp = nst_tcp_clock_us();
	tp->min_rtt_us = 5000;
	nst_tcp_rack_advance(tp, now - 4999000, 100, true);
	KUNIT_EXPECT_FALSE(test, tp->rack.advanced);
	KUNIT_EXPECT_EQ(test, tp->rack.xmit_ns, 0ULL);
	nst_tcp_rack_advance(tp, now - 5000000, 100, true);
	KUNIT_EXPECT_TRUE(test, tp->rack.advanced);
}

/* A repeat whose ACK echoes a timestamp of before it was sent. */
static void advance__ignores_a_repeat_with_an_old_echo(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_tcp_sock *tp = t->tp;
	u64 now = nst_tcp_clock_ns();

	tp->mstamp = nst_tcp_clock_us();
	tp->min_rtt_us = 1000;
	tp->ts_ok = true;
	tp->rcv_tsecr = div_u64(now, NSEC_PER_MSEC) - 10;
	nst_tcp_rack_advance(tp, now - 9000000, 100, true);
	KUNIT_EXPECT_FALSE(test, tp->rack.advanced);
	nst_tcp_rack_advance(tp, now - 10000000, 100, true);
	KUNIT_EXPECT_TRUE(test, tp->rack.advanced);
	tp->ts_ok = false;
}

/* ---- 6.2 step 5: detection on the wire ---- */

/* Three have arrived, nothing ever reordered: at once. */
static void loss__is_detected_at_dupthresh(struct kunit *test)
{
	struct nst_tcp_test *t = after_rtt(test, .segments = 10);

	nst_flight_sack(t, 1, NST_SEGMENTS(2, 3));
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_DISORDER);
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 4));
	nst_flight_expect(t, 1);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_RECOVERY);
	KUNIT_EXPECT_EQ(test, t->tp->lost_out, 1U);
	KUNIT_EXPECT_EQ(test, t->tp->lost, 1U);
	nst_flight_expect_count(t, SACK_RECOVERY, 1);
	nst_flight_expect_count(t, FAST_RETRANS, 1);
	nst_flight_expect_sound(t);
}

/* One has arrived: after a quarter of the round trip. */
static void loss__is_detected_by_the_timer(struct kunit *test)
{
	struct nst_tcp_test *t = after_rtt(test, .segments = 10);

	nst_flight_sack(t, 1, NST_SEGMENTS(2, 2));
	KUNIT_EXPECT_EQ(test, (int)t->tp->rtx_timer_kind,
			(int)NST_TCP_TIMER_REORDER);
	nst_flight_expect_after(t, REO_WND_US + 20000, 1);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_RECOVERY);
	/* The head was sent again: its time-out runs. */
	KUNIT_EXPECT_EQ(test, (int)t->tp->rtx_timer_kind,
			(int)NST_TCP_TIMER_RETRANSMIT);
	nst_flight_expect_count(t, SACK_RECOVERY, 1);
	nst_flight_expect_sound(t);
}

/*
 * Thin streams: three segments never give three duplicate ACKs; RFC 8985 3.1
 * finds the loss all the same, without a time-out.
 */
static void loss__of_a_thin_stream_needs_no_timeout(struct kunit *test)
{
	struct nst_tcp_test *t = after_rtt(test, .segments = 2);

	nst_flight_sack(t, 1, NST_SEGMENTS(2, 2));
	nst_flight_expect_after(t, REO_WND_US + 20000, 1);
	nst_flight_expect_count(t, TIMEOUTS, 0);
	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	nst_flight_ack(t, 3);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);
	nst_tcp_test_silence(t, 5 * USEC_PER_SEC);
}

/* The late one arrives within the window: nothing was lost. */
static void loss__is_not_seen_in_mere_reordering(struct kunit *test)
{
	struct nst_tcp_test *t = after_rtt(test, .segments = 10);

	nst_flight_sack(t, 1, NST_SEGMENTS(2, 2));
	nst_tcp_test_silence(t, 20 * USEC_PER_MSEC);
	nst_flight_ack(t, 3);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);
	KUNIT_EXPECT_EQ(test, t->tp->reord_seen, 1U);
	nst_tcp_test_silence(t, 100 * USEC_PER_MSEC);
	nst_flight_expect_count(t, RETRANS_SEGS, 0);
	KUNIT_EXPECT_GE(test, t->tp->cwnd, 10U);
}

/* On a path that reorders, a count means nothing. */
static void loss__waits_when_the_path_reorders(struct kunit *test)
{
	struct nst_tcp_test *t = after_rtt(test, .segments = 10);

	t->tp->reord_seen = 1;
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 9));
	KUNIT_EXPECT_EQ(test, t->tp->lost_out, 0U);
	nst_flight_expect_after(t, REO_WND_US + 20000, 1);
	nst_flight_expect_sound(t);
}

/* Each DSACK round widens the window: 50 ms now. */
static void loss__waits_longer_after_a_dsack(struct kunit *test)
{
	struct nst_tcp_test *t = after_rtt(test, .segments = 10);

	t->tp->reord_seen = 1;
	t->tp->rack.reo_wnd_mult = 2;
	t->tp->rack.reo_wnd_persist = 16;
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 9));
	nst_flight_expect_after(t, 2 * REO_WND_US + 20000, 1);
}

/* What was sent after RACK.segment is not lost yet. */
static void loss__spares_what_was_sent_later(struct kunit *test)
{
	struct nst_tcp_test *t = after_rtt(test, .segments = 8);

	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 2000, 0), 2000);
	nst_flight_expect_range(t, 9, 10);
	nst_flight_sack(t, 1, NST_SEGMENTS(3, 5));
	/* 1 and 2 lost; 6 to 8 higher, 9 and 10 sent later */
	KUNIT_EXPECT_EQ(test, t->tp->lost_out, 2U);
	KUNIT_EXPECT_EQ(test, nst_flight_marks(t, 6), 0);
	KUNIT_EXPECT_EQ(test, nst_flight_marks(t, 9), 0);
	nst_flight_expect_sound(t);
}

/*
 * Two transmissions in one tick of the clock: the repeat went last, though its
 * number is the lower one, and is not lost when the other one arrives.
 */
static void loss__order_is_that_of_transmission(struct kunit *test)
{
	struct nst_tcp_test *t = after_rtt(test, .segments = 10, .queued = 5);

	/* Limited transmit sends 11 and 12 before 1 goes again. */
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 2));
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 3));
	nst_flight_expect_range(t, 11, 12);
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 4));
	nst_flight_expect(t, 1);
	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 11));
	nst_flight_expect_count(t, LOST_RETRANSMIT, 0);
	KUNIT_EXPECT_EQ(test, t->tp->total_retrans, 1U);
	nst_flight_expect_sound(t);
}

/* Several holes at once, sent again from the left as PRR lets them. */
static void loss__of_many_is_repaired_from_the_left(struct kunit *test)
{
	struct nst_tcp_test *t = after_rtt(test, .segments = 10);

	nst_flight_sack(t, 1, NST_SEGMENTS(6, 10));
	KUNIT_EXPECT_EQ(test, t->tp->lost_out, 5U);
	nst_flight_expect_range(t, 1, 5);
	nst_flight_expect_sound(t);
}

/* RFC 8985 6.2: a retransmission is lost like anything else. */
static void loss__of_a_retransmission_is_detected(struct kunit *test)
{
	struct nst_tcp_test *t = after_rtt(test, .segments = 10, .queued = 5);

	nst_flight_sack(t, 1, NST_SEGMENTS(2, 4));
	nst_flight_expect_next(t, 1);
	nst_flight_expect(t, 11);
	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	/* What went out after it has arrived. */
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 11));
	nst_flight_expect_next(t, 1);
	nst_flight_expect_range(t, 12, 15);
	nst_flight_expect_count(t, LOST_RETRANSMIT, 1);
	KUNIT_EXPECT_EQ(test, t->tp->lost, 2U);
	KUNIT_EXPECT_EQ(test, t->tp->retrans_out, 1U);
	nst_flight_expect_sound(t);
}

/* The deadline of the RTO is not put off by the reordering timer. */
static void timer__without_a_loss_resumes_the_rto(struct kunit *test)
{
	struct nst_tcp_test *t = after_rtt(test, .segments = 10);
	unsigned long rto = t->tp->rto_timeout;

	nst_flight_sack(t, 1, NST_SEGMENTS(2, 2));
	KUNIT_EXPECT_EQ(test, t->tp->rto_timeout, rto);
	/* Now it turns out that there was reordering, and much of it. */
	t->tp->reord_seen = 1;
	t->tp->rack.xmit_ns = 0;
	nst_tcp_test_silence(t, 60 * USEC_PER_MSEC);
	KUNIT_EXPECT_EQ(test, (int)t->tp->rtx_timer_kind,
			(int)NST_TCP_TIMER_RETRANSMIT);
	KUNIT_EXPECT_EQ(test, t->tp->rtx_timeout, rto);
}

/* The hole is filled: the timer has nothing left to do. */
static void timer__is_replaced_when_the_hole_is_filled(struct kunit *test)
{
	struct nst_tcp_test *t = after_rtt(test, .segments = 10);

	nst_flight_sack(t, 1, NST_SEGMENTS(2, 2));
	nst_flight_ack(t, 3);
	KUNIT_EXPECT_EQ(test, (int)t->tp->rtx_timer_kind,
			(int)NST_TCP_TIMER_LOSS_PROBE);
	nst_flight_ack(t, 11);
	KUNIT_EXPECT_EQ(test, (int)t->tp->rtx_timer_kind,
			(int)NST_TCP_TIMER_NONE);
}

static void remaining__is_what_is_left_of_rtt_and_window(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_tcp_sock *tp = t->tp;
	u64 now = nst_tcp_clock_ns();

	tp->mstamp = nst_tcp_clock_us();
	tp->rack.rtt_us = 10000;
	KUNIT_EXPECT_EQ(test, nst_tcp_rack_remaining_us(tp, now, 2500),
			12500LL);
	KUNIT_EXPECT_EQ(test, nst_tcp_rack_remaining_us(tp, now - 12500000,
							2500), 0LL);
	KUNIT_EXPECT_EQ(test, nst_tcp_rack_remaining_us(tp, now - 12600000,
							2500), -100LL);
}

/*
 * Attack 6: of what is not overdue a bounded number is visited; the timer is
 * then set for the latest possible deadline.
 */
static void detect_loss__work_is_bounded(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->wire->link->gso_max_segs = 1;
	nst_tcp_test_offer(t, .mss = 100, .sack_ok = true);
	t->rtt_us = NST_RECOVERY_RTT_US;
	nst_tcp_test_establish(t);
	t->tp->cwnd = 200;
	t->tp->reord_seen = 1;
	WRITE_ONCE(t->sk->sk_sndbuf, 4 << 20);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 10000, 0), 10000);
	nst_tcp_test_wait(t, 10 * USEC_PER_MSEC);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 10000, 0), 10000);
	nst_wire_discard(t->wire);
	nst_tcp_test_wait(t, 90 * USEC_PER_MSEC);
	/* Half is 100 ms old, half 90; the last has arrived. */
	nst_tcp_test_in(t, NST_TCP_ACK, 1, 1, 0,
			NST_TCP_SACK({ 19901, 20001 }));
	KUNIT_EXPECT_EQ(test, t->tp->lost_out, 0U);
	nst_tcp_test_wait(t, 1);
	lock_sock(t->sk);
	nst_tcp_mstamp_refresh(t->tp);
	KUNIT_EXPECT_EQ(test, nst_tcp_rack_detect_loss(t->tp), 22499U);
	release_sock(t->sk);
	nst_flight_expect_sound(t);
}

/* ---- 6.3: RACK upon a time-out ---- */

static void timeout__marks_the_head_and_what_is_overdue(struct kunit *test)
{
	struct nst_tcp_test *t = after_rtt(test, .segments = 10);

	nst_flight_ack(t, 3);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 2000, 0), 2000);
	nst_flight_expect_range(t, 11, 12);
	/* 3 to 10 are a round trip old, 11 and 12 have just been sent. */
	nst_flight_rto(t);
	nst_wire_discard(t->wire);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_LOSS);
	KUNIT_EXPECT_EQ(test, t->tp->lost_out, 8U);
	KUNIT_EXPECT_EQ(test, nst_flight_marks(t, 11), 0);
	/* RFC 5681: one segment more than what is still in flight. */
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 3U);
	KUNIT_EXPECT_EQ(test, nst_tcp_in_flight(t->tp), 3U);
	nst_flight_expect_sound(t);
}

static void timeout__marks_the_head_whatever_its_age(struct kunit *test)
{
	struct nst_tcp_test *t = after_rtt(test, .segments = 2);

	nst_flight_ack(t, 3);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 2000, 0), 2000);
	nst_flight_expect_range(t, 3, 4);
	nst_flight_rto(t);
	nst_flight_expect(t, 3);
	KUNIT_EXPECT_EQ(test, t->tp->lost_out, 1U);
	nst_flight_expect_sound(t);
}

static struct kunit_case tcp_rack_cases[] = {
	KUNIT_CASE(reo_wnd__is_a_quarter_of_the_minimal_rtt),
	KUNIT_CASE(reo_wnd__is_srtt_at_most),
	KUNIT_CASE(reo_wnd__is_none_after_dupthresh),
	KUNIT_CASE(reo_wnd__is_none_in_recovery),
	KUNIT_CASE(reo_wnd__dupthresh_can_be_off),
	KUNIT_CASE(reo_wnd_mult__grows_by_dsack_once_a_round),
	KUNIT_CASE(reo_wnd_mult__lasts_16_recoveries),
	KUNIT_CASE(reo_wnd_mult__another_dsack_begins_anew),
	KUNIT_CASE(reo_wnd_mult__does_not_overflow),
	KUNIT_CASE(reo_wnd_mult__can_be_static),
	KUNIT_CASE(advance__takes_what_was_sent_last),
	KUNIT_CASE(advance__ignores_a_repeat_acked_too_soon),
	KUNIT_CASE(advance__ignores_a_repeat_with_an_old_echo),
	KUNIT_CASE(loss__is_detected_at_dupthresh),
	KUNIT_CASE(loss__is_detected_by_the_timer),
	KUNIT_CASE(loss__of_a_thin_stream_needs_no_timeout),
	KUNIT_CASE(loss__is_not_seen_in_mere_reordering),
	KUNIT_CASE(loss__waits_when_the_path_reorders),
	KUNIT_CASE(loss__waits_longer_after_a_dsack),
	KUNIT_CASE(loss__spares_what_was_sent_later),
	KUNIT_CASE(loss__order_is_that_of_transmission),
	KUNIT_CASE(loss__of_many_is_repaired_from_the_left),
	KUNIT_CASE(loss__of_a_retransmission_is_detected),
	KUNIT_CASE(timer__without_a_loss_resumes_the_rto),
	KUNIT_CASE(timer__is_replaced_when_the_hole_is_filled),
	KUNIT_CASE(remaining__is_what_is_left_of_rtt_and_window),
	KUNIT_CASE(detect_loss__work_is_bounded),
	KUNIT_CASE(timeout__marks_the_head_and_what_is_overdue),
	KUNIT_CASE(timeout__marks_the_head_whatever_its_age),
	{}
};

static struct kunit_suite tcp_rack_suite = {
	.name = "netstack_tcp_rack",
	.init = nst_tcp_test_init,
	.test_cases = tcp_rack_cases,
};

kunit_test_suite(tcp_rack_suite);
