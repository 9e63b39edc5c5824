// SPDX-License-Identifier: GPL-2.0
/* What the arguments of the calls may be, with the names they are written by. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>

#include "sequence.h"

#define WORD(name)	{ #name, name }
#define SAMPLES(...)	.samples = (const long[]){ __VA_ARGS__ }, \
			.sample_count = COUNT(((const long[]){ __VA_ARGS__ }))

static const struct word slot_words[] = {
	{ "s0", 0 }, { "s1", 1 }, { "s2", 2 }, { "s3", 3 }, { "s4", 4 },
	{ "s5", 5 }, { }
};

const struct domain slot_domain = { .words = slot_words };

const struct socket_kind socket_kinds[] = {
	[STREAM_4] = { SOCK_STREAM, 0, false },
	[STREAM_6] = { SOCK_STREAM, 0, true },
	[DATAGRAM_4] = { SOCK_DGRAM, 0, false },
	[DATAGRAM_6] = { SOCK_DGRAM, 0, true },
	[PING_4] = { SOCK_DGRAM, IPPROTO_ICMP, false },
	[PING_6] = { SOCK_DGRAM, IPPROTO_ICMPV6, true },
	[RAW_4] = { SOCK_RAW, 253, false },
	[RAW_6] = { SOCK_RAW, 253, true },
	[ICMP_4] = { SOCK_RAW, IPPROTO_ICMP, false },
	[ICMP_6] = { SOCK_RAW, IPPROTO_ICMPV6, true },
	[HEADER_4] = { SOCK_RAW, IPPROTO_RAW, false },
	[HEADER_6] = { SOCK_RAW, IPPROTO_RAW, true },
};

const size_t socket_kind_count = COUNT(socket_kinds);

static const struct word kind_words[] = {
	{ "stream4", STREAM_4 }, { "stream6", STREAM_6 },
	{ "datagram4", DATAGRAM_4 }, { "datagram6", DATAGRAM_6 },
	{ "ping4", PING_4 }, { "ping6", PING_6 },
	{ "raw4", RAW_4 }, { "raw6", RAW_6 },
	{ "icmp4", ICMP_4 }, { "icmp6", ICMP_6 },
	{ "header4", HEADER_4 }, { "header6", HEADER_6 }, { }
};

const struct domain kind_domain = { .words = kind_words };

static const struct word host_words[] = {
	{ "lo", HOST_LO }, { "any", HOST_ANY }, { "lo2", HOST_LO2 },
	{ "mapped-lo", HOST_MAPPED_LO }, { "mapped-any", HOST_MAPPED_ANY },
	{ "foreign", HOST_FOREIGN }, { "broadcast", HOST_BROADCAST },
	{ "group", HOST_GROUP }, { "link-local", HOST_LINK_LOCAL },
	{ "subnet-broadcast", HOST_SUBNET_BROADCAST }, { }
};

const struct domain host_domain = { .words = host_words };

static const struct word port_words[] = {
	{ "none", PORT_NONE }, { "a", PORT_FIXED }, { "b", PORT_FIXED + 1 },
	{ "c", PORT_FIXED + 2 }, { "d", PORT_FIXED + 3 },
	{ "privileged", PORT_PRIVILEGED },
	{ "of-s0", PORT_OF_SLOT }, { "of-s1", PORT_OF_SLOT + 1 },
	{ "of-s2", PORT_OF_SLOT + 2 }, { "of-s3", PORT_OF_SLOT + 3 },
	{ "of-s4", PORT_OF_SLOT + 4 }, { "of-s5", PORT_OF_SLOT + 5 }, { }
};

const struct domain port_domain = { .words = port_words };

static const struct word shape_words[] = {
	{ "right", SHAPE_RIGHT }, { "null", SHAPE_NONE },
	{ "empty", SHAPE_EMPTY }, { "two-bytes", SHAPE_TWO },
	{ "short", SHAPE_SHORT }, { "long", SHAPE_LONG },
	{ "huge", SHAPE_HUGE }, { "negative", SHAPE_NEGATIVE },
	{ "other-family", SHAPE_OTHER_FAMILY }, { "unspec", SHAPE_UNSPEC },
	{ "bogus-family", SHAPE_BOGUS_FAMILY }, { "scoped", SHAPE_SCOPED }, { }
};

const struct domain shape_domain = { .words = shape_words };

static const struct word send_flag_words[] = {
	WORD(MSG_DONTWAIT), WORD(MSG_MORE), WORD(MSG_OOB), WORD(MSG_EOR),
	WORD(MSG_NOSIGNAL), WORD(MSG_DONTROUTE), WORD(MSG_CONFIRM),
	WORD(MSG_PEEK), WORD(MSG_TRUNC), WORD(MSG_ERRQUEUE),
	WORD(MSG_WAITALL), WORD(MSG_CTRUNC), WORD(MSG_FASTOPEN),
	WORD(MSG_ZEROCOPY), { }
};

const struct domain send_flags_domain = {
	.words = send_flag_words, .flags = true,
};

static const struct word receive_flag_words[] = {
	WORD(MSG_DONTWAIT), WORD(MSG_PEEK), WORD(MSG_TRUNC), WORD(MSG_WAITALL),
	WORD(MSG_OOB), WORD(MSG_ERRQUEUE), WORD(MSG_CMSG_CLOEXEC),
	WORD(MSG_NOSIGNAL), WORD(MSG_MORE), WORD(MSG_CTRUNC), WORD(MSG_EOR),
	WORD(MSG_DONTROUTE), WORD(MSG_WAITFORONE), { }
};

const struct domain receive_flags_domain = {
	.words = receive_flag_words, .flags = true,
};

const struct domain length_domain = {
	.open = true, .simple = 1,
	SAMPLES(0, 1, 2, 3, 7, 8, 10, 64, 100, 500, 1000, 1448, 1460, 3000,
		8000, 20000, 65000, 65507, 65508, 65535, 65536, 69000),
};

const struct domain count_domain = {
	.open = true, .simple = 1, SAMPLES(0, 1, 2, 3, 4),
};

const struct domain backlog_domain = {
	.open = true, .simple = 5, SAMPLES(-1, 0, 1, 2, 5, 128, 100000),
};

static const struct word how_words[] = {
	WORD(SHUT_RD), WORD(SHUT_WR), WORD(SHUT_RDWR), { "3", 3 },
	{ "-1", -1 }, { }
};

const struct domain how_domain = { .words = how_words };

const struct domain value_domain = {
	.open = true, .simple = 0,
	SAMPLES(0, 1, 2, 3, 4, 5, 7, 8, 16, 31, 40, 63, 64, 88, 100, 127, 128,
		200, 255, 256, 500, 536, 1000, 1280, 2000, 4096, 10000, 32767,
		32768, 65535, 65536, 100000, 1000000, INT_MAX, -1, -2, -100,
		INT_MIN, 0x01000000, 0x80001000),
};

/* -1: as long as the value is */
const struct domain option_length_domain = {
	.open = true, .simple = -1,
	SAMPLES(-1, 0, 1, 2, 3, 4, 5, 8, 12, 16, 20, 40, 64, -2, 200),
};

const struct domain address_length_domain = {
	.open = true, .simple = 128,
	SAMPLES(0, 1, 2, 8, 15, 16, 17, 24, 27, 28, 29, 128, -1, 10000),
};

static const struct word poll_words[] = {
	WORD(POLLIN), WORD(POLLOUT), WORD(POLLPRI), WORD(POLLRDHUP),
	WORD(POLLRDNORM), WORD(POLLWRNORM), WORD(POLLRDBAND),
	WORD(POLLWRBAND), WORD(POLLERR), WORD(POLLHUP), { }
};

const struct domain poll_domain = { .words = poll_words, .flags = true };

#define EDGE	(1L << 31)
#define ONESHOT	(1L << 30)
#define ALONE	(1L << 28)

static const struct word epoll_words[] = {
	WORD(EPOLLIN), WORD(EPOLLOUT), WORD(EPOLLPRI), WORD(EPOLLRDHUP),
	{ "EPOLLET", EDGE }, { "EPOLLONESHOT", ONESHOT },
	{ "EPOLLEXCLUSIVE", ALONE }, { }
};

const struct domain epoll_domain = { .words = epoll_words, .flags = true };

static const struct word epoll_operation_words[] = {
	{ "add", EPOLL_CTL_ADD }, { "mod", EPOLL_CTL_MOD },
	{ "del", EPOLL_CTL_DEL }, { }
};

const struct domain epoll_operation_domain = { .words = epoll_operation_words };

static const struct word request_words[] = {
	WORD(FIONREAD), WORD(SIOCOUTQ), WORD(SIOCOUTQNSD), WORD(SIOCATMARK),
	{ "FIOASYNC-on", -1 }, { "FIOASYNC-off", -2 }, { "F_SETOWN", -3 },
	WORD(SIOCGPGRP), { "0x1234", 0x1234 }, { }
};

const struct domain request_domain = { .words = request_words };

static const struct word accept_words[] = {
	WORD(SOCK_NONBLOCK), WORD(SOCK_CLOEXEC), { "bogus", 1 }, { }
};

const struct domain accept_domain = {
	.words = accept_words, .flags = true, .simple = SOCK_NONBLOCK,
};

static const struct word control_words[] = {
	{ "no-control", 0 }, { "pktinfo", 1 }, { "pktinfo-lo2", 2 },
	{ "pktinfo-foreign", 3 }, { "pktinfo-link-7", 4 }, { "ttl", 5 },
	{ "ttl-0", 6 }, { "ttl-256", 7 }, { "tos", 8 }, { "tos-byte", 9 },
	{ "retopts", 10 }, { "segment", 11 }, { "timestamping", 12 },
	{ "mark", 13 }, { "rights", 14 }, { "credentials", 15 },
	{ "too-short", 16 }, { "too-long", 17 }, { "unknown", 18 },
	{ "ttl-and-tos", 19 }, { "dontfrag", 20 }, { "other-level", 21 },
	{ "hopopts", 22 }, { "priority", 23 }, { }
};

const struct domain control_domain = { .words = control_words };

const struct domain control_room_domain = {
	.open = true, .simple = 0,
	SAMPLES(512, 512, 512, 512, 0, 1, 12, 16, 17, 20, 24, 28, 32, 40, 64),
};

static const struct word switch_words[] = {
	{ "off", 0 }, { "on", 1 }, { }
};

const struct domain switch_domain = { .words = switch_words };

const struct domain wait_domain = {
	.open = true, .simple = 500, SAMPLES(500, 1500, 4000, 70000),
};

static const struct word splice_words[] = {
	{ "file", 0 }, { "pipe", 1 }, { "pipe-more", 2 }, { }
};

const struct domain splice_domain = { .words = splice_words };
