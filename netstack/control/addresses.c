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
	[NETSTACK_A_ADDR_VALID] = NLA_POLICY_MIN(NLA_U32, 1),
	[NETSTACK_A_ADDR_PREFERRED] = { .type = NLA_U32 },
};

/* A lifetime that ends; those that do not are left out. */
static int put_lifetime(struct sk_buff *skb, int attr, u64 until)
{
	u64 now = get_jiffies_64();

	if (!until)
		return 0;
	return nla_put_u32(skb, attr,
			   until > now ? min_t(u64, (until - now) / HZ,
					       U32_MAX - 1) : 0);
}

static int fill(struct sk_buff *skb, const void *item)
{
	const struct nst_local_address *local = item;

	BUILD_BUG_ON((NST_ADDRESS_TENTATIVE ^ NETSTACK_ADDR_F_TENTATIVE) ||
		     (NST_ADDRESS_DUPLICATE ^ NETSTACK_ADDR_F_DUPLICATE) ||
		     (NST_ADDRESS_SECONDARY ^ NETSTACK_ADDR_F_SECONDARY) ||
		     (NST_ADDRESS_PERMANENT ^ NETSTACK_ADDR_F_PERMANENT) ||
		     (NST_ADDRESS_DEPRECATED ^ NETSTACK_ADDR_F_DEPRECATED) ||
		     (NST_ADDRESS_TEMPORARY ^ NETSTACK_ADDR_F_TEMPORARY) ||
		     (NST_ADDRESS_AUTOCONF ^ NETSTACK_ADDR_F_AUTOCONF) ||
		     (NST_ADDRESS_NO_PREFIX_ROUTE ^
		      NETSTACK_ADDR_F_NO_PREFIX_ROUTE));

	if (nla_put_u32(skb, NETSTACK_A_ADDR_LINK, local->link->index) ||
	    nla_put_u16(skb, NETSTACK_A_ADDR_FAMILY, local->family) ||
	    nst_put_address(skb, NETSTACK_A_ADDR_ADDRESS, local->family,
			    &local->address) ||
	    nla_put_u8(skb, NETSTACK_A_ADDR_PREFIX_LEN, local->prefix_len) ||
	    nla_put_u8(skb, NETSTACK_A_ADDR_SCOPE, local->scope) ||
	    nla_put_u32(skb, NETSTACK_A_ADDR_FLAGS, READ_ONCE(local->flags)) ||
	    put_lifetime(skb, NETSTACK_A_ADDR_VALID, local->valid_until) ||
	    put_lifetime(skb, NETSTACK_A_ADDR_PREFERRED,
			 local->preferred_until))
		return -EMSGSIZE;
	if (nst_address_any(&local->broadcast))
		return 0;
	return nst_put_address(skb, NETSTACK_A_ADDR_BROADCAST, local->family,
			       &local->broadcast);
}

static const void *next(struct nst_stack *stack, const void *item)
{
	return nst_address_next_rcu(stack, (struct nst_local_address *)item);
}

const struct nst_object nst_addr_object = {
	.cmd = NETSTACK_CMD_ADDR_NEW,
	.nest = NETSTACK_A_ADDR,
	.max = NETSTACK_A_ADDR_MAX,
	.policy = nst_addr_policy,
	.fill = fill,
	.next = next,
};

int nst_control_addr_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nst_message_dump_all(skb, cb, &nst_addr_object);
}

/* What add and delete have in common. Return: the link. */
static struct nst_link *parse(const struct nst_request *request,
			      struct nst_address_config *config)
{
	struct netlink_ext_ack *extack = request->extack;
	struct nlattr **tb = request->tb;
	int err;

	err = nst_get_family(tb[NETSTACK_A_ADDR_FAMILY], &config->family,
			     extack);
	if (err)
		return ERR_PTR(err);
	if (!tb[NETSTACK_A_ADDR_ADDRESS]) {
		NL_SET_ERR_MSG(extack, "the request names no address");
		return ERR_PTR(-EINVAL);
	}
	config->prefix_len = nst_address_bits(config->family);
	err = nst_get_address(tb[NETSTACK_A_ADDR_ADDRESS], config->family,
			      &config->address, extack);
	if (!err)
		err = nst_get_prefix_len(tb[NETSTACK_A_ADDR_PREFIX_LEN],
					 config->family, &config->prefix_len,
					 extack);
	if (!err)
		err = nst_get_address(tb[NETSTACK_A_ADDR_BROADCAST],
				      config->family, &config->broadcast,
				      extack);
	if (err)
		return ERR_PTR(err);
	return nst_get_link(request, NETSTACK_A_ADDR_LINK);
}

static u64 until(const struct nlattr *attr)
{
	if (!attr || nla_get_u32(attr) == U32_MAX)
		return 0;
	return get_jiffies_64() + (u64)nla_get_u32(attr) * HZ;
}

/* RFC 4862 5.5.4: lifetimes of an IPv6 address, as ip(8) has them. */
static int get_lifetimes(const struct nst_request *request,
			 struct nst_address_config *config)
{
	struct nlattr *preferred = request->tb[NETSTACK_A_ADDR_PREFERRED];
	struct nlattr *valid = request->tb[NETSTACK_A_ADDR_VALID];

	if (!preferred && !valid)
		return 0;
	if (config->family != AF_INET6) {
		NL_SET_ERR_MSG(request->extack,
			       "only an IPv6 address has lifetimes");
		return -EINVAL;
	}
	if ((preferred ? nla_get_u32(preferred) : U32_MAX) >
	    (valid ? nla_get_u32(valid) : U32_MAX)) {
		NL_SET_ERR_MSG(request->extack,
			       "preferred_lft is longer than valid_lft");
		return -EINVAL;
	}
	config->valid_until = until(valid);
	config->preferred_until = until(preferred);
	return 0;
}

static int add_address(const struct nst_request *request)
{
	struct nst_address_config config = { .scope = RT_SCOPE_UNIVERSE };
	struct nst_link *link = parse(request, &config);
	struct nlattr **tb = request->tb;
	int err;

	if (IS_ERR(link))
		return PTR_ERR(link);
	err = get_lifetimes(request, &config);
	if (err)
		return err;
	if (tb[NETSTACK_A_ADDR_SCOPE])
		config.scope = nla_get_u8(tb[NETSTACK_A_ADDR_SCOPE]);
	config.no_probe = nla_get_flag(tb[NETSTACK_A_ADDR_NO_PROBE]);
	return nst_address_add(link, &config, request->extack);
}

int nst_control_addr_new(struct sk_buff *skb, struct genl_info *info)
{
	return nst_message_change(info, &nst_addr_object, add_address);
}

static int delete_address(const struct nst_request *request)
{
	struct nst_address_config config = {};
	struct nst_link *link = parse(request, &config);

	if (IS_ERR(link))
		return PTR_ERR(link);
	return nst_address_del(link, config.family, &config.address,
			       config.prefix_len, request->extack);
}

int nst_control_addr_del(struct sk_buff *skb, struct genl_info *info)
{
	return nst_message_change(info, &nst_addr_object, delete_address);
}
