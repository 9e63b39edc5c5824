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
	static const struct {
		int attr;
		const char *key;
	} ages[] = {
		{ NETSTACK_A_NEIGH_USED_MS, "used_ms" },
		{ NETSTACK_A_NEIGH_CONFIRMED_MS, "confirmed_ms" },
		{ NETSTACK_A_NEIGH_UPDATED_MS, "updated_ms" },
		{ NETSTACK_A_NEIGH_QUEUED, "queued" },
	};
	const struct nlattr *tb[NETSTACK_A_NEIGH_MAX + 1];
	struct json_object *object = json_object_new_object();
	int family;
	size_t i;

	nest_parse(nest, tb, NETSTACK_A_NEIGH_MAX);
	family = tb[NETSTACK_A_NEIGH_FAMILY] ?
		 mnl_attr_get_u16(tb[NETSTACK_A_NEIGH_FAMILY]) : AF_INET;
	put_string(object, "family", family == AF_INET6 ? "inet6" : "inet");
	put_address(object, "dst", family, tb[NETSTACK_A_NEIGH_DST]);
	put_link(object, "link", tb[NETSTACK_A_NEIGH_LINK]);
	put_station(object, "lladdr", tb[NETSTACK_A_NEIGH_LLADDR]);
	if (tb[NETSTACK_A_NEIGH_STATE])
		put_keyword(object, "state", states,
			    mnl_attr_get_u16(tb[NETSTACK_A_NEIGH_STATE]));
	if (tb[NETSTACK_A_NEIGH_ROUTER])
		put_true(object, "router");
	if (tb[NETSTACK_A_NEIGH_PROBES])
		put_number(object, "probes",
			   mnl_attr_get_u8(tb[NETSTACK_A_NEIGH_PROBES]));
	for (i = 0; i < sizeof(ages) / sizeof(ages[0]); i++)
		if (tb[ages[i].attr])
			put_number(object, ages[i].key,
				   mnl_attr_get_u32(tb[ages[i].attr]));
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
		uint8_t dst[IPV4_BYTES];
	} *keys;
};

static bool wanted(const struct list *list, const struct nlattr **tb)
{
	return tb[NETSTACK_A_NEIGH_LINK] &&
	       (!list->link ||
		mnl_attr_get_u32(tb[NETSTACK_A_NEIGH_LINK]) == list->link);
}

static int show_one(int cmd, const struct nlattr *nest, void *data)
{
	const struct nlattr *tb[NETSTACK_A_NEIGH_MAX + 1];

	(void)cmd;
	nest_parse(nest, tb, NETSTACK_A_NEIGH_MAX);
	if (wanted(data, tb))
		output_object(neigh_json(nest), neigh_text);
	return 0;
}

static int collect_one(int cmd, const struct nlattr *nest, void *data)
{
	const struct nlattr *tb[NETSTACK_A_NEIGH_MAX + 1];
	struct list *list = data;
	struct key *key;

	(void)cmd;
	nest_parse(nest, tb, NETSTACK_A_NEIGH_MAX);
	if (!wanted(list, tb) || !tb[NETSTACK_A_NEIGH_DST] ||
	    mnl_attr_get_payload_len(tb[NETSTACK_A_NEIGH_DST]) != IPV4_BYTES)
		return 0;
	if (tb[NETSTACK_A_NEIGH_STATE] &&
	    (mnl_attr_get_u16(tb[NETSTACK_A_NEIGH_STATE]) &
	     (NUD_PERMANENT | NUD_NOARP)))
		return 0;
	key = realloc(list->keys, (list->count + 1) * sizeof(*key));
	if (!key)
		exit(kernel_error("out of memory"));
	list->keys = key;
	key += list->count++;
	key->link = mnl_attr_get_u32(tb[NETSTACK_A_NEIGH_LINK]);
	memcpy(key->dst, mnl_attr_get_payload(tb[NETSTACK_A_NEIGH_DST]),
	       IPV4_BYTES);
	return 0;
}

static int parse_dev(int argc, char **argv, uint32_t *link)
{
	struct words words = { argc, argv };
	const char *word = word_next(&words);

	if (!word)
		return EXIT_OK;
	if (!strcmp(word, "dev")) {
		word = word_value(&words, "dev");
		if (!word)
			return EXIT_USAGE;
	}
	if (words.count)
		return usage_error("'%s' is one word too many", words.at[0]);
	return parse_link(word, link) ? EXIT_OK : EXIT_USAGE;
}

static int show(int argc, char **argv)
{
	struct list list = { 0 };
	int status;

	status = parse_dev(argc, argv, &list.link);
	if (!status)
		status = links_load();
	if (status)
		return status;
	output_begin();
	status = request_dump(NETSTACK_CMD_NEIGH_GET, show_one, &list,
			      "list neighbours");
	if (!status)
		output_end();
	return status;
}

static struct nlmsghdr *request(int cmd, int flags, struct nlattr **nest,
				const struct key *key)
{
	struct nlmsghdr *nlh = request_begin(cmd, flags);

	*nest = mnl_attr_nest_start(nlh, NETSTACK_A_NEIGH);
	mnl_attr_put_u32(nlh, NETSTACK_A_NEIGH_LINK, key->link);
	mnl_attr_put_u16(nlh, NETSTACK_A_NEIGH_FAMILY, AF_INET);
	mnl_attr_put(nlh, NETSTACK_A_NEIGH_DST, IPV4_BYTES, key->dst);
	return nlh;
}

static int change(int argc, char **argv, int flags, const char *command)
{
	struct words words = { argc, argv };
	uint32_t state = NUD_PERMANENT;
	uint8_t lladdr[STATION_BYTES];
	bool have_lladdr = false;
	struct key key = { 0 };
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	const char *word;

	word = word_next(&words);
	if (!word)
		return usage_error("neigh %s needs an address: try nsctl neigh help",
				   command);
	if (!parse_address(word, "neighbour", key.dst))
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
			return usage_error("neigh %s has no word '%s': try nsctl neigh help",
					   command, word);
		}
	}
	if (!key.link || !have_lladdr)
		return usage_error("neigh %s needs 'dev LINK' and 'lladdr STATION'",
				   command);
	nlh = request(NETSTACK_CMD_NEIGH_NEW, flags, &nest, &key);
	mnl_attr_put(nlh, NETSTACK_A_NEIGH_LLADDR, sizeof(lladdr), lladdr);
	mnl_attr_put_u16(nlh, NETSTACK_A_NEIGH_STATE, state);
	mnl_attr_nest_end(nlh, nest);
	return request_send(nlh, NULL, NULL, "set the neighbour");
}

static int add(int argc, char **argv)
{
	return change(argc, argv, NLM_F_EXCL, "add");
}

static int replace(int argc, char **argv)
{
	return change(argc, argv, NLM_F_REPLACE, "replace");
}

static struct nlmsghdr *delete_request(const struct key *key)
{
	struct nlmsghdr *nlh;
	struct nlattr *nest;

	nlh = request(NETSTACK_CMD_NEIGH_DEL, 0, &nest, key);
	mnl_attr_nest_end(nlh, nest);
	return nlh;
}

static int del(int argc, char **argv)
{
	struct words words = { argc, argv };
	struct key key = { 0 };
	const char *word;

	word = word_next(&words);
	if (!word || !parse_address(word, "neighbour", key.dst))
		return word ? EXIT_USAGE :
			      usage_error("neigh del needs an address: try nsctl neigh help");
	word = word_next(&words);
	if (word && !strcmp(word, "dev"))
		word = word_next(&words);
	if (!word)
		return usage_error("neigh del needs 'dev LINK'");
	if (words.count)
		return usage_error("'%s' is one word too many", words.at[0]);
	if (!parse_link(word, &key.link))
		return EXIT_USAGE;
	return request_send(delete_request(&key), NULL, NULL,
			    "delete the neighbour");
}

static int flush(int argc, char **argv)
{
	struct list list = { 0 };
	int status, err;
	size_t i;

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
	{ "show", show },
	{ "add", add },
	{ "replace", replace },
	{ "del", del },
	{ "flush", flush },
	{ NULL, NULL },
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
