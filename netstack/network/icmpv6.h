/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Internet Control Message Protocol for IPv6 (RFC 4443): echo answers,
 * errors sent and taken, and the hand-over to neighbour discovery and
 * listener discovery, whose messages are ICMPv6's.
 */
#ifndef NST_ICMPV6_H
#define NST_ICMPV6_H

#include <linux/icmpv6.h>

#include "network.h"

/* Types that have handlers of their own. */
#define NST_ICMPV6_ROUTER_SOLICIT	133	/* RFC 4861 4 */
#define NST_ICMPV6_ROUTER_ADVERT	134
#define NST_ICMPV6_NEIGHBOUR_SOLICIT	135
#define NST_ICMPV6_NEIGHBOUR_ADVERT	136
#define NST_ICMPV6_REDIRECT		137

/* Module initialisation: transport registration and time exceeded. */
int nst_icmpv6_register(void);

/*
 * Takes a message, checksum verified, skb->data at its header of which 8
 * bytes are linear; consumes @skb. Context: softirq or BHs disabled, RCU.
 */
typedef void (*nst_icmpv6_handler_t)(struct nst_stack *stack,
				     struct sk_buff *skb);

/* Module initialisation only. Return: 0 or -EEXIST. */
int nst_icmpv6_handler_register(u8 type, nst_icmpv6_handler_t handler);

/**
 * nst_icmpv6_send_error() - send an error about a received IPv6 packet
 * @stack: stack
 * @skb: packet with its network header set; not consumed
 * @link: link it arrived on
 * @type: ICMPV6_DEST_UNREACH, _PKT_TOOBIG, _TIME_EXCEED or _PARAMPROB
 * @code: code
 * @info: MTU or pointer
 *
 * Keeps RFC 4443 2.4 (e)'s list of packets that get no error, and the
 * limits of (f).
 *
 * Context: BHs disabled, RCU.
 */
void nst_icmpv6_send_error(struct nst_stack *stack, struct sk_buff *skb,
			   struct nst_link *link, u8 type, u8 code, u32 info);

/**
 * nst_icmpv6_local_error() - tell local sockets that a packet went nowhere
 * @stack: stack
 * @skb: outgoing IPv6 packet, skb->data at its header; not consumed
 * @link: link that it was to leave by: sockets bound to another do not hear
 * @type: ICMPv6 type as a router would have sent it
 * @code: code
 * @info: MTU
 *
 * No packet is made: the error goes straight to the transport.
 * Context: BHs disabled, RCU.
 */
void nst_icmpv6_local_error(struct nst_stack *stack, struct sk_buff *skb,
			    const struct nst_link *link, u8 type, u8 code,
			    u32 info);

/**
 * nst_icmpv6_receive_error() - an error came in (icmpv6_error.c)
 * @stack: stack
 * @skb: ICMPv6 message of an error type, as handlers get it; consumed
 *
 * Context: BHs disabled, RCU.
 */
void nst_icmpv6_receive_error(struct nst_stack *stack, struct sk_buff *skb);

/**
 * nst_icmpv6_complete() - fill the checksum of a message
 * @skb: message, skb->data at its header
 * @saddr: source that it will have
 * @daddr: destination
 *
 * Context: any.
 */
void nst_icmpv6_complete(struct sk_buff *skb, const struct in6_addr *saddr,
			 const struct in6_addr *daddr);

#endif /* NST_ICMPV6_H */
