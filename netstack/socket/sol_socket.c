// SPDX-License-Identifier: GPL-2.0
/*
 * setsockopt(2) at SOL_SOCKET. net/core knows the options and keeps most of
 * them; what would be taken there without any effect here is refused, so
 * that a program can fall back. getsockopt(2) is net/core's.
 *
 * Kernels before 6.3 do not ask a family: see nst_compat_custom_sockopt().
 * Therefore what net/core may keep from the family has a second name at
 * SOL_NETSTACK, both calls of which are here.
 */
#include <linux/netstack.h>

#include "socket.h"

/* Would net/core take it, though nothing here heeds it? */
static bool without_effect(const struct sock *sk, int optname)
{
	switch (optname) {
	/* Others share no port. */
	case SO_ATTACH_REUSEPORT_CBPF:
	case SO_ATTACH_REUSEPORT_EBPF:
	case SO_DETACH_REUSEPORT_BPF:
		return sk->sk_type == SOCK_RAW ||
		       (sk->sk_protocol != IPPROTO_TCP &&
			sk->sk_protocol != IPPROTO_UDP);
	/* No NAPI instance is known to a socket. */
	case SO_BUSY_POLL:
	case SO_PREFER_BUSY_POLL:
	case SO_BUSY_POLL_BUDGET:
	/* There is no dst_entry to doubt, and no hash of it to change. */
	case SO_CNX_ADVICE:
	case SO_TXREHASH:
	/* Links are Ethernet or loopback. */
	case SO_NOFCS:
	case SO_WIFI_STATUS:
		return true;
	/* Datagrams are not paced. */
	case SO_MAX_PACING_RATE:
		return sk->sk_type != SOCK_STREAM;
	/* A stream has its own times, and a capture sends nothing. */
	case SO_TXTIME:
		return sk->sk_type == SOCK_STREAM ||
		       sk->sk_protocol == NETSTACK_CAPTURE;
	/* A capture sends nothing and shares no port. */
	case SO_REUSEPORT:
	case SO_ZEROCOPY:
		return sk->sk_protocol == NETSTACK_CAPTURE;
	/* A connection takes the route that it finds. */
	case SO_DONTROUTE:
		return sk->sk_type == SOCK_STREAM;
	default:
		return false;
	}
}

/* A program for a SO_REUSEPORT group, in which a connected socket is not. */
static bool selects_member(int optname)
{
	return optname == SO_ATTACH_REUSEPORT_CBPF ||
	       optname == SO_ATTACH_REUSEPORT_EBPF;
}

/*
 * Packets go to a device without their socket, which sch_etf asks for its clock
 * and flags: what is left is the clock of sch_fq.
 */
static int check_txtime(sockptr_t optval, unsigned int optlen)
{
	struct sock_txtime time;

	if (optlen != sizeof(time))
		return -EINVAL;
	if (copy_from_sockptr(&time, optval, sizeof(time)))
		return -EFAULT;
	return time.clockid == CLOCK_MONOTONIC && !time.flags ? 0 : -EINVAL;
}

/* The name at SOL_NETSTACK of what net/core keeps from the family, or 0. */
static int own_name(int optname)
{
	switch (optname) {
	case SO_REUSEPORT:
		return NETSTACK_REUSEPORT;
	case SO_ZEROCOPY:
		return NETSTACK_ZEROCOPY;
	default:
		return 0;
	}
}

static int set_locked(struct sock *sk, int optname, int val)
{
	switch (optname) {
	case NETSTACK_REUSEPORT:
		sk->sk_reuseport = !!val;
		return 0;
	case NETSTACK_ZEROCOPY:
		/* The host's rule: only what knows MSG_ZEROCOPY has it. */
		if (sk->sk_protocol != IPPROTO_TCP &&
		    (sk->sk_protocol != IPPROTO_UDP ||
		     sk->sk_type != SOCK_DGRAM))
			return -EOPNOTSUPP;
		if (val < 0 || val > 1)
			return -EINVAL;
		sock_valbool_flag(sk, SOCK_ZEROCOPY, val);
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

/* NETSTACK_*, which are ints. */
static int set_own(struct sock *sk, int optname, sockptr_t optval,
		   unsigned int optlen)
{
	int val, err;

	if (optlen < sizeof(val))
		return -EINVAL;
	if (copy_from_sockptr(&val, optval, sizeof(val)))
		return -EFAULT;
	lock_sock(sk);
	err = set_locked(sk, optname, val);
	release_sock(sk);
	return err;
}

/**
 * nst_socket_setsockopt() - setsockopt(2) at SOL_SOCKET and SOL_NETSTACK
 * @sock: socket marked by nst_compat_custom_sockopt()
 * @level: SOL_SOCKET or SOL_NETSTACK
 * @optname: SO_* or NETSTACK_*
 * @optval: value
 * @optlen: its length, bytes
 *
 * Context: process; takes the socket lock.
 * Return: 0, -ENOPROTOOPT (unknown, or would be without effect) or the errno
 * of socket(7).
 */
int nst_socket_setsockopt(struct socket *sock, int level, int optname,
			  sockptr_t optval, unsigned int optlen)
{
	int err;

	if (level == SOL_NETSTACK)
		return set_own(sock->sk, optname, optval, optlen);
	if (without_effect(sock->sk, optname))
		return -ENOPROTOOPT;
	if (own_name(optname))
		return set_own(sock->sk, own_name(optname), optval, optlen);
	if (selects_member(optname) && READ_ONCE(nst_sk(sock->sk)->flow.hashed))
		return -EINVAL;
	if (optname == SO_TXTIME) {
		err = check_txtime(optval, optlen);
		if (err)
			return err;
	}
	return sock_setsockopt(sock, SOL_SOCKET, optname, optval, optlen);
}

/**
 * nst_netstack_getsockopt() - getsockopt(2) at SOL_NETSTACK
 * @sk: socket
 * @optname: NETSTACK_*
 * @optval: value
 * @optlen: its length, bytes; cut to what there is
 *
 * Context: process.
 * Return: 0, -EINVAL, -EFAULT or -ENOPROTOOPT.
 */
int nst_netstack_getsockopt(const struct sock *sk, int optname,
			    char __user *optval, int __user *optlen)
{
	int val, len;

	if (get_user(len, optlen))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;
	switch (optname) {
	case NETSTACK_REUSEPORT:
		val = sk->sk_reuseport;
		break;
	case NETSTACK_ZEROCOPY:
		val = sock_flag(sk, SOCK_ZEROCOPY);
		break;
	default:
		return -ENOPROTOOPT;
	}
	len = min_t(int, len, sizeof(val));
	if (put_user(len, optlen) || copy_to_user(optval, &val, len))
		return -EFAULT;
	return 0;
}
