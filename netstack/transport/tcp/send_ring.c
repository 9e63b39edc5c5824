// SPDX-License-Identifier: GPL-2.0
/*
 * Rings of sent blocks, see send_ring.h. A block enters when it is full and
 * the oldest one leaves, to be filled again if all that was in it has been
 * read, else when the ring is full. The reference counts tell: whoever
 * holds a part of a block holds a reference.
 */
#include <linux/mm.h>
#include <linux/percpu.h>
#include <linux/skbuff.h>

#include "send_ring.h"
#include "tcp.h"

/* What sk_page_frag_refill() wants to find in a block. */
#define LEAST_ROOM	32

/* A block that nobody has used for this long is given back. */
#define IDLE_AFTER	HZ

/* Of what the allocator gives in want, none is worth keeping. */
static bool worth_keeping(const struct page_frag *pfrag)
{
	return pfrag->size > PAGE_SIZE && !page_is_pfmemalloc(pfrag->page);
}

/* Under the lock: the oldest block. */
static struct page *take_oldest(struct nst_send_ring *ring)
{
	struct page *block = ring->blocks[ring->first];

	ring->first = (ring->first + 1) % NST_SEND_RING_MAX;
	ring->count--;
	return block;
}

/* Under the lock: there is room for it. */
static void add_newest(struct nst_send_ring *ring, struct page *block)
{
	unsigned int end = (ring->first + ring->count) % NST_SEND_RING_MAX;

	ring->blocks[end] = block;
	ring->count++;
	ring->used = true;
}

/* A full block for one that nobody needs any more, or NULL. */
static struct page *exchange(struct nst_send_rings *rings, struct page *full)
{
	unsigned int limit = READ_ONCE(rings->stack->config.tcp_send_ring);
	struct nst_send_ring *ring = raw_cpu_ptr(rings->rings);
	struct page *oldest = NULL, *surplus = NULL;

	spin_lock(&ring->lock);
	if (ring->count && (ring->count >= limit ||
			    page_ref_count(ring->blocks[ring->first]) == 1))
		oldest = take_oldest(ring);
	add_newest(ring, full);
	/* One more each time: the limit has become lower. */
	if (unlikely(ring->count > limit))
		surplus = take_oldest(ring);
	spin_unlock(&ring->lock);

	if (!delayed_work_pending(&rings->idle))
		schedule_delayed_work(&rings->idle, IDLE_AFTER);
	if (unlikely(surplus))
		put_page(surplus);
	if (!oldest || likely(page_ref_count(oldest) == 1))
		return oldest;
	put_page(oldest);
	return NULL;
}

bool nst_send_ring_refill(struct sock *sk, struct page_frag *pfrag)
{
	struct nst_send_rings *rings = &nst_sk(sk)->stack->tcp->send_rings;

	if (pfrag->page && pfrag->offset + LEAST_ROOM > pfrag->size &&
	    page_ref_count(pfrag->page) != 1 && worth_keeping(pfrag)) {
		pfrag->page = exchange(rings, pfrag->page);
		pfrag->offset = 0;
		if (pfrag->page)
			pfrag->size = page_size(pfrag->page);
	}
	return sk_page_frag_refill(sk, pfrag);
}

static void ring_empty(struct nst_send_ring *ring)
{
	struct page *block;

	for (;;) {
		spin_lock(&ring->lock);
		block = ring->count ? take_oldest(ring) : NULL;
		spin_unlock(&ring->lock);
		if (!block)
			break;
		put_page(block);
	}
}

static void rings_idle(struct work_struct *work)
{
	struct nst_send_rings *rings =
		container_of(to_delayed_work(work), struct nst_send_rings,
			     idle);
	bool any = false;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct nst_send_ring *ring = per_cpu_ptr(rings->rings, cpu);

		if (READ_ONCE(ring->used))
			WRITE_ONCE(ring->used, false);
		else
			ring_empty(ring);
		any |= READ_ONCE(ring->count);
	}
	if (any)
		schedule_delayed_work(&rings->idle, IDLE_AFTER);
}

int nst_send_rings_init(struct nst_send_rings *rings, struct nst_stack *stack)
{
	int cpu;

	rings->stack = stack;
	rings->rings = alloc_percpu(struct nst_send_ring);
	if (!rings->rings)
		return -ENOMEM;
	for_each_possible_cpu(cpu)
		spin_lock_init(&per_cpu_ptr(rings->rings, cpu)->lock);
	INIT_DELAYED_WORK(&rings->idle, rings_idle);
	return 0;
}

void nst_send_rings_exit(struct nst_send_rings *rings)
{
	int cpu;

	cancel_delayed_work_sync(&rings->idle);
	for_each_possible_cpu(cpu)
		ring_empty(per_cpu_ptr(rings->rings, cpu));
	free_percpu(rings->rings);
}
