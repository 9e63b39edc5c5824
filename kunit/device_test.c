// SPDX-License-Identifier: GPL-2.0
/*
 * The net_device that joins a stack to the host, made and taken away by the
 * messages that iproute2 sends; both ends in the initial namespace. What
 * needs a second namespace is in tools/testing/selftests/device.sh.
 */
#include <kunit/resource.h>
#include <linux/file.h>
#include <linux/if_ether.h>
#include <linux/kthread.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/netstack.h>
#include <net/sock.h>

#include "../netstack/link/device.h"
#include "packet_builder.h"
#include "wire.h"

#define NAME	"under_test0"

/* Send a message as iproute2 does. Return: the errno of the answer. */
static int rtnetlink(struct kunit *test, struct sk_buff *skb)
{
	struct nlmsghdr *header = nlmsg_hdr(skb);
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		u8 more[512];
	} answer;
	struct msghdr message = {};
	struct socket *socket;
	struct file *file;
	struct kvec vec;
	int err;

	nlmsg_end(skb, header);
	err = sock_create_kern(&init_net, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE,
			       &socket);
	KUNIT_ASSERT_EQ(test, err, 0);
	/* rtnetlink asks for the capabilities of who opened the file. */
	file = sock_alloc_file(socket, 0, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	vec = (struct kvec){ .iov_base = skb->data, .iov_len = skb->len };
	err = kernel_sendmsg(socket, &message, &vec, 1, skb->len);
	if (err > 0) {
		vec = (struct kvec){ &answer, sizeof(answer) };
		err = kernel_recvmsg(socket, &message, &vec, 1,
				     sizeof(answer), 0);
	}
	fput(file);
	kfree_skb(skb);
	KUNIT_ASSERT_GE(test, err, (int)NLMSG_LENGTH(sizeof(int)));
	KUNIT_ASSERT_EQ(test, answer.header.nlmsg_type, NLMSG_ERROR);
	return answer.error.error;
}

static struct sk_buff *rtnetlink_message(struct kunit *test, u16 type,
					 u16 flags, int index)
{
	struct sk_buff *skb = nlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	struct ifinfomsg *info;
	struct nlmsghdr *header;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	header = nlmsg_put(skb, 0, 1, type, sizeof(*info),
			   NLM_F_REQUEST | NLM_F_ACK | flags);
	KUNIT_ASSERT_NOT_NULL(test, header);
	info = nlmsg_data(header);
	memset(info, 0, sizeof(*info));
	info->ifi_index = index;
	return skb;
}

/* ip link add NAME type netstack; @attribute of the kind goes with it. */
static int link_add(struct kunit *test, const char *name, int attribute,
		    const u8 *address, unsigned int address_len)
{
	struct sk_buff *skb = rtnetlink_message(test, RTM_NEWLINK,
						NLM_F_CREATE | NLM_F_EXCL, 0);
	struct nlattr *info, *data;

	nla_put_string(skb, IFLA_IFNAME, name);
	if (address)
		nla_put(skb, IFLA_ADDRESS, address_len, address);
	info = nla_nest_start(skb, IFLA_LINKINFO);
	nla_put_string(skb, IFLA_INFO_KIND, "netstack");
	if (attribute) {
		data = nla_nest_start(skb, IFLA_INFO_DATA);
		nla_put_u32(skb, attribute, 1400);
		nla_nest_end(skb, data);
	}
	nla_nest_end(skb, info);
	return rtnetlink(test, skb);
}

static struct net_device *device_find(const char *name)
{
	struct net_device *dev;

	rtnl_lock();
	dev = __dev_get_by_name(&init_net, name);
	rtnl_unlock();
	return dev;
}

static int link_del(struct kunit *test, const struct net_device *dev)
{
	return rtnetlink(test, rtnetlink_message(test, RTM_DELLINK, 0,
						 dev->ifindex));
}

static int link_rename(struct kunit *test, const struct net_device *dev,
		       const char *name)
{
	struct sk_buff *skb = rtnetlink_message(test, RTM_SETLINK, 0,
						dev->ifindex);

	nla_put_string(skb, IFLA_IFNAME, name);
	return rtnetlink(test, skb);
}

static struct nst_link *link_of(const struct net_device *dev)
{
	return ((struct nst_device *)netdev_priv(dev))->link;
}

/**
 * struct host - the device under test and what the host got of it
 * @wire: the stack
 * @dev: the device, or NULL
 * @link: the stack's end; valid as long as @dev
 * @tap: takes what comes from the stack
 * @received: that
 */
struct host {
	struct nst_wire *wire;
	struct net_device *dev;
	struct nst_link *link;
	struct packet_type tap;
	struct sk_buff_head received;
};

static int host_tap(struct sk_buff *skb, struct net_device *dev,
		    struct packet_type *type, struct net_device *orig_dev)
{
	struct host *host = container_of(type, struct host, tap);

	skb_queue_tail(&host->received, skb);
	return 0;
}

static int host_init(struct kunit_resource *resource, void *context)
{
	struct host *host = kzalloc(sizeof(*host), GFP_KERNEL);

	if (!host)
		return -ENOMEM;
	skb_queue_head_init(&host->received);
	resource->data = host;
	return 0;
}

static void host_free(struct kunit_resource *resource)
{
	struct host *host = resource->data;

	if (host->tap.func)
		dev_remove_pack(&host->tap);
	rtnl_lock();
	if (host->dev)
		unregister_netdevice(host->dev);
	rtnl_unlock();
	skb_queue_purge(&host->received);
	kfree(host);
}

/* A fresh stack with a device whose host end is down. */
static struct host *host_create(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct host *host;

	host = kunit_alloc_resource(test, host_init, host_free, GFP_KERNEL,
				    NULL);
	KUNIT_ASSERT_NOT_NULL(test, host);
	host->wire = wire;
	KUNIT_ASSERT_EQ(test, link_add(test, NAME, 0, NULL, 0), 0);
	host->dev = device_find(NAME);
	KUNIT_ASSERT_NOT_NULL(test, host->dev);
	host->link = link_of(host->dev);
	/* A type of its own: what the stack says by itself passes by. */
	host->tap.type = htons(ETH_P_LOOPBACK);
	host->tap.dev = host->dev;
	host->tap.func = host_tap;
	dev_add_pack(&host->tap);
	return host;
}

static void stack_end_set(struct host *host, bool up)
{
	mutex_lock(&host->wire->stack->config_mutex);
	nst_link_set_flags(host->link, up ? NST_LINK_UP : 0, NST_LINK_UP);
	mutex_unlock(&host->wire->stack->config_mutex);
}

static void host_end_set(struct host *host, bool up)
{
	rtnl_lock();
	dev_change_flags(host->dev, up ? host->dev->flags | IFF_UP :
					 host->dev->flags & ~IFF_UP, NULL);
	rtnl_unlock();
}

static struct host *host_create_up(struct kunit *test)
{
	struct host *host = host_create(test);

	host_end_set(host, true);
	KUNIT_ASSERT_TRUE(test, nst_link_operational(host->link));
	return host;
}

static void newlink__makes_a_link_that_awaits_the_host(struct kunit *test)
{
	struct host *host = host_create(test);
	struct net_device *dev = host->dev;
	struct nst_link *link = host->link;

	KUNIT_EXPECT_PTR_EQ(test,
			    nst_link_by_index_rcu(host->wire->stack,
						  dev->ifindex), link);
	KUNIT_EXPECT_STREQ(test, (char *)link->name, NAME);
	KUNIT_EXPECT_EQ(test, link->flags,
			NST_LINK_UP | NST_LINK_TRUSTED_PEER);
	KUNIT_EXPECT_TRUE(test, netif_carrier_ok(dev));
	KUNIT_EXPECT_FALSE(test, nst_link_operational(link));
	KUNIT_EXPECT_TRUE(test, is_valid_ether_addr(link->address));
	KUNIT_EXPECT_TRUE(test, is_valid_ether_addr(dev->dev_addr));
	KUNIT_EXPECT_FALSE(test, ether_addr_equal(link->address,
						  dev->dev_addr));
}

static void newlink__refuses_what_it_does_not_take(struct kunit *test)
{
	static const u8 group[ETH_ALEN] = { 0x01, 0, 0x5e, 0, 0, 1 };
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_link *link;

	KUNIT_EXPECT_EQ(test, link_add(test, NAME, IFLA_NETSTACK_LINK_MTU,
				       NULL, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, link_add(test, NAME, 0, group, ETH_ALEN),
			-EADDRNOTAVAIL);
	KUNIT_EXPECT_EQ(test, link_add(test, NAME, 0, nst_wire_peer_mac, 4),
			-EINVAL);
	/* A link of that name, though no device, is there: the wire. */
	KUNIT_EXPECT_EQ(test, link_add(test, NST_WIRE_NAME, 0, NULL, 0),
			-EEXIST);
	wire->stack->config.link_max = 2;
	KUNIT_EXPECT_EQ(test, link_add(test, NAME, 0, NULL, 0), -ENOBUFS);

	/* Nothing is left of them. */
	KUNIT_EXPECT_NULL(test, device_find(NAME));
	KUNIT_EXPECT_NULL(test, device_find(NST_WIRE_NAME));
	rcu_read_lock();
	link = nst_link_next_rcu(wire->stack, wire->link);
	rcu_read_unlock();
	KUNIT_EXPECT_NULL(test, link);
}

static void newlink__takes_an_address_for_the_host(struct kunit *test)
{
	struct net_device *dev;

	nst_wire_create(test);
	KUNIT_ASSERT_EQ(test, link_add(test, NAME, 0, nst_wire_peer_mac,
				       ETH_ALEN), 0);
	dev = device_find(NAME);
	KUNIT_ASSERT_NOT_NULL(test, dev);
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(dev->dev_addr,
						 nst_wire_peer_mac));
	KUNIT_EXPECT_EQ(test, link_del(test, dev), 0);
}

static void carrier__follows_the_other_end(struct kunit *test)
{
	struct host *host = host_create(test);

	stack_end_set(host, false);
	KUNIT_EXPECT_FALSE(test, netif_carrier_ok(host->dev));
	stack_end_set(host, true);
	KUNIT_EXPECT_TRUE(test, netif_carrier_ok(host->dev));
	KUNIT_EXPECT_FALSE(test, nst_link_operational(host->link));
	host_end_set(host, true);
	KUNIT_EXPECT_TRUE(test, nst_link_operational(host->link));
	stack_end_set(host, false);
	KUNIT_EXPECT_FALSE(test, netif_carrier_ok(host->dev));
	stack_end_set(host, true);
	host_end_set(host, false);
	KUNIT_EXPECT_FALSE(test, nst_link_operational(host->link));
	KUNIT_EXPECT_TRUE(test, host->link->flags & NST_LINK_UP);
}

static void mtu__is_set_on_each_end_alone(struct kunit *test)
{
	struct host *host = host_create(test);
	int err;

	rtnl_lock();
	KUNIT_EXPECT_EQ(test, dev_set_mtu(host->dev, 9000), 0);
	KUNIT_EXPECT_EQ(test, dev_set_mtu(host->dev, 67), -EINVAL);
	KUNIT_EXPECT_EQ(test, dev_set_mtu(host->dev, 65536), -EINVAL);
	rtnl_unlock();
	KUNIT_EXPECT_EQ(test, host->link->mtu, 1500);

	mutex_lock(&host->wire->stack->config_mutex);
	err = nst_link_set_mtu(host->link, 68);
	mutex_unlock(&host->wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_EQ(test, host->link->mtu, 68);
	KUNIT_EXPECT_EQ(test, host->dev->mtu, 9000);
}

static void rename__is_followed_by_the_link(struct kunit *test)
{
	struct host *host = host_create(test);

	KUNIT_EXPECT_EQ(test, link_rename(test, host->dev, "other0"), 0);
	KUNIT_EXPECT_STREQ(test, (char *)host->link->name, "other0");
	/* The name of another link is refused, and the link keeps its own. */
	KUNIT_EXPECT_EQ(test, link_rename(test, host->dev, NST_WIRE_NAME),
			0);
	KUNIT_EXPECT_STREQ(test, (char *)host->link->name, "other0");
}

/* Two octets of IPv4, which the stack drops as too short. */
static struct sk_buff *host_frame(struct kunit *test, struct host *host)
{
	struct sk_buff *skb = nst_build_payload(test, "\x45", 2);

	nst_build_ethernet(skb, &(struct nst_build_ethernet){
		.destination = host->link->address,
		.source = host->dev->dev_addr,
	});
	skb_reset_mac_header(skb);
	skb->protocol = htons(ETH_P_IP);
	skb->dev = host->dev;
	skb->mark = 7;
	skb->priority = 7;
	return skb;
}

static void host_to_stack__arrives_in_the_sender(struct kunit *test)
{
	struct host *host = host_create_up(test);
	struct nst_wire *wire = host->wire;
	unsigned long before = nst_drop_read(wire->stack, NST_DROP_IP_SHORT);
	struct rtnl_link_stats64 stats;

	KUNIT_EXPECT_EQ(test, dev_queue_xmit(host_frame(test, host)), 0);
	nst_wire_expect_drop(wire, IP_SHORT, before);
	dev_get_stats(host->dev, &stats);
	KUNIT_EXPECT_EQ(test, stats.tx_packets, 1);
	KUNIT_EXPECT_EQ(test, stats.tx_bytes, ETH_HLEN + 2);
	KUNIT_EXPECT_EQ(test, stats.tx_dropped, 0);
}

static void host_to_stack__drops_while_the_stack_end_is_down(struct kunit *test)
{
	struct host *host = host_create_up(test);
	struct nst_wire *wire = host->wire;
	struct rtnl_link_stats64 stats;

	stack_end_set(host, false);
	/* Past the queue, as one that was on its way. */
	local_bh_disable();
	host->dev->netdev_ops->ndo_start_xmit(host_frame(test, host),
					      host->dev);
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, nst_drop_read(wire->stack, NST_DROP_LINK_DOWN),
			1);
	dev_get_stats(host->dev, &stats);
	KUNIT_EXPECT_EQ(test, stats.tx_packets, 0);
	KUNIT_EXPECT_EQ(test, stats.tx_dropped, 1);
	KUNIT_EXPECT_EQ(test, stats.tx_carrier_errors, 1);
}

/* A frame of the stack that the tap takes. */
static struct sk_buff *stack_frame(struct kunit *test, struct host *host)
{
	struct sk_buff *skb = nst_build_pattern(test, 46, 0);

	nst_build_ethernet(skb, &(struct nst_build_ethernet){
		.destination = host->dev->dev_addr,
		.source = host->link->address,
		.ethertype = ETH_P_LOOPBACK,
	});
	return skb;
}

static void stack_to_host__is_deferred_and_scrubbed(struct kunit *test)
{
	struct host *host = host_create_up(test);
	struct sk_buff *skb = stack_frame(test, host);
	struct rtnl_link_stats64 stats;
	unsigned int ms;

	skb->mark = 7;
	skb->priority = 7;
	skb->tstamp = 7;
	local_bh_disable();
	KUNIT_EXPECT_EQ(test, nst_link_xmit(host->link, skb), 0);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&host->received), 0);
	local_bh_enable();
	for (ms = 0; ms < 1000 && skb_queue_empty(&host->received); ms++)
		nst_wire_wait(1);

	skb = skb_peek(&host->received);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_PTR_EQ(test, skb->dev, host->dev);
	/* The device is in the namespace of the stack. */
	KUNIT_EXPECT_EQ(test, skb->mark, 7);
	KUNIT_EXPECT_EQ(test, skb->priority, 7);
	KUNIT_EXPECT_EQ(test, skb->tstamp, 0);
	KUNIT_EXPECT_EQ(test, (int)skb->pkt_type, PACKET_HOST);
	KUNIT_EXPECT_EQ(test, skb->len, 46);
	dev_get_stats(host->dev, &stats);
	KUNIT_EXPECT_GE(test, stats.rx_packets, 1);
}

static void stack_to_host__sends_nothing_to_a_host_end_down(struct kunit *test)
{
	struct host *host = host_create_up(test);
	int err;

	host_end_set(host, false);
	local_bh_disable();
	err = nst_link_xmit(host->link, stack_frame(test, host));
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, err, -ENETDOWN);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&host->received), 0);
}

static void features_set(struct host *host, netdev_features_t off)
{
	rtnl_lock();
	host->dev->wanted_features |= NST_DEVICE_RX_FEATURES;
	host->dev->wanted_features &= ~off;
	netdev_update_features(host->dev);
	rtnl_unlock();
}

static void features__of_the_host_say_what_the_stack_sends(struct kunit *test)
{
	static const netdev_features_t segments = NETIF_F_TSO | NETIF_F_TSO6 |
						  NETIF_F_GSO_UDP_L4;
	struct host *host = host_create(test);
	struct nst_link *link = host->link;

	KUNIT_EXPECT_EQ(test, link->features & segments, segments);
	KUNIT_EXPECT_TRUE(test, link->features & NETIF_F_HW_CSUM);

	features_set(host, NETIF_F_GRO_HW);
	KUNIT_EXPECT_EQ(test, link->features & segments, 0);
	KUNIT_EXPECT_TRUE(test, link->features & NETIF_F_HW_CSUM);

	features_set(host, NETIF_F_RXCSUM);
	KUNIT_EXPECT_EQ(test, link->features & segments, 0);
	KUNIT_EXPECT_FALSE(test, link->features & NETIF_F_HW_CSUM);

	features_set(host, 0);
	KUNIT_EXPECT_EQ(test, link->features & segments, segments);
	KUNIT_EXPECT_TRUE(test, link->features & NETIF_F_HW_CSUM);
}

static void dellink__leaves_a_link_that_passes_nothing(struct kunit *test)
{
	struct host *host = host_create_up(test);
	struct nst_link *link = host->link;
	u32 index = link->index;
	int err;

	nst_link_get(link);
	dev_remove_pack(&host->tap);
	host->tap.func = NULL;
	err = link_del(test, host->dev);
	host->dev = NULL;
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_NULL(test, device_find(NAME));
	KUNIT_EXPECT_NULL(test, nst_link_by_index_rcu(host->wire->stack,
						      index));
	/* A socket that has not noticed yet. */
	local_bh_disable();
	err = nst_link_xmit(link, nst_build_pattern(test, 60, 0));
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, err, -ENETDOWN);
	nst_link_put(link);
}

/**
 * struct flood - a thread that sends through a device that goes and comes
 * @test: running test
 * @stop: it is to end
 * @sent: frames in both directions
 * @done: it has ended
 */
struct flood {
	struct kunit *test;
	bool stop;
	unsigned int sent;
	struct completion done;
};

static void flood_once(struct flood *flood, struct net_device *dev)
{
	struct nst_link *link;
	struct sk_buff *skb;

	skb = alloc_skb(128, GFP_ATOMIC);
	if (skb) {
		skb_reserve(skb, 64);
		skb_put_zero(skb, 20);
		nst_build_ethernet(skb, &(struct nst_build_ethernet){
			.destination = link_of(dev)->address,
		});
		skb_reset_mac_header(skb);
		skb->protocol = htons(ETH_P_IP);
		skb->dev = dev;
		dev_queue_xmit(skb);
		flood->sent++;
	}

	/* As a path does: found in the table, kept in an RCU section. */
	rcu_read_lock_bh();
	link = nst_link_by_index_rcu(nst_stack_rcu(&init_net), dev->ifindex);
	skb = link ? alloc_skb(128, GFP_ATOMIC) : NULL;
	if (skb) {
		skb_reserve(skb, 64);
		skb_put_zero(skb, 20);
		nst_build_ethernet(skb, &(struct nst_build_ethernet){
			.destination = dev->dev_addr,
			.ethertype = ETH_P_LOOPBACK,
		});
		nst_link_xmit(link, skb);
		flood->sent++;
	}
	rcu_read_unlock_bh();
}

static int flood_thread(void *data)
{
	struct flood *flood = data;
	struct net_device *dev;

	while (!READ_ONCE(flood->stop)) {
		/* No rtnl here: the device may be going. */
		dev = dev_get_by_name(&init_net, NAME);
		if (dev) {
			flood_once(flood, dev);
			dev_put(dev);
		}
		cond_resched();
	}
	complete(&flood->done);
	return 0;
}

static void dellink__while_traffic_flows(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct flood flood = { .test = test };
	struct task_struct *thread;
	unsigned int round;
	int err = 0;

	init_completion(&flood.done);
	thread = kthread_run(flood_thread, &flood, "netstack_flood");
	KUNIT_ASSERT_FALSE(test, IS_ERR(thread));
	/* No assertion here: the thread uses this function's stack. */
	for (round = 0; round < 20 && !err; round++) {
		struct net_device *dev;
		struct host host = { .wire = wire };

		err = link_add(test, NAME, 0, NULL, 0);
		dev = err ? NULL : device_find(NAME);
		if (!dev)
			break;
		host.dev = dev;
		host.link = link_of(dev);
		host_end_set(&host, true);
		nst_wire_wait(10);
		err = link_del(test, dev);
	}
	WRITE_ONCE(flood.stop, true);
	wait_for_completion(&flood.done);
	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_EQ(test, round, 20);
	KUNIT_EXPECT_GT(test, flood.sent, 0);
	KUNIT_EXPECT_NULL(test, device_find(NAME));
}

static struct kunit_case device_cases[] = {
	KUNIT_CASE(newlink__makes_a_link_that_awaits_the_host),
	KUNIT_CASE(newlink__refuses_what_it_does_not_take),
	KUNIT_CASE(newlink__takes_an_address_for_the_host),
	KUNIT_CASE(carrier__follows_the_other_end),
	KUNIT_CASE(mtu__is_set_on_each_end_alone),
	KUNIT_CASE(rename__is_followed_by_the_link),
	KUNIT_CASE(host_to_stack__arrives_in_the_sender),
	KUNIT_CASE(host_to_stack__drops_while_the_stack_end_is_down),
	KUNIT_CASE(stack_to_host__is_deferred_and_scrubbed),
	KUNIT_CASE(stack_to_host__sends_nothing_to_a_host_end_down),
	KUNIT_CASE(features__of_the_host_say_what_the_stack_sends),
	KUNIT_CASE(dellink__leaves_a_link_that_passes_nothing),
	KUNIT_CASE(dellink__while_traffic_flows),
	{}
};

static struct kunit_suite device_suite = {
	.name = "netstack_device",
	.test_cases = device_cases,
};

kunit_test_suite(device_suite);
