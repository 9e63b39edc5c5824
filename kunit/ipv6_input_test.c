// SPDX-License-Identifier: GPL-2.0
/*
 * IPv6 receive: ipv6_input.c, ipv6_exthdr.c. Attacks 4, 20, 21 and 23.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "../netstack/network/icmpv6.h"
#include "../netstack/network/router.h"
#include "transport_probe.h"
#include "wire_ipv6.h"

/* A packet for the probe, with @payload octets. */
static struct sk_buff *packet(struct kunit *test,
			      const struct nst_build_ipv6 *header,
			      unsigned int payload)
{
	struct sk_buff *skb = nst_build_pattern(test, payload, 0);
	struct nst_build_ipv6 ipv6 = *header;

	if (!ipv6.nexthdr)
		ipv6.nexthdr = NST_PROBE_PROTOCOL;
	nst_build_ipv6_frame(skb, &ipv6);
	return skb;
}

static struct sk_buff *received(struct kunit *test)
{
	struct sk_buff *skb = skb_dequeue(&nst_probe.received);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	return skb;
}

static void packet__reaches_its_transport(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	const struct nst_packet_cb *cb;
	struct sk_buff *skb;

	nst_wire_inject(wire, packet(test, &(struct nst_build_ipv6) {
		.hop_limit = 7, .tos = 0x22, .flow = 0x12345 }, 100));
	skb = received(test);
	cb = nst_packet_cb(skb);
	KUNIT_EXPECT_PTR_EQ(test, wire->link, cb->link);
	KUNIT_EXPECT_EQ(test, AF_INET6, (int)cb->family);
	KUNIT_EXPECT_EQ(test, NST_PROBE_PROTOCOL, (int)cb->protocol);
	KUNIT_EXPECT_EQ(test, 7, (int)cb->hop_limit);
	KUNIT_EXPECT_EQ(test, 0x22, (int)cb->tos);
	KUNIT_EXPECT_EQ(test, 0, (int)cb->flags);
	KUNIT_EXPECT_EQ(test, 100U, skb->len);
	KUNIT_EXPECT_EQ(test, 40U, skb_network_header_len(skb));
	KUNIT_EXPECT_PTR_EQ(test, skb_transport_header(skb), skb->data);
	KUNIT_EXPECT_EQ(test, 1UL,
			nst_mib_read(wire->stack, NST_MIB_IP6_IN_DELIVERS));
	KUNIT_EXPECT_EQ(test, 1UL,
			nst_mib_read(wire->stack,
				     NST_MIB_IP6_IN_ECT0_PKTS));
	kfree_skb(skb);
}

static void packet__link_padding_is_cut(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct sk_buff *skb = packet(test, &(struct nst_build_ipv6) {}, 2);

	skb_put_zero(skb, 20);
	nst_wire_inject(wire, skb);
	skb = received(test);
	KUNIT_EXPECT_EQ(test, 2U, skb->len);
	kfree_skb(skb);
}

/**
 * struct refused_case - a packet that is dropped at the door
 * @name: what is wrong
 * @header: header, with addresses by @saddr and @daddr
 * @saddr: source, unless it is all zero
 * @daddr: destination, unless it is all zero
 * @any: the source is ::
 * @any_daddr: the destination is ::
 * @length: payload
 * @cut: octets taken from the end
 * @reason: why it is dropped
 */
struct refused_case {
	const char *name;
	struct nst_build_ipv6 header;
	struct in6_addr saddr;
	struct in6_addr daddr;
	bool any;
	bool any_daddr;
	unsigned int length;
	unsigned int cut;
	enum nst_drop_reason reason;
};

static const struct refused_case refused_cases[] = {
	{ .name = "header truncated", .cut = 1, .reason = NST_DROP_IP_SHORT },
	{ .name = "version 4", .header.version = 4, .length = 8,
	  .reason = NST_DROP_IP_VERSION },
	{ .name = "payload truncated", .length = 8, .cut = 1,
	  .reason = NST_DROP_IP_LENGTH },
	{ .name = "from a group", .saddr = IN6(0xff020000, 0, 0, 1),
	  .length = 8, .reason = NST_DROP_IP_MARTIAN_SOURCE },
	{ .name = "from ::1", .saddr = IN6(0, 0, 0, 1), .length = 8,
	  .reason = NST_DROP_IP_MARTIAN_SOURCE },
	{ .name = "from ::", .any = true, .length = 8,
	  .reason = NST_DROP_IP_MARTIAN_SOURCE },
	{ .name = "from a mapped address",
	  .saddr = IN6(0, 0, 0xffff, 0x0a000002), .length = 8,
	  .reason = NST_DROP_IP_MARTIAN_SOURCE },
	{ .name = "from ourselves", .saddr = IN6(0x20010db8, 0, 0, 1),
	  .length = 8, .reason = NST_DROP_IP_MARTIAN_SOURCE },
	{ .name = "to ::1", .daddr = IN6(0, 0, 0, 1), .length = 8,
	  .reason = NST_DROP_IP_MARTIAN_DESTINATION },
	{ .name = "to ::", .any_daddr = true, .length = 8,
	  .reason = NST_DROP_IP_MARTIAN_DESTINATION },
	{ .name = "to a mapped address",
	  .daddr = IN6(0, 0, 0xffff, 0x0a000001), .length = 8,
	  .reason = NST_DROP_IP_MARTIAN_DESTINATION },
	{ .name = "to another host", .daddr = IN6(0x20010db8, 0, 0, 9),
	  .length = 8, .reason = NST_DROP_IP_NOT_LOCAL },
	{ .name = "to the interface's own nodes",
	  .daddr = IN6(0xff010000, 0, 0, 1), .length = 8,
	  .reason = NST_DROP_IP_MARTIAN_DESTINATION },
	{ .name = "to a group of no scope",
	  .daddr = IN6(0xff000000, 0, 0, 1), .length = 8,
	  .reason = NST_DROP_IP_MARTIAN_DESTINATION },
	{ .name = "to nobody's solicited node",
	  .daddr = IN6(0xff020000, 0, 1, 0xff000009), .length = 8,
	  .reason = NST_DROP_IP_NOT_MEMBER },
	{ .name = "nothing behind the header", .header.nexthdr = IPPROTO_NONE,
	  .length = 8, .reason = NST_DROP_IP6_NO_NEXT_HEADER },
};

static void refused_case_name(const struct refused_case *c, char *name)
{
	strscpy(name, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(refused, refused_cases, refused_case_name);

static void packet__refused(struct kunit *test)
{
	const struct refused_case *c = test->param_value;
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct nst_build_ipv6 header = c->header;
	struct sk_buff *skb;

	wire->link->flags |= NST_LINK_PROMISC | NST_LINK_ALLMULTI;
	if (c->any || c->saddr.s6_addr32[0] || c->saddr.s6_addr32[2] ||
	    c->saddr.s6_addr32[3])
		header.saddr = &c->saddr;
	if (c->any_daddr || c->daddr.s6_addr32[0] || c->daddr.s6_addr32[2] ||
	    c->daddr.s6_addr32[3])
		header.daddr = &c->daddr;
	skb = packet(test, &header, c->length);
	skb_trim(skb, skb->len - c->cut);
	nst_wire_inject_dropped(wire, skb, c->reason);
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&nst_probe.received));
}

static void packet__unicast_in_a_group_frame(struct kunit *test)
{
	static const u8 all_nodes[ETH_ALEN] = { 0x33, 0x33, 0, 0, 0, 1 };
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct sk_buff *skb = nst_build_pattern(test, 8, 0);

	nst_build_ipv6(skb, &(struct nst_build_ipv6) {
		.nexthdr = NST_PROBE_PROTOCOL });
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {
		.ethertype = ETH_P_IPV6, .destination = all_nodes });
	nst_wire_inject_dropped(wire, skb, NST_DROP_IP_LINK_GROUP);
}

static void packet__dropped_where_ipv6_is_disabled(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);

	WRITE_ONCE(wire->stack->config.disable_ipv6, 1);
	nst_wire_inject_dropped(wire, packet(test,
					     &(struct nst_build_ipv6) {}, 8),
				NST_DROP_IP6_DISABLED);
}

/* RFC 4291 2.8: groups that every node takes. */
static void group__all_nodes_and_solicited_node(struct kunit *test)
{
	struct in6_addr solicited = nst_ipv6_solicited_node(&nst_wire_local6);
	const struct in6_addr *groups[] = { &nst_wire_all_nodes, &solicited };
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct sk_buff *skb;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(groups); i++) {
		nst_wire_inject(wire, packet(test, &(struct nst_build_ipv6) {
			.daddr = groups[i] }, 8));
		skb = received(test);
		KUNIT_EXPECT_TRUE(test, nst_packet_cb(skb)->flags &
					NST_PACKET_MULTICAST);
		kfree_skb(skb);
	}
}

/* RFC 4291 2.7.1: that of the interface's own nodes never leaves lo. */
static void group__own_nodes_on_lo(struct kunit *test)
{
	const struct in6_addr own_nodes = IN6(0xff010000, 0, 0, 1);
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct nst_link *lo;
	struct sk_buff *skb;

	skb = packet(test, &(struct nst_build_ipv6) {
			.saddr = &nst_wire_local6, .daddr = &own_nodes }, 8);
	__skb_pull(skb, ETH_HLEN);
	skb->protocol = htons(ETH_P_IPV6);
	rcu_read_lock_bh();
	lo = nst_link_by_index_rcu(wire->stack, NST_LOOPBACK_INDEX);
	nst_link_receive(lo, skb);
	rcu_read_unlock_bh();
	kfree_skb(received(test));
}

/* What the stack answers to a packet that it refuses. */
static void expect_problem(struct kunit *test, struct nst_wire *wire, u8 code,
			   u32 pointer)
{
	struct sk_buff *skb = nst_wire_expect_icmpv6(wire, ICMPV6_PARAMPROB);

	KUNIT_EXPECT_EQ(test, code, icmp6_hdr(skb)->icmp6_code);
	KUNIT_EXPECT_EQ(test, pointer,
			ntohl(icmp6_hdr(skb)->icmp6_pointer));
	NST_EXPECT_IN6_EQ(test, &nst_wire_local6, &ipv6_hdr(skb)->saddr);
	NST_EXPECT_IN6_EQ(test, &nst_wire_peer6, &ipv6_hdr(skb)->daddr);
	nst_wire_expect_nothing(wire);
}

/* RFC 8200 4: unknown, and ICMP of the other family is. */
static void protocol__unknown(struct kunit *test)
{
	static const u8 protocols[] = { 254, IPPROTO_ICMP, IPPROTO_ESP,
					IPPROTO_AH };
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(protocols); i++) {
		nst_wire_inject(wire, packet(test, &(struct nst_build_ipv6) {
			.nexthdr = protocols[i] }, 8));
		expect_problem(test, wire, ICMPV6_UNK_NEXTHDR, 6);
	}
	KUNIT_EXPECT_EQ(test, (unsigned long)i,
			nst_mib_read(wire->stack,
				     NST_MIB_IP6_IN_UNKNOWN_PROTOS));
}

#define ENDS	0xff
#define KINDS	10
#define OPTIONS	14

/**
 * struct chain_case - a chain of extension headers
 * @name: which
 * @kinds: header kinds, outermost first; 0xff ends them (0 is hop-by-hop)
 * @options: what follows the length field of each, 6 octets, or 14
 * @options_len: how many
 * @daddr: destination, default ours
 * @flags: NST_PACKET_* of a packet that is taken
 * @reason: why it is dropped, or NST_DROP_COUNT when it is taken
 * @tell: parameter problem is sent
 * @code: with this code
 * @pointer: and this pointer
 */
struct chain_case {
	const char *name;
	u8 kinds[KINDS];
	u8 options[OPTIONS];
	u8 options_len;
	const struct in6_addr *daddr;
	u8 flags;
	enum nst_drop_reason reason;
	bool tell;
	u8 code;
	u32 pointer;
};

#define TAKEN	.reason = NST_DROP_COUNT

static const struct chain_case chain_cases[] = {
	{ "hop-by-hop", { IPPROTO_HOPOPTS, ENDS }, { 1, 4, 0, 0, 0, 0 }, 6, TAKEN },
	{ "all kinds", { IPPROTO_HOPOPTS, IPPROTO_DSTOPTS, IPPROTO_ROUTING,
			 IPPROTO_DSTOPTS, ENDS },
	  { 1, 4, 0, 0, 0, 0 }, 6, .reason = NST_DROP_IP6_ROUTING,
	  .tell = true, .code = ICMPV6_HDR_FIELD, .pointer = 58 },
	{ "eight headers", { 60, 60, 60, 60, 60, 60, 60, 60, ENDS },
	  { 1, 4, 0, 0, 0, 0 }, 6, TAKEN },
	{ "nine headers", { 60, 60, 60, 60, 60, 60, 60, 60, 60, ENDS },
	  { 1, 4, 0, 0, 0, 0 }, 6, .reason = NST_DROP_IP6_CHAIN },
	{ "hop-by-hop behind another", { 60, 0, ENDS }, { 1, 4, 0, 0, 0, 0 }, 6,
	  .reason = NST_DROP_IP6_CHAIN, .tell = true,
	  .code = ICMPV6_UNK_NEXTHDR, .pointer = 40 },
	{ "router alert", { IPPROTO_HOPOPTS, ENDS }, { 5, 2, 0, 0, 1, 0 }, 6,
	  .flags = NST_PACKET_ROUTER_ALERT, TAKEN },
	{ "router alert of 1 octet", { IPPROTO_HOPOPTS, ENDS },
	  { 5, 1, 0, 1, 1, 0 }, 6, .reason = NST_DROP_IP6_OPTION },
	{ "router alert for the destination", { IPPROTO_DSTOPTS, ENDS },
	  { 5, 2, 0, 0, 1, 0 }, 6, TAKEN },
	{ "option to skip", { 60, ENDS }, { 0x1e, 4, 1, 2, 3, 4 }, 6, TAKEN },
	{ "option to discard", { 60, ENDS }, { 0x5e, 4, 1, 2, 3, 4 }, 6,
	  .reason = NST_DROP_IP6_OPTION },
	{ "option to tell of", { 60, ENDS }, { 0x9e, 4, 1, 2, 3, 4 }, 6,
	  .reason = NST_DROP_IP6_OPTION, .tell = true,
	  .code = ICMPV6_UNK_OPTION, .pointer = 42 },
	{ "option to tell of, to a group", { 60, ENDS },
	  { 0x9e, 4, 1, 2, 3, 4 }, 6, .daddr = &nst_wire_all_nodes,
	  .reason = NST_DROP_IP6_OPTION, .tell = true,
	  .code = ICMPV6_UNK_OPTION, .pointer = 42 },
	{ "option to tell of to one", { 60, ENDS },
	  { 0, 0xde, 3, 1, 2, 3 }, 6,
	  .reason = NST_DROP_IP6_OPTION, .tell = true,
	  .code = ICMPV6_UNK_OPTION, .pointer = 43 },
	{ "option to tell of to one, to a group", { 60, ENDS },
	  { 0xde, 4, 1, 2, 3, 4 }, 6, .daddr = &nst_wire_all_nodes,
	  .reason = NST_DROP_IP6_OPTION },
	{ "jumbo payload", { IPPROTO_HOPOPTS, ENDS },
	  { 0xc2, 4, 0, 1, 0, 0 }, 6,
	  .reason = NST_DROP_IP6_OPTION, .tell = true,
	  .code = ICMPV6_UNK_OPTION, .pointer = 42 },
	{ "option beyond its header", { 60, ENDS }, { 0x1e, 5, 1, 2, 3, 4 }, 6,
	  .reason = NST_DROP_IP6_OPTION },
	{ "option without length", { 60, ENDS }, { 1, 3, 0, 0, 0, 0x1e }, 6,
	  .reason = NST_DROP_IP6_OPTION },
	{ "padding that is no zero", { 60, ENDS }, { 1, 4, 0, 0, 1, 0 }, 6,
	  .reason = NST_DROP_IP6_OPTION },
	{ "seven octets of padding", { 60, ENDS },
	  { 0x1e, 0, 0x1e, 0, 0x1e, 1, 9, 1, 5, 0, 0, 0, 0, 0 }, 14, TAKEN },
	{ "eight octets of padding", { 60, ENDS },
	  { 0x1e, 0, 0x1e, 0, 0x1e, 0, 1, 6, 0, 0, 0, 0, 0, 0 }, 14,
	  .reason = NST_DROP_IP6_OPTION },
	{ "eight of one octet", { 60, ENDS },
	  { 0x1e, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, 14,
	  .reason = NST_DROP_IP6_OPTION },
	{ "routing header with nothing left", { IPPROTO_ROUTING, ENDS },
	  { 0, 0, 0, 0, 0, 0 }, 6, TAKEN },
	{ "routing type 0", { IPPROTO_ROUTING, ENDS },
	  { 0, 1, 0, 0, 0, 0 }, 6, .reason = NST_DROP_IP6_ROUTING,
	  .tell = true, .code = ICMPV6_HDR_FIELD, .pointer = 42 },
	{ "routing type 4", { IPPROTO_ROUTING, ENDS },
	  { 4, 1, 0, 0, 0, 0 }, 6, .reason = NST_DROP_IP6_ROUTING,
	  .tell = true, .code = ICMPV6_HDR_FIELD, .pointer = 42 },
};

static void chain_case_name(const struct chain_case *c, char *name)
{
	strscpy(name, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(chain, chain_cases, chain_case_name);

static struct sk_buff *chained(struct kunit *test, const struct chain_case *c)
{
	struct sk_buff *skb = nst_build_pattern(test, 8, 0);
	u8 nexthdr = NST_PROBE_PROTOCOL;
	int i;

	for (i = 0; c->kinds[i] != ENDS; i++)
		;
	while (i--) {
		nst_build_extension(skb, nexthdr, c->options,
				    c->options_len);
		nexthdr = c->kinds[i];
	}
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = nexthdr, .daddr = c->daddr });
	return skb;
}

static void chain__obeyed_or_refused(struct kunit *test)
{
	const struct chain_case *c = test->param_value;
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	unsigned long before = c->reason == NST_DROP_COUNT ? 0 :
			       nst_drop_read(wire->stack, c->reason);
	struct sk_buff *skb;

	nst_wire_inject(wire, chained(test, c));
	if (c->reason == NST_DROP_COUNT) {
		skb = received(test);
		KUNIT_EXPECT_EQ(test, c->flags, nst_packet_cb(skb)->flags);
		KUNIT_EXPECT_EQ(test, 8U, skb->len);
		KUNIT_EXPECT_EQ(test, 0, (int)skb->data[0]);
		kfree_skb(skb);
		return;
	}
	KUNIT_EXPECT_EQ(test, before + 1,
			nst_drop_read(wire->stack, c->reason));
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&nst_probe.received));
	if (c->tell)
		expect_problem(test, wire, c->code, c->pointer);
	else
		nst_wire_expect_nothing(wire);
}

/* RFC 8504 5.3: the number of options is bounded, and the bound is ours. */
static void chain__bounds_options(struct kunit *test)
{
	static const u8 options[] = {
		0x1e, 0, 0x1e, 0, 0x1e, 0, 0x1e, 0, 0x1e, 0, 0x1e, 0, 0x1e, 0,
		0x1e, 0, 0x1e, 0, 0x1e, 0, 0, 0,
	};
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct sk_buff *skb = nst_build_pattern(test, 8, 0);

	nst_build_extension(skb, NST_PROBE_PROTOCOL, options,
			    sizeof(options));
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = IPPROTO_DSTOPTS });
	nst_wire_inject_dropped(wire, skb, NST_DROP_IP6_OPTION);

	WRITE_ONCE(wire->stack->config.max_dst_opts_number, 10);
	skb = nst_build_pattern(test, 8, 0);
	nst_build_extension(skb, NST_PROBE_PROTOCOL, options,
			    sizeof(options));
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = IPPROTO_DSTOPTS });
	nst_wire_inject(wire, skb);
	kfree_skb(received(test));
}

static void chain__truncated(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	static const u8 long_header[] = { IPPROTO_NONE, 1, 1, 4, 0, 0, 0, 0 };
	struct sk_buff *skb;

	skb = nst_build_payload(test, long_header, 4);
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = IPPROTO_DSTOPTS });
	nst_wire_inject_dropped(wire, skb, NST_DROP_IP6_CHAIN);
	skb = nst_build_payload(test, long_header, sizeof(long_header));
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = IPPROTO_DSTOPTS });
	nst_wire_inject_dropped(wire, skb, NST_DROP_IP6_CHAIN);
}

/* One fragment of the octets that count up from 0. */
static struct sk_buff *fragment(struct kunit *test, unsigned int offset,
				unsigned int length, bool more,
				u8 protocol)
{
	struct sk_buff *skb = nst_build_pattern(test, length, offset);

	nst_build_fragment(skb, protocol, offset | (more ? NST_IPV6_MF : 0),
			   77);
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = IPPROTO_FRAGMENT });
	return skb;
}

static void expect_pattern(struct kunit *test, struct sk_buff *skb,
			   unsigned int length)
{
	unsigned int i;

	KUNIT_ASSERT_EQ(test, 0, skb_linearize(skb));
	KUNIT_ASSERT_EQ(test, length, skb->len);
	for (i = 0; i < length; i++)
		KUNIT_ASSERT_EQ(test, (u8)i, skb->data[i]);
}

static void fragments__in_any_order(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	const struct nst_packet_cb *cb;
	struct sk_buff *skb;

	nst_wire_inject(wire, fragment(test, 200, 50, false,
				       NST_PROBE_PROTOCOL));
	nst_wire_inject(wire, fragment(test, 0, 96, true,
				       NST_PROBE_PROTOCOL));
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&nst_probe.received));
	nst_wire_inject(wire, fragment(test, 96, 104, true,
				       NST_PROBE_PROTOCOL));
	skb = received(test);
	cb = nst_packet_cb(skb);
	KUNIT_EXPECT_EQ(test, NST_PACKET_FRAGMENT | NST_PACKET_REASSEMBLED,
			(unsigned long)cb->flags);
	KUNIT_EXPECT_EQ(test, 152, (int)cb->max_fragment);
	KUNIT_EXPECT_EQ(test, 40U, skb_network_header_len(skb));
	KUNIT_EXPECT_EQ(test, 250, (int)ntohs(ipv6_hdr(skb)->payload_len));
	KUNIT_EXPECT_EQ(test, NST_PROBE_PROTOCOL,
			(int)ipv6_hdr(skb)->nexthdr);
	expect_pattern(test, skb, 250);
	kfree_skb(skb);
	KUNIT_EXPECT_EQ(test, 1UL,
			nst_mib_read(wire->stack, NST_MIB_IP6_REASM_OKS));
	KUNIT_EXPECT_EQ(test, 0UL,
			nst_mib_read(wire->stack, NST_MIB_IP_REASM_REQDS));
}

/* RFC 8200 4.5: what is in front of the first fragment header stays. */
static void fragments__keep_the_headers_before(struct kunit *test)
{
	static const u8 padding[] = { 1, 4, 0, 0, 0, 0 };
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct sk_buff *skb;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		skb = nst_build_pattern(test, 32, i * 32);
		nst_build_fragment(skb, NST_PROBE_PROTOCOL,
				   i ? 32 : NST_IPV6_MF, 5);
		nst_build_extension(skb, IPPROTO_FRAGMENT, padding,
				    sizeof(padding));
		nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
			.nexthdr = IPPROTO_HOPOPTS });
		nst_wire_inject(wire, skb);
	}
	skb = received(test);
	KUNIT_EXPECT_EQ(test, 48U, skb_network_header_len(skb));
	KUNIT_EXPECT_EQ(test, IPPROTO_HOPOPTS, (int)ipv6_hdr(skb)->nexthdr);
	KUNIT_EXPECT_EQ(test, NST_PROBE_PROTOCOL,
			(int)skb_network_header(skb)[40]);
	expect_pattern(test, skb, 64);
	kfree_skb(skb);
}

/* RFC 6946: an atomic fragment disturbs none and waits for none. */
static void fragments__atomic_is_a_packet(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct sk_buff *skb;

	nst_wire_inject(wire, fragment(test, 0, 96, true,
				       NST_PROBE_PROTOCOL));
	nst_wire_inject(wire, fragment(test, 0, 40, false,
				       NST_PROBE_PROTOCOL));
	skb = received(test);
	KUNIT_EXPECT_EQ(test, NST_PACKET_FRAGMENT,
			(unsigned long)nst_packet_cb(skb)->flags);
	expect_pattern(test, skb, 40);
	kfree_skb(skb);
	nst_wire_inject(wire, fragment(test, 96, 4, false,
				       NST_PROBE_PROTOCOL));
	skb = received(test);
	expect_pattern(test, skb, 100);
	kfree_skb(skb);
}

/* RFC 5722: an overlap ends the datagram. */
static void fragments__overlap_ends_the_datagram(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);

	nst_wire_inject(wire, fragment(test, 0, 96, true,
				       NST_PROBE_PROTOCOL));
	nst_wire_inject(wire, fragment(test, 88, 16, true,
				       NST_PROBE_PROTOCOL));
	nst_wire_inject(wire, fragment(test, 96, 4, false,
				       NST_PROBE_PROTOCOL));
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&nst_probe.received));
	KUNIT_EXPECT_EQ(test, 1UL,
			nst_mib_read(wire->stack, NST_MIB_IP6_REASM_OVERLAPS));
}

/* RFC 8200 4.5: the sender hears what is wrong with its fragment. */
static void fragments__impossible_ones_are_told_of(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);

	nst_wire_inject(wire, fragment(test, 0, 97, true,
				       NST_PROBE_PROTOCOL));
	expect_problem(test, wire, ICMPV6_HDR_FIELD, 4);
	nst_wire_inject(wire, fragment(test, 65528, 16, false,
				       NST_PROBE_PROTOCOL));
	nst_wire_expect_nothing(wire);
}

/* RFC 7112: a first fragment has all headers; attack 4 would like not. */
static void fragments__first_has_all_headers(struct kunit *test)
{
	static const u8 cut[] = { IPPROTO_TCP, 2, 1, 4, 0, 0, 0, 0 };
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct sk_buff *skb;

	nst_wire_inject(wire, fragment(test, 0, 16, true, IPPROTO_TCP));
	expect_problem(test, wire, 3, 0);
	nst_wire_inject(wire, fragment(test, 0, 40, true, IPPROTO_DSTOPTS));
	nst_wire_discard(wire);
	skb = nst_build_payload(test, cut, sizeof(cut));
	nst_build_fragment(skb, IPPROTO_DSTOPTS, NST_IPV6_MF, 8);
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = IPPROTO_FRAGMENT });
	nst_wire_inject(wire, skb);
	expect_problem(test, wire, 3, 0);
	KUNIT_EXPECT_EQ(test, 0UL,
			nst_mib_read(wire->stack, NST_MIB_IP6_REASM_OKS));
}

/* A fragment header in a reassembled packet is no header any more. */
static void fragments__are_not_nested(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct sk_buff *skb;

	skb = nst_build_pattern(test, 16, 0);
	nst_build_fragment(skb, NST_PROBE_PROTOCOL, 0, 1);
	nst_build_fragment(skb, IPPROTO_FRAGMENT, NST_IPV6_MF, 2);
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = IPPROTO_FRAGMENT });
	nst_wire_inject(wire, skb);
	skb = nst_build_pattern(test, 16, 0);
	nst_build_fragment(skb, IPPROTO_FRAGMENT, 24, 2);
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = IPPROTO_FRAGMENT });
	nst_wire_inject(wire, skb);
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&nst_probe.received));
	expect_problem(test, wire, ICMPV6_UNK_NEXTHDR, 6);
}

static u32 any_of(struct rnd_state *rnd, u32 count)
{
	return prandom_u32_state(rnd) % count;
}

static struct sk_buff *noise(struct kunit *test, struct rnd_state *rnd,
			     unsigned int length)
{
	struct sk_buff *skb = nst_build_pattern(test, length, 0);
	unsigned int i;

	for (i = 0; i < length; i++)
		skb->data[i] = prandom_u32_state(rnd);
	return skb;
}

#define ROUNDS	5000

/* Attacks 4, 20, 21: chains of any kind and length, truncated anywhere. */
static void random__chains(struct kunit *test)
{
	static const u8 kinds[] = {
		IPPROTO_HOPOPTS, IPPROTO_ROUTING, IPPROTO_FRAGMENT,
		IPPROTO_DSTOPTS, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMPV6,
		NST_PROBE_PROTOCOL,
	};
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct rnd_state rnd;
	struct sk_buff *skb;
	unsigned int round, at;
	u64 seed = 8200;

	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&rnd, seed);
	for (round = 0; round < ROUNDS; round++) {
		skb = noise(test, &rnd, 8 * any_of(&rnd, 20) +
					any_of(&rnd, 8));
		/* Sane lengths, so that walks go far. */
		for (at = 0; at + 8 <= skb->len; at += 8) {
			if (any_of(&rnd, 4))
				skb->data[at] = kinds[any_of(&rnd, 8)];
			if (any_of(&rnd, 4))
				skb->data[at + 1] = any_of(&rnd, 2);
			if (any_of(&rnd, 2))
				memcpy(skb->data + at + 2,
				       "\1\4\0\0\0\0", 6);
		}
		nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
			.nexthdr = kinds[any_of(&rnd, 8)],
			.payload_len = any_of(&rnd, 8) ? 0 :
				       any_of(&rnd, 200) });
		nst_wire_inject(wire, skb);
		skb_queue_purge(&nst_probe.received);
		nst_wire_discard(wire);
	}
	KUNIT_EXPECT_EQ(test, (unsigned long)ROUNDS,
			nst_mib_read(wire->stack, NST_MIB_IP6_IN_RECEIVES));
}

/* Attack 24: messages of discovery whose content is noise. */
static void random__discovery(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct rnd_state rnd;
	struct sk_buff *skb;
	unsigned int round, at;
	u64 seed = 4861;
	u8 type;

	wire->stack->config.accept_redirects = 1;
	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&rnd, seed);
	for (round = 0; round < ROUNDS; round++) {
		type = 127 + any_of(&rnd, 18);
		skb = noise(test, &rnd, 8 * any_of(&rnd, 16) +
					(any_of(&rnd, 8) ? 0 : 3));
		/* Options whose types and lengths are possible. */
		for (at = 0; at + 8 <= skb->len; at += 8)
			if (any_of(&rnd, 2)) {
				skb->data[at] = any_of(&rnd, 34);
				skb->data[at + 1] = any_of(&rnd, 5);
			}
		if (skb->len >= 16 && any_of(&rnd, 2))
			memcpy(skb->data, any_of(&rnd, 2) ?
			       &nst_wire_local6 : &nst_wire_peer_ll, 16);
		nst_build_icmpv6(skb, &(struct nst_build_icmpv6) {
			.type = type, .rest = prandom_u32_state(&rnd),
			.saddr = &nst_wire_peer_ll,
			.daddr = &nst_wire_all_nodes });
		nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
			.nexthdr = IPPROTO_ICMPV6,
			.hop_limit = any_of(&rnd, 16) ? 255 : 1,
			.saddr = &nst_wire_peer_ll,
			.daddr = &nst_wire_all_nodes });
		nst_wire_inject(wire, skb);
		nst_wire_discard(wire);
		if (!(round % 16))
			flush_delayed_work(&wire->stack->routers->work);
	}
	KUNIT_EXPECT_EQ(test, (unsigned long)ROUNDS,
			nst_mib_read(wire->stack, NST_MIB_ICMP6_IN_MSGS));
	KUNIT_EXPECT_LE(test, (int)wire->stack->routers->route_count,
			wire->stack->config.ra_route_max);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(packet__reaches_its_transport),
	KUNIT_CASE(packet__link_padding_is_cut),
	KUNIT_CASE_PARAM(packet__refused, refused_gen_params),
	KUNIT_CASE(packet__unicast_in_a_group_frame),
	KUNIT_CASE(packet__dropped_where_ipv6_is_disabled),
	KUNIT_CASE(group__all_nodes_and_solicited_node),
	KUNIT_CASE(group__own_nodes_on_lo),
	KUNIT_CASE(protocol__unknown),
	KUNIT_CASE_PARAM(chain__obeyed_or_refused, chain_gen_params),
	KUNIT_CASE(chain__bounds_options),
	KUNIT_CASE(chain__truncated),
	KUNIT_CASE(fragments__in_any_order),
	KUNIT_CASE(fragments__keep_the_headers_before),
	KUNIT_CASE(fragments__atomic_is_a_packet),
	KUNIT_CASE(fragments__overlap_ends_the_datagram),
	KUNIT_CASE(fragments__impossible_ones_are_told_of),
	KUNIT_CASE(fragments__first_has_all_headers),
	KUNIT_CASE(fragments__are_not_nested),
	KUNIT_CASE(random__chains),
	KUNIT_CASE(random__discovery),
	{}
};

static struct kunit_suite suite = {
	.name = "ipv6_input",
	.init = nst_probe_start,
	.exit = nst_probe_stop,
	.test_cases = cases,
};

kunit_test_suite(suite);
