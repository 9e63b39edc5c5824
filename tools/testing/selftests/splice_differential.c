// SPDX-License-Identifier: GPL-2.0
/*
 * splice(2), sendfile(2) and tee(2) with sockets of AF_INET and AF_NETSTACK:
 * that the bytes arrive, what each call returns, and when it waits.
 *
 * guest: stock timeout=180
 */
#define _GNU_SOURCE
#include "stream_differential.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/wait.h>

#define FILE_SIZE	(10 << 20)

static int pipe_signals;

static void count_signal(int number)
{
	__atomic_add_fetch(&pipe_signals, 1, __ATOMIC_RELAXED);
}

static unsigned char byte_at(size_t at)
{
	return (at * 2654435761u) >> 13;
}

/* A file of known content. */
static int new_file(size_t size)
{
	static char block[65536];
	int fd = memfd_create("content", 0);
	size_t at, i, step;

	for (at = 0; at < size; at += step) {
		step = size - at < sizeof(block) ? size - at : sizeof(block);
		for (i = 0; i < step; i++)
			block[i] = byte_at(at + i);
		if (write(fd, block, step) != (ssize_t)step) {
			perror("write");
			exit(1);
		}
	}
	lseek(fd, 0, SEEK_SET);
	return fd;
}

/* Is it what follows @at in the file? */
static int same(const char *data, size_t len, size_t at)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if ((unsigned char)data[i] != byte_at(at + i))
			return 0;
	}
	return 1;
}

/* Reads @size bytes in a process of its own; exit status 0: as sent. */
static pid_t reader(int fd, int other, size_t size)
{
	static char got[100000];
	size_t at = 0;
	pid_t pid = fork();
	ssize_t n;

	if (pid)
		return pid;
	close(other);
	while (at < size && (n = recv(fd, got, sizeof(got), 0)) > 0) {
		if (!same(got, n, at))
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

static void new_pipe(int ends[2])
{
	if (pipe(ends)) {
		perror("pipe");
		exit(1);
	}
}

static void close_pipe(int ends[2])
{
	close(ends[0]);
	close(ends[1]);
}

static void patience(int fd, int ms)
{
	struct timeval time = { ms / 1000, ms % 1000 * 1000 };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof(time));
}

static void whole_file(struct run *run)
{
	int client, server, file = new_file(FILE_SIZE);
	size_t at = 0;
	ssize_t n;
	pid_t pid;

	new_pair(run, &client, &server);
	pid = reader(server, client, FILE_SIZE);
	while (at < FILE_SIZE) {
		n = sendfile(client, file, NULL, FILE_SIZE - at);
		if (n <= 0)
			break;
		at += n;
	}
	note(run, at, "sent");
	NOTE(run, sendfile(client, file, NULL, 100));
	note(run, reaped(pid), "received");
	close(client);
	close(server);
	close(file);
}

static void parts_of_file(struct run *run)
{
	int client, server, file = new_file(100000);
	off_t at = 12345;
	char got[50000];

	new_pair(run, &client, &server);
	NOTE(run, sendfile(client, file, &at, 20001));
	note(run, at, "position");
	NOTE(run, recv(server, got, 20001, MSG_WAITALL));
	note(run, same(got, 20001, 12345), "content");
	/* Past the end. */
	at = 99990;
	NOTE(run, sendfile(client, file, &at, 5000));
	NOTE(run, recv(server, got, 10, MSG_WAITALL));
	note(run, same(got, 10, 99990), "content");
	note(run, at, "position");
	/* Between what is copied. */
	NOTE(run, send(client, "head", 4, MSG_MORE));
	at = 1;
	NOTE(run, sendfile(client, file, &at, 3000));
	NOTE(run, send(client, "tail", 4, 0));
	NOTE(run, recv(server, got, 3008, MSG_WAITALL));
	note(run, !memcmp(got, "head", 4) && same(got + 4, 3000, 1) &&
	     !memcmp(got + 3004, "tail", 4), "content");
	close(client);
	close(server);
	close(file);
}

static void full(struct run *run)
{
	int client, server, error, file = new_file(FILE_SIZE);
	struct pollfd poll_fd = { .events = POLLOUT };
	off_t at = 0;

	new_pair(run, &client, &server);
	fcntl(client, F_SETFL, O_NONBLOCK);
	poll_fd.fd = client;
	/* The buffer grows as long as the peer takes what is sent. */
	do {
		while (sendfile(client, file, &at, FILE_SIZE - at) > 0)
			;
		error = errno;
	} while (poll(&poll_fd, 1, 100) > 0);
	note(run, error, "full");
	note(run, at > 100000 && at < FILE_SIZE, "part of it went");
	NOTE(run, poll_bits(client) & POLLOUT);
	fcntl(client, F_SETFL, 0);
	patience(client, 50);
	/* Less than poll(2) asks for may still go in. */
	while (sendfile(client, file, &at, FILE_SIZE - at) > 0)
		;
	note(run, errno, "patience is over");
	close(client);
	close(server);
	close(file);
}

/* A pipe's pages through a connection into another pipe. */
static void pipe_to_pipe(struct run *run)
{
	int client, server, in[2], out[2], i;
	char data[5000], got[5000];

	for (i = 0; i < 5000; i++)
		data[i] = byte_at(i);
	new_pair(run, &client, &server);
	new_pipe(in);
	new_pipe(out);
	for (i = 0; i < 5000; i += 1000)
		note(run, write(in[1], data + i, 1000), "write");
	NOTE(run, splice(in[0], NULL, client, NULL, 5000, 0));
	usleep(50000);
	NOTE(run, request(server, SIOCINQ));
	NOTE(run, splice(server, NULL, out[1], NULL, 1, 0));
	NOTE(run, splice(server, NULL, out[1], NULL, 999, 0));
	NOTE(run, request(server, SIOCINQ));
	NOTE(run, splice(server, NULL, out[1], NULL, 60000, SPLICE_F_MOVE));
	NOTE(run, request(server, SIOCINQ));
	NOTE(run, read(out[0], got, 5000));
	note(run, same(got, 5000, 0), "content");
	/* What was read is gone. */
	patience(server, 50);
	NOTE(run, splice(server, NULL, out[1], NULL, 60000, 0));
	NOTE(run, splice(server, NULL, out[1], NULL, 60000, SPLICE_F_NONBLOCK));
	NOTE(run, recv(server, got, 1, MSG_DONTWAIT));
	NOTE(run, splice(server, NULL, out[1], NULL, 0, 0));
	close_pipe(in);
	close_pipe(out);
	close(client);
	close(server);
}

static void teed(struct run *run)
{
	int client, server, in[2], copy[2];
	char got[200];

	new_pair(run, &client, &server);
	new_pipe(in);
	new_pipe(copy);
	NOTE(run, send(client, "from the network", 16, 0));
	await(server, POLLIN);
	NOTE(run, splice(server, NULL, in[1], NULL, 100, 0));
	NOTE(run, tee(in[0], copy[1], 100, 0));
	NOTE(run, splice(copy[0], NULL, server, NULL, 100, 0));
	NOTE(run, recv(client, got, 16, MSG_WAITALL));
	NOTE(run, memcmp(got, "from the network", 16));
	NOTE(run, read(in[0], got, 100));
	NOTE(run, memcmp(got, "from the network", 16));
	close_pipe(in);
	close_pipe(copy);
	close(client);
	close(server);
}

/* Much, by a pipe that holds little. */
static void narrow_pipe(struct run *run)
{
	int client, server, file = new_file(300000), out[2];
	size_t at = 0;
	char got[70000];
	ssize_t n, m;
	pid_t pid;

	new_pair(run, &client, &server);
	pid = fork();
	if (!pid) {
		close(server);
		for (at = 0; at < 300000; at += n) {
			n = sendfile(client, file, NULL, 300000 - at);
			if (n <= 0)
				_exit(1);
		}
		_exit(0);
	}
	close(client);
	new_pipe(out);
	fcntl(out[1], F_SETPIPE_SZ, 8192);
	while ((n = splice(server, NULL, out[1], NULL, 300000, 0)) > 0) {
		while (n > 0) {
			m = read(out[0], got, sizeof(got));
			if (m <= 0 || !same(got, m, at))
				break;
			at += m;
			n -= m;
		}
		if (n)
			break;
	}
	note(run, at, "received");
	note(run, n, "end of the stream");
	note(run, reaped(pid), "sender");
	close_pipe(out);
	close(server);
	close(file);
}

static void full_pipe(struct run *run)
{
	int client, server, out[2];
	char page[4096] = "";

	new_pair(run, &client, &server);
	new_pipe(out);
	fcntl(out[1], F_SETPIPE_SZ, 4096);
	NOTE(run, write(out[1], page, 4096));
	NOTE(run, send(client, page, 100, 0));
	await(server, POLLIN);
	NOTE(run, splice(server, NULL, out[1], NULL, 100, SPLICE_F_NONBLOCK));
	NOTE(run, request(server, SIOCINQ));
	NOTE(run, read(out[0], page, 4096));
	NOTE(run, splice(server, NULL, out[1], NULL, 100, SPLICE_F_NONBLOCK));
	NOTE(run, request(server, SIOCINQ));
	/* Nobody reads the pipe. */
	NOTE(run, send(client, page, 100, 0));
	await(server, POLLIN);
	close(out[0]);
	pipe_signals = 0;
	signal(SIGPIPE, count_signal);
	NOTE(run, splice(server, NULL, out[1], NULL, 100, 0));
	note(run, pipe_signals, "signals");
	NOTE(run, request(server, SIOCINQ));
	close(out[1]);
	close(client);
	close(server);
}

static void nothing_there(struct run *run)
{
	int client, server, out[2], fresh, listener;
	loff_t at = 0;

	new_pipe(out);
	new_pair(run, &client, &server);
	fcntl(server, F_SETFL, O_NONBLOCK);
	NOTE(run, splice(server, NULL, out[1], NULL, 100, 0));
	NOTE(run, splice(server, NULL, out[1], NULL, 100, SPLICE_F_NONBLOCK));
	fcntl(server, F_SETFL, 0);
	NOTE(run, splice(server, &at, out[1], NULL, 100, 0));
	patience(server, 60);
	NOTE(run, splice(server, NULL, out[1], NULL, 100, 0));
	NOTE(run, send(client, "end", 3, 0));
	NOTE(run, shutdown(client, SHUT_WR));
	await(server, POLLRDHUP);
	NOTE(run, splice(server, NULL, out[1], NULL, 100, 0));
	NOTE(run, splice(server, NULL, out[1], NULL, 100, 0));
	NOTE(run, splice(server, NULL, out[1], NULL, 100, 0));
	NOTE(run, poll_bits(server));
	close(client);
	close(server);

	new_pair(run, &client, &server);
	NOTE(run, shutdown(server, SHUT_RD));
	NOTE(run, splice(server, NULL, out[1], NULL, 100, 0));
	close(client);
	close(server);

	fresh = new_socket(run);
	NOTE(run, splice(fresh, NULL, out[1], NULL, 100, 0));
	close(fresh);
	listener = new_listener(run, 1);
	NOTE(run, splice(listener, NULL, out[1], NULL, 100, 0));
	close(listener);
	close_pipe(out);
}

/* A reader that waits is woken by data, and takes no more than is there. */
static void waits(struct run *run)
{
	int client, server, out[2];
	pid_t pid;

	new_pipe(out);
	new_pair(run, &client, &server);
	pid = fork();
	if (!pid) {
		usleep(100000);
		_exit(send(client, "late", 4, 0) != 4);
	}
	NOTE(run, splice(server, NULL, out[1], NULL, 100, 0));
	note(run, reaped(pid), "sender");
	close(client);
	close(server);
	close_pipe(out);
}

static void reset(struct run *run)
{
	struct linger linger = { .l_onoff = 1 };
	int client, server, in[2], out[2];

	signal(SIGPIPE, count_signal);
	new_pipe(in);
	new_pipe(out);
	new_pair(run, &client, &server);
	setsockopt(client, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	close(client);
	await(server, POLLHUP);
	NOTE(run, splice(server, NULL, out[1], NULL, 100, 0));
	NOTE(run, splice(server, NULL, out[1], NULL, 100, 0));
	NOTE(run, write(in[1], "data", 4));
	pipe_signals = 0;
	NOTE(run, splice(in[0], NULL, server, NULL, 4, 0));
	note(run, pipe_signals, "signals");
	close(server);

	new_pair(run, &client, &server);
	NOTE(run, shutdown(client, SHUT_WR));
	pipe_signals = 0;
	NOTE(run, splice(in[0], NULL, client, NULL, 4, 0));
	note(run, pipe_signals, "signals");
	close(client);
	client = new_socket(run);
	NOTE(run, splice(in[0], NULL, client, NULL, 4, 0));
	close(client);
	close(server);
	close_pipe(in);
	close_pipe(out);
}

static void urgent(struct run *run)
{
	int client, server, out[2];
	char got[20];

	new_pipe(out);
	new_pair(run, &client, &server);
	NOTE(run, send(client, "12345", 5, 0));
	NOTE(run, send(client, "!", 1, MSG_OOB));
	NOTE(run, send(client, "67890", 5, 0));
	await(server, POLLPRI);
	usleep(20000);
	NOTE(run, splice(server, NULL, out[1], NULL, 3, 0));
	NOTE(run, splice(server, NULL, out[1], NULL, 100, 0));
	NOTE(run, request(server, SIOCATMARK));
	NOTE(run, splice(server, NULL, out[1], NULL, 100, 0));
	fcntl(server, F_SETFL, O_NONBLOCK);
	NOTE(run, splice(server, NULL, out[1], NULL, 100, 0));
	NOTE(run, recv(server, got, 1, MSG_OOB));
	NOTE(run, splice(server, NULL, out[1], NULL, 100, 0));
	NOTE(run, recv(server, got, 1, 0));
	note(run, got[0], "behind the mark");
	NOTE(run, splice(server, NULL, out[1], NULL, 100, 0));
	NOTE(run, read(out[0], got, 20));
	NOTE(run, memcmp(got, "123457890", 9));
	close(client);
	close(server);
	close_pipe(out);
}

/* SPLICE_F_MORE: a small segment waits for what follows. */
static void more(struct run *run)
{
	int client, server, in[2], file = new_file(20000);
	char got[20000];
	off_t at = 0;

	new_pipe(in);
	new_pair(run, &client, &server);
	NOTE(run, write(in[1], "0123456789", 10));
	NOTE(run, splice(in[0], NULL, client, NULL, 10, SPLICE_F_MORE));
	usleep(30000);
	NOTE(run, request(server, SIOCINQ));
	NOTE(run, request(client, SIOCOUTQNSD));
	NOTE(run, write(in[1], "0123456789", 10));
	NOTE(run, splice(in[0], NULL, client, NULL, 10, 0));
	await(server, POLLIN);
	NOTE(run, request(server, SIOCINQ));
	NOTE(run, recv(server, got, 20, MSG_WAITALL));

	NOTE(run, set(client, SOL_TCP, TCP_CORK, 1));
	NOTE(run, sendfile(client, file, &at, 300));
	usleep(30000);
	NOTE(run, request(server, SIOCINQ));
	NOTE(run, sendfile(client, file, &at, 300));
	NOTE(run, set(client, SOL_TCP, TCP_CORK, 0));
	NOTE(run, recv(server, got, 600, MSG_WAITALL));
	note(run, same(got, 600, 0), "content");
	/* Several pages, none of which waits when it is the last. */
	NOTE(run, sendfile(client, file, &at, 19400));
	NOTE(run, recv(server, got, 19400, MSG_WAITALL));
	note(run, same(got, 19400, 600), "content");
	close(client);
	close(server);
	close(file);
	close_pipe(in);
}

static void datagrams(struct run *run)
{
	int client = socket(run->family, SOCK_DGRAM, 0);
	int server = socket(run->family, SOCK_DGRAM, 0);
	int in[2], out[2], file = new_file(100000);
	union endpoint address = at(0);
	static char got[100000];
	off_t where = 0;

	bind(server, (void *)&address, sizeof(address));
	address = at(port_of(server));
	patience(server, 300);
	new_pipe(in);
	new_pipe(out);
	NOTE(run, write(in[1], got, 10));
	NOTE(run, splice(in[0], NULL, client, NULL, 10, 0));
	note(run, connect(client, (void *)&address, sizeof(address)),
	     "connect");
	NOTE(run, splice(in[0], NULL, client, NULL, 10, SPLICE_F_NONBLOCK));
	NOTE(run, recv(server, got, 100000, MSG_DONTWAIT));
	/* Two buffers of the pipe. */
	NOTE(run, write(in[1], got, 4096));
	NOTE(run, write(in[1], got, 904));
	NOTE(run, splice(in[0], NULL, client, NULL, 5000, 0));
	NOTE(run, recv(server, got, 100000, 0));
	NOTE(run, recv(server, got, 100000, MSG_DONTWAIT));
	/* Two that are to be one. */
	NOTE(run, write(in[1], got, 300));
	NOTE(run, splice(in[0], NULL, client, NULL, 300, SPLICE_F_MORE));
	NOTE(run, recv(server, got, 100000, MSG_DONTWAIT));
	NOTE(run, send(client, got, 200, 0));
	NOTE(run, recv(server, got, 100000, 0));
	NOTE(run, sendfile(client, file, &where, 10000));
	NOTE(run, recv(server, got, 100000, 0));
	note(run, same(got, 1000, 0), "content");
	NOTE(run, recv(server, got, 100000, MSG_DONTWAIT));
	/* One into a pipe. */
	NOTE(run, send(client, got, 700, 0));
	NOTE(run, splice(server, NULL, out[1], NULL, 5000, 0));
	NOTE(run, read(out[0], got, 5000));
	close(client);
	close(server);
	close(file);
	close_pipe(in);
	close_pipe(out);
}

TEST(whole_file__as_on_the_host)
{
	compare(_metadata, whole_file);
}

TEST(parts_of_file__as_on_the_host)
{
	compare(_metadata, parts_of_file);
}

TEST(full__as_on_the_host)
{
	compare(_metadata, full);
}

TEST(pipe_to_pipe__as_on_the_host)
{
	compare(_metadata, pipe_to_pipe);
}

TEST(teed__as_on_the_host)
{
	compare(_metadata, teed);
}

TEST(narrow_pipe__as_on_the_host)
{
	compare(_metadata, narrow_pipe);
}

TEST(full_pipe__as_on_the_host)
{
	compare(_metadata, full_pipe);
}

TEST(nothing_there__as_on_the_host)
{
	compare(_metadata, nothing_there);
}

TEST(waits__as_on_the_host)
{
	compare(_metadata, waits);
}

TEST(reset__as_on_the_host)
{
	compare(_metadata, reset);
}

TEST(urgent__as_on_the_host)
{
	compare(_metadata, urgent);
}

TEST(more__as_on_the_host)
{
	compare(_metadata, more);
}

TEST(datagrams__as_on_the_host)
{
	compare(_metadata, datagrams);
}

TEST_HARNESS_MAIN
