// SPDX-License-Identifier: GPL-2.0
/*
 * ioctl(2) of netdevice(7): links and IPv4 addresses of the stack, by the
 * name of the link. Nothing is changed by it. SIOCGIFCONF is net/core's, which
 * asks no socket.
 */
#include <linux/if.h>
#include <linux/sockios.h>

#include "../link/interface.h"
#include "../network/address.h"
#include "socket.h"

/* The address that the caller named, if the link has it, else the first. */
static const struct nst_local_address *
find_address_rcu(const struct nst_link *link, const struct ifreq *ifr)
{
	const struct sockaddr_in *sin = (const void *)&ifr->ifr_addr;
	const struct nst_local_address *first = NULL;
	struct nst_local_address *local = NULL;

	while ((local = nst_address_next_rcu(link->stack, local))) {
		if (local->link != link || local->family != AF_INET)
			continue;
		if (sin->sin_family == AF_INET &&
		    sin->sin_addr.s_addr == local->address.v4)
			return local;
		if (!first)
			first = local;
	}
	return first;
}

static int get_address(const struct nst_link *link, unsigned int cmd,
		       struct ifreq *ifr)
{
	struct sockaddr_in *sin = (void *)&ifr->ifr_addr;
	const struct nst_local_address *local;
	__be32 address;

	local = find_address_rcu(link, ifr);
	if (!local)
		return -EADDRNOTAVAIL;
	switch (cmd) {
	case SIOCGIFBRDADDR:
		address = local->broadcast.v4;
		break;
	case SIOCGIFNETMASK:
		address = htonl(~0U << (32 - local->prefix_len));
		break;
	default:
		address = local->address.v4;
	}
	memset(sin, 0, sizeof(*sin));
	sin->sin_family = AF_INET;
	sin->sin_addr.s_addr = address;
	return 0;
}

static void get_station(const struct nst_link *link, struct sockaddr *sa)
{
	memset(sa, 0, sizeof(*sa));
	sa->sa_family = nst_interface_type(link);
	if (!(READ_ONCE(link->flags) & NST_LINK_LOOPBACK))
		memcpy(sa->sa_data, link->address, ETH_ALEN);
}

static int get_of_link(const struct nst_link *link, unsigned int cmd,
		       struct ifreq *ifr)
{
	switch (cmd) {
	case SIOCGIFINDEX:
		ifr->ifr_ifindex = link->index;
		return 0;
	case SIOCGIFFLAGS:
		ifr->ifr_flags = nst_interface_flags(link);
		return 0;
	case SIOCGIFHWADDR:
		get_station(link, &ifr->ifr_hwaddr);
		return 0;
	case SIOCGIFMTU:
		ifr->ifr_mtu = READ_ONCE(link->mtu);
		return 0;
	case SIOCGIFMETRIC:
		ifr->ifr_metric = 0;
		return 0;
	case SIOCGIFTXQLEN:
		ifr->ifr_qlen = NST_INTERFACE_QUEUE_LEN;
		return 0;
	case SIOCGIFMAP:
		memset(&ifr->ifr_ifru, 0, sizeof(ifr->ifr_ifru));
		return 0;
	}
	return get_address(link, cmd, ifr);
}

static int get_by_index(struct nst_stack *stack, struct ifreq *ifr)
{
	const struct nst_link *link;

	link = nst_link_by_index_rcu(stack, ifr->ifr_ifindex);
	if (!link)
		return -ENODEV;
	strscpy_pad(ifr->ifr_name, link->name, IFNAMSIZ);
	return 0;
}

static int get_by_name(struct nst_stack *stack, unsigned int cmd,
		       struct ifreq *ifr)
{
	bool address = cmd == SIOCGIFADDR || cmd == SIOCGIFBRDADDR ||
		       cmd == SIOCGIFNETMASK || cmd == SIOCGIFDSTADDR;
	const struct nst_link *link;
	char name[IFNAMSIZ];
	char *colon;

	ifr->ifr_name[IFNAMSIZ - 1] = 0;
	strscpy(name, ifr->ifr_name, sizeof(name));
	/* What follows it names an address, of which there are none here. */
	colon = strchr(name, ':');
	if (colon)
		*colon = 0;
	link = nst_link_by_name_rcu(stack, name);
	if (!link)
		return -ENODEV;
	if (colon && address)
		return -EADDRNOTAVAIL;
	return get_of_link(link, cmd, ifr);
}

static int get(struct socket *sock, unsigned int cmd, void __user *arg)
{
	struct nst_stack *stack = nst_sk(sock->sk)->stack;
	struct ifreq ifr;
	int err;

	if (get_user_ifreq(&ifr, NULL, arg))
		return -EFAULT;
	rcu_read_lock();
	err = cmd == SIOCGIFNAME ? get_by_index(stack, &ifr) :
				   get_by_name(stack, cmd, &ifr);
	rcu_read_unlock();
	if (!err && put_user_ifreq(&ifr, arg))
		return -EFAULT;
	return err;
}

int nst_interface_ioctl(struct socket *sock, unsigned int cmd,
			unsigned long arg)
{
	struct net *net = sock_net(sock->sk);

	switch (cmd) {
	case SIOCGIFADDR:
	case SIOCGIFDSTADDR:
	case SIOCGIFBRDADDR:
	case SIOCGIFNETMASK:
		/* Those of IPv4: as on the host, IPv6 has none of it. */
		if (nst_sk(sock->sk)->family == AF_INET6)
			return -ENOTTY;
		fallthrough;
	case SIOCGIFNAME:
	case SIOCGIFINDEX:
	case SIOCGIFFLAGS:
	case SIOCGIFHWADDR:
	case SIOCGIFMTU:
	case SIOCGIFMETRIC:
	case SIOCGIFTXQLEN:
	case SIOCGIFMAP:
		return get(sock, cmd, (void __user *)arg);
	case SIOCSIFNAME:
	case SIOCSIFFLAGS:
	case SIOCSIFADDR:
	case SIOCSIFDSTADDR:
	case SIOCSIFBRDADDR:
	case SIOCSIFNETMASK:
	case SIOCSIFMETRIC:
	case SIOCSIFMTU:
	case SIOCSIFHWADDR:
	case SIOCSIFHWBROADCAST:
	case SIOCSIFTXQLEN:
	case SIOCSIFMAP:
	case SIOCDIFADDR:
	case SIOCADDMULTI:
	case SIOCDELMULTI:
		if (!ns_capable(net->user_ns, CAP_NET_ADMIN))
			return -EPERM;
		fallthrough;
	case SIOCETHTOOL:
	case SIOCGMIIPHY:
	case SIOCGMIIREG:
	case SIOCSMIIREG:
	case SIOCGHWTSTAMP:
	case SIOCSHWTSTAMP:
		/* They would be the host's device. */
		return -EOPNOTSUPP;
	}
	return -ENOIOCTLCMD;
}
