/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Explicit congestion notification (RFC 3168, RFC 8311): its negotiation, the
 * echo of the receiver and the marks of the sender.
 */
#ifndef NST_TCP_ECN_H
#define NST_TCP_ECN_H

#include <net/inet_ecn.h>

#include "tcp.h"

/* struct nst_tcp_sock.ecn_flags */
#define NST_TCP_ECN_OK		BIT(0)	/* in force; in SYN-SENT: asked for */
#define NST_TCP_ECN_QUEUE_CWR	BIT(1)	/* the next new data carries CWR */
#define NST_TCP_ECN_DEMAND_CWR	BIT(2)	/* CE came: send ECE until CWR comes */
#define NST_TCP_ECN_SEEN	BIT(3)	/* the peer's data came with ECT or CE */

u8 nst_tcp_ecn_ask(struct nst_tcp_sock *tp);
bool nst_tcp_ecn_asked(const struct nst_tcp_sock *tp,
		       const struct sk_buff *skb);
void nst_tcp_ecn_fall_back(const struct nst_tcp_sock *tp,
			   struct nst_tcp_cb *syn);
void nst_tcp_ecn_take_syn(struct nst_tcp_sock *tp, u8 flags);
void nst_tcp_ecn_answer(struct nst_tcp_sock *tp, struct nst_tcp_cb *syn);
u8 nst_tcp_ecn_mark(struct nst_tcp_sock *tp, u8 *flags, bool new_data);
void nst_tcp_ecn_data_came(struct sock *sk, u8 tos);
void nst_tcp_ecn_cwr_came(struct nst_tcp_sock *tp);

/* ECN field of SYN, pure ACK and retransmission, once ECN is asked for. */
static inline u8 nst_tcp_ecn_control(const struct nst_tcp_sock *tp)
{
	return tp->ecn_flags & NST_TCP_ECN_OK && nst_congestion_needs_ecn(tp) ?
	       INET_ECN_ECT_0 : INET_ECN_NOT_ECT;
}

/*
 * The ECN field of what is sent: it stands in the type of service, where
 * getsockopt(IP_TOS) sees that of the last segment, as on the host.
 */
static inline void nst_tcp_ecn_set_tos(struct nst_tcp_sock *tp, u8 field)
{
	u8 tos = (tp->nst.tos & ~INET_ECN_MASK) | field;

	if (tp->nst.tos != tos)
		WRITE_ONCE(tp->nst.tos, tos);
}

/* Data of the peer is taken; skb->data is at it. */
static inline void nst_tcp_ecn_data(struct sock *sk, const struct sk_buff *skb)
{
	if (unlikely(nst_tcp_sk(sk)->ecn_flags & NST_TCP_ECN_OK) && skb->len)
		nst_tcp_ecn_data_came(sk, nst_packet_cb(skb)->tos);
}

/* Does an acknowledgment with these flags tell of congestion? */
static inline bool nst_tcp_ecn_echoed(const struct nst_tcp_sock *tp, u8 flags)
{
	return (flags & (NST_TCP_ECE | NST_TCP_SYN)) == NST_TCP_ECE &&
	       tp->ecn_flags & NST_TCP_ECN_OK;
}

/* RFC 3168 6.1.2: the window was reduced, for whatever reason. */
static inline void nst_tcp_ecn_reduced(struct nst_tcp_sock *tp)
{
	if (unlikely(tp->ecn_flags & NST_TCP_ECN_OK))
		tp->ecn_flags |= NST_TCP_ECN_QUEUE_CWR;
}

/* The reduction was undone before the peer was told. */
static inline void nst_tcp_ecn_undone(struct nst_tcp_sock *tp)
{
	tp->ecn_flags &= ~NST_TCP_ECN_QUEUE_CWR;
}

#endif /* NST_TCP_ECN_H */
