// SPDX-License-Identifier: GPL-2.0
/*
 * ICMPv6 (RFC 4443): messages taken, echo answered, answers handed to who
 * asked (RFC 8335's, too). Unknown informational types are dropped (2.4 (b)).
 * Entry point: the transport that nst_icmpv6_register() registers.
 */
#include "icmpv6.h"
#include "ipv6.h"
#include "pseudo_sum.h"
#include "reassembly.h"

/* Filled while the module is initialised, constant afterwards. */
static nst_icmpv6_handler_t handlers[256];

int nst_icmpv6_handler_register(u8 type, nst_icmpv6_handler_t handler)
{
	if (handlers[type])
		return -EEXIST;
	handlers[type] = handler;
	return 0;
}

void nst_icmpv6_complete(struct sk_buff *skb, const struct in6_addr *saddr,
			 const struct in6_addr *daddr)
{
	union nst_address from = nst_address_v6(saddr);
	union nst_address to = nst_address_v6(daddr);
	struct icmp6hdr *icmp = (struct icmp6hdr *)skb->data;
	__wsum sum = nst_pseudo_sum(AF_INET6, &from, &to, skb->len,
				    IPPROTO_ICMPV6);

	icmp->icmp6_cksum = 0;
	icmp->icmp6_cksum = csum_fold(skb_checksum(skb, 0, skb->len, sum));
	skb->ip_summed = CHECKSUM_NONE;
}

static void refuse(struct nst_stack *stack, struct sk_buff *skb,
		   enum nst_drop_reason reason)
{
	NST_INC(stack, ICMP6_IN_ERRORS);
	nst_drop(stack, skb, reason);
}

/*
 * RFC 4443 4.2: the answer goes from the address that was asked; a question
 * to a group is answered with an address of the link (2.2 (b)).
 */
static int route_back(struct nst_stack *stack, const struct sk_buff *skb,
		      struct nst_path *path)
{
	const struct nst_packet_cb *cb = nst_packet_cb(skb);
	struct nst_route_key key = {
		.family = AF_INET6,
		.tos = cb->tos & ~3,
		.protocol = IPPROTO_ICMPV6,
		.daddr = nst_packet_saddr(skb),
	};

	if (!(cb->flags & NST_PACKET_MULTICAST))
		key.saddr = nst_packet_daddr(skb);
	if (cb->flags & NST_PACKET_MULTICAST ||
	    nst_ipv6_is_link_local(&key.daddr.v6))
		key.link_index = cb->link->index;
	return nst_route_output(stack, &key, path);
}

/* The sum of the pseudo-header is the same both ways. */
static void complete_reply(struct sk_buff *skb, const struct nst_path *path)
{
	struct icmp6hdr *icmp = icmp6_hdr(skb);
	bool group = nst_packet_cb(skb)->flags & NST_PACKET_MULTICAST;

	if (skb->ip_summed != CHECKSUM_PARTIAL && !group) {
		csum_replace2(&icmp->icmp6_cksum,
			      htons(ICMPV6_ECHO_REQUEST << 8),
			      htons(ICMPV6_ECHO_REPLY << 8));
		skb->ip_summed = CHECKSUM_NONE;
		return;
	}
	icmp->icmp6_cksum = ~csum_fold(nst_pseudo_sum(AF_INET6, &path->saddr,
						      &path->daddr, skb->len,
						      IPPROTO_ICMPV6));
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_transport_header(skb) - skb->head;
	skb->csum_offset = offsetof(struct icmp6hdr, icmp6_cksum);
}

static void send_reply(struct nst_stack *stack, struct sk_buff *skb)
{
	const struct nst_output output = {
		.protocol = IPPROTO_ICMPV6,
		.tos = nst_packet_cb(skb)->tos & ~3,
		/* RFC 7690 and the host: the flow is the asker's. */
		.flow_label = nst_ipv6_flow_label(ipv6_hdr(skb)),
	};
	struct nst_path path = {};

	if (route_back(stack, skb, &path)) {
		NST_INC(stack, IP6_OUT_NO_ROUTES);
		nst_drop(stack, skb, NST_DROP_IP_NO_ROUTE);
		return;
	}
	icmp6_hdr(skb)->icmp6_type = ICMPV6_ECHO_REPLY;
	complete_reply(skb, &path);
	NST_INC(stack, ICMP6_OUT_MSGS);
	NST_INC(stack, ICMP6_OUT_ECHO_REPLIES);
	/* Nothing that the question brought goes out with the answer. */
	skb_gso_reset(skb);
	skb->tstamp = 0;
	skb->mark = 0;
	skb->priority = 0;
	skb->pkt_type = PACKET_OUTGOING;
	nst_ipv6_output(stack, skb, &path, &output);
	nst_path_release(&path);
}

/* RFC 4443 4.1, 4.2: any size, the data exactly as they came. */
static void receive_echo(struct nst_stack *stack, struct sk_buff *skb)
{
	struct nst_packet_cb *cb = nst_packet_cb(skb);

	NST_INC(stack, ICMP6_IN_ECHOS);
	if (READ_ONCE(stack->config.icmp_echo_ignore_all)) {
		nst_drop(stack, skb, NST_DROP_ICMP_IGNORED);
		return;
	}
	if (cb->flags & NST_PACKET_MULTICAST &&
	    READ_ONCE(stack->config.icmp6_echo_ignore_multicast)) {
		nst_drop(stack, skb, NST_DROP_ICMP_BROADCAST);
		return;
	}
	skb_orphan(skb);
	if (skb_cow(skb, NST_HEADROOM) ||
	    !pskb_may_pull(skb, sizeof(struct icmp6hdr))) {
		nst_drop(stack, skb, NST_DROP_NOMEM);
		return;
	}
	send_reply(stack, skb);
}

static bool checksum_valid(struct sk_buff *skb)
{
	union nst_address saddr, daddr;

	if (nst_packet_checksum_trusted(skb))
		return true;
	saddr = nst_packet_saddr(skb);
	daddr = nst_packet_daddr(skb);
	skb->csum = nst_pseudo_sum(AF_INET6, &saddr, &daddr, skb->len,
				   IPPROTO_ICMPV6);
	return !__skb_checksum_complete(skb);
}

/* Neighbour and listener discovery look at the source themselves. */
static bool is_discovery(u8 type)
{
	return (type >= ICMPV6_MGM_QUERY && type <= NST_ICMPV6_REDIRECT) ||
	       type == ICMPV6_MLD2_REPORT;
}

static void receive(struct nst_stack *stack, struct sk_buff *skb)
{
	nst_icmpv6_handler_t handler;
	u8 type;

	NST_INC(stack, ICMP6_IN_MSGS);
	if (!pskb_may_pull(skb, sizeof(struct icmp6hdr))) {
		refuse(stack, skb, NST_DROP_ICMP_SHORT);
		return;
	}
	if (!checksum_valid(skb)) {
		NST_INC(stack, ICMP6_IN_CSUM_ERRORS);
		refuse(stack, skb, NST_DROP_ICMP_CHECKSUM);
		return;
	}

	type = icmp6_hdr(skb)->icmp6_type;
	if (!is_discovery(type) && nst_ipv6_source_impossible(skb)) {
		nst_drop(stack, skb, NST_DROP_IP_MARTIAN_SOURCE);
		return;
	}
	handler = handlers[type];
	if (handler) {
		handler(stack, skb);
		return;
	}
	if (!(type & ICMPV6_INFOMSG_MASK)) {
		nst_icmpv6_receive_error(stack, skb);
		return;
	}
	if (type == ICMPV6_ECHO_REPLY)
		NST_INC(stack, ICMP6_IN_ECHO_REPLIES);
	if (type == ICMPV6_ECHO_REPLY || type == ICMPV6_EXT_ECHO_REPLY) {
		nst_echo_reply(stack, skb);
		return;
	}
	nst_drop(stack, skb, NST_DROP_ICMP_IGNORED);
}

/* RFC 8200 4.5 */
static void reassembly_expired(struct nst_stack *stack, struct sk_buff *first)
{
	nst_icmpv6_send_error(stack, first, nst_packet_cb(first)->link,
			      ICMPV6_TIME_EXCEED, ICMPV6_EXC_FRAGTIME, 0);
}

static const struct nst_transport_protocol icmpv6 = {
	.protocol = IPPROTO_ICMPV6,
	.families = NST_OVER_IPV6,
	.receive = receive,
	.error = nst_echo_error,
};

int __init nst_icmpv6_register(void)
{
	int err;

	err = nst_transport_register(&icmpv6);
	if (!err)
		err = nst_icmpv6_handler_register(ICMPV6_ECHO_REQUEST,
						  receive_echo);
	if (!err)
		err = nst_reassembly_register(AF_INET6, reassembly_expired);
	return err;
}
