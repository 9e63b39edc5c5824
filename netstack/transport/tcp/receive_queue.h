/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The receiving side: receive_queue.c (in order), ofo_queue.c (out of order),
 * rcvbuf.c (room), delack.c and ack_compress.c (acknowledging). First what it
 * offers to the rest of TCP, then what its files share.
 */
#ifndef NST_TCP_RECEIVE_QUEUE_H
#define NST_TCP_RECEIVE_QUEUE_H

#include <linux/hrtimer.h>

#include "tcp.h"

/* ---- receive_queue.c: data, FIN and urgent data of a segment ---- */

/* Queue the payload; consumes @skb. Socket lock. */
void nst_tcp_data_queue(struct sock *sk, struct sk_buff *skb);

/* Sixth check's urgent pointer; @th is linear. */
void nst_tcp_urg(struct sock *sk, struct sk_buff *skb,
		 const struct tcphdr *th);

/* Send the ACK that is owed, now or by the timer. */
void nst_tcp_ack_send_check(struct sock *sk);

/* Interactive again: next few ACKs are not delayed. */
void nst_tcp_enter_quickack(struct sock *sk, unsigned int max);

/* The program has read: grow the buffer, open the window. */
void nst_tcp_rcv_space_adjust(struct sock *sk);
void nst_tcp_cleanup_rbuf(struct sock *sk, int copied);

/* ACKs that waited to go as one: one is sent, or none is owed any more. */
void nst_tcp_ack_compress_sent(struct sock *sk);
void nst_tcp_ack_compress_flush(struct sock *sk);

/* Free the out-of-order queue. */
void nst_tcp_ofo_purge(struct sock *sk);

/* Enough to read, for poll() and for waking the reader. */
bool nst_tcp_readable(const struct sock *sk, int target);
void nst_tcp_data_ready(struct sock *sk);

/**
 * nst_tcp_may_come() - nothing is there to be read: is it worth waiting?
 * @sk: socket, locked
 * @timeout: how long the program would wait, jiffies
 *
 * Return: 1 to wait, 0 at the end of the stream, the error of the connection
 * (which is then told), -ENOTCONN, or -EAGAIN when @timeout is 0.
 */
int nst_tcp_may_come(struct sock *sk, long timeout);

/* First estimate of buffer and window when a connection is made. */
void nst_tcp_init_buffer_space(struct sock *sk);

/**
 * nst_tcp_coalesce() - append a received segment to the one before it
 * @sk: socket, locked
 * @to: queued, charged to the socket
 * @from: follows @to; charged or not
 * @stolen: filled, for kfree_skb_partial()
 *
 * Return: @from is part of @to now, and the caller frees its shell.
 */
bool nst_tcp_coalesce(struct sock *sk, struct sk_buff *to,
		      struct sk_buff *from, bool *stolen);

/* ---- ofo_queue.c ---- */

/* Keep a segment that came early; consumes @skb. Memory is reserved. */
void nst_tcp_ofo_insert(struct sock *sk, struct sk_buff *skb);

/*
 * RFC 2883 4.2: the segment next in order ends at @end, beyond the beginning
 * of what waits. Before that is taken out.
 */
void nst_tcp_ofo_overlapped(struct sock *sk, u32 end);

/* Take out the first that is no longer early, dropping what is old. */
struct sk_buff *nst_tcp_ofo_next(struct sock *sk, u32 rcv_nxt);

/* Free some of it, the latest first. Return: there was something. */
bool nst_tcp_ofo_prune(struct sock *sk);

/* ---- rcvbuf.c ---- */

/* Reserve the memory of @skb, freeing some if need be. Return: granted. */
bool nst_tcp_rmem_schedule(struct sock *sk, struct sk_buff *skb);

/* In-order data came: open the window as far as memory is used well. */
void nst_tcp_grow_window(struct sock *sk, const struct sk_buff *skb);

/* The same, for the receiver's estimate of the round trip. */
void nst_tcp_rcv_rtt_measure(struct nst_tcp_sock *tp,
			     const struct sk_buff *skb);

/* ---- delack.c ---- */

/* In-order data: owe an ACK, learn the peer's rhythm. Before rcv_nxt moves. */
void nst_tcp_data_received(struct sock *sk, const struct sk_buff *skb);

/* ---- ack_compress.c ---- */

/**
 * struct nst_tcp_ack_compression - ACKs that wait to go as one
 * @timer: sends it; holds a reference to the socket while pending
 * @sk: socket
 * @held: how many there are
 * @rcu: delays freeing
 */
struct nst_tcp_ack_compression {
	struct hrtimer timer;
	struct sock *sk;
	u32 held;
	struct rcu_head rcu;
};

bool nst_tcp_ack_compress(struct sock *sk);
void nst_tcp_ack_compress_end(struct sock *sk);

#endif /* NST_TCP_RECEIVE_QUEUE_H */
