// SPDX-License-Identifier: GPL-2.0
/*
 * Neighbour table of a stack: lookup, creation within config.neigh_max,
 * eviction, deletion, walks. What happens to one neighbour is in
 * neighbour_state.c; sending is in neighbour_output.c.
 *
 * The table is bounded against whoever fills it (RFC 6583 7.1 says why):
 * when it is full, entries that never proved to be reachable go first, those
 * in use and the administrator's never.
 */
#include <linux/err.h>
#include <linux/random.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "../event.h"
#include "neighbour_internal.h"

#define NEIGHBOUR_BUCKETS	1024
#define NEIGHBOUR_HASH_DOMAIN	0x6e65696768000001ULL

/* Entries that one forced collection evicts, to pay for its walk. */
#define NEIGHBOUR_EVICT_BATCH	16

/* RFC 4861 6.3.4 wants a new ReachableTime every few hours at least. */
#define REACHABLE_REDRAW	(300 * HZ)

/**
 * struct nst_neighbour_table - neighbours of a stack, both families
 * @stack: the stack; fixed
 * @key: of the hash; fixed
 * @lock: protects @list, @count, @hash and the membership of entries
 * @list: all entries, those to be evicted first at the front
 * @count: their number
 * @reachable_time: ReachableTime, jiffies; READ_ONCE
 * @reachable_base: BaseReachableTime that it was drawn from, ms
 * @reachable_drawn: jiffies of the draw
 * @collect: periodic collection of entries that nobody uses
 * @hash: by link and address; RCU
 */
struct nst_neighbour_table {
	struct nst_stack *stack;
	siphash_key_t key;
	spinlock_t lock; /* changes of hash, list, count */
	struct list_head list;
	unsigned int count;
	unsigned long reachable_time;
	unsigned int reachable_base;
	unsigned long reachable_drawn;
	struct delayed_work collect;
	struct hlist_head hash[NEIGHBOUR_BUCKETS];
};

static const struct nst_neighbour_ops *families[2] __ro_after_init;

int nst_neighbour_ops_register(const struct nst_neighbour_ops *ops)
{
	const struct nst_neighbour_ops **slot;

	slot = &families[ops->family == AF_INET6];
	if (*slot)
		return -EEXIST;
	*slot = ops;
	return 0;
}

const struct nst_neighbour_ops *nst_neighbour_ops_find(u8 family)
{
	return families[family == AF_INET6];
}

unsigned long nst_neighbour_reachable_time(struct nst_stack *stack)
{
	unsigned int base = READ_ONCE(stack->config.neigh_base_reachable_time_ms);
	struct nst_neighbour_table *table = stack->neighbours;

	/* Two CPUs may draw at once; either draw is as good. */
	if (base != READ_ONCE(table->reachable_base) ||
	    time_after(jiffies, READ_ONCE(table->reachable_drawn) +
				REACHABLE_REDRAW)) {
		/* RFC 4861 10: MIN_RANDOM_FACTOR .5, MAX_RANDOM_FACTOR 1.5 */
		u32 ms = base / 2 + get_random_u32_inclusive(0, base);

		WRITE_ONCE(table->reachable_time, msecs_to_jiffies(ms));
		WRITE_ONCE(table->reachable_drawn, jiffies);
		WRITE_ONCE(table->reachable_base, base);
	}
	return READ_ONCE(table->reachable_time);
}

static struct hlist_head *bucket_of(struct nst_neighbour_table *table,
				    const struct nst_link *link, u8 family,
				    const union nst_address *address)
{
	u64 hash;

	if (family == AF_INET)
		hash = siphash_1u64((u64)link->index << 32 |
				    (__force u32)address->v4, &table->key);
	else
		hash = siphash_3u64(address->quad[0], address->quad[1],
				    link->index, &table->key);
	return &table->hash[hash % NEIGHBOUR_BUCKETS];
}

/* Context: RCU, or the table's lock. Takes a reference. */
static struct nst_neighbour *table_find(struct nst_neighbour_table *table,
					const struct nst_link *link, u8 family,
					const union nst_address *address)
{
	struct nst_neighbour *neighbour;

	hlist_for_each_entry_rcu(neighbour,
				 bucket_of(table, link, family, address),
				 hash_node, lockdep_is_held(&table->lock))
		if (nst_address_equal(&neighbour->address, address) &&
		    neighbour->link == link && neighbour->family == family &&
		    refcount_inc_not_zero(&neighbour->refs))
			return neighbour;
	return NULL;
}

/*
 * Take an entry out. The table's reference and the list node pass to the
 * caller, who buries what is on @victims once the lock is released.
 */
static void table_remove(struct nst_neighbour_table *table,
			 struct nst_neighbour *neighbour,
			 struct list_head *victims)
{
	lockdep_assert_held(&table->lock);

	hlist_del_init_rcu(&neighbour->hash_node);
	list_move_tail(&neighbour->gc_node, victims);
	table->count--;
	NST_INC(table->stack, NEIGH_DESTROYS);
}

static void bury_all(struct list_head *victims, enum nst_drop_reason reason)
{
	struct nst_neighbour *neighbour, *next;

	list_for_each_entry_safe(neighbour, next, victims, gc_node)
		nst_neighbour_bury(neighbour, reason);
}

/* Forced collection takes the lowest rank first; -1 is never taken. */
#define EVICT_RANKS	4

static int evict_rank(const struct nst_neighbour *neighbour)
{
	switch (READ_ONCE(neighbour->state)) {
	case NUD_NONE:
	case NUD_FAILED:
		return 0;
	case NUD_NOARP:
		return refcount_read(&neighbour->refs) == 1 ? 0 : -1;
	case NUD_STALE:
		return READ_ONCE(neighbour->proven) ? 3 : 1;
	case NUD_INCOMPLETE:
		return 2;
	}
	return -1;
}

static void table_evict(struct nst_neighbour_table *table,
			struct list_head *victims)
{
	struct nst_neighbour *neighbour, *next;
	unsigned int evicted = 0;
	int rank;

	for (rank = 0; rank < EVICT_RANKS && !evicted; rank++)
		list_for_each_entry_safe(neighbour, next, &table->list,
					 gc_node) {
			if (evict_rank(neighbour) != rank)
				continue;
			table_remove(table, neighbour, victims);
			NST_INC(table->stack, NEIGH_FORCED_GC);
			if (++evicted == NEIGHBOUR_EVICT_BATCH)
				break;
		}
}

static unsigned long collect_interval(const struct nst_stack *stack)
{
	int seconds = READ_ONCE(stack->config.neigh_gc_stale_time);

	return max(seconds, 2) * HZ / 2;
}

/* Return: NULL and @error set, or the entry with a reference. */
static struct nst_neighbour *table_insert(struct nst_neighbour_table *table,
					  struct nst_neighbour *neighbour,
					  struct list_head *victims,
					  int *error)
{
	struct nst_stack *stack = table->stack;
	struct nst_neighbour *other;

	lockdep_assert_held(&table->lock);

	other = table_find(table, neighbour->link, neighbour->family,
			   &neighbour->address);
	if (other)
		return other;
	/*
	 * A link that leaves stops being operational before its neighbours
	 * are flushed: none slips in behind.
	 */
	if (!nst_link_operational(neighbour->link)) {
		*error = -ENETDOWN;
		return NULL;
	}
	if (table->count >= READ_ONCE(stack->config.neigh_max))
		table_evict(table, victims);
	if (table->count >= READ_ONCE(stack->config.neigh_max)) {
		NST_INC(stack, NEIGH_TABLE_FULLS);
		*error = -ENOBUFS;
		return NULL;
	}

	/* The table's reference and the caller's. */
	refcount_set(&neighbour->refs, 2);
	nst_link_get(neighbour->link);
	hlist_add_head_rcu(&neighbour->hash_node,
			   bucket_of(table, neighbour->link,
				     neighbour->family, &neighbour->address));
	list_add_tail(&neighbour->gc_node, &table->list);
	table->count++;
	NST_INC(stack, NEIGH_ALLOCS);
	if (!READ_ONCE(stack->dying))
		schedule_delayed_work(&table->collect,
				      collect_interval(stack));
	return neighbour;
}

static struct nst_neighbour *neighbour_create(struct nst_link *link, u8 family,
					      const union nst_address *address)
{
	struct nst_neighbour_table *table = link->stack->neighbours;
	struct nst_neighbour *neighbour, *found;
	LIST_HEAD(victims);
	int err = 0;

	neighbour = kzalloc(sizeof(*neighbour), GFP_ATOMIC | __GFP_NOWARN);
	if (!neighbour)
		return ERR_PTR(-ENOMEM);
	neighbour->link = link;
	neighbour->address = *address;
	neighbour->family = family;
	nst_neighbour_state_init(neighbour);

	spin_lock_bh(&table->lock);
	found = table_insert(table, neighbour, &victims, &err);
	spin_unlock_bh(&table->lock);

	bury_all(&victims, NST_DROP_NEIGH_TABLE_FULL);
	if (found != neighbour)
		kfree(neighbour);
	return found ?: ERR_PTR(err);
}

struct nst_neighbour *nst_neighbour_lookup(struct nst_link *link, u8 family,
					   const union nst_address *address,
					   bool create)
{
	struct nst_neighbour *neighbour;

	rcu_read_lock();
	neighbour = table_find(link->stack->neighbours, link, family, address);
	if (!neighbour && create)
		neighbour = neighbour_create(link, family, address);
	rcu_read_unlock();
	return neighbour;
}

static void neighbour_free_rcu(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct nst_neighbour, rcu));
}

void nst_neighbour_put(struct nst_neighbour *neighbour)
{
	if (!refcount_dec_and_test(&neighbour->refs))
		return;
	/* RCU readers of @neighbour keep the link too: it waits as well. */
	nst_link_put(neighbour->link);
	call_rcu(&neighbour->rcu, neighbour_free_rcu);
}

void nst_neighbour_touch(struct nst_neighbour *neighbour)
{
	struct nst_neighbour_table *table = neighbour->link->stack->neighbours;

	spin_lock_bh(&table->lock);
	if (!hlist_unhashed(&neighbour->hash_node))
		list_move_tail(&neighbour->gc_node, &table->list);
	spin_unlock_bh(&table->lock);
}

int nst_neighbour_del(struct nst_link *link, u8 family,
		      const union nst_address *address)
{
	struct nst_neighbour_table *table = link->stack->neighbours;
	struct nst_neighbour *neighbour;
	LIST_HEAD(victims);

	neighbour = nst_neighbour_lookup(link, family, address, false);
	if (!neighbour)
		return -ENOENT;
	spin_lock_bh(&table->lock);
	if (!hlist_unhashed(&neighbour->hash_node))
		table_remove(table, neighbour, &victims);
	spin_unlock_bh(&table->lock);
	bury_all(&victims, NST_DROP_NEIGH_FAILED);
	nst_neighbour_put(neighbour);
	return 0;
}

int nst_neighbour_walk(struct nst_stack *stack, unsigned long *cursor,
		       int (*visit)(struct nst_neighbour *n, void *data),
		       void *data)
{
	struct nst_neighbour_table *table = stack->neighbours;
	unsigned long bucket = *cursor >> 16;
	unsigned long skip = *cursor & 0xffff;
	int ret = 0;

	rcu_read_lock();
	for (; bucket < NEIGHBOUR_BUCKETS; bucket++, skip = 0) {
		struct nst_neighbour *neighbour;
		unsigned long i = 0;

		hlist_for_each_entry_rcu(neighbour, &table->hash[bucket],
					 hash_node) {
			if (i++ < skip)
				continue;
			ret = visit(neighbour, data);
			if (ret) {
				skip = i - 1;
				goto out;
			}
		}
	}
out:
	rcu_read_unlock();
	*cursor = bucket << 16 | skip;
	return ret;
}

static bool is_unused(const struct nst_neighbour *neighbour,
		      unsigned long limit)
{
	unsigned long now = jiffies;

	if (refcount_read(&neighbour->refs) != 1)
		return false;
	if (!(READ_ONCE(neighbour->state) & (NUD_STALE | NUD_NOARP)) &&
	    READ_ONCE(neighbour->state) != NUD_FAILED &&
	    READ_ONCE(neighbour->state) != NUD_NONE)
		return false;
	return time_after_eq(now, READ_ONCE(neighbour->used) + limit) &&
	       time_after_eq(now, READ_ONCE(neighbour->updated) + limit);
}

static void collect_work(struct work_struct *work)
{
	struct nst_neighbour_table *table =
		container_of(to_delayed_work(work), struct nst_neighbour_table,
			     collect);
	struct nst_neighbour *neighbour, *next;
	unsigned long limit;
	LIST_HEAD(victims);

	limit = max(READ_ONCE(table->stack->config.neigh_gc_stale_time), 1) *
		HZ;
	spin_lock_bh(&table->lock);
	list_for_each_entry_safe(neighbour, next, &table->list, gc_node)
		if (is_unused(neighbour, limit))
			table_remove(table, neighbour, &victims);
	if (table->count && !READ_ONCE(table->stack->dying))
		schedule_delayed_work(&table->collect,
				      collect_interval(table->stack));
	spin_unlock_bh(&table->lock);
	bury_all(&victims, NST_DROP_NEIGH_FAILED);
}

static void flush_link(struct nst_stack *stack, const struct nst_link *link,
		       bool permanent)
{
	struct nst_neighbour_table *table = stack->neighbours;
	struct nst_neighbour *neighbour, *next;
	LIST_HEAD(victims);

	spin_lock_bh(&table->lock);
	list_for_each_entry_safe(neighbour, next, &table->list, gc_node)
		if (neighbour->link == link &&
		    (permanent ||
		     READ_ONCE(neighbour->state) != NUD_PERMANENT))
			table_remove(table, neighbour, &victims);
	spin_unlock_bh(&table->lock);
	bury_all(&victims, NST_DROP_LINK_DOWN);
}

/* What is behind a link that was down is unknown; what is set stays set. */
static void neighbour_event(struct nst_stack *stack, enum nst_event event,
			    void *object)
{
	if (event == NST_EVENT_LINK_DOWN)
		flush_link(stack, object, false);
	else if (event == NST_EVENT_LINK_DEL)
		flush_link(stack, object, true);
}

int nst_neighbour_listen(void)
{
	return nst_event_listen(neighbour_event);
}

int nst_neighbour_init(struct nst_stack *stack)
{
	struct nst_neighbour_table *table;

	table = kvzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	if (!table)
		return -ENOMEM;
	table->stack = stack;
	table->key.key[0] = siphash_1u64(NEIGHBOUR_HASH_DOMAIN,
					 &stack->secret);
	table->key.key[1] = siphash_1u64(NEIGHBOUR_HASH_DOMAIN + 1,
					 &stack->secret);
	spin_lock_init(&table->lock);
	INIT_LIST_HEAD(&table->list);
	INIT_DELAYED_WORK(&table->collect, collect_work);
	stack->neighbours = table;
	return 0;
}

/* The links are gone, and their neighbours with them. */
void nst_neighbour_exit(struct nst_stack *stack)
{
	struct nst_neighbour_table *table = stack->neighbours;

	WARN_ON_ONCE(!list_empty(&table->list));
	cancel_delayed_work_sync(&table->collect);
	/* Timers run as RCU readers: none is under way after this. */
	synchronize_rcu();
	stack->neighbours = NULL;
	kvfree(table);
}
