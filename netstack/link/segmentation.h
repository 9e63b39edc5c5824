/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Cutting a super-packet into the packets that it stands for, where the
 * link does not take it whole. Both families, TCP and UDP.
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
 * nst_segment() - cut a super-packet
 * @skb: super-packet of SKB_GSO_TCPV4, _TCPV6 or _UDP_L4 with
 *	CHECKSUM_PARTIAL; skb->data at the network header, transport header
 *	set; consumed
 *
 * Each segment has its own lengths, sequence number and identification
 * (consecutive, unless DF leaves it without meaning); FIN and PSH are on the
 * last only, CWR on the first only (RFC 3168 6.1.2). Checksums stay
 * CHECKSUM_PARTIAL. Payload in pages is shared, not copied.
 *
 * Context: any.
 * Return: the segments, linked by skb->next, or ERR_PTR(-ENOMEM) or
 * ERR_PTR(-EINVAL) for a packet that cannot be cut.
 */
struct sk_buff *nst_segment(struct sk_buff *skb);

#endif /* NST_SEGMENTATION_H */
