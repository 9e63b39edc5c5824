// SPDX-License-Identifier: GPL-2.0
/* Unit tests of routes with several next hops, their metrics and modes. */
#include "network_fixture.h"

#define FLOWS		2000
#define ELSEWHERE	0x08080000
#define SECOND_LOCAL	0x0a010001
#define SECOND_PEER	0x0a010002

static struct nst_route_config default_route(void)
{
	return (struct nst_route_config) {
		.family = AF_INET,
		.type = RTN_UNICAST,
		.protocol = RTPROT_STATIC,
	};
}

static int set(struct nst_stack *stack, const struct nst_route_config *config,
	       enum nst_route_mode mode)
{
	int err;

	mutex_lock(&stack->config_mutex);
	err = nst_route_set(stack, config, mode, NULL);
	mutex_unlock(&stack->config_mutex);
	return err;
}

/* A default route over both links, @weight to 1; by ports and addresses. */
static struct nst_wire *two_ways(struct kunit *test, u32 weight)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_link *second = second_link(wire, 0);
	struct nst_route_config config = default_route();
	const struct nst_route_hop hops[] = {
		{ .weight = weight, .gateway = ipv4(NST_WIRE_PEER) },
		{ .weight = 1, .gateway = ipv4(SECOND_PEER) },
	};

	config.hops = hops;
	config.hop_count = ARRAY_SIZE(hops);
	wire->stack->config.fib_multipath_hash_policy = 1;
	KUNIT_ASSERT_EQ(test, 0, address_add(second, SECOND_LOCAL, 24, 0));
	KUNIT_ASSERT_EQ(test, 0, set(wire->stack, &config, NST_ROUTE_ADD));
	return wire;
}

/* The link that flow number @i takes, 0 when it has no path. */
static u32 link_of(struct nst_stack *stack, unsigned int i, u32 saddr)
{
	struct nst_route_key key = {
		.family = AF_INET,
		.protocol = IPPROTO_UDP,
		.sport = htons(i + 1),
		.dport = htons(53),
		.daddr = ipv4(ELSEWHERE),
		.saddr = ipv4(saddr),
	};
	struct nst_path path = { };
	u32 index;

	if (nst_route_output(stack, &key, &path))
		return 0;
	index = path.link->index;
	nst_path_release(&path);
	return index;
}

static unsigned int flows_on(struct nst_stack *stack, u32 index)
{
	unsigned int i, count = 0;

	for (i = 0; i < FLOWS; i++)
		count += link_of(stack, i, 0) == index;
	return count;
}

static void multipath__flows_are_shared_by_weight(struct kunit *test)
{
	struct nst_stack *stack = two_ways(test, 3)->stack;
	unsigned int count = flows_on(stack, NST_SECOND_INDEX);

	/* A quarter is 500, and its standard deviation 19. */
	KUNIT_EXPECT_GT(test, count, 400);
	KUNIT_EXPECT_LT(test, count, 600);
	KUNIT_EXPECT_EQ(test, FLOWS - count, flows_on(stack, NST_WIRE_INDEX));
}

/* Of a link that fails the others' flows notice nothing; then all is back. */
static void multipath__only_flows_of_a_failed_link_move(struct kunit *test)
{
	struct nst_wire *wire = two_ways(test, 1);
	struct nst_stack *stack = wire->stack;
	struct nst_link *second = test->priv;
	unsigned int i, moved = 0;
	u8 *before = kunit_kzalloc(test, FLOWS, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, before);
	for (i = 0; i < FLOWS; i++)
		before[i] = link_of(stack, i, 0);
	link_flags(second, 0, NST_LINK_CARRIER);
	for (i = 0; i < FLOWS; i++) {
		KUNIT_ASSERT_EQ(test, NST_WIRE_INDEX, link_of(stack, i, 0));
		moved += before[i] != NST_WIRE_INDEX;
	}
	KUNIT_EXPECT_GT(test, moved, 0);
	link_flags(second, NST_LINK_CARRIER, NST_LINK_CARRIER);
	for (i = 0; i < FLOWS; i++)
		KUNIT_ASSERT_EQ(test, before[i], link_of(stack, i, 0));
}

static void multipath__policy_0_looks_at_no_port(struct kunit *test)
{
	struct nst_stack *stack = two_ways(test, 1)->stack;
	unsigned int count;

	stack->config.fib_multipath_hash_policy = 0;
	count = flows_on(stack, NST_SECOND_INDEX);
	KUNIT_EXPECT_TRUE(test, count == 0 || count == FLOWS);
}

/* RFC 1122 3.3.4.2: the link of its source, of several. */
static void multipath__source_decides_the_link(struct kunit *test)
{
	struct nst_stack *stack = two_ways(test, 1)->stack;
	unsigned int i;

	for (i = 0; i < 100; i++) {
		KUNIT_ASSERT_EQ(test, NST_SECOND_INDEX,
				link_of(stack, i, SECOND_LOCAL));
		KUNIT_ASSERT_EQ(test, NST_WIRE_INDEX,
				link_of(stack, i, NST_WIRE_LOCAL));
	}
}

/* A connection that begins has no source port that could decide. */
static void multipath__connections_begin_by_chance(struct kunit *test)
{
	struct nst_stack *stack = two_ways(test, 1)->stack;
	unsigned int i, count = 0;

	for (i = 0; i < FLOWS; i++)
		count += link_of(stack, -1, 0) == NST_SECOND_INDEX;
	/* A half is 1000, and its standard deviation 22. */
	KUNIT_EXPECT_GT(test, count, 800);
	KUNIT_EXPECT_LT(test, count, 1200);
}

static void multipath__no_link_no_way(struct kunit *test)
{
	struct nst_wire *wire = two_ways(test, 1);

	link_flags(test->priv, 0, NST_LINK_CARRIER);
	link_flags(wire->link, 0, NST_LINK_CARRIER);
	KUNIT_EXPECT_EQ(test, 0, link_of(wire->stack, 1, 0));
	link_flags(wire->link, NST_LINK_CARRIER, NST_LINK_CARRIER);
	KUNIT_EXPECT_EQ(test, NST_WIRE_INDEX, link_of(wire->stack, 1, 0));
}

/* Switched off, and gone for good. */
static void multipath__link_that_leaves_takes_its_hops(struct kunit *test)
{
	struct nst_wire *wire = two_ways(test, 1);
	struct nst_stack *stack = wire->stack;

	link_flags(test->priv, 0, NST_LINK_UP);
	KUNIT_EXPECT_EQ(test, 1, routes_of(wire->link, RTN_UNICAST, 0, 0));
	KUNIT_EXPECT_EQ(test, 0, flows_on(stack, NST_SECOND_INDEX));
	second_link_drop(test);
	KUNIT_EXPECT_EQ(test, 1, routes_of(wire->link, RTN_UNICAST, 0, 0));
	KUNIT_EXPECT_EQ(test, FLOWS, flows_on(stack, NST_WIRE_INDEX));
}

static void multipath__refuses(struct kunit *test)
{
	struct nst_wire *wire = two_ways(test, 1);
	struct nst_route_hop hops[] = {
		{ .weight = 1, .gateway = ipv4(NST_WIRE_PEER) },
		{ .weight = 1, .gateway = ipv4(ELSEWHERE) },
	};
	struct nst_route_config config = default_route();
	int refs = refcount_read(&wire->link->refs);

	config.metric = 7;
	config.hops = hops;
	config.hop_count = ARRAY_SIZE(hops);
	KUNIT_EXPECT_EQ(test, -ENETUNREACH,
			set(wire->stack, &config, NST_ROUTE_ADD));
	hops[1] = hops[0];
	hops[1].weight = NST_ROUTE_WEIGHT_MAX + 1;
	KUNIT_EXPECT_EQ(test, -EINVAL,
			set(wire->stack, &config, NST_ROUTE_ADD));
	hops[1].weight = NST_ROUTE_WEIGHT_MAX;
	wire->stack->config.route_nexthop_max = 1;
	KUNIT_EXPECT_EQ(test, -ENOBUFS,
			set(wire->stack, &config, NST_ROUTE_ADD));
	KUNIT_EXPECT_EQ(test, refs, refcount_read(&wire->link->refs));
}

static void route_set__modes(struct kunit *test)
{
	struct nst_stack *stack = nst_wire_create_ipv4(test)->stack;
	struct nst_route_config config = default_route();
	unsigned int count = route_count(stack);

	config.gateway = ipv4(NST_WIRE_PEER);
	KUNIT_EXPECT_EQ(test, -ENOENT, set(stack, &config, NST_ROUTE_CHANGE));
	KUNIT_EXPECT_EQ(test, 0, set(stack, &config, NST_ROUTE_REPLACE));
	KUNIT_EXPECT_EQ(test, -EEXIST, set(stack, &config, NST_ROUTE_ADD));
	KUNIT_EXPECT_EQ(test, -EEXIST, set(stack, &config, NST_ROUTE_APPEND));
	config.metrics.mtu = 900;
	KUNIT_EXPECT_EQ(test, 0, set(stack, &config, NST_ROUTE_CHANGE));
	KUNIT_EXPECT_EQ(test, count + 1, route_count(stack));
	config.gateway = ipv4(NST_WIRE_OTHER);
	KUNIT_EXPECT_EQ(test, 0, set(stack, &config, NST_ROUTE_APPEND));
	KUNIT_EXPECT_EQ(test, count + 2, route_count(stack));
}

static void route_output__tells_the_metrics(struct kunit *test)
{
	struct nst_stack *stack = nst_wire_create_ipv4(test)->stack;
	struct nst_route_config config = default_route();
	struct nst_path path = { };

	config.gateway = ipv4(NST_WIRE_PEER);
	config.metrics = (struct nst_route_metrics) {
		.mtu = 1000, .mtu_lock = true, .advmss = 700, .initcwnd = 4,
		.initrwnd = 20, .hop_limit = 33, .quickack = true,
	};
	KUNIT_EXPECT_EQ(test, 0, set(stack, &config, NST_ROUTE_ADD));
	KUNIT_ASSERT_EQ(test, 0, path_to(stack, ELSEWHERE, 0, 0, &path));
	KUNIT_EXPECT_EQ(test, 1000, path.mtu);
	KUNIT_EXPECT_TRUE(test, path.mtu_lock);
	KUNIT_EXPECT_EQ(test, 700, path.advmss);
	KUNIT_EXPECT_EQ(test, 4, path.initcwnd);
	KUNIT_EXPECT_EQ(test, 20, path.initrwnd);
	KUNIT_EXPECT_EQ(test, 33, path.hop_limit);
	KUNIT_EXPECT_TRUE(test, path.quickack);
	nst_path_release(&path);
	config.metrics = (struct nst_route_metrics) { .mtu_lock = true };
	config.metric = 1;
	KUNIT_EXPECT_EQ(test, -EINVAL, set(stack, &config, NST_ROUTE_ADD));
}

static struct kunit_case multipath_cases[] = {
	KUNIT_CASE(multipath__flows_are_shared_by_weight),
	KUNIT_CASE(multipath__only_flows_of_a_failed_link_move),
	KUNIT_CASE(multipath__policy_0_looks_at_no_port),
	KUNIT_CASE(multipath__source_decides_the_link),
	KUNIT_CASE(multipath__connections_begin_by_chance),
	KUNIT_CASE(multipath__no_link_no_way),
	KUNIT_CASE(multipath__link_that_leaves_takes_its_hops),
	KUNIT_CASE(multipath__refuses),
	KUNIT_CASE(route_set__modes),
	KUNIT_CASE(route_output__tells_the_metrics),
	{}
};

static struct kunit_suite multipath_suite = {
	.name = "netstack_multipath",
	.exit = second_link_drop,
	.test_cases = multipath_cases,
};

kunit_test_suite(multipath_suite);
