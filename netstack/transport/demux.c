// SPDX-License-Identifier: GPL-2.0
/*
 * Demultiplexing: which endpoint owns a received packet.
 *
 * Readers hold only the RCU read lock. A socket may leave one bucket and
 * enter another without a grace period (a datagram socket that connects
 * again), which would lead a reader that stands on it into the wrong list;
 * the end marker of a list names its bucket, and a reader that ends at
 * another marker starts again.
 */
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "demux.h"
#include "membership.h"
#include "reuseport.h"
#include "sock.h"

static struct nst_demux_bucket *buckets_alloc(unsigned int bits)
{
	struct nst_demux_bucket *buckets;
	unsigned int i;

	buckets = kvmalloc_array(1U << bits, sizeof(*buckets), GFP_KERNEL);
	if (!buckets)
		return NULL;

	for (i = 0; i < 1U << bits; i++) {
		INIT_HLIST_NULLS_HEAD(&buckets[i].head, i);
		spin_lock_init(&buckets[i].lock);
	}
	return buckets;
}

/**
 * nst_demux_init() - make the tables of one transport
 * @demux: zeroed
 * @flow_bits: log2 of the buckets of the flow table
 * @bound_bits: log2 of the buckets of the table of bound sockets
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int nst_demux_init(struct nst_demux *demux, unsigned int flow_bits,
		   unsigned int bound_bits)
{
	demux->flows = buckets_alloc(flow_bits);
	demux->bound = buckets_alloc(bound_bits);
	if (!demux->flows || !demux->bound) {
		nst_demux_exit(demux);
		return -ENOMEM;
	}
	demux->flow_mask = (1U << flow_bits) - 1;
	demux->bound_mask = (1U << bound_bits) - 1;
	get_random_bytes(&demux->secret, sizeof(demux->secret));
	return 0;
}

/* Every endpoint is out, and no reader is left. Idempotent. */
void nst_demux_exit(struct nst_demux *demux)
{
	kvfree(demux->flows);
	kvfree(demux->bound);
	demux->flows = NULL;
	demux->bound = NULL;
}

static u32 port_pair(__be16 lport, __be16 rport)
{
	return ((__force u32)lport << 16) | (__force u32)rport;
}

/* An IPv4 address leaves all but its first word zero. */
static bool one_word(const union nst_address *a)
{
	return !(a->quad[1] | (__force u32)a->word[1]);
}

/**
 * nst_flow_hash() - keyed hash of a flow
 * @demux: tables, for their key
 * @laddr: local address
 * @lport: local port
 * @raddr: remote address
 * @rport: remote port
 *
 * Without the key nobody can aim flows at one bucket. The hash is not to
 * leave the stack: hsiphash() is made for tables, not for secrets.
 * Context: any.
 */
u32 nst_flow_hash(const struct nst_demux *demux, const union nst_address *laddr,
		  __be16 lport, const union nst_address *raddr, __be16 rport)
{
	struct {
		union nst_address laddr;
		union nst_address raddr;
		u64 ports;
	} __aligned(HSIPHASH_ALIGNMENT) input;

	if (likely(one_word(laddr) && one_word(raddr)))
		return hsiphash_3u32((__force u32)laddr->v4,
				     (__force u32)raddr->v4,
				     port_pair(lport, rport), &demux->secret);

	input.laddr = *laddr;
	input.raddr = *raddr;
	input.ports = port_pair(lport, rport);
	return hsiphash(&input, sizeof(input), &demux->secret);
}

/*
 * Programs of the stack fill this table, and may share one address and port
 * anyway (SO_REUSEPORT): the port may share a word with the address.
 */
static u32 bound_hash(const struct nst_demux *demux,
		      const union nst_address *address, __be16 port)
{
	if (likely(one_word(address)))
		return hsiphash_2u32((__force u32)address->v4,
				     (__force u32)port, &demux->secret);
	return hsiphash_4u32((__force u32)address->word[0],
			     (__force u32)address->word[1],
			     (__force u32)address->word[2],
			     (__force u32)address->word[3] ^ (__force u32)port,
			     &demux->secret);
}

/* Does a packet belong to an endpoint? */
static bool endpoint_matches(const struct nst_endpoint *endpoint,
			     const struct nst_flow_key *key)
{
	u32 link_index = READ_ONCE(endpoint->link_index);

	return endpoint->lport == key->lport &&
	       endpoint->rport == key->rport &&
	       endpoint->family == key->family &&
	       nst_address_equal(&endpoint->raddr, &key->raddr) &&
	       nst_address_equal(&endpoint->laddr, &key->laddr) &&
	       (!link_index || link_index == key->link_index);
}

/**
 * nst_endpoint_get_unless_zero() - take a reference that may be too late
 * @endpoint: found under RCU
 *
 * Return: false if the last reference was gone already.
 */
bool nst_endpoint_get_unless_zero(struct nst_endpoint *endpoint)
{
	if (endpoint->kind == NST_ENDPOINT_SOCK)
		return refcount_inc_not_zero(&nst_endpoint_sock(endpoint)->
					     sk.sk_refcnt);
	return refcount_inc_not_zero(&endpoint->refs);
}

/* Drop a reference. Context: any. */
void nst_endpoint_put(struct nst_endpoint *endpoint)
{
	if (endpoint->kind == NST_ENDPOINT_SOCK)
		sock_put(&nst_endpoint_sock(endpoint)->sk);
	else if (refcount_dec_and_test(&endpoint->refs))
		endpoint->free(endpoint);
}

static void endpoint_hold(struct nst_endpoint *endpoint)
{
	if (endpoint->kind == NST_ENDPOINT_SOCK)
		sock_hold(&nst_endpoint_sock(endpoint)->sk);
	else
		refcount_inc(&endpoint->refs);
}

static bool same_flow(const struct nst_endpoint *a,
		      const struct nst_endpoint *b)
{
	return a->lport == b->lport && a->rport == b->rport &&
	       a->family == b->family &&
	       nst_address_equal(&a->raddr, &b->raddr) &&
	       nst_address_equal(&a->laddr, &b->laddr) &&
	       (!a->link_index || !b->link_index ||
		a->link_index == b->link_index);
}

/*
 * Put @node where @old is. A reader sees one of the two and never neither,
 * which deletion and insertion one after the other could not promise.
 */
static void nulls_replace_rcu(struct hlist_nulls_node *old,
			      struct hlist_nulls_node *node)
{
	struct hlist_nulls_node *next = old->next;

	WRITE_ONCE(node->next, next);
	WRITE_ONCE(node->pprev, old->pprev);
	rcu_assign_pointer(*(struct hlist_nulls_node __rcu **)node->pprev,
			   node);
	if (!is_a_nulls(next))
		WRITE_ONCE(next->pprev, &node->next);
	WRITE_ONCE(old->pprev, LIST_POISON2);
}

int nst_demux_flow_add(struct nst_demux *demux, struct nst_endpoint *endpoint,
		       struct nst_endpoint *replace)
{
	struct hlist_nulls_node *node;
	struct nst_demux_bucket *bucket;
	struct nst_endpoint *other;
	int err = 0;

	endpoint->hash = nst_flow_hash(demux, &endpoint->laddr,
				       endpoint->lport, &endpoint->raddr,
				       endpoint->rport);
	bucket = &demux->flows[endpoint->hash & demux->flow_mask];

	spin_lock_bh(&bucket->lock);
	if (WARN_ON_ONCE(endpoint->hashed)) {
		err = -EADDRNOTAVAIL;
		goto unlock;
	}
	if (replace && (!replace->hashed || replace->hash != endpoint->hash)) {
		err = -ENOENT;
		goto unlock;
	}
	hlist_nulls_for_each_entry(other, node, &bucket->head, node) {
		if (other->hash == endpoint->hash && other != replace &&
		    same_flow(other, endpoint)) {
			err = -EADDRNOTAVAIL;
			goto unlock;
		}
	}

	endpoint_hold(endpoint);
	endpoint->hashed = true;
	if (replace) {
		nulls_replace_rcu(&replace->node, &endpoint->node);
		replace->hashed = false;
	} else {
		hlist_nulls_add_head_rcu(&endpoint->node, &bucket->head);
	}
unlock:
	spin_unlock_bh(&bucket->lock);
	return err;
}

bool nst_demux_flow_del(struct nst_demux *demux, struct nst_endpoint *endpoint)
{
	struct nst_demux_bucket *bucket;
	bool was;

	/* The hash is fixed while hashed, and any bucket does otherwise. */
	bucket = &demux->flows[READ_ONCE(endpoint->hash) & demux->flow_mask];

	spin_lock_bh(&bucket->lock);
	was = endpoint->hashed;
	if (was) {
		hlist_nulls_del_rcu(&endpoint->node);
		endpoint->hashed = false;
	}
	spin_unlock_bh(&bucket->lock);

	if (was)
		nst_endpoint_put(endpoint);
	return was;
}

struct nst_endpoint *
nst_demux_flow_lookup_rcu(const struct nst_demux *demux,
			  const struct nst_flow_key *key)
{
	u32 hash = nst_flow_hash(demux, &key->laddr, key->lport, &key->raddr,
				 key->rport);
	u32 slot = hash & demux->flow_mask;
	struct hlist_nulls_node *node;
	struct nst_endpoint *endpoint;

again:
	hlist_nulls_for_each_entry_rcu(endpoint, node,
				       &demux->flows[slot].head, node) {
		if (READ_ONCE(endpoint->hash) == hash &&
		    likely(endpoint_matches(endpoint, key)))
			return endpoint;
	}
	if (unlikely(get_nulls_value(node) != slot))
		goto again;
	return NULL;
}

struct nst_endpoint *nst_demux_flow_get(const struct nst_demux *demux,
					const struct nst_flow_key *key)
{
	struct nst_endpoint *endpoint;

	rcu_read_lock();
	while ((endpoint = nst_demux_flow_lookup_rcu(demux, key))) {
		/* Dying ones leave the table first: as good as not found. */
		if (!nst_endpoint_get_unless_zero(endpoint)) {
			endpoint = NULL;
			break;
		}
		if (likely(endpoint_matches(endpoint, key)))
			break;
		nst_endpoint_put(endpoint);
	}
	rcu_read_unlock();
	return endpoint;
}

/**
 * nst_demux_bound_add() - publish a bound socket
 * @demux: tables
 * @nst: socket, locked, with bound_address and flow.lport set
 *
 * Takes a reference for the table. The newest of equals is found first.
 * Context: process.
 * Return: 0, or -ENOMEM: it is in, but no member of its SO_REUSEPORT group.
 */
int nst_demux_bound_add(struct nst_demux *demux, struct nst_sock *nst)
{
	struct nst_demux_bucket *bucket;
	int err;

	if (WARN_ON_ONCE(!hlist_nulls_unhashed(&nst->sk.sk_nulls_node)))
		return 0;
	nst->bound_hash = bound_hash(demux, &nst->bound_address,
				     nst->flow.lport) & demux->bound_mask;
	bucket = &demux->bound[nst->bound_hash];

	sock_hold(&nst->sk);
	spin_lock_bh(&bucket->lock);
	err = nst_reuseport_join(nst, &bucket->head);
	hlist_nulls_add_head_rcu(&nst->sk.sk_nulls_node, &bucket->head);
	spin_unlock_bh(&bucket->lock);
	return err;
}

/* Take a bound socket out, if it is in. @nst is locked or closing. */
void nst_demux_bound_del(struct nst_demux *demux, struct nst_sock *nst)
{
	struct nst_demux_bucket *bucket;

	if (hlist_nulls_unhashed(&nst->sk.sk_nulls_node))
		return;
	bucket = &demux->bound[nst->bound_hash];

	spin_lock_bh(&bucket->lock);
	hlist_nulls_del_init_rcu(&nst->sk.sk_nulls_node);
	spin_unlock_bh(&bucket->lock);
	nst_reuseport_leave(nst);
	sock_put(&nst->sk);
}

/* Dual stack: the wildcard of IPv6 takes packets of IPv4 as well. */
static bool takes_family(const struct nst_sock *nst, u8 family)
{
	return likely(nst->flow.family == family) ||
	       (family == AF_INET && nst_sock_takes_ipv4(nst));
}

/*
 * How well does a bound socket suit a packet? Negative: not at all. A
 * socket that is connected takes packets of its peer only; it is in this
 * table when its flow was taken, or when it is bound to a group. One of the
 * packet's own family is better, if nothing else is, and of these one that
 * wants the packets of this CPU (SO_INCOMING_CPU).
 */
static int bound_score(const struct nst_sock *nst,
		       const union nst_address *address,
		       const struct nst_flow_key *key)
{
	int bound_dev_if = READ_ONCE(nst->sk.sk_bound_dev_if);
	int score;

	if (nst->flow.lport != key->lport ||
	    !takes_family(nst, key->family) ||
	    !nst_address_equal(&nst->bound_address, address))
		return -1;

	score = (nst->family == key->family ? 2 : 0) +
		(READ_ONCE(nst->sk.sk_incoming_cpu) == raw_smp_processor_id());
	if (bound_dev_if) {
		if ((u32)bound_dev_if != key->link_index)
			return -1;
		score += 4;
	}
	if (!nst_address_any(&nst->flow.raddr)) {
		if (!nst_address_equal(&nst->flow.raddr, &key->raddr))
			return -1;
		score += 8;
	}
	if (nst->flow.rport) {
		if (nst->flow.rport != key->rport)
			return -1;
		score += 8;
	}
	return score;
}

/*
 * The best socket bound to @address. Equals that share the port by
 * SO_REUSEPORT are chosen among by the flow's hash, so that a flow stays
 * with its socket as long as the group does not change.
 */
static struct nst_sock *bound_best(const struct nst_demux *demux,
				   const union nst_address *address,
				   const struct nst_flow_key *key)
{
	u32 slot = bound_hash(demux, address, key->lport) & demux->bound_mask;
	struct nst_sock *nst, *best;
	struct hlist_nulls_node *node;
	unsigned int equals;
	int score, most;
	u32 hash = 0;

again:
	best = NULL;
	most = -1;
	equals = 0;
	hlist_nulls_for_each_entry_rcu(nst, node, &demux->bound[slot].head,
				       sk.sk_nulls_node) {
		score = bound_score(nst, address, key);
		if (score > most) {
			most = score;
			best = nst;
			equals = 0;
		} else if (score == most && score >= 0 &&
			   nst->sk.sk_reuseport && best->sk.sk_reuseport) {
			if (!equals) {
				hash = nst_flow_hash(demux, &key->laddr,
						     key->lport, &key->raddr,
						     key->rport);
				equals = 1;
			}
			hash = hash_32(hash + equals, 32);
			equals++;
			if (!reciprocal_scale(hash, equals))
				best = nst;
		}
	}
	if (unlikely(get_nulls_value(node) != slot))
		goto again;
	return best;
}

/*
 * Which member of the group of @best does its program choose? Only one that
 * takes the packet: its link may have changed since it joined.
 */
static noinline struct nst_sock *
program_choice(const struct nst_demux *demux, struct nst_sock *best,
	       const struct nst_flow_key *key, struct sk_buff *skb,
	       unsigned int header)
{
	u32 hash = nst_flow_hash(demux, &key->laddr, key->lport, &key->raddr,
				 key->rport);
	struct sock *sk;

	sk = reuseport_select_sock(&best->sk, hash, skb, header);
	if (!sk || bound_score(nst_sk(sk), &best->bound_address, key) < 0)
		return best;
	return nst_sk(sk);
}

struct nst_sock *nst_demux_bound_lookup_rcu(const struct nst_demux *demux,
					    const struct nst_flow_key *key,
					    struct sk_buff *skb,
					    unsigned int header)
{
	static const union nst_address any;
	struct nst_sock *nst;

	nst = bound_best(demux, &key->laddr, key);
	if (!nst)
		nst = bound_best(demux, &any, key);
	if (nst && skb && unlikely(nst_reuseport_has_program_rcu(nst)))
		nst = program_choice(demux, nst, key, skb, header);
	return nst;
}

struct nst_sock *nst_demux_bound_get(const struct nst_demux *demux,
				     const struct nst_flow_key *key,
				     struct sk_buff *skb, unsigned int header)
{
	struct nst_sock *nst;

	nst = nst_demux_bound_lookup_rcu(demux, key, skb, header);
	if (nst && !refcount_inc_not_zero(&nst->sk.sk_refcnt))
		nst = NULL;
	return nst;
}

static unsigned int bound_each(const struct nst_demux *demux,
			       const union nst_address *address,
			       const struct nst_flow_key *key,
			       void (*visit)(struct nst_sock *nst, void *data),
			       void *data)
{
	u32 slot = bound_hash(demux, address, key->lport) & demux->bound_mask;
	struct hlist_nulls_node *node;
	unsigned int visited = 0;
	struct nst_sock *nst;

	/* A second pass would deliver twice, so a strayed walk just ends. */
	hlist_nulls_for_each_entry_rcu(nst, node, &demux->bound[slot].head,
				       sk.sk_nulls_node) {
		if (bound_score(nst, address, key) < 0 ||
		    !nst_membership_admits_rcu(nst, key))
			continue;
		visit(nst, data);
		visited++;
	}
	return visited;
}

unsigned int
nst_demux_bound_each_rcu(const struct nst_demux *demux,
			 const struct nst_flow_key *key,
			 void (*visit)(struct nst_sock *nst, void *data),
			 void *data)
{
	static const union nst_address any;

	return bound_each(demux, &key->laddr, key, visit, data) +
	       bound_each(demux, &any, key, visit, data);
}

#define CURSOR_SHIFT	(BITS_PER_LONG / 2)

static unsigned long cursor_bucket(unsigned long cursor)
{
	return cursor >> CURSOR_SHIFT;
}

static unsigned long cursor_skip(unsigned long cursor)
{
	return cursor & ((1UL << CURSOR_SHIFT) - 1);
}

/* Visit what is left of the bucket in which the cursor stands. */
static int walk_bucket(struct hlist_nulls_head *head, bool bound,
		       unsigned long *cursor,
		       int (*visit)(struct nst_endpoint *flow, void *data),
		       void *data)
{
	unsigned long skip = cursor_skip(*cursor);
	struct hlist_nulls_node *node;
	struct nst_endpoint *flow;
	int err;

	for (node = rcu_dereference_raw(hlist_nulls_first_rcu(head));
	     !is_a_nulls(node);
	     node = rcu_dereference_raw(hlist_nulls_next_rcu(node))) {
		if (skip) {
			skip--;
			continue;
		}
		if (bound)
			flow = &hlist_nulls_entry(node, struct nst_sock,
						  sk.sk_nulls_node)->flow;
		else
			flow = hlist_nulls_entry(node, struct nst_endpoint,
						 node);
		if (!bound || !flow->hashed) {
			err = visit(flow, data);
			if (err)
				return err;
		}
		(*cursor)++;
	}
	*cursor = (cursor_bucket(*cursor) + 1) << CURSOR_SHIFT;
	return 0;
}

int nst_demux_walk(const struct nst_demux *demux, unsigned long *cursor,
		   int (*visit)(struct nst_endpoint *flow, void *data),
		   void *data)
{
	unsigned long flows = demux->flow_mask + 1UL;
	unsigned long all = flows + demux->bound_mask + 1UL;
	int err = 0;

	while (!err && cursor_bucket(*cursor) < all) {
		unsigned long slot = cursor_bucket(*cursor);

		rcu_read_lock();
		if (slot < flows)
			err = walk_bucket(&demux->flows[slot].head, false,
					  cursor, visit, data);
		else
			err = walk_bucket(&demux->bound[slot - flows].head,
					  true, cursor, visit, data);
		rcu_read_unlock();
		cond_resched();
	}
	return err;
}
