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
#include "route_table.h"

static struct nst_route *route_lookup(struct nst_stack *stack, u8 family,
				      const union nst_address *daddr, u8 tos,
				      u32 link_index, bool link_down)
{
	struct nst_route *route;

	route = nst_route_table_lookup(stack, &stack->routes->local, family,
				       daddr, tos, link_index, link_down);
	if (route)
		return route;
	return nst_route_table_lookup(stack, &stack->routes->main, family,
				      daddr, tos, link_index, link_down);
}

struct nst_route *nst_route_lookup_rcu(struct nst_stack *stack, u8 family,
				       const union nst_address *daddr, u8 tos,
				       u32 link_index)
{
	return route_lookup(stack, family, daddr, tos & IPTOS_TOS_MASK,
			    link_index, false);
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
		if (!config->link_index && nst_address_any(&config->gateway))
			break;
		NL_SET_ERR_MSG(extack,
			       "a route that refuses packets takes neither link nor gateway");
		return -EINVAL;
	default:
		NL_SET_ERR_MSG(extack,
			       "route type is not unicast, blackhole, unreachable or prohibit");
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
	struct nst_route *route;

	route = route_lookup(stack, config->family, &config->gateway, 0,
			     config->link_index, true);
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
	/* RFC 1122 3.2.1.3 (g): 127.0.0.0/8 never leaves the host. */
	if (config->family == AF_INET && config->prefix_len >= 8 &&
	    ipv4_is_loopback(config->destination.v4) &&
	    !((*link)->flags & NST_LINK_LOOPBACK)) {
		NL_SET_ERR_MSG(extack, "127.0.0.0/8 is reachable on lo only");
		return -EINVAL;
	}
	return 0;
}

static int check_rest(struct nst_stack *stack,
		      const struct nst_route_config *config,
		      struct netlink_ext_ack *extack)
{
	if (config->mtu && config->mtu < NST_LINK_MTU_MIN) {
		NL_SET_ERR_MSG(extack, "mtu of a route is at least 68 bytes");
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
	return nst_route_prefix_find(nst_route_table_of(stack->routes, config),
				     config);
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

static void route_free_rcu(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct nst_route, rcu));
}

/* After the route is out of the table. */
static void route_release(struct nst_stack *stack, struct nst_route *route)
{
	nst_route_invalidate(stack);
	nst_event_notify(stack, NST_EVENT_ROUTE_DEL, route);
	if (route->link)
		nst_link_put(route->link);
	call_rcu(&route->rcu, route_free_rcu);
}

static void route_remove(struct nst_stack *stack, struct nst_route *route)
{
	nst_route_table_remove(stack, route);
	route_release(stack, route);
}

int nst_route_add(struct nst_stack *stack,
		  const struct nst_route_config *config, bool replace,
		  struct netlink_ext_ack *extack)
{
	struct nst_route *route, *old;
	struct nst_link *link;
	int err;

	lockdep_assert_held(&stack->config_mutex);

	err = check_destination(config, extack);
	if (!err)
		err = check_type(config, extack);
	if (!err)
		err = check_next_hop(stack, config, &link, extack);
	if (!err)
		err = check_rest(stack, config, extack);
	if (err)
		return err;

	old = route_same(stack, config);
	if (old && !replace) {
		NL_SET_ERR_MSG(extack,
			       "a route of this prefix, tos and metric exists: replace it or choose another metric");
		return -EEXIST;
	}
	if (!old && stack->routes->count >=
	    READ_ONCE(stack->config.route_max)) {
		NL_SET_ERR_MSG(extack,
			       "routing table is full: delete routes or raise net.netstack.route_max");
		return -ENOBUFS;
	}

	route = kzalloc(sizeof(*route), GFP_KERNEL_ACCOUNT);
	if (!route)
		return -ENOMEM;
	route->config = *config;
	route->link = link;
	if (link) {
		nst_link_get(link);
		route->config.link_index = link->index;
	}
	if (!route->config.scope) {
		if (config->type == RTN_LOCAL)
			route->config.scope = RT_SCOPE_HOST;
		else if (link && nst_address_any(&config->gateway))
			route->config.scope = RT_SCOPE_LINK;
	}

	if (old) {
		nst_route_table_replace(old, route);
		route_release(stack, old);
	} else {
		err = nst_route_table_insert(stack, route);
		if (err) {
			if (link)
				nst_link_put(link);
			kfree(route);
			return err;
		}
	}
	nst_route_invalidate(stack);
	nst_event_notify(stack, NST_EVENT_ROUTE_NEW, route);
	return 0;
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
	       (!config->link_index ||
		have->link_index == config->link_index) &&
	       (!config->metric || have->metric == config->metric) &&
	       (!config->mtu || have->mtu == config->mtu) &&
	       (nst_address_any(&config->gateway) ||
		nst_address_equal(&have->gateway, &config->gateway)) &&
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

void nst_route_flush(struct nst_stack *stack, const struct nst_link *link,
		     u8 family, const union nst_address *prefsrc)
{
	struct nst_route *route, *next;

	lockdep_assert_held(&stack->config_mutex);

	list_for_each_entry_safe(route, next, &stack->routes->list,
				 list_node) {
		if (route->config.type == RTN_LOCAL)
			continue;
		if (link && route->link != link)
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
 * As on the host, switching a link off deletes the routes through it, while
 * a lost carrier only makes lookups pass them over. A link that leaves takes
 * all of its routes along, whatever becomes of its addresses.
 */
static void route_event(struct nst_stack *stack, enum nst_event event,
			void *object)
{
	struct nst_route *route, *next;
	struct nst_link *link = object;

	switch (event) {
	case NST_EVENT_LINK_DOWN:
	case NST_EVENT_LINK_CHANGE:
		if (!(READ_ONCE(link->flags) & NST_LINK_UP))
			nst_route_flush(stack, link, AF_UNSPEC, NULL);
		break;
	case NST_EVENT_LINK_DEL:
		list_for_each_entry_safe(route, next, &stack->routes->list,
					 list_node)
			if (route->link == link)
				route_remove(stack, route);
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

int nst_route_listen(void)
{
	nst_trie_init();
	return nst_event_listen(route_event);
}

int nst_route_init(struct nst_stack *stack)
{
	struct nst_routes *routes;

	BUILD_BUG_ON(offsetof(struct nst_routes, head));

	routes = kzalloc(sizeof(*routes), GFP_KERNEL_ACCOUNT);
	if (!routes)
		return -ENOMEM;
	INIT_LIST_HEAD(&routes->list);
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
		hlist_del(&route->prefix_node);
		if (hlist_empty(&route->prefix->routes))
			kfree_rcu(route->prefix, rcu);
		if (route->link)
			nst_link_put(route->link);
		call_rcu(&route->rcu, route_free_rcu);
	}
	nst_route_table_destroy(&routes->local);
	nst_route_table_destroy(&routes->main);
	stack->routes = NULL;
	kfree(routes);
}
