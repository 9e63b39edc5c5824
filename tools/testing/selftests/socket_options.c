// SPDX-License-Identifier: GPL-2.0
/*
 * What Documentation/socket-options.rst says of each option, request, flag,
 * timestamp and control message, asked of sockets. socket_options_rows.h is
 * made of it by tools/testing/socket-options.
 *
 * guest: stock,uml-new
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/if.h>
#include <linux/net_tstamp.h>
#include <linux/netstack.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "kselftest_harness.h"

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

#define PORT		7100
#define ANSWERS		4
#define ROOM		512

enum kind { OPTION_ROW, REQUEST_ROW, FLAG_ROW, STAMP_ROW, MESSAGE_ROW };

/* A row: since which release net/core knows it, and what is answered. */
static const struct row {
	const char *name;
	enum kind kind;
	int level;
	unsigned long number;
	const char *since;
	const char *answers[ANSWERS];
} rows[] = {
#include "socket_options_rows.h"
};

#define COUNT(array)	(sizeof(array) / sizeof(*(array)))

/* ---- arguments of those that take more than the int 1 ---- */

static const int zero, on = 1, two = 2, large = 16384;
static const struct linger linger = { .l_onoff = 1, .l_linger = 1 };
static const struct timeval second = { .tv_sec = 1 };
static const struct sock_txtime txtime = { .clockid = CLOCK_MONOTONIC };
static const struct in_addr loopback = { .s_addr = 0x0100007f };
static struct sock_filter take_all[] = { { BPF_RET | BPF_K, 0, 0, 65535 } };
static const struct sock_fprog classic = { 1, take_all };

static const struct ip_mreqn group = {
	.imr_multiaddr.s_addr = 0x010000ef, .imr_ifindex = 1,
};

static const struct ip_mreq_source group_source = {
	.imr_multiaddr.s_addr = 0x010000ef,
	.imr_interface.s_addr = 0x0100007f,
	.imr_sourceaddr.s_addr = 0x01020304,
};

static struct ip_msfilter filter = {
	.imsf_multiaddr.s_addr = 0x010000ef,
	.imsf_interface.s_addr = 0x0100007f,
	.imsf_fmode = MCAST_EXCLUDE,
};

static struct group_req group_any;
static struct group_source_req group_any_source;
static struct group_filter group_any_filter;

static const struct ipv6_mreq group6 = {
	.ipv6mr_multiaddr.s6_addr = { 0xff, 5, [15] = 9 },
	.ipv6mr_interface = 1,
};

static const struct in6_pktinfo pktinfo6;
static const unsigned char key[16] = "0123456789abcdef";
static const int af_inet = AF_INET;
static const unsigned char options4[4] = { 1, 1, 1, 1 };
static int program;

enum { CONNECTED = 1, SHARED = 2 };

/*
 * @before: the row that is set before
 * @flags: what the socket is before that
 * @room: for the answer of getsockopt(), if not as much as there is
 */
static const struct argument {
	const char *name;
	const void *value;
	socklen_t len;
	int flags;
	const char *before;
	socklen_t room;
} arguments[] = {
#define OF(what)	.value = &(what), .len = sizeof(what)
	{ .name = "SO_LINGER", OF(linger) },
	{ .name = "SO_RCVTIMEO", OF(second) },
	{ .name = "SO_SNDTIMEO", OF(second) },
	{ .name = "SO_RCVTIMEO_OLD", OF(second) },
	{ .name = "SO_SNDTIMEO_OLD", OF(second) },
	{ .name = "SO_RCVTIMEO_NEW", OF(second) },
	{ .name = "SO_SNDTIMEO_NEW", OF(second) },
	{ .name = "SO_BINDTODEVICE", .value = "", .len = 1 },
	{ .name = "SO_BINDTOIFINDEX", OF(zero) },
	{ .name = "SO_ATTACH_FILTER", OF(classic) },
	{ .name = "SO_DETACH_FILTER", OF(on), .before = "SO_ATTACH_FILTER" },
	{ .name = "SO_DETACH_BPF", OF(on), .before = "SO_ATTACH_FILTER" },
	{ .name = "SO_GET_FILTER", OF(classic) },
	{ .name = "SO_ATTACH_BPF", OF(program) },
	{ .name = "SO_ATTACH_REUSEPORT_CBPF", OF(classic), .flags = SHARED },
	{ .name = "SO_ATTACH_REUSEPORT_EBPF", OF(program), .flags = SHARED },
	{ .name = "SO_DETACH_REUSEPORT_BPF", OF(on), .flags = SHARED,
	  .before = "SO_ATTACH_REUSEPORT_CBPF" },
	{ .name = "SO_TXTIME", OF(txtime) },
	{ .name = "SO_PEERNAME", OF(on), .flags = CONNECTED,
	  .room = sizeof(struct sockaddr_in) },
	{ .name = "SO_NETNS_COOKIE", OF(on), .room = sizeof(__u64) },
	{ .name = "IP_OPTIONS", OF(options4) },
	{ .name = "IP_MTU", OF(on), .flags = CONNECTED },
	{ .name = "IP_MULTICAST_IF", OF(loopback) },
	{ .name = "IP_LOCAL_PORT_RANGE", OF(zero) },
	{ .name = "IP_UNICAST_IF", OF(zero) },
	{ .name = "IP_ADD_MEMBERSHIP", OF(group) },
	{ .name = "IP_DROP_MEMBERSHIP", OF(group), .before = "IP_ADD_MEMBERSHIP" },
	{ .name = "IP_ADD_SOURCE_MEMBERSHIP", OF(group_source) },
	{ .name = "IP_DROP_SOURCE_MEMBERSHIP", OF(group_source),
	  .before = "IP_ADD_SOURCE_MEMBERSHIP" },
	{ .name = "IP_BLOCK_SOURCE", OF(group_source), .before = "IP_ADD_MEMBERSHIP" },
	{ .name = "IP_UNBLOCK_SOURCE", OF(group_source), .before = "IP_BLOCK_SOURCE" },
	{ .name = "IP_MSFILTER", .value = &filter, .len = IP_MSFILTER_SIZE(0),
	  .before = "IP_ADD_MEMBERSHIP" },
	{ .name = "MCAST_JOIN_GROUP", OF(group_any) },
	{ .name = "MCAST_LEAVE_GROUP", OF(group_any), .before = "MCAST_JOIN_GROUP" },
	{ .name = "MCAST_JOIN_SOURCE_GROUP", OF(group_any_source) },
	{ .name = "MCAST_LEAVE_SOURCE_GROUP", OF(group_any_source),
	  .before = "MCAST_JOIN_SOURCE_GROUP" },
	{ .name = "MCAST_BLOCK_SOURCE", OF(group_any_source), .before = "MCAST_JOIN_GROUP" },
	{ .name = "MCAST_UNBLOCK_SOURCE", OF(group_any_source),
	  .before = "MCAST_BLOCK_SOURCE" },
	{ .name = "MCAST_MSFILTER", .value = &group_any_filter, .len = GROUP_FILTER_SIZE(0),
	  .before = "MCAST_JOIN_GROUP" },
	{ .name = "IPV6_ADDRFORM", OF(af_inet), .flags = CONNECTED },
	{ .name = "IPV6_MTU", OF(large), .flags = CONNECTED },
	{ .name = "IPV6_PATHMTU", OF(on), .flags = CONNECTED },
	{ .name = "IPV6_UNICAST_IF", OF(zero) },
	{ .name = "IPV6_MULTICAST_IF", OF(on) },
	{ .name = "IPV6_PKTINFO", OF(pktinfo6) },
	{ .name = "IPV6_ADDR_PREFERENCES", OF(two) },
	{ .name = "IPV6_ADD_MEMBERSHIP", OF(group6) },
	{ .name = "IPV6_DROP_MEMBERSHIP", OF(group6), .before = "IPV6_ADD_MEMBERSHIP" },
	{ .name = "IPV6_JOIN_ANYCAST", OF(group6) },
	{ .name = "IPV6_LEAVE_ANYCAST", OF(group6) },
	{ .name = "IPV6_CHECKSUM", OF(two) },
	{ .name = "TCP_MAXSEG", OF(large) },
	{ .name = "TCP_WINDOW_CLAMP", OF(large) },
	{ .name = "TCP_CONGESTION", .value = "reno", .len = 4 },
	{ .name = "TCP_ULP", .value = "tls", .len = 3 },
	{ .name = "TCP_FASTOPEN_KEY", OF(key) },
	{ .name = "UDP_ENCAP", OF(zero) },
};

static const struct argument *argument_of(const char *name)
{
	static const struct argument int_one = { OF(on) };
	size_t i;

	for (i = 0; i < COUNT(arguments); i++)
		if (!strcmp(arguments[i].name, name))
			return &arguments[i];
	return &int_one;
}

static const struct row *row_of(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		if (!strcmp(rows[i].name, name))
			return &rows[i];
	return NULL;
}

static int load_program(void)
{
	struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
		.insns = (unsigned long)code,
		.insn_cnt = COUNT(code),
		.license = (unsigned long)"GPL",
	};

	return syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
}

static struct sockaddr_in at_port(void)
{
	return (struct sockaddr_in) {
		.sin_family = AF_INET,
		.sin_port = htons(PORT),
		.sin_addr = loopback,
	};
}

static void fill_arguments(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET };

	any.sin_addr = group.imr_multiaddr;
	memcpy(&group_any.gr_group, &any, sizeof(any));
	group_any.gr_interface = 1;
	memcpy(&group_any_source.gsr_group, &any, sizeof(any));
	group_any_source.gsr_interface = 1;
	memcpy(&group_any_filter.gf_group, &any, sizeof(any));
	group_any_filter.gf_interface = 1;
	group_any_filter.gf_fmode = MCAST_EXCLUDE;
	any.sin_addr = group_source.imr_sourceaddr;
	memcpy(&group_any_source.gsr_source, &any, sizeof(any));
	program = load_program();
}

/* ---- sockets ---- */

static int listener = -1;

static int socket_of(const struct row *row, bool stream)
{
	int v6 = row->level == SOL_IPV6 || row->level == SOL_ICMPV6 ?
		 NETSTACK_IPV6 : 0;

	if (row->level == SOL_RAW && row->kind == OPTION_ROW)
		return socket(AF_NETSTACK, SOCK_RAW, IPPROTO_ICMP);
	if (row->level == SOL_ICMPV6 && row->kind == OPTION_ROW)
		return socket(AF_NETSTACK, SOCK_RAW, IPPROTO_ICMPV6 | v6);
	return socket(AF_NETSTACK, stream ? SOCK_STREAM : SOCK_DGRAM, v6);
}

/* To the listener, whose port is nobody's as to datagrams. */
static int connect_it(int fd, const struct row *row)
{
	struct sockaddr_in sin = at_port();
	struct sockaddr_in6 sin6 = {
		.sin6_family = AF_INET6,
		.sin6_port = sin.sin_port,
		.sin6_addr.s6_addr = { [10] = 0xff, 0xff, 127, 0, 0, 1 },
	};

	return row->level == SOL_IPV6 ?
	       connect(fd, (struct sockaddr *)&sin6, sizeof(sin6)) :
	       connect(fd, (struct sockaddr *)&sin, sizeof(sin));
}

static int prepare(int fd, const struct row *row, const struct argument *arg)
{
	if (arg->flags & CONNECTED && connect_it(fd, row))
		return -1;
	if (arg->flags & SHARED)
		return setsockopt(fd, SOL_NETSTACK, NETSTACK_REUSEPORT, &on,
				  sizeof(on));
	return 0;
}

static int set(int fd, const struct row *row)
{
	const struct argument *arg = argument_of(row->name);

	if (prepare(fd, row, arg))
		return -1;
	if (arg->before)
		set(fd, row_of(arg->before));
	return setsockopt(fd, row->level, row->number, arg->value, arg->len);
}

static int get(int fd, const struct row *row)
{
	const struct argument *arg = argument_of(row->name);
	unsigned char value[ROOM] = "";
	socklen_t len = arg->room ?: sizeof(value);

	if (prepare(fd, row, arg))
		return -1;
	if (arg->before) {
		set(fd, row_of(arg->before));
		memcpy(value, arg->value, arg->len);
	}
	return getsockopt(fd, row->level, row->number, value, &len);
}

/* ---- what the table says ---- */

static bool before(const char *version)
{
	unsigned long running[2], other[2];
	struct utsname name;
	char *end;

	uname(&name);
	running[0] = strtoul(name.release, &end, 10);
	running[1] = strtoul(end + 1, NULL, 10);
	other[0] = strtoul(version, &end, 10);
	other[1] = strtoul(end + 1, NULL, 10);
	return running[0] < other[0] ||
	       (running[0] == other[0] && running[1] < other[1]);
}

/*
 * What a cell says of this kernel, 'ANSWER' or 'ANSWER;before6.3:ANSWER'. What
 * net/core does not know yet is refused.
 */
static const char *expected(const struct row *row, const char *cell)
{
	static char now[64];
	char *older, *separator;

	if (strcmp(row->since, "-") && before(row->since))
		return row->kind == OPTION_ROW ? "ENOPROTOOPT" : "EINVAL";
	snprintf(now, sizeof(now), "%s", cell);
	separator = strchr(now, ';');
	if (!separator)
		return now;
	*separator = 0;
	older = separator + 1 + strlen("before");
	separator = strchr(older, ':');
	return before(older) ? separator + 1 : now;
}

static bool succeeds(const char *cell)
{
	return !strcmp(cell, "works") || !strcmp(cell, "ignored");
}

/* Is it as the table says? Why not, goes to the standard output. */
static bool as_said(const struct row *row, size_t column, const char *what,
		    long ret)
{
	const char *said = ret < 0 ? strerrorname_np(errno) ?: "unknown" :
				     "works";
	const char *cell = expected(row, row->answers[column] ?: "nothing");

	if (ret < 0 ? !strcmp(cell, said) : succeeds(cell))
		return true;
	printf("# %s, %s: %s, the table says %s\n", row->name, what, said,
	       cell);
	return false;
}

FIXTURE(table) {
	int wrong;
};

FIXTURE_SETUP(table)
{
	struct sockaddr_in sin = at_port();

	fill_arguments();
	listener = socket(AF_NETSTACK, SOCK_STREAM, 0);
	ASSERT_EQ(0, bind(listener, (struct sockaddr *)&sin, sizeof(sin)));
	ASSERT_EQ(0, listen(listener, 256));
}

FIXTURE_TEARDOWN(table)
{
	close(listener);
	if (program >= 0)
		close(program);
}

static int compare_options(const struct row *row)
{
	bool one_kind = row->level != SOL_SOCKET && row->level != SOL_IP &&
			row->level != SOL_IPV6;
	bool stream = row->level != SOL_UDP;
	size_t column = 0;
	int wrong = 0;
	int fd;

	do {
		fd = socket_of(row, stream);
		wrong += !as_said(row, column++,
				  stream ? "first, set" : "UDP, set",
				  set(fd, row));
		close(fd);
		fd = socket_of(row, stream);
		wrong += !as_said(row, column++,
				  stream ? "first, get" : "UDP, get",
				  get(fd, row));
		close(fd);
		stream = !stream;
	} while (!one_kind && !stream);
	return wrong;
}

TEST_F(table, options__answer_as_it_says)
{
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		if (rows[i].kind == OPTION_ROW)
			self->wrong += compare_options(&rows[i]);
	EXPECT_EQ(0, self->wrong);
}

/* Of lo, by name or by number. */
static void fill_interface(struct ifreq *request)
{
	memset(request, 0, sizeof(*request));
	strcpy(request->ifr_name, "lo");
	request->ifr_ifindex = 1;
}

static int compare_requests(const struct row *row, bool stream)
{
	int owner = getpid();
	unsigned char value[ROOM] = "";
	int fd = socket_of(row, stream);
	int wrong;

	memcpy(value, &owner, sizeof(owner));
	if (row->number >= SIOCGIFNAME && row->number <= SIOCSIFMAP)
		fill_interface((struct ifreq *)value);
	if (stream && connect_it(fd, row))
		return 1;
	wrong = !as_said(row, !stream, stream ? "TCP" : "UDP",
			 ioctl(fd, row->number, value));
	close(fd);
	return wrong;
}

/* Not those that the kernel answers: they change its devices. */
TEST_F(table, requests__answer_as_it_says)
{
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		if (rows[i].kind != REQUEST_ROW ||
		    !strcmp(rows[i].answers[0], "kernel"))
			continue;
		self->wrong += compare_requests(&rows[i], true);
		self->wrong += compare_requests(&rows[i], false);
	}
	EXPECT_EQ(0, self->wrong);
}

/* A pair of sockets: fds[0] sends to fds[1]. */
static int pair(bool stream, int fds[2])
{
	struct sockaddr_in sin = at_port();
	socklen_t len = sizeof(sin);

	fds[0] = socket(AF_NETSTACK, stream ? SOCK_STREAM : SOCK_DGRAM, 0);
	if (stream) {
		if (connect(fds[0], (struct sockaddr *)&sin, len))
			return -1;
		fds[1] = accept(listener, NULL, NULL);
		return fds[1];
	}
	fds[1] = socket(AF_NETSTACK, SOCK_DGRAM, 0);
	if (bind(fds[1], (struct sockaddr *)&sin, len))
		return -1;
	return connect(fds[0], (struct sockaddr *)&sin, len);
}

static int compare_flags(const struct row *row, bool stream)
{
	const char *what = stream ? "TCP" : "UDP";
	int flag = row->number;
	int wrong = 0;
	int fds[2];
	char byte;

	if (pair(stream, fds) < 0)
		return 1;
	wrong += !as_said(row, stream ? 0 : 2, what,
			  send(fds[0], "a", 1, flag | MSG_NOSIGNAL));
	close(fds[0]);
	close(fds[1]);
	if (pair(stream, fds) < 0)
		return 1;
	send(fds[0], "a", 1, 0);
	wrong += !as_said(row, stream ? 1 : 3, what,
			  recv(fds[1], &byte, 1, flag));
	close(fds[0]);
	close(fds[1]);
	return wrong;
}

TEST_F(table, flags__answer_as_it_says)
{
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		if (rows[i].kind != FLAG_ROW)
			continue;
		self->wrong += compare_flags(&rows[i], true);
		self->wrong += compare_flags(&rows[i], false);
	}
	EXPECT_EQ(0, self->wrong);
}

TEST_F(table, timestamps__answer_as_it_says)
{
	size_t i;
	int fd, stream, val;

	for (i = 0; i < COUNT(rows); i++) {
		const struct row *row = &rows[i];
		struct sock_txtime time = {
			.clockid = CLOCK_MONOTONIC,
			.flags = row->number,
		};

		for (stream = 1; row->kind == STAMP_ROW && stream >= 0;
		     stream--) {
			bool sending = !strncmp(row->name, "SOF_TXTIME", 10);
			const char *what = stream ? "TCP" : "UDP";

			fd = socket(AF_NETSTACK,
				    stream ? SOCK_STREAM : SOCK_DGRAM, 0);
			val = row->number;
			if (row->number == SOF_TIMESTAMPING_OPT_STATS)
				val |= SOF_TIMESTAMPING_OPT_TSONLY;
			/* OPT_ID_TCP */
			if (row->number == 1 << 16)
				val |= SOF_TIMESTAMPING_OPT_ID;
			self->wrong += !as_said(row, !stream, what, sending ?
				setsockopt(fd, SOL_SOCKET, SO_TXTIME, &time,
					   sizeof(time)) :
				setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING,
					   &val, sizeof(val)));
			close(fd);
		}
	}
	EXPECT_EQ(0, self->wrong);
}

static long send_message(int fd, const struct row *row)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(__u64))];
	} control = {};
	struct iovec iov = { .iov_base = "x", .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	bool wide = !strcmp(row->name, "SCM_TXTIME");

	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = row->number;
	control.header.cmsg_len = CMSG_LEN(wide ? sizeof(__u64) : sizeof(int));
	return sendmsg(fd, &msg, MSG_NOSIGNAL);
}

TEST_F(table, messages__answer_as_it_says)
{
	size_t i;
	int fds[2], stream;

	for (i = 0; i < COUNT(rows); i++) {
		for (stream = 1; rows[i].kind == MESSAGE_ROW && stream >= 0;
		     stream--) {
			ASSERT_LE(0, pair(stream, fds));
			if (!strcmp(rows[i].name, "SCM_TXTIME"))
				setsockopt(fds[0], SOL_SOCKET, SO_TXTIME,
					   &txtime, sizeof(txtime));
			self->wrong += !as_said(&rows[i], !stream,
						stream ? "TCP" : "UDP",
						send_message(fds[0], &rows[i]));
			close(fds[0]);
			close(fds[1]);
		}
	}
	EXPECT_EQ(0, self->wrong);
}

TEST_HARNESS_MAIN
