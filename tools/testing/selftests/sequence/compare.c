// SPDX-License-Identifier: GPL-2.0
/*
 * Two transcripts of a sequence: the first thing that differs, and is not
 * among the differences that are intended.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/netstack.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "sequence.h"

#ifndef SOL_TCP
#define SOL_TCP		6
#endif
#ifndef IP_PROTOCOL
#define IP_PROTOCOL	52
#endif

/**
 * struct pair - the same thing in both worlds
 * @call: whose it is
 * @kind: of the call's first socket, as far as the sequence tells
 * @sequence: whole sequence
 * @at: place of the call in it
 */
struct pair {
	const struct call *call;
	const struct socket_kind *kind;
	const struct sequence *sequence;
	unsigned int at;
	const char *what;
	long long host, stack;
};

static bool is(const struct pair *pair, const char *name)
{
	return !strcmp(pair->call->kind->name, name);
}

static bool asks(const struct pair *pair, int level, int number)
{
	const struct option_row *row;

	if (!is(pair, "getsockopt") && !is(pair, "setsockopt"))
		return false;
	option_rows(&row);
	row += pair->call->args[1];
	return row->level == level && row->number == number;
}

static const struct socket_kind *kind_of(const struct sequence *sequence,
					 unsigned int at)
{
	const struct call *call = &sequence->calls[at];
	const struct socket_kind *kinds[SLOTS] = {};
	unsigned int i;

	if (!argument_count(call->kind) ||
	    call->kind->arguments[0].domain != &slot_domain)
		return NULL;
	for (i = 0; i <= at; i++) {
		const struct call *before = &sequence->calls[i];

		if (!strcmp(before->kind->name, "socket"))
			kinds[before->args[0]] = &socket_kinds[before->args[1]];
		if (i < at && (!strcmp(before->kind->name, "accept4") ||
			       !strcmp(before->kind->name, "dup")) &&
		    kinds[before->args[0]])
			kinds[before->args[1]] = kinds[before->args[0]];
	}
	return kinds[call->args[0]];
}

/* Has a call before been one of @name, and @which of its socket's kind? */
static bool after(const struct pair *pair, const char *name,
		  bool (*which)(const struct call *call,
				const struct socket_kind *kind))
{
	unsigned int i;

	for (i = 0; i < pair->at; i++)
		if (!strcmp(pair->sequence->calls[i].kind->name, name) &&
		    which(&pair->sequence->calls[i],
			  kind_of(pair->sequence, i)))
			return true;
	return false;
}

/* ---- what is intended ---- */

static bool domain_is_the_family(const struct pair *pair)
{
	return asks(pair, SOL_SOCKET, SO_DOMAIN) && !strcmp(pair->what, "value");
}

static bool mtu_of_lo(const struct pair *pair)
{
	return !strcmp(pair->what, "value") &&
	       (asks(pair, SOL_IP, IP_MTU) || asks(pair, SOL_IPV6, IPV6_MTU) ||
		asks(pair, SOL_IPV6, IPV6_PATHMTU));
}

static bool sends_from_foreign(const struct pair *pair)
{
	return is(pair, "sendmsg") && pair->call->args[4] == 3 &&
	       !strcmp(pair->what, "return") && pair->stack == -ENETUNREACH;
}

static bool counts_from_acknowledged(const struct pair *pair)
{
	return (asks(pair, SOL_SOCKET, SO_TIMESTAMPING_OLD) ||
		asks(pair, SOL_SOCKET, SO_TIMESTAMPING_NEW)) &&
	       pair->kind && pair->kind->type == SOCK_STREAM &&
	       pair->host == -EINVAL &&
	       (!pair->stack || pair->stack == -EOPNOTSUPP);
}

static bool has_extension_headers(const struct pair *pair)
{
	return is(pair, "sendmsg") && pair->call->args[4] == 22 &&
	       !strcmp(pair->what, "return") && pair->stack == -EINVAL;
}

static bool mapped_raw(const struct pair *pair)
{
	return pair->kind && pair->kind->type == SOCK_RAW && pair->kind->six &&
	       !strcmp(pair->what, "return") && pair->stack == -ENETUNREACH;
}

static bool quotes_a_segment(const struct pair *pair)
{
	return pair->kind && pair->kind->protocol == IPPROTO_ICMP &&
	       pair->kind->type == SOCK_RAW && pair->host == 556 &&
	       pair->stack > 0;
}

/* Has this call or one before named a group? */
static bool names_group(const struct pair *pair)
{
	unsigned int i, j;

	for (i = 0; i <= pair->at; i++) {
		const struct call *call = &pair->sequence->calls[i];

		for (j = 0; j < argument_count(call->kind); j++)
			if (call->kind->arguments[j].domain == &host_domain &&
			    (call->args[j] == HOST_GROUP ||
			     call->args[j] == HOST_BROADCAST))
				return true;
	}
	return false;
}

static bool group_by_lo(const struct pair *pair)
{
	return pair->kind && pair->kind->six && names_group(pair) &&
	       !strcmp(pair->what, "return") && pair->host == -ENETUNREACH &&
	       (pair->stack >= 0 || pair->stack == -EMSGSIZE);
}

static bool source_route(const struct pair *pair)
{
	return asks(pair, SOL_IP, IP_OPTIONS) && pair->call->args[2] % 8 == 3 &&
	       pair->stack == -EINVAL;
}

static bool part_of_a_message(const struct pair *pair)
{
	return pair->kind && pair->kind->type == SOCK_STREAM &&
	       (!strncmp(pair->call->kind->name, "send", 4) ||
		is(pair, "writev") || is(pair, "splice-to")) &&
	       pair->host > 0 && pair->stack > 0 && pair->host != pair->stack;
}

static bool information(const struct pair *pair)
{
	return asks(pair, SOL_TCP, TCP_INFO) && !strcmp(pair->what, "length") &&
	       pair->stack > pair->host;
}

static bool part_of_a_buffer(const struct pair *pair)
{
	return pair->kind && pair->kind->type == SOCK_STREAM &&
	       is(pair, "ioctl") && !strcmp(pair->what, "answer") &&
	       pair->host > 30000 && pair->stack > 30000;
}

static bool disconnects_raw(const struct call *call,
			    const struct socket_kind *kind)
{
	return call->args[3] == SHAPE_UNSPEC && kind && kind->type == SOCK_RAW;
}

static bool raw_disconnected(const struct pair *pair)
{
	return after(pair, "connect", disconnects_raw);
}

static bool sends_pages(const struct call *call, const struct socket_kind *kind)
{
	return call->args[2] > 4096 && kind && kind->type != SOCK_STREAM &&
	       (kind->six || kind->protocol);
}

static bool pages_were_sent(const struct pair *pair)
{
	return after(pair, "splice-to", sends_pages);
}

static bool disconnects(const struct call *call, const struct socket_kind *kind)
{
	return call->args[3] == SHAPE_UNSPEC && kind &&
	       kind->type == SOCK_STREAM;
}

static bool shuts(const struct call *call, const struct socket_kind *kind)
{
	return call->args[1] != SHUT_WR && kind && kind->type == SOCK_STREAM;
}

static bool queue_of_nothing(const struct pair *pair)
{
	return is(pair, "ioctl") && !strcmp(pair->what, "answer") &&
	       (pair->call->args[1] == SIOCOUTQ ||
		pair->call->args[1] == SIOCOUTQNSD) && !pair->stack &&
	       (after(pair, "connect", disconnects) ||
		after(pair, "shutdown", shuts));
}

static bool port_of_a_failure(const struct pair *pair)
{
	if (!pair->kind || pair->kind->type != SOCK_STREAM)
		return false;
	return (is(pair, "getsockname") && !strcmp(pair->what, "port") &&
		!pair->stack) ||
	       (asks(pair, SOL_IP, IP_PROTOCOL) && !strcmp(pair->what, "value") &&
		(!pair->stack || !pair->host));
}

static bool is_stream(const struct call *call, const struct socket_kind *kind)
{
	return kind && kind->type == SOCK_STREAM;
}

static bool attaches_filter(const struct call *call,
			    const struct socket_kind *kind)
{
	const struct option_row *row;

	option_rows(&row);
	row += call->args[1];
	return is_stream(call, kind) && row->level == SOL_SOCKET &&
	       row->number == SO_ATTACH_FILTER;
}

static bool receives(const struct pair *pair)
{
	return !strncmp(pair->call->kind->name, "recv", 4) ||
	       is(pair, "readv") || is(pair, "splice-from");
}

static bool cut_by_a_filter(const struct pair *pair)
{
	return receives(pair) && !strcmp(pair->what, "return") &&
	       pair->host > 0 && pair->stack > 0 &&
	       after(pair, "setsockopt", attaches_filter);
}

static bool stamps(const struct call *call, const struct socket_kind *kind)
{
	const struct option_row *row;

	option_rows(&row);
	row += call->args[1];
	if (!is_stream(call, kind) || row->level != SOL_SOCKET)
		return false;
	switch (row->number) {
	case SO_TIMESTAMP_OLD:
	case SO_TIMESTAMP_NEW:
	case SO_TIMESTAMPNS_OLD:
	case SO_TIMESTAMPNS_NEW:
	case SO_TIMESTAMPING_OLD:
	case SO_TIMESTAMPING_NEW:
		return true;
	}
	return false;
}

/* Of two bytes only the later one bears a time: joined, both do. */
static bool joined_with_a_stamp(const struct pair *pair)
{
	return receives(pair) && !strcmp(pair->what, "control length") &&
	       !pair->stack && after(pair, "setsockopt", stamps);
}

static bool is_sent_packet(const struct pair *pair)
{
	return (is(pair, "recv") || is(pair, "recvfrom") ||
		is(pair, "recvmsg") || is(pair, "recvmmsg")) &&
	       pair->call->args[2] & MSG_ERRQUEUE &&
	       (!strcmp(pair->what, "data") ||
		(!strcmp(pair->what, "return") &&
		 pair->host == pair->stack + 14));
}

/*
 * The differences of Documentation/socket-api.rst, "Differences from AF_INET",
 * that a sequence can see. With @last, what follows in a sequence depends on
 * it: the comparison ends there.
 */
static const struct {
	const char *reason;
	bool (*is)(const struct pair *pair);
	bool last;
} intended[] = {
	{ "SO_DOMAIN is the number of the family", domain_is_the_family,
	  false },
	{ "lo has an MTU of 65535, not 65536", mtu_of_lo, false },
	{ "IP_TRANSPARENT does not let send from a foreign address",
	  sends_from_foreign, true },
	{ "OPT_ID of a stream counts from what was acknowledged at the first message",
	  counts_from_acknowledged, true },
	{ "extension headers of programs are not built",
	  has_extension_headers, true },
	{ "IPv6 groups go by lo where a socket names it", group_by_lo, true },
	{ "source routes are not built", source_route, true },
	{ "a raw socket of AF_INET6 does not speak IPv4", mapped_raw, true },
	{ "an ICMP error about segments of UDP_SEGMENT quotes one of them",
	  quotes_a_segment, true },
	{ "how much of a message is sent depends on its memory and on resets",
	  part_of_a_message, true },
	{ "how much of a full buffer has arrived depends on the windows",
	  part_of_a_buffer, true },
	{ "TCP_INFO is that of Linux 7.2", information, false },
	{ "a raw socket goes on receiving after connect() to AF_UNSPEC",
	  raw_disconnected, true },
	{ "AF_INET6 and raw sockets before 6.5 send a message for each page",
	  pages_were_sent, true },
	{ "what AF_INET says of the queue of a stream that was disconnected has no meaning",
	  queue_of_nothing, false },
	{ "after a connection that failed, port 0 where none was bound",
	  port_of_a_failure, true },
	{ "a filter cuts segments, and these are others", cut_by_a_filter,
	  true },
	{ "segments that are joined bear the time of the last, and others are joined",
	  joined_with_a_stamp, true },
	{ "packets over lo have no Ethernet header", is_sent_packet, true },
};

static int find_intended(const struct pair *pair)
{
	size_t i;

	for (i = 0; i < COUNT(intended); i++)
		if (intended[i].is(pair))
			return i;
	return -1;
}

struct difference compare(const struct sequence *sequence,
			  const struct transcript *host,
			  const struct transcript *stack)
{
	unsigned int h = 0, s = 0;

	while (h < host->count || s < stack->count) {
		const struct record *one = &host->records[h];
		const struct record *two = &stack->records[s];
		bool only_stack = h == host->count ||
				  (s < stack->count && two->call < one->call);
		bool only_host = s == stack->count ||
				 (h < host->count && one->call < two->call);
		const struct record *of = only_stack ? two : one;
		struct pair pair = {
			.call = &sequence->calls[of->call],
			.what = of->what,
			.host = only_stack ? 0 : one->value,
			.stack = only_host ? 0 : two->value,
		};
		int which;

		if (!only_stack && !only_host && !strcmp(one->what, two->what) &&
		    one->value == two->value) {
			h++;
			s++;
			continue;
		}
		pair.kind = kind_of(sequence, of->call);
		pair.sequence = sequence;
		pair.at = of->call;
		which = find_intended(&pair);
		if (which < 0)
			return (struct difference) {
				.kind = pair.call->kind,
				.what = of->what,
				.option = pair.call->args[1],
				.host_value = pair.host,
				.stack_value = pair.stack,
			};
		if (intended[which].last)
			break;
		/* What a call says behind what differs is not the same either. */
		if (only_stack || only_host || strcmp(one->what, two->what) ||
		    !strcmp(of->what, "return")) {
			unsigned int call = of->call;

			while (h < host->count && host->records[h].call == call)
				h++;
			while (s < stack->count && stack->records[s].call == call)
				s++;
		} else {
			h++;
			s++;
		}
	}
	return (struct difference) { .what = NULL };
}

/* ---- what a person reads ---- */

static void print_value(FILE *to, const struct record *record)
{
	if (record->value < 0 && record->value > -4096 &&
	    !strcmp(record->what, "return"))
		fprintf(to, "%s", strerrorname_np(-record->value));
	else if (record->value > 999999 || record->value < -999999)
		fprintf(to, "%#llx", record->value);
	else
		fprintf(to, "%lld", record->value);
}

static void print_column(FILE *to, const struct record *record, int width)
{
	char text[80];
	FILE *line;

	if (!record) {
		fprintf(to, "%-*s", width, "-");
		return;
	}
	line = fmemopen(text, sizeof(text), "w");
	fprintf(line, "%s ", record->what);
	print_value(line, record);
	fclose(line);
	fprintf(to, "%-*s", width, text);
}

static void print_rows(FILE *to, unsigned int call,
		       const struct transcript *host,
		       const struct transcript *stack)
{
	unsigned int h = 0, s = 0;

	while (h < host->count && host->records[h].call < call)
		h++;
	while (s < stack->count && stack->records[s].call < call)
		s++;
	for (;;) {
		const struct record *one = h < host->count &&
			host->records[h].call == call ? &host->records[h++] : NULL;
		const struct record *two = s < stack->count &&
			stack->records[s].call == call ? &stack->records[s++] :
			NULL;
		bool same = one && two && one->value == two->value &&
			    !strcmp(one->what, two->what);

		if (!one && !two)
			return;
		if (same && strcmp(one->what, "return"))
			continue;
		fprintf(to, "#     %s ", same ? " " : ">");
		print_column(to, one, 36);
		print_column(to, two, 0);
		fputc('\n', to);
	}
}

static struct transcript host_transcript, stack_transcript;

/* Each run has ports of its own: none is in TIME-WAIT. */
static unsigned int fresh_ports(void)
{
	static unsigned int used;

	used = (used + FIXED_PORTS) % 28000;
	return 2000 + used;
}

struct difference try_sequence(const struct sequence *sequence)
{
	unsigned int base = fresh_ports();

	run_sequence(sequence, false, base, &host_transcript);
	run_sequence(sequence, true, base, &stack_transcript);
	return compare(sequence, &host_transcript, &stack_transcript);
}

/* The calls with what differs: AF_INET's on the left. */
void report(FILE *to, const struct sequence *sequence)
{
	unsigned int i;

	try_sequence(sequence);
	for (i = 0; i < sequence->count; i++) {
		fputs("#   ", to);
		print_call(to, &sequence->calls[i]);
		fputc('\n', to);
		print_rows(to, i, &host_transcript, &stack_transcript);
	}
}
