// SPDX-License-Identifier: GPL-2.0
/*
 * Ping sockets: proto_ops over transport/ping.c. A port is an identifier.
 */
#include <linux/module.h>
#include <linux/netstack.h>

#include "../network/address.h"
#include "../network/ipv6.h"
#include "../transport/ping.h"
#include "../transport/plain.h"
#include "../transport/udp.h"
#include "socket.h"

static int check_ipv4(const struct nst_sock *nst,
		      const struct nst_sockaddr *address)
{
	bool group;

	if (address->family == AF_UNSPEC && !nst_address_any(&address->address))
		return -EAFNOSUPPORT;
	/* Unlike a port, an identifier is never a group's. */
	return nst_bindable_ipv4(nst, &address->address, &group) && !group ?
	       0 : -EADDRNOTAVAIL;
}

static int check_ipv6(const struct nst_sock *nst,
		      const struct nst_sockaddr *address)
{
	const struct in6_addr *v6 = &address->address.v6;
	const struct nst_local_address *local;
	u32 index = address->link_index;
	struct nst_link *link = NULL;
	int err = 0;

	if (address->family != AF_INET6 || nst_ipv6_is_group(v6) ||
	    (nst_ipv6_needs_scope(v6) && !index))
		return -EINVAL;
	if (!index)
		index = READ_ONCE(nst->sk.sk_bound_dev_if);
	rcu_read_lock();
	if (index) {
		link = nst_link_by_index_rcu(nst->stack, index);
		if (!link)
			err = -ENODEV;
	}
	if (!err && !nst_address_any(&address->address) && !nst->freebind &&
	    !nst->transparent &&
	    !READ_ONCE(nst->stack->config.ip_nonlocal_bind)) {
		local = nst_address_find_rcu(nst->stack, link, AF_INET6,
					     &address->address);
		if (!local || !nst_local_address_usable(local))
			err = -EADDRNOTAVAIL;
	}
	rcu_read_unlock();
	return err;
}

/* What bind(2) leaves. Context: socket locked. */
static int bind_locked(struct sock *sk, const struct nst_sockaddr *address)
{
	struct nst_sock *nst = nst_sk(sk);

	if (nst->flow.lport)
		return -EINVAL;
	if (nst_ping_take(sk, ntohs(address->port)))
		return -EADDRINUSE;
	if (address->link_index)
		WRITE_ONCE(sk->sk_bound_dev_if, address->link_index);
	nst->flow.link_index = sk->sk_bound_dev_if;
	nst->bound_address = address->address;
	nst->flow.laddr = address->address;
	if (!nst_address_any(&address->address))
		sk->sk_userlocks |= SOCK_BINDADDR_LOCK;
	if (address->port)
		sk->sk_userlocks |= SOCK_BINDPORT_LOCK;
	nst->flow.raddr = nst_address_v4(0);
	nst->flow.rport = 0;
	nst_path_release(&nst->path);
	return 0;
}

static int ping_bind(struct socket *sock, struct sockaddr_unsized *uaddr,
		     int len)
{
	struct sock *sk = sock->sk;
	bool v6 = nst_sk(sk)->family == AF_INET6;
	struct nst_sockaddr address;
	int err;

	if (len < (int)(v6 ? sizeof(struct sockaddr_in6) :
			     sizeof(struct sockaddr_in)))
		return -EINVAL;
	err = nst_sockaddr_parse(sk, uaddr, len, &address);
	if (!err)
		err = v6 ? check_ipv6(nst_sk(sk), &address) :
			   check_ipv4(nst_sk(sk), &address);
	if (err)
		return err;
	lock_sock(sk);
	err = bind_locked(sk, &address);
	release_sock(sk);
	return err;
}

/* Hold any identifier if none is held. Return: 0 or -EAGAIN. */
static int autobind(struct sock *sk)
{
	int err = 0;

	if (likely(READ_ONCE(nst_sk(sk)->flow.lport)))
		return 0;
	lock_sock(sk);
	if (!nst_sk(sk)->flow.lport && nst_ping_take(sk, 0))
		err = -EAGAIN;
	release_sock(sk);
	return err;
}

static int ping_connect(struct socket *sock, struct sockaddr_unsized *uaddr,
			int len, int flags)
{
	struct sock *sk = sock->sk;
	struct nst_sockaddr address;
	int err;

	if (len < (int)sizeof(sa_family_t))
		return -EINVAL;
	if (((struct sockaddr *)uaddr)->sa_family == AF_UNSPEC)
		return nst_udp_disconnect(sk, flags);
	/* The host gives it an identifier before it looks at the address. */
	err = autobind(sk);
	if (err)
		return err;
	if (nst_sk(sk)->family == AF_INET6 &&
	    ((struct sockaddr *)uaddr)->sa_family != AF_INET6)
		return -EAFNOSUPPORT;
	err = nst_sockaddr_parse(sk, uaddr, len, &address);
	return err ?: nst_udp_connect(sk, &address);
}

static int ping_sendmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	int err = autobind(sock->sk);

	return err ?: nst_ping_sendmsg(sock->sk, msg, len);
}

static int ping_recvmsg(struct socket *sock, struct msghdr *msg, size_t len,
			int flags)
{
	return nst_plain_recvmsg(sock->sk, msg, len, flags);
}

const struct proto_ops nst_ping_ops = {
	.family		= AF_NETSTACK,
	.owner		= THIS_MODULE,
	.release	= nst_socket_release,
	.bind		= ping_bind,
	.connect	= ping_connect,
	.socketpair	= sock_no_socketpair,
	.accept		= sock_no_accept,
	.getname	= nst_socket_getname,
	.poll		= datagram_poll,
	.ioctl		= nst_interface_ioctl,
	.gettstamp	= sock_gettstamp,
	.listen		= sock_no_listen,
	.shutdown	= nst_datagram_shutdown,
	.setsockopt	= nst_plain_setsockopt,
	.getsockopt	= nst_plain_getsockopt,
	.sendmsg	= ping_sendmsg,
	.recvmsg	= ping_recvmsg,
	.mmap		= sock_no_mmap,
	NST_COMPAT_SPLICE_OPS(NULL),
};
