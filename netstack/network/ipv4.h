/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Internet Protocol version 4 (RFC 791, 1122): the parts that other files of
 * the network layer call. Transports use network.h.
 */
#ifndef NST_IPV4_H
#define NST_IPV4_H

#include <asm/checksum.h>

#include "network.h"

/* Flags and offset, host order (RFC 791 3.1). The high bit is ignored. */
#define NST_IPV4_DF		0x4000
#define NST_IPV4_MF		0x2000
#define NST_IPV4_OFFSET		0x1fff	/* in units of 8 bytes */
#define NST_IPV4_LENGTH_MAX	65535
#define NST_IPV4_HEADER_MAX	60

/* Fill the checksum of a header that is complete otherwise. */
static inline void nst_ipv4_checksum(struct iphdr *iph)
{
	iph->check = 0;
	iph->check = ip_fast_csum(iph, iph->ihl);
}

/* 'This network' (RFC 1122 3.2.1.3 (a) and (b)): nobody's address. */
static inline bool nst_ipv4_is_zeronet(__be32 address)
{
	return !(address & htonl(0xff000000));
}

/* Multicast, or class E with the limited broadcast address. */
static inline bool nst_ipv4_is_group(__be32 address)
{
	return (address & htonl(0xe0000000)) == htonl(0xe0000000);
}

/* Drop a packet whose header is wrong: what it counts beside its reason. */
static inline void nst_ipv4_refuse_header(struct nst_stack *stack,
					  struct sk_buff *skb,
					  enum nst_drop_reason reason)
{
	NST_INC(stack, IP_IN_HDR_ERRORS);
	nst_drop(stack, skb, reason);
}

/* The same for its addresses. */
static inline void nst_ipv4_refuse_addr(struct nst_stack *stack,
					struct sk_buff *skb,
					enum nst_drop_reason reason)
{
	NST_INC(stack, IP_IN_ADDR_ERRORS);
	nst_drop(stack, skb, reason);
}

/* Module initialisation: EtherType and transport hand-over. */
int nst_ipv4_register(void);

/* Per-stack identification sources (ipv4_identification.c), RFC 6864. */
int nst_ipv4_identification_init(struct nst_stack *stack);
void nst_ipv4_identification_exit(struct nst_stack *stack);

/**
 * nst_ipv4_identification() - identification of an outgoing datagram
 * @stack: stack
 * @path: path it takes
 * @protocol: IPPROTO_*
 * @count: how many consecutive values are needed
 *
 * Keyed for each destination (RFC 7739 5.3 applied to IPv4), so that no
 * peer sees how much others are sent.
 * Return: the first value, host order.
 */
u16 nst_ipv4_identification(struct nst_stack *stack,
			    const struct nst_path *path, u8 protocol,
			    unsigned int count);

/* ipv4_output.c; see nst_network_output(). */
int nst_ipv4_output(struct nst_stack *stack, struct sk_buff *skb,
		    const struct nst_path *path,
		    const struct nst_output *output);

/**
 * nst_ipv4_fragment() - cut a datagram and send the pieces (RFC 791 3.2)
 * @stack: stack
 * @skb: datagram, skb->data at its header; consumed
 * @path: path
 *
 * Context: BHs disabled, RCU.
 * Return: 0, -EMSGSIZE (DF set or MTU too small), or the first error.
 */
int nst_ipv4_fragment(struct nst_stack *stack, struct sk_buff *skb,
		      const struct nst_path *path);

/**
 * nst_ipv4_options_check() - check received options, once
 * @skb: packet with a linear header
 * @parameter: set to the offset of the faulty octet in the header (RFC 792)
 *	when the options are refused
 *
 * Return: 0, -EINVAL (malformed: parameter problem) or -EOPNOTSUPP (source
 * route).
 */
int nst_ipv4_options_check(const struct sk_buff *skb, u8 *parameter);

/**
 * nst_ipv4_options_reply() - options of the answer to a packet
 * @skb: request, options checked
 * @options: filled: record route and timestamp as they came, router alert,
 *	the rest left out (RFC 1122 3.2.2.6)
 *
 * Our own entry is added when the answer is sent: nst_ipv4_options_stamp().
 */
void nst_ipv4_options_reply(const struct sk_buff *skb,
			    struct nst_ip_options *options);

/**
 * nst_ipv4_options_stamp() - add our entry to record route and timestamp
 * @stack: stack
 * @data: options of an outgoing header, checked; changed
 * @length: bytes
 * @saddr: address that the packet leaves with
 *
 * Context: RCU.
 */
void nst_ipv4_options_stamp(struct nst_stack *stack, u8 *data,
			    unsigned int length, __be32 saddr);

/**
 * nst_ipv4_options_copied() - options of the fragments but the first
 * @data: options of the datagram, checked
 * @length: bytes
 * @copied: filled with those whose copied flag is set (RFC 791 3.1),
 *	padded; %NST_IPV4_OPTIONS_MAX bytes of room
 *
 * Return: bytes in @copied, a multiple of 4.
 */
unsigned int nst_ipv4_options_copied(const u8 *data, unsigned int length,
				     u8 *copied);

/* Milliseconds since midnight UT (RFC 791 3.1, RFC 792). Context: any. */
__be32 nst_ipv4_timestamp(void);

/**
 * nst_ipv4_options_compile() - check options that a program sets
 * @data: options
 * @length: bytes, 0 to 40
 * @options: filled, padded
 *
 * Return: 0 or -EINVAL. Source routes are refused with -EINVAL.
 */
int nst_ipv4_options_compile(const u8 *data, unsigned int length,
			     struct nst_ip_options *options);

#endif /* NST_IPV4_H */
