// SPDX-License-Identifier: GPL-2.0
/*
 * The judge of the suite fuzz: what it lets pass, and that it can say no.
 */
#include "../netstack/compat.h"
#include "../netstack/network/pseudo_sum.h"
#include "fuzz.h"
#include "packet_builder.h"
#include "wire_ipv6.h"

/* What a frame is made of. */
enum kind { UDP, TCP, ICMP, ARP, UDP6, ICMP6 };

#define IP	ETH_HLEN
#define L4	(ETH_HLEN + 20)
#define L4_6	(ETH_HLEN + 40)

/**
 * struct flaw - what is wrong with a frame
 * @what: in words
 * @kind: of a frame that is right but for that
 * @at: octet
 * @flip: bits of it that are the others
 * @fix_sum: the sum of the IPv4 header is made right after that
 * @cut: octets are missing at the end
 */
struct flaw {
	const char *what;
	enum kind kind;
	unsigned int at;
	u8 flip;
	bool fix_sum;
	unsigned int cut;
};

static const struct flaw flaws[] = {
	{ "source station", UDP, 6, 4 },
	{ "EtherType", UDP, 12, 1 },
	{ "version", UDP, IP, 0x10, true },
	{ "header length below 20", UDP, IP, 1, true },
	{ "header length above the packet", UDP, IP, 10 },
	{ "total length", UDP, IP + 3, 1, true },
	{ "octets missing", UDP, 0, 0, false, 1 },
	{ "header checksum", UDP, IP + 10, 1 },
	{ "TTL of zero", UDP, IP + 8, 64, true },
	{ "source is a group", UDP, IP + 12, 10 ^ 224, true },
	{ "source is loopback", UDP, IP + 12, 10 ^ 127, true },
	{ "source is this network", UDP, IP + 12, 10, true },
	{ "UDP checksum", UDP, L4 + 6, 1 },
	{ "UDP length", UDP, L4 + 5, 1 },
	{ "UDP payload", UDP, L4 + 8, 1 },
	{ "TCP checksum", TCP, L4 + 16, 1 },
	{ "TCP header above the segment", TCP, L4 + 12, 0xa0 },
	{ "ICMP payload", ICMP, L4 + 8, 1 },
	{ "ARP of another hardware", ARP, IP + 1, 2 },
	{ "ARP of another station", ARP, IP + 8, 4 },
	{ "ARP of another host", ARP, IP + 17, 8 },
	{ "payload length", UDP6, IP + 5, 1 },
	{ "hop limit of zero", UDP6, IP + 7, 64 },
	{ "source is a group of IPv6", UDP6, IP + 8, 0x20 ^ 0xff },
	{ "UDP checksum over IPv6", UDP6, L4_6 + 7, 1 },
	{ "ICMPv6 checksum", ICMP6, L4_6 + 2, 1 },
	{ "ICMPv6 of another protocol number", ICMP6, IP + 6, 58 ^ 1 },
};

static void flaw_name(const struct flaw *flaw, char *name)
{
	strscpy(name, flaw->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(flaw, flaws, flaw_name);

static struct nst_wire *wire_create(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);

	nst_wire_add_address(wire, NST_WIRE_LOCAL, NST_WIRE_PREFIX_LEN);
	return wire;
}

static struct sk_buff *build_ipv4(struct kunit *test, enum kind kind)
{
	struct sk_buff *skb = nst_build_payload(test, "abcdef", 6);
	static const u8 protocols[] = {
		[UDP] = IPPROTO_UDP, [TCP] = IPPROTO_TCP, [ICMP] = IPPROTO_ICMP,
	};

	if (kind == UDP)
		nst_build_udp(skb, &(struct nst_build_udp) {
			.saddr = NST_WIRE_LOCAL, .daddr = NST_WIRE_PEER });
	else if (kind == TCP)
		nst_build_tcp(skb, &(struct nst_build_tcp) {
			.saddr = NST_WIRE_LOCAL, .daddr = NST_WIRE_PEER });
	else
		nst_build_icmp(skb, &(struct nst_build_icmp) { .type = 0 });
	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
		.saddr = NST_WIRE_LOCAL, .daddr = NST_WIRE_PEER,
		.protocol = protocols[kind] });
	return skb;
}

static struct sk_buff *build_ipv6(struct kunit *test, enum kind kind)
{
	struct sk_buff *skb = nst_build_payload(test, "abcdef", 6);
	struct nst_build_ipv6 ipv6 = {
		.saddr = &nst_wire_local6, .daddr = &nst_wire_peer6,
		.nexthdr = IPPROTO_ICMPV6, .hop_limit = 64,
	};

	nst_build_icmpv6(skb, &(struct nst_build_icmpv6) {
		.type = 129, .saddr = &nst_wire_local6,
		.daddr = &nst_wire_peer6 });
	if (kind == UDP6) {
		union nst_address saddr = nst_address_v6(&nst_wire_local6);
		union nst_address daddr = nst_address_v6(&nst_wire_peer6);
		struct udphdr *udp = (void *)skb->data;

		udp->source = htons(1);
		udp->dest = htons(2);
		udp->len = htons(skb->len);
		udp->check = 0;
		udp->check = csum_fold(csum_partial(udp, skb->len,
						    nst_pseudo_sum(AF_INET6,
								   &saddr,
								   &daddr,
								   skb->len,
								   IPPROTO_UDP)));
		ipv6.nexthdr = IPPROTO_UDP;
	}
	nst_build_ipv6(skb, &ipv6);
	return skb;
}

static struct sk_buff *build(struct kunit *test, enum kind kind)
{
	struct sk_buff *skb;
	u16 ethertype = ETH_P_IP;

	if (kind == ARP) {
		skb = nst_build_arp(test, &(struct nst_build_arp) {
			.sender = NST_WIRE_LOCAL, .target = NST_WIRE_PEER,
			.sender_mac = nst_wire_local_mac });
		ethertype = ETH_P_ARP;
	} else if (kind == UDP6 || kind == ICMP6) {
		skb = build_ipv6(test, kind);
		ethertype = ETH_P_IPV6;
	} else {
		skb = build_ipv4(test, kind);
	}
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {
		.destination = nst_wire_peer_mac, .source = nst_wire_local_mac,
		.ethertype = ethertype });
	return skb;
}

static void judge__lets_pass_what_is_right(struct kunit *test)
{
	static const enum kind kinds[] = { UDP, TCP, ICMP, ARP, UDP6, ICMP6 };
	struct nst_wire *wire = wire_create(test);
	struct sk_buff *skb;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		skb = build(test, kinds[i]);
		KUNIT_EXPECT_STREQ(test,
				   nst_fuzz_judge(wire->link, skb) ?: "right",
				   "right");
		kfree_skb(skb);
	}
}

static void fix_header_sum(u8 *ip)
{
	unsigned int words = max(ip[0] & 15, 5);

	memset(ip + 10, 0, 2);
	*(__sum16 *)(ip + 10) = ip_fast_csum(ip, min(words, 8U));
}

static void judge__says_no(struct kunit *test)
{
	const struct flaw *flaw = test->param_value;
	struct nst_wire *wire = wire_create(test);
	struct sk_buff *skb = build(test, flaw->kind);

	skb->data[flaw->at] ^= flaw->flip;
	if (flaw->fix_sum)
		fix_header_sum(skb->data + IP);
	skb_trim(skb, skb->len - flaw->cut);
	KUNIT_EXPECT_NOT_NULL(test, nst_fuzz_judge(wire->link, skb));
	kfree_skb(skb);
}

/* What a router passes on is its sender's, but for the header. */
static void judge__leaves_sums_to_their_sender(struct kunit *test)
{
	struct nst_wire *wire = wire_create(test);
	struct sk_buff *skb = build(test, UDP);

	skb->data[IP + 15] ^= 0x40;
	skb->data[L4 + 8] ^= 1;
	fix_header_sum(skb->data + IP);
	KUNIT_EXPECT_NULL(test, nst_fuzz_judge(wire->link, skb));
	skb->data[IP + 10] ^= 1;
	KUNIT_EXPECT_NOT_NULL(test, nst_fuzz_judge(wire->link, skb));
	kfree_skb(skb);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(judge__lets_pass_what_is_right),
	KUNIT_CASE_PARAM(judge__says_no, flaw_gen_params),
	KUNIT_CASE(judge__leaves_sums_to_their_sender),
	{}
};

static struct kunit_suite suite = {
	.name = "fuzz_judge",
	.test_cases = cases,
};

kunit_test_suite(suite);
