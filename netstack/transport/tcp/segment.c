// SPDX-License-Identifier: GPL-2.0
/*
 * The buffers of the two send queues: making, cutting and trimming them, with
 * the memory that the socket is charged for and the segments that count as
 * in flight.
 *
 * A buffer's payload is linear or in page fragments; the room for all
 * headers is in front of the linear part. While a copy is on its way the two
 * share the linear part and the list of fragments, so both are made private
 * before they are changed.
 */
#include "../../compat.h"
#include "sack_generate.h"
#include "stamp.h"

struct sk_buff *nst_tcp_alloc_skb(struct sock *sk, unsigned int linear,
				  gfp_t gfp)
{
	struct sk_buff *skb;

	/* One allocation holds the buffer and the copy that is sent. */
	skb = alloc_skb_fclone(NST_HEADROOM_TCP + linear, gfp);
	if (likely(skb)) {
		if (likely(sk_wmem_schedule(sk, skb->truesize))) {
			skb_reserve(skb, NST_HEADROOM_TCP);
			/* The room for headers is the copy's alone. */
			__skb_header_release(skb);
			skb->ip_summed = CHECKSUM_PARTIAL;
			return skb;
		}
		__kfree_skb(skb);
	} else {
		sk_stream_moderate_sndbuf(sk);
	}
	return NULL;
}

/*
 * A copy of a queued segment whose header may be written. Over lo the copy
 * sent last may still wait at the receiver and share the head with ours.
 */
struct sk_buff *nst_tcp_copy_segment(struct sk_buff *skb)
{
	struct list_head order = skb->tcp_tsorted_anchor;
	struct sk_buff *copy;

	/* Its place in sent_order is a route to whoever copies a packet. */
	skb->tcp_tsorted_anchor.next = NULL;
	skb->tcp_tsorted_anchor.prev = NULL;
	if (unlikely(skb_cloned(skb)))
		copy = pskb_copy(skb, GFP_ATOMIC);
	else
		copy = skb_clone(skb, GFP_ATOMIC);
	skb->tcp_tsorted_anchor = order;
	if (likely(copy)) {
		/* Both share their place with fields of the queue. */
		copy->dev = NULL;
		copy->tstamp = 0;
	}
	return copy;
}

void nst_tcp_rtx_insert(struct sock *sk, struct sk_buff *skb)
{
	struct rb_root *root = &nst_tcp_sk(sk)->rtx_queue;
	struct rb_node **place = &root->rb_node;
	struct rb_node *parent = NULL;
	u32 seq = nst_tcp_cb(skb)->seq;

	while (*place) {
		parent = *place;
		if (nst_before(seq, nst_tcp_cb(rb_to_skb(parent))->seq))
			place = &parent->rb_left;
		else
			place = &parent->rb_right;
	}
	rb_link_node(&skb->rbnode, parent, place);
	rb_insert_color(&skb->rbnode, root);
}

/* Stop sharing with a copy on its way; the charge follows the size. */
static int make_private(struct sock *sk, struct sk_buff *skb, gfp_t gfp)
{
	unsigned int before = skb->truesize;
	int delta;

	if (skb_unclone(skb, gfp))
		return -ENOMEM;
	delta = (int)(skb->truesize - before);
	if (delta) {
		sk_wmem_queued_add(sk, delta);
		sk_mem_charge(sk, delta);
	}
	return 0;
}

void nst_tcp_count_segs(struct nst_tcp_sock *tp, const struct sk_buff *skb,
			int change)
{
	u8 sent = nst_tcp_cb(skb)->sent;

	if (!change)
		return;
	tp->packets_out += change;
	if (sent & NST_TCP_SENT_SACKED)
		tp->sacked_out += change;
	if (sent & NST_TCP_SENT_RETRANS)
		tp->retrans_out += change;
	if (sent & NST_TCP_SENT_LOST)
		tp->lost_out += change;
}

/**
 * nst_tcp_resegment() - count a sent segment anew for the current MSS
 * @sk: socket, locked
 * @skb: segment of the rtx queue
 */
void nst_tcp_resegment(struct sock *sk, struct sk_buff *skb)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	int before = nst_tcp_cb(skb)->gso_segs;

	nst_tcp_count_segs(tp, skb,
			   (int)nst_tcp_set_segs(skb,
						 nst_tcp_effective_mss(tp)) -
			   before);
}

/**
 * nst_tcp_fragment() - cut a segment in two
 * @sk: socket, locked
 * @skb: segment of the write or rtx queue; keeps the first @len bytes
 * @len: bytes, more than 0 and less than skb->len
 * @in_rtx_queue: @skb was sent
 * @gfp: for the second buffer
 *
 * The second part follows the first in the queue and takes PSH, FIN and eor.
 *
 * Return: 0 or -ENOMEM. Also that when cutting would make a retransmit queue
 * far beyond the send buffer (CVE-2019-11478).
 */
int nst_tcp_fragment(struct sock *sk, struct sk_buff *skb, u32 len,
		     bool in_rtx_queue, gfp_t gfp)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	unsigned int headlen = skb_headlen(skb);
	struct sk_buff *rest;
	struct nst_tcp_cb *rcb;
	u32 mss = nst_tcp_effective_mss(tp);
	int before = cb->gso_segs;
	unsigned int paged;

	if (WARN_ON_ONCE(!len || len >= skb->len))
		return -EINVAL;
	if (unlikely(in_rtx_queue && skb != nst_tcp_rtx_head(sk) &&
		     sk->sk_wmem_queued / 2 > READ_ONCE(sk->sk_sndbuf) +
					      2 * SKB_TRUESIZE(U16_MAX)))
		return -ENOMEM;
	if (make_private(sk, skb, gfp))
		return -ENOMEM;

	rest = nst_tcp_alloc_skb(sk, headlen > len ? headlen - len : 0, gfp);
	if (unlikely(!rest))
		return -ENOMEM;
	sk_wmem_queued_add(sk, rest->truesize);
	sk_mem_charge(sk, rest->truesize);

	rcb = nst_tcp_cb(rest);
	rcb->seq = cb->seq + len;
	rcb->end_seq = cb->end_seq;
	rcb->flags = cb->flags;
	rcb->sent = cb->sent;
	rcb->app_limited = cb->app_limited;
	rcb->tx = cb->tx;
	rcb->eor = cb->eor;
	cb->end_seq = rcb->seq;
	cb->flags &= ~(NST_TCP_FIN | NST_TCP_PSH);
	cb->eor = false;

	paged = skb->len - max(len, headlen);
	skb_split(skb, rest, len);
	skb->truesize -= paged;
	rest->truesize += paged;
	rest->skb_mstamp_ns = skb->skb_mstamp_ns;
	nst_tcp_stamp_split(tp, skb, rest);

	nst_tcp_set_segs(skb, mss);
	nst_tcp_set_segs(rest, mss);
	if (in_rtx_queue) {
		nst_tcp_count_segs(tp, skb,
				   cb->gso_segs + rcb->gso_segs - before);
		nst_tcp_rtx_insert(sk, rest);
		if (nst_tcp_sent_ordered(skb))
			list_add(&rest->tcp_tsorted_anchor,
				 &skb->tcp_tsorted_anchor);
	} else {
		__skb_queue_after(&sk->sk_write_queue, skb, rest);
	}
	return 0;
}

/* Let go of the first @len bytes of the page fragments. */
static void eat_fragments(struct sk_buff *skb, unsigned int len)
{
	struct skb_shared_info *shinfo = skb_shinfo(skb);
	unsigned int rest = len;
	int i, kept = 0;

	for (i = 0; i < shinfo->nr_frags; i++) {
		unsigned int size = skb_frag_size(&shinfo->frags[i]);

		if (size <= rest) {
			skb_frag_unref(skb, i);
			rest -= size;
			continue;
		}
		shinfo->frags[kept] = shinfo->frags[i];
		if (rest) {
			skb_frag_off_add(&shinfo->frags[kept], rest);
			skb_frag_size_sub(&shinfo->frags[kept], rest);
			rest = 0;
		}
		kept++;
	}
	shinfo->nr_frags = kept;
	skb->data_len -= len;
	skb->len -= len;
}

int nst_tcp_trim_head(struct sock *sk, struct sk_buff *skb, u32 len)
{
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	unsigned int linear, paged;

	if (WARN_ON_ONCE(len > skb->len))
		return -EINVAL;
	if (make_private(sk, skb, GFP_ATOMIC))
		return -ENOMEM;

	linear = min_t(unsigned int, len, skb_headlen(skb));
	paged = len - linear;
	__skb_pull(skb, linear);
	if (paged) {
		eat_fragments(skb, paged);
		skb->truesize -= paged;
		sk_wmem_queued_add(sk, -(int)paged);
		sk_mem_uncharge(sk, paged);
	}
	cb->seq += len;
	if (cb->gso_segs > 1)
		nst_tcp_set_segs(skb, cb->gso_size);
	return 0;
}
