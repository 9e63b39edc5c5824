// SPDX-License-Identifier: GPL-2.0
/*
 * Segments without a socket: RST in answer to what belongs to no
 * connection, and what requests and TIME-WAIT send. The path is looked up
 * for each, with the source fixed to the address that was spoken to.
 */
#include <net/inet_ecn.h>

#include "../../mib.h"
#include "../../network/pseudo_sum.h"
#include "reply.h"

/* Largest header: 20 bytes and 40 of options. */
#define REPLY_HEADER_MAX	60

static unsigned int options_write(__be32 *ptr,
				  const struct nst_tcp_reply *reply)
{
	if (reply->syn_options)
		return nst_tcp_options_write_syn(ptr, reply->syn_options);
	if (!reply->has_ts)
		return 0;
	return (nst_tcp_options_write_ts(ptr, reply->tsval, reply->tsecr) -
		ptr) * sizeof(*ptr);
}

static struct sk_buff *reply_build(const struct nst_tcp_reply *reply)
{
	const struct nst_endpoint *flow = reply->flow;
	struct sk_buff *skb;
	struct tcphdr *th;
	unsigned int len;

	skb = alloc_skb(NST_HEADROOM + REPLY_HEADER_MAX,
			GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		return NULL;
	skb_reserve(skb, NST_HEADROOM);
	skb_reset_transport_header(skb);
	th = skb_put_zero(skb, sizeof(*th));
	len = sizeof(*th) + options_write((__be32 *)(th + 1), reply);
	skb_put(skb, len - sizeof(*th));

	th->source = flow->lport;
	th->dest = flow->rport;
	th->seq = htonl(reply->seq);
	th->ack_seq = htonl(reply->ack);
	th->doff = len / 4;
	((u8 *)th)[12] |= reply->flags >> 8;
	((u8 *)th)[13] = reply->flags;
	th->window = htons(reply->window);

	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_transport_header(skb) - skb->head;
	skb->csum_offset = offsetof(struct tcphdr, check);
	th->check = ~csum_fold(nst_pseudo_sum(flow->family, &flow->laddr,
					      &flow->raddr, len,
					      IPPROTO_TCP));
	return skb;
}

/**
 * nst_tcp_reply_send() - send a segment that no socket stands behind
 * @stack: stack
 * @reply: its fields
 *
 * Context: BHs disabled, or softirq.
 * Return: 0 or a negative errno of nst_route_output() or
 * nst_network_output(), or -ENOMEM.
 */
int nst_tcp_reply_send(struct nst_stack *stack,
		       const struct nst_tcp_reply *reply)
{
	const struct nst_endpoint *flow = reply->flow;
	struct nst_output output = {
		.protocol = IPPROTO_TCP,
		.tos = reply->tos,
		.dont_fragment = true,
	};
	const struct nst_path *path = reply->path;
	struct nst_path own = { .link = NULL };
	struct sk_buff *skb;
	int err;

	if (!path) {
		const struct nst_route_key key = {
			.family = flow->family,
			.tos = reply->tos & ~INET_ECN_MASK,
			.protocol = IPPROTO_TCP,
			.sport = flow->lport,
			.dport = flow->rport,
			.link_index = flow->link_index,
			.mark = reply->mark,
			.daddr = flow->raddr,
			.saddr = flow->laddr,
		};

		err = nst_route_output(stack, &key, &own);
		if (err)
			return err;
		path = &own;
	}

	err = -ENOMEM;
	skb = reply_build(reply);
	if (skb) {
		skb->priority = reply->priority;
		skb->mark = reply->mark;
		if (unlikely(flow->family == AF_INET6))
			output.flow_label = nst_flow_label(stack, &flow->laddr,
							   flow->lport,
							   &flow->raddr,
							   flow->rport);
		NST_INC(stack, TCP_OUT_SEGS);
		if (reply->flags & NST_TCP_RST)
			NST_INC(stack, TCP_OUT_RSTS);
		err = nst_network_output(stack, skb, path, &output);
	}
	nst_path_release(&own);
	return err;
}

/**
 * nst_tcp_reply_reset() - RST for a segment that no connection takes
 * @stack: stack
 * @skb: segment with its control block filled; not consumed
 *
 * RFC 9293 3.10.7.1: with an ACK, <SEQ=SEG.ACK><CTL=RST>; without,
 * <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>. A RST gets no answer, nor does
 * what was sent to a group (RFC 1122 4.2.3.10).
 *
 * Context: softirq, RCU.
 */
void nst_tcp_reply_reset(struct nst_stack *stack, struct sk_buff *skb)
{
	const struct nst_packet_cb *packet = nst_packet_cb(skb);
	const struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	const struct tcphdr *th = tcp_hdr(skb);
	struct nst_endpoint flow = {
		.lport = th->dest,
		.rport = th->source,
		.family = packet->family,
		.laddr = nst_packet_daddr(skb),
		.raddr = nst_packet_saddr(skb),
	};
	struct nst_tcp_reply reply = { .flow = &flow };

	if (unlikely(packet->family == AF_INET6))
		flow.link_index = nst_packet_scope(skb);
	if (cb->flags & NST_TCP_RST ||
	    packet->flags & (NST_PACKET_BROADCAST | NST_PACKET_MULTICAST |
			     NST_PACKET_LINK_GROUP))
		return;

	if (cb->flags & NST_TCP_ACK) {
		reply.seq = cb->ack_seq;
		reply.flags = NST_TCP_RST;
	} else {
		reply.ack = cb->end_seq;
		reply.flags = NST_TCP_RST | NST_TCP_ACK;
	}
	nst_tcp_reply_send(stack, &reply);
}
