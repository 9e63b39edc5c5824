// SPDX-License-Identifier: GPL-2.0
/*
 * A member of a group of the stack, or one that sends to it:
 *
 *	group_member [-s SOURCE]... ADDRESS GROUP PORT
 *	group_member -t TEXT ADDRESS GROUP PORT
 *
 * ADDRESS is the stack's on the link that is meant. The member says "joined",
 * then for each datagram its source and its text, a line each, until it is
 * killed. With SOURCEs it wants datagrams of these only.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netstack.h>

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static struct in_addr in(const char *text)
{
	struct in_addr addr;

	if (inet_pton(AF_INET, text, &addr) != 1) {
		fprintf(stderr, "group_member: no address: %s\n", text);
		exit(1);
	}
	return addr;
}

static void join(int fd, const char *link, const char *group,
		 const char *source)
{
	struct ip_mreq_source one = {
		.imr_multiaddr = in(group),
		.imr_interface = in(link),
	};
	struct ip_mreq any = {
		.imr_multiaddr = in(group),
		.imr_interface = in(link),
	};
	int err;

	if (source) {
		one.imr_sourceaddr = in(source);
		err = setsockopt(fd, IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP,
				 &one, sizeof(one));
	} else {
		err = setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &any,
				 sizeof(any));
	}
	if (err)
		die("join");
}

static void transmit(int fd, const struct sockaddr_in *to, const char *link,
		     const char *text)
{
	struct in_addr addr = in(link);

	if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &addr, sizeof(addr)))
		die("IP_MULTICAST_IF");
	if (sendto(fd, text, strlen(text), 0, (struct sockaddr *)to,
		   sizeof(*to)) < 0)
		die("sendto");
}

static void receive(int fd)
{
	struct sockaddr_in from;
	socklen_t len;
	char text[2000];
	ssize_t n;

	puts("joined");
	for (;;) {
		len = sizeof(from);
		n = recvfrom(fd, text, sizeof(text), 0,
			     (struct sockaddr *)&from, &len);
		if (n < 0)
			die("recvfrom");
		printf("%s %.*s\n", inet_ntoa(from.sin_addr), (int)n, text);
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	const char *sources[16], *text = NULL;
	int fd, option, count = 0, i, on = 1;

	setvbuf(stdout, NULL, _IOLBF, 0);
	while ((option = getopt(argc, argv, "s:t:")) != -1) {
		if (option == 's' && count < 16)
			sources[count++] = optarg;
		else if (option == 't')
			text = optarg;
		else
			return 2;
	}
	if (argc - optind != 3)
		return 2;
	argv += optind;
	address.sin_addr = in(argv[1]);
	address.sin_port = htons(atoi(argv[2]));
	fd = socket(AF_NETSTACK, SOCK_DGRAM, 0);
	if (fd < 0)
		die("socket");
	if (text) {
		transmit(fd, &address, argv[0], text);
		return 0;
	}
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)))
		die("bind");
	for (i = 0; i < count; i++)
		join(fd, argv[0], argv[1], sources[i]);
	if (!count)
		join(fd, argv[0], argv[1], NULL);
	receive(fd);
}
