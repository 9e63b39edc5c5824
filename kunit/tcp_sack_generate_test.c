// SPDX-License-Identifier: GPL-2.0
/*
 * Blocks and duplicates to report: transport/tcp/sack_generate.c.
 */
#include "../netstack/transport/tcp/sack_generate.h"
#include "tcp_fixture.h"

#define MOST	U16_MAX		/* room without a limit of the path's */

static struct nst_tcp_sock *with_sack(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->tp->sack_ok = true;
	t->tp->header_len = sizeof(struct tcphdr);
	t->tp->rcv_nxt = 100;
	return t->tp;
}

/* What the next segment would report: pairs of edges, in order. */
static void expect_blocks(struct kunit *test, struct nst_tcp_sock *tp,
			  const u32 *edges, unsigned int count)
{
	unsigned int len = nst_tcp_sack_option_len(tp, MOST);
	__be32 room[10];
	unsigned int i;

	memset(room, 0xee, sizeof(room));
	KUNIT_ASSERT_EQ(test, len, count ? 4 + 8 * count : 0);
	if (!count)
		return;
	nst_tcp_sack_write(tp, room, len);
	KUNIT_EXPECT_EQ(test, ntohl(room[0]), 0x01010500 | (2 + 8 * count));
	for (i = 0; i < 2 * count; i++)
		KUNIT_EXPECT_EQ_MSG(test, ntohl(room[1 + i]), edges[i],
				    "edge %u", i);
	if (len < sizeof(room))
		KUNIT_EXPECT_EQ(test, ((u8 *)room)[len], 0xee);
}

#define EXPECT_BLOCKS(test, tp, ...) do {				\
	static const u32 edges[] = { __VA_ARGS__ };			\
									\
	expect_blocks(test, tp, edges, ARRAY_SIZE(edges) / 2);		\
} while (0)

/* RFC 2018 4: the block of the segment just received comes first. */
static void sack_received__newest_block_is_first(struct kunit *test)
{
	struct nst_tcp_sock *tp = with_sack(test);

	nst_tcp_sack_received(tp, 200, 300);
	EXPECT_BLOCKS(test, tp, 200, 300);
	nst_tcp_sack_received(tp, 400, 500);
	EXPECT_BLOCKS(test, tp, 400, 500, 200, 300);
	nst_tcp_sack_received(tp, 600, 700);
	EXPECT_BLOCKS(test, tp, 600, 700, 400, 500, 200, 300);
	/* One that is known already moves to the front. */
	nst_tcp_sack_received(tp, 250, 310);
	EXPECT_BLOCKS(test, tp, 200, 310, 600, 700, 400, 500);
}

static void sack_received__joins_blocks_that_meet(struct kunit *test)
{
	struct nst_tcp_sock *tp = with_sack(test);

	nst_tcp_sack_received(tp, 200, 300);
	nst_tcp_sack_received(tp, 400, 500);
	nst_tcp_sack_received(tp, 600, 700);
	nst_tcp_sack_received(tp, 300, 400);
	EXPECT_BLOCKS(test, tp, 200, 500, 600, 700);
	/* One that covers all. */
	nst_tcp_sack_received(tp, 150, 900);
	EXPECT_BLOCKS(test, tp, 150, 900);
}

/* A new block that lies against two at once joins both. */
static void sack_received__wraps_with_the_sequence_space(struct kunit *test)
{
	struct nst_tcp_sock *tp = with_sack(test);

	tp->rcv_nxt = 0xffffff00;
	nst_tcp_sack_received(tp, 0xffffff80, 0xffffffc0);
	nst_tcp_sack_received(tp, 0x10, 0x20);
	EXPECT_BLOCKS(test, tp, 0x10, 0x20, 0xffffff80, 0xffffffc0);
	nst_tcp_sack_received(tp, 0xffffffc0, 0x10);
	EXPECT_BLOCKS(test, tp, 0xffffff80, 0x20);
}

/* RFC 2018 4: those reported most recently; memory is bounded. */
static void sack_received__forgets_the_oldest_of_five(struct kunit *test)
{
	struct nst_tcp_sock *tp = with_sack(test);
	u32 i;

	for (i = 0; i < 5; i++)
		nst_tcp_sack_received(tp, 200 + i * 100, 250 + i * 100);
	EXPECT_BLOCKS(test, tp, 600, 650, 500, 550, 400, 450, 300, 350);
	/* The one forgotten is reported again when it grows. */
	nst_tcp_sack_received(tp, 250, 260);
	EXPECT_BLOCKS(test, tp, 250, 260, 600, 650, 500, 550, 400, 450);
}

static void sack_received__without_permission_there_are_none(struct kunit *test)
{
	struct nst_tcp_sock *tp = with_sack(test);

	tp->sack_ok = false;
	nst_tcp_sack_received(tp, 200, 300);
	nst_tcp_dsack_set(tp, 50, 60);
	KUNIT_EXPECT_EQ(test, nst_tcp_sack_option_len(tp, MOST), 0U);
	KUNIT_EXPECT_EQ(test, nst_mib_read(tp->nst.stack,
					   NST_MIB_TCP_DSACK_OLD_SENT), 0UL);
}

/* RFC 2018 3: three blocks beside timestamps, four without. */
static void sack_write__fits_beside_the_timestamp(struct kunit *test)
{
	struct nst_tcp_sock *tp = with_sack(test);
	u32 i;

	for (i = 0; i < 4; i++)
		nst_tcp_sack_received(tp, 200 + i * 100, 250 + i * 100);
	KUNIT_EXPECT_EQ(test, nst_tcp_sack_option_len(tp, MOST), 36U);
	tp->header_len += NST_TCPOLEN_TS_ALIGNED;
	EXPECT_BLOCKS(test, tp, 500, 550, 400, 450, 300, 350);
	/* Whatever the room, whole blocks or nothing. */
	KUNIT_EXPECT_EQ(test, nst_tcp_sack_option_len(tp, 27), 20U);
	KUNIT_EXPECT_EQ(test, nst_tcp_sack_option_len(tp, 12), 12U);
	KUNIT_EXPECT_EQ(test, nst_tcp_sack_option_len(tp, 11), 0U);
	KUNIT_EXPECT_EQ(test, nst_tcp_sack_option_len(tp, 0), 0U);
}

/* RFC 2883 4: first, and in one acknowledgment only. */
static void sack_write__reports_a_duplicate_first_and_once(struct kunit *test)
{
	struct nst_tcp_sock *tp = with_sack(test);
	u32 i;

	nst_tcp_dsack_set(tp, 50, 60);
	EXPECT_BLOCKS(test, tp, 50, 60);
	EXPECT_BLOCKS(test, tp);

	for (i = 0; i < 4; i++)
		nst_tcp_sack_received(tp, 200 + i * 100, 250 + i * 100);
	nst_tcp_dsack_set(tp, 210, 220);
	/* It takes the place of a block when there is room for four. */
	EXPECT_BLOCKS(test, tp, 210, 220, 500, 550, 400, 450, 300, 350);
	EXPECT_BLOCKS(test, tp, 500, 550, 400, 450, 300, 350, 200, 250);
}

/* RFC 2018 3: what is acknowledged is not reported as a block. */
static void sack_advance__keeps_what_is_above_the_acknowledgment(struct kunit *test)
{
	struct nst_tcp_sock *tp = with_sack(test);
	struct rb_node node = {};

	nst_tcp_sack_received(tp, 200, 300);
	nst_tcp_sack_received(tp, 400, 500);
	nst_tcp_sack_received(tp, 600, 700);
	/* Something waits. */
	tp->ofo_queue.rb_node = &node;
	tp->rcv_nxt = 500;
	nst_tcp_sack_advance(tp);
	EXPECT_BLOCKS(test, tp, 600, 700);
	tp->ofo_queue = RB_ROOT;
	nst_tcp_sack_advance(tp);
	EXPECT_BLOCKS(test, tp);
}

/* RFC 2018 8 */
static void sack_renege__reports_nothing_that_is_gone(struct kunit *test)
{
	struct nst_tcp_sock *tp = with_sack(test);

	nst_tcp_sack_received(tp, 200, 300);
	nst_tcp_sack_received(tp, 600, 700);
	nst_tcp_sack_received(tp, 400, 500);
	nst_tcp_sack_renege(tp, 450);
	EXPECT_BLOCKS(test, tp, 400, 450, 200, 300);
	nst_tcp_sack_renege(tp, 200);
	EXPECT_BLOCKS(test, tp);
}

/* RFC 2883 4.2: parts that touch are one report. */
static void dsack_extend__reports_the_first_of_two_parts(struct kunit *test)
{
	struct nst_tcp_sock *tp = with_sack(test);

	nst_tcp_dsack_extend(tp, 200, 300);
	nst_tcp_dsack_extend(tp, 300, 350);
	nst_tcp_dsack_extend(tp, 400, 500);
	EXPECT_BLOCKS(test, tp, 200, 350);
	EXPECT_BLOCKS(test, tp);
}

static void dsack_set__is_counted_by_where_it_lies(struct kunit *test)
{
	struct nst_tcp_sock *tp = with_sack(test);
	struct nst_stack *stack = tp->nst.stack;

	nst_tcp_dsack_set(tp, 50, 100);
	nst_tcp_dsack_set(tp, 100, 150);
	KUNIT_EXPECT_EQ(test, nst_mib_read(stack, NST_MIB_TCP_DSACK_OLD_SENT),
			1UL);
	KUNIT_EXPECT_EQ(test, nst_mib_read(stack, NST_MIB_TCP_DSACK_OFO_SENT),
			1UL);
	/* The later one counts. */
	EXPECT_BLOCKS(test, tp, 100, 150);
	stack->config.tcp_dsack = 0;
	nst_tcp_dsack_set(tp, 50, 100);
	EXPECT_BLOCKS(test, tp);
}

static struct kunit_case tcp_sack_generate_cases[] = {
	KUNIT_CASE(sack_received__newest_block_is_first),
	KUNIT_CASE(sack_received__joins_blocks_that_meet),
	KUNIT_CASE(sack_received__wraps_with_the_sequence_space),
	KUNIT_CASE(sack_received__forgets_the_oldest_of_five),
	KUNIT_CASE(sack_received__without_permission_there_are_none),
	KUNIT_CASE(sack_write__fits_beside_the_timestamp),
	KUNIT_CASE(sack_write__reports_a_duplicate_first_and_once),
	KUNIT_CASE(sack_advance__keeps_what_is_above_the_acknowledgment),
	KUNIT_CASE(sack_renege__reports_nothing_that_is_gone),
	KUNIT_CASE(dsack_extend__reports_the_first_of_two_parts),
	KUNIT_CASE(dsack_set__is_counted_by_where_it_lies),
	{}
};

static struct kunit_suite tcp_sack_generate_suite = {
	.name = "netstack_tcp_sack_generate",
	.init = nst_tcp_test_init,
	.test_cases = tcp_sack_generate_cases,
};

kunit_test_suite(tcp_sack_generate_suite);
