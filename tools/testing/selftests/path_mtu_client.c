// SPDX-License-Identifier: GPL-2.0
/*
 * What sockets of one family make of a narrow path, as a transcript that
 * path_mtu.sh compares with that of the other family:
 *
 *	path_mtu_client server
 *	path_mtu_client { inet | netstack } SCENARIO ADDRESS FLUSH
 *
 * The server answers each datagram with its length and, if it came in
 * fragments, the largest of them, and takes what connections send. FLUSH is a
 * command that makes the family's stack forget path MTUs.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <linux/netstack.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT		7
#define PATIENCE_MS	5000
#define STREAM_BYTES	12000

static int family;
static const char *flush;
static struct sockaddr_in peer = { .sin_family = AF_INET };

static const struct {
	const char *name;
	int number;
} modes[] = {
#define MODE(name) { #name, IP_PMTUDISC_##name }
	MODE(DONT), MODE(WANT), MODE(DO), MODE(PROBE), MODE(INTERFACE),
	MODE(OMIT),
};

#define MODES	(sizeof(modes) / sizeof(*modes))

static void note_call(const char *what, long ret)
{
	if (ret < 0)
		printf("%s: %s\n", what, strerrorname_np(errno));
	else
		printf("%s: %ld\n", what, ret);
}

static void note_option(int fd, const char *what, int level, int name)
{
	socklen_t len = sizeof(int);
	int val = 0;
	int ret = getsockopt(fd, level, name, &val, &len);

	note_call(what, ret < 0 ? ret : val);
}

static void set_option(int fd, int level, int name, int val)
{
	if (setsockopt(fd, level, name, &val, sizeof(val)))
		perror("setsockopt");
}

static void forget(void)
{
	if (system(flush))
		printf("cannot flush\n");
}

/* ---- server ---- */

static void serve_datagrams(int fd)
{
	char data[65536], control[256], answer[64];
	struct sockaddr_in from;
	struct iovec iov = { data, sizeof(data) };

	for (;;) {
		struct msghdr msg = {
			.msg_name = &from,
			.msg_namelen = sizeof(from),
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = control,
			.msg_controllen = sizeof(control),
		};
		ssize_t len = recvmsg(fd, &msg, 0);
		struct cmsghdr *cmsg;
		int fragment = 0;

		if (len < 0)
			continue;
		for (cmsg = CMSG_FIRSTHDR(&msg); cmsg;
		     cmsg = CMSG_NXTHDR(&msg, cmsg))
			if (cmsg->cmsg_level == SOL_IP &&
			    cmsg->cmsg_type == IP_RECVFRAGSIZE)
				memcpy(&fragment, CMSG_DATA(cmsg),
				       sizeof(fragment));
		snprintf(answer, sizeof(answer), "%zd bytes, fragments of %d",
			 len, fragment);
		sendto(fd, answer, strlen(answer), 0, (struct sockaddr *)&from,
		       sizeof(from));
	}
}

static void serve_connections(int fd)
{
	static char data[65536];

	for (;;) {
		int conn = accept(fd, NULL, NULL);

		if (conn < 0)
			continue;
		if (fork()) {
			close(conn);
			continue;
		}
		while (read(conn, data, sizeof(data)) > 0)
			;
		_exit(0);
	}
}

static int server(void)
{
	struct sockaddr_in any = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT),
	};
	int udp = socket(AF_INET, SOCK_DGRAM, 0);
	int tcp = socket(AF_INET, SOCK_STREAM, 0);

	set_option(udp, SOL_IP, IP_RECVFRAGSIZE, 1);
	set_option(udp, SOL_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
	if (bind(udp, (struct sockaddr *)&any, sizeof(any)) ||
	    bind(tcp, (struct sockaddr *)&any, sizeof(any)) ||
	    listen(tcp, 16)) {
		perror("server");
		return 1;
	}
	if (!fork())
		serve_datagrams(udp);
	serve_connections(tcp);
	return 0;
}

/* ---- datagrams ---- */

static void note_error(int fd)
{
	char data[2048], control[512], offender[INET_ADDRSTRLEN] = "-";
	struct iovec iov = { data, sizeof(data) };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	const struct sock_extended_err *ee;
	const struct sockaddr_in *sin;
	struct cmsghdr *cmsg;

	if (recvmsg(fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) {
		printf("  no error\n");
		return;
	}
	for (cmsg = CMSG_FIRSTHDR(&msg); cmsg; cmsg = CMSG_NXTHDR(&msg, cmsg)) {
		if (cmsg->cmsg_level != SOL_IP || cmsg->cmsg_type != IP_RECVERR)
			continue;
		ee = (const void *)CMSG_DATA(cmsg);
		sin = (const void *)SO_EE_OFFENDER(ee);
		if (sin->sin_family == AF_INET)
			inet_ntop(AF_INET, &sin->sin_addr, offender,
				  sizeof(offender));
		/* Each side has its own router's address. */
		printf("  error %s origin %u type %u code %u info %u data %u%s\n",
		       strerrorname_np(ee->ee_errno), ee->ee_origin,
		       ee->ee_type, ee->ee_code, ee->ee_info, ee->ee_data,
		       *offender == '-' ? "" : " by the router");
	}
}

/* An answer, or an error; one of them comes. */
static void note_outcome(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	char answer[64];
	ssize_t len;

	if (poll(&pfd, 1, PATIENCE_MS) <= 0) {
		printf("  nothing comes\n");
		return;
	}
	if (pfd.revents & POLLERR) {
		note_error(fd);
		note_option(fd, "  SO_ERROR", SOL_SOCKET, SO_ERROR);
	}
	if (pfd.revents & POLLIN) {
		len = recv(fd, answer, sizeof(answer) - 1, MSG_DONTWAIT);
		answer[len < 0 ? 0 : len] = '\0';
		printf("  %s\n", answer);
	}
}

static void try_send(int fd, size_t len, bool connected)
{
	static char data[65536];
	ssize_t ret;

	if (connected)
		ret = send(fd, data, len, 0);
	else
		ret = sendto(fd, data, len, 0, (struct sockaddr *)&peer,
			     sizeof(peer));
	printf(" %zu", len);
	note_call(" bytes sent", ret);
	note_outcome(fd);
	if (connected)
		note_option(fd, "  IP_MTU", SOL_IP, IP_MTU);
}

static int datagram_socket(int mode, bool connected, bool recverr)
{
	int fd = socket(family, SOCK_DGRAM, 0);

	set_option(fd, SOL_IP, IP_MTU_DISCOVER, mode);
	set_option(fd, SOL_IP, IP_RECVERR, recverr);
	if (connected && connect(fd, (struct sockaddr *)&peer, sizeof(peer)))
		perror("connect");
	return fd;
}

static void try_datagrams(size_t mode, bool connected)
{
	static const size_t sizes[] = { 1400, 1400, 900, 1472, 1473, 4000 };
	size_t i;
	int fd;

	forget();
	printf("%s %s\n", modes[mode].name,
	       connected ? "connected" : "unconnected");
	fd = datagram_socket(modes[mode].number, connected, true);
	if (connected)
		note_option(fd, " IP_MTU", SOL_IP, IP_MTU);
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		try_send(fd, sizes[i], connected);
	close(fd);
}

static void datagrams(void)
{
	size_t i;

	for (i = 0; i < MODES; i++) {
		try_datagrams(i, false);
		try_datagrams(i, true);
	}
}

/* One socket learns, the others notice, whatever they believe. */
static void others(void)
{
	int fds[MODES], fd;
	size_t i;

	forget();
	for (i = 0; i < MODES; i++) {
		fds[i] = datagram_socket(modes[i].number, true, false);
		printf("%s", modes[i].name);
		note_option(fds[i], " IP_MTU", SOL_IP, IP_MTU);
	}
	fd = datagram_socket(IP_PMTUDISC_DO, true, true);
	try_send(fd, 1400, true);
	for (i = 0; i < MODES; i++) {
		printf("%s", modes[i].name);
		note_option(fds[i], " IP_MTU", SOL_IP, IP_MTU);
		if (modes[i].number != IP_PMTUDISC_PROBE)
			try_send(fds[i], 1400, true);
	}
	forget();
	for (i = 0; i < MODES; i++) {
		printf("%s forgets", modes[i].name);
		/* The host looks again when something is sent. */
		try_send(fds[i], 900, true);
		close(fds[i]);
	}
	close(fd);
}

/* ---- connections ---- */

static int open_stream(int mode)
{
	/* What does not get through must not go on when it is closed. */
	struct linger linger = { .l_onoff = 1 };
	int fd = socket(family, SOCK_STREAM, 0);

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	set_option(fd, SOL_IP, IP_MTU_DISCOVER, mode);
	if (connect(fd, (struct sockaddr *)&peer, sizeof(peer)))
		perror("connect");
	note_option(fd, " TCP_MAXSEG", SOL_TCP, TCP_MAXSEG);
	note_option(fd, " IP_MTU", SOL_IP, IP_MTU);
	return fd;
}

/* All of it arrives, however often it is cut. */
static void send_stream(int fd)
{
	static char data[STREAM_BYTES];
	int waiting = -1, tries;

	note_call(" sent", send(fd, data, sizeof(data), 0));
	for (tries = 0; tries < 200; tries++) {
		if (ioctl(fd, SIOCOUTQ, &waiting) || !waiting)
			break;
		usleep(10000);
	}
	note_call(" not acknowledged", waiting);
	note_option(fd, " TCP_MAXSEG", SOL_TCP, TCP_MAXSEG);
	note_option(fd, " IP_MTU", SOL_IP, IP_MTU);
}

static void streams(void)
{
	size_t i;
	int fd;

	for (i = 0; i < MODES; i++) {
		forget();
		printf("%s\n", modes[i].name);
		fd = open_stream(modes[i].number);
		send_stream(fd);
		close(fd);
		printf(" again\n");
		close(open_stream(modes[i].number));
	}
}

/* What is remembered for a second, as both are told, is not for three. */
static void ageing(void)
{
	int fd, stream;

	forget();
	fd = datagram_socket(IP_PMTUDISC_WANT, true, true);
	stream = open_stream(IP_PMTUDISC_WANT);
	try_send(fd, 1400, true);
	sleep(3);
	note_option(fd, " IP_MTU", SOL_IP, IP_MTU);
	note_option(stream, " stream's IP_MTU", SOL_IP, IP_MTU);
	try_send(fd, 1400, true);
	close(fd);
	close(stream);
}

static const struct {
	const char *name;
	void (*run)(void);
} scenarios[] = {
	{ "datagrams", datagrams },
	{ "others", others },
	{ "streams", streams },
	{ "ageing", ageing },
};

int main(int argc, char **argv)
{
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 2 && !strcmp(argv[1], "server"))
		return server();
	if (argc != 5 || inet_pton(AF_INET, argv[3], &peer.sin_addr) != 1) {
		fprintf(stderr, "path_mtu_client: see its source\n");
		return 2;
	}
	family = strcmp(argv[1], "inet") ? AF_NETSTACK : AF_INET;
	flush = argv[4];
	peer.sin_port = htons(PORT);
	for (i = 0; i < sizeof(scenarios) / sizeof(*scenarios); i++) {
		if (!strcmp(argv[2], scenarios[i].name)) {
			scenarios[i].run();
			return 0;
		}
	}
	fprintf(stderr, "path_mtu_client: no scenario %s\n", argv[2]);
	return 2;
}
