// SPDX-License-Identifier: GPL-2.0
/*
 * Links over netlink: show, and set what belongs to the stack's end.
 */
#include "../link/link.h"
#include "message.h"

#define SETTABLE_FLAGS	(NETSTACK_LINK_F_UP | NETSTACK_LINK_F_PROMISC | \
			 NETSTACK_LINK_F_ALLMULTI)
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

int nst_link_fill(struct sk_buff *skb, const void *object)
{
	const struct nst_link *link = object;
	struct nlattr *nest;
	u32 flags;

	BUILD_BUG_ON((NST_LINK_UP ^ NETSTACK_LINK_F_UP) ||
		     (NST_LINK_CARRIER ^ NETSTACK_LINK_F_CARRIER) ||
		     (NST_LINK_PROMISC ^ NETSTACK_LINK_F_PROMISC) ||
		     (NST_LINK_ALLMULTI ^ NETSTACK_LINK_F_ALLMULTI) ||
		     (NST_LINK_LOOPBACK ^ NETSTACK_LINK_F_LOOPBACK) ||
		     (NST_LINK_NOARP ^ NETSTACK_LINK_F_NOARP));

	nest = nla_nest_start(skb, NETSTACK_A_LINK);
	if (!nest)
		return -EMSGSIZE;
	flags = READ_ONCE(link->flags) & SHOWN_FLAGS;
	if (nla_put_u32(skb, NETSTACK_A_LINK_INDEX, link->index) ||
	    nla_put_string(skb, NETSTACK_A_LINK_NAME, link->name) ||
	    nla_put_string(skb, NETSTACK_A_LINK_KIND, link->ops->kind) ||
	    nla_put_bitfield32(skb, NETSTACK_A_LINK_FLAGS, flags,
			       SHOWN_FLAGS) ||
	    nla_put_u32(skb, NETSTACK_A_LINK_MTU, READ_ONCE(link->mtu)) ||
	    nla_put_u32(skb, NETSTACK_A_LINK_GSO_MAX_SIZE,
			READ_ONCE(link->gso_max_size)))
		goto cancel;
	if (!(flags & NST_LINK_LOOPBACK) &&
	    nla_put(skb, NETSTACK_A_LINK_ADDRESS, ETH_ALEN, link->address))
		goto cancel;
	if (fill_features(skb, link) || fill_stats(skb, link))
		goto cancel;
	nla_nest_end(skb, nest);
	return 0;

cancel:
	nla_nest_cancel(skb, nest);
	return -EMSGSIZE;
}

/* By index or by name. RCU or config_mutex. */
static struct nst_link *find_link(struct nst_stack *stack, struct nlattr **tb,
				  struct netlink_ext_ack *extack)
{
	struct nst_link *link;

	if (!tb[NETSTACK_A_LINK_NAME] || tb[NETSTACK_A_LINK_INDEX])
		return nst_get_link(stack, tb[NETSTACK_A_LINK_INDEX], extack);
	link = nst_link_by_name_rcu(stack, nla_data(tb[NETSTACK_A_LINK_NAME]));
	if (link)
		return link;
	NL_SET_ERR_MSG_ATTR(extack, tb[NETSTACK_A_LINK_NAME],
			    "the stack has no such link");
	return ERR_PTR(-ENODEV);
}

int nst_control_link_get(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[NETSTACK_A_LINK_MAX + 1];
	struct nst_stack *stack;
	struct nst_link *link;
	int err;

	stack = nst_message_stack(genl_info_net(info), info->extack);
	if (IS_ERR(stack))
		return PTR_ERR(stack);
	err = nst_message_nest(info, NETSTACK_A_LINK, NETSTACK_A_LINK_MAX,
			       nst_link_policy, tb);
	if (err)
		return err;

	rcu_read_lock();
	link = find_link(stack, tb, info->extack);
	if (IS_ERR(link))
		err = PTR_ERR(link);
	else
		err = nst_message_reply(info, NETSTACK_CMD_LINK_NEW,
					nst_link_fill, link);
	rcu_read_unlock();
	return err;
}

int nst_control_link_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nst_stack *stack = nst_message_stack(sock_net(cb->skb->sk),
						    cb->extack);
	struct nst_link *link = NULL;
	long position = 0;
	int err = 0;

	if (IS_ERR(stack))
		return PTR_ERR(stack);

	rcu_read_lock();
	cb->seq = nst_message_generation(stack);
	while ((link = nst_link_next_rcu(stack, link))) {
		if (position >= cb->args[0]) {
			err = nst_message_dump(skb, cb, NETSTACK_CMD_LINK_NEW,
					       nst_link_fill, link);
			if (err)
				break;
		}
		position++;
	}
	cb->args[0] = position;
	rcu_read_unlock();
	return skb->len ?: err;
}

/*
 * What can be refused is tried in order of the attributes, and the flags,
 * which cannot, come last: a refused request changes nothing, since MTU and
 * address are checked before either is set.
 */
static int set_link(struct nst_link *link, struct nlattr **tb,
		    struct netlink_ext_ack *extack)
{
	struct nla_bitfield32 flags;
	int err;

	if ((link->flags & NST_LINK_LOOPBACK) && tb[NETSTACK_A_LINK_ADDRESS]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[NETSTACK_A_LINK_ADDRESS],
				    "lo has no station address");
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
	struct nlattr *tb[NETSTACK_A_LINK_MAX + 1];
	struct nst_stack *stack;
	struct nst_link *link;
	int err;

	stack = nst_message_stack(genl_info_net(info), info->extack);
	if (IS_ERR(stack))
		return PTR_ERR(stack);
	err = nst_message_nest(info, NETSTACK_A_LINK, NETSTACK_A_LINK_MAX,
			       nst_link_policy, tb);
	if (err)
		return err;

	mutex_lock(&stack->config_mutex);
	link = find_link(stack, tb, info->extack);
	err = IS_ERR(link) ? PTR_ERR(link) : set_link(link, tb, info->extack);
	mutex_unlock(&stack->config_mutex);
	return err;
}
