// SPDX-License-Identifier: GPL-2.0
/*
 * Impairments: what is done to packets. A super-packet becomes the frames
 * that a wire would carry; a bit is changed such that a checksum can tell.
 */
#include <linux/bitops.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/kernel.h>

#include "impair.h"
#include "segmentation.h"

/*
 * Lengths and offsets that cutting takes for granted. A trusted peer's
 * super-packet passed no layer but the link's, and may come from a program.
 */
bool nst_impair_can_segment(struct sk_buff *skb, unsigned int framing)
{
	int transport = skb_checksum_start_offset(skb) - (int)framing;
	const struct ipv6hdr *ip6h;
	const struct iphdr *iph;
	unsigned int len;
	u8 protocol;

	if (skb->ip_summed != CHECKSUM_PARTIAL ||
	    transport < (int)sizeof(*iph) ||
	    !pskb_may_pull(skb, framing + transport))
		return false;
	len = skb->len - framing;
	iph = (const struct iphdr *)(skb->data + framing);
	ip6h = (const struct ipv6hdr *)(skb->data + framing);
	switch (skb->protocol) {
	case htons(ETH_P_IP):
		if (iph->version != 4 || iph->ihl * 4 != transport ||
		    ntohs(iph->tot_len) != len)
			return false;
		return nst_gso_valid(skb, framing + transport, AF_INET,
				     iph->protocol);
	case htons(ETH_P_IPV6):
		if (transport < (int)sizeof(*ip6h) || ip6h->version != 6 ||
		    ntohs(ip6h->payload_len) + sizeof(*ip6h) != len)
			return false;
		protocol = ip6h->nexthdr;
		/* Behind extension headers the type has to be believed. */
		if (transport > (int)sizeof(*ip6h))
			protocol = skb_shinfo(skb)->gso_type & SKB_GSO_TCPV6 ?
				   IPPROTO_TCP : IPPROTO_UDP;
		return nst_gso_valid(skb, framing + transport, AF_INET6,
				     protocol);
	}
	return false;
}

struct sk_buff *nst_impair_segment(struct sk_buff *skb, unsigned int framing)
{
	struct sk_buff *segment;
	u8 header[ETH_HLEN];

	memcpy(header, skb->data, framing);
	__skb_pull(skb, framing);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, skb_checksum_start_offset(skb));
	skb = nst_segment(skb);
	if (IS_ERR(skb))
		return skb;
	for (segment = skb; segment; segment = segment->next) {
		memcpy(__skb_push(segment, framing), header, framing);
		skb_reset_mac_header(segment);
	}
	return skb;
}

/* The checksum that was left to the device. */
static bool complete_checksum(struct sk_buff *skb)
{
	return skb->ip_summed != CHECKSUM_PARTIAL || !skb_checksum_help(skb);
}

struct sk_buff *nst_impair_corrupt(struct sk_buff *skb, unsigned int framing,
				   u32 where)
{
	/* A copy is linear, and nobody else's. */
	struct sk_buff *copy = skb_copy(skb, GFP_ATOMIC);
	u32 bit;

	if (!copy)
		return NULL;
	if (!complete_checksum(copy)) {
		kfree_skb(copy);
		return NULL;
	}
	consume_skb(skb);
	if (copy->len <= framing)
		return copy;
	bit = reciprocal_scale(where, (copy->len - framing) * BITS_PER_BYTE);
	copy->data[framing + bit / BITS_PER_BYTE] ^= BIT(bit % BITS_PER_BYTE);
	return copy;
}
