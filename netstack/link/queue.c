// SPDX-License-Identifier: GPL-2.0
/*
 * Queues between a sender and a link that receives: made, emptied and taken
 * away.
 */
#include "../compat.h"
#include "queue.h"

DEFINE_PER_CPU(struct nst_link_sender, nst_link_sender);

static int queue_poll(struct napi_struct *napi, int budget)
{
	struct nst_link_queue *queue =
		container_of(napi, struct nst_link_queue, napi);
	int work = queue->run(queue, budget);

	if (work < budget)
		napi_complete_done(napi, work);
	return work;
}

/* As many packets as one poll would: then the machine has better to do. */
void nst_link_sender_run(void)
{
	struct nst_link_sender *sender = this_cpu_ptr(&nst_link_sender);
	struct nst_link_queue *queue;
	int budget = NAPI_POLL_WEIGHT;

	while ((queue = sender->filled)) {
		sender->filled = queue->next;
		if (likely(budget))
			budget -= queue->run(queue, budget);
		if (unlikely(!budget))
			napi_schedule(&queue->napi);
	}
}

int nst_link_queues_alloc(struct nst_link_queues *queues, struct nst_link *link,
			  int (*run)(struct nst_link_queue *queue, int budget))
{
	int cpu;

	queues->dev = nst_compat_dummy_alloc();
	if (!queues->dev)
		return -ENOMEM;
	queues->queues = alloc_percpu(struct nst_link_queue);
	if (!queues->queues) {
		nst_compat_dummy_free(queues->dev);
		return -ENOMEM;
	}
	for_each_possible_cpu(cpu) {
		struct nst_link_queue *queue =
			per_cpu_ptr(queues->queues, cpu);

		queue->tail = &queue->head;
		queue->link = link;
		queue->run = run;
		/* No device, no interrupt: nothing to busy poll for. */
		set_bit(NAPI_STATE_NO_BUSY_POLL, &queue->napi.state);
		netif_napi_add(queues->dev, &queue->napi, queue_poll);
		napi_enable(&queue->napi);
	}
	return 0;
}

void nst_link_queues_free(struct nst_link_queues *queues,
			  void (*drop)(struct nst_link *link,
				       struct sk_buff *skb))
{
	struct sk_buff *skb;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct nst_link_queue *queue =
			per_cpu_ptr(queues->queues, cpu);

		napi_disable(&queue->napi);
		while ((skb = nst_link_queue_take(queue)))
			drop(queue->link, skb);
		__netif_napi_del(&queue->napi);
	}
	synchronize_net();
	free_percpu(queues->queues);
	nst_compat_dummy_free(queues->dev);
}
