// SPDX-License-Identifier: GPL-2.0
/*
 * Neighbour discovery: ndp.c, ndp_message.c, and duplicate address detection
 * with it (detection.c), autoconf.c's link-local address. Attacks 23 and 24.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/etherdevice.h>

#include "../netstack/network/address.h"
#include "../netstack/network/autoconf.h"
#include "../netstack/network/icmpv6.h"
#include "../netstack/network/ndp.h"
#include "../netstack/network/neighbour.h"
#include "transport_probe.h"
#include "wire_ipv6.h"

#define ROUTER		0x80000000U
#define SOLICITED	0x40000000U
#define OVERRIDE	0x20000000U

static const struct in6_addr third = { .s6_addr32 = {
	htonl(0x20010db8), 0, 0, htonl(3) } };

/**
 * struct words - a neighbour message in the words of a test
 * @type: 135 or 136
 * @flags: of an advertisement
 * @target: default nst_wire_local6
 * @saddr: default nst_wire_peer6
 * @daddr: default nst_wire_local6
 * @option: type of an option with a station address, 0 for none
 * @station: default nst_wire_peer_mac
 * @nonce: nonce option instead
 * @hop_limit: default 255
 * @code: code
 */
struct words {
	u8 type;
	u32 flags;
	const struct in6_addr *target;
	const struct in6_addr *saddr;
	const struct in6_addr *daddr;
	u8 option;
	const u8 *station;
	const u8 *nonce;
	u8 hop_limit;
	u8 code;
};

static struct sk_buff *neighbour_message(struct kunit *test, struct words w)
{
	u8 option[8] = { w.option, 1 };
	struct sk_buff *skb;

	memcpy(option + 2, w.station ?: nst_wire_peer_mac, ETH_ALEN);
	if (w.nonce) {
		option[0] = NST_NDP_NONCE;
		memcpy(option + 2, w.nonce, NST_DETECTION_NONCE);
	}
	skb = nst_build_pattern(test, sizeof(struct in6_addr) +
				(option[0] ? sizeof(option) : 0), 0);
	memcpy(skb->data, w.target ?: &nst_wire_local6,
	       sizeof(struct in6_addr));
	if (option[0])
		memcpy(skb->data + sizeof(struct in6_addr), option,
		       sizeof(option));
	nst_build_icmpv6(skb, &(struct nst_build_icmpv6) {
		.type = w.type, .code = w.code, .rest = w.flags,
		.saddr = w.saddr, .daddr = w.daddr });
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = IPPROTO_ICMPV6, .saddr = w.saddr, .daddr = w.daddr,
		.hop_limit = w.hop_limit ?: 255 });
	return skb;
}

#define SOLICIT(...)							\
	neighbour_message(test, (struct words) {			\
		.type = NST_ICMPV6_NEIGHBOUR_SOLICIT, __VA_ARGS__ })
#define ADVERT(...)							\
	neighbour_message(test, (struct words) {			\
		.type = NST_ICMPV6_NEIGHBOUR_ADVERT, __VA_ARGS__ })

static struct in6_addr *target_of(const struct sk_buff *skb)
{
	return &((struct nst_ndp_message *)skb->data)->target;
}

static u32 flags_of(const struct sk_buff *skb)
{
	return ntohl(icmp6_hdr(skb)->icmp6_dataun.un_data32[0]);
}

static u8 state_of(struct nst_wire *wire, const struct in6_addr *address,
		   u8 *lladdr)
{
	union nst_address peer = nst_address_v6(address);
	struct nst_neighbour *neighbour;
	u8 state;

	neighbour = nst_neighbour_lookup(wire->link, AF_INET6, &peer, false);
	if (!neighbour)
		return 0xff;
	state = READ_ONCE(neighbour->state);
	if (lladdr && !nst_neighbour_lladdr(neighbour, lladdr))
		eth_zero_addr(lladdr);
	nst_neighbour_put(neighbour);
	return state;
}

/* RFC 4861 7.2.4: answered to the asker, from the target. */
static void solicit__answered(struct kunit *test)
{
	struct in6_addr group = nst_ipv6_solicited_node(&nst_wire_local6);
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct sk_buff *skb;

	nst_wire_inject(wire, SOLICIT(.daddr = &group, .option = 1,
				      .saddr = &third,
				      .station = nst_wire_other_mac));
	skb = nst_wire_expect_icmpv6(wire, NST_ICMPV6_NEIGHBOUR_ADVERT);
	NST_EXPECT_IN6_EQ(test, &nst_wire_local6, target_of(skb));
	NST_EXPECT_IN6_EQ(test, &nst_wire_local6, &ipv6_hdr(skb)->saddr);
	NST_EXPECT_IN6_EQ(test, &third, &ipv6_hdr(skb)->daddr);
	KUNIT_EXPECT_EQ(test, 255, (int)ipv6_hdr(skb)->hop_limit);
	KUNIT_EXPECT_EQ(test, SOLICITED | OVERRIDE, flags_of(skb));
	KUNIT_ASSERT_EQ(test, 32U, skb->len);
	KUNIT_EXPECT_EQ(test, NST_NDP_TARGET_LLADDR, (int)skb->data[24]);
	KUNIT_EXPECT_EQ(test, 1, (int)skb->data[25]);
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(nst_wire_local_mac,
						 skb->data + 26));
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(nst_wire_other_mac,
						 eth_hdr(skb)->h_dest));
	/* RFC 4861 7.2.3: the asker will be written to. */
	KUNIT_EXPECT_NE(test, 0xff, (int)state_of(wire, &third, NULL));
	nst_wire_expect_nothing(wire);
}

/* RFC 4862 5.4.3, RFC 4861 7.2.4: who probes for our address hears of it. */
static void solicit__from_nobody_is_answered_to_all(struct kunit *test)
{
	struct in6_addr group = nst_ipv6_solicited_node(&nst_wire_local6);
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct sk_buff *skb;

	nst_wire_inject(wire, SOLICIT(.saddr = &nst_wire_any6,
				      .daddr = &group));
	skb = nst_wire_expect_icmpv6(wire, NST_ICMPV6_NEIGHBOUR_ADVERT);
	NST_EXPECT_IN6_EQ(test, &nst_wire_all_nodes, &ipv6_hdr(skb)->daddr);
	KUNIT_EXPECT_EQ(test, OVERRIDE, flags_of(skb));
	nst_wire_expect_nothing(wire);
}

static void solicit__for_another_is_not_answered(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);

	nst_wire_inject_dropped(wire, SOLICIT(.target = &third, .option = 1,
					      .saddr = &third),
				NST_DROP_NDP_CONSUMED);
	KUNIT_EXPECT_EQ(test, 0xff, (int)state_of(wire, &third, NULL));
}

/* RFC 4861 7.1.1, 7.1.2, RFC 6980 */
static void message__refused(struct kunit *test)
{
	struct in6_addr group = nst_ipv6_solicited_node(&nst_wire_local6);
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct sk_buff *skb;
	unsigned int i;

	struct sk_buff *bad[] = {
		SOLICIT(.hop_limit = 254),
		SOLICIT(.code = 1),
		SOLICIT(.target = &nst_wire_all_nodes),
		SOLICIT(.saddr = &nst_wire_any6),
		SOLICIT(.saddr = &nst_wire_any6, .daddr = &group,
			.option = 1),
		ADVERT(.hop_limit = 254),
		ADVERT(.code = 1),
		ADVERT(.target = &nst_wire_all_nodes),
		ADVERT(.saddr = &nst_wire_any6),
		ADVERT(.flags = SOLICITED, .target = &third,
		       .daddr = &nst_wire_all_nodes),
	};

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		nst_wire_inject_dropped(wire, bad[i], NST_DROP_NDP_INVALID);

	/* Options: none of length 0, none beyond the end; fixed part whole. */
	for (i = 0; i < 3; i++) {
		skb = nst_build_pattern(test, i ? 24 : 15, 0);
		memcpy(skb->data, &nst_wire_local6, 15);
		if (i)
			memcpy(skb->data + 16, i == 1 ?
			       "\1\0\0\0\0\0\0\0" : "\1\2\0\0\0\0\0\0", 8);
		nst_build_icmpv6(skb, &(struct nst_build_icmpv6) {
			.type = NST_ICMPV6_NEIGHBOUR_SOLICIT });
		nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
			.nexthdr = IPPROTO_ICMPV6, .hop_limit = 255 });
		nst_wire_inject_dropped(wire, skb, NST_DROP_NDP_INVALID);
	}

	skb = nst_build_payload(test, &nst_wire_local6, 16);
	nst_build_icmpv6(skb, &(struct nst_build_icmpv6) {
		.type = NST_ICMPV6_NEIGHBOUR_SOLICIT });
	nst_build_fragment(skb, IPPROTO_ICMPV6, 0, 1);
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = IPPROTO_FRAGMENT, .hop_limit = 255 });
	nst_wire_inject_dropped(wire, skb, NST_DROP_NDP_INVALID);
}

/* Send a packet to a neighbour that nobody knows. */
static void send_to_third(struct kunit *test, struct nst_wire *wire)
{
	struct nst_output output = { .protocol = NST_PROBE_PROTOCOL };
	struct nst_route_key key = {
		.family = AF_INET6, .daddr = nst_address_v6(&third) };
	struct nst_path path = {};

	KUNIT_ASSERT_EQ(test, 0, nst_route_output(wire->stack, &key, &path));
	KUNIT_EXPECT_EQ(test, 0,
			nst_network_output(wire->stack,
					   nst_build_pattern(test, 8, 0),
					   &path, &output));
	nst_path_release(&path);
}

/* RFC 4861 7.2.2: asked for by its group, and sent to when it answers. */
static void resolve__packet_waits_for_the_answer(struct kunit *test)
{
	struct in6_addr group = nst_ipv6_solicited_node(&third);
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	static const u8 group_station[ETH_ALEN] = {
		0x33, 0x33, 0xff, 0, 0, 3 };
	u8 lladdr[ETH_ALEN];
	struct sk_buff *skb;

	send_to_third(test, wire);
	skb = nst_wire_expect_icmpv6(wire, NST_ICMPV6_NEIGHBOUR_SOLICIT);
	NST_EXPECT_IN6_EQ(test, &third, target_of(skb));
	NST_EXPECT_IN6_EQ(test, &group, &ipv6_hdr(skb)->daddr);
	NST_EXPECT_IN6_EQ(test, &nst_wire_local6, &ipv6_hdr(skb)->saddr);
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(group_station,
						 eth_hdr(skb)->h_dest));
	KUNIT_EXPECT_EQ(test, NST_NDP_SOURCE_LLADDR, (int)skb->data[24]);
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(nst_wire_local_mac,
						 skb->data + 26));
	nst_wire_expect_nothing(wire);

	nst_wire_inject(wire, ADVERT(.target = &third, .saddr = &third,
				     .flags = SOLICITED | OVERRIDE,
				     .option = 2,
				     .station = nst_wire_other_mac));
	skb = nst_wire_expect_ipv6(wire, NST_PROBE_PROTOCOL);
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(nst_wire_other_mac,
						 eth_hdr(skb)->h_dest));
	KUNIT_EXPECT_EQ(test, NUD_REACHABLE,
			(int)state_of(wire, &third, lladdr));
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(nst_wire_other_mac, lladdr));
}

/* The sender hears that nobody answers. */
static void resolve__nobody_answers(struct kunit *test)
{
	union nst_address peer = nst_address_v6(&third);
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct nst_neighbour *neighbour;
	unsigned int i;

	send_to_third(test, wire);
	neighbour = nst_neighbour_lookup(wire->link, AF_INET6, &peer, false);
	KUNIT_ASSERT_NOT_NULL(test, neighbour);
	for (i = 0; i < 3; i++) {
		nst_wire_expect_icmpv6(wire, NST_ICMPV6_NEIGHBOUR_SOLICIT);
		nst_wire_expire(&neighbour->timer);
	}
	nst_neighbour_put(neighbour);
	nst_wire_expect_nothing(wire);
	KUNIT_ASSERT_EQ(test, 1U, nst_probe.errors);
	KUNIT_EXPECT_TRUE(test, nst_probe.error.local);
	KUNIT_EXPECT_EQ(test, EHOSTUNREACH, nst_probe.error.errno);
	NST_EXPECT_IN6_EQ(test, &third, &nst_probe.error.daddr.v6);
}

/* RFC 4861 7.2.5: what an advertisement may change. Attack 24. */
static void advert__changes_what_it_may(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	u8 lladdr[ETH_ALEN];

	/* It makes no entry. */
	nst_wire_inject(wire, ADVERT(.target = &third, .saddr = &third,
				     .flags = SOLICITED | OVERRIDE,
				     .option = 2));
	KUNIT_EXPECT_EQ(test, 0xff, (int)state_of(wire, &third, NULL));

	/* A solicitation does; the station is believed until it is proved. */
	nst_wire_inject(wire, SOLICIT(.saddr = &third, .option = 1,
				      .station = nst_wire_other_mac));
	nst_wire_discard(wire);
	nst_wire_inject(wire, ADVERT(.target = &third, .saddr = &third,
				     .flags = SOLICITED));
	KUNIT_EXPECT_EQ(test, NUD_REACHABLE,
			(int)state_of(wire, &third, lladdr));
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(nst_wire_other_mac, lladdr));

	/* Without override the station stays, and is in doubt. */
	nst_wire_inject(wire, ADVERT(.target = &third, .saddr = &third,
				     .option = 2));
	KUNIT_EXPECT_EQ(test, NUD_STALE,
			(int)state_of(wire, &third, lladdr));
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(nst_wire_other_mac, lladdr));

	/* With it the station changes, and has proved nothing. */
	nst_wire_inject(wire, ADVERT(.target = &third, .saddr = &third,
				     .flags = OVERRIDE, .option = 2));
	KUNIT_EXPECT_EQ(test, NUD_STALE,
			(int)state_of(wire, &third, lladdr));
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(nst_wire_peer_mac, lladdr));

	/* A group is no station. */
	nst_wire_inject(wire, ADVERT(.target = &third, .saddr = &third,
				     .flags = OVERRIDE, .option = 2,
				     .station = (const u8 []) {
					0x33, 0x33, 0, 0, 0, 1 }));
	state_of(wire, &third, lladdr);
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(nst_wire_peer_mac, lladdr));
}

static struct nst_address_detection *detection_of(struct nst_wire *wire,
						  const struct in6_addr *a)
{
	union nst_address address = nst_address_v6(a);
	struct nst_local_address *local;

	rcu_read_lock();
	local = nst_address_find_rcu(wire->stack, wire->link, AF_INET6,
				     &address);
	rcu_read_unlock();
	KUNIT_ASSERT_NOT_NULL(wire->test, local);
	return &local->detection;
}

static u8 flags_of_address(struct nst_wire *wire, const struct in6_addr *a)
{
	union nst_address address = nst_address_v6(a);
	struct nst_local_address *local;
	u8 flags = 0xff;

	rcu_read_lock();
	local = nst_address_find_rcu(wire->stack, wire->link, AF_INET6,
				     &address);
	if (local)
		flags = READ_ONCE(local->flags);
	rcu_read_unlock();
	return flags;
}

static void await_flags(struct nst_wire *wire, const struct in6_addr *a,
			u8 flag, bool set)
{
	unsigned int ms;

	for (ms = 0; ms < 1000; ms++) {
		if (!(flags_of_address(wire, a) & flag) == !set)
			return;
		nst_wire_wait(1);
	}
	KUNIT_FAIL(wire->test, "flags of %pI6c are %#x", a,
		   flags_of_address(wire, a));
}

static struct nst_wire *wire_probing(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6_bare(test);

	KUNIT_ASSERT_EQ(test, 0, nst_wire_add_address6(wire->link,
						       &nst_wire_local6, 64,
						       true));
	return wire;
}

static struct sk_buff *expect_probe(struct nst_wire *wire,
				    const struct in6_addr *address)
{
	struct in6_addr group = nst_ipv6_solicited_node(address);
	struct kunit *test = wire->test;
	struct sk_buff *skb;

	skb = nst_wire_expect_icmpv6(wire, NST_ICMPV6_NEIGHBOUR_SOLICIT);
	NST_EXPECT_IN6_EQ(test, address, target_of(skb));
	NST_EXPECT_IN6_EQ(test, &nst_wire_any6, &ipv6_hdr(skb)->saddr);
	NST_EXPECT_IN6_EQ(test, &group, &ipv6_hdr(skb)->daddr);
	KUNIT_ASSERT_EQ(test, 32U, skb->len);
	KUNIT_EXPECT_EQ(test, NST_NDP_NONCE, (int)skb->data[24]);
	return skb;
}

/* RFC 4862 5.4.2: one question to the group, a second of silence, in use. */
static void probe__unique_address_is_used(struct kunit *test)
{
	unsigned long since = jiffies;
	struct nst_wire *wire = wire_probing(test);
	struct nst_address_detection *detection;
	union nst_address source;
	struct nst_route_key key = {
		.family = AF_INET6, .daddr = nst_address_v6(&third) };
	struct nst_path path = {};

	detection = detection_of(wire, &nst_wire_local6);
	KUNIT_EXPECT_TRUE(test, flags_of_address(wire, &nst_wire_local6) &
				NST_ADDRESS_TENTATIVE);
	KUNIT_EXPECT_EQ(test, -EADDRNOTAVAIL,
			nst_route_output(wire->stack, &key, &path));
	nst_wire_expect_nothing(wire);
	nst_wire_expect_due(wire, &detection->timer, since, 0, 1000);
	KUNIT_EXPECT_TRUE(test, nst_wire_expire(&detection->timer));
	expect_probe(wire, &nst_wire_local6);
	KUNIT_EXPECT_TRUE(test, flags_of_address(wire, &nst_wire_local6) &
				NST_ADDRESS_TENTATIVE);
	KUNIT_EXPECT_TRUE(test, nst_wire_expire(&detection->timer));
	await_flags(wire, &nst_wire_local6, NST_ADDRESS_TENTATIVE, false);
	nst_wire_expect_nothing(wire);
	source = nst_address_v6(&nst_wire_local6);
	KUNIT_EXPECT_TRUE(test, nst_address_usable(wire->stack, AF_INET6,
						   &source));
}

static void probe__as_often_as_dad_transmits(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6_bare(test);
	struct nst_address_detection *detection;
	unsigned int i;

	wire->stack->config.dad_transmits = 3;
	wire->stack->config.ndisc_notify = 1;
	KUNIT_ASSERT_EQ(test, 0, nst_wire_add_address6(wire->link,
						       &nst_wire_local6, 64,
						       true));
	detection = detection_of(wire, &nst_wire_local6);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_TRUE(test, nst_wire_expire(&detection->timer));
		expect_probe(wire, &nst_wire_local6);
	}
	KUNIT_EXPECT_TRUE(test, nst_wire_expire(&detection->timer));
	await_flags(wire, &nst_wire_local6, NST_ADDRESS_TENTATIVE, false);
	/* RFC 4861 7.2.6, as ndisc_notify asks */
	nst_wire_expect_icmpv6(wire, NST_ICMPV6_NEIGHBOUR_ADVERT);
	nst_wire_expect_nothing(wire);
}

/* RFC 4862 5.4.4: the owner answers. */
static void probe__answered_address_is_refused(struct kunit *test)
{
	struct nst_wire *wire = wire_probing(test);

	nst_wire_expire(&detection_of(wire, &nst_wire_local6)->timer);
	expect_probe(wire, &nst_wire_local6);
	nst_wire_inject(wire, ADVERT(.saddr = &nst_wire_local6, .option = 2,
				     .flags = OVERRIDE,
				     .daddr = &nst_wire_all_nodes));
	await_flags(wire, &nst_wire_local6, NST_ADDRESS_DUPLICATE, true);
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, 1UL,
			nst_mib_read(wire->stack, NST_MIB_ICMP6_CONFLICTS));
}

/* RFC 4862 5.4.3: another probes for the same; RFC 7527: not our own echo. */
static void probe__met_by_another_probe(struct kunit *test)
{
	struct in6_addr group = nst_ipv6_solicited_node(&nst_wire_local6);
	struct nst_wire *wire = wire_probing(test);
	struct nst_address_detection *detection;
	u8 nonce[NST_DETECTION_NONCE];

	detection = detection_of(wire, &nst_wire_local6);
	nst_wire_expire(&detection->timer);
	expect_probe(wire, &nst_wire_local6);
	memcpy(nonce, detection->nonce, sizeof(nonce));
	nst_wire_inject(wire, SOLICIT(.saddr = &nst_wire_any6,
				      .daddr = &group, .nonce = nonce));
	KUNIT_EXPECT_FALSE(test, flags_of_address(wire, &nst_wire_local6) &
				 NST_ADDRESS_DUPLICATE);
	/* Somebody who resolves the address does not claim it. */
	nst_wire_inject(wire, SOLICIT(.saddr = &third, .daddr = &group,
				      .option = 1));
	KUNIT_EXPECT_FALSE(test, flags_of_address(wire, &nst_wire_local6) &
				 NST_ADDRESS_DUPLICATE);
	nonce[0]++;
	nst_wire_inject(wire, SOLICIT(.saddr = &nst_wire_any6,
				      .daddr = &group, .nonce = nonce));
	await_flags(wire, &nst_wire_local6, NST_ADDRESS_DUPLICATE, true);
	nst_wire_expect_nothing(wire);
}

/* An address in use is kept, and defended once in ten seconds. */
static void conflict__is_defended(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct sk_buff *skb;

	nst_wire_inject(wire, ADVERT(.saddr = &nst_wire_local6, .option = 2,
				     .flags = OVERRIDE,
				     .daddr = &nst_wire_all_nodes));
	skb = nst_wire_expect_icmpv6(wire, NST_ICMPV6_NEIGHBOUR_ADVERT);
	NST_EXPECT_IN6_EQ(test, &nst_wire_all_nodes, &ipv6_hdr(skb)->daddr);
	nst_wire_inject(wire, ADVERT(.saddr = &nst_wire_local6, .option = 2,
				     .flags = OVERRIDE,
				     .daddr = &nst_wire_all_nodes));
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_FALSE(test, flags_of_address(wire, &nst_wire_local6) &
				 NST_ADDRESS_DUPLICATE);
}

static void set_flags(struct nst_link *link, u32 flags, u32 mask)
{
	mutex_lock(&link->stack->config_mutex);
	nst_link_set_flags(link, flags, mask);
	mutex_unlock(&link->stack->config_mutex);
}

/* The link has an address of its own making, which is probed beside it. */
static void pass_probe(struct nst_wire *wire)
{
	struct nst_address_detection *detection =
		detection_of(wire, &nst_wire_local6);
	struct sk_buff *skb;

	KUNIT_EXPECT_TRUE(wire->test, nst_wire_expire(&detection->timer));
	do {
		skb = nst_wire_expect_icmpv6(wire,
					     NST_ICMPV6_NEIGHBOUR_SOLICIT);
	} while (!in6_equal(&nst_wire_local6, target_of(skb)));
	KUNIT_EXPECT_TRUE(wire->test, nst_wire_expire(&detection->timer));
	await_flags(wire, &nst_wire_local6, NST_ADDRESS_TENTATIVE, false);
}

/* As the host: a link that was switched off, not a carrier that was away. */
static void link_up__probes_after_it_was_switched_off(struct kunit *test)
{
	struct nst_wire *wire = wire_probing(test);
	struct nst_link *link = wire->link;

	pass_probe(wire);
	set_flags(link, 0, NST_LINK_CARRIER);
	set_flags(link, NST_LINK_CARRIER, NST_LINK_CARRIER);
	KUNIT_EXPECT_FALSE(test, flags_of_address(wire, &nst_wire_local6) &
				 NST_ADDRESS_TENTATIVE);
	set_flags(link, 0, NST_LINK_UP);
	set_flags(link, NST_LINK_UP, NST_LINK_UP);
	KUNIT_EXPECT_TRUE(test, flags_of_address(wire, &nst_wire_local6) &
				NST_ADDRESS_TENTATIVE);
	pass_probe(wire);
	/* Switched off and on while the carrier was away. */
	set_flags(link, 0, NST_LINK_CARRIER);
	set_flags(link, 0, NST_LINK_UP);
	set_flags(link, NST_LINK_UP, NST_LINK_UP);
	KUNIT_EXPECT_FALSE(test, flags_of_address(wire, &nst_wire_local6) &
				 NST_ADDRESS_TENTATIVE);
	set_flags(link, NST_LINK_CARRIER, NST_LINK_CARRIER);
	KUNIT_EXPECT_TRUE(test, flags_of_address(wire, &nst_wire_local6) &
				NST_ADDRESS_TENTATIVE);
	pass_probe(wire);
}

/* Its administrator vouches for it. */
static void link_up__leaves_alone_what_was_not_probed(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);

	set_flags(wire->link, 0, NST_LINK_UP);
	set_flags(wire->link, NST_LINK_UP, NST_LINK_UP);
	KUNIT_EXPECT_FALSE(test, flags_of_address(wire, &nst_wire_local6) &
				 NST_ADDRESS_TENTATIVE);
}

static bool find_link_local(struct nst_wire *wire, struct in6_addr *address)
{
	struct nst_local_address *local = NULL;
	bool found = false;

	rcu_read_lock();
	while ((local = nst_address_next_rcu(wire->stack, local)))
		if (local->link == wire->link && local->family == AF_INET6) {
			*address = local->address.v6;
			found = true;
		}
	rcu_read_unlock();
	return found;
}

/* RFC 4862 5.3, RFC 7217: made when the link comes up, the same each time. */
static void link_local__stable_and_probed(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6_bare(test);
	struct in6_addr first, again;

	KUNIT_EXPECT_FALSE(test, find_link_local(wire, &first));
	set_flags(wire->link, 0, NST_LINK_UP);
	set_flags(wire->link, NST_LINK_UP, NST_LINK_UP);
	KUNIT_ASSERT_TRUE(test, find_link_local(wire, &first));
	KUNIT_EXPECT_TRUE(test, nst_ipv6_is_link_local(&first));
	KUNIT_EXPECT_TRUE(test, flags_of_address(wire, &first) &
				NST_ADDRESS_TENTATIVE);
	KUNIT_EXPECT_TRUE(test, flags_of_address(wire, &first) &
				NST_ADDRESS_AUTOCONF);
	again = (struct in6_addr) { .s6_addr32 = { htonl(0xfe800000) } };
	nst_autoconf_identifier(wire->link, &again, 0);
	NST_EXPECT_IN6_EQ(test, &first, &again);
	nst_autoconf_identifier(wire->link, &again, 1);
	KUNIT_EXPECT_FALSE(test, in6_equal(&first, &again));
	again = (struct in6_addr) { .s6_addr32 = { htonl(0x20010db8) } };
	nst_autoconf_identifier(wire->link, &again, 0);
	KUNIT_EXPECT_NE(test, ntohl(first.s6_addr32[3]),
			ntohl(again.s6_addr32[3]));
}

/* RFC 8200 5: no link of less than 1280 octets. */
static void link_local__goes_with_the_mtu(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6_bare(test);
	struct in6_addr address;

	set_flags(wire->link, 0, NST_LINK_UP);
	set_flags(wire->link, NST_LINK_UP, NST_LINK_UP);
	KUNIT_EXPECT_TRUE(test, find_link_local(wire, &address));
	mutex_lock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, 0, nst_link_set_mtu(wire->link, 1279));
	mutex_unlock(&wire->stack->config_mutex);
	KUNIT_EXPECT_FALSE(test, find_link_local(wire, &address));
	KUNIT_EXPECT_EQ(test, -EACCES,
			nst_wire_add_address6(wire->link, &nst_wire_local6,
					      64, true));
	mutex_lock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, 0, nst_link_set_mtu(wire->link, 1280));
	mutex_unlock(&wire->stack->config_mutex);
	KUNIT_EXPECT_TRUE(test, find_link_local(wire, &address));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(solicit__answered),
	KUNIT_CASE(solicit__from_nobody_is_answered_to_all),
	KUNIT_CASE(solicit__for_another_is_not_answered),
	KUNIT_CASE(message__refused),
	KUNIT_CASE(resolve__packet_waits_for_the_answer),
	KUNIT_CASE(resolve__nobody_answers),
	KUNIT_CASE(advert__changes_what_it_may),
	KUNIT_CASE(probe__unique_address_is_used),
	KUNIT_CASE(probe__as_often_as_dad_transmits),
	KUNIT_CASE(probe__answered_address_is_refused),
	KUNIT_CASE(probe__met_by_another_probe),
	KUNIT_CASE(conflict__is_defended),
	KUNIT_CASE(link_up__probes_after_it_was_switched_off),
	KUNIT_CASE(link_up__leaves_alone_what_was_not_probed),
	KUNIT_CASE(link_local__stable_and_probed),
	KUNIT_CASE(link_local__goes_with_the_mtu),
	{}
};

static struct kunit_suite suite = {
	.name = "ndp",
	.init = nst_probe_start,
	.exit = nst_probe_stop,
	.test_cases = cases,
};

kunit_test_suite(suite);
