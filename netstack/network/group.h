/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Groups that the stack is a member of, of either family: one table of what
 * the sockets want of each link, from which the network layer knows what to
 * take, and IGMP and MLD what to tell the routers.
 */
#ifndef NST_GROUP_H
#define NST_GROUP_H

#include <linux/in.h>
#include <linux/refcount.h>

#include "../link/link.h"
#include "../types.h"

struct nst_group_asked;
struct nst_group_link;

/**
 * struct nst_group_filter - which sources a member wants (RFC 3376 2)
 * @rcu: delays freeing when it is on a socket
 * @mode: MCAST_INCLUDE (only these) or MCAST_EXCLUDE (all but these)
 * @count: length of @sources
 * @sources: each once
 */
struct nst_group_filter {
	struct rcu_head rcu;
	u8 mode;
	u32 count;
	union nst_address sources[];
};

/* Any source: what a member wants that names none. */
extern const struct nst_group_filter nst_group_any_source;

/**
 * struct nst_group - a group of a link, and what all members together want
 * @node: in the link's hash table; RCU, the link's lock to write
 * @list: in the link's list, likewise
 * @on: groups of the link; fixed
 * @address: the group; fixed
 * @users: members with a filter of mode MCAST_EXCLUDE and MCAST_INCLUDE;
 *	READ_ONCE
 * @sources: &struct nst_group_source that any member names; RCU
 * @source_count: how many
 * @configured: the administrator is one of the members; config_mutex
 * @reporter: the last report of this group on the link was ours
 * @changes: reports of the filter mode that are still to be sent
 * @unsolicited: reports of the joining that are, in older versions
 * @asked: sources that a query named, or NULL for the whole group
 * @timer: answer to a query, or repeated report of an older version
 * @refs: the table and the pending timer hold one each
 * @rcu: delays freeing
 *
 * What is not said otherwise is under the link's lock. A group without users
 * stays in the table until it is reported as left often enough.
 */
struct nst_group {
	struct hlist_node node;
	struct list_head list;
	struct nst_group_link *on;
	union nst_address address;
	u32 users[2];
	struct list_head sources;
	u32 source_count;
	bool configured;
	bool reporter;
	u8 changes;
	u8 unsolicited;
	struct nst_group_asked *asked;
	struct timer_list timer;
	refcount_t refs;
	struct rcu_head rcu;
};

int nst_group_init(struct nst_stack *stack);
void nst_group_exit(struct nst_stack *stack);
/* Module initialisation: events. */
int nst_group_listen(void);

/**
 * nst_group_change() - a member wants something else of a group
 * @link: link
 * @family: AF_INET or AF_INET6
 * @address: group
 * @old: what it wanted, as it was given before; NULL: it was no member
 * @new: what it wants; NULL: it leaves
 *
 * Announces GROUP_NEW with the first member and GROUP_DEL with the last, and
 * tells the routers of the link what has changed for all members together.
 *
 * Context: process, config_mutex held.
 * Return: 0, -ENOBUFS (group_max, group_source_max or the link's own limit)
 * or -ENOMEM; nothing changed then.
 */
int nst_group_change(struct nst_link *link, u8 family,
		     const union nst_address *address,
		     const struct nst_group_filter *old,
		     const struct nst_group_filter *new);

/*
 * Which of all links that had its number a link is, never 0: what joined
 * another one is not joined here. Context: config_mutex held.
 */
u32 nst_group_epoch(const struct nst_link *link, u8 family);

/**
 * nst_group_configure() - join or leave for the administrator
 * @link: link
 * @family: AF_INET or AF_INET6
 * @address: group
 * @member: join, from any source, or leave
 *
 * Context: process, config_mutex held.
 * Return: 0, -EEXIST, -ENOENT, or an error of nst_group_change().
 */
int nst_group_configure(struct nst_link *link, u8 family,
			const union nst_address *address, bool member);

/**
 * nst_group_admits_rcu() - does anybody here want a packet?
 * @link: link that it came by
 * @family: AF_INET or AF_INET6
 * @group: its destination
 * @source: its source
 *
 * Context: RCU.
 */
bool nst_group_admits_rcu(const struct nst_link *link, u8 family,
			  const union nst_address *group,
			  const union nst_address *source);

/* The same from any source: messages about the group itself. */
bool nst_group_member_rcu(const struct nst_link *link, u8 family,
			  const union nst_address *group);

/**
 * nst_group_next_rcu() - walk the groups of a stack
 * @stack: stack
 * @group: group before, or NULL for the first
 *
 * Context: RCU.
 */
struct nst_group *nst_group_next_rcu(struct nst_stack *stack,
				     struct nst_group *group);

struct nst_link *nst_group_on(const struct nst_group *group);
u8 nst_group_family(const struct nst_group *group);

/* Groups in use, against config.group_max. */
unsigned int nst_group_count(const struct nst_stack *stack);

/* Members, all of them together. Context: any. */
static inline u32 nst_group_users(const struct nst_group *group)
{
	return READ_ONCE(group->users[MCAST_INCLUDE]) +
	       READ_ONCE(group->users[MCAST_EXCLUDE]);
}

/* Module initialisation: transport (igmp.c), ICMPv6 messages (mld.c). */
int nst_igmp_register(void);
int nst_mld_register(void);

#endif /* NST_GROUP_H */
