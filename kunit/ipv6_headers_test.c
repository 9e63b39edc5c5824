// SPDX-License-Identifier: GPL-2.0
/*
 * What a program sees and says of the headers of its IPv6 datagrams (RFC
 * 3542, RFC 2292): cmsg6.c.
 */
#include <linux/netstack.h>

#include "../netstack/network/pseudo_sum.h"
#include "sock_fixture.h"
#include "wire_ipv6.h"

#define PORT	4000
#define SPORT	5000

/* Bound to PORT, with these options on. */
static struct socket *receiver(struct kunit *test, const int *options,
			       unsigned int count)
{
	struct socket *sock = sock_make_protocol(test, SOCK_DGRAM,
						 NETSTACK_IPV6);
	struct sockaddr_in6 any = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(PORT),
	};
	int on = 1;

	KUNIT_ASSERT_EQ(test, 0, sock->ops->bind(sock, (void *)&any,
						 sizeof(any)));
	while (count--)
		KUNIT_ASSERT_EQ(test, 0,
				nst_ipv6_setsockopt(sock->sk, SOL_IPV6,
						    options[count],
						    KERNEL_SOCKPTR(&on),
						    sizeof(on)));
	return sock;
}

/* A datagram with headers of these kinds, whose option says which it is. */
static void inject(struct nst_wire *wire, const u8 *kinds, unsigned int count)
{
	union nst_address saddr = nst_address_v6(&nst_wire_peer6);
	union nst_address daddr = nst_address_v6(&nst_wire_local6);
	struct sk_buff *skb = nst_build_payload(wire->test, "hi", 2);
	u8 nexthdr = IPPROTO_UDP;
	struct udphdr *uh;

	nst_build_udp(skb, &(struct nst_build_udp) {
		.sport = SPORT, .dport = PORT, .no_checksum = true });
	uh = (struct udphdr *)skb->data;
	uh->check = csum_fold(skb_checksum(skb, 0, skb->len,
					   nst_pseudo_sum(AF_INET6, &saddr,
							  &daddr, skb->len,
							  IPPROTO_UDP)));
	while (count--) {
		/* An option to be skipped; of a routing header, type 9. */
		u8 options[6] = { 0x1e, 4, count };
		u8 routing[6] = { 9, 0, count };

		nst_build_extension(skb, nexthdr,
				    kinds[count] == IPPROTO_ROUTING ?
				    routing : options, 6);
		if (kinds[count] == IPPROTO_FRAGMENT) {
			/* Whole; the byte of others' length is reserved. */
			memset(skb->data + 1, 0, 7);
			skb->data[1] = 1;
		}
		nexthdr = kinds[count];
	}
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = nexthdr });
	nst_wire_inject(wire, skb);
}

/* Types of the control messages that come, with the number of the header. */
static void expect_messages(struct kunit *test, struct socket *sock,
			    const int (*expected)[2], unsigned int count)
{
	char data[8], *control = kunit_kzalloc(test, 512, GFP_KERNEL);
	struct kvec iov = { .iov_base = data, .iov_len = sizeof(data) };
	struct msghdr msg = { .msg_control = control, .msg_controllen = 512 };
	struct cmsghdr *one;
	unsigned int i = 0;

	KUNIT_ASSERT_NOT_NULL(test, control);
	KUNIT_ASSERT_EQ(test, 2, kernel_recvmsg(sock, &msg, &iov, 1,
						sizeof(data), MSG_DONTWAIT));
	msg.msg_control = control;
	msg.msg_controllen = 512 - msg.msg_controllen;
	for_each_cmsghdr(one, &msg) {
		if (one->cmsg_len < sizeof(*one))
			break;
		KUNIT_ASSERT_LT(test, i, count);
		KUNIT_EXPECT_EQ(test, SOL_IPV6, one->cmsg_level);
		KUNIT_EXPECT_EQ(test, expected[i][0], one->cmsg_type);
		KUNIT_EXPECT_EQ(test, (size_t)CMSG_LEN(8), one->cmsg_len);
		KUNIT_EXPECT_EQ(test, expected[i][1],
				(int)((u8 *)CMSG_DATA(one))[4]);
		i++;
	}
	KUNIT_EXPECT_EQ(test, count, i);
}

static const u8 every_kind[] = {
	IPPROTO_HOPOPTS, IPPROTO_DSTOPTS, IPPROTO_ROUTING, IPPROTO_DSTOPTS,
};

/* RFC 3542 8 and 9: each header in its place. */
static void receive__headers_in_their_order(struct kunit *test)
{
	static const int options[] = { IPV6_RECVHOPOPTS, IPV6_RECVDSTOPTS,
				       IPV6_RECVRTHDR };
	static const int expected[][2] = {
		{ IPV6_HOPOPTS, 0 }, { IPV6_DSTOPTS, 1 }, { IPV6_RTHDR, 2 },
		{ IPV6_DSTOPTS, 3 },
	};
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct socket *sock = receiver(test, options, ARRAY_SIZE(options));

	inject(wire, every_kind, ARRAY_SIZE(every_kind));
	expect_messages(test, sock, expected, ARRAY_SIZE(expected));
	inject(wire, NULL, 0);
	expect_messages(test, sock, NULL, 0);
}

static void receive__headers_that_are_wanted(struct kunit *test)
{
	static const int options[] = { IPV6_RECVRTHDR };
	static const int expected[][2] = { { IPV6_RTHDR, 2 } };
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct socket *sock = receiver(test, options, ARRAY_SIZE(options));

	inject(wire, every_kind, ARRAY_SIZE(every_kind));
	expect_messages(test, sock, expected, ARRAY_SIZE(expected));
}

/* RFC 2292 6 and 7: destination options before the routing header and after. */
static void receive__headers_by_old_names(struct kunit *test)
{
	static const int options[] = { IPV6_2292HOPOPTS, IPV6_2292DSTOPTS,
				       IPV6_2292RTHDR };
	static const int expected[][2] = {
		{ IPV6_2292HOPOPTS, 0 }, { IPV6_2292DSTOPTS, 1 },
		{ IPV6_2292RTHDR, 2 }, { IPV6_2292DSTOPTS, 3 },
	};
	static const int last[][2] = { { IPV6_2292DSTOPTS, 0 } };
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct socket *sock = receiver(test, options, ARRAY_SIZE(options));

	inject(wire, every_kind, ARRAY_SIZE(every_kind));
	expect_messages(test, sock, expected, ARRAY_SIZE(expected));
	inject(wire, every_kind + 1, 1);
	expect_messages(test, sock, last, ARRAY_SIZE(last));
}

/* RFC 6946 4: of a fragment that is whole the fragment header is passed over. */
static void receive__headers_behind_a_fragment_header(struct kunit *test)
{
	static const u8 kinds[] = { IPPROTO_FRAGMENT, IPPROTO_DSTOPTS };
	static const int options[] = { IPV6_RECVDSTOPTS, IPV6_2292DSTOPTS };
	static const int expected[][2] = {
		{ IPV6_DSTOPTS, 1 }, { IPV6_2292DSTOPTS, 1 },
	};
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct socket *sock = receiver(test, options, ARRAY_SIZE(options));

	inject(wire, kinds, ARRAY_SIZE(kinds));
	expect_messages(test, sock, expected, ARRAY_SIZE(expected));
}

static struct kunit_case ipv6_headers_cases[] = {
	KUNIT_CASE(receive__headers_in_their_order),
	KUNIT_CASE(receive__headers_that_are_wanted),
	KUNIT_CASE(receive__headers_by_old_names),
	KUNIT_CASE(receive__headers_behind_a_fragment_header),
	{}
};

static struct kunit_suite ipv6_headers_suite = {
	.name = "netstack_ipv6_headers",
	.test_cases = ipv6_headers_cases,
};

kunit_test_suite(ipv6_headers_suite);
