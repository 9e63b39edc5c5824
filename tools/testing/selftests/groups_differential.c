// SPDX-License-Identifier: GPL-2.0
/*
 * guest: stock
 *
 * As datagram_differential.c: the options of group membership must take and
 * refuse the same, and datagrams to groups reach the same sockets, on AF_INET
 * and on AF_NETSTACK, and on AF_INET6 and with NETSTACK_IPV6, over the lo of
 * each, and by netstack0, at whose ends both are.
 */
#define _GNU_SOURCE
#include <net/if.h>

#include "datagram_differential.h"

#define LO	1

struct option {
	const char *name;
	int number;
	socklen_t length;
};

static const struct option group_options[] = {
	{ "IP_ADD_MEMBERSHIP", IP_ADD_MEMBERSHIP, sizeof(struct ip_mreqn) },
	{ "IP_DROP_MEMBERSHIP", IP_DROP_MEMBERSHIP, sizeof(struct ip_mreqn) },
	{ "IP_ADD_SOURCE_MEMBERSHIP", IP_ADD_SOURCE_MEMBERSHIP,
	  sizeof(struct ip_mreq_source) },
	{ "IP_DROP_SOURCE_MEMBERSHIP", IP_DROP_SOURCE_MEMBERSHIP,
	  sizeof(struct ip_mreq_source) },
	{ "IP_BLOCK_SOURCE", IP_BLOCK_SOURCE, sizeof(struct ip_mreq_source) },
	{ "IP_UNBLOCK_SOURCE", IP_UNBLOCK_SOURCE,
	  sizeof(struct ip_mreq_source) },
	{ "IP_MSFILTER", IP_MSFILTER, IP_MSFILTER_SIZE(1) },
	{ "MCAST_JOIN_GROUP", MCAST_JOIN_GROUP, sizeof(struct group_req) },
	{ "MCAST_LEAVE_GROUP", MCAST_LEAVE_GROUP, sizeof(struct group_req) },
	{ "MCAST_JOIN_SOURCE_GROUP", MCAST_JOIN_SOURCE_GROUP,
	  sizeof(struct group_source_req) },
	{ "MCAST_LEAVE_SOURCE_GROUP", MCAST_LEAVE_SOURCE_GROUP,
	  sizeof(struct group_source_req) },
	{ "MCAST_BLOCK_SOURCE", MCAST_BLOCK_SOURCE,
	  sizeof(struct group_source_req) },
	{ "MCAST_UNBLOCK_SOURCE", MCAST_UNBLOCK_SOURCE,
	  sizeof(struct group_source_req) },
	{ "MCAST_MSFILTER", MCAST_MSFILTER, GROUP_FILTER_SIZE(1) },
};

#define OPTIONS (sizeof(group_options) / sizeof(*group_options))

static struct in_addr in(const char *text)
{
	struct in_addr addr;

	inet_pton(AF_INET, text, &addr);
	return addr;
}

/* ---- lengths ---- */

/* What each of @options says to values of all lengths. */
static void note_lengths(struct side *side, int level,
			 const struct option *options, size_t count)
{
	const struct option *option;
	unsigned char zero[1024] = {};
	socklen_t len, room;
	size_t step;
	int fd;

	for (option = options; option < options + count; option++) {
		fd = udp(side);
		note(side, "%s\n", option->name);
		for (step = 0; step < 12; step++) {
			len = option->length;
			len = step < 9 ? len * step / 8 : len + step - 9;
			note(side, "  length %u ", len);
			call(side, "set", setsockopt(fd, level, option->number,
						     zero, len));
		}
		call(side, "  fault", setsockopt(fd, level, option->number,
						 (void *)8, option->length));
		for (len = 0; len < 300; len += 4) {
			room = len;
			note(side, "  room %u ", len);
			call(side, "get", getsockopt(fd, level, option->number,
						     zero, &room));
			note(side, "  length %u\n", room);
		}
		close(fd);
	}
}

static void lengths(struct side *side)
{
	note_lengths(side, SOL_IP, group_options, OPTIONS);
}

TEST(lengths__are_refused_alike)
{
	COMPARE(lengths);
}

/* ---- joining and leaving ---- */

static void mreqn(struct side *side, int fd, int number, const char *group,
		  const char *addr, int index)
{
	struct ip_mreqn mreq = {
		.imr_multiaddr = in(group),
		.imr_address = in(addr),
		.imr_ifindex = index,
	};

	note(side, "%s on %s, %d: ", group, addr, index);
	call(side, number == IP_ADD_MEMBERSHIP ? "join" : "leave",
	     setsockopt(fd, SOL_IP, number, &mreq, sizeof(mreq)));
}

static void joining(struct side *side)
{
	int fd = udp(side);
	char group[32];
	int i;

	mreqn(side, fd, IP_ADD_MEMBERSHIP, "127.0.0.1", "0.0.0.0", LO);
	mreqn(side, fd, IP_ADD_MEMBERSHIP, "255.255.255.255", "0.0.0.0", LO);
	mreqn(side, fd, IP_ADD_MEMBERSHIP, "0.0.0.0", "0.0.0.0", LO);
	mreqn(side, fd, IP_ADD_MEMBERSHIP, "239.1.1.1", "0.0.0.0", 4711);
	mreqn(side, fd, IP_ADD_MEMBERSHIP, "239.1.1.1", "0.0.0.0", -1);
	mreqn(side, fd, IP_ADD_MEMBERSHIP, "239.1.1.1", "192.0.2.1", 0);
	mreqn(side, fd, IP_ADD_MEMBERSHIP, "239.1.1.1", "0.0.0.0", 0);
	mreqn(side, fd, IP_DROP_MEMBERSHIP, "239.1.1.1", "0.0.0.0", 0);
	mreqn(side, fd, IP_DROP_MEMBERSHIP, "239.1.1.1", "0.0.0.0", LO);
	mreqn(side, fd, IP_DROP_MEMBERSHIP, "127.0.0.1", "0.0.0.0", LO);
	mreqn(side, fd, IP_ADD_MEMBERSHIP, "239.1.1.1", "0.0.0.0", LO);
	mreqn(side, fd, IP_ADD_MEMBERSHIP, "239.1.1.1", "127.0.0.1", 0);
	mreqn(side, fd, IP_ADD_MEMBERSHIP, "239.1.1.1", "192.0.2.1", LO);
	mreqn(side, fd, IP_DROP_MEMBERSHIP, "239.1.1.1", "192.0.2.1", 0);
	mreqn(side, fd, IP_DROP_MEMBERSHIP, "239.1.1.1", "0.0.0.0", 4711);
	mreqn(side, fd, IP_DROP_MEMBERSHIP, "239.1.1.1", "127.0.0.1", 0);
	mreqn(side, fd, IP_DROP_MEMBERSHIP, "239.1.1.1", "127.0.0.1", 0);
	mreqn(side, fd, IP_ADD_MEMBERSHIP, "224.0.0.1", "0.0.0.0", LO);
	for (i = 0; i < 21; i++) {
		snprintf(group, sizeof(group), "239.2.2.%d", i);
		mreqn(side, fd, IP_ADD_MEMBERSHIP, group, "127.0.0.1", 0);
	}
	close(fd);
}

TEST(join__and_leave_alike)
{
	COMPARE(joining);
}

static void streams(struct side *side)
{
	struct ip_mreq_source source = {
		.imr_multiaddr = in("239.1.1.1"),
		.imr_interface = in("127.0.0.1"),
		.imr_sourceaddr = in("10.0.0.7"),
	};
	struct group_req req = { .gr_interface = LO };
	struct sockaddr_in sin = address("239.1.1.1", 0).in;
	int fd = socket(side->family, SOCK_STREAM, 0);

	mreqn(side, fd, IP_ADD_MEMBERSHIP, "239.1.1.1", "0.0.0.0", LO);
	mreqn(side, fd, IP_DROP_MEMBERSHIP, "239.1.1.1", "0.0.0.0", LO);
	call(side, "short", setsockopt(fd, SOL_IP, IP_ADD_MEMBERSHIP, &sin,
				       1));
	memcpy(&req.gr_group, &sin, sizeof(sin));
	call(side, "join group", setsockopt(fd, SOL_IP, MCAST_JOIN_GROUP, &req,
					    sizeof(req)));
	call(side, "leave group", setsockopt(fd, SOL_IP, MCAST_LEAVE_GROUP,
					     &req, sizeof(req)));
	call(side, "add source", setsockopt(fd, SOL_IP,
					    IP_ADD_SOURCE_MEMBERSHIP, &source,
					    sizeof(source)));
	call(side, "drop source", setsockopt(fd, SOL_IP,
					     IP_DROP_SOURCE_MEMBERSHIP,
					     &source, sizeof(source)));
	close(fd);
}

TEST(join__of_streams_alike)
{
	COMPARE(streams);
}

/* ---- sources ---- */

static void source(struct side *side, int fd, int number, const char *group,
		   const char *from)
{
	struct ip_mreq_source mreq = {
		.imr_multiaddr = in(group),
		.imr_interface = in("127.0.0.1"),
		.imr_sourceaddr = in(from),
	};
	size_t i;

	for (i = 0; group_options[i].number != number; i++)
		;
	note(side, "%s from %s ", group, from);
	call(side, group_options[i].name,
	     setsockopt(fd, SOL_IP, number, &mreq, sizeof(mreq)));
}

static void note_filter(struct side *side, int fd, const char *group,
			unsigned int room)
{
	char buffer[IP_MSFILTER_SIZE(32)] = {};
	struct ip_msfilter *msf = (void *)buffer;
	socklen_t len = IP_MSFILTER_SIZE(room);
	unsigned int i;

	msf->imsf_multiaddr = in(group);
	msf->imsf_interface = in("127.0.0.1");
	msf->imsf_numsrc = room;
	msf->imsf_fmode = 7;
	if (call(side, "  filter", getsockopt(fd, SOL_IP, IP_MSFILTER, msf,
					      &len)) < 0)
		return;
	note(side, "  length %u mode %u sources %u:", len, msf->imsf_fmode,
	     msf->imsf_numsrc);
	for (i = 0; i < room && i < msf->imsf_numsrc; i++)
		note(side, " %08x", ntohl(msf->imsf_slist[i].s_addr));
	note(side, "\n");
}

static void note_generic(struct side *side, int fd, const char *group,
			 unsigned int index, unsigned int room)
{
	char buffer[GROUP_FILTER_SIZE(32)] = {};
	struct group_filter *filter = (void *)buffer;
	struct sockaddr_in sin = address(group, 0).in;
	socklen_t len = GROUP_FILTER_SIZE(room);
	unsigned int i;

	filter->gf_interface = index;
	filter->gf_numsrc = room;
	filter->gf_fmode = 7;
	memcpy(&filter->gf_group, &sin, sizeof(sin));
	if (call(side, "  generic", getsockopt(fd, SOL_IP, MCAST_MSFILTER,
					       filter, &len)) < 0)
		return;
	note(side, "  length %u mode %u sources %u:", len, filter->gf_fmode,
	     filter->gf_numsrc);
	for (i = 0; i < room && i < filter->gf_numsrc; i++) {
		memcpy(&sin, &filter->gf_slist[i], sizeof(sin));
		note(side, " %d %08x", sin.sin_family,
		     ntohl(sin.sin_addr.s_addr));
	}
	note(side, "\n");
}

static void sources(struct side *side)
{
	int fd = udp(side);
	char from[32];
	int i;

	note_filter(side, fd, "239.1.1.1", 4);
	note_generic(side, fd, "239.1.1.1", LO, 4);
	source(side, fd, IP_BLOCK_SOURCE, "239.1.1.1", "10.0.0.7");
	source(side, fd, IP_DROP_SOURCE_MEMBERSHIP, "239.1.1.1", "10.0.0.7");
	source(side, fd, IP_ADD_SOURCE_MEMBERSHIP, "10.0.0.1", "10.0.0.7");
	source(side, fd, IP_ADD_SOURCE_MEMBERSHIP, "239.1.1.1", "10.0.0.7");
	note_filter(side, fd, "239.1.1.1", 4);
	source(side, fd, IP_ADD_SOURCE_MEMBERSHIP, "239.1.1.1", "10.0.0.7");
	source(side, fd, IP_ADD_SOURCE_MEMBERSHIP, "239.1.1.1", "10.0.0.8");
	source(side, fd, IP_ADD_SOURCE_MEMBERSHIP, "239.1.1.1", "0.0.0.0");
	source(side, fd, IP_BLOCK_SOURCE, "239.1.1.1", "10.0.0.9");
	source(side, fd, IP_UNBLOCK_SOURCE, "239.1.1.1", "10.0.0.7");
	for (i = 0; i < 5; i++) {
		note_filter(side, fd, "239.1.1.1", i);
		note_generic(side, fd, "239.1.1.1", LO, i);
	}
	note_generic(side, fd, "239.1.1.1", 4711, 4);
	note_generic(side, fd, "127.0.0.1", LO, 4);
	note_filter(side, fd, "127.0.0.1", 4);
	mreqn(side, fd, IP_ADD_MEMBERSHIP, "239.1.1.1", "0.0.0.0", LO);
	source(side, fd, IP_DROP_SOURCE_MEMBERSHIP, "239.1.1.1", "0.0.0.0");
	source(side, fd, IP_DROP_SOURCE_MEMBERSHIP, "239.1.1.1", "10.0.0.8");
	source(side, fd, IP_DROP_SOURCE_MEMBERSHIP, "239.1.1.1", "10.0.0.8");
	source(side, fd, IP_DROP_SOURCE_MEMBERSHIP, "239.1.1.1", "10.0.0.7");
	note_filter(side, fd, "239.1.1.1", 4);
	source(side, fd, IP_DROP_SOURCE_MEMBERSHIP, "239.1.1.1", "10.0.0.7");

	mreqn(side, fd, IP_ADD_MEMBERSHIP, "239.1.1.1", "0.0.0.0", LO);
	note_filter(side, fd, "239.1.1.1", 4);
	source(side, fd, IP_UNBLOCK_SOURCE, "239.1.1.1", "10.0.0.7");
	for (i = 1; i < 13; i++) {
		snprintf(from, sizeof(from), "10.0.0.%d", i);
		source(side, fd, IP_BLOCK_SOURCE, "239.1.1.1", from);
	}
	note_filter(side, fd, "239.1.1.1", 20);
	for (i = 1; i < 11; i++) {
		snprintf(from, sizeof(from), "10.0.0.%d", i);
		source(side, fd, IP_UNBLOCK_SOURCE, "239.1.1.1", from);
	}
	note_filter(side, fd, "239.1.1.1", 20);
	/* The list is empty, but there was one. */
	source(side, fd, IP_ADD_SOURCE_MEMBERSHIP, "239.1.1.1", "10.0.0.7");
	mreqn(side, fd, IP_DROP_MEMBERSHIP, "239.1.1.1", "0.0.0.0", LO);
	mreqn(side, fd, IP_ADD_MEMBERSHIP, "239.1.1.1", "0.0.0.0", LO);
	source(side, fd, IP_ADD_SOURCE_MEMBERSHIP, "239.1.1.1", "10.0.0.7");
	note_filter(side, fd, "239.1.1.1", 20);
	close(fd);
}

TEST(source__lists_alike)
{
	COMPARE(sources);
}

static void set_filter(struct side *side, int fd, const char *group,
		       unsigned int mode, unsigned int claimed,
		       unsigned int given)
{
	char buffer[IP_MSFILTER_SIZE(32)] = {};
	struct ip_msfilter *msf = (void *)buffer;
	unsigned int i;

	msf->imsf_multiaddr = in(group);
	msf->imsf_interface = in("127.0.0.1");
	msf->imsf_fmode = mode;
	msf->imsf_numsrc = claimed;
	for (i = 0; i < given; i++)
		msf->imsf_slist[i].s_addr = htonl(0x0a000001 + i);
	note(side, "%s mode %u, %u of %u ", group, mode, claimed, given);
	call(side, "IP_MSFILTER", setsockopt(fd, SOL_IP, IP_MSFILTER, msf,
					     IP_MSFILTER_SIZE(given)));
}

static void set_generic(struct side *side, int fd, const char *group,
			unsigned int mode, unsigned int claimed,
			unsigned int given, int family, unsigned int index)
{
	char buffer[GROUP_FILTER_SIZE(32)] = {};
	struct group_filter *filter = (void *)buffer;
	struct sockaddr_in sin = address(group, 0).in;
	unsigned int i;

	filter->gf_interface = index;
	filter->gf_fmode = mode;
	filter->gf_numsrc = claimed;
	sin.sin_family = family;
	memcpy(&filter->gf_group, &sin, sizeof(sin));
	for (i = 0; i < given; i++) {
		sin = address("0.0.0.0", 0).in;
		sin.sin_addr.s_addr = htonl(0x0a000001 + i);
		if (index == 7)
			sin.sin_family = AF_INET6;
		memcpy(&filter->gf_slist[i], &sin, sizeof(sin));
	}
	note(side, "%s mode %u, %u of %u, family %d, link %u ", group, mode,
	     claimed, given, family, index);
	call(side, "MCAST_MSFILTER",
	     setsockopt(fd, SOL_IP, MCAST_MSFILTER, filter,
			GROUP_FILTER_SIZE(given)));
}

static void filters(struct side *side)
{
	static const unsigned int modes[] = { 0, 1, 2, 256, 0xffffffff };
	static char huge[200000];
	int fd = udp(side);
	size_t i;

	set_filter(side, fd, "239.1.1.1", MCAST_INCLUDE, 1, 1);
	set_filter(side, fd, "239.1.1.1", MCAST_INCLUDE, 0, 0);
	set_generic(side, fd, "239.1.1.1", MCAST_INCLUDE, 0, 0, AF_INET, LO);
	mreqn(side, fd, IP_ADD_MEMBERSHIP, "239.1.1.1", "0.0.0.0", LO);
	for (i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		set_filter(side, fd, "239.1.1.1", modes[i], 2, 2);
		note_filter(side, fd, "239.1.1.1", 4);
		set_generic(side, fd, "239.1.1.1", modes[i], 3, 3, AF_INET,
			    LO);
		note_generic(side, fd, "239.1.1.1", LO, 4);
	}
	set_filter(side, fd, "127.0.0.1", MCAST_EXCLUDE, 2, 2);
	set_filter(side, fd, "239.1.1.1", MCAST_EXCLUDE, 3, 2);
	set_filter(side, fd, "239.1.1.1", MCAST_EXCLUDE, 10, 10);
	set_filter(side, fd, "239.1.1.1", MCAST_EXCLUDE, 11, 11);
	set_filter(side, fd, "239.1.1.1", MCAST_EXCLUDE, 11, 2);
	set_filter(side, fd, "239.1.1.1", MCAST_EXCLUDE, 0xffffffff, 2);
	set_filter(side, fd, "239.1.1.1", MCAST_EXCLUDE, 0, 2);
	note_filter(side, fd, "239.1.1.1", 20);
	set_generic(side, fd, "239.1.1.1", MCAST_EXCLUDE, 2, 2, AF_INET6, LO);
	set_generic(side, fd, "239.1.1.1", MCAST_EXCLUDE, 2, 2, AF_INET, 7);
	set_generic(side, fd, "239.1.1.1", MCAST_EXCLUDE, 2, 2, AF_INET, 4711);
	set_generic(side, fd, "239.1.1.1", MCAST_EXCLUDE, 11, 2, AF_INET, LO);
	set_generic(side, fd, "239.1.1.1", MCAST_EXCLUDE, 3, 2, AF_INET, LO);
	set_generic(side, fd, "239.1.1.1", MCAST_EXCLUDE, ~0, 2, AF_INET, LO);
	call(side, "huge", setsockopt(fd, SOL_IP, IP_MSFILTER, huge,
				      sizeof(huge)));
	call(side, "huge", setsockopt(fd, SOL_IP, MCAST_MSFILTER, huge,
				      sizeof(huge)));
	set_filter(side, fd, "239.1.1.1", MCAST_INCLUDE, 0, 0);
	note_filter(side, fd, "239.1.1.1", 4);
	mreqn(side, fd, IP_DROP_MEMBERSHIP, "239.1.1.1", "0.0.0.0", LO);
	close(fd);
}

TEST(filter__sets_and_gets_alike)
{
	COMPARE(filters);
}

static void generic(struct side *side)
{
	struct group_source_req source = { .gsr_interface = LO };
	struct group_req req = { .gr_interface = LO };
	struct sockaddr_in sin = address("239.1.1.1", 0).in;
	int fd = udp(side);
	size_t i;
	int step;

	for (step = 0; step < 6; step++) {
		memcpy(&req.gr_group, &sin, sizeof(sin));
		memcpy(&source.gsr_group, &sin, sizeof(sin));
		sin = address("10.0.0.7", 0).in;
		if (step == 3)
			sin.sin_family = AF_INET6;
		memcpy(&source.gsr_source, &sin, sizeof(sin));
		note(side, "step %d\n", step);
		for (i = 0; i < OPTIONS; i++) {
			if (group_options[i].length == sizeof(req))
				call(side, group_options[i].name,
				     setsockopt(fd, SOL_IP,
						group_options[i].number, &req,
						sizeof(req)));
			if (group_options[i].length == sizeof(source))
				call(side, group_options[i].name,
				     setsockopt(fd, SOL_IP,
						group_options[i].number,
						&source, sizeof(source)));
			note_filter(side, fd, "239.1.1.1", 4);
		}
		sin = address(step == 0 ? "10.0.0.1" : "239.1.1.1", 0).in;
		if (step == 1)
			sin.sin_family = AF_INET6;
		req.gr_interface = step == 2 ? 4711 : LO;
		source.gsr_interface = step == 2 ? 4711 : LO;
	}
	close(fd);
}

TEST(generic__options_alike)
{
	COMPARE(generic);
}

/* ---- delivery ---- */

static int receiver(struct side *side, const char *addr)
{
	struct timeval soon = { .tv_usec = 50000 };
	int fd = udp(side), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon));
	call(side, "bind", bind_to(fd, addr, PORT));
	return fd;
}

static void send_group(struct side *side, int fd, const char *group,
		       const char *text)
{
	note(side, "to %s ", group);
	call(side, "send", send_to(fd, text, strlen(text), 0, group, PORT));
}

static void note_all(struct side *side, const int *fds, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		note(side, "socket %zu: ", i);
		note_recv(side, fds[i], 100, 0);
	}
}

static void delivery(struct side *side)
{
	struct ip_mreqn lo = { .imr_ifindex = LO };
	int fds[6], sender = udp(side), val;
	size_t i;

	fds[0] = receiver(side, "0.0.0.0");
	fds[1] = receiver(side, "0.0.0.0");
	fds[2] = receiver(side, "239.1.1.1");
	fds[3] = receiver(side, "239.1.1.2");
	fds[4] = receiver(side, "127.0.0.1");
	fds[5] = receiver(side, "0.0.0.0");
	val = 0;
	call(side, "all", setsockopt(fds[5], SOL_IP, IP_MULTICAST_ALL, &val,
				     sizeof(val)));
	call(side, "if", setsockopt(sender, SOL_IP, IP_MULTICAST_IF, &lo,
				    sizeof(lo)));
	call(side, "bind", bind_to(sender, "127.0.0.1", 0));

	send_group(side, sender, "239.1.1.1", "nobody");
	note_all(side, fds, 6);
	mreqn(side, fds[0], IP_ADD_MEMBERSHIP, "239.1.1.1", "0.0.0.0", LO);
	send_group(side, sender, "239.1.1.1", "one");
	note_all(side, fds, 6);
	send_group(side, sender, "239.1.1.2", "two");
	note_all(side, fds, 6);
	mreqn(side, fds[5], IP_ADD_MEMBERSHIP, "239.1.1.1", "0.0.0.0", LO);
	source(side, fds[1], IP_ADD_SOURCE_MEMBERSHIP, "239.1.1.1",
	       "10.0.0.7");
	send_group(side, sender, "239.1.1.1", "three");
	note_all(side, fds, 6);
	source(side, fds[1], IP_ADD_SOURCE_MEMBERSHIP, "239.1.1.1",
	       "127.0.0.1");
	source(side, fds[0], IP_BLOCK_SOURCE, "239.1.1.1", "127.0.0.1");
	send_group(side, sender, "239.1.1.1", "four");
	note_all(side, fds, 6);
	mreqn(side, fds[5], IP_DROP_MEMBERSHIP, "239.1.1.1", "0.0.0.0", LO);
	mreqn(side, fds[1], IP_DROP_MEMBERSHIP, "239.1.1.1", "0.0.0.0", LO);
	send_group(side, sender, "239.1.1.1", "five");
	note_all(side, fds, 6);
	mreqn(side, fds[0], IP_DROP_MEMBERSHIP, "239.1.1.1", "0.0.0.0", LO);
	send_group(side, sender, "239.1.1.1", "six");
	note_all(side, fds, 6);
	send_group(side, sender, "224.0.0.1", "all hosts");
	note_all(side, fds, 6);

	/* A socket that is connected hears its peer only. */
	mreqn(side, fds[0], IP_ADD_MEMBERSHIP, "239.1.1.1", "0.0.0.0", LO);
	call(side, "connect", connect_to(fds[2], "127.0.0.1", 9));
	send_group(side, sender, "239.1.1.1", "seven");
	note_all(side, fds, 6);

	/* Sending: TTL 0, no loop, a connected sender. */
	val = 0;
	setsockopt(sender, SOL_IP, IP_MULTICAST_TTL, &val, sizeof(val));
	send_group(side, sender, "239.1.1.1", "eight");
	note_all(side, fds, 1);
	setsockopt(sender, SOL_IP, IP_MULTICAST_LOOP, &val, sizeof(val));
	send_group(side, sender, "239.1.1.1", "nine");
	note_all(side, fds, 1);
	call(side, "connect", connect_to(sender, "239.1.1.1", PORT));
	note_names(side, sender);
	call(side, "send", send(sender, "ten", 3, 0));
	note_all(side, fds, 1);
	for (i = 0; i < 6; i++)
		close(fds[i]);
	close(sender);
}

TEST(delivery__reaches_the_same_sockets)
{
	COMPARE(delivery);
}

/* ---- IPv6 ---- */

/* The options that IPv6 has, and the names that are its own. */
static const struct option options6[] = {
	{ "IPV6_ADD_MEMBERSHIP", IPV6_ADD_MEMBERSHIP,
	  sizeof(struct ipv6_mreq) },
	{ "IPV6_DROP_MEMBERSHIP", IPV6_DROP_MEMBERSHIP,
	  sizeof(struct ipv6_mreq) },
	{ "MCAST_JOIN_GROUP", MCAST_JOIN_GROUP, sizeof(struct group_req) },
	{ "MCAST_LEAVE_GROUP", MCAST_LEAVE_GROUP, sizeof(struct group_req) },
	{ "MCAST_JOIN_SOURCE_GROUP", MCAST_JOIN_SOURCE_GROUP,
	  sizeof(struct group_source_req) },
	{ "MCAST_LEAVE_SOURCE_GROUP", MCAST_LEAVE_SOURCE_GROUP,
	  sizeof(struct group_source_req) },
	{ "MCAST_BLOCK_SOURCE", MCAST_BLOCK_SOURCE,
	  sizeof(struct group_source_req) },
	{ "MCAST_UNBLOCK_SOURCE", MCAST_UNBLOCK_SOURCE,
	  sizeof(struct group_source_req) },
	{ "MCAST_MSFILTER", MCAST_MSFILTER, GROUP_FILTER_SIZE(1) },
	{ "IPV6_MULTICAST_ALL", IPV6_MULTICAST_ALL, sizeof(int) },
};

#define OPTIONS6 (sizeof(options6) / sizeof(*options6))

static int udp6(struct side *side)
{
	form = OVER_IPV6;
	return udp(side);
}

static void lengths6(struct side *side)
{
	form = OVER_IPV6;
	note_lengths(side, SOL_IPV6, options6, OPTIONS6);
}

TEST(ipv6_lengths__are_refused_alike)
{
	COMPARE(lengths6);
}

static void mreq6(struct side *side, int fd, int number, const char *group,
		  unsigned int index)
{
	struct ipv6_mreq mreq = { .ipv6mr_interface = index };

	inet_pton(AF_INET6, group, &mreq.ipv6mr_multiaddr);
	note(side, "%s on %d: ", group, index);
	call(side, number == IPV6_ADD_MEMBERSHIP ? "join" : "leave",
	     setsockopt(fd, SOL_IPV6, number, &mreq, sizeof(mreq)));
}

static void joining6(struct side *side)
{
	int fd = udp6(side);
	char group[32];
	int i;

	mreq6(side, fd, IPV6_ADD_MEMBERSHIP, "::1", LO);
	mreq6(side, fd, IPV6_ADD_MEMBERSHIP, "::", LO);
	mreq6(side, fd, IPV6_ADD_MEMBERSHIP, "::ffff:239.1.1.1", LO);
	mreq6(side, fd, IPV6_ADD_MEMBERSHIP, "ff05::7", 4711);
	mreq6(side, fd, IPV6_ADD_MEMBERSHIP, "ff05::7", -1);
	mreq6(side, fd, IPV6_DROP_MEMBERSHIP, "::1", LO);
	mreq6(side, fd, IPV6_DROP_MEMBERSHIP, "::1", 4711);
	mreq6(side, fd, IPV6_DROP_MEMBERSHIP, "ff05::7", LO);
	mreq6(side, fd, IPV6_DROP_MEMBERSHIP, "ff05::7", 0);
	mreq6(side, fd, IPV6_DROP_MEMBERSHIP, "ff05::7", 4711);
	mreq6(side, fd, IPV6_ADD_MEMBERSHIP, "ff05::7", LO);
	mreq6(side, fd, IPV6_ADD_MEMBERSHIP, "ff05::7", LO);
	mreq6(side, fd, IPV6_ADD_MEMBERSHIP, "ff05::7", 0);
	mreq6(side, fd, IPV6_ADD_MEMBERSHIP, "ff05::7", 4711);
	mreq6(side, fd, IPV6_DROP_MEMBERSHIP, "ff05::7", 4711);
	mreq6(side, fd, IPV6_DROP_MEMBERSHIP, "ff05::7", 0);
	mreq6(side, fd, IPV6_DROP_MEMBERSHIP, "ff05::7", 0);
	mreq6(side, fd, IPV6_ADD_MEMBERSHIP, "ff01::1", LO);
	mreq6(side, fd, IPV6_ADD_MEMBERSHIP, "ff02::1", LO);
	mreq6(side, fd, IPV6_DROP_MEMBERSHIP, "ff02::1", LO);
	/* IPv4's limit does not hold. */
	for (i = 0; i < 30; i++) {
		snprintf(group, sizeof(group), "ff05::1:%x", i);
		mreq6(side, fd, IPV6_ADD_MEMBERSHIP, group, LO);
	}
	close(fd);
	fd = endpoint_socket(side->family, SOCK_STREAM, 0);
	mreq6(side, fd, IPV6_ADD_MEMBERSHIP, "ff05::7", LO);
	mreq6(side, fd, IPV6_DROP_MEMBERSHIP, "ff05::7", LO);
	close(fd);
}

TEST(ipv6_join__and_leave_alike)
{
	COMPARE(joining6);
}

static void put6(struct sockaddr_storage *storage, const char *text,
		 int family)
{
	struct sockaddr_in6 sin6 = { .sin6_family = family };

	inet_pton(AF_INET6, text, &sin6.sin6_addr);
	memcpy(storage, &sin6, sizeof(sin6));
}

static void group6(struct side *side, int fd, int number, const char *group,
		   int family, unsigned int index)
{
	struct group_req req = { .gr_interface = index };

	put6(&req.gr_group, group, family);
	note(side, "%s family %d on %u: ", group, family, index);
	call(side, number == MCAST_JOIN_GROUP ? "join" : "leave",
	     setsockopt(fd, SOL_IPV6, number, &req, sizeof(req)));
}

static void source6(struct side *side, int fd, int number, const char *group,
		    const char *from, int family, unsigned int index)
{
	struct group_source_req req = { .gsr_interface = index };
	size_t i;

	put6(&req.gsr_group, group, AF_INET6);
	put6(&req.gsr_source, from, family);
	for (i = 0; options6[i].number != number; i++)
		;
	note(side, "%s from %s family %d on %u ", group, from, family, index);
	call(side, options6[i].name,
	     setsockopt(fd, SOL_IPV6, number, &req, sizeof(req)));
}

static void note_filter6(struct side *side, int fd, const char *group,
			 int family, unsigned int index, unsigned int room)
{
	char buffer[GROUP_FILTER_SIZE(80)] = {};
	struct group_filter *filter = (void *)buffer;
	socklen_t len = GROUP_FILTER_SIZE(room);
	char text[INET6_ADDRSTRLEN];
	struct sockaddr_in6 sin6;
	unsigned int i;

	filter->gf_interface = index;
	filter->gf_numsrc = room;
	filter->gf_fmode = 7;
	put6(&filter->gf_group, group, family);
	if (call(side, "  filter", getsockopt(fd, SOL_IPV6, MCAST_MSFILTER,
					      filter, &len)) < 0)
		return;
	note(side, "  length %u mode %u sources %u:", len, filter->gf_fmode,
	     filter->gf_numsrc);
	for (i = 0; i < room && i < filter->gf_numsrc; i++) {
		memcpy(&sin6, &filter->gf_slist[i], sizeof(sin6));
		note(side, " %d %s", sin6.sin6_family,
		     inet_ntop(AF_INET6, &sin6.sin6_addr, text, sizeof(text)));
	}
	note(side, "\n");
}

static void sources6(struct side *side)
{
	static const char *g = "ff05::7";
	int fd = udp6(side), i;
	char from[32];

	group6(side, fd, MCAST_JOIN_GROUP, g, AF_INET, LO);
	group6(side, fd, MCAST_JOIN_GROUP, "::1", AF_INET6, LO);
	group6(side, fd, MCAST_JOIN_GROUP, g, AF_INET6, 4711);
	group6(side, fd, MCAST_LEAVE_GROUP, g, AF_INET6, LO);
	note_filter6(side, fd, g, AF_INET6, LO, 4);
	note_filter6(side, fd, g, AF_INET6, 4711, 4);
	note_filter6(side, fd, g, AF_INET, LO, 4);
	note_filter6(side, fd, "::1", AF_INET6, LO, 4);
	source6(side, fd, MCAST_BLOCK_SOURCE, g, "::7", AF_INET6, LO);
	source6(side, fd, MCAST_LEAVE_SOURCE_GROUP, g, "::7", AF_INET6, LO);
	source6(side, fd, MCAST_JOIN_SOURCE_GROUP, "::1", "::7", AF_INET6, LO);
	source6(side, fd, MCAST_JOIN_SOURCE_GROUP, g, "::7", AF_INET, LO);
	source6(side, fd, MCAST_JOIN_SOURCE_GROUP, g, "::7", AF_INET6, 4711);
	for (i = 7; i < 10; i++) {
		snprintf(from, sizeof(from), "2001:db8::%d", i);
		source6(side, fd, MCAST_JOIN_SOURCE_GROUP, g, from, AF_INET6,
			LO);
		note_filter6(side, fd, g, AF_INET6, LO, 2);
	}
	source6(side, fd, MCAST_JOIN_SOURCE_GROUP, g, "2001:db8::7", AF_INET6,
		LO);
	source6(side, fd, MCAST_BLOCK_SOURCE, g, "2001:db8::9", AF_INET6, LO);
	for (i = 6; i < 10; i++) {
		snprintf(from, sizeof(from), "2001:db8::%d", i);
		source6(side, fd, MCAST_LEAVE_SOURCE_GROUP, g, from, AF_INET6,
			LO);
		note_filter6(side, fd, g, AF_INET6, LO, 9);
	}
	group6(side, fd, MCAST_JOIN_GROUP, g, AF_INET6, LO);
	note_filter6(side, fd, g, AF_INET6, 0, 9);
	for (i = 0; i < 66; i++) {
		snprintf(from, sizeof(from), "2001:db8::%d", i);
		source6(side, fd, MCAST_BLOCK_SOURCE, g, from, AF_INET6, LO);
	}
	note_filter6(side, fd, g, AF_INET6, LO, 70);
	source6(side, fd, MCAST_UNBLOCK_SOURCE, g, "2001:db8::7", AF_INET6,
		LO);
	source6(side, fd, MCAST_UNBLOCK_SOURCE, g, "2001:db8::7", AF_INET6,
		LO);
	source6(side, fd, MCAST_JOIN_SOURCE_GROUP, g, "::7", AF_INET6, LO);
	group6(side, fd, MCAST_LEAVE_GROUP, g, AF_INET6, 0);
	note_filter6(side, fd, g, AF_INET6, LO, 9);
	close(fd);
}

TEST(ipv6_source__lists_alike)
{
	COMPARE(sources6);
}

static void set_filter6(struct side *side, int fd, const char *group,
			unsigned int mode, unsigned int claimed,
			unsigned int given, int family, unsigned int index)
{
	char buffer[GROUP_FILTER_SIZE(80)] = {};
	struct group_filter *filter = (void *)buffer;
	unsigned int i;
	char from[32];

	filter->gf_interface = index;
	filter->gf_fmode = mode;
	filter->gf_numsrc = claimed;
	put6(&filter->gf_group, group, family);
	for (i = 0; i < given; i++) {
		snprintf(from, sizeof(from), "2001:db8::%u", i);
		put6(&filter->gf_slist[i], from, family);
	}
	note(side, "%s mode %u, %u of %u, family %d, link %u ", group, mode,
	     claimed, given, family, index);
	call(side, "MCAST_MSFILTER",
	     setsockopt(fd, SOL_IPV6, MCAST_MSFILTER, filter,
			GROUP_FILTER_SIZE(given)));
	note_filter6(side, fd, group, AF_INET6, LO, 4);
}

static void filters6(struct side *side)
{
	static const unsigned int modes[] = { 0, 1, 2, 256, 0xffffffff };
	static const char *g = "ff05::7";
	static char huge[200000];
	int fd = udp6(side);
	size_t i;

	set_filter6(side, fd, g, MCAST_INCLUDE, 1, 1, AF_INET6, LO);
	set_filter6(side, fd, g, MCAST_INCLUDE, 0, 0, AF_INET6, LO);
	mreq6(side, fd, IPV6_ADD_MEMBERSHIP, g, LO);
	for (i = 0; i < sizeof(modes) / sizeof(*modes); i++)
		set_filter6(side, fd, g, modes[i], 3, 3, AF_INET6, LO);
	set_filter6(side, fd, "::1", MCAST_EXCLUDE, 2, 2, AF_INET6, LO);
	set_filter6(side, fd, g, MCAST_EXCLUDE, 3, 2, AF_INET6, LO);
	set_filter6(side, fd, g, MCAST_EXCLUDE, 64, 64, AF_INET6, LO);
	set_filter6(side, fd, g, MCAST_EXCLUDE, 65, 65, AF_INET6, LO);
	set_filter6(side, fd, g, MCAST_EXCLUDE, ~0, 2, AF_INET6, LO);
	set_filter6(side, fd, g, MCAST_EXCLUDE, 2, 2, AF_INET, LO);
	set_filter6(side, fd, g, MCAST_EXCLUDE, 2, 2, AF_INET6, 4711);
	set_filter6(side, fd, g, MCAST_EXCLUDE, 0, 2, AF_INET6, LO);
	call(side, "huge", setsockopt(fd, SOL_IPV6, MCAST_MSFILTER, huge,
				      sizeof(huge)));
	set_filter6(side, fd, g, MCAST_INCLUDE, 0, 0, AF_INET6, LO);
	mreq6(side, fd, IPV6_DROP_MEMBERSHIP, g, LO);
	close(fd);
}

TEST(ipv6_filter__sets_and_gets_alike)
{
	COMPARE(filters6);
}

static void delivery6(struct side *side)
{
	static const char *g = "ff05::7";
	int fds[4], sender = udp6(side), val = LO;
	size_t i;

	fds[0] = receiver(side, "::");
	fds[1] = receiver(side, "::");
	fds[2] = receiver(side, g);
	fds[3] = receiver(side, "::");
	call(side, "if", setsockopt(sender, SOL_IPV6, IPV6_MULTICAST_IF, &val,
				    sizeof(val)));
	val = 0;
	call(side, "all", setsockopt(fds[3], SOL_IPV6, IPV6_MULTICAST_ALL,
				     &val, sizeof(val)));
	call(side, "bind", bind_to(sender, "::1", 0));

	mreq6(side, fds[0], IPV6_ADD_MEMBERSHIP, g, LO);
	send_group(side, sender, g, "one");
	note_all(side, fds, 4);
	mreq6(side, fds[3], IPV6_ADD_MEMBERSHIP, g, LO);
	source6(side, fds[1], MCAST_JOIN_SOURCE_GROUP, g, "::7", AF_INET6, LO);
	send_group(side, sender, g, "two");
	note_all(side, fds, 4);
	source6(side, fds[1], MCAST_JOIN_SOURCE_GROUP, g, "::1", AF_INET6, LO);
	source6(side, fds[0], MCAST_BLOCK_SOURCE, g, "::1", AF_INET6, LO);
	send_group(side, sender, g, "three");
	note_all(side, fds, 4);
	val = 0;
	setsockopt(sender, SOL_IPV6, IPV6_MULTICAST_LOOP, &val, sizeof(val));
	setsockopt(sender, SOL_IPV6, IPV6_MULTICAST_HOPS, &val, sizeof(val));
	send_group(side, sender, g, "four");
	note_all(side, fds, 4);
	mreq6(side, fds[3], IPV6_DROP_MEMBERSHIP, g, LO);
	send_group(side, sender, g, "five");
	note_all(side, fds, 4);
	for (i = 0; i < 4; i++)
		close(fds[i]);
	close(sender);
}

TEST(ipv6_delivery__reaches_the_same_sockets)
{
	/* Without a route the host sends to no group by lo. */
	ASSERT_EQ(0, system("ip -6 route add local ff05::/16 dev lo"));
	COMPARE(delivery6);
}

/* ---- what is sent by a link, and members on it ---- */

static void by_link6(struct side *side)
{
	static const char * const groups[] = { "ff01::7", "ff02::7", "ff05::7",
					       "ff0e::7" };
	int link = if_nametoindex("netstack0"), fd, sender, val = 0;
	size_t i;

	for (i = 0; i < sizeof(groups) / sizeof(*groups); i++) {
		sender = udp6(side);
		fd = receiver(side, "::");
		call(side, "if", setsockopt(sender, SOL_IPV6,
					    IPV6_MULTICAST_IF, &link,
					    sizeof(link)));
		call(side, "bind", bind_to(sender, "fd77::1", 0));
		send_group(side, sender, groups[i], "nobody");
		note_all(side, &fd, 1);
		mreq6(side, fd, IPV6_ADD_MEMBERSHIP, groups[i], LO);
		send_group(side, sender, groups[i], "elsewhere");
		note_all(side, &fd, 1);
		mreq6(side, fd, IPV6_ADD_MEMBERSHIP, groups[i], link);
		send_group(side, sender, groups[i], "one");
		note_all(side, &fd, 1);
		setsockopt(sender, SOL_IPV6, IPV6_MULTICAST_HOPS, &val,
			   sizeof(val));
		send_group(side, sender, groups[i], "no hop");
		note_all(side, &fd, 1);
		setsockopt(sender, SOL_IPV6, IPV6_MULTICAST_LOOP, &val,
			   sizeof(val));
		send_group(side, sender, groups[i], "no loop");
		note_all(side, &fd, 1);
		close(fd);
		close(sender);
	}
}

static void by_link(struct side *side)
{
	struct ip_mreqn link = { .imr_ifindex = if_nametoindex("netstack0") };
	int sender = udp(side), fd = receiver(side, "0.0.0.0"), val = 0;
	static const char *g = "239.1.1.7";

	call(side, "if", setsockopt(sender, SOL_IP, IP_MULTICAST_IF, &link,
				    sizeof(link)));
	send_group(side, sender, g, "nobody");
	note_all(side, &fd, 1);
	mreqn(side, fd, IP_ADD_MEMBERSHIP, g, "0.0.0.0", LO);
	send_group(side, sender, g, "elsewhere");
	note_all(side, &fd, 1);
	mreqn(side, fd, IP_ADD_MEMBERSHIP, g, "0.0.0.0", link.imr_ifindex);
	send_group(side, sender, g, "one");
	note_all(side, &fd, 1);
	setsockopt(sender, SOL_IP, IP_MULTICAST_TTL, &val, sizeof(val));
	send_group(side, sender, g, "no hop");
	note_all(side, &fd, 1);
	setsockopt(sender, SOL_IP, IP_MULTICAST_LOOP, &val, sizeof(val));
	send_group(side, sender, g, "no loop");
	note_all(side, &fd, 1);
	close(fd);
	close(sender);
}

/* The same addresses at both ends: each is compared, none is asked for. */
TEST(link__members_hear_what_is_sent_by_it)
{
	static const char * const prepare[] = {
		"ip link set netstack0 up",
		"ip addr add 10.77.0.1/24 dev netstack0",
		"ip addr add fd77::1/64 dev netstack0 nodad",
		"nsctl addr add 10.77.0.1/24 dev netstack0 noprobe",
		"nsctl addr add fd77::1/64 dev netstack0 noprobe",
	};
	size_t i;

	for (i = 0; i < sizeof(prepare) / sizeof(*prepare); i++)
		ASSERT_EQ(0, system(prepare[i]));
	COMPARE(by_link);
	COMPARE(by_link6);
	EXPECT_EQ(0, system("nsctl addr flush dev netstack0"));
	EXPECT_EQ(0, system("ip addr flush dev netstack0"));
}

TEST_HARNESS_MAIN
