// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl exec: rings of io_uring that open no sockets.
 *
 * The supervisor makes the ring, restricts it and gives it away. A child does
 * that for it, which becomes who the caller is, since the kernel asks who makes
 * a ring: for privilege, and for whose locked memory is counted. What the
 * kernel keeps of who made a ring goes with the child.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/capability.h>
#include <linux/io_uring.h>

#include "exec.h"

#ifndef IORING_SETUP_NO_SQARRAY
#define IORING_SETUP_NO_SQARRAY	(1U << 16)	/* Linux 6.6 */
#endif

/* One thread only may use the ring: the one that enables it. */
#define ONE_ISSUER	(IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN)

/*
 * Not among them: a thread of the kernel that submits, which would be the
 * child's; memory, rings and work queues that the caller names by addresses
 * and numbers of its own.
 */
#define SETUP_FLAGS	(IORING_SETUP_IOPOLL | IORING_SETUP_CQSIZE |	\
			 IORING_SETUP_CLAMP | IORING_SETUP_R_DISABLED |	\
			 IORING_SETUP_SUBMIT_ALL |			\
			 IORING_SETUP_COOP_TASKRUN |			\
			 IORING_SETUP_TASKRUN_FLAG |			\
			 IORING_SETUP_SQE128 | IORING_SETUP_CQE32 |	\
			 IORING_SETUP_NO_SQARRAY | ONE_ISSUER)

/* Known are the operations up to IORING_OP_PIPE, whose number is 62. */
#define OPCODES		63

/* Known is what may be said of an operation up to IOSQE_CQE_SKIP_SUCCESS. */
#define OPERATION_FLAGS	(IOSQE_FIXED_FILE | IOSQE_IO_DRAIN | IOSQE_IO_LINK | \
			 IOSQE_IO_HARDLINK | IOSQE_ASYNC |		\
			 IOSQE_BUFFER_SELECT | IOSQE_CQE_SKIP_SUCCESS)

static int ring_register(int ring, unsigned int operation, void *argument,
			 unsigned int count)
{
	return syscall(SYS_io_uring_register, ring, operation, argument, count);
}

/* A command is whatever a driver or a kind of socket makes of it. */
static bool operation_allowed(unsigned int opcode)
{
	return opcode != IORING_OP_SOCKET && opcode != IORING_OP_URING_CMD;
}

/*
 * All that is not named is refused: the kernel may know more than we do. It
 * takes no name that it does not know itself; for registers it has to be tried.
 *
 * Return: whether it is so; with errno.
 */
static bool ring_restrict(int ring)
{
	struct io_uring_restriction allow[1 + OPCODES + RING_REGISTERS];
	struct io_uring_probe probe = { 0 };
	unsigned int count = 0, others, i, last;

	if (ring_register(ring, IORING_REGISTER_PROBE, &probe, 0))
		return false;
	memset(allow, 0, sizeof(allow));
	allow[count].opcode = IORING_RESTRICTION_SQE_FLAGS_ALLOWED;
	allow[count++].sqe_flags = OPERATION_FLAGS;
	for (i = 0; i < OPCODES && i <= probe.last_op; i++) {
		if (!operation_allowed(i))
			continue;
		allow[count].opcode = IORING_RESTRICTION_SQE_OP;
		allow[count++].sqe_op = i;
	}
	others = count;
	for (last = RING_REGISTERS; last > 0; last--) {
		count = others;
		for (i = 0; i < last; i++) {
			if (i == IORING_REGISTER_RESTRICTIONS)
				continue;
			allow[count].opcode = IORING_RESTRICTION_REGISTER_OP;
			allow[count++].register_op = i;
		}
		if (ring_register(ring, IORING_REGISTER_RESTRICTIONS, allow,
				  count) >= 0)
			return true;
		if (errno != EINVAL)
			return false;
	}
	return false;
}

static bool take_groups(const struct caller *caller)
{
	char line[STATUS_LINE], *at = line, *end;
	gid_t groups[STATUS_LINE / 2];
	size_t count = 0;

	if (!caller_status(caller, "Groups", line, sizeof(line)))
		return false;
	for (;; at = end) {
		groups[count] = strtoul(at, &end, 10);
		if (end == at)
			break;
		count++;
	}
	return !setgroups(count, groups);
}

static bool take_user(const struct caller *caller)
{
	unsigned int uid[3], gid[3];
	char line[STATUS_LINE];

	if (caller_same_status(caller, "Uid") &&
	    caller_same_status(caller, "Gid") &&
	    caller_same_status(caller, "Groups"))
		return true;
	if (!caller_status(caller, "Uid", line, sizeof(line)) ||
	    sscanf(line, "%u %u %u", &uid[0], &uid[1], &uid[2]) != 3 ||
	    !caller_status(caller, "Gid", line, sizeof(line)) ||
	    sscanf(line, "%u %u %u", &gid[0], &gid[1], &gid[2]) != 3)
		return false;
	prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
	return take_groups(caller) && !setresgid(gid[0], gid[1], gid[2]) &&
	       !setresuid(uid[0], uid[1], uid[2]) &&
	       /* What it holds is no more the caller's to look at than before. */
	       !prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* Those of another user namespace are none here. */
static bool take_capabilities(const struct caller *caller)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = { 0 };
	uint64_t theirs = 0;
	int i;

	if (caller_same_user_namespace(caller) &&
	    !caller_number(caller, "CapEff", 16, &theirs))
		return false;
	if (syscall(SYS_capget, &header, data))
		return false;
	for (i = 0; i < 2; i++) {
		data[i].permitted &= theirs >> 32 * i;
		data[i].effective = data[i].permitted;
		data[i].inheritable = 0;
	}
	return !syscall(SYS_capset, &header, data);
}

/* Return: 0, or the errno that the caller gets. */
static int give_ring(const struct caller *caller, int memory,
		     const struct io_uring_params *asked)
{
	const struct seccomp_data *data = &caller->request->data;
	struct seccomp_notif_addfd give = {
		.id = caller->request->id,
		.flags = SECCOMP_ADDFD_FLAG_SEND,
		.newfd_flags = O_CLOEXEC,
	};
	struct io_uring_params made = *asked;
	int ring;

	made.flags |= IORING_SETUP_R_DISABLED;
	ring = syscall(SYS_io_uring_setup, (unsigned int)data->args[0], &made);
	if (ring < 0 || !ring_restrict(ring))
		return errno;
	if (!(asked->flags & IORING_SETUP_R_DISABLED) &&
	    ring_register(ring, IORING_REGISTER_ENABLE_RINGS, NULL, 0))
		return errno;
	made.flags = asked->flags;
	if (pwrite(memory, &made, sizeof(made), data->args[1]) != sizeof(made))
		return EFAULT;
	give.srcfd = ring;
	/* EMFILE, or it is gone */
	return ioctl(caller->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &give) < 0 ?
	       errno : 0;
}

/* In the child: its exit status is for the supervisor. */
static int become_and_give(const struct caller *caller, int memory,
			   const struct io_uring_params *asked, pid_t parent)
{
	if (!take_user(caller) || !take_capabilities(caller) ||
	    !caller_waits(caller))
		return EPERM;
	/* It holds the listener: it must not be what the callers wait for. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) || getppid() != parent)
		return EPERM;
	return give_ring(caller, memory, asked);
}

/* Return: 0 if the caller has its ring, or the errno that it gets. */
static int have_it_made(const struct caller *caller, int memory,
			const struct io_uring_params *asked)
{
	pid_t parent = getpid(), child = fork();
	int status;

	if (!child)
		_exit(become_and_give(caller, memory, asked, parent));
	if (child < 0)
		return ENOMEM;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return ENOMEM;
	return WIFEXITED(status) ? WEXITSTATUS(status) : ENOMEM;
}

/* Return: 0, or the errno that the caller gets. */
static int read_and_make(const struct caller *caller, int memory)
{
	struct io_uring_params asked;

	if (pread(memory, &asked, sizeof(asked),
		  caller->request->data.args[1]) != sizeof(asked))
		return EFAULT;
	if (asked.flags & ~SETUP_FLAGS ||
	    (asked.flags & ONE_ISSUER &&
	     !(asked.flags & IORING_SETUP_R_DISABLED)))
		return EINVAL;
	return have_it_made(caller, memory, &asked);
}

bool call_ring_setup(const struct caller *caller,
		     struct seccomp_notif_resp *answer)
{
	int memory = caller_memory(caller);

	/* That memory is the caller's if it is still there now. */
	if (memory < 0 || !caller_waits(caller))
		answer->error = -ENOSYS;
	else
		answer->error = -read_and_make(caller, memory);
	if (memory >= 0)
		close(memory);
	return answer->error;
}

int ring_inherited(void)
{
	static const char name[] = "anon_inode:[io_uring]";
	DIR *folder = opendir("/proc/self/fd");
	char target[sizeof(name)];
	struct dirent *entry;
	int found = -1;

	if (!folder)
		return -2;
	while (found < 0 && (entry = readdir(folder)))
		if (readlinkat(dirfd(folder), entry->d_name, target,
			       sizeof(target)) == sizeof(name) - 1 &&
		    !memcmp(target, name, sizeof(name) - 1))
			found = atoi(entry->d_name);
	closedir(folder);
	return found;
}
