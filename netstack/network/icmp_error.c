// SPDX-License-Identifier: GPL-2.0
/*
 * ICMP errors (RFC 792, RFC 1122 3.2.2): which packets get one and what it
 * quotes, and how one that comes in, or that this stack finds by itself,
 * reaches the transport whose packet it is about. Entry points:
 * nst_icmp_send_error(), nst_icmp_receive_error(), nst_icmp_local_error().
 */
#include <linux/icmp.h>

#include "address.h"
#include "icmp.h"
#include "ipv4.h"

/* RFC 1812 4.3.2.3: as much of the packet as fits without exceeding this. */
#define ERROR_LENGTH_MAX	576
#define QUOTE_MAX (ERROR_LENGTH_MAX - sizeof(struct iphdr) - \
		   sizeof(struct icmphdr))
/* RFC 1812 4.3.2.5: precedence INTERNETWORK CONTROL */
#define ERROR_TOS		0xc0
/* RFC 792: what a transport is sure to find behind the quoted header. */
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

/* RFC 1122 4.2.3.9, by code of ICMP_DEST_UNREACH; the host's values. */
static const struct meaning unreachable[NR_ICMP_UNREACH + 1] = {
	[ICMP_NET_UNREACH]	= { ENETUNREACH, false },
	[ICMP_HOST_UNREACH]	= { EHOSTUNREACH, false },
	[ICMP_PROT_UNREACH]	= { ENOPROTOOPT, true },
	[ICMP_PORT_UNREACH]	= { ECONNREFUSED, true },
	[ICMP_FRAG_NEEDED]	= { EMSGSIZE, false },
	[ICMP_SR_FAILED]	= { EOPNOTSUPP, false },
	[ICMP_NET_UNKNOWN]	= { ENETUNREACH, true },
	[ICMP_HOST_UNKNOWN]	= { EHOSTDOWN, true },
	[ICMP_HOST_ISOLATED]	= { ENONET, true },
	[ICMP_NET_ANO]		= { ENETUNREACH, true },
	[ICMP_HOST_ANO]		= { EHOSTUNREACH, true },
	[ICMP_NET_UNR_TOS]	= { ENETUNREACH, false },
	[ICMP_HOST_UNR_TOS]	= { EHOSTUNREACH, false },
	[ICMP_PKT_FILTERED]	= { EHOSTUNREACH, true },
	[ICMP_PREC_VIOLATION]	= { EHOSTUNREACH, true },
	[ICMP_PREC_CUTOFF]	= { EHOSTUNREACH, true },
};

/* Fill in what type and code mean. Return: are they known? */
static bool classify(struct nst_icmp_error *error)
{
	switch (error->type) {
	case ICMP_DEST_UNREACH:
		if (error->code > NR_ICMP_UNREACH)
			return false;
		error->errno = unreachable[error->code].errno;
		error->hard = unreachable[error->code].hard;
		return true;
	case ICMP_TIME_EXCEEDED:
		error->errno = EHOSTUNREACH;
		error->hard = false;
		return true;
	case ICMP_PARAMETERPROB:
		error->errno = EPROTO;
		error->hard = true;
		return true;
	}
	return false;
}

/* Types that are not errors, about which an error may be sent. */
static bool is_query(u8 type)
{
	switch (type) {
	case ICMP_ECHO:
	case ICMP_ECHOREPLY:
	case ICMP_TIMESTAMP:
	case ICMP_TIMESTAMPREPLY:
	case ICMP_INFO_REQUEST:
	case ICMP_INFO_REPLY:
	case ICMP_ADDRESS:
	case ICMP_ADDRESSREPLY:
		return true;
	}
	return false;
}

/* RFC 1122 3.2.2: packets that never get an error */
static bool deserves_error(const struct sk_buff *skb,
			   const struct nst_link *link)
{
	const struct iphdr *iph = ip_hdr(skb);
	u8 buffer, *type;

	if (nst_packet_cb(skb)->flags & (NST_PACKET_BROADCAST |
					 NST_PACKET_MULTICAST |
					 NST_PACKET_LINK_GROUP))
		return false;
	if (iph->frag_off & htons(NST_IPV4_OFFSET))
		return false;
	/* A source that is not one host. */
	if (nst_ipv4_is_zeronet(iph->saddr) || nst_ipv4_is_group(iph->saddr))
		return false;
	if (ipv4_is_loopback(iph->saddr) &&
	    !(link->flags & NST_LINK_LOOPBACK))
		return false;
	if (iph->protocol != IPPROTO_ICMP)
		return true;
	type = skb_header_pointer(skb, skb_network_offset(skb) + iph->ihl * 4,
				  sizeof(*type), &buffer);
	return type && is_query(*type);
}

/* Return: the message about @skb, or NULL. */
static struct sk_buff *build_error(struct sk_buff *skb, u8 type, u8 code,
				   u32 info)
{
	int offset = skb_network_offset(skb);
	unsigned int quote = min_t(unsigned int, skb->len - offset, QUOTE_MAX);
	struct sk_buff *error;
	struct icmphdr *icmp;

	error = alloc_skb(NST_HEADROOM + sizeof(*icmp) + quote, GFP_ATOMIC);
	if (!error)
		return NULL;
	skb_reserve(error, NST_HEADROOM);
	icmp = skb_put_zero(error, sizeof(*icmp));
	icmp->type = type;
	icmp->code = code;
	if (type == ICMP_PARAMETERPROB)
		icmp->un.gateway = htonl(info << 24);
	else
		icmp->un.gateway = htonl(info);
	if (skb_copy_bits(skb, offset, skb_put(error, quote), quote)) {
		kfree_skb(error);
		return NULL;
	}
	icmp->checksum = csum_fold(csum_partial(icmp, error->len, 0));
	return error;
}

static void count_sent(struct nst_stack *stack, u8 type)
{
	NST_INC(stack, ICMP_OUT_MSGS);
	switch (type) {
	case ICMP_DEST_UNREACH:
		NST_INC(stack, ICMP_OUT_DEST_UNREACHS);
		break;
	case ICMP_TIME_EXCEEDED:
		NST_INC(stack, ICMP_OUT_TIME_EXCDS);
		break;
	case ICMP_PARAMETERPROB:
		NST_INC(stack, ICMP_OUT_PARM_PROBS);
		break;
	case ICMP_REDIRECT:
		NST_INC(stack, ICMP_OUT_REDIRECTS);
		break;
	}
}

void nst_icmp_send_error(struct nst_stack *stack, struct sk_buff *skb,
			 struct nst_link *link, u8 type, u8 code, u32 info)
{
	const struct iphdr *iph = ip_hdr(skb);
	union nst_address daddr = nst_address_v4(iph->daddr);
	struct nst_route_key key = {
		.family = AF_INET,
		.tos = ERROR_TOS,
		.protocol = IPPROTO_ICMP,
		.daddr = nst_address_v4(iph->saddr),
	};
	struct nst_output output = {
		.protocol = IPPROTO_ICMP,
		.tos = ERROR_TOS,
	};
	struct nst_path path = {};
	struct sk_buff *error;

	if (!deserves_error(skb, link))
		return;
	/* Our own programs wait for the answer, and cannot flood a wire. */
	if (!(link->flags & NST_LINK_LOOPBACK) &&
	    !nst_icmp_allow(stack, AF_INET, &key.daddr, type))
		return;
	/*
	 * RFC 1122 3.2.2: the address that the packet was sent to answers; if
	 * that is not ours, one of the link that the error leaves by (RFC 1812
	 * 4.3.2.4).
	 */
	if (likely(nst_address_usable(stack, AF_INET, &daddr)))
		key.saddr = daddr;
	error = build_error(skb, type, code, info);
	if (!error) {
		NST_INC(stack, ICMP_OUT_ERRORS);
		return;
	}
	if (nst_route_output(stack, &key, &path)) {
		NST_INC(stack, ICMP_OUT_ERRORS);
		kfree_skb(error);
		return;
	}
	count_sent(stack, type);
	nst_ipv4_output(stack, error, &path, &output);
	nst_path_release(&path);
}

static void count_received(struct nst_stack *stack, u8 type)
{
	switch (type) {
	case ICMP_DEST_UNREACH:
		NST_INC(stack, ICMP_IN_DEST_UNREACHS);
		break;
	case ICMP_TIME_EXCEEDED:
		NST_INC(stack, ICMP_IN_TIME_EXCDS);
		break;
	case ICMP_PARAMETERPROB:
		NST_INC(stack, ICMP_IN_PARM_PROBS);
		break;
	}
}

/*
 * RFC 1191 5: a router that does not know of path MTU discovery says 0; the
 * next lower plateau of RFC 1191 7.1 is tried then.
 */
static u32 plateau(u32 length)
{
	static const u16 plateaus[] = {
		32000, 17914, 8166, 4352, 2002, 1492, 1006, 508, 296,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(plateaus); i++)
		if (plateaus[i] < length)
			return plateaus[i];
	return NST_LINK_MTU_MIN;
}

/* What is made of ICMP_FRAG_NEEDED: ip_no_pmtu_disc, as the host has it. */
enum {
	PMTU_DISC_LEARN,	/* what it says */
	PMTU_DISC_LEAST,	/* ip_route_min_pmtu */
	PMTU_DISC_IGNORE,	/* nothing */
	PMTU_DISC_HARDENED,	/* what it says, if it can be told from forged */
};

static bool pmtu_ignored(const struct nst_stack *stack, u8 protocol)
{
	switch (READ_ONCE(stack->config.ip_no_pmtu_disc)) {
	case PMTU_DISC_IGNORE:
		return true;
	case PMTU_DISC_HARDENED:
		return protocol != IPPROTO_TCP;
	}
	return false;
}

static u32 error_info(const struct nst_stack *stack,
		      const struct icmphdr *icmp, const struct iphdr *quoted)
{
	switch (icmp->type) {
	case ICMP_PARAMETERPROB:
		return ntohl(icmp->un.gateway) >> 24;
	case ICMP_DEST_UNREACH:
		if (icmp->code != ICMP_FRAG_NEEDED ||
		    READ_ONCE(stack->config.ip_no_pmtu_disc) ==
		    PMTU_DISC_LEAST)
			return 0;
		return ntohs(icmp->un.frag.mtu) ?:
		       plateau(ntohs(quoted->tot_len));
	}
	return 0;
}

/*
 * Pull what an error quotes, skb->data at the ICMP header.
 * Return: bytes up to the quoted transport header, or 0: too short.
 */
static unsigned int pull_quoted(struct sk_buff *skb)
{
	unsigned int length = sizeof(struct icmphdr) + sizeof(struct iphdr);
	const struct iphdr *quoted;

	if (!pskb_may_pull(skb, length))
		return 0;
	quoted = (const struct iphdr *)(skb->data + sizeof(struct icmphdr));
	if (quoted->version != 4 || quoted->ihl < 5)
		return 0;
	length = sizeof(struct icmphdr) + quoted->ihl * 4;
	if (!pskb_may_pull(skb, length + QUOTED_TRANSPORT))
		return 0;
	return length;
}

void nst_icmp_receive_error(struct nst_stack *stack, struct sk_buff *skb)
{
	const struct nst_packet_cb *cb = nst_packet_cb(skb);
	const struct nst_transport_protocol *transport;
	struct nst_icmp_error error = { .family = AF_INET };
	bool raw = nst_raw_wanted(stack);
	const struct icmphdr *icmp;
	const struct iphdr *quoted;
	unsigned int length;
	u8 protocol;

	count_received(stack, icmp_hdr(skb)->type);
	if (cb->flags & (NST_PACKET_BROADCAST | NST_PACKET_MULTICAST)) {
		nst_drop(stack, skb, NST_DROP_ICMP_BROADCAST);
		return;
	}
	length = pull_quoted(skb);
	if (!length) {
		NST_INC(stack, ICMP_IN_ERRORS);
		nst_drop(stack, skb, NST_DROP_ICMP_SHORT);
		return;
	}
	icmp = (const struct icmphdr *)skb->data;
	quoted = (const struct iphdr *)(icmp + 1);
	error.type = icmp->type;
	error.code = icmp->code;
	if (!classify(&error)) {
		nst_drop(stack, skb, NST_DROP_ICMP_IGNORED);
		return;
	}
	/*
	 * An error is sent to the source of what it quotes, which is we, and
	 * the transport header is in the first fragment only.
	 */
	transport = nst_transport_find(quoted->protocol);
	if (quoted->saddr != ip_hdr(skb)->daddr ||
	    (!raw && !(transport && transport->error)) ||
	    quoted->frag_off & htons(NST_IPV4_OFFSET)) {
		nst_drop(stack, skb, NST_DROP_ICMP_NOT_OURS);
		return;
	}
	if (error.errno == EMSGSIZE && pmtu_ignored(stack, quoted->protocol)) {
		nst_drop(stack, skb, NST_DROP_ICMP_IGNORED);
		return;
	}
	error.info = error_info(stack, icmp, quoted);
	error.link_index = cb->link->index;
	error.saddr = nst_address_v4(quoted->saddr);
	error.daddr = nst_address_v4(quoted->daddr);
	error.offender = nst_address_v4(ip_hdr(skb)->saddr);
	protocol = quoted->protocol;
	__skb_pull(skb, length);
	if (raw)
		nst_network_raw_error(stack, skb, protocol,
				      length - sizeof(*icmp), &error);
	if (transport && transport->error)
		transport->error(stack, skb, &error);
	consume_skb(skb);
}

void nst_icmp_local_error(struct nst_stack *stack, struct sk_buff *skb,
			  const struct nst_link *link, u8 type, u8 code, u32 info)
{
	const struct nst_transport_protocol *transport;
	struct nst_icmp_error error = {
		.family = AF_INET,
		.type = type,
		.code = code,
		.local = true,
		.link_index = link->index,
		.info = info,
	};
	bool raw = nst_raw_wanted(stack);
	const struct iphdr *iph;
	unsigned int header;
	u8 protocol;

	if (!pskb_may_pull(skb, sizeof(*iph)))
		return;
	header = ((const struct iphdr *)skb->data)->ihl * 4;
	if (!pskb_may_pull(skb, header + QUOTED_TRANSPORT))
		return;
	iph = (const struct iphdr *)skb->data;
	protocol = iph->protocol;
	transport = nst_transport_find(protocol);
	if (!classify(&error) || (!raw && !(transport && transport->error)) ||
	    iph->frag_off & htons(NST_IPV4_OFFSET))
		return;
	error.saddr = nst_address_v4(iph->saddr);
	error.daddr = nst_address_v4(iph->daddr);
	error.offender = error.saddr;
	__skb_pull(skb, header);
	if (raw)
		nst_network_raw_error(stack, skb, protocol, header, &error);
	if (transport && transport->error)
		transport->error(stack, skb, &error);
	__skb_push(skb, header);
}
