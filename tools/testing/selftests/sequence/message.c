// SPDX-License-Identifier: GPL-2.0
/*
 * What goes with a message: addresses, data and control messages, as they are
 * made of arguments, and as they are noted without what is random in them.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <linux/netstack.h>
#include <linux/udp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sequence.h"

#ifndef SOL_UDP
#define SOL_UDP		17
#endif

#define PRIVILEGED_PORT	80

/* ---- addresses ---- */

static const char * const hosts4[] = {
	[HOST_LO] = "127.0.0.1", [HOST_ANY] = "0.0.0.0",
	[HOST_LO2] = "127.0.0.2", [HOST_MAPPED_LO] = "127.1.2.3",
	[HOST_MAPPED_ANY] = "0.0.0.1", [HOST_FOREIGN] = "192.0.2.1",
	[HOST_BROADCAST] = "255.255.255.255", [HOST_GROUP] = "224.1.2.3",
	[HOST_LINK_LOCAL] = "169.254.1.1",
	[HOST_SUBNET_BROADCAST] = "127.255.255.255",
};

static const char * const hosts6[] = {
	[HOST_LO] = "::1", [HOST_ANY] = "::", [HOST_LO2] = "::2",
	[HOST_MAPPED_LO] = "::ffff:127.0.0.1",
	[HOST_MAPPED_ANY] = "::ffff:0.0.0.0", [HOST_FOREIGN] = "2001:db8::1",
	[HOST_BROADCAST] = "ff02::1", [HOST_GROUP] = "ff05::1:3",
	[HOST_LINK_LOCAL] = "fe80::1",
	[HOST_SUBNET_BROADCAST] = "::ffff:127.255.255.255",
};

static uint16_t port_of(int fd)
{
	union {
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_storage storage;
	} address = {};
	socklen_t len = sizeof(address);

	if (getsockname(fd, (struct sockaddr *)&address, &len))
		return 0;
	return address.in.sin_port;	/* at the same place in both */
}

static uint16_t build_port(struct world *world, long port)
{
	if (port >= PORT_OF_SLOT && port < PORT_OF_SLOT + SLOTS)
		return port_of(world->slots[port - PORT_OF_SLOT].fd);
	if (port == PORT_NONE)
		return 0;
	world->named |= 1U << port;
	return htons(port == PORT_PRIVILEGED ? PRIVILEGED_PORT :
		     world->base + port - PORT_FIXED);
}

/* Return: the length that goes with it. @room is for a sockaddr_storage. */
socklen_t build_address(struct world *world, const struct slot *slot,
			long host, long port, long shape, void *room,
			const void **address)
{
	bool six = slot->kind && slot->kind->six;
	struct sockaddr_in6 *in6 = room;
	struct sockaddr_in *in = room;

	memset(room, 0, sizeof(struct sockaddr_storage));
	*address = shape == SHAPE_NONE ? NULL : room;
	if (shape == SHAPE_OTHER_FAMILY)
		six = !six;
	if (six) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = build_port(world, port);
		inet_pton(AF_INET6, hosts6[host], &in6->sin6_addr);
		in6->sin6_scope_id = shape == SHAPE_SCOPED ? 1 : 0;
	} else {
		in->sin_family = AF_INET;
		in->sin_port = build_port(world, port);
		inet_pton(AF_INET, hosts4[host], &in->sin_addr);
	}
	if (shape == SHAPE_UNSPEC)
		in->sin_family = AF_UNSPEC;
	if (shape == SHAPE_BOGUS_FAMILY)
		in->sin_family = 99;
	switch (shape) {
	case SHAPE_NONE:
	case SHAPE_EMPTY:
		return 0;
	case SHAPE_TWO:
		return 2;
	case SHAPE_SHORT:
		return 8;
	case SHAPE_LONG:
		return sizeof(struct sockaddr_storage);
	case SHAPE_HUGE:
		return sizeof(struct sockaddr_storage) + 1;
	case SHAPE_NEGATIVE:
		return -1;
	}
	return six ? sizeof(*in6) : sizeof(*in);
}

/* A port that the kernel chose is known by when it was first seen. */
void note_port(struct world *world, const char *what, uint16_t net_port)
{
	unsigned int port = ntohs(net_port), i;

	if (!port || (port == PRIVILEGED_PORT &&
		      world->named & 1U << PORT_PRIVILEGED)) {
		note(world, what, port);
		return;
	}
	i = port - world->base + PORT_FIXED;
	if (port >= world->base && port < world->base + FIXED_PORTS &&
	    world->named & 1U << i) {
		note(world, what, 100000 + i);
		return;
	}
	for (i = 0; i < world->port_count; i++)
		if (world->ports[i] == port)
			break;
	if (i == world->port_count && i < COUNT(world->ports))
		world->ports[world->port_count++] = port;
	note(world, what, 200000 + i);
}

void note_address(struct world *world, const void *address, socklen_t len)
{
	union {
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} of = {};

	note(world, "address length", (int)len);
	if (len < sizeof(sa_family_t))
		return;
	memcpy(&of, address, len < sizeof(of) ? len : sizeof(of));
	note(world, "address family", of.in.sin_family);
	if (of.in.sin_family == AF_INET) {
		note_port(world, "port", of.in.sin_port);
		note(world, "address", ntohl(of.in.sin_addr.s_addr));
		note_bytes(world, "sin_zero", of.in.sin_zero,
			   sizeof(of.in.sin_zero));
	} else if (of.in.sin_family == AF_INET6) {
		note_port(world, "port", of.in6.sin6_port);
		note_bytes(world, "address", &of.in6.sin6_addr, 16);
		note(world, "flow", of.in6.sin6_flowinfo);
		note(world, "scope", of.in6.sin6_scope_id);
	} else {
		note_bytes(world, "address", &of, sizeof(of));
	}
}

/* ---- data ---- */

static unsigned char pattern(unsigned int sent, size_t i)
{
	return 'a' + (sent * 7 + i + i / 256 * 3) % 26;
}

/* Each message has bytes of its own; those of ICMP are echo requests. */
size_t build_data(struct world *world, const struct slot *slot,
		  unsigned char *data, size_t len)
{
	const struct socket_kind *kind = slot->kind;
	unsigned int sent = world->sent++;
	size_t i;

	for (i = 0; i < len; i++)
		data[i] = pattern(sent, i);
	if (!kind || len < 8)
		return len;
	if (kind->protocol == IPPROTO_ICMP || kind->protocol == IPPROTO_ICMPV6) {
		memset(data, 0, 8);
		data[0] = kind->protocol == IPPROTO_ICMP ? 8 : 128;
		data[7] = sent;
	}
	if (kind->protocol == IPPROTO_RAW && !kind->six && len >= 20) {
		memset(data, 0, 20);
		data[0] = 0x45;
		data[8] = 64;
		data[9] = 253;
		memcpy(data + 12, "\x7f\0\0\x01\x7f\0\0\x01", 8);
	}
	if (kind->protocol == IPPROTO_RAW && kind->six && len >= 40) {
		memset(data, 0, 40);
		data[0] = 0x60;
		data[4] = (len - 40) >> 8;
		data[5] = len - 40;
		data[6] = 253;
		data[7] = 64;
		data[23] = 1;
		data[39] = 1;
	}
	return len;
}

static void forget(unsigned char *data, size_t len, size_t from, size_t count)
{
	for (; count && from < len; from++, count--)
		data[from] = 0;
}

static bool is_error(const struct socket_kind *kind, const unsigned char *data,
		     size_t len, size_t icmp)
{
	if (icmp >= len)
		return false;
	if (kind->six)
		return data[icmp] < 128;
	return data[icmp] == 3 || data[icmp] == 11 || data[icmp] == 12;
}

/* Identifications, the identifiers of echoes and sums of them are random. */
void note_data(struct world *world, const struct slot *slot, int flags,
	       unsigned char *data, size_t len)
{
	const struct socket_kind *kind = slot->kind;
	size_t icmp = len;

	if (kind && kind->type == SOCK_RAW && !kind->six &&
	    !(flags & MSG_ERRQUEUE)) {
		forget(data, len, 4, 2);
		forget(data, len, 10, 2);
		if (len > 20 && data[9] == IPPROTO_ICMP)
			icmp = (data[0] & 15) * 4;
	} else if (kind && (kind->protocol == IPPROTO_ICMP ||
			    kind->protocol == IPPROTO_ICMPV6)) {
		icmp = 0;
	}
	/* What an error quotes of a packet has ports and more of that kind. */
	forget(data, len, icmp + 2, is_error(kind, data, len, icmp) ? len : 4);
	note_bytes(world, "data", data, len);
}

/* ---- control messages ---- */

struct builder {
	char *room;
	size_t used;
};

static void add(struct builder *to, int level, int type, const void *value,
		size_t len)
{
	struct cmsghdr *header = (struct cmsghdr *)(to->room + to->used);

	header->cmsg_level = level;
	header->cmsg_type = type;
	header->cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(header), value, len);
	to->used += CMSG_SPACE(len);
}

static void add_pktinfo(struct builder *to, bool six, const char *const *hosts,
			enum host host, int link)
{
	struct in6_pktinfo info6 = { .ipi6_ifindex = link };
	struct in_pktinfo info = { .ipi_ifindex = link };

	if (six) {
		inet_pton(AF_INET6, hosts[host], &info6.ipi6_addr);
		add(to, SOL_IPV6, IPV6_PKTINFO, &info6, sizeof(info6));
	} else {
		inet_pton(AF_INET, hosts[host], &info.ipi_spec_dst);
		add(to, SOL_IP, IP_PKTINFO, &info, sizeof(info));
	}
}

/* Control messages by their number in control_domain; room for 256 bytes. */
size_t build_control(const struct slot *slot, long which, void *room)
{
	static const unsigned char options[4] = { 1, 1, 1, 0 };
	static const unsigned char hop_options[8] = { 0, 0, 1, 4 };
	bool six = slot->kind && slot->kind->six;
	const char * const *hosts = six ? hosts6 : hosts4;
	int ttl = six ? IPV6_HOPLIMIT : IP_TTL;
	int tos = six ? IPV6_TCLASS : IP_TOS;
	int level = six ? SOL_IPV6 : SOL_IP;
	struct builder to = { .room = room };
	uint32_t word;
	uint16_t half;
	int value;

	memset(room, 0, 256);
	switch (which) {
	case 1:
		add_pktinfo(&to, six, hosts, HOST_ANY, 1);
		break;
	case 2:
		add_pktinfo(&to, six, hosts, six ? HOST_LO : HOST_LO2, 0);
		break;
	case 3:
		add_pktinfo(&to, six, hosts, HOST_FOREIGN, 0);
		break;
	case 4:
		add_pktinfo(&to, six, hosts, HOST_ANY, 7);
		break;
	case 5:
	case 6:
	case 7:
		value = which == 5 ? 9 : which == 6 ? 0 : 256;
		add(&to, level, ttl, &value, sizeof(value));
		break;
	case 8:
		value = 0x28;
		add(&to, level, tos, &value, sizeof(value));
		break;
	case 9:
		add(&to, level, tos, "\x10", 1);
		break;
	case 10:
		add(&to, SOL_IP, IP_RETOPTS, options, sizeof(options));
		break;
	case 11:
		half = 100;
		add(&to, SOL_UDP, UDP_SEGMENT, &half, sizeof(half));
		break;
	case 12:
		word = 2;	/* SOF_TIMESTAMPING_TX_SOFTWARE */
		add(&to, SOL_SOCKET, SO_TIMESTAMPING, &word, sizeof(word));
		break;
	case 13:
		word = 3;
		add(&to, SOL_SOCKET, SO_MARK, &word, sizeof(word));
		break;
	case 14:
		value = 0;
		add(&to, SOL_SOCKET, SCM_RIGHTS, &value, sizeof(value));
		break;
	case 15:
		add(&to, SOL_SOCKET, SCM_CREDENTIALS, "0123456789ab", 12);
		break;
	case 16:
		((struct cmsghdr *)room)->cmsg_len = 8;
		to.used = CMSG_SPACE(4);
		break;
	case 17:
		value = 1;
		add(&to, level, ttl, &value, sizeof(value));
		((struct cmsghdr *)room)->cmsg_len = 100;
		break;
	case 18:
		value = 1;
		add(&to, level, 99, &value, sizeof(value));
		break;
	case 19:
		value = 7;
		add(&to, level, ttl, &value, sizeof(value));
		add(&to, level, tos, &value, sizeof(value));
		break;
	case 20:
		value = 1;
		add(&to, SOL_IPV6, IPV6_DONTFRAG, &value, sizeof(value));
		break;
	case 21:
		value = 1;
		add(&to, 99, 1, &value, sizeof(value));
		break;
	case 22:
		add(&to, SOL_IPV6, IPV6_HOPOPTS, hop_options,
		    sizeof(hop_options));
		break;
	case 23:
		value = 3;
		add(&to, SOL_SOCKET, SO_PRIORITY, &value, sizeof(value));
		break;
	}
	return to.used;
}

static bool is_stamp(const struct cmsghdr *header)
{
	if (header->cmsg_level != SOL_SOCKET)
		return false;
	switch (header->cmsg_type) {
	case SO_TIMESTAMP_OLD:
	case SO_TIMESTAMPNS_OLD:
	case SO_TIMESTAMPING_OLD:
	case SO_TIMESTAMP_NEW:
	case SO_TIMESTAMPNS_NEW:
	case SO_TIMESTAMPING_NEW:
		return true;
	}
	return false;
}

static void note_error(struct world *world, const unsigned char *data,
		       size_t len)
{
	struct sock_extended_err error = {};

	memcpy(&error, data, len < sizeof(error) ? len : sizeof(error));
	note(world, "ee_errno", error.ee_errno);
	note(world, "ee_origin", error.ee_origin);
	note(world, "ee_type", error.ee_type);
	note(world, "ee_code", error.ee_code);
	note(world, "ee_info", error.ee_info);
	note(world, "ee_data", error.ee_data);
	if (len > sizeof(error))
		note_address(world, data + sizeof(error), len - sizeof(error));
}

void note_control(struct world *world, const struct socket_kind *kind,
		  struct msghdr *msg)
{
	struct cmsghdr *header;

	note(world, "control length", msg->msg_controllen);
	for (header = CMSG_FIRSTHDR(msg); header;
	     header = CMSG_NXTHDR(msg, header)) {
		const unsigned char *data = CMSG_DATA(header);
		size_t room = (char *)msg->msg_control + msg->msg_controllen -
			      (char *)data;
		size_t len = header->cmsg_len - CMSG_LEN(0);
		int level = header->cmsg_level, type = header->cmsg_type;

		note(world, "control level", level);
		note(world, "control type", type);
		note(world, "control data length", len);
		if (header->cmsg_len < CMSG_LEN(0))
			return;
		if (len > room)
			len = room;
		if (is_stamp(header))
			continue;
		if ((level == SOL_IP && type == IP_RECVERR) ||
		    (level == SOL_IPV6 && type == IPV6_RECVERR))
			note_error(world, data, len);
		else if ((level == SOL_IP && type == IP_ORIGDSTADDR) ||
			 (level == SOL_IPV6 && type == IPV6_ORIGDSTADDR) ||
			 (level == SOL_IPV6 && type == IPV6_PATHMTU && len > 28))
			note_address(world, data, len);
		else
			note_bytes(world, "control data", data, len);
	}
}
