// SPDX-License-Identifier: GPL-2.0
/*
 * Routes over netlink: show, look up, add, delete.
 */
#include <linux/slab.h>

#include "../network/neighbour.h"
#include "../network/path_mtu.h"
#include "../network/route.h"
#include "message.h"

/* Too large for a policy's own numbers. */
static struct netlink_range_validation mtu_range = {
	.max = NST_LINK_MTU_MAX,
};

const struct nla_policy nst_route_policy[NETSTACK_A_ROUTE_MAX + 1] = {
	[NETSTACK_A_ROUTE_FAMILY] = { .type = NLA_U16 },
	[NETSTACK_A_ROUTE_TYPE] = NLA_POLICY_RANGE(NLA_U8, RTN_UNICAST,
						   RTN_MAX),
	[NETSTACK_A_ROUTE_DST] = { .type = NLA_BINARY, .len = 16 },
	[NETSTACK_A_ROUTE_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[NETSTACK_A_ROUTE_GATEWAY] = { .type = NLA_BINARY, .len = 16 },
	[NETSTACK_A_ROUTE_LINK] = NLA_POLICY_MIN(NLA_U32, 1),
	[NETSTACK_A_ROUTE_PREFSRC] = { .type = NLA_BINARY, .len = 16 },
	[NETSTACK_A_ROUTE_METRIC] = { .type = NLA_U32 },
	[NETSTACK_A_ROUTE_MTU] = NLA_POLICY_FULL_RANGE(NLA_U32, &mtu_range),
	[NETSTACK_A_ROUTE_TOS] = { .type = NLA_U8 },
	[NETSTACK_A_ROUTE_PROTOCOL] = { .type = NLA_U8 },
	[NETSTACK_A_ROUTE_SCOPE] = { .type = NLA_U8 },
	[NETSTACK_A_ROUTE_LOOKUP] = { .type = NLA_FLAG },
	[NETSTACK_A_ROUTE_SRC] = { .type = NLA_BINARY, .len = 16 },
	[NETSTACK_A_ROUTE_TABLE] = NLA_POLICY_MIN(NLA_U32, 1),
	[NETSTACK_A_ROUTE_MTU_LOCK] = { .type = NLA_FLAG },
	[NETSTACK_A_ROUTE_ADVMSS] = { .type = NLA_U16 },
	[NETSTACK_A_ROUTE_INITCWND] = { .type = NLA_U16 },
	[NETSTACK_A_ROUTE_INITRWND] = { .type = NLA_U16 },
	[NETSTACK_A_ROUTE_HOPLIMIT] = { .type = NLA_U8 },
	[NETSTACK_A_ROUTE_QUICKACK] = { .type = NLA_FLAG },
	[NETSTACK_A_ROUTE_NEXTHOPS] = { .type = NLA_NESTED },
	[NETSTACK_A_ROUTE_MARK] = { .type = NLA_U32 },
	[NETSTACK_A_ROUTE_IIF] = NLA_POLICY_MIN(NLA_U32, 1),
	[NETSTACK_A_ROUTE_IPPROTO] = { .type = NLA_U8 },
	[NETSTACK_A_ROUTE_SPORT] = { .type = NLA_U16 },
	[NETSTACK_A_ROUTE_DPORT] = { .type = NLA_U16 },
	[NETSTACK_A_ROUTE_EXPIRES] = { .type = NLA_REJECT },
};

static const struct nla_policy nexthop_policy[NETSTACK_A_NEXTHOP_MAX + 1] = {
	[NETSTACK_A_NEXTHOP_LINK] = NLA_POLICY_MIN(NLA_U32, 1),
	[NETSTACK_A_NEXTHOP_GATEWAY] = { .type = NLA_BINARY, .len = 16 },
	[NETSTACK_A_NEXTHOP_WEIGHT] = NLA_POLICY_RANGE(NLA_U32, 1,
						       NST_ROUTE_WEIGHT_MAX),
};

/* The most that route_nexthop_max may be. */
#define NEXTHOPS_MAX	64

static int put_if_set(struct sk_buff *skb, int attr, u8 family,
		      const union nst_address *address)
{
	return nst_address_any(address) ? 0 :
	       nst_put_address(skb, attr, family, address);
}

static int fill_metrics(struct sk_buff *skb,
			const struct nst_route_metrics *metrics)
{
	if ((metrics->mtu &&
	     nla_put_u32(skb, NETSTACK_A_ROUTE_MTU, metrics->mtu)) ||
	    (metrics->mtu_lock &&
	     nla_put_flag(skb, NETSTACK_A_ROUTE_MTU_LOCK)) ||
	    (metrics->advmss &&
	     nla_put_u16(skb, NETSTACK_A_ROUTE_ADVMSS, metrics->advmss)) ||
	    (metrics->initcwnd &&
	     nla_put_u16(skb, NETSTACK_A_ROUTE_INITCWND, metrics->initcwnd)) ||
	    (metrics->initrwnd &&
	     nla_put_u16(skb, NETSTACK_A_ROUTE_INITRWND, metrics->initrwnd)) ||
	    (metrics->hop_limit &&
	     nla_put_u8(skb, NETSTACK_A_ROUTE_HOPLIMIT, metrics->hop_limit)) ||
	    (metrics->quickack &&
	     nla_put_flag(skb, NETSTACK_A_ROUTE_QUICKACK)))
		return -EMSGSIZE;
	return 0;
}

static int fill_nexthops(struct sk_buff *skb, const struct nst_route *route)
{
	u8 family = route->config.family;
	struct nlattr *all, *one;
	unsigned int i;

	all = nla_nest_start(skb, NETSTACK_A_ROUTE_NEXTHOPS);
	if (!all)
		return -EMSGSIZE;
	for (i = 0; i < route->config.hop_count; i++) {
		const struct nst_route_nexthop *nexthop = &route->hops[i];

		one = nla_nest_start(skb, i + 1);
		if (!one ||
		    nla_put_u32(skb, NETSTACK_A_NEXTHOP_LINK,
				nexthop->link->index) ||
		    nla_put_u32(skb, NETSTACK_A_NEXTHOP_WEIGHT,
				nexthop->hop.weight) ||
		    put_if_set(skb, NETSTACK_A_NEXTHOP_GATEWAY, family,
			       &nexthop->hop.gateway) ||
		    (!nst_link_operational(nexthop->link) &&
		     nla_put_flag(skb, NETSTACK_A_NEXTHOP_DOWN)))
			return -EMSGSIZE;
		nla_nest_end(skb, one);
	}
	nla_nest_end(skb, all);
	return 0;
}

static int fill(struct sk_buff *skb, const void *item)
{
	const struct nst_route *route = item;
	const struct nst_route_config *config = &route->config;

	if (nla_put_u16(skb, NETSTACK_A_ROUTE_FAMILY, config->family) ||
	    nla_put_u8(skb, NETSTACK_A_ROUTE_TYPE, config->type) ||
	    nla_put_u8(skb, NETSTACK_A_ROUTE_PREFIX_LEN, config->prefix_len) ||
	    nla_put_u8(skb, NETSTACK_A_ROUTE_PROTOCOL, config->protocol) ||
	    nla_put_u8(skb, NETSTACK_A_ROUTE_SCOPE, config->scope) ||
	    nla_put_u8(skb, NETSTACK_A_ROUTE_TOS, config->tos) ||
	    nla_put_u32(skb, NETSTACK_A_ROUTE_METRIC, config->metric) ||
	    nla_put_u32(skb, NETSTACK_A_ROUTE_TABLE, config->table) ||
	    nst_put_address(skb, NETSTACK_A_ROUTE_DST, config->family,
			    &config->destination) ||
	    fill_metrics(skb, &config->metrics) ||
	    put_if_set(skb, NETSTACK_A_ROUTE_PREFSRC, config->family,
		       &config->prefsrc))
		return -EMSGSIZE;
	if (config->hop_count)
		return fill_nexthops(skb, route);
	if (put_if_set(skb, NETSTACK_A_ROUTE_GATEWAY, config->family,
		       &config->gateway))
		return -EMSGSIZE;
	if (route->link)
		return nla_put_u32(skb, NETSTACK_A_ROUTE_LINK,
				   route->link->index);
	return 0;
}

static const void *next(struct nst_stack *stack, const void *item)
{
	return nst_route_next_rcu(stack, (struct nst_route *)item);
}

const struct nst_object nst_route_object = {
	.cmd = NETSTACK_CMD_ROUTE_NEW,
	.nest = NETSTACK_A_ROUTE,
	.max = NETSTACK_A_ROUTE_MAX,
	.policy = nst_route_policy,
	.fill = fill,
	.next = next,
};

/* Whether the path MTU was learned, and for how long it holds. */
static int fill_learned(struct sk_buff *skb, const struct nst_path *path)
{
	const struct nst_path_mtu *learned;
	int err = 0;

	rcu_read_lock();
	learned = nst_path_mtu_of_rcu(path->link->stack, path);
	if (learned)
		err = nst_put_path_mtu(skb, learned);
	else if (path->mtu_lock)
		err = nla_put_flag(skb, NETSTACK_A_ROUTE_MTU_LOCK);
	rcu_read_unlock();
	return err;
}

static int fill_path(struct sk_buff *skb, const void *item)
{
	const struct nst_path *path = item;

	if (nla_put_u16(skb, NETSTACK_A_ROUTE_FAMILY, path->family) ||
	    nla_put_u8(skb, NETSTACK_A_ROUTE_TYPE, path->type) ||
	    nla_put_u8(skb, NETSTACK_A_ROUTE_PREFIX_LEN,
		       nst_address_bits(path->family)) ||
	    nst_put_address(skb, NETSTACK_A_ROUTE_DST, path->family,
			    &path->daddr) ||
	    nst_put_address(skb, NETSTACK_A_ROUTE_SRC, path->family,
			    &path->saddr) ||
	    nla_put_u32(skb, NETSTACK_A_ROUTE_MTU, path->mtu) ||
	    nla_put_u32(skb, NETSTACK_A_ROUTE_LINK, path->link->index) ||
	    fill_learned(skb, path))
		return -EMSGSIZE;
	if (path->gateway && path->neighbour)
		return nst_put_address(skb, NETSTACK_A_ROUTE_GATEWAY,
				       path->family,
				       &path->neighbour->address);
	return 0;
}

/* The answer to a look-up: how a packet to one destination would go. */
static const struct nst_object path_object = {
	.cmd = NETSTACK_CMD_ROUTE_NEW,
	.nest = NETSTACK_A_ROUTE,
	.fill = fill_path,
};

static void parse_metrics(struct nlattr **tb,
			  struct nst_route_metrics *metrics)
{
	if (tb[NETSTACK_A_ROUTE_MTU])
		metrics->mtu = nla_get_u32(tb[NETSTACK_A_ROUTE_MTU]);
	if (tb[NETSTACK_A_ROUTE_ADVMSS])
		metrics->advmss = nla_get_u16(tb[NETSTACK_A_ROUTE_ADVMSS]);
	if (tb[NETSTACK_A_ROUTE_INITCWND])
		metrics->initcwnd = nla_get_u16(tb[NETSTACK_A_ROUTE_INITCWND]);
	if (tb[NETSTACK_A_ROUTE_INITRWND])
		metrics->initrwnd = nla_get_u16(tb[NETSTACK_A_ROUTE_INITRWND]);
	if (tb[NETSTACK_A_ROUTE_HOPLIMIT])
		metrics->hop_limit = nla_get_u8(tb[NETSTACK_A_ROUTE_HOPLIMIT]);
	metrics->mtu_lock = tb[NETSTACK_A_ROUTE_MTU_LOCK];
	metrics->quickack = tb[NETSTACK_A_ROUTE_QUICKACK];
}

static int parse_nexthop(const struct nlattr *attr, u8 family,
			 struct nst_route_hop *hop,
			 struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NETSTACK_A_NEXTHOP_MAX + 1];
	int err;

	err = nla_parse_nested(tb, NETSTACK_A_NEXTHOP_MAX, attr,
			       nexthop_policy, extack);
	if (err)
		return err;
	hop->weight = 1;
	if (tb[NETSTACK_A_NEXTHOP_WEIGHT])
		hop->weight = nla_get_u32(tb[NETSTACK_A_NEXTHOP_WEIGHT]);
	if (tb[NETSTACK_A_NEXTHOP_LINK])
		hop->link_index = nla_get_u32(tb[NETSTACK_A_NEXTHOP_LINK]);
	return nst_get_address(tb[NETSTACK_A_NEXTHOP_GATEWAY], family,
			       &hop->gateway, extack);
}

/* Several next hops, in memory that the caller frees, when there are. */
static int parse_nexthops(const struct nst_request *request,
			  struct nst_route_config *config)
{
	const struct nlattr *all = request->tb[NETSTACK_A_ROUTE_NEXTHOPS];
	struct nst_route_hop *hops;
	struct nlattr *attr;
	int left, err;

	if (!all)
		return 0;
	if (config->link_index || !nst_address_any(&config->gateway)) {
		NL_SET_ERR_MSG_ATTR(request->extack, all,
				    "link and gateway belong to the next hops");
		return -EINVAL;
	}
	hops = kcalloc(NEXTHOPS_MAX, sizeof(*hops), GFP_KERNEL);
	if (!hops)
		return -ENOMEM;
	config->hops = hops;
	nla_for_each_nested(attr, all, left) {
		if (config->hop_count == NEXTHOPS_MAX) {
			NL_SET_ERR_MSG_ATTR(request->extack, all,
					    "too many next hops");
			return -EINVAL;
		}
		err = parse_nexthop(attr, config->family,
				    &hops[config->hop_count++],
				    request->extack);
		if (err)
			return err;
	}
	return 0;
}

static int parse(const struct nst_request *request,
		 struct nst_route_config *config)
{
	struct netlink_ext_ack *extack = request->extack;
	struct nlattr **tb = request->tb;
	union nst_address masked;
	int err;

	err = nst_get_family(tb[NETSTACK_A_ROUTE_FAMILY], &config->family,
			     extack);
	if (err)
		return err;
	if (tb[NETSTACK_A_ROUTE_DST])
		config->prefix_len = nst_address_bits(config->family);
	err = nst_get_address(tb[NETSTACK_A_ROUTE_DST], config->family,
			      &config->destination, extack);
	if (!err)
		err = nst_get_address(tb[NETSTACK_A_ROUTE_GATEWAY],
				      config->family, &config->gateway,
				      extack);
	if (!err)
		err = nst_get_address(tb[NETSTACK_A_ROUTE_PREFSRC],
				      config->family, &config->prefsrc,
				      extack);
	if (!err)
		err = nst_get_prefix_len(tb[NETSTACK_A_ROUTE_PREFIX_LEN],
					 config->family, &config->prefix_len,
					 extack);
	if (err)
		return err;

	masked = config->destination;
	nst_address_mask(&masked, config->prefix_len);
	if (!nst_address_equal(&masked, &config->destination)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[NETSTACK_A_ROUTE_DST],
				    "destination has bits set beyond its prefix");
		return -EINVAL;
	}

	if (tb[NETSTACK_A_ROUTE_TYPE])
		config->type = nla_get_u8(tb[NETSTACK_A_ROUTE_TYPE]);
	if (tb[NETSTACK_A_ROUTE_PROTOCOL])
		config->protocol = nla_get_u8(tb[NETSTACK_A_ROUTE_PROTOCOL]);
	if (tb[NETSTACK_A_ROUTE_SCOPE])
		config->scope = nla_get_u8(tb[NETSTACK_A_ROUTE_SCOPE]);
	if (tb[NETSTACK_A_ROUTE_TOS])
		config->tos = nla_get_u8(tb[NETSTACK_A_ROUTE_TOS]);
	if (tb[NETSTACK_A_ROUTE_LINK])
		config->link_index = nla_get_u32(tb[NETSTACK_A_ROUTE_LINK]);
	if (tb[NETSTACK_A_ROUTE_METRIC])
		config->metric = nla_get_u32(tb[NETSTACK_A_ROUTE_METRIC]);
	if (tb[NETSTACK_A_ROUTE_TABLE])
		config->table = nla_get_u32(tb[NETSTACK_A_ROUTE_TABLE]);
	parse_metrics(tb, &config->metrics);
	return 0;
}

/* What the look-up asks besides its destination. */
static int parse_key(const struct nst_request *request,
		     const struct nst_route_config *config,
		     struct nst_route_key *key)
{
	struct nlattr **tb = request->tb;

	key->family = config->family;
	key->tos = config->tos;
	key->link_index = config->link_index;
	key->daddr = config->destination;
	if (tb[NETSTACK_A_ROUTE_MARK])
		key->mark = nla_get_u32(tb[NETSTACK_A_ROUTE_MARK]);
	if (tb[NETSTACK_A_ROUTE_IIF])
		key->iif = nla_get_u32(tb[NETSTACK_A_ROUTE_IIF]);
	if (tb[NETSTACK_A_ROUTE_IPPROTO])
		key->protocol = nla_get_u8(tb[NETSTACK_A_ROUTE_IPPROTO]);
	if (tb[NETSTACK_A_ROUTE_SPORT])
		key->sport = htons(nla_get_u16(tb[NETSTACK_A_ROUTE_SPORT]));
	if (tb[NETSTACK_A_ROUTE_DPORT])
		key->dport = htons(nla_get_u16(tb[NETSTACK_A_ROUTE_DPORT]));
	return nst_get_address(tb[NETSTACK_A_ROUTE_SRC], config->family,
			       &key->saddr, request->extack);
}

static int look_up(const struct nst_request *request)
{
	struct nst_route_config config = {};
	struct nst_route_key key = {};
	struct nst_path path = {};
	int err;

	err = parse(request, &config);
	if (!err)
		err = parse_key(request, &config, &key);
	if (err)
		return err;
	if (!request->tb[NETSTACK_A_ROUTE_LOOKUP] ||
	    !request->tb[NETSTACK_A_ROUTE_DST]) {
		NL_SET_ERR_MSG(request->extack,
			       "a single route is looked up by destination: dump to list all");
		return -EINVAL;
	}

	err = nst_route_output(request->stack, &key, &path);
	if (err) {
		NL_SET_ERR_MSG(request->extack, "no route to the destination");
		return err;
	}
	err = nst_message_reply(request->info, &path_object, &path);
	nst_path_release(&path);
	return err;
}

int nst_control_route_get(struct sk_buff *skb, struct genl_info *info)
{
	return nst_message_read(info, &nst_route_object, look_up);
}

int nst_control_route_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nst_message_dump_all(skb, cb, &nst_route_object);
}

/* As rtnetlink(7) has the flags. */
static enum nst_route_mode route_mode(u16 flags)
{
	if (flags & NLM_F_REPLACE)
		return flags & NLM_F_CREATE ? NST_ROUTE_REPLACE :
					      NST_ROUTE_CHANGE;
	return flags & NLM_F_APPEND ? NST_ROUTE_APPEND : NST_ROUTE_ADD;
}

static int add_route(const struct nst_request *request)
{
	u16 flags = request->info->nlhdr->nlmsg_flags;
	struct nst_route_config config = {
		.type = RTN_UNICAST,
		.protocol = RTPROT_STATIC,
	};
	int err;

	err = parse(request, &config);
	if (err)
		return err;
	if (config.protocol == RTPROT_KERNEL) {
		NL_SET_ERR_MSG_ATTR(request->extack,
				    request->tb[NETSTACK_A_ROUTE_PROTOCOL],
				    "routes of protocol kernel come with addresses: add the address");
		return -EINVAL;
	}
	err = parse_nexthops(request, &config);
	if (!err)
		err = nst_route_set(request->stack, &config,
				    route_mode(flags), request->extack);
	kfree(config.hops);
	return err;
}

int nst_control_route_new(struct sk_buff *skb, struct genl_info *info)
{
	return nst_message_change(info, &nst_route_object, add_route);
}

static int delete_route(const struct nst_request *request)
{
	struct nst_route_config config = {};
	int err;

	err = parse(request, &config);
	if (err)
		return err;
	err = parse_nexthops(request, &config);
	if (!err)
		err = nst_route_del(request->stack, &config, request->extack);
	kfree(config.hops);
	return err;
}

int nst_control_route_del(struct sk_buff *skb, struct genl_info *info)
{
	return nst_message_change(info, &nst_route_object, delete_route);
}
