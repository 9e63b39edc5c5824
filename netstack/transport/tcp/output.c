// SPDX-License-Identifier: GPL-2.0
/*
 * What may be sent, and when: the windows of the peer and of the network,
 * Nagle's algorithm and the cork, the sender's silly window avoidance, FIN
 * and probes. The entry points are nst_tcp_push() for the program's side and
 * nst_tcp_data_snd_check() for acknowledgments.
 *
 * RFC 9293 3.7.4 (Nagle), 3.8.6 (windows, probes).
 */
#include "pacing.h"
#include "tcp.h"

/* Segments that are further apart were not sent in one burst. */
#define BURST_GAP_NS	NSEC_PER_MSEC

/*
 * A segment does not wait longer for the others of its burst. More would be a
 * window that is never used up where the round trip is long.
 */
#define BURST_WAIT_US	1000U

static bool is_last(const struct sock *sk, const struct sk_buff *skb)
{
	return skb_queue_is_last(&sk->sk_write_queue, skb);
}

/*
 * RFC 9293 3.7.4, with Minshall's refinement: of small segments only one may
 * be on its way, but large ones before it do not hold it back.
 */
static bool nagle_delays_partial(const struct nst_tcp_sock *tp, u8 nonagle)
{
	if (nonagle & NST_TCP_NAGLE_PUSH)
		return false;
	if (nonagle & NST_TCP_NAGLE_CORK)
		return true;
	return !(nonagle & NST_TCP_NAGLE_OFF) && tp->packets_out &&
	       nst_after(tp->snd_sml, tp->snd_una) &&
	       !nst_after(tp->snd_sml, tp->snd_nxt);
}

static bool nagle_delays(const struct nst_tcp_sock *tp,
			 const struct sk_buff *skb, u32 mss, u8 nonagle)
{
	if (skb->len >= mss || tp->urg_mode ||
	    (nst_tcp_cb(skb)->flags & NST_TCP_FIN))
		return false;
	return nagle_delays_partial(tp, nonagle);
}

/*
 * Segments that the congestion window has room for. At most half of it goes
 * into one super-segment, so that acknowledgments keep coming.
 */
static u32 cwnd_room(const struct nst_tcp_sock *tp)
{
	u32 in_flight = nst_tcp_in_flight(tp);

	if (in_flight >= tp->cwnd)
		return 0;
	return min(max(tp->cwnd / 2, 1U), tp->cwnd - in_flight);
}

/*
 * Does the peer's window take the next full segment? RFC 9293 3.8.6.2.1: less
 * is not sent; mss_cache is at most half of the largest window, which is the
 * other condition there, and the probe timer is the override.
 */
static bool window_takes(const struct nst_tcp_sock *tp,
			 const struct sk_buff *skb, u32 mss)
{
	const struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	u32 end = skb->len > mss ? cb->seq + mss : cb->end_seq;

	return !nst_after(end, nst_tcp_wnd_end(tp));
}

/* Bytes of a super-segment that may go now, whole segments if possible. */
static u32 super_segment_limit(const struct sock *sk, const struct sk_buff *skb,
			       u32 mss, u32 room, u32 burst, u8 nonagle)
{
	const struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 window = nst_tcp_wnd_end(tp) - nst_tcp_cb(skb)->seq;
	u32 most = min(room * mss, burst);
	u32 len = min(skb->len, window);
	u32 partial;

	if (most <= len)
		return most;
	partial = len % mss;
	if (partial && (len < skb->len ||
			nagle_delays_partial(tp, is_last(sk, skb) ? nonagle :
					     NST_TCP_NAGLE_PUSH)))
		return len - partial;
	return len;
}

/* The oldest of what is out is acknowledged a round trip after it was sent. */
static bool ack_is_near(const struct nst_tcp_sock *tp,
			const struct sk_buff *oldest)
{
	u64 sent = div_u64(oldest->skb_mstamp_ns, NSEC_PER_USEC);
	u32 srtt_us = tp->srtt_us >> 3;
	s64 left = sent + srtt_us - tp->mstamp;

	return left <= min(srtt_us / 2, BURST_WAIT_US);
}

/*
 * The windows admit only a small part of a super-segment and there is more:
 * wait for the acknowledgments that will admit the rest, if they must come
 * soon.
 */
static bool better_wait(const struct sock *sk, const struct sk_buff *skb,
			u32 mss, u32 room, u32 burst)
{
	const struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 window = nst_tcp_wnd_end(tp) - nst_tcp_cb(skb)->seq;
	u32 limit = min(window, room * mss);
	const struct sk_buff *head;

	if (!tp->packets_out || tp->ca_state >= NST_TCP_CA_RECOVERY)
		return false;
	/*
	 * Not in a burst: a lone segment, such as a duplicate ACK lets go (RFC
	 * 3042), keeps the ACKs coming.
	 */
	if (tp->mstamp * NSEC_PER_USEC > tp->xmit_ns + BURST_GAP_NS)
		return false;
	if ((limit >= skb->len && !is_last(sk, skb)) || limit >= burst ||
	    limit >= min(tp->snd_wnd, tp->cwnd * mss) / 3)
		return false;

	head = nst_tcp_rtx_head(sk);
	return head && ack_is_near(tp, head);
}

/* The first segment of the write queue has been sent for the first time. */
static void new_data_sent(struct sock *sk, struct sk_buff *skb)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 segments = nst_tcp_cb(skb)->gso_segs;

	__skb_unlink(skb, &sk->sk_write_queue);
	nst_tcp_rtx_insert(sk, skb);
	tp->snd_nxt = nst_tcp_cb(skb)->end_seq;
	tp->packets_out += segments;
	tp->prr.out += segments;
	nst_tcp_sent_order_add(&tp->board, skb);
	NST_ADD(nst_sk(sk)->stack, TCP_ORIG_DATA_SENT, segments);
}

/*
 * New data is out. RFC 6298 5.1: the RTO runs, from now if it did not; RFC
 * 8985 7.2: a probe will come before it. What runs for other reasons and comes
 * first stays.
 */
static void start_timer(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	bool idle = tp->rtx_timer_kind == NST_TCP_TIMER_NONE ||
		    tp->rtx_timer_kind == NST_TCP_TIMER_PROBE;

	if (idle)
		nst_tcp_rto_restart(sk);
	if (!nst_tcp_tlp_schedule(sk) && idle)
		nst_tcp_rearm_rto(sk);
}

/*
 * What is the sender at, now that send_queued() has done what it could? The
 * send buffer is to blame when all is out, the network would take more
 * (@limited: it would not), and a program waits for room to write. That lasts
 * until it can.
 */
static void note_pursuit(struct sock *sk, bool sent, bool limited,
			 bool window_closed)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	bool waiting = sk->sk_socket &&
		       test_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
	u8 pursuit = NST_TCP_BUSY;

	if (unlikely(window_closed))
		pursuit = NST_TCP_RWND_LIMITED;
	else if (unlikely(waiting) &&
		 (tp->chrono.pursuit == NST_TCP_SNDBUF_LIMITED ||
		  (sent && !limited && !nst_tcp_send_head(sk))))
		pursuit = NST_TCP_SNDBUF_LIMITED;
	nst_tcp_chrono_switch(tp, pursuit);
}

/* How much send_queued() may send. */
enum send_amount {
	SEND_ALL,
	SEND_ONE_BUFFER,
	SEND_PROBE,	/* one segment, even when cwnd is full (RFC 8985 7.3) */
};

/*
 * RFC 4821: one larger segment, if it is time for it. Return: it was sent, or
 * -EAGAIN: nothing is to be sent before it.
 */
static int send_mtu_probe(struct sock *sk)
{
	struct sk_buff *skb = nst_tcp_mtu_probe_make(sk);

	if (IS_ERR_OR_NULL(skb))
		return PTR_ERR_OR_ZERO(skb);
	/* If it stays, it is data like any other and leaves in pieces. */
	if (nst_tcp_transmit(sk, skb, true))
		return 0;
	nst_tcp_mtu_probe_sent(nst_tcp_sk(sk), skb);
	new_data_sent(sk, skb);
	return 1;
}

/* What send_queued() needs when nobody knows it yet. */
static u32 sending_mss(struct sock *sk)
{
	u32 mss = nst_tcp_current_mss(sk);

	nst_tcp_size_goal(sk, mss);
	return mss;
}

/*
 * Send from the write queue what the windows and @nonagle allow. @mss is the
 * current one, and nst_tcp_size_goal() knows it. Return: data waits and nothing
 * is in flight that would bring an acknowledgment.
 */
static bool send_queued(struct sock *sk, u32 mss, u8 nonagle,
			enum send_amount amount)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	bool limited = false, sent = false, window_closed = false;
	struct sk_buff *skb;
	u32 burst;

	if (!tp->packets_out)
		nst_tcp_cwnd_restart(tp);
	burst = nst_tcp_burst_size(sk, mss);

	if (unlikely(tp->mtu_probing) && amount == SEND_ALL &&
	    nst_tcp_send_head(sk)) {
		int probe = send_mtu_probe(sk);

		if (probe < 0)
			return false;
		sent = probe;
	}

	while ((skb = nst_tcp_send_head(sk))) {
		u32 segments = nst_tcp_set_segs(skb, mss);
		u32 room = cwnd_room(tp);
		u32 limit = mss;

		if (amount == SEND_PROBE) {
			room = 1;
		} else if (nst_pacing_blocks(sk)) {
			break;
		} else if (!room) {
			limited = true;
			break;
		}
		if (!window_takes(tp, skb, mss)) {
			window_closed = true;
			break;
		}
		if (segments == 1) {
			if (nagle_delays(tp, skb, mss, is_last(sk, skb) ?
					 nonagle : NST_TCP_NAGLE_PUSH))
				break;
		} else {
			if (amount == SEND_ALL &&
			    better_wait(sk, skb, mss, room, burst)) {
				limited = room * mss <
					  nst_tcp_wnd_end(tp) -
					  nst_tcp_cb(skb)->seq;
				break;
			}
			/* All pieces would carry the same urgent pointer. */
			if (!tp->urg_mode)
				limit = super_segment_limit(sk, skb, mss, room,
							    burst, nonagle);
		}
		if (skb->len > limit &&
		    nst_tcp_fragment(sk, skb, limit, false, GFP_ATOMIC))
			break;

		if (unlikely(nst_tcp_transmit(sk, skb, true)))
			break;
		if (skb->len % mss)
			tp->snd_sml = nst_tcp_cb(skb)->end_seq;
		new_data_sent(sk, skb);
		sent = true;
		if (amount != SEND_ALL)
			break;
	}
	if (sent && amount != SEND_PROBE)
		start_timer(sk);
	if (sent || limited)
		nst_tcp_cwnd_validate(tp, limited);
	note_pursuit(sk, sent, limited, window_closed);
	return !tp->packets_out && nst_tcp_send_head(sk);
}

void nst_tcp_push_mss(struct sock *sk, u32 mss, u8 nonagle)
{
	if (!nst_tcp_send_head(sk) || sk->sk_state == TCP_CLOSE)
		return;
	nst_tcp_mstamp_refresh(nst_tcp_sk(sk));
	if (send_queued(sk, mss, nonagle, SEND_ALL))
		nst_tcp_probe_timer_check(sk);
}

void nst_tcp_push(struct sock *sk, u8 nonagle)
{
	if (nst_tcp_send_head(sk))
		nst_tcp_push_mss(sk, sending_mss(sk), nonagle);
}

void nst_tcp_push_one(struct sock *sk, u32 mss)
{
	nst_tcp_mstamp_refresh(nst_tcp_sk(sk));
	send_queued(sk, mss, NST_TCP_NAGLE_PUSH, SEND_ONE_BUFFER);
}

bool nst_tcp_send_probe_segment(struct sock *sk)
{
	const struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 snd_nxt = tp->snd_nxt;

	if (!nst_tcp_send_head(sk))
		return false;
	send_queued(sk, sending_mss(sk), NST_TCP_NAGLE_OFF, SEND_PROBE);
	return tp->snd_nxt != snd_nxt;
}

void nst_tcp_data_snd_check(struct sock *sk)
{
	if (!nst_tcp_send_head(sk))
		return;
	if (send_queued(sk, sending_mss(sk), nst_tcp_sk(sk)->nonagle,
			SEND_ALL))
		nst_tcp_probe_timer_check(sk);
}

/* The FIN rides on a segment that is there already. */
static void append_fin(struct sock *sk, struct sk_buff *skb)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	nst_tcp_cb(skb)->flags |= NST_TCP_FIN;
	nst_tcp_cb(skb)->end_seq++;
	WRITE_ONCE(tp->write_seq, tp->write_seq + 1);
}

void nst_tcp_send_fin(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct sk_buff *skb = skb_peek_tail(&sk->sk_write_queue);

	if (skb) {
		append_fin(sk, skb);
		nst_tcp_push(sk, NST_TCP_NAGLE_OFF);
		return;
	}

	skb = alloc_skb_fclone(NST_HEADROOM_TCP,
			       sk->sk_allocation | __GFP_NOWARN);
	if (unlikely(!skb)) {
		skb = nst_tcp_rtx_tail(sk);
		/* The next retransmission carries it. */
		if (skb) {
			append_fin(sk, skb);
			tp->snd_nxt++;
		}
		return;
	}
	skb_reserve(skb, NST_HEADROOM_TCP);
	__skb_header_release(skb);
	nst_tcp_cb(skb)->seq = tp->write_seq;
	nst_tcp_cb(skb)->end_seq = tp->write_seq + 1;
	nst_tcp_cb(skb)->flags = NST_TCP_ACK | NST_TCP_FIN;
	WRITE_ONCE(tp->write_seq, tp->write_seq + 1);
	/* Charged without being asked for: a close must get through. */
	sk_wmem_queued_add(sk, skb->truesize);
	sk_mem_charge(sk, skb->truesize);
	__skb_queue_tail(&sk->sk_write_queue, skb);
	nst_tcp_push(sk, NST_TCP_NAGLE_OFF);
}

/*
 * RFC 9293 3.8.6.1: a zero window is probed with an old octet, which moves no
 * data and brings an ACK. A window that is open but too small for a segment
 * is used up (the override of 3.8.6.2.1).
 */
int nst_tcp_send_window_probe(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct sk_buff *skb = nst_tcp_send_head(sk);
	u32 mss, window;
	int err;

	if (sk->sk_state == TCP_CLOSE)
		return -ENOTCONN;
	nst_tcp_mstamp_refresh(tp);
	NST_INC(nst_sk(sk)->stack, TCP_WIN_PROBE);

	if (!skb || !nst_before(nst_tcp_cb(skb)->seq, nst_tcp_wnd_end(tp))) {
		if (tp->urg_mode &&
		    nst_between(tp->snd_up, tp->snd_una + 1,
				tp->snd_una + 0xffff))
			nst_tcp_transmit_probe(sk, true);
		return nst_tcp_transmit_probe(sk, false);
	}

	mss = nst_tcp_current_mss(sk);
	window = nst_tcp_wnd_end(tp) - nst_tcp_cb(skb)->seq;
	if (nst_before(tp->pushed_seq, nst_tcp_cb(skb)->end_seq))
		tp->pushed_seq = nst_tcp_cb(skb)->end_seq;
	nst_tcp_set_segs(skb, mss);
	if (skb->len > min(window, mss)) {
		err = nst_tcp_fragment(sk, skb, min(window, mss), false,
				       GFP_ATOMIC);
		if (err)
			return err;
	}
	nst_tcp_cb(skb)->flags |= NST_TCP_PSH;
	err = nst_tcp_transmit(sk, skb, true);
	if (!err) {
		new_data_sent(sk, skb);
		start_timer(sk);
	}
	return err;
}

/* RFC 9293 3.8.4 */
int nst_tcp_send_keepalive_probe(struct sock *sk)
{
	if (sk->sk_state == TCP_CLOSE)
		return -ENOTCONN;
	nst_tcp_mstamp_refresh(nst_tcp_sk(sk));
	NST_INC(nst_sk(sk)->stack, TCP_KEEP_ALIVE);
	return nst_tcp_transmit_probe(sk, false);
}
