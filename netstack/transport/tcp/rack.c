// SPDX-License-Identifier: GPL-2.0
/*
 * RACK: loss by time (RFC 8985 6). A segment is lost when one that was sent
 * later has arrived and it has itself been out for longer than that one's
 * round trip and a window that allows for reordering.
 *
 * Step 1 (minimal round trip) is rtt.c's, step 3 (was there reordering?)
 * sack.c's and ack.c's, who see the segments arrive. What follows from a loss
 * is recovery.c's.
 */
#include "tcp.h"

/* RFC 8985 6.2 step 4: recoveries that a widened window lasts. */
#define REO_WND_PERSIST	16

/*
 * Segments that are not overdue yet are visited only to set the timer; when
 * there are more than so many its latest possible deadline will do.
 */
#define PENDING_VISITS	64

void nst_tcp_rack_init(struct nst_tcp_rack *rack)
{
	memset(rack, 0, sizeof(*rack));
	rack->reo_wnd_mult = 1;
}

/*
 * RFC 8985 6.1 RACK_sent_after(). No two transmissions have the same time
 * (nst_tcp_transmit()), but segments of one buffer have: they went in sequence.
 */
static bool sent_after(u64 xmit_ns, u32 end_seq, u64 other_ns, u32 other_end)
{
	return xmit_ns > other_ns ||
	       (xmit_ns == other_ns && nst_after(end_seq, other_end));
}

/**
 * nst_tcp_rack_advance() - a segment has arrived
 * @tp: connection; mstamp, rcv_tsecr are of the acknowledgment
 * @xmit_ns: its last transmission, as skb_mstamp_ns
 * @end_seq: one past its last sequence number
 * @retransmitted: it was sent more than once
 *
 * RFC 8985 6.2 step 2. Of a segment that was sent more than once any
 * transmission may have arrived. The last did not if the ACK echoes an older
 * timestamp, or came sooner than the path allows.
 */
void nst_tcp_rack_advance(struct nst_tcp_sock *tp, u64 xmit_ns, u32 end_seq,
			  bool retransmitted)
{
	u64 xmit_us = div_u64(xmit_ns, NSEC_PER_USEC);
	struct nst_tcp_rack *rack = &tp->rack;
	u32 rtt_us = tp->mstamp - xmit_us;

	if (unlikely(retransmitted)) {
		u32 xmit_ms = div_u64(xmit_us, USEC_PER_MSEC);

		if (tp->ts_ok && tp->rcv_tsecr &&
		    (s32)(tp->rcv_tsecr - xmit_ms) < 0)
			return;
		if (rtt_us < tp->min_rtt_us)
			return;
	}
	rack->advanced = true;
	rack->rtt_us = rtt_us;
	if (sent_after(xmit_ns, end_seq, rack->xmit_ns, rack->end_seq)) {
		rack->xmit_ns = xmit_ns;
		rack->end_seq = end_seq;
	}
}

/**
 * nst_tcp_rack_dsack() - adapt the reordering window
 * @tp: connection
 * @dsack: the acknowledgment reported a duplicate
 *
 * RFC 8985 6.2 step 4: a duplicate means that a segment was sent again too
 * early. Once a round trip the window grows by a quarter of the minimal one.
 */
void nst_tcp_rack_dsack(struct nst_tcp_sock *tp, bool dsack)
{
	const struct nst_config *config = &tp->nst.stack->config;
	struct nst_tcp_rack *rack = &tp->rack;

	if (READ_ONCE(config->tcp_recovery) & NST_TCP_RACK_STATIC_REO_WND)
		return;
	if (rack->in_dsack_round && !nst_before(tp->snd_una, rack->dsack_round))
		rack->in_dsack_round = false;
	if (!dsack || rack->in_dsack_round)
		return;
	rack->in_dsack_round = true;
	rack->dsack_round = tp->snd_nxt;
	rack->reo_wnd_mult = min(rack->reo_wnd_mult + 1, U8_MAX);
	rack->reo_wnd_persist = REO_WND_PERSIST;
}

/* RFC 8985 6.2 step 4: a recovery, fast or by time-out, is over. */
void nst_tcp_rack_recovered(struct nst_tcp_rack *rack)
{
	if (rack->reo_wnd_persist)
		rack->reo_wnd_persist--;
	if (!rack->reo_wnd_persist)
		rack->reo_wnd_mult = 1;
}

/**
 * nst_tcp_rack_reo_wnd() - how late a segment may be
 * @tp: connection
 *
 * RFC 8985 6.2 step 4. Nothing on a path that never reordered, once the count
 * of arrived segments says that there is a loss.
 *
 * Return: RACK.reo_wnd, microseconds.
 */
u32 nst_tcp_rack_reo_wnd(const struct nst_tcp_sock *tp)
{
	const struct nst_config *config = &tp->nst.stack->config;
	u64 window;

	if (!tp->reord_seen) {
		if (tp->ca_state >= NST_TCP_CA_RECOVERY)
			return 0;
		if (tp->sacked_out >= tp->reordering &&
		    !(READ_ONCE(config->tcp_recovery) &
		      NST_TCP_RACK_NO_DUPTHRESH))
			return 0;
	}
	if (tp->min_rtt_us == ~0U)
		return tp->srtt_us >> 3;
	window = (u64)tp->min_rtt_us * tp->rack.reo_wnd_mult / 4;
	return min_t(u64, window, tp->srtt_us >> 3);
}

/* Time until a segment sent at @xmit_ns is overdue; not positive: it is. */
s64 nst_tcp_rack_remaining_us(const struct nst_tcp_sock *tp, u64 xmit_ns,
			      u32 reo_wnd_us)
{
	u64 xmit_us = div_u64(xmit_ns, NSEC_PER_USEC);

	return (s64)(xmit_us - tp->mstamp) + tp->rack.rtt_us + reo_wnd_us;
}

/**
 * nst_tcp_rack_detect_loss() - mark what is overdue as lost
 * @tp: connection, mstamp is now
 *
 * RFC 8985 6.2 step 5. Segments are looked at in the order of their
 * transmission, so that beyond the first which is not overdue none is. The
 * work is that of the segments marked, and a bounded rest.
 *
 * Return: microseconds until the rest of what was sent before RACK.segment
 * is overdue, or 0.
 */
u32 nst_tcp_rack_detect_loss(struct nst_tcp_sock *tp)
{
	u32 reo_wnd = nst_tcp_rack_reo_wnd(tp);
	struct nst_tcp_rack *rack = &tp->rack;
	unsigned int visits = PENDING_VISITS;
	struct sk_buff *skb, *next;
	s64 latest = 0;

	rack->advanced = false;
	list_for_each_entry_safe(skb, next, &tp->board.sent_order,
				 tcp_tsorted_anchor) {
		s64 remaining;

		if (!sent_after(rack->xmit_ns, rack->end_seq,
				skb->skb_mstamp_ns, nst_tcp_cb(skb)->end_seq))
			break;
		remaining = nst_tcp_rack_remaining_us(tp, skb->skb_mstamp_ns,
						      reo_wnd);
		if (remaining <= 0) {
			nst_tcp_mark_lost(tp, skb);
			continue;
		}
		latest = max(latest, remaining);
		if (unlikely(!--visits)) {
			latest = nst_tcp_rack_remaining_us(tp, rack->xmit_ns,
							   reo_wnd);
			break;
		}
	}
	return min_t(s64, latest, U32_MAX);
}
