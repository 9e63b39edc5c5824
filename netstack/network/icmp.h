/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Internet Control Message Protocol (RFC 792, 1122 3.2.2): echo and
 * timestamp answers, errors sent and taken, rate limits.
 */
#ifndef NST_ICMP_H
#define NST_ICMP_H

#include "network.h"

/* Module initialisation: transport registration and time exceeded. */
int nst_icmp_register(void);

int nst_icmp_init(struct nst_stack *stack);
void nst_icmp_exit(struct nst_stack *stack);

/**
 * nst_icmp_send_error() - send an error about a received IPv4 packet
 * @stack: stack
 * @skb: packet with its network header set; not consumed
 * @link: link it arrived on
 * @type: ICMP_DEST_UNREACH, ICMP_TIME_EXCEEDED, ICMP_PARAMETERPROB or
 *	ICMP_REDIRECT
 * @code: code
 * @info: MTU, pointer or gateway in host order
 *
 * Context: BHs disabled, RCU.
 */
void nst_icmp_send_error(struct nst_stack *stack, struct sk_buff *skb,
			 struct nst_link *link, u8 type, u8 code, u32 info);

/**
 * nst_icmp_local_error() - tell local sockets that a packet went nowhere
 * @stack: stack
 * @skb: outgoing IPv4 packet, skb->data at its header; not consumed
 * @link: link that it was to leave by: sockets bound to another do not hear
 * @type: ICMP type as a router would have sent it
 * @code: code
 * @info: MTU
 *
 * No packet is made: the error goes straight to the transport.
 * Context: BHs disabled, RCU.
 */
void nst_icmp_local_error(struct nst_stack *stack, struct sk_buff *skb,
			  const struct nst_link *link, u8 type, u8 code, u32 info);

/**
 * nst_icmp_receive_error() - an error came in (icmp_error.c)
 * @stack: stack
 * @skb: ICMP message of an error type, checksum verified, skb->data at its
 *	header of which 8 bytes are linear; consumed
 *
 * Context: BHs disabled, RCU.
 */
void nst_icmp_receive_error(struct nst_stack *stack, struct sk_buff *skb);

/**
 * nst_icmp_allow() - do the rate limits allow one more error?
 * @stack: stack
 * @family: AF_INET or AF_INET6
 * @daddr: where it would go
 * @type: ICMP or ICMPv6 type
 *
 * Takes from the buckets only what it allows.
 *
 * Context: any.
 */
bool nst_icmp_allow(struct nst_stack *stack, u8 family,
		    const union nst_address *daddr, u8 type);

#endif /* NST_ICMP_H */
