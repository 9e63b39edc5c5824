// SPDX-License-Identifier: GPL-2.0
/*
 * exec_ring_probe CASE [ARGUMENT]: rings of io_uring as a program finds them
 * under nsctl exec; exec.sh runs it, some cases without, too.
 */
#define _GNU_SOURCE
#include "ring.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/netstack.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>

#ifndef IORING_SETUP_NO_MMAP
#define IORING_SETUP_NO_MMAP		(1U << 14)
#define IORING_SETUP_REGISTERED_FD_ONLY	(1U << 15)
#endif

/* Of io_uring_register(): the ring is one of a table. */
#define REGISTERED_RING	(1U << 31)

static int failures;

static void same(const char *what, long got, long wanted)
{
	if (got == wanted)
		return;
	printf("%s: %ld instead of %ld\n", what, got, wanted);
	failures++;
}

/* A call must fail with @err. */
static void refused(const char *what, long result, int err)
{
	same(what, result >= 0 ? -1 : errno, err);
}

static void open_or_end(struct ring *ring, unsigned int flags)
{
	if (ring_open(ring, flags) >= 0)
		return;
	printf("a ring with flags %x: %s\n", flags, strerror(errno));
	exit(1);
}

static long ring_register(int fd, unsigned int operation, void *argument,
			  unsigned int count)
{
	return syscall(SYS_io_uring_register, fd, operation, argument, count);
}

/* Return: what a request comes to that needs no more than that. */
static int ask(struct ring *ring, int opcode, int fd, const void *data,
	       unsigned int length)
{
	struct io_uring_sqe *entry = ring_entry(ring, opcode, fd);

	entry->addr = (unsigned long)data;
	entry->len = length;
	same("submitted", ring_submit(ring), 1);
	return ring_result(ring, NULL);
}

/* Nothing, a file by two calls, by a thread of the kernel, and as a fixed one */
static void works(void)
{
	struct io_uring_sqe *entry;
	char text[16] = { 0 };
	struct ring ring;
	int fd;

	open_or_end(&ring, 0);
	same("descriptor", ring.fd, 3);
	same("close-on-exec", fcntl(ring.fd, F_GETFD), FD_CLOEXEC);
	same("entries", ring.params.sq_entries, RING_ENTRIES);
	same("completions", ring.params.cq_entries, 2 * RING_ENTRIES);
	same("flags", ring.params.flags, 0);
	same("nothing", ask(&ring, IORING_OP_NOP, -1, NULL, 0), 0);
	entry = ring_entry(&ring, IORING_OP_OPENAT, AT_FDCWD);
	entry->addr = (unsigned long)"/proc/self/comm";
	same("submitted", ring_submit(&ring), 1);
	fd = ring_result(&ring, NULL);
	same("open", fd, 4);
	same("read", ask(&ring, IORING_OP_READ, fd, text, sizeof(text)), 16);
	same("what was read", memcmp(text, "exec_ring_probe\n", 16), 0);
	entry = ring_entry(&ring, IORING_OP_READ, fd);
	entry->addr = (unsigned long)text;
	entry->len = sizeof(text);
	entry->flags = IOSQE_ASYNC;
	same("submitted", ring_submit(&ring), 1);
	same("read elsewhere", ring_result(&ring, NULL), 16);
	same("files", ring_register(ring.fd, IORING_REGISTER_FILES, &fd, 1), 0);
	entry = ring_entry(&ring, IORING_OP_READ, 0);
	entry->addr = (unsigned long)text;
	entry->len = sizeof(text);
	entry->flags = IOSQE_FIXED_FILE;
	same("submitted", ring_submit(&ring), 1);
	same("read of a fixed file", ring_result(&ring, NULL), 16);
	same("close", ask(&ring, IORING_OP_CLOSE, fd, NULL, 0), 0);
	ring_close(&ring);
}

static const struct sockaddr_in server = {
	.sin_family = AF_INET,
	.sin_port = 0x2a2a,
};

static void talk(struct ring *ring, int client, int peer)
{
	char got[8] = { 0 };
	unsigned int flags;

	same("send", ask(ring, IORING_OP_SEND, client, "hello", 5), 5);
	same("recv", ask(ring, IORING_OP_RECV, peer, got, sizeof(got)), 5);
	same("what was received", memcmp(got, "hello", 5), 0);
	/* Zero-copy: a result, and a note that the memory is free. */
	same("send_zc", ask(ring, IORING_OP_SEND_ZC, peer, "again", 5), 5);
	same("recv", recv(client, got, sizeof(got), 0), 5);
	same("what was received", memcmp(got, "again", 5), 0);
	same("it is free", ring_result(ring, &flags), 0);
	same("it is a note", flags & IORING_CQE_F_NOTIF, IORING_CQE_F_NOTIF);
}

/* Receive as long as there are buffers: two of them. */
static void receive_many(struct ring *ring, int from, int to)
{
	static char room[2][8];
	struct io_uring_sqe *entry = ring_entry(ring, IORING_OP_PROVIDE_BUFFERS,
						2);
	unsigned int flags;
	int i;

	entry->addr = (unsigned long)room;
	entry->len = sizeof(room[0]);
	entry->buf_group = 7;
	same("submitted", ring_submit(ring), 1);
	same("buffers", ring_result(ring, NULL), 0);
	entry = ring_entry(ring, IORING_OP_RECV, to);
	entry->ioprio = IORING_RECV_MULTISHOT;
	entry->flags = IOSQE_BUFFER_SELECT;
	entry->buf_group = 7;
	same("submitted", ring_submit(ring), 1);
	for (i = 0; i < 2; i++) {
		same("send", send(from, "x", 1, 0), 1);
		same("receive", ring_result(ring, &flags), 1);
		same("more to come", !!(flags & IORING_CQE_F_MORE), 1);
	}
	same("send", send(from, "x", 1, 0), 1);
	same("no buffer", ring_result(ring, &flags), -ENOBUFS);
	same("no more to come", flags & IORING_CQE_F_MORE, 0);
}

/* Sockets of the stack: accept twice by one request, and what they can do. */
static void sockets(void)
{
	int listener = socket(AF_INET, SOCK_STREAM, 0), client[2], peer[2], i;
	struct io_uring_sqe *entry;
	unsigned int flags;
	struct ring ring;

	open_or_end(&ring, 0);
	same("bind", bind(listener, (void *)&server, sizeof(server)), 0);
	same("listen", listen(listener, 5), 0);
	entry = ring_entry(&ring, IORING_OP_ACCEPT, listener);
	entry->ioprio = IORING_ACCEPT_MULTISHOT;
	same("submitted", ring_submit(&ring), 1);
	for (i = 0; i < 2; i++) {
		client[i] = socket(AF_INET, SOCK_STREAM, 0);
		same("connect", connect(client[i], (void *)&server,
					sizeof(server)), 0);
		peer[i] = ring_result(&ring, &flags);
		same("accepted", peer[i] > client[i], 1);
		same("more to come", !!(flags & IORING_CQE_F_MORE), 1);
	}
	for (i = 0; i < 2; i++)
		talk(&ring, client[i], peer[i]);
	receive_many(&ring, client[0], peer[0]);
	close(client[1]);
	client[1] = socket(AF_INET, SOCK_STREAM, 0);
	entry = ring_entry(&ring, IORING_OP_CONNECT, client[1]);
	entry->addr = (unsigned long)&server;
	entry->off = sizeof(server);
	same("submitted", ring_submit(&ring), 1);
	/* Both are done: the listener's and the client's. */
	i = ring_result(&ring, NULL);
	same("connect", !i || !ring_result(&ring, NULL), 1);
}

/* Return: a descriptor, 0 for one in @slot of the ring, or a negative errno. */
static int ask_socket(struct ring *ring, int family, int how, int slot)
{
	struct io_uring_sqe *entry = ring_entry(ring, IORING_OP_SOCKET, family);

	entry->off = SOCK_DGRAM;
	entry->flags = how;
	entry->file_index = slot;
	same("submitted", ring_submit(ring), 1);
	return ring_result(ring, NULL);
}

static void opens_none(struct ring *ring)
{
	static const int families[] = {
		AF_INET, AF_INET6, AF_UNIX, AF_PACKET, AF_NETLINK, AF_NETSTACK,
	};
	int none[2] = { -1, -1 };
	unsigned int i;

	same("slots", ring_register(ring->fd, IORING_REGISTER_FILES, none, 2),
	     0);
	for (i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		same("socket", ask_socket(ring, families[i], 0, 0), -EACCES);
		same("a direct one", ask_socket(ring, families[i], 0, 1),
		     -EACCES);
		same("elsewhere", ask_socket(ring, families[i], IOSQE_ASYNC, 0),
		     -EACCES);
	}
	same("a command", ask(ring, IORING_OP_URING_CMD, 0, NULL, 0), -EACCES);
	same("last operation", ask(ring, 255, 0, NULL, 0), -EINVAL);
}

/* What a ring of the kernel's own says, for comparison. */
static void opens_one(void)
{
	struct ring ring;

	open_or_end(&ring, 0);
	same("socket", ask_socket(&ring, AF_INET, 0, 0) > ring.fd, 1);
}

static void try_to_lift(int fd)
{
	struct io_uring_restriction allow = {
		.opcode = IORING_RESTRICTION_SQE_OP,
		.sqe_op = IORING_OP_SOCKET,
	};
	unsigned int operation;

	refused("restrictions", ring_register(fd, IORING_REGISTER_RESTRICTIONS,
					      &allow, 1), EINVAL);
	refused("none", ring_register(fd, IORING_REGISTER_RESTRICTIONS, NULL,
				      0), EINVAL);
	refused("of a thread", ring_register(-1, IORING_REGISTER_RESTRICTIONS,
					     &allow, 1), EINVAL);
	refused("of a registered ring",
		ring_register(fd, REGISTERED_RING |
			      IORING_REGISTER_RESTRICTIONS, &allow, 1), EINVAL);
	for (operation = 30; operation < 300; operation++)
		refused("unknown", ring_register(fd, operation, NULL, 0),
			EINVAL);
}

/* As it is, after all attempts, in a child, and enabled by the program. */
static void no_sockets(void)
{
	struct ring ring;
	int status;
	pid_t pid;

	open_or_end(&ring, 0);
	opens_none(&ring);
	refused("enable", ring_register(ring.fd, IORING_REGISTER_ENABLE_RINGS,
					NULL, 0), EBADFD);
	try_to_lift(ring.fd);
	same("socket", ask_socket(&ring, AF_INET, 0, 0), -EACCES);
	pid = fork();
	if (!pid)
		_exit(ask_socket(&ring, AF_INET, 0, 0) != -EACCES);
	same("child", waitpid(pid, &status, 0), pid);
	same("its status", status, 0);
	ring_close(&ring);

	open_or_end(&ring, IORING_SETUP_R_DISABLED |
		    IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN);
	same("flags", ring.params.flags, IORING_SETUP_R_DISABLED |
	     IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN);
	ring_entry(&ring, IORING_OP_NOP, -1);
	refused("disabled", ring_submit(&ring), EBADFD);
	try_to_lift(ring.fd);
	same("enable", ring_register(ring.fd, IORING_REGISTER_ENABLE_RINGS,
				     NULL, 0), 0);
	/* The one that was refused is first. */
	same("submit", syscall(SYS_io_uring_enter, ring.fd, 1, 0, 0, NULL, 0),
	     1);
	same("nothing", ring_result(&ring, NULL), 0);
	opens_none(&ring);
	ring_close(&ring);
}

static int setup(unsigned int entries, unsigned int flags)
{
	struct io_uring_params params = { .flags = flags };
	int fd = syscall(SYS_io_uring_setup, entries, &params);

	if (fd < 0)
		return -errno;
	close(fd);
	return fd;
}

/* Those that a ring under nsctl exec can't have, and those it can. */
static void flags(void)
{
	static const unsigned int none[] = {
		IORING_SETUP_SQPOLL, IORING_SETUP_SQPOLL | IORING_SETUP_SQ_AFF,
		IORING_SETUP_SQ_AFF, IORING_SETUP_ATTACH_WQ,
		IORING_SETUP_SINGLE_ISSUER, IORING_SETUP_DEFER_TASKRUN,
		IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
		IORING_SETUP_NO_MMAP, IORING_SETUP_REGISTERED_FD_ONLY,
		IORING_SETUP_NO_MMAP | IORING_SETUP_REGISTERED_FD_ONLY,
		1U << 24, 1U << 31,
	};
	static const unsigned int some[] = {
		IORING_SETUP_IOPOLL, IORING_SETUP_CLAMP,
		IORING_SETUP_R_DISABLED, IORING_SETUP_SUBMIT_ALL,
		IORING_SETUP_COOP_TASKRUN, IORING_SETUP_SQE128,
		IORING_SETUP_CQE32,
		IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG,
	};
	unsigned int i;

	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		same("flags refused", setup(4, none[i]), -EINVAL);
	for (i = 0; i < sizeof(some) / sizeof(some[0]); i++)
		same("flags", setup(4, some[i]), 3);
}

/* errno as of the kernel: the same without nsctl exec. */
static void errors(void)
{
	struct io_uring_params params = { .resv = { 0, 1, 0 } };
	struct rlimit limit = { 4, 4 };

	same("no entries", setup(0, 0), -EINVAL);
	same("many entries", setup(1 << 20, 0), -EINVAL);
	same("clamped", setup(1 << 20, IORING_SETUP_CLAMP), 3);
	same("few completions", setup(4, IORING_SETUP_CQSIZE), -EINVAL);
	same("no interrupts", setup(4, IORING_SETUP_TASKRUN_FLAG), -EINVAL);
	refused("reserved", syscall(SYS_io_uring_setup, 4, &params), EINVAL);
	refused("nowhere", syscall(SYS_io_uring_setup, 4, 8), EFAULT);
	refused("beyond", syscall(SYS_io_uring_setup, 4, -8L), EFAULT);
	refused("no ring", syscall(SYS_io_uring_enter, 1, 0, 0, 0, NULL, 0),
		EOPNOTSUPP);
	refused("nothing", ring_register(99, IORING_REGISTER_PROBE, NULL, 0),
		EBADF);
	setrlimit(RLIMIT_NOFILE, &limit);
	same("the last descriptor", setup(4, 0), 3);
	dup(0);
	same("none is free", setup(4, 0), -EMFILE);
}

/* Memory that a ring locks is that of the user of the program. */
static void locked(int err)
{
	struct rlimit limit = { 65536, 65536 };
	struct iovec memory = { NULL, 1 << 20 };
	struct ring ring;

	setrlimit(RLIMIT_MEMLOCK, &limit);
	memory.iov_base = malloc(memory.iov_len);
	open_or_end(&ring, 0);
	same("a megabyte", ring_register(ring.fd, IORING_REGISTER_BUFFERS,
					 &memory, 1) ? errno : 0, err);
	memory.iov_len = 4096;
	if (err)
		same("a page", ring_register(ring.fd, IORING_REGISTER_BUFFERS,
					     &memory, 1), 0);
}

static void *open_rings(void *unused)
{
	int i;

	for (i = 0; i < 20; i++) {
		struct ring ring;

		open_or_end(&ring, 0);
		same("nothing", ask(&ring, IORING_OP_NOP, -1, NULL, 0), 0);
		ring_close(&ring);
	}
	return NULL;
}

static void threads(void)
{
	pthread_t thread[50];
	int i;

	for (i = 0; i < 50; i++)
		if (pthread_create(&thread[i], NULL, open_rings, NULL))
			exit(1);
	for (i = 0; i < 50; i++)
		pthread_join(thread[i], NULL);
	same("descriptors are free", dup(0), 3);
}

/* A child that is killed while it asks for rings, at another time each. */
static void killed(void)
{
	int i;

	for (i = 0; i < 100; i++) {
		pid_t pid = fork();

		if (!pid)
			for (;;)
				setup(4, 0);
		usleep(100 * i);
		kill(pid, SIGKILL);
		same("child", waitpid(pid, NULL, 0), pid);
	}
	same("a ring", setup(4, 0), 3);
}

static void tick(int signal)
{
}

/* A signal takes a program out of the call: it is begun again, once. */
static void signals(void)
{
	struct sigaction action = {
		.sa_handler = tick, .sa_flags = SA_RESTART,
	};
	struct itimerval often = { { 0, 700 }, { 0, 700 } };
	int i;

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	for (i = 0; i < 300; i++)
		same("a ring", setup(4, 0), 3);
}

/* Hand a ring to a program, which finds it as descriptor 9. */
static void inherit(char **argv)
{
	struct ring ring;

	open_or_end(&ring, 0);
	dup2(ring.fd, 9);
	execvp(argv[0], argv);
	exit(99);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} cases[] = {
		{ "works", works }, { "sockets", sockets },
		{ "no_sockets", no_sockets }, { "opens_one", opens_one },
		{ "flags", flags }, { "errors", errors },
		{ "threads", threads }, { "killed", killed },
		{ "signals", signals },
	};
	const char *name = argc > 1 ? argv[1] : "";
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (!strcmp(name, cases[i].name)) {
			cases[i].run();
			return failures > 0;
		}
	if (!strcmp(name, "locked") && argc > 2)
		locked(atoi(argv[2]));
	else if (!strcmp(name, "errno"))
		same("a ring", setup(4, 0), -atoi(argv[2]));
	else if (!strcmp(name, "inherit") && argc > 2)
		inherit(argv + 2);
	else
		same("no such case, arguments", argc, 2);
	return failures > 0;
}
