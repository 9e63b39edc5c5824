// SPDX-License-Identifier: GPL-2.0
/*
 * Sends one router advertisement by a device of the host, as the router of a
 * test: autoconf.sh says what it is to hold.
 *
 *	router DEVICE LIFETIME [prefix ADDRESS VALID PREFERRED] [mtu BYTES]
 *	       [rdnss ADDRESS SECONDS] [dnssl DOMAIN SECONDS]
 *
 * A prefix has 64 bits and both flags.
 */
#include <arpa/inet.h>
#include <err.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define OPTION_RDNSS	25
#define OPTION_DNSSL	31

static uint8_t packet[1024];
static size_t length = sizeof(struct nd_router_advert);

static uint8_t *option(uint8_t type, size_t size)
{
	uint8_t *at = packet + length;

	if (length + size > sizeof(packet))
		errx(2, "too many options");
	memset(at, 0, size);
	at[0] = type;
	at[1] = size / 8;
	length += size;
	return at;
}

static void put32(uint8_t *at, uint32_t value)
{
	value = htonl(value);
	memcpy(at, &value, sizeof(value));
}

static void put_address(uint8_t *at, const char *text)
{
	if (inet_pton(AF_INET6, text, at) != 1)
		errx(2, "%s is no IPv6 address", text);
}

static uint32_t number(const char *text)
{
	return strtoul(text, NULL, 0);
}

static void put_prefix(char **words)
{
	uint8_t *at = option(ND_OPT_PREFIX_INFORMATION, 32);

	at[2] = 64;
	at[3] = ND_OPT_PI_FLAG_ONLINK | ND_OPT_PI_FLAG_AUTO;
	put32(at + 4, number(words[1]));
	put32(at + 8, number(words[2]));
	put_address(at + 16, words[0]);
}

/* Labels, with the root's at the end, padded to a multiple of 8. */
static void put_domain(char **words)
{
	size_t size = strlen(words[0]) + 2;
	uint8_t *at = option(OPTION_DNSSL, 8 + (size + 7) / 8 * 8) + 8;
	char *label;

	put32(at - 4, number(words[1]));
	for (label = strtok(words[0], "."); label; label = strtok(NULL, ".")) {
		*at++ = strlen(label);
		memcpy(at, label, strlen(label));
		at += strlen(label);
	}
}

static void put_server(char **words)
{
	uint8_t *at = option(OPTION_RDNSS, 24);

	put32(at + 4, number(words[1]));
	put_address(at + 8, words[0]);
}

static void put_mtu(char **words)
{
	put32(option(ND_OPT_MTU, 8) + 4, number(words[0]));
}

static const struct word {
	const char *name;
	int values;
	void (*put)(char **words);
} words[] = {
	{ "prefix", 3, put_prefix },
	{ "mtu", 1, put_mtu },
	{ "rdnss", 2, put_server },
	{ "dnssl", 2, put_domain },
};

#define WORDS (sizeof(words) / sizeof(words[0]))

static void send_advert(const char *device)
{
	struct sockaddr_in6 everyone = { .sin6_family = AF_INET6 };
	int index = if_nametoindex(device);
	int hops = 255;
	int fd;

	fd = socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6);
	if (fd < 0)
		err(1, "socket");
	put_address(everyone.sin6_addr.s6_addr, "ff02::1");
	everyone.sin6_scope_id = index;
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops,
		       sizeof(hops)) ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &index,
		       sizeof(index)))
		err(1, "setsockopt");
	if (sendto(fd, packet, length, 0, (struct sockaddr *)&everyone,
		   sizeof(everyone)) != (ssize_t)length)
		err(1, "sendto");
}

int main(int argc, char **argv)
{
	struct nd_router_advert *advert = (struct nd_router_advert *)packet;
	size_t i;
	int at;

	if (argc < 3)
		errx(2, "router DEVICE LIFETIME [prefix ...] [mtu ...] [rdnss ...] [dnssl ...]");
	advert->nd_ra_type = ND_ROUTER_ADVERT;
	advert->nd_ra_curhoplimit = 61;
	advert->nd_ra_router_lifetime = htons(number(argv[2]));
	for (at = 3; at < argc; at += words[i].values + 1) {
		for (i = 0; i < WORDS; i++)
			if (!strcmp(argv[at], words[i].name))
				break;
		if (i == WORDS || at + words[i].values >= argc)
			errx(2, "what is '%s'?", argv[at]);
		words[i].put(argv + at + 1);
	}
	send_advert(argv[1]);
	return 0;
}
