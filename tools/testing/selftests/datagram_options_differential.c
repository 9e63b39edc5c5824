// SPDX-License-Identifier: GPL-2.0
/*
 * guest: stock
 *
 * As datagram_differential.c: socket options, control messages and the error
 * queue must be the same on AF_INET and on AF_NETSTACK.
 */
#define _GNU_SOURCE
#include "datagram_differential.h"

/* ---- options ---- */

static const struct {
	const char *name;
	int number;
} ip_options[] = {
#define OPTION(name) { #name, name }
	OPTION(IP_TOS), OPTION(IP_TTL), OPTION(IP_MINTTL),
	OPTION(IP_PKTINFO), OPTION(IP_RECVTTL), OPTION(IP_RECVTOS),
	OPTION(IP_RECVOPTS), OPTION(IP_RETOPTS), OPTION(IP_RECVERR),
	OPTION(IP_MTU_DISCOVER), OPTION(IP_FREEBIND),
	OPTION(IP_TRANSPARENT), OPTION(IP_BIND_ADDRESS_NO_PORT),
	OPTION(IP_LOCAL_PORT_RANGE), OPTION(IP_MULTICAST_TTL),
	OPTION(IP_MULTICAST_LOOP), OPTION(IP_MULTICAST_ALL),
	OPTION(IP_UNICAST_IF),
	OPTION(IP_RECVORIGDSTADDR), OPTION(IP_CHECKSUM),
	OPTION(IP_RECVFRAGSIZE), OPTION(IP_HDRINCL),
};

static void note_option(struct side *side, int fd, int number, socklen_t room)
{
	unsigned char value[8];
	socklen_t len = room;
	unsigned int i;

	memset(value, 0x5a, sizeof(value));
	call(side, "  getsockopt",
	     getsockopt(fd, SOL_IP, number, value, &len));
	note(side, "  room %u len %u:", room, len);
	for (i = 0; i < sizeof(value); i++)
		note(side, " %02x", value[i]);
	note(side, "\n");
}

static void option_values(struct side *side)
{
	static const int values[] = {
		-2, -1, 0, 1, 2, 3, 4, 5, 6, 63, 64, 127, 128, 255, 256,
		65536, 0x01000000, 0x20001000, 0x10002000, 0xf000e000,
	};
	static const socklen_t rooms[] = { 0, 1, 2, 3, 4, 8 };
	size_t i, j;
	int fd, val;

	for (i = 0; i < sizeof(ip_options) / sizeof(*ip_options); i++) {
		int number = ip_options[i].number;

		/* Not built: raw sockets. */
		if (number == IP_HDRINCL)
			continue;
		fd = udp(side);
		note(side, "%s default\n", ip_options[i].name);
		for (j = 0; j < sizeof(rooms) / sizeof(*rooms); j++)
			note_option(side, fd, number, rooms[j]);
		for (j = 0; j < sizeof(values) / sizeof(*values); j++) {
			val = values[j];
			note(side, "%s %d\n", ip_options[i].name, val);
			call(side, "  int",
			     setsockopt(fd, SOL_IP, number, &val, 4));
			note_option(side, fd, number, 4);
			note_option(side, fd, number, 1);
			call(side, "  char",
			     setsockopt(fd, SOL_IP, number, &val, 1));
			note_option(side, fd, number, 4);
			call(side, "  short",
			     setsockopt(fd, SOL_IP, number, &val, 2));
			note_option(side, fd, number, 4);
		}
		call(side, "  empty",
		     setsockopt(fd, SOL_IP, number, &val, 0));
		note_option(side, fd, number, 4);
		call(side, "  fault",
		     setsockopt(fd, SOL_IP, number, (void *)8, 4));
		close(fd);
	}
}

TEST(options__take_and_give_the_same_values)
{
	COMPARE(option_values);
}

static void option_oddities(struct side *side)
{
	struct ip_mreqn mreqn = {};
	unsigned char options[44];
	struct in_addr addr;
	socklen_t len;
	int fd = udp(side);
	int val;

	len = sizeof(val);
	call(side, "IP_MTU", getsockopt(fd, SOL_IP, IP_MTU, &val, &len));
	val = 1;
	call(side, "set IP_MTU", setsockopt(fd, SOL_IP, IP_MTU, &val, 4));
	call(side, "IP_HDRINCL",
	     setsockopt(fd, SOL_IP, IP_HDRINCL, &val, 4));
	call(side, "unknown", setsockopt(fd, SOL_IP, 12345, &val, 4));
	len = sizeof(val);
	call(side, "get unknown",
	     getsockopt(fd, SOL_IP, 12345, &val, &len));
	call(side, "level", setsockopt(fd, 12345, 1, &val, 4));
	len = sizeof(val);
	call(side, "get level", getsockopt(fd, 12345, 1, &val, &len));
	call(side, "tcp level", setsockopt(fd, IPPROTO_TCP, 1, &val, 4));
	len = sizeof(val);
	call(side, "get tcp level", getsockopt(fd, IPPROTO_TCP, 1, &val, &len));
	len = -1;
	call(side, "get negative",
	     getsockopt(fd, SOL_IP, IP_TTL, &val, &len));

	inet_pton(AF_INET, "127.0.0.1", &addr);
	call(side, "IP_MULTICAST_IF",
	     setsockopt(fd, SOL_IP, IP_MULTICAST_IF, &addr, sizeof(addr)));
	note_option(side, fd, IP_MULTICAST_IF, 4);
	note_option(side, fd, IP_MULTICAST_IF, 2);
	inet_pton(AF_INET, "192.0.2.1", &addr);
	call(side, "IP_MULTICAST_IF unknown",
	     setsockopt(fd, SOL_IP, IP_MULTICAST_IF, &addr, sizeof(addr)));
	mreqn.imr_ifindex = 1;
	call(side, "IP_MULTICAST_IF index",
	     setsockopt(fd, SOL_IP, IP_MULTICAST_IF, &mreqn, sizeof(mreqn)));
	note_option(side, fd, IP_MULTICAST_IF, 4);
	mreqn.imr_ifindex = 4711;
	call(side, "IP_MULTICAST_IF no index",
	     setsockopt(fd, SOL_IP, IP_MULTICAST_IF, &mreqn, sizeof(mreqn)));
	call(side, "IP_MULTICAST_IF short",
	     setsockopt(fd, SOL_IP, IP_MULTICAST_IF, &mreqn, 3));

	memset(options, 1, sizeof(options));
	call(side, "IP_OPTIONS too long",
	     setsockopt(fd, SOL_IP, IP_OPTIONS, options, 44));
	call(side, "IP_OPTIONS nops",
	     setsockopt(fd, SOL_IP, IP_OPTIONS, options, 4));
	note_option(side, fd, IP_OPTIONS, 8);
	note_option(side, fd, IP_OPTIONS, 2);
	options[0] = 7;
	options[1] = 100;
	call(side, "IP_OPTIONS malformed",
	     setsockopt(fd, SOL_IP, IP_OPTIONS, options, 8));
	note_option(side, fd, IP_OPTIONS, 8);
	call(side, "IP_OPTIONS none",
	     setsockopt(fd, SOL_IP, IP_OPTIONS, NULL, 0));
	note_option(side, fd, IP_OPTIONS, 8);

	call(side, "IP_PROTOCOL unbound",
	     getsockopt(fd, SOL_IP, IP_PROTOCOL, &val, &len));
	bind_to(fd, "127.0.0.1", PORT);
	note_option(side, fd, IP_PROTOCOL, 4);
	close(fd);
}

TEST(options__oddities_are_the_same)
{
	COMPARE(option_oddities);
}

static void udp_options(struct side *side)
{
	int fd = udp(side);
	socklen_t len;
	int val = 1;

	call(side, "unknown", setsockopt(fd, SOL_UDP, 12345, &val, 4));
	call(side, "short", setsockopt(fd, SOL_UDP, UDP_CORK, &val, 3));
	call(side, "fault", setsockopt(fd, SOL_UDP, UDP_CORK, NULL, 4));
	call(side, "cork", setsockopt(fd, SOL_UDP, UDP_CORK, &val, 4));
	val = -1;
	len = sizeof(val);
	call(side, "get cork",
	     getsockopt(fd, SOL_UDP, UDP_CORK, &val, &len));
	note(side, "  value %d len %u\n", val, len);
	len = 1;
	val = 0;
	call(side, "get cork char",
	     getsockopt(fd, SOL_UDP, UDP_CORK, &val, &len));
	note(side, "  value %d len %u\n", val, len);
	len = -1;
	call(side, "get negative",
	     getsockopt(fd, SOL_UDP, UDP_CORK, &val, &len));
	len = sizeof(val);
	call(side, "get unknown",
	     getsockopt(fd, SOL_UDP, 12345, &val, &len));
	close(fd);
}

TEST(options__of_udp_are_the_same)
{
	COMPARE(udp_options);
}

#ifndef SO_RCVMARK
#define SO_RCVMARK	75
#endif

/* ---- control messages ---- */

static void note_cmsgs(struct side *side, int fd, int flags)
{
	union {
		struct cmsghdr header;
		char room[512];
	} control;
	char data[64] = "";
	struct iovec iov = { .iov_base = data, .iov_len = sizeof(data) };
	union endpoint sin = {};
	struct msghdr msg = {
		.msg_name = &sin,
		.msg_namelen = sizeof(sin),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg;
	size_t i;

	if (call(side, "recvmsg", recvmsg(fd, &msg, flags)) < 0)
		return;
	note(side, "  flags %#x\n", msg.msg_flags);
	note_address(side, "  name", &sin, msg.msg_namelen);
	for (cmsg = CMSG_FIRSTHDR(&msg); cmsg;
	     cmsg = CMSG_NXTHDR(&msg, cmsg)) {
		note(side, "  level %d type %d len %zu:", cmsg->cmsg_level,
		     cmsg->cmsg_type, (size_t)cmsg->cmsg_len);
		for (i = 0; i < cmsg->cmsg_len - sizeof(*cmsg); i++)
			note(side, " %02x", CMSG_DATA(cmsg)[i]);
		note(side, "\n");
	}
}

static long send_cmsg(int fd, int level, int type, const void *value,
		      size_t len)
{
	union endpoint to = address("127.0.0.1", PORT);

	return send_control(fd, &to, "x", 1, level, type, value, len);
}

static void cmsgs(struct side *side)
{
	static const int asked[] = {
		IP_PKTINFO, IP_RECVTTL, IP_RECVTOS, IP_RECVOPTS, IP_RETOPTS,
		IP_RECVORIGDSTADDR, IP_CHECKSUM, IP_RECVFRAGSIZE,
	};
	static const unsigned char nops[4] = { 1, 1, 1, 1 };
	struct in_pktinfo info = {};
	int from = udp(side), to = udp(side);
	unsigned char tos = 0x10;
	int on = 1, val;
	size_t i;

	bind_to(from, "0.0.0.0", PORT + 1);
	bind_to(to, "0.0.0.0", PORT);
	for (i = 0; i < sizeof(asked) / sizeof(*asked); i++)
		call(side, "ask",
		     setsockopt(to, SOL_IP, asked[i], &on, sizeof(on)));

	call(side, "plain", send_to(from, "x", 1, 0, "127.0.0.1", PORT));
	note_cmsgs(side, to, 0);
	val = 7;
	call(side, "ttl", send_cmsg(from, SOL_IP, IP_TTL, &val, 4));
	note_cmsgs(side, to, 0);
	val = 0;
	call(side, "ttl 0", send_cmsg(from, SOL_IP, IP_TTL, &val, 4));
	val = 256;
	call(side, "ttl 256", send_cmsg(from, SOL_IP, IP_TTL, &val, 4));
	call(side, "ttl char", send_cmsg(from, SOL_IP, IP_TTL, &tos, 1));
	val = 0x28;
	call(side, "tos", send_cmsg(from, SOL_IP, IP_TOS, &val, 4));
	note_cmsgs(side, to, 0);
	call(side, "tos char", send_cmsg(from, SOL_IP, IP_TOS, &tos, 1));
	note_cmsgs(side, to, 0);
	val = 256;
	call(side, "tos 256", send_cmsg(from, SOL_IP, IP_TOS, &val, 4));
	call(side, "tos short", send_cmsg(from, SOL_IP, IP_TOS, &val, 2));
	info.ipi_ifindex = 1;
	call(side, "pktinfo index",
	     send_cmsg(from, SOL_IP, IP_PKTINFO, &info, sizeof(info)));
	note_cmsgs(side, to, 0);
	info.ipi_ifindex = 0;
	inet_pton(AF_INET, "127.0.0.9", &info.ipi_spec_dst);
	call(side, "pktinfo source",
	     send_cmsg(from, SOL_IP, IP_PKTINFO, &info, sizeof(info)));
	note_cmsgs(side, to, 0);
	inet_pton(AF_INET, "192.0.2.1", &info.ipi_spec_dst);
	call(side, "pktinfo foreign",
	     send_cmsg(from, SOL_IP, IP_PKTINFO, &info, sizeof(info)));
	call(side, "pktinfo short",
	     send_cmsg(from, SOL_IP, IP_PKTINFO, &info, 8));
	call(side, "retopts",
	     send_cmsg(from, SOL_IP, IP_RETOPTS, nops, sizeof(nops)));
	note_cmsgs(side, to, 0);
	call(side, "unknown", send_cmsg(from, SOL_IP, 12345, &val, 4));
	call(side, "other level", send_cmsg(from, 12345, 1, &val, 4));
	note_cmsgs(side, to, 0);
	call(side, "socket level unknown",
	     send_cmsg(from, SOL_SOCKET, 12345, &val, 4));
	val = 33;
	setsockopt(from, SOL_IP, IP_TTL, &val, 4);
	val = 0x48;
	setsockopt(from, SOL_IP, IP_TOS, &val, 4);
	call(side, "options", send_to(from, "x", 1, 0, "127.0.0.2", PORT));
	note_cmsgs(side, to, 0);
	close(from);
	close(to);
}

TEST(cmsg__says_the_same)
{
	COMPARE(cmsgs);
}

static void priorities(struct side *side)
{
	int fd = udp(side);
	socklen_t len;
	int tos, val;

	for (tos = 0; tos < 256; tos += 4) {
		setsockopt(fd, SOL_IP, IP_TOS, &tos, sizeof(tos));
		len = sizeof(val);
		getsockopt(fd, SOL_SOCKET, SO_PRIORITY, &val, &len);
		note(side, "tos %d priority %d\n", tos, val);
	}
	close(fd);
}

static void marks(struct side *side)
{
	int fd = udp(side), sender = udp(side), on = 1, mark = 7;

	call(side, "bind", bind_to(fd, "127.0.0.1", PORT));
	call(side, "mark", setsockopt(sender, SOL_SOCKET, SO_MARK, &mark,
				      sizeof(mark)));
	call(side, "send", send_to(sender, "a", 1, 0, "127.0.0.1", PORT));
	note_cmsgs(side, fd, 0);
	call(side, "tell", setsockopt(fd, SOL_SOCKET, SO_RCVMARK, &on,
				      sizeof(on)));
	call(side, "send", send_to(sender, "b", 1, 0, "127.0.0.1", PORT));
	note_cmsgs(side, fd, 0);
	mark = 8;
	call(side, "message", send_cmsg(sender, SOL_SOCKET, SO_MARK, &mark,
					sizeof(mark)));
	note_cmsgs(side, fd, 0);
	call(side, "connect", connect_to(sender, "127.0.0.1", PORT));
	call(side, "send", send(sender, "c", 1, 0));
	note_cmsgs(side, fd, 0);
	close(fd);
	close(sender);
}

TEST(cmsg__tells_the_mark_of_the_sender)
{
	COMPARE(marks);
}

TEST(options__tos_sets_the_same_priority)
{
	COMPARE(priorities);
}

static void error_queue(struct side *side)
{
	int fd = udp(side);
	int on = 1, val;
	socklen_t len = sizeof(val);

	call(side, "empty", recv(fd, NULL, 0, MSG_ERRQUEUE));
	call(side, "IP_RECVERR",
	     setsockopt(fd, SOL_IP, IP_RECVERR, &on, sizeof(on)));
	bind_to(fd, "127.0.0.1", PORT + 1);
	call(side, "sendto",
	     send_to(fd, "quoted", 6, 0, "127.0.0.1", PORT));
	note_poll(side, fd, POLLIN, WAIT_MS);
	call(side, "recv", recv(fd, NULL, 0, MSG_DONTWAIT));
	note_cmsgs(side, fd, MSG_ERRQUEUE);
	note_cmsgs(side, fd, MSG_ERRQUEUE);
	note_poll(side, fd, POLLIN | POLLOUT, 0);
	call(side, "sendto",
	     send_to(fd, "quoted", 6, 0, "127.0.0.1", PORT));
	note_poll(side, fd, 0, WAIT_MS);
	call(side, "SO_ERROR",
	     getsockopt(fd, SOL_SOCKET, SO_ERROR, &val, &len));
	note(side, "  value %d\n", val);
	on = 0;
	setsockopt(fd, SOL_IP, IP_RECVERR, &on, sizeof(on));
	note_cmsgs(side, fd, MSG_ERRQUEUE);
	close(fd);
}

TEST(errqueue__tells_the_same)
{
	COMPARE(error_queue);
}

static void too_big(struct side *side)
{
	static char data[65508];
	int fd = udp(side);
	int on = 1;

	setsockopt(fd, SOL_IP, IP_RECVERR, &on, sizeof(on));
	bind_to(fd, "127.0.0.1", PORT + 1);
	call(side, "sendto",
	     send_to(fd, data, sizeof(data), 0, "127.0.0.1", PORT));
	note_poll(side, fd, POLLIN, 0);
	note_cmsgs(side, fd, MSG_ERRQUEUE);
	close(fd);
}

TEST(errqueue__tells_of_what_is_too_big)
{
	COMPARE(too_big);
}

TEST_HARNESS_MAIN
