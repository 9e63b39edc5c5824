// SPDX-License-Identifier: GPL-2.0
/* Unit tests of netstack/network/rule.c, and of tables. */
#include "network_fixture.h"

#include "../netstack/network/rule.h"

#define ELSEWHERE	0x08080808
#define OTHER_TABLE	100

static int rule_set(struct nst_stack *stack, struct nst_rule_config config,
		    bool has_priority, struct netlink_ext_ack *extack)
{
	int err;

	config.family = config.family ?: AF_INET;
	mutex_lock(&stack->config_mutex);
	err = nst_rule_add(stack, &config, has_priority, extack);
	mutex_unlock(&stack->config_mutex);
	return err;
}

static int rule_add(struct nst_stack *stack, struct nst_rule_config config)
{
	return rule_set(stack, config, config.priority, NULL);
}

static int rule_del(struct nst_stack *stack, struct nst_rule_config config)
{
	int err;

	config.family = config.family ?: AF_INET;
	mutex_lock(&stack->config_mutex);
	err = nst_rule_del(stack, &config, config.priority, NULL);
	mutex_unlock(&stack->config_mutex);
	return err;
}

static int table_add(struct nst_stack *stack, u32 table, u8 type, u32 metric)
{
	struct nst_route_config config = {
		.family = AF_INET,
		.type = type,
		.protocol = RTPROT_STATIC,
		.table = table,
		.metric = metric,
	};
	int err;

	if (type == RTN_UNICAST)
		config.gateway = ipv4(NST_WIRE_PEER);
	mutex_lock(&stack->config_mutex);
	err = nst_route_add(stack, &config, false, NULL);
	mutex_unlock(&stack->config_mutex);
	return err;
}

/* The metric of the route for @key, or a negative errno. */
static int metric_of(struct nst_stack *stack, struct nst_route_key key)
{
	struct nst_route *route;
	int result;

	key.family = key.family ?: AF_INET;
	if (nst_address_any(&key.daddr))
		key.daddr = ipv4(ELSEWHERE);
	rcu_read_lock();
	result = nst_rule_lookup_rcu(stack, &key, &key.daddr, 0, &route);
	if (!result)
		result = route->config.metric;
	rcu_read_unlock();
	return result;
}

/* Main has a default route of metric 1, the other table one of metric 2. */
static struct nst_stack *two_tables(struct kunit *test)
{
	struct nst_stack *stack = nst_wire_create_ipv4(test)->stack;

	KUNIT_ASSERT_EQ(test, 0, table_add(stack, 0, RTN_UNICAST, 1));
	KUNIT_ASSERT_EQ(test, 0, table_add(stack, OTHER_TABLE, RTN_UNICAST,
					   2));
	KUNIT_EXPECT_EQ(test, 1, metric_of(stack, (struct nst_route_key) { }));
	return stack;
}

/**
 * struct selector - a rule for the other table, and packets
 * @what: the selector
 * @rule: rule
 * @match: packet that it is about
 * @other: packet that it is not about
 */
struct selector {
	const char *what;
	struct nst_rule_config rule;
	struct nst_route_key match;
	struct nst_route_key other;
};

#define V4(a, b, c, d)	{ .v4 = __constant_htonl((a) << 24 | (b) << 16 | \
						 (c) << 8 | (d)) }

static const struct selector selectors[] = {
	{ "from", { .source = V4(10, 9, 0, 0), .source_len = 16 },
	  { .saddr = V4(10, 9, 1, 2) }, { .saddr = V4(10, 8, 1, 2) } },
	{ "to", { .destination = V4(9, 9, 9, 0), .destination_len = 24 },
	  { .daddr = V4(9, 9, 9, 9) }, { .daddr = V4(9, 9, 8, 9) } },
	{ "fwmark", { .mark = 7, .mark_mask = ~0 }, { .mark = 7 },
	  { .mark = 6 } },
	{ "fwmark with mask", { .mark = 0x10, .mark_mask = 0xf0 },
	  { .mark = 0x1f }, { .mark = 0x2f } },
	{ "fwmark of zero", { .mark = 0, .mark_mask = ~0 }, { .mark = 0 },
	  { .mark = 1 } },
	{ "iif", { .iif = NST_SECOND_INDEX }, { .iif = NST_SECOND_INDEX },
	  { .iif = 0 } },
	{ "iif lo is the stack's own", { .iif = NST_LOOPBACK_INDEX },
	  { .iif = 0 }, { .iif = NST_SECOND_INDEX } },
	{ "oif", { .oif = NST_WIRE_INDEX }, { .link_index = NST_WIRE_INDEX },
	  { .link_index = 0 } },
	{ "tos", { .tos = 0x10 }, { .tos = 0x11 }, { .tos = 0x08 } },
	{ "ipproto", { .ip_protocol = IPPROTO_UDP },
	  { .protocol = IPPROTO_UDP }, { .protocol = IPPROTO_TCP } },
	{ "not", { .mark = 7, .mark_mask = ~0, .invert = true },
	  { .mark = 6 }, { .mark = 7 } },
	{ "all of several", { .mark = 7, .mark_mask = ~0, .tos = 0x10 },
	  { .mark = 7, .tos = 0x10 }, { .mark = 7 } },
};

static void selector_name(const struct selector *selector, char *name)
{
	strscpy(name, selector->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(selector, selectors, selector_name);

static void rule__selects_by(struct kunit *test)
{
	const struct selector *selector = test->param_value;
	struct nst_rule_config rule = selector->rule;
	struct nst_stack *stack = two_tables(test);

	rule.action = FR_ACT_TO_TBL;
	rule.table = OTHER_TABLE;
	KUNIT_EXPECT_EQ(test, 0, rule_add(stack, rule));
	KUNIT_EXPECT_EQ(test, 2, metric_of(stack, selector->match));
	KUNIT_EXPECT_EQ(test, 1, metric_of(stack, selector->other));
	KUNIT_EXPECT_EQ(test, 0, rule_del(stack, rule));
	KUNIT_EXPECT_EQ(test, 1, metric_of(stack, selector->match));
}

static void rule__refuses_what_it_is_about(struct kunit *test)
{
	static const struct {
		u8 action;
		int err;
	} actions[] = {
		{ FR_ACT_BLACKHOLE, -EINVAL },
		{ FR_ACT_UNREACHABLE, -ENETUNREACH },
		{ FR_ACT_PROHIBIT, -EACCES },
	};
	struct nst_stack *stack = two_tables(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(actions); i++) {
		struct nst_rule_config rule = { .action = actions[i].action,
						.mark = 1, .mark_mask = 1 };
		struct nst_path path = { };
		struct nst_route_key key = {
			.family = AF_INET,
			.mark = 1,
			.daddr = ipv4(ELSEWHERE),
		};

		KUNIT_EXPECT_EQ(test, 0, rule_add(stack, rule));
		KUNIT_EXPECT_EQ(test, actions[i].err,
				nst_route_output(stack, &key, &path));
		key.mark = 2;
		KUNIT_EXPECT_EQ(test, 0, nst_route_output(stack, &key, &path));
		nst_path_release(&path);
		KUNIT_EXPECT_EQ(test, 0, rule_del(stack, rule));
	}
}

static void rule__table_without_a_route_is_passed_over(struct kunit *test)
{
	struct nst_stack *stack = two_tables(test);
	struct nst_rule_config rule = { .action = FR_ACT_TO_TBL, .table = 77 };

	KUNIT_EXPECT_EQ(test, 0, rule_add(stack, rule));
	KUNIT_EXPECT_EQ(test, 1, metric_of(stack, (struct nst_route_key) { }));
	KUNIT_EXPECT_EQ(test, 0, table_add(stack, 77, RTN_UNICAST, 3));
	KUNIT_EXPECT_EQ(test, 3, metric_of(stack, (struct nst_route_key) { }));
}

/* In every table, with the rules that a stack begins with and with others. */
static void rule__throw_leads_to_the_next(struct kunit *test)
{
	struct nst_stack *stack = nst_wire_create_ipv4(test)->stack;
	struct nst_rule_config rule = { .action = FR_ACT_TO_TBL,
					.table = OTHER_TABLE };

	KUNIT_EXPECT_EQ(test, 0, table_add(stack, 0, RTN_THROW, 1));
	KUNIT_EXPECT_EQ(test, -ENETUNREACH,
			metric_of(stack, (struct nst_route_key) { }));
	KUNIT_EXPECT_EQ(test, 0, table_add(stack, RT_TABLE_DEFAULT,
					   RTN_UNICAST, 4));
	KUNIT_EXPECT_EQ(test, 4, metric_of(stack, (struct nst_route_key) { }));
	KUNIT_EXPECT_EQ(test, 0, table_add(stack, OTHER_TABLE, RTN_THROW, 2));
	KUNIT_EXPECT_EQ(test, 0, rule_add(stack, rule));
	KUNIT_EXPECT_EQ(test, 4, metric_of(stack, (struct nst_route_key) { }));
}

static void rule__lowest_priority_is_asked_first(struct kunit *test)
{
	struct nst_stack *stack = two_tables(test);
	struct nst_rule_config rule = { .action = FR_ACT_TO_TBL, .table = 101,
					.priority = 20 };

	KUNIT_EXPECT_EQ(test, 0, table_add(stack, 101, RTN_UNICAST, 5));
	KUNIT_EXPECT_EQ(test, 0, rule_add(stack, rule));
	KUNIT_EXPECT_EQ(test, 5, metric_of(stack, (struct nst_route_key) { }));
	rule.table = OTHER_TABLE;
	rule.priority = 21;
	KUNIT_EXPECT_EQ(test, 0, rule_add(stack, rule));
	KUNIT_EXPECT_EQ(test, 5, metric_of(stack, (struct nst_route_key) { }));
	rule.priority = 19;
	KUNIT_EXPECT_EQ(test, 0, rule_add(stack, rule));
	KUNIT_EXPECT_EQ(test, 2, metric_of(stack, (struct nst_route_key) { }));
}

static u32 priority_of(struct nst_stack *stack, u32 table)
{
	struct nst_rule *rule = NULL;
	u32 priority = ~0;

	rcu_read_lock();
	while ((rule = nst_rule_next_rcu(stack, rule)))
		if (rule->config.table == table)
			priority = rule->config.priority;
	rcu_read_unlock();
	return priority;
}

static void rule__without_priority_goes_before_main(struct kunit *test)
{
	struct nst_stack *stack = two_tables(test);
	struct nst_rule_config rule = { .action = FR_ACT_TO_TBL, .table = 7 };

	KUNIT_EXPECT_EQ(test, 0, rule_add(stack, rule));
	rule.table = 8;
	KUNIT_EXPECT_EQ(test, 0, rule_add(stack, rule));
	KUNIT_EXPECT_EQ(test, 32765, priority_of(stack, 7));
	KUNIT_EXPECT_EQ(test, 32764, priority_of(stack, 8));
}

/* Local, main and default of IPv4, local and main of IPv6. */
static void rule__stack_begins_with_those_of_the_host(struct kunit *test)
{
	static const u32 priorities[] = { 0, 32766, 32767, 0, 32766 };
	static const u32 tables[] = { RT_TABLE_LOCAL, RT_TABLE_MAIN,
				      RT_TABLE_DEFAULT, RT_TABLE_LOCAL,
				      RT_TABLE_MAIN };
	struct nst_stack *stack = nst_wire_create_ipv4(test)->stack;
	struct nst_rule *rule = NULL;
	unsigned int i = 0;

	rcu_read_lock();
	while ((rule = nst_rule_next_rcu(stack, rule)) &&
	       i < ARRAY_SIZE(tables)) {
		KUNIT_EXPECT_EQ(test, priorities[i], rule->config.priority);
		KUNIT_EXPECT_EQ(test, tables[i], rule->config.table);
		KUNIT_EXPECT_EQ(test, i < 3 ? AF_INET : AF_INET6,
				rule->config.family);
		i++;
	}
	rcu_read_unlock();
	KUNIT_EXPECT_NULL(test, rule);
	KUNIT_EXPECT_EQ(test, ARRAY_SIZE(tables), i);
}

/* Without its rule, main is not asked; with it, as before. */
static void rule__those_of_the_beginning_can_go(struct kunit *test)
{
	struct nst_rule_config main = { .action = FR_ACT_TO_TBL,
					.table = RT_TABLE_MAIN };
	struct nst_stack *stack = two_tables(test);

	KUNIT_EXPECT_EQ(test, 0, rule_del(stack, main));
	KUNIT_EXPECT_EQ(test, -ENETUNREACH,
			metric_of(stack, (struct nst_route_key) { }));
	main.priority = 32766;
	KUNIT_EXPECT_EQ(test, 0, rule_add(stack, main));
	KUNIT_EXPECT_EQ(test, 1, metric_of(stack, (struct nst_route_key) { }));
}

static void rule__families_are_apart(struct kunit *test)
{
	struct nst_rule_config rule = { .family = AF_INET6,
					.action = FR_ACT_PROHIBIT };
	struct nst_stack *stack = two_tables(test);
	struct nst_route_key key = { .family = AF_INET6 };
	struct nst_route_config route = {
		.family = AF_INET6,
		.type = RTN_BLACKHOLE,
		.protocol = RTPROT_STATIC,
		.metric = 6,
	};

	key.daddr.v6.s6_addr[0] = 0x20;
	mutex_lock(&stack->config_mutex);
	KUNIT_EXPECT_EQ(test, 0, nst_route_add(stack, &route, false, NULL));
	mutex_unlock(&stack->config_mutex);
	KUNIT_EXPECT_EQ(test, 6, metric_of(stack, key));
	KUNIT_EXPECT_EQ(test, 0, rule_add(stack, rule));
	KUNIT_EXPECT_EQ(test, -EACCES, metric_of(stack, key));
	KUNIT_EXPECT_EQ(test, 1, metric_of(stack, (struct nst_route_key) { }));
}

struct refused_rule {
	const char *what;
	int err;
	struct nst_rule_config rule;
};

static const struct refused_rule refused_rules[] = {
	{ "no table", -EINVAL, { .action = FR_ACT_TO_TBL } },
	{ "unknown action", -EINVAL, { .action = FR_ACT_GOTO, .table = 1 } },
	{ "host bits", -EINVAL, { .action = FR_ACT_TO_TBL, .table = 1,
				  .source = V4(10, 0, 0, 1),
				  .source_len = 24 } },
	{ "prefix of 33", -EINVAL, { .action = FR_ACT_TO_TBL, .table = 1,
				     .destination_len = 33 } },
	{ "tos bits", -EINVAL, { .action = FR_ACT_TO_TBL, .table = 1,
				 .tos = 0x80 } },
	{ "mark outside its mask", -EINVAL,
	  { .action = FR_ACT_TO_TBL, .table = 1, .mark = 2, .mark_mask = 1 } },
	{ "exists", -EEXIST, { .action = FR_ACT_TO_TBL, .priority = 32766,
			       .table = RT_TABLE_MAIN } },
};

static void refused_rule_name(const struct refused_rule *refused, char *name)
{
	strscpy(name, refused->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(refused_rule, refused_rules, refused_rule_name);

static void rule_add__refuses(struct kunit *test)
{
	const struct refused_rule *refused = test->param_value;
	struct nst_stack *stack = two_tables(test);
	struct netlink_ext_ack extack = { };

	KUNIT_EXPECT_EQ(test, refused->err,
			rule_set(stack, refused->rule, refused->rule.priority,
				 &extack));
	KUNIT_EXPECT_NOT_NULL(test, extack._msg);
}

static void rule_add__stops_at_rule_max(struct kunit *test)
{
	struct nst_rule_config rule = { .action = FR_ACT_TO_TBL, .table = 7 };
	struct nst_stack *stack = two_tables(test);

	/* There are five from the beginning. */
	stack->config.rule_max = 6;
	KUNIT_EXPECT_EQ(test, 0, rule_add(stack, rule));
	rule.table = 8;
	KUNIT_EXPECT_EQ(test, -ENOBUFS, rule_add(stack, rule));
	rule.table = 7;
	KUNIT_EXPECT_EQ(test, 0, rule_del(stack, rule));
	KUNIT_EXPECT_EQ(test, -ENOENT, rule_del(stack, rule));
	rule.table = 8;
	KUNIT_EXPECT_EQ(test, 0, rule_add(stack, rule));
}

static void rule__change_ends_every_path(struct kunit *test)
{
	struct nst_rule_config rule = { .action = FR_ACT_TO_TBL, .table = 7 };
	struct nst_stack *stack = two_tables(test);
	struct nst_path path = { };

	KUNIT_ASSERT_EQ(test, 0, path_to(stack, ELSEWHERE, 0, 0, &path));
	KUNIT_EXPECT_TRUE(test, nst_path_valid(stack, &path));
	KUNIT_EXPECT_EQ(test, 0, rule_add(stack, rule));
	KUNIT_EXPECT_FALSE(test, nst_path_valid(stack, &path));
	nst_path_release(&path);
	KUNIT_ASSERT_EQ(test, 0, path_to(stack, ELSEWHERE, 0, 0, &path));
	KUNIT_EXPECT_EQ(test, 0, rule_del(stack, rule));
	KUNIT_EXPECT_FALSE(test, nst_path_valid(stack, &path));
	nst_path_release(&path);
}

static struct kunit_case rule_cases[] = {
	KUNIT_CASE_PARAM(rule__selects_by, selector_gen_params),
	KUNIT_CASE(rule__refuses_what_it_is_about),
	KUNIT_CASE(rule__table_without_a_route_is_passed_over),
	KUNIT_CASE(rule__throw_leads_to_the_next),
	KUNIT_CASE(rule__lowest_priority_is_asked_first),
	KUNIT_CASE(rule__without_priority_goes_before_main),
	KUNIT_CASE(rule__stack_begins_with_those_of_the_host),
	KUNIT_CASE(rule__those_of_the_beginning_can_go),
	KUNIT_CASE(rule__families_are_apart),
	KUNIT_CASE_PARAM(rule_add__refuses, refused_rule_gen_params),
	KUNIT_CASE(rule_add__stops_at_rule_max),
	KUNIT_CASE(rule__change_ends_every_path),
	{}
};

static struct kunit_suite rule_suite = {
	.name = "netstack_rule",
	.test_cases = rule_cases,
};

kunit_test_suite(rule_suite);
