// SPDX-License-Identifier: GPL-2.0
/*
 * Proportional rate reduction (draft-ietf-tcpm-prr-rfc6937bis): how much may
 * be sent for each acknowledgment while the window is being reduced, in
 * recovery and in CWR. The same numbers as in the draft, counted in segments.
 */
#include "ecn.h"

/**
 * nst_tcp_prr_sndcnt() - segments that one acknowledgment lets go
 * @prr: state, prr_delivered raised by @delivered already
 * @in_flight: segments in flight now
 * @ssthresh: window at the end of the reduction
 * @delivered: segments that the acknowledgment told of first
 * @safe_ack: SafeACK: it moved snd_una and told of no further loss
 *
 * Draft section 6.2. Above ssthresh in proportion to the reduction. Below
 * it as much as was delivered (conservative), and while recovery makes
 * progress one more (slow start), until ssthresh is reached.
 */
u32 nst_tcp_prr_sndcnt(const struct nst_tcp_prr *prr, u32 in_flight,
		       u32 ssthresh, u32 delivered, bool safe_ack)
{
	s64 sndcnt;

	if (in_flight > ssthresh) {
		sndcnt = DIV64_U64_ROUND_UP((u64)prr->delivered * ssthresh,
					    max(prr->recover_fs, 1U));
		sndcnt -= prr->out;
	} else {
		sndcnt = max_t(s64, (s64)prr->delivered - prr->out, delivered);
		if (safe_ack)
			sndcnt++;
		sndcnt = min_t(s64, sndcnt, ssthresh - in_flight);
	}
	/* The first retransmission is sent whatever the window says. */
	if (!prr->out)
		sndcnt = max_t(s64, sndcnt, 1);
	return max_t(s64, sndcnt, 0);
}

/**
 * nst_tcp_reduction_begin() - the window is to come down to ssthresh
 * @tp: connection
 * @delivered: segments that the acknowledgment which is the reason told of
 * @marked: the reason is a mark (RFC 3168), not a loss
 *
 * Draft section 6.1: RecoverFS is what was in flight when that
 * acknowledgment came, without what had been acknowledged selectively.
 */
void nst_tcp_reduction_begin(struct nst_tcp_sock *tp, u32 delivered,
			     bool marked)
{
	tp->prior_cwnd = tp->cwnd;
	tp->cwnd_cnt = 0;
	tp->prr.delivered = 0;
	tp->prr.out = 0;
	tp->prr.recover_fs = tp->packets_out - tp->sacked_out + delivered;
	tp->recover = tp->snd_nxt;
	/* The reduction answers for a probe's loss as well. */
	tp->tlp.outstanding = false;
	tp->ssthresh = marked ? nst_congestion_ecn_ssthresh(tp) :
				tp->ca_ops->ssthresh(tp);
	nst_tcp_ecn_reduced(tp);
	/* A controller with cong_control() sets cwnd by itself. */
	if (tp->ca_ops->cong_control)
		return;
	/* No burst if this acknowledgment has delivered nothing. */
	tp->cwnd = min(tp->cwnd, nst_tcp_in_flight(tp) + 1);
}

/* An acknowledgment while the window is being reduced. */
void nst_tcp_reduction_ack(struct nst_tcp_sock *tp, u32 delivered,
			   bool safe_ack)
{
	u32 in_flight = nst_tcp_in_flight(tp);

	if (!delivered || tp->ca_ops->cong_control)
		return;
	tp->prr.delivered += delivered;
	tp->cwnd = in_flight + nst_tcp_prr_sndcnt(&tp->prr, in_flight,
						  tp->ssthresh, delivered,
						  safe_ack);
}

/*
 * Draft section 6.2: at the end cwnd is ssthresh; unless the reduction was
 * undone, or the window is the controller's.
 */
void nst_tcp_reduction_end(struct nst_tcp_sock *tp)
{
	if (tp->ca_ops->cong_control)
		return;
	if (tp->ssthresh < NST_TCP_INFINITE_SSTHRESH &&
	    (tp->ca_state == NST_TCP_CA_CWR || tp->undo_marker)) {
		tp->cwnd = tp->ssthresh;
		tp->cwnd_stamp = nst_tcp_jiffies();
	}
	if (tp->ca_ops->event)
		tp->ca_ops->event(tp, NST_CA_EVENT_COMPLETE_CWR);
}
