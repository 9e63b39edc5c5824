// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl exec: the process that answers the calls which the filter holds back,
 * for as long as there is a program with that filter.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/netstack.h>

#include "exec.h"

/* Linux 6.6: who answers and who waits take turns on one CPU. */
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS	SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP	(1UL << 0)
#endif

/*
 * A caller that gets no CPU time keeps the thread that answers it, which waits
 * until the caller has its descriptor.
 */
#define THREADS		4
#define THREAD_STACK	(64 << 10)

/* What the threads share, set before they start. */
static struct {
	int listener;
	struct exec_facts facts;
	struct seccomp_notif_sizes sizes;
} supervisor;

/* Return: what the module was told, or what it is without that. */
static int parameter(const char *name, int value)
{
	char path[64];
	FILE *file;
	int told;

	snprintf(path, sizeof(path), "/sys/module/netstack/parameters/%s",
		 name);
	file = fopen(path, "re");
	if (!file)
		return value;
	if (fscanf(file, "%d", &told) == 1)
		value = told;
	fclose(file);
	return value;
}

void facts_find(struct exec_facts *facts)
{
	int on = 1, fd;

	*facts = (struct exec_facts){
		.family = parameter("family", AF_NETSTACK),
		.netlink = parameter("netlink", NETLINK_NETSTACK),
	};
	fd = socket(facts->family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		facts->err = errno;
		return;
	}
	facts->reuseport = setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on,
				      sizeof(on)) && errno == EOPNOTSUPP;
	facts->zerocopy = setsockopt(fd, SOL_SOCKET, SO_ZEROCOPY, &on,
				     sizeof(on)) && errno == EOPNOTSUPP;
	close(fd);
}

static void answer_call(const struct caller *caller,
			struct seccomp_notif_resp *answer)
{
	answer->id = caller->request->id;
	switch (caller->request->data.nr) {
	case SYS_socket:
		if (!call_socket(caller, answer))
			return;
		break;
	case SYS_getsockopt:
		call_getsockopt(caller, answer);
		break;
	case SYS_setsockopt:
		call_setsockopt(caller, answer);
		break;
	case SYS_ioctl:
		call_ioctl(caller, answer);
		break;
	case SYS_io_uring_setup:
		if (!call_ring_setup(caller, answer))
			return;
		break;
	default:
		answer->error = -ENOSYS;
	}
	/* ENOENT: the caller is gone, or a signal took it out of the call. */
	ioctl(caller->listener, SECCOMP_IOCTL_NOTIF_SEND, answer);
}

/* The kernel's structures may be longer than those of its headers here. */
static void *room_for(size_t known, size_t size)
{
	void *room = malloc(known > size ? known : size);

	if (!room)
		_exit(EXEC_FAILED);
	return room;
}

static void *answer_calls(void *unused)
{
	struct seccomp_notif_resp *answer =
		room_for(sizeof(*answer), supervisor.sizes.seccomp_notif_resp);
	struct seccomp_notif *request =
		room_for(sizeof(*request), supervisor.sizes.seccomp_notif);
	struct caller caller = {
		.listener = supervisor.listener,
		.request = request,
		.facts = &supervisor.facts,
	};

	(void)unused;
	for (;;) {
		memset(request, 0, supervisor.sizes.seccomp_notif);
		memset(answer, 0, supervisor.sizes.seccomp_notif_resp);
		/* ENOENT: the caller was killed meanwhile. */
		if (ioctl(supervisor.listener, SECCOMP_IOCTL_NOTIF_RECV, request)) {
			if (errno != ENOENT && errno != EINTR)
				_exit(EXEC_FAILED);
			continue;
		}
		answer_call(&caller, answer);
	}
	return NULL;
}

static int receive_listener(int channel)
{
	char room[CMSG_SPACE(sizeof(int))], octet;
	struct iovec iov = { &octet, 1 };
	struct msghdr message = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = room,
		.msg_controllen = sizeof(room),
	};
	struct cmsghdr *header;
	int listener;

	if (recvmsg(channel, &message, MSG_CMSG_CLOEXEC) != 1)
		return -1;
	header = CMSG_FIRSTHDR(&message);
	if (!header || header->cmsg_type != SCM_RIGHTS)
		return -1;
	memcpy(&listener, CMSG_DATA(header), sizeof(listener));
	return listener;
}

int supervisor_attach(int channel, int listener)
{
	char room[CMSG_SPACE(sizeof(int))] = { 0 }, octet = 0;
	struct iovec iov = { &octet, 1 };
	struct msghdr message = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = room,
		.msg_controllen = sizeof(room),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(listener));
	memcpy(CMSG_DATA(header), &listener, sizeof(listener));
	return sendmsg(channel, &message, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

/* Until no process has the filter any more. */
static void serve(void)
{
	struct pollfd users = { .fd = supervisor.listener };
	pthread_attr_t attributes;
	pthread_t thread;
	int i, started = 0;

	ioctl(supervisor.listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS,
	      SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, THREAD_STACK);
	for (i = 0; i < THREADS; i++)
		if (!pthread_create(&thread, &attributes, answer_calls, NULL))
			started++;
	if (!started)
		_exit(EXEC_FAILED);
	while (poll(&users, 1, -1) < 0 || !(users.revents & POLLHUP))
		;
}

/*
 * Nothing of the caller's is kept: not its terminal, whose keys are the
 * program's, nor its descriptors, whose readers wait for the last to close.
 */
static int detach(int channel)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction standard = { .sa_handler = SIG_DFL };
	int null, i;
	sigset_t none;

	/*
	 * It ends with the last of its callers: who is asked to end may want to
	 * open a socket yet. Its own children are waited for.
	 */
	for (i = 1; i < NSIG; i++)
		sigaction(i, i == SIGCHLD ? &standard : &ignore, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	if (chdir("/"))
		return -1;
	/* Nobody but root may look into it, or take its descriptors. */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	prctl(PR_SET_NAME, "nsctl-exec", 0, 0, 0);
	/* Out of the way of the numbers that are wanted. */
	channel = fcntl(channel, F_DUPFD_CLOEXEC, 4);
	null = open("/dev/null", O_RDWR);
	if (channel < 0 || null < 0)
		return -1;
	for (i = 0; i < 3; i++)
		dup2(null, i);
	if (dup3(channel, 3, O_CLOEXEC) < 0)
		return -1;
	syscall(SYS_close_range, 4, ~0U, 0);
	return 3;
}

static void supervise(int channel, int netns)
{
	struct exec_facts facts = { 0 };

	if (netns >= 0 && setns(netns, CLONE_NEWNET)) {
		facts.err = errno;
		facts.entering = true;
	} else {
		facts_find(&facts);
	}
	if (write(channel, &facts, sizeof(facts)) != sizeof(facts) || facts.err)
		_exit(EXEC_FAILED);
	supervisor.facts = facts;
	channel = detach(channel);
	if (channel < 0 ||
	    syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &supervisor.sizes))
		_exit(EXEC_FAILED);
	supervisor.listener = receive_listener(channel);
	if (supervisor.listener < 0)
		_exit(EXEC_FAILED);
	close(channel);
	serve();
	_exit(0);
}

int supervisor_start(int netns, struct exec_facts *facts)
{
	int ends[2], status;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return -1;
	/*
	 * A child of a child that ends: the program finds no child that it did
	 * not make. Nor does it find a SIGCHLD: the first has no signal.
	 */
	pid = syscall(SYS_clone, 0, NULL, NULL, NULL, NULL);
	if (!pid) {
		pid = fork();
		if (!pid) {
			close(ends[0]);
			supervise(ends[1], netns);
		}
		_exit(pid < 0 ? errno : 0);
	}
	close(ends[1]);
	if (pid < 0 || waitpid(pid, &status, __WCLONE) != pid) {
		close(ends[0]);
		return -1;
	}
	if (read(ends[0], facts, sizeof(*facts)) == sizeof(*facts))
		return ends[0];
	close(ends[0]);
	errno = WIFEXITED(status) && WEXITSTATUS(status) ? WEXITSTATUS(status) :
							   ESRCH;
	return -1;
}
