// SPDX-License-Identifier: GPL-2.0
/*
 * Cutting, for both families: a super-packet into the packets that it stands
 * for, and a datagram into the payloads of its fragments; and the copy of a
 * packet that comes back. Entry points: transmit.h.
 */
#include <net/sock.h>

#include "../compat.h"
#include "group.h"
#include "transmit.h"

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

int nst_transmit_segments(struct nst_stack *stack, struct sk_buff *skb,
			  const struct nst_path *path,
			  nst_fragmenter_t fragment)
{
	u8 asked = skb_shinfo(skb)->tx_flags & SKBTX_ANY_TSTAMP;
	bool ipv4 = skb->protocol == htons(ETH_P_IP);
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
		if (ipv4)
			NST_INC(stack, IP_OUT_DISCARDS);
		else
			NST_INC(stack, IP6_OUT_DISCARDS);
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
		err = nst_transmit(stack, skb, path, skb->len > path->mtu,
				   fragment) ?: err;
	}
	return err;
}

void nst_transmit_loop_back(struct sk_buff *skb, const struct nst_path *path)
{
	struct sk_buff *copy;

	if ((path->link->flags & NST_LINK_LOOPBACK) ||
	    (path->type == RTN_MULTICAST &&
	     !nst_group_admits_rcu(path->link, path->family, &path->daddr,
				   &path->saddr)))
		return;
	copy = skb_clone(skb, GFP_ATOMIC);
	if (copy)
		nst_loopback_return(path->link, copy);
}

static void copy_state(struct sk_buff *piece, struct sk_buff *skb)
{
	piece->protocol = skb->protocol;
	piece->priority = skb->priority;
	piece->mark = skb->mark;
	nst_compat_copy_time(piece, skb);
	piece->skb_iif = skb->skb_iif;
	if (skb->destructor == sock_wfree)
		skb_set_owner_w(piece, skb->sk);
}

static struct sk_buff *next_piece(struct nst_pieces *pieces,
				  const struct nst_fragmentation *how)
{
	unsigned int length = min(pieces->left, pieces->payload);
	struct sk_buff *piece;

	piece = alloc_skb(NST_HEADROOM_LINK + pieces->header_len + length,
			  GFP_ATOMIC);
	if (!piece)
		return NULL;
	skb_reserve(piece, NST_HEADROOM_LINK);
	skb_reset_network_header(piece);
	skb_put_data(piece, pieces->header, pieces->header_len);
	skb_set_transport_header(piece, pieces->header_len);
	if (skb_copy_bits(pieces->skb, pieces->whole_header + pieces->offset,
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
	pieces->left -= length;
	how->finish(pieces, piece);
	pieces->offset += length;
	return piece;
}

static int send_pieces(struct nst_stack *stack, struct nst_pieces *pieces,
		       const struct nst_path *path,
		       const struct nst_fragmentation *how)
{
	struct sk_buff *piece;
	int err;

	while (pieces->left) {
		piece = next_piece(pieces, how);
		if (!piece)
			return -ENOMEM;
		NST_INC_ITEM(stack, how->creates);
		err = nst_path_xmit(path, piece, piece->protocol);
		if (err)
			return err;
	}
	return 0;
}

int nst_fragment(struct nst_stack *stack, struct sk_buff *skb,
		 const struct nst_path *path,
		 const struct nst_fragmentation *how)
{
	enum nst_drop_reason reason = NST_DROP_IP_TOO_BIG;
	struct nst_pieces pieces;
	int err = -EMSGSIZE;

	if (!how->allowed(skb, path->mtu))
		goto fail;
	/* The checksum covers the datagram: no link can complete it later. */
	if (skb->ip_summed == CHECKSUM_PARTIAL) {
		reason = NST_DROP_NOMEM;
		err = skb_checksum_help(skb);
		if (err)
			goto fail;
	}
	pieces.skb = skb;
	pieces.offset = 0;
	how->begin(&pieces, path->mtu);
	err = send_pieces(stack, &pieces, path, how);
	if (err) {
		NST_INC_ITEM(stack, how->fails);
		kfree_skb(skb);
		return err;
	}
	NST_INC_ITEM(stack, how->oks);
	consume_skb(skb);
	return 0;

fail:
	NST_INC_ITEM(stack, how->fails);
	nst_drop(stack, skb, reason);
	return err;
}
