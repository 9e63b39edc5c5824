// SPDX-License-Identifier: GPL-2.0
/*
 * IPv4 receive: the one place where lengths, header and addresses of a
 * packet are checked (RFC 791 3.1, RFC 1122 3.2.1); what passes is trusted
 * above. Entry point: the network protocol that nst_ipv4_register() hands to
 * the link layer. A packet leaves to reassembly or to its transport.
 */
#include <linux/icmp.h>
#include <linux/tcp.h>
#include <net/inet_ecn.h>

#include "../link/segmentation.h"
#include "address.h"
#include "admission.h"
#include "forward.h"
#include "group.h"
#include "icmp.h"
#include "ipv4.h"
#include "reassembly.h"
#include "reverse_path.h"

/*
 * May a packet come from its source address? RFC 1122 3.2.1.3: the source
 * is a single host, or with @own this one. 0.0.0.0 stands for a host that has
 * no address yet and may only speak to everybody on the link.
 */
static bool source_valid(struct nst_link *link, const struct iphdr *iph,
			 u8 type, bool own)
{
	union nst_address saddr = nst_address_v4(iph->saddr);

	if (unlikely(nst_ipv4_is_group(iph->saddr)))
		return false;
	if (unlikely(nst_ipv4_is_zeronet(iph->saddr)))
		return !iph->saddr && type != RTN_LOCAL;
	if (own)
		return true;
	if (unlikely(ipv4_is_loopback(iph->saddr)))
		return false;
	/* What we send does not come back by a wire: forged (LAND). */
	if (unlikely(nst_address_find_rcu(link->stack, NULL, AF_INET, &saddr)))
		return false;
	/* A directed broadcast address of this link is not a single host. */
	return !nst_route_broadcast_rcu(link, &saddr);
}

/* The same with the link's guard. Consumes what may not. */
static bool source_taken(struct nst_link *link, struct sk_buff *skb, u8 type)
{
	const struct iphdr *iph = ip_hdr(skb);
	union nst_address saddr, daddr;

	if (unlikely(!source_valid(link, iph, type, nst_packet_cb(skb)->flags &
				   NST_PACKET_LOOPBACK))) {
		nst_ipv4_refuse_addr(link->stack, skb,
				     NST_DROP_IP_MARTIAN_SOURCE);
		return false;
	}
	/* Of what we sent ourselves there is no way back. */
	if (likely(nst_reverse_path_mode(link) == NST_REVERSE_PATH_ANY) ||
	    nst_packet_cb(skb)->flags & NST_PACKET_LOOPBACK)
		return true;
	saddr = nst_address_v4(iph->saddr);
	daddr = nst_address_v4(iph->daddr);
	if (nst_reverse_path_valid(link, AF_INET, &saddr, &daddr))
		return true;
	nst_ipv4_refuse_addr(link->stack, skb, NST_DROP_IP_REVERSE_PATH);
	return false;
}

/* Addresses that no packet on a wire may have as its destination. */
static bool destination_martian(const struct nst_link *link, __be32 daddr)
{
	if (nst_ipv4_is_zeronet(daddr))
		return true;
	if (ipv4_is_loopback(daddr))
		return !(link->flags & NST_LINK_LOOPBACK);
	return nst_ipv4_is_group(daddr) && !ipv4_is_multicast(daddr) &&
	       !ipv4_is_lbcast(daddr);
}

static void refuse_options(struct nst_link *link, struct sk_buff *skb,
			   int err, u8 parameter)
{
	struct nst_stack *stack = link->stack;

	if (err == -EOPNOTSUPP) {
		/*
		 * RFC 1122 3.2.1.8 (c) lets a host be the last stop of a
		 * source route; we refuse all of them, as RFC 6274 3.13.2.3
		 * advises, and say so as RFC 1122 3.2.2.1 has it.
		 */
		nst_icmp_send_error(stack, skb, link, ICMP_DEST_UNREACH,
				    ICMP_SR_FAILED, 0);
		nst_ipv4_refuse_header(stack, skb, NST_DROP_IP_SOURCE_ROUTE);
		return;
	}
	nst_icmp_send_error(stack, skb, link, ICMP_PARAMETERPROB, 0, parameter);
	nst_ipv4_refuse_header(stack, skb, NST_DROP_IP_OPTIONS);
}

/* Hand a whole datagram, skb->data at its payload, to its transport. */
static void deliver(struct nst_stack *stack, struct sk_buff *skb)
{
	struct nst_packet_cb *cb = nst_packet_cb(skb);
	const struct nst_transport_protocol *transport;
	bool taken = false;

	if (nst_raw_wanted(stack))
		taken = nst_network_raw_receive(stack, skb);
	transport = nst_transport_find(cb->protocol);
	if (unlikely(!transport || !(transport->families & NST_OVER_IPV4))) {
		if (taken) {
			NST_INC(stack, IP_IN_DELIVERS);
			consume_skb(skb);
			return;
		}
		NST_INC(stack, IP_IN_UNKNOWN_PROTOS);
		/* RFC 1122 3.2.2.1 */
		nst_icmp_send_error(stack, skb, cb->link, ICMP_DEST_UNREACH,
				    ICMP_PROT_UNREACH, 0);
		nst_drop(stack, skb, NST_DROP_IP_NO_PROTOCOL);
		return;
	}
	NST_INC(stack, IP_IN_DELIVERS);
	transport->receive(stack, skb);
}

/* Why a fragment cannot be part of any datagram; NST_DROP_COUNT if it can. */
static enum nst_drop_reason fragment_refused(const struct sk_buff *skb,
					     const struct nst_fragment *fragment)
{
	unsigned int header = ip_hdr(skb)->ihl * 4;

	/* RFC 791 3.1: all but the last are multiples of 8 bytes. */
	if (!skb->len || (fragment->more && skb->len % 8))
		return NST_DROP_IP_FRAG_INVALID;
	/* The datagram may not outgrow its length field (ping of death). */
	if (header + fragment->offset + skb->len > NST_IPV4_LENGTH_MAX)
		return NST_DROP_IP_FRAG_INVALID;
	/*
	 * A fragment is what its sender put on the wire: one packet with its
	 * transport checksum complete.
	 */
	if (skb_is_gso(skb) || skb->ip_summed == CHECKSUM_PARTIAL)
		return NST_DROP_IP_FRAG_INVALID;
	/*
	 * RFC 1858 3, RFC 3128: ports and flags are in the first fragment,
	 * and nothing else may write there.
	 */
	if (fragment->protocol == IPPROTO_TCP &&
	    (fragment->offset ? fragment->offset : skb->len) <
	    sizeof(struct tcphdr))
		return NST_DROP_IP_FRAG_TINY;
	return NST_DROP_COUNT;
}

/* Give the first fragment's header the values of the whole datagram. */
static bool complete_header(struct sk_buff *skb)
{
	struct nst_packet_cb *cb = nst_packet_cb(skb);
	unsigned int length = ip_hdr(skb)->ihl * 4 + skb->len;
	struct iphdr *iph = ip_hdr(skb);

	/* The first header may be longer than those that were added up. */
	if (length > NST_IPV4_LENGTH_MAX)
		return false;
	iph->tot_len = htons(length);
	iph->frag_off = 0;
	iph->tos = cb->tos;
	nst_ipv4_checksum(iph);
	return true;
}

/* Return: the whole datagram, or NULL while it is not. */
static struct sk_buff *reassemble(struct nst_stack *stack, struct sk_buff *skb)
{
	const struct nst_packet_cb *cb = nst_packet_cb(skb);
	const struct iphdr *iph = ip_hdr(skb);
	unsigned int frag_off = ntohs(iph->frag_off);
	struct nst_fragment fragment = {
		.family = AF_INET,
		.protocol = cb->protocol,
		.ecn = cb->tos & 3,
		.more = frag_off & NST_IPV4_MF,
		.identification = ntohs(iph->id),
		.offset = (frag_off & NST_IPV4_OFFSET) * 8,
		.saddr = nst_address_v4(iph->saddr),
		.daddr = nst_address_v4(iph->daddr),
	};
	enum nst_drop_reason reason;

	NST_INC(stack, IP_REASM_REQDS);
	reason = fragment_refused(skb, &fragment);
	if (reason != NST_DROP_COUNT) {
		NST_INC(stack, IP_REASM_FAILS);
		nst_drop(stack, skb, reason);
		return NULL;
	}
	skb = nst_reassembly_add(stack, skb, &fragment);
	if (!skb)
		return NULL;
	if (!complete_header(skb)) {
		NST_INC(stack, IP_REASM_FAILS);
		nst_drop(stack, skb, NST_DROP_IP_FRAG_INVALID);
		return NULL;
	}
	NST_INC(stack, IP_REASM_OKS);
	return skb;
}

/* A packet to all: say so to the layers above. Return: is it one? */
static bool mark_group(struct nst_stack *stack, struct sk_buff *skb, u8 type)
{
	struct nst_packet_cb *cb = nst_packet_cb(skb);

	switch (type) {
	case RTN_BROADCAST:
		NST_INC(stack, IP_IN_BCAST_PKTS);
		cb->flags |= NST_PACKET_BROADCAST;
		return true;
	case RTN_MULTICAST:
		NST_INC(stack, IP_IN_MCAST_PKTS);
		cb->flags |= NST_PACKET_MULTICAST;
		return true;
	}
	return false;
}

/*
 * RFC 1112 7.2: packets to groups that somebody here joined. What is about a
 * group itself comes from routers, whom no member names as a source.
 */
static bool is_member(const struct nst_link *link, const struct iphdr *iph)
{
	union nst_address group = nst_address_v4(iph->daddr);
	union nst_address source = nst_address_v4(iph->saddr);

	if (iph->protocol == IPPROTO_IGMP)
		return nst_group_member_rcu(link, AF_INET, &group);
	return nst_group_admits_rcu(link, AF_INET, &group, &source);
}

/* By ECN field: the counters are in its order (RFC 3168 5). */
static void count_ecn(struct nst_stack *stack, const struct sk_buff *skb,
		      u8 tos)
{
	BUILD_BUG_ON(NST_MIB_IP_IN_CE_PKTS - NST_MIB_IP_IN_NO_ECT_PKTS !=
		     INET_ECN_CE);
	this_cpu_add(stack->mib->item[NST_MIB_IP_IN_NO_ECT_PKTS +
				      (tos & INET_ECN_MASK)],
		     max_t(u16, 1, skb_shinfo(skb)->gso_segs));
}

static void fill_cb(struct sk_buff *skb)
{
	struct nst_packet_cb *cb = nst_packet_cb(skb);
	const struct iphdr *iph = ip_hdr(skb);

	cb->family = AF_INET;
	cb->protocol = iph->protocol;
	cb->hop_limit = iph->ttl;
	cb->tos = iph->tos;
	cb->max_fragment = 0;
}

/* Options of a header that is longer than it need be. Consumes if refused. */
static bool options_taken(struct nst_link *link, struct sk_buff *skb)
{
	u8 parameter;
	int err;

	err = nst_ipv4_options_check(skb, &parameter);
	if (err) {
		refuse_options(link, skb, err, parameter);
		return false;
	}
	nst_packet_cb(skb)->flags |= NST_PACKET_OPTIONS;
	return true;
}

/* A packet for another: a router passes it on, a host does not. */
static noinline void pass_on(struct nst_link *link, struct sk_buff *skb)
{
	if (!nst_forwarding(link->stack, AF_INET) ||
	    link->flags & NST_LINK_LOOPBACK) {
		nst_ipv4_refuse_addr(link->stack, skb,
				     NST_DROP_IP_NOT_LOCAL);
		return;
	}
	/* As a packet to one of ours: 0.0.0.0 is not its source. */
	if (!source_taken(link, skb, RTN_LOCAL))
		return;
	if (ip_hdr(skb)->ihl * 4 > sizeof(struct iphdr) &&
	    !options_taken(link, skb))
		return;
	nst_ipv4_forward(link, skb);
}

/*
 * RFC 1122 3.2.1.3: are both addresses such that the packet is for us?
 * Consumes what is not.
 */
static bool addresses_taken(struct nst_link *link, struct sk_buff *skb)
{
	const struct nst_packet_cb *cb = nst_packet_cb(skb);
	const struct iphdr *iph = ip_hdr(skb);
	struct nst_stack *stack = link->stack;
	union nst_address daddr;
	u8 type;

	daddr = nst_address_v4(iph->daddr);
	type = nst_route_input_type(link, AF_INET, &daddr);
	if (unlikely(type != RTN_LOCAL)) {
		if (destination_martian(link, iph->daddr)) {
			nst_ipv4_refuse_addr(stack, skb,
					     NST_DROP_IP_MARTIAN_DESTINATION);
			return false;
		}
		if (type == RTN_UNREACHABLE) {
			if (!nst_forward_ours(link, AF_INET, &daddr)) {
				pass_on(link, skb);
				return false;
			}
			type = RTN_LOCAL;
		}
	}
	if (unlikely(!source_taken(link, skb, type)))
		return false;
	if (unlikely(type == RTN_MULTICAST) && !is_member(link, iph)) {
		nst_ipv4_refuse_addr(stack, skb, NST_DROP_IP_NOT_MEMBER);
		return false;
	}
	if (unlikely(type != RTN_LOCAL ||
		     cb->flags & NST_PACKET_LINK_GROUP) &&
	    !mark_group(stack, skb, type)) {
		/* RFC 1122 3.3.6: a frame to all with a packet for one */
		nst_ipv4_refuse_addr(stack, skb, NST_DROP_IP_LINK_GROUP);
		return false;
	}
	return true;
}

/* The same, without a look at those of a connection. */
static bool admitted(struct nst_link *link, struct sk_buff *skb)
{
	atomic64_t *admission = NULL;
	u64 now = nst_admission_now(link);

	if (likely(!(ip_hdr(skb)->frag_off &
		     htons(NST_IPV4_MF | NST_IPV4_OFFSET)) &&
		   !(nst_packet_cb(skb)->flags & NST_PACKET_LINK_GROUP)))
		admission = nst_transport_owner(link->stack, skb,
						ip_hdr(skb)->ihl * 4);
	if (admission && nst_admission_holds(link, admission, now))
		return true;
	skb_orphan(skb);
	if (!addresses_taken(link, skb))
		return false;
	/* A router takes packets for its addresses on any link. */
	if (admission && !nst_forwarding(link->stack, AF_INET))
		atomic64_set(admission, now);
	return true;
}

static void receive(struct nst_link *link, struct sk_buff *skb)
{
	struct nst_packet_cb *cb = nst_packet_cb(skb);
	struct nst_stack *stack = link->stack;
	unsigned int header, length;
	const struct iphdr *iph;

	NST_INC(stack, IP_IN_RECEIVES);
	NST_ADD(stack, IP_IN_OCTETS, skb->len);

	if (unlikely(!pskb_may_pull(skb, sizeof(struct iphdr)))) {
		nst_ipv4_refuse_header(stack, skb, NST_DROP_IP_SHORT);
		return;
	}
	iph = (const struct iphdr *)skb->data;
	/* RFC 1122 3.2.1.1 */
	if (unlikely(iph->version != 4)) {
		nst_ipv4_refuse_header(stack, skb, NST_DROP_IP_VERSION);
		return;
	}
	header = iph->ihl * 4;
	if (unlikely(header < sizeof(*iph))) {
		nst_ipv4_refuse_header(stack, skb, NST_DROP_IP_HEADER_LENGTH);
		return;
	}
	if (unlikely(header > sizeof(*iph))) {
		if (!pskb_may_pull(skb, header)) {
			nst_ipv4_refuse_header(stack, skb, NST_DROP_IP_SHORT);
			return;
		}
		iph = (const struct iphdr *)skb->data;
	}
	count_ecn(stack, skb, iph->tos);
	/* RFC 1122 3.2.1.2 */
	if (unlikely(ip_fast_csum(iph, iph->ihl))) {
		NST_INC(stack, IP_IN_CSUM_ERRORS);
		nst_ipv4_refuse_header(stack, skb, NST_DROP_IP_CHECKSUM);
		return;
	}
	length = ntohs(iph->tot_len);
	if (unlikely(length < header)) {
		nst_ipv4_refuse_header(stack, skb, NST_DROP_IP_LENGTH);
		return;
	}
	if (unlikely(length > skb->len)) {
		NST_INC(stack, IP_IN_TRUNCATED_PKTS);
		nst_drop(stack, skb, NST_DROP_IP_LENGTH);
		return;
	}
	/* Short Ethernet frames are padded: what is behind is not ours. */
	if (unlikely(pskb_trim_rcsum(skb, length))) {
		NST_INC(stack, IP_IN_DISCARDS);
		nst_drop(stack, skb, NST_DROP_NOMEM);
		return;
	}
	iph = (const struct iphdr *)skb->data;
	skb_reset_network_header(skb);

	fill_cb(skb);
	if (unlikely(!admitted(link, skb)))
		return;
	if (unlikely(header > sizeof(*iph)) && !options_taken(link, skb))
		return;

	__skb_pull(skb, header);
	skb_reset_transport_header(skb);
	if (unlikely(iph->frag_off & htons(NST_IPV4_MF | NST_IPV4_OFFSET))) {
		skb = reassemble(stack, skb);
		if (!skb)
			return;
		skb_reset_transport_header(skb);
	} else if (skb_is_gso(skb) &&
		   unlikely(!nst_gso_valid(skb, 0, AF_INET, cb->protocol))) {
		NST_INC(stack, IP_IN_DISCARDS);
		nst_drop(stack, skb, NST_DROP_IP_SEGMENTS);
		return;
	}
	deliver(stack, skb);
}

static const struct nst_network_protocol ipv4 = {
	.ethertype = htons(ETH_P_IP),
	.receive = receive,
};

int __init nst_ipv4_register(void)
{
	return nst_network_protocol_register(&ipv4);
}
