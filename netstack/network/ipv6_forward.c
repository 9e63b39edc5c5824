// SPDX-License-Identifier: GPL-2.0
/*
 * IPv6 packets of others (RFC 8200 3, 5; RFC 4443 3): what is not passed on,
 * hop limit, Packet Too Big, redirects (RFC 4861 8.2). Entry point:
 * nst_ipv6_forward(). A router cuts no packet, and looks at no header behind
 * the hop-by-hop options.
 */
#include <linux/if_ether.h>

#include "forward.h"
#include "icmp.h"
#include "icmpv6.h"
#include "ipv6.h"
#include "ndp.h"
#include "source.h"

/* The fixed part of a redirect, RFC 4861 4.5, as on the wire. */
struct redirect_message {
	struct icmp6hdr icmp;
	struct in6_addr target;
	struct in6_addr destination;
};

#define REDIRECT	sizeof(struct redirect_message)
/* RFC 4861 4.6.3: as much as fits, in units of 8 bytes. */
#define REDIRECTED_MAX	round_down(NST_IPV6_MTU_MIN - sizeof(struct ipv6hdr) - \
				   REDIRECT - 8 - 8, 8)

/* Consumes what does not get any further. */
static bool may_pass(struct nst_link *link, struct sk_buff *skb)
{
	const struct nst_packet_cb *cb = nst_packet_cb(skb);
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);
	struct nst_stack *stack = link->stack;

	if (unlikely(cb->flags & NST_PACKET_LINK_GROUP)) {
		nst_ipv6_refuse_addr(stack, skb, NST_DROP_IP_LINK_GROUP);
		return false;
	}
	/* RFC 4291 2.5.2, and what is forged to be ours. */
	if (unlikely(nst_ipv6_source_impossible(skb))) {
		nst_ipv6_refuse_addr(stack, skb, NST_DROP_IP_MARTIAN_SOURCE);
		return false;
	}
	/* RFC 4291 2.5.6; RFC 4443 3.1: beyond the scope of the source. */
	if (unlikely(nst_ipv6_is_link_local(&ip6->daddr))) {
		nst_ipv6_refuse_addr(stack, skb, NST_DROP_IP_SCOPE);
		return false;
	}
	if (unlikely(nst_ipv6_is_link_local(&ip6->saddr))) {
		nst_icmpv6_send_error(stack, skb, link, ICMPV6_DEST_UNREACH,
				      ICMPV6_NOT_NEIGHBOUR, 0);
		nst_ipv6_refuse_addr(stack, skb, NST_DROP_IP_SCOPE);
		return false;
	}
	/* RFC 8200 3 */
	if (unlikely(ip6->hop_limit <= 1)) {
		nst_icmpv6_send_error(stack, skb, link, ICMPV6_TIME_EXCEED,
				      ICMPV6_EXC_HOPLIMIT, 0);
		nst_ipv6_refuse_header(stack, skb, NST_DROP_IP_TTL);
		return false;
	}
	return true;
}

/*
 * Where the transport header is, from the IPv6 header, and that it is set;
 * 0 when there is none, or it is not to be seen.
 */
static unsigned int find_transport(struct sk_buff *skb,
				   const struct nst_ipv6_chain *chain)
{
	struct nst_packet_cb *cb = nst_packet_cb(skb);
	int upper = chain->offset;
	u8 nexthdr = chain->nexthdr;

	if (!nst_ipv6_chain_find(skb, &upper, &nexthdr, NULL) ||
	    nexthdr == IPPROTO_FRAGMENT || upper > skb->len)
		return 0;
	cb->protocol = nexthdr;
	skb_set_transport_header(skb, upper);
	return upper;
}

static void put_redirected(struct sk_buff *message, const struct sk_buff *skb,
			   unsigned int length)
{
	u8 *option = skb_put_zero(message, 8 + length);

	option[0] = NST_NDP_REDIRECTED;
	option[1] = 1 + length / 8;
	/* What cannot be read stays zero. */
	skb_copy_bits(skb, 0, option + 8, length);
}

/* RFC 4861 8.2 */
static void redirect(struct nst_link *link, const struct sk_buff *skb,
		     const struct nst_path *path)
{
	unsigned int length = round_down(min_t(unsigned int, skb->len,
					       REDIRECTED_MAX), 8);
	union nst_address saddr = nst_packet_saddr(skb);
	struct nst_stack *stack = link->stack;
	struct redirect_message *message;
	union nst_address source, target, routers;
	struct sk_buff *answer;
	u8 lladdr[ETH_ALEN];

	target = path->neighbour->address;
	/* 4.5: a router is named by its address of link scope, or not. */
	if (path->gateway && !nst_ipv6_is_link_local(&target.v6))
		return;
	/* So is who sends it: that is the source for the link's routers. */
	routers = nst_address_v6(&NST_IPV6_ALL_ROUTERS);
	if (nst_source_select_rcu(link, &routers, 0, &source) ||
	    !nst_ipv6_is_link_local(&source.v6))
		return;
	if (!nst_icmp_allow(stack, AF_INET6, &saddr, NST_ICMPV6_REDIRECT))
		return;
	answer = nst_ndp_alloc(NST_ICMPV6_REDIRECT, REDIRECT, 8 + 8 + length);
	if (!answer)
		return;
	message = (struct redirect_message *)answer->data;
	message->target = target.v6;
	message->destination = ipv6_hdr(skb)->daddr;
	if (READ_ONCE(path->neighbour->state) & NST_NUD_VALID &&
	    nst_neighbour_lladdr(path->neighbour, lladdr))
		nst_ndp_put_lladdr(answer, NST_NDP_TARGET_LLADDR, lladdr);
	put_redirected(answer, skb, length);
	nst_ndp_send(link, answer, &source.v6, &saddr.v6);
}

static void pass(struct nst_link *link, struct sk_buff *skb,
		 const struct nst_path *path)
{
	struct nst_stack *stack = link->stack;

	/* RFC 8200 5, RFC 4443 3.2 */
	if (unlikely(nst_wire_length(skb) > path->mtu)) {
		NST_INC(stack, IP6_IN_TOO_BIG_ERRORS);
		nst_icmpv6_send_error(stack, skb, link, ICMPV6_PKT_TOOBIG, 0,
				      path->mtu);
		nst_drop(stack, skb, NST_DROP_IP_TOO_BIG);
		return;
	}
	if (nst_forward_redirects(link, skb, path))
		redirect(link, skb, path);
	if (unlikely(skb_cow_head(skb, ETH_HLEN))) {
		NST_INC(stack, IP6_OUT_DISCARDS);
		nst_drop(stack, skb, NST_DROP_NOMEM);
		return;
	}
	ipv6_hdr(skb)->hop_limit--;
	nst_forward_send(link, skb, path, false, nst_ipv6_fragment);
}

void nst_ipv6_forward(struct nst_link *link, struct sk_buff *skb,
		      const struct nst_ipv6_chain *chain)
{
	struct nst_packet_cb *cb = nst_packet_cb(skb);
	unsigned int transport;
	struct nst_path path;

	if (!may_pass(link, skb))
		return;
	cb->protocol = chain->nexthdr;
	transport = find_transport(skb, chain);
	if (skb_is_gso(skb) &&
	    unlikely(!transport ||
		     !nst_gso_valid(skb, transport, AF_INET6, cb->protocol))) {
		NST_INC(link->stack, IP6_IN_DISCARDS);
		nst_drop(link->stack, skb, NST_DROP_IP_SEGMENTS);
		return;
	}
	if (!nst_forward_route(link, skb, transport, &path))
		return;
	pass(link, skb, &path);
	nst_path_release(&path);
}
