// SPDX-License-Identifier: GPL-2.0
/*
 * UDP_SEGMENT and UDP_GRO over a wire: one message that is many datagrams, and
 * many datagrams that are one message.
 */
#include <linux/ip.h>

#include "sock_fixture.h"

#define PORT	4000
#define SPORT	5000

static int set(struct socket *sock, int optname, int val)
{
	return nst_udp_setsockopt(sock->sk, optname, KERNEL_SOCKPTR(&val),
				  sizeof(val));
}

/* A datagram of @length bytes, each of them @what, leaves the stack. */
static void expect_datagram(struct nst_wire *wire, unsigned int length,
			    char what)
{
	struct sk_buff *skb = nst_wire_expect_ipv4(wire, IPPROTO_UDP);
	const struct udphdr *uh = (const struct udphdr *)skb->data;
	const char *data = (const char *)(uh + 1);

	KUNIT_ASSERT_EQ(wire->test, length + sizeof(*uh), skb->len);
	KUNIT_EXPECT_EQ(wire->test, skb->len, ntohs(uh->len));
	KUNIT_EXPECT_EQ(wire->test, what, data[0]);
	KUNIT_EXPECT_EQ(wire->test, what, data[length - 1]);
}

/* Three pieces of 1000, 1000 and 500 bytes: a, b and c. */
static const char *pieces(struct kunit *test)
{
	char *data = kunit_kzalloc(test, 2500, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, data);
	memset(data, 'a', 1000);
	memset(data + 1000, 'b', 1000);
	memset(data + 2000, 'c', 500);
	return data;
}

static void expect_pieces(struct nst_wire *wire)
{
	expect_datagram(wire, 1000, 'a');
	expect_datagram(wire, 1000, 'b');
	expect_datagram(wire, 500, 'c');
	nst_wire_expect_nothing(wire);
}

static void send__one_message_is_many_datagrams(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_bound(test, PORT);

	KUNIT_EXPECT_EQ(test, 0, set(sock, UDP_SEGMENT, 1000));
	KUNIT_EXPECT_EQ(test, 2500, sock_send(sock, NST_WIRE_PEER, SPORT,
					      pieces(test), 2500, 0));
	expect_pieces(wire);
}

static void send__a_connected_socket_cuts_as_well(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_bound(test, PORT);

	KUNIT_ASSERT_EQ(test, 0, sock_connect(sock, NST_WIRE_PEER, SPORT));
	KUNIT_EXPECT_EQ(test, 0, set(sock, UDP_SEGMENT, 1000));
	KUNIT_EXPECT_EQ(test, 2500, sock_send(sock, 0, 0, pieces(test), 2500,
					      0));
	expect_pieces(wire);
}

static void send__a_corked_message_is_cut_when_it_leaves(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_bound(test, PORT);
	const char *data = pieces(test);

	KUNIT_EXPECT_EQ(test, 0, set(sock, UDP_SEGMENT, 1000));
	KUNIT_EXPECT_EQ(test, 700, sock_send(sock, NST_WIRE_PEER, SPORT, data,
					     700, MSG_MORE));
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, 1800, sock_send(sock, NST_WIRE_PEER, SPORT,
					      data + 700, 1800, 0));
	expect_pieces(wire);
}

static int send_control(struct socket *sock, const char *data, size_t len,
			int type, size_t size, u16 segment)
{
	struct sockaddr_in sin = sock_address(NST_WIRE_PEER, SPORT);
	struct kvec iov = { .iov_base = (void *)data, .iov_len = len };
	union {
		struct cmsghdr header;
		u8 room[CMSG_SPACE(sizeof(u32))];
	} control = {
		.header = {
			.cmsg_len = CMSG_LEN(size),
			.cmsg_level = SOL_UDP,
			.cmsg_type = type,
		},
	};
	struct msghdr msg = {
		.msg_name = &sin,
		.msg_namelen = sizeof(sin),
		.msg_control = &control,
		.msg_controllen = CMSG_SPACE(size),
	};

	*(u16 *)CMSG_DATA(&control.header) = segment;
	return kernel_sendmsg(sock, &msg, &iov, 1, len);
}

static void send__a_message_may_say_its_own(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_bound(test, PORT);
	const char *data = pieces(test);

	KUNIT_EXPECT_EQ(test, 0, set(sock, UDP_SEGMENT, 10));
	KUNIT_EXPECT_EQ(test, 2500, send_control(sock, data, 2500, UDP_SEGMENT,
						 sizeof(u16), 1000));
	expect_pieces(wire);
	/* None at all. */
	KUNIT_EXPECT_EQ(test, 1000, send_control(sock, data, 1000, UDP_SEGMENT,
						 sizeof(u16), 0));
	expect_datagram(wire, 1000, 'a');
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, -EINVAL, send_control(sock, data, 10, UDP_SEGMENT,
						    sizeof(u32), 5));
	KUNIT_EXPECT_EQ(test, -EINVAL, send_control(sock, data, 10, UDP_GRO,
						    sizeof(u16), 5));
	nst_wire_expect_nothing(wire);
}

static void send__refuses_what_would_be_cut_again(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_bound(test, PORT);
	const char *data = pieces(test);

	KUNIT_EXPECT_EQ(test, 0, set(sock, UDP_SEGMENT, 1473));
	KUNIT_EXPECT_EQ(test, -EMSGSIZE, sock_send(sock, NST_WIRE_PEER, SPORT,
						   data, 2500, 0));
	KUNIT_EXPECT_EQ(test, 0, set(sock, UDP_SEGMENT, 10));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			sock_send(sock, NST_WIRE_PEER, SPORT, data,
				  10 * UDP_MAX_SEGMENTS + 1, 0));
	sock->sk->sk_no_check_tx = 1;
	KUNIT_EXPECT_EQ(test, -EINVAL, sock_send(sock, NST_WIRE_PEER, SPORT,
						 data, 20, 0));
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, -EINVAL, set(sock, UDP_SEGMENT, -1));
	KUNIT_EXPECT_EQ(test, -EINVAL, set(sock, UDP_SEGMENT, 65536));
}

static void send__a_link_that_cuts_gets_it_whole(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_bound(test, PORT);
	struct sk_buff *skb;

	wire->link->features = NETIF_F_SG | NETIF_F_HW_CSUM |
			       NETIF_F_GSO_UDP_L4;
	KUNIT_EXPECT_EQ(test, 0, set(sock, UDP_SEGMENT, 1000));
	KUNIT_EXPECT_EQ(test, 2500, sock_send(sock, NST_WIRE_PEER, SPORT,
					      pieces(test), 2500, 0));
	skb = nst_wire_expect_ipv4(wire, IPPROTO_UDP);
	KUNIT_EXPECT_EQ(test, 2508U, skb->len);
	KUNIT_EXPECT_EQ(test, 1000, skb_shinfo(skb)->gso_size);
	KUNIT_EXPECT_EQ(test, 3, skb_shinfo(skb)->gso_segs);
	nst_wire_expect_nothing(wire);
}

/* As the host hands over what a program sent with UDP_SEGMENT. */
static void inject_super_packet(struct nst_wire *wire)
{
	struct sk_buff *skb;
	struct udphdr *uh;

	skb = nst_build_frame_udp(wire->test, SPORT, PORT, "aaaabbbbcc", 10);
	wire->link->flags |= NST_LINK_TRUSTED_PEER;
	skb_set_network_header(skb, ETH_HLEN);
	skb_set_transport_header(skb, ETH_HLEN + sizeof(struct iphdr));
	uh = udp_hdr(skb);
	uh->check = ~csum_tcpudp_magic(htonl(NST_WIRE_PEER),
				       htonl(NST_WIRE_LOCAL),
				       sizeof(*uh) + 10, IPPROTO_UDP, 0);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = (unsigned char *)uh - skb->head;
	skb->csum_offset = offsetof(struct udphdr, check);
	skb_shinfo(skb)->gso_size = 4;
	skb_shinfo(skb)->gso_segs = 3;
	skb_shinfo(skb)->gso_type = SKB_GSO_UDP_L4;
	nst_wire_inject(wire, skb);
}

static void receive__gro_gets_it_whole_with_the_size(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_bound(test, PORT);
	union {
		struct cmsghdr header;
		u8 room[CMSG_SPACE(sizeof(int))];
	} control = {};
	char data[16] = "";
	struct kvec iov = { .iov_base = data, .iov_len = sizeof(data) };
	struct msghdr msg = {
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};

	KUNIT_EXPECT_EQ(test, 0, set(sock, UDP_GRO, 1));
	inject_super_packet(wire);
	KUNIT_EXPECT_EQ(test, 10, nst_udp_first_length(sock->sk));
	KUNIT_EXPECT_EQ(test, 10, kernel_recvmsg(sock, &msg, &iov, 1,
						 sizeof(data), MSG_DONTWAIT));
	KUNIT_EXPECT_STREQ(test, "aaaabbbbcc", (const char *)data);
	KUNIT_EXPECT_EQ(test, SOL_UDP, control.header.cmsg_level);
	KUNIT_EXPECT_EQ(test, UDP_GRO, control.header.cmsg_type);
	KUNIT_EXPECT_EQ(test, 4, *(int *)CMSG_DATA(&control.header));
	sock_expect_empty(test, sock);

	KUNIT_EXPECT_EQ(test, 0, set(sock, UDP_GRO, 0));
	inject_super_packet(wire);
	sock_expect(test, sock, "aaaa");
	sock_expect(test, sock, "bbbb");
	sock_expect(test, sock, "cc");
	sock_expect_empty(test, sock);
}

static void receive__nobody_hears_of_each_datagram(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	inject_super_packet(wire);
	KUNIT_EXPECT_EQ(test, 3ul,
			nst_mib_read(wire->stack, NST_MIB_UDP_NO_PORTS));
}

static struct kunit_case udp_segment_cases[] = {
	KUNIT_CASE(send__one_message_is_many_datagrams),
	KUNIT_CASE(send__a_connected_socket_cuts_as_well),
	KUNIT_CASE(send__a_corked_message_is_cut_when_it_leaves),
	KUNIT_CASE(send__a_message_may_say_its_own),
	KUNIT_CASE(send__refuses_what_would_be_cut_again),
	KUNIT_CASE(send__a_link_that_cuts_gets_it_whole),
	KUNIT_CASE(receive__gro_gets_it_whole_with_the_size),
	KUNIT_CASE(receive__nobody_hears_of_each_datagram),
	{}
};

static struct kunit_suite udp_segment_suite = {
	.name = "netstack_udp_segment",
	.test_cases = udp_segment_cases,
};

kunit_test_suite(udp_segment_suite);
