// SPDX-License-Identifier: GPL-2.0
/*
 * Super-packets. What is claimed of one that comes in is held against its
 * headers: nst_gso_valid(). Software segmentation: skb_segment() shares the
 * payload out, this file makes each segment's headers right: TCP (RFC 9293),
 * UDP (RFC 768), IPv4 and IPv6: nst_segment().
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/checksum.h>

#include "../compat.h"
#include "segmentation.h"

#define IPV4_DF	0x4000	/* do not fragment, RFC 791 3.1 */

/*
 * A super-packet of UDP is cut on its way in, in softirq and all at once. A
 * program sends at most 128 datagrams in one (UDP_SEGMENT); guests may send
 * more.
 */
#define UDP_SEGMENTS_MAX	1024

static bool is_tcp(const struct sk_buff *skb)
{
	return skb_shinfo(skb)->gso_type & (SKB_GSO_TCPV4 | SKB_GSO_TCPV6);
}

static unsigned int transport_header_length(const struct sk_buff *skb)
{
	return is_tcp(skb) ? tcp_hdrlen(skb) : sizeof(struct udphdr);
}

unsigned int nst_segment_header_length(const struct sk_buff *skb)
{
	return skb_transport_header(skb) - skb_network_header(skb) +
	       transport_header_length(skb);
}

/*
 * The checksum field of a CHECKSUM_PARTIAL packet holds the sum of the
 * pseudo-header, of which only the length changes.
 */
static void fix_pseudo_sum(__sum16 *sum, unsigned int old, unsigned int new)
{
	*sum = csum16_add(csum16_sub(*sum, htons(old)), htons(new));
}

/* @ace: CWR is a digit of the ACE field (RFC 9768 3.3.4), no event. */
static void fix_tcp(struct sk_buff *segs, unsigned int old, unsigned int mss,
		    bool ace)
{
	struct sk_buff *skb;
	u32 sequence = ntohl(tcp_hdr(segs)->seq);
	struct tcphdr *th;

	for (skb = segs; skb; skb = skb->next) {
		th = tcp_hdr(skb);
		th->seq = htonl(sequence);
		sequence += mss;
		if (skb != segs && !ace)
			th->cwr = 0;
		if (skb->next) {
			th->fin = 0;
			th->psh = 0;
		}
		fix_pseudo_sum(&th->check, old,
			       skb->len - skb_transport_offset(skb));
	}
}

static void fix_udp(struct sk_buff *segs, unsigned int old)
{
	struct sk_buff *skb;
	unsigned int length;
	struct udphdr *uh;

	for (skb = segs; skb; skb = skb->next) {
		uh = udp_hdr(skb);
		length = skb->len - skb_transport_offset(skb);
		uh->len = htons(length);
		fix_pseudo_sum(&uh->check, old, length);
	}
}

/* RFC 6864 4.3: each datagram has its own identification, unless @fixed. */
static void fix_ipv4(struct sk_buff *segs, bool fixed)
{
	u16 identification = ntohs(ip_hdr(segs)->id);
	struct sk_buff *skb;
	struct iphdr *iph;

	for (skb = segs; skb; skb = skb->next) {
		iph = ip_hdr(skb);
		iph->tot_len = htons(skb->len);
		if (likely(!fixed))
			iph->id = htons(identification++);
		iph->check = 0;
		iph->check = ip_fast_csum(iph, iph->ihl);
	}
}

static void fix_ipv6(struct sk_buff *segs)
{
	struct sk_buff *skb;

	for (skb = segs; skb; skb = skb->next)
		ipv6_hdr(skb)->payload_len =
			htons(skb->len - sizeof(struct ipv6hdr));
}

/* Is the type that of the protocol? Some may stand beside another. */
static bool type_agrees(unsigned int type, u8 family, u8 protocol)
{
	type &= ~SKB_GSO_DODGY;
	switch (protocol) {
	case IPPROTO_TCP:
		/* CWR has one meaning or the other. */
		if ((type & SKB_GSO_TCP_ECN) && (type & SKB_GSO_TCP_ACCECN))
			return false;
		type &= ~(SKB_GSO_TCP_ECN | SKB_GSO_TCP_ACCECN);
		if (family == AF_INET6)
			return type == SKB_GSO_TCPV6;
		return (type & ~SKB_GSO_TCP_FIXEDID) == SKB_GSO_TCPV4;
	case IPPROTO_UDP:
		return type == SKB_GSO_UDP_L4;
	default:
		return false;
	}
}

/*
 * Bytes of the transport header, made linear, or 0 when it is not whole or
 * its own length is not that of the packet.
 */
static unsigned int pull_header(struct sk_buff *skb, unsigned int transport,
				u8 protocol)
{
	const struct udphdr *uh;
	const struct tcphdr *th;
	unsigned int length;

	if (protocol == IPPROTO_UDP) {
		length = sizeof(*uh);
		if (!pskb_may_pull(skb, transport + length))
			return 0;
		uh = (const struct udphdr *)(skb->data + transport);
		return ntohs(uh->len) == skb->len - transport ? length : 0;
	}
	if (!pskb_may_pull(skb, transport + sizeof(*th)))
		return 0;
	th = (const struct tcphdr *)(skb->data + transport);
	length = th->doff * 4;
	if (length < sizeof(*th) || !pskb_may_pull(skb, transport + length))
		return 0;
	return length;
}

static bool checksum_agrees(const struct sk_buff *skb, unsigned int transport,
			    u8 protocol)
{
	return skb->ip_summed == CHECKSUM_PARTIAL &&
	       skb_checksum_start_offset(skb) == (int)transport &&
	       skb->csum_offset == (protocol == IPPROTO_UDP ?
				    offsetof(struct udphdr, check) :
				    offsetof(struct tcphdr, check));
}

bool nst_gso_valid(struct sk_buff *skb, unsigned int transport, u8 family,
		   u8 protocol)
{
	unsigned int size = skb_shinfo(skb)->gso_size;
	unsigned int header, payload, spare;

	if (!type_agrees(skb_shinfo(skb)->gso_type, family, protocol))
		return false;
	header = pull_header(skb, transport, protocol);
	if (!header || !checksum_agrees(skb, transport, protocol))
		return false;
	payload = skb->len - transport - header;
	if (size > payload)
		return false;

	/* Less than one segment is to spare; wraps if there are too few. */
	spare = skb_shinfo(skb)->gso_segs * size - payload;
	if (unlikely(spare >= size))
		skb_shinfo(skb)->gso_segs = DIV_ROUND_UP(payload, size);
	return protocol != IPPROTO_UDP ||
	       skb_shinfo(skb)->gso_segs <= UDP_SEGMENTS_MAX;
}

struct sk_buff *nst_segment(struct sk_buff *skb)
{
	unsigned int mss = skb_shinfo(skb)->gso_size;
	unsigned int transport = skb_transport_offset(skb);
	unsigned int old = skb->len - transport;
	bool fixed_id = skb_shinfo(skb)->gso_type & SKB_GSO_TCP_FIXEDID;
	bool ace = skb_shinfo(skb)->gso_type & SKB_GSO_TCP_ACCECN;
	bool tcp = is_tcp(skb);
	struct sk_buff *segs;

	/*
	 * skb_segment() repeats what is between the MAC header and the data,
	 * so that the network header stands in for the MAC header here. It
	 * is told of every offload: the link layer completes checksums. No
	 * outer header is before it, which skb_segment() reads in the control
	 * block.
	 */
	skb_reset_mac_header(skb);
	SKB_GSO_CB(skb)->mac_offset = skb_headroom(skb);
	__skb_pull(skb, transport + transport_header_length(skb));
	segs = skb_segment(skb, NETIF_F_SG | NETIF_F_HW_CSUM);
	if (IS_ERR(segs)) {
		kfree_skb(skb);
		return segs;
	}

	if (tcp)
		fix_tcp(segs, old, mss, ace);
	else
		fix_udp(segs, old);
	if (skb->protocol == htons(ETH_P_IP))
		fix_ipv4(segs, fixed_id);
	else
		fix_ipv6(segs);
	consume_skb(skb);
	return segs;
}
