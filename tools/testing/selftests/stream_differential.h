/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A scenario makes calls on stream sockets and notes what each of them said;
 * it is run once for AF_INET and once for AF_NETSTACK, over the lo of each,
 * and the notes are compared. Include it first.
 */
#ifndef STREAM_DIFFERENTIAL_H
#define STREAM_DIFFERENTIAL_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "endpoint.h"

#define NOTES		400
#define PATIENCE	2000	/* ms */

struct note {
	char what[64];
	long result;
	int error;
};

struct run {
	int family;
	int port;
	int count;
	struct note notes[NOTES];
};

/* Note what a call has said, with errno if it failed. */
static inline long note(struct run *run, long result, const char *format, ...)
{
	int error = errno;
	struct note *to = &run->notes[run->count];
	va_list args;

	if (run->count == NOTES) {
		fprintf(stderr, "too many notes\n");
		exit(1);
	}
	run->count++;
	va_start(args, format);
	vsnprintf(to->what, sizeof(to->what), format, args);
	va_end(args);
	to->result = result;
	to->error = result < 0 ? error : 0;
	return result;
}

#define NOTE(run, call) note(run, call, "%s", #call)

static inline int new_socket(struct run *run)
{
	int fd = endpoint_socket(run->family, SOCK_STREAM, 0);

	if (fd < 0) {
		perror("socket");
		exit(1);
	}
	return fd;
}

static inline union endpoint at(int port)
{
	return endpoint_at("127.0.0.1", port);
}

static inline int port_of(int fd)
{
	union endpoint address;
	socklen_t len = sizeof(address);

	if (getsockname(fd, (void *)&address, &len))
		return -1;
	return ntohs(address.sin_port);
}

static inline int new_listener(struct run *run, int backlog)
{
	union endpoint address = at(0);
	int fd = new_socket(run);

	if (bind(fd, (void *)&address, sizeof(address)) || listen(fd, backlog)) {
		perror("listen");
		exit(1);
	}
	run->port = port_of(fd);
	return fd;
}

/* Wait until all of @bits are there; they must come. */
static inline void await(int fd, short bits)
{
	struct pollfd poll_fd = { .fd = fd, .events = bits };
	int left;

	for (left = PATIENCE; left > 0; left -= 10) {
		if (poll(&poll_fd, 1, 10) > 0 &&
		    (poll_fd.revents & bits) == bits)
			return;
	}
	fprintf(stderr, "poll bits %#x did not come, only %#x\n", bits,
		poll_fd.revents);
}

static inline int poll_bits(int fd)
{
	struct pollfd poll_fd = {
		.fd = fd,
		.events = POLLIN | POLLPRI | POLLOUT | POLLRDHUP | POLLRDNORM |
			  POLLRDBAND | POLLWRNORM | POLLWRBAND,
	};

	return poll(&poll_fd, 1, 0) < 0 ? -1 : poll_fd.revents;
}

static inline void new_pair(struct run *run, int *client, int *server)
{
	int listener = new_listener(run, 5);
	union endpoint address = at(run->port);

	*client = new_socket(run);
	if (connect(*client, (void *)&address, sizeof(address))) {
		perror("connect");
		exit(1);
	}
	*server = accept(listener, NULL, NULL);
	if (*server < 0) {
		perror("accept");
		exit(1);
	}
	close(listener);
}

static inline long get(int fd, int level, int option)
{
	socklen_t len = sizeof(int);
	int value = 0;

	return getsockopt(fd, level, option, &value, &len) ? -1 : value;
}

static inline long set(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof(value));
}

static inline long request(int fd, unsigned long cmd)
{
	int value = -2;

	return ioctl(fd, cmd, &value) ? -1 : value;
}

static inline void compare(struct __test_metadata *_metadata,
			   void (*scenario)(struct run *))
{
	static struct run host, ours;
	int i;

	memset(&host, 0, sizeof(host));
	memset(&ours, 0, sizeof(ours));
	host.family = AF_INET;
	ours.family = AF_NETSTACK;
	scenario(&host);
	scenario(&ours);
	ASSERT_EQ(host.count, ours.count);
	for (i = 0; i < host.count; i++) {
		EXPECT_TRUE(host.notes[i].result == ours.notes[i].result &&
			    host.notes[i].error == ours.notes[i].error) {
			TH_LOG("%s: AF_INET %ld (%s), AF_NETSTACK %ld (%s)",
			       host.notes[i].what, host.notes[i].result,
			       strerror(host.notes[i].error),
			       ours.notes[i].result,
			       strerror(ours.notes[i].error));
		}
	}
}

#endif /* STREAM_DIFFERENTIAL_H */
