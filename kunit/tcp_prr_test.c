// SPDX-License-Identifier: GPL-2.0
/*
 * Proportional rate reduction: transport/tcp/prr.c,
 * draft-ietf-tcpm-prr-rfc6937bis sections 6.1 and 6.2. First the arithmetic,
 * then the wire.
 */
#include "recovery_fixture.h"

/* ---- 6.2: sndcnt ---- */

/* Above ssthresh: in proportion, rounded up. */
static void sndcnt__is_proportional_above_ssthresh(struct kunit *test)
{
	struct nst_tcp_prr prr = { .recover_fs = 20, .out = 0 };
	u32 delivered, sent = 0;

	for (delivered = 1; delivered <= 9; delivered++) {
		u32 in_flight = 20 - delivered + sent;
		u32 sndcnt;

		prr.delivered = delivered;
		prr.out = sent;
		sndcnt = nst_tcp_prr_sndcnt(&prr, in_flight, 10, 1, true);
		sent += sndcnt;
		/* ssthresh is half of RecoverFS: one for every two. */
		KUNIT_EXPECT_EQ(test, sent, (delivered + 1) / 2);
	}
}

static void sndcnt__follows_any_ratio(struct kunit *test)
{
	static const struct {
		u32 fs, ssthresh, delivered, out, expect;
	} cases[] = {
		{ 10, 7, 1, 0, 1 }, { 10, 7, 2, 1, 1 }, { 10, 7, 3, 2, 1 },
		{ 10, 7, 4, 3, 0 }, { 10, 7, 10, 4, 3 }, { 10, 7, 10, 7, 0 },
		{ 100, 70, 50, 20, 15 }, { 1, 0, 1, 1, 0 },
		{ U32_MAX, U32_MAX - 1, U32_MAX, U32_MAX - 3, 2 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nst_tcp_prr prr = {
			.delivered = cases[i].delivered,
			.out = cases[i].out,
			.recover_fs = cases[i].fs,
		};

		KUNIT_EXPECT_EQ_MSG(test, nst_tcp_prr_sndcnt(&prr, U32_MAX,
							     cases[i].ssthresh,
							     1, true),
				    cases[i].expect, "case %u", i);
	}
}

/* Below ssthresh and not safe: as much as was delivered, no more (CRB). */
static void sndcnt__conserves_packets_after_more_losses(struct kunit *test)
{
	struct nst_tcp_prr prr = { .recover_fs = 20, .delivered = 8,
				   .out = 6 };

	KUNIT_EXPECT_EQ(test, nst_tcp_prr_sndcnt(&prr, 3, 10, 2, false), 2U);
	/* What was not sent before may be made up for. */
	prr.out = 3;
	KUNIT_EXPECT_EQ(test, nst_tcp_prr_sndcnt(&prr, 3, 10, 2, false), 5U);
	/* More sent than delivered: what is delivered now at least. */
	prr.out = 12;
	KUNIT_EXPECT_EQ(test, nst_tcp_prr_sndcnt(&prr, 3, 10, 2, false), 2U);
}

/* Below ssthresh with SafeACK: one more, as in slow start (SSRB). */
static void sndcnt__slow_starts_while_it_is_safe(struct kunit *test)
{
	struct nst_tcp_prr prr = { .recover_fs = 20, .delivered = 8,
				   .out = 8 };

	KUNIT_EXPECT_EQ(test, nst_tcp_prr_sndcnt(&prr, 3, 10, 1, true), 2U);
	KUNIT_EXPECT_EQ(test, nst_tcp_prr_sndcnt(&prr, 3, 10, 1, false), 1U);
}

static void sndcnt__never_passes_ssthresh(struct kunit *test)
{
	struct nst_tcp_prr prr = { .recover_fs = 20, .delivered = 15,
				   .out = 1 };

	KUNIT_EXPECT_EQ(test, nst_tcp_prr_sndcnt(&prr, 8, 10, 5, true), 2U);
	KUNIT_EXPECT_EQ(test, nst_tcp_prr_sndcnt(&prr, 10, 10, 5, true), 0U);
}

/* The first retransmission goes whatever else is true. */
static void sndcnt__forces_the_first_retransmission(struct kunit *test)
{
	struct nst_tcp_prr prr = { .recover_fs = 20, .delivered = 0,
				   .out = 0 };

	KUNIT_EXPECT_EQ(test, nst_tcp_prr_sndcnt(&prr, 19, 10, 0, false), 1U);
	KUNIT_EXPECT_EQ(test, nst_tcp_prr_sndcnt(&prr, 10, 10, 0, false), 1U);
	prr.out = 1;
	KUNIT_EXPECT_EQ(test, nst_tcp_prr_sndcnt(&prr, 19, 10, 0, false), 0U);
}

/* Over-sending before the reduction is paid back, never below nothing. */
static void sndcnt__is_not_negative(struct kunit *test)
{
	struct nst_tcp_prr prr = { .recover_fs = 20, .delivered = 2,
				   .out = 15 };

	KUNIT_EXPECT_EQ(test, nst_tcp_prr_sndcnt(&prr, 19, 10, 1, true), 0U);
}

static void sndcnt__survives_an_empty_flight(struct kunit *test)
{
	struct nst_tcp_prr prr = { .recover_fs = 0, .delivered = 1,
				   .out = 1 };

	KUNIT_EXPECT_EQ(test, nst_tcp_prr_sndcnt(&prr, 3, 2, 1, true), 1U);
}

static u32 next_random(u32 *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

/*
 * The bound of draft section 4: whatever comes, no more is sent than was
 * delivered, and one for each safe acknowledgment, until ssthresh is reached;
 * the flight never grows beyond it.
 */
static void sndcnt__keeps_its_bounds_whatever_comes(struct kunit *test)
{
	u32 seed = 8256, round;

	kunit_info(test, "seed %u\n", seed);
	for (round = 0; round < 2000; round++) {
		u32 fs = 2 + next_random(&seed) % 200;
		u32 ssthresh = 1 + next_random(&seed) % fs;
		struct nst_tcp_prr prr = { .recover_fs = fs };
		u32 in_flight = fs, safe_acks = 0, i;

		for (i = 0; i < 100 && in_flight; i++) {
			u32 delivered = 1 + next_random(&seed) % in_flight;
			u32 lost = next_random(&seed) % 4 ? 0 :
				   next_random(&seed) %
				   (in_flight - delivered + 1);
			bool safe = !lost && next_random(&seed) % 2;
			u32 sndcnt;

			in_flight -= delivered + lost;
			prr.delivered += delivered;
			safe_acks += safe;
			sndcnt = nst_tcp_prr_sndcnt(&prr, in_flight, ssthresh,
						    delivered, safe);
			prr.out += sndcnt;
			KUNIT_ASSERT_LE(test, prr.out,
					prr.delivered + safe_acks + 1);
			if (sndcnt > 1)
				KUNIT_ASSERT_LE(test, in_flight + sndcnt,
						max(ssthresh, in_flight +
						    delivered));
			in_flight += sndcnt;
		}
	}
}

/* ---- The wire ---- */

static void expect_cwnd(struct nst_tcp_test *t, u32 cwnd)
{
	KUNIT_EXPECT_EQ(t->test, t->tp->cwnd, cwnd);
}

/*
 * One loss of ten: the window comes down by one for every two delivered, and
 * is ssthresh when it is over.
 */
static void reduction__comes_down_smoothly(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 10,
					    .queued = 10);
	unsigned int n, next = 11;

	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	/* 2 and 3: limited transmit. */
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 2));
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 3));
	nst_flight_expect_range(t, 11, 12);
	next = 13;
	/* 4: recovery: RecoverFS = 12 - 2 */
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 4));
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh, 5U);
	KUNIT_EXPECT_EQ(test, t->tp->prr.recover_fs, 10U);
	nst_flight_expect(t, 1);
	for (n = 5; n <= 9; n++) {
		nst_flight_sack(t, 1, NST_SEGMENTS(2, n));
		KUNIT_EXPECT_EQ(test, t->tp->prr.delivered, n - 3);
		/* ceil(prr_delivered * 5 / 10) - prr_out, which was even */
		if ((n - 3) % 2)
			nst_flight_expect(t, next++);
		nst_wire_expect_nothing(t->wire);
		expect_cwnd(t, nst_tcp_in_flight(t->tp));
	}
	/* ssthresh is reached; nothing was told to be safe. */
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 10));
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->tp->prr.out, 3U);
	expect_cwnd(t, 5);
	/* The repeat has arrived, and with it all that was out. */
	nst_flight_ack(t, 13);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);
	expect_cwnd(t, 5);
	nst_flight_expect_sound(t);
}

/* Draft 6.1: what had been SACKed before is not in RecoverFS. */
static void reduction__begins_with_what_was_in_flight(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 10);

	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	t->tp->reordering = 5;
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 5));
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_DISORDER);
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 6));
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_RECOVERY);
	/* Ten out, four had arrived before this one. */
	KUNIT_EXPECT_EQ(test, t->tp->prr.recover_fs, 6U);
	KUNIT_EXPECT_EQ(test, t->tp->prr.delivered, 1U);
}

/* Half of the window lost: one for one, until ssthresh is reached. */
static void reduction__of_heavy_losses_conserves_packets(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 10,
					    .queued = 10);

	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	/* 1 to 7 are lost, three have arrived: three go. */
	nst_flight_sack(t, 1, NST_SEGMENTS(8, 10));
	nst_flight_expect_range(t, 1, 3);
	KUNIT_EXPECT_EQ(test, nst_tcp_in_flight(t->tp), 3U);
	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	/* SafeACK: one more than was delivered. */
	nst_flight_sack(t, 2, NST_SEGMENTS(8, 10));
	nst_flight_expect_range(t, 4, 5);
	KUNIT_EXPECT_EQ(test, nst_tcp_in_flight(t->tp), 4U);
	nst_flight_sack(t, 3, NST_SEGMENTS(8, 10));
	nst_flight_expect_range(t, 6, 7);
	KUNIT_EXPECT_EQ(test, nst_tcp_in_flight(t->tp), 5U);
	/* ssthresh is reached: one for one. */
	nst_flight_sack(t, 4, NST_SEGMENTS(8, 10));
	nst_flight_expect(t, 11);
	nst_flight_expect_sound(t);
}

/* An acknowledgment that delivers nothing lets nothing go. */
static void reduction__ignores_acks_that_deliver_nothing(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 10,
					    .queued = 10);
	unsigned int i;

	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 5));
	nst_wire_discard(t->wire);
	for (i = 0; i < 20; i++)
		nst_flight_sack(t, 1, NST_SEGMENTS(2, 5));
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->tp->prr.delivered, 4U);
}

/* CWR (RFC 3168 6.1.2): the same reduction without a loss. */
static void cwr__reduces_in_proportion(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 10,
					    .queued = 10);
	unsigned int n, next = 11;

	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	lock_sock(t->sk);
	nst_tcp_recovery_enter_cwr(t->tp, 0, true);
	release_sock(t->sk);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_CWR);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh, 5U);
	for (n = 2; n <= 9; n++) {
		nst_flight_ack(t, n);
		if (n % 2 == 0)
			nst_flight_expect(t, next++);
		nst_wire_expect_nothing(t->wire);
	}
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_CWR);
	/* More than was sent when it began: it is over. */
	nst_flight_ack(t, 12);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);
	KUNIT_EXPECT_GE(test, t->tp->cwnd, 5U);
	KUNIT_EXPECT_LE(test, t->tp->cwnd, 6U);
}

static void cwr__happens_once_a_round(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 10);

	lock_sock(t->sk);
	nst_tcp_recovery_enter_cwr(t->tp, 0, true);
	nst_tcp_recovery_enter_cwr(t->tp, 0, true);
	release_sock(t->sk);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh, 5U);
}

/* A loss in CWR: the window has come down for it already. */
static void cwr__turns_into_recovery_without_another_cut(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 10);

	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	lock_sock(t->sk);
	nst_tcp_recovery_enter_cwr(t->tp, 0, true);
	release_sock(t->sk);
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 4));
	nst_flight_expect(t, 1);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_RECOVERY);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh, 5U);
	/* Undoing the recovery does not undo the congestion. */
	KUNIT_EXPECT_EQ(test, t->tp->prior_ssthresh, 0U);
}

static struct kunit_case tcp_prr_cases[] = {
	KUNIT_CASE(sndcnt__is_proportional_above_ssthresh),
	KUNIT_CASE(sndcnt__follows_any_ratio),
	KUNIT_CASE(sndcnt__conserves_packets_after_more_losses),
	KUNIT_CASE(sndcnt__slow_starts_while_it_is_safe),
	KUNIT_CASE(sndcnt__never_passes_ssthresh),
	KUNIT_CASE(sndcnt__forces_the_first_retransmission),
	KUNIT_CASE(sndcnt__is_not_negative),
	KUNIT_CASE(sndcnt__survives_an_empty_flight),
	KUNIT_CASE(sndcnt__keeps_its_bounds_whatever_comes),
	KUNIT_CASE(reduction__comes_down_smoothly),
	KUNIT_CASE(reduction__begins_with_what_was_in_flight),
	KUNIT_CASE(reduction__of_heavy_losses_conserves_packets),
	KUNIT_CASE(reduction__ignores_acks_that_deliver_nothing),
	KUNIT_CASE(cwr__reduces_in_proportion),
	KUNIT_CASE(cwr__happens_once_a_round),
	KUNIT_CASE(cwr__turns_into_recovery_without_another_cut),
	{}
};

static struct kunit_suite tcp_prr_suite = {
	.name = "netstack_tcp_prr",
	.init = nst_tcp_test_init,
	.test_cases = tcp_prr_cases,
};

kunit_test_suite(tcp_prr_suite);
