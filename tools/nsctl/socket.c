// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl socket: sockets, half-open connections and TIME-WAIT.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <inttypes.h>
#include <linux/sock_diag.h>
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
static const struct kind *kind_of(const struct netstack_diag_msg *msg)
{
	const struct kind *kind = kinds;

	while (kind->name &&
	       (kind->type != msg->type ||
		(kind->protocol && kind->protocol != msg->protocol)))
		kind++;
	return kind;
}

static struct json_object *socket_json(const struct diag_socket *socket)
{
	const struct netstack_diag_msg *msg = socket->msg;
	struct json_object *object = json_object_new_object();
	uint64_t cookie;

	if (kind_of(msg)->name)
		put_string(object, "protocol", kind_of(msg)->name);
	put_string(object, "state", keyword_name(states, msg->state));
	put_inet(object, "local", msg->address_family, msg->id.src);
	put_number(object, "local_port", ntohs(msg->id.sport));
	put_inet(object, "remote", msg->address_family, msg->id.dst);
	put_number(object, "remote_port", ntohs(msg->id.dport));
	if (msg->flags & NETSTACK_DIAG_F_DUAL_STACK)
		put_true(object, "dual_stack");
	if (msg->id.link)
		put_link_index(object, "link", msg->id.link);
	cookie = (uint64_t)msg->id.cookie[1] << 32 | msg->id.cookie[0];
	if (cookie == UINT64_MAX)
		return object;
	put_number(object, "recvq", msg->rqueue);
	put_number(object, "sendq", msg->wqueue);
	put_number(object, "uid", msg->uid);
	put_number(object, "drops", msg->drops);
	put_number(object, "inode", msg->inode);
	put_number(object, "cookie", cookie);
	socket_details_json(object, socket->tb);
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

static void show_one(const struct diag_socket *socket, void *data)
{
	const struct filter *filter = data;

	if (filter->kind && filter->kind != kind_of(socket->msg)->name)
		return;
	output_object(socket_json(socket), socket_text);
}

static int show(const struct command *command, int argc, char **argv)
{
	struct words words = { argc, argv };
	struct filter filter = { 0 };
	const struct kind *kind;
	struct netstack_diag_req *request;
	struct nlmsghdr *nlh;
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
	nlh = diag_begin(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &request);
	request->address_family = only_family;
	if (filter.listening)
		request->states = 1 << TCP_LISTEN;
	if (details)
		request->show = NETSTACK_DIAG_SHOW(NETSTACK_DIAG_MEMINFO) |
				NETSTACK_DIAG_SHOW(NETSTACK_DIAG_TCP_INFO) |
				NETSTACK_DIAG_SHOW(NETSTACK_DIAG_CONGESTION);
	output_begin();
	status = diag_send(nlh, show_one, &filter);
	if (status)
		return kernel_error("cannot list sockets: %s (%s)",
				    strerror(status), strerrorname_np(status));
	output_end();
	return EXIT_OK;
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
