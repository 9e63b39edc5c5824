// SPDX-License-Identifier: GPL-2.0
/*
 * What rtnetlink(7) tells of changes: the groups, and who is told what.
 */
#include "../event.h"
#include "../network/address.h"
#include "../network/neighbour.h"
#include "../network/rule.h"
#include "control.h"
#include "rtnetlink.h"

/**
 * struct telling - how an event is told
 * @fill: writes its message; NULL: it is not told
 * @type: RTM_*
 * @group: RTNLGRP_* of IPv4 and IPv6
 * @family: of the object; NULL when both groups are one
 */
struct telling {
	nst_rtnl_fill_t fill;
	u16 type;
	u16 group[2];
	u8 (*family)(const void *object);
};

static u8 address_family(const void *object)
{
	return ((const struct nst_local_address *)object)->family;
}

static u8 route_family(const void *object)
{
	return ((const struct nst_route *)object)->config.family;
}

static u8 rule_family(const void *object)
{
	return ((const struct nst_rule *)object)->config.family;
}

#define LINK(message) \
	{ nst_rtnl_fill_link, message, { RTNLGRP_LINK, RTNLGRP_LINK }, NULL }
#define ADDRESS(message)						\
	{ nst_rtnl_fill_address, message,				\
	  { RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR }, address_family }
#define ROUTE(message)							\
	{ nst_rtnl_fill_route, message,					\
	  { RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE }, route_family }
#define RULE(message)							\
	{ nst_rtnl_fill_rule, message,					\
	  { RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE }, rule_family }
#define NEIGHBOUR(message)						\
	{ nst_rtnl_fill_neighbour, message,				\
	  { RTNLGRP_NEIGH, RTNLGRP_NEIGH }, NULL }

static const struct telling tellings[] = {
	[NST_EVENT_LINK_NEW] = LINK(RTM_NEWLINK),
	[NST_EVENT_LINK_CHANGE] = LINK(RTM_NEWLINK),
	[NST_EVENT_LINK_UP] = LINK(RTM_NEWLINK),
	[NST_EVENT_LINK_DOWN] = LINK(RTM_NEWLINK),
	[NST_EVENT_LINK_DEL] = LINK(RTM_DELLINK),
	[NST_EVENT_ADDRESS_NEW] = ADDRESS(RTM_NEWADDR),
	[NST_EVENT_ADDRESS_CHANGE] = ADDRESS(RTM_NEWADDR),
	[NST_EVENT_ADDRESS_DEL] = ADDRESS(RTM_DELADDR),
	[NST_EVENT_ROUTE_NEW] = ROUTE(RTM_NEWROUTE),
	[NST_EVENT_ROUTE_DEL] = ROUTE(RTM_DELROUTE),
	[NST_EVENT_RULE_NEW] = RULE(RTM_NEWRULE),
	[NST_EVENT_RULE_DEL] = RULE(RTM_DELRULE),
	[NST_EVENT_NEIGHBOUR_CHANGE] = NEIGHBOUR(RTM_NEWNEIGH),
	[NST_EVENT_NEIGHBOUR_DEL] = NEIGHBOUR(RTM_DELNEIGH),
};

static void tell(struct nst_stack *stack, enum nst_event event, void *object)
{
	const struct telling *telling = &tellings[event];
	u8 family = AF_INET;

	if (event >= ARRAY_SIZE(tellings) || !telling->fill)
		return;
	if (telling->family)
		family = telling->family(object);
	nst_rtnl_group_send(stack, telling->group[family == AF_INET6],
			    telling->type, telling->fill, object);
}

int nst_rtnl_listen(void)
{
	return nst_event_listen(tell);
}
