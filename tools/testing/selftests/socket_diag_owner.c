// SPDX-License-Identifier: GPL-2.0
/*
 * Owner of many sockets of the stack, for socket_diag.sh:
 *
 *	socket_diag_owner pairs ADDRESS PORT COUNT
 *		COUNT connections to itself; "ready", then until its input ends
 *	socket_diag_owner wait ADDRESS PORT
 *		one connection to itself; "ready", then what recv() says at both
 *		ends: two names of errors, that of the end that connected first
 *	socket_diag_owner connect ADDRESS PORT
 *		a connection
 *	socket_diag_owner datagram ADDRESS PORT
 *		a connected datagram socket, the same
 *	socket_diag_owner cookies ADDRESS PORT COUNT
 *		COUNT datagram sockets that share a port; prints SO_COOKIE of each,
 *		then until its input ends
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netstack.h>

static struct sockaddr_in address;

static int fail(const char *what)
{
	perror(what);
	exit(1);
}

static int make(int type)
{
	int fd = socket(AF_NETSTACK, type, 0);

	return fd < 0 ? fail("socket") : fd;
}

static int listener(void)
{
	int fd = make(SOCK_STREAM), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(fd, 64))
		fail("listen");
	return fd;
}

static int connected(int type)
{
	int fd = make(type);

	if (connect(fd, (struct sockaddr *)&address, sizeof(address)))
		fail("connect");
	return fd;
}

static void ready(void)
{
	puts("ready");
	fflush(stdout);
}

static void until_input_ends(void)
{
	char byte;

	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
}

static void pairs(int count)
{
	const struct rlimit many = { 2 * count + 64, 2 * count + 64 };
	int listening, i;

	if (setrlimit(RLIMIT_NOFILE, &many))
		fail("setrlimit");
	listening = listener();
	for (i = 0; i < count; i++) {
		connected(SOCK_STREAM);
		if (accept(listening, NULL, NULL) < 0)
			fail("accept");
	}
	ready();
	until_input_ends();
}

static const char *what_recv_says(int fd)
{
	char byte;

	return recv(fd, &byte, 1, 0) < 0 ? strerrorname_np(errno) : "data";
}

static void wait_for_end(void)
{
	int listening = listener(), near, far;

	near = connected(SOCK_STREAM);
	far = accept(listening, NULL, NULL);
	if (far < 0)
		fail("accept");
	close(listening);
	ready();
	printf("%s ", what_recv_says(near));
	printf("%s\n", what_recv_says(far));
}

static void datagram(void)
{
	int fd = connected(SOCK_DGRAM);

	ready();
	puts(what_recv_says(fd));
}

static void cookies(int count)
{
	const struct rlimit many = { count + 64, count + 64 };
	socklen_t len = sizeof(uint64_t);
	uint64_t cookie;
	int fd, one = 1;

	if (setrlimit(RLIMIT_NOFILE, &many))
		fail("setrlimit");
	while (count--) {
		fd = make(SOCK_DGRAM);
		if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one,
			       sizeof(one)) ||
		    bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
		    getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len))
			fail("cookie");
		printf("%llu\n", (unsigned long long)cookie);
	}
	ready();
	until_input_ends();
}

int main(int argc, char **argv)
{
	if (argc < 4)
		return 2;
	address.sin_family = AF_INET;
	address.sin_port = htons(atoi(argv[3]));
	if (inet_pton(AF_INET, argv[2], &address.sin_addr) != 1)
		return 2;
	if (!strcmp(argv[1], "wait"))
		wait_for_end();
	else if (!strcmp(argv[1], "connect"))
		connected(SOCK_STREAM);
	else if (!strcmp(argv[1], "datagram"))
		datagram();
	else if (argc == 5 && !strcmp(argv[1], "pairs"))
		pairs(atoi(argv[4]));
	else if (argc == 5 && !strcmp(argv[1], "cookies"))
		cookies(atoi(argv[4]));
	else
		return 2;
	return 0;
}
