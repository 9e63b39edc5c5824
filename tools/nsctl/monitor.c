// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl monitor: every change of the stack, as it happens.
 */
#include <stdio.h>
#include <string.h>

#include "nsctl.h"

/**
 * struct kind - how one object's events are shown
 */
static const struct kind {
	int new_cmd;
	int del_cmd;
	const char *name;
	struct json_object *(*json)(const struct nlattr *nest);
	void (*text)(struct json_object *object);
} kinds[] = {
	{ NETSTACK_CMD_LINK_NEW, NETSTACK_CMD_LINK_DEL, "link", link_json,
	  link_text },
	{ NETSTACK_CMD_ADDR_NEW, NETSTACK_CMD_ADDR_DEL, "addr", addr_json,
	  addr_text },
	{ NETSTACK_CMD_ROUTE_NEW, NETSTACK_CMD_ROUTE_DEL, "route",
	  route_json, route_text },
	{ NETSTACK_CMD_RULE_NEW, NETSTACK_CMD_RULE_DEL, "rule", rule_json,
	  rule_text },
	{ NETSTACK_CMD_NEIGH_NEW, NETSTACK_CMD_NEIGH_DEL, "neigh",
	  neigh_json, neigh_text },
	{ NETSTACK_CMD_MADDR_NEW, NETSTACK_CMD_MADDR_DEL, "maddr",
	  maddr_json, maddr_text },
	{ NETSTACK_CMD_IMPAIR_NEW, NETSTACK_CMD_IMPAIR_DEL, "impair",
	  impair_json, impair_text },
	{ NETSTACK_CMD_ROUTER_OPTION, NETSTACK_CMD_ROUTER_OPTION, "router",
	  router_option_json, router_option_text },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static int show_event(int cmd, const struct nlattr *nest, void *data)
{
	const struct kind *only = data;
	struct json_object *event;
	const struct kind *kind;
	bool gone;

	for (kind = kinds; kind < kinds + KINDS; kind++)
		if (cmd == kind->new_cmd || cmd == kind->del_cmd)
			break;
	if (kind == kinds + KINDS || (only && only != kind))
		return 0;
	gone = cmd == kind->del_cmd && cmd != kind->new_cmd;
	if (json_output) {
		event = json_object_new_object();
		put_string(event, "event", gone ? "del" : "new");
		json_object_object_add(event, kind->name, kind->json(nest));
		output_object(event, NULL);
	} else {
		printf("%s%s ", gone ? "deleted " : "", kind->name);
		output_object(kind->json(nest), kind->text);
	}
	fflush(stdout);
	return 0;
}

static int monitor(const struct command *command, int argc, char **argv)
{
	int status = words_end(&(struct words){ argc, argv });
	const struct kind *only = NULL;
	size_t i;

	if (!status)
		status = links_load();
	if (status)
		return status;
	for (i = 0; i < KINDS; i++)
		if (!strcmp(command->name, kinds[i].name))
			only = &kinds[i];
	return receive_events(show_event, (void *)only);
}

static const struct command commands[] = {
	{ .name = "all", .run = monitor },
	{ .name = "link", .run = monitor },
	{ .name = "addr", .run = monitor },
	{ .name = "route", .run = monitor },
	{ .name = "rule", .run = monitor },
	{ .name = "neigh", .run = monitor },
	{ .name = "maddr", .run = monitor },
	{ .name = "impair", .run = monitor },
	{ .name = "router", .run = monitor },
	{ .name = NULL },
};

const struct object monitor_object = {
	.name = "monitor",
	.usage = "nsctl monitor [ all | link | addr | route | rule | neigh | maddr | impair |\n"
		 "                router ]",
	.commands = commands,
};
