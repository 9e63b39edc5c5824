// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink family "netstack": its operations, and the notifications
 * of every change. What may be changed takes CAP_NET_ADMIN in the user
 * namespace that owns the network namespace.
 */
#include "../event.h"
#include "control.h"
#include "message.h"

/* A request holds one nest: the object it speaks of. */
static const struct nla_policy policy[NETSTACK_A_MAX + 1] = {
	[NETSTACK_A_LINK] = NLA_POLICY_NESTED(nst_link_policy),
	[NETSTACK_A_ADDR] = NLA_POLICY_NESTED(nst_addr_policy),
	[NETSTACK_A_ROUTE] = NLA_POLICY_NESTED(nst_route_policy),
	[NETSTACK_A_RULE] = NLA_POLICY_NESTED(nst_rule_policy),
	[NETSTACK_A_NEIGH] = NLA_POLICY_NESTED(nst_neigh_policy),
	[NETSTACK_A_MADDR] = NLA_POLICY_NESTED(nst_maddr_policy),
	[NETSTACK_A_IMPAIR] = NLA_POLICY_NESTED(nst_impair_policy),
};

static const struct genl_ops operations[] = {
	{
		.cmd = NETSTACK_CMD_INFO_GET,
		.doit = nst_control_info_get,
	},
	{
		.cmd = NETSTACK_CMD_LINK_GET,
		.doit = nst_control_link_get,
		.dumpit = nst_control_link_dump,
	},
	{
		.cmd = NETSTACK_CMD_LINK_SET,
		.doit = nst_control_link_set,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = NETSTACK_CMD_LINK_NEW,
		.doit = nst_control_link_new,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = NETSTACK_CMD_LINK_DEL,
		.doit = nst_control_link_del,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = NETSTACK_CMD_ADDR_GET,
		.dumpit = nst_control_addr_dump,
	},
	{
		.cmd = NETSTACK_CMD_ADDR_NEW,
		.doit = nst_control_addr_new,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = NETSTACK_CMD_ADDR_DEL,
		.doit = nst_control_addr_del,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = NETSTACK_CMD_ROUTE_GET,
		.doit = nst_control_route_get,
		.dumpit = nst_control_route_dump,
	},
	{
		.cmd = NETSTACK_CMD_ROUTE_NEW,
		.doit = nst_control_route_new,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = NETSTACK_CMD_ROUTE_DEL,
		.doit = nst_control_route_del,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = NETSTACK_CMD_ROUTE_CACHE_GET,
		.dumpit = nst_control_route_cache_dump,
	},
	{
		.cmd = NETSTACK_CMD_ROUTE_CACHE_DEL,
		.doit = nst_control_route_cache_del,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = NETSTACK_CMD_RULE_GET,
		.dumpit = nst_control_rule_dump,
	},
	{
		.cmd = NETSTACK_CMD_RULE_NEW,
		.doit = nst_control_rule_new,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = NETSTACK_CMD_RULE_DEL,
		.doit = nst_control_rule_del,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = NETSTACK_CMD_NEIGH_GET,
		.dumpit = nst_control_neigh_dump,
	},
	{
		.cmd = NETSTACK_CMD_NEIGH_NEW,
		.doit = nst_control_neigh_new,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = NETSTACK_CMD_NEIGH_DEL,
		.doit = nst_control_neigh_del,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = NETSTACK_CMD_MADDR_GET,
		.dumpit = nst_control_maddr_dump,
	},
	{
		.cmd = NETSTACK_CMD_MADDR_NEW,
		.doit = nst_control_maddr_new,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = NETSTACK_CMD_MADDR_DEL,
		.doit = nst_control_maddr_del,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = NETSTACK_CMD_STAT_GET,
		.dumpit = nst_control_stat_dump,
	},
	{
		.cmd = NETSTACK_CMD_IMPAIR_GET,
		.dumpit = nst_control_impair_dump,
	},
	{
		.cmd = NETSTACK_CMD_IMPAIR_NEW,
		.doit = nst_control_impair_new,
		.flags = GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd = NETSTACK_CMD_IMPAIR_DEL,
		.doit = nst_control_impair_del,
		.flags = GENL_UNS_ADMIN_PERM,
	},
};

/**
 * struct notification - how an event is told
 * @cmd: NETSTACK_CMD_* of the message
 * @object: what it is about, or NULL for events that are not told
 */
struct notification {
	u8 cmd;
	const struct nst_object *object;
};

static const struct notification notifications[] = {
	[NST_EVENT_LINK_NEW] = { NETSTACK_CMD_LINK_NEW, &nst_link_object },
	[NST_EVENT_LINK_CHANGE] = { NETSTACK_CMD_LINK_NEW, &nst_link_object },
	[NST_EVENT_LINK_UP] = { NETSTACK_CMD_LINK_NEW, &nst_link_object },
	[NST_EVENT_LINK_DOWN] = { NETSTACK_CMD_LINK_NEW, &nst_link_object },
	[NST_EVENT_LINK_DEL] = { NETSTACK_CMD_LINK_DEL, &nst_link_object },
	[NST_EVENT_IMPAIR_CHANGE] = { NETSTACK_CMD_IMPAIR_NEW,
				      &nst_impair_object },
	[NST_EVENT_IMPAIR_DEL] = { NETSTACK_CMD_IMPAIR_DEL,
				   &nst_impair_object },
	[NST_EVENT_ADDRESS_NEW] = { NETSTACK_CMD_ADDR_NEW, &nst_addr_object },
	[NST_EVENT_ADDRESS_CHANGE] = { NETSTACK_CMD_ADDR_NEW,
				       &nst_addr_object },
	[NST_EVENT_ADDRESS_DEL] = { NETSTACK_CMD_ADDR_DEL, &nst_addr_object },
	[NST_EVENT_ROUTE_NEW] = { NETSTACK_CMD_ROUTE_NEW, &nst_route_object },
	[NST_EVENT_ROUTE_DEL] = { NETSTACK_CMD_ROUTE_DEL, &nst_route_object },
	[NST_EVENT_RULE_NEW] = { NETSTACK_CMD_RULE_NEW, &nst_rule_object },
	[NST_EVENT_RULE_DEL] = { NETSTACK_CMD_RULE_DEL, &nst_rule_object },
	[NST_EVENT_ROUTER_OPTION] = { NETSTACK_CMD_ROUTER_OPTION,
				      &nst_router_option_object },
	[NST_EVENT_GROUP_NEW] = { NETSTACK_CMD_MADDR_NEW, &nst_maddr_object },
	[NST_EVENT_GROUP_DEL] = { NETSTACK_CMD_MADDR_DEL, &nst_maddr_object },
	[NST_EVENT_NEIGHBOUR_CHANGE] = { NETSTACK_CMD_NEIGH_NEW,
					 &nst_neigh_object },
	[NST_EVENT_NEIGHBOUR_DEL] = { NETSTACK_CMD_NEIGH_DEL,
				      &nst_neigh_object },
};

static void notify(struct nst_stack *stack, enum nst_event event,
		   void *object)
{
	bool softirq = event == NST_EVENT_NEIGHBOUR_CHANGE ||
		       event == NST_EVENT_NEIGHBOUR_DEL;

	if (event >= ARRAY_SIZE(notifications) || !notifications[event].object)
		return;
	if (!softirq)
		WRITE_ONCE(stack->config_generation,
			   stack->config_generation + 1);
	nst_message_notify(stack, notifications[event].cmd,
			   notifications[event].object, object,
			   softirq ? GFP_ATOMIC : GFP_KERNEL);
}

int nst_control_init(void)
{
	int err;

	nst_genl_family.policy = policy;
	nst_genl_family.ops = operations;
	nst_genl_family.n_ops = ARRAY_SIZE(operations);
	/* Without it, genetlink refuses NLM_F_CREATE and its like. */
	nst_genl_family.resv_start_op = NETSTACK_CMD_MAX + 1;
	err = genl_register_family(&nst_genl_family);
	if (err)
		return err;
	err = nst_event_listen(notify);
	if (err)
		genl_unregister_family(&nst_genl_family);
	return err;
}

void nst_control_exit(void)
{
	genl_unregister_family(&nst_genl_family);
}
