// SPDX-License-Identifier: GPL-2.0
/*
 * Room for received data: the memory that a segment may take, how much of the
 * buffer is offered as window, and how the buffer grows with what the program
 * reads in a round trip ("dynamic right-sizing").
 *
 * RFC 9293 3.8.6, RFC 7323 2.
 */
#include "../../compat.h"
#include "receive_queue.h"

/* Payload of a buffer that fills a page. */
#define DENSE_SIZE	SKB_WITH_OVERHEAD(PAGE_SIZE)

static bool has_room(struct sock *sk, struct sk_buff *skb)
{
	return atomic_read(&sk->sk_rmem_alloc) <= sk->sk_rcvbuf &&
	       sk_rmem_schedule(sk, skb, skb->truesize);
}

/* Move the payload of a queued segment to @to, which stands before it. */
static void append(struct sock *sk, struct sk_buff *to, struct sk_buff *skb)
{
	skb_copy_bits(skb, 0, skb_put(to, skb->len), skb->len);
	nst_tcp_cb(to)->end_seq = nst_tcp_cb(skb)->end_seq;
	nst_tcp_cb(to)->flags |= nst_tcp_cb(skb)->flags;
	NST_INC(nst_sk(sk)->stack, TCP_RCV_COLLAPSED);
	__skb_unlink(skb, &sk->sk_receive_queue);
	__kfree_skb(skb);
}

/* An empty buffer for @skb and what follows it; queued before it. */
static struct sk_buff *begin_dense(struct sock *sk, struct sk_buff *skb)
{
	struct sk_buff *to;

	to = alloc_skb(DENSE_SIZE, GFP_ATOMIC | __GFP_NOWARN);
	if (!to)
		return NULL;
	if (!sk_rmem_schedule(sk, to, to->truesize)) {
		__kfree_skb(to);
		return NULL;
	}
	memcpy(to->cb, skb->cb, sizeof(to->cb));
	to->tstamp = skb->tstamp;
	nst_tcp_cb(to)->end_seq = nst_tcp_cb(to)->seq;
	nst_tcp_cb(to)->flags = 0;
	skb_set_owner_r(to, sk);
	__skb_queue_before(&sk->sk_receive_queue, skb, to);
	return to;
}

/* May @skb be copied behind the payload of @to? */
static bool joins(const struct sk_buff *to, const struct sk_buff *skb,
		  unsigned int room)
{
	return nst_tcp_cb(skb)->seq == nst_tcp_cb(to)->end_seq &&
	       skb->len <= room;
}

/*
 * Copy small segments of the receive queue together, where more than half of
 * their memory is waste and at least two go into one buffer. A buffer with
 * room is filled up where it is, so that no byte is copied twice, and memory
 * never grows.
 */
static void collapse(struct sock *sk)
{
	struct sk_buff *skb, *next, *to = NULL;

	skb_queue_walk_safe(&sk->sk_receive_queue, skb, next) {
		if (to && joins(to, skb, skb_tailroom(to))) {
			append(sk, to, skb);
			continue;
		}
		to = NULL;
		if (skb_queue_is_last(&sk->sk_receive_queue, skb) ||
		    skb->truesize <= 2 * skb->len)
			continue;
		if (!skb_cloned(skb) && joins(skb, next, skb_tailroom(skb))) {
			to = skb;
			continue;
		}
		if (skb->len > DENSE_SIZE / 2 ||
		    !joins(skb, next, DENSE_SIZE - skb->len))
			continue;
		to = begin_dense(sk, skb);
		if (!to)
			return;
		append(sk, to, skb);
	}
}

/*
 * Free memory when the buffer is full: grow it while that is allowed, make
 * better use of it, and at last give up what came out of order.
 * Return: @skb fits now.
 */
static bool make_room(struct sock *sk, struct sk_buff *skb)
{
	struct nst_stack *stack = nst_sk(sk)->stack;
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	int most = READ_ONCE(stack->config.tcp_rmem[2]);

	NST_INC(stack, TCP_PRUNE_CALLED);
	if (atomic_read(&sk->sk_rmem_alloc) > sk->sk_rcvbuf &&
	    sk->sk_rcvbuf < most && !(sk->sk_userlocks & SOCK_RCVBUF_LOCK) &&
	    !sk_under_memory_pressure(sk))
		WRITE_ONCE(sk->sk_rcvbuf,
			   min(atomic_read(&sk->sk_rmem_alloc), most));
	if (has_room(sk, skb))
		return true;

	/* Offer less from now on: the peer's segments cost too much. */
	tp->quickacks = 0;
	tp->rcv_ssthresh = min(tp->rcv_ssthresh, 2U * tp->advmss);
	collapse(sk);
	if (has_room(sk, skb))
		return true;

	if (nst_tcp_ofo_prune(sk)) {
		NST_INC(stack, TCP_OFO_PRUNED);
		if (has_room(sk, skb))
			return true;
	}
	NST_INC(stack, TCP_RCV_PRUNED);
	return false;
}

bool nst_tcp_rmem_schedule(struct sock *sk, struct sk_buff *skb)
{
	if (likely(has_room(sk, skb)))
		return true;
	/*
	 * Whatever waits out of order, the reader gets on: one segment that is
	 * next is taken beyond the buffer.
	 */
	if (!nst_after(nst_tcp_cb(skb)->seq, nst_tcp_sk(sk)->rcv_nxt) &&
	    skb_queue_empty(&sk->sk_receive_queue) &&
	    sk_rmem_schedule(sk, skb, skb->truesize))
		return true;
	return make_room(sk, skb);
}

/* Nearly full: what is not read soon will have to be refused. */
static bool rmem_pressure(const struct sock *sk)
{
	int most = READ_ONCE(sk->sk_rcvbuf);

	return atomic_read(&sk->sk_rmem_alloc) > most - (most >> 3) ||
	       sk_under_memory_pressure(sk);
}

/**
 * nst_tcp_readable() - is there enough to read?
 * @sk: socket; the lock is not needed
 * @target: bytes that are enough, SO_RCVLOWAT
 *
 * Less counts too when the peer could not send more (a closed window) or
 * memory is short: else both ends would wait for each other.
 */
bool nst_tcp_readable(const struct sock *sk, int target)
{
	const struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	int available = READ_ONCE(tp->rcv_nxt) - READ_ONCE(tp->copied_seq);

	if (available <= 0)
		return false;
	return available >= target || rmem_pressure(sk) ||
	       nst_tcp_receive_window(tp) <= READ_ONCE(tp->rcv_mss);
}

/**
 * nst_tcp_data_ready() - wake the reader if there is enough for it
 * @sk: socket, locked
 */
void nst_tcp_data_ready(struct sock *sk)
{
	if (nst_tcp_readable(sk, READ_ONCE(sk->sk_rcvlowat)) ||
	    sock_flag(sk, SOCK_DONE))
		sk->sk_data_ready(sk);
}

void nst_tcp_grow_window(struct sock *sk, const struct sk_buff *skb)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	int space, share;
	s64 room;
	u32 by;

	room = (s64)min_t(s64, tp->window_clamp, nst_tcp_space(sk)) -
	       tp->rcv_ssthresh;
	if (room <= 0 || sk_under_memory_pressure(sk))
		return;

	share = nst_tcp_win_from_space(sk, skb->truesize);
	if (likely(share <= (int)skb->len)) {
		by = 2 * tp->advmss;
	} else {
		/*
		 * Segments that waste their buffers: not beyond the part of
		 * the largest buffer that such segments can fill.
		 */
		space = READ_ONCE(nst_sk(sk)->stack->config.tcp_rmem[2]);
		space = nst_tcp_win_from_space(sk, space);
		if (tp->rcv_ssthresh >= div_u64((u64)space * skb->len, share))
			return;
		by = 2 * tp->rcv_mss;
	}
	by = max(by, 2 * skb->len);
	tp->rcv_ssthresh += min_t(s64, room, by);
	tp->quickacks |= 1;
}

static void rcv_rtt_sample(struct nst_tcp_sock *tp, u32 us, bool smooth)
{
	u32 sample = min_t(u32, us, U32_MAX >> 4) << 3;

	if (!tp->rcv_rtt_us || sample < tp->rcv_rtt_us)
		tp->rcv_rtt_us = sample;
	else if (smooth)
		tp->rcv_rtt_us += (sample >> 3) - (tp->rcv_rtt_us >> 3);
}

/*
 * By the timestamp that comes back (RFC 7323 4): once for each, and of full
 * segments, which the peer had ready. A shorter round trip counts at once.
 */
static void measure_by_timestamp(struct nst_tcp_sock *tp,
				 const struct sk_buff *skb)
{
	u32 ms;

	if (likely(tp->rcv_tsecr == tp->rcv_rtt_tsecr))
		return;
	tp->rcv_rtt_tsecr = tp->rcv_tsecr;
	if (skb->len < tp->rcv_mss)
		return;
	ms = (u32)div_u64(tp->mstamp, USEC_PER_MSEC) - tp->rcv_tsecr;
	if (ms < S32_MAX / USEC_PER_MSEC)
		rcv_rtt_sample(tp, max(ms, 1U) * USEC_PER_MSEC, true);
}

/*
 * By the time that a window of data takes, of which the least counts: the
 * peer may have had nothing to send.
 */
static void measure_by_window(struct nst_tcp_sock *tp)
{
	if (tp->rcv_rtt_time) {
		if (nst_before(tp->rcv_nxt, tp->rcv_rtt_seq))
			return;
		rcv_rtt_sample(tp, clamp_t(u64, tp->mstamp - tp->rcv_rtt_time,
					   1, S32_MAX), false);
	}
	tp->rcv_rtt_seq = tp->rcv_nxt + max(tp->rcv_wnd, 1U);
	tp->rcv_rtt_time = tp->mstamp;
}

void nst_tcp_rcv_rtt_measure(struct nst_tcp_sock *tp,
			     const struct sk_buff *skb)
{
	const struct nst_tcp_cb *cb = nst_tcp_cb(skb);

	if (tp->ts_ok && cb->has_ts && cb->tsecr)
		measure_by_timestamp(tp, skb);
	else
		measure_by_window(tp);
}

/* Let the buffer hold what the program reads in two round trips. */
static void grow_buffer(struct sock *sk, u32 copied)
{
	const struct nst_config *config = &nst_sk(sk)->stack->config;
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u64 window, size;
	int segment;

	if (!READ_ONCE(config->tcp_moderate_rcvbuf) ||
	    sk->sk_userlocks & SOCK_RCVBUF_LOCK)
		return;

	/*
	 * Twice, for the sender in slow start doubles; as much again as the
	 * rate has grown since the last round; and some segments at least.
	 */
	window = 2 * (u64)copied + 16 * tp->advmss;
	window += 2 * div_u64(window * (copied - tp->rcvq_space),
			      max(tp->rcvq_space, 1U));

	segment = SKB_TRUESIZE(tp->advmss + NST_HEADROOM_TCP);
	while (nst_tcp_win_from_space(sk, segment) < tp->advmss)
		segment += 128;
	size = div_u64(window, tp->advmss) * segment;
	size = min_t(u64, size, READ_ONCE(config->tcp_rmem[2]));
	if (size <= sk->sk_rcvbuf)
		return;
	WRITE_ONCE(sk->sk_rcvbuf, size);
	/* The window follows when data comes (nst_tcp_grow_window()). */
	tp->window_clamp = min_t(u32, nst_tcp_win_from_space(sk, size),
				 65535U << tp->rcv_wscale);
}

/**
 * nst_tcp_rcv_space_adjust() - the program has read
 * @sk: socket, owned; copied_seq has moved
 *
 * Once a round trip, if the program reads more than ever before in one.
 */
void nst_tcp_rcv_space_adjust(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 copied = tp->copied_seq - tp->rcvq_seq;
	u64 elapsed;
	u32 rtt;

	/* Too little to matter, however long it took: spare the clock. */
	if (likely(copied <= tp->rcvq_space))
		return;
	rtt = tp->rcv_rtt_us >> 3;
	if (!rtt)
		return;
	nst_tcp_mstamp_refresh(tp);
	elapsed = tp->mstamp - tp->rcvq_time;
	if (elapsed < rtt)
		return;

	/* Of several round trips, what came in one. */
	copied = div64_u64((u64)copied * rtt, elapsed);
	if (copied > tp->rcvq_space) {
		grow_buffer(sk, copied);
		tp->rcvq_space = copied;
	}
	tp->rcvq_seq = tp->copied_seq;
	tp->rcvq_time = tp->mstamp;
}

/**
 * nst_tcp_init_buffer_space() - first estimates of a new connection
 * @sk: socket, locked; windows and MSS are agreed upon
 */
void nst_tcp_init_buffer_space(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 most = max(nst_tcp_full_space(sk), 0);

	nst_tcp_expand_send_buffer(sk);
	tp->rcvq_seq = tp->copied_seq;
	nst_tcp_mstamp_refresh(tp);
	tp->rcvq_time = tp->mstamp;

	/* A hint until the peer has shown its segments. */
	tp->rcv_mss = clamp_t(u32, min3((u32)tp->advmss, tp->mss_cache,
					tp->rcv_wnd / 2),
			      NST_TCP_MIN_MSS, NST_TCP_MIN_RCVMSS);

	if (tp->window_clamp > most)
		tp->window_clamp = most;
	/* Room for one segment is left to what is not counted in windows. */
	if (tp->window_clamp > 2 * tp->advmss &&
	    tp->window_clamp + tp->advmss > most)
		tp->window_clamp = max_t(u32, 2 * tp->advmss,
					 most - tp->advmss);
	tp->rcv_ssthresh = min(tp->rcv_ssthresh, tp->window_clamp);
	tp->rcvq_space = min3(tp->rcv_ssthresh, tp->rcv_wnd,
			      (u32)NST_TCP_INIT_CWND * tp->advmss);
}
