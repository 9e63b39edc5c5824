/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets of others that a stack passes from one of its links to another
 * (RFC 1812 5, RFC 8200): what both families have in common. Off unless the
 * sysctls ip_forward and ipv6_forwarding say so.
 */
#ifndef NST_FORWARD_H
#define NST_FORWARD_H

#include "../link/link.h"
#include "transmit.h"

struct nst_ipv6_chain;

/* Is the stack a router of this family? Context: any. */
static inline bool nst_forwarding(const struct nst_stack *stack, u8 family)
{
	return family == AF_INET6 ?
	       READ_ONCE(stack->config.ipv6_forwarding) :
	       READ_ONCE(stack->config.ip_forward);
}

/**
 * nst_forward_scoped() - does an address mean something on one link only?
 * @family: AF_INET or AF_INET6
 * @address: address
 *
 * Nothing is forwarded from or to one (RFC 3927 7, RFC 4291 2.5.6).
 */
bool nst_forward_scoped(u8 family, const union nst_address *address);

/**
 * nst_forward_ours() - is a packet for another link's address of a router?
 * @link: link that it came by
 * @family: AF_INET or AF_INET6
 * @daddr: destination, not an address of @link
 *
 * A router is at home at each of its addresses (RFC 1812 5.2.3): the strong
 * host model is that of hosts.
 *
 * Context: RCU.
 */
bool nst_forward_ours(struct nst_link *link, u8 family,
		      const union nst_address *daddr);

/**
 * nst_forward_route() - the way of a packet of others
 * @link: link that it came by
 * @skb: packet, control block filled, network header set; consumed when
 *	there is no way, and its sender told
 * @transport: offset of its transport header from the network header, which
 *	need not be there; 0 for none
 * @path: filled
 *
 * Context: softirq, RCU.
 * Return: is there a way?
 */
bool nst_forward_route(struct nst_link *link, struct sk_buff *skb,
		       unsigned int transport, struct nst_path *path);

/**
 * nst_forward_send() - the last step
 * @link: link that the packet came by
 * @skb: packet, skb->data at its network header, which is as it leaves;
 *	consumed
 * @path: way
 * @too_big: nst_wire_length() exceeds the MTU of @path
 * @fragment: how the family cuts
 *
 * Context: softirq, RCU.
 */
void nst_forward_send(struct nst_link *link, struct sk_buff *skb,
		      const struct nst_path *path, bool too_big,
		      nst_fragmenter_t fragment);

/**
 * nst_forward_redirects() - does the sender get a redirect?
 * @link: link that the packet came by
 * @skb: packet, control block filled
 * @path: its way
 *
 * When it leaves by the link that it came by, and its sender is on that link
 * and could have sent it itself (RFC 1812 5.2.7.2, RFC 4861 8.2), at the rate
 * that icmp_ratelimit says, and with send_redirects.
 *
 * Context: RCU.
 */
bool nst_forward_redirects(struct nst_link *link, const struct sk_buff *skb,
			   const struct nst_path *path);

/**
 * nst_forward_failed() - the next hop of a packet does not answer
 * @stack: stack
 * @skb: packet that has waited for it; not consumed
 *
 * The sender of one that was forwarded is told (RFC 1812 5.2.7.1).
 *
 * Context: BHs disabled, RCU.
 * Return: was it forwarded? If not it is the stack's own.
 */
bool nst_forward_failed(struct nst_stack *stack, struct sk_buff *skb);

/**
 * nst_ipv4_forward() - pass an IPv4 packet on (ipv4_forward.c)
 * @link: link that it came by
 * @skb: packet that is for another, header, options and source checked,
 *	control block filled, skb->data at its header; consumed
 *
 * Context: softirq, RCU.
 */
void nst_ipv4_forward(struct nst_link *link, struct sk_buff *skb);

/**
 * nst_ipv6_forward() - pass an IPv6 packet on (ipv6_forward.c)
 * @link: link that it came by
 * @skb: packet that is for another, header checked, control block filled,
 *	skb->data at its header; consumed
 * @chain: behind the hop-by-hop options, if it has any
 *
 * Context: softirq, RCU.
 */
void nst_ipv6_forward(struct nst_link *link, struct sk_buff *skb,
		      const struct nst_ipv6_chain *chain);

#endif /* NST_FORWARD_H */
