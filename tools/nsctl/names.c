// SPDX-License-Identifier: GPL-2.0
/*
 * Names and numbers of the stack's links.
 */
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nsctl.h"

/**
 * struct link_name - a link of the stack
 */
struct link_name {
	uint32_t index;
	char name[IF_NAMESIZE];
};

static struct link_name *links;
static size_t link_count;

static int add(int cmd, const struct nlattr *nest, void *data)
{
	const struct nlattr *tb[NETSTACK_A_LINK_MAX + 1];
	struct link_name *link;

	(void)cmd;
	(void)data;
	nest_parse(nest, tb, NETSTACK_A_LINK_MAX);
	if (!tb[NETSTACK_A_LINK_INDEX] || !tb[NETSTACK_A_LINK_NAME])
		return 0;
	link = array_grow(&links, &link_count, sizeof(*link));
	link->index = mnl_attr_get_u32(tb[NETSTACK_A_LINK_INDEX]);
	snprintf(link->name, sizeof(link->name), "%s",
		 mnl_attr_get_str(tb[NETSTACK_A_LINK_NAME]));
	return 0;
}

int links_load(void)
{
	link_count = 0;
	return request_dump(NETSTACK_CMD_LINK_GET, add, NULL, "list links");
}

bool is_link(const struct nlattr *attr, uint32_t index)
{
	return attr && (!index || mnl_attr_get_u32(attr) == index);
}

const char *link_name(uint32_t index, char *unknown)
{
	size_t i;

	for (i = 0; i < link_count; i++)
		if (links[i].index == index)
			return links[i].name;
	snprintf(unknown, IF_NAME_BYTES, "#%u", index);
	return unknown;
}

bool link_at(size_t i, uint32_t *index, const char **name)
{
	if (i >= link_count)
		return false;
	*index = links[i].index;
	*name = links[i].name;
	return true;
}

void put_link(struct json_object *object, const char *key,
	      const struct nlattr *attr)
{
	if (attr)
		put_link_index(object, key, mnl_attr_get_u32(attr));
}

void put_link_index(struct json_object *object, const char *key,
		    uint32_t index)
{
	char unknown[IF_NAME_BYTES];

	put_string(object, key, link_name(index, unknown));
}

bool parse_link(const char *word, uint32_t *index)
{
	size_t i;
	int status;

	if (!link_count) {
		status = links_load();
		if (status)
			exit(status);
	}
	for (i = 0; i < link_count; i++) {
		if (!strcmp(links[i].name, word)) {
			*index = links[i].index;
			return true;
		}
	}
	usage_error("the stack has no link '%s': try nsctl link", word);
	return false;
}

/**
 * struct listing - a listing under way
 */
struct listing {
	const struct on_link *kind;
	uint32_t link;
};

static int list_one(int cmd, const struct nlattr *nest, void *data)
{
	const struct listing *listing = data;
	const struct nlattr *attr, *link = NULL, *family = NULL;

	(void)cmd;
	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) == listing->kind->link)
			link = attr;
		else if (mnl_attr_get_type(attr) == listing->kind->family)
			family = attr;
	}
	if (is_link(link, listing->link) &&
	    (!only_family || attr_family(family) == only_family))
		output_object(listing->kind->json(nest), listing->kind->text);
	return 0;
}

int show_on_link(const struct on_link *kind, int argc, char **argv)
{
	struct listing listing = { kind, 0 };
	int status;

	status = parse_dev(argc, argv, &listing.link);
	if (!status)
		status = links_load();
	if (status)
		return status;
	return request_show(request_begin(kind->cmd, NLM_F_DUMP), list_one,
			    &listing, kind->what);
}
