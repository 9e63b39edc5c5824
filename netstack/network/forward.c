// SPDX-License-Identifier: GPL-2.0
/*
 * Forwarding, what both families have in common: the way of a packet, what
 * its sender hears when there is none, and the last step. A packet goes from
 * one link's receive to another's transmit at once; no link's transmit runs
 * the receive of anything (struct nst_link_ops), so that nothing recurs, and
 * what goes round in circles ends with its hop limit.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>

#include "address.h"
#include "forward.h"
#include "icmp.h"
#include "icmpv6.h"
#include "ipv4.h"
#include "ipv6.h"
#include "reverse_path.h"

bool nst_forward_scoped(u8 family, const union nst_address *address)
{
	if (family == AF_INET6)
		return nst_ipv6_is_link_local(&address->v6);
	return (address->v4 & htonl(0xffff0000)) == htonl(0xa9fe0000);
}

bool nst_forward_ours(struct nst_link *link, u8 family,
		      const union nst_address *daddr)
{
	return nst_forwarding(link->stack, family) &&
	       !(link->flags & NST_LINK_LOOPBACK) &&
	       !nst_forward_scoped(family, daddr) &&
	       nst_address_usable(link->stack, family, daddr);
}

/* RFC 1812 5.2.7.1, RFC 4443 3.1; a blackhole says nothing. */
static void tell_unreachable(struct nst_link *link, struct sk_buff *skb,
			     u8 family, int err)
{
	struct nst_stack *stack = link->stack;
	u8 code;

	switch (err) {
	case -ENETUNREACH:
		code = family == AF_INET6 ? ICMPV6_NOROUTE : ICMP_NET_UNREACH;
		break;
	case -EHOSTUNREACH:
		code = family == AF_INET6 ? ICMPV6_ADDR_UNREACH :
					    ICMP_HOST_UNREACH;
		break;
	case -EACCES:
		code = family == AF_INET6 ? ICMPV6_ADM_PROHIBITED :
					    ICMP_PKT_FILTERED;
		break;
	default:
		return;
	}
	if (family == AF_INET6)
		nst_icmpv6_send_error(stack, skb, link, ICMPV6_DEST_UNREACH,
				      code, 0);
	else
		nst_icmp_send_error(stack, skb, link, ICMP_DEST_UNREACH, code,
				    0);
}

static void refuse(struct nst_link *link, struct sk_buff *skb, int err)
{
	enum nst_drop_reason reason = NST_DROP_IP_NO_ROUTE;
	struct nst_stack *stack = link->stack;
	u8 family = nst_packet_cb(skb)->family;

	if (err == -ENOBUFS)
		reason = NST_DROP_NEIGH_TABLE_FULL;
	else if (err == -ENOMEM)
		reason = NST_DROP_NOMEM;
	else if (family == AF_INET6)
		NST_INC(stack, IP6_IN_NO_ROUTES);
	else
		NST_INC(stack, IP_IN_NO_ROUTES);
	tell_unreachable(link, skb, family, err);
	nst_drop(stack, skb, reason);
}

static void refuse_address(struct nst_link *link, struct sk_buff *skb)
{
	if (nst_packet_cb(skb)->family == AF_INET6)
		nst_ipv6_refuse_addr(link->stack, skb,
				     NST_DROP_IP_NOT_LOCAL);
	else
		nst_ipv4_refuse_addr(link->stack, skb,
				     NST_DROP_IP_NOT_LOCAL);
}

/* The ports, where they choose among several next hops. */
static void add_ports(const struct nst_stack *stack, const struct sk_buff *skb,
		      unsigned int transport, struct nst_route_key *key)
{
	__be16 buffer[2], *ports;

	if (likely(!READ_ONCE(stack->config.fib_multipath_hash_policy)) ||
	    !transport ||
	    (key->protocol != IPPROTO_TCP && key->protocol != IPPROTO_UDP))
		return;
	ports = skb_header_pointer(skb, skb_network_offset(skb) + transport,
				   sizeof(buffer), buffer);
	if (!ports)
		return;
	key->sport = ports[0];
	key->dport = ports[1];
}

bool nst_forward_route(struct nst_link *link, struct sk_buff *skb,
		       unsigned int transport, struct nst_path *path)
{
	const struct nst_packet_cb *cb = nst_packet_cb(skb);
	struct nst_route_key key = {
		.family = cb->family,
		.tos = cb->tos,
		.protocol = cb->protocol,
		.iif = link->index,
		.daddr = nst_packet_daddr(skb),
		.saddr = nst_packet_saddr(skb),
	};
	int err;

	add_ports(link->stack, skb, transport, &key);
	err = nst_route_output(link->stack, &key, path);
	if (unlikely(err)) {
		refuse(link, skb, err);
		return false;
	}
	/* RFC 2644: nor to the broadcast address of another link. */
	if (unlikely(path->type != RTN_UNICAST || !path->neighbour)) {
		nst_path_release(path);
		refuse_address(link, skb);
		return false;
	}
	return true;
}

void nst_forward_send(struct nst_link *link, struct sk_buff *skb,
		      const struct nst_path *path, bool too_big,
		      nst_fragmenter_t fragment)
{
	struct nst_stack *stack = link->stack;

	if (path->family == AF_INET6) {
		NST_INC(stack, IP6_OUT_FORW_DATAGRAMS);
		NST_ADD(stack, IP6_OUT_OCTETS, skb->len);
	} else {
		NST_INC(stack, IP_FORW_DATAGRAMS);
		NST_ADD(stack, IP_OUT_OCTETS, skb->len);
	}
	/* Where it came by, for nst_forward_failed(). */
	skb->skb_iif = link->index;
	nst_transmit(stack, skb, path, too_big, fragment);
}

bool nst_forward_redirects(struct nst_link *link, const struct sk_buff *skb,
			   const struct nst_path *path)
{
	union nst_address saddr, daddr;

	if (likely(path->link != link) ||
	    !READ_ONCE(link->stack->config.send_redirects))
		return false;
	saddr = nst_packet_saddr(skb);
	daddr = nst_packet_daddr(skb);
	return nst_reverse_path_on_link(link, path->family, &saddr, &daddr);
}

bool nst_forward_failed(struct nst_stack *stack, struct sk_buff *skb)
{
	struct nst_packet_cb *cb = nst_packet_cb(skb);
	union nst_address saddr;
	struct nst_link *link;
	u8 family = AF_INET;

	if (!skb->skb_iif)
		return false;
	if (skb->protocol == htons(ETH_P_IPV6))
		family = AF_INET6;
	/* A fragment's control block is empty. */
	cb->family = family;
	saddr = nst_packet_saddr(skb);
	if (nst_address_usable(stack, family, &saddr))
		return false;
	link = nst_link_by_index_rcu(stack, skb->skb_iif);
	if (link)
		tell_unreachable(link, skb, family, -EHOSTUNREACH);
	return true;
}
