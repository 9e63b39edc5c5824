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

static int fill(struct sk_buff *skb, const void *item)
{
	struct nst_neighbour *neigh = (struct nst_neighbour *)item;
	u8 lladdr[ETH_ALEN];

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
		return -EMSGSIZE;
	if (nst_neighbour_lladdr(neigh, lladdr) &&
	    nla_put(skb, NETSTACK_A_NEIGH_LLADDR, ETH_ALEN, lladdr))
		return -EMSGSIZE;
	if (READ_ONCE(neigh->router))
		return nla_put_flag(skb, NETSTACK_A_NEIGH_ROUTER);
	return 0;
}

const struct nst_object nst_neigh_object = {
	.cmd = NETSTACK_CMD_NEIGH_NEW,
	.nest = NETSTACK_A_NEIGH,
	.max = NETSTACK_A_NEIGH_MAX,
	.policy = nst_neigh_policy,
	.fill = fill,
};

struct dump {
	struct sk_buff *skb;
	struct netlink_callback *cb;
};

static int dump_one(struct nst_neighbour *neigh, void *data)
{
	struct dump *dump = data;

	return nst_message_dump(dump->skb, dump->cb, &nst_neigh_object, neigh);
}

int nst_control_neigh_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nst_stack *stack = nst_message_dump_stack(cb);
	struct dump dump = { skb, cb };
	int err;

	if (IS_ERR(stack))
		return PTR_ERR(stack);
	err = nst_neighbour_walk(stack, (unsigned long *)&cb->args[0],
				 dump_one, &dump);
	return skb->len ?: err;
}

/**
 * struct neighbour_config - a neighbour that a request names
 * @family: address family
 * @address: network address
 * @lladdr: station address, or NULL
 * @state: NUD_*
 */
struct neighbour_config {
	u8 family;
	union nst_address address;
	const u8 *lladdr;
	u16 state;
};

static int parse(const struct nst_request *request,
		 struct neighbour_config *config)
{
	struct nlattr **tb = request->tb;
	int err;

	err = nst_get_family(tb[NETSTACK_A_NEIGH_FAMILY], &config->family,
			     request->extack);
	if (err)
		return err;
	if (!tb[NETSTACK_A_NEIGH_DST]) {
		NL_SET_ERR_MSG(request->extack,
			       "the request names no neighbour");
		return -EINVAL;
	}
	if (tb[NETSTACK_A_NEIGH_LLADDR])
		config->lladdr = nla_data(tb[NETSTACK_A_NEIGH_LLADDR]);
	config->state = NUD_PERMANENT;
	if (tb[NETSTACK_A_NEIGH_STATE])
		config->state = nla_get_u16(tb[NETSTACK_A_NEIGH_STATE]);
	return nst_get_address(tb[NETSTACK_A_NEIGH_DST], config->family,
			       &config->address, request->extack);
}

static int set_neighbour(const struct nst_request *request,
			 struct nst_link *link,
			 const struct neighbour_config *config)
{
	bool exclusive = request->info->nlhdr->nlmsg_flags & NLM_F_EXCL;
	struct netlink_ext_ack *extack = request->extack;
	struct nst_neighbour *neigh;

	if (link->flags & (NST_LINK_LOOPBACK | NST_LINK_NOARP)) {
		NL_SET_ERR_MSG(extack, "the link has no neighbours");
		return -EOPNOTSUPP;
	}
	if (exclusive) {
		neigh = nst_neighbour_lookup(link, config->family,
					     &config->address, false);
		if (!IS_ERR_OR_NULL(neigh)) {
			nst_neighbour_put(neigh);
			NL_SET_ERR_MSG(extack,
				       "the neighbour is there already: replace it");
			return -EEXIST;
		}
	}
	neigh = nst_neighbour_lookup(link, config->family, &config->address,
				     true);
	if (IS_ERR(neigh)) {
		if (PTR_ERR(neigh) == -ENOBUFS)
			NL_SET_ERR_MSG(extack,
				       "neighbour table is full: raise net.netstack.neigh_max");
		else if (PTR_ERR(neigh) == -ENETDOWN)
			NL_SET_ERR_MSG(extack,
				       "the link is down: bring it up first");
		return PTR_ERR(neigh);
	}
	nst_neighbour_update(neigh, config->lladdr, config->state,
			     NST_NEIGHBOUR_OVERRIDE | NST_NEIGHBOUR_ADMIN);
	nst_neighbour_put(neigh);
	return 0;
}

static int set(const struct nst_request *request)
{
	struct neighbour_config config = {};
	struct nst_link *link;
	int err;

	err = parse(request, &config);
	if (err)
		return err;
	if (config.state != NUD_PERMANENT && config.state != NUD_REACHABLE &&
	    config.state != NUD_STALE) {
		NL_SET_ERR_MSG(request->extack,
			       "state is not permanent, reachable or stale");
		return -EINVAL;
	}
	if (!config.lladdr || !is_valid_ether_addr(config.lladdr)) {
		NL_SET_ERR_MSG(request->extack,
			       "the neighbour needs the address of one station");
		return -EINVAL;
	}
	link = nst_get_link(request, NETSTACK_A_NEIGH_LINK);
	return IS_ERR(link) ? PTR_ERR(link) :
			      set_neighbour(request, link, &config);
}

int nst_control_neigh_new(struct sk_buff *skb, struct genl_info *info)
{
	return nst_message_change(info, &nst_neigh_object, set);
}

static int delete_neighbour(const struct nst_request *request)
{
	struct neighbour_config config = {};
	struct nst_link *link;
	int err;

	err = parse(request, &config);
	if (err)
		return err;
	link = nst_get_link(request, NETSTACK_A_NEIGH_LINK);
	if (IS_ERR(link))
		return PTR_ERR(link);
	err = nst_neighbour_del(link, config.family, &config.address);
	if (err)
		NL_SET_ERR_MSG(request->extack, "no such neighbour");
	return err;
}

int nst_control_neigh_del(struct sk_buff *skb, struct genl_info *info)
{
	return nst_message_change(info, &nst_neigh_object, delete_neighbour);
}
