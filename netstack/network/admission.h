/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Admission: the addresses of a packet that belongs to a connection are those
 * of the packets before it. They are looked up for the first of them, and
 * again when an address, route or rule of the stack has changed.
 *
 * What the reverse path filter says of a source is not part of it: a link
 * that has one looks at every packet.
 */
#ifndef NST_ADMISSION_H
#define NST_ADMISSION_H

#include <linux/atomic.h>

#include "reverse_path.h"
#include "route.h"

/**
 * nst_admission_now() - what admits the packets of a link at present
 * @link: link that a packet came by
 *
 * Read before the addresses are looked up, whose result it stands for.
 * Context: RCU.
 */
static inline u64 nst_admission_now(const struct nst_link *link)
{
	const struct nst_routes_head *head =
		(const struct nst_routes_head *)link->stack->routes;

	/* Before the tables: nst_route_invalidate() orders the other side. */
	return (u64)smp_load_acquire(&head->generation) << 32 | link->index;
}

/**
 * nst_admission_holds() - were the addresses of a flow looked up already?
 * @link: link that its packet came by
 * @admission: of the flow
 * @now: nst_admission_now()
 */
static inline bool nst_admission_holds(const struct nst_link *link,
				       const atomic64_t *admission, u64 now)
{
	return atomic64_read(admission) == now &&
	       likely(nst_reverse_path_mode(link) == NST_REVERSE_PATH_ANY);
}

#endif /* NST_ADMISSION_H */
