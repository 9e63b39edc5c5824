// SPDX-License-Identifier: GPL-2.0
/*
 * http-client ADDRESS PORT PATH: fetches a page and writes it to standard
 * output (HTTP/1.0). An AF_INET client but for the first argument of
 * socket().
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

int main(int argc, char **argv)
{
	struct address server;
	char line[4096];
	int fd, status;
	FILE *stream;
	size_t size;

	if (argc != 4 || !address_parse(argv[1], argv[2], &server)) {
		fprintf(stderr, "usage: http-client ADDRESS PORT PATH\n");
		return 1;
	}

	fd = address_socket(&server, SOCK_STREAM);
	if (fd < 0)
		fail("socket(AF_NETSTACK)");
	if (connect(fd, (struct sockaddr *)&server.any, server.length))
		fail("connect");
	dprintf(fd, "GET %s HTTP/1.0\r\nHost: %s\r\n\r\n", argv[3], argv[1]);

	stream = fdopen(fd, "r");
	if (!stream)
		fail("fdopen");
	if (!fgets(line, sizeof(line), stream) ||
	    sscanf(line, "HTTP/%*s %d", &status) != 1) {
		fprintf(stderr, "http-client: the answer is not HTTP\n");
		return 1;
	}
	/* The head ends with an empty line. */
	while (fgets(line, sizeof(line), stream) && strcmp(line, "\r\n"))
		;
	while ((size = fread(line, 1, sizeof(line), stream)))
		fwrite(line, 1, size, stdout);
	if (ferror(stream))
		fail("read");
	if (status != 200) {
		fprintf(stderr, "http-client: status %d\n", status);
		return 1;
	}
	return 0;
}
