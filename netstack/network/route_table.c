// SPDX-License-Identifier: GPL-2.0
/*
 * Tables of routes. A table has a trie of prefixes for each family, and every
 * prefix a list of routes in the order in which lookups try them.
 */
#include <linux/kernel.h>
#include <linux/random.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#include "address.h"
#include "route_table.h"

static struct nst_route_prefix *to_prefix(struct nst_trie_prefix *node)
{
	return node ? container_of(node, struct nst_route_prefix, node) : NULL;
}

static struct nst_trie *trie_of(struct nst_route_table *table, u8 family)
{
	return &table->trie[family == AF_INET6];
}

static struct hlist_head *table_bucket(struct nst_routes *routes, u32 id)
{
	return &routes->tables[id % NST_ROUTE_TABLE_BUCKETS];
}

struct nst_route_table *
nst_route_table_find_rcu(struct nst_routes *routes, u32 id)
{
	struct nst_route_table *table;

	if (id == RT_TABLE_MAIN)
		return &routes->main;
	if (id == RT_TABLE_LOCAL)
		return &routes->local;
	/* RCU, or the config_mutex of a stack that is not named here. */
	hlist_for_each_entry_rcu(table, table_bucket(routes, id), node, true)
		if (table->id == id)
			return table;
	return NULL;
}

/* The same, made when it is not there. */
static struct nst_route_table *table_make(struct nst_routes *routes, u32 id)
{
	struct nst_route_table *table = nst_route_table_find_rcu(routes, id);

	if (table)
		return table;
	table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	if (!table)
		return NULL;
	table->id = id;
	hlist_add_head_rcu(&table->node, table_bucket(routes, id));
	return table;
}

static void table_drop_empty(struct nst_routes *routes,
			     struct nst_route_table *table)
{
	if (table->count || table == &routes->local || table == &routes->main)
		return;
	hlist_del_rcu(&table->node);
	kfree_rcu(table, rcu);
}

struct nst_route_prefix *
nst_route_prefix_find(struct nst_route_table *table,
		      const struct nst_route_config *config)
{
	struct nst_trie_key key = nst_trie_key(config->family,
					       &config->destination);

	return to_prefix(nst_trie_find(trie_of(table, config->family), &key,
				       config->prefix_len));
}

/* Is @a tried before @b of the same prefix? */
static bool route_before(const struct nst_route_config *a,
			 const struct nst_route_config *b)
{
	if (a->tos != b->tos)
		return a->tos > b->tos;
	return a->metric < b->metric;
}

static void insert_in_order(struct nst_route_prefix *prefix,
			    struct nst_route *route)
{
	struct nst_route *other, *last = NULL;

	hlist_for_each_entry(other, &prefix->routes, prefix_node) {
		if (route_before(&route->config, &other->config))
			break;
		last = other;
	}
	route->prefix = prefix;
	if (last)
		hlist_add_behind_rcu(&route->prefix_node, &last->prefix_node);
	else
		hlist_add_head_rcu(&route->prefix_node, &prefix->routes);
}

/* The first route of its prefix, which is published with it. */
static int insert_prefix(struct nst_route_table *table,
			 struct nst_route *route)
{
	const struct nst_route_config *config = &route->config;
	struct nst_route_prefix *prefix;
	int err;

	prefix = kzalloc(sizeof(*prefix), GFP_KERNEL_ACCOUNT);
	if (!prefix)
		return -ENOMEM;
	prefix->table = table;
	prefix->node.key = nst_trie_key(config->family, &config->destination);
	prefix->node.length = config->prefix_len;
	insert_in_order(prefix, route);
	err = nst_trie_insert(trie_of(table, config->family), &prefix->node);
	if (err)
		kfree(prefix);
	return err;
}

int nst_route_table_insert(struct nst_stack *stack, struct nst_route *route)
{
	struct nst_routes *routes = stack->routes;
	struct nst_route_prefix *prefix;
	struct nst_route_table *table;
	int err = 0;

	table = table_make(routes, nst_route_table_id(&route->config));
	if (!table)
		return -ENOMEM;
	prefix = nst_route_prefix_find(table, &route->config);
	if (prefix)
		insert_in_order(prefix, route);
	else
		err = insert_prefix(table, route);
	if (err) {
		table_drop_empty(routes, table);
		return err;
	}
	list_add_tail_rcu(&route->list_node, &routes->list);
	routes->count++;
	table->count++;
	return 0;
}

void nst_route_table_remove(struct nst_stack *stack, struct nst_route *route)
{
	struct nst_route_prefix *prefix = route->prefix;
	struct nst_route_table *table = prefix->table;

	hlist_del_rcu(&route->prefix_node);
	list_del_rcu(&route->list_node);
	stack->routes->count--;
	table->count--;
	if (!hlist_empty(&prefix->routes))
		return;
	nst_trie_remove(trie_of(table, route->config.family), &prefix->node);
	kfree_rcu(prefix, rcu);
	table_drop_empty(stack->routes, table);
}

void nst_route_table_replace(struct nst_route *old, struct nst_route *new)
{
	new->prefix = old->prefix;
	hlist_replace_rcu(&old->prefix_node, &new->prefix_node);
	list_replace_rcu(&old->list_node, &new->list_node);
}

/* A local route counts while its address does; 127.0.0.0/8 always does. */
static bool local_usable(struct nst_stack *stack,
			 const struct nst_route *route)
{
	const struct nst_route_config *config = &route->config;
	const struct nst_local_address *local;

	if (config->prefix_len != nst_address_bits(config->family))
		return true;
	local = nst_address_find_rcu(stack, route->link, config->family,
				     &config->destination);
	return local && nst_local_address_usable(local);
}

static bool hop_serves(const struct nst_route_nexthop *hop, u32 link_index,
		       bool link_down)
{
	if (link_index && hop->link->index != link_index)
		return false;
	return link_down || nst_link_operational(hop->link);
}

static bool route_serves(struct nst_stack *stack,
			 const struct nst_route *route,
			 const struct nst_route_query *query)
{
	const struct nst_route_config *config = &route->config;
	u32 link_index = query->link_index;
	bool link_down = query->link_down;
	unsigned int i;

	if (config->tos && config->tos != query->tos)
		return false;
	if (!route->link)
		return true;
	if (unlikely(config->hop_count)) {
		for (i = 0; i < config->hop_count; i++)
			if (hop_serves(&route->hops[i], link_index, link_down))
				return true;
		return false;
	}
	if (link_index && route->link->index != link_index)
		return false;
	if (config->type == RTN_LOCAL)
		return local_usable(stack, route);
	return link_down || nst_link_operational(route->link);
}

struct nst_route *nst_route_trie_lookup(struct nst_stack *stack,
					const struct nst_trie *trie,
					const struct nst_route_query *query)
{
	struct nst_route_prefix *prefix;
	struct nst_trie_match match __uninitialized;

	prefix = to_prefix(nst_trie_match_first(trie, &query->key, &match));
	while (prefix) {
		struct nst_route *route;

		hlist_for_each_entry_rcu(route, &prefix->routes, prefix_node,
					 lockdep_is_held(&stack->config_mutex))
			if (route_serves(stack, route, query))
				return route;
		prefix = to_prefix(nst_trie_match_next(&match));
	}
	return NULL;
}

/* Two halves: for the first choice, and for one among what is left. */
static u64 flow_hash(struct nst_stack *stack, const struct nst_route_key *key,
		     const union nst_address *daddr,
		     const union nst_address *saddr)
{
	struct {
		union nst_address daddr;
		union nst_address saddr;
		u32 ports;
		u32 protocol;
	} flow = { .daddr = *daddr, .saddr = *saddr };

	if (READ_ONCE(stack->config.fib_multipath_hash_policy)) {
		flow.ports = (__force u32)key->sport << 16 |
			     (__force u32)key->dport;
		flow.protocol = key->protocol;
		/*
		 * A connection that begins has neither source nor port: it
		 * gets both from the link that is chosen here, and keeps it.
		 */
		if (!key->sport && nst_address_any(saddr))
			flow.ports |= get_random_u32() << 16;
	}
	return siphash(&flow, sizeof(flow), &stack->routes->hash_key);
}

const struct nst_route_nexthop *
nst_route_hop_choose(struct nst_stack *stack, const struct nst_route *route,
		     const struct nst_route_key *key,
		     const union nst_address *daddr,
		     const union nst_address *saddr, u32 link_index)
{
	u64 hash = flow_hash(stack, key, daddr, saddr);
	unsigned int i, count = route->config.hop_count;
	const struct nst_route_nexthop *hops = route->hops;
	u32 weights = 0, pick;

	pick = reciprocal_scale(upper_32_bits(hash), route->weights);
	for (i = 0; i < count - 1 && pick >= hops[i].hop.weight; i++)
		pick -= hops[i].hop.weight;
	if (likely(hop_serves(&hops[i], link_index, false)))
		return &hops[i];

	for (i = 0; i < count; i++)
		if (hop_serves(&hops[i], link_index, false))
			weights += hops[i].hop.weight;
	pick = reciprocal_scale(lower_32_bits(hash), weights);
	for (i = 0; i < count; i++) {
		if (!hop_serves(&hops[i], link_index, false))
			continue;
		if (pick < hops[i].hop.weight)
			return &hops[i];
		pick -= hops[i].hop.weight;
	}
	/* Links went down while we looked. */
	return &hops[0];
}
