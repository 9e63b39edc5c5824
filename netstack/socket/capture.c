// SPDX-License-Identifier: GPL-2.0
/*
 * Capture sockets: proto_ops over transport/capture.c. They send nothing.
 */
#include <linux/module.h>

#include "../transport/capture.h"
#include "socket.h"

/* Fields that say nothing to bind(2) yet must be free for what they may say. */
static bool is_plain(const struct netstack_capture_address *address)
{
	return !address->type && !address->flags && !address->length &&
	       !address->gso_size && !address->time;
}

static int capture_bind(struct socket *sock, struct sockaddr_unsized *uaddr,
			int len)
{
	const struct netstack_capture_address *address = (const void *)uaddr;

	BUILD_BUG_ON(sizeof(*address) > sizeof(struct sockaddr_storage));
	if (len < (int)sizeof(*address))
		return -EINVAL;
	if (address->family != nst_family)
		return -EAFNOSUPPORT;
	if (!is_plain(address) || address->link > INT_MAX)
		return -EINVAL;
	return nst_capture_start(sock->sk, address->link);
}

static int capture_getname(struct socket *sock, struct sockaddr *uaddr,
			   int peer)
{
	int bound = READ_ONCE(sock->sk->sk_bound_dev_if);

	if (peer)
		return -EOPNOTSUPP;
	*(struct netstack_capture_address *)uaddr =
		(struct netstack_capture_address) {
			.family = nst_family,
			.link = bound,
		};
	return sizeof(struct netstack_capture_address);
}

static int capture_recvmsg(struct socket *sock, struct msghdr *msg, size_t len,
			   int flags)
{
	return nst_capture_recvmsg(sock->sk, msg, len, flags);
}

static int capture_setsockopt(struct socket *sock, int level, int optname,
			      sockptr_t optval, unsigned int optlen)
{
	if (level != SOL_SOCKET)
		return -ENOPROTOOPT;
	return nst_socket_setsockopt(sock, level, optname, optval, optlen);
}

static int capture_getsockopt(struct socket *sock, int level, int optname,
			      char __user *optval, int __user *optlen)
{
	struct netstack_capture_statistics statistics;
	int len;

	if (level != SOL_NETSTACK || optname != NETSTACK_CAPTURE_STATISTICS)
		return -ENOPROTOOPT;
	if (get_user(len, optlen))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;
	nst_capture_statistics(sock->sk, &statistics);
	len = min_t(int, len, sizeof(statistics));
	if (put_user(len, optlen) || copy_to_user(optval, &statistics, len))
		return -EFAULT;
	return 0;
}

const struct proto_ops nst_capture_ops = {
	.family		= AF_NETSTACK,
	.owner		= THIS_MODULE,
	.release	= nst_socket_release,
	.bind		= capture_bind,
	.connect	= sock_no_connect,
	.socketpair	= sock_no_socketpair,
	.accept		= sock_no_accept,
	.getname	= capture_getname,
	.poll		= datagram_poll,
	.ioctl		= nst_interface_ioctl,
	.gettstamp	= sock_gettstamp,
	.listen		= sock_no_listen,
	.shutdown	= sock_no_shutdown,
	.setsockopt	= capture_setsockopt,
	.getsockopt	= capture_getsockopt,
	.sendmsg	= sock_no_sendmsg,
	.recvmsg	= capture_recvmsg,
	.mmap		= sock_no_mmap,
};
