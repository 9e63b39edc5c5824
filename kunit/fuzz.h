/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets for the suite fuzz: a corpus of frames that the tests' wire has
 * carried, and what is made of them by a seeded generator.
 */
#ifndef NST_KUNIT_FUZZ_H
#define NST_KUNIT_FUZZ_H

#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/skbuff.h>

#include "wire.h"

#define NST_FUZZ_FRAME_MAX	1536	/* longer ones are not recorded */
#define NST_FUZZ_FRAMES		384
#define NST_FUZZ_PACKET_MAX	3072	/* with what is added; below a page */
#define NST_FUZZ_PAGES		2048

/**
 * struct nst_fuzz_frame - a frame that a wire has carried
 * @length: its bytes
 * @sent: the stack under test has sent it
 * @octets: the frame, from its Ethernet header on
 */
struct nst_fuzz_frame {
	u16 length;
	bool sent;
	u8 octets[NST_FUZZ_FRAME_MAX];
};

/**
 * struct nst_fuzz_corpus - what mutations begin with
 * @count: frames
 * @frames: in the order in which they were seen; what does not fit is left
 *	out
 */
struct nst_fuzz_corpus {
	unsigned int count;
	struct nst_fuzz_frame frames[NST_FUZZ_FRAMES];
};

/* How the octets lie in an sk_buff. */
enum nst_fuzz_layout {
	NST_FUZZ_LINEAR,	/* in memory that slab has */
	NST_FUZZ_BUILT,		/* in a page of the test's */
	NST_FUZZ_PAGED,		/* the first in the head, the rest in pages */
	NST_FUZZ_LISTED,	/* the rest in a list of sk_buffs */
	NST_FUZZ_LAYOUTS
};

/**
 * struct nst_fuzz_packet - a packet to be received, and all that is said of it
 * @length: bytes of @octets
 * @layout: &enum nst_fuzz_layout
 * @cloned: somebody else has a clone, whose bytes must stay as they are
 * @trusted: the link's peer is trusted (NST_LINK_TRUSTED_PEER)
 * @summed: skb->ip_summed
 * @head: bytes in the head, not with NST_FUZZ_LINEAR
 * @piece: bytes of each piece behind the head
 * @csum_start: from the first byte, with CHECKSUM_PARTIAL
 * @csum_offset: the same
 * @gso_size: payload of a segment; 0: no super-packet
 * @gso_segs: claimed
 * @gso_type: claimed
 * @unused: makes up for a hole
 * @octets: the frame
 *
 * Without holes: a packet that failed is printed, and read again, as hex.
 */
struct nst_fuzz_packet {
	u16 length;
	u8 layout;
	u8 cloned;
	u8 trusted;
	u8 summed;
	u16 head;
	u16 piece;
	u16 csum_start;
	u16 csum_offset;
	u16 gso_size;
	u16 gso_segs;
	u16 unused;
	u32 gso_type;
	u8 octets[NST_FUZZ_PACKET_MAX];
};

/**
 * struct nst_fuzz_pages - pages under packets, to see that none is kept
 * @count: used of @page
 * @page: pages; the test has a reference to each
 */
struct nst_fuzz_pages {
	unsigned int count;
	struct page *page[NST_FUZZ_PAGES];
};

/* The wire has carried a frame. Context: any. */
void nst_fuzz_record(struct nst_fuzz_corpus *corpus, const struct sk_buff *skb,
		     bool sent);

/*
 * Octets and claims of a packet, by chance. What the stack has sent comes back
 * as an answer, its addresses swapped, more often than not.
 */
void nst_fuzz_mutate(const struct nst_fuzz_corpus *corpus,
		     struct rnd_state *random, struct nst_fuzz_packet *packet);

/*
 * Lengths and checksums of IPv4 or IPv6 and of what it carries are made right
 * again, as far as the headers can be followed.
 */
void nst_fuzz_repair(u8 *frame, unsigned int length);

/* An sk_buff of it, or NULL without memory. */
struct sk_buff *nst_fuzz_skb(const struct nst_fuzz_packet *packet,
			     struct nst_fuzz_pages *pages);

/* Give the pages back. Return: how many somebody else still has. */
unsigned int nst_fuzz_pages_put(struct nst_fuzz_pages *pages);

/**
 * nst_fuzz_judge() - is a frame that the stack has sent well formed?
 * @link: link that it left by
 * @skb: linear, skb->data at its Ethernet header
 *
 * Lengths, the checksum of IPv4, sources that may be on a wire; of what is the
 * stack's own, the transport and its checksum as well, unless that is left to
 * the link. Of a packet that was forwarded these are its sender's.
 *
 * Return: NULL, or what is wrong.
 */
const char *nst_fuzz_judge(const struct nst_link *link,
			   const struct sk_buff *skb);

#endif /* NST_KUNIT_FUZZ_H */
