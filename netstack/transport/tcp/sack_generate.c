// SPDX-License-Identifier: GPL-2.0
/*
 * What the receiver tells in selective acknowledgments: the blocks of data
 * that wait out of order (RFC 2018), and what came twice (D-SACK, RFC 2883).
 *
 * A connection remembers NST_TCP_SACK_BLOCKS blocks, the one that changed last
 * in front, and one duplicate. That is all that a header has room for; the
 * out-of-order queue may hold more.
 */
#include "sack_generate.h"

/* nop, nop, kind, length. */
#define OPTION_BASE	4
#define OPTION_SPACE	40

/* Do they touch? */
static bool touches(const struct nst_tcp_sack_block *block, u32 start, u32 end)
{
	return !nst_after(start, block->end) && !nst_after(block->start, end);
}

/* Grow @block by [@start, @end) if they touch. */
static bool extend(struct nst_tcp_sack_block *block, u32 start, u32 end)
{
	if (!touches(block, start, end))
		return false;
	if (nst_before(start, block->start))
		block->start = start;
	if (nst_after(end, block->end))
		block->end = end;
	return true;
}

static void remove(struct nst_tcp_sock *tp, unsigned int i)
{
	tp->sack_count--;
	memmove(&tp->sack_blocks[i], &tp->sack_blocks[i + 1],
		(tp->sack_count - i) * sizeof(tp->sack_blocks[0]));
}

/* The first block has grown: it may have reached others. */
static void merge_into_first(struct nst_tcp_sock *tp)
{
	unsigned int i = 1;

	while (i < tp->sack_count) {
		const struct nst_tcp_sack_block *block = &tp->sack_blocks[i];

		if (extend(&tp->sack_blocks[0], block->start, block->end))
			remove(tp, i);
		else
			i++;
	}
}

/**
 * nst_tcp_sack_place() - where the blocks have a segment
 * @tp: connection
 * @start: first sequence number of the segment
 * @end: one past its last
 *
 * Return: number of the block that it touches; the number of blocks if none.
 */
unsigned int nst_tcp_sack_place(const struct nst_tcp_sock *tp, u32 start,
				u32 end)
{
	unsigned int i = 0;

	while (i < tp->sack_count && !touches(&tp->sack_blocks[i], start, end))
		i++;
	return i;
}

/**
 * nst_tcp_sack_received() - data is held out of order
 * @tp: connection
 * @start: first sequence number of the segment
 * @end: one past its last
 *
 * RFC 2018 4: the first block is the one that holds the segment just
 * received; those behind it repeat the blocks reported most recently. Of too
 * many the one reported longest ago is forgotten.
 */
void nst_tcp_sack_received(struct nst_tcp_sock *tp, u32 start, u32 end)
{
	struct nst_tcp_sack_block *blocks = tp->sack_blocks;
	struct nst_tcp_sack_block first = { start, end };
	unsigned int i;

	if (!tp->sack_ok)
		return;
	i = nst_tcp_sack_place(tp, start, end);
	if (i < tp->sack_count)
		extend(&first, blocks[i].start, blocks[i].end);
	else if (i < NST_TCP_SACK_BLOCKS)
		tp->sack_count++;
	else
		i--;
	memmove(&blocks[1], &blocks[0], i * sizeof(blocks[0]));
	blocks[0] = first;
	merge_into_first(tp);
}

/**
 * nst_tcp_sack_advance() - rcv_nxt has moved
 * @tp: connection
 *
 * RFC 2018 3: a block lies above the acknowledgment number.
 */
void nst_tcp_sack_advance(struct nst_tcp_sock *tp)
{
	unsigned int i = 0;

	if (RB_EMPTY_ROOT(&tp->ofo_queue)) {
		tp->sack_count = 0;
		return;
	}
	while (i < tp->sack_count) {
		if (nst_before(tp->rcv_nxt, tp->sack_blocks[i].start))
			i++;
		else
			remove(tp, i);
	}
}

/**
 * nst_tcp_sack_renege() - the end of the out-of-order queue was given up
 * @tp: connection
 * @end: one past the last sequence number that is still held
 *
 * RFC 2018 8: no block but the first may report what is not there any more.
 */
void nst_tcp_sack_renege(struct nst_tcp_sock *tp, u32 end)
{
	unsigned int i = 0;

	while (i < tp->sack_count) {
		struct nst_tcp_sack_block *block = &tp->sack_blocks[i];

		if (!nst_before(block->start, end)) {
			remove(tp, i);
			continue;
		}
		if (nst_after(block->end, end))
			block->end = end;
		i++;
	}
}

/**
 * nst_tcp_dsack_set() - a segment, or its beginning, came twice
 * @tp: connection
 * @start: first sequence number that was there already
 * @end: one past the last
 *
 * RFC 2883 4: to be reported in the next acknowledgment, and only there.
 */
void nst_tcp_dsack_set(struct nst_tcp_sock *tp, u32 start, u32 end)
{
	struct nst_stack *stack = tp->nst.stack;

	if (!tp->sack_ok || !READ_ONCE(stack->config.tcp_dsack))
		return;
	if (nst_before(start, tp->rcv_nxt))
		NST_INC(stack, TCP_DSACK_OLD_SENT);
	else
		NST_INC(stack, TCP_DSACK_OFO_SENT);
	tp->dsack_due = true;
	tp->dsack.start = start;
	tp->dsack.end = end;
}

/**
 * nst_tcp_dsack_extend() - another part of the same segment came twice
 * @tp: connection
 * @start: first sequence number that was there already
 * @end: one past the last
 *
 * RFC 2883 4: there is one report in an acknowledgment. Of parts that do not
 * touch it is the first.
 */
void nst_tcp_dsack_extend(struct nst_tcp_sock *tp, u32 start, u32 end)
{
	if (tp->dsack_due)
		extend(&tp->dsack, start, end);
	else
		nst_tcp_dsack_set(tp, start, end);
}

/**
 * nst_tcp_sack_option_len() - room that the blocks to report take
 * @tp: connection
 * @room: bytes of the segment that may be used
 *
 * As many blocks as fit beside the timestamp: three, without it four.
 *
 * Return: bytes of the option with its padding; 0 when there is none to send
 * or no room.
 */
unsigned int nst_tcp_sack_option_len(const struct nst_tcp_sock *tp,
				     unsigned int room)
{
	unsigned int count = tp->sack_count + tp->dsack_due;
	unsigned int space = OPTION_SPACE + sizeof(struct tcphdr) -
			     tp->header_len;

	space = min(space, room);
	if (space < OPTION_BASE + NST_TCPOLEN_SACK_BLOCK)
		return 0;
	count = min(count, (space - OPTION_BASE) / NST_TCPOLEN_SACK_BLOCK);
	return count ? OPTION_BASE + count * NST_TCPOLEN_SACK_BLOCK : 0;
}

static __be32 *write_block(__be32 *ptr, const struct nst_tcp_sack_block *block)
{
	*ptr++ = htonl(block->start);
	*ptr++ = htonl(block->end);
	return ptr;
}

/**
 * nst_tcp_sack_write() - write the option
 * @tp: connection
 * @ptr: where to; aligned
 * @len: what nst_tcp_sack_option_len() said, more than 0
 *
 * RFC 2883 4: a duplicate is the first block, and reported once.
 */
void nst_tcp_sack_write(struct nst_tcp_sock *tp, __be32 *ptr, unsigned int len)
{
	unsigned int count = (len - OPTION_BASE) / NST_TCPOLEN_SACK_BLOCK;
	unsigned int i;

	*ptr++ = htonl(NST_TCPOPT_NOP << 24 | NST_TCPOPT_NOP << 16 |
		       NST_TCPOPT_SACK << 8 | (len - 2));
	if (tp->dsack_due) {
		ptr = write_block(ptr, &tp->dsack);
		tp->dsack_due = false;
		count--;
	}
	for (i = 0; i < count; i++)
		ptr = write_block(ptr, &tp->sack_blocks[i]);
}
