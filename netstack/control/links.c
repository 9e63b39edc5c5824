// SPDX-License-Identifier: GPL-2.0
/*
 * Links over netlink: show, set what belongs to the stack's end, make and
 * remove those that have no device which is made.
 */
#include <linux/rtnetlink.h>

#include "../link/link.h"
#include "message.h"

#define SETTABLE_FLAGS	(NETSTACK_LINK_F_UP | NETSTACK_LINK_F_PROMISC | \
			 NETSTACK_LINK_F_ALLMULTI | \
			 NETSTACK_LINK_F_NO_ACCEPT_RA | \
			 NETSTACK_LINK_F_NO_AUTOCONF | NETSTACK_LINK_F_GUARD)
#define SHOWN_FLAGS	(SETTABLE_FLAGS | NETSTACK_LINK_F_CARRIER | \
			 NETSTACK_LINK_F_LOOPBACK | NETSTACK_LINK_F_NOARP)

/* Too large for a policy's own numbers. */
static struct netlink_range_validation mtu_range = {
	.min = NST_LINK_MTU_MIN,
	.max = NST_LINK_MTU_MAX,
};

const struct nla_policy nst_link_policy[NETSTACK_A_LINK_MAX + 1] = {
	[NETSTACK_A_LINK_INDEX] = NLA_POLICY_MIN(NLA_U32, 1),
	[NETSTACK_A_LINK_NAME] = { .type = NLA_NUL_STRING,
				   .len = IFNAMSIZ - 1 },
	[NETSTACK_A_LINK_FLAGS] = NLA_POLICY_BITFIELD32(SETTABLE_FLAGS),
	[NETSTACK_A_LINK_MTU] = NLA_POLICY_FULL_RANGE(NLA_U32, &mtu_range),
	[NETSTACK_A_LINK_ADDRESS] = NLA_POLICY_EXACT_LEN(ETH_ALEN),
	[NETSTACK_A_LINK_KIND] = { .type = NLA_NUL_STRING,
				   .len = IFNAMSIZ - 1 },
	[NETSTACK_A_LINK_PEER_NAME] = { .type = NLA_NUL_STRING,
					.len = IFNAMSIZ - 1 },
	[NETSTACK_A_LINK_PEER_NETNS_FD] = { .type = NLA_U32 },
};

/* The features that users know by ethtool's names. */
static const struct {
	netdev_features_t bit;
	const char *name;
} features[] = {
	{ NETIF_F_SG, "scatter-gather" },
	{ NETIF_F_HW_CSUM, "checksum" },
	{ NETIF_F_TSO, "tcp-segmentation" },
	{ NETIF_F_TSO6, "tcp6-segmentation" },
	{ NETIF_F_GSO_UDP_L4, "udp-segmentation" },
};

static int fill_features(struct sk_buff *skb, const struct nst_link *link)
{
	netdev_features_t have = READ_ONCE(link->features);
	struct nlattr *nest;
	size_t i;

	nest = nla_nest_start(skb, NETSTACK_A_LINK_FEATURES);
	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < ARRAY_SIZE(features); i++)
		if ((have & features[i].bit) &&
		    nla_put_string(skb, NETSTACK_A_LINK_FEATURE,
				   features[i].name))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int fill_stats(struct sk_buff *skb, const struct nst_link *link)
{
	struct rtnl_link_stats64 stats = {};

	nst_link_stats_read(link, &stats);
	if (nla_put_u64_64bit(skb, NETSTACK_A_LINK_RX_PACKETS,
			      stats.rx_packets, NETSTACK_A_LINK_PAD) ||
	    nla_put_u64_64bit(skb, NETSTACK_A_LINK_RX_BYTES,
			      stats.rx_bytes, NETSTACK_A_LINK_PAD) ||
	    nla_put_u64_64bit(skb, NETSTACK_A_LINK_RX_DROPPED,
			      stats.rx_dropped, NETSTACK_A_LINK_PAD) ||
	    nla_put_u64_64bit(skb, NETSTACK_A_LINK_TX_PACKETS,
			      stats.tx_packets, NETSTACK_A_LINK_PAD) ||
	    nla_put_u64_64bit(skb, NETSTACK_A_LINK_TX_BYTES,
			      stats.tx_bytes, NETSTACK_A_LINK_PAD) ||
	    nla_put_u64_64bit(skb, NETSTACK_A_LINK_TX_DROPPED,
			      stats.tx_dropped, NETSTACK_A_LINK_PAD))
		return -EMSGSIZE;
	return 0;
}

static int fill_peer(struct sk_buff *skb, const struct nst_link *link)
{
	const struct nst_link *peer;
	int id;

	if (!link->ops->peer)
		return 0;
	peer = link->ops->peer(link);
	if (nla_put_u32(skb, NETSTACK_A_LINK_PEER, peer->index))
		return -EMSGSIZE;
	id = peernet2id(link->stack->net, peer->stack->net);
	return id < 0 ? 0 : nla_put_s32(skb, NETSTACK_A_LINK_PEER_NETNSID, id);
}

static int fill(struct sk_buff *skb, const void *item)
{
	const struct nst_link *link = item;
	u32 flags;

	BUILD_BUG_ON((NST_LINK_UP ^ NETSTACK_LINK_F_UP) ||
		     (NST_LINK_CARRIER ^ NETSTACK_LINK_F_CARRIER) ||
		     (NST_LINK_PROMISC ^ NETSTACK_LINK_F_PROMISC) ||
		     (NST_LINK_ALLMULTI ^ NETSTACK_LINK_F_ALLMULTI) ||
		     (NST_LINK_LOOPBACK ^ NETSTACK_LINK_F_LOOPBACK) ||
		     (NST_LINK_NOARP ^ NETSTACK_LINK_F_NOARP) ||
		     (NST_LINK_NO_ACCEPT_RA ^ NETSTACK_LINK_F_NO_ACCEPT_RA) ||
		     (NST_LINK_NO_AUTOCONF ^ NETSTACK_LINK_F_NO_AUTOCONF) ||
		     (NST_LINK_GUARD ^ NETSTACK_LINK_F_GUARD));

	flags = READ_ONCE(link->flags) & SHOWN_FLAGS;
	if (nla_put_u32(skb, NETSTACK_A_LINK_INDEX, link->index) ||
	    nla_put_string(skb, NETSTACK_A_LINK_NAME, link->name) ||
	    nla_put_string(skb, NETSTACK_A_LINK_KIND, link->ops->kind) ||
	    nla_put_bitfield32(skb, NETSTACK_A_LINK_FLAGS, flags,
			       SHOWN_FLAGS) ||
	    nla_put_u32(skb, NETSTACK_A_LINK_MTU, READ_ONCE(link->mtu)) ||
	    nla_put_u32(skb, NETSTACK_A_LINK_GSO_MAX_SIZE,
			READ_ONCE(link->gso_max_size)))
		return -EMSGSIZE;
	if (!(flags & NST_LINK_LOOPBACK) &&
	    nla_put(skb, NETSTACK_A_LINK_ADDRESS, ETH_ALEN, link->address))
		return -EMSGSIZE;
	return fill_peer(skb, link) ?: fill_features(skb, link) ?:
	       fill_stats(skb, link);
}

static const void *next(struct nst_stack *stack, const void *item)
{
	return nst_link_next_rcu(stack, (struct nst_link *)item);
}

const struct nst_object nst_link_object = {
	.cmd = NETSTACK_CMD_LINK_NEW,
	.nest = NETSTACK_A_LINK,
	.max = NETSTACK_A_LINK_MAX,
	.policy = nst_link_policy,
	.fill = fill,
	.next = next,
};

/* By index or by name. RCU or config_mutex. */
static struct nst_link *find_link(const struct nst_request *request)
{
	const struct nlattr *name = request->tb[NETSTACK_A_LINK_NAME];
	struct nst_link *link;

	if (!name || request->tb[NETSTACK_A_LINK_INDEX])
		return nst_get_link(request, NETSTACK_A_LINK_INDEX);
	link = nst_link_by_name_rcu(request->stack, nla_data(name));
	if (link)
		return link;
	NL_SET_ERR_MSG_ATTR(request->extack, name,
			    "the stack has no such link");
	return ERR_PTR(-ENODEV);
}

static int show(const struct nst_request *request)
{
	struct nst_link *link;
	int err;

	rcu_read_lock();
	link = find_link(request);
	err = IS_ERR(link) ? PTR_ERR(link) :
			     nst_message_reply(request->info, &nst_link_object,
					       link);
	rcu_read_unlock();
	return err;
}

int nst_control_link_get(struct sk_buff *skb, struct genl_info *info)
{
	return nst_message_read(info, &nst_link_object, show);
}

int nst_control_link_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nst_message_dump_all(skb, cb, &nst_link_object);
}

/*
 * What can be refused is tried in order of the attributes, and the flags,
 * which cannot, come last: a refused request changes nothing, since MTU and
 * address are checked before either is set.
 */
static int set(const struct nst_request *request)
{
	struct netlink_ext_ack *extack = request->extack;
	struct nst_link *link = find_link(request);
	struct nlattr **tb = request->tb;
	struct nla_bitfield32 flags;
	int err;

	if (IS_ERR(link))
		return PTR_ERR(link);
	if ((link->flags & NST_LINK_LOOPBACK) && tb[NETSTACK_A_LINK_ADDRESS]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[NETSTACK_A_LINK_ADDRESS],
				    "lo has no station address");
		return -EOPNOTSUPP;
	}
	if (link->ops->follows_device &&
	    (tb[NETSTACK_A_LINK_ADDRESS] || tb[NETSTACK_A_LINK_MTU])) {
		NL_SET_ERR_MSG(extack,
			       "station address and MTU of a port are those of its device, which ip link changes");
		return -EOPNOTSUPP;
	}
	if (tb[NETSTACK_A_LINK_ADDRESS]) {
		err = nst_link_set_address(link,
					   nla_data(tb[NETSTACK_A_LINK_ADDRESS]));
		if (err) {
			NL_SET_ERR_MSG_ATTR(extack,
					    tb[NETSTACK_A_LINK_ADDRESS],
					    "not the address of one station: clear the group bit");
			return err;
		}
	}
	if (tb[NETSTACK_A_LINK_MTU])
		/* The policy has checked the only thing that it checks. */
		nst_link_set_mtu(link, nla_get_u32(tb[NETSTACK_A_LINK_MTU]));
	if (tb[NETSTACK_A_LINK_FLAGS]) {
		flags = nla_get_bitfield32(tb[NETSTACK_A_LINK_FLAGS]);
		nst_link_set_flags(link, flags.value, flags.selector);
	}
	return 0;
}

int nst_control_link_set(struct sk_buff *skb, struct genl_info *info)
{
	int err;

	/* A port switches what its device takes. */
	rtnl_lock();
	err = nst_message_change(info, &nst_link_object, set);
	rtnl_unlock();
	return err;
}

/* The namespace of the other end, in which the sender needs the same right. */
static struct net *get_peer_net(struct sk_buff *skb, struct nlattr **tb,
				struct netlink_ext_ack *extack)
{
	const struct nlattr *fd = tb[NETSTACK_A_LINK_PEER_NETNS_FD];
	struct net *net;

	if (!fd || !tb[NETSTACK_A_LINK_PEER_NAME]) {
		NL_SET_ERR_MSG(extack,
			       "a pipe needs the namespace and the name of its other end");
		return ERR_PTR(-EINVAL);
	}
	net = get_net_ns_by_fd(nla_get_u32(fd));
	if (IS_ERR(net)) {
		NL_SET_ERR_MSG_ATTR(extack, fd,
				    "this is no network namespace");
		return net;
	}
	if (!netlink_ns_capable(skb, net->user_ns, CAP_NET_ADMIN)) {
		NL_SET_ERR_MSG_ATTR(extack, fd,
				    "the namespace of the other end is not the sender's to change");
		put_net(net);
		return ERR_PTR(-EPERM);
	}
	return net;
}

static int add_pipe(struct sk_buff *skb, struct genl_info *info,
		    struct nlattr **tb)
{
	struct net *net = genl_info_net(info);
	struct net *peer_net = get_peer_net(skb, tb, info->extack);
	struct nst_stack *stack, *peer;
	u32 mtu = 0;
	int err;

	if (IS_ERR(peer_net))
		return PTR_ERR(peer_net);
	if (tb[NETSTACK_A_LINK_MTU])
		mtu = nla_get_u32(tb[NETSTACK_A_LINK_MTU]);

	rtnl_lock();
	stack = nst_stack_get_or_create(net);
	peer = nst_stack_get_or_create(peer_net);
	if (IS_ERR(stack) || IS_ERR(peer)) {
		NL_SET_ERR_MSG(info->extack,
			       "no stack for a namespace: it is exiting, or memory is short");
		err = PTR_ERR(IS_ERR(stack) ? stack : peer);
		goto unlock;
	}
	/* Each end can say where the other is. */
	peernet2id_alloc(net, peer_net, GFP_KERNEL);
	peernet2id_alloc(peer_net, net, GFP_KERNEL);
	err = nst_pipe_create(stack, nla_data(tb[NETSTACK_A_LINK_NAME]), peer,
			      nla_data(tb[NETSTACK_A_LINK_PEER_NAME]), mtu,
			      info->extack);
unlock:
	rtnl_unlock();
	put_net(peer_net);
	return err;
}

static int add_port(struct genl_info *info, struct nlattr **tb)
{
	struct nst_stack *stack;
	int err;

	rtnl_lock();
	stack = nst_stack_get_or_create(genl_info_net(info));
	if (IS_ERR(stack)) {
		NL_SET_ERR_MSG(info->extack,
			       "no stack for this namespace: it is exiting, or memory is short");
		err = PTR_ERR(stack);
	} else {
		err = nst_port_create(stack,
				      nla_data(tb[NETSTACK_A_LINK_NAME]),
				      info->extack);
	}
	rtnl_unlock();
	return err;
}

int nst_control_link_new(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[NETSTACK_A_LINK_MAX + 1];
	struct netlink_ext_ack *extack = info->extack;
	int err;

	err = nst_message_parse(info, &nst_link_object, tb);
	if (err)
		return err;
	if (!tb[NETSTACK_A_LINK_KIND] || !tb[NETSTACK_A_LINK_NAME]) {
		NL_SET_ERR_MSG(extack, "a link needs a kind and a name");
		return -EINVAL;
	}
	if (!strcmp(nla_data(tb[NETSTACK_A_LINK_KIND]), "pipe"))
		return add_pipe(skb, info, tb);
	if (!strcmp(nla_data(tb[NETSTACK_A_LINK_KIND]), "port"))
		return add_port(info, tb);
	NL_SET_ERR_MSG_ATTR(extack, tb[NETSTACK_A_LINK_KIND],
			    "links of this kind are not made here");
	return -EOPNOTSUPP;
}

/* Under rtnl no link leaves that can be removed. */
static int del(const struct nst_request *request)
{
	struct nst_link *link;

	rcu_read_lock();
	link = find_link(request);
	rcu_read_unlock();
	if (IS_ERR(link))
		return PTR_ERR(link);
	if (!link->ops->remove) {
		NL_SET_ERR_MSG(request->extack,
			       "this link goes with its device or its stack");
		return -EOPNOTSUPP;
	}
	link->ops->remove(link);
	return 0;
}

int nst_control_link_del(struct sk_buff *skb, struct genl_info *info)
{
	int err;

	rtnl_lock();
	err = nst_message_read(info, &nst_link_object, del);
	rtnl_unlock();
	return err;
}
