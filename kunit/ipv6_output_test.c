// SPDX-License-Identifier: GPL-2.0
/*
 * IPv6 send: ipv6_output.c, ipv6_fragment.c, transmit.c, and path.c for it.
 */
#include <kunit/test.h>

#include "../netstack/network/address.h"
#include "../netstack/network/icmpv6.h"
#include "transport_probe.h"
#include "wire_ipv6.h"

static int path_to6(struct nst_wire *wire, const struct in6_addr *daddr,
		    u32 link_index, struct nst_path *path)
{
	struct nst_route_key key = {
		.family = AF_INET6,
		.link_index = link_index,
		.daddr = nst_address_v6(daddr),
	};

	return nst_route_output(wire->stack, &key, path);
}

static int send_probe(struct nst_wire *wire, const struct in6_addr *daddr,
		      unsigned int length, struct nst_output output)
{
	struct nst_path path = {};
	int err;

	output.protocol = NST_PROBE_PROTOCOL;
	err = path_to6(wire, daddr, 0, &path);
	if (err)
		return err;
	err = nst_network_output(wire->stack,
				 nst_build_pattern(wire->test, length, 0),
				 &path, &output);
	nst_path_release(&path);
	return err;
}

static void header__as_asked(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	unsigned long before = nst_mib_read(wire->stack,
					    NST_MIB_IP6_OUT_REQUESTS);
	const struct ipv6hdr *ip6;
	struct sk_buff *skb;

	KUNIT_ASSERT_EQ(test, 0, send_probe(wire, &nst_wire_peer6, 100,
					    (struct nst_output) {
		.tos = 0xb9, .hop_limit = 9,
		.flow_label = htonl(0xfffabcde) }));
	skb = nst_wire_expect_ipv6(wire, NST_PROBE_PROTOCOL);
	ip6 = ipv6_hdr(skb);
	KUNIT_EXPECT_EQ(test, 0x6b9abcdeU, ntohl(*(__be32 *)ip6));
	KUNIT_EXPECT_EQ(test, 100, (int)ntohs(ip6->payload_len));
	KUNIT_EXPECT_EQ(test, 9, (int)ip6->hop_limit);
	NST_EXPECT_IN6_EQ(test, &nst_wire_local6, &ip6->saddr);
	NST_EXPECT_IN6_EQ(test, &nst_wire_peer6, &ip6->daddr);

	KUNIT_ASSERT_EQ(test, 0, send_probe(wire, &nst_wire_peer6, 1,
					    (struct nst_output) {}));
	skb = nst_wire_expect_ipv6(wire, NST_PROBE_PROTOCOL);
	KUNIT_EXPECT_EQ(test, 64, (int)ipv6_hdr(skb)->hop_limit);
	KUNIT_EXPECT_EQ(test, before + 2,
			nst_mib_read(wire->stack, NST_MIB_IP6_OUT_REQUESTS));
}

/* RFC 8200 4.5: pieces of one size, one identification, each a whole. */
static void fragment__cut_at_the_source(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	const struct nst_ipv6_fragment_header *header;
	unsigned int offset = 0, length, i;
	__be32 identification = 0;
	struct sk_buff *skb;

	KUNIT_ASSERT_EQ(test, 0, send_probe(wire, &nst_wire_peer6, 3000,
					    (struct nst_output) {}));
	do {
		skb = nst_wire_expect_ipv6(wire, IPPROTO_FRAGMENT);
		header = (const struct nst_ipv6_fragment_header *)skb->data;
		length = skb->len - sizeof(*header);
		KUNIT_EXPECT_LE(test, skb->len + 40, 1500U);
		KUNIT_EXPECT_EQ(test, NST_PROBE_PROTOCOL,
				(int)header->nexthdr);
		KUNIT_EXPECT_EQ(test, offset,
				(unsigned int)ntohs(header->frag_off) &
				NST_IPV6_OFFSET);
		if (offset)
			KUNIT_EXPECT_EQ(test, ntohl(identification),
					ntohl(header->identification));
		identification = header->identification;
		for (i = 0; i < length; i++)
			KUNIT_ASSERT_EQ(test, (u8)(offset + i),
					skb->data[sizeof(*header) + i]);
		offset += length;
	} while (ntohs(header->frag_off) & NST_IPV6_MF);
	KUNIT_EXPECT_EQ(test, 3000U, offset);
	KUNIT_EXPECT_NE(test, 0U, ntohl(identification));
	KUNIT_EXPECT_EQ(test, 3UL,
			nst_mib_read(wire->stack, NST_MIB_IP6_FRAG_CREATES));
	nst_wire_expect_nothing(wire);
}

static void fragment__refused_when_not_wanted(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);

	KUNIT_EXPECT_EQ(test, -EMSGSIZE,
			send_probe(wire, &nst_wire_peer6, 1461,
				   (struct nst_output) {
					.dont_fragment = true }));
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, 0, send_probe(wire, &nst_wire_peer6, 1460,
					    (struct nst_output) {
						.dont_fragment = true }));
	nst_wire_expect_ipv6(wire, NST_PROBE_PROTOCOL);
	KUNIT_EXPECT_EQ(test, -EMSGSIZE,
			send_probe(wire, &nst_wire_peer6, 65536,
				   (struct nst_output) {}));
	nst_wire_expect_nothing(wire);
}

/* RFC 2464 7: no question is asked for a group. */
static void group__by_rule(struct kunit *test)
{
	static const u8 station[ETH_ALEN] = { 0x33, 0x33, 0, 0, 0, 1 };
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct sk_buff *skb;

	KUNIT_ASSERT_EQ(test, 0, send_probe(wire, &nst_wire_all_nodes, 8,
					    (struct nst_output) {}));
	skb = nst_wire_expect_ipv6(wire, NST_PROBE_PROTOCOL);
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(station,
						 eth_hdr(skb)->h_dest));
	NST_EXPECT_IN6_EQ(test, &nst_wire_local_ll, &ipv6_hdr(skb)->saddr);
}

/* What is for ourselves arrives by lo, whole. */
static void local__arrives_by_lo(struct kunit *test)
{
	static const struct in6_addr loopback = IN6ADDR_LOOPBACK_INIT;
	const struct in6_addr *ours[] = { &loopback, &nst_wire_local6,
					  &nst_wire_local_ll };
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct sk_buff *skb;
	unsigned int i, ms;

	for (i = 0; i < ARRAY_SIZE(ours); i++) {
		KUNIT_ASSERT_EQ(test, 0, send_probe(wire, ours[i], 3000,
						    (struct nst_output) {}));
		for (ms = 0; ms < 1000 &&
		     skb_queue_empty(&nst_probe.received); ms++)
			nst_wire_wait(1);
		skb = skb_dequeue(&nst_probe.received);
		KUNIT_ASSERT_NOT_NULL(test, skb);
		KUNIT_EXPECT_EQ(test, 3000U, skb->len);
		NST_EXPECT_IN6_EQ(test, ours[i], &ipv6_hdr(skb)->saddr);
		/* RFC 4007: an address of a link's scope is that link's. */
		KUNIT_EXPECT_EQ(test, i == 2 ? NST_WIRE_INDEX :
				NST_LOOPBACK_INDEX,
				nst_packet_cb(skb)->link->index);
		kfree_skb(skb);
	}
	nst_wire_expect_nothing(wire);
}

static void path__errors(struct kunit *test)
{
	struct in6_addr off_net = { .s6_addr32 = { htonl(0x20010db9) } };
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct nst_path path = {};

	KUNIT_EXPECT_EQ(test, -ENETUNREACH, path_to6(wire, &off_net, 0,
						     &path));
	KUNIT_EXPECT_EQ(test, -ENETUNREACH, path_to6(wire, &nst_wire_peer6, 77,
						     &path));
	KUNIT_EXPECT_EQ(test, 0, path_to6(wire, &nst_wire_peer_ll,
					  NST_WIRE_INDEX, &path));
	NST_EXPECT_IN6_EQ(test, &nst_wire_local_ll, &path.saddr.v6);
	nst_path_release(&path);
}

/* RFC 8200 5: a path MTU is not below the least. */
static void path__mtu_of_a_route_has_a_floor(struct kunit *test)
{
	struct nst_route_config config = {
		.family = AF_INET6, .prefix_len = 48, .type = RTN_UNICAST,
		.link_index = NST_WIRE_INDEX, .metrics.mtu = 900,
		.destination.v6 = { .s6_addr32 = { htonl(0x20010dba) } },
	};
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct nst_path path = {};

	mutex_lock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, 0, nst_route_add(wire->stack, &config, false,
					       NULL));
	mutex_unlock(&wire->stack->config_mutex);
	KUNIT_ASSERT_EQ(test, 0, path_to6(wire, &config.destination.v6, 0,
					  &path));
	KUNIT_EXPECT_EQ(test, 1280U, path.mtu);
	nst_path_release(&path);
}

/* A router is reached by its link-local address, which needs a link. */
static void route__link_local_gateway(struct kunit *test)
{
	struct nst_route_config config = {
		.family = AF_INET6, .type = RTN_UNICAST,
		.gateway = nst_address_v6(&nst_wire_peer_ll),
	};
	struct in6_addr off_net = { .s6_addr32 = { htonl(0x20010db9) } };
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct sk_buff *skb;

	mutex_lock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, -EINVAL, nst_route_add(wire->stack, &config,
						     false, NULL));
	config.link_index = NST_WIRE_INDEX;
	KUNIT_EXPECT_EQ(test, 0, nst_route_add(wire->stack, &config, false,
					       NULL));
	mutex_unlock(&wire->stack->config_mutex);
	KUNIT_ASSERT_EQ(test, 0, send_probe(wire, &off_net, 8,
					    (struct nst_output) {}));
	skb = nst_wire_expect_ipv6(wire, NST_PROBE_PROTOCOL);
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(nst_wire_peer_mac,
						 eth_hdr(skb)->h_dest));
	NST_EXPECT_IN6_EQ(test, &nst_wire_local6, &ipv6_hdr(skb)->saddr);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(header__as_asked),
	KUNIT_CASE(fragment__cut_at_the_source),
	KUNIT_CASE(fragment__refused_when_not_wanted),
	KUNIT_CASE(group__by_rule),
	KUNIT_CASE(local__arrives_by_lo),
	KUNIT_CASE(path__errors),
	KUNIT_CASE(path__mtu_of_a_route_has_a_floor),
	KUNIT_CASE(route__link_local_gateway),
	{}
};

static struct kunit_suite suite = {
	.name = "ipv6_output",
	.init = nst_probe_start,
	.exit = nst_probe_stop,
	.test_cases = cases,
};

kunit_test_suite(suite);
