// SPDX-License-Identifier: GPL-2.0
/*
 * setsockopt() and getsockopt() of every option that works, as
 * Documentation/socket-options.rst has them.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if.h>
#include <linux/netstack.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "sequence.h"

#ifndef SOL_TCP
#define SOL_TCP		6
#endif
#ifndef SOL_UDP
#define SOL_UDP		17
#endif
#ifndef SOL_RAW
#define SOL_RAW		255
#endif
#ifndef SOL_ICMPV6
#define SOL_ICMPV6	58
#endif
#ifndef IP_PROTOCOL
#define IP_PROTOCOL	52
#endif
#define ROOM		512

enum kind { OPTION_ROW, REQUEST_ROW, FLAG_ROW, STAMP_ROW, MESSAGE_ROW };

static const struct {
	const char *name;
	enum kind kind;
	int level;
	unsigned long number;
	const char *since;
	const char *answers[4];
} documented[] = {
#include "../socket_options_rows.h"
};

static struct option_row rows[COUNT(documented)];
static struct word words[COUNT(documented) + 1];
static size_t row_count;

static bool works(const char *answer)
{
	return answer && (!strncmp(answer, "works", 5) ||
			  !strncmp(answer, "ignored", 7));
}

size_t option_rows(const struct option_row **of)
{
	static bool filled;
	size_t i;

	for (i = 0; !filled && i < COUNT(documented); i++) {
		const char * const *answers = documented[i].answers;
		struct option_row *row = &rows[row_count];
		int level = documented[i].level;
		bool four = level == SOL_SOCKET || level == SOL_IP ||
			    level == SOL_IPV6;

		if (documented[i].kind != OPTION_ROW)
			continue;
		row->name = documented[i].name;
		row->level = level;
		row->number = documented[i].number;
		row->set = works(answers[0]) || (four && works(answers[2]));
		row->get = works(answers[1]) || (four && works(answers[3]));
		if (!row->set && !row->get)
			continue;
		words[row_count] = (struct word){ row->name, row_count };
		row_count++;
	}
	filled = true;
	*of = rows;
	return row_count;
}

const struct domain option_domain = { .words = words };

/* ---- values ---- */

static const uint32_t groups4[] = { 0xe0010203, 0xe0000001, 0x7f000001, 0 };
static const uint32_t sources4[] = { 0x7f000001, 0x7f000002, 0xc0000201, 0 };
static const char * const groups6[] = { "ff05::1:3", "ff01::1", "::1", "ff12::7" };
static const char * const sources6[] = { "::1", "2001:db8::1", "::", "fe80::1" };

static void put_group(bool six, long which, bool source, void *to)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in in = { .sin_family = AF_INET };
	unsigned int at = (unsigned long)which % 4;

	if (six) {
		inet_pton(AF_INET6, source ? sources6[at] : groups6[at],
			  &in6.sin6_addr);
		memcpy(to, &in6, sizeof(in6));
	} else {
		in.sin_addr.s_addr = htonl(source ? sources4[at] : groups4[at]);
		memcpy(to, &in, sizeof(in));
	}
}

static uint32_t address4(const uint32_t *table, long which)
{
	return htonl(table[(unsigned long)which % 4]);
}

static size_t put(void *room, const void *value, size_t len)
{
	memcpy(room, value, len);
	return len;
}

static size_t socket_value(int number, long v1, long v2, void *room)
{
	static struct sock_filter code[2];
	struct linger linger = { .l_onoff = v1, .l_linger = v2 };
	struct timeval time = { .tv_sec = v1, .tv_usec = v2 };
	struct sock_fprog program = { 1, code };
	const char *name = v1 & 1 ? "lo" : v1 & 2 ? "" : "none";

	switch (number) {
	case SO_LINGER:
		return put(room, &linger, sizeof(linger));
	case SO_RCVTIMEO_OLD:
	case SO_SNDTIMEO_OLD:
	case SO_RCVTIMEO_NEW:
	case SO_SNDTIMEO_NEW:
		return put(room, &time, sizeof(time));
	case SO_BINDTODEVICE:
		return put(room, name, strlen(name) + 1);
	case SO_ATTACH_FILTER:
		code[0] = (struct sock_filter){ BPF_RET | BPF_K, 0, 0, v1 };
		return put(room, &program, sizeof(program));
	}
	return 0;
}

static size_t ip_value(int number, long v1, long v2, void *room)
{
	static const unsigned char options[][8] = {
		{ 1, 1, 1, 1 }, { 7, 7, 4, 0 }, { 68, 8, 5, 0 }, { 131, 7, 4 },
		{ 7, 3, 4, 1 }, { 148, 4, 0, 0 }, { 1, 7, 3, 4 }, { 0, 99 },
	};
	struct ip_mreqn mreqn = {
		.imr_multiaddr.s_addr = address4(groups4, v1),
		.imr_address.s_addr = v2 & 1 ? htonl(INADDR_LOOPBACK) : 0,
		.imr_ifindex = v2 & 2 ? 1 : v2 & 4 ? 99 : 0,
	};
	struct ip_mreq_source source = {
		.imr_multiaddr.s_addr = address4(groups4, v1),
		.imr_interface.s_addr = htonl(INADDR_LOOPBACK),
		.imr_sourceaddr.s_addr = address4(sources4, v2),
	};
	struct ip_msfilter filter = {
		.imsf_multiaddr.s_addr = address4(groups4, v1),
		.imsf_interface.s_addr = htonl(INADDR_LOOPBACK),
		.imsf_fmode = v2 & 1,
	};

	switch (number) {
	case IP_OPTIONS:
		return put(room, options[(unsigned long)v1 % 8],
			   (unsigned long)v2 % 9);
	case IP_MULTICAST_IF:
		if (v1 & 1)
			mreqn.imr_multiaddr.s_addr = htonl(INADDR_LOOPBACK);
		return put(room, &mreqn, v2 & 8 ? 4 : sizeof(mreqn));
	case IP_ADD_MEMBERSHIP:
	case IP_DROP_MEMBERSHIP:
		return put(room, &mreqn, v2 & 8 ? 8 : sizeof(mreqn));
	case IP_UNBLOCK_SOURCE:
	case IP_BLOCK_SOURCE:
	case IP_ADD_SOURCE_MEMBERSHIP:
	case IP_DROP_SOURCE_MEMBERSHIP:
		return put(room, &source, sizeof(source));
	case IP_MSFILTER:
		filter.imsf_numsrc = v2 & 2 ? 1 : 0;
		filter.imsf_slist[0].s_addr = address4(sources4, v2 >> 2);
		return put(room, &filter, IP_MSFILTER_SIZE(filter.imsf_numsrc));
	}
	return 0;
}

static size_t ipv6_value(int number, long v1, long v2, void *room)
{
	struct in6_pktinfo info = { .ipi6_ifindex = v2 };
	struct ipv6_mreq mreq = { .ipv6mr_interface = v2 & 2 ? 1 :
				  v2 & 4 ? 99 : 0 };

	switch (number) {
	case IPV6_ADD_MEMBERSHIP:
	case IPV6_DROP_MEMBERSHIP:
		inet_pton(AF_INET6, groups6[(unsigned long)v1 % 4],
			  &mreq.ipv6mr_multiaddr);
		return put(room, &mreq, sizeof(mreq));
	case IPV6_PKTINFO:
		inet_pton(AF_INET6, sources6[(unsigned long)v1 % 4],
			  &info.ipi6_addr);
		return put(room, &info, sizeof(info));
	}
	return 0;
}

/* MCAST_*: the same for both families. */
static size_t group_value(int number, bool six, long v1, long v2, void *room)
{
	unsigned int link = v2 & 4 ? 99 : v2 & 8 ? 0 : 1;
	struct group_source_req source = { .gsr_interface = link };
	struct group_filter filter = { .gf_interface = link };
	struct group_req group = { .gr_interface = link };

	switch (number) {
	case MCAST_JOIN_GROUP:
	case MCAST_LEAVE_GROUP:
		put_group(six, v1, false, &group.gr_group);
		return put(room, &group, sizeof(group));
	case MCAST_JOIN_SOURCE_GROUP:
	case MCAST_LEAVE_SOURCE_GROUP:
	case MCAST_BLOCK_SOURCE:
	case MCAST_UNBLOCK_SOURCE:
		put_group(six, v1, false, &source.gsr_group);
		put_group(six, v2, true, &source.gsr_source);
		return put(room, &source, sizeof(source));
	case MCAST_MSFILTER:
		put_group(six, v1, false, &filter.gf_group);
		filter.gf_fmode = v2 & 1;
		filter.gf_numsrc = v2 & 2 ? 1 : 0;
		put_group(six, v2 >> 2, true, &filter.gf_slist[0]);
		return put(room, &filter, GROUP_FILTER_SIZE(filter.gf_numsrc));
	}
	return 0;
}

static size_t tcp_value(int number, long v1, long v2, void *room)
{
	static const char * const names[] = {
		"reno", "cubic", "none-such", "",
	};

	switch (number) {
	case TCP_CONGESTION:
		return put(room, names[(unsigned long)v1 % 4],
			   strlen(names[(unsigned long)v1 % 4]));
	case TCP_FASTOPEN_KEY:
		memset(room, v1, 32);
		return v2 & 1 ? 16 : 32;
	}
	return 0;
}

/* The value that two numbers make, and its length. */
size_t build_option(const struct world *world, const struct option_row *row,
		    bool six, long v1, long v2, unsigned char *room)
{
	int ints[2] = { v1, v2 };
	size_t len = 0;

	memset(room, 0, ROOM);
	if (row->level == SOL_SOCKET)
		len = socket_value(row->number, v1, v2, room);
	if (row->level == SOL_IP)
		len = ip_value(row->number, v1, v2, room);
	if (row->level == SOL_IPV6)
		len = ipv6_value(row->number, v1, v2, room);
	if (row->level == SOL_TCP)
		len = tcp_value(row->number, v1, v2, room);
	if (!len && (row->level == SOL_IP || row->level == SOL_IPV6))
		len = group_value(row->number, six, v1, v2, room);
	if (len)
		return len;
	memcpy(room, ints, sizeof(ints));
	return sizeof(int);
}

/* ---- the calls ---- */

/* Options that have another name in the family, before 6.3. */
static void translate(const struct world *world, int *level, int *number)
{
	if (!world->stack || *level != SOL_SOCKET)
		return;
	if (*number == SO_REUSEPORT) {
		*level = SOL_NETSTACK;
		*number = NETSTACK_REUSEPORT;
	} else if (*number == SO_ZEROCOPY) {
		*level = SOL_NETSTACK;
		*number = NETSTACK_ZEROCOPY;
	}
}

/* setsockopt SOCKET OPTION VALUE VALUE LENGTH */
void run_setsockopt(struct world *world, const long *args)
{
	const struct slot *slot = &world->slots[args[0]];
	const struct option_row *row;
	unsigned char value[ROOM];
	int level, number;
	size_t natural;
	socklen_t len;

	option_rows(&row);
	row += args[1];
	natural = build_option(world, row, slot->kind && slot->kind->six &&
			       row->level == SOL_IPV6, args[2], args[3], value);
	len = args[4] == -1 ? natural : args[4] == -2 ? (socklen_t)-1 : args[4];
	level = row->level;
	number = row->number;
	translate(world, &level, &number);
	note_result(world, setsockopt(slot->fd, level, number, value, len));
}

/* What an option says, but for times, cookies and congestion's figures. */
static void note_value(struct world *world, const struct option_row *row,
		       const unsigned char *value, socklen_t len)
{
	if (row->level == SOL_SOCKET)
		switch (row->number) {
		case SO_COOKIE:
		case SO_NETNS_COOKIE:
		case SO_MEMINFO:
			return;
		case SO_PEERNAME:
			note_address(world, value, len);
			return;
		}
	if (row->level == SOL_TCP)
		switch (row->number) {
		case TCP_INFO:
			note_bytes(world, "state", value, len ? 1 : 0);
			return;
		case TCP_CC_INFO:
			return;
		}
	if (row->level == SOL_IP && row->number == IP_PROTOCOL) {
		note_port(world, "value", htons(*(int *)value));
		return;
	}
	note_bytes(world, "value", value, len);
}

/* getsockopt SOCKET OPTION VALUE VALUE LENGTH */
void run_getsockopt(struct world *world, const long *args)
{
	const struct slot *slot = &world->slots[args[0]];
	const struct option_row *row;
	unsigned char value[ROOM];
	int level, number;
	socklen_t len;

	option_rows(&row);
	row += args[1];
	build_option(world, row, slot->kind && slot->kind->six &&
		     row->level == SOL_IPV6, args[2], args[3], value);
	len = args[4] == -1 ? 256 : args[4] == -2 ? (socklen_t)-1 : args[4];
	level = row->level;
	number = row->number;
	translate(world, &level, &number);
	if (note_result(world, getsockopt(slot->fd, level, number, value,
					  &len)))
		return;
	note(world, "length", (int)len);
	if (row->level == SOL_SOCKET && row->number == SO_ATTACH_FILTER)
		len *= sizeof(struct sock_filter);
	note_value(world, row, value, len < ROOM ? len : ROOM);
}
