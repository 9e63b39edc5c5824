// SPDX-License-Identifier: GPL-2.0
/*
 * A socket filter sees whole datagrams: what it looks for is in the last of
 * the fragments that the host sends over netstack0.
 *
 *	AF_INET  10.77.0.1 == netstack0 == AF_NETSTACK  10.77.0.2
 *	AF_INET6   fd77::1 ==           ==                fd77::2
 *
 * guest: stock cpus=1 timeout=60
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/in6.h>
#include <linux/netstack.h>

#include "kselftest_harness.h"

#define PORT	7000
#define SIZE	4000	/* three fragments */
#define HEADER	8	/* of UDP; a filter begins there */

#ifndef IPV6_DSTOPTS
#define IPV6_DSTOPTS	59
#endif

/* A destination options header of padding alone. */
static const unsigned char padding[8] = { 0, 0, 1, 4 };

FIXTURE(over) {
	int from;
	int to;
};

FIXTURE_VARIANT(over) {
	int family;
	bool options;
};

FIXTURE_VARIANT_ADD(over, ipv4) { .family = AF_INET };

FIXTURE_VARIANT_ADD(over, ipv6) { .family = AF_INET6 };

FIXTURE_VARIANT_ADD(over, ipv6_options) {
	.family = AF_INET6,
	.options = true,
};

static socklen_t stack_address(int family, struct sockaddr_storage *address)
{
	struct sockaddr_in6 *in6 = (void *)address;
	struct sockaddr_in *in = (void *)address;

	memset(address, 0, sizeof(*address));
	address->ss_family = family;
	/* The port is at the same place in both. */
	in->sin_port = htons(PORT);
	if (family == AF_INET6) {
		inet_pton(AF_INET6, "fd77::2", &in6->sin6_addr);
		return sizeof(*in6);
	}
	inet_pton(AF_INET, "10.77.0.2", &in->sin_addr);
	return sizeof(*in);
}

FIXTURE_SETUP(over)
{
	struct sockaddr_storage address;
	socklen_t len = stack_address(variant->family, &address);

	/* The addresses are there from the second case on. */
	ASSERT_EQ(0, system("ip link set netstack0 up"));
	system("ip addr add 10.77.0.1/24 dev netstack0 2>/dev/null");
	system("ip addr add fd77::1/64 dev netstack0 nodad 2>/dev/null");
	system("nsctl addr add 10.77.0.2/24 dev netstack0 noprobe 2>/dev/null");
	system("nsctl addr add fd77::2/64 dev netstack0 noprobe 2>/dev/null");

	self->to = socket(AF_NETSTACK, SOCK_DGRAM,
			  variant->family == AF_INET6 ? NETSTACK_IPV6 : 0);
	self->from = socket(variant->family, SOCK_DGRAM, 0);
	ASSERT_LE(0, self->to);
	ASSERT_LE(0, self->from);
	ASSERT_EQ(0, bind(self->to, (void *)&address, len));
	ASSERT_EQ(0, connect(self->from, (void *)&address, len));
	if (variant->options)
		ASSERT_EQ(0, setsockopt(self->from, IPPROTO_IPV6, IPV6_DSTOPTS,
					padding, sizeof(padding)));
}

FIXTURE_TEARDOWN(over)
{
	close(self->from);
	close(self->to);
}

static void send_ending_with(int fd, char last)
{
	char data[SIZE] = "";

	data[SIZE - 1] = last;
	if (send(fd, data, sizeof(data), 0) != sizeof(data))
		perror("send");
}

/* The last octet of what comes next, or a negative errno. */
static int next_ending(int fd)
{
	struct pollfd poller = { .fd = fd, .events = POLLIN };
	unsigned char data[SIZE + 1];
	ssize_t len;

	if (poll(&poller, 1, 10000) <= 0)
		return -ETIMEDOUT;
	len = recv(fd, data, sizeof(data), MSG_DONTWAIT);
	return len < 0 ? -errno : len == SIZE ? data[SIZE - 1] : -EMSGSIZE;
}

TEST_F(over, filter__sees_the_last_fragment)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, HEADER + SIZE - 1),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 'x', 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, 0x7fffffff),
	};
	struct sock_fprog program = { .len = 4, .filter = code };

	/* Without a filter both come. */
	send_ending_with(self->from, 'x');
	send_ending_with(self->from, 'y');
	EXPECT_EQ('x', next_ending(self->to));
	EXPECT_EQ('y', next_ending(self->to));

	ASSERT_EQ(0, setsockopt(self->to, SOL_SOCKET, SO_ATTACH_FILTER,
				&program, sizeof(program)));
	send_ending_with(self->from, 'x');
	send_ending_with(self->from, 'y');
	EXPECT_EQ('y', next_ending(self->to));
	EXPECT_EQ(-1, recv(self->to, code, 1, MSG_DONTWAIT));
	EXPECT_EQ(EAGAIN, errno);
}

TEST_HARNESS_MAIN
