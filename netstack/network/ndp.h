/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Neighbour discovery for IPv6 (RFC 4861): solicitations and advertisements
 * of neighbours, duplicate address detection (RFC 4862 5.4, RFC 7527), and
 * what all messages of the protocol have in common.
 */
#ifndef NST_NDP_H
#define NST_NDP_H

#include <linux/icmpv6.h>

#include "../link/link.h"

#define NST_NDP_HOP_LIMIT	255	/* RFC 4861 6.1, 7.1, 8.1 */

/* Options, RFC 4861 4.6 and the RFCs beside. */
#define NST_NDP_SOURCE_LLADDR	1
#define NST_NDP_TARGET_LLADDR	2
#define NST_NDP_PREFIX		3
#define NST_NDP_REDIRECTED	4
#define NST_NDP_MTU		5
#define NST_NDP_NONCE		14	/* RFC 3971 5.3.2 */
#define NST_NDP_ROUTE		24	/* RFC 4191 2.3 */
#define NST_NDP_RDNSS		25	/* RFC 8106 5.1 */
#define NST_NDP_DNSSL		31	/* RFC 8106 5.2 */

/**
 * struct nst_ndp_message - a neighbour or router solicitation or
 *	advertisement, the fixed part, as on the wire
 * @icmp: ICMPv6 header with the flags
 * @target: target of a neighbour message
 */
struct nst_ndp_message {
	struct icmp6hdr icmp;
	struct in6_addr target;
};

/**
 * nst_ndp_valid() - may a message be neighbour discovery's? (RFC 4861 7.1)
 * @skb: message, skb->data at the ICMPv6 header; linear on success
 * @fixed: bytes in front of the options
 *
 * Hop limit 255, so that no router passed it on; code 0; not in fragments
 * (RFC 6980 5); all options whole and none of length 0.
 *
 * Context: softirq, RCU.
 */
bool nst_ndp_valid(struct sk_buff *skb, unsigned int fixed);

/**
 * nst_ndp_option_next() - walk the options of a message
 * @skb: message that nst_ndp_valid() takes
 * @fixed: bytes in front of the options
 * @option: option before, or NULL for the first
 *
 * Return: the next one: type, length in units of 8 bytes, rest; or NULL.
 */
const u8 *nst_ndp_option_next(const struct sk_buff *skb, unsigned int fixed,
			      const u8 *option);

/* The first option of a type and, unless 0, of a length in units of 8. */
const u8 *nst_ndp_option_find(const struct sk_buff *skb, unsigned int fixed,
			      u8 type, u8 length);

/**
 * nst_ndp_lladdr() - station address that a message tells
 * @skb: message that nst_ndp_valid() takes
 * @fixed: bytes in front of the options
 * @type: NST_NDP_SOURCE_LLADDR or NST_NDP_TARGET_LLADDR
 *
 * Return: it, or NULL when there is none or it belongs to no one station.
 */
const u8 *nst_ndp_lladdr(const struct sk_buff *skb, unsigned int fixed,
			 u8 type);

/* Refuse a message, counted. Context: softirq. */
void nst_ndp_refuse(struct nst_stack *stack, struct sk_buff *skb,
		    enum nst_drop_reason reason);

/* Does the link resolve addresses? Fixed for the life of a link. */
static inline bool nst_ndp_link(const struct nst_link *link)
{
	return !(READ_ONCE(link->flags) &
		 (NST_LINK_LOOPBACK | NST_LINK_NOARP));
}

/**
 * nst_ndp_alloc() - an empty message
 * @type: NST_ICMPV6_*
 * @fixed: bytes of its fixed part, zeroed; struct icmp6hdr first
 * @options: bytes of options that will follow
 *
 * Return: the message or NULL.
 */
struct sk_buff *nst_ndp_alloc(u8 type, unsigned int fixed,
			      unsigned int options);

/* Add an option that tells a station address. */
void nst_ndp_put_lladdr(struct sk_buff *skb, u8 type, const u8 *lladdr);

/**
 * nst_ndp_send() - complete and send a message
 * @link: link
 * @skb: message; consumed
 * @saddr: source
 * @daddr: destination
 *
 * Context: BHs disabled, RCU.
 */
void nst_ndp_send(struct nst_link *link, struct sk_buff *skb,
		  const struct in6_addr *saddr, const struct in6_addr *daddr);

/* Module initialisation: handlers, neighbour and detection ops, events. */
int nst_ndp_register(void);
int nst_ndp_listen(void);

#endif /* NST_NDP_H */
