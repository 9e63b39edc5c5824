// SPDX-License-Identifier: GPL-2.0
/*
 * guest: stock cpus=1 timeout=180
 *
 * Raw sockets of both families of sockets, over IPv4 and IPv6: the same calls
 * say the same.
 */
#define _GNU_SOURCE
#include <linux/filter.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <sys/wait.h>

#define EVERY_FORM
#include "datagram_differential.h"

#define PROTOCOL	200
/* Of SOL_RAW and of IPPROTO_ICMPV6. */
#define ICMP_FILTER	1
#define ICMPV6_FILTER	1
#ifndef IPV6_HDRINCL
#define IPV6_HDRINCL	36
#endif
#ifndef IP_NODEFRAG
#define IP_NODEFRAG	22
#endif

static int raw(struct side *side, int protocol)
{
	struct timeval patience = { .tv_sec = WAIT_MS / 1000 };
	int fd = endpoint_socket(side->family, SOCK_RAW, protocol);

	if (fd < 0)
		call(side, "socket", fd);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

static bool v4(void)
{
	return form == OVER_IPV4;
}

/* What was received, but for identification and checksum of IPv4. */
static void note_packet(struct side *side, int fd, size_t room, int flags)
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
	note(side, "  flags %#x data", msg.msg_flags);
	for (i = 0; i < 48 && i < room; i++)
		if (!v4() || (i != 4 && i != 5 && i != 10 && i != 11))
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

/* Send, and see the packet if it will come. */
static void exchange(struct side *side, const char *what, int fd,
		     const void *data, size_t length, int flags,
		     const char *to, unsigned int port)
{
	if (call(side, what, send_to(fd, data, length, flags, to, port)) >= 0)
		note_packet(side, fd, 70000, 0);
}

static void creation(struct side *side)
{
	static const int protocols[] = { 0, 1, 6, 17, 58, 255, -1, 1000 };
	unsigned int i;
	int fd, status;

	for (i = 0; i < sizeof(protocols) / sizeof(*protocols); i++) {
		fd = endpoint_socket(side->family, SOCK_RAW, protocols[i]);
		call(side, "socket", fd < 0 ? fd : 0);
		close(fd);
	}
	fflush(NULL);
	if (!fork()) {
		if (setuid(1000))
			_exit(99);
		_exit(raw(side, PROTOCOL) < 0 ? errno : 0);
	}
	wait(&status);
	note(side, "without privilege: %d\n", WEXITSTATUS(status));
}

TEST_F(over, socket__says_the_same)
{
	COMPARE(creation);
}

static void sending(struct side *side)
{
	static const size_t lengths[] = { 0, 1, 8, 1500, 9000, 65515 };
	static uint8_t data[70000] = "abcdefghijklmnopqrstuvwxyz0123456789";
	int fd = raw(side, PROTOCOL);
	unsigned int i;

	for (i = 0; i < sizeof(lengths) / sizeof(*lengths); i++)
		exchange(side, "sendto", fd, data, lengths[i], 0, "127.0.0.1",
			 0);
	call(side, "no address", send(fd, data, 64, 0));
	call(side, "OOB", send_to(fd, data, 64, MSG_OOB, "127.0.0.1", 0));
	/* MSG_TRYHARD is another name of it. */
	exchange(side, "DONTROUTE", fd, data, 64, MSG_DONTROUTE, "127.0.0.1",
		 0);
	exchange(side, "its protocol", fd, data, 64, 0, "127.0.0.1", PROTOCOL);
	exchange(side, "a port", fd, data, 64, 0, "127.0.0.1", 9);
	exchange(side, "the wildcard", fd, data, 64, 0, "0.0.0.0", 0);
	call(side, "MORE", send_to(fd, "one", 3, MSG_MORE, "127.0.0.1", 0));
	exchange(side, "the rest", fd, "two", 3, 0, "127.0.0.1", 0);
	if (v4())
		call(side, "too long",
		     send_to(fd, data, 65516, 0, "127.0.0.1", 0));
	if (v4())
		call(side, "far too long",
		     send_to(fd, data, 65536, 0, "127.0.0.1", 0));
	close(fd);
}

TEST_F(over, send__says_the_same)
{
	/* Raw sockets of IPv6 do not speak IPv4. */
	if (form != OVER_MAPPED)
		COMPARE(sending);
}

static void addresses(struct side *side)
{
	static const sa_family_t families[] = {
		AF_UNSPEC, AF_INET, AF_INET6, AF_UNIX, 99,
	};
	union endpoint to = address("127.0.0.1", 0);
	sa_family_t right = to.sin_family;
	uint8_t data[64] = "";
	unsigned int i;
	socklen_t len;
	int fd;

	for (i = 0; i < sizeof(families) / sizeof(*families); i++) {
		if (families[i] == right)
			continue;
		to.sin_family = families[i];
		fd = raw(side, PROTOCOL);
		note(side, "family %u\n", families[i]);
		call(side, "sendto", sendto(fd, data, 64, 0, (void *)&to,
					    sizeof(to)));
		call(side, "bind", bind(fd, (void *)&to, sizeof(to)));
		call(side, "connect", connect(fd, (void *)&to, sizeof(to)));
		close(fd);
	}
	to.sin_family = right;
	for (len = 0; len <= sizeof(to); len += 2) {
		fd = raw(side, PROTOCOL);
		note(side, "length %u\n", len);
		if (len)
			call(side, "sendto", sendto(fd, data, 64, 0,
						    (void *)&to, len));
		call(side, "bind", bind(fd, (void *)&to, len));
		close(fd);
		fd = raw(side, PROTOCOL);
		call(side, "connect", connect(fd, (void *)&to, len));
		close(fd);
	}
}

TEST_F(over, address__is_checked_the_same)
{
	if (form != OVER_MAPPED)
		COMPARE(addresses);
}

static void binding(struct side *side)
{
	static const char * const where[] = {
		"127.0.0.1", "0.0.0.0", "224.0.0.1", "192.0.2.1",
	};
	uint8_t data[64] = "hello";
	unsigned int i;
	int fd;

	for (i = 0; i < sizeof(where) / sizeof(*where); i++) {
		fd = raw(side, PROTOCOL);
		call(side, where[i], bind_to(fd, where[i], PORT));
		note_names(side, fd);
		call(side, "again", bind_to(fd, "127.0.0.1", 0));
		exchange(side, "sendto", fd, data, 64, 0, "127.0.0.1", 0);
		close(fd);
	}
	fd = raw(side, PROTOCOL);
	call(side, "connect", connect_to(fd, "127.0.0.1", 99));
	note_names(side, fd);
	call(side, "bind", bind_to(fd, "127.0.0.1", 0));
	if (call(side, "send", send(fd, data, 64, 0)) > 0)
		note_packet(side, fd, 64, 0);
	call(side, "connect", connect_to(fd, "127.0.0.1", 0));
	note_names(side, fd);
	if (call(side, "write", write(fd, data, 64)) > 0) {
		note_poll(side, fd, POLLIN, WAIT_MS);
		note_packet(side, fd, 10, MSG_PEEK);
		note_packet(side, fd, 10, MSG_TRUNC);
	}
	note_poll(side, fd, POLLIN | POLLOUT, 0);
	call(side, "empty", recv(fd, data, 64, MSG_DONTWAIT));
	call(side, "OOB", recv(fd, data, 64, MSG_OOB));
	call(side, "disconnect", disconnect(fd));
	note_names(side, fd);
	call(side, "send", send(fd, data, 64, 0));
	call(side, "shutdown", shutdown(fd, SHUT_RDWR));
	call(side, "recv", recv(fd, data, 64, 0));
	call(side, "sendto", send_to(fd, data, 64, MSG_NOSIGNAL, "127.0.0.1",
				     0));
	note_poll(side, fd, POLLIN | POLLOUT | POLLRDHUP, 0);
	call(side, "listen", listen(fd, 1));
	call(side, "accept", accept(fd, NULL, NULL));
	close(fd);
}

TEST_F(over, bind_and_connect__say_the_same)
{
	if (form != OVER_MAPPED)
		COMPARE(binding);
}

/* A packet of IPv4 with its header, of @length bytes. */
static size_t packet(uint8_t *data, size_t length, unsigned int ihl,
		     uint32_t saddr, uint16_t id)
{
	struct iphdr iph = {
		.version = 4, .ihl = ihl, .ttl = 9, .tos = 4,
		.protocol = PROTOCOL, .saddr = htonl(saddr), .id = htons(id),
		.daddr = htonl(INADDR_LOOPBACK), .check = 0x1234,
		.tot_len = htons(9999), .frag_off = htons(IP_DF),
	};

	memset(data, 'x', length);
	memcpy(data, &iph, length < sizeof(iph) ? length : sizeof(iph));
	return length;
}

static void included(struct side *side)
{
	static const struct {
		size_t length;
		unsigned int ihl;
		uint32_t saddr;
		uint16_t id;
	} cases[] = {
		{ 0, 5, 0, 0 }, { 19, 5, 0, 0 }, { 20, 5, 0, 0 }, { 28, 5, 0, 0 }, { 28, 4, 0, 0 },
		{ 28, 0, 0, 0 }, { 28, 7, 0, 0 }, { 28, 8, 0, 0 }, { 28, 15, 0, 0 },
		{ 1500, 5, INADDR_LOOPBACK, 5 }, { 40, 5, 0x7f000005, 0 },
		{ 9000, 5, 0, 7 },
	};
	static uint8_t data[70000];
	int fd = raw(side, IPPROTO_RAW);
	int in = raw(side, PROTOCOL);
	unsigned int i;
	uint16_t id;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		packet(data, cases[i].length, cases[i].ihl, cases[i].saddr,
		       cases[i].id);
		note(side, "case %u\n", i);
		/* Options of it that are not zero would be refused. */
		if (cases[i].ihl > 5 && cases[i].length > 20)
			memset(data + 20, 0, cases[i].length - 20);
		if (call(side, "sendto",
			 send_to(fd, data, cases[i].length, 0, "127.0.0.1",
				 0)) < 0)
			continue;
		recv(in, data, sizeof(data), MSG_PEEK);
		memcpy(&id, data + 4, sizeof(id));
		if (cases[i].id)
			note(side, "id %u\n", ntohs(id));
		else
			note(side, "an id: %d\n", id != 0);
		note_packet(side, in, sizeof(data), 0);
	}
	packet(data, 65535, 5, 0, 0);
	worked(side, "long", send_to(fd, data, 65535, 0, "127.0.0.1", 0));
	call(side, "IP_OPTIONS",
	     setsockopt(fd, SOL_IP, IP_OPTIONS, "\1\1\1\0", 4));
	call(side, "sendto", send_to(fd, data, 64, 0, "127.0.0.1", 0));
	close(fd);
	close(in);
}

TEST(header_included__says_the_same)
{
	form = OVER_IPV4;
	COMPARE(included);
}

static void icmp(struct side *side)
{
	uint8_t echo[8] = { v4() ? ICMP_ECHO : ICMP6_ECHO_REQUEST };
	int option = v4() ? ICMP_FILTER : ICMPV6_FILTER;
	int level = v4() ? 255 : IPPROTO_ICMPV6;
	int fd = raw(side, v4() ? IPPROTO_ICMP : IPPROTO_ICMPV6);
	uint32_t filter[8];
	socklen_t len = sizeof(filter);
	unsigned int i;

	call(side, "get", getsockopt(fd, level, option, filter, &len));
	note(side, "  %u %#x\n", len, filter[0]);
	memset(filter, 0xff, sizeof(filter));
	if (v4())
		filter[0] = ~(1u << ICMP_ECHOREPLY);
	else
		filter[ICMP6_ECHO_REPLY >> 5] =
			~(1u << (ICMP6_ECHO_REPLY & 31));
	call(side, "set", setsockopt(fd, level, option, filter, sizeof(filter)));
	call(side, "short", setsockopt(fd, level, option, filter, 2));
	call(side, "none", setsockopt(fd, level, option, filter, 0));
	for (i = 0; i < 2; i++)
		call(side, "short message",
		     send_to(fd, echo, i, 0, "127.0.0.1", 0));
	if (v4()) {
		echo[2] = ~ICMP_ECHO & 0xff;
		echo[3] = 0xff;
	}
	exchange(side, "echo", fd, echo, sizeof(echo), 0, "127.0.0.1", 0);
	call(side, "nothing more", recv(fd, echo, 8, MSG_DONTWAIT));
	close(fd);
	fd = raw(side, PROTOCOL);
	call(side, "another's", setsockopt(fd, level, option, filter, 4));
	call(side, "another's", getsockopt(fd, level, option, filter, &len));
	call(side, "no such", setsockopt(fd, level, 77, filter, 4));
	call(side, "no such", getsockopt(fd, level, 77, filter, &len));
	close(fd);
}

TEST_F(over, icmp_filter__says_the_same)
{
	if (form != OVER_MAPPED)
		COMPARE(icmp);
}

static void note_int(struct side *side, int fd, int level, int option)
{
	int val = 99;
	socklen_t len = sizeof(val);

	call(side, "get", getsockopt(fd, level, option, &val, &len));
	note(side, "  %d len %u\n", val, len);
}

static void set_int(struct side *side, int fd, int level, int option, int val)
{
	note(side, "level %d option %d value %d\n", level, option, val);
	call(side, "set", setsockopt(fd, level, option, &val, sizeof(val)));
	call(side, "short", setsockopt(fd, level, option, &val, 1));
	note_int(side, fd, level, option);
}

static void options(struct side *side)
{
	static const int protocols[] = { PROTOCOL, IPPROTO_RAW, IPPROTO_ICMPV6 };
	static const int values[] = { 1, 0, -1, 2, 4, 6, 7 };
	unsigned int i, j;
	int fd, val;

	for (i = 0; i < 3; i++) {
		fd = raw(side, protocols[i]);
		note(side, "protocol %d\n", protocols[i]);
		note_int(side, fd, SOL_SOCKET, SO_PROTOCOL);
		note_int(side, fd, SOL_SOCKET, SO_TYPE);
		note_int(side, fd, SOL_SOCKET, SO_REUSEADDR);
		note_int(side, fd, SOL_IP, IP_HDRINCL);
		note_int(side, fd, SOL_IP, IP_NODEFRAG);
		set_int(side, fd, SOL_IP, IP_HDRINCL, 1);
		set_int(side, fd, SOL_IP, IP_HDRINCL, 0);
		set_int(side, fd, SOL_IP, IP_NODEFRAG, 1);
		for (j = 0; !v4() && j < 7; j++) {
			set_int(side, fd, SOL_IPV6, IPV6_CHECKSUM, values[j]);
			set_int(side, fd, SOL_IPV6, IPV6_HDRINCL, values[j]);
			set_int(side, fd, 255, IPV6_CHECKSUM, values[j]);
		}
		call(side, "SIOCINQ", ioctl(fd, SIOCINQ, &val));
		call(side, "SIOCOUTQ", ioctl(fd, SIOCOUTQ, &val));
		call(side, "others", ioctl(fd, 0x8981, &val));
		val = 5;
		call(side, "SO_PEEK_OFF", setsockopt(fd, SOL_SOCKET,
						     SO_PEEK_OFF, &val, 4));
		close(fd);
	}
}

TEST_F(over, options__say_the_same)
{
	if (form != OVER_MAPPED)
		COMPARE(options);
}

/* The filter sees IPv4's header, and IPv6's payload. */
static void filter(struct side *side)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, v4() ? 20 : 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 'y', 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 24),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog program = { 4, code };
	int fd = raw(side, PROTOCOL);
	char data[40] = "no";

	call(side, "filter", setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER,
					&program, sizeof(program)));
	call(side, "sendto", send_to(fd, data, 40, 0, "127.0.0.1", 0));
	data[0] = 'y';
	exchange(side, "sendto", fd, data, 40, 0, "127.0.0.1", 0);
	call(side, "nothing more", recv(fd, data, 8, MSG_DONTWAIT));
	close(fd);
}

TEST_F(over, filter__sees_the_same)
{
	if (form != OVER_MAPPED)
		COMPARE(filter);
}

static void errors(struct side *side)
{
	int level = v4() ? SOL_IP : SOL_IPV6;
	int option = v4() ? IP_RECVERR : IPV6_RECVERR;
	int fd = raw(side, PROTOCOL), on = 1;
	static char data[65536];

	setsockopt(fd, level, option, &on, sizeof(on));
	call(side, "empty", recv(fd, data, 1, MSG_ERRQUEUE));
	if (v4())
		call(side, "sendto",
		     send_to(fd, data, 65535, 0, "127.0.0.1", 0));
	note_poll(side, fd, POLLIN, 0);
	note_packet(side, fd, 64, MSG_ERRQUEUE);
	close(fd);
}

TEST_F(over, errqueue__tells_the_same)
{
	if (form != OVER_MAPPED)
		COMPARE(errors);
}

static void control(struct side *side)
{
	static const int of4[] = { IP_PKTINFO, IP_RECVTTL, IP_RECVTOS };
	static const int of6[] = {
		IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT, IPV6_RECVTCLASS,
	};
	int level = v4() ? SOL_IP : SOL_IPV6;
	int fd = raw(side, PROTOCOL), on = 1, ttl = 77, i;

	for (i = 0; i < 3; i++)
		setsockopt(fd, level, v4() ? of4[i] : of6[i], &on, sizeof(on));
	setsockopt(fd, level, v4() ? IP_TTL : IPV6_UNICAST_HOPS, &ttl,
		   sizeof(ttl));
	exchange(side, "sendto", fd, "hello", 5, 0, "127.0.0.1", 0);
	close(fd);
}

TEST_F(over, control_messages__say_the_same)
{
	if (form != OVER_MAPPED)
		COMPARE(control);
}

TEST_HARNESS_MAIN
