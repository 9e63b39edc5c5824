// SPDX-License-Identifier: GPL-2.0
/*
 * Links of a stack: the table that names them, and their flags, MTU, address,
 * groups and impairments with the announcements of every change.
 */
#include <linux/netdevice.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "../event.h"
#include "link.h"

#define ALL_DIRECTIONS	(BIT(NST_IMPAIR_TX) | BIT(NST_IMPAIR_RX))

/**
 * struct nst_link_table - the links of a stack
 * @list: all of them, in the order of registration; RCU to read,
 *	config_mutex to write
 * @by_index: the same by number
 * @count: how many, against config.link_max; config_mutex
 */
struct nst_link_table {
	struct list_head list;
	struct xarray by_index;
	unsigned int count;
};

/**
 * struct link_group - a multicast station address that is taken
 * @list: in nst_link.groups; RCU to read, groups_lock to write
 * @uses: how often it was asked for; groups_lock
 * @configured: the administrator is one of them; config_mutex
 * @address: the group; fixed
 * @rcu: delays freeing
 */
struct link_group {
	struct list_head list;
	unsigned int uses;
	bool configured;
	u8 address[ETH_ALEN] __aligned(2);
	struct rcu_head rcu;
};

int nst_link_init(struct nst_stack *stack)
{
	struct nst_link_table *table = kzalloc(sizeof(*table), GFP_KERNEL);

	if (!table)
		return -ENOMEM;
	INIT_LIST_HEAD(&table->list);
	xa_init(&table->by_index);
	stack->links = table;
	INIT_LIST_HEAD(&stack->taps);
	return 0;
}

void nst_link_exit(struct nst_stack *stack)
{
	WARN_ON_ONCE(stack->links->count);
	WARN_ON_ONCE(!list_empty(&stack->taps));
	xa_destroy(&stack->links->by_index);
	kfree(stack->links);
	stack->links = NULL;
}

int nst_link_setup(struct nst_link *link, struct nst_stack *stack,
		   const struct nst_link_ops *ops)
{
	link->stats = netdev_alloc_pcpu_stats(struct nst_link_stats);
	if (!link->stats)
		return -ENOMEM;
	link->stack = stack;
	link->ops = ops;
	link->mtu = ETH_DATA_LEN;
	link->gso_max_size = NST_LINK_MTU_MAX;
	link->gso_max_segs = U16_MAX;
	INIT_LIST_HEAD(&link->list);
	INIT_LIST_HEAD(&link->groups);
	spin_lock_init(&link->groups_lock);
	refcount_set(&link->refs, 1);
	return 0;
}

int nst_link_register(struct nst_link *link)
{
	struct nst_link_table *table = link->stack->links;
	int err;

	lockdep_assert_held(&link->stack->config_mutex);

	if (table->count >= READ_ONCE(link->stack->config.link_max))
		return -ENOBUFS;
	if (nst_link_by_name_rcu(link->stack, link->name))
		return -EEXIST;
	err = xa_insert(&table->by_index, link->index, link, GFP_KERNEL);
	if (err)
		return err == -EBUSY ? -EEXIST : err;

	nst_link_get(link);
	table->count++;
	list_add_tail_rcu(&link->list, &table->list);
	nst_event_notify(link->stack, NST_EVENT_LINK_NEW, link);
	if (nst_link_operational(link))
		nst_event_notify(link->stack, NST_EVENT_LINK_UP, link);
	return 0;
}

struct nst_impair *nst_link_impair_rcu(const struct nst_link *link,
				       enum nst_impair_direction direction)
{
	return rcu_dereference_check(link->impair[direction],
				     __nst_config_held(link->stack));
}

struct nst_impair *nst_link_impair_next_rcu(struct nst_stack *stack,
					    const struct nst_impair *impair)
{
	struct nst_impair *next;
	struct nst_link *link;
	unsigned int i = 0;

	if (impair) {
		link = nst_impair_link(impair);
		i = nst_impair_direction(impair) + 1;
	} else {
		link = nst_link_next_rcu(stack, NULL);
	}
	for (; link; link = nst_link_next_rcu(stack, link), i = 0) {
		for (; i < NST_IMPAIR_DIRECTIONS; i++) {
			next = nst_link_impair_rcu(link, i);
			if (next)
				return next;
		}
	}
	return NULL;
}

/* The flag that says that a direction is impaired. */
static u32 impair_flag(enum nst_impair_direction direction)
{
	return direction == NST_IMPAIR_TX ? NST_LINK_IMPAIR_TX :
					    NST_LINK_IMPAIR_RX;
}

/* Take away what the directions do; false when none does anything. */
static bool link_unimpair(struct nst_link *link, unsigned int directions,
			  enum nst_drop_reason reason)
{
	struct nst_impair *gone[NST_IMPAIR_DIRECTIONS] = {};
	bool any = false;
	unsigned int i;

	for (i = 0; i < NST_IMPAIR_DIRECTIONS; i++) {
		if (!(directions & BIT(i)) || !nst_link_impair_rcu(link, i))
			continue;
		WRITE_ONCE(link->flags, link->flags & ~impair_flag(i));
		gone[i] = rcu_replace_pointer(link->impair[i], NULL, true);
		nst_event_notify(link->stack, NST_EVENT_IMPAIR_DEL, gone[i]);
		any = true;
	}
	if (!any)
		return false;
	synchronize_net();
	for (i = 0; i < NST_IMPAIR_DIRECTIONS; i++)
		if (gone[i])
			nst_impair_destroy(gone[i], reason);
	return true;
}

static void link_impair_purge(struct nst_link *link)
{
	struct nst_impair *impair;
	unsigned int i;

	for (i = 0; i < NST_IMPAIR_DIRECTIONS; i++) {
		impair = nst_link_impair_rcu(link, i);
		if (impair)
			nst_impair_purge(impair, NST_DROP_LINK_DOWN);
	}
}

static int impair_create(struct nst_link *link, unsigned int directions,
			 const struct nst_impair_config *config,
			 struct nst_impair **made)
{
	unsigned int i;

	for (i = 0; i < NST_IMPAIR_DIRECTIONS; i++) {
		if (!(directions & BIT(i)) || nst_link_impair_rcu(link, i))
			continue;
		made[i] = nst_impair_create(link, i, &nst_link_impair_ops[i], config);
		if (IS_ERR(made[i]))
			goto undo;
	}
	return 0;

undo:
	while (i--)
		if (made[i])
			nst_impair_destroy(made[i],
					   NST_DROP_LINK_IMPAIR_REMOVED);
	return -ENOMEM;
}

int nst_link_impair(struct nst_link *link, unsigned int directions,
		    const struct nst_impair_config *config)
{
	struct nst_impair *made[NST_IMPAIR_DIRECTIONS] = {};
	unsigned int i;
	int err;

	lockdep_assert_held(&link->stack->config_mutex);

	err = impair_create(link, directions, config, made);
	if (err)
		return err;
	for (i = 0; i < NST_IMPAIR_DIRECTIONS; i++) {
		if (!(directions & BIT(i)))
			continue;
		if (made[i]) {
			rcu_assign_pointer(link->impair[i], made[i]);
			WRITE_ONCE(link->flags, link->flags | impair_flag(i));
		} else {
			nst_impair_configure(nst_link_impair_rcu(link, i),
					     config);
		}
		nst_event_notify(link->stack, NST_EVENT_IMPAIR_CHANGE,
				 nst_link_impair_rcu(link, i));
	}
	return 0;
}

int nst_link_unimpair(struct nst_link *link, unsigned int directions)
{
	lockdep_assert_held(&link->stack->config_mutex);

	return link_unimpair(link, directions, NST_DROP_LINK_IMPAIR_REMOVED) ?
		       0 : -ENOENT;
}

void nst_link_unregister(struct nst_link *link)
{
	struct nst_link_table *table = link->stack->links;
	bool operational = nst_link_operational(link);

	lockdep_assert_held(&link->stack->config_mutex);

	/* From here on nothing passes; readers that passed finish in RCU. */
	WRITE_ONCE(link->flags,
		   link->flags & ~(NST_LINK_UP | NST_LINK_CARRIER));
	if (operational)
		nst_event_notify(link->stack, NST_EVENT_LINK_DOWN, link);
	link_unimpair(link, ALL_DIRECTIONS, NST_DROP_LINK_DOWN);

	list_del_rcu(&link->list);
	xa_erase(&table->by_index, link->index);
	table->count--;
	nst_event_notify(link->stack, NST_EVENT_LINK_DEL, link);
	nst_link_put(link);
}

static void link_free_rcu(struct rcu_head *rcu)
{
	struct nst_link *link = container_of(rcu, struct nst_link, rcu);
	struct link_group *group, *next;

	list_for_each_entry_safe(group, next, &link->groups, list)
		kfree(group);
	free_percpu(link->stats);
	link->ops->destroy(link);
}

void nst_link_put(struct nst_link *link)
{
	if (refcount_dec_and_test(&link->refs))
		call_rcu(&link->rcu, link_free_rcu);
}

struct nst_link *nst_link_by_index_rcu(struct nst_stack *stack, u32 index)
{
	return xa_load(&stack->links->by_index, index);
}

struct nst_link *nst_link_by_name_rcu(struct nst_stack *stack,
				      const char *name)
{
	struct nst_link *link;

	list_for_each_entry_rcu(link, &stack->links->list, list,
				__nst_config_held(stack))
		if (!strncmp(link->name, name, IFNAMSIZ))
			return link;
	return NULL;
}

u32 nst_link_choose_index(struct nst_stack *stack)
{
	u32 index = NST_LOOPBACK_INDEX + 1;

	while (nst_link_by_index_rcu(stack, index) ||
	       __dev_get_by_index(stack->net, index))
		index++;
	return index;
}

struct nst_link *nst_link_next_rcu(struct nst_stack *stack,
				   struct nst_link *link)
{
	struct list_head *head = &stack->links->list;

	return list_next_or_null_rcu(head, link ? &link->list : head,
				     struct nst_link, list);
}

void nst_link_set_flags(struct nst_link *link, u32 flags, u32 mask)
{
	u32 new = (link->flags & ~mask) | (flags & mask);
	bool was = nst_link_operational(link);
	enum nst_event event;

	lockdep_assert_held(&link->stack->config_mutex);

	if (new == link->flags)
		return;
	WRITE_ONCE(link->flags, new);
	link->ops->admin_changed(link);

	event = nst_link_operational(link) ? NST_EVENT_LINK_UP :
					     NST_EVENT_LINK_DOWN;
	if (nst_link_operational(link) == was)
		event = NST_EVENT_LINK_CHANGE;
	else if (was)
		link_impair_purge(link);
	nst_event_notify(link->stack, event, link);
}

int nst_link_set_mtu(struct nst_link *link, u32 mtu)
{
	lockdep_assert_held(&link->stack->config_mutex);

	if (mtu < NST_LINK_MTU_MIN || mtu > NST_LINK_MTU_MAX)
		return -ERANGE;
	if (mtu == link->mtu)
		return 0;
	WRITE_ONCE(link->mtu, mtu);
	link->ops->admin_changed(link);
	nst_event_notify(link->stack, NST_EVENT_LINK_CHANGE, link);
	return 0;
}

int nst_link_set_address(struct nst_link *link, const u8 *address)
{
	lockdep_assert_held(&link->stack->config_mutex);

	if ((link->flags & NST_LINK_LOOPBACK) || !is_valid_ether_addr(address))
		return -EADDRNOTAVAIL;
	if (ether_addr_equal(link->address, address))
		return 0;
	/*
	 * A frame that meets half of the change is filtered or sent wrongly,
	 * as it would be a moment earlier or later.
	 */
	ether_addr_copy(link->address, address);
	nst_event_notify(link->stack, NST_EVENT_LINK_CHANGE, link);
	return 0;
}

int nst_link_set_name(struct nst_link *link, const char *name)
{
	struct nst_link *holder;

	lockdep_assert_held(&link->stack->config_mutex);

	holder = nst_link_by_name_rcu(link->stack, name);
	if (holder)
		return holder == link ? 0 : -EEXIST;
	/* An RCU reader may miss the link while its name is changing. */
	strscpy(link->name, name, IFNAMSIZ);
	nst_event_notify(link->stack, NST_EVENT_LINK_CHANGE, link);
	return 0;
}

void nst_link_set_features(struct nst_link *link, netdev_features_t features)
{
	lockdep_assert_held(&link->stack->config_mutex);

	if (link->features == features)
		return;
	WRITE_ONCE(link->features, features);
	nst_event_notify(link->stack, NST_EVENT_LINK_CHANGE, link);
}

static struct link_group *group_find(const struct nst_link *link,
				     const u8 *address)
{
	struct link_group *group;

	list_for_each_entry_rcu(group, &link->groups, list,
				lockdep_is_held(&link->groups_lock))
		if (ether_addr_equal(group->address, address))
			return group;
	return NULL;
}

bool nst_link_group_taken(const struct nst_link *link, const u8 *group)
{
	return group_find(link, group);
}

const u8 *nst_link_group_next_rcu(struct nst_link *link, const u8 *group)
{
	struct list_head *at = &link->groups;
	struct link_group *entry;

	if (group) {
		entry = container_of((u8 *)group, struct link_group,
				     address[0]);
		at = &entry->list;
	}
	entry = list_next_or_null_rcu(&link->groups, at, struct link_group,
				      list);
	return entry ? entry->address : NULL;
}

int nst_link_group_add(struct nst_link *link, const u8 *group)
{
	struct link_group *entry;
	int err = 0;

	if (!is_multicast_ether_addr(group))
		return -EINVAL;

	spin_lock_bh(&link->groups_lock);
	entry = group_find(link, group);
	if (entry) {
		entry->uses++;
		goto unlock;
	}
	if (link->group_count == NST_LINK_GROUPS_MAX) {
		err = -ENOBUFS;
		goto unlock;
	}
	entry = kzalloc(sizeof(*entry), GFP_ATOMIC);
	if (!entry) {
		err = -ENOMEM;
		goto unlock;
	}
	entry->uses = 1;
	ether_addr_copy(entry->address, group);
	list_add_tail_rcu(&entry->list, &link->groups);
	link->group_count++;
	if (link->ops->group_changed)
		link->ops->group_changed(link, group, true);
unlock:
	spin_unlock_bh(&link->groups_lock);
	return err;
}

void nst_link_group_del(struct nst_link *link, const u8 *group)
{
	struct link_group *entry;

	spin_lock_bh(&link->groups_lock);
	entry = group_find(link, group);
	if (entry && !--entry->uses) {
		list_del_rcu(&entry->list);
		link->group_count--;
		kfree_rcu(entry, rcu);
		if (link->ops->group_changed)
			link->ops->group_changed(link, group, false);
	}
	spin_unlock_bh(&link->groups_lock);
}

int nst_link_group_configure(struct nst_link *link, const u8 *group,
			     bool taken)
{
	struct link_group *entry;
	bool is;
	int err;

	lockdep_assert_held(&link->stack->config_mutex);

	rcu_read_lock();
	entry = group_find(link, group);
	is = entry && entry->configured;
	if (is && !taken)
		WRITE_ONCE(entry->configured, false);
	rcu_read_unlock();
	if (is == taken)
		return taken ? -EEXIST : -ENOENT;
	if (!taken) {
		nst_link_group_del(link, group);
		return 0;
	}
	err = nst_link_group_add(link, group);
	if (err)
		return err;
	rcu_read_lock();
	WRITE_ONCE(group_find(link, group)->configured, true);
	rcu_read_unlock();
	return 0;
}

u32 nst_link_group_users(const u8 *group, bool *configured)
{
	const struct link_group *entry =
		container_of((u8 *)group, struct link_group, address[0]);

	*configured = READ_ONCE(entry->configured);
	return READ_ONCE(entry->uses);
}

void nst_link_stats_read(const struct nst_link *link,
			 struct rtnl_link_stats64 *stats)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct nst_link_stats *from =
			per_cpu_ptr(link->stats, cpu);
		u64 rx_packets, rx_bytes, tx_packets, tx_bytes;
		u64 rx_dropped, tx_dropped;
		unsigned int start;

		do {
			start = u64_stats_fetch_begin(&from->syncp);
			rx_packets = u64_stats_read(&from->rx_packets);
			rx_bytes = u64_stats_read(&from->rx_bytes);
			tx_packets = u64_stats_read(&from->tx_packets);
			tx_bytes = u64_stats_read(&from->tx_bytes);
			rx_dropped = u64_stats_read(&from->rx_dropped);
			tx_dropped = u64_stats_read(&from->tx_dropped);
		} while (u64_stats_fetch_retry(&from->syncp, start));

		stats->rx_packets += rx_packets;
		stats->rx_bytes += rx_bytes;
		stats->tx_packets += tx_packets;
		stats->tx_bytes += tx_bytes;
		stats->rx_dropped += rx_dropped;
		stats->tx_dropped += tx_dropped;
	}
}

u64 nst_link_refused_read(const struct nst_link *link,
			  enum nst_drop_reason reason)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct nst_link_stats *from =
			per_cpu_ptr(link->stats, cpu);
		unsigned int start;
		u64 refused;

		do {
			start = u64_stats_fetch_begin(&from->syncp);
			refused = u64_stats_read(&from->refused[reason]);
		} while (u64_stats_fetch_retry(&from->syncp, start));
		sum += refused;
	}
	return sum;
}
