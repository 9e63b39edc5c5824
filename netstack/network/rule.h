/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rules of a stack, both families: which tables are asked for a packet, in
 * which order. A stack begins with the rules of the host: table local, then
 * main, then (IPv4) default.
 */
#ifndef NST_RULE_H
#define NST_RULE_H

#include <linux/fib_rules.h>

#include "route.h"

/**
 * struct nst_rule_config - a rule
 * @family: AF_INET or AF_INET6
 * @action: FR_ACT_TO_TBL, FR_ACT_BLACKHOLE, FR_ACT_UNREACHABLE or
 *	FR_ACT_PROHIBIT
 * @protocol: RTPROT_*: who added it
 * @source_len: bits of @source, 0 for all
 * @destination_len: bits of @destination, 0 for all
 * @tos: type of service, 0 for all
 * @ip_protocol: IPPROTO_*, 0 for all
 * @invert: it is about what the other fields do not match
 * @priority: lower is asked first
 * @table: of FR_ACT_TO_TBL
 * @mark: value of the mark in the bits of @mark_mask
 * @mark_mask: 0 for all marks
 * @iif: link that the packet came by; lo: it is the stack's own; 0 for all
 * @oif: link that the packet is bound to, 0 for all
 * @source: prefix, host bits zero
 * @destination: prefix, host bits zero
 */
struct nst_rule_config {
	u8 family;
	u8 action;
	u8 protocol;
	u8 source_len;
	u8 destination_len;
	u8 tos;
	u8 ip_protocol;
	bool invert;
	u32 priority;
	u32 table;
	u32 mark;
	u32 mark_mask;
	u32 iif;
	u32 oif;
	union nst_address source;
	union nst_address destination;
};

/**
 * struct nst_rule - one rule; immutable after publication
 * @node: by priority, then in the order of addition; RCU
 * @config: what it says
 * @rcu: delays freeing
 */
struct nst_rule {
	struct list_head node;
	struct nst_rule_config config;
	struct rcu_head rcu;
};

/**
 * struct nst_rules - rules of a stack
 * @list: by family (0: IPv4, 1: IPv6), in the order in which they are asked;
 *	RCU, config_mutex to write
 * @changed: by family: not the rules that a stack begins with; READ_ONCE
 * @count: their number; config_mutex
 */
struct nst_rules {
	struct list_head list[2];
	bool changed[2];
	unsigned int count;
};

/* Part of nst_route_init() and nst_route_exit(). */
int nst_rule_init(struct nst_rules *rules);
void nst_rule_exit(struct nst_rules *rules);

/**
 * nst_rule_add() - add a rule
 * @stack: stack
 * @config: rule; checked for sense
 * @has_priority: @config has one; else it goes before all but the first
 * @extack: told why not
 *
 * Behind those of its priority.
 *
 * Context: process, config_mutex held.
 * Return: 0, -EINVAL, -EEXIST, -ENOBUFS (rule_max) or -ENOMEM.
 */
int nst_rule_add(struct nst_stack *stack, const struct nst_rule_config *config,
		 bool has_priority, struct netlink_ext_ack *extack);

/**
 * nst_rule_del() - delete the first rule that matches
 * @stack: stack
 * @config: family must match; of the other fields those that are not zero
 * @has_priority: so must the priority, though it be zero
 * @extack: told why not
 *
 * Context: process, config_mutex held.
 * Return: 0 or -ENOENT.
 */
int nst_rule_del(struct nst_stack *stack, const struct nst_rule_config *config,
		 bool has_priority, struct netlink_ext_ack *extack);

/* Walk all rules, IPv4's first. Context: RCU or mutex. */
struct nst_rule *nst_rule_next_rcu(struct nst_stack *stack,
				   struct nst_rule *rule);

/**
 * nst_rule_lookup_rcu() - the route of a packet
 * @stack: stack
 * @key: the packet
 * @daddr: where it goes
 * @link_index: only routes through this link, or 0 for any
 * @route: filled on success
 *
 * Asks the tables in the order of the rules. A throw route ends the search of
 * its table.
 *
 * Context: RCU.
 * Return: 0, -ENETUNREACH (no route, or a rule says so), -EACCES or -EINVAL
 * (a rule that prohibits or swallows). What the route refuses is for the
 * caller to see.
 */
int nst_rule_lookup_rcu(struct nst_stack *stack,
			const struct nst_route_key *key,
			const union nst_address *daddr, u32 link_index,
			struct nst_route **route);

#endif /* NST_RULE_H */
