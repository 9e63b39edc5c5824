// SPDX-License-Identifier: GPL-2.0
/*
 * Routes of a stack, both families: nst_route_add() and nst_route_del()
 * change them, nst_route_lookup_rcu() asks them. Local and broadcast routes
 * are in a table of their own that is asked first, as the host asks its table
 * 'local' first. route_table.c keeps them, path.c makes paths of the answers.
 */
#include <linux/ip.h>
#include <linux/netlink.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#include "../event.h"
#include "address.h"
#include "ipv6.h"
#include "path_mtu.h"
#include "route_table.h"

#define ROUTE_HASH_DOMAIN	0x726f757465730001ULL

static struct nst_route *route_lookup(struct nst_stack *stack, u8 family,
				      const union nst_address *daddr, u8 tos,
				      u32 link_index, bool link_down)
{
	const struct nst_route_query query = {
		.key = nst_trie_key(family, daddr),
		.link_index = link_index,
		.ipv6 = family == AF_INET6,
		.tos = tos,
		.link_down = link_down,
	};
	struct nst_route *route;

	route = nst_route_table_lookup(stack, &stack->routes->local, &query);
	if (route)
		return route;
	return nst_route_table_lookup(stack, &stack->routes->main, &query);
}

struct nst_route *nst_route_lookup_rcu(struct nst_stack *stack, u8 family,
				       const union nst_address *daddr, u8 tos,
				       u32 link_index)
{
	return route_lookup(stack, family, daddr, tos & IPTOS_TOS_MASK,
			    link_index, false);
}

bool nst_route_broadcast_rcu(struct nst_link *link,
			     const union nst_address *address)
{
	const struct nst_route_query query = {
		.key = nst_trie_key(AF_INET, address),
		.link_index = link->index,
	};
	struct nst_stack *stack = link->stack;
	const struct nst_route *route;

	route = nst_route_table_lookup(stack, &stack->routes->local, &query);
	return route && route->config.type == RTN_BROADCAST;
}

void nst_route_invalidate(struct nst_stack *stack)
{
	struct nst_routes_head *head = &stack->routes->head;
	u32 old;

	/*
	 * Neighbours invalidate in softirq, without config_mutex. cmpxchg()
	 * also orders the change before: who reads the new generation finds
	 * the new tables.
	 */
	do {
		old = READ_ONCE(head->generation);
	} while (cmpxchg(&head->generation, old, old + 1) != old);
}

static int check_destination(const struct nst_route_config *config,
			     struct netlink_ext_ack *extack)
{
	union nst_address prefix = config->destination;

	if (config->family != AF_INET && config->family != AF_INET6) {
		NL_SET_ERR_MSG(extack,
			       "a route is of family inet or inet6");
		return -EINVAL;
	}
	if (config->prefix_len > nst_address_bits(config->family)) {
		NL_SET_ERR_MSG(extack,
			       "prefix is longer than an address: use 0 to 32, or to 128 for IPv6");
		return -EINVAL;
	}
	nst_address_mask(&prefix, config->prefix_len);
	if (!nst_address_equal(&prefix, &config->destination)) {
		NL_SET_ERR_MSG(extack,
			       "destination has bits set beyond its prefix: clear them or lengthen the prefix");
		return -EINVAL;
	}
	if (config->tos & ~IPTOS_TOS_MASK) {
		NL_SET_ERR_MSG(extack,
			       "tos has bits outside 0x1e: these choose no route");
		return -EINVAL;
	}
	return 0;
}

static int check_type(const struct nst_route_config *config,
		      struct netlink_ext_ack *extack)
{
	switch (config->type) {
	case RTN_UNICAST:
		break;
	case RTN_LOCAL:
	case RTN_BROADCAST:
		if (config->protocol == RTPROT_KERNEL)
			break;
		NL_SET_ERR_MSG(extack,
			       "local and broadcast routes come with an address: add the address instead");
		return -EINVAL;
	case RTN_BLACKHOLE:
	case RTN_UNREACHABLE:
	case RTN_PROHIBIT:
	case RTN_THROW:
		if (!config->link_index && !config->hop_count &&
		    nst_address_any(&config->gateway))
			break;
		NL_SET_ERR_MSG(extack,
			       "a route that refuses packets takes neither link nor gateway");
		return -EINVAL;
	default:
		NL_SET_ERR_MSG(extack,
			       "route type is not unicast, blackhole, unreachable, prohibit or throw");
		return -EINVAL;
	}
	return 0;
}

/* RFC 1122 3.3.1.2: a gateway is on a connected network. */
static int check_gateway(struct nst_stack *stack,
			 const struct nst_route_config *config,
			 struct nst_link **link,
			 struct netlink_ext_ack *extack)
{
	u32 id = nst_route_table_id(config);
	struct nst_route *route;

	/* RFC 4861 8: a router is known by its link-local address. */
	if (config->family == AF_INET6 &&
	    nst_ipv6_is_link_local(&config->gateway.v6)) {
		if (!*link) {
			NL_SET_ERR_MSG(extack,
				       "a link-local gateway needs a link: name it with dev");
			return -EINVAL;
		}
		if (!nst_address_find_rcu(stack, *link, AF_INET6,
					  &config->gateway))
			return 0;
		NL_SET_ERR_MSG(extack,
			       "gateway is an address of this stack or a broadcast address");
		return -EINVAL;
	}
	route = route_lookup(stack, config->family, &config->gateway, 0,
			     config->link_index, true);
	if (id != RT_TABLE_MAIN && (!route ||
				    !nst_route_type_local(route->config.type))) {
		const struct nst_route_query query = {
			.key = nst_trie_key(config->family, &config->gateway),
			.link_index = config->link_index,
			.ipv6 = config->family == AF_INET6,
			.link_down = true,
		};
		struct nst_route_table *table;
		struct nst_route *own = NULL;

		/* The table's own networks come before those of main. */
		table = nst_route_table_find_rcu(stack->routes, id);
		if (table)
			own = nst_route_table_lookup(stack, table, &query);
		if (own && own->config.type == RTN_UNICAST &&
		    nst_address_any(&own->config.gateway))
			route = own;
	}
	if (route && nst_route_type_local(route->config.type)) {
		NL_SET_ERR_MSG(extack,
			       "gateway is an address of this stack or a broadcast address");
		return -EINVAL;
	}
	if (!route || route->config.type != RTN_UNICAST ||
	    !nst_address_any(&route->config.gateway)) {
		NL_SET_ERR_MSG(extack,
			       "gateway is not on a network of this link: add an address or a link route that covers it");
		return -ENETUNREACH;
	}
	*link = route->link;
	return 0;
}

static int check_next_hop(struct nst_stack *stack,
			  const struct nst_route_config *config,
			  struct nst_link **link,
			  struct netlink_ext_ack *extack)
{
	*link = NULL;
	if (config->link_index) {
		*link = nst_link_by_index_rcu(stack, config->link_index);
		if (!*link) {
			NL_SET_ERR_MSG(extack, "no such link in this stack");
			return -ENODEV;
		}
	}
	if (config->protocol == RTPROT_KERNEL)
		return 0;
	if (config->type != RTN_UNICAST)
		return 0;
	if (!nst_address_any(&config->gateway)) {
		int err = check_gateway(stack, config, link, extack);

		if (err)
			return err;
	} else if (!*link) {
		NL_SET_ERR_MSG(extack, "a route needs a link or a gateway");
		return -EINVAL;
	}
	if (!(READ_ONCE((*link)->flags) & NST_LINK_UP)) {
		NL_SET_ERR_MSG(extack, "link is down: set it up first");
		return -ENETDOWN;
	}
	/* RFC 1122 3.2.1.3 (g), RFC 4291 2.5.3: these never leave the host. */
	if (((config->family == AF_INET && config->prefix_len >= 8 &&
	      ipv4_is_loopback(config->destination.v4)) ||
	     (config->family == AF_INET6 && config->prefix_len == 128 &&
	      nst_ipv6_is_loopback(&config->destination.v6))) &&
	    !((*link)->flags & NST_LINK_LOOPBACK)) {
		NL_SET_ERR_MSG(extack,
			       "127.0.0.0/8 and ::1 are reachable on lo only");
		return -EINVAL;
	}
	return 0;
}

static int check_rest(struct nst_stack *stack,
		      const struct nst_route_config *config,
		      struct netlink_ext_ack *extack)
{
	const struct nst_route_metrics *metrics = &config->metrics;

	if (metrics->mtu && metrics->mtu < NST_LINK_MTU_MIN) {
		NL_SET_ERR_MSG(extack, "mtu of a route is at least 68 bytes");
		return -EINVAL;
	}
	if (metrics->mtu_lock && !metrics->mtu) {
		NL_SET_ERR_MSG(extack, "there is no mtu to lock");
		return -EINVAL;
	}
	if (!nst_address_any(&config->prefsrc) &&
	    !nst_address_find_rcu(stack, NULL, config->family,
				  &config->prefsrc)) {
		NL_SET_ERR_MSG(extack,
			       "preferred source is not an address of this stack");
		return -EINVAL;
	}
	return 0;
}

/* The routes of the prefix that @config names, or NULL. */
static struct nst_route_prefix *
prefix_of(struct nst_stack *stack, const struct nst_route_config *config)
{
	struct nst_route_table *table;

	table = nst_route_table_find_rcu(stack->routes,
					 nst_route_table_id(config));
	return table ? nst_route_prefix_find(table, config) : NULL;
}

/* The route whose place @config would take. */
static struct nst_route *route_same(struct nst_stack *stack,
				    const struct nst_route_config *config)
{
	struct nst_route_prefix *prefix = prefix_of(stack, config);
	struct nst_route *route;

	if (!prefix)
		return NULL;
	hlist_for_each_entry(route, &prefix->routes, prefix_node) {
		if (route->config.tos != config->tos ||
		    route->config.metric != config->metric)
			continue;
		if (config->protocol == RTPROT_KERNEL &&
		    (route->config.link_index != config->link_index ||
		     route->config.type != config->type))
			continue;
		return route;
	}
	return NULL;
}

static bool hop_equal(const struct nst_route_hop *a,
		      const struct nst_route_hop *b)
{
	return a->link_index == b->link_index && a->weight == b->weight &&
	       nst_address_equal(&a->gateway, &b->gateway);
}

/* Do two routes do the same? */
static bool route_equal(const struct nst_route *a, const struct nst_route *b)
{
	unsigned int i;

	if (a->config.type != b->config.type || a->link != b->link ||
	    a->config.hop_count != b->config.hop_count ||
	    !nst_address_equal(&a->config.gateway, &b->config.gateway))
		return false;
	for (i = 0; i < a->config.hop_count; i++)
		if (!hop_equal(&a->hops[i].hop, &b->hops[i].hop))
			return false;
	return true;
}

/* Is there one among those whose place @route would take? */
static bool route_is_known(const struct nst_route_prefix *prefix,
			   const struct nst_route *route)
{
	const struct nst_route *other;

	hlist_for_each_entry(other, &prefix->routes, prefix_node)
		if (other->config.tos == route->config.tos &&
		    other->config.metric == route->config.metric &&
		    route_equal(other, route))
			return true;
	return false;
}

static void route_free_rcu(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct nst_route, rcu));
}

static void put_links(struct nst_route *route)
{
	unsigned int i;

	if (route->link)
		nst_link_put(route->link);
	for (i = 0; i < route->config.hop_count; i++)
		if (route->hops[i].link)
			nst_link_put(route->hops[i].link);
}

/* After the route is out of the table. */
static void route_release(struct nst_stack *stack, struct nst_route *route)
{
	nst_route_invalidate(stack);
	nst_event_notify(stack, NST_EVENT_ROUTE_DEL, route);
	put_links(route);
	call_rcu(&route->rcu, route_free_rcu);
}

static void route_remove(struct nst_stack *stack, struct nst_route *route)
{
	nst_route_table_remove(stack, route);
	route_release(stack, route);
}

/* Every next hop is checked as if it were the only one. */
static int take_hops(struct nst_stack *stack, struct nst_route *route,
		     const struct nst_route_hop *hops,
		     struct netlink_ext_ack *extack)
{
	struct nst_route_config single = route->config;
	unsigned int i;
	int err;

	single.hop_count = 0;
	for (i = 0; i < route->config.hop_count; i++) {
		struct nst_route_nexthop *nexthop = &route->hops[i];
		struct nst_link *link;

		single.link_index = hops[i].link_index;
		single.gateway = hops[i].gateway;
		err = check_next_hop(stack, &single, &link, extack);
		if (err)
			return err;
		if (!hops[i].weight ||
		    hops[i].weight > NST_ROUTE_WEIGHT_MAX) {
			NL_SET_ERR_MSG(extack,
				       "weight of a next hop is 1 to 256");
			return -EINVAL;
		}
		nst_link_get(link);
		nexthop->link = link;
		nexthop->hop = hops[i];
		nexthop->hop.link_index = link->index;
		route->weights += hops[i].weight;
	}
	route->config.link_index = route->hops[0].hop.link_index;
	route->config.gateway = route->hops[0].hop.gateway;
	route->link = route->hops[0].link;
	nst_link_get(route->link);
	return 0;
}

static int take_way(struct nst_stack *stack, struct nst_route *route,
		    const struct nst_route_hop *hops,
		    struct netlink_ext_ack *extack)
{
	struct nst_route_config *config = &route->config;
	struct nst_link *link;
	int err;

	if (config->hop_count)
		return take_hops(stack, route, hops, extack);
	err = check_next_hop(stack, config, &link, extack);
	if (err || !link)
		return err;
	nst_link_get(link);
	route->link = link;
	config->link_index = link->index;
	return 0;
}

/* Checked and complete but for its place, or ERR_PTR(). */
static struct nst_route *route_make(struct nst_stack *stack,
				    const struct nst_route_config *config,
				    struct netlink_ext_ack *extack)
{
	struct nst_route *route;
	int err;

	err = check_destination(config, extack);
	if (!err)
		err = check_type(config, extack);
	if (!err)
		err = check_rest(stack, config, extack);
	if (err)
		return ERR_PTR(err);
	if (config->hop_count > READ_ONCE(stack->config.route_nexthop_max)) {
		NL_SET_ERR_MSG(extack,
			       "too many next hops: name fewer or raise net.netstack.route_nexthop_max");
		return ERR_PTR(-ENOBUFS);
	}
	route = kzalloc(struct_size(route, hops, config->hop_count),
			GFP_KERNEL_ACCOUNT);
	if (!route)
		return ERR_PTR(-ENOMEM);
	route->config = *config;
	route->config.hops = NULL;
	route->config.table = nst_route_table_id(config);
	err = take_way(stack, route, config->hops, extack);
	if (err) {
		put_links(route);
		kfree(route);
		return ERR_PTR(err);
	}
	if (!route->config.scope) {
		if (config->type == RTN_LOCAL)
			route->config.scope = RT_SCOPE_HOST;
		else if (route->link &&
			 nst_address_any(&route->config.gateway))
			route->config.scope = RT_SCOPE_LINK;
	}
	return route;
}

/* May @route come to where @old is, which may be NULL? */
static int check_place(struct nst_stack *stack, const struct nst_route *route,
		       const struct nst_route *old, enum nst_route_mode mode,
		       struct netlink_ext_ack *extack)
{
	if (old && mode == NST_ROUTE_ADD) {
		NL_SET_ERR_MSG(extack,
			       "a route of this prefix, tos and metric exists: replace it or choose another metric");
		return -EEXIST;
	}
	if (old && mode == NST_ROUTE_APPEND &&
	    route_is_known(old->prefix, route)) {
		NL_SET_ERR_MSG(extack, "there is this very route already");
		return -EEXIST;
	}
	if (!old && mode == NST_ROUTE_CHANGE) {
		NL_SET_ERR_MSG(extack,
			       "no route of this prefix, tos and metric: add it instead");
		return -ENOENT;
	}
	if ((!old || mode == NST_ROUTE_APPEND) &&
	    stack->routes->count >= READ_ONCE(stack->config.route_max)) {
		NL_SET_ERR_MSG(extack,
			       "routing table is full: delete routes or raise net.netstack.route_max");
		return -ENOBUFS;
	}
	return 0;
}

int nst_route_set(struct nst_stack *stack,
		  const struct nst_route_config *config,
		  enum nst_route_mode mode, struct netlink_ext_ack *extack)
{
	struct nst_route *route, *old;
	int err;

	lockdep_assert_held(&stack->config_mutex);

	route = route_make(stack, config, extack);
	if (IS_ERR(route))
		return PTR_ERR(route);
	old = route_same(stack, config);
	err = check_place(stack, route, old, mode, extack);
	if (!err && old && mode != NST_ROUTE_APPEND) {
		nst_route_table_replace(old, route);
		route_release(stack, old);
	} else if (!err) {
		err = nst_route_table_insert(stack, route);
	}
	if (err) {
		put_links(route);
		kfree(route);
		return err;
	}
	nst_route_invalidate(stack);
	nst_event_notify(stack, NST_EVENT_ROUTE_NEW, route);
	return 0;
}

/* Has a next hop of @route this link and gateway, as far as they are given? */
static bool way_matches(const struct nst_route *route, u32 link_index,
			const union nst_address *gateway)
{
	const struct nst_route_config *have = &route->config;
	unsigned int i;

	for (i = 0; i < have->hop_count; i++)
		if ((!link_index ||
		     route->hops[i].hop.link_index == link_index) &&
		    (nst_address_any(gateway) ||
		     nst_address_equal(&route->hops[i].hop.gateway, gateway)))
			return true;
	return !have->hop_count &&
	       (!link_index || have->link_index == link_index) &&
	       (nst_address_any(gateway) ||
		nst_address_equal(&have->gateway, gateway));
}

static bool hops_match(const struct nst_route *route,
		       const struct nst_route_config *config)
{
	unsigned int i;

	if (route->config.hop_count != config->hop_count)
		return false;
	for (i = 0; i < config->hop_count; i++) {
		const struct nst_route_hop *have = &route->hops[i].hop;
		const struct nst_route_hop *want = &config->hops[i];

		if ((want->link_index &&
		     want->link_index != have->link_index) ||
		    want->weight != have->weight ||
		    !nst_address_equal(&want->gateway, &have->gateway))
			return false;
	}
	return true;
}

static bool route_matches(const struct nst_route *route,
			  const struct nst_route_config *config)
{
	const struct nst_route_config *have = &route->config;

	if (config->type) {
		if (have->type != config->type)
			return false;
	} else if (nst_route_type_local(have->type)) {
		return false;
	}
	return have->family == config->family &&
	       have->prefix_len == config->prefix_len &&
	       nst_address_equal(&have->destination, &config->destination) &&
	       (!config->protocol || have->protocol == config->protocol) &&
	       (!config->scope || have->scope == config->scope) &&
	       (!config->tos || have->tos == config->tos) &&
	       (!config->metric || have->metric == config->metric) &&
	       (!config->metrics.mtu ||
		have->metrics.mtu == config->metrics.mtu) &&
	       (config->hop_count ? hops_match(route, config) :
		way_matches(route, config->link_index, &config->gateway)) &&
	       (nst_address_any(&config->prefsrc) ||
		nst_address_equal(&have->prefsrc, &config->prefsrc));
}

int nst_route_del(struct nst_stack *stack,
		  const struct nst_route_config *config,
		  struct netlink_ext_ack *extack)
{
	struct nst_route_prefix *prefix = prefix_of(stack, config);
	struct nst_route *route;

	lockdep_assert_held(&stack->config_mutex);

	/* In the order in which lookups try them. */
	if (prefix)
		hlist_for_each_entry(route, &prefix->routes, prefix_node)
			if (route_matches(route, config)) {
				route_remove(stack, route);
				return 0;
			}
	NL_SET_ERR_MSG(extack, "no such route");
	return -ESRCH;
}

struct nst_route *nst_route_next_rcu(struct nst_stack *stack,
				     struct nst_route *route)
{
	struct list_head *list = &stack->routes->list;
	struct list_head *next;

	next = route ? &route->list_node : list;
	next = rcu_dereference_check(list_next_rcu(next),
				     __nst_config_held(stack));
	return next == list ? NULL :
			      list_entry(next, struct nst_route, list_node);
}

static bool uses_link(const struct nst_route *route,
		      const struct nst_link *link)
{
	unsigned int i;

	if (route->link == link)
		return true;
	for (i = 0; i < route->config.hop_count; i++)
		if (route->hops[i].link == link)
			return true;
	return false;
}

/* Is a next hop left whose link is up? */
static bool has_way_left(const struct nst_route *route)
{
	unsigned int i;

	for (i = 0; i < route->config.hop_count; i++)
		if (READ_ONCE(route->hops[i].link->flags) & NST_LINK_UP)
			return true;
	return false;
}

void nst_route_flush(struct nst_stack *stack, const struct nst_link *link,
		     u8 family, const union nst_address *prefsrc)
{
	struct nst_route *route, *next;

	lockdep_assert_held(&stack->config_mutex);

	list_for_each_entry_safe(route, next, &stack->routes->list,
				 list_node) {
		if (route->config.type == RTN_LOCAL)
			continue;
		if (link && (!uses_link(route, link) || has_way_left(route)))
			continue;
		if (family && route->config.family != family)
			continue;
		if (prefsrc && !nst_address_equal(&route->config.prefsrc,
						  prefsrc))
			continue;
		route_remove(stack, route);
	}
}

/*
 * @link leaves: a route of several next hops loses those that go through it.
 * Return: the route without them, or NULL when there is none left, or no
 * memory.
 */
static struct nst_route *route_without(const struct nst_route *old,
				       const struct nst_link *link)
{
	unsigned int i, count = old->config.hop_count;
	struct nst_route *route;

	route = kzalloc(struct_size(route, hops, count), GFP_KERNEL_ACCOUNT);
	if (!route)
		return NULL;
	route->config = old->config;
	route->config.hop_count = 0;
	for (i = 0; i < count; i++) {
		if (old->hops[i].link == link)
			continue;
		route->hops[route->config.hop_count++] = old->hops[i];
		route->weights += old->hops[i].hop.weight;
		nst_link_get(old->hops[i].link);
	}
	if (!route->config.hop_count) {
		kfree(route);
		return NULL;
	}
	route->config.link_index = route->hops[0].hop.link_index;
	route->config.gateway = route->hops[0].hop.gateway;
	route->link = route->hops[0].link;
	nst_link_get(route->link);
	return route;
}

/* A link that leaves takes all of its routes along. */
static void drop_link(struct nst_stack *stack, const struct nst_link *link)
{
	struct nst_route *route, *next, *rest;

	list_for_each_entry_safe(route, next, &stack->routes->list,
				 list_node) {
		if (!uses_link(route, link))
			continue;
		rest = route_without(route, link);
		if (!rest) {
			route_remove(stack, route);
			continue;
		}
		nst_route_table_replace(route, rest);
		route_release(stack, route);
		nst_event_notify(stack, NST_EVENT_ROUTE_NEW, rest);
	}
}

/*
 * As on the host, switching a link off deletes the routes through it, while
 * a lost carrier only makes lookups pass them over. A link that leaves takes
 * all of its routes along, whatever becomes of its addresses.
 */
static void route_event(struct nst_stack *stack, enum nst_event event,
			void *object)
{
	struct nst_link *link = object;

	switch (event) {
	case NST_EVENT_LINK_DOWN:
	case NST_EVENT_LINK_CHANGE:
		if (READ_ONCE(link->flags) & NST_LINK_UP)
			break;
		nst_route_flush(stack, link, AF_UNSPEC, NULL);
		nst_path_mtu_forget(stack, AF_UNSPEC, NULL, link->index);
		break;
	case NST_EVENT_LINK_DEL:
		drop_link(stack, link);
		nst_path_mtu_forget(stack, AF_UNSPEC, NULL, link->index);
		break;
	case NST_EVENT_LINK_UP:
	case NST_EVENT_LINK_NEW:
	case NST_EVENT_ADDRESS_NEW:
	case NST_EVENT_ADDRESS_CHANGE:
	case NST_EVENT_ADDRESS_DEL:
		break;
	default:
		return;
	}
	nst_route_invalidate(stack);
}

int __init nst_route_listen(void)
{
	nst_trie_init();
	return nst_event_listen(route_event);
}

int nst_route_init(struct nst_stack *stack)
{
	struct nst_routes *routes;
	int err;

	BUILD_BUG_ON(offsetof(struct nst_routes, head));

	routes = kzalloc(sizeof(*routes), GFP_KERNEL_ACCOUNT);
	if (!routes)
		return -ENOMEM;
	err = nst_rule_init(&routes->rules);
	if (err) {
		kfree(routes);
		return err;
	}
	routes->hash_key.key[0] = siphash_1u64(ROUTE_HASH_DOMAIN,
					       &stack->secret);
	routes->hash_key.key[1] = siphash_1u64(ROUTE_HASH_DOMAIN + 1,
					       &stack->secret);
	INIT_LIST_HEAD(&routes->list);
	routes->local.id = RT_TABLE_LOCAL;
	routes->main.id = RT_TABLE_MAIN;
	/* Not 0: an empty path has generation 0. */
	routes->head.generation = 1;
	stack->routes = routes;
	return 0;
}

/* The stack is unpublished: no reader, no writer, nobody to notify. */
void nst_route_exit(struct nst_stack *stack)
{
	struct nst_routes *routes = stack->routes;
	struct nst_route *route, *next;

	list_for_each_entry_safe(route, next, &routes->list, list_node) {
		nst_route_table_remove(stack, route);
		put_links(route);
		call_rcu(&route->rcu, route_free_rcu);
	}
	nst_rule_exit(&routes->rules);
	stack->routes = NULL;
	kfree(routes);
}
