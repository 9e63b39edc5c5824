/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Neighbour cache, both families: the states and timers of RFC 4861 7.3 for
 * ARP and neighbour discovery alike, with a bounded queue of packets for
 * each unresolved neighbour and a bounded table. How a neighbour is asked
 * for belongs to ARP and NDP, through struct nst_neighbour_ops.
 */
#ifndef NST_NEIGHBOUR_H
#define NST_NEIGHBOUR_H

#include <linux/neighbour.h>
#include <linux/refcount.h>
#include <linux/seqlock.h>
#include <linux/skbuff.h>
#include <linux/timer.h>

#include "../stack.h"
#include "../link/link.h"
#include "route.h"

/* The station address is known and may be used. */
#define NST_NUD_VALID	(NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE | \
			 NUD_STALE | NUD_DELAY | NUD_PROBE)

/**
 * struct nst_neighbour - one neighbour on one link
 * @hash_node: in the stack's hash; RCU to read, table lock to write
 * @gc_node: in the table's list, table lock; an entry moves to the end when
 *	it is confirmed or used again after a rest
 * @link: link, referenced; fixed
 * @address: its network address; fixed
 * @family: AF_INET or AF_INET6; fixed
 * @state: NUD_* of <linux/neighbour.h>; @lock to write, READ_ONCE
 * @router: it is a router (NDP)
 * @dead: out of the table
 * @proven: was confirmed to be reachable at least once
 * @probes: solicitations sent in this state
 * @lladdr: station address; @lock or @seq to read
 * @lock: protects state, address, queue, timer (leaf)
 * @seq: lets senders read @lladdr without @lock
 * @queue: packets that wait for an answer, neigh_unres_qlen at most
 * @queue_bytes: memory that they take, neigh_unres_qlen_bytes at most
 * @timer: of the state; holds a reference
 * @updated: jiffies of the last change of state
 * @confirmed: jiffies of the last proof that it is reachable
 * @used: jiffies of the last packet sent to it
 * @refs: the table, the timer and each path hold one
 * @rcu: delays freeing
 */
struct nst_neighbour {
	struct hlist_node hash_node;
	struct list_head gc_node;
	struct nst_link *link;
	union nst_address address;
	u8 family;
	u8 state;
	bool router;
	bool dead;
	bool proven;
	u8 probes;
	u8 lladdr[ETH_ALEN];
	spinlock_t lock; /* state, address, queue, timer */
	seqcount_spinlock_t seq;
	struct sk_buff_head queue;
	unsigned int queue_bytes;
	struct timer_list timer;
	unsigned long updated;
	unsigned long confirmed;
	unsigned long used;
	refcount_t refs;
	struct rcu_head rcu;
};

/**
 * struct nst_neighbour_ops - how a family asks for a neighbour
 * @family: AF_INET or AF_INET6
 * @ethertype: of the packets that wait
 * @solicit: send one question; @unicast: to its known station address
 * @failed: a packet whose neighbour did not answer; consumes @skb,
 *	tells the sender (ICMP host unreachable to local sockets)
 */
struct nst_neighbour_ops {
	u8 family;
	__be16 ethertype;
	void (*solicit)(struct nst_neighbour *neighbour, bool unicast);
	void (*failed)(struct nst_neighbour *neighbour, struct sk_buff *skb);
};

/* Module initialisation only. Return: 0 or -EEXIST. */
int nst_neighbour_ops_register(const struct nst_neighbour_ops *ops);

int nst_neighbour_init(struct nst_stack *stack);
void nst_neighbour_exit(struct nst_stack *stack);

/* Module initialisation: listen to link events. */
int nst_neighbour_listen(void);

/**
 * nst_neighbour_lookup() - find a neighbour, made if it is not there
 * @link: link
 * @family: AF_INET or AF_INET6
 * @address: its address
 * @create: make an entry in state NUD_NONE
 *
 * Context: any; takes the RCU read lock.
 * Return: the neighbour with a reference; NULL if there is none and @create
 * is false; ERR_PTR(-ENOBUFS) when the table is full, ERR_PTR(-ENETDOWN) when
 * one would be made on a link that is not operational,
 * or ERR_PTR(-ENOMEM).
 */
struct nst_neighbour *nst_neighbour_lookup(struct nst_link *link, u8 family,
					   const union nst_address *address,
					   bool create);

void nst_neighbour_put(struct nst_neighbour *neighbour);

static inline void nst_neighbour_get(struct nst_neighbour *neighbour)
{
	refcount_inc(&neighbour->refs);
}

/* What a message says of a neighbour (nst_neighbour_update()). */
#define NST_NEIGHBOUR_OVERRIDE	BIT(0)	/* a known address may change */
#define NST_NEIGHBOUR_SOLICITED	BIT(1)	/* an answer to our question */
#define NST_NEIGHBOUR_ADMIN	BIT(2)	/* from the administrator */

/**
 * nst_neighbour_update() - a message or the administrator names its station
 * @neighbour: neighbour
 * @lladdr: station address, or NULL when it is not named
 * @state: new state: NUD_REACHABLE, NUD_STALE, NUD_PERMANENT, NUD_FAILED...
 * @flags: NST_NEIGHBOUR_*
 *
 * Sends what waited. RFC 4861 7.2.5 decides what overrides what.
 *
 * Context: any with BHs disabled or process.
 */
void nst_neighbour_update(struct nst_neighbour *neighbour, const u8 *lladdr,
			  u8 state, u32 flags);

/* An upper layer got an answer from it: RFC 4861 7.3.1. Any context. */
void nst_neighbour_confirm(struct nst_neighbour *neighbour);

/* Take an entry out. Return: 0 or -ENOENT. Context: process. */
int nst_neighbour_del(struct nst_link *link, u8 family,
		      const union nst_address *address);

/**
 * nst_neighbour_waiting_source() - whose packet is it that waits?
 * @neighbour: neighbour that is asked for
 * @source: where its source goes
 *
 * The source of a question, so that the answer finds the way back by the
 * same link.
 *
 * Context: BHs disabled or process, RCU.
 * Return: does one wait, from an address that the link has?
 */
bool nst_neighbour_waiting_source(struct nst_neighbour *neighbour,
				  union nst_address *source);

/* Consistent copy of the station address. Return: is it known? */
bool nst_neighbour_lladdr(struct nst_neighbour *neighbour, u8 *lladdr);

/**
 * nst_neighbour_walk() - visit every neighbour of a stack
 * @stack: stack
 * @cursor: 0 at first; moved on, so that a walk can be resumed
 * @visit: called under RCU; non-zero stops the walk there
 * @data: passed to @visit
 *
 * Return: 0 at the end of the table, else what @visit returned.
 */
int nst_neighbour_walk(struct nst_stack *stack, unsigned long *cursor,
		       int (*visit)(struct nst_neighbour *n, void *data),
		       void *data);

/**
 * nst_path_xmit() - send a packet along a path
 * @path: path
 * @skb: network packet, skb->data at its header; consumed
 * @ethertype: of the packet
 *
 * On lo it goes as it is; to a group or broadcast the frame is addressed by
 * rule; to a neighbour it goes at once when its station is known, else it
 * waits for the answer.
 *
 * Context: BHs disabled, RCU.
 * Return: 0 (sent or queued), -ENETDOWN, -ENOBUFS, -EHOSTUNREACH or -ENOMEM.
 */
int nst_path_xmit(const struct nst_path *path, struct sk_buff *skb,
		  __be16 ethertype);

#endif /* NST_NEIGHBOUR_H */
