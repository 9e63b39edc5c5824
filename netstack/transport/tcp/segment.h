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
#include "clock.h"

struct nst_tcp_sock;
struct sock;

/* Flag octet of the header (byte 13), as in struct nst_tcp_cb.flags. */
#define NST_TCP_FIN		0x01
#define NST_TCP_SYN		0x02
#define NST_TCP_RST		0x04
#define NST_TCP_PSH		0x08
#define NST_TCP_ACK		0x10
#define NST_TCP_URG		0x20
#define NST_TCP_ECE		0x40
#define NST_TCP_CWR		0x80
/* In the octet before; in headers only, no control block holds it. */
#define NST_TCP_AE		0x100	/* RFC 9768 3.1.1 */

/* Option kinds and lengths (RFC 9293 3.2, 7323 2.2 and 3.2, 2018 2). */
#define NST_TCPOPT_EOL		0
#define NST_TCPOPT_NOP		1
#define NST_TCPOPT_MSS		2
#define NST_TCPOPT_WSCALE	3
#define NST_TCPOPT_SACK_OK	4
#define NST_TCPOPT_SACK		5
#define NST_TCPOPT_TIMESTAMP	8
#define NST_TCPOPT_UTO		28	/* RFC 5482 2 */
#define NST_TCPOPT_FASTOPEN	34	/* RFC 7413 4.1.1 */
#define NST_TCPOLEN_MSS		4
#define NST_TCPOLEN_WSCALE	3
#define NST_TCPOLEN_SACK_OK	2
#define NST_TCPOLEN_TIMESTAMP	10
#define NST_TCPOLEN_TS_ALIGNED	12
#define NST_TCPOLEN_SACK_BLOCK	8
#define NST_TCPOLEN_UTO		4
#define NST_TCP_FASTOPEN_COOKIE_MIN	4
#define NST_TCP_FASTOPEN_COOKIE_MAX	16

/* struct nst_tcp_cb.sent: what happened to a segment sent. */
#define NST_TCP_SENT_RETRANS	BIT(0)	/* retransmitted, still in flight */
#define NST_TCP_SENT_EVER_RETRANS BIT(1) /* retransmitted at some time */
#define NST_TCP_SENT_LOST	BIT(2)	/* marked lost */
#define NST_TCP_SENT_SACKED	BIT(3)	/* acknowledged selectively */

/**
 * struct nst_tcp_tx - the connection when a segment was sent
 * @delivered: nst_tcp_sock.delivered
 * @delivered_us: nst_tcp_sock.delivered_us
 * @first_sent_us: nst_tcp_sock.first_sent_us
 * @in_flight: segments in flight with this one, 65535 at most
 * @lost: nst_tcp_sock.lost, its lower half
 */
struct nst_tcp_tx {
	u32 delivered;
	u32 delivered_us;
	u32 first_sent_us;
	u16 in_flight;
	u16 lost;
};

/**
 * struct nst_tcp_cb - a segment's control block
 * @seq: first sequence number
 * @end_seq: one past the last, SYN and FIN counted
 * @ack_seq: acknowledgement number (received)
 * @flags: NST_TCP_*
 * @sent: NST_TCP_SENT_* (sending)
 * @sack: octets from the header to its SACK option, or 0 (received)
 * @eor: nothing may be appended (MSG_EOR, urgent end) (sending)
 * @stamp_ack: the time of its acknowledgment is to be told (sending)
 * @accecn: octets from the header to its AccECN option, or 0 (received)
 * @gso_segs: wire segments it makes (sending; received: that it came in)
 * @gso_size: payload bytes of each but the last; 0 when there is one
 * @urg_ptr: urgent pointer (received)
 * @window: window field, unscaled (received)
 * @tx: what is remembered of the last transmission (sending), for rate.c
 * @tsval: TSval (received) when @has_ts
 * @tsecr: TSecr
 * @has_ts: a timestamp option was there (received)
 * @uto: field of its user timeout option, or 0 (received)
 * @app_limited: sent when there was no more (sending)
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
	union {
		struct {
			bool eor : 1;
			bool stamp_ack : 1;
		};
		u8 accecn;
	};
	union {
		bool has_ts;
		bool app_limited;
	};
	union {
		struct nst_tcp_tx tx;
		struct {
			u32 tsval;
			u32 tsecr;
			u16 urg_ptr;
			u16 window;
			u16 uto;
		};
	};
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

/* PAWS (RFC 7323 5.3): is the timestamp older than TS.Recent? */
static inline bool nst_tcp_paws_reject(u32 ts_recent, time64_t stamp,
				       u32 tsval)
{
	if ((s32)(ts_recent - tsval) <= 0)
		return false;
	/* RFC 7323 5.5: TS.Recent is void after 24 days of silence. */
	return nst_tcp_clock_seconds() - stamp < 24 * 24 * 3600;
}

/**
 * nst_tcp_sequence_acceptable() - RFC 9293 3.10.7.4, first check
 * @rcv_nxt: RCV.NXT
 * @rcv_wnd: RCV.WND
 * @seq: first sequence number of the segment
 * @end_seq: one past its last
 */
static inline bool nst_tcp_sequence_acceptable(u32 rcv_nxt, u32 rcv_wnd,
					       u32 seq, u32 end_seq)
{
	return !nst_before(end_seq, rcv_nxt) &&
	       !nst_after(seq, rcv_nxt + rcv_wnd);
}

/**
 * nst_tcp_in_window() - the same check to the letter, for what has no socket
 * @rcv_nxt: RCV.NXT
 * @rcv_wnd: RCV.WND
 * @seq: first sequence number of the segment
 * @end_seq: one past its last
 *
 * An old segment that ends at RCV.NXT has to be refused here: there is no
 * receive queue that would acknowledge it again. As on the host, a segment
 * without length may also stand at the right edge, where a peer is that has
 * filled the window.
 */
static inline bool nst_tcp_in_window(u32 rcv_nxt, u32 rcv_wnd, u32 seq,
				     u32 end_seq)
{
	u32 edge = rcv_nxt + rcv_wnd;

	return seq == rcv_nxt ||
	       (nst_after(end_seq, rcv_nxt) && nst_before(seq, edge)) ||
	       (seq == edge && end_seq == edge);
}

/**
 * struct nst_tcp_options - options of one segment, parsed
 * @mss: MSS option, bytes, or 0
 * @wscale: shift count, at most 14
 * @has_wscale: window scale option there
 * @has_ts: timestamp option there
 * @sack_ok: SACK permitted option there
 * @ecn_ok: no option, but of the SYN as well: both ends do ECN
 * @accecn_ok: likewise: both ends do accurate ECN
 * @accecn: octets from the header to an AccECN option, or 0; when a SYN-ACK
 *	is written: not 0 for one with the initial counters
 * @sack: octets from the header to a SACK option with whole blocks, or 0
 * @has_fastopen: Fast Open option there, with or without a cookie
 * @cookie_len: bytes of @cookie: 0, or 4 to 16 and even
 * @cookie: Fast Open cookie; read: within the segment
 * @uto: field of the user timeout option (RFC 5482), or 0
 * @tsval: TSval
 * @tsecr: TSecr
 */
struct nst_tcp_options {
	u16 mss;
	u16 uto;
	u8 wscale;
	bool has_wscale;
	bool has_ts;
	bool sack_ok;
	bool ecn_ok;
	bool accecn_ok;
	u8 accecn;
	u8 sack;
	bool has_fastopen;
	u8 cookie_len;
	const u8 *cookie;
	u32 tsval;
	u32 tsecr;
};

/* ---- segment.c: buffers of the send queues ---- */

/*
 * Empty segment buffer with room for all headers and @linear bytes. Its
 * memory is reserved, not charged: who queues it does
 * sk_wmem_queued_add() and sk_mem_charge() of skb->truesize. NULL: no memory.
 */
struct sk_buff *nst_tcp_alloc_skb(struct sock *sk, unsigned int linear,
				  gfp_t gfp);

/* Count the wire segments of @skb at @mss; does not touch packets_out. */
static inline unsigned int nst_tcp_set_segs(struct sk_buff *skb, u32 mss)
{
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);

	if (skb->len <= mss) {
		cb->gso_segs = 1;
		cb->gso_size = 0;
	} else {
		cb->gso_segs = DIV_ROUND_UP(skb->len, mss);
		cb->gso_size = mss;
	}
	return cb->gso_segs;
}

/* A copy of a queued segment to be sent; the payload is shared, or NULL. */
struct sk_buff *nst_tcp_copy_segment(struct sk_buff *skb);

/* Put a sent segment among the unacknowledged ones. */
void nst_tcp_rtx_insert(struct sock *sk, struct sk_buff *skb);

/* Cut @skb (in the rtx or write queue) after @len bytes. */
int nst_tcp_fragment(struct sock *sk, struct sk_buff *skb, u32 len,
		     bool in_rtx_queue, gfp_t gfp);

/*
 * Take the first @len bytes, which were acknowledged, off a segment of the
 * rtx queue; gso_segs is counted anew, packets_out and its like are the
 * caller's. Return: 0 or -ENOMEM.
 */
int nst_tcp_trim_head(struct sock *sk, struct sk_buff *skb, u32 len);

/* A segment of the rtx queue makes @change more wire segments than before. */
void nst_tcp_count_segs(struct nst_tcp_sock *tp, const struct sk_buff *skb,
			int change);

/* Count a segment of the rtx queue anew for the current MSS. */
void nst_tcp_resegment(struct sock *sk, struct sk_buff *skb);

/* ---- send_pages.c: payload that is not copied ---- */

int nst_tcp_append_zerocopy(struct sock *sk, struct sk_buff *skb,
			    struct msghdr *msg, int len);
int nst_tcp_append_spliced(struct sock *sk, struct sk_buff *skb,
			   struct msghdr *msg, int len);

#endif /* NST_TCP_SEGMENT_H */
