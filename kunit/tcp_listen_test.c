// SPDX-License-Identifier: GPL-2.0
/*
 * Listeners and their accept queue (listen.c).
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/wait.h>

#include "tcp_peer.h"

#define SYN_ACK	(NST_TCP_SYN | NST_TCP_ACK)

static void peer_connect_from(struct nst_tcp_peer *peer, u16 port)
{
	peer->port = port;
	peer->seq = NST_PEER_ISS;
	nst_tcp_peer_connect(peer);
}

static void listen__drops_rst(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;

	nst_tcp_test_listener(test, 5);
	nst_tcp_peer_init(&peer, wire);
	nst_tcp_peer_send(&peer, NST_TCP_RST, 0);
	nst_wire_expect_nothing(wire);
}

static void listen__resets_ack(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;

	nst_tcp_test_listener(test, 5);
	nst_tcp_peer_init(&peer, wire);
	peer.ack = 99;
	nst_tcp_peer_send(&peer, SYN_ACK, 0);
	KUNIT_EXPECT_EQ(test, 99,
			ntohl(nst_tcp_peer_expect(&peer, NST_TCP_RST)->seq));
}

static void listen__drops_segments_without_syn(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	unsigned long before = nst_drop_read(wire->stack, NST_DROP_TCP_FLAGS);
	struct nst_tcp_peer peer;

	nst_tcp_test_listener(test, 5);
	nst_tcp_peer_init(&peer, wire);
	nst_tcp_peer_send(&peer, 0, 5);
	nst_tcp_peer_send(&peer, NST_TCP_FIN, 0);
	nst_tcp_peer_send(&peer, NST_TCP_SYN | NST_TCP_FIN, 0);
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, before + 3,
			nst_drop_read(wire->stack, NST_DROP_TCP_FLAGS));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&wire->stack->tcp->requests));
}

static void listen__backlog_is_exact(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	struct socket *listener;

	/* listen(2) on the host: one more than the backlog fits. */
	listener = nst_tcp_test_listener(test, 1);
	nst_tcp_peer_init(&peer, wire);
	peer_connect_from(&peer, 1000);
	peer_connect_from(&peer, 1001);
	KUNIT_EXPECT_EQ(test, listener->sk->sk_ack_backlog, 2);

	peer.port = 1002;
	peer.seq = NST_PEER_ISS;
	nst_tcp_peer_syn(&peer);
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, 1, nst_mib_read(wire->stack,
					      NST_MIB_TCP_LISTEN_OVERFLOWS));

	nst_tcp_test_accept(test, listener);
	KUNIT_EXPECT_EQ(test, listener->sk->sk_ack_backlog, 1);
	peer_connect_from(&peer, 1002);
	KUNIT_EXPECT_EQ(test, listener->sk->sk_ack_backlog, 2);
}

/* Both handshakes are half done before the queue is full. */
static void listen__full_queue_keeps_request(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer one, two;
	struct socket *listener;

	listener = nst_tcp_test_listener(test, 0);
	KUNIT_ASSERT_EQ(test, 0, kernel_listen(listener, 1));
	nst_tcp_peer_init(&one, wire);
	nst_tcp_peer_init(&two, wire);
	two.port++;
	nst_tcp_peer_syn(&one);
	nst_tcp_peer_expect(&one, SYN_ACK);
	nst_tcp_peer_syn(&two);
	nst_tcp_peer_expect(&two, SYN_ACK);
	KUNIT_ASSERT_EQ(test, 0, kernel_listen(listener, 0));

	nst_tcp_peer_send(&one, NST_TCP_ACK, 0);
	nst_tcp_peer_send(&two, NST_TCP_ACK, 0);
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, listener->sk->sk_ack_backlog, 1);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&wire->stack->tcp->requests));
	KUNIT_EXPECT_EQ(test, 2, atomic_read(&wire->stack->sockets));

	nst_tcp_test_accept(test, listener);
	nst_tcp_peer_send(&two, NST_TCP_ACK, 0);
	KUNIT_EXPECT_EQ(test, listener->sk->sk_ack_backlog, 1);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&wire->stack->tcp->requests));
}

static void listen__full_queue_can_reset(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer one, two;
	struct socket *listener;

	wire->stack->config.tcp_abort_on_overflow = 1;
	listener = nst_tcp_test_listener(test, 1);
	nst_tcp_peer_init(&one, wire);
	nst_tcp_peer_init(&two, wire);
	two.port++;
	nst_tcp_peer_syn(&one);
	nst_tcp_peer_expect(&one, SYN_ACK);
	nst_tcp_peer_syn(&two);
	nst_tcp_peer_expect(&two, SYN_ACK);
	KUNIT_ASSERT_EQ(test, 0, kernel_listen(listener, 0));
	nst_tcp_peer_send(&one, NST_TCP_ACK, 0);
	nst_tcp_peer_send(&two, NST_TCP_ACK, 0);
	nst_tcp_peer_expect(&two, NST_TCP_RST);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&wire->stack->tcp->requests));
	KUNIT_EXPECT_EQ(test, listener->sk->sk_ack_backlog, 1);
}

/* Attack 2: a place that is reserved in vain comes back. */
static void listen__failed_child_leaves_no_trace(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	struct socket *listener;

	listener = nst_tcp_test_listener(test, 5);
	nst_tcp_peer_init(&peer, wire);
	nst_tcp_peer_syn(&peer);
	nst_tcp_peer_expect(&peer, SYN_ACK);

	wire->stack->config.socket_max = 1;
	nst_tcp_peer_send(&peer, NST_TCP_ACK, 0);
	KUNIT_EXPECT_EQ(test, listener->sk->sk_ack_backlog, 0);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&wire->stack->tcp->requests));
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&wire->stack->sockets));

	wire->stack->config.socket_max = 10;
	nst_tcp_peer_send(&peer, NST_TCP_ACK, 0);
	KUNIT_EXPECT_EQ(test, listener->sk->sk_ack_backlog, 1);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&wire->stack->tcp->requests));
}

static void listen__close_resets_what_waits(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer done, half;
	struct socket *listener;

	listener = nst_tcp_test_listener(test, 5);
	nst_tcp_peer_init(&done, wire);
	nst_tcp_peer_init(&half, wire);
	half.port++;
	nst_tcp_peer_connect(&done);
	nst_tcp_peer_syn(&half);
	nst_tcp_peer_expect(&half, SYN_ACK);

	nst_tcp_test_close(test, listener);
	nst_tcp_peer_expect(&done, NST_TCP_RST | NST_TCP_ACK);
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&wire->stack->tcp->requests));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&wire->stack->sockets));
	KUNIT_EXPECT_EQ(test, 0,
			nst_mib_read(wire->stack, NST_MIB_TCP_CURR_ESTAB));

	/* Nobody is there any more. */
	nst_tcp_peer_send(&half, NST_TCP_ACK, 0);
	nst_tcp_peer_expect(&half, NST_TCP_RST);
}

static void listen__accept_says_why_not(struct kunit *test)
{
	struct socket *listener, *closed, *sock;

	nst_wire_create_ipv4(test);
	listener = nst_tcp_test_listener(test, 5);
	closed = nst_tcp_test_socket(test);
	KUNIT_EXPECT_EQ(test, -EAGAIN,
			kernel_accept(listener, &sock, O_NONBLOCK));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			kernel_accept(closed, &sock, O_NONBLOCK));
}

/* A thread that sleeps in accept(2). */
struct accepter {
	struct socket *listener;
	struct completion done;
	int err;
};

static int accepter(void *data)
{
	struct accepter *a = data;
	struct socket *sock;

	a->err = kernel_accept(a->listener, &sock, 0);
	complete(&a->done);
	return 0;
}

static void listen__shutdown_ends_accept(struct kunit *test)
{
	struct accepter a = {};

	nst_wire_create_ipv4(test);
	a.listener = nst_tcp_test_listener(test, 5);
	init_completion(&a.done);
	KUNIT_ASSERT_FALSE(test, IS_ERR(kthread_run(accepter, &a, "accepter")));
	while (!wq_has_sleeper(sk_sleep(a.listener->sk)))
		cond_resched();
	KUNIT_EXPECT_EQ(test, 0, kernel_sock_shutdown(a.listener, SHUT_RD));
	wait_for_completion(&a.done);
	KUNIT_EXPECT_EQ(test, -EINVAL, a.err);
	KUNIT_EXPECT_EQ(test, a.listener->sk->sk_state, TCP_CLOSE);
}

static void listen__reset_child_stays_in_queue(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	struct socket *listener;
	struct socket *sock;
	struct kvec vec = { &peer, 1 };
	struct msghdr msg = {};

	listener = nst_tcp_test_listener(test, 5);
	nst_tcp_peer_init(&peer, wire);
	nst_tcp_peer_connect(&peer);
	nst_tcp_peer_send(&peer, NST_TCP_RST, 0);
	KUNIT_EXPECT_EQ(test, listener->sk->sk_ack_backlog, 1);
	sock = nst_tcp_test_accept(test, listener);
	KUNIT_EXPECT_EQ(test, -ECONNRESET,
			kernel_recvmsg(sock, &msg, &vec, 1, 1, MSG_DONTWAIT));
	KUNIT_EXPECT_EQ(test, listener->sk->sk_ack_backlog, 0);
}

static struct kunit_case listen_cases[] = {
	KUNIT_CASE(listen__drops_rst),
	KUNIT_CASE(listen__resets_ack),
	KUNIT_CASE(listen__drops_segments_without_syn),
	KUNIT_CASE(listen__backlog_is_exact),
	KUNIT_CASE(listen__full_queue_keeps_request),
	KUNIT_CASE(listen__full_queue_can_reset),
	KUNIT_CASE(listen__failed_child_leaves_no_trace),
	KUNIT_CASE(listen__close_resets_what_waits),
	KUNIT_CASE(listen__accept_says_why_not),
	KUNIT_CASE(listen__shutdown_ends_accept),
	KUNIT_CASE(listen__reset_child_stays_in_queue),
	{}
};

static struct kunit_suite listen_suite = {
	.name = "netstack_tcp_listen",
	.test_cases = listen_cases,
};

kunit_test_suite(listen_suite);
