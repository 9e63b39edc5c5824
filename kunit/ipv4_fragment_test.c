// SPDX-License-Identifier: GPL-2.0
/*
 * IPv4 fragmentation: ipv4_fragment.c; the round trip takes its pieces back
 * through reassembly.
 */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/udp.h>

#include "../netstack/network/ipv4.h"
#include "packet_builder.h"
#include "transport_probe.h"
#include "wire.h"

#define PIECES_MAX	256

/* A datagram of the wire's stack with its header, as output makes it. */
static struct sk_buff *datagram(struct kunit *test, unsigned int length,
				const u8 *options, u8 options_len)
{
	struct sk_buff *skb = nst_build_pattern(test, length, 0);

	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
		.saddr = NST_WIRE_LOCAL, .daddr = NST_WIRE_PEER,
		.protocol = NST_PROBE_PROTOCOL, .id = 0x4242, .tos = 4,
		.options = options, .options_len = options_len,
	});
	skb_reset_network_header(skb);
	skb->protocol = htons(ETH_P_IP);
	return skb;
}

static int fragment(struct kunit *test, struct nst_wire *wire,
		    struct sk_buff *skb, u32 mtu)
{
	struct nst_route_key key = {
		.family = AF_INET,
		.daddr = nst_address_v4(htonl(NST_WIRE_PEER)),
	};
	struct nst_path path = {};
	int err;

	KUNIT_ASSERT_EQ(test, 0, nst_route_output(wire->stack, &key, &path));
	path.mtu = mtu;
	local_bh_disable();
	rcu_read_lock();
	err = nst_ipv4_fragment(wire->stack, skb, &path);
	rcu_read_unlock();
	local_bh_enable();
	nst_path_release(&path);
	return err;
}

/* Take the pieces of @length bytes off the wire, checking each. */
static unsigned int collect(struct kunit *test, struct nst_wire *wire,
			    unsigned int length, u32 mtu,
			    struct sk_buff **pieces)
{
	unsigned int offset = 0, count = 0, frag_off, i;
	struct sk_buff *skb;

	while (offset < length) {
		skb = nst_wire_expect_ipv4(wire, NST_PROBE_PROTOCOL);
		frag_off = ntohs(ip_hdr(skb)->frag_off);
		KUNIT_ASSERT_EQ(test, offset,
				(frag_off & NST_IPV4_OFFSET) * 8);
		KUNIT_EXPECT_LE(test, (u32)ntohs(ip_hdr(skb)->tot_len), mtu);
		KUNIT_EXPECT_EQ(test, 0x4242, (int)ntohs(ip_hdr(skb)->id));
		KUNIT_EXPECT_EQ(test, 4, (int)ip_hdr(skb)->tos);
		for (i = 0; i < skb->len; i++)
			KUNIT_ASSERT_EQ(test, (u8)(offset + i), skb->data[i]);
		offset += skb->len;
		KUNIT_EXPECT_EQ(test, offset < length,
				!!(frag_off & NST_IPV4_MF));
		KUNIT_ASSERT_LT(test, count, PIECES_MAX);
		if (pieces)
			pieces[count] = skb;
		count++;
	}
	nst_wire_expect_nothing(wire);
	return count;
}

static void fragment__covers_datagram(struct kunit *test)
{
	static const u32 mtus[] = { 68, 100, 296, 576, 1006, 1499, 1500 };
	static const unsigned int lengths[] = { 81, 1481, 3000, 8192 };
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	unsigned int i, j, count;
	unsigned long creates;

	for (i = 0; i < ARRAY_SIZE(mtus); i++) {
		for (j = 0; j < ARRAY_SIZE(lengths); j++) {
			creates = nst_mib_read(wire->stack,
					       NST_MIB_IP_FRAG_CREATES);
			KUNIT_ASSERT_EQ(test, 0,
					fragment(test, wire,
						 datagram(test, lengths[j],
							  NULL, 0),
						 mtus[i]));
			count = collect(test, wire, lengths[j], mtus[i], NULL);
			KUNIT_EXPECT_EQ(test, creates + count,
					nst_mib_read(wire->stack,
						     NST_MIB_IP_FRAG_CREATES));
			nst_wire_discard(wire);
		}
	}
	KUNIT_EXPECT_EQ(test, (unsigned long)(i * j),
			nst_mib_read(wire->stack, NST_MIB_IP_FRAG_OKS));
}

static void fragment__copies_flagged_options_only(struct kunit *test)
{
	static const u8 options[] = {
		IPOPT_RR, 7, 4, 0, 0, 0, 0, IPOPT_NOOP, IPOPT_RA, 4, 0, 0,
	};
	static const u8 copied[] = { IPOPT_RA, 4, 0, 0 };
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *pieces[8];
	unsigned int count, i;

	KUNIT_ASSERT_EQ(test, 0, fragment(test, wire,
					  datagram(test, 1000, options,
						   sizeof(options)), 296));
	count = collect(test, wire, 1000, 296, pieces);
	KUNIT_ASSERT_GT(test, count, 2U);
	KUNIT_EXPECT_EQ(test, 8, (int)ip_hdr(pieces[0])->ihl);
	KUNIT_EXPECT_EQ(test, 0, memcmp(ip_hdr(pieces[0]) + 1, options,
					sizeof(options)));
	for (i = 1; i < count; i++) {
		KUNIT_EXPECT_EQ(test, 6, (int)ip_hdr(pieces[i])->ihl);
		KUNIT_EXPECT_EQ(test, 0, memcmp(ip_hdr(pieces[i]) + 1, copied,
						sizeof(copied)));
	}
}

static void fragment__cuts_a_fragment(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb = datagram(test, 400, NULL, 0);

	ip_hdr(skb)->frag_off = htons(NST_IPV4_MF | 10);
	KUNIT_ASSERT_EQ(test, 0, fragment(test, wire, skb, 220));
	skb = nst_wire_expect_ipv4(wire, NST_PROBE_PROTOCOL);
	KUNIT_EXPECT_EQ(test, NST_IPV4_MF | 10,
			(int)ntohs(ip_hdr(skb)->frag_off));
	skb = nst_wire_expect_ipv4(wire, NST_PROBE_PROTOCOL);
	KUNIT_EXPECT_EQ(test, NST_IPV4_MF | 35,
			(int)ntohs(ip_hdr(skb)->frag_off));
	nst_wire_expect_nothing(wire);
}

static void fragment__refuses_df(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb = datagram(test, 400, NULL, 0);

	ip_hdr(skb)->frag_off = htons(NST_IPV4_DF);
	KUNIT_EXPECT_EQ(test, -EMSGSIZE, fragment(test, wire, skb, 220));
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, 1UL, nst_drop_read(wire->stack,
						 NST_DROP_IP_TOO_BIG));
	KUNIT_EXPECT_EQ(test, 1UL, nst_mib_read(wire->stack,
						NST_MIB_IP_FRAG_FAILS));
}

static void fragment__refuses_mtu_without_payload(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	KUNIT_EXPECT_EQ(test, -EMSGSIZE,
			fragment(test, wire, datagram(test, 400, NULL, 0), 27));
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, 0, fragment(test, wire,
					  datagram(test, 16, NULL, 0), 28));
	KUNIT_EXPECT_EQ(test, 2U, collect(test, wire, 16, 28, NULL));
}

/* The checksum is over the whole datagram and so is made before the cut. */
static void fragment__completes_checksum_first(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb = nst_build_pattern(test, 600, 0);
	struct udphdr *uh;
	__wsum sum = 0;
	unsigned int i;

	nst_build_udp(skb, &(struct nst_build_udp) {
		.saddr = NST_WIRE_LOCAL, .daddr = NST_WIRE_PEER,
		.sport = 1, .dport = 2,
	});
	uh = (struct udphdr *)skb->data;
	uh->check = ~csum_tcpudp_magic(htonl(NST_WIRE_LOCAL),
				       htonl(NST_WIRE_PEER), skb->len,
				       IPPROTO_UDP, 0);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb->data - skb->head;
	skb->csum_offset = offsetof(struct udphdr, check);
	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
		.saddr = NST_WIRE_LOCAL, .daddr = NST_WIRE_PEER,
		.protocol = IPPROTO_UDP, .id = 1,
	});
	skb_reset_network_header(skb);
	skb->protocol = htons(ETH_P_IP);

	KUNIT_ASSERT_EQ(test, 0, fragment(test, wire, skb, 220));
	for (i = 0; i < 4; i++) {
		skb = nst_wire_expect_ethertype(wire, ETH_P_IP);
		KUNIT_EXPECT_NE(test, CHECKSUM_PARTIAL, (int)skb->ip_summed);
		/* All pieces but the last are of a multiple of 8 bytes. */
		sum = csum_partial(ip_hdr(skb) + 1,
				   ntohs(ip_hdr(skb)->tot_len) - 20, sum);
	}
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, 0,
			(__force int)csum_tcpudp_magic(htonl(NST_WIRE_LOCAL),
						       htonl(NST_WIRE_PEER),
						       608, IPPROTO_UDP, sum));
}

/* Send back a piece as if the peer had cut it. */
static void inject_back(struct kunit *test, struct nst_wire *wire,
			const struct sk_buff *piece)
{
	struct sk_buff *skb = skb_copy(piece, GFP_KERNEL);
	struct iphdr *iph;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_push(skb, skb->data - skb_network_header(skb));
	iph = (struct iphdr *)skb->data;
	iph->saddr = htonl(NST_WIRE_PEER);
	iph->daddr = htonl(NST_WIRE_LOCAL);
	nst_ipv4_checksum(iph);
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {});
	nst_wire_inject(wire, skb);
}

static void expect_delivered(struct kunit *test, unsigned int length)
{
	struct sk_buff *skb = skb_dequeue(&nst_probe.received);
	unsigned int i;
	u8 byte;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_EQ(test, length, skb->len);
	KUNIT_EXPECT_EQ(test, length + 20,
			(unsigned int)ntohs(ip_hdr(skb)->tot_len));
	KUNIT_EXPECT_EQ(test, 0, ntohs(ip_hdr(skb)->frag_off));
	KUNIT_EXPECT_EQ(test, 0, (__force int)ip_fast_csum(ip_hdr(skb), 5));
	for (i = 0; i < min(length, skb->len); i++) {
		KUNIT_ASSERT_EQ(test, 0, skb_copy_bits(skb, i, &byte, 1));
		KUNIT_ASSERT_EQ(test, (u8)i, byte);
	}
	kfree_skb(skb);
}

static void fragment__round_trip(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff **pieces;
	unsigned int round, count, length, other, i;
	struct rnd_state rnd;
	u64 seed = 791;
	u32 mtu;

	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&rnd, seed);
	pieces = kunit_kcalloc(test, PIECES_MAX, sizeof(*pieces), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, pieces);

	for (round = 0; round < 40; round++) {
		mtu = 68 + prandom_u32_state(&rnd) % (1500 - 68);
		length = mtu + prandom_u32_state(&rnd) % 9000;
		if (length / (mtu - 27) >= PIECES_MAX)
			length = mtu * 2;
		KUNIT_ASSERT_EQ(test, 0,
				fragment(test, wire,
					 datagram(test, length, NULL, 0),
					 mtu));
		count = collect(test, wire, length, mtu, pieces);
		for (i = count - 1; i > 0; i--) {
			other = prandom_u32_state(&rnd) % (i + 1);
			swap(pieces[i], pieces[other]);
		}
		for (i = 0; i < count; i++) {
			KUNIT_ASSERT_TRUE(test,
					  skb_queue_empty(&nst_probe.received));
			inject_back(test, wire, pieces[i]);
		}
		expect_delivered(test, length);
		nst_wire_discard(wire);
	}
}

static struct kunit_case ipv4_fragment_cases[] = {
	KUNIT_CASE(fragment__covers_datagram),
	KUNIT_CASE(fragment__copies_flagged_options_only),
	KUNIT_CASE(fragment__cuts_a_fragment),
	KUNIT_CASE(fragment__refuses_df),
	KUNIT_CASE(fragment__refuses_mtu_without_payload),
	KUNIT_CASE(fragment__completes_checksum_first),
	KUNIT_CASE(fragment__round_trip),
	{}
};

static struct kunit_suite ipv4_fragment_suite = {
	.name = "netstack_ipv4_fragment",
	.init = nst_probe_start,
	.exit = nst_probe_stop,
	.test_cases = ipv4_fragment_cases,
};

kunit_test_suite(ipv4_fragment_suite);
