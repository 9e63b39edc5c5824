// SPDX-License-Identifier: GPL-2.0
/*
 * Explicit congestion notification, as RFC 3168 has it and RFC 8311 has left
 * it for a sender of ECT(0): a router marks packets CE where it would have
 * dropped them, the receiver says so with ECE until the sender says with CWR
 * that it has heard. How the window is reduced is recovery.c's and prr.c's.
 */
#include "ecn.h"
#include "receive_queue.h"

/* net.netstack.tcp_ecn: what is asked for, and accepted. */
#define ECN_CLASSIC		1
#define ECN_ACCURATE		3
#define ECN_ACCURATE_CLASSIC	4	/* accepted; asked for RFC 3168's */

#define ECN_SETUP	(NST_TCP_ECE | NST_TCP_CWR)

/* How many ACKs are not delayed after a mark. */
#define MARK_QUICKACKS	2

/**
 * nst_tcp_ecn_ask() - ECN for a connection about to be opened
 * @tp: connection
 *
 * AE, which belongs to the flags of one that asks for accurate ECN, is added
 * when the SYN is sent.
 *
 * Return: flags to add to its SYN (RFC 3168 6.1.1, RFC 9768 3.1.1).
 */
u8 nst_tcp_ecn_ask(struct nst_tcp_sock *tp)
{
	int ecn = READ_ONCE(tp->nst.stack->config.tcp_ecn);

	tp->ecn_flags = 0;
	nst_tcp_ecn_set_tos(tp, INET_ECN_NOT_ECT);
	if (ecn == ECN_ACCURATE) {
		tp->ecn_flags = NST_TCP_ECN_ASKED;
		tp->accecn.syn_sent = nst_tcp_ecn_control(tp);
		return ECN_SETUP;
	}
	if (ecn != ECN_CLASSIC && ecn != ECN_ACCURATE_CLASSIC &&
	    !nst_congestion_needs_ecn(tp))
		return 0;
	tp->ecn_flags = NST_TCP_ECN_OK;
	return ECN_SETUP;
}

/**
 * nst_tcp_ecn_accepts_accurate() - is accurate ECN granted to peers?
 * @tp: listener, or connection in a simultaneous open
 */
bool nst_tcp_ecn_accepts_accurate(const struct nst_tcp_sock *tp)
{
	return READ_ONCE(tp->nst.stack->config.tcp_ecn) >= ECN_ACCURATE;
}

/**
 * nst_tcp_ecn_asked() - what ECN does a SYN ask for?
 * @tp: listener
 * @skb: SYN for a listener, its control blocks filled
 * @options: ecn_ok or accecn_ok is set to whether it gets that
 *
 * RFC 3168 6.1.1: a SYN is not ECT. One that is comes from a path that marks
 * all, which would make every CE a lie; unless a bit that was reserved then
 * tells that the peer follows a later RFC. Or the listener's controller is
 * one whose peers send ECT on all segments. Accurate ECN has the peer judge
 * that (RFC 9768 2.5).
 */
void nst_tcp_ecn_asked(const struct nst_tcp_sock *tp,
		       const struct sk_buff *skb,
		       struct nst_tcp_options *options)
{
	bool ect = nst_packet_cb(skb)->tos & INET_ECN_MASK;
	u8 reserved = ((const u8 *)tcp_hdr(skb))[12] & 0x0f;

	options->accecn_ok = nst_tcp_ecn_accepts_accurate(tp) &&
			     nst_accecn_requested(nst_accecn_ace(skb));
	options->ecn_ok = !options->accecn_ok &&
			  (nst_tcp_cb(skb)->flags & ECN_SETUP) == ECN_SETUP &&
			  (!ect || reserved || nst_congestion_needs_ecn(tp));
}

/**
 * nst_tcp_ecn_fall_back() - a SYN is sent again
 * @tp: connection
 * @syn: control block of the SYN
 *
 * RFC 3168 6.1.1.1: there are paths that drop what asks for ECN. An answer to
 * the first SYN that comes late is still believed, as on the host. Accurate
 * ECN is asked for twice (RFC 9768 3.1.4.1).
 */
void nst_tcp_ecn_fall_back(const struct nst_tcp_sock *tp,
			   struct nst_tcp_cb *syn)
{
	if (tp->ecn_flags & NST_TCP_ECN_ASKED && !tp->total_retrans)
		return;
	if ((syn->flags & ECN_SETUP) == ECN_SETUP &&
	    READ_ONCE(tp->nst.stack->config.tcp_ecn_fallback))
		syn->flags &= ~ECN_SETUP;
}

static void no_ecn(struct nst_tcp_sock *tp)
{
	tp->ecn_flags = 0;
	nst_tcp_ecn_set_tos(tp, INET_ECN_NOT_ECT);
}

/**
 * nst_tcp_ecn_take_syn() - the peer's SYN or SYN-ACK came in SYN-SENT
 * @tp: connection
 * @skb: segment
 *
 * RFC 3168 6.1.1: an ECN-setup SYN-ACK has ECE without CWR: a peer that
 * reflects the bits it does not know has both. An ECN-setup SYN has both. RFC
 * 9768 3.1.2: who has asked for accurate ECN takes the peer's SYN as a
 * listener would.
 */
void nst_tcp_ecn_take_syn(struct nst_tcp_sock *tp, const struct sk_buff *skb)
{
	u8 flags = nst_tcp_cb(skb)->flags;
	u8 setup = flags & NST_TCP_ACK ? NST_TCP_ECE : ECN_SETUP;

	if (!(tp->ecn_flags & NST_TCP_ECN_ASKED)) {
		if ((flags & ECN_SETUP) != setup)
			no_ecn(tp);
	} else if (flags & NST_TCP_ACK) {
		nst_accecn_take_syn_ack(tp, skb);
	} else if (nst_accecn_requested(nst_accecn_ace(skb))) {
		nst_accecn_enter(tp, nst_tcp_ecn_control(tp),
				 nst_packet_cb(skb)->tos & INET_ECN_MASK);
	} else if ((flags & ECN_SETUP) == setup) {
		tp->ecn_flags = NST_TCP_ECN_OK;
	} else {
		no_ecn(tp);
	}
}

/**
 * nst_tcp_ecn_answer() - our SYN becomes a SYN-ACK, in a simultaneous open
 * @tp: connection that has taken the peer's SYN
 * @syn: control block of our SYN
 *
 * RFC 3168 6.1.1: who has sent a SYN that is not ECN-setup does not use ECN.
 */
void nst_tcp_ecn_answer(struct nst_tcp_sock *tp, struct nst_tcp_cb *syn)
{
	if ((syn->flags & ECN_SETUP) != ECN_SETUP)
		no_ecn(tp);
	syn->flags &= ~ECN_SETUP;
	if (tp->ecn_flags & NST_TCP_ECN_OK)
		syn->flags |= NST_TCP_ECE;
}

/**
 * nst_tcp_ecn_mark() - what a segment without SYN carries of ECN
 * @tp: synchronised connection
 * @flags: flags of its header; ECE and CWR are added
 * @new_data: it has payload that was never sent
 *
 * RFC 3168 6.1.4 to 6.1.6: neither pure ACKs nor retransmissions nor window
 * probes are ECT. 6.1.3: ECE is on all acknowledgments. 6.1.2: CWR is on new
 * data only, whose loss would be noticed.
 *
 * A controller that needs ECN has a network of its own (RFC 8257 6), whose
 * switches mark early and drop what cannot be marked: there every segment is
 * ECT, as from the host. ECE is what its echo_ce() says.
 *
 * Return: ECN field of the IP header.
 */
u8 nst_tcp_ecn_mark(struct nst_tcp_sock *tp, u16 *flags, bool new_data)
{
	if (!(tp->ecn_flags & NST_TCP_ECN_OK))
		return INET_ECN_NOT_ECT;
	if (tp->ca_ops->echo_ce ? tp->ca_ops->echo_ce(tp) :
				  tp->ecn_flags & NST_TCP_ECN_DEMAND_CWR)
		*flags |= NST_TCP_ECE;
	if (!new_data)
		return nst_tcp_ecn_control(tp);
	if (tp->ecn_flags & NST_TCP_ECN_QUEUE_CWR) {
		tp->ecn_flags &= ~NST_TCP_ECN_QUEUE_CWR;
		*flags |= NST_TCP_CWR;
	}
	return INET_ECN_ECT_0;
}

/**
 * nst_tcp_ecn_data_came() - data of the peer is taken
 * @sk: socket with ECN, locked; the data is not yet in rcv_nxt
 * @tos: type of service of its packet
 *
 * RFC 3168 6.1.3. A sender that was marked may have a window of one segment:
 * it is acknowledged at once. So is one that has marked its data ECT before
 * and does not now: this is a retransmission.
 */
void nst_tcp_ecn_data_came(struct sock *sk, u8 tos)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (unlikely(tp->ca_ops->echo_ce)) {
		nst_tcp_ce_received(sk, INET_ECN_is_ce(tos));
		tp->ecn_flags |= NST_TCP_ECN_SEEN;
		return;
	}
	switch (tos & INET_ECN_MASK) {
	case INET_ECN_NOT_ECT:
		if (tp->ecn_flags & NST_TCP_ECN_SEEN)
			nst_tcp_enter_quickack(sk, MARK_QUICKACKS);
		return;
	case INET_ECN_CE:
		if (!(tp->ecn_flags & NST_TCP_ECN_DEMAND_CWR))
			nst_tcp_enter_quickack(sk, MARK_QUICKACKS);
		tp->ecn_flags |= NST_TCP_ECN_DEMAND_CWR;
		break;
	}
	tp->ecn_flags |= NST_TCP_ECN_SEEN;
}

/**
 * nst_tcp_ecn_cwr_came() - a segment with text has CWR
 * @tp: connection
 *
 * RFC 3168 6.1.3: the echo ends; a mark on this very segment begins another,
 * so call it before nst_tcp_ecn_data(). Its sender's window may be small: it
 * is acknowledged at once.
 */
void nst_tcp_ecn_cwr_came(struct nst_tcp_sock *tp)
{
	if (!(tp->ecn_flags & NST_TCP_ECN_OK))
		return;
	tp->ecn_flags &= ~NST_TCP_ECN_DEMAND_CWR;
	tp->ack_pending |= NST_TCP_ACK_NOW;
}

/**
 * nst_tcp_ecn_echoed() - may an acknowledgment tell of congestion?
 * @tp: connection that does ECN
 * @skb: acknowledgment
 *
 * In AccECN mode that ACE has moved; nst_tcp_ecn_acked() finds out.
 */
bool nst_tcp_ecn_echoed(const struct nst_tcp_sock *tp,
			const struct sk_buff *skb)
{
	u8 flags = nst_tcp_cb(skb)->flags;

	if (flags & NST_TCP_SYN)
		return false;
	if (nst_accecn_on(tp))
		return nst_accecn_delta(tp, skb);
	return flags & NST_TCP_ECE && tp->ecn_flags & NST_TCP_ECN_OK;
}

/**
 * nst_tcp_ecn_acked() - how many marks an acknowledgment tells of
 * @sk: socket that does ECN, locked
 * @skb: acknowledgment
 * @acked: what it did, ece as nst_tcp_ecn_echoed() had it; marked is filled
 *
 * ECE of RFC 3168 says that all that is acknowledged may have been marked.
 */
void nst_tcp_ecn_acked(struct sock *sk, const struct sk_buff *skb,
		       struct nst_tcp_acked *acked)
{
	if (nst_accecn_on(nst_tcp_sk(sk)))
		nst_accecn_acked(sk, skb, acked);
	else if (acked->ece)
		acked->marked = acked->delivered;
}
