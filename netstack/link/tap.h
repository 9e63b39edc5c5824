/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Taps: who looks at the frames of a stack's links without taking part. A tap
 * never sees a frame itself but a view of it, a copy of the buffer's head with
 * the frame's bytes shared.
 *
 * The place of a tap is the wire's side of a link: it sees what comes in before
 * anything is checked or impaired, and what leaves after checksums and segments
 * were completed as far as the link asks for it and after the impairment. What
 * lo sends is what lo receives; it is seen once, as it comes in.
 */
#ifndef NST_TAP_H
#define NST_TAP_H

#include <linux/if_packet.h>

#include "link.h"

struct nst_tap;

/**
 * struct nst_tap_ops - what a kind of tap does
 * @wants: does it look at frames of @link? BHs disabled, RCU
 * @deliver: here is one. @view begins with an Ethernet header (that of lo's
 *	frames has zeros for addresses, as the host's lo), has its network
 *	header set unless it is too short for one, skb->pkt_type (PACKET_OUTGOING
 *	when it is sent), skb->tstamp in real time, and skb->ip_summed and
 *	segment state of the frame; a VLAN tag is in it. It stays the caller's;
 *	its control block is free. NULL: there was no memory for it.
 *	BHs disabled, RCU; a socket's spinlock may be held
 * @link_down: @link stopped being operational, or @gone is set and it leaves
 *	the stack. Process context, config_mutex held
 */
struct nst_tap_ops {
	bool (*wants)(const struct nst_tap *tap, const struct nst_link *link);
	void (*deliver)(struct nst_tap *tap, const struct nst_link *link,
			struct sk_buff *view);
	void (*link_down)(struct nst_tap *tap, const struct nst_link *link,
			  bool gone);
};

/**
 * struct nst_tap - one tap of a stack
 * @list: in nst_stack.taps; RCU to read, config_mutex to write
 * @ops: what it does; fixed
 *
 * Embedded in what its maker frees after an RCU grace period.
 */
struct nst_tap {
	struct list_head list;
	const struct nst_tap_ops *ops;
};

/**
 * __nst_tap_add() - look at the frames of a stack
 * @stack: stack
 * @tap: not in a list
 *
 * Sets NST_LINK_TAPPED of all links.
 *
 * Context: process, config_mutex held.
 * Return: 0, or -ENOBUFS when there are config.capture_max.
 */
int __nst_tap_add(struct nst_stack *stack, struct nst_tap *tap);

/*
 * Look no more; frames under way may still be delivered, until an RCU grace
 * period is over. Context: process, config_mutex held.
 */
void __nst_tap_del(struct nst_stack *stack, struct nst_tap *tap);

/**
 * nst_tap_receive() - a frame comes in on a link that is tapped
 * @link: link
 * @skb: frame, as nst_link_receive() has it; neither changed nor consumed
 *
 * Context: BHs disabled; takes the RCU read lock itself.
 */
void nst_tap_receive(struct nst_link *link, struct sk_buff *skb);

/* The same of a frame that leaves, skb->data at its Ethernet header. */
void nst_tap_xmit(struct nst_link *link, struct sk_buff *skb);

/* Hear of links that come and go. Module initialisation. Return: 0, -ENOSPC. */
int nst_tap_listen(void);

#endif /* NST_TAP_H */
