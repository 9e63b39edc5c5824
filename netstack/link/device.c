// SPDX-License-Identifier: GPL-2.0
/*
 * The link to the host: a net_device of kind "netstack", whose far end is a
 * link of a stack. 'ip link add NAME type netstack' makes one; netstack0 in
 * the initial namespace is made with the module.
 *
 * The stack's end stays in the namespace where the device was born, also
 * when the device is moved. What the host sends enters the stack at once, in
 * the sender's softirq; what the stack sends is queued for the host, so that
 * neither stack ever runs inside the other's transmit path.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <linux/slab.h>
#include <net/netns/generic.h>
#include <net/rtnetlink.h>

#include "../compat.h"
#include "device.h"
#include <linux/netstack.h>

#define QUEUES_MAX	16u	/* unless the administrator asks for more */

/**
 * struct device_net - devices whose stack is in this namespace
 * @devices: struct nst_device.list; rtnl
 */
struct device_net {
	struct list_head devices;
};

static unsigned int device_net_id __read_mostly;

static struct nst_device_link *device_link(struct nst_link *link)
{
	return container_of(link, struct nst_device_link, link);
}

/* Stack to host. */
static int device_link_xmit(struct nst_link *link, struct sk_buff *skb)
{
	struct net_device *dev = device_link(link)->dev;

	skb_orphan(skb);
	nst_link_scrub(link, dev, skb);
	skb->protocol = eth_type_trans(skb, dev);
	if (dev->real_num_rx_queues > 1)
		skb_record_rx_queue(skb, smp_processor_id() %
					 dev->real_num_rx_queues);

	/* Deferred: the sender may hold the lock of a socket. */
	if (unlikely(__netif_rx(skb) != NET_RX_SUCCESS))
		return -ENOBUFS;
	return 0;
}

/* The host sees carrier while the stack's end is up. */
static void device_link_admin_changed(struct nst_link *link)
{
	struct net_device *dev = device_link(link)->dev;

	if (link->flags & NST_LINK_UP)
		netif_carrier_on(dev);
	else
		netif_carrier_off(dev);
}

static void device_link_destroy(struct nst_link *link)
{
	kfree(device_link(link));
}

static const struct nst_link_ops device_link_ops = {
	.kind = NST_DEVICE_KIND,
	.xmit = device_link_xmit,
	.admin_changed = device_link_admin_changed,
	.destroy = device_link_destroy,
};

static netdev_features_t device_link_features(netdev_features_t features)
{
	netdev_features_t taken = NETIF_F_SG | NETIF_F_HIGHDMA;

	if (features & NETIF_F_RXCSUM) {
		taken |= NETIF_F_HW_CSUM;
		if (features & NETIF_F_GRO_HW)
			taken |= NETIF_F_ALL_TSO | NST_DEVICE_GSO_ACCECN |
				 NETIF_F_GSO_UDP_L4;
	}
	return taken;
}

/* Host to stack. */
static netdev_tx_t device_start_xmit(struct sk_buff *skb,
				     struct net_device *dev)
{
	const struct nst_device *device = netdev_priv(dev);

	skb_tx_timestamp(skb);
	/* Nothing that the host knows of the packet concerns the stack. */
	skb_scrub_packet(skb, true);
	skb->priority = 0;
	nst_link_receive(device->link, skb);
	return NETDEV_TX_OK;
}

static u16 device_select_queue(struct net_device *dev, struct sk_buff *skb,
			       struct net_device *sb_dev)
{
	return raw_smp_processor_id() % dev->real_num_tx_queues;
}

/* The stack sees carrier while the host's end is up. */
static void device_set_carrier(struct net_device *dev, u32 carrier)
{
	const struct nst_device *device = netdev_priv(dev);
	struct nst_link *link = device->link;

	mutex_lock(&link->stack->config_mutex);
	nst_link_set_flags(link, carrier, NST_LINK_CARRIER);
	mutex_unlock(&link->stack->config_mutex);
}

static int device_open(struct net_device *dev)
{
	device_set_carrier(dev, NST_LINK_CARRIER);
	return 0;
}

static int device_stop(struct net_device *dev)
{
	device_set_carrier(dev, 0);
	return 0;
}

static void device_uninit(struct net_device *dev)
{
	struct nst_device *device = netdev_priv(dev);
	struct nst_link *link = device->link;

	if (!device->registered)
		return;
	device->registered = false;
	list_del(&device->list);
	/* The core waits for RCU readers before it goes on to free @dev. */
	mutex_lock(&link->stack->config_mutex);
	nst_link_unregister(link);
	mutex_unlock(&link->stack->config_mutex);
}

static void device_destructor(struct net_device *dev)
{
	const struct nst_device *device = netdev_priv(dev);

	nst_link_put(device->link);
}

/*
 * Frames are counted once, by the link. A frame that the link layer refused
 * is one that the device could not deliver.
 */
static void device_get_stats64(struct net_device *dev,
			       struct rtnl_link_stats64 *stats)
{
	const struct nst_device *device = netdev_priv(dev);
	struct rtnl_link_stats64 link = {};

	nst_link_stats_read(device->link, &link);
	stats->rx_packets = link.tx_packets;
	stats->rx_bytes = link.tx_bytes;
	stats->tx_packets = link.rx_packets;
	stats->tx_bytes = link.rx_bytes;
	stats->tx_dropped = link.rx_dropped;
	stats->tx_carrier_errors = nst_link_refused_read(device->link,
							 NST_DROP_LINK_DOWN);
}

static int device_set_features(struct net_device *dev,
			       netdev_features_t features)
{
	const struct nst_device *device = netdev_priv(dev);
	struct nst_link *link = device->link;
	netdev_features_t taken = device_link_features(features);

	if (!device->registered) {
		link->features = taken;
		return 0;
	}
	mutex_lock(&link->stack->config_mutex);
	nst_link_set_features(link, taken);
	mutex_unlock(&link->stack->config_mutex);
	return 0;
}

/*
 * The host filters by itself what it takes of the stack's frames: whether a
 * bridge or a macvlan above wants more is not for the link to know.
 */
static void device_set_rx_mode(struct net_device *dev)
{
}

static const struct net_device_ops device_netdev_ops = {
	.ndo_uninit = device_uninit,
	.ndo_open = device_open,
	.ndo_stop = device_stop,
	.ndo_start_xmit = device_start_xmit,
	.ndo_select_queue = device_select_queue,
	.ndo_get_stats64 = device_get_stats64,
	.ndo_set_features = device_set_features,
	.ndo_set_rx_mode = device_set_rx_mode,
	.ndo_set_mac_address = eth_mac_addr,
	.ndo_validate_addr = eth_validate_addr,
};

static const struct device_type device_type = { .name = NST_DEVICE_KIND };

static void device_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &device_netdev_ops;
	dev->ethtool_ops = &nst_device_ethtool_ops;
	SET_NETDEV_DEVTYPE(dev, &device_type);
	dev->needs_free_netdev = true;
	dev->min_mtu = NST_LINK_MTU_MIN;
	dev->max_mtu = NST_LINK_MTU_MAX;

	/* The stack takes packets apart: one must not be shared with a tap. */
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	/* netpoll sends with interrupts off, where no stack can receive. */
	dev->priv_flags |= IFF_LIVE_ADDR_CHANGE | IFF_NO_QUEUE |
			   IFF_DISABLE_NETPOLL;
	nst_compat_set_lltx(dev);
	dev->hw_features = NST_DEVICE_TX_FEATURES | NST_DEVICE_RX_FEATURES;
	dev->features |= dev->hw_features;
}

static bool device_index_free(struct nst_stack *stack,
			      const struct net_device *dev, u32 index)
{
	const struct net_device *holder = __dev_get_by_index(stack->net, index);

	return !nst_link_by_index_rcu(stack, index) &&
	       (!holder || holder == dev);
}

/*
 * A link has the number that its device has at birth. Where another link, or
 * another device of the stack's namespace, has it (the device was made in a
 * third namespace, or its number was left by one that has moved), the lowest
 * number that is free in both takes its place.
 */
static u32 device_link_index(struct nst_stack *stack,
			     const struct net_device *dev)
{
	if (device_index_free(stack, dev, dev->ifindex))
		return dev->ifindex;
	return nst_link_choose_index(stack);
}

/*
 * The core would choose the first name that no device has; a link whose
 * device has moved may still have it.
 */
static void device_choose_name(struct nst_stack *stack, struct net_device *dev)
{
	char name[IFNAMSIZ];
	unsigned int i;
	bool taken;

	if (strcmp(dev->name, NST_DEVICE_KIND "%d"))
		return;
	for (i = 0; ; i++) {
		snprintf(name, sizeof(name), NST_DEVICE_KIND "%u", i);
		rcu_read_lock();
		taken = nst_link_by_name_rcu(stack, name);
		rcu_read_unlock();
		if (!taken && !netdev_name_in_use(dev_net(dev), name))
			break;
	}
	strscpy(dev->name, name, IFNAMSIZ);
}

static int device_link_register(struct nst_device *device,
				struct net_device *dev,
				struct netlink_ext_ack *extack)
{
	struct nst_link *link = device->link;
	struct nst_stack *stack = link->stack;
	int err;

	mutex_lock(&stack->config_mutex);
	link->index = device_link_index(stack, dev);
	strscpy(link->name, dev->name, IFNAMSIZ);
	err = nst_link_register(link);
	mutex_unlock(&stack->config_mutex);

	if (err == -EEXIST)
		NL_SET_ERR_MSG(extack,
			       "the stack has a link of this name: choose another name");
	else if (err == -ENOBUFS)
		NL_SET_ERR_MSG(extack,
			       "the stack has as many links as net.netstack.link_max allows");
	return err;
}

/* Join @dev to the stack of @net. */
static int device_join(struct net *net, struct net_device *dev,
		       struct netlink_ext_ack *extack)
{
	struct nst_device *device = netdev_priv(dev);
	struct nst_device_link *link;
	struct nst_stack *stack;
	int err;

	stack = nst_stack_get_or_create(net);
	if (IS_ERR(stack)) {
		NL_SET_ERR_MSG(extack,
			       "no stack for this namespace: it is exiting, or memory is short");
		return PTR_ERR(stack);
	}
	link = kzalloc(sizeof(*link), GFP_KERNEL);
	if (!link)
		return -ENOMEM;
	err = nst_link_setup(&link->link, stack, &device_link_ops);
	if (err) {
		kfree(link);
		return err;
	}
	link->dev = dev;
	link->link.flags = NST_LINK_UP | NST_LINK_TRUSTED_PEER;
	link->link.features = device_link_features(dev->features);
	eth_random_addr(link->link.address);
	device->link = &link->link;

	if (!is_valid_ether_addr(dev->dev_addr))
		eth_hw_addr_random(dev);
	device_choose_name(stack, dev);
	err = register_netdevice(dev);
	if (err) {
		nst_link_put(&link->link);
		return err;
	}
	/* The core calls it for a device that has been registered only. */
	dev->priv_destructor = device_destructor;

	err = device_link_register(device, dev, extack);
	if (err) {
		unregister_netdevice(dev);
		return err;
	}
	device->registered = true;
	list_add_tail(&device->list,
		      &((struct device_net *)
			net_generic(net, device_net_id))->devices);
	return 0;
}

static int device_newlink(NST_COMPAT_NEWLINK_ARGS,
			  struct netlink_ext_ack *extack)
{
	return device_join(NST_COMPAT_NEWLINK_NET, dev, extack);
}

static int device_validate(struct nlattr *tb[], struct nlattr *data[],
			   struct netlink_ext_ack *extack)
{
	const struct nlattr *address = tb[IFLA_ADDRESS];

	if (!address)
		return 0;
	if (nla_len(address) != ETH_ALEN) {
		NL_SET_ERR_MSG_ATTR(extack, address,
				    "a station address has six octets");
		return -EINVAL;
	}
	if (!is_valid_ether_addr(nla_data(address))) {
		NL_SET_ERR_MSG_ATTR(extack, address,
				    "not the address of one station");
		return -EADDRNOTAVAIL;
	}
	return 0;
}

static size_t device_get_size(const struct net_device *dev)
{
	return nla_total_size(sizeof(u32)) * 3 + nla_total_size(IFNAMSIZ) +
	       nla_total_size(ETH_ALEN);
}

static int device_fill_info(struct sk_buff *skb, const struct net_device *dev)
{
	const struct nst_device *device = netdev_priv(dev);
	const struct nst_link *link = device->link;

	BUILD_BUG_ON(NST_LINK_UP != NETSTACK_LINK_F_UP);
	BUILD_BUG_ON(NST_LINK_NOARP != NETSTACK_LINK_F_NOARP);

	if (nla_put_u32(skb, IFLA_NETSTACK_LINK_INDEX, link->index) ||
	    nla_put_string(skb, IFLA_NETSTACK_LINK_NAME, link->name) ||
	    nla_put_u32(skb, IFLA_NETSTACK_LINK_FLAGS,
			READ_ONCE(link->flags) &
			~(NST_LINK_TRUSTED_PEER | NST_LINK_TAPPED)) ||
	    nla_put_u32(skb, IFLA_NETSTACK_LINK_MTU, READ_ONCE(link->mtu)) ||
	    nla_put(skb, IFLA_NETSTACK_LINK_ADDRESS, ETH_ALEN, link->address))
		return -EMSGSIZE;
	return 0;
}

static unsigned int device_get_num_queues(void)
{
	return min(num_possible_cpus(), QUEUES_MAX);
}

static struct net *device_get_link_net(const struct net_device *dev)
{
	const struct nst_device *device = netdev_priv(dev);

	return device->link->stack->net;
}

/* The stack's end is configured through the stack, never from here. */
static const struct nla_policy device_policy[IFLA_NETSTACK_MAX + 1] = {
	[IFLA_NETSTACK_LINK_INDEX] = { .type = NLA_REJECT },
	[IFLA_NETSTACK_LINK_NAME] = { .type = NLA_REJECT },
	[IFLA_NETSTACK_LINK_FLAGS] = { .type = NLA_REJECT },
	[IFLA_NETSTACK_LINK_MTU] = { .type = NLA_REJECT },
	[IFLA_NETSTACK_LINK_ADDRESS] = { .type = NLA_REJECT },
};

static struct rtnl_link_ops device_rtnl_ops __read_mostly = {
	.kind = NST_DEVICE_KIND,
	.priv_size = sizeof(struct nst_device),
	.setup = device_setup,
	.maxtype = IFLA_NETSTACK_MAX,
	.policy = device_policy,
	.validate = device_validate,
	.newlink = device_newlink,
	.dellink = unregister_netdevice_queue,
	.get_size = device_get_size,
	.fill_info = device_fill_info,
	.get_num_tx_queues = device_get_num_queues,
	.get_num_rx_queues = device_get_num_queues,
	.get_link_net = device_get_link_net,
};

/* A link keeps the name of its device, while that is in its namespace. */
static int device_event(struct notifier_block *notifier, unsigned long event,
			void *data)
{
	struct net_device *dev = netdev_notifier_info_to_dev(data);
	struct nst_device *device;
	struct nst_link *link;

	if (event != NETDEV_CHANGENAME || dev->netdev_ops != &device_netdev_ops)
		return NOTIFY_DONE;
	device = netdev_priv(dev);
	link = device->link;
	if (!device->registered || !net_eq(dev_net(dev), link->stack->net))
		return NOTIFY_DONE;

	mutex_lock(&link->stack->config_mutex);
	if (nst_link_set_name(link, dev->name))
		netdev_notice(dev, "the stack's end is still called %s: it has another link of this name\n",
			      link->name);
	mutex_unlock(&link->stack->config_mutex);
	return NOTIFY_DONE;
}

static struct notifier_block device_notifier = {
	.notifier_call = device_event,
};

static int __net_init device_net_init(struct net *net)
{
	struct device_net *devices = net_generic(net, device_net_id);

	INIT_LIST_HEAD(&devices->devices);
	return 0;
}

/* The devices of a stack leave before it does, wherever they are by now. */
static void __net_exit device_net_exit_batch(struct list_head *nets)
{
	struct nst_device_link *link;
	struct nst_device *device;
	LIST_HEAD(leaving);
	struct net *net;

	rtnl_lock();
	list_for_each_entry(net, nets, exit_list) {
		struct device_net *devices = net_generic(net, device_net_id);

		list_for_each_entry(device, &devices->devices, list) {
			link = device_link(device->link);
			unregister_netdevice_queue(link->dev, &leaving);
		}
	}
	unregister_netdevice_many(&leaving);
	rtnl_unlock();
}

static struct pernet_operations device_net_ops = {
	.init = device_net_init,
	.exit_batch = device_net_exit_batch,
	.id = &device_net_id,
	.size = sizeof(struct device_net),
};

static int __init device_first(void)
{
	unsigned int queues = device_get_num_queues();
	struct net_device *dev;
	int err;

	dev = alloc_netdev_mqs(sizeof(struct nst_device), NST_DEVICE_KIND "%d",
			       NET_NAME_ENUM, device_setup, queues, queues);
	if (!dev)
		return -ENOMEM;
	dev->rtnl_link_ops = &device_rtnl_ops;
	rtnl_lock();
	err = device_join(&init_net, dev, NULL);
	if (err)
		free_netdev(dev);
	rtnl_unlock();
	return err;
}

int __init nst_device_init(void)
{
	int err;

	err = register_pernet_device(&device_net_ops);
	if (err)
		return err;
	err = register_netdevice_notifier(&device_notifier);
	if (err)
		goto err_pernet;
	err = rtnl_link_register(&device_rtnl_ops);
	if (err)
		goto err_notifier;
	err = device_first();
	if (err)
		goto err_rtnl;
	return 0;

err_rtnl:
	rtnl_link_unregister(&device_rtnl_ops);
err_notifier:
	unregister_netdevice_notifier(&device_notifier);
err_pernet:
	unregister_pernet_device(&device_net_ops);
	return err;
}

void nst_device_exit(void)
{
	/* No device is left after this, and none can be made. */
	rtnl_link_unregister(&device_rtnl_ops);
	unregister_netdevice_notifier(&device_notifier);
	unregister_pernet_device(&device_net_ops);
}
