// SPDX-License-Identifier: GPL-2.0
/*
 * Rules: the tables that a packet is looked up in, as ip-rule(8) has them.
 * A stack whose rules nobody has changed walks no list.
 */
#include <linux/ip.h>
#include <linux/netlink.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#include "../event.h"
#include "route_table.h"
#include "rule.h"

static const struct nst_rule_config defaults[] = {
	{ .family = AF_INET, .priority = 0, .table = RT_TABLE_LOCAL },
	{ .family = AF_INET, .priority = 32766, .table = RT_TABLE_MAIN },
	{ .family = AF_INET, .priority = 32767, .table = RT_TABLE_DEFAULT },
	{ .family = AF_INET6, .priority = 0, .table = RT_TABLE_LOCAL },
	{ .family = AF_INET6, .priority = 32766, .table = RT_TABLE_MAIN },
};

static struct nst_rules *rules_of(struct nst_stack *stack)
{
	return &stack->routes->rules;
}

static struct list_head *list_of(struct nst_rules *rules, u8 family)
{
	return &rules->list[family == AF_INET6];
}

/* Do the selectors match the packet? */
static bool selects(const struct nst_rule_config *config,
		    const struct nst_route_key *key,
		    const union nst_address *daddr)
{
	/* What no link brought is the stack's own, and that is lo. */
	u32 iif = key->iif ?: NST_LOOPBACK_INDEX;

	return !((key->mark ^ config->mark) & config->mark_mask) &&
	       (!config->iif || config->iif == iif) &&
	       (!config->oif || config->oif == key->link_index) &&
	       (!config->tos || config->tos == (key->tos & IPTOS_TOS_MASK)) &&
	       (!config->ip_protocol ||
		config->ip_protocol == key->protocol) &&
	       (!config->source_len ||
		nst_address_prefix_equal(&key->saddr, &config->source,
					 config->source_len)) &&
	       (!config->destination_len ||
		nst_address_prefix_equal(daddr, &config->destination,
					 config->destination_len));
}

/* A route that has the last word, or NULL: the next table is asked. */
static struct nst_route *ask(struct nst_stack *stack,
			     const struct nst_route_table *table,
			     const struct nst_route_query *query)
{
	struct nst_route *route = nst_route_table_lookup(stack, table, query);

	return route && likely(route->config.type != RTN_THROW) ? route : NULL;
}

static int walk_rules(struct nst_stack *stack, const struct nst_route_key *key,
		      const union nst_address *daddr,
		      const struct nst_route_query *query,
		      struct nst_route **route)
{
	const struct nst_route_table *table;
	struct nst_rule *rule;

	list_for_each_entry_rcu(rule, list_of(rules_of(stack), key->family),
				node) {
		const struct nst_rule_config *config = &rule->config;

		if (selects(config, key, daddr) == config->invert)
			continue;
		switch (config->action) {
		case FR_ACT_BLACKHOLE:
			return -EINVAL;
		case FR_ACT_UNREACHABLE:
			return -ENETUNREACH;
		case FR_ACT_PROHIBIT:
			return -EACCES;
		}
		table = nst_route_table_find_rcu(stack->routes, config->table);
		*route = table ? ask(stack, table, query) : NULL;
		if (*route)
			return 0;
	}
	return -ENETUNREACH;
}

int nst_rule_lookup_rcu(struct nst_stack *stack,
			const struct nst_route_key *key,
			const union nst_address *daddr, u32 link_index,
			struct nst_route **route)
{
	const struct nst_route_query query = {
		.key = nst_trie_key(key->family, daddr),
		.link_index = link_index,
		.ipv6 = key->family == AF_INET6,
		.tos = key->tos & IPTOS_TOS_MASK,
	};
	struct nst_routes *routes = stack->routes;
	const struct nst_route_table *table;

	if (unlikely(READ_ONCE(routes->rules.changed[query.ipv6])))
		return walk_rules(stack, key, daddr, &query, route);

	*route = ask(stack, &routes->local, &query);
	if (!*route)
		*route = ask(stack, &routes->main, &query);
	if (likely(*route))
		return 0;
	if (key->family == AF_INET6)
		return -ENETUNREACH;
	table = nst_route_table_find_rcu(routes, RT_TABLE_DEFAULT);
	if (table)
		*route = ask(stack, table, &query);
	return *route ? 0 : -ENETUNREACH;
}

/* The same but for who added it? */
static bool rule_same(const struct nst_rule_config *a,
		      const struct nst_rule_config *b)
{
	return a->family == b->family && a->action == b->action &&
	       a->source_len == b->source_len &&
	       a->destination_len == b->destination_len && a->tos == b->tos &&
	       a->ip_protocol == b->ip_protocol && a->invert == b->invert &&
	       a->priority == b->priority && a->table == b->table &&
	       a->mark == b->mark && a->mark_mask == b->mark_mask &&
	       a->iif == b->iif && a->oif == b->oif &&
	       nst_address_equal(&a->source, &b->source) &&
	       nst_address_equal(&a->destination, &b->destination);
}

/* Are there exactly the rules that a stack begins with? */
static bool are_defaults(struct nst_rules *rules, u8 family)
{
	struct list_head *list = list_of(rules, family);
	struct nst_rule *rule;
	unsigned int i = 0;

	list_for_each_entry(rule, list, node) {
		while (i < ARRAY_SIZE(defaults) &&
		       defaults[i].family != family)
			i++;
		if (i == ARRAY_SIZE(defaults) ||
		    rule->config.action != FR_ACT_TO_TBL ||
		    rule->config.source_len || rule->config.destination_len ||
		    rule->config.tos || rule->config.ip_protocol ||
		    rule->config.invert || rule->config.mark_mask ||
		    rule->config.iif || rule->config.oif ||
		    rule->config.table != defaults[i].table)
			return false;
		i++;
	}
	while (i < ARRAY_SIZE(defaults) && defaults[i].family != family)
		i++;
	return i == ARRAY_SIZE(defaults);
}

static void rules_changed(struct nst_stack *stack, u8 family)
{
	struct nst_rules *rules = rules_of(stack);

	WRITE_ONCE(rules->changed[family == AF_INET6],
		   !are_defaults(rules, family));
	nst_route_invalidate(stack);
}

static int check_prefix(u8 family, const union nst_address *address, u8 len,
			struct netlink_ext_ack *extack)
{
	union nst_address prefix = *address;

	if (len > nst_address_bits(family)) {
		NL_SET_ERR_MSG(extack, "prefix is longer than the address");
		return -EINVAL;
	}
	nst_address_mask(&prefix, len);
	if (!nst_address_equal(&prefix, address)) {
		NL_SET_ERR_MSG(extack,
			       "address of a rule has bits set beyond its prefix");
		return -EINVAL;
	}
	return 0;
}

static int check_rule(const struct nst_rule_config *config,
		      struct netlink_ext_ack *extack)
{
	int err;

	err = check_prefix(config->family, &config->source, config->source_len,
			   extack);
	if (!err)
		err = check_prefix(config->family, &config->destination,
				   config->destination_len, extack);
	if (err)
		return err;
	if (config->tos & ~IPTOS_TOS_MASK) {
		NL_SET_ERR_MSG(extack,
			       "tos has bits outside 0x1e: these choose no route");
		return -EINVAL;
	}
	if (config->mark & ~config->mark_mask) {
		NL_SET_ERR_MSG(extack, "mark has bits outside its mask");
		return -EINVAL;
	}
	switch (config->action) {
	case FR_ACT_TO_TBL:
		if (config->table)
			return 0;
		NL_SET_ERR_MSG(extack, "a rule needs a table or another action");
		return -EINVAL;
	case FR_ACT_BLACKHOLE:
	case FR_ACT_UNREACHABLE:
	case FR_ACT_PROHIBIT:
		return 0;
	}
	NL_SET_ERR_MSG(extack,
		       "action of a rule is not table, blackhole, unreachable or prohibit");
	return -EINVAL;
}

static void insert_by_priority(struct list_head *list, struct nst_rule *rule)
{
	struct nst_rule *other;

	list_for_each_entry(other, list, node)
		if (other->config.priority > rule->config.priority)
			break;
	list_add_tail_rcu(&rule->node, &other->node);
}

/* Before the second, as ip-rule(8) has it, which follows table local. */
static u32 default_priority(struct list_head *list)
{
	struct nst_rule *rule;

	if (list_empty(list) || list_is_singular(list))
		return 0;
	rule = list_entry(list->next->next, struct nst_rule, node);
	return rule->config.priority ? rule->config.priority - 1 : 0;
}

int nst_rule_add(struct nst_stack *stack, const struct nst_rule_config *config,
		 bool has_priority, struct netlink_ext_ack *extack)
{
	struct nst_rules *rules = rules_of(stack);
	struct list_head *list = list_of(rules, config->family);
	struct nst_rule *rule, *other;
	int err;

	lockdep_assert_held(&stack->config_mutex);

	err = check_rule(config, extack);
	if (err)
		return err;
	if (rules->count >= READ_ONCE(stack->config.rule_max)) {
		NL_SET_ERR_MSG(extack,
			       "too many rules: delete some or raise net.netstack.rule_max");
		return -ENOBUFS;
	}
	rule = kzalloc(sizeof(*rule), GFP_KERNEL_ACCOUNT);
	if (!rule)
		return -ENOMEM;
	rule->config = *config;
	if (!has_priority)
		rule->config.priority = default_priority(list);
	list_for_each_entry(other, list, node)
		if (rule_same(&other->config, &rule->config)) {
			kfree(rule);
			NL_SET_ERR_MSG(extack, "there is such a rule already");
			return -EEXIST;
		}
	insert_by_priority(list, rule);
	rules->count++;
	rules_changed(stack, config->family);
	nst_event_notify(stack, NST_EVENT_RULE_NEW, rule);
	return 0;
}

static bool rule_matches(const struct nst_rule_config *have,
			 const struct nst_rule_config *config,
			 bool has_priority)
{
	return (!has_priority || have->priority == config->priority) &&
	       (!config->action || have->action == config->action) &&
	       (!config->protocol || have->protocol == config->protocol) &&
	       (!config->table || have->table == config->table) &&
	       (!config->tos || have->tos == config->tos) &&
	       (!config->ip_protocol ||
		have->ip_protocol == config->ip_protocol) &&
	       (!config->invert || have->invert) &&
	       (!config->mark_mask || (have->mark == config->mark &&
				       have->mark_mask ==
				       config->mark_mask)) &&
	       (!config->iif || have->iif == config->iif) &&
	       (!config->oif || have->oif == config->oif) &&
	       (!config->source_len ||
		(have->source_len == config->source_len &&
		 nst_address_equal(&have->source, &config->source))) &&
	       (!config->destination_len ||
		(have->destination_len == config->destination_len &&
		 nst_address_equal(&have->destination,
				   &config->destination)));
}

int nst_rule_del(struct nst_stack *stack, const struct nst_rule_config *config,
		 bool has_priority, struct netlink_ext_ack *extack)
{
	struct nst_rules *rules = rules_of(stack);
	struct nst_rule *rule;

	lockdep_assert_held(&stack->config_mutex);

	list_for_each_entry(rule, list_of(rules, config->family), node) {
		if (!rule_matches(&rule->config, config, has_priority))
			continue;
		list_del_rcu(&rule->node);
		rules->count--;
		rules_changed(stack, config->family);
		nst_event_notify(stack, NST_EVENT_RULE_DEL, rule);
		kfree_rcu(rule, rcu);
		return 0;
	}
	NL_SET_ERR_MSG(extack, "no such rule");
	return -ENOENT;
}

/* What is behind @node, or NULL at the end of @list. */
static struct nst_rule *rule_after(struct nst_stack *stack,
				   struct list_head *list,
				   struct list_head *node)
{
	struct list_head *next;

	next = rcu_dereference_check(list_next_rcu(node),
				     __nst_config_held(stack));
	return next == list ? NULL : list_entry(next, struct nst_rule, node);
}

struct nst_rule *nst_rule_next_rcu(struct nst_stack *stack,
				   struct nst_rule *rule)
{
	struct nst_rules *rules = rules_of(stack);
	struct list_head *list = &rules->list[0];

	if (rule) {
		list = list_of(rules, rule->config.family);
		rule = rule_after(stack, list, &rule->node);
	} else {
		rule = rule_after(stack, list, list);
	}
	if (!rule && list == &rules->list[0])
		rule = rule_after(stack, &rules->list[1], &rules->list[1]);
	return rule;
}

int nst_rule_init(struct nst_rules *rules)
{
	unsigned int i;

	INIT_LIST_HEAD(&rules->list[0]);
	INIT_LIST_HEAD(&rules->list[1]);
	for (i = 0; i < ARRAY_SIZE(defaults); i++) {
		struct nst_rule *rule = kzalloc(sizeof(*rule),
						GFP_KERNEL_ACCOUNT);

		if (!rule) {
			nst_rule_exit(rules);
			return -ENOMEM;
		}
		rule->config = defaults[i];
		rule->config.action = FR_ACT_TO_TBL;
		rule->config.protocol = RTPROT_KERNEL;
		insert_by_priority(list_of(rules, rule->config.family), rule);
		rules->count++;
	}
	return 0;
}

void nst_rule_exit(struct nst_rules *rules)
{
	struct nst_rule *rule, *next;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rules->list); i++)
		list_for_each_entry_safe(rule, next, &rules->list[i], node)
			kfree_rcu(rule, rcu);
}
