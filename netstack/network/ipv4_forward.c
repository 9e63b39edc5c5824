// SPDX-License-Identifier: GPL-2.0
/*
 * IPv4 packets of others (RFC 1812 5.2, 5.3): what is not passed on, TTL,
 * options, fragments, and what the sender hears. Entry point:
 * nst_ipv4_forward(). DSCP, ECN and the state of the checksum stay as they
 * are.
 */
#include <linux/icmp.h>
#include <linux/if_ether.h>

#include "address.h"
#include "forward.h"
#include "icmp.h"
#include "ipv4.h"

static bool is_scoped(__be32 address)
{
	union nst_address scoped = nst_address_v4(address);

	return nst_forward_scoped(AF_INET, &scoped);
}

/* Consumes what does not get any further. */
static bool may_pass(struct nst_link *link, struct sk_buff *skb)
{
	const struct nst_packet_cb *cb = nst_packet_cb(skb);
	const struct iphdr *iph = ip_hdr(skb);
	struct nst_stack *stack = link->stack;

	/* RFC 1812 5.3.4 */
	if (unlikely(cb->flags & NST_PACKET_LINK_GROUP)) {
		nst_ipv4_refuse_addr(stack, skb, NST_DROP_IP_LINK_GROUP);
		return false;
	}
	if (unlikely(is_scoped(iph->saddr) || is_scoped(iph->daddr))) {
		nst_ipv4_refuse_addr(stack, skb, NST_DROP_IP_SCOPE);
		return false;
	}
	/* RFC 1812 5.3.1 */
	if (unlikely(iph->ttl <= 1)) {
		nst_icmp_send_error(stack, skb, link, ICMP_TIME_EXCEEDED,
				    ICMP_EXC_TTL, 0);
		nst_ipv4_refuse_header(stack, skb, NST_DROP_IP_TTL);
		return false;
	}
	return true;
}

static bool is_fragment(const struct sk_buff *skb)
{
	return ip_hdr(skb)->frag_off & htons(NST_IPV4_MF | NST_IPV4_OFFSET);
}

/*
 * Is a super-packet what it claims, and a fragment no more than one packet,
 * as in receive? Sets the transport header.
 */
static bool offload_valid(struct sk_buff *skb)
{
	const struct nst_packet_cb *cb = nst_packet_cb(skb);
	unsigned int header = ip_hdr(skb)->ihl * 4;

	skb_set_transport_header(skb, header);
	if (unlikely(is_fragment(skb)))
		return !skb_is_gso(skb) && skb->ip_summed != CHECKSUM_PARTIAL;
	return !skb_is_gso(skb) ||
	       nst_gso_valid(skb, header, AF_INET, cb->protocol);
}

static void redirect(struct nst_link *link, struct sk_buff *skb,
		     const struct nst_path *path)
{
	/* For a host, as RFC 1812 5.2.7.2 has it. */
	nst_icmp_send_error(link->stack, skb, link, ICMP_REDIRECT,
			    ICMP_REDIR_HOST,
			    ntohl(path->neighbour->address.v4));
}

/* RFC 1624: the checksum of what was checked goes along with the TTL. */
static void count_down(struct iphdr *iph)
{
	csum_replace2(&iph->check, htons(iph->ttl << 8),
		      htons((iph->ttl - 1) << 8));
	iph->ttl--;
}

/* RFC 1812 5.2.4.1: record route and timestamp. */
static void stamp(struct nst_stack *stack, struct iphdr *iph,
		  const struct nst_path *path)
{
	union nst_address source;

	if (nst_address_source_rcu(path->link, AF_INET,
				   &path->neighbour->address, RT_SCOPE_LINK,
				   &source))
		return;
	nst_ipv4_options_stamp(stack, (u8 *)(iph + 1),
			       iph->ihl * 4 - sizeof(*iph), source.v4);
	nst_ipv4_checksum(iph);
}

/* Is the packet to be cut where its sender has forbidden it? */
static bool too_big_to_cut(const struct sk_buff *skb, bool too_big)
{
	return unlikely(too_big) &&
	       ip_hdr(skb)->frag_off & htons(NST_IPV4_DF);
}

/* RFC 1812 5.3.1, 5.2.4: along its way. */
static void pass(struct nst_link *link, struct sk_buff *skb,
		 const struct nst_path *path)
{
	bool too_big = nst_wire_length(skb) > path->mtu;
	struct nst_stack *stack = link->stack;
	struct iphdr *iph;

	if (too_big_to_cut(skb, too_big)) {
		/* RFC 1191 4 */
		NST_INC(stack, IP_FRAG_FAILS);
		nst_icmp_send_error(stack, skb, link, ICMP_DEST_UNREACH,
				    ICMP_FRAG_NEEDED, path->mtu);
		nst_drop(stack, skb, NST_DROP_IP_TOO_BIG);
		return;
	}
	if (nst_forward_redirects(link, skb, path))
		redirect(link, skb, path);
	if (unlikely(skb_cow_head(skb, ETH_HLEN))) {
		NST_INC(stack, IP_OUT_DISCARDS);
		nst_drop(stack, skb, NST_DROP_NOMEM);
		return;
	}
	iph = ip_hdr(skb);
	count_down(iph);
	if (unlikely(iph->ihl > 5))
		stamp(stack, iph, path);
	nst_forward_send(link, skb, path, too_big, nst_ipv4_fragment);
}

void nst_ipv4_forward(struct nst_link *link, struct sk_buff *skb)
{
	struct nst_path path;

	if (!may_pass(link, skb))
		return;
	if (unlikely(!offload_valid(skb))) {
		NST_INC(link->stack, IP_IN_DISCARDS);
		nst_drop(link->stack, skb, NST_DROP_IP_SEGMENTS);
		return;
	}
	if (!nst_forward_route(link, skb, is_fragment(skb) ? 0 :
			       ip_hdr(skb)->ihl * 4, &path))
		return;
	pass(link, skb, &path);
	nst_path_release(&path);
}
