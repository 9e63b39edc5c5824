/* SPDX-License-Identifier: GPL-2.0 */
/*
 * nsctl capture: what its files share.
 */
#ifndef NSCTL_CAPTURE_H
#define NSCTL_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <linux/netstack.h>

/**
 * struct frame - one frame that was captured
 * @address: what the kernel says of it
 * @data: its first bytes, from the Ethernet header on
 * @captured: how many
 */
struct frame {
	struct netstack_capture_address address;
	const uint8_t *data;
	uint32_t captured;
};

/* text.c: print a frame as one line, without its end. Any bytes will do. */
void frame_text(FILE *out, const struct frame *frame);

/* pcapng.c: a file in the format of draft-ietf-opsawg-pcapng */

/**
 * struct pcapng - a file under way
 * @out: where to; errors are for the caller to find by ferror()
 * @snaplen: most bytes of a frame
 * @links: link indexes of the interfaces that were described, in order
 * @count: how many
 */
struct pcapng {
	FILE *out;
	uint32_t snaplen;
	uint32_t *links;
	size_t count;
};

/* The head of the file. */
void pcapng_begin(struct pcapng *file, FILE *out, uint32_t snaplen);
/* Describe a link that may have frames. */
void pcapng_link(struct pcapng *file, uint32_t link, const char *name);
/* A frame of any link; one that was not described is named by its number. */
void pcapng_frame(struct pcapng *file, const struct frame *frame);
/* How many there were, and the end; @time: ns since 1970. */
void pcapng_end(struct pcapng *file, uint64_t time,
		const struct netstack_capture_statistics *statistics);

#endif /* NSCTL_CAPTURE_H */
