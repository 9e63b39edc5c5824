// SPDX-License-Identifier: GPL-2.0
/*
 * Capture sockets: what a tap shows of the frames of a stack, and that the
 * stack does not notice.
 */
#include <linux/filter.h>
#include <linux/if_vlan.h>
#include <linux/kthread.h>
#include <linux/netstack.h>

#include "../netstack/transport/capture.h"
#include "sock_fixture.h"

#define EXTRA_INDEX	101
#define ROOM		2048

/* A frame as a program gets it. */
struct seen {
	struct netstack_capture_address address;
	u8 data[ROOM];
	int captured;
};

static struct socket *make(struct kunit *test)
{
	return sock_make_protocol(test, SOCK_RAW, NETSTACK_CAPTURE);
}

static int start(struct socket *sock, u32 link)
{
	struct netstack_capture_address address = {
		.family = nst_family,
		.link = link,
	};

	return sock->ops->bind(sock, (void *)&address, sizeof(address));
}

static int take(struct socket *sock, struct seen *seen)
{
	struct kvec iov = { .iov_base = seen->data, .iov_len = ROOM };
	struct msghdr msg = { .msg_name = &seen->address };

	memset(seen, 0, sizeof(*seen));
	seen->captured = kernel_recvmsg(sock, &msg, &iov, 1, ROOM,
					MSG_DONTWAIT);
	return seen->captured;
}

/* The next frame, which must be there; freed with the test. */
static struct seen *expect(struct kunit *test, struct socket *sock)
{
	struct seen *seen = kunit_kzalloc(test, sizeof(*seen), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, seen);
	KUNIT_ASSERT_GT(test, take(sock, seen), 0);
	return seen;
}

static void expect_counts(struct kunit *test, struct socket *sock, u64 packets,
			  u64 drops)
{
	struct netstack_capture_statistics statistics;

	nst_capture_statistics(sock->sk, &statistics);
	KUNIT_EXPECT_EQ(test, packets, (u64)statistics.packets);
	KUNIT_EXPECT_EQ(test, drops, (u64)statistics.drops);
}

static void inject_udp(struct nst_wire *wire)
{
	nst_wire_inject(wire, nst_build_frame_udp(wire->test, 5000, 4000,
						  "hello", 5));
}

/* Give a socket a classic program, as SO_ATTACH_FILTER does. */
static void attach(struct kunit *test, struct socket *sock,
		   struct sock_filter *code, unsigned short len)
{
	struct sock_fprog_kern program = { .len = len, .filter = code };
	struct sk_filter *filter = kzalloc(sizeof(*filter), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, filter);
	if (bpf_prog_create(&filter->prog, &program)) {
		kfree(filter);
		KUNIT_FAIL(test, "no program");
		return;
	}
	refcount_set(&filter->refcnt, 1);
	atomic_add(bpf_prog_size(filter->prog->len), &sock->sk->sk_omem_alloc);
	rcu_assign_pointer(sock->sk->sk_filter, filter);
}

/* @length bytes of frames with this EtherType, nothing of others. */
static void attach_ethertype(struct kunit *test, struct socket *sock,
			     u16 ethertype, u32 length)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ethertype, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, length),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};

	attach(test, sock, code, ARRAY_SIZE(code));
}

/*
 * A socket that captures on @link all but ARP: announcements of addresses come
 * when it is time for them.
 */
static struct socket *capture(struct kunit *test, u32 link)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_ARP, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, ~0U),
	};
	struct socket *sock = make(test);

	attach(test, sock, code, ARRAY_SIZE(code));
	KUNIT_ASSERT_EQ(test, 0, start(sock, link));
	return sock;
}

static void receive__is_seen_once(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *all = capture(test, 0);
	struct socket *one = capture(test, NST_WIRE_INDEX);
	struct socket *other = capture(test, NST_LOOPBACK_INDEX);
	struct sk_buff *skb;
	struct seen *seen;
	u8 expected[64];
	unsigned int len;

	skb = nst_build_frame_udp(test, 5000, 4000, "hello", 5);
	len = skb->len;
	KUNIT_ASSERT_EQ(test, 0, skb_copy_bits(skb, 0, expected, len));
	/* Port unreachable; the answer is a frame that leaves. */
	nst_wire_inject(wire, skb);
	seen = expect(test, all);
	KUNIT_EXPECT_EQ(test, (int)len, seen->captured);
	KUNIT_EXPECT_EQ(test, len, (unsigned int)seen->address.length);
	KUNIT_EXPECT_EQ(test, 0, memcmp(expected, seen->data, len));
	KUNIT_EXPECT_EQ(test, nst_family, (int)seen->address.family);
	KUNIT_EXPECT_EQ(test, PACKET_HOST, (int)seen->address.type);
	KUNIT_EXPECT_EQ(test, (u32)NST_WIRE_INDEX, seen->address.link);
	KUNIT_EXPECT_EQ(test, 0U, seen->address.gso_size);
	KUNIT_EXPECT_GT(test, seen->address.time, 0ULL);
	seen = expect(test, all);
	KUNIT_EXPECT_EQ(test, PACKET_OUTGOING, (int)seen->address.type);
	sock_expect_empty(test, all);

	expect(test, one);
	expect(test, one);
	sock_expect_empty(test, one);
	sock_expect_empty(test, other);
	expect_counts(test, one, 2, 0);
	expect_counts(test, other, 0, 0);
}

static void xmit__is_seen_as_it_leaves(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = capture(test, NST_WIRE_INDEX);
	struct socket *udp = sock_make(test, SOCK_DGRAM);
	struct sk_buff *skb;
	struct seen *seen;

	KUNIT_ASSERT_EQ(test, 5, sock_send(udp, NST_WIRE_PEER, 7, "hello", 5,
					   0));
	skb = nst_wire_expect(wire);
	seen = expect(test, sock);
	KUNIT_EXPECT_EQ(test, (int)skb->len, seen->captured);
	KUNIT_EXPECT_EQ(test, 0, memcmp(skb->data, seen->data, skb->len));
	KUNIT_EXPECT_EQ(test, PACKET_OUTGOING, (int)seen->address.type);
	/* The link does not make sums: it left with one. */
	KUNIT_EXPECT_EQ(test, 0, (int)seen->address.flags);
	sock_expect_empty(test, sock);
}

/* As the host's lo has it: with a header, and what is sent is received. */
static void loopback__is_seen_once_with_a_header(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = capture(test, NST_LOOPBACK_INDEX);
	struct socket *udp = sock_make(test, SOCK_DGRAM);
	static const u8 header[ETH_HLEN] = { [12] = 0x08 };
	struct socket *peer = sock_make(test, SOCK_DGRAM);
	struct seen *seen;
	u8 data[8];

	KUNIT_ASSERT_EQ(test, 0, sock_bind(peer, INADDR_LOOPBACK, 4000));
	KUNIT_ASSERT_EQ(test, 5, sock_send(udp, INADDR_LOOPBACK, 4000, "hello",
					   5, 0));
	KUNIT_ASSERT_EQ(test, 5, sock_recv(peer, data, 5, 0));
	seen = expect(test, sock);
	KUNIT_EXPECT_EQ(test, ETH_HLEN + 28 + 5, seen->captured);
	KUNIT_EXPECT_EQ(test, 0, memcmp(header, seen->data, ETH_HLEN));
	KUNIT_EXPECT_EQ(test, 0x45, (int)seen->data[ETH_HLEN]);
	KUNIT_EXPECT_EQ(test, 0, memcmp("hello", seen->data + ETH_HLEN + 28,
					5));
	KUNIT_EXPECT_EQ(test, PACKET_HOST, (int)seen->address.type);
	KUNIT_EXPECT_EQ(test, NETSTACK_CAPTURE_F_CSUM_OPEN,
			(int)seen->address.flags);
	sock_expect_empty(test, sock);
	KUNIT_EXPECT_TRUE(test, wire->link->flags & NST_LINK_TAPPED);
}

static void receive__tells_whom_a_frame_is_for(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = capture(test, 0);
	static const struct {
		u8 daddr[ETH_ALEN] __aligned(2);
		u8 type;
	} cases[] = {
		{ { 0x02, 0, 0, 0, 0, 0x01 }, PACKET_HOST },
		{ { 0x02, 0, 0, 0, 0, 0x77 }, PACKET_OTHERHOST },
		{ { 0x01, 0, 0x5e, 0, 0, 0x77 }, PACKET_MULTICAST },
		{ { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, PACKET_BROADCAST },
	};
	struct sk_buff *skb;
	unsigned int i;

	/* Whatever the stack makes of it. */
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		skb = nst_build_pattern(test, 40, 0);
		nst_ethernet_push(skb, wire->link, cases[i].daddr,
				  htons(ETH_P_LOOPBACK));
		nst_wire_inject(wire, skb);
		KUNIT_EXPECT_EQ(test, (int)cases[i].type,
				(int)expect(test, sock)->address.type);
	}
	sock_expect_empty(test, sock);
}

static void receive__of_less_than_a_header(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = make(test);
	struct seen *seen;

	KUNIT_ASSERT_EQ(test, 0, start(sock, NST_WIRE_INDEX));
	nst_wire_inject_dropped(wire, nst_build_pattern(test, 6, 0),
				NST_DROP_LINK_SHORT);
	do {
		seen = expect(test, sock);
	} while (seen->captured > ETH_HLEN);
	KUNIT_EXPECT_EQ(test, 6, seen->captured);
	KUNIT_EXPECT_EQ(test, 6U, seen->address.length);
	KUNIT_EXPECT_EQ(test, PACKET_HOST, (int)seen->address.type);
}

static void receive__shows_a_vlan_tag_in_the_frame(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = capture(test, 0);
	static const u8 tag[] = { 0x81, 0x00, 0x00, 0x05, 0x08, 0x00, 0x45 };
	struct sk_buff *skb;
	unsigned int len;
	struct seen *seen;

	skb = nst_build_frame_udp(test, 5000, 4000, "hello", 5);
	len = skb->len;
	__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), 5);
	nst_wire_inject_dropped(wire, skb, NST_DROP_LINK_PROTOCOL);
	seen = expect(test, sock);
	KUNIT_EXPECT_EQ(test, (int)len + VLAN_HLEN, seen->captured);
	KUNIT_EXPECT_EQ(test, 0, memcmp(tag, seen->data + 12, sizeof(tag)));
}

static void receive__tells_what_is_not_done_yet(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = capture(test, 0);
	struct sk_buff *skb = nst_build_frame_udp(test, 5000, 4000, "hello", 5);
	struct seen *seen;

	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_headroom(skb) + ETH_HLEN + 20;
	skb->csum_offset = 6;
	skb_shinfo(skb)->gso_size = 2;
	skb_shinfo(skb)->gso_type = SKB_GSO_UDP_L4;
	nst_wire_inject_dropped(wire, skb, NST_DROP_LINK_CSUM);
	seen = expect(test, sock);
	KUNIT_EXPECT_EQ(test, NETSTACK_CAPTURE_F_CSUM_OPEN,
			(int)seen->address.flags);
	KUNIT_EXPECT_EQ(test, 2U, seen->address.gso_size);

	skb = nst_build_frame_udp(test, 5000, 4000, "hello", 5);
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	nst_wire_inject(wire, skb);
	KUNIT_EXPECT_EQ(test, NETSTACK_CAPTURE_F_CSUM_VALID,
			(int)expect(test, sock)->address.flags);
}

static void bind__is_when_it_begins(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = make(test);

	inject_udp(wire);
	sock_expect_empty(test, sock);
	KUNIT_EXPECT_FALSE(test, wire->link->flags & NST_LINK_TAPPED);
	KUNIT_EXPECT_EQ(test, -ENODEV, start(sock, 4711));
	KUNIT_EXPECT_EQ(test, 0, start(sock, NST_WIRE_INDEX));
	KUNIT_EXPECT_EQ(test, -EINVAL, start(sock, NST_WIRE_INDEX));
	KUNIT_EXPECT_TRUE(test, wire->link->flags & NST_LINK_TAPPED);
	inject_udp(wire);
	expect(test, sock);
}

static void bind__refuses_what_it_does_not_know(struct kunit *test)
{
	struct netstack_capture_address address = { .family = nst_family };
	struct socket *sock;

	nst_wire_create(test);
	sock = make(test);
	KUNIT_EXPECT_EQ(test, -EINVAL,
			sock->ops->bind(sock, (void *)&address,
					sizeof(address) - 1));
	address.family = AF_INET;
	KUNIT_EXPECT_EQ(test, -EAFNOSUPPORT,
			sock->ops->bind(sock, (void *)&address,
					sizeof(address)));
	address.family = nst_family;
	address.flags = 1;
	KUNIT_EXPECT_EQ(test, -EINVAL,
			sock->ops->bind(sock, (void *)&address,
					sizeof(address)));
	address.flags = 0;
	address.link = U32_MAX;
	KUNIT_EXPECT_EQ(test, -EINVAL,
			sock->ops->bind(sock, (void *)&address,
					sizeof(address)));
}

static void bind__takes_the_link_of_the_socket(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = make(test);
	struct socket *none = make(test);

	KUNIT_ASSERT_EQ(test, 0, sock_bindtoindex(none->sk, 4711, true));
	KUNIT_EXPECT_EQ(test, -ENODEV, start(none, 0));
	KUNIT_ASSERT_EQ(test, 0, sock_bindtoindex(sock->sk, NST_LOOPBACK_INDEX,
						  true));
	KUNIT_EXPECT_EQ(test, 0, start(sock, 0));
	inject_udp(wire);
	expect_counts(test, sock, 0, 0);
}

static void option__without_effect_is_refused(struct kunit *test)
{
	static const int options[] = {
		SO_REUSEPORT, SO_ZEROCOPY, SO_TXTIME, SO_MAX_PACING_RATE,
	};
	struct socket *sock;
	unsigned int i;
	int one = 1;

	nst_wire_create(test);
	sock = make(test);
	for (i = 0; i < ARRAY_SIZE(options); i++)
		KUNIT_EXPECT_EQ(test, -ENOPROTOOPT,
				sock->ops->setsockopt(sock, SOL_SOCKET,
						      options[i],
						      KERNEL_SOCKPTR(&one),
						      sizeof(one)));
}

static void bind__keeps_to_capture_max(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = make(test);

	wire->stack->config.capture_max = 1;
	capture(test, 0);
	KUNIT_EXPECT_EQ(test, -ENOBUFS, start(sock, NST_WIRE_INDEX));
	/* And is as it was. */
	KUNIT_EXPECT_EQ(test, 0, sock->sk->sk_bound_dev_if);
	wire->stack->config.capture_max = 2;
	KUNIT_EXPECT_EQ(test, 0, start(sock, NST_WIRE_INDEX));
}

static void close__leaves_nothing(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	int used = atomic_read(&wire->stack->sockets);
	struct socket *sock;

	KUNIT_ASSERT_EQ(test, 0, sock_create_kern(&init_net, nst_family,
						  SOCK_RAW, NETSTACK_CAPTURE,
						  &sock));
	KUNIT_EXPECT_EQ(test, 0, start(sock, 0));
	inject_udp(wire);
	sock_release(sock);
	KUNIT_EXPECT_FALSE(test, wire->link->flags & NST_LINK_TAPPED);
	KUNIT_EXPECT_TRUE(test, list_empty(&wire->stack->taps));
	KUNIT_EXPECT_EQ(test, 0U, wire->stack->tap_count);
	KUNIT_EXPECT_EQ(test, used, atomic_read(&wire->stack->sockets));
}

static void filter__drops_before_the_queue(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *other = make(test);
	struct socket *ip = make(test);

	attach_ethertype(test, other, ETH_P_LOOPBACK, ~0U);
	attach_ethertype(test, ip, ETH_P_IP, ~0U);
	KUNIT_ASSERT_EQ(test, 0, start(other, NST_WIRE_INDEX));
	KUNIT_ASSERT_EQ(test, 0, start(ip, NST_WIRE_INDEX));
	inject_udp(wire);
	sock_expect_empty(test, other);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&other->sk->sk_rmem_alloc));
	expect_counts(test, other, 0, 0);
	expect(test, ip);
	expect_counts(test, ip, 2, 0);
}

/* What is cut is charged as what is kept. */
static void filter__says_how_much(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = make(test);
	struct sk_buff *skb = nst_build_pattern(test, 1400, 0);
	unsigned int truesize;
	struct seen *seen;

	attach_ethertype(test, sock, ETH_P_LOOPBACK, 20);
	KUNIT_ASSERT_EQ(test, 0, start(sock, NST_WIRE_INDEX));
	nst_ethernet_push(skb, wire->link, wire->link->address,
			  htons(ETH_P_LOOPBACK));
	truesize = skb->truesize;
	nst_wire_inject(wire, skb);
	KUNIT_EXPECT_LT(test, (unsigned int)
			atomic_read(&sock->sk->sk_rmem_alloc), truesize);
	seen = expect(test, sock);
	KUNIT_EXPECT_EQ(test, 20, seen->captured);
	KUNIT_EXPECT_EQ(test, 1400U + ETH_HLEN, seen->address.length);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&sock->sk->sk_rmem_alloc));
}

/* Of a link whose frames have no device. */
static void filter__may_ask_for_anything(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	static const struct {
		u32 load, expected;
		bool taken;
	} cases[] = {
		{ SKF_AD_PROTOCOL, ETH_P_IP, true },
		{ SKF_AD_PKTTYPE, PACKET_HOST, true },
		{ SKF_AD_PAY_OFFSET, ETH_HLEN + 28, true },
		{ SKF_AD_VLAN_TAG_PRESENT, 0, true },
		{ SKF_AD_QUEUE, 0, true },
		{ SKF_AD_RXHASH, 0, true },
		{ SKF_AD_IFINDEX, 0, false },
		{ SKF_AD_HATYPE, 0, false },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sock_filter code[] = {
			BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
			BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 4),
			BPF_STMT(BPF_LD | BPF_IMM, 0),
			BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
				 SKF_AD_OFF + cases[i].load),
			BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, cases[i].expected,
				 0, 1),
			BPF_STMT(BPF_RET | BPF_K, 20),
			BPF_STMT(BPF_RET | BPF_K, 0),
		};
		struct socket *sock = make(test);
		struct seen *seen;

		attach(test, sock, code, ARRAY_SIZE(code));
		KUNIT_ASSERT_EQ(test, 0, start(sock, NST_WIRE_INDEX));
		inject_udp(wire);
		if (cases[i].taken) {
			seen = expect(test, sock);
			KUNIT_EXPECT_EQ(test, 20, seen->captured);
			KUNIT_EXPECT_EQ(test, PACKET_HOST,
					(int)seen->address.type);
		} else {
			sock_expect_empty(test, sock);
		}
	}
}

static void receive__truncates_to_the_room(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = capture(test, NST_WIRE_INDEX);
	u8 data[10];

	inject_udp(wire);
	KUNIT_EXPECT_EQ(test, ETH_HLEN + 33,
			sock_recv(sock, data, 10,
				  MSG_DONTWAIT | MSG_TRUNC | MSG_PEEK));
	KUNIT_EXPECT_EQ(test, 10, sock_recv(sock, data, 10, MSG_DONTWAIT));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			sock_recv(sock, data, 10, MSG_DONTWAIT | MSG_OOB));
}

static void receive__keeps_to_the_buffer(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = make(test);
	unsigned int i;

	attach_ethertype(test, sock, ETH_P_LOOPBACK, ~0U);
	sock->sk->sk_rcvbuf = 1;
	KUNIT_ASSERT_EQ(test, 0, start(sock, NST_WIRE_INDEX));
	for (i = 0; i < 5; i++) {
		struct sk_buff *skb = nst_build_pattern(test, 100, i);

		nst_ethernet_push(skb, wire->link, wire->link->address,
				  htons(ETH_P_LOOPBACK));
		nst_wire_inject(wire, skb);
	}
	expect_counts(test, sock, 5, 4);
	KUNIT_EXPECT_EQ(test, 4, atomic_read(&sock->sk->sk_drops));
	expect(test, sock);
	sock_expect_empty(test, sock);
}

/* The stack answers in the buffer of the request, unless somebody looks. */
static void receive__is_not_changed_by_the_stack(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = capture(test, NST_WIRE_INDEX);
	const struct nst_build_icmp echo = { .type = 8 };
	struct sk_buff *skb, *reply;
	u8 before[ETH_HLEN + 28 + 8];
	struct seen *request, *sent;

	skb = nst_build_frame_icmp(test, &echo, "datadata", 8);
	KUNIT_ASSERT_EQ(test, (unsigned int)sizeof(before), skb->len);
	skb_copy_bits(skb, 0, before, sizeof(before));
	nst_wire_inject(wire, skb);
	reply = nst_wire_expect(wire);
	request = expect(test, sock);
	sent = expect(test, sock);
	KUNIT_EXPECT_EQ(test, 0, memcmp(before, request->data,
					sizeof(before)));
	KUNIT_EXPECT_EQ(test, (int)reply->len, sent->captured);
	KUNIT_EXPECT_EQ(test, 0, memcmp(reply->data, sent->data, reply->len));
	KUNIT_EXPECT_EQ(test, 8, (int)request->data[ETH_HLEN + 20]);
	KUNIT_EXPECT_EQ(test, 0, (int)sent->data[ETH_HLEN + 20]);
}

/* Nor does the frame itself change: it only has one more that looks. */
static void tap__does_not_change_a_frame(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb = nst_build_frame_udp(test, 5000, 4000, "hello", 5);
	u8 before[ETH_HLEN + 33], after[ETH_HLEN + 33];
	char cb[sizeof(skb->cb)];

	capture(test, 0);
	memset(skb->cb, 0x5a, sizeof(cb));
	memcpy(cb, skb->cb, sizeof(cb));
	skb->tstamp = 7;
	skb->pkt_type = PACKET_OTHERHOST;
	skb_copy_bits(skb, 0, before, sizeof(before));
	local_bh_disable();
	rcu_read_lock();
	nst_tap_receive(wire->link, skb);
	nst_tap_xmit(wire->link, skb);
	rcu_read_unlock();
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, (unsigned int)sizeof(before), skb->len);
	skb_copy_bits(skb, 0, after, sizeof(after));
	KUNIT_EXPECT_EQ(test, 0, memcmp(before, after, sizeof(before)));
	KUNIT_EXPECT_EQ(test, 0, memcmp(cb, skb->cb, sizeof(cb)));
	KUNIT_EXPECT_EQ(test, 7LL, (long long)skb->tstamp);
	KUNIT_EXPECT_EQ(test, PACKET_OTHERHOST, (int)skb->pkt_type);
	kfree_skb(skb);
}

static void link__down_is_told_and_not_the_end(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *sock = capture(test, NST_WIRE_INDEX);
	struct socket *all = capture(test, 0);
	struct mutex *mutex = &wire->stack->config_mutex;
	u8 byte;

	mutex_lock(mutex);
	nst_link_set_flags(wire->link, 0, NST_LINK_UP);
	mutex_unlock(mutex);
	KUNIT_EXPECT_TRUE(test, sock->ops->poll(NULL, sock, NULL) & EPOLLERR);
	KUNIT_EXPECT_EQ(test, -ENETDOWN, sock_recv(sock, &byte, 1,
						   MSG_DONTWAIT));
	KUNIT_EXPECT_FALSE(test, sock->ops->poll(NULL, sock, NULL) & EPOLLERR);
	sock_expect_empty(test, sock);
	mutex_lock(mutex);
	nst_link_set_flags(wire->link, NST_LINK_UP, NST_LINK_UP);
	mutex_unlock(mutex);
	inject_udp(wire);
	expect(test, sock);
	expect(test, all);
}

static void extra_destroy(struct nst_link *link)
{
	kfree(link);
}

static void extra_admin_changed(struct nst_link *link)
{
}

static const struct nst_link_ops extra_ops = {
	.kind = "extra",
	.admin_changed = extra_admin_changed,
	.destroy = extra_destroy,
};

/* A link that is made later is tapped; its end is told, and is final. */
static void link__gone_is_told(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct socket *all = capture(test, 0);
	struct socket *sock = make(test);
	struct nst_link *link = kzalloc(sizeof(*link), GFP_KERNEL);
	u8 byte;

	KUNIT_ASSERT_NOT_NULL(test, link);
	KUNIT_ASSERT_EQ(test, 0, nst_link_setup(link, wire->stack,
						&extra_ops));
	link->index = EXTRA_INDEX;
	strscpy(link->name, "extra0", IFNAMSIZ);
	mutex_lock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, 0, nst_link_register(link));
	mutex_unlock(&wire->stack->config_mutex);
	KUNIT_EXPECT_TRUE(test, link->flags & NST_LINK_TAPPED);
	KUNIT_EXPECT_EQ(test, 0, start(sock, EXTRA_INDEX));

	mutex_lock(&wire->stack->config_mutex);
	nst_link_unregister(link);
	mutex_unlock(&wire->stack->config_mutex);
	nst_link_put(link);
	KUNIT_EXPECT_EQ(test, -ENETDOWN, sock_recv(sock, &byte, 1,
						   MSG_DONTWAIT));
	KUNIT_EXPECT_EQ(test, -1, sock->sk->sk_bound_dev_if);
	inject_udp(wire);
	sock_expect_empty(test, sock);
	expect(test, all);
}

static int inject_until_stopped(void *data)
{
	struct nst_wire *wire = data;

	while (!kthread_should_stop()) {
		inject_udp(wire);
		nst_wire_discard(wire);
		cond_resched();
	}
	return 0;
}

static void close__in_traffic(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct task_struct *task;
	unsigned int i;

	wire->stack->config.icmp_ratelimit = 0;
	task = kthread_run(inject_until_stopped, wire, "capture-traffic");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	for (i = 0; i < 200; i++) {
		struct socket *sock;

		if (sock_create_kern(&init_net, nst_family, SOCK_RAW,
				     NETSTACK_CAPTURE, &sock)) {
			KUNIT_FAIL(test, "no socket");
			break;
		}
		if (start(sock, 0))
			KUNIT_FAIL(test, "not started");
		cond_resched();
		sock_release(sock);
	}
	kthread_stop(task);
	nst_wire_discard(wire);
	KUNIT_EXPECT_EQ(test, 0U, wire->stack->tap_count);
}

static void socket__is_a_raw_one_of_no_address(struct kunit *test)
{
	static const struct {
		int type, protocol, err;
	} wrong[] = {
		{ SOCK_STREAM, NETSTACK_CAPTURE, -EINVAL },
		{ SOCK_DGRAM, NETSTACK_CAPTURE, -EINVAL },
		{ SOCK_RAW, NETSTACK_CAPTURE | NETSTACK_IPV6,
		  -EPROTONOSUPPORT },
		{ SOCK_RAW, NETSTACK_CAPTURE + 1, -EINVAL },
		{ SOCK_RAW, 0, -EPROTONOSUPPORT },
	};
	struct socket *sock;
	unsigned int i;

	nst_wire_create(test);
	for (i = 0; i < ARRAY_SIZE(wrong); i++)
		KUNIT_EXPECT_EQ(test, wrong[i].err,
				sock_create_kern(&init_net, nst_family,
						 wrong[i].type,
						 wrong[i].protocol, &sock));
	sock = make(test);
	KUNIT_EXPECT_EQ(test, -EOPNOTSUPP, sock_send(sock, 0, 0, "x", 1, 0));
}

static struct kunit_case capture_cases[] = {
	KUNIT_CASE(receive__is_seen_once),
	KUNIT_CASE(xmit__is_seen_as_it_leaves),
	KUNIT_CASE(loopback__is_seen_once_with_a_header),
	KUNIT_CASE(receive__tells_whom_a_frame_is_for),
	KUNIT_CASE(receive__of_less_than_a_header),
	KUNIT_CASE(receive__shows_a_vlan_tag_in_the_frame),
	KUNIT_CASE(receive__tells_what_is_not_done_yet),
	KUNIT_CASE(receive__truncates_to_the_room),
	KUNIT_CASE(receive__keeps_to_the_buffer),
	KUNIT_CASE(receive__is_not_changed_by_the_stack),
	KUNIT_CASE(tap__does_not_change_a_frame),
	KUNIT_CASE(bind__is_when_it_begins),
	KUNIT_CASE(bind__refuses_what_it_does_not_know),
	KUNIT_CASE(bind__takes_the_link_of_the_socket),
	KUNIT_CASE(bind__keeps_to_capture_max),
	KUNIT_CASE(close__leaves_nothing),
	KUNIT_CASE(close__in_traffic),
	KUNIT_CASE(filter__drops_before_the_queue),
	KUNIT_CASE(filter__says_how_much),
	KUNIT_CASE(filter__may_ask_for_anything),
	KUNIT_CASE(link__down_is_told_and_not_the_end),
	KUNIT_CASE(link__gone_is_told),
	KUNIT_CASE(socket__is_a_raw_one_of_no_address),
	KUNIT_CASE(option__without_effect_is_refused),
	{}
};

static struct kunit_suite capture_suite = {
	.name = "netstack_capture",
	.test_cases = capture_cases,
};

kunit_test_suite(capture_suite);
