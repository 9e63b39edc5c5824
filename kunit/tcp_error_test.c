// SPDX-License-Identifier: GPL-2.0
/*
 * ICMP errors that reach a connection (RFC 9293 3.9.2.2, RFC 5927): which
 * count, and what they may do.
 */
#include "tcp_fixture.h"

static struct nst_tcp_test *established(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_establish(t);
	return t;
}

static struct nst_tcp_test *syn_sent(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, nst_tcp_test_connect(t), 0);
	nst_tcp_test_expect(t, NST_TCP_SEGMENT(NST_TCP_SYN, 0, 0, 0));
	return t;
}

static void error(struct nst_tcp_test *t, u32 seq, int errno, bool hard)
{
	nst_tcp_test_icmp(t, seq, &(struct nst_icmp_error){
		.errno = errno, .hard = hard, .info = 100 });
}

static void error__is_soft_once_established(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);

	error(t, 1, ECONNREFUSED, true);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, t->sk->sk_err, 0);
	KUNIT_EXPECT_EQ(test, t->tp->err_soft, ECONNREFUSED);
}

static void error__counts_only_for_what_is_in_flight(struct kunit *test)
{
	struct nst_tcp_test *t = syn_sent(test);

	error(t, 5, ECONNREFUSED, true);
	error(t, -1, ECONNREFUSED, true);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_SYN_SENT);
	KUNIT_EXPECT_EQ(test, 2UL, nst_mib_read(t->wire->stack,
						NST_MIB_TCP_OUT_OF_WINDOW_ICMPS));
	error(t, 0, ECONNREFUSED, true);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_CLOSE);
	KUNIT_EXPECT_EQ(test, t->sk->sk_err, ECONNREFUSED);
}

static void error__path_mtu_has_a_floor(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);

	/* Attack 10: the error says 100. */
	error(t, 1, EMSGSIZE, false);
	KUNIT_EXPECT_EQ(test, t->tp->pmtu, 552U);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, t->sk->sk_err, 0);
}

static void error__path_mtu_waits_for_the_owner(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);
	u32 pmtu = t->tp->pmtu;

	lock_sock(t->sk);
	error(t, 1, EMSGSIZE, false);
	KUNIT_EXPECT_EQ(test, t->tp->pmtu, pmtu);
	release_sock(t->sk);
	KUNIT_EXPECT_LT(test, t->tp->pmtu, pmtu);
}

static struct kunit_case tcp_error_cases[] = {
	KUNIT_CASE(error__is_soft_once_established),
	KUNIT_CASE(error__counts_only_for_what_is_in_flight),
	KUNIT_CASE(error__path_mtu_has_a_floor),
	KUNIT_CASE(error__path_mtu_waits_for_the_owner),
	{}
};

static struct kunit_suite tcp_error_suite = {
	.name = "netstack_tcp_error",
	.init = nst_tcp_test_init,
	.test_cases = tcp_error_cases,
};

kunit_test_suite(tcp_error_suite);
