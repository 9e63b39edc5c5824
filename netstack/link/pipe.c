// SPDX-License-Identifier: GPL-2.0
/*
 * The pipe: two stacks joined with no host between them. Each end is a link
 * with Ethernet framing; what one sends, the other receives, super-packets
 * whole and checksums left open, by a queue of the receiving end on the
 * sender's CPU. Nothing is copied.
 */
#include <linux/netdevice.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <net/netns/generic.h>

#include "../compat.h"
#include "link.h"
#include "queue.h"

/**
 * struct pipe_net - pipes with an end in this namespace
 * @ends: struct pipe_end.list; rtnl
 */
struct pipe_net {
	struct list_head ends;
};

/**
 * struct pipe_end - one end
 * @link: the link; the structure is freed with it
 * @peer: the other end. Valid while the link is registered, for those who saw
 *	it operational under RCU, and until nst_link_queues_free()
 * @queues: what the peer sent, config.pipe_backlog on each CPU at most
 * @carrier: makes the carrier follow the peer; the peer's config_mutex is
 *	held where that is switched
 * @registered: @link is in its stack's table; config_mutex
 * @list: in the ends of the stack's namespace; rtnl
 */
struct pipe_end {
	struct nst_link link;
	struct pipe_end *peer;
	struct nst_link_queues queues;
	struct work_struct carrier;
	bool registered;
	struct list_head list;
};

static unsigned int pipe_net_id __read_mostly;

static struct pipe_end *pipe_end(const struct nst_link *link)
{
	return container_of(link, struct pipe_end, link);
}

static int pipe_xmit(struct nst_link *link, struct sk_buff *skb)
{
	struct pipe_end *peer = pipe_end(link)->peer;
	const struct nst_config *config = &peer->link.stack->config;

	/* Nothing that one stack knows of the packet concerns the other. */
	skb_scrub_packet(skb, true);
	skb->priority = 0;
	skb->dev = NULL;
	if (likely(nst_link_queue_add(&peer->queues, skb,
				      READ_ONCE(config->pipe_backlog))))
		return 0;
	nst_link_refuse(link, skb, NST_DROP_LINK_BACKLOG);
	return -ENOBUFS;
}

static int pipe_run(struct nst_link_queue *queue, int budget)
{
	return nst_link_queue_run(queue, budget, nst_link_receive);
}

/* Ends what was under way when the pipe was taken away. */
static void pipe_drop(struct nst_link *link, struct sk_buff *skb)
{
	nst_drop(link->stack, skb, NST_DROP_LINK_DOWN);
}

static void pipe_carrier(struct work_struct *work)
{
	struct pipe_end *end = container_of(work, struct pipe_end, carrier);
	struct nst_link *link = &end->link;
	u32 carrier = 0;

	mutex_lock(&link->stack->config_mutex);
	if (READ_ONCE(end->peer->link.flags) & NST_LINK_UP)
		carrier = NST_LINK_CARRIER;
	if (end->registered)
		nst_link_set_flags(link, carrier, NST_LINK_CARRIER);
	mutex_unlock(&link->stack->config_mutex);
}

static void pipe_admin_changed(struct nst_link *link)
{
	schedule_work(&pipe_end(link)->peer->carrier);
}

static const struct nst_link *pipe_peer(const struct nst_link *link)
{
	return &pipe_end(link)->peer->link;
}

static void pipe_unregister(struct pipe_end *end)
{
	struct nst_link *link = &end->link;

	mutex_lock(&link->stack->config_mutex);
	if (end->registered)
		nst_link_unregister(link);
	end->registered = false;
	mutex_unlock(&link->stack->config_mutex);
}

/* Both ends, registered or not. */
static void pipe_destroy(struct pipe_end *end)
{
	struct pipe_end *ends[] = { end, end->peer };
	unsigned int i;

	ASSERT_RTNL();
	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		list_del(&ends[i]->list);
		pipe_unregister(ends[i]);
	}
	/* Senders that saw an end operational have queued after this. */
	synchronize_net();
	for (i = 0; i < ARRAY_SIZE(ends); i++) {
		cancel_work_sync(&ends[i]->carrier);
		nst_link_queues_free(&ends[i]->queues, pipe_drop);
	}
	for (i = 0; i < ARRAY_SIZE(ends); i++)
		nst_link_put(&ends[i]->link);
}

static void pipe_remove(struct nst_link *link)
{
	pipe_destroy(pipe_end(link));
}

static void pipe_end_free(struct nst_link *link)
{
	kfree(pipe_end(link));
}

static const struct nst_link_ops pipe_ops = {
	.kind = "pipe",
	.xmit = pipe_xmit,
	.admin_changed = pipe_admin_changed,
	.remove = pipe_remove,
	.peer = pipe_peer,
	.destroy = pipe_end_free,
};

static struct pipe_end *pipe_end_alloc(struct nst_stack *stack,
				       const char *name, u32 mtu)
{
	struct pipe_end *end = kzalloc(sizeof(*end), GFP_KERNEL);
	struct nst_link *link;

	if (!end)
		return NULL;
	link = &end->link;
	if (nst_link_setup(link, stack, &pipe_ops)) {
		kfree(end);
		return NULL;
	}
	if (nst_link_queues_alloc(&end->queues, link, pipe_run)) {
		nst_link_put(link);
		return NULL;
	}
	INIT_WORK(&end->carrier, pipe_carrier);
	INIT_LIST_HEAD(&end->list);
	link->flags = NST_LINK_UP | NST_LINK_TRUSTED_PEER;
	link->features = NETIF_F_SG | NETIF_F_HIGHDMA | NETIF_F_HW_CSUM |
			 NETIF_F_ALL_TSO | NETIF_F_GSO_ACCECN |
			 NETIF_F_GSO_UDP_L4;
	if (mtu)
		link->mtu = mtu;
	eth_random_addr(link->address);
	strscpy(link->name, name, IFNAMSIZ);
	return end;
}

static int pipe_register(struct pipe_end *end, struct netlink_ext_ack *extack)
{
	struct nst_link *link = &end->link;
	struct nst_stack *stack = link->stack;
	struct pipe_net *pipes = net_generic(stack->net, pipe_net_id);
	int err;

	list_add_tail(&end->list, &pipes->ends);
	mutex_lock(&stack->config_mutex);
	link->index = nst_link_choose_index(stack);
	err = nst_link_register(link);
	end->registered = !err;
	mutex_unlock(&stack->config_mutex);

	if (err == -EEXIST)
		NL_SET_ERR_MSG(extack,
			       "a stack has a link of this name: choose another name");
	else if (err == -ENOBUFS)
		NL_SET_ERR_MSG(extack,
			       "a stack has as many links as net.netstack.link_max allows");
	return err;
}

int nst_pipe_create(struct nst_stack *stack, const char *name,
		    struct nst_stack *peer, const char *peer_name, u32 mtu,
		    struct netlink_ext_ack *extack)
{
	struct pipe_end *ends[2];
	int err;

	ASSERT_RTNL();
	if (stack == peer) {
		NL_SET_ERR_MSG(extack,
			       "a pipe joins two stacks: the other end is in this one");
		return -EINVAL;
	}
	if (!dev_valid_name(name) || !dev_valid_name(peer_name)) {
		NL_SET_ERR_MSG(extack, "this is no name of a link");
		return -EINVAL;
	}
	ends[0] = pipe_end_alloc(stack, name, mtu);
	if (!ends[0])
		return -ENOMEM;
	ends[1] = pipe_end_alloc(peer, peer_name, mtu);
	if (!ends[1]) {
		nst_link_queues_free(&ends[0]->queues, pipe_drop);
		nst_link_put(&ends[0]->link);
		return -ENOMEM;
	}
	ends[0]->peer = ends[1];
	ends[1]->peer = ends[0];

	err = pipe_register(ends[0], extack);
	if (!err)
		err = pipe_register(ends[1], extack);
	if (err) {
		pipe_destroy(ends[0]);
		return err;
	}
	/* Both are there: now each is seen by the other. */
	pipe_carrier(&ends[0]->carrier);
	pipe_carrier(&ends[1]->carrier);
	return 0;
}

static int __net_init pipe_net_init(struct net *net)
{
	struct pipe_net *pipes = net_generic(net, pipe_net_id);

	INIT_LIST_HEAD(&pipes->ends);
	return 0;
}

static void __net_exit pipe_net_exit(struct net *net)
{
	struct pipe_net *pipes = net_generic(net, pipe_net_id);

	rtnl_lock();
	while (!list_empty(&pipes->ends))
		pipe_destroy(list_first_entry(&pipes->ends, struct pipe_end,
					      list));
	rtnl_unlock();
}

static struct pernet_operations pipe_net_ops = {
	.init = pipe_net_init,
	.exit = pipe_net_exit,
	.id = &pipe_net_id,
	.size = sizeof(struct pipe_net),
};

int __init nst_pipe_init(void)
{
	return register_pernet_device(&pipe_net_ops);
}

void nst_pipe_exit(void)
{
	unregister_pernet_device(&pipe_net_ops);
}
