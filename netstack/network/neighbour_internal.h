/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the neighbour cache share: neighbour.c (table),
 * neighbour_state.c (states and timers) and neighbour_output.c (sending).
 *
 * Locks: the table's lock, then a neighbour's; both are taken with BHs
 * disabled. Neither is held while a packet is sent, an error told or an
 * event announced.
 */
#ifndef NST_NEIGHBOUR_INTERNAL_H
#define NST_NEIGHBOUR_INTERNAL_H

#include "neighbour.h"

/* Return: the family's ops; never NULL for a neighbour in the table. */
const struct nst_neighbour_ops *nst_neighbour_ops_find(u8 family);

/* Put off eviction. Context: any; no lock of the neighbour cache held. */
void nst_neighbour_touch(struct nst_neighbour *neighbour);

/* The ReachableTime of RFC 4861 6.3.2, jiffies. */
unsigned long nst_neighbour_reachable_time(struct nst_stack *stack);

/* Locks, queue and timer of a new neighbour. */
void nst_neighbour_state_init(struct nst_neighbour *neighbour);

/**
 * nst_neighbour_bury() - end a neighbour that is out of the table
 * @neighbour: neighbour, which the table references still
 * @reason: why the packets that wait are dropped
 *
 * Context: any; no lock of the neighbour cache held.
 */
void nst_neighbour_bury(struct nst_neighbour *neighbour,
			enum nst_drop_reason reason);

/* A packet is about to be sent to a stale neighbour: RFC 4861 7.3.3. */
void nst_neighbour_delay(struct nst_neighbour *neighbour);

/**
 * nst_neighbour_await() - queue a packet until the station is known
 * @neighbour: neighbour
 * @skb: network packet with skb->protocol set; consumed unless told
 *
 * Context: BHs disabled, RCU.
 * Return: 0 (queued), -EAGAIN (the station is known by now: send it),
 * -ESTALE (@neighbour is dead; not consumed either), or -ENOBUFS when no
 * packet may wait at all.
 */
int nst_neighbour_await(struct nst_neighbour *neighbour, struct sk_buff *skb);

/* Send what waited. Context: BHs disabled, RCU. */
void nst_neighbour_flush(struct nst_neighbour *neighbour,
			 struct sk_buff_head *packets);

#endif /* NST_NEIGHBOUR_INTERNAL_H */
