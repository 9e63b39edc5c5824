// SPDX-License-Identifier: GPL-2.0
/*
 * Where a packet would go, as rtnetlink(7) has it: RTM_GETROUTE, 'ip route
 * get'.
 */
#include <linux/cred.h>
#include <linux/in_route.h>

#include "../network/neighbour.h"
#include "../network/path_mtu.h"
#include "../network/rule.h"
#include "rtnetlink.h"
#include "rtnetlink_route.h"

/**
 * struct answer - what is told
 * @key: the question
 * @path: the way
 * @route: the route that it follows, or NULL
 * @uid: whose packet it is, as the sender knows users
 * @flags: RTM_F_* of the question
 */
struct answer {
	struct nst_route_key key;
	struct nst_path path;
	const struct nst_route *route;
	u32 uid;
	u32 flags;
};

static int check_strict(const struct nst_rtnl_request *request,
			struct nlattr **tb)
{
	const struct rtmsg *rtm = nlmsg_data(request->nlh);
	u8 bits = nst_address_bits(rtm->rtm_family);
	u32 flags = RTM_F_FIB_MATCH;

	if (rtm->rtm_family == AF_INET)
		flags |= RTM_F_NOTIFY | RTM_F_LOOKUP_TABLE;
	if ((rtm->rtm_src_len && rtm->rtm_src_len != bits) ||
	    (rtm->rtm_dst_len && rtm->rtm_dst_len != bits) ||
	    (tb[RTA_SRC] && !rtm->rtm_src_len) ||
	    (tb[RTA_DST] && !rtm->rtm_dst_len)) {
		NL_SET_ERR_MSG(request->extack,
			       "the route of one address is looked up: its length must be whole");
		return -EINVAL;
	}
	if (rtm->rtm_table || rtm->rtm_protocol || rtm->rtm_scope ||
	    rtm->rtm_type || rtm->rtm_flags & ~flags) {
		NL_SET_ERR_MSG(request->extack,
			       "a field of the header must be 0");
		return -EINVAL;
	}
	return nst_rtnl_only(request, tb, RTA_MAX,
			     BIT(RTA_IIF) | BIT(RTA_OIF) | BIT(RTA_SRC) |
			     BIT(RTA_DST) | BIT(RTA_IP_PROTO) |
			     BIT(RTA_SPORT) | BIT(RTA_DPORT) |
			     BIT(RTA_MARK) | BIT(RTA_UID));
}

static int get_address(const struct nst_rtnl_request *request,
		       const struct nlattr *attr, union nst_address *address)
{
	u8 size = nst_address_bytes(nst_rtnl_family(request));

	if (!attr)
		return 0;
	if (nla_len(attr) < size) {
		NL_SET_ERR_MSG_ATTR(request->extack, attr,
				    "address has not the length of its family");
		return -EINVAL;
	}
	memcpy(address, nla_data(attr), size);
	return 0;
}

static int get_protocol(const struct nst_rtnl_request *request,
			const struct nlattr *attr, u8 *protocol)
{
	bool ipv6 = nst_rtnl_family(request) == AF_INET6;

	if (!attr)
		return 0;
	*protocol = nla_get_u8(attr);
	if (*protocol == IPPROTO_TCP || *protocol == IPPROTO_UDP ||
	    *protocol == (ipv6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP))
		return 0;
	NL_SET_ERR_MSG_ATTR(request->extack, attr,
			    "routes are not looked up for this protocol");
	return -EOPNOTSUPP;
}

static u32 get_u32(const struct nlattr *attr)
{
	return attr ? nla_get_u32(attr) : 0;
}

static __be16 get_port(const struct nlattr *attr)
{
	return attr ? nla_get_be16(attr) : 0;
}

static int parse(const struct nst_rtnl_request *request,
		 struct answer *answer)
{
	struct nst_route_key *key = &answer->key;
	struct nlattr *tb[RTA_MAX + 1];
	const struct rtmsg *rtm;
	int err;

	err = nst_rtnl_parse(request, sizeof(*rtm), tb, RTA_MAX,
			     nst_rtnl_route_policy);
	if (!err && request->strict)
		err = check_strict(request, tb);
	if (!err)
		err = get_address(request, tb[RTA_DST], &key->daddr);
	if (!err)
		err = get_address(request, tb[RTA_SRC], &key->saddr);
	if (!err)
		err = get_protocol(request, tb[RTA_IP_PROTO], &key->protocol);
	if (err)
		return err;
	rtm = nlmsg_data(request->nlh);
	key->family = rtm->rtm_family;
	key->tos = rtm->rtm_tos;
	key->link_index = get_u32(tb[RTA_OIF]);
	key->iif = get_u32(tb[RTA_IIF]);
	key->mark = get_u32(tb[RTA_MARK]);
	key->sport = get_port(tb[RTA_SPORT]);
	key->dport = get_port(tb[RTA_DPORT]);
	answer->flags = rtm->rtm_flags;
	answer->uid = tb[RTA_UID] ? nla_get_u32(tb[RTA_UID]) :
			from_kuid_munged(current_user_ns(), current_uid());
	return 0;
}

static u32 answer_flags(const struct answer *answer)
{
	if (answer->path.family == AF_INET6)
		return 0;
	switch (answer->path.type) {
	case RTN_LOCAL:
		return RTM_F_CLONED | RTCF_LOCAL;
	case RTN_BROADCAST:
		return RTM_F_CLONED | RTCF_BROADCAST | RTCF_LOCAL;
	case RTN_MULTICAST:
		return RTM_F_CLONED | RTCF_MULTICAST;
	}
	return RTM_F_CLONED;
}

/* IPv4 tells it when it is asked to. */
static u32 answer_table(const struct answer *answer)
{
	if (answer->path.family == AF_INET &&
	    !(answer->flags & RTM_F_LOOKUP_TABLE))
		return RT_TABLE_MAIN;
	return answer->route ? answer->route->config.table : RT_TABLE_UNSPEC;
}

/* Of the route, but for a path MTU that was learned. */
static int put_metrics(struct sk_buff *skb, const struct answer *answer)
{
	const struct nst_path *path = &answer->path;
	struct nst_route_metrics metrics = {};
	const struct nst_path_mtu *learned;
	unsigned long left = 0;

	if (answer->route)
		metrics = answer->route->config.metrics;
	learned = nst_path_mtu_of_rcu(path->link->stack, path);
	if (learned) {
		metrics.mtu = READ_ONCE(learned->mtu);
		metrics.mtu_lock |= READ_ONCE(learned->lock);
		left = nst_rtnl_path_mtu_left(learned);
	}
	return nst_rtnl_put_metrics(skb, &metrics) ?:
	       nst_rtnl_put_cacheinfo(skb, left);
}

static int put_ends(struct sk_buff *skb, const struct answer *answer)
{
	const struct nst_route_key *key = &answer->key;
	const struct nst_path *path = &answer->path;
	u8 size = nst_address_bytes(path->family);
	bool ipv6 = path->family == AF_INET6;

	if (nla_put(skb, RTA_DST, size, &key->daddr))
		return -EMSGSIZE;
	if (!ipv6 && nst_rtnl_put_route_address(skb, RTA_SRC, path->family,
						&key->saddr))
		return -EMSGSIZE;
	if (key->iif)
		return nla_put_u32(skb, RTA_IIF, key->iif);
	if (!ipv6 && nst_address_equal(&path->saddr, &key->saddr))
		return 0;
	return nst_rtnl_put_route_address(skb, RTA_PREFSRC, path->family,
					  &path->saddr);
}

static int put_asker(struct sk_buff *skb, const struct answer *answer)
{
	if (answer->key.mark && nla_put_u32(skb, RTA_MARK, answer->key.mark))
		return -EMSGSIZE;
	return answer->key.iif ? 0 : nla_put_u32(skb, RTA_UID, answer->uid);
}

static int put_ipv6(struct sk_buff *skb, const struct answer *answer)
{
	u32 metric = answer->route ? answer->route->config.metric : 0;

	return nla_put_u32(skb, RTA_PRIORITY, metric) ?:
	       nla_put_u8(skb, RTA_PREF, ICMPV6_ROUTER_PREF_MEDIUM);
}

static int put_attributes(struct sk_buff *skb, const struct answer *answer)
{
	const struct nst_path *path = &answer->path;
	int err;

	err = nla_put_u32(skb, RTA_TABLE, answer_table(answer)) ?:
	      put_ends(skb, answer) ?:
	      nla_put_u32(skb, RTA_OIF, path->link->index);
	if (!err && path->gateway && path->neighbour)
		err = nla_put(skb, RTA_GATEWAY,
			      nst_address_bytes(path->family),
			      &path->neighbour->address);
	if (!err)
		err = put_metrics(skb, answer);
	if (err)
		return err;
	return path->family == AF_INET6 ? put_ipv6(skb, answer) :
					  put_asker(skb, answer);
}

static int fill(struct sk_buff *skb, const struct nst_rtnl_head *head,
		const void *item)
{
	const struct answer *answer = item;
	const struct nst_path *path = &answer->path;
	u32 table = answer_table(answer);
	struct nlmsghdr *nlh;
	struct rtmsg *rtm;

	nlh = nst_rtnl_begin(skb, head, sizeof(*rtm));
	if (!nlh)
		return -EMSGSIZE;
	rtm = nlmsg_data(nlh);
	rtm->rtm_family = path->family;
	rtm->rtm_dst_len = nst_address_bits(path->family);
	if (path->family == AF_INET && !nst_address_any(&answer->key.saddr))
		rtm->rtm_src_len = rtm->rtm_dst_len;
	if (path->family == AF_INET6 && answer->route)
		rtm->rtm_protocol = answer->route->config.protocol;
	rtm->rtm_table = table < 256 ? table : RT_TABLE_COMPAT;
	rtm->rtm_type = path->type;
	rtm->rtm_flags = answer_flags(answer);
	if (put_attributes(skb, answer)) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, nlh);
	return 0;
}

/* The route itself is asked for, not what it comes to. */
static int reply_route(const struct nst_rtnl_request *request,
		       const struct answer *answer)
{
	const struct nst_rtnl_head head = { .type = RTM_NEWROUTE };

	if (!answer->route)
		return -EHOSTUNREACH;
	return nst_rtnl_reply(request, head, nst_rtnl_fill_route,
			      answer->route);
}

int nst_rtnl_route_lookup(const struct nst_rtnl_request *request)
{
	const struct nst_rtnl_head head = { .type = RTM_NEWROUTE };
	u8 family = nst_rtnl_family(request);
	struct answer answer = {};
	struct nst_route *route;
	int err;

	if (family != AF_INET && family != AF_INET6)
		return -EOPNOTSUPP;
	err = parse(request, &answer);
	if (err)
		return err;
	/* The error says it all. */
	err = nst_route_output(request->stack, &answer.key, &answer.path);
	if (err)
		return err;
	if (!nst_rule_lookup_rcu(request->stack, &answer.key,
				 &answer.path.daddr, answer.key.link_index,
				 &route))
		answer.route = route;
	err = answer.flags & RTM_F_FIB_MATCH ?
		reply_route(request, &answer) :
		nst_rtnl_reply(request, head, fill, &answer);
	nst_path_release(&answer.path);
	return err;
}
