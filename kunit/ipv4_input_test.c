// SPDX-License-Identifier: GPL-2.0
/*
 * IPv4 receive: ipv4_input.c. Attacks 4, 20, 21, 23 and 25: each refusal by
 * its own reason, and nothing sent unless an RFC asks for it.
 */
#include <kunit/test.h>
#include <linux/icmp.h>
#include <linux/prandom.h>
#include <linux/tcp.h>

#include "../netstack/network/ipv4.h"
#include "packet_builder.h"
#include "transport_probe.h"
#include "wire.h"

static struct sk_buff *build(struct kunit *test,
			     const struct nst_build_ipv4 *header,
			     unsigned int length)
{
	struct sk_buff *skb = nst_build_pattern(test, length, 0);

	nst_build_ipv4(skb, header);
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {});
	return skb;
}

/* What every refused packet has in common. */
static void expect_refused(struct kunit *test, struct nst_wire *wire,
			   struct sk_buff *skb, enum nst_drop_reason reason)
{
	nst_wire_inject_dropped(wire, skb, reason);
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&nst_probe.received));
	KUNIT_EXPECT_EQ(test, 0UL, nst_mib_read(wire->stack,
						NST_MIB_IP_IN_DELIVERS));
}

static void receive__delivers_with_control_block(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	const struct nst_packet_cb *cb;
	struct sk_buff *skb;

	nst_wire_inject(wire, build(test, &(struct nst_build_ipv4) {
		.protocol = NST_PROBE_PROTOCOL, .ttl = 7, .tos = 0x22,
		.fragment = NST_IPV4_DF,
	}, 100));
	skb = skb_dequeue(&nst_probe.received);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	cb = nst_packet_cb(skb);
	KUNIT_EXPECT_PTR_EQ(test, wire->link, cb->link);
	KUNIT_EXPECT_EQ(test, AF_INET, (int)cb->family);
	KUNIT_EXPECT_EQ(test, NST_PROBE_PROTOCOL, (int)cb->protocol);
	KUNIT_EXPECT_EQ(test, 7, (int)cb->hop_limit);
	KUNIT_EXPECT_EQ(test, 0x22, (int)cb->tos);
	KUNIT_EXPECT_EQ(test, 0, (int)cb->flags);
	KUNIT_EXPECT_EQ(test, 20U, skb_network_header_len(skb));
	KUNIT_EXPECT_EQ(test, 0, (int)cb->max_fragment);
	KUNIT_EXPECT_EQ(test, 100U, skb->len);
	KUNIT_EXPECT_PTR_EQ(test, skb_transport_header(skb), skb->data);
	KUNIT_EXPECT_PTR_EQ(test, skb_network_header(skb) + 20, skb->data);
	KUNIT_EXPECT_EQ(test, 1UL, nst_mib_read(wire->stack,
						NST_MIB_IP_IN_DELIVERS));
	KUNIT_EXPECT_EQ(test, 120UL, nst_mib_read(wire->stack,
						  NST_MIB_IP_IN_OCTETS));
	kfree_skb(skb);
}

/* A TTL of 0 is for routers to mind: a host takes it (RFC 1122 3.2.1.7). */
static void receive__takes_ttl_zero(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	nst_wire_inject(wire, build(test, &(struct nst_build_ipv4) {
		.protocol = NST_PROBE_PROTOCOL, .ttl_zero = true,
	}, 8));
	KUNIT_EXPECT_EQ(test, 1U, skb_queue_len(&nst_probe.received));
}

/**
 * struct refusal - a packet that must be dropped in silence
 * @name: what is wrong with it
 * @header: its header
 * @length: payload bytes
 * @reason: the one counter that moves
 */
struct refusal {
	const char *name;
	struct nst_build_ipv4 header;
	unsigned int length;
	enum nst_drop_reason reason;
};

#define REFUSAL(what, payload, why, ...) {				\
	.name = (what),							\
	.header = { .protocol = NST_PROBE_PROTOCOL, __VA_ARGS__ },	\
	.length = (payload),						\
	.reason = NST_DROP_##why,					\
}

#define TCP_FRAGMENT(what, payload, ...) {				\
	.name = (what),							\
	.header = { .protocol = IPPROTO_TCP, __VA_ARGS__ },		\
	.length = (payload),						\
	.reason = NST_DROP_IP_FRAG_TINY,				\
}

static const struct refusal refusals[] = {
	REFUSAL("version 6", 40, IP_VERSION, .version = 6),
	REFUSAL("version 15", 40, IP_VERSION, .version = 15),
	REFUSAL("header length 4 words", 40, IP_HEADER_LENGTH, .ihl = 4),
	REFUSAL("header length 1 word", 40, IP_HEADER_LENGTH, .ihl = 1),
	REFUSAL("header beyond the frame", 26, IP_SHORT, .ihl = 15),
	REFUSAL("checksum wrong", 40, IP_CHECKSUM, .bad_checksum = true),
	REFUSAL("total length below the header", 40, IP_LENGTH,
		.total_len = 19),
	REFUSAL("total length 1", 40, IP_LENGTH, .total_len = 1),
	REFUSAL("total length beyond the frame", 40, IP_LENGTH,
		.total_len = 61),
	REFUSAL("total length 65535", 40, IP_LENGTH, .total_len = 65535),

	REFUSAL("source 127.0.0.1", 8, IP_MARTIAN_SOURCE,
		.saddr = 0x7f000001),
	REFUSAL("source 127.255.255.255", 8, IP_MARTIAN_SOURCE,
		.saddr = 0x7fffffff),
	REFUSAL("source 0.0.0.0 to one host", 8, IP_MARTIAN_SOURCE,
		.source_any = true),
	REFUSAL("source 0.1.2.3", 8, IP_MARTIAN_SOURCE, .saddr = 0x00010203),
	REFUSAL("source multicast", 8, IP_MARTIAN_SOURCE,
		.saddr = 0xe0000001),
	REFUSAL("source class E", 8, IP_MARTIAN_SOURCE, .saddr = 0xf0000001),
	REFUSAL("source 255.255.255.255", 8, IP_MARTIAN_SOURCE,
		.saddr = 0xffffffff),
	REFUSAL("source directed broadcast", 8, IP_MARTIAN_SOURCE,
		.saddr = 0x0a0000ff),
	REFUSAL("source our own address (LAND)", 8, IP_MARTIAN_SOURCE,
		.saddr = NST_WIRE_LOCAL),

	REFUSAL("destination 127.0.0.1", 8, IP_MARTIAN_DESTINATION,
		.daddr = 0x7f000001),
	REFUSAL("destination 0.0.0.1", 8, IP_MARTIAN_DESTINATION,
		.daddr = 0x00000001),
	REFUSAL("destination class E", 8, IP_MARTIAN_DESTINATION,
		.daddr = 0xf1234567),
	REFUSAL("destination of another host", 8, IP_NOT_LOCAL,
		.daddr = NST_WIRE_OTHER),
	REFUSAL("destination far away", 8, IP_NOT_LOCAL, .daddr = 0x08080808),

	REFUSAL("first fragment without payload", 0, IP_FRAG_INVALID,
		.fragment = NST_IPV4_MF),
	REFUSAL("last fragment without payload", 0, IP_FRAG_INVALID,
		.fragment = 1),
	REFUSAL("fragment of no multiple of 8", 63, IP_FRAG_INVALID,
		.fragment = NST_IPV4_MF),
	REFUSAL("fragment beyond 65535 (ping of death)", 1480,
		IP_FRAG_INVALID, .fragment = 0x1fff),
	REFUSAL("fragment that ends at 65536", 12, IP_FRAG_INVALID,
		.fragment = 8188),
	TCP_FRAGMENT("tiny first fragment", 16, .fragment = NST_IPV4_MF),
	TCP_FRAGMENT("fragment at 8 over the TCP header", 64,
		     .fragment = NST_IPV4_MF | 1),
	TCP_FRAGMENT("fragment at 16 over the TCP header", 64, .fragment = 2),
};

static void refusal_name(const struct refusal *refusal, char *name)
{
	strscpy(name, refusal->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(refusal, refusals, refusal_name);

static void receive__refuses(struct kunit *test)
{
	const struct refusal *refusal = test->param_value;
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	expect_refused(test, wire, build(test, &refusal->header,
					 refusal->length), refusal->reason);
	KUNIT_EXPECT_EQ(test, 1UL, nst_mib_read(wire->stack,
						NST_MIB_IP_IN_RECEIVES));
}

/* Every octet may be the last: always dropped, never read beyond. */
static void receive__truncated_at_every_octet(struct kunit *test)
{
	static const u8 options[] = { IPOPT_RR, 7, 4, 0, 0, 0, 0, 0 };
	const struct nst_build_ipv4 header = {
		.protocol = NST_PROBE_PROTOCOL,
		.options = options, .options_len = sizeof(options),
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb, *exact;
	unsigned int length;

	for (length = ETH_HLEN; length < ETH_HLEN + 28 + 16; length++) {
		skb = build(test, &header, 16);
		/* A buffer of its own, with nothing behind the last octet. */
		exact = alloc_skb(2 + length, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, exact);
		skb_reserve(exact, 2);
		skb_put_data(exact, skb->data, length);
		kfree_skb(skb);
		expect_refused(test, wire, exact,
			       length < ETH_HLEN + 28 ? NST_DROP_IP_SHORT :
							NST_DROP_IP_LENGTH);
	}
}

static void receive__trims_link_padding(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb;

	nst_wire_inject(wire, build(test, &(struct nst_build_ipv4) {
		.protocol = NST_PROBE_PROTOCOL, .total_len = 21,
	}, 26));
	skb = skb_dequeue(&nst_probe.received);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_EQ(test, 1U, skb->len);
	kfree_skb(skb);
}

static void receive__linearises_the_header_only(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb, *paged;
	struct page *page;

	skb = build(test, &(struct nst_build_ipv4) {
		.protocol = NST_PROBE_PROTOCOL,
	}, 200);
	page = alloc_page(GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, page);
	memcpy(page_address(page), skb->data, skb->len);
	paged = alloc_skb(128, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, paged);
	skb_reserve(paged, 2);
	skb_add_rx_frag(paged, 0, page, 0, skb->len, PAGE_SIZE);
	kfree_skb(skb);

	nst_wire_inject(wire, paged);
	skb = skb_dequeue(&nst_probe.received);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_EQ(test, 200U, skb->len);
	KUNIT_EXPECT_EQ(test, 200U, skb->data_len);
	kfree_skb(skb);
}

/* RFC 1122 3.3.6 */
static void receive__unicast_in_group_frame_refused(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	u8 everyone[ETH_ALEN];
	struct sk_buff *skb;

	eth_broadcast_addr(everyone);
	skb = nst_build_pattern(test, 8, 0);
	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
		.protocol = NST_PROBE_PROTOCOL,
	});
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {
		.destination = everyone,
	});
	expect_refused(test, wire, skb, NST_DROP_IP_LINK_GROUP);
}

static void inject_broadcast(struct kunit *test, struct nst_wire *wire,
			     u32 daddr, bool source_any)
{
	u8 everyone[ETH_ALEN];
	struct sk_buff *skb;

	eth_broadcast_addr(everyone);
	skb = nst_build_pattern(test, 8, 0);
	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
		.protocol = NST_PROBE_PROTOCOL, .daddr = daddr,
		.source_any = source_any,
	});
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {
		.destination = everyone,
	});
	nst_wire_inject(wire, skb);
}

static void receive__marks_broadcast(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb;
	unsigned int i;

	inject_broadcast(test, wire, 0xffffffff, false);
	inject_broadcast(test, wire, 0x0a0000ff, false);
	inject_broadcast(test, wire, 0xffffffff, true);
	for (i = 0; i < 3; i++) {
		skb = skb_dequeue(&nst_probe.received);
		KUNIT_ASSERT_NOT_NULL(test, skb);
		KUNIT_EXPECT_EQ(test,
				NST_PACKET_BROADCAST | NST_PACKET_LINK_GROUP,
				(unsigned long)nst_packet_cb(skb)->flags);
		kfree_skb(skb);
	}
	KUNIT_EXPECT_EQ(test, 3UL, nst_mib_read(wire->stack,
						NST_MIB_IP_IN_BCAST_PKTS));
}

/* RFC 1122 3.3.4.2, strong host: an address counts on its own link. */
static void receive__address_of_lo_from_wire_refused(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	expect_refused(test, wire, build(test, &(struct nst_build_ipv4) {
		.protocol = NST_PROBE_PROTOCOL, .saddr = 0x7f000001,
		.daddr = 0x7f000001,
	}, 8), NST_DROP_IP_MARTIAN_DESTINATION);
}

static void expect_error(struct kunit *test, struct nst_wire *wire, u8 type,
			 u8 code, u32 info)
{
	struct sk_buff *skb = nst_wire_expect_ipv4(wire, IPPROTO_ICMP);

	KUNIT_EXPECT_EQ(test, (int)type, (int)icmp_hdr(skb)->type);
	KUNIT_EXPECT_EQ(test, (int)code, (int)icmp_hdr(skb)->code);
	KUNIT_EXPECT_EQ(test, info, ntohl(icmp_hdr(skb)->un.gateway));
	nst_wire_expect_nothing(wire);
}

/* RFC 1122 3.2.2.1 */
static void receive__unknown_protocol_unreachable(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	nst_wire_inject(wire, build(test, &(struct nst_build_ipv4) {
		.protocol = 254,
	}, 8));
	expect_error(test, wire, ICMP_DEST_UNREACH, ICMP_PROT_UNREACH, 0);
	KUNIT_EXPECT_EQ(test, 1UL, nst_drop_read(wire->stack,
						 NST_DROP_IP_NO_PROTOCOL));
	KUNIT_EXPECT_EQ(test, 1UL, nst_mib_read(wire->stack,
						NST_MIB_IP_IN_UNKNOWN_PROTOS));
}

static void receive__bad_option_parameter_problem(struct kunit *test)
{
	static const u8 options[] = { IPOPT_NOOP, IPOPT_RR, 2, 4 };
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	nst_wire_inject(wire, build(test, &(struct nst_build_ipv4) {
		.protocol = NST_PROBE_PROTOCOL,
		.options = options, .options_len = sizeof(options),
	}, 8));
	expect_error(test, wire, ICMP_PARAMETERPROB, 0, 22U << 24);
	KUNIT_EXPECT_EQ(test, 1UL, nst_drop_read(wire->stack,
						 NST_DROP_IP_OPTIONS));
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&nst_probe.received));
}

/* RFC 1122 3.2.1.8 (c), RFC 6274 3.13.2.3 */
static void receive__source_route_failed(struct kunit *test)
{
	static const u8 routes[] = { IPOPT_LSRR, IPOPT_SSRR };
	u8 options[] = { 0, 7, 4, 10, 0, 0, 9, IPOPT_END };
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(routes); i++) {
		options[0] = routes[i];
		nst_wire_inject(wire, build(test, &(struct nst_build_ipv4) {
			.protocol = NST_PROBE_PROTOCOL,
			.options = options, .options_len = sizeof(options),
		}, 8));
		expect_error(test, wire, ICMP_DEST_UNREACH, ICMP_SR_FAILED, 0);
		KUNIT_EXPECT_EQ(test, i + 1UL,
				nst_drop_read(wire->stack,
					      NST_DROP_IP_SOURCE_ROUTE));
	}
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&nst_probe.received));
}

static void receive__good_option_marked(struct kunit *test)
{
	static const u8 options[] = { IPOPT_RA, 4, 0, 0 };
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb;

	nst_wire_inject(wire, build(test, &(struct nst_build_ipv4) {
		.protocol = NST_PROBE_PROTOCOL,
		.options = options, .options_len = sizeof(options),
	}, 8));
	skb = skb_dequeue(&nst_probe.received);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_EQ(test, NST_PACKET_OPTIONS,
			(unsigned long)nst_packet_cb(skb)->flags);
	KUNIT_EXPECT_EQ(test, 24U, skb_network_header_len(skb));
	kfree_skb(skb);
}

static void receive__reassembles(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_build_ipv4 header = {
		.protocol = NST_PROBE_PROTOCOL, .id = 9,
		.fragment = NST_IPV4_MF | NST_IPV4_DF, .tos = 0x01,
	};
	struct sk_buff *skb;

	nst_wire_inject(wire, build(test, &header, 64));
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&nst_probe.received));
	header.fragment = 8;
	header.tos = 0x03;
	nst_wire_inject(wire, build(test, &header, 5));
	skb = skb_dequeue(&nst_probe.received);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_EQ(test, 69U, skb->len);
	KUNIT_EXPECT_EQ(test, 84, (int)nst_packet_cb(skb)->max_fragment);
	KUNIT_EXPECT_EQ(test, 89, (int)ntohs(ip_hdr(skb)->tot_len));
	KUNIT_EXPECT_EQ(test, 0, ntohs(ip_hdr(skb)->frag_off));
	KUNIT_EXPECT_EQ(test, 0x03, (int)ip_hdr(skb)->tos);
	KUNIT_EXPECT_EQ(test, 0, (__force int)ip_fast_csum(ip_hdr(skb), 5));
	KUNIT_EXPECT_PTR_EQ(test, skb_transport_header(skb), skb->data);
	KUNIT_EXPECT_EQ(test, 1UL, nst_mib_read(wire->stack,
						NST_MIB_IP_REASM_OKS));
	kfree_skb(skb);
}

/* Whatever comes, it is dropped or delivered once, and counted once. */
static void receive__random_headers(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	unsigned int round, i, length;
	struct rnd_state rnd;
	struct sk_buff *skb;
	struct iphdr *iph;
	u64 seed = 1122;

	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&rnd, seed);
	for (round = 0; round < 5000; round++) {
		length = prandom_u32_state(&rnd) % 120;
		skb = nst_build_pattern(test, 20 + length, 0);
		for (i = 0; i < skb->len; i++)
			skb->data[i] = prandom_u32_state(&rnd);
		iph = (struct iphdr *)skb->data;
		iph->version = 4;
		if (prandom_u32_state(&rnd) % 8)
			iph->ihl = 5 + prandom_u32_state(&rnd) % 11;
		if (prandom_u32_state(&rnd) % 8)
			iph->tot_len = htons(skb->len);
		if (prandom_u32_state(&rnd) % 8)
			iph->daddr = htonl(NST_WIRE_LOCAL);
		if (prandom_u32_state(&rnd) % 4)
			iph->frag_off &= htons(NST_IPV4_MF | 7);
		if (iph->ihl >= 5 && iph->ihl * 4 <= skb->len)
			nst_ipv4_checksum(iph);
		nst_build_ethernet(skb, &(struct nst_build_ethernet) {});
		nst_wire_inject(wire, skb);
		skb_queue_purge(&nst_probe.received);
		nst_wire_discard(wire);
	}
	KUNIT_EXPECT_EQ(test, 5000UL, nst_mib_read(wire->stack,
						   NST_MIB_IP_IN_RECEIVES));
	KUNIT_EXPECT_LE(test, nst_mib_read(wire->stack,
					   NST_MIB_IP_IN_DELIVERS), 5000UL);
}

/* Attack 22: a peer's word for what its frame is not. */
static void receive__refuses_segments_of_another_kind(struct kunit *test)
{
	static const struct {
		u8 protocol;
		unsigned int type;
		u8 csum_offset;
	} claims[] = {
		{ NST_PROBE_PROTOCOL, SKB_GSO_TCPV4, 16 },
		{ NST_PROBE_PROTOCOL, SKB_GSO_UDP_L4, 6 },
		{ IPPROTO_ICMP, SKB_GSO_TCPV4 | SKB_GSO_DODGY, 2 },
		{ IPPROTO_UDP, SKB_GSO_TCPV4, 6 },
		{ IPPROTO_TCP, SKB_GSO_TCPV6, 16 },
		{ IPPROTO_TCP, SKB_GSO_UDP_L4, 16 },
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct skb_shared_info *shared;
	struct sk_buff *skb;
	unsigned int i;

	wire->link->flags |= NST_LINK_TRUSTED_PEER;
	for (i = 0; i < ARRAY_SIZE(claims); i++) {
		skb = build(test, &(struct nst_build_ipv4) {
			.protocol = claims[i].protocol,
		}, 200);
		skb->ip_summed = CHECKSUM_PARTIAL;
		skb->csum_start = skb_headroom(skb) + ETH_HLEN +
				  sizeof(struct iphdr);
		skb->csum_offset = claims[i].csum_offset;
		shared = skb_shinfo(skb);
		shared->gso_type = claims[i].type;
		shared->gso_size = 50;
		shared->gso_segs = 4;
		expect_refused(test, wire, skb, NST_DROP_IP_SEGMENTS);
	}
	KUNIT_EXPECT_EQ(test, (unsigned long)ARRAY_SIZE(claims),
			nst_mib_read(wire->stack, NST_MIB_IP_IN_DISCARDS));
}

static struct kunit_case ipv4_input_cases[] = {
	KUNIT_CASE(receive__delivers_with_control_block),
	KUNIT_CASE(receive__takes_ttl_zero),
	KUNIT_CASE_PARAM(receive__refuses, refusal_gen_params),
	KUNIT_CASE(receive__truncated_at_every_octet),
	KUNIT_CASE(receive__trims_link_padding),
	KUNIT_CASE(receive__linearises_the_header_only),
	KUNIT_CASE(receive__unicast_in_group_frame_refused),
	KUNIT_CASE(receive__marks_broadcast),
	KUNIT_CASE(receive__address_of_lo_from_wire_refused),
	KUNIT_CASE(receive__unknown_protocol_unreachable),
	KUNIT_CASE(receive__bad_option_parameter_problem),
	KUNIT_CASE(receive__source_route_failed),
	KUNIT_CASE(receive__good_option_marked),
	KUNIT_CASE(receive__refuses_segments_of_another_kind),
	KUNIT_CASE(receive__reassembles),
	KUNIT_CASE(receive__random_headers),
	{}
};

static struct kunit_suite ipv4_input_suite = {
	.name = "netstack_ipv4_input",
	.init = nst_probe_start,
	.exit = nst_probe_stop,
	.test_cases = ipv4_input_cases,
};

kunit_test_suite(ipv4_input_suite);
