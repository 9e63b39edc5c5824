// SPDX-License-Identifier: GPL-2.0
/*
 * Forwarding of IPv6: forward.c, ipv6_forward.c, reverse_path.c. Attacks 9,
 * 20, 22, 23, 25 and 32.
 */
#include "../netstack/network/icmpv6.h"
#include "../netstack/network/ndp.h"
#include "../netstack/network/pseudo_sum.h"
#include "forward_fixture.h"
#include "transport_probe.h"

#define PAYLOAD	100

/* From the peer to the far host, unless @header says otherwise. */
static struct sk_buff *packet(struct kunit *test, struct nst_build_ipv6 header,
			      unsigned int payload)
{
	struct sk_buff *skb = nst_build_pattern(test, payload, 0);

	header.nexthdr = header.nexthdr ?: NST_PROBE_PROTOCOL;
	header.daddr = header.daddr ?: &forward_far6;
	nst_build_ipv6_frame(skb, &header);
	return skb;
}

#define PACKET(...) \
	packet(test, (struct nst_build_ipv6) { __VA_ARGS__ }, PAYLOAD)

static unsigned long forwarded(const struct forward *forward)
{
	return nst_mib_read(forward->wire->stack,
			    NST_MIB_IP6_OUT_FORW_DATAGRAMS);
}

static struct sk_buff *expect_error(struct forward *forward, u8 type, u8 code)
{
	struct sk_buff *skb = nst_wire_expect_icmpv6(forward->wire, type);
	struct kunit *test = forward->wire->test;

	KUNIT_EXPECT_EQ(test, (int)code, (int)icmp6_hdr(skb)->icmp6_code);
	NST_EXPECT_IN6_EQ(test, &nst_wire_local6, &ipv6_hdr(skb)->saddr);
	NST_EXPECT_IN6_EQ(test, &nst_wire_peer6, &ipv6_hdr(skb)->daddr);
	return skb;
}

static int route6(struct nst_stack *stack, u8 type,
		  const struct in6_addr *via, u32 link_index)
{
	struct nst_route_config config = {
		.family = AF_INET6,
		.prefix_len = 128,
		.type = type,
		.protocol = RTPROT_STATIC,
		.link_index = link_index,
		.destination = nst_address_v6(&forward_beyond6),
	};
	int err;

	if (via)
		config.gateway = nst_address_v6(via);
	mutex_lock(&stack->config_mutex);
	err = nst_route_add(stack, &config, false, NULL);
	mutex_unlock(&stack->config_mutex);
	return err;
}

static void packet6__goes_from_link_to_link(struct kunit *test)
{
	struct forward *forward = forward_create(test);
	const struct ipv6hdr *ip6;
	struct sk_buff *skb;

	nst_wire_inject(forward->wire, PACKET(.hop_limit = 2, .tos = 0x2a,
					      .flow = 0x12345));
	skb = forward_expect(test, ETH_P_IPV6);
	ip6 = ipv6_hdr(skb);
	KUNIT_EXPECT_EQ(test, 1, (int)ip6->hop_limit);
	KUNIT_EXPECT_EQ(test, 0x62a12345U, ntohl(*(__be32 *)ip6));
	NST_EXPECT_IN6_EQ(test, &nst_wire_peer6, &ip6->saddr);
	NST_EXPECT_IN6_EQ(test, &forward_far6, &ip6->daddr);
	KUNIT_EXPECT_EQ(test, PAYLOAD + 40U, skb->len);
	KUNIT_EXPECT_EQ(test, 1UL, forwarded(forward));
	KUNIT_EXPECT_EQ(test, 0UL, nst_mib_read(forward->wire->stack,
						NST_MIB_IP6_IN_DELIVERS));
	nst_wire_expect_nothing(forward->wire);
	forward_expect_nothing(test);
}

static void packet6__of_others_is_refused_by_a_host(struct kunit *test)
{
	struct forward *forward = forward_create(test);

	forward->wire->stack->config.ipv6_forwarding = 0;
	nst_wire_inject_dropped(forward->wire, PACKET(),
				NST_DROP_IP_NOT_LOCAL);
	nst_wire_inject_dropped(forward->wire, PACKET(.daddr = &forward_near6),
				NST_DROP_IP_NOT_LOCAL);
	forward_expect_nothing(test);
}

static void packet6__for_the_other_address_is_ours(struct kunit *test)
{
	struct forward *forward = forward_create(test);

	nst_wire_inject(forward->wire, PACKET(.daddr = &forward_near6,
					      .hop_limit = 1));
	KUNIT_EXPECT_EQ(test, 1U, skb_queue_len(&nst_probe.received));
	KUNIT_EXPECT_EQ(test, 0UL, forwarded(forward));
	forward_expect_nothing(test);
}

static void packet6__goes_nowhere(struct kunit *test)
{
	static const struct in6_addr other_ll = { .s6_addr = { 0xfe, 0x80,
		[15] = 9 } };
	struct forward *forward = forward_create(test);
	struct nst_wire *wire = forward->wire;
	struct sk_buff *skb;

	nst_wire_inject_dropped(wire, PACKET(.daddr = &other_ll),
				NST_DROP_IP_SCOPE);
	nst_wire_inject_dropped(wire, PACKET(.saddr = &nst_wire_any6),
				NST_DROP_IP_MARTIAN_SOURCE);
	nst_wire_inject_dropped(wire, PACKET(.saddr = &forward_near6),
				NST_DROP_IP_MARTIAN_SOURCE);
	nst_wire_inject_dropped(wire, PACKET(.saddr = &nst_wire_local6),
				NST_DROP_IP_MARTIAN_SOURCE);
	skb = PACKET();
	eth_broadcast_addr(((struct ethhdr *)skb->data)->h_dest);
	nst_wire_inject_dropped(wire, skb, NST_DROP_IP_LINK_GROUP);
	/* An error is not answered. */
	skb = PACKET(.nexthdr = IPPROTO_ICMPV6, .hop_limit = 1);
	skb->data[ETH_HLEN + 40] = ICMPV6_DEST_UNREACH;
	nst_wire_inject_dropped(wire, skb, NST_DROP_IP_TTL);
	forward_expect_nothing(test);
	KUNIT_EXPECT_EQ(test, 0UL, forwarded(forward));
}

/* RFC 4443 3.1, code 2 */
static void packet6__stays_in_the_scope_of_its_source(struct kunit *test)
{
	struct forward *forward = forward_create(test);
	struct sk_buff *skb;

	nst_wire_inject(forward->wire, PACKET(.saddr = &nst_wire_peer_ll));
	skb = nst_wire_expect_icmpv6(forward->wire, ICMPV6_DEST_UNREACH);
	KUNIT_EXPECT_EQ(test, ICMPV6_NOT_NEIGHBOUR,
			(int)icmp6_hdr(skb)->icmp6_code);
	NST_EXPECT_IN6_EQ(test, &nst_wire_peer_ll, &ipv6_hdr(skb)->daddr);
	forward_expect_nothing(test);
}

static void hop_limit__ends_on_the_way(struct kunit *test)
{
	struct forward *forward = forward_create(test);

	nst_wire_inject(forward->wire, PACKET(.hop_limit = 1));
	expect_error(forward, ICMPV6_TIME_EXCEED, ICMPV6_EXC_HOPLIMIT);
	nst_wire_inject(forward->wire, PACKET(.hop_limit_zero = true));
	expect_error(forward, ICMPV6_TIME_EXCEED, ICMPV6_EXC_HOPLIMIT);
	forward_expect_nothing(test);
}

static void no_way6__is_told(struct kunit *test)
{
	static const struct {
		u8 type;
		int code;
	} ways[] = {
		{ 0, ICMPV6_NOROUTE },
		{ RTN_UNREACHABLE, ICMPV6_ADDR_UNREACH },
		{ RTN_PROHIBIT, ICMPV6_ADM_PROHIBITED },
		{ RTN_BLACKHOLE, -1 },
	};
	struct forward *forward = forward_create(test);
	struct nst_stack *stack = forward->wire->stack;
	struct nst_route_config config = {
		.family = AF_INET6,
		.prefix_len = 128,
		.destination = nst_address_v6(&forward_beyond6),
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		if (ways[i].type)
			KUNIT_ASSERT_EQ(test, 0, route6(stack, ways[i].type,
							NULL, 0));
		nst_wire_inject(forward->wire,
				PACKET(.daddr = &forward_beyond6));
		if (ways[i].code >= 0)
			expect_error(forward, ICMPV6_DEST_UNREACH,
				     ways[i].code);
		nst_wire_expect_nothing(forward->wire);
		mutex_lock(&stack->config_mutex);
		nst_route_del(stack, &config, NULL);
		mutex_unlock(&stack->config_mutex);
	}
	KUNIT_EXPECT_EQ(test, 4UL, nst_mib_read(stack,
						NST_MIB_IP6_IN_NO_ROUTES));
	forward_expect_nothing(test);
}

static void next_hop6__that_is_silent_is_told(struct kunit *test)
{
	union nst_address gone = nst_address_v6(&forward_gone6);
	struct forward *forward = forward_create(test);

	nst_wire_inject(forward->wire, PACKET(.daddr = &forward_gone6));
	nst_wire_expect_nothing(forward->wire);
	forward_neighbour_fails(test, AF_INET6, &gone);
	expect_error(forward, ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH);
}

static void too_big6__is_told(struct kunit *test)
{
	struct forward *forward = forward_create(test);
	struct sk_buff *skb;

	forward->second->mtu = 1300;
	nst_wire_inject(forward->wire, packet(test, (struct nst_build_ipv6) { },
					      1300));
	skb = expect_error(forward, ICMPV6_PKT_TOOBIG, 0);
	KUNIT_EXPECT_EQ(test, 1300U, ntohl(icmp6_hdr(skb)->icmp6_mtu));
	forward_expect_nothing(test);
	KUNIT_EXPECT_EQ(test, 1UL, nst_mib_read(forward->wire->stack,
						NST_MIB_IP6_IN_TOO_BIG_ERRORS));
}

/* A super-packet of a trusted peer: 3000 bytes in segments of 1000. */
static struct sk_buff *super_packet(struct kunit *test)
{
	union nst_address saddr = nst_address_v6(&nst_wire_peer6);
	union nst_address daddr = nst_address_v6(&forward_far6);
	struct sk_buff *skb = nst_build_pattern(test, 3000, 0);
	struct tcphdr *th;

	nst_build_tcp(skb, &(struct nst_build_tcp) { .flags = 0x10 });
	th = (struct tcphdr *)skb->data;
	th->check = ~csum_fold(nst_pseudo_sum(AF_INET6, &saddr, &daddr,
					      skb->len, IPPROTO_TCP));
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_headroom(skb);
	skb->csum_offset = offsetof(struct tcphdr, check);
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
			     .daddr = &forward_far6, .nexthdr = IPPROTO_TCP });
	skb_shinfo(skb)->gso_type = SKB_GSO_TCPV6;
	skb_shinfo(skb)->gso_size = 1000;
	skb_shinfo(skb)->gso_segs = 3;
	return skb;
}

static void super_packet6__is_cut_for_the_link(struct kunit *test)
{
	struct forward *forward = forward_create(test);
	struct sk_buff *skb;
	unsigned int i;

	forward->wire->link->flags |= NST_LINK_TRUSTED_PEER;
	nst_wire_inject(forward->wire, super_packet(test));
	for (i = 0; i < 3; i++) {
		skb = forward_expect(test, ETH_P_IPV6);
		KUNIT_EXPECT_EQ(test, 1060U, skb->len);
		KUNIT_EXPECT_EQ(test, 63, (int)ipv6_hdr(skb)->hop_limit);
	}
	forward_expect_nothing(test);
	skb = super_packet(test);
	skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4;
	nst_wire_inject_dropped(forward->wire, skb, NST_DROP_IP_SEGMENTS);
	forward_expect_nothing(test);
}

/* A packet for the far host, with a header of options. */
static struct sk_buff *with_options(struct kunit *test, u8 nexthdr,
				    const u8 options[6])
{
	struct sk_buff *skb = nst_build_pattern(test, PAYLOAD, 0);

	nst_build_extension(skb, NST_PROBE_PROTOCOL, options, 6);
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
			     .daddr = &forward_far6, .nexthdr = nexthdr });
	return skb;
}

static void hop_by_hop__is_looked_at(struct kunit *test)
{
	/* An option that asks for Parameter Problem, and one to skip. */
	static const u8 unknown[] = { 0x9e, 4, 0, 0, 0, 0 };
	static const u8 skipped[] = { 0x1e, 4, 0, 0, 0, 0 };
	struct forward *forward = forward_create(test);

	nst_wire_inject(forward->wire,
			with_options(test, IPPROTO_HOPOPTS, unknown));
	expect_error(forward, ICMPV6_PARAMPROB, ICMPV6_UNK_OPTION);
	forward_expect_nothing(test);

	nst_wire_inject(forward->wire,
			with_options(test, IPPROTO_HOPOPTS, skipped));
	forward_expect(test, ETH_P_IPV6);
}

/* RFC 8200 4: other headers are for the destination. */
static void other_headers__are_not_looked_at(struct kunit *test)
{
	static const u8 unknown[] = { 0x9e, 4, 0, 0, 0, 0 };
	struct forward *forward = forward_create(test);

	nst_wire_inject(forward->wire,
			with_options(test, IPPROTO_DSTOPTS, unknown));
	forward_expect(test, ETH_P_IPV6);
	nst_wire_expect_nothing(forward->wire);
}

/* RFC 4861 8.2, 4.5 */
static void redirect6__tells_the_shorter_way(struct kunit *test)
{
	static const struct in6_addr router = { .s6_addr = { 0xfe, 0x80,
		[15] = 7 } };
	union nst_address address = nst_address_v6(&router);
	struct forward *forward = forward_create(test);
	struct sk_buff *skb;

	forward_add_neighbour(forward->wire->link, AF_INET6, &address);
	KUNIT_ASSERT_EQ(test, 0, route6(forward->wire->stack, RTN_UNICAST,
					&router, NST_WIRE_INDEX));
	nst_wire_inject(forward->wire, PACKET(.daddr = &forward_beyond6));
	skb = nst_wire_expect_icmpv6(forward->wire, NST_ICMPV6_REDIRECT);
	KUNIT_EXPECT_EQ(test, 255, (int)ipv6_hdr(skb)->hop_limit);
	NST_EXPECT_IN6_EQ(test, &nst_wire_local_ll, &ipv6_hdr(skb)->saddr);
	NST_EXPECT_IN6_EQ(test, &nst_wire_peer6, &ipv6_hdr(skb)->daddr);
	KUNIT_ASSERT_EQ(test, 40U + 8 + 8 + 136, skb->len);
	NST_EXPECT_IN6_EQ(test, &router, (struct in6_addr *)(skb->data + 8));
	NST_EXPECT_IN6_EQ(test, &forward_beyond6,
			  (struct in6_addr *)(skb->data + 24));
	KUNIT_EXPECT_EQ(test, NST_NDP_TARGET_LLADDR, (int)skb->data[40]);
	KUNIT_EXPECT_EQ(test, NST_NDP_REDIRECTED, (int)skb->data[48]);
	KUNIT_EXPECT_EQ(test, 18, (int)skb->data[49]);
	nst_wire_expect_ipv6(forward->wire, NST_PROBE_PROTOCOL);
	forward->wire->stack->config.send_redirects = 0;
	nst_wire_inject(forward->wire, PACKET(.daddr = &forward_beyond6));
	nst_wire_expect_ipv6(forward->wire, NST_PROBE_PROTOCOL);
	nst_wire_expect_nothing(forward->wire);
}

/* RFC 4861 4.4, 7.2.4 */
static void advert__tells_that_it_is_a_router(struct kunit *test)
{
	struct in6_addr group = nst_ipv6_solicited_node(&nst_wire_local6);
	struct forward *forward = forward_create(test);
	unsigned int router;
	struct sk_buff *skb;

	for (router = 0; router < 2; router++) {
		forward->wire->stack->config.ipv6_forwarding = router;
		skb = nst_build_payload(test, &nst_wire_local6, 16);
		nst_build_icmpv6(skb, &(struct nst_build_icmpv6) {
				 .type = NST_ICMPV6_NEIGHBOUR_SOLICIT,
				 .daddr = &group });
		nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
				     .daddr = &group, .hop_limit = 255,
				     .nexthdr = IPPROTO_ICMPV6 });
		nst_wire_inject(forward->wire, skb);
		skb = nst_wire_expect_icmpv6(forward->wire,
					     NST_ICMPV6_NEIGHBOUR_ADVERT);
		KUNIT_EXPECT_EQ(test, (int)router, skb->data[4] >> 7);
	}
}

static void guard6__keeps_forged_sources_off(struct kunit *test)
{
	struct forward *forward = forward_create(test);

	link_flags(forward->wire->link, NST_LINK_GUARD, NST_LINK_GUARD);
	nst_wire_inject_dropped(forward->wire,
				PACKET(.saddr = &forward_beyond6),
				NST_DROP_IP_REVERSE_PATH);
	nst_wire_inject_dropped(forward->wire,
				PACKET(.saddr = &forward_far6,
				       .daddr = &nst_wire_local6),
				NST_DROP_IP_REVERSE_PATH);
	nst_wire_inject(forward->wire, PACKET());
	forward_expect(test, ETH_P_IPV6);
	nst_wire_inject(forward->wire, PACKET(.saddr = &nst_wire_peer_ll,
					      .daddr = &nst_wire_local_ll));
	KUNIT_EXPECT_EQ(test, 1U, skb_queue_len(&nst_probe.received));
}

/*
 * Attack 22: a trusted peer leaves the checksum to do of a packet whose
 * checksum field is not linear. It is completed as it leaves.
 */
static void sum__is_completed_wherever_it_lies(struct kunit *test)
{
	struct forward *forward = forward_create(test);
	struct sk_buff *whole = PACKET(), *skb;
	struct page *page = alloc_page(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, page);
	skb = nst_build_payload(test, whole->data + ETH_HLEN,
				sizeof(struct ipv6hdr));
	memcpy(skb_push(skb, ETH_HLEN), whole->data, ETH_HLEN);
	KUNIT_ASSERT_EQ(test, 0, skb_copy_bits(whole, skb->len,
					       page_address(page), PAYLOAD));
	kfree_skb(whole);
	memset(page_address(page) + 16, 0, 2);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_headroom(skb) + skb->len;
	skb->csum_offset = 16;
	skb_add_rx_frag(skb, 0, page, 0, PAYLOAD, PAGE_SIZE);
	forward->wire->link->flags |= NST_LINK_TRUSTED_PEER;
	nst_wire_inject(forward->wire, skb);
	skb = forward_expect(test, ETH_P_IPV6);
	KUNIT_EXPECT_EQ(test, 0, (__force int)
			csum_fold(skb_checksum(skb, sizeof(struct ipv6hdr),
					       PAYLOAD, 0)));
}

static struct kunit_case forward_ipv6_cases[] = {
	KUNIT_CASE(sum__is_completed_wherever_it_lies),
	KUNIT_CASE(packet6__goes_from_link_to_link),
	KUNIT_CASE(packet6__of_others_is_refused_by_a_host),
	KUNIT_CASE(packet6__for_the_other_address_is_ours),
	KUNIT_CASE(packet6__goes_nowhere),
	KUNIT_CASE(packet6__stays_in_the_scope_of_its_source),
	KUNIT_CASE(hop_limit__ends_on_the_way),
	KUNIT_CASE(no_way6__is_told),
	KUNIT_CASE(next_hop6__that_is_silent_is_told),
	KUNIT_CASE(too_big6__is_told),
	KUNIT_CASE(super_packet6__is_cut_for_the_link),
	KUNIT_CASE(hop_by_hop__is_looked_at),
	KUNIT_CASE(other_headers__are_not_looked_at),
	KUNIT_CASE(redirect6__tells_the_shorter_way),
	KUNIT_CASE(advert__tells_that_it_is_a_router),
	KUNIT_CASE(guard6__keeps_forged_sources_off),
	{}
};

static void forward_case_exit(struct kunit *test)
{
	forward_exit(test);
	nst_probe_stop(test);
}

static struct kunit_suite forward_ipv6_suite = {
	.name = "netstack_forward_ipv6",
	.init = nst_probe_start,
	.exit = forward_case_exit,
	.test_cases = forward_ipv6_cases,
};

kunit_test_suite(forward_ipv6_suite);
