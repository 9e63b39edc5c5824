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
	{ "prohibit", RTN_PROHIBIT }, { NULL, 0 },
};

static const struct keyword scopes[] = {
	{ "global", RT_SCOPE_UNIVERSE }, { "site", RT_SCOPE_SITE },
	{ "link", RT_SCOPE_LINK }, { "host", RT_SCOPE_HOST }, { NULL, 0 },
};

static const struct keyword protocols[] = {
	{ "kernel", RTPROT_KERNEL }, { "boot", RTPROT_BOOT },
	{ "static", RTPROT_STATIC }, { NULL, 0 },
};

static void put_unless_zero(struct json_object *object, const char *key,
			    const struct nlattr *attr)
{
	if (attr && attr_number(attr))
		put_attr_number(object, key, attr);
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
	put_attr_number(object, "mtu", tb[NETSTACK_A_ROUTE_MTU]);
	return object;
}

void route_text(struct json_object *object)
{
	uint64_t length = get_number(object, "prefix_len");

	if (strcmp(get_string(object, "type"), "unicast"))
		printf("%s ", get_string(object, "type"));
	if (!length)
		printf("default");
	else if (length == 32)
		printf("%s", get_string(object, "dst"));
	else
		printf("%s/%" PRIu64, get_string(object, "dst"), length);
	if (has(object, "gateway"))
		printf(" via %s", get_string(object, "gateway"));
	if (has(object, "link"))
		printf(" dev %s", get_string(object, "link"));
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
	if (has(object, "mtu"))
		printf(" mtu %" PRIu64, get_number(object, "mtu"));
	putchar('\n');
}

/**
 * struct route - a route as the command line names it
 */
struct route {
	uint8_t dst[IPV4_BYTES];
	uint8_t prefix_len;
	uint8_t gateway[IPV4_BYTES];
	uint8_t src[IPV4_BYTES];
	bool have_gateway;
	bool have_src;
	bool have_type;
	uint32_t type;
	uint32_t protocol;
	uint32_t link;
	uint64_t metric;
	uint64_t mtu;
	uint64_t tos;
};

/**
 * struct list - routes of a dump
 * @link: only through this one, 0 for all
 * @all: also what addresses brought along
 * @count: how many in @routes
 * @routes: for flush
 */
struct list {
	uint32_t link;
	bool all;
	size_t count;
	struct route *routes;
};

static bool wanted(const struct list *list, const struct nlattr **tb)
{
	uint32_t type;

	if (list->link && !is_link(tb[NETSTACK_A_ROUTE_LINK], list->link))
		return false;
	type = tb[NETSTACK_A_ROUTE_TYPE] ?
	       mnl_attr_get_u8(tb[NETSTACK_A_ROUTE_TYPE]) : RTN_UNICAST;
	return list->all || (type != RTN_LOCAL && type != RTN_BROADCAST);
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
	    mnl_attr_get_payload_len(tb[NETSTACK_A_ROUTE_DST]) != IPV4_BYTES)
		return 0;
	if (tb[NETSTACK_A_ROUTE_PROTOCOL] &&
	    mnl_attr_get_u8(tb[NETSTACK_A_ROUTE_PROTOCOL]) == RTPROT_KERNEL)
		return 0;
	route = array_grow(&list->routes, &list->count, sizeof(*route));
	memcpy(route->dst, mnl_attr_get_payload(tb[NETSTACK_A_ROUTE_DST]),
	       IPV4_BYTES);
	route->prefix_len = mnl_attr_get_u8(tb[NETSTACK_A_ROUTE_PREFIX_LEN]);
	if (tb[NETSTACK_A_ROUTE_METRIC])
		route->metric = mnl_attr_get_u32(tb[NETSTACK_A_ROUTE_METRIC]);
	if (tb[NETSTACK_A_ROUTE_TOS])
		route->tos = mnl_attr_get_u8(tb[NETSTACK_A_ROUTE_TOS]);
	if (tb[NETSTACK_A_ROUTE_LINK])
		route->link = mnl_attr_get_u32(tb[NETSTACK_A_ROUTE_LINK]);
	return 0;
}

static int show(const struct command *command, int argc, char **argv)
{
	struct words words = { argc, argv };
	struct list list = { 0 };
	const char *word;
	int status;

	while ((word = word_next(&words))) {
		if (!strcmp(word, "all")) {
			list.all = true;
		} else if (!strcmp(word, "dev")) {
			word = word_value(&words, "dev");
			if (!word || !parse_link(word, &list.link))
				return EXIT_USAGE;
		} else {
			return unknown_word("route", command->name, word);
		}
	}
	status = links_load();
	if (status)
		return status;
	return request_show(request_begin(NETSTACK_CMD_ROUTE_GET, NLM_F_DUMP),
			    show_one, &list, "list routes");
}

/* What follows the destination. False: error printed. */
static bool parse_words(struct words *words, struct route *route,
			const char *command)
{
	const char *word;

	while ((word = word_next(words))) {
		const char *value = word_value(words, word);

		if (!value)
			return false;
		if (!strcmp(word, "via")) {
			if (!parse_address(value, "gateway", route->gateway))
				return false;
			route->have_gateway = true;
		} else if (!strcmp(word, "dev")) {
			if (!parse_link(value, &route->link))
				return false;
		} else if (!strcmp(word, "src")) {
			if (!parse_address(value, "source", route->src))
				return false;
			route->have_src = true;
		} else if (!strcmp(word, "metric")) {
			if (!parse_number(value, "metric", 0, UINT32_MAX,
					  &route->metric))
				return false;
		} else if (!strcmp(word, "mtu")) {
			if (!parse_number(value, "mtu", 68, 65535,
					  &route->mtu))
				return false;
		} else if (!strcmp(word, "tos")) {
			if (!parse_number(value, "tos", 0, 255, &route->tos))
				return false;
		} else if (!strcmp(word, "proto")) {
			if (!parse_keyword(value, "protocol", protocols,
					   &route->protocol))
				return false;
		} else {
			unknown_word("route", command, word);
			return false;
		}
	}
	return true;
}

/* [ TYPE ] PREFIX ... */
static int parse_route(int argc, char **argv, struct route *route,
		       const char *command)
{
	struct words words = { argc, argv };
	const struct keyword *type;
	const char *word;

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
				   command);
	if (!parse_prefix(word, "destination", route->dst,
			  &route->prefix_len) ||
	    !parse_words(&words, route, command))
		return EXIT_USAGE;
	return EXIT_OK;
}

static struct nlmsghdr *request(int cmd, int flags, const struct route *route,
				bool lookup)
{
	struct nlmsghdr *nlh = request_begin(cmd, flags);
	struct nlattr *nest;

	nest = mnl_attr_nest_start(nlh, NETSTACK_A_ROUTE);
	mnl_attr_put_u16(nlh, NETSTACK_A_ROUTE_FAMILY, AF_INET);
	mnl_attr_put(nlh, NETSTACK_A_ROUTE_DST, IPV4_BYTES, route->dst);
	mnl_attr_put_u8(nlh, NETSTACK_A_ROUTE_PREFIX_LEN, route->prefix_len);
	if (route->have_type)
		mnl_attr_put_u8(nlh, NETSTACK_A_ROUTE_TYPE, route->type);
	if (route->have_gateway)
		mnl_attr_put(nlh, NETSTACK_A_ROUTE_GATEWAY, IPV4_BYTES,
			     route->gateway);
	if (route->have_src)
		mnl_attr_put(nlh, lookup ? NETSTACK_A_ROUTE_SRC :
					   NETSTACK_A_ROUTE_PREFSRC,
			     IPV4_BYTES, route->src);
	if (route->link)
		mnl_attr_put_u32(nlh, NETSTACK_A_ROUTE_LINK, route->link);
	if (route->metric)
		mnl_attr_put_u32(nlh, NETSTACK_A_ROUTE_METRIC, route->metric);
	if (route->mtu)
		mnl_attr_put_u32(nlh, NETSTACK_A_ROUTE_MTU, route->mtu);
	if (route->tos)
		mnl_attr_put_u8(nlh, NETSTACK_A_ROUTE_TOS, route->tos);
	if (route->protocol)
		mnl_attr_put_u8(nlh, NETSTACK_A_ROUTE_PROTOCOL,
				route->protocol);
	if (lookup)
		mnl_attr_put(nlh, NETSTACK_A_ROUTE_LOOKUP, 0, NULL);
	mnl_attr_nest_end(nlh, nest);
	return nlh;
}

static int change(const struct command *command, int argc, char **argv)
{
	struct route route = { 0 };
	int status;

	status = parse_route(argc, argv, &route, command->name);
	if (status)
		return status;
	return request_send(request(command->cmd, command->flags, &route,
				    false),
			    NULL, NULL, command->what);
}

static int get(const struct command *command, int argc, char **argv)
{
	struct route route = { 0 };
	struct list list = { .all = true };
	int status;

	status = parse_route(argc, argv, &route, command->name);
	if (!status && route.prefix_len != 32)
		status = usage_error("route get needs an address, not a prefix");
	if (!status)
		status = links_load();
	if (status)
		return status;
	return request_show(request(NETSTACK_CMD_ROUTE_GET, 0, &route, true),
			    show_one, &list, "find the route");
}

static int flush(const struct command *command, int argc, char **argv)
{
	struct words words = { argc, argv };
	struct list list = { 0 };
	const char *word;
	int status;
	size_t i;

	word = word_next(&words);
	if (word) {
		if (strcmp(word, "dev"))
			return unknown_word("route", command->name, word);
		word = word_value(&words, "dev");
		if (!word || !parse_link(word, &list.link))
			return EXIT_USAGE;
	}
	status = request_dump(NETSTACK_CMD_ROUTE_GET, collect_one, &list,
			      "list routes");
	for (i = 0; i < list.count && !status; i++)
		status = request_send(request(NETSTACK_CMD_ROUTE_DEL, 0,
					      &list.routes[i], false),
				      NULL, NULL, "delete the route");
	free(list.routes);
	return status;
}

static const struct command commands[] = {
	{ .name = "show", .run = show },
	{ .name = "add", .run = change, .cmd = NETSTACK_CMD_ROUTE_NEW,
	  .flags = NLM_F_EXCL, .what = "add the route" },
	{ .name = "replace", .run = change, .cmd = NETSTACK_CMD_ROUTE_NEW,
	  .flags = NLM_F_REPLACE, .what = "replace the route" },
	{ .name = "del", .run = change, .cmd = NETSTACK_CMD_ROUTE_DEL,
	  .what = "delete the route" },
	{ .name = "get", .run = get },
	{ .name = "flush", .run = flush },
	{ .name = NULL },
};

const struct object route_object = {
	.name = "route",
	.usage = "nsctl route [ show [ all ] [ dev LINK ] ]\n"
		 "nsctl route { add | replace | del } [ TYPE ] { PREFIX | default } [ via ADDRESS ]\n"
		 "               [ dev LINK ] [ src ADDRESS ] [ metric NUMBER ] [ mtu BYTES ]\n"
		 "               [ tos NUMBER ] [ proto { boot | static } ]\n"
		 "nsctl route get ADDRESS [ src ADDRESS ] [ dev LINK ] [ tos NUMBER ]\n"
		 "nsctl route flush [ dev LINK ]\n"
		 "  TYPE := { unicast | blackhole | unreachable | prohibit }; 'show all' adds local\n"
		 "  and broadcast routes; flush leaves the routes that addresses brought",
	.commands = commands,
};
