// SPDX-License-Identifier: GPL-2.0
/*
 * IPv6 receive: the one place where lengths, header and addresses of a
 * packet are checked (RFC 8200 3, RFC 4291 2); what passes is trusted above.
 * Entry point: the network protocol that nst_ipv6_register() hands to the
 * link layer. A packet leaves to reassembly or to its transport.
 */
#include <linux/icmpv6.h>
#include <linux/in6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/dsfield.h>
#include <net/inet_ecn.h>

#include "../link/segmentation.h"
#include "address.h"
#include "admission.h"
#include "forward.h"
#include "group.h"
#include "icmpv6.h"
#include "ipv6.h"
#include "reassembly.h"
#include "reverse_path.h"

/* A header that is not obeyed, and what the sender hears of it. */
static void refuse_chain(struct nst_link *link, struct sk_buff *skb,
			 const struct nst_ipv6_fault *fault)
{
	struct nst_stack *stack = link->stack;

	if (fault->tell)
		nst_icmpv6_send_error(stack, skb, link, ICMPV6_PARAMPROB,
				      fault->code, fault->pointer);
	nst_ipv6_refuse_header(stack, skb, fault->reason);
}

/* Addresses that no packet on a wire may have at either end. */
static bool off_the_wire(const struct nst_link *link,
			 const struct in6_addr *address)
{
	return nst_ipv6_is_mapped(address) ||
	       (nst_ipv6_is_loopback(address) &&
		!(link->flags & NST_LINK_LOOPBACK));
}

/*
 * RFC 4291 2.7: scope 0 is reserved, and scope 1 does not leave the
 * interface: only a packet of our own has it.
 */
static bool group_martian(const struct sk_buff *skb,
			  const struct in6_addr *group)
{
	u8 scope = nst_ipv6_group_scope(group);

	return !scope || (scope == NST_IPV6_SCOPE_INTERFACE &&
			  !(nst_packet_cb(skb)->flags & NST_PACKET_LOOPBACK));
}

bool nst_ipv6_source_impossible(const struct sk_buff *skb)
{
	const struct nst_packet_cb *cb = nst_packet_cb(skb);
	union nst_address saddr = nst_packet_saddr(skb);
	const struct nst_local_address *local;

	if (nst_address_any(&saddr))
		return true;
	if (cb->flags & NST_PACKET_LOOPBACK)
		return false;
	local = nst_address_find_rcu(cb->link->stack,
				     nst_ipv6_is_link_local(&saddr.v6) ?
				     cb->link : NULL, AF_INET6, &saddr);
	return local && nst_local_address_usable(local);
}

/* Bytes of a transport's header that a first fragment must have. */
static unsigned int upper_header(const struct sk_buff *skb, int offset,
				 u8 protocol)
{
	const struct tcphdr *th;
	struct tcphdr buffer;

	switch (protocol) {
	case IPPROTO_TCP:
		th = skb_header_pointer(skb, offset, sizeof(buffer), &buffer);
		return th ? max_t(unsigned int, th->doff * 4, sizeof(*th)) :
			    sizeof(*th);
	case IPPROTO_UDP:
		return sizeof(struct udphdr);
	case IPPROTO_ICMPV6:
		return sizeof(struct icmp6hdr);
	}
	return 0;
}

/*
 * RFC 7112 5: the first fragment has all headers, the transport's included.
 * @skb: skb->data at the IPv6 header, fragment header passed.
 */
static bool first_fragment_whole(const struct sk_buff *skb,
				 unsigned int offset, u8 nexthdr)
{
	int upper = offset;

	return nst_ipv6_chain_find(skb, &upper, &nexthdr, NULL) &&
	       upper + upper_header(skb, upper, nexthdr) <= skb->len;
}

static bool fragment_refused(struct sk_buff *skb,
			     const struct nst_ipv6_chain *chain,
			     const struct nst_fragment *fragment,
			     struct nst_ipv6_fault *fault)
{
	unsigned int header = chain->offset + sizeof(struct nst_ipv6_fragment_header);
	unsigned int length = skb->len - header;

	*fault = (struct nst_ipv6_fault) {
		.reason = NST_DROP_IP_FRAG_INVALID,
		.code = ICMPV6_HDR_FIELD,
	};
	/* RFC 8200 4.5: all but the last are multiples of 8 bytes. */
	if (fragment->more && length % 8) {
		fault->tell = true;
		fault->pointer = offsetof(struct ipv6hdr, payload_len);
		return true;
	}
	/* RFC 8200 4.5: the datagram may not outgrow its length field. */
	if (chain->offset - sizeof(struct ipv6hdr) + fragment->offset +
	    length > NST_IPV6_PAYLOAD_MAX) {
		fault->tell = true;
		fault->pointer = chain->offset +
				 offsetof(struct nst_ipv6_fragment_header, frag_off);
		return true;
	}
	/* One packet of its sender's, with its checksum complete. */
	if (!length || skb_is_gso(skb) ||
	    skb->ip_summed == CHECKSUM_PARTIAL)
		return true;
	if (!fragment->offset &&
	    !first_fragment_whole(skb, header, fragment->protocol)) {
		/* ICMPV6_FIRST_FRAG_INCOMP, RFC 7112 5 */
		fault->reason = NST_DROP_IP_FRAG_TINY;
		fault->tell = true;
		fault->code = 3;
		return true;
	}
	return false;
}

/* The field that named the fragment header names what follows it. */
static void rename_header(struct sk_buff *skb, struct nst_ipv6_chain *chain)
{
	unsigned int offset = sizeof(struct ipv6hdr);
	u8 *field = &ipv6_hdr(skb)->nexthdr;

	while (offset < chain->offset) {
		field = skb->data + offset;
		offset += (field[1] + 1) * 8;
	}
	*field = chain->nexthdr;
	chain->pointer = field - skb->data;
}

/*
 * RFC 8200 4.5: the headers in front of the first fragment's fragment header
 * are those of the datagram; the fragment header itself goes. skb->data is
 * at the payload behind it, and at the IPv6 header afterwards, with @chain at
 * the payload. Return: may it be a datagram?
 */
static bool complete_header(struct sk_buff *skb, struct nst_ipv6_chain *chain)
{
	unsigned int header = -skb_network_offset(skb) -
			      sizeof(struct nst_ipv6_fragment_header);
	u8 *from = skb_network_header(skb);
	struct ipv6hdr *ip6;

	if (header - sizeof(*ip6) + skb->len > NST_IPV6_PAYLOAD_MAX)
		return false;
	chain->headers++;
	chain->nexthdr = ((struct nst_ipv6_fragment_header *)(from + header))->nexthdr;
	chain->offset = header;
	memmove(from + sizeof(struct nst_ipv6_fragment_header), from, header);
	__skb_push(skb, header);
	skb_reset_network_header(skb);
	rename_header(skb, chain);
	ip6 = ipv6_hdr(skb);
	ip6->payload_len = htons(skb->len - sizeof(*ip6));
	ipv6_change_dsfield(ip6, (u8)~INET_ECN_MASK,
			    nst_packet_cb(skb)->tos & INET_ECN_MASK);
	return true;
}

/*
 * Take a fragment. Return: the packet, skb->data at its header and @chain
 * behind the fragment header, or NULL while it is not whole.
 */
static struct sk_buff *reassemble(struct nst_link *link, struct sk_buff *skb,
				  struct nst_ipv6_chain *chain)
{
	struct nst_packet_cb *cb = nst_packet_cb(skb);
	struct nst_stack *stack = link->stack;
	struct nst_ipv6_fault fault;
	struct nst_fragment fragment;
	const struct nst_ipv6_fragment_header *header;

	cb->flags |= NST_PACKET_FRAGMENT;
	NST_INC(stack, IP6_REASM_REQDS);
	if (!pskb_may_pull(skb, chain->offset + sizeof(*header))) {
		NST_INC(stack, IP6_REASM_FAILS);
		nst_ipv6_refuse_header(stack, skb, NST_DROP_IP6_CHAIN);
		return NULL;
	}
	header = (const struct nst_ipv6_fragment_header *)(skb->data + chain->offset);
	fragment = (struct nst_fragment) {
		.family = AF_INET6,
		.protocol = header->nexthdr,
		.ecn = cb->tos & INET_ECN_MASK,
		.more = ntohs(header->frag_off) & NST_IPV6_MF,
		.identification = ntohl(header->identification),
		.offset = ntohs(header->frag_off) & NST_IPV6_OFFSET,
		.saddr = nst_packet_saddr(skb),
		.daddr = nst_packet_daddr(skb),
	};
	/* RFC 6946 4: a whole packet, whatever else has its identification. */
	if (!fragment.more && !fragment.offset) {
		chain->headers++;
		chain->pointer = chain->offset;
		chain->nexthdr = fragment.protocol;
		chain->offset += sizeof(*header);
		NST_INC(stack, IP6_REASM_OKS);
		return skb;
	}
	if (fragment_refused(skb, chain, &fragment, &fault)) {
		NST_INC(stack, IP6_REASM_FAILS);
		refuse_chain(link, skb, &fault);
		return NULL;
	}
	/* RFC 8200 4.5: the key is addresses and identification alone. */
	fragment.protocol = 0;
	__skb_pull(skb, chain->offset + sizeof(*header));
	skb = nst_reassembly_add(stack, skb, &fragment);
	if (!skb)
		return NULL;
	if (!complete_header(skb, chain)) {
		NST_INC(stack, IP6_REASM_FAILS);
		nst_drop(stack, skb, NST_DROP_IP_FRAG_INVALID);
		return NULL;
	}
	NST_INC(stack, IP6_REASM_OKS);
	return skb;
}

/* Hand a whole datagram, its addresses taken, to its transport. */
static void hand_up(struct nst_link *link, struct sk_buff *skb,
		    const struct nst_ipv6_chain *chain)
{
	const struct nst_transport_protocol *transport;
	struct nst_packet_cb *cb = nst_packet_cb(skb);
	struct nst_stack *stack = link->stack;
	bool taken = false;

	__skb_pull(skb, chain->offset);
	skb_reset_transport_header(skb);
	if (nst_raw_wanted(stack))
		taken = nst_network_raw_receive(stack, skb);
	/* RFC 8200 4.7 */
	if (unlikely(chain->nexthdr == IPPROTO_NONE) && !taken) {
		nst_drop(stack, skb, NST_DROP_IP6_NO_NEXT_HEADER);
		return;
	}
	transport = nst_transport_find(chain->nexthdr);
	if (unlikely(!transport || !(transport->families & NST_OVER_IPV6))) {
		if (taken) {
			NST_INC(stack, IP6_IN_DELIVERS);
			consume_skb(skb);
			return;
		}
		NST_INC(stack, IP6_IN_UNKNOWN_PROTOS);
		/* RFC 8200 4 */
		nst_icmpv6_send_error(stack, skb, link, ICMPV6_PARAMPROB,
				      ICMPV6_UNK_NEXTHDR, chain->pointer);
		nst_drop(stack, skb, NST_DROP_IP_NO_PROTOCOL);
		return;
	}
	if (skb_is_gso(skb) &&
	    unlikely(!nst_gso_valid(skb, 0, AF_INET6, cb->protocol))) {
		NST_INC(stack, IP6_IN_DISCARDS);
		nst_drop(stack, skb, NST_DROP_IP_SEGMENTS);
		return;
	}
	NST_INC(stack, IP6_IN_DELIVERS);
	transport->receive(stack, skb);
}

static void deliver(struct nst_link *link, struct sk_buff *skb,
		    const struct nst_ipv6_chain *chain)
{
	nst_packet_cb(skb)->protocol = chain->nexthdr;
	if (unlikely(chain->nexthdr != IPPROTO_ICMPV6 &&
		     nst_ipv6_source_impossible(skb)))
		nst_ipv6_refuse_addr(link->stack, skb,
				     NST_DROP_IP_MARTIAN_SOURCE);
	else
		hand_up(link, skb, chain);
}

/* The slow way: extension headers and fragments. */
static noinline void receive_extended(struct nst_link *link,
				      struct sk_buff *skb,
				      struct nst_ipv6_chain *chain)
{
	struct nst_ipv6_fault fault;

	if (!nst_ipv6_chain_walk(link->stack, skb, chain, &fault)) {
		refuse_chain(link, skb, &fault);
		return;
	}
	if (chain->nexthdr == IPPROTO_FRAGMENT) {
		skb = reassemble(link, skb, chain);
		if (!skb)
			return;
		if (!nst_ipv6_chain_walk(link->stack, skb, chain, &fault)) {
			refuse_chain(link, skb, &fault);
			return;
		}
	}
	deliver(link, skb, chain);
}

static void count_ecn(struct nst_stack *stack, const struct sk_buff *skb,
		      u8 tos)
{
	BUILD_BUG_ON(NST_MIB_IP6_IN_CE_PKTS - NST_MIB_IP6_IN_NO_ECT_PKTS !=
		     INET_ECN_CE);
	this_cpu_add(stack->mib->item[NST_MIB_IP6_IN_NO_ECT_PKTS +
				      (tos & INET_ECN_MASK)],
		     max_t(u16, 1, skb_shinfo(skb)->gso_segs));
}

/*
 * RFC 8200 3: is the header whole and its length that of the packet? What
 * is behind the payload is the link's padding. Consumes what it refuses.
 */
static bool header_valid(struct nst_stack *stack, struct sk_buff *skb)
{
	const struct ipv6hdr *ip6;
	unsigned int length;

	if (unlikely(!pskb_may_pull(skb, sizeof(*ip6)))) {
		nst_ipv6_refuse_header(stack, skb, NST_DROP_IP_SHORT);
		return false;
	}
	ip6 = (const struct ipv6hdr *)skb->data;
	if (unlikely(ip6->version != 6)) {
		nst_ipv6_refuse_header(stack, skb, NST_DROP_IP_VERSION);
		return false;
	}
	count_ecn(stack, skb, ipv6_get_dsfield(ip6));
	length = sizeof(*ip6) + ntohs(ip6->payload_len);
	if (unlikely(length > skb->len)) {
		NST_INC(stack, IP6_IN_TRUNCATED_PKTS);
		nst_drop(stack, skb, NST_DROP_IP_LENGTH);
		return false;
	}
	if (unlikely(pskb_trim_rcsum(skb, length))) {
		NST_INC(stack, IP6_IN_DISCARDS);
		nst_drop(stack, skb, NST_DROP_NOMEM);
		return false;
	}
	skb_reset_network_header(skb);
	return true;
}

/* RFC 4291 2.8: every host is a member; none but lo has its packets. */
static const union nst_address interface_all_nodes = {
	.word = { cpu_to_be32(0xff010000), 0, 0, cpu_to_be32(1) },
};

/*
 * Did somebody here join the group? The sources that are wanted do not hold
 * for messages about the group itself, which are ICMPv6's.
 */
static bool is_member(const struct nst_link *link, const struct sk_buff *skb)
{
	union nst_address source = nst_packet_saddr(skb);
	union nst_address group = nst_packet_daddr(skb);

	if (nst_address_equal(&group, &interface_all_nodes))
		return true;
	if (ipv6_hdr(skb)->nexthdr == IPPROTO_HOPOPTS)
		return nst_group_member_rcu(link, AF_INET6, &group);
	return nst_group_admits_rcu(link, AF_INET6, &group, &source);
}

/* Where the walk through the headers begins. */
static struct nst_ipv6_chain chain_begin(const struct sk_buff *skb)
{
	return (struct nst_ipv6_chain) {
		.nexthdr = ipv6_hdr(skb)->nexthdr,
		.offset = sizeof(struct ipv6hdr),
		.pointer = offsetof(struct ipv6hdr, nexthdr),
	};
}

/* A packet for another: a router passes it on, a host does not. */
static noinline void pass_on(struct nst_link *link, struct sk_buff *skb)
{
	struct nst_ipv6_chain chain = chain_begin(skb);
	struct nst_ipv6_fault fault;

	if (!nst_forwarding(link->stack, AF_INET6) ||
	    link->flags & NST_LINK_LOOPBACK) {
		nst_ipv6_refuse_addr(link->stack, skb,
				     NST_DROP_IP_NOT_LOCAL);
		return;
	}
	if (!nst_ipv6_hop_by_hop(link->stack, skb, &chain, &fault)) {
		refuse_chain(link, skb, &fault);
		return;
	}
	nst_ipv6_forward(link, skb, &chain);
}

/* What the link's guard says of the source. Consumes what it refuses. */
static bool source_taken(struct nst_link *link, struct sk_buff *skb)
{
	union nst_address saddr, daddr;

	/* Of what we sent ourselves there is no way back. */
	if (likely(nst_reverse_path_mode(link) == NST_REVERSE_PATH_ANY) ||
	    nst_packet_cb(skb)->flags & NST_PACKET_LOOPBACK)
		return true;
	saddr = nst_packet_saddr(skb);
	daddr = nst_packet_daddr(skb);
	if (nst_reverse_path_valid(link, AF_INET6, &saddr, &daddr))
		return true;
	nst_ipv6_refuse_addr(link->stack, skb, NST_DROP_IP_REVERSE_PATH);
	return false;
}

/* Is the packet for us? Consumes what is not. */
static bool destination_ours(struct nst_link *link, struct sk_buff *skb)
{
	const struct in6_addr *daddr = &ipv6_hdr(skb)->daddr;
	union nst_address address = nst_packet_daddr(skb);
	struct nst_packet_cb *cb = nst_packet_cb(skb);
	struct nst_stack *stack = link->stack;
	u8 type;

	type = nst_route_input_type(link, AF_INET6, &address);
	if (unlikely(type == RTN_UNREACHABLE) &&
	    nst_forward_ours(link, AF_INET6, &address))
		type = RTN_LOCAL;
	if (likely(type == RTN_LOCAL)) {
		if (likely(!(cb->flags & NST_PACKET_LINK_GROUP)))
			return true;
		/* RFC 1122 3.3.6: a frame to all with a packet for one */
		nst_ipv6_refuse_addr(stack, skb, NST_DROP_IP_LINK_GROUP);
		return false;
	}
	if (nst_ipv6_is_any(daddr) || off_the_wire(link, daddr) ||
	    (type == RTN_MULTICAST && group_martian(skb, daddr))) {
		nst_ipv6_refuse_addr(stack, skb,
				     NST_DROP_IP_MARTIAN_DESTINATION);
		return false;
	}
	if (type == RTN_UNREACHABLE) {
		pass_on(link, skb);
		return false;
	}
	if (type == RTN_MULTICAST && !is_member(link, skb)) {
		nst_ipv6_refuse_addr(stack, skb, NST_DROP_IP_NOT_MEMBER);
		return false;
	}
	if (type != RTN_MULTICAST) {
		nst_ipv6_refuse_addr(stack, skb, NST_DROP_IP_NOT_LOCAL);
		return false;
	}
	NST_INC(stack, IP6_IN_MCAST_PKTS);
	cb->flags |= NST_PACKET_MULTICAST;
	return true;
}

/*
 * A packet of our own to an address of link scope, which comes by lo, is for
 * the link that has the address: sockets are bound to that one.
 */
static struct nst_link *scope_link(struct nst_link *link,
				   const struct sk_buff *skb)
{
	const struct nst_local_address *local;
	union nst_address daddr = nst_packet_daddr(skb);

	if (!(link->flags & NST_LINK_LOOPBACK) ||
	    !nst_ipv6_is_link_local(&daddr.v6))
		return link;
	local = nst_address_find_rcu(link->stack, NULL, AF_INET6, &daddr);
	return local ? local->link : link;
}

/* Are both addresses such that the packet is for us? Consumes what is not. */
static bool addresses_taken(struct nst_link *link, struct sk_buff *skb)
{
	const struct in6_addr *saddr = &ipv6_hdr(skb)->saddr;

	if (unlikely(nst_ipv6_is_group(saddr) || off_the_wire(link, saddr))) {
		nst_ipv6_refuse_addr(link->stack, skb,
				     NST_DROP_IP_MARTIAN_SOURCE);
		return false;
	}
	return source_taken(link, skb) && destination_ours(link, skb);
}

/*
 * What admission.h keeps for the connection of a packet, or NULL. On lo,
 * scope_link() has its say about packets of link scope.
 */
static atomic64_t *flow_admission(struct nst_link *link, struct sk_buff *skb)
{
	if (nst_packet_cb(skb)->flags & NST_PACKET_LINK_GROUP ||
	    ((link->flags & NST_LINK_LOOPBACK) &&
	     nst_ipv6_is_link_local(&ipv6_hdr(skb)->daddr)))
		return NULL;
	return nst_transport_owner(link->stack, skb, sizeof(struct ipv6hdr));
}

/* A segment without extension headers; those of a connection are known. */
static void receive_segment(struct nst_link *link, struct sk_buff *skb)
{
	struct nst_packet_cb *cb = nst_packet_cb(skb);
	struct nst_ipv6_chain chain = chain_begin(skb);
	u64 now = nst_admission_now(link);
	atomic64_t *admission;

	cb->protocol = IPPROTO_TCP;
	admission = flow_admission(link, skb);
	if (likely(admission && nst_admission_holds(link, admission, now))) {
		hand_up(link, skb, &chain);
		return;
	}
	skb_orphan(skb);
	if (!addresses_taken(link, skb))
		return;
	if (unlikely(nst_ipv6_source_impossible(skb))) {
		nst_ipv6_refuse_addr(link->stack, skb,
				     NST_DROP_IP_MARTIAN_SOURCE);
		return;
	}
	/* A router takes packets for its addresses on any link. */
	if (admission && !nst_forwarding(link->stack, AF_INET6))
		atomic64_set(admission, now);
	cb->link = scope_link(link, skb);
	hand_up(cb->link, skb, &chain);
}

static void receive(struct nst_link *link, struct sk_buff *skb)
{
	struct nst_packet_cb *cb = nst_packet_cb(skb);
	struct nst_stack *stack = link->stack;
	struct nst_ipv6_chain chain;
	const struct ipv6hdr *ip6;

	NST_INC(stack, IP6_IN_RECEIVES);
	NST_ADD(stack, IP6_IN_OCTETS, skb->len);
	if (unlikely(!nst_ipv6_link(link))) {
		NST_INC(stack, IP6_IN_DISCARDS);
		nst_drop(stack, skb, NST_DROP_IP6_DISABLED);
		return;
	}
	if (!header_valid(stack, skb))
		return;
	ip6 = ipv6_hdr(skb);
	cb->family = AF_INET6;
	cb->hop_limit = ip6->hop_limit;
	cb->tos = ipv6_get_dsfield(ip6);
	cb->max_fragment = 0;
	if (likely(ip6->nexthdr == IPPROTO_TCP)) {
		receive_segment(link, skb);
		return;
	}
	if (!addresses_taken(link, skb))
		return;
	cb->link = scope_link(link, skb);
	chain = chain_begin(skb);
	if (likely(chain.nexthdr == IPPROTO_UDP))
		deliver(cb->link, skb, &chain);
	else
		receive_extended(cb->link, skb, &chain);
}

static const struct nst_network_protocol ipv6 = {
	.ethertype = htons(ETH_P_IPV6),
	.receive = receive,
};

int __init nst_ipv6_register(void)
{
	return nst_network_protocol_register(&ipv6);
}
