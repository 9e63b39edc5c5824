// SPDX-License-Identifier: GPL-2.0
/*
 * guest: stock
 *
 * The same calls on AF_INET and on AF_NETSTACK, over the lo of each, must
 * give the same results: return values, errno, option values, addresses,
 * control messages. Each case writes a transcript of what it saw; the two
 * transcripts are compared line by line.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <linux/netstack.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "kselftest_harness.h"

#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE	51
#endif
#ifndef IP_PROTOCOL
#define IP_PROTOCOL		52
#endif

#define TRANSCRIPT_MAX	(256 * 1024)
#define PORT		40100
#define WAIT_MS		2000

/* One side: the family under test and what was seen. */
struct side {
	int family;
	size_t used;
	char text[TRANSCRIPT_MAX];
};

static void note(struct side *side, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(side->text + side->used, TRANSCRIPT_MAX - side->used,
		      format, args);
	va_end(args);
	if (n > 0 && side->used + n < TRANSCRIPT_MAX)
		side->used += n;
}

/* Note what a call returned, and errno if it failed. Return: the same. */
static long call(struct side *side, const char *what, long ret)
{
	if (ret < 0)
		note(side, "%s: %s\n", what, strerrorname_np(errno));
	else
		note(side, "%s: %ld\n", what, ret);
	return ret;
}

/* Note only whether a call worked. */
static long worked(struct side *side, const char *what, long ret)
{
	return call(side, what, ret < 0 ? ret : 0) < 0 ? ret : ret;
}

static struct sockaddr_in address(const char *text, unsigned int port)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};

	inet_pton(AF_INET, text, &sin.sin_addr);
	return sin;
}

static int udp(struct side *side)
{
	struct timeval patience = { .tv_sec = WAIT_MS / 1000 };
	int fd = socket(side->family, SOCK_DGRAM, 0);

	if (fd < 0) {
		call(side, "socket", fd);
		return -1;
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

static int bind_to(int fd, const char *text, unsigned int port)
{
	struct sockaddr_in sin = address(text, port);

	return bind(fd, (struct sockaddr *)&sin, sizeof(sin));
}

static int connect_to(int fd, const char *text, unsigned int port)
{
	struct sockaddr_in sin = address(text, port);

	return connect(fd, (struct sockaddr *)&sin, sizeof(sin));
}

static long send_to(int fd, const void *data, size_t len, int flags,
		    const char *text, unsigned int port)
{
	struct sockaddr_in sin = address(text, port);

	return sendto(fd, data, len, flags, (struct sockaddr *)&sin,
		      sizeof(sin));
}

static int disconnect(int fd)
{
	struct sockaddr sa = { .sa_family = AF_UNSPEC };

	return connect(fd, &sa, sizeof(sa));
}

/* Note an address; a port that was chosen only as such. */
static void note_address(struct side *side, const char *what,
			 const struct sockaddr_in *sin, socklen_t len)
{
	unsigned int port = ntohs(sin->sin_port);
	char text[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &sin->sin_addr, text, sizeof(text));
	note(side, "%s: len %u family %u %s", what, len, sin->sin_family,
	     text);
	if (port >= 32768 && port != PORT && port != PORT + 1)
		note(side, " port chosen\n");
	else
		note(side, " port %u\n", port);
}

static void note_names(struct side *side, int fd)
{
	struct sockaddr_in sin = {};
	socklen_t len = sizeof(sin);

	if (!call(side, "getsockname",
		  getsockname(fd, (struct sockaddr *)&sin, &len)))
		note_address(side, "  own", &sin, len);
	memset(&sin, 0, sizeof(sin));
	len = sizeof(sin);
	if (!call(side, "getpeername",
		  getpeername(fd, (struct sockaddr *)&sin, &len)))
		note_address(side, "  peer", &sin, len);
}

static void note_poll(struct side *side, int fd, short events, int ms)
{
	struct pollfd p = { .fd = fd, .events = events };

	poll(&p, 1, ms);
	note(side, "poll: %#x\n", p.revents);
}

/* Receive, and note length, flags, source and the first bytes. */
static void note_recv(struct side *side, int fd, size_t room, int flags)
{
	char data[70000] = "";
	struct iovec iov = { .iov_base = data, .iov_len = room };
	struct sockaddr_in sin = {};
	struct msghdr msg = {
		.msg_name = &sin,
		.msg_namelen = sizeof(sin),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};

	if (call(side, "recvmsg", recvmsg(fd, &msg, flags)) < 0)
		return;
	note(side, "  flags %#x data %.8s\n", msg.msg_flags, data);
	note_address(side, "  from", &sin, msg.msg_namelen);
}

typedef void (*scenario_t)(struct side *side);

static struct side inet = { .family = AF_INET };
static struct side netstack = { .family = AF_NETSTACK };

/* The first line that differs, or NULL. */
static const char *first_difference(const char *a, const char *b)
{
	static char report[1024];
	const char *line_a = a, *line_b = b, *context = a;

	while (*a && *a == *b) {
		if (*a == '\n') {
			context = line_a;
			line_a = a + 1;
			line_b = b + 1;
		}
		a++;
		b++;
	}
	if (*a == *b)
		return NULL;
	snprintf(report, sizeof(report),
		 "after '%.*s': AF_INET '%.*s', AF_NETSTACK '%.*s'",
		 (int)strcspn(context, "\n"), context,
		 (int)strcspn(line_a, "\n"), line_a,
		 (int)strcspn(line_b, "\n"), line_b);
	return report;
}

#define COMPARE(scenario) do {						\
	const char *difference;						\
									\
	inet.used = 0;							\
	netstack.used = 0;						\
	scenario(&inet);						\
	scenario(&netstack);						\
	difference = first_difference(inet.text, netstack.text);	\
	EXPECT_EQ(NULL, difference) {					\
		TH_LOG("%s", difference);				\
	}								\
	EXPECT_NE(0, inet.used);					\
} while (0)

/* ---- socket ---- */

static void socket_kinds(struct side *side)
{
	static const int protocols[] = {
		IPPROTO_IP, IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP, 41, 254,
		-1, 512,
	};
	int type, fd;
	size_t i;

	/* Not built: raw and ping sockets; SOCK_PACKET is AF_INET's own. */
	for (type = SOCK_STREAM; type <= SOCK_SEQPACKET; type++) {
		for (i = 0; i < sizeof(protocols) / sizeof(*protocols); i++) {
			if (type == SOCK_RAW ||
			    (type == SOCK_DGRAM && protocols[i] == 1))
				continue;
			note(side, "type %d protocol %d ", type,
			     protocols[i]);
			fd = socket(side->family, type, protocols[i]);
			worked(side, "socket", fd);
			if (fd >= 0)
				close(fd);
		}
	}
}

TEST(socket__takes_the_same_types_and_protocols)
{
	COMPARE(socket_kinds);
}

static void socket_defaults(struct side *side)
{
	static const int options[] = {
		SO_TYPE, SO_PROTOCOL, SO_RCVBUF, SO_SNDBUF, SO_REUSEADDR,
		SO_REUSEPORT, SO_BROADCAST, SO_ERROR, SO_ACCEPTCONN,
		SO_PRIORITY, SO_MARK, SO_NO_CHECK, SO_DONTROUTE, SO_KEEPALIVE,
		SO_OOBINLINE, SO_RCVLOWAT, SO_SNDLOWAT, SO_PEEK_OFF,
		SO_TIMESTAMP,
	};
	int fd = udp(side);
	socklen_t len;
	size_t i;
	int val;

	for (i = 0; i < sizeof(options) / sizeof(*options); i++) {
		val = -7;
		len = sizeof(val);
		note(side, "option %d ", options[i]);
		call(side, "getsockopt",
		     getsockopt(fd, SOL_SOCKET, options[i], &val, &len));
		note(side, "  value %d len %u\n", val, len);
	}
	close(fd);
}

TEST(socket__has_the_same_defaults)
{
	COMPARE(socket_defaults);
}

static void unbound(struct side *side)
{
	int fd = udp(side);

	note_names(side, fd);
	call(side, "send", send(fd, "x", 1, 0));
	note_names(side, fd);
	call(side, "listen", listen(fd, 1));
	call(side, "accept", accept(fd, NULL, NULL));
	note_poll(side, fd, POLLIN | POLLOUT, 0);
	close(fd);
}

TEST(socket__unbound_behaves_the_same)
{
	COMPARE(unbound);
}

/* ---- bind ---- */

static void bind_errors(struct side *side)
{
	static const char * const addresses[] = {
		"0.0.0.0", "127.0.0.1", "127.1.2.3", "192.0.2.1", "224.0.0.1",
		"255.255.255.255", "127.255.255.255", "0.0.0.1", "240.0.0.1",
	};
	struct sockaddr_in sin;
	int on = 1;
	size_t i;
	int fd;

	for (i = 0; i < sizeof(addresses) / sizeof(*addresses); i++) {
		fd = udp(side);
		note(side, "%s ", addresses[i]);
		call(side, "bind", bind_to(fd, addresses[i], PORT));
		note_names(side, fd);
		call(side, "bind again", bind_to(fd, addresses[i], PORT + 1));
		close(fd);

		fd = udp(side);
		setsockopt(fd, SOL_IP, IP_FREEBIND, &on, sizeof(on));
		note(side, "free %s ", addresses[i]);
		call(side, "bind", bind_to(fd, addresses[i], PORT));
		note_names(side, fd);
		close(fd);
	}

	fd = udp(side);
	sin = address("127.0.0.1", PORT);
	call(side, "bind short", bind(fd, (struct sockaddr *)&sin, 15));
	call(side, "bind zero", bind(fd, (struct sockaddr *)&sin, 0));
	sin.sin_family = AF_INET6;
	call(side, "bind inet6",
	     bind(fd, (struct sockaddr *)&sin, sizeof(sin)));
	sin.sin_family = AF_UNSPEC;
	call(side, "bind unspec",
	     bind(fd, (struct sockaddr *)&sin, sizeof(sin)));
	sin = address("0.0.0.0", PORT);
	sin.sin_family = AF_UNSPEC;
	call(side, "bind unspec any",
	     bind(fd, (struct sockaddr *)&sin, sizeof(sin)));
	note_names(side, fd);
	close(fd);
}

TEST(bind__refuses_the_same)
{
	COMPARE(bind_errors);
}

/* Kernels before 6.3 may keep SO_REUSEPORT for AF_INET. */
static bool reuseport_allowed(void)
{
	int fd = socket(AF_NETSTACK, SOCK_DGRAM, 0);
	int on = 1, ret;

	ret = setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
	close(fd);
	return !ret;
}

static void bind_pairs(struct side *side)
{
	unsigned int combinations = reuseport_allowed() ? 16 : 4;
	static const char * const addresses[] = {
		"0.0.0.0", "127.0.0.1", "127.0.0.2",
	};
	unsigned int i, a, b, bits;
	int first, second, on;

	for (bits = 0; bits < combinations; bits++) {
		for (i = 0; i < 9; i++) {
			a = i / 3;
			b = i % 3;
			first = udp(side);
			second = udp(side);
			on = bits & 1;
			setsockopt(first, SOL_SOCKET, SO_REUSEADDR, &on, 4);
			on = !!(bits & 2);
			setsockopt(second, SOL_SOCKET, SO_REUSEADDR, &on, 4);
			on = !!(bits & 4);
			setsockopt(first, SOL_SOCKET, SO_REUSEPORT, &on, 4);
			on = !!(bits & 8);
			setsockopt(second, SOL_SOCKET, SO_REUSEPORT, &on, 4);
			note(side, "%#x %s %s ", bits, addresses[a],
			     addresses[b]);
			call(side, "first",
			     bind_to(first, addresses[a], PORT));
			call(side, "second",
			     bind_to(second, addresses[b], PORT));
			close(first);
			close(second);
		}
	}
}

TEST(bind__shares_ports_by_the_same_rules)
{
	COMPARE(bind_pairs);
}

static void bind_privilege(struct side *side)
{
	int fd;

	if (seteuid(65534))
		return;
	fd = udp(side);
	call(side, "port 1023", bind_to(fd, "0.0.0.0", 1023));
	call(side, "port 1024", bind_to(fd, "0.0.0.0", 1024));
	close(fd);
	if (seteuid(0))
		note(side, "not root again\n");
}

TEST(bind__needs_the_same_privilege)
{
	COMPARE(bind_privilege);
}

/* ---- connect ---- */

static void connects(struct side *side)
{
	struct sockaddr_in sin;
	int fd = udp(side);
	int on = 1;

	call(side, "connect", connect_to(fd, "127.0.0.1", PORT));
	note_names(side, fd);
	call(side, "again", connect_to(fd, "127.0.0.2", PORT + 1));
	note_names(side, fd);
	call(side, "disconnect", disconnect(fd));
	note_names(side, fd);
	call(side, "any", connect_to(fd, "0.0.0.0", PORT));
	note_names(side, fd);
	call(side, "port 0", connect_to(fd, "127.0.0.1", 0));
	note_names(side, fd);
	call(side, "bind connected", bind_to(fd, "127.0.0.1", PORT));
	call(side, "broadcast", connect_to(fd, "255.255.255.255", PORT));
	setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
	close(fd);

	fd = udp(side);
	sin = address("127.0.0.1", PORT);
	call(side, "short", connect(fd, (struct sockaddr *)&sin, 15));
	call(side, "shorter", connect(fd, (struct sockaddr *)&sin, 1));
	sin.sin_family = AF_INET6;
	call(side, "inet6",
	     connect(fd, (struct sockaddr *)&sin, sizeof(sin)));
	note_names(side, fd);
	close(fd);

	fd = udp(side);
	bind_to(fd, "127.0.0.1", PORT);
	call(side, "bound", connect_to(fd, "127.0.0.1", PORT + 1));
	note_names(side, fd);
	call(side, "disconnect", disconnect(fd));
	note_names(side, fd);
	close(fd);

	fd = udp(side);
	bind_to(fd, "0.0.0.0", PORT);
	call(side, "bound any", connect_to(fd, "127.0.0.1", PORT + 1));
	note_names(side, fd);
	call(side, "disconnect", disconnect(fd));
	note_names(side, fd);
	close(fd);

	fd = udp(side);
	bind_to(fd, "127.0.0.1", 0);
	call(side, "bound port 0", connect_to(fd, "127.0.0.1", PORT));
	note_names(side, fd);
	call(side, "disconnect", disconnect(fd));
	note_names(side, fd);
	close(fd);
}

TEST(connect__names_the_same_ends)
{
	COMPARE(connects);
}

static void refused(struct side *side)
{
	char byte;
	int fd = udp(side);

	connect_to(fd, "127.0.0.1", PORT);
	call(side, "send", send(fd, "x", 1, 0));
	note_poll(side, fd, POLLIN | POLLOUT, WAIT_MS);
	call(side, "recv", recv(fd, &byte, 1, MSG_DONTWAIT));
	call(side, "recv again", recv(fd, &byte, 1, MSG_DONTWAIT));
	call(side, "send", send(fd, "x", 1, 0));
	note_poll(side, fd, 0, WAIT_MS);
	call(side, "send reports", send(fd, "x", 1, 0));
	close(fd);

	fd = udp(side);
	call(side, "sendto", send_to(fd, "x", 1, 0, "127.0.0.1", PORT));
	note_poll(side, fd, POLLIN, 50);
	call(side, "recv unconnected", recv(fd, &byte, 1, MSG_DONTWAIT));
	close(fd);
}

TEST(connect__learns_of_a_closed_port)
{
	COMPARE(refused);
}

/* ---- send and receive ---- */

static void sends(struct side *side)
{
	static const size_t sizes[] = {
		0, 1, 1472, 1473, 4096, 9000, 40000, 65507, 65508, 65535,
		65536,
	};
	static char data[65536] = "payload";
	int from = udp(side), to = udp(side);
	size_t i;

	bind_to(from, "127.0.0.1", PORT + 1);
	bind_to(to, "127.0.0.1", PORT);
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		note(side, "size %zu ", sizes[i]);
		if (call(side, "sendto",
			 send_to(from, data, sizes[i], 0, "127.0.0.1",
				 PORT)) < 0)
			continue;
		note_recv(side, to, sizeof(data), 0);
	}
	close(from);
	close(to);
}

TEST(send__takes_the_same_sizes)
{
	COMPARE(sends);
}

static void send_errors(struct side *side)
{
	struct sockaddr_in sin = address("127.0.0.1", PORT);
	int to = udp(side), fd = udp(side);
	int on = 1;

	bind_to(to, "127.0.0.1", PORT);
	call(side, "oob", send_to(fd, "x", 1, MSG_OOB, "127.0.0.1", PORT));
	call(side, "port 0", send_to(fd, "x", 1, 0, "127.0.0.1", 0));
	call(side, "short",
	     sendto(fd, "x", 1, 0, (struct sockaddr *)&sin, 15));
	sin.sin_family = AF_INET6;
	call(side, "inet6",
	     sendto(fd, "x", 1, 0, (struct sockaddr *)&sin, sizeof(sin)));
	sin.sin_family = AF_UNSPEC;
	call(side, "unspec",
	     sendto(fd, "x", 1, 0, (struct sockaddr *)&sin, sizeof(sin)));
	note_recv(side, to, 10, 0);
	call(side, "to any", send_to(fd, "x", 1, 0, "0.0.0.0", PORT));
	note_recv(side, to, 10, 0);
	call(side, "broadcast",
	     send_to(fd, "x", 1, 0, "127.255.255.255", PORT));
	setsockopt(fd, SOL_SOCKET, SO_DONTROUTE, &on, sizeof(on));
	call(side, "dontroute", send_to(fd, "x", 1, 0, "127.0.0.1", PORT));
	note_recv(side, to, 10, 0);
	call(side, "null", sendto(fd, NULL, 1, 0, (struct sockaddr *)&sin,
				  sizeof(sin)));
	call(side, "confirm",
	     send_to(fd, "x", 1, MSG_CONFIRM, "127.0.0.1", PORT));
	note_recv(side, to, 10, 0);
	close(fd);
	close(to);
}

TEST(send__fails_the_same)
{
	COMPARE(send_errors);
}

static void receives(struct side *side)
{
	int from = udp(side), to = udp(side);
	int count = 0;

	bind_to(from, "127.0.0.1", PORT + 1);
	bind_to(to, "127.0.0.1", PORT);
	connect_to(from, "127.0.0.1", PORT);
	call(side, "empty", recv(to, NULL, 0, MSG_DONTWAIT));
	send(from, "12345678", 8, 0);
	note_poll(side, to, POLLIN | POLLOUT | POLLRDNORM, WAIT_MS);
	call(side, "FIONREAD", ioctl(to, FIONREAD, &count));
	note(side, "  count %d\n", count);
	note_recv(side, to, 4, MSG_PEEK);
	note_recv(side, to, 4, MSG_PEEK | MSG_TRUNC);
	note_recv(side, to, 8, MSG_PEEK);
	note_recv(side, to, 4, 0);
	note_recv(side, to, 4, MSG_DONTWAIT);
	send(from, "12345678", 8, 0);
	note_recv(side, to, 4, MSG_TRUNC);
	send(from, "12345678", 8, 0);
	note_recv(side, to, 100, MSG_WAITALL);
	send(from, "", 0, 0);
	note_poll(side, to, POLLIN, WAIT_MS);
	call(side, "FIONREAD", ioctl(to, FIONREAD, &count));
	note(side, "  count %d\n", count);
	note_recv(side, to, 100, 0);
	call(side, "SIOCOUTQ", ioctl(to, SIOCOUTQ, &count));
	note(side, "  count %d\n", count);
	call(side, "SIOCGIFADDR null", ioctl(to, 0x12345, &count));
	close(from);
	close(to);
}

TEST(recv__reads_the_same)
{
	COMPARE(receives);
}

static void peek_offsets(struct side *side)
{
	int from = udp(side), to = udp(side);
	int off = 3;

	bind_to(to, "127.0.0.1", PORT);
	bind_to(from, "127.0.0.1", PORT + 1);
	connect_to(from, "127.0.0.1", PORT);
	call(side, "SO_PEEK_OFF",
	     setsockopt(to, SOL_SOCKET, SO_PEEK_OFF, &off, sizeof(off)));
	send(from, "abcdefgh", 8, 0);
	send(from, "", 0, 0);
	send(from, "ijkl", 4, 0);
	note_recv(side, to, 2, MSG_PEEK);
	note_recv(side, to, 100, MSG_PEEK);
	note_recv(side, to, 100, MSG_PEEK);
	note_recv(side, to, 100, MSG_PEEK);
	note_recv(side, to, 100, MSG_PEEK | MSG_DONTWAIT);
	note_recv(side, to, 100, 0);
	note_recv(side, to, 100, MSG_PEEK | MSG_DONTWAIT);
	note_recv(side, to, 100, 0);
	note_recv(side, to, 100, 0);
	close(from);
	close(to);
}

TEST(recv__peeks_at_the_same_offsets)
{
	COMPARE(peek_offsets);
}

static void selects_sender(struct side *side)
{
	int a = udp(side), b = udp(side), to = udp(side);

	bind_to(a, "127.0.0.1", PORT + 1);
	bind_to(to, "127.0.0.1", PORT);
	connect_to(to, "127.0.0.1", PORT + 1);
	send_to(b, "stranger", 8, 0, "127.0.0.1", PORT);
	send_to(a, "peer", 4, 0, "127.0.0.1", PORT);
	note_recv(side, to, 100, 0);
	call(side, "no more", recv(to, NULL, 0, MSG_DONTWAIT));
	disconnect(to);
	send_to(a, "again", 5, 0, "127.0.0.1", PORT);
	note_recv(side, to, 100, 0);
	close(a);
	close(b);
	close(to);
}

TEST(recv__connected_hears_only_its_peer)
{
	COMPARE(selects_sender);
}

static void prefers_specific(struct side *side)
{
	int any = udp(side), one = udp(side), from = udp(side);
	int on = 1;

	setsockopt(any, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(one, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	bind_to(one, "127.0.0.1", PORT);
	bind_to(any, "0.0.0.0", PORT);
	bind_to(from, "127.0.0.1", PORT + 1);
	send_to(from, "one", 3, 0, "127.0.0.1", PORT);
	send_to(from, "two", 3, 0, "127.0.0.2", PORT);
	note_recv(side, one, 100, 0);
	note_recv(side, any, 100, 0);
	note_recv(side, one, 100, MSG_DONTWAIT);
	note_recv(side, any, 100, MSG_DONTWAIT);
	close(any);
	close(one);
	close(from);
}

TEST(recv__specific_address_beats_wildcard)
{
	COMPARE(prefers_specific);
}

static void many(struct side *side)
{
	char data[4][8] = { "one", "two", "three", "four" };
	struct mmsghdr msgs[4] = {};
	struct iovec iov[4];
	int from = udp(side), to = udp(side);
	int i;

	bind_to(to, "127.0.0.1", PORT);
	connect_to(from, "127.0.0.1", PORT);
	for (i = 0; i < 4; i++) {
		iov[i].iov_base = data[i];
		iov[i].iov_len = strlen(data[i]);
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	call(side, "sendmmsg", sendmmsg(from, msgs, 4, 0));
	memset(data, 0, sizeof(data));
	for (i = 0; i < 4; i++)
		iov[i].iov_len = sizeof(data[i]);
	call(side, "recvmmsg", recvmmsg(to, msgs, 4, MSG_WAITFORONE, NULL));
	for (i = 0; i < 4; i++)
		note(side, "%u %s\n", msgs[i].msg_len, data[i]);
	close(from);
	close(to);
}

TEST(recv__many_at_once)
{
	COMPARE(many);
}

static void corks(struct side *side)
{
	int from = udp(side), to = udp(side);
	static char big[65507];
	int val;

	bind_to(from, "127.0.0.1", PORT + 1);
	bind_to(to, "127.0.0.1", PORT);
	connect_to(from, "127.0.0.1", PORT);
	call(side, "more", send(from, "abc", 3, MSG_MORE));
	note_recv(side, to, 100, MSG_DONTWAIT);
	call(side, "last", send(from, "def", 3, 0));
	note_recv(side, to, 100, 0);
	val = 1;
	call(side, "cork", setsockopt(from, SOL_UDP, UDP_CORK, &val, 4));
	call(side, "send", send(from, "12", 2, 0));
	call(side, "send", send(from, "34", 2, 0));
	call(side, "connect", connect_to(from, "127.0.0.1", PORT));
	val = 0;
	call(side, "uncork", setsockopt(from, SOL_UDP, UDP_CORK, &val, 4));
	note_recv(side, to, 100, 0);
	call(side, "big", send(from, big, sizeof(big), MSG_MORE));
	call(side, "too big", send(from, "x", 1, MSG_MORE));
	call(side, "afterwards", send(from, "ok", 2, 0));
	note_recv(side, to, 100, 0);
	note_recv(side, to, 100, MSG_DONTWAIT);
	close(from);
	close(to);
}

TEST(send__corks_the_same)
{
	COMPARE(corks);
}

static void shutdowns(struct side *side)
{
	int from = udp(side), to = udp(side);
	char byte;

	call(side, "unconnected", shutdown(from, SHUT_RD));
	note_poll(side, from, POLLIN | POLLOUT | POLLRDHUP, 0);
	close(from);
	from = udp(side);
	bind_to(to, "127.0.0.1", PORT);
	connect_to(from, "127.0.0.1", PORT);
	call(side, "how -1", shutdown(from, -1));
	call(side, "how 3", shutdown(from, 3));
	call(side, "write", shutdown(from, SHUT_WR));
	call(side, "send", send(from, "x", 1, MSG_NOSIGNAL));
	note_poll(side, from, POLLIN | POLLOUT | POLLRDHUP, 0);
	call(side, "read", shutdown(from, SHUT_RD));
	call(side, "recv", recv(from, &byte, 1, 0));
	call(side, "recv now", recv(from, &byte, 1, MSG_DONTWAIT));
	note_poll(side, from, POLLIN | POLLOUT | POLLRDHUP, 0);
	close(from);
	close(to);
}

TEST(shutdown__is_the_same)
{
	COMPARE(shutdowns);
}

static void overflows(struct side *side)
{
	int from = udp(side), to = udp(side);
	int size = 4096, on = 1, i;
	char data[1000];

	setsockopt(to, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	setsockopt(to, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on));
	bind_to(to, "127.0.0.1", PORT);
	connect_to(from, "127.0.0.1", PORT);
	for (i = 0; i < 100; i++)
		if (send(from, data, sizeof(data), 0) != sizeof(data))
			note(side, "send failed\n");
	for (i = 0; recv(to, data, sizeof(data), MSG_DONTWAIT) > 0; i++)
		;
	note(side, "some came %d, not all %d\n", i > 0, i < 50);
	call(side, "empty", recv(to, data, sizeof(data), MSG_DONTWAIT));
	call(side, "send", send(from, "x", 1, 0));
	note(side, "one more: %zd\n", recv(to, data, sizeof(data), 0));
	close(from);
	close(to);
}

TEST(recv__buffer_is_bounded)
{
	COMPARE(overflows);
}

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
	OPTION(IP_MULTICAST_LOOP), OPTION(IP_UNICAST_IF),
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

/* ---- control messages ---- */

static void note_cmsgs(struct side *side, int fd, int flags)
{
	union {
		struct cmsghdr header;
		char room[512];
	} control;
	char data[64] = "";
	struct iovec iov = { .iov_base = data, .iov_len = sizeof(data) };
	struct sockaddr_in sin = {};
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
	struct sockaddr_in sin = address("127.0.0.1", PORT);
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(64)];
	} control = {};
	struct iovec iov = { .iov_base = "x", .iov_len = 1 };
	struct msghdr msg = {
		.msg_name = &sin,
		.msg_namelen = sizeof(sin),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = CMSG_SPACE(len),
	};

	control.header.cmsg_level = level;
	control.header.cmsg_type = type;
	control.header.cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(&control.header), value, len);
	return sendmsg(fd, &msg, 0);
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

static void broadcasts(struct side *side)
{
	int from = udp(side), a = udp(side), b = udp(side);
	int on = 1;

	setsockopt(a, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(b, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	bind_to(a, "0.0.0.0", PORT);
	bind_to(b, "0.0.0.0", PORT);
	bind_to(from, "127.0.0.1", PORT + 1);
	call(side, "not allowed",
	     send_to(from, "x", 1, 0, "127.255.255.255", PORT));
	setsockopt(from, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
	call(side, "allowed",
	     send_to(from, "x", 1, 0, "127.255.255.255", PORT));
	note_recv(side, a, 10, 0);
	note_recv(side, b, 10, 0);
	note_recv(side, a, 10, MSG_DONTWAIT);
	close(from);
	close(a);
	close(b);
}

TEST(broadcast__reaches_every_socket)
{
	COMPARE(broadcasts);
}

static void reuse_newest(struct side *side)
{
	int from = udp(side), a = udp(side), b = udp(side);
	int on = 1;

	setsockopt(a, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(b, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	bind_to(a, "127.0.0.1", PORT);
	bind_to(b, "127.0.0.1", PORT);
	bind_to(from, "127.0.0.1", PORT + 1);
	send_to(from, "x", 1, 0, "127.0.0.1", PORT);
	note_recv(side, b, 10, MSG_DONTWAIT);
	note_recv(side, a, 10, MSG_DONTWAIT);
	close(from);
	close(a);
	close(b);
}

TEST(recv__newest_of_equals_gets_it)
{
	COMPARE(reuse_newest);
}

TEST_HARNESS_MAIN
