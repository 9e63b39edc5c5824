// SPDX-License-Identifier: GPL-2.0
/*
 * Forwarding of IPv4: forward.c, ipv4_forward.c, reverse_path.c. Attacks 9,
 * 20, 22, 23, 25 and 32.
 */
#include "../netstack/network/icmp.h"
#include "../netstack/network/ipv4.h"
#include "../netstack/network/path_mtu.h"
#include "../netstack/network/rule.h"
#include "forward_fixture.h"
#include "transport_probe.h"

#define PAYLOAD	100

/* From the peer to the far host, unless @header says otherwise. */
static struct sk_buff *packet(struct kunit *test, struct nst_build_ipv4 header,
			      unsigned int payload)
{
	struct sk_buff *skb = nst_build_pattern(test, payload, 0);

	header.protocol = header.protocol ?: NST_PROBE_PROTOCOL;
	header.daddr = header.daddr ?: FORWARD_FAR;
	nst_build_ipv4(skb, &header);
	nst_build_ethernet(skb, &(struct nst_build_ethernet) { });
	return skb;
}

#define PACKET(...) \
	packet(test, (struct nst_build_ipv4) { __VA_ARGS__ }, PAYLOAD)

static unsigned long forwarded(const struct forward *forward)
{
	return nst_mib_read(forward->wire->stack, NST_MIB_IP_FORW_DATAGRAMS);
}

/* The peer hears this error; the message is returned. */
static struct sk_buff *expect_error(struct forward *forward, u8 type, u8 code)
{
	struct sk_buff *skb = nst_wire_expect_ipv4(forward->wire,
						   IPPROTO_ICMP);
	struct kunit *test = forward->wire->test;

	KUNIT_EXPECT_EQ(test, (int)type, (int)icmp_hdr(skb)->type);
	KUNIT_EXPECT_EQ(test, (int)code, (int)icmp_hdr(skb)->code);
	KUNIT_EXPECT_EQ(test, NST_WIRE_LOCAL, (int)ntohl(ip_hdr(skb)->saddr));
	KUNIT_EXPECT_EQ(test, NST_WIRE_PEER, (int)ntohl(ip_hdr(skb)->daddr));
	return skb;
}

static void packet__goes_from_link_to_link(struct kunit *test)
{
	struct forward *forward = forward_create(test);
	struct sk_buff *skb;

	nst_wire_inject(forward->wire, PACKET(.ttl = 64, .tos = 0x2a,
					      .id = 0x1234));
	skb = forward_expect(test, ETH_P_IP);
	KUNIT_EXPECT_EQ(test, 63, (int)ip_hdr(skb)->ttl);
	KUNIT_EXPECT_EQ(test, 0x2a, (int)ip_hdr(skb)->tos);
	KUNIT_EXPECT_EQ(test, 0x1234, (int)ntohs(ip_hdr(skb)->id));
	KUNIT_EXPECT_EQ(test, NST_WIRE_PEER, (int)ntohl(ip_hdr(skb)->saddr));
	KUNIT_EXPECT_EQ(test, FORWARD_FAR, (int)ntohl(ip_hdr(skb)->daddr));
	KUNIT_EXPECT_EQ(test, PAYLOAD + 20U, skb->len);
	KUNIT_EXPECT_EQ(test, PAYLOAD - 1, (int)skb->data[skb->len - 1]);
	KUNIT_EXPECT_EQ(test, 1UL, forwarded(forward));
	KUNIT_EXPECT_EQ(test, 0UL, nst_mib_read(forward->wire->stack,
						NST_MIB_IP_IN_DELIVERS));
	KUNIT_EXPECT_EQ(test, 0UL, nst_mib_read(forward->wire->stack,
						NST_MIB_IP_OUT_REQUESTS));
	nst_wire_expect_nothing(forward->wire);
	forward_expect_nothing(test);
}

static void packet__every_ttl_keeps_the_checksum(struct kunit *test)
{
	struct forward *forward = forward_create(test);
	unsigned int ttl;

	for (ttl = 2; ttl < 256; ttl++) {
		nst_wire_inject(forward->wire, PACKET(.ttl = ttl, .id = ttl << 7));
		/* Sums it. */
		KUNIT_EXPECT_EQ(test, (int)ttl - 1,
				(int)ip_hdr(forward_expect(test, ETH_P_IP))->ttl);
	}
}

static void packet__of_others_is_refused_by_a_host(struct kunit *test)
{
	struct forward *forward = forward_create(test);

	forward->wire->stack->config.ip_forward = 0;
	nst_wire_inject_dropped(forward->wire, PACKET(),
				NST_DROP_IP_NOT_LOCAL);
	nst_wire_inject_dropped(forward->wire, PACKET(.daddr = FORWARD_NEAR),
				NST_DROP_IP_NOT_LOCAL);
	forward_expect_nothing(test);
}

/* RFC 1812 5.2.3: a router has all of its addresses on all links. */
static void packet__for_the_other_address_is_ours(struct kunit *test)
{
	struct forward *forward = forward_create(test);
	struct sk_buff *skb;

	nst_wire_inject(forward->wire, PACKET(.daddr = FORWARD_NEAR,
					      .ttl = 1));
	skb = skb_dequeue(&nst_probe.received);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_PTR_EQ(test, forward->wire->link,
			    nst_packet_cb(skb)->link);
	kfree_skb(skb);
	KUNIT_EXPECT_EQ(test, 0UL, forwarded(forward));
	forward_expect_nothing(test);
}

struct refused {
	const char *what;
	struct nst_build_ipv4 header;
	enum nst_drop_reason reason;
};

static const struct refused refusals[] = {
	{ "from link-local", { .saddr = 0xa9fe0102 }, NST_DROP_IP_SCOPE },
	{ "to link-local", { .daddr = 0xa9fe0102 }, NST_DROP_IP_SCOPE },
	{ "to loopback", { .daddr = 0x7f000002 },
	  NST_DROP_IP_MARTIAN_DESTINATION },
	{ "to class E", { .daddr = 0xf0000001 },
	  NST_DROP_IP_MARTIAN_DESTINATION },
	{ "to this network", { .daddr = 0x00000001 },
	  NST_DROP_IP_MARTIAN_DESTINATION },
	{ "from nobody", { .source_any = true }, NST_DROP_IP_MARTIAN_SOURCE },
	{ "from loopback", { .saddr = 0x7f000001 },
	  NST_DROP_IP_MARTIAN_SOURCE },
	{ "from a group", { .saddr = 0xe0000001 },
	  NST_DROP_IP_MARTIAN_SOURCE },
	{ "from us", { .saddr = NST_WIRE_LOCAL },
	  NST_DROP_IP_MARTIAN_SOURCE },
	{ "from our other address", { .saddr = FORWARD_NEAR },
	  NST_DROP_IP_MARTIAN_SOURCE },
	{ "from a broadcast address", { .saddr = 0x0a0000ff },
	  NST_DROP_IP_MARTIAN_SOURCE },
	{ "to the other link's broadcast", { .daddr = 0x0a0100ff },
	  NST_DROP_IP_NOT_LOCAL },
	{ "an error whose TTL ends", { .ttl = 1, .protocol = IPPROTO_ICMP },
	  NST_DROP_IP_TTL },
	{ "a later fragment whose TTL ends", { .ttl = 1, .fragment = 8 },
	  NST_DROP_IP_TTL },
};

static void refused_name(const struct refused *refused, char *name)
{
	strscpy(name, refused->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(refused, refusals, refused_name);

/* Quietly: nobody is told. */
static void packet__goes_nowhere(struct kunit *test)
{
	const struct refused *refused = test->param_value;
	struct forward *forward = forward_create(test);

	/* The pattern begins with 0, an echo reply; 3 is an error. */
	struct sk_buff *skb = packet(test, refused->header, PAYLOAD);

	if (refused->header.protocol == IPPROTO_ICMP)
		skb->data[ETH_HLEN + sizeof(struct iphdr)] = ICMP_DEST_UNREACH;
	nst_wire_inject_dropped(forward->wire, skb, refused->reason);
	forward_expect_nothing(test);
	KUNIT_EXPECT_EQ(test, 0UL, forwarded(forward));
}

static void packet__in_a_group_frame_is_refused(struct kunit *test)
{
	struct forward *forward = forward_create(test);
	struct sk_buff *skb = PACKET();

	eth_broadcast_addr(((struct ethhdr *)skb->data)->h_dest);
	nst_wire_inject_dropped(forward->wire, skb, NST_DROP_IP_LINK_GROUP);
	forward_expect_nothing(test);
}

static void ttl__ends_on_the_way(struct kunit *test)
{
	struct forward *forward = forward_create(test);

	nst_wire_inject(forward->wire, PACKET(.ttl = 1));
	expect_error(forward, ICMP_TIME_EXCEEDED, ICMP_EXC_TTL);
	nst_wire_inject(forward->wire, PACKET(.ttl_zero = true));
	expect_error(forward, ICMP_TIME_EXCEEDED, ICMP_EXC_TTL);
	forward_expect_nothing(test);
	KUNIT_EXPECT_EQ(test, 2UL, nst_mib_read(forward->wire->stack,
						NST_MIB_IP_IN_HDR_ERRORS));
	KUNIT_EXPECT_EQ(test, 2UL, nst_drop_read(forward->wire->stack,
						 NST_DROP_IP_TTL));
}

/* Attack 9 and 25: errors about packets of others have the same limits. */
static void errors__are_limited(struct kunit *test)
{
	struct forward *forward = forward_create(test);
	unsigned int i;

	for (i = 0; i < 30; i++)
		nst_wire_inject(forward->wire, PACKET(.ttl = 1));
	KUNIT_EXPECT_LE(test, skb_queue_len(&forward->wire->sent), 8U);
	KUNIT_EXPECT_LE(test, 22UL,
			nst_mib_read(forward->wire->stack,
				     NST_MIB_ICMP_OUT_RATE_LIMIT_HOST));
	nst_wire_discard(forward->wire);
}

struct no_way {
	const char *what;
	u8 type;
	int code;
};

static const struct no_way no_ways[] = {
	{ "no route", 0, ICMP_NET_UNREACH },
	{ "unreachable", RTN_UNREACHABLE, ICMP_HOST_UNREACH },
	{ "prohibit", RTN_PROHIBIT, ICMP_PKT_FILTERED },
	{ "blackhole", RTN_BLACKHOLE, -1 },
	{ "throw", RTN_THROW, ICMP_NET_UNREACH },
};

static void no_way_name(const struct no_way *no_way, char *name)
{
	strscpy(name, no_way->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(no_way, no_ways, no_way_name);

static void no_way__is_told(struct kunit *test)
{
	const struct no_way *no_way = test->param_value;
	struct forward *forward = forward_create(test);

	if (no_way->type)
		KUNIT_ASSERT_EQ(test, 0,
				route_add(forward->wire->stack,
					  (struct route_words) {
						  .to = FORWARD_BEYOND,
						  .len = 32,
						  .type = no_way->type }));
	nst_wire_inject(forward->wire, PACKET(.daddr = FORWARD_BEYOND));
	if (no_way->code >= 0)
		expect_error(forward, ICMP_DEST_UNREACH, no_way->code);
	nst_wire_expect_nothing(forward->wire);
	forward_expect_nothing(test);
	KUNIT_EXPECT_EQ(test, 1UL, nst_mib_read(forward->wire->stack,
						NST_MIB_IP_IN_NO_ROUTES));
	nst_wire_expect_drop(forward->wire, IP_NO_ROUTE, 0UL);
}

static void next_hop__that_is_silent_is_told(struct kunit *test)
{
	struct forward *forward = forward_create(test);
	union nst_address gone = ipv4(FORWARD_GONE);

	nst_wire_inject(forward->wire, PACKET(.daddr = FORWARD_GONE));
	nst_wire_expect_nothing(forward->wire);
	forward_neighbour_fails(test, AF_INET, &gone);
	expect_error(forward, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH);
	nst_wire_expect_nothing(forward->wire);
}

static void too_big__is_told_when_not_to_be_cut(struct kunit *test)
{
	struct forward *forward = forward_create(test);
	struct sk_buff *skb;

	forward->second->mtu = 600;
	skb = packet(test, (struct nst_build_ipv4) {
		     .fragment = NST_IPV4_DF }, 1000);
	nst_wire_inject(forward->wire, skb);
	skb = expect_error(forward, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED);
	KUNIT_EXPECT_EQ(test, 600, (int)ntohs(icmp_hdr(skb)->un.frag.mtu));
	forward_expect_nothing(test);
	nst_wire_expect_drop(forward->wire, IP_TOO_BIG, 0UL);
}

/* What the stack has learned of a path is for its own packets. */
static void too_big__is_what_the_link_says(struct kunit *test)
{
	struct forward *forward = forward_create(test);
	struct nst_stack *stack = forward->wire->stack;
	struct nst_path path;
	struct sk_buff *skb;

	KUNIT_ASSERT_EQ(test, 0, path_to(stack, FORWARD_FAR, 0, 0, &path));
	KUNIT_EXPECT_TRUE(test, nst_path_mtu_learn(stack, &path, 600));
	nst_path_release(&path);
	KUNIT_ASSERT_EQ(test, 0, path_to(stack, FORWARD_FAR, 0, 0, &path));
	KUNIT_EXPECT_EQ(test, 600U, path.mtu);
	nst_path_release(&path);
	skb = packet(test, (struct nst_build_ipv4) {
		     .fragment = NST_IPV4_DF }, 1000);
	nst_wire_inject(forward->wire, skb);
	KUNIT_EXPECT_EQ(test, 1020U, forward_expect(test, ETH_P_IP)->len);
}

/* A fragment too, whose place and MF add up. */
static void too_big__is_cut(struct kunit *test)
{
	struct forward *forward = forward_create(test);
	struct sk_buff *skb;

	forward->second->mtu = 600;
	skb = packet(test, (struct nst_build_ipv4) { .id = 77, .tos = 2,
		     .fragment = NST_IPV4_MF | 10 }, 1000);
	nst_wire_inject(forward->wire, skb);
	skb = forward_expect(test, ETH_P_IP);
	KUNIT_EXPECT_EQ(test, 596U, skb->len);
	KUNIT_EXPECT_EQ(test, NST_IPV4_MF | 10,
			(int)ntohs(ip_hdr(skb)->frag_off));
	KUNIT_EXPECT_EQ(test, 63, (int)ip_hdr(skb)->ttl);
	skb = forward_expect(test, ETH_P_IP);
	KUNIT_EXPECT_EQ(test, 20U + 1000 - 576, skb->len);
	KUNIT_EXPECT_EQ(test, NST_IPV4_MF | (10 + 72),
			(int)ntohs(ip_hdr(skb)->frag_off));
	KUNIT_EXPECT_EQ(test, 77, (int)ntohs(ip_hdr(skb)->id));
	KUNIT_EXPECT_EQ(test, 63, (int)ip_hdr(skb)->ttl);
	KUNIT_EXPECT_EQ(test, 2, (int)ip_hdr(skb)->tos);
	forward_expect_nothing(test);
	KUNIT_EXPECT_EQ(test, 1UL, forwarded(forward));
}

/* A super-packet of a trusted peer: 3000 bytes in segments of 1000. */
static struct sk_buff *super_packet(struct kunit *test, u16 frag_off)
{
	struct sk_buff *skb = nst_build_pattern(test, 3000, 0);
	struct tcphdr *th;

	nst_build_tcp(skb, &(struct nst_build_tcp) {
		      .daddr = FORWARD_FAR, .flags = 0x10 });
	th = (struct tcphdr *)skb->data;
	th->check = ~csum_tcpudp_magic(htonl(NST_WIRE_PEER),
				       htonl(FORWARD_FAR), skb->len,
				       IPPROTO_TCP, 0);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_headroom(skb);
	skb->csum_offset = offsetof(struct tcphdr, check);
	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
		       .daddr = FORWARD_FAR, .protocol = IPPROTO_TCP,
		       .fragment = frag_off });
	nst_build_ethernet(skb, &(struct nst_build_ethernet) { });
	skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4;
	skb_shinfo(skb)->gso_size = 1000;
	skb_shinfo(skb)->gso_segs = 3;
	return skb;
}

static void super_packet__goes_on_whole(struct kunit *test)
{
	struct forward *forward = forward_create(test);
	struct sk_buff *skb;

	forward->wire->link->flags |= NST_LINK_TRUSTED_PEER;
	forward->second->features = NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_TSO;
	forward->second->gso_max_size = 65536;
	forward->second->gso_max_segs = 64;
	nst_wire_inject(forward->wire, super_packet(test, NST_IPV4_DF));
	skb = forward_expect(test, ETH_P_IP);
	KUNIT_EXPECT_EQ(test, 3040U, skb->len);
	KUNIT_EXPECT_EQ(test, 1000, (int)skb_shinfo(skb)->gso_size);
	KUNIT_EXPECT_EQ(test, CHECKSUM_PARTIAL, (int)skb->ip_summed);
	KUNIT_EXPECT_EQ(test, 63, (int)ip_hdr(skb)->ttl);
	forward_expect_nothing(test);
}

static void super_packet__is_cut_for_the_link(struct kunit *test)
{
	struct forward *forward = forward_create(test);
	struct sk_buff *skb;
	struct tcphdr *th;
	unsigned int i;
	u32 seq = 0;

	forward->wire->link->flags |= NST_LINK_TRUSTED_PEER;
	nst_wire_inject(forward->wire, super_packet(test, NST_IPV4_DF));
	for (i = 0; i < 3; i++) {
		skb = forward_expect(test, ETH_P_IP);
		KUNIT_ASSERT_EQ(test, 1040U, skb->len);
		KUNIT_EXPECT_EQ(test, 63, (int)ip_hdr(skb)->ttl);
		th = (struct tcphdr *)(skb->data + 20);
		KUNIT_EXPECT_EQ(test, seq, ntohl(th->seq));
		seq += 1000;
		KUNIT_EXPECT_EQ(test, 0, (__force int)
				csum_tcpudp_magic(ip_hdr(skb)->saddr,
						  ip_hdr(skb)->daddr, 1020,
						  IPPROTO_TCP,
						  csum_partial(th, 1020, 0)));
	}
	forward_expect_nothing(test);
}

static void super_packet__with_too_big_segments_is_told(struct kunit *test)
{
	struct forward *forward = forward_create(test);

	forward->wire->link->flags |= NST_LINK_TRUSTED_PEER;
	forward->second->mtu = 1000;
	nst_wire_inject(forward->wire, super_packet(test, NST_IPV4_DF));
	expect_error(forward, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED);
	forward_expect_nothing(test);
}

static void super_packet__that_lies_is_dropped(struct kunit *test)
{
	struct forward *forward = forward_create(test);
	struct sk_buff *skb;

	forward->wire->link->flags |= NST_LINK_TRUSTED_PEER;
	nst_wire_inject_dropped(forward->wire, super_packet(test, NST_IPV4_MF),
				NST_DROP_IP_SEGMENTS);
	skb = super_packet(test, NST_IPV4_DF);
	skb_shinfo(skb)->gso_type = SKB_GSO_UDP_L4;
	nst_wire_inject_dropped(forward->wire, skb, NST_DROP_IP_SEGMENTS);
	forward_expect_nothing(test);
}

/* 198.51.100.1 is by another router of the peer's own network. */
static struct forward *roundabout(struct kunit *test)
{
	struct forward *forward = forward_create(test);
	union nst_address other = ipv4(NST_WIRE_OTHER);

	forward_add_neighbour(forward->wire->link, AF_INET, &other);
	KUNIT_ASSERT_EQ(test, 0,
			route_add(forward->wire->stack, (struct route_words) {
				  .to = FORWARD_BEYOND, .len = 32,
				  .via = NST_WIRE_OTHER }));
	return forward;
}

static void redirect__tells_the_shorter_way(struct kunit *test)
{
	struct forward *forward = roundabout(test);
	struct sk_buff *skb;

	nst_wire_inject(forward->wire, PACKET(.daddr = FORWARD_BEYOND));
	skb = expect_error(forward, ICMP_REDIRECT, ICMP_REDIR_HOST);
	KUNIT_EXPECT_EQ(test, NST_WIRE_OTHER,
			(int)ntohl(icmp_hdr(skb)->un.gateway));
	skb = nst_wire_expect_ipv4(forward->wire, NST_PROBE_PROTOCOL);
	KUNIT_EXPECT_EQ(test, 63, (int)ip_hdr(skb)->ttl);
	KUNIT_EXPECT_EQ(test, 1UL, nst_mib_read(forward->wire->stack,
						NST_MIB_ICMP_OUT_REDIRECTS));
}

static void redirect__is_limited(struct kunit *test)
{
	struct forward *forward = roundabout(test);
	unsigned long sent;
	unsigned int i;

	for (i = 0; i < 30; i++)
		nst_wire_inject(forward->wire,
				PACKET(.daddr = FORWARD_BEYOND));
	sent = nst_mib_read(forward->wire->stack, NST_MIB_ICMP_OUT_REDIRECTS);
	KUNIT_EXPECT_LE(test, 1UL, sent);
	KUNIT_EXPECT_LE(test, sent, 8UL);
	KUNIT_EXPECT_EQ(test, 30UL, forwarded(forward));
	nst_wire_discard(forward->wire);
}

static void redirect__is_not_for_all(struct kunit *test)
{
	struct forward *forward = roundabout(test);

	/* Its sender is behind another router. */
	KUNIT_ASSERT_EQ(test, 0,
			route_add(forward->wire->stack, (struct route_words) {
				  .to = 0xc0000200, .len = 24,
				  .via = NST_WIRE_PEER }));
	nst_wire_inject(forward->wire, PACKET(.saddr = 0xc0000201,
					      .daddr = FORWARD_BEYOND));
	nst_wire_expect_ipv4(forward->wire, NST_PROBE_PROTOCOL);
	forward->wire->stack->config.send_redirects = 0;
	nst_wire_inject(forward->wire, PACKET(.daddr = FORWARD_BEYOND));
	nst_wire_expect_ipv4(forward->wire, NST_PROBE_PROTOCOL);
	nst_wire_expect_nothing(forward->wire);
}

static void options__record_the_way(struct kunit *test)
{
	static const u8 record_route[] = { 7, 11, 4, 0, 0, 0, 0, 0, 0, 0, 0,
					   0 };
	struct forward *forward = forward_create(test);
	struct sk_buff *skb;
	u8 *option;

	nst_wire_inject(forward->wire, PACKET(.options = record_route,
					      .options_len = 12));
	skb = forward_expect(test, ETH_P_IP);
	KUNIT_EXPECT_EQ(test, 8, (int)ip_hdr(skb)->ihl);
	option = skb->data + 20;
	KUNIT_EXPECT_EQ(test, 8, (int)option[2]);
	KUNIT_EXPECT_EQ(test, FORWARD_NEAR,
			(int)get_unaligned_be32(option + 3));
}

static void options__source_route_is_refused(struct kunit *test)
{
	static const u8 source_route[] = { 131, 7, 4, 10, 1, 0, 2, 0 };
	static const u8 malformed[] = { 7, 40, 4, 0 };
	struct forward *forward = forward_create(test);

	nst_wire_inject(forward->wire, PACKET(.options = source_route,
					      .options_len = 8));
	expect_error(forward, ICMP_DEST_UNREACH, ICMP_SR_FAILED);
	nst_wire_inject(forward->wire, PACKET(.options = malformed,
					      .options_len = 4));
	expect_error(forward, ICMP_PARAMETERPROB, 0);
	forward_expect_nothing(test);
}

static void rule__knows_where_a_packet_came_by(struct kunit *test)
{
	struct nst_rule_config rule = { .family = AF_INET, .priority = 5,
		.action = FR_ACT_PROHIBIT, .iif = NST_WIRE_INDEX };
	struct forward *forward = forward_create(test);
	struct nst_stack *stack = forward->wire->stack;
	struct nst_path path = { };

	mutex_lock(&stack->config_mutex);
	KUNIT_EXPECT_EQ(test, 0, nst_rule_add(stack, &rule, true, NULL));
	mutex_unlock(&stack->config_mutex);
	nst_wire_inject(forward->wire, PACKET());
	/* The answer is the stack's own, and is not concerned. */
	expect_error(forward, ICMP_DEST_UNREACH, ICMP_PKT_FILTERED);
	KUNIT_EXPECT_EQ(test, 0, path_to(stack, FORWARD_FAR, 0, 0, &path));
	nst_path_release(&path);
	forward_expect_nothing(test);
}

static void rule__knows_the_source(struct kunit *test)
{
	struct nst_rule_config rule = { .family = AF_INET, .priority = 5,
		.action = FR_ACT_PROHIBIT, .source_len = 32,
		.source = ipv4(NST_WIRE_OTHER) };
	struct forward *forward = forward_create(test);
	struct nst_stack *stack = forward->wire->stack;
	union nst_address other = ipv4(NST_WIRE_OTHER);

	forward_add_neighbour(forward->wire->link, AF_INET, &other);
	mutex_lock(&stack->config_mutex);
	KUNIT_EXPECT_EQ(test, 0, nst_rule_add(stack, &rule, true, NULL));
	mutex_unlock(&stack->config_mutex);
	nst_wire_inject(forward->wire, PACKET(.saddr = NST_WIRE_OTHER));
	forward_expect_nothing(test);
	nst_wire_inject(forward->wire, PACKET());
	forward_expect(test, ETH_P_IP);
	nst_wire_discard(forward->wire);
}

/* 192.0.2.0/24 is behind the far host: the peer has no business with it. */
static struct forward *with_reverse_path(struct kunit *test)
{
	struct forward *forward = forward_create(test);

	KUNIT_ASSERT_EQ(test, 0,
			route_add(forward->wire->stack, (struct route_words) {
				  .to = 0xc0000200, .len = 24,
				  .via = FORWARD_FAR }));
	return forward;
}

static void reverse_path__strict(struct kunit *test)
{
	struct forward *forward = with_reverse_path(test);

	forward->wire->stack->config.rp_filter = 1;
	nst_wire_inject_dropped(forward->wire, PACKET(.saddr = 0xc0000201),
				NST_DROP_IP_REVERSE_PATH);
	nst_wire_inject_dropped(forward->wire, PACKET(.saddr = 0xcb007101),
				NST_DROP_IP_REVERSE_PATH);
	forward_expect_nothing(test);
	nst_wire_inject(forward->wire, PACKET());
	forward_expect(test, ETH_P_IP);
}

static void reverse_path__loose(struct kunit *test)
{
	struct forward *forward = with_reverse_path(test);

	forward->wire->stack->config.rp_filter = 2;
	nst_wire_inject(forward->wire, PACKET(.saddr = 0xc0000201));
	forward_expect(test, ETH_P_IP);
	nst_wire_inject_dropped(forward->wire, PACKET(.saddr = 0xcb007101),
				NST_DROP_IP_REVERSE_PATH);
}

/* Also of what is for the stack itself, router or not. */
static void guard__keeps_forged_sources_off(struct kunit *test)
{
	struct forward *forward = with_reverse_path(test);

	forward->wire->stack->config.ip_forward = 0;
	link_flags(forward->wire->link, NST_LINK_GUARD, NST_LINK_GUARD);
	nst_wire_inject_dropped(forward->wire,
				PACKET(.saddr = 0xc0000201,
				       .daddr = NST_WIRE_LOCAL),
				NST_DROP_IP_REVERSE_PATH);
	nst_wire_inject(forward->wire, PACKET(.daddr = NST_WIRE_LOCAL));
	KUNIT_EXPECT_EQ(test, 1U, skb_queue_len(&nst_probe.received));
	link_flags(forward->wire->link, 0, NST_LINK_GUARD);
	nst_wire_inject(forward->wire, PACKET(.saddr = 0xc0000201,
					      .daddr = NST_WIRE_LOCAL));
	KUNIT_EXPECT_EQ(test, 2U, skb_queue_len(&nst_probe.received));
}

static struct kunit_case forward_cases[] = {
	KUNIT_CASE(packet__goes_from_link_to_link),
	KUNIT_CASE(packet__every_ttl_keeps_the_checksum),
	KUNIT_CASE(packet__of_others_is_refused_by_a_host),
	KUNIT_CASE(packet__for_the_other_address_is_ours),
	KUNIT_CASE_PARAM(packet__goes_nowhere, refused_gen_params),
	KUNIT_CASE(packet__in_a_group_frame_is_refused),
	KUNIT_CASE(ttl__ends_on_the_way),
	KUNIT_CASE(errors__are_limited),
	KUNIT_CASE_PARAM(no_way__is_told, no_way_gen_params),
	KUNIT_CASE(next_hop__that_is_silent_is_told),
	KUNIT_CASE(too_big__is_told_when_not_to_be_cut),
	KUNIT_CASE(too_big__is_what_the_link_says),
	KUNIT_CASE(too_big__is_cut),
	KUNIT_CASE(super_packet__goes_on_whole),
	KUNIT_CASE(super_packet__is_cut_for_the_link),
	KUNIT_CASE(super_packet__with_too_big_segments_is_told),
	KUNIT_CASE(super_packet__that_lies_is_dropped),
	KUNIT_CASE(redirect__tells_the_shorter_way),
	KUNIT_CASE(redirect__is_limited),
	KUNIT_CASE(redirect__is_not_for_all),
	KUNIT_CASE(options__record_the_way),
	KUNIT_CASE(options__source_route_is_refused),
	KUNIT_CASE(rule__knows_where_a_packet_came_by),
	KUNIT_CASE(rule__knows_the_source),
	KUNIT_CASE(reverse_path__strict),
	KUNIT_CASE(reverse_path__loose),
	KUNIT_CASE(guard__keeps_forged_sources_off),
	{}
};

static void forward_case_exit(struct kunit *test)
{
	forward_exit(test);
	nst_probe_stop(test);
}

static struct kunit_suite forward_suite = {
	.name = "netstack_forward",
	.init = nst_probe_start,
	.exit = forward_case_exit,
	.test_cases = forward_cases,
};

kunit_test_suite(forward_suite);
