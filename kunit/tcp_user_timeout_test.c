// SPDX-License-Identifier: GPL-2.0
/*
 * The user timeout option: RFC 5482, on the wire and in the timers.
 */
#include "tcp_fixture.h"

#define SYN	NST_TCP_SYN
#define ACK	NST_TCP_ACK
#define PSH	NST_TCP_PSH

#define MINUTES	0x8000

#define UTO(field)	NST_TCP_OPTIONS(.uto = (field))

static struct nst_tcp_test *enabled(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->wire->stack->config.tcp_user_timeout_option = 1;
	return t;
}

static void set(struct nst_tcp_test *t, struct socket *sock, int ms)
{
	KUNIT_ASSERT_EQ(t->test, 0,
			sock->ops->setsockopt(sock, SOL_TCP, TCP_USER_TIMEOUT,
					      KERNEL_SOCKPTR(&ms),
					      sizeof(ms)));
}

static void field__counts_seconds_or_minutes(struct kunit *test)
{
	static const struct {
		u32 ms;
		u16 field;
		u32 seconds;
	} rows[] = {
		{ 1, 1, 1 },
		{ 1000, 1, 1 },
		{ 1001, 2, 2 },
		{ 32767000, 32767, 32767 },
		{ 32767001, MINUTES | 547, 32820 },
		{ U32_MAX, MINUTES | 32767, 1966020 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		u16 field = nst_tcp_user_timeout_encode(rows[i].ms);

		/* 71582 minutes are more than the field holds. */
		KUNIT_EXPECT_EQ(test, field, rows[i].field);
		KUNIT_EXPECT_EQ(test, nst_tcp_user_timeout_decode(field),
				rows[i].seconds);
	}
}

/* ---- 3: when it is sent ---- */

static void sent__not_by_default(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	set(t, t->sock, 5000);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_connect(t), 0);
	nst_tcp_test_out(t, SYN, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, (int)t->seen.uto, 0);
}

static void sent__not_without_a_user_timeout(struct kunit *test)
{
	struct nst_tcp_test *t = enabled(test);

	KUNIT_ASSERT_EQ(test, nst_tcp_test_connect(t), 0);
	nst_tcp_test_out(t, SYN, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, (int)t->seen.uto, 0);
}

static void sent__with_the_syn_and_after_a_change(struct kunit *test)
{
	struct nst_tcp_test *t = enabled(test);

	set(t, t->sock, 5000);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_connect(t), 0);
	nst_tcp_test_out(t, SYN, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, (int)t->seen.uto, 5);
	nst_tcp_test_wait(t, 100 * USEC_PER_MSEC);
	nst_tcp_test_in(t, SYN | ACK, 0, 1, 0);
	nst_tcp_test_out(t, ACK, 1, 1, 0);
	KUNIT_EXPECT_EQ(test, (int)t->seen.uto, 0);
	set(t, t->sock, 7200000);
	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_out(t, ACK | PSH, 1, 1, 100);
	KUNIT_EXPECT_EQ(test, (int)t->seen.uto, 7200);
	/* Once. */
	nst_tcp_test_ack(t, 101);
	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_out(t, ACK | PSH, 101, 1, 100);
	KUNIT_EXPECT_EQ(test, (int)t->seen.uto, 0);
}

/* A full segment is not made larger than the path for it. */
static void sent__where_there_is_room(struct kunit *test)
{
	struct nst_tcp_test *t = enabled(test);

	nst_tcp_test_establish(t);
	set(t, t->sock, 5000);
	nst_tcp_test_send(t, 1000, 0);
	nst_tcp_test_out(t, ACK | PSH, 1, 1, 1000);
	KUNIT_EXPECT_EQ(test, (int)t->seen.uto, 0);
	nst_tcp_test_ack(t, 1001);
	nst_tcp_test_send(t, 996, 0);
	nst_tcp_test_out(t, ACK | PSH, 1001, 1, 996);
	KUNIT_EXPECT_EQ(test, (int)t->seen.uto, 5);
}

static void sent__with_the_syn_ack_of_a_listener(struct kunit *test)
{
	struct nst_tcp_test *t = enabled(test);

	t->port = NST_TCP_TEST_CLIENT;
	t->local_port = NST_TCP_TEST_PORT;
	nst_tcp_test_listen(t, 5);
	set(t, t->listener, 9000);
	nst_tcp_test_syn(t);
	nst_tcp_test_out(t, SYN | ACK, 0, 1, 0);
	KUNIT_EXPECT_EQ(test, (int)t->seen.uto, 9);
}

/* ---- 3.1: what the peer's does ---- */

static void taken__not_by_default(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_establish(t);
	nst_tcp_test_in(t, ACK, 1, 1, 0, UTO(500));
	KUNIT_EXPECT_EQ(test, nst_tcp_user_timeout(t->tp), 0U);
}

static void taken__within_the_limits(struct kunit *test)
{
	struct nst_tcp_test *t = enabled(test);

	nst_tcp_test_establish(t);
	nst_tcp_test_in(t, ACK, 1, 1, 0, UTO(500));
	KUNIT_EXPECT_EQ(test, nst_tcp_user_timeout(t->tp), 500000U);
	nst_tcp_test_in(t, ACK, 1, 1, 0, UTO(1));
	KUNIT_EXPECT_EQ(test, nst_tcp_user_timeout(t->tp), 100000U);
	nst_tcp_test_in(t, ACK, 1, 1, 0, UTO(MINUTES | 32767));
	KUNIT_EXPECT_EQ(test, nst_tcp_user_timeout(t->tp), 3600000U);
	nst_tcp_test_in(t, ACK, 1, 1, 0, UTO(MINUTES | 10));
	KUNIT_EXPECT_EQ(test, nst_tcp_user_timeout(t->tp), 600000U);
	/* Zero is reserved. */
	nst_tcp_test_in(t, ACK, 1, 1, 0, UTO(MINUTES));
	KUNIT_EXPECT_EQ(test, nst_tcp_user_timeout(t->tp), 600000U);
	/* Always above the retransmission time-out. */
	t->wire->stack->config.tcp_user_timeout_max = 1;
	t->tp->rto = 10 * HZ;
	KUNIT_EXPECT_EQ(test, nst_tcp_user_timeout(t->tp), 10001U);
}

/* CHANGEABLE: the program's own comes first. */
static void taken__unless_the_program_has_set_one(struct kunit *test)
{
	struct nst_tcp_test *t = enabled(test);

	nst_tcp_test_establish(t);
	set(t, t->sock, 5000);
	nst_tcp_test_in(t, ACK, 1, 1, 0, UTO(500));
	KUNIT_EXPECT_EQ(test, nst_tcp_user_timeout(t->tp), 5000U);
	set(t, t->sock, 0);
	KUNIT_EXPECT_EQ(test, nst_tcp_user_timeout(t->tp), 500000U);
}

static void taken__not_from_an_unacceptable_segment(struct kunit *test)
{
	struct nst_tcp_test *t = enabled(test);

	nst_tcp_test_establish(t);
	nst_tcp_test_in(t, ACK, 0x40000000, 1, 0, UTO(500));
	KUNIT_EXPECT_EQ(test, nst_tcp_user_timeout(t->tp), 0U);
}

static void taken__from_a_syn(struct kunit *test)
{
	struct nst_tcp_test *t = enabled(test);

	t->port = NST_TCP_TEST_CLIENT;
	t->local_port = NST_TCP_TEST_PORT;
	nst_tcp_test_listen(t, 5);
	nst_tcp_test_in(t, SYN, 0, 0, 0,
			NST_TCP_OPTIONS(.mss = 1000, .uto = 500));
	nst_tcp_test_out(t, SYN | ACK, 0, 1, 0);
	nst_tcp_test_ack(t, 1);
	nst_tcp_test_accept(t);
	KUNIT_EXPECT_EQ(test, nst_tcp_user_timeout(t->tp), 500000U);
}

static void taken__from_a_syn_ack(struct kunit *test)
{
	struct nst_tcp_test *t = enabled(test);

	KUNIT_ASSERT_EQ(test, nst_tcp_test_connect(t), 0);
	nst_tcp_test_out(t, SYN, 0, 0, 0);
	nst_tcp_test_in(t, SYN | ACK, 0, 1, 0,
			NST_TCP_OPTIONS(.mss = 1000, .uto = 500));
	nst_tcp_test_out(t, ACK, 1, 1, 0);
	KUNIT_EXPECT_EQ(test, nst_tcp_user_timeout(t->tp), 500000U);
}

/* It ends the connection in its time, sooner than tcp_retries2 would. */
static void taken__ends_the_connection(struct kunit *test)
{
	struct nst_tcp_test *t = enabled(test);

	nst_tcp_test_establish(t);
	nst_tcp_test_in(t, ACK, 1, 1, 0, UTO(200));
	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_wait(t, 190 * USEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_ESTABLISHED);
	nst_tcp_test_wait(t, 20 * USEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_CLOSE);
	KUNIT_EXPECT_EQ(test, t->sk->sk_err, ETIMEDOUT);
	nst_wire_discard(t->wire);
}

static struct kunit_case tcp_user_timeout_cases[] = {
	KUNIT_CASE(field__counts_seconds_or_minutes),
	KUNIT_CASE(sent__not_by_default),
	KUNIT_CASE(sent__not_without_a_user_timeout),
	KUNIT_CASE(sent__with_the_syn_and_after_a_change),
	KUNIT_CASE(sent__where_there_is_room),
	KUNIT_CASE(sent__with_the_syn_ack_of_a_listener),
	KUNIT_CASE(taken__not_by_default),
	KUNIT_CASE(taken__within_the_limits),
	KUNIT_CASE(taken__unless_the_program_has_set_one),
	KUNIT_CASE(taken__not_from_an_unacceptable_segment),
	KUNIT_CASE(taken__from_a_syn),
	KUNIT_CASE(taken__from_a_syn_ack),
	KUNIT_CASE(taken__ends_the_connection),
	{}
};

static struct kunit_suite tcp_user_timeout_suite = {
	.name = "netstack_tcp_user_timeout",
	.init = nst_tcp_test_init,
	.test_cases = tcp_user_timeout_cases,
};

kunit_test_suite(tcp_user_timeout_suite);
