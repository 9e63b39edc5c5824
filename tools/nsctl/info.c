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
	if (tb[NETSTACK_A_LIMIT_NAME])
		put_string(object, "name",
			   mnl_attr_get_str(tb[NETSTACK_A_LIMIT_NAME]));
	if (tb[NETSTACK_A_LIMIT_USED])
		put_number(object, "used",
			   mnl_attr_get_u64(tb[NETSTACK_A_LIMIT_USED]));
	if (tb[NETSTACK_A_LIMIT_MAX])
		put_number(object, "max",
			   mnl_attr_get_u64(tb[NETSTACK_A_LIMIT_MAX]));
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
			put_string(object, "version", mnl_attr_get_str(attr));
			break;
		case NETSTACK_A_INFO_FAMILY:
			put_number(object, "family", mnl_attr_get_u32(attr));
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

static int show(int argc, char **argv)
{
	if (argc)
		return usage_error("'%s' is one word too many", argv[0]);
	return request_send(request_begin(NETSTACK_CMD_INFO_GET, 0), show_one,
			    NULL, "show the stack");
}

static const struct command commands[] = {
	{ "show", show },
	{ NULL, NULL },
};

const struct object info_object = {
	.name = "info",
	.usage = "nsctl info [ show ]\n"
		 "  limits are set with sysctl(8), in net.netstack",
	.commands = commands,
};
