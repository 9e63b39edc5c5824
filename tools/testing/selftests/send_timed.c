// SPDX-License-Identifier: GPL-2.0
/*
 * A datagram of the stack with SCM_TXTIME, to a socket of the host in the same
 * process; says how many milliseconds it took.
 *
 *	send_timed MILLISECONDS ADDRESS udp|raw|long
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#include <linux/net_tstamp.h>
#include <linux/netstack.h>

#define PORT	9000
/* Longer than a frame: its fragments have the time of the datagram. */
#define LENGTH	4000

#ifndef SO_TXTIME
#define SO_TXTIME	61
#endif

static long long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int fail(const char *what)
{
	perror(what);
	return 1;
}

int main(int argc, char **argv)
{
	const struct sock_txtime clock = { .clockid = CLOCK_MONOTONIC };
	const struct timeval patience = { .tv_sec = 10 };
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT),
	};
	static struct {
		unsigned short source, destination, length, sum;
		char data[LENGTH];
	} datagram;
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(long long))];
	} control = {};
	struct iovec iov = { .iov_base = datagram.data, .iov_len = 1 };
	struct msghdr msg = {
		.msg_name = &to,
		.msg_namelen = sizeof(to),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	long long start, at;
	int receiver, fd;

	if (argc != 4 || inet_pton(AF_INET, argv[2], &to.sin_addr) != 1)
		return 2;
	receiver = socket(AF_INET, SOCK_DGRAM, 0);
	if (setsockopt(receiver, SOL_SOCKET, SO_RCVTIMEO, &patience,
		       sizeof(patience)) ||
	    bind(receiver, (struct sockaddr *)&to, sizeof(to)))
		return fail("receiver");
	if (!strcmp(argv[3], "raw")) {
		fd = socket(AF_NETSTACK, SOCK_RAW, IPPROTO_UDP);
		datagram.destination = htons(PORT);
		datagram.length = htons(8);
		iov.iov_base = &datagram;
		iov.iov_len = 8;
	} else {
		fd = socket(AF_NETSTACK, SOCK_DGRAM, 0);
		if (!strcmp(argv[3], "long"))
			iov.iov_len = LENGTH;
	}
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_TXTIME, &clock,
				 sizeof(clock)))
		return fail("sender");
	start = now();
	at = start + atoi(argv[1]) * 1000000LL;
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SO_TXTIME;
	control.header.cmsg_len = CMSG_LEN(sizeof(at));
	memcpy(CMSG_DATA(&control.header), &at, sizeof(at));
	if (sendmsg(fd, &msg, 0) != (ssize_t)iov.iov_len)
		return fail("sendmsg");
	if (recv(receiver, datagram.data, LENGTH, 0) < 0)
		return fail("recv");
	printf("%lld\n", (now() - start) / 1000000);
	return 0;
}
