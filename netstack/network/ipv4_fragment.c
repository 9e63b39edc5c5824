// SPDX-License-Identifier: GPL-2.0
/*
 * IPv4 fragmentation (RFC 791 3.2): pieces of one size, each with room for
 * a link header of its own, copied out of the datagram wherever its bytes
 * are. Entry point: nst_ipv4_fragment().
 */
#include "ipv4.h"
#include "transmit.h"

/* All pieces but the first have the copied options only. */
static void shorten_header(struct nst_pieces *pieces)
{
	const struct iphdr *whole = ip_hdr(pieces->skb);
	struct iphdr *iph = (struct iphdr *)pieces->header;
	unsigned int options;

	options = nst_ipv4_options_copied((const u8 *)(whole + 1),
					  whole->ihl * 4 - sizeof(*whole),
					  (u8 *)(iph + 1));
	pieces->header_len = sizeof(*iph) + options;
	iph->ihl = pieces->header_len / 4;
}

static void finish(struct nst_pieces *pieces, struct sk_buff *piece)
{
	unsigned int frag_off = ntohs(ip_hdr(pieces->skb)->frag_off);
	struct iphdr *iph = ip_hdr(piece);

	/* The datagram may be a fragment itself: its place and MF add up. */
	if (pieces->left)
		frag_off |= NST_IPV4_MF;
	iph->frag_off = htons(frag_off + pieces->offset / 8);
	iph->tot_len = htons(piece->len);
	nst_ipv4_checksum(iph);
	if (pieces->header_len > sizeof(*iph))
		shorten_header(pieces);
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
		NST_INC(stack, IP_FRAG_CREATES);
		err = nst_path_xmit(path, piece, htons(ETH_P_IP));
		if (err)
			return err;
	}
	return 0;
}

int nst_ipv4_fragment(struct nst_stack *stack, struct sk_buff *skb,
		      const struct nst_path *path)
{
	const struct iphdr *iph = ip_hdr(skb);
	unsigned int header = iph->ihl * 4;
	enum nst_drop_reason reason;
	struct nst_pieces pieces;
	int err;

	reason = NST_DROP_IP_TOO_BIG;
	err = -EMSGSIZE;
	if (iph->frag_off & htons(NST_IPV4_DF) || path->mtu < header + 8)
		goto fail;

	/* The checksum covers the datagram: no link can complete it later. */
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		reason = NST_DROP_NOMEM;
		err = skb_checksum_help(skb);
		if (err)
			goto fail;
		iph = ip_hdr(skb);
	}

	pieces.skb = skb;
	pieces.finish = finish;
	pieces.whole_header = header;
	pieces.header_len = header;
	pieces.payload = round_down(path->mtu - header, 8);
	pieces.offset = 0;
	pieces.left = skb->len - header;
	memcpy(pieces.header, iph, header);
	err = send_pieces(stack, &pieces, path);
	if (err) {
		NST_INC(stack, IP_FRAG_FAILS);
		kfree_skb(skb);
		return err;
	}
	NST_INC(stack, IP_FRAG_OKS);
	consume_skb(skb);
	return 0;

fail:
	NST_INC(stack, IP_FRAG_FAILS);
	nst_drop(stack, skb, reason);
	return err;
}
