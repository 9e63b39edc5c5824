// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl route: routes, and which one a destination takes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/rtnetlink.h>

#include "nsctl.h"

static const struct keyword types[] = {
	{ "unicast", RTN_UNICAST }, { "local", RTN_LOCAL },
	{ "broadcast", RTN_BROADCAST }, { "multicast", RTN_MULTICAST },
	{ "blackhole", RTN_BLACKHOLE }, { "unreachable", RTN_UNREACHABLE },
	{ "prohibit", RTN_PROHIBIT }, { "throw", RTN_THROW }, { NULL, 0 },
};

static const struct keyword scopes[] = {
	{ "global", RT_SCOPE_UNIVERSE }, { "site", RT_SCOPE_SITE },
	{ "link", RT_SCOPE_LINK }, { "host", RT_SCOPE_HOST }, { NULL, 0 },
};

static const struct keyword protocols[] = {
	{ "kernel", RTPROT_KERNEL }, { "boot", RTPROT_BOOT },
	{ "static", RTPROT_STATIC }, { "ra", RTPROT_RA }, { NULL, 0 },
};

static const struct attr_key metrics[] = {
	{ NETSTACK_A_ROUTE_MTU, "mtu" },
	{ NETSTACK_A_ROUTE_ADVMSS, "advmss" },
	{ NETSTACK_A_ROUTE_INITCWND, "initcwnd" },
	{ NETSTACK_A_ROUTE_INITRWND, "initrwnd" },
	{ NETSTACK_A_ROUTE_HOPLIMIT, "hoplimit" },
	{ 0, NULL },
};

static void put_unless_zero(struct json_object *object, const char *key,
			    const struct nlattr *attr)
{
	if (attr && attr_number(attr))
		put_attr_number(object, key, attr);
}

static void put_nexthops(struct json_object *object, int family,
			 const struct nlattr *all)
{
	struct json_object *array;
	const struct nlattr *one;

	if (!all)
		return;
	array = json_object_new_array();
	json_object_object_add(object, "nexthops", array);
	mnl_attr_for_each_nested(one, all) {
		const struct nlattr *tb[NETSTACK_A_NEXTHOP_MAX + 1];
		struct json_object *hop = json_object_new_object();

		nest_parse(one, tb, NETSTACK_A_NEXTHOP_MAX);
		put_address(hop, "gateway", family,
			    tb[NETSTACK_A_NEXTHOP_GATEWAY]);
		put_link(hop, "link", tb[NETSTACK_A_NEXTHOP_LINK]);
		put_attr_number(hop, "weight", tb[NETSTACK_A_NEXTHOP_WEIGHT]);
		if (tb[NETSTACK_A_NEXTHOP_DOWN])
			put_true(hop, "down");
		json_object_array_add(array, hop);
	}
}

struct json_object *route_json(const struct nlattr *nest)
{
	const struct nlattr *tb[NETSTACK_A_ROUTE_MAX + 1];
	struct json_object *object = json_object_new_object();
	int family;

	nest_parse(nest, tb, NETSTACK_A_ROUTE_MAX);
	family = put_family(object, tb[NETSTACK_A_ROUTE_FAMILY]);
	put_keyword(object, "type", types, tb[NETSTACK_A_ROUTE_TYPE]);
	put_address(object, "dst", family, tb[NETSTACK_A_ROUTE_DST]);
	put_attr_number(object, "prefix_len", tb[NETSTACK_A_ROUTE_PREFIX_LEN]);
	put_address(object, "gateway", family, tb[NETSTACK_A_ROUTE_GATEWAY]);
	put_link(object, "link", tb[NETSTACK_A_ROUTE_LINK]);
	put_address(object, "prefsrc", family, tb[NETSTACK_A_ROUTE_PREFSRC]);
	put_address(object, "src", family, tb[NETSTACK_A_ROUTE_SRC]);
	put_keyword(object, "protocol", protocols,
		    tb[NETSTACK_A_ROUTE_PROTOCOL]);
	put_keyword(object, "scope", scopes, tb[NETSTACK_A_ROUTE_SCOPE]);
	put_unless_zero(object, "metric", tb[NETSTACK_A_ROUTE_METRIC]);
	put_unless_zero(object, "tos", tb[NETSTACK_A_ROUTE_TOS]);
	put_table(object, tb[NETSTACK_A_ROUTE_TABLE]);
	put_numbers(object, tb, metrics);
	if (tb[NETSTACK_A_ROUTE_MTU_LOCK])
		put_true(object, "mtu_lock");
	if (tb[NETSTACK_A_ROUTE_QUICKACK])
		put_true(object, "quickack");
	put_attr_number(object, "expires", tb[NETSTACK_A_ROUTE_EXPIRES]);
	put_nexthops(object, family, tb[NETSTACK_A_ROUTE_NEXTHOPS]);
	return object;
}

static void nexthops_text(struct json_object *object)
{
	struct json_object *array, *hop;
	size_t i;

	if (!json_object_object_get_ex(object, "nexthops", &array))
		return;
	for (i = 0; i < json_object_array_length(array); i++) {
		hop = json_object_array_get_idx(array, i);
		printf("\n\tnexthop");
		if (has(hop, "gateway"))
			printf(" via %s", get_string(hop, "gateway"));
		printf(" dev %s weight %" PRIu64, get_string(hop, "link"),
		       get_number(hop, "weight"));
		if (has(hop, "down"))
			printf(" down");
	}
}

static void metrics_text(struct json_object *object)
{
	const struct attr_key *key;

	for (key = metrics; key->key; key++)
		if (has(object, key->key))
			printf(" %s%s %" PRIu64, key->key,
			       key == metrics && has(object, "mtu_lock") ?
			       " lock" : "", get_number(object, key->key));
	if (has(object, "quickack"))
		printf(" quickack 1");
}

void route_text(struct json_object *object)
{
	bool inet6 = !strcmp(get_string(object, "family"), "inet6");
	uint64_t length = get_number(object, "prefix_len");

	if (strcmp(get_string(object, "type"), "unicast"))
		printf("%s ", get_string(object, "type"));
	if (!length && inet6)
		printf("default inet6");
	else if (!length)
		printf("default");
	else if (length == (inet6 ? 128 : 32))
		printf("%s", get_string(object, "dst"));
	else
		printf("%s/%" PRIu64, get_string(object, "dst"), length);
	if (has(object, "gateway"))
		printf(" via %s", get_string(object, "gateway"));
	if (has(object, "link"))
		printf(" dev %s", get_string(object, "link"));
	if (has(object, "table") && strcmp(get_string(object, "table"), "main"))
		printf(" table %s", get_string(object, "table"));
	if (has(object, "protocol"))
		printf(" proto %s", get_string(object, "protocol"));
	if (has(object, "scope"))
		printf(" scope %s", get_string(object, "scope"));
	if (has(object, "prefsrc"))
		printf(" src %s", get_string(object, "prefsrc"));
	if (has(object, "src"))
		printf(" src %s", get_string(object, "src"));
	if (has(object, "tos"))
		printf(" tos 0x%02" PRIx64, get_number(object, "tos"));
	if (has(object, "metric"))
		printf(" metric %" PRIu64, get_number(object, "metric"));
	if (has(object, "expires"))
		printf("\n    cache expires %" PRIu64 "sec",
		       get_number(object, "expires"));
	metrics_text(object);
	nexthops_text(object);
	putchar('\n');
}

#define HOPS_MAX	64

/**
 * struct hop - one of several next hops as the command line names it
 */
struct hop {
	uint8_t gateway[INET_BYTES];
	bool have_gateway;
	uint32_t link;
	uint64_t weight;
};

/**
 * struct route - a route as the command line names it
 */
struct route {
	int family;
	uint8_t dst[INET_BYTES];
	uint8_t prefix_len;
	uint8_t gateway[INET_BYTES];
	uint8_t src[INET_BYTES];
	bool have_gateway;
	bool have_src;
	bool have_type;
	bool have_scope;
	bool mtu_lock;
	uint32_t type;
	uint32_t protocol;
	uint32_t scope;
	uint32_t link;
	uint32_t table;
	uint32_t iif;
	uint64_t metric;
	uint64_t mtu;
	uint64_t advmss;
	uint64_t initcwnd;
	uint64_t initrwnd;
	uint64_t hoplimit;
	uint64_t quickack;
	uint64_t tos;
	uint64_t mark;
	uint64_t ipproto;
	uint64_t sport;
	uint64_t dport;
	size_t hop_count;
	struct hop hops[HOPS_MAX];
};

/**
 * struct list - routes of a dump
 * @link: only through this one, 0 for all
 * @table: only of this one, 0 for main, UINT32_MAX for every one
 * @all: also what addresses brought along
 * @cache: path MTUs that were learned instead
 * @to: of these only that to @dst
 * @family: of @dst
 * @dst: destination
 * @count: how many in @routes
 * @routes: for flush
 */
struct list {
	uint32_t link;
	uint32_t table;
	bool all;
	bool cache;
	bool to;
	int family;
	uint8_t dst[INET_BYTES];
	size_t count;
	struct route *routes;
};

/* Does the route leave by the link? */
static bool through(const struct nlattr **tb, uint32_t link)
{
	const struct nlattr *hop, *attr;

	if (!tb[NETSTACK_A_ROUTE_NEXTHOPS])
		return is_link(tb[NETSTACK_A_ROUTE_LINK], link);
	mnl_attr_for_each_nested(hop, tb[NETSTACK_A_ROUTE_NEXTHOPS])
		mnl_attr_for_each_nested(attr, hop)
			if (mnl_attr_get_type(attr) ==
			    NETSTACK_A_NEXTHOP_LINK && is_link(attr, link))
				return true;
	return false;
}

static bool in_table(const struct list *list, const struct nlattr *attr)
{
	uint32_t table = attr ? mnl_attr_get_u32(attr) : RT_TABLE_MAIN;

	if (list->table)
		return list->table == UINT32_MAX || list->table == table;
	return table == RT_TABLE_MAIN ||
	       (list->all && table == RT_TABLE_LOCAL);
}

static bool wanted(const struct list *list, const struct nlattr **tb)
{
	if (only_family &&
	    attr_family(tb[NETSTACK_A_ROUTE_FAMILY]) != only_family)
		return false;
	if (list->link && !through(tb, list->link))
		return false;
	if (list->to && (!tb[NETSTACK_A_ROUTE_DST] ||
			 attr_family(tb[NETSTACK_A_ROUTE_FAMILY]) !=
			 list->family ||
			 memcmp(mnl_attr_get_payload(tb[NETSTACK_A_ROUTE_DST]),
				list->dst, inet_bytes(list->family))))
		return false;
	return in_table(list, tb[NETSTACK_A_ROUTE_TABLE]);
}

static int show_one(int cmd, const struct nlattr *nest, void *data)
{
	const struct nlattr *tb[NETSTACK_A_ROUTE_MAX + 1];

	(void)cmd;
	nest_parse(nest, tb, NETSTACK_A_ROUTE_MAX);
	if (wanted(data, tb))
		output_object(route_json(nest), route_text);
	return 0;
}

static int collect_one(int cmd, const struct nlattr *nest, void *data)
{
	const struct nlattr *tb[NETSTACK_A_ROUTE_MAX + 1];
	struct list *list = data;
	struct route *route;

	(void)cmd;
	nest_parse(nest, tb, NETSTACK_A_ROUTE_MAX);
	if (!wanted(list, tb) || !tb[NETSTACK_A_ROUTE_DST] ||
	    !tb[NETSTACK_A_ROUTE_PREFIX_LEN] ||
	    mnl_attr_get_payload_len(tb[NETSTACK_A_ROUTE_DST]) > INET_BYTES)
		return 0;
	if (tb[NETSTACK_A_ROUTE_PROTOCOL] &&
	    mnl_attr_get_u8(tb[NETSTACK_A_ROUTE_PROTOCOL]) == RTPROT_KERNEL)
		return 0;
	route = array_grow(&list->routes, &list->count, sizeof(*route));
	route->family = attr_family(tb[NETSTACK_A_ROUTE_FAMILY]);
	memcpy(route->dst, mnl_attr_get_payload(tb[NETSTACK_A_ROUTE_DST]),
	       mnl_attr_get_payload_len(tb[NETSTACK_A_ROUTE_DST]));
	if (tb[NETSTACK_A_ROUTE_TABLE])
		route->table = mnl_attr_get_u32(tb[NETSTACK_A_ROUTE_TABLE]);
	route->prefix_len = mnl_attr_get_u8(tb[NETSTACK_A_ROUTE_PREFIX_LEN]);
	if (tb[NETSTACK_A_ROUTE_METRIC])
		route->metric = mnl_attr_get_u32(tb[NETSTACK_A_ROUTE_METRIC]);
	if (tb[NETSTACK_A_ROUTE_TOS])
		route->tos = mnl_attr_get_u8(tb[NETSTACK_A_ROUTE_TOS]);
	if (tb[NETSTACK_A_ROUTE_LINK])
		route->link = mnl_attr_get_u32(tb[NETSTACK_A_ROUTE_LINK]);
	return 0;
}

/* [ all ] [ dev LINK ] [ table TABLE ] or cache..., of show and flush. */
static int parse_list(const struct command *command, int argc, char **argv,
		      struct list *list)
{
	struct words words = { argc, argv };
	const char *word;

	while ((word = word_next(&words))) {
		if (!strcmp(word, "all") && command->cmd) {
			list->all = true;
		} else if (!strcmp(word, "dev")) {
			word = word_value(&words, "dev");
			if (!word || !parse_link(word, &list->link))
				return EXIT_USAGE;
		} else if (!strcmp(word, "table")) {
			word = word_value(&words, "table");
			if (word && !strcmp(word, "all"))
				list->table = UINT32_MAX;
			else if (!word || !parse_table(word, &list->table))
				return EXIT_USAGE;
		} else if (!strcmp(word, "cache")) {
			list->cache = true;
		} else if (list->cache && !list->to) {
			list->family = only_family;
			list->to = true;
			if (!parse_inet(word, "destination", &list->family,
					list->dst))
				return EXIT_USAGE;
		} else {
			return unknown_word("route", command->name, word);
		}
	}
	return EXIT_OK;
}

static int show(const struct command *command, int argc, char **argv)
{
	struct list list = { 0 };
	int status;

	status = parse_list(command, argc, argv, &list);
	if (!status)
		status = links_load();
	if (status)
		return status;
	return request_show(request_begin(list.cache ?
					  NETSTACK_CMD_ROUTE_CACHE_GET :
					  NETSTACK_CMD_ROUTE_GET, NLM_F_DUMP),
			    show_one, &list, "list routes");
}

/**
 * struct number_word - a word whose value is a number
 */
struct number_word {
	const char *name;
	size_t offset;
	uint64_t min;
	uint64_t max;
};

#define NUMBER(word, field, least, most)				\
	{ word, offsetof(struct route, field), least, most }

static const struct number_word numbers[] = {
	NUMBER("metric", metric, 0, UINT32_MAX),
	NUMBER("priority", metric, 0, UINT32_MAX),
	NUMBER("preference", metric, 0, UINT32_MAX),
	NUMBER("advmss", advmss, 0, UINT16_MAX),
	NUMBER("initcwnd", initcwnd, 0, UINT16_MAX),
	NUMBER("initrwnd", initrwnd, 0, UINT16_MAX),
	NUMBER("hoplimit", hoplimit, 0, 255),
	NUMBER("quickack", quickack, 0, 1),
	NUMBER("tos", tos, 0, 255),
	NUMBER("dsfield", tos, 0, 255),
	{ NULL, 0, 0, 0 },
};

/* What only a look-up has. */
static const struct number_word flow_numbers[] = {
	NUMBER("mark", mark, 0, UINT32_MAX),
	NUMBER("ipproto", ipproto, 1, 255),
	NUMBER("sport", sport, 1, 65535),
	NUMBER("dport", dport, 1, 65535),
	{ NULL, 0, 0, 0 },
};

/* Return: 1 a word of the table, 0 none, -1 error printed. */
static int parse_number_word(const struct number_word *table, const char *word,
			     struct words *words, struct route *route)
{
	const char *value;

	for (; table->name; table++) {
		if (strcmp(word, table->name))
			continue;
		value = word_value(words, word);
		return value && parse_number(value, word, table->min,
					     table->max,
					     (void *)((char *)route +
						      table->offset)) ? 1 : -1;
	}
	return 0;
}

static bool parse_mtu(struct words *words, struct route *route)
{
	const char *value = word_value(words, "mtu");

	if (value && !strcmp(value, "lock")) {
		route->mtu_lock = true;
		value = word_value(words, "mtu lock");
	}
	return value && parse_number(value, "mtu", 68, 65535, &route->mtu);
}

static bool begin_hop(struct route *route)
{
	if (route->hop_count == HOPS_MAX) {
		usage_error("a route has at most %d next hops", HOPS_MAX);
		return false;
	}
	memset(&route->hops[route->hop_count], 0, sizeof(struct hop));
	route->hops[route->hop_count++].weight = 1;
	return true;
}

static bool parse_via(const char *value, struct route *route)
{
	struct hop *hop = &route->hops[route->hop_count - 1];

	if (!route->hop_count) {
		route->have_gateway = true;
		return parse_inet(value, "gateway", &route->family,
				  route->gateway);
	}
	hop->have_gateway = true;
	return parse_inet(value, "gateway", &route->family, hop->gateway);
}

static bool parse_dev_word(const char *value, struct route *route)
{
	return parse_link(value, route->hop_count ?
			  &route->hops[route->hop_count - 1].link :
			  &route->link);
}

/* A word with a value that is no number. */
static bool parse_value_word(const char *word, const char *value,
			     struct route *route, const struct command *command)
{
	bool lookup = command->cmd == NETSTACK_CMD_ROUTE_GET;

	if (!strcmp(word, "via"))
		return parse_via(value, route);
	if (!strcmp(word, "dev") || (lookup && !strcmp(word, "oif")))
		return parse_dev_word(value, route);
	if (!strcmp(word, "src") || (lookup && !strcmp(word, "from"))) {
		route->have_src = true;
		return parse_inet(value, "source", &route->family, route->src);
	}
	if (lookup && !strcmp(word, "iif"))
		return parse_link(value, &route->iif);
	if (!strcmp(word, "weight") && route->hop_count)
		return parse_number(value, "weight", 1, 256,
				    &route->hops[route->hop_count - 1].weight);
	if (!strcmp(word, "table"))
		return parse_table(value, &route->table);
	if (!strcmp(word, "scope")) {
		route->have_scope = true;
		return parse_keyword(value, "scope", scopes, &route->scope);
	}
	if (!strcmp(word, "proto") || !strcmp(word, "protocol"))
		return parse_keyword(value, "protocol", protocols,
				     &route->protocol);
	unknown_word("route", command->name, word);
	return false;
}

/* What follows the destination. False: error printed. */
static bool parse_words(struct words *words, struct route *route,
			const struct command *command)
{
	bool lookup = command->cmd == NETSTACK_CMD_ROUTE_GET;
	const char *word;

	while ((word = word_next(words))) {
		int number = parse_number_word(numbers, word, words, route);
		const char *value;

		if (!number && lookup)
			number = parse_number_word(flow_numbers, word, words,
						   route);
		if (number < 0)
			return false;
		if (number)
			continue;
		if (!strcmp(word, "mtu")) {
			if (!parse_mtu(words, route))
				return false;
			continue;
		}
		if (!strcmp(word, "nexthop")) {
			if (!begin_hop(route))
				return false;
			continue;
		}
		value = word_value(words, word);
		if (!value || !parse_value_word(word, value, route, command))
			return false;
	}
	return true;
}

/* [ TYPE ] PREFIX ... */
static int parse_route(int argc, char **argv, struct route *route,
		       const struct command *command)
{
	struct words words = { argc, argv };
	const struct keyword *type;
	const char *word;

	route->family = only_family;
	word = word_next(&words);
	for (type = types; word && type->name; type++) {
		if (!strcmp(word, type->name)) {
			route->have_type = true;
			route->type = type->value;
			word = word_next(&words);
			break;
		}
	}
	if (!word)
		return usage_error("route %s needs a destination: try nsctl route help",
				   command->name);
	if (!parse_inet_prefix(word, "destination", &route->family, route->dst,
			       &route->prefix_len) ||
	    !parse_words(&words, route, command))
		return EXIT_USAGE;
	if (!route->family)
		route->family = AF_INET;
	return EXIT_OK;
}

static void put_u16(struct nlmsghdr *nlh, int attr, uint64_t value)
{
	if (value)
		mnl_attr_put_u16(nlh, attr, value);
}

static void put_u32(struct nlmsghdr *nlh, int attr, uint64_t value)
{
	if (value)
		mnl_attr_put_u32(nlh, attr, value);
}

static void put_u8(struct nlmsghdr *nlh, int attr, uint64_t value)
{
	if (value)
		mnl_attr_put_u8(nlh, attr, value);
}

static void put_hops(struct nlmsghdr *nlh, const struct route *route)
{
	struct nlattr *all, *one;
	size_t i;

	if (!route->hop_count)
		return;
	all = mnl_attr_nest_start(nlh, NETSTACK_A_ROUTE_NEXTHOPS);
	for (i = 0; i < route->hop_count; i++) {
		const struct hop *hop = &route->hops[i];

		one = mnl_attr_nest_start(nlh, i + 1);
		put_u32(nlh, NETSTACK_A_NEXTHOP_LINK, hop->link);
		put_u32(nlh, NETSTACK_A_NEXTHOP_WEIGHT, hop->weight);
		if (hop->have_gateway)
			mnl_attr_put(nlh, NETSTACK_A_NEXTHOP_GATEWAY,
				     inet_bytes(route->family), hop->gateway);
		mnl_attr_nest_end(nlh, one);
	}
	mnl_attr_nest_end(nlh, all);
}

static void put_flow(struct nlmsghdr *nlh, const struct route *route)
{
	mnl_attr_put(nlh, NETSTACK_A_ROUTE_LOOKUP, 0, NULL);
	put_u32(nlh, NETSTACK_A_ROUTE_MARK, route->mark);
	put_u32(nlh, NETSTACK_A_ROUTE_IIF, route->iif);
	put_u8(nlh, NETSTACK_A_ROUTE_IPPROTO, route->ipproto);
	put_u16(nlh, NETSTACK_A_ROUTE_SPORT, route->sport);
	put_u16(nlh, NETSTACK_A_ROUTE_DPORT, route->dport);
}

static struct nlmsghdr *request(int cmd, int flags, const struct route *route,
				bool lookup)
{
	struct nlmsghdr *nlh = request_begin(cmd, flags);
	size_t bytes = inet_bytes(route->family);
	struct nlattr *nest;

	nest = mnl_attr_nest_start(nlh, NETSTACK_A_ROUTE);
	mnl_attr_put_u16(nlh, NETSTACK_A_ROUTE_FAMILY, route->family);
	mnl_attr_put(nlh, NETSTACK_A_ROUTE_DST, bytes, route->dst);
	mnl_attr_put_u8(nlh, NETSTACK_A_ROUTE_PREFIX_LEN, route->prefix_len);
	if (route->have_type)
		mnl_attr_put_u8(nlh, NETSTACK_A_ROUTE_TYPE, route->type);
	if (route->have_gateway)
		mnl_attr_put(nlh, NETSTACK_A_ROUTE_GATEWAY, bytes,
			     route->gateway);
	if (route->have_src)
		mnl_attr_put(nlh, lookup ? NETSTACK_A_ROUTE_SRC :
					   NETSTACK_A_ROUTE_PREFSRC,
			     bytes, route->src);
	if (route->have_scope)
		mnl_attr_put_u8(nlh, NETSTACK_A_ROUTE_SCOPE, route->scope);
	put_u32(nlh, NETSTACK_A_ROUTE_LINK, route->link);
	put_u32(nlh, NETSTACK_A_ROUTE_TABLE, route->table);
	put_u32(nlh, NETSTACK_A_ROUTE_METRIC, route->metric);
	put_u32(nlh, NETSTACK_A_ROUTE_MTU, route->mtu);
	put_u16(nlh, NETSTACK_A_ROUTE_ADVMSS, route->advmss);
	put_u16(nlh, NETSTACK_A_ROUTE_INITCWND, route->initcwnd);
	put_u16(nlh, NETSTACK_A_ROUTE_INITRWND, route->initrwnd);
	put_u8(nlh, NETSTACK_A_ROUTE_HOPLIMIT, route->hoplimit);
	put_u8(nlh, NETSTACK_A_ROUTE_TOS, route->tos);
	put_u8(nlh, NETSTACK_A_ROUTE_PROTOCOL, route->protocol);
	if (route->mtu_lock)
		mnl_attr_put(nlh, NETSTACK_A_ROUTE_MTU_LOCK, 0, NULL);
	if (route->quickack)
		mnl_attr_put(nlh, NETSTACK_A_ROUTE_QUICKACK, 0, NULL);
	put_hops(nlh, route);
	if (lookup)
		put_flow(nlh, route);
	mnl_attr_nest_end(nlh, nest);
	return nlh;
}

static int change(const struct command *command, int argc, char **argv)
{
	struct route route = { .family = 0 };
	int status;

	status = parse_route(argc, argv, &route, command);
	if (status)
		return status;
	return request_send(request(command->cmd, command->flags, &route,
				    false),
			    NULL, NULL, command->what);
}

static int get(const struct command *command, int argc, char **argv)
{
	struct list list = { .all = true, .table = UINT32_MAX };
	struct route route = { .family = 0 };
	int status;

	status = parse_route(argc, argv, &route, command);
	if (!status && route.prefix_len != inet_bytes(route.family) * 8)
		status = usage_error("route get needs an address, not a prefix");
	if (!status)
		status = links_load();
	if (status)
		return status;
	return request_show(request(NETSTACK_CMD_ROUTE_GET, 0, &route, true),
			    show_one, &list, "find the route");
}

static int flush_cache(const struct list *list)
{
	struct nlmsghdr *nlh = request_begin(NETSTACK_CMD_ROUTE_CACHE_DEL, 0);
	int family = list->to ? list->family : only_family;
	struct nlattr *nest;

	nest = mnl_attr_nest_start(nlh, NETSTACK_A_ROUTE);
	if (family)
		mnl_attr_put_u16(nlh, NETSTACK_A_ROUTE_FAMILY, family);
	if (list->to)
		mnl_attr_put(nlh, NETSTACK_A_ROUTE_DST, inet_bytes(family),
			     list->dst);
	put_u32(nlh, NETSTACK_A_ROUTE_LINK, list->link);
	mnl_attr_nest_end(nlh, nest);
	return request_send(nlh, NULL, NULL, "flush the cache");
}

static int flush(const struct command *command, int argc, char **argv)
{
	struct list list = { 0 };
	int status;
	size_t i;

	status = parse_list(command, argc, argv, &list);
	if (!status && list.cache)
		return flush_cache(&list);
	if (!status)
		status = request_dump(NETSTACK_CMD_ROUTE_GET, collect_one,
				      &list, "list routes");
	for (i = 0; i < list.count && !status; i++)
		status = request_send(request(NETSTACK_CMD_ROUTE_DEL, 0,
					      &list.routes[i], false),
				      NULL, NULL, "delete the route");
	free(list.routes);
	return status;
}

static const struct command commands[] = {
	{ .name = "show", .run = show, .cmd = NETSTACK_CMD_ROUTE_GET },
	{ .name = "add", .run = change, .cmd = NETSTACK_CMD_ROUTE_NEW,
	  .flags = NLM_F_CREATE | NLM_F_EXCL, .what = "add the route" },
	{ .name = "append", .run = change, .cmd = NETSTACK_CMD_ROUTE_NEW,
	  .flags = NLM_F_CREATE | NLM_F_APPEND, .what = "append the route" },
	{ .name = "replace", .run = change, .cmd = NETSTACK_CMD_ROUTE_NEW,
	  .flags = NLM_F_CREATE | NLM_F_REPLACE,
	  .what = "replace the route" },
	{ .name = "change", .run = change, .cmd = NETSTACK_CMD_ROUTE_NEW,
	  .flags = NLM_F_REPLACE, .what = "change the route" },
	{ .name = "del", .run = change, .cmd = NETSTACK_CMD_ROUTE_DEL,
	  .what = "delete the route" },
	{ .name = "get", .run = get, .cmd = NETSTACK_CMD_ROUTE_GET },
	{ .name = "flush", .run = flush },
	{ .name = NULL },
};

const struct object route_object = {
	.name = "route",
	.usage = "nsctl route [ show [ all ] [ dev LINK ] [ table TABLE ] ]\n"
		 "nsctl route { show | flush } cache [ ADDRESS ] [ dev LINK ]\n"
		 "nsctl route { add | append | replace | change | del } [ TYPE ] { PREFIX | default }\n"
		 "               [ via ADDRESS ] [ dev LINK ]\n"
		 "               [ nexthop [ via ADDRESS ] [ dev LINK ] [ weight NUMBER ] ]...\n"
		 "               [ src ADDRESS ] [ table TABLE ] [ metric NUMBER ] [ tos NUMBER ]\n"
		 "               [ proto { boot | static } ] [ scope { global | site | link | host } ]\n"
		 "               [ mtu [ lock ] BYTES ] [ advmss BYTES ] [ initcwnd SEGMENTS ]\n"
		 "               [ initrwnd SEGMENTS ] [ hoplimit NUMBER ] [ quickack { 0 | 1 } ]\n"
		 "nsctl route get ADDRESS [ from ADDRESS ] [ iif LINK ] [ oif LINK ] [ dev LINK ]\n"
		 "               [ src ADDRESS ] [ tos NUMBER ] [ mark NUMBER ] [ ipproto NUMBER ]\n"
		 "               [ sport PORT ] [ dport PORT ]\n"
		 "nsctl route flush [ dev LINK ] [ table TABLE ]\n"
		 "  TYPE := { unicast | blackhole | unreachable | prohibit | throw }; 'show all'\n"
		 "  adds local and broadcast routes; flush leaves the routes that addresses brought\n"
		 "  TABLE: main, local, default or a number; show and flush take 'all', too",
	.commands = commands,
};
