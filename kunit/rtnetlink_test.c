// SPDX-License-Identifier: GPL-2.0
/*
 * rtnetlink(7) of a stack (control/rtnetlink*.c), asked over netlink by a
 * kernel thread: what is told of links and addresses, which ones a request
 * means, what listeners hear, and requests that are none.
 */
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>

#include "../netstack/network/address.h"
#include "../netstack/network/neighbour.h"
#include "../netstack/network/rule.h"
#include "packet_builder.h"
#include "rtnetlink_fixture.h"

#define TABLE		100

/* ---- links ---- */

static struct question link_get(int index)
{
	const struct ifinfomsg ifm = { .ifi_index = index };

	return question(RTM_GETLINK, 0, &ifm, sizeof(ifm));
}

static void link__is_told(struct kunit *test)
{
	struct question q = link_get(NST_WIRE_INDEX);
	struct rtnl_link_stats64 stats;
	const struct ifinfomsg *ifm;
	const struct answer *answer;

	nst_wire_create(test);
	answer = ask(test, &q);
	KUNIT_ASSERT_EQ(test, 1, (int)answer->count);
	ifm = nlmsg_data(&answer->first.nlh);
	KUNIT_EXPECT_EQ(test, RTM_NEWLINK, (int)answer->first.nlh.nlmsg_type);
	KUNIT_EXPECT_EQ(test, ARPHRD_ETHER, (int)ifm->ifi_type);
	KUNIT_EXPECT_EQ(test, NST_WIRE_INDEX, ifm->ifi_index);
	KUNIT_EXPECT_EQ(test, (unsigned int)(IFF_UP | IFF_BROADCAST |
					     IFF_RUNNING | IFF_MULTICAST |
					     IFF_LOWER_UP), ifm->ifi_flags);
	EXPECT_STRING(answer, *ifm, IFLA_IFNAME, NST_WIRE_NAME);
	EXPECT_U32(answer, *ifm, IFLA_MTU, NST_WIRE_MTU);
	EXPECT_BYTES(answer, *ifm, IFLA_ADDRESS, nst_wire_local_mac, ETH_ALEN);
	EXPECT_BYTES(answer, *ifm, IFLA_BROADCAST, "\xff\xff\xff\xff\xff\xff",
		     ETH_ALEN);
	KUNIT_ASSERT_NOT_NULL(test, told(answer, sizeof(*ifm), IFLA_STATS64));
	nla_memcpy(&stats, told(answer, sizeof(*ifm), IFLA_STATS64),
		   sizeof(stats));
	KUNIT_EXPECT_EQ(test, 0ULL, stats.rx_packets);
	KUNIT_ASSERT_NOT_NULL(test, told(answer, sizeof(*ifm), IFLA_STATS));
}

static void link__tells_what_it_has_carried(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct question q = link_get(NST_WIRE_INDEX);
	const struct rtnl_link_stats *narrow;
	struct rtnl_link_stats64 stats;
	const struct answer *answer;

	nst_wire_inject(wire, nst_build_frame_udp(test, 7, 9, "x", 1));
	answer = ask(test, &q);
	nla_memcpy(&stats, told(answer, sizeof(struct ifinfomsg),
				IFLA_STATS64), sizeof(stats));
	narrow = nla_data(told(answer, sizeof(struct ifinfomsg), IFLA_STATS));
	KUNIT_EXPECT_EQ(test, 1ULL, stats.rx_packets);
	KUNIT_EXPECT_EQ(test, 1U, narrow->rx_packets);
	KUNIT_EXPECT_EQ(test, (u32)stats.rx_bytes, narrow->rx_bytes);
}

static void link__without_statistics_when_asked(struct kunit *test)
{
	struct question q = link_get(NST_WIRE_INDEX);
	const struct answer *answer;

	nst_wire_create(test);
	put_u32(&q, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	answer = ask(test, &q);
	KUNIT_ASSERT_EQ(test, 1, (int)answer->count);
	KUNIT_EXPECT_NULL(test, told(answer, sizeof(struct ifinfomsg),
				     IFLA_STATS64));
	KUNIT_EXPECT_NULL(test, told(answer, sizeof(struct ifinfomsg),
				     IFLA_STATS));
}

static void link__is_found_by_name(struct kunit *test)
{
	struct question q = link_get(0), unknown = link_get(0);
	const struct ifinfomsg *ifm;
	const struct answer *answer;

	nst_wire_create(test);
	put(&q, IFLA_IFNAME, NST_WIRE_NAME, sizeof(NST_WIRE_NAME));
	answer = ask(test, &q);
	KUNIT_ASSERT_EQ(test, 1, (int)answer->count);
	ifm = nlmsg_data(&answer->first.nlh);
	KUNIT_EXPECT_EQ(test, NST_WIRE_INDEX, ifm->ifi_index);
	put(&unknown, IFLA_IFNAME, "none", sizeof("none"));
	KUNIT_EXPECT_EQ(test, -ENODEV, ask(test, &unknown)->error);
	unknown = link_get(99);
	KUNIT_EXPECT_EQ(test, -ENODEV, ask(test, &unknown)->error);
	unknown = link_get(0);
	KUNIT_EXPECT_EQ(test, -EINVAL, ask(test, &unknown)->error);
}

static void link__that_is_down(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct question q = link_get(NST_WIRE_INDEX);
	const struct ifinfomsg *ifm;
	const struct answer *answer;

	mutex_lock(&wire->stack->config_mutex);
	nst_link_set_flags(wire->link, 0, NST_LINK_UP);
	mutex_unlock(&wire->stack->config_mutex);
	answer = ask(test, &q);
	ifm = nlmsg_data(&answer->first.nlh);
	KUNIT_EXPECT_EQ(test, (unsigned int)(IFF_BROADCAST | IFF_MULTICAST),
			ifm->ifi_flags);
	KUNIT_EXPECT_EQ(test, IF_OPER_DOWN,
			(int)nla_get_u8(told(answer, sizeof(*ifm),
					     IFLA_OPERSTATE)));
	KUNIT_EXPECT_EQ(test, 1, (int)nla_get_u8(told(answer, sizeof(*ifm),
						      IFLA_CARRIER)));
}

static void links__all_with_lo(struct kunit *test)
{
	const struct rtgenmsg family = { .rtgen_family = AF_PACKET };
	struct question q = question(RTM_GETLINK, NLM_F_DUMP, &family,
				     sizeof(family));
	const struct ifinfomsg *ifm;
	const struct answer *answer;

	nst_wire_create(test);
	answer = ask(test, &q);
	KUNIT_EXPECT_EQ(test, 0, answer->error);
	KUNIT_ASSERT_EQ(test, 2, (int)answer->count);
	ifm = nlmsg_data(&answer->first.nlh);
	KUNIT_EXPECT_EQ(test, NST_LOOPBACK_INDEX, ifm->ifi_index);
	KUNIT_EXPECT_EQ(test, ARPHRD_LOOPBACK, (int)ifm->ifi_type);
	KUNIT_EXPECT_EQ(test, (unsigned int)(IFF_UP | IFF_LOOPBACK |
					     IFF_RUNNING | IFF_LOWER_UP),
			ifm->ifi_flags);
	KUNIT_EXPECT_NULL(test, told(answer, sizeof(*ifm), IFLA_LINKINFO));
}

static void links__of_a_bridge__are_none(struct kunit *test)
{
	const struct ifinfomsg ifm = { .ifi_family = AF_BRIDGE };
	struct question q = question(RTM_GETLINK, NLM_F_DUMP, &ifm,
				     sizeof(ifm));
	const struct answer *answer;

	nst_wire_create(test);
	answer = ask(test, &q);
	KUNIT_EXPECT_EQ(test, 0, answer->error);
	KUNIT_EXPECT_EQ(test, 0, (int)answer->count);
}

/* ---- addresses ---- */

static struct question address_dump(u8 family, u32 index)
{
	const struct ifaddrmsg ifm = {
		.ifa_family = family,
		.ifa_index = index,
	};

	return question(RTM_GETADDR, NLM_F_DUMP, &ifm, sizeof(ifm));
}

static void address__is_told(struct kunit *test)
{
	struct question q = address_dump(AF_INET, NST_WIRE_INDEX);
	const struct ifa_cacheinfo *info;
	const struct ifaddrmsg *ifm;
	const struct answer *answer;

	nst_wire_create_ipv4(test);
	answer = ask_strictly(test, &q);
	KUNIT_EXPECT_EQ(test, 0, answer->error);
	KUNIT_ASSERT_EQ(test, 1, (int)answer->count);
	KUNIT_EXPECT_TRUE(test, answer->flags & NLM_F_DUMP_FILTERED);
	KUNIT_EXPECT_TRUE(test, answer->done & NLM_F_DUMP_FILTERED);
	ifm = nlmsg_data(&answer->first.nlh);
	KUNIT_EXPECT_EQ(test, AF_INET, (int)ifm->ifa_family);
	KUNIT_EXPECT_EQ(test, NST_WIRE_PREFIX_LEN, (int)ifm->ifa_prefixlen);
	KUNIT_EXPECT_EQ(test, RT_SCOPE_UNIVERSE, (int)ifm->ifa_scope);
	KUNIT_EXPECT_EQ(test, NST_WIRE_INDEX, (int)ifm->ifa_index);
	KUNIT_EXPECT_EQ(test, IFA_F_PERMANENT, (int)ifm->ifa_flags);
	EXPECT_IPV4(answer, *ifm, IFA_ADDRESS, NST_WIRE_LOCAL);
	EXPECT_IPV4(answer, *ifm, IFA_LOCAL, NST_WIRE_LOCAL);
	EXPECT_IPV4(answer, *ifm, IFA_BROADCAST, NST_WIRE_LOCAL | 0xff);
	EXPECT_STRING(answer, *ifm, IFA_LABEL, NST_WIRE_NAME);
	EXPECT_U32(answer, *ifm, IFA_FLAGS, IFA_F_PERMANENT);
	KUNIT_ASSERT_NOT_NULL(test, told(answer, sizeof(*ifm), IFA_CACHEINFO));
	info = nla_data(told(answer, sizeof(*ifm), IFA_CACHEINFO));
	KUNIT_EXPECT_EQ(test, U32_MAX, info->ifa_valid);
	KUNIT_EXPECT_EQ(test, U32_MAX, info->ifa_prefered);
}

static void address__of_ipv6_with_lifetimes(struct kunit *test)
{
	const struct nst_address_config config = {
		.family = AF_INET6,
		.prefix_len = 64,
		.no_probe = true,
		.valid_until = get_jiffies_64() + 1000 * HZ,
		.preferred_until = get_jiffies_64() + 100 * HZ,
		.address.v6 = { { { 0x20, 1, 0xd, 0xb8, [15] = 1 } } },
	};
	struct question q = address_dump(AF_INET6, NST_WIRE_INDEX);
	struct nst_wire *wire = nst_wire_create(test);
	const struct ifa_cacheinfo *info;
	const struct ifaddrmsg *ifm;
	const struct answer *answer;

	wire->stack->config.disable_ipv6 = false;
	mutex_lock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, 0, nst_address_add(wire->link, &config, NULL));
	mutex_unlock(&wire->stack->config_mutex);
	answer = ask_strictly(test, &q);
	KUNIT_ASSERT_EQ(test, 1, (int)answer->count);
	ifm = nlmsg_data(&answer->first.nlh);
	EXPECT_BYTES(answer, *ifm, IFA_ADDRESS, &config.address, 16);
	KUNIT_EXPECT_NULL(test, told(answer, sizeof(*ifm), IFA_LOCAL));
	EXPECT_U32(answer, *ifm, IFA_FLAGS, IFA_F_NODAD);
	info = nla_data(told(answer, sizeof(*ifm), IFA_CACHEINFO));
	KUNIT_EXPECT_GE(test, 1000U, info->ifa_valid);
	KUNIT_EXPECT_LE(test, 990U, info->ifa_valid);
	KUNIT_EXPECT_GE(test, 100U, info->ifa_prefered);
	KUNIT_EXPECT_LE(test, 90U, info->ifa_prefered);
}

static void addresses__ipv4_before_ipv6(struct kunit *test)
{
	struct question q = address_dump(AF_UNSPEC, 0);
	const struct ifaddrmsg *ifm;
	const struct answer *answer;

	nst_wire_create_ipv4(test);
	answer = ask(test, &q);
	KUNIT_EXPECT_FALSE(test, answer->flags & NLM_F_DUMP_FILTERED);
	/* 127.0.0.1 and 10.0.0.1; ::1 where it is not disabled. */
	KUNIT_EXPECT_GE(test, (int)answer->count, 2);
	ifm = nlmsg_data(&answer->first.nlh);
	KUNIT_EXPECT_EQ(test, AF_INET, (int)ifm->ifa_family);
	EXPECT_IPV4(answer, *ifm, IFA_LOCAL, INADDR_LOOPBACK);
	KUNIT_EXPECT_EQ(test, RT_SCOPE_HOST, (int)ifm->ifa_scope);
}

static void addresses__of_a_link_that_is_not_there(struct kunit *test)
{
	struct question q = address_dump(AF_INET, 99);

	nst_wire_create_ipv4(test);
	KUNIT_EXPECT_EQ(test, -ENODEV, ask_strictly(test, &q)->error);
	/* Without strict checking the header is not looked at. */
	KUNIT_EXPECT_EQ(test, 2, (int)ask(test, &q)->count);
}

/* More than fit into one message of the socket. */
static void add_addresses(struct kunit *test, struct nst_wire *wire, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++)
		nst_wire_add_address(wire, 0x0a100000 + (i << 8) + 1, 24);
}

static void dump__goes_on_over_many_messages(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct question q = address_dump(AF_INET, 0);
	const struct answer *answer;

	add_addresses(test, wire, 100);
	answer = ask(test, &q);
	KUNIT_EXPECT_EQ(test, 102, (int)answer->count);
	KUNIT_EXPECT_FALSE(test, answer->flags & NLM_F_DUMP_INTR);
	KUNIT_EXPECT_FALSE(test, answer->done & NLM_F_DUMP_INTR);
}

static void dump__says_that_it_was_interrupted(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct question q = address_dump(AF_INET, 0);
	struct socket *sock = client(test);
	struct answer *answer;

	answer = kunit_kzalloc(test, sizeof(*answer), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, answer);
	add_addresses(test, wire, 100);
	/* The first part is there now, the others are made when it is read. */
	netlink_client_send(test, sock, &q.nlh);
	nst_wire_add_address(wire, 0x0a800001, 24);
	listen_for(test, sock, true, answer);
	KUNIT_EXPECT_TRUE(test, answer->flags & NLM_F_DUMP_INTR);
}

/* ---- what is told of changes ---- */

static struct socket *member(struct kunit *test, int group)
{
	struct sockaddr_nl name = { .nl_family = AF_NETLINK };
	struct socket *sock = client(test);

	KUNIT_ASSERT_EQ(test, 0, sock->ops->bind(sock, (void *)&name,
						 sizeof(name)));
	set_option(test, sock, NETLINK_ADD_MEMBERSHIP, group);
	return sock;
}

/* The next message is of @type. */
static void expect_told(struct kunit *test, struct socket *sock, u16 type)
{
	struct nlmsghdr *nlh = kunit_kzalloc(test, NETLINK_CLIENT_ROOM,
					     GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, nlh);
	KUNIT_ASSERT_GT_MSG(test, netlink_client_receive(sock, nlh), 0,
			    "message of type %u", type);
	KUNIT_EXPECT_EQ(test, type, nlh->nlmsg_type);
	KUNIT_EXPECT_EQ(test, 0U, nlh->nlmsg_seq);
	KUNIT_EXPECT_EQ(test, 0U, nlh->nlmsg_pid);
}

static void expect_silence(struct kunit *test, struct socket *sock)
{
	void *buffer = kunit_kzalloc(test, NETLINK_CLIENT_ROOM, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buffer);
	KUNIT_EXPECT_EQ(test, -EAGAIN, netlink_client_receive(sock, buffer));
}

static void change__is_told_to_its_group(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *ipv6 = member(test, RTNLGRP_IPV6_IFADDR);
	struct socket *ipv4 = member(test, RTNLGRP_IPV4_IFADDR);
	struct socket *routes = member(test, RTNLGRP_IPV4_ROUTE);
	struct socket *links = member(test, RTNLGRP_LINK);
	struct socket *rules = member(test, RTNLGRP_IPV4_RULE);
	struct socket *neighbours = member(test, RTNLGRP_NEIGH);
	const union nst_address peer = nst_address_v4(htonl(NST_WIRE_PEER));

	nst_wire_add_address(wire, 0x0a800001, 32);
	expect_told(test, ipv4, RTM_NEWADDR);
	expect_told(test, routes, RTM_NEWROUTE);
	add_route(test, wire, far_route());
	expect_told(test, routes, RTM_NEWROUTE);
	mutex_lock(&wire->stack->config_mutex);
	nst_rule_add(wire->stack, &(struct nst_rule_config) {
		.family = AF_INET, .action = FR_ACT_TO_TBL, .table = TABLE,
	}, false, NULL);
	nst_link_set_mtu(wire->link, 1400);
	mutex_unlock(&wire->stack->config_mutex);
	expect_told(test, rules, RTM_NEWRULE);
	expect_told(test, links, RTM_NEWLINK);
	KUNIT_EXPECT_EQ(test, 0, nst_neighbour_del(wire->link, AF_INET,
						   &peer));
	expect_told(test, neighbours, RTM_DELNEIGH);
	expect_silence(test, ipv6);
	expect_silence(test, ipv4);
	expect_silence(test, rules);
}

/* ---- requests that are none ---- */

static void change__is_refused(struct kunit *test)
{
	const struct ifaddrmsg ifm = { .ifa_family = AF_INET };
	u16 type;

	nst_wire_create_ipv4(test);
	for (type = RTM_BASE; type <= RTM_MAX; type++) {
		struct question q = question(type, 0, &ifm, sizeof(ifm));

		if ((type - RTM_BASE) % 4 == 2)
			continue;
		KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, ask(test, &q)->error);
	}
}

static void unknown__is_refused(struct kunit *test)
{
	const struct rtgenmsg family = {};
	struct question q = question(RTM_GETNEXTHOP, NLM_F_DUMP, &family,
				     sizeof(family));

	nst_wire_create(test);
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, ask(test, &q)->error);
	q = question(RTM_BASE - 1 + 0x1000, 0, &family, sizeof(family));
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, ask(test, &q)->error);
	q = question(NLMSG_MIN_TYPE - 1 + 1 + 1000, 0, &family,
		     sizeof(family));
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, ask(test, &q)->error);
	/* without NLM_F_DUMP */
	q = question(RTM_GETADDR, 0, &family, sizeof(family));
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, ask(test, &q)->error);
	q = question(RTM_GETRULE, 0, &family, sizeof(family));
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, ask(test, &q)->error);
}

/* Each is refused when strict checking is on, and only then. */
static void strict__field_of_the_header_must_be_zero(struct kunit *test)
{
	static const struct {
		u16 type;
		u8 size;
		u8 byte; /* of the header, set to 1 */
	} fields[] = {
		{ RTM_GETLINK, sizeof(struct ifinfomsg), 1 },
		{ RTM_GETLINK, sizeof(struct ifinfomsg), 2 },
		{ RTM_GETLINK, sizeof(struct ifinfomsg), 4 },
		{ RTM_GETLINK, sizeof(struct ifinfomsg), 8 },
		{ RTM_GETLINK, sizeof(struct ifinfomsg), 12 },
		{ RTM_GETADDR, sizeof(struct ifaddrmsg), 1 },
		{ RTM_GETADDR, sizeof(struct ifaddrmsg), 2 },
		{ RTM_GETADDR, sizeof(struct ifaddrmsg), 3 },
		{ RTM_GETROUTE, sizeof(struct rtmsg), 1 },
		{ RTM_GETROUTE, sizeof(struct rtmsg), 2 },
		{ RTM_GETROUTE, sizeof(struct rtmsg), 3 },
		{ RTM_GETROUTE, sizeof(struct rtmsg), 6 },
		{ RTM_GETROUTE, sizeof(struct rtmsg), 8 },
		{ RTM_GETNEIGH, sizeof(struct ndmsg), 1 },
		{ RTM_GETNEIGH, sizeof(struct ndmsg), 2 },
		{ RTM_GETNEIGH, sizeof(struct ndmsg), 4 },
		{ RTM_GETNEIGH, sizeof(struct ndmsg), 8 },
		{ RTM_GETNEIGH, sizeof(struct ndmsg), 10 },
		{ RTM_GETNEIGH, sizeof(struct ndmsg), 11 },
		{ RTM_GETRULE, sizeof(struct fib_rule_hdr), 1 },
		{ RTM_GETRULE, sizeof(struct fib_rule_hdr), 4 },
		{ RTM_GETRULE, sizeof(struct fib_rule_hdr), 8 },
	};
	unsigned int i;

	nst_wire_create_ipv4(test);
	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		u8 header[16] = {};
		struct question q;

		q = question(fields[i].type, NLM_F_DUMP, header,
			     fields[i].size);
		KUNIT_EXPECT_EQ(test, 0, ask_strictly(test, &q)->error);
		header[fields[i].byte] = 1;
		q = question(fields[i].type, NLM_F_DUMP, header,
			     fields[i].size);
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
				    ask_strictly(test, &q)->error, "%u", i);
		KUNIT_EXPECT_EQ_MSG(test, 0, ask(test, &q)->error, "%u", i);
	}
}

static void strict__unknown_attribute_is_refused(struct kunit *test)
{
	static const struct {
		u16 type;
		u8 size;
	} requests[] = {
		{ RTM_GETLINK, sizeof(struct ifinfomsg) },
		{ RTM_GETADDR, sizeof(struct ifaddrmsg) },
		{ RTM_GETROUTE, sizeof(struct rtmsg) },
		{ RTM_GETNEIGH, sizeof(struct ndmsg) },
		{ RTM_GETRULE, sizeof(struct fib_rule_hdr) },
	};
	unsigned int i;

	nst_wire_create_ipv4(test);
	for (i = 0; i < ARRAY_SIZE(requests); i++) {
		u8 header[16] = {};
		struct question q;

		q = question(requests[i].type, NLM_F_DUMP, header,
			     requests[i].size);
		put(&q, 2, "", 0);
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
				    ask_strictly(test, &q)->error, "%u", i);
		KUNIT_EXPECT_EQ_MSG(test, 0, ask(test, &q)->error, "%u", i);
		/* beyond all that there are */
		q = question(requests[i].type, NLM_F_DUMP, header,
			     requests[i].size);
		put_u32(&q, 1000, 1);
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
				    ask_strictly(test, &q)->error, "%u", i);
		KUNIT_EXPECT_EQ_MSG(test, 0, ask(test, &q)->error, "%u", i);
		/* a header that is cut off */
		q = question(requests[i].type, NLM_F_DUMP, header, 4);
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
				    ask_strictly(test, &q)->error, "%u", i);
		KUNIT_EXPECT_EQ_MSG(test, 0, ask(test, &q)->error, "%u", i);
	}
}

static void request__without_a_stack(struct kunit *test)
{
	struct nst_net *nn = nst_net(&init_net);
	struct question q = link_get(1), all;
	struct nst_stack *stack;

	nst_wire_create(test);
	all = q;
	all.nlh.nlmsg_flags |= NLM_F_DUMP;
	stack = rcu_replace_pointer(nn->stack, NULL, true);
	KUNIT_EXPECT_EQ(test, -ENODEV, ask(test, &q)->error);
	KUNIT_EXPECT_EQ(test, -ENODEV, ask(test, &all)->error);
	rcu_assign_pointer(nn->stack, stack);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(link__is_told),
	KUNIT_CASE(link__tells_what_it_has_carried),
	KUNIT_CASE(link__without_statistics_when_asked),
	KUNIT_CASE(link__is_found_by_name),
	KUNIT_CASE(link__that_is_down),
	KUNIT_CASE(links__all_with_lo),
	KUNIT_CASE(links__of_a_bridge__are_none),
	KUNIT_CASE(address__is_told),
	KUNIT_CASE(address__of_ipv6_with_lifetimes),
	KUNIT_CASE(addresses__ipv4_before_ipv6),
	KUNIT_CASE(addresses__of_a_link_that_is_not_there),
	KUNIT_CASE(dump__goes_on_over_many_messages),
	KUNIT_CASE(dump__says_that_it_was_interrupted),
	KUNIT_CASE(change__is_told_to_its_group),
	KUNIT_CASE(change__is_refused),
	KUNIT_CASE(unknown__is_refused),
	KUNIT_CASE(strict__field_of_the_header_must_be_zero),
	KUNIT_CASE(strict__unknown_attribute_is_refused),
	KUNIT_CASE(request__without_a_stack),
	{}
};

static struct kunit_suite suite = {
	.name = "netstack_rtnetlink",
	.test_cases = cases,
};

kunit_test_suites(&suite);
