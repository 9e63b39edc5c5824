// SPDX-License-Identifier: GPL-2.0
/*
 * echo-client [-u] ADDRESS PORT [TEXT]: sends TEXT, prints what comes back.
 * An AF_INET client but for the first argument of socket().
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "address.h"

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

int main(int argc, char **argv)
{
	int datagrams = argc > 1 && !strcmp(argv[1], "-u");
	struct timeval limit = { .tv_sec = 5 };
	struct address server;
	const char *text = "hello";
	size_t length, done = 0;
	char buffer[65536];
	int fd;

	argv += datagrams;
	argc -= datagrams;
	if (argc < 3 || argc > 4 ||
	    !address_parse(argv[1], argv[2], &server)) {
		fprintf(stderr,
			"usage: echo-client [-u] ADDRESS PORT [TEXT]\n");
		return 1;
	}
	if (argc == 4)
		text = argv[3];
	length = strlen(text);
	if (length > sizeof(buffer)) {
		fprintf(stderr, "echo-client: TEXT is over %zu bytes\n",
			sizeof(buffer));
		return 1;
	}

	fd = address_socket(&server, datagrams ? SOCK_DGRAM : SOCK_STREAM);
	if (fd < 0)
		fail("socket(AF_NETSTACK)");
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)))
		fail("SO_RCVTIMEO");
	if (connect(fd, (struct sockaddr *)&server.any, server.length))
		fail("connect");
	if (send(fd, text, length, 0) != (ssize_t)length)
		fail("send");

	/* A stream may come back in pieces, a datagram comes whole. */
	while (done < length) {
		ssize_t size = recv(fd, buffer + done, sizeof(buffer) - done,
				    0);

		if (size < 0)
			fail("recv");
		if (!size)
			break;
		done += size;
	}
	printf("%.*s\n", (int)done, buffer);
	close(fd);
	return done == length && !memcmp(buffer, text, length) ? 0 : 1;
}
