// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl rule: which tables of routes are asked, in which order.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

#include "nsctl.h"

static const struct keyword actions[] = {
	{ "table", FR_ACT_TO_TBL }, { "blackhole", FR_ACT_BLACKHOLE },
	{ "unreachable", FR_ACT_UNREACHABLE },
	{ "prohibit", FR_ACT_PROHIBIT }, { NULL, 0 },
};

static const struct attr_key selectors[] = {
	{ NETSTACK_A_RULE_PRIORITY, "priority" },
	{ NETSTACK_A_RULE_SRC_LEN, "src_len" },
	{ NETSTACK_A_RULE_DST_LEN, "dst_len" },
	{ NETSTACK_A_RULE_TOS, "tos" },
	{ NETSTACK_A_RULE_MARK, "fwmark" },
	{ NETSTACK_A_RULE_MASK, "fwmask" },
	{ NETSTACK_A_RULE_IPPROTO, "ipproto" },
	{ 0, NULL },
};

struct json_object *rule_json(const struct nlattr *nest)
{
	const struct nlattr *tb[NETSTACK_A_RULE_MAX + 1];
	struct json_object *object = json_object_new_object();
	int family;

	nest_parse(nest, tb, NETSTACK_A_RULE_MAX);
	family = put_family(object, tb[NETSTACK_A_RULE_FAMILY]);
	put_keyword(object, "action", actions, tb[NETSTACK_A_RULE_ACTION]);
	put_table(object, tb[NETSTACK_A_RULE_TABLE]);
	put_address(object, "src", family, tb[NETSTACK_A_RULE_SRC]);
	put_address(object, "dst", family, tb[NETSTACK_A_RULE_DST]);
	put_numbers(object, tb, selectors);
	put_link(object, "iif", tb[NETSTACK_A_RULE_IIF]);
	put_link(object, "oif", tb[NETSTACK_A_RULE_OIF]);
	if (tb[NETSTACK_A_RULE_INVERT])
		put_true(object, "not");
	return object;
}

static void prefix_text(struct json_object *object, const char *word,
			const char *address, const char *length, bool inet6)
{
	uint64_t bits = get_number(object, length);

	printf("%s %s", word, get_string(object, address));
	if (bits != (inet6 ? 128 : 32))
		printf("/%" PRIu64, bits);
}

static void mark_text(struct json_object *object)
{
	uint64_t mask = get_number(object, "fwmask");

	printf(" fwmark 0x%" PRIx64, get_number(object, "fwmark"));
	if (mask != UINT32_MAX)
		printf("/0x%" PRIx64, mask);
}

void rule_text(struct json_object *object)
{
	bool inet6 = !strcmp(get_string(object, "family"), "inet6");

	printf("%" PRIu64 ":\t", get_number(object, "priority"));
	if (inet6)
		printf("inet6 ");
	if (has(object, "not"))
		printf("not ");
	if (has(object, "src"))
		prefix_text(object, "from", "src", "src_len", inet6);
	else
		printf("from all");
	if (has(object, "dst"))
		prefix_text(object, " to", "dst", "dst_len", inet6);
	if (has(object, "tos"))
		printf(" tos 0x%02" PRIx64, get_number(object, "tos"));
	if (has(object, "fwmark"))
		mark_text(object);
	if (has(object, "iif"))
		printf(" iif %s", get_string(object, "iif"));
	if (has(object, "oif"))
		printf(" oif %s", get_string(object, "oif"));
	if (has(object, "ipproto"))
		printf(" ipproto %" PRIu64, get_number(object, "ipproto"));
	if (has(object, "table"))
		printf(" lookup %s", get_string(object, "table"));
	else
		printf(" %s", get_string(object, "action"));
	putchar('\n');
}

/**
 * struct rule - a rule as the command line names it
 */
struct rule {
	int family;
	uint8_t src[INET_BYTES];
	uint8_t dst[INET_BYTES];
	uint8_t src_len;
	uint8_t dst_len;
	bool invert;
	bool have_priority;
	bool have_mark;
	uint32_t action;
	uint32_t table;
	uint32_t iif;
	uint32_t oif;
	uint64_t priority;
	uint64_t mark;
	uint64_t mask;
	uint64_t tos;
	uint64_t ipproto;
};

static bool parse_mark(const char *value, struct rule *rule)
{
	const char *slash = strchr(value, '/');
	char mark[32];

	rule->have_mark = true;
	rule->mask = UINT32_MAX;
	snprintf(mark, sizeof(mark), "%.*s",
		 slash ? (int)(slash - value) : (int)strlen(value), value);
	return parse_number(mark, "fwmark", 0, UINT32_MAX, &rule->mark) &&
	       (!slash || parse_number(slash + 1, "mask", 0, UINT32_MAX,
				       &rule->mask));
}

static bool is_one_of(const char *word, const char *a, const char *b,
		      const char *c, const char *d)
{
	return !strcmp(word, a) || !strcmp(word, b) || !strcmp(word, c) ||
	       !strcmp(word, d);
}

static bool parse_value(const char *word, const char *value, struct rule *rule,
			const char *command)
{
	if (!strcmp(word, "from"))
		return parse_inet_prefix(value, "source", &rule->family,
					 rule->src, &rule->src_len);
	if (!strcmp(word, "to"))
		return parse_inet_prefix(value, "destination", &rule->family,
					 rule->dst, &rule->dst_len);
	if (!strcmp(word, "tos") || !strcmp(word, "dsfield"))
		return parse_number(value, "tos", 0, 255, &rule->tos);
	if (!strcmp(word, "fwmark"))
		return parse_mark(value, rule);
	if (!strcmp(word, "iif") || !strcmp(word, "dev"))
		return parse_link(value, &rule->iif);
	if (!strcmp(word, "oif"))
		return parse_link(value, &rule->oif);
	if (!strcmp(word, "ipproto"))
		return parse_number(value, "ipproto", 1, 255, &rule->ipproto);
	if (!strcmp(word, "table") || !strcmp(word, "lookup"))
		return parse_table(value, &rule->table);
	if (is_one_of(word, "pref", "priority", "preference", "order")) {
		rule->have_priority = true;
		return parse_number(value, "priority", 0, UINT32_MAX,
				    &rule->priority);
	}
	unknown_word("rule", command, word);
	return false;
}

static bool parse_rule(int argc, char **argv, struct rule *rule,
		       const char *command)
{
	struct words words = { argc, argv };
	const char *word, *value;

	rule->family = only_family;
	while ((word = word_next(&words))) {
		if (!strcmp(word, "not")) {
			rule->invert = true;
		} else if (is_one_of(word, "blackhole", "unreachable",
				     "prohibit", "")) {
			parse_keyword(word, "action", actions, &rule->action);
		} else {
			value = word_value(&words, word);
			if (!value || !parse_value(word, value, rule, command))
				return false;
		}
	}
	if (!rule->family)
		rule->family = AF_INET;
	return true;
}

static struct nlmsghdr *request(int cmd, int flags, const struct rule *rule)
{
	struct nlmsghdr *nlh = request_begin(cmd, flags);
	size_t bytes = inet_bytes(rule->family);
	struct nlattr *nest;

	nest = mnl_attr_nest_start(nlh, NETSTACK_A_RULE);
	mnl_attr_put_u16(nlh, NETSTACK_A_RULE_FAMILY, rule->family);
	if (rule->action)
		mnl_attr_put_u8(nlh, NETSTACK_A_RULE_ACTION, rule->action);
	if (rule->table)
		mnl_attr_put_u32(nlh, NETSTACK_A_RULE_TABLE, rule->table);
	if (rule->have_priority)
		mnl_attr_put_u32(nlh, NETSTACK_A_RULE_PRIORITY,
				 rule->priority);
	if (rule->src_len) {
		mnl_attr_put(nlh, NETSTACK_A_RULE_SRC, bytes, rule->src);
		mnl_attr_put_u8(nlh, NETSTACK_A_RULE_SRC_LEN, rule->src_len);
	}
	if (rule->dst_len) {
		mnl_attr_put(nlh, NETSTACK_A_RULE_DST, bytes, rule->dst);
		mnl_attr_put_u8(nlh, NETSTACK_A_RULE_DST_LEN, rule->dst_len);
	}
	if (rule->tos)
		mnl_attr_put_u8(nlh, NETSTACK_A_RULE_TOS, rule->tos);
	if (rule->have_mark) {
		mnl_attr_put_u32(nlh, NETSTACK_A_RULE_MARK, rule->mark);
		mnl_attr_put_u32(nlh, NETSTACK_A_RULE_MASK, rule->mask);
	}
	if (rule->iif)
		mnl_attr_put_u32(nlh, NETSTACK_A_RULE_IIF, rule->iif);
	if (rule->oif)
		mnl_attr_put_u32(nlh, NETSTACK_A_RULE_OIF, rule->oif);
	if (rule->ipproto)
		mnl_attr_put_u8(nlh, NETSTACK_A_RULE_IPPROTO, rule->ipproto);
	if (rule->invert)
		mnl_attr_put(nlh, NETSTACK_A_RULE_INVERT, 0, NULL);
	mnl_attr_nest_end(nlh, nest);
	return nlh;
}

static int change(const struct command *command, int argc, char **argv)
{
	struct rule rule = { .family = 0 };

	if (!argc)
		return usage_error("rule %s needs words: try nsctl rule help",
				   command->name);
	if (!parse_rule(argc, argv, &rule, command->name))
		return EXIT_USAGE;
	return request_send(request(command->cmd, command->flags, &rule),
			    NULL, NULL, command->what);
}

static int show_one(int cmd, const struct nlattr *nest, void *data)
{
	const struct nlattr *tb[NETSTACK_A_RULE_MAX + 1];

	(void)cmd;
	(void)data;
	nest_parse(nest, tb, NETSTACK_A_RULE_MAX);
	if (!only_family ||
	    attr_family(tb[NETSTACK_A_RULE_FAMILY]) == only_family)
		output_object(rule_json(nest), rule_text);
	return 0;
}

static int show(const struct command *command, int argc, char **argv)
{
	int status = words_end(&(struct words){ argc, argv });

	(void)command;
	if (!status)
		status = links_load();
	if (status)
		return status;
	return request_show(request_begin(NETSTACK_CMD_RULE_GET, NLM_F_DUMP),
			    show_one, NULL, "list rules");
}

/**
 * struct list - priorities of the rules to flush
 */
struct list {
	size_t count;
	struct rule *rules;
};

/* All but those of priority 0, as ip-rule(8) has it. */
static int collect_one(int cmd, const struct nlattr *nest, void *data)
{
	const struct nlattr *tb[NETSTACK_A_RULE_MAX + 1];
	struct list *list = data;
	struct rule *rule;

	(void)cmd;
	nest_parse(nest, tb, NETSTACK_A_RULE_MAX);
	if (!tb[NETSTACK_A_RULE_PRIORITY] ||
	    !mnl_attr_get_u32(tb[NETSTACK_A_RULE_PRIORITY]) ||
	    (only_family &&
	     attr_family(tb[NETSTACK_A_RULE_FAMILY]) != only_family))
		return 0;
	rule = array_grow(&list->rules, &list->count, sizeof(*rule));
	rule->family = attr_family(tb[NETSTACK_A_RULE_FAMILY]);
	rule->priority = mnl_attr_get_u32(tb[NETSTACK_A_RULE_PRIORITY]);
	rule->have_priority = true;
	return 0;
}

static int flush(const struct command *command, int argc, char **argv)
{
	int status = words_end(&(struct words){ argc, argv });
	struct list list = { 0, NULL };
	size_t i;

	(void)command;
	if (!status)
		status = request_dump(NETSTACK_CMD_RULE_GET, collect_one,
				      &list, "list rules");
	for (i = 0; i < list.count && !status; i++)
		status = request_send(request(NETSTACK_CMD_RULE_DEL, 0,
					      &list.rules[i]),
				      NULL, NULL, "delete the rule");
	free(list.rules);
	return status;
}

static const struct command commands[] = {
	{ .name = "show", .run = show },
	{ .name = "add", .run = change, .cmd = NETSTACK_CMD_RULE_NEW,
	  .flags = NLM_F_CREATE | NLM_F_EXCL, .what = "add the rule" },
	{ .name = "del", .run = change, .cmd = NETSTACK_CMD_RULE_DEL,
	  .what = "delete the rule" },
	{ .name = "flush", .run = flush },
	{ .name = NULL },
};

const struct object rule_object = {
	.name = "rule",
	.usage = "nsctl rule [ show ]\n"
		 "nsctl rule { add | del } [ not ] [ from PREFIX ] [ to PREFIX ] [ tos NUMBER ]\n"
		 "               [ fwmark MARK[/MASK] ] [ iif LINK ] [ oif LINK ] [ ipproto NUMBER ]\n"
		 "               [ pref NUMBER ] [ table TABLE ] [ lookup TABLE ] [ ACTION ]\n"
		 "nsctl rule flush\n"
		 "  ACTION := { blackhole | unreachable | prohibit }; flush leaves priority 0",
	.commands = commands,
};
