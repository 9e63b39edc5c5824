// SPDX-License-Identifier: GPL-2.0
/*
 * Router discovery: router.c, router_advert.c, router_redirect.c. Attack 24.
 */
#include <kunit/test.h>

#include "../netstack/compat.h"
#include "router_fixture.h"

static const struct in6_addr second_router = { .s6_addr32 = {
	htonl(0xfe800000), 0, 0, htonl(7) } };
static const struct in6_addr far_away = { .s6_addr32 = {
	htonl(0x20010db8), htonl(0xf000000), 0, htonl(1) } };
static const struct in6_addr prefix = { .s6_addr32 = {
	htonl(0x20010db8), htonl(0x00010000) } };

static struct nst_wire *wire_of_host(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);

	wire->stack->config.dad_transmits = 0;
	return wire;
}

/* The first hop to @daddr; false: no route. */
static bool first_hop(struct nst_wire *wire, const struct in6_addr *daddr,
		      struct in6_addr *gateway, u32 *metric)
{
	union nst_address address = nst_address_v6(daddr);
	const struct nst_route *route;

	rcu_read_lock();
	route = nst_route_lookup_rcu(wire->stack, AF_INET6, &address, 0, 0);
	if (route) {
		*gateway = route->config.gateway.v6;
		if (metric)
			*metric = route->config.metric;
		KUNIT_EXPECT_EQ(wire->test, RTPROT_RA,
				(int)route->config.protocol);
	}
	rcu_read_unlock();
	return route;
}

static void advert__makes_a_default_route(struct kunit *test)
{
	struct nst_wire *wire = wire_of_host(test);
	struct in6_addr gateway;
	u32 metric;

	KUNIT_EXPECT_FALSE(test, first_hop(wire, &far_away, &gateway, NULL));
	advertise(wire, &(struct advert_words) { .lifetime = 1800 });
	KUNIT_ASSERT_TRUE(test, first_hop(wire, &far_away, &gateway,
					  &metric));
	NST_EXPECT_IN6_EQ(test, &nst_wire_peer_ll, &gateway);
	KUNIT_EXPECT_EQ(test, 1024U, metric);
	/* RFC 4861 6.3.4: a lifetime of zero takes it back. */
	advertise(wire, &(struct advert_words) { .lifetime = 0 });
	KUNIT_EXPECT_FALSE(test, first_hop(wire, &far_away, &gateway, NULL));
}

/* RFC 4191 2.2, 3.2 */
static void advert__preference_chooses_the_router(struct kunit *test)
{
	struct nst_wire *wire = wire_of_host(test);
	struct in6_addr gateway;

	advertise(wire, &(struct advert_words) {
		.lifetime = 60, .flags = 3 << 3 });
	advertise(wire, &(struct advert_words) {
		.lifetime = 60, .router = &second_router });
	KUNIT_ASSERT_TRUE(test, first_hop(wire, &far_away, &gateway, NULL));
	NST_EXPECT_IN6_EQ(test, &second_router, &gateway);
	advertise(wire, &(struct advert_words) {
		.lifetime = 60, .flags = 1 << 3 });
	KUNIT_ASSERT_TRUE(test, first_hop(wire, &far_away, &gateway, NULL));
	NST_EXPECT_IN6_EQ(test, &nst_wire_peer_ll, &gateway);
	/* The reserved value is medium: the one that was there stays first. */
	advertise(wire, &(struct advert_words) {
		.lifetime = 60, .flags = 2 << 3 });
	KUNIT_ASSERT_TRUE(test, first_hop(wire, &far_away, &gateway, NULL));
	NST_EXPECT_IN6_EQ(test, &second_router, &gateway);
}

/* RFC 4861 6.3.6: one that does not answer comes after the others. */
static void advert__silent_router_is_passed_over(struct kunit *test)
{
	union nst_address peer = nst_address_v6(&second_router);
	struct nst_wire *wire = wire_of_host(test);
	static const u8 station[] = { NST_NDP_SOURCE_LLADDR, 1,
				      2, 0, 0, 0, 0, 3 };
	struct advert_words words = { .lifetime = 60, .flags = 1 << 3,
				      .router = &second_router };
	struct nst_neighbour *neighbour;
	struct in6_addr gateway;

	advert_put(&words, station, sizeof(station));
	advertise(wire, &words);
	advertise(wire, &(struct advert_words) { .lifetime = 60 });
	KUNIT_ASSERT_TRUE(test, first_hop(wire, &far_away, &gateway, NULL));
	NST_EXPECT_IN6_EQ(test, &second_router, &gateway);

	neighbour = nst_neighbour_lookup(wire->link, AF_INET6, &peer, false);
	KUNIT_ASSERT_NOT_NULL(test, neighbour);
	KUNIT_EXPECT_TRUE(test, neighbour->router);
	nst_neighbour_update(neighbour, NULL, NUD_FAILED, 0);
	settle(wire);
	KUNIT_ASSERT_TRUE(test, first_hop(wire, &far_away, &gateway, NULL));
	NST_EXPECT_IN6_EQ(test, &nst_wire_peer_ll, &gateway);
	nst_neighbour_update(neighbour, nst_wire_other_mac, NUD_REACHABLE,
			     NST_NEIGHBOUR_SOLICITED | NST_NEIGHBOUR_OVERRIDE);
	nst_neighbour_put(neighbour);
	settle(wire);
	KUNIT_ASSERT_TRUE(test, first_hop(wire, &far_away, &gateway, NULL));
	NST_EXPECT_IN6_EQ(test, &second_router, &gateway);
}

/* RFC 4861 6.3.4: prefixes of the link, and RFC 4191 2.3: routes. */
static void advert__prefixes_and_routes(struct kunit *test)
{
	struct advert_words words = { .lifetime = 0 };
	u8 route[16] = { NST_NDP_ROUTE, 2, 48, 0, 0, 0, 0, 60,
			 0x20, 0x01, 0x0d, 0xb8, 0x0f, 0, 0, 0 };
	struct nst_wire *wire = wire_of_host(test);
	struct in6_addr on_link = prefix, gateway;

	advert_prefix(&words, &prefix, 64, 0x80, 600, 600);
	advert_put(&words, route, sizeof(route));
	advertise(wire, &words);
	on_link.s6_addr32[3] = htonl(5);
	KUNIT_ASSERT_TRUE(test, first_hop(wire, &on_link, &gateway, NULL));
	NST_EXPECT_IN6_EQ(test, &nst_wire_any6, &gateway);
	KUNIT_ASSERT_TRUE(test, first_hop(wire, &far_away, &gateway, NULL));
	NST_EXPECT_IN6_EQ(test, &nst_wire_peer_ll, &gateway);

	words.length = 0;
	advert_prefix(&words, &prefix, 64, 0x80, 0, 0);
	route[7] = 0;
	advert_put(&words, route, sizeof(route));
	advertise(wire, &words);
	KUNIT_EXPECT_FALSE(test, first_hop(wire, &on_link, &gateway, NULL));
	KUNIT_EXPECT_FALSE(test, first_hop(wire, &far_away, &gateway, NULL));
}

static void advert__options_that_lie(struct kunit *test)
{
	static const struct in6_addr link_local = { .s6_addr32 = {
		htonl(0xfe800000) } };
	/* Longer prefix than there are octets; reserved preference. */
	static const u8 routes[] = {
		NST_NDP_ROUTE, 2, 65, 0, 0, 0, 0, 60, 0x20, 1, 0xd, 0xb8,
		0xf, 0, 0, 0,
		NST_NDP_ROUTE, 1, 1, 0, 0, 0, 0, 60,
		NST_NDP_ROUTE, 2, 48, 0x10, 0, 0, 0, 60, 0x20, 1, 0xd, 0xb8,
		0xf, 0, 0, 0,
	};
	static const u8 mtu[] = { NST_NDP_MTU, 1, 0, 0, 0, 0, 4, 0xff };
	struct advert_words words = { .lifetime = 0 };
	struct nst_wire *wire = wire_of_host(test);
	struct in6_addr gateway;

	advert_prefix(&words, &link_local, 64, 0xc0, 600, 600);
	advert_prefix(&words, &prefix, 129, 0xc0, 600, 600);
	advert_put(&words, routes, sizeof(routes));
	advert_put(&words, mtu, sizeof(mtu));
	advertise(wire, &words);
	KUNIT_EXPECT_FALSE(test, first_hop(wire, &far_away, &gateway, NULL));
	KUNIT_EXPECT_EQ(test, 0U, wire->stack->routers->route_count);
	KUNIT_EXPECT_EQ(test, 0U, wire->link->ipv6.mtu);
}

/* RFC 4861 6.3.4: parameters of the link. */
static void advert__parameters(struct kunit *test)
{
	static const u8 mtu[] = { NST_NDP_MTU, 1, 0, 0, 0, 0, 0x05, 0x14 };
	struct advert_words words = { .lifetime = 60, .hop_limit = 77,
				      .reachable = 10000, .retrans = 500 };
	struct nst_wire *wire = wire_of_host(test);
	struct nst_route_key key = {
		.family = AF_INET6, .daddr = nst_address_v6(&far_away) };
	struct nst_path path = {};

	advert_put(&words, mtu, sizeof(mtu));
	advertise(wire, &words);
	KUNIT_ASSERT_EQ(test, 0, nst_route_output(wire->stack, &key, &path));
	KUNIT_EXPECT_EQ(test, 1300U, path.mtu);
	KUNIT_EXPECT_EQ(test, 77, (int)path.hop_limit);
	nst_path_release(&path);
	KUNIT_EXPECT_GE(test, wire->link->ipv6.reachable_ms, 5000U);
	KUNIT_EXPECT_LE(test, wire->link->ipv6.reachable_ms, 15000U);
	KUNIT_EXPECT_EQ(test, 500U, wire->link->ipv6.retrans_ms);
	/* Zero says nothing. */
	advertise(wire, &(struct advert_words) { .lifetime = 60 });
	KUNIT_EXPECT_EQ(test, 77, (int)wire->link->ipv6.hop_limit);
}

/* RFC 4861 6.1.2, and where the stack does not listen. */
static void advert__refused(struct kunit *test)
{
	struct nst_wire *wire = wire_of_host(test);
	struct sk_buff *skb;

	nst_wire_inject_dropped(wire, advert(test, &(struct advert_words) {
		.lifetime = 60, .outer_hop_limit = 254 }),
		NST_DROP_NDP_INVALID);
	nst_wire_inject_dropped(wire, advert(test, &(struct advert_words) {
		.lifetime = 60, .router = &nst_wire_peer6 }),
		NST_DROP_NDP_INVALID);
	skb = nst_build_payload(test, "\0\0\0\0\0\0\0", 7);
	nst_build_icmpv6(skb, &(struct nst_build_icmpv6) {
		.type = NST_ICMPV6_ROUTER_ADVERT,
		.saddr = &nst_wire_peer_ll });
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = IPPROTO_ICMPV6, .hop_limit = 255,
		.saddr = &nst_wire_peer_ll });
	nst_wire_inject_dropped(wire, skb, NST_DROP_NDP_INVALID);

	wire->link->flags |= NST_LINK_NO_ACCEPT_RA;
	nst_wire_inject_dropped(wire, advert(test, &(struct advert_words) {
		.lifetime = 60 }), NST_DROP_NDP_CONSUMED);
	wire->link->flags &= ~NST_LINK_NO_ACCEPT_RA;
	WRITE_ONCE(wire->stack->config.accept_ra, 0);
	nst_wire_inject_dropped(wire, advert(test, &(struct advert_words) {
		.lifetime = 60 }), NST_DROP_NDP_CONSUMED);
}

/* RFC 4861 6.2.8: a router does not ask another one for the way. */
static void advert__is_not_for_routers(struct kunit *test)
{
	struct nst_wire *wire = wire_of_host(test);
	struct in6_addr gateway;

	WRITE_ONCE(wire->stack->config.ipv6_forwarding, 1);
	nst_wire_inject_dropped(wire, advert(test, &(struct advert_words) {
		.lifetime = 60 }), NST_DROP_NDP_CONSUMED);
	WRITE_ONCE(wire->stack->config.accept_ra, 2);
	advertise(wire, &(struct advert_words) { .lifetime = 60 });
	first_hop(wire, &far_away, &gateway, NULL);
	NST_EXPECT_IN6_EQ(test, &nst_wire_peer_ll, &gateway);
}

/* Whoever floods the link with routers fills no memory. */
static void advert__flood_is_bounded(struct kunit *test)
{
	struct nst_wire *wire = wire_of_host(test);
	struct in6_addr router = second_router;
	unsigned int i;

	wire->stack->config.ra_route_max = 5;
	for (i = 0; i < 50; i++) {
		router.s6_addr32[3] = htonl(100 + i);
		advertise(wire, &(struct advert_words) {
			.lifetime = 60, .router = &router });
	}
	KUNIT_EXPECT_EQ(test, 5U, wire->stack->routers->route_count);
	KUNIT_EXPECT_EQ(test, 45UL,
			nst_mib_read(wire->stack,
				     NST_MIB_IP6_RA_ROUTES_REFUSED));
	/* The work item cannot run while the mutex is held. */
	wire->stack->config.ra_queue_max = 3;
	mutex_lock(&wire->stack->config_mutex);
	for (i = 0; i < 10; i++)
		nst_wire_inject(wire, advert(test, &(struct advert_words) {
			.lifetime = 60 }));
	mutex_unlock(&wire->stack->config_mutex);
	KUNIT_EXPECT_GE(test, nst_drop_read(wire->stack,
					    NST_DROP_NDP_QUEUE_FULL), 6UL);
	settle(wire);
}

static void link_down(struct nst_wire *wire, bool down)
{
	mutex_lock(&wire->stack->config_mutex);
	nst_link_set_flags(wire->link, down ? 0 : NST_LINK_UP, NST_LINK_UP);
	mutex_unlock(&wire->stack->config_mutex);
}

static void advert__is_forgotten_with_the_link(struct kunit *test)
{
	struct nst_wire *wire = wire_of_host(test);

	advertise(wire, &(struct advert_words) {
		.lifetime = 60, .hop_limit = 9 });
	KUNIT_EXPECT_EQ(test, 1U, wire->stack->routers->route_count);
	link_down(wire, true);
	KUNIT_EXPECT_EQ(test, 0U, wire->stack->routers->route_count);
	KUNIT_EXPECT_EQ(test, 0, (int)wire->link->ipv6.hop_limit);
}

/* RFC 4861 6.3.7: asked for from the link-local address, until one answers. */
static void solicit__asks_until_answered(struct kunit *test)
{
	struct nst_wire *wire = wire_of_host(test);
	struct in6_addr all_routers = NST_IPV6_ALL_ROUTERS;
	struct sk_buff *skb;

	link_down(wire, true);
	nst_wire_discard(wire);
	link_down(wire, false);
	settle(wire);
	/* Within a second. */
	skb = nst_wire_expect_within(wire, 2000);
	__skb_pull(skb, ETH_HLEN + sizeof(struct ipv6hdr));
	KUNIT_EXPECT_EQ(test, NST_ICMPV6_ROUTER_SOLICIT, (int)skb->data[0]);
	NST_EXPECT_IN6_EQ(test, &all_routers, &ipv6_hdr(skb)->daddr);
	NST_EXPECT_IN6_EQ(test, &nst_wire_local_ll, &ipv6_hdr(skb)->saddr);
	KUNIT_EXPECT_EQ(test, 255, (int)ipv6_hdr(skb)->hop_limit);
	KUNIT_EXPECT_EQ(test, 16U, skb->len);
	KUNIT_EXPECT_FALSE(test, list_empty(&wire->stack->routers->solicits));
	advertise(wire, &(struct advert_words) { .lifetime = 60 });
	KUNIT_EXPECT_TRUE(test, list_empty(&wire->stack->routers->solicits));
}

/* A redirect to @target for far_away, from the peer. */
static struct sk_buff *redirect(struct kunit *test,
				const struct in6_addr *target,
				const struct in6_addr *saddr)
{
	struct sk_buff *skb = nst_build_pattern(test, 32, 0);

	memcpy(skb->data, target, 16);
	memcpy(skb->data + 16, &far_away, 16);
	nst_build_icmpv6(skb, &(struct nst_build_icmpv6) {
		.type = NST_ICMPV6_REDIRECT, .saddr = saddr });
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = IPPROTO_ICMPV6, .hop_limit = 255, .saddr = saddr });
	return skb;
}

/* RFC 4861 8.1, 8.3; only when it is asked for. */
static void redirect__from_the_first_hop(struct kunit *test)
{
	struct nst_wire *wire = wire_of_host(test);
	struct in6_addr gateway;

	advertise(wire, &(struct advert_words) { .lifetime = 60 });
	nst_wire_inject_dropped(wire, redirect(test, &second_router,
					       &nst_wire_peer_ll),
				NST_DROP_NDP_CONSUMED);
	WRITE_ONCE(wire->stack->config.accept_redirects, 1);
	/* Not by a router. */
	WRITE_ONCE(wire->stack->config.ipv6_forwarding, 1);
	nst_wire_inject_dropped(wire, redirect(test, &second_router,
					       &nst_wire_peer_ll),
				NST_DROP_NDP_CONSUMED);
	WRITE_ONCE(wire->stack->config.ipv6_forwarding, 0);
	/* Not from our router; to what is no router of the link. */
	nst_wire_inject(wire, redirect(test, &second_router,
				       &second_router));
	nst_wire_inject_dropped(wire, redirect(test, &nst_wire_peer6,
					       &nst_wire_peer_ll),
				NST_DROP_NDP_INVALID);
	settle(wire);
	first_hop(wire, &far_away, &gateway, NULL);
	NST_EXPECT_IN6_EQ(test, &nst_wire_peer_ll, &gateway);

	nst_wire_inject(wire, redirect(test, &second_router,
				       &nst_wire_peer_ll));
	settle(wire);
	first_hop(wire, &far_away, &gateway, NULL);
	NST_EXPECT_IN6_EQ(test, &second_router, &gateway);
}

/* As the host's rt6_purge_dflt_routers(). */
static void forwarding__ends_what_routers_told(struct kunit *test)
{
	struct advert_words words = { .lifetime = 600 };
	struct nst_wire *wire = wire_of_host(test);
	struct nst_config *config = &wire->stack->config;
	struct in6_addr gateway;

	advert_prefix(&words, &prefix, 64, 0x80, 600, 600);
	advertise(wire, &words);
	KUNIT_EXPECT_TRUE(test, first_hop(wire, &far_away, &gateway, NULL));
	KUNIT_EXPECT_TRUE(test, first_hop(wire, &prefix, &gateway, NULL));

	/* A router that hears others keeps them. */
	WRITE_ONCE(config->accept_ra, 2);
	WRITE_ONCE(config->ipv6_forwarding, 1);
	nst_router_reconsider(wire->stack);
	KUNIT_EXPECT_TRUE(test, first_hop(wire, &far_away, &gateway, NULL));

	WRITE_ONCE(config->accept_ra, 1);
	nst_router_reconsider(wire->stack);
	KUNIT_EXPECT_FALSE(test, first_hop(wire, &far_away, &gateway, NULL));
	KUNIT_EXPECT_FALSE(test, first_hop(wire, &prefix, &gateway, NULL));
	KUNIT_EXPECT_EQ(test, 0U, wire->stack->routers->route_count);
}

/* What waited for process context when the stack became a router. */
static void forwarding__drops_what_waits(struct kunit *test)
{
	struct nst_wire *wire = wire_of_host(test);
	struct in6_addr gateway;
	unsigned long before;

	before = nst_drop_read(wire->stack, NST_DROP_NDP_CONSUMED);
	mutex_lock(&wire->stack->config_mutex);
	nst_wire_inject(wire, advert(test, &(struct advert_words) {
					.lifetime = 600 }));
	WRITE_ONCE(wire->stack->config.ipv6_forwarding, 1);
	mutex_unlock(&wire->stack->config_mutex);
	settle(wire);
	KUNIT_EXPECT_EQ(test, before + 1,
			nst_drop_read(wire->stack, NST_DROP_NDP_CONSUMED));
	KUNIT_EXPECT_FALSE(test, first_hop(wire, &far_away, &gateway, NULL));
}

/* RFC 4861 6.3.7: its forwarding was switched off. */
static void forwarding__off_asks_for_routers(struct kunit *test)
{
	struct nst_wire *wire = wire_of_host(test);

	WRITE_ONCE(wire->stack->config.ipv6_forwarding, 1);
	nst_router_reconsider(wire->stack);
	KUNIT_EXPECT_TRUE(test, list_empty(&wire->stack->routers->solicits));
	WRITE_ONCE(wire->stack->config.ipv6_forwarding, 0);
	nst_router_reconsider(wire->stack);
	KUNIT_EXPECT_FALSE(test, list_empty(&wire->stack->routers->solicits));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(advert__makes_a_default_route),
	KUNIT_CASE(advert__preference_chooses_the_router),
	KUNIT_CASE(advert__silent_router_is_passed_over),
	KUNIT_CASE(advert__prefixes_and_routes),
	KUNIT_CASE(advert__options_that_lie),
	KUNIT_CASE(advert__parameters),
	KUNIT_CASE(advert__refused),
	KUNIT_CASE(advert__is_not_for_routers),
	KUNIT_CASE(forwarding__ends_what_routers_told),
	KUNIT_CASE(forwarding__drops_what_waits),
	KUNIT_CASE(forwarding__off_asks_for_routers),
	KUNIT_CASE(advert__flood_is_bounded),
	KUNIT_CASE(advert__is_forgotten_with_the_link),
	KUNIT_CASE(solicit__asks_until_answered),
	KUNIT_CASE(redirect__from_the_first_hop),
	{}
};

static struct kunit_suite suite = {
	.name = "router",
	.test_cases = cases,
};

kunit_test_suite(suite);
