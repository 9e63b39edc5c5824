// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl maddr: groups that the links take.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "nsctl.h"

/* MCAST_EXCLUDE and MCAST_INCLUDE. */
static const struct keyword modes[] = {
	{ "exclude", 0 }, { "include", 1 }, { NULL, 0 },
};

static const char *address_text(int family, const struct nlattr *attr)
{
	static char text[INET6_ADDRSTRLEN];

	if (mnl_attr_get_payload_len(attr) < inet_bytes(family) ||
	    !inet_ntop(family, mnl_attr_get_payload(attr), text,
		       sizeof(text)))
		return "?";
	return text;
}

struct json_object *maddr_json(const struct nlattr *nest)
{
	struct json_object *sources = json_object_new_array();
	const struct nlattr *tb[NETSTACK_A_MADDR_MAX + 1];
	struct json_object *object = json_object_new_object();
	const struct nlattr *attr;
	const char *text;
	int family;

	nest_parse(nest, tb, NETSTACK_A_MADDR_MAX);
	family = attr_family(tb[NETSTACK_A_MADDR_FAMILY]);
	if (family == AF_PACKET) {
		put_string(object, "family", "link");
		put_station(object, "address", tb[NETSTACK_A_MADDR_ADDRESS]);
	} else {
		put_family(object, tb[NETSTACK_A_MADDR_FAMILY]);
		put_address(object, "address", family,
			    tb[NETSTACK_A_MADDR_ADDRESS]);
	}
	put_link(object, "link", tb[NETSTACK_A_MADDR_LINK]);
	put_attr_number(object, "users", tb[NETSTACK_A_MADDR_USERS]);
	if (tb[NETSTACK_A_MADDR_STATIC])
		put_true(object, "static");
	if (tb[NETSTACK_A_MADDR_MODE])
		put_keyword(object, "mode", modes, tb[NETSTACK_A_MADDR_MODE]);
	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) != NETSTACK_A_MADDR_SOURCE)
			continue;
		text = address_text(family, attr);
		json_object_array_add(sources, json_object_new_string(text));
	}
	if (json_object_array_length(sources))
		json_object_object_add(object, "sources", sources);
	else
		json_object_put(sources);
	return object;
}

void maddr_text(struct json_object *object)
{
	struct json_object *sources, *source;
	size_t i;

	printf("%s %s dev %s", get_string(object, "family"),
	       get_string(object, "address"), get_string(object, "link"));
	if (get_number(object, "users") != 1)
		printf(" users %" PRIu64, get_number(object, "users"));
	if (has(object, "static"))
		printf(" static");
	if (json_object_object_get_ex(object, "sources", &sources)) {
		printf(" %s", get_string(object, "mode"));
		for (i = 0; i < json_object_array_length(sources); i++) {
			source = json_object_array_get_idx(sources, i);
			printf(" %s", json_object_get_string(source));
		}
	}
	putchar('\n');
}

static int show(const struct command *command, int argc, char **argv)
{
	static const struct on_link kind = {
		.cmd = NETSTACK_CMD_MADDR_GET,
		.link = NETSTACK_A_MADDR_LINK,
		.json = maddr_json,
		.text = maddr_text,
		.what = "list groups",
	};

	(void)command;
	return show_on_link(&kind, argc, argv);
}

/* A station address has five colons and no two of them side by side. */
static bool is_station(const char *word)
{
	size_t colons = 0, i;

	for (i = 0; word[i]; i++)
		colons += word[i] == ':';
	return colons == 5 && !strstr(word, "::") && strlen(word) <= 17;
}

static int change(const struct command *command, int argc, char **argv)
{
	struct words words = { argc, argv };
	uint8_t address[INET_BYTES];
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	uint32_t link = 0;
	int family = 0;
	const char *word;
	size_t bytes;

	word = word_next(&words);
	if (!word)
		return usage_error("maddr %s needs a group: try nsctl maddr help",
				   command->name);
	if (is_station(word)) {
		family = AF_PACKET;
		bytes = STATION_BYTES;
		if (!parse_station(word, "group", address))
			return EXIT_USAGE;
	} else {
		if (!parse_inet(word, "group", &family, address))
			return EXIT_USAGE;
		bytes = inet_bytes(family);
	}
	while ((word = word_next(&words))) {
		if (strcmp(word, "dev"))
			return unknown_word("maddr", command->name, word);
		word = word_value(&words, "dev");
		if (!word || !parse_link(word, &link))
			return EXIT_USAGE;
	}
	if (!link)
		return usage_error("maddr %s needs 'dev LINK'", command->name);

	nlh = request_begin(command->cmd, 0);
	nest = mnl_attr_nest_start(nlh, NETSTACK_A_MADDR);
	mnl_attr_put_u32(nlh, NETSTACK_A_MADDR_LINK, link);
	mnl_attr_put_u16(nlh, NETSTACK_A_MADDR_FAMILY, family);
	mnl_attr_put(nlh, NETSTACK_A_MADDR_ADDRESS, bytes, address);
	mnl_attr_nest_end(nlh, nest);
	return request_send(nlh, NULL, NULL, command->what);
}

static const struct command commands[] = {
	{ .name = "show", .run = show },
	{ .name = "add", .run = change, .cmd = NETSTACK_CMD_MADDR_NEW,
	  .what = "join the group" },
	{ .name = "del", .run = change, .cmd = NETSTACK_CMD_MADDR_DEL,
	  .what = "leave the group" },
	{ .name = NULL },
};

const struct object maddr_object = {
	.name = "maddr",
	.usage = "nsctl maddr [ show [ [ dev ] LINK ] ]\n"
		 "nsctl maddr { add | del } { GROUP | STATION } dev LINK",
	.commands = commands,
};
