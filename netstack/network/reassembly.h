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
 * @dont_fragment: DF was set
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
	bool dont_fragment;
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
 * Return: the whole datagram (first fragment's network header, skb->data at
 * the payload, lengths in the header not yet corrected), or NULL.
 */
struct sk_buff *nst_reassembly_add(struct nst_stack *stack,
				   struct sk_buff *skb,
				   const struct nst_fragment *fragment);

/* Bytes and datagrams held now. */
unsigned int nst_reassembly_memory(const struct nst_stack *stack);
unsigned int nst_reassembly_datagrams(const struct nst_stack *stack);

/* Called when a datagram's time is over and its first fragment is there. */
typedef void (*nst_reassembly_expired_t)(struct nst_stack *stack,
					 struct sk_buff *first);

/* Module initialisation only: how a family reports time exceeded. */
int nst_reassembly_register(u8 family, nst_reassembly_expired_t expired);

#endif /* NST_REASSEMBLY_H */
