// SPDX-License-Identifier: GPL-2.0
/*
 * guest: stock
 *
 * What RFC 3542 and RFC 2292 let a program see and say of the headers of its
 * datagrams, on AF_INET6 and with NETSTACK_IPV6, over the lo of each: path
 * MTU, extension headers.
 */
#define _GNU_SOURCE
#include <net/if.h>

#include "datagram_differential.h"

/* <linux/in6.h> has it, which does not go with <netinet/in.h>. */
#define IPV6_FLOWINFO_SEND	33

#define COUNT(array)	(sizeof(array) / sizeof(*(array)))

static int set(int fd, int number, const void *value, socklen_t len)
{
	return setsockopt(fd, SOL_IPV6, number, value, len);
}

static int set_int(int fd, int number, int val)
{
	return set(fd, number, &val, sizeof(val));
}

static int udp6(struct side *side)
{
	form = OVER_IPV6;
	return udp(side);
}

/* Two that are bound; what is sent to the first is received. */
static int receiver(struct side *side)
{
	int fd = udp6(side), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	call(side, "bind", bind_to(fd, "::1", PORT));
	return fd;
}

/* Receive, and note the data and every control message. */
static void note_message(struct side *side, int fd, int flags)
{
	char data[100] = "", control[2000];
	struct iovec iov = { .iov_base = data, .iov_len = sizeof(data) };
	union endpoint from = {};
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *one;
	size_t i;

	if (call(side, "recvmsg", recvmsg(fd, &msg, flags)) < 0)
		return;
	note(side, "  flags %#x data %.8s control %zu\n", msg.msg_flags, data,
	     msg.msg_controllen);
	note_address(side, "  from", &from, msg.msg_namelen);
	for (one = CMSG_FIRSTHDR(&msg); one; one = CMSG_NXTHDR(&msg, one)) {
		note(side, "  level %d type %d:", one->cmsg_level,
		     one->cmsg_type);
		for (i = 0; i < one->cmsg_len - CMSG_LEN(0); i++)
			note(side, " %02x", CMSG_DATA(one)[i]);
		note(side, "\n");
	}
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

/* ---- options that turn control messages on ---- */

static const int switches[] = {
	IPV6_RECVPATHMTU, IPV6_RECVHOPOPTS, IPV6_RECVDSTOPTS, IPV6_RECVRTHDR,
	IPV6_2292PKTINFO, IPV6_2292HOPLIMIT, IPV6_2292HOPOPTS,
	IPV6_2292DSTOPTS, IPV6_2292RTHDR,
};

static void note_switches(struct side *side, int type)
{
	static const int values[] = { -1, 0, 1, 2, 256 };
	size_t i, j;
	socklen_t len;
	int fd, val;

	form = OVER_IPV6;
	fd = endpoint_socket(side->family, type, 0);
	for (i = 0; i < COUNT(switches); i++) {
		note(side, "option %d\n", switches[i]);
		for (j = 0; j < COUNT(values); j++) {
			call(side, "  set", set_int(fd, switches[i],
						    values[j]));
			len = sizeof(val);
			val = -1;
			call(side, "  get", getsockopt(fd, SOL_IPV6,
						       switches[i], &val,
						       &len));
			note(side, "  %d len %u\n", val, len);
		}
		val = 1;
		call(side, "  short", set(fd, switches[i], &val, 3));
		call(side, "  empty", set(fd, switches[i], &val, 0));
		call(side, "  fault", set(fd, switches[i], (void *)8, 4));
	}
	close(fd);
}

static void datagram_switches(struct side *side)
{
	note_switches(side, SOCK_DGRAM);
}

static void stream_switches(struct side *side)
{
	note_switches(side, SOCK_STREAM);
}

TEST(switches__are_the_same)
{
	COMPARE(datagram_switches);
	COMPARE(stream_switches);
}

static void old_names(struct side *side)
{
	int fd = receiver(side), sender = udp6(side);

	set_int(fd, IPV6_2292PKTINFO, 1);
	set_int(fd, IPV6_2292HOPLIMIT, 1);
	set_int(fd, IPV6_RECVHOPLIMIT, 1);
	set_int(fd, IPV6_RECVHOPOPTS, 1);
	set_int(fd, IPV6_2292RTHDR, 1);
	set_int(sender, IPV6_UNICAST_HOPS, 9);
	call(side, "send", send_to(sender, "a", 1, 0, "::1", PORT));
	note_message(side, fd, 0);
	close(fd);
	close(sender);
}

TEST(receive__by_old_names_the_same)
{
	COMPARE(old_names);
}

/* ---- IPV6_RECVPATHMTU ---- */

static void path_mtu_of_raw(struct side *side)
{
	/* The first byte is a type of ICMPv6 that nobody answers. */
	static char data[65500] = { (char)200 };
	int fd;

	form = OVER_IPV6;
	fd = endpoint_socket(side->family, SOCK_RAW, IPPROTO_ICMPV6);
	set_int(fd, IPV6_RECVPATHMTU, 1);
	set_int(fd, IPV6_DONTFRAG, 1);
	call(side, "too long", send_to(fd, data, 65500, 0, "::1", 0));
	note_poll(side, fd, POLLIN | POLLERR, 0);
	call(side, "out of band", recv(fd, data, 1, MSG_OOB | MSG_DONTWAIT));
	note_message(side, fd, MSG_DONTWAIT);
	note_message(side, fd, MSG_DONTWAIT);
	set_int(fd, IPV6_MTU, 1280);
	data[0] = (char)200;
	call(side, "too long", send_to(fd, data, 1241, 0, "::1", 0));
	note_message(side, fd, MSG_DONTWAIT);
	set_int(fd, IPV6_DONTFRAG, 0);
	set_int(fd, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DO);
	call(side, "too long", send_to(fd, data, 65500, 0, "::1", 0));
	note_message(side, fd, MSG_DONTWAIT);
	close(fd);
}

static void path_mtu(struct side *side)
{
	static char data[65500];
	int fd = receiver(side), sender = udp6(side);

	call(side, "not asked", send_to(sender, data, 65500, 0, "::1", PORT));
	set_int(sender, IPV6_DONTFRAG, 1);
	call(side, "not asked", send_to(sender, data, 65500, 0, "::1", PORT));
	note_message(side, sender, MSG_DONTWAIT);
	set_int(sender, IPV6_RECVPATHMTU, 1);
	call(side, "fits", send_to(sender, data, 100, 0, "::1", PORT));
	note_message(side, sender, MSG_DONTWAIT);
	call(side, "too long", send_to(sender, data, 65500, 0, "::1", PORT));
	note_poll(side, sender, POLLIN | POLLERR, 0);
	note_message(side, sender, MSG_DONTWAIT);
	note_message(side, sender, MSG_DONTWAIT);
	/* The last one is kept, and looking is reading. */
	call(side, "too long", send_to(sender, data, 65500, 0, "::1", PORT));
	call(side, "too long", send_to(sender, data, 65501, 0, "::1", PORT));
	note_message(side, sender, MSG_DONTWAIT | MSG_PEEK);
	note_message(side, sender, MSG_DONTWAIT);
	/* It goes before a datagram, and waits while nobody wants it. */
	call(side, "too long", send_to(sender, data, 65500, 0, "::1", PORT));
	set_int(sender, IPV6_RECVPATHMTU, 0);
	note_message(side, sender, MSG_DONTWAIT);
	set_int(sender, IPV6_RECVPATHMTU, 1);
	note_message(side, sender, MSG_DONTWAIT);
	/* With the error queue, and cut smaller. */
	set_int(sender, IPV6_RECVERR, 1);
	set_int(sender, IPV6_MTU, 1280);
	call(side, "too long", send_to(sender, data, 1233, 0, "::1", PORT));
	note_message(side, sender, MSG_DONTWAIT | MSG_ERRQUEUE);
	note_message(side, sender, MSG_DONTWAIT);
	/* Bound to a link, and connected. */
	setsockopt(sender, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3);
	call(side, "connect", connect_to(sender, "::1", PORT));
	call(side, "too long", send(sender, data, 65500, 0));
	note_message(side, sender, MSG_DONTWAIT);
	/* IPV6_MTU_DISCOVER alone tells nothing. */
	set_int(sender, IPV6_DONTFRAG, 0);
	set_int(sender, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DO);
	call(side, "too long", send(sender, data, 65500, 0));
	note_message(side, sender, MSG_DONTWAIT);
	close(fd);
	close(sender);
}

TEST_F(lo, path_mtu__is_told_the_same)
{
	COMPARE(path_mtu);
}

TEST_F(lo, path_mtu__of_raw_sockets_is_told)
{
	COMPARE(path_mtu_of_raw);
}

/* ---- sin6_flowinfo ---- */

static void flowinfo(struct side *side)
{
	static const unsigned int words[] = {
		0, 0x00012345, 0x02712345, 0x0ff00000, 0xfff00000, 0x00b00000,
	};
	static const int types[] = { SOCK_DGRAM, SOCK_STREAM };
	union endpoint end;
	size_t i, j, send;
	int fd, listener;

	form = OVER_IPV6;
	listener = endpoint_socket(side->family, SOCK_STREAM, 0);
	call(side, "bind", bind_to(listener, "::1", PORT));
	call(side, "listen", listen(listener, 100));
	for (i = 0; i < COUNT(types); i++) {
		for (j = 0; j < COUNT(words); j++) {
			for (send = 0; send < 2; send++) {
				note(side, "word %#x send %zu\n", words[j],
				     send);
				fd = endpoint_socket(side->family, types[i],
						     0);
				set_int(fd, IPV6_FLOWINFO_SEND, send);
				end = address("::1", PORT);
				end.in6.sin6_flowinfo = htonl(words[j]);
				call(side, "connect",
				     connect(fd, (void *)&end, sizeof(end)));
				note_names(side, fd);
				set_int(fd, IPV6_FLOWINFO_SEND, !send);
				note_names(side, fd);
				close(fd);
			}
		}
	}
	close(listener);
}

TEST(flowinfo__of_the_peer_is_told_the_same)
{
	COMPARE(flowinfo);
}

TEST_HARNESS_MAIN
