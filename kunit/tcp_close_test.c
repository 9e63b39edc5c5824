// SPDX-License-Identifier: GPL-2.0
/*
 * CLOSE, ABORT and reading to the end (close.c, recv.c).
 */
#include "../netstack/trace.h"
#include "tcp_fixture.h"

#define FIN_ACK	(NST_TCP_FIN | NST_TCP_ACK)
#define RST_ACK	(NST_TCP_RST | NST_TCP_ACK)

/* A connection that the peer has opened. */
static struct nst_tcp_test *connection(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_establish_passive(t);
	return t;
}

static int sockets(const struct nst_tcp_test *t)
{
	return atomic_read(&t->wire->stack->sockets);
}

static void close__sends_fin(struct kunit *test)
{
	struct nst_tcp_test *t = connection(test);

	nst_tcp_test_close(t);
	nst_tcp_test_out(t, FIN_ACK, 1, 1, 0);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&t->wire->stack->tcp->orphans));
}

static void close__resets_with_unread_data(struct kunit *test)
{
	struct nst_tcp_test *t = connection(test);

	nst_tcp_test_in(t, NST_TCP_ACK, 1, 1, 10);
	nst_tcp_test_out(t, NST_TCP_ACK, 1, 11, 0);
	nst_tcp_test_close(t);
	nst_tcp_test_out(t, RST_ACK, 1, 11, 0);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, 1, sockets(t));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&t->wire->stack->tcp->orphans));
	KUNIT_EXPECT_EQ(test, 1, nst_mib_read(t->wire->stack,
					      NST_MIB_TCP_ABORT_ON_CLOSE));
}

static void close__resets_with_zero_linger(struct kunit *test)
{
	struct nst_tcp_test *t = connection(test);

	sock_no_linger(t->sk);
	nst_tcp_test_close(t);
	nst_tcp_test_out(t, RST_ACK, 1, 1, 0);
	KUNIT_EXPECT_EQ(test, 1, sockets(t));
}

/* RFC 9293 3.6: the passive side, CLOSE-WAIT to LAST-ACK to CLOSED. */
static void close__after_the_peer(struct kunit *test)
{
	struct nst_tcp_test *t = connection(test);
	u8 data;

	nst_tcp_test_in(t, FIN_ACK, 1, 1, 0);
	nst_tcp_test_wait(t, NST_TCP_CLOCK_TICK_US * NST_TCP_DELACK_MAX);
	nst_tcp_test_out(t, NST_TCP_ACK, 1, 2, 0);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_CLOSE_WAIT);
	KUNIT_EXPECT_EQ(test, 0, nst_tcp_test_recv(t, &data, 1, 0));
	KUNIT_EXPECT_EQ(test, 0, nst_tcp_test_recv(t, &data, 1, 0));

	nst_tcp_test_close(t);
	nst_tcp_test_out(t, FIN_ACK, 1, 2, 0);
	nst_tcp_test_in(t, NST_TCP_ACK, 2, 2, 0);
	KUNIT_EXPECT_EQ(test, 1, sockets(t));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&t->wire->stack->tcp->timewaits));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&t->wire->stack->tcp->orphans));
}

/* RFC 9293 figure 13: both FINs cross. */
static void close__simultaneously(struct kunit *test)
{
	struct nst_tcp_test *t = connection(test);

	KUNIT_ASSERT_EQ(test, 0, kernel_sock_shutdown(t->sock, SHUT_WR));
	nst_tcp_test_out(t, FIN_ACK, 1, 1, 0);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_FIN_WAIT1);
	nst_tcp_test_in(t, FIN_ACK, 1, 1, 0);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_CLOSING);
	nst_tcp_test_out(t, NST_TCP_ACK, 2, 2, 0);
	nst_tcp_test_in(t, NST_TCP_ACK, 2, 2, 0);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_CLOSE);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&t->wire->stack->tcp->timewaits));
}

static void close__orphans_are_bounded(struct kunit *test)
{
	struct nst_tcp_test *t = connection(test);

	t->wire->stack->config.tcp_max_orphans = 0;
	nst_tcp_test_close(t);
	nst_tcp_test_out(t, FIN_ACK, 1, 1, 0);
	nst_tcp_test_out(t, RST_ACK, 2, 1, 0);
	KUNIT_EXPECT_EQ(test, 1, sockets(t));
	KUNIT_EXPECT_EQ(test, 1, nst_mib_read(t->wire->stack,
					      NST_MIB_TCP_ABORT_ON_MEMORY));
}

/* Was the namespace held whenever the state of a connection changed? */
struct witness {
	const struct sock *sk;
	unsigned int held;
	unsigned int not_held;
};

static void see_state(void *data, const struct sock *sk, int old_state,
		      int new_state)
{
	struct witness *witness = data;

	if (sk != witness->sk)
		return;
	if (nst_sk(sk)->net_held)
		witness->held++;
	else
		witness->not_held++;
}

static void close__holds_the_namespace_to_the_end(struct kunit *test)
{
	struct nst_tcp_test *t = connection(test);
	struct witness witness = { .sk = t->sk };

	/* So that the orphan ends within close(). */
	t->wire->stack->config.tcp_max_orphans = 0;
	KUNIT_ASSERT_EQ(test, 0, register_trace_netstack_tcp_state(see_state,
								   &witness));
	nst_tcp_test_close(t);
	unregister_trace_netstack_tcp_state(see_state, &witness);
	tracepoint_synchronize_unregister();
	/* FIN-WAIT-1, CLOSED */
	KUNIT_EXPECT_EQ(test, witness.held, 2U);
	KUNIT_EXPECT_EQ(test, witness.not_held, 0U);
	nst_tcp_test_out(t, FIN_ACK, 1, 1, 0);
	nst_tcp_test_out(t, RST_ACK, 2, 1, 0);
}

static void shutdown__half_closes(struct kunit *test)
{
	struct nst_tcp_test *t = connection(test);
	u8 data[8];

	KUNIT_ASSERT_EQ(test, 0, kernel_sock_shutdown(t->sock, SHUT_WR));
	nst_tcp_test_out(t, FIN_ACK, 1, 1, 0);
	nst_tcp_test_in(t, NST_TCP_ACK, 1, 2, 0);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_FIN_WAIT2);
	nst_tcp_test_in(t, NST_TCP_ACK, 1, 2, 5);
	KUNIT_EXPECT_EQ(test, 5, nst_tcp_test_recv(t, data, sizeof(data), 0));
	KUNIT_EXPECT_EQ(test, -EAGAIN,
			nst_tcp_test_recv(t, data, sizeof(data), 0));
}

static void shutdown__says_enotconn(struct kunit *test)
{
	struct socket *sock = nst_tcp_test_socket(test->priv);

	KUNIT_EXPECT_EQ(test, -ENOTCONN, kernel_sock_shutdown(sock, SHUT_WR));
	KUNIT_EXPECT_EQ(test, -EINVAL, kernel_sock_shutdown(sock, 3));
}

static void disconnect__makes_the_socket_new(struct kunit *test)
{
	struct sockaddr unspec = { .sa_family = AF_UNSPEC };
	struct nst_tcp_test *t = connection(test);

	KUNIT_EXPECT_EQ(test, 0, kernel_connect(t->sock, (void *)&unspec,
						sizeof(unspec), 0));
	nst_tcp_test_out(t, RST_ACK, 1, 1, 0);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_CLOSE);
	KUNIT_EXPECT_EQ(test, t->sock->state, SS_UNCONNECTED);
	KUNIT_EXPECT_EQ(test, t->sk->sk_shutdown, 0);
	KUNIT_EXPECT_FALSE(test, t->tp->nst.flow.hashed);
}

static void recv__peeks_waits_and_truncates(struct kunit *test)
{
	struct nst_tcp_test *t = connection(test);
	u8 data[20] = {};

	nst_tcp_test_in(t, NST_TCP_ACK, 1, 1, 10);
	nst_tcp_test_in(t, NST_TCP_ACK, 11, 1, 10);
	KUNIT_EXPECT_EQ(test, 20, nst_tcp_test_recv(t, data, 20, MSG_PEEK));
	KUNIT_EXPECT_EQ(test, data[19], 20);
	KUNIT_EXPECT_EQ(test, 15, nst_tcp_test_recv(t, NULL, 15, MSG_TRUNC));
	KUNIT_EXPECT_EQ(test, 5, nst_tcp_test_recv(t, data, 20, 0));
	KUNIT_EXPECT_EQ(test, data[0], 16);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&t->sk->sk_rmem_alloc));
}

static void recv__tells_of_reset_once(struct kunit *test)
{
	struct nst_tcp_test *t = connection(test);
	u8 data;

	nst_tcp_test_in(t, NST_TCP_RST, 1, 0, 0);
	KUNIT_EXPECT_EQ(test, -ECONNRESET, nst_tcp_test_recv(t, &data, 1, 0));
	KUNIT_EXPECT_EQ(test, 0, nst_tcp_test_recv(t, &data, 1, 0));
}

static struct kunit_case close_cases[] = {
	KUNIT_CASE(close__sends_fin),
	KUNIT_CASE(close__resets_with_unread_data),
	KUNIT_CASE(close__resets_with_zero_linger),
	KUNIT_CASE(close__after_the_peer),
	KUNIT_CASE(close__simultaneously),
	KUNIT_CASE(close__orphans_are_bounded),
	KUNIT_CASE(close__holds_the_namespace_to_the_end),
	KUNIT_CASE(shutdown__half_closes),
	KUNIT_CASE(shutdown__says_enotconn),
	KUNIT_CASE(disconnect__makes_the_socket_new),
	KUNIT_CASE(recv__peeks_waits_and_truncates),
	KUNIT_CASE(recv__tells_of_reset_once),
	{}
};

static struct kunit_suite close_suite = {
	.name = "netstack_tcp_close",
	.init = nst_tcp_test_init_passive,
	.test_cases = close_cases,
};

kunit_test_suite(close_suite);
