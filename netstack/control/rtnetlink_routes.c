// SPDX-License-Identifier: GPL-2.0
/*
 * Routes as rtnetlink(7) has them: RTM_GETROUTE with NLM_F_DUMP. Path MTUs that
 * were learned are routes to single destinations there, with RTM_F_CLONED.
 */
#include "../network/path_mtu.h"
#include "../network/route_table.h"
#include "rtnetlink.h"
#include "rtnetlink_route.h"

const struct nla_policy nst_rtnl_route_policy[RTA_MAX + 1] = {
	[RTA_DST] = { .type = NLA_BINARY, .len = sizeof(struct in6_addr) },
	[RTA_SRC] = { .type = NLA_BINARY, .len = sizeof(struct in6_addr) },
	[RTA_IIF] = { .type = NLA_U32 },
	[RTA_OIF] = { .type = NLA_U32 },
	[RTA_TABLE] = { .type = NLA_U32 },
	[RTA_MARK] = { .type = NLA_U32 },
	[RTA_UID] = { .type = NLA_U32 },
	[RTA_IP_PROTO] = { .type = NLA_U8 },
	[RTA_SPORT] = { .type = NLA_U16 },
	[RTA_DPORT] = { .type = NLA_U16 },
};

int nst_rtnl_put_route_address(struct sk_buff *skb, int attr, u8 family,
			       const union nst_address *address)
{
	if (nst_address_any(address))
		return 0;
	return nla_put(skb, attr, nst_address_bytes(family), address);
}

static int put_metric(struct sk_buff *skb, int attr, u32 value)
{
	return value ? nla_put_u32(skb, attr, value) : 0;
}

int nst_rtnl_put_metrics(struct sk_buff *skb,
			 const struct nst_route_metrics *metrics)
{
	struct nlattr *nest;

	if (!memchr_inv(metrics, 0, sizeof(*metrics)))
		return 0;
	nest = nla_nest_start_noflag(skb, RTA_METRICS);
	if (!nest ||
	    put_metric(skb, RTAX_LOCK, metrics->mtu_lock << RTAX_MTU) ||
	    put_metric(skb, RTAX_MTU, metrics->mtu) ||
	    put_metric(skb, RTAX_ADVMSS, metrics->advmss) ||
	    put_metric(skb, RTAX_HOPLIMIT, metrics->hop_limit) ||
	    put_metric(skb, RTAX_INITCWND, metrics->initcwnd) ||
	    put_metric(skb, RTAX_INITRWND, metrics->initrwnd) ||
	    put_metric(skb, RTAX_QUICKACK, metrics->quickack))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int nst_rtnl_put_cacheinfo(struct sk_buff *skb, unsigned long left)
{
	const struct rta_cacheinfo info = {
		.rta_expires = jiffies_to_clock_t(left),
	};

	return nla_put(skb, RTA_CACHEINFO, sizeof(info), &info);
}

/* RTNH_F_* of a next hop: routes of links that are off go with them there. */
static u8 hop_flags(const struct nst_link *link)
{
	if (nst_link_operational(link))
		return 0;
	return READ_ONCE(link->flags) & NST_LINK_UP ?
		RTNH_F_LINKDOWN : RTNH_F_DEAD | RTNH_F_LINKDOWN;
}

static int put_hop(struct sk_buff *skb, u8 family,
		   const struct nst_route_nexthop *nexthop)
{
	struct rtnexthop *hop;

	hop = nla_reserve_nohdr(skb, sizeof(*hop));
	if (!hop || nst_rtnl_put_route_address(skb, RTA_GATEWAY, family,
					       &nexthop->hop.gateway))
		return -EMSGSIZE;
	*hop = (struct rtnexthop) {
		.rtnh_len = skb_tail_pointer(skb) - (u8 *)hop,
		.rtnh_flags = hop_flags(nexthop->link),
		.rtnh_hops = nexthop->hop.weight - 1,
		.rtnh_ifindex = nexthop->link->index,
	};
	return 0;
}

static int put_hops(struct sk_buff *skb, const struct nst_route *route)
{
	struct nlattr *nest;
	unsigned int i;

	nest = nla_nest_start_noflag(skb, RTA_MULTIPATH);
	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < route->config.hop_count; i++)
		if (put_hop(skb, route->config.family, &route->hops[i]))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_way(struct sk_buff *skb, const struct nst_route *route)
{
	const struct nst_route_config *config = &route->config;

	if (config->hop_count)
		return put_hops(skb, route);
	if (nst_rtnl_put_route_address(skb, RTA_GATEWAY, config->family,
				       &config->gateway))
		return -EMSGSIZE;
	return route->link ? nla_put_u32(skb, RTA_OIF, route->link->index) : 0;
}

/* What only IPv6 tells. */
static int put_ipv6(struct sk_buff *skb, const struct nst_route *route)
{
	return nst_rtnl_put_cacheinfo(skb, 0) ?:
	       nla_put_u8(skb, RTA_PREF, ICMPV6_ROUTER_PREF_MEDIUM);
}

static int put_attributes(struct sk_buff *skb, const struct nst_route *route)
{
	const struct nst_route_config *config = &route->config;
	bool ipv6 = config->family == AF_INET6;

	if (nla_put_u32(skb, RTA_TABLE, config->table) ||
	    (config->prefix_len &&
	     nla_put(skb, RTA_DST, nst_address_bytes(config->family),
		     &config->destination)) ||
	    ((ipv6 || config->metric) &&
	     nla_put_u32(skb, RTA_PRIORITY, config->metric)) ||
	    nst_rtnl_put_metrics(skb, &config->metrics) ||
	    nst_rtnl_put_route_address(skb, RTA_PREFSRC, config->family,
				       &config->prefsrc) ||
	    put_way(skb, route))
		return -EMSGSIZE;
	return ipv6 ? put_ipv6(skb, route) : 0;
}

int nst_rtnl_fill_route(struct sk_buff *skb, const struct nst_rtnl_head *head,
			const void *item)
{
	const struct nst_route *route = item;
	const struct nst_route_config *config = &route->config;
	struct nlmsghdr *nlh;
	struct rtmsg *rtm;

	nlh = nst_rtnl_begin(skb, head, sizeof(*rtm));
	if (!nlh)
		return -EMSGSIZE;
	rtm = nlmsg_data(nlh);
	rtm->rtm_family = config->family;
	rtm->rtm_dst_len = config->prefix_len;
	rtm->rtm_tos = config->tos;
	rtm->rtm_table = config->table < 256 ? config->table : RT_TABLE_COMPAT;
	rtm->rtm_protocol = config->protocol;
	/* IPv6 has none. */
	rtm->rtm_scope = config->family == AF_INET6 ? RT_SCOPE_UNIVERSE :
						      config->scope;
	rtm->rtm_type = config->type;
	if (route->link && !config->hop_count)
		rtm->rtm_flags = hop_flags(route->link);
	if (put_attributes(skb, route)) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, nlh);
	return 0;
}

unsigned long nst_rtnl_path_mtu_left(const struct nst_path_mtu *learned)
{
	unsigned long expires = READ_ONCE(learned->expires);

	return time_after(expires, jiffies) ? expires - jiffies : 0;
}

static int fill_learned(struct sk_buff *skb, const struct nst_rtnl_head *head,
			const void *item)
{
	const struct nst_path_mtu *learned = item;
	const struct nst_route_metrics metrics = {
		.mtu = READ_ONCE(learned->mtu),
		.mtu_lock = READ_ONCE(learned->lock),
	};
	u8 size = nst_address_bytes(learned->family);
	struct nlmsghdr *nlh;
	struct rtmsg *rtm;

	nlh = nst_rtnl_begin(skb, head, sizeof(*rtm));
	if (!nlh)
		return -EMSGSIZE;
	rtm = nlmsg_data(nlh);
	rtm->rtm_family = learned->family;
	rtm->rtm_dst_len = nst_address_bits(learned->family);
	rtm->rtm_table = RT_TABLE_MAIN;
	rtm->rtm_type = RTN_UNICAST;
	rtm->rtm_flags = RTM_F_CLONED;
	if (nla_put_u32(skb, RTA_TABLE, RT_TABLE_MAIN) ||
	    nla_put(skb, RTA_DST, size, &learned->daddr) ||
	    nla_put_u32(skb, RTA_OIF, learned->link) ||
	    (!nst_address_equal(&learned->next_hop, &learned->daddr) &&
	     nla_put(skb, RTA_GATEWAY, size, &learned->next_hop)) ||
	    nst_rtnl_put_metrics(skb, &metrics) ||
	    nst_rtnl_put_cacheinfo(skb, nst_rtnl_path_mtu_left(learned))) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, nlh);
	return 0;
}

/**
 * struct filter - which routes are dumped; 0: all
 * @table: of this table
 * @link: through the link of this number
 * @type: RTN_*
 * @protocol: RTPROT_*
 * @routes: those that are configured
 * @learned: path MTUs
 */
struct filter {
	u32 table;
	u32 link;
	u8 type;
	u8 protocol;
	bool routes;
	bool learned;
};

static int parse_strict(const struct nst_rtnl_request *request,
			struct filter *filter)
{
	const struct rtmsg *rtm = nlmsg_data(request->nlh);
	struct nlattr *tb[RTA_MAX + 1];
	int err;

	err = nst_rtnl_parse(request, sizeof(*rtm), tb, RTA_MAX,
			     nst_rtnl_route_policy);
	if (!err)
		err = nst_rtnl_only(request, tb, RTA_MAX,
				    BIT(RTA_TABLE) | BIT(RTA_OIF));
	if (err)
		return err;
	if (rtm->rtm_dst_len || rtm->rtm_src_len || rtm->rtm_tos ||
	    rtm->rtm_scope || rtm->rtm_flags & ~(RTM_F_CLONED | RTM_F_PREFIX)) {
		NL_SET_ERR_MSG(request->extack,
			       "a field of the header must be 0");
		return -EINVAL;
	}
	filter->routes = !(rtm->rtm_flags & RTM_F_CLONED);
	filter->learned = !filter->routes;
	filter->type = rtm->rtm_type;
	filter->protocol = rtm->rtm_protocol;
	filter->table = tb[RTA_TABLE] ? nla_get_u32(tb[RTA_TABLE]) :
					rtm->rtm_table;
	if (!tb[RTA_OIF])
		return 0;
	filter->link = nla_get_u32(tb[RTA_OIF]);
	if (nst_link_by_index_rcu(request->stack, filter->link))
		return 0;
	NL_SET_ERR_MSG_ATTR(request->extack, tb[RTA_OIF],
			    "the stack has no such link");
	return -ENODEV;
}

/* Tables are there as long as they have routes, and two of them always. */
static bool table_exists(struct nst_stack *stack, u32 table)
{
	return table == RT_TABLE_LOCAL || table == RT_TABLE_MAIN ||
	       nst_route_table_find_rcu(stack->routes, table);
}

static int parse_filter(const struct nst_rtnl_request *request,
			struct filter *filter)
{
	int err;

	filter->routes = true;
	filter->learned = true;
	if (!request->strict)
		return 0;
	err = parse_strict(request, filter);
	if (err || !filter->table ||
	    nst_rtnl_family(request) == AF_UNSPEC ||
	    table_exists(request->stack, filter->table))
		return err;
	NL_SET_ERR_MSG(request->extack, "the stack has no such table");
	return -ENOENT;
}

static bool leads_through(const struct nst_route *route, u32 link)
{
	unsigned int i;

	for (i = 0; i < route->config.hop_count; i++)
		if (route->hops[i].link->index == link)
			return true;
	return route->link && route->link->index == link;
}

static bool route_passes(const struct filter *filter,
			 const struct nst_route *route)
{
	const struct nst_route_config *config = &route->config;

	return (!filter->table || config->table == filter->table) &&
	       (!filter->type || config->type == filter->type) &&
	       (!filter->protocol || config->protocol == filter->protocol) &&
	       (!filter->link || leads_through(route, filter->link));
}

static bool learned_passes(const struct filter *filter,
			   const struct nst_path_mtu *learned)
{
	return (!filter->table || filter->table == RT_TABLE_MAIN) &&
	       (!filter->type || filter->type == RTN_UNICAST) &&
	       !filter->protocol &&
	       (!filter->link || learned->link == filter->link);
}

static int dump_family(const struct nst_rtnl_request *request,
		       struct nst_rtnl_dump *dump, u8 family,
		       const struct filter *filter)
{
	struct nst_path_mtu *learned = NULL;
	struct nst_route *route = NULL;
	int err = 0;

	while (filter->routes && !err &&
	       (route = nst_route_next_rcu(request->stack, route)))
		if (route->config.family == family &&
		    route_passes(filter, route))
			err = nst_rtnl_dump_one(dump, nst_rtnl_fill_route,
						route);
	while (filter->learned && !err &&
	       (learned = nst_path_mtu_next_rcu(request->stack, learned)))
		if (learned->family == family &&
		    learned_passes(filter, learned))
			err = nst_rtnl_dump_one(dump, fill_learned, learned);
	return err;
}

static int dump(const struct nst_rtnl_request *request,
		struct nst_rtnl_dump *dump)
{
	u8 family = nst_rtnl_family(request);
	struct filter filter = {};
	int err;

	err = parse_filter(request, &filter);
	if (filter.table || filter.link || filter.type || filter.protocol ||
	    !filter.routes) {
		dump->head.flags |= NLM_F_DUMP_FILTERED;
		dump->cb->answer_flags = NLM_F_DUMP_FILTERED;
	}
	if (!err && (!family || family == AF_INET))
		err = dump_family(request, dump, AF_INET, &filter);
	if (!err && (!family || family == AF_INET6))
		err = dump_family(request, dump, AF_INET6, &filter);
	return err;
}

const struct nst_rtnl_kind nst_rtnl_routes = {
	.request = RTM_GETROUTE,
	.answer = RTM_NEWROUTE,
	.get = nst_rtnl_route_lookup,
	.dump = dump,
};
