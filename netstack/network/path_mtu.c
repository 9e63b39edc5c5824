// SPDX-License-Identifier: GPL-2.0
/*
 * Path MTUs that were learned: a bounded table of the stack, hashed with a
 * key of its own, read under RCU when a path is made. A path that is valid
 * costs nothing: entries age by a timer, which makes the paths stale that may
 * have been made with them (RFC 1191 6.3, RFC 8201 5.3).
 */
#include <linux/ipv6.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#include "../compat.h"
#include "neighbour.h"
#include "path_mtu.h"

#define HASH_DOMAIN	0x706d747500000001ULL
#define TELL_INTERVAL	(HZ / 10)	/* between two waves of stale paths */
#define AGE_INTERVAL	HZ		/* between two walks of the timer */

/**
 * struct way - what an entry is found by; no padding, for it is hashed
 * @daddr: destination
 * @next_hop: the gateway, or @daddr
 * @link: number of the outgoing link
 * @family: AF_INET or AF_INET6
 */
struct way {
	union nst_address daddr;
	union nst_address next_hop;
	u32 link;
	u32 family;
};

static struct way way_of(const struct nst_path *path,
			 const union nst_address *next_hop)
{
	return (struct way) {
		.daddr = path->daddr,
		.next_hop = *next_hop,
		.link = path->link->index,
		.family = path->family,
	};
}

static const union nst_address *next_hop_of(const struct nst_path *path)
{
	return path->neighbour ? &path->neighbour->address : &path->daddr;
}

static unsigned int bucket_of(const struct nst_path_mtus *table,
			      const struct way *way)
{
	return siphash(way, sizeof(*way), &table->hash_key) >>
	       (64 - NST_PATH_MTU_BITS);
}

static bool is_old(const struct nst_path_mtu *entry)
{
	return time_after_eq(jiffies, READ_ONCE(entry->expires));
}

static struct nst_path_mtu *find_rcu(struct nst_path_mtus *table,
				     unsigned int bucket,
				     const struct way *way)
{
	struct nst_path_mtu *entry;

	hlist_for_each_entry_rcu(entry, &table->bucket[bucket], node,
				 lockdep_is_held(&table->guard))
		if (entry->family == way->family &&
		    entry->link == way->link &&
		    nst_address_equal(&entry->daddr, &way->daddr) &&
		    nst_address_equal(&entry->next_hop, &way->next_hop))
			return entry;
	return NULL;
}

void nst_path_mtu_apply_rcu(struct nst_stack *stack,
			    const union nst_address *next_hop,
			    struct nst_path *path)
{
	struct nst_path_mtus *table = stack->path_mtus;
	struct nst_path_mtu *entry;
	struct way way;

	if (likely(!READ_ONCE(table->count)) || path->mtu_lock)
		return;
	way = way_of(path, next_hop);
	entry = find_rcu(table, bucket_of(table, &way), &way);
	if (!entry || is_old(entry) || READ_ONCE(entry->mtu) > path->mtu)
		return;
	path->mtu = READ_ONCE(entry->mtu);
	path->mtu_lock = READ_ONCE(entry->lock);
}

const struct nst_path_mtu *nst_path_mtu_of_rcu(struct nst_stack *stack,
					       const struct nst_path *path)
{
	struct nst_path_mtus *table = stack->path_mtus;
	struct way way = way_of(path, next_hop_of(path));
	struct nst_path_mtu *entry;

	entry = find_rcu(table, bucket_of(table, &way), &way);
	return entry && !is_old(entry) &&
	       READ_ONCE(entry->mtu) == path->mtu ? entry : NULL;
}

static unsigned long lifetime(const struct nst_stack *stack, u8 family)
{
	const struct nst_config *config = &stack->config;

	return (unsigned long)HZ *
	       (family == AF_INET6 ? READ_ONCE(config->ip6_route_mtu_expires) :
				     READ_ONCE(config->ip_route_mtu_expires));
}

/* Something has changed: paths are stale, but not all the time. Locked. */
static void tell(struct nst_path_mtus *table)
{
	unsigned long next = table->told + TELL_INTERVAL;

	lockdep_assert_held(&table->guard);
	if (time_before(jiffies, next)) {
		table->untold = true;
		timer_reduce(&table->timer, next);
		return;
	}
	table->untold = false;
	table->told = jiffies;
	nst_route_invalidate(table->stack);
}

static void entry_free(struct nst_path_mtus *table, struct nst_path_mtu *entry)
{
	lockdep_assert_held(&table->guard);
	hlist_del_rcu(&entry->node);
	list_del(&entry->order);
	WRITE_ONCE(table->count, table->count - 1);
	kfree_rcu(entry, rcu);
}

/* A place in the table, at the cost of the oldest if there must be. */
static struct nst_path_mtu *entry_add(struct nst_path_mtus *table,
				      unsigned int bucket,
				      const struct way *way)
{
	int most = READ_ONCE(table->stack->config.path_mtu_max);
	struct nst_path_mtu *entry;

	while (table->count && table->count >= most)
		entry_free(table, list_first_entry(&table->order,
						   struct nst_path_mtu,
						   order));
	if (most <= 0)
		return NULL;
	entry = kzalloc(sizeof(*entry), GFP_ATOMIC | __GFP_NOWARN);
	if (!entry)
		return NULL;
	entry->daddr = way->daddr;
	entry->next_hop = way->next_hop;
	entry->link = way->link;
	entry->family = way->family;
	entry->bucket = bucket;
	entry->mtu = U32_MAX;
	entry->expires = jiffies;
	list_add_tail(&entry->order, &table->order);
	hlist_add_head_rcu(&entry->node, &table->bucket[bucket]);
	WRITE_ONCE(table->count, table->count + 1);
	return entry;
}

/*
 * Keep what @path has learned, unless less is known already: @path gets that
 * then. What is known and young needs no word, nor what is no @less than its
 * link or its route say. Locked.
 */
static void keep(struct nst_path_mtus *table, struct nst_path *path, bool less)
{
	struct way way = way_of(path, next_hop_of(path));
	unsigned long life = lifetime(table->stack, path->family);
	unsigned int bucket = bucket_of(table, &way);
	struct nst_path_mtu *entry;
	bool same = false;

	entry = find_rcu(table, bucket, &way);
	if (entry && !is_old(entry)) {
		if (entry->mtu < path->mtu || entry->lock) {
			path->mtu = min(path->mtu, entry->mtu);
			path->mtu_lock = entry->lock;
			return;
		}
		same = entry->mtu == path->mtu && !path->mtu_lock;
		if (same && time_before(jiffies, entry->expires - life / 2))
			return;
	} else if (!entry && less) {
		entry = entry_add(table, bucket, &way);
	}
	if (!entry)
		return;
	WRITE_ONCE(entry->mtu, path->mtu);
	WRITE_ONCE(entry->lock, path->mtu_lock);
	WRITE_ONCE(entry->expires, jiffies + life);
	list_move_tail(&entry->order, &table->order);
	timer_reduce(&table->timer, entry->expires);
	if (!same)
		tell(table);
}

bool nst_path_mtu_learn(struct nst_stack *stack, struct nst_path *path,
			u32 mtu)
{
	struct nst_path_mtus *table = stack->path_mtus;
	u32 former = path->mtu;
	u32 least;

	if (path->type != RTN_UNICAST || path->mtu_lock || mtu > path->mtu)
		return false;
	if (path->family == AF_INET6) {
		if (mtu < IPV6_MIN_MTU)
			return false;
	} else {
		least = READ_ONCE(stack->config.ip_route_min_pmtu);
		if (mtu < least) {
			path->mtu_lock = true;
			mtu = min(path->mtu, least);
		}
	}
	path->mtu = mtu;

	spin_lock_bh(&table->guard);
	keep(table, path, mtu < former || path->mtu_lock);
	spin_unlock_bh(&table->guard);
	return path->mtu < former || path->mtu_lock;
}

void nst_path_mtu_forget(struct nst_stack *stack, u8 family,
			 const union nst_address *daddr, u32 link)
{
	struct nst_path_mtus *table = stack->path_mtus;
	struct nst_path_mtu *entry, *next;
	bool gone = false;

	spin_lock_bh(&table->guard);
	list_for_each_entry_safe(entry, next, &table->order, order) {
		if ((family && entry->family != family) ||
		    (daddr && !nst_address_equal(&entry->daddr, daddr)) ||
		    (link && entry->link != link))
			continue;
		entry_free(table, entry);
		gone = true;
	}
	spin_unlock_bh(&table->guard);
	if (gone)
		nst_route_invalidate(stack);
}

/* Entries are forgotten to the second; paths that wait are made stale. */
static void age(struct timer_list *timer)
{
	struct nst_path_mtus *table = timer_container_of(table, timer, timer);
	struct nst_path_mtu *entry, *next;
	unsigned long due = jiffies;
	bool left = false;

	spin_lock_bh(&table->guard);
	list_for_each_entry_safe(entry, next, &table->order, order) {
		if (is_old(entry)) {
			entry_free(table, entry);
			table->untold = true;
		} else if (!left || time_before(entry->expires, due)) {
			due = entry->expires;
			left = true;
		}
	}
	if (left)
		mod_timer(&table->timer,
			  time_before(due, jiffies + AGE_INTERVAL) ?
			  jiffies + AGE_INTERVAL : due);
	if (table->untold)
		tell(table);
	spin_unlock_bh(&table->guard);
}

struct nst_path_mtu *nst_path_mtu_next_rcu(struct nst_stack *stack,
					   struct nst_path_mtu *entry)
{
	struct nst_path_mtus *table = stack->path_mtus;
	unsigned int bucket = 0;
	struct hlist_node *node;

	if (entry) {
		node = rcu_dereference_raw(hlist_next_rcu(&entry->node));
		if (node)
			return hlist_entry(node, struct nst_path_mtu, node);
		bucket = entry->bucket + 1;
	}
	for (; bucket < ARRAY_SIZE(table->bucket); bucket++) {
		node = rcu_dereference_raw(hlist_first_rcu(&table->bucket[bucket]));
		if (node)
			return hlist_entry(node, struct nst_path_mtu, node);
	}
	return NULL;
}

int nst_path_mtu_init(struct nst_stack *stack)
{
	struct nst_path_mtus *table;

	table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	if (!table)
		return -ENOMEM;
	table->stack = stack;
	spin_lock_init(&table->guard);
	timer_setup(&table->timer, age, 0);
	table->hash_key.key[0] = siphash_1u64(HASH_DOMAIN, &stack->secret);
	table->hash_key.key[1] = siphash_1u64(HASH_DOMAIN + 1,
					      &stack->secret);
	INIT_LIST_HEAD(&table->order);
	table->told = jiffies - TELL_INTERVAL;
	stack->path_mtus = table;
	return 0;
}

/* Nobody is left who could learn. */
void nst_path_mtu_exit(struct nst_stack *stack)
{
	struct nst_path_mtus *table = stack->path_mtus;
	struct nst_path_mtu *entry, *next;

	timer_delete_sync(&table->timer);
	list_for_each_entry_safe(entry, next, &table->order, order)
		kfree(entry);
	stack->path_mtus = NULL;
	kfree(table);
}
