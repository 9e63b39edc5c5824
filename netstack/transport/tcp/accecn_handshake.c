// SPDX-License-Identifier: GPL-2.0
/*
 * How accurate ECN begins (RFC 9768 3.1): three bits of the SYN ask for it,
 * those of the SYN-ACK and of its ACK agree and tell with which ECN field the
 * segment before had come. Where that shows that the path changes the field,
 * the connection counts and answers marks but sends nothing ECT (3.2.2.3).
 */
#include "ecn.h"

/* On a SYN: no ECN, and RFC 3168's. */
#define ACE_SYN_NONE	0
#define ACE_SYN_CLASSIC	3

/* Reserved on a SYN-ACK: it says yes, and nothing of the SYN (3.1.3). */
#define ACE_SYN_ACK_RESERVED	5

/* On a SYN-ACK, in table 2: classic ECN, and our bits thrown back. */
#define ACE_SYN_ACK_CLASSIC	1
#define ACE_SYN_ACK_BROKEN	7

/* In the order of the ECN field: tables 2 and 3. */
static const u8 reflections[] = { 2, 3, 4, 6 };

/**
 * nst_accecn_reflect() - the handshake encoding of an ECN field
 * @field: of the SYN or SYN-ACK that is answered
 *
 * Return: AE, CWR and ECE as a number (tables 2 and 3).
 */
u8 nst_accecn_reflect(u8 field)
{
	return reflections[field & INET_ECN_MASK];
}

/* What an ACE field reflects: an ECN field, or @otherwise. */
static u8 reflected(u8 ace, u8 otherwise)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(reflections); i++)
		if (reflections[i] == ace)
			return i;
	return otherwise;
}

/* Does a SYN-ACK agree on accurate ECN? */
static bool confirms(u8 ace)
{
	return ace > ACE_SYN_ACK_CLASSIC && ace != ACE_SYN_ACK_BROKEN;
}

/**
 * nst_accecn_transition_valid() - may a path do this to an ECN field?
 * @sent: as it was sent
 * @came: as it arrived
 *
 * 3.2.2.3: what is not ECT stays so, ECT does not become not ECT, and CE
 * stays.
 */
bool nst_accecn_transition_valid(u8 sent, u8 came)
{
	switch (sent) {
	case INET_ECN_NOT_ECT:
	case INET_ECN_CE:
		return came == sent;
	default:
		return came != INET_ECN_NOT_ECT;
	}
}

/**
 * nst_accecn_requested() - does a SYN ask for accurate ECN?
 * @ace: its AE, CWR and ECE
 *
 * 3.1.3: whatever is not RFC 3168's question and not nothing.
 */
bool nst_accecn_requested(u8 ace)
{
	return ace != ACE_SYN_NONE && ace != ACE_SYN_CLASSIC;
}

/**
 * nst_accecn_enter() - a connection enters AccECN mode
 * @tp: connection
 * @syn_sent: ECN field of our SYN or SYN-ACK
 * @syn_received: ECN field of the peer's
 *
 * 3.2.1: all counters begin.
 */
void nst_accecn_enter(struct nst_tcp_sock *tp, u8 syn_sent, u8 syn_received)
{
	tp->ecn_flags = NST_TCP_ECN_ACCURATE | NST_TCP_ECN_FIRST;
	tp->accecn = (struct nst_accecn) {
		.syn_sent = syn_sent,
		.syn_received = syn_received,
		.last = syn_received,
	};
}

/**
 * nst_accecn_take_syn_ack() - the answer to a SYN that asked
 * @tp: connection in SYN-SENT, NST_TCP_ECN_ASKED
 * @skb: SYN-ACK
 *
 * Table 2: AccECN mode, that of RFC 3168, or none. A CE on the SYN-ACK is
 * counted (3.2.2.2); one that it reports of the SYN is congestion, but not of
 * s.cep.
 */
void nst_accecn_take_syn_ack(struct nst_tcp_sock *tp,
			     const struct sk_buff *skb)
{
	u8 field = nst_packet_cb(skb)->tos & INET_ECN_MASK;
	u8 sent = tp->accecn.syn_sent;
	u8 ace = nst_accecn_ace(skb);
	u8 came;

	if (ace == ACE_SYN_ACK_CLASSIC) {
		tp->ecn_flags = NST_TCP_ECN_OK;
		return;
	}
	if (!confirms(ace)) {
		tp->ecn_flags = 0;
		nst_tcp_ecn_set_tos(tp, INET_ECN_NOT_ECT);
		return;
	}

	nst_accecn_enter(tp, sent, field);
	tp->ecn_flags |= NST_TCP_ECN_REFLECT;
	tp->accecn.client = true;
	if (field == INET_ECN_CE) {
		tp->accecn.received_ce = 1;
		tp->accecn.syn_ce = true;
	}
	came = ace == ACE_SYN_ACK_RESERVED ? sent : reflected(ace, sent);
	tp->accecn.syn_marked = came == INET_ECN_CE;
	if (!nst_accecn_transition_valid(sent, came))
		tp->accecn.fail |= NST_ACCECN_FAIL_ACE_RECV;
	nst_accecn_option_first(tp, skb);
	tp->accecn.greet = NST_ACCECN_GREET_ACK | NST_ACCECN_GREET_DATA;
}

/**
 * nst_accecn_syn_ack_again() - a SYN-ACK of the handshake comes once more
 * @tp: connection in AccECN mode, synchronised
 * @skb: segment with SYN, which will be challenged
 *
 * 3.2.2.1: the pure ACK that follows reflects its ECN field; 3.2.2.2: CE on
 * SYN-ACKs counts once.
 */
void nst_accecn_syn_ack_again(struct nst_tcp_sock *tp,
			      const struct sk_buff *skb)
{
	u8 field = nst_packet_cb(skb)->tos & INET_ECN_MASK;
	const struct nst_tcp_cb *cb = nst_tcp_cb(skb);

	if (!tp->accecn.client || !(cb->flags & NST_TCP_ACK) ||
	    cb->seq != tp->irs || !confirms(nst_accecn_ace(skb)))
		return;
	tp->accecn.syn_received = field;
	if (field == INET_ECN_CE && !tp->accecn.syn_ce) {
		tp->accecn.received_ce++;
		tp->accecn.syn_ce = true;
	}
	tp->ecn_flags |= NST_TCP_ECN_REFLECT;
}

/**
 * nst_accecn_handshake_ack() - what acknowledges our SYN-ACK
 * @tp: connection in AccECN mode, SYN-RECEIVED
 * @skb: segment with ACK, without SYN
 *
 * Table 4, when it is a pure ACK without SACK blocks; else ACE is the counter
 * already (3.2.2.1). Zero says that the peer does no ECN or that the path
 * clears the bits: nothing is ECT then, and no feedback is believed.
 */
void nst_accecn_handshake_ack(struct nst_tcp_sock *tp,
			      const struct sk_buff *skb)
{
	const struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	u8 sent = tp->accecn.syn_sent;
	u8 ace = nst_accecn_ace(skb);
	u8 came = sent;

	tp->ecn_flags &= ~NST_TCP_ECN_FIRST;
	nst_accecn_option_first(tp, skb);
	if (!ace) {
		tp->accecn.fail |= NST_ACCECN_FAIL_ACE_RECV;
		tp->accecn.deaf = true;
		return;
	}
	if (cb->seq == cb->end_seq && !cb->sack)
		came = reflected(ace, sent);
	else if (((ace - NST_ACCECN_CEP_INIT) & 7) == 1)
		came = INET_ECN_CE;
	if (came == INET_ECN_CE) {
		tp->delivered_ce = 1;
		tp->accecn.syn_marked = true;
	}
	if (!nst_accecn_transition_valid(sent, came))
		tp->accecn.fail |= NST_ACCECN_FAIL_ACE_RECV;
}

/**
 * nst_accecn_syn_flags() - AE, CWR and ECE of a SYN or SYN-ACK of ours
 * @tp: connection that asks for accurate ECN or has agreed on it
 * @flags: of the segment, as in its control block
 *
 * Return: flags for the header. ACE is not a counter there (3.2.2).
 */
u16 nst_accecn_syn_flags(const struct nst_tcp_sock *tp, u16 flags)
{
	u8 ace = nst_accecn_reflect(tp->accecn.syn_received);
	u16 setup = NST_TCP_ECE | NST_TCP_CWR;

	if (flags & NST_TCP_ACK) {
		if (tp->ecn_flags & NST_TCP_ECN_ACCURATE)
			flags |= nst_accecn_ace_flags(ace);
	} else if (tp->ecn_flags & NST_TCP_ECN_ASKED &&
		   (flags & setup) == setup) {
		flags |= NST_TCP_AE;
	}
	return flags;
}
