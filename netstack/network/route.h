/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Routes of a stack, both families: longest prefix first, then lowest
 * metric; and struct nst_path, the answer to 'how does a packet get there',
 * which sockets keep until the generation changes.
 */
#ifndef NST_ROUTE_H
#define NST_ROUTE_H

#include <linux/refcount.h>
#include <linux/rtnetlink.h>

#include "../stack.h"
#include "../link/link.h"

struct netlink_ext_ack;
struct nst_neighbour;
struct nst_route_prefix;

#define NST_ROUTE_WEIGHT_MAX	256

/**
 * struct nst_route_hop - one of several next hops
 * @link_index: outgoing link, 0 to derive it from @gateway
 * @weight: share of the flows, 1 to NST_ROUTE_WEIGHT_MAX
 * @gateway: next hop, zero when on-link
 */
struct nst_route_hop {
	u32 link_index;
	u32 weight;
	union nst_address gateway;
};

/**
 * struct nst_route_metrics - what a route says of the way; 0: nothing
 * @mtu: path MTU limit, bytes
 * @mtu_lock: nobody makes the path MTU less, and packets may be fragmented
 * @advmss: bound of the MSS that TCP announces, bytes
 * @initcwnd: congestion window of a new connection, segments
 * @initrwnd: bound of the window of a SYN, segments
 * @hop_limit: TTL or hop limit of packets that do not say one
 * @quickack: TCP delays no ACK
 */
struct nst_route_metrics {
	u32 mtu;
	u16 advmss;
	u16 initcwnd;
	u16 initrwnd;
	u8 hop_limit;
	bool mtu_lock;
	bool quickack;
};

/**
 * struct nst_route_config - a route to add or delete
 * @family: AF_INET or AF_INET6
 * @prefix_len: bits of @destination
 * @type: RTN_UNICAST, RTN_LOCAL, RTN_BROADCAST, RTN_BLACKHOLE,
 *	RTN_UNREACHABLE, RTN_PROHIBIT, RTN_THROW
 * @protocol: RTPROT_*: who added it
 * @scope: RT_SCOPE_*
 * @tos: type of service that it serves, 0 for all
 * @link_index: outgoing link, 0 to derive it from @gateway
 * @metric: lower wins among equal prefixes
 * @table: RT_TABLE_* or another number; 0: local for local and broadcast
 *	routes, main for the others
 * @metrics: of the way
 * @destination: prefix, host bits zero
 * @gateway: next hop, zero when on-link
 * @prefsrc: preferred source address, zero for none
 * @hop_count: several next hops in place of @link_index and @gateway, which
 *	are then those of the first; 0 for one
 * @hops: these; not read once the route is added
 */
struct nst_route_config {
	u8 family;
	u8 prefix_len;
	u8 type;
	u8 protocol;
	u8 scope;
	u8 tos;
	u32 link_index;
	u32 metric;
	u32 table;
	struct nst_route_metrics metrics;
	union nst_address destination;
	union nst_address gateway;
	union nst_address prefsrc;
	unsigned int hop_count;
	const struct nst_route_hop *hops;
};

/**
 * struct nst_route_nexthop - one of several next hops of a route
 * @link: outgoing link, referenced
 * @hop: what was configured; link_index is set
 */
struct nst_route_nexthop {
	struct nst_link *link;
	struct nst_route_hop hop;
};

/**
 * struct nst_route - one route; immutable after publication
 * @list_node: in the order of addition; RCU
 * @prefix_node: among those of its prefix, first to try first; RCU
 * @prefix: that prefix in its table
 * @config: what it says
 * @link: outgoing link, referenced; NULL for blackhole and its like. Of
 *	several next hops the first one's
 * @rcu: delays freeing
 * @weights: sum of the weights of @hops
 * @hops: config.hop_count next hops, none when there is but one
 */
struct nst_route {
	struct list_head list_node;
	struct hlist_node prefix_node;
	struct nst_route_prefix *prefix;
	struct nst_route_config config;
	struct nst_link *link;
	struct rcu_head rcu;
	u32 weights;
	struct nst_route_nexthop hops[];
};

/**
 * struct nst_route_key - what a lookup asks
 * @family: AF_INET or AF_INET6
 * @tos: type of service
 * @protocol: IPPROTO_*, or 0
 * @preferences: NST_SOURCE_* of an IPv6 source that is to be chosen
 * @sport: source port, or 0 when there is none yet
 * @dport: destination port
 * @link_index: link it must leave by (SO_BINDTODEVICE, scope id), or 0
 * @iif: link that it came by when it is forwarded, 0 for the stack's own
 * @mark: SO_MARK
 * @daddr: destination
 * @saddr: source that is given, or zero for 'choose'
 */
struct nst_route_key {
	u8 family;
	u8 tos;
	u8 protocol;
	u8 preferences;
	__be16 sport;
	__be16 dport;
	u32 link_index;
	u32 iif;
	u32 mark;
	union nst_address daddr;
	union nst_address saddr;
};

/**
 * struct nst_path - how packets reach a destination
 * @link: link to send by, referenced; lo when the destination is local
 * @neighbour: next hop, referenced; NULL on lo, for groups and broadcast
 * @daddr: destination
 * @saddr: source to use: the one asked for, or the one chosen
 * @mtu: largest network packet, bytes
 * @generation: route generation it was made in
 * @mark: mark it was made for
 * @advmss: as &struct nst_route_metrics, as the following
 * @initcwnd: congestion window of a new connection, segments, or 0
 * @initrwnd: bound of the window of a SYN, segments, or 0
 * @hop_limit: of packets that do not say one, or 0
 * @family: AF_INET or AF_INET6
 * @type: RTN_UNICAST, RTN_LOCAL, RTN_BROADCAST or RTN_MULTICAST
 * @gateway: the next hop is a router
 * @multipath: the flow chose among several next hops
 * @mtu_lock: nobody makes @mtu less, and packets may be fragmented
 * @quickack: TCP delays no ACK
 *
 * Owned by whoever asked; freed with nst_path_release(). All zero is a
 * valid empty path.
 */
struct nst_path {
	struct nst_link *link;
	struct nst_neighbour *neighbour;
	union nst_address daddr;
	union nst_address saddr;
	u32 mtu;
	u32 generation;
	u32 mark;
	u16 advmss;
	u16 initcwnd;
	u16 initrwnd;
	u8 hop_limit;
	u8 family;
	u8 type;
	bool gateway : 1;
	bool multipath : 1;
	bool mtu_lock : 1;
	bool quickack : 1;
};

/**
 * struct nst_routes_head - the part of a stack's routes that all may read
 * @generation: changes with every event that may invalidate a path: route,
 *	address, link or neighbour gone; READ_ONCE
 *
 * First member of struct nst_routes (route_table.h).
 */
struct nst_routes_head {
	u32 generation;
};

int nst_route_init(struct nst_stack *stack);
void nst_route_exit(struct nst_stack *stack);

/* Module initialisation: tables, and listening to link events. */
int nst_route_listen(void);

/**
 * enum nst_route_mode - what becomes of a route of the same table, prefix,
 *	tos and metric
 * @NST_ROUTE_ADD: there must be none
 * @NST_ROUTE_REPLACE: it is replaced, when there is one
 * @NST_ROUTE_CHANGE: it is replaced, and there must be one
 * @NST_ROUTE_APPEND: the new one is tried after it; it must differ in its
 *	type or way
 */
enum nst_route_mode {
	NST_ROUTE_ADD,
	NST_ROUTE_REPLACE,
	NST_ROUTE_CHANGE,
	NST_ROUTE_APPEND,
};

/**
 * nst_route_set() - add a route, or put it in place of another
 * @stack: stack
 * @config: route; checked for sense
 * @mode: in place of what
 * @extack: told why not
 *
 * RTPROT_KERNEL is for the routes that an address brings along: only these
 * may be local or broadcast routes, and they may stand beside a route of the
 * same prefix through another link. A scope of 0 is derived: host for local,
 * link for routes without a gateway.
 *
 * Context: process, config_mutex held.
 * Return: 0, -EEXIST, -ENOENT (NST_ROUTE_CHANGE), -EINVAL, -ENODEV,
 * -ENETDOWN, -ENETUNREACH (gateway is not on-link), -ENOBUFS (route_max or
 * route_nexthop_max) or -ENOMEM.
 */
int nst_route_set(struct nst_stack *stack,
		  const struct nst_route_config *config,
		  enum nst_route_mode mode, struct netlink_ext_ack *extack);

/* NST_ROUTE_ADD or NST_ROUTE_REPLACE. */
static inline int nst_route_add(struct nst_stack *stack,
				const struct nst_route_config *config,
				bool replace, struct netlink_ext_ack *extack)
{
	return nst_route_set(stack, config,
			     replace ? NST_ROUTE_REPLACE : NST_ROUTE_ADD,
			     extack);
}

/**
 * nst_route_del() - delete the first route that matches
 * @stack: stack
 * @config: table, family, prefix and prefix_len must match; of the other
 *	fields those that are not zero. Local and broadcast routes match only
 *	by their type; of several next hops one has to have link and gateway
 * @extack: told why not
 *
 * Context: process, config_mutex held.
 * Return: 0 or -ESRCH.
 */
int nst_route_del(struct nst_stack *stack,
		  const struct nst_route_config *config,
		  struct netlink_ext_ack *extack);

/* Walk all routes in the order of addition. Context: RCU or mutex. */
struct nst_route *nst_route_next_rcu(struct nst_stack *stack,
				     struct nst_route *route);

/**
 * nst_route_output() - find the path to a destination
 * @stack: stack
 * @key: question
 * @path: filled with references on success, untouched otherwise
 *
 * A source that is given must be local and usable unless ip_nonlocal_bind
 * is set, or the packet came by a link. 255.255.255.255 and groups need a
 * link: the key's, else that of the source, else that of the route which
 * covers them, else the first that is operational. What the stack has learned
 * of the path's MTU is for its own packets.
 *
 * Context: any; takes the RCU read lock.
 * Return: 0, -ENETUNREACH (no route, or a source that is not ours),
 * -EHOSTUNREACH, -EACCES (prohibit), -EINVAL (blackhole or impossible
 * source), -EADDRNOTAVAIL, -ENODEV or -ENOBUFS (neighbour table full).
 */
int nst_route_output(struct nst_stack *stack, const struct nst_route_key *key,
		     struct nst_path *path);

/**
 * nst_route_lookup_rcu() - the route that serves a destination
 * @stack: stack
 * @family: AF_INET or AF_INET6
 * @daddr: destination
 * @tos: type of service
 * @link_index: only routes through this link, or 0 for any
 *
 * Tables local and main are asked, whatever the rules are. The longest prefix
 * first, then a route for the very @tos, then the lowest metric. Routes
 * through links that are not operational and local routes of unusable
 * addresses do not count.
 *
 * Context: RCU.
 * Return: the route, or NULL.
 */
struct nst_route *nst_route_lookup_rcu(struct nst_stack *stack, u8 family,
				       const union nst_address *daddr, u8 tos,
				       u32 link_index);

/**
 * nst_route_broadcast_rcu() - is an address a directed broadcast on a link?
 * @link: link
 * @address: of IPv4
 *
 * Asks table local, where the broadcast routes of addresses are: what is in
 * other tables has a say on what is sent only.
 *
 * Context: RCU.
 */
bool nst_route_broadcast_rcu(struct nst_link *link,
			     const union nst_address *address);

/**
 * nst_route_flush() - delete the routes that something gone has left behind
 * @stack: stack
 * @link: routes through this link, or NULL for any
 * @family: of this family, or AF_UNSPEC for both
 * @prefsrc: that prefer this source, or NULL for any
 *
 * Local routes stay: their address takes them away.
 *
 * Context: process, config_mutex held.
 */
void nst_route_flush(struct nst_stack *stack, const struct nst_link *link,
		     u8 family, const union nst_address *prefsrc);

/* Drop what a path holds and empty it. */
void nst_path_release(struct nst_path *path);

/* Make every cached path stale. Context: any. */
void nst_route_invalidate(struct nst_stack *stack);

static inline bool nst_path_valid(const struct nst_stack *stack,
				  const struct nst_path *path)
{
	const struct nst_routes_head *head =
		(const struct nst_routes_head *)stack->routes;

	return path->link && path->generation == READ_ONCE(head->generation);
}

/**
 * nst_route_group_link() - the link that a group is joined on by default
 * @stack: stack
 * @family: AF_INET or AF_INET6
 * @group: the group
 *
 * That of the route which covers it, else the first that is operational.
 *
 * Context: any.
 * Return: its number, or 0.
 */
u32 nst_route_group_link(struct nst_stack *stack, u8 family,
			 const union nst_address *group);

/**
 * nst_route_input_type() - is a destination ours on this link, and how?
 * @link: arrival link
 * @family: AF_INET or AF_INET6
 * @daddr: destination of the packet
 *
 * Strong host model: a unicast address counts on its own link only.
 *
 * Context: RCU.
 * Return: RTN_LOCAL, RTN_BROADCAST, RTN_MULTICAST, or RTN_UNREACHABLE.
 */
u8 nst_route_input_type(struct nst_link *link, u8 family,
			const union nst_address *daddr);

#endif /* NST_ROUTE_H */
