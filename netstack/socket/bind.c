// SPDX-License-Identifier: GPL-2.0
/*
 * Calls that streams and datagrams share: bind(2), getsockname(2),
 * getpeername(2) and close(2).
 */
#include <linux/in.h>
#include <net/tcp_states.h>

#include "../network/address.h"
#include "../network/ipv6.h"
#include "../transport/membership.h"
#include "../transport/ports.h"
#include "socket.h"

bool nst_bindable_ipv4(const struct nst_sock *nst,
		       const union nst_address *address, bool *group)
{
	const struct nst_route *route;
	bool broadcast;

	*group = false;
	if (nst_address_any(address))
		return true;
	if (ipv4_is_multicast(address->v4) || ipv4_is_lbcast(address->v4) ||
	    ipv4_is_zeronet(address->v4)) {
		*group = true;
		return true;
	}
	if (nst_address_usable(nst->stack, AF_INET, address))
		return true;

	rcu_read_lock();
	route = nst_route_lookup_rcu(nst->stack, AF_INET, address, 0, 0);
	broadcast = route && route->config.type == RTN_BROADCAST;
	rcu_read_unlock();
	if (broadcast) {
		*group = true;
		return true;
	}
	return nst->freebind || nst->transparent ||
	       READ_ONCE(nst->stack->config.ip_nonlocal_bind);
}

int nst_bind_check_ipv6(struct sock *sk, const struct nst_sockaddr *address,
			bool *group)
{
	const struct in6_addr *v6 = &address->address.v6;
	const struct nst_local_address *local;
	struct nst_sock *nst = nst_sk(sk);
	struct nst_link *link = NULL;
	int err = 0;

	if (nst_address_any(&address->address))
		return 0;
	*group = nst_ipv6_is_group(v6);
	if (nst_ipv6_needs_scope(v6)) {
		if (address->link_index)
			WRITE_ONCE(sk->sk_bound_dev_if, address->link_index);
		if (!sk->sk_bound_dev_if)
			return -EINVAL;
	}
	rcu_read_lock();
	if (sk->sk_bound_dev_if) {
		link = nst_link_by_index_rcu(nst->stack, sk->sk_bound_dev_if);
		if (!link)
			err = -ENODEV;
	}
	if (!err && !*group && !nst->freebind && !nst->transparent &&
	    !READ_ONCE(nst->stack->config.ip_nonlocal_bind)) {
		local = nst_address_find_rcu(nst->stack, link, AF_INET6,
					     &address->address);
		if (!local || !nst_local_address_usable(local))
			err = -EADDRNOTAVAIL;
	}
	rcu_read_unlock();
	return err;
}

/* What AF_INET6 checks with the socket locked; see nst_bind(). */
static int check_locked6(struct sock *sk, const struct nst_sockaddr *address,
			 bool *group)
{
	if (address->family == AF_INET6)
		return nst_bind_check_ipv6(sk, address, group);
	if (nst_sk(sk)->v6->only)
		return -EINVAL;
	return nst_bindable_ipv4(nst_sk(sk), &address->address, group) ?
	       0 : -EADDRNOTAVAIL;
}

/* Hold a port and enter the tables of the transport. */
static int take_port(struct sock *sk, u16 port)
{
	int err;

	err = nst_port_bind(sk, port);
	if (err || !sk->sk_prot->hash)
		return err;
	err = sk->sk_prot->hash(sk);
	if (err) {
		sk->sk_prot->unhash(sk);
		nst_port_release(sk);
	}
	return err;
}

int nst_bind(struct sock *sk, const struct nst_sockaddr *address)
{
	struct nst_sock *nst = nst_sk(sk);
	struct net *net = sock_net(sk);
	u16 port = ntohs(address->port);
	bool v6 = nst->family == AF_INET6;
	u8 family = v6 ? address->family : AF_INET;
	bool only = nst->v6->only;
	bool group = false;
	int err;

	/* The host takes AF_UNSPEC for AF_INET here, with the wildcard. */
	if (address->family == AF_UNSPEC &&
	    !nst_address_any(&address->address))
		return -EAFNOSUPPORT;
	if (unlikely(v6)) {
		if (sk->sk_type == SOCK_STREAM && family == AF_INET6 &&
		    nst_ipv6_is_group(&address->address.v6))
			return -EINVAL;
	} else if (!nst_bindable_ipv4(nst, &address->address, &group)) {
		return -EADDRNOTAVAIL;
	}
	if (port &&
	    port < READ_ONCE(nst->stack->config.ip_unprivileged_port_start) &&
	    !ns_capable(net->user_ns, CAP_NET_BIND_SERVICE))
		return -EACCES;

	lock_sock(sk);
	err = -EINVAL;
	if (sk->sk_state != TCP_CLOSE || nst->port)
		goto unlock;
	if (unlikely(v6)) {
		err = check_locked6(sk, address, &group);
		if (err)
			goto unlock;
		/* An address of IPv6 is no wildcard of IPv4. */
		if (family == AF_INET6 && !nst_address_any(&address->address))
			WRITE_ONCE(nst_sock_ipv6(nst)->only, true);
	}

	WRITE_ONCE(nst->flow.family, family);
	nst->bound_address = address->address;
	nst->flow.laddr = address->address;
	if (group)	/* a group is no source: the link's address is */
		nst->flow.laddr = nst_address_v4(0);
	if (port || !nst->bind_no_port) {
		err = take_port(sk, port);
		if (err) {
			nst->bound_address = nst_address_v4(0);
			nst->flow.laddr = nst_address_v4(0);
			WRITE_ONCE(nst->flow.family, nst->family);
			if (v6)
				WRITE_ONCE(nst_sock_ipv6(nst)->only, only);
			goto unlock;
		}
	}
	/* ::ffff:0.0.0.0 is an address in this, and :: is not. */
	if (!nst_address_any(&nst->bound_address) || family != nst->family)
		sk->sk_userlocks |= SOCK_BINDADDR_LOCK;
	if (port)
		sk->sk_userlocks |= SOCK_BINDPORT_LOCK;
	nst->flow.raddr = nst_address_v4(0);
	nst->flow.rport = 0;
	nst_path_release(&nst->path);
	err = 0;
unlock:
	release_sock(sk);
	return err;
}

int nst_autobind(struct sock *sk)
{
	int err = 0;

	lock_sock(sk);
	if (!nst_sk(sk)->port && take_port(sk, 0))
		err = -EAGAIN;
	release_sock(sk);
	return err;
}

int nst_socket_bind(struct socket *sock, struct sockaddr_unsized *uaddr,
		    int len)
{
	struct nst_sockaddr address;
	int err;

	if (len < (int)sizeof(struct sockaddr_in))
		return -EINVAL;
	err = nst_sockaddr_parse(sock->sk, uaddr, len, &address);
	return err ?: nst_bind(sock->sk, &address);
}

/**
 * nst_socket_getname() - getsockname(2) and getpeername(2)
 * @sock: socket
 * @uaddr: filled
 * @peer: 0 for the own address, 1 for the peer's, 2 for the peer's even
 *	while connecting
 *
 * Return: length of the address, or -ENOTCONN.
 */
int nst_socket_getname(struct socket *sock, struct sockaddr *uaddr, int peer)
{
	struct sock *sk = sock->sk;
	struct nst_sock *nst = nst_sk(sk);
	union nst_address address;
	__be32 flowinfo = 0;
	u32 link_index;
	__be16 port;
	u8 family;
	int len;

	lock_sock(sk);
	family = nst->flow.family;
	link_index = sk->sk_bound_dev_if;
	if (peer) {
		if (!nst->flow.rport ||
		    (((1 << sk->sk_state) & (TCPF_CLOSE | TCPF_SYN_SENT)) &&
		     peer == 1)) {
			release_sock(sk);
			return -ENOTCONN;
		}
		address = nst->flow.raddr;
		port = nst->flow.rport;
		/* What IPV6_ADDRFORM made AF_INET's has no place for it. */
		if (nst->family == AF_INET6 && nst->v6->flowinfo_send)
			flowinfo = nst->v6->flow_label |
				   htonl(nst->v6->flow_tclass << 20);
	} else {
		address = nst->bound_address;
		if (nst_address_any(&address))
			address = nst->flow.laddr;
		port = nst->flow.lport;
	}
	release_sock(sk);
	len = nst_sockaddr_fill(sk, uaddr, family, &address, port, link_index);
	if (unlikely(flowinfo))
		((struct sockaddr_in6 *)uaddr)->sin6_flowinfo = flowinfo;
	return len;
}

int nst_socket_release(struct socket *sock)
{
	struct sock *sk = sock->sk;
	long timeout = 0;

	if (!sk)
		return 0;
	nst_membership_leave_all(sk);
	/* A process that dies does not linger. */
	if (sock_flag(sk, SOCK_LINGER) && !(current->flags & PF_EXITING))
		timeout = sk->sk_lingertime;
	sk->sk_prot->close(sk, timeout);
	sock->sk = NULL;
	return 0;
}
