// SPDX-License-Identifier: GPL-2.0
/*
 * Ethernet framing: the header of frames that come in is checked and taken
 * off, that of frames that leave is put on. Frames are Ethernet II (RFC 894);
 * IEEE 802.3 length frames (RFC 1042) are refused, which RFC 1122 2.3.3
 * allows to a host that does not send them.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>

#include "link.h"

bool nst_ethernet_pull(const struct nst_link *link, struct sk_buff *skb,
		       u32 flags, enum nst_drop_reason *reason)
{
	const struct ethhdr *header;

	if (unlikely(!pskb_may_pull(skb, ETH_HLEN))) {
		*reason = NST_DROP_LINK_SHORT;
		return false;
	}
	if (unlikely(skb->len > ETH_HLEN + NST_LINK_MTU_MAX)) {
		*reason = NST_DROP_LINK_TOO_BIG;
		return false;
	}

	skb_reset_mac_header(skb);
	skb_reset_mac_len(skb);
	header = eth_hdr(skb);

	if (unlikely(is_multicast_ether_addr(header->h_source))) {
		*reason = NST_DROP_LINK_BAD_SOURCE;
		return false;
	}
	if (unlikely(!eth_proto_is_802_3(header->h_proto))) {
		*reason = NST_DROP_LINK_8023;
		return false;
	}
	/* A tag beside the frame is an EtherType that nobody here takes. */
	if (unlikely(skb_vlan_tag_present(skb))) {
		*reason = NST_DROP_LINK_PROTOCOL;
		return false;
	}

	if (likely(ether_addr_equal(header->h_dest, link->address))) {
		skb->pkt_type = PACKET_HOST;
	} else if (is_broadcast_ether_addr(header->h_dest)) {
		skb->pkt_type = PACKET_BROADCAST;
	} else if (is_multicast_ether_addr(header->h_dest) &&
		   ((flags & (NST_LINK_ALLMULTI | NST_LINK_PROMISC)) ||
		    nst_link_group_taken(link, header->h_dest))) {
		skb->pkt_type = PACKET_MULTICAST;
	} else if (flags & NST_LINK_PROMISC) {
		skb->pkt_type = PACKET_OTHERHOST;
	} else {
		*reason = NST_DROP_LINK_OTHER_HOST;
		return false;
	}

	skb->protocol = header->h_proto;
	__skb_pull(skb, ETH_HLEN);
	return true;
}

void nst_ethernet_push(struct sk_buff *skb, const struct nst_link *link,
		       const u8 *destination, __be16 ethertype)
{
	struct ethhdr *header = __skb_push(skb, ETH_HLEN);

	skb_reset_mac_header(skb);
	ether_addr_copy(header->h_dest, destination);
	ether_addr_copy(header->h_source, link->address);
	header->h_proto = ethertype;
}
