// SPDX-License-Identifier: GPL-2.0
/*
 * rtnetlink(7) of a stack: its netlink unit, and what becomes of a request.
 */
#include <net/net_namespace.h>

#include "control.h"
#include "rtnetlink.h"

static int rtnl_unit;

static const struct nst_rtnl_kind *const kinds[] = {
	&nst_rtnl_links,
	&nst_rtnl_addresses,
	&nst_rtnl_routes,
	&nst_rtnl_neighbours,
	&nst_rtnl_rules,
};

struct nlmsghdr *nst_rtnl_begin(struct sk_buff *skb,
				const struct nst_rtnl_head *head, size_t size)
{
	struct nlmsghdr *nlh;

	nlh = nlmsg_put(skb, head->portid, head->seq, head->type, size,
			head->flags);
	if (nlh)
		memset(nlmsg_data(nlh), 0, size);
	return nlh;
}

int nst_rtnl_parse(const struct nst_rtnl_request *request, size_t size,
		   struct nlattr **tb, int max,
		   const struct nla_policy *policy)
{
	return request->strict ?
		nlmsg_parse_deprecated_strict(request->nlh, size, tb, max,
					      policy, request->extack) :
		nlmsg_parse_deprecated(request->nlh, size, tb, max, policy,
				       request->extack);
}

int nst_rtnl_only(const struct nst_rtnl_request *request,
		  struct nlattr **tb, int max, u64 known)
{
	int i;

	for (i = 0; i <= max; i++) {
		if (!tb[i] || (i < 64 && known >> i & 1))
			continue;
		NL_SET_ERR_MSG_ATTR(request->extack, tb[i],
				    "this request has no such attribute");
		return -EINVAL;
	}
	return 0;
}

int nst_rtnl_reply(const struct nst_rtnl_request *request,
		   struct nst_rtnl_head head, nst_rtnl_fill_t fill,
		   const void *item)
{
	struct sk_buff *skb;
	int err;

	head.portid = NETLINK_CB(request->skb).portid;
	head.seq = request->nlh->nlmsg_seq;
	head.stack = request->stack;
	skb = nlmsg_new(NLMSG_GOODSIZE, GFP_ATOMIC);
	if (!skb)
		return -ENOBUFS;
	err = fill(skb, &head, item);
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	return nlmsg_unicast(request->skb->sk, skb, head.portid);
}

int nst_rtnl_dump_one(struct nst_rtnl_dump *dump, nst_rtnl_fill_t fill,
		      const void *item)
{
	struct nlmsghdr *nlh = (void *)skb_tail_pointer(dump->skb);
	int err;

	if (dump->position >= (unsigned long)dump->cb->args[0]) {
		err = fill(dump->skb, &dump->head, item);
		if (err)
			return err;
		nl_dump_check_consistent(dump->cb, nlh);
	}
	dump->position++;
	return 0;
}

static struct nst_stack *find_stack(struct net *net,
				    struct netlink_ext_ack *extack)
{
	struct nst_stack *stack;

	/* Who asks keeps the namespace, and with it the stack. */
	rcu_read_lock();
	stack = nst_stack_rcu(net);
	rcu_read_unlock();
	if (!stack)
		NL_SET_ERR_MSG(extack,
			       "this network namespace has no stack: add a link of type netstack");
	return stack;
}

static int dump_part(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct nst_rtnl_kind *kind = cb->data;
	const struct nst_rtnl_request request = {
		.skb = cb->skb,
		.nlh = cb->nlh,
		.extack = cb->extack,
		.stack = find_stack(sock_net(cb->skb->sk), cb->extack),
		.strict = cb->strict_check,
	};
	struct nst_rtnl_dump dump = {
		.skb = skb,
		.cb = cb,
		.head = {
			.type = kind->answer,
			.flags = NLM_F_MULTI,
			.portid = NETLINK_CB(cb->skb).portid,
			.seq = cb->nlh->nlmsg_seq,
		},
	};
	int err;

	if (!request.stack)
		return -ENODEV;
	dump.head.stack = request.stack;
	/* Changes with every change. */
	cb->seq = READ_ONCE(request.stack->config_generation);
	rcu_read_lock();
	err = kind->dump(&request, &dump);
	rcu_read_unlock();
	cb->args[0] = dump.position;
	return skb->len ?: err;
}

static int get(struct sk_buff *skb, const struct nlmsghdr *nlh,
	       const struct nst_rtnl_kind *kind,
	       struct netlink_ext_ack *extack)
{
	const struct nst_rtnl_request request = {
		.skb = skb,
		.nlh = nlh,
		.extack = extack,
		.stack = find_stack(sock_net(skb->sk), extack),
		.strict = netlink_strict_get_check(skb),
	};
	int err;

	if (!request.stack)
		return -ENODEV;
	rcu_read_lock();
	err = kind->get(&request);
	rcu_read_unlock();
	return err;
}

static int receive_message(struct sk_buff *skb, struct nlmsghdr *nlh,
			   struct netlink_ext_ack *extack)
{
	struct netlink_dump_control control = { .dump = dump_part };
	u16 type = nlh->nlmsg_type;
	unsigned int i;

	if (type < RTM_BASE || type > RTM_MAX)
		return -EOPNOTSUPP;
	/* As the host: no family, no answer. */
	if (nlmsg_len(nlh) < (int)sizeof(struct rtgenmsg))
		return 0;
	if (((type - RTM_BASE) & RTNL_KIND_MASK) != RTNL_KIND_GET) {
		if (!netlink_net_capable(skb, CAP_NET_ADMIN))
			return -EPERM;
		NL_SET_ERR_MSG(extack,
			       "read only: nsctl changes the stack");
		return -EOPNOTSUPP;
	}
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (kinds[i]->request != type)
			continue;
		if (nlh->nlmsg_flags & NLM_F_DUMP) {
			control.data = (void *)kinds[i];
			return netlink_dump_start(skb->sk, skb, nlh, &control);
		}
		if (kinds[i]->get)
			return get(skb, nlh, kinds[i], extack);
	}
	return -EOPNOTSUPP;
}

static void receive(struct sk_buff *skb)
{
	netlink_rcv_skb(skb, receive_message);
}

void nst_rtnl_group_send(struct nst_stack *stack, unsigned int group, u16 type,
			 nst_rtnl_fill_t fill, const void *item)
{
	const struct nst_rtnl_head head = { .type = type, .stack = stack };
	struct sk_buff *skb;
	struct sock *sk;

	rcu_read_lock();
	sk = rcu_dereference(nst_net(stack->net)->rtnetlink);
	if (!sk || !netlink_has_listeners(sk, group))
		goto unlock;
	skb = nlmsg_new(NLMSG_GOODSIZE, GFP_ATOMIC);
	if (skb && !fill(skb, &head, item)) {
		nlmsg_notify(sk, skb, 0, group, 0, GFP_ATOMIC);
	} else {
		nlmsg_free(skb);
		netlink_set_err(sk, 0, group, -ENOBUFS);
	}
unlock:
	rcu_read_unlock();
}

static int __net_init rtnl_net_init(struct net *net)
{
	struct netlink_kernel_cfg config = {
		.groups = RTNLGRP_MAX,
		.flags = NL_CFG_F_NONROOT_RECV,
		.input = receive,
	};
	struct sock *sk;

	sk = netlink_kernel_create(net, rtnl_unit, &config);
	if (!sk)
		return -EBUSY;
	rcu_assign_pointer(nst_net(net)->rtnetlink, sk);
	return 0;
}

/* Whoever still tells something does so under RCU, after which it is freed. */
static void __net_exit rtnl_net_exit(struct net *net)
{
	netlink_kernel_release(rcu_replace_pointer(nst_net(net)->rtnetlink,
						   NULL, true));
}

static struct pernet_operations rtnl_net_ops = {
	.init = rtnl_net_init,
	.exit = rtnl_net_exit,
};

int nst_rtnl_register(int unit)
{
	/* Those up to this one are the kernel's, whether it has them or not. */
	if (unit <= NETLINK_SMC || unit >= MAX_LINKS)
		return -EINVAL;
	rtnl_unit = unit;
	return register_pernet_subsys(&rtnl_net_ops);
}

void nst_rtnl_unregister(void)
{
	unregister_pernet_subsys(&rtnl_net_ops);
}
