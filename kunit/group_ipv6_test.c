// SPDX-License-Identifier: GPL-2.0
/*
 * What a socket of IPv6 sends to a group and members on the same stack:
 * transmit.c, ipv6_output.c, path.c (RFC 3493 5.2, RFC 4291 2.7). A group is
 * named by its scope and its last octet.
 */
#include <linux/netstack.h>

#include "../netstack/network/reverse_path.h"
#include "group_fixture.h"
#include "wire_ipv6.h"

static struct in6_addr group6(u8 scope, u8 n)
{
	return (struct in6_addr) { .s6_addr32 = {
		htonl(0xff000000 | (u32)scope << 16), 0, 0, htonl(n) } };
}

static struct sockaddr_in6 at(const struct in6_addr *address, u16 port,
			      u32 scope)
{
	return (struct sockaddr_in6) {
		.sin6_family = AF_INET6,
		.sin6_port = htons(port),
		.sin6_addr = *address,
		.sin6_scope_id = scope,
	};
}

static struct socket *receiver(struct kunit *test)
{
	struct socket *sock = sock_make_protocol(test, SOCK_DGRAM,
						 NETSTACK_IPV6);
	struct sockaddr_in6 any = at(&nst_wire_any6, GROUP_PORT, 0);

	sock->sk->sk_reuse = 1;
	KUNIT_ASSERT_EQ(test, 0, sock->ops->bind(sock, (void *)&any,
						 sizeof(any)));
	return sock;
}

static int set(struct socket *sock, int optname, const void *value,
	       unsigned int len)
{
	return nst_ipv6_setsockopt(sock->sk, SOL_IPV6, optname,
				   KERNEL_SOCKPTR((void *)value), len);
}

static void join(struct kunit *test, struct socket *sock,
		 const struct in6_addr *group, u32 link_index)
{
	struct ipv6_mreq mreq = {
		.ipv6mr_multiaddr = *group,
		.ipv6mr_ifindex = link_index,
	};

	KUNIT_ASSERT_EQ(test, 0, set(sock, IPV6_ADD_MEMBERSHIP, &mreq,
				     sizeof(mreq)));
}

static void transmit(struct kunit *test, struct socket *sock,
		     const struct in6_addr *group, u32 link_index,
		     const char *text)
{
	struct sockaddr_in6 to = at(group, GROUP_PORT, link_index);
	struct kvec iov = { .iov_base = (void *)text, .iov_len = strlen(text) };
	struct msghdr msg = { .msg_name = &to, .msg_namelen = sizeof(to) };

	KUNIT_EXPECT_EQ(test, (int)iov.iov_len,
			kernel_sendmsg(sock, &msg, &iov, 1, iov.iov_len));
}

/*
 * lo's queue keeps the order: what comes after this marker was sent after it,
 * and what has not come before it does not come.
 */
static void expect_marker(struct kunit *test, struct socket *sock)
{
	struct socket *sender = sock_make_protocol(test, SOCK_DGRAM,
						   NETSTACK_IPV6);
	struct in6_addr lo = IN6ADDR_LOOPBACK_INIT;

	transmit(test, sender, &lo, 0, "marker");
	group_expect_looped(test, sock, "marker");
}

static void loop__member_hears_itself(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct in6_addr group = group6(5, 1);
	struct socket *sock = receiver(test);
	struct sk_buff *skb;

	transmit(test, sock, &group, NST_WIRE_INDEX, "nobody");
	nst_wire_expect_ipv6(wire, IPPROTO_UDP);
	expect_marker(test, sock);

	join(test, sock, &group, NST_WIRE_INDEX);
	nst_wire_discard(wire);
	transmit(test, sock, &group, NST_WIRE_INDEX, "one");
	skb = nst_wire_expect_ipv6(wire, IPPROTO_UDP);
	KUNIT_EXPECT_EQ(test, 1, (int)ipv6_hdr(skb)->hop_limit);
	group_expect_looped(test, sock, "one");
	sock_expect_empty(test, sock);
}

static void loop__comes_from_our_own_address(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct in6_addr group = group6(NST_IPV6_SCOPE_LINK, 0x77);
	struct socket *sock = receiver(test);
	struct sockaddr_in6 from;
	char data[8];
	struct kvec iov = { .iov_base = data, .iov_len = sizeof(data) };
	struct msghdr msg = { .msg_name = &from };

	join(test, sock, &group, NST_WIRE_INDEX);
	nst_wire_discard(wire);
	transmit(test, sock, &group, NST_WIRE_INDEX, "two");
	KUNIT_EXPECT_EQ(test, 3, kernel_recvmsg(sock, &msg, &iov, 1,
						sizeof(data), 0));
	NST_EXPECT_IN6_EQ(test, &nst_wire_local_ll, &from.sin6_addr);
	KUNIT_EXPECT_EQ(test, (u32)NST_WIRE_INDEX, from.sin6_scope_id);
}

static void loop__off_tells_the_others_only(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct in6_addr group = group6(5, 1);
	struct socket *sock = receiver(test);
	int off = 0;

	join(test, sock, &group, NST_WIRE_INDEX);
	nst_wire_discard(wire);
	KUNIT_EXPECT_EQ(test, 0, set(sock, IPV6_MULTICAST_LOOP, &off,
				     sizeof(off)));
	transmit(test, sock, &group, NST_WIRE_INDEX, "one");
	nst_wire_expect_ipv6(wire, IPPROTO_UDP);
	expect_marker(test, sock);
}

static void loop__hop_limit_zero_stays_here(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct in6_addr group = group6(5, 1);
	struct socket *sock = receiver(test);
	int none = 0;

	KUNIT_EXPECT_EQ(test, 0, set(sock, IPV6_MULTICAST_HOPS, &none,
				     sizeof(none)));
	transmit(test, sock, &group, NST_WIRE_INDEX, "nobody");
	expect_marker(test, sock);
	nst_wire_expect_nothing(wire);

	join(test, sock, &group, NST_WIRE_INDEX);
	nst_wire_discard(wire);
	transmit(test, sock, &group, NST_WIRE_INDEX, "one");
	group_expect_looped(test, sock, "one");
	nst_wire_expect_nothing(wire);
}

/* RFC 4291 2.7: whatever the hop limit, and whether or not it loops. */
static void loop__interface_local_never_leaves(struct kunit *test)
{
	struct in6_addr group = group6(NST_IPV6_SCOPE_INTERFACE, 0x77);
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct socket *sock = receiver(test), *other = receiver(test);
	int hops = 64, off = 0;

	KUNIT_EXPECT_EQ(test, 0, set(sock, IPV6_MULTICAST_HOPS, &hops,
				     sizeof(hops)));
	join(test, sock, &group, NST_WIRE_INDEX);
	join(test, other, &group, NST_LOOPBACK_INDEX);
	transmit(test, sock, &group, NST_WIRE_INDEX, "one");
	group_expect_looped(test, sock, "one");
	group_expect_looped(test, other, "one");
	transmit(test, sock, &group, NST_LOOPBACK_INDEX, "two");
	group_expect_looped(test, other, "two");
	sock_expect(test, sock, "two");
	KUNIT_EXPECT_EQ(test, 0, set(sock, IPV6_MULTICAST_LOOP, &off,
				     sizeof(off)));
	transmit(test, sock, &group, NST_WIRE_INDEX, "three");
	expect_marker(test, other);
	sock_expect_empty(test, sock);
	nst_wire_expect_nothing(wire);
}

static void loop__interface_local_is_not_believed_to_come(struct kunit *test)
{
	struct in6_addr group = group6(NST_IPV6_SCOPE_INTERFACE, 0x77);
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct socket *sock = receiver(test);
	struct sk_buff *skb;

	join(test, sock, &group, NST_WIRE_INDEX);
	skb = nst_build_payload(test, "forged", 6);
	nst_build_udp(skb, &(struct nst_build_udp) { .dport = GROUP_PORT });
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = IPPROTO_UDP, .daddr = &group });
	nst_wire_inject_dropped(wire, skb, NST_DROP_IP_MARTIAN_DESTINATION);
}

static void loop__source_filters_hold(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct group_source_req blocked = {
		.gsr_interface = NST_WIRE_INDEX,
	};
	struct in6_addr group = group6(5, 1);
	struct socket *sock = receiver(test);

	join(test, sock, &group, NST_WIRE_INDEX);
	*(struct sockaddr_in6 *)&blocked.gsr_group = at(&group, 0, 0);
	*(struct sockaddr_in6 *)&blocked.gsr_source = at(&nst_wire_local6, 0,
							 0);
	KUNIT_EXPECT_EQ(test, 0, set(sock, MCAST_BLOCK_SOURCE, &blocked,
				     sizeof(blocked)));
	nst_wire_discard(wire);
	transmit(test, sock, &group, NST_WIRE_INDEX, "one");
	nst_wire_expect_ipv6(wire, IPPROTO_UDP);
	expect_marker(test, sock);
}

/* The copy is whole; what leaves is cut. */
static void loop__of_what_is_cut(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	char *text = kunit_kzalloc(test, 2001, GFP_KERNEL);
	struct in6_addr group = group6(5, 1);
	struct socket *sock = receiver(test);

	KUNIT_ASSERT_NOT_NULL(test, text);
	memset(text, 'x', 2000);
	join(test, sock, &group, NST_WIRE_INDEX);
	nst_wire_discard(wire);
	transmit(test, sock, &group, NST_WIRE_INDEX, text);
	nst_wire_expect_ipv6(wire, IPPROTO_FRAGMENT);
	nst_wire_expect_ipv6(wire, IPPROTO_FRAGMENT);
	KUNIT_EXPECT_EQ(test, 2000, sock_recv(sock, text, 2001, 0));
}

/* What a link's guard asks of others it does not ask of ourselves. */
static void loop__passes_the_guard_of_the_link(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct in6_addr group = group6(5, 1);
	struct socket *sock = receiver(test);

	wire->stack->config.rp_filter = NST_REVERSE_PATH_STRICT;
	join(test, sock, &group, NST_WIRE_INDEX);
	transmit(test, sock, &group, NST_WIRE_INDEX, "one");
	group_expect_looped(test, sock, "one");
}

static struct kunit_case group_ipv6_cases[] = {
	KUNIT_CASE(loop__member_hears_itself),
	KUNIT_CASE(loop__comes_from_our_own_address),
	KUNIT_CASE(loop__off_tells_the_others_only),
	KUNIT_CASE(loop__hop_limit_zero_stays_here),
	KUNIT_CASE(loop__interface_local_never_leaves),
	KUNIT_CASE(loop__interface_local_is_not_believed_to_come),
	KUNIT_CASE(loop__source_filters_hold),
	KUNIT_CASE(loop__of_what_is_cut),
	KUNIT_CASE(loop__passes_the_guard_of_the_link),
	{}
};

static struct kunit_suite group_ipv6_suite = {
	.name = "netstack_group_ipv6",
	.test_cases = group_ipv6_cases,
};

kunit_test_suite(group_ipv6_suite);
