// SPDX-License-Identifier: GPL-2.0
/*
 * The port: a device of the test's own, given to the stack of the wire. What
 * needs ip(8), a namespace or the host's protocols is in
 * tools/testing/selftests/port.sh.
 */
#include <kunit/resource.h>
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>

#include "../netstack/compat.h"
#include "../netstack/network/address.h"
#include "packet_builder.h"
#include "wire.h"

#define NAME	"plug0"
#define OTHER	"plug1"
#define PAYLOAD	1000

static const u8 group[ETH_ALEN] = { 0x01, 0, 0x5e, 1, 2, 3 };

/**
 * struct plugged - a device and the port that it is
 * @wire: the stack's
 * @dev: the device, or NULL when it was unregistered
 * @other: a second one, or NULL
 * @link: the port; NULL when it was removed
 * @sent: what the device sent
 * @tap: the host's protocol
 * @heard: frames that it got
 */
struct plugged {
	struct nst_wire *wire;
	struct net_device *dev;
	struct net_device *other;
	struct nst_link *link;
	struct sk_buff_head sent;
	struct packet_type tap;
	unsigned int heard;
};

/* netdev_priv() of the devices. */
struct plug {
	struct plugged *plugged;
};

static netdev_tx_t plug_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct plug *plug = netdev_priv(dev);

	skb_queue_tail(&plug->plugged->sent, skb);
	return NETDEV_TX_OK;
}

static void plug_set_rx_mode(struct net_device *dev)
{
}

static const struct net_device_ops plug_ops = {
	.ndo_start_xmit = plug_xmit,
	.ndo_set_rx_mode = plug_set_rx_mode,
	.ndo_set_mac_address = eth_mac_addr,
	.ndo_validate_addr = eth_validate_addr,
};

static void plug_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &plug_ops;
	dev->needs_free_netdev = true;
	dev->max_mtu = 9000;
	dev->priv_flags |= IFF_NO_QUEUE | IFF_LIVE_ADDR_CHANGE;
	nst_compat_set_lltx(dev);
	dev->hw_features = NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_TSO |
			   NETIF_F_TSO6;
	dev->features |= dev->hw_features;
	eth_hw_addr_random(dev);
}

static int tap(struct sk_buff *skb, struct net_device *dev,
	       struct packet_type *type, struct net_device *orig_dev)
{
	container_of(type, struct plugged, tap)->heard++;
	kfree_skb(skb);
	return 0;
}

static struct net_device *plug_create(struct plugged *plugged,
				      const char *name)
{
	struct net_device *dev;

	dev = alloc_netdev(sizeof(struct plug), name, NET_NAME_USER,
			   plug_setup);
	if (!dev)
		return NULL;
	((struct plug *)netdev_priv(dev))->plugged = plugged;
	rtnl_lock();
	if (register_netdevice(dev)) {
		free_netdev(dev);
		dev = NULL;
	} else {
		dev_change_flags(dev, dev->flags | IFF_UP, NULL);
	}
	rtnl_unlock();
	return dev;
}

/* What waits for the last reference to the device is the test, too. */
static void unregister(struct net_device **dev)
{
	rtnl_lock();
	if (*dev)
		unregister_netdevice(*dev);
	*dev = NULL;
	rtnl_unlock();
}

static int plugged_init(struct kunit_resource *resource, void *context)
{
	struct plugged *plugged = kzalloc(sizeof(*plugged), GFP_KERNEL);

	if (!plugged)
		return -ENOMEM;
	skb_queue_head_init(&plugged->sent);
	plugged->dev = plug_create(plugged, NAME);
	if (!plugged->dev) {
		kfree(plugged);
		return -ENOMEM;
	}
	resource->data = plugged;
	return 0;
}

static void plugged_free(struct kunit_resource *resource)
{
	struct plugged *plugged = resource->data;

	if (plugged->tap.func)
		dev_remove_pack(&plugged->tap);
	unregister(&plugged->other);
	unregister(&plugged->dev);
	skb_queue_purge(&plugged->sent);
	kfree(plugged);
}

/* A stack, and a device that is up and nobody's. */
static struct plugged *unplugged_create(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct plugged *plugged;

	plugged = kunit_alloc_resource(test, plugged_init, plugged_free,
				       GFP_KERNEL, NULL);
	KUNIT_ASSERT_NOT_NULL(test, plugged);
	plugged->wire = wire;
	return plugged;
}

static int create(struct plugged *plugged, const char *name,
		  struct netlink_ext_ack *extack)
{
	int err;

	rtnl_lock();
	err = nst_port_create(plugged->wire->stack, name, extack);
	rtnl_unlock();
	return err;
}

static struct nst_link *find(struct plugged *plugged, const char *name)
{
	struct nst_link *link;

	rcu_read_lock();
	link = nst_link_by_name_rcu(plugged->wire->stack, name);
	rcu_read_unlock();
	return link;
}

static struct plugged *plugged_create(struct kunit *test)
{
	struct plugged *plugged = unplugged_create(test);

	KUNIT_ASSERT_EQ(test, create(plugged, NAME, NULL), 0);
	plugged->link = find(plugged, NAME);
	KUNIT_ASSERT_NOT_NULL(test, plugged->link);
	return plugged;
}

static void take_away(struct plugged *plugged)
{
	rtnl_lock();
	plugged->link->ops->remove(plugged->link);
	rtnl_unlock();
	plugged->link = NULL;
}

/* The host has a protocol of this type. */
static void listen(struct plugged *plugged, u16 ethertype)
{
	plugged->tap.type = htons(ethertype);
	plugged->tap.dev = plugged->dev;
	plugged->tap.func = tap;
	dev_add_pack(&plugged->tap);
}

/* A frame of no protocol of the stack, for its station. */
static struct sk_buff *frame_of(struct kunit *test, struct plugged *plugged,
				unsigned int len)
{
	struct sk_buff *skb = nst_build_pattern(test, len, 0);

	nst_build_ethernet(skb, &(struct nst_build_ethernet){
		.destination = plugged->dev->dev_addr,
		.ethertype = ETH_P_LOOPBACK,
	});
	return skb;
}

static struct sk_buff *frame(struct kunit *test, struct plugged *plugged)
{
	return frame_of(test, plugged, PAYLOAD);
}

/* A driver's last words about a frame. */
static struct sk_buff *arrived(struct plugged *plugged, struct sk_buff *skb)
{
	skb->dev = plugged->dev;
	skb->protocol = eth_type_trans(skb, plugged->dev);
	skb_reset_network_header(skb);
	return skb;
}

/* The device receives it. */
static void receive(struct plugged *plugged, struct sk_buff *skb)
{
	local_bh_disable();
	netif_receive_skb(skb);
	local_bh_enable();
}

static int send(struct plugged *plugged, struct sk_buff *skb)
{
	int err;

	local_bh_disable();
	rcu_read_lock();
	err = nst_link_xmit(plugged->link, skb);
	rcu_read_unlock();
	local_bh_enable();
	return err;
}

static unsigned long drops(struct plugged *plugged,
			   enum nst_drop_reason reason)
{
	return nst_drop_read(plugged->wire->stack, reason);
}

/* The frame must be dropped for this reason, and for no other. */
#define EXPECT_REFUSED(plugged, skb, symbol) do {			\
	unsigned long _before = drops(plugged, NST_DROP_##symbol);	\
	struct sk_buff *_skb = (skb);					\
									\
	receive(plugged, arrived(plugged, _skb));			\
	KUNIT_EXPECT_EQ(test, drops(plugged, NST_DROP_##symbol),	\
			_before + 1);					\
} while (0)

static void set_flags(struct plugged *plugged, u32 flags, u32 mask)
{
	rtnl_lock();
	mutex_lock(&plugged->wire->stack->config_mutex);
	nst_link_set_flags(plugged->link, flags, mask);
	mutex_unlock(&plugged->wire->stack->config_mutex);
	rtnl_unlock();
}

static bool takes_group(struct net_device *dev)
{
	struct netdev_hw_addr *address;
	bool found = false;

	netif_addr_lock_bh(dev);
	netdev_for_each_mc_addr(address, dev)
		found |= ether_addr_equal(address->addr, group);
	netif_addr_unlock_bh(dev);
	return found;
}

static bool is_free(struct plugged *plugged)
{
	bool busy;

	rtnl_lock();
	busy = netdev_is_rx_handler_busy(plugged->dev);
	rtnl_unlock();
	return !busy && !plugged->dev->promiscuity &&
	       !plugged->dev->allmulti && !takes_group(plugged->dev);
}

static void create__makes_a_link_of_the_device(struct kunit *test)
{
	struct plugged *plugged = plugged_create(test);
	const struct net_device *dev = plugged->dev;
	const struct nst_link *link = plugged->link;

	KUNIT_EXPECT_STREQ(test, link->ops->kind, "port");
	KUNIT_EXPECT_TRUE(test, nst_link_operational(link));
	KUNIT_EXPECT_EQ(test, link->index, (u32)dev->ifindex);
	KUNIT_EXPECT_EQ(test, link->mtu, (u32)dev->mtu);
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(link->address,
						 dev->dev_addr));
	KUNIT_EXPECT_TRUE(test, link->features & NETIF_F_TSO);
	KUNIT_EXPECT_TRUE(test, link->features & NETIF_F_HW_CSUM);
	KUNIT_EXPECT_FALSE(test, link->features & NETIF_F_GSO_UDP_L4);
	/* It is the device's own station: no other's frames are wanted. */
	KUNIT_EXPECT_EQ(test, dev->promiscuity, 0U);
}

static void expect_refused(struct kunit *test, struct plugged *plugged,
			   const char *name, int wanted)
{
	struct netlink_ext_ack extack = {};

	KUNIT_EXPECT_EQ(test, create(plugged, name, &extack), wanted);
	KUNIT_EXPECT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_NULL(test, find(plugged, NAME));
}

static void create__refuses_what_is_no_port(struct kunit *test)
{
	struct plugged *plugged = unplugged_create(test);
	int refs = netdev_refcnt_read(plugged->dev);

	expect_refused(test, plugged, "nothing0", -ENODEV);
	expect_refused(test, plugged, "lo", -EINVAL);
	expect_refused(test, plugged, "netstack0", -EINVAL);
	plugged->dev->type = ARPHRD_NONE;
	expect_refused(test, plugged, NAME, -EINVAL);
	plugged->dev->type = ARPHRD_ETHER;
	plugged->wire->stack->config.link_max = 2;
	expect_refused(test, plugged, NAME, -ENOBUFS);
	plugged->other = plug_create(plugged, NST_WIRE_NAME);
	KUNIT_ASSERT_NOT_NULL(test, plugged->other);
	plugged->wire->stack->config.link_max = 256;
	expect_refused(test, plugged, NST_WIRE_NAME, -EEXIST);

	KUNIT_EXPECT_TRUE(test, is_free(plugged));
	KUNIT_EXPECT_EQ(test, netdev_refcnt_read(plugged->dev), refs);
}

static rx_handler_result_t no_handler(struct sk_buff **pskb)
{
	return RX_HANDLER_PASS;
}

static void create__refuses_what_another_has(struct kunit *test)
{
	struct plugged *plugged = unplugged_create(test);
	struct net_device *dev = plugged->dev;

	plugged->other = plug_create(plugged, OTHER);
	KUNIT_ASSERT_NOT_NULL(test, plugged->other);

	rtnl_lock();
	KUNIT_EXPECT_EQ(test, netdev_rx_handler_register(dev, no_handler,
							 NULL), 0);
	rtnl_unlock();
	expect_refused(test, plugged, NAME, -EBUSY);
	rtnl_lock();
	netdev_rx_handler_unregister(dev);
	KUNIT_EXPECT_EQ(test, netdev_upper_dev_link(dev, plugged->other, NULL),
			0);
	rtnl_unlock();
	expect_refused(test, plugged, NAME, -EBUSY);
	rtnl_lock();
	netdev_upper_dev_unlink(dev, plugged->other);
	KUNIT_EXPECT_EQ(test,
			netdev_master_upper_dev_link(dev, plugged->other, NULL,
						     NULL, NULL), 0);
	rtnl_unlock();
	expect_refused(test, plugged, NAME, -EBUSY);
	rtnl_lock();
	netdev_upper_dev_unlink(dev, plugged->other);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, create(plugged, NAME, NULL), 0);
	KUNIT_EXPECT_EQ(test, create(plugged, NAME, NULL), -EEXIST);
}

/* Given whole. */
static void upper__is_refused_while_it_is_a_port(struct kunit *test)
{
	struct plugged *plugged = plugged_create(test);
	struct netlink_ext_ack extack = {};

	plugged->other = plug_create(plugged, OTHER);
	KUNIT_ASSERT_NOT_NULL(test, plugged->other);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, netdev_upper_dev_link(plugged->dev,
						    plugged->other, &extack),
			-EBUSY);
	rtnl_unlock();
	KUNIT_EXPECT_NOT_NULL(test, extack._msg);
	take_away(plugged);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, netdev_upper_dev_link(plugged->dev,
						    plugged->other, NULL), 0);
	netdev_upper_dev_unlink(plugged->dev, plugged->other);
	rtnl_unlock();
}

static void receive__goes_to_the_stack_alone(struct kunit *test)
{
	struct plugged *plugged = plugged_create(test);

	listen(plugged, ETH_P_LOOPBACK);
	EXPECT_REFUSED(plugged, frame(test, plugged), LINK_PROTOCOL);
	KUNIT_EXPECT_EQ(test, plugged->heard, 0U);
	take_away(plugged);
	receive(plugged, arrived(plugged, frame(test, plugged)));
	KUNIT_EXPECT_EQ(test, plugged->heard, 1U);
}

/* What the host sends to a group, and makes a copy of for itself. */
static void receive__leaves_the_host_its_own_copies(struct kunit *test)
{
	struct plugged *plugged = plugged_create(test);
	struct sk_buff *skb = arrived(plugged, frame(test, plugged));

	listen(plugged, ETH_P_LOOPBACK);
	skb->pkt_type = PACKET_LOOPBACK;
	receive(plugged, skb);
	KUNIT_EXPECT_EQ(test, plugged->heard, 1U);
}

static void add_address(struct kunit *test, struct plugged *plugged)
{
	const struct nst_address_config config = {
		.family = AF_INET,
		.address = nst_address_v4(htonl(NST_WIRE_LOCAL)),
		.prefix_len = NST_WIRE_PREFIX_LEN,
		.scope = RT_SCOPE_UNIVERSE,
		.no_probe = true,
	};

	mutex_lock(&plugged->wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, nst_address_add(plugged->link, &config, NULL),
			0);
	mutex_unlock(&plugged->wire->stack->config_mutex);
}

static bool sent_reaches(struct plugged *plugged, u32 wanted)
{
	return nst_wire_becomes(skb_queue_len_lockless(&plugged->sent) ==
				wanted);
}

/* The next frame that the device sent to a station. */
static struct sk_buff *sent_to(struct plugged *plugged, const u8 *station)
{
	struct sk_buff *skb;

	while ((skb = skb_dequeue(&plugged->sent))) {
		if (ether_addr_equal(eth_hdr(skb)->h_dest, station))
			return skb;
		kfree_skb(skb);
	}
	return NULL;
}

/* A question comes in by the device, the answer leaves by it. */
static void receive__is_answered_by_the_device(struct kunit *test)
{
	struct plugged *plugged = plugged_create(test);
	struct sk_buff *skb;

	add_address(test, plugged);
	skb = nst_build_arp(test, &(struct nst_build_arp){});
	nst_build_ethernet(skb, &(struct nst_build_ethernet){
		.destination = plugged->dev->dev_addr,
		.ethertype = ETH_P_ARP,
	});
	receive(plugged, arrived(plugged, skb));
	/* What it says of its address goes to all. */
	skb = sent_to(plugged, nst_wire_peer_mac);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_EQ(test, ntohs(skb->protocol), ETH_P_ARP);
	KUNIT_EXPECT_PTR_EQ(test, skb->dev, plugged->dev);
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(eth_hdr(skb)->h_source,
						 plugged->dev->dev_addr));
	kfree_skb(skb);
}

static void receive__filters_stations_and_tags(struct kunit *test)
{
	struct plugged *plugged = plugged_create(test);
	struct sk_buff *skb;

	skb = nst_build_pattern(test, PAYLOAD, 0);
	nst_build_ethernet(skb, &(struct nst_build_ethernet){
		.destination = nst_wire_other_mac,
		.ethertype = ETH_P_LOOPBACK,
	});
	EXPECT_REFUSED(plugged, skb, LINK_OTHER_HOST);

	skb = nst_build_pattern(test, PAYLOAD, 0);
	nst_build_ethernet(skb, &(struct nst_build_ethernet){
		.destination = plugged->dev->dev_addr,
		.source = group,
		.ethertype = ETH_P_LOOPBACK,
	});
	EXPECT_REFUSED(plugged, skb, LINK_BAD_SOURCE);

	/* A network of its own: nobody here is in it. */
	skb = nst_build_frame_udp(test, 1, 2, NULL, 0);
	ether_addr_copy(((struct ethhdr *)skb->data)->h_dest,
			plugged->dev->dev_addr);
	__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), 5);
	EXPECT_REFUSED(plugged, skb, LINK_PROTOCOL);
}

/* 802.1Q: only a priority. The packet is of no address of the stack. */
static void receive__takes_priority_tags(struct kunit *test)
{
	struct rtnl_link_stats64 stats = {};
	struct plugged *plugged = plugged_create(test);
	struct sk_buff *skb = nst_build_frame_udp(test, 1, 2, NULL, 0);

	ether_addr_copy(((struct ethhdr *)skb->data)->h_dest,
			plugged->dev->dev_addr);
	__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), 7 << VLAN_PRIO_SHIFT);
	receive(plugged, arrived(plugged, skb));
	nst_link_stats_read(plugged->link, &stats);
	KUNIT_EXPECT_EQ(test, stats.rx_packets, 1ULL);
	KUNIT_EXPECT_EQ(test, stats.rx_dropped, 0ULL);
}

/* A datagram for a port that nobody has, its sum being wrong. */
static struct sk_buff *wrong_sum(struct kunit *test, struct plugged *plugged)
{
	struct sk_buff *skb = nst_build_frame_udp(test, 1, 2, "abc", 3);

	ether_addr_copy(((struct ethhdr *)skb->data)->h_dest,
			plugged->dev->dev_addr);
	skb->data[skb->len - 1] ^= 1;
	return skb;
}

static void receive__trusts_sums_that_the_device_has_verified(struct kunit *test)
{
	struct plugged *plugged = plugged_create(test);
	struct sk_buff *skb;

	add_address(test, plugged);
	EXPECT_REFUSED(plugged, wrong_sum(test, plugged), UDP_CHECKSUM);
	skb = wrong_sum(test, plugged);
	skb->ip_summed = CHECKSUM_COMPLETE;
	EXPECT_REFUSED(plugged, skb, UDP_CHECKSUM);
	skb = wrong_sum(test, plugged);
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	EXPECT_REFUSED(plugged, skb, UDP_NO_PORT);
	/* The wire vouches for nothing. */
	skb = nst_build_frame_udp(test, 1, 2, "abc", 3);
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	nst_wire_inject_dropped(plugged->wire, skb, NST_DROP_IP_NOT_LOCAL);
}

/* What GRO would have made, of the types that the stack takes or not. */
static struct sk_buff *super(struct kunit *test, struct plugged *plugged,
			     unsigned int type, unsigned int size)
{
	struct sk_buff *skb = frame_of(test, plugged, 2000);

	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_headroom(skb) + ETH_HLEN;
	skb->csum_offset = 16;
	skb_shinfo(skb)->gso_type = type;
	skb_shinfo(skb)->gso_size = size;
	return skb;
}

/* Hang another packet's octets under it. */
static void chain(struct kunit *test, struct sk_buff *skb, unsigned int len)
{
	struct sk_buff *more = nst_build_pattern(test, len, 0);

	skb_shinfo(skb)->frag_list = more;
	skb->len += len;
	skb->data_len += len;
	skb->truesize += more->truesize;
}

static struct sk_buff *cut(struct sk_buff *skb, netdev_features_t features)
{
	return skb_segment(skb, features);
}

static struct packet_offload offload = {
	.type = htons(ETH_P_LOOPBACK),
	.callbacks = { .gso_segment = cut },
};

static void receive__takes_chains_apart(struct kunit *test)
{
	struct plugged *plugged = plugged_create(test);
	struct rtnl_link_stats64 stats = {};
	unsigned long before;
	struct sk_buff *skb;

	before = drops(plugged, NST_DROP_LINK_PROTOCOL);
	skb = super(test, plugged, SKB_GSO_TCPV4, 1000);
	chain(test, skb, 1000);
	dev_add_offload(&offload);
	receive(plugged, arrived(plugged, skb));
	dev_remove_offload(&offload);
	KUNIT_EXPECT_EQ(test, drops(plugged, NST_DROP_LINK_PROTOCOL),
			before + 3);

	/* One packet, in pieces. */
	skb = frame(test, plugged);
	chain(test, skb, 100);
	receive(plugged, arrived(plugged, skb));
	KUNIT_EXPECT_EQ(test, drops(plugged, NST_DROP_LINK_PROTOCOL),
			before + 4);
	nst_link_stats_read(plugged->link, &stats);
	KUNIT_EXPECT_EQ(test, stats.rx_dropped, 4ULL);
}

static void receive__refuses_false_super_packets(struct kunit *test)
{
	struct plugged *plugged = plugged_create(test);
	struct sk_buff *skb;

	/* Nobody knows how to cut it. */
	EXPECT_REFUSED(plugged, super(test, plugged, SKB_GSO_SCTP, 1000),
		       LINK_CSUM);
	dev_add_offload(&offload);
	/* A packet that would become thousands. */
	EXPECT_REFUSED(plugged, super(test, plugged, SKB_GSO_SCTP, 1),
		       LINK_CSUM);
	/* LRO's, which has no type; with a chain, too. */
	EXPECT_REFUSED(plugged, super(test, plugged, 0, 1000), LINK_CSUM);
	skb = super(test, plugged, 0, 1000);
	chain(test, skb, 1000);
	EXPECT_REFUSED(plugged, skb, LINK_CSUM);
	/* Its sum is nobody's. */
	skb = super(test, plugged, SKB_GSO_SCTP, 1000);
	skb->ip_summed = CHECKSUM_NONE;
	EXPECT_REFUSED(plugged, skb, LINK_CSUM);
	dev_remove_offload(&offload);
	/* Larger than it is. */
	EXPECT_REFUSED(plugged, super(test, plugged, SKB_GSO_TCPV4, 60000),
		       LINK_CSUM);
	/* The field of the sum lies behind the end. */
	skb = super(test, plugged, SKB_GSO_TCPV4, 1000);
	skb->csum_offset = 60000;
	EXPECT_REFUSED(plugged, skb, LINK_CSUM);
}

static struct sk_buff *outgoing(struct kunit *test, struct plugged *plugged,
				unsigned int len)
{
	struct sk_buff *skb = nst_build_pattern(test, len, 0);

	nst_ethernet_push(skb, plugged->link, nst_wire_peer_mac,
			  htons(ETH_P_LOOPBACK));
	return skb;
}

static unsigned int released;

static void count_release(struct sk_buff *skb)
{
	released++;
}

/* The host may keep it for long: no owner goes along, and no time. */
static void xmit__leaves_by_the_device_and_nothing_with_it(struct kunit *test)
{
	struct plugged *plugged = plugged_create(test);
	struct sk_buff *skb;

	skb_queue_purge(&plugged->sent);
	skb = outgoing(test, plugged, PAYLOAD);
	released = 0;
	skb->mark = 7;
	skb->priority = 7;
	skb->tstamp = 7;
	skb->destructor = count_release;
	local_bh_disable();
	KUNIT_EXPECT_EQ(test, send(plugged, skb), 0);
	/* Its owner pays for it until the device has it. */
	KUNIT_EXPECT_EQ(test, released, 0U);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&plugged->sent), 0U);
	local_bh_enable();

	KUNIT_ASSERT_TRUE(test, sent_reaches(plugged, 1));
	KUNIT_EXPECT_EQ(test, released, 1U);
	skb = skb_peek(&plugged->sent);
	KUNIT_EXPECT_NULL(test, skb->destructor);
	KUNIT_EXPECT_NULL(test, skb->sk);
	/* The device is in the namespace of the stack. */
	KUNIT_EXPECT_EQ(test, skb->mark, 7U);
	KUNIT_EXPECT_EQ(test, skb->priority, 7U);
	KUNIT_EXPECT_EQ(test, skb->tstamp, 0LL);
	KUNIT_EXPECT_PTR_EQ(test, skb->dev, plugged->dev);
	KUNIT_EXPECT_EQ(test, ntohs(skb->protocol), ETH_P_LOOPBACK);
	KUNIT_EXPECT_EQ(test, skb_mac_offset(skb), 0);
	KUNIT_EXPECT_EQ(test, skb_network_offset(skb), ETH_HLEN);
	KUNIT_EXPECT_EQ(test, skb->len, PAYLOAD + ETH_HLEN);
}

/* A TCP segment with its headers, of no address: @len octets of payload. */
static struct sk_buff *large(struct kunit *test, struct plugged *plugged,
			     unsigned int len, unsigned int mss)
{
	struct sk_buff *skb = nst_build_pattern(test, len, 0);
	struct skb_shared_info *info = skb_shinfo(skb);

	nst_build_tcp(skb, &(struct nst_build_tcp){ .sport = 1, .dport = 2 });
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_headroom(skb);
	skb->csum_offset = offsetof(struct tcphdr, check);
	nst_build_ipv4(skb, &(struct nst_build_ipv4){ .protocol = IPPROTO_TCP });
	info->gso_type = SKB_GSO_TCPV4;
	info->gso_size = mss;
	info->gso_segs = DIV_ROUND_UP(len, mss);
	nst_ethernet_push(skb, plugged->link, nst_wire_peer_mac,
			  htons(ETH_P_IP));
	return skb;
}

static void xmit__hands_super_packets_over_whole(struct kunit *test)
{
	struct plugged *plugged = plugged_create(test);
	struct sk_buff *skb;

	skb_queue_purge(&plugged->sent);
	KUNIT_EXPECT_EQ(test, send(plugged, large(test, plugged, 3000, 1460)),
			0);
	KUNIT_ASSERT_TRUE(test, sent_reaches(plugged, 1));
	skb = skb_peek(&plugged->sent);
	KUNIT_EXPECT_EQ(test, skb_shinfo(skb)->gso_size, 1460);
	KUNIT_EXPECT_TRUE(test, skb->ip_summed == CHECKSUM_PARTIAL);
	KUNIT_EXPECT_EQ(test, skb_transport_offset(skb),
			(int)(ETH_HLEN + sizeof(struct iphdr)));
}

static void xmit__refuses_more_than_the_device_takes(struct kunit *test)
{
	struct plugged *plugged = plugged_create(test);
	unsigned long before = drops(plugged, NST_DROP_LINK_TOO_BIG);

	skb_queue_purge(&plugged->sent);
	KUNIT_EXPECT_EQ(test, send(plugged, outgoing(test, plugged, 1500)), 0);
	KUNIT_EXPECT_EQ(test, send(plugged, outgoing(test, plugged, 1501)),
			-ENOBUFS);
	KUNIT_EXPECT_EQ(test, send(plugged, large(test, plugged, 3000, 1460)),
			0);
	KUNIT_EXPECT_EQ(test, send(plugged, large(test, plugged, 3000, 1461)),
			-ENOBUFS);
	KUNIT_EXPECT_EQ(test, drops(plugged, NST_DROP_LINK_TOO_BIG),
			before + 2);
	KUNIT_EXPECT_TRUE(test, sent_reaches(plugged, 2));
}

static void xmit__keeps_to_port_backlog(struct kunit *test)
{
	struct plugged *plugged = plugged_create(test);
	struct rtnl_link_stats64 stats = {};
	unsigned long before;

	plugged->wire->stack->config.port_backlog = 1;
	before = drops(plugged, NST_DROP_LINK_BACKLOG);
	local_bh_disable();
	KUNIT_EXPECT_EQ(test, send(plugged, outgoing(test, plugged, 1)), 0);
	KUNIT_EXPECT_EQ(test, send(plugged, outgoing(test, plugged, 1)),
			-ENOBUFS);
	local_bh_enable();
	nst_wire_expect_drop(plugged->wire, LINK_BACKLOG, before);
	nst_link_stats_read(plugged->link, &stats);
	KUNIT_EXPECT_EQ(test, stats.tx_dropped, 1ULL);
	KUNIT_EXPECT_EQ(test, send(plugged, outgoing(test, plugged, 1)), 0);
}

static void groups__are_those_of_the_device(struct kunit *test)
{
	struct plugged *plugged = plugged_create(test);

	KUNIT_EXPECT_EQ(test, nst_link_group_add(plugged->link, group), 0);
	KUNIT_EXPECT_EQ(test, nst_link_group_add(plugged->link, group), 0);
	KUNIT_EXPECT_TRUE(test, takes_group(plugged->dev));
	nst_link_group_del(plugged->link, group);
	KUNIT_EXPECT_TRUE(test, takes_group(plugged->dev));
	nst_link_group_del(plugged->link, group);
	KUNIT_EXPECT_FALSE(test, takes_group(plugged->dev));
}

/* A link that is still held has no hold on the device. */
static void groups__of_a_port_that_was_are_nobodys(struct kunit *test)
{
	struct plugged *plugged = plugged_create(test);
	struct nst_link *link = plugged->link;

	nst_link_get(link);
	KUNIT_EXPECT_EQ(test, nst_link_group_add(link, group), 0);
	take_away(plugged);
	KUNIT_EXPECT_TRUE(test, is_free(plugged));
	nst_link_group_del(link, group);
	KUNIT_EXPECT_EQ(test, nst_link_group_add(link, group), 0);
	KUNIT_EXPECT_FALSE(test, takes_group(plugged->dev));
	unregister(&plugged->dev);
	nst_link_group_del(link, group);
	nst_link_put(link);
}

static void filter__follows_the_flags_of_the_link(struct kunit *test)
{
	struct plugged *plugged = plugged_create(test);
	const u32 both = NST_LINK_PROMISC | NST_LINK_ALLMULTI;

	set_flags(plugged, NST_LINK_PROMISC, both);
	set_flags(plugged, NST_LINK_PROMISC, both);
	KUNIT_EXPECT_EQ(test, plugged->dev->promiscuity, 1U);
	KUNIT_EXPECT_EQ(test, plugged->dev->allmulti, 0U);
	set_flags(plugged, NST_LINK_ALLMULTI, both);
	KUNIT_EXPECT_EQ(test, plugged->dev->promiscuity, 0U);
	KUNIT_EXPECT_EQ(test, plugged->dev->allmulti, 1U);
	set_flags(plugged, both, both);
	take_away(plugged);
	KUNIT_EXPECT_TRUE(test, is_free(plugged));
}

static void switch_device(struct plugged *plugged, bool up)
{
	struct net_device *dev = plugged->dev;

	rtnl_lock();
	dev_change_flags(dev, up ? dev->flags | IFF_UP : dev->flags & ~IFF_UP,
			 NULL);
	rtnl_unlock();
}

/* linkwatch tells of it later; here it is told at once. */
static void switch_carrier(struct plugged *plugged, bool on)
{
	rtnl_lock();
	if (on)
		netif_carrier_on(plugged->dev);
	else
		netif_carrier_off(plugged->dev);
	netdev_state_change(plugged->dev);
	rtnl_unlock();
}

static void carrier__is_that_of_the_device(struct kunit *test)
{
	struct plugged *plugged = plugged_create(test);
	struct nst_link *link = plugged->link;

	switch_carrier(plugged, false);
	KUNIT_EXPECT_FALSE(test, nst_link_operational(link));
	KUNIT_EXPECT_EQ(test, send(plugged, outgoing(test, plugged, 1)),
			-ENETDOWN);
	EXPECT_REFUSED(plugged, frame(test, plugged), LINK_DOWN);
	switch_device(plugged, false);
	KUNIT_EXPECT_FALSE(test, nst_link_operational(link));
	KUNIT_EXPECT_EQ(test, link->flags & NST_LINK_UP, (u32)NST_LINK_UP);
}

static void admin__state_of_the_device_is_carrier(struct kunit *test)
{
	struct plugged *plugged = plugged_create(test);

	switch_device(plugged, false);
	KUNIT_EXPECT_FALSE(test, nst_link_operational(plugged->link));
	switch_device(plugged, true);
	KUNIT_EXPECT_TRUE(test, nst_link_operational(plugged->link));
	/* The stack's own switch is its own. */
	set_flags(plugged, 0, NST_LINK_UP);
	KUNIT_EXPECT_TRUE(test, plugged->dev->flags & IFF_UP);
	EXPECT_REFUSED(plugged, frame(test, plugged), LINK_DOWN);
}

static void device__mtu_and_station_are_followed(struct kunit *test)
{
	struct plugged *plugged = plugged_create(test);
	struct nst_link *link = plugged->link;
	struct sockaddr_storage address = { .ss_family = ARPHRD_ETHER };

	memcpy(((struct sockaddr *)&address)->sa_data, nst_wire_other_mac,
	       ETH_ALEN);
	rtnl_lock();
	KUNIT_EXPECT_EQ(test, dev_set_mtu(plugged->dev, 9000), 0);
	KUNIT_EXPECT_EQ(test, dev_set_mac_address(plugged->dev,
						  (void *)&address, NULL), 0);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, link->mtu, 9000U);
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(link->address,
						 nst_wire_other_mac));
	EXPECT_REFUSED(plugged, frame(test, plugged), LINK_PROTOCOL);
}

static void device__features_are_followed(struct kunit *test)
{
	struct plugged *plugged = plugged_create(test);
	struct nst_link *link = plugged->link;
	struct net_device *dev = plugged->dev;

	rtnl_lock();
	dev->wanted_features &= ~NETIF_F_TSO;
	netdev_update_features(dev);
	KUNIT_EXPECT_FALSE(test, link->features & NETIF_F_TSO);
	KUNIT_EXPECT_TRUE(test, link->features & NETIF_F_TSO6);
	dev->wanted_features &= ~NETIF_F_HW_CSUM;
	netdev_update_features(dev);
	KUNIT_EXPECT_FALSE(test, link->features &
				 (NETIF_F_HW_CSUM | NETIF_F_TSO6));
	dev->wanted_features |= NETIF_F_HW_CSUM | NETIF_F_TSO;
	netdev_update_features(dev);
	KUNIT_EXPECT_TRUE(test, link->features & NETIF_F_TSO);
	rtnl_unlock();
}

static void remove__gives_the_device_back(struct kunit *test)
{
	struct plugged *plugged = unplugged_create(test);
	int refs = netdev_refcnt_read(plugged->dev);
	unsigned int i;

	for (i = 0; i < 2; i++) {
		KUNIT_ASSERT_EQ(test, create(plugged, NAME, NULL), 0);
		plugged->link = find(plugged, NAME);
		add_address(test, plugged);
		KUNIT_EXPECT_EQ(test,
				send(plugged, outgoing(test, plugged, 1)), 0);
		take_away(plugged);
		KUNIT_EXPECT_NULL(test, find(plugged, NAME));
		KUNIT_EXPECT_TRUE(test, is_free(plugged));
		skb_queue_purge(&plugged->sent);
		KUNIT_EXPECT_EQ(test, netdev_refcnt_read(plugged->dev), refs);
	}
	KUNIT_EXPECT_TRUE(test, plugged->dev->flags & IFF_UP);
}

/* Whoever holds the link does not hold up the device. */
static void unregister__takes_the_link_away(struct kunit *test)
{
	struct plugged *plugged = plugged_create(test);
	struct nst_link *link = plugged->link;

	nst_link_get(link);
	add_address(test, plugged);
	unregister(&plugged->dev);
	KUNIT_EXPECT_NULL(test, find(plugged, NAME));
	KUNIT_EXPECT_FALSE(test, nst_link_operational(link));
	nst_link_put(link);
}

static struct kunit_case port_cases[] = {
	KUNIT_CASE(create__makes_a_link_of_the_device),
	KUNIT_CASE(create__refuses_what_is_no_port),
	KUNIT_CASE(create__refuses_what_another_has),
	KUNIT_CASE(upper__is_refused_while_it_is_a_port),
	KUNIT_CASE(receive__goes_to_the_stack_alone),
	KUNIT_CASE(receive__leaves_the_host_its_own_copies),
	KUNIT_CASE(receive__is_answered_by_the_device),
	KUNIT_CASE(receive__filters_stations_and_tags),
	KUNIT_CASE(receive__takes_priority_tags),
	KUNIT_CASE(receive__trusts_sums_that_the_device_has_verified),
	KUNIT_CASE(receive__takes_chains_apart),
	KUNIT_CASE(receive__refuses_false_super_packets),
	KUNIT_CASE(xmit__leaves_by_the_device_and_nothing_with_it),
	KUNIT_CASE(xmit__hands_super_packets_over_whole),
	KUNIT_CASE(xmit__refuses_more_than_the_device_takes),
	KUNIT_CASE(xmit__keeps_to_port_backlog),
	KUNIT_CASE(groups__are_those_of_the_device),
	KUNIT_CASE(groups__of_a_port_that_was_are_nobodys),
	KUNIT_CASE(filter__follows_the_flags_of_the_link),
	KUNIT_CASE(carrier__is_that_of_the_device),
	KUNIT_CASE(admin__state_of_the_device_is_carrier),
	KUNIT_CASE(device__mtu_and_station_are_followed),
	KUNIT_CASE(device__features_are_followed),
	KUNIT_CASE(remove__gives_the_device_back),
	KUNIT_CASE(unregister__takes_the_link_away),
	{}
};

static struct kunit_suite port_suite = {
	.name = "netstack_port",
	.test_cases = port_cases,
};

kunit_test_suite(port_suite);
