// SPDX-License-Identifier: GPL-2.0
/*
 * echo-server [-u] [ADDRESS] PORT: sends back what it receives, over TCP, or
 * over UDP with -u. An AF_INET server but for the first argument of socket().
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"

#define CLIENTS_MAX 64

static char buffer[65536];

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* One datagram in, the same datagram out. */
static void serve_datagrams(int fd)
{
	struct sockaddr_storage peer;
	socklen_t len;
	ssize_t size;

	for (;;) {
		len = sizeof(peer);
		size = recvfrom(fd, buffer, sizeof(buffer), 0,
				(struct sockaddr *)&peer, &len);
		if (size < 0)
			fail("recvfrom");
		if (sendto(fd, buffer, size, 0, (struct sockaddr *)&peer,
			   len) < 0)
			perror("sendto");
	}
}

static int write_all(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);

		if (sent < 0)
			return -1;
		data += sent;
		size -= sent;
	}
	return 0;
}

/* Many connections, one poll(). fds[0] is the listener. */
static void serve_streams(int listener)
{
	struct pollfd fds[1 + CLIENTS_MAX];
	int count = 1, i;
	ssize_t size;

	if (listen(listener, 16))
		fail("listen");
	fds[0].fd = listener;
	for (;;) {
		/* No room for one more: let the backlog wait. */
		fds[0].events = count <= CLIENTS_MAX ? POLLIN : 0;
		if (poll(fds, count, -1) < 0)
			fail("poll");
		for (i = count - 1; i > 0; i--) {
			if (!fds[i].revents)
				continue;
			size = recv(fds[i].fd, buffer, sizeof(buffer), 0);
			if (size <= 0 || write_all(fds[i].fd, buffer, size)) {
				close(fds[i].fd);
				fds[i] = fds[--count];
			}
		}
		if (fds[0].revents & POLLIN) {
			fds[count].fd = accept(listener, NULL, NULL);
			if (fds[count].fd < 0)
				fail("accept");
			fds[count].events = POLLIN;
			count++;
		}
	}
}

int main(int argc, char **argv)
{
	struct address local;
	int datagrams = argc > 1 && !strcmp(argv[1], "-u");
	int fd, on = 1;

	argv += datagrams;
	argc -= datagrams;
	if (argc == 3 && address_parse(argv[1], argv[2], &local)) {
		argv++;
	} else if (argc != 2 || !address_parse("0.0.0.0", argv[1], &local)) {
		fprintf(stderr, "usage: echo-server [-u] [ADDRESS] PORT\n");
		return 1;
	}

	fd = address_socket(&local, datagrams ? SOCK_DGRAM : SOCK_STREAM);
	if (fd < 0)
		fail("socket(AF_NETSTACK)");
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)))
		fail("SO_REUSEADDR");
	if (bind(fd, (struct sockaddr *)&local.any, local.length))
		fail("bind");
	if (datagrams)
		serve_datagrams(fd);
	else
		serve_streams(fd);
	return 0;
}
