// SPDX-License-Identifier: GPL-2.0
/*
 * Groups on a stack with two links: what is joined, filtered and sent on the
 * one does not concern the other. Of both families: 239.1.0.1 and ff05::1,
 * sources 10.0.0.N and 2001:db8::N.
 */
#include <linux/netstack.h>

#include "../netstack/network/pseudo_sum.h"
#include "group_fixture.h"
#include "wire_ipv6.h"

static const struct in6_addr group6 = IN6(0xff050000, 0, 0, 1);

/* A stack with both families on the wire and on the second link. */
static struct nst_wire *two_links(struct kunit *test, struct nst_link **second)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);

	wire->quiet = true;
	nst_wire_add_address(wire, NST_WIRE_LOCAL, NST_WIRE_PREFIX_LEN);
	*second = second_link(wire, 0);
	KUNIT_ASSERT_EQ(test, 0, address_add(*second, 0x0a010001, 24, 0));
	nst_wire_discard(wire);
	return wire;
}

static struct socket *receiver(struct kunit *test, u8 family)
{
	struct sockaddr_in6 any = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(GROUP_PORT),
	};
	struct socket *sock;

	if (family == AF_INET)
		return group_receiver(test, 0);
	sock = sock_make_protocol(test, SOCK_DGRAM, NETSTACK_IPV6);
	sock->sk->sk_reuse = 1;
	KUNIT_ASSERT_EQ(test, 0, sock->ops->bind(sock, (void *)&any,
						 sizeof(any)));
	return sock;
}

static void fill_group(u8 family, void *address)
{
	struct sockaddr_in6 *sin6 = address;

	if (family == AF_INET) {
		*(struct sockaddr_in *)address =
			sock_address(GROUP(1), GROUP_PORT);
		return;
	}
	sin6->sin6_family = AF_INET6;
	sin6->sin6_port = htons(GROUP_PORT);
	sin6->sin6_addr = group6;
}

static int option(struct socket *sock, u8 family, int optname,
		  const void *value, unsigned int len)
{
	if (family == AF_INET)
		return group_option(sock, optname, value, len);
	return nst_ipv6_setsockopt(sock->sk, SOL_IPV6, optname,
				   KERNEL_SOCKPTR((void *)value), len);
}

static int group(struct socket *sock, u8 family, int optname, u32 link_index)
{
	struct group_req req = { .gr_interface = link_index };

	fill_group(family, &req.gr_group);
	return option(sock, family, optname, &req, sizeof(req));
}

static int source(struct socket *sock, u8 family, int optname, u32 link_index,
		  u8 n)
{
	struct group_source_req req = { .gsr_interface = link_index };
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)&req.gsr_source;

	fill_group(family, &req.gsr_group);
	if (family == AF_INET) {
		*(struct sockaddr_in *)&req.gsr_source =
			sock_address(SOURCE(n), 0);
	} else {
		sin6->sin6_family = AF_INET6;
		sin6->sin6_addr = (struct in6_addr)IN6(0x20010db8, 0, 0, n);
	}
	return option(sock, family, optname, &req, sizeof(req));
}

/* A datagram to the group from source @n comes in on @link. */
static void inject(struct kunit *test, struct nst_link *link, u8 family, u8 n,
		   const char *text)
{
	struct in6_addr from = IN6(0x20010db8, 0, 0, n);
	struct sk_buff *skb;

	if (family == AF_INET) {
		skb = group_frame(test, GROUP(1), SOURCE(n), text);
	} else {
		union nst_address saddr = nst_address_v6(&from);
		union nst_address daddr = nst_address_v6(&group6);
		struct udphdr *uh;

		skb = nst_build_payload(test, text, strlen(text));
		nst_build_udp(skb, &(struct nst_build_udp) {
			.dport = GROUP_PORT, .no_checksum = true });
		uh = (struct udphdr *)skb->data;
		uh->check = csum_fold(skb_checksum(skb, 0, skb->len,
						   nst_pseudo_sum(AF_INET6,
								  &saddr,
								  &daddr,
								  skb->len,
								  IPPROTO_UDP)));
		nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
			.nexthdr = IPPROTO_UDP, .saddr = &from,
			.daddr = &group6 });
	}
	local_bh_disable();
	nst_link_receive(link, skb);
	local_bh_enable();
}

#define FOR_EACH_FAMILY(family, i)					\
	for (i = 0, family = AF_INET; i < 2; i++, family = AF_INET6)

static void join__is_of_one_link(struct kunit *test)
{
	struct nst_link *second;
	struct nst_wire *wire = two_links(test, &second);
	struct socket *sock;
	unsigned int i;
	u8 family;

	FOR_EACH_FAMILY(family, i) {
		sock = receiver(test, family);
		KUNIT_ASSERT_EQ(test, 0, group(sock, family, MCAST_JOIN_GROUP,
					       NST_SECOND_INDEX));
		inject(test, wire->link, family, 7, "wire");
		sock_expect_empty(test, sock);
		inject(test, second, family, 7, "second");
		sock_expect(test, sock, "second");
		KUNIT_EXPECT_EQ(test, 0, group(sock, family, MCAST_JOIN_GROUP,
					       NST_WIRE_INDEX));
		inject(test, wire->link, family, 7, "wire");
		sock_expect(test, sock, "wire");
		KUNIT_EXPECT_EQ(test, 0, group(sock, family, MCAST_LEAVE_GROUP,
					       NST_SECOND_INDEX));
		inject(test, second, family, 7, "second");
		inject(test, wire->link, family, 7, "wire");
		sock_expect(test, sock, "wire");
		sock_expect_empty(test, sock);
	}
}

/* One wants what comes by the one link, the other by the other. */
static void deliver__to_the_members_of_the_link(struct kunit *test)
{
	struct socket *on_wire, *on_second;
	struct nst_link *second;
	struct nst_wire *wire = two_links(test, &second);
	unsigned int i;
	u8 family;
	int off = 0;

	FOR_EACH_FAMILY(family, i) {
		on_wire = receiver(test, family);
		on_second = receiver(test, family);
		KUNIT_ASSERT_EQ(test, 0, group(on_wire, family,
					       MCAST_JOIN_GROUP,
					       NST_WIRE_INDEX));
		KUNIT_ASSERT_EQ(test, 0, group(on_second, family,
					       MCAST_JOIN_GROUP,
					       NST_SECOND_INDEX));
		/* Only what it joined itself, there. */
		option(on_wire, family, family == AF_INET ?
		       IP_MULTICAST_ALL : IPV6_MULTICAST_ALL, &off,
		       sizeof(off));
		option(on_second, family, family == AF_INET ?
		       IP_MULTICAST_ALL : IPV6_MULTICAST_ALL, &off,
		       sizeof(off));
		inject(test, wire->link, family, 7, "wire");
		inject(test, second, family, 7, "second");
		sock_expect(test, on_wire, "wire");
		sock_expect_empty(test, on_wire);
		sock_expect(test, on_second, "second");
		sock_expect_empty(test, on_second);
	}
}

/* A socket is a member on both, with a filter for each. */
static void source__filters_are_of_one_link(struct kunit *test)
{
	struct nst_link *second;
	struct nst_wire *wire = two_links(test, &second);
	struct socket *sock;
	unsigned int i;
	u8 family;

	FOR_EACH_FAMILY(family, i) {
		sock = receiver(test, family);
		KUNIT_ASSERT_EQ(test, 0, source(sock, family,
						MCAST_JOIN_SOURCE_GROUP,
						NST_WIRE_INDEX, 7));
		KUNIT_ASSERT_EQ(test, 0, group(sock, family, MCAST_JOIN_GROUP,
					       NST_SECOND_INDEX));
		KUNIT_ASSERT_EQ(test, 0, source(sock, family,
						MCAST_BLOCK_SOURCE,
						NST_SECOND_INDEX, 7));
		inject(test, wire->link, family, 7, "wire 7");
		inject(test, wire->link, family, 8, "wire 8");
		inject(test, second, family, 7, "second 7");
		inject(test, second, family, 8, "second 8");
		sock_expect(test, sock, "wire 7");
		sock_expect(test, sock, "second 8");
		sock_expect_empty(test, sock);
	}
}

/* A copy comes back on the link that the packet left by. */
static void loop__is_of_the_link_that_it_leaves_by(struct kunit *test)
{
	u32 links[] = { NST_WIRE_INDEX, NST_SECOND_INDEX };
	struct socket *socks[2], *sender;
	struct nst_link *second;
	struct sockaddr_in6 to = {};
	struct kvec iov;
	struct msghdr msg = { .msg_name = &to, .msg_namelen = sizeof(to) };
	unsigned int i, j;
	u8 family;
	int off = 0;

	two_links(test, &second);
	FOR_EACH_FAMILY(family, i) {
		sender = sock_make_protocol(test, SOCK_DGRAM,
					    family == AF_INET ? 0 :
					    NETSTACK_IPV6);
		fill_group(family, &to);
		for (j = 0; j < 2; j++) {
			socks[j] = receiver(test, family);
			KUNIT_ASSERT_EQ(test, 0, group(socks[j], family,
						       MCAST_JOIN_GROUP,
						       links[j]));
			option(socks[j], family, family == AF_INET ?
			       IP_MULTICAST_ALL : IPV6_MULTICAST_ALL, &off,
			       sizeof(off));
		}
		for (j = 0; j < 2; j++) {
			sender->sk->sk_bound_dev_if = links[j];
			iov = (struct kvec) { .iov_base = "one",
					      .iov_len = 3 };
			KUNIT_EXPECT_EQ(test, 3,
					kernel_sendmsg(sender, &msg, &iov, 1,
						       3));
			group_expect_looped(test, socks[j], "one");
			sock_expect_empty(test, socks[!j]);
		}
	}
}

static struct kunit_case group_links_cases[] = {
	KUNIT_CASE(join__is_of_one_link),
	KUNIT_CASE(deliver__to_the_members_of_the_link),
	KUNIT_CASE(source__filters_are_of_one_link),
	KUNIT_CASE(loop__is_of_the_link_that_it_leaves_by),
	{}
};

static struct kunit_suite group_links_suite = {
	.name = "netstack_group_links",
	.exit = second_link_drop,
	.test_cases = group_links_cases,
};

kunit_test_suite(group_links_suite);
