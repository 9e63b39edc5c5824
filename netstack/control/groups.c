// SPDX-License-Identifier: GPL-2.0
/*
 * Groups over netlink: show what every link takes, join and leave for the
 * administrator. A group is one of network addresses, of AF_INET or AF_INET6,
 * or, as AF_PACKET, a station address.
 */
#include "../network/group_internal.h"
#include "message.h"

const struct nla_policy nst_maddr_policy[NETSTACK_A_MADDR_MAX + 1] = {
	[NETSTACK_A_MADDR_LINK] = NLA_POLICY_MIN(NLA_U32, 1),
	[NETSTACK_A_MADDR_FAMILY] = { .type = NLA_U16 },
	[NETSTACK_A_MADDR_ADDRESS] = { .type = NLA_BINARY, .len = 16 },
};

static int put_sources(struct sk_buff *skb, const struct nst_group *group)
{
	u8 family = nst_group_family(group);
	const struct nst_group_source *source;
	int err = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(source, &group->sources, list) {
		if (nst_group_listed(group, source))
			err = nst_put_address(skb, NETSTACK_A_MADDR_SOURCE,
					      family, &source->address);
		if (err)
			break;
	}
	rcu_read_unlock();
	return err;
}

/* A list that is longer than a message is cut off. */
static int fill(struct sk_buff *skb, const void *item)
{
	const struct nst_group *group = item;
	const struct nst_link *link = nst_group_on(group);
	u8 family = nst_group_family(group);

	if (nla_put_u32(skb, NETSTACK_A_MADDR_LINK, link->index) ||
	    nla_put_u16(skb, NETSTACK_A_MADDR_FAMILY, family) ||
	    nst_put_address(skb, NETSTACK_A_MADDR_ADDRESS, family,
			    &group->address) ||
	    nla_put_u32(skb, NETSTACK_A_MADDR_USERS, nst_group_users(group)) ||
	    nla_put_u8(skb, NETSTACK_A_MADDR_MODE, nst_group_mode(group)) ||
	    (group->configured &&
	     nla_put_flag(skb, NETSTACK_A_MADDR_STATIC)))
		return -EMSGSIZE;
	return READ_ONCE(group->source_count) > NETSTACK_MADDR_SOURCES_MAX ?
	       0 : put_sources(skb, group);
}

static const void *next(struct nst_stack *stack, const void *item)
{
	return nst_group_next_rcu(stack, (struct nst_group *)item);
}

const struct nst_object nst_maddr_object = {
	.cmd = NETSTACK_CMD_MADDR_NEW,
	.nest = NETSTACK_A_MADDR,
	.max = NETSTACK_A_MADDR_MAX,
	.policy = nst_maddr_policy,
	.fill = fill,
	.next = next,
};

/**
 * struct station - a station address that a link takes
 * @link: link
 * @address: group
 */
struct station {
	struct nst_link *link;
	const u8 *address;
};

static int fill_station(struct sk_buff *skb, const void *item)
{
	const struct station *station = item;
	bool configured;
	u32 users;

	users = nst_link_group_users(station->address, &configured);
	if (nla_put_u32(skb, NETSTACK_A_MADDR_LINK, station->link->index) ||
	    nla_put_u16(skb, NETSTACK_A_MADDR_FAMILY, AF_PACKET) ||
	    nla_put(skb, NETSTACK_A_MADDR_ADDRESS, ETH_ALEN,
		    station->address) ||
	    nla_put_u32(skb, NETSTACK_A_MADDR_USERS, users) ||
	    (configured && nla_put_flag(skb, NETSTACK_A_MADDR_STATIC)))
		return -EMSGSIZE;
	return 0;
}

static const struct nst_object station_object = {
	.cmd = NETSTACK_CMD_MADDR_NEW,
	.nest = NETSTACK_A_MADDR,
	.max = NETSTACK_A_MADDR_MAX,
	.fill = fill_station,
};

/* Stations first; cb->args[0] counts both. */
static int dump(struct nst_stack *stack, struct sk_buff *skb,
		struct netlink_callback *cb)
{
	struct station station = {};
	struct nst_group *group = NULL;
	long at = 0;
	int err;

	while ((station.link = nst_link_next_rcu(stack, station.link))) {
		station.address = NULL;
		while ((station.address =
			nst_link_group_next_rcu(station.link,
						station.address))) {
			if (at++ < cb->args[0])
				continue;
			err = nst_message_dump(skb, cb, &station_object,
					       &station);
			if (err)
				return err;
			cb->args[0]++;
		}
	}
	while ((group = nst_group_next_rcu(stack, group))) {
		if (at++ < cb->args[0])
			continue;
		err = nst_message_dump(skb, cb, &nst_maddr_object, group);
		if (err)
			return err;
		cb->args[0]++;
	}
	return 0;
}

int nst_control_maddr_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nst_stack *stack = nst_message_dump_stack(cb);
	int err;

	if (IS_ERR(stack))
		return PTR_ERR(stack);
	rcu_read_lock();
	err = dump(stack, skb, cb);
	rcu_read_unlock();
	return skb->len ?: err;
}

static int parse_family(const struct nst_request *request, u16 *family)
{
	const struct nlattr *attr = request->tb[NETSTACK_A_MADDR_FAMILY];

	*family = attr ? nla_get_u16(attr) : AF_INET;
	if (*family == AF_INET || *family == AF_INET6 || *family == AF_PACKET)
		return 0;
	NL_SET_ERR_MSG_ATTR(request->extack, attr,
			    "address family is none of AF_INET, AF_INET6 and AF_PACKET");
	return -EAFNOSUPPORT;
}

static int change_station(const struct nst_request *request,
			  struct nst_link *link, const struct nlattr *attr,
			  bool member)
{
	if (nla_len(attr) != ETH_ALEN) {
		NL_SET_ERR_MSG_ATTR(request->extack, attr,
				    "a station address has six octets");
		return -EINVAL;
	}
	if (link->flags & NST_LINK_LOOPBACK) {
		NL_SET_ERR_MSG(request->extack, "lo has no station addresses");
		return -EOPNOTSUPP;
	}
	return nst_link_group_configure(link, nla_data(attr), member);
}

static int change_group(const struct nst_request *request,
			struct nst_link *link, const struct nlattr *attr,
			u8 family, bool member)
{
	union nst_address address = {};
	int err;

	err = nst_get_address(attr, family, &address, request->extack);
	if (err)
		return err;
	if (!nst_address_multicast(family, &address)) {
		NL_SET_ERR_MSG_ATTR(request->extack, attr,
				    "not the address of a group");
		return -EINVAL;
	}
	return nst_group_configure(link, family, &address, member);
}

static int change(const struct nst_request *request, bool member)
{
	const struct nlattr *attr = request->tb[NETSTACK_A_MADDR_ADDRESS];
	struct nst_link *link;
	u16 family;
	int err;

	err = parse_family(request, &family);
	if (err)
		return err;
	if (!attr) {
		NL_SET_ERR_MSG(request->extack, "the request names no group");
		return -EINVAL;
	}
	link = nst_get_link(request, NETSTACK_A_MADDR_LINK);
	if (IS_ERR(link))
		return PTR_ERR(link);
	err = family == AF_PACKET ?
	      change_station(request, link, attr, member) :
	      change_group(request, link, attr, family, member);
	if (err == -EEXIST)
		NL_SET_ERR_MSG(request->extack,
			       "the link has joined this group already");
	else if (err == -ENOENT)
		NL_SET_ERR_MSG(request->extack,
			       "the link has not joined this group by command");
	else if (err == -ENOBUFS)
		NL_SET_ERR_MSG(request->extack,
			       "no room for another group: see net.netstack.group_max");
	return err;
}

static int add(const struct nst_request *request)
{
	return change(request, true);
}

static int del(const struct nst_request *request)
{
	return change(request, false);
}

int nst_control_maddr_new(struct sk_buff *skb, struct genl_info *info)
{
	return nst_message_change(info, &nst_maddr_object, add);
}

int nst_control_maddr_del(struct sk_buff *skb, struct genl_info *info)
{
	return nst_message_change(info, &nst_maddr_object, del);
}
