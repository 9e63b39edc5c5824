// SPDX-License-Identifier: GPL-2.0
/*
 * The stack itself over netlink: version, family number, and every limit
 * with its use.
 */
#include "../network/group.h"
#include "../network/address.h"
#include "../network/neighbour.h"
#include "../network/path_mtu.h"
#include "../network/reassembly.h"
#include "../network/route.h"
#include "../netstack_version.h"
#include "../socket/socket.h"
#include "../transport/tcp/tcp.h"
#include "message.h"

static u64 count(struct nst_stack *stack, const struct nst_object *object)
{
	const void *item = NULL;
	u64 number = 0;

	while ((item = object->next(stack, item)))
		number++;
	return number;
}

static u64 count_links(struct nst_stack *stack)
{
	return count(stack, &nst_link_object);
}

static u64 count_addresses(struct nst_stack *stack)
{
	return count(stack, &nst_addr_object);
}

static u64 count_routes(struct nst_stack *stack)
{
	return count(stack, &nst_route_object);
}

static u64 count_rules(struct nst_stack *stack)
{
	return count(stack, &nst_rule_object);
}

static int count_neighbour(struct nst_neighbour *neigh, void *data)
{
	u64 *count = data;

	(*count)++;
	return 0;
}

static u64 count_neighbours(struct nst_stack *stack)
{
	unsigned long cursor = 0;
	u64 count = 0;

	nst_neighbour_walk(stack, &cursor, count_neighbour, &count);
	return count;
}

static u64 count_path_mtus(struct nst_stack *stack)
{
	return READ_ONCE(stack->path_mtus->count);
}

static u64 count_groups(struct nst_stack *stack)
{
	return nst_group_count(stack);
}

static u64 count_captures(struct nst_stack *stack)
{
	return READ_ONCE(stack->tap_count);
}

static u64 count_sockets(struct nst_stack *stack)
{
	return atomic_read(&stack->sockets);
}

static u64 count_orphans(struct nst_stack *stack)
{
	return atomic_read(&stack->tcp->orphans);
}

static u64 count_timewaits(struct nst_stack *stack)
{
	return atomic_read(&stack->tcp->timewaits);
}

static u64 count_datagrams(struct nst_stack *stack)
{
	return nst_reassembly_datagrams(stack);
}

static u64 count_fragment_bytes(struct nst_stack *stack)
{
	return nst_reassembly_memory(stack);
}

static u64 count_impaired_packets(struct nst_stack *stack)
{
	return atomic_read(&stack->impaired_packets);
}

static u64 count_impaired_bytes(struct nst_stack *stack)
{
	return atomic_long_read(&stack->impaired_bytes);
}

static const struct {
	const char *name;
	u64 (*used)(struct nst_stack *stack);
	size_t max;
} limits[] = {
#define LIMIT(name, used, max) \
	{ name, used, offsetof(struct nst_config, max) }
	LIMIT("links", count_links, link_max),
	LIMIT("addresses", count_addresses, address_max),
	LIMIT("routes", count_routes, route_max),
	LIMIT("rules", count_rules, rule_max),
	LIMIT("neighbours", count_neighbours, neigh_max),
	LIMIT("path-mtus", count_path_mtus, path_mtu_max),
	LIMIT("groups", count_groups, group_max),
	LIMIT("fragmented-datagrams", count_datagrams, ipfrag_max_datagrams),
	LIMIT("fragment-bytes", count_fragment_bytes, ipfrag_high_thresh),
	LIMIT("impaired-packets", count_impaired_packets, impair_packets_max),
	LIMIT("impaired-bytes", count_impaired_bytes, impair_bytes_max),
	LIMIT("captures", count_captures, capture_max),
	LIMIT("sockets", count_sockets, socket_max),
	LIMIT("orphans", count_orphans, tcp_max_orphans),
	LIMIT("time-wait", count_timewaits, tcp_max_tw_buckets),
#undef LIMIT
};

static int fill_limit(struct sk_buff *skb, struct nst_stack *stack, size_t i)
{
	const int *max = (void *)&stack->config + limits[i].max;
	struct nlattr *nest;

	nest = nla_nest_start(skb, NETSTACK_A_INFO_LIMIT);
	if (!nest ||
	    nla_put_string(skb, NETSTACK_A_LIMIT_NAME, limits[i].name) ||
	    nla_put_u64_64bit(skb, NETSTACK_A_LIMIT_USED,
			      limits[i].used(stack), NETSTACK_A_LIMIT_PAD) ||
	    nla_put_u64_64bit(skb, NETSTACK_A_LIMIT_MAX, READ_ONCE(*max),
			      NETSTACK_A_LIMIT_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int fill(struct sk_buff *skb, const void *item)
{
	struct nst_stack *stack = (struct nst_stack *)item;
	size_t i;

	if (nla_put_string(skb, NETSTACK_A_INFO_VERSION, NETSTACK_VERSION) ||
	    nla_put_u32(skb, NETSTACK_A_INFO_FAMILY, nst_family))
		return -EMSGSIZE;
	for (i = 0; i < ARRAY_SIZE(limits); i++)
		if (fill_limit(skb, stack, i))
			return -EMSGSIZE;
	return 0;
}

static const struct nst_object info_object = {
	.cmd = NETSTACK_CMD_INFO_GET,
	.nest = NETSTACK_A_INFO,
	.fill = fill,
};

int nst_control_info_get(struct sk_buff *skb, struct genl_info *info)
{
	struct nst_stack *stack;
	int err;

	stack = nst_message_stack(genl_info_net(info), info->genlhdr,
				  info->extack);
	if (IS_ERR(stack))
		return PTR_ERR(stack);
	rcu_read_lock();
	err = nst_message_reply(info, &info_object, stack);
	rcu_read_unlock();
	return err;
}
