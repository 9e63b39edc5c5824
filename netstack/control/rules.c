// SPDX-License-Identifier: GPL-2.0
/*
 * Rules over netlink: show, add, delete.
 */
#include "../network/rule.h"
#include "message.h"

const struct nla_policy nst_rule_policy[NETSTACK_A_RULE_MAX + 1] = {
	[NETSTACK_A_RULE_FAMILY] = { .type = NLA_U16 },
	[NETSTACK_A_RULE_ACTION] = { .type = NLA_U8 },
	[NETSTACK_A_RULE_TABLE] = NLA_POLICY_MIN(NLA_U32, 1),
	[NETSTACK_A_RULE_PRIORITY] = { .type = NLA_U32 },
	[NETSTACK_A_RULE_SRC] = { .type = NLA_BINARY, .len = 16 },
	[NETSTACK_A_RULE_SRC_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[NETSTACK_A_RULE_DST] = { .type = NLA_BINARY, .len = 16 },
	[NETSTACK_A_RULE_DST_LEN] = NLA_POLICY_MAX(NLA_U8, 128),
	[NETSTACK_A_RULE_TOS] = { .type = NLA_U8 },
	[NETSTACK_A_RULE_MARK] = { .type = NLA_U32 },
	[NETSTACK_A_RULE_MASK] = { .type = NLA_U32 },
	[NETSTACK_A_RULE_IIF] = NLA_POLICY_MIN(NLA_U32, 1),
	[NETSTACK_A_RULE_OIF] = NLA_POLICY_MIN(NLA_U32, 1),
	[NETSTACK_A_RULE_IPPROTO] = { .type = NLA_U8 },
	[NETSTACK_A_RULE_INVERT] = { .type = NLA_FLAG },
	[NETSTACK_A_RULE_PROTOCOL] = { .type = NLA_U8 },
};

static int put_prefix(struct sk_buff *skb, int attr, int len_attr, u8 family,
		      const union nst_address *address, u8 len)
{
	if (!len)
		return 0;
	if (nst_put_address(skb, attr, family, address) ||
	    nla_put_u8(skb, len_attr, len))
		return -EMSGSIZE;
	return 0;
}

static int put_u32(struct sk_buff *skb, int attr, u32 value)
{
	return value ? nla_put_u32(skb, attr, value) : 0;
}

static int put_u8(struct sk_buff *skb, int attr, u8 value)
{
	return value ? nla_put_u8(skb, attr, value) : 0;
}

static int fill(struct sk_buff *skb, const void *item)
{
	const struct nst_rule_config *config =
		&((const struct nst_rule *)item)->config;

	if (nla_put_u16(skb, NETSTACK_A_RULE_FAMILY, config->family) ||
	    nla_put_u8(skb, NETSTACK_A_RULE_ACTION, config->action) ||
	    nla_put_u32(skb, NETSTACK_A_RULE_PRIORITY, config->priority) ||
	    put_u32(skb, NETSTACK_A_RULE_TABLE, config->table) ||
	    put_prefix(skb, NETSTACK_A_RULE_SRC, NETSTACK_A_RULE_SRC_LEN,
		       config->family, &config->source, config->source_len) ||
	    put_prefix(skb, NETSTACK_A_RULE_DST, NETSTACK_A_RULE_DST_LEN,
		       config->family, &config->destination,
		       config->destination_len) ||
	    put_u8(skb, NETSTACK_A_RULE_TOS, config->tos) ||
	    put_u32(skb, NETSTACK_A_RULE_IIF, config->iif) ||
	    put_u32(skb, NETSTACK_A_RULE_OIF, config->oif) ||
	    put_u8(skb, NETSTACK_A_RULE_IPPROTO, config->ip_protocol) ||
	    put_u8(skb, NETSTACK_A_RULE_PROTOCOL, config->protocol))
		return -EMSGSIZE;
	if (config->mark_mask &&
	    (nla_put_u32(skb, NETSTACK_A_RULE_MARK, config->mark) ||
	     nla_put_u32(skb, NETSTACK_A_RULE_MASK, config->mark_mask)))
		return -EMSGSIZE;
	return config->invert ? nla_put_flag(skb, NETSTACK_A_RULE_INVERT) : 0;
}

static const void *next(struct nst_stack *stack, const void *item)
{
	return nst_rule_next_rcu(stack, (struct nst_rule *)item);
}

const struct nst_object nst_rule_object = {
	.cmd = NETSTACK_CMD_RULE_NEW,
	.nest = NETSTACK_A_RULE,
	.max = NETSTACK_A_RULE_MAX,
	.policy = nst_rule_policy,
	.fill = fill,
	.next = next,
};

static int get_prefix(const struct nst_request *request, int attr,
		      int len_attr, u8 family, union nst_address *address,
		      u8 *len)
{
	struct nlattr **tb = request->tb;

	if (tb[attr])
		*len = nst_address_bits(family);
	return nst_get_address(tb[attr], family, address, request->extack) ?:
	       nst_get_prefix_len(tb[len_attr], family, len, request->extack);
}

static void get_u8(const struct nlattr *attr, u8 *value)
{
	if (attr)
		*value = nla_get_u8(attr);
}

static void get_u32(const struct nlattr *attr, u32 *value)
{
	if (attr)
		*value = nla_get_u32(attr);
}

static int parse(const struct nst_request *request,
		 struct nst_rule_config *config)
{
	struct nlattr **tb = request->tb;
	int err;

	err = nst_get_family(tb[NETSTACK_A_RULE_FAMILY], &config->family,
			     request->extack);
	if (!err)
		err = get_prefix(request, NETSTACK_A_RULE_SRC,
				 NETSTACK_A_RULE_SRC_LEN, config->family,
				 &config->source, &config->source_len);
	if (!err)
		err = get_prefix(request, NETSTACK_A_RULE_DST,
				 NETSTACK_A_RULE_DST_LEN, config->family,
				 &config->destination,
				 &config->destination_len);
	if (err)
		return err;
	get_u8(tb[NETSTACK_A_RULE_ACTION], &config->action);
	get_u8(tb[NETSTACK_A_RULE_TOS], &config->tos);
	get_u8(tb[NETSTACK_A_RULE_IPPROTO], &config->ip_protocol);
	get_u8(tb[NETSTACK_A_RULE_PROTOCOL], &config->protocol);
	get_u32(tb[NETSTACK_A_RULE_TABLE], &config->table);
	get_u32(tb[NETSTACK_A_RULE_PRIORITY], &config->priority);
	get_u32(tb[NETSTACK_A_RULE_IIF], &config->iif);
	get_u32(tb[NETSTACK_A_RULE_OIF], &config->oif);
	if (tb[NETSTACK_A_RULE_MARK])
		config->mark_mask = ~0;
	get_u32(tb[NETSTACK_A_RULE_MARK], &config->mark);
	get_u32(tb[NETSTACK_A_RULE_MASK], &config->mark_mask);
	config->invert = tb[NETSTACK_A_RULE_INVERT];
	return 0;
}

int nst_control_rule_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nst_message_dump_all(skb, cb, &nst_rule_object);
}

static int add_rule(const struct nst_request *request)
{
	struct nst_rule_config config = {
		.action = FR_ACT_TO_TBL,
		.protocol = RTPROT_BOOT,
	};
	int err = parse(request, &config);

	if (err)
		return err;
	return nst_rule_add(request->stack, &config,
			    request->tb[NETSTACK_A_RULE_PRIORITY],
			    request->extack);
}

int nst_control_rule_new(struct sk_buff *skb, struct genl_info *info)
{
	return nst_message_change(info, &nst_rule_object, add_rule);
}

static int delete_rule(const struct nst_request *request)
{
	struct nst_rule_config config = {};
	int err = parse(request, &config);

	if (err)
		return err;
	return nst_rule_del(request->stack, &config,
			    request->tb[NETSTACK_A_RULE_PRIORITY],
			    request->extack);
}

int nst_control_rule_del(struct sk_buff *skb, struct genl_info *info)
{
	return nst_message_change(info, &nst_rule_object, delete_rule);
}
