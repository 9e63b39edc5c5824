// SPDX-License-Identifier: GPL-2.0
/* Unit tests of netstack/network/address.c. */
#include "network_fixture.h"

static void address_add__brings_its_routes(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_link *link = wire->link;

	KUNIT_EXPECT_EQ(test, 0, address_add(link, 0x0a000001, 24, 0));
	KUNIT_EXPECT_EQ(test, 1, routes_of(link, RTN_LOCAL, 0x0a000001, 32));
	KUNIT_EXPECT_EQ(test, 1, routes_of(link, RTN_UNICAST, 0x0a000000, 24));
	KUNIT_EXPECT_EQ(test, 1,
			routes_of(link, RTN_BROADCAST, 0x0a0000ff, 32));
	KUNIT_EXPECT_EQ(test, 1,
			routes_of(link, RTN_BROADCAST, 0x0a000000, 32));
}

static void address_add__slash_31_has_no_broadcast(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_link *link = wire->link;
	struct nst_local_address local;

	KUNIT_EXPECT_EQ(test, 0, address_add(link, 0x0a000000, 31, 0));
	KUNIT_ASSERT_TRUE(test, address_get(link, 0x0a000000, &local));
	KUNIT_EXPECT_TRUE(test, nst_address_any(&local.broadcast));
	KUNIT_EXPECT_EQ(test, 1, routes_of(link, RTN_UNICAST, 0x0a000000, 31));
	KUNIT_EXPECT_EQ(test, 0,
			routes_of(link, RTN_BROADCAST, 0x0a000000, 32));
	KUNIT_EXPECT_EQ(test, 0,
			routes_of(link, RTN_BROADCAST, 0x0a000001, 32));
}

static void address_add__slash_32_is_local_only(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	unsigned int before = route_count(wire->stack);

	KUNIT_EXPECT_EQ(test, 0, address_add(wire->link, 0x0a000001, 32, 0));
	KUNIT_EXPECT_EQ(test, before + 1, route_count(wire->stack));
	KUNIT_EXPECT_EQ(test, 1,
			routes_of(wire->link, RTN_LOCAL, 0x0a000001, 32));
}

static void address_add__on_link_that_is_down_is_local_only(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_link *link = wire->link;

	link_flags(link, 0, NST_LINK_UP);
	KUNIT_EXPECT_EQ(test, 0, address_add(link, 0x0a000001, 24, 0));
	KUNIT_EXPECT_EQ(test, 1, routes_of(link, RTN_LOCAL, 0x0a000001, 32));
	KUNIT_EXPECT_EQ(test, 0, routes_of(link, RTN_UNICAST, 0x0a000000, 24));
	link_flags(link, NST_LINK_UP, NST_LINK_UP);
	KUNIT_EXPECT_EQ(test, 1, routes_of(link, RTN_UNICAST, 0x0a000000, 24));
}

struct refused_address {
	const char *what;
	u32 address;
	u32 broadcast;
	u8 prefix_len;
	u8 family;
};

static const struct refused_address refused_addresses[] = {
	{ "multicast", 0xe0000001, 0, 24, AF_INET },
	{ "limited broadcast", 0xffffffff, 0, 32, AF_INET },
	{ "unspecified", 0, 0, 24, AF_INET },
	{ "0.0.0.0/8", 0x00010203, 0, 24, AF_INET },
	{ "loopback on the wire", 0x7f000001, 0, 8, AF_INET },
	{ "network address", 0x0a000000, 0, 24, AF_INET },
	{ "directed broadcast", 0x0a0000ff, 0, 24, AF_INET },
	{ "no prefix", 0x0a000001, 0, 0, AF_INET },
	{ "prefix of 33", 0x0a000001, 0, 33, AF_INET },
	{ "broadcast is itself", 0x0a000001, 0x0a000001, 24, AF_INET },
	{ "broadcast is a group", 0x0a000001, 0xe0000001, 24, AF_INET },
	{ "unknown family", 0x0a000001, 0, 24, AF_UNIX },
	{ "IPv6 unspecified", 0, 0, 64, AF_INET6 },
	{ "IPv6 broadcast", 0x20010db8, 1, 64, AF_INET6 },
	{ "IPv6 prefix of 129", 0x20010db8, 0, 129, AF_INET6 },
};

static void refused_address_name(const struct refused_address *refused,
				 char *name)
{
	strscpy(name, refused->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(refused_address, refused_addresses, refused_address_name);

static void address_add__refuses(struct kunit *test)
{
	const struct refused_address *refused = test->param_value;
	struct nst_wire *wire = nst_wire_create(test);
	unsigned int routes = route_count(wire->stack);
	int refs = refcount_read(&wire->link->refs);
	struct netlink_ext_ack extack = { };
	struct nst_address_config config = {
		.family = refused->family,
		.prefix_len = refused->prefix_len,
		.address = ipv4(refused->address),
		.broadcast = ipv4(refused->broadcast),
	};

	mutex_lock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, -EINVAL,
			nst_address_add(wire->link, &config, &extack));
	mutex_unlock(&wire->stack->config_mutex);
	KUNIT_EXPECT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_EQ(test, routes, route_count(wire->stack));
	KUNIT_EXPECT_EQ(test, refs, refcount_read(&wire->link->refs));
}

static void address_add__refuses_the_same_twice(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);

	KUNIT_EXPECT_EQ(test, 0, address_add(wire->link, 0x0a000001, 24, 0));
	KUNIT_EXPECT_EQ(test, -EEXIST,
			address_add(wire->link, 0x0a000001, 24, 0));
	KUNIT_EXPECT_EQ(test, -EEXIST,
			address_add(wire->link, 0x0a000001, 16, 0));
}

static void address_add__stops_at_address_max(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	unsigned int routes;

	/* lo has one of each family. */
	wire->stack->config.address_max = 3;
	KUNIT_EXPECT_EQ(test, 0, address_add(wire->link, 0x0a000001, 24, 0));
	routes = route_count(wire->stack);
	KUNIT_EXPECT_EQ(test, -ENOBUFS,
			address_add(wire->link, 0x0a000101, 24, 0));
	KUNIT_EXPECT_EQ(test, routes, route_count(wire->stack));
	KUNIT_EXPECT_EQ(test, 0, address_del(wire->link, 0x0a000001, 24));
	KUNIT_EXPECT_EQ(test, 0, address_add(wire->link, 0x0a000101, 24, 0));
}

static void address_add__without_room_for_routes_changes_nothing
	(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	unsigned int routes = route_count(wire->stack);
	int refs = refcount_read(&wire->link->refs);

	wire->stack->config.route_max = routes + 2;
	KUNIT_EXPECT_EQ(test, -ENOBUFS,
			address_add(wire->link, 0x0a000001, 24, 0));
	KUNIT_EXPECT_EQ(test, routes, route_count(wire->stack));
	KUNIT_EXPECT_EQ(test, 0xff, address_flags(wire->link, 0x0a000001));
	KUNIT_EXPECT_EQ(test, refs, refcount_read(&wire->link->refs));
}

static void address_add__second_of_a_prefix_is_secondary(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_link *link = wire->link;

	KUNIT_EXPECT_EQ(test, 0, address_add(link, 0x0a000001, 24, 0));
	KUNIT_EXPECT_EQ(test, 0, address_add(link, 0x0a000005, 24, 0));
	KUNIT_EXPECT_EQ(test, 0, address_add(link, 0x0a000101, 24, 0));
	KUNIT_EXPECT_EQ(test, 0, address_flags(link, 0x0a000001) &
		      NST_ADDRESS_SECONDARY);
	KUNIT_EXPECT_NE(test, 0, address_flags(link, 0x0a000005) &
		      NST_ADDRESS_SECONDARY);
	KUNIT_EXPECT_EQ(test, 0, address_flags(link, 0x0a000101) &
		      NST_ADDRESS_SECONDARY);
	KUNIT_EXPECT_EQ(test, 1, routes_of(link, RTN_UNICAST, 0x0a000000, 24));
}

static void address_del__takes_everything_along(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	unsigned int routes = route_count(wire->stack);
	int refs = refcount_read(&wire->link->refs);

	KUNIT_EXPECT_EQ(test, 0, address_add(wire->link, 0x0a000001, 24, 0));
	KUNIT_EXPECT_EQ(test, 0,
			route_add(wire->stack, (struct route_words) {
					.via = 0x0a000002 }));
	KUNIT_EXPECT_EQ(test, 0, address_del(wire->link, 0x0a000001, 24));
	KUNIT_EXPECT_EQ(test, routes, route_count(wire->stack));
	KUNIT_EXPECT_EQ(test, refs, refcount_read(&wire->link->refs));
}

static void address_del__promotes_the_oldest_secondary(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_link *link = wire->link;
	struct nst_path path;

	KUNIT_EXPECT_EQ(test, 0, address_add(link, 0x0a000001, 24, 0));
	KUNIT_EXPECT_EQ(test, 0, address_add(link, 0x0a000005, 24, 0));
	KUNIT_EXPECT_EQ(test, 0, address_add(link, 0x0a000006, 24, 0));
	KUNIT_EXPECT_EQ(test, 0, address_del(link, 0x0a000001, 24));
	KUNIT_EXPECT_EQ(test, 0, address_flags(link, 0x0a000005) &
		      NST_ADDRESS_SECONDARY);
	KUNIT_EXPECT_NE(test, 0, address_flags(link, 0x0a000006) &
		      NST_ADDRESS_SECONDARY);
	KUNIT_EXPECT_EQ(test, 1, routes_of(link, RTN_UNICAST, 0x0a000000, 24));
	KUNIT_EXPECT_EQ(test, 1,
			routes_of(link, RTN_BROADCAST, 0x0a0000ff, 32));
	KUNIT_EXPECT_EQ(test, 0, routes_of(link, RTN_LOCAL, 0x0a000001, 32));
	KUNIT_ASSERT_EQ(test, 0, path_to(wire->stack, NST_WIRE_PEER, 0, 0,
					 &path));
	KUNIT_EXPECT_EQ(test, 0x0a000005, ntohl(path.saddr.v4));
	nst_path_release(&path);
}

static void address_del__refuses_what_is_not_there(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);

	KUNIT_EXPECT_EQ(test, 0, address_add(wire->link, 0x0a000001, 24, 0));
	KUNIT_EXPECT_EQ(test, -EADDRNOTAVAIL,
			address_del(wire->link, 0x0a000001, 16));
	KUNIT_EXPECT_EQ(test, -EADDRNOTAVAIL,
			address_del(wire->link, 0x0a000002, 24));
	KUNIT_EXPECT_NE(test, 0xff, address_flags(wire->link, 0x0a000001));
}

static void address_del__takes_routes_that_prefer_it(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_link *link = wire->link;

	KUNIT_EXPECT_EQ(test, 0, address_add(link, 0x0a000001, 24, 0));
	KUNIT_EXPECT_EQ(test, 0, address_add(link, 0x0a010001, 24, 0));
	KUNIT_EXPECT_EQ(test, 0,
			route_add(wire->stack, (struct route_words) {
					.to = 0xc0a80000, .len = 16,
					.via = 0x0a000002,
					.src = 0x0a010001 }));
	KUNIT_EXPECT_EQ(test, 0,
			route_add(wire->stack, (struct route_words) {
					.to = 0xc0a90000, .len = 16,
					.via = 0x0a000002 }));
	KUNIT_EXPECT_EQ(test, 0, address_del(link, 0x0a010001, 24));
	KUNIT_EXPECT_EQ(test, 0, routes_of(link, RTN_UNICAST, 0xc0a80000, 16));
	KUNIT_EXPECT_EQ(test, 1, routes_of(link, RTN_UNICAST, 0xc0a90000, 16));
}

static void address_find__loopback_network_is_on_lo(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	union nst_address loopback = ipv4(0x7f010203);
	union nst_address broadcast = ipv4(0x7fffffff);
	struct nst_link *lo;

	rcu_read_lock();
	lo = nst_link_by_index_rcu(wire->stack, NST_LOOPBACK_INDEX);
	KUNIT_EXPECT_NOT_NULL(test, nst_address_find_rcu(wire->stack, lo,
							 AF_INET, &loopback));
	KUNIT_EXPECT_NOT_NULL(test, nst_address_find_rcu(wire->stack, NULL,
							 AF_INET, &loopback));
	KUNIT_EXPECT_NULL(test, nst_address_find_rcu(wire->stack, wire->link,
						     AF_INET, &loopback));
	KUNIT_EXPECT_NULL(test, nst_address_find_rcu(wire->stack, lo, AF_INET,
						     &broadcast));
	rcu_read_unlock();
}

static void address_usable__not_while_tentative(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_address_config config = {
		.family = AF_INET,
		.prefix_len = 24,
		.address = ipv4(0x0a000001),
	};
	struct nst_path path;

	wire->stack->config.arp_probe = 1;
	mutex_lock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, 0, nst_address_add(wire->link, &config, NULL));
	mutex_unlock(&wire->stack->config_mutex);
	KUNIT_EXPECT_NE(test, 0, address_flags(wire->link, 0x0a000001) &
		      NST_ADDRESS_TENTATIVE);
	KUNIT_EXPECT_FALSE(test, nst_address_usable(wire->stack, AF_INET,
						    &config.address));
	rcu_read_lock();
	KUNIT_EXPECT_EQ(test, RTN_UNREACHABLE,
			nst_route_input_type(wire->link, AF_INET,
					     &config.address));
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, -EADDRNOTAVAIL,
			path_to(wire->stack, NST_WIRE_PEER, 0, 0, &path));
	KUNIT_EXPECT_EQ(test, -ENETUNREACH,
			path_to(wire->stack, NST_WIRE_PEER, 0x0a000001, 0,
				&path));
}

static void link_down__takes_routes_and_link_up_brings_connected
	(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_link *link = wire->link;

	KUNIT_EXPECT_EQ(test, 0, address_add(link, 0x0a000001, 24, 0));
	KUNIT_EXPECT_EQ(test, 0,
			route_add(wire->stack, (struct route_words) {
					.via = 0x0a000002 }));
	link_flags(link, 0, NST_LINK_UP);
	KUNIT_EXPECT_EQ(test, 1, routes_of(link, RTN_LOCAL, 0x0a000001, 32));
	KUNIT_EXPECT_EQ(test, 0, routes_of(link, RTN_UNICAST, 0x0a000000, 24));
	KUNIT_EXPECT_EQ(test, 0, routes_of(link, RTN_UNICAST, 0, 0));
	link_flags(link, NST_LINK_UP, NST_LINK_UP);
	KUNIT_EXPECT_EQ(test, 1, routes_of(link, RTN_UNICAST, 0x0a000000, 24));
	KUNIT_EXPECT_EQ(test, 1,
			routes_of(link, RTN_BROADCAST, 0x0a0000ff, 32));
	KUNIT_EXPECT_EQ(test, 0, routes_of(link, RTN_UNICAST, 0, 0));
}

static void link_del__takes_addresses_and_routes(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	unsigned int routes = route_count(wire->stack);
	struct nst_link *link = second_link(wire, 0);

	KUNIT_EXPECT_EQ(test, 0, address_add(link, 0x0a010001, 24, 0));
	KUNIT_EXPECT_EQ(test, 0, address_add(link, 0x0a010002, 24, 0));
	KUNIT_EXPECT_EQ(test, 0,
			route_add(wire->stack, (struct route_words) {
					.via = 0x0a010003 }));
	second_link_drop(test);
	KUNIT_EXPECT_EQ(test, routes, route_count(wire->stack));
}

struct source_case {
	const char *what;
	u32 near;
	u8 scope;
	u32 expected;
};

/* On the link: 10.0.0.1/24, 10.0.0.9/24 secondary, 10.1.0.1/16,
 * 169.254.0.1/16 of link scope; on another: 172.16.0.1/24.
 */
static const struct source_case source_cases[] = {
	{ "shares the prefix", 0x0a010203, RT_SCOPE_UNIVERSE, 0x0a010001 },
	{ "primary of the prefix", 0x0a000008, RT_SCOPE_UNIVERSE, 0x0a000001 },
	{ "no prefix: the first", 0x08080808, RT_SCOPE_UNIVERSE, 0x0a000001 },
	{ "scope too narrow", 0xa9fe0002, RT_SCOPE_UNIVERSE, 0x0a000001 },
	{ "scope wide enough", 0xa9fe0002, RT_SCOPE_LINK, 0xa9fe0001 },
	{ "other link is last", 0xac100002, RT_SCOPE_UNIVERSE, 0x0a000001 },
};

static void address_source__prefers(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_link *second = second_link(wire, 0);
	union nst_address near, source;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, 0, address_add(second, 0xac100001, 24, 0));
	KUNIT_EXPECT_EQ(test, 0, address_add(wire->link, 0x0a000001, 24, 0));
	KUNIT_EXPECT_EQ(test, 0, address_add(wire->link, 0x0a000009, 24, 0));
	KUNIT_EXPECT_EQ(test, 0, address_add(wire->link, 0x0a010001, 16, 0));
	KUNIT_EXPECT_EQ(test, 0, address_add(wire->link, 0xa9fe0001, 16,
					     RT_SCOPE_LINK));
	rcu_read_lock();
	for (i = 0; i < ARRAY_SIZE(source_cases); i++) {
		near = ipv4(source_cases[i].near);
		KUNIT_EXPECT_EQ(test, 0,
				nst_address_source_rcu(wire->link, AF_INET,
						       &near,
						       source_cases[i].scope,
						       &source));
		KUNIT_EXPECT_EQ_MSG(test, source_cases[i].expected,
				    ntohl(source.v4), "%s",
				    source_cases[i].what);
	}
	rcu_read_unlock();
}

static void address_source__another_link_then_nothing(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_link *second = second_link(wire, 0);
	union nst_address source;

	rcu_read_lock();
	KUNIT_EXPECT_EQ(test, -EADDRNOTAVAIL,
			nst_address_source_rcu(wire->link, AF_INET, NULL,
					       RT_SCOPE_UNIVERSE, &source));
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, 0, address_add(second, 0xac100001, 24,
					     RT_SCOPE_LINK));
	rcu_read_lock();
	KUNIT_EXPECT_EQ(test, -EADDRNOTAVAIL,
			nst_address_source_rcu(wire->link, AF_INET, NULL,
					       RT_SCOPE_LINK, &source));
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, 0, address_add(second, 0xac110001, 24, 0));
	rcu_read_lock();
	KUNIT_EXPECT_EQ(test, 0,
			nst_address_source_rcu(wire->link, AF_INET, NULL,
					       RT_SCOPE_UNIVERSE, &source));
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, 0xac110001, ntohl(source.v4));
}

static struct kunit_case address_cases[] = {
	KUNIT_CASE(address_add__brings_its_routes),
	KUNIT_CASE(address_add__slash_31_has_no_broadcast),
	KUNIT_CASE(address_add__slash_32_is_local_only),
	KUNIT_CASE(address_add__on_link_that_is_down_is_local_only),
	KUNIT_CASE_PARAM(address_add__refuses, refused_address_gen_params),
	KUNIT_CASE(address_add__refuses_the_same_twice),
	KUNIT_CASE(address_add__stops_at_address_max),
	KUNIT_CASE(address_add__without_room_for_routes_changes_nothing),
	KUNIT_CASE(address_add__second_of_a_prefix_is_secondary),
	KUNIT_CASE(address_del__takes_everything_along),
	KUNIT_CASE(address_del__promotes_the_oldest_secondary),
	KUNIT_CASE(address_del__refuses_what_is_not_there),
	KUNIT_CASE(address_del__takes_routes_that_prefer_it),
	KUNIT_CASE(address_find__loopback_network_is_on_lo),
	KUNIT_CASE(address_usable__not_while_tentative),
	KUNIT_CASE(link_down__takes_routes_and_link_up_brings_connected),
	KUNIT_CASE(link_del__takes_addresses_and_routes),
	KUNIT_CASE(address_source__prefers),
	KUNIT_CASE(address_source__another_link_then_nothing),
	{ }
};

static struct kunit_suite address_suite = {
	.name = "netstack_address",
	.exit = second_link_drop,
	.test_cases = address_cases,
};

kunit_test_suite(address_suite);
