// SPDX-License-Identifier: GPL-2.0
/*
 * Segments out of order and twice, on the wire: what is acknowledged, which
 * blocks are reported, and what it may cost. transport/tcp/ofo_queue.c,
 * ack_compress.c.
 */
#include "../netstack/transport/tcp/receive_queue.h"
#include "tcp_fixture.h"

#define SEGMENT	500	/* as in the examples of RFC 2018 and RFC 2883 */

static struct nst_tcp_test *with_sack(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_offer(t, .mss = NST_TCP_TEST_MSS, .sack_ok = true);
	nst_tcp_test_establish(t);
	return t;
}

static void data(struct nst_tcp_test *t, u32 seq, u32 len)
{
	nst_tcp_test_in(t, NST_TCP_ACK, seq, 1, len);
}

/* An acknowledgment, with these blocks. */
#define expect_sack(t, ack, ...)					\
	nst_tcp_test_out(t, NST_TCP_ACK, 1, ack, 0, NST_TCP_SACK(__VA_ARGS__))

static void expect_ack(struct nst_tcp_test *t, u32 ack)
{
	nst_tcp_test_out(t, NST_TCP_ACK, 1, ack, 0);
}

static unsigned long counter(const struct nst_tcp_test *t,
			     enum nst_mib_item item)
{
	return nst_mib_read(t->wire->stack, item);
}

/* RFC 2018 7, case 2: the first segment is lost, the other seven arrive. */
static void sack__grows_behind_one_gap(struct kunit *test)
{
	struct nst_tcp_test *t = with_sack(test);
	u32 i;

	for (i = 1; i < 8; i++) {
		data(t, 1 + i * SEGMENT, SEGMENT);
		expect_sack(t, 1, { 1 + SEGMENT, 1 + (i + 1) * SEGMENT });
	}
	/* RFC 5681 4.2: what fills the gap is acknowledged at once. */
	data(t, 1, SEGMENT);
	expect_ack(t, 1 + 8 * SEGMENT);
	KUNIT_EXPECT_EQ(test, (int)t->tp->sack_count, 0);
}

/* RFC 2018 7, case 3: every second segment is lost, two of them come late. */
static void sack__tells_the_newest_block_first(struct kunit *test)
{
	struct nst_tcp_test *t = with_sack(test);

	data(t, 1, SEGMENT);
	expect_ack(t, 501);
	data(t, 1001, SEGMENT);
	expect_sack(t, 501, { 1001, 1501 });
	data(t, 2001, SEGMENT);
	expect_sack(t, 501, { 2001, 2501 }, { 1001, 1501 });
	data(t, 3001, SEGMENT);
	expect_sack(t, 501, { 3001, 3501 }, { 2001, 2501 }, { 1001, 1501 });
	/* The fourth is received out of order. */
	data(t, 1501, SEGMENT);
	expect_sack(t, 501, { 1001, 2501 }, { 3001, 3501 });
	/* And the second. */
	data(t, 501, SEGMENT);
	expect_sack(t, 2501, { 3001, 3501 });
	data(t, 2501, SEGMENT);
	expect_ack(t, 3501);
}

/* Without permission an acknowledgment is a duplicate and nothing more. */
static void sack__is_not_sent_without_permission(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_establish(t);
	data(t, 501, SEGMENT);
	expect_ack(t, 1);
	data(t, 501, SEGMENT);
	expect_ack(t, 1);
	KUNIT_EXPECT_EQ(test, counter(t, NST_MIB_TCP_DSACK_OFO_SENT), 0UL);
}

/* RFC 2883 4.1.1: a duplicate of what is acknowledged. */
static void dsack__reports_an_old_segment(struct kunit *test)
{
	struct nst_tcp_test *t = with_sack(test);

	data(t, 1, SEGMENT);
	expect_ack(t, 501);
	data(t, 501, SEGMENT);
	expect_ack(t, 1001);
	data(t, 1, SEGMENT);
	expect_sack(t, 1001, { 1, 501 });
	/* Reported once. */
	data(t, 1001, SEGMENT);
	expect_ack(t, 1501);
	KUNIT_EXPECT_EQ(test, counter(t, NST_MIB_TCP_DSACK_OLD_SENT), 1UL);
	KUNIT_EXPECT_EQ(test, counter(t, NST_MIB_TCP_DELAYED_ACK_LOST), 1UL);
}

/* The same, for one that is before the window: RFC 9293 3.10.7.4, first. */
static void dsack__reports_what_is_before_the_window(struct kunit *test)
{
	struct nst_tcp_test *t = with_sack(test);

	data(t, 1, SEGMENT);
	expect_ack(t, 501);
	data(t, 501, SEGMENT);
	expect_ack(t, 1001);
	/* The end is not the left edge: it does not reach the queue. */
	data(t, 101, 100);
	expect_sack(t, 1001, { 101, 201 });
	KUNIT_EXPECT_EQ(test, counter(t, NST_MIB_TCP_DSACK_OLD_SENT), 1UL);
}

/* RFC 2883 4.1.2: a block as well. */
static void dsack__comes_before_the_blocks(struct kunit *test)
{
	struct nst_tcp_test *t = with_sack(test);

	data(t, 1, SEGMENT);
	expect_ack(t, 501);
	data(t, 1001, SEGMENT);
	expect_sack(t, 501, { 1001, 1501 });
	data(t, 1, SEGMENT);
	expect_sack(t, 501, { 1, 501 }, { 1001, 1501 });
}

/* RFC 2883 4.1.3: then the block that holds it follows. */
static void dsack__reports_a_segment_out_of_order(struct kunit *test)
{
	struct nst_tcp_test *t = with_sack(test);

	data(t, 501, SEGMENT);
	expect_sack(t, 1, { 501, 1001 });
	data(t, 1001, SEGMENT);
	expect_sack(t, 1, { 501, 1501 });
	data(t, 501, SEGMENT);
	expect_sack(t, 1, { 501, 1001 }, { 501, 1501 });
	KUNIT_EXPECT_EQ(test, counter(t, NST_MIB_TCP_DSACK_OFO_SENT), 1UL);
	KUNIT_EXPECT_EQ(test, counter(t, NST_MIB_TCP_OFO_MERGE), 1UL);
	KUNIT_EXPECT_EQ(test, counter(t, NST_MIB_TCP_OFO_QUEUE), 3UL);
}

/* RFC 2883 4.2.1: part of a segment is old. */
static void dsack__reports_the_old_part(struct kunit *test)
{
	struct nst_tcp_test *t = with_sack(test);

	data(t, 1, SEGMENT);
	expect_ack(t, 501);
	data(t, 501, SEGMENT);
	expect_ack(t, 1001);
	data(t, 501, 2 * SEGMENT);
	expect_sack(t, 1501, { 501, 1001 });
}

/* RFC 2883 4.2.2: two parts, both acknowledged: the first is reported. */
static void dsack__reports_the_first_part_of_two(struct kunit *test)
{
	struct nst_tcp_test *t = with_sack(test);

	data(t, 1, SEGMENT);
	expect_ack(t, 501);
	data(t, 1001, SEGMENT);
	expect_sack(t, 501, { 1001, 1501 });
	data(t, 1, 5 * SEGMENT);
	expect_sack(t, 2501, { 1, 501 });
}

/* What waits is reached by the segment that was next. */
static void dsack__reports_what_the_next_segment_covers(struct kunit *test)
{
	struct nst_tcp_test *t = with_sack(test);

	data(t, 1001, SEGMENT);
	expect_sack(t, 1, { 1001, 1501 });
	data(t, 1, 1200);
	expect_sack(t, 1501, { 1001, 1201 });
	data(t, 2001, SEGMENT);
	expect_sack(t, 1501, { 2001, 2501 });
	data(t, 1501, 1500);
	expect_sack(t, 3001, { 2001, 2501 });
}

/* RFC 2883 4.2.3: two parts, neither acknowledged. */
static void dsack__reports_the_first_part_of_two_in_a_block(struct kunit *test)
{
	struct nst_tcp_test *t = with_sack(test);

	data(t, 1001, SEGMENT);
	expect_sack(t, 1, { 1001, 1501 });
	data(t, 2001, SEGMENT);
	expect_sack(t, 1, { 2001, 2501 }, { 1001, 1501 });
	data(t, 1001, 4 * SEGMENT);
	expect_sack(t, 1, { 1001, 1501 }, { 1001, 3001 });
	KUNIT_EXPECT_EQ(test, counter(t, NST_MIB_TCP_OFO_MERGE), 2UL);
}

/* A beginning and an end that were there already. */
static void dsack__reports_overlaps_at_either_end(struct kunit *test)
{
	struct nst_tcp_test *t = with_sack(test);

	data(t, 1001, SEGMENT);
	expect_sack(t, 1, { 1001, 1501 });
	data(t, 1401, SEGMENT);
	expect_sack(t, 1, { 1401, 1501 }, { 1001, 1901 });
	data(t, 801, SEGMENT);
	expect_sack(t, 1, { 1001, 1301 }, { 801, 1901 });
}

static void dsack__can_be_off(struct kunit *test)
{
	struct nst_tcp_test *t = with_sack(test);

	t->wire->stack->config.tcp_dsack = 0;
	data(t, 501, SEGMENT);
	expect_sack(t, 1, { 501, 1001 });
	data(t, 501, SEGMENT);
	expect_sack(t, 1, { 501, 1001 });
	data(t, 1, SEGMENT);
	expect_ack(t, 1001);
	data(t, 1, SEGMENT);
	expect_ack(t, 1001);
}

/* RFC 6691 3.1: data makes room for the blocks that it carries. */
static void sack__leaves_data_within_the_mss(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct sk_buff *skb;

	nst_tcp_test_offer(t, .mss = NST_TCP_TEST_MSS, .sack_ok = true,
			   .has_ts = true);
	nst_tcp_test_establish(t);
	data(t, 2001, SEGMENT);
	expect_sack(t, 1, { 2001, 2501 });

	/* 1000 less 12 of timestamp and 12 of one block. */
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 1000, 0), 1000);
	skb = nst_tcp_test_out(t, NST_TCP_ACK, 1, 1, 976,
			       NST_TCP_SACK({ 2001, 2501 }));
	KUNIT_EXPECT_EQ(test, skb->len - sizeof(struct tcphdr),
			(size_t)NST_TCP_TEST_MSS);
	nst_tcp_test_out(t, NST_TCP_ACK | NST_TCP_PSH, 977, 1, 24,
			 NST_TCP_SACK({ 2001, 2501 }));

	/* Without a block the whole MSS is there again. */
	data(t, 1, 2000);
	nst_tcp_test_out(t, NST_TCP_ACK, 1001, 2501, 0);
	nst_tcp_test_in(t, NST_TCP_ACK, 2501, 1001, 0);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 988, 0), 988);
	nst_tcp_test_out(t, NST_TCP_ACK | NST_TCP_PSH, 1001, 2501, 988);

	/* Sent again, beside a block: cut anew. */
	data(t, 3001, SEGMENT);
	nst_tcp_test_out(t, NST_TCP_ACK, 1989, 2501, 0,
			 NST_TCP_SACK({ 3001, 3501 }));
	nst_tcp_test_expire_rtx(t);
	skb = nst_wire_expect_ipv4(t->wire, IPPROTO_TCP);
	KUNIT_EXPECT_LE(test, skb->len - sizeof(struct tcphdr),
			(size_t)NST_TCP_TEST_MSS);
	KUNIT_EXPECT_EQ(test, skb->len - tcp_hdrlen(skb), 976U);
}

/* Four fit without timestamps, three beside them (RFC 2018 3). */
static void sack__sends_as_many_blocks_as_fit(struct kunit *test)
{
	struct nst_tcp_test *t = with_sack(test);

	data(t, 1001, 10);
	data(t, 2001, 10);
	data(t, 3001, 10);
	nst_wire_discard(t->wire);
	data(t, 4001, 10);
	expect_sack(t, 1, { 4001, 4011 }, { 3001, 3011 }, { 2001, 2011 },
		    { 1001, 1011 });
	/* The queue holds more than is told. */
	data(t, 5001, 10);
	expect_sack(t, 1, { 5001, 5011 }, { 4001, 4011 }, { 3001, 3011 },
		    { 2001, 2011 });
	data(t, 1, 1000);
	expect_sack(t, 1011, { 5001, 5011 }, { 4001, 4011 }, { 3001, 3011 },
		    { 2001, 2011 });
}

/* RFC 2018 8: no block of what was given up for want of memory. */
static void prune__takes_back_the_blocks(struct kunit *test)
{
	struct nst_tcp_test *t = with_sack(test);
	u32 i;

	t->sk->sk_userlocks |= SOCK_RCVBUF_LOCK;
	for (i = 0; i < 1500 && !counter(t, NST_MIB_TCP_OFO_PRUNED); i++) {
		data(t, 1001 + i * 2, 1);
		nst_wire_discard(t->wire);
	}
	KUNIT_ASSERT_GT(test, counter(t, NST_MIB_TCP_OFO_PRUNED), 0UL);
	for (i = 1; i < t->tp->sack_count; i++)
		KUNIT_EXPECT_FALSE(test, nst_after(t->tp->sack_blocks[i].end,
						   nst_tcp_cb(t->tp->ofo_last)->
						   end_seq));
}

/* A round trip of 100 ms: an ACK may wait a millisecond. */
static struct nst_tcp_test *with_compression(struct kunit *test)
{
	struct nst_tcp_test *t = with_sack(test);

	t->tp->rcv_rtt_us = (100 * USEC_PER_MSEC) << 3;
	/* Not the first data any more. */
	t->tp->ato = NST_TCP_ATO_MIN;
	data(t, 501, SEGMENT);
	expect_sack(t, 1, { 501, 1001 });
	data(t, 1001, SEGMENT);
	expect_sack(t, 1, { 501, 1501 });
	data(t, 1501, SEGMENT);
	expect_sack(t, 1, { 501, 2001 });
	KUNIT_ASSERT_NULL(test, t->tp->ack_compression);
	return t;
}

/* As hrtimer's softirq would call it, with the timer's reference. */
static void expire_compression(struct nst_tcp_test *t)
{
	struct nst_tcp_ack_compression *compression = t->tp->ack_compression;

	local_bh_disable();
	if (!hrtimer_cancel(&compression->timer))
		sock_hold(t->sk);
	ACCESS_PRIVATE(&compression->timer, function)(&compression->timer);
	local_bh_enable();
}

static u64 due_in_ns(const struct nst_tcp_test *t)
{
	const struct hrtimer *timer = &t->tp->ack_compression->timer;

	return ktime_to_ns(hrtimer_get_softexpires(timer)) -
	       nst_tcp_clock_ns();
}

static void compression__begins_with_the_fourth(struct kunit *test)
{
	struct nst_tcp_test *t = with_compression(test);

	data(t, 2001, SEGMENT);
	nst_wire_expect_nothing(t->wire);
	KUNIT_ASSERT_NOT_NULL(test, t->tp->ack_compression);
	KUNIT_EXPECT_TRUE(test,
			  hrtimer_is_queued(&t->tp->ack_compression->timer));
	KUNIT_EXPECT_EQ(test, due_in_ns(t), 1000000ULL);
	data(t, 2501, SEGMENT);
	data(t, 3001, SEGMENT);
	nst_wire_expect_nothing(t->wire);

	expire_compression(t);
	expect_sack(t, 1, { 501, 3501 });
	KUNIT_EXPECT_EQ(test, counter(t, NST_MIB_TCP_ACK_COMPRESSED), 2UL);
	KUNIT_EXPECT_EQ(test, t->tp->ack_compression->held, 0U);
	/* It fires once more, as if it had been at the lock: nothing. */
	expire_compression(t);
	nst_wire_expect_nothing(t->wire);

	/* The gap is filled: nothing is left of it. */
	data(t, 1, SEGMENT);
	expect_ack(t, 3501);
	KUNIT_EXPECT_NULL(test, t->tp->ack_compression);
}

/* A twentieth of the round trip, when that is less. */
static void compression__waits_no_longer_than_the_path(struct kunit *test)
{
	struct nst_tcp_test *t = with_compression(test);

	t->tp->rcv_rtt_us = (10 * USEC_PER_MSEC) << 3;
	data(t, 2001, SEGMENT);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, due_in_ns(t), 500000ULL);
	data(t, 1, SEGMENT);
	expect_ack(t, 2501);
}

/* RFC 5681 4.2: a step of the left edge is told three times at once again. */
static void compression__begins_again_when_the_edge_moves(struct kunit *test)
{
	struct nst_tcp_test *t = with_compression(test);

	data(t, 3001, SEGMENT);
	nst_wire_expect_nothing(t->wire);
	data(t, 1, SEGMENT);
	expect_sack(t, 2001, { 3001, 3501 });
	data(t, 3501, SEGMENT);
	expect_sack(t, 2001, { 3001, 4001 });
	data(t, 4001, SEGMENT);
	expect_sack(t, 2001, { 3001, 4501 });
	data(t, 4501, SEGMENT);
	nst_wire_expect_nothing(t->wire);
}

static void compression__has_a_limit(struct kunit *test)
{
	struct nst_tcp_test *t = with_compression(test);

	t->wire->stack->config.tcp_comp_sack_nr = 2;
	data(t, 2001, SEGMENT);
	data(t, 2501, SEGMENT);
	nst_wire_expect_nothing(t->wire);
	data(t, 3001, SEGMENT);
	expect_sack(t, 1, { 501, 3501 });
	KUNIT_EXPECT_FALSE(test,
			   hrtimer_is_queued(&t->tp->ack_compression->timer));
	t->wire->stack->config.tcp_comp_sack_nr = 0;
	data(t, 3501, SEGMENT);
	expect_sack(t, 1, { 501, 4001 });
}

/* What is owed for blocks of which only some fit is not held back. */
static void compression__ends_before_blocks_are_forgotten(struct kunit *test)
{
	struct nst_tcp_test *t = with_compression(test);

	data(t, 3001, SEGMENT);
	nst_wire_expect_nothing(t->wire);
	/* The third block: first what was held, then it waits itself. */
	data(t, 4001, SEGMENT);
	expect_sack(t, 1, { 3001, 3501 }, { 501, 2001 });
	nst_wire_expect_nothing(t->wire);
	expire_compression(t);
	expect_sack(t, 1, { 4001, 4501 }, { 3001, 3501 }, { 501, 2001 });
}

/* A program has the socket: its release_sock() sends the ACK. */
static void compression__waits_for_the_owner(struct kunit *test)
{
	struct nst_tcp_test *t = with_compression(test);

	data(t, 2001, SEGMENT);
	lock_sock(t->sk);
	expire_compression(t);
	nst_wire_expect_nothing(t->wire);
	release_sock(t->sk);
	expect_sack(t, 1, { 501, 2501 });
}

/* Data that goes out acknowledges too. */
static void compression__is_over_when_data_carries_the_ack(struct kunit *test)
{
	struct nst_tcp_test *t = with_compression(test);

	data(t, 2001, SEGMENT);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 10, 0), 10);
	nst_tcp_test_out(t, NST_TCP_ACK | NST_TCP_PSH, 1, 1, 10,
			 NST_TCP_SACK({ 501, 2501 }));
	KUNIT_EXPECT_FALSE(test,
			   hrtimer_is_queued(&t->tp->ack_compression->timer));
	KUNIT_EXPECT_EQ(test, counter(t, NST_MIB_TCP_ACK_COMPRESSED), 1UL);
}

/* Nothing of it outlives the connection. */
static void compression__ends_with_the_connection(struct kunit *test)
{
	struct nst_tcp_test *t = with_compression(test);

	data(t, 2001, SEGMENT);
	KUNIT_ASSERT_NOT_NULL(test, t->tp->ack_compression);
	nst_tcp_test_in(t, NST_TCP_RST | NST_TCP_ACK, 1, 1, 0);
	lock_sock(t->sk);
	nst_tcp_ofo_purge(t->sk);
	release_sock(t->sk);
	KUNIT_EXPECT_NULL(test, t->tp->ack_compression);
}

/*
 * Attack 3: whatever the order, a segment that covers others frees them, and
 * what one segment may free another had to bring.
 */
static void covered__segments_are_freed_at_once(struct kunit *test)
{
	struct nst_tcp_test *t = with_sack(test);
	struct sk_buff *only;
	u32 i;

	for (i = 0; i < 100; i++) {
		data(t, 2001 - 10 * i, 5);
		nst_wire_discard(t->wire);
	}
	data(t, 1001, 1005);
	only = skb_rb_first(&t->tp->ofo_queue);
	KUNIT_ASSERT_NOT_NULL(test, only);
	KUNIT_EXPECT_NULL(test, skb_rb_next(only));
	KUNIT_EXPECT_PTR_EQ(test, t->tp->ofo_last, only);
	KUNIT_EXPECT_EQ(test, (u32)atomic_read(&t->sk->sk_rmem_alloc),
			only->truesize);
	KUNIT_EXPECT_EQ(test, t->tp->ofo_bytes, only->truesize);
}

/* Attack 3: duplicates cost neither memory nor a place. */
static void duplicates__take_no_memory(struct kunit *test)
{
	struct nst_tcp_test *t = with_sack(test);
	int before;
	u32 i;

	data(t, 1001, SEGMENT);
	before = atomic_read(&t->sk->sk_rmem_alloc);
	for (i = 0; i < 200; i++) {
		data(t, 1001 + i, 100);
		nst_wire_discard(t->wire);
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&t->sk->sk_rmem_alloc), before);
	KUNIT_EXPECT_EQ(test, (int)t->tp->sack_count, 1);
}

/* What waits out of order does not keep out what is next. */
static void in_order__gets_through_a_full_buffer(struct kunit *test)
{
	struct nst_tcp_test *t = with_sack(test);
	u8 octet;

	t->sk->sk_userlocks |= SOCK_RCVBUF_LOCK;
	data(t, 1001, SEGMENT);
	nst_wire_discard(t->wire);
	t->sk->sk_rcvbuf = 1;
	data(t, 1, SEGMENT);
	KUNIT_EXPECT_EQ(test, t->tp->rcv_nxt - NST_TCP_TEST_IRS, 501U);
	KUNIT_EXPECT_EQ(test, counter(t, NST_MIB_TCP_OFO_PRUNED), 0UL);
	/* One segment, no more, and none out of order. */
	data(t, 2001, SEGMENT);
	KUNIT_EXPECT_EQ(test, counter(t, NST_MIB_TCP_OFO_DROP), 1UL);
	data(t, 501, SEGMENT);
	KUNIT_EXPECT_EQ(test, counter(t, NST_MIB_TCP_RCV_Q_DROP), 1UL);
	KUNIT_EXPECT_EQ(test, t->tp->rcv_nxt - NST_TCP_TEST_IRS, 501U);
	KUNIT_EXPECT_EQ(test, nst_tcp_test_recv(t, &octet, 1, 0), 1);
}

static struct kunit_case tcp_ofo_queue_cases[] = {
	KUNIT_CASE(sack__grows_behind_one_gap),
	KUNIT_CASE(sack__tells_the_newest_block_first),
	KUNIT_CASE(sack__is_not_sent_without_permission),
	KUNIT_CASE(sack__leaves_data_within_the_mss),
	KUNIT_CASE(sack__sends_as_many_blocks_as_fit),
	KUNIT_CASE(dsack__reports_an_old_segment),
	KUNIT_CASE(dsack__reports_what_is_before_the_window),
	KUNIT_CASE(dsack__comes_before_the_blocks),
	KUNIT_CASE(dsack__reports_a_segment_out_of_order),
	KUNIT_CASE(dsack__reports_the_old_part),
	KUNIT_CASE(dsack__reports_the_first_part_of_two),
	KUNIT_CASE(dsack__reports_what_the_next_segment_covers),
	KUNIT_CASE(dsack__reports_the_first_part_of_two_in_a_block),
	KUNIT_CASE(dsack__reports_overlaps_at_either_end),
	KUNIT_CASE(dsack__can_be_off),
	KUNIT_CASE(prune__takes_back_the_blocks),
	KUNIT_CASE(compression__begins_with_the_fourth),
	KUNIT_CASE(compression__waits_no_longer_than_the_path),
	KUNIT_CASE(compression__begins_again_when_the_edge_moves),
	KUNIT_CASE(compression__has_a_limit),
	KUNIT_CASE(compression__ends_before_blocks_are_forgotten),
	KUNIT_CASE(compression__waits_for_the_owner),
	KUNIT_CASE(compression__is_over_when_data_carries_the_ack),
	KUNIT_CASE(compression__ends_with_the_connection),
	KUNIT_CASE(covered__segments_are_freed_at_once),
	KUNIT_CASE(duplicates__take_no_memory),
	KUNIT_CASE(in_order__gets_through_a_full_buffer),
	{}
};

static struct kunit_suite tcp_ofo_queue_suite = {
	.name = "netstack_tcp_ofo_queue",
	.init = nst_tcp_test_init,
	.test_cases = tcp_ofo_queue_cases,
};

kunit_test_suite(tcp_ofo_queue_suite);
