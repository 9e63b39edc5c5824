// SPDX-License-Identifier: GPL-2.0
/*
 * CLOSE, ABORT and reading to the end (close.c, recv.c).
 */
#include "../netstack/trace.h"
#include "tcp_peer.h"

#define FIN_ACK	(NST_TCP_FIN | NST_TCP_ACK)
#define RST_ACK	(NST_TCP_RST | NST_TCP_ACK)

/* A connection that the peer has opened. */
static struct socket *connection(struct kunit *test, struct nst_tcp_peer *peer)
{
	struct socket *listener = nst_tcp_test_listener(test, 5);

	nst_tcp_peer_connect(peer);
	return nst_tcp_test_accept(test, listener);
}

static int receive(struct socket *sock, void *data, size_t len, int flags)
{
	struct kvec vec = { data, len };
	struct msghdr msg = {};

	return kernel_recvmsg(sock, &msg, &vec, 1, len, flags | MSG_DONTWAIT);
}

static void close__sends_fin(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	struct socket *sock;

	nst_tcp_peer_init(&peer, wire);
	sock = connection(test, &peer);
	nst_tcp_test_close(test, sock);
	nst_tcp_peer_expect(&peer, FIN_ACK);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&wire->stack->tcp->orphans));
}

static void close__resets_with_unread_data(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	struct socket *sock;

	nst_tcp_peer_init(&peer, wire);
	sock = connection(test, &peer);
	nst_tcp_peer_send(&peer, NST_TCP_ACK, 10);
	nst_tcp_peer_expect(&peer, NST_TCP_ACK);
	nst_tcp_test_close(test, sock);
	nst_tcp_peer_expect(&peer, RST_ACK);
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&wire->stack->sockets));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&wire->stack->tcp->orphans));
	KUNIT_EXPECT_EQ(test, 1, nst_mib_read(wire->stack,
					      NST_MIB_TCP_ABORT_ON_CLOSE));
}

static void close__resets_with_zero_linger(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	struct socket *sock;

	nst_tcp_peer_init(&peer, wire);
	sock = connection(test, &peer);
	sock_no_linger(sock->sk);
	nst_tcp_test_close(test, sock);
	nst_tcp_peer_expect(&peer, RST_ACK);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&wire->stack->sockets));
}

/* RFC 9293 3.6: the passive side, CLOSE-WAIT to LAST-ACK to CLOSED. */
static void close__after_the_peer(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	struct socket *sock;
	u8 data;

	nst_tcp_peer_init(&peer, wire);
	sock = connection(test, &peer);
	nst_tcp_peer_send(&peer, FIN_ACK, 0);
	nst_tcp_peer_expect(&peer, NST_TCP_ACK);
	KUNIT_EXPECT_EQ(test, sock->sk->sk_state, TCP_CLOSE_WAIT);
	KUNIT_EXPECT_EQ(test, 0, receive(sock, &data, 1, 0));
	KUNIT_EXPECT_EQ(test, 0, receive(sock, &data, 1, 0));

	nst_tcp_test_close(test, sock);
	nst_tcp_peer_expect(&peer, FIN_ACK);
	nst_tcp_peer_send(&peer, NST_TCP_ACK, 0);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&wire->stack->sockets));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&wire->stack->tcp->timewaits));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&wire->stack->tcp->orphans));
}

/* RFC 9293 figure 13: both FINs cross. */
static void close__simultaneously(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	struct socket *sock;
	u32 ack;

	nst_tcp_peer_init(&peer, wire);
	sock = connection(test, &peer);
	ack = peer.ack;
	KUNIT_ASSERT_EQ(test, 0, kernel_sock_shutdown(sock, SHUT_WR));
	nst_tcp_peer_expect(&peer, FIN_ACK);
	KUNIT_EXPECT_EQ(test, sock->sk->sk_state, TCP_FIN_WAIT1);
	swap(ack, peer.ack);
	nst_tcp_peer_send(&peer, FIN_ACK, 0);
	KUNIT_EXPECT_EQ(test, sock->sk->sk_state, TCP_CLOSING);
	peer.ack = ack;
	nst_tcp_peer_expect(&peer, NST_TCP_ACK);
	nst_tcp_peer_send(&peer, NST_TCP_ACK, 0);
	KUNIT_EXPECT_EQ(test, sock->sk->sk_state, TCP_CLOSE);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&wire->stack->tcp->timewaits));
}

static void close__orphans_are_bounded(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	struct socket *sock;

	wire->stack->config.tcp_max_orphans = 0;
	nst_tcp_peer_init(&peer, wire);
	sock = connection(test, &peer);
	nst_tcp_test_close(test, sock);
	nst_tcp_peer_expect(&peer, FIN_ACK);
	nst_tcp_peer_expect(&peer, RST_ACK);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&wire->stack->sockets));
	KUNIT_EXPECT_EQ(test, 1, nst_mib_read(wire->stack,
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
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct witness witness = {};
	struct nst_tcp_peer peer;
	struct socket *sock;

	/* So that the orphan ends within close(). */
	wire->stack->config.tcp_max_orphans = 0;
	nst_tcp_peer_init(&peer, wire);
	sock = connection(test, &peer);
	witness.sk = sock->sk;
	KUNIT_ASSERT_EQ(test, 0, register_trace_netstack_tcp_state(see_state,
								   &witness));
	nst_tcp_test_close(test, sock);
	unregister_trace_netstack_tcp_state(see_state, &witness);
	tracepoint_synchronize_unregister();
	/* FIN-WAIT-1, CLOSED */
	KUNIT_EXPECT_EQ(test, witness.held, 2U);
	KUNIT_EXPECT_EQ(test, witness.not_held, 0U);
	nst_tcp_peer_expect(&peer, FIN_ACK);
	nst_tcp_peer_expect(&peer, RST_ACK);
}

static void shutdown__half_closes(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	struct socket *sock;
	u8 data[8];

	nst_tcp_peer_init(&peer, wire);
	sock = connection(test, &peer);
	KUNIT_ASSERT_EQ(test, 0, kernel_sock_shutdown(sock, SHUT_WR));
	nst_tcp_peer_expect(&peer, FIN_ACK);
	nst_tcp_peer_send(&peer, NST_TCP_ACK, 0);
	KUNIT_EXPECT_EQ(test, sock->sk->sk_state, TCP_FIN_WAIT2);
	nst_tcp_peer_send(&peer, NST_TCP_ACK, 5);
	KUNIT_EXPECT_EQ(test, 5, receive(sock, data, sizeof(data), 0));
	KUNIT_EXPECT_EQ(test, -EAGAIN, receive(sock, data, sizeof(data), 0));
}

static void shutdown__says_enotconn(struct kunit *test)
{
	struct socket *sock;

	nst_wire_create_ipv4(test);
	sock = nst_tcp_test_socket(test);
	KUNIT_EXPECT_EQ(test, -ENOTCONN, kernel_sock_shutdown(sock, SHUT_WR));
	KUNIT_EXPECT_EQ(test, -EINVAL, kernel_sock_shutdown(sock, 3));
}

static void disconnect__makes_the_socket_new(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sockaddr unspec = { .sa_family = AF_UNSPEC };
	struct nst_tcp_peer peer;
	struct socket *sock;

	nst_tcp_peer_init(&peer, wire);
	sock = connection(test, &peer);
	KUNIT_EXPECT_EQ(test, 0, kernel_connect(sock, (void *)&unspec,
						sizeof(unspec), 0));
	nst_tcp_peer_expect(&peer, RST_ACK);
	KUNIT_EXPECT_EQ(test, sock->sk->sk_state, TCP_CLOSE);
	KUNIT_EXPECT_EQ(test, sock->state, SS_UNCONNECTED);
	KUNIT_EXPECT_EQ(test, sock->sk->sk_shutdown, 0);
	KUNIT_EXPECT_FALSE(test, nst_sk(sock->sk)->flow.hashed);
}

static void recv__peeks_waits_and_truncates(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	struct socket *sock;
	u8 data[20] = {};

	nst_tcp_peer_init(&peer, wire);
	sock = connection(test, &peer);
	nst_tcp_peer_send(&peer, NST_TCP_ACK, 10);
	nst_tcp_peer_send(&peer, NST_TCP_ACK, 10);
	KUNIT_EXPECT_EQ(test, 20, receive(sock, data, 20, MSG_PEEK));
	KUNIT_EXPECT_EQ(test, data[19], 9);
	KUNIT_EXPECT_EQ(test, 15, receive(sock, NULL, 15, MSG_TRUNC));
	KUNIT_EXPECT_EQ(test, 5, receive(sock, data, 20, 0));
	KUNIT_EXPECT_EQ(test, data[0], 5);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&sock->sk->sk_rmem_alloc));
}

static void recv__tells_of_reset_once(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	struct socket *sock;
	u8 data;

	nst_tcp_peer_init(&peer, wire);
	sock = connection(test, &peer);
	nst_tcp_peer_send(&peer, NST_TCP_RST, 0);
	KUNIT_EXPECT_EQ(test, -ECONNRESET, receive(sock, &data, 1, 0));
	KUNIT_EXPECT_EQ(test, 0, receive(sock, &data, 1, 0));
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
	.test_cases = close_cases,
};

kunit_test_suite(close_suite);
