// SPDX-License-Identifier: GPL-2.0
/*
 * The text of a segment: into the receive queue when it is next, aside when
 * it is early (ofo_queue.c), away when it is old; then FIN and urgent data.
 *
 * RFC 9293 3.10.7.4, sixth to eighth check, and 3.8.5. When to acknowledge is
 * delack.c's, how much to take rcvbuf.c's.
 */
#include "ecn.h"
#include "receive_queue.h"
#include "sack_generate.h"

bool nst_tcp_coalesce(struct sock *sk, struct sk_buff *to,
		      struct sk_buff *from, bool *stolen)
{
	int delta;

	*stolen = false;
	if (nst_tcp_cb(from)->seq != nst_tcp_cb(to)->end_seq ||
	    !skb_try_coalesce(to, from, stolen, &delta))
		return false;

	atomic_add(delta, &sk->sk_rmem_alloc);
	sk_mem_charge(sk, delta);
	nst_tcp_cb(to)->end_seq = nst_tcp_cb(from)->end_seq;
	nst_tcp_cb(to)->flags |= nst_tcp_cb(from)->flags;
	/* As on the host: what is read arrived when its last byte did. */
	if (unlikely(from->tstamp))
		to->tstamp = from->tstamp;
	NST_INC(nst_sk(sk)->stack, TCP_RCV_COALESCE);
	return true;
}

static void advance_rcv_nxt(struct nst_tcp_sock *tp, u32 to)
{
	tp->bytes_received += to - tp->rcv_nxt;
	WRITE_ONCE(tp->rcv_nxt, to);
}

/* RFC 9293 3.10.7.4, eighth check: the FIN is next in order. */
static void process_fin(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	tp->ack_pending |= NST_TCP_ACK_SCHED;
	WRITE_ONCE(sk->sk_shutdown, sk->sk_shutdown | RCV_SHUTDOWN);
	sock_set_flag(sk, SOCK_DONE);
	/* What lies beyond the FIN is no part of the stream. */
	nst_tcp_ofo_purge(sk);

	switch (sk->sk_state) {
	case TCP_SYN_RECV:
	case TCP_ESTABLISHED:
		nst_tcp_set_state(sk, TCP_CLOSE_WAIT);
		/* The program will answer or close: let the ACK ride along. */
		tp->pingpong = true;
		break;
	case TCP_FIN_WAIT1:
		/* Simultaneous close: our FIN is not acknowledged yet. */
		nst_tcp_send_ack(sk);
		nst_tcp_set_state(sk, TCP_CLOSING);
		break;
	case TCP_FIN_WAIT2:
		nst_tcp_send_ack(sk);
		nst_tcp_time_wait(sk, TCP_TIME_WAIT, 0);
		break;
	default:
		/* CLOSE-WAIT, CLOSING, LAST-ACK: remain in the state. */
		return;
	}

	if (sock_flag(sk, SOCK_DEAD))
		return;
	sk->sk_state_change(sk);
	if (sk->sk_shutdown == SHUTDOWN_MASK || sk->sk_state == TCP_CLOSE)
		sk_wake_async(sk, SOCK_WAKE_WAITD, POLL_HUP);
	else
		sk_wake_async(sk, SOCK_WAKE_WAITD, POLL_IN);
}

/*
 * What waited out of order may be next now. Return: a FIN was among it, which
 * is then the last of the stream.
 */
static bool drain_ofo(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct sk_buff *skb;
	bool fin = false;

	while (!fin && (skb = nst_tcp_ofo_next(sk, tp->rcv_nxt))) {
		struct sk_buff *tail = skb_peek_tail(&sk->sk_receive_queue);
		bool stolen;

		fin = nst_tcp_cb(skb)->flags & NST_TCP_FIN;
		advance_rcv_nxt(tp, nst_tcp_cb(skb)->end_seq);
		if (tail && nst_tcp_coalesce(sk, tail, skb, &stolen))
			kfree_skb_partial(skb, stolen);
		else
			__skb_queue_tail(&sk->sk_receive_queue, skb);
	}
	return fin;
}

/* Exactly the next, or overlapping what is there. Consumes @skb. */
static void queue_in_order(struct sock *sk, struct sk_buff *skb)
{
	struct sk_buff *tail = skb_peek_tail(&sk->sk_receive_queue);
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	u8 flags = cb->flags;
	bool stolen;

	nst_tcp_ecn_data(sk, skb);
	nst_tcp_data_received(sk, skb);
	advance_rcv_nxt(tp, cb->end_seq);
	/*
	 * An overlap stays in front: the reader skips what is before
	 * copied_seq, as with a buffer half read.
	 */
	if (tail && nst_tcp_coalesce(sk, tail, skb, &stolen)) {
		kfree_skb_partial(skb, stolen);
	} else {
		skb_set_owner_r(skb, sk);
		__skb_queue_tail(&sk->sk_receive_queue, skb);
	}

	if (unlikely(!RB_EMPTY_ROOT(&tp->ofo_queue)) &&
	    !(flags & NST_TCP_FIN)) {
		tp->gap_acks = 0;
		nst_tcp_ofo_overlapped(sk, tp->rcv_nxt);
		flags |= drain_ofo(sk) ? NST_TCP_FIN : 0;
		nst_tcp_sack_advance(tp);
		/* RFC 5681 4.2: at once when a gap is filled */
		if (RB_EMPTY_ROOT(&tp->ofo_queue)) {
			tp->ack_pending |= NST_TCP_ACK_NOW;
			if (unlikely(tp->ack_compression))
				nst_tcp_ack_compress_end(sk);
		}
	}
	if (likely(!sock_flag(sk, SOCK_DEAD)))
		nst_tcp_data_ready(sk);
	if (unlikely(flags & NST_TCP_FIN))
		process_fin(sk);
}

/* An ACK at once: the segment could not be taken. Consumes @skb. */
static void refuse(struct sock *sk, struct sk_buff *skb,
		   enum nst_drop_reason reason)
{
	nst_tcp_enter_quickack(sk, NST_TCP_MAX_QUICKACKS);
	nst_tcp_sk(sk)->ack_pending |= NST_TCP_ACK_SCHED;
	nst_drop(nst_sk(sk)->stack, skb, reason);
}

/*
 * RFC 9293 3.10.7.4: a segment is tailored to the window. Its FIN goes with
 * the end. Return: 0 or -ENOMEM.
 */
static int trim_to_window(struct sk_buff *skb, u32 edge)
{
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);

	cb->flags &= ~NST_TCP_FIN;
	cb->end_seq = edge;
	return pskb_trim(skb, edge - cb->seq);
}

/**
 * nst_tcp_data_queue() - queue the text of a segment
 * @sk: socket, locked, synchronised
 * @skb: segment, skb->data at its header; consumed
 *
 * May end the connection (FIN in FIN-WAIT-2).
 */
void nst_tcp_data_queue(struct sock *sk, struct sk_buff *skb)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	u32 window = nst_tcp_receive_window(tp);
	u32 edge = tp->rcv_nxt + window;

	if (cb->seq == cb->end_seq) {
		consume_skb(skb);
		return;
	}
	tp->data_segs_in += max_t(u16, 1, skb_shinfo(skb)->gso_segs);
	__skb_pull(skb, tcp_hdrlen(skb));
	if (unlikely(cb->flags & NST_TCP_CWR))
		nst_tcp_ecn_cwr_came(tp);

	if (unlikely(!nst_after(cb->end_seq, tp->rcv_nxt))) {
		/* Old: our ACK was lost, or the peer timed out early. */
		NST_INC(tp->nst.stack, TCP_DELAYED_ACK_LOST);
		/* RFC 2883 4.1 */
		nst_tcp_dsack_set(tp, cb->seq, cb->end_seq);
		refuse(sk, skb, NST_DROP_TCP_OLD_DATA);
		return;
	}
	if (unlikely(!window && skb->len)) {
		NST_INC(nst_sk(sk)->stack, TCP_ZERO_WINDOW_DROP);
		refuse(sk, skb, NST_DROP_TCP_ZERO_WINDOW);
		return;
	}
	if (unlikely(skb->len && nst_after(cb->seq + skb->len, edge))) {
		if (!nst_before(cb->seq, edge)) {
			refuse(sk, skb, NST_DROP_TCP_OVER_WINDOW);
			return;
		}
		if (trim_to_window(skb, edge)) {
			refuse(sk, skb, NST_DROP_NOMEM);
			return;
		}
	}
	if (unlikely(!nst_tcp_rmem_schedule(sk, skb))) {
		if (nst_after(cb->seq, tp->rcv_nxt))
			NST_INC(tp->nst.stack, TCP_OFO_DROP);
		else
			NST_INC(tp->nst.stack, TCP_RCV_Q_DROP);
		/* The reader may make room. */
		sk->sk_data_ready(sk);
		refuse(sk, skb, NST_DROP_SOCKET_RCVBUF);
		return;
	}
	if (unlikely(nst_after(cb->seq, tp->rcv_nxt))) {
		nst_tcp_ecn_data(sk, skb);
		nst_tcp_ofo_insert(sk, skb);
		return;
	}
	/* RFC 2883 4.2 */
	if (unlikely(nst_before(cb->seq, tp->rcv_nxt)))
		nst_tcp_dsack_set(tp, cb->seq, tp->rcv_nxt);
	queue_in_order(sk, skb);
}

/*
 * Sixth check: the urgent pointer names an octet ahead. By default BSD's
 * reading, the octet before the pointer; with tcp_stdurg RFC 9293 3.8.5.
 */
static void check_urgent_pointer(struct sock *sk, const struct nst_tcp_cb *cb)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 ptr = cb->urg_ptr;

	if (ptr && !READ_ONCE(nst_sk(sk)->stack->config.tcp_stdurg))
		ptr--;
	ptr += cb->seq;

	/* Attack 18: neither what was read, nor what is received already */
	if (nst_after(tp->copied_seq, ptr) || nst_before(ptr, tp->rcv_nxt))
		return;
	if (tp->urg_state && !nst_after(ptr, tp->urg_seq))
		return;

	sk_send_sigurg(sk);

	/*
	 * A second urgent octet while the first stands at the reader's
	 * position: the first is left out of the stream.
	 */
	if (tp->urg_seq == tp->copied_seq && tp->urg_state &&
	    !sock_flag(sk, SOCK_URGINLINE) && tp->copied_seq != tp->rcv_nxt) {
		struct sk_buff *head = skb_peek(&sk->sk_receive_queue);

		WRITE_ONCE(tp->copied_seq, tp->copied_seq + 1);
		if (head && !nst_before(tp->copied_seq,
					nst_tcp_cb(head)->end_seq)) {
			__skb_unlink(head, &sk->sk_receive_queue);
			consume_skb(head);
		}
	}
	WRITE_ONCE(tp->urg_state, NST_TCP_URG_NOTYET);
	WRITE_ONCE(tp->urg_seq, ptr);
}

/**
 * nst_tcp_urg() - urgent data of a segment
 * @sk: socket, locked, synchronised
 * @skb: segment, skb->data at its header
 * @th: its header
 *
 * RFC 9293 3.10.7.4, sixth check: states in which a FIN was received ignore
 * it.
 */
void nst_tcp_urg(struct sock *sk, struct sk_buff *skb,
		 const struct tcphdr *th)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	u32 offset;
	u8 octet;

	if (!((1 << sk->sk_state) & (TCPF_ESTABLISHED | TCPF_FIN_WAIT1 |
				     TCPF_FIN_WAIT2)))
		return;
	if (th->urg)
		check_urgent_pointer(sk, cb);
	if (tp->urg_state != NST_TCP_URG_NOTYET)
		return;

	/* Is the octet in this segment? */
	offset = tp->urg_seq - cb->seq;
	if (offset >= skb->len - th->doff * 4 ||
	    skb_copy_bits(skb, th->doff * 4 + offset, &octet, 1))
		return;
	tp->urg_data = octet;
	WRITE_ONCE(tp->urg_state, NST_TCP_URG_VALID);
	if (!sock_flag(sk, SOCK_DEAD))
		sk->sk_data_ready(sk);
}

int nst_tcp_may_come(struct sock *sk, long timeout)
{
	if (sock_flag(sk, SOCK_DONE))
		return 0;
	if (sk->sk_err)
		return sock_error(sk);
	if (sk->sk_shutdown & RCV_SHUTDOWN)
		return 0;
	/* Never connected, or told already what went wrong. */
	if (sk->sk_state == TCP_CLOSE)
		return -ENOTCONN;
	return timeout ? 1 : -EAGAIN;
}
