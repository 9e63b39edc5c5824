// SPDX-License-Identifier: GPL-2.0
/* Unit tests of netstack/network/route.c and path.c. */
#include "network_fixture.h"

#define PEER_ROUTE	((struct route_words) { .via = NST_WIRE_PEER })

static struct nst_wire *wire_ipv4(struct kunit *test)
{
	return nst_wire_create_ipv4(test);
}

/* The metric of the route that serves @daddr; ~0 when there is none. */
static u32 metric_to(struct nst_stack *stack, u32 daddr, u8 tos,
		     u32 link_index)
{
	union nst_address address = ipv4(daddr);
	struct nst_route *route;
	u32 metric;

	rcu_read_lock();
	route = nst_route_lookup_rcu(stack, AF_INET, &address, tos,
				     link_index);
	metric = route ? route->config.metric : ~0;
	rcu_read_unlock();
	return metric;
}

static void route_lookup__longest_prefix_wins(struct kunit *test)
{
	struct nst_wire *wire = wire_ipv4(test);
	struct nst_stack *stack = wire->stack;
	static const struct route_words routes[] = {
		{ .len = 0, .via = NST_WIRE_PEER, .metric = 1 },
		{ .to = 0xc0000000, .len = 4, .via = NST_WIRE_PEER,
		  .metric = 4 },
		{ .to = 0xc0a80000, .len = 16, .via = NST_WIRE_PEER,
		  .metric = 16 },
		{ .to = 0xc0a80180, .len = 25, .via = NST_WIRE_PEER,
		  .metric = 25 },
		{ .to = 0xc0a801ff, .len = 32, .via = NST_WIRE_PEER,
		  .metric = 32 },
	};
	unsigned int i;

	/* The order of addition does not matter. */
	for (i = ARRAY_SIZE(routes); i--;)
		KUNIT_EXPECT_EQ(test, 0, route_add(stack, routes[i]));
	KUNIT_EXPECT_EQ(test, 32, metric_to(stack, 0xc0a801ff, 0, 0));
	KUNIT_EXPECT_EQ(test, 25, metric_to(stack, 0xc0a801fe, 0, 0));
	KUNIT_EXPECT_EQ(test, 16, metric_to(stack, 0xc0a80101, 0, 0));
	KUNIT_EXPECT_EQ(test, 4, metric_to(stack, 0xc1000001, 0, 0));
	KUNIT_EXPECT_EQ(test, 1, metric_to(stack, 0x08080808, 0, 0));
	KUNIT_EXPECT_EQ(test, 0, metric_to(stack, NST_WIRE_OTHER, 0, 0));
	KUNIT_EXPECT_EQ(test, 0, route_del(stack, routes[3]));
	KUNIT_EXPECT_EQ(test, 16, metric_to(stack, 0xc0a801fe, 0, 0));
}

static void route_lookup__lowest_metric_wins(struct kunit *test)
{
	struct nst_wire *wire = wire_ipv4(test);
	struct nst_stack *stack = wire->stack;
	struct route_words route = PEER_ROUTE;
	static const u32 metrics[] = { 20, 10, 30 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(metrics); i++) {
		route.metric = metrics[i];
		KUNIT_EXPECT_EQ(test, 0, route_add(stack, route));
	}
	KUNIT_EXPECT_EQ(test, 10, metric_to(stack, 0x08080808, 0, 0));
	/* Deletion without a metric takes the first that would be used. */
	route.metric = 0;
	KUNIT_EXPECT_EQ(test, 0, route_del(stack, route));
	KUNIT_EXPECT_EQ(test, 20, metric_to(stack, 0x08080808, 0, 0));
}

static void route_lookup__own_tos_before_any(struct kunit *test)
{
	struct nst_wire *wire = wire_ipv4(test);
	struct nst_stack *stack = wire->stack;
	struct route_words route = PEER_ROUTE;

	route.metric = 1;
	KUNIT_EXPECT_EQ(test, 0, route_add(stack, route));
	route.metric = 9;
	route.tos = 0x10;
	KUNIT_EXPECT_EQ(test, 0, route_add(stack, route));
	KUNIT_EXPECT_EQ(test, 9, metric_to(stack, 0x08080808, 0x10, 0));
	KUNIT_EXPECT_EQ(test, 1, metric_to(stack, 0x08080808, 0x08, 0));
	KUNIT_EXPECT_EQ(test, 1, metric_to(stack, 0x08080808, 0, 0));
}

static void route_lookup__passes_over_link_without_carrier(struct kunit *test)
{
	struct nst_wire *wire = wire_ipv4(test);
	struct nst_link *second = second_link(wire, 0);
	struct nst_stack *stack = wire->stack;

	KUNIT_EXPECT_EQ(test, 0, address_add(second, 0x0a010001, 24, 0));
	KUNIT_EXPECT_EQ(test, 0,
			route_add(stack, (struct route_words) {
					.via = 0x0a010002, .metric = 1 }));
	KUNIT_EXPECT_EQ(test, 0,
			route_add(stack, (struct route_words) {
					.via = NST_WIRE_PEER, .metric = 2 }));
	KUNIT_EXPECT_EQ(test, 1, metric_to(stack, 0x08080808, 0, 0));
	link_flags(second, 0, NST_LINK_CARRIER);
	KUNIT_EXPECT_EQ(test, 2, metric_to(stack, 0x08080808, 0, 0));
	link_flags(second, NST_LINK_CARRIER, NST_LINK_CARRIER);
	KUNIT_EXPECT_EQ(test, 1, metric_to(stack, 0x08080808, 0, 0));
	link_flags(second, 0, NST_LINK_UP);
	link_flags(second, NST_LINK_UP, NST_LINK_UP);
	KUNIT_EXPECT_EQ(test, 2, metric_to(stack, 0x08080808, 0, 0));
}

static void route_lookup__bound_to_a_link(struct kunit *test)
{
	struct nst_wire *wire = wire_ipv4(test);
	struct nst_link *second = second_link(wire, 0);
	struct nst_stack *stack = wire->stack;

	KUNIT_EXPECT_EQ(test, 0, address_add(second, 0x0a010001, 24, 0));
	KUNIT_EXPECT_EQ(test, 0,
			route_add(stack, (struct route_words) {
					.via = 0x0a010002, .metric = 7 }));
	KUNIT_EXPECT_EQ(test, 0,
			route_add(stack, (struct route_words) {
					.via = NST_WIRE_PEER, .metric = 3 }));
	KUNIT_EXPECT_EQ(test, 3, metric_to(stack, 0x08080808, 0, 0));
	KUNIT_EXPECT_EQ(test, 7, metric_to(stack, 0x08080808, 0,
					   NST_SECOND_INDEX));
	KUNIT_EXPECT_EQ(test, 7, metric_to(stack, NST_WIRE_PEER, 0,
					   NST_SECOND_INDEX));
}

struct refused_route {
	const char *what;
	int err;
	struct route_words words;
};

static const struct refused_route refused_routes[] = {
	{ "prefix of 33", -EINVAL,
	  { .to = 0xc0a80000, .len = 33, .via = NST_WIRE_PEER } },
	{ "host bits", -EINVAL,
	  { .to = 0xc0a80001, .len = 16, .via = NST_WIRE_PEER } },
	{ "tos bits", -EINVAL, { .via = NST_WIRE_PEER, .tos = 0x80 } },
	{ "neither link nor gateway", -EINVAL, { .len = 0 } },
	{ "no such link", -ENODEV, { .dev = 4711 } },
	{ "gateway off link", -ENETUNREACH, { .via = 0x08080808 } },
	{ "gateway through other link", -ENETUNREACH,
	  { .via = NST_WIRE_PEER, .dev = NST_LOOPBACK_INDEX } },
	{ "gateway is ours", -EINVAL, { .via = NST_WIRE_LOCAL } },
	{ "gateway is broadcast", -EINVAL, { .via = 0x0a0000ff } },
	{ "blackhole with link", -EINVAL,
	  { .type = RTN_BLACKHOLE, .dev = NST_WIRE_INDEX } },
	{ "unreachable with gateway", -EINVAL,
	  { .type = RTN_UNREACHABLE, .via = NST_WIRE_PEER } },
	{ "local by hand", -EINVAL,
	  { .type = RTN_LOCAL, .dev = NST_WIRE_INDEX } },
	{ "broadcast by hand", -EINVAL,
	  { .type = RTN_BROADCAST, .dev = NST_WIRE_INDEX } },
	{ "unknown type", -EINVAL, { .type = RTN_NAT, .dev = NST_WIRE_INDEX } },
	{ "loopback on the wire", -EINVAL,
	  { .to = 0x7f000000, .len = 8, .dev = NST_WIRE_INDEX } },
	{ "mtu too small", -EINVAL, { .via = NST_WIRE_PEER, .mtu = 67 } },
	{ "source is not ours", -EINVAL,
	  { .via = NST_WIRE_PEER, .src = 0x0a000063 } },
	{ "exists", -EEXIST,
	  { .to = 0x0a000000, .len = 24, .dev = NST_WIRE_INDEX } },
};

static void refused_route_name(const struct refused_route *refused, char *name)
{
	strscpy(name, refused->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(refused_route, refused_routes, refused_route_name);

static void route_add__refuses(struct kunit *test)
{
	const struct refused_route *refused = test->param_value;
	struct nst_wire *wire = wire_ipv4(test);
	unsigned int routes = route_count(wire->stack);
	int refs = refcount_read(&wire->link->refs);
	struct netlink_ext_ack extack = { };

	KUNIT_EXPECT_EQ(test, refused->err,
			route_set(wire->stack, refused->words, false,
				  &extack));
	KUNIT_EXPECT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_EQ(test, routes, route_count(wire->stack));
	KUNIT_EXPECT_EQ(test, refs, refcount_read(&wire->link->refs));
}

static void route_add__refuses_link_that_is_down(struct kunit *test)
{
	struct nst_wire *wire = wire_ipv4(test);

	link_flags(wire->link, 0, NST_LINK_UP);
	KUNIT_EXPECT_EQ(test, -ENETDOWN,
			route_add(wire->stack, (struct route_words) {
					.dev = NST_WIRE_INDEX }));
}

static void route_add__replaces(struct kunit *test)
{
	struct nst_wire *wire = wire_ipv4(test);
	int refs = refcount_read(&wire->link->refs);
	struct nst_stack *stack = wire->stack;
	struct route_words route = PEER_ROUTE;
	unsigned int routes;
	struct nst_path path;

	KUNIT_EXPECT_EQ(test, 0, route_add(stack, route));
	routes = route_count(stack);
	KUNIT_EXPECT_EQ(test, -EEXIST, route_add(stack, route));
	route.mtu = 1000;
	KUNIT_EXPECT_EQ(test, 0, route_set(stack, route, true, NULL));
	KUNIT_EXPECT_EQ(test, routes, route_count(stack));
	KUNIT_EXPECT_EQ(test, refs + 1, refcount_read(&wire->link->refs));
	KUNIT_ASSERT_EQ(test, 0, path_to(stack, 0x08080808, 0, 0, &path));
	KUNIT_EXPECT_EQ(test, 1000, path.mtu);
	nst_path_release(&path);
	/* With nothing to replace it adds. */
	route.metric = 5;
	KUNIT_EXPECT_EQ(test, 0, route_set(stack, route, true, NULL));
	KUNIT_EXPECT_EQ(test, routes + 1, route_count(stack));
}

static void route_add__stops_at_route_max(struct kunit *test)
{
	struct nst_wire *wire = wire_ipv4(test);
	struct route_words route = PEER_ROUTE;

	wire->stack->config.route_max = route_count(wire->stack);
	KUNIT_EXPECT_EQ(test, -ENOBUFS, route_add(wire->stack, route));
	wire->stack->config.route_max++;
	KUNIT_EXPECT_EQ(test, 0, route_add(wire->stack, route));
	/* Replacing needs no room. */
	KUNIT_EXPECT_EQ(test, 0, route_set(wire->stack, route, true, NULL));
}

static void route_del__matches_what_is_named(struct kunit *test)
{
	struct nst_wire *wire = wire_ipv4(test);
	struct nst_stack *stack = wire->stack;
	struct route_words route = PEER_ROUTE;

	route.metric = 5;
	KUNIT_EXPECT_EQ(test, 0, route_add(stack, route));
	route.metric = 6;
	KUNIT_EXPECT_EQ(test, -ESRCH, route_del(stack, route));
	route.metric = 5;
	route.via = NST_WIRE_OTHER;
	KUNIT_EXPECT_EQ(test, -ESRCH, route_del(stack, route));
	route.via = NST_WIRE_PEER;
	KUNIT_EXPECT_EQ(test, 0, route_del(stack, route));
	KUNIT_EXPECT_EQ(test, -ESRCH, route_del(stack, route));
	/* A local route goes with its address only, unless it is named. */
	KUNIT_EXPECT_EQ(test, -ESRCH,
			route_del(stack, (struct route_words) {
					.to = NST_WIRE_LOCAL, .len = 32 }));
}

static void route_output__through_a_gateway(struct kunit *test)
{
	struct nst_wire *wire = wire_ipv4(test);
	struct nst_path path;

	KUNIT_EXPECT_EQ(test, 0, route_add(wire->stack, PEER_ROUTE));
	KUNIT_ASSERT_EQ(test, 0, path_to(wire->stack, 0x08080808, 0, 0,
					 &path));
	KUNIT_EXPECT_PTR_EQ(test, wire->link, path.link);
	KUNIT_EXPECT_TRUE(test, path.gateway);
	KUNIT_EXPECT_EQ(test, RTN_UNICAST, path.type);
	KUNIT_EXPECT_EQ(test, NST_WIRE_MTU, path.mtu);
	KUNIT_EXPECT_EQ(test, 0x08080808, ntohl(path.daddr.v4));
	KUNIT_EXPECT_EQ(test, NST_WIRE_LOCAL, ntohl(path.saddr.v4));
	KUNIT_ASSERT_NOT_NULL(test, path.neighbour);
	KUNIT_EXPECT_EQ(test, NST_WIRE_PEER,
			ntohl(path.neighbour->address.v4));
	KUNIT_EXPECT_TRUE(test, nst_path_valid(wire->stack, &path));
	nst_path_release(&path);
}

static void route_output__route_mtu_limits_but_never_widens(struct kunit *test)
{
	struct nst_wire *wire = wire_ipv4(test);
	struct route_words route = PEER_ROUTE;
	struct nst_path path;

	route.mtu = 9000;
	KUNIT_EXPECT_EQ(test, 0, route_add(wire->stack, route));
	KUNIT_ASSERT_EQ(test, 0, path_to(wire->stack, 0x08080808, 0, 0,
					 &path));
	KUNIT_EXPECT_EQ(test, NST_WIRE_MTU, path.mtu);
	nst_path_release(&path);
}

struct output_case {
	const char *what;
	u32 daddr;
	u32 saddr;
	u32 link_index;
	int err;
	u8 type;
	u32 via_link;
	u32 source;
};

/*
 * wire0 (100): 10.0.0.1/24; second0 (101): 10.1.0.1/24, 10.1.0.7/24; default
 * by wire0, metric 1, and by second0, metric 2; 203.0.113.0/24 blackhole,
 * 198.51.100.0/24 unreachable, 192.0.2.0/24 prohibit; 10.9.9.9/32 on lo.
 */
static const struct output_case output_cases[] = {
	{ "connected", 0x0a000002, 0, 0, 0, RTN_UNICAST, 100, 0x0a000001 },
	{ "connected on second", 0x0a010002, 0, 0,
	  0, RTN_UNICAST, 101, 0x0a010001 },
	{ "default", 0x08080808, 0, 0, 0, RTN_UNICAST, 100, 0x0a000001 },
	{ "source picks its link", 0x08080808, 0x0a010007, 0,
	  0, RTN_UNICAST, 101, 0x0a010007 },
	{ "source without route on its link", 0x0a000002, 0x0a010007, 101,
	  0, RTN_UNICAST, 101, 0x0a010007 },
	{ "source on lo goes anywhere", 0x08080808, 0x0a090909, 0,
	  0, RTN_UNICAST, 100, 0x0a090909 },
	{ "bound link", 0x08080808, 0, 101, 0, RTN_UNICAST, 101, 0x0a010001 },
	{ "own address", 0x0a000001, 0, 0, 0, RTN_LOCAL, 1, 0x0a000001 },
	{ "own address of other link", 0x0a010007, 0, 0,
	  0, RTN_LOCAL, 1, 0x0a010007 },
	{ "own address, given source", 0x0a010007, 0x0a000001, 0,
	  0, RTN_LOCAL, 1, 0x0a000001 },
	{ "own address, bound to its link", 0x0a000001, 0, 100,
	  0, RTN_LOCAL, 1, 0x0a000001 },
	{ "own address, bound to lo", 0x0a000001, 0, 1,
	  0, RTN_LOCAL, 1, 0x0a000001 },
	{ "loopback", 0x7f000001, 0, 0, 0, RTN_LOCAL, 1, 0x7f000001 },
	{ "loopback network", 0x7f0a0b0c, 0, 0,
	  0, RTN_LOCAL, 1, 0x7f000001 },
	{ "unspecified is loopback", 0, 0, 0, 0, RTN_LOCAL, 1, 0x7f000001 },
	{ "unspecified is the source", 0, 0x0a000001, 0,
	  0, RTN_LOCAL, 1, 0x0a000001 },
	{ "directed broadcast", 0x0a0100ff, 0, 0,
	  0, RTN_BROADCAST, 101, 0x0a010001 },
	{ "network address", 0x0a000000, 0, 0,
	  0, RTN_BROADCAST, 100, 0x0a000001 },
	{ "limited broadcast", 0xffffffff, 0, 0,
	  0, RTN_BROADCAST, 100, 0x0a000001 },
	{ "limited broadcast, bound", 0xffffffff, 0, 101,
	  0, RTN_BROADCAST, 101, 0x0a010001 },
	{ "limited broadcast, source", 0xffffffff, 0x0a010007, 0,
	  0, RTN_BROADCAST, 101, 0x0a010007 },
	{ "multicast", 0xe0000001, 0, 0, 0, RTN_MULTICAST, 100, 0x0a000001 },
	{ "multicast, bound", 0xe0000001, 0, 101,
	  0, RTN_MULTICAST, 101, 0x0a010001 },
	{ "multicast, source", 0xefffffff, 0x0a010001, 0,
	  0, RTN_MULTICAST, 101, 0x0a010001 },
	{ "blackhole", 0xcb007101, 0, 0, -EINVAL },
	{ "blackhole, bound", 0xcb007101, 0, 100, -EINVAL },
	{ "unreachable", 0xc6336401, 0, 0, -EHOSTUNREACH },
	{ "prohibit", 0xc0000201, 0, 0, -EACCES },
	{ "no such link", 0x08080808, 0, 4711, -ENODEV },
	{ "foreign source", 0x08080808, 0x08080404, 0, -ENETUNREACH },
	{ "broadcast source", 0x08080808, 0xffffffff, 0, -EINVAL },
	{ "group source", 0x08080808, 0xe0000001, 0, -EINVAL },
	{ "zero network source", 0x08080808, 0x00000001, 0, -EINVAL },
	{ "loopback source on the wire", 0x08080808, 0x7f000001, 0, -EINVAL },
	{ "loopback destination, bound", 0x7f000001, 0, 100, -ENETUNREACH },
	{ "zero network", 0x00010203, 0, 0, -EINVAL },
};

static void output_case_name(const struct output_case *output, char *name)
{
	strscpy(name, output->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(output, output_cases, output_case_name);

static void route_output__chooses(struct kunit *test)
{
	const struct output_case *output = test->param_value;
	struct nst_wire *wire = wire_ipv4(test);
	struct nst_link *second = second_link(wire, 0);
	struct nst_stack *stack = wire->stack;
	struct nst_path path;
	struct nst_link *lo;

	lo = nst_link_by_index_rcu(stack, NST_LOOPBACK_INDEX);
	KUNIT_EXPECT_EQ(test, 0, address_add(lo, 0x0a090909, 32, 0));
	KUNIT_EXPECT_EQ(test, 0, address_add(second, 0x0a010001, 24, 0));
	KUNIT_EXPECT_EQ(test, 0, address_add(second, 0x0a010007, 24, 0));
	KUNIT_EXPECT_EQ(test, 0,
			route_add(stack, (struct route_words) {
					.via = NST_WIRE_PEER, .metric = 1 }));
	KUNIT_EXPECT_EQ(test, 0,
			route_add(stack, (struct route_words) {
					.via = 0x0a010002, .metric = 2 }));
	KUNIT_EXPECT_EQ(test, 0,
			route_add(stack, (struct route_words) {
					.to = 0xcb007100, .len = 24,
					.type = RTN_BLACKHOLE }));
	KUNIT_EXPECT_EQ(test, 0,
			route_add(stack, (struct route_words) {
					.to = 0xc6336400, .len = 24,
					.type = RTN_UNREACHABLE }));
	KUNIT_EXPECT_EQ(test, 0,
			route_add(stack, (struct route_words) {
					.to = 0xc0000200, .len = 24,
					.type = RTN_PROHIBIT }));

	KUNIT_EXPECT_EQ(test, output->err,
			path_to(stack, output->daddr, output->saddr,
				output->link_index, &path));
	if (output->err) {
		KUNIT_EXPECT_NULL(test, path.link);
		KUNIT_EXPECT_NULL(test, path.neighbour);
	} else if (path.link) {
		KUNIT_EXPECT_EQ(test, output->type, path.type);
		KUNIT_EXPECT_EQ(test, output->via_link, path.link->index);
		KUNIT_EXPECT_EQ(test, output->source, ntohl(path.saddr.v4));
		KUNIT_EXPECT_EQ(test, output->type == RTN_UNICAST,
				!!path.neighbour);
	}
	nst_path_release(&path);
}

static void route_output__nonlocal_source_on_request(struct kunit *test)
{
	struct nst_wire *wire = wire_ipv4(test);
	struct nst_path path;

	wire->stack->config.ip_nonlocal_bind = 1;
	KUNIT_ASSERT_EQ(test, 0, path_to(wire->stack, NST_WIRE_PEER,
					 0x08080404, 0, &path));
	KUNIT_EXPECT_EQ(test, 0x08080404, ntohl(path.saddr.v4));
	nst_path_release(&path);
}

static void route_output__prefers_the_source_of_the_route(struct kunit *test)
{
	struct nst_wire *wire = wire_ipv4(test);
	struct route_words route = PEER_ROUTE;
	struct nst_path path;

	KUNIT_EXPECT_EQ(test, 0, address_add(wire->link, 0x0a050001, 24, 0));
	route.src = 0x0a050001;
	KUNIT_EXPECT_EQ(test, 0, route_add(wire->stack, route));
	KUNIT_ASSERT_EQ(test, 0, path_to(wire->stack, 0x08080808, 0, 0,
					 &path));
	KUNIT_EXPECT_EQ(test, 0x0a050001, ntohl(path.saddr.v4));
	nst_path_release(&path);
}

static void route_output__without_any_route(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_path path;

	KUNIT_EXPECT_EQ(test, -ENETUNREACH,
			path_to(wire->stack, 0x08080808, 0, 0, &path));
	KUNIT_EXPECT_EQ(test, 0, address_add(wire->link, 0x0a000001, 24, 0));
	/* Whoever names the link knows that the peer is on it. */
	KUNIT_ASSERT_EQ(test, 0, path_to(wire->stack, 0x08080808, 0,
					 NST_WIRE_INDEX, &path));
	KUNIT_EXPECT_FALSE(test, path.gateway);
	KUNIT_EXPECT_EQ(test, 0x08080808,
			ntohl(path.neighbour->address.v4));
	nst_path_release(&path);
	link_flags(wire->link, 0, NST_LINK_CARRIER);
	KUNIT_EXPECT_EQ(test, -ENETUNREACH,
			path_to(wire->stack, 0x08080808, 0, NST_WIRE_INDEX,
				&path));
	KUNIT_EXPECT_EQ(test, -ENETUNREACH,
			path_to(wire->stack, NST_WIRE_PEER, 0, 0, &path));
}

static void route_output__limited_broadcast_without_address(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_path path;

	KUNIT_ASSERT_EQ(test, 0, path_to(wire->stack, 0xffffffff, 0,
					 NST_WIRE_INDEX, &path));
	KUNIT_EXPECT_TRUE(test, nst_address_any(&path.saddr));
	KUNIT_EXPECT_EQ(test, RTN_BROADCAST, path.type);
	nst_path_release(&path);
}

static void route_output__neighbour_table_full(struct kunit *test)
{
	struct nst_wire *wire = wire_ipv4(test);
	int refs = refcount_read(&wire->link->refs);
	struct nst_path path;

	/* The permanent entry of the peer stays, and fills it. */
	wire->stack->config.neigh_max = 1;
	KUNIT_EXPECT_EQ(test, -ENOBUFS, path_to(wire->stack, NST_WIRE_OTHER,
						0, 0, &path));
	KUNIT_EXPECT_EQ(test, refs, refcount_read(&wire->link->refs));
}

static void path_release__returns_every_reference(struct kunit *test)
{
	struct nst_wire *wire = wire_ipv4(test);
	int refs = refcount_read(&wire->link->refs);
	struct nst_neighbour *neighbour;
	struct nst_path path;

	KUNIT_ASSERT_EQ(test, 0, path_to(wire->stack, NST_WIRE_PEER, 0, 0,
					 &path));
	neighbour = path.neighbour;
	KUNIT_EXPECT_EQ(test, 2, refcount_read(&neighbour->refs));
	KUNIT_EXPECT_EQ(test, refs + 1, refcount_read(&wire->link->refs));
	nst_path_release(&path);
	KUNIT_EXPECT_EQ(test, 1, refcount_read(&neighbour->refs));
	KUNIT_EXPECT_EQ(test, refs, refcount_read(&wire->link->refs));
	KUNIT_EXPECT_NULL(test, path.link);
	/* An empty path may be released again. */
	nst_path_release(&path);
	KUNIT_EXPECT_EQ(test, refs, refcount_read(&wire->link->refs));
}

#define EXPECT_STALE(change) do {					\
	KUNIT_ASSERT_EQ(test, 0, path_to(stack, NST_WIRE_PEER, 0, 0,	\
					 &path));			\
	KUNIT_EXPECT_TRUE(test, nst_path_valid(stack, &path));		\
	KUNIT_EXPECT_EQ(test, 0, change);				\
	KUNIT_EXPECT_FALSE_MSG(test, nst_path_valid(stack, &path), "%s",\
			       #change);				\
	nst_path_release(&path);					\
} while (0)

static int set_mtu(struct nst_link *link, u32 mtu)
{
	int err;

	mutex_lock(&link->stack->config_mutex);
	err = nst_link_set_mtu(link, mtu);
	mutex_unlock(&link->stack->config_mutex);
	return err;
}

static int lose_and_find_carrier(struct nst_link *link)
{
	link_flags(link, 0, NST_LINK_CARRIER);
	link_flags(link, NST_LINK_CARRIER, NST_LINK_CARRIER);
	return 0;
}

static void path_valid__ends_with_every_change(struct kunit *test)
{
	struct nst_wire *wire = wire_ipv4(test);
	struct nst_stack *stack = wire->stack;
	struct nst_link *link = wire->link;
	struct nst_path path = { };

	KUNIT_EXPECT_FALSE(test, nst_path_valid(stack, &path));
	EXPECT_STALE(route_add(stack, PEER_ROUTE));
	EXPECT_STALE(route_set(stack, PEER_ROUTE, true, NULL));
	EXPECT_STALE(route_del(stack, PEER_ROUTE));
	EXPECT_STALE(address_add(link, 0x0a050001, 24, 0));
	EXPECT_STALE(address_del(link, 0x0a050001, 24));
	EXPECT_STALE(set_mtu(link, 1400));
	EXPECT_STALE(lose_and_find_carrier(link));
	/* A refused change leaves paths as they are. */
	KUNIT_ASSERT_EQ(test, 0, path_to(stack, NST_WIRE_PEER, 0, 0, &path));
	KUNIT_EXPECT_EQ(test, -ESRCH, route_del(stack, PEER_ROUTE));
	KUNIT_EXPECT_TRUE(test, nst_path_valid(stack, &path));
	nst_path_release(&path);
}

struct input_case {
	const char *what;
	u32 daddr;
	u8 on_wire;
	u8 on_lo;
};

/* wire0: 10.0.0.1/24; second0: 10.1.0.1/24. */
static const struct input_case input_cases[] = {
	{ "own", 0x0a000001, RTN_LOCAL, RTN_LOCAL },
	{ "of other link", 0x0a010001, RTN_UNREACHABLE, RTN_LOCAL },
	{ "foreign", 0x08080808, RTN_UNREACHABLE, RTN_UNREACHABLE },
	{ "neighbour", NST_WIRE_PEER, RTN_UNREACHABLE, RTN_UNREACHABLE },
	{ "loopback", 0x7f000001, RTN_UNREACHABLE, RTN_LOCAL },
	{ "loopback network", 0x7f010203, RTN_UNREACHABLE, RTN_LOCAL },
	{ "loopback broadcast", 0x7fffffff, RTN_UNREACHABLE, RTN_BROADCAST },
	{ "directed broadcast", 0x0a0000ff, RTN_BROADCAST, RTN_UNREACHABLE },
	{ "old broadcast", 0x0a000000, RTN_BROADCAST, RTN_UNREACHABLE },
	{ "broadcast of other link", 0x0a0100ff,
	  RTN_UNREACHABLE, RTN_UNREACHABLE },
	{ "limited broadcast", 0xffffffff, RTN_BROADCAST, RTN_BROADCAST },
	{ "group", 0xe0000001, RTN_MULTICAST, RTN_MULTICAST },
	{ "unspecified", 0, RTN_UNREACHABLE, RTN_UNREACHABLE },
};

static void route_input_type__strong_host(struct kunit *test)
{
	struct nst_wire *wire = wire_ipv4(test);
	struct nst_link *second = second_link(wire, 0);
	struct nst_link *lo;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, 0, address_add(second, 0x0a010001, 24, 0));
	rcu_read_lock();
	lo = nst_link_by_index_rcu(wire->stack, NST_LOOPBACK_INDEX);
	for (i = 0; i < ARRAY_SIZE(input_cases); i++) {
		union nst_address daddr = ipv4(input_cases[i].daddr);

		KUNIT_EXPECT_EQ_MSG(test, input_cases[i].on_wire,
				    nst_route_input_type(wire->link, AF_INET,
							 &daddr),
				    "%s on the wire", input_cases[i].what);
		KUNIT_EXPECT_EQ_MSG(test, input_cases[i].on_lo,
				    nst_route_input_type(lo, AF_INET, &daddr),
				    "%s on lo", input_cases[i].what);
	}
	rcu_read_unlock();
}

static struct kunit_case route_cases[] = {
	KUNIT_CASE(route_lookup__longest_prefix_wins),
	KUNIT_CASE(route_lookup__lowest_metric_wins),
	KUNIT_CASE(route_lookup__own_tos_before_any),
	KUNIT_CASE(route_lookup__passes_over_link_without_carrier),
	KUNIT_CASE(route_lookup__bound_to_a_link),
	KUNIT_CASE_PARAM(route_add__refuses, refused_route_gen_params),
	KUNIT_CASE(route_add__refuses_link_that_is_down),
	KUNIT_CASE(route_add__replaces),
	KUNIT_CASE(route_add__stops_at_route_max),
	KUNIT_CASE(route_del__matches_what_is_named),
	KUNIT_CASE(route_output__through_a_gateway),
	KUNIT_CASE(route_output__route_mtu_limits_but_never_widens),
	KUNIT_CASE_PARAM(route_output__chooses, output_gen_params),
	KUNIT_CASE(route_output__nonlocal_source_on_request),
	KUNIT_CASE(route_output__prefers_the_source_of_the_route),
	KUNIT_CASE(route_output__without_any_route),
	KUNIT_CASE(route_output__limited_broadcast_without_address),
	KUNIT_CASE(route_output__neighbour_table_full),
	KUNIT_CASE(path_release__returns_every_reference),
	KUNIT_CASE(path_valid__ends_with_every_change),
	KUNIT_CASE(route_input_type__strong_host),
	{ }
};

static struct kunit_suite route_suite = {
	.name = "netstack_route",
	.exit = second_link_drop,
	.test_cases = route_cases,
};

kunit_test_suite(route_suite);
