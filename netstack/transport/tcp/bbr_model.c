// SPDX-License-Identifier: GPL-2.0
/*
 * BBR's model of the path (draft-ietf-ccwg-bbr-06 5.5): how fast it delivers
 * (max_bw), how long it takes (min_rtt), how much it takes (inflight_longterm,
 * and extra_acked for ACKs that come in bursts), and what losses have said of
 * late (bw_shortterm, inflight_shortterm).
 *
 * The draft's maximum of ten rounds of extra_acked is one of two spans of five
 * here: five to ten rounds are remembered.
 */
#include "bbr.h"

#define MIN_RTT_FILTER_MS	10000	/* MinRTTFilterLen */
#define PROBE_RTT_INTERVAL_MS	5000	/* ProbeRTTInterval */
#define EXTRA_ACKED_ROUNDS	5	/* half of ExtraAckedFilterLen */
#define FULL_BW_ROUNDS		3
#define FULL_BW_GROWTH		NST_BBR_GAIN(125)
#define LOSS_PER_CENT		2	/* LossThresh */

/* Beta: 0.7 of what was. */
static u32 reduced(u32 value)
{
	return div_u64((u64)value * 7, 10);
}

void nst_bbr_reset_congestion_signals(struct nst_bbr *bbr)
{
	bbr->is_loss_in_round = false;
	bbr->bw_latest = 0;
	bbr->inflight_latest = 0;
}

void nst_bbr_reset_short_term(struct nst_bbr *bbr)
{
	bbr->bw_shortterm = NST_BBR_INFINITY;
	bbr->inflight_shortterm = NST_BBR_INFINITY;
}

void nst_bbr_model_init(struct nst_tcp_sock *tp)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);

	bbr->min_rtt = tp->srtt_us ? max(tp->srtt_us >> 3, 1U) :
				     NST_BBR_INFINITY;
	bbr->min_rtt_stamp = nst_bbr_now_ms(tp);
	bbr->probe_rtt_min_delay = bbr->min_rtt;
	bbr->probe_rtt_min_stamp = bbr->min_rtt_stamp;
	bbr->extra_acked_start = tp->mstamp;
	bbr->inflight_longterm = NST_BBR_INFINITY;
	bbr->probe_up_acked_per_inc = NST_BBR_INFINITY;
	bbr->undo_state = NST_BBR_NO_STATE;
	bbr->next_round_delivered = tp->delivered;
	bbr->loss_round_delivered = tp->delivered;
	nst_bbr_reset_congestion_signals(bbr);
	nst_bbr_reset_short_term(bbr);
	nst_bbr_reset_full_bw(bbr, 0);
}

u32 nst_bbr_bdp(struct nst_tcp_sock *tp, u32 bw, u32 gain)
{
	const struct nst_bbr *bbr = nst_bbr_of(tp);
	u64 bdp;

	if (bbr->min_rtt == NST_BBR_INFINITY)
		return NST_TCP_INIT_CWND;
	/* 32 bits each; then the gain has room. Rounded up. */
	bdp = ((u64)bw * bbr->min_rtt) >> (NST_BBR_BW_SHIFT - 8);
	bdp = (bdp * gain + (1 << (NST_BBR_GAIN_SHIFT + 8)) - 1) >>
	      (NST_BBR_GAIN_SHIFT + 8);
	return min_t(u64, bdp, NST_BBR_INFINITY / 4);
}

u32 nst_bbr_target_inflight(struct nst_tcp_sock *tp)
{
	return min(nst_bbr_bdp(tp, nst_bbr_of(tp)->bw, NST_BBR_GAIN_ONE),
		   tp->cwnd);
}

bool nst_bbr_too_high(const struct nst_tcp_sock *tp, u32 lost, u32 in_flight)
{
	/* Without SACK one loss in a round trip is all that is seen. */
	if (!tp->sack_ok)
		return lost;
	return (u64)lost * 100 > (u64)in_flight * LOSS_PER_CENT;
}

/* 5.5.10.3 UpdateLatestDeliverySignals() */
void nst_bbr_update_delivery_signals(struct nst_tcp_sock *tp,
				     const struct nst_rate_sample *rs)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);

	bbr->loss_round_start = false;
	if (!rs->valid)
		return;
	bbr->bw_latest = max(bbr->bw_latest, nst_bbr_rate(rs));
	bbr->inflight_latest = max(bbr->inflight_latest, rs->delivered);
	if (!nst_before(rs->prior_delivered, bbr->loss_round_delivered)) {
		bbr->loss_round_delivered = tp->delivered;
		bbr->loss_round_start = true;
	}
}

/* 5.5.1 UpdateRound() */
static void update_round(struct nst_tcp_sock *tp,
			 const struct nst_rate_sample *rs)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);

	bbr->round_start = false;
	if (!rs->valid ||
	    nst_before(rs->prior_delivered, bbr->next_round_delivered))
		return;
	nst_bbr_start_round(tp);
	bbr->round_start = true;
	if (bbr->rounds_since_probe_up < U8_MAX)
		bbr->rounds_since_probe_up++;
	if (bbr->drain_rounds < U8_MAX)
		bbr->drain_rounds++;
}

/* 5.5.5 UpdateMaxBw(): the filter has two slots, a cycle each (5.5.6). */
static void update_max_bw(struct nst_tcp_sock *tp,
			  const struct nst_rate_sample *rs)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);
	u32 rate = nst_bbr_rate(rs);

	update_round(tp, rs);
	if (rate && (rate >= nst_bbr_max_bw(bbr) || !rs->is_app_limited))
		bbr->max_bw_filter[bbr->cycle] =
			max(bbr->max_bw_filter[bbr->cycle], rate);
}

void nst_bbr_advance_max_bw_filter(struct nst_bbr *bbr)
{
	/* A cycle without a sample leaves the one before in force. */
	if (!bbr->max_bw_filter[bbr->cycle])
		return;
	bbr->cycle ^= 1;
	bbr->max_bw_filter[bbr->cycle] = 0;
}

/* 5.5.10.3 AdaptLowerBoundsFromCongestion() */
static void adapt_lower_bounds(struct nst_tcp_sock *tp)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);

	if (nst_bbr_is_probing(bbr) || !bbr->is_loss_in_round)
		return;
	if (bbr->bw_shortterm == NST_BBR_INFINITY)
		bbr->bw_shortterm = nst_bbr_max_bw(bbr);
	if (bbr->inflight_shortterm == NST_BBR_INFINITY)
		bbr->inflight_shortterm = tp->cwnd;
	bbr->bw_shortterm = max(bbr->bw_latest, reduced(bbr->bw_shortterm));
	bbr->inflight_shortterm = max(bbr->inflight_latest,
				      reduced(bbr->inflight_shortterm));
}

/* 5.5.10.3 UpdateCongestionSignals() */
void nst_bbr_update_congestion_signals(struct nst_tcp_sock *tp,
				       const struct nst_rate_sample *rs)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);

	update_max_bw(tp, rs);
	if (!bbr->loss_round_start)
		return;
	adapt_lower_bounds(tp);
	bbr->is_loss_in_round = false;
}

/* 5.5.9 UpdateACKAggregation() */
void nst_bbr_update_ack_aggregation(struct nst_tcp_sock *tp, u32 newly_acked)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);
	u32 now = tp->mstamp, rounds, extra;
	u64 expected;

	if (!newly_acked)
		return;
	if (bbr->round_start) {
		rounds = bbr->full_bw_reached ? EXTRA_ACKED_ROUNDS : 1;
		if (++bbr->extra_acked_rounds >= rounds) {
			bbr->extra_acked_rounds = 0;
			bbr->extra_acked_index ^= 1;
			bbr->extra_acked[bbr->extra_acked_index] = 0;
			if (!bbr->full_bw_reached)
				bbr->extra_acked[!bbr->extra_acked_index] = 0;
		}
	}
	expected = (u64)bbr->bw * (now - bbr->extra_acked_start) >>
		   NST_BBR_BW_SHIFT;
	if (bbr->extra_acked_delivered <= expected) {
		bbr->extra_acked_delivered = 0;
		bbr->extra_acked_start = now;
		expected = 0;
	}
	bbr->extra_acked_delivered += newly_acked;
	extra = min_t(u64, bbr->extra_acked_delivered - expected, tp->cwnd);
	bbr->extra_acked[bbr->extra_acked_index] =
		max(bbr->extra_acked[bbr->extra_acked_index], extra);
}

/* 5.3.1.2 CheckFullBWReached() */
void nst_bbr_check_full_bw(struct nst_tcp_sock *tp,
			   const struct nst_rate_sample *rs)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);
	u32 rate = nst_bbr_rate(rs);

	if (bbr->full_bw_now || !bbr->round_start || rs->is_app_limited)
		return;
	if (rate >= (u64)bbr->full_bw * FULL_BW_GROWTH >> NST_BBR_GAIN_SHIFT) {
		nst_bbr_reset_full_bw(bbr, rate);
		return;
	}
	bbr->full_bw_count++;
	if (bbr->full_bw_count >= FULL_BW_ROUNDS) {
		bbr->full_bw_now = true;
		bbr->full_bw_reached = true;
	}
}

/* 5.3.4.3 UpdateMinRTT(); an ACK that was delayed never raises it. */
void nst_bbr_update_min_rtt(struct nst_tcp_sock *tp, s32 rtt_us, bool delayed)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);
	u32 now = nst_bbr_now_ms(tp);
	u32 rtt = max(rtt_us, 1);
	bool expired;

	bbr->probe_rtt_expired =
		now - bbr->probe_rtt_min_stamp > PROBE_RTT_INTERVAL_MS;
	if (rtt_us >= 0 && (rtt < bbr->probe_rtt_min_delay ||
			    (bbr->probe_rtt_expired && !delayed))) {
		bbr->probe_rtt_min_delay = rtt;
		bbr->probe_rtt_min_stamp = now;
	}
	expired = now - bbr->min_rtt_stamp > MIN_RTT_FILTER_MS;
	if (bbr->probe_rtt_min_delay < bbr->min_rtt || expired) {
		bbr->min_rtt = bbr->probe_rtt_min_delay;
		bbr->min_rtt_stamp = bbr->probe_rtt_min_stamp;
	}
}

/* 5.5.10.3 AdvanceLatestDeliverySignals() */
void nst_bbr_advance_delivery_signals(struct nst_tcp_sock *tp,
				      const struct nst_rate_sample *rs)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);

	if (!bbr->loss_round_start)
		return;
	bbr->bw_latest = nst_bbr_rate(rs);
	bbr->inflight_latest = rs->delivered;
}

/* 5.5.10.3 BoundBWForModel() */
void nst_bbr_bound_bw(struct nst_tcp_sock *tp)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);

	bbr->bw = min(nst_bbr_max_bw(bbr), bbr->bw_shortterm);
}

/* 5.6.4.4 */
void nst_bbr_save_cwnd(struct nst_tcp_sock *tp)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);

	if (tp->ca_state < NST_TCP_CA_RECOVERY &&
	    bbr->state != NST_BBR_PROBE_RTT)
		bbr->prior_cwnd = tp->cwnd;
	else
		bbr->prior_cwnd = max(bbr->prior_cwnd, tp->cwnd);
}

/* 5.5.11.1 */
void nst_bbr_save_state(struct nst_tcp_sock *tp)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);

	nst_bbr_save_cwnd(tp);
	bbr->undo_state = NST_BBR_NO_STATE;
	bbr->undo_bw_shortterm = bbr->bw_shortterm;
	bbr->undo_inflight_shortterm = bbr->inflight_shortterm;
	bbr->undo_inflight_longterm = bbr->inflight_longterm;
}

/* 5.5.10.2 */
void nst_bbr_note_loss(struct nst_tcp_sock *tp)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);

	if (!bbr->is_loss_in_round) {
		bbr->loss_round_delivered = tp->delivered;
		nst_bbr_save_state(tp);
	}
	bbr->is_loss_in_round = true;
}
