// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl socket: sockets, half-open connections and TIME-WAIT.
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "nsctl.h"

static const struct keyword states[] = {
	{ "ESTAB", TCP_ESTABLISHED }, { "SYN-SENT", TCP_SYN_SENT },
	{ "SYN-RECV", TCP_SYN_RECV }, { "FIN-WAIT-1", TCP_FIN_WAIT1 },
	{ "FIN-WAIT-2", TCP_FIN_WAIT2 }, { "TIME-WAIT", TCP_TIME_WAIT },
	{ "UNCONN", TCP_CLOSE }, { "CLOSE-WAIT", TCP_CLOSE_WAIT },
	{ "LAST-ACK", TCP_LAST_ACK }, { "LISTEN", TCP_LISTEN },
	{ "CLOSING", TCP_CLOSING }, { NULL, 0 },
};

/* The kinds of sockets, by type and protocol; a protocol of 0 is any. */
static const struct kind {
	const char *name;
	uint16_t type;
	uint16_t protocol;
} kinds[] = {
	{ "tcp", SOCK_STREAM, IPPROTO_TCP }, { "udp", SOCK_DGRAM, IPPROTO_UDP },
	{ "ping", SOCK_DGRAM, 0 }, { "raw", SOCK_RAW, 0 }, { NULL, 0, 0 },
};

/* Return: the kind of a socket, or that which ends the table. */
static const struct kind *kind_of(const struct nlattr *const *tb)
{
	const struct kind *kind = kinds;

	if (!tb[NETSTACK_A_SOCKET_TYPE] || !tb[NETSTACK_A_SOCKET_PROTOCOL])
		return &kinds[sizeof(kinds) / sizeof(*kinds) - 1];
	while (kind->name &&
	       (kind->type != mnl_attr_get_u16(tb[NETSTACK_A_SOCKET_TYPE]) ||
		(kind->protocol && kind->protocol !=
		 mnl_attr_get_u16(tb[NETSTACK_A_SOCKET_PROTOCOL]))))
		kind++;
	return kind;
}

static struct json_object *socket_json(const struct nlattr *nest)
{
	static const struct attr_key numbers[] = {
		{ NETSTACK_A_SOCKET_RECVQ, "recvq" },
		{ NETSTACK_A_SOCKET_SENDQ, "sendq" },
		{ NETSTACK_A_SOCKET_UID, "uid" },
		{ NETSTACK_A_SOCKET_DROPS, "drops" },
		{ NETSTACK_A_SOCKET_INODE, "inode" },
		{ NETSTACK_A_SOCKET_COOKIE, "cookie" },
		{ 0, NULL },
	};
	const struct nlattr *tb[NETSTACK_A_SOCKET_MAX + 1];
	struct json_object *object = json_object_new_object();
	int family;

	nest_parse(nest, tb, NETSTACK_A_SOCKET_MAX);
	family = attr_family(tb[NETSTACK_A_SOCKET_FAMILY]);
	if (kind_of(tb)->name)
		put_string(object, "protocol", kind_of(tb)->name);
	put_keyword(object, "state", states, tb[NETSTACK_A_SOCKET_STATE]);
	put_address(object, "local", family, tb[NETSTACK_A_SOCKET_LOCAL]);
	put_attr_number(object, "local_port",
			tb[NETSTACK_A_SOCKET_LOCAL_PORT]);
	put_address(object, "remote", family, tb[NETSTACK_A_SOCKET_REMOTE]);
	put_attr_number(object, "remote_port",
			tb[NETSTACK_A_SOCKET_REMOTE_PORT]);
	if (tb[NETSTACK_A_SOCKET_DUAL_STACK])
		json_object_object_add(object, "dual_stack",
				       json_object_new_boolean(true));
	put_link(object, "link", tb[NETSTACK_A_SOCKET_LINK]);
	put_numbers(object, tb, numbers);
	socket_details_json(object, tb);
	return object;
}

/* As ss(8): '*' is the wildcard that stands for both families. */
static void print_end(struct json_object *object, const char *key,
		      const char *port, bool remote)
{
	const char *address = get_string(object, key);
	char host[64], text[80];

	if (has(object, "dual_stack"))
		snprintf(host, sizeof(host), "*");
	else if (strchr(address, ':'))
		snprintf(host, sizeof(host), "[%s]", address);
	else
		snprintf(host, sizeof(host), "%s", address);
	if (remote && !get_number(object, port))
		snprintf(text, sizeof(text), "%s:*", host);
	else
		snprintf(text, sizeof(text), "%s:%" PRIu64, host,
			 get_number(object, port));
	printf(" %-22s", text);
}

static void socket_text(struct json_object *object)
{
	printf("%-4s %-10s %-7" PRIu64 " %-7" PRIu64,
	       get_string(object, "protocol"), get_string(object, "state"),
	       get_number(object, "recvq"), get_number(object, "sendq"));
	print_end(object, "local", "local_port", false);
	print_end(object, "remote", "remote_port", true);
	if (has(object, "link"))
		printf(" dev %s", get_string(object, "link"));
	putchar('\n');
	socket_details_text(object);
}

/**
 * struct filter - which sockets are shown; zero: any
 */
struct filter {
	const char *kind;
	bool listening;
};

static int show_one(int cmd, const struct nlattr *nest, void *data)
{
	const struct nlattr *tb[NETSTACK_A_SOCKET_MAX + 1];
	const struct filter *filter = data;

	(void)cmd;
	nest_parse(nest, tb, NETSTACK_A_SOCKET_MAX);
	if (filter->kind && kind_of(tb)->name != filter->kind)
		return 0;
	if (filter->listening && tb[NETSTACK_A_SOCKET_STATE] &&
	    mnl_attr_get_u8(tb[NETSTACK_A_SOCKET_STATE]) != TCP_LISTEN)
		return 0;
	output_object(socket_json(nest), socket_text);
	return 0;
}

static int show(const struct command *command, int argc, char **argv)
{
	struct words words = { argc, argv };
	struct filter filter = { 0 };
	const struct kind *kind;
	struct nlmsghdr *nlh;
	struct nlattr *nest;
	bool details = false;
	const char *word;
	int status;

	while ((word = word_next(&words))) {
		for (kind = kinds; kind->name && strcmp(word, kind->name);)
			kind++;
		if (kind->name)
			filter.kind = kind->name;
		else if (!strcmp(word, "listening"))
			filter.listening = true;
		else if (!strcmp(word, "details") || !strcmp(word, "-d"))
			details = true;
		else
			return unknown_word("socket", command->name, word);
	}
	status = links_load();
	if (status)
		return status;
	if (!json_output)
		printf("%-4s %-10s %-7s %-7s %-22s %s\n", "", "State",
		       "Recv-Q", "Send-Q", "Local", "Remote");
	nlh = request_begin(NETSTACK_CMD_SOCKET_GET, NLM_F_DUMP);
	if (details) {
		nest = mnl_attr_nest_start(nlh, NETSTACK_A_SOCKET);
		mnl_attr_put(nlh, NETSTACK_A_SOCKET_DETAILS, 0, NULL);
		mnl_attr_nest_end(nlh, nest);
	}
	return request_show(nlh, show_one, &filter, "list sockets");
}

static const struct command commands[] = {
	{ .name = "show", .run = show },
	{ .name = NULL },
};

const struct object socket_object = {
	.name = "socket",
	.usage = "nsctl socket [ show [ tcp | udp | ping | raw ] [ listening ] [ details ] ]",
	.commands = commands,
};
