// SPDX-License-Identifier: GPL-2.0
/*
 * Links as rtnetlink(7) has them: RTM_GETLINK.
 */
#include "../link/interface.h"
#include "rtnetlink.h"

static const struct nla_policy policy[IFLA_MAX + 1] = {
	[IFLA_IFNAME] = { .type = NLA_STRING, .len = IFNAMSIZ - 1 },
	[IFLA_ALT_IFNAME] = { .type = NLA_STRING, .len = ALTIFNAMSIZ - 1 },
	[IFLA_EXT_MASK] = { .type = NLA_U32 },
	[IFLA_MASTER] = { .type = NLA_U32 },
	[IFLA_LINKINFO] = { .type = NLA_NESTED },
	[IFLA_TARGET_NETNSID] = { .type = NLA_S32 },
};

static const struct nla_policy info_policy[IFLA_INFO_MAX + 1] = {
	[IFLA_INFO_KIND] = { .type = NLA_STRING, .len = IFNAMSIZ - 1 },
};

static u8 operational_state(const struct nst_link *link)
{
	u32 flags = READ_ONCE(link->flags);

	if (flags & NST_LINK_LOOPBACK && flags & NST_LINK_UP)
		return IF_OPER_UNKNOWN;
	return nst_link_operational(link) ? IF_OPER_UP : IF_OPER_DOWN;
}

/* lo has one of zeros. */
static int put_stations(struct sk_buff *skb, const struct nst_link *link)
{
	static const u8 zero[ETH_ALEN];
	u8 broadcast[ETH_ALEN];

	if (READ_ONCE(link->flags) & NST_LINK_LOOPBACK)
		return nla_put(skb, IFLA_ADDRESS, ETH_ALEN, zero) ?:
		       nla_put(skb, IFLA_BROADCAST, ETH_ALEN, zero);
	eth_broadcast_addr(broadcast);
	return nla_put(skb, IFLA_ADDRESS, ETH_ALEN, link->address) ?:
	       nla_put(skb, IFLA_BROADCAST, ETH_ALEN, broadcast);
}

static int put_statistics(struct sk_buff *skb, const struct nst_link *link)
{
	struct rtnl_link_stats64 *wide;
	struct nlattr *attr;

	attr = nla_reserve_64bit(skb, IFLA_STATS64, sizeof(*wide), IFLA_PAD);
	if (!attr)
		return -EMSGSIZE;
	wide = nla_data(attr);
	memset(wide, 0, sizeof(*wide));
	nst_link_stats_read(link, wide);

	attr = nla_reserve(skb, IFLA_STATS, sizeof(struct rtnl_link_stats));
	if (!attr)
		return -EMSGSIZE;
	memset(nla_data(attr), 0, nla_len(attr));
	*(struct rtnl_link_stats *)nla_data(attr) = (struct rtnl_link_stats) {
		.rx_packets = wide->rx_packets,
		.tx_packets = wide->tx_packets,
		.rx_bytes = wide->rx_bytes,
		.tx_bytes = wide->tx_bytes,
		.rx_dropped = wide->rx_dropped,
		.tx_dropped = wide->tx_dropped,
	};
	return 0;
}

static int put_kind(struct sk_buff *skb, const struct nst_link *link)
{
	struct nlattr *nest;

	if (READ_ONCE(link->flags) & NST_LINK_LOOPBACK)
		return 0;
	nest = nla_nest_start_noflag(skb, IFLA_LINKINFO);
	if (!nest || nla_put_string(skb, IFLA_INFO_KIND, link->ops->kind))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* The other end of a pipe, as of a veth. */
static int put_peer(struct sk_buff *skb, const struct nst_link *link)
{
	const struct nst_link *peer;
	int id;

	if (!link->ops->peer)
		return 0;
	peer = link->ops->peer(link);
	if (nla_put_u32(skb, IFLA_LINK, peer->index))
		return -EMSGSIZE;
	id = peernet2id(link->stack->net, peer->stack->net);
	return id < 0 ? 0 : nla_put_s32(skb, IFLA_LINK_NETNSID, id);
}

static int put_attributes(struct sk_buff *skb, const struct nst_link *link)
{
	u32 flags = READ_ONCE(link->flags);

	if (nla_put_string(skb, IFLA_IFNAME, link->name) ||
	    nla_put_u32(skb, IFLA_TXQLEN, NST_INTERFACE_QUEUE_LEN) ||
	    nla_put_u8(skb, IFLA_OPERSTATE, operational_state(link)) ||
	    nla_put_u8(skb, IFLA_LINKMODE, IF_LINK_MODE_DEFAULT) ||
	    nla_put_u32(skb, IFLA_MTU, READ_ONCE(link->mtu)) ||
	    nla_put_u32(skb, IFLA_MIN_MTU, NST_LINK_MTU_MIN) ||
	    nla_put_u32(skb, IFLA_MAX_MTU, NST_LINK_MTU_MAX) ||
	    nla_put_u32(skb, IFLA_GROUP, 0) ||
	    nla_put_u32(skb, IFLA_PROMISCUITY,
			!!(flags & NST_LINK_PROMISC)) ||
	    nla_put_u32(skb, IFLA_ALLMULTI,
			!!(flags & NST_LINK_ALLMULTI)) ||
	    nla_put_u32(skb, IFLA_NUM_TX_QUEUES, 1) ||
	    nla_put_u32(skb, IFLA_NUM_RX_QUEUES, 1) ||
	    nla_put_u32(skb, IFLA_GSO_MAX_SEGS,
			READ_ONCE(link->gso_max_segs)) ||
	    nla_put_u32(skb, IFLA_GSO_MAX_SIZE,
			READ_ONCE(link->gso_max_size)) ||
	    nla_put_u8(skb, IFLA_CARRIER, !!(flags & NST_LINK_CARRIER)) ||
	    nla_put_string(skb, IFLA_QDISC, "noqueue"))
		return -EMSGSIZE;
	return put_stations(skb, link) ?: put_kind(skb, link) ?:
	       put_peer(skb, link);
}

int nst_rtnl_fill_link(struct sk_buff *skb, const struct nst_rtnl_head *head,
		       const void *item)
{
	const struct nst_link *link = item;
	struct ifinfomsg *ifm;
	struct nlmsghdr *nlh;

	nlh = nst_rtnl_begin(skb, head, sizeof(*ifm));
	if (!nlh)
		return -EMSGSIZE;
	ifm = nlmsg_data(nlh);
	ifm->ifi_type = nst_interface_type(link);
	ifm->ifi_index = link->index;
	ifm->ifi_flags = nst_interface_flags(link);
	/* Of what is told to a group, rtnetlink(7) says nothing else. */
	if (!head->portid)
		ifm->ifi_change = ~0U;
	if (put_attributes(skb, link) ||
	    (!(head->ext_mask & RTEXT_FILTER_SKIP_STATS) &&
	     put_statistics(skb, link))) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, nlh);
	return 0;
}

/**
 * struct filter - which links are dumped
 * @kind: of this kind, or NULL
 * @none: what nobody here has is asked for
 * @ext_mask: RTEXT_FILTER_*
 */
struct filter {
	const struct nlattr *kind;
	bool none;
	u32 ext_mask;
};

static int check_header(const struct nst_rtnl_request *request)
{
	const struct ifinfomsg *ifm = nlmsg_data(request->nlh);

	if (!request->strict ||
	    (!ifm->__ifi_pad && !ifm->ifi_type && !ifm->ifi_flags &&
	     !ifm->ifi_change))
		return 0;
	NL_SET_ERR_MSG(request->extack,
		       "a field of the header must be 0");
	return -EINVAL;
}

static int parse(const struct nst_rtnl_request *request, struct nlattr **tb,
		 u64 known)
{
	int err;

	err = nst_rtnl_parse(request, sizeof(struct ifinfomsg), tb, IFLA_MAX,
			     policy);
	if (!err)
		err = check_header(request);
	if (!err && request->strict)
		err = nst_rtnl_only(request, tb, IFLA_MAX, known);
	if (err)
		return err;
	if (tb[IFLA_TARGET_NETNSID]) {
		NL_SET_ERR_MSG_ATTR(request->extack, tb[IFLA_TARGET_NETNSID],
				    "links of another namespace are asked for by a socket of it");
		return -EINVAL;
	}
	return 0;
}

static int parse_filter(const struct nst_rtnl_request *request,
			struct filter *filter)
{
	struct nlattr *info[IFLA_INFO_MAX + 1];
	struct nlattr *tb[IFLA_MAX + 1];
	const struct ifinfomsg *ifm;
	int err;

	/* getifaddrs() of the C library sends no more than a family. */
	if (!request->strict &&
	    nlmsg_len(request->nlh) < (int)sizeof(struct ifinfomsg))
		return 0;
	err = parse(request, tb, BIT(IFLA_EXT_MASK) | BIT(IFLA_MASTER) |
				 BIT(IFLA_LINKINFO) |
				 BIT_ULL(IFLA_TARGET_NETNSID));
	if (err)
		return request->strict || tb[IFLA_TARGET_NETNSID] ? err : 0;
	ifm = nlmsg_data(request->nlh);
	if (request->strict && ifm->ifi_index) {
		NL_SET_ERR_MSG(request->extack,
			       "a dump of links has no index: leave NLM_F_DUMP out");
		return -EINVAL;
	}
	if (tb[IFLA_EXT_MASK])
		filter->ext_mask = nla_get_u32(tb[IFLA_EXT_MASK]);
	filter->none = tb[IFLA_MASTER] && nla_get_u32(tb[IFLA_MASTER]);
	if (!tb[IFLA_LINKINFO])
		return 0;
	err = nla_parse_nested_deprecated(info, IFLA_INFO_MAX,
					  tb[IFLA_LINKINFO], info_policy,
					  request->extack);
	if (!err)
		filter->kind = info[IFLA_INFO_KIND];
	return err;
}

static bool passes(const struct filter *filter, const struct nst_link *link)
{
	if (filter->none)
		return false;
	if (!filter->kind)
		return true;
	/* lo has none that is told. */
	return !(READ_ONCE(link->flags) & NST_LINK_LOOPBACK) &&
	       !nla_strcmp(filter->kind, link->ops->kind);
}

static int dump(const struct nst_rtnl_request *request,
		struct nst_rtnl_dump *dump)
{
	struct nst_link *link = NULL;
	struct filter filter = {};
	int err;

	/* A stack has no bridges. */
	if (nst_rtnl_family(request) == AF_BRIDGE)
		return 0;
	err = parse_filter(request, &filter);
	dump->head.ext_mask = filter.ext_mask;
	while (!err && (link = nst_link_next_rcu(request->stack, link)))
		if (passes(&filter, link))
			err = nst_rtnl_dump_one(dump, nst_rtnl_fill_link,
						link);
	return err;
}

static struct nst_link *find(const struct nst_rtnl_request *request,
			     struct nlattr **tb)
{
	const struct ifinfomsg *ifm = nlmsg_data(request->nlh);
	const struct nlattr *attr = tb[IFLA_IFNAME] ?: tb[IFLA_ALT_IFNAME];
	char name[ALTIFNAMSIZ];

	if (ifm->ifi_index > 0)
		return nst_link_by_index_rcu(request->stack, ifm->ifi_index);
	if (!attr) {
		NL_SET_ERR_MSG(request->extack, "the request names no link");
		return ERR_PTR(-EINVAL);
	}
	nla_strscpy(name, attr, sizeof(name));
	return nst_link_by_name_rcu(request->stack, name);
}

static int get(const struct nst_rtnl_request *request)
{
	struct nst_rtnl_head head = { .type = RTM_NEWLINK };
	struct nlattr *tb[IFLA_MAX + 1];
	struct nst_link *link;
	int err;

	err = parse(request, tb, BIT(IFLA_IFNAME) |
				 BIT_ULL(IFLA_ALT_IFNAME) |
				 BIT(IFLA_EXT_MASK) |
				 BIT_ULL(IFLA_TARGET_NETNSID));
	if (err)
		return err;
	link = find(request, tb);
	if (IS_ERR(link))
		return PTR_ERR(link);
	if (!link) {
		NL_SET_ERR_MSG(request->extack, "the stack has no such link");
		return -ENODEV;
	}
	if (tb[IFLA_EXT_MASK])
		head.ext_mask = nla_get_u32(tb[IFLA_EXT_MASK]);
	return nst_rtnl_reply(request, head, nst_rtnl_fill_link, link);
}

const struct nst_rtnl_kind nst_rtnl_links = {
	.request = RTM_GETLINK,
	.answer = RTM_NEWLINK,
	.get = get,
	.dump = dump,
};
