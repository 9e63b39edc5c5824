// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses between programs and the stack: struct sockaddr_in.
 */
#include "socket.h"

int nst_sockaddr_parse(const struct sock *sk, const void *uaddr, int len,
		       struct nst_sockaddr *address)
{
	const struct sockaddr_in *sin = uaddr;

	memset(address, 0, sizeof(*address));
	if (len < (int)sizeof(sin->sin_family))
		return -EINVAL;
	address->family = sin->sin_family;
	if (len < (int)sizeof(*sin))
		return address->family == AF_UNSPEC ? 0 : -EINVAL;
	if (address->family != AF_UNSPEC &&
	    address->family != nst_sk(sk)->flow.family)
		return -EAFNOSUPPORT;
	address->address = nst_address_v4(sin->sin_addr.s_addr);
	address->port = sin->sin_port;
	return 0;
}

int nst_sockaddr_fill(const struct sock *sk, void *uaddr,
		      const union nst_address *address, __be16 port,
		      u32 link_index)
{
	struct sockaddr_in *sin = uaddr;

	sin->sin_family = AF_INET;
	sin->sin_port = port;
	sin->sin_addr.s_addr = address->v4;
	memset(sin->sin_zero, 0, sizeof(sin->sin_zero));
	return sizeof(*sin);
}
