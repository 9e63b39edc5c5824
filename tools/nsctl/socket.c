// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl socket: sockets, half-open connections and TIME-WAIT.
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

#include "nsctl.h"

static const struct keyword states[] = {
	{ "ESTAB", TCP_ESTABLISHED }, { "SYN-SENT", TCP_SYN_SENT },
	{ "SYN-RECV", TCP_SYN_RECV }, { "FIN-WAIT-1", TCP_FIN_WAIT1 },
	{ "FIN-WAIT-2", TCP_FIN_WAIT2 }, { "TIME-WAIT", TCP_TIME_WAIT },
	{ "UNCONN", TCP_CLOSE }, { "CLOSE-WAIT", TCP_CLOSE_WAIT },
	{ "LAST-ACK", TCP_LAST_ACK }, { "LISTEN", TCP_LISTEN },
	{ "CLOSING", TCP_CLOSING }, { NULL, 0 },
};

static const struct keyword protocols[] = {
	{ "tcp", IPPROTO_TCP }, { "udp", IPPROTO_UDP }, { NULL, 0 },
};

static struct json_object *socket_json(const struct nlattr *nest)
{
	static const struct {
		int attr;
		const char *key;
	} numbers[] = {
		{ NETSTACK_A_SOCKET_RECVQ, "recvq" },
		{ NETSTACK_A_SOCKET_SENDQ, "sendq" },
		{ NETSTACK_A_SOCKET_UID, "uid" },
		{ NETSTACK_A_SOCKET_DROPS, "drops" },
	};
	const struct nlattr *tb[NETSTACK_A_SOCKET_MAX + 1];
	struct json_object *object = json_object_new_object();
	int family;
	size_t i;

	nest_parse(nest, tb, NETSTACK_A_SOCKET_MAX);
	family = tb[NETSTACK_A_SOCKET_FAMILY] ?
		 mnl_attr_get_u16(tb[NETSTACK_A_SOCKET_FAMILY]) : AF_INET;
	if (tb[NETSTACK_A_SOCKET_PROTOCOL])
		put_keyword(object, "protocol", protocols,
			    mnl_attr_get_u16(tb[NETSTACK_A_SOCKET_PROTOCOL]));
	if (tb[NETSTACK_A_SOCKET_STATE])
		put_keyword(object, "state", states,
			    mnl_attr_get_u8(tb[NETSTACK_A_SOCKET_STATE]));
	put_address(object, "local", family, tb[NETSTACK_A_SOCKET_LOCAL]);
	if (tb[NETSTACK_A_SOCKET_LOCAL_PORT])
		put_number(object, "local_port",
			   mnl_attr_get_u16(tb[NETSTACK_A_SOCKET_LOCAL_PORT]));
	put_address(object, "remote", family, tb[NETSTACK_A_SOCKET_REMOTE]);
	if (tb[NETSTACK_A_SOCKET_REMOTE_PORT])
		put_number(object, "remote_port",
			   mnl_attr_get_u16(tb[NETSTACK_A_SOCKET_REMOTE_PORT]));
	put_link(object, "link", tb[NETSTACK_A_SOCKET_LINK]);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (tb[numbers[i].attr])
			put_number(object, numbers[i].key,
				   mnl_attr_get_u32(tb[numbers[i].attr]));
	if (tb[NETSTACK_A_SOCKET_INODE])
		put_number(object, "inode",
			   mnl_attr_get_u64(tb[NETSTACK_A_SOCKET_INODE]));
	if (tb[NETSTACK_A_SOCKET_COOKIE])
		put_number(object, "cookie",
			   mnl_attr_get_u64(tb[NETSTACK_A_SOCKET_COOKIE]));
	return object;
}

static void print_end(struct json_object *object, const char *address,
		      const char *port, bool remote)
{
	char text[80];

	if (remote && !get_number(object, port))
		snprintf(text, sizeof(text), "%s:*",
			 get_string(object, address));
	else
		snprintf(text, sizeof(text), "%s:%" PRIu64,
			 get_string(object, address),
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
}

/**
 * struct filter - which sockets are shown; zero: any
 */
struct filter {
	uint32_t protocol;
	bool listening;
};

static int show_one(int cmd, const struct nlattr *nest, void *data)
{
	const struct nlattr *tb[NETSTACK_A_SOCKET_MAX + 1];
	const struct filter *filter = data;

	(void)cmd;
	nest_parse(nest, tb, NETSTACK_A_SOCKET_MAX);
	if (filter->protocol && tb[NETSTACK_A_SOCKET_PROTOCOL] &&
	    mnl_attr_get_u16(tb[NETSTACK_A_SOCKET_PROTOCOL]) !=
	    filter->protocol)
		return 0;
	if (filter->listening && tb[NETSTACK_A_SOCKET_STATE] &&
	    mnl_attr_get_u8(tb[NETSTACK_A_SOCKET_STATE]) != TCP_LISTEN)
		return 0;
	output_object(socket_json(nest), socket_text);
	return 0;
}

static int show(int argc, char **argv)
{
	struct words words = { argc, argv };
	struct filter filter = { 0 };
	const char *word;
	int status;

	while ((word = word_next(&words))) {
		if (!strcmp(word, "tcp"))
			filter.protocol = IPPROTO_TCP;
		else if (!strcmp(word, "udp"))
			filter.protocol = IPPROTO_UDP;
		else if (!strcmp(word, "listening"))
			filter.listening = true;
		else
			return usage_error("socket show has no word '%s': try nsctl socket help",
					   word);
	}
	status = links_load();
	if (status)
		return status;
	output_begin();
	if (!json_output)
		printf("%-4s %-10s %-7s %-7s %-22s %s\n", "", "State",
		       "Recv-Q", "Send-Q", "Local", "Remote");
	status = request_dump(NETSTACK_CMD_SOCKET_GET, show_one, &filter,
			      "list sockets");
	if (!status)
		output_end();
	return status;
}

static const struct command commands[] = {
	{ "show", show },
	{ NULL, NULL },
};

const struct object socket_object = {
	.name = "socket",
	.usage = "nsctl socket [ show [ tcp | udp ] [ listening ] ]",
	.commands = commands,
};
