// SPDX-License-Identifier: GPL-2.0
/*
 * The link layer: what it takes and refuses, how it tells of changes, and
 * lo. Frames that are taken carry two octets of IPv4, which the layer above
 * drops as too short: so the test sees that they came there.
 */
#include <linux/if_vlan.h>

#include "../netstack/event.h"
#include "packet_builder.h"
#include "wire.h"

static const u8 group_mac[ETH_ALEN] = { 0x01, 0, 0x5e, 1, 2, 3 };
static const u8 broadcast_mac[ETH_ALEN] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
};

/* What was announced of the stack under test, in order. */
static struct {
	struct nst_stack *stack;
	unsigned int count;
	enum nst_event event[16];
	void *object[16];
} heard;

static void listener(struct nst_stack *stack, enum nst_event event,
		     void *object)
{
	if (stack != heard.stack || event > NST_EVENT_LINK_DEL ||
	    heard.count == ARRAY_SIZE(heard.event))
		return;
	heard.event[heard.count] = event;
	heard.object[heard.count++] = object;
}

static int link_suite_init(struct kunit_suite *suite)
{
	return nst_event_listen(listener);
}

static void link_test_exit(struct kunit *test)
{
	heard.stack = NULL;
}

static void listen_to(struct nst_wire *wire)
{
	heard.count = 0;
	heard.stack = wire->stack;
}

static void expect_events(struct nst_wire *wire, unsigned int count,
			  const enum nst_event *events)
{
	struct kunit *test = wire->test;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, heard.count, count);
	for (i = 0; i < count; i++) {
		KUNIT_EXPECT_EQ(test, heard.event[i], events[i]);
		KUNIT_EXPECT_PTR_EQ(test, heard.object[i],
				    (void *)wire->link);
	}
	heard.count = 0;
}

#define EXPECT_EVENTS(wire, ...) do {					\
	static const enum nst_event _events[] = { __VA_ARGS__ };	\
									\
	expect_events(wire, ARRAY_SIZE(_events), _events);		\
} while (0)

static void set_flags(struct nst_wire *wire, u32 flags, u32 mask)
{
	mutex_lock(&wire->stack->config_mutex);
	nst_link_set_flags(wire->link, flags, mask);
	mutex_unlock(&wire->stack->config_mutex);
}

static struct rtnl_link_stats64 stats_of(struct nst_link *link)
{
	struct rtnl_link_stats64 stats = {};

	nst_link_stats_read(link, &stats);
	return stats;
}

/* A frame to @destination with @len octets that IPv4 finds too short. */
static struct sk_buff *stub_frame(struct kunit *test, const u8 *destination)
{
	struct sk_buff *skb = nst_build_payload(test, "\x45", 2);

	nst_build_ethernet(skb, &(struct nst_build_ethernet){
		.destination = destination,
	});
	return skb;
}

/* The frame passes the link layer. */
static void expect_taken(struct nst_wire *wire, struct sk_buff *skb)
{
	struct rtnl_link_stats64 before = stats_of(wire->link), after;
	unsigned int len = skb->len;

	nst_wire_inject_dropped(wire, skb, NST_DROP_IP_SHORT);
	after = stats_of(wire->link);
	KUNIT_EXPECT_EQ(wire->test, after.rx_packets, before.rx_packets + 1);
	KUNIT_EXPECT_EQ(wire->test, after.rx_bytes, before.rx_bytes + len);
	KUNIT_EXPECT_EQ(wire->test, after.rx_dropped, before.rx_dropped);
}

/* The frame is refused, once, for this reason and by this link. */
static void expect_refused(struct nst_wire *wire, struct sk_buff *skb,
			   enum nst_drop_reason reason)
{
	struct rtnl_link_stats64 before = stats_of(wire->link), after;
	u64 refused = nst_link_refused_read(wire->link, reason);

	nst_wire_inject_dropped(wire, skb, reason);
	after = stats_of(wire->link);
	KUNIT_EXPECT_EQ(wire->test, after.rx_packets, before.rx_packets);
	KUNIT_EXPECT_EQ(wire->test, after.rx_bytes, before.rx_bytes);
	KUNIT_EXPECT_EQ(wire->test, after.rx_dropped, before.rx_dropped + 1);
	KUNIT_EXPECT_EQ(wire->test, nst_link_refused_read(wire->link, reason),
			refused + 1);
}

static void receive__takes_a_frame_for_this_station(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);

	expect_taken(wire, stub_frame(test, NULL));
}

static void receive__refuses_a_short_header(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	unsigned int len;

	for (len = 0; len < ETH_HLEN; len++)
		expect_refused(wire, nst_build_pattern(test, len, 0),
			       NST_DROP_LINK_SHORT);
}

static struct sk_buff *large_frame(struct kunit *test, unsigned int payload)
{
	struct sk_buff *skb = nst_build_pattern(test, payload, 0);

	nst_build_ethernet(skb, &(struct nst_build_ethernet){});
	return skb;
}

static void receive__takes_frames_above_the_mtu(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);

	KUNIT_ASSERT_EQ(test, wire->link->mtu, NST_WIRE_MTU);
	nst_wire_inject_dropped(wire, large_frame(test, NST_WIRE_MTU + 1),
				NST_DROP_IP_VERSION);
	nst_wire_inject_dropped(wire, large_frame(test, NST_LINK_MTU_MAX),
				NST_DROP_IP_VERSION);
}

static void receive__refuses_what_no_ip_packet_fills(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);

	expect_refused(wire, large_frame(test, NST_LINK_MTU_MAX + 1),
		       NST_DROP_LINK_TOO_BIG);
}

static void receive__refuses_other_stations(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);

	expect_refused(wire, stub_frame(test, nst_wire_other_mac),
		       NST_DROP_LINK_OTHER_HOST);
	expect_refused(wire, stub_frame(test, group_mac),
		       NST_DROP_LINK_OTHER_HOST);
}

static void receive__refuses_a_group_as_source(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct sk_buff *skb = nst_build_payload(test, "\x45", 2);

	nst_build_ethernet(skb, &(struct nst_build_ethernet){
		.source = group_mac,
	});
	expect_refused(wire, skb, NST_DROP_LINK_BAD_SOURCE);
}

static void receive__refuses_8023_frames(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct sk_buff *skb = nst_build_pattern(test, 46, 0);

	nst_build_ethernet(skb, &(struct nst_build_ethernet){
		.ethertype = 46,
	});
	expect_refused(wire, skb, NST_DROP_LINK_8023);
}

static void receive__refuses_unknown_ethertypes(struct kunit *test)
{
	static const u16 ethertype[] = { ETH_P_8021Q, ETH_P_8021AD, 0x0600,
					 ETH_P_MPLS_UC, 0xffff };
	struct nst_wire *wire = nst_wire_create(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ethertype); i++) {
		struct sk_buff *skb = nst_build_pattern(test, 46, 0);

		nst_build_ethernet(skb, &(struct nst_build_ethernet){
			.ethertype = ethertype[i],
		});
		expect_refused(wire, skb, NST_DROP_LINK_PROTOCOL);
	}
}

static void receive__refuses_a_tag_beside_the_frame(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct sk_buff *skb = stub_frame(test, NULL);

	__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), 7);
	expect_refused(wire, skb, NST_DROP_LINK_PROTOCOL);
}

static void receive__refuses_all_while_not_operational(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);

	set_flags(wire, 0, NST_LINK_UP);
	expect_refused(wire, stub_frame(test, NULL), NST_DROP_LINK_DOWN);
	set_flags(wire, NST_LINK_UP, NST_LINK_UP | NST_LINK_CARRIER);
	expect_refused(wire, stub_frame(test, NULL), NST_DROP_LINK_DOWN);
	set_flags(wire, NST_LINK_CARRIER, NST_LINK_CARRIER);
	expect_taken(wire, stub_frame(test, NULL));
}

static void receive__takes_broadcast(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);

	expect_taken(wire, stub_frame(test, broadcast_mac));
}

/* Taken by the link; a packet for another station is nobody's here. */
static void receive__promiscuous_takes_any_station(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct rtnl_link_stats64 before, after;

	set_flags(wire, NST_LINK_PROMISC, NST_LINK_PROMISC);
	before = stats_of(wire->link);
	nst_wire_inject_dropped(wire, stub_frame(test, nst_wire_other_mac),
				NST_DROP_LINK_OTHER_HOST);
	after = stats_of(wire->link);
	KUNIT_EXPECT_EQ(test, after.rx_packets, before.rx_packets + 1);
	KUNIT_EXPECT_EQ(test, after.rx_dropped, before.rx_dropped);
	expect_taken(wire, stub_frame(test, group_mac));

	set_flags(wire, 0, NST_LINK_PROMISC);
	expect_refused(wire, stub_frame(test, nst_wire_other_mac),
		       NST_DROP_LINK_OTHER_HOST);
}

static void receive__allmulti_takes_any_group_only(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);

	set_flags(wire, NST_LINK_ALLMULTI, NST_LINK_ALLMULTI);
	expect_taken(wire, stub_frame(test, group_mac));
	expect_refused(wire, stub_frame(test, nst_wire_other_mac),
		       NST_DROP_LINK_OTHER_HOST);
}

static void group__is_taken_until_the_last_user_leaves(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	unsigned int first = wire->link->group_count;

	KUNIT_ASSERT_EQ(test, nst_link_group_add(wire->link, group_mac), 0);
	KUNIT_ASSERT_EQ(test, nst_link_group_add(wire->link, group_mac), 0);
	KUNIT_EXPECT_EQ(test, wire->link->group_count, first + 1);
	expect_taken(wire, stub_frame(test, group_mac));
	nst_link_group_del(wire->link, group_mac);
	expect_taken(wire, stub_frame(test, group_mac));
	nst_link_group_del(wire->link, group_mac);
	KUNIT_EXPECT_EQ(test, wire->link->group_count, first);
	expect_refused(wire, stub_frame(test, group_mac),
		       NST_DROP_LINK_OTHER_HOST);

	/* One too many does no harm. */
	nst_link_group_del(wire->link, group_mac);
	KUNIT_EXPECT_EQ(test, wire->link->group_count, first);
}

static void group__is_configured_once(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);

	mutex_lock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, -ENOENT,
			nst_link_group_configure(wire->link, group_mac,
						 false));
	KUNIT_EXPECT_EQ(test, 0, nst_link_group_configure(wire->link,
							  group_mac, true));
	KUNIT_EXPECT_EQ(test, -EEXIST,
			nst_link_group_configure(wire->link, group_mac, true));
	mutex_unlock(&wire->stack->config_mutex);
	expect_taken(wire, stub_frame(test, group_mac));
	/* Who else asked for it keeps it. */
	KUNIT_EXPECT_EQ(test, 0, nst_link_group_add(wire->link, group_mac));
	mutex_lock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, 0, nst_link_group_configure(wire->link,
							  group_mac, false));
	mutex_unlock(&wire->stack->config_mutex);
	expect_taken(wire, stub_frame(test, group_mac));
	nst_link_group_del(wire->link, group_mac);
	expect_refused(wire, stub_frame(test, group_mac),
		       NST_DROP_LINK_OTHER_HOST);
}

static void group__is_not_a_station(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	unsigned int first = wire->link->group_count;

	KUNIT_EXPECT_EQ(test,
			nst_link_group_add(wire->link, nst_wire_other_mac),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, wire->link->group_count, first);
}

static void group__table_is_bounded(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	unsigned int first = wire->link->group_count;
	const u8 *group = NULL;
	u8 address[ETH_ALEN];
	unsigned int i;

	for (i = first; i < NST_LINK_GROUPS_MAX; i++) {
		nst_ethernet_ipv4_group(address, htonl(0xe1010000 + i));
		KUNIT_ASSERT_EQ(test, nst_link_group_add(wire->link, address),
				0);
	}
	KUNIT_EXPECT_EQ(test, nst_link_group_add(wire->link, group_mac),
			-ENOBUFS);
	/* One that is there can still be asked for. */
	KUNIT_EXPECT_EQ(test, nst_link_group_add(wire->link, address), 0);
	expect_refused(wire, stub_frame(test, group_mac),
		       NST_DROP_LINK_OTHER_HOST);

	rcu_read_lock();
	for (i = 0; (group = nst_link_group_next_rcu(wire->link, group)); i++)
		;
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, i, NST_LINK_GROUPS_MAX);
}

/* An echo request whose checksum is wrong, but vouched for. */
static struct sk_buff *unsummed_echo(struct kunit *test, u8 ip_summed)
{
	struct sk_buff *skb;

	skb = nst_build_frame_icmp(test, &(struct nst_build_icmp){
		.type = ICMP_ECHO,
		.bad_checksum = true,
	}, "payload!", 8);
	skb->ip_summed = ip_summed;
	if (ip_summed == CHECKSUM_PARTIAL) {
		skb->csum_start = skb_headroom(skb) + ETH_HLEN +
				  sizeof(struct iphdr);
		skb->csum_offset = offsetof(struct icmphdr, checksum);
	}
	return skb;
}

static void receive__trusts_no_checksum_of_a_stranger(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	nst_wire_inject_dropped(wire, unsummed_echo(test, CHECKSUM_PARTIAL),
				NST_DROP_ICMP_CHECKSUM);
	nst_wire_inject_dropped(wire,
				unsummed_echo(test, CHECKSUM_UNNECESSARY),
				NST_DROP_ICMP_CHECKSUM);
	nst_wire_inject_dropped(wire, unsummed_echo(test, CHECKSUM_COMPLETE),
				NST_DROP_ICMP_CHECKSUM);
}

static void receive__trusts_the_partial_checksum_of_a_peer(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	wire->link->flags |= NST_LINK_TRUSTED_PEER;
	nst_wire_inject_dropped(wire,
				unsummed_echo(test, CHECKSUM_UNNECESSARY),
				NST_DROP_ICMP_CHECKSUM);
	nst_wire_inject(wire, unsummed_echo(test, CHECKSUM_PARTIAL));
	nst_wire_expect_ipv4(wire, IPPROTO_ICMP);
}

static void receive__refuses_a_checksum_field_outside(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb;

	wire->link->flags |= NST_LINK_TRUSTED_PEER;

	skb = unsummed_echo(test, CHECKSUM_PARTIAL);
	skb->csum_offset = skb->len - ETH_HLEN - sizeof(struct iphdr) - 1;
	expect_refused(wire, skb, NST_DROP_LINK_CSUM);

	skb = unsummed_echo(test, CHECKSUM_PARTIAL);
	skb->csum_start = skb_headroom(skb) + ETH_HLEN - 1;
	expect_refused(wire, skb, NST_DROP_LINK_CSUM);

	skb = unsummed_echo(test, CHECKSUM_PARTIAL);
	skb->csum_start = U16_MAX;
	expect_refused(wire, skb, NST_DROP_LINK_CSUM);

	skb = unsummed_echo(test, CHECKSUM_PARTIAL);
	skb->csum_offset = U16_MAX;
	expect_refused(wire, skb, NST_DROP_LINK_CSUM);
}

static struct sk_buff *super_packet(struct kunit *test, u8 ip_summed,
				    unsigned int type, u16 size)
{
	struct sk_buff *skb = unsummed_echo(test, ip_summed);

	skb_shinfo(skb)->gso_type = type;
	skb_shinfo(skb)->gso_size = size;
	skb_shinfo(skb)->gso_segs = 2;
	return skb;
}

static void receive__refuses_impossible_segments(struct kunit *test)
{
	static const unsigned int foreign[] = {
		SKB_GSO_GRE, SKB_GSO_IPXIP4, SKB_GSO_IPXIP6, SKB_GSO_UDP_TUNNEL,
		SKB_GSO_UDP_TUNNEL_CSUM, SKB_GSO_PARTIAL,
		SKB_GSO_TUNNEL_REMCSUM, SKB_GSO_SCTP, SKB_GSO_ESP, SKB_GSO_UDP,
		SKB_GSO_FRAGLIST,
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb, *tail;
	unsigned int i;

	wire->link->flags |= NST_LINK_TRUSTED_PEER;
	/* Summed already, so not cut by the device of a peer. */
	expect_refused(wire, super_packet(test, CHECKSUM_NONE,
					  SKB_GSO_TCPV4, 8),
		       NST_DROP_LINK_CSUM);
	/* Of a kind that the device does not take. */
	for (i = 0; i < ARRAY_SIZE(foreign); i++) {
		expect_refused(wire, super_packet(test, CHECKSUM_PARTIAL,
						  foreign[i], 8),
			       NST_DROP_LINK_CSUM);
		expect_refused(wire, super_packet(test, CHECKSUM_PARTIAL,
						  SKB_GSO_TCPV4 | foreign[i],
						  8),
			       NST_DROP_LINK_CSUM);
	}
	expect_refused(wire, super_packet(test, CHECKSUM_PARTIAL, 0, 8),
		       NST_DROP_LINK_CSUM);
	/* A segment larger than the packet. */
	expect_refused(wire, super_packet(test, CHECKSUM_PARTIAL,
					  SKB_GSO_TCPV4, U16_MAX),
		       NST_DROP_LINK_CSUM);
	/* In a list, which the device does not take either. */
	skb = super_packet(test, CHECKSUM_PARTIAL, SKB_GSO_TCPV4, 8);
	tail = nst_build_payload(test, "payload!", 8);
	skb_shinfo(skb)->frag_list = tail;
	skb->len += tail->len;
	skb->data_len += tail->len;
	skb->truesize += tail->truesize;
	expect_refused(wire, skb, NST_DROP_LINK_CSUM);
}

static void receive__takes_segments_of_a_trusted_peer_only(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	expect_refused(wire, super_packet(test, CHECKSUM_PARTIAL,
					  SKB_GSO_TCPV4, 8),
		       NST_DROP_LINK_CSUM);
	wire->link->flags |= NST_LINK_TRUSTED_PEER;
	nst_wire_inject(wire, super_packet(test, CHECKSUM_PARTIAL,
					   SKB_GSO_TCPV4, 8));
	KUNIT_EXPECT_EQ(test, stats_of(wire->link).rx_packets, 1);
}

static int xmit(struct nst_link *link, struct sk_buff *skb)
{
	int err;

	local_bh_disable();
	rcu_read_lock();
	err = nst_link_xmit(link, skb);
	rcu_read_unlock();
	local_bh_enable();
	return err;
}

static void xmit__sends_nothing_while_not_operational(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct rtnl_link_stats64 before, after;
	unsigned long dropped;

	set_flags(wire, 0, NST_LINK_CARRIER);
	nst_wire_discard(wire);
	before = stats_of(wire->link);
	dropped = nst_drop_read(wire->stack, NST_DROP_LINK_DOWN);

	KUNIT_EXPECT_EQ(test, xmit(wire->link, stub_frame(test, NULL)),
			-ENETDOWN);

	after = stats_of(wire->link);
	nst_wire_expect_drop(wire, LINK_DOWN, dropped);
	KUNIT_EXPECT_EQ(test, after.tx_packets, before.tx_packets);
	KUNIT_EXPECT_EQ(test, after.tx_dropped, before.tx_dropped + 1);
	nst_wire_expect_nothing(wire);
}

static void xmit__completes_checksums_for_plain_links(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct sk_buff *skb = unsummed_echo(test, CHECKSUM_PARTIAL);
	struct icmphdr *icmp;

	icmp = (struct icmphdr *)(skb->data + ETH_HLEN +
				  sizeof(struct iphdr));
	icmp->checksum = 0;
	KUNIT_EXPECT_EQ(test, xmit(wire->link, skb), 0);
	skb = nst_wire_expect_ipv4(wire, IPPROTO_ICMP);
	KUNIT_EXPECT_EQ(test, (int)skb->ip_summed, CHECKSUM_NONE);
}

static void xmit__leaves_checksums_to_links_that_offload(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct sk_buff *skb;

	wire->link->features = NETIF_F_HW_CSUM;
	KUNIT_EXPECT_EQ(test,
			xmit(wire->link,
			     unsummed_echo(test, CHECKSUM_PARTIAL)), 0);
	skb = nst_wire_expect_ipv4(wire, IPPROTO_ICMP);
	KUNIT_EXPECT_EQ(test, (int)skb->ip_summed, CHECKSUM_PARTIAL);
}

static void xmit__refuses_segments_the_link_does_not_take(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct sk_buff *skb;

	wire->link->features = NETIF_F_HW_CSUM | NETIF_F_TSO6;
	skb = super_packet(test, CHECKSUM_PARTIAL, SKB_GSO_TCPV4, 8);
	KUNIT_EXPECT_EQ(test, xmit(wire->link, skb), -ENOBUFS);
	KUNIT_EXPECT_EQ(test, stats_of(wire->link).tx_dropped, 1);
	nst_wire_expect_nothing(wire);

	wire->link->features |= NETIF_F_TSO;
	skb = super_packet(test, CHECKSUM_PARTIAL, SKB_GSO_TCPV4, 8);
	KUNIT_EXPECT_EQ(test, xmit(wire->link, skb), 0);
	nst_wire_expect(wire);
}

static void xmit__reports_a_full_queue(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);

	nst_wire_discard(wire);
	wire->capacity = 1;
	KUNIT_EXPECT_EQ(test, xmit(wire->link, stub_frame(test, NULL)), 0);
	KUNIT_EXPECT_EQ(test, xmit(wire->link, stub_frame(test, NULL)),
			-ENOBUFS);
	KUNIT_EXPECT_EQ(test, stats_of(wire->link).tx_dropped, 1);
	nst_wire_expect(wire);
	nst_wire_expect_nothing(wire);
}

static void set_flags__announces_each_change_once(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);

	listen_to(wire);
	set_flags(wire, NST_LINK_UP, NST_LINK_UP);
	expect_events(wire, 0, NULL);
	set_flags(wire, 0, NST_LINK_UP);
	EXPECT_EVENTS(wire, NST_EVENT_LINK_DOWN);
	/* Down already: carrier makes no difference to what passes. */
	set_flags(wire, 0, NST_LINK_CARRIER);
	EXPECT_EVENTS(wire, NST_EVENT_LINK_CHANGE);
	set_flags(wire, NST_LINK_UP, NST_LINK_UP);
	EXPECT_EVENTS(wire, NST_EVENT_LINK_CHANGE);
	set_flags(wire, NST_LINK_CARRIER, NST_LINK_CARRIER);
	EXPECT_EVENTS(wire, NST_EVENT_LINK_UP);
	set_flags(wire, NST_LINK_PROMISC, NST_LINK_PROMISC);
	EXPECT_EVENTS(wire, NST_EVENT_LINK_CHANGE);
	KUNIT_EXPECT_EQ(test, wire->link->flags,
			NST_LINK_UP | NST_LINK_CARRIER | NST_LINK_PROMISC);
}

static int set_mtu(struct nst_wire *wire, u32 mtu)
{
	int err;

	mutex_lock(&wire->stack->config_mutex);
	err = nst_link_set_mtu(wire->link, mtu);
	mutex_unlock(&wire->stack->config_mutex);
	return err;
}

static void set_mtu__keeps_to_what_ip_allows(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);

	listen_to(wire);
	KUNIT_EXPECT_EQ(test, set_mtu(wire, 67), -ERANGE);
	KUNIT_EXPECT_EQ(test, set_mtu(wire, 65536), -ERANGE);
	KUNIT_EXPECT_EQ(test, set_mtu(wire, NST_WIRE_MTU), 0);
	KUNIT_EXPECT_EQ(test, wire->link->mtu, NST_WIRE_MTU);
	expect_events(wire, 0, NULL);

	KUNIT_EXPECT_EQ(test, set_mtu(wire, 68), 0);
	KUNIT_EXPECT_EQ(test, wire->link->mtu, 68);
	EXPECT_EVENTS(wire, NST_EVENT_LINK_CHANGE);
	KUNIT_EXPECT_EQ(test, set_mtu(wire, 65535), 0);
	KUNIT_EXPECT_EQ(test, wire->link->mtu, 65535);
	EXPECT_EVENTS(wire, NST_EVENT_LINK_CHANGE);
}

static void set_address__takes_one_station_only(struct kunit *test)
{
	static const u8 zero[ETH_ALEN];
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_link *link = wire->link;
	struct nst_link *lo;

	listen_to(wire);
	mutex_lock(&wire->stack->config_mutex);
	lo = nst_link_by_index_rcu(wire->stack, NST_LOOPBACK_INDEX);
	KUNIT_EXPECT_EQ(test, nst_link_set_address(link, group_mac),
			-EADDRNOTAVAIL);
	KUNIT_EXPECT_EQ(test, nst_link_set_address(link, zero),
			-EADDRNOTAVAIL);
	KUNIT_EXPECT_EQ(test, nst_link_set_address(lo, nst_wire_other_mac),
			-EADDRNOTAVAIL);
	expect_events(wire, 0, NULL);
	KUNIT_EXPECT_EQ(test, nst_link_set_address(link, nst_wire_other_mac),
			0);
	EXPECT_EVENTS(wire, NST_EVENT_LINK_CHANGE);
	mutex_unlock(&wire->stack->config_mutex);

	nst_wire_discard(wire);
	expect_taken(wire, stub_frame(test, nst_wire_other_mac));
	expect_refused(wire, stub_frame(test, nst_wire_local_mac),
		       NST_DROP_LINK_OTHER_HOST);
}

static void lookup__finds_by_number_and_name(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_stack *stack = wire->stack;
	struct nst_link *lo;

	rcu_read_lock();
	lo = nst_link_by_index_rcu(stack, NST_LOOPBACK_INDEX);
	KUNIT_EXPECT_PTR_EQ(test, nst_link_by_name_rcu(stack, "lo"), lo);
	KUNIT_EXPECT_PTR_EQ(test,
			    nst_link_by_index_rcu(stack, NST_WIRE_INDEX),
			    wire->link);
	KUNIT_EXPECT_PTR_EQ(test, nst_link_by_name_rcu(stack, NST_WIRE_NAME),
			    wire->link);
	KUNIT_EXPECT_NULL(test, nst_link_by_index_rcu(stack, 2));
	KUNIT_EXPECT_NULL(test, nst_link_by_name_rcu(stack, "wire"));
	KUNIT_EXPECT_PTR_EQ(test, nst_link_next_rcu(stack, NULL), lo);
	KUNIT_EXPECT_PTR_EQ(test, nst_link_next_rcu(stack, lo), wire->link);
	KUNIT_EXPECT_NULL(test, nst_link_next_rcu(stack, wire->link));
	rcu_read_unlock();
}

static int bare_xmit(struct nst_link *link, struct sk_buff *skb)
{
	consume_skb(skb);
	return 0;
}

static void bare_changed(struct nst_link *link)
{
}

static void bare_destroy(struct nst_link *link)
{
	kfree(link);
}

static const struct nst_link_ops bare_ops = {
	.kind = "bare",
	.xmit = bare_xmit,
	.admin_changed = bare_changed,
	.destroy = bare_destroy,
};

static struct nst_link *bare_link(struct nst_wire *wire, u32 index,
				  const char *name)
{
	struct nst_link *link = kzalloc(sizeof(*link), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(wire->test, link);
	KUNIT_ASSERT_EQ(wire->test,
			nst_link_setup(link, wire->stack, &bare_ops), 0);
	link->index = index;
	strscpy(link->name, name, IFNAMSIZ);
	return link;
}

static int register_link(struct nst_link *link)
{
	int err;

	mutex_lock(&link->stack->config_mutex);
	err = nst_link_register(link);
	mutex_unlock(&link->stack->config_mutex);
	return err;
}

static void register__refuses_a_number_or_name_twice(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_link *link;

	listen_to(wire);
	link = bare_link(wire, NST_WIRE_INDEX, "bare0");
	KUNIT_EXPECT_EQ(test, register_link(link), -EEXIST);
	nst_link_put(link);
	link = bare_link(wire, 7, NST_WIRE_NAME);
	KUNIT_EXPECT_EQ(test, register_link(link), -EEXIST);
	nst_link_put(link);
	expect_events(wire, 0, NULL);
}

static void register__keeps_to_link_max(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_link *link;

	/* lo and the wire are two. */
	wire->stack->config.link_max = 2;
	link = bare_link(wire, 7, "bare0");
	KUNIT_EXPECT_EQ(test, register_link(link), -ENOBUFS);
	KUNIT_EXPECT_NULL(test, nst_link_by_index_rcu(wire->stack, 7));
	nst_link_put(link);
}

static void unregister__announces_down_then_del(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_link *link = bare_link(wire, 7, "bare0");

	link->flags = NST_LINK_UP | NST_LINK_CARRIER;
	listen_to(wire);
	KUNIT_ASSERT_EQ(test, register_link(link), 0);
	KUNIT_EXPECT_EQ(test, xmit(link, stub_frame(test, NULL)), 0);

	mutex_lock(&wire->stack->config_mutex);
	nst_link_unregister(link);
	mutex_unlock(&wire->stack->config_mutex);

	KUNIT_ASSERT_EQ(test, heard.count, 4);
	KUNIT_EXPECT_EQ(test, heard.event[0], NST_EVENT_LINK_NEW);
	KUNIT_EXPECT_EQ(test, heard.event[1], NST_EVENT_LINK_UP);
	KUNIT_EXPECT_EQ(test, heard.event[2], NST_EVENT_LINK_DOWN);
	KUNIT_EXPECT_EQ(test, heard.event[3], NST_EVENT_LINK_DEL);
	KUNIT_EXPECT_PTR_EQ(test, heard.object[3], (void *)link);

	/* Whoever still has it can neither find nor use it. */
	KUNIT_EXPECT_NULL(test, nst_link_by_index_rcu(wire->stack, 7));
	KUNIT_EXPECT_EQ(test, xmit(link, stub_frame(test, NULL)), -ENETDOWN);
	nst_link_put(link);
}

/* ksoftirqd may have what is left over of a softirq: wait for @condition. */
#define EVENTUALLY(test, condition) do {				\
	unsigned int _ms;						\
									\
	for (_ms = 0; _ms < 1000 && !(condition); _ms++)		\
		nst_wire_wait(1);					\
	KUNIT_EXPECT_TRUE(test, condition);				\
} while (0)

static struct nst_link *loopback_of(struct nst_wire *wire)
{
	return nst_link_by_index_rcu(wire->stack, NST_LOOPBACK_INDEX);
}

static struct sk_buff *loopback_packet(struct kunit *test)
{
	struct sk_buff *skb = nst_build_payload(test, "\x45", 2);

	skb->protocol = htons(ETH_P_IP);
	return skb;
}

static void loopback__is_up_from_the_start(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_link *lo = loopback_of(wire);

	KUNIT_ASSERT_NOT_NULL(test, lo);
	KUNIT_EXPECT_STREQ(test, (char *)lo->name, "lo");
	KUNIT_EXPECT_TRUE(test, nst_link_operational(lo));
	KUNIT_EXPECT_EQ(test, lo->mtu, 65535);
}

static void loopback__delivers_later_not_in_the_caller(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_link *lo = loopback_of(wire);
	unsigned long before = nst_drop_read(wire->stack, NST_DROP_IP_SHORT);

	local_bh_disable();
	KUNIT_EXPECT_EQ(test, nst_link_xmit(lo, loopback_packet(test)), 0);
	KUNIT_EXPECT_EQ(test, nst_drop_read(wire->stack, NST_DROP_IP_SHORT),
			before);
	local_bh_enable();
	EVENTUALLY(test, nst_drop_read(wire->stack, NST_DROP_IP_SHORT) ==
			 before + 1);
	KUNIT_EXPECT_EQ(test, stats_of(lo).tx_packets, 1);
	KUNIT_EXPECT_EQ(test, stats_of(lo).rx_packets, 1);
	KUNIT_EXPECT_EQ(test, stats_of(lo).rx_bytes, 2);
}

static void loopback__bounds_its_queue(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_link *lo = loopback_of(wire);
	unsigned long before = nst_drop_read(wire->stack, NST_DROP_IP_SHORT);
	unsigned int i;

	wire->stack->config.loopback_backlog = 100;
	local_bh_disable();
	for (i = 0; i < 100; i++)
		KUNIT_EXPECT_EQ(test,
				nst_link_xmit(lo, loopback_packet(test)), 0);
	KUNIT_EXPECT_EQ(test, nst_link_xmit(lo, loopback_packet(test)),
			-ENOBUFS);
	local_bh_enable();

	KUNIT_EXPECT_EQ(test,
			nst_drop_read(wire->stack, NST_DROP_LINK_BACKLOG), 1);
	KUNIT_EXPECT_EQ(test, stats_of(lo).tx_dropped, 1);
	KUNIT_EXPECT_EQ(test, nst_link_refused_read(lo, NST_DROP_LINK_BACKLOG),
			1);
	/* More than one poll's budget. */
	EVENTUALLY(test, nst_drop_read(wire->stack, NST_DROP_IP_SHORT) ==
			 before + 100);

	/* There is room again. */
	KUNIT_EXPECT_EQ(test, xmit(lo, loopback_packet(test)), 0);
	EVENTUALLY(test, nst_drop_read(wire->stack, NST_DROP_IP_SHORT) ==
			 before + 101);
}

static bool orphaned;

static void note_orphaned(struct sk_buff *skb)
{
	WRITE_ONCE(orphaned, true);
}

static void loopback__keeps_the_owner_until_delivery(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_link *lo = loopback_of(wire);
	struct sk_buff *skb = loopback_packet(test);

	orphaned = false;
	skb->destructor = note_orphaned;
	local_bh_disable();
	KUNIT_EXPECT_EQ(test, nst_link_xmit(lo, skb), 0);
	KUNIT_EXPECT_FALSE(test, orphaned);
	local_bh_enable();
	EVENTUALLY(test, READ_ONCE(orphaned));
}

static void loopback__refuses_while_down(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_link *lo = loopback_of(wire);

	mutex_lock(&wire->stack->config_mutex);
	nst_link_set_flags(lo, 0, NST_LINK_UP);
	mutex_unlock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, xmit(lo, loopback_packet(test)), -ENETDOWN);
	KUNIT_EXPECT_EQ(test, stats_of(lo).rx_packets, 0);
}

static void loopback__drops_unknown_protocols(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_link *lo = loopback_of(wire);
	struct sk_buff *skb = loopback_packet(test);

	skb->protocol = htons(ETH_P_AARP);
	KUNIT_EXPECT_EQ(test, xmit(lo, skb), 0);
	EVENTUALLY(test,
		   nst_link_refused_read(lo, NST_DROP_LINK_PROTOCOL) == 1);
}

static void loopback__drops_what_waits_when_the_stack_goes(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_link *lo = loopback_of(wire);
	unsigned int i;

	/* Taken apart at once; the guest's leak check sees what is left. */
	local_bh_disable();
	for (i = 0; i < 300; i++)
		nst_link_xmit(lo, loopback_packet(test));
	local_bh_enable();
}

static struct kunit_case link_cases[] = {
	KUNIT_CASE(register__refuses_a_number_or_name_twice),
	KUNIT_CASE(register__keeps_to_link_max),
	KUNIT_CASE(unregister__announces_down_then_del),
	KUNIT_CASE(lookup__finds_by_number_and_name),
	KUNIT_CASE(set_flags__announces_each_change_once),
	KUNIT_CASE(set_mtu__keeps_to_what_ip_allows),
	KUNIT_CASE(set_address__takes_one_station_only),
	KUNIT_CASE(group__is_taken_until_the_last_user_leaves),
	KUNIT_CASE(group__is_configured_once),
	KUNIT_CASE(group__is_not_a_station),
	KUNIT_CASE(group__table_is_bounded),
	KUNIT_CASE(receive__takes_a_frame_for_this_station),
	KUNIT_CASE(receive__refuses_a_short_header),
	KUNIT_CASE(receive__takes_frames_above_the_mtu),
	KUNIT_CASE(receive__refuses_what_no_ip_packet_fills),
	KUNIT_CASE(receive__refuses_other_stations),
	KUNIT_CASE(receive__refuses_a_group_as_source),
	KUNIT_CASE(receive__refuses_8023_frames),
	KUNIT_CASE(receive__refuses_unknown_ethertypes),
	KUNIT_CASE(receive__refuses_a_tag_beside_the_frame),
	KUNIT_CASE(receive__refuses_all_while_not_operational),
	KUNIT_CASE(receive__takes_broadcast),
	KUNIT_CASE(receive__promiscuous_takes_any_station),
	KUNIT_CASE(receive__allmulti_takes_any_group_only),
	KUNIT_CASE(receive__trusts_no_checksum_of_a_stranger),
	KUNIT_CASE(receive__trusts_the_partial_checksum_of_a_peer),
	KUNIT_CASE(receive__refuses_a_checksum_field_outside),
	KUNIT_CASE(receive__refuses_impossible_segments),
	KUNIT_CASE(receive__takes_segments_of_a_trusted_peer_only),
	KUNIT_CASE(xmit__sends_nothing_while_not_operational),
	KUNIT_CASE(xmit__completes_checksums_for_plain_links),
	KUNIT_CASE(xmit__leaves_checksums_to_links_that_offload),
	KUNIT_CASE(xmit__refuses_segments_the_link_does_not_take),
	KUNIT_CASE(xmit__reports_a_full_queue),
	KUNIT_CASE(loopback__is_up_from_the_start),
	KUNIT_CASE(loopback__delivers_later_not_in_the_caller),
	KUNIT_CASE(loopback__bounds_its_queue),
	KUNIT_CASE(loopback__keeps_the_owner_until_delivery),
	KUNIT_CASE(loopback__refuses_while_down),
	KUNIT_CASE(loopback__drops_unknown_protocols),
	KUNIT_CASE(loopback__drops_what_waits_when_the_stack_goes),
	{}
};

static struct kunit_suite link_suite = {
	.name = "netstack_link",
	.suite_init = link_suite_init,
	.exit = link_test_exit,
	.test_cases = link_cases,
};

kunit_test_suite(link_suite);
