// SPDX-License-Identifier: GPL-2.0
/*
 * SOL_IP options (ip(7)), for every kind of socket: defaults, ranges,
 * lengths and errno are the host's. What is not built is ENOPROTOOPT.
 */
#include <linux/in.h>
#include <net/inet_ecn.h>

#include "../network/address.h"
#include "../network/ipv4.h"
#include "socket.h"

static u32 cmsg_flag(int optname)
{
	switch (optname) {
	case IP_PKTINFO:
		return NST_CMSG_PKTINFO;
	case IP_RECVTTL:
		return NST_CMSG_TTL;
	case IP_RECVTOS:
		return NST_CMSG_TOS;
	case IP_RECVOPTS:
		return NST_CMSG_RECVOPTS;
	case IP_RETOPTS:
		return NST_CMSG_RETOPTS;
	case IP_RECVORIGDSTADDR:
		return NST_CMSG_ORIGDSTADDR;
	case IP_CHECKSUM:
		return NST_CMSG_CHECKSUM;
	case IP_RECVFRAGSIZE:
		return NST_CMSG_RECVFRAGSIZE;
	}
	return 0;
}

/* Options whose value is an int, or a char if the program says so. */
static bool takes_int(int optname)
{
	switch (optname) {
	case IP_TOS:
	case IP_TTL:
	case IP_MINTTL:
	case IP_RECVERR:
	case IP_FREEBIND:
	case IP_TRANSPARENT:
	case IP_UNICAST_IF:
	case IP_MTU_DISCOVER:
	case IP_MULTICAST_TTL:
	case IP_MULTICAST_LOOP:
	case IP_MULTICAST_ALL:
	case IP_LOCAL_PORT_RANGE:
	case IP_BIND_ADDRESS_NO_PORT:
		return true;
	}
	return cmsg_flag(optname);
}

static int set_ip_options(struct nst_sock *nst, sockptr_t optval,
			  unsigned int optlen)
{
	struct nst_ip_options *options, *old;
	u8 data[NST_IPV4_OPTIONS_MAX];
	int err;

	if (optlen > sizeof(data))
		return -EINVAL;
	if (copy_from_sockptr(data, optval, optlen))
		return -EFAULT;
	options = kzalloc(sizeof(*options), GFP_KERNEL_ACCOUNT);
	if (!options)
		return -ENOMEM;
	err = nst_ipv4_options_compile(data, optlen, options);
	if (err) {
		kfree(options);
		return err;
	}
	if (!options->length) {
		kfree(options);
		options = NULL;
	}
	old = rcu_replace_pointer(nst->options, options,
				  lockdep_sock_is_held(&nst->sk));
	if (old)
		kfree_rcu(old, rcu);
	return 0;
}

static int get_ip_options(struct nst_sock *nst, char __user *optval,
			  int __user *optlen, int len)
{
	const struct nst_ip_options *options;
	u8 data[NST_IPV4_OPTIONS_MAX];
	int length = 0;

	lock_sock(&nst->sk);
	options = rcu_dereference_protected(nst->options,
					    lockdep_sock_is_held(&nst->sk));
	if (options) {
		length = options->length;
		memcpy(data, options->data, length);
	}
	release_sock(&nst->sk);

	length = min(length, len);
	if (put_user(length, optlen) || copy_to_user(optval, data, length))
		return -EFAULT;
	return 0;
}

static void set_tos(struct sock *sk, int val)
{
	struct nst_sock *nst = nst_sk(sk);

	if (sk->sk_type == SOCK_STREAM) {
		/* RFC 3168 6.1: the ECN bits of a connection are TCP's. */
		val &= ~INET_ECN_MASK;
		val |= nst->tos & INET_ECN_MASK;
	}
	val &= 0xff;
	if (nst->tos != val) {
		WRITE_ONCE(nst->tos, val);
		WRITE_ONCE(sk->sk_priority, nst_tos_priority(val));
		nst_path_release(&nst->path);
	}
}

/*
 * Is @index a link of the stack that the socket may send by? Return: 0,
 * -EADDRNOTAVAIL, or -EINVAL when the socket is bound to another one.
 */
static int check_link(const struct nst_sock *nst, u32 index)
{
	int bound = nst->sk.sk_bound_dev_if;
	bool there;

	rcu_read_lock();
	there = nst_link_by_index_rcu(nst->stack, index);
	rcu_read_unlock();
	if (!there)
		return -EADDRNOTAVAIL;
	return bound && index != (u32)bound ? -EINVAL : 0;
}

static int set_unicast_if(struct nst_sock *nst, int val, unsigned int optlen)
{
	u32 index = ntohl((__force __be32)val);
	int err;

	if (optlen != sizeof(int))
		return -EINVAL;
	if (index) {
		/* The host refuses any, as a link has no master here. */
		err = check_link(nst, index);
		if (err)
			return err;
		if (nst->sk.sk_bound_dev_if)
			return -EINVAL;
	}
	WRITE_ONCE(nst->unicast_link, index);
	return 0;
}

static int set_multicast_if(struct nst_sock *nst, sockptr_t optval,
			    unsigned int optlen)
{
	struct nst_local_address *local;
	struct ip_mreqn mreq = {};
	union nst_address address;
	unsigned int size;
	int err;

	if (nst->sk.sk_type == SOCK_STREAM ||
	    optlen < sizeof(struct in_addr))
		return -EINVAL;
	if (optlen >= sizeof(struct ip_mreqn))
		size = sizeof(struct ip_mreqn);
	else if (optlen >= sizeof(struct ip_mreq))
		size = sizeof(struct ip_mreq);
	else
		size = 0;
	if (size) {
		if (copy_from_sockptr(&mreq, optval, size))
			return -EFAULT;
	} else if (copy_from_sockptr(&mreq.imr_address, optval,
				     sizeof(struct in_addr))) {
		return -EFAULT;
	}

	address = nst_address_v4(mreq.imr_address.s_addr);
	if (!mreq.imr_ifindex && !nst_address_any(&address)) {
		rcu_read_lock();
		local = nst_address_find_rcu(nst->stack, NULL, AF_INET,
					     &address);
		if (local)
			mreq.imr_ifindex = local->link->index;
		rcu_read_unlock();
		if (!mreq.imr_ifindex)
			return -EADDRNOTAVAIL;
	}
	if (mreq.imr_ifindex) {
		err = check_link(nst, mreq.imr_ifindex);
		if (err)
			return err;
	}
	nst->multicast_link = mreq.imr_ifindex;
	nst->multicast_address = address.v4;
	return 0;
}

static bool may_be_transparent(const struct sock *sk)
{
	struct user_namespace *user_ns = sock_net(sk)->user_ns;

	return ns_capable(user_ns, CAP_NET_RAW) ||
	       ns_capable(user_ns, CAP_NET_ADMIN);
}

/* Context: socket locked. */
static int set_int(struct sock *sk, int optname, int val, unsigned int optlen)
{
	struct nst_sock *nst = nst_sk(sk);
	u32 flag = cmsg_flag(optname);
	u16 low, high;

	if (flag) {
		if (optname == IP_RECVFRAGSIZE && sk->sk_type == SOCK_STREAM)
			return -EINVAL;
		WRITE_ONCE(nst->cmsg_flags, val ? nst->cmsg_flags | flag :
						  nst->cmsg_flags & ~flag);
		return 0;
	}

	switch (optname) {
	case IP_TOS:
		set_tos(sk, val);
		return 0;
	case IP_BIND_ADDRESS_NO_PORT:
		nst->bind_no_port = val;
		return 0;
	case IP_MTU_DISCOVER:
		if (val < IP_PMTUDISC_DONT || val > IP_PMTUDISC_OMIT)
			return -EINVAL;
		WRITE_ONCE(nst->ip_mtu_discover, val);
		return 0;
	case IP_RECVERR:
		WRITE_ONCE(nst->recverr, !!val);
		if (!val)
			skb_queue_purge(&sk->sk_error_queue);
		return 0;
	case IP_UNICAST_IF:
		return set_unicast_if(nst, val, optlen);
	case IP_LOCAL_PORT_RANGE:
		low = val;
		high = (u32)val >> 16;
		if (optlen != sizeof(u32) || (low && high && low > high))
			return -EINVAL;
		WRITE_ONCE(nst->port_range[0], low);
		WRITE_ONCE(nst->port_range[1], high);
		return 0;
	case IP_TRANSPARENT:
		if (val && !may_be_transparent(sk))
			return -EPERM;
		if (!optlen)
			return -EINVAL;
		nst->transparent = val;
		return 0;
	}

	/* The rest wants a value. */
	switch (optname) {
	case IP_TTL:
		if (!optlen || (val != -1 && (val < 1 || val > 255)))
			return -EINVAL;
		WRITE_ONCE(nst->ttl, val);
		return 0;
	case IP_MINTTL:
		if (!optlen || val < 0 || val > 255)
			return -EINVAL;
		WRITE_ONCE(nst->min_ttl, val);
		return 0;
	case IP_MULTICAST_TTL:
		if (val == -1)
			val = 1;
		if (sk->sk_type == SOCK_STREAM || !optlen || val < 0 ||
		    val > 255)
			return -EINVAL;
		WRITE_ONCE(nst->multicast_ttl, val);
		return 0;
	case IP_MULTICAST_LOOP:
		if (!optlen)
			return -EINVAL;
		WRITE_ONCE(nst->multicast_loop, !!val);
		return 0;
	case IP_MULTICAST_ALL:
		if (!optlen || (val != 0 && val != 1))
			return -EINVAL;
		WRITE_ONCE(nst->multicast_all, val);
		return 0;
	case IP_FREEBIND:
		if (!optlen)
			return -EINVAL;
		nst->freebind = val;
		return 0;
	}
	return -ENOPROTOOPT;
}

/**
 * nst_ip_setsockopt() - setsockopt(2) at SOL_IP, and below it
 * @sk: socket, not locked
 * @level: SOL_IP; others are SOL_IPV6's to an AF_INET6 socket, else not known
 * @optname: IP_*
 * @optval: value
 * @optlen: its length, bytes
 *
 * Context: process; takes the socket lock.
 * Return: 0 or the errno of ip(7).
 */
int nst_ip_setsockopt(struct sock *sk, int level, int optname,
		      sockptr_t optval, unsigned int optlen)
{
	unsigned char byte;
	int val = 0;
	int err;

	if (level != SOL_IP)
		return nst_sk(sk)->family == AF_INET6 ?
		       nst_ipv6_setsockopt(sk, level, optname, optval,
					   optlen) : -ENOPROTOOPT;
	if (nst_group_option(AF_INET, optname))
		return nst_group_setsockopt(sk, AF_INET, optname, optval,
					    optlen);

	if (takes_int(optname)) {
		if (optlen >= sizeof(int)) {
			if (copy_from_sockptr(&val, optval, sizeof(val)))
				return -EFAULT;
		} else if (optlen) {
			if (copy_from_sockptr(&byte, optval, sizeof(byte)))
				return -EFAULT;
			val = byte;
		}
	}

	lock_sock(sk);
	if (optname == IP_OPTIONS)
		err = set_ip_options(nst_sk(sk), optval, optlen);
	else if (optname == IP_MULTICAST_IF)
		err = set_multicast_if(nst_sk(sk), optval, optlen);
	else
		err = set_int(sk, optname, val, optlen);
	release_sock(sk);
	return err;
}

/* IP_MTU: the path MTU, bytes, of a connected socket. */
static int get_mtu(struct sock *sk, int *val)
{
	const struct nst_path *path = ERR_PTR(-ENOTCONN);

	lock_sock(sk);
	if (!nst_address_any(&nst_sk(sk)->flow.raddr))
		path = nst_sock_path(sk);
	if (!IS_ERR(path))
		*val = path->mtu;
	release_sock(sk);
	return IS_ERR(path) ? -ENOTCONN : 0;
}

static int get_int(struct sock *sk, int optname, int *val)
{
	struct nst_sock *nst = nst_sk(sk);
	u32 flag = cmsg_flag(optname);

	if (flag) {
		*val = !!(READ_ONCE(nst->cmsg_flags) & flag);
		return 0;
	}
	switch (optname) {
	case IP_TOS:
		*val = READ_ONCE(nst->tos);
		break;
	case IP_TTL:
		*val = READ_ONCE(nst->ttl);
		if (*val == -1)
			*val = READ_ONCE(nst->stack->config.ip_default_ttl);
		break;
	case IP_MINTTL:
		*val = READ_ONCE(nst->min_ttl);
		break;
	case IP_BIND_ADDRESS_NO_PORT:
		*val = nst->bind_no_port;
		break;
	case IP_MTU_DISCOVER:
		*val = READ_ONCE(nst->ip_mtu_discover);
		break;
	case IP_MTU:
		return get_mtu(sk, val);
	case IP_RECVERR:
		*val = READ_ONCE(nst->recverr);
		break;
	case IP_MULTICAST_TTL:
		*val = READ_ONCE(nst->multicast_ttl);
		break;
	case IP_MULTICAST_LOOP:
		*val = READ_ONCE(nst->multicast_loop);
		break;
	case IP_MULTICAST_ALL:
		*val = READ_ONCE(nst->multicast_all);
		break;
	case IP_UNICAST_IF:
		*val = (__force int)htonl(READ_ONCE(nst->unicast_link));
		break;
	case IP_FREEBIND:
		*val = nst->freebind;
		break;
	case IP_TRANSPARENT:
		*val = nst->transparent;
		break;
	case IP_LOCAL_PORT_RANGE:
		*val = (u32)READ_ONCE(nst->port_range[1]) << 16 |
		       READ_ONCE(nst->port_range[0]);
		break;
	case IP_PROTOCOL:
		/* The host answers with the port, but for raw sockets. */
		*val = ntohs(nst->flow.lport);
		break;
	default:
		return -ENOPROTOOPT;
	}
	return 0;
}

/**
 * nst_ip_getsockopt() - getsockopt(2) at SOL_IP
 * @sk: socket, not locked
 * @level: SOL_IP; others are SOL_IPV6's to an AF_INET6 socket, else not
 *	supported
 * @optname: IP_*
 * @optval: filled
 * @optlen: room; set to the length of the value
 *
 * An int is shortened to a char when there is no room for more and it fits.
 *
 * Context: process; takes the socket lock.
 * Return: 0 or the errno of ip(7).
 */
int nst_ip_getsockopt(struct sock *sk, int level, int optname,
		      char __user *optval, int __user *optlen)
{
	struct nst_sock *nst = nst_sk(sk);
	const void *from;
	__be32 address;
	u8 byte;
	int val;
	int len;
	int err;

	if (level != SOL_IP)
		return nst_sk(sk)->family == AF_INET6 ?
		       nst_ipv6_getsockopt(sk, level, optname, optval,
					   optlen) : -EOPNOTSUPP;
	if (get_user(len, optlen))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;

	if (optname == IP_OPTIONS)
		return get_ip_options(nst, optval, optlen, len);
	if (optname == IP_MSFILTER || optname == MCAST_MSFILTER)
		return nst_group_getsockopt(sk, AF_INET, optname, optval,
					    optlen, len);
	if (optname == IP_MULTICAST_IF) {
		len = min_t(int, len, sizeof(struct in_addr));
		address = nst->multicast_address;
		from = &address;
		goto copy;
	}

	err = get_int(sk, optname, &val);
	if (err)
		return err;
	from = &val;
	if (len > 0 && len < (int)sizeof(int) && val >= 0 && val <= 255) {
		byte = val;
		len = sizeof(byte);
		from = &byte;
	} else {
		len = min_t(int, len, sizeof(int));
	}
copy:
	if (put_user(len, optlen) || copy_to_user(optval, from, len))
		return -EFAULT;
	return 0;
}
