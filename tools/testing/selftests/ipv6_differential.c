// SPDX-License-Identifier: GPL-2.0
/*
 * guest: stock timeout=180
 *
 * What only AF_INET6 has, on the host and with NETSTACK_IPV6, over the lo of
 * each: SOL_IPV6's options, control messages and errors, sockets for both
 * families, the ports that they share, scopes.
 */
#define _GNU_SOURCE
#include <net/if.h>
#include <netinet/tcp.h>
#include <sys/time.h>

#include "datagram_differential.h"

/* <linux/in6.h> has them, which does not go with <netinet/in.h>. */
#define IPV6_FLOWINFO		11
#define IPV6_FLOWINFO_SEND	33

#define COUNT(array)	(sizeof(array) / sizeof(*(array)))

static union endpoint six(const char *text, unsigned int port)
{
	union endpoint end = { .in6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(port),
	} };

	inet_pton(AF_INET6, text, &end.in6.sin6_addr);
	return end;
}

static union endpoint four(const char *text, unsigned int port)
{
	union endpoint end = { .in = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	} };

	inet_pton(AF_INET, text, &end.in.sin_addr);
	return end;
}

static int socket6(struct side *side, int type)
{
	form = OVER_IPV6;
	return endpoint_socket(side->family, type, 0);
}

static int socket4(struct side *side, int type)
{
	form = OVER_IPV4;
	return endpoint_socket(side->family, type, 0);
}

static int bind6(int fd, const char *text, unsigned int port)
{
	union endpoint end = six(text, port);

	return bind(fd, (void *)&end, sizeof(end.in6));
}

static int connect6(int fd, const char *text, unsigned int port)
{
	union endpoint end = six(text, port);

	return connect(fd, (void *)&end, sizeof(end.in6));
}

static int connect4(int fd, const char *text, unsigned int port)
{
	union endpoint end = four(text, port);

	return connect(fd, (void *)&end, sizeof(end.in));
}

static long send6(int fd, const char *data, const char *text,
		  unsigned int port)
{
	union endpoint end = six(text, port);

	return sendto(fd, data, strlen(data), 0, (void *)&end,
		      sizeof(end.in6));
}

static long send4(int fd, const char *data, const char *text,
		  unsigned int port)
{
	union endpoint end = four(text, port);

	return sendto(fd, data, strlen(data), 0, (void *)&end, sizeof(end.in));
}

static int set6(int fd, int number, int val)
{
	return setsockopt(fd, SOL_IPV6, number, &val, sizeof(val));
}

/* The host's lo takes one byte more than an IPv4 packet has. */
FIXTURE(lo) {
	int unused;
};

FIXTURE_SETUP(lo)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_mtu = 65535 };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	ASSERT_EQ(0, ioctl(fd, SIOCSIFMTU, &request));
	close(fd);
}

FIXTURE_TEARDOWN(lo)
{
}

/* ---- options ---- */

static const struct {
	const char *name;
	int level;
	int number;
} options[] = {
#define OPTION(level, name) { #name, level, name }
	OPTION(SOL_IPV6, IPV6_V6ONLY), OPTION(SOL_IPV6, IPV6_UNICAST_HOPS),
	OPTION(SOL_IPV6, IPV6_MULTICAST_HOPS),
	OPTION(SOL_IPV6, IPV6_MULTICAST_IF),
	OPTION(SOL_IPV6, IPV6_MULTICAST_LOOP), OPTION(SOL_IPV6, IPV6_TCLASS),
	OPTION(SOL_IPV6, IPV6_RECVTCLASS), OPTION(SOL_IPV6, IPV6_HOPLIMIT),
	OPTION(SOL_IPV6, IPV6_RECVHOPLIMIT), OPTION(SOL_IPV6, IPV6_PKTINFO),
	OPTION(SOL_IPV6, IPV6_RECVPKTINFO), OPTION(SOL_IPV6, IPV6_RECVERR),
	OPTION(SOL_IPV6, IPV6_MTU), OPTION(SOL_IPV6, IPV6_MTU_DISCOVER),
	OPTION(SOL_IPV6, IPV6_DONTFRAG), OPTION(SOL_IPV6, IPV6_PATHMTU),
	OPTION(SOL_IPV6, IPV6_FLOWINFO), OPTION(SOL_IPV6, IPV6_FLOWINFO_SEND),
	OPTION(SOL_IPV6, IPV6_AUTOFLOWLABEL), OPTION(SOL_IPV6, IPV6_FREEBIND),
	OPTION(SOL_IPV6, IPV6_TRANSPARENT), OPTION(SOL_IPV6, IPV6_UNICAST_IF),
	OPTION(SOL_IPV6, IPV6_ADDR_PREFERENCES),
	OPTION(SOL_IPV6, IPV6_RECVORIGDSTADDR),
	OPTION(SOL_IPV6, IPV6_RECVFRAGSIZE),
	OPTION(SOL_IPV6, IPV6_MINHOPCOUNT), OPTION(SOL_IPV6, IPV6_ADDRFORM),
	OPTION(SOL_IP, IP_TOS), OPTION(SOL_IP, IP_TTL),
	OPTION(SOL_IP, IP_RECVERR), OPTION(SOL_IP, IP_PKTINFO),
	OPTION(SOL_UDP, UDP_NO_CHECK6_TX), OPTION(SOL_UDP, UDP_NO_CHECK6_RX),
	{ "unknown", SOL_IPV6, 12345 }, { "level", 12345, 1 },
};

static void note_option(struct side *side, int fd, size_t i, socklen_t room)
{
	unsigned char value[40];
	socklen_t len = room;
	unsigned int j;

	memset(value, 0x5a, sizeof(value));
	call(side, "  getsockopt", getsockopt(fd, options[i].level,
					      options[i].number, value, &len));
	note(side, "  room %d len %d:", room, len);
	for (j = 0; j < 8; j++)
		note(side, " %02x", value[j]);
	note(side, "\n");
}

static void option_values(struct side *side, int type)
{
	static const int values[] = {
		-2, -1, 0, 1, 2, 3, 4, 5, 6, 10, 63, 127, 255, 256, 1279,
		1280, 0x500, 0x403, 0x1000000,
	};
	static const socklen_t rooms[] = { 0, 1, 2, 4, 8, 40, -1 };
	size_t i, j;
	int fd, val;

	for (i = 0; i < COUNT(options); i++) {
		fd = socket6(side, type);
		note(side, "%s default\n", options[i].name);
		for (j = 0; j < COUNT(rooms); j++)
			if (options[i].level == SOL_IPV6 || rooms[j] != -1u)
				note_option(side, fd, i, rooms[j]);
		for (j = 0; j < COUNT(values); j++) {
			val = values[j];
			/* Which links the host has is not the question. */
			if (options[i].level == SOL_IPV6 &&
			    options[i].number == IPV6_MULTICAST_IF &&
			    val > 1 && val < 1000)
				continue;
			note(side, "%s %d\n", options[i].name, val);
			call(side, "  int",
			     setsockopt(fd, options[i].level,
					options[i].number, &val, 4));
			note_option(side, fd, i, 4);
			call(side, "  char",
			     setsockopt(fd, options[i].level,
					options[i].number, &val, 1));
			note_option(side, fd, i, 4);
		}
		call(side, "  empty", setsockopt(fd, options[i].level,
						 options[i].number, &val, 0));
		note_option(side, fd, i, 4);
		call(side, "  fault", setsockopt(fd, options[i].level,
						 options[i].number,
						 (void *)8, 4));
		close(fd);
	}
}

static void datagram_options(struct side *side)
{
	option_values(side, SOCK_DGRAM);
}

static void stream_options(struct side *side)
{
	option_values(side, SOCK_STREAM);
}

TEST_F(lo, options__of_datagrams_are_the_same)
{
	COMPARE(datagram_options);
}

TEST_F(lo, options__of_streams_are_the_same)
{
	COMPARE(stream_options);
}

static void oddities(struct side *side)
{
	int fd = socket6(side, SOCK_DGRAM);
	struct in6_pktinfo info = {};
	struct ip6_mtuinfo mtu;
	socklen_t len;
	int val;

	call(side, "pktinfo", setsockopt(fd, SOL_IPV6, IPV6_PKTINFO, &info,
					 sizeof(info)));
	call(side, "pktinfo short", setsockopt(fd, SOL_IPV6, IPV6_PKTINFO,
					       &info, sizeof(info) - 1));
	call(side, "multicast if", set6(fd, IPV6_MULTICAST_IF, 1));
	call(side, "multicast if none", set6(fd, IPV6_MULTICAST_IF, 4711));
	call(side, "unicast if", set6(fd, IPV6_UNICAST_IF, htonl(1)));
	call(side, "unicast if none", set6(fd, IPV6_UNICAST_IF, htonl(4711)));
	call(side, "unicast if off", set6(fd, IPV6_UNICAST_IF, 0));
	call(side, "connect", connect6(fd, "::1", PORT));
	len = sizeof(mtu);
	call(side, "path mtu",
	     getsockopt(fd, SOL_IPV6, IPV6_PATHMTU, &mtu, &len));
	note(side, "  len %u mtu %u\n", len, mtu.ip6m_mtu);
	len = sizeof(val);
	call(side, "mtu", getsockopt(fd, SOL_IPV6, IPV6_MTU, &val, &len));
	note(side, "  %d\n", val);
	call(side, "v6only when bound", set6(fd, IPV6_V6ONLY, 1));
	call(side, "addrform", set6(fd, IPV6_ADDRFORM, AF_INET));
	call(side, "addrform inet6", set6(fd, IPV6_ADDRFORM, AF_INET6));
	len = sizeof(val);
	call(side, "get addrform",
	     getsockopt(fd, SOL_IPV6, IPV6_ADDRFORM, &val, &len));
	note(side, "  %d\n", val);
	close(fd);

	fd = socket6(side, SOCK_DGRAM);
	call(side, "connect mapped", connect6(fd, "::ffff:127.0.0.1", PORT));
	call(side, "addrform", set6(fd, IPV6_ADDRFORM, AF_INET));
	call(side, "option afterwards", set6(fd, IPV6_V6ONLY, 1));
	note_names(side, fd);
	close(fd);
}

TEST_F(lo, options__oddities_are_the_same)
{
	COMPARE(oddities);
}

/* ---- addresses ---- */

static void lengths(struct side *side)
{
	static const int types[] = { SOCK_DGRAM, SOCK_STREAM };
	union endpoint end;
	unsigned int len;
	size_t i;
	int fd;

	for (i = 0; i < COUNT(types); i++) {
		for (len = 0; len <= sizeof(end.in6); len++) {
			end = six("::1", PORT);
			fd = socket6(side, types[i]);
			note(side, "length %u ", len);
			call(side, "bind", bind(fd, (void *)&end, len));
			close(fd);
			fd = socket6(side, types[i]);
			call(side, "connect", connect(fd, (void *)&end, len));
			close(fd);
			fd = socket6(side, types[i]);
			call(side, "sendto",
			     sendto(fd, "x", 1, MSG_NOSIGNAL, (void *)&end,
				    len));
			end = four("127.0.0.1", PORT);
			call(side, "sendto inet",
			     sendto(fd, "x", 1, MSG_NOSIGNAL, (void *)&end,
				    len));
			close(fd);
			fd = socket6(side, types[i]);
			call(side, "bind inet", bind(fd, (void *)&end, len));
			close(fd);
			fd = socket6(side, types[i]);
			call(side, "connect inet",
			     connect(fd, (void *)&end, len));
			close(fd);
		}
	}
}

TEST_F(lo, address__lengths_are_the_same)
{
	COMPARE(lengths);
}

static void scopes(struct side *side)
{
	static const char * const texts[] = {
		"fe80::1", "ff02::1", "ff01::1", "ff05::1", "2001:db8::1",
	};
	static const int types[] = { SOCK_DGRAM, SOCK_STREAM };
	static const unsigned int ids[] = { 0, 1, 4711 };
	union endpoint end;
	size_t i, j, k;
	int fd;

	for (i = 0; i < COUNT(types); i++) {
		for (j = 0; j < COUNT(texts); j++) {
			for (k = 0; k < COUNT(ids); k++) {
				end = six(texts[j], PORT);
				end.in6.sin6_scope_id = ids[k];
				note(side, "%s%%%u ", texts[j], ids[k]);
				fd = socket6(side, types[i]);
				call(side, "bind", bind(fd, (void *)&end,
							sizeof(end)));
				note_names(side, fd);
				close(fd);
				fd = socket6(side, types[i]);
				call(side, "bind without scope",
				     bind(fd, (void *)&end, 24));
				close(fd);
				/* Where groups go differs: no default route. */
				if (*texts[j] == 'f' && texts[j][1] == 'f')
					continue;
				fd = socket6(side, types[i] | SOCK_NONBLOCK);
				call(side, "connect",
				     connect(fd, (void *)&end, sizeof(end)));
				close(fd);
			}
		}
	}
}

TEST_F(lo, address__scopes_are_the_same)
{
	COMPARE(scopes);
}

/* ---- both families ---- */

static void dual_datagrams(struct side *side)
{
	int four_fd = socket4(side, SOCK_DGRAM), fd = udp(side);
	int only, to;

	close(fd);
	for (only = 0; only < 2; only++) {
		to = socket6(side, SOCK_DGRAM);
		fd = socket6(side, SOCK_DGRAM);
		note(side, "only %d\n", only);
		call(side, "v6only", set6(to, IPV6_V6ONLY, only));
		call(side, "v6only", set6(fd, IPV6_V6ONLY, only));
		call(side, "bind", bind6(to, "::", PORT));
		note_names(side, to);
		call(side, "from inet", send4(four_fd, "a", "127.0.0.1",
					      PORT));
		note_recv(side, to, 10, MSG_DONTWAIT);
		call(side, "from inet6", send6(fd, "b", "::1", PORT));
		note_recv(side, to, 10, MSG_DONTWAIT);
		call(side, "mapped", send6(fd, "c", "::ffff:127.0.0.1", PORT));
		note_recv(side, to, 10, MSG_DONTWAIT);
		call(side, "inet address", send4(fd, "d", "127.0.0.1", PORT));
		note_recv(side, to, 10, MSG_DONTWAIT);
		call(side, "mapped any", send6(fd, "e", "::ffff:0.0.0.0",
					       PORT));
		note_recv(side, to, 10, MSG_DONTWAIT);
		call(side, "any", send6(fd, "f", "::", PORT));
		note_recv(side, to, 10, MSG_DONTWAIT);
		call(side, "port 0", send6(fd, "f", "::1", 0));
		call(side, "mapped port 0", send6(fd, "f", "::ffff:127.0.0.1",
						  0));
		call(side, "connect mapped", connect6(fd, "::ffff:127.0.0.1",
						      PORT));
		note_names(side, fd);
		call(side, "send", send(fd, "g", 1, 0));
		note_recv(side, to, 10, MSG_DONTWAIT);
		call(side, "to inet6", send6(fd, "h", "::1", PORT));
		note_recv(side, to, 10, MSG_DONTWAIT);
		call(side, "connect inet6", connect6(fd, "::1", PORT));
		call(side, "disconnect", disconnect(fd));
		note_names(side, fd);
		call(side, "connect inet", connect4(fd, "127.0.0.1", PORT));
		note_names(side, fd);
		call(side, "disconnect", disconnect(fd));
		call(side, "connect inet6", connect6(fd, "::1", PORT));
		note_names(side, fd);
		call(side, "send", send(fd, "i", 1, 0));
		note_recv(side, to, 10, MSG_DONTWAIT);
		call(side, "to inet", send4(fd, "j", "127.0.0.1", PORT));
		note_recv(side, to, 10, MSG_DONTWAIT);
		call(side, "connect any", connect6(fd, "::", PORT));
		note_names(side, fd);
		close(to);
		close(fd);
	}
	close(four_fd);
}

TEST_F(lo, dual__datagrams_go_the_same_way)
{
	COMPARE(dual_datagrams);
}

/* Of a stream whose connection failed, the host tells the port it had. */
static void note_ends(struct side *side, int type, int fd)
{
	if (type == SOCK_DGRAM)
		note_names(side, fd);
}

static void bound_mapped(struct side *side)
{
	static const char * const texts[] = {
		"::ffff:127.0.0.1", "::ffff:0.0.0.0", "::1",
		"::ffff:192.0.2.1", "::127.0.0.1",
	};
	static const int types[] = { SOCK_DGRAM, SOCK_STREAM };
	size_t i, j;
	int fd, val;
	socklen_t len;

	for (i = 0; i < COUNT(types); i++) {
		for (j = 0; j < COUNT(texts); j++) {
			/*
			 * A connection that failed leaves its address to the
			 * host's socket, if that is bound to this wildcard.
			 */
			if (types[i] == SOCK_STREAM && j == 1)
				continue;
			note(side, "%s ", texts[j]);
			fd = socket6(side, types[i]);
			call(side, "bind", bind6(fd, texts[j], PORT));
			note_names(side, fd);
			len = sizeof(val);
			getsockopt(fd, SOL_IPV6, IPV6_V6ONLY, &val, &len);
			note(side, "v6only %d\n", val);
			call(side, "connect inet6", connect6(fd, "::1", 1));
			note_ends(side, types[i], fd);
			disconnect(fd);
			note_ends(side, types[i], fd);
			close(fd);

			fd = socket6(side, types[i]);
			bind6(fd, texts[j], PORT);
			call(side, "connect mapped",
			     connect6(fd, "::ffff:127.0.0.1", 1));
			note_ends(side, types[i], fd);
			close(fd);

			fd = socket6(side, types[i]);
			bind6(fd, texts[j], PORT);
			call(side, "connect any", connect6(fd, "::", 1));
			note_ends(side, types[i], fd);
			close(fd);

			fd = socket6(side, types[i]);
			set6(fd, IPV6_V6ONLY, 1);
			call(side, "bind v6only", bind6(fd, texts[j], PORT));
			call(side, "connect mapped v6only",
			     connect6(fd, "::ffff:127.0.0.1", 1));
			close(fd);
		}
	}
}

TEST_F(lo, mapped__binds_and_connects_the_same)
{
	COMPARE(bound_mapped);
}

static void dual_streams(struct side *side)
{
	struct timeval patience = { .tv_sec = 2 };
	int listener, client, child, only, mss;
	union endpoint end = {};
	socklen_t len;
	char byte;

	for (only = 0; only < 2; only++) {
		listener = socket6(side, SOCK_STREAM);
		set6(listener, IPV6_V6ONLY, only);
		set6(listener, IPV6_TCLASS, 0x20);
		call(side, "bind", bind6(listener, "::", 0));
		call(side, "listen", listen(listener, 5));
		len = sizeof(end);
		getsockname(listener, (void *)&end, &len);
		setsockopt(listener, SOL_SOCKET, SO_RCVTIMEO, &patience,
			   sizeof(patience));

		client = socket4(side, SOCK_STREAM);
		if (!call(side, "connect inet",
			  connect4(client, "127.0.0.1", ntohs(end.sin_port)))) {
			len = sizeof(end);
			child = accept(listener, (void *)&end, &len);
			worked(side, "accept", child);
			end.sin_port = htons(PORT);
			note_address(side, "from", &end, len);
			call(side, "send", send(client, "x", 1, 0));
			call(side, "recv", recv(child, &byte, 1, 0));
			call(side, "v6 option", set6(child, IPV6_TCLASS, 0x40));
			close(child);
		}
		close(client);

		len = sizeof(end);
		getsockname(listener, (void *)&end, &len);
		client = socket6(side, SOCK_STREAM);
		if (!call(side, "connect inet6",
			  connect6(client, "::1", ntohs(end.sin_port)))) {
			len = sizeof(end);
			child = accept(listener, (void *)&end, &len);
			worked(side, "accept", child);
			end.sin_port = htons(PORT);
			note_address(side, "from", &end, len);
			call(side, "send", send(client, "x", 1, 0));
			call(side, "recv", recv(child, &byte, 1, 0));
			byte = 0;
			len = 1;
			call(side, "inherited",
			     getsockopt(child, SOL_IPV6, IPV6_TCLASS, &byte,
					&len));
			note(side, "  %#x\n", byte);
			mss = 0;
			len = sizeof(mss);
			getsockopt(client, SOL_TCP, TCP_MAXSEG, &mss, &len);
			note(side, "  mss %d\n", mss);
			close(child);
		}
		close(client);
		close(listener);
	}
}

TEST_F(lo, dual__streams_are_accepted_the_same)
{
	COMPARE(dual_streams);
}

/* Kernels before 6.3 may keep SO_REUSEPORT for AF_INET. */
static void share_port(struct side *side, int fd, int on)
{
	if (side->family == AF_NETSTACK)
		setsockopt(fd, SOL_NETSTACK, NETSTACK_REUSEPORT, &on, 4);
	else
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, 4);
}

static const char * const claims[] = {
	"0.0.0.0", "127.0.0.1", "::", "only", "::1", "::ffff:0.0.0.0",
	"::ffff:127.0.0.1",
};

static int claim(struct side *side, int type, const char *text, int bits,
		 int *fd)
{
	union endpoint end;
	int on = bits & 1;

	if (!strchr(text, ':') && strcmp(text, "only")) {
		*fd = socket4(side, type);
		end = four(text, PORT);
	} else {
		*fd = socket6(side, type);
		if (!strcmp(text, "only"))
			set6(*fd, IPV6_V6ONLY, 1);
		end = six(strcmp(text, "only") ? text : "::", PORT);
	}
	setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	share_port(side, *fd, !!(bits & 2));
	return bind(*fd, (void *)&end, end.sin_family == AF_INET6 ?
				       sizeof(end.in6) : sizeof(end.in));
}

static void port_pairs(struct side *side, int type)
{
	unsigned int i, j, bits;
	int first, second;

	for (bits = 0; bits < 16; bits++) {
		for (i = 0; i < COUNT(claims); i++) {
			for (j = 0; j < COUNT(claims); j++) {
				/* Kernels before 6.9 forget this wildcard. */
				if (type == SOCK_STREAM && (i == 5 || j == 5))
					continue;
				note(side, "%#x %s %s ", bits, claims[i],
				     claims[j]);
				call(side, "first",
				     claim(side, type, claims[i], bits & 3,
					   &first));
				if (type == SOCK_STREAM)
					listen(first, 1);
				call(side, "second",
				     claim(side, type, claims[j], bits >> 2,
					   &second));
				if (type == SOCK_STREAM)
					call(side, "listen",
					     listen(second, 1));
				close(second);
				close(first);
			}
		}
	}
}

static void datagram_ports(struct side *side)
{
	port_pairs(side, SOCK_DGRAM);
}

static void stream_ports(struct side *side)
{
	port_pairs(side, SOCK_STREAM);
}

TEST_F(lo, dual__datagrams_share_ports_by_the_same_rules)
{
	COMPARE(datagram_ports);
}

TEST_F(lo, dual__streams_share_ports_by_the_same_rules)
{
	COMPARE(stream_ports);
}

/* Both wildcards are bound: which gets it? */
static void precedence(struct side *side)
{
	int from = socket4(side, SOCK_DGRAM), from6, fds[3];
	unsigned int i, order;

	from6 = socket6(side, SOCK_DGRAM);
	for (order = 0; order < 2; order++) {
		call(side, "four", claim(side, SOCK_DGRAM,
					 claims[order ? 2 : 0], 1, &fds[0]));
		call(side, "six", claim(side, SOCK_DGRAM,
					claims[order ? 0 : 2], 1, &fds[1]));
		call(side, "exact", claim(side, SOCK_DGRAM,
					  "::ffff:127.0.0.1", 1, &fds[2]));
		send4(from, "four", "127.0.0.1", PORT);
		send4(from, "two", "127.0.0.2", PORT);
		send6(from6, "six", "::1", PORT);
		for (i = 0; i < 3; i++) {
			note(side, "socket %u\n", i);
			call(side, "recv", recv(fds[i], NULL, 0,
						MSG_DONTWAIT | MSG_TRUNC));
			call(side, "recv", recv(fds[i], NULL, 0,
						MSG_DONTWAIT | MSG_TRUNC));
		}
		for (i = 0; i < 3; i++)
			close(fds[i]);
	}
	close(from);
	close(from6);
}

TEST_F(lo, dual__own_family_is_preferred)
{
	COMPARE(precedence);
}

/* ---- control messages ---- */

static void note_cmsgs(struct side *side, int fd, int flags)
{
	union {
		struct cmsghdr header;
		char room[512];
	} control;
	char data[64] = "";
	struct iovec iov = { .iov_base = data, .iov_len = sizeof(data) };
	union endpoint sin = {};
	struct msghdr msg = {
		.msg_name = &sin,
		.msg_namelen = sizeof(sin),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg;
	size_t i;

	if (call(side, "recvmsg", recvmsg(fd, &msg, flags)) < 0)
		return;
	note(side, "  flags %#x\n", msg.msg_flags);
	note_address(side, "  name", &sin, msg.msg_namelen);
	for (cmsg = CMSG_FIRSTHDR(&msg); cmsg;
	     cmsg = CMSG_NXTHDR(&msg, cmsg)) {
		note(side, "  level %d type %d len %zu:", cmsg->cmsg_level,
		     cmsg->cmsg_type, (size_t)cmsg->cmsg_len);
		for (i = 0; i < cmsg->cmsg_len - sizeof(*cmsg); i++)
			note(side, " %02x", CMSG_DATA(cmsg)[i]);
		note(side, "\n");
	}
}

static long send_cmsg(int fd, const char *text, int level, int type,
		      const void *value, size_t len)
{
	union endpoint to = six(text, PORT);

	return send_control(fd, &to, "x", 1, level, type, value, len);
}

static void cmsgs(struct side *side)
{
	static const int asked[] = {
		IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT, IPV6_RECVTCLASS,
		IPV6_RECVORIGDSTADDR, IPV6_RECVFRAGSIZE,
	};
	static const char * const texts[] = { "::1", "::ffff:127.0.0.1" };
	int from = socket6(side, SOCK_DGRAM), to = socket6(side, SOCK_DGRAM);
	static const int numbers[] = {
		IPV6_HOPLIMIT, IPV6_TCLASS, IPV6_DONTFRAG, IPV6_MTU, 12345,
	};
	static const int values[] = { -2, -1, 1, 2, 7, 0x28, 255, 256 };
	struct in6_pktinfo info = {};
	size_t i, j, k;

	bind6(from, "::", PORT + 1);
	bind6(to, "::", PORT);
	for (i = 0; i < COUNT(asked); i++)
		call(side, "ask", set6(to, asked[i], 1));
	for (k = 0; k < COUNT(texts); k++) {
		note(side, "to %s\n", texts[k]);
		call(side, "plain", send6(from, "x", texts[k], PORT));
		note_cmsgs(side, to, MSG_DONTWAIT);
		for (i = 0; i < COUNT(numbers); i++) {
			for (j = 0; j < COUNT(values); j++) {
				note(side, "type %d value %d ", numbers[i],
				     values[j]);
				if (call(side, "sendmsg",
					 send_cmsg(from, texts[k], SOL_IPV6,
						   numbers[i], &values[j],
						   4)) > 0)
					note_cmsgs(side, to, MSG_DONTWAIT);
			}
			call(side, "short",
			     send_cmsg(from, texts[k], SOL_IPV6, numbers[i],
				       values, 1));
			note_cmsgs(side, to, MSG_DONTWAIT);
		}
		call(side, "inet ttl", send_cmsg(from, texts[k], SOL_IP,
						 IP_TTL, &values[4], 4));
		note_cmsgs(side, to, MSG_DONTWAIT);
		info = (struct in6_pktinfo) { .ipi6_ifindex = 1 };
		call(side, "pktinfo link",
		     send_cmsg(from, texts[k], SOL_IPV6, IPV6_PKTINFO, &info,
			       sizeof(info)));
		note_cmsgs(side, to, MSG_DONTWAIT);
		info.ipi6_ifindex = 4711;
		call(side, "pktinfo no link",
		     send_cmsg(from, texts[k], SOL_IPV6, IPV6_PKTINFO, &info,
			       sizeof(info)));
		info.ipi6_ifindex = 0;
		inet_pton(AF_INET6, texts[k], &info.ipi6_addr);
		call(side, "pktinfo source",
		     send_cmsg(from, texts[k], SOL_IPV6, IPV6_PKTINFO, &info,
			       sizeof(info)));
		note_cmsgs(side, to, MSG_DONTWAIT);
		inet_pton(AF_INET6, "2001:db8::1", &info.ipi6_addr);
		call(side, "pktinfo foreign",
		     send_cmsg(from, texts[k], SOL_IPV6, IPV6_PKTINFO, &info,
			       sizeof(info)));
		inet_pton(AF_INET6, "fe80::1", &info.ipi6_addr);
		call(side, "pktinfo scope",
		     send_cmsg(from, texts[k], SOL_IPV6, IPV6_PKTINFO, &info,
			       sizeof(info)));
		call(side, "pktinfo short",
		     send_cmsg(from, texts[k], SOL_IPV6, IPV6_PKTINFO, &info,
			       sizeof(info) - 1));
	}
	set6(from, IPV6_UNICAST_HOPS, 33);
	set6(from, IPV6_TCLASS, 0x48);
	call(side, "options", send6(from, "x", "::1", PORT));
	note_cmsgs(side, to, MSG_DONTWAIT);
	close(from);
	close(to);
}

TEST_F(lo, cmsg__says_the_same)
{
	COMPARE(cmsgs);
}

/* ---- sizes and errors ---- */

static void sizes(struct side *side)
{
	static const size_t lengths[] = {
		1232, 1233, 65488, 65489, 65507, 65508, 65526, 65527, 65528,
		65535,
	};
	static char data[65536];
	int from, to = socket6(side, SOCK_DGRAM), mode, dontfrag;
	union endpoint end = six("::1", PORT);
	size_t i;

	bind6(to, "::", PORT);
	for (mode = IPV6_PMTUDISC_DONT; mode <= IPV6_PMTUDISC_OMIT; mode++) {
		for (dontfrag = 0; dontfrag < 2; dontfrag++) {
			from = socket6(side, SOCK_DGRAM);
			set6(from, IPV6_MTU_DISCOVER, mode);
			set6(from, IPV6_DONTFRAG, dontfrag);
			set6(from, IPV6_RECVERR, 1);
			bind6(from, "::1", PORT + 1);
			for (i = 0; i < COUNT(lengths); i++) {
				note(side, "mode %d dontfrag %d length %zu ",
				     mode, dontfrag, lengths[i]);
				call(side, "sendto",
				     sendto(from, data, lengths[i], 0,
					    (void *)&end, sizeof(end)));
				call(side, "recv",
				     recv(to, data, sizeof(data),
					  MSG_DONTWAIT));
				note_cmsgs(side, from, MSG_ERRQUEUE);
			}
			close(from);
		}
	}
	close(to);
}

TEST_F(lo, send__takes_the_same_sizes)
{
	COMPARE(sizes);
}

static void error_queue(struct side *side)
{
	static const char * const texts[] = { "::1", "::ffff:127.0.0.1" };
	int fd, val, inet_too;
	socklen_t len;
	size_t i;

	for (i = 0; i < COUNT(texts); i++) {
		for (inet_too = 0; inet_too < 2; inet_too++) {
			fd = socket6(side, SOCK_DGRAM);
			note(side, "%s inet %d\n", texts[i], inet_too);
			set6(fd, IPV6_RECVERR, 1);
			setsockopt(fd, SOL_IP, IP_RECVERR, &inet_too,
				   sizeof(inet_too));
			bind6(fd, "::", PORT + 1);
			call(side, "sendto", send6(fd, "quoted", texts[i],
						   PORT));
			note_poll(side, fd, POLLIN, 100);
			call(side, "recv", recv(fd, NULL, 0, MSG_DONTWAIT));
			note_cmsgs(side, fd, MSG_ERRQUEUE);
			note_cmsgs(side, fd, MSG_ERRQUEUE);
			len = sizeof(val);
			call(side, "SO_ERROR",
			     getsockopt(fd, SOL_SOCKET, SO_ERROR, &val, &len));
			note(side, "  value %d\n", val);
			close(fd);
		}
	}
}

TEST_F(lo, errqueue__tells_the_same)
{
	COMPARE(error_queue);
}

static void flow_labels(struct side *side)
{
	int from = socket6(side, SOCK_DGRAM), to = socket6(side, SOCK_DGRAM);
	union endpoint end = six("::1", PORT);
	__be32 flow = htonl(0x12345);

	bind6(to, "::", PORT);
	bind6(from, "::1", PORT + 1);
	set6(from, IPV6_AUTOFLOWLABEL, 0);
	set6(from, IPV6_TCLASS, 0x20);
	set6(to, IPV6_FLOWINFO, 1);
	call(side, "plain", send6(from, "x", "::1", PORT));
	note_cmsgs(side, to, MSG_DONTWAIT);
	set6(from, IPV6_FLOWINFO_SEND, 1);
	end.in6.sin6_flowinfo = htonl(0x2354321);
	call(side, "address", sendto(from, "x", 1, 0, (void *)&end,
				     sizeof(end)));
	note_cmsgs(side, to, MSG_DONTWAIT);
	call(side, "cmsg", send_cmsg(from, "::1", SOL_IPV6, IPV6_FLOWINFO,
				     &flow, sizeof(flow)));
	note_cmsgs(side, to, MSG_DONTWAIT);
	call(side, "connect", connect(from, (void *)&end, sizeof(end)));
	call(side, "send", send(from, "x", 1, 0));
	note_cmsgs(side, to, MSG_DONTWAIT);
	close(from);
	close(to);
}

TEST_F(lo, flow__labels_are_the_same)
{
	COMPARE(flow_labels);
}

TEST_HARNESS_MAIN
