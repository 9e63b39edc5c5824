/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A TCP segment (RFC 9293 3.1): flags, options, sequence numbers, and what is
 * kept beside the packet while it is in a queue.
 */
#ifndef NST_TCP_SEGMENT_H
#define NST_TCP_SEGMENT_H

#include <linux/bits.h>
#include <linux/skbuff.h>

#include "../../packet.h"

/* Flag octet of the header (byte 13), as in struct nst_tcp_cb.flags. */
#define NST_TCP_FIN		0x01
#define NST_TCP_SYN		0x02
#define NST_TCP_RST		0x04
#define NST_TCP_PSH		0x08
#define NST_TCP_ACK		0x10
#define NST_TCP_URG		0x20
#define NST_TCP_ECE		0x40
#define NST_TCP_CWR		0x80

/* Option kinds and lengths (RFC 9293 3.2, 7323 2.2 and 3.2, 2018 2). */
#define NST_TCPOPT_EOL		0
#define NST_TCPOPT_NOP		1
#define NST_TCPOPT_MSS		2
#define NST_TCPOPT_WSCALE	3
#define NST_TCPOPT_SACK_OK	4
#define NST_TCPOPT_SACK		5
#define NST_TCPOPT_TIMESTAMP	8
#define NST_TCPOLEN_MSS		4
#define NST_TCPOLEN_WSCALE	3
#define NST_TCPOLEN_SACK_OK	2
#define NST_TCPOLEN_TIMESTAMP	10
#define NST_TCPOLEN_TS_ALIGNED	12
#define NST_TCPOLEN_SACK_BLOCK	8

/* struct nst_tcp_cb.sent: what happened to a segment sent. */
#define NST_TCP_SENT_RETRANS	BIT(0)	/* retransmitted, still in flight */
#define NST_TCP_SENT_EVER_RETRANS BIT(1) /* retransmitted at some time */
#define NST_TCP_SENT_LOST	BIT(2)	/* marked lost */
#define NST_TCP_SENT_SACKED	BIT(3)	/* acknowledged selectively */

/**
 * struct nst_tcp_cb - a segment's control block
 * @seq: first sequence number
 * @end_seq: one past the last, SYN and FIN counted
 * @ack_seq: acknowledgement number (received)
 * @flags: NST_TCP_*
 * @sent: NST_TCP_SENT_* (sending)
 * @sack: octets from the header to its SACK option, or 0 (received)
 * @eor: nothing may be appended (MSG_EOR, urgent end)
 * @gso_segs: wire segments it makes (sending; received: that it came in)
 * @gso_size: payload bytes of each but the last; 0 when there is one
 * @urg_ptr: urgent pointer (received)
 * @window: window field, unscaled (received)
 * @tsval: TSval (received) when @has_ts
 * @tsecr: TSecr
 * @has_ts: a timestamp option was there
 *
 * Received: filled once, by nst_tcp_receive(); the length of the payload is
 * that of the skb, whose data is at the payload once it is queued.
 * Sending: skb->skb_mstamp_ns is the time of the last transmission.
 */
struct nst_tcp_cb {
	u32 seq;
	u32 end_seq;
	union {
		u32 ack_seq;
		struct {
			u16 gso_segs;
			u16 gso_size;
		};
	};
	u8 flags;
	union {
		u8 sent;
		u8 sack;
	};
	bool eor;
	bool has_ts;
	u32 tsval;
	u32 tsecr;
	u16 urg_ptr;
	u16 window;
};

static inline struct nst_tcp_cb *nst_tcp_cb(const struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct nst_tcp_cb) >
		     sizeof_field(struct nst_packet_cb, layer));
	return (struct nst_tcp_cb *)nst_packet_cb(skb)->layer;
}

/* Sequence number arithmetic, RFC 9293 3.4. */
static inline bool nst_before(u32 a, u32 b)
{
	return (s32)(a - b) < 0;
}

static inline bool nst_after(u32 a, u32 b)
{
	return nst_before(b, a);
}

/* Is s1 <= a <= s2? */
static inline bool nst_between(u32 a, u32 s1, u32 s2)
{
	return s2 - s1 >= a - s1;
}

/**
 * struct nst_tcp_sack_block - contiguous data that a receiver holds
 * @start: first sequence number
 * @end: one past the last
 *
 * RFC 2018 3: left and right edge.
 */
struct nst_tcp_sack_block {
	u32 start;
	u32 end;
};

/**
 * struct nst_tcp_options - options of one segment, parsed
 * @mss: MSS option, bytes, or 0
 * @wscale: shift count, at most 14
 * @has_wscale: window scale option there
 * @has_ts: timestamp option there
 * @sack_ok: SACK permitted option there
 * @sack: octets from the header to a SACK option with whole blocks, or 0
 * @tsval: TSval
 * @tsecr: TSecr
 */
struct nst_tcp_options {
	u16 mss;
	u8 wscale;
	bool has_wscale;
	bool has_ts;
	bool sack_ok;
	u8 sack;
	u32 tsval;
	u32 tsecr;
};

#endif /* NST_TCP_SEGMENT_H */
