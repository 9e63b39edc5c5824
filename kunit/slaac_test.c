// SPDX-License-Identifier: GPL-2.0
/*
 * Stateless address autoconfiguration: slaac.c.
 */
#include <kunit/test.h>

#include "../netstack/compat.h"
#include "../netstack/network/autoconf.h"
#include "../netstack/network/detection.h"
#include "router_fixture.h"

static const struct in6_addr prefix = { .s6_addr32 = {
	htonl(0x20010db8), htonl(0x00010000) } };

#define AUTONOMOUS	0x40

/**
 * struct seen - addresses of the prefix
 * @stable: how many stable ones
 * @temporary: how many temporary ones that are not deprecated
 * @deprecated: how many deprecated ones of either kind
 * @address: the last stable one
 * @valid: seconds that are left to it; ~0 for ever
 */
struct seen {
	unsigned int stable;
	unsigned int temporary;
	unsigned int deprecated;
	struct in6_addr address;
	u64 valid;
};

static struct seen look(struct nst_wire *wire)
{
	union nst_address wanted = nst_address_v6(&prefix);
	struct nst_local_address *local = NULL;
	u64 now = get_jiffies_64();
	struct seen seen = {};

	mutex_lock(&wire->stack->config_mutex);
	while ((local = nst_address_next_rcu(wire->stack, local))) {
		if (local->family != AF_INET6 ||
		    !nst_address_prefix_equal(&local->address, &wanted, 64))
			continue;
		if (local->flags & NST_ADDRESS_DEPRECATED)
			seen.deprecated++;
		if (local->flags & NST_ADDRESS_TEMPORARY) {
			seen.temporary += !(local->flags &
					    NST_ADDRESS_DEPRECATED);
			continue;
		}
		seen.stable++;
		seen.address = local->address.v6;
		seen.valid = local->valid_until ?
			     (local->valid_until - now + HZ / 2) / HZ : ~0ULL;
	}
	mutex_unlock(&wire->stack->config_mutex);
	return seen;
}

static struct nst_wire *wire_of_host(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);

	wire->stack->config.dad_transmits = 0;
	return wire;
}

static void prefix_advert(struct nst_wire *wire, u8 len, u32 valid,
			  u32 preferred)
{
	struct advert_words words = { .lifetime = 0 };

	advert_prefix(&words, &prefix, len, AUTONOMOUS, valid, preferred);
	advertise(wire, &words);
}

/* Make all lifetimes of the prefix @seconds shorter. */
static void age(struct nst_wire *wire, u32 seconds)
{
	union nst_address wanted = nst_address_v6(&prefix);
	struct nst_local_address *local = NULL;

	mutex_lock(&wire->stack->config_mutex);
	while ((local = nst_address_next_rcu(wire->stack, local))) {
		if (local->family != AF_INET6 ||
		    !nst_address_prefix_equal(&local->address, &wanted, 64))
			continue;
		local->created -= (u64)seconds * HZ;
		if (local->valid_until)
			local->valid_until -= (u64)seconds * HZ;
		if (local->preferred_until)
			local->preferred_until -= (u64)seconds * HZ;
	}
	mutex_unlock(&wire->stack->config_mutex);
	settle(wire);
}

/* RFC 4862 5.5.3 (d), RFC 7217: one address, and no route to the prefix. */
static void prefix__makes_an_address(struct kunit *test)
{
	struct nst_wire *wire = wire_of_host(test);
	struct in6_addr expected = prefix, on_link = prefix;
	union nst_address neighbour;
	const struct nst_route *route;
	struct seen seen;

	prefix_advert(wire, 64, 86400, 14400);
	seen = look(wire);
	KUNIT_ASSERT_EQ(test, 1U, seen.stable);
	KUNIT_EXPECT_EQ(test, 0U, seen.temporary);
	KUNIT_EXPECT_EQ(test, 86400ULL, seen.valid);
	nst_autoconf_identifier(wire->link, &expected, 0);
	NST_EXPECT_IN6_EQ(test, &expected, &seen.address);

	/* RFC 5942: the flag for that was not set. */
	on_link.s6_addr32[3] = htonl(5);
	neighbour = nst_address_v6(&on_link);
	rcu_read_lock();
	route = nst_route_lookup_rcu(wire->stack, AF_INET6, &neighbour, 0, 0);
	rcu_read_unlock();
	KUNIT_EXPECT_NULL(test, route);

	prefix_advert(wire, 64, ~0U, ~0U);
	seen = look(wire);
	KUNIT_EXPECT_EQ(test, 1U, seen.stable);
	KUNIT_EXPECT_EQ(test, ~0ULL, seen.valid);
}

/* RFC 4862 5.5.3 (a) to (c) */
static void prefix__refused(struct kunit *test)
{
	struct nst_wire *wire = wire_of_host(test);

	prefix_advert(wire, 64, 100, 200);
	prefix_advert(wire, 63, 200, 100);
	prefix_advert(wire, 65, 200, 100);
	prefix_advert(wire, 64, 0, 0);
	KUNIT_EXPECT_EQ(test, 0U, look(wire).stable);
	wire->link->flags |= NST_LINK_NO_AUTOCONF;
	prefix_advert(wire, 64, 200, 100);
	KUNIT_EXPECT_EQ(test, 0U, look(wire).stable);
	wire->link->flags &= ~NST_LINK_NO_AUTOCONF;
	wire->stack->config.autoconf = 0;
	prefix_advert(wire, 64, 200, 100);
	KUNIT_EXPECT_EQ(test, 0U, look(wire).stable);
	wire->stack->config.autoconf = 1;
	wire->stack->config.max_addresses = 0;
	prefix_advert(wire, 64, 200, 100);
	KUNIT_EXPECT_EQ(test, 0U, look(wire).stable);
	KUNIT_EXPECT_EQ(test, 1UL,
			nst_mib_read(wire->stack,
				     NST_MIB_IP6_AUTOCONF_REFUSED));
}

/* RFC 4862 5.5.3 (e): forged lifetimes do not end an address at once. */
static void prefix__two_hour_rule(struct kunit *test)
{
	struct nst_wire *wire = wire_of_host(test);

	prefix_advert(wire, 64, 86400, 14400);
	/* 2: less than two hours, and more is left: two hours */
	prefix_advert(wire, 64, 60, 60);
	KUNIT_EXPECT_EQ(test, 7200ULL, look(wire).valid);
	/* 1: more than two hours, or more than is left */
	prefix_advert(wire, 64, 7201, 60);
	KUNIT_EXPECT_EQ(test, 7201ULL, look(wire).valid);
	age(wire, 7000);
	KUNIT_EXPECT_EQ(test, 201ULL, look(wire).valid);
	prefix_advert(wire, 64, 300, 60);
	KUNIT_EXPECT_EQ(test, 300ULL, look(wire).valid);
	/* Less than two hours are left: as it is */
	prefix_advert(wire, 64, 10, 10);
	KUNIT_EXPECT_EQ(test, 300ULL, look(wire).valid);
}

/* RFC 4862 5.5.4 */
static void lifetime__deprecates_then_ends(struct kunit *test)
{
	struct nst_wire *wire = wire_of_host(test);

	prefix_advert(wire, 64, 10000, 8000);
	age(wire, 7990);
	KUNIT_EXPECT_EQ(test, 0U, look(wire).deprecated);
	age(wire, 20);
	KUNIT_EXPECT_EQ(test, 1U, look(wire).deprecated);
	/* Preferred again, when a router says so. */
	prefix_advert(wire, 64, 10000, 8000);
	KUNIT_EXPECT_EQ(test, 0U, look(wire).deprecated);
	age(wire, 10001);
	KUNIT_EXPECT_EQ(test, 0U, look(wire).stable);
}

/* RFC 8981 3.4, 3.5: beside the stable one, renewed before it is deprecated. */
static void temporary__made_and_renewed(struct kunit *test)
{
	struct nst_wire *wire = wire_of_host(test);
	struct seen seen;

	wire->stack->config.use_tempaddr = 2;
	wire->stack->config.max_desync_factor = 0;
	wire->stack->config.temp_prefered_lft = 1000;
	wire->stack->config.temp_valid_lft = 5000;
	prefix_advert(wire, 64, 86400, 86400);
	seen = look(wire);
	KUNIT_EXPECT_EQ(test, 1U, seen.stable);
	KUNIT_EXPECT_EQ(test, 1U, seen.temporary);
	/* A second advertisement makes no second one. */
	prefix_advert(wire, 64, 86400, 86400);
	KUNIT_EXPECT_EQ(test, 1U, look(wire).temporary);
	age(wire, 999);
	KUNIT_EXPECT_EQ(test, 2U, look(wire).temporary);
	age(wire, 2);
	seen = look(wire);
	KUNIT_EXPECT_EQ(test, 1U, seen.temporary);
	KUNIT_EXPECT_EQ(test, 1U, seen.deprecated);
	/* No router keeps one longer than its own most. */
	age(wire, 990);
	prefix_advert(wire, 64, ~0U, ~0U);
	age(wire, 3010);
	KUNIT_EXPECT_EQ(test, 1U, look(wire).stable);
	KUNIT_EXPECT_LE(test, look(wire).deprecated, 1U);
}

/* RFC 7217 6: another's address is followed by another address. */
static void duplicate__tries_another_identifier(struct kunit *test)
{
	struct nst_wire *wire = wire_of_host(test);
	struct in6_addr expected;
	struct nst_local_address *local;
	union nst_address address;
	struct seen seen;
	unsigned int i;

	wire->stack->config.regen_max_retry = 2;
	prefix_advert(wire, 64, 86400, 14400);
	for (i = 0; i <= 3; i++) {
		seen = look(wire);
		KUNIT_ASSERT_EQ(test, 1U, seen.stable);
		expected = prefix;
		nst_autoconf_identifier(wire->link, &expected, min(i, 2U));
		NST_EXPECT_IN6_EQ(test, &expected, &seen.address);
		KUNIT_EXPECT_EQ(test, 86400ULL, seen.valid);
		address = nst_address_v6(&seen.address);
		mutex_lock(&wire->stack->config_mutex);
		local = nst_address_find_rcu(wire->stack, wire->link,
					     AF_INET6, &address);
		nst_address_set_flags(local, NST_ADDRESS_DUPLICATE, 0);
		mutex_unlock(&wire->stack->config_mutex);
		settle(wire);
	}
}

static void forget__with_the_link(struct kunit *test)
{
	struct nst_wire *wire = wire_of_host(test);
	union nst_address fixed = nst_address_v6(&nst_wire_local6);

	prefix_advert(wire, 64, 86400, 14400);
	mutex_lock(&wire->stack->config_mutex);
	nst_link_set_flags(wire->link, 0, NST_LINK_UP);
	mutex_unlock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, 0U, look(wire).stable);
	KUNIT_EXPECT_TRUE(test, nst_address_usable(wire->stack, AF_INET6,
						   &fixed));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(prefix__makes_an_address),
	KUNIT_CASE(prefix__refused),
	KUNIT_CASE(prefix__two_hour_rule),
	KUNIT_CASE(lifetime__deprecates_then_ends),
	KUNIT_CASE(temporary__made_and_renewed),
	KUNIT_CASE(duplicate__tries_another_identifier),
	KUNIT_CASE(forget__with_the_link),
	{}
};

static struct kunit_suite suite = {
	.name = "slaac",
	.test_cases = cases,
};

kunit_test_suite(suite);
