// SPDX-License-Identifier: GPL-2.0
/*
 * Timestamps of AF_INET and AF_NETSTACK: which are given, for which byte or
 * datagram, in what form.
 *
 * guest: stock timeout=180
 */
#define _GNU_SOURCE
#include "stream_differential.h"

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>

#define SENT	(SOF_TIMESTAMPING_TX_SCHED | SOF_TIMESTAMPING_TX_SOFTWARE | \
		 SOF_TIMESTAMPING_TX_ACK | SOF_TIMESTAMPING_SOFTWARE |	   \
		 SOF_TIMESTAMPING_OPT_ID)

/* One entry of the error queue. The three times may come in any order. */
struct stamp {
	long ret;
	int name_len, flags;
	int time;
	struct sock_extended_err ee;
};

static int stamp_read(int fd, struct stamp *stamp)
{
	char control[512], data[2000];
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
	struct scm_timestamping times;
	struct cmsghdr *cmsg;

	memset(stamp, 0, sizeof(*stamp));
	stamp->ret = recvmsg(fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT);
	if (stamp->ret < 0)
		return -1;
	stamp->name_len = msg.msg_namelen;
	stamp->flags = msg.msg_flags;
	for (cmsg = CMSG_FIRSTHDR(&msg); cmsg; cmsg = CMSG_NXTHDR(&msg, cmsg)) {
		if (cmsg->cmsg_level == SOL_SOCKET &&
		    cmsg->cmsg_type == SCM_TIMESTAMPING) {
			memcpy(&times, CMSG_DATA(cmsg), sizeof(times));
			stamp->time = !!times.ts[0].tv_sec;
		} else if (cmsg->cmsg_level == SOL_IP &&
			   cmsg->cmsg_type == IP_RECVERR) {
			memcpy(&stamp->ee, CMSG_DATA(cmsg), sizeof(stamp->ee));
		}
	}
	return 0;
}

/* Note the next @count reports, by kind; @data: their data is alike. */
static void note_stamps(struct run *run, int fd, int count, int data)
{
	struct stamp stamps[8], *stamp;
	int got = 0, left, kind;

	for (left = PATIENCE; left > 0 && got < count; left--) {
		if (stamp_read(fd, &stamps[got]))
			usleep(1000);
		else
			got++;
	}
	note(run, got, "reports");
	for (kind = SCM_TSTAMP_SND; kind <= SCM_TSTAMP_ACK; kind++) {
		for (stamp = stamps; stamp < stamps + got; stamp++) {
			if (stamp->ee.ee_info != kind)
				continue;
			note(run, stamp->ee.ee_data, "kind %d: number", kind);
			note(run, stamp->ee.ee_errno, "kind %d: errno", kind);
			note(run, stamp->ee.ee_origin, "kind %d: origin", kind);
			note(run, stamp->ee.ee_type, "kind %d: type", kind);
			note(run, stamp->time, "kind %d: time", kind);
			note(run, stamp->name_len, "kind %d: name", kind);
			note(run, stamp->flags, "kind %d: flags", kind);
			if (data || kind == SCM_TSTAMP_ACK)
				note(run, stamp->ret, "kind %d: data", kind);
		}
	}
	usleep(20000);
	note(run, stamp_read(fd, &stamps[0]), "no more of them");
}

static void sent(struct run *run)
{
	int client, server;
	char data[4000] = "";

	new_pair(run, &client, &server);
	NOTE(run, set(client, SOL_SOCKET, SO_TIMESTAMPING, SENT |
		      SOF_TIMESTAMPING_OPT_TSONLY));
	NOTE(run, get(client, SOL_SOCKET, SO_TIMESTAMPING));
	NOTE(run, send(client, data, 100, 0));
	NOTE(run, recv(server, data, 100, MSG_WAITALL));
	await(client, POLLERR);
	note_stamps(run, client, 3, 1);
	NOTE(run, send(client, data, 4000, 0));
	NOTE(run, recv(server, data, 4000, MSG_WAITALL));
	note_stamps(run, client, 3, 1);
	NOTE(run, get(client, SOL_SOCKET, SO_ERROR));
	close(client);
	close(server);
}

static void quoted(struct run *run)
{
	int client, server;
	char data[100] = "";

	new_pair(run, &client, &server);
	NOTE(run, send(client, data, 100, 0));
	NOTE(run, recv(server, data, 100, MSG_WAITALL));
	usleep(100000);
	NOTE(run, set(client, SOL_SOCKET, SO_TIMESTAMPING, SENT));
	NOTE(run, send(client, data, 30, 0));
	NOTE(run, recv(server, data, 30, MSG_WAITALL));
	note_stamps(run, client, 3, 0);
	close(client);
	close(server);
}

/* sendmsg() that asks for timestamps itself. */
static long send_asking(int fd, unsigned int flags, size_t len)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(flags))];
	} control = {
		.header.cmsg_len = CMSG_LEN(sizeof(flags)),
		.header.cmsg_level = SOL_SOCKET,
		.header.cmsg_type = SO_TIMESTAMPING,
	};
	char data[100] = "";
	struct iovec vec = { data, len };
	struct msghdr msg = {
		.msg_iov = &vec,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};

	memcpy(CMSG_DATA(&control.header), &flags, sizeof(flags));
	return sendmsg(fd, &msg, 0);
}

static void asked_by_the_message(struct run *run)
{
	int client, server;
	char data[100];

	new_pair(run, &client, &server);
	NOTE(run, set(client, SOL_SOCKET, SO_TIMESTAMPING,
		      SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_ID |
		      SOF_TIMESTAMPING_OPT_TSONLY));
	NOTE(run, send_asking(client, SOF_TIMESTAMPING_TX_ACK, 10));
	NOTE(run, recv(server, data, 10, MSG_WAITALL));
	note_stamps(run, client, 1, 1);
	NOTE(run, send(client, data, 10, 0));
	NOTE(run, recv(server, data, 10, MSG_WAITALL));
	note_stamps(run, client, 0, 1);
	NOTE(run, send_asking(client, SOF_TIMESTAMPING_TX_SOFTWARE, 10));
	NOTE(run, recv(server, data, 10, MSG_WAITALL));
	note_stamps(run, client, 1, 1);
	NOTE(run, send_asking(client, ~0U, 10));
	close(client);
	close(server);
}

static void datagrams(struct run *run)
{
	union endpoint address = at(0);
	int to = socket(run->family, SOCK_DGRAM, 0);
	int from = socket(run->family, SOCK_DGRAM, 0);
	socklen_t len = sizeof(address);
	char data[100] = "";
	int i;

	bind(to, (void *)&address, sizeof(address));
	getsockname(to, (void *)&address, &len);
	NOTE(run, connect(from, (void *)&address, sizeof(address)));
	NOTE(run, set(from, SOL_SOCKET, SO_TIMESTAMPING,
		      (SENT & ~SOF_TIMESTAMPING_TX_ACK) |
		      SOF_TIMESTAMPING_OPT_TSONLY));
	for (i = 0; i < 3; i++) {
		NOTE(run, send(from, data, 10, 0));
		note_stamps(run, from, 2, 1);
	}
	NOTE(run, send_asking(from, SOF_TIMESTAMPING_TX_SCHED, 10));
	note_stamps(run, from, 1, 1);
	close(from);
	close(to);
}

/* Control messages of what was received: type and whether there is a time. */
static void note_received(struct run *run, int fd)
{
	char control[512], data[100];
	struct iovec vec = { data, sizeof(data) };
	struct msghdr msg = {
		.msg_iov = &vec,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg;

	NOTE(run, recvmsg(fd, &msg, 0));
	for (cmsg = CMSG_FIRSTHDR(&msg); cmsg; cmsg = CMSG_NXTHDR(&msg, cmsg)) {
		note(run, cmsg->cmsg_type, "control message");
		note(run, cmsg->cmsg_len, "its length");
		note(run, !!*(long *)CMSG_DATA(cmsg), "a time");
	}
}

static void received(struct run *run)
{
	static const int options[] = { SO_TIMESTAMP, SO_TIMESTAMPNS };
	int client, server, i;
	char data[10] = "";

	for (i = 0; i < 2; i++) {
		new_pair(run, &client, &server);
		NOTE(run, set(server, SOL_SOCKET, options[i], 1));
		usleep(50000);
		NOTE(run, send(client, data, 10, 0));
		await(server, POLLIN);
		note_received(run, server);
		close(client);
		close(server);
	}
	new_pair(run, &client, &server);
	NOTE(run, set(server, SOL_SOCKET, SO_TIMESTAMPING,
		      SOF_TIMESTAMPING_RX_SOFTWARE |
		      SOF_TIMESTAMPING_SOFTWARE));
	usleep(50000);
	NOTE(run, send(client, data, 10, 0));
	await(server, POLLIN);
	note_received(run, server);
	close(client);
	close(server);
}

TEST(sent__as_on_the_host)
{
	compare(_metadata, sent);
}

TEST(quoted__as_on_the_host)
{
	compare(_metadata, quoted);
}

TEST(asked_by_the_message__as_on_the_host)
{
	compare(_metadata, asked_by_the_message);
}

TEST(datagrams__as_on_the_host)
{
	compare(_metadata, datagrams);
}

TEST(received__as_on_the_host)
{
	compare(_metadata, received);
}

TEST_HARNESS_MAIN
