// SPDX-License-Identifier: GPL-2.0
/*
 * guest: stock cpus=1
 *
 * As datagram_differential.c: UDP_SEGMENT and UDP_GRO must be the same on
 * AF_INET and on AF_NETSTACK.
 */
#define _GNU_SOURCE
#define EVERY_FORM
#include "datagram_differential.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT	103
#endif
#ifndef UDP_GRO
#define UDP_GRO		104
#endif

static char data[65536];

static void set_udp(struct side *side, int fd, int option, int val)
{
	note(side, "option %d value %d\n", option, val);
	call(side, "set", setsockopt(fd, SOL_UDP, option, &val, sizeof(val)));
}

static void get_udp(struct side *side, int fd, int option)
{
	socklen_t len = sizeof(int);
	int val = -1;

	call(side, "get", getsockopt(fd, SOL_UDP, option, &val, &len));
	note(side, "  value %d len %u\n", val, len);
}

/* All that is there: how long, and what is said of segments. */
static void note_all(struct side *side, int fd, int flags)
{
	static char room[65536];
	union {
		struct cmsghdr header;
		char room[256];
	} control;
	struct iovec iov = { .iov_base = room, .iov_len = sizeof(room) };
	struct msghdr msg;
	struct cmsghdr *cmsg;
	unsigned int count = 0;
	long len;

	do {
		msg = (struct msghdr) {
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = &control,
			.msg_controllen = sizeof(control),
		};
		len = recvmsg(fd, &msg, flags | (count ? MSG_DONTWAIT : 0));
		note(side, "received %ld first %d last %d\n", len,
		     len > 0 ? room[0] : -1, len > 0 ? room[len - 1] : -1);
		for (cmsg = CMSG_FIRSTHDR(&msg); len >= 0 && cmsg;
		     cmsg = CMSG_NXTHDR(&msg, cmsg))
			note(side, "  level %d type %d len %zu: %d\n",
			     cmsg->cmsg_level, cmsg->cmsg_type,
			     (size_t)cmsg->cmsg_len, *(int *)CMSG_DATA(cmsg));
		count++;
	} while (len >= 0 && count < 200);
}

static void values(struct side *side)
{
	static const int of_segment[] = { -1, 0, 1, 1000, 65535, 65536 };
	int fd = udp(side);
	size_t i;

	get_udp(side, fd, UDP_SEGMENT);
	get_udp(side, fd, UDP_GRO);
	for (i = 0; i < sizeof(of_segment) / sizeof(*of_segment); i++) {
		set_udp(side, fd, UDP_SEGMENT, of_segment[i]);
		get_udp(side, fd, UDP_SEGMENT);
		set_udp(side, fd, UDP_GRO, of_segment[i]);
		get_udp(side, fd, UDP_GRO);
	}
	close(fd);
}

TEST_F(over, options__take_and_give_the_same_values)
{
	COMPARE(values);
}

/* Sender and receiver; datagrams are numbered by their bytes. */
static void begin(struct side *side, int *from, int *to)
{
	size_t i;

	for (i = 0; i < sizeof(data); i++)
		data[i] = i / 100;
	*from = udp(side);
	*to = udp(side);
	call(side, "bind", bind_to(*to, "127.0.0.1", PORT));
}

static void sizes(struct side *side)
{
	static const struct {
		int segment;
		size_t len;
	} messages[] = {
		{ 1000, 2500 }, { 1000, 1000 }, { 1000, 999 }, { 1000, 1001 },
		{ 1000, 0 }, { 1, 2 }, { 1, 64 }, { 1, 65 }, { 1, 200 },
		{ 2, 128 }, { 2, 129 }, { 1400, 65000 }, { 30000, 65000 },
		{ 65535, 65000 }, { 1400, 65400 }, { 1400, 65508 },
		{ 0, 2500 },
	};
	int from, to, gro;
	size_t i;

	begin(side, &from, &to);
	for (gro = 0; gro < 2; gro++) {
		set_udp(side, to, UDP_GRO, gro);
		for (i = 0; i < sizeof(messages) / sizeof(*messages); i++) {
			note(side, "segment %d of %zu, gro %d\n",
			     messages[i].segment, messages[i].len, gro);
			set_udp(side, from, UDP_SEGMENT, messages[i].segment);
			if (call(side, "send",
				 send_to(from, data, messages[i].len, 0,
					 "127.0.0.1", PORT)) >= 0)
				note_all(side, to, 0);
		}
	}
	close(from);
	close(to);
}

TEST_F(over, segments__of_all_sizes_arrive_the_same)
{
	COMPARE(sizes);
}

static void connected(struct side *side)
{
	int from, to;

	begin(side, &from, &to);
	call(side, "connect", connect_to(from, "127.0.0.1", PORT));
	set_udp(side, from, UDP_SEGMENT, 500);
	call(side, "send", send(from, data, 1200, 0));
	note_all(side, to, 0);
	call(side, "more", send(from, data, 600, MSG_MORE));
	call(side, "rest", send(from, data + 600, 600, 0));
	note_all(side, to, 0);
	set_udp(side, to, UDP_GRO, 1);
	call(side, "send", send(from, data, 1200, 0));
	note_recv(side, to, 2000, MSG_PEEK);
	note_recv(side, to, 100, MSG_TRUNC);
	call(side, "send", send(from, data, 1200, 0));
	set_udp(side, to, UDP_GRO, 0);
	note_all(side, to, 0);
	close(from);
	close(to);
}

TEST_F(over, segments__of_a_connected_socket_are_the_same)
{
	COMPARE(connected);
}

/* 700 bytes with a control message of UDP's. */
static long send_cmsg(int fd, int type, const void *value, size_t size)
{
	union endpoint to = address("127.0.0.1", PORT);

	return send_control(fd, &to, data, 700, SOL_UDP, type, value, size);
}

static void messages(struct side *side)
{
	unsigned short segment = 300, none = 0;
	int from, to, wide = 300;

	begin(side, &from, &to);
	call(side, "message",
	     send_cmsg(from, UDP_SEGMENT, &segment, sizeof(segment)));
	note_all(side, to, 0);
	set_udp(side, from, UDP_SEGMENT, 100);
	call(side, "other",
	     send_cmsg(from, UDP_SEGMENT, &segment, sizeof(segment)));
	note_all(side, to, 0);
	call(side, "none", send_cmsg(from, UDP_SEGMENT, &none, sizeof(none)));
	note_all(side, to, 0);
	call(side, "wide", send_cmsg(from, UDP_SEGMENT, &wide, sizeof(wide)));
	call(side, "gro",
	     send_cmsg(from, UDP_GRO, &segment, sizeof(segment)));
	call(side, "cork",
	     send_cmsg(from, UDP_CORK, &segment, sizeof(segment)));
	close(from);
	close(to);
}

TEST_F(over, cmsg__of_a_message_says_the_same)
{
	COMPARE(messages);
}

static void unsummed(struct side *side)
{
	int from, to, on = 1;

	begin(side, &from, &to);
	set_udp(side, from, UDP_SEGMENT, 500);
	setsockopt(from, SOL_SOCKET, SO_NO_CHECK, &on, sizeof(on));
	setsockopt(from, SOL_UDP, UDP_NO_CHECK6_TX, &on, sizeof(on));
	call(side, "send", send_to(from, data, 1200, 0, "127.0.0.1", PORT));
	call(side, "one", send_to(from, data, 400, 0, "127.0.0.1", PORT));
	close(from);
	close(to);
}

TEST_F(over, segments__need_checksums)
{
	COMPARE(unsummed);
}

TEST_HARNESS_MAIN
