// SPDX-License-Identifier: GPL-2.0
/*
 * Routes over netlink: show, look up, add, delete.
 */
#include "../network/neighbour.h"
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
};

static int put_if_set(struct sk_buff *skb, int attr, u8 family,
		      const union nst_address *address)
{
	return nst_address_any(address) ? 0 :
	       nst_put_address(skb, attr, family, address);
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
	    nst_put_address(skb, NETSTACK_A_ROUTE_DST, config->family,
			    &config->destination) ||
	    put_if_set(skb, NETSTACK_A_ROUTE_GATEWAY, config->family,
		       &config->gateway) ||
	    put_if_set(skb, NETSTACK_A_ROUTE_PREFSRC, config->family,
		       &config->prefsrc))
		return -EMSGSIZE;
	if (config->mtu && nla_put_u32(skb, NETSTACK_A_ROUTE_MTU, config->mtu))
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
	    nla_put_u32(skb, NETSTACK_A_ROUTE_LINK, path->link->index))
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
	if (tb[NETSTACK_A_ROUTE_MTU])
		config->mtu = nla_get_u32(tb[NETSTACK_A_ROUTE_MTU]);
	return 0;
}

static int look_up(const struct nst_request *request)
{
	struct nst_route_config config = {};
	struct nst_route_key key = {};
	struct nst_path path = {};
	int err;

	err = parse(request, &config);
	if (!err)
		err = nst_get_address(request->tb[NETSTACK_A_ROUTE_SRC],
				      config.family, &key.saddr,
				      request->extack);
	if (err)
		return err;
	if (!request->tb[NETSTACK_A_ROUTE_LOOKUP] ||
	    !request->tb[NETSTACK_A_ROUTE_DST]) {
		NL_SET_ERR_MSG(request->extack,
			       "a single route is looked up by destination: dump to list all");
		return -EINVAL;
	}

	key.family = config.family;
	key.tos = config.tos;
	key.link_index = config.link_index;
	key.daddr = config.destination;
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

static int add_route(const struct nst_request *request)
{
	bool replace = request->info->nlhdr->nlmsg_flags & NLM_F_REPLACE;
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
	return nst_route_add(request->stack, &config, replace,
			     request->extack);
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
	return nst_route_del(request->stack, &config, request->extack);
}

int nst_control_route_del(struct sk_buff *skb, struct genl_info *info)
{
	return nst_message_change(info, &nst_route_object, delete_route);
}
