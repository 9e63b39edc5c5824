// SPDX-License-Identifier: GPL-2.0
/*
 * Router advertisements (RFC 4861 4.2, 6.1.2, 6.3.4): checked where they
 * come in, read where what they say can be stored. Options: prefixes, MTU,
 * more specific routes (RFC 4191), and those of RFC 8106 for user space.
 */
#include <linux/err.h>
#include <linux/random.h>

#include "../compat.h"
#include "../event.h"
#include "icmpv6.h"
#include "ipv6.h"
#include "ndp.h"
#include "neighbour.h"
#include "route.h"
#include "router.h"
#include "slaac.h"

#define REACHABLE_MAX	3600000	/* RFC 4861 6.2.1: an hour, ms */
#define RETRANS_MIN	8	/* ms; less is a flood that others pay for */

/**
 * struct advert - the fixed part of an advertisement
 * @icmp: ICMPv6 header
 * @reachable: reachable time, ms, or 0
 * @retrans: retransmission timer, ms, or 0
 */
struct advert {
	struct icmp6hdr icmp;
	__be32 reachable;
	__be32 retrans;
};

/* RFC 4861 4.6.2 */
struct prefix_option {
	u8 type;
	u8 length;
	u8 prefix_len;
	u8 flags;
	__be32 valid;
	__be32 preferred;
	__be32 reserved;
	struct in6_addr prefix;
} __packed;

#define PREFIX_ON_LINK		0x80
#define PREFIX_AUTONOMOUS	0x40

/* RFC 4191 2.3; the prefix may be cut short. */
struct route_option {
	u8 type;
	u8 length;
	u8 prefix_len;
	u8 flags;
	__be32 lifetime;
	u8 prefix[16];
} __packed;

/* RFC 4191 2.2: the reserved value counts as medium. */
static u8 preference_of(u8 flags)
{
	u8 preference = flags >> 3 & 3;

	return preference == 2 ? NST_ROUTER_MEDIUM : preference;
}

/* RFC 4861 6.3.4: who advertises is a neighbour, and a router. */
static void learn_neighbour(struct nst_link *link, const struct sk_buff *skb)
{
	const u8 *lladdr = nst_ndp_lladdr(skb, sizeof(struct advert),
					  NST_NDP_SOURCE_LLADDR);
	union nst_address saddr = nst_packet_saddr(skb);
	struct nst_neighbour *neighbour;

	neighbour = nst_neighbour_lookup(link, AF_INET6, &saddr, lladdr);
	if (IS_ERR_OR_NULL(neighbour))
		return;
	WRITE_ONCE(neighbour->router, true);
	if (lladdr)
		nst_neighbour_update(neighbour, lladdr, NUD_STALE,
				     NST_NEIGHBOUR_OVERRIDE);
	nst_neighbour_put(neighbour);
}

static void learn_router(struct nst_link *link, const struct sk_buff *skb,
			 const struct advert *advert)
{
	struct nst_router_route route = {
		.link = link,
		.gateway = ipv6_hdr(skb)->saddr,
		.preference = preference_of(((const u8 *)advert)[5]),
		.lifetime = ntohs(advert->icmp.icmp6_rt_lifetime),
	};

	if (!READ_ONCE(link->stack->config.accept_ra_defrtr))
		return;
	nst_router_learn(link->stack, &route);
	/* RFC 4861 6.3.7: one that can be used is enough. */
	if (route.lifetime)
		nst_router_answered(link);
}

static void learn_parameters(struct nst_link *link,
			     const struct advert *advert)
{
	u32 reachable = ntohl(advert->reachable);
	u32 retrans = ntohl(advert->retrans);

	if (advert->icmp.icmp6_hop_limit &&
	    advert->icmp.icmp6_hop_limit != link->ipv6.hop_limit) {
		WRITE_ONCE(link->ipv6.hop_limit,
			   advert->icmp.icmp6_hop_limit);
		nst_route_invalidate(link->stack);
	}
	if (reachable && reachable <= REACHABLE_MAX &&
	    reachable != link->ipv6.base_reachable_ms) {
		link->ipv6.base_reachable_ms = reachable;
		/* RFC 4861 6.3.2: between half and one and a half of it */
		WRITE_ONCE(link->ipv6.reachable_ms, reachable / 2 +
			   get_random_u32_below(reachable + 1));
	}
	if (retrans >= RETRANS_MIN && retrans <= REACHABLE_MAX)
		WRITE_ONCE(link->ipv6.retrans_ms, retrans);
}

/* RFC 4861 6.3.4: between the least that IPv6 allows and the link's own. */
static void learn_mtu(struct nst_link *link, const u8 *option)
{
	u32 mtu = get_unaligned_be32(option + 4);

	if (option[1] != 1 || mtu < NST_IPV6_MTU_MIN ||
	    mtu > READ_ONCE(link->mtu) || mtu == link->ipv6.mtu)
		return;
	WRITE_ONCE(link->ipv6.mtu, mtu);
	nst_route_invalidate(link->stack);
}

static void learn_prefix(struct nst_link *link, const u8 *option)
{
	const struct prefix_option *info = (const void *)option;
	struct nst_router_route route = { .link = link };
	union nst_address prefix;

	/* RFC 4861 6.3.4: the link-local prefix is nobody's to tell. */
	if (info->length != 4 || info->prefix_len > 128 ||
	    nst_ipv6_is_link_local(&info->prefix) ||
	    nst_ipv6_is_group(&info->prefix))
		return;
	prefix.v6 = info->prefix;
	nst_address_mask(&prefix, info->prefix_len);
	if (info->flags & PREFIX_ON_LINK) {
		route.prefix = prefix.v6;
		route.prefix_len = info->prefix_len;
		route.lifetime = ntohl(info->valid);
		nst_router_learn(link->stack, &route);
	}
	if (info->flags & PREFIX_AUTONOMOUS)
		nst_slaac_prefix(link, &prefix.v6, info->prefix_len,
				 ntohl(info->valid), ntohl(info->preferred));
}

/* RFC 4191 3.1 */
static void learn_route(struct nst_link *link, const struct sk_buff *skb,
			const u8 *option)
{
	const struct route_option *info = (const void *)option;
	struct nst_router_route route = {
		.link = link,
		.gateway = ipv6_hdr(skb)->saddr,
	};
	union nst_address prefix = { .quad = { 0, 0 } };

	if (info->length > 3 || info->prefix_len > 128 ||
	    info->prefix_len > (info->length - 1) * 64 ||
	    (info->flags >> 3 & 3) == 2 ||
	    !READ_ONCE(link->stack->config.accept_ra_defrtr))
		return;
	memcpy(&prefix, info->prefix, (info->length - 1) * 8);
	nst_address_mask(&prefix, info->prefix_len);
	route.prefix = prefix.v6;
	route.prefix_len = info->prefix_len;
	route.preference = preference_of(info->flags);
	route.lifetime = ntohl(info->lifetime);
	nst_router_learn(link->stack, &route);
}

/* RFC 8106: what a resolver needs is for user space. */
static void tell(struct nst_link *link, const struct sk_buff *skb,
		 const u8 *option)
{
	struct nst_router_option object = {
		.link = link,
		.router = ipv6_hdr(skb)->saddr,
		.option = option,
	};

	nst_event_notify(link->stack, NST_EVENT_ROUTER_OPTION, &object);
}

void nst_router_receive(struct nst_link *link, struct sk_buff *skb)
{
	const struct advert *advert = (const struct advert *)skb->data;
	const u8 *option = NULL;

	learn_neighbour(link, skb);
	learn_router(link, skb, advert);
	learn_parameters(link, advert);
	while ((option = nst_ndp_option_next(skb, sizeof(*advert), option)))
		switch (option[0]) {
		case NST_NDP_MTU:
			learn_mtu(link, option);
			break;
		case NST_NDP_PREFIX:
			learn_prefix(link, option);
			break;
		case NST_NDP_ROUTE:
			learn_route(link, skb, option);
			break;
		case NST_NDP_RDNSS:
		case NST_NDP_DNSSL:
			tell(link, skb, option);
			break;
		}
}

static void receive_advert(struct nst_stack *stack, struct sk_buff *skb)
{
	struct nst_link *link = nst_packet_cb(skb)->link;

	NST_INC(stack, ICMP6_IN_ROUTER_ADVERTISEMENTS);
	/* RFC 4861 6.1.2 */
	if (!nst_ndp_valid(skb, sizeof(struct advert)) ||
	    !nst_ipv6_is_link_local(&ipv6_hdr(skb)->saddr)) {
		nst_ndp_refuse(stack, skb, NST_DROP_NDP_INVALID);
		return;
	}
	if (!nst_router_is_heard(link) || !nst_ndp_link(link) ||
	    nst_ipv6_source_impossible(skb)) {
		nst_drop(stack, skb, NST_DROP_NDP_CONSUMED);
		return;
	}
	nst_router_queue(link, skb);
}

int nst_router_advert_register(void)
{
	return nst_icmpv6_handler_register(NST_ICMPV6_ROUTER_ADVERT,
					   receive_advert);
}
