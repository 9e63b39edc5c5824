// SPDX-License-Identifier: GPL-2.0
/*
 * Groups of a socket: the list that says what the socket is given, and the
 * calls that change it together with what the stack takes of the link.
 */
#include <linux/slab.h>

#include "../network/address.h"
#include "membership.h"

struct nst_group_filter *nst_membership_filter_alloc(u8 mode, u32 count)
{
	struct nst_group_filter *filter;

	filter = kzalloc(struct_size(filter, sources, count),
			 GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (filter)
		filter->mode = mode;
	return filter;
}

u32 nst_membership_sources_max(const struct nst_sock *nst, u8 family)
{
	const struct nst_config *config = &nst->stack->config;

	return family == AF_INET6 ? READ_ONCE(config->mld_max_msf) :
				    READ_ONCE(config->igmp_max_msf);
}

static u32 groups_max(const struct nst_sock *nst, u8 family)
{
	const struct nst_config *config = &nst->stack->config;

	return family == AF_INET6 ? READ_ONCE(config->mld_max_memberships) :
				    READ_ONCE(config->igmp_max_memberships);
}

static bool locked(const struct nst_sock *nst)
{
	return __nst_config_held(nst->stack);
}

static struct nst_group_filter *filter_of(const struct nst_sock *nst,
					  const struct nst_membership *member)
{
	return rcu_dereference_protected(member->filter, locked(nst));
}

/*
 * Return: the link that is meant, or NULL. Its number goes into @at of IPv4;
 * who names no link to IPv6 means a membership on any (ipv6(7)).
 */
static struct nst_link *find_link(struct nst_sock *nst,
				  struct nst_membership_at *at)
{
	const struct nst_local_address *local;
	u32 index = at->link_index;

	if (!index && !nst_address_any(&at->address)) {
		local = nst_address_find_rcu(nst->stack, NULL, at->family,
					     &at->address);
		if (local)
			index = local->link->index;
	} else if (!index) {
		index = nst_route_group_link(nst->stack, at->family,
					     &at->group);
	}
	if (at->family == AF_INET)
		at->link_index = index;
	return index ? nst_link_by_index_rcu(nst->stack, index) : NULL;
}

/* Without a link it is the one of that address, which IPv6 does not have. */
static bool is_meant(const struct nst_membership *member,
		     const struct nst_membership_at *at)
{
	return member->family == at->family &&
	       nst_address_equal(&member->group, &at->group) &&
	       (at->link_index ?
		member->link_index == at->link_index :
		nst_address_equal(&member->address, &at->address));
}

static struct nst_membership __rcu **
find_member(struct nst_sock *nst, const struct nst_membership_at *at)
{
	struct nst_membership __rcu **at_member = &nst->memberships;
	struct nst_membership *member;

	while ((member = rcu_dereference_protected(*at_member, locked(nst)))) {
		if (is_meant(member, at))
			return at_member;
		at_member = &member->next;
	}
	return NULL;
}

static struct nst_membership *member_at(struct nst_sock *nst,
					const struct nst_membership_at *at)
{
	struct nst_membership __rcu **at_member = find_member(nst, at);

	return at_member ? rcu_dereference_protected(*at_member, locked(nst)) :
			   NULL;
}

/* A whole filter is of the membership on the link that is named. */
static struct nst_membership *member_on(struct nst_sock *nst,
					const struct nst_membership_at *at)
{
	return at->link_index ? member_at(nst, at) : NULL;
}

/* Tell the link; one that took the place of another knows nothing of it. */
static int tell(struct nst_sock *nst, const struct nst_membership *member,
		const struct nst_group_filter *old,
		const struct nst_group_filter *new)
{
	struct nst_link *link;

	link = nst_link_by_index_rcu(nst->stack, member->link_index);
	if (!link ||
	    nst_group_epoch(link, member->family) != member->epoch)
		return 0;
	return nst_group_change(link, member->family, &member->group, old,
				new);
}

/* The membership's filter becomes @new, which is taken over in any case. */
static int replace(struct nst_sock *nst, struct nst_membership *member,
		   struct nst_group_filter *new)
{
	struct nst_group_filter *old = filter_of(nst, member);
	int err;

	err = tell(nst, member, old, new);
	if (err) {
		kfree(new);
		return err;
	}
	rcu_assign_pointer(member->filter, new);
	kfree_rcu(old, rcu);
	return 0;
}

static unsigned int count(const struct nst_sock *nst, u8 family)
{
	const struct nst_membership *member;
	unsigned int n = 0;

	for (member = rcu_dereference_protected(nst->memberships, locked(nst));
	     member;
	     member = rcu_dereference_protected(member->next, locked(nst)))
		n += member->family == family;
	return n;
}

static bool is_group(const struct nst_membership_at *at)
{
	return nst_address_multicast(at->family, &at->group);
}

int nst_membership_join(struct nst_sock *nst, struct nst_membership_at *at,
			u8 mode)
{
	struct nst_membership *member;
	struct nst_group_filter *filter;
	struct nst_link *link;
	int err = -ENOMEM;

	if (!is_group(at))
		return -EINVAL;
	if (at->family == AF_INET6 && find_member(nst, at))
		return -EADDRINUSE;
	link = find_link(nst, at);
	if (!link)
		return -ENODEV;
	if (at->family == AF_INET && find_member(nst, at))
		return -EADDRINUSE;
	/* The host bounds IPv6's by the memory of a socket's options. */
	if (count(nst, at->family) >= groups_max(nst, at->family))
		return at->family == AF_INET6 ? -ENOMEM : -ENOBUFS;

	member = kzalloc(sizeof(*member), GFP_KERNEL_ACCOUNT);
	filter = nst_membership_filter_alloc(mode, 0);
	if (!member || !filter)
		goto free;
	member->link_index = link->index;
	member->epoch = nst_group_epoch(link, at->family);
	member->family = at->family;
	member->group = at->group;
	member->address = at->address;
	RCU_INIT_POINTER(member->filter, filter);
	err = tell(nst, member, NULL, filter);
	if (err)
		goto free;
	RCU_INIT_POINTER(member->next,
			 rcu_dereference_protected(nst->memberships,
						   locked(nst)));
	rcu_assign_pointer(nst->memberships, member);
	return 0;

free:
	kfree(filter);
	kfree(member);
	return err;
}

static void unlink(struct nst_sock *nst, struct nst_membership __rcu **at)
{
	struct nst_membership *member;

	member = rcu_dereference_protected(*at, locked(nst));
	rcu_assign_pointer(*at, rcu_dereference_protected(member->next,
							  locked(nst)));
	tell(nst, member, filter_of(nst, member), NULL);
	kfree_rcu(filter_of(nst, member), rcu);
	kfree_rcu(member, rcu);
}

int nst_membership_leave(struct nst_sock *nst, struct nst_membership_at *at)
{
	bool any_link = !at->link_index && nst_address_any(&at->address);
	struct nst_membership __rcu **at_member;

	if (at->family == AF_INET6 && !is_group(at))
		return -EINVAL;
	if (at->family == AF_INET && !find_link(nst, at) && any_link &&
	    is_group(at))
		return -ENODEV;
	at_member = find_member(nst, at);
	if (!at_member)
		return -EADDRNOTAVAIL;
	unlink(nst, at_member);
	return 0;
}

static int index_of(const struct nst_group_filter *filter,
		    const union nst_address *source)
{
	u32 i;

	for (i = 0; i < filter->count; i++)
		if (nst_address_equal(&filter->sources[i], source))
			return i;
	return -1;
}

static int source_add(struct nst_sock *nst, struct nst_membership *member,
		      const union nst_address *source, u8 mode)
{
	const struct nst_group_filter *old = filter_of(nst, member);
	struct nst_group_filter *new;
	int err;

	if (old->count >= nst_membership_sources_max(nst, member->family))
		return -ENOBUFS;
	if (index_of(old, source) >= 0)
		return -EADDRNOTAVAIL;
	new = nst_membership_filter_alloc(mode, old->count + 1);
	if (!new)
		return -ENOBUFS;
	memcpy(new->sources, old->sources,
	       flex_array_size(old, sources, old->count));
	new->count = old->count + 1;
	new->sources[old->count] = *source;
	err = replace(nst, member, new);
	if (!err)
		member->listed = true;
	return err;
}

static int source_del(struct nst_sock *nst, struct nst_membership *member,
		      int at)
{
	const struct nst_group_filter *old = filter_of(nst, member);
	struct nst_group_filter *new;

	new = nst_membership_filter_alloc(old->mode, old->count - 1);
	if (!new)
		return -ENOBUFS;
	new->count = old->count - 1;
	memcpy(new->sources, old->sources, flex_array_size(old, sources, at));
	memcpy(new->sources + at, old->sources + at + 1,
	       flex_array_size(old, sources, new->count - at));
	return replace(nst, member, new);
}

int nst_membership_source(struct nst_sock *nst, struct nst_membership_at *at,
			  const union nst_address *source, u8 mode, bool add)
{
	const struct nst_group_filter *filter;
	struct nst_membership *member;
	int i;

	if (!is_group(at))
		return -EINVAL;
	if (!find_link(nst, at))
		return -ENODEV;
	member = member_at(nst, at);
	if (!member)
		return -EINVAL;
	filter = filter_of(nst, member);
	if (filter->mode != mode) {
		struct nst_group_filter *empty;
		int err;

		/* The mode of an empty list changes as if by itself. */
		if (member->listed)
			return -EINVAL;
		empty = nst_membership_filter_alloc(mode, 0);
		if (!empty)
			return -ENOBUFS;
		err = replace(nst, member, empty);
		if (err)
			return err;
		filter = filter_of(nst, member);
	}
	if (add)
		return source_add(nst, member, source, mode);

	i = index_of(filter, source);
	if (i < 0)
		return -EADDRNOTAVAIL;
	if (filter->count == 1 && mode == MCAST_INCLUDE)
		return nst_membership_leave(nst, at);
	return source_del(nst, member, i);
}

int nst_membership_set(struct nst_sock *nst, struct nst_membership_at *at,
		       struct nst_group_filter *new)
{
	struct nst_membership *member;
	int err = -EINVAL;

	if (!is_group(at) ||
	    (new->mode != MCAST_INCLUDE && new->mode != MCAST_EXCLUDE))
		goto free;
	err = -ENODEV;
	if (!find_link(nst, at))
		goto free;
	if (new->mode == MCAST_INCLUDE && !new->count) {
		kfree(new);
		return nst_membership_leave(nst, at);
	}
	member = member_on(nst, at);
	err = -EINVAL;
	if (!member)
		goto free;
	member->listed = new->count;
	return replace(nst, member, new);

free:
	kfree(new);
	return err;
}

const struct nst_group_filter *
nst_membership_get(struct nst_sock *nst, struct nst_membership_at *at)
{
	const struct nst_membership *member;

	if (!is_group(at))
		return ERR_PTR(-EINVAL);
	if (!find_link(nst, at))
		return ERR_PTR(-ENODEV);
	member = member_on(nst, at);
	return member ? filter_of(nst, member) : ERR_PTR(-EADDRNOTAVAIL);
}

void nst_membership_leave_all(struct sock *sk)
{
	struct nst_sock *nst = nst_sk(sk);

	if (likely(!rcu_access_pointer(nst->memberships)))
		return;
	mutex_lock(&nst->stack->config_mutex);
	while (rcu_access_pointer(nst->memberships))
		unlink(nst, &nst->memberships);
	mutex_unlock(&nst->stack->config_mutex);
}

bool nst_membership_admits_rcu(const struct nst_sock *nst,
			       const struct nst_flow_key *key)
{
	const struct nst_membership *member;
	const struct nst_group_filter *filter;

	if (!nst_address_multicast(key->family, &key->laddr))
		return true;
	for (member = rcu_dereference(nst->memberships); member;
	     member = rcu_dereference(member->next)) {
		if (member->link_index != key->link_index ||
		    member->family != key->family ||
		    !nst_address_equal(&member->group, &key->laddr))
			continue;
		filter = rcu_dereference(member->filter);
		return (index_of(filter, &key->raddr) >= 0) ==
		       (filter->mode == MCAST_INCLUDE);
	}
	return key->family == AF_INET6 ? READ_ONCE(nst->v6->multicast_all) :
					 READ_ONCE(nst->multicast_all);
}
