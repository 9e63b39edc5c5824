// SPDX-License-Identifier: GPL-2.0
/*
 * Calls that streams and datagrams share: bind(2), getsockname(2),
 * getpeername(2) and close(2).
 */
#include <linux/in.h>
#include <net/tcp_states.h>

#include "../network/address.h"
#include "../transport/ports.h"
#include "socket.h"

/* Is @address ours to bind to, as an address, a group or a broadcast? */
static bool address_bindable(const struct nst_sock *nst,
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
	if (nst_address_usable(nst->stack, nst->flow.family, address))
		return true;

	rcu_read_lock();
	route = nst_route_lookup_rcu(nst->stack, nst->flow.family, address, 0,
				     0);
	broadcast = route && route->config.type == RTN_BROADCAST;
	rcu_read_unlock();
	if (broadcast) {
		*group = true;
		return true;
	}
	return nst->freebind || nst->transparent ||
	       READ_ONCE(nst->stack->config.ip_nonlocal_bind);
}

/* Hold a port and enter the tables of the transport. */
static int take_port(struct sock *sk, u16 port)
{
	int err;

	err = nst_port_bind(sk, port);
	if (err || !sk->sk_prot->hash)
		return err;
	err = sk->sk_prot->hash(sk);
	if (err)
		nst_port_release(sk);
	return err;
}

int nst_bind(struct sock *sk, const struct nst_sockaddr *address)
{
	struct nst_sock *nst = nst_sk(sk);
	struct net *net = sock_net(sk);
	u16 port = ntohs(address->port);
	bool group;
	int err;

	/* The host takes AF_UNSPEC for AF_INET here, with the wildcard. */
	if (address->family == AF_UNSPEC &&
	    !nst_address_any(&address->address))
		return -EAFNOSUPPORT;
	if (!address_bindable(nst, &address->address, &group))
		return -EADDRNOTAVAIL;
	if (port &&
	    port < READ_ONCE(nst->stack->config.ip_unprivileged_port_start) &&
	    !ns_capable(net->user_ns, CAP_NET_BIND_SERVICE))
		return -EACCES;

	lock_sock(sk);
	err = -EINVAL;
	if (sk->sk_state != TCP_CLOSE || nst->port)
		goto unlock;

	nst->bound_address = address->address;
	nst->flow.laddr = address->address;
	if (group)	/* a group is no source: the link's address is */
		nst->flow.laddr = nst_address_v4(0);
	if (port || !nst->bind_no_port) {
		err = take_port(sk, port);
		if (err) {
			nst->bound_address = nst_address_v4(0);
			nst->flow.laddr = nst_address_v4(0);
			goto unlock;
		}
	}
	if (!nst_address_any(&nst->bound_address))
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
	__be16 port;

	lock_sock(sk);
	if (peer) {
		if (!nst->flow.rport ||
		    (((1 << sk->sk_state) & (TCPF_CLOSE | TCPF_SYN_SENT)) &&
		     peer == 1)) {
			release_sock(sk);
			return -ENOTCONN;
		}
		address = nst->flow.raddr;
		port = nst->flow.rport;
	} else {
		address = nst->bound_address;
		if (nst_address_any(&address))
			address = nst->flow.laddr;
		port = nst->flow.lport;
	}
	release_sock(sk);
	return nst_sockaddr_fill(sk, uaddr, &address, port, 0);
}

int nst_socket_release(struct socket *sock)
{
	struct sock *sk = sock->sk;
	long timeout = 0;

	if (!sk)
		return 0;
	/* A process that dies does not linger. */
	if (sock_flag(sk, SOCK_LINGER) && !(current->flags & PF_EXITING))
		timeout = sk->sk_lingertime;
	sk->sk_prot->close(sk, timeout);
	sock->sk = NULL;
	return 0;
}
