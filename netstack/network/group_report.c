// SPDX-License-Identifier: GPL-2.0
/*
 * What routers are told of groups when something changes: the state-change
 * reports of IGMPv3 and MLDv2 (RFC 3376 5.1, RFC 3810 6.1), repeated as
 * often as the robustness variable says and merged with what changes
 * meanwhile; in older versions a report of the joining and a leave (RFC 2236
 * 3, RFC 2710 4). Records are packed into messages that fit the link.
 */
#include <linux/random.h>

#include "../compat.h"
#include "group_internal.h"

/* A report is not longer than this, whatever the MTU. */
#define REPORT_MAX	4096u

/* RFC 3376 4.2, RFC 3810 5.2: the same but for the type. */
struct report_header {
	u8 type;
	u8 reserved1;
	__sum16 checksum;
	__be16 reserved2;
	__be16 records;
};

/* RFC 3376 4.2.4; the address and the sources follow. */
struct record_header {
	u8 type;
	u8 auxiliary;
	__be16 sources;
};

u8 nst_group_version(const struct nst_group_link *on)
{
	const struct nst_group_protocol *protocol = on->protocol;
	u8 version = protocol->forced(on->link->stack);

	if (version)
		return min(version, protocol->newest);
	for (version = 1; version < protocol->newest; version++)
		if (on->old_seen[version - 1] &&
		    time_before(jiffies, on->old_until[version - 1]))
			return version;
	return protocol->newest;
}

static u8 robustness(const struct nst_group_link *on)
{
	return on->robustness ?: on->protocol->robustness(on->link->stack);
}

unsigned long nst_group_delay(unsigned long max)
{
	return get_random_u32_inclusive(1, clamp(max, 1ul, 1ul << 30));
}

void nst_group_arm(struct nst_group *group, unsigned long delay)
{
	if (group->on->dead)
		return;
	if (!mod_timer(&group->timer, jiffies + delay))
		refcount_inc(&group->refs);
}

void nst_group_disarm(struct nst_group *group)
{
	if (timer_delete(&group->timer))
		nst_group_put(group);
}

/* RFC 3376 8.11, RFC 2236 8.10 */
static unsigned long unsolicited_delay(const struct nst_group_link *on,
				       bool newest)
{
	int interval = on->protocol->interval(on->link->stack, newest);

	return nst_group_delay(msecs_to_jiffies(interval));
}

static void arm_changes(struct nst_group_link *on)
{
	if (!on->dead && !timer_pending(&on->change_timer))
		mod_timer(&on->change_timer,
			  jiffies + unsolicited_delay(on, true));
}

/* Is anybody told of the group, now? */
static bool is_told(const struct nst_group *group)
{
	const struct nst_link *link = group->on->link;

	return !(READ_ONCE(link->flags) & NST_LINK_LOOPBACK) &&
	       nst_link_operational(link) &&
	       group->on->protocol->reported(link, &group->address);
}

static unsigned int room(const struct nst_group_link *on)
{
	return min(READ_ONCE(on->link->mtu), REPORT_MAX) -
	       on->protocol->header;
}

/* Room for the message itself and the headers. Return: it, or NULL. */
static struct sk_buff *message_add(const struct nst_group_link *on,
				   unsigned int length,
				   struct sk_buff_head *out)
{
	struct sk_buff *skb = alloc_skb(NST_HEADROOM + length,
					GFP_ATOMIC | __GFP_NOWARN);

	if (!skb)
		return NULL;
	skb_reserve(skb, NST_HEADROOM);
	memset(skb->cb, 0, sizeof(skb->cb));
	__skb_queue_tail(out, skb);
	return skb;
}

/**
 * struct record - a record that is being written
 * @group: group it is of
 * @type: its type
 * @out: reports
 * @skb: report that it is in, NULL before it is begun
 * @header: its header
 */
struct record {
	struct nst_group *group;
	enum nst_group_record type;
	struct sk_buff_head *out;
	struct sk_buff *skb;
	struct record_header *header;
};

/* A report with room for @length bytes more. Return: it, or NULL. */
static struct sk_buff *report_with_room(const struct nst_group_link *on,
					unsigned int length,
					struct sk_buff_head *out)
{
	struct sk_buff *skb = skb_peek_tail(out);

	if (skb && !nst_group_message(skb)->version &&
	    skb->len + length <= room(on))
		return skb;
	skb = message_add(on, room(on), out);
	if (skb)
		skb_put_zero(skb, sizeof(struct report_header));
	return skb;
}

/* Begin the record, with room for a source. Return: false without memory. */
static bool record_begin(struct record *record)
{
	const struct nst_group_link *on = record->group->on;
	u8 bytes = on->protocol->address_len;
	struct report_header *report;

	record->skb = report_with_room(on, sizeof(*record->header) + 2 * bytes,
				       record->out);
	if (!record->skb)
		return false;
	report = (struct report_header *)record->skb->data;
	be16_add_cpu(&report->records, 1);
	record->header = skb_put_zero(record->skb, sizeof(*record->header));
	record->header->type = record->type;
	skb_put_data(record->skb, &record->group->address, bytes);
	return true;
}

/*
 * RFC 3376 4.2.16: a list that is too long goes on in a record of the next
 * report; but an exclude list says of those that are left out that they are
 * wanted, which errs on the safe side.
 */
static bool record_source(struct record *record,
			  const union nst_address *source)
{
	const struct nst_group_link *on = record->group->on;
	u8 bytes = on->protocol->address_len;

	if (record->skb && record->skb->len + bytes > room(on)) {
		if (record->type == NST_GROUP_IS_EXCLUDE ||
		    record->type == NST_GROUP_TO_EXCLUDE)
			return false;
		record->skb = NULL;
	}
	if (!record->skb && !record_begin(record))
		return false;
	skb_put_data(record->skb, source, bytes);
	be16_add_cpu(&record->header->sources, 1);
	return true;
}

static bool source_wanted(const struct nst_group *group,
			  const struct nst_group_source *source)
{
	return nst_group_listed(group, source) ==
	       (nst_group_mode(group) == MCAST_INCLUDE);
}

static bool in_record(const struct nst_group *group,
		      const struct nst_group_source *source,
		      enum nst_group_record type)
{
	switch (type) {
	case NST_GROUP_ALLOW:
		return source->changes && source_wanted(group, source);
	case NST_GROUP_BLOCK:
		return source->changes && !source_wanted(group, source);
	default:
		return nst_group_listed(group, source);
	}
}

/* RFC 3376 5.2: of the sources that were asked for those that are wanted. */
static void record_asked(struct record *record)
{
	const struct nst_group_asked *asked = record->group->asked;
	struct nst_group *group = record->group;
	const struct nst_group_source *source;
	unsigned int i;
	bool wanted;

	for (i = 0; i < asked->count; i++) {
		wanted = nst_group_mode(group) == MCAST_EXCLUDE;
		list_for_each_entry(source, &group->sources, list)
			if (nst_address_equal(&source->address,
					      &asked->sources[i]))
				wanted = source_wanted(group, source);
		if (wanted && !record_source(record, &asked->sources[i]))
			return;
	}
}

void nst_group_record_add(struct nst_group *group, enum nst_group_record type,
			  struct sk_buff_head *out)
{
	struct record record = { .group = group, .type = type, .out = out };
	const struct nst_group_source *source;

	lockdep_assert_held(&group->on->lock);
	if (type == NST_GROUP_IS_INCLUDE && group->asked) {
		record_asked(&record);
		return;
	}
	/* These say something without a source, the others do not. */
	if ((type == NST_GROUP_IS_EXCLUDE || type == NST_GROUP_TO_EXCLUDE ||
	     type == NST_GROUP_TO_INCLUDE) && !record_begin(&record))
		return;
	list_for_each_entry(source, &group->sources, list)
		if (in_record(group, source, type) &&
		    !record_source(&record, &source->address))
			return;
}

/*
 * RFC 3376 5.1: one report of what changed in a group; while the filter mode
 * is to be told it tells of all sources. Return: is another one needed?
 */
static bool add_changes(struct nst_group *group, struct sk_buff_head *out)
{
	struct nst_group_source *source;
	bool pending;

	if (group->changes) {
		nst_group_record_add(group,
				     nst_group_mode(group) == MCAST_INCLUDE ?
				     NST_GROUP_TO_INCLUDE :
				     NST_GROUP_TO_EXCLUDE, out);
		group->changes--;
	} else {
		nst_group_record_add(group, NST_GROUP_ALLOW, out);
		nst_group_record_add(group, NST_GROUP_BLOCK, out);
	}
	pending = group->changes;
	list_for_each_entry(source, &group->sources, list) {
		if (source->changes)
			source->changes--;
		pending |= source->changes;
	}
	return pending;
}

static void message_old(struct nst_group *group, bool leave,
			struct sk_buff_head *out)
{
	struct sk_buff *skb = message_add(group->on, 64, out);
	struct nst_group_message *message;

	if (!skb)
		return;
	message = nst_group_message(skb);
	message->group = group->address;
	message->version = nst_group_version(group->on);
	message->leave = leave;
}

void nst_group_report_old(struct nst_group *group, struct sk_buff_head *out)
{
	group->reporter = true;
	message_old(group, false, out);
}

/* RFC 2236 3: at once, and again in case the first is lost. */
static void join_old(struct nst_group *group, struct sk_buff_head *out)
{
	nst_group_report_old(group, out);
	group->unsolicited = robustness(group->on) - 1;
	if (group->unsolicited)
		nst_group_arm(group, unsolicited_delay(group->on, false));
}

static void leave_old(struct nst_group *group, struct sk_buff_head *out)
{
	const struct nst_group_link *on = group->on;

	nst_group_disarm(group);
	group->unsolicited = 0;
	/* Whoever reported last is whom the querier counts on. */
	if (group->reporter &&
	    nst_group_version(on) >= on->protocol->leaves_from)
		message_old(group, true, out);
	group->reporter = false;
}

static void changed_old(struct nst_group *group, bool received,
			struct sk_buff_head *out)
{
	bool receives = nst_group_received(group);

	if (receives && !received)
		join_old(group, out);
	else if (received && !receives)
		leave_old(group, out);
}

void nst_group_changed(struct nst_group *group, u8 mode, bool received,
		       struct sk_buff_head *out)
{
	struct nst_group_link *on = group->on;
	struct nst_group_source *source;
	bool changed = false;

	lockdep_assert_held(&on->lock);
	if (!is_told(group))
		return;
	if (nst_group_version(on) < on->protocol->newest) {
		changed_old(group, received, out);
		return;
	}
	if (nst_group_mode(group) != mode) {
		group->changes = robustness(on);
		changed = true;
	} else {
		list_for_each_entry(source, &group->sources, list) {
			if (nst_group_listed(group, source) == source->listed)
				continue;
			source->changes = robustness(on);
			changed = true;
		}
	}
	if (changed && add_changes(group, out))
		arm_changes(on);
}

void nst_group_report_anew(struct nst_group_link *on, struct sk_buff_head *out)
{
	bool newest = nst_group_version(on) == on->protocol->newest;
	struct nst_group_source *source;
	struct nst_group *group;
	bool pending = false;

	lockdep_assert_held(&on->lock);
	list_for_each_entry(group, &on->groups, list) {
		if (!is_told(group) || !nst_group_received(group))
			continue;
		if (!newest) {
			join_old(group, out);
			continue;
		}
		if (nst_group_mode(group) == MCAST_EXCLUDE)
			group->changes = robustness(on);
		else
			list_for_each_entry(source, &group->sources, list)
				if (nst_group_listed(group, source))
					source->changes = robustness(on);
		pending |= add_changes(group, out);
	}
	if (pending)
		arm_changes(on);
}

void nst_group_forget_pending(struct nst_group_link *on)
{
	struct nst_group_source *source;
	struct nst_group *group, *next;

	lockdep_assert_held(&on->lock);
	timer_delete(&on->answer_timer);
	timer_delete(&on->change_timer);
	list_for_each_entry_safe(group, next, &on->groups, list) {
		nst_group_disarm(group);
		kfree(group->asked);
		group->asked = NULL;
		group->changes = 0;
		group->unsolicited = 0;
		list_for_each_entry(source, &group->sources, list)
			source->changes = 0;
		nst_group_collect(group);
	}
}

void nst_group_change_timer(struct timer_list *timer)
{
	struct nst_group_link *on =
		timer_container_of(on, timer, change_timer);
	struct nst_group *group, *next;
	struct sk_buff_head out;
	bool pending = false;

	__skb_queue_head_init(&out);
	rcu_read_lock();
	spin_lock(&on->lock);
	if (!on->dead && !timer_pending(timer)) {
		list_for_each_entry_safe(group, next, &on->groups, list) {
			pending |= add_changes(group, &out);
			nst_group_collect(group);
		}
		if (pending)
			arm_changes(on);
	}
	spin_unlock(&on->lock);
	nst_group_send(on, &out);
	rcu_read_unlock();
}

void nst_group_send(struct nst_group_link *on, struct sk_buff_head *out)
{
	struct sk_buff *skb;

	local_bh_disable();
	rcu_read_lock();
	while ((skb = __skb_dequeue(out)))
		on->protocol->send(on->link, skb);
	rcu_read_unlock();
	local_bh_enable();
}
