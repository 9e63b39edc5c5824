// SPDX-License-Identifier: GPL-2.0
/*
 * SOL_IPV6 options (ipv6(7), RFC 3493, RFC 3542), for every kind of AF_INET6
 * socket: defaults, ranges, lengths and errno are the host's. What is not
 * built is ENOPROTOOPT. Membership of groups is in group_options.c. SOL_IP's
 * options work on these sockets, too (ip_options.c), and are about what they
 * send by IPv4.
 */
#include <linux/in6.h>
#include <net/tcp_states.h>

#include "../network/ipv6.h"
#include "../transport/ping.h"
#include "../transport/udp.h"
#include "socket.h"

#define PREFER_PUBLIC_OR_TMP	(IPV6_PREFER_SRC_PUBLIC | IPV6_PREFER_SRC_TMP)

/* The NST_CMSG_* that an option turns on and off, or 0. */
static u32 cmsg_flag(int optname)
{
	switch (optname) {
	case IPV6_RECVPKTINFO:
		return NST_CMSG_V6_PKTINFO;
	case IPV6_RECVHOPLIMIT:
		return NST_CMSG_V6_HOPLIMIT;
	case IPV6_RECVTCLASS:
		return NST_CMSG_V6_TCLASS;
	case IPV6_FLOWINFO:
		return NST_CMSG_V6_FLOWINFO;
	case IPV6_RECVORIGDSTADDR:
		return NST_CMSG_V6_ORIGDSTADDR;
	case IPV6_RECVFRAGSIZE:
		return NST_CMSG_V6_FRAGSIZE;
	case IPV6_RECVHOPOPTS:
		return NST_CMSG_V6_HOPOPTS;
	case IPV6_RECVDSTOPTS:
		return NST_CMSG_V6_DSTOPTS;
	case IPV6_RECVRTHDR:
		return NST_CMSG_V6_RTHDR;
	case IPV6_RECVPATHMTU:
		return NST_CMSG_V6_PATHMTU;
	case IPV6_2292PKTINFO:
		return NST_CMSG_2292_PKTINFO;
	case IPV6_2292HOPLIMIT:
		return NST_CMSG_2292_HOPLIMIT;
	case IPV6_2292HOPOPTS:
		return NST_CMSG_2292_HOPOPTS;
	case IPV6_2292DSTOPTS:
		return NST_CMSG_2292_DSTOPTS;
	case IPV6_2292RTHDR:
		return NST_CMSG_2292_RTHDR;
	}
	return 0;
}

/* Options for which the host does not look at the length. */
static bool any_length(int optname)
{
	return optname == IPV6_DONTFRAG || optname == IPV6_AUTOFLOWLABEL ||
	       optname == IPV6_RECVFRAGSIZE;
}

static bool may_be_transparent(const struct sock *sk)
{
	struct user_namespace *user_ns = sock_net(sk)->user_ns;

	return ns_capable(user_ns, CAP_NET_RAW) ||
	       ns_capable(user_ns, CAP_NET_ADMIN);
}

/*
 * IPV6_ADDRFORM: from now on the socket is one of AF_INET, which it can be
 * when its peer is an IPv4 address.
 */
static int become_ipv4(struct sock *sk, int family)
{
	struct nst_sock *nst = nst_sk(sk);

	if (family != AF_INET)
		return -EINVAL;
	if (sk->sk_prot == &nst_udp_prot && nst_udp_sk(sk)->corked &&
	    nst_udp_sk(sk)->request.to.family == AF_INET6)
		return -EBUSY;
	if (sk->sk_state != TCP_ESTABLISHED)
		return -ENOTCONN;
	if (nst->v6->only || nst->flow.family != AF_INET)
		return -EADDRNOTAVAIL;
	WRITE_ONCE(nst->cmsg_flags, nst->cmsg_flags & ~NST_CMSG_V6_ALL);
	WRITE_ONCE(nst->family, AF_INET);
	return 0;
}

static void set_tclass(struct sock *sk, int val)
{
	struct nst_sock *nst = nst_sk(sk);

	/* RFC 3542 6.5 */
	if (val == -1)
		val = 0;
	/* RFC 3168 6.1: the ECN bits of a connection are TCP's. */
	if (sk->sk_type == SOCK_STREAM)
		val &= ~INET_ECN_MASK;
	if (nst->v6->tclass != val) {
		WRITE_ONCE(nst_sock_ipv6(nst)->tclass, val);
		nst_path_release(&nst->path);
	}
}

static bool link_exists(const struct nst_sock *nst, u32 index)
{
	bool there;

	rcu_read_lock();
	there = nst_link_by_index_rcu(nst->stack, index);
	rcu_read_unlock();
	return there;
}

static int set_unicast_if(struct nst_sock *nst, int val, unsigned int optlen)
{
	u32 index = ntohl((__force __be32)val);

	if (optlen != sizeof(int))
		return -EINVAL;
	if (index && !link_exists(nst, index))
		return -EADDRNOTAVAIL;
	if (index && nst->sk.sk_bound_dev_if)
		return -EINVAL;
	WRITE_ONCE(nst_sock_ipv6(nst)->unicast_link, index);
	return 0;
}

static int set_multicast_if(struct nst_sock *nst, int val)
{
	int bound = nst->sk.sk_bound_dev_if;

	if (val && !link_exists(nst, val))
		return -ENODEV;
	if (val && bound && bound != val)
		return -EINVAL;
	WRITE_ONCE(nst_sock_ipv6(nst)->multicast_link, val);
	return 0;
}

/* IPV6_PKTINFO: of what is sent to no address that names a link. */
static int set_pktinfo(struct nst_sock *nst, sockptr_t optval,
		       unsigned int optlen)
{
	int bound = nst->sk.sk_bound_dev_if;
	struct in6_pktinfo info;

	if (optlen < sizeof(info))
		return -EINVAL;
	if (copy_from_sockptr(&info, optval, sizeof(info)))
		return -EFAULT;
	if (bound && bound != info.ipi6_ifindex)
		return -EINVAL;
	WRITE_ONCE(nst_sock_ipv6(nst)->sticky_link, info.ipi6_ifindex);
	nst_path_release(&nst->path);
	return 0;
}

/* IPV6_ADDR_PREFERENCES, RFC 5014: of two that exclude each other, one. */
static int set_preferences(struct nst_sock *nst, int val)
{
	u16 preferences = nst->v6->preferences;

	switch (val & (PREFER_PUBLIC_OR_TMP |
		       IPV6_PREFER_SRC_PUBTMP_DEFAULT)) {
	case IPV6_PREFER_SRC_PUBLIC:
	case IPV6_PREFER_SRC_TMP:
	case IPV6_PREFER_SRC_PUBTMP_DEFAULT:
		preferences &= ~PREFER_PUBLIC_OR_TMP;
		preferences |= val & PREFER_PUBLIC_OR_TMP;
		break;
	case 0:
		break;
	default:
		return -EINVAL;
	}
	switch (val & (IPV6_PREFER_SRC_HOME | IPV6_PREFER_SRC_COA)) {
	case IPV6_PREFER_SRC_HOME:
		preferences &= ~IPV6_PREFER_SRC_COA;
		break;
	case IPV6_PREFER_SRC_COA:
		preferences |= IPV6_PREFER_SRC_COA;
		break;
	case 0:
		break;
	default:
		return -EINVAL;
	}
	if ((val & IPV6_PREFER_SRC_CGA) && (val & IPV6_PREFER_SRC_NONCGA))
		return -EINVAL;
	WRITE_ONCE(nst_sock_ipv6(nst)->preferences, preferences);
	return 0;
}

static int get_preferences(const struct nst_sock *nst)
{
	u16 preferences = READ_ONCE(nst->v6->preferences);
	int val = preferences & PREFER_PUBLIC_OR_TMP;

	if (!val)
		val = IPV6_PREFER_SRC_PUBTMP_DEFAULT;
	return val | (preferences & IPV6_PREFER_SRC_COA ?:
		      IPV6_PREFER_SRC_HOME);
}

/* Options that only a datagram socket has. */
static int set_multicast(struct sock *sk, int optname, int val,
			 unsigned int optlen)
{
	struct nst_sock *nst = nst_sk(sk);

	if (sk->sk_type == SOCK_STREAM)
		return -ENOPROTOOPT;
	if (optlen < sizeof(int))
		return -EINVAL;
	if (optname == IPV6_MULTICAST_IF)
		return set_multicast_if(nst, val);
	if (val < -1 || val > 255)
		return -EINVAL;
	WRITE_ONCE(nst_sock_ipv6(nst)->multicast_hops, val == -1 ? 1 : val);
	return 0;
}

/* Options that take an int. Context: socket locked. */
static int set_int(struct sock *sk, int optname, int val)
{
	struct nst_sock *nst = nst_sk(sk);
	u32 flag = cmsg_flag(optname);

	if (flag) {
		WRITE_ONCE(nst->cmsg_flags, val ? nst->cmsg_flags | flag :
						  nst->cmsg_flags & ~flag);
		return 0;
	}
	switch (optname) {
	case IPV6_ADDRFORM:
		return become_ipv4(sk, val);
	case IPV6_V6ONLY:
		/* A raw socket has its family's packets from the start. */
		if (nst->port || sk->sk_type == SOCK_RAW ||
		    (sk->sk_type == SOCK_DGRAM && nst->flow.lport))
			return -EINVAL;
		/* ICMPv6 has IPv6 only. */
		WRITE_ONCE(nst_sock_ipv6(nst)->only,
			   val || sk->sk_prot == &nst_ping_prot);
		return 0;
	case IPV6_TCLASS:
		if (val < -1 || val > 255)
			return -EINVAL;
		set_tclass(sk, val);
		return 0;
	case IPV6_UNICAST_HOPS:
		if (val < -1 || val > 255)
			return -EINVAL;
		WRITE_ONCE(nst_sock_ipv6(nst)->hop_limit, val);
		return 0;
	case IPV6_MULTICAST_LOOP:
		if (val != !!val)
			return -EINVAL;
		WRITE_ONCE(nst_sock_ipv6(nst)->multicast_loop, val);
		return 0;
	case IPV6_MULTICAST_ALL:
		WRITE_ONCE(nst_sock_ipv6(nst)->multicast_all, !!val);
		return 0;
	case IPV6_MTU_DISCOVER:
		if (val < IPV6_PMTUDISC_DONT || val > IPV6_PMTUDISC_OMIT)
			return -EINVAL;
		WRITE_ONCE(nst_sock_ipv6(nst)->mtu_discover, val);
		return 0;
	case IPV6_MTU:
		if (val && val < NST_IPV6_MTU_MIN)
			return -EINVAL;
		WRITE_ONCE(nst_sock_ipv6(nst)->fragment_size, val);
		return 0;
	case IPV6_RECVERR:
		WRITE_ONCE(nst_sock_ipv6(nst)->recverr, !!val);
		if (!val)
			skb_queue_purge(&sk->sk_error_queue);
		return 0;
	case IPV6_FLOWINFO_SEND:
		WRITE_ONCE(nst_sock_ipv6(nst)->flowinfo_send, !!val);
		return 0;
	case IPV6_AUTOFLOWLABEL:
		WRITE_ONCE(nst_sock_ipv6(nst)->auto_flow_label, !!val);
		return 0;
	case IPV6_ADDR_PREFERENCES:
		return set_preferences(nst, val);
	case IPV6_MINHOPCOUNT:
		if (val < 0 || val > 255)
			return -EINVAL;
		WRITE_ONCE(nst_sock_ipv6(nst)->min_hop_count, val);
		return 0;
	case IPV6_DONTFRAG:
		WRITE_ONCE(nst_sock_ipv6(nst)->dont_fragment, !!val);
		return 0;
	case IPV6_FREEBIND:
		nst->freebind = val;
		return 0;
	case IPV6_TRANSPARENT:
		nst->transparent = val;
		return 0;
	}
	return -ENOPROTOOPT;
}

/* Is it an option of set_int()? */
static bool takes_int(int optname)
{
	switch (optname) {
	case IPV6_ADDRFORM:
	case IPV6_V6ONLY:
	case IPV6_TCLASS:
	case IPV6_UNICAST_HOPS:
	case IPV6_MULTICAST_LOOP:
	case IPV6_MULTICAST_ALL:
	case IPV6_MTU_DISCOVER:
	case IPV6_MTU:
	case IPV6_RECVERR:
	case IPV6_FLOWINFO_SEND:
	case IPV6_AUTOFLOWLABEL:
	case IPV6_ADDR_PREFERENCES:
	case IPV6_MINHOPCOUNT:
	case IPV6_DONTFRAG:
	case IPV6_FREEBIND:
	case IPV6_TRANSPARENT:
		return true;
	}
	return cmsg_flag(optname);
}

static int set_option(struct sock *sk, int optname, int val, sockptr_t optval,
		      unsigned int optlen)
{
	switch (optname) {
	case IPV6_PKTINFO:
		return set_pktinfo(nst_sk(sk), optval, optlen);
	case IPV6_UNICAST_IF:
		return set_unicast_if(nst_sk(sk), val, optlen);
	case IPV6_MULTICAST_IF:
	case IPV6_MULTICAST_HOPS:
		return set_multicast(sk, optname, val, optlen);
	case IPV6_TRANSPARENT:
		if (val && !may_be_transparent(sk))
			return -EPERM;
		break;
	}
	if (!takes_int(optname))
		return -ENOPROTOOPT;
	if (optlen < sizeof(int) && !any_length(optname))
		return -EINVAL;
	return set_int(sk, optname, val);
}

/**
 * nst_ipv6_setsockopt() - setsockopt(2) at SOL_IPV6
 * @sk: AF_INET6 socket, not locked
 * @level: SOL_IPV6; any other is not known
 * @optname: IPV6_*
 * @optval: value
 * @optlen: its length, bytes
 *
 * Context: process; takes the socket lock.
 * Return: 0 or the errno of ipv6(7).
 */
int nst_ipv6_setsockopt(struct sock *sk, int level, int optname,
			sockptr_t optval, unsigned int optlen)
{
	int val = 0;
	int err;

	if (level != SOL_IPV6)
		return -ENOPROTOOPT;
	if (optlen >= sizeof(int) && !sockptr_is_null(optval) &&
	    copy_from_sockptr(&val, optval, sizeof(val)))
		return -EFAULT;
	if (nst_group_option(AF_INET6, optname))
		return nst_group_setsockopt(sk, AF_INET6, optname, optval,
					    optlen);
	lock_sock(sk);
	err = set_option(sk, optname, val, optval, optlen);
	release_sock(sk);
	return err;
}

/* The path MTU, bytes, of a connected socket. */
static int get_mtu(struct sock *sk, int *val)
{
	const struct nst_path *path = ERR_PTR(-ENOTCONN);

	lock_sock(sk);
	if (nst_sk(sk)->flow.rport)
		path = nst_sock_path(sk);
	if (!IS_ERR(path))
		*val = path->mtu;
	release_sock(sk);
	return IS_ERR(path) ? -ENOTCONN : 0;
}

/* IPV6_UNICAST_HOPS: what is sent when it is not set. */
static int get_hop_limit(struct sock *sk)
{
	struct nst_sock *nst = nst_sk(sk);
	int val = READ_ONCE(nst->v6->hop_limit);

	if (val >= 0)
		return val;
	lock_sock(sk);
	val = nst->path.hop_limit;
	release_sock(sk);
	return val ?: READ_ONCE(nst->stack->config.hop_limit);
}

static int get_auto_flow_label(const struct nst_sock *nst)
{
	s8 own = READ_ONCE(nst->v6->auto_flow_label);

	if (own >= 0)
		return own;
	return READ_ONCE(nst->stack->config.auto_flowlabels) & 1;
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
	case IPV6_ADDRFORM:
		if (READ_ONCE(sk->sk_state) != TCP_ESTABLISHED)
			return -ENOTCONN;
		*val = AF_INET6;
		break;
	case IPV6_V6ONLY:
		*val = READ_ONCE(nst->v6->only);
		break;
	case IPV6_TCLASS:
		*val = nst_sock_tos(nst, AF_INET6);
		break;
	case IPV6_UNICAST_HOPS:
		*val = get_hop_limit(sk);
		break;
	case IPV6_MULTICAST_HOPS:
		*val = READ_ONCE(nst->v6->multicast_hops);
		break;
	case IPV6_MULTICAST_LOOP:
		*val = READ_ONCE(nst->v6->multicast_loop);
		break;
	case IPV6_MULTICAST_ALL:
		*val = READ_ONCE(nst->v6->multicast_all);
		break;
	case IPV6_MULTICAST_IF:
		*val = READ_ONCE(nst->v6->multicast_link);
		break;
	case IPV6_UNICAST_IF:
		*val = (__force int)htonl(READ_ONCE(nst->v6->unicast_link));
		break;
	case IPV6_MTU_DISCOVER:
		*val = READ_ONCE(nst->v6->mtu_discover);
		break;
	case IPV6_MTU:
		return get_mtu(sk, val);
	case IPV6_RECVERR:
		*val = READ_ONCE(nst->v6->recverr);
		break;
	case IPV6_FLOWINFO_SEND:
		*val = READ_ONCE(nst->v6->flowinfo_send);
		break;
	case IPV6_AUTOFLOWLABEL:
		*val = get_auto_flow_label(nst);
		break;
	case IPV6_ADDR_PREFERENCES:
		*val = get_preferences(nst);
		break;
	case IPV6_MINHOPCOUNT:
		*val = READ_ONCE(nst->v6->min_hop_count);
		break;
	case IPV6_DONTFRAG:
		*val = READ_ONCE(nst->v6->dont_fragment);
		break;
	case IPV6_FREEBIND:
		*val = nst->freebind;
		break;
	case IPV6_TRANSPARENT:
		*val = nst->transparent;
		break;
	default:
		return -ENOPROTOOPT;
	}
	return 0;
}

static int get_path_mtu(struct sock *sk, char __user *optval,
			int __user *optlen, int len)
{
	struct ip6_mtuinfo info = {};
	int mtu, err;

	/* As on the host, where a negative one is large. */
	if ((unsigned int)len < sizeof(info))
		return -EINVAL;
	len = sizeof(info);
	err = get_mtu(sk, &mtu);
	if (err)
		return err;
	info.ip6m_mtu = mtu;
	if (put_user(len, optlen) || copy_to_user(optval, &info, len))
		return -EFAULT;
	return 0;
}

/**
 * nst_ipv6_getsockopt() - getsockopt(2) at SOL_IPV6
 * @sk: AF_INET6 socket, not locked
 * @level: SOL_IPV6; any other is not known
 * @optname: IPV6_*
 * @optval: filled
 * @optlen: room; set to the length of the value
 *
 * Context: process; takes the socket lock.
 * Return: 0 or the errno of ipv6(7).
 */
int nst_ipv6_getsockopt(struct sock *sk, int level, int optname,
			char __user *optval, int __user *optlen)
{
	int val, len, err;

	if (level != SOL_IPV6)
		return -ENOPROTOOPT;
	if (get_user(len, optlen))
		return -EFAULT;
	if (optname == IPV6_PATHMTU)
		return get_path_mtu(sk, optval, optlen, len);
	if (optname == MCAST_MSFILTER)
		return nst_group_getsockopt(sk, AF_INET6, optname, optval,
					    optlen, len);
	err = get_int(sk, optname, &val);
	if (err)
		return err;
	len = min_t(unsigned int, len, sizeof(val));
	if (put_user(len, optlen) || copy_to_user(optval, &val, len))
		return -EFAULT;
	return 0;
}
