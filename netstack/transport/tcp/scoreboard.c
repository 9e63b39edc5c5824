// SPDX-License-Identifier: GPL-2.0
/*
 * The scoreboard: marks on the segments of the retransmission queue, and the
 * counts that follow from them. Whoever learns something of a segment says it
 * here; nobody else touches sacked_out, lost_out and retrans_out. With them
 * nst_tcp_in_flight() is the pipe of RFC 6675 2, in segments:
 *
 *	packets_out			all that was sent
 *	- sacked_out			has arrived
 *	- lost_out			has left the network otherwise
 *	+ retrans_out			was sent once more
 *
 * Segments that may still arrive are in sent_order too, by the time of their
 * last transmission, which is the order in which RACK looks at them.
 *
 * A peer without SACK tells by duplicate ACKs how much has arrived, but not
 * what; then sacked_out is a number without marks.
 */
#include "tcp.h"

struct sk_buff *nst_tcp_rtx_find(const struct nst_tcp_sock *tp, u32 seq)
{
	struct rb_node *node = tp->rtx_queue.rb_node;
	struct sk_buff *found = NULL;

	while (node) {
		struct sk_buff *skb = rb_to_skb(node);

		if (nst_after(nst_tcp_cb(skb)->end_seq, seq)) {
			found = skb;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

/**
 * nst_tcp_uncount() - segments left the queue, or what is known of them
 * @tp: connection
 * @sent: their marks
 * @segs: how many
 */
void nst_tcp_uncount(struct nst_tcp_sock *tp, u8 sent, u32 segs)
{
	if (sent & NST_TCP_SENT_SACKED)
		tp->sacked_out -= segs;
	if (sent & NST_TCP_SENT_RETRANS)
		tp->retrans_out -= segs;
	if (sent & NST_TCP_SENT_LOST)
		tp->lost_out -= segs;
}

/**
 * nst_tcp_mark_sacked() - a SACK block names a segment
 * @tp: connection
 * @skb: segment of the rtx queue, not SACKED
 */
void nst_tcp_mark_sacked(struct nst_tcp_sock *tp, struct sk_buff *skb)
{
	struct nst_tcp_scoreboard *board = &tp->board;
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);

	nst_tcp_uncount(tp, cb->sent, cb->gso_segs);
	cb->sent &= ~(NST_TCP_SENT_LOST | NST_TCP_SENT_RETRANS);
	if (!tp->sacked_out || nst_after(cb->end_seq, board->fack))
		board->fack = cb->end_seq;
	cb->sent |= NST_TCP_SENT_SACKED;
	tp->sacked_out += cb->gso_segs;
	nst_tcp_sent_order_del(skb);
}

/**
 * nst_tcp_mark_lost() - the last transmission of a segment did not arrive
 * @tp: connection
 * @skb: segment of the rtx queue, not SACKED; nothing happens if its last
 *	transmission counts as lost already
 */
void nst_tcp_mark_lost(struct nst_tcp_sock *tp, struct sk_buff *skb)
{
	struct nst_tcp_scoreboard *board = &tp->board;
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	u32 segs = cb->gso_segs;

	if ((cb->sent & (NST_TCP_SENT_LOST | NST_TCP_SENT_RETRANS)) ==
	    NST_TCP_SENT_LOST)
		return;
	if (!tp->lost_out || nst_before(cb->seq, board->retransmit_seq))
		board->retransmit_seq = cb->seq;
	if (!tp->lost_out || nst_after(cb->end_seq, board->lost_end))
		board->lost_end = cb->end_seq;

	if (cb->sent & NST_TCP_SENT_RETRANS) {
		cb->sent &= ~NST_TCP_SENT_RETRANS;
		tp->retrans_out -= segs;
		NST_ADD(tp->nst.stack, TCP_LOST_RETRANSMIT, segs);
	}
	if (!(cb->sent & NST_TCP_SENT_LOST)) {
		cb->sent |= NST_TCP_SENT_LOST;
		tp->lost_out += segs;
	}
	tp->lost += segs;
	nst_congestion_skb_lost(tp, skb);
	nst_tcp_sent_order_del(skb);
}

/**
 * nst_tcp_mark_retransmitted() - a segment is on its way once more
 * @tp: connection
 * @skb: segment of the rtx queue, not SACKED
 */
void nst_tcp_mark_retransmitted(struct nst_tcp_sock *tp, struct sk_buff *skb)
{
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);

	if (!(cb->sent & NST_TCP_SENT_RETRANS))
		tp->retrans_out += cb->gso_segs;
	cb->sent |= NST_TCP_SENT_RETRANS | NST_TCP_SENT_EVER_RETRANS;
}

/**
 * nst_tcp_unmark_lost() - nothing is lost after all
 * @tp: connection
 *
 * What was only marked is in flight again, as sent before. It returns to
 * sent_order at its front, for it was sent before what is there, or else RACK
 * would have had no reason to think it lost.
 */
void nst_tcp_unmark_lost(struct nst_tcp_sock *tp)
{
	struct rb_node *node;

	for (node = rb_last(&tp->rtx_queue); node; node = rb_prev(node)) {
		struct sk_buff *skb = rb_to_skb(node);
		struct nst_tcp_cb *cb = nst_tcp_cb(skb);

		if (!(cb->sent & NST_TCP_SENT_LOST))
			continue;
		cb->sent &= ~NST_TCP_SENT_LOST;
		if (!nst_tcp_sent_ordered(skb))
			list_add(&skb->tcp_tsorted_anchor,
				 &tp->board.sent_order);
	}
	tp->lost_out = 0;
}

/**
 * nst_tcp_forget_sacked() - the peer has dropped what it had acknowledged
 * @tp: connection
 *
 * RFC 2018 8: after a time-out the sender turns off all of the SACKed bits.
 */
void nst_tcp_forget_sacked(struct nst_tcp_sock *tp)
{
	struct rb_node *node;

	for (node = rb_first(&tp->rtx_queue); node; node = rb_next(node))
		nst_tcp_cb(rb_to_skb(node))->sent &= ~NST_TCP_SENT_SACKED;
	tp->sacked_out = 0;
	tp->board.known_count = 0;
}

/* Lost or not, one segment at least has not arrived. */
static bool limit_reno_sacked(struct nst_tcp_sock *tp)
{
	u32 missing = min(max(tp->lost_out, 1U), tp->packets_out);

	if (tp->sacked_out + missing <= tp->packets_out)
		return false;
	tp->sacked_out = tp->packets_out - missing;
	return true;
}

/**
 * nst_tcp_reno_dupack() - a duplicate ACK from a peer without SACK
 * @tp: connection
 *
 * More of them than segments are out: they were reordered or forged, and
 * three are no sign of loss on such a path.
 *
 * Return: segments that it tells of.
 */
u32 nst_tcp_reno_dupack(struct nst_tcp_sock *tp)
{
	u32 before = tp->sacked_out;

	tp->dupacks++;
	tp->sacked_out++;
	if (limit_reno_sacked(tp)) {
		tp->reordering = min_t(u32, tp->packets_out + 1,
				       nst_tcp_max_reordering(tp));
		tp->reord_seen++;
		NST_INC(tp->nst.stack, TCP_RENO_REORDER);
	}
	return tp->sacked_out > before ? tp->sacked_out - before : 0;
}

/**
 * nst_tcp_reno_acked() - the left edge moved, at a peer without SACK
 * @tp: connection
 * @acked: segments taken off the queue
 *
 * RFC 6582 3.2 step 3: one of them was the hole, the others had arrived and
 * were told of by duplicate ACKs before.
 *
 * Return: segments that are news.
 */
u32 nst_tcp_reno_acked(struct nst_tcp_sock *tp, u32 acked)
{
	u32 known;

	if (!acked)
		return 0;
	known = min(tp->sacked_out, acked - 1);
	tp->sacked_out -= known;
	limit_reno_sacked(tp);
	return acked - known;
}

void nst_tcp_reno_reset(struct nst_tcp_sock *tp)
{
	tp->dupacks = 0;
	tp->sacked_out = 0;
}

/**
 * nst_tcp_reno_mark_head() - the first segment is lost
 * @sk: socket, locked
 *
 * By RFC 5681 3.2 or, after a partial ACK, by RFC 6582 3.2 step 3. Only the
 * first: nothing is known of the others.
 */
void nst_tcp_reno_mark_head(struct sock *sk)
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
	nst_tcp_mark_lost(tp, head);
	limit_reno_sacked(tp);
}

/**
 * nst_tcp_reordering_seen() - an original arrived after what was sent later
 * @tp: connection
 * @low_seq: its first sequence number
 * @high_seq: highest that was known to have arrived before
 * @by_timestamp: told by the timestamp of an ACK, not by SACK blocks
 *
 * RFC 8985 6.2 step 3. The distance raises the count of segments that means
 * loss (RFC 4653), up to tcp_max_reordering.
 */
void nst_tcp_reordering_seen(struct nst_tcp_sock *tp, u32 low_seq,
			     u32 high_seq, bool by_timestamp)
{
	u32 distance = high_seq - low_seq;
	u32 mss = tp->mss_cache;

	if ((s32)distance <= 0)
		return;
	if (distance > tp->reordering * mss)
		tp->reordering = min_t(u32, DIV_ROUND_UP(distance, mss),
				       nst_tcp_max_reordering(tp));
	tp->reord_seen++;
	if (by_timestamp)
		NST_INC(tp->nst.stack, TCP_TS_REORDER);
	else
		NST_INC(tp->nst.stack, TCP_SACK_REORDER);
}
