// SPDX-License-Identifier: GPL-2.0
/*
 * Local addresses over netlink: show, add, delete.
 */
#include "../network/address.h"
#include "message.h"

const struct nla_policy nst_addr_policy[NETSTACK_A_ADDR_MAX + 1] = {
	[NETSTACK_A_ADDR_LINK] = NLA_POLICY_MIN(NLA_U32, 1),
	[NETSTACK_A_ADDR_FAMILY] = { .type = NLA_U16 },
	[NETSTACK_A_ADDR_ADDRESS] = { .type = NLA_BINARY, .len = 16 },
	[NETSTACK_A_ADDR_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[NETSTACK_A_ADDR_BROADCAST] = NLA_POLICY_EXACT_LEN(4),
	[NETSTACK_A_ADDR_SCOPE] = { .type = NLA_U8 },
	[NETSTACK_A_ADDR_NO_PROBE] = { .type = NLA_FLAG },
};

int nst_addr_fill(struct sk_buff *skb, const void *object)
{
	const struct nst_local_address *local = object;
	struct nlattr *nest;

	BUILD_BUG_ON((NST_ADDRESS_TENTATIVE ^ NETSTACK_ADDR_F_TENTATIVE) ||
		     (NST_ADDRESS_DUPLICATE ^ NETSTACK_ADDR_F_DUPLICATE) ||
		     (NST_ADDRESS_SECONDARY ^ NETSTACK_ADDR_F_SECONDARY) ||
		     (NST_ADDRESS_PERMANENT ^ NETSTACK_ADDR_F_PERMANENT));

	nest = nla_nest_start(skb, NETSTACK_A_ADDR);
	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, NETSTACK_A_ADDR_LINK, local->link->index) ||
	    nla_put_u16(skb, NETSTACK_A_ADDR_FAMILY, local->family) ||
	    nst_put_address(skb, NETSTACK_A_ADDR_ADDRESS, local->family,
			    &local->address) ||
	    nla_put_u8(skb, NETSTACK_A_ADDR_PREFIX_LEN, local->prefix_len) ||
	    nla_put_u8(skb, NETSTACK_A_ADDR_SCOPE, local->scope) ||
	    nla_put_u32(skb, NETSTACK_A_ADDR_FLAGS, READ_ONCE(local->flags)))
		goto cancel;
	if (!nst_address_any(&local->broadcast) &&
	    nst_put_address(skb, NETSTACK_A_ADDR_BROADCAST, local->family,
			    &local->broadcast))
		goto cancel;
	nla_nest_end(skb, nest);
	return 0;

cancel:
	nla_nest_cancel(skb, nest);
	return -EMSGSIZE;
}

int nst_control_addr_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nst_stack *stack = nst_message_stack(sock_net(cb->skb->sk),
						    cb->extack);
	struct nst_local_address *local = NULL;
	long position = 0;
	int err = 0;

	if (IS_ERR(stack))
		return PTR_ERR(stack);

	rcu_read_lock();
	cb->seq = nst_message_generation(stack);
	while ((local = nst_address_next_rcu(stack, local))) {
		if (position >= cb->args[0]) {
			err = nst_message_dump(skb, cb, NETSTACK_CMD_ADDR_NEW,
					       nst_addr_fill, local);
			if (err)
				break;
		}
		position++;
	}
	cb->args[0] = position;
	rcu_read_unlock();
	return skb->len ?: err;
}

/* What add and delete have in common. */
static int parse(struct nlattr **tb, struct nst_address_config *config,
		 struct netlink_ext_ack *extack)
{
	int err;

	err = nst_get_family(tb[NETSTACK_A_ADDR_FAMILY], &config->family,
			     extack);
	if (err)
		return err;
	if (!tb[NETSTACK_A_ADDR_ADDRESS]) {
		NL_SET_ERR_MSG(extack, "the request names no address");
		return -EINVAL;
	}
	err = nst_get_address(tb[NETSTACK_A_ADDR_ADDRESS], config->family,
			      &config->address, extack);
	if (err)
		return err;
	config->prefix_len = nst_address_bits(config->family);
	if (tb[NETSTACK_A_ADDR_PREFIX_LEN])
		config->prefix_len = nla_get_u8(tb[NETSTACK_A_ADDR_PREFIX_LEN]);
	if (config->prefix_len > nst_address_bits(config->family)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[NETSTACK_A_ADDR_PREFIX_LEN],
				    "prefix is longer than the address");
		return -EINVAL;
	}
	return 0;
}

int nst_control_addr_new(struct sk_buff *skb, struct genl_info *info)
{
	struct nst_address_config config = { .scope = RT_SCOPE_UNIVERSE };
	struct nlattr *tb[NETSTACK_A_ADDR_MAX + 1];
	struct nst_stack *stack;
	struct nst_link *link;
	int err;

	stack = nst_message_stack(genl_info_net(info), info->extack);
	if (IS_ERR(stack))
		return PTR_ERR(stack);
	err = nst_message_nest(info, NETSTACK_A_ADDR, NETSTACK_A_ADDR_MAX,
			       nst_addr_policy, tb);
	if (!err)
		err = parse(tb, &config, info->extack);
	if (!err && tb[NETSTACK_A_ADDR_BROADCAST])
		err = nst_get_address(tb[NETSTACK_A_ADDR_BROADCAST],
				      config.family, &config.broadcast,
				      info->extack);
	if (err)
		return err;
	if (tb[NETSTACK_A_ADDR_SCOPE])
		config.scope = nla_get_u8(tb[NETSTACK_A_ADDR_SCOPE]);
	config.no_probe = nla_get_flag(tb[NETSTACK_A_ADDR_NO_PROBE]);

	mutex_lock(&stack->config_mutex);
	link = nst_get_link(stack, tb[NETSTACK_A_ADDR_LINK], info->extack);
	err = IS_ERR(link) ? PTR_ERR(link) :
			     nst_address_add(link, &config, info->extack);
	mutex_unlock(&stack->config_mutex);
	return err;
}

int nst_control_addr_del(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[NETSTACK_A_ADDR_MAX + 1];
	struct nst_address_config config = {};
	struct nst_stack *stack;
	struct nst_link *link;
	int err;

	stack = nst_message_stack(genl_info_net(info), info->extack);
	if (IS_ERR(stack))
		return PTR_ERR(stack);
	err = nst_message_nest(info, NETSTACK_A_ADDR, NETSTACK_A_ADDR_MAX,
			       nst_addr_policy, tb);
	if (!err)
		err = parse(tb, &config, info->extack);
	if (err)
		return err;

	mutex_lock(&stack->config_mutex);
	link = nst_get_link(stack, tb[NETSTACK_A_ADDR_LINK], info->extack);
	err = IS_ERR(link) ? PTR_ERR(link) :
			     nst_address_del(link, config.family,
					     &config.address,
					     config.prefix_len, info->extack);
	mutex_unlock(&stack->config_mutex);
	return err;
}
