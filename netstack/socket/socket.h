/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The socket layer: AF_NETSTACK's entry points. A kind of socket (stream,
 * datagram) is a struct proto_ops over a transport's struct proto.
 */
#ifndef NST_SOCKET_H
#define NST_SOCKET_H

#include <linux/net.h>
#include <net/sock.h>

#include "../compat.h"
#include "../transport/sock.h"

/* family.c: socket(2) for the family. @family: its number. */
int nst_family_register(int family);
void nst_family_unregister(void);

/* What net/core and io_uring read from a socket of the family. */
static inline void nst_socket_mark(struct socket *sock)
{
	/* SOL_SOCKET comes to nst_socket_setsockopt(). */
	nst_compat_custom_sockopt(sock);
	/* sendmsg() heeds msg_ubuf: io_uring's SEND_ZC. */
	set_bit(SOCK_SUPPORT_ZC, &sock->flags);
}

extern const struct proto_ops nst_stream_ops;
extern const struct proto_ops nst_datagram_ops;
extern const struct proto_ops nst_ping_ops;
extern const struct proto_ops nst_raw_ops;
extern const struct proto_ops nst_capture_ops;

/**
 * nst_bind() - give a socket a local address and port
 * @sk: socket, not locked
 * @address: address; AF_UNSPEC only with the wildcard
 *
 * A port of 0 is chosen, unless IP_BIND_ADDRESS_NO_PORT is set. Calls
 * sk_prot->hash(), if there is one, once the port is held.
 *
 * Context: process; takes the socket lock.
 * Return: 0, -EINVAL (bound or connected already), -EADDRNOTAVAIL (not one
 * of ours), -EADDRINUSE, -EACCES (below ip_unprivileged_port_start),
 * -EAFNOSUPPORT or -ENOMEM.
 */
int nst_bind(struct sock *sk, const struct nst_sockaddr *address);

/* Hold any port if none is held. Return: 0 or -EAGAIN. Takes the lock. */
int nst_autobind(struct sock *sk);

/**
 * nst_interface_ioctl() - what netdevice(7) has of interfaces
 * @sock: socket
 * @cmd: SIOC*
 * @arg: of the caller
 *
 * Context: process.
 * Return: 0, -ENODEV (no such link), -EADDRNOTAVAIL (it has no address),
 * -EFAULT, -EPERM or -EOPNOTSUPP (it would change or ask a device of the
 * host), -ENOTTY (not for sockets of IPv6), or -ENOIOCTLCMD.
 */
int nst_interface_ioctl(struct socket *sock, unsigned int cmd,
			unsigned long arg);

/* proto_ops that every kind of socket has. */
int nst_socket_release(struct socket *sock);
int nst_socket_bind(struct socket *sock, struct sockaddr_unsized *uaddr,
		    int len);
int nst_socket_getname(struct socket *sock, struct sockaddr *uaddr, int peer);

/**
 * nst_bindable_ipv4() - may a socket be bound to an IPv4 address?
 * @nst: socket
 * @address: address
 * @group: set to: it is a group or a broadcast, which nobody sends from
 *
 * Ours, 0.0.0.0, or any with IP_FREEBIND, IP_TRANSPARENT, ip_nonlocal_bind.
 *
 * Context: any.
 */
bool nst_bindable_ipv4(const struct nst_sock *nst,
		       const union nst_address *address, bool *group);

/*
 * The same for IPv6, where a link-local address is one of a link (RFC 4007
 * 6): of the one that it names, to which the socket is bound then, or of the
 * one to which it is bound already. Context: socket locked. Return: 0,
 * -EINVAL (no link), -ENODEV or -EADDRNOTAVAIL.
 */
int nst_bind_check_ipv6(struct sock *sk, const struct nst_sockaddr *address,
			bool *group);

/* shutdown(2) of all but streams (datagram.c). */
int nst_datagram_shutdown(struct socket *sock, int how);

/* Options that are of no transport (datagram.c). */
int nst_plain_setsockopt(struct socket *sock, int level, int optname,
			 sockptr_t optval, unsigned int optlen);
int nst_plain_getsockopt(struct socket *sock, int level, int optname,
			 char __user *optval, int __user *optlen);

/* SOL_SOCKET and SOL_NETSTACK (sol_socket.c). */
int nst_socket_setsockopt(struct socket *sock, int level, int optname,
			  sockptr_t optval, unsigned int optlen);
int nst_netstack_getsockopt(const struct sock *sk, int optname,
			    char __user *optval, int __user *optlen);

/* SOL_IP options (ip_options.c), used by each protocol's setsockopt. */
int nst_ip_setsockopt(struct sock *sk, int level, int optname,
		      sockptr_t optval, unsigned int optlen);
int nst_ip_getsockopt(struct sock *sk, int level, int optname,
		      char __user *optval, int __user *optlen);

/* SOL_IPV6 options (ipv6_options.c); other levels as nst_ip_*sockopt(). */
int nst_ipv6_setsockopt(struct sock *sk, int level, int optname,
			sockptr_t optval, unsigned int optlen);
int nst_ipv6_getsockopt(struct sock *sk, int level, int optname,
			char __user *optval, int __user *optlen);

/* Is it an option of membership in groups of @family (group_options.c)? */
bool nst_group_option(u8 family, int optname);

/**
 * nst_group_setsockopt() - setsockopt(2) of group membership
 * @sk: socket, not locked
 * @family: of the groups: AF_INET at SOL_IP, AF_INET6 at SOL_IPV6
 * @optname: one for which nst_group_option() holds
 * @optval: value
 * @optlen: its length, bytes
 *
 * Context: process; takes config_mutex: not with the socket locked.
 * Return: 0 or the errno of ip(7), ipv6(7).
 */
int nst_group_setsockopt(struct sock *sk, u8 family, int optname,
			 sockptr_t optval, unsigned int optlen);

/* IP_MSFILTER and MCAST_MSFILTER; @len is the room. The same context. */
int nst_group_getsockopt(struct sock *sk, u8 family, int optname,
			 char __user *optval, int __user *optlen, int len);

#endif /* NST_SOCKET_H */
