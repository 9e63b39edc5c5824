// SPDX-License-Identifier: GPL-2.0
/*
 * IPv6 fragmentation at the source (RFC 8200 4.5): the headers of each piece.
 * Entry point: nst_ipv6_fragment().
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

static bool allowed(const struct sk_buff *skb, unsigned int mtu)
{
	return mtu >= NST_IPV6_MTU_MIN;
}

static void begin(struct nst_pieces *pieces, unsigned int mtu)
{
	unsigned int header = sizeof(struct ipv6hdr);
	struct nst_ipv6_fragment_header *fragment;
	struct ipv6hdr *ip6;

	pieces->whole_header = header;
	pieces->header_len = header + sizeof(*fragment);
	pieces->payload = round_down(mtu - pieces->header_len, 8);
	pieces->left = pieces->skb->len - header;
	memcpy(pieces->header, pieces->skb->data, header);
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

static const struct nst_fragmentation fragmentation = {
	.allowed = allowed,
	.begin = begin,
	.finish = finish,
	.creates = NST_MIB_IP6_FRAG_CREATES,
	.oks = NST_MIB_IP6_FRAG_OKS,
	.fails = NST_MIB_IP6_FRAG_FAILS,
};

int nst_ipv6_fragment(struct nst_stack *stack, struct sk_buff *skb,
		      const struct nst_path *path)
{
	return nst_fragment(stack, skb, path, &fragmentation);
}
