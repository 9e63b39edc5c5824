// SPDX-License-Identifier: GPL-2.0
/*
 * From a question to a path: nst_route_output() chooses link, next hop and
 * source address of what the stack sends, nst_route_input_type() says
 * whether a destination is the stack's own. The host model is the strong one
 * (RFC 1122 3.3.4.2): a packet is taken on the link that has the address,
 * and leaves by the link of its source when that link has a route.
 */
#include <linux/err.h>

#include "address.h"
#include "ipv6.h"
#include "neighbour.h"
#include "path_mtu.h"
#include "route_table.h"
#include "source.h"

/**
 * struct choice - a path in the making; nothing in it is referenced
 * @link: outgoing link
 * @route: route that was found, or NULL
 * @gateway: its gateway for this flow, zero when on-link
 * @source_link: link of the source that was given, or NULL
 * @daddr: destination
 * @saddr: source, zero while not chosen
 * @scope: widest scope of a source that may be chosen
 * @type: RTN_* of the path
 */
struct choice {
	struct nst_link *link;
	const struct nst_route *route;
	union nst_address gateway;
	struct nst_link *source_link;
	union nst_address daddr;
	union nst_address saddr;
	u8 scope;
	u8 type;
};

static bool is_limited_broadcast(u8 family, const union nst_address *address)
{
	return family == AF_INET && ipv4_is_lbcast(address->v4);
}

static bool is_loopback(u8 family, const union nst_address *address)
{
	return family == AF_INET6 ? nst_ipv6_is_loopback(&address->v6) :
				    ipv4_is_loopback(address->v4);
}

/* Does the address mean something on one link only (RFC 4007 6)? */
static bool is_scoped(u8 family, const union nst_address *address)
{
	return family == AF_INET6 && nst_ipv6_is_link_local(&address->v6);
}

static bool on_loopback(const struct nst_link *link)
{
	return READ_ONCE(link->flags) & NST_LINK_LOOPBACK;
}

static struct nst_link *loopback_rcu(struct nst_stack *stack)
{
	return nst_link_by_index_rcu(stack, NST_LOOPBACK_INDEX);
}

static bool is_forwarded(const struct nst_route_key *key)
{
	return key->iif && key->iif != NST_LOOPBACK_INDEX;
}

/* The source that the caller insists on. */
static int check_source(struct nst_stack *stack,
			const struct nst_route_key *key,
			const struct nst_link *bound, struct choice *choice)
{
	const struct nst_local_address *local = NULL;

	if (nst_address_any(&key->saddr))
		return 0;
	/* RFC 1122 3.2.1.3: these are never the source of a packet. */
	if (nst_address_multicast(key->family, &key->saddr) ||
	    is_limited_broadcast(key->family, &key->saddr) ||
	    (key->family == AF_INET && nst_ipv4_this_network(key->saddr.v4)))
		return -EINVAL;

	choice->saddr = key->saddr;
	/* A packet of others keeps its source, whose link is not ours. */
	if (is_forwarded(key))
		return 0;
	if (bound && is_scoped(key->family, &key->saddr))
		local = nst_address_find_rcu(stack, bound, key->family,
					     &key->saddr);
	if (!local)
		local = nst_address_find_rcu(stack, NULL, key->family,
					     &key->saddr);
	if (local && nst_address_usable(stack, key->family, &key->saddr)) {
		choice->source_link = local->link;
		return 0;
	}
	return READ_ONCE(stack->config.ip_nonlocal_bind) ? 0 : -ENETUNREACH;
}

/* A destination of 0.0.0.0 or :: means this host, as AF_INET has it. */
static void choose_destination(const struct nst_route_key *key,
			       struct choice *choice)
{
	choice->daddr = key->daddr;
	if (!nst_address_any(&key->daddr))
		return;
	choice->daddr = key->saddr;
	if (!nst_address_any(&key->saddr))
		return;
	if (key->family == AF_INET6)
		choice->daddr.v6 = (struct in6_addr)IN6ADDR_LOOPBACK_INIT;
	else
		choice->daddr = nst_address_v4(htonl(INADDR_LOOPBACK));
}

static int bound_link(struct nst_stack *stack,
		      const struct nst_route_key *key, struct nst_link **link)
{
	*link = NULL;
	if (!key->link_index)
		return 0;
	*link = nst_link_by_index_rcu(stack, key->link_index);
	if (!*link)	/* the host tells them apart */
		return key->family == AF_INET ? -ENODEV : -ENETUNREACH;
	return nst_link_operational(*link) ? 0 : -ENETUNREACH;
}

/* What a route that refuses packets tells, as the host does; else 0. */
static int refusal(const struct nst_route *route)
{
	switch (route->config.type) {
	case RTN_BLACKHOLE:
		return -EINVAL;
	case RTN_UNREACHABLE:
		return -EHOSTUNREACH;
	case RTN_PROHIBIT:
		return -EACCES;
	}
	return 0;
}

/*
 * The route to the destination, through @link_index only unless that is 0,
 * with the next hop of this flow; or an errno, and @choice as it was.
 */
static __always_inline int find_route(struct nst_stack *stack,
				      const struct nst_route_key *key,
				      u32 link_index, struct choice *choice)
{
	const struct nst_route_nexthop *nexthop;
	struct nst_route *route;
	int err;

	err = nst_rule_lookup_rcu(stack, key, &choice->daddr, link_index,
				  &route);
	if (err)
		return err;
	choice->route = route;
	choice->link = route->link;
	choice->gateway = route->config.gateway;
	if (likely(!route->config.hop_count))
		return 0;
	nexthop = nst_route_hop_choose(stack, route, key, &choice->daddr,
				       &choice->saddr, link_index);
	choice->link = nexthop->link;
	choice->gateway = nexthop->hop.gateway;
	return 0;
}

static struct nst_link *first_operational_rcu(struct nst_stack *stack)
{
	struct nst_link *link = NULL;

	while ((link = nst_link_next_rcu(stack, link)))
		if (!on_loopback(link) && nst_link_operational(link))
			return link;
	return NULL;
}

/*
 * Groups and the limited broadcast have no place in the network: the link
 * is that which the caller names, by itself or by its source, then that of
 * the route which covers the group, often the default route.
 */
static int choose_group(struct nst_stack *stack,
			const struct nst_route_key *key,
			struct nst_link *bound, struct choice *choice)
{
	bool broadcast = is_limited_broadcast(key->family, &choice->daddr);
	int err;

	choice->type = broadcast ? RTN_BROADCAST : RTN_MULTICAST;
	choice->scope = RT_SCOPE_UNIVERSE;
	if (broadcast || (key->family == AF_INET &&
			  ipv4_is_local_multicast(choice->daddr.v4)))
		choice->scope = RT_SCOPE_LINK;
	/* Interface-local: it does not leave (RFC 4291 2.7). */
	if (key->family == AF_INET6 &&
	    nst_ipv6_group_scope(&choice->daddr.v6) ==
	    NST_IPV6_SCOPE_INTERFACE) {
		choice->link = bound ?: loopback_rcu(stack);
		return choice->link ? 0 : -ENETUNREACH;
	}

	choice->link = bound ?: choice->source_link;
	if (choice->link)
		return nst_link_operational(choice->link) ? 0 : -ENETUNREACH;

	err = find_route(stack, key, 0, choice);
	if (!err)
		return refusal(choice->route);
	if (err != -ENETUNREACH)
		return err;
	choice->link = first_operational_rcu(stack);
	return choice->link ? 0 : -ENETUNREACH;
}

u32 nst_route_group_link(struct nst_stack *stack, u8 family,
			 const union nst_address *group)
{
	const struct nst_route_key key = {
		.family = family,
		.daddr = *group,
	};
	struct choice choice = { .daddr = *group };
	u32 index = 0;

	rcu_read_lock();
	if (!choose_group(stack, &key, NULL, &choice))
		index = choice.link->index;
	rcu_read_unlock();
	return index;
}

static int choose_local(struct nst_stack *stack, struct choice *choice)
{
	choice->link = loopback_rcu(stack);
	if (!choice->link || !nst_link_operational(choice->link))
		return -ENETUNREACH;
	choice->type = RTN_LOCAL;
	choice->scope = RT_SCOPE_HOST;
	return 0;
}

/*
 * The link of the source, when packets have to leave by it: that of the source
 * which was given, or of the one that a route of several next hops prefers.
 */
static struct nst_link *wanted_link(struct nst_stack *stack,
				    const struct nst_route_key *key,
				    const struct choice *choice)
{
	const struct nst_route *route = choice->route;
	const struct nst_local_address *local;
	struct nst_link *link = choice->source_link;

	if (unlikely(route->config.hop_count) &&
	    nst_address_any(&choice->saddr) &&
	    !nst_address_any(&route->config.prefsrc)) {
		local = nst_address_find_rcu(stack, NULL, key->family,
					     &route->config.prefsrc);
		if (local)
			link = local->link;
	}
	return link && !on_loopback(link) ? link : NULL;
}

static __always_inline int choose_unicast(struct nst_stack *stack,
					  const struct nst_route_key *key,
					  struct nst_link *bound,
					  struct choice *choice)
{
	struct nst_link *wanted;
	int err;

	if (bound && on_loopback(bound) &&
	    nst_address_usable(stack, key->family, &choice->daddr))
		return choose_local(stack, choice);

	/* Without a link, that of the source: the same network or none. */
	if (!bound && is_scoped(key->family, &choice->daddr) &&
	    is_scoped(key->family, &choice->saddr) && choice->source_link)
		bound = choice->source_link;
	err = find_route(stack, key, bound ? bound->index : 0, choice);
	if (err == -ENETUNREACH && bound && key->family == AF_INET) {
		/* Whoever names the link knows that the peer is there. */
		choice->link = bound;
		choice->type = RTN_UNICAST;
		choice->scope = RT_SCOPE_LINK;
		return 0;
	}
	if (!err)
		err = refusal(choice->route);
	if (err)
		return err;

	wanted = bound ? NULL : wanted_link(stack, key, choice);
	if (choice->route->config.type == RTN_UNICAST && wanted &&
	    wanted != choice->link) {
		struct choice own = *choice;

		if (!find_route(stack, key, wanted->index, &own) &&
		    own.link == wanted)
			*choice = own;
	}

	if (choice->route->config.type == RTN_LOCAL)
		return choose_local(stack, choice);
	choice->type = choice->route->config.type;
	choice->scope = choice->route->config.scope;
	return 0;
}

static int choose_source(struct nst_stack *stack,
			 const struct nst_route_key *key,
			 struct choice *choice)
{
	const struct nst_route *route = choice->route;
	const union nst_address *near = &choice->daddr;
	/* What stays on this host may come from an address of this host. */
	u8 scope = on_loopback(choice->link) ? RT_SCOPE_HOST : choice->scope;

	if (!nst_address_any(&choice->saddr))
		return 0;
	if (route && !nst_address_any(&route->config.prefsrc) &&
	    nst_address_usable(stack, key->family, &route->config.prefsrc)) {
		choice->saddr = route->config.prefsrc;
		return 0;
	}
	if (choice->type == RTN_LOCAL) {
		choice->saddr = choice->daddr;
		return 0;
	}
	if (key->family == AF_INET6)
		return nst_source_select_rcu(choice->link, &choice->daddr,
					     key->preferences, &choice->saddr);
	if (choice->type == RTN_UNICAST &&
	    !nst_address_any(&choice->gateway))
		near = &choice->gateway;
	if (!nst_address_source_rcu(choice->link, key->family, near,
				    scope, &choice->saddr))
		return 0;
	/* RFC 1122 3.2.1.3 (a): a host may ask for its address from 0.0.0.0. */
	if (is_limited_broadcast(key->family, &choice->daddr))
		return 0;
	return -EADDRNOTAVAIL;
}

/* RFC 1122 3.2.1.3 (a) and (g): what never leaves the host. */
static int check_wire(u8 family, const struct choice *choice)
{
	if (on_loopback(choice->link))
		return 0;
	if (is_loopback(family, &choice->saddr))
		return -EINVAL;
	if (is_loopback(family, &choice->daddr))
		return -ENETUNREACH;
	if (family == AF_INET && nst_ipv4_this_network(choice->daddr.v4))
		return -EINVAL;
	return 0;
}

static void fill_metrics(const struct nst_route_metrics *metrics,
			 struct nst_path *path)
{
	if (metrics->mtu)
		path->mtu = min(path->mtu, metrics->mtu);
	/* RFC 8200 5: every link takes as much. */
	if (path->family == AF_INET6)
		path->mtu = max_t(u32, path->mtu, NST_IPV6_MTU_MIN);
	path->mtu_lock = metrics->mtu_lock;
	path->advmss = metrics->advmss;
	path->initcwnd = metrics->initcwnd;
	path->initrwnd = metrics->initrwnd;
	if (metrics->hop_limit)
		path->hop_limit = metrics->hop_limit;
	path->quickack = metrics->quickack;
}

/* What a router said of the link. */
static void fill_advertised(const struct nst_link *link, struct nst_path *path)
{
	u32 mtu = READ_ONCE(link->ipv6.mtu);

	if (mtu)
		path->mtu = min(path->mtu, mtu);
	path->hop_limit = READ_ONCE(link->ipv6.hop_limit);
}

/* @path is filled, or as it was. */
static int fill_path(const struct nst_route_key *key,
		     const struct choice *choice, struct nst_path *path)
{
	const struct nst_route *route = choice->route;
	const union nst_address *next_hop = &choice->daddr;
	struct nst_neighbour *neighbour = NULL;
	struct nst_link *link = choice->link;
	bool gateway = false;

	if (key->family == AF_INET6 && !nst_ipv6_link(link))
		return -ENETUNREACH;
	if (choice->type == RTN_UNICAST && route &&
	    !nst_address_any(&choice->gateway)) {
		next_hop = &choice->gateway;
		gateway = true;
	}
	if (choice->type == RTN_UNICAST && !on_loopback(link)) {
		neighbour = nst_neighbour_lookup(link, key->family, next_hop,
						 true);
		if (IS_ERR(neighbour))
			return PTR_ERR(neighbour) == -ENETDOWN ?
			       -ENETUNREACH : PTR_ERR(neighbour);
	}

	memset(path, 0, sizeof(*path));
	path->family = key->family;
	path->mtu = READ_ONCE(link->mtu);
	if (key->family == AF_INET6)
		fill_advertised(link, path);
	if (choice->type == RTN_UNICAST && route) {
		fill_metrics(&route->config.metrics, path);
		path->multipath = route->config.hop_count > 1;
	}
	path->gateway = gateway;
	path->neighbour = neighbour;
	nst_link_get(link);
	path->link = link;
	path->daddr = choice->daddr;
	path->saddr = choice->saddr;
	path->mark = key->mark;
	path->type = choice->type;
	/* Of others' packets the next router tells their senders. */
	if (choice->type == RTN_UNICAST && !is_forwarded(key))
		nst_path_mtu_apply_rcu(link->stack, next_hop, path);
	return 0;
}

static int output_rcu(struct nst_stack *stack, const struct nst_route_key *key,
		      struct nst_path *path)
{
	struct choice choice __uninitialized;
	struct nst_link *bound;
	int err;

	choice.route = NULL;
	choice.source_link = NULL;
	choice.gateway = (union nst_address) { };
	choice.saddr = (union nst_address) { };

	err = bound_link(stack, key, &bound);
	if (!err)
		err = check_source(stack, key, bound, &choice);
	if (err)
		return err;

	choose_destination(key, &choice);
	if (nst_address_multicast(key->family, &choice.daddr) ||
	    is_limited_broadcast(key->family, &choice.daddr))
		err = choose_group(stack, key, bound, &choice);
	else
		err = choose_unicast(stack, key, bound, &choice);
	if (!err)
		err = choose_source(stack, key, &choice);
	if (!err)
		err = check_wire(key->family, &choice);
	if (!err)
		err = fill_path(key, &choice, path);
	return err;
}

int nst_route_output(struct nst_stack *stack, const struct nst_route_key *key,
		     struct nst_path *path)
{
	struct nst_routes_head *head;
	u32 generation;
	int err;

	head = (struct nst_routes_head *)stack->routes;

	rcu_read_lock();
	/*
	 * Read before the tables: a change while we look leaves the path
	 * stale, never falsely fresh.
	 */
	generation = smp_load_acquire(&head->generation);
	err = output_rcu(stack, key, path);
	rcu_read_unlock();
	if (likely(!err))
		path->generation = generation;
	return err;
}

void nst_path_release(struct nst_path *path)
{
	if (path->neighbour)
		nst_neighbour_put(path->neighbour);
	if (path->link)
		nst_link_put(path->link);
	memset(path, 0, sizeof(*path));
}

u8 nst_route_input_type(struct nst_link *link, u8 family,
			const union nst_address *daddr)
{
	struct nst_stack *stack = link->stack;
	const struct nst_local_address *local;

	local = nst_address_find_rcu(stack, link, family, daddr);
	if (local && nst_local_address_usable(local))
		return RTN_LOCAL;
	if (is_limited_broadcast(family, daddr))
		return RTN_BROADCAST;
	if (nst_address_multicast(family, daddr))
		return RTN_MULTICAST;
	/* What the stack sends to an address of its own arrives on lo. */
	if (on_loopback(link) && nst_address_usable(stack, family, daddr))
		return RTN_LOCAL;
	return family == AF_INET && nst_route_broadcast_rcu(link, daddr) ?
	       RTN_BROADCAST : RTN_UNREACHABLE;
}
