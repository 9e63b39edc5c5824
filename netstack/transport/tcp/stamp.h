/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Timestamps of sending (SO_TIMESTAMPING) for a stream of bytes: a timestamp
 * is that of the last byte of a message, whatever becomes of the segment that
 * carries it.
 */
#ifndef NST_TCP_STAMP_H
#define NST_TCP_STAMP_H

#include "tcp.h"

void nst_tcp_stamp_begin(struct sock *sk, u32 flags);
void nst_tcp_stamp_message(struct sock *sk, u32 flags);
void __nst_tcp_stamp_split(struct nst_tcp_sock *tp, struct sk_buff *skb,
			   struct sk_buff *rest);
void __nst_tcp_stamp_join(struct nst_tcp_sock *tp, struct sk_buff *to,
			  struct sk_buff *skb);
void __nst_tcp_stamp_acked(struct sock *sk, struct sk_buff *skb);

/* A segment was cut: the byte may be in the second part. */
static inline void nst_tcp_stamp_split(struct nst_tcp_sock *tp,
				       struct sk_buff *skb,
				       struct sk_buff *rest)
{
	if (unlikely(skb_shinfo(skb)->tx_flags & SKBTX_ANY_TSTAMP ||
		     nst_tcp_cb(skb)->stamp_ack))
		__nst_tcp_stamp_split(tp, skb, rest);
}

/* @to, with what it had before, has taken over the beginning of @skb. */
static inline void nst_tcp_stamp_join(struct nst_tcp_sock *tp,
				      struct sk_buff *to, struct sk_buff *skb)
{
	if (unlikely(skb_shinfo(skb)->tx_flags & SKBTX_ANY_TSTAMP ||
		     nst_tcp_cb(skb)->stamp_ack))
		__nst_tcp_stamp_join(tp, to, skb);
}

/* The first segment of the rtx queue is acknowledged, in part perhaps. */
static inline void nst_tcp_stamp_acked(struct sock *sk, struct sk_buff *skb)
{
	if (unlikely(nst_tcp_cb(skb)->stamp_ack))
		__nst_tcp_stamp_acked(sk, skb);
}

/* A copy is on its way: whom to tell of it? */
static inline void nst_tcp_stamp_sent(struct sock *sk, struct sk_buff *copy)
{
	if (likely(!(skb_shinfo(copy)->tx_flags & SKBTX_ANY_SW_TSTAMP)))
		return;
	sock_hold(sk);
	copy->sk = sk;
	copy->destructor = sock_efree;
}

#endif /* NST_TCP_STAMP_H */
