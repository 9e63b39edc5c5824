// SPDX-License-Identifier: GPL-2.0
/*
 * Delivery rate (draft-ietf-ccwg-bbr-06 4.1): a segment remembers how much
 * had been delivered when it was sent. Its acknowledgment tells how much was
 * delivered in between; the rate is that over the time it took to send or to
 * acknowledge, whichever is longer, so that bursts of ACKs do not count as
 * bandwidth.
 *
 * What waits below TCP (C.pending_transmissions) is not known here: a
 * connection that has handed over everything counts as limited by the
 * application a little early, which makes samples be discarded, not believed.
 */
#include "rate.h"
#include "tcp.h"

/* 4.1.2.2 OnPacketSent() */
void nst_rate_sent(struct nst_tcp_sock *tp, struct sk_buff *skb)
{
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	u32 in_flight = nst_tcp_in_flight(tp);

	if (!in_flight) {
		tp->first_sent_us = tp->mstamp;
		tp->delivered_us = tp->mstamp;
	}
	cb->tx.first_sent_us = tp->first_sent_us;
	cb->tx.delivered_us = tp->delivered_us;
	cb->tx.delivered = tp->delivered;
	cb->tx.in_flight = min_t(u32, in_flight + cb->gso_segs, U16_MAX);
	cb->tx.lost = tp->lost;
	cb->app_limited = tp->app_limited;
}

/* 4.1.2.3 IsNewestPacket() */
static bool is_newest(const struct nst_tcp_sock *tp, u32 sent_us, u32 end_seq,
		      const struct nst_rate_sample *rs)
{
	s32 later = sent_us - tp->first_sent_us;

	return later > 0 || (!later && nst_after(end_seq, rs->last_end_seq));
}

/* 4.1.2.3 UpdateRateSample() */
void nst_rate_delivered(struct nst_tcp_sock *tp, const struct sk_buff *skb,
			struct nst_rate_sample *rs)
{
	const struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	u32 sent_us = div_u64(skb->skb_mstamp_ns, NSEC_PER_USEC);

	/* Nothing was delivered before it to reckon from. */
	if (unlikely(cb->flags & NST_TCP_SYN))
		return;
	if (rs->valid && !is_newest(tp, sent_us, cb->end_seq, rs))
		return;
	rs->valid = true;
	rs->is_app_limited = cb->app_limited;
	rs->is_retrans = cb->sent & NST_TCP_SENT_EVER_RETRANS;
	rs->prior_delivered = cb->tx.delivered;
	rs->prior_us = cb->tx.delivered_us;
	rs->send_us = sent_us - cb->tx.first_sent_us;
	rs->rtt_us = (u32)tp->mstamp - sent_us;
	rs->last_end_seq = cb->end_seq;
	rs->tx_in_flight = cb->tx.in_flight;
	/* 16 bits of it were kept: no more are lost in a round trip. */
	rs->lost = (u16)(tp->lost - cb->tx.lost);
	tp->first_sent_us = sent_us;
}

/* TCP_INFO tells the last rate that the network limited, or a higher one. */
static void remember(struct nst_tcp_sock *tp, const struct nst_rate_sample *rs)
{
	if (rs->is_app_limited &&
	    (u64)rs->delivered * tp->rate_interval_us <
	    (u64)tp->rate_delivered * rs->interval_us)
		return;
	tp->rate_delivered = rs->delivered;
	tp->rate_interval_us = rs->interval_us;
	tp->rate_app_limited = rs->is_app_limited;
}

/* 4.1.2.3 GenerateRateSample() */
void nst_rate_generate(struct nst_tcp_sock *tp, struct nst_tcp_acked *acked)
{
	struct nst_rate_sample *rs = &acked->rate;
	u32 interval_us;

	if (tp->app_limited && nst_after(tp->delivered, tp->app_limited))
		tp->app_limited = 0;
	if (acked->delivered)
		tp->delivered_us = tp->mstamp;
	if (!rs->valid)
		return;

	rs->delivered = tp->delivered - rs->prior_delivered;
	rs->lost += acked->lost;
	interval_us = max(rs->send_us, tp->delivered_us - rs->prior_us);
	/*
	 * Shorter than any round trip: the acknowledgment was of the first
	 * transmission of what had been sent again.
	 */
	if (interval_us < tp->min_rtt_us || !interval_us)
		return;
	rs->interval_us = interval_us;
	remember(tp, rs);
}

void nst_rate_mark_app_limited(struct nst_tcp_sock *tp)
{
	tp->app_limited = (tp->delivered + nst_tcp_in_flight(tp)) ?: 1;
}

/* 4.1.2.4 CheckIfApplicationLimited() */
void nst_rate_check_app_limited(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	/* Less than a segment waits, and neither window holds it up. */
	if (tp->write_seq - tp->snd_nxt < tp->mss_cache &&
	    nst_tcp_in_flight(tp) < tp->cwnd && tp->lost_out <= tp->retrans_out)
		nst_rate_mark_app_limited(tp);
}

u64 nst_rate_bytes_per_second(const struct nst_tcp_sock *tp)
{
	if (!tp->rate_interval_us)
		return 0;
	return div_u64((u64)tp->rate_delivered * tp->mss_cache * USEC_PER_SEC,
		       tp->rate_interval_us);
}
