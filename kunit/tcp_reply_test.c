// SPDX-License-Identifier: GPL-2.0
/*
 * Segments without a socket (reply.c): RFC 9293 3.10.7.1.
 */
#include "tcp_fixture.h"

static void reply__resets_ack_with_its_number(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_in(t, NST_TCP_ACK, 0, 4711, 0);
	nst_tcp_test_out(t, NST_TCP_RST, 4711, 0, 0, .window_zero = true);
	nst_wire_expect_nothing(t->wire);
}

static void reply__resets_syn_with_ack(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_in(t, NST_TCP_SYN, 0, 0, 0);
	nst_tcp_test_out(t, NST_TCP_RST | NST_TCP_ACK, 0, 1, 0);
}

static void reply__counts_data_and_fin(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_in(t, NST_TCP_FIN, 0, 0, 10);
	nst_tcp_test_out(t, NST_TCP_RST | NST_TCP_ACK, 0, 11, 0);
}

static void reply__is_silent_to_rst(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	unsigned long before = nst_mib_read(t->wire->stack,
					    NST_MIB_TCP_OUT_RSTS);

	nst_tcp_test_in(t, NST_TCP_RST, 0, 0, 0);
	nst_tcp_test_in(t, NST_TCP_RST | NST_TCP_ACK, 0, 0, 0);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, before,
			nst_mib_read(t->wire->stack, NST_MIB_TCP_OUT_RSTS));
}

static void reply__is_silent_to_broadcast(struct kunit *test)
{
	const struct nst_build_tcp tcp = {
		.daddr = NST_WIRE_LOCAL | 0xff,
		.sport = NST_TCP_TEST_CLIENT,
		.dport = NST_TCP_TEST_PORT,
		.flags = NST_TCP_SYN,
	};
	struct nst_tcp_test *t = test->priv;

	nst_wire_inject(t->wire, nst_build_frame_tcp(test, &tcp, NULL, 0));
	nst_wire_expect_nothing(t->wire);
}

static void reply__counts_what_it_sends(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_in(t, NST_TCP_SYN, 0, 0, 0);
	nst_tcp_test_out(t, NST_TCP_RST | NST_TCP_ACK, 0, 1, 0);
	KUNIT_EXPECT_EQ(test, 1,
			nst_mib_read(t->wire->stack, NST_MIB_TCP_OUT_RSTS));
	KUNIT_EXPECT_EQ(test, 1,
			nst_mib_read(t->wire->stack, NST_MIB_TCP_OUT_SEGS));
}

static struct kunit_case reply_cases[] = {
	KUNIT_CASE(reply__resets_ack_with_its_number),
	KUNIT_CASE(reply__resets_syn_with_ack),
	KUNIT_CASE(reply__counts_data_and_fin),
	KUNIT_CASE(reply__is_silent_to_rst),
	KUNIT_CASE(reply__is_silent_to_broadcast),
	KUNIT_CASE(reply__counts_what_it_sends),
	{}
};

static struct kunit_suite reply_suite = {
	.name = "netstack_tcp_reply",
	.init = nst_tcp_test_init_passive,
	.test_cases = reply_cases,
};

kunit_test_suite(reply_suite);
