// SPDX-License-Identifier: GPL-2.0
/*
 * Sending a segment again. Which one and when is decided by recovery.c and
 * timer.c; here it is cut to what the path, the peer's window and the caller
 * allow, sent, and marked, so that its acknowledgment gives no round trip
 * sample (Karn's algorithm, RFC 6298 3).
 */
#include "../../trace.h"
#include "ecn.h"

/* Bring the segment into a shape that may be sent again. */
static int prepare(struct sock *sk, struct sk_buff *skb, int segs)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	s32 window;
	u32 mss, len;
	int err;

	if (nst_before(cb->seq, tp->snd_una) && skb->len) {
		u32 acked = min_t(u32, tp->snd_una - cb->seq, skb->len);
		int less = cb->gso_segs;

		err = nst_tcp_trim_head(sk, skb, acked);
		if (err)
			return err;
		less -= cb->gso_segs;
		nst_tcp_count_segs(tp, skb, -less);
	}

	mss = nst_tcp_current_mss(sk);
	window = nst_tcp_wnd_end(tp) - cb->seq;
	if (window <= 0) {
		/*
		 * RFC 9293 3.8.6: the window may have shrunk. The oldest
		 * segment is tried all the same, nothing behind it.
		 */
		if (cb->seq != tp->snd_una)
			return -EAGAIN;
		window = mss;
	}
	len = mss * segs;
	if (len > window)
		len = rounddown((u32)window, mss) ?: window;

	if (skb->len > len)
		return nst_tcp_fragment(sk, skb, len, true, GFP_ATOMIC);
	/* The path may have become narrower since it was sent. */
	nst_tcp_resegment(sk, skb);
	return 0;
}

static int send_again(struct sock *sk, struct sk_buff *skb, int segs)
{
	struct nst_stack *stack = nst_sk(sk)->stack;
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	u32 count;
	int err;

	nst_tcp_mtu_probe_inconclusive(&tp->mtu_probe);
	err = prepare(sk, skb, segs);
	if (err)
		goto fail;

	if (unlikely(cb->flags & NST_TCP_SYN))
		nst_tcp_ecn_fall_back(tp, cb);
	count = cb->gso_segs;
	err = nst_tcp_transmit(sk, skb, true);
	if (err)
		goto fail;

	trace_netstack_tcp_retransmit(sk, cb->seq, cb->end_seq);
	NST_ADD(stack, TCP_RETRANS_SEGS, count);
	if (cb->flags & NST_TCP_SYN)
		NST_INC(stack, TCP_SYN_RETRANS);
	tp->total_retrans += count;
	tp->bytes_retrans += skb->len;
	tp->prr.out += count;
	cb->sent |= NST_TCP_SENT_EVER_RETRANS;
	nst_tcp_sent_order_add(&tp->board, skb);
	return 0;

fail:
	NST_INC(stack, TCP_RETRANS_FAIL);
	return err;
}

int nst_tcp_retransmit_skb(struct sock *sk, struct sk_buff *skb, int segs)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	int err;

	/* RFC 9768 3.2.3.2.2: the first data, which had the option, is lost. */
	if (unlikely(nst_accecn_on(tp)) && tp->accecn.client &&
	    !(tp->accecn.greet & NST_ACCECN_GREET_DATA) &&
	    nst_tcp_cb(skb)->seq == tp->iss + 1)
		tp->accecn.fail |= NST_ACCECN_FAIL_OPT_SEND;
	err = send_again(sk, skb, segs);
	/* Tried at least: time-outs are reckoned from here. */
	if (!tp->retrans_stamp)
		tp->retrans_stamp = div_u64(tp->mstamp, USEC_PER_MSEC) ?: 1;
	if (err)
		return err;
	nst_tcp_mark_retransmitted(tp, skb);
	tp->undo_retrans = max(tp->undo_retrans, 0) +
			   nst_tcp_cb(skb)->gso_segs;
	return 0;
}

/*
 * RFC 8985 7.3: the segment counts as in flight once: nobody thinks that its
 * first transmission was lost.
 */
int nst_tcp_retransmit_probe(struct sock *sk, struct sk_buff *skb)
{
	return send_again(sk, skb, 1);
}
