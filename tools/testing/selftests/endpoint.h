/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ends of connections in each of the forms that programs have for them, so
 * that one scenario runs in all: AF_INET's addresses, AF_INET6's, and
 * AF_INET6's with IPv4 inside. With EVERY_FORM defined before, TEST_F(over,
 * NAME) is a case in each.
 */
#ifndef ENDPOINT_H
#define ENDPOINT_H

#include <arpa/inet.h>
#include <linux/netstack.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "kselftest_harness.h"

enum form { OVER_IPV4, OVER_IPV6, OVER_MAPPED };

static enum form form;

/*
 * An address of either family. Family and port are at the same place in both;
 * the length of the longer one is good for the shorter one, too.
 */
union endpoint {
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
	struct {
		sa_family_t sin_family;
		in_port_t sin_port;
		struct in_addr sin_addr;
	};
};

/* What an IPv4 address of a scenario is over IPv6. */
static inline const char *ipv6_text(const char *text)
{
	static const char * const pairs[][2] = {
		{ "0.0.0.0", "::" },
		{ "127.0.0.1", "::1" },
		{ "127.0.0.2", "::2" },
		{ "127.1.2.3", "::ffff:127.1.2.3" },
		{ "192.0.2.1", "2001:db8::1" },
		{ "224.0.0.1", "ff05::1" },
		{ "255.255.255.255", "ff01::1" },
		{ "127.255.255.255", "fe80::1" },
		{ "0.0.0.1", "::ffff:0.0.0.0" },
		{ "240.0.0.1", "::127.0.0.1" },
	};
	size_t i;

	for (i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		if (!strcmp(pairs[i][0], text))
			return pairs[i][1];
	return text;
}

static inline union endpoint endpoint_at(const char *text, unsigned int port)
{
	union endpoint end = { .in6 = { .sin6_port = htons(port) } };
	char mapped[64];

	if (form == OVER_IPV4) {
		end.sin_family = AF_INET;
		inet_pton(AF_INET, text, &end.sin_addr);
		return end;
	}
	end.sin_family = AF_INET6;
	snprintf(mapped, sizeof(mapped), "::ffff:%s", text);
	inet_pton(AF_INET6, form == OVER_MAPPED ? mapped : ipv6_text(text),
		  &end.in6.sin6_addr);
	return end;
}

/* A socket of the host (AF_INET) or of the stack, for the form. */
static inline int endpoint_socket(int family, int type, int protocol)
{
	if (form == OVER_IPV4)
		return socket(family, type, protocol);
	if (family == AF_INET)
		return socket(AF_INET6, type, protocol);
	return socket(family, type,
		      protocol < 0 ? protocol : protocol | NETSTACK_IPV6);
}

/* sendmsg() with one control message of @size bytes, at most 64. */
static inline long send_control(int fd, const union endpoint *to,
				const void *data, size_t len, int level,
				int type, const void *value, size_t size)
{
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(64)];
	} control = {};
	struct iovec iov = { .iov_base = (void *)data, .iov_len = len };
	struct msghdr msg = {
		.msg_name = (void *)to,
		.msg_namelen = sizeof(*to),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = CMSG_SPACE(size),
	};

	control.header.cmsg_level = level;
	control.header.cmsg_type = type;
	control.header.cmsg_len = CMSG_LEN(size);
	memcpy(CMSG_DATA(&control.header), value, size);
	return sendmsg(fd, &msg, 0);
}

#ifdef EVERY_FORM
FIXTURE(over) {
	int unused;
};

FIXTURE_VARIANT(over) {
	enum form form;
};

FIXTURE_VARIANT_ADD(over, ipv4) {
	.form = OVER_IPV4,
};

FIXTURE_VARIANT_ADD(over, ipv6) {
	.form = OVER_IPV6,
};

FIXTURE_VARIANT_ADD(over, mapped) {
	.form = OVER_MAPPED,
};

FIXTURE_SETUP(over)
{
	form = variant->form;
}

FIXTURE_TEARDOWN(over)
{
}
#endif

#endif /* ENDPOINT_H */
