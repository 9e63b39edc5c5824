// SPDX-License-Identifier: GPL-2.0
/*
 * Is a frame that the stack has sent one that may be sent? Read octet by
 * octet, with nothing of the code that made it.
 */
#include <linux/if_arp.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include "../netstack/compat.h"
#include "../netstack/network/address.h"
#include "fuzz.h"

/**
 * struct frame - what is judged
 * @link: link that it left by
 * @at: the packet, its network header first
 * @length: its bytes
 * @partial: a checksum of the transport is left to the link
 * @ours: its source is an address of the stack; it is forwarded otherwise,
 *	and what it carries is its sender's
 */
struct frame {
	const struct nst_link *link;
	const u8 *at;
	unsigned int length;
	bool partial;
	bool ours;
};

static bool is_address(const struct nst_link *link, u8 family,
		       const union nst_address *address)
{
	struct nst_local_address *local;

	rcu_read_lock();
	local = nst_address_find_rcu(link->stack, NULL, family, address);
	rcu_read_unlock();
	return local;
}

/* One's complement sum of octets (RFC 1071), behind that of others. */
static u32 add_octets(u32 sum, const u8 *at, unsigned int length)
{
	for (; length > 1; at += 2, length -= 2)
		sum += get_unaligned_be16(at);
	return length ? sum + (*at << 8) : sum;
}

static bool is_right(u32 sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff;
}

/* @pseudo: sum of the addresses. */
static const char *judge_transport(const struct frame *frame, unsigned int at,
				   u8 protocol, u32 pseudo, bool v6)
{
	const u8 *header = frame->at + at;
	unsigned int length = frame->length - at;

	pseudo += length + protocol;
	switch (protocol) {
	case IPPROTO_TCP:
		if (length < 20 || (header[12] >> 4) < 5 ||
		    (header[12] >> 4) * 4U > length)
			return "a TCP header that is no whole one";
		break;
	case IPPROTO_UDP:
		if (length < 8 || get_unaligned_be16(header + 4) != length)
			return "a UDP length that is not the datagram's";
		if (!get_unaligned_be16(header + 6))
			return v6 ? "UDP over IPv6 without a checksum" : NULL;
		break;
	case IPPROTO_ICMPV6:
		if (!v6 || length < 8)
			return "ICMPv6 that is none";
		break;
	case IPPROTO_ICMP:
	case IPPROTO_IGMP:
		if (v6 || length < 8)
			return "ICMP or IGMP that is none";
		pseudo = 0;
		break;
	default:
		return NULL;
	}
	if (!frame->partial &&
	    !is_right(add_octets(pseudo, header, length)))
		return "a wrong checksum of the transport";
	return NULL;
}

/* RFC 1122 3.2.1.3 */
static const char *judge_source4(const struct frame *frame, u8 protocol)
{
	__be32 source = get_unaligned((__be32 *)(frame->at + 12));

	if (ipv4_is_multicast(source) || ipv4_is_lbcast(source) ||
	    ipv4_is_loopback(source) ||
	    (nst_ipv4_this_network(source) &&
	     (source || protocol != IPPROTO_IGMP)))
		return "a source of IPv4 that is none";
	return NULL;
}

static const char *judge_ipv4(struct frame *frame)
{
	const u8 *ip = frame->at;
	union nst_address source;
	unsigned int header;
	const char *fault;

	if (frame->length < 20 || ip[0] >> 4 != 4)
		return "no header of IPv4";
	header = (ip[0] & 15) * 4;
	if (header < 20 || header > frame->length)
		return "a header length of IPv4 that is none";
	if (get_unaligned_be16(ip + 2) != frame->length)
		return "a total length that is not the packet's";
	if (frame->length > READ_ONCE(frame->link->mtu))
		return "a packet of IPv4 above the MTU";
	if (!is_right(add_octets(0, ip, header)))
		return "a wrong checksum of the IPv4 header";
	if (!ip[8])
		return "a TTL of zero";
	fault = judge_source4(frame, ip[9]);
	if (fault)
		return fault;
	source.v4 = get_unaligned((__be32 *)(ip + 12));
	frame->ours = !source.v4 || is_address(frame->link, AF_INET, &source);
	/* A fragment's sum is that of the whole. */
	if (!frame->ours || get_unaligned_be16(ip + 6) & 0x3fff)
		return NULL;
	return judge_transport(frame, header, ip[9], add_octets(0, ip + 12, 8),
			       false);
}

/* RFC 4291 2.5.2, 2.5.3, 2.7; RFC 4007 9 */
static const char *judge_source6(const struct frame *frame,
				 const struct in6_addr *source)
{
	u8 kind = source->s6_addr[0];

	if (kind == 0xff)
		return "a group of IPv6 as source";
	if (!source->s6_addr32[0] && !source->s6_addr32[1] &&
	    (source->s6_addr32[2] == htonl(0xffff) ||
	     (!source->s6_addr32[2] && source->s6_addr32[3] == htonl(1))))
		return "a source of IPv6 that stays in a host";
	if (!frame->ours && kind == 0xfe &&
	    (source->s6_addr[1] & 0xc0) == 0x80)
		return "a link-local packet of somebody else";
	return NULL;
}

/* What the chain of headers ends in; IPPROTO_NONE: nothing to be summed. */
static u8 follow_chain(const struct frame *frame, unsigned int *at)
{
	const u8 *ip = frame->at;
	u8 next = ip[6];

	*at = 40;
	while (next == IPPROTO_HOPOPTS || next == IPPROTO_DSTOPTS ||
	       next == IPPROTO_ROUTING) {
		if (*at + 8 > frame->length)
			return IPPROTO_NONE;
		next = ip[*at];
		*at += (ip[*at + 1] + 1) * 8;
	}
	if (next == IPPROTO_FRAGMENT || *at > frame->length)
		return IPPROTO_NONE;
	return next;
}

static const char *judge_ipv6(struct frame *frame)
{
	const u8 *ip = frame->at;
	union nst_address source;
	const char *fault;
	unsigned int at;
	u8 protocol;
	bool nobody;

	if (frame->length < 40 || ip[0] >> 4 != 6)
		return "no header of IPv6";
	if (get_unaligned_be16(ip + 4) + 40U != frame->length)
		return "a payload length that is not the packet's";
	if (frame->length > READ_ONCE(frame->link->mtu))
		return "a packet of IPv6 above the MTU";
	if (!ip[7])
		return "a hop limit of zero";
	memcpy(&source.v6, ip + 8, sizeof(source.v6));
	nobody = !memchr_inv(&source.v6, 0, sizeof(source.v6));
	frame->ours = nobody || is_address(frame->link, AF_INET6, &source);
	fault = judge_source6(frame, &source.v6);
	if (fault)
		return fault;
	protocol = follow_chain(frame, &at);
	/* Discovery of neighbours, routers, and listeners. */
	if (nobody && protocol != IPPROTO_ICMPV6)
		return "a packet of IPv6 from nobody";
	if (!frame->ours)
		return NULL;
	return judge_transport(frame, at, protocol, add_octets(0, ip + 8, 32),
			       true);
}

/* RFC 826; RFC 5227 2.1.1 of a sender that is zero. */
static const char *judge_arp(const struct frame *frame)
{
	static const u8 start[] = { 0, ARPHRD_ETHER, 8, 0, ETH_ALEN, 4, 0 };
	union nst_address sender;
	const u8 *arp = frame->at;

	if (frame->length < 28 || memcmp(arp, start, sizeof(start)) ||
	    (arp[7] != ARPOP_REQUEST && arp[7] != ARPOP_REPLY))
		return "ARP that is none";
	if (memcmp(arp + 8, frame->link->address, ETH_ALEN))
		return "ARP in the name of another station";
	sender.v4 = get_unaligned((__be32 *)(arp + 14));
	if (sender.v4 && !is_address(frame->link, AF_INET, &sender))
		return "ARP in the name of another host";
	if (!sender.v4 && arp[7] != ARPOP_REQUEST)
		return "a reply of nobody";
	return NULL;
}

const char *nst_fuzz_judge(const struct nst_link *link,
			   const struct sk_buff *skb)
{
	struct frame frame = {
		.link = link,
		.at = skb->data + ETH_HLEN,
		.length = skb->len - ETH_HLEN,
		.partial = skb->ip_summed == CHECKSUM_PARTIAL,
	};

	if (skb->len < ETH_HLEN || skb_is_nonlinear(skb))
		return "no frame";
	if (memcmp(skb->data + ETH_ALEN, link->address, ETH_ALEN))
		return "a frame in the name of another station";
	if (frame.partial &&
	    (skb_checksum_start_offset(skb) < ETH_HLEN ||
	     skb_checksum_start_offset(skb) + skb->csum_offset + 2 >
	     (int)skb->len))
		return "a checksum field outside of the frame";
	switch (get_unaligned_be16(skb->data + 12)) {
	case ETH_P_IP:
		return judge_ipv4(&frame);
	case ETH_P_IPV6:
		return judge_ipv6(&frame);
	case ETH_P_ARP:
		return judge_arp(&frame);
	}
	return "an EtherType that the stack does not speak";
}
