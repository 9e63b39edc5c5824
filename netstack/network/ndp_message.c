// SPDX-License-Identifier: GPL-2.0
/*
 * What all messages of neighbour discovery have in common: the checks of
 * RFC 4861 6.1, 7.1 and 8.1, the options, and how one is sent.
 */
#include <linux/etherdevice.h>

#include "icmpv6.h"
#include "ipv6.h"
#include "ndp.h"

bool nst_ndp_valid(struct sk_buff *skb, unsigned int fixed)
{
	const struct nst_packet_cb *cb = nst_packet_cb(skb);
	unsigned int offset, length;

	if (cb->hop_limit != NST_NDP_HOP_LIMIT ||
	    cb->flags & NST_PACKET_FRAGMENT || skb->len < fixed ||
	    skb_linearize(skb) || icmp6_hdr(skb)->icmp6_code)
		return false;
	for (offset = fixed; offset < skb->len; offset += length) {
		if (offset + 2 > skb->len)
			return false;
		length = skb->data[offset + 1] * 8;
		if (!length || offset + length > skb->len)
			return false;
	}
	return true;
}

const u8 *nst_ndp_option_next(const struct sk_buff *skb, unsigned int fixed,
			      const u8 *option)
{
	const u8 *next = option ? option + option[1] * 8 : skb->data + fixed;

	return next < skb->data + skb->len ? next : NULL;
}

const u8 *nst_ndp_option_find(const struct sk_buff *skb, unsigned int fixed,
			      u8 type, u8 length)
{
	const u8 *option = NULL;

	while ((option = nst_ndp_option_next(skb, fixed, option)))
		if (option[0] == type && (!length || option[1] == length))
			return option;
	return NULL;
}

const u8 *nst_ndp_lladdr(const struct sk_buff *skb, unsigned int fixed,
			 u8 type)
{
	/* RFC 2464 6: Ethernet's has a length of 8 bytes. */
	const u8 *option = nst_ndp_option_find(skb, fixed, type, 1);

	return option && is_valid_ether_addr(option + 2) ? option + 2 : NULL;
}

void nst_ndp_refuse(struct nst_stack *stack, struct sk_buff *skb,
		    enum nst_drop_reason reason)
{
	NST_INC(stack, ICMP6_IN_ERRORS);
	nst_drop(stack, skb, reason);
}

struct sk_buff *nst_ndp_alloc(u8 type, unsigned int fixed,
			      unsigned int options)
{
	struct icmp6hdr *icmp;
	struct sk_buff *skb;

	skb = alloc_skb(NST_HEADROOM + fixed + options,
			GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		return NULL;
	skb_reserve(skb, NST_HEADROOM);
	icmp = skb_put_zero(skb, fixed);
	icmp->icmp6_type = type;
	return skb;
}

void nst_ndp_put_lladdr(struct sk_buff *skb, u8 type, const u8 *lladdr)
{
	u8 *option = skb_put(skb, 8);

	option[0] = type;
	option[1] = 1;
	memcpy(option + 2, lladdr, ETH_ALEN);
}

static void count_sent(struct nst_stack *stack, u8 type)
{
	NST_INC(stack, ICMP6_OUT_MSGS);
	switch (type) {
	case NST_ICMPV6_ROUTER_SOLICIT:
		NST_INC(stack, ICMP6_OUT_ROUTER_SOLICITS);
		break;
	case NST_ICMPV6_NEIGHBOUR_SOLICIT:
		NST_INC(stack, ICMP6_OUT_NEIGHBOR_SOLICITS);
		break;
	case NST_ICMPV6_NEIGHBOUR_ADVERT:
		NST_INC(stack, ICMP6_OUT_NEIGHBOR_ADVERTISEMENTS);
		break;
	case NST_ICMPV6_REDIRECT:
		NST_INC(stack, ICMP6_OUT_REDIRECTS);
		break;
	}
}

void nst_ndp_send(struct nst_link *link, struct sk_buff *skb,
		  const struct in6_addr *saddr, const struct in6_addr *daddr)
{
	struct icmp6hdr *icmp = (struct icmp6hdr *)skb->data;

	nst_icmpv6_complete(skb, saddr, daddr);
	count_sent(link->stack, icmp->icmp6_type);
	nst_ipv6_link_output(link, skb, saddr, daddr, IPPROTO_ICMPV6,
			     NST_NDP_HOP_LIMIT);
}
