// SPDX-License-Identifier: GPL-2.0
/*
 * Acknowledgments (RFC 9293 3.10.7.4, fifth check): which are believed
 * (RFC 5961 5), what they take off the retransmission queue, what they say of
 * the round trip (RFC 6298, 7323 4) and of the peer's window. What they mean
 * for congestion is recovery.c's.
 */
#include "../../compat.h"
#include "../../network/neighbour.h"
#include "ecn.h"
#include "stamp.h"

/* What SACK blocks tell of the segments in the queue. */
static void take_sack(struct sock *sk, const struct sk_buff *skb,
		      struct nst_tcp_acked *acked)
{
	const struct sk_buff *head;

	nst_tcp_sack_take(sk, skb, acked);
	if (!acked->first_sacked_ns)
		return;
	/*
	 * News of what was sent before the head was, for the last time, does
	 * not tell that the head is on its way; only else wait longer for it.
	 */
	head = nst_tcp_rtx_head(sk);
	if (head && acked->first_sacked_ns < head->skb_mstamp_ns)
		acked->restart_timer = true;
}

static void count_delivered(struct nst_tcp_sock *tp,
			    const struct nst_tcp_acked *acked)
{
	tp->delivered += acked->delivered;
	NST_ADD(tp->nst.stack, TCP_DELIVERED, acked->delivered);
	if (unlikely(tp->ca_ops->ecn_acked))
		tp->ca_ops->ecn_acked(tp, acked->delivered, acked->marked);
	if (unlikely(acked->marked)) {
		tp->delivered_ce += acked->marked;
		NST_ADD(tp->nst.stack, TCP_DELIVERED_CE, acked->marked);
	}
}

/* RFC 8985 6.2 step 3: originals came after what was sent later. */
static void check_reordering(struct nst_tcp_sock *tp,
			     const struct nst_tcp_acked *acked)
{
	if (unlikely(nst_before(acked->low_reordered, acked->prior_fack)))
		nst_tcp_reordering_seen(tp, acked->low_reordered,
					acked->prior_fack, false);
}

/*
 * An acknowledgment of what was acknowledged before. RFC 5961 5.2: no older
 * than the largest window ever seen, or it is a blind injection. It was
 * overtaken, but its SACK blocks may be news.
 */
static int old_ack(struct sock *sk, const struct sk_buff *skb,
		   struct nst_tcp_acked *acked)
{
	const struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 most = min_t(u64, tp->max_window, tp->bytes_acked);

	if (unlikely(nst_before(cb->ack_seq, tp->snd_una - most))) {
		NST_INC(nst_sk(sk)->stack, TCP_ACK_TOO_OLD);
		nst_tcp_send_challenge_ack(sk);
		return NST_TCP_ACK_INVALID;
	}
	if (tp->sack_ok && cb->sack) {
		take_sack(sk, skb, acked);
		check_reordering(tp, acked);
		count_delivered(tp, acked);
		nst_tcp_recovery_ack(sk, acked);
	}
	return NST_TCP_ACK_OLD;
}

/* RFC 7323 4.3: TS.Recent follows segments that begin at the left edge. */
static void update_ts_recent(struct nst_tcp_sock *tp,
			     const struct nst_tcp_cb *cb)
{
	if (!tp->ts_ok || !cb->has_ts ||
	    nst_after(cb->seq, tp->last_ack_sent) ||
	    (s32)(cb->tsval - tp->ts_recent) < 0)
		return;
	tp->ts_recent = cb->tsval;
	tp->ts_recent_stamp = nst_tcp_clock_seconds();
}

/*
 * RFC 9293 3.10.7.4: the window of the newest segment counts, by SND.WL1 and
 * SND.WL2. SND.WL2 needs no variable: what acknowledges less than snd_una
 * does not come here. Of two segments without progress the larger window is
 * the newer one, unless it is zero.
 */
static void update_window(struct sock *sk, const struct nst_tcp_cb *cb,
			  u32 window, bool forward)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (!forward && !nst_after(cb->seq, tp->snd_wl1) &&
	    (cb->seq != tp->snd_wl1 || (window <= tp->snd_wnd && window)))
		return;
	tp->snd_wl1 = cb->seq;
	if (likely(tp->snd_wnd == window))
		return;
	tp->snd_wnd = window;
	if (window > tp->max_window) {
		tp->max_window = window;
		nst_tcp_sync_mss(sk, tp->pmtu);
	}
}

/*
 * The first segments of a super-segment were acknowledged: cut them off.
 * Return: how many; 0 when memory is short, then they stay a while.
 */
static u32 acked_part(struct sock *sk, struct sk_buff *skb)
{
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	u32 segs = cb->gso_segs;

	if (nst_tcp_trim_head(sk, skb, nst_tcp_sk(sk)->snd_una - cb->seq))
		return 0;
	return segs - cb->gso_segs;
}

/* RFC 9293 3.10.7.4: what is entirely acknowledged is removed. */
static void clean_rtx_queue(struct sock *sk, struct nst_tcp_acked *acked)
{
	struct sk_buff *skb = nst_tcp_rtx_head(sk);
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 first_seq = 0, first_end = 0, last_end = 0;
	u64 first_ns = 0, last_ns = 0;

	while (skb) {
		struct nst_tcp_cb *cb = nst_tcp_cb(skb);
		struct sk_buff *next;
		u32 segs = cb->gso_segs;
		u32 end = cb->end_seq;
		u32 seq = cb->seq;
		u8 sent = cb->sent;
		bool whole;

		nst_tcp_stamp_acked(sk, skb);
		whole = !nst_after(end, tp->snd_una);
		if (unlikely(!whole)) {
			if (segs == 1 || !nst_after(tp->snd_una, seq))
				break;
			segs = acked_part(sk, skb);
			if (!segs)
				break;
			end = tp->snd_una;
		}
		acked->acked += segs;
		tp->packets_out -= segs;
		if (likely(!(sent & NST_TCP_SENT_SACKED))) {
			acked->delivered += segs;
			nst_rate_delivered(tp, skb, &acked->rate);
		}
		if (unlikely(sent))
			nst_tcp_uncount(tp, sent, segs);

		if (likely(!(sent & (NST_TCP_SENT_EVER_RETRANS |
				     NST_TCP_SENT_SACKED)))) {
			last_ns = skb->skb_mstamp_ns;
			last_end = end;
			if (!first_ns) {
				first_ns = last_ns;
				first_seq = seq;
				first_end = end;
			}
		} else if (sent & NST_TCP_SENT_EVER_RETRANS) {
			acked->retrans_acked = true;
			if (!(sent & NST_TCP_SENT_SACKED))
				nst_tcp_rack_advance(tp, skb->skb_mstamp_ns,
						     end, true);
		}
		if (!whole)
			break;
		next = skb_rb_next(skb);
		rb_erase(&skb->rbnode, &tp->rtx_queue);
		nst_tcp_wmem_acked_skb(sk, skb);
		skb = next;
	}

	/* RFC 2018 8: a peer that has this would have acknowledged it. */
	if (unlikely(skb && nst_tcp_cb(skb)->sent & NST_TCP_SENT_SACKED))
		acked->reneged = true;
	if (unlikely(!first_ns))
		return;
	/* Originals: the last of them was sent last, the first is lowest. */
	nst_tcp_rack_advance(tp, last_ns, last_end, false);
	if (nst_before(first_seq, acked->low_reordered))
		acked->low_reordered = first_seq;
	acked->original |= !nst_after(first_end, tp->recover);
	/* RFC 6298 3, Karn: not from what was sent more than once. */
	if (likely(!acked->retrans_acked))
		acked->rtt_us = (u32)(tp->mstamp -
				      div_u64(first_ns, NSEC_PER_USEC));
}

/*
 * Of what SACK blocks name as well; and RFC 7323 4.1: timestamps tell the
 * round trip of retransmissions too, but not of what did not move snd_una.
 */
static void measure_rtt(struct nst_tcp_sock *tp, struct nst_tcp_acked *acked)
{
	if (acked->rtt_us < 0 && acked->first_sacked_ns)
		acked->rtt_us = (u32)(tp->mstamp -
				      div_u64(acked->first_sacked_ns,
					      NSEC_PER_USEC));
	if (acked->rtt_us < 0) {
		if (!acked->has_ts || !acked->forward)
			return;
		acked->rtt_us = nst_tcp_rtt_echoed(tp);
		if (acked->rtt_us < 0)
			return;
	}
	nst_tcp_rtt_sample(tp, acked->rtt_us);
}

/* Buffer space came free: tell writers who wait for it. */
static void wake_writers(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	/* Pairs with the barrier between setting the bit and looking. */
	smp_mb();
	if (likely(!sk->sk_socket ||
		   !test_bit(SOCK_NOSPACE, &sk->sk_socket->flags)))
		return;
	/* Else the network is the bottleneck, not the buffer. */
	if (nst_tcp_in_flight(tp) < tp->cwnd)
		nst_tcp_expand_send_buffer(sk);
	sk->sk_write_space(sk);
	if (tp->chrono.pursuit == NST_TCP_SNDBUF_LIMITED &&
	    !test_bit(SOCK_NOSPACE, &sk->sk_socket->flags))
		nst_tcp_chrono_switch(tp, NST_TCP_BUSY);
}

/*
 * Nothing is in flight. RFC 9293 3.8.6.1: if something waits, this answers a
 * zero-window probe, or the window opened.
 */
static void acked_all(struct sock *sk)
{
	struct sk_buff *head = nst_tcp_send_head(sk);
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (!head) {
		nst_tcp_chrono_switch(tp, NST_TCP_IDLE);
		return;
	}
	if (!nst_after(nst_tcp_cb(head)->end_seq, nst_tcp_wnd_end(tp))) {
		tp->backoff = 0;
		tp->probes_tstamp = 0;
		nst_tcp_rtx_timer_stop(sk);
		return;
	}
	nst_tcp_probe_timer_check(sk);
}

/*
 * RFC 5681 2: outstanding data, no payload, no SYN or FIN, the highest
 * acknowledgment, and the same window as before. Look before the window is
 * updated.
 */
static bool duplicate(const struct nst_tcp_sock *tp,
		      const struct nst_tcp_cb *cb, u32 window)
{
	return tp->packets_out && cb->seq == cb->end_seq &&
	       window == tp->snd_wnd;
}

/* The acknowledgment moved snd_una. */
static void progress(struct sock *sk, const struct sk_buff *skb,
		     struct nst_tcp_acked *acked)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_sock *nst = nst_sk(sk);

	acked->acked_bytes = nst_tcp_cb(skb)->ack_seq - tp->snd_una;
	tp->bytes_acked += acked->acked_bytes;
	WRITE_ONCE(tp->snd_una, nst_tcp_cb(skb)->ack_seq);
	tp->retransmits = 0;
	tp->err_soft = 0;
	acked->restart_timer = true;

	/* RFC 4861 7.3.1: the next hop must be there. */
	if (nst->path.neighbour)
		nst_neighbour_confirm(nst->path.neighbour);
}

/* What arrived: by the left edge, by SACK blocks, by duplicate ACKs. */
static void deliver(struct sock *sk, struct sk_buff *skb,
		    struct nst_tcp_acked *acked)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	/* Before the left edge is cleaned away: what blocks say of it. */
	if (unlikely(nst_tcp_cb(skb)->sack) && tp->sack_ok)
		take_sack(sk, skb, acked);
	if (likely(acked->forward)) {
		clean_rtx_queue(sk, acked);
		if (unlikely(tp->mtu_probing))
			nst_tcp_mtu_probe_acked(sk);
	}
	if (likely(tp->sack_ok))
		check_reordering(tp, acked);
	else if (acked->forward)
		acked->delivered = nst_tcp_reno_acked(tp, acked->acked);
	else if (acked->dupack && nst_tcp_recovery_counts_dupacks(tp))
		acked->delivered = nst_tcp_reno_dupack(tp);
	if (unlikely(tp->ecn_flags))
		nst_tcp_ecn_acked(sk, skb, acked);
	count_delivered(tp, acked);
	/* A lone small segment: its ACK had no reason to hurry. */
	acked->delayed = acked->acked == 1 && acked->prior_in_flight == 1 &&
			 acked->acked_bytes < tp->mss_cache;
	measure_rtt(tp, acked);
}

/**
 * nst_tcp_ack() - process the acknowledgment of a segment
 * @sk: socket, locked; mstamp, rcv_tsval and rcv_tsecr are of this segment
 * @skb: segment with ACK set, acceptable by its sequence number
 *
 * Return: NST_TCP_ACK_INVALID (an ACK was sent, the segment must go),
 * NST_TCP_ACK_OLD or NST_TCP_ACK_FORWARD.
 */
int nst_tcp_ack(struct sock *sk, struct sk_buff *skb)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	struct nst_tcp_acked acked = {
		.prior_snd_una = tp->snd_una,
		.rtt_us = -1,
	};
	u32 window = cb->window;
	bool outstanding;

	acked.prior_fack = tp->sacked_out ? tp->board.fack : tp->snd_una;
	acked.low_reordered = acked.prior_fack;
	acked.prior_in_flight = nst_tcp_in_flight(tp);
	acked.has_ts = tp->ts_ok && cb->has_ts && cb->tsecr;
	if (unlikely(nst_before(cb->ack_seq, tp->snd_una)))
		return old_ack(sk, skb, &acked);
	if (unlikely(nst_after(cb->ack_seq, tp->snd_nxt))) {
		/* RFC 9293 3.10.7.4, RFC 5961 5.2: send an ACK, drop */
		NST_INC(nst_sk(sk)->stack, TCP_ACK_UNSENT);
		nst_tcp_send_challenge_ack(sk);
		return NST_TCP_ACK_INVALID;
	}

	/* RFC 7323 2.2: the window of a SYN is not scaled. */
	if (likely(!(cb->flags & NST_TCP_SYN)))
		window <<= tp->snd_wscale;
	outstanding = tp->packets_out;
	acked.forward = nst_after(cb->ack_seq, tp->snd_una);
	acked.dupack = !acked.forward && duplicate(tp, cb, window);
	if (unlikely(tp->ecn_flags)) {
		acked.ece = nst_tcp_ecn_echoed(tp, skb);
		acked.ts_forward = tp->ts_ok && cb->has_ts &&
				   (s32)(cb->tsval - tp->ts_recent) > 0;
	}

	nst_rate_check_app_limited(sk);
	update_ts_recent(tp, cb);
	if (unlikely(cb->uto))
		nst_tcp_user_timeout_take(tp, cb->uto);
	update_window(sk, cb, window, acked.forward);
	tp->probes_out = 0;
	tp->rcv_tstamp = nst_tcp_jiffies();

	if (acked.forward)
		progress(sk, skb, &acked);
	/* A duplicate may be reported when nothing is out any more. */
	if ((outstanding && (acked.forward || acked.dupack || acked.ece)) ||
	    unlikely(cb->sack && tp->sack_ok)) {
		deliver(sk, skb, &acked);
		nst_tcp_recovery_ack(sk, &acked);
	} else if (unlikely(nst_accecn_on(tp))) {
		/* Marks on what has no data. */
		nst_tcp_ecn_acked(sk, skb, &acked);
		count_delivered(tp, &acked);
	}
	if (unlikely(!tp->packets_out))
		acked_all(sk);
	if (acked.acked)
		wake_writers(sk);
	return acked.forward ? NST_TCP_ACK_FORWARD : NST_TCP_ACK_OLD;
}
