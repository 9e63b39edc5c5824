// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl info: the stack, its limits and their use.
 */
#include <inttypes.h>
#include <stdio.h>

#include "nsctl.h"

static struct json_object *limit_json(const struct nlattr *nest)
{
	const struct nlattr *tb[NETSTACK_A_LIMIT_ATTR_MAX + 1];
	struct json_object *object = json_object_new_object();

	nest_parse(nest, tb, NETSTACK_A_LIMIT_ATTR_MAX);
	put_attr_string(object, "name", tb[NETSTACK_A_LIMIT_NAME]);
	put_attr_number(object, "used", tb[NETSTACK_A_LIMIT_USED]);
	put_attr_number(object, "max", tb[NETSTACK_A_LIMIT_MAX]);
	return object;
}

static struct json_object *info_json(const struct nlattr *nest)
{
	struct json_object *object = json_object_new_object();
	struct json_object *limits = json_object_new_array();
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest) {
		switch (mnl_attr_get_type(attr)) {
		case NETSTACK_A_INFO_VERSION:
			put_attr_string(object, "version", attr);
			break;
		case NETSTACK_A_INFO_FAMILY:
			put_attr_number(object, "family", attr);
			break;
		case NETSTACK_A_INFO_LIMIT:
			json_object_array_add(limits, limit_json(attr));
			break;
		}
	}
	json_object_object_add(object, "limits", limits);
	return object;
}

static void info_text(struct json_object *object)
{
	struct json_object *limits, *limit;
	size_t i;

	printf("netstack %s, address family %" PRIu64 "\n",
	       get_string(object, "version"), get_number(object, "family"));
	if (!json_object_object_get_ex(object, "limits", &limits))
		return;
	for (i = 0; i < json_object_array_length(limits); i++) {
		limit = json_object_array_get_idx(limits, i);
		printf("  %-22s %10" PRIu64 " of %" PRIu64 "\n",
		       get_string(limit, "name"), get_number(limit, "used"),
		       get_number(limit, "max"));
	}
}

static int show_one(int cmd, const struct nlattr *nest, void *data)
{
	(void)cmd;
	(void)data;
	output_object(info_json(nest), info_text);
	return 0;
}

static int show(const struct command *command, int argc, char **argv)
{
	int status = words_end(&(struct words){ argc, argv });

	(void)command;
	if (status)
		return status;
	return request_send(request_begin(NETSTACK_CMD_INFO_GET, 0), show_one,
			    NULL, "show the stack");
}

static const struct command commands[] = {
	{ .name = "show", .run = show },
	{ .name = NULL },
};

const struct object info_object = {
	.name = "info",
	.usage = "nsctl info [ show ]\n"
		 "  limits are set with sysctl(8), in net.netstack",
	.commands = commands,
};
