// SPDX-License-Identifier: GPL-2.0
/*
 * Buffers of sockets are charged to a memory cgroup, which bounds them, and
 * the charge is given back. AF_INET does the same things beside it: whatever
 * is expected of AF_NETSTACK is expected of AF_INET first.
 *
 * A socket belongs to the cgroup in which it was made, or the listener of the
 * connection was; so one process plays all parts by moving between cgroups.
 *
 * guest: stock timeout=300
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <linux/netstack.h>

#include "kselftest_harness.h"

#define ROOT		"/sys/fs/cgroup"
#define CGROUP		ROOT "/tenant"
#define MIB		1048576L
#define BULK		(8 * MIB)	/* what is sent at most */
#define ROOM		(3 * MIB)	/* what the limit leaves */
#define SLACK		(MIB)		/* per-CPU stocks of the charge */
#define BUFFER		(32 * MIB)	/* no socket buffer is in the way */
#define STEP		32768
#define PATIENCE	30		/* s */
#define STALL		3		/* s without progress */
#define SOCKETS		4096
#define LIMIT		180	/* s for a case */
#define SYSLOG_ACTION_CONSOLE_LEVEL	8

static char block[STEP];

static double now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec + at.tv_nsec / 1e9;
}

static int put(const char *path, const char *format, ...)
{
	char text[64];
	va_list args;
	int fd, len, status;

	va_start(args, format);
	len = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fd = open(path, O_WRONLY);
	if (fd < 0)
		return -1;
	status = write(fd, text, len) == len ? 0 : -1;
	close(fd);
	return status;
}

/* The number behind @key in a file of the cgroup; @key "": the only one. */
static long get(const char *file, const char *key)
{
	char path[96], word[64];
	long value = -1, read;
	FILE *from;

	snprintf(path, sizeof(path), CGROUP "/%s", file);
	from = fopen(path, "r");
	if (!from)
		return -1;
	if (!*key) {
		if (fscanf(from, "%ld", &value) != 1)
			value = -1;
	} else {
		while (fscanf(from, "%63s %ld", word, &read) == 2)
			if (!strcmp(word, key))
				value = read;
	}
	fclose(from);
	return value;
}

static long charged(void)
{
	return get("memory.stat", "sock");
}

/* To leave a cgroup at its limit: there, no file can be opened. */
static int way_out = -1;

static int enter(const char *cgroup)
{
	char path[96];

	if (way_out < 0)
		way_out = open(ROOT "/cgroup.procs", O_WRONLY | O_CLOEXEC);
	if (!strcmp(cgroup, ROOT))
		return write(way_out, "0", 1) == 1 ? 0 : -1;
	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	return put(path, "0");
}

/* Leave @room bytes to it; negative: any number. */
static int limit(long room)
{
	if (room < 0)
		return put(CGROUP "/memory.max", "max");
	return put(CGROUP "/memory.max", "%ld",
		   get("memory.current", "") + room);
}

/* The statistics are of some seconds ago, at worst. */
static int await_charge(long least, long most)
{
	double end = now() + PATIENCE;
	long sock;

	do {
		sock = charged();
		if (sock >= least && sock <= most)
			return 1;
		usleep(100000);
	} while (now() < end);
	fprintf(stderr, "charged are %ld bytes, not %ld to %ld\n", sock, least,
		most);
	return 0;
}

static struct sockaddr_in at(int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	return address;
}

static int make_socket(int family, int type)
{
	int size = BUFFER / 2;	/* the kernel doubles it */
	int fd = socket(family, type, 0);

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) ||
	    fcntl(fd, F_SETFL, O_NONBLOCK)) {
		perror("socket");
		exit(1);
	}
	return fd;
}

static int make_listener(int family, struct sockaddr_in *address)
{
	socklen_t len = sizeof(*address);
	int fd = make_socket(family, SOCK_STREAM);

	*address = at(0);
	if (bind(fd, (void *)address, len) || listen(fd, 1) ||
	    getsockname(fd, (void *)address, &len)) {
		perror("listen");
		exit(1);
	}
	return fd;
}

static int make_client(int family, const struct sockaddr_in *address)
{
	int fd = make_socket(family, SOCK_STREAM);

	if (connect(fd, (void *)address, sizeof(*address)) &&
	    errno != EINPROGRESS) {
		perror("connect");
		exit(1);
	}
	return fd;
}

static int take(int listener)
{
	double end = now() + PATIENCE;
	int fd;

	do {
		fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
		if (fd >= 0)
			return fd;
		usleep(10000);
	} while (now() < end);
	perror("accept");
	exit(1);
}

/*
 * Two ends; @where holds the passive end's cgroup or, for the other end, the
 * active one's.
 */
static void make_pair(int family, const char *passive, const char *active,
		      int *client, int *server)
{
	struct sockaddr_in address;
	int listener;

	enter(passive);
	listener = make_listener(family, &address);
	enter(active);
	*client = make_client(family, &address);
	enter(passive);
	*server = take(listener);
	close(listener);
	enter(ROOT);
}

/* A pattern by position, so that what is lost or doubled shows. */
static void fill(long position)
{
	long i;

	for (i = 0; i < STEP; i++)
		block[i] = (position + i) * 2654435761u >> 24;
}

/* Write up to @most bytes until nothing moves any more. Return: how many. */
static long write_all(int fd, long most)
{
	double last = now();
	long sent = 0, n;

	while (sent < most && now() < last + STALL) {
		fill(sent);
		n = write(fd, block, STEP < most - sent ? STEP : most - sent);
		if (n > 0) {
			sent += n;
			last = now();
		} else if (errno == EAGAIN) {
			usleep(20000);
		} else {
			perror("write");
			exit(1);
		}
	}
	return sent;
}

/* Bytes that arrived as they were sent. */
static long read_all(int fd, long most)
{
	double last = now();
	static char got[STEP];
	long received = 0, n;

	while (received < most && now() < last + PATIENCE) {
		n = read(fd, got, STEP);
		if (n > 0) {
			fill(received);
			if (memcmp(got, block, n)) {
				fprintf(stderr, "not what was sent, by %ld\n",
					received);
				break;
			}
			received += n;
			last = now();
		} else if (n < 0 && errno == EAGAIN) {
			usleep(10000);
		} else {
			break;
		}
	}
	return received;
}

static int waiting(int fd)
{
	int bytes = -1;

	ioctl(fd, FIONREAD, &bytes);
	return bytes;
}

static int await_waiting(int fd, int bytes)
{
	double end = now() + PATIENCE;

	while (waiting(fd) < bytes && now() < end)
		usleep(20000);
	return waiting(fd) >= bytes;
}

FIXTURE(tenant)
{
};

FIXTURE_VARIANT(tenant)
{
	int family;
};

FIXTURE_VARIANT_ADD(tenant, inet) { .family = AF_INET };
FIXTURE_VARIANT_ADD(tenant, netstack) { .family = AF_NETSTACK };

FIXTURE_SETUP(tenant)
{
	put(ROOT "/cgroup.subtree_control", "+memory");
	rmdir(CGROUP);	/* of a case that was broken off */
	ASSERT_EQ(0, mkdir(CGROUP, 0755));
	ASSERT_EQ(0, charged());
}

/* Nothing stays charged, or the cgroup could not be removed. */
FIXTURE_TEARDOWN(tenant)
{
	enter(ROOT);
	EXPECT_TRUE(await_charge(0, 0));
	EXPECT_EQ(0, rmdir(CGROUP));
}

TEST_F_TIMEOUT(tenant, receive_buffer__of_a_connection_is_charged, LIMIT)
{
	int client, server;

	make_pair(variant->family, CGROUP, ROOT, &client, &server);
	ASSERT_EQ(BULK, write_all(client, BULK));
	ASSERT_TRUE(await_waiting(server, BULK));
	EXPECT_TRUE(await_charge(BULK - SLACK, BUFFER));
	EXPECT_EQ(BULK, read_all(server, BULK));
	EXPECT_TRUE(await_charge(0, SLACK));
	close(client);
	close(server);
}

/* The peer's program does not read: what is not acknowledged stays here. */
TEST_F_TIMEOUT(tenant, send_buffer__of_a_connection_is_charged, LIMIT)
{
	int client, server, size = 65536;
	long sent;

	make_pair(variant->family, ROOT, CGROUP, &client, &server);
	ASSERT_EQ(0, setsockopt(server, SOL_SOCKET, SO_RCVBUF, &size,
				sizeof(size)));
	sent = write_all(client, BULK);
	EXPECT_EQ(BULK, sent);
	EXPECT_TRUE(await_charge(BULK - 2 * MIB, BUFFER));
	EXPECT_EQ(sent, read_all(server, sent));
	EXPECT_TRUE(await_charge(0, SLACK));
	close(client);
	close(server);
}

TEST_F_TIMEOUT(tenant, receive_buffer__of_datagrams_is_charged, LIMIT)
{
	struct sockaddr_in address = at(0);
	socklen_t len = sizeof(address);
	int client, server, i;

	enter(CGROUP);
	server = make_socket(variant->family, SOCK_DGRAM);
	enter(ROOT);
	client = make_socket(variant->family, SOCK_DGRAM);
	ASSERT_EQ(0, bind(server, (void *)&address, len));
	ASSERT_EQ(0, getsockname(server, (void *)&address, &len));
	for (i = 0; i < BULK / STEP; i++)
		ASSERT_EQ(STEP, sendto(client, block, STEP, 0,
				       (void *)&address, len));
	EXPECT_TRUE(await_charge(BULK - SLACK, BUFFER));
	for (i = 0; i < BULK / STEP; i++)
		ASSERT_EQ(STEP, read(server, block, STEP));
	EXPECT_TRUE(await_charge(0, SLACK));
	close(client);
	close(server);
}

/* Unread data goes with its socket. */
TEST_F_TIMEOUT(tenant, close__gives_back_what_was_never_read, LIMIT)
{
	int client, server;

	make_pair(variant->family, CGROUP, ROOT, &client, &server);
	ASSERT_EQ(BULK, write_all(client, BULK));
	ASSERT_TRUE(await_charge(BULK - SLACK, BUFFER));
	close(server);
	EXPECT_TRUE(await_charge(0, 0));
	close(client);
}

/*
 * What a process sends is charged with reclaim and all: the kernel's search
 * for a victim is in its log, with a trace that is no complaint. The console,
 * which is judged, is not to have it.
 */
static void hush(void)
{
	klogctl(SYSLOG_ACTION_CONSOLE_LEVEL, NULL, 4);
}

static void speak(void)
{
	klogctl(SYSLOG_ACTION_CONSOLE_LEVEL, NULL, 8);
}

TEST_F_TIMEOUT(tenant, send_buffer__of_a_connection_is_bounded, LIMIT)
{
	int client, server, size = 65536;
	long most, sent;

	make_pair(variant->family, ROOT, CGROUP, &client, &server);
	ASSERT_EQ(0, setsockopt(server, SOL_SOCKET, SO_RCVBUF, &size,
				sizeof(size)));
	ASSERT_EQ(0, limit(ROOM));
	most = get("memory.max", "");
	hush();
	sent = write_all(client, BULK);
	speak();
	EXPECT_LT(0, sent);
	EXPECT_GT(BULK, sent);
	EXPECT_LE(get("memory.current", ""), most + SLACK);
	EXPECT_LT(0, get("memory.events", "max"));
	ASSERT_EQ(0, limit(-1));
	EXPECT_EQ(sent, read_all(server, sent));
	/* and it goes on */
	EXPECT_EQ(BULK, write_all(client, BULK));
	close(client);
	close(server);
}

/* Sockets in the cgroup until one cannot be had, at most SOCKETS. */
static int make_sockets(int family, int *fds, int *error)
{
	int count;

	*error = 0;
	enter(CGROUP);
	hush();
	for (count = 0; count < SOCKETS; count++) {
		fds[count] = socket(family, SOCK_STREAM, 0);
		if (fds[count] < 0) {
			*error = errno;
			break;
		}
	}
	enter(ROOT);
	speak();
	return count;
}

static void close_sockets(const int *fds, int count)
{
	while (count--)
		close(fds[count]);
}

static int await_memory(long most)
{
	double end = now() + PATIENCE;

	while (get("memory.current", "") > most && now() < end)
		usleep(100000);
	return get("memory.current", "") <= most;
}

/*
 * Sockets themselves are charged: their number is bounded, too. What arrives
 * is taken in a softirq, in which Linux charges without asking: it goes over
 * the limit, and then leaves no memory for sockets.
 */
TEST_F_TIMEOUT(tenant, socket__fails_at_the_limit, LIMIT)
{
	static int fds[SOCKETS];
	int client, server, count, few, error;
	long before;

	/* It stays alive: what it asks for fails instead. */
	ASSERT_EQ(0, put("/proc/self/oom_score_adj", "-1000"));
	memset(fds, 0xff, sizeof(fds));
	make_pair(variant->family, CGROUP, ROOT, &client, &server);
	before = get("memory.current", "");
	ASSERT_EQ(0, limit(ROOM));
	count = make_sockets(variant->family, fds, &error);
	EXPECT_LT(100, count);
	EXPECT_GT(SOCKETS, count);
	EXPECT_TRUE(error == ENOMEM || error == ENOBUFS || error == ENFILE);
	close_sockets(fds, count);
	EXPECT_TRUE(await_memory(before + SLACK));

	ASSERT_EQ(BULK, write_all(client, BULK));
	ASSERT_TRUE(await_waiting(server, BULK));
	EXPECT_TRUE(await_charge(BULK - SLACK, BUFFER));
	EXPECT_LT(get("memory.max", ""), get("memory.current", ""));
	few = make_sockets(variant->family, fds, &error);
	EXPECT_GT(count / 2, few);
	EXPECT_TRUE(error == ENOMEM || error == ENOBUFS || error == ENFILE);
	close_sockets(fds, few);
	EXPECT_EQ(BULK, read_all(server, BULK));
	EXPECT_TRUE(await_memory(before + SLACK));
	count = make_sockets(variant->family, fds, &error);
	EXPECT_LT(few, count);
	close_sockets(fds, count);
	EXPECT_TRUE(await_memory(before + SLACK));
	ASSERT_EQ(0, limit(-1));
	close(client);
	close(server);
}

/*
 * A connection is its listener's from the first segment on, whoever accepts
 * it: there is no time in which its buffer is nobody's.
 */
TEST(accepted__is_charged_to_the_cgroup_of_the_listener)
{
	struct sockaddr_in address;
	int listener, client, server;

	put(ROOT "/cgroup.subtree_control", "+memory");
	ASSERT_EQ(0, mkdir(CGROUP, 0755));
	enter(CGROUP);
	listener = make_listener(AF_NETSTACK, &address);
	enter(ROOT);
	client = make_client(AF_NETSTACK, &address);
	ASSERT_EQ(BULK, write_all(client, BULK));
	EXPECT_TRUE(await_charge(BULK - SLACK, BUFFER));
	server = take(listener);
	EXPECT_TRUE(await_charge(BULK - SLACK, BUFFER));
	close(listener);
	EXPECT_EQ(BULK, read_all(server, BULK));
	close(client);
	close(server);
	EXPECT_TRUE(await_charge(0, 0));
	EXPECT_EQ(0, rmdir(CGROUP));
}

TEST_HARNESS_MAIN
