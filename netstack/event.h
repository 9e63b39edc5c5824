/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Announcements from a layer to whoever listens, so that a lower layer
 * never calls a higher one: the network layer hears of links, ARP of
 * addresses, the control plane of everything.
 */
#ifndef NST_EVENT_H
#define NST_EVENT_H

#include <linux/types.h>

struct nst_stack;

/**
 * enum nst_event - what happened, and the type of the object that it names
 * @NST_EVENT_LINK_NEW: struct nst_link, registered
 * @NST_EVENT_LINK_CHANGE: struct nst_link, MTU, name, address or flags
 * @NST_EVENT_LINK_UP: struct nst_link, became operational
 * @NST_EVENT_LINK_DOWN: struct nst_link, stopped being operational
 * @NST_EVENT_LINK_DEL: struct nst_link, leaving; listeners drop what they
 *	hold of it before they return
 * @NST_EVENT_IMPAIR_CHANGE: struct nst_impair, one direction of a link
 * @NST_EVENT_IMPAIR_DEL: struct nst_impair, without effect from here on
 * @NST_EVENT_ADDRESS_NEW: struct nst_local_address, in the table; usable
 *	unless its flags say that it is tentative
 * @NST_EVENT_ADDRESS_CHANGE: struct nst_local_address, flags
 * @NST_EVENT_ADDRESS_DEL: struct nst_local_address, gone from the table
 * @NST_EVENT_ROUTE_NEW: struct nst_route
 * @NST_EVENT_ROUTE_DEL: struct nst_route
 * @NST_EVENT_RULE_NEW: struct nst_rule
 * @NST_EVENT_RULE_DEL: struct nst_rule
 * @NST_EVENT_ROUTER_OPTION: struct nst_router_option
 * @NST_EVENT_GROUP_NEW: struct nst_group, taken on its link from now on
 * @NST_EVENT_GROUP_DEL: struct nst_group, taken no more
 * @NST_EVENT_NEIGHBOUR_CHANGE: struct nst_neighbour; may come in softirq
 * @NST_EVENT_NEIGHBOUR_DEL: struct nst_neighbour; may come in softirq
 *
 * All but the neighbour events come in process context under config_mutex.
 */
enum nst_event {
	NST_EVENT_LINK_NEW,
	NST_EVENT_LINK_CHANGE,
	NST_EVENT_LINK_UP,
	NST_EVENT_LINK_DOWN,
	NST_EVENT_LINK_DEL,
	NST_EVENT_IMPAIR_CHANGE,
	NST_EVENT_IMPAIR_DEL,
	NST_EVENT_ADDRESS_NEW,
	NST_EVENT_ADDRESS_CHANGE,
	NST_EVENT_ADDRESS_DEL,
	NST_EVENT_ROUTE_NEW,
	NST_EVENT_ROUTE_DEL,
	NST_EVENT_RULE_NEW,
	NST_EVENT_RULE_DEL,
	NST_EVENT_ROUTER_OPTION,
	NST_EVENT_GROUP_NEW,
	NST_EVENT_GROUP_DEL,
	NST_EVENT_NEIGHBOUR_CHANGE,
	NST_EVENT_NEIGHBOUR_DEL,
};

typedef void (*nst_event_listener_t)(struct nst_stack *stack,
				     enum nst_event event, void *object);

/**
 * nst_event_listen() - hear every event of every stack
 * @listener: called in the order of registration
 *
 * Only while the module is initialised; there is no way to stop listening.
 * Return: 0, or -ENOSPC when the fixed table is full (a programming error).
 */
int nst_event_listen(nst_event_listener_t listener);

void nst_event_notify(struct nst_stack *stack, enum nst_event event,
		      void *object);

#endif /* NST_EVENT_H */
