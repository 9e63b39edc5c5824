// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets by one number, as ping and raw sockets are found. Entry points:
 * sock_table.h.
 */
#include "../network/address.h"
#include "sock_table.h"

/* In a dump's cursor: the chain above, the place in the chain below. */
#define CURSOR_SHIFT	20

void nst_sock_table_init(struct nst_sock_table *table)
{
	unsigned int i;

	spin_lock_init(&table->lock);
	for (i = 0; i < ARRAY_SIZE(table->heads); i++)
		INIT_HLIST_NULLS_HEAD(&table->heads[i], i);
}

/* Context: table->lock held with BHs disabled. */
void __nst_sock_table_add(struct nst_sock_table *table, struct nst_sock *nst,
			  u16 number)
{
	lockdep_assert_held(&table->lock);
	nst->bound_hash = number;
	hlist_nulls_add_head_rcu(&nst->sk.sk_nulls_node,
				 nst_sock_table_head(table, number));
}

/* Context: table->lock held with BHs disabled; the socket is in the table. */
void __nst_sock_table_del(struct nst_sock_table *table, struct nst_sock *nst)
{
	lockdep_assert_held(&table->lock);
	hlist_nulls_del_init_rcu(&nst->sk.sk_nulls_node);
}

bool nst_sock_table_takes(const struct nst_sock *nst,
			  const struct nst_flow_key *key, bool peer)
{
	u32 bound = READ_ONCE(nst->sk.sk_bound_dev_if);

	if (READ_ONCE(nst->flow.family) != key->family ||
	    (bound && bound != key->link_index))
		return false;
	if (peer && !nst_address_any(&nst->flow.raddr) &&
	    !nst_address_equal(&nst->flow.raddr, &key->raddr))
		return false;
	return nst_address_any(&nst->bound_address) ||
	       nst_address_equal(&nst->bound_address, &key->laddr);
}

int nst_sock_table_walk(struct nst_sock_table *table, unsigned long *cursor,
			int (*visit)(struct nst_endpoint *flow, void *data),
			void *data)
{
	unsigned long chain = *cursor >> CURSOR_SHIFT;
	unsigned long done = *cursor & (BIT(CURSOR_SHIFT) - 1);
	struct hlist_nulls_node *node;
	struct nst_sock *nst;
	unsigned long at;
	int err = 0;

	for (; chain < ARRAY_SIZE(table->heads) && !err; chain++, done = 0) {
		at = 0;
		rcu_read_lock();
		hlist_nulls_for_each_entry_rcu(nst, node, &table->heads[chain],
					       sk.sk_nulls_node) {
			if (at++ < done)
				continue;
			err = visit(&nst->flow, data);
			if (err)
				break;
			done = at;
		}
		rcu_read_unlock();
		cond_resched();
		*cursor = chain << CURSOR_SHIFT | done;
	}
	return err;
}
