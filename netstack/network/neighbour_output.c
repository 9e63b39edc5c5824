// SPDX-License-Identifier: GPL-2.0
/*
 * Sending along a path: nst_path_xmit() addresses the frame by rule or by
 * the neighbour's station. A known station costs no lock and no atomic.
 */
#include <linux/err.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include "address.h"
#include "neighbour_internal.h"

static int send_frame(struct nst_link *link, struct sk_buff *skb,
		      const u8 *destination)
{
	if (unlikely(skb_headroom(skb) < ETH_HLEN) &&
	    skb_cow_head(skb, NST_HEADROOM_LINK)) {
		nst_drop(link->stack, skb, NST_DROP_NOMEM);
		return -ENOMEM;
	}
	nst_ethernet_push(skb, link, destination, skb->protocol);
	return nst_link_xmit(link, skb);
}

/* Return: the state that let the packet go, or 0 when it has to wait. */
static u8 station(struct nst_neighbour *neighbour, u8 *lladdr)
{
	u8 state = READ_ONCE(neighbour->state);
	unsigned long now = jiffies;

	if (!(state & NST_NUD_VALID) ||
	    !nst_neighbour_lladdr(neighbour, lladdr))
		return 0;
	if (READ_ONCE(neighbour->used) != now)
		WRITE_ONCE(neighbour->used, now);
	if (unlikely(state == NUD_STALE))
		nst_neighbour_delay(neighbour);
	return state;
}

void nst_neighbour_flush(struct nst_neighbour *neighbour,
			 struct sk_buff_head *packets)
{
	u8 lladdr[ETH_ALEN];
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(packets))) {
		if (station(neighbour, lladdr))
			send_frame(neighbour->link, skb, lladdr);
		else
			nst_drop(neighbour->link->stack, skb,
				 NST_DROP_NEIGH_FAILED);
	}
}

bool nst_neighbour_waiting_source(struct nst_neighbour *neighbour,
				  union nst_address *source)
{
	struct nst_link *link = neighbour->link;
	struct nst_local_address *local;
	const struct sk_buff *skb;

	spin_lock_bh(&neighbour->lock);
	skb = skb_peek(&neighbour->queue);
	if (skb && neighbour->family == AF_INET)
		*source = nst_address_v4(ip_hdr(skb)->saddr);
	else if (skb)
		source->v6 = ipv6_hdr(skb)->saddr;
	spin_unlock_bh(&neighbour->lock);
	if (!skb)
		return false;
	local = nst_address_find_rcu(link->stack, link, neighbour->family,
				     source);
	return local && nst_local_address_usable(local);
}

static int send_to(struct nst_neighbour *neighbour, struct sk_buff *skb)
{
	u8 lladdr[ETH_ALEN];
	int err;

	do {
		if (likely(station(neighbour, lladdr)))
			return send_frame(neighbour->link, skb, lladdr);
		err = nst_neighbour_await(neighbour, skb);
	} while (err == -EAGAIN);
	return err;
}

/* The path's neighbour was evicted or deleted: ask for it anew. */
static noinline int send_anew(const struct nst_path *path, struct sk_buff *skb)
{
	const union nst_address *address = &path->neighbour->address;
	struct nst_stack *stack = path->link->stack;
	struct nst_neighbour *neighbour;
	int err;

	nst_route_invalidate(stack);
	neighbour = nst_neighbour_lookup(path->link, path->family, address,
					 true);
	if (IS_ERR(neighbour)) {
		err = PTR_ERR(neighbour);
		nst_drop(stack, skb, err == -ENOBUFS ?
			 NST_DROP_NEIGH_TABLE_FULL : err == -ENETDOWN ?
			 NST_DROP_LINK_DOWN : NST_DROP_NOMEM);
		return err;
	}
	err = send_to(neighbour, skb);
	nst_neighbour_put(neighbour);
	if (err == -ESTALE) {
		nst_drop(stack, skb, NST_DROP_NEIGH_FAILED);
		err = -EHOSTUNREACH;
	}
	return err;
}

/* RFC 894, RFC 1112 6.4: no question is asked for a group. */
static int send_group(const struct nst_path *path, struct sk_buff *skb)
{
	u8 group[ETH_ALEN];

	if (path->type == RTN_BROADCAST)
		eth_broadcast_addr(group);
	else if (path->family == AF_INET)
		nst_ethernet_ipv4_group(group, path->daddr.v4);
	else
		nst_ethernet_ipv6_group(group, &path->daddr.v6);
	return send_frame(path->link, skb, group);
}

int nst_path_xmit(const struct nst_path *path, struct sk_buff *skb,
		  __be16 ethertype)
{
	struct nst_neighbour *neighbour = path->neighbour;
	int err;

	skb->protocol = ethertype;
	if (path->link->flags & NST_LINK_LOOPBACK)
		return nst_link_xmit(path->link, skb);
	if (unlikely(!neighbour))
		return send_group(path, skb);

	err = send_to(neighbour, skb);
	if (unlikely(err == -ESTALE))
		err = send_anew(path, skb);
	return err;
}
