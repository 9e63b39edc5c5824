// SPDX-License-Identifier: GPL-2.0
/*
 * IPv6 send: header (RFC 8200 3), flow label (RFC 6437), the decision between
 * whole, cut and refused, and the way to the neighbour. Entry points:
 * nst_ipv6_output() along a path, nst_ipv6_link_output() to whom a link
 * reaches. A packet that fits touches nothing but its path.
 */
#include <linux/err.h>
#include <net/dsfield.h>

#include "../link/queue.h"
#include "ipv6.h"
#include "transmit.h"

static int refuse(struct nst_stack *stack, struct sk_buff *skb,
		  enum nst_drop_reason reason, int err)
{
	NST_INC(stack, IP6_OUT_DISCARDS);
	nst_drop(stack, skb, reason);
	return err;
}

/* Push the header; room for it is there. */
static void push_header(struct sk_buff *skb, const struct in6_addr *saddr,
			const struct in6_addr *daddr, u8 nexthdr,
			u8 hop_limit, __be32 flow)
{
	unsigned int length = skb->len;
	struct ipv6hdr *ip6;

	skb_reset_transport_header(skb);
	skb->protocol = htons(ETH_P_IPV6);
	ip6 = __skb_push(skb, sizeof(*ip6));
	skb_reset_network_header(skb);
	*(__be32 *)ip6 = flow;
	ip6->payload_len = htons(length);
	ip6->nexthdr = nexthdr;
	ip6->hop_limit = hop_limit;
	ip6->saddr = *saddr;
	ip6->daddr = *daddr;
}

static __be32 first_word(u8 tos, __be32 flow_label)
{
	return htonl(0x60000000 | (u32)tos << 20) |
	       (flow_label & htonl(NST_IPV6_FLOW_LABEL));
}

static void count_output(struct nst_stack *stack, const struct sk_buff *skb,
			 bool group)
{
	NST_INC(stack, IP6_OUT_REQUESTS);
	NST_ADD(stack, IP6_OUT_OCTETS, skb->len);
	if (unlikely(group))
		NST_INC(stack, IP6_OUT_MCAST_PKTS);
}

/*
 * Hop limit 0, or a group of interface-local scope (RFC 4291 2.7): only the
 * copy for this stack.
 */
static bool stays(const struct nst_path *path,
		  const struct nst_output *output)
{
	if (path->link->flags & NST_LINK_LOOPBACK)
		return false;
	return output->stay || nst_ipv6_group_scope(&path->daddr.v6) ==
			       NST_IPV6_SCOPE_INTERFACE;
}

int nst_ipv6_output(struct nst_stack *stack, struct sk_buff *skb,
		    const struct nst_path *path,
		    const struct nst_output *output)
{
	bool group = path->type == RTN_MULTICAST;
	u8 hop_limit = output->hop_limit;
	bool process, too_big;
	int err;

	if (unlikely(skb->len > NST_IPV6_PAYLOAD_MAX))
		return refuse(stack, skb, NST_DROP_IP_TOO_BIG, -EMSGSIZE);
	if (unlikely(skb_cow_head(skb, sizeof(struct ipv6hdr) +
				       NST_HEADROOM_LINK)))
		return refuse(stack, skb, NST_DROP_NOMEM, -ENOMEM);
	if (!hop_limit && !output->stay)
		hop_limit = path->hop_limit ?:
			    READ_ONCE(stack->config.hop_limit);
	push_header(skb, &path->saddr.v6, &path->daddr.v6, output->protocol,
		    hop_limit, first_word(output->tos, output->flow_label));
	too_big = nst_wire_length(skb) > path->mtu;
	if (unlikely(too_big && output->dont_fragment &&
		     !output->may_fragment)) {
		NST_INC(stack, IP6_FRAG_FAILS);
		return refuse(stack, skb, NST_DROP_IP_TOO_BIG, -EMSGSIZE);
	}

	process = nst_link_send_begin();
	count_output(stack, skb, group);
	if (unlikely(output->loop))
		nst_transmit_loop_back(skb, path);
	if (unlikely(group) && stays(path, output)) {
		consume_skb(skb);
		err = 0;
	} else {
		err = nst_transmit(stack, skb, path, too_big,
				   nst_ipv6_fragment);
	}
	nst_link_send_end(process);
	return err;
}

int nst_ipv6_link_output(struct nst_link *link, struct sk_buff *skb,
			 const struct in6_addr *saddr,
			 const struct in6_addr *daddr, u8 nexthdr,
			 u8 hop_limit)
{
	struct nst_path path = {
		.link = link,
		.family = AF_INET6,
		.daddr = nst_address_v6(daddr),
		.type = RTN_MULTICAST,
	};
	struct nst_stack *stack = link->stack;
	bool group = nst_ipv6_is_group(daddr);
	int err;

	if (!group && !(link->flags & NST_LINK_LOOPBACK)) {
		struct nst_neighbour *neighbour;

		neighbour = nst_neighbour_lookup(link, AF_INET6, &path.daddr,
						 true);
		if (IS_ERR(neighbour))
			return refuse(stack, skb, NST_DROP_NEIGH_TABLE_FULL,
				      PTR_ERR(neighbour));
		path.neighbour = neighbour;
		path.type = RTN_UNICAST;
	}
	push_header(skb, saddr, daddr, nexthdr, hop_limit, first_word(0, 0));
	count_output(stack, skb, group);
	err = nst_path_xmit(&path, skb, htons(ETH_P_IPV6));
	if (path.neighbour)
		nst_neighbour_put(path.neighbour);
	return err;
}
