// SPDX-License-Identifier: GPL-2.0
/*
 * ICMPv6 errors (RFC 4443 2.4, 3): which packets get one and what it quotes,
 * and how one that comes in, or that this stack finds by itself, reaches the
 * transport whose packet it is about. Entry points:
 * nst_icmpv6_send_error(), nst_icmpv6_receive_error(),
 * nst_icmpv6_local_error().
 */
#include "icmp.h"
#include "icmpv6.h"
#include "ipv6.h"

/* RFC 4443 2.4 (c): as much of the packet as fits without exceeding this. */
#define QUOTE_MAX (NST_IPV6_MTU_MIN - sizeof(struct ipv6hdr) - \
		   sizeof(struct icmp6hdr))
/* What a transport is sure to find behind the quoted headers. */
#define QUOTED_TRANSPORT	8

/**
 * struct meaning - what an error means to a program
 * @errno: positive errno
 * @hard: ends a connection attempt
 */
struct meaning {
	u8 errno;
	bool hard;
};

/* By code of ICMPV6_DEST_UNREACH; the host's values. */
static const struct meaning unreachable[] = {
	[ICMPV6_NOROUTE]	= { ENETUNREACH, false },
	[ICMPV6_ADM_PROHIBITED]	= { EACCES, true },
	[ICMPV6_NOT_NEIGHBOUR]	= { EHOSTUNREACH, false },
	[ICMPV6_ADDR_UNREACH]	= { EHOSTUNREACH, false },
	[ICMPV6_PORT_UNREACH]	= { ECONNREFUSED, true },
	[ICMPV6_POLICY_FAIL]	= { EACCES, true },
	[ICMPV6_REJECT_ROUTE]	= { EACCES, true },
};

/* Unknown types and codes reach the transport too (RFC 4443 2.4 (a)). */
static void classify(struct nst_icmp_error *error)
{
	error->errno = EPROTO;
	error->hard = false;
	switch (error->type) {
	case ICMPV6_DEST_UNREACH:
		error->hard = true;
		if (error->code < ARRAY_SIZE(unreachable)) {
			error->errno = unreachable[error->code].errno;
			error->hard = unreachable[error->code].hard;
		}
		break;
	case ICMPV6_PKT_TOOBIG:
		error->errno = EMSGSIZE;
		break;
	case ICMPV6_TIME_EXCEED:
		error->errno = EHOSTUNREACH;
		break;
	case ICMPV6_PARAMPROB:
		error->hard = true;
		break;
	}
}

/* RFC 4443 2.4 (e.3): these two may be about a packet to a group. */
static bool told_to_groups(u8 type, u8 code)
{
	return type == ICMPV6_PKT_TOOBIG ||
	       (type == ICMPV6_PARAMPROB && code == ICMPV6_UNK_OPTION);
}

/* RFC 4443 2.4 (e): packets that never get an error. */
static bool deserves_error(const struct sk_buff *skb,
			   const struct nst_link *link, u8 type, u8 code)
{
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);
	int offset = skb_network_offset(skb);
	u8 nexthdr = ip6->nexthdr;
	bool fragmented = false;
	u8 buffer, *icmp;

	if ((nst_ipv6_is_group(&ip6->daddr) ||
	     nst_packet_cb(skb)->flags & NST_PACKET_LINK_GROUP) &&
	    !told_to_groups(type, code))
		return false;
	/* A source that is not one node. */
	if (nst_ipv6_is_any(&ip6->saddr) || nst_ipv6_is_group(&ip6->saddr))
		return false;
	if (nst_ipv6_is_loopback(&ip6->saddr) &&
	    !(link->flags & NST_LINK_LOOPBACK))
		return false;
	offset += sizeof(*ip6);
	/* What cannot be found out may be an error itself. */
	if (!nst_ipv6_chain_find(skb, &offset, &nexthdr, &fragmented))
		return type == ICMPV6_PARAMPROB;
	if (fragmented)
		return false;
	if (nexthdr != IPPROTO_ICMPV6)
		return true;
	icmp = skb_header_pointer(skb, offset, sizeof(buffer), &buffer);
	return icmp && *icmp & ICMPV6_INFOMSG_MASK && *icmp != NST_ICMPV6_REDIRECT;
}

/* Return: the message about @skb without its checksum, or NULL. */
static struct sk_buff *build_error(struct sk_buff *skb, u8 type, u8 code,
				   u32 info)
{
	int offset = skb_network_offset(skb);
	unsigned int quote = min_t(unsigned int, skb->len - offset, QUOTE_MAX);
	struct sk_buff *error;
	struct icmp6hdr *icmp;

	error = alloc_skb(NST_HEADROOM + sizeof(*icmp) + quote, GFP_ATOMIC);
	if (!error)
		return NULL;
	skb_reserve(error, NST_HEADROOM);
	icmp = skb_put_zero(error, sizeof(*icmp));
	icmp->icmp6_type = type;
	icmp->icmp6_code = code;
	icmp->icmp6_pointer = htonl(info);
	if (skb_copy_bits(skb, offset, skb_put(error, quote), quote)) {
		kfree_skb(error);
		return NULL;
	}
	return error;
}

static void count_sent(struct nst_stack *stack, u8 type)
{
	NST_INC(stack, ICMP6_OUT_MSGS);
	switch (type) {
	case ICMPV6_DEST_UNREACH:
		NST_INC(stack, ICMP6_OUT_DEST_UNREACHS);
		break;
	case ICMPV6_PKT_TOOBIG:
		NST_INC(stack, ICMP6_OUT_PKT_TOO_BIGS);
		break;
	case ICMPV6_TIME_EXCEED:
		NST_INC(stack, ICMP6_OUT_TIME_EXCDS);
		break;
	case ICMPV6_PARAMPROB:
		NST_INC(stack, ICMP6_OUT_PARM_PROBLEMS);
		break;
	}
}

/* RFC 4443 2.2: from where the packet was sent to, if that is one of ours. */
static void choose_ends(const struct sk_buff *skb, struct nst_link *link,
			struct nst_route_key *key)
{
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);
	union nst_address daddr = nst_address_v6(&ip6->daddr);

	*key = (struct nst_route_key) {
		.family = AF_INET6,
		.protocol = IPPROTO_ICMPV6,
		.daddr = nst_address_v6(&ip6->saddr),
	};
	if (nst_route_input_type(link, AF_INET6, &daddr) == RTN_LOCAL)
		key->saddr = daddr;
	if (nst_ipv6_is_link_local(&ip6->saddr))
		key->link_index = link->index;
}

void nst_icmpv6_send_error(struct nst_stack *stack, struct sk_buff *skb,
			   struct nst_link *link, u8 type, u8 code, u32 info)
{
	const struct nst_output output = { .protocol = IPPROTO_ICMPV6 };
	struct nst_path path = {};
	struct nst_route_key key;
	struct sk_buff *error;

	if (!deserves_error(skb, link, type, code))
		return;
	choose_ends(skb, link, &key);
	/* Our own programs wait for the answer, and cannot flood a wire. */
	if (!(nst_packet_cb(skb)->flags & NST_PACKET_LOOPBACK) &&
	    !nst_icmp_allow(stack, AF_INET6, &key.daddr, type))
		return;
	error = build_error(skb, type, code, info);
	if (!error) {
		NST_INC(stack, ICMP6_OUT_ERRORS);
		return;
	}
	if (nst_route_output(stack, &key, &path)) {
		NST_INC(stack, ICMP6_OUT_ERRORS);
		kfree_skb(error);
		return;
	}
	nst_icmpv6_complete(error, &path.saddr.v6, &path.daddr.v6);
	count_sent(stack, type);
	nst_ipv6_output(stack, error, &path, &output);
	nst_path_release(&path);
}

static void count_received(struct nst_stack *stack, u8 type)
{
	switch (type) {
	case ICMPV6_DEST_UNREACH:
		NST_INC(stack, ICMP6_IN_DEST_UNREACHS);
		break;
	case ICMPV6_PKT_TOOBIG:
		NST_INC(stack, ICMP6_IN_PKT_TOO_BIGS);
		break;
	case ICMPV6_TIME_EXCEED:
		NST_INC(stack, ICMP6_IN_TIME_EXCDS);
		break;
	case ICMPV6_PARAMPROB:
		NST_INC(stack, ICMP6_IN_PARM_PROBLEMS);
		break;
	}
}

/*
 * Pull what is quoted, @offset bytes from skb->data, up to and with the 8
 * bytes of a transport's header.
 * Return: offset of the transport's header, or -1: too short, or a fragment
 * that has none.
 */
static int pull_quoted(struct sk_buff *skb, unsigned int offset, u8 *nexthdr)
{
	const struct ipv6hdr *quoted;
	bool fragmented = false;
	int upper;

	if (!pskb_may_pull(skb, offset + sizeof(*quoted)))
		return -1;
	quoted = (const struct ipv6hdr *)(skb->data + offset);
	if (quoted->version != 6)
		return -1;
	*nexthdr = quoted->nexthdr;
	upper = offset + sizeof(*quoted);
	if (!nst_ipv6_chain_find(skb, &upper, nexthdr, &fragmented) ||
	    fragmented || !pskb_may_pull(skb, upper + QUOTED_TRANSPORT))
		return -1;
	return upper;
}

void nst_icmpv6_receive_error(struct nst_stack *stack, struct sk_buff *skb)
{
	const unsigned int header = sizeof(struct icmp6hdr);
	const struct nst_packet_cb *cb = nst_packet_cb(skb);
	const struct nst_transport_protocol *transport;
	struct nst_icmp_error error = { .family = AF_INET6 };
	bool raw = nst_raw_wanted(stack);
	const struct ipv6hdr *quoted;
	const struct icmp6hdr *icmp;
	u8 nexthdr;
	int upper;

	count_received(stack, icmp6_hdr(skb)->icmp6_type);
	if (cb->flags & NST_PACKET_MULTICAST) {
		nst_drop(stack, skb, NST_DROP_ICMP_BROADCAST);
		return;
	}
	upper = pull_quoted(skb, header, &nexthdr);
	if (upper < 0) {
		NST_INC(stack, ICMP6_IN_ERRORS);
		nst_drop(stack, skb, NST_DROP_ICMP_SHORT);
		return;
	}
	icmp = (const struct icmp6hdr *)skb->data;
	quoted = (const struct ipv6hdr *)(icmp + 1);
	transport = nst_transport_find(nexthdr);
	/* An error is sent to the source of what it quotes, which is we. */
	if (memcmp(&quoted->saddr, &ipv6_hdr(skb)->daddr,
		   sizeof(quoted->saddr)) ||
	    (!raw && !(transport && transport->error))) {
		nst_drop(stack, skb, NST_DROP_ICMP_NOT_OURS);
		return;
	}
	error.type = icmp->icmp6_type;
	error.code = icmp->icmp6_code;
	classify(&error);
	if (error.type == ICMPV6_PKT_TOOBIG || error.type == ICMPV6_PARAMPROB)
		error.info = ntohl(icmp->icmp6_mtu);
	error.link_index = cb->link->index;
	error.saddr = nst_address_v6(&quoted->saddr);
	error.daddr = nst_address_v6(&quoted->daddr);
	error.offender = nst_packet_saddr(skb);
	__skb_pull(skb, upper);
	if (raw)
		nst_network_raw_error(stack, skb, nexthdr, upper - header,
				      &error);
	if (transport && transport->error)
		transport->error(stack, skb, &error);
	consume_skb(skb);
}

void nst_icmpv6_local_error(struct nst_stack *stack, struct sk_buff *skb,
			    const struct nst_link *link, u8 type, u8 code,
			    u32 info)
{
	const struct nst_transport_protocol *transport;
	struct nst_icmp_error error = {
		.family = AF_INET6,
		.type = type,
		.code = code,
		.local = true,
		.link_index = link->index,
		.info = info,
	};
	bool raw = nst_raw_wanted(stack);
	const struct ipv6hdr *ip6;
	u8 nexthdr;
	int upper;

	upper = pull_quoted(skb, 0, &nexthdr);
	if (upper < 0)
		return;
	ip6 = (const struct ipv6hdr *)skb->data;
	transport = nst_transport_find(nexthdr);
	if (!raw && !(transport && transport->error))
		return;
	classify(&error);
	error.saddr = nst_address_v6(&ip6->saddr);
	error.daddr = nst_address_v6(&ip6->daddr);
	error.offender = error.saddr;
	__skb_pull(skb, upper);
	if (raw)
		nst_network_raw_error(stack, skb, nexthdr, upper, &error);
	if (transport && transport->error)
		transport->error(stack, skb, &error);
	__skb_push(skb, upper);
}
