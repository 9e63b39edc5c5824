// SPDX-License-Identifier: GPL-2.0
/*
 * The states of a connection (RFC 9293 3.3.2) and its end. TIME-WAIT is no
 * state of a socket: timewait.c keeps it in a structure of its own.
 */
#include "../../mib.h"
#include "fastopen.h"
#include "../../trace.h"
#include "../ports.h"
#include "receive_queue.h"

/* RFC 4022 tcpCurrEstab: ESTABLISHED or CLOSE-WAIT. */
static void established_account(struct sock *sk, int state)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_stack *stack = tp->nst.stack;
	bool counts = state == TCP_ESTABLISHED || state == TCP_CLOSE_WAIT;

	if (counts == tp->established_counted)
		return;
	tp->established_counted = counts;
	if (counts)
		NST_INC(stack, TCP_CURR_ESTAB);
	else
		NST_DEC(stack, TCP_CURR_ESTAB);
}

/* Nobody finds the socket any more; a port that nobody chose is free. */
static void unhash(struct sock *sk)
{
	struct nst_sock *nst = nst_sk(sk);
	struct nst_demux *demux = &nst->stack->tcp->demux;

	nst_demux_flow_del(demux, &nst->flow);
	nst_demux_bound_del(demux, nst);
	if (!nst->user_port)
		nst_port_release(sk);
}

/**
 * nst_tcp_set_state() - change the state of a connection
 * @sk: socket, locked, or not yet known to anybody
 * @state: TCP_*
 *
 * Keeps CurrEstab, EstabResets and AttemptFails (RFC 4022), and takes a
 * socket that closes out of the tables.
 *
 * Context: any.
 */
void nst_tcp_set_state(struct sock *sk, int state)
{
	const struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_stack *stack = tp->nst.stack;
	int old = sk->sk_state;

	if (state == TCP_CLOSE) {
		if (old == TCP_ESTABLISHED || old == TCP_CLOSE_WAIT)
			NST_INC(stack, TCP_ESTAB_RESETS);
		else if (old == TCP_SYN_SENT || old == TCP_SYN_RECV)
			NST_INC(stack, TCP_ATTEMPT_FAILS);
		unhash(sk);
	}
	established_account(sk, state);
	/* A program that closes early does not answer for the peer. */
	if (unlikely(tp->fastopen_pending) && state != TCP_SYN_RECV &&
	    state != TCP_FIN_WAIT1)
		nst_tcp_fastopen_pending_end(sk, false);

	/* Pairs with the lockless readers of nst_tcp_poll(). */
	smp_store_release(&sk->sk_state, state);
	trace_netstack_tcp_state(sk, old, state);
}

/**
 * nst_tcp_write_queue_purge() - drop what was not yet acknowledged
 * @sk: socket, locked
 *
 * Context: any.
 */
void nst_tcp_write_queue_purge(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct rb_node *node = rb_first(&tp->rtx_queue);
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(&sk->sk_write_queue)))
		nst_tcp_wmem_free_skb(sk, skb);
	while (node) {
		skb = rb_to_skb(node);
		node = rb_next(node);
		rb_erase(&skb->rbnode, &tp->rtx_queue);
		nst_tcp_wmem_free_skb(sk, skb);
	}
	tp->packets_out = 0;
	tp->retrans_out = 0;
	tp->lost_out = 0;
	tp->sacked_out = 0;
	tp->backoff = 0;
	tp->retransmits = 0;
	nst_tcp_chrono_switch(tp, NST_TCP_IDLE);
}

/**
 * nst_tcp_done() - end a connection
 * @sk: socket, locked
 * @err: positive or negative errno for the program, or 0
 *
 * The state becomes CLOSE; a program is woken, an orphan is destroyed. The
 * caller holds a reference of its own.
 *
 * Context: any.
 */
void nst_tcp_done(struct sock *sk, int err)
{
	nst_tcp_timers_stop(sk);
	nst_tcp_write_queue_purge(sk);
	nst_tcp_set_state(sk, TCP_CLOSE);
	if (err)
		WRITE_ONCE(sk->sk_err, abs(err));
	WRITE_ONCE(sk->sk_shutdown, SHUTDOWN_MASK);

	if (sock_flag(sk, SOCK_DEAD)) {
		nst_tcp_destroy_sock(sk);
		return;
	}
	sk->sk_state_change(sk);
	if (err)
		sk_error_report(sk);
}

/**
 * nst_tcp_destroy_sock() - free what a closed orphan holds
 * @sk: socket, locked, in CLOSE and without a program
 *
 * Drops the first reference of the socket. The memory lives on, without
 * touching the stack any more, as long as packets or readers refer to it.
 *
 * Context: any.
 */
void nst_tcp_destroy_sock(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_stack *stack = tp->nst.stack;

	WARN_ON_ONCE(sk->sk_state != TCP_CLOSE);
	WARN_ON_ONCE(!sock_flag(sk, SOCK_DEAD));

	nst_tcp_timers_stop(sk);
	nst_tcp_write_queue_purge(sk);
	if (unlikely(tp->fastopen.asked))
		nst_tcp_fastopen_ended(sk);
	if (unlikely(tp->fastopen_pending))
		nst_tcp_fastopen_pending_end(sk, false);
	nst_tcp_fastopen_queue_put(tp->fastopen_queue);
	nst_tcp_ofo_purge(sk);
	nst_congestion_release(tp);
	kfree(tp->saved_syn);
	tp->saved_syn = NULL;

	nst_port_release(sk);
	if (tp->orphan_counted) {
		tp->orphan_counted = false;
		atomic_dec(&stack->tcp->orphans);
	}
	sk_sockets_allocated_dec(sk);
	sk_stream_kill_queues(sk);
	nst_sock_detach(sk);
	sock_put(sk);
}

/**
 * nst_tcp_orphan_charge() - count one more connection without a process
 * @sk: socket, locked
 *
 * Return: false when tcp_max_orphans is reached; true also for a socket
 * that counts already.
 */
bool nst_tcp_orphan_charge(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_stack *stack = tp->nst.stack;

	if (tp->orphan_counted)
		return true;
	if (atomic_inc_return(&stack->tcp->orphans) >
	    READ_ONCE(stack->config.tcp_max_orphans)) {
		atomic_dec(&stack->tcp->orphans);
		return false;
	}
	tp->orphan_counted = true;
	return true;
}
