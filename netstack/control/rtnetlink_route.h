/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What dumps of routes (rtnetlink_routes.c) and the look-up of one
 * (rtnetlink_lookup.c) share.
 */
#ifndef NST_RTNETLINK_ROUTE_H
#define NST_RTNETLINK_ROUTE_H

#include "../network/route.h"

struct nst_path_mtu;
struct nst_rtnl_request;

extern const struct nla_policy nst_rtnl_route_policy[RTA_MAX + 1];

/* An address unless it is zero. Return: 0 or -EMSGSIZE, as the following. */
int nst_rtnl_put_route_address(struct sk_buff *skb, int attr, u8 family,
			       const union nst_address *address);

/* RTA_METRICS, when there are any. */
int nst_rtnl_put_metrics(struct sk_buff *skb,
			 const struct nst_route_metrics *metrics);

/* RTA_CACHEINFO; @left: jiffies until it is forgotten, or 0 */
int nst_rtnl_put_cacheinfo(struct sk_buff *skb, unsigned long left);

/* Jiffies until a path MTU is forgotten. */
unsigned long nst_rtnl_path_mtu_left(const struct nst_path_mtu *learned);

/* RTM_GETROUTE without NLM_F_DUMP: where a packet would go. RCU. */
int nst_rtnl_route_lookup(const struct nst_rtnl_request *request);

#endif /* NST_RTNETLINK_ROUTE_H */
