/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Is a packet's source reached by the link that the packet came by (RFC 3704
 * 2)? Both families; asked for by the link's guard or by rp_filter.
 */
#ifndef NST_REVERSE_PATH_H
#define NST_REVERSE_PATH_H

#include "../link/link.h"

struct nst_route;

/* Values of the sysctl rp_filter; the guard of a link is STRICT. */
enum nst_reverse_path {
	NST_REVERSE_PATH_ANY,		/* sources are not looked at */
	NST_REVERSE_PATH_STRICT,	/* the best route is by the link */
	NST_REVERSE_PATH_LOOSE,		/* there is a route */
};

static inline enum nst_reverse_path
nst_reverse_path_mode(const struct nst_link *link)
{
	if (unlikely(READ_ONCE(link->flags) & NST_LINK_GUARD))
		return NST_REVERSE_PATH_STRICT;
	return READ_ONCE(link->stack->config.rp_filter);
}

/**
 * nst_reverse_path_valid() - may a packet with this source come by the link?
 * @link: link that it came by
 * @family: AF_INET or AF_INET6
 * @saddr: source
 * @daddr: destination
 *
 * What no route leads to is for others to judge: lo, nobody as the source,
 * and IPv6 addresses of link scope.
 *
 * Context: RCU.
 */
bool nst_reverse_path_valid(struct nst_link *link, u8 family,
			    const union nst_address *saddr,
			    const union nst_address *daddr);

/**
 * nst_reverse_path_on_link() - is the source a neighbour on the link?
 * @link: link that the packet came by
 * @family: AF_INET or AF_INET6
 * @saddr: source
 * @daddr: destination
 *
 * Context: RCU.
 */
bool nst_reverse_path_on_link(struct nst_link *link, u8 family,
			      const union nst_address *saddr,
			      const union nst_address *daddr);

#endif /* NST_REVERSE_PATH_H */
