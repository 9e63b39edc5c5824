// SPDX-License-Identifier: GPL-2.0
/*
 * Neighbours as rtnetlink(7) has them: RTM_GETNEIGH.
 */
#include "../network/neighbour.h"
#include "rtnetlink.h"

static const struct nla_policy policy[NDA_MAX + 1] = {
	[NDA_DST] = { .type = NLA_BINARY, .len = sizeof(struct in6_addr) },
	[NDA_IFINDEX] = { .type = NLA_U32 },
	[NDA_MASTER] = { .type = NLA_U32 },
};

static u32 age(unsigned long stamp)
{
	return jiffies_to_clock_t(jiffies - READ_ONCE(stamp));
}

static int put_attributes(struct sk_buff *skb, struct nst_neighbour *neighbour)
{
	const struct nda_cacheinfo info = {
		.ndm_confirmed = age(neighbour->confirmed),
		.ndm_used = age(neighbour->used),
		.ndm_updated = age(neighbour->updated),
		.ndm_refcnt = refcount_read(&neighbour->refs) - 1,
	};
	u8 lladdr[ETH_ALEN];

	if (nla_put(skb, NDA_DST, nst_address_bytes(neighbour->family),
		    &neighbour->address) ||
	    (nst_neighbour_lladdr(neighbour, lladdr) &&
	     nla_put(skb, NDA_LLADDR, ETH_ALEN, lladdr)) ||
	    nla_put_u32(skb, NDA_PROBES, READ_ONCE(neighbour->probes)))
		return -EMSGSIZE;
	return nla_put(skb, NDA_CACHEINFO, sizeof(info), &info);
}

int nst_rtnl_fill_neighbour(struct sk_buff *skb,
			    const struct nst_rtnl_head *head, const void *item)
{
	struct nst_neighbour *neighbour = (struct nst_neighbour *)item;
	struct nlmsghdr *nlh;
	struct ndmsg *ndm;

	nlh = nst_rtnl_begin(skb, head, sizeof(*ndm));
	if (!nlh)
		return -EMSGSIZE;
	ndm = nlmsg_data(nlh);
	ndm->ndm_family = neighbour->family;
	ndm->ndm_ifindex = neighbour->link->index;
	ndm->ndm_state = READ_ONCE(neighbour->state);
	ndm->ndm_flags = READ_ONCE(neighbour->router) ? NTF_ROUTER : 0;
	ndm->ndm_type = RTN_UNICAST;
	if (put_attributes(skb, neighbour)) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, nlh);
	return 0;
}

/**
 * struct filter - which neighbours are dumped
 * @link: on the link of this number, or 0
 * @none: what nobody here has is asked for
 * @family: AF_INET or AF_INET6, or AF_UNSPEC
 */
struct filter {
	u32 link;
	bool none;
	u8 family;
};

static int check_header(const struct nst_rtnl_request *request, int index)
{
	const struct ndmsg *ndm = nlmsg_data(request->nlh);

	if (!ndm->ndm_pad1 && !ndm->ndm_pad2 && !index && !ndm->ndm_state &&
	    !ndm->ndm_type && !(ndm->ndm_flags & ~NTF_PROXY))
		return 0;
	NL_SET_ERR_MSG(request->extack, "a field of the header must be 0");
	return -EINVAL;
}

static int parse_filter(const struct nst_rtnl_request *request,
			struct filter *filter)
{
	const struct ndmsg *ndm = nlmsg_data(request->nlh);
	struct nlattr *tb[NDA_MAX + 1];
	int err;

	filter->family = nst_rtnl_family(request);
	err = nst_rtnl_parse(request, sizeof(*ndm), tb, NDA_MAX, policy);
	if (!err && request->strict)
		err = check_header(request, ndm->ndm_ifindex) ?:
		      nst_rtnl_only(request, tb, NDA_MAX,
				    BIT(NDA_IFINDEX) | BIT(NDA_MASTER));
	if (err)
		return request->strict ? err : 0;
	/* A stack answers for nobody else, and has no masters. */
	filter->none = ndm->ndm_flags == NTF_PROXY ||
		       (tb[NDA_MASTER] && nla_get_u32(tb[NDA_MASTER]));
	if (tb[NDA_IFINDEX])
		filter->link = nla_get_u32(tb[NDA_IFINDEX]);
	return 0;
}

/* What a walk has with it. */
struct walk {
	struct nst_rtnl_dump *dump;
	const struct filter *filter;
};

static int visit(struct nst_neighbour *neighbour, void *data)
{
	const struct walk *walk = data;
	const struct filter *filter = walk->filter;

	if ((filter->family && neighbour->family != filter->family) ||
	    (filter->link && neighbour->link->index != filter->link))
		return 0;
	return nst_rtnl_fill_neighbour(walk->dump->skb, &walk->dump->head,
				       neighbour);
}

static int dump(const struct nst_rtnl_request *request,
		struct nst_rtnl_dump *dump)
{
	struct filter filter = {};
	struct walk walk = { dump, &filter };
	int err;

	err = parse_filter(request, &filter);
	if (err || filter.none)
		return err;
	if (filter.link)
		dump->head.flags |= NLM_F_DUMP_FILTERED;
	/* They change all the time: a dump is never consistent. */
	dump->cb->seq = 0;
	dump->position = dump->cb->args[0];
	return nst_neighbour_walk(request->stack, &dump->position, visit,
				  &walk);
}

static int parse(const struct nst_rtnl_request *request,
		 struct nst_link **link, union nst_address *address)
{
	const struct ndmsg *ndm = nlmsg_data(request->nlh);
	struct nlattr *tb[NDA_MAX + 1];
	int err;

	/* As the host: this one is always strict. */
	err = nlmsg_parse_deprecated_strict(request->nlh, sizeof(*ndm), tb,
					    NDA_MAX, policy, request->extack);
	if (!err)
		err = check_header(request, 0);
	if (err)
		return err;
	if (ndm->ndm_family != AF_INET && ndm->ndm_family != AF_INET6) {
		NL_SET_ERR_MSG(request->extack,
			       "address family is neither AF_INET nor AF_INET6");
		return -EAFNOSUPPORT;
	}
	err = nst_rtnl_only(request, tb, NDA_MAX, BIT(NDA_DST));
	if (err)
		return err;
	*link = nst_link_by_index_rcu(request->stack, ndm->ndm_ifindex);
	if (ndm->ndm_ifindex && !*link) {
		NL_SET_ERR_MSG(request->extack, "the stack has no such link");
		return -ENODEV;
	}
	if (!tb[NDA_DST] || !*link ||
	    nla_len(tb[NDA_DST]) != nst_address_bytes(ndm->ndm_family)) {
		NL_SET_ERR_MSG(request->extack,
			       "the request names no link, or no address of its family");
		return -EINVAL;
	}
	memcpy(address, nla_data(tb[NDA_DST]), nla_len(tb[NDA_DST]));
	return 0;
}

static int get(const struct nst_rtnl_request *request)
{
	const struct nst_rtnl_head head = { .type = RTM_NEWNEIGH };
	struct nst_neighbour *neighbour = NULL;
	union nst_address address = {};
	const struct ndmsg *ndm;
	struct nst_link *link;
	int err;

	err = parse(request, &link, &address);
	if (err)
		return err;
	ndm = nlmsg_data(request->nlh);
	if (!(ndm->ndm_flags & NTF_PROXY))
		neighbour = nst_neighbour_lookup(link, ndm->ndm_family,
						 &address, false);
	if (IS_ERR_OR_NULL(neighbour)) {
		NL_SET_ERR_MSG(request->extack, "no such neighbour");
		return -ENOENT;
	}
	err = nst_rtnl_reply(request, head, nst_rtnl_fill_neighbour,
			     neighbour);
	nst_neighbour_put(neighbour);
	return err;
}

const struct nst_rtnl_kind nst_rtnl_neighbours = {
	.request = RTM_GETNEIGH,
	.answer = RTM_NEWNEIGH,
	.get = get,
	.dump = dump,
};
