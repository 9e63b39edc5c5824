// SPDX-License-Identifier: GPL-2.0
/*
 * Packets of a connection whose addresses were looked up before:
 * network/admission.h.
 */
#include "../netstack/network/admission.h"
#include "tcp_fixture.h"

#define PART	100

static int test_init(struct kunit *test)
{
	int err = nst_tcp_test_init(test);

	if (!err)
		nst_tcp_test_establish(test->priv);
	return err;
}

static bool admitted(const struct nst_tcp_test *t)
{
	const struct nst_link *link = t->wire->link;

	return nst_admission_holds(link, &t->tp->nst.admission,
				   nst_admission_now(link));
}

static u32 taken(const struct nst_tcp_test *t)
{
	return t->tp->rcv_nxt - t->tp->irs - 1;
}

static void admission__is_given_to_the_first_packet(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_in(t, NST_TCP_ACK, 1, 1, PART);
	KUNIT_EXPECT_TRUE(test, admitted(t));
	nst_tcp_test_in(t, NST_TCP_ACK, 1 + PART, 1, PART);
	KUNIT_EXPECT_EQ(test, taken(t), 2U * PART);
	nst_wire_discard(t->wire);
}

/* Then the peer would be the stack itself (LAND). */
static void admission__ends_when_the_source_becomes_ours(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	unsigned long before;

	nst_tcp_test_in(t, NST_TCP_ACK, 1, 1, PART);
	KUNIT_EXPECT_TRUE(test, admitted(t));
	nst_wire_add_address(t->wire, NST_WIRE_PEER, 32);
	KUNIT_EXPECT_FALSE(test, admitted(t));

	before = nst_drop_read(t->wire->stack, NST_DROP_IP_MARTIAN_SOURCE);
	nst_tcp_test_in(t, NST_TCP_ACK, 1 + PART, 1, PART);
	nst_wire_expect_drop(t->wire, IP_MARTIAN_SOURCE, before);
	KUNIT_EXPECT_EQ(test, taken(t), (u32)PART);
	KUNIT_EXPECT_FALSE(test, admitted(t));
	nst_wire_discard(t->wire);
}

static void admission__leaves_the_reverse_path_filter_to_look(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_in(t, NST_TCP_ACK, 1, 1, PART);
	KUNIT_EXPECT_TRUE(test, admitted(t));
	t->wire->stack->config.rp_filter = NST_REVERSE_PATH_STRICT;
	KUNIT_EXPECT_FALSE(test, admitted(t));
	nst_tcp_test_in(t, NST_TCP_ACK, 1 + PART, 1, PART);
	KUNIT_EXPECT_EQ(test, taken(t), 2U * PART);
	nst_wire_discard(t->wire);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(admission__is_given_to_the_first_packet),
	KUNIT_CASE(admission__ends_when_the_source_becomes_ours),
	KUNIT_CASE(admission__leaves_the_reverse_path_filter_to_look),
	{}
};

static struct kunit_suite suite = {
	.name = "netstack_admission",
	.init = test_init,
	.test_cases = cases,
};

kunit_test_suite(suite);
