/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tables of routes: where the routes of a stack are kept and found. Shared by
 * the files that change routes and rules; others use route.h.
 */
#ifndef NST_ROUTE_TABLE_H
#define NST_ROUTE_TABLE_H

#include "route.h"
#include "route_trie.h"

/**
 * struct nst_route_prefix - a prefix of a table and its routes
 * @node: in the trie
 * @routes: the first to try is first; RCU, config_mutex to write
 * @table: where it is
 * @rcu: delays freeing
 */
struct nst_route_prefix {
	struct nst_trie_prefix node;
	struct hlist_head routes;
	struct nst_route_table *table;
	struct rcu_head rcu;
};

/**
 * struct nst_route_table - one table
 * @trie: prefixes, by family (0: IPv4, 1: IPv6)
 */
struct nst_route_table {
	struct nst_trie trie[2];
};

/**
 * struct nst_routes - routes of a stack
 * @head: what others may read; first
 * @list: all routes, in the order of addition; RCU, config_mutex to write
 * @count: their number; config_mutex
 * @local: addresses and broadcast addresses; asked first
 * @main: the other routes
 */
struct nst_routes {
	struct nst_routes_head head;
	struct list_head list;
	unsigned int count;
	struct nst_route_table local;
	struct nst_route_table main;
};

static inline bool nst_route_type_local(u8 type)
{
	return type == RTN_LOCAL || type == RTN_BROADCAST;
}

/* The table that routes like @config are in. */
static inline struct nst_route_table *
nst_route_table_of(struct nst_routes *routes,
		   const struct nst_route_config *config)
{
	return nst_route_type_local(config->type) ? &routes->local :
						    &routes->main;
}

/**
 * nst_route_prefix_find() - a prefix of a table
 * @table: table
 * @config: names it by family, destination and prefix_len
 *
 * Context: config_mutex held.
 * Return: the prefix, which has a route at least, or NULL.
 */
struct nst_route_prefix *
nst_route_prefix_find(struct nst_route_table *table,
		      const struct nst_route_config *config);

/**
 * nst_route_table_insert() - add a route
 * @stack: stack
 * @route: complete but for its place; published
 *
 * It goes behind those of its prefix that are tried before or like it.
 *
 * Context: config_mutex held.
 * Return: 0 or -ENOMEM.
 */
int nst_route_table_insert(struct nst_stack *stack, struct nst_route *route);

/* Take a route out; readers may still see it. Context: config_mutex held. */
void nst_route_table_remove(struct nst_stack *stack, struct nst_route *route);

/*
 * @new, of the same prefix, has the place of @old in both orders: no reader
 * misses both. Context: config_mutex held.
 */
void nst_route_table_replace(struct nst_route *old, struct nst_route *new);

/*
 * Free what finds the prefixes: nobody reads any more. Routes and prefixes
 * are the caller's.
 */
void nst_route_table_destroy(struct nst_route_table *table);

/**
 * nst_route_table_lookup() - the route of a table that serves a destination
 * @stack: stack
 * @table: table
 * @family: AF_INET or AF_INET6
 * @daddr: destination
 * @tos: type of service
 * @link_index: only routes through this link, or 0 for any
 * @link_down: those through a link that is not operational count too
 *
 * Context: RCU or config_mutex.
 * Return: the route, or NULL.
 */
struct nst_route *nst_route_table_lookup(struct nst_stack *stack,
					 const struct nst_route_table *table,
					 u8 family,
					 const union nst_address *daddr,
					 u8 tos, u32 link_index,
					 bool link_down);

#endif /* NST_ROUTE_TABLE_H */
