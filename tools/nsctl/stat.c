// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl stat: counters, by the host's SNMP names.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "nsctl.h"

/**
 * struct filter - which counters are shown
 * @all: also those that are zero
 * @group: of this group only, or NULL
 * @object: JSON: { group: { name: value } }
 */
struct filter {
	bool all;
	const char *group;
	struct json_object *object;
};

static void add_json(struct json_object *object, const char *group,
		     const char *name, uint64_t value)
{
	struct json_object *members;

	if (!json_object_object_get_ex(object, group, &members)) {
		members = json_object_new_object();
		json_object_object_add(object, group, members);
	}
	put_number(members, name, value);
}

static int show_one(int cmd, const struct nlattr *nest, void *data)
{
	const struct nlattr *tb[NETSTACK_A_STAT_MAX + 1];
	const char *group, *name;
	struct filter *filter = data;
	uint64_t value;

	(void)cmd;
	nest_parse(nest, tb, NETSTACK_A_STAT_MAX);
	if (!tb[NETSTACK_A_STAT_GROUP] || !tb[NETSTACK_A_STAT_NAME] ||
	    !tb[NETSTACK_A_STAT_VALUE])
		return 0;
	group = mnl_attr_get_str(tb[NETSTACK_A_STAT_GROUP]);
	name = mnl_attr_get_str(tb[NETSTACK_A_STAT_NAME]);
	value = mnl_attr_get_u64(tb[NETSTACK_A_STAT_VALUE]);
	if (filter->group && strcmp(filter->group, group))
		return 0;
	if (!filter->all && !value)
		return 0;
	if (filter->object)
		add_json(filter->object, group, name, value);
	else
		printf("%s%-*s %" PRIu64 "\n", group,
		       (int)(32 - strlen(group)), name, value);
	return 0;
}

static int show(const struct command *command, int argc, char **argv)
{
	struct words words = { argc, argv };
	struct filter filter = { 0 };
	const char *word;
	int status;

	while ((word = word_next(&words))) {
		if (!strcmp(word, "all"))
			filter.all = true;
		else if (!filter.group)
			filter.group = word;
		else
			return unknown_word("stat", command->name, word);
	}
	if (json_output)
		filter.object = json_object_new_object();
	status = request_dump(NETSTACK_CMD_STAT_GET, show_one, &filter,
			      "list counters");
	if (!status && filter.object)
		puts(json_object_to_json_string_ext(filter.object,
						    JSON_C_TO_STRING_PRETTY |
						    JSON_C_TO_STRING_SPACED));
	json_object_put(filter.object);
	return status;
}

static const struct command commands[] = {
	{ .name = "show", .run = show },
	{ .name = NULL },
};

#define GROUPS \
	"Ip | IpExt | Icmp | Ip6 | Icmp6 | Igmp | Arp | Neigh | Udp | Tcp | TcpExt | Drop"

const struct object stat_object = {
	.name = "stat",
	.usage = "nsctl stat [ show [ GROUP ] [ all ] ]\n"
		 "  GROUP := { " GROUPS " };\n"
		 "  counters that are zero are shown by 'all'",
	.commands = commands,
};
