// SPDX-License-Identifier: GPL-2.0
/*
 * Redirects (RFC 4861 8.1, 8.3): a router knows a better first hop. Off by
 * default (accept_redirects), since anybody on the link can forge one from
 * the router's address.
 */
#include <linux/err.h>

#include "address.h"
#include "icmpv6.h"
#include "ipv6.h"
#include "ndp.h"
#include "neighbour.h"
#include "route.h"
#include "router.h"

/* As long as the host keeps an exception of its routes, s. */
#define REDIRECT_LIFETIME	600

/**
 * struct redirect - the fixed part
 * @icmp: ICMPv6 header
 * @target: the better first hop
 * @destination: for packets to here
 */
struct redirect {
	struct icmp6hdr icmp;
	struct in6_addr target;
	struct in6_addr destination;
};

/* RFC 4861 8.1: from the router that we use for the destination. */
static bool is_first_hop(struct nst_link *link, const struct sk_buff *skb,
			 const struct in6_addr *destination)
{
	union nst_address daddr = nst_address_v6(destination);
	union nst_address saddr = nst_packet_saddr(skb);
	const struct nst_route *route;
	bool is_it;

	rcu_read_lock();
	route = nst_route_lookup_rcu(link->stack, AF_INET6, &daddr, 0,
				     link->index);
	is_it = route && route->config.type == RTN_UNICAST &&
		nst_address_equal(&route->config.gateway, &saddr);
	rcu_read_unlock();
	return is_it;
}

static void learn_station(struct nst_link *link, const struct sk_buff *skb,
			  const struct in6_addr *target, bool router)
{
	const u8 *lladdr = nst_ndp_lladdr(skb, sizeof(struct redirect),
					  NST_NDP_TARGET_LLADDR);
	union nst_address address = nst_address_v6(target);
	struct nst_neighbour *neighbour;

	if (!lladdr)
		return;
	neighbour = nst_neighbour_lookup(link, AF_INET6, &address, true);
	if (IS_ERR_OR_NULL(neighbour))
		return;
	nst_neighbour_update(neighbour, lladdr, NUD_STALE,
			     NST_NEIGHBOUR_OVERRIDE);
	if (router)
		WRITE_ONCE(neighbour->router, true);
	nst_neighbour_put(neighbour);
}

void nst_router_redirected(struct nst_link *link, struct sk_buff *skb)
{
	const struct redirect *redirect = (const struct redirect *)skb->data;
	struct nst_router_route route = {
		.link = link,
		.prefix = redirect->destination,
		.prefix_len = 128,
		.lifetime = REDIRECT_LIFETIME,
	};
	bool router = memcmp(&redirect->target, &redirect->destination,
			     sizeof(redirect->target));

	if (!is_first_hop(link, skb, &redirect->destination))
		return;
	if (router)
		route.gateway = redirect->target;
	learn_station(link, skb, &redirect->target, router);
	nst_router_learn(link->stack, &route);
}

/* RFC 4861 8.1, what a message says by itself */
static bool redirect_valid(const struct sk_buff *skb)
{
	const struct redirect *redirect = (const struct redirect *)skb->data;

	return nst_ipv6_is_link_local(&ipv6_hdr(skb)->saddr) &&
	       !nst_ipv6_is_group(&redirect->destination) &&
	       (nst_ipv6_is_link_local(&redirect->target) ||
		!memcmp(&redirect->target, &redirect->destination,
			sizeof(redirect->target)));
}

static void receive_redirect(struct nst_stack *stack, struct sk_buff *skb)
{
	struct nst_link *link = nst_packet_cb(skb)->link;

	NST_INC(stack, ICMP6_IN_REDIRECTS);
	if (!nst_ndp_valid(skb, sizeof(struct redirect)) ||
	    !redirect_valid(skb)) {
		nst_ndp_refuse(stack, skb, NST_DROP_NDP_INVALID);
		return;
	}
	/* RFC 4861 8.1: for hosts. */
	if (!READ_ONCE(stack->config.accept_redirects) ||
	    READ_ONCE(stack->config.ipv6_forwarding)) {
		nst_drop(stack, skb, NST_DROP_NDP_CONSUMED);
		return;
	}
	nst_router_queue(link, skb);
}

int nst_router_redirect_register(void)
{
	return nst_icmpv6_handler_register(NST_ICMPV6_REDIRECT,
					   receive_redirect);
}
