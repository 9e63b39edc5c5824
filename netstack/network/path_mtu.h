/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Path MTUs that were learned (RFC 1191, RFC 8201): what ICMP errors said of
 * the way to single destinations, both families. Paths are made with them;
 * nobody else reads them.
 */
#ifndef NST_PATH_MTU_H
#define NST_PATH_MTU_H

#include <linux/timer.h>

#include "route.h"

#define NST_PATH_MTU_BITS	10

/**
 * struct nst_path_mtu - the MTU of the way to a destination
 * @node: in its bucket; RCU
 * @order: among all, the one told last at the end; the table's lock
 * @rcu: delays freeing
 * @link: number of the outgoing link
 * @mtu: bytes; READ_ONCE
 * @expires: jiffies when it is forgotten; READ_ONCE
 * @daddr: destination
 * @next_hop: the gateway, or @daddr
 * @bucket: where @node is
 * @family: AF_INET or AF_INET6
 * @lock: the way takes less than @mtu: packets may be fragmented, and no
 *	error makes it less; READ_ONCE
 *
 * A way is known by link, next hop and destination, so that what was learned
 * of one gateway is not believed of the next.
 */
struct nst_path_mtu {
	struct hlist_node node;
	struct list_head order;
	struct rcu_head rcu;
	u32 link;
	u32 mtu;
	unsigned long expires;
	union nst_address daddr;
	union nst_address next_hop;
	u16 bucket;
	u8 family;
	bool lock;
};

/**
 * struct nst_path_mtus - the path MTUs of a stack
 * @stack: stack
 * @guard: protects all but what RCU readers may see; leaf
 * @timer: forgets what is old, and makes paths stale for what changed
 * @hash_key: key of the hash, derived from the stack's secret
 * @order: all entries
 * @count: how many, at most config.path_mtu_max; READ_ONCE
 * @told: jiffies when the paths were made stale last
 * @untold: something has changed since
 * @bucket: entries by hash
 */
struct nst_path_mtus {
	struct nst_stack *stack;
	spinlock_t guard; /* all but what RCU readers may see */
	struct timer_list timer;
	siphash_key_t hash_key;
	struct list_head order;
	unsigned int count;
	unsigned long told;
	bool untold;
	struct hlist_head bucket[1 << NST_PATH_MTU_BITS];
};

int nst_path_mtu_init(struct nst_stack *stack);
void nst_path_mtu_exit(struct nst_stack *stack);

/**
 * nst_path_mtu_learn() - an ICMP error says that a packet was too big
 * @stack: stack
 * @path: path that the packet took; its mtu and mtu_lock are made what is
 *	known now
 * @mtu: what the error says, bytes
 *
 * The caller has made sure that the error is about a packet of its own
 * (attack 10). Nothing is learned of a path that is not to one host, whose MTU
 * is locked, or that takes less already (RFC 1191 3: no error raises it).
 * Below config.ip_route_min_pmtu IPv4 goes on with that, and lets routers
 * fragment; of IPv6 what is below 1280 is ignored (RFC 8201 4). When the table
 * is full, the entry goes that was told longest ago.
 *
 * Other paths notice: those that were made are stale, at once or, when that
 * was the case less than 100 ms ago, after that time, so that a flood of
 * errors costs each socket ten lookups a second at most.
 *
 * Context: any; @path is the caller's alone.
 * Return: @path takes less than before, or packets may be fragmented now.
 */
bool nst_path_mtu_learn(struct nst_stack *stack, struct nst_path *path,
			u32 mtu);

/**
 * nst_path_mtu_apply_rcu() - a new path gets what was learned of it
 * @stack: stack
 * @next_hop: the gateway, or the destination
 * @path: unicast path, complete with that exception
 *
 * Context: RCU.
 */
void nst_path_mtu_apply_rcu(struct nst_stack *stack,
			    const union nst_address *next_hop,
			    struct nst_path *path);

/* What @path was made with, or NULL. Context: RCU. */
const struct nst_path_mtu *nst_path_mtu_of_rcu(struct nst_stack *stack,
					       const struct nst_path *path);

/**
 * nst_path_mtu_forget() - forget path MTUs
 * @stack: stack
 * @family: of this family, or AF_UNSPEC
 * @daddr: to this destination, or NULL for any
 * @link: by the link of this number, or 0 for any
 *
 * Context: any.
 */
void nst_path_mtu_forget(struct nst_stack *stack, u8 family,
			 const union nst_address *daddr, u32 link);

/* Walk all of them, in no order. Context: RCU. */
struct nst_path_mtu *nst_path_mtu_next_rcu(struct nst_stack *stack,
					   struct nst_path_mtu *entry);

#endif /* NST_PATH_MTU_H */
