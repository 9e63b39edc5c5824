// SPDX-License-Identifier: GPL-2.0
/*
 * lo: the link that leads back to its own stack (RFC 1122 3.2.1.3). A sender
 * may hold a socket's lock, so packets are queued and delivered from a NAPI
 * poll of the same CPU; there is no way from nst_link_xmit() into a receive
 * path.
 *
 * The queue belongs to its CPU: senders run with BHs disabled, the poll in
 * softirq, so neither takes a lock. The packets keep their owner until they
 * are delivered, so that what waits is charged to whoever sent it.
 */
#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/slab.h>

#include "../compat.h"
#include "link.h"

/**
 * struct loopback_queue - packets that wait on one CPU
 * @head: first packet, chained by skb->next
 * @tail: where the next one is hung
 * @length: how many, config.loopback_backlog at most
 * @scheduled: the poll will run, or runs
 * @link: lo
 * @napi: delivers
 */
struct loopback_queue {
	struct sk_buff *head;
	struct sk_buff **tail;
	unsigned int length;
	bool scheduled;
	struct nst_link *link;
	struct napi_struct napi;
};

/**
 * struct nst_loopback - lo of a stack
 * @link: the link; the structure is freed with it
 * @queues: one for each CPU
 * @dev: what the polls need to hang on; seen by nobody
 */
struct nst_loopback {
	struct nst_link link;
	struct loopback_queue __percpu *queues;
	struct net_device *dev;
};

/* Return: false when the queue is full. */
static bool loopback_enqueue(struct nst_loopback *lo, struct sk_buff *skb)
{
	struct loopback_queue *queue = this_cpu_ptr(lo->queues);

	if (unlikely(queue->length >=
		     READ_ONCE(lo->link.stack->config.loopback_backlog)))
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

static int loopback_xmit(struct nst_link *link, struct sk_buff *skb)
{
	struct nst_loopback *lo = container_of(link, struct nst_loopback, link);

	if (likely(loopback_enqueue(lo, skb)))
		return 0;
	nst_link_refuse(link, skb, NST_DROP_LINK_BACKLOG);
	return -ENOBUFS;
}

/* The control block names the link, with a reference. */
static bool is_returning(const struct sk_buff *skb)
{
	return skb->pkt_type == PACKET_LOOPBACK;
}

void nst_loopback_return(struct nst_link *link, struct sk_buff *skb)
{
	struct nst_loopback *lo = link->stack->loopback;

	if (unlikely(!lo)) {
		kfree_skb(skb);
		return;
	}
	skb->pkt_type = PACKET_LOOPBACK;
	nst_packet_cb(skb)->link = link;
	nst_link_get(link);
	if (likely(loopback_enqueue(lo, skb)))
		return;
	nst_link_refuse(link, skb, NST_DROP_LINK_BACKLOG);
	nst_link_put(link);
}

static void loopback_deliver(struct nst_link *lo, struct sk_buff *skb)
{
	struct nst_link *link;

	if (likely(!is_returning(skb))) {
		nst_link_receive(lo, skb);
		return;
	}
	link = nst_packet_cb(skb)->link;
	nst_link_return(link, skb);
	nst_link_put(link);
}

static struct sk_buff *loopback_dequeue(struct loopback_queue *queue)
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

/*
 * What the receivers send while it runs joins the same queue and is
 * delivered in the same poll, up to @budget packets: NAPI decides when the
 * machine has better things to do.
 */
static int loopback_poll(struct napi_struct *napi, int budget)
{
	struct loopback_queue *queue =
		container_of(napi, struct loopback_queue, napi);
	struct nst_link *link = queue->link;
	struct sk_buff *skb;
	int work;

	for (work = 0; work < budget; work++) {
		skb = loopback_dequeue(queue);
		if (!skb) {
			queue->scheduled = false;
			napi_complete_done(napi, work);
			break;
		}
		loopback_deliver(link, skb);
	}
	return work;
}

static void loopback_admin_changed(struct nst_link *link)
{
}

static void loopback_destroy(struct nst_link *link)
{
	kfree(container_of(link, struct nst_loopback, link));
}

static const struct nst_link_ops loopback_ops = {
	.kind = "loopback",
	.xmit = loopback_xmit,
	.admin_changed = loopback_admin_changed,
	.destroy = loopback_destroy,
};

static int loopback_queues_alloc(struct nst_loopback *lo)
{
	int cpu;

	lo->dev = nst_compat_dummy_alloc();
	if (!lo->dev)
		return -ENOMEM;
	lo->queues = alloc_percpu(struct loopback_queue);
	if (!lo->queues) {
		nst_compat_dummy_free(lo->dev);
		return -ENOMEM;
	}
	for_each_possible_cpu(cpu) {
		struct loopback_queue *queue = per_cpu_ptr(lo->queues, cpu);

		queue->tail = &queue->head;
		queue->link = &lo->link;
		/* No device, no interrupt: nothing to busy poll for. */
		set_bit(NAPI_STATE_NO_BUSY_POLL, &queue->napi.state);
		netif_napi_add(lo->dev, &queue->napi, loopback_poll);
		napi_enable(&queue->napi);
	}
	return 0;
}

static void loopback_queues_free(struct nst_loopback *lo)
{
	struct sk_buff *skb;
	int cpu;

	for_each_possible_cpu(cpu) {
		struct loopback_queue *queue = per_cpu_ptr(lo->queues, cpu);

		napi_disable(&queue->napi);
		while ((skb = loopback_dequeue(queue))) {
			if (is_returning(skb))
				nst_link_put(nst_packet_cb(skb)->link);
			nst_drop(lo->link.stack, skb, NST_DROP_LINK_DOWN);
		}
		__netif_napi_del(&queue->napi);
	}
	synchronize_net();
	free_percpu(lo->queues);
	nst_compat_dummy_free(lo->dev);
}

int nst_loopback_init(struct nst_stack *stack)
{
	struct nst_loopback *lo = kzalloc(sizeof(*lo), GFP_KERNEL);
	struct nst_link *link;
	int err;

	if (!lo)
		return -ENOMEM;
	link = &lo->link;
	err = nst_link_setup(link, stack, &loopback_ops);
	if (err) {
		kfree(lo);
		return err;
	}
	err = loopback_queues_alloc(lo);
	if (err)
		goto put;

	strscpy(link->name, "lo", IFNAMSIZ);
	link->index = NST_LOOPBACK_INDEX;
	/*
	 * The host's lo says 65536, which no IPv4 packet reaches: its total
	 * length ends at 65535 (RFC 791 3.1).
	 */
	link->mtu = NST_LINK_MTU_MAX;
	link->flags = NST_LINK_UP | NST_LINK_CARRIER | NST_LINK_LOOPBACK |
		      NST_LINK_NOARP | NST_LINK_TRUSTED_PEER;
	link->features = NETIF_F_SG | NETIF_F_HIGHDMA | NETIF_F_HW_CSUM |
			 NETIF_F_ALL_TSO | NETIF_F_GSO_ACCECN |
			 NETIF_F_GSO_UDP_L4;
	mutex_lock(&stack->config_mutex);
	err = nst_link_register(link);
	mutex_unlock(&stack->config_mutex);
	if (err)
		goto free_queues;
	stack->loopback = lo;
	return 0;

free_queues:
	loopback_queues_free(lo);
put:
	nst_link_put(link);
	return err;
}

void nst_loopback_exit(struct nst_stack *stack)
{
	struct nst_loopback *lo = stack->loopback;

	mutex_lock(&stack->config_mutex);
	nst_link_unregister(&lo->link);
	mutex_unlock(&stack->config_mutex);
	stack->loopback = NULL;
	/* Senders that saw it up have queued their packet after this. */
	synchronize_net();
	loopback_queues_free(lo);
	nst_link_put(&lo->link);
}
