/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Groups of sockets that share an address and a port by SO_REUSEPORT, in
 * which a BPF program of the group's owner may choose (socket(7),
 * SO_ATTACH_REUSEPORT_CBPF). net/core keeps group and program
 * (sock.sk_reuseport_cb); it attaches and detaches the program itself.
 */
#ifndef NST_REUSEPORT_H
#define NST_REUSEPORT_H

#include <net/sock_reuseport.h>

#include "sock.h"

/**
 * nst_reuseport_join() - make a socket member of the group of its kind
 * @nst: socket with SO_REUSEPORT that is about to be bound, or to listen
 * @head: chain of the bound table where its likes are
 *
 * A member's index is the order of joining, until one leaves.
 *
 * Context: lock of the bucket, BHs disabled.
 * Return: 0, -ENOMEM or -EBUSY.
 */
int nst_reuseport_join(struct nst_sock *nst,
		       const struct hlist_nulls_head *head);

/* Leave the group, if it is in one: the last member takes its index. */
static inline void nst_reuseport_leave(struct nst_sock *nst)
{
	if (rcu_access_pointer(nst->sk.sk_reuseport_cb))
		reuseport_detach_sock(&nst->sk);
}

/* Does a program choose in the group of the socket? Context: RCU. */
static inline bool nst_reuseport_has_program_rcu(const struct nst_sock *nst)
{
	const struct sock_reuseport *group;

	if (likely(!nst->sk.sk_reuseport))
		return false;
	group = rcu_dereference(nst->sk.sk_reuseport_cb);
	return group && rcu_access_pointer(group->prog);
}

#endif /* NST_REUSEPORT_H */
