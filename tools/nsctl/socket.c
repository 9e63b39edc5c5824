// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl socket: sockets, half-open connections and TIME-WAIT, with the options
 * and the filters of ss(8).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "socket.h"

static const struct keyword states[] = {
	{ "ESTAB", TCP_ESTABLISHED }, { "SYN-SENT", TCP_SYN_SENT },
	{ "SYN-RECV", TCP_SYN_RECV }, { "FIN-WAIT-1", TCP_FIN_WAIT1 },
	{ "FIN-WAIT-2", TCP_FIN_WAIT2 }, { "TIME-WAIT", TCP_TIME_WAIT },
	{ "UNCONN", TCP_CLOSE }, { "CLOSE-WAIT", TCP_CLOSE_WAIT },
	{ "LAST-ACK", TCP_LAST_ACK }, { "LISTEN", TCP_LISTEN },
	{ "CLOSING", TCP_CLOSING }, { NULL, 0 },
};

static const struct keyword timers[] = {
	{ "on", NETSTACK_DIAG_TIMER_ON },
	{ "keepalive", NETSTACK_DIAG_TIMER_KEEPALIVE },
	{ "timewait", NETSTACK_DIAG_TIMER_TIMEWAIT },
	{ "persist", NETSTACK_DIAG_TIMER_PERSIST }, { NULL, 0 },
};

/* The kinds of sockets, by type and protocol; a protocol of 0 is any. */
static const struct kind {
	const char *name;
	uint8_t type;
	uint8_t protocol;
	char option;
} kinds[] = {
	{ "tcp", SOCK_STREAM, IPPROTO_TCP, 't' },
	{ "udp", SOCK_DGRAM, IPPROTO_UDP, 'u' },
	{ "ping", SOCK_DGRAM, 0, 0 }, { "raw", SOCK_RAW, 0, 'w' },
};

#define KINDS	(sizeof(kinds) / sizeof(kinds[0]))

/**
 * struct wish - what the command line asks for
 * @filter: which sockets
 * @kinds: bits of @kinds; 0: all
 * @family: AF_INET, AF_INET6, or 0 for both
 * @show: NETSTACK_DIAG_SHOW() of the details
 * @no_header: no line of headings
 * @processes: those that have it open
 * @timers: what it waits for
 * @extended: owner, inode, cookie, mark, cgroup
 * @kill: end them, and show those that were
 */
struct wish {
	struct socket_filter filter;
	unsigned int kinds;
	int family;
	uint32_t show;
	bool no_header;
	bool processes;
	bool timers;
	bool extended;
	bool kill;
};

/**
 * struct victim - a socket to be ended
 */
struct victim {
	struct netstack_diag_msg msg;
	struct json_object *object;
};

/**
 * struct listing - a listing under way
 */
struct listing {
	const struct wish *wish;
	struct victim *victims;
	size_t victim_count;
};

static uint64_t cookie_of(const struct netstack_diag_msg *msg)
{
	return (uint64_t)msg->id.cookie[1] << 32 | msg->id.cookie[0];
}

/* Return: the kind of a socket; what no kind is, is raw. */
static unsigned int kind_of(const struct netstack_diag_msg *msg)
{
	unsigned int i;

	for (i = 0; i < KINDS - 1; i++)
		if (kinds[i].type == msg->type &&
		    (!kinds[i].protocol || kinds[i].protocol == msg->protocol))
			break;
	return i;
}

static void put_timer(struct json_object *object,
		      const struct netstack_diag_msg *msg)
{
	struct json_object *timer;

	if (msg->timer == NETSTACK_DIAG_TIMER_OFF)
		return;
	timer = json_object_new_object();
	put_string(timer, "kind", keyword_name(timers, msg->timer));
	put_number(timer, "expires_ms", msg->expires);
	put_number(timer, "retrans", msg->retrans);
	json_object_object_add(object, "timer", timer);
}

/* What half-open connections and TIME-WAIT do not have. */
static void put_sock(struct json_object *object,
		     const struct diag_socket *socket, const struct wish *wish)
{
	const struct netstack_diag_msg *msg = socket->msg;
	struct json_object *processes;

	put_number(object, "recvq", msg->rqueue);
	put_number(object, "sendq", msg->wqueue);
	put_number(object, "uid", msg->uid);
	put_number(object, "drops", msg->drops);
	put_number(object, "inode", msg->inode);
	put_number(object, "cookie", cookie_of(msg));
	if (wish->processes && msg->inode) {
		processes = processes_json(msg->inode);
		if (processes)
			json_object_object_add(object, "processes", processes);
	}
	if (wish->extended)
		put_number(object, "shutdown", msg->shutdown);
	put_attr_number(object, "mark", socket->tb[NETSTACK_DIAG_MARK]);
	put_attr_number(object, "cgroup", socket->tb[NETSTACK_DIAG_CGROUP_ID]);
	socket_details_json(object, socket->tb);
}

static struct json_object *socket_json(const struct diag_socket *socket,
				       const struct wish *wish)
{
	const struct netstack_diag_msg *msg = socket->msg;
	struct json_object *object = json_object_new_object();

	put_string(object, "protocol", kinds[kind_of(msg)].name);
	put_string(object, "state", keyword_name(states, msg->state));
	put_inet(object, "local", msg->address_family, msg->id.src);
	put_number(object, "local_port", ntohs(msg->id.sport));
	put_inet(object, "remote", msg->address_family, msg->id.dst);
	put_number(object, "remote_port", ntohs(msg->id.dport));
	if (msg->flags & NETSTACK_DIAG_F_DUAL_STACK)
		put_true(object, "dual_stack");
	if (msg->id.link)
		put_link_index(object, "link", msg->id.link);
	if (wish->timers)
		put_timer(object, msg);
	if (cookie_of(msg) != UINT64_MAX)
		put_sock(object, socket, wish);
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

static void print_timer(struct json_object *timer)
{
	uint64_t ms = get_number(timer, "expires_ms");

	printf(" timer:(%s,", get_string(timer, "kind"));
	if (ms < 1000)
		printf("%" PRIu64 "ms", ms);
	else if (ms < 60000)
		printf("%gsec", ms / 1000.0);
	else
		printf("%" PRIu64 "min%" PRIu64 "sec", ms / 60000,
		       ms / 1000 % 60);
	printf(",%" PRIu64 ")", get_number(timer, "retrans"));
}

static void print_extended(struct json_object *object)
{
	uint64_t shutdown = get_number(object, "shutdown");

	printf(" uid:%" PRIu64 " ino:%" PRIu64 " sk:%" PRIx64,
	       get_number(object, "uid"), get_number(object, "inode"),
	       get_number(object, "cookie"));
	if (get_number(object, "mark"))
		printf(" fwmark:0x%" PRIx64, get_number(object, "mark"));
	if (has(object, "cgroup"))
		printf(" cgroup:%" PRIu64, get_number(object, "cgroup"));
	printf(" %c-%c", shutdown & 1 ? '-' : '<', shutdown & 2 ? '-' : '>');
}

static void socket_text(struct json_object *object)
{
	struct json_object *part;

	printf("%-4s %-10s %-7" PRIu64 " %-7" PRIu64,
	       get_string(object, "protocol"), get_string(object, "state"),
	       get_number(object, "recvq"), get_number(object, "sendq"));
	print_end(object, "local", "local_port", false);
	print_end(object, "remote", "remote_port", true);
	if (has(object, "link"))
		printf(" dev %s", get_string(object, "link"));
	if (json_object_object_get_ex(object, "processes", &part))
		processes_text(part);
	if (json_object_object_get_ex(object, "timer", &part))
		print_timer(part);
	if (has(object, "shutdown"))
		print_extended(object);
	putchar('\n');
	socket_details_text(object);
}

static void receive(const struct diag_socket *socket, void *data)
{
	struct listing *listing = data;
	const struct wish *wish = listing->wish;
	struct json_object *object;
	struct victim *victim;

	if ((wish->kinds && !(wish->kinds & 1U << kind_of(socket->msg))) ||
	    !filter_passes(&wish->filter, socket->msg))
		return;
	object = socket_json(socket, wish);
	if (!wish->kill) {
		output_object(object, socket_text);
		return;
	}
	victim = array_grow(&listing->victims, &listing->victim_count,
			    sizeof(*victim));
	victim->msg = *socket->msg;
	victim->object = object;
}

/* One request serves; several kinds are told apart here. */
static void put_kinds(struct netstack_diag_req *request, unsigned int wanted)
{
	unsigned int i;

	for (i = 0; i < KINDS; i++) {
		if (wanted == 1U << i) {
			request->type = kinds[i].type;
			request->protocol = kinds[i].protocol;
		}
	}
}

/* Return: 0 or an errno. */
static int end_one(const struct netstack_diag_msg *msg)
{
	struct netstack_diag_req *request;
	struct nlmsghdr *nlh = diag_begin(SOCK_DESTROY, 0, &request);

	request->protocol = msg->protocol;
	request->type = msg->type;
	request->address_family = msg->address_family;
	request->id = msg->id;
	/* What has no cookie is known by its state. */
	if (cookie_of(msg) == UINT64_MAX)
		request->states = 1U << msg->state;
	return diag_send(nlh, NULL, NULL);
}

/* What has gone meanwhile is passed over. Return: 0 or an errno. */
static int end_all(struct listing *listing)
{
	struct victim *victim;
	int status = 0, err;
	size_t i;

	for (i = 0; i < listing->victim_count; i++) {
		victim = &listing->victims[i];
		err = status ? status : end_one(&victim->msg);
		if (!err) {
			output_object(victim->object, socket_text);
			continue;
		}
		json_object_put(victim->object);
		if (err != ENOENT)
			status = err;
	}
	free(listing->victims);
	return status;
}

static int carry_out(const struct wish *wish)
{
	struct netstack_diag_req *request;
	struct listing listing = { wish, NULL, 0 };
	struct nlmsghdr *nlh;
	int err;

	if (!json_output && !wish->no_header)
		printf("%-4s %-10s %-7s %-7s %-22s %s\n", "", "State",
		       "Recv-Q", "Send-Q", "Local", "Remote");
	nlh = diag_begin(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &request);
	request->address_family = wish->family;
	request->show = wish->show;
	put_kinds(request, wish->kinds);
	filter_put(&wish->filter, nlh, request);
	output_begin();
	err = diag_send(nlh, receive, &listing);
	if (err)
		return kernel_error("cannot list sockets: %s (%s)",
				    strerror(err), strerrorname_np(err));
	err = end_all(&listing);
	output_end();
	if (err)
		return kernel_error("cannot end a socket: %s (%s)",
				    strerror(err), strerrorname_np(err));
	return EXIT_OK;
}

static void only_state(struct wish *wish, uint32_t state_bits)
{
	wish->filter.states = state_bits;
	wish->filter.states_given = true;
}

/* One letter behind a '-'. False: there is no such option. */
static bool take_letter(struct wish *wish, char letter)
{
	unsigned int i;

	for (i = 0; i < KINDS; i++) {
		if (letter == kinds[i].option) {
			wish->kinds |= 1U << i;
			return true;
		}
	}
	switch (letter) {
	case '4':
		wish->family = AF_INET;
		return true;
	case '6':
		wish->family = AF_INET6;
		return true;
	case 'a':
	case 'n':
		/* It is so without it. */
		return true;
	case 'e':
		wish->extended = true;
		wish->show |= NETSTACK_DIAG_SHOW(NETSTACK_DIAG_MARK) |
			      NETSTACK_DIAG_SHOW(NETSTACK_DIAG_CGROUP_ID);
		return true;
	case 'H':
		wish->no_header = true;
		return true;
	case 'i':
		wish->show |= NETSTACK_DIAG_SHOW(NETSTACK_DIAG_TCP_INFO) |
			      NETSTACK_DIAG_SHOW(NETSTACK_DIAG_CONGESTION);
		return true;
	case 'K':
		wish->kill = true;
		return true;
	case 'l':
		only_state(wish, 1U << TCP_LISTEN);
		return true;
	case 'm':
		wish->show |= NETSTACK_DIAG_SHOW(NETSTACK_DIAG_MEMINFO);
		return true;
	case 'o':
		wish->timers = true;
		return true;
	case 'p':
		wish->processes = true;
		return true;
	}
	return false;
}

/* "tcp" and its like. False: it is none of them. */
static bool take_word(struct wish *wish, const char *word)
{
	unsigned int i;

	for (i = 0; i < KINDS; i++) {
		if (!strcmp(word, kinds[i].name)) {
			wish->kinds |= 1U << i;
			return true;
		}
	}
	if (strcmp(word, "listening"))
		return false;
	only_state(wish, 1U << TCP_LISTEN);
	return true;
}

/* Options and words, up to the filter. Return: an exit status. */
static int take_options(struct wish *wish, struct words *words)
{
	const char *word, *letter;

	for (; words->count; word_next(words)) {
		word = words->at[0];
		if (*word != '-') {
			if (!take_word(wish, word))
				return EXIT_OK;
			continue;
		}
		letter = word + 1;
		while (*letter && take_letter(wish, *letter))
			letter++;
		if (*letter || !word[1])
			return usage_error("socket has no option -%.1s: try nsctl socket help",
					   letter);
	}
	return EXIT_OK;
}

static int run(int argc, char **argv)
{
	struct words words = { argc, argv };
	struct wish wish = {
		.filter = { .states = STATES_ALL },
		.family = only_family,
	};
	int status;

	if (words.count && !strcmp(words.at[0], "show"))
		word_next(&words);
	status = take_options(&wish, &words);
	if (!status)
		status = filter_parse(&wish.filter, &words);
	if (!status && wish.kill && !wish.filter.states_given &&
	    !wish.filter.expression)
		status = usage_error("-K ends sockets: say which ones, or 'state all'");
	if (!status)
		status = links_load();
	if (!status) {
		if (wish.processes)
			processes_load();
		status = carry_out(&wish);
	}
	filter_free(&wish.filter);
	return status;
}

const struct object socket_object = {
	.name = "socket",
	.usage = "nsctl socket [ show [ OPTION ]... [ tcp | udp | ping | raw ]... [ listening ]\n"
		 "             [ state STATE ]... [ exclude STATE ]... [ EXPRESSION ] ]\n"
		 "  OPTION := { -4 | -6 | -H | -K | -a | -e | -i | -l | -m | -n | -o | -p | -t | -u | -w };\n"
		 "  as of ss(8): -t tcp, -u udp, -w raw, -l listening, -p processes, -o timers,\n"
		 "  with -e owner and cookie, -m memory, -i what TCP measures; -H no headings,\n"
		 "  and -a all and -n numbers, as without; -K end what is shown\n"
		 "  STATE := { established | syn-sent | syn-recv | fin-wait-1 | fin-wait-2 | time-wait | closed | close-wait | last-ack | listening | closing | all | connected | synchronized | bucket | big }\n"
		 "  EXPRESSION := { sport | dport | src | dst | dev | and | or | not }:\n"
		 "  { sport | dport } { = | != | < | > | <= | >= } PORT,\n"
		 "  { src | dst } [ = | != ] ADDRESS[/LENGTH][:PORT], dev [ = | != ] LINK,\n"
		 "  joined by and, or, not and parentheses",
	.run = run,
};
