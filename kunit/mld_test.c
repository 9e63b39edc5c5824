// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests of netstack/network/mld.c: its messages, and that the machine
 * whose suite is igmp speaks them. A group is named by its last octet,
 * ff05::N, and so is a source, 2001:db8::N.
 */
#include <linux/netstack.h>

#include "../netstack/network/pseudo_sum.h"
#include "group_fixture.h"
#include "wire_ipv6.h"

#define RECORDS_TEXT	256

static const struct in6_addr all_reports = { .s6_addr32 = {
	htonl(0xff020000), 0, 0, htonl(0x16) } };

static union nst_address group6(u8 n)
{
	return (union nst_address) { .word = { htonl(0xff050000), 0, 0,
					       htonl(n) } };
}

static struct nst_group_link *on(struct nst_wire *wire)
{
	struct nst_group_link *found;

	rcu_read_lock();
	found = nst_group_link_rcu(wire->link, AF_INET6);
	rcu_read_unlock();
	return found;
}

static bool expire_changes(struct nst_wire *wire)
{
	return nst_wire_expire(&on(wire)->change_timer);
}

static bool expire_group(struct nst_wire *wire, u8 n)
{
	union nst_address address = group6(n);
	struct nst_group *group;

	rcu_read_lock();
	group = nst_group_find(on(wire), &address);
	rcu_read_unlock();
	return group && nst_wire_expire(&group->timer);
}

/* A wire whose own groups, those of its addresses, have been told. */
static struct nst_wire *wire_mld(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);

	wire->stack->config.mld_qrv = 2;
	wire->mld = true;
	return wire;
}

/* A filter in words, with sources of IPv6. */
static struct nst_group_filter *filter6(struct kunit *test, const char *words)
{
	struct nst_group_filter *filter = group_filter(test, words);
	u32 i;

	for (i = 0; filter && i < filter->count; i++) {
		u32 n = ntohl(filter->sources[i].v4) & 0xff;

		filter->sources[i] = (union nst_address) { .word = {
			htonl(0x20010db8), 0, 0, htonl(n) } };
	}
	return filter;
}

static void change(struct nst_wire *wire, u8 n, const char *old,
		   const char *new)
{
	union nst_address address = group6(n);

	mutex_lock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(wire->test, 0,
			nst_group_change(wire->link, AF_INET6, &address,
					 filter6(wire->test, old),
					 filter6(wire->test, new)));
	mutex_unlock(&wire->stack->config_mutex);
}

/*
 * The next message: RFC 3810 5: hop limit 1, router alert, a link-local
 * source. skb->data is at its ICMPv6 header.
 */
static struct sk_buff *expect_message(struct nst_wire *wire, u8 type,
				      const struct in6_addr *daddr)
{
	static const u8 options[] = { IPPROTO_ICMPV6, 0, 5, 2, 0, 0, 1, 0 };
	struct sk_buff *skb = nst_wire_expect_ipv6(wire, IPPROTO_HOPOPTS);
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);
	struct kunit *test = wire->test;
	union nst_address from, to;
	__wsum sum;

	KUNIT_EXPECT_EQ(test, 1, ip6->hop_limit);
	NST_EXPECT_IN6_EQ(test, &nst_wire_local_ll, &ip6->saddr);
	NST_EXPECT_IN6_EQ(test, daddr, &ip6->daddr);
	KUNIT_ASSERT_GE(test, skb->len, 8u + 24u - 16u);
	KUNIT_EXPECT_EQ(test, 0, memcmp(skb->data, options, 8));
	__skb_pull(skb, 8);
	KUNIT_EXPECT_EQ(test, type, skb->data[0]);
	from = nst_address_v6(&ip6->saddr);
	to = nst_address_v6(&ip6->daddr);
	sum = nst_pseudo_sum(AF_INET6, &from, &to, skb->len, IPPROTO_ICMPV6);
	sum = csum_partial(skb->data, skb->len, sum);
	KUNIT_EXPECT_EQ(test, 0, (__force int)csum_fold(sum));
	return skb;
}

/* The records of the next report of version 2, as words. */
static void read_report(struct nst_wire *wire, char *text)
{
	static const char * const names[] = { "?", "is_in", "is_ex", "to_in",
					      "to_ex", "allow", "block" };
	struct sk_buff *skb = expect_message(wire, ICMPV6_MLD2_REPORT,
					     &all_reports);
	const u8 *at = skb->data + 8, *end = skb->data + skb->len;
	unsigned int records = skb->data[6] << 8 | skb->data[7];
	unsigned int used = 0, sources, i;

	for (i = 0; i < records; i++) {
		KUNIT_ASSERT_LE(wire->test, 20l, (long)(end - at));
		used += scnprintf(text + used, RECORDS_TEXT - used, "%s%s %u",
				  i ? "; " : "", names[at[0] <= 6 ? at[0] : 0],
				  at[19]);
		sources = at[2] << 8 | at[3];
		for (at += 20; sources--; at += 16)
			used += scnprintf(text + used, RECORDS_TEXT - used,
					  " %u", at[15]);
	}
	KUNIT_EXPECT_PTR_EQ(wire->test, at, end);
}

#define expect_report(wire, words) do {					\
	char text_[RECORDS_TEXT] = "";					\
									\
	read_report(wire, text_);					\
	KUNIT_EXPECT_STREQ((wire)->test, (const char *)text_, words);	\
} while (0)

/* A message of version 1. */
static void expect_old(struct nst_wire *wire, u8 type, u8 n)
{
	static const struct in6_addr all_routers = { .s6_addr32 = {
		htonl(0xff020000), 0, 0, htonl(2) } };
	union nst_address group = group6(n);
	struct sk_buff *skb;

	skb = expect_message(wire, type, type == ICMPV6_MGM_REDUCTION ?
			     &all_routers : &group.v6);
	KUNIT_EXPECT_EQ(wire->test, 24u, skb->len);
	NST_EXPECT_IN6_EQ(wire->test, &group.v6,
			  (const struct in6_addr *)(skb->data + 8));
}

/**
 * struct message - an MLD message of the test
 * @type: default a query
 * @code: maximum response code
 * @n: group, 0 for a general query
 * @length: bytes, default 28 and the sources
 * @qrv: robustness variable
 * @source: a source, 0 for none
 * @count: number of sources in the header, default those there are
 * @saddr: default nst_wire_peer_ll
 * @hop_limit: default 1
 * @no_alert: without router alert
 */
struct message {
	u8 type;
	u16 code;
	u8 n;
	u8 length;
	u8 qrv;
	u8 source;
	u16 count;
	const struct in6_addr *saddr;
	u8 hop_limit;
	bool no_alert;
};

static struct sk_buff *message_frame(struct kunit *test,
				     const struct message *message)
{
	static const u8 alert[] = { 5, 2, 0, 0, 1, 0 };
	static const u8 padding[] = { 1, 4, 0, 0, 0, 0 };
	const struct in6_addr *saddr = message->saddr ?: &nst_wire_peer_ll;
	union nst_address group = group6(message->n);
	u8 data[24 + 16] = {};
	struct sk_buff *skb;

	if (!message->n)
		group.v6 = nst_wire_all_nodes;
	else
		memcpy(data, &group, 16);
	data[16] = message->qrv;
	data[19] = message->count ?: !!message->source;
	if (message->source) {
		data[20] = 0x20;
		data[21] = 0x01;
		data[22] = 0x0d;
		data[23] = 0xb8;
		data[35] = message->source;
	}
	skb = nst_build_payload(test, data, message->length ?
				message->length - 8 :
				20 + 16 * !!message->source);
	nst_build_icmpv6(skb, &(struct nst_build_icmpv6) {
			.type = message->type ?: ICMPV6_MGM_QUERY,
			.rest = (u32)message->code << 16,
			.saddr = saddr, .daddr = &group.v6 });
	nst_build_extension(skb, IPPROTO_ICMPV6,
			    message->no_alert ? padding : alert, 6);
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
			.saddr = saddr, .daddr = &group.v6,
			.nexthdr = IPPROTO_HOPOPTS,
			.hop_limit = message->hop_limit ?: 1 });
	return skb;
}

static void inject(struct nst_wire *wire, struct message message)
{
	nst_wire_inject(wire, message_frame(wire->test, &message));
}

/* RFC 3810 6.1 */
static void change__is_reported_twice(struct kunit *test)
{
	static const struct {
		const char *old;
		const char *new;
		const char *report;
	} changes[] = {
		{ "-", "ex", "to_ex 1" },
		{ "ex", "ex 7", "block 1 7" },
		{ "ex 7", "in 7 8", "to_in 1 7 8" },
		{ "in 7 8", "in 8 9", "allow 1 9; block 1 7" },
		{ "in 8 9", "-", "block 1 8 9" },
	};
	struct nst_wire *wire = wire_mld(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(changes); i++) {
		change(wire, 1, changes[i].old, changes[i].new);
		expect_report(wire, changes[i].report);
		KUNIT_EXPECT_TRUE(test, expire_changes(wire));
		expect_report(wire, changes[i].report);
		KUNIT_EXPECT_FALSE(test, expire_changes(wire));
	}
	nst_wire_expect_nothing(wire);
}

static int option6(struct socket *sock, int optname, const void *value,
		   unsigned int len)
{
	return nst_ipv6_setsockopt(sock->sk, SOL_IPV6, optname,
				   KERNEL_SOCKPTR((void *)value), len);
}

static int join6(struct socket *sock, int optname, u8 n)
{
	struct ipv6_mreq mreq = {
		.ipv6mr_multiaddr = group6(n).v6,
		.ipv6mr_ifindex = NST_WIRE_INDEX,
	};

	return option6(sock, optname, &mreq, sizeof(mreq));
}

/* One of the options about one source, 2001:db8::@source. */
static int source6(struct socket *sock, int optname, u8 n, u8 source)
{
	struct group_source_req req = { .gsr_interface = NST_WIRE_INDEX };
	struct sockaddr_in6 *from = (void *)&req.gsr_source;
	struct sockaddr_in6 *to = (void *)&req.gsr_group;

	to->sin6_family = AF_INET6;
	to->sin6_addr = group6(n).v6;
	from->sin6_family = AF_INET6;
	from->sin6_addr.s6_addr32[0] = htonl(0x20010db8);
	from->sin6_addr.s6_addr32[3] = htonl(source);
	return option6(sock, optname, &req, sizeof(req));
}

/* RFC 3678 5, RFC 3810 6.1: what a program asks for is what routers hear. */
static void program__filter_is_reported(struct kunit *test)
{
	struct nst_wire *wire = wire_mld(test);
	struct socket *sock = sock_make_protocol(test, SOCK_DGRAM,
						 NETSTACK_IPV6);
	const struct {
		int optname;
		u8 source;
		const char *report;
	} steps[] = {
		{ IPV6_ADD_MEMBERSHIP, 0, "to_ex 1" },
		{ MCAST_BLOCK_SOURCE, 7, "block 1 7" },
		{ MCAST_UNBLOCK_SOURCE, 7, "allow 1 7" },
		{ IPV6_DROP_MEMBERSHIP, 0, "to_in 1" },
		{ MCAST_JOIN_SOURCE_GROUP, 7, "allow 1 7" },
		{ MCAST_JOIN_SOURCE_GROUP, 8, "allow 1 8" },
		{ MCAST_LEAVE_SOURCE_GROUP, 7, "block 1 7" },
		{ MCAST_LEAVE_SOURCE_GROUP, 8, "block 1 8" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		KUNIT_EXPECT_EQ(test, 0, steps[i].source ?
				source6(sock, steps[i].optname, 1,
					steps[i].source) :
				join6(sock, steps[i].optname, 1));
		expect_report(wire, steps[i].report);
		KUNIT_EXPECT_TRUE(test, expire_changes(wire));
		expect_report(wire, steps[i].report);
	}
	nst_wire_expect_nothing(wire);
}

static void program__memberships_are_bounded(struct kunit *test)
{
	struct nst_wire *wire = wire_mld(test);
	struct socket *sock = sock_make_protocol(test, SOCK_DGRAM,
						 NETSTACK_IPV6);

	wire->stack->config.mld_max_memberships = 2;
	wire->stack->config.igmp_max_memberships = 0;
	KUNIT_EXPECT_EQ(test, 0, join6(sock, IPV6_ADD_MEMBERSHIP, 1));
	KUNIT_EXPECT_EQ(test, 0, join6(sock, IPV6_ADD_MEMBERSHIP, 2));
	nst_wire_discard(wire);
	KUNIT_EXPECT_EQ(test, -ENOMEM, join6(sock, IPV6_ADD_MEMBERSHIP, 3));
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, 0, join6(sock, IPV6_DROP_MEMBERSHIP, 1));
	nst_wire_discard(wire);
	KUNIT_EXPECT_EQ(test, 0, join6(sock, IPV6_ADD_MEMBERSHIP, 3));
	nst_wire_discard(wire);
}

/* RFC 4862 5.4.2, RFC 3590: the groups of an address, before it has one. */
static void address__joins_its_solicited_node_group(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6_bare(test);
	struct sk_buff *skb;

	wire->mld = true;
	KUNIT_EXPECT_EQ(test, 0, nst_wire_add_address6(wire->link,
						       &nst_wire_local_ll, 64,
						       true));
	skb = nst_wire_expect_ipv6(wire, IPPROTO_HOPOPTS);
	NST_EXPECT_IN6_EQ(test, &nst_wire_any6, &ipv6_hdr(skb)->saddr);
	NST_EXPECT_IN6_EQ(test, &all_reports, &ipv6_hdr(skb)->daddr);
	/* ff02::1:ff00:1 */
	KUNIT_EXPECT_EQ(test, NST_GROUP_TO_EXCLUDE, skb->data[16]);
	KUNIT_EXPECT_EQ(test, 0xff, skb->data[16 + 4 + 12]);
}

static void report__not_of_what_stays_on_the_interface(struct kunit *test)
{
	struct nst_wire *wire = wire_mld(test);
	union nst_address group = { .word = { htonl(0xff010000), 0, 0,
					      htonl(0x99) } };

	mutex_lock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, 0, nst_group_configure(wire->link, AF_INET6,
						     &group, true));
	mutex_unlock(&wire->stack->config_mutex);
	nst_wire_expect_nothing(wire);
}

static void query__is_answered_in_time(struct kunit *test)
{
	struct nst_wire *wire = wire_mld(test);
	unsigned long since = jiffies;

	change(wire, 1, "-", "in 7 8");
	while (expire_changes(wire))
		;
	nst_wire_discard(wire);
	inject(wire, (struct message) { .code = 10000, .qrv = 2 });
	nst_wire_expect_due(wire, &on(wire)->answer_timer, since, 0, 10000);
	KUNIT_EXPECT_TRUE(test, nst_wire_expire(&on(wire)->answer_timer));
	/* The solicited-node group of both addresses is one. */
	expect_report(wire, "is_ex 1; is_in 1 7 8");

	inject(wire, (struct message) { .code = 1000, .n = 1, .source = 7 });
	KUNIT_EXPECT_TRUE(test, expire_group(wire, 1));
	expect_report(wire, "is_in 1 7");
	nst_wire_expect_nothing(wire);
}

static const struct refused {
	const char *name;
	enum nst_drop_reason reason;
	struct message message;
} refused[] = {
	{ "hop limit 2", NST_DROP_MLD_FORGED, { .hop_limit = 2 } },
	{ "no router alert", NST_DROP_MLD_FORGED, { .no_alert = true } },
	{ "source from afar", NST_DROP_MLD_FORGED,
	  { .saddr = &nst_wire_peer6 } },
	{ "23 octets", NST_DROP_MLD_SHORT, { .length = 23 } },
	{ "25 octets", NST_DROP_MLD_SHORT, { .length = 25 } },
	{ "27 octets", NST_DROP_MLD_SHORT, { .length = 27 } },
	{ "one source short", NST_DROP_MLD_SHORT, { .n = 1, .count = 1 } },
	{ "sources of no group", NST_DROP_MLD_FORGED, { .source = 7 } },
	{ "report from afar", NST_DROP_MLD_FORGED,
	  { .type = ICMPV6_MGM_REPORT, .length = 24, .n = 1,
	    .hop_limit = 64 } },
	{ "short report", NST_DROP_MLD_SHORT,
	  { .type = ICMPV6_MGM_REPORT, .length = 16, .n = 1 } },
	{ "report of version 2", NST_DROP_ICMP_IGNORED,
	  { .type = ICMPV6_MLD2_REPORT } },
};

static void refused_name(const struct refused *r, char *name)
{
	strscpy(name, r->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(refused, refused, refused_name);

static void receive__refuses(struct kunit *test)
{
	const struct refused *r = test->param_value;
	struct nst_wire *wire = wire_mld(test);

	change(wire, 1, "-", "ex");
	while (expire_changes(wire))
		;
	nst_wire_discard(wire);
	nst_wire_inject_dropped(wire, message_frame(test, &r->message),
				r->reason);
	KUNIT_EXPECT_FALSE(test, nst_wire_expire(&on(wire)->answer_timer));
	KUNIT_EXPECT_FALSE(test, expire_group(wire, 1));
	KUNIT_EXPECT_EQ(test, 2, nst_group_version(on(wire)));
}

/* RFC 3810 8.2.1, RFC 2710 4 */
static void v1__join_answer_and_leave(struct kunit *test)
{
	struct nst_wire *wire = wire_mld(test);
	unsigned long since = jiffies;

	inject(wire, (struct message) { .code = 1000, .length = 24 });
	KUNIT_EXPECT_EQ(test, 1, nst_group_version(on(wire)));
	change(wire, 1, "-", "in 7");
	expect_old(wire, ICMPV6_MGM_REPORT, 1);
	KUNIT_EXPECT_TRUE(test, expire_group(wire, 1));
	expect_old(wire, ICMPV6_MGM_REPORT, 1);
	/* 2 times 125 s and what the query allows. */
	KUNIT_EXPECT_TRUE(test, time_in_range(on(wire)->old_until[0],
					      since + 251 * HZ,
					      jiffies + 251 * HZ));
	change(wire, 1, "in 7", "-");
	expect_old(wire, ICMPV6_MGM_REDUCTION, 1);
}

static void v1__report_of_another_is_enough(struct kunit *test)
{
	static const struct message report = {
		.type = ICMPV6_MGM_REPORT, .length = 24, .n = 1,
	};
	struct nst_wire *wire = wire_mld(test);

	wire->stack->config.force_mld_version = 1;
	change(wire, 1, "-", "ex");
	expect_old(wire, ICMPV6_MGM_REPORT, 1);
	inject(wire, report);
	KUNIT_EXPECT_FALSE(test, expire_group(wire, 1));
	change(wire, 1, "ex", "-");
	nst_wire_expect_nothing(wire);
}

/* A report might not even fit there. */
static void report__not_on_a_link_without_ipv6(struct kunit *test)
{
	struct nst_wire *wire = wire_mld(test);

	wire->link->mtu = 68;
	change(wire, 1, "-", "ex");
	change(wire, 2, "-", "in 1 2 3 4");
	KUNIT_EXPECT_FALSE(test, expire_changes(wire));
	nst_wire_expect_nothing(wire);
	wire->link->mtu = 1500;
	change(wire, 2, "in 1 2 3 4", "-");
	change(wire, 1, "ex", "-");
	nst_wire_discard(wire);
}

static struct kunit_case mld_cases[] = {
	KUNIT_CASE(change__is_reported_twice),
	KUNIT_CASE(program__filter_is_reported),
	KUNIT_CASE(program__memberships_are_bounded),
	KUNIT_CASE(address__joins_its_solicited_node_group),
	KUNIT_CASE(report__not_of_what_stays_on_the_interface),
	KUNIT_CASE(report__not_on_a_link_without_ipv6),
	KUNIT_CASE(query__is_answered_in_time),
	KUNIT_CASE_PARAM(receive__refuses, refused_gen_params),
	KUNIT_CASE(v1__join_answer_and_leave),
	KUNIT_CASE(v1__report_of_another_is_enough),
	{}
};

static struct kunit_suite mld_suite = {
	.name = "netstack_mld",
	.test_cases = mld_cases,
};

kunit_test_suite(mld_suite);
