// SPDX-License-Identifier: GPL-2.0
/*
 * IPv4 send and identification: ipv4_output.c, ipv4_identification.c.
 * Attacks 13 and 29.
 */
#include <kunit/test.h>
#include <linux/tcp.h>

#include "../netstack/network/ipv4.h"
#include "packet_builder.h"
#include "transport_probe.h"
#include "wire.h"

static void find_path(struct kunit *test, struct nst_wire *wire, u32 daddr,
		      struct nst_path *path)
{
	struct nst_route_key key = {
		.family = AF_INET,
		.daddr = nst_address_v4(htonl(daddr)),
	};

	memset(path, 0, sizeof(*path));
	KUNIT_ASSERT_EQ(test, 0, nst_route_output(wire->stack, &key, path));
}

static int send(struct kunit *test, struct nst_wire *wire, unsigned int length,
		const struct nst_output *output)
{
	struct nst_path path;
	int err;

	find_path(test, wire, NST_WIRE_PEER, &path);
	err = nst_network_output(wire->stack,
				 nst_build_pattern(test, length, 0), &path,
				 output);
	nst_path_release(&path);
	return err;
}

static void output__builds_header(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	const struct nst_output output = {
		.protocol = NST_PROBE_PROTOCOL,
		.tos = 0x28,
		.hop_limit = 3,
		.dont_fragment = true,
	};
	const struct iphdr *iph;
	struct sk_buff *skb;

	KUNIT_ASSERT_EQ(test, 0, send(test, wire, 100, &output));
	skb = nst_wire_expect_ipv4(wire, NST_PROBE_PROTOCOL);
	iph = ip_hdr(skb);
	KUNIT_EXPECT_EQ(test, 5, (int)iph->ihl);
	KUNIT_EXPECT_EQ(test, 0x28, (int)iph->tos);
	KUNIT_EXPECT_EQ(test, 120, (int)ntohs(iph->tot_len));
	KUNIT_EXPECT_EQ(test, 3, (int)iph->ttl);
	KUNIT_EXPECT_EQ(test, NST_IPV4_DF, (int)ntohs(iph->frag_off));
	/* RFC 6864 4.1: atomic */
	KUNIT_EXPECT_EQ(test, 0, (int)ntohs(iph->id));
	KUNIT_EXPECT_EQ(test, (u32)NST_WIRE_LOCAL, ntohl(iph->saddr));
	KUNIT_EXPECT_EQ(test, (u32)NST_WIRE_PEER, ntohl(iph->daddr));
	KUNIT_EXPECT_EQ(test, 100U, skb->len);
	KUNIT_EXPECT_EQ(test, 99, (int)skb->data[99]);
	KUNIT_EXPECT_EQ(test, 1UL, nst_mib_read(wire->stack,
						NST_MIB_IP_OUT_REQUESTS));
	KUNIT_EXPECT_EQ(test, 120UL, nst_mib_read(wire->stack,
						  NST_MIB_IP_OUT_OCTETS));
}

static void output__says_what_the_transport_says_of_whole_packets(struct kunit *test)
{
	const struct nst_output output = {
		.protocol = NST_PROBE_PROTOCOL,
		.dont_fragment = true,
		.identification = 0xfffe,
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb;

	KUNIT_ASSERT_EQ(test, 0, send(test, wire, 100, &output));
	skb = nst_wire_expect_ipv4(wire, NST_PROBE_PROTOCOL);
	KUNIT_EXPECT_EQ(test, 0xfffe, (int)ntohs(ip_hdr(skb)->id));
}

static void output__default_ttl_is_the_stacks(struct kunit *test)
{
	const struct nst_output output = { .protocol = NST_PROBE_PROTOCOL };
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb;

	WRITE_ONCE(wire->stack->config.ip_default_ttl, 17);
	KUNIT_ASSERT_EQ(test, 0, send(test, wire, 8, &output));
	skb = nst_wire_expect_ipv4(wire, NST_PROBE_PROTOCOL);
	KUNIT_EXPECT_EQ(test, 17, (int)ip_hdr(skb)->ttl);
}

/* RFC 6864 4.3, RFC 7739 5.3 */
static void identification__counts_per_destination(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	unsigned int i, differ = 0;
	struct nst_path path;
	u16 first, other;

	find_path(test, wire, NST_WIRE_PEER, &path);
	first = nst_ipv4_identification(wire->stack, &path, 17, 1);
	KUNIT_EXPECT_EQ(test, (u16)(first + 1),
			nst_ipv4_identification(wire->stack, &path, 17, 44));
	KUNIT_EXPECT_EQ(test, (u16)(first + 45),
			nst_ipv4_identification(wire->stack, &path, 17, 1));
	/* Others do not see where this one is. */
	for (i = 0; i < 16; i++) {
		path.daddr = nst_address_v4(htonl(NST_WIRE_OTHER + i));
		other = nst_ipv4_identification(wire->stack, &path, 17, 1);
		differ += (u16)(other - first) > 100;
	}
	KUNIT_EXPECT_GT(test, differ, 12U);
	nst_path_release(&path);
}

static void output__numbers_what_may_be_cut(struct kunit *test)
{
	const struct nst_output output = { .protocol = NST_PROBE_PROTOCOL };
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb;
	u16 first;

	KUNIT_ASSERT_EQ(test, 0, send(test, wire, 8, &output));
	KUNIT_ASSERT_EQ(test, 0, send(test, wire, 8, &output));
	skb = nst_wire_expect_ipv4(wire, NST_PROBE_PROTOCOL);
	KUNIT_EXPECT_EQ(test, 0, ntohs(ip_hdr(skb)->frag_off));
	first = ntohs(ip_hdr(skb)->id);
	skb = nst_wire_expect_ipv4(wire, NST_PROBE_PROTOCOL);
	KUNIT_EXPECT_EQ(test, (u16)(first + 1), ntohs(ip_hdr(skb)->id));
}

static void output__over_mtu_refused_with_df(struct kunit *test)
{
	const struct nst_output output = {
		.protocol = NST_PROBE_PROTOCOL,
		.dont_fragment = true,
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	KUNIT_EXPECT_EQ(test, 0, send(test, wire, NST_WIRE_MTU - 20, &output));
	nst_wire_expect_ipv4(wire, NST_PROBE_PROTOCOL);
	KUNIT_EXPECT_EQ(test, -EMSGSIZE,
			send(test, wire, NST_WIRE_MTU - 19, &output));
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, 1UL, nst_drop_read(wire->stack,
						 NST_DROP_IP_TOO_BIG));
	KUNIT_EXPECT_EQ(test, 1UL, nst_mib_read(wire->stack,
						NST_MIB_IP_FRAG_FAILS));
}

/* IP_PMTUDISC_WANT: DF while it fits, cut when it does not */
static void output__over_mtu_cut_when_allowed(struct kunit *test)
{
	const struct nst_output output = {
		.protocol = NST_PROBE_PROTOCOL,
		.dont_fragment = true,
		.may_fragment = true,
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb;

	KUNIT_EXPECT_EQ(test, 0, send(test, wire, 1000, &output));
	skb = nst_wire_expect_ipv4(wire, NST_PROBE_PROTOCOL);
	KUNIT_EXPECT_EQ(test, NST_IPV4_DF, (int)ntohs(ip_hdr(skb)->frag_off));

	KUNIT_EXPECT_EQ(test, 0, send(test, wire, 2000, &output));
	skb = nst_wire_expect_ipv4(wire, NST_PROBE_PROTOCOL);
	KUNIT_EXPECT_EQ(test, NST_IPV4_MF, (int)ntohs(ip_hdr(skb)->frag_off));
	skb = nst_wire_expect_ipv4(wire, NST_PROBE_PROTOCOL);
	KUNIT_EXPECT_EQ(test, 1480 / 8, (int)ntohs(ip_hdr(skb)->frag_off));
	nst_wire_expect_nothing(wire);
}

static void output__over_64k_refused(struct kunit *test)
{
	const struct nst_output output = { .protocol = NST_PROBE_PROTOCOL };
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	KUNIT_EXPECT_EQ(test, -EMSGSIZE, send(test, wire, 65516, &output));
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, 1UL, nst_mib_read(wire->stack,
						NST_MIB_IP_OUT_DISCARDS));
}

static void output__makes_headroom(struct kunit *test)
{
	const struct nst_output output = { .protocol = NST_PROBE_PROTOCOL };
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_path path;
	struct sk_buff *skb;

	skb = alloc_skb(8, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_put_zero(skb, 8);
	find_path(test, wire, NST_WIRE_PEER, &path);
	KUNIT_EXPECT_EQ(test, 0, nst_network_output(wire->stack, skb, &path,
						    &output));
	nst_path_release(&path);
	skb = nst_wire_expect_ipv4(wire, NST_PROBE_PROTOCOL);
	KUNIT_EXPECT_EQ(test, 8U, skb->len);
}

static void output__stamps_options(struct kunit *test)
{
	static const struct nst_ip_options options = {
		.length = 8,
		.data = { IPOPT_RR, 7, 4, 0, 0, 0, 0, 0 },
	};
	static const u8 stamped[] = { IPOPT_RR, 7, 8, 10, 0, 0, 1, 0 };
	const struct nst_output output = {
		.protocol = NST_PROBE_PROTOCOL,
		.options = &options,
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb;

	KUNIT_ASSERT_EQ(test, 0, send(test, wire, 8, &output));
	skb = nst_wire_expect_ipv4(wire, NST_PROBE_PROTOCOL);
	KUNIT_ASSERT_EQ(test, 7, (int)ip_hdr(skb)->ihl);
	KUNIT_EXPECT_EQ(test, 0, memcmp(ip_hdr(skb) + 1, stamped, 8));
}

/* A TCP super-packet of @payload bytes in segments of 1000. */
static int send_super(struct kunit *test, struct nst_wire *wire,
		      unsigned int payload, const struct nst_output *output)
{
	struct sk_buff *skb = nst_build_pattern(test, payload, 0);
	struct nst_path path;
	struct tcphdr *th;
	int err;

	nst_build_tcp(skb, &(struct nst_build_tcp) {
		.saddr = NST_WIRE_LOCAL, .daddr = NST_WIRE_PEER,
		.sport = 1, .dport = 2, .flags = NST_TCP_ACK,
	});
	th = (struct tcphdr *)skb->data;
	th->check = ~csum_tcpudp_magic(htonl(NST_WIRE_LOCAL),
				       htonl(NST_WIRE_PEER), skb->len,
				       IPPROTO_TCP, 0);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb->data - skb->head;
	skb->csum_offset = offsetof(struct tcphdr, check);
	skb_shinfo(skb)->gso_size = 1000;
	skb_shinfo(skb)->gso_segs = DIV_ROUND_UP(payload, 1000);
	skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4;

	find_path(test, wire, NST_WIRE_PEER, &path);
	err = nst_network_output(wire->stack, skb, &path, output);
	nst_path_release(&path);
	return err;
}

static void output__super_packet_goes_whole(struct kunit *test)
{
	const struct nst_output output = {
		.protocol = IPPROTO_TCP,
		.dont_fragment = true,
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb;

	wire->link->features = NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_TSO;
	wire->link->gso_max_size = 65536;
	wire->link->gso_max_segs = 64;
	KUNIT_ASSERT_EQ(test, 0, send_super(test, wire, 3500, &output));
	skb = nst_wire_expect_ipv4(wire, IPPROTO_TCP);
	KUNIT_EXPECT_EQ(test, 3520U, skb->len);
	KUNIT_EXPECT_TRUE(test, skb_is_gso(skb));
	nst_wire_expect_nothing(wire);
}

static void expect_segments(struct kunit *test, struct nst_wire *wire,
			    unsigned int payload)
{
	unsigned int offset, length;
	struct sk_buff *skb;

	for (offset = 0; offset < payload; offset += length) {
		length = min(1000U, payload - offset);
		skb = nst_wire_expect_ipv4(wire, IPPROTO_TCP);
		KUNIT_EXPECT_EQ(test, 20 + length, skb->len);
		KUNIT_EXPECT_EQ(test, offset, ntohl(tcp_hdr(skb)->seq));
		KUNIT_EXPECT_FALSE(test, skb_is_gso(skb));
	}
	nst_wire_expect_nothing(wire);
}

/* Whatever the link lacks, the peer sees the same segments. */
static void output__super_packet_cut_for_link(struct kunit *test)
{
	const struct nst_output output = {
		.protocol = IPPROTO_TCP,
		.dont_fragment = true,
	};
	static const struct {
		netdev_features_t features;
		u32 gso_max_size;
		u16 gso_max_segs;
	} links[] = {
		{ 0, 65536, 64 },
		{ NETIF_F_SG | NETIF_F_HW_CSUM, 65536, 64 },
		{ NETIF_F_TSO, 65536, 64 },
		{ NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_TSO, 3000, 64 },
		{ NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_TSO, 65536, 3 },
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(links); i++) {
		wire->link->features = links[i].features;
		wire->link->gso_max_size = links[i].gso_max_size;
		wire->link->gso_max_segs = links[i].gso_max_segs;
		KUNIT_ASSERT_EQ(test, 0, send_super(test, wire, 3500, &output));
		expect_segments(test, wire, 3500);
	}
}

/* Segments over the path MTU: refused with DF, cut twice without. */
static void output__super_packet_over_mtu(struct kunit *test)
{
	struct nst_output output = {
		.protocol = IPPROTO_TCP,
		.dont_fragment = true,
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb;
	unsigned int i;

	mutex_lock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, 0, nst_link_set_mtu(wire->link, 1039));
	mutex_unlock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, -EMSGSIZE, send_super(test, wire, 3000, &output));
	nst_wire_expect_nothing(wire);

	output.dont_fragment = false;
	KUNIT_EXPECT_EQ(test, 0, send_super(test, wire, 3000, &output));
	for (i = 0; i < 6; i++) {
		skb = nst_wire_expect_ethertype(wire, ETH_P_IP);
		KUNIT_EXPECT_EQ(test, !(i % 2) ? NST_IPV4_MF : 1016 / 8,
				(int)ntohs(ip_hdr(skb)->frag_off));
	}
	nst_wire_expect_nothing(wire);
}

static struct kunit_case ipv4_output_cases[] = {
	KUNIT_CASE(identification__counts_per_destination),
	KUNIT_CASE(output__builds_header),
	KUNIT_CASE(output__says_what_the_transport_says_of_whole_packets),
	KUNIT_CASE(output__default_ttl_is_the_stacks),
	KUNIT_CASE(output__numbers_what_may_be_cut),
	KUNIT_CASE(output__over_mtu_refused_with_df),
	KUNIT_CASE(output__over_mtu_cut_when_allowed),
	KUNIT_CASE(output__over_64k_refused),
	KUNIT_CASE(output__makes_headroom),
	KUNIT_CASE(output__stamps_options),
	KUNIT_CASE(output__super_packet_goes_whole),
	KUNIT_CASE(output__super_packet_cut_for_link),
	KUNIT_CASE(output__super_packet_over_mtu),
	{}
};

static struct kunit_suite ipv4_output_suite = {
	.name = "netstack_ipv4_output",
	.test_cases = ipv4_output_cases,
};

kunit_test_suite(ipv4_output_suite);
