// SPDX-License-Identifier: GPL-2.0
/*
 * BBR (draft-ietf-ccwg-bbr-06, also known as BBRv3): sends at the rate that
 * the path delivers and keeps little more in flight than the path holds, both
 * of which it measures. This file is the state machine (5.3), the response to
 * losses (5.5.10.2), and what is done with the model: pacing rate and cwnd
 * (5.6). The model is bbr_model.c's.
 *
 * Where the draft leaves room or TCP needs more:
 *
 *	5.6.2	the first rate is set anew when the first round trip is known
 *	5.6.3	one segment leaves at a time below 1.2 Mbit/s, not two
 *	3.7	a mark (ECE) is taken as a loss of this round
 *	4.1.2	65535 segments in flight at most are told from more
 *	5.3.3.8	times are in milliseconds
 */
#include <linux/random.h>

#include "bbr.h"
#include "pacing.h"

#define PROBE_RTT_MS		200	/* ProbeRTTDuration */
#define STARTUP_FULL_LOSSES	6	/* BBRStartupFullLossCnt */
#define DRAIN_ROUNDS		3
#define RENO_ROUNDS		63	/* 5.3.3.8.2: T_reno_bound */
#define PROBE_UP_ROUNDS		30
#define PACED_PER_CENT		99	/* 100 - PacingMarginPercent */
#define QUANTUM_MAX		65536	/* bytes */
#define LOW_RATE		150000	/* 1.2 Mbit/s, in bytes a second */
#define OFFLOAD_QUANTA		3	/* 5.5.8.1 */

/* 5.6.1 */
static const u16 pacing_gains[] = {
	[NST_BBR_STARTUP]		= NST_BBR_GAIN(277),
	[NST_BBR_DRAIN]			= NST_BBR_GAIN(50),
	[NST_BBR_PROBE_BW_DOWN]		= NST_BBR_GAIN(90),
	[NST_BBR_PROBE_BW_CRUISE]	= NST_BBR_GAIN(100),
	[NST_BBR_PROBE_BW_REFILL]	= NST_BBR_GAIN(100),
	[NST_BBR_PROBE_BW_UP]		= NST_BBR_GAIN(125),
	[NST_BBR_PROBE_RTT]		= NST_BBR_GAIN(100),
};

static const u16 cwnd_gains[] = {
	[NST_BBR_STARTUP]		= NST_BBR_GAIN(200),
	[NST_BBR_DRAIN]			= NST_BBR_GAIN(200),
	[NST_BBR_PROBE_BW_DOWN]		= NST_BBR_GAIN(200),
	[NST_BBR_PROBE_BW_CRUISE]	= NST_BBR_GAIN(200),
	[NST_BBR_PROBE_BW_REFILL]	= NST_BBR_GAIN(200),
	[NST_BBR_PROBE_BW_UP]		= NST_BBR_GAIN(225),
	[NST_BBR_PROBE_RTT]		= NST_BBR_GAIN(50),
};

/* ---- 5.6 control parameters ---- */

/* Segments a microsecond, shifted, to bytes a second, times @gain. */
static u64 bytes_per_second(const struct nst_tcp_sock *tp, u64 bw, u32 gain)
{
	/* In this order 64 bits are enough for 2.9 Tbit/s. */
	bw *= tp->mss_cache;
	bw *= gain;
	bw >>= NST_BBR_GAIN_SHIFT;
	bw *= USEC_PER_SEC / 100 * PACED_PER_CENT;
	return bw >> NST_BBR_BW_SHIFT;
}

/* 5.6.2 InitPacingRate() */
static void init_pacing_rate(struct nst_tcp_sock *tp)
{
	u32 rtt_us = tp->srtt_us ? max(tp->srtt_us >> 3, 1U) : USEC_PER_MSEC;
	u64 bw = div_u64((u64)tp->cwnd << NST_BBR_BW_SHIFT, rtt_us);

	nst_bbr_of(tp)->has_seen_rtt = tp->srtt_us;
	bw = bytes_per_second(tp, bw, pacing_gains[NST_BBR_STARTUP]);
	nst_pacing_set_rate(&tp->nst.sk, bw);
}

/* 5.6.2 SetPacingRateWithGain() */
static void set_pacing_rate(struct nst_tcp_sock *tp, u32 gain)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);
	u64 rate;

	if (unlikely(!bbr->has_seen_rtt && tp->srtt_us))
		init_pacing_rate(tp);
	rate = bytes_per_second(tp, bbr->bw, gain);
	if (bbr->full_bw_reached ||
	    rate > READ_ONCE(tp->nst.sk.sk_pacing_rate))
		nst_pacing_set_rate(&tp->nst.sk, rate);
}

/*
 * 5.6.3: what leaves in one piece. At a low rate two segments would be a
 * burst of ten milliseconds and more.
 */
static u32 bbr_min_tso_segs(const struct nst_tcp_sock *tp)
{
	return READ_ONCE(tp->nst.sk.sk_pacing_rate) < LOW_RATE ? 1 : 2;
}

/* 5.6.3, 5.5.8.1: three quanta of a millisecond each, in segments. */
static u32 offload_budget(const struct nst_tcp_sock *tp)
{
	unsigned long quantum = READ_ONCE(tp->nst.sk.sk_pacing_rate) >> 10;

	quantum = min_t(unsigned long, quantum, QUANTUM_MAX);
	return OFFLOAD_QUANTA * max((u32)quantum / tp->mss_cache,
				    bbr_min_tso_segs(tp));
}

/* 5.6.4.2 QuantizationBudget() */
static u32 quantize(struct nst_tcp_sock *tp, u32 volume)
{
	volume = max(volume, offload_budget(tp));
	volume = max_t(u32, volume, NST_BBR_MIN_PIPE_CWND);
	if (nst_bbr_of(tp)->state == NST_BBR_PROBE_BW_UP)
		volume += 2;
	return volume;
}

/* 5.6.4.2: what the path holds at rate @bw, and the quanta */
static u32 inflight_at(struct nst_tcp_sock *tp, u32 bw)
{
	return quantize(tp, nst_bbr_bdp(tp, bw, NST_BBR_GAIN_ONE));
}

/* 5.6.4.2 UpdateMaxInflight() */
static u32 max_inflight(struct nst_tcp_sock *tp)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);
	u32 volume = nst_bbr_bdp(tp, bbr->bw, cwnd_gains[bbr->state]);

	return quantize(tp, volume + max(bbr->extra_acked[0],
					   bbr->extra_acked[1]));
}

/* 5.6.4.5 ProbeRTTCwnd() */
static u32 probe_rtt_cwnd(struct nst_tcp_sock *tp)
{
	u32 bdp = nst_bbr_bdp(tp, nst_bbr_of(tp)->bw,
			      cwnd_gains[NST_BBR_PROBE_RTT]);

	return max_t(u32, bdp, NST_BBR_MIN_PIPE_CWND);
}

/* 5.3.3.9 InflightWithHeadroom(): 0.15 is left to others. */
static u32 inflight_with_headroom(const struct nst_bbr *bbr)
{
	u32 headroom;

	if (bbr->inflight_longterm == NST_BBR_INFINITY)
		return NST_BBR_INFINITY;
	headroom = max_t(u32, div_u64((u64)bbr->inflight_longterm * 15, 100),
			 1);
	headroom = min(headroom, bbr->inflight_longterm);
	return max_t(u32, bbr->inflight_longterm - headroom,
		     NST_BBR_MIN_PIPE_CWND);
}

/* 5.6.4.7 BoundCwndForModel() */
static u32 bound_cwnd(const struct nst_bbr *bbr, u32 cwnd)
{
	u32 cap = NST_BBR_INFINITY;

	if (bbr->state == NST_BBR_PROBE_RTT ||
	    bbr->state == NST_BBR_PROBE_BW_CRUISE)
		cap = inflight_with_headroom(bbr);
	else if (nst_bbr_in_probe_bw(bbr))
		cap = bbr->inflight_longterm;
	cap = min(cap, bbr->inflight_shortterm);
	return min(cwnd, max_t(u32, cap, NST_BBR_MIN_PIPE_CWND));
}

/* 5.6.4.6 SetCwnd() */
static void set_cwnd(struct nst_tcp_sock *tp, u32 newly_acked)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);
	u32 most = max_inflight(tp);
	u32 cwnd = tp->cwnd;

	if (bbr->full_bw_reached)
		cwnd = min(cwnd + newly_acked, most);
	else if (cwnd < most || tp->delivered < NST_TCP_INIT_CWND)
		cwnd += newly_acked;
	cwnd = max_t(u32, cwnd, NST_BBR_MIN_PIPE_CWND);
	if (bbr->state == NST_BBR_PROBE_RTT)
		cwnd = min(cwnd, probe_rtt_cwnd(tp));
	tp->cwnd = min(bound_cwnd(bbr, cwnd), tp->cwnd_clamp);
}

/* 5.6.4.4 */
static void restore_cwnd(struct nst_tcp_sock *tp)
{
	tp->cwnd = max(tp->cwnd, nst_bbr_of(tp)->prior_cwnd);
}

/* ---- 5.3.3 ProbeBW ---- */

/* 5.3.3.8.3 PickProbeWait(): 0 or 1 rounds, 2 to 3 seconds */
static void pick_probe_wait(struct nst_bbr *bbr)
{
	u32 random = get_random_u32();

	bbr->rounds_since_probe_up = random & 1;
	bbr->bw_probe_wait = 2 * MSEC_PER_SEC +
			     (((u64)(random >> 1) * MSEC_PER_SEC) >> 31);
}

static void start_down(struct nst_tcp_sock *tp)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);

	nst_bbr_reset_congestion_signals(bbr);
	bbr->probe_up_acked_per_inc = NST_BBR_INFINITY;
	pick_probe_wait(bbr);
	bbr->cycle_stamp = nst_bbr_now_ms(tp);
	bbr->ack_phase = NST_BBR_ACKS_PROBE_STOPPING;
	nst_bbr_start_round(tp);
	bbr->state = NST_BBR_PROBE_BW_DOWN;
}

static void start_refill(struct nst_tcp_sock *tp)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);

	nst_bbr_reset_short_term(bbr);
	bbr->bw_probe_up_rounds = 0;
	bbr->bw_probe_up_acked = 0;
	bbr->prev_probe_precautionary = false;
	bbr->ack_phase = NST_BBR_ACKS_REFILLING;
	nst_bbr_start_round(tp);
	bbr->state = NST_BBR_PROBE_BW_REFILL;
}

/* 5.3.3.9 RaiseInflightLongtermSlope() */
static void raise_slope(struct nst_tcp_sock *tp)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);
	u32 growth = BIT(bbr->bw_probe_up_rounds);

	if (bbr->bw_probe_up_rounds < PROBE_UP_ROUNDS)
		bbr->bw_probe_up_rounds++;
	bbr->probe_up_acked_per_inc = max(tp->cwnd / growth, 1U);
}

static void start_up(struct nst_tcp_sock *tp, const struct nst_rate_sample *rs)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);

	bbr->ack_phase = NST_BBR_ACKS_PROBE_STARTING;
	nst_bbr_start_round(tp);
	nst_bbr_reset_full_bw(bbr, nst_bbr_rate(rs));
	bbr->state = NST_BBR_PROBE_BW_UP;
	raise_slope(tp);
}

/* 5.3.3.8.3 IsTimeToProbeBW() */
static bool is_time_to_probe(struct nst_tcp_sock *tp)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);
	u32 rounds = min_t(u32, nst_bbr_target_inflight(tp), RENO_ROUNDS);

	return nst_bbr_now_ms(tp) - bbr->cycle_stamp > bbr->bw_probe_wait ||
	       bbr->rounds_since_probe_up >= rounds;
}

/* 5.3.3.9 IsTimeToCruise() */
static bool is_time_to_cruise(struct nst_tcp_sock *tp)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);
	u32 in_flight = nst_tcp_in_flight(tp);

	return in_flight <= inflight_with_headroom(bbr) &&
	       in_flight <= inflight_at(tp, nst_bbr_max_bw(bbr));
}

/* 5.3.3.9 IsTimeToGoDown() */
static bool is_time_to_go_down(struct nst_tcp_sock *tp,
			       const struct nst_rate_sample *rs)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);

	if (bbr->prev_probe_too_high &&
	    nst_tcp_in_flight(tp) >= bbr->inflight_longterm) {
		bbr->prev_probe_precautionary = true;
		return true;
	}
	if (tp->cwnd_limited && tp->cwnd >= bbr->inflight_longterm) {
		nst_bbr_reset_full_bw(bbr, nst_bbr_rate(rs));
		return false;
	}
	return bbr->full_bw_now;
}

/* 5.3.3.9 ProbeInflightLongtermUpward() */
static void probe_upward(struct nst_tcp_sock *tp, u32 newly_acked)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);
	u32 delta;

	if (!tp->cwnd_limited || tp->cwnd < bbr->inflight_longterm)
		return;
	bbr->bw_probe_up_acked += newly_acked;
	if (bbr->bw_probe_up_acked >= bbr->probe_up_acked_per_inc) {
		delta = bbr->bw_probe_up_acked / bbr->probe_up_acked_per_inc;
		bbr->bw_probe_up_acked -= delta * bbr->probe_up_acked_per_inc;
		bbr->inflight_longterm += delta;
	}
	if (bbr->round_start)
		raise_slope(tp);
}

/* 5.3.3.9 AdaptLongTermModel(). Return: a state was entered. */
static bool adapt_long_term(struct nst_tcp_sock *tp,
			    const struct nst_tcp_acked *acked)
{
	const struct nst_rate_sample *rs = &acked->rate;
	struct nst_bbr *bbr = nst_bbr_of(tp);

	if (bbr->ack_phase == NST_BBR_ACKS_PROBE_STARTING && bbr->round_start)
		bbr->ack_phase = NST_BBR_ACKS_PROBE_FEEDBACK;
	if (bbr->ack_phase == NST_BBR_ACKS_PROBE_STOPPING && bbr->round_start) {
		bbr->is_bw_probe_sample = false;
		bbr->ack_phase = NST_BBR_ACKS_INIT;
		if (nst_bbr_in_probe_bw(bbr)) {
			if (!rs->is_app_limited)
				nst_bbr_advance_max_bw_filter(bbr);
			/* 5.3.3.6: the careful probe went well: a whole one. */
			if (bbr->prev_probe_precautionary &&
			    !bbr->prev_probe_too_high) {
				start_refill(tp);
				return true;
			}
		}
	}

	if (!rs->valid || nst_bbr_too_high(tp, rs->lost, rs->tx_in_flight) ||
	    bbr->inflight_longterm == NST_BBR_INFINITY)
		return false;
	bbr->inflight_longterm = max(bbr->inflight_longterm, rs->tx_in_flight);
	if (bbr->state == NST_BBR_PROBE_BW_UP)
		probe_upward(tp, acked->delivered);
	return false;
}

/* 5.3.3.9 UpdateProbeBWCyclePhase() */
static void update_cycle_phase(struct nst_tcp_sock *tp,
			       const struct nst_tcp_acked *acked)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);

	if (!bbr->full_bw_reached || adapt_long_term(tp, acked))
		return;
	switch (bbr->state) {
	case NST_BBR_PROBE_BW_DOWN:
		if (is_time_to_probe(tp))
			start_refill(tp);
		else if (is_time_to_cruise(tp))
			bbr->state = NST_BBR_PROBE_BW_CRUISE;
		break;
	case NST_BBR_PROBE_BW_CRUISE:
		if (is_time_to_probe(tp))
			start_refill(tp);
		break;
	case NST_BBR_PROBE_BW_REFILL:
		if (bbr->round_start) {
			bbr->is_bw_probe_sample = true;
			start_up(tp, &acked->rate);
		}
		break;
	case NST_BBR_PROBE_BW_UP:
		if (is_time_to_go_down(tp, &acked->rate)) {
			bbr->prev_probe_too_high = false;
			start_down(tp);
		}
		break;
	}
}

/* ---- 5.3.1 Startup, 5.3.2 Drain ---- */

/* 5.3.1.3: has Startup been stopped by losses? */
static bool startup_lost_too_much(struct nst_tcp_sock *tp,
				  const struct nst_tcp_acked *acked)
{
	const struct nst_rate_sample *rs = &acked->rate;
	struct nst_bbr *bbr = nst_bbr_of(tp);

	if (tp->ca_state != NST_TCP_CA_RECOVERY)
		return false;
	if (!tp->sack_ok)
		return acked->lost;
	return bbr->loss_round_start && rs->valid &&
	       bbr->loss_events >= STARTUP_FULL_LOSSES &&
	       nst_bbr_too_high(tp, rs->lost, rs->tx_in_flight);
}

static void check_startup_high_loss(struct nst_tcp_sock *tp,
				    const struct nst_tcp_acked *acked)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);

	if (bbr->full_bw_reached)
		return;
	if (startup_lost_too_much(tp, acked)) {
		bbr->undo_state = NST_BBR_STARTUP;
		bbr->full_bw_reached = true;
		bbr->inflight_longterm =
			max(nst_bbr_bdp(tp, bbr->bw, NST_BBR_GAIN_ONE),
			    bbr->inflight_latest);
	}
	if (bbr->loss_round_start)
		bbr->loss_events = 0;
}

static void check_startup_done(struct nst_tcp_sock *tp,
			       const struct nst_tcp_acked *acked)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);

	check_startup_high_loss(tp, acked);
	if (bbr->state == NST_BBR_STARTUP && bbr->full_bw_reached) {
		bbr->state = NST_BBR_DRAIN;
		bbr->drain_rounds = 0;
	}
}

static void check_drain_done(struct nst_tcp_sock *tp)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);

	if (bbr->state == NST_BBR_DRAIN &&
	    (nst_tcp_in_flight(tp) <= inflight_at(tp, bbr->bw) ||
	     bbr->drain_rounds > DRAIN_ROUNDS))
		start_down(tp);
}

/* ---- 5.3.4 ProbeRTT ---- */

/* 5.3.4.4 ExitProbeRTT() */
static void exit_probe_rtt(struct nst_tcp_sock *tp)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);

	nst_bbr_reset_short_term(bbr);
	if (bbr->full_bw_reached) {
		start_down(tp);
		bbr->state = NST_BBR_PROBE_BW_CRUISE;
	} else {
		bbr->state = NST_BBR_STARTUP;
	}
}

static void check_probe_rtt_done(struct nst_tcp_sock *tp)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);
	u32 now = nst_bbr_now_ms(tp);

	if (!bbr->probe_rtt_waits ||
	    (s32)(now - bbr->probe_rtt_done_stamp) <= 0)
		return;
	bbr->probe_rtt_min_stamp = now;
	restore_cwnd(tp);
	exit_probe_rtt(tp);
}

/* 5.3.4.3 HandleProbeRTT() */
static void handle_probe_rtt(struct nst_tcp_sock *tp)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);

	nst_rate_mark_app_limited(tp);
	if (!bbr->probe_rtt_waits) {
		if (nst_tcp_in_flight(tp) > probe_rtt_cwnd(tp))
			return;
		bbr->probe_rtt_done_stamp = nst_bbr_now_ms(tp) + PROBE_RTT_MS;
		bbr->probe_rtt_waits = true;
		bbr->probe_rtt_round_done = false;
		nst_bbr_start_round(tp);
		return;
	}
	if (bbr->round_start)
		bbr->probe_rtt_round_done = true;
	if (bbr->probe_rtt_round_done)
		check_probe_rtt_done(tp);
}

/* 5.3.4.3 CheckProbeRTT() */
static void check_probe_rtt(struct nst_tcp_sock *tp,
			    const struct nst_rate_sample *rs)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);

	if (bbr->state != NST_BBR_PROBE_RTT && bbr->probe_rtt_expired &&
	    !bbr->idle_restart) {
		nst_bbr_save_cwnd(tp);
		bbr->state = NST_BBR_PROBE_RTT;
		bbr->probe_rtt_waits = false;
		bbr->ack_phase = NST_BBR_ACKS_PROBE_STOPPING;
		nst_bbr_start_round(tp);
	}
	if (bbr->state == NST_BBR_PROBE_RTT)
		handle_probe_rtt(tp);
	if (rs->valid)
		bbr->idle_restart = false;
}

/* ---- 5.5.10.2 losses ---- */

/* HandleInflightTooHigh(): once for each probe. */
static void handle_too_high(struct nst_tcp_sock *tp, u32 in_flight,
			    bool app_limited)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);
	u32 floor;

	bbr->prev_probe_too_high = true;
	bbr->is_bw_probe_sample = false;
	if (!app_limited) {
		/* Beta of the target */
		floor = div_u64((u64)nst_bbr_target_inflight(tp) * 7, 10);
		bbr->inflight_longterm = max(in_flight, floor);
	}
	if (bbr->state == NST_BBR_PROBE_BW_UP) {
		bbr->undo_state = NST_BBR_PROBE_BW_UP;
		start_down(tp);
	}
}

/* InflightAtLoss(): at which of its segments was it too much? */
static u32 inflight_at_loss(u32 in_flight, u32 lost, u32 size)
{
	u32 before = in_flight - min(in_flight, size);
	u32 lost_before = lost - min(lost, size);
	u64 allowed = (u64)before * 2, had = (u64)lost_before * 100;

	if (allowed <= had)
		return before;
	return before + div_u64(allowed - had, 98);
}

/* HandleLostPacket() */
static void bbr_skb_lost(struct nst_tcp_sock *tp, const struct sk_buff *skb)
{
	const struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	struct nst_bbr *bbr = nst_bbr_of(tp);
	u32 lost = (u16)(tp->lost - cb->tx.lost);

	nst_bbr_note_loss(tp);
	if (cb->seq != bbr->lost_end_seq && bbr->loss_events < U8_MAX)
		bbr->loss_events++;
	bbr->lost_end_seq = cb->end_seq;
	if (!bbr->is_bw_probe_sample ||
	    !nst_bbr_too_high(tp, lost, cb->tx.in_flight))
		return;
	handle_too_high(tp, inflight_at_loss(cb->tx.in_flight, lost,
					     cb->gso_segs), cb->app_limited);
}

/* 3.7: congestion all the same, though nothing is lost. */
static void bbr_ecn_acked(struct nst_tcp_sock *tp, u32 delivered, u32 marked)
{
	if (marked)
		nst_bbr_note_loss(tp);
}

/* ---- events ---- */

/* 5.2.3 UpdateOnACK() */
static void bbr_cong_control(struct nst_tcp_sock *tp,
			     const struct nst_tcp_acked *acked)
{
	const struct nst_rate_sample *rs = &acked->rate;
	s32 rtt_us = acked->rtt_us;

	/* 5.5.7.1: that of the segment sent last */
	if (rs->valid && !rs->is_retrans)
		rtt_us = rs->rtt_us;
	nst_bbr_update_delivery_signals(tp, rs);
	nst_bbr_update_congestion_signals(tp, rs);
	nst_bbr_update_ack_aggregation(tp, acked->delivered);
	nst_bbr_check_full_bw(tp, rs);
	check_startup_done(tp, acked);
	check_drain_done(tp);
	update_cycle_phase(tp, acked);
	nst_bbr_update_min_rtt(tp, rtt_us, acked->delayed);
	check_probe_rtt(tp, rs);
	nst_bbr_advance_delivery_signals(tp, rs);
	nst_bbr_bound_bw(tp);

	set_pacing_rate(tp, pacing_gains[nst_bbr_of(tp)->state]);
	set_cwnd(tp, acked->delivered);
}

/* 5.4.1 HandleRestartFromIdle() */
static void restart_from_idle(struct nst_tcp_sock *tp)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);

	if (!tp->app_limited)
		return;
	bbr->idle_restart = true;
	bbr->extra_acked_start = tp->mstamp;
	bbr->extra_acked_delivered = 0;
	if (nst_bbr_in_probe_bw(bbr))
		set_pacing_rate(tp, NST_BBR_GAIN_ONE);
	else if (bbr->state == NST_BBR_PROBE_RTT)
		check_probe_rtt_done(tp);
}

static void bbr_event(struct nst_tcp_sock *tp, enum nst_ca_event event)
{
	if (event == NST_CA_EVENT_TX_START)
		restart_from_idle(tp);
}

/* 5.6.4.4: the begin and the end of recovery; cwnd is not reduced by half. */
static u32 bbr_ssthresh(struct nst_tcp_sock *tp)
{
	nst_bbr_save_state(tp);
	return tp->ssthresh;
}

static void bbr_set_state(struct nst_tcp_sock *tp, u8 state)
{
	if (tp->ca_state >= NST_TCP_CA_RECOVERY &&
	    state < NST_TCP_CA_RECOVERY)
		restore_cwnd(tp);
}

/* 5.5.11.2 HandleSpuriousLossDetection() */
static u32 bbr_undo_cwnd(struct nst_tcp_sock *tp)
{
	struct nst_bbr *bbr = nst_bbr_of(tp);
	u8 undo_state = bbr->undo_state;

	bbr->is_loss_in_round = false;
	nst_bbr_reset_full_bw(bbr, 0);
	bbr->bw_shortterm = max(bbr->bw_shortterm, bbr->undo_bw_shortterm);
	bbr->inflight_shortterm = max(bbr->inflight_shortterm,
				      bbr->undo_inflight_shortterm);
	bbr->inflight_longterm = max(bbr->inflight_longterm,
				     bbr->undo_inflight_longterm);
	bbr->undo_state = NST_BBR_NO_STATE;
	if (undo_state == NST_BBR_STARTUP && bbr->state != NST_BBR_STARTUP) {
		bbr->full_bw_reached = false;
		if (bbr->state != NST_BBR_PROBE_RTT)
			bbr->state = NST_BBR_STARTUP;
	} else if (undo_state == NST_BBR_PROBE_BW_UP &&
		   bbr->state != NST_BBR_PROBE_BW_UP &&
		   bbr->state != NST_BBR_PROBE_RTT) {
		start_refill(tp);
	}
	return max(tp->cwnd, bbr->prior_cwnd);
}

/* As much again as for others: new data goes on during recovery. */
static u32 bbr_sndbuf_factor(const struct nst_tcp_sock *tp)
{
	return 3;
}

/* 5.2.1 OnInit() */
static void bbr_init(struct nst_tcp_sock *tp)
{
	nst_bbr_model_init(tp);
	nst_bbr_of(tp)->state = NST_BBR_STARTUP;
	tp->ssthresh = NST_TCP_INFINITE_SSTHRESH;
	nst_pacing_require(&tp->nst.sk);
	init_pacing_rate(tp);
}

static size_t bbr_get_info(const struct nst_tcp_sock *tp,
			   union tcp_cc_info *info)
{
	const struct nst_bbr *bbr = (const struct nst_bbr *)tp->ca_priv;
	u64 bw = (u64)bbr->bw * tp->mss_cache * USEC_PER_SEC >>
		 NST_BBR_BW_SHIFT;

	info->bbr.bbr_bw_lo = lower_32_bits(bw);
	info->bbr.bbr_bw_hi = upper_32_bits(bw);
	info->bbr.bbr_min_rtt = bbr->min_rtt;
	info->bbr.bbr_pacing_gain = pacing_gains[bbr->state];
	info->bbr.bbr_cwnd_gain = cwnd_gains[bbr->state];
	return sizeof(info->bbr);
}

const struct nst_congestion_ops nst_bbr = {
	.name = "bbr",
	.init = bbr_init,
	.ssthresh = bbr_ssthresh,
	.cong_control = bbr_cong_control,
	.undo_cwnd = bbr_undo_cwnd,
	.set_state = bbr_set_state,
	.event = bbr_event,
	.ecn_acked = bbr_ecn_acked,
	.skb_lost = bbr_skb_lost,
	.sndbuf_factor = bbr_sndbuf_factor,
	.min_tso_segs = bbr_min_tso_segs,
	.get_info = bbr_get_info,
};
