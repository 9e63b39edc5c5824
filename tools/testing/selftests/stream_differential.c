// SPDX-License-Identifier: GPL-2.0
/*
 * The same calls on stream sockets of AF_INET and of AF_NETSTACK, over the
 * lo of each: whatever a program can see must be the same.
 *
 * guest: stock timeout=180
 */
#define _GNU_SOURCE
#define EVERY_FORM
#include "stream_differential.h"

/* ---- scenarios ---- */

static void fresh_socket(struct run *run)
{
	union endpoint address = at(1), unspec = { 0 };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	int fd = new_socket(run);
	socklen_t len;
	char byte;

	NOTE(run, poll_bits(fd));
	NOTE(run, recv(fd, &byte, 1, MSG_DONTWAIT));
	NOTE(run, recv(fd, &byte, 1, MSG_OOB));
	NOTE(run, recv(fd, &byte, 1, MSG_ERRQUEUE));
	NOTE(run, send(fd, &byte, 1, MSG_NOSIGNAL));
	NOTE(run, sendto(fd, &byte, 1, MSG_NOSIGNAL, (void *)&address, sizeof(address)));
	NOTE(run, shutdown(fd, SHUT_RD));
	NOTE(run, shutdown(fd, SHUT_WR));
	NOTE(run, shutdown(fd, 3));
	NOTE(run, accept(fd, NULL, NULL));
	len = sizeof(address);
	NOTE(run, getpeername(fd, (struct sockaddr *)&address, &len));
	NOTE(run, getsockname(fd, (struct sockaddr *)&address, &len));
	note(run, address.sin_family, "family");
	note(run, address.sin_port, "port");
	note(run, len, "length");
	NOTE(run, request(fd, SIOCINQ));
	NOTE(run, request(fd, SIOCOUTQ));
	NOTE(run, request(fd, SIOCOUTQNSD));
	NOTE(run, request(fd, SIOCATMARK));
	NOTE(run, request(fd, 0x1234));
	NOTE(run, connect(fd, (void *)&six, sizeof(six)));
	NOTE(run, connect(fd, (struct sockaddr *)&unspec, 1));
	NOTE(run, connect(fd, (struct sockaddr *)&six, 8));
	NOTE(run, connect(fd, (void *)&unspec, sizeof(unspec)));
	NOTE(run, bind(fd, (void *)&six, sizeof(six)));
	NOTE(run, bind(fd, (struct sockaddr *)&six, 8));
	address = endpoint_at("192.0.2.1", 0);
	NOTE(run, bind(fd, (void *)&address, sizeof(address)));
	address = at(0);
	NOTE(run, bind(fd, (void *)&address, sizeof(address)));
	NOTE(run, bind(fd, (void *)&address, sizeof(address)));
	close(fd);
}

static void refused(struct run *run)
{
	int fd = new_listener(run, 1);
	union endpoint address = at(run->port);
	char byte;

	close(fd);
	fd = new_socket(run);
	NOTE(run, connect(fd, (void *)&address, sizeof(address)));
	NOTE(run, poll_bits(fd));
	NOTE(run, get(fd, SOL_SOCKET, SO_ERROR));
	NOTE(run, recv(fd, &byte, 1, 0));
	NOTE(run, connect(fd, (void *)&address, sizeof(address)));
	close(fd);

	fd = new_socket(run);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	NOTE(run, connect(fd, (void *)&address, sizeof(address)));
	await(fd, POLLERR);
	NOTE(run, poll_bits(fd));
	NOTE(run, get(fd, SOL_SOCKET, SO_ERROR));
	NOTE(run, get(fd, SOL_SOCKET, SO_ERROR));
	NOTE(run, connect(fd, (void *)&address, sizeof(address)));
	close(fd);
}

static void unreachable(struct run *run)
{
	union endpoint address = endpoint_at("255.255.255.255", 80);
	int fd = new_socket(run);

	NOTE(run, connect(fd, (void *)&address, sizeof(address)));
	address = endpoint_at("192.0.2.1", 80);
	NOTE(run, connect(fd, (void *)&address, sizeof(address)));
	NOTE(run, poll_bits(fd));
	close(fd);
}

static void listening(struct run *run)
{
	int fd = new_listener(run, 5), other = new_socket(run), client;
	union endpoint address = at(run->port);
	char byte;

	NOTE(run, poll_bits(fd));
	NOTE(run, get(fd, SOL_SOCKET, SO_ACCEPTCONN));
	NOTE(run, recv(fd, &byte, 1, 0));
	NOTE(run, send(fd, &byte, 1, MSG_NOSIGNAL));
	NOTE(run, connect(fd, (void *)&address, sizeof(address)));
	NOTE(run, request(fd, SIOCINQ));
	NOTE(run, request(fd, SIOCOUTQ));
	NOTE(run, request(fd, SIOCATMARK));
	NOTE(run, shutdown(fd, SHUT_WR));
	NOTE(run, bind(other, (void *)&address, sizeof(address)));
	NOTE(run, set(other, SOL_SOCKET, SO_REUSEADDR, 1));
	NOTE(run, bind(other, (void *)&address, sizeof(address)));
	NOTE(run, listen(fd, 9));
	fcntl(fd, F_SETFL, O_NONBLOCK);
	NOTE(run, accept(fd, NULL, NULL));

	client = new_socket(run);
	NOTE(run, connect(client, (void *)&address, sizeof(address)));
	await(fd, POLLIN);
	NOTE(run, poll_bits(fd));
	NOTE(run, listen(client, 1));
	NOTE(run, shutdown(fd, SHUT_RD));
	NOTE(run, poll_bits(fd));
	await(client, POLLHUP);
	NOTE(run, poll_bits(client));
	NOTE(run, recv(client, &byte, 1, 0));
	NOTE(run, listen(fd, 5));
	NOTE(run, poll_bits(fd));
	close(fd);
	close(other);
	close(client);
}

static void listener_times_out(struct run *run)
{
	struct timeval timeout = { .tv_usec = 20000 };
	int fd = new_listener(run, 1);

	NOTE(run, setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout,
			     sizeof(timeout)));
	NOTE(run, accept(fd, NULL, NULL));
	close(fd);
}

static void connected(struct run *run)
{
	union endpoint address;
	socklen_t len = sizeof(address);
	int client, server;
	char data[64] = "0123456789";

	new_pair(run, &client, &server);
	NOTE(run, poll_bits(client));
	NOTE(run, poll_bits(server));
	NOTE(run, getpeername(client, (struct sockaddr *)&address, &len));
	note(run, ntohs(address.sin_port) == run->port, "peer's port");
	note(run, address.sin_addr.s_addr, "peer's address");
	NOTE(run, getsockname(server, (struct sockaddr *)&address, &len));
	note(run, ntohs(address.sin_port) == run->port, "own port");
	NOTE(run, connect(client, (void *)&address, sizeof(address)));
	NOTE(run, connect(server, (void *)&address, sizeof(address)));
	NOTE(run, listen(server, 1));
	NOTE(run, bind(client, (void *)&address, sizeof(address)));

	NOTE(run, send(client, data, 10, 0));
	await(server, POLLIN);
	NOTE(run, poll_bits(server));
	NOTE(run, request(server, SIOCINQ));
	NOTE(run, recv(server, data, 4, MSG_PEEK));
	NOTE(run, recv(server, data, 4, MSG_TRUNC));
	NOTE(run, recv(server, data, 3, 0));
	note(run, data[0], "first byte");
	NOTE(run, recv(server, data, 64, MSG_WAITALL | MSG_DONTWAIT));
	NOTE(run, recv(server, data, 64, MSG_DONTWAIT));
	NOTE(run, recv(server, data, 0, MSG_DONTWAIT));
	NOTE(run, send(client, data, 0, 0));
	NOTE(run, recv(server, data, 1, MSG_ERRQUEUE));
	address = at(1);
	NOTE(run, sendto(client, data, 1, 0, (void *)&address, sizeof(address)));
	await(server, POLLIN);
	len = sizeof(address);
	NOTE(run, recvfrom(server, data, 64, 0, (struct sockaddr *)&address,
			   &len));
	note(run, len, "address length");
	close(client);
	close(server);
}

static void half_closed(struct run *run)
{
	int client, server;
	char byte = 'x';

	new_pair(run, &client, &server);
	NOTE(run, shutdown(client, SHUT_WR));
	await(server, POLLRDHUP);
	NOTE(run, poll_bits(client));
	NOTE(run, poll_bits(server));
	NOTE(run, send(client, &byte, 1, MSG_NOSIGNAL));
	NOTE(run, recv(server, &byte, 1, 0));
	NOTE(run, recv(server, &byte, 1, 0));
	NOTE(run, send(server, &byte, 1, 0));
	await(client, POLLIN);
	NOTE(run, recv(client, &byte, 1, 0));
	NOTE(run, shutdown(server, SHUT_RDWR));
	await(client, POLLHUP);
	NOTE(run, poll_bits(client));
	NOTE(run, poll_bits(server));
	NOTE(run, shutdown(server, SHUT_WR));
	NOTE(run, recv(client, &byte, 1, 0));
	NOTE(run, recv(server, &byte, 1, 0));
	close(client);
	close(server);
}

static void read_shut(struct run *run)
{
	int client, server;
	char byte = 'x';

	new_pair(run, &client, &server);
	NOTE(run, shutdown(client, SHUT_RD));
	NOTE(run, poll_bits(client));
	NOTE(run, recv(client, &byte, 1, 0));
	NOTE(run, send(server, &byte, 1, 0));
	usleep(20000);
	NOTE(run, recv(client, &byte, 1, 0));
	NOTE(run, recv(client, &byte, 1, 0));
	close(client);
	close(server);
}

/* close() with unread data resets (RFC 1122 4.2.2.13). */
static void reset_by_peer(struct run *run)
{
	int client, server;
	char byte = 'x';

	new_pair(run, &client, &server);
	NOTE(run, send(client, &byte, 1, 0));
	await(server, POLLIN);
	close(server);
	await(client, POLLERR);
	NOTE(run, poll_bits(client));
	NOTE(run, recv(client, &byte, 1, 0));
	NOTE(run, recv(client, &byte, 1, 0));
	NOTE(run, poll_bits(client));
	NOTE(run, send(client, &byte, 1, MSG_NOSIGNAL));
	NOTE(run, shutdown(client, SHUT_WR));
	close(client);
}

static void aborted(struct run *run)
{
	struct linger linger = { .l_onoff = 1 };
	struct sockaddr_in unspec = { 0 };
	int client, server;
	char byte;

	new_pair(run, &client, &server);
	NOTE(run, setsockopt(server, SOL_SOCKET, SO_LINGER, &linger,
			     sizeof(linger)));
	close(server);
	await(client, POLLERR);
	NOTE(run, get(client, SOL_SOCKET, SO_ERROR));
	NOTE(run, recv(client, &byte, 1, 0));
	close(client);

	new_pair(run, &client, &server);
	NOTE(run, connect(client, (void *)&unspec, sizeof(unspec)));
	NOTE(run, poll_bits(client));
	NOTE(run, recv(client, &byte, 1, 0));
	await(server, POLLERR);
	NOTE(run, recv(server, &byte, 1, 0));
	close(client);
	close(server);
}

/* close() that lingers comes back when the peer has taken all. */
static void lingers(struct run *run)
{
	struct linger linger = { .l_onoff = 1, .l_linger = 5 };
	int client, server;
	char data[8] = "1234567";

	new_pair(run, &client, &server);
	NOTE(run, setsockopt(client, SOL_SOCKET, SO_LINGER, &linger,
			     sizeof(linger)));
	NOTE(run, send(client, data, 7, 0));
	NOTE(run, close(client));
	NOTE(run, recv(server, data, 8, 0));
	NOTE(run, recv(server, data, 8, 0));
	close(server);
}

static void urgent(struct run *run)
{
	int client, server, round;
	char data[16];

	for (round = 0; round < 2; round++) {
		new_pair(run, &client, &server);
		NOTE(run, set(server, SOL_SOCKET, SO_OOBINLINE, round));
		NOTE(run, recv(server, data, 1, MSG_OOB | MSG_DONTWAIT));
		NOTE(run, send(client, "abc", 3, MSG_OOB));
		NOTE(run, send(client, "def", 3, 0));
		await(server, POLLPRI);
		usleep(50000);
		NOTE(run, poll_bits(server));
		NOTE(run, request(server, SIOCINQ));
		NOTE(run, request(server, SIOCATMARK));
		NOTE(run, recv(server, data, 16, 0));
		NOTE(run, request(server, SIOCATMARK));
		NOTE(run, recv(server, data, 1, MSG_OOB | MSG_PEEK));
		NOTE(run, recv(server, data, 1, MSG_OOB));
		note(run, data[0], "octet out of band");
		NOTE(run, recv(server, data, 1, MSG_OOB));
		NOTE(run, recv(server, data, 16, MSG_DONTWAIT));
		note(run, data[0], "after it");
		NOTE(run, request(server, SIOCATMARK));
		NOTE(run, poll_bits(server));
		close(client);
		close(server);
	}
}

static const int tcp_options[] = {
	TCP_MAXSEG, TCP_NODELAY, TCP_CORK, TCP_KEEPIDLE, TCP_KEEPINTVL,
	TCP_KEEPCNT, TCP_SYNCNT, TCP_LINGER2, TCP_DEFER_ACCEPT,
	TCP_WINDOW_CLAMP, TCP_QUICKACK, TCP_USER_TIMEOUT, TCP_NOTSENT_LOWAT,
	TCP_INQ, TCP_THIN_LINEAR_TIMEOUTS,
};

static const int tcp_values[] = {
	-1, 0, 1, 2, 3, 60, 87, 88, 127, 128, 1000, 32767, 32768, 100000,
};

static void options(struct run *run)
{
	const int socket_options[] = {
		SO_RCVBUF, SO_SNDBUF, SO_KEEPALIVE, SO_OOBINLINE, SO_RCVLOWAT,
		SO_SNDLOWAT, SO_TYPE, SO_PROTOCOL, SO_REUSEADDR, SO_REUSEPORT,
		SO_ERROR, SO_PRIORITY, SO_MARK, SO_ACCEPTCONN, SO_BROADCAST,
	};
	int fd = new_socket(run);
	socklen_t len;
	size_t i, j;
	int value;

	for (i = 0; i < sizeof(socket_options) / sizeof(int); i++)
		note(run, get(fd, SOL_SOCKET, socket_options[i]),
		     "SOL_SOCKET option %d", socket_options[i]);
	for (i = 0; i < sizeof(tcp_options) / sizeof(int); i++)
		note(run, get(fd, SOL_TCP, tcp_options[i]),
		     "default of TCP option %d", tcp_options[i]);
	note(run, get(fd, SOL_TCP, 9999), "unknown option");
	note(run, set(fd, SOL_TCP, 9999, 1), "unknown option");
	note(run, setsockopt(fd, SOL_TCP, TCP_NODELAY, "", 1), "short value");
	len = 1;
	note(run, getsockopt(fd, SOL_TCP, TCP_KEEPCNT, &value, &len),
	     "short answer");
	note(run, len, "length of it");
	len = -1;
	note(run, getsockopt(fd, SOL_TCP, TCP_KEEPCNT, &value, &len),
	     "negative length");
	note(run, setsockopt(fd, SOL_TCP, TCP_CONGESTION, "none-such", 9),
	     "unknown controller");
	note(run, setsockopt(fd, SOL_TCP, TCP_CONGESTION, "reno", 4), "reno");
	len = 4;
	note(run, getsockopt(fd, SOL_TCP, TCP_CONGESTION, &value, &len),
	     "controller");
	note(run, value, "its name");
	note(run, len, "length of it");
	close(fd);

	for (i = 0; i < sizeof(tcp_options) / sizeof(int); i++) {
		fd = new_socket(run);
		for (j = 0; j < sizeof(tcp_values) / sizeof(int); j++) {
			note(run, set(fd, SOL_TCP, tcp_options[i],
				      tcp_values[j]),
			     "TCP option %d to %d", tcp_options[i],
			     tcp_values[j]);
			/* The two halves of one note. */
			run->notes[run->count - 1].result =
				run->notes[run->count - 1].result < 0 ? -1 :
				get(fd, SOL_TCP, tcp_options[i]);
		}
		close(fd);
	}
}

static void information(struct run *run)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);
	int client, server;
	char data[100] = "";

	new_pair(run, &client, &server);
	note(run, get(client, SOL_SOCKET, SO_SNDBUF), "client's SO_SNDBUF");
	note(run, get(server, SOL_SOCKET, SO_SNDBUF), "server's SO_SNDBUF");
	NOTE(run, send(client, data, 100, 0));
	NOTE(run, recv(server, data, 100, MSG_WAITALL));
	usleep(100000);
	NOTE(run, getsockopt(client, SOL_TCP, TCP_INFO, &info, &len));
	note(run, info.tcpi_state, "state");
	note(run, info.tcpi_ca_state, "ca_state");
	note(run, info.tcpi_unacked, "unacked");
	note(run, info.tcpi_lost, "lost");
	note(run, info.tcpi_retrans, "retrans");
	note(run, info.tcpi_total_retrans, "total_retrans");
	note(run, info.tcpi_snd_cwnd, "snd_cwnd");
	note(run, info.tcpi_reordering, "reordering");
	note(run, info.tcpi_options & TCPI_OPT_TIMESTAMPS, "timestamps");
	note(run, info.tcpi_options & TCPI_OPT_WSCALE, "wscale");
	note(run, info.tcpi_options & TCPI_OPT_SACK, "sack");
	note(run, info.tcpi_rtt > 0, "rtt");
	NOTE(run, getsockopt(server, SOL_TCP, TCP_INFO, &info, &len));
	note(run, info.tcpi_state, "state");
	note(run, info.tcpi_unacked, "unacked");
	len = 8;
	NOTE(run, getsockopt(server, SOL_TCP, TCP_INFO, &info, &len));
	note(run, len, "length");
	close(client);
	close(server);
}

static void full_buffer(struct run *run)
{
	static char data[65536];
	int client, server;
	long sent, got = 0, all = 0;

	new_pair(run, &client, &server);
	fcntl(client, F_SETFL, O_NONBLOCK);
	while ((sent = send(client, data, sizeof(data), 0)) > 0)
		all += sent;
	note(run, sent, "send into a full buffer");
	note(run, poll_bits(client) & POLLOUT, "writable");
	note(run, request(client, SIOCOUTQ) > 0, "unacknowledged");
	shutdown(client, SHUT_WR);
	while ((sent = recv(server, data, sizeof(data), 0)) > 0)
		got += sent;
	note(run, sent, "end of stream");
	note(run, got == all, "all arrived");
	close(client);
	close(server);
}

static void nothing(int signal)
{
}

static void interrupted(struct run *run)
{
	struct itimerval soon = { .it_value.tv_usec = 50000 };
	struct sigaction action = { .sa_handler = nothing };
	int client, server, listener;
	char byte;

	sigaction(SIGALRM, &action, NULL);
	new_pair(run, &client, &server);
	setitimer(ITIMER_REAL, &soon, NULL);
	NOTE(run, recv(client, &byte, 1, 0));
	listener = new_listener(run, 1);
	setitimer(ITIMER_REAL, &soon, NULL);
	NOTE(run, accept(listener, NULL, NULL));
	close(client);
	close(server);
	close(listener);
}

/* The port of a connection in TIME-WAIT. */
static void bind_again(struct run *run)
{
	int listener = new_listener(run, 5), client, server, fd;
	union endpoint address = at(run->port);

	client = new_socket(run);
	NOTE(run, connect(client, (void *)&address, sizeof(address)));
	server = NOTE(run, accept(listener, NULL, NULL)) ? : -1;
	run->notes[run->count - 1].result = server >= 0;
	close(server);
	await(client, POLLRDHUP);
	close(client);
	close(listener);
	usleep(20000);
	fd = new_socket(run);
	NOTE(run, bind(fd, (void *)&address, sizeof(address)));
	NOTE(run, set(fd, SOL_SOCKET, SO_REUSEADDR, 1));
	NOTE(run, bind(fd, (void *)&address, sizeof(address)));
	NOTE(run, listen(fd, 1));
	close(fd);
}

TEST_F(over, fresh_socket__as_on_the_host)
{
	compare(_metadata, fresh_socket);
}

TEST_F(over, refused__as_on_the_host)
{
	compare(_metadata, refused);
}

TEST_F(over, unreachable__as_on_the_host)
{
	compare(_metadata, unreachable);
}

TEST_F(over, listening__as_on_the_host)
{
	compare(_metadata, listening);
}

TEST_F(over, listener_times_out__as_on_the_host)
{
	compare(_metadata, listener_times_out);
}

TEST_F(over, connected__as_on_the_host)
{
	compare(_metadata, connected);
}

TEST_F(over, half_closed__as_on_the_host)
{
	compare(_metadata, half_closed);
}

TEST_F(over, read_shut__as_on_the_host)
{
	compare(_metadata, read_shut);
}

TEST_F(over, reset_by_peer__as_on_the_host)
{
	compare(_metadata, reset_by_peer);
}

TEST_F(over, aborted__as_on_the_host)
{
	compare(_metadata, aborted);
}

TEST_F(over, lingers__as_on_the_host)
{
	compare(_metadata, lingers);
}

TEST_F(over, urgent__as_on_the_host)
{
	compare(_metadata, urgent);
}

TEST_F(over, options__as_on_the_host)
{
	compare(_metadata, options);
}

TEST_F(over, information__as_on_the_host)
{
	compare(_metadata, information);
}

TEST_F(over, full_buffer__as_on_the_host)
{
	compare(_metadata, full_buffer);
}

TEST_F(over, interrupted__as_on_the_host)
{
	compare(_metadata, interrupted);
}

TEST_F(over, bind_again__as_on_the_host)
{
	compare(_metadata, bind_again);
}

TEST_HARNESS_MAIN
