// SPDX-License-Identifier: GPL-2.0
/*
 * SOL_IP options: what is taken and what it changes. Values read back, and
 * the host's own answers, are compared by datagram_differential.
 */
#include "../netstack/network/ipv4.h"
#include "sock_fixture.h"

static int set(struct sock *sk, int optname, int val, unsigned int optlen)
{
	return nst_ip_setsockopt(sk, SOL_IP, optname, KERNEL_SOCKPTR(&val),
				 optlen);
}

static struct nst_sock *subject(struct kunit *test, int type)
{
	nst_wire_create_ipv4(test);
	return sock_nst(sock_make(test, type));
}

static void defaults__are_the_hosts(struct kunit *test)
{
	struct nst_sock *nst = subject(test, SOCK_DGRAM);

	KUNIT_EXPECT_EQ(test, -1, nst->ttl);
	KUNIT_EXPECT_EQ(test, 0, nst->tos);
	KUNIT_EXPECT_EQ(test, 0, nst->min_ttl);
	KUNIT_EXPECT_EQ(test, IP_PMTUDISC_WANT, nst->ip_mtu_discover);
	KUNIT_EXPECT_EQ(test, 1, nst->multicast_ttl);
	KUNIT_EXPECT_TRUE(test, nst->multicast_loop);
	KUNIT_EXPECT_EQ(test, 0u, nst->cmsg_flags);
	KUNIT_EXPECT_FALSE(test, nst->recverr);
}

static void defaults__follow_ip_no_pmtu_disc(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	wire->stack->config.ip_no_pmtu_disc = 1;
	KUNIT_EXPECT_EQ(test, IP_PMTUDISC_DONT,
			sock_nst(sock_make(test, SOCK_DGRAM))->ip_mtu_discover);
}

static void value__may_be_int_char_or_nothing(struct kunit *test)
{
	struct nst_sock *nst = subject(test, SOCK_DGRAM);
	struct sock *sk = &nst->sk;

	KUNIT_EXPECT_EQ(test, 0, set(sk, IP_TTL, 0x0107 & 0xff, 4));
	KUNIT_EXPECT_EQ(test, 7, nst->ttl);
	KUNIT_EXPECT_EQ(test, 0, set(sk, IP_TTL, 9, 1));
	KUNIT_EXPECT_EQ(test, 9, nst->ttl);
	KUNIT_EXPECT_EQ(test, -EINVAL, set(sk, IP_TTL, 9, 0));
	KUNIT_EXPECT_EQ(test, 0, set(sk, IP_TOS, 8, 4));
	KUNIT_EXPECT_EQ(test, 0, set(sk, IP_TOS, 8, 0));
	KUNIT_EXPECT_EQ(test, 0, nst->tos);
}

static void value__out_of_range_changes_nothing(struct kunit *test)
{
	static const struct {
		int optname;
		int val;
	} cases[] = {
		{ IP_TTL, 0 }, { IP_TTL, 256 }, { IP_TTL, -2 },
		{ IP_MINTTL, -1 }, { IP_MINTTL, 256 },
		{ IP_MULTICAST_TTL, -2 }, { IP_MULTICAST_TTL, 256 },
		{ IP_MTU_DISCOVER, -1 }, { IP_MTU_DISCOVER, 6 },
		{ IP_LOCAL_PORT_RANGE, 0x00010002 },
	};
	struct nst_sock *nst = subject(test, SOCK_DGRAM);
	struct nst_sock *before;
	unsigned int i;

	before = kunit_kzalloc(test, sizeof(*before), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, before);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		before->ttl = nst->ttl;
		before->min_ttl = nst->min_ttl;
		before->multicast_ttl = nst->multicast_ttl;
		before->ip_mtu_discover = nst->ip_mtu_discover;
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
				    set(&nst->sk, cases[i].optname,
					cases[i].val, 4),
				    "option %d", cases[i].optname);
		KUNIT_EXPECT_EQ(test, before->ttl, nst->ttl);
		KUNIT_EXPECT_EQ(test, before->min_ttl, nst->min_ttl);
		KUNIT_EXPECT_EQ(test, before->multicast_ttl,
				nst->multicast_ttl);
		KUNIT_EXPECT_EQ(test, before->ip_mtu_discover,
				nst->ip_mtu_discover);
		KUNIT_EXPECT_EQ(test, 0, nst->port_range[0]);
	}
}

static void unknown__is_refused(struct kunit *test)
{
	static const int not_built[] = {
		IP_HDRINCL, IP_NODEFRAG, IP_ROUTER_ALERT, IP_RECVERR_RFC4884,
		IP_PASSSEC, IP_XFRM_POLICY, 12345,
	};
	struct nst_sock *nst = subject(test, SOCK_DGRAM);
	unsigned int i;
	int val = 1;

	for (i = 0; i < ARRAY_SIZE(not_built); i++)
		KUNIT_EXPECT_EQ_MSG(test, -ENOPROTOOPT,
				    set(&nst->sk, not_built[i], 1, 4),
				    "option %d", not_built[i]);
	KUNIT_EXPECT_EQ(test, -ENOPROTOOPT,
			nst_ip_setsockopt(&nst->sk, SOL_IPV6, 1,
					  KERNEL_SOCKPTR(&val), 4));
}

static void tos__of_streams_keeps_ecn(struct kunit *test)
{
	struct nst_sock *nst = subject(test, SOCK_STREAM);

	nst->tos = 2;
	KUNIT_EXPECT_EQ(test, 0, set(&nst->sk, IP_TOS, 0x11, 4));
	KUNIT_EXPECT_EQ(test, 0x12, nst->tos);
	KUNIT_EXPECT_EQ(test, -EINVAL, set(&nst->sk, IP_MULTICAST_TTL, 1, 4));
	KUNIT_EXPECT_EQ(test, -EINVAL, set(&nst->sk, IP_RECVFRAGSIZE, 1, 4));
}

static void multicast_if__names_a_link(struct kunit *test)
{
	struct nst_sock *nst = subject(test, SOCK_DGRAM);
	struct ip_mreqn mreqn = { .imr_ifindex = NST_WIRE_INDEX };
	struct in_addr local = { htonl(NST_WIRE_LOCAL) };
	struct in_addr foreign = { htonl(NST_WIRE_PEER) };

#define SET_IF(value, len) \
	nst_ip_setsockopt(&nst->sk, SOL_IP, IP_MULTICAST_IF, \
			  KERNEL_SOCKPTR(&(value)), len)
	KUNIT_EXPECT_EQ(test, 0, SET_IF(local, sizeof(local)));
	KUNIT_EXPECT_EQ(test, (u32)NST_WIRE_INDEX, nst->multicast_link);
	KUNIT_EXPECT_EQ(test, -EADDRNOTAVAIL,
			SET_IF(foreign, sizeof(foreign)));
	KUNIT_EXPECT_EQ(test, (u32)NST_WIRE_INDEX, nst->multicast_link);
	local.s_addr = 0;
	KUNIT_EXPECT_EQ(test, 0, SET_IF(local, sizeof(local)));
	KUNIT_EXPECT_EQ(test, 0u, nst->multicast_link);
	KUNIT_EXPECT_EQ(test, 0, SET_IF(mreqn, sizeof(mreqn)));
	KUNIT_EXPECT_EQ(test, (u32)NST_WIRE_INDEX, nst->multicast_link);
	mreqn.imr_ifindex = 4711;
	KUNIT_EXPECT_EQ(test, -EADDRNOTAVAIL, SET_IF(mreqn, sizeof(mreqn)));
	nst->sk.sk_bound_dev_if = 1;
	mreqn.imr_ifindex = NST_WIRE_INDEX;
	KUNIT_EXPECT_EQ(test, -EINVAL, SET_IF(mreqn, sizeof(mreqn)));
	KUNIT_EXPECT_EQ(test, -EINVAL, SET_IF(mreqn, 3));
#undef SET_IF
}

static void options__are_sent_and_taken_back(struct kunit *test)
{
	static const u8 nops[4] = { 1, 1, 1, 0 };
	static const u8 bad[4] = { 7, 200, 4, 0 };
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_make(test, SOCK_DGRAM);
	struct sk_buff *skb;

#define SET_OPTIONS(value, len) \
	nst_ip_setsockopt(sock->sk, SOL_IP, IP_OPTIONS, \
			  KERNEL_SOCKPTR((void *)(value)), len)
	KUNIT_EXPECT_EQ(test, 0, SET_OPTIONS(nops, 4));
	KUNIT_EXPECT_EQ(test, 1,
			sock_send(sock, NST_WIRE_PEER, 7, "x", 1, 0));
	skb = nst_wire_expect_ipv4(wire, IPPROTO_UDP);
	KUNIT_EXPECT_EQ(test, 6, (int)ip_hdr(skb)->ihl);
	KUNIT_EXPECT_EQ(test, -EINVAL, SET_OPTIONS(bad, 4));
	KUNIT_EXPECT_EQ(test, -EINVAL, SET_OPTIONS(nops, 41));
	sock_send(sock, NST_WIRE_PEER, 7, "x", 1, 0);
	skb = nst_wire_expect_ipv4(wire, IPPROTO_UDP);
	KUNIT_EXPECT_EQ(test, 6, (int)ip_hdr(skb)->ihl);
	KUNIT_EXPECT_EQ(test, 0, SET_OPTIONS(nops, 0));
	sock_send(sock, NST_WIRE_PEER, 7, "x", 1, 0);
	skb = nst_wire_expect_ipv4(wire, IPPROTO_UDP);
	KUNIT_EXPECT_EQ(test, 5, (int)ip_hdr(skb)->ihl);
#undef SET_OPTIONS
}

static struct kunit_case ip_options_cases[] = {
	KUNIT_CASE(defaults__are_the_hosts),
	KUNIT_CASE(defaults__follow_ip_no_pmtu_disc),
	KUNIT_CASE(value__may_be_int_char_or_nothing),
	KUNIT_CASE(value__out_of_range_changes_nothing),
	KUNIT_CASE(unknown__is_refused),
	KUNIT_CASE(tos__of_streams_keeps_ecn),
	KUNIT_CASE(multicast_if__names_a_link),
	KUNIT_CASE(options__are_sent_and_taken_back),
	{}
};

static struct kunit_suite ip_options_suite = {
	.name = "netstack_ip_options",
	.test_cases = ip_options_cases,
};

kunit_test_suite(ip_options_suite);
