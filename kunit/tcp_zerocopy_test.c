// SPDX-License-Identifier: GPL-2.0
/*
 * Payload that is not copied: transport/tcp/send_pages.c, and when a program
 * is told that its pages are free (MSG_ZEROCOPY).
 */
#include <linux/bvec.h>
#include <linux/errqueue.h>
#include <linux/mm.h>

#include "tcp_fixture.h"

#define PAGES	4

/*
 * The pages of the program; the test's own reference is dropped when the test
 * has looked at them. The link completes checksums, or the payload would be
 * copied for them.
 */
struct program {
	struct page *pages[PAGES];
};

static int test_init(struct kunit *test)
{
	int err = nst_tcp_test_init(test);
	struct nst_tcp_test *t = test->priv;

	if (err)
		return err;
	t->wire->link->features = NETIF_F_SG | NETIF_F_HW_CSUM;
	nst_tcp_test_establish(t);
	sock_set_flag(t->sk, SOCK_ZEROCOPY);
	return 0;
}

static void program_init(struct nst_tcp_test *t, struct program *program)
{
	int i;

	for (i = 0; i < PAGES; i++) {
		program->pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		KUNIT_ASSERT_NOT_NULL(t->test, program->pages[i]);
	}
}

/* Nobody holds the pages any more. */
static void program_exit(struct nst_tcp_test *t, struct program *program)
{
	int i;

	for (i = 0; i < PAGES; i++) {
		KUNIT_EXPECT_EQ(t->test, page_ref_count(program->pages[i]), 1);
		put_page(program->pages[i]);
	}
}

/* sendmsg() of @len octets from the pages on, which count up. */
static int send_pages(struct nst_tcp_test *t, struct program *program,
		      unsigned int first, unsigned int len, int flags)
{
	struct msghdr msg = { .msg_flags = flags | MSG_DONTWAIT };
	u32 from = t->tp->write_seq - t->tp->iss - 1;
	struct bio_vec vec[PAGES] = {};
	unsigned int i, n = 0;
	u8 *octets;

	for (i = 0; i < len; i++) {
		octets = page_address(program->pages[first + i / PAGE_SIZE]);
		octets[i % PAGE_SIZE] = from + i;
	}
	for (i = 0; i < len; i += PAGE_SIZE, n++) {
		vec[n].bv_page = program->pages[first + n];
		vec[n].bv_len = min_t(unsigned int, len - i, PAGE_SIZE);
	}
	iov_iter_bvec(&msg.msg_iter, ITER_SOURCE, vec, n, len);
	return nst_tcp_sendmsg(t->sk, &msg, len);
}

static void expect_untold(struct nst_tcp_test *t)
{
	KUNIT_EXPECT_TRUE(t->test, skb_queue_empty(&t->sk->sk_error_queue));
}

/* The program is told of messages @low to @high. */
static void expect_entry(struct nst_tcp_test *t, u32 low, u32 high,
			 bool copied)
{
	struct sk_buff *skb = skb_dequeue(&t->sk->sk_error_queue);
	const struct sock_extended_err *ee;

	KUNIT_ASSERT_NOT_NULL(t->test, skb);
	ee = &SKB_EXT_ERR(skb)->ee;
	KUNIT_EXPECT_EQ(t->test, (int)ee->ee_origin, SO_EE_ORIGIN_ZEROCOPY);
	KUNIT_EXPECT_EQ(t->test, ee->ee_errno, 0U);
	KUNIT_EXPECT_EQ(t->test, ee->ee_info, low);
	KUNIT_EXPECT_EQ(t->test, ee->ee_data, high);
	KUNIT_EXPECT_EQ(t->test, (int)ee->ee_code,
			copied ? SO_EE_CODE_ZEROCOPY_COPIED : 0);
	consume_skb(skb);
}

/* The same, and of nothing else. */
static void expect_told(struct nst_tcp_test *t, u32 low, u32 high, bool copied)
{
	expect_entry(t, low, high, copied);
	expect_untold(t);
}

/* Everything that is queued is charged, and nothing else is. */
static void expect_balance(struct nst_tcp_test *t)
{
	unsigned int charged = 0;
	struct sk_buff *skb;

	skb_queue_walk(&t->sk->sk_write_queue, skb)
		charged += skb->truesize;
	skb_rbtree_walk(skb, &t->tp->rtx_queue)
		charged += skb->truesize;
	KUNIT_EXPECT_EQ(t->test, (unsigned int)t->sk->sk_wmem_queued, charged);
}

static void zerocopy__sends_the_pages_themselves(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct program program;
	struct sk_buff *skb;

	program_init(t, &program);
	KUNIT_EXPECT_EQ(test, send_pages(t, &program, 0, 500, MSG_ZEROCOPY),
			500);
	skb = nst_tcp_rtx_head(t->sk);
	KUNIT_EXPECT_EQ(test, (int)skb_shinfo(skb)->nr_frags, 1);
	KUNIT_EXPECT_PTR_EQ(test, skb_frag_page(&skb_shinfo(skb)->frags[0]),
			    program.pages[0]);
	nst_tcp_test_expect_push(t, 1, 500);
	expect_balance(t);
	nst_tcp_test_ack(t, 501);
	expect_balance(t);
	expect_told(t, 0, 0, false);
	program_exit(t, &program);
}

static void zerocopy__is_told_after_the_ack(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct program program;

	program_init(t, &program);
	send_pages(t, &program, 0, 900, MSG_ZEROCOPY);
	nst_tcp_test_expect_push(t, 1, 900);
	expect_untold(t);
	/* A part of it is not all of it. */
	nst_tcp_test_ack(t, 400);
	expect_untold(t);
	expect_balance(t);
	nst_tcp_test_ack(t, 901);
	expect_told(t, 0, 0, false);
	program_exit(t, &program);
}

static void zerocopy__is_told_when_no_copy_is_on_its_way(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct program program;
	struct sk_buff *frame;

	program_init(t, &program);
	send_pages(t, &program, 0, 900, MSG_ZEROCOPY);
	nst_tcp_test_expect_push(t, 1, 900);
	/* Acknowledged, and yet a frame waits in a queue somewhere. */
	frame = nst_tcp_copy_segment(nst_tcp_rtx_head(t->sk));
	nst_tcp_test_ack(t, 901);
	expect_untold(t);
	kfree_skb(frame);
	expect_told(t, 0, 0, false);
	program_exit(t, &program);
}

static void zerocopy__retransmits_the_same_octets(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct program program;
	struct sk_buff *frame;

	program_init(t, &program);
	send_pages(t, &program, 0, 700, MSG_ZEROCOPY);
	nst_tcp_test_expect_push(t, 1, 700);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_push(t, 1, 700);
	/* One is still on its way: the next needs a head of its own. */
	frame = nst_tcp_copy_segment(nst_tcp_rtx_head(t->sk));
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_push(t, 1, 700);
	kfree_skb(frame);
	expect_untold(t);
	expect_balance(t);
	nst_tcp_test_ack(t, 701);
	expect_told(t, 0, 0, false);
	program_exit(t, &program);
}

static void zerocopy__survives_cutting_and_trimming(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u32 mss = t->tp->mss_cache;
	struct program program;
	u32 at;

	program_init(t, &program);
	KUNIT_EXPECT_EQ(test, send_pages(t, &program, 0, 4 * mss,
					 MSG_ZEROCOPY), (int)(4 * mss));
	for (at = 0; at < 3; at++)
		nst_tcp_test_expect_data(t, 1 + at * mss, mss);
	nst_tcp_test_expect_push(t, 1 + 3 * mss, mss);
	expect_balance(t);
	/* In the midst of the second. */
	nst_tcp_test_ack(t, 1 + mss + 100);
	expect_untold(t);
	expect_balance(t);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_data(t, 1 + mss + 100, mss);
	nst_tcp_test_ack(t, 1 + 3 * mss);
	nst_wire_discard(t->wire);
	expect_untold(t);
	nst_tcp_test_ack(t, 1 + 4 * mss);
	expect_told(t, 0, 0, false);
	program_exit(t, &program);
}

static void zerocopy__messages_of_one_segment_are_told_together(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct program program;

	program_init(t, &program);
	send_pages(t, &program, 0, 100, MSG_ZEROCOPY | MSG_MORE);
	send_pages(t, &program, 1, 100, MSG_ZEROCOPY);
	nst_tcp_test_expect_push(t, 1, 200);
	nst_tcp_test_ack(t, 101);
	expect_untold(t);
	nst_tcp_test_ack(t, 201);
	expect_told(t, 0, 1, false);
	program_exit(t, &program);
}

static void zerocopy__stands_beside_what_is_copied(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct program program;

	program_init(t, &program);
	nst_tcp_test_send(t, 50, MSG_MORE);
	send_pages(t, &program, 0, 100, MSG_ZEROCOPY | MSG_MORE);
	nst_tcp_test_send(t, 300, MSG_MORE);
	send_pages(t, &program, 1, 100, MSG_ZEROCOPY | MSG_MORE);
	nst_tcp_test_send(t, 50, 0);
	nst_tcp_test_expect_push(t, 1, 600);
	expect_balance(t);
	nst_tcp_test_ack(t, 601);
	expect_told(t, 0, 1, false);
	program_exit(t, &program);
}

static void zerocopy__without_the_option_copies(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct program program;

	program_init(t, &program);
	sock_reset_flag(t->sk, SOCK_ZEROCOPY);
	send_pages(t, &program, 0, 500, MSG_ZEROCOPY);
	KUNIT_EXPECT_EQ(test, page_ref_count(program.pages[0]), 1);
	nst_tcp_test_expect_push(t, 1, 500);
	nst_tcp_test_ack(t, 501);
	expect_untold(t);
	program_exit(t, &program);
}

/* A link without checksums: net/core takes no sum of pages that may change. */
static void zerocopy__tells_that_a_checksum_copied(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct program program;

	program_init(t, &program);
	WRITE_ONCE(t->wire->link->features, NETIF_F_SG);
	send_pages(t, &program, 0, 500, MSG_ZEROCOPY);
	nst_tcp_test_expect_push(t, 1, 500);
	nst_tcp_test_ack(t, 501);
	expect_told(t, 0, 0, true);
	program_exit(t, &program);
}

static void zerocopy__is_told_once_after_a_reset(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct program program;

	program_init(t, &program);
	send_pages(t, &program, 0, 500, MSG_ZEROCOPY);
	nst_tcp_test_expect_push(t, 1, 500);
	/* One that is not sent yet. */
	send_pages(t, &program, 1, 100, MSG_ZEROCOPY | MSG_MORE);
	expect_untold(t);
	nst_tcp_test_in(t, NST_TCP_RST, 1, 0, 0);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_CLOSE);
	/* What was not sent goes first, as on the host. */
	expect_entry(t, 1, 1, false);
	expect_told(t, 0, 0, false);
	KUNIT_EXPECT_EQ(test, t->sk->sk_wmem_queued, 0);
	program_exit(t, &program);
}

static void zerocopy__orphan_gives_the_pages_back(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct program program;

	program_init(t, &program);
	send_pages(t, &program, 0, 500, MSG_ZEROCOPY);
	nst_tcp_test_expect_push(t, 1, 500);
	nst_tcp_test_close_program(t);
	nst_tcp_test_out(t, NST_TCP_FIN | NST_TCP_ACK, 501, 1, 0);
	KUNIT_EXPECT_EQ(test, page_ref_count(program.pages[0]), 2);
	nst_tcp_test_ack(t, 502);
	expect_untold(t);
	program_exit(t, &program);
}

static void zerocopy__number_of_a_failed_message_is_free(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct program program;

	program_init(t, &program);
	t->sk->sk_err = EHOSTUNREACH;
	KUNIT_EXPECT_EQ(test, send_pages(t, &program, 0, 500, MSG_ZEROCOPY |
					 MSG_NOSIGNAL), -EHOSTUNREACH);
	expect_untold(t);
	send_pages(t, &program, 0, 500, MSG_ZEROCOPY);
	nst_tcp_test_expect_push(t, 1, 500);
	nst_tcp_test_ack(t, 501);
	expect_told(t, 0, 0, false);
	program_exit(t, &program);
}

static void splice__sends_the_pages_themselves(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct program program;
	struct sk_buff *skb;

	program_init(t, &program);
	KUNIT_EXPECT_EQ(test, send_pages(t, &program, 0, 1000,
					 MSG_SPLICE_PAGES), 1000);
	skb = nst_tcp_rtx_head(t->sk);
	KUNIT_EXPECT_EQ(test, (int)skb_shinfo(skb)->nr_frags, 1);
	KUNIT_EXPECT_PTR_EQ(test, skb_frag_page(&skb_shinfo(skb)->frags[0]),
			    program.pages[0]);
	KUNIT_EXPECT_TRUE(test, skb_has_shared_frag(skb));
	nst_tcp_test_expect_push(t, 1, 1000);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_push(t, 1, 1000);
	expect_balance(t);
	KUNIT_EXPECT_EQ(test, page_ref_count(program.pages[0]), 2);
	nst_tcp_test_ack(t, 1001);
	expect_untold(t);
	program_exit(t, &program);
}

static void splice__more_waits_for_what_follows(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct program program;

	program_init(t, &program);
	send_pages(t, &program, 0, 100, MSG_SPLICE_PAGES | MSG_MORE);
	nst_wire_expect_nothing(t->wire);
	send_pages(t, &program, 1, 100, MSG_SPLICE_PAGES);
	nst_tcp_test_expect_push(t, 1, 200);
	/* Nagle: a small segment is on its way. */
	send_pages(t, &program, 2, 100, MSG_SPLICE_PAGES);
	nst_wire_expect_nothing(t->wire);
	nst_tcp_test_ack(t, 201);
	nst_tcp_test_expect_push(t, 201, 100);
	nst_tcp_test_ack(t, 301);
	program_exit(t, &program);
}

static void splice__end_of_the_file_pushes(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct program program;

	program_init(t, &program);
	nst_tcp_splice_eof(t->sock);
	nst_wire_expect_nothing(t->wire);
	send_pages(t, &program, 0, 100, MSG_SPLICE_PAGES | MSG_MORE);
	nst_wire_expect_nothing(t->wire);
	nst_tcp_splice_eof(t->sock);
	nst_tcp_test_expect_push(t, 1, 100);
	nst_tcp_test_ack(t, 101);
	program_exit(t, &program);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(zerocopy__sends_the_pages_themselves),
	KUNIT_CASE(zerocopy__is_told_after_the_ack),
	KUNIT_CASE(zerocopy__is_told_when_no_copy_is_on_its_way),
	KUNIT_CASE(zerocopy__retransmits_the_same_octets),
	KUNIT_CASE(zerocopy__survives_cutting_and_trimming),
	KUNIT_CASE(zerocopy__messages_of_one_segment_are_told_together),
	KUNIT_CASE(zerocopy__stands_beside_what_is_copied),
	KUNIT_CASE(zerocopy__without_the_option_copies),
	KUNIT_CASE(zerocopy__tells_that_a_checksum_copied),
	KUNIT_CASE(zerocopy__is_told_once_after_a_reset),
	KUNIT_CASE(zerocopy__orphan_gives_the_pages_back),
	KUNIT_CASE(zerocopy__number_of_a_failed_message_is_free),
	KUNIT_CASE(splice__sends_the_pages_themselves),
	KUNIT_CASE(splice__more_waits_for_what_follows),
	KUNIT_CASE(splice__end_of_the_file_pushes),
	{}
};

static struct kunit_suite suite = {
	.name = "netstack_tcp_zerocopy",
	.init = test_init,
	.test_cases = cases,
};

kunit_test_suite(suite);
