// SPDX-License-Identifier: GPL-2.0
/*
 * Options of group membership (ip(7), ipv6(7), RFC 3678): lengths, formats
 * and errno are the host's, which are not the same in both families. What
 * they mean is in transport/membership.c.
 */
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/slab.h>
#include <linux/socket.h>

#include "../network/ipv6.h"
#include "../transport/membership.h"
#include "socket.h"

/* Bytes of a filter that a program hands over; the host has optmem_max. */
#define FILTER_SIZE_MAX		(128 * 1024)

bool nst_group_option(u8 family, int optname)
{
	switch (optname) {
	case IP_ADD_MEMBERSHIP:
	case IP_DROP_MEMBERSHIP:
	case IP_ADD_SOURCE_MEMBERSHIP:
	case IP_DROP_SOURCE_MEMBERSHIP:
	case IP_BLOCK_SOURCE:
	case IP_UNBLOCK_SOURCE:
	case IP_MSFILTER:
		return family == AF_INET;
	case IPV6_ADD_MEMBERSHIP:
	case IPV6_DROP_MEMBERSHIP:
		return family == AF_INET6;
	case MCAST_JOIN_GROUP:
	case MCAST_LEAVE_GROUP:
	case MCAST_JOIN_SOURCE_GROUP:
	case MCAST_LEAVE_SOURCE_GROUP:
	case MCAST_BLOCK_SOURCE:
	case MCAST_UNBLOCK_SOURCE:
	case MCAST_MSFILTER:
		return true;
	}
	return false;
}

static struct nst_membership_at at_ipv4(__be32 group, __be32 address,
					u32 link_index)
{
	return (struct nst_membership_at) {
		.family = AF_INET,
		.link_index = link_index,
		.group = nst_address_v4(group),
		.address = nst_address_v4(address),
	};
}

static bool is_of(u8 family, const void *storage)
{
	return ((const struct sockaddr *)storage)->sa_family == family;
}

static union nst_address address_in(u8 family, const void *storage)
{
	const struct sockaddr_in6 *sin6 = storage;
	const struct sockaddr_in *sin = storage;

	return family == AF_INET6 ? nst_address_v6(&sin6->sin6_addr) :
				    nst_address_v4(sin->sin_addr.s_addr);
}

static void fill_storage(u8 family, const union nst_address *address,
			 void *storage)
{
	struct sockaddr_in6 *sin6 = storage;
	struct sockaddr_in *sin = storage;

	sin->sin_family = family;
	if (family == AF_INET6)
		sin6->sin6_addr = address->v6;
	else
		sin->sin_addr.s_addr = address->v4;
}

static struct nst_membership_at at_storage(u8 family, const void *storage,
					   u32 link_index)
{
	return (struct nst_membership_at) {
		.family = family,
		.link_index = link_index,
		.group = address_in(family, storage),
	};
}

/* IP_ADD_MEMBERSHIP, IP_DROP_MEMBERSHIP */
static int set_membership(struct nst_sock *nst, int optname,
			  const void *optval, unsigned int optlen)
{
	struct nst_membership_at at;
	struct ip_mreqn mreq = {};

	if (nst->sk.sk_type == SOCK_STREAM)
		return -EPROTO;
	if (optlen < sizeof(struct ip_mreq))
		return -EINVAL;
	memcpy(&mreq, optval, optlen < sizeof(mreq) ? sizeof(struct ip_mreq) :
						      sizeof(mreq));
	at = at_ipv4(mreq.imr_multiaddr.s_addr, mreq.imr_address.s_addr,
		     mreq.imr_ifindex);
	return optname == IP_ADD_MEMBERSHIP ?
	       nst_membership_join(nst, &at, MCAST_EXCLUDE) :
	       nst_membership_leave(nst, &at);
}

/* IPV6_ADD_MEMBERSHIP, IPV6_DROP_MEMBERSHIP, and their other names */
static int set_membership6(struct nst_sock *nst, int optname,
			   const struct ipv6_mreq *mreq, unsigned int optlen)
{
	struct nst_membership_at at;

	if (optlen < sizeof(*mreq))
		return -EINVAL;
	if (nst->sk.sk_type == SOCK_STREAM)
		return -EPROTO;
	at = (struct nst_membership_at) {
		.family = AF_INET6,
		.link_index = mreq->ipv6mr_ifindex,
		.group = nst_address_v6(&mreq->ipv6mr_multiaddr),
	};
	return optname == IPV6_ADD_MEMBERSHIP ?
	       nst_membership_join(nst, &at, MCAST_EXCLUDE) :
	       nst_membership_leave(nst, &at);
}

/**
 * struct source_call - what an option about one source comes down to
 * @optname: IP_*
 * @generic: MCAST_*
 * @mode: of the list of sources
 * @add: put it in, or take it out
 * @join: become a member first
 */
struct source_call {
	int optname;
	int generic;
	u8 mode;
	bool add;
	bool join;
};

static const struct source_call source_calls[] = {
	{ IP_ADD_SOURCE_MEMBERSHIP, MCAST_JOIN_SOURCE_GROUP, MCAST_INCLUDE,
	  true, true },
	{ IP_DROP_SOURCE_MEMBERSHIP, MCAST_LEAVE_SOURCE_GROUP, MCAST_INCLUDE },
	{ IP_BLOCK_SOURCE, MCAST_BLOCK_SOURCE, MCAST_EXCLUDE, true },
	{ IP_UNBLOCK_SOURCE, MCAST_UNBLOCK_SOURCE, MCAST_EXCLUDE },
};

static int call_source(struct nst_sock *nst, int optname,
		       const struct nst_membership_at *at,
		       const union nst_address *source)
{
	const struct source_call *call = source_calls;
	struct nst_membership_at joined = *at, where = *at;
	int err;

	while (call->optname != optname && call->generic != optname)
		call++;
	if (call->join) {
		err = nst_membership_join(nst, &joined, MCAST_INCLUDE);
		if (err && err != -EADDRINUSE)
			return err;
	}
	return nst_membership_source(nst, &where, source, call->mode,
				     call->add);
}

static int set_source(struct nst_sock *nst, int optname,
		      const struct ip_mreq_source *mreq, unsigned int optlen)
{
	struct nst_membership_at at;
	union nst_address source;

	if (optlen != sizeof(*mreq))
		return -EINVAL;
	at = at_ipv4(mreq->imr_multiaddr, mreq->imr_interface, 0);
	source = nst_address_v4(mreq->imr_sourceaddr);
	return call_source(nst, optname, &at, &source);
}

/* MCAST_JOIN_GROUP, MCAST_LEAVE_GROUP */
static int set_group(struct nst_sock *nst, u8 family, int optname,
		     const struct group_req *req, unsigned int optlen)
{
	struct nst_membership_at at;

	if (optlen < sizeof(*req))
		return -EINVAL;
	if (!is_of(family, &req->gr_group))
		return family == AF_INET6 ? -EADDRNOTAVAIL : -EINVAL;
	at = at_storage(family, &req->gr_group, req->gr_interface);
	return optname == MCAST_JOIN_GROUP ?
	       nst_membership_join(nst, &at, MCAST_EXCLUDE) :
	       nst_membership_leave(nst, &at);
}

static int set_group_source(struct nst_sock *nst, u8 family, int optname,
			    const struct group_source_req *req,
			    unsigned int optlen)
{
	struct nst_membership_at at;
	union nst_address source;

	if (optlen < sizeof(*req) ||
	    (optlen > sizeof(*req) && family == AF_INET))
		return -EINVAL;
	if (!is_of(family, &req->gsr_group) ||
	    !is_of(family, &req->gsr_source))
		return -EADDRNOTAVAIL;
	at = at_storage(family, &req->gsr_group, req->gsr_interface);
	source = address_in(family, &req->gsr_source);
	return call_source(nst, optname, &at, &source);
}

static int set_msfilter(struct nst_sock *nst, const struct ip_msfilter *msf,
			unsigned int optlen)
{
	struct nst_group_filter *filter;
	struct nst_membership_at at;
	const __be32 *sources;
	u32 i;

	if (optlen < IP_MSFILTER_SIZE(0))
		return -EINVAL;
	if (msf->imsf_numsrc > nst_membership_sources_max(nst, AF_INET))
		return -ENOBUFS;
	if (IP_MSFILTER_SIZE(msf->imsf_numsrc) > optlen)
		return -EINVAL;
	filter = nst_membership_filter_alloc(0, msf->imsf_numsrc);
	if (!filter)
		return -ENOBUFS;
	/* A number that no mode has does not fit into the filter's. */
	filter->mode = min_t(u32, msf->imsf_fmode, U8_MAX);
	filter->count = msf->imsf_numsrc;
	sources = (const __be32 *)((const u8 *)msf + IP_MSFILTER_SIZE(0));
	for (i = 0; i < filter->count; i++)
		filter->sources[i] = nst_address_v4(sources[i]);
	at = at_ipv4(msf->imsf_multiaddr, msf->imsf_interface, 0);
	return nst_membership_set(nst, &at, filter);
}

/* The host does not look at the families of a filter of IPv6. */
static int set_group_filter(struct nst_sock *nst, u8 family,
			    const struct group_filter *given,
			    unsigned int optlen)
{
	const struct __kernel_sockaddr_storage *sources;
	struct nst_group_filter *filter;
	struct nst_membership_at at;
	u32 i;

	if (optlen < GROUP_FILTER_SIZE(0))
		return -EINVAL;
	if (given->gf_numsrc > nst_membership_sources_max(nst, family))
		return -ENOBUFS;
	if (GROUP_FILTER_SIZE(given->gf_numsrc) > optlen)
		return -EINVAL;
	if (family == AF_INET && !is_of(family, &given->gf_group))
		return -EADDRNOTAVAIL;
	filter = nst_membership_filter_alloc(0, given->gf_numsrc);
	if (!filter)
		return -ENOBUFS;
	filter->mode = min_t(u32, given->gf_fmode, U8_MAX);
	filter->count = given->gf_numsrc;
	sources = (const void *)((const u8 *)given + GROUP_FILTER_SIZE(0));
	for (i = 0; i < filter->count; i++) {
		if (family == AF_INET && !is_of(family, &sources[i])) {
			kfree(filter);
			return -EADDRNOTAVAIL;
		}
		filter->sources[i] = address_in(family, &sources[i]);
	}
	at = at_storage(family, &given->gf_group, given->gf_interface);
	return nst_membership_set(nst, &at, filter);
}

static int set_locked(struct nst_sock *nst, u8 family, int optname,
		      const void *optval, unsigned int optlen)
{
	switch (optname) {
	case IP_ADD_MEMBERSHIP:
	case IP_DROP_MEMBERSHIP:
		return set_membership(nst, optname, optval, optlen);
	case IPV6_ADD_MEMBERSHIP:
	case IPV6_DROP_MEMBERSHIP:
		return set_membership6(nst, optname, optval, optlen);
	case IP_MSFILTER:
		return set_msfilter(nst, optval, optlen);
	case MCAST_JOIN_GROUP:
	case MCAST_LEAVE_GROUP:
		return set_group(nst, family, optname, optval, optlen);
	case MCAST_MSFILTER:
		return set_group_filter(nst, family, optval, optlen);
	case MCAST_JOIN_SOURCE_GROUP:
	case MCAST_LEAVE_SOURCE_GROUP:
	case MCAST_BLOCK_SOURCE:
	case MCAST_UNBLOCK_SOURCE:
		return set_group_source(nst, family, optname, optval, optlen);
	default:
		return set_source(nst, optname, optval, optlen);
	}
}

int nst_group_setsockopt(struct sock *sk, u8 family, int optname,
			 sockptr_t optval, unsigned int optlen)
{
	struct nst_stack *stack = nst_sk(sk)->stack;
	unsigned int size = optlen;
	void *copy;
	int err;

	/* Before the locks: a program's memory may take its time. */
	if (optname != IP_MSFILTER && optname != MCAST_MSFILTER)
		size = min_t(size_t, size, sizeof(struct group_source_req));
	else if (size > FILTER_SIZE_MAX)
		return -ENOBUFS;
	copy = kvmalloc(size, GFP_KERNEL_ACCOUNT);
	if (!copy)
		return -ENOMEM;
	if (copy_from_sockptr(copy, optval, size)) {
		kvfree(copy);
		return -EFAULT;
	}
	mutex_lock(&stack->config_mutex);
	err = set_locked(nst_sk(sk), family, optname, copy, optlen);
	mutex_unlock(&stack->config_mutex);
	kvfree(copy);
	return err;
}

/* A copy of the filter that is meant, or ERR_PTR(). */
static struct nst_group_filter *get_filter(struct sock *sk,
					   struct nst_membership_at *at)
{
	struct nst_stack *stack = nst_sk(sk)->stack;
	const struct nst_group_filter *filter;
	struct nst_group_filter *copy;

	mutex_lock(&stack->config_mutex);
	filter = nst_membership_get(nst_sk(sk), at);
	if (IS_ERR(filter)) {
		copy = ERR_CAST(filter);
	} else {
		copy = kmemdup(filter, struct_size(filter, sources,
						   filter->count),
			       GFP_KERNEL_ACCOUNT);
		if (!copy)
			copy = ERR_PTR(-ENOMEM);
	}
	mutex_unlock(&stack->config_mutex);
	return copy;
}

static int get_msfilter(struct sock *sk, char __user *optval,
			int __user *optlen, int len)
{
	struct nst_group_filter *filter;
	struct nst_membership_at at;
	struct ip_msfilter msf;
	int err = -EFAULT;
	u32 copied, i;

	if (len < (int)IP_MSFILTER_SIZE(0))
		return -EINVAL;
	if (copy_from_user(&msf, optval, IP_MSFILTER_SIZE(0)))
		return -EFAULT;
	at = at_ipv4(msf.imsf_multiaddr, msf.imsf_interface, 0);
	filter = get_filter(sk, &at);
	if (IS_ERR(filter))
		return PTR_ERR(filter);
	copied = min(filter->count, msf.imsf_numsrc);
	msf.imsf_fmode = filter->mode;
	msf.imsf_numsrc = filter->count;
	if (put_user(IP_MSFILTER_SIZE(copied), optlen) ||
	    copy_to_user(optval, &msf, IP_MSFILTER_SIZE(0)))
		goto free;
	optval += IP_MSFILTER_SIZE(0);
	for (i = 0; i < copied; i++)
		if (copy_to_user(optval + i * sizeof(__be32),
				 &filter->sources[i].v4, sizeof(__be32)))
			goto free;
	err = 0;
free:
	kfree(filter);
	return err;
}

static int get_group_filter(struct sock *sk, u8 family, char __user *optval,
			    int __user *optlen, int len)
{
	struct nst_group_filter *filter;
	struct nst_membership_at at;
	struct group_filter given;
	int err = -EFAULT;
	u32 copied, i;

	if (len < (int)GROUP_FILTER_SIZE(0))
		return -EINVAL;
	if (copy_from_user(&given, optval, GROUP_FILTER_SIZE(0)))
		return -EFAULT;
	if (!is_of(family, &given.gf_group))
		return family == AF_INET6 ? -EADDRNOTAVAIL : -EINVAL;
	at = at_storage(family, &given.gf_group, given.gf_interface);
	filter = get_filter(sk, &at);
	if (IS_ERR(filter))
		return PTR_ERR(filter) == -ENODEV ? -EADDRNOTAVAIL :
						    PTR_ERR(filter);
	copied = min(filter->count, given.gf_numsrc);
	given.gf_fmode = filter->mode;
	given.gf_numsrc = filter->count;
	if (put_user(GROUP_FILTER_SIZE(copied), optlen) ||
	    copy_to_user(optval, &given, GROUP_FILTER_SIZE(0)))
		goto free;
	optval += GROUP_FILTER_SIZE(0);
	for (i = 0; i < copied; i++) {
		struct __kernel_sockaddr_storage source = {};

		fill_storage(family, &filter->sources[i], &source);
		if (copy_to_user(optval + i * sizeof(source), &source,
				 sizeof(source)))
			goto free;
	}
	err = 0;
free:
	kfree(filter);
	return err;
}

int nst_group_getsockopt(struct sock *sk, u8 family, int optname,
			 char __user *optval, int __user *optlen, int len)
{
	if (optname == IP_MSFILTER)
		return get_msfilter(sk, optval, optlen, len);
	return get_group_filter(sk, family, optval, optlen, len);
}
