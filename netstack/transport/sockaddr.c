// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses between programs and the stack: struct sockaddr_in and struct
 * sockaddr_in6. An IPv4-mapped address (RFC 4291 2.5.5.2) is an IPv4 address
 * everywhere but here.
 */
#include "../network/ipv6.h"
#include "sock.h"

/* RFC 2133's sockaddr_in6 ends where RFC 2553's has the scope. */
#define SOCKADDR_IN6_MIN	offsetof(struct sockaddr_in6, sin6_scope_id)

static int parse6(const struct sockaddr_in6 *sin6, int len,
		  struct nst_sockaddr *address)
{
	if (len < (int)SOCKADDR_IN6_MIN)
		return -EINVAL;
	if (sin6->sin6_family != AF_INET6)
		return -EAFNOSUPPORT;
	address->port = sin6->sin6_port;
	address->flow_label = sin6->sin6_flowinfo &
			      htonl(NST_IPV6_FLOW_LABEL);
	address->tclass = ntohl(sin6->sin6_flowinfo) >> 20;
	if (nst_ipv6_is_mapped(&sin6->sin6_addr)) {
		address->family = AF_INET;
		address->address =
			nst_address_v4(sin6->sin6_addr.s6_addr32[3]);
		return 0;
	}
	address->family = AF_INET6;
	address->address = nst_address_v6(&sin6->sin6_addr);
	if (len >= (int)sizeof(*sin6) &&
	    nst_ipv6_needs_scope(&sin6->sin6_addr))
		address->link_index = sin6->sin6_scope_id;
	return 0;
}

int nst_sockaddr_parse(const struct sock *sk, const void *uaddr, int len,
		       struct nst_sockaddr *address)
{
	const struct sockaddr_in *sin = uaddr;

	memset(address, 0, sizeof(*address));
	if (unlikely(nst_sk(sk)->family == AF_INET6))
		return parse6(uaddr, len, address);
	if (len < (int)sizeof(sin->sin_family))
		return -EINVAL;
	address->family = sin->sin_family;
	if (len < (int)sizeof(*sin))
		return address->family == AF_UNSPEC ? 0 : -EINVAL;
	if (address->family != AF_UNSPEC && address->family != AF_INET)
		return -EAFNOSUPPORT;
	address->address = nst_address_v4(sin->sin_addr.s_addr);
	address->port = sin->sin_port;
	return 0;
}

static int fill6(struct sockaddr_in6 *sin6, u8 family,
		 const union nst_address *address, __be16 port,
		 u32 link_index)
{
	memset(sin6, 0, sizeof(*sin6));
	sin6->sin6_family = AF_INET6;
	sin6->sin6_port = port;
	if (family == AF_INET) {
		sin6->sin6_addr.s6_addr32[2] = htonl(0xffff);
		sin6->sin6_addr.s6_addr32[3] = address->v4;
		return sizeof(*sin6);
	}
	sin6->sin6_addr = address->v6;
	if (nst_ipv6_needs_scope(&address->v6))
		sin6->sin6_scope_id = link_index;
	return sizeof(*sin6);
}

int nst_sockaddr_fill(const struct sock *sk, void *uaddr, u8 family,
		      const union nst_address *address, __be16 port,
		      u32 link_index)
{
	struct sockaddr_in *sin = uaddr;

	if (unlikely(nst_sk(sk)->family == AF_INET6))
		return fill6(uaddr, family, address, port, link_index);
	sin->sin_family = AF_INET;
	sin->sin_port = port;
	sin->sin_addr.s_addr = address->v4;
	memset(sin->sin_zero, 0, sizeof(sin->sin_zero));
	return sizeof(*sin);
}
