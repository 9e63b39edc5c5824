// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl neigh: the neighbour cache.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/neighbour.h>

#include "nsctl.h"

static const struct keyword states[] = {
	{ "incomplete", NUD_INCOMPLETE }, { "reachable", NUD_REACHABLE },
	{ "stale", NUD_STALE }, { "delay", NUD_DELAY },
	{ "probe", NUD_PROBE }, { "failed", NUD_FAILED },
	{ "noarp", NUD_NOARP }, { "permanent", NUD_PERMANENT },
	{ "none", NUD_NONE }, { NULL, 0 },
};

struct json_object *neigh_json(const struct nlattr *nest)
{
	static const struct attr_key numbers[] = {
		{ NETSTACK_A_NEIGH_PROBES, "probes" },
		{ NETSTACK_A_NEIGH_USED_MS, "used_ms" },
		{ NETSTACK_A_NEIGH_CONFIRMED_MS, "confirmed_ms" },
		{ NETSTACK_A_NEIGH_UPDATED_MS, "updated_ms" },
		{ NETSTACK_A_NEIGH_QUEUED, "queued" },
		{ 0, NULL },
	};
	const struct nlattr *tb[NETSTACK_A_NEIGH_MAX + 1];
	struct json_object *object = json_object_new_object();
	int family;

	nest_parse(nest, tb, NETSTACK_A_NEIGH_MAX);
	family = put_family(object, tb[NETSTACK_A_NEIGH_FAMILY]);
	put_address(object, "dst", family, tb[NETSTACK_A_NEIGH_DST]);
	put_link(object, "link", tb[NETSTACK_A_NEIGH_LINK]);
	put_station(object, "lladdr", tb[NETSTACK_A_NEIGH_LLADDR]);
	put_keyword(object, "state", states, tb[NETSTACK_A_NEIGH_STATE]);
	if (tb[NETSTACK_A_NEIGH_ROUTER])
		put_true(object, "router");
	put_numbers(object, tb, numbers);
	return object;
}

void neigh_text(struct json_object *object)
{
	printf("%s dev %s", get_string(object, "dst"),
	       get_string(object, "link"));
	if (has(object, "lladdr"))
		printf(" lladdr %s", get_string(object, "lladdr"));
	if (has(object, "router"))
		printf(" router");
	printf(" %s", get_string(object, "state"));
	if (get_number(object, "queued"))
		printf(" queued %" PRIu64, get_number(object, "queued"));
	putchar('\n');
}

/**
 * struct list - neighbours of a dump
 * @link: only on this one, 0 for all
 * @count: how many in @keys
 * @keys: for flush
 */
struct list {
	uint32_t link;
	size_t count;
	struct key {
		uint32_t link;
		int family;
		uint8_t dst[INET_BYTES];
	} *keys;
};

static int collect_one(int cmd, const struct nlattr *nest, void *data)
{
	const struct nlattr *tb[NETSTACK_A_NEIGH_MAX + 1];
	struct list *list = data;
	struct key *key;
	int family;

	(void)cmd;
	nest_parse(nest, tb, NETSTACK_A_NEIGH_MAX);
	family = attr_family(tb[NETSTACK_A_NEIGH_FAMILY]);
	if (!is_link(tb[NETSTACK_A_NEIGH_LINK], list->link) ||
	    (only_family && family != only_family))
		return 0;
	if (tb[NETSTACK_A_NEIGH_STATE] &&
	    (mnl_attr_get_u16(tb[NETSTACK_A_NEIGH_STATE]) &
	     (NUD_PERMANENT | NUD_NOARP)))
		return 0;
	key = array_grow(&list->keys, &list->count, sizeof(*key));
	key->link = mnl_attr_get_u32(tb[NETSTACK_A_NEIGH_LINK]);
	key->family = family;
	get_address(tb[NETSTACK_A_NEIGH_DST], family, key->dst);
	return 0;
}

static int show(const struct command *command, int argc, char **argv)
{
	static const struct on_link kind = {
		.cmd = NETSTACK_CMD_NEIGH_GET,
		.link = NETSTACK_A_NEIGH_LINK,
		.family = NETSTACK_A_NEIGH_FAMILY,
		.json = neigh_json,
		.text = neigh_text,
		.what = "list neighbours",
	};

	(void)command;
	return show_on_link(&kind, argc, argv);
}

static struct nlmsghdr *request(int cmd, int flags, struct nlattr **nest,
				const struct key *key)
{
	struct nlmsghdr *nlh = request_begin(cmd, flags);

	*nest = mnl_attr_nest_start(nlh, NETSTACK_A_NEIGH);
	mnl_attr_put_u32(nlh, NETSTACK_A_NEIGH_LINK, key->link);
	mnl_attr_put_u16(nlh, NETSTACK_A_NEIGH_FAMILY, key->family);
	mnl_attr_put(nlh, NETSTACK_A_NEIGH_DST, inet_bytes(key->family),
		     key->dst);
	return nlh;
}

static int change(const struct command *command, int argc, char **argv)
{
	struct words words = { argc, argv };
	uint32_t state = NUD_PERMANENT;
	uint8_t lladdr[STATION_BYTES];
	bool have_lladdr = false;
	struct key key = { .family = only_family };
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	const char *word;

	word = word_next(&words);
	if (!word)
		return usage_error("neigh %s needs an address: try nsctl neigh help",
				   command->name);
	if (!parse_inet(word, "neighbour", &key.family, key.dst))
		return EXIT_USAGE;
	while ((word = word_next(&words))) {
		const char *value = word_value(&words, word);

		if (!value)
			return EXIT_USAGE;
		if (!strcmp(word, "dev")) {
			if (!parse_link(value, &key.link))
				return EXIT_USAGE;
		} else if (!strcmp(word, "lladdr")) {
			if (!parse_station(value, "lladdr", lladdr))
				return EXIT_USAGE;
			have_lladdr = true;
		} else if (!strcmp(word, "nud")) {
			if (!parse_keyword(value, "state", states, &state))
				return EXIT_USAGE;
		} else {
			return unknown_word("neigh", command->name, word);
		}
	}
	if (!key.link || !have_lladdr)
		return usage_error("neigh %s needs 'dev LINK' and 'lladdr STATION'",
				   command->name);
	nlh = request(NETSTACK_CMD_NEIGH_NEW, command->flags, &nest, &key);
	mnl_attr_put(nlh, NETSTACK_A_NEIGH_LLADDR, sizeof(lladdr), lladdr);
	mnl_attr_put_u16(nlh, NETSTACK_A_NEIGH_STATE, state);
	mnl_attr_nest_end(nlh, nest);
	return request_send(nlh, NULL, NULL, "set the neighbour");
}

static struct nlmsghdr *delete_request(const struct key *key)
{
	struct nlmsghdr *nlh;
	struct nlattr *nest;

	nlh = request(NETSTACK_CMD_NEIGH_DEL, 0, &nest, key);
	mnl_attr_nest_end(nlh, nest);
	return nlh;
}

static int del(const struct command *command, int argc, char **argv)
{
	struct words words = { argc, argv };
	struct key key = { .family = only_family };
	const char *word;
	int status;

	(void)command;
	word = word_next(&words);
	if (!word || !parse_inet(word, "neighbour", &key.family, key.dst))
		return word ? EXIT_USAGE :
			      usage_error("neigh del needs an address: try nsctl neigh help");
	word = word_next(&words);
	if (word && !strcmp(word, "dev"))
		word = word_next(&words);
	if (!word)
		return usage_error("neigh del needs 'dev LINK'");
	status = words_end(&words);
	if (status)
		return status;
	if (!parse_link(word, &key.link))
		return EXIT_USAGE;
	return request_send(delete_request(&key), NULL, NULL,
			    "delete the neighbour");
}

static int flush(const struct command *command, int argc, char **argv)
{
	struct list list = { 0 };
	int status, err;
	size_t i;

	(void)command;
	status = parse_dev(argc, argv, &list.link);
	if (status)
		return status;
	status = request_dump(NETSTACK_CMD_NEIGH_GET, collect_one, &list,
			      "list neighbours");
	/* One that has gone by itself meanwhile is gone as well. */
	for (i = 0; i < list.count && !status; i++) {
		err = request_try(delete_request(&list.keys[i]), NULL, NULL);
		if (err && err != ENOENT)
			status = kernel_error("cannot delete the neighbour: %s",
					      strerror(err));
	}
	free(list.keys);
	return status;
}

static const struct command commands[] = {
	{ .name = "show", .run = show },
	{ .name = "add", .run = change, .flags = NLM_F_EXCL },
	{ .name = "replace", .run = change, .flags = NLM_F_REPLACE },
	{ .name = "del", .run = del },
	{ .name = "flush", .run = flush },
	{ .name = NULL },
};

const struct object neigh_object = {
	.name = "neigh",
	.usage = "nsctl neigh [ show [ [ dev ] LINK ] ]\n"
		 "nsctl neigh { add | replace } ADDRESS lladdr STATION dev LINK\n"
		 "               [ nud { permanent | reachable | stale } ]\n"
		 "nsctl neigh del ADDRESS dev LINK\n"
		 "nsctl neigh flush [ dev LINK ]",
	.commands = commands,
};
