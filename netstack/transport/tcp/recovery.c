// SPDX-License-Identifier: GPL-2.0
/*
 * What is lost, and how it is sent again: fast retransmit and fast recovery
 * (RFC 5681 3.2) as NewReno has them (RFC 6582), and the end of a time-out
 * (RFC 5681 3.1). Three questions, three places:
 *
 *	which segments are lost?	open_ack(), recovery_ack(), loss_ack()
 *	how much may be in flight?	enter_recovery(), leave(), grow()
 *	what goes out next?		nst_tcp_recovery_retransmit()
 *
 * The window is not inflated by duplicate ACKs (RFC 6582 3.2 steps 3 and 4);
 * they are counted in sacked_out instead and so leave nst_tcp_in_flight(),
 * which comes to the same. Before recovery begins that is limited transmit
 * (RFC 3042).
 *
 * RFC 6582 3.2 step 2 asks that duplicate ACKs do not begin a recovery unless
 * more than recover was acknowledged. A connection therefore stays in its
 * state, recovered but held, until that is so.
 */
#include "tcp.h"

static void set_ca_state(struct nst_tcp_sock *tp, u8 state)
{
	if (tp->ca_ops->set_state)
		tp->ca_ops->set_state(tp, state);
	tp->ca_state = state;
}

/* Lost or not, one segment at least has not arrived. */
static void limit_sacked(struct nst_tcp_sock *tp)
{
	u32 missing = min(max(tp->lost_out, 1U), tp->packets_out);

	tp->sacked_out = min(tp->sacked_out, tp->packets_out - missing);
}

/* A duplicate ACK: some segment left the network. */
static void count_dupack(struct nst_tcp_sock *tp)
{
	tp->dupacks++;
	tp->sacked_out++;
	limit_sacked(tp);
}

/*
 * The first segment is lost, by RFC 5681 3.2 or, after a partial ACK,
 * by RFC 6582 3.2 step 3. Only the first: nothing is known of the others.
 */
static void mark_head_lost(struct sock *sk)
{
	struct sk_buff *head = nst_tcp_rtx_head(sk);
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_cb *cb;

	if (!head)
		return;
	cb = nst_tcp_cb(head);
	if (cb->sent & NST_TCP_SENT_LOST)
		return;
	/* Without memory the whole super-segment counts as lost. */
	if (cb->gso_segs > 1)
		nst_tcp_fragment(sk, head, cb->gso_size, true, GFP_ATOMIC);
	cb->sent |= NST_TCP_SENT_LOST;
	tp->lost_out += cb->gso_segs;
	tp->lost += cb->gso_segs;
	limit_sacked(tp);
}

/*
 * RFC 5681 3.2 step 3: 'the lost segment MUST be retransmitted', whatever
 * the window says.
 */
static void retransmit_head(struct sock *sk)
{
	struct sk_buff *head = nst_tcp_rtx_head(sk);

	if (!head || nst_tcp_cb(head)->sent & NST_TCP_SENT_RETRANS)
		return;
	if (nst_tcp_retransmit_skb(sk, head, 1))
		return;
	NST_INC(nst_sk(sk)->stack, TCP_FAST_RETRANS);
	nst_tcp_rearm_rto(sk);
}

static void enter_recovery(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	NST_INC(nst_sk(sk)->stack, TCP_RENO_RECOVERY);
	tp->prior_ssthresh = tp->ssthresh;
	tp->prior_cwnd = tp->cwnd;
	tp->ssthresh = tp->ca_ops->ssthresh(tp);
	tp->recover = tp->snd_nxt;
	tp->cwnd = tp->ssthresh;
	tp->cwnd_cnt = 0;
	set_ca_state(tp, NST_TCP_CA_RECOVERY);
	mark_head_lost(sk);
	retransmit_head(sk);
}

/*
 * Everything up to recover was acknowledged. RFC 6582 3.2 step 3, full
 * acknowledgment, option 1: no burst into an empty pipe.
 */
static void leave(struct nst_tcp_sock *tp)
{
	tp->dupacks = 0;
	tp->sacked_out = 0;
	if (tp->ca_state == NST_TCP_CA_RECOVERY) {
		tp->cwnd = min(tp->ssthresh, nst_tcp_in_flight(tp) + 2);
		tp->cwnd_stamp = nst_tcp_jiffies();
	}
}

static void open_again(struct nst_tcp_sock *tp)
{
	set_ca_state(tp, NST_TCP_CA_OPEN);
	if (tp->ca_ops->event)
		tp->ca_ops->event(tp, NST_CA_EVENT_COMPLETE_CWR);
}

/* RFC 5681 3.2: count duplicate ACKs, and believe in a loss at the third. */
static void open_ack(struct sock *sk, const struct nst_tcp_acked *acked)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (acked->forward && tp->ca_state == NST_TCP_CA_DISORDER) {
		tp->dupacks = 0;
		tp->sacked_out = 0;
		set_ca_state(tp, NST_TCP_CA_OPEN);
		return;
	}
	if (!acked->dupack)
		return;

	if (tp->ca_state == NST_TCP_CA_OPEN)
		set_ca_state(tp, NST_TCP_CA_DISORDER);
	count_dupack(tp);
	if (tp->dupacks >= tp->reordering)
		enter_recovery(sk);
}

static void recovery_ack(struct sock *sk, const struct nst_tcp_acked *acked)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (!acked->forward) {
		if (acked->dupack && nst_before(tp->snd_una, tp->recover))
			count_dupack(tp);
		return;
	}
	if (nst_before(tp->snd_una, tp->recover)) {
		/*
		 * RFC 6582 3.2 step 3, partial acknowledgment: one of what
		 * it covers was the hole, the others had arrived before.
		 */
		if (acked->acked)
			tp->sacked_out -= min(tp->sacked_out,
					      acked->acked - 1);
		mark_head_lost(sk);
		retransmit_head(sk);
		return;
	}
	if (nst_before(acked->prior_snd_una, tp->recover))
		leave(tp);
	if (nst_after(tp->snd_una, tp->recover))
		open_again(tp);
}

/* After a time-out: all that was lost is sent again in slow start. */
static void loss_ack(struct nst_tcp_sock *tp, const struct nst_tcp_acked *acked)
{
	if (!acked->forward || nst_before(tp->snd_una, tp->recover))
		return;
	if (nst_before(acked->prior_snd_una, tp->recover))
		leave(tp);
	if (nst_after(tp->snd_una, tp->recover))
		open_again(tp);
}

/*
 * RFC 5681 3.1, and RFC 7661's point: a window that was not used says
 * nothing of the path, and does not grow. In slow start half used will do,
 * for the acknowledgment clock starts in bursts.
 */
static void grow(struct nst_tcp_sock *tp, const struct nst_tcp_acked *acked)
{
	if (tp->ca_state != NST_TCP_CA_LOSS && !tp->cwnd_limited &&
	    (tp->cwnd >= tp->ssthresh ||
	     tp->cwnd >= 2 * acked->prior_in_flight))
		return;
	tp->ca_ops->cong_avoid(tp, acked->acked);
	tp->cwnd_stamp = nst_tcp_jiffies();
}

/**
 * nst_tcp_recovery_ack() - an acknowledgment came
 * @sk: socket, locked; rtx_queue and snd_una are up to date
 * @acked: what it did; lost is filled
 *
 * May retransmit. New data is left to nst_tcp_data_snd_check().
 */
void nst_tcp_recovery_ack(struct sock *sk, struct nst_tcp_acked *acked)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 prior_lost = tp->lost;
	u8 state = tp->ca_state;

	switch (state) {
	case NST_TCP_CA_RECOVERY:
		recovery_ack(sk, acked);
		break;
	case NST_TCP_CA_LOSS:
		loss_ack(tp, acked);
		break;
	default:
		open_ack(sk, acked);
		break;
	}
	acked->lost = tp->lost - prior_lost;

	if (acked->acked) {
		if (tp->ca_ops->pkts_acked)
			tp->ca_ops->pkts_acked(tp, acked);
		if (state != NST_TCP_CA_RECOVERY)
			grow(tp, acked);
	}
	if (unlikely(tp->lost_out))
		nst_tcp_recovery_retransmit(sk);
}

/**
 * nst_tcp_recovery_init() - a connection is synchronised
 * @tp: connection, nothing in flight; cwnd is set by the caller
 */
void nst_tcp_recovery_init(struct nst_tcp_sock *tp)
{
	tp->ssthresh = NST_TCP_INFINITE_SSTHRESH;
	tp->recover = tp->snd_una;
	tp->dupacks = 0;
	tp->cwnd_cnt = 0;
	set_ca_state(tp, NST_TCP_CA_OPEN);
}

/**
 * nst_tcp_recovery_timeout() - the retransmission timer expired
 * @sk: socket, locked, with segments in rtx_queue
 *
 * RFC 5681 3.1: cwnd falls to the loss window of one segment, and ssthresh to
 * half the flight, but only the first time for the same segment. Call it
 * before retransmits is counted up. Does not retransmit.
 */
void nst_tcp_recovery_timeout(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct sk_buff *skb;

	if (tp->ca_state == NST_TCP_CA_RECOVERY &&
	    nst_before(tp->snd_una, tp->recover)) {
		/* The window was halved for this flight already. */
		tp->ssthresh = min(tp->ssthresh, max(tp->packets_out >> 1, 2U));
	} else if (!tp->retransmits) {
		tp->prior_ssthresh = tp->ssthresh;
		tp->prior_cwnd = tp->cwnd;
		tp->ssthresh = tp->ca_ops->ssthresh(tp);
	}
	if (tp->ca_ops->event)
		tp->ca_ops->event(tp, NST_CA_EVENT_LOSS);

	tp->lost_out = 0;
	for (skb = nst_tcp_rtx_head(sk); skb; skb = skb_rb_next(skb)) {
		struct nst_tcp_cb *cb = nst_tcp_cb(skb);

		if ((cb->sent & (NST_TCP_SENT_RETRANS | NST_TCP_SENT_LOST)) !=
		    NST_TCP_SENT_LOST)
			tp->lost += cb->gso_segs;
		cb->sent &= ~NST_TCP_SENT_RETRANS;
		cb->sent |= NST_TCP_SENT_LOST;
		tp->lost_out += cb->gso_segs;
	}
	tp->retrans_out = 0;
	tp->sacked_out = 0;
	tp->dupacks = 0;
	tp->cwnd = 1;
	tp->cwnd_cnt = 0;
	tp->cwnd_stamp = nst_tcp_jiffies();
	/* RFC 6582 3.2 step 4: recover is the highest sequence number sent. */
	tp->recover = tp->snd_nxt;
	set_ca_state(tp, NST_TCP_CA_LOSS);
}

/**
 * nst_tcp_recovery_retransmit() - send what is marked lost again
 * @sk: socket, locked
 *
 * From the left, as far as cwnd goes.
 */
void nst_tcp_recovery_retransmit(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct sk_buff *skb = nst_tcp_rtx_head(sk);

	for (; skb && tp->retrans_out < tp->lost_out; skb = skb_rb_next(skb)) {
		int room = tp->cwnd - nst_tcp_in_flight(tp);
		u8 sent = nst_tcp_cb(skb)->sent;

		if (room <= 0)
			return;
		if (!(sent & NST_TCP_SENT_LOST) || sent & NST_TCP_SENT_RETRANS)
			continue;
		if (nst_tcp_retransmit_skb(sk, skb, room))
			return;
		if (tp->ca_state == NST_TCP_CA_LOSS)
			NST_INC(nst_sk(sk)->stack, TCP_SLOW_START_RETRANS);
		else
			NST_INC(nst_sk(sk)->stack, TCP_FAST_RETRANS);
	}
}
