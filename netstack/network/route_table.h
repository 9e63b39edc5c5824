/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tables of routes: where the routes of a stack are kept and found. Shared by
 * the files that change routes and rules; others use route.h.
 */
#ifndef NST_ROUTE_TABLE_H
#define NST_ROUTE_TABLE_H

#include "route.h"
#include "route_trie.h"
#include "rule.h"

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

#define NST_ROUTE_TABLE_BUCKETS	64

/**
 * struct nst_route_table - one table
 * @node: in its bucket, but for local and main; RCU
 * @id: RT_TABLE_* or another number; fixed
 * @count: routes in it; config_mutex
 * @trie: prefixes, by family (0: IPv4, 1: IPv6)
 * @rcu: delays freeing
 *
 * Other tables than local and main are there while they have routes.
 */
struct nst_route_table {
	struct hlist_node node;
	u32 id;
	unsigned int count;
	struct nst_trie trie[2];
	struct rcu_head rcu;
};

/**
 * struct nst_routes - routes of a stack
 * @head: what others may read; first
 * @list: all routes, in the order of addition; RCU, config_mutex to write
 * @count: their number; config_mutex
 * @local: addresses and broadcast addresses
 * @main: routes of no other table
 * @tables: the other tables, by number
 * @rules: which tables are asked
 * @hash_key: of the hash that chooses among several next hops; fixed
 */
struct nst_routes {
	struct nst_routes_head head;
	struct list_head list;
	unsigned int count;
	struct nst_route_table local;
	struct nst_route_table main;
	struct hlist_head tables[NST_ROUTE_TABLE_BUCKETS];
	struct nst_rules rules;
	siphash_key_t hash_key;
};

static inline bool nst_route_type_local(u8 type)
{
	return type == RTN_LOCAL || type == RTN_BROADCAST;
}

/* The table that routes like @config are in, by number. */
static inline u32 nst_route_table_id(const struct nst_route_config *config)
{
	if (config->table)
		return config->table;
	return nst_route_type_local(config->type) ? RT_TABLE_LOCAL :
						    RT_TABLE_MAIN;
}

/* A table by its number, or NULL. Context: RCU or config_mutex. */
struct nst_route_table *
nst_route_table_find_rcu(struct nst_routes *routes, u32 id);

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

/**
 * struct nst_route_query - what tables are asked, one after the other
 * @key: destination
 * @link_index: only routes through this link, or 0 for any
 * @ipv6: of which family
 * @tos: type of service, IPTOS_TOS_MASK of it
 * @link_down: those through a link that is not operational count too
 */
struct nst_route_query {
	struct nst_trie_key key;
	u32 link_index;
	bool ipv6;
	u8 tos;
	bool link_down;
};

/* nst_route_table_lookup(), of a trie that may have an answer. */
struct nst_route *nst_route_trie_lookup(struct nst_stack *stack,
					const struct nst_trie *trie,
					const struct nst_route_query *query);

/**
 * nst_route_table_lookup() - the route of a table that serves a destination
 * @stack: stack
 * @table: table
 * @query: destination, and what else it depends on
 *
 * A throw route counts as any other.
 *
 * Context: RCU or config_mutex.
 * Return: the route, or NULL.
 */
static inline struct nst_route *
nst_route_table_lookup(struct nst_stack *stack,
		       const struct nst_route_table *table,
		       const struct nst_route_query *query)
{
	const struct nst_trie *trie = &table->trie[query->ipv6];

	return nst_trie_may_match(trie, &query->key) ?
	       nst_route_trie_lookup(stack, trie, query) : NULL;
}

/**
 * nst_route_hop_choose() - the next hop of a flow
 * @stack: stack
 * @route: route with several
 * @key: flow
 * @daddr: where it goes
 * @saddr: its source, or zero while there is none
 * @link_index: only those through this link, or 0 for any
 *
 * By a hash of the flow (net.netstack.fib_multipath_hash_policy), in
 * proportion to the weights; by chance when ports decide and neither source
 * nor port is there yet. The flows of a next hop whose link is not
 * operational are spread over the others, whose own flows stay.
 *
 * Context: RCU.
 * Return: one of @route->hops.
 */
const struct nst_route_nexthop *
nst_route_hop_choose(struct nst_stack *stack, const struct nst_route *route,
		     const struct nst_route_key *key,
		     const union nst_address *daddr,
		     const union nst_address *saddr, u32 link_index);

#endif /* NST_ROUTE_TABLE_H */
