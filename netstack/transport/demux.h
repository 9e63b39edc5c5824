/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Demultiplexing, one machine for all transports: a table of flows by
 * address pair and port pair, and a table of bound sockets by local address
 * and port. Both are hashed with a per-stack key, read under RCU, and
 * written under a spinlock for each bucket.
 */
#ifndef NST_DEMUX_H
#define NST_DEMUX_H

#include <linux/list_nulls.h>
#include <linux/rculist_nulls.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>

#include "../stack.h"
#include "../types.h"

struct nst_endpoint;
struct nst_sock;
struct sk_buff;

enum nst_endpoint_kind {
	NST_ENDPOINT_SOCK,	/* struct nst_sock */
	NST_ENDPOINT_REQUEST,	/* struct nst_tcp_request: SYN received */
	NST_ENDPOINT_TIMEWAIT,	/* struct nst_tcp_timewait */
};

/**
 * struct nst_endpoint - owner of a flow
 * @node: in the flow table; RCU to read, bucket lock to write
 * @free: last reference gone; NULL for sockets, which sock_put() counts
 * @refs: references, except for sockets; the table holds one
 * @hash: of the flow; valid while hashed
 * @link_index: link that the flow is bound to, or 0
 * @lport: local port
 * @rport: remote port
 * @kind: enum nst_endpoint_kind; fixed
 * @family: AF_INET or AF_INET6 of the packets
 * @hashed: in the flow table; bucket lock
 * @laddr: local address
 * @raddr: remote address
 *
 * Memory is freed after an RCU grace period.
 */
struct nst_endpoint {
	struct hlist_nulls_node node;
	void (*free)(struct nst_endpoint *endpoint);
	refcount_t refs;
	u32 hash;
	u32 link_index;
	__be16 lport;
	__be16 rport;
	u8 kind;
	u8 family;
	bool hashed;
	union nst_address laddr;
	union nst_address raddr;
};

/**
 * struct nst_flow_key - the flow of a received packet, from our side
 * @laddr: its destination
 * @raddr: its source
 * @lport: its destination port
 * @rport: its source port
 * @family: AF_INET or AF_INET6
 * @link_index: link it arrived on
 */
struct nst_flow_key {
	union nst_address laddr;
	union nst_address raddr;
	__be16 lport;
	__be16 rport;
	u8 family;
	u32 link_index;
};

struct nst_demux_bucket {
	struct hlist_nulls_head head;
	spinlock_t lock; /* writers of head */
};

/**
 * struct nst_demux - the tables of one transport in one stack
 * @flows: by all four of addresses and ports
 * @bound: by local address and port
 * @flow_mask: buckets of @flows less one
 * @bound_mask: buckets of @bound less one
 * @secret: key of the hash
 */
struct nst_demux {
	struct nst_demux_bucket *flows;
	struct nst_demux_bucket *bound;
	u32 flow_mask;
	u32 bound_mask;
	hsiphash_key_t secret;
};

/* Return: 0 or -ENOMEM. */
int nst_demux_init(struct nst_demux *demux, unsigned int flow_bits,
		   unsigned int bound_bits);
void nst_demux_exit(struct nst_demux *demux);

u32 nst_flow_hash(const struct nst_demux *demux, const union nst_address *laddr,
		  __be16 lport, const union nst_address *raddr, __be16 rport);

/**
 * nst_demux_flow_add() - publish a flow
 * @demux: tables
 * @endpoint: addresses, ports and link filled
 * @replace: endpoint of the same flow to take the place of (a request by
 *	its socket, a socket by its TIME-WAIT), or NULL; unhashed in the same
 *	step, its table reference passes to the caller
 *
 * Takes the table's reference on @endpoint (sock_hold() for sockets).
 * Context: any; takes the bucket lock with BHs disabled.
 * Return: 0, -EADDRNOTAVAIL if another endpoint has the flow, or -ENOENT if
 * @replace was not hashed any more.
 */
int nst_demux_flow_add(struct nst_demux *demux, struct nst_endpoint *endpoint,
		       struct nst_endpoint *replace);

/**
 * nst_demux_flow_del() - take a flow out
 * @demux: table
 * @endpoint: owner of the flow
 *
 * Drops the table's reference (nst_endpoint_put()).
 * Context: any. Return: was it there?
 */
bool nst_demux_flow_del(struct nst_demux *demux, struct nst_endpoint *endpoint);

/**
 * nst_demux_flow_lookup_rcu() - find the owner of a flow
 * @demux: table
 * @key: the flow
 *
 * Context: RCU.
 * Return: the endpoint without a reference, or NULL. It may die: take a
 * reference with nst_endpoint_get_unless_zero() and compare the key again
 * before using it.
 */
struct nst_endpoint *
nst_demux_flow_lookup_rcu(const struct nst_demux *demux,
			  const struct nst_flow_key *key);

/* The same with a reference taken and the key compared again. */
struct nst_endpoint *nst_demux_flow_get(const struct nst_demux *demux,
					const struct nst_flow_key *key);

bool nst_endpoint_get_unless_zero(struct nst_endpoint *endpoint);
void nst_endpoint_put(struct nst_endpoint *endpoint);

/*
 * Bound sockets: bound_address, port, bound link of struct nst_sock, and its
 * peer if it is connected. The table holds a reference. One with SO_REUSEPORT
 * is a member of its group (reuseport.h) as long as it is in.
 */
int nst_demux_bound_add(struct nst_demux *demux, struct nst_sock *nst);
void nst_demux_bound_del(struct nst_demux *demux, struct nst_sock *nst);

/**
 * nst_demux_bound_get() - the best bound socket for a packet
 * @demux: tables
 * @key: flow of the packet
 * @skb: packet, skb->data at the transport header, or NULL if it is none that
 *	came in (an ICMP error)
 * @header: bytes of the transport header
 *
 * An exact local address beats the wildcard, a bound link beats none, and a
 * socket of the packet's family one of both families; among equals of an
 * SO_REUSEPORT group its program chooses by what follows the header, or
 * without one, or when it names no member, the flow's hash.
 *
 * Context: RCU.
 * Return: the socket with a reference, or NULL.
 */
struct nst_sock *nst_demux_bound_get(const struct nst_demux *demux,
				     const struct nst_flow_key *key,
				     struct sk_buff *skb, unsigned int header);

/* The same without a reference: valid as long as the caller's RCU section. */
struct nst_sock *nst_demux_bound_lookup_rcu(const struct nst_demux *demux,
					    const struct nst_flow_key *key,
					    struct sk_buff *skb,
					    unsigned int header);

/**
 * nst_demux_bound_each_rcu() - visit all bound sockets that take a packet
 * @demux: tables
 * @key: flow of a packet to a broadcast or multicast address
 * @visit: called for each socket
 * @data: passed to @visit
 *
 * Context: RCU. Return: how many were visited.
 */
unsigned int
nst_demux_bound_each_rcu(const struct nst_demux *demux,
			 const struct nst_flow_key *key,
			 void (*visit)(struct nst_sock *nst, void *data),
			 void *data);

/**
 * nst_demux_walk() - visit every endpoint, flows first, then bound sockets
 * @demux: tables
 * @cursor: 0 at first; moved on, so that a dump can be resumed
 * @visit: called under RCU with @flow or, for bound sockets that have no
 *	flow, with &nst->flow; non-zero stops there
 * @data: passed to @visit
 *
 * Context: process, not under RCU: it rests between the buckets.
 * Return: 0 at the end, else what @visit returned.
 */
int nst_demux_walk(const struct nst_demux *demux, unsigned long *cursor,
		   int (*visit)(struct nst_endpoint *flow, void *data),
		   void *data);

#endif /* NST_DEMUX_H */
