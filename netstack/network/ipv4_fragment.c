// SPDX-License-Identifier: GPL-2.0
/*
 * IPv4 fragmentation (RFC 791 3.2): pieces of one size, each with room for
 * a link header of its own, copied out of the datagram wherever its bytes
 * are. Entry point: nst_ipv4_fragment().
 */
#include <net/sock.h>

#include "ipv4.h"
#include "neighbour.h"

/**
 * struct pieces - a datagram on its way to pieces
 * @skb: datagram, skb->data at its header
 * @payload: bytes of a whole piece's payload, a multiple of 8
 * @offset: first byte of the next piece in the datagram's payload
 * @left: bytes of payload not yet sent
 * @header: header of the next piece, options included
 */
struct pieces {
	struct sk_buff *skb;
	unsigned int payload;
	unsigned int offset;
	unsigned int left;
	struct {
		struct iphdr ip;
		u8 options[NST_IPV4_OPTIONS_MAX];
	} header;
};

/* What follows from the socket that sent it and from its settings. */
static void copy_state(struct sk_buff *piece, struct sk_buff *skb)
{
	piece->protocol = skb->protocol;
	piece->priority = skb->priority;
	piece->mark = skb->mark;
	piece->tstamp = skb->tstamp;
	if (skb->destructor == sock_wfree)
		skb_set_owner_w(piece, skb->sk);
}

/* Return: the next piece, or NULL without memory. */
static struct sk_buff *next_piece(struct pieces *pieces)
{
	const struct iphdr *whole = ip_hdr(pieces->skb);
	unsigned int header = pieces->header.ip.ihl * 4;
	unsigned int length = min(pieces->left, pieces->payload);
	unsigned int frag_off = ntohs(whole->frag_off);
	struct sk_buff *piece;
	struct iphdr *iph;

	piece = alloc_skb(NST_HEADROOM_LINK + header + length, GFP_ATOMIC);
	if (!piece)
		return NULL;
	skb_reserve(piece, NST_HEADROOM_LINK);
	skb_reset_network_header(piece);
	iph = skb_put_data(piece, &pieces->header, header);
	skb_set_transport_header(piece, header);
	if (skb_copy_bits(pieces->skb, whole->ihl * 4 + pieces->offset,
			  skb_put(piece, length), length)) {
		kfree_skb(piece);
		return NULL;
	}
	copy_state(piece, pieces->skb);
	/* Timestamps of sending are those of the first, as on the host. */
	if (!pieces->offset) {
		skb_shinfo(piece)->tx_flags = skb_shinfo(pieces->skb)->tx_flags;
		skb_shinfo(piece)->tskey = skb_shinfo(pieces->skb)->tskey;
	}

	/* The datagram may be a fragment itself: its place and MF add up. */
	if (length < pieces->left)
		frag_off |= NST_IPV4_MF;
	iph->frag_off = htons(frag_off + pieces->offset / 8);
	iph->tot_len = htons(piece->len);
	nst_ipv4_checksum(iph);

	pieces->offset += length;
	pieces->left -= length;
	return piece;
}

/* All pieces but the first have the copied options only. */
static void shorten_header(struct pieces *pieces)
{
	const struct iphdr *whole = ip_hdr(pieces->skb);
	unsigned int options;

	options = nst_ipv4_options_copied((const u8 *)(whole + 1),
					  whole->ihl * 4 - sizeof(*whole),
					  pieces->header.options);
	pieces->header.ip.ihl = (sizeof(*whole) + options) / 4;
}

static int send_pieces(struct nst_stack *stack, struct pieces *pieces,
		       const struct nst_path *path)
{
	struct sk_buff *piece;
	int err;

	while (pieces->left) {
		piece = next_piece(pieces);
		if (!piece)
			return -ENOMEM;
		if (pieces->header.ip.ihl * 4 > sizeof(struct iphdr))
			shorten_header(pieces);
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
	struct pieces pieces;
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
	pieces.payload = round_down(path->mtu - header, 8);
	pieces.offset = 0;
	pieces.left = skb->len - header;
	memcpy(&pieces.header, iph, header);
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
