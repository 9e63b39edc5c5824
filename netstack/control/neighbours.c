// SPDX-License-Identifier: GPL-2.0
/*
 * Neighbours over netlink: show, set, delete.
 */
#include <linux/jiffies.h>

#include "../network/neighbour.h"
#include "message.h"

const struct nla_policy nst_neigh_policy[NETSTACK_A_NEIGH_MAX + 1] = {
	[NETSTACK_A_NEIGH_LINK] = NLA_POLICY_MIN(NLA_U32, 1),
	[NETSTACK_A_NEIGH_FAMILY] = { .type = NLA_U16 },
	[NETSTACK_A_NEIGH_DST] = { .type = NLA_BINARY, .len = 16 },
	[NETSTACK_A_NEIGH_LLADDR] = NLA_POLICY_EXACT_LEN(ETH_ALEN),
	[NETSTACK_A_NEIGH_STATE] = { .type = NLA_U16 },
};

static u32 age_ms(unsigned long stamp)
{
	return jiffies_to_msecs(jiffies - READ_ONCE(stamp));
}

int nst_neigh_fill(struct sk_buff *skb, const void *object)
{
	struct nst_neighbour *neigh = (struct nst_neighbour *)object;
	struct nlattr *nest;
	u8 lladdr[ETH_ALEN];

	nest = nla_nest_start(skb, NETSTACK_A_NEIGH);
	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, NETSTACK_A_NEIGH_LINK, neigh->link->index) ||
	    nla_put_u16(skb, NETSTACK_A_NEIGH_FAMILY, neigh->family) ||
	    nst_put_address(skb, NETSTACK_A_NEIGH_DST, neigh->family,
			    &neigh->address) ||
	    nla_put_u16(skb, NETSTACK_A_NEIGH_STATE,
			READ_ONCE(neigh->state)) ||
	    nla_put_u8(skb, NETSTACK_A_NEIGH_PROBES,
		       READ_ONCE(neigh->probes)) ||
	    nla_put_u32(skb, NETSTACK_A_NEIGH_QUEUED,
			skb_queue_len_lockless(&neigh->queue)) ||
	    nla_put_u32(skb, NETSTACK_A_NEIGH_USED_MS, age_ms(neigh->used)) ||
	    nla_put_u32(skb, NETSTACK_A_NEIGH_CONFIRMED_MS,
			age_ms(neigh->confirmed)) ||
	    nla_put_u32(skb, NETSTACK_A_NEIGH_UPDATED_MS,
			age_ms(neigh->updated)))
		goto cancel;
	if (nst_neighbour_lladdr(neigh, lladdr) &&
	    nla_put(skb, NETSTACK_A_NEIGH_LLADDR, ETH_ALEN, lladdr))
		goto cancel;
	if (READ_ONCE(neigh->router) &&
	    nla_put_flag(skb, NETSTACK_A_NEIGH_ROUTER))
		goto cancel;
	nla_nest_end(skb, nest);
	return 0;

cancel:
	nla_nest_cancel(skb, nest);
	return -EMSGSIZE;
}

struct dump {
	struct sk_buff *skb;
	struct netlink_callback *cb;
};

static int dump_one(struct nst_neighbour *neigh, void *data)
{
	struct dump *dump = data;

	return nst_message_dump(dump->skb, dump->cb, NETSTACK_CMD_NEIGH_NEW,
				nst_neigh_fill, neigh);
}

int nst_control_neigh_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nst_stack *stack = nst_message_stack(sock_net(cb->skb->sk),
						    cb->extack);
	struct dump dump = { skb, cb };
	int err;

	if (IS_ERR(stack))
		return PTR_ERR(stack);
	err = nst_neighbour_walk(stack, (unsigned long *)&cb->args[0],
				 dump_one, &dump);
	return skb->len ?: err;
}

/**
 * struct request - a neighbour that a request names
 * @link_attr: the link
 * @family: address family
 * @address: network address
 * @lladdr: station address, or NULL
 * @state: NUD_*
 */
struct request {
	const struct nlattr *link_attr;
	u8 family;
	union nst_address address;
	const u8 *lladdr;
	u16 state;
};

static int parse(struct genl_info *info, struct request *request)
{
	struct nlattr *tb[NETSTACK_A_NEIGH_MAX + 1];
	int err;

	err = nst_message_nest(info, NETSTACK_A_NEIGH, NETSTACK_A_NEIGH_MAX,
			       nst_neigh_policy, tb);
	if (!err)
		err = nst_get_family(tb[NETSTACK_A_NEIGH_FAMILY],
				     &request->family, info->extack);
	if (err)
		return err;
	if (!tb[NETSTACK_A_NEIGH_DST]) {
		NL_SET_ERR_MSG(info->extack, "the request names no neighbour");
		return -EINVAL;
	}
	request->link_attr = tb[NETSTACK_A_NEIGH_LINK];
	if (tb[NETSTACK_A_NEIGH_LLADDR])
		request->lladdr = nla_data(tb[NETSTACK_A_NEIGH_LLADDR]);
	request->state = NUD_PERMANENT;
	if (tb[NETSTACK_A_NEIGH_STATE])
		request->state = nla_get_u16(tb[NETSTACK_A_NEIGH_STATE]);
	return nst_get_address(tb[NETSTACK_A_NEIGH_DST], request->family,
			       &request->address, info->extack);
}

static int set_neighbour(struct nst_link *link, const struct request *request,
			 struct genl_info *info)
{
	bool exclusive = info->nlhdr->nlmsg_flags & NLM_F_EXCL;
	struct nst_neighbour *neigh;

	if (link->flags & (NST_LINK_LOOPBACK | NST_LINK_NOARP)) {
		NL_SET_ERR_MSG(info->extack, "the link has no neighbours");
		return -EOPNOTSUPP;
	}
	if (exclusive) {
		neigh = nst_neighbour_lookup(link, request->family,
					     &request->address, false);
		if (!IS_ERR_OR_NULL(neigh)) {
			nst_neighbour_put(neigh);
			NL_SET_ERR_MSG(info->extack,
				       "the neighbour is there already: replace it");
			return -EEXIST;
		}
	}
	neigh = nst_neighbour_lookup(link, request->family, &request->address,
				     true);
	if (IS_ERR(neigh)) {
		if (PTR_ERR(neigh) == -ENOBUFS)
			NL_SET_ERR_MSG(info->extack,
				       "neighbour table is full: raise net.netstack.neigh_max");
		else if (PTR_ERR(neigh) == -ENETDOWN)
			NL_SET_ERR_MSG(info->extack,
				       "the link is down: bring it up first");
		return PTR_ERR(neigh);
	}
	nst_neighbour_update(neigh, request->lladdr, request->state,
			     NST_NEIGHBOUR_OVERRIDE | NST_NEIGHBOUR_ADMIN);
	nst_neighbour_put(neigh);
	return 0;
}

int nst_control_neigh_new(struct sk_buff *skb, struct genl_info *info)
{
	struct request request = {};
	struct nst_stack *stack;
	struct nst_link *link;
	int err;

	stack = nst_message_stack(genl_info_net(info), info->extack);
	if (IS_ERR(stack))
		return PTR_ERR(stack);
	err = parse(info, &request);
	if (err)
		return err;
	if (request.state != NUD_PERMANENT && request.state != NUD_REACHABLE &&
	    request.state != NUD_STALE) {
		NL_SET_ERR_MSG(info->extack,
			       "state is not permanent, reachable or stale");
		return -EINVAL;
	}
	if (!request.lladdr || !is_valid_ether_addr(request.lladdr)) {
		NL_SET_ERR_MSG(info->extack,
			       "the neighbour needs the address of one station");
		return -EINVAL;
	}

	mutex_lock(&stack->config_mutex);
	link = nst_get_link(stack, request.link_attr, info->extack);
	err = IS_ERR(link) ? PTR_ERR(link) :
			     set_neighbour(link, &request, info);
	mutex_unlock(&stack->config_mutex);
	return err;
}

int nst_control_neigh_del(struct sk_buff *skb, struct genl_info *info)
{
	struct request request = {};
	struct nst_stack *stack;
	struct nst_link *link;
	int err;

	stack = nst_message_stack(genl_info_net(info), info->extack);
	if (IS_ERR(stack))
		return PTR_ERR(stack);
	err = parse(info, &request);
	if (err)
		return err;

	mutex_lock(&stack->config_mutex);
	link = nst_get_link(stack, request.link_attr, info->extack);
	if (IS_ERR(link)) {
		err = PTR_ERR(link);
	} else {
		err = nst_neighbour_del(link, request.family,
					&request.address);
		if (err)
			NL_SET_ERR_MSG(info->extack, "no such neighbour");
	}
	mutex_unlock(&stack->config_mutex);
	return err;
}
