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

static int check_reserved(const struct genlmsghdr *header,
			  struct netlink_ext_ack *extack)
{
	/* genetlink looks at it only where it also forbids NLM_F_CREATE. */
	if (!header->reserved)
		return 0;
	NL_SET_ERR_MSG(extack, "the reserved field of the header must be 0");
	return -EINVAL;
}

struct nst_stack *nst_message_stack(struct net *net,
				    const struct genlmsghdr *header,
				    struct netlink_ext_ack *extack)
{
	int err = check_reserved(header, extack);
	struct nst_stack *stack;

	if (err)
		return ERR_PTR(err);
	rcu_read_lock();
	stack = nst_stack_rcu(net);
	rcu_read_unlock();
	if (stack)
		return stack;
	NL_SET_ERR_MSG(extack,
		       "this network namespace has no stack: add a link of type netstack");
	return ERR_PTR(-ENODEV);
}

struct nst_stack *nst_message_dump_stack(const struct netlink_callback *cb)
{
	return nst_message_stack(sock_net(cb->skb->sk), nlmsg_data(cb->nlh),
				 cb->extack);
}

/*
 * One whole message; with @cb, of a dump that must be consistent. Return: 0
 * or -EMSGSIZE, @skb as it was.
 */
static int message_put(struct sk_buff *skb, u32 portid, u32 seq, int flags,
		       u8 cmd, const struct nst_object *object,
		       const void *item, struct netlink_callback *cb)
{
	struct nlattr *nest;
	void *header;

	header = genlmsg_put(skb, portid, seq, &nst_genl_family, flags, cmd);
	if (!header)
		return -EMSGSIZE;
	if (cb)
		genl_dump_check_consistent(cb, header);
	nest = nla_nest_start(skb, object->nest);
	if (!nest || object->fill(skb, item)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	genlmsg_end(skb, header);
	return 0;
}

int nst_message_reply(struct genl_info *info, const struct nst_object *object,
		      const void *item)
{
	struct sk_buff *skb;
	int err;

	skb = genlmsg_new(NLMSG_GOODSIZE, GFP_ATOMIC);
	if (!skb)
		return -ENOMEM;
	err = message_put(skb, info->snd_portid, info->snd_seq, 0, object->cmd,
			  object, item, NULL);
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	return genlmsg_reply(skb, info);
}

void nst_message_notify(struct nst_stack *stack, u8 cmd,
			const struct nst_object *object, const void *item,
			gfp_t gfp)
{
	struct sk_buff *skb;

	if (!genl_has_listeners(&nst_genl_family, stack->net, 0))
		return;
	skb = genlmsg_new(NLMSG_GOODSIZE, gfp);
	if (!skb || message_put(skb, 0, 0, 0, cmd, object, item, NULL)) {
		/* Listeners see ENOBUFS and read everything again. */
		nlmsg_free(skb);
		genl_set_err(&nst_genl_family, stack->net, 0, 0, -ENOBUFS);
		return;
	}
	genlmsg_multicast_netns(&nst_genl_family, stack->net, skb, 0, 0, gfp);
}

int nst_message_dump(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct nst_object *object, const void *item)
{
	return message_put(skb, NETLINK_CB(cb->skb).portid,
			   cb->nlh->nlmsg_seq, NLM_F_MULTI, object->cmd,
			   object, item, cb);
}

int nst_message_dump_all(struct sk_buff *skb, struct netlink_callback *cb,
			 const struct nst_object *object)
{
	struct nst_stack *stack = nst_message_dump_stack(cb);
	const void *item = NULL;
	long position = 0;
	int err = 0;

	if (IS_ERR(stack))
		return PTR_ERR(stack);

	rcu_read_lock();
	/* Changes with every change. */
	cb->seq = READ_ONCE(stack->config_generation);
	while ((item = object->next(stack, item))) {
		if (position >= cb->args[0]) {
			err = nst_message_dump(skb, cb, object, item);
			if (err)
				break;
		}
		position++;
	}
	cb->args[0] = position;
	rcu_read_unlock();
	return skb->len ?: err;
}

int nst_message_parse(struct genl_info *info, const struct nst_object *object,
		      struct nlattr **tb)
{
	int err = check_reserved(info->genlhdr, info->extack);

	if (err)
		return err;
	if (GENL_REQ_ATTR_CHECK(info, object->nest)) {
		NL_SET_ERR_MSG(info->extack, "the request names no object");
		return -EINVAL;
	}
	return nla_parse_nested(tb, object->max, info->attrs[object->nest],
				object->policy, info->extack);
}

/* Room for the attributes of any object. */
union request_attrs {
	struct nlattr *link[NETSTACK_A_LINK_MAX + 1];
	struct nlattr *addr[NETSTACK_A_ADDR_MAX + 1];
	struct nlattr *route[NETSTACK_A_ROUTE_MAX + 1];
	struct nlattr *rule[NETSTACK_A_RULE_MAX + 1];
	struct nlattr *neigh[NETSTACK_A_NEIGH_MAX + 1];
	struct nlattr *impair[NETSTACK_A_IMPAIR_MAX + 1];
};

static int request_handle(struct genl_info *info,
			  const struct nst_object *object, nst_handle_t handle,
			  bool change)
{
	union request_attrs attrs;
	struct nst_request request = {
		.info = info,
		.extack = info->extack,
		.tb = (struct nlattr **)&attrs,
	};
	int err;

	request.stack = nst_message_stack(genl_info_net(info), info->genlhdr,
					  info->extack);
	if (IS_ERR(request.stack))
		return PTR_ERR(request.stack);
	err = nst_message_parse(info, object, request.tb);
	if (err)
		return err;

	if (change)
		mutex_lock(&request.stack->config_mutex);
	err = handle(&request);
	if (change)
		mutex_unlock(&request.stack->config_mutex);
	return err;
}

int nst_message_read(struct genl_info *info, const struct nst_object *object,
		     nst_handle_t handle)
{
	return request_handle(info, object, handle, false);
}

int nst_message_change(struct genl_info *info, const struct nst_object *object,
		       nst_handle_t handle)
{
	return request_handle(info, object, handle, true);
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
	if (!attr)
		return 0;
	if (nla_len(attr) != nst_address_bytes(family)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "address has not the length of its family");
		return -EINVAL;
	}
	memset(address, 0, sizeof(*address));
	memcpy(address, nla_data(attr), nla_len(attr));
	return 0;
}

int nst_get_prefix_len(const struct nlattr *attr, u8 family, u8 *prefix_len,
		       struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	if (nla_get_u8(attr) > nst_address_bits(family)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "prefix is longer than the address");
		return -EINVAL;
	}
	*prefix_len = nla_get_u8(attr);
	return 0;
}

int nst_get_family(const struct nlattr *attr, u8 *family,
		   struct netlink_ext_ack *extack)
{
	u16 value = attr ? nla_get_u16(attr) : AF_INET;

	if (value != AF_INET && value != AF_INET6) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "address family is neither AF_INET nor AF_INET6");
		return -EAFNOSUPPORT;
	}
	*family = value;
	return 0;
}

struct nst_link *nst_get_link(const struct nst_request *request, int attr)
{
	const struct nlattr *index = request->tb[attr];
	struct nst_link *link;

	if (!index) {
		NL_SET_ERR_MSG(request->extack, "the request names no link");
		return ERR_PTR(-EINVAL);
	}
	link = nst_link_by_index_rcu(request->stack, nla_get_u32(index));
	if (link)
		return link;
	NL_SET_ERR_MSG_ATTR(request->extack, index,
			    "the stack has no such link");
	return ERR_PTR(-ENODEV);
}
