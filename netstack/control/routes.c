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

int nst_route_fill(struct sk_buff *skb, const void *object)
{
	const struct nst_route *route = object;
	const struct nst_route_config *config = &route->config;
	struct nlattr *nest;

	nest = nla_nest_start(skb, NETSTACK_A_ROUTE);
	if (!nest)
		return -EMSGSIZE;
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
		goto cancel;
	if (config->mtu && nla_put_u32(skb, NETSTACK_A_ROUTE_MTU, config->mtu))
		goto cancel;
	if (route->link &&
	    nla_put_u32(skb, NETSTACK_A_ROUTE_LINK, route->link->index))
		goto cancel;
	nla_nest_end(skb, nest);
	return 0;

cancel:
	nla_nest_cancel(skb, nest);
	return -EMSGSIZE;
}

/* The answer to a look-up: how a packet to one destination would go. */
static int fill_path(struct sk_buff *skb, const void *object)
{
	const struct nst_path *path = object;
	struct nlattr *nest;

	nest = nla_nest_start(skb, NETSTACK_A_ROUTE);
	if (!nest)
		return -EMSGSIZE;
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
		goto cancel;
	if (path->gateway && path->neighbour &&
	    nst_put_address(skb, NETSTACK_A_ROUTE_GATEWAY, path->family,
			    &path->neighbour->address))
		goto cancel;
	nla_nest_end(skb, nest);
	return 0;

cancel:
	nla_nest_cancel(skb, nest);
	return -EMSGSIZE;
}

static int parse_address(struct nlattr **tb, int attr, u8 family,
			 union nst_address *address,
			 struct netlink_ext_ack *extack)
{
	return tb[attr] ? nst_get_address(tb[attr], family, address, extack) :
			  0;
}

static int parse(struct nlattr **tb, struct nst_route_config *config,
		 struct netlink_ext_ack *extack)
{
	union nst_address masked;
	int err;

	err = nst_get_family(tb[NETSTACK_A_ROUTE_FAMILY], &config->family,
			     extack);
	if (!err)
		err = parse_address(tb, NETSTACK_A_ROUTE_DST, config->family,
				    &config->destination, extack);
	if (!err)
		err = parse_address(tb, NETSTACK_A_ROUTE_GATEWAY,
				    config->family, &config->gateway, extack);
	if (!err)
		err = parse_address(tb, NETSTACK_A_ROUTE_PREFSRC,
				    config->family, &config->prefsrc, extack);
	if (err)
		return err;

	if (tb[NETSTACK_A_ROUTE_PREFIX_LEN])
		config->prefix_len =
			nla_get_u8(tb[NETSTACK_A_ROUTE_PREFIX_LEN]);
	else if (tb[NETSTACK_A_ROUTE_DST])
		config->prefix_len = nst_address_bits(config->family);
	if (config->prefix_len > nst_address_bits(config->family)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[NETSTACK_A_ROUTE_PREFIX_LEN],
				    "prefix is longer than the address");
		return -EINVAL;
	}
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

int nst_control_route_get(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[NETSTACK_A_ROUTE_MAX + 1];
	struct nst_route_config config = {};
	struct nst_route_key key = {};
	struct nst_path path = {};
	struct nst_stack *stack;
	int err;

	stack = nst_message_stack(genl_info_net(info), info->extack);
	if (IS_ERR(stack))
		return PTR_ERR(stack);
	err = nst_message_nest(info, NETSTACK_A_ROUTE, NETSTACK_A_ROUTE_MAX,
			       nst_route_policy, tb);
	if (!err)
		err = parse(tb, &config, info->extack);
	if (!err)
		err = parse_address(tb, NETSTACK_A_ROUTE_SRC, config.family,
				    &key.saddr, info->extack);
	if (err)
		return err;
	if (!tb[NETSTACK_A_ROUTE_LOOKUP] || !tb[NETSTACK_A_ROUTE_DST]) {
		NL_SET_ERR_MSG(info->extack,
			       "a single route is looked up by destination: dump to list all");
		return -EINVAL;
	}

	key.family = config.family;
	key.tos = config.tos;
	key.link_index = config.link_index;
	key.daddr = config.destination;
	err = nst_route_output(stack, &key, &path);
	if (err) {
		NL_SET_ERR_MSG(info->extack, "no route to the destination");
		return err;
	}
	err = nst_message_reply(info, NETSTACK_CMD_ROUTE_NEW, fill_path,
				&path);
	nst_path_release(&path);
	return err;
}

int nst_control_route_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nst_stack *stack = nst_message_stack(sock_net(cb->skb->sk),
						    cb->extack);
	struct nst_route *route = NULL;
	long position = 0;
	int err = 0;

	if (IS_ERR(stack))
		return PTR_ERR(stack);

	rcu_read_lock();
	cb->seq = nst_message_generation(stack);
	while ((route = nst_route_next_rcu(stack, route))) {
		if (position >= cb->args[0]) {
			err = nst_message_dump(skb, cb, NETSTACK_CMD_ROUTE_NEW,
					       nst_route_fill, route);
			if (err)
				break;
		}
		position++;
	}
	cb->args[0] = position;
	rcu_read_unlock();
	return skb->len ?: err;
}

int nst_control_route_new(struct sk_buff *skb, struct genl_info *info)
{
	struct nst_route_config config = {
		.type = RTN_UNICAST,
		.protocol = RTPROT_STATIC,
	};
	struct nlattr *tb[NETSTACK_A_ROUTE_MAX + 1];
	bool replace = info->nlhdr->nlmsg_flags & NLM_F_REPLACE;
	struct nst_stack *stack;
	int err;

	stack = nst_message_stack(genl_info_net(info), info->extack);
	if (IS_ERR(stack))
		return PTR_ERR(stack);
	err = nst_message_nest(info, NETSTACK_A_ROUTE, NETSTACK_A_ROUTE_MAX,
			       nst_route_policy, tb);
	if (!err)
		err = parse(tb, &config, info->extack);
	if (err)
		return err;
	if (config.protocol == RTPROT_KERNEL) {
		NL_SET_ERR_MSG_ATTR(info->extack,
				    tb[NETSTACK_A_ROUTE_PROTOCOL],
				    "routes of protocol kernel come with addresses: add the address");
		return -EINVAL;
	}

	mutex_lock(&stack->config_mutex);
	err = nst_route_add(stack, &config, replace, info->extack);
	mutex_unlock(&stack->config_mutex);
	return err;
}

int nst_control_route_del(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[NETSTACK_A_ROUTE_MAX + 1];
	struct nst_route_config config = {};
	struct nst_stack *stack;
	int err;

	stack = nst_message_stack(genl_info_net(info), info->extack);
	if (IS_ERR(stack))
		return PTR_ERR(stack);
	err = nst_message_nest(info, NETSTACK_A_ROUTE, NETSTACK_A_ROUTE_MAX,
			       nst_route_policy, tb);
	if (!err)
		err = parse(tb, &config, info->extack);
	if (err)
		return err;

	mutex_lock(&stack->config_mutex);
	err = nst_route_del(stack, &config, info->extack);
	mutex_unlock(&stack->config_mutex);
	return err;
}
