// SPDX-License-Identifier: GPL-2.0
/*
 * Ping sockets over a wire: requests that go out, answers and errors that come
 * in, and what is none of a socket's business.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netstack.h>
#include <net/tcp_states.h>

#include "../netstack/transport/ping.h"
#include "sock_fixture.h"
#include "wire_ipv6.h"

#define ID	0x1234

/* A wire whose stack lets everybody have ping sockets. */
static struct nst_wire *wire4(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	wire->stack->config.ping_group_range[0] = 0;
	wire->stack->config.ping_group_range[1] = 0;
	return wire;
}

static struct nst_wire *wire6(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);

	wire->stack->config.ping_group_range[0] = 0;
	wire->stack->config.ping_group_range[1] = 0;
	return wire;
}

static struct socket *pinger(struct kunit *test, u16 id)
{
	struct socket *sock;

	sock = sock_make_protocol(test, SOCK_DGRAM, IPPROTO_ICMP);
	if (id)
		KUNIT_ASSERT_EQ(test, 0, sock_bind(sock, 0, id));
	return sock;
}

static struct sockaddr_in6 address6(const struct in6_addr *address, u16 id)
{
	return (struct sockaddr_in6) {
		.sin6_family = AF_INET6,
		.sin6_port = htons(id),
		.sin6_addr = *address,
	};
}

static struct socket *pinger6(struct kunit *test, u16 id)
{
	struct sockaddr_in6 any = address6(&nst_wire_any6, id);
	struct socket *sock;

	sock = sock_make_protocol(test, SOCK_DGRAM,
				  IPPROTO_ICMPV6 | NETSTACK_IPV6);
	KUNIT_ASSERT_EQ(test, 0,
			sock->ops->bind(sock, (void *)&any, sizeof(any)));
	return sock;
}

static int send6(struct socket *sock, const void *data, size_t len)
{
	struct sockaddr_in6 peer = address6(&nst_wire_peer6, 0);
	struct kvec iov = { .iov_base = (void *)data, .iov_len = len };
	struct msghdr msg = {
		.msg_name = &peer,
		.msg_namelen = sizeof(peer),
	};

	return kernel_sendmsg(sock, &msg, &iov, 1, len);
}

static void inject_reply(struct nst_wire *wire, u8 type, u16 id,
			 const char *text)
{
	nst_wire_inject(wire, nst_build_frame_icmp(wire->test,
						   &(struct nst_build_icmp) {
		.type = type, .rest = id << 16 | 7,
	}, text, strlen(text)));
}

static void inject_reply6(struct nst_wire *wire, u16 id)
{
	struct sk_buff *skb = nst_build_payload(wire->test, "six", 3);

	nst_build_icmpv6(skb, &(struct nst_build_icmpv6) {
		.type = ICMPV6_ECHO_REPLY, .rest = id << 16 | 7,
	});
	nst_build_ipv6(skb, &(struct nst_build_ipv6) {
		.nexthdr = IPPROTO_ICMPV6,
	});
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {
		.ethertype = ETH_P_IPV6,
	});
	nst_wire_inject(wire, skb);
}

static const u8 request[] = { ICMP_ECHO, 0, 9, 9, 9, 9, 0, 7, 'h', 'i' };
static const u8 request6[] = { ICMPV6_ECHO_REQUEST, 0, 9, 9, 9, 9, 0, 7, 'h' };

static void open__needs_a_group_in_the_range(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock;

	KUNIT_EXPECT_EQ(test, -EACCES,
			sock_create_kern(&init_net, nst_family, SOCK_DGRAM,
					 IPPROTO_ICMP, &sock));
	wire->stack->config.ping_group_range[0] = 1;
	wire->stack->config.ping_group_range[1] = INT_MAX;
	KUNIT_EXPECT_EQ(test, -EACCES,
			sock_create_kern(&init_net, nst_family, SOCK_DGRAM,
					 IPPROTO_ICMP, &sock));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&wire->stack->sockets));
	wire->stack->config.ping_group_range[0] = 0;
	pinger(test, 0);
}

static void open__each_family_has_its_protocol(struct kunit *test)
{
	struct socket *sock;

	wire4(test);
	KUNIT_EXPECT_EQ(test, -EPROTONOSUPPORT,
			sock_create_kern(&init_net, nst_family, SOCK_DGRAM,
					 IPPROTO_ICMPV6, &sock));
	KUNIT_EXPECT_EQ(test, -EPROTONOSUPPORT,
			sock_create_kern(&init_net, nst_family, SOCK_DGRAM,
					 IPPROTO_ICMP | NETSTACK_IPV6, &sock));
}

static void send__fills_identifier_and_checksum(struct kunit *test)
{
	struct nst_wire *wire = wire4(test);
	struct socket *sock = pinger(test, ID);
	struct sk_buff *skb;

	KUNIT_EXPECT_EQ(test, (int)sizeof(request),
			sock_send(sock, NST_WIRE_PEER, 0, request,
				  sizeof(request), 0));
	skb = nst_wire_expect_ipv4(wire, IPPROTO_ICMP);
	KUNIT_ASSERT_EQ(test, (unsigned int)sizeof(request), skb->len);
	KUNIT_EXPECT_EQ(test, ICMP_ECHO, (int)skb->data[0]);
	KUNIT_EXPECT_EQ(test, ID, skb->data[4] << 8 | skb->data[5]);
	KUNIT_EXPECT_EQ(test, 7, (int)skb->data[7]);
	KUNIT_EXPECT_EQ(test, 'i', (int)skb->data[9]);
	KUNIT_EXPECT_EQ(test, 0,
			(__force int)csum_fold(skb_checksum(skb, 0, skb->len, 0)));
	KUNIT_EXPECT_EQ(test, 1UL,
			nst_mib_read(wire->stack, NST_MIB_ICMP_OUT_ECHOS));
}

static void send__takes_requests_only(struct kunit *test)
{
	static const u8 types[] = { 0, 3, 5, 9, 11, 13, 17, 40, 255 };
	struct nst_wire *wire = wire4(test);
	struct socket *sock = pinger(test, ID);
	u8 data[8] = { ICMP_ECHO, 1 };
	unsigned int i;

	KUNIT_EXPECT_EQ(test, -EINVAL,
			sock_send(sock, NST_WIRE_PEER, 0, data, 8, 0));
	data[1] = 0;
	KUNIT_EXPECT_EQ(test, -EINVAL,
			sock_send(sock, NST_WIRE_PEER, 0, data, 7, 0));
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		data[0] = types[i];
		KUNIT_EXPECT_EQ(test, -EINVAL,
				sock_send(sock, NST_WIRE_PEER, 0, data, 8, 0));
	}
	KUNIT_EXPECT_EQ(test, -EDESTADDRREQ,
			sock_send(sock, 0, 0, request, sizeof(request), 0));
	nst_wire_expect_nothing(wire);
}

static void send6__fills_identifier_and_checksum(struct kunit *test)
{
	struct nst_wire *wire = wire6(test);
	struct socket *sock = pinger6(test, ID);
	struct sk_buff *skb;

	KUNIT_EXPECT_EQ(test, (int)sizeof(request6),
			send6(sock, request6, sizeof(request6)));
	/* Which looks at the checksum. */
	skb = nst_wire_expect_icmpv6(wire, ICMPV6_ECHO_REQUEST);
	KUNIT_EXPECT_EQ(test, (unsigned int)sizeof(request6), skb->len);
	KUNIT_EXPECT_EQ(test, ID, skb->data[4] << 8 | skb->data[5]);
	KUNIT_EXPECT_EQ(test, -EINVAL,
			send6(sock, request, sizeof(request)));
	KUNIT_EXPECT_EQ(test, 1UL,
			nst_mib_read(wire->stack, NST_MIB_ICMP6_OUT_ECHOS));
}

static void receive__answers_to_the_identifier(struct kunit *test)
{
	struct nst_wire *wire = wire4(test);
	struct socket *sock = pinger(test, ID);
	struct socket *other = pinger(test, ID + 1);
	u8 data[32];

	inject_reply(wire, ICMP_ECHOREPLY, ID, "hello");
	KUNIT_ASSERT_EQ(test, 13,
			sock_recv(sock, data, sizeof(data), MSG_DONTWAIT));
	KUNIT_EXPECT_EQ(test, ICMP_ECHOREPLY, (int)data[0]);
	KUNIT_EXPECT_EQ(test, ID, data[4] << 8 | data[5]);
	KUNIT_EXPECT_EQ(test, 0, memcmp(data + 8, "hello", 5));
	inject_reply(wire, ICMP_EXT_ECHOREPLY, ID, "");
	KUNIT_EXPECT_EQ(test, 8,
			sock_recv(sock, data, sizeof(data), MSG_DONTWAIT));
	sock_expect_empty(test, sock);
	sock_expect_empty(test, other);
	nst_wire_expect_nothing(wire);
}

static void receive__no_other_message(struct kunit *test)
{
	static const u8 types[] = {
		ICMP_TIMESTAMPREPLY, ICMP_ADDRESSREPLY, ICMP_REDIRECT,
		ICMP_INFO_REPLY, ICMP_SOURCE_QUENCH, 255,
	};
	const struct nst_build_icmp wrong = {
		.type = ICMP_ECHOREPLY, .rest = ID << 16, .bad_checksum = true,
	};
	struct nst_wire *wire = wire4(test);
	struct socket *sock = pinger(test, ID);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		inject_reply(wire, types[i], ID, "hello");
	inject_reply(wire, ICMP_ECHOREPLY, ID + 1, "hello");
	nst_wire_inject_dropped(wire,
				nst_build_frame_icmp(test, &wrong, "x", 1),
				NST_DROP_ICMP_CHECKSUM);
	sock_expect_empty(test, sock);
}

static void receive__within_the_buffer(struct kunit *test)
{
	struct nst_wire *wire = wire4(test);
	struct socket *sock = pinger(test, ID);
	unsigned int i;

	sock->sk->sk_rcvbuf = 1;
	for (i = 0; i < 4; i++)
		inject_reply(wire, ICMP_ECHOREPLY, ID, "hello");
	KUNIT_EXPECT_EQ(test, 3, atomic_read(&sock->sk->sk_drops));
	KUNIT_EXPECT_EQ(test, 3UL,
			nst_drop_read(wire->stack, NST_DROP_SOCKET_RCVBUF));
}

static void receive__by_address_and_link(struct kunit *test)
{
	struct nst_wire *wire = wire4(test);
	struct socket *sock = pinger(test, 0);
	u8 data[32];

	nst_wire_add_address(wire, NST_WIRE_LOCAL + 8, 24);
	KUNIT_ASSERT_EQ(test, 0, sock_bind(sock, NST_WIRE_LOCAL + 8, ID));
	inject_reply(wire, ICMP_ECHOREPLY, ID, "hello");
	sock_expect_empty(test, sock);

	sock = pinger(test, ID + 1);
	sock->sk->sk_bound_dev_if = NST_LOOPBACK_INDEX;
	inject_reply(wire, ICMP_ECHOREPLY, ID + 1, "hello");
	sock_expect_empty(test, sock);
	sock->sk->sk_bound_dev_if = NST_WIRE_INDEX;
	inject_reply(wire, ICMP_ECHOREPLY, ID + 1, "hello");
	KUNIT_EXPECT_EQ(test, 13,
			sock_recv(sock, data, sizeof(data), MSG_DONTWAIT));
}

static void receive6__answers_to_the_identifier(struct kunit *test)
{
	struct nst_wire *wire = wire6(test);
	struct socket *sock = pinger6(test, ID);
	struct socket *four = pinger(test, ID + 1);
	u8 data[32];

	inject_reply6(wire, ID);
	KUNIT_ASSERT_EQ(test, 11,
			sock_recv(sock, data, sizeof(data), MSG_DONTWAIT));
	KUNIT_EXPECT_EQ(test, ICMPV6_ECHO_REPLY, (int)data[0]);
	inject_reply6(wire, ID + 1);
	sock_expect_empty(test, sock);
	sock_expect_empty(test, four);
}

/* An error about a request, quoting @type and @id. */
static void inject_error(struct nst_wire *wire, u8 type, u16 id)
{
	struct sk_buff *skb = nst_build_payload(wire->test, "abcd", 4);

	nst_build_icmp(skb, &(struct nst_build_icmp) {
		.type = type, .rest = id << 16 | 7,
	});
	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
		.protocol = IPPROTO_ICMP,
		.saddr = NST_WIRE_LOCAL,
		.daddr = NST_WIRE_OTHER,
	});
	nst_build_icmp(skb, &(struct nst_build_icmp) {
		.type = ICMP_DEST_UNREACH, .code = ICMP_PORT_UNREACH,
	});
	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
		.protocol = IPPROTO_ICMP,
	});
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {});
	nst_wire_inject(wire, skb);
}

static void error__to_who_asks_for_it(struct kunit *test)
{
	struct nst_wire *wire = wire4(test);
	struct socket *sock = pinger(test, ID);

	inject_error(wire, ICMP_ECHO, ID);
	sock_expect_empty(test, sock);

	sock_nst(sock)->recverr = true;
	inject_error(wire, ICMP_ECHOREPLY, ID);
	inject_error(wire, ICMP_ECHO, ID + 1);
	sock_expect_empty(test, sock);
	inject_error(wire, ICMP_ECHO, ID);
	KUNIT_EXPECT_EQ(test, 1U, skb_queue_len(&sock->sk->sk_error_queue));
	KUNIT_EXPECT_EQ(test, -ECONNREFUSED, sock_error(sock->sk));
}

static void bind__identifiers_are_shared_by_agreement(struct kunit *test)
{
	struct socket *one, *two;

	wire4(test);
	one = pinger(test, ID);
	two = pinger(test, 0);
	one->sk->sk_reuse = SK_NO_REUSE;
	two->sk->sk_reuse = SK_NO_REUSE;
	KUNIT_EXPECT_EQ(test, -EADDRINUSE, sock_bind(two, 0, ID));
	two->sk->sk_reuse = SK_CAN_REUSE;
	KUNIT_EXPECT_EQ(test, -EADDRINUSE, sock_bind(two, 0, ID));
	one->sk->sk_reuse = SK_CAN_REUSE;
	KUNIT_EXPECT_EQ(test, 0, sock_bind(two, 0, ID));
	KUNIT_EXPECT_EQ(test, -EINVAL, sock_bind(two, 0, ID));
}

static void bind__every_identifier_is_found(struct kunit *test)
{
	struct nst_wire *wire = wire4(test);
	struct socket *sock = pinger(test, 0);
	struct nst_ping *ping = wire->stack->ping;

	bitmap_fill(ping->used, 1 << 16);
	KUNIT_EXPECT_EQ(test, -EADDRINUSE, sock_bind(sock, 0, 0));
	__clear_bit(1, ping->used);
	KUNIT_EXPECT_EQ(test, 0, sock_bind(sock, 0, 0));
	KUNIT_EXPECT_EQ(test, 1, ntohs(sock_nst(sock)->flow.lport));
	KUNIT_EXPECT_TRUE(test, test_bit(1, ping->used));
	/* It is given back, and the address is another's to take. */
	KUNIT_EXPECT_EQ(test, 0, sock_disconnect(sock));
	KUNIT_EXPECT_FALSE(test, test_bit(1, ping->used));
	__clear_bit(1, ping->used);
	__clear_bit(65535, ping->used);
	KUNIT_EXPECT_EQ(test, 0, sock_bind(sock, 0, 65535));
	bitmap_zero(ping->used, 1 << 16);
}

static void bind__no_group_and_no_stranger(struct kunit *test)
{
	struct socket *sock;

	wire4(test);
	sock = pinger(test, 0);
	KUNIT_EXPECT_EQ(test, -EADDRNOTAVAIL, sock_bind(sock, 0xe0000001, ID));
	KUNIT_EXPECT_EQ(test, -EADDRNOTAVAIL, sock_bind(sock, 0xffffffff, ID));
	KUNIT_EXPECT_EQ(test, -EADDRNOTAVAIL,
			sock_bind(sock, NST_WIRE_OTHER, ID));
	KUNIT_EXPECT_EQ(test, 0, sock_bind(sock, NST_WIRE_LOCAL, ID));
}

static void connect__sends_to_the_peer(struct kunit *test)
{
	struct nst_wire *wire = wire4(test);
	struct socket *sock = pinger(test, 0);
	u8 data[32];
	u16 id;

	KUNIT_ASSERT_EQ(test, 0, sock_connect(sock, NST_WIRE_PEER, 0));
	id = ntohs(sock_nst(sock)->flow.lport);
	KUNIT_EXPECT_NE(test, 0, id);
	KUNIT_EXPECT_EQ(test, (int)sizeof(request),
			sock_send(sock, 0, 0, request, sizeof(request), 0));
	nst_wire_expect_ipv4(wire, IPPROTO_ICMP);
	inject_reply(wire, ICMP_ECHOREPLY, id, "hello");
	KUNIT_EXPECT_EQ(test, 13,
			sock_recv(sock, data, sizeof(data), MSG_DONTWAIT));
	KUNIT_EXPECT_EQ(test, 0, sock_disconnect(sock));
	KUNIT_EXPECT_EQ(test, -EDESTADDRREQ,
			sock_send(sock, 0, 0, request, sizeof(request), 0));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(open__needs_a_group_in_the_range),
	KUNIT_CASE(open__each_family_has_its_protocol),
	KUNIT_CASE(send__fills_identifier_and_checksum),
	KUNIT_CASE(send__takes_requests_only),
	KUNIT_CASE(send6__fills_identifier_and_checksum),
	KUNIT_CASE(receive__answers_to_the_identifier),
	KUNIT_CASE(receive__no_other_message),
	KUNIT_CASE(receive__within_the_buffer),
	KUNIT_CASE(receive__by_address_and_link),
	KUNIT_CASE(receive6__answers_to_the_identifier),
	KUNIT_CASE(error__to_who_asks_for_it),
	KUNIT_CASE(bind__identifiers_are_shared_by_agreement),
	KUNIT_CASE(bind__every_identifier_is_found),
	KUNIT_CASE(bind__no_group_and_no_stranger),
	KUNIT_CASE(connect__sends_to_the_peer),
	{}
};

static struct kunit_suite suite = {
	.name = "ping",
	.test_cases = cases,
};

kunit_test_suite(suite);
