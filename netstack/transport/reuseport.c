// SPDX-License-Identifier: GPL-2.0
/*
 * Groups of sockets that share a port by SO_REUSEPORT. Entry points:
 * reuseport.h.
 */
#include "../network/address.h"
#include "reuseport.h"

/*
 * AF_INET's rule: the same address, port and link, the same kind of socket,
 * and the same user. A connected socket is in no group.
 */
static bool of_one_group(const struct nst_sock *a, const struct nst_sock *b)
{
	return b->sk.sk_reuseport && a->flow.lport == b->flow.lport &&
	       a->family == b->family && a->flow.family == b->flow.family &&
	       READ_ONCE(a->v6->only) == READ_ONCE(b->v6->only) &&
	       READ_ONCE(a->sk.sk_bound_dev_if) ==
	       READ_ONCE(b->sk.sk_bound_dev_if) &&
	       nst_address_any(&b->flow.raddr) &&
	       nst_address_equal(&a->bound_address, &b->bound_address) &&
	       uid_eq(READ_ONCE(a->sk.sk_uid), READ_ONCE(b->sk.sk_uid));
}

int nst_reuseport_join(struct nst_sock *nst,
		       const struct hlist_nulls_head *head)
{
	bool any = nst_address_any(&nst->bound_address);
	const struct hlist_nulls_node *node;
	struct nst_sock *member;

	if (!nst->sk.sk_reuseport || !nst_address_any(&nst->flow.raddr))
		return 0;
	hlist_nulls_for_each_entry(member, node, head, sk.sk_nulls_node)
		if (of_one_group(nst, member))
			return reuseport_add_sock(&nst->sk, &member->sk, any);
	return reuseport_alloc(&nst->sk, any);
}
