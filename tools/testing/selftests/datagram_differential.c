// SPDX-License-Identifier: GPL-2.0
/*
 * guest: stock
 *
 * The same calls on AF_INET and on AF_NETSTACK, over the lo of each, must
 * give the same results: return values, errno, option values, addresses,
 * control messages. Each case writes a transcript of what it saw; the two
 * transcripts are compared line by line.
 */
#define _GNU_SOURCE
#define EVERY_FORM
#include "datagram_differential.h"

/* ---- socket ---- */

static void socket_kinds(struct side *side)
{
	static const int protocols[] = {
		IPPROTO_IP, IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP, 41, 254,
		-1, 512,
	};
	int type, fd;
	size_t i;

	/* Not built: raw and ping sockets; SOCK_PACKET is AF_INET's own. */
	for (type = SOCK_STREAM; type <= SOCK_SEQPACKET; type++) {
		for (i = 0; i < sizeof(protocols) / sizeof(*protocols); i++) {
			if (type == SOCK_RAW ||
			    (type == SOCK_DGRAM && protocols[i] == 1))
				continue;
			note(side, "type %d protocol %d ", type,
			     protocols[i]);
			fd = endpoint_socket(side->family, type, protocols[i]);
			worked(side, "socket", fd);
			if (fd >= 0)
				close(fd);
		}
	}
}

TEST_F(over, socket__takes_the_same_types_and_protocols)
{
	COMPARE(socket_kinds);
}

static void socket_defaults(struct side *side)
{
	static const int options[] = {
		SO_TYPE, SO_PROTOCOL, SO_RCVBUF, SO_SNDBUF, SO_REUSEADDR,
		SO_REUSEPORT, SO_BROADCAST, SO_ERROR, SO_ACCEPTCONN,
		SO_PRIORITY, SO_MARK, SO_NO_CHECK, SO_DONTROUTE, SO_KEEPALIVE,
		SO_OOBINLINE, SO_RCVLOWAT, SO_SNDLOWAT, SO_PEEK_OFF,
		SO_TIMESTAMP,
	};
	int fd = udp(side);
	socklen_t len;
	size_t i;
	int val;

	for (i = 0; i < sizeof(options) / sizeof(*options); i++) {
		val = -7;
		len = sizeof(val);
		note(side, "option %d ", options[i]);
		call(side, "getsockopt",
		     getsockopt(fd, SOL_SOCKET, options[i], &val, &len));
		note(side, "  value %d len %u\n", val, len);
	}
	close(fd);
}

TEST_F(over, socket__has_the_same_defaults)
{
	COMPARE(socket_defaults);
}

static void unbound(struct side *side)
{
	int fd = udp(side);

	note_names(side, fd);
	call(side, "send", send(fd, "x", 1, 0));
	note_names(side, fd);
	call(side, "listen", listen(fd, 1));
	call(side, "accept", accept(fd, NULL, NULL));
	note_poll(side, fd, POLLIN | POLLOUT, 0);
	close(fd);
}

TEST_F(over, socket__unbound_behaves_the_same)
{
	COMPARE(unbound);
}

/* ---- bind ---- */

static void bind_errors(struct side *side)
{
	static const char * const addresses[] = {
		"0.0.0.0", "127.0.0.1", "127.1.2.3", "192.0.2.1", "224.0.0.1",
		"255.255.255.255", "127.255.255.255", "0.0.0.1", "240.0.0.1",
	};
	union endpoint sin;
	int on = 1;
	size_t i;
	int fd;

	for (i = 0; i < sizeof(addresses) / sizeof(*addresses); i++) {
		fd = udp(side);
		note(side, "%s ", addresses[i]);
		call(side, "bind", bind_to(fd, addresses[i], PORT));
		note_names(side, fd);
		call(side, "bind again", bind_to(fd, addresses[i], PORT + 1));
		close(fd);

		fd = udp(side);
		setsockopt(fd, SOL_IP, IP_FREEBIND, &on, sizeof(on));
		note(side, "free %s ", addresses[i]);
		call(side, "bind", bind_to(fd, addresses[i], PORT));
		note_names(side, fd);
		close(fd);
	}

	fd = udp(side);
	sin = address("127.0.0.1", PORT);
	call(side, "bind short", bind(fd, (struct sockaddr *)&sin, 15));
	call(side, "bind zero", bind(fd, (struct sockaddr *)&sin, 0));
	sin.sin_family = AF_INET6;
	call(side, "bind inet6",
	     bind(fd, (struct sockaddr *)&sin, sizeof(sin)));
	sin.sin_family = AF_UNSPEC;
	call(side, "bind unspec",
	     bind(fd, (struct sockaddr *)&sin, sizeof(sin)));
	sin = address("0.0.0.0", PORT);
	sin.sin_family = AF_UNSPEC;
	call(side, "bind unspec any",
	     bind(fd, (struct sockaddr *)&sin, sizeof(sin)));
	note_names(side, fd);
	close(fd);
}

TEST_F(over, bind__refuses_the_same)
{
	COMPARE(bind_errors);
}

/* Kernels before 6.3 may keep SO_REUSEPORT for AF_INET. */
static void share_port(struct side *side, int fd, int on)
{
	if (side->family == AF_NETSTACK)
		setsockopt(fd, SOL_NETSTACK, NETSTACK_REUSEPORT, &on, 4);
	else
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, 4);
}

static void bind_pairs(struct side *side)
{
	static const char * const addresses[] = {
		"0.0.0.0", "127.0.0.1", "127.0.0.2",
	};
	unsigned int i, a, b, bits;
	int first, second, on;

	for (bits = 0; bits < 16; bits++) {
		for (i = 0; i < 9; i++) {
			a = i / 3;
			b = i % 3;
			first = udp(side);
			second = udp(side);
			on = bits & 1;
			setsockopt(first, SOL_SOCKET, SO_REUSEADDR, &on, 4);
			on = !!(bits & 2);
			setsockopt(second, SOL_SOCKET, SO_REUSEADDR, &on, 4);
			share_port(side, first, !!(bits & 4));
			share_port(side, second, !!(bits & 8));
			note(side, "%#x %s %s ", bits, addresses[a],
			     addresses[b]);
			call(side, "first",
			     bind_to(first, addresses[a], PORT));
			call(side, "second",
			     bind_to(second, addresses[b], PORT));
			close(first);
			close(second);
		}
	}
}

TEST_F(over, bind__shares_ports_by_the_same_rules)
{
	COMPARE(bind_pairs);
}

static void bind_privilege(struct side *side)
{
	int fd;

	if (seteuid(65534))
		return;
	fd = udp(side);
	call(side, "port 1023", bind_to(fd, "0.0.0.0", 1023));
	call(side, "port 1024", bind_to(fd, "0.0.0.0", 1024));
	close(fd);
	if (seteuid(0))
		note(side, "not root again\n");
}

TEST_F(over, bind__needs_the_same_privilege)
{
	COMPARE(bind_privilege);
}

/* ---- connect ---- */

static void connects(struct side *side)
{
	union endpoint sin;
	int fd = udp(side);
	int on = 1;

	call(side, "connect", connect_to(fd, "127.0.0.1", PORT));
	note_names(side, fd);
	call(side, "again", connect_to(fd, "127.0.0.2", PORT + 1));
	note_names(side, fd);
	call(side, "disconnect", disconnect(fd));
	note_names(side, fd);
	call(side, "any", connect_to(fd, "0.0.0.0", PORT));
	note_names(side, fd);
	call(side, "port 0", connect_to(fd, "127.0.0.1", 0));
	note_names(side, fd);
	call(side, "bind connected", bind_to(fd, "127.0.0.1", PORT));
	call(side, "broadcast", connect_to(fd, "255.255.255.255", PORT));
	setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
	close(fd);

	fd = udp(side);
	sin = address("127.0.0.1", PORT);
	call(side, "short", connect(fd, (struct sockaddr *)&sin, 15));
	call(side, "shorter", connect(fd, (struct sockaddr *)&sin, 1));
	sin.sin_family = AF_INET6;
	call(side, "inet6",
	     connect(fd, (struct sockaddr *)&sin, sizeof(sin)));
	note_names(side, fd);
	close(fd);

	fd = udp(side);
	bind_to(fd, "127.0.0.1", PORT);
	call(side, "bound", connect_to(fd, "127.0.0.1", PORT + 1));
	note_names(side, fd);
	call(side, "disconnect", disconnect(fd));
	note_names(side, fd);
	close(fd);

	fd = udp(side);
	bind_to(fd, "0.0.0.0", PORT);
	call(side, "bound any", connect_to(fd, "127.0.0.1", PORT + 1));
	note_names(side, fd);
	call(side, "disconnect", disconnect(fd));
	note_names(side, fd);
	close(fd);

	fd = udp(side);
	bind_to(fd, "127.0.0.1", 0);
	call(side, "bound port 0", connect_to(fd, "127.0.0.1", PORT));
	note_names(side, fd);
	call(side, "disconnect", disconnect(fd));
	note_names(side, fd);
	close(fd);
}

TEST_F(over, connect__names_the_same_ends)
{
	COMPARE(connects);
}

static void refused(struct side *side)
{
	char byte;
	int fd = udp(side);

	connect_to(fd, "127.0.0.1", PORT);
	call(side, "send", send(fd, "x", 1, 0));
	note_poll(side, fd, POLLIN | POLLOUT, WAIT_MS);
	call(side, "recv", recv(fd, &byte, 1, MSG_DONTWAIT));
	call(side, "recv again", recv(fd, &byte, 1, MSG_DONTWAIT));
	call(side, "send", send(fd, "x", 1, 0));
	note_poll(side, fd, 0, WAIT_MS);
	call(side, "send reports", send(fd, "x", 1, 0));
	close(fd);

	fd = udp(side);
	call(side, "sendto", send_to(fd, "x", 1, 0, "127.0.0.1", PORT));
	note_poll(side, fd, POLLIN, 50);
	call(side, "recv unconnected", recv(fd, &byte, 1, MSG_DONTWAIT));
	close(fd);
}

TEST_F(over, connect__learns_of_a_closed_port)
{
	COMPARE(refused);
}

/* ---- send and receive ---- */

static void sends(struct side *side)
{
	static const size_t sizes[] = {
		0, 1, 1472, 1473, 4096, 9000, 40000, 65507, 65508, 65535,
		65536,
	};
	static char data[65536] = "payload";
	int from = udp(side), to = udp(side);
	size_t i;

	bind_to(from, "127.0.0.1", PORT + 1);
	bind_to(to, "127.0.0.1", PORT);
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		note(side, "size %zu ", sizes[i]);
		if (call(side, "sendto",
			 send_to(from, data, sizes[i], 0, "127.0.0.1",
				 PORT)) < 0)
			continue;
		note_recv(side, to, sizeof(data), 0);
	}
	close(from);
	close(to);
}

TEST_F(over, send__takes_the_same_sizes)
{
	COMPARE(sends);
}

static void send_errors(struct side *side)
{
	union endpoint sin = address("127.0.0.1", PORT);
	int to = udp(side), fd = udp(side);
	int on = 1;

	bind_to(to, "127.0.0.1", PORT);
	call(side, "oob", send_to(fd, "x", 1, MSG_OOB, "127.0.0.1", PORT));
	call(side, "port 0", send_to(fd, "x", 1, 0, "127.0.0.1", 0));
	call(side, "short",
	     sendto(fd, "x", 1, 0, (struct sockaddr *)&sin, 15));
	sin.sin_family = AF_INET6;
	call(side, "inet6",
	     sendto(fd, "x", 1, 0, (struct sockaddr *)&sin, sizeof(sin)));
	sin.sin_family = AF_UNSPEC;
	call(side, "unspec",
	     sendto(fd, "x", 1, 0, (struct sockaddr *)&sin, sizeof(sin)));
	note_recv(side, to, 10, 0);
	call(side, "to any", send_to(fd, "x", 1, 0, "0.0.0.0", PORT));
	note_recv(side, to, 10, 0);
	call(side, "broadcast",
	     send_to(fd, "x", 1, 0, "127.255.255.255", PORT));
	setsockopt(fd, SOL_SOCKET, SO_DONTROUTE, &on, sizeof(on));
	call(side, "dontroute", send_to(fd, "x", 1, 0, "127.0.0.1", PORT));
	note_recv(side, to, 10, 0);
	call(side, "null", sendto(fd, NULL, 1, 0, (struct sockaddr *)&sin,
				  sizeof(sin)));
	call(side, "confirm",
	     send_to(fd, "x", 1, MSG_CONFIRM, "127.0.0.1", PORT));
	note_recv(side, to, 10, 0);
	close(fd);
	close(to);
}

TEST_F(over, send__fails_the_same)
{
	COMPARE(send_errors);
}

static void receives(struct side *side)
{
	int from = udp(side), to = udp(side);
	int count = 0;

	bind_to(from, "127.0.0.1", PORT + 1);
	bind_to(to, "127.0.0.1", PORT);
	connect_to(from, "127.0.0.1", PORT);
	call(side, "empty", recv(to, NULL, 0, MSG_DONTWAIT));
	send(from, "12345678", 8, 0);
	note_poll(side, to, POLLIN | POLLOUT | POLLRDNORM, WAIT_MS);
	call(side, "FIONREAD", ioctl(to, FIONREAD, &count));
	note(side, "  count %d\n", count);
	note_recv(side, to, 4, MSG_PEEK);
	note_recv(side, to, 4, MSG_PEEK | MSG_TRUNC);
	note_recv(side, to, 8, MSG_PEEK);
	note_recv(side, to, 4, 0);
	note_recv(side, to, 4, MSG_DONTWAIT);
	send(from, "12345678", 8, 0);
	note_recv(side, to, 4, MSG_TRUNC);
	send(from, "12345678", 8, 0);
	note_recv(side, to, 100, MSG_WAITALL);
	send(from, "", 0, 0);
	note_poll(side, to, POLLIN, WAIT_MS);
	call(side, "FIONREAD", ioctl(to, FIONREAD, &count));
	note(side, "  count %d\n", count);
	note_recv(side, to, 100, 0);
	call(side, "SIOCOUTQ", ioctl(to, SIOCOUTQ, &count));
	note(side, "  count %d\n", count);
	call(side, "SIOCGIFADDR null", ioctl(to, 0x12345, &count));
	close(from);
	close(to);
}

TEST_F(over, recv__reads_the_same)
{
	COMPARE(receives);
}

static void peek_offsets(struct side *side)
{
	int from = udp(side), to = udp(side);
	int off = 3;

	bind_to(to, "127.0.0.1", PORT);
	bind_to(from, "127.0.0.1", PORT + 1);
	connect_to(from, "127.0.0.1", PORT);
	call(side, "SO_PEEK_OFF",
	     setsockopt(to, SOL_SOCKET, SO_PEEK_OFF, &off, sizeof(off)));
	send(from, "abcdefgh", 8, 0);
	send(from, "", 0, 0);
	send(from, "ijkl", 4, 0);
	note_recv(side, to, 2, MSG_PEEK);
	note_recv(side, to, 100, MSG_PEEK);
	note_recv(side, to, 100, MSG_PEEK);
	note_recv(side, to, 100, MSG_PEEK);
	note_recv(side, to, 100, MSG_PEEK | MSG_DONTWAIT);
	note_recv(side, to, 100, 0);
	note_recv(side, to, 100, MSG_PEEK | MSG_DONTWAIT);
	note_recv(side, to, 100, 0);
	note_recv(side, to, 100, 0);
	close(from);
	close(to);
}

TEST_F(over, recv__peeks_at_the_same_offsets)
{
	COMPARE(peek_offsets);
}

static void selects_sender(struct side *side)
{
	int a = udp(side), b = udp(side), to = udp(side);

	bind_to(a, "127.0.0.1", PORT + 1);
	bind_to(to, "127.0.0.1", PORT);
	connect_to(to, "127.0.0.1", PORT + 1);
	send_to(b, "stranger", 8, 0, "127.0.0.1", PORT);
	send_to(a, "peer", 4, 0, "127.0.0.1", PORT);
	note_recv(side, to, 100, 0);
	call(side, "no more", recv(to, NULL, 0, MSG_DONTWAIT));
	disconnect(to);
	send_to(a, "again", 5, 0, "127.0.0.1", PORT);
	note_recv(side, to, 100, 0);
	close(a);
	close(b);
	close(to);
}

TEST_F(over, recv__connected_hears_only_its_peer)
{
	COMPARE(selects_sender);
}

static void prefers_specific(struct side *side)
{
	int any = udp(side), one = udp(side), from = udp(side);
	int on = 1;

	setsockopt(any, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(one, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	bind_to(one, "127.0.0.1", PORT);
	bind_to(any, "0.0.0.0", PORT);
	bind_to(from, "127.0.0.1", PORT + 1);
	send_to(from, "one", 3, 0, "127.0.0.1", PORT);
	send_to(from, "two", 3, 0, "127.0.0.2", PORT);
	note_recv(side, one, 100, 0);
	note_recv(side, any, 100, 0);
	note_recv(side, one, 100, MSG_DONTWAIT);
	note_recv(side, any, 100, MSG_DONTWAIT);
	close(any);
	close(one);
	close(from);
}

TEST_F(over, recv__specific_address_beats_wildcard)
{
	COMPARE(prefers_specific);
}

static void many(struct side *side)
{
	char data[4][8] = { "one", "two", "three", "four" };
	struct mmsghdr msgs[4] = {};
	struct iovec iov[4];
	int from = udp(side), to = udp(side);
	int i;

	bind_to(to, "127.0.0.1", PORT);
	connect_to(from, "127.0.0.1", PORT);
	for (i = 0; i < 4; i++) {
		iov[i].iov_base = data[i];
		iov[i].iov_len = strlen(data[i]);
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	call(side, "sendmmsg", sendmmsg(from, msgs, 4, 0));
	memset(data, 0, sizeof(data));
	for (i = 0; i < 4; i++)
		iov[i].iov_len = sizeof(data[i]);
	call(side, "recvmmsg", recvmmsg(to, msgs, 4, MSG_WAITFORONE, NULL));
	for (i = 0; i < 4; i++)
		note(side, "%u %s\n", msgs[i].msg_len, data[i]);
	close(from);
	close(to);
}

TEST_F(over, recv__many_at_once)
{
	COMPARE(many);
}

static void corks(struct side *side)
{
	int from = udp(side), to = udp(side);
	static char big[65507];
	int val;

	bind_to(from, "127.0.0.1", PORT + 1);
	bind_to(to, "127.0.0.1", PORT);
	connect_to(from, "127.0.0.1", PORT);
	call(side, "more", send(from, "abc", 3, MSG_MORE));
	note_recv(side, to, 100, MSG_DONTWAIT);
	call(side, "last", send(from, "def", 3, 0));
	note_recv(side, to, 100, 0);
	val = 1;
	call(side, "cork", setsockopt(from, SOL_UDP, UDP_CORK, &val, 4));
	call(side, "send", send(from, "12", 2, 0));
	call(side, "send", send(from, "34", 2, 0));
	call(side, "connect", connect_to(from, "127.0.0.1", PORT));
	val = 0;
	call(side, "uncork", setsockopt(from, SOL_UDP, UDP_CORK, &val, 4));
	note_recv(side, to, 100, 0);
	call(side, "big", send(from, big, sizeof(big), MSG_MORE));
	call(side, "too big", send(from, "x", 1, MSG_MORE));
	call(side, "afterwards", send(from, "ok", 2, 0));
	note_recv(side, to, 100, 0);
	note_recv(side, to, 100, MSG_DONTWAIT);
	close(from);
	close(to);
}

TEST_F(over, send__corks_the_same)
{
	COMPARE(corks);
}

static void shutdowns(struct side *side)
{
	int from = udp(side), to = udp(side);
	char byte;

	call(side, "unconnected", shutdown(from, SHUT_RD));
	note_poll(side, from, POLLIN | POLLOUT | POLLRDHUP, 0);
	close(from);
	from = udp(side);
	bind_to(to, "127.0.0.1", PORT);
	connect_to(from, "127.0.0.1", PORT);
	call(side, "how -1", shutdown(from, -1));
	call(side, "how 3", shutdown(from, 3));
	call(side, "write", shutdown(from, SHUT_WR));
	call(side, "send", send(from, "x", 1, MSG_NOSIGNAL));
	note_poll(side, from, POLLIN | POLLOUT | POLLRDHUP, 0);
	call(side, "read", shutdown(from, SHUT_RD));
	call(side, "recv", recv(from, &byte, 1, 0));
	call(side, "recv now", recv(from, &byte, 1, MSG_DONTWAIT));
	note_poll(side, from, POLLIN | POLLOUT | POLLRDHUP, 0);
	close(from);
	close(to);
}

TEST_F(over, shutdown__is_the_same)
{
	COMPARE(shutdowns);
}

static void overflows(struct side *side)
{
	int from = udp(side), to = udp(side);
	int size = 4096, on = 1, i;
	char data[1000];

	setsockopt(to, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	setsockopt(to, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on));
	bind_to(to, "127.0.0.1", PORT);
	connect_to(from, "127.0.0.1", PORT);
	for (i = 0; i < 100; i++)
		if (send(from, data, sizeof(data), 0) != sizeof(data))
			note(side, "send failed\n");
	for (i = 0; recv(to, data, sizeof(data), MSG_DONTWAIT) > 0; i++)
		;
	note(side, "some came %d, not all %d\n", i > 0, i < 50);
	call(side, "empty", recv(to, data, sizeof(data), MSG_DONTWAIT));
	call(side, "send", send(from, "x", 1, 0));
	note(side, "one more: %zd\n", recv(to, data, sizeof(data), 0));
	close(from);
	close(to);
}

TEST_F(over, recv__buffer_is_bounded)
{
	COMPARE(overflows);
}

static void broadcasts(struct side *side)
{
	int from = udp(side), a = udp(side), b = udp(side);
	int on = 1;

	setsockopt(a, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(b, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	bind_to(a, "0.0.0.0", PORT);
	bind_to(b, "0.0.0.0", PORT);
	bind_to(from, "127.0.0.1", PORT + 1);
	call(side, "not allowed",
	     send_to(from, "x", 1, 0, "127.255.255.255", PORT));
	setsockopt(from, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on));
	call(side, "allowed",
	     send_to(from, "x", 1, 0, "127.255.255.255", PORT));
	note_recv(side, a, 10, 0);
	note_recv(side, b, 10, 0);
	note_recv(side, a, 10, MSG_DONTWAIT);
	close(from);
	close(a);
	close(b);
}

TEST_F(over, broadcast__reaches_every_socket)
{
	COMPARE(broadcasts);
}

static void reuse_newest(struct side *side)
{
	int from = udp(side), a = udp(side), b = udp(side);
	int on = 1;

	setsockopt(a, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(b, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	bind_to(a, "127.0.0.1", PORT);
	bind_to(b, "127.0.0.1", PORT);
	bind_to(from, "127.0.0.1", PORT + 1);
	send_to(from, "x", 1, 0, "127.0.0.1", PORT);
	note_recv(side, b, 10, MSG_DONTWAIT);
	note_recv(side, a, 10, MSG_DONTWAIT);
	close(from);
	close(a);
	close(b);
}

TEST_F(over, recv__newest_of_equals_gets_it)
{
	COMPARE(reuse_newest);
}

TEST_HARNESS_MAIN
