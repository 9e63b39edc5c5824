// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl addr: local addresses.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nsctl.h"

static const struct keyword scopes[] = {
	{ "global", 0 }, { "site", 200 }, { "link", 253 }, { "host", 254 },
	{ NULL, 0 },
};

struct json_object *addr_json(const struct nlattr *nest)
{
	static const struct keyword flag_names[] = {
		{ "tentative", NETSTACK_ADDR_F_TENTATIVE },
		{ "duplicate", NETSTACK_ADDR_F_DUPLICATE },
		{ "secondary", NETSTACK_ADDR_F_SECONDARY },
		{ "permanent", NETSTACK_ADDR_F_PERMANENT },
		{ "deprecated", NETSTACK_ADDR_F_DEPRECATED },
		{ "temporary", NETSTACK_ADDR_F_TEMPORARY },
		{ "autoconf", NETSTACK_ADDR_F_AUTOCONF },
		{ "noprefixroute", NETSTACK_ADDR_F_NO_PREFIX_ROUTE },
		{ NULL, 0 },
	};
	const struct nlattr *tb[NETSTACK_A_ADDR_MAX + 1];
	struct json_object *object = json_object_new_object();
	const struct keyword *flag;
	uint32_t flags;
	int family;

	nest_parse(nest, tb, NETSTACK_A_ADDR_MAX);
	family = put_family(object, tb[NETSTACK_A_ADDR_FAMILY]);
	put_address(object, "address", family, tb[NETSTACK_A_ADDR_ADDRESS]);
	put_attr_number(object, "prefix_len", tb[NETSTACK_A_ADDR_PREFIX_LEN]);
	put_address(object, "broadcast", family,
		    tb[NETSTACK_A_ADDR_BROADCAST]);
	put_keyword(object, "scope", scopes, tb[NETSTACK_A_ADDR_SCOPE]);
	put_link(object, "link", tb[NETSTACK_A_ADDR_LINK]);
	if (tb[NETSTACK_A_ADDR_FLAGS]) {
		flags = mnl_attr_get_u32(tb[NETSTACK_A_ADDR_FLAGS]);
		for (flag = flag_names; flag->name; flag++)
			if (flags & flag->value)
				put_true(object, flag->name);
	}
	if (tb[NETSTACK_A_ADDR_VALID])
		put_attr_number(object, "valid_lft",
				tb[NETSTACK_A_ADDR_VALID]);
	if (tb[NETSTACK_A_ADDR_PREFERRED])
		put_attr_number(object, "preferred_lft",
				tb[NETSTACK_A_ADDR_PREFERRED]);
	return object;
}

void addr_text(struct json_object *object)
{
	static const char *const flags[] = {
		"secondary", "temporary", "autoconf", "noprefixroute",
		"tentative", "deprecated", "duplicate",
	};
	size_t i;

	printf("%s %s/%" PRIu64, get_string(object, "family"),
	       get_string(object, "address"),
	       get_number(object, "prefix_len"));
	if (has(object, "broadcast"))
		printf(" brd %s", get_string(object, "broadcast"));
	printf(" scope %s dev %s", get_string(object, "scope"),
	       get_string(object, "link"));
	for (i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (has(object, flags[i]))
			printf(" %s", flags[i]);
	if (has(object, "valid_lft"))
		printf(" valid_lft %" PRIu64 "sec",
		       get_number(object, "valid_lft"));
	if (has(object, "preferred_lft"))
		printf(" preferred_lft %" PRIu64 "sec",
		       get_number(object, "preferred_lft"));
	putchar('\n');
}

/**
 * struct list - addresses of a dump
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
		uint8_t address[INET_BYTES];
		uint8_t prefix_len;
	} *keys;
};

static int collect_one(int cmd, const struct nlattr *nest, void *data)
{
	const struct nlattr *tb[NETSTACK_A_ADDR_MAX + 1];
	struct list *list = data;
	struct key *key;
	int family;

	(void)cmd;
	nest_parse(nest, tb, NETSTACK_A_ADDR_MAX);
	family = attr_family(tb[NETSTACK_A_ADDR_FAMILY]);
	if (!is_link(tb[NETSTACK_A_ADDR_LINK], list->link) ||
	    (only_family && family != only_family))
		return 0;
	key = array_grow(&list->keys, &list->count, sizeof(*key));
	key->link = mnl_attr_get_u32(tb[NETSTACK_A_ADDR_LINK]);
	key->family = family;
	get_address(tb[NETSTACK_A_ADDR_ADDRESS], family, key->address);
	key->prefix_len = mnl_attr_get_u8(tb[NETSTACK_A_ADDR_PREFIX_LEN]);
	return 0;
}

static int show(const struct command *command, int argc, char **argv)
{
	static const struct on_link kind = {
		.cmd = NETSTACK_CMD_ADDR_GET,
		.link = NETSTACK_A_ADDR_LINK,
		.family = NETSTACK_A_ADDR_FAMILY,
		.json = addr_json,
		.text = addr_text,
		.what = "list addresses",
	};

	(void)command;
	return show_on_link(&kind, argc, argv);
}

static struct nlmsghdr *request(int cmd, struct nlattr **nest,
				const struct key *key)
{
	struct nlmsghdr *nlh = request_begin(cmd, 0);

	*nest = mnl_attr_nest_start(nlh, NETSTACK_A_ADDR);
	mnl_attr_put_u32(nlh, NETSTACK_A_ADDR_LINK, key->link);
	mnl_attr_put_u16(nlh, NETSTACK_A_ADDR_FAMILY, key->family);
	mnl_attr_put(nlh, NETSTACK_A_ADDR_ADDRESS, inet_bytes(key->family),
		     key->address);
	mnl_attr_put_u8(nlh, NETSTACK_A_ADDR_PREFIX_LEN, key->prefix_len);
	return nlh;
}

static int delete_key(const struct key *key)
{
	struct nlmsghdr *nlh;
	struct nlattr *nest;

	nlh = request(NETSTACK_CMD_ADDR_DEL, &nest, key);
	mnl_attr_nest_end(nlh, nest);
	return request_send(nlh, NULL, NULL, "delete the address");
}

#define FOREVER UINT32_MAX

/* "forever" or seconds. False: error printed. */
static bool parse_lifetime(struct words *words, const char *key,
			   uint32_t least, uint32_t *seconds)
{
	const char *word = word_value(words, key);
	uint64_t value;

	if (!word)
		return false;
	*seconds = FOREVER;
	if (!strcmp(word, "forever"))
		return true;
	if (!parse_number(word, key, least, FOREVER - 1, &value))
		return false;
	*seconds = value;
	return true;
}

static int change(const struct command *command, int argc, char **argv)
{
	bool add = command->cmd == NETSTACK_CMD_ADDR_NEW;
	struct words words = { argc, argv };
	bool have_broadcast = false, noprobe = false;
	struct key key = { .family = only_family };
	uint8_t broadcast[INET_BYTES];
	uint32_t preferred = FOREVER;
	uint32_t valid = FOREVER;
	int ipv4 = AF_INET;
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	uint32_t scope = 0;
	const char *word;

	word = word_next(&words);
	if (!word)
		return usage_error("addr %s needs an address: try nsctl addr help",
				   command->name);
	if (!parse_inet_prefix(word, "address", &key.family, key.address,
			       &key.prefix_len))
		return EXIT_USAGE;
	while ((word = word_next(&words))) {
		if (!strcmp(word, "dev")) {
			word = word_value(&words, "dev");
			if (!word || !parse_link(word, &key.link))
				return EXIT_USAGE;
		} else if (add && (!strcmp(word, "brd") ||
				   !strcmp(word, "broadcast"))) {
			word = word_value(&words, word);
			if (!word || !parse_inet(word, "broadcast", &ipv4,
						 broadcast))
				return EXIT_USAGE;
			have_broadcast = true;
		} else if (add && !strcmp(word, "scope")) {
			word = word_value(&words, "scope");
			if (!word || !parse_keyword(word, "scope", scopes,
						    &scope))
				return EXIT_USAGE;
		} else if (add && !strcmp(word, "valid_lft")) {
			if (!parse_lifetime(&words, word, 1, &valid))
				return EXIT_USAGE;
		} else if (add && !strcmp(word, "preferred_lft")) {
			if (!parse_lifetime(&words, word, 0, &preferred))
				return EXIT_USAGE;
		} else if (add && (!strcmp(word, "noprobe") ||
				   !strcmp(word, "nodad"))) {
			noprobe = true;
		} else {
			return unknown_word("addr", command->name, word);
		}
	}
	if (!key.link)
		return usage_error("addr %s needs 'dev LINK'", command->name);
	if (!add)
		return delete_key(&key);

	nlh = request(NETSTACK_CMD_ADDR_NEW, &nest, &key);
	mnl_attr_put_u8(nlh, NETSTACK_A_ADDR_SCOPE, scope);
	if (have_broadcast)
		mnl_attr_put(nlh, NETSTACK_A_ADDR_BROADCAST, IPV4_BYTES,
			     broadcast);
	if (valid != FOREVER)
		mnl_attr_put_u32(nlh, NETSTACK_A_ADDR_VALID, valid);
	if (preferred != FOREVER)
		mnl_attr_put_u32(nlh, NETSTACK_A_ADDR_PREFERRED, preferred);
	if (noprobe)
		mnl_attr_put(nlh, NETSTACK_A_ADDR_NO_PROBE, 0, NULL);
	mnl_attr_nest_end(nlh, nest);
	return request_send(nlh, NULL, NULL, "add the address");
}

static int flush(const struct command *command, int argc, char **argv)
{
	struct list list = { 0 };
	int status;
	size_t i;

	(void)command;
	status = parse_dev(argc, argv, &list.link);
	if (status)
		return status;
	if (!list.link)
		return usage_error("addr flush needs 'dev LINK'");
	status = request_dump(NETSTACK_CMD_ADDR_GET, collect_one, &list,
			      "list addresses");
	/* Secondaries first, so that none is promoted in between. */
	for (i = list.count; i-- && !status;)
		status = delete_key(&list.keys[i]);
	free(list.keys);
	return status;
}

static const struct command commands[] = {
	{ .name = "show", .run = show },
	{ .name = "add", .run = change, .cmd = NETSTACK_CMD_ADDR_NEW },
	{ .name = "del", .run = change, .cmd = NETSTACK_CMD_ADDR_DEL },
	{ .name = "flush", .run = flush },
	{ .name = NULL },
};

const struct object addr_object = {
	.name = "addr",
	.usage = "nsctl addr [ show [ [ dev ] LINK ] ]\n"
		 "nsctl addr add ADDRESS/LENGTH dev LINK [ brd ADDRESS ]\n"
		 "               [ noprobe | nodad ] [ valid_lft SECONDS ]\n"
		 "               [ preferred_lft SECONDS ]\n"
		 "               [ scope { global | site | link | host } ]\n"
		 "nsctl addr del ADDRESS/LENGTH dev LINK\n"
		 "nsctl addr flush dev LINK",
	.commands = commands,
};
