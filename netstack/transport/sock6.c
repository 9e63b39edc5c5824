// SPDX-License-Identifier: GPL-2.0
/*
 * What AF_INET6 sockets have beyond AF_INET's (ipv6(7)): the choice between
 * the families, scopes (RFC 4007), flow labels (RFC 6437), and the header
 * fields of what they send by IPv6.
 */
#include <linux/siphash.h>
#include <linux/slab.h>

#include "../link/link.h"
#include "../network/ipv6.h"
#include "sock.h"

const struct nst_sock_ipv6 nst_sock_ipv6_none = { };

struct nst_sock_ipv6 *nst_sock_ipv6_alloc(const struct nst_stack *stack,
					  gfp_t gfp)
{
	struct nst_sock_ipv6 *v6;

	v6 = kzalloc(sizeof(*v6), gfp | __GFP_ACCOUNT);
	if (!v6)
		return NULL;
	v6->hop_limit = -1;
	v6->multicast_hops = 1;
	v6->multicast_loop = true;
	v6->multicast_all = true;
	v6->mtu_discover = IPV6_PMTUDISC_WANT;
	v6->auto_flow_label = -1;
	v6->only = READ_ONCE(stack->config.bindv6only);
	return v6;
}

void nst_sock_ipv6_free(const struct nst_sock_ipv6 *v6)
{
	if (likely(v6 == &nst_sock_ipv6_none))
		return;
	kfree_skb(v6->path_mtu);
	kfree(v6);
}

void nst_sock_ipv6_flow(struct nst_sock *nst, const struct nst_sockaddr *peer)
{
	struct nst_sock_ipv6 *v6 = nst_sock_ipv6(nst);

	v6->flow_label = v6->flowinfo_send ? peer->flow_label : 0;
	v6->flow_tclass = v6->flowinfo_send ? peer->tclass : 0;
	/* RFC 3168 6.1: the ECN bits of a connection are TCP's. */
	if (nst->sk.sk_type == SOCK_STREAM)
		v6->flow_tclass &= ~INET_ECN_MASK;
	v6->flow_hash_label = 0;
}

int nst_sock_address_family(const struct nst_sock *nst,
			    struct nst_sockaddr *address)
{
	if (likely(nst->family == AF_INET))
		return 0;
	if (address->family == AF_INET)
		return READ_ONCE(nst->v6->only) ? -ENETUNREACH : 0;
	if (READ_ONCE(nst->flow.family) != AF_INET)
		return 0;
	if (!nst_address_any(&address->address))
		return -EAFNOSUPPORT;
	address->family = AF_INET;
	address->address = nst_address_v4(htonl(INADDR_LOOPBACK));
	return 0;
}

bool nst_ipv6_needs_scope(const struct in6_addr *address)
{
	u8 scope;

	if (!nst_ipv6_is_group(address))
		return nst_ipv6_is_link_local(address);
	scope = nst_ipv6_group_scope(address);
	return scope == NST_IPV6_SCOPE_INTERFACE ||
	       scope == NST_IPV6_SCOPE_LINK;
}

int nst_sock_scope(struct sock *sk, const struct nst_sockaddr *address)
{
	const struct nst_sock *nst = nst_sk(sk);
	int link_index = address->link_index;

	if (likely(address->family != AF_INET6) ||
	    !nst_ipv6_needs_scope(&address->address.v6))
		return 0;
	if (link_index) {
		if (sk->sk_bound_dev_if && sk->sk_bound_dev_if != link_index)
			return -EINVAL;
		WRITE_ONCE(sk->sk_bound_dev_if, link_index);
	} else if (!sk->sk_bound_dev_if &&
		   nst_ipv6_is_group(&address->address.v6)) {
		WRITE_ONCE(sk->sk_bound_dev_if, nst->v6->multicast_link);
	}
	return sk->sk_bound_dev_if ? 0 : -EINVAL;
}

u32 nst_packet_scope(const struct sk_buff *skb)
{
	const struct nst_link *link = nst_packet_cb(skb)->link;

	return link && nst_ipv6_is_link_local(&ipv6_hdr(skb)->saddr) ?
	       link->index : 0;
}

__be32 nst_flow_label(const struct nst_stack *stack,
		      const union nst_address *laddr, __be16 lport,
		      const union nst_address *raddr, __be16 rport)
{
	u64 ports = (u64)(__force u16)lport << 16 | (__force u16)rport;
	u32 label;

	if (!READ_ONCE(stack->config.auto_flowlabels))
		return 0;
	/*
	 * A label tells flows of one pair of addresses apart (RFC 6437 2): what
	 * local addresses and ports have in common may be one word.
	 */
	label = siphash_3u64(raddr->quad[0], raddr->quad[1],
			     laddr->quad[0] ^ laddr->quad[1] ^ ports,
			     &stack->secret) & NST_IPV6_FLOW_LABEL;
	/* RFC 6437 3: zero stands for a flow that has no label. */
	return htonl(label ?: 1);
}

/* IPV6_AUTOFLOWLABEL, with the sysctl: 0 never, 1 and 2 the default, 3 always. */
static bool labels_flows(const struct nst_sock *nst)
{
	int policy = READ_ONCE(nst->stack->config.auto_flowlabels);
	s8 own = READ_ONCE(nst->v6->auto_flow_label);

	if (!policy || policy == 3)
		return policy;
	return own >= 0 ? own : policy == 1;
}

__be32 nst_sock_flow_label(const struct nst_sock *nst,
			   const union nst_address *laddr,
			   const union nst_address *raddr, __be16 rport)
{
	return labels_flows(nst) ? nst_flow_label(nst->stack, laddr,
						  nst->flow.lport, raddr,
						  rport) : 0;
}

/* Of a connected socket; computed once. */
static __be32 connected_label(struct nst_sock *nst)
{
	__be32 label = READ_ONCE(nst->v6->flow_hash_label);

	if (READ_ONCE(nst->v6->flow_label))
		return nst->v6->flow_label;
	if (!labels_flows(nst))
		return 0;
	if (unlikely(!label)) {
		label = nst_flow_label(nst->stack, &nst->flow.laddr,
				       nst->flow.lport, &nst->flow.raddr,
				       nst->flow.rport);
		WRITE_ONCE(nst_sock_ipv6(nst)->flow_hash_label, label);
	}
	return label;
}

void nst_sock_output6(const struct sock *sk, struct nst_output *output)
{
	struct nst_sock *nst = nst_sk(sk);
	s16 hop_limit = READ_ONCE(nst->v6->hop_limit);

	*output = (struct nst_output) {
		.protocol = sk->sk_protocol,
		.tos = nst_sock_tos(nst, AF_INET6),
		.hop_limit = hop_limit < 0 ? 0 : hop_limit,
		/* A datagram over the MTU is one that its sender lets cut. */
		.dont_fragment = sk->sk_type == SOCK_STREAM,
		.flow_label = nst->flow.rport ? connected_label(nst) : 0,
	};
}
