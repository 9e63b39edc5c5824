/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What both families do with a packet that has its header: send it whole,
 * as the super-packet that it is, or cut.
 */
#ifndef NST_TRANSMIT_H
#define NST_TRANSMIT_H

#include "../link/segmentation.h"
#include "neighbour.h"
#include "route.h"

/*
 * How a family cuts a packet that is larger than the path takes; consumes
 * @skb. Return: 0, -EMSGSIZE, or the first error.
 */
typedef int (*nst_fragmenter_t)(struct nst_stack *stack, struct sk_buff *skb,
				const struct nst_path *path);

/* Bytes of the largest packet that a packet will be on the wire. */
static inline unsigned int nst_wire_length(const struct sk_buff *skb)
{
	if (!skb_is_gso(skb))
		return skb->len;
	return min(skb->len, nst_segment_header_length(skb) +
			     skb_shinfo(skb)->gso_size);
}

/**
 * nst_transmit_segments() - send a super-packet as what it stands for
 * @stack: stack
 * @skb: super-packet, skb->data at its network header; consumed
 * @path: path
 * @fragment: how a segment is cut that the path does not take
 *
 * Context: BHs disabled, RCU.
 * Return: 0, or the first error; the segments after it are sent all the same.
 */
int nst_transmit_segments(struct nst_stack *stack, struct sk_buff *skb,
			  const struct nst_path *path,
			  nst_fragmenter_t fragment);

/* Does the link take a super-packet as it is? */
static inline bool nst_transmit_whole(const struct nst_link *link,
				      const struct sk_buff *skb)
{
	const struct skb_shared_info *shared = skb_shinfo(skb);

	return nst_segmentation_offloaded(READ_ONCE(link->features),
					  shared->gso_type) &&
	       skb->len <= READ_ONCE(link->gso_max_size) &&
	       shared->gso_segs <= READ_ONCE(link->gso_max_segs);
}

/**
 * nst_transmit() - send a packet along its path, cut where it must be
 * @stack: stack
 * @skb: packet, skb->data at its network header, skb->protocol set; consumed
 * @path: path
 * @too_big: nst_wire_length() exceeds the path MTU
 * @fragment: how the family cuts
 *
 * Context: BHs disabled, RCU.
 * Return: as nst_path_xmit(), or @fragment's.
 */
static inline int nst_transmit(struct nst_stack *stack, struct sk_buff *skb,
			       const struct nst_path *path, bool too_big,
			       nst_fragmenter_t fragment)
{
	if (skb_is_gso(skb)) {
		if (likely(!too_big && nst_transmit_whole(path->link, skb)))
			return nst_path_xmit(path, skb, skb->protocol);
		return nst_transmit_segments(stack, skb, path, fragment);
	}
	if (likely(!too_big))
		return nst_path_xmit(path, skb, skb->protocol);
	return fragment(stack, skb, path);
}

/**
 * nst_transmit_loop_back() - a copy for the members on this stack
 * @skb: packet, skb->data at its network header, skb->protocol set
 * @path: path; of a broadcast there is a copy for whoever listens
 *
 * RFC 1112 6.4, RFC 1122 3.3.6, RFC 3493 5.2. On lo the packet itself comes
 * back.
 *
 * Context: BHs disabled, RCU.
 */
void nst_transmit_loop_back(struct sk_buff *skb, const struct nst_path *path);

#define NST_PIECE_HEADER_MAX	60

/**
 * struct nst_pieces - a datagram on its way to fragments
 * @skb: datagram, skb->data at its header
 * @payload: bytes of a whole piece's payload, a multiple of 8
 * @offset: first byte of the next piece in the datagram's payload
 * @left: bytes of payload not yet sent
 * @whole_header: bytes of header that the datagram itself has
 * @header_len: bytes of @header
 * @header: header of the next piece
 */
struct nst_pieces {
	struct sk_buff *skb;
	unsigned int payload;
	unsigned int offset;
	unsigned int left;
	unsigned int whole_header;
	unsigned int header_len;
	u8 header[NST_PIECE_HEADER_MAX] __aligned(4);
};

/**
 * struct nst_fragmentation - how a family cuts
 * @allowed: may the datagram be cut to this MTU?
 * @begin: fill all of @pieces but its skb and offset
 * @finish: fill the fields that differ from piece to piece, in the header
 *	at skb_network_header(@piece); may change the header for those after it
 * @creates: counter of pieces
 * @oks: counter of datagrams that were cut
 * @fails: counter of datagrams that were not
 */
struct nst_fragmentation {
	bool (*allowed)(const struct sk_buff *skb, unsigned int mtu);
	void (*begin)(struct nst_pieces *pieces, unsigned int mtu);
	void (*finish)(struct nst_pieces *pieces, struct sk_buff *piece);
	enum nst_mib_item creates;
	enum nst_mib_item oks;
	enum nst_mib_item fails;
};

/**
 * nst_fragment() - cut a datagram and send the pieces
 * @stack: stack
 * @skb: datagram, skb->data at its network header, skb->protocol set; consumed
 * @path: path
 * @how: how its family cuts
 *
 * The pieces are copied out of the datagram wherever its bytes are, with room
 * for a link header of their own, and with what follows from the socket that
 * sent it. A checksum that a device was to complete is completed first.
 *
 * Context: BHs disabled, RCU.
 * Return: 0, -EMSGSIZE if it may not be cut, -ENOMEM, or the first error of
 * nst_path_xmit(); no piece after that is sent.
 */
int nst_fragment(struct nst_stack *stack, struct sk_buff *skb,
		 const struct nst_path *path,
		 const struct nst_fragmentation *how);

#endif /* NST_TRANSMIT_H */
