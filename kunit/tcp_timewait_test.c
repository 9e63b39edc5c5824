// SPDX-License-Identifier: GPL-2.0
/*
 * TIME-WAIT (timewait.c): RFC 9293 3.10.7.4, RFC 1337, RFC 6191.
 */
#include "tcp_fixture.h"

#define SYN_ACK	(NST_TCP_SYN | NST_TCP_ACK)
#define FIN_ACK	(NST_TCP_FIN | NST_TCP_ACK)

static int timewaits(const struct nst_tcp_test *t)
{
	return atomic_read(&t->wire->stack->tcp->timewaits);
}

static int sockets(const struct nst_tcp_test *t)
{
	return atomic_read(&t->wire->stack->sockets);
}

/* The stack closes first: its FIN is out. */
static void close_first(struct nst_tcp_test *t)
{
	nst_tcp_test_establish_passive(t);
	nst_tcp_test_close(t);
	nst_tcp_test_out(t, FIN_ACK, 1, 1, 0);
}

/* The stack closes first and ends in TIME-WAIT. */
static void reach_time_wait(struct nst_tcp_test *t)
{
	close_first(t);
	nst_tcp_test_in(t, FIN_ACK, 1, 2, 0);
	nst_tcp_test_out(t, NST_TCP_ACK, 2, 2, 0);
	KUNIT_ASSERT_EQ(t->test, timewaits(t), 1);
	KUNIT_ASSERT_EQ(t->test, sockets(t), 1);
}

static void timewait__acknowledges_repeated_fin(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	reach_time_wait(t);
	nst_tcp_test_in(t, FIN_ACK, 1, 2, 0);
	nst_tcp_test_out(t, NST_TCP_ACK, 2, 2, 0);

	/* Attack 17: two of them would go on for ever. */
	nst_tcp_test_in(t, FIN_ACK, 1, 2, 0);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, timewaits(t), 1);
}

static void timewait__is_silent_to_ack(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	reach_time_wait(t);
	nst_tcp_test_in(t, NST_TCP_ACK, 2, 2, 0);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, timewaits(t), 1);
}

static void timewait__ends_by_rst_unless_rfc1337(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	reach_time_wait(t);
	t->wire->stack->config.tcp_rfc1337 = 1;
	nst_tcp_test_in(t, NST_TCP_RST, 2, 0, 0);
	KUNIT_EXPECT_EQ(test, timewaits(t), 1);

	t->wire->stack->config.tcp_rfc1337 = 0;
	nst_tcp_test_in(t, NST_TCP_RST, 3, 0, 0);
	KUNIT_EXPECT_EQ(test, timewaits(t), 1);
	nst_tcp_test_in(t, NST_TCP_RST, 2, 0, 0);
	KUNIT_EXPECT_EQ(test, timewaits(t), 0);
	nst_wire_expect_nothing(t->wire);
}

static void timewait__reopens_above_old_numbers(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u32 old;

	reach_time_wait(t);
	old = t->iss + 2;
	t->iss_known = false;
	nst_tcp_test_in(t, NST_TCP_SYN, 102, 0, 0);
	nst_tcp_test_out(t, SYN_ACK, 0, 103, 0);
	KUNIT_EXPECT_TRUE(test, nst_after(t->iss, old + 65535));
	KUNIT_EXPECT_EQ(test, timewaits(t), 0);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&t->wire->stack->tcp->requests));
}

static void timewait__old_syn_is_refused(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	reach_time_wait(t);
	nst_tcp_test_syn(t);
	nst_tcp_test_out(t, NST_TCP_ACK, 2, 2, 0);
	KUNIT_EXPECT_EQ(test, timewaits(t), 1);
}

/* TIME-WAIT acknowledges a FIN that comes again, as ever. */
static void expect_time_wait(struct nst_tcp_test *t)
{
	struct kunit *test = t->test;

	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, timewaits(t), 1);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&t->wire->stack->tcp->requests));
	nst_tcp_test_in(t, FIN_ACK, 1, 2, 0);
	nst_tcp_test_out(t, NST_TCP_ACK, 2, 2, 0);
}

/* RFC 9293 3.10.7.4: nothing has opened, so nothing may end. */
static void timewait__outlives_a_syn_that_is_refused(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_stack *stack = t->wire->stack;
	struct nst_tcp_test *another;
	u32 old;

	stack->config.tcp_invalid_ratelimit = 0;
	reach_time_wait(t);

	stack->config.tcp_max_syn_backlog = 0;
	nst_tcp_test_in(t, NST_TCP_SYN, 102, 0, 0);
	KUNIT_EXPECT_EQ(test, 1UL, nst_drop_read(stack,
						 NST_DROP_TCP_SYN_QUEUE_FULL));
	expect_time_wait(t);
	stack->config.tcp_max_syn_backlog = 10;

	another = nst_tcp_test_another(t);
	nst_tcp_test_handshake(another);
	t->listener->sk->sk_max_ack_backlog = 0;
	nst_tcp_test_in(t, NST_TCP_SYN, 102, 0, 0);
	KUNIT_EXPECT_EQ(test, 1UL,
			nst_drop_read(stack, NST_DROP_TCP_ACCEPT_QUEUE_FULL));
	expect_time_wait(t);
	t->listener->sk->sk_max_ack_backlog = 5;

	/* The same SYN once more, and there is room. */
	old = t->iss + 2;
	t->iss_known = false;
	nst_tcp_test_in(t, NST_TCP_SYN, 102, 0, 0);
	nst_tcp_test_out(t, SYN_ACK, 0, 103, 0);
	KUNIT_EXPECT_TRUE(test, nst_after(t->iss, old + 65535));
	KUNIT_EXPECT_EQ(test, timewaits(t), 0);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&stack->tcp->requests));
	nst_tcp_test_in(t, NST_TCP_ACK, 103, 1, 0);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&stack->tcp->requests));
	KUNIT_EXPECT_EQ(test, sockets(t), 3);
}

static void timewait__syn_with_fin_opens_nothing(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->wire->stack->config.tcp_invalid_ratelimit = 0;
	reach_time_wait(t);
	nst_tcp_test_in(t, NST_TCP_SYN | NST_TCP_FIN, 102, 0, 0);
	nst_tcp_test_out(t, NST_TCP_ACK, 2, 2, 0);
	expect_time_wait(t);
}

/* RFC 6191 2: a newer timestamp makes up for an older sequence number. */
static void timewait__reopens_by_timestamp(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->offer.has_ts = true;
	reach_time_wait(t);
	t->tsval++;
	t->iss_known = false;
	nst_tcp_test_syn(t);
	nst_tcp_test_out(t, SYN_ACK, 0, 1, 0);
	KUNIT_EXPECT_EQ(test, timewaits(t), 0);
}

static void timewait__is_bounded(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_tcp_test *another;

	reach_time_wait(t);
	t->wire->stack->config.tcp_max_tw_buckets = 1;
	another = nst_tcp_test_another(t);
	close_first(another);
	nst_tcp_test_in(another, FIN_ACK, 1, 2, 0);
	KUNIT_EXPECT_EQ(test, timewaits(t), 1);
	KUNIT_EXPECT_EQ(test, 1, sockets(t));
	KUNIT_EXPECT_EQ(test, 1,
			nst_mib_read(t->wire->stack,
				     NST_MIB_TCP_TIME_WAIT_OVERFLOW));
}

static void timewait__orphan_in_fin_wait2_becomes_it(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	close_first(t);
	nst_tcp_test_in(t, NST_TCP_ACK, 1, 2, 0);
	KUNIT_EXPECT_EQ(test, timewaits(t), 1);
	KUNIT_EXPECT_EQ(test, 1, sockets(t));

	/* Its second half: the peer's FIN is still taken. */
	nst_tcp_test_in(t, FIN_ACK, 1, 2, 0);
	nst_tcp_test_out(t, NST_TCP_ACK, 2, 2, 0);
	KUNIT_EXPECT_EQ(test, timewaits(t), 1);
}

/* RFC 9293 3.10.7.4, first check: our ACK of it was lost. */
static void timewait__orphan_acknowledges_old_data(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u8 data[10];

	nst_tcp_test_establish_passive(t);
	nst_tcp_test_in(t, NST_TCP_ACK, 1, 1, sizeof(data));
	nst_tcp_test_out(t, NST_TCP_ACK, 1, 11, 0);
	KUNIT_ASSERT_EQ(test, (int)sizeof(data),
			nst_tcp_test_recv(t, data, sizeof(data), 0));
	nst_tcp_test_close(t);
	nst_tcp_test_out(t, FIN_ACK, 1, 11, 0);
	nst_tcp_test_in(t, NST_TCP_ACK, 11, 2, 0);
	KUNIT_ASSERT_EQ(test, timewaits(t), 1);

	nst_tcp_test_in(t, NST_TCP_ACK, 1, 2, sizeof(data));
	nst_tcp_test_out(t, NST_TCP_ACK, 2, 11, 0);
	KUNIT_EXPECT_EQ(test, timewaits(t), 1);
}

static void timewait__orphan_resets_data(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	close_first(t);
	nst_tcp_test_in(t, NST_TCP_ACK, 1, 2, 0);
	nst_tcp_test_in(t, NST_TCP_ACK, 1, 2, 10);
	nst_tcp_test_out(t, NST_TCP_RST, 2, 0, 0);
	KUNIT_EXPECT_EQ(test, timewaits(t), 0);
}

static struct kunit_case timewait_cases[] = {
	KUNIT_CASE(timewait__acknowledges_repeated_fin),
	KUNIT_CASE(timewait__is_silent_to_ack),
	KUNIT_CASE(timewait__ends_by_rst_unless_rfc1337),
	KUNIT_CASE(timewait__reopens_above_old_numbers),
	KUNIT_CASE(timewait__old_syn_is_refused),
	KUNIT_CASE(timewait__outlives_a_syn_that_is_refused),
	KUNIT_CASE(timewait__syn_with_fin_opens_nothing),
	KUNIT_CASE(timewait__reopens_by_timestamp),
	KUNIT_CASE(timewait__is_bounded),
	KUNIT_CASE(timewait__orphan_in_fin_wait2_becomes_it),
	KUNIT_CASE(timewait__orphan_acknowledges_old_data),
	KUNIT_CASE(timewait__orphan_resets_data),
	{}
};

static struct kunit_suite timewait_suite = {
	.name = "netstack_tcp_timewait",
	.init = nst_tcp_test_init_passive,
	.test_cases = timewait_cases,
};

kunit_test_suite(timewait_suite);
