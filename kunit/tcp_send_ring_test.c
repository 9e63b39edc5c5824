// SPDX-License-Identifier: GPL-2.0
/*
 * Blocks that were sent and are filled again: transport/tcp/send_ring.c. A
 * reference that a test holds stands for a packet that nobody has read yet.
 */
#include <linux/mm.h>

#include "../netstack/transport/tcp/send_ring.h"
#include "tcp_fixture.h"

/**
 * struct filler - a sender that fills blocks
 * @test: the test
 * @sk: its socket
 * @pfrag: where it is
 */
struct filler {
	struct kunit *test;
	struct sock *sk;
	struct page_frag pfrag;
};

/* Each CPU has a ring: stay with one. */
static struct filler filler_begin(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	migrate_disable();
	return (struct filler){ .test = test, .sk = nst_tcp_test_socket(t)->sk };
}

/* The next block, filled; its packets are under way. */
static struct page *fill(struct filler *filler)
{
	struct page_frag *pfrag = &filler->pfrag;

	KUNIT_EXPECT_TRUE(filler->test,
			  nst_send_ring_refill(filler->sk, pfrag));
	KUNIT_EXPECT_EQ(filler->test, pfrag->offset, 0U);
	KUNIT_EXPECT_GT(filler->test, pfrag->size, (u32)PAGE_SIZE);
	pfrag->offset = pfrag->size;
	get_page(pfrag->page);
	return pfrag->page;
}

static void filler_end(struct filler *filler)
{
	put_page(filler->pfrag.page);
	migrate_enable();
}

static void ring__fills_a_block_again_that_was_read(struct kunit *test)
{
	struct filler filler = filler_begin(test);
	struct page *first = fill(&filler);
	struct page *second;

	put_page(first);
	/* Still the sender's own: it needs no ring. */
	KUNIT_EXPECT_PTR_EQ(test, fill(&filler), first);
	second = fill(&filler);
	KUNIT_EXPECT_PTR_NE(test, second, first);
	put_page(first);
	KUNIT_EXPECT_PTR_EQ(test, fill(&filler), first);
	put_page(first);
	put_page(second);
	filler_end(&filler);
}

static void ring__leaves_alone_what_was_not_read(struct kunit *test)
{
	struct filler filler = filler_begin(test);
	struct page *first = fill(&filler);
	struct page *second = fill(&filler);
	struct page *third = fill(&filler);

	KUNIT_EXPECT_PTR_NE(test, second, first);
	KUNIT_EXPECT_PTR_NE(test, third, first);
	KUNIT_EXPECT_PTR_NE(test, third, second);
	put_page(first);
	put_page(second);
	put_page(third);
	filler_end(&filler);
}

static void ring__keeps_to_its_limit(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct filler filler = filler_begin(test);
	struct page *blocks[4];
	unsigned int i;

	t->wire->stack->config.tcp_send_ring = 1;
	for (i = 0; i < ARRAY_SIZE(blocks); i++)
		blocks[i] = fill(&filler);
	/* The ring has the third, the sender the fourth. */
	KUNIT_EXPECT_EQ(test, page_ref_count(blocks[0]), 1);
	KUNIT_EXPECT_EQ(test, page_ref_count(blocks[1]), 1);
	KUNIT_EXPECT_EQ(test, page_ref_count(blocks[2]), 2);
	KUNIT_EXPECT_EQ(test, page_ref_count(blocks[3]), 2);
	for (i = 0; i < ARRAY_SIZE(blocks); i++)
		put_page(blocks[i]);
	filler_end(&filler);
}

static void ring__gives_back_what_nobody_uses(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_send_rings *rings = &t->wire->stack->tcp->send_rings;
	struct filler filler = filler_begin(test);
	struct page *first = fill(&filler);
	struct page *second = fill(&filler);

	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&rings->idle));
	KUNIT_EXPECT_EQ(test, page_ref_count(first), 2);
	rings->idle.work.func(&rings->idle.work);
	KUNIT_EXPECT_EQ(test, page_ref_count(first), 2);
	rings->idle.work.func(&rings->idle.work);
	KUNIT_EXPECT_EQ(test, page_ref_count(first), 1);
	put_page(first);
	put_page(second);
	filler_end(&filler);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(ring__fills_a_block_again_that_was_read),
	KUNIT_CASE(ring__leaves_alone_what_was_not_read),
	KUNIT_CASE(ring__keeps_to_its_limit),
	KUNIT_CASE(ring__gives_back_what_nobody_uses),
	{}
};

static struct kunit_suite suite = {
	.name = "netstack_tcp_send_ring",
	.init = nst_tcp_test_init,
	.test_cases = cases,
};

kunit_test_suite(suite);
