// SPDX-License-Identifier: GPL-2.0
/*
 * The port: a device of the host given to a stack whole. Every frame that it
 * receives goes to the stack and none to the host's own protocols; the stack's
 * frames go out by it. Name, MTU, station address and carrier of the link are
 * the device's, and follow it.
 *
 * What comes in enters the stack at once, in the softirq that the device
 * received it in. The stack's frames are queued on their CPU and leave by a
 * NAPI poll, since a sender may hold a socket's lock, and behind the device may
 * be whatever the host has made of it.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/dsa.h>

#include "../compat.h"
#include "device.h"
#include "link.h"
#include "queue.h"

/* What the device may do for the stack, if it can. */
#define PORT_TSO	(NETIF_F_ALL_TSO | NST_DEVICE_GSO_ACCECN | \
			 NETIF_F_GSO_UDP_L4)

/* Super-packets that need not be taken apart before the stack gets them. */
#define PORT_GSO_TYPES	(SKB_GSO_TCPV4 | SKB_GSO_TCPV6 | SKB_GSO_UDP_L4 | \
			 SKB_GSO_TCP_ECN | SKB_GSO_TCP_ACCECN | \
			 SKB_GSO_TCP_FIXEDID | SKB_GSO_DODGY)

/* Segments of one that is: they are made in softirq and all at once. */
#define PORT_SEGMENTS_MAX	1024

/**
 * struct port - the stack's end
 * @link: the link; the structure is freed with it
 * @dev: the device; referenced until it is given back, after which nobody
 *	who sees the link operational under RCU is left
 * @tracker: of that reference
 * @queues: what the stack sends, config.port_backlog on each CPU at most
 * @promiscuous: @dev is, for the link; rtnl
 * @allmulti: the same of all groups; rtnl
 * @given_back: @dev is the stack's no more; link.groups_lock
 */
struct port {
	struct nst_link link;
	struct net_device *dev;
	netdevice_tracker tracker;
	struct nst_link_queues queues;
	bool promiscuous;
	bool allmulti;
	bool given_back;
};

static struct port *port_of(const struct nst_link *link)
{
	return container_of(link, struct port, link);
}

/*
 * Take apart what the stack does not take whole: a chain of packets, which the
 * device's GRO makes where pages do not do, and super-packets of protocols
 * that are nothing to the stack but may pass through it. Their makers, in the
 * host, have said how.
 */
static void port_receive_parts(struct port *port, struct sk_buff *skb)
{
	const struct skb_shared_info *info = skb_shinfo(skb);
	struct sk_buff *segs, *seg, *next;
	netdev_features_t features = NETIF_F_SG;

	/* Without a type it is LRO's, which nobody can undo. */
	if (!info->gso_type || skb->ip_summed == CHECKSUM_NONE ||
	    skb->len / info->gso_size >= PORT_SEGMENTS_MAX) {
		nst_link_refuse(&port->link, skb, NST_DROP_LINK_CSUM);
		return;
	}
	/* Sums that cover one packet only may stay open. */
	if (!(info->gso_type & ~PORT_GSO_TYPES))
		features |= NETIF_F_HW_CSUM;
	segs = __skb_gso_segment(skb, features, false);
	if (IS_ERR_OR_NULL(segs)) {
		nst_link_refuse(&port->link, skb, NST_DROP_LINK_CSUM);
		return;
	}
	consume_skb(skb);
	skb_list_walk_safe(segs, seg, next) {
		skb_mark_not_on_list(seg);
		seg->encapsulation = 0;
		nst_link_receive(&port->link, seg);
	}
}

/* 802.1Q: a tag that names no network says a priority only. */
static void drop_priority_tag(struct sk_buff *skb)
{
	if (skb_vlan_tag_present(skb) && !skb_vlan_tag_get_id(skb) &&
	    skb->vlan_proto == htons(ETH_P_8021Q))
		__vlan_hwaccel_clear_tag(skb);
}

/* Device to stack. */
static rx_handler_result_t port_receive(struct sk_buff **pskb)
{
	struct sk_buff *skb = *pskb;
	struct port *port = rcu_dereference(skb->dev->rx_handler_data);

	/* A copy of what the host sends to a group, made for the host. */
	if (unlikely(skb->pkt_type == PACKET_LOOPBACK))
		return RX_HANDLER_PASS;
	skb = skb_share_check(skb, GFP_ATOMIC);
	if (unlikely(!skb))
		return RX_HANDLER_CONSUMED;

	skb_push(skb, ETH_HLEN);
	drop_priority_tag(skb);
	/* Nothing that the host knows of the packet concerns the stack. */
	skb_scrub_packet(skb, true);
	skb->priority = 0;
	if (skb_is_gso(skb) &&
	    (skb_has_frag_list(skb) ||
	     unlikely(skb_shinfo(skb)->gso_type & ~PORT_GSO_TYPES))) {
		port_receive_parts(port, skb);
		return RX_HANDLER_CONSUMED;
	}
	/* Sums of SCTP are not the Internet's; the stack completes none. */
	if (unlikely(skb->ip_summed == CHECKSUM_PARTIAL &&
		     skb_csum_is_sctp(skb) && skb_csum_hwoffload_help(skb, 0)))
		goto no_memory;
	if (unlikely(skb_has_frag_list(skb) && skb_linearize(skb)))
		goto no_memory;
	skb->encapsulation = 0;
	nst_link_receive(&port->link, skb);
	return RX_HANDLER_CONSUMED;

no_memory:
	nst_link_refuse(&port->link, skb, NST_DROP_NOMEM);
	return RX_HANDLER_CONSUMED;
}

/* What drivers and queue disciplines look for. */
static void set_headers(struct sk_buff *skb)
{
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, ETH_HLEN);
	skb_reset_mac_len(skb);
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		skb_set_transport_header(skb, skb_checksum_start_offset(skb));
	skb->protocol = eth_hdr(skb)->h_proto;
}

/* The MTU may have become smaller since the frame was made. */
static bool fits(const struct sk_buff *skb, unsigned int limit)
{
	return skb_is_gso(skb) ? skb_gso_validate_mac_len(skb, limit) :
				 skb->len <= limit;
}

/* Stack to device. */
static int port_xmit(struct nst_link *link, struct sk_buff *skb)
{
	struct port *port = port_of(link);

	set_headers(skb);
	if (unlikely(!fits(skb, READ_ONCE(port->dev->mtu) + ETH_HLEN))) {
		nst_link_refuse(link, skb, NST_DROP_LINK_TOO_BIG);
		return -ENOBUFS;
	}
	nst_link_scrub(link, port->dev, skb);
	if (likely(nst_link_queue_add(&port->queues, skb,
				      READ_ONCE(link->stack->config.port_backlog))))
		return 0;
	nst_link_refuse(link, skb, NST_DROP_LINK_BACKLOG);
	return -ENOBUFS;
}

/*
 * The host may keep the packet for as long as it likes, also when stack and
 * module are gone: nothing of a socket goes with it, neither its account nor
 * pages that a program is told of when they are free (MSG_ZEROCOPY).
 */
static void port_send(struct nst_link *link, struct sk_buff *skb)
{
	skb_orphan(skb);
	if (unlikely(skb_orphan_frags_rx(skb, GFP_ATOMIC))) {
		nst_link_refuse(link, skb, NST_DROP_NOMEM);
		return;
	}
	skb->dev = port_of(link)->dev;
	dev_queue_xmit(skb);
}

static int port_run(struct nst_link_queue *queue, int budget)
{
	return nst_link_queue_run(queue, budget, port_send);
}

static void port_drop(struct nst_link *link, struct sk_buff *skb)
{
	nst_drop(link->stack, skb, NST_DROP_LINK_DOWN);
}

/* The device takes what the link does; -EOVERFLOW leaves it as it was. */
static void port_admin_changed(struct nst_link *link)
{
	bool promiscuous = link->flags & NST_LINK_PROMISC;
	bool allmulti = link->flags & NST_LINK_ALLMULTI;
	struct port *port = port_of(link);

	ASSERT_RTNL();
	if (promiscuous != port->promiscuous &&
	    !dev_set_promiscuity(port->dev, promiscuous ? 1 : -1))
		port->promiscuous = promiscuous;
	if (allmulti != port->allmulti &&
	    !dev_set_allmulti(port->dev, allmulti ? 1 : -1))
		port->allmulti = allmulti;
}

static void port_group_changed(struct nst_link *link, const u8 *group,
			       bool taken)
{
	struct port *port = port_of(link);

	lockdep_assert_held(&link->groups_lock);
	if (port->given_back)
		return;
	/* Without memory the device misses it, as it may miss any frame. */
	if (taken)
		dev_mc_add(port->dev, group);
	else
		dev_mc_del(port->dev, group);
}

/* The device has no part in the filter any more. */
static void port_leave_filter(struct port *port)
{
	struct nst_link *link = &port->link;
	const u8 *group = NULL;

	spin_lock_bh(&link->groups_lock);
	while ((group = nst_link_group_next_rcu(link, group)))
		dev_mc_del(port->dev, group);
	port->given_back = true;
	spin_unlock_bh(&link->groups_lock);

	if (port->promiscuous)
		dev_set_promiscuity(port->dev, -1);
	if (port->allmulti)
		dev_set_allmulti(port->dev, -1);
}

static void port_free(struct nst_link *link)
{
	kfree(port_of(link));
}

/* Nobody sends any more: give the device back. */
static void port_end(struct port *port)
{
	port_leave_filter(port);
	nst_link_queues_free(&port->queues, port_drop);
	netdev_put(port->dev, &port->tracker);
	nst_link_put(&port->link);
}

static void port_remove(struct nst_link *link)
{
	struct port *port = port_of(link);

	ASSERT_RTNL();
	/* Waits for whoever is in the handler. */
	netdev_rx_handler_unregister(port->dev);
	mutex_lock(&link->stack->config_mutex);
	nst_link_unregister(link);
	mutex_unlock(&link->stack->config_mutex);
	/* Senders that saw it operational have queued after this. */
	synchronize_net();
	port_end(port);
}

static const struct nst_link_ops port_ops = {
	.kind = "port",
	.xmit = port_xmit,
	.admin_changed = port_admin_changed,
	.group_changed = port_group_changed,
	.remove = port_remove,
	.destroy = port_free,
	.follows_device = true,
};

/* The port that a device is, or NULL. Context: rtnl. */
static struct port *port_find(const struct net_device *dev)
{
	if (rcu_access_pointer(dev->rx_handler) != port_receive)
		return NULL;
	return rtnl_dereference(dev->rx_handler_data);
}

/*
 * Sums that a device cannot make of this packet or that, the host's transmit
 * path makes; those of segments it must be able to make of all.
 */
static netdev_features_t port_features(const struct net_device *dev)
{
	netdev_features_t have = dev->features;
	netdev_features_t features = have & (NETIF_F_SG | NETIF_F_HIGHDMA);

	if (have & NETIF_F_CSUM_MASK) {
		features |= NETIF_F_HW_CSUM;
		if (have & NETIF_F_SG)
			features |= have & PORT_TSO;
	}
	return features;
}

static u32 port_carrier(const struct net_device *dev)
{
	return netif_running(dev) && netif_carrier_ok(dev) &&
	       netif_oper_up(dev) ? NST_LINK_CARRIER : 0;
}

static u32 port_mtu(const struct net_device *dev)
{
	return clamp_t(u32, dev->mtu, NST_LINK_MTU_MIN, NST_LINK_MTU_MAX);
}

static void port_set_gso_max(struct port *port)
{
	WRITE_ONCE(port->link.gso_max_size,
		   min_t(u32, port->dev->gso_max_size, NST_LINK_MTU_MAX));
	WRITE_ONCE(port->link.gso_max_segs,
		   min_t(u32, port->dev->gso_max_segs, U16_MAX));
}

static bool is_stacks(const struct net_device *dev)
{
	return dev->rtnl_link_ops &&
	       !strcmp(dev->rtnl_link_ops->kind, NST_DEVICE_KIND);
}

/* Is it a device that a stack can have? */
static int check_kind(const struct net_device *dev,
		      struct netlink_ext_ack *extack)
{
	if (dev->flags & IFF_LOOPBACK || dev->type != ARPHRD_ETHER ||
	    dev->addr_len != ETH_ALEN || !is_valid_ether_addr(dev->dev_addr)) {
		NL_SET_ERR_MSG(extack,
			       "a port is a device with Ethernet framing and the address of a station");
		return -EINVAL;
	}
	if (is_stacks(dev)) {
		NL_SET_ERR_MSG(extack, "this device leads to a stack already");
		return -EINVAL;
	}
	return 0;
}

/* Has the host no other use of it? */
static int check_use(struct net_device *dev, struct netlink_ext_ack *extack)
{
	if (port_find(dev)) {
		NL_SET_ERR_MSG(extack, "the device is a port already");
		return -EEXIST;
	}
	if (netdev_master_upper_dev_get(dev)) {
		NL_SET_ERR_MSG(extack,
			       "the device has a master: take it from there first");
		return -EBUSY;
	}
	if (netdev_has_any_upper_dev(dev)) {
		NL_SET_ERR_MSG(extack,
			       "another device is on top of this one: remove it first");
		return -EBUSY;
	}
	if (netdev_uses_dsa(dev) || netdev_is_rx_handler_busy(dev)) {
		NL_SET_ERR_MSG(extack,
			       "something else takes the frames of the device already");
		return -EBUSY;
	}
	return 0;
}

static struct port *port_alloc(struct nst_stack *stack, struct net_device *dev)
{
	struct port *port = kzalloc(sizeof(*port), GFP_KERNEL);
	struct nst_link *link;

	if (!port)
		return NULL;
	link = &port->link;
	if (nst_link_setup(link, stack, &port_ops)) {
		kfree(port);
		return NULL;
	}
	if (nst_link_queues_alloc(&port->queues, link, port_run)) {
		nst_link_put(link);
		return NULL;
	}
	port->dev = dev;
	netdev_hold(dev, &port->tracker, GFP_KERNEL);
	/* The device's carrier comes once frames can be taken. */
	link->flags = NST_LINK_UP | NST_LINK_TRUSTED_PEER |
		      NST_LINK_TRUSTED_SUMS;
	link->features = port_features(dev);
	link->mtu = port_mtu(dev);
	port_set_gso_max(port);
	ether_addr_copy(link->address, dev->dev_addr);
	strscpy(link->name, dev->name, IFNAMSIZ);
	return port;
}

/* The link has the number of its device, unless another link has. */
static int port_register(struct port *port, struct netlink_ext_ack *extack)
{
	struct nst_link *link = &port->link;
	struct nst_stack *stack = link->stack;
	int err;

	mutex_lock(&stack->config_mutex);
	link->index = port->dev->ifindex;
	if (nst_link_by_index_rcu(stack, link->index))
		link->index = nst_link_choose_index(stack);
	err = nst_link_register(link);
	if (!err)
		nst_link_set_flags(link, port_carrier(port->dev),
				   NST_LINK_CARRIER);
	mutex_unlock(&stack->config_mutex);

	if (err == -EEXIST)
		NL_SET_ERR_MSG(extack,
			       "the stack has a link of this name: rename the device");
	else if (err == -ENOBUFS)
		NL_SET_ERR_MSG(extack,
			       "the stack has as many links as net.netstack.link_max allows");
	return err;
}

int nst_port_create(struct nst_stack *stack, const char *name,
		    struct netlink_ext_ack *extack)
{
	struct net_device *dev = __dev_get_by_name(stack->net, name);
	struct port *port;
	int err;

	ASSERT_RTNL();
	if (!dev) {
		NL_SET_ERR_MSG(extack,
			       "the namespace of the stack has no such device");
		return -ENODEV;
	}
	err = check_kind(dev, extack) ?: check_use(dev, extack);
	if (err)
		return err;
	port = port_alloc(stack, dev);
	if (!port)
		return -ENOMEM;
	err = netdev_rx_handler_register(dev, port_receive, port);
	if (err) {
		NL_SET_ERR_MSG(extack,
			       "the frames of this device cannot be taken");
		goto err_port;
	}
	err = port_register(port, extack);
	if (err)
		goto err_handler;
	/* Super-packets of hardware cannot be cut as they came. */
	dev_disable_lro(dev);
	return 0;

err_handler:
	netdev_rx_handler_unregister(dev);
err_port:
	port_end(port);
	return err;
}

static void port_renamed(struct port *port)
{
	if (nst_link_set_name(&port->link, port->dev->name))
		netdev_notice(port->dev, "the stack's end is still called %s: it has another link of this name\n",
			      port->link.name);
}

/* What becomes of the device becomes of the link. */
static void port_follow(struct port *port, unsigned long event)
{
	struct nst_link *link = &port->link;
	struct net_device *dev = port->dev;

	mutex_lock(&link->stack->config_mutex);
	switch (event) {
	case NETDEV_UP:
	case NETDEV_DOWN:
	case NETDEV_CHANGE:
		port_set_gso_max(port);
		nst_link_set_flags(link, port_carrier(dev), NST_LINK_CARRIER);
		break;
	case NETDEV_CHANGENAME:
		port_renamed(port);
		break;
	case NETDEV_CHANGEMTU:
		nst_link_set_mtu(link, port_mtu(dev));
		break;
	case NETDEV_CHANGEADDR:
		nst_link_set_address(link, dev->dev_addr);
		break;
	case NETDEV_FEAT_CHANGE:
		nst_link_set_features(link, port_features(dev));
		break;
	}
	mutex_unlock(&link->stack->config_mutex);
}

/* Given whole: nobody else builds on the device meanwhile. */
static int port_refuse_upper(struct netdev_notifier_changeupper_info *info)
{
	if (!info->linking)
		return NOTIFY_DONE;
	NL_SET_ERR_MSG(netdev_notifier_info_to_extack(&info->info),
		       "the device is a port of a stack: nsctl link del gives it back");
	return notifier_from_errno(-EBUSY);
}

static int port_event(struct notifier_block *notifier, unsigned long event,
		      void *data)
{
	struct port *port = port_find(netdev_notifier_info_to_dev(data));

	if (!port)
		return NOTIFY_DONE;
	switch (event) {
	case NETDEV_UNREGISTER:
		/* It leaves its namespace, or for good. */
		port_remove(&port->link);
		break;
	case NETDEV_PRECHANGEUPPER:
		return port_refuse_upper(data);
	case NETDEV_PRE_TYPE_CHANGE:
		return NOTIFY_BAD;
	default:
		port_follow(port, event);
	}
	return NOTIFY_DONE;
}

static struct notifier_block port_notifier = {
	.notifier_call = port_event,
};

int __init nst_port_init(void)
{
	return register_netdevice_notifier(&port_notifier);
}

/* The core tells a notifier that leaves that every device does. */
void nst_port_exit(void)
{
	unregister_netdevice_notifier(&port_notifier);
}
