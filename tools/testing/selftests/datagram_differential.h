/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Transcripts of calls on datagram sockets of two families, and what is
 * common to the scenarios that write them.
 */
#ifndef DATAGRAM_DIFFERENTIAL_H
#define DATAGRAM_DIFFERENTIAL_H

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

#include "endpoint.h"

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

static inline void note(struct side *side, const char *format, ...)
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
static inline long call(struct side *side, const char *what, long ret)
{
	if (ret < 0)
		note(side, "%s: %s\n", what, strerrorname_np(errno));
	else
		note(side, "%s: %ld\n", what, ret);
	return ret;
}

/* Note only whether a call worked. */
static inline long worked(struct side *side, const char *what, long ret)
{
	return call(side, what, ret < 0 ? ret : 0) < 0 ? ret : ret;
}

static inline union endpoint address(const char *text, unsigned int port)
{
	return endpoint_at(text, port);
}

static inline int udp(struct side *side)
{
	struct timeval patience = { .tv_sec = WAIT_MS / 1000 };
	int fd = endpoint_socket(side->family, SOCK_DGRAM, 0);

	if (fd < 0) {
		call(side, "socket", fd);
		return -1;
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

static inline int bind_to(int fd, const char *text, unsigned int port)
{
	union endpoint sin = address(text, port);

	return bind(fd, (struct sockaddr *)&sin, sizeof(sin));
}

static inline int connect_to(int fd, const char *text, unsigned int port)
{
	union endpoint sin = address(text, port);

	return connect(fd, (struct sockaddr *)&sin, sizeof(sin));
}

static inline long send_to(int fd, const void *data, size_t len, int flags,
			   const char *text, unsigned int port)
{
	union endpoint sin = address(text, port);

	return sendto(fd, data, len, flags, (struct sockaddr *)&sin,
		      sizeof(sin));
}

static inline int disconnect(int fd)
{
	struct sockaddr sa = { .sa_family = AF_UNSPEC };

	return connect(fd, &sa, sizeof(sa));
}

/* Note an address; a port that was chosen only as such. */
static inline void note_address(struct side *side, const char *what,
				const union endpoint *sin, socklen_t len)
{
	unsigned int port = ntohs(sin->sin_port);
	char text[INET6_ADDRSTRLEN];

	if (sin->sin_family == AF_INET6)
		inet_ntop(AF_INET6, &sin->in6.sin6_addr, text, sizeof(text));
	else
		inet_ntop(AF_INET, &sin->sin_addr, text, sizeof(text));
	note(side, "%s: len %u family %u %s", what, len, sin->sin_family,
	     text);
	if (sin->sin_family == AF_INET6)
		note(side, " scope %u flow %#x", sin->in6.sin6_scope_id,
		     ntohl(sin->in6.sin6_flowinfo));
	if (port >= 32768 && port != PORT && port != PORT + 1)
		note(side, " port chosen\n");
	else
		note(side, " port %u\n", port);
}

static inline void note_names(struct side *side, int fd)
{
	union endpoint sin = {};
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

static inline void note_poll(struct side *side, int fd, short events, int ms)
{
	struct pollfd p = { .fd = fd, .events = events };

	poll(&p, 1, ms);
	note(side, "poll: %#x\n", p.revents);
}

/* Receive, and note length, flags, source and the first bytes. */
/* lo delivers in order: when this returns, what was sent before has come. */
static inline void await_delivery(struct side *side)
{
	int from = udp(side), to = udp(side);
	char octet = 0;

	call(side, "await: bind", bind_to(to, "127.0.0.1", PORT + 90));
	send_to(from, &octet, 1, 0, "127.0.0.1", PORT + 90);
	call(side, "await: recv", recv(to, &octet, 1, 0));
	close(from);
	close(to);
}

static inline void note_recv(struct side *side, int fd, size_t room, int flags)
{
	char data[70000] = "";
	struct iovec iov = { .iov_base = data, .iov_len = room };
	union endpoint sin = {};
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

static struct side inet = { .family = AF_INET };
static struct side netstack = { .family = AF_NETSTACK };

/* The first line that differs, or NULL. */
static inline const char *first_difference(const char *a, const char *b)
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

#endif /* DATAGRAM_DIFFERENTIAL_H */
