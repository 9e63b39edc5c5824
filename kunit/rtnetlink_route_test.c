// SPDX-License-Identifier: GPL-2.0
/*
 * rtnetlink(7) of a stack: routes, where a packet would go, neighbours and
 * rules (control/rtnetlink_routes.c, _lookup.c, _neighbours.c, _rules.c).
 */
#include <linux/fib_rules.h>
#include <linux/in_route.h>

#include "../netstack/network/neighbour.h"
#include "../netstack/network/path_mtu.h"
#include "../netstack/network/rule.h"
#include "rtnetlink_fixture.h"

#define TABLE		100

/* ---- routes ---- */

static struct question route_dump(u8 family, u32 table)
{
	const struct rtmsg rtm = { .rtm_family = family };
	struct question q = question(RTM_GETROUTE, NLM_F_DUMP, &rtm,
				     sizeof(rtm));

	if (table)
		put_u32(&q, RTA_TABLE, table);
	return q;
}

static void route__is_told(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_route_config config = far_route();
	struct nlattr *metrics[RTAX_MAX + 1];
	const struct answer *answer;
	const struct rtmsg *rtm;
	struct question q;

	config.table = TABLE;
	add_route(test, wire, config);
	q = route_dump(AF_INET, TABLE);
	answer = ask_strictly(test, &q);
	KUNIT_EXPECT_EQ(test, 0, answer->error);
	KUNIT_ASSERT_EQ(test, 1, (int)answer->count);
	KUNIT_EXPECT_TRUE(test, answer->flags & NLM_F_DUMP_FILTERED);
	rtm = nlmsg_data(&answer->first.nlh);
	KUNIT_EXPECT_EQ(test, AF_INET, (int)rtm->rtm_family);
	KUNIT_EXPECT_EQ(test, 16, (int)rtm->rtm_dst_len);
	KUNIT_EXPECT_EQ(test, TABLE, (int)rtm->rtm_table);
	KUNIT_EXPECT_EQ(test, RTPROT_STATIC, (int)rtm->rtm_protocol);
	KUNIT_EXPECT_EQ(test, RTN_UNICAST, (int)rtm->rtm_type);
	KUNIT_EXPECT_EQ(test, 0U, rtm->rtm_flags);
	EXPECT_U32(answer, *rtm, RTA_TABLE, TABLE);
	EXPECT_IPV4(answer, *rtm, RTA_DST, FAR);
	EXPECT_IPV4(answer, *rtm, RTA_GATEWAY, NST_WIRE_PEER);
	EXPECT_U32(answer, *rtm, RTA_OIF, NST_WIRE_INDEX);
	EXPECT_U32(answer, *rtm, RTA_PRIORITY, 7);
	KUNIT_ASSERT_NOT_NULL(test, told(answer, sizeof(*rtm), RTA_METRICS));
	KUNIT_ASSERT_EQ(test, 0,
			nla_parse_nested_deprecated(metrics, RTAX_MAX,
						    told(answer, sizeof(*rtm),
							 RTA_METRICS),
						    NULL, NULL));
	KUNIT_EXPECT_EQ(test, 1400U, nla_get_u32(metrics[RTAX_MTU]));
	KUNIT_EXPECT_EQ(test, (u32)BIT(RTAX_MTU),
			nla_get_u32(metrics[RTAX_LOCK]));
	KUNIT_EXPECT_EQ(test, 9U, nla_get_u32(metrics[RTAX_HOPLIMIT]));
}

static void route__with_several_next_hops(struct kunit *test)
{
	const struct nst_route_hop hops[] = {
		{ .weight = 2, .gateway = nst_address_v4(htonl(NST_WIRE_PEER)) },
		{ .weight = 1, .gateway = nst_address_v4(htonl(NST_WIRE_OTHER)) },
	};
	struct nst_route_config config = {
		.prefix_len = 16,
		.table = TABLE,
		.destination = nst_address_v4(htonl(FAR)),
		.hop_count = 2,
		.hops = hops,
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct question q = route_dump(AF_INET, TABLE);
	const struct rtnexthop *first, *second;
	const struct answer *answer;
	const struct nlattr *attr;

	add_route(test, wire, config);
	answer = ask_strictly(test, &q);
	KUNIT_ASSERT_EQ(test, 1, (int)answer->count);
	KUNIT_EXPECT_NULL(test, told(answer, sizeof(struct rtmsg), RTA_OIF));
	attr = told(answer, sizeof(struct rtmsg), RTA_MULTIPATH);
	KUNIT_ASSERT_NOT_NULL(test, attr);
	first = nla_data(attr);
	KUNIT_ASSERT_EQ(test, 2 * (int)sizeof(*first) + 2 * 8, nla_len(attr));
	KUNIT_EXPECT_EQ(test, (int)sizeof(*first) + 8, (int)first->rtnh_len);
	KUNIT_EXPECT_EQ(test, 1, (int)first->rtnh_hops);
	KUNIT_EXPECT_EQ(test, NST_WIRE_INDEX, first->rtnh_ifindex);
	attr = (void *)(first + 1);
	KUNIT_EXPECT_EQ(test, (int)RTA_GATEWAY, nla_type(attr));
	KUNIT_EXPECT_EQ(test, (u32)NST_WIRE_PEER, ntohl(nla_get_be32(attr)));
	second = (void *)first + first->rtnh_len;
	KUNIT_EXPECT_EQ(test, (int)sizeof(*second) + 8, (int)second->rtnh_len);
	KUNIT_EXPECT_EQ(test, 0, (int)second->rtnh_hops);
	attr = (void *)(second + 1);
	KUNIT_EXPECT_EQ(test, (u32)NST_WIRE_OTHER, ntohl(nla_get_be32(attr)));
}

static void routes__of_type_protocol_or_link(struct kunit *test)
{
	const struct rtmsg local = {
		.rtm_family = AF_INET,
		.rtm_type = RTN_LOCAL,
	};
	const struct rtmsg fixed = {
		.rtm_family = AF_INET,
		.rtm_protocol = RTPROT_STATIC,
	};
	struct question q = question(RTM_GETROUTE, NLM_F_DUMP, &local,
				     sizeof(local));
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	add_route(test, wire, far_route());
	/* 10.0.0.1 alone */
	put_u32(&q, RTA_OIF, NST_WIRE_INDEX);
	KUNIT_EXPECT_EQ(test, 1, (int)ask_strictly(test, &q)->count);
	q = question(RTM_GETROUTE, NLM_F_DUMP, &fixed, sizeof(fixed));
	KUNIT_EXPECT_EQ(test, 1, (int)ask_strictly(test, &q)->count);
	put_u32(&q, RTA_OIF, NST_LOOPBACK_INDEX);
	KUNIT_EXPECT_EQ(test, 0, (int)ask_strictly(test, &q)->count);
	q = route_dump(AF_INET, 0);
	put_u32(&q, RTA_OIF, 99);
	KUNIT_EXPECT_EQ(test, -ENODEV, ask_strictly(test, &q)->error);
	q = route_dump(AF_INET, 200);
	KUNIT_EXPECT_EQ(test, -ENOENT, ask_strictly(test, &q)->error);
	q = route_dump(AF_UNSPEC, 200);
	KUNIT_EXPECT_EQ(test, 0, ask_strictly(test, &q)->error);
	q = route_dump(AF_INET, RT_TABLE_DEFAULT);
	KUNIT_EXPECT_EQ(test, -ENOENT, ask_strictly(test, &q)->error);
}

static void route__of_a_link_that_has_no_carrier(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_route_config config = far_route();
	struct question q = route_dump(AF_INET, TABLE);
	const struct rtmsg *rtm;

	config.table = TABLE;
	add_route(test, wire, config);
	mutex_lock(&wire->stack->config_mutex);
	nst_link_set_flags(wire->link, 0, NST_LINK_CARRIER);
	mutex_unlock(&wire->stack->config_mutex);
	rtm = nlmsg_data(&ask_strictly(test, &q)->first.nlh);
	KUNIT_EXPECT_EQ(test, (u32)RTNH_F_LINKDOWN, rtm->rtm_flags);
}

static struct question look_up(u32 destination, u32 flags)
{
	const struct rtmsg rtm = {
		.rtm_family = AF_INET,
		.rtm_dst_len = 32,
		.rtm_flags = flags,
	};
	struct question q = question(RTM_GETROUTE, 0, &rtm, sizeof(rtm));

	put_ipv4(&q, RTA_DST, destination);
	return q;
}

static void lookup__tells_the_way(struct kunit *test)
{
	struct question q = look_up(FAR + 1, RTM_F_LOOKUP_TABLE);
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	const struct answer *answer;
	const struct rtmsg *rtm;

	add_route(test, wire, far_route());
	answer = ask_strictly(test, &q);
	KUNIT_ASSERT_EQ(test, 1, (int)answer->count);
	rtm = nlmsg_data(&answer->first.nlh);
	KUNIT_EXPECT_EQ(test, 32, (int)rtm->rtm_dst_len);
	KUNIT_EXPECT_EQ(test, (u32)RTM_F_CLONED, rtm->rtm_flags);
	KUNIT_EXPECT_EQ(test, RT_TABLE_MAIN, (int)rtm->rtm_table);
	EXPECT_IPV4(answer, *rtm, RTA_DST, FAR + 1);
	EXPECT_IPV4(answer, *rtm, RTA_GATEWAY, NST_WIRE_PEER);
	EXPECT_IPV4(answer, *rtm, RTA_PREFSRC, NST_WIRE_LOCAL);
	EXPECT_U32(answer, *rtm, RTA_OIF, NST_WIRE_INDEX);
	EXPECT_U32(answer, *rtm, RTA_UID, 0);
	KUNIT_EXPECT_NOT_NULL(test, told(answer, sizeof(*rtm), RTA_METRICS));
}

static void lookup__of_its_own_address(struct kunit *test)
{
	struct question q = look_up(NST_WIRE_LOCAL, RTM_F_LOOKUP_TABLE);
	const struct answer *answer;
	const struct rtmsg *rtm;

	nst_wire_create_ipv4(test);
	answer = ask(test, &q);
	rtm = nlmsg_data(&answer->first.nlh);
	KUNIT_EXPECT_EQ(test, RTN_LOCAL, (int)rtm->rtm_type);
	KUNIT_EXPECT_EQ(test, (u32)(RTM_F_CLONED | RTCF_LOCAL),
			rtm->rtm_flags);
	EXPECT_U32(answer, *rtm, RTA_OIF, NST_LOOPBACK_INDEX);
}

static void lookup__of_the_route_itself(struct kunit *test)
{
	struct question q = look_up(FAR + 1, RTM_F_FIB_MATCH);
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	const struct answer *answer;
	const struct rtmsg *rtm;

	add_route(test, wire, far_route());
	answer = ask(test, &q);
	KUNIT_ASSERT_EQ(test, 1, (int)answer->count);
	rtm = nlmsg_data(&answer->first.nlh);
	KUNIT_EXPECT_EQ(test, 16, (int)rtm->rtm_dst_len);
	EXPECT_IPV4(answer, *rtm, RTA_DST, FAR);
}

static void lookup__without_a_way(struct kunit *test)
{
	struct question q = look_up(FAR + 1, 0), short_address;
	const struct rtmsg rtm = { .rtm_family = AF_INET, .rtm_dst_len = 32 };
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	KUNIT_EXPECT_EQ(test, -ENETUNREACH, ask(test, &q)->error);
	add_route(test, wire, (struct nst_route_config) {
		.prefix_len = 16,
		.type = RTN_PROHIBIT,
		.destination = nst_address_v4(htonl(FAR)),
	});
	KUNIT_EXPECT_EQ(test, -EACCES, ask(test, &q)->error);
	put_u32(&q, RTA_OIF, 99);
	KUNIT_EXPECT_EQ(test, -ENODEV, ask(test, &q)->error);
	short_address = question(RTM_GETROUTE, 0, &rtm, sizeof(rtm));
	put(&short_address, RTA_DST, "abc", 3);
	KUNIT_EXPECT_EQ(test, -EINVAL, ask(test, &short_address)->error);
}

/* ---- neighbours ---- */

static struct question neighbour_get(int index, u32 address)
{
	const struct ndmsg ndm = {
		.ndm_family = AF_INET,
		.ndm_ifindex = index,
	};
	struct question q = question(RTM_GETNEIGH, 0, &ndm, sizeof(ndm));

	put_ipv4(&q, NDA_DST, address);
	return q;
}

static void neighbour__is_told(struct kunit *test)
{
	struct question q = neighbour_get(NST_WIRE_INDEX, NST_WIRE_PEER);
	const struct answer *answer;
	const struct ndmsg *ndm;

	nst_wire_create_ipv4(test);
	answer = ask(test, &q);
	KUNIT_ASSERT_EQ(test, 1, (int)answer->count);
	ndm = nlmsg_data(&answer->first.nlh);
	KUNIT_EXPECT_EQ(test, AF_INET, (int)ndm->ndm_family);
	KUNIT_EXPECT_EQ(test, NST_WIRE_INDEX, ndm->ndm_ifindex);
	KUNIT_EXPECT_EQ(test, NUD_PERMANENT, (int)ndm->ndm_state);
	KUNIT_EXPECT_EQ(test, RTN_UNICAST, (int)ndm->ndm_type);
	EXPECT_IPV4(answer, *ndm, NDA_DST, NST_WIRE_PEER);
	EXPECT_BYTES(answer, *ndm, NDA_LLADDR, nst_wire_peer_mac, ETH_ALEN);
	EXPECT_U32(answer, *ndm, NDA_PROBES, 0);
	KUNIT_ASSERT_NOT_NULL(test, told(answer, sizeof(*ndm), NDA_CACHEINFO));
	KUNIT_EXPECT_EQ(test, (int)sizeof(struct nda_cacheinfo),
			nla_len(told(answer, sizeof(*ndm), NDA_CACHEINFO)));
}

static void neighbour__that_is_not_there(struct kunit *test)
{
	struct question q = neighbour_get(NST_WIRE_INDEX, NST_WIRE_OTHER);

	nst_wire_create_ipv4(test);
	KUNIT_EXPECT_EQ(test, -ENOENT, ask(test, &q)->error);
	q = neighbour_get(99, NST_WIRE_PEER);
	KUNIT_EXPECT_EQ(test, -ENODEV, ask(test, &q)->error);
	q = neighbour_get(0, NST_WIRE_PEER);
	KUNIT_EXPECT_EQ(test, -EINVAL, ask(test, &q)->error);
}

static void neighbours__of_a_link(struct kunit *test)
{
	const struct ndmsg ndm = { .ndm_family = AF_INET };
	struct question q = question(RTM_GETNEIGH, NLM_F_DUMP, &ndm,
				     sizeof(ndm));
	struct question other = q, proxies = q;

	nst_wire_create_ipv4(test);
	KUNIT_EXPECT_EQ(test, 1, (int)ask_strictly(test, &q)->count);
	put_u32(&q, NDA_IFINDEX, NST_WIRE_INDEX);
	KUNIT_EXPECT_EQ(test, 1, (int)ask_strictly(test, &q)->count);
	put_u32(&other, NDA_IFINDEX, 99);
	KUNIT_EXPECT_EQ(test, 0, (int)ask_strictly(test, &other)->count);
	((struct ndmsg *)proxies.body)->ndm_flags = NTF_PROXY;
	KUNIT_EXPECT_EQ(test, 0, (int)ask_strictly(test, &proxies)->count);
	((struct ndmsg *)proxies.body)->ndm_flags = 0;
	((struct ndmsg *)proxies.body)->ndm_family = AF_BRIDGE;
	KUNIT_EXPECT_EQ(test, 0, (int)ask_strictly(test, &proxies)->count);
}

/* ---- rules ---- */

static struct question rule_dump(u8 family)
{
	const struct fib_rule_hdr rule = { .family = family };

	return question(RTM_GETRULE, NLM_F_DUMP, &rule, sizeof(rule));
}

static void rule__is_told(struct kunit *test)
{
	const struct nst_rule_config config = {
		.family = AF_INET,
		.action = FR_ACT_TO_TBL,
		.source_len = 24,
		.invert = true,
		.table = 1000,
		.mark = 5,
		.mark_mask = 7,
		.iif = NST_WIRE_INDEX,
		.oif = 99,
		.source = nst_address_v4(htonl(NST_WIRE_LOCAL & ~0xff)),
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct question q = rule_dump(AF_INET);
	const struct fib_rule_hdr *rule;
	const struct answer *answer;

	mutex_lock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, 0, nst_rule_add(wire->stack, &config, true,
					      NULL));
	nst_rule_del(wire->stack, &(struct nst_rule_config) {
		.family = AF_INET, .table = RT_TABLE_LOCAL,
	}, false, NULL);
	mutex_unlock(&wire->stack->config_mutex);
	answer = ask_strictly(test, &q);
	KUNIT_ASSERT_EQ(test, 3, (int)answer->count);
	rule = nlmsg_data(&answer->first.nlh);
	KUNIT_EXPECT_EQ(test, FR_ACT_TO_TBL, (int)rule->action);
	KUNIT_EXPECT_EQ(test, RT_TABLE_COMPAT, (int)rule->table);
	KUNIT_EXPECT_EQ(test, 24, (int)rule->src_len);
	KUNIT_EXPECT_EQ(test, (u32)(FIB_RULE_INVERT | FIB_RULE_OIF_DETACHED),
			rule->flags);
	EXPECT_U32(answer, *rule, FRA_TABLE, 1000);
	EXPECT_U32(answer, *rule, FRA_FWMARK, 5);
	EXPECT_U32(answer, *rule, FRA_FWMASK, 7);
	EXPECT_IPV4(answer, *rule, FRA_SRC, NST_WIRE_LOCAL & ~0xff);
	EXPECT_STRING(answer, *rule, FRA_IIFNAME, NST_WIRE_NAME);
	EXPECT_STRING(answer, *rule, FRA_OIFNAME, "if99");
	EXPECT_U32(answer, *rule, FRA_SUPPRESS_PREFIXLEN, U32_MAX);
}

static void rules__of_both_families(struct kunit *test)
{
	struct question q = rule_dump(AF_UNSPEC);

	nst_wire_create(test);
	KUNIT_EXPECT_EQ(test, 5, (int)ask(test, &q)->count);
	q = rule_dump(AF_INET6);
	KUNIT_EXPECT_EQ(test, 2, (int)ask(test, &q)->count);
	q = rule_dump(AF_BRIDGE);
	KUNIT_EXPECT_EQ(test, -EAFNOSUPPORT, ask(test, &q)->error);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(route__is_told),
	KUNIT_CASE(route__with_several_next_hops),
	KUNIT_CASE(routes__of_type_protocol_or_link),
	KUNIT_CASE(route__of_a_link_that_has_no_carrier),
	KUNIT_CASE(lookup__tells_the_way),
	KUNIT_CASE(lookup__of_its_own_address),
	KUNIT_CASE(lookup__of_the_route_itself),
	KUNIT_CASE(lookup__without_a_way),
	KUNIT_CASE(neighbour__is_told),
	KUNIT_CASE(neighbour__that_is_not_there),
	KUNIT_CASE(neighbours__of_a_link),
	KUNIT_CASE(rule__is_told),
	KUNIT_CASE(rules__of_both_families),
	{}
};

static struct kunit_suite suite = {
	.name = "netstack_rtnetlink_route",
	.test_cases = cases,
};

kunit_test_suites(&suite);
