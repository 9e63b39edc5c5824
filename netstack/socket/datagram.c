// SPDX-License-Identifier: GPL-2.0
/*
 * Datagram sockets: proto_ops over UDP.
 */
#include <linux/module.h>
#include <linux/netstack.h>
#include <linux/sockios.h>
#include <linux/udp.h>
#include <net/tcp_states.h>

#include <asm/ioctls.h>

#include "../transport/udp.h"
#include "socket.h"

static int parse_ipv4(const void *uaddr, int len, struct nst_sockaddr *address)
{
	const struct sockaddr_in *sin = uaddr;

	if (len < (int)sizeof(*sin))
		return -EINVAL;
	*address = (struct nst_sockaddr) {
		.family = AF_INET,
		.address = nst_address_v4(sin->sin_addr.s_addr),
		.port = sin->sin_port,
	};
	return 0;
}

/* AF_INET6 takes an address of AF_INET, too, unless IPV6_V6ONLY is set. */
static int parse_peer(struct sock *sk, const void *uaddr, int len,
		      struct nst_sockaddr *address)
{
	if (unlikely(nst_sk(sk)->family == AF_INET6) &&
	    ((const struct sockaddr *)uaddr)->sa_family == AF_INET) {
		if (nst_sk(sk)->v6->only)
			return -EAFNOSUPPORT;
		return parse_ipv4(uaddr, len, address);
	}
	return nst_sockaddr_parse(sk, uaddr, len, address);
}

static int datagram_connect(struct socket *sock,
			    struct sockaddr_unsized *uaddr, int len, int flags)
{
	struct sock *sk = sock->sk;
	struct nst_sockaddr address;
	int err;

	if (len < (int)sizeof(sa_family_t))
		return -EINVAL;
	if (((struct sockaddr *)uaddr)->sa_family == AF_UNSPEC)
		return nst_udp_disconnect(sk, flags);
	/* The host gives it a port before it looks at the address. */
	if (!nst_sk(sk)->port && nst_autobind(sk))
		return -EAGAIN;
	err = parse_peer(sk, uaddr, len, &address);
	return err ?: nst_udp_connect(sk, &address);
}

/*
 * The destination of a datagram; AF_UNSPEC is none to AF_INET6. Return: 0 or
 * an errno.
 */
static int parse_destination6(struct sock *sk, const struct msghdr *msg,
			      struct nst_sockaddr *address, bool *none)
{
	const struct sockaddr *uaddr = msg->msg_name;
	int err;

	if (msg->msg_namelen < (int)offsetof(struct sockaddr, sa_data))
		return -EINVAL;
	switch (uaddr->sa_family) {
	case AF_UNSPEC:
		*none = true;
		return 0;
	case AF_INET:
		if (nst_sk(sk)->v6->only)
			return -ENETUNREACH;
		return parse_ipv4(uaddr, msg->msg_namelen, address);
	case AF_INET6:
		break;
	default:
		return -EINVAL;
	}
	err = nst_sockaddr_parse(sk, uaddr, msg->msg_namelen, address);
	if (err)
		return err;
	err = nst_sock_address_family(nst_sk(sk), address);
	/* The port is looked at before the route. */
	return err == -EAFNOSUPPORT && !address->port ? -EINVAL : err;
}

static int parse_destination4(struct sock *sk, const struct msghdr *msg,
			      struct nst_sockaddr *address)
{
	int err;

	if (msg->msg_namelen < (int)sizeof(struct sockaddr_in))
		return -EINVAL;
	err = nst_sockaddr_parse(sk, msg->msg_name, msg->msg_namelen, address);
	/* AF_UNSPEC is AF_INET here. */
	if (!err)
		address->family = AF_INET;
	return err;
}

static int parse_destination(struct sock *sk, const struct msghdr *msg,
			     size_t len, struct nst_sockaddr *address,
			     bool *none)
{
	bool corked = READ_ONCE(nst_udp_sk(sk)->corked);
	int err;

	if (unlikely(nst_sk(sk)->family == AF_INET6)) {
		err = parse_destination6(sk, msg, address, none);
		if (err || *none)
			return err;
		if (unlikely(len > USHRT_MAX) && address->family == AF_INET)
			return -EMSGSIZE;
	} else {
		err = parse_destination4(sk, msg, address);
		/*
		 * What began the datagram has said where to; but it may be
		 * sent off by another thread before we come to it.
		 */
		*none = err && corked;
		if (err)
			return corked ? 0 : err;
	}
	return address->port || corked ? 0 : -EINVAL;
}

/* Is MSG_OOB on the way to IPv6? There, the host does not look at it. */
static bool ignores_oob(struct sock *sk, const struct msghdr *msg)
{
	struct nst_sockaddr address;
	bool none = false;

	if (nst_sk(sk)->family == AF_INET)
		return false;
	if (msg->msg_name &&
	    parse_destination6(sk, msg, &address, &none))
		return true;
	if (!msg->msg_name || none)
		return nst_sk(sk)->flow.family == AF_INET6;
	return address.family == AF_INET6;
}

static int datagram_sendmsg(struct socket *sock, struct msghdr *msg,
			    size_t len)
{
	struct sock *sk = sock->sk;
	struct nst_sockaddr address __uninitialized;
	bool none = false;
	int err;

	if (unlikely(!nst_sk(sk)->port) && nst_autobind(sk))
		return -EAGAIN;
	/* To IPv6 that is told by the path: see nst_udp_sendmsg(). */
	if (len > USHRT_MAX && nst_sk(sk)->family == AF_INET)
		return -EMSGSIZE;
	if (unlikely(msg->msg_flags & MSG_OOB) && !ignores_oob(sk, msg))
		return -EOPNOTSUPP;
	if (!msg->msg_name)
		return nst_udp_sendmsg(sk, msg, len, NULL);

	err = parse_destination(sk, msg, len, &address, &none);
	if (err)
		return err;
	return nst_udp_sendmsg(sk, msg, len, none ? NULL : &address);
}

static int datagram_recvmsg(struct socket *sock, struct msghdr *msg,
			    size_t len, int flags)
{
	struct sock *sk = sock->sk;
	struct nst_sockaddr from;
	int ret;

	if (unlikely(flags & MSG_ERRQUEUE))
		return nst_sock_recv_errqueue(sk, msg, len);
	if (nst_sock_has_path_mtu(nst_sk(sk)))
		return nst_sock_recv_path_mtu(sk, msg);
	ret = nst_udp_recvmsg(sk, msg, len, flags, &from);
	if (ret == -ESHUTDOWN)
		return 0;
	if (ret >= 0 && msg->msg_name)
		msg->msg_namelen = nst_sockaddr_fill(sk, msg->msg_name,
						     from.family,
						     &from.address, from.port,
						     from.link_index);
	return ret;
}

int nst_datagram_shutdown(struct socket *sock, int how)
{
	struct sock *sk = sock->sk;
	int err = 0;

	if (how < SHUT_RD || how > SHUT_RDWR)
		return -EINVAL;
	lock_sock(sk);
	/* The host shuts it down all the same, so that poll() sees it. */
	if (sk->sk_state == TCP_CLOSE)
		err = -ENOTCONN;
	WRITE_ONCE(sk->sk_shutdown, sk->sk_shutdown | (how + 1));
	sk->sk_state_change(sk);
	release_sock(sk);
	return err;
}

static int datagram_ioctl(struct socket *sock, unsigned int cmd,
			  unsigned long arg)
{
	struct sock *sk = sock->sk;
	int amount;

	switch (cmd) {
	case SIOCOUTQ:
		amount = sk_wmem_alloc_get(sk);
		break;
	case SIOCINQ:
		amount = nst_udp_first_length(sk);
		break;
	default:
		return nst_interface_ioctl(sock, cmd, arg);
	}
	return put_user(amount, (int __user *)arg);
}

int nst_plain_setsockopt(struct socket *sock, int level, int optname,
			 sockptr_t optval, unsigned int optlen)
{
	if (level == SOL_SOCKET || level == SOL_NETSTACK)
		return nst_socket_setsockopt(sock, level, optname, optval,
					     optlen);
	return nst_ip_setsockopt(sock->sk, level, optname, optval, optlen);
}

int nst_plain_getsockopt(struct socket *sock, int level, int optname,
			 char __user *optval, int __user *optlen)
{
	if (level == SOL_NETSTACK)
		return nst_netstack_getsockopt(sock->sk, optname, optval,
					       optlen);
	return nst_ip_getsockopt(sock->sk, level, optname, optval, optlen);
}

static int datagram_setsockopt(struct socket *sock, int level, int optname,
			       sockptr_t optval, unsigned int optlen)
{
	if (level == SOL_UDP || level == SOL_UDPLITE)
		return nst_udp_setsockopt(sock->sk, optname, optval, optlen);
	return nst_plain_setsockopt(sock, level, optname, optval, optlen);
}

static int datagram_getsockopt(struct socket *sock, int level, int optname,
			       char __user *optval, int __user *optlen)
{
	if (level == SOL_UDP || level == SOL_UDPLITE)
		return nst_udp_getsockopt(sock->sk, optname, optval, optlen);
	return nst_plain_getsockopt(sock, level, optname, optval, optlen);
}

const struct proto_ops nst_datagram_ops = {
	.family		= AF_NETSTACK,
	.owner		= THIS_MODULE,
	.release	= nst_socket_release,
	.bind		= nst_socket_bind,
	.connect	= datagram_connect,
	.socketpair	= sock_no_socketpair,
	.accept		= sock_no_accept,
	.getname	= nst_socket_getname,
	.poll		= datagram_poll,
	.ioctl		= datagram_ioctl,
	.gettstamp	= sock_gettstamp,
	.listen		= sock_no_listen,
	.shutdown	= nst_datagram_shutdown,
	.setsockopt	= datagram_setsockopt,
	.getsockopt	= datagram_getsockopt,
	.sendmsg	= datagram_sendmsg,
	.recvmsg	= datagram_recvmsg,
	.mmap		= sock_no_mmap,
	NST_COMPAT_SPLICE_OPS(nst_udp_splice_eof),
	.set_peek_off	= sk_set_peek_off,
};
