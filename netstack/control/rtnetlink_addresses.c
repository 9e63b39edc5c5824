// SPDX-License-Identifier: GPL-2.0
/*
 * Local addresses as rtnetlink(7) has them: RTM_GETADDR.
 */
#include <linux/if_addr.h>

#include "../network/address.h"
#include "rtnetlink.h"

#define FOREVER	U32_MAX	/* of lifetimes */

static u32 address_flags(const struct nst_local_address *local)
{
	static const struct {
		u8 ours;
		u32 theirs;
	} names[] = {
		{ NST_ADDRESS_TENTATIVE, IFA_F_TENTATIVE },
		{ NST_ADDRESS_DUPLICATE, IFA_F_TENTATIVE | IFA_F_DADFAILED },
		{ NST_ADDRESS_SECONDARY, IFA_F_SECONDARY },
		{ NST_ADDRESS_DEPRECATED, IFA_F_DEPRECATED },
		{ NST_ADDRESS_TEMPORARY, IFA_F_TEMPORARY },
		{ NST_ADDRESS_NO_PREFIX_ROUTE, IFA_F_NOPREFIXROUTE },
	};
	u8 ours = READ_ONCE(local->flags);
	/* There it means that it does not end. */
	u32 theirs = local->valid_until ? 0 : IFA_F_PERMANENT;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (ours & names[i].ours)
			theirs |= names[i].theirs;
	if (local->no_probe && local->family == AF_INET6 &&
	    local->scope != RT_SCOPE_HOST)
		theirs |= IFA_F_NODAD;
	return theirs;
}

/* Seconds that are left of a lifetime. */
static u32 left(u64 until)
{
	u64 now = get_jiffies_64();

	if (!until)
		return FOREVER;
	if (until <= now)
		return 0;
	return min_t(u64, div_u64(until - now, HZ), FOREVER - 1);
}

static int put_cacheinfo(struct sk_buff *skb,
			 const struct nst_local_address *local)
{
	/* Hundredths of a second since the machine was started. */
	u32 created = div_u64((local->created - INITIAL_JIFFIES) * 100, HZ);
	const struct ifa_cacheinfo info = {
		.ifa_prefered = left(local->preferred_until ?:
				     local->valid_until),
		.ifa_valid = left(local->valid_until),
		.cstamp = created,
		.tstamp = created,
	};

	return nla_put(skb, IFA_CACHEINFO, sizeof(info), &info);
}

/* Who made it: IPv6 tells when it was not the administrator. */
static int put_ipv6(struct sk_buff *skb, const struct nst_local_address *local)
{
	if (READ_ONCE(local->link->flags) & NST_LINK_LOOPBACK)
		return nla_put_u8(skb, IFA_PROTO, IFAPROT_KERNEL_LO);
	if (!(READ_ONCE(local->flags) & NST_ADDRESS_AUTOCONF))
		return 0;
	return nla_put_u8(skb, IFA_PROTO, local->scope == RT_SCOPE_LINK ?
					  IFAPROT_KERNEL_LL :
					  IFAPROT_KERNEL_RA);
}

static int put_ipv4(struct sk_buff *skb, const struct nst_local_address *local)
{
	if (nla_put(skb, IFA_LOCAL, sizeof(__be32), &local->address) ||
	    (!nst_address_any(&local->broadcast) &&
	     nla_put(skb, IFA_BROADCAST, sizeof(__be32), &local->broadcast)) ||
	    nla_put_string(skb, IFA_LABEL, local->link->name))
		return -EMSGSIZE;
	return 0;
}

int nst_rtnl_fill_address(struct sk_buff *skb,
			  const struct nst_rtnl_head *head, const void *item)
{
	const struct nst_local_address *local = item;
	u32 flags = address_flags(local);
	struct ifaddrmsg *ifm;
	struct nlmsghdr *nlh;

	nlh = nst_rtnl_begin(skb, head, sizeof(*ifm));
	if (!nlh)
		return -EMSGSIZE;
	ifm = nlmsg_data(nlh);
	ifm->ifa_family = local->family;
	ifm->ifa_prefixlen = local->prefix_len;
	ifm->ifa_flags = flags;
	ifm->ifa_scope = local->scope;
	ifm->ifa_index = local->link->index;
	if (nla_put(skb, IFA_ADDRESS, nst_address_bytes(local->family),
		    &local->address) ||
	    (local->family == AF_INET ? put_ipv4(skb, local) :
					put_ipv6(skb, local)) ||
	    nla_put_u32(skb, IFA_FLAGS, flags) || put_cacheinfo(skb, local)) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, nlh);
	return 0;
}

/* Which link: 0 for all. Without strict checking nothing is asked. */
static int parse_filter(const struct nst_rtnl_request *request, u32 *index)
{
	const struct ifaddrmsg *ifm = nlmsg_data(request->nlh);
	struct nlattr *tb[IFA_MAX + 1];
	int err;

	if (!request->strict)
		return 0;
	err = nst_rtnl_parse(request, sizeof(*ifm), tb, IFA_MAX, NULL);
	if (!err)
		err = nst_rtnl_only(request, tb, IFA_MAX, 0);
	if (err)
		return err;
	if (ifm->ifa_prefixlen || ifm->ifa_flags || ifm->ifa_scope) {
		NL_SET_ERR_MSG(request->extack,
			       "a field of the header must be 0");
		return -EINVAL;
	}
	if (ifm->ifa_index &&
	    !nst_link_by_index_rcu(request->stack, ifm->ifa_index)) {
		NL_SET_ERR_MSG(request->extack, "the stack has no such link");
		return -ENODEV;
	}
	*index = ifm->ifa_index;
	return 0;
}

static int dump_family(const struct nst_rtnl_request *request,
		       struct nst_rtnl_dump *dump, u8 family, u32 index)
{
	struct nst_local_address *local = NULL;
	int err = 0;

	while (!err && (local = nst_address_next_rcu(request->stack, local)))
		if (local->family == family &&
		    (!index || local->link->index == index))
			err = nst_rtnl_dump_one(dump, nst_rtnl_fill_address,
						local);
	return err;
}

static int dump(const struct nst_rtnl_request *request,
		struct nst_rtnl_dump *dump)
{
	u8 family = nst_rtnl_family(request);
	u32 index = 0;
	int err;

	err = parse_filter(request, &index);
	if (index) {
		dump->head.flags |= NLM_F_DUMP_FILTERED;
		dump->cb->answer_flags = NLM_F_DUMP_FILTERED;
	}
	if (!err && (!family || family == AF_INET))
		err = dump_family(request, dump, AF_INET, index);
	if (!err && (!family || family == AF_INET6))
		err = dump_family(request, dump, AF_INET6, index);
	return err;
}

const struct nst_rtnl_kind nst_rtnl_addresses = {
	.request = RTM_GETADDR,
	.answer = RTM_NEWADDR,
	.dump = dump,
};
