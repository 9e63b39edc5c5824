/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sockets that are found by one number: ping sockets by their identifier, raw
 * sockets by their protocol. Read under RCU, written under a spinlock.
 */
#ifndef NST_SOCK_TABLE_H
#define NST_SOCK_TABLE_H

#include "sock.h"

#define NST_SOCK_TABLE_BITS	8

/**
 * struct nst_sock_table - the table
 * @lock: writers
 * @heads: chains of struct nst_sock by sk_nulls_node, of which bound_hash is
 *	the number; each ends in a marker that names it
 */
struct nst_sock_table {
	spinlock_t lock; /* writers of heads */
	struct hlist_nulls_head heads[1 << NST_SOCK_TABLE_BITS];
};

void nst_sock_table_init(struct nst_sock_table *table);

/* The table holds no reference: who leaves is freed after a grace period. */
void __nst_sock_table_add(struct nst_sock_table *table, struct nst_sock *nst,
			  u16 number);
void __nst_sock_table_del(struct nst_sock_table *table, struct nst_sock *nst);

static inline struct hlist_nulls_head *
nst_sock_table_head(struct nst_sock_table *table, u16 number)
{
	return &table->heads[number & ((1 << NST_SOCK_TABLE_BITS) - 1)];
}

/**
 * nst_sock_table_takes() - does a packet suit a socket's addresses?
 * @nst: socket of its number
 * @key: flow of the packet; ports are not looked at
 * @peer: heed the address that the socket is connected to
 *
 * Context: RCU.
 */
bool nst_sock_table_takes(const struct nst_sock *nst,
			  const struct nst_flow_key *key, bool peer);

/**
 * nst_sock_table_walk() - visit every socket
 * @table: table
 * @cursor: 0 at first; moved on, so that a dump can be resumed
 * @visit: called under RCU with &nst->flow; non-zero stops there
 * @data: passed to @visit
 *
 * Context: process, not under RCU: it rests between the chains.
 * Return: 0 at the end, else what @visit returned.
 */
int nst_sock_table_walk(struct nst_sock_table *table, unsigned long *cursor,
			int (*visit)(struct nst_endpoint *flow, void *data),
			void *data);

#endif /* NST_SOCK_TABLE_H */
