// SPDX-License-Identifier: GPL-2.0
/*
 * SACK blocks of acknowledgments and the scoreboard: transport/tcp/sack.c,
 * scoreboard.c. RFC 2018, RFC 2883, and what a hostile peer may try (attacks
 * 5 and 6).
 */
#include "recovery_fixture.h"

/* The whole flight of ten is out, and the first acknowledgment is near. */
static struct nst_tcp_test *ten(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 10);

	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	return t;
}

/* RFC 2018 5.1: the SACKed bit is set for what a block covers. */
static void sack__marks_what_a_block_names(struct kunit *test)
{
	struct nst_tcp_test *t = ten(test);

	nst_flight_sack(t, 1, NST_SEGMENTS(2, 2));
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 1U);
	KUNIT_EXPECT_EQ(test, nst_flight_marks(t, 1), 0);
	KUNIT_EXPECT_EQ(test, nst_flight_marks(t, 2), NST_TCP_SENT_SACKED);
	KUNIT_EXPECT_EQ(test, nst_flight_marks(t, 3), 0);
	KUNIT_EXPECT_EQ(test, nst_tcp_in_flight(t->tp), 9U);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_DISORDER);
	nst_flight_expect_sound(t);
}

/* RFC 6675 2: what has arrived has left the pipe; RFC 3042: new data goes. */
static void sack__lets_new_data_go(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 10, .queued = 5);

	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 2));
	nst_flight_expect(t, 11);
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 3));
	nst_flight_expect(t, 12);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 10U);
	nst_flight_expect_sound(t);
}

static void sack__counts_a_delivery_once(struct kunit *test)
{
	struct nst_tcp_test *t = ten(test);
	u32 delivered = t->tp->delivered;

	nst_flight_sack(t, 1, NST_SEGMENTS(2, 2));
	KUNIT_EXPECT_EQ(test, t->tp->delivered - delivered, 1U);
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 2));
	KUNIT_EXPECT_EQ(test, t->tp->delivered - delivered, 1U);
	nst_flight_ack(t, 4);
	KUNIT_EXPECT_EQ(test, t->tp->delivered - delivered, 3U);
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 0U);
	nst_flight_expect_sound(t);
}

static void sack__takes_blocks_in_any_order(struct kunit *test)
{
	struct nst_tcp_test *t = ten(test);

	nst_flight_sack(t, 1, NST_SEGMENTS(9, 9), NST_SEGMENTS(3, 3),
			NST_SEGMENTS(6, 7), NST_SEGMENTS(5, 5));
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 5U);
	KUNIT_EXPECT_EQ(test, t->tp->board.fack - t->iss,
			(u32)NST_SEGMENT_SEQ(10));
	nst_flight_expect_sound(t);
}

static void sack__takes_overlapping_blocks_once(struct kunit *test)
{
	struct nst_tcp_test *t = ten(test);

	nst_flight_sack(t, 1, NST_SEGMENTS(2, 5), NST_SEGMENTS(4, 6),
			NST_SEGMENTS(2, 3));
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 5U);
	nst_flight_expect_sound(t);
}

static void sack__follows_a_block_that_grows(struct kunit *test)
{
	struct nst_tcp_test *t = ten(test);
	unsigned int n;

	for (n = 5; n <= 10; n++) {
		nst_flight_sack(t, 1, NST_SEGMENTS(5, n));
		KUNIT_EXPECT_EQ(test, t->tp->sacked_out, n - 4);
		KUNIT_EXPECT_EQ(test, t->tp->board.known_count, 1U);
		nst_flight_expect_sound(t);
	}
	for (n = 4; n >= 2; n--) {
		nst_flight_sack(t, 1, NST_SEGMENTS(n, 10));
		KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 11 - n);
		nst_flight_expect_sound(t);
	}
}

/* The hole between two known blocks is filled: one block remains. */
static void sack__joins_known_blocks(struct kunit *test)
{
	struct nst_tcp_test *t = ten(test);

	nst_flight_sack(t, 1, NST_SEGMENTS(3, 4), NST_SEGMENTS(6, 8));
	KUNIT_EXPECT_EQ(test, t->tp->board.known_count, 2U);
	nst_flight_sack(t, 1, NST_SEGMENTS(3, 8));
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 6U);
	KUNIT_EXPECT_EQ(test, t->tp->board.known[0].start - t->iss,
			(u32)NST_SEGMENT_SEQ(3));
	KUNIT_EXPECT_EQ(test, t->tp->board.known[0].end - t->iss,
			(u32)NST_SEGMENT_SEQ(9));
	nst_flight_expect_sound(t);
}

static void expect_ignored(struct nst_tcp_test *t)
{
	KUNIT_EXPECT_EQ(t->test, t->tp->sacked_out, 0U);
	KUNIT_EXPECT_EQ(t->test, nst_tcp_in_flight(t->tp), 10U);
	nst_flight_expect_sound(t);
}

/* Attack 5: numbers that were never sent. */
static void sack__refuses_what_was_not_sent(struct kunit *test)
{
	struct nst_tcp_test *t = ten(test);

	nst_flight_sack(t, 1, NST_SEGMENTS(10, 11));
	nst_flight_sack(t, 1, { NST_SEGMENT_SEQ(2), 0x7fffffff });
	nst_flight_sack(t, 1, { 0x40000000, 0x40001000 });
	expect_ignored(t);
	nst_flight_expect_count(t, SACK_DISCARD, 3);
}

static void sack__refuses_empty_and_reversed_blocks(struct kunit *test)
{
	struct nst_tcp_test *t = ten(test);

	nst_flight_sack(t, 1, { NST_SEGMENT_SEQ(3), NST_SEGMENT_SEQ(3) });
	nst_flight_sack(t, 1, { NST_SEGMENT_SEQ(5), NST_SEGMENT_SEQ(3) });
	expect_ignored(t);
	nst_flight_expect_count(t, SACK_DISCARD, 2);
}

static void sack__is_ignored_unless_permitted(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 10,
					    .no_sack = true);

	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	t->tp->reordering = 100;
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 5));
	/* A duplicate ACK as any other. */
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 1U);
	KUNIT_EXPECT_EQ(test, nst_flight_marks(t, 2), 0);
	nst_flight_expect_sound(t);
}

/* Part of a segment is no segment: the receiver may have it, or not. */
static void sack__ignores_a_part_of_a_segment(struct kunit *test)
{
	struct nst_tcp_test *t = ten(test);

	nst_flight_sack(t, 1, { NST_SEGMENT_SEQ(3) + 1, NST_SEGMENT_SEQ(4) });
	nst_flight_sack(t, 1, { NST_SEGMENT_SEQ(3), NST_SEGMENT_SEQ(4) - 1 });
	nst_flight_sack(t, 1, { NST_SEGMENT_SEQ(3) + 1, NST_SEGMENT_SEQ(4) - 1 });
	expect_ignored(t);
	/* What was refused is not taken for known. */
	nst_flight_sack(t, 1, NST_SEGMENTS(3, 3));
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 1U);
	nst_flight_expect_sound(t);
}

static void sack__may_end_within_a_segment(struct kunit *test)
{
	struct nst_tcp_test *t = ten(test);

	nst_flight_sack(t, 1, { 1501, 4501 });
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 2U);
	nst_flight_sack(t, 1, { NST_SEGMENT_SEQ(2), NST_SEGMENT_SEQ(6) });
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 4U);
	nst_flight_expect_sound(t);
}

/* RFC 2018 5: an overtaken acknowledgment still tells what it tells. */
static void sack__of_an_old_ack_counts(struct kunit *test)
{
	struct nst_tcp_test *t = ten(test);

	nst_flight_ack(t, 3);
	nst_flight_sack(t, 1, NST_SEGMENTS(5, 5));
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 1U);
	KUNIT_EXPECT_EQ(test, nst_flight_marks(t, 5), NST_TCP_SENT_SACKED);
	nst_flight_expect_count(t, DSACK_RECV, 0);
	nst_flight_expect_sound(t);
}

static void sack__cut_at_the_left_edge(struct kunit *test)
{
	struct nst_tcp_test *t = ten(test);

	nst_flight_ack(t, 4);
	/* Sent before the edge moved, and delayed: it begins below. */
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 5));
	KUNIT_EXPECT_EQ(test, t->tp->snd_una - t->iss,
			(u32)NST_SEGMENT_SEQ(4));
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 2U);
	nst_flight_expect_sound(t);
}

/* A round trip is measured by what a block names, if it was sent once. */
static void sack__measures_the_round_trip(struct kunit *test)
{
	struct nst_tcp_test *t = nst_flight(test, .segments = 10);

	nst_tcp_test_silence(t, 180 * USEC_PER_MSEC);
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 2));
	KUNIT_EXPECT_EQ(test, t->tp->srtt_us >> 3, 110000U);
	/* The same block once more measures nothing. */
	nst_tcp_test_wait(t, 1000);
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 2));
	KUNIT_EXPECT_EQ(test, t->tp->srtt_us >> 3, 110000U);
}

/* What a block names was delivered: a sample of the rate like any other. */
static void sack__samples_the_delivery_rate(struct kunit *test)
{
	struct nst_tcp_test *t = ten(test);

	nst_flight_sack(t, 1, NST_SEGMENTS(2, 3));
	KUNIT_EXPECT_EQ(test, t->tp->rate_delivered, 2U);
	KUNIT_EXPECT_EQ(test, t->tp->rate_interval_us,
			(u32)NST_RECOVERY_RTT_US);
	/* Once. */
	nst_tcp_test_wait(t, 1000);
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 3));
	KUNIT_EXPECT_EQ(test, t->tp->rate_delivered, 2U);
}

/* ---- Super-segments ---- */

/* Ten segments in one buffer. */
static struct nst_tcp_test *super(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->wire->link->gso_max_size = 65536;
	t->wire->link->gso_max_segs = 64;
	t->wire->stack->config.tcp_min_tso_segs = 64;
	nst_tcp_test_offer(t, .mss = NST_RECOVERY_MSS, .sack_ok = true);
	t->rtt_us = NST_RECOVERY_RTT_US;
	nst_tcp_test_establish(t);
	t->tp->cwnd = 20;
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 9500, 0), 9500);
	nst_wire_discard(t->wire);
	KUNIT_ASSERT_EQ(test, t->tp->packets_out, 10U);
	KUNIT_ASSERT_EQ(test, nst_tcp_cb(nst_tcp_rtx_head(t->sk))->gso_segs,
			10);
	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	return t;
}

static unsigned int buffers(struct nst_tcp_test *t)
{
	unsigned int count = 0;
	struct sk_buff *skb;

	for (skb = nst_tcp_rtx_head(t->sk); skb; skb = skb_rb_next(skb))
		count++;
	return count;
}

static void super_segment__is_cut_where_a_block_is(struct kunit *test)
{
	struct nst_tcp_test *t = super(test);

	nst_flight_sack(t, 1, NST_SEGMENTS(3, 4));
	KUNIT_EXPECT_EQ(test, buffers(t), 3U);
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 2U);
	KUNIT_EXPECT_EQ(test, nst_flight_marks(t, 3), NST_TCP_SENT_SACKED);
	KUNIT_EXPECT_EQ(test, nst_flight_marks(t, 5), 0);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 10U);
	nst_flight_expect_sound(t);
}

static void super_segment__is_cut_by_whole_segments(struct kunit *test)
{
	struct nst_tcp_test *t = super(test);

	nst_flight_sack(t, 1, { 1501, 3501 });
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 1U);
	KUNIT_EXPECT_EQ(test, nst_flight_marks(t, 3), NST_TCP_SENT_SACKED);
	KUNIT_EXPECT_EQ(test, buffers(t), 3U);
	nst_flight_expect_sound(t);
}

static void super_segment__last_part_may_be_short(struct kunit *test)
{
	struct nst_tcp_test *t = super(test);

	nst_flight_sack(t, 1, { 9001, 9501 });
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 1U);
	KUNIT_EXPECT_EQ(test, buffers(t), 2U);
	nst_flight_expect_sound(t);
}

/* Attack 6: crumbs cut nothing. */
static void super_segment__is_not_cut_by_crumbs(struct kunit *test)
{
	struct nst_tcp_test *t = super(test);
	u32 seq;

	for (seq = 2; seq < 9400; seq += 97)
		nst_flight_sack(t, 1, { seq, seq + 3 },
				{ seq + 10, seq + 900 });
	KUNIT_EXPECT_EQ(test, buffers(t), 1U);
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 0U);
	nst_flight_expect_sound(t);
}

/* Attack 6: never more buffers than segments were sent. */
static void super_segment__pieces_are_segments_at_most(struct kunit *test)
{
	struct nst_tcp_test *t = super(test);
	unsigned int n;

	t->tp->reord_seen = 1;	/* patient: nothing is lost yet */
	for (n = 2; n <= 9; n += 2)
		nst_flight_sack(t, 1, NST_SEGMENTS(n, n));
	KUNIT_EXPECT_EQ(test, buffers(t), 9U);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 10U);
	nst_flight_expect_sound(t);
}

/* Attack 6 (CVE-2019-11478): no cuts when the queue has grown far too big. */
static void super_segment__is_not_cut_without_memory(struct kunit *test)
{
	struct nst_tcp_test *t = super(test);
	int more = 2 * (t->sk->sk_sndbuf + 2 * SKB_TRUESIZE(U16_MAX));

	/* The head may always be cut: leave one in front. */
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 2));
	KUNIT_ASSERT_EQ(test, buffers(t), 3U);
	WRITE_ONCE(t->sk->sk_wmem_queued, t->sk->sk_wmem_queued + more);
	nst_flight_sack(t, 1, NST_SEGMENTS(5, 5), NST_SEGMENTS(2, 2));
	KUNIT_EXPECT_EQ(test, buffers(t), 3U);
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 1U);
	nst_flight_expect_count(t, WQUEUE_TOO_BIG, 1);
	WRITE_ONCE(t->sk->sk_wmem_queued, t->sk->sk_wmem_queued - more);
	nst_flight_sack(t, 1, NST_SEGMENTS(5, 5), NST_SEGMENTS(2, 2));
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 2U);
	nst_flight_expect_sound(t);
}

static void super_segment__cut_by_the_left_edge(struct kunit *test)
{
	struct nst_tcp_test *t = super(test);

	nst_flight_sack(t, 3, NST_SEGMENTS(5, 6));
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 8U);
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 2U);
	nst_flight_expect_sound(t);
}

/*
 * Attack 5 (CVE-2019-11477): the smallest MSS that a peer can have us use and
 * the largest buffer do not overflow the count of segments.
 */
static void super_segment__counts_fit_at_any_mss(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u32 mss, segs;
	int len;

	t->wire->link->gso_max_size = 65536;
	t->wire->link->gso_max_segs = U16_MAX;
	nst_tcp_test_offer(t, .mss = 1, .sack_ok = true);
	t->rtt_us = NST_RECOVERY_RTT_US;
	nst_tcp_test_establish(t);
	mss = t->tp->mss_cache;
	KUNIT_ASSERT_GE(test, mss, 36U);
	t->tp->cwnd = 4000;
	WRITE_ONCE(t->sk->sk_sndbuf, 4 << 20);
	len = mss * 700;
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, len, 0), len);
	nst_wire_discard(t->wire);
	segs = t->tp->packets_out;
	KUNIT_EXPECT_EQ(test, segs, 700U);
	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);
	nst_tcp_test_in(t, NST_TCP_ACK, 1, 1, 0,
			NST_TCP_SACK({ mss + 1, len + 1 }));
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, segs - 1);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, segs);
	nst_flight_expect_sound(t);
}

/* ---- Bounded work ---- */

/*
 * Attack 6: of segments that were marked before, an acknowledgment visits 256
 * at most, and the next one goes on from there.
 */
static void sack__work_of_an_ack_is_bounded(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u32 mss = 100;

	t->wire->link->gso_max_segs = 1;
	nst_tcp_test_offer(t, .mss = mss, .sack_ok = true);
	t->rtt_us = NST_RECOVERY_RTT_US;
	nst_tcp_test_establish(t);
	t->tp->cwnd = 500;
	t->tp->reord_seen = 1;
	WRITE_ONCE(t->sk->sk_sndbuf, 4 << 20);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 500 * mss, 0),
			(int)(500 * mss));
	nst_wire_discard(t->wire);
	KUNIT_ASSERT_EQ(test, buffers(t), 500U);
	nst_tcp_test_silence(t, NST_RECOVERY_RTT_US);

	nst_tcp_test_in(t, NST_TCP_ACK, 1, 1, 0,
			NST_TCP_SACK({ mss + 1, 301 * mss + 1 }));
	KUNIT_ASSERT_EQ(test, t->tp->sacked_out, 300U);
	/* Another block has the first one forgotten. */
	nst_tcp_test_in(t, NST_TCP_ACK, 1, 1, 0,
			NST_TCP_SACK({ 400 * mss + 1, 401 * mss + 1 }));
	KUNIT_ASSERT_EQ(test, t->tp->sacked_out, 301U);
	nst_tcp_test_in(t, NST_TCP_ACK, 1, 1, 0,
			NST_TCP_SACK({ mss + 1, 302 * mss + 1 }));
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 301U);
	KUNIT_EXPECT_EQ(test, t->tp->board.known[0].end - t->iss,
			257 * mss + 1);
	nst_tcp_test_in(t, NST_TCP_ACK, 1, 1, 0,
			NST_TCP_SACK({ mss + 1, 302 * mss + 1 }));
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 302U);
	nst_flight_expect_sound(t);
}

/* ---- DSACK, RFC 2883 ---- */

/* Segment 1 was sent again for three that overtook it; nothing else. */
static struct nst_tcp_test *repeated(struct kunit *test)
{
	struct nst_tcp_test *t = ten(test);

	nst_flight_sack(t, 1, NST_SEGMENTS(2, 4));
	nst_flight_expect(t, 1);
	return t;
}

/* RFC 2883 4.1: a duplicate below the acknowledgment. */
static void dsack__below_the_ack(struct kunit *test)
{
	struct nst_tcp_test *t = repeated(test);

	nst_flight_sack(t, 5, NST_SEGMENTS(1, 1));
	nst_flight_expect_count(t, DSACK_RECV, 1);
	nst_flight_expect_count(t, DSACK_OFO_RECV, 0);
	nst_flight_expect_count(t, DSACK_RECV_SEGS, 1);
	KUNIT_EXPECT_EQ(test, t->tp->dsack_dups, 1U);
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 0U);
	nst_flight_expect_sound(t);
}

/* RFC 2883 4.2.1: a duplicate within what waits out of order. */
static void dsack__within_the_second_block(struct kunit *test)
{
	struct nst_tcp_test *t = repeated(test);

	nst_flight_sack(t, 1, NST_SEGMENTS(3, 3), NST_SEGMENTS(2, 4));
	nst_flight_expect_count(t, DSACK_OFO_RECV, 1);
	KUNIT_EXPECT_EQ(test, t->tp->dsack_dups, 1U);
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 3U);
	nst_flight_expect_sound(t);
}

/* Two equal blocks: the first is the duplicate (RFC 2883 4). */
static void dsack__equal_to_the_second_block(struct kunit *test)
{
	struct nst_tcp_test *t = repeated(test);

	nst_flight_sack(t, 1, NST_SEGMENTS(2, 4), NST_SEGMENTS(2, 4));
	nst_flight_expect_count(t, DSACK_OFO_RECV, 1);
	nst_flight_expect_count(t, DSACK_RECV_SEGS, 3);
	nst_flight_expect_sound(t);
}

static void dsack__first_block_alone_is_none(struct kunit *test)
{
	struct nst_tcp_test *t = ten(test);

	nst_flight_sack(t, 1, NST_SEGMENTS(2, 2), NST_SEGMENTS(4, 5));
	nst_flight_expect_count(t, DSACK_OFO_RECV, 0);
	nst_flight_expect_count(t, DSACK_RECV, 0);
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 3U);
}

/* The network duplicates too, and so do liars: RFC 3708 1. */
static void dsack__beyond_the_retransmissions_is_dubious(struct kunit *test)
{
	struct nst_tcp_test *t = repeated(test);

	nst_flight_sack(t, 5, NST_SEGMENTS(1, 1));
	KUNIT_EXPECT_EQ(test, t->tp->rack.reo_wnd_mult, 2);
	nst_flight_sack(t, 5, NST_SEGMENTS(2, 2));
	nst_flight_expect_count(t, DSACK_IGNORED_DUBIOUS, 1);
	nst_flight_expect_sound(t);
}

static void dsack__of_what_was_not_sent_is_ignored(struct kunit *test)
{
	struct nst_tcp_test *t = repeated(test);

	/* Far below anything that can have been sent. */
	nst_flight_sack(t, 5, { 0xf0000000, 0xf0000100 });
	nst_flight_expect_count(t, DSACK_IGNORED_OLD, 1);
	nst_flight_sack(t, 5, { NST_SEGMENT_SEQ(4), NST_SEGMENT_SEQ(12) });
	nst_flight_expect_count(t, DSACK_IGNORED_OLD, 2);
	KUNIT_EXPECT_EQ(test, t->tp->dsack_dups, 0U);
	nst_flight_expect_sound(t);
}

static void dsack__is_ignored_without_an_episode(struct kunit *test)
{
	struct nst_tcp_test *t = ten(test);

	nst_flight_sack(t, 5, { 0xf0000000, 0xf0000100 });
	nst_flight_expect_count(t, DSACK_IGNORED_NO_UNDO, 1);
}

/* ---- Reordering, RFC 8985 6.2 step 3 ---- */

static void reordering__is_seen_by_blocks(struct kunit *test)
{
	struct nst_tcp_test *t = ten(test);

	nst_flight_sack(t, 1, NST_SEGMENTS(5, 5));
	KUNIT_EXPECT_EQ(test, t->tp->reord_seen, 0U);
	nst_flight_sack(t, 1, NST_SEGMENTS(3, 3), NST_SEGMENTS(5, 5));
	KUNIT_EXPECT_EQ(test, t->tp->reord_seen, 1U);
	nst_flight_expect_count(t, SACK_REORDER, 1);
}

static void reordering__is_seen_by_the_left_edge(struct kunit *test)
{
	struct nst_tcp_test *t = ten(test);

	nst_flight_sack(t, 1, NST_SEGMENTS(3, 3));
	nst_flight_ack(t, 4);
	KUNIT_EXPECT_EQ(test, t->tp->reord_seen, 1U);
	nst_flight_expect_count(t, SACK_REORDER, 1);
}

/* One block after the other, upward: in order. */
static void reordering__is_not_seen_in_order(struct kunit *test)
{
	struct nst_tcp_test *t = ten(test);

	t->tp->reordering = 100;
	nst_flight_sack(t, 1, NST_SEGMENTS(3, 3));
	nst_flight_sack(t, 1, NST_SEGMENTS(5, 5), NST_SEGMENTS(3, 3));
	nst_flight_sack(t, 1, NST_SEGMENTS(7, 9), NST_SEGMENTS(5, 5));
	KUNIT_EXPECT_EQ(test, t->tp->reord_seen, 0U);
}

/* A retransmission that arrives tells nothing of the order. */
static void reordering__is_not_seen_by_repeats(struct kunit *test)
{
	struct nst_tcp_test *t = repeated(test);

	nst_tcp_test_wait(t, NST_RECOVERY_RTT_US);
	nst_flight_ack(t, 5);
	KUNIT_EXPECT_EQ(test, t->tp->reord_seen, 0U);
}

/* The distance raises the count that means loss, up to a limit. */
static void reordering__distance_raises_the_count(struct kunit *test)
{
	struct nst_tcp_test *t = ten(test);

	nst_flight_sack(t, 1, NST_SEGMENTS(9, 9));
	nst_flight_sack(t, 1, NST_SEGMENTS(3, 3), NST_SEGMENTS(9, 9));
	KUNIT_EXPECT_EQ(test, t->tp->reordering, 7U);
	t->wire->stack->config.tcp_max_reordering = 5;
	t->tp->reordering = 3;
	nst_flight_sack(t, 1, NST_SEGMENTS(2, 3), NST_SEGMENTS(9, 9));
	KUNIT_EXPECT_EQ(test, t->tp->reordering, 5U);
}

/* ---- Reneging, RFC 2018 8 ---- */

/*
 * The left edge stops at a segment that was SACKed: the peer has dropped it.
 * The time-out comes after half a round trip and forgets all blocks.
 */
static void reneging__forgets_the_blocks(struct kunit *test)
{
	struct nst_tcp_test *t = ten(test);

	nst_flight_sack(t, 1, NST_SEGMENTS(3, 4));
	nst_flight_ack(t, 3);
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 2U);
	nst_wire_expect_nothing(t->wire);
	nst_flight_expect_after(t, NST_RECOVERY_RTT_US / 2, 3);
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 0U);
	KUNIT_EXPECT_EQ(test, t->tp->board.known_count, 0U);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_LOSS);
	nst_flight_expect_count(t, SACK_RENEGING, 1);
	nst_flight_expect_sound(t);
	/* Blocks are taken anew. */
	nst_flight_sack(t, 3, NST_SEGMENTS(4, 4));
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out, 1U);
	nst_flight_expect_sound(t);
}

/* The acknowledgment was only late: no harm is done. */
static void reneging__is_not_believed_at_once(struct kunit *test)
{
	struct nst_tcp_test *t = ten(test);

	nst_flight_sack(t, 1, NST_SEGMENTS(3, 4));
	nst_flight_ack(t, 3);
	nst_tcp_test_silence(t, 20 * USEC_PER_MSEC);
	nst_flight_ack(t, 11);
	nst_tcp_test_silence(t, 10 * USEC_PER_SEC);
	nst_flight_expect_count(t, SACK_RENEGING, 0);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);
}

/* ---- Seeded: any blocks at all ---- */

static u32 next_random(u32 *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

/* Whatever a peer sends, the accounts agree with the queue. */
static void sack__accounts_agree_whatever_comes(struct kunit *test)
{
	struct nst_tcp_test *t = super(test);
	u32 seed = 20261125, una = 1, i;

	kunit_info(test, "seed %u\n", seed);
	for (i = 0; i < 400 && t->tp->packets_out; i++) {
		struct nst_build_tcp_options options = { .sack_count = 4 };
		unsigned int b;

		for (b = 0; b < 4; b++) {
			options.sack[b].left = next_random(&seed) % 11000;
			options.sack[b].right = options.sack[b].left +
						next_random(&seed) % 3000;
		}
		if (i % 100 == 99)
			una += next_random(&seed) % 1500;
		nst_tcp_test_in(t, NST_TCP_ACK, 1, min(una, 9501U), 0,
				.options = &options);
		nst_wire_discard(t->wire);
		nst_flight_expect_sound(t);
		KUNIT_ASSERT_LE(test, buffers(t), 12U);
		if (i % 10 == 9)
			nst_tcp_test_wait(t, 50 * USEC_PER_MSEC);
		nst_wire_discard(t->wire);
	}
}

static struct kunit_case tcp_sack_cases[] = {
	KUNIT_CASE(sack__marks_what_a_block_names),
	KUNIT_CASE(sack__lets_new_data_go),
	KUNIT_CASE(sack__counts_a_delivery_once),
	KUNIT_CASE(sack__takes_blocks_in_any_order),
	KUNIT_CASE(sack__takes_overlapping_blocks_once),
	KUNIT_CASE(sack__follows_a_block_that_grows),
	KUNIT_CASE(sack__joins_known_blocks),
	KUNIT_CASE(sack__refuses_what_was_not_sent),
	KUNIT_CASE(sack__refuses_empty_and_reversed_blocks),
	KUNIT_CASE(sack__is_ignored_unless_permitted),
	KUNIT_CASE(sack__ignores_a_part_of_a_segment),
	KUNIT_CASE(sack__may_end_within_a_segment),
	KUNIT_CASE(sack__of_an_old_ack_counts),
	KUNIT_CASE(sack__cut_at_the_left_edge),
	KUNIT_CASE(sack__measures_the_round_trip),
	KUNIT_CASE(sack__samples_the_delivery_rate),
	KUNIT_CASE(super_segment__is_cut_where_a_block_is),
	KUNIT_CASE(super_segment__is_cut_by_whole_segments),
	KUNIT_CASE(super_segment__last_part_may_be_short),
	KUNIT_CASE(super_segment__is_not_cut_by_crumbs),
	KUNIT_CASE(super_segment__pieces_are_segments_at_most),
	KUNIT_CASE(super_segment__is_not_cut_without_memory),
	KUNIT_CASE(super_segment__cut_by_the_left_edge),
	KUNIT_CASE(super_segment__counts_fit_at_any_mss),
	KUNIT_CASE(sack__work_of_an_ack_is_bounded),
	KUNIT_CASE(dsack__below_the_ack),
	KUNIT_CASE(dsack__within_the_second_block),
	KUNIT_CASE(dsack__equal_to_the_second_block),
	KUNIT_CASE(dsack__first_block_alone_is_none),
	KUNIT_CASE(dsack__beyond_the_retransmissions_is_dubious),
	KUNIT_CASE(dsack__of_what_was_not_sent_is_ignored),
	KUNIT_CASE(dsack__is_ignored_without_an_episode),
	KUNIT_CASE(reordering__is_seen_by_blocks),
	KUNIT_CASE(reordering__is_seen_by_the_left_edge),
	KUNIT_CASE(reordering__is_not_seen_in_order),
	KUNIT_CASE(reordering__is_not_seen_by_repeats),
	KUNIT_CASE(reordering__distance_raises_the_count),
	KUNIT_CASE(reneging__forgets_the_blocks),
	KUNIT_CASE(reneging__is_not_believed_at_once),
	KUNIT_CASE(sack__accounts_agree_whatever_comes),
	{}
};

static struct kunit_suite tcp_sack_suite = {
	.name = "netstack_tcp_sack",
	.init = nst_tcp_test_init,
	.test_cases = tcp_sack_cases,
};

kunit_test_suite(tcp_sack_suite);
