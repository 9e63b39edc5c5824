// SPDX-License-Identifier: GPL-2.0
/*
 * When data is acknowledged: at once or delayed, in the hope that more data
 * or an answer of the program will carry the ACK (RFC 9293 3.8.6.3, RFC 5681
 * 4.2). How long to wait is learnt from the rhythm of the peer.
 */
#include "receive_queue.h"

/* @max ACKs from now on go at once, no more than half a window of them. */
static void allow_quickacks(struct nst_tcp_sock *tp, unsigned int max)
{
	unsigned int count = tp->rcv_wnd / (2 * max_t(u32, tp->rcv_mss, 1));

	count = min(count ?: 2, max);
	if (count > tp->quickacks)
		tp->quickacks = count;
}

/**
 * nst_tcp_enter_quickack() - the peer needs our ACKs soon
 * @sk: socket, locked
 * @max: ACKs that are not delayed, at most
 */
void nst_tcp_enter_quickack(struct sock *sk, unsigned int max)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	allow_quickacks(tp, max);
	tp->pingpong = false;
	tp->ato = NST_TCP_ATO_MIN;
}

/*
 * May a segment shorter than rcv_mss be a full one all the same? One of the
 * default MSS, or of any that is allowed when no write ends in it. Two of the
 * same size in a row are believed.
 */
static bool maybe_full(u32 with_header, u8 flags)
{
	if (with_header >= NST_TCP_DEFAULT_MSS + sizeof(struct tcphdr))
		return true;
	return with_header >= NST_TCP_MIN_MSS + sizeof(struct tcphdr) &&
	       !(flags & (NST_TCP_FIN | NST_TCP_URG | NST_TCP_PSH));
}

/*
 * What is a full segment of this peer (RFC 5681 4.2, RMSS)? The payload alone
 * does not tell: SACK blocks take of its room.
 */
static void measure_rcv_mss(struct nst_tcp_sock *tp, const struct sk_buff *skb)
{
	u32 len = skb_shinfo(skb)->gso_size ?: skb->len;
	u8 flags = nst_tcp_cb(skb)->flags;
	u32 last = tp->last_rcv_size;

	tp->last_rcv_size = 0;
	if (likely(len >= tp->rcv_mss)) {
		tp->rcv_mss = min_t(u32, len, tp->advmss);
		if (flags & NST_TCP_PSH)
			tp->ack_pending |= NST_TCP_ACK_PUSHED;
		return;
	}
	len += tcp_hdrlen(skb);
	if (maybe_full(len, flags)) {
		len -= tp->header_len;
		tp->last_rcv_size = len;
		if (len == last) {
			tp->rcv_mss = len;
			return;
		}
	}
	if (tp->ack_pending & NST_TCP_ACK_PUSHED)
		tp->ack_pending |= NST_TCP_ACK_PUSHED2;
	tp->ack_pending |= NST_TCP_ACK_PUSHED;
}

/* The delay follows the time between segments, smoothed. */
static void measure_ato(struct nst_tcp_sock *tp, u32 now)
{
	u32 gap = now - tp->lrcvtime;

	if (unlikely(!tp->ato)) {
		/* A sender in slow start needs an ACK for every segment. */
		allow_quickacks(tp, NST_TCP_MAX_QUICKACKS);
		tp->ato = NST_TCP_ATO_MIN;
	} else if (gap <= NST_TCP_ATO_MIN / 2) {
		tp->ato = (tp->ato >> 1) + NST_TCP_ATO_MIN / 2;
	} else if (gap < tp->ato) {
		tp->ato = min((tp->ato >> 1) + gap, tp->rto);
	} else if (gap > tp->rto) {
		/* The peer starts again, in slow start perhaps. */
		allow_quickacks(tp, NST_TCP_MAX_QUICKACKS);
	}
}

void nst_tcp_data_received(struct sock *sk, const struct sk_buff *skb)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 now = nst_tcp_jiffies();

	tp->ack_pending |= NST_TCP_ACK_SCHED;
	measure_rcv_mss(tp, skb);
	nst_tcp_rcv_rtt_measure(tp, skb);
	measure_ato(tp, now);
	tp->lrcvtime = now;
	if (skb->len >= 128)
		nst_tcp_grow_window(sk, skb);
}

static void send_delayed(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 delay = tp->ato;

	if (delay > NST_TCP_DELACK_MIN) {
		u32 most = HZ / 2;

		if (tp->pingpong || tp->ack_pending & NST_TCP_ACK_PUSHED)
			most = NST_TCP_DELACK_MAX;
		/* More than a round trip would look like a loss. */
		if (tp->srtt_us)
			most = min_t(u32, most,
				     max_t(u32, NST_TCP_DELACK_MIN,
					   usecs_to_jiffies(tp->srtt_us >> 3)));
		delay = min(delay, most);
	}
	/* RFC 9293 3.8.6.3 (MUST-40): less than half a second */
	delay = min_t(u32, delay, NST_TCP_DELACK_MAX);

	if (tp->ack_pending & NST_TCP_ACK_TIMER) {
		long left = tp->delack_timeout - nst_tcp_jiffies();

		/* Nearly due: spare the timer. */
		if (left <= (long)(delay >> 2)) {
			nst_tcp_send_ack(sk);
			return;
		}
		if (left <= (long)delay)
			return;
	}
	nst_tcp_delack_timer_set(sk, delay);
}

/**
 * nst_tcp_ack_send_check() - send the ACK that is owed, or see that it will be
 * @sk: socket, locked
 *
 * RFC 5681 4.2: every second full segment at least is acknowledged at once,
 * if that tells the peer something: that it may send more.
 */
void nst_tcp_ack_send_check(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (!(tp->ack_pending & NST_TCP_ACK_SCHED))
		return;

	if ((tp->quickacks && !tp->pingpong) ||
	    tp->ack_pending & NST_TCP_ACK_NOW || tp->nst.path.quickack)
		goto now;
	if (tp->rcv_nxt - tp->rcv_wup > tp->rcv_mss &&
	    (tp->rcv_nxt - tp->copied_seq < sk->sk_rcvlowat ||
	     __nst_tcp_select_window(sk) >= tp->rcv_wnd))
		goto now;
	/* RFC 5681 4.2: at once while there is a gap, or nearly so */
	if (!RB_EMPTY_ROOT(&tp->ofo_queue)) {
		if (nst_tcp_ack_compress(sk))
			return;
		goto now;
	}
	send_delayed(sk);
	return;
now:
	nst_tcp_send_ack(sk);
}

/*
 * The program has read all, and with it the end of a write: no more may come
 * before the ACK. In a conversation the answer will carry it, unless a second
 * write has come before the first was answered.
 */
static bool drained(const struct sock *sk, const struct nst_tcp_sock *tp)
{
	bool pushed = tp->ack_pending & NST_TCP_ACK_PUSHED2 ||
		      (tp->ack_pending & NST_TCP_ACK_PUSHED && !tp->pingpong);

	return pushed && !atomic_read(&sk->sk_rmem_alloc);
}

/**
 * nst_tcp_cleanup_rbuf() - the program took data out of the receive queue
 * @sk: socket, owned
 * @copied: bytes taken; 0 when it only looked for more
 *
 * Sends the delayed ACK that has become worth it, or a window update when the
 * window has at least doubled (RFC 9293 3.8.6.2.2).
 */
void nst_tcp_cleanup_rbuf(struct sock *sk, int copied)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 now, then;

	if (tp->ack_pending & NST_TCP_ACK_SCHED &&
	    (tp->rcv_nxt - tp->rcv_wup > tp->rcv_mss ||
	     (copied > 0 && drained(sk, tp))))
		goto ack;
	if (copied <= 0 || sk->sk_shutdown & RCV_SHUTDOWN)
		return;

	now = nst_tcp_receive_window(tp);
	if (likely(2 * now > tp->window_clamp))
		return;
	then = __nst_tcp_select_window(sk);
	if (!then || then < 2 * now)
		return;
ack:
	nst_tcp_mstamp_refresh(tp);
	nst_tcp_send_ack(sk);
}
