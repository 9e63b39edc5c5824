// SPDX-License-Identifier: GPL-2.0
/*
 * Feedback of accurate ECN (RFC 9768 3.2): the receiver counts what comes
 * marked and tells it in the ACE field of every segment; the sender finds out
 * of three bits how many marks they mean.
 */
#include "ecn.h"

/* 3.2.2.5.1: marks that call for an ACK, with and without data to acknowledge. */
#define MARKS_WITH_DATA		2
#define MARKS_WITHOUT_DATA	3

#define ACE_MASK	(NST_ACCECN_ACE_VALUES - 1)

/* The ACK that changes are to be told by, and the one after (3.2.3.3). */
#define CHANGE_OPTIONS	2

/* An ACK at once. */
static void ack_now(struct nst_tcp_sock *tp)
{
	tp->ack_pending |= NST_TCP_ACK_SCHED | NST_TCP_ACK_NOW;
}

/**
 * nst_accecn_received() - count a segment that came
 * @tp: connection in AccECN mode
 * @skb: acceptable segment (3.2), skb->data at its TCP header
 *
 * Call it before the segment is processed: every ACK tells the latest. All
 * segments of a super-packet have the mark of its header.
 */
void nst_accecn_received(struct nst_tcp_sock *tp, const struct sk_buff *skb)
{
	u8 field = nst_packet_cb(skb)->tos & INET_ECN_MASK;
	unsigned int payload = skb->len - tcp_hdrlen(skb);
	struct nst_accecn *accecn = &tp->accecn;
	u8 last = accecn->last;
	u32 most;

	accecn->last = field;
	if (field == INET_ECN_NOT_ECT ||
	    unlikely(nst_tcp_cb(skb)->flags & NST_TCP_SYN))
		return;

	if (payload) {
		accecn->received[field - 1] += payload;
		accecn->changed |= BIT(field - 1);
		if (field != accecn->last_counter)
			accecn->option_due = CHANGE_OPTIONS;
		accecn->last_counter = field;
	}
	if (field != INET_ECN_CE)
		return;
	accecn->received_ce += max_t(u16, 1, skb_shinfo(skb)->gso_segs);
	/* Change-triggered: data with a mark behind a packet without. */
	if (payload && last != INET_ECN_CE)
		ack_now(tp);
	/* Increment-triggered; what has come now is not acknowledged yet. */
	most = payload || tp->ack_pending & NST_TCP_ACK_SCHED ?
	       MARKS_WITH_DATA : MARKS_WITHOUT_DATA;
	if (accecn->received_ce - accecn->told_ce >= most)
		ack_now(tp);
}

/**
 * nst_accecn_counter_flags() - the ACE field as a counter
 * @tp: connection in AccECN mode
 *
 * Return: AE, CWR and ECE of a segment without SYN (3.2.2.2).
 */
u16 nst_accecn_counter_flags(const struct nst_tcp_sock *tp)
{
	return nst_accecn_ace_flags(NST_ACCECN_CEP_INIT +
				    tp->accecn.received_ce);
}

/**
 * nst_accecn_mark() - what a segment without SYN carries of ECN
 * @tp: connection in AccECN mode
 * @flags: flags of its header; those of ACE are added
 * @payload: it has payload
 * @sack: it has SACK blocks
 *
 * 3.2.2.1: the pure ACK of a SYN-ACK reflects its ECN field.
 *
 * RFC 8311 4.3 lets what is no new data be ECT: retransmissions, FINs and,
 * with SACK, which tells an ACK of ACKs from a duplicate (3.2.2.5.1), pure
 * ACKs. SYNs are not.
 *
 * Return: ECN field of the IP header.
 */
u8 nst_accecn_mark(struct nst_tcp_sock *tp, u16 *flags, bool payload,
		   bool sack)
{
	bool pure = !payload && !(*flags & (NST_TCP_FIN | NST_TCP_RST));
	struct nst_accecn *accecn = &tp->accecn;
	u8 ace;

	if (unlikely(tp->ecn_flags & NST_TCP_ECN_REFLECT && pure && !sack)) {
		tp->ecn_flags &= ~NST_TCP_ECN_REFLECT;
		ace = nst_accecn_reflect(accecn->syn_received);
		*flags |= nst_accecn_ace_flags(ace);
	} else {
		*flags |= nst_accecn_counter_flags(tp);
		accecn->told_ce = accecn->received_ce;
	}
	if (accecn->fail & (NST_ACCECN_FAIL_ACE_SEND |
			    NST_ACCECN_FAIL_ACE_RECV))
		return INET_ECN_NOT_ECT;
	if (pure && !tp->sack_ok)
		return nst_tcp_ecn_control(tp);
	return INET_ECN_ECT_0;
}

/**
 * nst_accecn_decode() - how many marks does ACE tell of?
 * @delta: what it has moved on, modulo 8
 * @packets: segments that the acknowledgment has told of first
 * @has_ceb: an option has told the octets with marks
 * @ceb_packets: segments that these octets are, about
 *
 * 3.2.2.5.2 and appendix A.2: with eight segments or more the field may have
 * gone round. Without an option as often as it can have: the safest likely
 * case. With one the number that is next to what it tells. More marks than
 * segments are marks on segments without data.
 *
 * Return: packets.
 */
u32 nst_accecn_decode(u32 delta, u32 packets, bool has_ceb, u32 ceb_packets)
{
	u32 safest;

	if (packets < NST_ACCECN_ACE_VALUES)
		return delta;
	safest = packets - ((packets - delta) & ACE_MASK);
	if (!has_ceb)
		return safest;
	if (ceb_packets > delta)
		delta += (ceb_packets - delta + NST_ACCECN_ACE_VALUES / 2 - 1) &
			 ~ACE_MASK;
	return min(delta, safest);
}

/**
 * nst_accecn_delta() - how far ACE has moved on
 * @tp: connection in AccECN mode
 * @skb: acknowledgment
 *
 * Return: packets, modulo 8 (3.2.2.2).
 */
u8 nst_accecn_delta(const struct nst_tcp_sock *tp, const struct sk_buff *skb)
{
	return (nst_accecn_ace(skb) - NST_ACCECN_CEP_INIT -
		tp->delivered_ce) & ACE_MASK;
}

/*
 * The first ACE counter of a connection is not zero (3.2.2.4), or the peer
 * does no ECN, or the path clears the bits.
 */
static void test_first(struct nst_tcp_sock *tp, u8 ace)
{
	if (likely(!(tp->ecn_flags & NST_TCP_ECN_FIRST)))
		return;
	tp->ecn_flags &= ~NST_TCP_ECN_FIRST;
	if (ace)
		return;
	tp->accecn.fail |= NST_ACCECN_FAIL_ACE_RECV;
	tp->accecn.deaf = true;
}

/* Octets as segments, by the mean of what was acknowledged, rounded up. */
static u32 as_packets(const struct nst_tcp_sock *tp,
		      const struct nst_tcp_acked *acked, u32 ceb)
{
	if (!acked->acked_bytes || acked->delivered != acked->acked)
		return DIV_ROUND_UP(ceb, tp->mss_cache);
	return min_t(u64, U32_MAX,
		     DIV_ROUND_UP_ULL((u64)ceb * acked->acked,
				      acked->acked_bytes));
}

/**
 * nst_accecn_acked() - what an acknowledgment says of marks
 * @sk: socket in AccECN mode, locked
 * @skb: acknowledgment of snd_una or more; its option is read
 * @acked: what it did; marked and ece are filled
 *
 * Appendix A.1: one that neither acknowledges anything nor has a later
 * timestamp may have been overtaken, and says nothing.
 */
void nst_accecn_acked(struct sock *sk, const struct sk_buff *skb,
		      struct nst_tcp_acked *acked)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	bool has_ceb;
	u32 ceb = 0;
	u32 delta;

	acked->ece = false;
	/* 3.2.2: there it is no counter, whatever was agreed on. */
	if (nst_tcp_cb(skb)->flags & NST_TCP_SYN)
		return;
	if (unlikely(sk->sk_state == TCP_SYN_RECV)) {
		nst_accecn_handshake_ack(tp, skb);
		return;
	}
	test_first(tp, nst_accecn_ace(skb));
	if (!acked->forward && !acked->sacked && !acked->ts_forward)
		return;

	has_ceb = nst_accecn_option_take(tp, skb, &ceb);
	delta = nst_accecn_delta(tp, skb);
	/*
	 * 3.2.3.2.5: octets with marks, and surely no mark: one of the two is
	 * not what the peer has sent.
	 */
	if (unlikely(has_ceb && ceb && !delta && acked->delivered &&
		     acked->delivered < NST_ACCECN_ACE_VALUES))
		tp->accecn.fail |= NST_ACCECN_FAIL_ACE_RECV;
	acked->marked = nst_accecn_decode(delta, acked->delivered, has_ceb,
					  as_packets(tp, acked, ceb));
	acked->ece = acked->marked && !tp->accecn.deaf;
}
