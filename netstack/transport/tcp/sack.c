// SPDX-License-Identifier: GPL-2.0
/*
 * SACK blocks of an acknowledgment (RFC 2018 5): which are believed, which
 * report a duplicate (RFC 2883), and which segments of the retransmission
 * queue they name.
 *
 * A peer may send any blocks it likes, with every segment. What one
 * acknowledgment costs is therefore bounded (attacks 5 and 6):
 *
 *	- a block's begin is found by a search of the tree, not by a walk
 *	- what the blocks of the last acknowledgment named is skipped, so that
 *	  a block which is repeated costs nothing, and one that grows costs what
 *	  it grew by
 *	- a segment is marked once; of those that were marked before, WASTE are
 *	  visited at most, and the next acknowledgment goes on from there
 *	- a super-segment is cut at the boundaries of its wire segments only, so
 *	  that there are never more buffers than segments were sent, and not at
 *	  all when the buffers take far more memory than the socket may have
 */
#include "../../compat.h"
#include "tcp.h"

#define WASTE	256

/**
 * struct sack_walk - what the blocks of one acknowledgment do
 * @sk: socket
 * @acked: what the acknowledgment does
 * @waste: segments that may still be visited in vain
 */
struct sack_walk {
	struct sock *sk;
	struct nst_tcp_acked *acked;
	unsigned int waste;
};

/* The blocks of the option at @offset octets from the header. */
static unsigned int read_blocks(const struct sk_buff *ack,
				struct nst_tcp_sack_block *blocks)
{
	const u8 *option = (const u8 *)tcp_hdr(ack) + nst_tcp_cb(ack)->sack;
	unsigned int i, count;

	count = min_t(unsigned int, (option[1] - 2) / NST_TCPOLEN_SACK_BLOCK,
		      NST_TCP_SACK_BLOCKS_MAX);
	for (i = 0; i < count; i++) {
		const u8 *block = option + 2 + i * NST_TCPOLEN_SACK_BLOCK;

		blocks[i].start = get_unaligned_be32(block);
		blocks[i].end = get_unaligned_be32(block + 4);
	}
	return count;
}

/*
 * RFC 2883 4: the first block reports a duplicate when it is below the
 * acknowledgment, or within the second block.
 */
static bool is_dsack(struct nst_stack *stack, u32 ack_seq,
		     const struct nst_tcp_sack_block *blocks,
		     unsigned int count)
{
	if (nst_before(blocks[0].start, ack_seq)) {
		NST_INC(stack, TCP_DSACK_RECV);
		return true;
	}
	if (count > 1 && !nst_after(blocks[0].end, blocks[1].end) &&
	    !nst_before(blocks[0].start, blocks[1].start)) {
		NST_INC(stack, TCP_DSACK_OFO_RECV);
		return true;
	}
	return false;
}

/*
 * A duplicate counts if it can be of something that we sent, and if there
 * are not more of them than retransmissions: the network duplicates too.
 */
static void take_dsack(struct nst_tcp_sock *tp,
		       const struct nst_tcp_sack_block *block,
		       struct nst_tcp_acked *acked)
{
	u32 len = block->end - block->start;
	struct nst_stack *stack = tp->nst.stack;
	u32 segs = 1;

	if (!nst_before(block->start, block->end) ||
	    nst_after(block->end, tp->snd_nxt) ||
	    len > max(tp->max_window, tp->mss_cache) ||
	    nst_before(block->start, tp->snd_una - tp->max_window)) {
		if (tp->undo_marker)
			NST_INC(stack, TCP_DSACK_IGNORED_OLD);
		else
			NST_INC(stack, TCP_DSACK_IGNORED_NO_UNDO);
		return;
	}
	if (len > tp->mss_cache)
		segs = DIV_ROUND_UP(len, tp->mss_cache);
	else if (tp->tlp.outstanding && tp->tlp.is_retrans &&
		 tp->tlp.end_seq == block->end)
		acked->dsack_tlp = true;
	NST_ADD(stack, TCP_DSACK_RECV_SEGS, segs);

	tp->dsack_dups += segs;
	if (tp->dsack_dups > tp->total_retrans) {
		NST_INC(stack, TCP_DSACK_IGNORED_DUBIOUS);
		return;
	}
	/* RFC 8985 6.2 step 4, but the probe was sent to be found out. */
	acked->dsack = !acked->dsack_tlp;
	nst_tcp_undo_dsack(tp, block->end, acked->prior_snd_una, segs);
}

/*
 * RFC 2018 5: of what is outstanding only. Return: the block, cut at snd_una,
 * names something.
 */
static bool believable(const struct nst_tcp_sock *tp,
		       struct nst_tcp_sack_block *block)
{
	if (!nst_before(block->start, block->end) ||
	    nst_after(block->end, tp->snd_nxt) ||
	    nst_before(block->start, tp->snd_una - tp->max_window)) {
		NST_INC(tp->nst.stack, TCP_SACK_DISCARD);
		return false;
	}
	/* An old acknowledgment that was overtaken: RFC 2018 5 */
	if (!nst_after(block->end, tp->snd_una))
		return false;
	if (nst_before(block->start, tp->snd_una))
		block->start = tp->snd_una;
	return true;
}

/* Keep the believable ones, in ascending order. */
static unsigned int sort_blocks(const struct nst_tcp_sock *tp,
				struct nst_tcp_sack_block *blocks,
				unsigned int from, unsigned int count)
{
	unsigned int kept = 0, i;

	for (i = from; i < count; i++) {
		struct nst_tcp_sack_block block = blocks[i];
		unsigned int at = kept;

		if (!believable(tp, &block))
			continue;
		while (at && nst_before(block.start, blocks[at - 1].start)) {
			blocks[at] = blocks[at - 1];
			at--;
		}
		blocks[at] = block;
		kept++;
	}
	return kept;
}

static void mark(struct sack_walk *walk, struct sk_buff *skb)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(walk->sk);
	struct nst_tcp_acked *acked = walk->acked;
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	u8 sent = cb->sent;

	nst_tcp_rack_advance(tp, skb->skb_mstamp_ns, cb->end_seq,
			     sent & NST_TCP_SENT_EVER_RETRANS);
	nst_rate_delivered(tp, skb, &acked->rate);
	nst_tcp_mark_sacked(tp, skb);
	acked->sacked += cb->gso_segs;
	acked->delivered += cb->gso_segs;
	if (sent & NST_TCP_SENT_EVER_RETRANS)
		return;
	if (!acked->first_sacked_ns)
		acked->first_sacked_ns = skb->skb_mstamp_ns;
	if (nst_before(cb->seq, acked->low_reordered))
		acked->low_reordered = cb->seq;
	if (!nst_after(cb->end_seq, tp->recover))
		acked->original = true;
}

/*
 * The part of @skb that lies within [@from, @to), whole wire segments of it,
 * becomes a buffer of its own. Return: that buffer, or NULL.
 */
static struct sk_buff *cut(struct sock *sk, struct sk_buff *skb, u32 from,
			   u32 to)
{
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	u32 mss = cb->gso_size;

	if (!mss)
		return NULL;
	if (nst_before(cb->seq, from)) {
		u32 skip = roundup(from - cb->seq, mss);
		u32 end = cb->seq + min(skip + mss, skb->len);

		if (skip >= skb->len || nst_after(end, to))
			return NULL;
		if (nst_tcp_fragment(sk, skb, skip, true, GFP_ATOMIC))
			goto fail;
		skb = skb_rb_next(skb);
		cb = nst_tcp_cb(skb);
	}
	if (nst_after(cb->end_seq, to)) {
		u32 keep = rounddown(to - cb->seq, mss);

		/* A FIN cannot be cut off the octets before it. */
		if (keep >= skb->len)
			keep = rounddown(skb->len - 1, mss);
		if (!keep)
			return NULL;
		if (nst_tcp_fragment(sk, skb, keep, true, GFP_ATOMIC))
			goto fail;
	}
	return skb;

fail:
	NST_INC(nst_sk(sk)->stack, TCP_WQUEUE_TOO_BIG);
	return NULL;
}

/* Is there a known block that holds @seq? Its end. */
static bool known_until(const struct nst_tcp_scoreboard *board, u32 seq,
			u32 *end)
{
	unsigned int i;

	for (i = 0; i < board->known_count; i++) {
		const struct nst_tcp_sack_block *known = &board->known[i];

		if (!nst_before(seq, known->start) &&
		    nst_before(seq, known->end)) {
			*end = known->end;
			return true;
		}
	}
	return false;
}

/*
 * Mark what a block names. On return it is the last part of itself that is
 * marked without a gap: what need not be looked at again.
 */
static void take_block(struct sack_walk *walk, struct nst_tcp_sack_block *block)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(walk->sk);
	u32 from = block->start, to = block->end;
	struct sk_buff *skb = nst_tcp_rtx_find(tp, from);

	block->end = block->start;
	while (skb && nst_before(nst_tcp_cb(skb)->seq, to)) {
		struct nst_tcp_cb *cb = nst_tcp_cb(skb);
		struct sk_buff *next = NULL;
		u32 end = cb->end_seq;

		if (cb->sent & NST_TCP_SENT_SACKED) {
			if (known_until(&tp->board, cb->seq, &end)) {
				next = nst_tcp_rtx_find(tp, end);
			} else {
				if (!walk->waste)
					break;
				walk->waste--;
				next = skb_rb_next(skb);
			}
		} else {
			struct sk_buff *part = skb;

			if (nst_before(cb->seq, from) ||
			    nst_after(cb->end_seq, to))
				part = cut(walk->sk, skb, from, to);
			if (!part) {
				skb = skb_rb_next(skb);
				continue;
			}
			mark(walk, part);
			cb = nst_tcp_cb(part);
			end = cb->end_seq;
			next = skb_rb_next(part);
		}
		if (cb->seq != block->end)
			block->start = cb->seq;
		block->end = end;
		skb = next;
	}
}

/**
 * nst_tcp_sack_take() - take the SACK blocks of an acknowledgment
 * @sk: socket, locked; snd_una is up to date, what it covers is still queued
 * @ack: segment with a SACK option
 * @acked: prior_snd_una, prior_fack and low_reordered are set; what was newly
 *	sacked, DSACK and reordering are filled in
 */
void nst_tcp_sack_take(struct sock *sk, const struct sk_buff *ack,
		       struct nst_tcp_acked *acked)
{
	struct nst_tcp_sack_block blocks[NST_TCP_SACK_BLOCKS_MAX];
	struct sack_walk walk = { .sk = sk, .acked = acked, .waste = WASTE };
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_scoreboard *board = &tp->board;
	unsigned int count = read_blocks(ack, blocks);
	unsigned int i, first = 0;

	if (!count)
		return;
	acked->has_sack = true;
	if (is_dsack(tp->nst.stack, nst_tcp_cb(ack)->ack_seq, blocks, count)) {
		take_dsack(tp, &blocks[0], acked);
		first = 1;
	}
	if (!tp->packets_out)
		return;
	count = sort_blocks(tp, blocks, first, count);

	/* Stale numbers must not come alive again. */
	if (!tp->sacked_out)
		board->known_count = 0;
	for (i = 0; i < count; i++)
		take_block(&walk, &blocks[i]);
	memcpy(board->known, blocks, count * sizeof(*blocks));
	board->known_count = count;
}
