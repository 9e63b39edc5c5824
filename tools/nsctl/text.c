// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl capture: a frame as a line of text. What is read here comes from a
 * network: every field is looked for in what was captured before it is taken.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <net/ethernet.h>
#include <netinet/in.h>
#include <string.h>
#include <time.h>

#include <linux/if_packet.h>

#include "capture.h"
#include "nsctl.h"

#define EXTENSIONS_MAX	8

/**
 * struct reader - what is left of a frame
 * @out: where it is printed
 * @at: next byte
 * @left: bytes that were captured
 * @length: bytes that the headers before say there are
 */
struct reader {
	FILE *out;
	const uint8_t *at;
	uint32_t left;
	uint32_t length;
};

/* The next @count bytes, or NULL: they were not captured, or are not there. */
static const uint8_t *take(struct reader *reader, uint32_t count)
{
	const uint8_t *at = reader->at;

	if (reader->left < count || reader->length < count)
		return NULL;
	reader->at += count;
	reader->left -= count;
	reader->length -= count;
	return at;
}

static uint16_t get16(const uint8_t *at)
{
	return at[0] << 8 | at[1];
}

static uint32_t get32(const uint8_t *at)
{
	return (uint32_t)get16(at) << 16 | get16(at + 2);
}

static void cut(const struct reader *reader)
{
	fputs(" [cut]", reader->out);
}

/**
 * struct ends - the addresses of a packet
 */
struct ends {
	int family;
	char from[INET6_ADDRSTRLEN];
	char to[INET6_ADDRSTRLEN];
};

static void print_ends(const struct reader *reader, const struct ends *ends,
		       const uint8_t *ports)
{
	fputs(ends->family == AF_INET6 ? " IP6 " : " IP ", reader->out);
	if (ports)
		fprintf(reader->out, "%s.%u > %s.%u:", ends->from,
			get16(ports), ends->to, get16(ports + 2));
	else
		fprintf(reader->out, "%s > %s:", ends->from, ends->to);
}

static void print_tcp(struct reader *reader, const struct ends *ends)
{
	static const char letters[] = "FSRP.UEW";
	const uint8_t *header = take(reader, 20);
	uint32_t options;
	unsigned int i;

	print_ends(reader, ends, header);
	fputs(" TCP", reader->out);
	if (!header) {
		cut(reader);
		return;
	}
	fputs(" [", reader->out);
	for (i = 0; i < 8; i++)
		if (header[13] & 1 << i)
			fputc(letters[i], reader->out);
	fprintf(reader->out, "] seq %u", get32(header + 4));
	if (header[13] & 0x10)
		fprintf(reader->out, " ack %u", get32(header + 8));
	fprintf(reader->out, " win %u", get16(header + 14));
	options = (header[12] >> 4) * 4U;
	if (options < 20 || options - 20 > reader->length)
		fputs(" [bad length]", reader->out);
	else
		fprintf(reader->out, " length %u",
			reader->length - (options - 20));
}

static void print_udp(struct reader *reader, const struct ends *ends)
{
	const uint8_t *header = take(reader, 8);

	print_ends(reader, ends, header);
	fputs(" UDP", reader->out);
	if (header)
		fprintf(reader->out, " length %u", reader->length);
	else
		cut(reader);
}

static const struct keyword icmp_types[] = {
	{ "echo reply", 0 },
	{ "unreachable", 3 },
	{ "redirect", 5 },
	{ "echo request", 8 },
	{ "time exceeded", 11 },
	{ "parameter problem", 12 },
	{ "timestamp", 13 },
	{ "timestamp reply", 14 },
	{ NULL, 0 },
};

static const struct keyword icmp6_types[] = {
	{ "unreachable", 1 },
	{ "packet too big", 2 },
	{ "time exceeded", 3 },
	{ "parameter problem", 4 },
	{ "echo request", 128 },
	{ "echo reply", 129 },
	{ "listener query", 130 },
	{ "listener report", 131 },
	{ "listener done", 132 },
	{ "router solicitation", 133 },
	{ "router advertisement", 134 },
	{ "neighbour solicitation", 135 },
	{ "neighbour advertisement", 136 },
	{ "redirect", 137 },
	{ "listener report v2", 143 },
	{ NULL, 0 },
};

static void print_icmp(struct reader *reader, const struct ends *ends,
		       const char *protocol, const struct keyword *types)
{
	const uint32_t length = reader->length;
	const uint8_t *header = take(reader, 4);
	const struct keyword *type;

	print_ends(reader, ends, NULL);
	fprintf(reader->out, " %s", protocol);
	if (!header) {
		cut(reader);
		return;
	}
	for (type = types; type->name && type->value != header[0]; type++)
		;
	if (type->name)
		fprintf(reader->out, " %s", type->name);
	else
		fprintf(reader->out, " type %u", header[0]);
	if (header[1])
		fprintf(reader->out, " code %u", header[1]);
	fprintf(reader->out, " length %u", length);
}

static void print_transport(struct reader *reader, const struct ends *ends,
			    uint8_t protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
		print_tcp(reader, ends);
		break;
	case IPPROTO_UDP:
		print_udp(reader, ends);
		break;
	case IPPROTO_ICMP:
		print_icmp(reader, ends, "ICMP", icmp_types);
		break;
	case IPPROTO_ICMPV6:
		print_icmp(reader, ends, "ICMP6", icmp6_types);
		break;
	default:
		print_ends(reader, ends, NULL);
		fprintf(reader->out, " protocol %u length %u", protocol,
			reader->length);
	}
}

static void print_fragment(struct reader *reader, const struct ends *ends,
			   uint8_t protocol, uint32_t id, uint32_t offset)
{
	print_ends(reader, ends, NULL);
	fprintf(reader->out, " fragment id %u offset %u protocol %u length %u",
		id, offset, protocol, reader->length);
}

static void print_ipv4(struct reader *reader)
{
	struct ends ends = { .family = AF_INET };
	const uint8_t *header = take(reader, 20);
	uint32_t options;

	if (!header) {
		fputs(" IP", reader->out);
		cut(reader);
		return;
	}
	inet_ntop(AF_INET, header + 12, ends.from, sizeof(ends.from));
	inet_ntop(AF_INET, header + 16, ends.to, sizeof(ends.to));
	options = (header[0] & 15) * 4U - 20;
	if (header[0] >> 4 != 4 || (header[0] & 15) < 5 ||
	    get16(header + 2) < 20 + options ||
	    get16(header + 2) - 20U > reader->length) {
		print_ends(reader, &ends, NULL);
		fputs(" [bad header]", reader->out);
		return;
	}
	/* Octets behind the packet are padding. */
	reader->length = get16(header + 2) - 20U;
	if (!take(reader, options)) {
		print_ends(reader, &ends, NULL);
		cut(reader);
		return;
	}
	if (get16(header + 6) & 0x3fff)
		print_fragment(reader, &ends, header[9], get16(header + 4),
			       (get16(header + 6) & 0x1fff) * 8U);
	else
		print_transport(reader, &ends, header[9]);
}

/* Return: whether @protocol is one whose header says how long it is. */
static bool is_extension(uint8_t protocol)
{
	return protocol == IPPROTO_HOPOPTS || protocol == IPPROTO_DSTOPTS ||
	       protocol == IPPROTO_ROUTING;
}

static void print_ipv6(struct reader *reader)
{
	struct ends ends = { .family = AF_INET6 };
	const uint8_t *header = take(reader, 40);
	uint8_t protocol;
	unsigned int i;

	if (!header) {
		fputs(" IP6", reader->out);
		cut(reader);
		return;
	}
	inet_ntop(AF_INET6, header + 8, ends.from, sizeof(ends.from));
	inet_ntop(AF_INET6, header + 24, ends.to, sizeof(ends.to));
	if (header[0] >> 4 != 6 || get16(header + 4) > reader->length) {
		print_ends(reader, &ends, NULL);
		fputs(" [bad header]", reader->out);
		return;
	}
	reader->length = get16(header + 4);
	protocol = header[6];
	for (i = 0; i < EXTENSIONS_MAX && is_extension(protocol); i++) {
		header = take(reader, 8);
		if (!header || !take(reader, header[1] * 8U)) {
			print_ends(reader, &ends, NULL);
			cut(reader);
			return;
		}
		protocol = header[0];
	}
	if (protocol == IPPROTO_FRAGMENT) {
		header = take(reader, 8);
		print_fragment(reader, &ends, header ? header[0] : protocol,
			       header ? get32(header + 4) : 0,
			       header ? get16(header + 2) & 0xfff8U : 0);
		if (!header)
			cut(reader);
		return;
	}
	print_transport(reader, &ends, protocol);
}

static void print_arp(struct reader *reader)
{
	const uint8_t *packet = take(reader, 28);
	char from[INET_ADDRSTRLEN], to[INET_ADDRSTRLEN];

	fputs(" ARP", reader->out);
	if (!packet) {
		cut(reader);
		return;
	}
	/* Ethernet and IPv4 */
	if (get32(packet) != 0x00010800 || get16(packet + 4) != 0x0604) {
		fputs(" [of another kind]", reader->out);
		return;
	}
	inet_ntop(AF_INET, packet + 14, from, sizeof(from));
	inet_ntop(AF_INET, packet + 24, to, sizeof(to));
	if (get16(packet + 6) == 1)
		fprintf(reader->out, " who-has %s tell %s", to, from);
	else
		fprintf(reader->out,
			" %s is-at %02x:%02x:%02x:%02x:%02x:%02x", from,
			packet[8], packet[9], packet[10], packet[11],
			packet[12], packet[13]);
}

static void print_ethernet(struct reader *reader)
{
	const uint8_t *header = take(reader, ETHER_HDR_LEN);
	uint16_t type;

	if (!header) {
		cut(reader);
		return;
	}
	type = get16(header + 12);
	while (type == ETHERTYPE_VLAN) {
		const uint8_t *tag = take(reader, 4);

		if (!tag) {
			cut(reader);
			return;
		}
		fprintf(reader->out, " vlan %u", get16(tag) & 0xfff);
		type = get16(tag + 2);
	}
	switch (type) {
	case ETHERTYPE_IP:
		print_ipv4(reader);
		break;
	case ETHERTYPE_IPV6:
		print_ipv6(reader);
		break;
	case ETHERTYPE_ARP:
		print_arp(reader);
		break;
	default:
		fprintf(reader->out, " ethertype 0x%04x length %u", type,
			reader->length);
	}
}

void frame_text(FILE *out, const struct frame *frame)
{
	static const char *const directions[] = {
		[PACKET_HOST] = "In", [PACKET_BROADCAST] = "B",
		[PACKET_MULTICAST] = "M", [PACKET_OTHERHOST] = "P",
		[PACKET_OUTGOING] = "Out",
	};
	const time_t seconds = frame->address.time / 1000000000;
	struct reader reader = {
		.out = out,
		.at = frame->data,
		.left = frame->captured,
		.length = frame->address.length,
	};
	const uint8_t type = frame->address.type;
	char name[IF_NAME_BYTES], clock[16] = "";
	struct tm local;

	if (localtime_r(&seconds, &local))
		strftime(clock, sizeof(clock), "%H:%M:%S", &local);
	fprintf(out, "%s.%09" PRIu64 " %s %s", clock,
		(uint64_t)frame->address.time % 1000000000,
		link_name(frame->address.link, name),
		type < sizeof(directions) / sizeof(directions[0]) ?
		directions[type] : "?");
	print_ethernet(&reader);
	if (frame->address.gso_size)
		fprintf(out, " (in segments of %u)", frame->address.gso_size);
}
