// SPDX-License-Identifier: GPL-2.0
/*
 * Listeners: the passive OPEN of RFC 9293 3.10.1, the accept queue, and
 * segments that come to a listening socket (3.10.7.2).
 *
 * Segments meet a listener without its socket lock; the queues have a lock
 * of their own. Each place in the accept queue is reserved before a child
 * is made and is given back by whoever fails to fill it, so that
 * sk_ack_backlog is exact on every path.
 */
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "../../mib.h"
#include "../ports.h"
#include "fastopen.h"
#include "listen.h"
#include "reply.h"
#include "syncookie.h"

static struct nst_tcp_listener *listener_locked(struct sock *sk)
{
	return rcu_dereference_protected(nst_tcp_sk(sk)->listener,
					 lockdep_sock_is_held(sk));
}

/**
 * nst_tcp_listen_start() - passive OPEN
 * @sk: socket, locked, in CLOSE or LISTEN
 * @backlog: most connections that may wait for accept(); cut to somaxconn
 *
 * On a listening socket only the backlog changes.
 *
 * Context: process.
 * Return: 0, -EADDRINUSE or -ENOMEM.
 */
int nst_tcp_listen_start(struct sock *sk, int backlog)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_stack *stack = tp->nst.stack;
	struct nst_tcp_listener *listener;
	int err;

	backlog = min_t(unsigned int, backlog,
			READ_ONCE(stack->config.somaxconn));
	WRITE_ONCE(sk->sk_max_ack_backlog, backlog);
	if (sk->sk_state == TCP_LISTEN)
		return 0;

	err = nst_tcp_fastopen_listen(sk, backlog);
	if (err)
		return err;
	listener = kzalloc(sizeof(*listener), GFP_KERNEL_ACCOUNT);
	if (!listener)
		return -ENOMEM;
	spin_lock_init(&listener->lock);
	INIT_LIST_HEAD(&listener->requests);
	INIT_LIST_HEAD(&listener->accept_queue);
	listener->cookie_stamp = nst_tcp_clock_ms() -
				 NST_TCP_COOKIE_LIFETIME;
	sk->sk_ack_backlog = 0;

	/* The state decides what nst_port_bind() sees as a conflict. */
	nst_tcp_set_state(sk, TCP_LISTEN);
	err = tp->nst.port ? nst_port_listen(sk) : nst_port_bind(sk, 0);
	if (err) {
		nst_tcp_set_state(sk, TCP_CLOSE);
		kfree(listener);
		return err;
	}
	rcu_assign_pointer(tp->listener, listener);
	err = nst_demux_bound_add(&stack->tcp->demux, &tp->nst);
	if (err) {
		nst_tcp_listen_stop(sk);
		nst_tcp_set_state(sk, TCP_CLOSE);
	}
	return err;
}

/* Half-open connections end silently: their SYN-ACK is answered with RST. */
static void requests_end(struct nst_tcp_listener *listener)
{
	struct nst_tcp_request *request;

	spin_lock_bh(&listener->lock);
	listener->closed = true;
	while (!list_empty(&listener->requests)) {
		request = list_first_entry(&listener->requests,
					   struct nst_tcp_request, node);
		list_del_init(&request->node);
		WRITE_ONCE(listener->request_count,
			   listener->request_count - 1);
		/* It may be ending elsewhere at this moment. */
		if (!nst_endpoint_get_unless_zero(&request->flow))
			continue;
		spin_unlock_bh(&listener->lock);
		nst_tcp_request_drop(request);
		nst_endpoint_put(&request->flow);
		spin_lock_bh(&listener->lock);
	}
	spin_unlock_bh(&listener->lock);
}

/**
 * nst_tcp_listen_stop() - stop listening
 * @sk: socket, locked
 *
 * Half-open connections go, those that wait for accept() are reset (RFC
 * 9293 3.10.4). The caller changes the state, which takes the socket out of
 * the table of bound sockets.
 *
 * Context: process.
 */
void nst_tcp_listen_stop(struct sock *sk)
{
	struct nst_tcp_listener *listener = listener_locked(sk);
	struct nst_tcp_sock *child;

	if (!listener)
		return;
	requests_end(listener);

	/* Closed: nobody adds to the queue, and the owner is here. */
	while (!list_empty(&listener->accept_queue)) {
		child = list_first_entry(&listener->accept_queue,
					 struct nst_tcp_sock, accept_node);
		list_del_init(&child->accept_node);
		nst_tcp_child_abort(&child->nst.sk);
		cond_resched();
	}
	WRITE_ONCE(sk->sk_ack_backlog, 0);
	RCU_INIT_POINTER(nst_tcp_sk(sk)->listener, NULL);
	kfree_rcu(listener, rcu);
}

bool nst_tcp_listener_reserve(struct sock *sk,
			      struct nst_tcp_listener *listener)
{
	bool reserved;

	spin_lock_bh(&listener->lock);
	reserved = !listener->closed && !sk_acceptq_is_full(sk);
	if (reserved)
		sk_acceptq_added(sk);
	spin_unlock_bh(&listener->lock);
	return reserved;
}

void nst_tcp_listener_unreserve(struct sock *sk,
				struct nst_tcp_listener *listener)
{
	spin_lock_bh(&listener->lock);
	/* Closing has taken all places back at once. */
	if (!listener->closed)
		sk_acceptq_removed(sk);
	spin_unlock_bh(&listener->lock);
}

bool nst_tcp_listener_push(struct nst_tcp_listener *listener,
			   struct sock *child)
{
	bool pushed;

	spin_lock_bh(&listener->lock);
	pushed = !listener->closed;
	if (pushed)
		list_add_tail(&nst_tcp_sk(child)->accept_node,
			      &listener->accept_queue);
	spin_unlock_bh(&listener->lock);
	return pushed;
}

/**
 * nst_tcp_listen_input() - a segment for a listener
 * @sk: listening socket; the caller's reference stays
 * @skb: segment, skb->data at the TCP header; consumed
 *
 * RFC 9293 3.10.7.2.
 * Context: softirq, RCU, no lock.
 */
void nst_tcp_listen_input(struct sock *sk, struct sk_buff *skb)
{
	struct nst_stack *stack = nst_sk(sk)->stack;
	u8 flags = nst_tcp_cb(skb)->flags;

	/* First, check for a RST */
	if (flags & NST_TCP_RST) {
		nst_drop(stack, skb, NST_DROP_TCP_FLAGS);
		return;
	}
	/* Second, check for an ACK: of nothing, or of a cookie */
	if (flags & NST_TCP_ACK) {
		if (!(flags & NST_TCP_SYN) && nst_tcp_request_cookie(sk, skb))
			return;
		nst_tcp_reply_reset(stack, skb);
		nst_drop(stack, skb, NST_DROP_TCP_NO_SOCKET);
		return;
	}
	/*
	 * Third, check for a SYN. One with FIN is no opening of a
	 * connection that anybody means: the host drops it too.
	 */
	if ((flags & (NST_TCP_SYN | NST_TCP_FIN)) != NST_TCP_SYN) {
		nst_drop(stack, skb, NST_DROP_TCP_FLAGS);
		return;
	}
	nst_tcp_request_new(sk, skb, 0, NULL);
}

/* Sleep until a connection is there. Return: 0 or a negative errno. */
static int wait_for_connection(struct sock *sk, long timeout)
{
	DEFINE_WAIT(wait);
	int err;

	/*
	 * Exclusive: one connection wakes one process. Who is woken takes
	 * it or finds that another was faster and sleeps again.
	 */
	for (;;) {
		struct nst_tcp_listener *listener;
		bool empty;

		prepare_to_wait_exclusive(sk_sleep(sk), &wait,
					  TASK_INTERRUPTIBLE);
		/* Without the lock, shutdown() may free the listener. */
		empty = list_empty(&listener_locked(sk)->accept_queue);
		release_sock(sk);
		if (empty)
			timeout = schedule_timeout(timeout);
		sched_annotate_sleep();
		lock_sock(sk);

		listener = listener_locked(sk);
		err = -EINVAL;
		if (!listener)
			break;
		err = 0;
		if (!list_empty(&listener->accept_queue))
			break;
		err = sock_intr_errno(timeout);
		if (signal_pending(current))
			break;
		err = -EAGAIN;
		if (!timeout)
			break;
	}
	finish_wait(sk_sleep(sk), &wait);
	return err;
}

/* The oldest connection of the queue, or NULL. */
static struct sock *accept_queue_pop(struct sock *sk,
				     struct nst_tcp_listener *listener)
{
	struct nst_tcp_sock *child;

	spin_lock_bh(&listener->lock);
	child = list_first_entry_or_null(&listener->accept_queue,
					 struct nst_tcp_sock, accept_node);
	if (child) {
		list_del_init(&child->accept_node);
		sk_acceptq_removed(sk);
	}
	spin_unlock_bh(&listener->lock);
	return child ? &child->nst.sk : NULL;
}

/**
 * nst_tcp_accept() - take a connection from the accept queue
 * @sk: listening socket
 * @flags: O_NONBLOCK
 * @err: negative errno when there is none
 *
 * The connection holds the namespace from now on. It may have been reset
 * already; the program learns that when it reads.
 *
 * Context: process; takes the socket lock.
 * Return: the connection, without a struct socket, or NULL with *err being
 * -EINVAL (not listening), -EAGAIN, -EINTR or -ERESTARTSYS.
 */
struct sock *nst_tcp_accept(struct sock *sk, int flags, int *err)
{
	struct nst_tcp_listener *listener;
	struct sock *child = NULL;

	lock_sock(sk);
	*err = -EINVAL;
	listener = listener_locked(sk);
	if (!listener)
		goto out;
	if (list_empty(&listener->accept_queue)) {
		long timeout = sock_rcvtimeo(sk, flags & O_NONBLOCK);

		*err = -EAGAIN;
		if (!timeout)
			goto out;
		*err = wait_for_connection(sk, timeout);
		if (*err)
			goto out;
		listener = listener_locked(sk);
	}
	*err = -EAGAIN;
	child = accept_queue_pop(sk, listener);
	if (child) {
		*err = 0;
		get_net(sock_net(sk));
		nst_sk(child)->net_held = true;
	}
out:
	release_sock(sk);
	return child;
}
