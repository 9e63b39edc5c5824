// SPDX-License-Identifier: GPL-2.0
/*
 * Options of router advertisements that are for user space (RFC 8106): only
 * told, never asked for.
 */
#include "../compat.h"
#include "../network/router.h"
#include "message.h"

/* Both options have their lifetime there, RFC 8106 5.1 and 5.2. */
#define LIFETIME_OFFSET	4
#define DATA_OFFSET	8

static int fill(struct sk_buff *skb, const void *item)
{
	const struct nst_router_option *option = item;
	unsigned int length = option->option[1] * 8;
	u32 lifetime;

	lifetime = get_unaligned_be32(option->option + LIFETIME_OFFSET);
	if (nla_put_u32(skb, NETSTACK_A_ROUTER_OPTION_LINK,
			option->link->index) ||
	    nla_put(skb, NETSTACK_A_ROUTER_OPTION_ROUTER,
		    sizeof(option->router), &option->router) ||
	    nla_put_u8(skb, NETSTACK_A_ROUTER_OPTION_TYPE,
		       option->option[0]) ||
	    nla_put_u32(skb, NETSTACK_A_ROUTER_OPTION_LIFETIME, lifetime) ||
	    nla_put(skb, NETSTACK_A_ROUTER_OPTION_DATA, length - DATA_OFFSET,
		    option->option + DATA_OFFSET))
		return -EMSGSIZE;
	return 0;
}

const struct nst_object nst_router_option_object = {
	.cmd = NETSTACK_CMD_ROUTER_OPTION,
	.nest = NETSTACK_A_ROUTER_OPTION,
	.fill = fill,
};
