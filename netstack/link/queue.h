/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets that wait, on the CPU that sent them, until a link receives them. A
 * sender may hold a lock that receivers take: there is no way from
 * nst_link_xmit() into a receive path but through such a queue.
 *
 * Who empties it? A process that sends and holds no such lock does so itself,
 * when its packet has left (nst_link_send_end()); for all others a NAPI poll
 * does. That is what local_bh_enable() would have done, without the way
 * through the softirq.
 *
 * A queue belongs to its CPU and is used with BHs disabled, so nobody takes a
 * lock. The packets keep their owner until they are delivered, so that what
 * waits is charged to whoever sent it.
 */
#ifndef NST_QUEUE_H
#define NST_QUEUE_H

#include <linux/bottom_half.h>
#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/preempt.h>

#include "link.h"

/**
 * struct nst_link_queue - packets that wait on one CPU
 * @head: first packet, chained by skb->next
 * @tail: where the next one is hung
 * @length: how many
 * @scheduled: somebody will empty it, or does
 * @link: link that receives them
 * @run: nst_link_queue_run() with the way that the kind delivers
 * @next: in nst_link_sender.filled
 * @napi: empties it for senders who cannot
 */
struct nst_link_queue {
	struct sk_buff *head;
	struct sk_buff **tail;
	unsigned int length;
	bool scheduled;
	struct nst_link *link;
	int (*run)(struct nst_link_queue *queue, int budget);
	struct nst_link_queue *next;
	struct napi_struct napi;
};

/**
 * struct nst_link_sender - a process that sends on this CPU; nothing in it
 *	outlives the section of disabled BHs that it describes
 * @filled: queues that it empties at the end
 * @open: between nst_link_send_begin() and nst_link_send_end()
 */
struct nst_link_sender {
	struct nst_link_queue *filled;
	bool open;
};

DECLARE_PER_CPU(struct nst_link_sender, nst_link_sender);

/**
 * struct nst_link_queues - the queues of a link
 * @queues: one for each CPU
 * @dev: what the polls need to hang on; seen by nobody
 */
struct nst_link_queues {
	struct nst_link_queue __percpu *queues;
	struct net_device *dev;
};

/**
 * nst_link_queues_alloc() - make the queues of a link
 * @queues: zeroed
 * @link: link that receives what is queued
 * @run: nst_link_queue_run() with the way that the kind delivers
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int nst_link_queues_alloc(struct nst_link_queues *queues, struct nst_link *link,
			  int (*run)(struct nst_link_queue *queue, int budget));

/**
 * nst_link_queues_free() - drop what waits and free the queues
 * @queues: nobody adds to them any more, RCU grace period over
 * @drop: ends a packet
 *
 * Context: process, may sleep.
 */
void nst_link_queues_free(struct nst_link_queues *queues,
			  void (*drop)(struct nst_link *link,
				       struct sk_buff *skb));

/* Empty the queues that the sender of this CPU has filled. */
void nst_link_sender_run(void);

/**
 * nst_link_send_begin() - disable BHs and read RCU while packets are sent
 *
 * Context: any but hardirq.
 * Return: for nst_link_send_end().
 */
static inline bool nst_link_send_begin(void)
{
	local_bh_disable();
	rcu_read_lock();
	/*
	 * BHs were enabled: this is a process, and it holds none of the locks
	 * that a receiver takes.
	 */
	if (softirq_count() != SOFTIRQ_DISABLE_OFFSET)
		return false;
	__this_cpu_write(nst_link_sender.open, true);
	return true;
}

/**
 * nst_link_send_end() - have links receive what was sent, and enable BHs
 * @process: what nst_link_send_begin() returned
 */
static inline void nst_link_send_end(bool process)
{
	if (process) {
		if (__this_cpu_read(nst_link_sender.filled))
			nst_link_sender_run();
		__this_cpu_write(nst_link_sender.open, false);
	}
	rcu_read_unlock();
	local_bh_enable();
}

/* Have somebody empty a queue. Context: BHs disabled. */
static inline void nst_link_queue_schedule(struct nst_link_queue *queue)
{
	queue->scheduled = true;
	if (__this_cpu_read(nst_link_sender.open)) {
		queue->next = __this_cpu_read(nst_link_sender.filled);
		__this_cpu_write(nst_link_sender.filled, queue);
	} else {
		napi_schedule(&queue->napi);
	}
}

/**
 * nst_link_queue_add() - have a packet wait to be received
 * @queues: queues of the link that receives it
 * @skb: packet
 * @limit: how many may wait on this CPU
 *
 * Context: BHs disabled.
 * Return: false when so many wait; @skb is the caller's then.
 */
static inline bool nst_link_queue_add(struct nst_link_queues *queues,
				      struct sk_buff *skb, unsigned int limit)
{
	struct nst_link_queue *queue = this_cpu_ptr(queues->queues);

	if (unlikely(queue->length >= limit))
		return false;

	skb->next = NULL;
	*queue->tail = skb;
	queue->tail = &skb->next;
	queue->length++;
	if (!queue->scheduled)
		nst_link_queue_schedule(queue);
	return true;
}

/* The packet that waits longest, or NULL. Context: BHs disabled. */
static inline struct sk_buff *nst_link_queue_take(struct nst_link_queue *queue)
{
	struct sk_buff *skb = queue->head;

	if (skb) {
		queue->head = skb->next;
		if (!queue->head)
			queue->tail = &queue->head;
		queue->length--;
		skb->next = NULL;
	}
	return skb;
}

/**
 * nst_link_queue_run() - deliver what waits
 * @queue: queue of this CPU
 * @budget: packets at most
 * @deliver: has the link receive one
 *
 * What the receivers send while it runs joins the same queue and is
 * delivered in the same run, up to @budget packets.
 *
 * Context: BHs disabled, RCU.
 * Return: how many were delivered; fewer than @budget: nothing is left, and
 * nobody is going to empty the queue.
 */
static __always_inline int
nst_link_queue_run(struct nst_link_queue *queue, int budget,
		   void (*deliver)(struct nst_link *link, struct sk_buff *skb))
{
	struct nst_link *link = queue->link;
	struct sk_buff *skb;
	int work;

	for (work = 0; work < budget; work++) {
		skb = nst_link_queue_take(queue);
		if (!skb) {
			queue->scheduled = false;
			break;
		}
		deliver(link, skb);
	}
	return work;
}

#endif /* NST_QUEUE_H */
