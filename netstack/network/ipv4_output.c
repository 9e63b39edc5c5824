// SPDX-License-Identifier: GPL-2.0
/*
 * IPv4 send: header (RFC 791 3.1, RFC 1122 3.2.1), the decision between
 * whole, cut and refused, and the way to the neighbour. Entry point:
 * nst_ipv4_output(). A packet that fits touches nothing but its path.
 */
#include "../link/queue.h"
#include "ipv4.h"
#include "transmit.h"

static int refuse(struct nst_stack *stack, struct sk_buff *skb,
		  enum nst_drop_reason reason, int err)
{
	NST_INC(stack, IP_OUT_DISCARDS);
	nst_drop(stack, skb, reason);
	return err;
}

/*
 * RFC 6864 4.1, 4.3: of an atomic datagram it is what the transport says; one
 * that may be cut needs one for each segment of a super-packet.
 */
static __be16 identification(struct nst_stack *stack,
			     const struct sk_buff *skb,
			     const struct nst_path *path,
			     const struct nst_output *output, __be16 frag_off)
{
	unsigned int count = 1;

	if (likely(frag_off & htons(NST_IPV4_DF)))
		return htons(output->identification);
	if (skb_is_gso(skb))
		count = max_t(unsigned int, skb_shinfo(skb)->gso_segs, 1);
	return htons(nst_ipv4_identification(stack, path, output->protocol,
					     count));
}

/* Fill the @header bytes that are pushed already. */
static void build_header(struct nst_stack *stack, struct sk_buff *skb,
			 const struct nst_path *path,
			 const struct nst_output *output,
			 unsigned int header, __be16 frag_off)
{
	struct iphdr *iph = ip_hdr(skb);

	iph->version = 4;
	iph->ihl = header / 4;
	iph->tos = output->tos;
	iph->tot_len = htons(skb->len);
	iph->id = identification(stack, skb, path, output, frag_off);
	iph->frag_off = frag_off;
	iph->ttl = output->hop_limit ?: path->hop_limit ?:
		   READ_ONCE(stack->config.ip_default_ttl);
	if (unlikely(output->stay))
		iph->ttl = 0;
	iph->protocol = output->protocol;
	iph->saddr = path->saddr.v4;
	iph->daddr = path->daddr.v4;
	if (unlikely(header > sizeof(*iph))) {
		memcpy(iph + 1, output->options->data, header - sizeof(*iph));
		nst_ipv4_options_stamp(stack, (u8 *)(iph + 1),
				       header - sizeof(*iph), iph->saddr);
	}
	nst_ipv4_checksum(iph);
}

static void count_output(struct nst_stack *stack, const struct sk_buff *skb,
			 const struct nst_path *path)
{
	NST_INC(stack, IP_OUT_REQUESTS);
	NST_ADD(stack, IP_OUT_OCTETS, skb->len);
	if (unlikely(path->type == RTN_BROADCAST))
		NST_INC(stack, IP_OUT_BCAST_PKTS);
	else if (unlikely(path->type == RTN_MULTICAST))
		NST_INC(stack, IP_OUT_MCAST_PKTS);
}

int nst_ipv4_output(struct nst_stack *stack, struct sk_buff *skb,
		    const struct nst_path *path,
		    const struct nst_output *output)
{
	unsigned int header = sizeof(struct iphdr);
	__be16 frag_off = 0;
	bool process, too_big;
	int err;

	if (unlikely(output->options))
		header += output->options->length;
	if (unlikely(skb->len + header > NST_IPV4_LENGTH_MAX))
		return refuse(stack, skb, NST_DROP_IP_TOO_BIG, -EMSGSIZE);
	if (unlikely(skb_cow_head(skb, header + NST_HEADROOM_LINK)))
		return refuse(stack, skb, NST_DROP_NOMEM, -ENOMEM);
	skb_reset_transport_header(skb);
	skb->protocol = htons(ETH_P_IP);
	skb_push(skb, header);
	skb_reset_network_header(skb);
	too_big = nst_wire_length(skb) > path->mtu;
	if (output->dont_fragment) {
		if (likely(!too_big)) {
			frag_off = htons(NST_IPV4_DF);
		} else if (!output->may_fragment) {
			NST_INC(stack, IP_FRAG_FAILS);
			return refuse(stack, skb, NST_DROP_IP_TOO_BIG,
				      -EMSGSIZE);
		}
	}

	process = nst_link_send_begin();
	build_header(stack, skb, path, output, header, frag_off);
	count_output(stack, skb, path);
	if (unlikely(output->loop))
		nst_transmit_loop_back(skb, path);
	if (unlikely(output->stay) &&
	    !(path->link->flags & NST_LINK_LOOPBACK)) {
		consume_skb(skb);
		err = 0;
	} else {
		err = nst_transmit(stack, skb, path, too_big,
				   nst_ipv4_fragment);
	}
	nst_link_send_end(process);
	return err;
}
