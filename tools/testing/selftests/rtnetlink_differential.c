// SPDX-License-Identifier: GPL-2.0
/*
 * The same requests of rtnetlink(7) to the host (NETLINK_ROUTE) and to a stack
 * (NETLINK_NETSTACK) that are set up alike: the same messages come back, but
 * for what is listed here, and the same errors.
 *
 * guest: stock timeout=120
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/netstack.h>
#include <linux/rtnetlink.h>

#include "kselftest_harness.h"

#define MESSAGES	64
#define TEXT		4096

struct request {
	struct nlmsghdr nl;
	uint8_t body[256];
};

/* The messages of an answer as lines of text, sorted. */
struct answer {
	int error;
	unsigned int count;
	char *text[MESSAGES];
};

/**
 * struct kind - messages that are compared
 * @header: bytes of their header
 * @ignored: bits of attributes that one side has and the other has not, or
 *	whose values differ
 * @ignored_bytes: bits of bytes of the header that differ
 */
struct kind {
	size_t header;
	uint64_t ignored;
	uint32_t ignored_bytes;
};

#define BIT(n)	(1ULL << (n))

/*
 * A stack has no queues, XDP, aliases, maps and device counters of its
 * carrier; its station is its own. The host's state follows the carrier late.
 */
static const struct kind link_kind = {
	sizeof(struct ifinfomsg),
	BIT(IFLA_ADDRESS) | BIT(IFLA_STATS) | BIT(IFLA_STATS64) |
	BIT(IFLA_OPERSTATE) |
	BIT(IFLA_MAP) | BIT(IFLA_XDP) | BIT(IFLA_AF_SPEC) |
	BIT(IFLA_PROTO_DOWN) | BIT(IFLA_CARRIER_CHANGES) |
	BIT(IFLA_CARRIER_UP_COUNT) | BIT(IFLA_CARRIER_DOWN_COUNT) |
	BIT(IFLA_GSO_MAX_SIZE) | BIT(IFLA_NUM_TX_QUEUES) |
	BIT(IFLA_NUM_RX_QUEUES) | BIT(IFLA_LINKINFO) |
	BIT(58 /* IFLA_GRO_MAX_SIZE */) | BIT(59 /* IFLA_TSO_MAX_SIZE */) |
	BIT(60 /* IFLA_TSO_MAX_SEGS */),
	0
};

/* Besides, that of the stack is as large as an IPv4 packet. */
static const struct kind lo_kind = {
	sizeof(struct ifinfomsg),
	link_kind.ignored | BIT(IFLA_ADDRESS) | BIT(IFLA_MTU) |
	BIT(IFLA_MIN_MTU) | BIT(IFLA_MAX_MTU),
	0
};

/* Stamps differ; 127.0.0.0/8 has a broadcast address in a stack. */
static const struct kind address_kind = {
	sizeof(struct ifaddrmsg), BIT(IFA_CACHEINFO), 0
};

static const struct kind lo_address_kind = {
	sizeof(struct ifaddrmsg), BIT(IFA_CACHEINFO) | BIT(IFA_BROADCAST), 0
};

static const struct kind route_kind = { sizeof(struct rtmsg), 0, 0 };

/*
 * IPv6: a stack tells no source that it was not asked for, and its routes of
 * addresses have the metric 0. IPv4: the host says another table as long as it
 * has its first rules. Counts of users.
 */
static const struct kind lookup_kind = {
	sizeof(struct rtmsg),
	BIT(RTA_CACHEINFO) | BIT(RTA_TABLE),
	BIT(offsetof(struct rtmsg, rtm_table))
};

static const struct kind lookup6_kind = {
	sizeof(struct rtmsg),
	BIT(RTA_CACHEINFO) | BIT(RTA_SRC) | BIT(RTA_PRIORITY),
	BIT(offsetof(struct rtmsg, rtm_src_len))
};

static const struct kind neighbour_kind = {
	sizeof(struct ndmsg), BIT(NDA_CACHEINFO), 0
};

static const struct kind rule_kind = { sizeof(struct fib_rule_hdr), 0, 0 };

static void begin(struct request *r, uint16_t type, uint16_t flags,
		  const void *header, size_t size)
{
	memset(r, 0, sizeof(*r));
	r->nl.nlmsg_len = NLMSG_LENGTH(size);
	r->nl.nlmsg_type = type;
	r->nl.nlmsg_flags = NLM_F_REQUEST | flags;
	memcpy(r->body, header, size);
}

static void put(struct request *r, uint16_t type, const void *data, size_t len)
{
	struct nlattr *attr =
		(void *)((uint8_t *)r + NLMSG_ALIGN(r->nl.nlmsg_len));

	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + len;
	memcpy((uint8_t *)attr + NLA_HDRLEN, data, len);
	r->nl.nlmsg_len = (uint8_t *)attr - (uint8_t *)r +
			  NLA_ALIGN(attr->nla_len);
}

static void put_u32(struct request *r, uint16_t type, uint32_t value)
{
	put(r, type, &value, sizeof(value));
}

static void put_address(struct request *r, uint16_t type, const char *text)
{
	uint8_t address[16];

	if (inet_pton(AF_INET, text, address) == 1)
		put(r, type, address, 4);
	else if (inet_pton(AF_INET6, text, address) == 1)
		put(r, type, address, 16);
}

static int open_unit(int unit, int strict)
{
	struct timeval patience = { .tv_sec = 5 };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, unit);

	setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &strict,
		   sizeof(strict));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

static int compare_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *put_bytes(char *at, const uint8_t *bytes, size_t len)
{
	while (len--)
		at += sprintf(at, "%02x", *bytes++);
	return at;
}

/* Header and attributes by type, without what is ignored. */
static char *describe(const struct nlmsghdr *nl, const struct kind *kind)
{
	uint16_t flags = nl->nlmsg_flags & ~(NLM_F_DUMP_INTR);
	const uint8_t *end = (const uint8_t *)nl + nl->nlmsg_len;
	const uint8_t *header = NLMSG_DATA(nl);
	char *text = malloc(TEXT), *at = text;
	int type;

	at += sprintf(at, "%u flags %x ", nl->nlmsg_type, flags);
	for (size_t i = 0; i < kind->header; i++)
		at += kind->ignored_bytes >> i & 1 ? sprintf(at, "..") :
						     sprintf(at, "%02x", header[i]);
	for (type = 0; type < 64; type++) {
		const uint8_t *next = header + NLMSG_ALIGN(kind->header);

		while (next + NLA_HDRLEN <= end) {
			const struct nlattr *attr = (const void *)next;

			if ((attr->nla_type & NLA_TYPE_MASK) == type &&
			    !(kind->ignored >> type & 1)) {
				at += sprintf(at, " %d=", type);
				at = put_bytes(at, next + NLA_HDRLEN,
					       attr->nla_len - NLA_HDRLEN);
			}
			next += NLA_ALIGN(attr->nla_len);
		}
	}
	return text;
}

/* Return: whether there was an answer. */
static bool ask(int fd, const struct request *r, const struct kind *kind,
		struct answer *answer)
{
	static uint8_t buffer[65536];
	bool dump = r->nl.nlmsg_flags & NLM_F_DUMP, more = true;

	memset(answer, 0, sizeof(*answer));
	if (send(fd, r, r->nl.nlmsg_len, 0) < 0)
		return false;
	while (more) {
		ssize_t got = recv(fd, buffer, sizeof(buffer), 0);
		struct nlmsghdr *nl = (void *)buffer;

		if (got <= 0)
			return false;
		for (; more && NLMSG_OK(nl, got); nl = NLMSG_NEXT(nl, got)) {
			if (nl->nlmsg_type == NLMSG_ERROR ||
			    nl->nlmsg_type == NLMSG_DONE) {
				answer->error = *(int *)NLMSG_DATA(nl);
				more = false;
			} else if (answer->count < MESSAGES) {
				if (kind)
					answer->text[answer->count++] =
						describe(nl, kind);
				more = dump;
			}
		}
	}
	qsort(answer->text, answer->count, sizeof(*answer->text),
	      compare_text);
	return true;
}

static void forget(struct answer *answer)
{
	while (answer->count)
		free(answer->text[--answer->count]);
}

FIXTURE(rtnetlink)
{
	int host;
	int stack;
	int host_strict;
	int stack_strict;
	int wire;
};

static bool run(const char *command)
{
	return !system(command);
}

FIXTURE_SETUP(rtnetlink)
{
	static const char *const once[] = {
		"ip link set lo up",
		"ip link add wire type netstack",
		"ip link set wire up",
		"ip addr add 10.1.0.1/24 brd + dev wire",
		"ip addr add 2001:db8::1/64 dev wire nodad",
		"nsctl addr add 10.1.0.1/24 dev wire noprobe",
		"nsctl addr add 2001:db8::1/64 dev wire noprobe",
		"ip rule add from 10.1.0.0/24 lookup 100 priority 50 protocol boot",
		"nsctl rule add from 10.1.0.0/24 lookup 100 priority 50",
		"ip rule add fwmark 5/7 lookup 1000 priority 60 protocol boot",
		"nsctl rule add fwmark 5/7 lookup 1000 priority 60",
	};
	static const char *const both[] = {
		"route add 10.2.0.0/16 via 10.1.0.9 dev wire metric 7 mtu 1400",
		"route add blackhole 10.3.0.0/16",
		"route add 10.4.0.0/16 dev wire table 100",
		"route add 10.5.0.0/16 nexthop via 10.1.0.9 dev wire weight 2 nexthop via 10.1.0.10 dev wire weight 1",
		"route add 10.6.0.0/16 dev wire table 1000",
		"route add 2001:db8:1::/48 via 2001:db8::9 dev wire metric 1024",
		"neigh add 10.1.0.9 lladdr 02:00:00:00:00:09 dev wire nud permanent",
		"neigh add 2001:db8::9 lladdr 02:00:00:00:00:09 dev wire nud permanent",
	};
	char command[256];

	ASSERT_EQ(0, unshare(CLONE_NEWNET));
	for (size_t i = 0; i < sizeof(once) / sizeof(*once); i++) {
		ASSERT_TRUE(run(once[i])) {
			TH_LOG("%s", once[i]);
		}
	}
	for (size_t i = 0; i < sizeof(both) / sizeof(*both); i++) {
		snprintf(command, sizeof(command), "ip %s%s", both[i],
			 strstr(both[i], "route") ? " protocol static" : "");
		/* Attributes come before the next hops. */
		if (strstr(both[i], "nexthop"))
			snprintf(command, sizeof(command),
				 "ip route add 10.5.0.0/16 proto static %s",
				 strstr(both[i], "nexthop"));
		ASSERT_TRUE(run(command)) TH_LOG("%s", command);
		snprintf(command, sizeof(command), "nsctl %s", both[i]);
		ASSERT_TRUE(run(command)) TH_LOG("%s", command);
	}
	self->host = open_unit(NETLINK_ROUTE, 0);
	self->stack = open_unit(NETLINK_NETSTACK, 0);
	self->host_strict = open_unit(NETLINK_ROUTE, 1);
	self->stack_strict = open_unit(NETLINK_NETSTACK, 1);
	ASSERT_LE(0, self->stack);
	self->wire = if_nametoindex("wire");
}

FIXTURE_TEARDOWN(rtnetlink)
{
	close(self->host);
	close(self->stack);
	close(self->host_strict);
	close(self->stack_strict);
}

/* @least: so many messages there are. */
#define EXPECT_SAME(host_, stack_, r, kind, least, what) do {		\
	struct answer _host, _stack;					\
									\
	ASSERT_TRUE(ask(host_, r, kind, &_host));			\
	ASSERT_TRUE(ask(stack_, r, kind, &_stack));			\
	EXPECT_EQ(_host.error, _stack.error) TH_LOG("%s", what);	\
	EXPECT_EQ(_host.count, _stack.count) TH_LOG("%s", what);	\
	EXPECT_LE((unsigned int)(least), _stack.count)			\
		TH_LOG("%s", what);					\
	for (unsigned int _i = 0; _i < _host.count &&			\
	     _i < _stack.count; _i++) {					\
		EXPECT_STREQ(_host.text[_i], _stack.text[_i])		\
			TH_LOG("%s\n host  %s\n stack %s", what,	\
			       _host.text[_i], _stack.text[_i]);	\
	}								\
	forget(&_host);							\
	forget(&_stack);						\
} while (0)

TEST_F(rtnetlink, link)
{
	struct ifinfomsg ifm = { .ifi_index = self->wire };
	struct request r;

	begin(&r, RTM_GETLINK, 0, &ifm, sizeof(ifm));
	EXPECT_SAME(self->host, self->stack, &r, &link_kind, 1, "wire");
	put_u32(&r, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	EXPECT_SAME(self->host_strict, self->stack_strict, &r, &link_kind, 1,
		    "wire, strict");
	ifm.ifi_index = 1;
	begin(&r, RTM_GETLINK, 0, &ifm, sizeof(ifm));
	EXPECT_SAME(self->host, self->stack, &r, &lo_kind, 1, "lo");
	ifm.ifi_index = 0;
	begin(&r, RTM_GETLINK, 0, &ifm, sizeof(ifm));
	put(&r, IFLA_IFNAME, "wire", 5);
	EXPECT_SAME(self->host, self->stack, &r, &link_kind, 1, "by name");
	begin(&r, RTM_GETLINK, 0, &ifm, sizeof(ifm));
	put(&r, IFLA_IFNAME, "none", 5);
	EXPECT_SAME(self->host, self->stack, &r, &link_kind, 0, "no name");
	begin(&r, RTM_GETLINK, 0, &ifm, sizeof(ifm));
	EXPECT_SAME(self->host, self->stack, &r, &link_kind, 0, "unnamed");
}

TEST_F(rtnetlink, links)
{
	struct ifinfomsg ifm = { 0 };
	struct rtgenmsg family = { .rtgen_family = AF_PACKET };
	struct request r;

	begin(&r, RTM_GETLINK, NLM_F_DUMP, &ifm, sizeof(ifm));
	EXPECT_SAME(self->host_strict, self->stack_strict, &r, &lo_kind, 2,
		    "all, strict");
	put_u32(&r, IFLA_MASTER, 5);
	EXPECT_SAME(self->host_strict, self->stack_strict, &r, &lo_kind, 0,
		    "of a master");
	begin(&r, RTM_GETLINK, NLM_F_DUMP, &family, sizeof(family));
	EXPECT_SAME(self->host, self->stack, &r, &lo_kind, 2, "all");
	family.rtgen_family = AF_BRIDGE;
	begin(&r, RTM_GETLINK, NLM_F_DUMP, &family, sizeof(family));
	EXPECT_SAME(self->host, self->stack, &r, &lo_kind, 0, "of a bridge");
}

TEST_F(rtnetlink, addresses)
{
	struct ifaddrmsg ifm = {
		.ifa_family = AF_INET,
		.ifa_index = self->wire,
	};
	struct request r;

	begin(&r, RTM_GETADDR, NLM_F_DUMP, &ifm, sizeof(ifm));
	EXPECT_SAME(self->host_strict, self->stack_strict, &r, &address_kind,
		    1, "IPv4 of the wire");
	ifm.ifa_index = 1;
	begin(&r, RTM_GETADDR, NLM_F_DUMP, &ifm, sizeof(ifm));
	EXPECT_SAME(self->host_strict, self->stack_strict, &r,
		    &lo_address_kind, 1, "IPv4 of lo");
	ifm.ifa_family = AF_INET6;
	begin(&r, RTM_GETADDR, NLM_F_DUMP, &ifm, sizeof(ifm));
	EXPECT_SAME(self->host_strict, self->stack_strict, &r,
		    &lo_address_kind, 1, "IPv6 of lo");
	ifm.ifa_family = AF_UNSPEC;
	begin(&r, RTM_GETADDR, NLM_F_DUMP, &ifm, sizeof(ifm));
	EXPECT_SAME(self->host_strict, self->stack_strict, &r,
		    &lo_address_kind, 2, "both of lo");
	ifm.ifa_index = 99;
	begin(&r, RTM_GETADDR, NLM_F_DUMP, &ifm, sizeof(ifm));
	EXPECT_SAME(self->host_strict, self->stack_strict, &r, &address_kind,
		    0, "of no link");
	ifm.ifa_family = AF_INET;
	begin(&r, RTM_GETADDR, NLM_F_DUMP, &ifm, 1);
	EXPECT_SAME(self->host, self->stack, &r, &lo_address_kind, 2,
		    "IPv4, family alone");
}

TEST_F(rtnetlink, routes)
{
	struct rtmsg rtm = {
		.rtm_family = AF_INET,
		.rtm_protocol = RTPROT_STATIC,
	};
	struct request r;

	begin(&r, RTM_GETROUTE, NLM_F_DUMP, &rtm, sizeof(rtm));
	EXPECT_SAME(self->host_strict, self->stack_strict, &r, &route_kind, 5,
		    "static");
	put_u32(&r, RTA_TABLE, 1000);
	EXPECT_SAME(self->host_strict, self->stack_strict, &r, &route_kind, 1,
		    "static of a table");
	rtm.rtm_family = AF_INET6;
	begin(&r, RTM_GETROUTE, NLM_F_DUMP, &rtm, sizeof(rtm));
	EXPECT_SAME(self->host_strict, self->stack_strict, &r, &route_kind, 1,
		    "static of IPv6");
	rtm.rtm_family = AF_INET;
	rtm.rtm_protocol = 0;
	rtm.rtm_type = RTN_LOCAL;
	begin(&r, RTM_GETROUTE, NLM_F_DUMP, &rtm, sizeof(rtm));
	EXPECT_SAME(self->host_strict, self->stack_strict, &r, &route_kind, 3,
		    "local");
	rtm.rtm_type = 0;
	rtm.rtm_table = RT_TABLE_MAIN;
	begin(&r, RTM_GETROUTE, NLM_F_DUMP, &rtm, sizeof(rtm));
	put_u32(&r, RTA_OIF, self->wire);
	EXPECT_SAME(self->host_strict, self->stack_strict, &r, &route_kind, 3,
		    "through the wire");
	rtm.rtm_table = 200;
	begin(&r, RTM_GETROUTE, NLM_F_DUMP, &rtm, sizeof(rtm));
	EXPECT_SAME(self->host_strict, self->stack_strict, &r, &route_kind, 0,
		    "of no table");
	rtm.rtm_table = RT_TABLE_DEFAULT;
	begin(&r, RTM_GETROUTE, NLM_F_DUMP, &rtm, sizeof(rtm));
	EXPECT_SAME(self->host_strict, self->stack_strict, &r, &route_kind, 0,
		    "of an empty table");
	rtm.rtm_table = 0;
	rtm.rtm_flags = RTM_F_CLONED;
	begin(&r, RTM_GETROUTE, NLM_F_DUMP, &rtm, sizeof(rtm));
	EXPECT_SAME(self->host_strict, self->stack_strict, &r, &route_kind, 0,
		    "path MTUs");
}

TEST_F(rtnetlink, lookup)
{
	/* @bound: by the wire as well, where both find the same. */
	static const struct {
		const char *to;
		bool bound;
		uint32_t mark;
	} lookups[] = {
		{ "10.2.0.1", true, 0 }, { "10.1.0.1", true, 0 },
		{ "10.1.0.255", true, 0 }, { "10.1.0.77", true, 0 },
		{ "10.3.0.1", false, 0 }, { "10.9.9.9", false, 0 },
		{ "127.0.0.1", false, 0 }, { "10.4.0.1", false, 0 },
		{ "10.6.0.1", true, 5 }, { "2001:db8:1::1", true, 0 },
		{ "2001:db8::1", true, 0 }, { "2001:db8::77", true, 0 },
		{ "2001:db8:9::1", true, 0 }, { "::1", false, 0 },
	};

	for (size_t i = 0; i < sizeof(lookups) / sizeof(*lookups); i++) {
		bool ipv6 = strchr(lookups[i].to, ':');
		struct rtmsg rtm = {
			.rtm_family = ipv6 ? AF_INET6 : AF_INET,
			.rtm_dst_len = ipv6 ? 128 : 32,
			.rtm_flags = ipv6 ? 0 : RTM_F_LOOKUP_TABLE,
		};
		const struct kind *kind = ipv6 ? &lookup6_kind : &lookup_kind;
		struct request r;

		begin(&r, RTM_GETROUTE, 0, &rtm, sizeof(rtm));
		put_address(&r, RTA_DST, lookups[i].to);
		if (lookups[i].mark)
			put_u32(&r, RTA_MARK, lookups[i].mark);
		EXPECT_SAME(self->host_strict, self->stack_strict, &r, kind, 0,
			    lookups[i].to);
		if (!lookups[i].bound)
			continue;
		put_u32(&r, RTA_OIF, self->wire);
		EXPECT_SAME(self->host, self->stack, &r, kind, 0,
			    lookups[i].to);
	}
}

TEST_F(rtnetlink, neighbours)
{
	struct ndmsg ndm = { .ndm_family = AF_INET };
	struct request r;

	begin(&r, RTM_GETNEIGH, NLM_F_DUMP, &ndm, sizeof(ndm));
	put_u32(&r, NDA_IFINDEX, self->wire);
	EXPECT_SAME(self->host_strict, self->stack_strict, &r,
		    &neighbour_kind, 1, "of the wire");
	ndm.ndm_ifindex = self->wire;
	begin(&r, RTM_GETNEIGH, 0, &ndm, sizeof(ndm));
	put_address(&r, NDA_DST, "10.1.0.9");
	EXPECT_SAME(self->host_strict, self->stack_strict, &r,
		    &neighbour_kind, 1, "one");
	begin(&r, RTM_GETNEIGH, 0, &ndm, sizeof(ndm));
	put_address(&r, NDA_DST, "10.1.0.99");
	EXPECT_SAME(self->host, self->stack, &r, &neighbour_kind, 0, "none");
	ndm.ndm_family = AF_INET6;
	begin(&r, RTM_GETNEIGH, 0, &ndm, sizeof(ndm));
	put_address(&r, NDA_DST, "2001:db8::9");
	EXPECT_SAME(self->host, self->stack, &r, &neighbour_kind, 1, "IPv6");
}

TEST_F(rtnetlink, rules)
{
	struct fib_rule_hdr rule = { .family = AF_INET };
	struct request r;

	begin(&r, RTM_GETRULE, NLM_F_DUMP, &rule, sizeof(rule));
	EXPECT_SAME(self->host_strict, self->stack_strict, &r, &rule_kind, 5,
		    "IPv4");
	rule.family = AF_INET6;
	begin(&r, RTM_GETRULE, NLM_F_DUMP, &rule, sizeof(rule));
	EXPECT_SAME(self->host, self->stack, &r, &rule_kind, 2, "IPv6");
}

/*
 * Each byte of the header set to 1, a header that is cut off: the same errors,
 * strict or not. With each attribute: refused where the host refuses; which
 * error depends on what else the attribute is for there.
 */
TEST_F(rtnetlink, malformed)
{
	static const struct {
		uint16_t type;
		size_t size;
		const char *name;
	} requests[] = {
		{ RTM_GETLINK, sizeof(struct ifinfomsg), "GETLINK" },
		{ RTM_GETADDR, sizeof(struct ifaddrmsg), "GETADDR" },
		{ RTM_GETROUTE, sizeof(struct rtmsg), "GETROUTE" },
		{ RTM_GETNEIGH, sizeof(struct ndmsg), "GETNEIGH" },
		{ RTM_GETRULE, sizeof(struct fib_rule_hdr), "GETRULE" },
	};
	int hosts[] = { self->host, self->host_strict };
	int stacks[] = { self->stack, self->stack_strict };

	for (unsigned int i = 0; i < 5 * 2 * 2 * 100; i++) {
		unsigned int what = i % 100, flaw = i / 400;
		bool strict = i / 100 % 2, dump = i / 200 % 2;
		uint8_t header[16] = { AF_INET };
		size_t size = requests[flaw].size;
		struct answer host, stack;
		char name[64];
		struct request r;

		snprintf(name, sizeof(name), "%s%s%s %u",
			 requests[flaw].name, dump ? " dump" : "",
			 strict ? " strict" : "", what);
		if (what > 0 && what < size)
			header[what] = 1;
		if (what >= 16 && what < 32)
			size = what % size;
		/* No family, no answer. */
		if (what >= 16 && !size)
			continue;
		begin(&r, requests[flaw].type, dump ? NLM_F_DUMP : 0, header,
		      size);
		if (what < 32) {
			EXPECT_SAME(hosts[strict], stacks[strict], &r, NULL, 0,
				    name);
			continue;
		}
		/* Of use to those who make routes. */
		if (requests[flaw].type == RTM_GETROUTE &&
		    what - 31 == RTA_MULTIPATH)
			continue;
		put(&r, what - 31, "\1\0\0\0", 4);
		ASSERT_TRUE(ask(hosts[strict], &r, NULL, &host));
		ASSERT_TRUE(ask(stacks[strict], &r, NULL, &stack));
		EXPECT_EQ(host.error < 0, stack.error < 0)
			TH_LOG("%s: host %d, stack %d", name, host.error,
			       stack.error);
	}
}

TEST_F(rtnetlink, changes)
{
	struct ifaddrmsg ifm = { .ifa_family = AF_INET };
	struct request r;

	for (uint16_t type = RTM_BASE; type < RTM_BASE + 8 * 4; type++) {
		struct answer answer;

		if (type % 4 == 2)
			continue;
		begin(&r, type, 0, &ifm, sizeof(ifm));
		ASSERT_TRUE(ask(self->stack, &r, NULL, &answer));
		EXPECT_EQ(-EOPNOTSUPP, answer.error);
	}
	ASSERT_EQ(0, setgid(65534));
	ASSERT_EQ(0, setuid(65534));
	for (uint16_t type = RTM_BASE; type < RTM_BASE + 8 * 4; type++) {
		if (type % 4 == 2)
			continue;
		begin(&r, type, 0, &ifm, sizeof(ifm));
		EXPECT_SAME(self->host, self->stack, &r, NULL, 0, "a change");
	}
}

TEST_HARNESS_MAIN
