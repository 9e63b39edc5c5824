// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink messages: reading and writing what all objects share.
 */
#include "../link/link.h"
#include "message.h"

static const struct genl_multicast_group groups[] = {
	{ .name = NETSTACK_GENL_GROUP_EVENTS },
};

struct genl_family nst_genl_family __ro_after_init = {
	.name = NETSTACK_GENL_NAME,
	.version = NETSTACK_GENL_VERSION,
	.maxattr = NETSTACK_A_MAX,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

struct nst_stack *nst_message_stack(struct net *net,
				    struct netlink_ext_ack *extack)
{
	struct nst_stack *stack;

	rcu_read_lock();
	stack = nst_stack_rcu(net);
	rcu_read_unlock();
	if (stack)
		return stack;
	NL_SET_ERR_MSG(extack,
		       "this network namespace has no stack: add a link of type netstack");
	return ERR_PTR(-ENODEV);
}

u32 nst_message_generation(const struct nst_stack *stack)
{
	return READ_ONCE(stack->config_generation);
}

int nst_message_put(struct sk_buff *skb, u32 portid, u32 seq, int flags,
		    u8 cmd, nst_fill_t fill, const void *object,
		    struct netlink_callback *cb)
{
	void *header;

	header = genlmsg_put(skb, portid, seq, &nst_genl_family, flags, cmd);
	if (!header)
		return -EMSGSIZE;
	if (cb)
		genl_dump_check_consistent(cb, header);
	if (fill(skb, object)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
}

int nst_message_reply(struct genl_info *info, u8 cmd, nst_fill_t fill,
		      const void *object)
{
	struct sk_buff *skb;
	int err;

	skb = genlmsg_new(NLMSG_GOODSIZE, GFP_ATOMIC);
	if (!skb)
		return -ENOMEM;
	err = nst_message_put(skb, info->snd_portid, info->snd_seq, 0, cmd,
			      fill, object, NULL);
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	return genlmsg_reply(skb, info);
}

void nst_message_notify(struct nst_stack *stack, u8 cmd, nst_fill_t fill,
			const void *object, gfp_t gfp)
{
	struct sk_buff *skb;

	if (!genl_has_listeners(&nst_genl_family, stack->net, 0))
		return;
	skb = genlmsg_new(NLMSG_GOODSIZE, gfp);
	if (!skb || nst_message_put(skb, 0, 0, 0, cmd, fill, object, NULL)) {
		/* Listeners see ENOBUFS and read everything again. */
		nlmsg_free(skb);
		genl_set_err(&nst_genl_family, stack->net, 0, 0, -ENOBUFS);
		return;
	}
	genlmsg_multicast_netns(&nst_genl_family, stack->net, skb, 0, 0, gfp);
}

int nst_message_dump(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		     nst_fill_t fill, const void *object)
{
	return nst_message_put(skb, NETLINK_CB(cb->skb).portid,
			       cb->nlh->nlmsg_seq, NLM_F_MULTI, cmd, fill,
			       object, cb);
}

int nst_message_nest(struct genl_info *info, int attr, int max,
		     const struct nla_policy *policy, struct nlattr **tb)
{
	if (GENL_REQ_ATTR_CHECK(info, attr)) {
		NL_SET_ERR_MSG(info->extack, "the request names no object");
		return -EINVAL;
	}
	return nla_parse_nested(tb, max, info->attrs[attr], policy,
				info->extack);
}

int nst_put_address(struct sk_buff *skb, int attr, u8 family,
		    const union nst_address *address)
{
	return nla_put(skb, attr, nst_address_bytes(family), address);
}

int nst_get_address(const struct nlattr *attr, u8 family,
		    union nst_address *address,
		    struct netlink_ext_ack *extack)
{
	if (nla_len(attr) != nst_address_bytes(family)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "address has not the length of its family");
		return -EINVAL;
	}
	memset(address, 0, sizeof(*address));
	memcpy(address, nla_data(attr), nla_len(attr));
	return 0;
}

int nst_get_family(const struct nlattr *attr, u8 *family,
		   struct netlink_ext_ack *extack)
{
	u16 value = attr ? nla_get_u16(attr) : AF_INET;

	if (value != AF_INET) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "address family is not one that the stack has: use AF_INET");
		return -EAFNOSUPPORT;
	}
	*family = value;
	return 0;
}

struct nst_link *nst_get_link(struct nst_stack *stack,
			      const struct nlattr *attr,
			      struct netlink_ext_ack *extack)
{
	struct nst_link *link;

	if (!attr) {
		NL_SET_ERR_MSG(extack, "the request names no link");
		return ERR_PTR(-EINVAL);
	}
	link = nst_link_by_index_rcu(stack, nla_get_u32(attr));
	if (link)
		return link;
	NL_SET_ERR_MSG_ATTR(extack, attr, "the stack has no such link");
	return ERR_PTR(-ENODEV);
}
