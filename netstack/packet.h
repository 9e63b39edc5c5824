/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What travels with a packet through the layers, in skb->cb, and how a
 * packet ends.
 *
 * Receive: the link layer zeroes the control block and sets @link; the
 * network layer fills the rest before the transport sees the packet. The
 * layer-private part belongs to the layer that holds the packet; nothing in
 * it survives a handover. skb->dev is the net_device of the arrival link or
 * NULL (lo) and is not trusted above the link layer.
 */
#ifndef NST_PACKET_H
#define NST_PACKET_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>

#include "mib.h"
#include "stack.h"
#include "types.h"

/* Room in front of a transport payload for all headers that may follow. */
#define NST_HEADROOM_LINK	16
#define NST_HEADROOM_NETWORK	60
#define NST_HEADROOM		(NST_HEADROOM_LINK + NST_HEADROOM_NETWORK + 4)
#define NST_HEADROOM_TCP	(NST_HEADROOM + 60 + 20)

#define NST_PACKET_BROADCAST	BIT(0)	/* sent to a broadcast address */
#define NST_PACKET_MULTICAST	BIT(1)	/* sent to a multicast address */
#define NST_PACKET_LINK_GROUP	BIT(2)	/* link-layer broadcast/multicast */
#define NST_PACKET_OPTIONS	BIT(3)	/* IPv4 options present and checked */
#define NST_PACKET_REASSEMBLED	BIT(4)	/* built of fragments */
#define NST_PACKET_LOOPBACK	BIT(5)	/* arrived on lo: a peer of our own */
#define NST_PACKET_FRAGMENT	BIT(6)	/* had an IPv6 fragment header */
#define NST_PACKET_ROUTER_ALERT	BIT(7)	/* had that hop-by-hop option */

/**
 * struct nst_packet_cb - a packet's control block on receive
 * @link: link on which it arrived; valid under RCU
 * @family: AF_INET or AF_INET6
 * @protocol: IPPROTO_* of the payload that skb->data points to
 * @hop_limit: TTL or hop limit of the header
 * @tos: type of service or traffic class octet
 * @flags: NST_PACKET_*
 * @max_fragment: largest fragment of a reassembled datagram, bytes; else 0
 * @layer: the holding layer's own
 *
 * skb->data is at the transport header and skb->len is the transport's
 * length, trimmed to what the IP header says; the network header, with its
 * options or extension headers, is linear and at skb_network_header().
 */
struct nst_packet_cb {
	struct nst_link *link;
	u8 family;
	u8 protocol;
	u8 hop_limit;
	u8 tos;
	u8 flags;
	u16 max_fragment;
	u8 layer[32] __aligned(8);
};

static inline struct nst_packet_cb *nst_packet_cb(const struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct nst_packet_cb) > sizeof(skb->cb));
	return (struct nst_packet_cb *)skb->cb;
}

static inline union nst_address nst_packet_saddr(const struct sk_buff *skb)
{
	union nst_address address;

	if (nst_packet_cb(skb)->family == AF_INET6) {
		address.v6 = ipv6_hdr(skb)->saddr;
		return address;
	}
	return nst_address_v4(ip_hdr(skb)->saddr);
}

static inline union nst_address nst_packet_daddr(const struct sk_buff *skb)
{
	union nst_address address;

	if (nst_packet_cb(skb)->family == AF_INET6) {
		address.v6 = ipv6_hdr(skb)->daddr;
		return address;
	}
	return nst_address_v4(ip_hdr(skb)->daddr);
}

/**
 * nst_packet_checksum_trusted() - may the checksum go unverified?
 * @skb: packet received
 *
 * Only a local peer leaves CHECKSUM_PARTIAL on a packet it hands over, and
 * only a link that vouches for its packets sets CHECKSUM_UNNECESSARY; the
 * link layer clears both on anything else.
 */
static inline bool nst_packet_checksum_trusted(const struct sk_buff *skb)
{
	return skb->ip_summed == CHECKSUM_PARTIAL ||
	       skb->ip_summed == CHECKSUM_UNNECESSARY;
}

/**
 * nst_drop() - end a packet, counted and traced
 * @stack: stack that refuses it
 * @skb: packet, freed
 * @reason: why
 *
 * Context: any.
 */
void nst_drop(struct nst_stack *stack, struct sk_buff *skb,
	      enum nst_drop_reason reason);

#endif /* NST_PACKET_H */
