// SPDX-License-Identifier: GPL-2.0
/*
 * Was the retransmission spurious? Three witnesses: the timestamp that an ACK
 * echoes is older than the first retransmission (Eifel detection, RFC 3522);
 * every retransmission was reported as a duplicate (RFC 2883, RFC 3708);
 * after a time-out, data that was sent only once is acknowledged (F-RTO,
 * RFC 5682, in recovery.c). Then the window gets back what the reduction took
 * (the response of RFC 4015).
 */
#include "ecn.h"

/**
 * nst_tcp_undo_begin() - the window is about to be reduced for a loss
 * @tp: connection
 *
 * Without retransmissions there is nothing that could be reported: -1.
 */
void nst_tcp_undo_begin(struct nst_tcp_sock *tp)
{
	tp->undo_marker = tp->snd_una;
	tp->undo_retrans = tp->retrans_out;
	if (tp->tlp.outstanding && tp->tlp.is_retrans)
		tp->undo_retrans++;
	if (!tp->undo_retrans)
		tp->undo_retrans = -1;
}

/**
 * nst_tcp_undo_dsack() - a duplicate was reported
 * @tp: connection
 * @end_seq: its end
 * @prior_snd_una: snd_una before the acknowledgment
 * @segs: segments of it
 *
 * It explains retransmissions of the episode if it is of the data that was
 * outstanding when that began.
 */
void nst_tcp_undo_dsack(struct nst_tcp_sock *tp, u32 end_seq,
			u32 prior_snd_una, u32 segs)
{
	if (!tp->undo_marker || tp->undo_retrans <= 0 ||
	    nst_after(end_seq, prior_snd_una) ||
	    !nst_after(end_seq, tp->undo_marker))
		return;
	tp->undo_retrans = max_t(s32, 0, tp->undo_retrans - (s32)segs);
}

/**
 * nst_tcp_undo_eifel() - RFC 3522 3.2 step 5
 * @tp: connection, rcv_tsecr is that of the acknowledgment
 * @acked: acknowledgment
 *
 * Return: it was sent for an original, before our retransmission.
 */
bool nst_tcp_undo_eifel(const struct nst_tcp_sock *tp,
			const struct nst_tcp_acked *acked)
{
	return tp->undo_marker && tp->retrans_stamp && acked->has_ts &&
	       (s32)(tp->rcv_tsecr - tp->retrans_stamp) < 0;
}

/**
 * nst_tcp_undo_syn() - was it a mistake to repeat our SYN?
 * @tp: connection, retrans_stamp is the time of its first SYN
 * @cb: the segment that acknowledges it
 *
 * RFC 3522 3.2 for the handshake: the segment answers the very first.
 */
void nst_tcp_undo_syn(struct nst_tcp_sock *tp, const struct nst_tcp_cb *cb)
{
	tp->syn_on_time = tp->ts_ok && cb->has_ts && tp->retrans_stamp &&
			  cb->tsecr - tp->ts_offset == tp->retrans_stamp;
}

/* Every retransmission since the reduction was reported as a duplicate. */
bool nst_tcp_undo_all_dsacked(const struct nst_tcp_sock *tp)
{
	return tp->undo_marker && !tp->undo_retrans;
}

/**
 * nst_tcp_undo_window() - the reduction was a mistake
 * @tp: connection
 * @unmark_lost: what is marked lost is only late
 *
 * RFC 4015 3.2 step (REC), with the host's window: the controller's, which is
 * at least that of before the reduction. RFC 4015 would let it be what is in
 * flight, and a bit more.
 */
void nst_tcp_undo_window(struct nst_tcp_sock *tp, bool unmark_lost)
{
	if (unmark_lost && tp->lost_out)
		nst_tcp_unmark_lost(tp);
	if (tp->prior_ssthresh) {
		tp->cwnd = min(tp->ca_ops->undo_cwnd(tp), tp->cwnd_clamp);
		tp->ssthresh = max(tp->ssthresh, tp->prior_ssthresh);
		nst_tcp_ecn_undone(tp);
	}
	tp->cwnd_stamp = nst_tcp_jiffies();
	tp->undo_marker = 0;
	/* What is really lost shows by time. */
	tp->rack.advanced = true;
}
