/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stateless address autoconfiguration (RFC 4862 5.5): stable addresses
 * (RFC 7217) and temporary ones (RFC 8981) of the prefixes that routers
 * advertise, lifetimes of all IPv6 addresses, and a second try when an
 * address is another's.
 */
#ifndef NST_SLAAC_H
#define NST_SLAAC_H

#include "../link/link.h"

/**
 * nst_slaac_prefix() - a router advertises a prefix for autoconfiguration
 * @link: link
 * @prefix: prefix, host bits zero
 * @prefix_len: its bits
 * @valid: valid lifetime, seconds, or ~0 for ever
 * @preferred: preferred lifetime
 *
 * Context: process, config_mutex held.
 */
void nst_slaac_prefix(struct nst_link *link, const struct in6_addr *prefix,
		      u8 prefix_len, u32 valid, u32 preferred);

/**
 * nst_slaac_review() - end and renew what is due
 * @stack: stack
 * @now: jiffies64
 * @next: made less when something is due before it; 0 means nothing is
 *
 * Context: process, config_mutex held.
 */
void nst_slaac_review(struct nst_stack *stack, u64 now, u64 *next);

/* Drop the addresses of a link that the stack made. config_mutex. */
void nst_slaac_forget(struct nst_link *link);

#endif /* NST_SLAAC_H */
