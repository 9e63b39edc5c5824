// SPDX-License-Identifier: GPL-2.0
/*
 * Queries of routers, and the answers: after a random delay, one for
 * everything that was asked meanwhile (RFC 3376 5.2, RFC 3810 6.2); in older
 * versions a report of each group, unless another host is faster (RFC 2236
 * 3, RFC 2710 4). The oldest querier that is present says which version is
 * spoken (RFC 3376 7.2.1).
 */
#include <linux/slab.h>

#include "../compat.h"
#include "group_internal.h"

#define QUERY_INTERVAL	125	/* seconds; RFC 3376 8.2 */

static void note_querier(struct nst_group_link *on,
			 const struct nst_group_query *query)
{
	u8 before = nst_group_version(on);
	u32 interval, times;

	if (query->version == on->protocol->newest) {
		on->robustness = query->robustness;
		on->query_interval = query->interval;
		return;
	}
	/* RFC 3376 8.12 */
	interval = on->query_interval ?: QUERY_INTERVAL;
	times = on->robustness ?: on->protocol->robustness(on->link->stack);
	on->old_seen[query->version - 1] = true;
	on->old_until[query->version - 1] =
		jiffies + (unsigned long)times * interval * HZ +
		query->max_delay;
	if (nst_group_version(on) != before)
		nst_group_forget_pending(on);
}

/* Is there anything to tell of the group? */
static bool answers(const struct nst_group *group)
{
	const struct nst_group_link *on = group->on;

	return nst_group_users(group) && nst_group_received(group) &&
	       on->protocol->reported(on->link, &group->address);
}

/* @pending: @timer will expire within @delay. */
static bool expires_within(const struct timer_list *timer, unsigned long delay)
{
	return timer_pending(timer) &&
	       time_before_eq(timer->expires, jiffies + delay);
}

static void query_all(struct nst_group_link *on, unsigned long delay)
{
	if (!expires_within(&on->answer_timer, delay))
		mod_timer(&on->answer_timer, jiffies + delay);
}

static void ask_whole(struct nst_group *group)
{
	kfree(group->asked);
	group->asked = NULL;
}

static bool is_asked(const struct nst_group_asked *asked,
		     const union nst_address *source)
{
	unsigned int i;

	for (i = 0; i < asked->count; i++)
		if (nst_address_equal(&asked->sources[i], source))
			return true;
	return false;
}

/* Remember the sources; those that are too many ask for the whole group. */
static void ask_sources(struct nst_group *group,
			const struct nst_group_query *query)
{
	u8 bytes = group->on->protocol->address_len;
	struct nst_group_asked *asked;
	unsigned int i;

	if (!group->asked)
		group->asked = kzalloc(sizeof(*asked),
				       GFP_ATOMIC | __GFP_NOWARN);
	asked = group->asked;
	for (i = 0; asked && i < query->count; i++) {
		union nst_address source = {};

		memcpy(&source, query->sources + i * bytes, bytes);
		if (is_asked(asked, &source))
			continue;
		if (asked->count == NST_GROUP_ASKED_MAX) {
			ask_whole(group);
			return;
		}
		asked->sources[asked->count++] = source;
	}
}

/* RFC 3376 5.2, rules 1 and 3 to 5. */
static void query_group(struct nst_group *group,
			const struct nst_group_query *query,
			unsigned long delay)
{
	if (expires_within(&group->on->answer_timer, delay))
		return;
	if (!timer_pending(&group->timer)) {
		ask_whole(group);
		if (query->count)
			ask_sources(group, query);
	} else if (!query->count || !group->asked) {
		ask_whole(group);
	} else {
		ask_sources(group, query);
	}
	if (!expires_within(&group->timer, delay))
		nst_group_arm(group, delay);
}

/* RFC 2236 3: a timer that runs longer than is asked for is set anew. */
static void query_old(struct nst_group *group, unsigned long max_delay)
{
	if (!expires_within(&group->timer, max_delay))
		nst_group_arm(group, nst_group_delay(max_delay));
}

void nst_group_query(struct nst_link *link, u8 family,
		     const struct nst_group_query *query)
{
	struct nst_group_link *on = nst_group_link_rcu(link, family);
	unsigned long delay = nst_group_delay(query->max_delay);
	bool all = nst_address_any(&query->group);
	struct nst_group *group;
	bool newest;

	if (!on)
		return;
	spin_lock(&on->lock);
	if (on->dead)
		goto unlock;
	note_querier(on, query);
	newest = nst_group_version(on) == on->protocol->newest;
	if (newest && all) {
		query_all(on, delay);
		goto unlock;
	}
	list_for_each_entry(group, &on->groups, list) {
		if (!answers(group) ||
		    (!all && !nst_address_equal(&group->address,
						&query->group)))
			continue;
		if (newest)
			query_group(group, query, delay);
		else
			query_old(group, query->max_delay);
	}
unlock:
	spin_unlock(&on->lock);
}

void nst_group_heard(struct nst_link *link, u8 family,
		     const union nst_address *address)
{
	struct nst_group_link *on = nst_group_link_rcu(link, family);
	struct nst_group *group;

	if (!on)
		return;
	spin_lock(&on->lock);
	group = nst_group_find(on, address);
	/* RFC 3376 5.2: nobody answers for another one in the newest. */
	if (group && timer_pending(&group->timer) &&
	    nst_group_version(on) < on->protocol->newest) {
		nst_group_disarm(group);
		group->unsolicited = 0;
		group->reporter = false;
	}
	spin_unlock(&on->lock);
}

static void add_current(struct nst_group *group, struct sk_buff_head *out)
{
	enum nst_group_record type = NST_GROUP_IS_EXCLUDE;

	if (group->asked || nst_group_mode(group) == MCAST_INCLUDE)
		type = NST_GROUP_IS_INCLUDE;
	nst_group_record_add(group, type, out);
}

void nst_group_answer_timer(struct timer_list *timer)
{
	struct nst_group_link *on =
		timer_container_of(on, timer, answer_timer);
	struct sk_buff_head out;
	struct nst_group *group;

	__skb_queue_head_init(&out);
	rcu_read_lock();
	spin_lock(&on->lock);
	if (!on->dead && !timer_pending(timer)) {
		list_for_each_entry(group, &on->groups, list) {
			struct nst_group_asked *asked = group->asked;

			if (!answers(group))
				continue;
			group->asked = NULL;
			add_current(group, &out);
			group->asked = asked;
		}
	}
	spin_unlock(&on->lock);
	nst_group_send(on, &out);
	rcu_read_unlock();
}

static void timer_old(struct nst_group *group, struct sk_buff_head *out)
{
	nst_group_report_old(group, out);
	if (group->unsolicited && --group->unsolicited)
		nst_group_arm(group, nst_group_delay(10 * HZ));
}

void nst_group_timer(struct timer_list *timer)
{
	struct nst_group *group = timer_container_of(group, timer, timer);
	struct nst_group_link *on = group->on;
	struct sk_buff_head out;

	__skb_queue_head_init(&out);
	rcu_read_lock();
	spin_lock(&on->lock);
	if (!on->dead && !timer_pending(timer) &&
	    !hlist_unhashed(&group->node) && answers(group)) {
		if (nst_group_version(on) < on->protocol->newest)
			timer_old(group, &out);
		else
			add_current(group, &out);
		ask_whole(group);
	}
	spin_unlock(&on->lock);
	nst_group_send(on, &out);
	rcu_read_unlock();
	nst_group_put(group);
}
