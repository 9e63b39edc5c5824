// SPDX-License-Identifier: GPL-2.0
/*
 * UDP over IPv6, and AF_INET6 sockets on a wire: checksums (RFC 8200 8.1,
 * RFC 6936), scopes (RFC 4007), flow labels (RFC 6437), errors.
 */
#include <linux/errqueue.h>
#include <linux/netstack.h>

#include "../netstack/network/address.h"
#include "../netstack/network/pseudo_sum.h"
#include "sock_fixture.h"
#include "wire_ipv6.h"

#define PORT	4000
#define SPORT	5000

/* Released when the test ends. */
static struct socket *make(struct kunit *test)
{
	struct socket *sock = sock_make_protocol(test, SOCK_DGRAM,
						 NETSTACK_IPV6);

	KUNIT_ASSERT_EQ(test, AF_INET6, (int)sock_nst(sock)->family);
	return sock;
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

static int bind_at(struct socket *sock, const struct in6_addr *address,
		   u16 port, u32 scope)
{
	struct sockaddr_in6 sin6 = at(address, port, scope);

	return sock->ops->bind(sock, (void *)&sin6, sizeof(sin6));
}

static int connect_to(struct socket *sock, const struct in6_addr *address,
		      u16 port, u32 scope)
{
	struct sockaddr_in6 sin6 = at(address, port, scope);

	return sock->ops->connect(sock, (void *)&sin6, sizeof(sin6), 0);
}

static int send_to(struct socket *sock, const struct in6_addr *address,
		   u16 port, u32 scope, const void *data, size_t len)
{
	struct sockaddr_in6 sin6 = at(address, port, scope);
	struct kvec iov = { .iov_base = (void *)data, .iov_len = len };
	struct msghdr msg = {
		.msg_name = &sin6,
		.msg_namelen = sizeof(sin6),
	};

	return kernel_sendmsg(sock, &msg, &iov, 1, len);
}

enum sum { GOOD, WRONG, ZERO };

static void inject(struct nst_wire *wire, const struct in6_addr *saddr,
		   const struct in6_addr *daddr, const char *text,
		   enum sum sum)
{
	struct sk_buff *skb = nst_build_payload(wire->test, text,
						strlen(text));
	union nst_address source = nst_address_v6(saddr);
	union nst_address destination = nst_address_v6(daddr);
	struct udphdr *uh;

	nst_build_udp(skb, &(struct nst_build_udp) {
		.sport = SPORT,
		.dport = PORT,
		.no_checksum = true,
	});
	uh = (struct udphdr *)skb->data;
	if (sum != ZERO)
		uh->check = csum_fold(skb_checksum(skb, 0, skb->len,
						   nst_pseudo_sum(AF_INET6,
								  &source,
								  &destination,
								  skb->len,
								  IPPROTO_UDP)));
	if (sum == WRONG)
		uh->check = (__force __sum16)((__force u16)uh->check ^ 1);
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = IPPROTO_UDP,
		.saddr = saddr,
		.daddr = daddr,
	});
	nst_wire_inject(wire, skb);
}

static unsigned long bad_sums(struct nst_wire *wire)
{
	return nst_mib_read(wire->stack, NST_MIB_UDP_IN_CSUM_ERRORS);
}

static void receive__delivers_what_is_summed(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct socket *sock = make(test);

	KUNIT_ASSERT_EQ(test, 0, bind_at(sock, &nst_wire_any6, PORT, 0));
	inject(wire, &nst_wire_peer6, &nst_wire_local6, "good", GOOD);
	inject(wire, &nst_wire_peer6, &nst_wire_local6, "wrong", WRONG);
	sock_expect(test, sock, "good");
	sock_expect_empty(test, sock);
	KUNIT_EXPECT_EQ(test, 1ul, bad_sums(wire));
	nst_wire_expect_nothing(wire);
}

/* RFC 8200 8.1, and RFC 6936 4 for who wants it otherwise. */
static void receive__refuses_what_is_not_summed(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct socket *sock = make(test);

	KUNIT_ASSERT_EQ(test, 0, bind_at(sock, &nst_wire_any6, PORT, 0));
	inject(wire, &nst_wire_peer6, &nst_wire_local6, "none", ZERO);
	sock_expect_empty(test, sock);
	KUNIT_EXPECT_EQ(test, 1ul, bad_sums(wire));
	nst_udp_sk(sock->sk)->no_check6_rx = true;
	inject(wire, &nst_wire_peer6, &nst_wire_local6, "none", ZERO);
	sock_expect(test, sock, "none");
	KUNIT_EXPECT_EQ(test, 1ul, bad_sums(wire));
}

/* RFC 4443 3.1; what has no checksum is not worth an answer. */
static void receive__answers_port_unreachable(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);

	inject(wire, &nst_wire_peer6, &nst_wire_local6, "none", ZERO);
	nst_wire_expect_nothing(wire);
	inject(wire, &nst_wire_peer6, &nst_wire_local6, "nobody", GOOD);
	KUNIT_EXPECT_EQ(test, ICMPV6_PORT_UNREACH,
			(int)icmp6_hdr(nst_wire_expect_icmpv6(wire,
				ICMPV6_DEST_UNREACH))->icmp6_code);
}

static void receive__v6only_takes_nothing_else(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *both = make(test), *only = make(test);

	nst_sock_ipv6(sock_nst(only))->only = true;
	KUNIT_ASSERT_EQ(test, 0, bind_at(only, &nst_wire_any6, PORT, 0));
	nst_wire_inject(wire, nst_build_frame_udp(test, SPORT, PORT, "x", 1));
	nst_wire_expect_ipv4(wire, IPPROTO_ICMP);
	sock_expect_empty(test, only);
	KUNIT_ASSERT_EQ(test, 0, bind_at(both, &nst_wire_any6, PORT + 1, 0));
	nst_wire_inject(wire, nst_build_frame_udp(test, SPORT, PORT + 1, "y",
						  1));
	sock_expect(test, both, "y");
}

/* A socket that is AF_INET's from then on: RFC 2133's IPV6_ADDRFORM. */
static void addrform__peer_has_no_flow_label(struct kunit *test)
{
	const struct in6_addr mapped = { .s6_addr32 = {
		0, 0, htonl(0xffff), htonl(NST_WIRE_PEER) } };
	struct socket *sock;
	struct sockaddr_in6 peer = { };
	int family = AF_INET;

	nst_wire_create_ipv4(test);
	sock = make(test);
	KUNIT_ASSERT_EQ(test, 0, connect_to(sock, &mapped, SPORT, 0));
	nst_sock_ipv6(sock_nst(sock))->flowinfo_send = true;
	nst_sock_ipv6(sock_nst(sock))->flow_label = htonl(0x12345);
	KUNIT_EXPECT_EQ(test, 0,
			nst_ipv6_setsockopt(sock->sk, SOL_IPV6, IPV6_ADDRFORM,
					    KERNEL_SOCKPTR(&family),
					    sizeof(family)));
	KUNIT_EXPECT_EQ(test, (int)sizeof(struct sockaddr_in),
			sock->ops->getname(sock, (struct sockaddr *)&peer, 1));
	KUNIT_EXPECT_EQ(test, NST_WIRE_PEER,
			ntohl(((struct sockaddr_in *)&peer)->sin_addr.s_addr));
}

static void send__builds_a_datagram(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct socket *sock = make(test);
	struct sk_buff *skb;
	__be32 label;

	nst_sock_ipv6(sock_nst(sock))->tclass = 0x20;
	KUNIT_ASSERT_EQ(test, 0, bind_at(sock, &nst_wire_any6, PORT, 0));
	KUNIT_EXPECT_EQ(test, 2, send_to(sock, &nst_wire_peer6, SPORT, 0,
					 "hi", 2));
	skb = nst_wire_expect_ipv6(wire, IPPROTO_UDP);
	KUNIT_EXPECT_EQ(test, 64, (int)ipv6_hdr(skb)->hop_limit);
	KUNIT_EXPECT_EQ(test, 0x620u,
			(u32)ntohl(*(__be32 *)ipv6_hdr(skb)) >> 20);
	KUNIT_EXPECT_EQ(test, 0, memcmp(&ipv6_hdr(skb)->saddr,
					&nst_wire_local6, 16));
	label = nst_ipv6_flow_label(ipv6_hdr(skb));
	KUNIT_EXPECT_NE(test, 0u, (__force u32)label);

	/* The flow has the label, however the socket sends. */
	KUNIT_ASSERT_EQ(test, 0, connect_to(sock, &nst_wire_peer6, SPORT, 0));
	KUNIT_EXPECT_EQ(test, 2, sock_send(sock, 0, 0, "hi", 2, 0));
	skb = nst_wire_expect_ipv6(wire, IPPROTO_UDP);
	KUNIT_EXPECT_EQ(test, (__force u32)label,
			(__force u32)nst_ipv6_flow_label(ipv6_hdr(skb)));
	KUNIT_ASSERT_EQ(test, 0, connect_to(sock, &nst_wire_peer6, SPORT + 1,
					    0));
	KUNIT_EXPECT_EQ(test, 2, sock_send(sock, 0, 0, "hi", 2, 0));
	skb = nst_wire_expect_ipv6(wire, IPPROTO_UDP);
	KUNIT_EXPECT_NE(test, (__force u32)label,
			(__force u32)nst_ipv6_flow_label(ipv6_hdr(skb)));
}

static void prefer(struct socket *sock, int val)
{
	nst_ipv6_setsockopt(sock->sk, SOL_IPV6, IPV6_ADDR_PREFERENCES,
			    KERNEL_SOCKPTR(&val), sizeof(val));
}

static void expect_source(struct nst_wire *wire, const struct in6_addr *source)
{
	struct sk_buff *skb = nst_wire_expect_ipv6(wire, IPPROTO_UDP);

	NST_EXPECT_IN6_EQ(wire->test, source, &ipv6_hdr(skb)->saddr);
}

/* RFC 5014 5: the option turns rule 7 of RFC 6724 5, either way. */
static void send__from_the_address_that_is_preferred(struct kunit *test)
{
	struct nst_address_config temporary = {
		.family = AF_INET6,
		.prefix_len = 64,
		.no_probe = true,
		.flags = NST_ADDRESS_TEMPORARY,
		.address.v6 = IN6(0x20010db8, 0, 0, 0x77),
	};
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	const struct in6_addr *public = &nst_wire_local6;
	struct socket *sock = make(test);
	struct sockaddr_in6 own = {};

	mutex_lock(&wire->stack->config_mutex);
	KUNIT_ASSERT_EQ(test, 0, nst_address_add(wire->link, &temporary,
						 NULL));
	mutex_unlock(&wire->stack->config_mutex);
	nst_wire_discard(wire);
	send_to(sock, &nst_wire_peer6, SPORT, 0, "hi", 2);
	expect_source(wire, public);
	prefer(sock, IPV6_PREFER_SRC_TMP);
	send_to(sock, &nst_wire_peer6, SPORT, 0, "hi", 2);
	expect_source(wire, &temporary.address.v6);
	wire->stack->config.use_tempaddr = 2;
	prefer(sock, IPV6_PREFER_SRC_PUBTMP_DEFAULT);
	send_to(sock, &nst_wire_peer6, SPORT, 0, "hi", 2);
	expect_source(wire, &temporary.address.v6);
	prefer(sock, IPV6_PREFER_SRC_PUBLIC);
	send_to(sock, &nst_wire_peer6, SPORT, 0, "hi", 2);
	expect_source(wire, public);
	/* And of a connection. */
	KUNIT_ASSERT_EQ(test, 0, connect_to(sock, &nst_wire_peer6, SPORT, 0));
	sock->ops->getname(sock, (struct sockaddr *)&own, 0);
	NST_EXPECT_IN6_EQ(test, public, &own.sin6_addr);
}

/* RFC 8200 8.1: a sum of zero is sent as all ones. */
static void send__never_sends_a_sum_of_zero(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct socket *sock = make(test);
	struct sk_buff *skb;
	__sum16 check;

	KUNIT_ASSERT_EQ(test, 0, bind_at(sock, &nst_wire_any6, PORT, 0));
	send_to(sock, &nst_wire_peer6, SPORT, 0, "\0", 2);
	skb = nst_wire_expect_ipv6(wire, IPPROTO_UDP);
	check = udp_hdr(skb)->check;
	/* A payload of what is missing makes the sum zero. */
	send_to(sock, &nst_wire_peer6, SPORT, 0, &check, 2);
	skb = nst_wire_expect_ipv6(wire, IPPROTO_UDP);
	KUNIT_EXPECT_EQ(test, 0xffff, (int)ntohs((__force __be16)
						 udp_hdr(skb)->check));
}

static void send__no_sum_for_who_wants_none(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct socket *sock = make(test);
	struct sk_buff *skb;

	nst_udp_sk(sock->sk)->no_check6_tx = true;
	KUNIT_ASSERT_EQ(test, 0, bind_at(sock, &nst_wire_any6, PORT, 0));
	send_to(sock, &nst_wire_peer6, SPORT, 0, "hi", 2);
	skb = nst_wire_expect_ethertype(wire, ETH_P_IPV6);
	KUNIT_EXPECT_EQ(test, 0, (__force int)((struct udphdr *)(skb->data + ETH_HLEN +
				       sizeof(struct ipv6hdr)))->check);
}

static void send__cuts_unless_told_not_to(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	u8 *data = kunit_kzalloc(test, 1500, GFP_KERNEL);
	struct socket *sock = make(test);

	KUNIT_ASSERT_EQ(test, 0, bind_at(sock, &nst_wire_any6, PORT, 0));
	KUNIT_EXPECT_EQ(test, 1452, send_to(sock, &nst_wire_peer6, SPORT, 0,
					    data, 1452));
	nst_wire_expect_ipv6(wire, IPPROTO_UDP);
	KUNIT_EXPECT_EQ(test, 1453, send_to(sock, &nst_wire_peer6, SPORT, 0,
					    data, 1453));
	nst_wire_expect_ipv6(wire, IPPROTO_FRAGMENT);
	nst_wire_expect_ipv6(wire, IPPROTO_FRAGMENT);
	/* IPV6_MTU: cut sooner. */
	nst_sock_ipv6(sock_nst(sock))->fragment_size = 1280;
	KUNIT_EXPECT_EQ(test, 1300, send_to(sock, &nst_wire_peer6, SPORT, 0,
					    data, 1300));
	nst_wire_expect_ipv6(wire, IPPROTO_FRAGMENT);
	nst_wire_expect_ipv6(wire, IPPROTO_FRAGMENT);
	nst_sock_ipv6(sock_nst(sock))->fragment_size = 0;
	nst_sock_ipv6(sock_nst(sock))->dont_fragment = true;
	KUNIT_EXPECT_EQ(test, -EMSGSIZE, send_to(sock, &nst_wire_peer6, SPORT,
						 0, data, 1453));
	nst_wire_expect_nothing(wire);
}

static void scope__is_needed_and_told(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct socket *sock = make(test);
	struct sockaddr_in6 sin6;
	struct kvec iov;
	struct msghdr msg = {
		.msg_name = &sin6,
		.msg_namelen = sizeof(sin6),
	};
	char data[8];

	KUNIT_EXPECT_EQ(test, -EINVAL, bind_at(sock, &nst_wire_local_ll, PORT,
					       0));
	KUNIT_EXPECT_EQ(test, -EINVAL, connect_to(make(test),
						  &nst_wire_peer_ll, SPORT,
						  0));
	KUNIT_ASSERT_EQ(test, 0, bind_at(sock, &nst_wire_local_ll, PORT,
					 NST_WIRE_INDEX));
	KUNIT_EXPECT_EQ(test, NST_WIRE_INDEX, sock->sk->sk_bound_dev_if);
	inject(wire, &nst_wire_peer_ll, &nst_wire_local_ll, "near", GOOD);
	iov = (struct kvec) { .iov_base = data, .iov_len = sizeof(data) };
	KUNIT_EXPECT_EQ(test, 4, kernel_recvmsg(sock, &msg, &iov, 1,
						sizeof(data), MSG_DONTWAIT));
	KUNIT_EXPECT_EQ(test, (u32)NST_WIRE_INDEX, sin6.sin6_scope_id);
	KUNIT_EXPECT_EQ(test, 0, memcmp(&sin6.sin6_addr, &nst_wire_peer_ll,
					16));
	KUNIT_EXPECT_EQ(test, 2, send_to(sock, &nst_wire_peer_ll, SPORT,
					 NST_WIRE_INDEX, "hi", 2));
	nst_wire_expect_ipv6(wire, IPPROTO_UDP);
	KUNIT_ASSERT_EQ(test, 0, connect_to(sock, &nst_wire_peer_ll, SPORT,
					    NST_WIRE_INDEX));
	memset(&sin6, 0, sizeof(sin6));
	KUNIT_EXPECT_EQ(test, (int)sizeof(sin6),
			sock->ops->getname(sock, (void *)&sin6, 1));
	KUNIT_EXPECT_EQ(test, (u32)NST_WIRE_INDEX, sin6.sin6_scope_id);
}

static void error__is_told_in_the_form_of_ipv6(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct socket *sock = make(test);
	struct sk_buff *sent, *skb;

	nst_sock_ipv6(sock_nst(sock))->recverr = true;
	KUNIT_ASSERT_EQ(test, 0, bind_at(sock, &nst_wire_any6, PORT, 0));
	send_to(sock, &nst_wire_peer6, SPORT, 0, "quoted", 6);
	sent = nst_wire_expect_ipv6(wire, IPPROTO_UDP);
	skb = nst_build_payload(test, ipv6_hdr(sent), sizeof(struct ipv6hdr) +
				sent->len);
	nst_build_icmpv6(skb, &(struct nst_build_icmpv6) {
		.type = ICMPV6_DEST_UNREACH,
		.code = ICMPV6_PORT_UNREACH,
	});
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = IPPROTO_ICMPV6,
	});
	nst_wire_inject(wire, skb);
	KUNIT_EXPECT_EQ(test, ECONNREFUSED, sock->sk->sk_err);
	skb = skb_peek(&sock->sk->sk_error_queue);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_EQ(test, SO_EE_ORIGIN_ICMP6,
			(int)SKB_EXT_ERR(skb)->ee.ee_origin);
	KUNIT_EXPECT_EQ(test, 6u, skb->len);
}

static struct kunit_case udp_ipv6_cases[] = {
	KUNIT_CASE(receive__delivers_what_is_summed),
	KUNIT_CASE(receive__refuses_what_is_not_summed),
	KUNIT_CASE(addrform__peer_has_no_flow_label),
	KUNIT_CASE(receive__answers_port_unreachable),
	KUNIT_CASE(receive__v6only_takes_nothing_else),
	KUNIT_CASE(send__builds_a_datagram),
	KUNIT_CASE(send__from_the_address_that_is_preferred),
	KUNIT_CASE(send__never_sends_a_sum_of_zero),
	KUNIT_CASE(send__no_sum_for_who_wants_none),
	KUNIT_CASE(send__cuts_unless_told_not_to),
	KUNIT_CASE(scope__is_needed_and_told),
	KUNIT_CASE(error__is_told_in_the_form_of_ipv6),
	{}
};

static struct kunit_suite udp_ipv6_suite = {
	.name = "netstack_udp_ipv6",
	.test_cases = udp_ipv6_cases,
};

kunit_test_suite(udp_ipv6_suite);
