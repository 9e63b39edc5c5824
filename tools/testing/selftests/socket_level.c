// SPDX-License-Identifier: GPL-2.0
/*
 * What later kernels than Debian's have added to SOL_SOCKET: what it does.
 *
 * guest: uml-new
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <linux/netstack.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kselftest_harness.h"

#define PORT	7200
#define CORKED	10
#define SENT	5

#ifndef SO_RCVPRIORITY
#define SO_RCVPRIORITY	82
#endif
/* An enumerator that older headers lack. */
#define SOF_TIMESTAMPING_OPT_ID_TCP	(1 << 16)

static struct sockaddr_in at_port(void)
{
	return (struct sockaddr_in) {
		.sin_family = AF_INET,
		.sin_port = htons(PORT),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static int set(int fd, int level, int option, int value)
{
	return setsockopt(fd, level, option, &value, sizeof(value));
}

/* The int of a control message of SOL_SOCKET, or -1. */
static int receive(int fd, int type)
{
	char byte, control[128];
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg;
	int value = -1;

	if (recvmsg(fd, &msg, MSG_DONTWAIT) != 1)
		return -2;
	for (cmsg = CMSG_FIRSTHDR(&msg); cmsg; cmsg = CMSG_NXTHDR(&msg, cmsg))
		if (cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == type)
			memcpy(&value, CMSG_DATA(cmsg), sizeof(value));
	return value;
}

TEST(rcvpriority__tells_what_the_sender_has_set)
{
	struct sockaddr_in to = at_port();
	int fd, sender;

	fd = socket(AF_NETSTACK, SOCK_DGRAM, 0);
	sender = socket(AF_NETSTACK, SOCK_DGRAM, 0);
	ASSERT_EQ(0, bind(fd, (struct sockaddr *)&to, sizeof(to)));
	ASSERT_EQ(0, connect(sender, (struct sockaddr *)&to, sizeof(to)));
	ASSERT_EQ(1, send(sender, "x", 1, 0));
	EXPECT_EQ(-1, receive(fd, SO_PRIORITY));
	ASSERT_EQ(0, set(fd, SOL_SOCKET, SO_RCVPRIORITY, 1));
	ASSERT_EQ(1, send(sender, "x", 1, 0));
	EXPECT_EQ(0, receive(fd, SO_PRIORITY));
	ASSERT_EQ(0, set(sender, SOL_SOCKET, SO_PRIORITY, 5));
	ASSERT_EQ(1, send(sender, "x", 1, 0));
	EXPECT_EQ(5, receive(fd, SO_PRIORITY));
	close(sender);
	close(fd);
}

/*
 * The number of the timestamp of SENT bytes, which follow CORKED bytes that
 * were written before timestamps were asked for, and not sent.
 */
static long number_of_stamp(unsigned int flags)
{
	int listener = socket(AF_NETSTACK, SOCK_STREAM, 0), client, server;
	struct sockaddr_in at = at_port();
	struct sock_extended_err *error;
	char control[256], data[CORKED + SENT] = "";
	struct msghdr msg = {
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg;
	struct pollfd poll_fd;
	long number = -1;

	set(listener, SOL_SOCKET, SO_REUSEADDR, 1);
	client = socket(AF_NETSTACK, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)&at, sizeof(at)) ||
	    listen(listener, 1) ||
	    connect(client, (struct sockaddr *)&at, sizeof(at)))
		return -2;
	server = accept(listener, NULL, NULL);
	set(client, SOL_TCP, TCP_CORK, 1);
	send(client, data, CORKED, 0);
	set(client, SOL_SOCKET, SO_TIMESTAMPING, flags |
	    SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY |
	    SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE);
	send(client, data, SENT, 0);
	set(client, SOL_TCP, TCP_CORK, 0);
	recv(server, data, sizeof(data), MSG_WAITALL);

	poll_fd = (struct pollfd){ .fd = client };
	poll(&poll_fd, 1, 2000);
	if (recvmsg(client, &msg, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
		number = -3;
	for (cmsg = CMSG_FIRSTHDR(&msg); cmsg; cmsg = CMSG_NXTHDR(&msg, cmsg)) {
		if (cmsg->cmsg_level != SOL_IP ||
		    cmsg->cmsg_type != IP_RECVERR)
			continue;
		error = (struct sock_extended_err *)CMSG_DATA(cmsg);
		number = error->ee_data;
	}
	close(client);
	close(server);
	close(listener);
	return number;
}

/* By SOF_TIMESTAMPING_OPT_ID_TCP: from what is written then. */
TEST(timestamp_numbers__begin_where_they_are_asked_for)
{
	EXPECT_EQ(CORKED + SENT - 1, number_of_stamp(0));
	EXPECT_EQ(SENT - 1, number_of_stamp(SOF_TIMESTAMPING_OPT_ID_TCP));
}

TEST_HARNESS_MAIN
