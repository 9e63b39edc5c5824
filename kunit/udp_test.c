// SPDX-License-Identifier: GPL-2.0
/*
 * UDP over a wire: datagrams that come in, datagrams that go out, and ICMP
 * errors about them.
 */
#include <linux/icmp.h>
#include <linux/ip.h>
#include <linux/pkt_sched.h>
#include <net/tcp_states.h>

#include "../netstack/network/ipv4.h"
#include "sock_fixture.h"

#define PORT	4000
#define SPORT	5000

/* A datagram with headers as told, whole frame. */
static struct sk_buff *frame(struct kunit *test, const char *text,
			     const struct nst_build_udp *udp, u32 saddr,
			     u32 daddr)
{
	struct sk_buff *skb = nst_build_payload(test, text, strlen(text));

	nst_build_udp(skb, udp);
	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
		.protocol = IPPROTO_UDP,
		.saddr = saddr,
		.daddr = daddr,
	});
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {});
	return skb;
}

static void inject_text(struct nst_wire *wire, const char *text)
{
	nst_wire_inject(wire, nst_build_frame_udp(wire->test, SPORT, PORT,
						  text, strlen(text)));
}

static unsigned long counter(struct nst_wire *wire, enum nst_mib_item item)
{
	return nst_mib_read(wire->stack, item);
}

static void receive__delivers_payload_and_source(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_bound(test, PORT);
	struct nst_sockaddr from;
	char data[16] = "";
	struct kvec iov = { .iov_base = data, .iov_len = sizeof(data) };
	struct msghdr msg = {};

	inject_text(wire, "hello");
	KUNIT_EXPECT_EQ(test, 5, nst_udp_first_length(sock->sk));
	iov_iter_kvec(&msg.msg_iter, ITER_DEST, &iov, 1, sizeof(data));
	KUNIT_EXPECT_EQ(test, 5,
			nst_udp_recvmsg(sock->sk, &msg, sizeof(data),
					MSG_DONTWAIT, &from));
	KUNIT_EXPECT_STREQ(test, "hello", (const char *)data);
	KUNIT_EXPECT_EQ(test, NST_WIRE_PEER, ntohl(from.address.v4));
	KUNIT_EXPECT_EQ(test, SPORT, ntohs(from.port));
	KUNIT_EXPECT_EQ(test, 1ul, counter(wire, NST_MIB_UDP_IN_DATAGRAMS));
	sock_expect_empty(test, sock);
	nst_wire_expect_nothing(wire);
}

static void receive__keeps_order_and_boundaries(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_bound(test, PORT);

	inject_text(wire, "one");
	inject_text(wire, "");
	inject_text(wire, "three");
	sock_expect(test, sock, "one");
	sock_expect(test, sock, "");
	sock_expect(test, sock, "three");
	sock_expect_empty(test, sock);
}

/* Of each piece, for the queue of a device of the host; IP_TOS has a say. */
static void send__carries_priority_and_mark(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	u8 *data = kunit_kzalloc(test, 2000, GFP_KERNEL);
	struct socket *sock = sock_bound(test, PORT);
	int tos = IPTOS_LOWDELAY, i;
	struct sk_buff *skb;

	KUNIT_ASSERT_NOT_NULL(test, data);
	sock->sk->sk_priority = 5;
	sock->sk->sk_mark = 9;
	KUNIT_EXPECT_EQ(test, 2000, sock_send(sock, NST_WIRE_PEER, SPORT,
					      data, 2000, 0));
	for (i = 0; i < 2; i++) {
		skb = nst_wire_expect_ipv4(wire, IPPROTO_UDP);
		KUNIT_EXPECT_EQ(test, 5U, skb->priority);
		KUNIT_EXPECT_EQ(test, 9U, skb->mark);
	}
	KUNIT_EXPECT_EQ(test, 0, nst_ip_setsockopt(sock->sk, SOL_IP, IP_TOS,
						   KERNEL_SOCKPTR(&tos),
						   sizeof(tos)));
	sock_send(sock, NST_WIRE_PEER, SPORT, data, 1, 0);
	skb = nst_wire_expect_ipv4(wire, IPPROTO_UDP);
	KUNIT_EXPECT_EQ(test, (u32)TC_PRIO_INTERACTIVE, skb->priority);
}

/* SO_BUSY_POLL: a queue of the host's devices is none of ours. */
static void receive__knows_no_queue_to_poll(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_bound(test, PORT);
	struct sk_buff *skb;

	skb = nst_build_frame_udp(test, SPORT, PORT, "hello", 5);
	skb->napi_id = U16_MAX;
	sock->sk->sk_ll_usec = 1000000;
	nst_wire_inject(wire, skb);
	sock_expect(test, sock, "hello");
	KUNIT_EXPECT_EQ(test, 0U, sock->sk->sk_napi_id);
	sock_expect_empty(test, sock);
}

static void receive__drops_lying_lengths(struct kunit *test)
{
	static const u16 lengths[] = { 1, 7, 14, 65535 };
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_bound(test, PORT);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		const struct nst_build_udp udp = {
			.sport = SPORT,
			.dport = PORT,
			.length = lengths[i],
		};

		nst_wire_inject_dropped(wire, frame(test, "hello", &udp, 0, 0),
					NST_DROP_UDP_SHORT);
	}
	KUNIT_EXPECT_EQ(test, 4ul, counter(wire, NST_MIB_UDP_IN_ERRORS));
	sock_expect_empty(test, sock);
}

static void receive__drops_truncated_header(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb = nst_build_payload(test, "1234567", 7);

	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
		.protocol = IPPROTO_UDP });
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {});
	nst_wire_inject_dropped(wire, skb, NST_DROP_UDP_SHORT);
}

static void receive__leaves_padding_out(struct kunit *test)
{
	/* The UDP length covers "head" of "header": RFC 768 */
	const struct nst_build_udp udp = {
		.sport = SPORT,
		.dport = PORT,
		.length = sizeof(struct udphdr) + 4,
		.no_checksum = true,
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_bound(test, PORT);

	nst_wire_inject(wire, frame(test, "header", &udp, 0, 0));
	sock_expect(test, sock, "head");
}

static void receive__verifies_checksum(struct kunit *test)
{
	const struct nst_build_udp bad = {
		.sport = SPORT, .dport = PORT, .bad_checksum = true,
	};
	const struct nst_build_udp none = {
		.sport = SPORT, .dport = PORT, .no_checksum = true,
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_bound(test, PORT);

	nst_wire_inject_dropped(wire, frame(test, "bad", &bad, 0, 0),
				NST_DROP_UDP_CHECKSUM);
	KUNIT_EXPECT_EQ(test, 1ul, counter(wire, NST_MIB_UDP_IN_CSUM_ERRORS));
	nst_wire_inject(wire, frame(test, "none", &none, 0, 0));
	sock_expect(test, sock, "none");
	sock_expect_empty(test, sock);
}

static void receive__answers_port_unreachable(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	const struct icmphdr *icmp;
	struct sk_buff *skb;

	inject_text(wire, "anyone?");
	skb = nst_wire_expect_ipv4(wire, IPPROTO_ICMP);
	icmp = (const struct icmphdr *)skb->data;
	KUNIT_EXPECT_EQ(test, ICMP_DEST_UNREACH, icmp->type);
	KUNIT_EXPECT_EQ(test, ICMP_PORT_UNREACH, icmp->code);
	KUNIT_EXPECT_EQ(test, 1ul, counter(wire, NST_MIB_UDP_NO_PORTS));
	KUNIT_EXPECT_EQ(test, 0ul, counter(wire, NST_MIB_UDP_IN_ERRORS));
	nst_wire_expect_nothing(wire);
}

static void receive__does_not_answer_broadcasts(struct kunit *test)
{
	const struct nst_build_udp udp = {
		.sport = SPORT, .dport = PORT, .daddr = 0xffffffff,
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	nst_wire_inject_dropped(wire, frame(test, "all", &udp, 0, 0xffffffff),
				NST_DROP_UDP_NO_PORT);
}

static void receive__broadcast_reaches_every_socket(struct kunit *test)
{
	const struct nst_build_udp udp = {
		.sport = SPORT, .dport = PORT, .daddr = 0xffffffff,
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *first = sock_make(test, SOCK_DGRAM);
	struct socket *second = sock_make(test, SOCK_DGRAM);
	struct socket *other = sock_make(test, SOCK_DGRAM);

	first->sk->sk_reuse = 1;
	second->sk->sk_reuse = 1;
	KUNIT_ASSERT_EQ(test, 0, sock_bind(first, 0, PORT));
	KUNIT_ASSERT_EQ(test, 0, sock_bind(second, 0, PORT));
	KUNIT_ASSERT_EQ(test, 0, sock_bind(other, NST_WIRE_LOCAL, PORT + 1));
	nst_wire_inject(wire, frame(test, "all", &udp, 0, 0xffffffff));
	sock_expect(test, first, "all");
	sock_expect(test, second, "all");
	sock_expect_empty(test, first);
	sock_expect_empty(test, other);
}

static void receive__connected_hears_its_peer_only(struct kunit *test)
{
	const struct nst_build_udp stranger = {
		.sport = SPORT, .dport = PORT, .saddr = NST_WIRE_OTHER,
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_bound(test, PORT);

	KUNIT_ASSERT_EQ(test, 0, sock_connect(sock, NST_WIRE_PEER, SPORT));
	nst_wire_inject(wire, frame(test, "no", &stranger, NST_WIRE_OTHER, 0));
	inject_text(wire, "yes");
	sock_expect(test, sock, "yes");
	sock_expect_empty(test, sock);

	KUNIT_ASSERT_EQ(test, 0, sock_disconnect(sock));
	nst_wire_inject(wire, frame(test, "now", &stranger, NST_WIRE_OTHER,
				    0));
	sock_expect(test, sock, "now");
}

static void receive__two_sockets_of_one_flow(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *first = sock_make(test, SOCK_DGRAM);
	struct socket *second = sock_make(test, SOCK_DGRAM);

	first->sk->sk_reuse = 1;
	second->sk->sk_reuse = 1;
	sock_bind(first, NST_WIRE_LOCAL, PORT);
	sock_bind(second, NST_WIRE_LOCAL, PORT);
	KUNIT_EXPECT_EQ(test, 0, sock_connect(first, NST_WIRE_PEER, SPORT));
	KUNIT_EXPECT_EQ(test, 0, sock_connect(second, NST_WIRE_PEER, SPORT));
	inject_text(wire, "one");
	sock_expect(test, first, "one");
	/* The flow passes to the other when its owner lets go. */
	KUNIT_EXPECT_EQ(test, 0, sock_connect(first, NST_WIRE_OTHER, SPORT));
	inject_text(wire, "two");
	sock_expect(test, second, "two");
	sock_expect_empty(test, first);
}

static void receive__buffer_is_bounded_and_counted(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_bound(test, PORT);
	unsigned long dropped;
	unsigned int i;

	sock->sk->sk_rcvbuf = 4096;
	for (i = 0; i < 64; i++)
		inject_text(wire, "fill");
	dropped = counter(wire, NST_MIB_UDP_RCVBUF_ERRORS);
	KUNIT_EXPECT_GT(test, dropped, 32ul);
	KUNIT_EXPECT_LT(test, dropped, 64ul);
	KUNIT_EXPECT_EQ(test, dropped,
			nst_drop_read(wire->stack, NST_DROP_SOCKET_RCVBUF));
	KUNIT_EXPECT_EQ(test, dropped,
			(unsigned long)atomic_read(&sock->sk->sk_drops));
	for (i = 0; i < 64 - dropped; i++)
		sock_expect(test, sock, "fill");
	sock_expect_empty(test, sock);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&sock->sk->sk_rmem_alloc));
	inject_text(wire, "again");
	sock_expect(test, sock, "again");
}

static void receive__memory_is_given_back(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_bound(test, PORT);
	unsigned int i;

	for (i = 0; i < 64; i++)
		inject_text(wire, "some");
	KUNIT_EXPECT_GT(test, atomic_read(&sock->sk->sk_rmem_alloc), 0);
	for (i = 0; i < 64; i++)
		sock_expect(test, sock, "some");
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&sock->sk->sk_rmem_alloc));
	KUNIT_EXPECT_LE(test, sock->sk->sk_forward_alloc,
			(int)(2 * PAGE_SIZE));
	KUNIT_EXPECT_GE(test, sock->sk->sk_forward_alloc, 0);
}

static void send__builds_a_datagram(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_bound(test, PORT);
	const struct udphdr *uh;
	struct sk_buff *skb;

	KUNIT_EXPECT_EQ(test, 5,
			sock_send(sock, NST_WIRE_PEER, 7, "hello", 5, 0));
	skb = nst_wire_expect_ipv4(wire, IPPROTO_UDP);
	uh = (const struct udphdr *)skb->data;
	KUNIT_ASSERT_EQ(test, 13u, skb->len);
	KUNIT_EXPECT_EQ(test, PORT, ntohs(uh->source));
	KUNIT_EXPECT_EQ(test, 7, ntohs(uh->dest));
	KUNIT_EXPECT_EQ(test, 13, ntohs(uh->len));
	KUNIT_EXPECT_NE(test, 0, (__force int)uh->check);
	KUNIT_EXPECT_EQ(test, 0, memcmp(uh + 1, "hello", 5));
	KUNIT_EXPECT_EQ(test, 64, ip_hdr(skb)->ttl);
	KUNIT_EXPECT_EQ(test, NST_IPV4_DF, ntohs(ip_hdr(skb)->frag_off));
	KUNIT_EXPECT_EQ(test, 1ul, counter(wire, NST_MIB_UDP_OUT_DATAGRAMS));
	nst_wire_expect_nothing(wire);
}

static void send__heeds_the_options(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_bound(test, PORT);
	struct sk_buff *skb;

	sock_nst(sock)->ttl = 3;
	sock_nst(sock)->tos = 0x10;
	sock_nst(sock)->ip_mtu_discover = IP_PMTUDISC_DONT;
	sock->sk->sk_no_check_tx = 1;
	sock_send(sock, NST_WIRE_PEER, 7, "hello", 5, 0);
	skb = nst_wire_expect_ipv4(wire, IPPROTO_UDP);
	KUNIT_EXPECT_EQ(test, 3, ip_hdr(skb)->ttl);
	KUNIT_EXPECT_EQ(test, 0x10, ip_hdr(skb)->tos);
	KUNIT_EXPECT_EQ(test, 0, ntohs(ip_hdr(skb)->frag_off));
	KUNIT_EXPECT_EQ(test, 0,
			(__force int)((const struct udphdr *)skb->data)->check);
}

static void send__refuses_what_may_not_be_cut(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_bound(test, PORT);
	char *data = kunit_kzalloc(test, 1473, GFP_KERNEL);

	sock_nst(sock)->ip_mtu_discover = IP_PMTUDISC_DO;
	KUNIT_EXPECT_EQ(test, -EMSGSIZE,
			sock_send(sock, NST_WIRE_PEER, 7, data, 1473, 0));
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, 1472,
			sock_send(sock, NST_WIRE_PEER, 7, data, 1472, 0));
	nst_wire_expect_ipv4(wire, IPPROTO_UDP);
	/* Nothing is left charged to the send buffer. */
	KUNIT_EXPECT_EQ(test, 0, sk_wmem_alloc_get(sock->sk));
}

static void send__cuts_what_is_too_long(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_bound(test, PORT);
	char *data = kunit_kzalloc(test, 9000, GFP_KERNEL);
	unsigned int bytes = 0, frames = 0;
	struct sk_buff *skb;

	KUNIT_EXPECT_EQ(test, 9000,
			sock_send(sock, NST_WIRE_PEER, 7, data, 9000, 0));
	while (bytes < 9008 && frames++ < 10) {
		skb = nst_wire_expect_ipv4(wire, IPPROTO_UDP);
		bytes += skb->len;
	}
	KUNIT_EXPECT_EQ(test, 9008u, bytes);
	KUNIT_EXPECT_EQ(test, 7u, frames);
	nst_wire_expect_nothing(wire);
}

static void send__needs_a_destination(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_bound(test, PORT);

	KUNIT_EXPECT_EQ(test, -EDESTADDRREQ,
			sock_send(sock, 0, 0, "x", 1, 0));
	KUNIT_EXPECT_EQ(test, -EACCES,
			sock_send(sock, 0xffffffff, 7, "x", 1, 0));
	KUNIT_EXPECT_EQ(test, -ENETUNREACH,
			sock_send(sock, 0x08080808, 7, "x", 1, 0));
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, 1ul, counter(wire, NST_MIB_IP_OUT_NO_ROUTES));
}

static void send__connected_uses_the_kept_path(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_bound(test, PORT);
	struct nst_sock *nst = sock_nst(sock);

	KUNIT_ASSERT_EQ(test, 0, sock_connect(sock, NST_WIRE_PEER, 7));
	KUNIT_EXPECT_TRUE(test, nst_path_valid(wire->stack, &nst->path));
	KUNIT_EXPECT_EQ(test, 1, sock_send(sock, 0, 0, "x", 1, 0));
	nst_wire_expect_ipv4(wire, IPPROTO_UDP);
	nst_route_invalidate(wire->stack);
	KUNIT_EXPECT_FALSE(test, nst_path_valid(wire->stack, &nst->path));
	KUNIT_EXPECT_EQ(test, 1, sock_send(sock, 0, 0, "x", 1, 0));
	nst_wire_expect_ipv4(wire, IPPROTO_UDP);
	KUNIT_EXPECT_TRUE(test, nst_path_valid(wire->stack, &nst->path));
}

static void send__corks_until_the_last_piece(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_bound(test, PORT);
	struct sk_buff *skb;

	KUNIT_EXPECT_EQ(test, 3, sock_send(sock, NST_WIRE_PEER, 7, "abc", 3,
					   MSG_MORE));
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, 3, sock_send(sock, 0, 0, "def", 3, 0));
	skb = nst_wire_expect_ipv4(wire, IPPROTO_UDP);
	KUNIT_ASSERT_EQ(test, 14u, skb->len);
	KUNIT_EXPECT_EQ(test, 0, memcmp(skb->data + 8, "abcdef", 6));
	nst_wire_expect_nothing(wire);
}

static void send__forgets_a_cork_that_is_closed(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock;

	KUNIT_ASSERT_EQ(test, 0,
			sock_create_kern(&init_net, nst_family, SOCK_DGRAM, 0,
					 &sock));
	KUNIT_EXPECT_EQ(test, 3, sock_send(sock, NST_WIRE_PEER, 7, "abc", 3,
					   MSG_MORE));
	sock_release(sock);
	nst_wire_expect_nothing(wire);
}

/* An ICMP error about a datagram that the stack sent. */
static void inject_error(struct nst_wire *wire, u8 type, u8 code, u32 rest)
{
	const struct nst_build_udp udp = {
		.sport = PORT,
		.dport = 7,
		.saddr = NST_WIRE_LOCAL,
		.daddr = NST_WIRE_PEER,
	};
	struct sk_buff *skb = nst_build_payload(wire->test, "sent", 4);

	nst_build_udp(skb, &udp);
	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
		.protocol = IPPROTO_UDP,
		.saddr = NST_WIRE_LOCAL,
		.daddr = NST_WIRE_PEER,
	});
	nst_build_icmp(skb, &(struct nst_build_icmp) {
		.type = type, .code = code, .rest = rest });
	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
		.protocol = IPPROTO_ICMP });
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {});
	nst_wire_inject(wire, skb);
}

static void error__reaches_connected_sockets(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_bound(test, PORT);

	KUNIT_ASSERT_EQ(test, 0, sock_connect(sock, NST_WIRE_PEER, 7));
	inject_error(wire, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0);
	KUNIT_EXPECT_EQ(test, ECONNREFUSED, sock->sk->sk_err);
	KUNIT_EXPECT_EQ(test, -ECONNREFUSED,
			sock_send(sock, 0, 0, "x", 1, 0));
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, 1, sock_send(sock, 0, 0, "x", 1, 0));
}

static void error__does_not_reach_others(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *open = sock_bound(test, PORT);

	inject_error(wire, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0);
	KUNIT_EXPECT_EQ(test, 0, open->sk->sk_err);
	KUNIT_ASSERT_EQ(test, 0, sock_connect(open, NST_WIRE_OTHER, 7));
	inject_error(wire, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0);
	KUNIT_EXPECT_EQ(test, 0, open->sk->sk_err);
}

static void error__transient_is_not_told(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_bound(test, PORT);

	KUNIT_ASSERT_EQ(test, 0, sock_connect(sock, NST_WIRE_PEER, 7));
	inject_error(wire, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
	KUNIT_EXPECT_EQ(test, 0, sock->sk->sk_err);
	inject_error(wire, ICMP_TIME_EXCEEDED, 0, 0);
	KUNIT_EXPECT_EQ(test, 0, sock->sk->sk_err);
	sock_nst(sock)->recverr = true;
	inject_error(wire, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
	KUNIT_EXPECT_EQ(test, EHOSTUNREACH, sock->sk->sk_err);
}

static void error__reduces_the_path_mtu(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_bound(test, PORT);
	struct nst_sock *nst = sock_nst(sock);

	KUNIT_ASSERT_EQ(test, 0, sock_connect(sock, NST_WIRE_PEER, 7));
	KUNIT_EXPECT_EQ(test, 1500u, nst->path.mtu);
	inject_error(wire, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, 1000);
	KUNIT_EXPECT_EQ(test, 1000u, nst->path.mtu);
	KUNIT_EXPECT_EQ(test, EMSGSIZE, sock->sk->sk_err);
	sock->sk->sk_err = 0;
	/* Nobody may ask for less than the floor, nor for more again. */
	inject_error(wire, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, 68);
	KUNIT_EXPECT_EQ(test, 552u, nst->path.mtu);
	inject_error(wire, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, 1400);
	KUNIT_EXPECT_EQ(test, 552u, nst->path.mtu);
}

static void error__mtu_is_not_told_without_discovery(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = sock_bound(test, PORT);

	KUNIT_ASSERT_EQ(test, 0, sock_connect(sock, NST_WIRE_PEER, 7));
	sock_nst(sock)->ip_mtu_discover = IP_PMTUDISC_DONT;
	inject_error(wire, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, 1000);
	KUNIT_EXPECT_EQ(test, 0, sock->sk->sk_err);
}

static void socket__limit_of_the_stack(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock;
	int used;

	sock_make(test, SOCK_DGRAM);
	used = atomic_read(&wire->stack->sockets);
	KUNIT_EXPECT_EQ(test, 1, used);
	wire->stack->config.socket_max = 1;
	KUNIT_EXPECT_EQ(test, -ENOBUFS,
			sock_create_kern(&init_net, nst_family, SOCK_DGRAM, 0,
					 &sock));
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&wire->stack->sockets));
	wire->stack->config.socket_max = 2;
	KUNIT_ASSERT_EQ(test, 0,
			sock_create_kern(&init_net, nst_family, SOCK_DGRAM, 0,
					 &sock));
	sock_release(sock);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&wire->stack->sockets));
}

static void socket__closed_with_datagrams_waiting(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock;

	KUNIT_ASSERT_EQ(test, 0,
			sock_create_kern(&init_net, nst_family, SOCK_DGRAM, 0,
					 &sock));
	sock_bind(sock, 0, PORT);
	inject_text(wire, "left");
	inject_text(wire, "behind");
	sock_release(sock);
	/* The port is free, and nobody hears what comes. */
	inject_text(wire, "late");
	nst_wire_expect_ipv4(wire, IPPROTO_ICMP);
	sock_bound(test, PORT);
}

static struct kunit_case udp_cases[] = {
	KUNIT_CASE(send__carries_priority_and_mark),
	KUNIT_CASE(receive__delivers_payload_and_source),
	KUNIT_CASE(receive__keeps_order_and_boundaries),
	KUNIT_CASE(receive__knows_no_queue_to_poll),
	KUNIT_CASE(receive__drops_lying_lengths),
	KUNIT_CASE(receive__drops_truncated_header),
	KUNIT_CASE(receive__leaves_padding_out),
	KUNIT_CASE(receive__verifies_checksum),
	KUNIT_CASE(receive__answers_port_unreachable),
	KUNIT_CASE(receive__does_not_answer_broadcasts),
	KUNIT_CASE(receive__broadcast_reaches_every_socket),
	KUNIT_CASE(receive__connected_hears_its_peer_only),
	KUNIT_CASE(receive__two_sockets_of_one_flow),
	KUNIT_CASE(receive__buffer_is_bounded_and_counted),
	KUNIT_CASE(receive__memory_is_given_back),
	KUNIT_CASE(send__builds_a_datagram),
	KUNIT_CASE(send__heeds_the_options),
	KUNIT_CASE(send__refuses_what_may_not_be_cut),
	KUNIT_CASE(send__cuts_what_is_too_long),
	KUNIT_CASE(send__needs_a_destination),
	KUNIT_CASE(send__connected_uses_the_kept_path),
	KUNIT_CASE(send__corks_until_the_last_piece),
	KUNIT_CASE(send__forgets_a_cork_that_is_closed),
	KUNIT_CASE(error__reaches_connected_sockets),
	KUNIT_CASE(error__does_not_reach_others),
	KUNIT_CASE(error__transient_is_not_told),
	KUNIT_CASE(error__reduces_the_path_mtu),
	KUNIT_CASE(error__mtu_is_not_told_without_discovery),
	KUNIT_CASE(socket__limit_of_the_stack),
	KUNIT_CASE(socket__closed_with_datagrams_waiting),
	{}
};

static struct kunit_suite udp_suite = {
	.name = "netstack_udp",
	.test_cases = udp_cases,
};

kunit_test_suite(udp_suite);
