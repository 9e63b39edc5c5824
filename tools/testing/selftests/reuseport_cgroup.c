// SPDX-License-Identifier: GPL-2.0
/*
 * SO_REUSEPORT for programs that cannot be changed, on kernels whose net/core
 * keeps it from the family: a BPF program of their cgroup translates it.
 *
 * guest: stock
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/netstack.h>

#include "bpf.h"
#include "kselftest_harness.h"

/*
 * The program of socket-api.rst: in its cgroup, setsockopt(SO_REUSEPORT) on a
 * socket of the family becomes NETSTACK_REUSEPORT. Return: its fd.
 */
static int load_translator(void)
{
	static const struct bpf_insn program[] = {
		LOAD(BPF_REG_0, BPF_REG_1, struct bpf_sockopt, level, BPF_W),
		UNLESS(BPF_REG_0, SOL_SOCKET, 9),
		LOAD(BPF_REG_0, BPF_REG_1, struct bpf_sockopt, optname, BPF_W),
		UNLESS(BPF_REG_0, SO_REUSEPORT, 7),
		LOAD(BPF_REG_2, BPF_REG_1, struct bpf_sockopt, sk, BPF_DW),
		LOAD(BPF_REG_0, BPF_REG_2, struct bpf_sock, family, BPF_W),
		UNLESS(BPF_REG_0, AF_NETSTACK, 4),
		SET(BPF_REG_0, SOL_NETSTACK),
		STORE(BPF_REG_1, BPF_REG_0, struct bpf_sockopt, level),
		SET(BPF_REG_0, NETSTACK_REUSEPORT),
		STORE(BPF_REG_1, BPF_REG_0, struct bpf_sockopt, optname),
		/* The value is the caller's own; go on. */
		SET(BPF_REG_0, 0),
		STORE(BPF_REG_1, BPF_REG_0, struct bpf_sockopt, optlen),
		SET(BPF_REG_0, 1),
		EXIT(),
	};
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_CGROUP_SOCKOPT,
		.expected_attach_type = BPF_CGROUP_SETSOCKOPT,
		.insns = (unsigned long)program,
		.insn_cnt = sizeof(program) / sizeof(program[0]),
		.license = (unsigned long)"GPL",
	};

	return bpf(BPF_PROG_LOAD, &attr);
}

#define HIERARCHY	"/tmp/reuseport-cgroup"
#define GROUP		HIERARCHY "/translated"

static int join(const char *cgroup)
{
	char path[128];
	int fd, ret;

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	fd = open(path, O_WRONLY);
	ret = write(fd, "0", 1) == 1 ? 0 : -1;
	close(fd);
	return ret;
}

/* A program that knows nothing of the family but its number. */
static int unmodified(void)
{
	int first = socket(AF_NETSTACK, SOCK_STREAM, 0), on = 1;
	int second = socket(AF_NETSTACK, SOCK_STREAM, 0), value = 0;
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_port = htons(7002),
	};
	socklen_t len = sizeof(value);

	if (setsockopt(first, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) ||
	    setsockopt(second, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)))
		return 1;
	if (getsockopt(first, SOL_SOCKET, SO_REUSEPORT, &value, &len) ||
	    value != 1)
		return 2;
	if (bind(first, (struct sockaddr *)&sin, sizeof(sin)) ||
	    bind(second, (struct sockaddr *)&sin, sizeof(sin)))
		return 3;
	return listen(first, 1) || listen(second, 1) ? 4 : 0;
}

TEST(so_reuseport__works_in_a_cgroup_that_translates_it)
{
	union bpf_attr attr = { .attach_type = BPF_CGROUP_SETSOCKOPT };
	int translator = load_translator(), group, status;
	pid_t child;

	ASSERT_LE(0, translator);
	mkdir(HIERARCHY, 0700);
	ASSERT_EQ(0, mount("none", HIERARCHY, "cgroup2", 0, NULL));
	ASSERT_EQ(0, mkdir(GROUP, 0700));
	group = open(GROUP, O_RDONLY | O_DIRECTORY);
	ASSERT_LE(0, group);
	attr.target_fd = group;
	attr.attach_bpf_fd = translator;
	ASSERT_EQ(0, bpf(BPF_PROG_ATTACH, &attr));

	child = fork();
	ASSERT_LE(0, child);
	if (!child)
		_exit(join(GROUP) ? 99 : unmodified());
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, WEXITSTATUS(status));

	/* Outside it net/core answers, as ever. */
	child = fork();
	ASSERT_LE(0, child);
	if (!child)
		_exit(unmodified());
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(1, WEXITSTATUS(status));

	EXPECT_EQ(0, bpf(BPF_PROG_DETACH, &attr));
	close(group);
	close(translator);
	rmdir(GROUP);
	umount(HIERARCHY);
	rmdir(HIERARCHY);
}

TEST_HARNESS_MAIN
