// SPDX-License-Identifier: GPL-2.0
/*
 * Sharing a port by NETSTACK_REUSEPORT, which is SO_REUSEPORT on every kernel.
 *
 * guest: stock,uml-new timeout=120
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/netstack.h>

#include "kselftest_harness.h"

#define PORT	7001
#define FLOWS	64
#define USER	12345

static const int types[] = { SOCK_STREAM, SOCK_DGRAM };
static void *nowhere = (void *)1;

static struct sockaddr_in at_port(void)
{
	return (struct sockaddr_in) {
		.sin_family = AF_INET,
		.sin_port = htons(PORT),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static int share(int fd, int on)
{
	return setsockopt(fd, SOL_NETSTACK, NETSTACK_REUSEPORT, &on,
			  sizeof(on));
}

/* The value of an option, or -1. */
static int value_of(int fd, int level, int optname)
{
	socklen_t len = sizeof(int);
	int value;

	if (getsockopt(fd, level, optname, &value, &len) ||
	    len != sizeof(value))
		return -1;
	return value;
}

static int bind_to_port(int fd)
{
	struct sockaddr_in sin = at_port();

	return bind(fd, (struct sockaddr *)&sin, sizeof(sin));
}

/* A socket that has bound the port, or -1. */
static int member(int type)
{
	int fd = socket(AF_NETSTACK, type | SOCK_NONBLOCK, 0);

	if (share(fd, 1) || bind_to_port(fd) ||
	    (type == SOCK_STREAM && listen(fd, FLOWS))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* A socket of its own port that is connected to the shared one, or -1. */
static int flow(int type)
{
	int fd = socket(AF_NETSTACK, type, 0);
	struct sockaddr_in sin = at_port();

	if (connect(fd, (struct sockaddr *)&sin, sizeof(sin))) {
		close(fd);
		return -1;
	}
	return fd;
}

TEST(option__is_one_value_by_two_names)
{
	unsigned int i;
	int fd;

	for (i = 0; i < 2; i++) {
		fd = socket(AF_NETSTACK, types[i], 0);
		ASSERT_LE(0, fd);
		EXPECT_EQ(0, value_of(fd, SOL_SOCKET, SO_REUSEPORT));
		EXPECT_EQ(0, value_of(fd, SOL_NETSTACK, NETSTACK_REUSEPORT));
		EXPECT_EQ(0, share(fd, 7));
		EXPECT_EQ(1, value_of(fd, SOL_SOCKET, SO_REUSEPORT));
		EXPECT_EQ(1, value_of(fd, SOL_NETSTACK, NETSTACK_REUSEPORT));
		EXPECT_EQ(0, share(fd, 0));
		EXPECT_EQ(0, value_of(fd, SOL_SOCKET, SO_REUSEPORT));
		EXPECT_EQ(0, value_of(fd, SOL_NETSTACK, NETSTACK_REUSEPORT));
		close(fd);
	}
}

TEST(option__errors_are_those_of_socket_7)
{
	int fd, on = 1, value = 0x55555555;
	socklen_t len;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		fd = socket(AF_NETSTACK, types[i], 0);
		ASSERT_LE(0, fd);
		EXPECT_EQ(-1, setsockopt(fd, SOL_NETSTACK, NETSTACK_REUSEPORT,
					 &on, sizeof(on) - 1));
		EXPECT_EQ(EINVAL, errno);
		EXPECT_EQ(-1, setsockopt(fd, SOL_NETSTACK, NETSTACK_REUSEPORT,
					 nowhere, sizeof(on)));
		EXPECT_EQ(EFAULT, errno);
		EXPECT_EQ(-1, setsockopt(fd, SOL_NETSTACK, 0, &on,
					 sizeof(on)));
		EXPECT_EQ(ENOPROTOOPT, errno);
		EXPECT_EQ(0, value_of(fd, SOL_SOCKET, SO_REUSEPORT));

		len = sizeof(value);
		EXPECT_EQ(-1, getsockopt(fd, SOL_NETSTACK, 0, &value, &len));
		EXPECT_EQ(ENOPROTOOPT, errno);
		len = -1;
		EXPECT_EQ(-1, getsockopt(fd, SOL_NETSTACK, NETSTACK_REUSEPORT,
					 &value, &len));
		EXPECT_EQ(EINVAL, errno);
		len = sizeof(value);
		EXPECT_EQ(-1, getsockopt(fd, SOL_NETSTACK, NETSTACK_REUSEPORT,
					 nowhere, &len));
		EXPECT_EQ(EFAULT, errno);
		/* A short buffer gets as much as fits. */
		len = 2;
		EXPECT_EQ(0, getsockopt(fd, SOL_NETSTACK, NETSTACK_REUSEPORT,
					&value, &len));
		EXPECT_EQ(2, len);
		EXPECT_EQ(0x55550000, value);
		value = 0x55555555;
		close(fd);
	}
}

TEST(bind__needs_the_option_on_both)
{
	int first, second, third;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		first = member(types[i]);
		second = member(types[i]);
		ASSERT_LE(0, first);
		ASSERT_LE(0, second);
		third = socket(AF_NETSTACK, types[i], 0);
		EXPECT_EQ(-1, bind_to_port(third));
		EXPECT_EQ(EADDRINUSE, errno);
		close(third);
		close(second);
		close(first);
	}
}

TEST(listeners__share_connections)
{
	int listeners[2], flows[FLOWS], counts[2] = {}, fd;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		listeners[i] = member(SOCK_STREAM);
		ASSERT_LE(0, listeners[i]);
	}
	for (i = 0; i < FLOWS; i++) {
		flows[i] = flow(SOCK_STREAM);
		ASSERT_LE(0, flows[i]);
	}
	for (i = 0; i < 2; i++) {
		while ((fd = accept(listeners[i], NULL, NULL)) >= 0) {
			/* What accept() gives has the listener's option. */
			EXPECT_EQ(1, value_of(fd, SOL_SOCKET, SO_REUSEPORT));
			counts[i]++;
			close(fd);
		}
		EXPECT_EQ(EAGAIN, errno);
	}
	/* By chance, one in 2^63 runs has them all at one. */
	EXPECT_EQ(FLOWS, counts[0] + counts[1]);
	EXPECT_LT(0, counts[0]);
	EXPECT_LT(0, counts[1]);

	/* Who is left has all. */
	close(listeners[0]);
	for (i = 0; i < FLOWS; i++) {
		close(flows[i]);
		flows[i] = flow(SOCK_STREAM);
		ASSERT_LE(0, flows[i]);
	}
	counts[1] = 0;
	while ((fd = accept(listeners[1], NULL, NULL)) >= 0) {
		counts[1]++;
		close(fd);
	}
	EXPECT_EQ(FLOWS, counts[1]);
	for (i = 0; i < FLOWS; i++)
		close(flows[i]);
	close(listeners[1]);
}

TEST(datagrams__are_shared_and_a_flow_stays)
{
	int sockets[2], flows[FLOWS], counts[2] = {}, owner[FLOWS];
	unsigned char number;
	unsigned int i, round;

	for (i = 0; i < 2; i++) {
		sockets[i] = member(SOCK_DGRAM);
		ASSERT_LE(0, sockets[i]);
	}
	for (i = 0; i < FLOWS; i++) {
		flows[i] = flow(SOCK_DGRAM);
		ASSERT_LE(0, flows[i]);
		owner[i] = -1;
	}
	for (round = 0; round < 3; round++) {
		for (number = 0; number < FLOWS; number++)
			ASSERT_EQ(1, send(flows[number], &number, 1, 0));
		for (i = 0; i < 2; i++) {
			while (recv(sockets[i], &number, 1, 0) == 1) {
				ASSERT_LT(number, FLOWS);
				if (owner[number] < 0)
					owner[number] = i;
				EXPECT_EQ(i, owner[number]);
				counts[i]++;
			}
		}
	}
	EXPECT_EQ(3 * FLOWS, counts[0] + counts[1]);
	EXPECT_LT(0, counts[0]);
	EXPECT_LT(0, counts[1]);
	for (i = 0; i < FLOWS; i++)
		close(flows[i]);
	close(sockets[0]);
	close(sockets[1]);
}

/* socket(7): the sockets of a group have one effective user. */
TEST(bind__is_for_one_user)
{
	unsigned int i, users;
	int first, status;
	pid_t child;

	for (i = 0; i < 2; i++) {
		first = member(types[i]);
		ASSERT_LE(0, first);
		for (users = 0; users < 2; users++) {
			child = fork();
			ASSERT_LE(0, child);
			if (!child) {
				if (users && seteuid(USER))
					_exit(3);
				if (member(types[i]) >= 0)
					_exit(0);
				_exit(errno == EADDRINUSE ? 1 : 2);
			}
			ASSERT_EQ(child, waitpid(child, &status, 0));
			/* The same user may, another may not. */
			EXPECT_EQ(users, WEXITSTATUS(status));
		}
		close(first);
	}
}

/* Attach a program that chooses the member whose number is in the payload. */
static int choose_by_payload(int fd)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
		BPF_STMT(BPF_RET | BPF_A, 0),
	};
	struct sock_fprog program = { 2, filter };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program,
			  sizeof(program));
}

TEST(program__chooses_the_member)
{
	int sockets[4], fd, on = 1;
	unsigned char number;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		sockets[i] = member(SOCK_DGRAM);
		ASSERT_LE(0, sockets[i]);
	}
	ASSERT_EQ(0, choose_by_payload(sockets[3]));
	fd = flow(SOCK_DGRAM);
	for (number = 0; number < 4; number++)
		ASSERT_EQ(1, send(fd, &number, 1, 0));
	for (i = 0; i < 4; i++) {
		EXPECT_EQ(1, recv(sockets[i], &number, 1, 0));
		EXPECT_EQ(i, number);
		EXPECT_EQ(-1, recv(sockets[i], &number, 1, 0));
	}
	/* One flow stays with one socket again. */
	ASSERT_EQ(0, setsockopt(sockets[1], SOL_SOCKET,
				SO_DETACH_REUSEPORT_BPF, &on, sizeof(on)));
	for (number = 0; number < 4; number++)
		ASSERT_EQ(1, send(fd, &number, 1, 0));
	for (i = 0; i < 4; i++) {
		if (recv(sockets[i], &number, 1, 0) != 1)
			continue;
		EXPECT_EQ(0, number);
		EXPECT_EQ(1, recv(sockets[i], &number, 1, 0));
		EXPECT_EQ(1, recv(sockets[i], &number, 1, 0));
		EXPECT_EQ(1, recv(sockets[i], &number, 1, 0));
		EXPECT_EQ(3, number);
	}
	EXPECT_EQ(3, number);
	close(fd);
	for (i = 0; i < 4; i++)
		close(sockets[i]);
}

TEST(program__needs_a_group)
{
	int listener, fd, on = 1;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		fd = socket(AF_NETSTACK, types[i], 0);
		EXPECT_EQ(-1, choose_by_payload(fd));
		EXPECT_EQ(EINVAL, errno);
		EXPECT_EQ(0, share(fd, 1));
		EXPECT_EQ(-1, setsockopt(fd, SOL_SOCKET,
					 SO_DETACH_REUSEPORT_BPF, &on,
					 sizeof(on)));
		EXPECT_EQ(ENOENT, errno);
		close(fd);

		listener = member(types[i]);
		fd = flow(types[i]);
		EXPECT_EQ(-1, choose_by_payload(fd));
		EXPECT_EQ(EINVAL, errno);
		close(fd);
		close(listener);
	}
}

/* net/core either takes it, or keeps it; it never pretends. */
TEST(so_reuseport__works_or_is_an_error)
{
	int fd = socket(AF_NETSTACK, SOCK_STREAM, 0), on = 1;

	ASSERT_LE(0, fd);
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on))) {
		EXPECT_EQ(EOPNOTSUPP, errno);
		EXPECT_EQ(0, value_of(fd, SOL_SOCKET, SO_REUSEPORT));
		/* To switch it off is no pretence. */
		on = 0;
		EXPECT_EQ(0, setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on,
					sizeof(on)));
	} else {
		EXPECT_EQ(1, value_of(fd, SOL_NETSTACK, NETSTACK_REUSEPORT));
	}
	close(fd);
}

TEST_HARNESS_MAIN
