// SPDX-License-Identifier: GPL-2.0
/*
 * lo: the link that leads back to its own stack (RFC 1122 3.2.1.3), through a
 * queue of the sender's CPU.
 */
#include <linux/slab.h>

#include "../compat.h"
#include "link.h"
#include "queue.h"

/**
 * struct nst_loopback - lo of a stack
 * @link: the link; the structure is freed with it
 * @queues: what it sent to itself, config.loopback_backlog on each CPU at most
 */
struct nst_loopback {
	struct nst_link link;
	struct nst_link_queues queues;
};

/* Return: false when the queue is full. */
static bool loopback_enqueue(struct nst_loopback *lo, struct sk_buff *skb)
{
	return nst_link_queue_add(&lo->queues, skb,
				  READ_ONCE(lo->link.stack->config.loopback_backlog));
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

static int loopback_run(struct nst_link_queue *queue, int budget)
{
	return nst_link_queue_run(queue, budget, loopback_deliver);
}

/* Ends what waited when the stack ends. */
static void loopback_drop(struct nst_link *lo, struct sk_buff *skb)
{
	if (is_returning(skb))
		nst_link_put(nst_packet_cb(skb)->link);
	nst_drop(lo->stack, skb, NST_DROP_LINK_DOWN);
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
	err = nst_link_queues_alloc(&lo->queues, link, loopback_run);
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
	nst_link_queues_free(&lo->queues, loopback_drop);
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
	nst_link_queues_free(&lo->queues, loopback_drop);
	nst_link_put(&lo->link);
}
