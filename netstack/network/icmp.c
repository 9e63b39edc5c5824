// SPDX-License-Identifier: GPL-2.0
/*
 * ICMP (RFC 792, RFC 1122 3.2.2): messages taken, queries answered, answers
 * handed to who asked (RFC 8335's, too). The
 * types that ask for no action are counted and dropped: RFC 6633 ends source
 * quench, RFC 6918 address mask and information, and redirects are not
 * followed. Entry point: the transport that nst_icmp_register() registers.
 */
#include <linux/icmp.h>
#include <linux/ktime.h>

#include "icmp.h"
#include "ipv4.h"
#include "reassembly.h"

#define TIMESTAMP_LENGTH	20	/* header, three timestamps */

static void refuse(struct nst_stack *stack, struct sk_buff *skb,
		   enum nst_drop_reason reason)
{
	NST_INC(stack, ICMP_IN_ERRORS);
	nst_drop(stack, skb, reason);
}

/*
 * The answer goes from the address that was asked; a question to all is
 * answered with the address of the way back (RFC 1122 3.2.2.6).
 */
static int route_back(struct nst_stack *stack, const struct sk_buff *skb,
		      struct nst_path *path)
{
	const struct nst_packet_cb *cb = nst_packet_cb(skb);
	struct nst_route_key key = {
		.family = AF_INET,
		.tos = cb->tos & ~3,
		.protocol = IPPROTO_ICMP,
		.daddr = nst_packet_saddr(skb),
	};

	if (cb->flags & (NST_PACKET_BROADCAST | NST_PACKET_MULTICAST))
		key.link_index = cb->link->index;
	else
		key.saddr = nst_packet_daddr(skb);
	return nst_route_output(stack, &key, path);
}

/*
 * Turn a question into its answer, in its own memory, and send it. The
 * message is complete but for the IP header.
 */
static void send_reply(struct nst_stack *stack, struct sk_buff *skb)
{
	struct nst_packet_cb *cb = nst_packet_cb(skb);
	struct nst_ip_options options = { .length = 0 };
	struct nst_output output = {
		.protocol = IPPROTO_ICMP,
		/* RFC 1349 5.1; the ECN bits are the asker's own. */
		.tos = cb->tos & ~3,
	};
	struct nst_path path = {};

	if (cb->flags & NST_PACKET_OPTIONS) {
		nst_ipv4_options_reply(skb, &options);
		output.options = &options;
	}
	if (route_back(stack, skb, &path)) {
		NST_INC(stack, IP_OUT_NO_ROUTES);
		nst_drop(stack, skb, NST_DROP_IP_NO_ROUTE);
		return;
	}
	NST_INC(stack, ICMP_OUT_MSGS);
	/* Nothing that the question brought goes out with the answer. */
	skb_gso_reset(skb);
	skb->tstamp = 0;
	skb->mark = 0;
	skb->priority = 0;
	skb->pkt_type = PACKET_OUTGOING;
	nst_ipv4_output(stack, skb, &path, &output);
	nst_path_release(&path);
}

/* May the question be answered, and its first @length bytes be written to? */
static bool prepare_reply(struct nst_stack *stack, struct sk_buff *skb,
			  unsigned int length)
{
	struct nst_packet_cb *cb = nst_packet_cb(skb);

	if (cb->flags & (NST_PACKET_BROADCAST | NST_PACKET_MULTICAST) &&
	    READ_ONCE(stack->config.icmp_echo_ignore_broadcasts)) {
		nst_drop(stack, skb, NST_DROP_ICMP_BROADCAST);
		return false;
	}
	/* 0.0.0.0 is no place to send to. */
	if (!ip_hdr(skb)->saddr) {
		nst_drop(stack, skb, NST_DROP_ICMP_IGNORED);
		return false;
	}
	skb_orphan(skb);
	if (skb_cow(skb, NST_HEADROOM) || !pskb_may_pull(skb, length)) {
		nst_drop(stack, skb, NST_DROP_NOMEM);
		return false;
	}
	return true;
}

/* RFC 1122 3.2.2.6: any size, the data exactly as they came. */
static void receive_echo(struct nst_stack *stack, struct sk_buff *skb)
{
	struct icmphdr *icmp;

	NST_INC(stack, ICMP_IN_ECHOS);
	if (READ_ONCE(stack->config.icmp_echo_ignore_all)) {
		nst_drop(stack, skb, NST_DROP_ICMP_IGNORED);
		return;
	}
	if (!prepare_reply(stack, skb, sizeof(*icmp)))
		return;

	icmp = icmp_hdr(skb);
	icmp->type = ICMP_ECHOREPLY;
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		icmp->checksum = 0;
		skb->csum_start = skb_transport_header(skb) - skb->head;
		skb->csum_offset = offsetof(struct icmphdr, checksum);
	} else {
		/* The sum covers the data from end to end. */
		csum_replace2(&icmp->checksum, htons(ICMP_ECHO << 8),
			      htons(ICMP_ECHOREPLY << 8));
		skb->ip_summed = CHECKSUM_NONE;
	}
	NST_INC(stack, ICMP_OUT_ECHO_REPS);
	send_reply(stack, skb);
}

/* RFC 792, RFC 1122 3.2.2.8 */
static void receive_timestamp(struct nst_stack *stack, struct sk_buff *skb)
{
	struct icmphdr *icmp;
	__be32 *stamps;

	NST_INC(stack, ICMP_IN_TIMESTAMPS);
	if (skb->len < TIMESTAMP_LENGTH) {
		refuse(stack, skb, NST_DROP_ICMP_SHORT);
		return;
	}
	if (!prepare_reply(stack, skb, TIMESTAMP_LENGTH))
		return;
	if (pskb_trim(skb, TIMESTAMP_LENGTH)) {
		nst_drop(stack, skb, NST_DROP_NOMEM);
		return;
	}

	icmp = icmp_hdr(skb);
	icmp->type = ICMP_TIMESTAMPREPLY;
	stamps = (__be32 *)(icmp + 1);
	stamps[1] = nst_ipv4_timestamp();
	stamps[2] = stamps[1];
	icmp->checksum = 0;
	icmp->checksum = csum_fold(skb_checksum(skb, 0, skb->len, 0));
	skb->ip_summed = CHECKSUM_NONE;
	NST_INC(stack, ICMP_OUT_TIMESTAMP_REPS);
	send_reply(stack, skb);
}

/* To a group nobody answers. */
static void receive_answer(struct nst_stack *stack, struct sk_buff *skb)
{
	if (nst_packet_cb(skb)->flags & (NST_PACKET_BROADCAST |
					 NST_PACKET_MULTICAST)) {
		nst_drop(stack, skb, NST_DROP_ICMP_BROADCAST);
		return;
	}
	nst_echo_reply(stack, skb);
}

static void receive(struct nst_stack *stack, struct sk_buff *skb)
{
	NST_INC(stack, ICMP_IN_MSGS);
	if (!pskb_may_pull(skb, sizeof(struct icmphdr))) {
		refuse(stack, skb, NST_DROP_ICMP_SHORT);
		return;
	}
	if (!nst_packet_checksum_trusted(skb) &&
	    skb_checksum_simple_validate(skb)) {
		NST_INC(stack, ICMP_IN_CSUM_ERRORS);
		refuse(stack, skb, NST_DROP_ICMP_CHECKSUM);
		return;
	}

	switch (icmp_hdr(skb)->type) {
	case ICMP_ECHO:
		receive_echo(stack, skb);
		return;
	case ICMP_TIMESTAMP:
		receive_timestamp(stack, skb);
		return;
	case ICMP_DEST_UNREACH:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETERPROB:
		nst_icmp_receive_error(stack, skb);
		return;
	case ICMP_ECHOREPLY:
		NST_INC(stack, ICMP_IN_ECHO_REPS);
		fallthrough;
	case ICMP_EXT_ECHOREPLY:
		receive_answer(stack, skb);
		return;
	case ICMP_TIMESTAMPREPLY:
		NST_INC(stack, ICMP_IN_TIMESTAMP_REPS);
		break;
	case ICMP_SOURCE_QUENCH:
		NST_INC(stack, ICMP_IN_SRC_QUENCHS);
		break;
	case ICMP_REDIRECT:
		NST_INC(stack, ICMP_IN_REDIRECTS);
		break;
	}
	/* RFC 1122 3.2.2: an unknown type is silently discarded. */
	nst_drop(stack, skb, NST_DROP_ICMP_IGNORED);
}

/* RFC 1122 3.3.2: tell the sender that its fragments did not all come. */
static void reassembly_expired(struct nst_stack *stack, struct sk_buff *first)
{
	nst_icmp_send_error(stack, first, nst_packet_cb(first)->link,
			    ICMP_TIME_EXCEEDED, ICMP_EXC_FRAGTIME, 0);
}

static const struct nst_transport_protocol icmp = {
	.protocol = IPPROTO_ICMP,
	.families = NST_OVER_IPV4,
	.receive = receive,
	.error = nst_echo_error,
};

int __init nst_icmp_register(void)
{
	int err;

	err = nst_transport_register(&icmp);
	if (err)
		return err;
	return nst_reassembly_register(AF_INET, reassembly_expired);
}
