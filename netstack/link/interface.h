/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A link as an interface of netdevice(7): what programs know of interfaces, by
 * rtnetlink(7) and by ioctl(2).
 */
#ifndef NST_INTERFACE_H
#define NST_INTERFACE_H

#include <linux/if.h>
#include <linux/if_arp.h>

#include "link.h"

/* IFF_* of a link. Context: any. */
static inline unsigned int nst_interface_flags(const struct nst_link *link)
{
	u32 flags = READ_ONCE(link->flags);
	unsigned int iff;

	iff = flags & NST_LINK_LOOPBACK ? IFF_LOOPBACK :
					  IFF_BROADCAST | IFF_MULTICAST;
	if (!(flags & NST_LINK_LOOPBACK) && flags & NST_LINK_NOARP)
		iff |= IFF_NOARP;
	if (flags & NST_LINK_PROMISC)
		iff |= IFF_PROMISC;
	if (flags & NST_LINK_ALLMULTI)
		iff |= IFF_ALLMULTI;
	if (flags & NST_LINK_UP) {
		iff |= IFF_UP;
		if (flags & NST_LINK_CARRIER)
			iff |= IFF_RUNNING | IFF_LOWER_UP;
	}
	return iff;
}

/* ARPHRD_* of a link. */
static inline u16 nst_interface_type(const struct nst_link *link)
{
	return READ_ONCE(link->flags) & NST_LINK_LOOPBACK ? ARPHRD_LOOPBACK :
							    ARPHRD_ETHER;
}

/*
 * Packets that wait before a link: none, as for devices without a queue, whose
 * number is this all the same.
 */
#define NST_INTERFACE_QUEUE_LEN	1000

#endif /* NST_INTERFACE_H */
