/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the table of groups (group.c), the reports to routers
 * (group_report.c), the answers to queries (group_query.c) and the wire
 * formats (igmp.c) share.
 */
#ifndef NST_GROUP_INTERNAL_H
#define NST_GROUP_INTERNAL_H

#include <linux/skbuff.h>
#include <linux/timer.h>

#include "../stack.h"
#include "group.h"

#define NST_GROUP_BUCKETS	64
/* Sources of one query that are remembered; beyond, the group is told. */
#define NST_GROUP_ASKED_MAX	64
/* Sources that are kept to be reported as gone, of one group. */
#define NST_GROUP_GONE_MAX	256

/* Record types of a report: RFC 3376 4.2.12, RFC 3810 5.2.12. */
enum nst_group_record {
	NST_GROUP_IS_INCLUDE = 1,
	NST_GROUP_IS_EXCLUDE,
	NST_GROUP_TO_INCLUDE,
	NST_GROUP_TO_EXCLUDE,
	NST_GROUP_ALLOW,
	NST_GROUP_BLOCK,
};

/**
 * struct nst_group_source - a source that members of a group name
 * @list: in nst_group.sources; RCU
 * @address: the source; fixed
 * @users: how many exclude and include it; READ_ONCE
 * @changes: reports of its change that are still to be sent
 * @listed: was in the list of the group before the change under way
 * @rcu: delays freeing
 */
struct nst_group_source {
	struct list_head list;
	union nst_address address;
	u32 users[2];
	u8 changes;
	bool listed;
	struct rcu_head rcu;
};

/**
 * struct nst_group_asked - sources that queries named (RFC 3376 5.2)
 * @count: length of @sources
 * @sources: each once
 */
struct nst_group_asked {
	u8 count;
	union nst_address sources[NST_GROUP_ASKED_MAX];
};

/**
 * struct nst_group_protocol - how a family tells its routers
 * @family: AF_INET or AF_INET6
 * @newest: version with source filters; those below have none
 * @leaves_from: first version in which a member says that it leaves
 * @address_len: bytes of an address
 * @header: bytes of network header, options included
 * @all_hosts: group that every host is a member of
 * @forced: version that the administrator insists on, or 0
 * @robustness: robustness variable while no querier told one
 * @interval: most between reports that nobody asked for, of the newest version
 *	or an older one, ms
 * @reported: are routers told of the group?
 * @send: finish and send a message, as &struct nst_group_message says; one of
 *	the newest version is there but for type and checksum, of an older one
 *	nothing is; consumes it. Context: BHs disabled, RCU, no lock
 */
struct nst_group_protocol {
	u8 family;
	u8 newest;
	u8 leaves_from;
	u8 address_len;
	u8 header;
	union nst_address all_hosts;
	u8 (*forced)(const struct nst_stack *stack);
	u8 (*robustness)(const struct nst_stack *stack);
	int (*interval)(const struct nst_stack *stack, bool newest);
	bool (*reported)(const struct nst_link *link,
			 const union nst_address *group);
	void (*send)(struct nst_link *link, struct sk_buff *skb);
};

extern const struct nst_group_protocol nst_igmp, nst_mld;

#define NST_GROUP_OLD_MAX	2	/* versions below the newest */

/**
 * struct nst_group_link - groups of one family on one link
 * @link: the link, which it does not outlive; fixed
 * @protocol: fixed
 * @epoch: unlike that of every other; fixed
 * @lock: protects all below (outside the link's groups_lock)
 * @dead: the link is going: no timer is set any more
 * @groups: all of them
 * @buckets: the same by address
 * @answer_timer: answer to a general query, newest version
 * @change_timer: next report of changes, newest version
 * @old_until: while a querier of version 1, 2 counts as present
 * @old_seen: there was one
 * @robustness: what the last querier told, or 0
 * @query_interval: likewise, seconds
 * @rcu: delays freeing
 */
struct nst_group_link {
	struct nst_link *link;
	const struct nst_group_protocol *protocol;
	u32 epoch;
	spinlock_t lock; /* all below */
	bool dead;
	struct list_head groups;
	struct hlist_head buckets[NST_GROUP_BUCKETS];
	struct timer_list answer_timer;
	struct timer_list change_timer;
	unsigned long old_until[NST_GROUP_OLD_MAX];
	bool old_seen[NST_GROUP_OLD_MAX];
	u8 robustness;
	u32 query_interval;
	struct rcu_head rcu;
};

/**
 * struct nst_group_message - a message that waits until the lock is free
 * @group: of a message of an older version
 * @version: of such a message, 0 for a report of the newest
 * @leave: it is a leave
 *
 * In skb->cb.
 */
struct nst_group_message {
	union nst_address group;
	u8 version;
	bool leave;
};

static inline struct nst_group_message *
nst_group_message(const struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct nst_group_message) > sizeof(skb->cb));
	return (struct nst_group_message *)skb->cb;
}

/* Context: RCU, or config_mutex. NULL when the family is not on the link. */
struct nst_group_link *nst_group_link_rcu(const struct nst_link *link,
					  u8 family);

/* Context: RCU, or the lock. Groups that are only reported as left count. */
struct nst_group *nst_group_find(const struct nst_group_link *on,
				 const union nst_address *address);

/* Drop a reference. */
void nst_group_put(struct nst_group *group);

/* Free what nobody uses and nobody has to be told of. Context: lock held. */
void nst_group_collect(struct nst_group *group);

static inline u8 nst_group_mode(const struct nst_group *group)
{
	return READ_ONCE(group->users[MCAST_EXCLUDE]) ? MCAST_EXCLUDE :
							MCAST_INCLUDE;
}

/*
 * Is a source in the list of its group (RFC 3376 3.2)? INCLUDE: whoever any
 * member includes. EXCLUDE: whom all that exclude anybody exclude, and
 * nobody includes.
 */
static inline bool nst_group_listed(const struct nst_group *group,
				    const struct nst_group_source *source)
{
	if (nst_group_mode(group) == MCAST_INCLUDE)
		return READ_ONCE(source->users[MCAST_INCLUDE]);
	return READ_ONCE(source->users[MCAST_EXCLUDE]) ==
	       READ_ONCE(group->users[MCAST_EXCLUDE]) &&
	       !READ_ONCE(source->users[MCAST_INCLUDE]);
}

/* Is there any reception at all? INCLUDE of nobody is none. Lock held. */
bool nst_group_received(const struct nst_group *group);

/* group_report.c; context of all: lock held, messages to @out */

/* The version that is spoken on the link now. */
u8 nst_group_version(const struct nst_group_link *on);

/* Random delay of up to @max jiffies, at least one. */
unsigned long nst_group_delay(unsigned long max);

/* Set the group's timer. Takes a reference. */
void nst_group_arm(struct nst_group *group, unsigned long delay);
void nst_group_disarm(struct nst_group *group);

/**
 * nst_group_changed() - tell of a change (RFC 3376 5.1, RFC 2236 3)
 * @group: group; nst_group_source.listed says what the list was
 * @mode: what the filter mode was
 * @received: was there reception?
 * @out: messages
 */
void nst_group_changed(struct nst_group *group, u8 mode, bool received,
		       struct sk_buff_head *out);

/* Tell of everything anew: the link has come up. */
void nst_group_report_anew(struct nst_group_link *on,
			   struct sk_buff_head *out);

/* Nothing is pending any more: the link is down, or the version changed. */
void nst_group_forget_pending(struct nst_group_link *on);

/* The timer of changes has expired. */
void nst_group_change_timer(struct timer_list *timer);

/* Report the group in an older version. */
void nst_group_report_old(struct nst_group *group, struct sk_buff_head *out);

/**
 * nst_group_record_add() - add a record to the report at the end of @out
 * @group: group
 * @type: NST_GROUP_*; which sources it has depends on it
 * @out: reports; another is begun when the last one is full
 */
void nst_group_record_add(struct nst_group *group, enum nst_group_record type,
			  struct sk_buff_head *out);

/* Send what was collected. Context: process or softirq, lock not held. */
void nst_group_send(struct nst_group_link *on, struct sk_buff_head *out);

/* group_query.c */

/**
 * struct nst_group_query - a query that was received
 * @version: version that it is of
 * @group: group that it asks for, or zero for all
 * @max_delay: answers are spread over this time, jiffies
 * @robustness: of the querier, 0 if it tells none
 * @interval: of the querier, seconds, 0 if it tells none
 * @count: sources that it asks for
 * @sources: they, @protocol->address_len bytes each
 */
struct nst_group_query {
	u8 version;
	union nst_address group;
	unsigned long max_delay;
	u8 robustness;
	u32 interval;
	u16 count;
	const u8 *sources;
};

/* Context: softirq, RCU. */
void nst_group_query(struct nst_link *link, u8 family,
		     const struct nst_group_query *query);

/* Another host has reported a group, in an older version. Same context. */
void nst_group_heard(struct nst_link *link, u8 family,
		     const union nst_address *group);

void nst_group_answer_timer(struct timer_list *timer);
void nst_group_timer(struct timer_list *timer);

#endif /* NST_GROUP_INTERNAL_H */
