// SPDX-License-Identifier: GPL-2.0
/*
 * The table of groups: which groups each link takes, from which sources
 * (RFC 3376 3.2, RFC 3810 4.2). nst_group_change() merges what the members
 * want; nst_group_admits_rcu() answers for each packet.
 */
#include <linux/rculist.h>
#include <linux/slab.h>

#include "../event.h"
#include "group_internal.h"

#define HASH_DOMAIN	0x67726f7570730001ULL

/**
 * struct nst_groups - groups of a stack
 * @key: of the hash; fixed
 * @epoch: of the newest &struct nst_group_link; config_mutex
 * @count: groups of all links, against config.group_max
 */
struct nst_groups {
	siphash_key_t key;
	u32 epoch;
	atomic_t count;
};

const struct nst_group_filter nst_group_any_source = { .mode = MCAST_EXCLUDE };

static const struct nst_group_protocol *const protocols[] = { &nst_igmp, &nst_mld };

static unsigned int slot(u8 family)
{
	return family == AF_INET6;
}

struct nst_group_link *nst_group_link_rcu(const struct nst_link *link,
					  u8 family)
{
	return rcu_dereference_check(link->memberships[slot(family)],
				     __nst_config_held(link->stack));
}

static struct hlist_head *bucket_of(const struct nst_group_link *on,
				    const union nst_address *address)
{
	u64 hash = siphash_2u64(address->quad[0], address->quad[1],
				&on->link->stack->groups->key);

	return (struct hlist_head *)&on->buckets[hash % NST_GROUP_BUCKETS];
}

struct nst_group *nst_group_find(const struct nst_group_link *on,
				 const union nst_address *address)
{
	struct nst_group *group;

	hlist_for_each_entry_rcu(group, bucket_of(on, address), node,
				 lockdep_is_held(&on->lock))
		if (nst_address_equal(&group->address, address))
			return group;
	return NULL;
}

static struct nst_group_source *
find_source(const struct nst_group *group, const union nst_address *address)
{
	struct nst_group_source *source;

	list_for_each_entry_rcu(source, &group->sources, list,
				lockdep_is_held(&group->on->lock))
		if (nst_address_equal(&source->address, address))
			return source;
	return NULL;
}

bool nst_group_member_rcu(const struct nst_link *link, u8 family,
			  const union nst_address *address)
{
	const struct nst_group_link *on = nst_group_link_rcu(link, family);
	const struct nst_group *group;

	group = on ? nst_group_find(on, address) : NULL;
	return group && nst_group_users(group);
}

bool nst_group_admits_rcu(const struct nst_link *link, u8 family,
			  const union nst_address *address,
			  const union nst_address *from)
{
	const struct nst_group_link *on = nst_group_link_rcu(link, family);
	const struct nst_group_source *source;
	const struct nst_group *group;
	bool include;

	group = on ? nst_group_find(on, address) : NULL;
	if (!group || !nst_group_users(group))
		return false;
	include = nst_group_mode(group) == MCAST_INCLUDE;
	source = find_source(group, from);
	return source && nst_group_listed(group, source) ? include : !include;
}

bool nst_group_received(const struct nst_group *group)
{
	const struct nst_group_source *source;

	lockdep_assert_held(&group->on->lock);
	if (nst_group_mode(group) == MCAST_EXCLUDE)
		return true;
	list_for_each_entry(source, &group->sources, list)
		if (nst_group_listed(group, source))
			return true;
	return false;
}

static void group_free_rcu(struct rcu_head *rcu)
{
	struct nst_group *group = container_of(rcu, struct nst_group, rcu);

	kfree(group->asked);
	kfree(group);
}

void nst_group_put(struct nst_group *group)
{
	if (refcount_dec_and_test(&group->refs))
		call_rcu(&group->rcu, group_free_rcu);
}

static void source_remove(struct nst_group *group,
			  struct nst_group_source *source)
{
	list_del_rcu(&source->list);
	group->source_count--;
	kfree_rcu(source, rcu);
}

/* Out of the table, whatever is pending. Context: lock held. */
static void group_remove(struct nst_group *group)
{
	struct nst_group_source *source, *next;

	nst_group_disarm(group);
	list_for_each_entry_safe(source, next, &group->sources, list)
		source_remove(group, source);
	hlist_del_init_rcu(&group->node);
	list_del_rcu(&group->list);
	atomic_dec(&group->on->link->stack->groups->count);
	nst_group_put(group);
}

void nst_group_collect(struct nst_group *group)
{
	struct nst_group_source *source, *next;
	unsigned int gone = 0;

	lockdep_assert_held(&group->on->lock);
	list_for_each_entry_safe(source, next, &group->sources, list) {
		if (source->users[MCAST_INCLUDE] ||
		    source->users[MCAST_EXCLUDE])
			continue;
		if (!source->changes || gone++ >= NST_GROUP_GONE_MAX)
			source_remove(group, source);
	}
	if (!nst_group_users(group) && !group->changes &&
	    list_empty(&group->sources))
		group_remove(group);
}

/* Make room by the oldest group that is only reported as left. */
static bool evict(struct nst_group_link *on)
{
	struct nst_group *group;

	list_for_each_entry(group, &on->groups, list) {
		if (nst_group_users(group))
			continue;
		group_remove(group);
		return true;
	}
	return false;
}

static struct nst_group *group_create(struct nst_group_link *on,
				      const union nst_address *address)
{
	struct nst_stack *stack = on->link->stack;
	struct nst_group *group;

	if (atomic_read(&stack->groups->count) >=
	    READ_ONCE(stack->config.group_max) && !evict(on))
		return ERR_PTR(-ENOBUFS);
	group = kzalloc(sizeof(*group), GFP_ATOMIC | __GFP_ACCOUNT);
	if (!group)
		return ERR_PTR(-ENOMEM);
	group->on = on;
	group->address = *address;
	INIT_LIST_HEAD(&group->sources);
	timer_setup(&group->timer, nst_group_timer, 0);
	refcount_set(&group->refs, 1);
	atomic_inc(&stack->groups->count);
	hlist_add_head_rcu(&group->node, bucket_of(on, address));
	list_add_tail_rcu(&group->list, &on->groups);
	return group;
}

static void count(u32 *users, u8 mode, int by)
{
	WRITE_ONCE(users[mode], users[mode] + by);
}

static void filter_del(struct nst_group *group,
		       const struct nst_group_filter *filter, u32 sources)
{
	u32 i;

	for (i = 0; i < sources; i++) {
		struct nst_group_source *source;

		source = find_source(group, &filter->sources[i]);
		if (!WARN_ON_ONCE(!source))
			count(source->users, filter->mode, -1);
	}
}

static int filter_add(struct nst_group *group,
		      const struct nst_group_filter *filter)
{
	struct nst_stack *stack = group->on->link->stack;
	struct nst_group_source *source;
	int err = -ENOBUFS;
	u32 i;

	for (i = 0; i < filter->count; i++) {
		source = find_source(group, &filter->sources[i]);
		if (source) {
			count(source->users, filter->mode, 1);
			continue;
		}
		if (group->source_count >=
		    READ_ONCE(stack->config.group_source_max))
			goto undo;
		source = kzalloc(sizeof(*source), GFP_ATOMIC | __GFP_ACCOUNT);
		if (!source) {
			err = -ENOMEM;
			goto undo;
		}
		source->address = filter->sources[i];
		source->users[filter->mode] = 1;
		list_add_tail_rcu(&source->list, &group->sources);
		group->source_count++;
	}
	return 0;

undo:
	filter_del(group, filter, i);
	return err;
}

/* RFC 1112 6.4, RFC 2464 7 */
static void station_of(u8 family, const union nst_address *group, u8 *station)
{
	if (family == AF_INET6)
		nst_ethernet_ipv6_group(station, &group->v6);
	else
		nst_ethernet_ipv4_group(station, group->v4);
}

static int station_add(const struct nst_group *group)
{
	struct nst_link *link = group->on->link;
	u8 station[ETH_ALEN];

	if (link->flags & NST_LINK_LOOPBACK)
		return 0;
	station_of(group->on->protocol->family, &group->address, station);
	return nst_link_group_add(link, station);
}

static void station_del(const struct nst_group *group)
{
	struct nst_link *link = group->on->link;
	u8 station[ETH_ALEN];

	if (link->flags & NST_LINK_LOOPBACK)
		return;
	station_of(group->on->protocol->family, &group->address, station);
	nst_link_group_del(link, station);
}

/* Put @new in the place of @old, and tell of the difference. */
static int replace(struct nst_group *group,
		   const struct nst_group_filter *old,
		   const struct nst_group_filter *new,
		   struct sk_buff_head *out)
{
	bool received = nst_group_received(group);
	bool was = nst_group_users(group);
	u8 mode = nst_group_mode(group);
	struct nst_group_source *source;
	int err;

	list_for_each_entry(source, &group->sources, list)
		source->listed = nst_group_listed(group, source);
	if (new) {
		err = was ? 0 : station_add(group);
		if (err)
			return err;
		err = filter_add(group, new);
		if (err) {
			if (!was)
				station_del(group);
			return err;
		}
		count(group->users, new->mode, 1);
	}
	if (old) {
		filter_del(group, old, old->count);
		count(group->users, old->mode, -1);
	}
	if (was && !nst_group_users(group))
		station_del(group);
	nst_group_changed(group, mode, received, out);
	return 0;
}

int nst_group_change(struct nst_link *link, u8 family,
		     const union nst_address *address,
		     const struct nst_group_filter *old,
		     const struct nst_group_filter *new)
{
	struct nst_group_link *on = nst_group_link_rcu(link, family);
	struct nst_group *group;
	struct sk_buff_head out;
	bool was, is;
	int err;

	lockdep_assert_held(&link->stack->config_mutex);
	if (!on)
		return -ENOMEM;
	__skb_queue_head_init(&out);
	spin_lock_bh(&on->lock);
	group = nst_group_find(on, address);
	if (!group)
		group = group_create(on, address);
	if (IS_ERR(group)) {
		spin_unlock_bh(&on->lock);
		return PTR_ERR(group);
	}
	refcount_inc(&group->refs);
	was = nst_group_users(group);
	err = replace(group, old, new, &out);
	is = nst_group_users(group);
	nst_group_collect(group);
	spin_unlock_bh(&on->lock);

	nst_group_send(on, &out);
	if (was != is)
		nst_event_notify(link->stack, is ? NST_EVENT_GROUP_NEW :
						   NST_EVENT_GROUP_DEL, group);
	nst_group_put(group);
	return err;
}

u32 nst_group_epoch(const struct nst_link *link, u8 family)
{
	const struct nst_group_link *on = nst_group_link_rcu(link, family);

	return on ? on->epoch : 0;
}

int nst_group_configure(struct nst_link *link, u8 family,
			const union nst_address *address, bool member)
{
	struct nst_group_link *on = nst_group_link_rcu(link, family);
	struct nst_group *group;
	bool is;
	int err;

	lockdep_assert_held(&link->stack->config_mutex);
	if (!on)
		return -ENOMEM;
	rcu_read_lock();
	group = nst_group_find(on, address);
	is = group && group->configured;
	if (is && !member)
		group->configured = false;
	rcu_read_unlock();
	if (is == member)
		return member ? -EEXIST : -ENOENT;
	if (!member)
		return nst_group_change(link, family, address, &nst_group_any_source,
					NULL);
	err = nst_group_change(link, family, address, NULL, &nst_group_any_source);
	if (err)
		return err;
	rcu_read_lock();
	nst_group_find(on, address)->configured = true;
	rcu_read_unlock();
	return 0;
}

struct nst_link *nst_group_on(const struct nst_group *group)
{
	return group->on->link;
}

u8 nst_group_family(const struct nst_group *group)
{
	return group->on->protocol->family;
}

unsigned int nst_group_count(const struct nst_stack *stack)
{
	return atomic_read(&stack->groups->count);
}

/* The next one behind @at that has members. */
static struct nst_group *next_on(struct nst_group_link *on,
				 struct list_head *at)
{
	struct nst_group *group;

	while ((group = list_next_or_null_rcu(&on->groups, at,
					      struct nst_group, list))) {
		if (nst_group_users(group))
			return group;
		at = &group->list;
	}
	return NULL;
}

struct nst_group *nst_group_next_rcu(struct nst_stack *stack,
				     struct nst_group *group)
{
	struct nst_link *link = NULL;
	struct nst_group_link *on;
	unsigned int i = 0;

	if (group) {
		on = group->on;
		link = on->link;
		i = slot(on->protocol->family) + 1;
		group = next_on(on, &group->list);
		if (group)
			return group;
	} else {
		link = nst_link_next_rcu(stack, NULL);
	}
	for (; link; link = nst_link_next_rcu(stack, link), i = 0) {
		for (; i < ARRAY_SIZE(link->memberships); i++) {
			on = nst_group_link_rcu(link, i ? AF_INET6 : AF_INET);
			group = on ? next_on(on, &on->groups) : NULL;
			if (group)
				return group;
		}
	}
	return NULL;
}

static void link_new(struct nst_link *link,
		     const struct nst_group_protocol *protocol)
{
	struct nst_group_link *on;
	unsigned int i;

	on = kzalloc(sizeof(*on), GFP_KERNEL_ACCOUNT);
	if (!on)	/* joining is -ENOMEM then */
		return;
	on->link = link;
	on->protocol = protocol;
	on->epoch = ++link->stack->groups->epoch;
	spin_lock_init(&on->lock);
	INIT_LIST_HEAD(&on->groups);
	for (i = 0; i < NST_GROUP_BUCKETS; i++)
		INIT_HLIST_HEAD(&on->buckets[i]);
	timer_setup(&on->answer_timer, nst_group_answer_timer, 0);
	timer_setup(&on->change_timer, nst_group_change_timer, 0);
	rcu_assign_pointer(link->memberships[slot(protocol->family)], on);
	nst_group_change(link, protocol->family, &protocol->all_hosts, NULL,
			 &nst_group_any_source);
}

static void link_up(struct nst_group_link *on)
{
	struct sk_buff_head out;

	__skb_queue_head_init(&out);
	spin_lock_bh(&on->lock);
	nst_group_report_anew(on, &out);
	spin_unlock_bh(&on->lock);
	nst_group_send(on, &out);
}

static void link_down(struct nst_group_link *on)
{
	spin_lock_bh(&on->lock);
	nst_group_forget_pending(on);
	spin_unlock_bh(&on->lock);
}

static void link_del(struct nst_group_link *on)
{
	struct nst_link *link = on->link;
	struct nst_group *group;

	RCU_INIT_POINTER(link->memberships[slot(on->protocol->family)], NULL);
	spin_lock_bh(&on->lock);
	on->dead = true;
	spin_unlock_bh(&on->lock);
	/* No timer is set any more; those that run find nothing to do. */
	timer_delete_sync(&on->answer_timer);
	timer_delete_sync(&on->change_timer);
	while (!list_empty(&on->groups)) {
		group = list_first_entry(&on->groups, struct nst_group, list);
		refcount_inc(&group->refs);
		spin_lock_bh(&on->lock);
		if (nst_group_users(group))
			station_del(group);
		group_remove(group);
		spin_unlock_bh(&on->lock);
		if (nst_group_users(group))
			nst_event_notify(link->stack, NST_EVENT_GROUP_DEL,
					 group);
		timer_delete_sync(&group->timer);
		nst_group_put(group);
	}
	kfree_rcu(on, rcu);
}

static void link_each(struct nst_link *link,
		      void (*act)(struct nst_group_link *on))
{
	struct nst_group_link *on;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(protocols); i++) {
		on = nst_group_link_rcu(link, protocols[i]->family);
		if (on)
			act(on);
	}
}

static void group_event(struct nst_stack *stack, enum nst_event event,
			void *object)
{
	unsigned int i;

	switch (event) {
	case NST_EVENT_LINK_NEW:
		for (i = 0; i < ARRAY_SIZE(protocols); i++)
			link_new(object, protocols[i]);
		break;
	case NST_EVENT_LINK_UP:
		link_each(object, link_up);
		break;
	case NST_EVENT_LINK_DOWN:
		link_each(object, link_down);
		break;
	case NST_EVENT_LINK_DEL:
		link_each(object, link_del);
		break;
	default:
		break;
	}
}

int nst_group_listen(void)
{
	return nst_event_listen(group_event);
}

int nst_group_init(struct nst_stack *stack)
{
	struct nst_groups *groups;

	groups = kzalloc(sizeof(*groups), GFP_KERNEL_ACCOUNT);
	if (!groups)
		return -ENOMEM;
	groups->key.key[0] = siphash_1u64(HASH_DOMAIN, &stack->secret);
	groups->key.key[1] = siphash_1u64(HASH_DOMAIN + 1, &stack->secret);
	stack->groups = groups;
	return 0;
}

/* The links are gone, and their groups with them. */
void nst_group_exit(struct nst_stack *stack)
{
	WARN_ON_ONCE(atomic_read(&stack->groups->count));
	kfree(stack->groups);
	stack->groups = NULL;
}
