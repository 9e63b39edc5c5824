// SPDX-License-Identifier: GPL-2.0
/*
 * IPv6 extension headers of received packets (RFC 8200 4): options obeyed
 * or refused by their two highest bits, routing headers refused while they
 * have segments left, chains bounded (RFC 8504 5.3, RFC 7112). Entry points:
 * nst_ipv6_chain_walk(), nst_ipv6_chain_find().
 */
#include <linux/icmpv6.h>
#include <linux/in6.h>

#include "ipv6.h"

/* RFC 8504 5.3 lets a host refuse more; the deepest sane chain has five. */
#define HEADERS_MAX		8
/* RFC 8504 5.3: more padding than an alignment to 8 needs is a channel. */
#define PADDING_MAX		7

#define OPTION_PAD1		0
#define OPTION_PADN		1
#define OPTION_ROUTER_ALERT	5	/* RFC 2711 */

/* RFC 8200 4.2: what becomes of a packet with an option nobody knows. */
enum option_action {
	OPTION_SKIP,
	OPTION_DISCARD,
	OPTION_TELL,		/* even the sender to a group */
	OPTION_TELL_UNICAST,
};

static bool refuse(struct nst_ipv6_fault *fault, enum nst_drop_reason reason)
{
	*fault = (struct nst_ipv6_fault) { .reason = reason };
	return false;
}

static bool refuse_loudly(struct nst_ipv6_fault *fault,
			  enum nst_drop_reason reason, u8 code, u32 pointer)
{
	*fault = (struct nst_ipv6_fault) {
		.reason = reason,
		.tell = true,
		.code = code,
		.pointer = pointer,
	};
	return false;
}

/* @at: place of the option, from the IPv6 header. */
static bool unknown_option(const struct sk_buff *skb, u8 type,
			   unsigned int at, struct nst_ipv6_fault *fault)
{
	switch (type >> 6) {
	case OPTION_SKIP:
		return true;
	case OPTION_DISCARD:
		return refuse(fault, NST_DROP_IP6_OPTION);
	case OPTION_TELL_UNICAST:
		if (nst_ipv6_is_group(&ipv6_hdr(skb)->daddr))
			return refuse(fault, NST_DROP_IP6_OPTION);
		break;
	}
	return refuse_loudly(fault, NST_DROP_IP6_OPTION, ICMPV6_UNK_OPTION,
			     at);
}

static bool padding_valid(const u8 *option, unsigned int length)
{
	unsigned int i;

	for (i = 2; i < length; i++)
		if (option[i])
			return false;
	return true;
}

/**
 * struct options - a walk through the options of one header
 * @skb: packet
 * @base: where the header begins, from the IPv6 header
 * @max: options that are no padding that it may have
 * @count: options so far
 * @padding: octets of padding in a row
 * @hop_by_hop: which of the two headers it is
 */
struct options {
	struct sk_buff *skb;
	unsigned int base;
	unsigned int max;
	unsigned int count;
	unsigned int padding;
	bool hop_by_hop;
};

/* One option of @length octets, @place octets into the header. */
static bool obey_option(struct options *options, const u8 *option,
			unsigned int length, unsigned int place,
			struct nst_ipv6_fault *fault)
{
	if (option[0] == OPTION_PADN) {
		options->padding += length;
		if (options->padding > PADDING_MAX ||
		    !padding_valid(option, length))
			return refuse(fault, NST_DROP_IP6_OPTION);
		return true;
	}
	options->padding = 0;
	if (++options->count > options->max)
		return refuse(fault, NST_DROP_IP6_OPTION);
	if (options->hop_by_hop && option[0] == OPTION_ROUTER_ALERT) {
		/* RFC 2711 2.1 */
		if (length != 4)
			return refuse(fault, NST_DROP_IP6_OPTION);
		nst_packet_cb(options->skb)->flags |= NST_PACKET_ROUTER_ALERT;
		return true;
	}
	return unknown_option(options->skb, option[0], options->base + place,
			      fault);
}

/* RFC 8200 4.2; the header, of @length octets, is linear. */
static bool obey_options(struct options *options, unsigned int length,
			 struct nst_ipv6_fault *fault)
{
	const u8 *header = skb_network_header(options->skb) + options->base;
	unsigned int place = 2, size;

	while (place < length) {
		if (header[place] == OPTION_PAD1) {
			if (++options->padding > PADDING_MAX)
				return refuse(fault, NST_DROP_IP6_OPTION);
			place++;
			continue;
		}
		if (place + 2 > length || place + 2 + header[place + 1] >
					  length)
			return refuse(fault, NST_DROP_IP6_OPTION);
		size = 2 + header[place + 1];
		if (!obey_option(options, header + place, size, place, fault))
			return false;
		place += size;
	}
	return true;
}

/*
 * RFC 8200 4.4, RFC 5095, RFC 8754: no type is obeyed here, whatever its
 * number: a header that has nothing left to do is passed, another refused.
 */
static bool obey_routing(const struct sk_buff *skb, unsigned int base,
			 struct nst_ipv6_fault *fault)
{
	const u8 *header = skb_network_header(skb) + base;

	if (!header[3])
		return true;
	return refuse_loudly(fault, NST_DROP_IP6_ROUTING,
			     ICMPV6_HDR_FIELD, base + 2);
}

static bool obey_header(struct nst_stack *stack, struct sk_buff *skb,
			const struct nst_ipv6_chain *chain,
			unsigned int length, struct nst_ipv6_fault *fault)
{
	struct options options = { .skb = skb, .base = chain->offset };

	switch (chain->nexthdr) {
	case IPPROTO_HOPOPTS:
		/* RFC 8200 4.1: right behind the IPv6 header only. */
		if (chain->headers)
			return refuse_loudly(fault, NST_DROP_IP6_CHAIN,
					     ICMPV6_UNK_NEXTHDR,
					     chain->pointer);
		options.hop_by_hop = true;
		options.max = READ_ONCE(stack->config.max_hbh_opts_number);
		return obey_options(&options, length, fault);
	case IPPROTO_DSTOPTS:
		options.max = READ_ONCE(stack->config.max_dst_opts_number);
		return obey_options(&options, length, fault);
	default:
		return obey_routing(skb, chain->offset, fault);
	}
}

static bool is_extension(u8 nexthdr)
{
	return nexthdr == IPPROTO_HOPOPTS || nexthdr == IPPROTO_DSTOPTS ||
	       nexthdr == IPPROTO_ROUTING;
}

/* Obey the extension header in front, and go on to the next header. */
static bool pass_header(struct nst_stack *stack, struct sk_buff *skb,
			struct nst_ipv6_chain *chain,
			struct nst_ipv6_fault *fault)
{
	unsigned int length;

	if (chain->headers == HEADERS_MAX)
		return refuse(fault, NST_DROP_IP6_CHAIN);
	if (!pskb_may_pull(skb, chain->offset + 8))
		return refuse(fault, NST_DROP_IP6_CHAIN);
	length = (skb->data[chain->offset + 1] + 1) * 8;
	if (!pskb_may_pull(skb, chain->offset + length))
		return refuse(fault, NST_DROP_IP6_CHAIN);
	if (!obey_header(stack, skb, chain, length, fault))
		return false;
	chain->headers++;
	chain->nexthdr = skb->data[chain->offset];
	chain->pointer = chain->offset;
	chain->offset += length;
	return true;
}

bool nst_ipv6_chain_walk(struct nst_stack *stack, struct sk_buff *skb,
			 struct nst_ipv6_chain *chain,
			 struct nst_ipv6_fault *fault)
{
	while (is_extension(chain->nexthdr))
		if (!pass_header(stack, skb, chain, fault))
			return false;
	return true;
}

bool nst_ipv6_hop_by_hop(struct nst_stack *stack, struct sk_buff *skb,
			 struct nst_ipv6_chain *chain,
			 struct nst_ipv6_fault *fault)
{
	return chain->nexthdr != IPPROTO_HOPOPTS ||
	       pass_header(stack, skb, chain, fault);
}

bool nst_ipv6_chain_find(const struct sk_buff *skb, int *offset, u8 *nexthdr,
			 bool *fragmented)
{
	const struct ipv6_opt_hdr *header;
	const struct nst_ipv6_fragment_header *fragment;
	struct nst_ipv6_fragment_header buffer;
	unsigned int headers;

	for (headers = 0; headers <= HEADERS_MAX; headers++) {
		if (*nexthdr == IPPROTO_FRAGMENT && fragmented) {
			fragment = skb_header_pointer(skb, *offset,
						      sizeof(buffer), &buffer);
			if (!fragment)
				return false;
			if (fragment->frag_off & htons(NST_IPV6_OFFSET))
				*fragmented = true;
			*nexthdr = fragment->nexthdr;
			*offset += sizeof(*fragment);
			if (*fragmented)
				return true;
			continue;
		}
		if (!is_extension(*nexthdr))
			return true;
		header = skb_header_pointer(skb, *offset, sizeof(*header),
					    &buffer);
		if (!header)
			return false;
		*nexthdr = header->nexthdr;
		*offset += (header->hdrlen + 1) * 8;
	}
	return false;
}
