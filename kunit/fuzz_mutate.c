// SPDX-License-Identifier: GPL-2.0
/*
 * Packets for the suite fuzz: recorded, mutated and put into sk_buffs.
 * Described in fuzz.h.
 */
#include <linux/if_ether.h>
#include <linux/in6.h>
#include <linux/ip.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "../netstack/compat.h"
#include "../netstack/network/pseudo_sum.h"
#include "fuzz.h"

#define HEADERS		(ETH_HLEN + 96)	/* where most mutations go */
#define ALIGNMENT	2		/* what ETH_HLEN lacks to 4 */
#define CHAIN_MAX	8

void nst_fuzz_record(struct nst_fuzz_corpus *corpus, const struct sk_buff *skb,
		     bool sent)
{
	struct nst_fuzz_frame *frame;

	if (!corpus || corpus->count == NST_FUZZ_FRAMES ||
	    skb->len < ETH_HLEN || skb->len > NST_FUZZ_FRAME_MAX)
		return;
	frame = &corpus->frames[corpus->count];
	if (skb_copy_bits(skb, 0, frame->octets, skb->len))
		return;
	frame->length = skb->len;
	frame->sent = sent;
	corpus->count++;
}

/* ---- Chance ---- */

static u32 below(struct rnd_state *random, u32 limit)
{
	return prandom_u32_state(random) % limit;
}

/* Once in @n. */
static bool seldom(struct rnd_state *random, u32 n)
{
	return !below(random, n);
}

/* ---- Right again ---- */

/*
 * Checksum of a transport at @data. The pseudo-header's addresses are those of
 * the packet, whatever they are.
 */
static void repair_transport(u8 family, const union nst_address *saddr,
			     const union nst_address *daddr, u8 protocol,
			     u8 *data, unsigned int length)
{
	unsigned int at;
	__wsum sum = 0;
	__sum16 check;

	switch (protocol) {
	case IPPROTO_ICMP:
	case IPPROTO_IGMP:
	case IPPROTO_ICMPV6:
		at = 2;
		break;
	case IPPROTO_UDP:
		at = 6;
		if (length >= 8)
			put_unaligned_be16(length, data + 4);
		break;
	case IPPROTO_TCP:
		at = 16;
		break;
	default:
		return;
	}
	if (length < at + 2)
		return;
	if (at != 2 || protocol == IPPROTO_ICMPV6)
		sum = nst_pseudo_sum(family, saddr, daddr, length, protocol);
	put_unaligned(0, (u16 *)(data + at));
	check = csum_fold(csum_partial(data, length, sum));
	put_unaligned((__force u16)check, (u16 *)(data + at));
}

static void repair_ipv4(u8 *ip, unsigned int length)
{
	union nst_address saddr, daddr;
	unsigned int header;
	__sum16 check;

	if (length < sizeof(struct iphdr))
		return;
	header = (ip[0] & 15) * 4;
	if (header < sizeof(struct iphdr) || header > length)
		return;
	put_unaligned_be16(length, ip + 2);
	if (!(get_unaligned_be16(ip + 6) & 0x3fff)) {
		saddr = nst_address_v4(get_unaligned((__be32 *)(ip + 12)));
		daddr = nst_address_v4(get_unaligned((__be32 *)(ip + 16)));
		repair_transport(AF_INET, &saddr, &daddr, ip[9], ip + header,
				 length - header);
	}
	put_unaligned(0, (u16 *)(ip + 10));
	check = csum_fold(csum_partial(ip, header, 0));
	put_unaligned((__force u16)check, (u16 *)(ip + 10));
}

static void repair_ipv6(u8 *ip6, unsigned int length)
{
	unsigned int i, at = sizeof(struct ipv6hdr);
	union nst_address saddr, daddr;
	u8 nexthdr;

	if (length < at)
		return;
	put_unaligned_be16(length - at, ip6 + 4);
	memcpy(&saddr.v6, ip6 + 8, sizeof(saddr.v6));
	memcpy(&daddr.v6, ip6 + 24, sizeof(daddr.v6));
	nexthdr = ip6[6];
	for (i = 0; i < CHAIN_MAX && at + 8 <= length; i++) {
		u8 *header = ip6 + at;

		switch (nexthdr) {
		case IPPROTO_FRAGMENT:
			if (get_unaligned_be16(header + 2) & 0xfff9)
				return;
			at += 8;
			break;
		case IPPROTO_HOPOPTS:
		case IPPROTO_ROUTING:
		case IPPROTO_DSTOPTS:
			at += (header[1] + 1) * 8;
			break;
		default:
			repair_transport(AF_INET6, &saddr, &daddr, nexthdr,
					 header, length - at);
			return;
		}
		nexthdr = header[0];
	}
}

void nst_fuzz_repair(u8 *frame, unsigned int length)
{
	if (length < ETH_HLEN)
		return;
	switch (get_unaligned_be16(frame + 12)) {
	case ETH_P_IP:
		repair_ipv4(frame + ETH_HLEN, length - ETH_HLEN);
		break;
	case ETH_P_IPV6:
		repair_ipv6(frame + ETH_HLEN, length - ETH_HLEN);
		break;
	}
}

/* ---- Wrong ---- */

static void swap_octets(u8 *a, u8 *b, unsigned int length)
{
	while (length--)
		swap(a[length], b[length]);
}

/* A segment or datagram without options in its network header turns round. */
static void turn(u8 *frame, unsigned int length)
{
	u8 *ip = frame + ETH_HLEN, *transport;
	u8 protocol;

	if (length < ETH_HLEN + sizeof(struct ipv6hdr) + 20)
		return;
	switch (get_unaligned_be16(frame + 12)) {
	case ETH_P_IP:
		swap_octets(ip + 12, ip + 16, 4);
		transport = ip + (ip[0] & 15) * 4;
		protocol = ip[9];
		break;
	case ETH_P_IPV6:
		swap_octets(ip + 8, ip + 24, 16);
		transport = ip + sizeof(struct ipv6hdr);
		protocol = ip[6];
		break;
	default:
		return;
	}
	if (!(frame[0] & 1))
		swap_octets(frame, frame + ETH_ALEN, ETH_ALEN);
	if (transport + 20 > frame + length)
		return;
	if (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP)
		swap_octets(transport, transport + 2, 2);
	if (protocol == IPPROTO_TCP)
		swap_octets(transport + 4, transport + 8, 4);
}

static void set_octets(struct rnd_state *random, u8 *at, unsigned int width,
		       unsigned int length)
{
	static const u8 small[] = {
		0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 20, 40, 41, 43, 44,
		50, 51, 58, 59, 60, 64, 65, 0x7f, 0x80, 0xfe, 0xff,
	};
	static const u16 middle[] = {
		0, 1, 7, 8, 20, 28, 40, 68, 536, 1280, 1460, 0x1fff, 0x2000,
		0x2001, 0x3fff, 0x4000, 0x7fff, 0x8000, 0xfff8, 0xfff9, 0xffff,
	};
	static const u32 large[] = {
		0, 1, 0x7fffffff, 0x80000000, 0xe0000001, 0xffffffff,
	};

	switch (width) {
	case 1:
		*at = small[below(random, ARRAY_SIZE(small))];
		break;
	case 2:
		put_unaligned_be16(seldom(random, 4) ?
				   length + below(random, 5) - 2 :
				   middle[below(random, ARRAY_SIZE(middle))],
				   at);
		break;
	default:
		put_unaligned_be32(large[below(random, ARRAY_SIZE(large))], at);
	}
}

/* A number grows or shrinks a little, or as much as a window. */
static void step_octets(struct rnd_state *random, u8 *at, unsigned int width)
{
	u32 by = below(random, seldom(random, 4) ? 65536 : 9);

	if (seldom(random, 2))
		by = -by;
	switch (width) {
	case 1:
		*at += by;
		break;
	case 2:
		put_unaligned_be16(get_unaligned_be16(at) + by, at);
		break;
	default:
		put_unaligned_be32(get_unaligned_be32(at) + by, at);
	}
}

/* Some octets are there twice, or no more: what follows moves. */
static void shift(struct rnd_state *random, struct nst_fuzz_packet *packet,
		  unsigned int at)
{
	unsigned int by = (1 + below(random, 16)) * (seldom(random, 2) ? 4 : 1);

	if (at + by > packet->length)
		return;
	if (seldom(random, 2)) {
		packet->length -= by;
		memmove(packet->octets + at, packet->octets + at + by,
			packet->length - at);
	} else if (packet->length + by <= NST_FUZZ_PACKET_MAX) {
		memmove(packet->octets + at + by, packet->octets + at,
			packet->length - at);
		packet->length += by;
	}
}

/* From @at on it is another frame of the corpus. */
static void splice(const struct nst_fuzz_corpus *corpus,
		   struct rnd_state *random, struct nst_fuzz_packet *packet,
		   unsigned int at)
{
	const struct nst_fuzz_frame *other;
	unsigned int from;

	other = &corpus->frames[below(random, corpus->count)];
	from = seldom(random, 2) ? at : below(random, other->length);
	if (from >= other->length)
		return;
	memcpy(packet->octets + at, other->octets + from, other->length - from);
	packet->length = at + other->length - from;
}

static void mutate_once(const struct nst_fuzz_corpus *corpus,
			struct rnd_state *random,
			struct nst_fuzz_packet *packet)
{
	unsigned int at, by, width = 1 << below(random, 3);
	unsigned int end = packet->length;

	if (!seldom(random, 4))
		end = min_t(unsigned int, end, HEADERS);
	if (end <= ETH_HLEN + 4)
		return;
	/* The link layer's own suite has what is wrong with its header. */
	at = seldom(random, 64) ? 0 : ETH_HLEN;
	at += below(random, end - at - 3);
	switch (below(random, 16)) {
	case 0 ... 3:
		packet->octets[at] ^= 1 << below(random, 8);
		break;
	case 4 ... 7:
		set_octets(random, packet->octets + at, width,
			   packet->length - ETH_HLEN);
		break;
	case 8 ... 10:
		step_octets(random, packet->octets + at, width);
		break;
	case 11:
		packet->octets[at] = prandom_u32_state(random);
		break;
	case 12:
		shift(random, packet, at);
		break;
	case 13:
		splice(corpus, random, packet, at);
		break;
	case 14:
		packet->length = at;
		break;
	default:
		by = min_t(unsigned int, 1 + below(random, 1500),
			   NST_FUZZ_PACKET_MAX - packet->length);
		memset(packet->octets + packet->length,
		       prandom_u32_state(random), by);
		packet->length += by;
	}
}

/* What is said of the packet: by who is trusted, and by who is not. */
static void claim(struct rnd_state *random, struct nst_fuzz_packet *packet)
{
	static const u32 types[] = {
		SKB_GSO_TCPV4, SKB_GSO_TCPV6, SKB_GSO_UDP_L4,
		SKB_GSO_TCPV4 | SKB_GSO_DODGY, SKB_GSO_TCPV6 | SKB_GSO_DODGY,
		SKB_GSO_TCPV4 | SKB_GSO_TCP_ECN, 0, SKB_GSO_PARTIAL, ~0,
	};
	const u8 *ip = packet->octets + ETH_HLEN;
	bool v6 = packet->octets[12] == 0x86;
	u8 protocol = packet->length < ETH_HLEN + 40 ? 0 : v6 ? ip[6] : ip[9];

	packet->trusted = seldom(random, 3);
	if (!seldom(random, 4))
		return;
	packet->summed = below(random, 4);
	packet->csum_start = ETH_HLEN + (v6 ? 40 : 20);
	packet->csum_offset = protocol == IPPROTO_UDP ? 6 : 16;
	if (seldom(random, 8))
		packet->csum_start = below(random, packet->length + 8);
	if (seldom(random, 8))
		packet->csum_offset = below(random, 64);
	if (seldom(random, 2))
		return;
	packet->summed = seldom(random, 8) ? packet->summed : CHECKSUM_PARTIAL;
	packet->gso_size = 1 + below(random, seldom(random, 4) ? 65535 : 600);
	packet->gso_segs = seldom(random, 2) ? below(random, 64) :
			   DIV_ROUND_UP(packet->length, packet->gso_size);
	packet->gso_type = protocol == IPPROTO_UDP ? SKB_GSO_UDP_L4 :
			   v6 ? SKB_GSO_TCPV6 : SKB_GSO_TCPV4;
	if (seldom(random, 4))
		packet->gso_type = types[below(random, ARRAY_SIZE(types))];
}

static bool is_tcp(const struct nst_fuzz_frame *frame)
{
	const u8 *ip = frame->octets + ETH_HLEN;

	return frame->length > ETH_HLEN + 20 &&
	       (ip[0] >> 4 == 4 ? ip[9] : ip[6]) == IPPROTO_TCP;
}

/* Most frames are TCP's, but not most of those that are chosen. */
static const struct nst_fuzz_frame *
choose(const struct nst_fuzz_corpus *corpus, struct rnd_state *random)
{
	const struct nst_fuzz_frame *frame;

	frame = &corpus->frames[below(random, corpus->count)];
	if (is_tcp(frame) && seldom(random, 2))
		frame = &corpus->frames[below(random, corpus->count)];
	return frame;
}

void nst_fuzz_mutate(const struct nst_fuzz_corpus *corpus,
		     struct rnd_state *random, struct nst_fuzz_packet *packet)
{
	unsigned int times = below(random, 5);
	const struct nst_fuzz_frame *frame = choose(corpus, random);

	memset(packet, 0, offsetof(struct nst_fuzz_packet, octets));
	packet->length = frame->length;
	memcpy(packet->octets, frame->octets, frame->length);
	if (frame->sent && !seldom(random, 8)) {
		turn(packet->octets, packet->length);
		nst_fuzz_repair(packet->octets, packet->length);
	}
	while (times--)
		mutate_once(corpus, random, packet);
	if (!seldom(random, 6))
		nst_fuzz_repair(packet->octets, packet->length);

	packet->layout = below(random, NST_FUZZ_LAYOUTS);
	packet->cloned = seldom(random, 4);
	packet->head = below(random, packet->length + 1);
	if (seldom(random, 2))
		packet->head = min_t(u16, packet->head, below(random, 80));
	packet->piece = 1 + below(random, 1000);
	claim(random, packet);
}

/* ---- sk_buffs ---- */

static struct page *page_new(struct nst_fuzz_pages *pages)
{
	struct page *page;

	if (pages->count == NST_FUZZ_PAGES)
		return NULL;
	page = alloc_page(GFP_KERNEL);
	if (page)
		pages->page[pages->count++] = page;
	return page;
}

/* The network header is aligned, as drivers see to. */
static struct sk_buff *linear(const u8 *octets, unsigned int length)
{
	struct sk_buff *skb = alloc_skb(length + ALIGNMENT, GFP_KERNEL);

	if (!skb)
		return NULL;
	skb_reserve(skb, ALIGNMENT);
	skb_put_data(skb, octets, length);
	return skb;
}

static struct sk_buff *built(const struct nst_fuzz_packet *packet,
			     struct nst_fuzz_pages *pages)
{
	struct page *page = page_new(pages);
	struct sk_buff *skb;

	if (!page)
		return NULL;
	get_page(page);
	skb = build_skb(page_address(page), PAGE_SIZE);
	if (!skb) {
		put_page(page);
		return NULL;
	}
	skb_reserve(skb, NET_SKB_PAD + ALIGNMENT);
	skb_put_data(skb, packet->octets, packet->length);
	return skb;
}

static void add_pages(struct sk_buff *skb, const struct nst_fuzz_packet *packet,
		      struct page *page)
{
	unsigned int at, piece, i = 0;

	memcpy(page_address(page), packet->octets, packet->length);
	for (at = packet->head; at < packet->length; at += piece) {
		piece = min_t(unsigned int, packet->piece,
			      packet->length - at);
		if (i == MAX_SKB_FRAGS - 1)
			piece = packet->length - at;
		get_page(page);
		skb_add_rx_frag(skb, i++, page, at, piece, piece);
	}
}

static bool add_list(struct sk_buff *skb, const struct nst_fuzz_packet *packet)
{
	struct sk_buff **next = &skb_shinfo(skb)->frag_list;
	unsigned int at, piece;

	for (at = packet->head; at < packet->length; at += piece) {
		piece = min_t(unsigned int, packet->piece,
			      packet->length - at);
		*next = linear(packet->octets + at, piece);
		if (!*next)
			return false;
		skb->len += piece;
		skb->data_len += piece;
		skb->truesize += (*next)->truesize;
		next = &(*next)->next;
	}
	return true;
}

static struct sk_buff *laid_out(const struct nst_fuzz_packet *packet,
				struct nst_fuzz_pages *pages)
{
	struct page *page;
	struct sk_buff *skb;

	switch (packet->layout) {
	case NST_FUZZ_BUILT:
		return built(packet, pages);
	case NST_FUZZ_PAGED:
		page = page_new(pages);
		skb = page ? linear(packet->octets, packet->head) : NULL;
		if (skb)
			add_pages(skb, packet, page);
		return skb;
	case NST_FUZZ_LISTED:
		skb = linear(packet->octets, packet->head);
		if (skb && !add_list(skb, packet)) {
			kfree_skb(skb);
			return NULL;
		}
		return skb;
	default:
		return linear(packet->octets, packet->length);
	}
}

struct sk_buff *nst_fuzz_skb(const struct nst_fuzz_packet *packet,
			     struct nst_fuzz_pages *pages)
{
	struct sk_buff *skb = laid_out(packet, pages);

	if (!skb)
		return NULL;
	skb->ip_summed = packet->summed;
	if (packet->summed == CHECKSUM_PARTIAL) {
		skb->csum_start = skb_headroom(skb) + packet->csum_start;
		skb->csum_offset = packet->csum_offset;
	}
	skb_shinfo(skb)->gso_size = packet->gso_size;
	skb_shinfo(skb)->gso_segs = packet->gso_segs;
	skb_shinfo(skb)->gso_type = packet->gso_type;
	return skb;
}

unsigned int nst_fuzz_pages_put(struct nst_fuzz_pages *pages)
{
	unsigned int kept = 0;

	while (pages->count) {
		struct page *page = pages->page[--pages->count];

		kept += page_ref_count(page) != 1;
		put_page(page);
	}
	return kept;
}
