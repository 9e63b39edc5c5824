// SPDX-License-Identifier: GPL-2.0
/*
 * Segments that came before their time, in a tree by sequence number. No two
 * of them overlap whole; neighbours are joined where the buffers allow it.
 *
 * Attack 3 (CVE-2018-5390): finding a place is logarithmic, what one segment
 * covers is freed once and for all, the memory is part of the receive buffer
 * and the first to go when that is full.
 */
#include "receive_queue.h"
#include "sack_generate.h"

/* Blocks behind these may not be told again before they are forgotten. */
#define SACK_BLOCKS_SURE	2

static void unlink(struct nst_tcp_sock *tp, struct sk_buff *skb)
{
	if (skb == tp->ofo_last)
		tp->ofo_last = skb_rb_prev(skb);
	rb_erase(&skb->rbnode, &tp->ofo_queue);
	tp->ofo_bytes -= skb->truesize;
	/* The place in the tree is that of the device. */
	skb->next = NULL;
	skb->prev = NULL;
	skb->dev = NULL;
}

static void discard(struct sock *sk, struct sk_buff *skb,
		    enum nst_drop_reason reason)
{
	unlink(nst_tcp_sk(sk), skb);
	nst_drop(nst_sk(sk)->stack, skb, reason);
}

/* Join @skb to @to, before it in the tree. Return: done, @skb is gone. */
static bool join(struct sock *sk, struct sk_buff *to, struct sk_buff *skb)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 truesize = to->truesize;
	bool stolen;

	if (!nst_tcp_coalesce(sk, to, skb, &stolen))
		return false;
	tp->ofo_bytes += to->truesize - truesize;
	kfree_skb_partial(skb, stolen);
	return true;
}

/*
 * A segment that ends at @end came into @skb, which is in the tree: it may
 * reach into those behind it, and what it covers of them came twice.
 */
static void discard_covered(struct sock *sk, struct sk_buff *skb, u32 end)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct sk_buff *next;

	while ((next = skb_rb_next(skb))) {
		const struct nst_tcp_cb *cb = nst_tcp_cb(next);

		if (!nst_after(end, cb->seq))
			return;
		if (nst_before(end, cb->end_seq)) {
			nst_tcp_dsack_extend(tp, cb->seq, end);
			return;
		}
		nst_tcp_dsack_extend(tp, cb->seq, cb->end_seq);
		NST_INC(tp->nst.stack, TCP_OFO_MERGE);
		discard(sk, next, NST_DROP_TCP_OLD_DATA);
	}
}

static void note_last(struct nst_tcp_sock *tp, struct sk_buff *skb)
{
	if (!skb_rb_next(skb))
		tp->ofo_last = skb;
}

/* Link @skb at a place of the tree, charge it, and tidy up behind it. */
static void link(struct sock *sk, struct sk_buff *skb, struct rb_node *parent,
		 struct rb_node **place)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	rb_link_node(&skb->rbnode, parent, place);
	rb_insert_color(&skb->rbnode, &tp->ofo_queue);
	skb_set_owner_r(skb, sk);
	tp->ofo_bytes += skb->truesize;
	discard_covered(sk, skb, nst_tcp_cb(skb)->end_seq);
	note_last(tp, skb);
}

/* @skb begins where @there does, and is longer: it takes its place. */
static void replace(struct sock *sk, struct sk_buff *there, struct sk_buff *skb)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_cb *other = nst_tcp_cb(there);

	nst_tcp_dsack_extend(tp, other->seq, other->end_seq);
	rb_replace_node(&there->rbnode, &skb->rbnode, &tp->ofo_queue);
	tp->ofo_bytes -= there->truesize;
	there->next = NULL;
	there->prev = NULL;
	there->dev = NULL;
	NST_INC(tp->nst.stack, TCP_OFO_MERGE);
	nst_drop(tp->nst.stack, there, NST_DROP_TCP_OLD_DATA);

	skb_set_owner_r(skb, sk);
	tp->ofo_bytes += skb->truesize;
	discard_covered(sk, skb, nst_tcp_cb(skb)->end_seq);
	note_last(tp, skb);
}

/* Find the place of @skb in a tree that is not empty; consumes it. */
static void insert(struct sock *sk, struct sk_buff *skb)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct rb_node **place = &tp->ofo_queue.rb_node;
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	struct rb_node *parent = NULL;
	u32 end = cb->end_seq;

	while (*place) {
		struct sk_buff *there = rb_to_skb(*place);
		struct nst_tcp_cb *other = nst_tcp_cb(there);

		parent = *place;
		if (nst_before(cb->seq, other->seq)) {
			place = &parent->rb_left;
			continue;
		}
		if (nst_before(cb->seq, other->end_seq)) {
			if (!nst_after(end, other->end_seq)) {
				nst_tcp_dsack_set(tp, cb->seq, end);
				NST_INC(tp->nst.stack, TCP_OFO_MERGE);
				nst_drop(tp->nst.stack, skb,
					 NST_DROP_TCP_OLD_DATA);
				return;
			}
			if (cb->seq == other->seq) {
				replace(sk, there, skb);
				return;
			}
			nst_tcp_dsack_set(tp, cb->seq, other->end_seq);
		} else if (join(sk, there, skb)) {
			discard_covered(sk, there, end);
			note_last(tp, there);
			return;
		}
		place = &parent->rb_right;
	}
	link(sk, skb, parent, place);
}

void nst_tcp_ofo_insert(struct sock *sk, struct sk_buff *skb)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	const struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	struct sk_buff *last = tp->ofo_last;
	u32 seq = cb->seq;
	u32 end = cb->end_seq;

	NST_INC(tp->nst.stack, TCP_OFO_QUEUE);
	tp->rcv_ooopack += max_t(u16, 1, skb_shinfo(skb)->gso_segs);
	/*
	 * RFC 5681 2: a changed window would make it no duplicate for a sender
	 * that goes by that.
	 */
	if (tp->sack_ok)
		nst_tcp_grow_window(sk, skb);

	if (RB_EMPTY_ROOT(&tp->ofo_queue)) {
		tp->ofo_bytes = 0;
		link(sk, skb, NULL, &tp->ofo_queue.rb_node);
	} else if (nst_before(seq, nst_tcp_cb(last)->end_seq)) {
		insert(sk, skb);
	} else if (!join(sk, last, skb)) {
		/* Mostly it goes behind the last. */
		link(sk, skb, &last->rbnode, &last->rbnode.rb_right);
	}
	/* ACKs of which some may be lost still tell of each block. */
	if (unlikely(tp->ack_compression &&
		     nst_tcp_sack_place(tp, seq, end) >= SACK_BLOCKS_SURE))
		nst_tcp_ack_compress_flush(sk);
	nst_tcp_sack_received(tp, seq, end);
	/* RFC 5681 4.2: a segment out of order is acknowledged at once */
	tp->ack_pending |= NST_TCP_ACK_SCHED;
}

/* The segment that was next in order reached into what waits, up to @end. */
void nst_tcp_ofo_overlapped(struct sock *sk, u32 end)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct sk_buff *skb = skb_rb_first(&tp->ofo_queue);

	if (!tp->sack_ok)
		return;
	for (; skb; skb = skb_rb_next(skb)) {
		const struct nst_tcp_cb *cb = nst_tcp_cb(skb);

		if (!nst_before(cb->seq, end))
			return;
		nst_tcp_dsack_extend(tp, cb->seq,
				     nst_before(cb->end_seq, end) ?
				     cb->end_seq : end);
	}
}

struct sk_buff *nst_tcp_ofo_next(struct sock *sk, u32 rcv_nxt)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct sk_buff *skb;

	while ((skb = skb_rb_first(&tp->ofo_queue))) {
		if (nst_after(nst_tcp_cb(skb)->seq, rcv_nxt))
			return NULL;
		if (nst_after(nst_tcp_cb(skb)->end_seq, rcv_nxt)) {
			unlink(tp, skb);
			return skb;
		}
		discard(sk, skb, NST_DROP_TCP_OLD_DATA);
	}
	return NULL;
}

/*
 * The latest go first: the sender will send them again last. An eighth of
 * the buffer is freed at once, so that a full buffer does not cost this for
 * every segment.
 */
bool nst_tcp_ofo_prune(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	int goal = sk->sk_rcvbuf >> 3;
	bool pruned = false;

	while (tp->ofo_last && !RB_EMPTY_ROOT(&tp->ofo_queue)) {
		struct sk_buff *skb = tp->ofo_last;

		goal -= skb->truesize;
		discard(sk, skb, NST_DROP_TCP_OFO_PRUNED);
		pruned = true;
		if (goal <= 0 &&
		    atomic_read(&sk->sk_rmem_alloc) <= sk->sk_rcvbuf)
			break;
	}
	if (tp->ofo_last)
		nst_tcp_sack_renege(tp, nst_tcp_cb(tp->ofo_last)->end_seq);
	else
		tp->sack_count = 0;
	return pruned;
}

/**
 * nst_tcp_ofo_purge() - free the out-of-order queue
 * @sk: socket, locked
 */
void nst_tcp_ofo_purge(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct sk_buff *skb;

	while ((skb = skb_rb_first(&tp->ofo_queue))) {
		unlink(tp, skb);
		kfree_skb(skb);
	}
	tp->ofo_last = NULL;
	tp->ofo_bytes = 0;
	tp->sack_count = 0;
	if (unlikely(tp->ack_compression))
		nst_tcp_ack_compress_end(sk);
}
