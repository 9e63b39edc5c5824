/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Internet Protocol version 4 (RFC 791, 1122): the parts that other files of
 * the network layer call. Transports use network.h.
 */
#ifndef NST_IPV4_H
#define NST_IPV4_H

#include "network.h"

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
 * @skb: datagram with its header; consumed
 * @path: path
 *
 * Context: BHs disabled, RCU.
 * Return: 0, -EMSGSIZE (DF set or MTU too small), or the first error.
 */
int nst_ipv4_fragment(struct sk_buff *skb, const struct nst_path *path);

/**
 * nst_ipv4_options_check() - check received options, once
 * @skb: packet with a linear header
 * @parameter: set to the offset of the faulty octet when refused
 *
 * Return: 0, -EINVAL (malformed: parameter problem) or -EOPNOTSUPP (source
 * route).
 */
int nst_ipv4_options_check(const struct sk_buff *skb, u8 *parameter);

/**
 * nst_ipv4_options_reply() - options of the answer to a packet
 * @stack: stack
 * @skb: request, options checked
 * @options: filled: record route and timestamp with our entry added, router
 *	alert kept, the rest left out (RFC 1122 3.2.2.6)
 */
void nst_ipv4_options_reply(struct nst_stack *stack, const struct sk_buff *skb,
			    struct nst_ip_options *options);

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
