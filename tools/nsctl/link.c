// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl link: the stack's ends of its links.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "nsctl.h"

static const struct keyword flag_names[] = {
	{ "up", NETSTACK_LINK_F_UP },
	{ "carrier", NETSTACK_LINK_F_CARRIER },
	{ "promisc", NETSTACK_LINK_F_PROMISC },
	{ "allmulti", NETSTACK_LINK_F_ALLMULTI },
	{ "loopback", NETSTACK_LINK_F_LOOPBACK },
	{ "noarp", NETSTACK_LINK_F_NOARP },
	{ "no_accept_ra", NETSTACK_LINK_F_NO_ACCEPT_RA },
	{ "no_autoconf", NETSTACK_LINK_F_NO_AUTOCONF },
	{ "guard", NETSTACK_LINK_F_GUARD },
	{ NULL, 0 },
};

static void add_word(struct json_object *array, const char *word)
{
	json_object_array_add(array, json_object_new_string(word));
}

static void put_flags(struct json_object *object, const struct nlattr *attr)
{
	const struct nla_bitfield32 *flags;
	const struct keyword *flag;
	struct json_object *array;

	if (!attr)
		return;
	flags = mnl_attr_get_payload(attr);
	array = json_object_new_array();
	for (flag = flag_names; flag->name; flag++)
		if (flags->value & flag->value)
			add_word(array, flag->name);
	json_object_object_add(object, "flags", array);
}

static void put_features(struct json_object *object, const struct nlattr *nest)
{
	struct json_object *array;
	const struct nlattr *attr;

	if (!nest)
		return;
	array = json_object_new_array();
	mnl_attr_for_each_nested(attr, nest)
		add_word(array, mnl_attr_get_str(attr));
	json_object_object_add(object, "features", array);
}

struct json_object *link_json(const struct nlattr *nest)
{
	static const struct attr_key counters[] = {
		{ NETSTACK_A_LINK_RX_PACKETS, "rx_packets" },
		{ NETSTACK_A_LINK_RX_BYTES, "rx_bytes" },
		{ NETSTACK_A_LINK_RX_DROPPED, "rx_dropped" },
		{ NETSTACK_A_LINK_TX_PACKETS, "tx_packets" },
		{ NETSTACK_A_LINK_TX_BYTES, "tx_bytes" },
		{ NETSTACK_A_LINK_TX_DROPPED, "tx_dropped" },
		{ 0, NULL },
	};
	const struct nlattr *tb[NETSTACK_A_LINK_MAX + 1];
	struct json_object *object = json_object_new_object();

	nest_parse(nest, tb, NETSTACK_A_LINK_MAX);
	put_attr_number(object, "index", tb[NETSTACK_A_LINK_INDEX]);
	put_attr_string(object, "name", tb[NETSTACK_A_LINK_NAME]);
	put_attr_string(object, "kind", tb[NETSTACK_A_LINK_KIND]);
	put_flags(object, tb[NETSTACK_A_LINK_FLAGS]);
	put_attr_number(object, "mtu", tb[NETSTACK_A_LINK_MTU]);
	put_station(object, "address", tb[NETSTACK_A_LINK_ADDRESS]);
	put_attr_number(object, "peer", tb[NETSTACK_A_LINK_PEER]);
	put_attr_number(object, "peer_netnsid",
			tb[NETSTACK_A_LINK_PEER_NETNSID]);
	put_attr_number(object, "gso_max_size",
			tb[NETSTACK_A_LINK_GSO_MAX_SIZE]);
	put_features(object, tb[NETSTACK_A_LINK_FEATURES]);
	put_numbers(object, tb, counters);
	return object;
}

static void print_words(struct json_object *object, const char *key,
			const char *separator)
{
	struct json_object *array, *word;
	size_t i, count;

	if (!json_object_object_get_ex(object, key, &array))
		return;
	count = json_object_array_length(array);
	for (i = 0; i < count; i++) {
		word = json_object_array_get_idx(array, i);
		printf("%s%s", i ? separator : "",
		       json_object_get_string(word));
	}
}

void link_text(struct json_object *object)
{
	printf("%" PRIu64 ": %s: <", get_number(object, "index"),
	       get_string(object, "name"));
	print_words(object, "flags", ",");
	printf("> mtu %" PRIu64 " kind %s", get_number(object, "mtu"),
	       get_string(object, "kind"));
	if (has(object, "address"))
		printf(" address %s", get_string(object, "address"));
	if (has(object, "peer"))
		printf(" peer %" PRIu64, get_number(object, "peer"));
	if (has(object, "peer_netnsid"))
		printf(" netnsid %" PRIu64, get_number(object, "peer_netnsid"));
	printf("\n    gso_max_size %" PRIu64 " features ",
	       get_number(object, "gso_max_size"));
	print_words(object, "features", ",");
	printf("\n    rx %" PRIu64 " packets %" PRIu64 " bytes %" PRIu64
	       " dropped, tx %" PRIu64 " packets %" PRIu64 " bytes %" PRIu64
	       " dropped\n",
	       get_number(object, "rx_packets"),
	       get_number(object, "rx_bytes"),
	       get_number(object, "rx_dropped"),
	       get_number(object, "tx_packets"),
	       get_number(object, "tx_bytes"),
	       get_number(object, "tx_dropped"));
}

static int show_one(int cmd, const struct nlattr *nest, void *data)
{
	(void)cmd;
	(void)data;
	output_object(link_json(nest), link_text);
	return 0;
}

/* A request about one link. */
static struct nlmsghdr *request_named(int cmd, const char *name)
{
	struct nlmsghdr *nlh = request_begin(cmd, 0);
	struct nlattr *nest = mnl_attr_nest_start(nlh, NETSTACK_A_LINK);

	mnl_attr_put_strz(nlh, NETSTACK_A_LINK_NAME, name);
	mnl_attr_nest_end(nlh, nest);
	return nlh;
}

static int show(const struct command *command, int argc, char **argv)
{
	const char *name;
	int status;

	(void)command;
	status = parse_dev_name(argc, argv, &name);
	if (status)
		return status;
	if (!name)
		return request_show(request_begin(NETSTACK_CMD_LINK_GET,
						  NLM_F_DUMP),
				    show_one, NULL, "list links");
	return request_show(request_named(NETSTACK_CMD_LINK_GET, name),
			    show_one, NULL, "show the link");
}

/* "promisc on": one flag of a set request. False: error printed. */
static bool flag_value(struct words *words, const char *key, uint32_t bit,
		       struct nla_bitfield32 *flags)
{
	static const struct keyword on_off[] = {
		{ "off", 0 }, { "on", 1 }, { NULL, 0 },
	};
	const char *word = word_value(words, key);
	uint32_t on;

	if (!word || !parse_keyword(word, key, on_off, &on))
		return false;
	flags->selector |= bit;
	flags->value = on ? flags->value | bit : flags->value & ~bit;
	return true;
}

static int set(const struct command *command, int argc, char **argv)
{
	struct words words = { argc, argv };
	struct nla_bitfield32 flags = { 0, 0 };
	uint8_t station[STATION_BYTES];
	bool have_station = false;
	const char *name, *word;
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	uint64_t mtu = 0;
	uint32_t index;

	name = word_next(&words);
	if (name && !strcmp(name, "dev"))
		name = word_next(&words);
	if (!name)
		return usage_error("link set needs a link: try nsctl link help");
	while ((word = word_next(&words))) {
		if (!strcmp(word, "up")) {
			flags.selector |= NETSTACK_LINK_F_UP;
			flags.value |= NETSTACK_LINK_F_UP;
		} else if (!strcmp(word, "down")) {
			flags.selector |= NETSTACK_LINK_F_UP;
			flags.value &= ~NETSTACK_LINK_F_UP;
		} else if (!strcmp(word, "promisc")) {
			if (!flag_value(&words, word, NETSTACK_LINK_F_PROMISC,
					&flags))
				return EXIT_USAGE;
		} else if (!strcmp(word, "allmulti")) {
			if (!flag_value(&words, word,
					NETSTACK_LINK_F_ALLMULTI, &flags))
				return EXIT_USAGE;
		} else if (!strcmp(word, "accept_ra")) {
			if (!flag_value(&words, word,
					NETSTACK_LINK_F_NO_ACCEPT_RA, &flags))
				return EXIT_USAGE;
			flags.value ^= NETSTACK_LINK_F_NO_ACCEPT_RA;
		} else if (!strcmp(word, "autoconf")) {
			if (!flag_value(&words, word,
					NETSTACK_LINK_F_NO_AUTOCONF, &flags))
				return EXIT_USAGE;
			flags.value ^= NETSTACK_LINK_F_NO_AUTOCONF;
		} else if (!strcmp(word, "guard")) {
			if (!flag_value(&words, word, NETSTACK_LINK_F_GUARD,
					&flags))
				return EXIT_USAGE;
		} else if (!strcmp(word, "mtu")) {
			word = word_value(&words, "mtu");
			if (!word || !parse_number(word, "mtu", 68, 65535,
						   &mtu))
				return EXIT_USAGE;
		} else if (!strcmp(word, "address")) {
			word = word_value(&words, "address");
			if (!word || !parse_station(word, "address", station))
				return EXIT_USAGE;
			have_station = true;
		} else {
			return unknown_word("link", command->name, word);
		}
	}
	if (!flags.selector && !mtu && !have_station)
		return usage_error("link set %s: nothing to set: try nsctl link help",
				   name);
	if (!parse_link(name, &index))
		return EXIT_USAGE;

	nlh = request_begin(NETSTACK_CMD_LINK_SET, 0);
	nest = mnl_attr_nest_start(nlh, NETSTACK_A_LINK);
	mnl_attr_put_u32(nlh, NETSTACK_A_LINK_INDEX, index);
	if (flags.selector)
		mnl_attr_put(nlh, NETSTACK_A_LINK_FLAGS, sizeof(flags),
			     &flags);
	if (mtu)
		mnl_attr_put_u32(nlh, NETSTACK_A_LINK_MTU, mtu);
	if (have_station)
		mnl_attr_put(nlh, NETSTACK_A_LINK_ADDRESS, sizeof(station),
			     station);
	mnl_attr_nest_end(nlh, nest);
	return request_send(nlh, NULL, NULL, "set the link");
}

/**
 * struct new_link - the words of link add
 */
struct new_link {
	const char *name;
	const char *type;
	const char *peer;
	const char *netns;
	uint64_t mtu;
};

static int add_link(const struct new_link *link)
{
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	int netns = -1, status;

	if (link->netns) {
		netns = open_namespace(link->netns);
		if (netns < 0)
			return EXIT_REFUSED;
	}
	nlh = request_begin(NETSTACK_CMD_LINK_NEW, NLM_F_CREATE | NLM_F_EXCL);
	nest = mnl_attr_nest_start(nlh, NETSTACK_A_LINK);
	mnl_attr_put_strz(nlh, NETSTACK_A_LINK_KIND, link->type);
	mnl_attr_put_strz(nlh, NETSTACK_A_LINK_NAME, link->name);
	if (link->peer)
		mnl_attr_put_strz(nlh, NETSTACK_A_LINK_PEER_NAME, link->peer);
	if (netns >= 0)
		mnl_attr_put_u32(nlh, NETSTACK_A_LINK_PEER_NETNS_FD, netns);
	if (link->mtu)
		mnl_attr_put_u32(nlh, NETSTACK_A_LINK_MTU, link->mtu);
	mnl_attr_nest_end(nlh, nest);
	status = request_send(nlh, NULL, NULL, "add the link");
	if (netns >= 0)
		close(netns);
	return status;
}

static int add(const struct command *command, int argc, char **argv)
{
	enum { PIPE, PORT };
	static const struct keyword types[] = {
		{ "pipe", PIPE }, { "port", PORT }, { NULL, 0 },
	};
	struct words words = { argc, argv };
	struct new_link link = { NULL };
	const char *word;
	uint32_t type = PIPE;

	link.name = word_next(&words);
	if (!link.name)
		return usage_error("link add needs a name: try nsctl link help");
	while ((word = word_next(&words))) {
		if (!strcmp(word, "type")) {
			link.type = word_value(&words, "type");
			if (!link.type ||
			    !parse_keyword(link.type, "type", types, &type))
				return EXIT_USAGE;
		} else if (!strcmp(word, "peer")) {
			link.peer = word_value(&words, "peer");
			if (!link.peer)
				return EXIT_USAGE;
		} else if (!strcmp(word, "netns")) {
			link.netns = word_value(&words, "netns");
			if (!link.netns)
				return EXIT_USAGE;
		} else if (!strcmp(word, "mtu")) {
			word = word_value(&words, "mtu");
			if (!word || !parse_number(word, "mtu", 68, 65535,
						   &link.mtu))
				return EXIT_USAGE;
		} else {
			return unknown_word("link", command->name, word);
		}
	}
	if (!link.type)
		return usage_error("link add %s: needs a type: try nsctl link help",
				   link.name);
	if (type == PORT && (link.peer || link.netns || link.mtu))
		return usage_error("link add %s type port: peer, netns and mtu are a pipe's",
				   link.name);
	if (type == PIPE && (!link.peer || !link.netns))
		return usage_error("link add %s type pipe: needs peer and netns",
				   link.name);
	return add_link(&link);
}

static int del(const struct command *command, int argc, char **argv)
{
	const char *name;
	int status;

	(void)command;
	status = parse_dev_name(argc, argv, &name);
	if (status)
		return status;
	if (!name)
		return usage_error("link del needs a link: try nsctl link help");
	return request_send(request_named(NETSTACK_CMD_LINK_DEL, name), NULL,
			    NULL, "delete the link");
}

static const struct command commands[] = {
	{ .name = "show", .run = show },
	{ .name = "set", .run = set },
	{ .name = "add", .run = add },
	{ .name = "del", .run = del },
	{ .name = NULL },
};

const struct object link_object = {
	.name = "link",
	.usage = "nsctl link [ show [ [ dev ] LINK ] ]\n"
		 "nsctl link set [ dev ] LINK { up | down | mtu BYTES | address STATION |\n"
		 "               promisc { on | off } | allmulti { on | off } |\n"
		 "               accept_ra { on | off } | autoconf { on | off } |\n"
		 "               guard { on | off } }...\n"
		 "nsctl link add NAME type { pipe | port }\n"
		 "               [ peer NAME ] [ netns NETNS ] [ mtu BYTES ]\n"
		 "nsctl link del [ dev ] LINK\n"
		 "  links to the host are made with ip(8): ip link add NAME type netstack",
	.commands = commands,
};
