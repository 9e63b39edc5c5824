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
		{ NULL, 0 },
	};
	const struct nlattr *tb[NETSTACK_A_ADDR_MAX + 1];
	struct json_object *object = json_object_new_object();
	const struct keyword *flag;
	uint32_t flags;
	int family;

	nest_parse(nest, tb, NETSTACK_A_ADDR_MAX);
	family = tb[NETSTACK_A_ADDR_FAMILY] ?
		 mnl_attr_get_u16(tb[NETSTACK_A_ADDR_FAMILY]) : AF_INET;
	put_string(object, "family", family == AF_INET6 ? "inet6" : "inet");
	put_address(object, "address", family, tb[NETSTACK_A_ADDR_ADDRESS]);
	if (tb[NETSTACK_A_ADDR_PREFIX_LEN])
		put_number(object, "prefix_len",
			   mnl_attr_get_u8(tb[NETSTACK_A_ADDR_PREFIX_LEN]));
	put_address(object, "broadcast", family,
		    tb[NETSTACK_A_ADDR_BROADCAST]);
	if (tb[NETSTACK_A_ADDR_SCOPE])
		put_keyword(object, "scope", scopes,
			    mnl_attr_get_u8(tb[NETSTACK_A_ADDR_SCOPE]));
	put_link(object, "link", tb[NETSTACK_A_ADDR_LINK]);
	if (tb[NETSTACK_A_ADDR_FLAGS]) {
		flags = mnl_attr_get_u32(tb[NETSTACK_A_ADDR_FLAGS]);
		for (flag = flag_names; flag->name; flag++)
			if (flags & flag->value)
				put_true(object, flag->name);
	}
	return object;
}

void addr_text(struct json_object *object)
{
	printf("%s %s/%" PRIu64, get_string(object, "family"),
	       get_string(object, "address"),
	       get_number(object, "prefix_len"));
	if (has(object, "broadcast"))
		printf(" brd %s", get_string(object, "broadcast"));
	printf(" scope %s dev %s", get_string(object, "scope"),
	       get_string(object, "link"));
	if (has(object, "secondary"))
		printf(" secondary");
	if (has(object, "tentative"))
		printf(" tentative");
	if (has(object, "duplicate"))
		printf(" duplicate");
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
		uint8_t address[IPV4_BYTES];
		uint8_t prefix_len;
	} *keys;
};

static bool wanted(const struct list *list, const struct nlattr **tb)
{
	return tb[NETSTACK_A_ADDR_LINK] &&
	       (!list->link ||
		mnl_attr_get_u32(tb[NETSTACK_A_ADDR_LINK]) == list->link);
}

static int show_one(int cmd, const struct nlattr *nest, void *data)
{
	const struct nlattr *tb[NETSTACK_A_ADDR_MAX + 1];

	(void)cmd;
	nest_parse(nest, tb, NETSTACK_A_ADDR_MAX);
	if (wanted(data, tb))
		output_object(addr_json(nest), addr_text);
	return 0;
}

static int collect_one(int cmd, const struct nlattr *nest, void *data)
{
	const struct nlattr *tb[NETSTACK_A_ADDR_MAX + 1];
	struct list *list = data;
	struct key *key;

	(void)cmd;
	nest_parse(nest, tb, NETSTACK_A_ADDR_MAX);
	if (!wanted(list, tb) || !tb[NETSTACK_A_ADDR_ADDRESS] ||
	    mnl_attr_get_payload_len(tb[NETSTACK_A_ADDR_ADDRESS]) !=
	    IPV4_BYTES)
		return 0;
	key = realloc(list->keys, (list->count + 1) * sizeof(*key));
	if (!key)
		exit(kernel_error("out of memory"));
	list->keys = key;
	key += list->count++;
	key->link = mnl_attr_get_u32(tb[NETSTACK_A_ADDR_LINK]);
	memcpy(key->address, mnl_attr_get_payload(tb[NETSTACK_A_ADDR_ADDRESS]),
	       IPV4_BYTES);
	key->prefix_len = mnl_attr_get_u8(tb[NETSTACK_A_ADDR_PREFIX_LEN]);
	return 0;
}

/* The only word of show and flush. */
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
	status = request_dump(NETSTACK_CMD_ADDR_GET, show_one, &list,
			      "list addresses");
	if (!status)
		output_end();
	return status;
}

static struct nlmsghdr *request(int cmd, struct nlattr **nest,
				const struct key *key)
{
	struct nlmsghdr *nlh = request_begin(cmd, 0);

	*nest = mnl_attr_nest_start(nlh, NETSTACK_A_ADDR);
	mnl_attr_put_u32(nlh, NETSTACK_A_ADDR_LINK, key->link);
	mnl_attr_put_u16(nlh, NETSTACK_A_ADDR_FAMILY, AF_INET);
	mnl_attr_put(nlh, NETSTACK_A_ADDR_ADDRESS, IPV4_BYTES, key->address);
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

static int change(int argc, char **argv, bool add)
{
	struct words words = { argc, argv };
	bool have_broadcast = false, noprobe = false;
	uint8_t broadcast[IPV4_BYTES];
	struct key key = { 0 };
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	uint32_t scope = 0;
	const char *word;

	word = word_next(&words);
	if (!word)
		return usage_error("addr %s needs an address: try nsctl addr help",
				   add ? "add" : "del");
	if (!parse_prefix(word, "address", key.address, &key.prefix_len))
		return EXIT_USAGE;
	while ((word = word_next(&words))) {
		if (!strcmp(word, "dev")) {
			word = word_value(&words, "dev");
			if (!word || !parse_link(word, &key.link))
				return EXIT_USAGE;
		} else if (add && (!strcmp(word, "brd") ||
				   !strcmp(word, "broadcast"))) {
			word = word_value(&words, word);
			if (!word || !parse_address(word, "broadcast",
						    broadcast))
				return EXIT_USAGE;
			have_broadcast = true;
		} else if (add && !strcmp(word, "scope")) {
			word = word_value(&words, "scope");
			if (!word || !parse_keyword(word, "scope", scopes,
						    &scope))
				return EXIT_USAGE;
		} else if (add && !strcmp(word, "noprobe")) {
			noprobe = true;
		} else {
			return usage_error("addr %s has no word '%s': try nsctl addr help",
					   add ? "add" : "del", word);
		}
	}
	if (!key.link)
		return usage_error("addr %s needs 'dev LINK'",
				   add ? "add" : "del");
	if (!add)
		return delete_key(&key);

	nlh = request(NETSTACK_CMD_ADDR_NEW, &nest, &key);
	mnl_attr_put_u8(nlh, NETSTACK_A_ADDR_SCOPE, scope);
	if (have_broadcast)
		mnl_attr_put(nlh, NETSTACK_A_ADDR_BROADCAST, IPV4_BYTES,
			     broadcast);
	if (noprobe)
		mnl_attr_put(nlh, NETSTACK_A_ADDR_NO_PROBE, 0, NULL);
	mnl_attr_nest_end(nlh, nest);
	return request_send(nlh, NULL, NULL, "add the address");
}

static int add(int argc, char **argv)
{
	return change(argc, argv, true);
}

static int del(int argc, char **argv)
{
	return change(argc, argv, false);
}

static int flush(int argc, char **argv)
{
	struct list list = { 0 };
	int status;
	size_t i;

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
	{ "show", show },
	{ "add", add },
	{ "del", del },
	{ "flush", flush },
	{ NULL, NULL },
};

const struct object addr_object = {
	.name = "addr",
	.usage = "nsctl addr [ show [ [ dev ] LINK ] ]\n"
		 "nsctl addr add ADDRESS/LENGTH dev LINK [ brd ADDRESS ] [ noprobe ]\n"
		 "               [ scope { global | site | link | host } ]\n"
		 "nsctl addr del ADDRESS/LENGTH dev LINK\n"
		 "nsctl addr flush dev LINK",
	.commands = commands,
};
