/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reassembly of fragments, both families: RFC 815's idea with RFC 5722's
 * rule (an overlap ends the datagram), capped in bytes, datagrams and time
 * for each stack.
 */
#ifndef NST_REASSEMBLY_H
#define NST_REASSEMBLY_H

#include "../packet.h"

/**
 * struct nst_fragment - one fragment, as the family's parser describes it
 * @family: AF_INET or AF_INET6
 * @protocol: IPPROTO_* (part of the key for IPv4)
 * @ecn: ECN bits of the header (RFC 3168 5.3)
 * @more: more fragments follow
 * @identification: of the datagram
 * @offset: first byte's place in the datagram's payload
 * @saddr: source
 * @daddr: destination
 */
struct nst_fragment {
	u8 family;
	u8 protocol;
	u8 ecn;
	bool more;
	u32 identification;
	u32 offset;
	union nst_address saddr;
	union nst_address daddr;
};

int nst_reassembly_init(struct nst_stack *stack);
void nst_reassembly_exit(struct nst_stack *stack);

/**
 * nst_reassembly_add() - add a fragment
 * @stack: stack
 * @skb: fragment, skb->data at its payload, network header linear; consumed
 * @fragment: its place
 *
 * Context: softirq or BHs disabled, RCU.
 * A fragment that is byte for byte one that is there is dropped alone, as
 * RFC 8200 4.5 allows. Any other overlap, and any disagreement about the
 * length, ends the datagram: what is there is freed, no error is sent, and
 * what comes for it until its time is over is dropped.
 *
 * Return: the whole datagram or NULL. It has the first fragment's network
 * header, its lengths not yet corrected; skb->data is at the payload; the
 * control block has the family, the ECN bits in tos, max_fragment and
 * NST_PACKET_REASSEMBLED set.
 */
struct sk_buff *nst_reassembly_add(struct nst_stack *stack,
				   struct sk_buff *skb,
				   const struct nst_fragment *fragment);

/* Bytes and datagrams held now. */
unsigned int nst_reassembly_memory(const struct nst_stack *stack);
unsigned int nst_reassembly_datagrams(const struct nst_stack *stack);

/*
 * Called when a datagram's time is over and its first fragment is there:
 * skb->data at the payload, control block as at nst_reassembly_add(), the
 * link valid. Does not consume @first. Context: softirq, RCU.
 */
typedef void (*nst_reassembly_expired_t)(struct nst_stack *stack,
					 struct sk_buff *first);

/* Module initialisation only: how a family reports time exceeded. */
int nst_reassembly_register(u8 family, nst_reassembly_expired_t expired);

#endif /* NST_REASSEMBLY_H */
