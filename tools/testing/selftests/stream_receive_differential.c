// SPDX-License-Identifier: GPL-2.0
/*
 * RECEIVE as AF_INET and AF_NETSTACK have it: what recvmsg(2) returns and
 * tells, and when there is enough to read.
 *
 * guest: stock timeout=180
 */
#define _GNU_SOURCE
#include "stream_differential.h"

static void low_water_mark(struct run *run)
{
	int client, server;
	char data[64] = "";

	new_pair(run, &client, &server);
	NOTE(run, set(server, SOL_SOCKET, SO_RCVLOWAT, 10));
	NOTE(run, get(server, SOL_SOCKET, SO_RCVLOWAT));
	NOTE(run, send(client, data, 9, 0));
	usleep(50000);
	NOTE(run, poll_bits(server));
	NOTE(run, send(client, data, 1, 0));
	await(server, POLLIN);
	NOTE(run, poll_bits(server));
	NOTE(run, recv(server, data, 64, 0));
	NOTE(run, set(server, SOL_SOCKET, SO_RCVLOWAT, 0));
	NOTE(run, get(server, SOL_SOCKET, SO_RCVLOWAT));
	NOTE(run, set(server, SOL_SOCKET, SO_RCVLOWAT, -1));
	close(client);
	close(server);
}

/* recvmsg() and what TCP_INQ tells of the rest; -1: nothing. */
static long recv_inq(int fd, void *data, size_t len, int flags, int *inq)
{
	char control[CMSG_SPACE(sizeof(int))];
	struct iovec vec = { data, len };
	struct msghdr msg = {
		.msg_iov = &vec,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg;
	long got;

	*inq = -1;
	got = recvmsg(fd, &msg, flags);
	if (got < 0)
		return got;
	cmsg = CMSG_FIRSTHDR(&msg);
	if (cmsg && cmsg->cmsg_level == SOL_TCP &&
	    cmsg->cmsg_type == TCP_CM_INQ)
		memcpy(inq, CMSG_DATA(cmsg), sizeof(*inq));
	return got;
}

static void bytes_left(struct run *run)
{
	int client, server, inq;
	char data[128] = "";

	new_pair(run, &client, &server);
	NOTE(run, get(server, SOL_TCP, TCP_INQ));
	NOTE(run, set(server, SOL_TCP, TCP_INQ, 2));
	NOTE(run, set(server, SOL_TCP, TCP_INQ, -1));
	NOTE(run, send(client, data, 100, 0));
	await(server, POLLIN);
	NOTE(run, recv_inq(server, data, 10, 0, &inq));
	note(run, inq, "left, not asked for");
	NOTE(run, set(server, SOL_TCP, TCP_INQ, 1));
	NOTE(run, get(server, SOL_TCP, TCP_INQ));
	NOTE(run, recv_inq(server, data, 40, 0, &inq));
	note(run, inq, "left");
	NOTE(run, recv_inq(server, data, 20, MSG_PEEK, &inq));
	note(run, inq, "left after a peek");
	NOTE(run, recv_inq(server, data, 50, 0, &inq));
	note(run, inq, "left after all");
	NOTE(run, recv_inq(server, data, 1, MSG_DONTWAIT, &inq));
	NOTE(run, shutdown(client, SHUT_WR));
	await(server, POLLRDHUP);
	NOTE(run, recv_inq(server, data, 1, 0, &inq));
	note(run, inq, "left at the end");
	NOTE(run, send(server, data, 2, MSG_OOB));
	await(client, POLLPRI);
	NOTE(run, set(client, SOL_TCP, TCP_INQ, 1));
	NOTE(run, recv_inq(client, data, 1, MSG_OOB, &inq));
	note(run, inq, "left beside urgent data");
	close(client);
	close(server);
}

static void inherited(struct run *run)
{
	int listener = new_listener(run, 5);
	union endpoint address = at(run->port);
	int client = new_socket(run);
	int server;

	NOTE(run, set(listener, SOL_TCP, TCP_INQ, 1));
	NOTE(run, set(listener, SOL_TCP, TCP_QUICKACK, 0));
	NOTE(run, set(listener, SOL_SOCKET, SO_RCVLOWAT, 5));
	NOTE(run, set(listener, SOL_SOCKET, SO_RCVBUF, 10000));
	NOTE(run, connect(client, (void *)&address, sizeof(address)));
	server = accept(listener, NULL, NULL);
	note(run, server < 0, "accept");
	NOTE(run, get(server, SOL_TCP, TCP_INQ));
	NOTE(run, get(server, SOL_SOCKET, SO_RCVLOWAT));
	NOTE(run, get(server, SOL_SOCKET, SO_RCVBUF));
	NOTE(run, get(server, SOL_TCP, TCP_WINDOW_CLAMP));
	close(client);
	close(server);
	close(listener);
}

static void wait_all(struct run *run)
{
	struct timeval patience = { .tv_usec = 100000 };
	int client, server;
	char data[64] = "";

	new_pair(run, &client, &server);
	NOTE(run, setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &patience,
			     sizeof(patience)));
	NOTE(run, recv(server, data, 64, MSG_WAITALL));
	NOTE(run, send(client, data, 10, 0));
	NOTE(run, recv(server, data, 64, MSG_WAITALL));
	NOTE(run, send(client, data, 10, 0));
	await(server, POLLIN);
	NOTE(run, recv(server, data, 64, MSG_WAITALL | MSG_DONTWAIT));
	NOTE(run, send(client, data, 20, 0));
	await(server, POLLIN);
	NOTE(run, recv(server, data, 30, MSG_WAITALL | MSG_PEEK));
	NOTE(run, recv(server, data, 20, MSG_WAITALL));
	NOTE(run, send(client, data, 7, 0));
	NOTE(run, shutdown(client, SHUT_WR));
	NOTE(run, recv(server, data, 64, MSG_WAITALL));
	NOTE(run, recv(server, data, 64, MSG_WAITALL));
	close(client);
	close(server);
}

static void discarded(struct run *run)
{
	int client, server, i;
	char data[100];

	for (i = 0; i < 100; i++)
		data[i] = i;
	new_pair(run, &client, &server);
	NOTE(run, send(client, data, 100, 0));
	await(server, POLLIN);
	/* tcp(7): thrown away, the buffer is not looked at. */
	NOTE(run, recv(server, NULL, 30, MSG_TRUNC));
	NOTE(run, recv(server, NULL, 30, MSG_TRUNC | MSG_PEEK));
	NOTE(run, recv(server, data, 10, MSG_PEEK));
	note(run, data[0], "what is next");
	NOTE(run, recv(server, data, 20, 0));
	note(run, data[19], "last of it");
	NOTE(run, request(server, SIOCINQ));
	NOTE(run, recv(server, NULL, 1000, MSG_TRUNC));
	NOTE(run, recv(server, NULL, 1000, MSG_TRUNC | MSG_DONTWAIT));
	/* No such thing for a stream, on this host. */
	NOTE(run, set(server, SOL_SOCKET, SO_PEEK_OFF, 0));
	NOTE(run, get(server, SOL_SOCKET, SO_PEEK_OFF));
	close(client);
	close(server);
}

/* Send @len bytes, as the peer's window admits them. */
static long send_patiently(int fd, long len)
{
	static char data[65536];
	long all = 0, sent;
	int left;

	for (left = PATIENCE; left > 0 && all < len; left--) {
		sent = send(fd, data, len - all < (long)sizeof(data) ?
			    len - all : (long)sizeof(data), MSG_DONTWAIT);
		if (sent > 0)
			all += sent;
		else
			usleep(1000);
	}
	return all;
}

/* More than the first buffer holds: it must grow, and the window open. */
static void high_low_water_mark(struct run *run)
{
	int client, server;
	char data[1];

	new_pair(run, &client, &server);
	NOTE(run, set(server, SOL_SOCKET, SO_RCVLOWAT, 400000));
	NOTE(run, get(server, SOL_SOCKET, SO_RCVLOWAT));
	NOTE(run, get(server, SOL_SOCKET, SO_RCVBUF));
	NOTE(run, get(server, SOL_TCP, TCP_WINDOW_CLAMP));
	NOTE(run, send_patiently(client, 100000));
	usleep(100000);
	NOTE(run, request(server, SIOCINQ));
	NOTE(run, poll_bits(server));
	NOTE(run, send_patiently(client, 300000));
	await(server, POLLIN);
	NOTE(run, poll_bits(server) & POLLIN);
	/* Of a buffer that was set, half. */
	NOTE(run, set(server, SOL_SOCKET, SO_RCVBUF, 50000));
	NOTE(run, set(server, SOL_SOCKET, SO_RCVLOWAT, 400000));
	NOTE(run, get(server, SOL_SOCKET, SO_RCVLOWAT));
	NOTE(run, get(server, SOL_SOCKET, SO_RCVBUF));
	NOTE(run, set(server, SOL_SOCKET, SO_RCVLOWAT, 1));
	NOTE(run, recv(server, data, 1, 0));
	close(client);
	close(server);
}

/* A buffer that the program has set does not grow. */
static void fixed_buffer(struct run *run)
{
	static char data[65536];
	int client, server, i;
	long got = 0;

	new_pair(run, &client, &server);
	NOTE(run, set(server, SOL_SOCKET, SO_RCVBUF, 30000));
	NOTE(run, get(server, SOL_SOCKET, SO_RCVBUF));
	for (i = 0; i < 20; i++) {
		send_patiently(client, 20000);
		await(server, POLLIN);
		while (recv(server, data, sizeof(data), MSG_DONTWAIT) > 0)
			got++;
	}
	note(run, got > 0, "something came");
	NOTE(run, get(server, SOL_SOCKET, SO_RCVBUF));
	NOTE(run, set(server, SOL_TCP, TCP_WINDOW_CLAMP, 0));
	NOTE(run, set(server, SOL_TCP, TCP_WINDOW_CLAMP, 1));
	NOTE(run, get(server, SOL_TCP, TCP_WINDOW_CLAMP));
	NOTE(run, set(server, SOL_TCP, TCP_WINDOW_CLAMP, 5000));
	NOTE(run, get(server, SOL_TCP, TCP_WINDOW_CLAMP));
	close(client);
	close(server);
}

static void quick_acks(struct run *run)
{
	int client, server;
	char data[10] = "";

	new_pair(run, &client, &server);
	NOTE(run, get(client, SOL_TCP, TCP_QUICKACK));
	NOTE(run, set(client, SOL_TCP, TCP_QUICKACK, 0));
	NOTE(run, get(client, SOL_TCP, TCP_QUICKACK));
	/* Data owed for: an even value is for this once. */
	NOTE(run, set(server, SOL_TCP, TCP_QUICKACK, 0));
	NOTE(run, send(client, data, 10, 0));
	await(server, POLLIN);
	NOTE(run, set(server, SOL_TCP, TCP_QUICKACK, 2));
	NOTE(run, get(server, SOL_TCP, TCP_QUICKACK));
	NOTE(run, set(server, SOL_TCP, TCP_QUICKACK, 1));
	NOTE(run, get(server, SOL_TCP, TCP_QUICKACK));
	/* An answer makes it a conversation. */
	NOTE(run, recv(server, data, 10, 0));
	NOTE(run, send(server, data, 10, 0));
	NOTE(run, get(server, SOL_TCP, TCP_QUICKACK));
	close(client);
	close(server);
}

TEST(low_water_mark__as_on_the_host)
{
	compare(_metadata, low_water_mark);
}

TEST(bytes_left__as_on_the_host)
{
	compare(_metadata, bytes_left);
}

TEST(inherited__as_on_the_host)
{
	compare(_metadata, inherited);
}

TEST(wait_all__as_on_the_host)
{
	compare(_metadata, wait_all);
}

TEST(discarded__as_on_the_host)
{
	compare(_metadata, discarded);
}

TEST(high_low_water_mark__as_on_the_host)
{
	compare(_metadata, high_low_water_mark);
}

TEST(fixed_buffer__as_on_the_host)
{
	compare(_metadata, fixed_buffer);
}

TEST(quick_acks__as_on_the_host)
{
	compare(_metadata, quick_acks);
}

TEST_HARNESS_MAIN
