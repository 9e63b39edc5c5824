// SPDX-License-Identifier: GPL-2.0
/*
 * The way back to the source of a packet (RFC 3704 2.2, 2.4): the route that
 * an answer would take. Entry points: nst_reverse_path_valid(),
 * nst_reverse_path_on_link().
 */
#include "ipv6.h"
#include "reverse_path.h"
#include "rule.h"

/* The route of an answer, or NULL when there is none that leaves the stack. */
static const struct nst_route *route_back(struct nst_stack *stack, u8 family,
					  const union nst_address *saddr,
					  const union nst_address *daddr)
{
	struct nst_route_key key = {
		.family = family,
		.daddr = *saddr,
		.saddr = *daddr,
	};
	struct nst_route *route;

	if (nst_rule_lookup_rcu(stack, &key, saddr, 0, &route) ||
	    route->config.type != RTN_UNICAST)
		return NULL;
	return route;
}

static bool leaves_by(const struct nst_route *route,
		      const struct nst_link *link)
{
	unsigned int i;

	for (i = 0; i < route->config.hop_count; i++)
		if (route->hops[i].link == link)
			return true;
	return route->link == link;
}

bool nst_reverse_path_valid(struct nst_link *link, u8 family,
			    const union nst_address *saddr,
			    const union nst_address *daddr)
{
	const struct nst_route *route;

	if (link->flags & NST_LINK_LOOPBACK || nst_address_any(saddr) ||
	    (family == AF_INET6 && nst_ipv6_is_link_local(&saddr->v6)))
		return true;
	route = route_back(link->stack, family, saddr, daddr);
	if (!route)
		return false;
	return nst_reverse_path_mode(link) != NST_REVERSE_PATH_STRICT ||
	       leaves_by(route, link);
}

bool nst_reverse_path_on_link(struct nst_link *link, u8 family,
			      const union nst_address *saddr,
			      const union nst_address *daddr)
{
	const struct nst_route *route;

	route = route_back(link->stack, family, saddr, daddr);
	return route && !route->config.hop_count && route->link == link &&
	       nst_address_any(&route->config.gateway);
}
