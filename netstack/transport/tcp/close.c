// SPDX-License-Identifier: GPL-2.0
/*
 * CLOSE and ABORT (RFC 9293 3.10.4, 3.10.5) as programs ask for them:
 * close(2) with and without linger, shutdown(2), and connect(2) to
 * AF_UNSPEC. After close(2) the connection lives on as an orphan, which
 * does not keep its namespace alive.
 */
#include <linux/sched/signal.h>

#include "../../mib.h"
#include "../ports.h"
#include "listen.h"
#include "ecn.h"
#include "receive_queue.h"

static bool state_in(const struct sock *sk, int states)
{
	return 1 << sk->sk_state & states;
}

/* RFC 9293 3.10.5: in which states does ABORT send a reset? */
static bool abort_resets(const struct sock *sk)
{
	const struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (state_in(sk, TCPF_ESTABLISHED | TCPF_CLOSE_WAIT | TCPF_FIN_WAIT1 |
			 TCPF_FIN_WAIT2 | TCPF_SYN_RECV))
		return true;
	/* Our FIN is not sent yet: the peer knows of no end. */
	return state_in(sk, TCPF_CLOSING | TCPF_LAST_ACK) &&
	       tp->snd_nxt != tp->write_seq;
}

/*
 * The program will send no more: RFC 9293 3.10.4. Return: is a FIN due? It
 * follows what is still to be sent.
 */
static bool close_send_side(struct sock *sk)
{
	switch (sk->sk_state) {
	case TCP_ESTABLISHED:
	case TCP_SYN_RECV:
		nst_tcp_set_state(sk, TCP_FIN_WAIT1);
		return true;
	case TCP_CLOSE_WAIT:
		nst_tcp_set_state(sk, TCP_LAST_ACK);
		return true;
	case TCP_SYN_SENT:
		nst_tcp_set_state(sk, TCP_CLOSE);
		return false;
	default:
		return false;
	}
}

/* Did the program leave data unread? Empties the receive queue. */
static bool receive_queue_drop(struct sock *sk)
{
	u32 copied_seq = nst_tcp_sk(sk)->copied_seq;
	struct sk_buff *skb;
	bool unread = false;

	while ((skb = __skb_dequeue(&sk->sk_receive_queue))) {
		u32 end_seq = nst_tcp_cb(skb)->end_seq;

		if (nst_tcp_cb(skb)->flags & NST_TCP_FIN)
			end_seq--;
		if (nst_after(end_seq, copied_seq))
			unread = true;
		__kfree_skb(skb);
	}
	return unread;
}

/* SO_LINGER: wait until the peer has acknowledged our FIN. */
static void linger(struct sock *sk, long timeout)
{
	DEFINE_WAIT_FUNC(wait, woken_wake_function);

	if (!timeout)
		return;
	add_wait_queue(sk_sleep(sk), &wait);
	while (timeout && !signal_pending(current)) {
		if (sk_wait_event(sk, &timeout,
				  !state_in(sk, TCPF_FIN_WAIT1 | TCPF_CLOSING |
						TCPF_LAST_ACK), &wait))
			break;
	}
	remove_wait_queue(sk_sleep(sk), &wait);
}

/* The program has closed: what becomes of the connection? */
static void close_connection(struct sock *sk, long timeout)
{
	struct nst_stack *stack = nst_sk(sk)->stack;
	bool unread = receive_queue_drop(sk);

	sk_mem_reclaim(sk);
	if (sk->sk_state == TCP_CLOSE)
		return;

	if (unread) {
		/* RFC 9293 3.10.4 and 1122 4.2.2.13: data lost means RST. */
		NST_INC(stack, TCP_ABORT_ON_CLOSE);
		nst_tcp_send_active_reset(sk, sk->sk_allocation);
		nst_tcp_set_state(sk, TCP_CLOSE);
	} else if (sock_flag(sk, SOCK_LINGER) && !sk->sk_lingertime) {
		NST_INC(stack, TCP_ABORT_ON_DATA);
		nst_tcp_disconnect(sk, 0);
	} else if (close_send_side(sk)) {
		nst_tcp_send_fin(sk);
	}
	linger(sk, timeout);
}

static void abort_orphan(struct sock *sk)
{
	nst_tcp_send_active_reset(sk, GFP_ATOMIC);
	nst_tcp_set_state(sk, TCP_CLOSE);
}

/* The socket has no program any more. May end it. */
static void orphan(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_stack *stack = tp->nst.stack;

	if (sk->sk_state == TCP_FIN_WAIT2) {
		int timeout = nst_tcp_fin_time(sk);

		if (tp->linger2 < 0) {
			NST_INC(stack, TCP_ABORT_ON_LINGER);
			abort_orphan(sk);
		} else if (timeout > NST_TCP_TIMEWAIT_LEN) {
			nst_tcp_keepalive_set(sk, timeout -
						  NST_TCP_TIMEWAIT_LEN);
		} else {
			nst_tcp_time_wait(sk, TCP_FIN_WAIT2, timeout);
			return;
		}
	}
	if (sk->sk_state != TCP_CLOSE && !nst_tcp_orphan_charge(sk)) {
		NST_INC(stack, TCP_ABORT_ON_MEMORY);
		abort_orphan(sk);
	}
	if (sk->sk_state == TCP_CLOSE)
		nst_tcp_destroy_sock(sk);
}

/**
 * nst_tcp_close() - the program closes its socket
 * @sk: socket; the program's reference goes
 * @timeout: SO_LINGER, jiffies to wait for the peer to acknowledge
 *
 * Context: process; takes the socket lock.
 */
void nst_tcp_close(struct sock *sk, long timeout)
{
	lock_sock(sk);
	WRITE_ONCE(sk->sk_shutdown, SHUTDOWN_MASK);
	if (sk->sk_state == TCP_LISTEN) {
		nst_tcp_listen_stop(sk);
		nst_tcp_set_state(sk, TCP_CLOSE);
	} else {
		close_connection(sk, timeout);
	}

	/*
	 * Owned until the end: softirq finds the orphan only when it is
	 * complete, in release_sock(). Stack exit waits for the lock too.
	 * The stack may go with the namespace, after all that uses it.
	 */
	sock_hold(sk);
	sock_orphan(sk);
	orphan(sk);
	release_sock(sk);
	nst_sock_put_net(sk);
	sock_put(sk);
}

/**
 * nst_tcp_shutdown() - the program closes one direction
 * @sk: socket, locked; sk_shutdown is set by the caller
 * @how: RCV_SHUTDOWN, SEND_SHUTDOWN
 *
 * Only the send side means something to the peer.
 */
void nst_tcp_shutdown(struct sock *sk, int how)
{
	if (!(how & SEND_SHUTDOWN))
		return;
	if (state_in(sk, TCPF_ESTABLISHED | TCPF_SYN_SENT | TCPF_SYN_RECV |
			 TCPF_CLOSE_WAIT) &&
	    close_send_side(sk))
		nst_tcp_send_fin(sk);
}

/* RFC 9293 3.10.5; locked. Return: 0, or -ENOENT if it is closed. */
static int abort_locked(struct sock *sk, int err, gfp_t gfp)
{
	if (sk->sk_state == TCP_CLOSE)
		return -ENOENT;
	if (sk->sk_state == TCP_LISTEN)
		nst_tcp_listen_stop(sk);
	else if (abort_resets(sk))
		nst_tcp_send_active_reset(sk, gfp);
	nst_tcp_done(sk, err);
	return 0;
}

/**
 * nst_tcp_abort() - ABORT, for another reason than the program's wish
 * @sk: socket in any state, with a program or without; the caller holds a
 *	reference
 * @err: errno for the program
 *
 * A connection that waits for accept() is not owned by this: its listener,
 * when it closes, takes it for granted that nobody owns it.
 *
 * Context: process; takes the socket lock.
 * Return: 0, or -ENOENT if it is closed.
 */
int nst_tcp_abort(struct sock *sk, int err)
{
	int result;

	local_bh_disable();
	bh_lock_sock(sk);
	if (!sock_owned_by_user(sk) && sk->sk_state != TCP_LISTEN) {
		result = abort_locked(sk, err, GFP_ATOMIC);
		bh_unlock_sock(sk);
		local_bh_enable();
		return result;
	}
	bh_unlock_sock(sk);
	local_bh_enable();

	lock_sock(sk);
	result = abort_locked(sk, err, GFP_KERNEL);
	release_sock(sk);
	return result;
}

/* Addresses as before connect(): what bind() gave stays. */
static void addresses_reset(struct nst_sock *nst)
{
	nst->flow.raddr = (union nst_address) { .quad = { 0, 0 } };
	nst->flow.rport = 0;
	nst->flow.laddr = nst->bound_address;
	if (!(nst->sk.sk_userlocks & SOCK_BINDADDR_LOCK))
		WRITE_ONCE(nst->flow.family, nst->family);
	if (!nst->port)
		nst->flow.lport = 0;
	nst_path_release(&nst->path);
}

/* The variables that a new connection does not set itself. */
static void variables_reset(struct nst_tcp_sock *tp)
{
	nst_congestion_release(tp);
	tp->copied_seq = tp->rcv_nxt;
	tp->urg_state = NST_TCP_URG_NONE;
	tp->urg_mode = false;
	/* Above all that was ever sent; 0 has connect() choose anew. */
	tp->write_seq += tp->max_window + 2;
	if (!tp->write_seq)
		tp->write_seq = 1;
	tp->snd_una = tp->write_seq;
	tp->snd_nxt = tp->write_seq;
	tp->pushed_seq = tp->write_seq;
	tp->snd_sml = tp->write_seq;
	tp->snd_wnd = 0;
	tp->max_window = 0;
	nst_tcp_rtt_init(tp);
	tp->min_rtt_us = ~0U;
	tp->cwnd = NST_TCP_INIT_CWND;
	tp->cwnd_cnt = 0;
	tp->ssthresh = NST_TCP_INFINITE_SSTHRESH;
	tp->ca_state = NST_TCP_CA_OPEN;
	tp->dupacks = 0;
	tp->undo_marker = 0;
	tp->undo_retrans = 0;
	tp->reordering = READ_ONCE(tp->nst.stack->config.tcp_reordering);
	tp->reord_seen = 0;
	tp->dsack_dups = 0;
	tp->total_retrans = 0;
	tp->retrans_stamp = 0;
	tp->delivered = 0;
	tp->delivered_ce = 0;
	tp->lost = 0;
	tp->app_limited = 0;
	tp->rate_delivered = 0;
	tp->rate_interval_us = 0;
	tp->rate_app_limited = true;
	tp->pacing_next_ns = 0;
	tp->size_loss = false;
	tp->mtu_probing = false;
	tp->mtu_probe.size = 0;
	tp->probes_out = 0;
	tp->probes_tstamp = 0;
	tp->ack_pending = 0;
	tp->quickacks = 0;
	tp->pingpong = false;
	tp->ato = 0;
	tp->rcv_mss = 0;
	tp->last_rcv_size = 0;
	tp->rcv_rtt_us = 0;
	tp->rcv_rtt_seq = 0;
	tp->rcv_rtt_time = 0;
	tp->rcvq_space = 0;
	tp->ts_ok = false;
	tp->sack_ok = false;
	tp->dsack_due = false;
	tp->ws_ok = false;
	tp->ts_recent = 0;
	tp->ts_recent_stamp = 0;
	tp->err_soft = 0;
	memset(&tp->fastopen, 0, sizeof(tp->fastopen));
	tp->ecn_flags = 0;
	nst_tcp_ecn_set_tos(tp, INET_ECN_NOT_ECT);
	tp->bytes_acked = 0;
	tp->bytes_received = 0;
	tp->bytes_sent = 0;
	tp->bytes_retrans = 0;
	tp->segs_in = 0;
	tp->segs_out = 0;
	tp->data_segs_in = 0;
	tp->rcv_ooopack = 0;
	tp->data_segs_out = 0;
	tp->total_rto = 0;
	tp->total_rto_recoveries = 0;
	tp->total_rto_ms = 0;
	tp->rto_stamp = 0;
	memset(&tp->chrono, 0, sizeof(tp->chrono));
	/* Timestamps of sending count from the new connection's begin. */
	atomic_set(&tp->nst.sk.sk_tskey, 0);
}

/**
 * nst_tcp_disconnect() - ABORT, and the socket is as new
 * @sk: socket, locked
 * @flags: O_NONBLOCK; nothing here blocks
 *
 * Context: process.
 * Return: 0.
 */
int nst_tcp_disconnect(struct sock *sk, int flags)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (sk->sk_state == TCP_LISTEN) {
		nst_tcp_listen_stop(sk);
	} else if (abort_resets(sk)) {
		nst_tcp_send_active_reset(sk, gfp_any());
		WRITE_ONCE(sk->sk_err, ECONNRESET);
	} else if (sk->sk_state == TCP_SYN_SENT) {
		WRITE_ONCE(sk->sk_err, ECONNRESET);
	}
	if (sk->sk_state != TCP_CLOSE)
		nst_tcp_set_state(sk, TCP_CLOSE);

	nst_tcp_timers_stop(sk);
	__skb_queue_purge(&sk->sk_receive_queue);
	nst_tcp_write_queue_purge(sk);
	nst_tcp_ofo_purge(sk);
	kfree(tp->saved_syn);
	tp->saved_syn = NULL;
	addresses_reset(&tp->nst);
	WRITE_ONCE(sk->sk_shutdown, 0);
	sock_reset_flag(sk, SOCK_DONE);
	variables_reset(tp);
	sk_error_report(sk);
	return 0;
}
