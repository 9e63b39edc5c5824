// SPDX-License-Identifier: GPL-2.0
/*
 * Raw sockets: proto_ops over transport/raw.c, and the options that only they
 * have, of raw(7), ipv6(7) and RFC 3542.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/module.h>
#include <linux/netstack.h>
#include <linux/sockios.h>
#include <net/tcp_states.h>

#include <asm/ioctls.h>

#include "../network/ipv6.h"
#include "../transport/raw.h"
#include "../transport/udp.h"
#include "socket.h"

/* As the host, it does not look at the family of an IPv4 address. */
static int bind_ipv4(struct sock *sk, const void *uaddr, int len)
{
	const struct sockaddr_in *sin = uaddr;
	struct nst_sock *nst = nst_sk(sk);
	union nst_address address;
	bool group;

	if (sk->sk_state != TCP_CLOSE || len < (int)sizeof(*sin))
		return -EINVAL;
	address = nst_address_v4(sin->sin_addr.s_addr);
	if (!nst_bindable_ipv4(nst, &address, &group))
		return -EADDRNOTAVAIL;
	nst->bound_address = address;
	nst->flow.laddr = group ? nst_address_v4(0) : address;
	return 0;
}

static int bind_ipv6(struct sock *sk, const struct nst_sockaddr *address)
{
	struct nst_sock *nst = nst_sk(sk);
	bool group = false;
	int err;

	if (sk->sk_state != TCP_CLOSE)
		return -EINVAL;
	err = nst_bind_check_ipv6(sk, address, &group);
	if (err)
		return err;
	nst->bound_address = address->address;
	if (!group)
		nst->flow.laddr = address->address;
	return 0;
}

static int raw_bind(struct socket *sock, struct sockaddr_unsized *uaddr,
		    int len)
{
	struct sock *sk = sock->sk;
	bool v6 = nst_sk(sk)->family == AF_INET6;
	struct nst_sockaddr address;
	int err;

	if (v6) {
		err = nst_sockaddr_parse(sk, uaddr, len, &address);
		if (err)
			return -EINVAL;
		if (address.family == AF_INET)
			return -EADDRNOTAVAIL;
	}
	lock_sock(sk);
	err = v6 ? bind_ipv6(sk, &address) : bind_ipv4(sk, uaddr, len);
	if (!err) {
		nst_sk(sk)->flow.link_index = sk->sk_bound_dev_if;
		nst_path_release(&nst_sk(sk)->path);
	}
	release_sock(sk);
	return err;
}

static int raw_connect(struct socket *sock, struct sockaddr_unsized *uaddr,
		       int len, int flags)
{
	struct sock *sk = sock->sk;
	struct nst_sockaddr address;
	int err;

	if (len < (int)sizeof(sa_family_t))
		return -EINVAL;
	if (((struct sockaddr *)uaddr)->sa_family == AF_UNSPEC)
		return nst_udp_disconnect(sk, flags);
	if (nst_sk(sk)->family == AF_INET6 &&
	    ((struct sockaddr *)uaddr)->sa_family != AF_INET6)
		return -EAFNOSUPPORT;
	err = nst_sockaddr_parse(sk, uaddr, len, &address);
	return err ?: nst_udp_connect(sk, &address);
}

static int raw_sendmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	return nst_raw_sendmsg(sock->sk, msg, len);
}

static int raw_recvmsg(struct socket *sock, struct msghdr *msg, size_t len,
		       int flags)
{
	struct sock *sk = sock->sk;

	if (nst_sock_has_path_mtu(nst_sk(sk)) &&
	    !(flags & (MSG_OOB | MSG_ERRQUEUE)))
		return nst_sock_recv_path_mtu(sk, msg);
	return nst_plain_recvmsg(sk, msg, len, flags);
}

static int raw_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg)
{
	struct sock *sk = sock->sk;
	const struct sk_buff *skb;
	int amount;

	switch (cmd) {
	case SIOCOUTQ:
		amount = sk_wmem_alloc_get(sk);
		break;
	case SIOCINQ:
		spin_lock_bh(&sk->sk_receive_queue.lock);
		skb = skb_peek(&sk->sk_receive_queue);
		amount = skb ? skb->len : 0;
		spin_unlock_bh(&sk->sk_receive_queue.lock);
		break;
	default:
		return nst_interface_ioctl(sock, cmd, arg);
	}
	return put_user(amount, (int __user *)arg);
}

/* Bytes of the filter of ICMP's or ICMPv6's messages. */
static unsigned int filter_size(const struct sock *sk)
{
	return nst_sk(sk)->family == AF_INET6 ? sizeof(struct icmp6_filter) :
						sizeof(struct icmp_filter);
}

static int set_filter(struct sock *sk, sockptr_t optval, unsigned int optlen)
{
	struct nst_raw_sock *raw = nst_raw_sk(sk);
	u32 filter[NST_RAW_FILTER_WORDS];
	unsigned int i;

	memcpy(filter, raw->filter, sizeof(filter));
	if (copy_from_sockptr(filter, optval, min(optlen, filter_size(sk))))
		return -EFAULT;
	for (i = 0; i < ARRAY_SIZE(filter); i++)
		WRITE_ONCE(raw->filter[i], filter[i]);
	return 0;
}

static int get_filter(struct sock *sk, char __user *optval, int __user *optlen)
{
	u32 filter[NST_RAW_FILTER_WORDS];
	int len;

	if (get_user(len, optlen))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;
	len = min_t(unsigned int, len, filter_size(sk));
	/* Not out of the socket: hardened kernels copy from the stack only. */
	memcpy(filter, nst_raw_sk(sk)->filter, sizeof(filter));
	if (put_user(len, optlen) || copy_to_user(optval, filter, len))
		return -EFAULT;
	return 0;
}

/* IPV6_CHECKSUM and IPV6_HDRINCL, at SOL_IPV6 or SOL_RAW. */
static int set_ipv6(struct sock *sk, int level, int optname, sockptr_t optval,
		    unsigned int optlen)
{
	struct nst_raw_sock *raw = nst_raw_sk(sk);
	int val;

	if (optlen < sizeof(val))
		return -EINVAL;
	if (copy_from_sockptr(&val, optval, sizeof(val)))
		return -EFAULT;
	switch (optname) {
	case IPV6_HDRINCL:
		WRITE_ONCE(raw->header_included, !!val);
		return 0;
	case IPV6_CHECKSUM:
		/* RFC 3542 3.1: that of ICMPv6 is not the program's to move. */
		if (sk->sk_protocol == IPPROTO_ICMPV6 && level == SOL_IPV6)
			return -EINVAL;
		if (val > 0 && val & 1)
			return -EINVAL;
		if (val >= 0)
			WRITE_ONCE(raw->checksum_offset, val);
		WRITE_ONCE(raw->checksum, val >= 0);
		return 0;
	}
	return -ENOPROTOOPT;
}

/* IP_HDRINCL and IP_NODEFRAG: an int, or a char if the program says so. */
static int set_ipv4(struct sock *sk, int optname, sockptr_t optval,
		    unsigned int optlen)
{
	struct nst_raw_sock *raw = nst_raw_sk(sk);
	u8 byte = 0;
	int val = 0;

	if (optlen >= sizeof(val)) {
		if (copy_from_sockptr(&val, optval, sizeof(val)))
			return -EFAULT;
	} else if (optlen) {
		if (copy_from_sockptr(&byte, optval, sizeof(byte)))
			return -EFAULT;
		val = byte;
	}
	if (optname == IP_HDRINCL)
		WRITE_ONCE(raw->header_included, !!val);
	else
		WRITE_ONCE(raw->no_defragment, !!val);
	return 0;
}

/* Unlike others of AF_INET6 a raw socket never sends by IPv4. */
static bool is_no_level(const struct sock *sk, int level)
{
	return level == SOL_IP && nst_sk(sk)->family == AF_INET6;
}

static bool is_ipv4_option(int level, int optname)
{
	return level == SOL_IP &&
	       (optname == IP_HDRINCL || optname == IP_NODEFRAG);
}

/* Also those that RFC 3542 has at SOL_IPV6 are at SOL_RAW, as on the host. */
static bool is_ipv6_option(const struct sock *sk, int level, int optname)
{
	return nst_sk(sk)->family == AF_INET6 &&
	       (level == SOL_RAW ||
		(level == SOL_IPV6 && (optname == IPV6_CHECKSUM ||
				       optname == IPV6_HDRINCL)));
}

/* Has the socket a filter at this level? Return: 0, or the host's errno. */
static int check_filter(const struct sock *sk, int level, int optname)
{
	bool v6 = level == SOL_ICMPV6;

	if (sk->sk_protocol != (v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP))
		return v6 || optname == ICMP_FILTER ? -EOPNOTSUPP :
						      -ENOPROTOOPT;
	return optname == (v6 ? ICMPV6_FILTER : ICMP_FILTER) ? 0 :
							       -ENOPROTOOPT;
}

static bool is_filter_level(const struct sock *sk, int level)
{
	return level == (nst_sk(sk)->family == AF_INET6 ? SOL_ICMPV6 : SOL_RAW);
}

static int raw_setsockopt(struct socket *sock, int level, int optname,
			  sockptr_t optval, unsigned int optlen)
{
	struct sock *sk = sock->sk;
	int err;

	if (is_filter_level(sk, level)) {
		err = check_filter(sk, level, optname);
		return err ?: set_filter(sk, optval, optlen);
	}
	if (is_no_level(sk, level))
		return -ENOPROTOOPT;
	if (is_ipv4_option(level, optname))
		return set_ipv4(sk, optname, optval, optlen);
	if (is_ipv6_option(sk, level, optname))
		return set_ipv6(sk, level, optname, optval, optlen);
	return nst_plain_setsockopt(sock, level, optname, optval, optlen);
}

static int get_own(const struct nst_raw_sock *raw, int level, int optname,
		   int *val)
{
	if (level == SOL_IP) {
		*val = optname == IP_HDRINCL ? READ_ONCE(raw->header_included) :
					       READ_ONCE(raw->no_defragment);
		return 0;
	}
	switch (optname) {
	case IPV6_HDRINCL:
		*val = READ_ONCE(raw->header_included);
		return 0;
	case IPV6_CHECKSUM:
		*val = READ_ONCE(raw->checksum) ?
		       READ_ONCE(raw->checksum_offset) : -1;
		return 0;
	}
	return -ENOPROTOOPT;
}

static int raw_getsockopt(struct socket *sock, int level, int optname,
			  char __user *optval, int __user *optlen)
{
	struct sock *sk = sock->sk;
	int val, len, err;

	if (is_filter_level(sk, level)) {
		err = check_filter(sk, level, optname);
		return err ?: get_filter(sk, optval, optlen);
	}
	if (is_no_level(sk, level))
		return -ENOPROTOOPT;
	if (!is_ipv4_option(level, optname) &&
	    !is_ipv6_option(sk, level, optname))
		return nst_plain_getsockopt(sock, level, optname, optval,
					    optlen);
	if (get_user(len, optlen))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;
	err = get_own(nst_raw_sk(sk), level, optname, &val);
	if (err)
		return err;
	/* SOL_IP's are shortened to a char when there is no room for more. */
	if (level == SOL_IP && len > 0 && len < (int)sizeof(val)) {
		*(u8 *)&val = val;
		len = 1;
	}
	len = min_t(int, len, sizeof(val));
	if (put_user(len, optlen) || copy_to_user(optval, &val, len))
		return -EFAULT;
	return 0;
}

const struct proto_ops nst_raw_ops = {
	.family		= AF_NETSTACK,
	.owner		= THIS_MODULE,
	.release	= nst_socket_release,
	.bind		= raw_bind,
	.connect	= raw_connect,
	.socketpair	= sock_no_socketpair,
	.accept		= sock_no_accept,
	.getname	= nst_socket_getname,
	.poll		= datagram_poll,
	.ioctl		= raw_ioctl,
	.gettstamp	= sock_gettstamp,
	.listen		= sock_no_listen,
	.shutdown	= nst_datagram_shutdown,
	.setsockopt	= raw_setsockopt,
	.getsockopt	= raw_getsockopt,
	.sendmsg	= raw_sendmsg,
	.recvmsg	= raw_recvmsg,
	.mmap		= sock_no_mmap,
	NST_COMPAT_SPLICE_OPS(NULL),
};
