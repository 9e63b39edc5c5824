/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Choice of the source address of IPv6 packets (RFC 6724 5).
 */
#ifndef NST_SOURCE_H
#define NST_SOURCE_H

#include "../link/link.h"

/* Preferences of a program (RFC 5014): rule 7 the other way round. */
#define NST_SOURCE_PUBLIC	BIT(0)	/* rather no temporary address */
#define NST_SOURCE_TEMPORARY	BIT(1)	/* rather a temporary address */

/**
 * nst_source_select_rcu() - the best source for a destination
 * @link: link that the packet will leave by
 * @destination: where it goes; a next hop would not do
 * @preferences: NST_SOURCE_*, 0 for use_tempaddr's default
 * @source: filled
 *
 * The candidates are the link's addresses (the strong host model; RFC 6724 4
 * advises it); without one of sufficient scope, those of other links that
 * are not bound to theirs.
 *
 * Context: RCU.
 * Return: 0 or -EADDRNOTAVAIL.
 */
int nst_source_select_rcu(const struct nst_link *link,
			  const union nst_address *destination,
			  unsigned int preferences,
			  union nst_address *source);

/* Label of an address by RFC 6724 2.1's default policy table. */
u8 nst_source_label(const struct in6_addr *address);

/* Scope of an address, of either kind, as RFC 4291 2.7 numbers them. */
u8 nst_source_scope(const struct in6_addr *address);

#endif /* NST_SOURCE_H */
