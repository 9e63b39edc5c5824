// SPDX-License-Identifier: GPL-2.0
/*
 * Path MTUs that were learned over netlink, as routes to single destinations:
 * show and forget.
 */
#include "../network/path_mtu.h"
#include "message.h"

int nst_put_path_mtu(struct sk_buff *skb, const struct nst_path_mtu *entry)
{
	unsigned long expires = READ_ONCE(entry->expires);
	unsigned long left = 0;

	if (time_after(expires, jiffies))
		left = DIV_ROUND_UP(expires - jiffies, HZ);
	if (nla_put_u32(skb, NETSTACK_A_ROUTE_EXPIRES, left) ||
	    (READ_ONCE(entry->lock) &&
	     nla_put_flag(skb, NETSTACK_A_ROUTE_MTU_LOCK)))
		return -EMSGSIZE;
	return 0;
}

static int fill(struct sk_buff *skb, const void *item)
{
	const struct nst_path_mtu *entry = item;

	if (nla_put_u16(skb, NETSTACK_A_ROUTE_FAMILY, entry->family) ||
	    nla_put_u8(skb, NETSTACK_A_ROUTE_TYPE, RTN_UNICAST) ||
	    nla_put_u8(skb, NETSTACK_A_ROUTE_PREFIX_LEN,
		       nst_address_bits(entry->family)) ||
	    nst_put_address(skb, NETSTACK_A_ROUTE_DST, entry->family,
			    &entry->daddr) ||
	    nla_put_u32(skb, NETSTACK_A_ROUTE_MTU, READ_ONCE(entry->mtu)) ||
	    nla_put_u32(skb, NETSTACK_A_ROUTE_LINK, entry->link) ||
	    nst_put_path_mtu(skb, entry))
		return -EMSGSIZE;
	if (nst_address_equal(&entry->next_hop, &entry->daddr))
		return 0;
	return nst_put_address(skb, NETSTACK_A_ROUTE_GATEWAY, entry->family,
			       &entry->next_hop);
}

static const void *next(struct nst_stack *stack, const void *item)
{
	return nst_path_mtu_next_rcu(stack, (struct nst_path_mtu *)item);
}

static const struct nst_object path_mtu_object = {
	.cmd = NETSTACK_CMD_ROUTE_NEW,
	.nest = NETSTACK_A_ROUTE,
	.max = NETSTACK_A_ROUTE_MAX,
	.policy = nst_route_policy,
	.fill = fill,
	.next = next,
};

int nst_control_route_cache_dump(struct sk_buff *skb,
				 struct netlink_callback *cb)
{
	return nst_message_dump_all(skb, cb, &path_mtu_object);
}

/* Without a destination all of the family, without a family of both. */
static int forget(const struct nst_request *request)
{
	struct netlink_ext_ack *extack = request->extack;
	struct nlattr **tb = request->tb;
	union nst_address daddr;
	u8 family = AF_UNSPEC;
	u32 link = 0;
	int err = 0;

	if (tb[NETSTACK_A_ROUTE_FAMILY] || tb[NETSTACK_A_ROUTE_DST])
		err = nst_get_family(tb[NETSTACK_A_ROUTE_FAMILY], &family,
				     extack);
	if (!err)
		err = nst_get_address(tb[NETSTACK_A_ROUTE_DST], family,
				      &daddr, extack);
	if (err)
		return err;
	if (tb[NETSTACK_A_ROUTE_LINK])
		link = nla_get_u32(tb[NETSTACK_A_ROUTE_LINK]);
	nst_path_mtu_forget(request->stack, family,
			    tb[NETSTACK_A_ROUTE_DST] ? &daddr : NULL, link);
	return 0;
}

int nst_control_route_cache_del(struct sk_buff *skb, struct genl_info *info)
{
	return nst_message_change(info, &path_mtu_object, forget);
}
