// SPDX-License-Identifier: GPL-2.0
/*
 * guest: stock cpus=1 timeout=180
 *
 * Ping sockets of both families of sockets, over IPv4 and IPv6: the same calls
 * say the same.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <grp.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <sys/wait.h>

#define EVERY_FORM
#include "datagram_differential.h"

#ifndef ICMP_EXT_ECHO
#define ICMP_EXT_ECHO	42
#endif

static int protocol(void)
{
	return form == OVER_IPV4 ? IPPROTO_ICMP : IPPROTO_ICMPV6;
}

static int request_type(void)
{
	return form == OVER_IPV4 ? ICMP_ECHO : ICMP6_ECHO_REQUEST;
}

static int ping(struct side *side)
{
	struct timeval patience = { .tv_sec = WAIT_MS / 1000 };
	int fd = endpoint_socket(side->family, SOCK_DGRAM, protocol());

	if (fd < 0)
		call(side, "socket", fd);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		perror(path);
	close(fd);
}

/* Groups that may have ping sockets, on both sides. */
static void permit(const char *range)
{
	write_file("/proc/sys/net/ipv4/ping_group_range", range);
	write_file("/proc/sys/net/netstack/ping_group_range", range);
}

/* A request with @length bytes in all, or fewer than a header. */
static size_t request(uint8_t *data, size_t length, uint8_t type, uint8_t code)
{
	size_t i;

	for (i = 0; i < length; i++)
		data[i] = 'a' + i % 26;
	data[0] = type;
	data[1] = code;
	return length;
}

/* What was received, but for the identifier and the checksum. */
static void note_answer(struct side *side, int fd, size_t room, int flags)
{
	uint8_t data[70000] = "";
	struct iovec iov = { .iov_base = data, .iov_len = room };
	union endpoint from = {};
	char control[512];
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct sock_extended_err *ee;
	struct cmsghdr *cmsg;
	size_t i;

	if (call(side, "recvmsg", recvmsg(fd, &msg, flags)) < 0)
		return;
	note(side, "  flags %#x type %u code %u", msg.msg_flags, data[0],
	     data[1]);
	for (i = 6; i < 16 && i < room; i++)
		note(side, " %02x", data[i]);
	note(side, "\n");
	note_address(side, "  from", &from, msg.msg_namelen);
	for (cmsg = CMSG_FIRSTHDR(&msg); cmsg; cmsg = CMSG_NXTHDR(&msg, cmsg)) {
		note(side, "  cmsg %d %d", cmsg->cmsg_level, cmsg->cmsg_type);
		if (!(flags & MSG_ERRQUEUE)) {
			for (i = 0; i < cmsg->cmsg_len - CMSG_LEN(0); i++)
				note(side, " %02x", CMSG_DATA(cmsg)[i]);
			note(side, "\n");
			continue;
		}
		ee = (struct sock_extended_err *)CMSG_DATA(cmsg);
		note(side, " errno %u origin %u type %u code %u info %u\n",
		     ee->ee_errno, ee->ee_origin, ee->ee_type, ee->ee_code,
		     ee->ee_info);
	}
}

/* Send, and see the answer if there will be one. */
static void exchange(struct side *side, const char *what, int fd,
		     const void *data, size_t length, int flags,
		     const char *to, unsigned int port)
{
	if (call(side, what, send_to(fd, data, length, flags, to, port)) >= 8)
		note_answer(side, fd, 70000, 0);
}

/* Names of a socket; an identifier that was chosen only as such. */
static void note_ids(struct side *side, int fd)
{
	union endpoint own = {};
	socklen_t len = sizeof(own);
	unsigned int id;

	if (!call(side, "getsockname", getsockname(fd, (void *)&own, &len))) {
		id = ntohs(own.sin_port);
		if (id > 1 && id != PORT)
			own.sin_port = htons(65535);
		note_address(side, "  own", &own, len);
	}
	memset(&own, 0, sizeof(own));
	len = sizeof(own);
	if (!call(side, "getpeername", getpeername(fd, (void *)&own, &len)))
		note_address(side, "  peer", &own, len);
}

static void creation(struct side *side)
{
	static const int types[] = {
		IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_IGMP, IPPROTO_GRE,
	};
	static const char * const ranges[] = {
		"1 0", "0 0", "1 2147483647", "5 5", "0 2147483647",
	};
	unsigned int i, j;
	int fd;

	for (i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
		permit(ranges[i]);
		for (j = 0; j < sizeof(types) / sizeof(*types); j++) {
			fd = endpoint_socket(side->family, SOCK_DGRAM,
					     types[j]);
			note(side, "%s: ", ranges[i]);
			call(side, "socket", fd < 0 ? fd : 0);
			close(fd);
		}
	}
}

TEST_F(over, socket__needs_a_group_in_the_range)
{
	COMPARE(creation);
}

/* Groups of a process that is not root: its own, and those it is also in. */
static void groups(struct side *side)
{
	gid_t groups[] = { 100, 200 };
	int status;
	pid_t pid;
	int i;

	for (i = 0; i < 3; i++) {
		permit(i == 0 ? "200 200" : i == 1 ? "50 50" : "51 99");
		pid = fork();
		if (!pid) {
			if (setgroups(2, groups) || setgid(50) || setuid(50))
				_exit(99);
			_exit(ping(side) < 0 ? errno : 0);
		}
		waitpid(pid, &status, 0);
		note(side, "%d: %d\n", i, WEXITSTATUS(status));
	}
	permit("0 2147483647");
}

TEST_F(over, socket__looks_at_all_groups)
{
	COMPARE(groups);
}

static void sysctls(struct side *side)
{
	static const char * const values[] = {
		"1 0", "5 3", "0 100", "7 7", "-1 5", "5 -1", "5",
		"0 2147483647", "x",
	};
	const char *path = side->family == AF_INET ?
			   "/proc/sys/net/ipv4/ping_group_range" :
			   "/proc/sys/net/netstack/ping_group_range";
	char text[64] = "";
	unsigned int i;
	int fd, n;

	for (i = 0; i < sizeof(values) / sizeof(*values); i++) {
		fd = open(path, O_RDWR);
		call(side, values[i], write(fd, values[i], strlen(values[i])));
		lseek(fd, 0, SEEK_SET);
		n = read(fd, text, sizeof(text) - 1);
		note(side, "  %.*s", n, text);
		close(fd);
	}
	permit("0 2147483647");
}

TEST(sysctl__takes_the_same_ranges)
{
	COMPARE(sysctls);
}

static void sending(struct side *side)
{
	static const size_t lengths[] = { 0, 4, 7, 8, 9, 64, 1500, 9000, 65507 };
	static const uint8_t codes[][2] = {
		{ ICMP_ECHO, 1 }, { ICMP_ECHOREPLY, 0 }, { ICMP_TIMESTAMP, 0 },
		{ 128, 0 }, { 128, 1 }, { 129, 0 }, { 3, 0 }, { 255, 0 },
		{ 161, 0 },
	};
	static uint8_t data[70000];
	int fd = ping(side);
	unsigned int i;

	for (i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		request(data, lengths[i], request_type(), 0);
		exchange(side, "sendto", fd, data, lengths[i], 0, "127.0.0.1",
			 0);
	}
	for (i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
		request(data, 64, codes[i][0], codes[i][1]);
		call(side, "type", send_to(fd, data, 64, 0, "127.0.0.1", 0));
	}
	while (recv(fd, data, sizeof(data), MSG_DONTWAIT) > 0)
		;
	request(data, 64, request_type(), 0);
	call(side, "too long", send_to(fd, data, 65536, 0, "127.0.0.1", 0));
	call(side, "OOB", send_to(fd, data, 64, MSG_OOB, "127.0.0.1", 0));
	call(side, "no address", send(fd, data, 64, 0));
	exchange(side, "DONTROUTE", fd, data, 64, MSG_DONTROUTE, "127.0.0.1",
		 0);
	exchange(side, "a port", fd, data, 64, 0, "127.0.0.1", 99);
	exchange(side, "the wildcard", fd, data, 64, 0, "0.0.0.0", 0);
	close(fd);
}

TEST_F(over, send__says_the_same)
{
	permit("0 2147483647");
	COMPARE(sending);
}

static void addresses(struct side *side)
{
	static const sa_family_t families[] = {
		AF_UNSPEC, AF_INET, AF_INET6, AF_UNIX, 99,
	};
	union endpoint to = address("127.0.0.1", 0);
	sa_family_t right = to.sin_family;
	uint8_t data[64];
	unsigned int i;
	socklen_t len;
	int fd;

	for (i = 0; i < sizeof(families) / sizeof(*families); i++) {
		if (families[i] == right)
			continue;
		to.sin_family = families[i];
		fd = ping(side);
		request(data, 64, request_type(), 0);
		note(side, "family %u\n", families[i]);
		call(side, "sendto", sendto(fd, data, 64, 0, (void *)&to,
					    sizeof(to)));
		call(side, "bind", bind(fd, (void *)&to, sizeof(to)));
		call(side, "connect", connect(fd, (void *)&to, sizeof(to)));
		close(fd);
	}
	to.sin_family = right;
	for (len = 0; len <= sizeof(to); len += 2) {
		fd = ping(side);
		note(side, "length %u\n", len);
		if (len)
			call(side, "sendto", sendto(fd, data, 64, 0,
						    (void *)&to, len));
		call(side, "bind", bind(fd, (void *)&to, len));
		close(fd);
		fd = ping(side);
		call(side, "connect", connect(fd, (void *)&to, len));
		close(fd);
	}
}

TEST_F(over, address__is_checked_the_same)
{
	permit("0 2147483647");
	COMPARE(addresses);
}

static void binding(struct side *side)
{
	static const char * const where[] = {
		"127.0.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
		"192.0.2.1",
	};
	unsigned int i;
	int fd, other, on = 1;

	for (i = 0; i < sizeof(where) / sizeof(*where); i++) {
		fd = ping(side);
		call(side, where[i], bind_to(fd, where[i], PORT));
		note_ids(side, fd);
		call(side, "again", bind_to(fd, where[i], PORT));
		close(fd);
	}
	fd = ping(side);
	other = ping(side);
	call(side, "bind", bind_to(fd, "127.0.0.1", 1));
	call(side, "in use", bind_to(other, "0.0.0.0", 1));
	setsockopt(other, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	call(side, "one reuses", bind_to(other, "0.0.0.0", 1));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	call(side, "both reuse", bind_to(other, "0.0.0.0", 1));
	note_ids(side, fd);
	close(fd);
	close(other);
	fd = ping(side);
	call(side, "any", bind_to(fd, "0.0.0.0", 0));
	call(side, "disconnect", disconnect(fd));
	call(side, "bind", bind_to(fd, "127.0.0.1", PORT));
	call(side, "disconnect", disconnect(fd));
	note_ids(side, fd);
	close(fd);
}

TEST_F(over, bind__says_the_same)
{
	permit("0 2147483647");
	COMPARE(binding);
}

static void connecting(struct side *side)
{
	uint8_t data[64];
	int fd = ping(side);

	request(data, sizeof(data), request_type(), 0);
	note_ids(side, fd);
	call(side, "connect", connect_to(fd, "127.0.0.1", 99));
	note_ids(side, fd);
	if (call(side, "send", send(fd, data, sizeof(data), 0)) > 0)
		note_answer(side, fd, 64, 0);
	call(side, "connect again", connect_to(fd, "127.0.0.1", 0));
	note_ids(side, fd);
	if (call(side, "write", write(fd, data, sizeof(data))) > 0) {
		note_poll(side, fd, POLLIN, WAIT_MS);
		note_answer(side, fd, 10, MSG_PEEK);
		note_answer(side, fd, 10, MSG_TRUNC);
	}
	note_poll(side, fd, POLLIN | POLLOUT, 0);
	call(side, "empty", recv(fd, data, sizeof(data), MSG_DONTWAIT));
	call(side, "OOB", recv(fd, data, sizeof(data), MSG_OOB));
	call(side, "disconnect", disconnect(fd));
	call(side, "send", send(fd, data, sizeof(data), 0));
	call(side, "shutdown", shutdown(fd, SHUT_RD));
	call(side, "recv", recv(fd, data, sizeof(data), 0));
	note_poll(side, fd, POLLIN | POLLOUT | POLLRDHUP, 0);
	call(side, "shutdown", shutdown(fd, SHUT_WR));
	call(side, "sendto", send_to(fd, data, 64, MSG_NOSIGNAL, "127.0.0.1",
				     0));
	note_poll(side, fd, POLLIN | POLLOUT | POLLRDHUP, 0);
	call(side, "listen", listen(fd, 1));
	call(side, "accept", accept(fd, NULL, NULL));
	close(fd);
}

TEST_F(over, connect__says_the_same)
{
	permit("0 2147483647");
	COMPARE(connecting);
}

static void control(struct side *side)
{
	static const int v4[] = {
		IP_RECVTTL, IP_RECVTOS,
	};
	static const int v6[] = {
		IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT, IPV6_RECVTCLASS,
	};
	int level = form == OVER_IPV4 ? SOL_IP : SOL_IPV6;
	uint8_t data[64];
	int fd = ping(side), on = 1, ttl = 77;
	unsigned int i;

	if (form == OVER_IPV4) {
		for (i = 0; i < sizeof(v4) / sizeof(*v4); i++)
			setsockopt(fd, level, v4[i], &on, sizeof(on));
		setsockopt(fd, level, IP_TTL, &ttl, sizeof(ttl));
	} else {
		for (i = 0; i < sizeof(v6) / sizeof(*v6); i++)
			setsockopt(fd, level, v6[i], &on, sizeof(on));
		setsockopt(fd, level, IPV6_UNICAST_HOPS, &ttl, sizeof(ttl));
	}
	call(side, "bind", bind_to(fd, "127.0.0.1", PORT));
	request(data, sizeof(data), request_type(), 0);
	exchange(side, "sendto", fd, data, 64, 0, "127.0.0.1", 0);
	close(fd);
}

TEST_F(over, control_messages__say_the_same)
{
	permit("0 2147483647");
	COMPARE(control);
}

static void too_big(struct side *side)
{
	static uint8_t data[65536];
	int fd = ping(side), on = 1;

	if (form == OVER_IPV4)
		setsockopt(fd, SOL_IP, IP_RECVERR, &on, sizeof(on));
	else
		setsockopt(fd, SOL_IPV6, IPV6_RECVERR, &on, sizeof(on));
	request(data, sizeof(data), request_type(), 0);
	call(side, "empty", recv(fd, data, 1, MSG_ERRQUEUE));
	call(side, "sendto", send_to(fd, data, 65535, 0, "127.0.0.1", 0));
	note_poll(side, fd, POLLIN, 0);
	note_answer(side, fd, 64, MSG_ERRQUEUE);
	close(fd);
}

TEST_F(over, errqueue__tells_of_what_is_too_big)
{
	permit("0 2147483647");
	/* A packet of IPv6 holds them. */
	if (form != OVER_IPV6)
		COMPARE(too_big);
}

static void options(struct side *side)
{
	static const int levels[] = {
		SOL_SOCKET, SOL_IP, SOL_IPV6, IPPROTO_UDP, IPPROTO_TCP, 255, 999,
	};
	int fd = ping(side), val;
	socklen_t len = sizeof(val);
	unsigned int i;

	call(side, "SO_PROTOCOL",
	     getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &val, &len));
	note(side, "  %d\n", val);
	call(side, "SO_TYPE", getsockopt(fd, SOL_SOCKET, SO_TYPE, &val, &len));
	note(side, "  %d\n", val);
	for (i = 0; i < sizeof(levels) / sizeof(*levels); i++) {
		len = sizeof(val);
		val = 1;
		note(side, "level %d\n", levels[i]);
		call(side, "set", setsockopt(fd, levels[i], 9999, &val, len));
		call(side, "get", getsockopt(fd, levels[i], 9999, &val, &len));
	}
	if (form != OVER_IPV4) {
		len = sizeof(val);
		getsockopt(fd, SOL_IPV6, IPV6_V6ONLY, &val, &len);
		note(side, "V6ONLY %d\n", val);
	}
	call(side, "SIOCINQ", ioctl(fd, SIOCINQ, &val));
	call(side, "SIOCOUTQ", ioctl(fd, SIOCOUTQ, &val));
	val = 5;
	call(side, "SO_PEEK_OFF",
	     setsockopt(fd, SOL_SOCKET, SO_PEEK_OFF, &val, sizeof(val)));
	close(fd);
}

TEST_F(over, options__say_the_same)
{
	permit("0 2147483647");
	COMPARE(options);
}

TEST_HARNESS_MAIN
