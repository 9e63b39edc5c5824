/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Internet Protocol version 6 (RFC 8200): the parts that other files of the
 * network layer call. Transports use network.h.
 */
#ifndef NST_IPV6_H
#define NST_IPV6_H

#include <linux/ipv6.h>

#include "network.h"

#define NST_IPV6_MTU_MIN	1280	/* RFC 8200 5 */
#define NST_IPV6_PAYLOAD_MAX	65535
#define NST_IPV6_FLOW_LABEL	0x000fffff	/* host order */

/* Fragment header, RFC 8200 4.5; offset in units of 8, host order. */
#define NST_IPV6_MF		0x0001
#define NST_IPV6_OFFSET		0xfff8	/* in bytes */

/**
 * struct nst_ipv6_fragment_header - RFC 8200 4.5, as on the wire
 * @nexthdr: kind of the header that the fragments are of
 * @reserved: zero
 * @frag_off: offset and NST_IPV6_MF
 * @identification: of the datagram
 */
struct nst_ipv6_fragment_header {
	u8 nexthdr;
	u8 reserved;
	__be16 frag_off;
	__be32 identification;
};

/* Scope of a group, RFC 4291 2.7 and RFC 7346: the low bits of octet 1. */
#define NST_IPV6_SCOPE_INTERFACE	1
#define NST_IPV6_SCOPE_LINK		2
#define NST_IPV6_SCOPE_SITE		5
#define NST_IPV6_SCOPE_GLOBAL		14

static inline bool nst_ipv6_is_group(const struct in6_addr *address)
{
	return address->s6_addr[0] == 0xff;
}

static inline u8 nst_ipv6_group_scope(const struct in6_addr *group)
{
	return group->s6_addr[1] & 0x0f;
}

/* fe80::/10, RFC 4291 2.5.6 */
static inline bool nst_ipv6_is_link_local(const struct in6_addr *address)
{
	return (address->s6_addr32[0] & htonl(0xffc00000)) ==
	       htonl(0xfe800000);
}

static inline bool nst_ipv6_is_loopback(const struct in6_addr *address)
{
	return !(address->s6_addr32[0] | address->s6_addr32[1] |
		 address->s6_addr32[2] |
		 (address->s6_addr32[3] ^ htonl(1)));
}

static inline bool nst_ipv6_is_any(const struct in6_addr *address)
{
	return !(address->s6_addr32[0] | address->s6_addr32[1] |
		 address->s6_addr32[2] | address->s6_addr32[3]);
}

/* ::ffff:0:0/96, RFC 4291 2.5.5.2: an IPv4 address, never on a wire. */
static inline bool nst_ipv6_is_mapped(const struct in6_addr *address)
{
	return !(address->s6_addr32[0] | address->s6_addr32[1] |
		 (address->s6_addr32[2] ^ htonl(0xffff)));
}

/* ff02::1:ff00:0/104, RFC 4291 2.7.1 */
static inline bool nst_ipv6_is_solicited_node(const struct in6_addr *group)
{
	return group->s6_addr32[0] == htonl(0xff020000) &&
	       !group->s6_addr32[1] && group->s6_addr32[2] == htonl(1) &&
	       group->s6_addr[12] == 0xff;
}

static inline __be32 nst_ipv6_flow_label(const struct ipv6hdr *ip6)
{
	return *(const __be32 *)ip6 & htonl(NST_IPV6_FLOW_LABEL);
}

/* The group of whoever has @address. */
static inline struct in6_addr
nst_ipv6_solicited_node(const struct in6_addr *address)
{
	return (struct in6_addr) { .s6_addr32 = {
		htonl(0xff020000), 0, htonl(1),
		htonl(0xff000000) | address->s6_addr32[3],
	} };
}

#define NST_IPV6_ALL_NODES \
	((struct in6_addr) { .s6_addr32 = { htonl(0xff020000), 0, 0, \
					    htonl(1) } })
#define NST_IPV6_ALL_ROUTERS \
	((struct in6_addr) { .s6_addr32 = { htonl(0xff020000), 0, 0, \
					    htonl(2) } })

static inline union nst_address nst_address_v6(const struct in6_addr *v6)
{
	union nst_address address;

	address.v6 = *v6;
	return address;
}

/**
 * nst_ipv6_link() - does a link carry IPv6?
 * @link: link
 *
 * Not when disable_ipv6 is set, nor over an MTU that RFC 8200 5 forbids.
 *
 * Context: any.
 */
static inline bool nst_ipv6_link(const struct nst_link *link)
{
	return READ_ONCE(link->mtu) >= NST_IPV6_MTU_MIN &&
	       !READ_ONCE(link->stack->config.disable_ipv6);
}

/* Drop a packet whose header is wrong: what it counts beside its reason. */
static inline void nst_ipv6_refuse_header(struct nst_stack *stack,
					  struct sk_buff *skb,
					  enum nst_drop_reason reason)
{
	NST_INC(stack, IP6_IN_HDR_ERRORS);
	nst_drop(stack, skb, reason);
}

/* The same for its addresses. */
static inline void nst_ipv6_refuse_addr(struct nst_stack *stack,
					struct sk_buff *skb,
					enum nst_drop_reason reason)
{
	NST_INC(stack, IP6_IN_ADDR_ERRORS);
	nst_drop(stack, skb, reason);
}

/* Module initialisation: EtherType. */
int nst_ipv6_register(void);

/**
 * struct nst_ipv6_chain - where the walk through the headers of a packet is
 * @nexthdr: kind of the header to look at next
 * @headers: extension headers passed
 * @offset: where that header begins, from the IPv6 header
 * @pointer: where the field is that names its kind, from the IPv6 header
 */
struct nst_ipv6_chain {
	u8 nexthdr;
	u8 headers;
	unsigned int offset;
	unsigned int pointer;
};

/**
 * struct nst_ipv6_fault - why a packet is refused, and what its sender hears
 * @reason: why it is dropped
 * @tell: send Parameter Problem with
 * @code: this code
 * @pointer: and this pointer
 */
struct nst_ipv6_fault {
	enum nst_drop_reason reason;
	bool tell;
	u8 code;
	u32 pointer;
};

/**
 * nst_ipv6_chain_walk() - obey the extension headers of a packet
 * @stack: stack
 * @skb: packet, skb->data and network header at the IPv6 header
 * @chain: where to begin; where the walk ended, in front of a fragment
 *	header or of what is no extension header
 * @fault: filled when the packet is refused
 *
 * The headers passed are linear. Hop-by-hop options come first or not at
 * all; the number of headers and of options is bounded (RFC 8504 5.3).
 *
 * Context: softirq, RCU.
 * Return: true, or false with @fault filled; @skb is the caller's in both.
 */
bool nst_ipv6_chain_walk(struct nst_stack *stack, struct sk_buff *skb,
			 struct nst_ipv6_chain *chain,
			 struct nst_ipv6_fault *fault);

/**
 * nst_ipv6_hop_by_hop() - obey what concerns every node on the way
 * @stack: stack
 * @skb: packet, skb->data and network header at the IPv6 header
 * @chain: at the first header; behind hop-by-hop options, if it has any
 * @fault: filled when the packet is refused
 *
 * Context: softirq, RCU.
 * Return: as nst_ipv6_chain_walk().
 */
bool nst_ipv6_hop_by_hop(struct nst_stack *stack, struct sk_buff *skb,
			 struct nst_ipv6_chain *chain,
			 struct nst_ipv6_fault *fault);

/**
 * nst_ipv6_chain_find() - the upper header of a packet that is only read
 * @skb: packet
 * @offset: of the first header to look at, from skb->data, which may be
 *	behind it; on success that of the upper header
 * @nexthdr: its kind; on success that of the upper header
 * @fragmented: set when a fragment header with an offset was passed: what
 *	follows is no header; NULL: stop at a fragment header
 *
 * Context: any.
 * Return: is the chain whole, and not too long?
 */
bool nst_ipv6_chain_find(const struct sk_buff *skb, int *offset, u8 *nexthdr,
			 bool *fragmented);

/**
 * nst_ipv6_source_impossible() - is the source nobody, or forged to be us?
 * @skb: received packet, control block filled
 *
 * Only neighbour and listener discovery speak as nobody, while an address is
 * probed, or hear themselves, when another station has our address. What
 * else came by a wire from an address of ours is forged (LAND); one that is
 * still probed, or was found to be another's, is not ours.
 *
 * Context: RCU.
 */
bool nst_ipv6_source_impossible(const struct sk_buff *skb);

/* ipv6_output.c; see nst_network_output(). */
int nst_ipv6_output(struct nst_stack *stack, struct sk_buff *skb,
		    const struct nst_path *path,
		    const struct nst_output *output);

/**
 * nst_ipv6_link_output() - send to a neighbour or a group, by-passing routes
 * @link: link to send by
 * @skb: transport packet with its checksum, skb->data at its header;
 *	consumed
 * @saddr: source, may be unspecified
 * @daddr: destination on the link
 * @nexthdr: kind of the header at skb->data
 * @hop_limit: hop limit
 *
 * For what the stack has to say of itself: neighbour discovery, MLD.
 *
 * Context: BHs disabled, RCU.
 * Return: as nst_path_xmit().
 */
int nst_ipv6_link_output(struct nst_link *link, struct sk_buff *skb,
			 const struct in6_addr *saddr,
			 const struct in6_addr *daddr, u8 nexthdr,
			 u8 hop_limit);

/**
 * nst_ipv6_fragment() - cut a datagram and send the pieces (RFC 8200 4.5)
 * @stack: stack
 * @skb: datagram, skb->data at its header, transport header set; consumed
 * @path: path
 *
 * Context: BHs disabled, RCU.
 * Return: 0, -EMSGSIZE, or the first error.
 */
int nst_ipv6_fragment(struct nst_stack *stack, struct sk_buff *skb,
		      const struct nst_path *path);

#endif /* NST_IPV6_H */
