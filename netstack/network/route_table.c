// SPDX-License-Identifier: GPL-2.0
/*
 * Tables of routes. A table has a trie of prefixes for each family, and every
 * prefix a list of routes in the order in which lookups try them.
 */
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

int nst_route_table_insert(struct nst_stack *stack, struct nst_route *route)
{
	const struct nst_route_config *config = &route->config;
	struct nst_route_table *table;
	struct nst_route_prefix *prefix;
	int err;

	table = nst_route_table_of(stack->routes, config);
	prefix = nst_route_prefix_find(table, config);
	if (prefix) {
		insert_in_order(prefix, route);
	} else {
		prefix = kzalloc(sizeof(*prefix), GFP_KERNEL_ACCOUNT);
		if (!prefix)
			return -ENOMEM;
		prefix->table = table;
		prefix->node.key = nst_trie_key(config->family,
						&config->destination);
		prefix->node.length = config->prefix_len;
		insert_in_order(prefix, route);
		err = nst_trie_insert(trie_of(table, config->family),
				      &prefix->node);
		if (err) {
			kfree(prefix);
			return err;
		}
	}
	list_add_tail_rcu(&route->list_node, &stack->routes->list);
	stack->routes->count++;
	return 0;
}

void nst_route_table_remove(struct nst_stack *stack, struct nst_route *route)
{
	struct nst_route_prefix *prefix = route->prefix;

	hlist_del_rcu(&route->prefix_node);
	list_del_rcu(&route->list_node);
	stack->routes->count--;
	if (!hlist_empty(&prefix->routes))
		return;
	nst_trie_remove(trie_of(prefix->table, route->config.family),
			&prefix->node);
	kfree_rcu(prefix, rcu);
}

void nst_route_table_destroy(struct nst_route_table *table)
{
	nst_trie_destroy(&table->trie[0]);
	nst_trie_destroy(&table->trie[1]);
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

static bool route_serves(struct nst_stack *stack,
			 const struct nst_route *route, u8 tos,
			 u32 link_index, bool link_down)
{
	const struct nst_route_config *config = &route->config;

	if (config->tos && config->tos != tos)
		return false;
	if (!route->link)
		return true;
	if (link_index && route->link->index != link_index)
		return false;
	if (config->type == RTN_LOCAL)
		return local_usable(stack, route);
	return link_down || nst_link_operational(route->link);
}

struct nst_route *nst_route_table_lookup(struct nst_stack *stack,
					 const struct nst_route_table *table,
					 u8 family,
					 const union nst_address *daddr,
					 u8 tos, u32 link_index,
					 bool link_down)
{
	struct nst_trie_key key = nst_trie_key(family, daddr);
	struct nst_route_prefix *prefix;
	struct nst_trie_match match;

	prefix = to_prefix(nst_trie_match_first(&table->trie[family ==
							     AF_INET6],
						&key, &match));
	while (prefix) {
		struct nst_route *route;

		hlist_for_each_entry_rcu(route, &prefix->routes, prefix_node,
					 lockdep_is_held(&stack->config_mutex))
			if (route_serves(stack, route, tos, link_index,
					 link_down))
				return route;
		prefix = to_prefix(nst_trie_match_next(&match));
	}
	return NULL;
}
