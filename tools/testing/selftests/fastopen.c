// SPDX-License-Identifier: GPL-2.0
/*
 * TCP Fast Open (RFC 7413) between the host's TCP and the stack's, each as
 * client and as server, over both families:
 *
 *	AF_INET  10.77.0.1 == netstack0 == AF_NETSTACK  10.77.0.2
 *	AF_INET6   fd77::1 ==           ==                fd77::2
 *
 * guest: stock timeout=120
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/netstack.h>
#include <linux/tcp.h>

#include "kselftest_harness.h"

#define HOST	"10.77.0.1"
#define STACK	"10.77.0.2"
#define HOST6	"fd77::1"
#define STACK6	"fd77::2"

enum end { OF_HOST, OF_STACK };

struct address {
	struct sockaddr_storage storage;
	socklen_t len;
};

static struct address at(enum end whose, bool ipv6, int port)
{
	struct address address = { };
	struct sockaddr_in6 *in6 = (void *)&address.storage;
	struct sockaddr_in *in = (void *)&address.storage;

	/* The port is at the same place in both. */
	in->sin_port = htons(port);
	if (ipv6) {
		in6->sin6_family = AF_INET6;
		inet_pton(AF_INET6, whose == OF_HOST ? HOST6 : STACK6,
			  &in6->sin6_addr);
		address.len = sizeof(*in6);
	} else {
		in->sin_family = AF_INET;
		inet_pton(AF_INET, whose == OF_HOST ? HOST : STACK,
			  &in->sin_addr);
		address.len = sizeof(*in);
	}
	return address;
}

static int set(int fd, int name, int value)
{
	return setsockopt(fd, IPPROTO_TCP, name, &value, sizeof(value));
}

static int stream(enum end whose, bool ipv6)
{
	struct timeval limit = { .tv_sec = 10 };
	int fd;

	if (whose == OF_STACK)
		fd = socket(AF_NETSTACK, SOCK_STREAM,
			    ipv6 ? NETSTACK_IPV6 : 0);
	else
		fd = socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	return fd;
}

static int listener(enum end whose, bool ipv6, int port)
{
	struct address own = at(whose, ipv6, port);
	int fd = stream(whose, ipv6);

	if (bind(fd, (void *)&own.storage, own.len) || set(fd, TCP_FASTOPEN, 5) ||
	    listen(fd, 5))
		return -1;
	return fd;
}

/* Was data of the SYN taken? */
static int syn_data(int fd)
{
	struct tcp_info info = {};
	socklen_t len = sizeof(info);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len))
		return -1;
	return !!(info.tcpi_options & TCPI_OPT_SYN_DATA);
}

FIXTURE(pair) { };

FIXTURE_VARIANT(pair) {
	enum end client;
	enum end server;
	bool ipv6;
	int port;
};

FIXTURE_VARIANT_ADD(pair, to_the_host) {
	.client = OF_STACK,
	.server = OF_HOST,
	.port = 8001,
};

FIXTURE_VARIANT_ADD(pair, to_the_stack) {
	.client = OF_HOST,
	.server = OF_STACK,
	.port = 8002,
};

FIXTURE_VARIANT_ADD(pair, to_the_host_over_ipv6) {
	.client = OF_STACK,
	.server = OF_HOST,
	.ipv6 = true,
	.port = 8003,
};

FIXTURE_VARIANT_ADD(pair, to_the_stack_over_ipv6) {
	.client = OF_HOST,
	.server = OF_STACK,
	.ipv6 = true,
	.port = 8004,
};

FIXTURE_SETUP(pair)
{
	/* The addresses are there from the second case on. */
	ASSERT_EQ(0, system("ip link set netstack0 up"));
	system("ip addr add " HOST "/24 dev netstack0 2>/dev/null");
	system("nsctl addr add " STACK "/24 dev netstack0 noprobe 2>/dev/null");
	system("ip addr add " HOST6 "/64 dev netstack0 nodad 2>/dev/null");
	system("nsctl addr add " STACK6 "/64 dev netstack0 noprobe 2>/dev/null");
	ASSERT_EQ(0, system("sysctl -q -w net.ipv4.tcp_fastopen=3"));
	ASSERT_EQ(0, system("sysctl -q -w net.netstack.tcp_fastopen=3"));
}

FIXTURE_TEARDOWN(pair)
{
}

/* An echo of @text over a new connection. Return: 0, or where it failed. */
static int converse(int listening, int client, const char *text, int *got)
{
	size_t len = strlen(text);
	char data[8192] = "";
	int server, failed = 0;

	server = accept(listening, NULL, NULL);
	if (server < 0)
		return __LINE__;
	if (recv(server, data, len, MSG_WAITALL) != (ssize_t)len ||
	    memcmp(data, text, len))
		failed = __LINE__;
	if (!failed && send(server, data, len, 0) != (ssize_t)len)
		failed = __LINE__;
	memset(data, 0, sizeof(data));
	if (!failed && (recv(client, data, len, MSG_WAITALL) != (ssize_t)len ||
			memcmp(data, text, len)))
		failed = __LINE__;
	got[0] = syn_data(client);
	got[1] = syn_data(server);
	close(client);
	close(server);
	return failed;
}

static int send_open(enum end whose, const struct address *to,
		     const char *text)
{
	int fd = stream(whose, to->storage.ss_family == AF_INET6);

	if (sendto(fd, text, strlen(text), MSG_FASTOPEN, (void *)&to->storage,
		   to->len) == (ssize_t)strlen(text))
		return fd;
	close(fd);
	return -1;
}

TEST_F(pair, second_connection_has_data_in_the_syn)
{
	struct address to = at(variant->server, variant->ipv6, variant->port);
	int listening = listener(variant->server, variant->ipv6, variant->port);
	char text[4001];
	int client, i, got[2];

	ASSERT_LE(0, listening);
	client = send_open(variant->client, &to, "hello");
	ASSERT_LE(0, client);
	ASSERT_EQ(0, converse(listening, client, "hello", got));
	/* The cookie may be known of another case. */
	EXPECT_EQ(got[0], got[1]);

	client = send_open(variant->client, &to, "hello again");
	ASSERT_LE(0, client);
	ASSERT_EQ(0, converse(listening, client, "hello again", got));
	EXPECT_EQ(1, got[0]);
	EXPECT_EQ(1, got[1]);

	/* More than a SYN takes. */
	for (i = 0; i < 4000; i++)
		text[i] = 'a' + i % 26;
	text[4000] = 0;
	client = send_open(variant->client, &to, text);
	ASSERT_LE(0, client);
	ASSERT_EQ(0, converse(listening, client, text, got));
	EXPECT_EQ(1, got[0]);
	EXPECT_EQ(1, got[1]);
}

TEST_F(pair, connect_leaves_the_syn_to_the_first_write)
{
	struct address to = at(variant->server, variant->ipv6,
			       variant->port + 10);
	int listening = listener(variant->server, variant->ipv6,
				 variant->port + 10);
	int client, got[2];

	ASSERT_LE(0, listening);
	client = send_open(variant->client, &to, "a cookie, please");
	ASSERT_LE(0, client);
	ASSERT_EQ(0, converse(listening, client, "a cookie, please", got));

	client = stream(variant->client, variant->ipv6);
	ASSERT_EQ(0, set(client, TCP_FASTOPEN_CONNECT, 1));
	ASSERT_EQ(0, connect(client, (void *)&to.storage, to.len));
	ASSERT_EQ(5, write(client, "first", 5));
	ASSERT_EQ(0, converse(listening, client, "first", got));
	EXPECT_EQ(1, got[0]);
	EXPECT_EQ(1, got[1]);
}

TEST_F(pair, wrong_cookie_costs_a_round_trip_only)
{
	struct address to = at(variant->server, variant->ipv6,
			       variant->port + 20);
	int listening = listener(variant->server, variant->ipv6,
				 variant->port + 20);
	static const char key[16] = "not the old key";
	int client, got[2];

	ASSERT_LE(0, listening);
	client = send_open(variant->client, &to, "one");
	ASSERT_LE(0, client);
	ASSERT_EQ(0, converse(listening, client, "one", got));

	ASSERT_EQ(0, setsockopt(listening, IPPROTO_TCP, TCP_FASTOPEN_KEY, key,
				sizeof(key)));
	client = send_open(variant->client, &to, "two");
	ASSERT_LE(0, client);
	ASSERT_EQ(0, converse(listening, client, "two", got));
	EXPECT_EQ(0, got[0]);
	EXPECT_EQ(0, got[1]);

	client = send_open(variant->client, &to, "three");
	ASSERT_LE(0, client);
	ASSERT_EQ(0, converse(listening, client, "three", got));
	EXPECT_EQ(1, got[0]);
	EXPECT_EQ(1, got[1]);
}

/* TCP_SAVE_SYN 2: from the Ethernet header on, of both kinds of opening. */
TEST_F(pair, server_reads_the_syn)
{
	struct address to = at(variant->server, variant->ipv6,
			       variant->port + 30);
	int listening = listener(variant->server, variant->ipv6,
				 variant->port + 30);
	unsigned int ip = variant->ipv6 ? 40 : 20;
	int client, server, i, got[2] = {};
	unsigned char syn[256];
	socklen_t len;

	ASSERT_LE(0, listening);
	ASSERT_EQ(0, set(listening, TCP_SAVE_SYN, 2));
	for (i = 0; i < 2; i++) {
		client = send_open(variant->client, &to, "hello");
		ASSERT_LE(0, client);
		server = accept(listening, NULL, NULL);
		ASSERT_LE(0, server);
		got[i] = syn_data(server);
		len = sizeof(syn);
		ASSERT_EQ(0, getsockopt(server, IPPROTO_TCP, TCP_SAVED_SYN,
					syn, &len));
		ASSERT_LT(14 + ip + 20, len);
		EXPECT_EQ(variant->ipv6 ? 0x86 : 0x08, syn[12]);
		EXPECT_EQ(variant->ipv6 ? 6 : 4, syn[14] >> 4);
		EXPECT_EQ(variant->port + 30,
			  syn[14 + ip + 2] << 8 | syn[14 + ip + 3]);
		/* But for ECN. */
		EXPECT_EQ(2, syn[14 + ip + 13] & 0x3f);
		EXPECT_EQ(14 + ip + (syn[14 + ip + 12] >> 4) * 4, len);
		close(client);
		close(server);
	}
	EXPECT_EQ(1, got[1]);
	close(listening);
}

TEST_HARNESS_MAIN
