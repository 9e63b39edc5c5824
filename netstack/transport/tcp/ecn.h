/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Explicit congestion notification (RFC 3168, RFC 8311): its negotiation, the
 * echo of the receiver and the marks of the sender. With RFC 9768: accecn.h.
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
#define NST_TCP_ECN_ASKED	BIT(4)	/* in SYN-SENT: for accurate ECN */
#define NST_TCP_ECN_ACCURATE	BIT(5)	/* AccECN mode (RFC 9768), without OK */
#define NST_TCP_ECN_REFLECT	BIT(6)	/* the next pure ACK is a SYN-ACK's */
#define NST_TCP_ECN_FIRST	BIT(7)	/* no ACE has come yet */

u8 nst_tcp_ecn_ask(struct nst_tcp_sock *tp);
void nst_tcp_ecn_asked(const struct nst_tcp_sock *tp,
		       const struct sk_buff *skb,
		       struct nst_tcp_options *options);
bool nst_tcp_ecn_accepts_accurate(const struct nst_tcp_sock *tp);
void nst_tcp_ecn_fall_back(const struct nst_tcp_sock *tp,
			   struct nst_tcp_cb *syn);
void nst_tcp_ecn_take_syn(struct nst_tcp_sock *tp, const struct sk_buff *skb);
void nst_tcp_ecn_answer(struct nst_tcp_sock *tp, struct nst_tcp_cb *syn);
u8 nst_tcp_ecn_mark(struct nst_tcp_sock *tp, u16 *flags, bool new_data);
void nst_tcp_ecn_data_came(struct sock *sk, u8 tos);
void nst_tcp_ecn_cwr_came(struct nst_tcp_sock *tp);
bool nst_tcp_ecn_echoed(const struct nst_tcp_sock *tp,
			const struct sk_buff *skb);
void nst_tcp_ecn_acked(struct sock *sk, const struct sk_buff *skb,
		       struct nst_tcp_acked *acked);

/* Is the connection in AccECN mode? */
static inline bool nst_accecn_on(const struct nst_tcp_sock *tp)
{
	return tp->ecn_flags & NST_TCP_ECN_ACCURATE;
}

/* Has the peer told that our SYN or SYN-ACK came with CE? */
static inline bool nst_accecn_syn_marked(const struct nst_tcp_sock *tp)
{
	return nst_accecn_on(tp) && tp->accecn.syn_marked;
}

/* An acceptable segment came, skb->data at its TCP header. */
static inline void nst_tcp_ecn_came(struct nst_tcp_sock *tp,
				    const struct sk_buff *skb)
{
	if (unlikely(nst_accecn_on(tp)))
		nst_accecn_received(tp, skb);
}

/* ECN field of SYN, pure ACK and retransmission, once ECN is asked for. */
static inline u8 nst_tcp_ecn_control(const struct nst_tcp_sock *tp)
{
	return tp->ecn_flags & (NST_TCP_ECN_OK | NST_TCP_ECN_ASKED |
				NST_TCP_ECN_ACCURATE) &&
	       nst_congestion_needs_ecn(tp) ? INET_ECN_ECT_0 :
					      INET_ECN_NOT_ECT;
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

/* RFC 3168 6.1.2: the window was reduced, for whatever reason. */
static inline void nst_tcp_ecn_reduced(struct nst_tcp_sock *tp)
{
	/* RFC 9768 3.1.5: in AccECN mode CWR has another meaning. */
	if (unlikely(tp->ecn_flags & NST_TCP_ECN_OK))
		tp->ecn_flags |= NST_TCP_ECN_QUEUE_CWR;
}

/* The reduction was undone before the peer was told. */
static inline void nst_tcp_ecn_undone(struct nst_tcp_sock *tp)
{
	tp->ecn_flags &= ~NST_TCP_ECN_QUEUE_CWR;
}

#endif /* NST_TCP_ECN_H */
