/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Super-packets: whether one that came in is what it claims, and cutting one
 * into the packets that it stands for, where they are not taken whole. Both
 * families, TCP and UDP.
 */
#ifndef NST_SEGMENTATION_H
#define NST_SEGMENTATION_H

#include <linux/netdevice.h>
#include <linux/skbuff.h>

/* Does a link that offers @features take a super-packet of @gso_type? */
static inline bool nst_segmentation_offloaded(netdev_features_t features,
					      unsigned int gso_type)
{
	netdev_features_t need =
		(netdev_features_t)gso_type << NETIF_F_GSO_SHIFT;

	/* A super-packet leaves its checksums to whoever cuts it. */
	return (features & need) == need && (features & NETIF_F_CSUM_MASK);
}

/**
 * nst_segment_header_length() - bytes of headers that each segment repeats
 * @skb: super-packet with network and transport header set and linear
 */
unsigned int nst_segment_header_length(const struct sk_buff *skb);

/**
 * nst_gso_valid() - is a super-packet that came in what it claims?
 * @skb: super-packet
 * @transport: bytes from skb->data to its transport header, linear; the
 *	transport header is too, on success
 * @family: AF_INET or AF_INET6: of its network header
 * @protocol: IPPROTO_* of its transport header, from the network header
 *
 * The type must be that of the packet's protocol and family, its transport
 * header whole, the checksum that is left to be completed its own, and a
 * segment no longer than what is there. A trusted peer does not lie by
 * itself, but it hands over what programs (packet sockets with a
 * virtio_net_hdr), guests and filters that rewrite packets have made.
 * gso_segs, which they may leave out, is put right.
 *
 * Context: any.
 */
bool nst_gso_valid(struct sk_buff *skb, unsigned int transport, u8 family,
		   u8 protocol);

/**
 * nst_segment() - cut a super-packet
 * @skb: super-packet of this stack, or one that nst_gso_valid() takes;
 *	skb->data at the network header, transport header set; consumed
 *
 * Each segment has its own lengths, sequence number and identification
 * (consecutive, unless DF leaves it without meaning); FIN and PSH are on the
 * last only, CWR on the first only (RFC 3168 6.1.2) unless the type says that
 * it is part of the ACE field (RFC 9768 3.3.4). Checksums stay
 * CHECKSUM_PARTIAL. Payload in pages is shared, not copied.
 *
 * Context: any.
 * Return: the segments, linked by skb->next, or ERR_PTR(-ENOMEM).
 */
struct sk_buff *nst_segment(struct sk_buff *skb);

#endif /* NST_SEGMENTATION_H */
