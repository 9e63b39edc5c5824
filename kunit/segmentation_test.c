// SPDX-License-Identifier: GPL-2.0
/*
 * Software segmentation: segmentation.c. Super-packets are built here by
 * hand, linear and in pages, and every segment is checked as a receiver
 * would.
 */
#include <kunit/test.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/checksum.h>

#include "../netstack/compat.h"
#include "../netstack/link/segmentation.h"
#include "../netstack/network/ipv4.h"

#define SEQUENCE	0xfffffc00U	/* wraps on the way */
#define SADDR		0x0a000001
#define DADDR		0x0a000002

/**
 * struct super - a super-packet to build
 * @name: what it is
 * @payload: bytes
 * @mss: gso_size
 * @linear: payload bytes in the linear part; the rest is in pages
 * @ipv6: IPv6 instead of IPv4
 * @udp: UDP instead of TCP
 * @dont_fragment: IPv4 DF
 * @tcp_options: bytes of TCP options
 */
struct super {
	const char *name;
	unsigned int payload;
	unsigned int mss;
	unsigned int linear;
	bool ipv6;
	bool udp;
	bool dont_fragment;
	u8 tcp_options;
};

static const struct super supers[] = {
	{ "TCP, linear", 5000, 1448, 5000, .tcp_options = 12 },
	{ "TCP, pages", 5000, 1448, 0, .tcp_options = 12 },
	{ "TCP, both", 30000, 1460, 700, .dont_fragment = true },
	{ "TCP, whole multiple", 5840, 1460, 0, .dont_fragment = true },
	{ "TCP, one segment and one byte", 1461, 1460, 0 },
	{ "TCP, one segment", 1460, 1460, 0 },
	{ "TCP, tiny segments", 1000, 48, 10, .tcp_options = 40 },
	{ "TCP, full length", 65000, 1448, 0, .tcp_options = 12 },
	{ "TCP over IPv6", 9000, 1428, 100, .ipv6 = true, .tcp_options = 12 },
	{ "UDP", 5000, 1400, 0, .udp = true },
	{ "UDP, linear", 300, 100, 300, .udp = true },
	{ "UDP over IPv6", 5000, 1400, 200, .ipv6 = true, .udp = true },
};

static void super_name(const struct super *super, char *name)
{
	strscpy(name, super->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(super, supers, super_name);

static u8 pattern(unsigned int at)
{
	return at * 7 + (at >> 8);
}

static __sum16 pseudo_sum(const struct super *super, unsigned int length)
{
	u8 protocol = super->udp ? IPPROTO_UDP : IPPROTO_TCP;
	__wsum sum = 0;
	unsigned int i;

	if (!super->ipv6)
		return ~csum_tcpudp_magic(htonl(SADDR), htonl(DADDR), length,
					  protocol, 0);
	/* All words of both addresses are 0x01010101. */
	for (i = 0; i < 8; i++)
		sum = csum_add(sum, (__force __wsum)htonl(0x01010101));
	sum = csum_add(sum, (__force __wsum)htonl(length));
	sum = csum_add(sum, (__force __wsum)htonl(protocol));
	return ~csum_fold(sum);
}

static void add_pages(struct kunit *test, struct sk_buff *skb,
		      unsigned int from, unsigned int length)
{
	unsigned int chunk, i, slot = 0;
	struct page *page;
	u8 *data;

	for (; length; length -= chunk, from += chunk) {
		chunk = min_t(unsigned int, length, PAGE_SIZE);
		page = alloc_page(GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, page);
		data = page_address(page);
		for (i = 0; i < chunk; i++)
			data[i] = pattern(from + i);
		skb_add_rx_frag(skb, slot++, page, 0, chunk, PAGE_SIZE);
	}
}

static void push_tcp(struct sk_buff *skb, const struct super *super)
{
	unsigned int header = sizeof(struct tcphdr) + super->tcp_options;
	struct tcphdr *th = skb_push(skb, header);

	memset(th, IPOPT_NOOP, header);
	th->source = htons(1000);
	th->dest = htons(2000);
	th->seq = htonl(SEQUENCE);
	th->ack_seq = htonl(77);
	tcp_flag_word(th) = TCP_FLAG_ACK | TCP_FLAG_PSH | TCP_FLAG_FIN |
			    TCP_FLAG_CWR | TCP_FLAG_ECE;
	th->doff = header / 4;
	th->window = htons(500);
	th->urg_ptr = 0;
	th->check = pseudo_sum(super, skb->len);
	skb->csum_offset = offsetof(struct tcphdr, check);
}

static void push_udp(struct sk_buff *skb, const struct super *super)
{
	struct udphdr *uh = skb_push(skb, sizeof(*uh));

	uh->source = htons(1000);
	uh->dest = htons(2000);
	uh->len = htons(skb->len);
	uh->check = pseudo_sum(super, skb->len);
	skb->csum_offset = offsetof(struct udphdr, check);
}

static void push_network(struct sk_buff *skb, const struct super *super)
{
	u8 protocol = super->udp ? IPPROTO_UDP : IPPROTO_TCP;
	unsigned int length = skb->len;
	struct ipv6hdr *ip6h;
	struct iphdr *iph;

	if (super->ipv6) {
		ip6h = skb_push(skb, sizeof(*ip6h));
		memset(ip6h, 0, sizeof(*ip6h));
		ip6h->version = 6;
		ip6h->payload_len = htons(length);
		ip6h->nexthdr = protocol;
		memset(&ip6h->saddr, 1, sizeof(ip6h->saddr));
		memset(&ip6h->daddr, 1, sizeof(ip6h->daddr));
		skb->protocol = htons(ETH_P_IPV6);
	} else {
		iph = skb_push(skb, sizeof(*iph));
		memset(iph, 0, sizeof(*iph));
		iph->version = 4;
		iph->ihl = 5;
		iph->tot_len = htons(skb->len);
		iph->id = htons(0xfffe);
		iph->frag_off = htons(super->dont_fragment ? NST_IPV4_DF : 0);
		iph->ttl = 64;
		iph->protocol = protocol;
		iph->saddr = htonl(SADDR);
		iph->daddr = htonl(DADDR);
		nst_ipv4_checksum(iph);
		skb->protocol = htons(ETH_P_IP);
	}
	skb_reset_network_header(skb);
}

static struct sk_buff *build(struct kunit *test, const struct super *super)
{
	unsigned int linear = super->linear;
	struct sk_buff *skb;
	unsigned int i;

	skb = alloc_skb(NST_HEADROOM_TCP + linear, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, NST_HEADROOM_TCP);
	for (i = 0; i < linear; i++)
		*(u8 *)skb_put(skb, 1) = pattern(i);
	add_pages(test, skb, linear, super->payload - linear);

	if (super->udp)
		push_udp(skb, super);
	else
		push_tcp(skb, super);
	skb_reset_transport_header(skb);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_transport_header(skb) - skb->head;
	push_network(skb, super);

	skb_shinfo(skb)->gso_size = super->mss;
	skb_shinfo(skb)->gso_segs = DIV_ROUND_UP(super->payload, super->mss);
	skb_shinfo(skb)->gso_type = super->udp ? SKB_GSO_UDP_L4 :
				    super->ipv6 ? SKB_GSO_TCPV6 :
						  SKB_GSO_TCPV4;
	return skb;
}

static void check_network(struct kunit *test, const struct super *super,
			  struct sk_buff *skb, unsigned int number)
{
	const struct iphdr *iph = ip_hdr(skb);
	unsigned int id;

	KUNIT_EXPECT_PTR_EQ(test, skb_network_header(skb), skb->data);
	if (super->ipv6) {
		KUNIT_EXPECT_EQ(test, skb->len - sizeof(struct ipv6hdr),
				(size_t)ntohs(ipv6_hdr(skb)->payload_len));
		return;
	}
	id = (0xfffe + number) & 0xffff;
	KUNIT_EXPECT_EQ(test, skb->len, (unsigned int)ntohs(iph->tot_len));
	KUNIT_EXPECT_EQ(test, id, (unsigned int)ntohs(iph->id));
	KUNIT_EXPECT_EQ(test, 0, (__force int)ip_fast_csum(iph, iph->ihl));
}

static void check_tcp(struct kunit *test, struct sk_buff *skb,
		      unsigned int offset)
{
	const struct tcphdr *th = tcp_hdr(skb);

	KUNIT_EXPECT_EQ(test, SEQUENCE + offset, ntohl(th->seq));
	KUNIT_EXPECT_EQ(test, 77U, ntohl(th->ack_seq));
	KUNIT_EXPECT_EQ(test, 1, (int)th->ack);
	KUNIT_EXPECT_EQ(test, 1, (int)th->ece);
	KUNIT_EXPECT_EQ(test, !offset, (bool)th->cwr);
	KUNIT_EXPECT_EQ(test, !skb->next, (bool)th->fin);
	KUNIT_EXPECT_EQ(test, !skb->next, (bool)th->psh);
}

/* The checksum as the link completes it, and as a receiver verifies it. */
static void check_checksum(struct kunit *test, const struct super *super,
			   struct sk_buff *skb)
{
	unsigned int transport = skb_transport_offset(skb);
	unsigned int length = skb->len - transport;
	__wsum sum;

	KUNIT_ASSERT_EQ(test, CHECKSUM_PARTIAL, (int)skb->ip_summed);
	KUNIT_ASSERT_EQ(test, 0, skb_checksum_help(skb));
	sum = skb_checksum(skb, transport, length,
			   csum_unfold(pseudo_sum(super, length)));
	KUNIT_EXPECT_EQ(test, 0, (__force int)csum_fold(sum));
}

static void check_payload(struct kunit *test, struct sk_buff *skb,
			  unsigned int header, unsigned int offset)
{
	unsigned int i;
	u8 byte;

	for (i = 0; i < skb->len - header; i++) {
		KUNIT_ASSERT_EQ(test, 0, skb_copy_bits(skb, header + i, &byte,
						       1));
		KUNIT_ASSERT_EQ(test, pattern(offset + i), byte);
	}
}

/* The segments, put one after the other, are the super-packet. */
static void segment__round_trip(struct kunit *test)
{
	const struct super *super = test->param_value;
	unsigned int header, number = 0, offset = 0;
	struct sk_buff *skb, *next;

	skb = build(test, super);
	header = nst_segment_header_length(skb);
	skb = nst_segment(skb);
	KUNIT_ASSERT_FALSE(test, IS_ERR(skb));
	for (; skb; skb = next) {
		unsigned int payload = skb->len - header;

		next = skb->next;
		KUNIT_EXPECT_EQ(test, min(super->mss, super->payload - offset),
				payload);
		KUNIT_EXPECT_FALSE(test, skb_is_gso(skb));
		check_network(test, super, skb, number);
		if (super->udp)
			KUNIT_EXPECT_EQ(test, payload + sizeof(struct udphdr),
					(size_t)ntohs(udp_hdr(skb)->len));
		else
			check_tcp(test, skb, offset);
		check_checksum(test, super, skb);
		check_payload(test, skb, header, offset);
		offset += payload;
		number++;
		skb_mark_not_on_list(skb);
		kfree_skb(skb);
	}
	KUNIT_EXPECT_EQ(test, super->payload, offset);
	KUNIT_EXPECT_EQ(test, DIV_ROUND_UP(super->payload, super->mss), number);
}

/* RFC 9768 3.3.4: CWR is one of the bits of a counter, on every segment. */
static void segment__keeps_the_ace_field(struct kunit *test)
{
	struct sk_buff *skb = build(test, &supers[1]), *next;
	unsigned int number = 0;

	skb_shinfo(skb)->gso_type |= SKB_GSO_TCP_ACCECN;
	((u8 *)tcp_hdr(skb))[12] |= 1;
	skb = nst_segment(skb);
	KUNIT_ASSERT_FALSE(test, IS_ERR(skb));
	for (; skb; skb = next) {
		next = skb->next;
		KUNIT_EXPECT_EQ(test, 1, ((u8 *)tcp_hdr(skb))[12] & 1);
		KUNIT_EXPECT_EQ(test, 1, (int)tcp_hdr(skb)->cwr);
		KUNIT_EXPECT_EQ(test, 1, (int)tcp_hdr(skb)->ece);
		number++;
		skb_mark_not_on_list(skb);
		kfree_skb(skb);
	}
	KUNIT_EXPECT_EQ(test, 4U, number);
}

static void segment__leaves_a_clone_alone(struct kunit *test)
{
	struct sk_buff *skb = build(test, &supers[1]), *clone, *next;
	unsigned int length = skb->len;

	clone = skb_clone(skb, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, clone);
	skb = nst_segment(skb);
	KUNIT_ASSERT_FALSE(test, IS_ERR(skb));
	for (; skb; skb = next) {
		next = skb->next;
		skb_mark_not_on_list(skb);
		kfree_skb(skb);
	}
	KUNIT_EXPECT_EQ(test, length, clone->len);
	KUNIT_EXPECT_EQ(test, length,
			(unsigned int)ntohs(ip_hdr(clone)->tot_len));
	KUNIT_EXPECT_EQ(test, SEQUENCE, ntohl(tcp_hdr(clone)->seq));
	KUNIT_EXPECT_EQ(test, 1, (int)tcp_hdr(clone)->cwr);
	check_payload(test, clone, nst_segment_header_length(clone), 0);
	kfree_skb(clone);
}

/* What is done to a good super-packet. */
enum damage {
	NONE,
	CUT_HEADER,		/* ends within the transport header */
	NO_PAYLOAD,
	SHORT_DATA_OFFSET,	/* TCP */
	LONG_DATA_OFFSET,	/* TCP */
	SHORT_LENGTH,		/* UDP: the rest would be padding */
	LONG_LENGTH,		/* UDP */
	WRONG_CSUM_START,
	WRONG_CSUM_OFFSET,
};

/**
 * struct claim - a super-packet that comes in, and what it is
 * @name: what about it
 * @ipv6: IPv6 instead of IPv4
 * @udp: UDP instead of TCP
 * @protocol: protocol of the IP header, 0 for the right one
 * @type: gso_type
 * @size: gso_size, 0 for 1000; there are 3000 bytes of payload
 * @segs: gso_segs, 0 for 3; NOT_COUNTED: 0
 * @damage: what is wrong with it
 * @valid: is it taken?
 * @counted: gso_segs after that
 */
struct claim {
	const char *name;
	bool ipv6;
	bool udp;
	u8 protocol;
	unsigned int type;
	u16 size;
	u16 segs;
	enum damage damage;
	bool valid;
	u16 counted;
};

#define NOT_COUNTED	U16_MAX
#define VALID	.valid = true, .counted = 3

static const struct claim claims[] = {
	/* Type, family and protocol */
	{ "TCP", 0, 0, 0, SKB_GSO_TCPV4, VALID },
	{ "TCP over IPv6", 1, 0, 0, SKB_GSO_TCPV6, VALID },
	{ "UDP", 0, 1, 0, SKB_GSO_UDP_L4, VALID },
	{ "UDP over IPv6", 1, 1, 0, SKB_GSO_UDP_L4, VALID },
	{ "TCPv6 in IPv4", 0, 0, 0, SKB_GSO_TCPV6 },
	{ "TCPv4 in IPv6", 1, 0, 0, SKB_GSO_TCPV4 },
	{ "TCP of both families", 0, 0, 0, SKB_GSO_TCPV6 | SKB_GSO_TCPV4 },
	{ "TCP type on UDP", 0, 1, 0, SKB_GSO_TCPV4 },
	{ "UDP type on TCP", 0, 0, 0, SKB_GSO_UDP_L4 },
	{ "TCP and UDP", 0, 0, 0, SKB_GSO_UDP_L4 | SKB_GSO_TCPV4 },
	{ "TCP type on ICMP", 0, 0, IPPROTO_ICMP, SKB_GSO_TCPV4 },
	{ "UDP type on UDP-Lite", 0, 1, IPPROTO_UDPLITE, SKB_GSO_UDP_L4 },
	{ "no type", 0, 0, 0, 0 },
	{ "GRE on TCP", 0, 0, 0, SKB_GSO_GRE | SKB_GSO_TCPV4 },
	{ "UDP tunnel on TCP", 0, 0, 0, SKB_GSO_UDP_TUNNEL | SKB_GSO_TCPV4 },
	{ "UDP tunnel on UDP", 0, 1, 0, SKB_GSO_UDP_TUNNEL | SKB_GSO_UDP_L4 },
	{ "IP in IP on TCP", 0, 0, 0, SKB_GSO_IPXIP4 | SKB_GSO_TCPV4 },
	{ "partial on TCP", 0, 0, 0, SKB_GSO_PARTIAL | SKB_GSO_TCPV4 },
	{ "fraglist on UDP", 0, 1, 0, SKB_GSO_FRAGLIST | SKB_GSO_UDP_L4 },
	{ "UFO on UDP", 0, 1, 0, SKB_GSO_UDP },
	/* What may stand beside */
	{ "dodgy TCP", 0, 0, 0, SKB_GSO_DODGY | SKB_GSO_TCPV4, VALID },
	{ "dodgy UDP", 0, 1, 0, SKB_GSO_DODGY | SKB_GSO_UDP_L4, VALID },
	{ "dodgy alone", 0, 0, 0, SKB_GSO_DODGY },
	{ "TCP with CWR", 0, 0, 0, SKB_GSO_TCP_ECN | SKB_GSO_TCPV4, VALID },
	{ "TCP with CWR over IPv6", 1, 0, 0,
	  SKB_GSO_TCP_ECN | SKB_GSO_TCPV6, VALID },
	{ "UDP with CWR", 0, 1, 0, SKB_GSO_TCP_ECN | SKB_GSO_UDP_L4 },
	{ "CWR alone", 0, 0, 0, SKB_GSO_TCP_ECN },
	{ "TCP with ACE", 0, 0, 0, SKB_GSO_TCP_ACCECN | SKB_GSO_TCPV4, VALID },
	{ "TCP with ACE over IPv6", 1, 0, 0,
	  SKB_GSO_TCP_ACCECN | SKB_GSO_TCPV6, VALID },
	{ "TCP with both", 0, 0, 0,
	  SKB_GSO_TCP_ACCECN | SKB_GSO_TCP_ECN | SKB_GSO_TCPV4 },
	{ "UDP with ACE", 0, 1, 0, SKB_GSO_TCP_ACCECN | SKB_GSO_UDP_L4 },
	{ "one identification", 0, 0, 0,
	  SKB_GSO_TCP_FIXEDID | SKB_GSO_TCPV4, VALID },
	{ "IPv6 has no identification", 1, 0, 0,
	  SKB_GSO_TCP_FIXEDID | SKB_GSO_TCPV6 },
	{ "UDP with one identification", 0, 1, 0,
	  SKB_GSO_TCP_FIXEDID | SKB_GSO_UDP_L4 },
	/* Headers */
	{ "TCP header cut off", 0, 0, 0, SKB_GSO_TCPV4,
	  .damage = CUT_HEADER },
	{ "UDP header cut off", 0, 1, 0, SKB_GSO_UDP_L4,
	  .damage = CUT_HEADER },
	{ "data offset of 16", 0, 0, 0, SKB_GSO_TCPV4,
	  .damage = SHORT_DATA_OFFSET },
	{ "data offset beyond the end", 0, 0, 0, SKB_GSO_TCPV4,
	  .damage = LONG_DATA_OFFSET },
	{ "UDP length too short", 0, 1, 0, SKB_GSO_UDP_L4,
	  .damage = SHORT_LENGTH },
	{ "UDP length too long", 0, 1, 0, SKB_GSO_UDP_L4,
	  .damage = LONG_LENGTH },
	{ "checksum of another header", 0, 0, 0, SKB_GSO_TCPV4,
	  .damage = WRONG_CSUM_START },
	{ "checksum in another place", 0, 1, 0, SKB_GSO_UDP_L4,
	  .damage = WRONG_CSUM_OFFSET },
	/* Sizes */
	{ "no payload", 0, 0, 0, SKB_GSO_TCPV4,
	  .damage = NO_PAYLOAD },
	{ "no payload, UDP", 0, 1, 0, SKB_GSO_UDP_L4,
	  .damage = NO_PAYLOAD },
	{ "one segment", 0, 0, 0, SKB_GSO_TCPV4, 3000, 1,
	  .valid = true, .counted = 1 },
	{ "a segment longer than all", 0, 0, 0, SKB_GSO_TCPV4, 3001, 1 },
	{ "not counted", 0, 0, 0, SKB_GSO_TCPV4, 1000, NOT_COUNTED,
	  VALID },
	{ "one too few", 0, 0, 0, SKB_GSO_TCPV4, 1000, 2, VALID },
	{ "one too many", 0, 0, 0, SKB_GSO_TCPV4, 1000, 4, VALID },
	{ "far too many", 0, 0, 0, SKB_GSO_TCPV4, 1, 60000,
	  .valid = true, .counted = 3000 },
	{ "the last is short", 0, 0, 0, SKB_GSO_TCPV4, 1001, 3, VALID },
	{ "as many as are cut at once", 0, 1, 0, SKB_GSO_UDP_L4, 3, 1000,
	  .valid = true, .counted = 1000 },
	{ "more than are cut at once", 0, 1, 0, SKB_GSO_UDP_L4, 2, 1500 },
	{ "more, and said to be less", 0, 1, 0, SKB_GSO_UDP_L4, 2, 1 },
};

static void claim_name(const struct claim *claim, char *name)
{
	strscpy(name, claim->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(claim, claims, claim_name);

static void damage(struct kunit *test, struct sk_buff *skb,
		   const struct claim *claim)
{
	struct tcphdr *th = tcp_hdr(skb);
	struct udphdr *uh = udp_hdr(skb);

	switch (claim->damage) {
	case NONE:
		break;
	case CUT_HEADER:
		KUNIT_ASSERT_EQ(test, 0, pskb_trim(skb, claim->udp ? 7 : 19));
		break;
	case NO_PAYLOAD:
		KUNIT_ASSERT_EQ(test, 0, pskb_trim(skb, claim->udp ? 8 : 20));
		if (claim->udp)
			uh->len = htons(sizeof(*uh));
		break;
	case SHORT_DATA_OFFSET:
		th->doff = 4;
		break;
	case LONG_DATA_OFFSET:
		KUNIT_ASSERT_EQ(test, 0, pskb_trim(skb, 40));
		th->doff = 15;
		break;
	case SHORT_LENGTH:
		uh->len = htons(skb->len - 1);
		break;
	case LONG_LENGTH:
		uh->len = htons(skb->len + 1);
		break;
	case WRONG_CSUM_START:
		skb->csum_start += 4;
		break;
	case WRONG_CSUM_OFFSET:
		skb->csum_offset += 2;
		break;
	}
}

/* As the network layer has it before the transport. */
static void gso_valid__holds_claims_against_headers(struct kunit *test)
{
	const struct claim *claim = test->param_value;
	const struct super super = {
		.payload = 3000, .mss = 1000, .linear = 1500,
		.ipv6 = claim->ipv6, .udp = claim->udp,
	};
	u8 protocol = claim->udp ? IPPROTO_UDP : IPPROTO_TCP;
	struct sk_buff *skb = build(test, &super);

	skb_shinfo(skb)->gso_type = claim->type;
	skb_shinfo(skb)->gso_size = claim->size ?: 1000;
	skb_shinfo(skb)->gso_segs = claim->segs == NOT_COUNTED ? 0 :
				    claim->segs ?: 3;
	__skb_pull(skb, skb_transport_offset(skb));
	damage(test, skb, claim);
	KUNIT_EXPECT_EQ(test, claim->valid,
			nst_gso_valid(skb, 0, claim->ipv6 ? AF_INET6 : AF_INET,
				      claim->protocol ?: protocol));
	if (claim->valid)
		KUNIT_EXPECT_EQ(test, claim->counted,
				skb_shinfo(skb)->gso_segs);
	kfree_skb(skb);
}

/* The header is in a page: it is made linear, the payload is not. */
static void gso_valid__makes_the_header_linear(struct kunit *test)
{
	static const struct super super = {
		.payload = 3000, .mss = 1000, .tcp_options = 12,
	};
	struct sk_buff *skb = build(test, &super);
	unsigned int transport = skb_transport_offset(skb), header;
	struct page *page;

	header = transport + tcp_hdrlen(skb);
	page = alloc_page(GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, page);
	skb_copy_bits(skb, 0, page_address(page), header);
	/* In front of the payload's one page: all the headers. */
	KUNIT_ASSERT_EQ(test, 1, (int)skb_shinfo(skb)->nr_frags);
	skb_shinfo(skb)->frags[1] = skb_shinfo(skb)->frags[0];
	skb_shinfo(skb)->nr_frags = 0;
	skb->len -= skb->data_len;
	skb->data_len = 0;
	__skb_trim(skb, 0);
	skb_add_rx_frag(skb, 0, page, transport, header - transport, PAGE_SIZE);
	skb_shinfo(skb)->nr_frags = 2;
	skb->len += super.payload;
	skb->data_len += super.payload;

	skb_reserve(skb, transport);
	KUNIT_EXPECT_TRUE(test, nst_gso_valid(skb, 0, AF_INET, IPPROTO_TCP));
	KUNIT_EXPECT_GE(test, skb_headlen(skb), header - transport);
	KUNIT_EXPECT_EQ(test, SEQUENCE, ntohl(tcp_hdr(skb)->seq));
	KUNIT_EXPECT_EQ(test, super.payload, skb->len - tcp_hdrlen(skb));
	kfree_skb(skb);
}

static void segmentation_offloaded__needs_type_and_checksum(struct kunit *test)
{
	netdev_features_t all = NETIF_F_TSO | NETIF_F_HW_CSUM;

	KUNIT_EXPECT_TRUE(test,
			  nst_segmentation_offloaded(all, SKB_GSO_TCPV4));
	KUNIT_EXPECT_FALSE(test,
			   nst_segmentation_offloaded(all, SKB_GSO_TCPV6));
	KUNIT_EXPECT_FALSE(test,
			   nst_segmentation_offloaded(all, SKB_GSO_UDP_L4));
	KUNIT_EXPECT_FALSE(test,
			   nst_segmentation_offloaded(all, SKB_GSO_TCPV4 |
							   SKB_GSO_TCP_ECN));
	KUNIT_EXPECT_FALSE(test,
			   nst_segmentation_offloaded(NETIF_F_TSO,
						      SKB_GSO_TCPV4));
}

static struct kunit_case segmentation_cases[] = {
	KUNIT_CASE(segmentation_offloaded__needs_type_and_checksum),
	KUNIT_CASE_PARAM(segment__round_trip, super_gen_params),
	KUNIT_CASE(segment__keeps_the_ace_field),
	KUNIT_CASE(segment__leaves_a_clone_alone),
	KUNIT_CASE_PARAM(gso_valid__holds_claims_against_headers,
			 claim_gen_params),
	KUNIT_CASE(gso_valid__makes_the_header_linear),
	{}
};

static struct kunit_suite segmentation_suite = {
	.name = "netstack_segmentation",
	.test_cases = segmentation_cases,
};

kunit_test_suite(segmentation_suite);
