// SPDX-License-Identifier: GPL-2.0
/*
 * Listeners and their accept queue (listen.c).
 */
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/wait.h>

#include "tcp_fixture.h"

#define SYN_ACK	(NST_TCP_SYN | NST_TCP_ACK)

static int requests(const struct nst_tcp_test *t)
{
	return atomic_read(&t->wire->stack->tcp->requests);
}

static int sockets(const struct nst_tcp_test *t)
{
	return atomic_read(&t->wire->stack->sockets);
}

static u32 backlog(const struct nst_tcp_test *t)
{
	return READ_ONCE(t->listener->sk->sk_ack_backlog);
}

static void listen__drops_rst(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_listen(t, 5);
	nst_tcp_test_in(t, NST_TCP_RST, 0, 0, 0);
	nst_wire_expect_nothing(t->wire);
}

static void listen__resets_ack(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_listen(t, 5);
	nst_tcp_test_in(t, SYN_ACK, 0, 99, 0);
	nst_tcp_test_out(t, NST_TCP_RST, 99, 0, 0);
}

static void listen__drops_segments_without_syn(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	unsigned long before = nst_drop_read(t->wire->stack,
					     NST_DROP_TCP_FLAGS);

	nst_tcp_test_listen(t, 5);
	nst_tcp_test_in(t, 0, 0, 0, 5);
	nst_tcp_test_in(t, NST_TCP_FIN, 5, 0, 0);
	nst_tcp_test_in(t, NST_TCP_SYN | NST_TCP_FIN, 6, 0, 0);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, before + 3,
			nst_drop_read(t->wire->stack, NST_DROP_TCP_FLAGS));
	KUNIT_EXPECT_EQ(test, 0, requests(t));
}

static void listen__backlog_is_exact(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_tcp_test *third;

	/* listen(2) on the host: one more than the backlog fits. */
	nst_tcp_test_listen(t, 1);
	nst_tcp_test_handshake(t);
	nst_tcp_test_handshake(nst_tcp_test_another(t));
	KUNIT_EXPECT_EQ(test, backlog(t), 2);

	third = nst_tcp_test_another(t);
	nst_tcp_test_syn(third);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, 1, nst_mib_read(t->wire->stack,
					      NST_MIB_TCP_LISTEN_OVERFLOWS));

	nst_tcp_test_accept(t);
	KUNIT_EXPECT_EQ(test, backlog(t), 1);
	nst_tcp_test_handshake(third);
	KUNIT_EXPECT_EQ(test, backlog(t), 2);
}

/* Two handshakes half done; then there is only room for one. */
static struct nst_tcp_test *two_half_open(struct nst_tcp_test *t)
{
	struct nst_tcp_test *two;

	nst_tcp_test_listen(t, 1);
	two = nst_tcp_test_another(t);
	nst_tcp_test_half_open(t);
	nst_tcp_test_half_open(two);
	KUNIT_ASSERT_EQ(t->test, 0, kernel_listen(t->listener, 0));
	return two;
}

static void listen__full_queue_keeps_request(struct kunit *test)
{
	struct nst_tcp_test *one = test->priv;
	struct nst_tcp_test *two = two_half_open(one);

	nst_tcp_test_ack(one, 1);
	nst_tcp_test_ack(two, 1);
	nst_wire_expect_nothing(one->wire);
	KUNIT_EXPECT_EQ(test, backlog(one), 1);
	KUNIT_EXPECT_EQ(test, 1, requests(one));
	KUNIT_EXPECT_EQ(test, 2, sockets(one));

	nst_tcp_test_accept(one);
	nst_tcp_test_ack(two, 1);
	KUNIT_EXPECT_EQ(test, backlog(one), 1);
	KUNIT_EXPECT_EQ(test, 0, requests(one));
}

static void listen__full_queue_can_reset(struct kunit *test)
{
	struct nst_tcp_test *one = test->priv;
	struct nst_tcp_test *two = two_half_open(one);

	one->wire->stack->config.tcp_abort_on_overflow = 1;
	nst_tcp_test_ack(one, 1);
	nst_tcp_test_ack(two, 1);
	nst_tcp_test_out(two, NST_TCP_RST, 1, 0, 0);
	KUNIT_EXPECT_EQ(test, 0, requests(one));
	KUNIT_EXPECT_EQ(test, backlog(one), 1);
}

/* Attack 2: a place that is reserved in vain comes back. */
static void listen__failed_child_leaves_no_trace(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_listen(t, 5);
	nst_tcp_test_half_open(t);

	t->wire->stack->config.socket_max = 1;
	nst_tcp_test_ack(t, 1);
	KUNIT_EXPECT_EQ(test, backlog(t), 0);
	KUNIT_EXPECT_EQ(test, 1, requests(t));
	KUNIT_EXPECT_EQ(test, 1, sockets(t));

	t->wire->stack->config.socket_max = 10;
	nst_tcp_test_ack(t, 1);
	KUNIT_EXPECT_EQ(test, backlog(t), 1);
	KUNIT_EXPECT_EQ(test, 0, requests(t));
}

/* An ACK that a closing listener meets before its request is gone. */
static void listen__closing_resets_late_handshake(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_tcp_listener *listener;

	nst_tcp_test_listen(t, 5);
	nst_tcp_test_half_open(t);
	listener = rcu_dereference_protected(nst_tcp_sk(t->listener->sk)->listener,
					     true);
	listener->closed = true;
	nst_tcp_test_ack(t, 1);
	nst_tcp_test_out(t, NST_TCP_RST, 1, 0, 0);
	KUNIT_EXPECT_EQ(test, 0, requests(t));
	KUNIT_EXPECT_EQ(test, 1, sockets(t));
	KUNIT_EXPECT_EQ(test, backlog(t), 0);
	KUNIT_EXPECT_EQ(test, 0, nst_mib_read(t->wire->stack,
					      NST_MIB_TCP_LISTEN_OVERFLOWS));
}

static void listen__close_resets_what_waits(struct kunit *test)
{
	struct nst_tcp_test *done = test->priv;
	struct nst_tcp_test *half;

	nst_tcp_test_listen(done, 5);
	half = nst_tcp_test_another(done);
	nst_tcp_test_handshake(done);
	nst_tcp_test_half_open(half);

	nst_tcp_test_close_listener(done);
	nst_tcp_test_out(done, NST_TCP_RST | NST_TCP_ACK, 1, 1, 0);
	nst_wire_expect_nothing(done->wire);
	KUNIT_EXPECT_EQ(test, 0, requests(done));
	KUNIT_EXPECT_EQ(test, 0, sockets(done));
	KUNIT_EXPECT_EQ(test, 0, nst_mib_read(done->wire->stack,
					      NST_MIB_TCP_CURR_ESTAB));

	/* Nobody is there any more. */
	nst_tcp_test_ack(half, 1);
	nst_tcp_test_out(half, NST_TCP_RST, 1, 0, 0);
}

static void listen__accept_says_why_not(struct kunit *test)
{
	struct socket *listener = nst_tcp_test_listen(test->priv, 5);
	struct socket *closed = nst_tcp_test_socket(test->priv);
	struct socket *sock;

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
	struct accepter a = { .listener = nst_tcp_test_listen(test->priv, 5) };

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
	struct nst_tcp_test *t = test->priv;
	u8 data;

	nst_tcp_test_listen(t, 5);
	nst_tcp_test_handshake(t);
	nst_tcp_test_in(t, NST_TCP_RST, 1, 0, 0);
	KUNIT_EXPECT_EQ(test, backlog(t), 1);
	nst_tcp_test_accept(t);
	KUNIT_EXPECT_EQ(test, -ECONNRESET, nst_tcp_test_recv(t, &data, 1, 0));
	KUNIT_EXPECT_EQ(test, backlog(t), 0);
}

static struct kunit_case listen_cases[] = {
	KUNIT_CASE(listen__drops_rst),
	KUNIT_CASE(listen__resets_ack),
	KUNIT_CASE(listen__drops_segments_without_syn),
	KUNIT_CASE(listen__backlog_is_exact),
	KUNIT_CASE(listen__full_queue_keeps_request),
	KUNIT_CASE(listen__full_queue_can_reset),
	KUNIT_CASE(listen__failed_child_leaves_no_trace),
	KUNIT_CASE(listen__closing_resets_late_handshake),
	KUNIT_CASE(listen__close_resets_what_waits),
	KUNIT_CASE(listen__accept_says_why_not),
	KUNIT_CASE(listen__shutdown_ends_accept),
	KUNIT_CASE(listen__reset_child_stays_in_queue),
	{}
};

static struct kunit_suite listen_suite = {
	.name = "netstack_tcp_listen",
	.init = nst_tcp_test_init_passive,
	.test_cases = listen_cases,
};

kunit_test_suite(listen_suite);
