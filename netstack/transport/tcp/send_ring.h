/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Blocks of pages that a stack has filled with what it sends, kept to be
 * filled again when they were read. A new block costs the allocator's work,
 * clears 32 KiB where the kernel initialises what it hands out, and is cold.
 */
#ifndef NST_SEND_RING_H
#define NST_SEND_RING_H

#include <linux/mm_types.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

struct sock;
struct nst_stack;

#define NST_SEND_RING_MAX	32

/**
 * struct nst_send_ring - blocks that senders on one CPU have filled
 * @lock: leaf; process context
 * @blocks: oldest at @first, each with a reference
 * @first: index of the oldest
 * @count: how many
 * @used: since the last look of nst_send_rings.idle
 */
struct nst_send_ring {
	spinlock_t lock; /* blocks, first, count */
	struct page *blocks[NST_SEND_RING_MAX];
	unsigned int first;
	unsigned int count;
	bool used;
};

/**
 * struct nst_send_rings - the rings of a stack
 * @stack: the stack, whose config.tcp_send_ring bounds each of them
 * @rings: one for each CPU
 * @idle: frees the blocks of a ring that nobody has used for a second
 */
struct nst_send_rings {
	struct nst_stack *stack;
	struct nst_send_ring __percpu *rings;
	struct delayed_work idle;
};

/* Context: process. Return: 0 or -ENOMEM. */
int nst_send_rings_init(struct nst_send_rings *rings, struct nst_stack *stack);

/* Nobody sends any more. Context: process. */
void nst_send_rings_exit(struct nst_send_rings *rings);

/**
 * nst_send_ring_refill() - room in a page fragment
 * @sk: socket, locked
 * @pfrag: sk_page_frag() of it
 *
 * Context: process.
 * Return: false when there is no memory, as sk_page_frag_refill().
 */
bool nst_send_ring_refill(struct sock *sk, struct page_frag *pfrag);

#endif /* NST_SEND_RING_H */
