// SPDX-License-Identifier: GPL-2.0
/*
 * IPv4 send: header (RFC 791 3.1, RFC 1122 3.2.1), the decision between
 * whole, cut and refused, and the way to the neighbour. Entry point:
 * nst_ipv4_output(). A packet that fits touches nothing but its path.
 */
#include <linux/bottom_half.h>

#include "../link/segmentation.h"
#include "ipv4.h"
#include "neighbour.h"

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

/* Bytes of the largest packet that will be on the wire. */
static unsigned int wire_length(const struct sk_buff *skb)
{
	if (!skb_is_gso(skb))
		return skb->len;
	return min(skb->len, nst_segment_header_length(skb) +
			     skb_shinfo(skb)->gso_size);
}

static bool link_takes(const struct nst_link *link, const struct sk_buff *skb)
{
	const struct skb_shared_info *shared = skb_shinfo(skb);

	return nst_segmentation_offloaded(READ_ONCE(link->features),
					  shared->gso_type) &&
	       skb->len <= READ_ONCE(link->gso_max_size) &&
	       shared->gso_segs <= READ_ONCE(link->gso_max_segs);
}

/* Send one packet that is not a super-packet. */
static int send_plain(struct nst_stack *stack, struct sk_buff *skb,
		      const struct nst_path *path)
{
	if (likely(skb->len <= path->mtu))
		return nst_path_xmit(path, skb, htons(ETH_P_IP));
	return nst_ipv4_fragment(stack, skb, path);
}

/*
 * The timestamps that a super-packet asks for are those of its last packet:
 * then all of it is sent. Takes the reference to the owner.
 */
static noinline void stamp_last(struct sk_buff *skb, struct sock *owner,
				u8 asked, u32 tskey)
{
	skb_shinfo(skb)->tx_flags |= asked;
	skb_shinfo(skb)->tskey = tskey;
	if (skb->sk) {
		sock_put(owner);
		return;
	}
	skb->sk = owner;
	skb->destructor = sock_efree;
}

/* Send a super-packet as the packets that it stands for. */
static int send_segments(struct nst_stack *stack, struct sk_buff *skb,
			 const struct nst_path *path)
{
	u8 asked = skb_shinfo(skb)->tx_flags & SKBTX_ANY_TSTAMP;
	u32 tskey = skb_shinfo(skb)->tskey;
	struct sock *owner = NULL;
	struct sk_buff *next;
	int err = 0;

	if (unlikely(asked && skb->sk)) {
		owner = skb->sk;
		sock_hold(owner);
	}
	skb = nst_segment(skb);
	if (IS_ERR(skb)) {
		NST_INC(stack, IP_OUT_DISCARDS);
		if (unlikely(owner))
			sock_put(owner);
		return PTR_ERR(skb);
	}
	for (; skb; skb = next) {
		next = skb->next;
		skb_mark_not_on_list(skb);
		if (unlikely(owner) && !next)
			stamp_last(skb, owner, asked, tskey);
		/* Once one is lost the rest are sent: TCP sees a hole. */
		err = send_plain(stack, skb, path) ?: err;
	}
	return err;
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
	bool too_big;
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
	too_big = wire_length(skb) > path->mtu;
	if (output->dont_fragment) {
		if (likely(!too_big)) {
			frag_off = htons(NST_IPV4_DF);
		} else if (!output->may_fragment) {
			NST_INC(stack, IP_FRAG_FAILS);
			return refuse(stack, skb, NST_DROP_IP_TOO_BIG,
				      -EMSGSIZE);
		}
	}

	local_bh_disable();
	rcu_read_lock();
	build_header(stack, skb, path, output, header, frag_off);
	count_output(stack, skb, path);
	if (skb_is_gso(skb)) {
		if (likely(!too_big && link_takes(path->link, skb)))
			err = nst_path_xmit(path, skb, htons(ETH_P_IP));
		else
			err = send_segments(stack, skb, path);
	} else {
		err = send_plain(stack, skb, path);
	}
	rcu_read_unlock();
	local_bh_enable();
	return err;
}
