// SPDX-License-Identifier: GPL-2.0
/*
 * http-server [ADDRESS] PORT DIRECTORY: serves the files of a directory, one
 * request a connection (HTTP/1.0), each by a process of its own.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "address.h"

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void reply(int fd, const char *status, long long length)
{
	dprintf(fd, "HTTP/1.0 %s\r\nContent-Length: %lld\r\n"
		    "Connection: close\r\n\r\n", status, length);
}

static void send_file(int fd, int file, long long length)
{
	off_t offset = 0;

	reply(fd, "200 OK", length);
	while (offset < length)
		if (sendfile(fd, file, &offset, length - offset) <= 0)
			return;
}

/* The request's head, at most sizeof(request) bytes of it. */
static int read_request(int fd, char *request, size_t size)
{
	size_t have = 0;

	while (have < size - 1) {
		ssize_t got = recv(fd, request + have, size - 1 - have, 0);

		if (got <= 0)
			return -1;
		have += got;
		request[have] = 0;
		if (strstr(request, "\r\n\r\n"))
			return 0;
	}
	return -1;
}

static void serve(int fd)
{
	const char *path = "index.html";
	char request[4096];
	struct stat st;
	int file;

	if (read_request(fd, request, sizeof(request)) ||
	    strncmp(request, "GET /", 5)) {
		reply(fd, "400 Bad Request", 0);
		return;
	}
	if (request[5] != ' ')
		path = strtok(request + 5, " \r\n");
	/* Only what lies in the directory: no way up, no absolute path. */
	if (!path || path[0] == '/' || strstr(path, "..")) {
		reply(fd, "403 Forbidden", 0);
		return;
	}
	file = open(path, O_RDONLY);
	if (file < 0 || fstat(file, &st) || !S_ISREG(st.st_mode))
		reply(fd, "404 Not Found", 0);
	else
		send_file(fd, file, st.st_size);
}

int main(int argc, char **argv)
{
	struct address local;
	int listener, fd, on = 1;

	if (argc == 4 && address_parse(argv[1], argv[2], &local)) {
		argv++;
	} else if (argc != 3 || !address_parse("0.0.0.0", argv[1], &local)) {
		fprintf(stderr,
			"usage: http-server [ADDRESS] PORT DIRECTORY\n");
		return 1;
	}
	if (chdir(argv[2]))
		fail(argv[2]);

	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	listener = address_socket(&local, SOCK_STREAM);
	if (listener < 0)
		fail("socket(AF_NETSTACK)");
	if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)))
		fail("SO_REUSEADDR");
	if (bind(listener, (struct sockaddr *)&local.any, local.length))
		fail("bind");
	if (listen(listener, 128))
		fail("listen");
	for (;;) {
		fd = accept(listener, NULL, NULL);
		if (fd < 0)
			fail("accept");
		switch (fork()) {
		case -1:
			perror("fork");
			break;
		case 0:
			close(listener);
			serve(fd);
			shutdown(fd, SHUT_WR);
			_exit(0);
		}
		close(fd);
	}
}
