// SPDX-License-Identifier: GPL-2.0
/*
 * What a program may say of a capture socket by setsockopt(2), and who may have
 * one.
 *
 * guest: stock
 */
#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>

#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/netstack.h>

#include "bpf.h"
#include "kselftest_harness.h"

#define LOOPBACK	1
#define NO_LINK		4711
#define WANTED		20

#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX	62
#endif

static int make(void)
{
	const struct timeval limit = { .tv_sec = 10 };
	int fd = socket(AF_NETSTACK, SOCK_RAW, NETSTACK_CAPTURE);

	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return fd;
}

static int start(int fd)
{
	const struct netstack_capture_address address = {
		.family = AF_NETSTACK,
	};

	return bind(fd, (const struct sockaddr *)&address, sizeof(address));
}

static int set(int fd, int option, int value)
{
	return setsockopt(fd, SOL_SOCKET, option, &value, sizeof(value));
}

/* One datagram on lo. */
static int send_one(void)
{
	const struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(9),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = socket(AF_NETSTACK, SOCK_DGRAM, 0), sent;

	sent = sendto(fd, "hello", 5, 0, (const struct sockaddr *)&to,
		      sizeof(to));
	close(fd);
	return sent;
}

/* Nothing of any frame. */
static int attach_nothing(int fd)
{
	struct sock_filter code[] = { BPF_STMT(BPF_RET | BPF_K, 0) };
	const struct sock_fprog filter = { .len = 1, .filter = code };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter,
			  sizeof(filter));
}

/* There is no device, but there is a socket. Return: the program's fd. */
static int load_program(void)
{
	const struct bpf_insn program[] = {
		COPY(BPF_REG_6, BPF_REG_1),
		LOAD(BPF_REG_0, BPF_REG_1, struct __sk_buff, ifindex, BPF_W),
		UNLESS(BPF_REG_0, 0, 6),
		LOAD(BPF_REG_0, BPF_REG_6, struct __sk_buff, protocol, BPF_W),
		UNLESS(BPF_REG_0, htons(ETH_P_IP), 4),
		CALL(BPF_FUNC_get_socket_cookie),
		IF(BPF_REG_0, 0, 2),
		SET(BPF_REG_0, WANTED),
		EXIT(),
		SET(BPF_REG_0, 0),
		EXIT(),
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
		.insns = (unsigned long)program,
		.insn_cnt = sizeof(program) / sizeof(program[0]),
		.license = (unsigned long)"GPL",
	};

	return bpf(BPF_PROG_LOAD, &attr);
}

TEST(so_attach_bpf__says_how_much)
{
	int fd = make(), program = load_program();
	char frame[128];

	ASSERT_LE(0, fd);
	ASSERT_LE(0, program);
	ASSERT_EQ(0, set(fd, SO_ATTACH_BPF, program));
	close(program);
	ASSERT_EQ(0, start(fd));
	ASSERT_EQ(5, send_one());
	EXPECT_EQ(WANTED, recv(fd, frame, sizeof(frame), 0));
	close(fd);
}

TEST(so_lock_filter__keeps_the_filter)
{
	int fd = make(), all = make();
	char frame[128];

	ASSERT_EQ(0, attach_nothing(fd));
	ASSERT_EQ(0, set(fd, SO_LOCK_FILTER, 1));
	EXPECT_EQ(-1, set(fd, SO_DETACH_FILTER, 0));
	EXPECT_EQ(EPERM, errno);
	EXPECT_EQ(-1, attach_nothing(fd));
	EXPECT_EQ(EPERM, errno);
	ASSERT_EQ(0, start(fd));
	ASSERT_EQ(0, start(all));
	ASSERT_EQ(5, send_one());
	/* Who began later sees a frame later. */
	EXPECT_LT(0, recv(all, frame, sizeof(frame), 0));
	EXPECT_EQ(-1, recv(fd, frame, sizeof(frame), MSG_DONTWAIT));
	EXPECT_EQ(EAGAIN, errno);
	close(all);
	close(fd);
}

TEST(so_bindtodevice__names_the_link)
{
	struct netstack_capture_address address;
	socklen_t size = sizeof(address);
	int fd = make();

	ASSERT_EQ(0, setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3));
	ASSERT_EQ(0, start(fd));
	ASSERT_EQ(0, getsockname(fd, (struct sockaddr *)&address, &size));
	EXPECT_EQ(LOOPBACK, address.link);
	close(fd);
}

TEST(so_bindtoifindex__of_no_link_captures_nothing)
{
	int fd = make();

	ASSERT_EQ(0, set(fd, SO_BINDTOIFINDEX, NO_LINK));
	EXPECT_EQ(-1, start(fd));
	EXPECT_EQ(ENODEV, errno);
	close(fd);
}

TEST(socket__needs_cap_net_raw)
{
	pid_t child = fork();
	int status;

	if (!child) {
		if (setuid(65534))
			_exit(1);
		_exit(make() < 0 && errno == EPERM ? 0 : 2);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_HARNESS_MAIN
