/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Addresses that the stack makes by itself (RFC 4862): the link-local
 * address of each link, by stable opaque identifiers (RFC 7217).
 */
#ifndef NST_AUTOCONF_H
#define NST_AUTOCONF_H

#include "../link/link.h"

/**
 * nst_autoconf_identifier() - the interface identifier of an address
 * @link: link
 * @prefix: prefix of 64 bits; on return the address
 * @retries: identifiers of this prefix that others had already
 *
 * RFC 7217 5: the same for as long as secret and station address are, another
 * on every network, and none that RFC 5453 reserves.
 *
 * Context: any.
 */
void nst_autoconf_identifier(const struct nst_link *link,
			     struct in6_addr *prefix, u8 retries);

/* Has the address an identifier that RFC 5453 reserves? */
bool nst_autoconf_reserved(const struct in6_addr *address);

/**
 * nst_autoconf_reconsider() - disable_ipv6 has changed
 * @stack: stack
 *
 * Context: process; takes config_mutex.
 */
void nst_autoconf_reconsider(struct nst_stack *stack);

/* Module initialisation: listen to link events, after all other layers. */
int nst_autoconf_listen(void);

#endif /* NST_AUTOCONF_H */
