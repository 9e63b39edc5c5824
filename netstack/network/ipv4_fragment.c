// SPDX-License-Identifier: GPL-2.0
/*
 * IPv4 fragmentation (RFC 791 3.2): the header of each piece. Entry point:
 * nst_ipv4_fragment().
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

static bool allowed(const struct sk_buff *skb, unsigned int mtu)
{
	const struct iphdr *iph = ip_hdr(skb);

	return !(iph->frag_off & htons(NST_IPV4_DF)) && mtu >= iph->ihl * 4 + 8;
}

static void begin(struct nst_pieces *pieces, unsigned int mtu)
{
	const struct iphdr *iph = ip_hdr(pieces->skb);
	unsigned int header = iph->ihl * 4;

	pieces->whole_header = header;
	pieces->header_len = header;
	pieces->payload = round_down(mtu - header, 8);
	pieces->left = pieces->skb->len - header;
	memcpy(pieces->header, iph, header);
}

static const struct nst_fragmentation fragmentation = {
	.allowed = allowed,
	.begin = begin,
	.finish = finish,
	.creates = NST_MIB_IP_FRAG_CREATES,
	.oks = NST_MIB_IP_FRAG_OKS,
	.fails = NST_MIB_IP_FRAG_FAILS,
};

int nst_ipv4_fragment(struct nst_stack *stack, struct sk_buff *skb,
		      const struct nst_path *path)
{
	return nst_fragment(stack, skb, path, &fragmentation);
}
