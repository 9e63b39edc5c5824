// SPDX-License-Identifier: GPL-2.0
/*
 * netstack-bench-exec: what calls cost a program, to be run with and without
 * nsctl exec (tools/testing/bench/run-exec): a line each with the name of the
 * call and nanoseconds, which are instructions there.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <linux/netstack.h>

#define WARMUP	200
#define ROUNDS	2000

/* Of the stack in any case; of the host without nsctl exec. */
static int open_one, open_inet;

static void fail(const char *what)
{
	fprintf(stderr, "netstack-bench-exec: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void open_close(int family)
{
	int fd = socket(family, SOCK_STREAM, 0);

	if (fd < 0 || close(fd))
		fail("socket");
}

static void call_socket(void)
{
	open_close(AF_INET);
}

static void call_socket_netstack(void)
{
	open_close(AF_NETSTACK);
}

static void call_socket_unix(void)
{
	open_close(AF_UNIX);
}

static void call_getppid(void)
{
	syscall(SYS_getppid);
}

static void call_so_error(void)
{
	socklen_t length = sizeof(int);
	int value;

	if (getsockopt(open_one, SOL_SOCKET, SO_ERROR, &value, &length))
		fail("SO_ERROR");
}

static void call_so_reuseaddr(void)
{
	int on = 1;

	if (setsockopt(open_one, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)))
		fail("SO_REUSEADDR");
}

static void call_so_domain(void)
{
	socklen_t length = sizeof(int);
	int value;

	if (getsockopt(open_inet, SOL_SOCKET, SO_DOMAIN, &value, &length))
		fail("SO_DOMAIN");
}

static void call_so_reuseport(void)
{
	int on = 1;

	if (setsockopt(open_inet, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)))
		fail("SO_REUSEPORT");
}

static const struct {
	const char *name;
	void (*call)(void);
} calls[] = {
	{ "socket-netstack", call_socket_netstack },
	{ "socket-inet", call_socket },
	{ "socket-unix", call_socket_unix },
	{ "getppid", call_getppid },
	{ "getsockopt-error", call_so_error },
	{ "setsockopt-reuseaddr", call_so_reuseaddr },
	{ "getsockopt-domain", call_so_domain },
	{ "setsockopt-reuseport", call_so_reuseport },
};

static double cost(void (*call)(void))
{
	struct timespec begin, end;
	int i;

	for (i = 0; i < WARMUP; i++)
		call();
	/* Sockets of the last row are freed after a grace period. */
	usleep(200000);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	for (i = 0; i < ROUNDS; i++)
		call();
	clock_gettime(CLOCK_MONOTONIC, &end);
	return ((end.tv_sec - begin.tv_sec) * 1e9 + end.tv_nsec -
		begin.tv_nsec) / ROUNDS;
}

int main(void)
{
	size_t i;

	open_one = socket(AF_NETSTACK, SOCK_STREAM, 0);
	open_inet = socket(AF_INET, SOCK_STREAM, 0);
	if (open_one < 0 || open_inet < 0)
		fail("socket");
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		printf("%-22s%10.0f\n", calls[i].name, cost(calls[i].call));
	return 0;
}
