/* SPDX-License-Identifier: GPL-2.0 */
/*
 * BBR (draft-ietf-ccwg-bbr-06): the model of the path, shared by bbr.c, which
 * has the state machine and the control of sending, and bbr_model.c, which
 * keeps the model. Names are the draft's, without its prefix.
 *
 * Volumes are segments, rates segments a microsecond shifted by
 * NST_BBR_BW_SHIFT, gains are shifted by NST_BBR_GAIN_SHIFT.
 */
#ifndef NST_TCP_BBR_H
#define NST_TCP_BBR_H

#include "tcp.h"

#define NST_BBR_BW_SHIFT	24
#define NST_BBR_GAIN_SHIFT	8
#define NST_BBR_GAIN_ONE	256
#define NST_BBR_GAIN(percent)	((percent) * NST_BBR_GAIN_ONE / 100)
#define NST_BBR_INFINITY	U32_MAX

#define NST_BBR_MIN_PIPE_CWND	4	/* 5.6.4.3 */

enum nst_bbr_state {
	NST_BBR_STARTUP,
	NST_BBR_DRAIN,
	NST_BBR_PROBE_BW_DOWN,
	NST_BBR_PROBE_BW_CRUISE,
	NST_BBR_PROBE_BW_REFILL,
	NST_BBR_PROBE_BW_UP,
	NST_BBR_PROBE_RTT,
	NST_BBR_NO_STATE,
};

/* What the acknowledgments that come in tell of (5.3.3.9). */
enum nst_bbr_ack_phase {
	NST_BBR_ACKS_INIT,
	NST_BBR_ACKS_REFILLING,
	NST_BBR_ACKS_PROBE_STARTING,
	NST_BBR_ACKS_PROBE_FEEDBACK,
	NST_BBR_ACKS_PROBE_STOPPING,
};

/**
 * struct nst_bbr - BBR's state of a connection (5.2.1)
 * @max_bw_filter: largest rates of this and of the last probing cycle
 * @bw: max_bw bounded by @bw_shortterm
 * @bw_latest: largest rate of this round
 * @bw_shortterm: bound after losses
 * @undo_bw_shortterm: before the losses of this episode
 * @full_bw: rate that growth is compared with
 * @min_rtt: least round trip of ten seconds, us
 * @min_rtt_stamp: when it was measured, ms
 * @probe_rtt_min_delay: least round trip since the last ProbeRTT, us
 * @probe_rtt_min_stamp: when it was measured, ms
 * @probe_rtt_done_stamp: when ProbeRTT may end, ms, if @probe_rtt_waits
 * @next_round_delivered: delivered at which the round ends
 * @loss_round_delivered: the same of the rounds in which losses are looked at
 * @cycle_stamp: when this cycle of ProbeBW began, ms
 * @inflight_latest: most delivered in this round
 * @inflight_shortterm: bound after losses
 * @undo_inflight_shortterm: before the losses of this episode
 * @inflight_longterm: what the path takes without excess loss
 * @undo_inflight_longterm: before the losses of this episode
 * @probe_up_acked_per_inc: acknowledged for one more of @inflight_longterm
 * @bw_probe_up_acked: acknowledged of that
 * @prior_cwnd: last good window before recovery or ProbeRTT
 * @extra_acked: most acknowledged beyond expectation in two spans of rounds
 * @extra_acked_delivered: acknowledged since @extra_acked_start
 * @extra_acked_start: clock at the begin of a burst of ACKs, us
 * @lost_end_seq: end of the segment lost last, to count gaps
 * @bw_probe_wait: time until bandwidth is probed again, ms
 * @rounds_since_probe_up: rounds since it was, as far as it matters
 * @drain_rounds: rounds in Drain
 * @extra_acked_rounds: rounds of the younger span of @extra_acked
 * @loss_events: gaps lost in this round, as far as it matters
 * @bw_probe_up_rounds: log2 of the growth in this round of ProbeBW_UP
 * @full_bw_count: rounds without growth
 * @state: enum nst_bbr_state
 * @undo_state: state that the losses of this episode ended, or
 *	NST_BBR_NO_STATE
 * @ack_phase: enum nst_bbr_ack_phase
 * @extra_acked_index: younger span of @extra_acked
 * @cycle: younger slot of @max_bw_filter
 * @round_start: a round ended with this acknowledgment
 * @loss_round_start: a round of losses did
 * @is_loss_in_round: something was lost in it
 * @full_bw_now: the rate does not grow any more
 * @full_bw_reached: it did not once before
 * @is_bw_probe_sample: acknowledgments are of a probe that saw no loss yet
 * @prev_probe_too_high: the last probe caused excess loss
 * @prev_probe_precautionary: the last probe ended early, by precaution
 * @probe_rtt_expired: probe_rtt_min_delay is too old
 * @probe_rtt_waits: in flight is low enough, @probe_rtt_done_stamp is set
 * @probe_rtt_round_done: and a round has ended since
 * @idle_restart: sending after idle has begun
 * @has_seen_rtt: the first pacing rate rests on a round trip
 */
struct nst_bbr {
	u32 max_bw_filter[2];
	u32 bw;
	u32 bw_latest;
	u32 bw_shortterm;
	u32 undo_bw_shortterm;
	u32 full_bw;
	u32 min_rtt;
	u32 min_rtt_stamp;
	u32 probe_rtt_min_delay;
	u32 probe_rtt_min_stamp;
	u32 probe_rtt_done_stamp;
	u32 next_round_delivered;
	u32 loss_round_delivered;
	u32 cycle_stamp;
	u32 inflight_latest;
	u32 inflight_shortterm;
	u32 undo_inflight_shortterm;
	u32 inflight_longterm;
	u32 undo_inflight_longterm;
	u32 probe_up_acked_per_inc;
	u32 bw_probe_up_acked;
	u32 prior_cwnd;
	u32 extra_acked[2];
	u32 extra_acked_delivered;
	u32 extra_acked_start;
	u32 lost_end_seq;
	u16 bw_probe_wait;
	u8 rounds_since_probe_up;
	u8 drain_rounds;
	u8 extra_acked_rounds;
	u8 loss_events;
	u8 bw_probe_up_rounds:5;
	u8 full_bw_count:2;
	u8 extra_acked_index:1;
	u8 state:3;
	u8 undo_state:3;
	u8 cycle:1;
	u8 round_start:1;
	u8 ack_phase:3;
	u8 loss_round_start:1;
	u8 is_loss_in_round:1;
	u8 full_bw_now:1;
	u8 full_bw_reached:1;
	u8 is_bw_probe_sample:1;
	u8 prev_probe_too_high:1;
	u8 prev_probe_precautionary:1;
	u8 probe_rtt_expired:1;
	u8 probe_rtt_waits:1;
	u8 probe_rtt_round_done:1;
	u8 idle_restart:1;
	u8 has_seen_rtt:1;
};

static inline struct nst_bbr *nst_bbr_of(struct nst_tcp_sock *tp)
{
	BUILD_BUG_ON(sizeof(struct nst_bbr) > NST_CA_PRIV_SIZE);
	return (struct nst_bbr *)tp->ca_priv;
}

static inline u32 nst_bbr_now_ms(const struct nst_tcp_sock *tp)
{
	return (u32)div_u64(tp->mstamp, USEC_PER_MSEC);
}

static inline u32 nst_bbr_max_bw(const struct nst_bbr *bbr)
{
	return max(bbr->max_bw_filter[0], bbr->max_bw_filter[1]);
}

static inline bool nst_bbr_in_probe_bw(const struct nst_bbr *bbr)
{
	return bbr->state >= NST_BBR_PROBE_BW_DOWN &&
	       bbr->state <= NST_BBR_PROBE_BW_UP;
}

/* IsProbingBW() */
static inline bool nst_bbr_is_probing(const struct nst_bbr *bbr)
{
	return bbr->state == NST_BBR_STARTUP ||
	       bbr->state == NST_BBR_PROBE_BW_REFILL ||
	       bbr->state == NST_BBR_PROBE_BW_UP;
}

/* RS.delivery_rate */
static inline u32 nst_bbr_rate(const struct nst_rate_sample *rs)
{
	if (!rs->interval_us)
		return 0;
	return min_t(u64, div_u64((u64)rs->delivered << NST_BBR_BW_SHIFT,
				  rs->interval_us), NST_BBR_INFINITY - 1);
}

/* StartRound() */
static inline void nst_bbr_start_round(struct nst_tcp_sock *tp)
{
	nst_bbr_of(tp)->next_round_delivered = tp->delivered;
}

/* ResetFullBW(), with what growth is compared with from now on. */
static inline void nst_bbr_reset_full_bw(struct nst_bbr *bbr, u32 bw)
{
	bbr->full_bw = bw;
	bbr->full_bw_count = 0;
	bbr->full_bw_now = false;
}

/* ---- bbr_model.c ---- */

void nst_bbr_model_init(struct nst_tcp_sock *tp);

/* Volume of @gain times the path's at rate @bw, without quanta (5.6.4.2). */
u32 nst_bbr_bdp(struct nst_tcp_sock *tp, u32 bw, u32 gain);

/* TargetInflight() */
u32 nst_bbr_target_inflight(struct nst_tcp_sock *tp);

/* IsInflightTooHigh(): @lost of @in_flight segments. */
bool nst_bbr_too_high(const struct nst_tcp_sock *tp, u32 lost, u32 in_flight);

/* The steps of 5.2.3 that only keep the model, in their order. */
void nst_bbr_update_delivery_signals(struct nst_tcp_sock *tp,
				     const struct nst_rate_sample *rs);
void nst_bbr_update_congestion_signals(struct nst_tcp_sock *tp,
				       const struct nst_rate_sample *rs);
void nst_bbr_update_ack_aggregation(struct nst_tcp_sock *tp, u32 newly_acked);
void nst_bbr_check_full_bw(struct nst_tcp_sock *tp,
			   const struct nst_rate_sample *rs);
void nst_bbr_update_min_rtt(struct nst_tcp_sock *tp, s32 rtt_us, bool delayed);
void nst_bbr_advance_delivery_signals(struct nst_tcp_sock *tp,
				      const struct nst_rate_sample *rs);
void nst_bbr_bound_bw(struct nst_tcp_sock *tp);

/* AdvanceMaxBwFilter() */
void nst_bbr_advance_max_bw_filter(struct nst_bbr *bbr);

void nst_bbr_reset_congestion_signals(struct nst_bbr *bbr);
void nst_bbr_reset_short_term(struct nst_bbr *bbr);

/* SaveCwnd(), SaveStateUponLoss(), NoteLoss() */
void nst_bbr_save_cwnd(struct nst_tcp_sock *tp);
void nst_bbr_save_state(struct nst_tcp_sock *tp);
void nst_bbr_note_loss(struct nst_tcp_sock *tp);

#endif /* NST_TCP_BBR_H */
