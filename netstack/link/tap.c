// SPDX-License-Identifier: GPL-2.0
/*
 * Taps (tap.h): the list of a stack's, and the view of a frame that they get.
 *
 * Where there is none nothing is paid: NST_LINK_TAPPED is one bit more of a mask
 * that both ways through a link test in any case.
 */
#include <linux/if_vlan.h>
#include <linux/rculist.h>

#include "../event.h"
#include "tap.h"

static void mark_links(struct nst_stack *stack, bool tapped)
{
	struct nst_link *link = NULL;

	while ((link = nst_link_next_rcu(stack, link)))
		WRITE_ONCE(link->flags,
			   tapped ? link->flags | NST_LINK_TAPPED :
				    link->flags & ~NST_LINK_TAPPED);
}

int __nst_tap_add(struct nst_stack *stack, struct nst_tap *tap)
{
	lockdep_assert_held(&stack->config_mutex);

	if (stack->tap_count >= READ_ONCE(stack->config.capture_max))
		return -ENOBUFS;
	list_add_tail_rcu(&tap->list, &stack->taps);
	WRITE_ONCE(stack->tap_count, stack->tap_count + 1);
	if (stack->tap_count == 1)
		mark_links(stack, true);
	return 0;
}

void __nst_tap_del(struct nst_stack *stack, struct nst_tap *tap)
{
	lockdep_assert_held(&stack->config_mutex);

	list_del_rcu(&tap->list);
	WRITE_ONCE(stack->tap_count, stack->tap_count - 1);
	if (!stack->tap_count)
		mark_links(stack, false);
}

/* To whom it is sent, by its first octets alone. */
static u8 packet_type(const struct nst_link *link, const struct sk_buff *view)
{
	const struct ethhdr *header = eth_hdr(view);

	if (view->len < ETH_HLEN)
		return PACKET_HOST;
	if (is_broadcast_ether_addr(header->h_dest))
		return PACKET_BROADCAST;
	if (is_multicast_ether_addr(header->h_dest))
		return PACKET_MULTICAST;
	return ether_addr_equal(header->h_dest, link->address) ?
	       PACKET_HOST : PACKET_OTHERHOST;
}

/* A frame of lo has no header: the view gets one, and a head of its own. */
static struct sk_buff *view_of_loopback(struct sk_buff *skb)
{
	struct sk_buff *view = skb_realloc_headroom(skb, ETH_HLEN);
	struct ethhdr *header;

	if (!view)
		return NULL;
	header = __skb_push(view, ETH_HLEN);
	eth_zero_addr(header->h_dest);
	eth_zero_addr(header->h_source);
	header->h_proto = skb->protocol;
	view->pkt_type = PACKET_HOST;
	skb_reset_mac_header(view);
	return view;
}

static struct sk_buff *view_of_frame(const struct nst_link *link,
				     struct sk_buff *skb, bool sent)
{
	struct sk_buff *view = skb_clone(skb, GFP_ATOMIC);

	if (!view)
		return NULL;
	/* What a frame begins with must be linear for whoever looks. */
	if (view->len >= ETH_HLEN && !pskb_may_pull(view, ETH_HLEN)) {
		kfree_skb(view);
		return NULL;
	}
	skb_reset_mac_header(view);
	view->pkt_type = sent ? PACKET_OUTGOING : packet_type(link, view);
	if (view->len >= ETH_HLEN)
		view->protocol = eth_hdr(view)->h_proto;
	/* A tag beside the frame goes into it, in a head of its own. */
	if (skb_vlan_tag_present(view) && view->len >= ETH_HLEN)
		view = __vlan_hwaccel_push_inside(view);
	return view;
}

static struct sk_buff *view_make(const struct nst_link *link,
				 struct sk_buff *skb, bool sent)
{
	struct sk_buff *view;

	if (link->flags & NST_LINK_LOOPBACK)
		view = view_of_loopback(skb);
	else
		view = view_of_frame(link, skb, sent);
	if (!view)
		return NULL;
	skb_set_network_header(view, min_t(u32, view->len, ETH_HLEN));
	view->dev = NULL;
	memset(view->cb, 0, sizeof(view->cb));
	__net_timestamp(view);
	return view;
}

static void tap_frame(const struct nst_link *link, struct sk_buff *skb,
		      bool sent)
{
	struct sk_buff *view = NULL;
	bool made = false;
	struct nst_tap *tap;

	/* Some who send hold BHs off only. */
	rcu_read_lock();
	list_for_each_entry_rcu(tap, &link->stack->taps, list) {
		if (!tap->ops->wants(tap, link))
			continue;
		if (!made)
			view = view_make(link, skb, sent);
		made = true;
		tap->ops->deliver(tap, link, view);
	}
	rcu_read_unlock();
	consume_skb(view);
}

void nst_tap_receive(struct nst_link *link, struct sk_buff *skb)
{
	tap_frame(link, skb, false);
}

void nst_tap_xmit(struct nst_link *link, struct sk_buff *skb)
{
	if (!(link->flags & NST_LINK_LOOPBACK))
		tap_frame(link, skb, true);
}

static void tap_event(struct nst_stack *stack, enum nst_event event,
		      void *object)
{
	struct nst_link *link = object;
	struct nst_tap *tap;

	switch (event) {
	case NST_EVENT_LINK_NEW:
		if (stack->tap_count)
			WRITE_ONCE(link->flags, link->flags | NST_LINK_TAPPED);
		break;
	case NST_EVENT_LINK_DOWN:
	case NST_EVENT_LINK_DEL:
		list_for_each_entry_rcu(tap, &stack->taps, list,
					__nst_config_held(stack))
			if (tap->ops->wants(tap, link))
				tap->ops->link_down(tap, link,
						    event == NST_EVENT_LINK_DEL);
		break;
	default:
		break;
	}
}

int nst_tap_listen(void)
{
	return nst_event_listen(tap_event);
}
