// SPDX-License-Identifier: GPL-2.0
/*
 * MSG_ZEROCOPY of AF_INET and AF_NETSTACK: that the bytes arrive, which
 * messages are told of and how, what is refused, and that nothing is kept
 * when a connection ends early.
 *
 * guest: stock timeout=180
 */
#define _GNU_SOURCE
#include "ring.h"
#include "stream_differential.h"

#include <linux/errqueue.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>

#define LARGE	1048576
#define NOBODY	65534
#define MESSAGES	10000
#define OPTMEM	"/proc/sys/net/core/optmem_max"

/* SO_ZEROCOPY, by the name that this kernel lets the family have. */
static long enable(struct run *run, int fd, int value)
{
	if (run->family == AF_INET)
		return set(fd, SOL_SOCKET, SO_ZEROCOPY, value);
	return set(fd, SOL_NETSTACK, NETSTACK_ZEROCOPY, value);
}

static char *pages(size_t size)
{
	char *data = mmap(NULL, size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t i;

	if (data == MAP_FAILED) {
		perror("mmap");
		exit(1);
	}
	for (i = 0; i < size; i++)
		data[i] = (i * 2654435761u) >> 13;
	return data;
}

/* One entry of the error queue: messages @low to @high are done. */
struct done {
	unsigned int low, high;
	int code, origin, type, error;
	int name_len, flags;
	long ret;
};

static int done_read(int fd, struct done *done)
{
	char control[256], data[64];
	struct sockaddr_in name = { 0 };
	struct iovec vec = { data, sizeof(data) };
	struct msghdr msg = {
		.msg_name = &name,
		.msg_namelen = sizeof(name),
		.msg_iov = &vec,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct sock_extended_err ee;
	struct cmsghdr *cmsg;

	memset(done, 0, sizeof(*done));
	done->ret = recvmsg(fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT);
	if (done->ret < 0)
		return -1;
	done->name_len = msg.msg_namelen;
	done->flags = msg.msg_flags;
	cmsg = CMSG_FIRSTHDR(&msg);
	if (!cmsg || cmsg->cmsg_level != SOL_IP ||
	    cmsg->cmsg_type != IP_RECVERR) {
		fprintf(stderr, "no IP_RECVERR\n");
		exit(1);
	}
	memcpy(&ee, CMSG_DATA(cmsg), sizeof(ee));
	done->low = ee.ee_info;
	done->high = ee.ee_data;
	done->code = ee.ee_code;
	done->origin = ee.ee_origin;
	done->type = ee.ee_type;
	done->error = ee.ee_errno;
	return 0;
}

/* Note the next entry as it is. */
static void note_done(struct run *run, int fd)
{
	struct done done;
	int left;

	for (left = PATIENCE; left > 0 && done_read(fd, &done); left--)
		usleep(1000);
	note(run, left > 0, "is told");
	note(run, done.low, "low");
	note(run, done.high, "high");
	note(run, done.code, "code");
	note(run, done.origin, "origin");
	note(run, done.type, "type");
	note(run, done.error, "errno");
	note(run, done.name_len, "name");
	note(run, done.flags, "flags");
	note(run, done.ret, "data");
}

/* Note that there is nothing more. */
static void note_no_more(struct run *run, int fd)
{
	struct done done;

	usleep(30000);
	note(run, done_read(fd, &done), "no more");
	note(run, poll_bits(fd) & POLLERR, "no error");
}

/*
 * @count messages are told of, each once, however they are put together.
 * Return: were all of them?
 */
static int all_done(int fd, unsigned int count)
{
	static char told[MESSAGES];
	unsigned int seen = 0, i;
	struct done done;
	int left;

	memset(told, 0, sizeof(told));
	for (left = PATIENCE; left > 0 && seen < count; left--) {
		if (done_read(fd, &done)) {
			usleep(1000);
			continue;
		}
		for (i = done.low; i <= done.high; i++) {
			if (i >= count || i >= MESSAGES || told[i]++)
				return -1;
			seen++;
		}
	}
	return seen == count;
}

static void options(struct run *run)
{
	int listener = new_listener(run, 5);
	union endpoint address = at(run->port);
	int client = new_socket(run);
	char value = 1;
	int server;

	NOTE(run, get(client, SOL_SOCKET, SO_ZEROCOPY));
	NOTE(run, enable(run, client, 1));
	NOTE(run, get(client, SOL_SOCKET, SO_ZEROCOPY));
	NOTE(run, enable(run, client, 2));
	NOTE(run, enable(run, client, -1));
	NOTE(run, get(client, SOL_SOCKET, SO_ZEROCOPY));
	NOTE(run, enable(run, client, 0));
	NOTE(run, get(client, SOL_SOCKET, SO_ZEROCOPY));
	if (run->family == AF_INET)
		note(run, setsockopt(client, SOL_SOCKET, SO_ZEROCOPY, &value,
				     1), "too short");
	else
		note(run, setsockopt(client, SOL_NETSTACK, NETSTACK_ZEROCOPY,
				     &value, 1), "too short");
	NOTE(run, enable(run, listener, 1));
	NOTE(run, connect(client, (void *)&address, sizeof(address)));
	server = accept(listener, NULL, NULL);
	NOTE(run, get(server, SOL_SOCKET, SO_ZEROCOPY));
	if (run->family == AF_NETSTACK)
		note(run, get(server, SOL_NETSTACK, NETSTACK_ZEROCOPY) - 1,
		     "own name");
	else
		note(run, 0, "own name");
	close(client);
	close(server);
	close(listener);
}

/* The flag without the option: an ordinary message. */
static void not_enabled(struct run *run)
{
	char *data = pages(8192), got[8192];
	int client, server;

	new_pair(run, &client, &server);
	NOTE(run, send(client, data, 8192, MSG_ZEROCOPY));
	NOTE(run, recv(server, got, 8192, MSG_WAITALL));
	NOTE(run, memcmp(data, got, 8192));
	note_no_more(run, client);
	close(client);
	close(server);
	munmap(data, 8192);
}

static void sizes(struct run *run)
{
	static const size_t size[] = {
		1, 10, 255, 256, 257, 1000, 4095, 4096, 4097, 10000, 32768,
		65535, 65536, 70000,
	};
	char *data = pages(LARGE), *got = malloc(LARGE);
	int client, server;
	unsigned int i;

	new_pair(run, &client, &server);
	enable(run, client, 1);
	for (i = 0; i < sizeof(size) / sizeof(*size); i++) {
		memset(got, 0, size[i]);
		note(run, send(client, data + i * 3, size[i], MSG_ZEROCOPY),
		     "send %zu", size[i]);
		note(run, recv(server, got, size[i], MSG_WAITALL), "recv");
		note(run, memcmp(data + i * 3, got, size[i]), "content");
		note_done(run, client);
	}
	note_no_more(run, client);
	close(client);
	close(server);
	munmap(data, LARGE);
	free(got);
}

/* Reads all that comes, in a process of its own; exit status 0: as sent. */
static pid_t reader(int fd, int other, const char *expected, size_t size)
{
	static char got[LARGE];
	size_t at = 0;
	pid_t pid = fork();
	ssize_t n;

	if (pid)
		return pid;
	close(other);
	while (at < size && (n = recv(fd, got, sizeof(got), 0)) > 0) {
		if (memcmp(got, expected + at, n))
			_exit(2);
		at += n;
	}
	_exit(at != size);
}

static int reaped(pid_t pid)
{
	int status = -1;

	waitpid(pid, &status, 0);
	return status;
}

/* More than the send buffer holds, in messages of many sizes. */
static void stream(struct run *run)
{
	size_t size = 8 * LARGE, at = 0, step;
	char *data = pages(size);
	int client, server, count = 0;
	pid_t pid;

	new_pair(run, &client, &server);
	enable(run, client, 1);
	pid = reader(server, client, data, size);
	while (at < size) {
		step = 1 + (count * 7919) % 150000;
		if (step > size - at)
			step = size - at;
		/* Now and then one that is copied, or that waits for more. */
		if (send(client, data + at, step,
			 (count % 5 == 3 ? 0 : MSG_ZEROCOPY) |
			 (count % 7 == 4 ? MSG_MORE : 0)) != (ssize_t)step)
			break;
		at += step;
		count++;
	}
	note(run, at == size, "sent");
	note(run, reaped(pid), "received");
	/* Every fifth was copied in the first place. */
	note(run, all_done(client, count - (count + 1) / 5), "all are told of");
	note_no_more(run, client);
	close(client);
	close(server);
	munmap(data, size);
}

/* Messages that are done while nobody looks are told of together. */
static void ranges(struct run *run)
{
	char *data = pages(4096), got[4096];
	int client, server, i;

	new_pair(run, &client, &server);
	enable(run, client, 1);
	for (i = 0; i < 10; i++)
		note(run, send(client, data, 100, MSG_ZEROCOPY), "send");
	usleep(100000);
	NOTE(run, poll_bits(client));
	note_done(run, client);
	NOTE(run, poll_bits(client));
	note_no_more(run, client);
	NOTE(run, recv(server, got, 1000, MSG_WAITALL));
	/* Two messages in one segment. */
	NOTE(run, send(client, data, 100, MSG_ZEROCOPY | MSG_MORE));
	NOTE(run, send(client, data + 100, 100, MSG_ZEROCOPY));
	NOTE(run, recv(server, got, 200, MSG_WAITALL));
	NOTE(run, memcmp(got, data, 200));
	usleep(50000);
	note_done(run, client);
	note_no_more(run, client);
	NOTE(run, get(client, SOL_SOCKET, SO_ERROR));
	close(client);
	close(server);
	munmap(data, 4096);
}

/* More pieces than a segment has places for. */
static void scattered(struct run *run)
{
	char *data = pages(60 * 4096), got[6000];
	struct iovec vec[60];
	struct msghdr msg = { .msg_iov = vec, .msg_iovlen = 60 };
	int client, server, i, bad = 0;

	for (i = 0; i < 60; i++) {
		vec[i].iov_base = data + i * 4096 + i;
		vec[i].iov_len = 100;
	}
	new_pair(run, &client, &server);
	enable(run, client, 1);
	NOTE(run, sendmsg(client, &msg, MSG_ZEROCOPY));
	NOTE(run, recv(server, got, 6000, MSG_WAITALL));
	for (i = 0; i < 60; i++)
		bad += !!memcmp(got + i * 100, vec[i].iov_base, 100);
	note(run, bad, "content");
	note_done(run, client);
	note_no_more(run, client);
	close(client);
	close(server);
	munmap(data, 60 * 4096);
}

/* A message that was not sent has no number. */
static void failed(struct run *run)
{
	char *data = pages(8192), got[64];
	int client, server;

	signal(SIGPIPE, SIG_IGN);
	new_pair(run, &client, &server);
	enable(run, client, 1);
	mprotect(data + 4096, 4096, PROT_NONE);
	NOTE(run, send(client, data + 4096, 100, MSG_ZEROCOPY));
	NOTE(run, send(client, data, 0, MSG_ZEROCOPY));
	note_no_more(run, client);
	NOTE(run, send(client, data, 50, MSG_ZEROCOPY));
	NOTE(run, recv(server, got, 50, MSG_WAITALL));
	note_done(run, client);
	NOTE(run, shutdown(client, SHUT_WR));
	NOTE(run, send(client, data, 50, MSG_ZEROCOPY));
	NOTE(run, send(client, data, 50, MSG_ZEROCOPY | MSG_NOSIGNAL));
	note_no_more(run, client);
	close(client);
	close(server);
	munmap(data, 8192);
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		perror(path);
	close(fd);
}

static void option_memory(struct run *run)
{
	char *data = pages(4096), got[64], saved[32] = "";
	int client, server, fd = open(OPTMEM, O_RDONLY);

	note(run, read(fd, saved, sizeof(saved) - 1) > 0, "read");
	close(fd);
	new_pair(run, &client, &server);
	enable(run, client, 1);
	write_file(OPTMEM, "100");
	NOTE(run, send(client, data, 50, MSG_ZEROCOPY));
	NOTE(run, send(client, data, 50, 0));
	NOTE(run, recv(server, got, 50, MSG_WAITALL));
	note_no_more(run, client);
	write_file(OPTMEM, saved);
	NOTE(run, send(client, data, 50, MSG_ZEROCOPY));
	note_done(run, client);
	close(client);
	close(server);
	munmap(data, 4096);
}

/* Run @scenario as a user who may lock @limit bytes. */
static void locked(struct run *run, rlim_t limit,
		   void (*scenario)(struct run *run, int client, int server))
{
	struct rlimit lock = { limit, limit };
	struct run *shared = mmap(NULL, sizeof(*run), PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	*shared = *run;
	pid = fork();
	if (!pid) {
		if (setrlimit(RLIMIT_MEMLOCK, &lock) ||
		    setresuid(NOBODY, NOBODY, NOBODY))
			_exit(1);
		scenario(shared, -1, -1);
		_exit(0);
	}
	note(shared, reaped(pid), "process");
	*run = *shared;
	munmap(shared, sizeof(*run));
}

static void too_much(struct run *run, int client, int server)
{
	char *data = pages(LARGE), got[64];

	new_pair(run, &client, &server);
	enable(run, client, 1);
	NOTE(run, send(client, data, LARGE, MSG_ZEROCOPY));
	NOTE(run, send(client, data, 50, MSG_ZEROCOPY));
	NOTE(run, recv(server, got, 50, MSG_WAITALL));
	note_done(run, client);
	note_no_more(run, client);
	close(client);
	close(server);
}

/* Pages that were kept would count against the limit for ever. */
static void given_back(struct run *run, int client, int server)
{
	struct linger linger = { .l_onoff = 1 };
	char *data = pages(LARGE / 2);
	int i, sent = 0;

	for (i = 0; i < 20; i++) {
		new_pair(run, &client, &server);
		enable(run, client, 1);
		fcntl(client, F_SETFL, O_NONBLOCK);
		sent += send(client, data, LARGE / 2, MSG_ZEROCOPY) > 0;
		/* By a reset of ours, of theirs, or with what is unsent. */
		if (i % 3 == 0)
			setsockopt(client, SOL_SOCKET, SO_LINGER, &linger,
				   sizeof(linger));
		if (i % 3 == 1)
			close(server);
		close(client);
		if (i % 3 != 1)
			close(server);
		usleep(20000);
	}
	note(run, sent, "messages");
}

static void memory_limit(struct run *run)
{
	locked(run, LARGE / 2, too_much);
}

static void ends_early(struct run *run)
{
	locked(run, LARGE, given_back);
}

/* The peer resets the connection: all that was taken is told of. */
static void reset(struct run *run)
{
	char *data = pages(LARGE);
	int client, server, count = 0;

	new_pair(run, &client, &server);
	enable(run, client, 1);
	set(server, SOL_SOCKET, SO_RCVBUF, 20000);
	fcntl(client, F_SETFL, O_NONBLOCK);
	while (send(client, data, 10000, MSG_ZEROCOPY) > 0)
		count++;
	note(run, count > 3, "some are sent");
	note(run, errno, "then it is full");
	close(server);
	await(client, POLLHUP);
	NOTE(run, get(client, SOL_SOCKET, SO_ERROR));
	note(run, all_done(client, count), "all are told of");
	note_no_more(run, client);
	close(client);
	munmap(data, LARGE);
}

static void datagram_pair(struct run *run, int *client, int *server)
{
	union endpoint address = at(0);

	*client = socket(run->family, SOCK_DGRAM, 0);
	*server = socket(run->family, SOCK_DGRAM, 0);
	bind(*server, (void *)&address, sizeof(address));
	address = at(port_of(*server));
	if (connect(*client, (void *)&address, sizeof(address))) {
		perror("connect");
		exit(1);
	}
}

static void datagrams(struct run *run)
{
	static const size_t size[] = { 1, 100, 4096, 20000, 65000 };
	char *data = pages(70000), got[70000];
	union endpoint address;
	int client, server, other;
	unsigned int i;

	datagram_pair(run, &client, &server);
	NOTE(run, send(client, data, 10, MSG_ZEROCOPY));
	NOTE(run, recv(server, got, 10, 0));
	note_no_more(run, client);
	NOTE(run, enable(run, client, 1));
	NOTE(run, get(client, SOL_SOCKET, SO_ZEROCOPY));
	for (i = 0; i < sizeof(size) / sizeof(*size); i++) {
		note(run, send(client, data + i, size[i], MSG_ZEROCOPY),
		     "send %zu", size[i]);
		note(run, recv(server, got, sizeof(got), 0), "recv");
		note(run, memcmp(got, data + i, size[i]), "content");
		note_done(run, client);
	}
	NOTE(run, send(client, data, 0, MSG_ZEROCOPY));
	NOTE(run, recv(server, got, sizeof(got), 0));
	NOTE(run, send(client, data, 65600, MSG_ZEROCOPY));
	NOTE(run, send(client, data, 65520, MSG_ZEROCOPY));
	note_no_more(run, client);
	/* Three in one that waits for more. */
	NOTE(run, send(client, data, 100, MSG_ZEROCOPY | MSG_MORE));
	NOTE(run, send(client, data + 100, 100, MSG_ZEROCOPY | MSG_MORE));
	NOTE(run, send(client, data + 200, 100, MSG_ZEROCOPY));
	NOTE(run, recv(server, got, sizeof(got), 0));
	NOTE(run, memcmp(got, data, 300));
	note_done(run, client);
	note_no_more(run, client);
	/* One that is too long with what was there before. */
	NOTE(run, send(client, data, 100, MSG_ZEROCOPY | MSG_MORE));
	NOTE(run, send(client, data, 65500, MSG_ZEROCOPY));
	note_done(run, client);
	note_no_more(run, client);
	/* Not connected. */
	other = socket(run->family, SOCK_DGRAM, 0);
	enable(run, other, 1);
	NOTE(run, send(other, data, 100, MSG_ZEROCOPY));
	address = at(port_of(server));
	NOTE(run, sendto(other, data, 3000, MSG_ZEROCOPY, (void *)&address,
			 sizeof(address)));
	NOTE(run, recv(server, got, sizeof(got), 0));
	NOTE(run, memcmp(got, data, 3000));
	note_done(run, other);
	/* Closed while it waits for more. */
	NOTE(run, send(client, data, 100, MSG_ZEROCOPY | MSG_MORE));
	close(other);
	close(client);
	close(server);
	munmap(data, 70000);
}

/* Data in the SYN, and after it: one message, one number. */
static void fast_open(struct run *run)
{
	const char *path = run->family == AF_INET ?
			   "/proc/sys/net/ipv4/tcp_fastopen" :
			   "/proc/sys/net/netstack/tcp_fastopen";
	char *data = pages(100000), *got = malloc(100000);
	union endpoint address;
	int listener, client, server, i;

	/* Client and server, without cookies. */
	write_file(path, "519");
	listener = new_listener(run, 5);
	NOTE(run, set(listener, SOL_TCP, TCP_FASTOPEN, 5));
	address = at(run->port);
	for (i = 100; i <= 90000; i += 89900) {
		client = new_socket(run);
		enable(run, client, 1);
		note(run, sendto(client, data, i, MSG_FASTOPEN | MSG_ZEROCOPY,
				 (void *)&address, sizeof(address)), "send");
		server = accept(listener, NULL, NULL);
		NOTE(run, recv(server, got, i, MSG_WAITALL));
		NOTE(run, memcmp(got, data, i));
		note_done(run, client);
		NOTE(run, send(client, data, 100, MSG_ZEROCOPY));
		NOTE(run, recv(server, got, 100, MSG_WAITALL));
		note_done(run, client);
		note_no_more(run, client);
		close(client);
		close(server);
	}
	close(listener);
	write_file(path, "1");
	munmap(data, 100000);
	free(got);
}

static void ring_send(struct ring *ring, int fd, const char *data, size_t len)
{
	struct io_uring_sqe *entry = ring_entry(ring, IORING_OP_SEND_ZC, fd);

	entry->addr = (unsigned long)data;
	entry->len = len;
	ring_submit(ring);
}

/* Note what the next completion says. */
static void ring_note(struct run *run, struct ring *ring)
{
	unsigned int flags;

	note(run, ring_result(ring, &flags), "result");
	note(run, flags, "flags");
}

static void io_uring(struct run *run)
{
	char *data = pages(LARGE), *got = malloc(LARGE);
	int client, server, i;
	struct ring ring;

	if (note(run, ring_open(&ring, 0) < 0, "ring"))
		return;
	new_pair(run, &client, &server);
	for (i = 100; i < 60000; i *= 5) {
		ring_send(&ring, client, data + i, i);
		ring_note(run, &ring);
		NOTE(run, recv(server, got, i, MSG_WAITALL));
		NOTE(run, memcmp(got, data + i, i));
		ring_note(run, &ring);
	}
	note_no_more(run, client);
	close(client);
	close(server);
	datagram_pair(run, &client, &server);
	for (i = 100; i < 60000; i *= 5) {
		ring_send(&ring, client, data + i, i);
		ring_note(run, &ring);
		NOTE(run, recv(server, got, i, 0));
		NOTE(run, memcmp(got, data + i, i));
		ring_note(run, &ring);
	}
	note_no_more(run, client);
	close(client);
	close(server);
	ring_close(&ring);
	munmap(data, LARGE);
	free(got);
}

TEST(options__as_on_the_host)
{
	compare(_metadata, options);
}

TEST(not_enabled__as_on_the_host)
{
	compare(_metadata, not_enabled);
}

TEST(sizes__as_on_the_host)
{
	compare(_metadata, sizes);
}

TEST(stream__as_on_the_host)
{
	compare(_metadata, stream);
}

TEST(ranges__as_on_the_host)
{
	compare(_metadata, ranges);
}

TEST(scattered__as_on_the_host)
{
	compare(_metadata, scattered);
}

TEST(failed__as_on_the_host)
{
	compare(_metadata, failed);
}

TEST(option_memory__as_on_the_host)
{
	compare(_metadata, option_memory);
}

TEST(memory_limit__as_on_the_host)
{
	compare(_metadata, memory_limit);
}

TEST(ends_early__gives_pages_back)
{
	compare(_metadata, ends_early);
}

TEST(reset__as_on_the_host)
{
	compare(_metadata, reset);
}

TEST(datagrams__as_on_the_host)
{
	compare(_metadata, datagrams);
}

TEST(fast_open__as_on_the_host)
{
	compare(_metadata, fast_open);
}

TEST(io_uring__as_on_the_host)
{
	compare(_metadata, io_uring);
}

/* By the name that every other socket has; before 6.3 it is net/core's. */
TEST(so_zerocopy__works_or_is_refused)
{
	int fd = socket(AF_NETSTACK, SOCK_STREAM, 0);
	int err = set(fd, SOL_SOCKET, SO_ZEROCOPY, 1);

	EXPECT_TRUE(!err || errno == EOPNOTSUPP);
	EXPECT_EQ(!err, get(fd, SOL_SOCKET, SO_ZEROCOPY));
	close(fd);
}

TEST_HARNESS_MAIN
