// SPDX-License-Identifier: GPL-2.0
/*
 * Recovery: the five states of a sender, as TCP_INFO shows them.
 *
 *	Open		nothing is missing
 *	Disorder	something arrived out of order, nothing is lost yet
 *	CWR		the window is being reduced, but nothing was lost
 *	Recovery	losses are being repaired (RFC 5681 3.2, 6582, 6675)
 *	Loss		after a time-out (RFC 5681 3.1, RFC 5682)
 *
 * Every acknowledgment asks, in this order: was a reduction spurious (undo.c)?
 * which segments are lost (rack.c; for peers without SACK the head alone,
 * RFC 6582)? which state follows? how much may be in flight (prr.c, or the
 * controller)? what goes out again? New data before recovery is what RFC 3042
 * and RFC 6675 call limited transmit: what has arrived is not in flight.
 *
 * recover is the highest sequence number sent when the reduction began
 * (RFC 6582's recover, RFC 6675's RecoveryPoint). Without SACK the state is
 * held until more than recover is acknowledged: duplicate ACKs of what was
 * repeated needlessly must not begin another recovery (RFC 6582 3.2 step 2).
 */
#include "ecn.h"
#include "pacing.h"
#include "trace_cwnd.h"

static void set_ca_state(struct nst_tcp_sock *tp, u8 state)
{
	if (tp->ca_ops->set_state)
		tp->ca_ops->set_state(tp, state);
	tp->ca_state = state;
}

static bool reducing(const struct nst_tcp_sock *tp)
{
	return tp->ca_state == NST_TCP_CA_CWR ||
	       tp->ca_state == NST_TCP_CA_RECOVERY;
}

/* Something below snd_nxt was sent again and is not acknowledged. */
static bool retransmission_pending(const struct sock *sk)
{
	const struct sk_buff *head = nst_tcp_rtx_head(sk);

	return nst_tcp_sk(sk)->retrans_out ||
	       (head && nst_tcp_cb(head)->sent & NST_TCP_SENT_EVER_RETRANS);
}

/* RFC 5681 3.1: what undo returns to; a window in use counts by 3/4. */
static u32 current_ssthresh(const struct nst_tcp_sock *tp)
{
	if (reducing(tp))
		return tp->ssthresh;
	return max(tp->ssthresh, tp->cwnd - (tp->cwnd >> 2));
}

/* Open, or Disorder if something is still out of order or repeated. */
static void settle(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u8 state = NST_TCP_CA_OPEN;

	if (tp->sacked_out || tp->lost_out || retransmission_pending(sk))
		state = NST_TCP_CA_DISORDER;
	else
		tp->retrans_stamp = 0;
	if (tp->ca_state != state) {
		set_ca_state(tp, state);
		tp->recover = tp->snd_nxt;
	}
}

/* All up to recover is acknowledged, but see the head of the file. */
static bool hold_reno(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (tp->sack_ok || tp->snd_una != tp->recover)
		return false;
	nst_tcp_reno_reset(tp);
	if (!retransmission_pending(sk))
		tp->retrans_stamp = 0;
	return true;
}

/* TCP_INFO: the recovery from a time-out has ended. */
static void rto_recovered(struct nst_tcp_sock *tp)
{
	u32 now = div_u64(tp->mstamp, USEC_PER_MSEC);

	if (!tp->rto_stamp)
		return;
	tp->total_rto_ms += now - tp->rto_stamp;
	tp->rto_stamp = 0;
}

/* Recovery or Loss is over. */
static void open_again(struct nst_tcp_sock *tp)
{
	nst_tcp_rack_recovered(&tp->rack);
	tp->size_loss = false;
	set_ca_state(tp, NST_TCP_CA_OPEN);
}

/* Eifel or DSACK: all retransmissions of the episode were for nothing. */
static bool spurious(const struct nst_tcp_sock *tp,
		     const struct nst_tcp_acked *acked)
{
	return nst_tcp_undo_all_dsacked(tp) || nst_tcp_undo_eifel(tp, acked);
}

/*
 * In Recovery, and some time after it: the last of the retransmissions was
 * reported.
 */
static bool undo_by_dsack(struct nst_tcp_sock *tp)
{
	if (!nst_tcp_undo_all_dsacked(tp))
		return false;
	nst_tcp_undo_window(tp, false);
	NST_INC(tp->nst.stack, TCP_DSACK_UNDO);
	return true;
}

/*
 * recover is reached: the end of Recovery or Loss. Return: false: the state
 * is held.
 */
static bool finish(struct sock *sk, const struct nst_tcp_acked *acked)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_stack *stack = tp->nst.stack;

	if (spurious(tp, acked)) {
		nst_tcp_undo_window(tp, false);
		if (tp->ca_state == NST_TCP_CA_LOSS)
			NST_INC(stack, TCP_LOSS_UNDO);
		else
			NST_INC(stack, TCP_FULL_UNDO);
	}
	if (hold_reno(sk))
		return false;
	if (tp->ca_state == NST_TCP_CA_RECOVERY)
		nst_tcp_reduction_end(tp);
	open_again(tp);
	return true;
}

/*
 * A partial ACK that was sent for the original: it was late, not lost.
 * Return: do not look for further losses now.
 */
static bool undo_partial(struct sock *sk, const struct nst_tcp_acked *acked)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (!nst_tcp_undo_eifel(tp, acked))
		return false;
	nst_tcp_reordering_seen(tp, acked->prior_snd_una, tp->snd_una, true);
	/* As long as repeats are out nobody knows what will answer for. */
	if (tp->retrans_out)
		return true;
	if (!retransmission_pending(sk))
		tp->retrans_stamp = 0;
	nst_tcp_undo_window(tp, true);
	NST_INC(tp->nst.stack, TCP_PARTIAL_UNDO);
	settle(sk);
	return true;
}

/* RFC 5682 or undo.c: the time-out was spurious. Return: it was. */
static bool undo_loss(struct sock *sk, const struct nst_tcp_acked *acked,
		      bool by_frto)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (!by_frto && !spurious(tp, acked))
		return false;
	nst_tcp_undo_window(tp, true);
	NST_INC(tp->nst.stack, TCP_LOSS_UNDO);
	if (by_frto)
		NST_INC(tp->nst.stack, TCP_SPURIOUS_RTOS);
	tp->retransmits = 0;
	if (hold_reno(sk))
		return true;
	if (by_frto || tp->sack_ok)
		open_again(tp);
	return true;
}

/*
 * RFC 8985 6.2 step 5, or without SACK RFC 5681 3.2 and RFC 6582 3.2: mark
 * what is lost. Return: the reordering timer was set.
 */
static bool detect_losses(struct sock *sk, const struct nst_tcp_acked *acked)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 timeout;

	if (!tp->packets_out)
		return false;
	if (!tp->sack_ok) {
		if (tp->ca_state >= NST_TCP_CA_RECOVERY ?
		    tp->ca_state == NST_TCP_CA_RECOVERY && acked->forward :
		    tp->sacked_out >= tp->reordering)
			nst_tcp_reno_mark_head(sk);
		return false;
	}
	if (!tp->rack.advanced)
		return tp->rtx_timer_kind == NST_TCP_TIMER_REORDER;
	timeout = nst_tcp_rack_detect_loss(tp);
	if (!timeout)
		return false;
	nst_tcp_reorder_timer_set(sk, timeout);
	return true;
}

static void enter_recovery(struct sock *sk, u32 delivered)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (tp->sack_ok)
		NST_INC(tp->nst.stack, TCP_SACK_RECOVERY);
	else
		NST_INC(tp->nst.stack, TCP_RENO_RECOVERY);
	tp->prior_ssthresh = 0;
	tp->size_loss = false;
	nst_tcp_undo_begin(tp);
	if (reducing(tp)) {
		/* CWR has reduced the window for this flight already. */
		tp->recover = tp->snd_nxt;
	} else {
		tp->prior_ssthresh = current_ssthresh(tp);
		nst_tcp_reduction_begin(tp, delivered, false);
	}
	set_ca_state(tp, NST_TCP_CA_RECOVERY);
}

/**
 * nst_tcp_recovery_enter_cwr() - congestion without a loss
 * @tp: connection
 * @delivered: segments that the acknowledgment at hand told of
 * @marked: by ECE, not a repaired tail
 *
 * By ECE (RFC 3168 6.1.2) or a repaired tail. Does nothing in Recovery and
 * Loss, and in CWR: once a round trip is enough.
 */
void nst_tcp_recovery_enter_cwr(struct nst_tcp_sock *tp, u32 delivered,
				bool marked)
{
	if (tp->ca_state >= NST_TCP_CA_CWR)
		return;
	tp->prior_ssthresh = 0;
	tp->undo_marker = 0;
	nst_tcp_reduction_begin(tp, delivered, marked);
	set_ca_state(tp, NST_TCP_CA_CWR);
}

/* RFC 8985 7.4.2: the probe repaired a loss: reduce as a recovery would. */
static void answer_for_tail(struct sock *sk, u32 delivered)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (tp->ca_state >= NST_TCP_CA_CWR)
		return;
	nst_tcp_recovery_enter_cwr(tp, delivered, false);
	nst_tcp_reduction_end(tp);
	settle(sk);
}

/* Losses, where none were before: of congestion, or of a probe's size. */
static void losses_found(struct sock *sk, u32 delivered)
{
	if (nst_tcp_mtu_probe_lost(sk))
		nst_tcp_recovery_too_large(sk);
	else
		enter_recovery(sk, delivered);
}

/* Open, Disorder and CWR. */
static bool open_ack(struct sock *sk, struct nst_tcp_acked *acked)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	bool timer;

	if (!tp->sack_ok && acked->forward)
		nst_tcp_reno_reset(tp);
	if (tp->ca_state <= NST_TCP_CA_DISORDER)
		undo_by_dsack(tp);

	timer = detect_losses(sk, acked);
	if (tp->lost_out) {
		losses_found(sk, acked->delivered);
		return timer;
	}
	if (unlikely(acked->ece))
		nst_tcp_recovery_enter_cwr(tp, acked->delivered, true);
	if (tp->ca_state != NST_TCP_CA_CWR)
		settle(sk);
	return timer;
}

static bool recovery_ack(struct sock *sk, struct nst_tcp_acked *acked)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	bool timer;

	if (acked->forward && undo_partial(sk, acked))
		return false;
	if (undo_by_dsack(tp)) {
		nst_tcp_rack_recovered(&tp->rack);
		settle(sk);
	}
	timer = detect_losses(sk, acked);
	/* That was reordering, but there are losses as well. */
	if (tp->ca_state != NST_TCP_CA_RECOVERY && tp->lost_out)
		enter_recovery(sk, acked->delivered);
	return timer;
}

/*
 * F-RTO, RFC 5682 2.1 and 3.1 in one: after a time-out only the head is sent
 * again; if that moves the left edge two new segments are sent, and what the
 * next acknowledgment tells decides.
 * Return: new data is to be sent now, nothing again.
 */
static bool frto_ack(struct sock *sk, const struct nst_tcp_acked *acked)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (nst_after(tp->snd_nxt, tp->recover)) {
		/* Step 3 a: the new data arrived out of order: it was lost. */
		if (acked->sacked || acked->dupack)
			tp->frto = false;
		return false;
	}
	if (!acked->forward || !nst_before(tp->snd_una, tp->recover))
		return false;
	/* Step 2 b, if there is new data and a window for it. */
	tp->recover = tp->snd_nxt;
	if (nst_tcp_send_head(sk) &&
	    nst_after(nst_tcp_wnd_end(tp), tp->snd_nxt))
		return true;
	tp->frto = false;
	return false;
}

/* After a time-out. *@send_new: F-RTO wants new data sent. */
static bool loss_ack(struct sock *sk, struct nst_tcp_acked *acked,
		     bool *send_new)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 retrans_out, lost;
	bool timer;

	if (acked->forward && undo_loss(sk, acked, false))
		goto detect;
	if (tp->frto) {
		/* RFC 5682 step 3 b: what was sent only once has arrived. */
		if (acked->original && undo_loss(sk, acked, true))
			goto detect;
		*send_new = frto_ack(sk, acked);
		if (*send_new)
			goto detect;
	}
	if (!nst_before(tp->snd_una, tp->recover)) {
		finish(sk, acked);
		goto detect;
	}
	if (!tp->sack_ok && acked->forward)
		nst_tcp_reno_reset(tp);
detect:
	if (tp->ca_state != NST_TCP_CA_LOSS) {
		rto_recovered(tp);
		return open_ack(sk, acked);
	}
	retrans_out = tp->retrans_out;
	lost = tp->lost;
	timer = detect_losses(sk, acked);
	/*
	 * A repeat was lost as well: that is news of the path. So is anything
	 * if the first loss was not one of congestion.
	 */
	if (tp->retrans_out < retrans_out ||
	    (tp->size_loss && tp->lost != lost))
		enter_recovery(sk, acked->delivered);
	return timer;
}

/*
 * RFC 2018 8: a SACKed segment at the left edge was dropped by the peer after
 * all, or it would be acknowledged. The time-out, soon, makes sure.
 */
static void suspect_reneging(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	unsigned long delay = max(usecs_to_jiffies(tp->srtt_us >> 4),
				  msecs_to_jiffies(10));

	nst_tcp_rtx_timer_set(sk, NST_TCP_TIMER_RETRANSMIT, delay);
}

/* States and marks. Return: the reordering timer was set. */
static bool change_state(struct sock *sk, struct nst_tcp_acked *acked,
			 bool *send_new)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (!nst_before(tp->snd_una, tp->recover)) {
		if (tp->ca_state == NST_TCP_CA_CWR) {
			/* One segment more: nothing ends before it began. */
			if (tp->snd_una != tp->recover) {
				nst_tcp_reduction_end(tp);
				set_ca_state(tp, NST_TCP_CA_OPEN);
			}
		} else if (tp->ca_state == NST_TCP_CA_RECOVERY) {
			if (!finish(sk, acked))
				return false;
		}
	}
	switch (tp->ca_state) {
	case NST_TCP_CA_RECOVERY:
		return recovery_ack(sk, acked);
	case NST_TCP_CA_LOSS:
		return loss_ack(sk, acked, send_new);
	default:
		return open_ack(sk, acked);
	}
}

/* RFC 5681 3.1, RFC 7661 4.2 */
static void grow(struct nst_tcp_sock *tp, const struct nst_tcp_acked *acked)
{
	const struct nst_config *config = &tp->nst.stack->config;

	/* On a path that reorders, what comes out of order is as good. */
	if (!acked->delivered ||
	    (!acked->acked &&
	     tp->reordering <= READ_ONCE(config->tcp_reordering)))
		return;
	if ((tp->ca_state != NST_TCP_CA_LOSS || tp->size_loss) &&
	    !nst_tcp_cwnd_may_grow(tp))
		return;
	tp->ca_ops->cong_avoid(tp, acked->delivered);
	tp->cwnd_stamp = nst_tcp_jiffies();
}

/* How much may be in flight now. */
static void control_window(struct nst_tcp_sock *tp,
			   const struct nst_tcp_acked *acked)
{
	if (acked->acked && tp->ca_ops->pkts_acked)
		tp->ca_ops->pkts_acked(tp, acked);
	if (tp->ca_ops->cong_control) {
		tp->ca_ops->cong_control(tp, acked);
		return;
	}
	if (likely(!reducing(tp))) {
		grow(tp, acked);
		return;
	}
	nst_tcp_reduction_ack(tp, acked->delivered,
			      acked->forward && !acked->lost);
	/* RFC 6582 3.2 step 3: after a partial ACK the head goes at once. */
	if (!tp->sack_ok && acked->forward && tp->lost_out)
		tp->cwnd = max(tp->cwnd, nst_tcp_in_flight(tp) + 1);
}

/*
 * RFC 6298 5.2 and 5.3, RFC 8985 7.2: the probe's timer, or else that of the
 * RTO. The reordering timer, once set, comes before both.
 */
static void restart_timer(struct sock *sk, bool reorder_timer)
{
	if (!nst_tcp_sk(sk)->packets_out) {
		nst_tcp_rtx_timer_stop(sk);
		return;
	}
	nst_tcp_rto_restart(sk);
	if (reorder_timer)
		return;
	nst_tcp_rtx_timer_stop(sk);
	if (!nst_tcp_tlp_schedule(sk))
		nst_tcp_rearm_rto(sk);
}

/* Nothing to think about: in order, and nothing out of order around. */
static bool plain(const struct nst_tcp_sock *tp,
		  const struct nst_tcp_acked *acked)
{
	return tp->ca_state == NST_TCP_CA_OPEN && acked->forward &&
	       !acked->has_sack && !acked->ece && !tp->sacked_out &&
	       !tp->lost_out;
}

/**
 * nst_tcp_recovery_ack() - an acknowledgment came
 * @sk: socket, locked; rtx_queue, marks and snd_una are up to date
 * @acked: what it did; lost is filled
 *
 * Sets the timers. May retransmit. New data is left to
 * nst_tcp_data_snd_check(), but for that of F-RTO.
 */
void nst_tcp_recovery_ack(struct sock *sk, struct nst_tcp_acked *acked)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 prior_lost = tp->lost, prior_cwnd = tp->cwnd;
	bool reorder_timer = false, send_new = false;

	/* Congestion was real: a reduction of now is not undone by halves. */
	if (unlikely(acked->ece))
		tp->prior_ssthresh = 0;
	if (unlikely(acked->dsack || tp->rack.in_dsack_round))
		nst_tcp_rack_dsack(tp, acked->dsack);
	if (unlikely(tp->tlp.outstanding) && nst_tcp_tlp_ack(tp, acked))
		answer_for_tail(sk, acked->delivered);

	if (unlikely(acked->reneged)) {
		suspect_reneging(sk);
		reorder_timer = true;
	} else if (unlikely(!plain(tp, acked))) {
		reorder_timer = change_state(sk, acked, &send_new);
	} else if (unlikely(tp->retrans_stamp) &&
		   !retransmission_pending(sk)) {
		tp->retrans_stamp = 0;
	}
	acked->lost = tp->lost - prior_lost;
	if (acked->restart_timer)
		restart_timer(sk, reorder_timer);
	nst_rate_generate(tp, acked);
	control_window(tp, acked);
	if (!tp->ca_ops->cong_control)
		nst_pacing_update_rate(sk);
	nst_tcp_trace_cwnd(tp, prior_cwnd);

	if (unlikely(send_new)) {
		nst_tcp_push(sk, NST_TCP_NAGLE_OFF);
		if (nst_after(tp->snd_nxt, tp->recover))
			return;
		tp->frto = false;
	}
	if (unlikely(tp->lost_out))
		nst_tcp_recovery_retransmit(sk);
}

bool nst_tcp_recovery_counts_dupacks(const struct nst_tcp_sock *tp)
{
	if (tp->ca_state == NST_TCP_CA_LOSS)
		return nst_after(tp->snd_nxt, tp->recover);
	return tp->ca_state != NST_TCP_CA_RECOVERY ||
	       nst_before(tp->snd_una, tp->recover);
}

/**
 * nst_tcp_recovery_init() - a connection is synchronised
 * @tp: connection, nothing in flight; cwnd is set by the caller
 */
void nst_tcp_recovery_init(struct nst_tcp_sock *tp)
{
	tp->ssthresh = NST_TCP_INFINITE_SSTHRESH;
	tp->recover = tp->snd_una;
	tp->cwnd_cnt = 0;
	tp->undo_marker = 0;
	tp->frto = false;
	tp->tlp.outstanding = false;
	tp->board.known_count = 0;
	nst_tcp_reno_reset(tp);
	nst_tcp_rack_init(&tp->rack);
	/* A SYN may have been repeated. */
	rto_recovered(tp);
	set_ca_state(tp, NST_TCP_CA_OPEN);
}

/*
 * RFC 5681 3.1 says that all is lost, RFC 8985 6.3 that what was sent within
 * the last round trip need not be: the head, and what is overdue by RACK.
 */
static void mark_lost_by_timeout(struct sock *sk)
{
	struct sk_buff *head = nst_tcp_rtx_head(sk);
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct sk_buff *skb;

	if (!head)
		return;
	if (nst_tcp_cb(head)->sent & NST_TCP_SENT_SACKED) {
		NST_INC(tp->nst.stack, TCP_SACK_RENEGING);
		nst_tcp_forget_sacked(tp);
	}
	if (!tp->sack_ok)
		nst_tcp_reno_reset(tp);
	/* One segment is sent again; the rest of its buffer is judged apart. */
	if (nst_tcp_cb(head)->gso_segs > 1)
		nst_tcp_fragment(sk, head, nst_tcp_cb(head)->gso_size, true,
				 GFP_ATOMIC);
	for (skb = head; skb; skb = skb_rb_next(skb)) {
		if (nst_tcp_cb(skb)->sent & NST_TCP_SENT_SACKED)
			continue;
		if (skb != head && tp->rack.xmit_ns &&
		    nst_tcp_rack_remaining_us(tp, skb->skb_mstamp_ns, 0) > 0)
			continue;
		nst_tcp_mark_lost(tp, skb);
	}
}

/**
 * nst_tcp_recovery_timeout() - the retransmission timer expired
 * @sk: socket, locked, with segments in rtx_queue
 *
 * RFC 5681 3.1: cwnd falls to the loss window of one segment, and ssthresh to
 * half the flight, but only the first time for the same flight. Call it
 * before retransmits is counted up. Does not retransmit.
 */
void nst_tcp_recovery_timeout(struct sock *sk)
{
	const struct nst_config *config = &nst_sk(sk)->stack->config;
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	bool fresh = tp->ca_state < NST_TCP_CA_RECOVERY;
	u32 threshold = READ_ONCE(config->tcp_reordering);
	u32 prior_cwnd = tp->cwnd;

	/* So many arrived, and nothing was found lost: too patient. */
	if (tp->ca_state <= NST_TCP_CA_DISORDER && tp->sacked_out >= threshold)
		tp->reordering = min(tp->reordering, threshold);

	mark_lost_by_timeout(sk);
	if (tp->ca_state <= NST_TCP_CA_DISORDER ||
	    !nst_after(tp->recover, tp->snd_una) ||
	    (tp->ca_state == NST_TCP_CA_LOSS && !tp->retransmits)) {
		tp->prior_ssthresh = current_ssthresh(tp);
		tp->prior_cwnd = tp->cwnd;
		tp->ssthresh = tp->ca_ops->ssthresh(tp);
		if (tp->ca_ops->event)
			tp->ca_ops->event(tp, NST_CA_EVENT_LOSS);
		nst_tcp_undo_begin(tp);
	}
	nst_tcp_ecn_reduced(tp);
	tp->cwnd = nst_tcp_in_flight(tp) + 1;
	tp->cwnd_cnt = 0;
	tp->cwnd_stamp = nst_tcp_jiffies();
	/* RFC 6582 3.2 step 4: recover is the highest sequence number sent. */
	tp->recover = tp->snd_nxt;
	tp->tlp.outstanding = false;
	tp->size_loss = false;
	nst_tcp_mtu_probe_inconclusive(&tp->mtu_probe);
	set_ca_state(tp, NST_TCP_CA_LOSS);
	/* RFC 5682 2.1 step 1: not while another recovery goes on. */
	tp->frto = READ_ONCE(config->tcp_frto) && (fresh || tp->retransmits);
	nst_tcp_trace_cwnd(tp, prior_cwnd);
}

/**
 * nst_tcp_recovery_reorder_timeout() - segments are overdue by now
 * @sk: socket, locked
 *
 * RFC 8985 6.2 step 5, RACK_reordering_timeout().
 */
void nst_tcp_recovery_reorder_timeout(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	bool fresh = tp->ca_state != NST_TCP_CA_RECOVERY;
	u32 lost = tp->lost, prior_cwnd = tp->cwnd;
	u32 timeout;

	timeout = nst_tcp_rack_detect_loss(tp);
	if (timeout)
		nst_tcp_reorder_timer_set(sk, timeout);
	if (tp->lost != lost) {
		if (tp->ca_state < NST_TCP_CA_RECOVERY)
			losses_found(sk, 0);
		else if (tp->size_loss)
			enter_recovery(sk, 0);
		/* One acknowledgment came when the timer was set. */
		if (tp->ca_state == NST_TCP_CA_RECOVERY && fresh)
			nst_tcp_reduction_ack(tp, 1, false);
		nst_tcp_trace_cwnd(tp, prior_cwnd);
		nst_tcp_recovery_retransmit(sk);
	}
	if (tp->rtx_timer_kind == NST_TCP_TIMER_NONE)
		nst_tcp_resume_rto(sk);
}

/**
 * nst_tcp_recovery_too_large() - repair what was lost for its size
 * @sk: socket, locked, in Open or Disorder; mss_cache is what fits the path
 *
 * RFC 1191 6.4, RFC 4821 7.6.2: no congestion, so window and threshold stay.
 * The state is Loss until all that is out now is acknowledged; what is lost
 * besides in that time is a loss of congestion. Does not retransmit.
 *
 * Return: there was something.
 */
bool nst_tcp_recovery_too_large(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct sk_buff *skb;

	skb_rbtree_walk(skb, &tp->rtx_queue) {
		const struct nst_tcp_cb *cb = nst_tcp_cb(skb);

		if (!(cb->sent & NST_TCP_SENT_SACKED) &&
		    (cb->gso_segs > 1 ? cb->gso_size : skb->len) >
		    tp->mss_cache)
			nst_tcp_mark_lost(tp, skb);
	}
	if (!tp->lost_out)
		return false;
	if (!tp->sack_ok)
		nst_tcp_reno_reset(tp);
	tp->prior_ssthresh = 0;
	tp->undo_marker = 0;
	tp->recover = tp->snd_nxt;
	tp->tlp.outstanding = false;
	tp->frto = false;
	tp->size_loss = true;
	set_ca_state(tp, NST_TCP_CA_LOSS);
	return true;
}

/**
 * nst_tcp_recovery_retransmit() - send what is marked lost again
 * @sk: socket, locked
 *
 * From the left, as far as cwnd goes, in pieces of nst_tcp_burst_size(). RFC
 * 6298 5.4: when the first segment goes, the time-out begins anew.
 */
void nst_tcp_recovery_retransmit(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_scoreboard *board = &tp->board;
	struct sk_buff *skb;
	int burst;
	u32 mss;

	if (!tp->lost_out)
		return;
	mss = nst_tcp_current_mss(sk);
	nst_tcp_size_goal(sk, mss);
	burst = nst_tcp_burst_size(sk, mss) / mss;
	for (skb = nst_tcp_rtx_find(tp, board->retransmit_seq);
	     skb && nst_before(nst_tcp_cb(skb)->seq, board->lost_end);
	     skb = skb_rb_next(skb)) {
		int room = tp->cwnd - nst_tcp_in_flight(tp);
		u8 sent = nst_tcp_cb(skb)->sent;

		board->retransmit_seq = nst_tcp_cb(skb)->seq;
		if (room <= 0 || nst_pacing_blocks(sk))
			return;
		if ((sent & (NST_TCP_SENT_LOST | NST_TCP_SENT_RETRANS)) !=
		    NST_TCP_SENT_LOST)
			continue;
		if (nst_tcp_retransmit_skb(sk, skb, min(room, burst)))
			return;
		if (tp->ca_state == NST_TCP_CA_LOSS)
			NST_INC(nst_sk(sk)->stack, TCP_SLOW_START_RETRANS);
		else
			NST_INC(nst_sk(sk)->stack, TCP_FAST_RETRANS);
		if (skb == nst_tcp_rtx_head(sk) &&
		    tp->rtx_timer_kind != NST_TCP_TIMER_REORDER)
			nst_tcp_rearm_rto(sk);
	}
	board->retransmit_seq = board->lost_end;
}
