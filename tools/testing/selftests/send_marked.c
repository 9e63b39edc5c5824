// SPDX-License-Identifier: GPL-2.0
/*
 * A datagram of the stack with SO_MARK and SO_PRIORITY:
 *
 *	send_marked MARK PRIORITY ADDRESS PORT
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include <linux/netstack.h>

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	int mark, priority, fd;

	if (argc != 5)
		return 2;
	mark = atoi(argv[1]);
	priority = atoi(argv[2]);
	to.sin_port = htons(atoi(argv[4]));
	if (inet_pton(AF_INET, argv[3], &to.sin_addr) != 1)
		return 2;
	fd = socket(AF_NETSTACK, SOCK_DGRAM, 0);
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)) ||
	    setsockopt(fd, SOL_SOCKET, SO_PRIORITY, &priority,
		       sizeof(priority)) ||
	    sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)) != 1) {
		perror("send_marked");
		return 1;
	}
	return 0;
}
