/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets that wait, on the CPU that sent them, for a NAPI poll which has a
 * link receive them. A sender may hold a socket's lock: there is no way from
 * nst_link_xmit() into a receive path but through such a queue.
 *
 * A queue belongs to its CPU: senders run with BHs disabled, the poll in
 * softirq, so neither takes a lock. The packets keep their owner until they
 * are delivered, so that what waits is charged to whoever sent it.
 */
#ifndef NST_QUEUE_H
#define NST_QUEUE_H

#include <linux/netdevice.h>
#include <linux/percpu.h>

#include "link.h"

/**
 * struct nst_link_queue - packets that wait on one CPU
 * @head: first packet, chained by skb->next
 * @tail: where the next one is hung
 * @length: how many
 * @scheduled: the poll will run, or runs
 * @link: link that receives them
 * @napi: delivers
 */
struct nst_link_queue {
	struct sk_buff *head;
	struct sk_buff **tail;
	unsigned int length;
	bool scheduled;
	struct nst_link *link;
	struct napi_struct napi;
};

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
 * @poll: nst_link_queue_poll() with the way that the kind delivers
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int nst_link_queues_alloc(struct nst_link_queues *queues, struct nst_link *link,
			  int (*poll)(struct napi_struct *napi, int budget));

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

/**
 * nst_link_queue_add() - have a packet wait for the poll
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
	if (!queue->scheduled) {
		queue->scheduled = true;
		napi_schedule(&queue->napi);
	}
	return true;
}

/* The packet that waits longest, or NULL. Context: as the poll. */
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
 * nst_link_queue_poll() - deliver what waits
 * @napi: of a queue
 * @budget: packets at most
 * @deliver: has the link receive one
 *
 * What the receivers send while it runs joins the same queue and is
 * delivered in the same poll, up to @budget packets: NAPI decides when the
 * machine has better things to do.
 *
 * Context: softirq.
 * Return: how many were delivered.
 */
static __always_inline int
nst_link_queue_poll(struct napi_struct *napi, int budget,
		    void (*deliver)(struct nst_link *link,
				    struct sk_buff *skb))
{
	struct nst_link_queue *queue =
		container_of(napi, struct nst_link_queue, napi);
	struct nst_link *link = queue->link;
	struct sk_buff *skb;
	int work;

	for (work = 0; work < budget; work++) {
		skb = nst_link_queue_take(queue);
		if (!skb) {
			queue->scheduled = false;
			napi_complete_done(napi, work);
			break;
		}
		deliver(link, skb);
	}
	return work;
}

#endif /* NST_QUEUE_H */
