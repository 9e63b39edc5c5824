// SPDX-License-Identifier: GPL-2.0
/*
 * A member of a group of the stack, or one that sends to it:
 *
 *	group_member [-H] [-n COUNT] [-s SOURCE]... LINK GROUP PORT
 *	group_member [-H] -t TEXT LINK GROUP PORT
 *
 * LINK is named by an address that it has, and for groups of IPv6 by its
 * name. The member says "joined", then for each datagram its source and its
 * text, a line each, until it is killed; after COUNT of them it leaves the
 * group and says "left". With SOURCEs it wants datagrams of these only. With
 * -H it is one of the host.
 */
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netstack.h>

union endpoint {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct sockaddr_storage storage;
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static union endpoint endpoint(const char *text, const char *port)
{
	union endpoint end = {};

	if (inet_pton(AF_INET, text, &end.in.sin_addr) == 1) {
		end.in.sin_family = AF_INET;
		end.in.sin_port = htons(atoi(port));
	} else if (inet_pton(AF_INET6, text, &end.in6.sin6_addr) == 1) {
		end.in6.sin6_family = AF_INET6;
		end.in6.sin6_port = htons(atoi(port));
	} else {
		fprintf(stderr, "group_member: no address: %s\n", text);
		exit(1);
	}
	return end;
}

static socklen_t length(const union endpoint *end)
{
	return end->sa.sa_family == AF_INET ? sizeof(end->in) :
					      sizeof(end->in6);
}

static unsigned int link_number(const char *name)
{
	unsigned int number = if_nametoindex(name);

	if (!number)
		die(name);
	return number;
}

static int member(int fd, const char *link, const union endpoint *group,
		  bool joins)
{
	struct ip_mreq four = { .imr_multiaddr = group->in.sin_addr };
	struct ipv6_mreq six = { .ipv6mr_multiaddr = group->in6.sin6_addr };

	if (group->sa.sa_family == AF_INET) {
		four.imr_interface = endpoint(link, "0").in.sin_addr;
		return setsockopt(fd, IPPROTO_IP, joins ? IP_ADD_MEMBERSHIP :
							  IP_DROP_MEMBERSHIP,
				  &four, sizeof(four));
	}
	six.ipv6mr_interface = link_number(link);
	return setsockopt(fd, IPPROTO_IPV6, joins ? IPV6_JOIN_GROUP :
						    IPV6_LEAVE_GROUP,
			  &six, sizeof(six));
}

/* A member of what one source sends. */
static int member_of(int fd, const char *link, const union endpoint *group,
		     const char *source)
{
	union endpoint from = endpoint(source, "0");
	struct ip_mreq_source four = {
		.imr_multiaddr = group->in.sin_addr,
		.imr_sourceaddr = from.in.sin_addr,
	};
	struct group_source_req six = {
		.gsr_group = group->storage,
		.gsr_source = from.storage,
	};

	if (group->sa.sa_family == AF_INET) {
		four.imr_interface = endpoint(link, "0").in.sin_addr;
		return setsockopt(fd, IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP,
				  &four, sizeof(four));
	}
	six.gsr_interface = link_number(link);
	return setsockopt(fd, IPPROTO_IPV6, MCAST_JOIN_SOURCE_GROUP, &six,
			  sizeof(six));
}

static void transmit(int fd, const char *link, const union endpoint *group,
		     const char *text)
{
	struct in_addr address;
	int number, err;

	if (group->sa.sa_family == AF_INET) {
		address = endpoint(link, "0").in.sin_addr;
		err = setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &address,
				 sizeof(address));
	} else {
		number = link_number(link);
		err = setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &number,
				 sizeof(number));
	}
	if (err)
		die("multicast link");
	if (sendto(fd, text, strlen(text), 0, &group->sa, length(group)) < 0)
		die("sendto");
}

/* Say what comes, @count datagrams of it, or with -1 all. */
static void receive(int fd, int count)
{
	char text[2000], name[INET6_ADDRSTRLEN];
	union endpoint from;
	socklen_t len;
	ssize_t n;

	while (count--) {
		len = sizeof(from);
		n = recvfrom(fd, text, sizeof(text), 0, &from.sa, &len);
		if (n < 0)
			die("recvfrom");
		inet_ntop(from.sa.sa_family, from.sa.sa_family == AF_INET ?
			  (void *)&from.in.sin_addr :
			  (void *)&from.in6.sin6_addr, name, sizeof(name));
		printf("%s %.*s\n", name, (int)n, text);
	}
}

static int make(bool host, const union endpoint *group)
{
	int fd;

	if (host)
		fd = socket(group->sa.sa_family, SOCK_DGRAM, 0);
	else
		fd = socket(AF_NETSTACK, SOCK_DGRAM,
			    group->sa.sa_family == AF_INET6 ? NETSTACK_IPV6 :
							      0);
	if (fd < 0)
		die("socket");
	return fd;
}

int main(int argc, char **argv)
{
	const char *sources[16], *text = NULL, *link;
	int fd, option, sources_count = 0, count = -1, i, on = 1;
	union endpoint group;
	bool host = false;

	setvbuf(stdout, NULL, _IOLBF, 0);
	while ((option = getopt(argc, argv, "Hn:s:t:")) != -1) {
		if (option == 's' && sources_count < 16)
			sources[sources_count++] = optarg;
		else if (option == 't')
			text = optarg;
		else if (option == 'n')
			count = atoi(optarg);
		else if (option == 'H')
			host = true;
		else
			return 2;
	}
	if (argc - optind != 3)
		return 2;
	link = argv[optind];
	group = endpoint(argv[optind + 1], argv[optind + 2]);
	fd = make(host, &group);
	if (text) {
		transmit(fd, link, &group, text);
		return 0;
	}
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, &group.sa, length(&group)))
		die("bind");
	for (i = 0; i < sources_count; i++)
		if (member_of(fd, link, &group, sources[i]))
			die("join");
	if (!sources_count && member(fd, link, &group, true))
		die("join");
	puts("joined");
	receive(fd, count);
	if (member(fd, link, &group, false))
		die("leave");
	puts("left");
	receive(fd, -1);
}
