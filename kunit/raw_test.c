// SPDX-License-Identifier: GPL-2.0
/*
 * Raw sockets over a wire: copies of what comes in, packets with a header of
 * the stack's or of the program's, and ICMP errors about them.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netstack.h>
#include <net/tcp_states.h>

#include "../netstack/transport/raw.h"
#include "sock_fixture.h"
#include "wire_ipv6.h"

#define PROTOCOL	200	/* which nobody else takes */

static struct socket *raw4(struct kunit *test, int protocol)
{
	return sock_make_protocol(test, SOCK_RAW, protocol);
}

static struct socket *raw6(struct kunit *test, int protocol)
{
	return sock_make_protocol(test, SOCK_RAW, protocol | NETSTACK_IPV6);
}

static void inject(struct nst_wire *wire, u8 protocol, const char *text)
{
	struct sk_buff *skb = nst_build_payload(wire->test, text, strlen(text));

	nst_build_ipv4(skb, &(struct nst_build_ipv4) { .protocol = protocol });
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {});
	nst_wire_inject(wire, skb);
}

static void inject6(struct nst_wire *wire, u8 protocol, const void *data,
		    unsigned int len)
{
	struct sk_buff *skb = nst_build_payload(wire->test, data, len);

	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = protocol,
	});
	nst_wire_inject(wire, skb);
}

/* The next packet is @text behind an IPv4 header of 20 bytes. */
static void expect_packet(struct kunit *test, struct socket *sock,
			  const char *text)
{
	char data[128] = "";
	int length = sock_recv(sock, data, sizeof(data) - 1, MSG_DONTWAIT);
	const struct iphdr *iph = (const struct iphdr *)data;

	KUNIT_ASSERT_EQ(test, (int)(20 + strlen(text)), length);
	KUNIT_EXPECT_EQ(test, 4, (int)iph->version);
	KUNIT_EXPECT_EQ(test, length, (int)ntohs(iph->tot_len));
	KUNIT_EXPECT_STREQ(test, text, (const char *)data + 20);
}

static void receive__sees_the_header_of_ipv4(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = raw4(test, PROTOCOL);

	inject(wire, PROTOCOL, "hello");
	expect_packet(test, sock, "hello");
	inject(wire, PROTOCOL, "");
	expect_packet(test, sock, "");
	sock_expect_empty(test, sock);
	/* Nor is its protocol unreachable. */
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, 0UL, nst_mib_read(wire->stack,
						NST_MIB_IP_IN_UNKNOWN_PROTOS));
}

static void receive__another_protocol_is_unreachable(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = raw4(test, PROTOCOL);
	struct socket *six = raw6(test, PROTOCOL + 1);
	struct sk_buff *skb;

	inject(wire, PROTOCOL + 1, "hello");
	sock_expect_empty(test, sock);
	sock_expect_empty(test, six);
	skb = nst_wire_expect_ipv4(wire, IPPROTO_ICMP);
	KUNIT_EXPECT_EQ(test, ICMP_DEST_UNREACH, (int)skb->data[0]);
	KUNIT_EXPECT_EQ(test, ICMP_PROT_UNREACH, (int)skb->data[1]);
}

static void receive__copies_to_each_and_to_the_transport(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *one = raw4(test, IPPROTO_UDP);
	struct socket *two = raw4(test, IPPROTO_UDP);
	struct socket *udp = sock_make(test, SOCK_DGRAM);
	u8 data[64];

	KUNIT_ASSERT_EQ(test, 0, sock_bind(udp, 0, 4000));
	nst_wire_inject(wire, nst_build_frame_udp(test, 5000, 4000, "hello",
						  5));
	KUNIT_EXPECT_EQ(test, 33, sock_recv(one, data, 64, MSG_DONTWAIT));
	KUNIT_EXPECT_EQ(test, 33, sock_recv(two, data, 64, MSG_DONTWAIT));
	sock_expect(test, udp, "hello");
	/* A port that nobody has is unreachable all the same. */
	nst_wire_inject(wire, nst_build_frame_udp(test, 5000, 4001, "hello",
						  5));
	KUNIT_EXPECT_EQ(test, 33, sock_recv(one, data, 64, MSG_DONTWAIT));
	nst_wire_expect_ipv4(wire, IPPROTO_ICMP);
}

static void receive__by_address_peer_and_link(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = raw4(test, PROTOCOL);

	nst_wire_add_address(wire, NST_WIRE_LOCAL + 8, 24);
	KUNIT_ASSERT_EQ(test, 0, sock_bind(sock, NST_WIRE_LOCAL + 8, 0));
	inject(wire, PROTOCOL, "hello");
	sock_expect_empty(test, sock);
	KUNIT_ASSERT_EQ(test, 0, sock_bind(sock, NST_WIRE_LOCAL, 0));
	inject(wire, PROTOCOL, "hello");
	expect_packet(test, sock, "hello");

	KUNIT_ASSERT_EQ(test, 0, sock_connect(sock, NST_WIRE_OTHER, 0));
	inject(wire, PROTOCOL, "hello");
	sock_expect_empty(test, sock);
	KUNIT_ASSERT_EQ(test, 0, sock_connect(sock, NST_WIRE_PEER, 0));
	inject(wire, PROTOCOL, "hello");
	expect_packet(test, sock, "hello");
	/* The host's hears nothing from here on. */
	KUNIT_ASSERT_EQ(test, 0, sock_disconnect(sock));
	inject(wire, PROTOCOL, "hello");
	expect_packet(test, sock, "hello");

	sock->sk->sk_bound_dev_if = NST_LOOPBACK_INDEX;
	inject(wire, PROTOCOL, "hello");
	sock_expect_empty(test, sock);
}

static void receive__icmp_filter(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = raw4(test, IPPROTO_ICMP);
	const struct nst_build_icmp stamp = { .type = ICMP_TIMESTAMPREPLY };
	const struct nst_build_icmp reply = { .type = ICMP_ECHOREPLY };
	const struct nst_build_icmp strange = { .type = 200 };
	u8 data[64];

	nst_raw_sk(sock->sk)->filter[0] = ~(u32)BIT(ICMP_ECHOREPLY);
	nst_wire_inject(wire, nst_build_frame_icmp(test, &stamp, "", 0));
	sock_expect_empty(test, sock);
	nst_wire_inject(wire, nst_build_frame_icmp(test, &reply, "", 0));
	KUNIT_EXPECT_EQ(test, 28, sock_recv(sock, data, 64, MSG_DONTWAIT));
	/* It has no bit for these. */
	nst_wire_inject(wire, nst_build_frame_icmp(test, &strange, "", 0));
	KUNIT_EXPECT_EQ(test, 28, sock_recv(sock, data, 64, MSG_DONTWAIT));
	/* Nor for what is no message. */
	inject(wire, IPPROTO_ICMP, "1234567");
	sock_expect_empty(test, sock);
}

static void receive__within_the_buffer(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = raw4(test, PROTOCOL);
	unsigned int i;

	sock->sk->sk_rcvbuf = 1;
	for (i = 0; i < 4; i++)
		inject(wire, PROTOCOL, "hello");
	KUNIT_EXPECT_EQ(test, 3, atomic_read(&sock->sk->sk_drops));
	nst_wire_expect_nothing(wire);
}

static void receive__ports_of_what_has_none(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = raw4(test, PROTOCOL);

	sock_nst(sock)->cmsg_flags = NST_CMSG_ORIGDSTADDR | NST_CMSG_PKTINFO;
	inject(wire, PROTOCOL, "");
	inject(wire, PROTOCOL, "abc");
	expect_packet(test, sock, "");
	expect_packet(test, sock, "abc");
}

static void receive6__sees_the_payload(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct socket *sock = raw6(test, PROTOCOL);
	struct socket *none = raw6(test, IPPROTO_NONE);
	struct socket *four = raw4(test, PROTOCOL + 1);

	inject6(wire, PROTOCOL, "hello", 5);
	sock_expect(test, sock, "hello");
	inject6(wire, IPPROTO_NONE, "rest", 4);
	sock_expect(test, none, "rest");
	nst_wire_expect_nothing(wire);
	inject6(wire, PROTOCOL + 1, "hello", 5);
	sock_expect_empty(test, sock);
	sock_expect_empty(test, four);
	nst_wire_expect_icmpv6(wire, ICMPV6_PARAMPROB);
}

static void receive6__checksum(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct socket *sock = raw6(test, PROTOCOL);

	nst_raw_sk(sock->sk)->checksum = true;
	inject6(wire, PROTOCOL, "hello", 5);
	sock_expect_empty(test, sock);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&sock->sk->sk_drops));
	nst_wire_expect_nothing(wire);
}

static void receive6__icmp6_filter(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct socket *sock = raw6(test, IPPROTO_ICMPV6);
	struct sk_buff *skb = nst_build_payload(test, "", 0);
	u8 data[64];

	nst_raw_sk(sock->sk)->filter[ICMPV6_ECHO_REPLY >> 5] =
		BIT(ICMPV6_ECHO_REPLY & 31);
	nst_build_icmpv6(skb, &(struct nst_build_icmpv6) {
		.type = ICMPV6_ECHO_REPLY,
	});
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = IPPROTO_ICMPV6,
	});
	nst_wire_inject(wire, skb);
	sock_expect_empty(test, sock);

	skb = nst_build_payload(test, "", 0);
	nst_build_icmpv6(skb, &(struct nst_build_icmpv6) { .type = 200 });
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = IPPROTO_ICMPV6,
	});
	nst_wire_inject(wire, skb);
	KUNIT_EXPECT_EQ(test, 8, sock_recv(sock, data, 64, MSG_DONTWAIT));
	/* Neither whole nor summed right. */
	inject6(wire, IPPROTO_ICMPV6, "abc", 3);
	sock_expect_empty(test, sock);
}

static void send__behind_a_header_of_the_stack(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = raw4(test, PROTOCOL);
	struct sk_buff *skb;

	sock_nst(sock)->ttl = 7;
	KUNIT_EXPECT_EQ(test, 5,
			sock_send(sock, NST_WIRE_PEER, 0, "hello", 5, 0));
	skb = nst_wire_expect_ipv4(wire, PROTOCOL);
	KUNIT_ASSERT_EQ(test, 5U, skb->len);
	KUNIT_EXPECT_EQ(test, 0, memcmp(skb->data, "hello", 5));
	KUNIT_EXPECT_EQ(test, 7, (int)ip_hdr(skb)->ttl);
	/* And nothing at all. */
	KUNIT_EXPECT_EQ(test, 0, sock_send(sock, NST_WIRE_PEER, 0, "", 0, 0));
	skb = nst_wire_expect_ipv4(wire, PROTOCOL);
	KUNIT_EXPECT_EQ(test, 0U, skb->len);
}

static void send__put_together(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = raw4(test, PROTOCOL);
	struct sk_buff *skb;

	KUNIT_EXPECT_EQ(test, 3, sock_send(sock, NST_WIRE_PEER, 0, "one", 3,
					   MSG_MORE));
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, 3, sock_send(sock, NST_WIRE_PEER, 0, "two", 3,
					   0));
	skb = nst_wire_expect_ipv4(wire, PROTOCOL);
	KUNIT_EXPECT_EQ(test, 6U, skb->len);
	KUNIT_EXPECT_EQ(test, 0, memcmp(skb->data, "onetwo", 6));
	/* Closed with one that is not sent. */
	KUNIT_EXPECT_EQ(test, 3, sock_send(sock, NST_WIRE_PEER, 0, "one", 3,
					   MSG_MORE));
}

static void send__in_fragments(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = raw4(test, PROTOCOL);
	char *data = kunit_kzalloc(test, 3000, GFP_KERNEL);
	struct sk_buff *skb;

	KUNIT_EXPECT_EQ(test, 3000,
			sock_send(sock, NST_WIRE_PEER, 0, data, 3000, 0));
	skb = nst_wire_expect_ipv4(wire, PROTOCOL);
	KUNIT_EXPECT_EQ(test, 1480U, skb->len);
	nst_wire_expect_ipv4(wire, PROTOCOL);
	skb = nst_wire_expect_ipv4(wire, PROTOCOL);
	KUNIT_EXPECT_EQ(test, 40U, skb->len);
	sock_nst(sock)->ip_mtu_discover = IP_PMTUDISC_DO;
	KUNIT_EXPECT_EQ(test, -EMSGSIZE,
			sock_send(sock, NST_WIRE_PEER, 0, data, 3000, 0));
	nst_wire_expect_nothing(wire);
}

struct packet {
	struct iphdr iph;
	char text[8];
};

static void send__with_a_header_of_its_own(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = raw4(test, IPPROTO_RAW);
	struct packet packet = {
		.iph = {
			.version = 4, .ihl = 5, .tos = 8, .ttl = 3,
			.protocol = PROTOCOL,
			.daddr = htonl(NST_WIRE_PEER),
		},
		.text = "hello",
	};
	struct sk_buff *skb;

	KUNIT_EXPECT_EQ(test, (int)sizeof(packet),
			sock_send(sock, NST_WIRE_PEER, 0, &packet,
				  sizeof(packet), 0));
	/* Which looks at version, lengths and checksum. */
	skb = nst_wire_expect_ipv4(wire, PROTOCOL);
	KUNIT_EXPECT_EQ(test, 8U, skb->len);
	KUNIT_EXPECT_EQ(test, (u32)NST_WIRE_LOCAL, ntohl(ip_hdr(skb)->saddr));
	KUNIT_EXPECT_EQ(test, 3, (int)ip_hdr(skb)->ttl);
	KUNIT_EXPECT_EQ(test, 8, (int)ip_hdr(skb)->tos);
	KUNIT_EXPECT_NE(test, 0, (int)ntohs(ip_hdr(skb)->id));

	packet.iph.id = htons(77);
	packet.iph.saddr = htonl(0xc0000201);
	sock_send(sock, NST_WIRE_PEER, 0, &packet, sizeof(packet), 0);
	skb = nst_wire_expect_ipv4(wire, PROTOCOL);
	KUNIT_EXPECT_EQ(test, 77, (int)ntohs(ip_hdr(skb)->id));
	KUNIT_EXPECT_EQ(test, 0xc0000201U, ntohl(ip_hdr(skb)->saddr));
}

static void send__headers_that_lie(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = raw4(test, IPPROTO_RAW);
	char *data = kunit_kzalloc(test, 2000, GFP_KERNEL);

	KUNIT_EXPECT_EQ(test, -EINVAL,
			sock_send(sock, NST_WIRE_PEER, 0, data, 0, 0));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			sock_send(sock, NST_WIRE_PEER, 0, data, 19, 0));
	data[0] = 0x44;
	KUNIT_EXPECT_EQ(test, -EINVAL,
			sock_send(sock, NST_WIRE_PEER, 0, data, 20, 0));
	data[0] = 0x4f;
	KUNIT_EXPECT_EQ(test, -EINVAL,
			sock_send(sock, NST_WIRE_PEER, 0, data, 59, 0));
	data[0] = 0x45;
	KUNIT_EXPECT_EQ(test, -EMSGSIZE,
			sock_send(sock, NST_WIRE_PEER, 0, data, 1501, 0));
	nst_wire_expect_nothing(wire);
}

static int send6(struct socket *sock, u16 port, const void *data, size_t len)
{
	struct sockaddr_in6 peer = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(port),
		.sin6_addr = nst_wire_peer6,
	};
	struct kvec iov = { .iov_base = (void *)data, .iov_len = len };
	struct msghdr msg = {
		.msg_name = &peer,
		.msg_namelen = sizeof(peer),
	};

	return kernel_sendmsg(sock, &msg, &iov, 1, len);
}

static void send6__checksum_where_it_is_said(struct kunit *test)
{
	static const u8 message[] = { ICMPV6_ECHO_REQUEST, 0, 9, 9, 1, 2, 3, 4 };
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct socket *icmp = raw6(test, IPPROTO_ICMPV6);
	struct socket *sock = raw6(test, PROTOCOL);
	struct sk_buff *skb;

	KUNIT_EXPECT_EQ(test, 8, send6(icmp, 0, message, 8));
	/* Which looks at it. */
	nst_wire_expect_icmpv6(wire, ICMPV6_ECHO_REQUEST);

	nst_raw_sk(sock->sk)->checksum = true;
	nst_raw_sk(sock->sk)->checksum_offset = 4;
	KUNIT_EXPECT_EQ(test, -EINVAL, send6(sock, 0, message, 5));
	KUNIT_EXPECT_EQ(test, -EINVAL, send6(sock, 0, message, 0));
	nst_raw_sk(sock->sk)->checksum_offset = U32_MAX - 1;
	KUNIT_EXPECT_EQ(test, -EINVAL, send6(sock, 0, message, 8));
	nst_raw_sk(sock->sk)->checksum_offset = 6;
	KUNIT_EXPECT_EQ(test, 8, send6(sock, 0, message, 8));
	skb = nst_wire_expect_ipv6(wire, PROTOCOL);
	KUNIT_EXPECT_EQ(test, 0, memcmp(skb->data, message, 6));
	KUNIT_EXPECT_NE(test, 0, memcmp(skb->data + 6, message + 6, 2));
}

/* Of whatever protocol, and after whatever connect(). */
static void option6__stays_ipv6_only(struct kunit *test)
{
	static const int protocols[] = { PROTOCOL, IPPROTO_TCP };
	struct sockaddr unspec = { .sa_family = AF_UNSPEC };
	unsigned int i;
	int off = 0;

	nst_wire_create_ipv6(test);
	for (i = 0; i < ARRAY_SIZE(protocols); i++) {
		struct socket *sock = raw6(test, protocols[i]);

		sock->ops->connect(sock, (void *)&unspec, sizeof(unspec), 0);
		KUNIT_EXPECT_EQ(test, -EINVAL,
				nst_ipv6_setsockopt(sock->sk, SOL_IPV6,
						    IPV6_V6ONLY,
						    KERNEL_SOCKPTR(&off),
						    sizeof(off)));
	}
}

static void send6__port_is_the_protocol(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct socket *sock = raw6(test, PROTOCOL);
	struct socket *any = raw6(test, IPPROTO_RAW);

	KUNIT_EXPECT_EQ(test, 5, send6(sock, PROTOCOL, "hello", 5));
	nst_wire_expect_ipv6(wire, PROTOCOL);
	KUNIT_EXPECT_EQ(test, -EINVAL, send6(sock, PROTOCOL + 1, "hello", 5));
	nst_raw_sk(any->sk)->header_included = false;
	KUNIT_EXPECT_EQ(test, 5, send6(any, PROTOCOL, "hello", 5));
	nst_wire_expect_ipv6(wire, PROTOCOL);
	KUNIT_EXPECT_EQ(test, -EINVAL, send6(any, 256, "hello", 5));
}

/* A router's complaint about a packet of PROTOCOL. */
static void inject_error(struct nst_wire *wire)
{
	struct sk_buff *skb = nst_build_payload(wire->test, "12345678", 8);

	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
		.protocol = PROTOCOL,
		.saddr = NST_WIRE_LOCAL,
		.daddr = NST_WIRE_PEER,
	});
	nst_build_icmp(skb, &(struct nst_build_icmp) {
		.type = ICMP_DEST_UNREACH, .code = ICMP_PROT_UNREACH,
	});
	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
		.protocol = IPPROTO_ICMP,
	});
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {});
	nst_wire_inject(wire, skb);
}

static void error__to_who_asks_or_is_connected(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = raw4(test, PROTOCOL);
	struct socket *connected = raw4(test, PROTOCOL);
	struct socket *included = raw4(test, PROTOCOL);

	KUNIT_ASSERT_EQ(test, 0, sock_connect(connected, NST_WIRE_PEER, 0));
	nst_raw_sk(included->sk)->header_included = true;
	sock_nst(included)->recverr = true;
	inject_error(wire);
	KUNIT_EXPECT_EQ(test, 0, sock_error(sock->sk));
	KUNIT_EXPECT_EQ(test, -ENOPROTOOPT, sock_error(connected->sk));
	KUNIT_EXPECT_EQ(test, -ENOPROTOOPT, sock_error(included->sk));
	KUNIT_ASSERT_EQ(test, 1U,
			skb_queue_len(&included->sk->sk_error_queue));
	/* Its data begins with the header that the program made. */
	KUNIT_EXPECT_EQ(test, 28U,
			skb_peek(&included->sk->sk_error_queue)->len);

	sock_nst(sock)->recverr = true;
	inject_error(wire);
	KUNIT_ASSERT_EQ(test, 1U, skb_queue_len(&sock->sk->sk_error_queue));
	KUNIT_EXPECT_EQ(test, 8U, skb_peek(&sock->sk->sk_error_queue)->len);
}

static void close__leaves_nothing(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock;

	KUNIT_ASSERT_EQ(test, 0,
			sock_create_kern(&init_net, nst_family, SOCK_RAW,
					 PROTOCOL, &sock));
	KUNIT_EXPECT_EQ(test, 1U, wire->stack->raw_sockets);
	inject(wire, PROTOCOL, "hello");
	sock_release(sock);
	KUNIT_EXPECT_EQ(test, 0U, wire->stack->raw_sockets);
	KUNIT_EXPECT_EQ(test, -EPROTONOSUPPORT,
			sock_create_kern(&init_net, nst_family, SOCK_RAW, 0,
					 &sock));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(receive__sees_the_header_of_ipv4),
	KUNIT_CASE(receive__another_protocol_is_unreachable),
	KUNIT_CASE(receive__copies_to_each_and_to_the_transport),
	KUNIT_CASE(receive__by_address_peer_and_link),
	KUNIT_CASE(receive__icmp_filter),
	KUNIT_CASE(receive__within_the_buffer),
	KUNIT_CASE(receive__ports_of_what_has_none),
	KUNIT_CASE(receive6__sees_the_payload),
	KUNIT_CASE(receive6__checksum),
	KUNIT_CASE(receive6__icmp6_filter),
	KUNIT_CASE(send__behind_a_header_of_the_stack),
	KUNIT_CASE(send__put_together),
	KUNIT_CASE(send__in_fragments),
	KUNIT_CASE(send__with_a_header_of_its_own),
	KUNIT_CASE(send__headers_that_lie),
	KUNIT_CASE(send6__checksum_where_it_is_said),
	KUNIT_CASE(send6__port_is_the_protocol),
	KUNIT_CASE(option6__stays_ipv6_only),
	KUNIT_CASE(error__to_who_asks_or_is_connected),
	KUNIT_CASE(close__leaves_nothing),
	{}
};

static struct kunit_suite suite = {
	.name = "raw",
	.test_cases = cases,
};

kunit_test_suite(suite);
