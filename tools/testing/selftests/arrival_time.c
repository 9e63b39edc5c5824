// SPDX-License-Identifier: GPL-2.0
/*
 * A connection of the host to the stack, in one process: the timestamp of what
 * came must be of these seconds.
 *
 *	arrival_time ADDRESS
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <linux/netstack.h>

#define PORT	9001

int main(int argc, char **argv)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT),
	};
	char data[8], room[CMSG_SPACE(sizeof(struct timespec))];
	struct iovec iov = { .iov_base = data, .iov_len = sizeof(data) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = room,
		.msg_controllen = sizeof(room),
	};
	int listener, client, server, on = 1;
	struct timespec stamp;
	struct cmsghdr *cmsg;
	time_t start;

	if (argc != 2 || inet_pton(AF_INET, argv[1], &at.sin_addr) != 1)
		return 2;
	listener = socket(AF_NETSTACK, SOCK_STREAM, 0);
	client = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)&at, sizeof(at)) ||
	    listen(listener, 1) ||
	    connect(client, (struct sockaddr *)&at, sizeof(at))) {
		perror("connect");
		return 1;
	}
	server = accept(listener, NULL, NULL);
	setsockopt(server, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
	start = time(NULL);
	if (send(client, "x", 1, 0) != 1 || recvmsg(server, &msg, 0) != 1) {
		perror("recvmsg");
		return 1;
	}
	cmsg = CMSG_FIRSTHDR(&msg);
	if (!cmsg || cmsg->cmsg_type != SO_TIMESTAMPNS) {
		puts("no timestamp");
		return 1;
	}
	memcpy(&stamp, CMSG_DATA(cmsg), sizeof(stamp));
	printf("arrived at %ld, sent at %ld\n", (long)stamp.tv_sec,
	       (long)start);
	return stamp.tv_sec < start - 1 || stamp.tv_sec > time(NULL) + 1;
}
