/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the receiving side shares among its files: receive_queue.c (in order),
 * ofo_queue.c (out of order), rcvbuf.c (room), delack.c (acknowledging).
 */
#ifndef NST_TCP_RECEIVE_QUEUE_H
#define NST_TCP_RECEIVE_QUEUE_H

#include "tcp.h"

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

#endif /* NST_TCP_RECEIVE_QUEUE_H */
