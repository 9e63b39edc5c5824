// SPDX-License-Identifier: GPL-2.0
/*
 * netstack-bench-routes: what finding a route costs, by calls of a UDP socket to
 * ever other destinations.
 *
 * netstack-bench-routes prefixes COUNT: that many different IPv4 prefixes, in
 * the mix of lengths that the tables of the Internet have.
 * netstack-bench-routes connect FAMILY FILE: nanoseconds of a connect() to an
 * address within a prefix of FILE, on average; FAMILY is inet or netstack.
 * netstack-bench-routes refused FAMILY FILE: of a sendto() that a blackhole
 * route refuses: a route lookup and little else.
 * netstack-bench-routes oversize FAMILY FILE: of one that is refused before a
 * route is asked for: what a call costs anyway.
 * netstack-bench-routes seed: the random pool of this guest is taken for full.
 * As long as it is not, each draw from it costs AF_INET 10,000 instructions.
 * Never on a machine that has secrets.
 *
 * The others draw from generators with a fixed seed.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/netstack.h>
#include <linux/random.h>

#define WARMUP	2000
#define ROUNDS	20000

struct prefix {
	uint32_t address;
	uint32_t length;
};

/* Thousandths of the table, by length. */
static const struct {
	uint32_t length;
	uint32_t share;
} mix[] = {
	{ 24, 590 }, { 23, 100 }, { 22, 120 }, { 21, 55 }, { 20, 45 },
	{ 19, 27 }, { 18, 15 }, { 17, 9 }, { 16, 30 }, { 15, 4 },
	{ 14, 3 }, { 13, 1 }, { 12, 1 },
};

#define MIX (sizeof(mix) / sizeof(mix[0]))

static uint64_t state = 20260101;

static void fail(const char *what)
{
	fprintf(stderr, "netstack-bench-routes: %s: %s\n", what,
		strerror(errno));
	exit(1);
}

static uint32_t draw(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> 16;
}

static uint32_t draw_length(void)
{
	uint32_t at = draw() % 1000;
	size_t i;

	for (i = 0; i < MIX - 1 && at >= mix[i].share; i++)
		at -= mix[i].share;
	return mix[i].length;
}

/* In 16.0.0.0/4 to 191.255.255.255, but for what has a meaning of its own. */
static uint32_t draw_address(void)
{
	uint32_t address;

	do {
		address = draw();
	} while (address >> 28 == 0 || address >> 24 == 127 ||
		 address >> 28 > 11);
	return address;
}

static const char *text(uint32_t address)
{
	struct in_addr in = { .s_addr = htonl(address) };

	return inet_ntoa(in);
}

static void prefixes(size_t count)
{
	size_t slots = 1, made = 0;
	uint64_t *seen;

	while (slots < 4 * count)
		slots *= 2;
	seen = calloc(slots, sizeof(*seen));
	if (!seen)
		fail("memory");
	while (made < count) {
		uint32_t length = draw_length();
		uint32_t address = draw_address() & ~0U << (32 - length);
		uint64_t key = (uint64_t)length << 32 | address;
		size_t slot = (key * 0x9e3779b97f4a7c15ULL >> 32) % slots;

		while (seen[slot] && seen[slot] != key)
			slot = (slot + 1) % slots;
		if (seen[slot])
			continue;
		seen[slot] = key;
		made++;
		printf("%s/%u\n", text(address), length);
	}
	free(seen);
}

static struct prefix *read_prefixes(const char *name, size_t *count)
{
	struct prefix *all = NULL;
	FILE *file = fopen(name, "r");
	unsigned int length;
	char address[32];

	if (!file)
		fail(name);
	*count = 0;
	while (fscanf(file, "%31[0-9.]/%u\n", address, &length) == 2) {
		all = realloc(all, (*count + 1) * sizeof(*all));
		if (!all)
			fail("memory");
		all[*count].address = ntohl(inet_addr(address));
		all[(*count)++].length = length;
	}
	fclose(file);
	if (!*count)
		fail(name);
	return all;
}

static unsigned long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static void connect_all(int fd, const struct sockaddr_in *to, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (connect(fd, (const struct sockaddr *)&to[i], sizeof(*to)))
			fail("connect");
}

static void send_all(int fd, const struct sockaddr_in *to, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!sendto(fd, "", 1, 0, (const struct sockaddr *)&to[i],
			    sizeof(*to)) || errno != EINVAL)
			fail("sendto was not refused");
}

/* What is refused before a route is asked for: the rest of a call. */
static void send_oversize(int fd, const struct sockaddr_in *to, size_t count)
{
	static const char datagram[65536];
	size_t i;

	for (i = 0; i < count; i++)
		if (!sendto(fd, datagram, sizeof(datagram), 0,
			    (const struct sockaddr *)&to[i], sizeof(*to)) ||
		    errno != EMSGSIZE)
			fail("sendto was not refused");
}

static void measure(int family, const char *name,
		    void (*call)(int fd, const struct sockaddr_in *to,
				 size_t count))
{
	struct sockaddr_in *to = calloc(WARMUP + ROUNDS, sizeof(*to));
	struct sockaddr_in own = { .sin_family = AF_INET };
	int fd = socket(family, SOCK_DGRAM, 0);
	unsigned long long start;
	struct prefix *all;
	size_t count, i;

	if (fd < 0 || bind(fd, (struct sockaddr *)&own, sizeof(own)))
		fail("socket");
	if (!to)
		fail("memory");
	all = read_prefixes(name, &count);
	for (i = 0; i < WARMUP + ROUNDS; i++) {
		const struct prefix *prefix = &all[draw() % count];

		to[i].sin_family = AF_INET;
		to[i].sin_port = htons(7);
		to[i].sin_addr.s_addr =
			htonl(prefix->address |
			      (draw() & ~(~0U << (32 - prefix->length))));
	}
	call(fd, to, WARMUP);
	start = now();
	call(fd, to + WARMUP, ROUNDS);
	printf("%llu\n", (now() - start) / ROUNDS);
	close(fd);
	free(all);
	free(to);
}

static void seed(void)
{
	struct {
		struct rand_pool_info info;
		char bytes[64];
	} pool = { .info = { .entropy_count = 512, .buf_size = 64 } };
	int fd = open("/dev/random", O_RDWR);

	if (fd < 0 || ioctl(fd, RNDADDENTROPY, &pool))
		fail("/dev/random");
	close(fd);
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "prefixes")) {
		prefixes(strtoul(argv[2], NULL, 0));
		return 0;
	}
	if (argc == 4 && (!strcmp(argv[1], "connect") ||
			  !strcmp(argv[1], "oversize") ||
			  !strcmp(argv[1], "refused"))) {
		measure(strcmp(argv[2], "inet") ? AF_NETSTACK : AF_INET,
			argv[3], *argv[1] == 'c' ? connect_all :
				 *argv[1] == 'o' ? send_oversize : send_all);
		return 0;
	}
	if (argc == 2 && !strcmp(argv[1], "seed")) {
		seed();
		return 0;
	}
	fputs("usage: netstack-bench-routes prefixes|connect|refused|oversize|seed\n",
	      stderr);
	return 1;
}
