// SPDX-License-Identifier: GPL-2.0
/*
 * The scripted wire: see wire.h.
 */
#include <kunit/resource.h>
#include <linux/delay.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/ip.h>

#include "../netstack/compat.h"
#include "../netstack/network/address.h"
#include "../netstack/network/neighbour.h"
#include "fuzz.h"
#include "wire.h"

#define PATIENCE_MS	1000
#define CAPACITY	4096

const u8 nst_wire_local_mac[ETH_ALEN] = { 0x02, 0, 0, 0, 0, 1 };
const u8 nst_wire_peer_mac[ETH_ALEN] = { 0x02, 0, 0, 0, 0, 2 };
const u8 nst_wire_other_mac[ETH_ALEN] = { 0x02, 0, 0, 0, 0, 3 };

/**
 * struct wire_link - the stack's end of the wire
 * @link: the link; the structure is freed with it
 * @wire: the test's end, there while the link is operational
 */
struct wire_link {
	struct nst_link link;
	struct nst_wire *wire;
};

/* RFC 5227 2.3: an ARP packet that tells of its sender's own address. */
static bool is_announcement(const struct sk_buff *skb)
{
	const struct ethhdr *ethernet = (const struct ethhdr *)skb->data;
	const u8 *arp = skb->data + ETH_HLEN;

	return ethernet->h_proto == htons(ETH_P_ARP) &&
	       skb_headlen(skb) >= ETH_HLEN + 28 && !memcmp(arp + 14, arp + 24, 4);
}

/* RFC 3810 5: behind a hop-by-hop header, from this host or its stack. */
static bool is_listener_discovery(const struct sk_buff *skb)
{
	const struct ethhdr *ethernet = (const struct ethhdr *)skb->data;
	const u8 *ip6 = skb->data + ETH_HLEN;

	return ethernet->h_proto == htons(ETH_P_IPV6) &&
	       skb_headlen(skb) >= ETH_HLEN + 49 && !ip6[6] &&
	       ip6[40] == IPPROTO_ICMPV6 &&
	       (ip6[48] == 131 || ip6[48] == 132 || ip6[48] == 143);
}

/*
 * The frame is copied: its sender may keep the original to send it again,
 * with another header in the same place.
 */
static int wire_xmit(struct nst_link *link, struct sk_buff *skb)
{
	struct nst_wire *wire = container_of(link, struct wire_link, link)->wire;
	struct sk_buff *copy;

	nst_fuzz_record(wire->corpus, skb, true);
	if ((wire->quiet && is_announcement(skb)) ||
	    (!wire->mld && is_listener_discovery(skb))) {
		consume_skb(skb);
		return 0;
	}
	copy = skb_queue_len_lockless(&wire->sent) < wire->capacity ?
	       skb_copy(skb, GFP_ATOMIC) : NULL;
	if (!copy) {
		nst_link_refuse(link, skb, NST_DROP_LINK_BACKLOG);
		return -ENOBUFS;
	}
	consume_skb(skb);
	skb_reset_mac_header(copy);
	skb_set_network_header(copy, ETH_HLEN);
	skb_queue_tail(&wire->sent, copy);
	wake_up(&wire->arrival);
	return 0;
}

static void wire_admin_changed(struct nst_link *link)
{
}

static void wire_destroy(struct nst_link *link)
{
	kfree(container_of(link, struct wire_link, link));
}

static const struct nst_link_ops wire_ops = {
	.kind = "wire",
	.xmit = wire_xmit,
	.admin_changed = wire_admin_changed,
	.destroy = wire_destroy,
};

static int wire_link_create(struct nst_wire *wire)
{
	struct wire_link *wire_link = kzalloc(sizeof(*wire_link), GFP_KERNEL);
	struct nst_link *link;
	int err;

	if (!wire_link)
		return -ENOMEM;
	wire_link->wire = wire;
	link = &wire_link->link;
	/* Frames of IPv6 would come between those that a test expects. */
	wire->stack->config.disable_ipv6 = 1;
	err = nst_link_setup(link, wire->stack, &wire_ops);
	if (err) {
		kfree(wire_link);
		return err;
	}
	link->index = NST_WIRE_INDEX;
	strscpy(link->name, NST_WIRE_NAME, IFNAMSIZ);
	ether_addr_copy(link->address, nst_wire_local_mac);
	link->mtu = NST_WIRE_MTU;
	link->flags = NST_LINK_UP | NST_LINK_CARRIER;

	mutex_lock(&wire->stack->config_mutex);
	err = nst_link_register(link);
	mutex_unlock(&wire->stack->config_mutex);
	if (err) {
		nst_link_put(link);
		return err;
	}
	wire->link = link;
	return 0;
}

static struct nst_stack *stack_publish(struct nst_stack *stack)
{
	struct nst_net *nn = nst_net(&init_net);
	struct nst_stack *former = rtnl_dereference(nn->stack);

	rcu_assign_pointer(nn->stack, stack);
	return former;
}

/*
 * Reports come at a random time within so long: when a test lets their timer
 * expire, and not before.
 */
static void postpone_reports(struct nst_config *config)
{
	config->igmpv2_unsolicited_report_interval = NST_WIRE_REPORT_MS;
	config->igmpv3_unsolicited_report_interval = NST_WIRE_REPORT_MS;
	config->mldv1_unsolicited_report_interval = NST_WIRE_REPORT_MS;
	config->mldv2_unsolicited_report_interval = NST_WIRE_REPORT_MS;
}

static int wire_resource_init(struct kunit_resource *resource, void *context)
{
	struct nst_wire *wire = kzalloc(sizeof(*wire), GFP_KERNEL);
	int err;

	if (!wire)
		return -ENOMEM;
	wire->test = context;
	wire->capacity = CAPACITY;
	skb_queue_head_init(&wire->sent);
	skb_queue_head_init(&wire->seen);
	init_waitqueue_head(&wire->arrival);

	rtnl_lock();
	wire->stack = nst_stack_create(&init_net);
	if (IS_ERR(wire->stack)) {
		rtnl_unlock();
		err = PTR_ERR(wire->stack);
		goto free;
	}
	postpone_reports(&wire->stack->config);
	wire->former = stack_publish(wire->stack);
	rtnl_unlock();

	err = wire_link_create(wire);
	if (err)
		goto destroy;
	resource->data = wire;
	return 0;

destroy:
	rtnl_lock();
	stack_publish(wire->former);
	rtnl_unlock();
	synchronize_net();
	nst_stack_destroy(wire->stack);
free:
	kfree(wire);
	return err;
}

static void wire_resource_free(struct kunit_resource *resource)
{
	struct nst_wire *wire = resource->data;

	mutex_lock(&wire->stack->config_mutex);
	nst_link_unregister(wire->link);
	mutex_unlock(&wire->stack->config_mutex);
	nst_link_put(wire->link);

	rtnl_lock();
	stack_publish(wire->former);
	rtnl_unlock();
	synchronize_net();
	nst_stack_destroy(wire->stack);
	/* Callbacks under way belong to this test, not to the next one. */
	rcu_barrier();

	skb_queue_purge(&wire->sent);
	skb_queue_purge(&wire->seen);
	kfree(wire);
}

struct nst_wire *nst_wire_create(struct kunit *test)
{
	struct nst_wire *wire;

	wire = kunit_alloc_resource(test, wire_resource_init,
				    wire_resource_free, GFP_KERNEL, test);
	KUNIT_ASSERT_NOT_NULL_MSG(test, wire, "no wire and no stack");
	return wire;
}

struct nst_wire *nst_wire_create_ipv4(struct kunit *test)
{
	union nst_address peer = nst_address_v4(htonl(NST_WIRE_PEER));
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_neighbour *neighbour;

	wire->quiet = true;
	nst_wire_add_address(wire, NST_WIRE_LOCAL, NST_WIRE_PREFIX_LEN);
	neighbour = nst_neighbour_lookup(wire->link, AF_INET, &peer, true);
	KUNIT_ASSERT_FALSE(test, IS_ERR_OR_NULL(neighbour));
	nst_neighbour_update(neighbour, nst_wire_peer_mac, NUD_PERMANENT,
			     NST_NEIGHBOUR_ADMIN | NST_NEIGHBOUR_OVERRIDE);
	nst_neighbour_put(neighbour);
	nst_wire_discard(wire);
	return wire;
}

void nst_wire_add_address(struct nst_wire *wire, u32 address, u8 prefix_len)
{
	struct nst_address_config config = {
		.family = AF_INET,
		.address = nst_address_v4(htonl(address)),
		.prefix_len = prefix_len,
		.scope = RT_SCOPE_UNIVERSE,
		.no_probe = true,
	};
	int err;

	mutex_lock(&wire->stack->config_mutex);
	err = nst_address_add(wire->link, &config, NULL);
	mutex_unlock(&wire->stack->config_mutex);
	KUNIT_ASSERT_EQ(wire->test, err, 0);
	nst_wire_discard(wire);
}

void nst_wire_inject(struct nst_wire *wire, struct sk_buff *skb)
{
	nst_fuzz_record(wire->corpus, skb, false);
	local_bh_disable();
	nst_link_receive(wire->link, skb);
	local_bh_enable();
}

void nst_wire_inject_dropped(struct nst_wire *wire, struct sk_buff *skb,
			     enum nst_drop_reason reason)
{
	unsigned long *before;
	unsigned int i;

	before = kunit_kcalloc(wire->test, NST_DROP_COUNT, sizeof(*before),
			       GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(wire->test, before);
	for (i = 0; i < NST_DROP_COUNT; i++)
		before[i] = nst_drop_read(wire->stack, i);

	nst_wire_inject(wire, skb);

	for (i = 0; i < NST_DROP_COUNT; i++)
		KUNIT_EXPECT_EQ_MSG(wire->test,
				    nst_drop_read(wire->stack, i),
				    before[i] + (i == reason),
				    "counter %s", nst_drop_names[i].name);
	nst_wire_expect_nothing(wire);
	kunit_kfree(wire->test, before);
}

struct sk_buff *nst_wire_expect_within(struct nst_wire *wire, unsigned int ms)
{
	struct sk_buff *skb;

	wait_event_timeout(wire->arrival, !skb_queue_empty(&wire->sent),
			   msecs_to_jiffies(ms));
	skb = skb_dequeue(&wire->sent);
	KUNIT_ASSERT_NOT_NULL_MSG(wire->test, skb,
				  "the stack sent nothing within %u ms", ms);
	skb_queue_tail(&wire->seen, skb);
	KUNIT_ASSERT_GE_MSG(wire->test, skb->len, (unsigned int)ETH_HLEN,
			    "frame without an Ethernet header");
	return skb;
}

struct sk_buff *nst_wire_expect(struct nst_wire *wire)
{
	return nst_wire_expect_within(wire, PATIENCE_MS);
}

struct sk_buff *nst_wire_expect_ethertype(struct nst_wire *wire,
					  u16 ethertype)
{
	struct sk_buff *skb = nst_wire_expect(wire);

	KUNIT_ASSERT_EQ_MSG(wire->test, ntohs(eth_hdr(skb)->h_proto),
			    ethertype, "EtherType of the frame");
	return skb;
}

/* Checksum of the transport over @skb, pseudo header included; 0 if good. */
static __sum16 transport_checksum(const struct sk_buff *skb, u8 protocol)
{
	const struct iphdr *ip = ip_hdr(skb);
	__wsum sum = csum_partial(skb->data, skb->len, 0);

	if (protocol == IPPROTO_ICMP || protocol == IPPROTO_IGMP)
		return csum_fold(sum);
	return csum_tcpudp_magic(ip->saddr, ip->daddr, skb->len, protocol, sum);
}

struct sk_buff *nst_wire_expect_ipv4(struct nst_wire *wire, u8 protocol)
{
	struct sk_buff *skb = nst_wire_expect_ethertype(wire, ETH_P_IP);
	struct kunit *test = wire->test;
	unsigned int total_len;
	struct iphdr *ip;

	__skb_pull(skb, ETH_HLEN);
	skb_reset_network_header(skb);
	KUNIT_ASSERT_GE(test, skb->len, (unsigned int)sizeof(*ip));
	ip = ip_hdr(skb);
	total_len = ntohs(ip->tot_len);
	KUNIT_ASSERT_EQ(test, (int)ip->version, 4);
	KUNIT_ASSERT_GE(test, (int)ip->ihl, 5);
	KUNIT_ASSERT_LE(test, ip->ihl * 4U, total_len);
	KUNIT_ASSERT_LE(test, total_len, skb->len);
	KUNIT_ASSERT_EQ_MSG(test, ip->protocol, protocol, "IP protocol");
	KUNIT_EXPECT_EQ_MSG(test, (__force int)ip_fast_csum(ip, ip->ihl), 0,
			    "IPv4 header checksum");
	skb_trim(skb, total_len);
	__skb_pull(skb, ip->ihl * 4);
	skb_reset_transport_header(skb);

	if ((ip->frag_off & htons(IP_MF | IP_OFFSET)) ||
	    skb->ip_summed == CHECKSUM_PARTIAL)
		return skb;
	if (protocol == IPPROTO_UDP && skb->len >= 8 &&
	    !*(__sum16 *)(skb->data + 6))
		return skb;
	if (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP ||
	    protocol == IPPROTO_ICMP || protocol == IPPROTO_IGMP)
		KUNIT_EXPECT_EQ_MSG(test,
				    (__force int)transport_checksum(skb,
								    protocol),
				    0, "transport checksum");
	return skb;
}

struct sk_buff *nst_wire_expect_arp(struct nst_wire *wire, u16 operation)
{
	struct sk_buff *skb = nst_wire_expect_ethertype(wire, ETH_P_ARP);
	struct kunit *test = wire->test;
	const struct arphdr *arp;

	KUNIT_ASSERT_GE(test, skb->len,
			(unsigned int)(ETH_HLEN + sizeof(*arp) + 20));
	arp = (const struct arphdr *)skb_network_header(skb);
	KUNIT_EXPECT_EQ(test, ntohs(arp->ar_hrd), ARPHRD_ETHER);
	KUNIT_EXPECT_EQ(test, ntohs(arp->ar_pro), ETH_P_IP);
	KUNIT_EXPECT_EQ(test, arp->ar_hln, ETH_ALEN);
	KUNIT_EXPECT_EQ(test, arp->ar_pln, 4);
	KUNIT_ASSERT_EQ_MSG(test, ntohs(arp->ar_op), operation,
			    "ARP operation");
	return skb;
}

void nst_wire_expect_nothing(struct nst_wire *wire)
{
	const struct sk_buff *skb = skb_peek(&wire->sent);

	if (skb)
		KUNIT_FAIL(wire->test,
			   "the stack sent %u frames, the first is: %*ph",
			   skb_queue_len(&wire->sent),
			   min_t(int, skb->len, 64), skb->data);
	nst_wire_discard(wire);
}

void nst_wire_expect_silence(struct nst_wire *wire, unsigned int ms)
{
	nst_wire_wait(ms);
	nst_wire_expect_nothing(wire);
}

void nst_wire_discard(struct nst_wire *wire)
{
	skb_queue_purge(&wire->sent);
}

void nst_wire_wait(unsigned int ms)
{
	msleep(ms);
}

bool nst_wire_expire(struct timer_list *timer)
{
	bool pending;

	local_bh_disable();
	pending = timer_delete(timer);
	if (pending)
		timer->function(timer);
	local_bh_enable();
	return pending;
}

void nst_wire_expect_due(struct nst_wire *wire,
			 const struct timer_list *timer, unsigned long since,
			 unsigned int min_ms, unsigned int max_ms)
{
	unsigned long first = since + msecs_to_jiffies(min_ms);
	unsigned long last = jiffies + msecs_to_jiffies(max_ms);

	KUNIT_EXPECT_TRUE(wire->test, timer_pending(timer));
	KUNIT_EXPECT_TRUE_MSG(wire->test,
			      time_in_range(timer->expires, first, last),
			      "due in %ld ms, not in %u to %u",
			      (long)(timer->expires - jiffies) * 1000 / HZ,
			      min_ms, max_ms);
}
