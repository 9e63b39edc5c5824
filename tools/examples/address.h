/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An address of either family as a word, and the socket for it: what IPv6
 * takes is NETSTACK_IPV6, or-ed into socket()'s protocol.
 */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include <linux/netstack.h>

/**
 * struct address - a socket address
 * @any: address
 * @length: its bytes
 */
struct address {
	struct sockaddr_storage any;
	socklen_t length;
};

/* "10.1.0.2", "2001:db8::2", "fe80::2%eth0". Returns 0 when it is none. */
static inline int address_parse(const char *word, const char *port,
				struct address *address)
{
	const struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
	};
	struct addrinfo *info;

	if (getaddrinfo(word, port, &hints, &info))
		return 0;
	memcpy(&address->any, info->ai_addr, info->ai_addrlen);
	address->length = info->ai_addrlen;
	freeaddrinfo(info);
	return 1;
}

static inline int address_socket(const struct address *address, int type)
{
	return socket(AF_NETSTACK, type,
		      address->any.ss_family == AF_INET6 ? NETSTACK_IPV6 : 0);
}

#endif /* ADDRESS_H */
