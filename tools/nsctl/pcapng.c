// SPDX-License-Identifier: GPL-2.0
/*
 * nsctl capture: the pcapng format. Blocks are in the byte order of this
 * machine, which their reader finds out by the section header.
 */
#include <stdlib.h>
#include <string.h>

#include <linux/if_packet.h>

#include "capture.h"
#include "nsctl.h"

#define BLOCK_SECTION	0x0a0d0d0a
#define BLOCK_INTERFACE	1
#define BLOCK_STATISTICS	5
#define BLOCK_PACKET	6

#define BYTE_ORDER_MAGIC	0x1a2b3c4d
#define LINKTYPE_ETHERNET	1

/* Options; 0 ends them. */
#define OPT_COMMENT	1
#define SHB_USERAPPL	4
#define IF_NAME		2
#define IF_TSRESOL	9
#define EPB_FLAGS	2
#define ISB_FILTERACCEPT	6
#define ISB_OSDROP	7

/* epb_flags: direction, and to whom */
#define EPB_IN		1
#define EPB_OUT		2
#define EPB_UNICAST	(1 << 2)
#define EPB_MULTICAST	(2 << 2)
#define EPB_BROADCAST	(3 << 2)
#define EPB_PROMISCUOUS	(4 << 2)

#define OPTIONS_MAX	256

/**
 * struct options - options of a block, put together before its length is known
 */
struct options {
	uint8_t data[OPTIONS_MAX];
	uint32_t length;
};

static uint32_t padded(uint32_t length)
{
	return (length + 3) & ~3U;
}

/* An option without room is left out. */
static void option(struct options *options, uint16_t code, const void *value,
		   size_t length)
{
	const uint16_t head[2] = { code, length };
	uint8_t *at = options->data + options->length;

	/* The end takes four. */
	if (sizeof(head) + padded(length) + 4 > OPTIONS_MAX - options->length)
		return;
	memcpy(at, head, sizeof(head));
	memset(at + sizeof(head), 0, padded(length));
	memcpy(at + sizeof(head), value, length);
	options->length += sizeof(head) + padded(length);
}

static void option_number(struct options *options, uint16_t code,
			  uint64_t value)
{
	option(options, code, &value, sizeof(value));
}

static void options_end(struct options *options)
{
	memset(options->data + options->length, 0, 4);
	options->length += 4;
}

/* A block of a fixed part, of @length bytes of data, and of options. */
static void block(struct pcapng *file, uint32_t type, const void *fixed,
		  uint32_t size, const void *data, uint32_t length,
		  const struct options *options)
{
	const uint32_t total = 12 + size + padded(length) + options->length;
	const uint32_t head[2] = { type, total };
	static const uint8_t zeros[4];

	fwrite(head, sizeof(head), 1, file->out);
	fwrite(fixed, size, 1, file->out);
	if (length) {
		fwrite(data, length, 1, file->out);
		fwrite(zeros, padded(length) - length, 1, file->out);
	}
	fwrite(options->data, options->length, 1, file->out);
	fwrite(&total, sizeof(total), 1, file->out);
}

void pcapng_begin(struct pcapng *file, FILE *out, uint32_t snaplen)
{
	static const char application[] = "nsctl " NSCTL_VERSION;
	/* Magic, version 1.0, a section of unknown length. */
	const struct {
		uint32_t magic;
		uint16_t version[2];
		int64_t length;
	} fixed = { BYTE_ORDER_MAGIC, { 1, 0 }, -1 };
	struct options options = { .length = 0 };

	*file = (struct pcapng){ .out = out, .snaplen = snaplen };
	option(&options, SHB_USERAPPL, application, strlen(application));
	options_end(&options);
	block(file, BLOCK_SECTION, &fixed, sizeof(fixed), NULL, 0, &options);
}

void pcapng_link(struct pcapng *file, uint32_t link, const char *name)
{
	const struct {
		uint16_t linktype;
		uint16_t reserved;
		uint32_t snaplen;
	} fixed = { LINKTYPE_ETHERNET, 0, file->snaplen };
	const uint8_t nanoseconds = 9;
	struct options options = { .length = 0 };
	uint32_t *place = array_grow(&file->links, &file->count,
				     sizeof(*place));

	*place = link;
	option(&options, IF_NAME, name, strlen(name));
	option(&options, IF_TSRESOL, &nanoseconds, sizeof(nanoseconds));
	options_end(&options);
	block(file, BLOCK_INTERFACE, &fixed, sizeof(fixed), NULL, 0, &options);
}

static uint32_t find_interface(struct pcapng *file, uint32_t link)
{
	char name[16];
	size_t i;

	for (i = 0; i < file->count; i++)
		if (file->links[i] == link)
			return i;
	snprintf(name, sizeof(name), "#%u", link);
	pcapng_link(file, link, name);
	return i;
}

static uint32_t frame_flags(uint8_t type)
{
	static const uint32_t flags[] = {
		[PACKET_HOST] = EPB_IN | EPB_UNICAST,
		[PACKET_BROADCAST] = EPB_IN | EPB_BROADCAST,
		[PACKET_MULTICAST] = EPB_IN | EPB_MULTICAST,
		[PACKET_OTHERHOST] = EPB_IN | EPB_PROMISCUOUS,
		[PACKET_OUTGOING] = EPB_OUT,
	};

	return type < sizeof(flags) / sizeof(flags[0]) ? flags[type] : 0;
}

void pcapng_frame(struct pcapng *file, const struct frame *frame)
{
	const uint64_t time = frame->address.time;
	const uint32_t fixed[5] = {
		find_interface(file, frame->address.link),
		time >> 32, time,
		frame->captured, frame->address.length,
	};
	const uint32_t flags = frame_flags(frame->address.type);
	struct options options = { .length = 0 };

	option(&options, EPB_FLAGS, &flags, sizeof(flags));
	options_end(&options);
	block(file, BLOCK_PACKET, fixed, sizeof(fixed), frame->data,
	      frame->captured, &options);
}

/* The kernel counts for a socket, not for each link. */
void pcapng_end(struct pcapng *file, uint64_t time,
		const struct netstack_capture_statistics *statistics)
{
	static const char all[] = "the counts are those of all interfaces";
	const uint32_t fixed[3] = { 0, time >> 32, time };
	struct options options = { .length = 0 };

	if (file->count > 1)
		option(&options, OPT_COMMENT, all, strlen(all));
	option_number(&options, ISB_FILTERACCEPT, statistics->packets);
	option_number(&options, ISB_OSDROP, statistics->drops);
	options_end(&options);
	block(file, BLOCK_STATISTICS, fixed, sizeof(fixed), NULL, 0, &options);
	free(file->links);
	file->links = NULL;
}
