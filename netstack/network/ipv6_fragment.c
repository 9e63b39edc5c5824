// SPDX-License-Identifier: GPL-2.0
/*
 * IPv6 fragmentation at the source (RFC 8200 4.5): pieces of one size, each
 * with the datagram's header and a fragment header. Entry point:
 * nst_ipv6_fragment().
 */
#include <linux/random.h>

#include "ipv6.h"
#include "transmit.h"

static struct nst_ipv6_fragment_header *fragment_header(u8 *network_header)
{
	return (struct nst_ipv6_fragment_header *)(network_header + sizeof(struct ipv6hdr));
}

static void finish(struct nst_pieces *pieces, struct sk_buff *piece)
{
	struct nst_ipv6_fragment_header *fragment = fragment_header(piece->data);
	u16 frag_off = pieces->offset;

	if (pieces->left)
		frag_off |= NST_IPV6_MF;
	fragment->frag_off = htons(frag_off);
	ipv6_hdr(piece)->payload_len =
		htons(piece->len - sizeof(struct ipv6hdr));
}

static void begin(struct nst_pieces *pieces, struct sk_buff *skb,
		  unsigned int mtu)
{
	unsigned int header = sizeof(struct ipv6hdr);
	struct nst_ipv6_fragment_header *fragment;
	struct ipv6hdr *ip6;

	pieces->skb = skb;
	pieces->finish = finish;
	pieces->whole_header = header;
	pieces->header_len = header + sizeof(*fragment);
	pieces->payload = round_down(mtu - pieces->header_len, 8);
	pieces->offset = 0;
	pieces->left = skb->len - header;
	memcpy(pieces->header, skb->data, header);
	ip6 = (struct ipv6hdr *)pieces->header;
	fragment = fragment_header(pieces->header);
	fragment->nexthdr = ip6->nexthdr;
	fragment->reserved = 0;
	/*
	 * RFC 7739 5.2: nobody foresees a random one. Of those in flight two
	 * are the same so rarely that checksums do for the rest.
	 */
	do {
		fragment->identification = htonl(get_random_u32());
	} while (!fragment->identification);
	ip6->nexthdr = IPPROTO_FRAGMENT;
}

static int send_pieces(struct nst_stack *stack, struct nst_pieces *pieces,
		       const struct nst_path *path)
{
	struct sk_buff *piece;
	int err;

	while (pieces->left) {
		piece = nst_pieces_next(pieces);
		if (!piece)
			return -ENOMEM;
		NST_INC(stack, IP6_FRAG_CREATES);
		err = nst_path_xmit(path, piece, htons(ETH_P_IPV6));
		if (err)
			return err;
	}
	return 0;
}

int nst_ipv6_fragment(struct nst_stack *stack, struct sk_buff *skb,
		      const struct nst_path *path)
{
	enum nst_drop_reason reason = NST_DROP_IP_TOO_BIG;
	struct nst_pieces pieces;
	int err = -EMSGSIZE;

	if (path->mtu < NST_IPV6_MTU_MIN)
		goto fail;
	/* The checksum covers the datagram: no link can complete it later. */
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		reason = NST_DROP_NOMEM;
		err = skb_checksum_help(skb);
		if (err)
			goto fail;
	}
	begin(&pieces, skb, path->mtu);
	err = send_pieces(stack, &pieces, path);
	if (err) {
		NST_INC(stack, IP6_FRAG_FAILS);
		kfree_skb(skb);
		return err;
	}
	NST_INC(stack, IP6_FRAG_OKS);
	consume_skb(skb);
	return 0;

fail:
	NST_INC(stack, IP6_FRAG_FAILS);
	nst_drop(stack, skb, reason);
	return err;
}
