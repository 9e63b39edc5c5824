// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets and processes: shared by fork(2), passed over AF_UNIX, closed in the
 * middle of traffic, and owned by a process that is killed while it waits.
 * After each case the stack has as many sockets as before.
 *
 * guest: stock,uml-new timeout=120
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/netstack.h>

#include "kselftest_harness.h"

#define PATIENCE	10000	/* ms */

static struct sockaddr_in at(const char *address, int port)
{
	struct sockaddr_in in = { .sin_family = AF_INET };

	inet_pton(AF_INET, address, &in.sin_addr);
	in.sin_port = htons(port);
	return in;
}

/* A listener on lo at a port that the stack chooses. */
static int open_listener(struct sockaddr_in *address)
{
	socklen_t len = sizeof(*address);
	int fd = socket(AF_NETSTACK, SOCK_STREAM, 0);

	*address = at("127.0.0.1", 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)address, len) ||
	    listen(fd, 16) || getsockname(fd, (struct sockaddr *)address, &len))
		return -1;
	return fd;
}

/* Two connected sockets. */
static int open_pair(int pair[2])
{
	struct sockaddr_in address;
	int listener = open_listener(&address);

	pair[0] = socket(AF_NETSTACK, SOCK_STREAM, 0);
	if (listener < 0 || pair[0] < 0 ||
	    connect(pair[0], (struct sockaddr *)&address, sizeof(address)))
		return -1;
	pair[1] = accept(listener, NULL, NULL);
	close(listener);
	return pair[1] < 0 ? -1 : 0;
}

static int command(const char *line)
{
	return system(line);
}

/* Sockets of the stack that are not closed, by nsctl. */
static int open_sockets(void)
{
	FILE *pipe = popen("nsctl socket | grep -cv 'State\\|TIME-WAIT'", "r");
	int count = -1;

	if (!pipe || fscanf(pipe, "%d", &count) != 1)
		count = -1;
	if (pipe)
		pclose(pipe);
	return count;
}

static int none_left(void)
{
	int i;

	for (i = 0; i < PATIENCE / 100; i++) {
		if (!open_sockets())
			return 1;
		usleep(100000);
	}
	command("nsctl socket >&2");
	return 0;
}

TEST(fork__both_processes_use_the_connection)
{
	char octet = 0;
	int pair[2];
	pid_t child;

	ASSERT_EQ(0, open_pair(pair));
	child = fork();
	ASSERT_LE(0, child);
	if (!child)
		_exit(write(pair[0], "c", 1) == 1 ? 0 : 1);
	ASSERT_EQ(child, waitpid(child, NULL, 0));
	/* The child's exit does not end what the parent holds. */
	ASSERT_EQ(1, read(pair[1], &octet, 1));
	EXPECT_EQ('c', octet);
	ASSERT_EQ(1, write(pair[0], "p", 1));
	ASSERT_EQ(1, read(pair[1], &octet, 1));
	EXPECT_EQ('p', octet);
	close(pair[0]);
	EXPECT_EQ(0, read(pair[1], &octet, 1));
	close(pair[1]);
	EXPECT_TRUE(none_left());
}

TEST(descriptor__passed_to_another_process)
{
	char control[CMSG_SPACE(sizeof(int))] = {}, octet = 'x';
	struct iovec iov = { &octet, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	int pair[2], channel[2], status;
	pid_t child;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_DGRAM, 0, channel));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		if (recvmsg(channel[1], &msg, 0) != 1)
			_exit(1);
		_exit(write(*(int *)CMSG_DATA(CMSG_FIRSTHDR(&msg)), "d", 1) ==
		      1 ? 0 : 2);
	}
	ASSERT_EQ(0, open_pair(pair));
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &pair[0], sizeof(int));
	ASSERT_EQ(1, sendmsg(channel[0], &msg, 0));
	/* From here on only the other process has it. */
	close(pair[0]);
	ASSERT_EQ(1, read(pair[1], &octet, 1));
	EXPECT_EQ('d', octet);
	EXPECT_EQ(0, read(pair[1], &octet, 1));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	close(pair[1]);
	close(channel[0]);
	close(channel[1]);
	EXPECT_TRUE(none_left());
}

/* Nobody answers there: the process waits in connect() until it is killed. */
TEST(connect__killed_while_it_waits)
{
	struct sockaddr_in address = at("10.77.0.99", 9);
	pid_t child;
	int status;

	ASSERT_EQ(0, command("ip link set netstack0 up"));
	ASSERT_EQ(0, command("nsctl addr add 10.77.0.2/24 dev netstack0 noprobe"));
	ASSERT_EQ(0, command("nsctl neigh add 10.77.0.99 lladdr 02:00:00:00:00:99 dev netstack0"));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		int fd = socket(AF_NETSTACK, SOCK_STREAM, 0);

		connect(fd, (struct sockaddr *)&address, sizeof(address));
		_exit(0);
	}
	while (open_sockets() < 1)
		usleep(10000);
	ASSERT_EQ(0, kill(child, SIGKILL));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_TRUE(WIFSIGNALED(status));
	EXPECT_TRUE(none_left());
	EXPECT_EQ(0, command("nsctl addr flush dev netstack0"));
}

/* One end writes as fast as it can, the other goes away at some point. */
TEST(close__in_the_middle_of_traffic)
{
	static char buffer[65536];
	int pair[2], round, status;
	pid_t child;

	for (round = 0; round < 20; round++) {
		ASSERT_EQ(0, open_pair(pair));
		child = fork();
		ASSERT_LE(0, child);
		if (!child) {
			signal(SIGPIPE, SIG_IGN);
			close(pair[1]);
			while (write(pair[0], buffer, sizeof(buffer)) > 0)
				;
			_exit(errno == EPIPE || errno == ECONNRESET ? 0 : 1);
		}
		close(pair[0]);
		ASSERT_LT(0, read(pair[1], buffer, 1 + round * 1000));
		close(pair[1]);
		ASSERT_EQ(child, waitpid(child, &status, 0));
		EXPECT_EQ(0, status);
	}
	EXPECT_TRUE(none_left());
}

/* A listener goes with connections that were never accepted. */
TEST(close__with_a_full_accept_queue)
{
	struct sockaddr_in address;
	int clients[8], listener, i;
	char octet;

	listener = open_listener(&address);
	ASSERT_LE(0, listener);
	for (i = 0; i < 8; i++) {
		clients[i] = socket(AF_NETSTACK, SOCK_STREAM, 0);
		ASSERT_EQ(0, connect(clients[i], (struct sockaddr *)&address,
				     sizeof(address)));
	}
	close(listener);
	for (i = 0; i < 8; i++) {
		struct pollfd fd = { .fd = clients[i], .events = POLLIN };

		ASSERT_EQ(1, poll(&fd, 1, PATIENCE));
		EXPECT_EQ(-1, read(clients[i], &octet, 1));
		EXPECT_EQ(ECONNRESET, errno);
		close(clients[i]);
	}
	EXPECT_TRUE(none_left());
}

TEST_HARNESS_MAIN
