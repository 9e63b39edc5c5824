/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Loss detection and recovery: what the sender keeps for it, and what its
 * files offer each other. Calls go downward:
 *
 *	recovery.c	the states Open, Disorder, CWR, Recovery and Loss
 *	undo.c, tlp.c	was it spurious? was the tail lost?
 *	sack.c		blocks of an acknowledgment
 *	rack.c, prr.c	what is lost by time; how much may go out
 *	scoreboard.c	marks on segments and the counts of them
 */
#ifndef NST_TCP_RECOVERY_H
#define NST_TCP_RECOVERY_H

#include <linux/list.h>
#include <linux/types.h>

#include "rate.h"
#include "segment.h"

struct nst_tcp_sock;
struct sock;

#define NST_TCP_SACK_BLOCKS_MAX	4	/* RFC 2018 3, 40 octets of options */

/* Bits of tcp_recovery. */
#define NST_TCP_RACK_STATIC_REO_WND	BIT(1)	/* no adaptation by DSACK */
#define NST_TCP_RACK_NO_DUPTHRESH	BIT(2)	/* time only, no count */

/* What the retransmission timer is set for. */
enum nst_tcp_timer {
	NST_TCP_TIMER_NONE,
	NST_TCP_TIMER_RETRANSMIT,
	NST_TCP_TIMER_PROBE,
	NST_TCP_TIMER_LOSS_PROBE,
	NST_TCP_TIMER_REORDER,
};

/**
 * struct nst_tcp_scoreboard - what the marks of the rtx queue need beside them
 * @sent_order: segments that may still arrive, by time of transmission
 * @fack: highest sequence number of a SACK block, while sacked_out
 * @retransmit_seq: what is lost and not yet sent again is not before it
 * @lost_end: end of the highest segment marked lost
 * @known: blocks that were taken, ascending; they cost nothing again
 * @known_count: how many
 */
struct nst_tcp_scoreboard {
	struct list_head sent_order;
	u32 fack;
	u32 retransmit_seq;
	u32 lost_end;
	u32 known_count;
	struct nst_tcp_sack_block known[NST_TCP_SACK_BLOCKS_MAX];
};

/* Is a sent segment in scoreboard.sent_order? */
static inline bool nst_tcp_sent_ordered(const struct sk_buff *skb)
{
	return skb->tcp_tsorted_anchor.next;
}

/* It is sent now: last in order. */
static inline void nst_tcp_sent_order_add(struct nst_tcp_scoreboard *board,
					  struct sk_buff *skb)
{
	if (nst_tcp_sent_ordered(skb))
		list_move_tail(&skb->tcp_tsorted_anchor, &board->sent_order);
	else
		list_add_tail(&skb->tcp_tsorted_anchor, &board->sent_order);
}

/* The list shares its place with what net/core wants to find zero. */
static inline void nst_tcp_sent_order_del(struct sk_buff *skb)
{
	if (!nst_tcp_sent_ordered(skb))
		return;
	__list_del_entry(&skb->tcp_tsorted_anchor);
	skb->tcp_tsorted_anchor.next = NULL;
	skb->tcp_tsorted_anchor.prev = NULL;
}

/**
 * struct nst_tcp_rack - RFC 8985 5.2: state of the connection
 * @xmit_ns: RACK.xmit_ts, as skb_mstamp_ns: transmission of the segment sent
 *	last of those known to have arrived
 * @end_seq: RACK.end_seq of that segment
 * @rtt_us: RACK.rtt
 * @dsack_round: RACK.dsack_round, when @in_dsack_round
 * @reo_wnd_mult: RACK.reo_wnd_mult
 * @reo_wnd_persist: RACK.reo_wnd_persist
 * @in_dsack_round: reo_wnd_mult has been raised in this round
 * @advanced: something arrived since losses were looked for
 */
struct nst_tcp_rack {
	u64 xmit_ns;
	u32 end_seq;
	u32 rtt_us;
	u32 dsack_round;
	u8 reo_wnd_mult;
	u8 reo_wnd_persist;
	bool in_dsack_round;
	bool advanced;
};

/**
 * struct nst_tcp_tlp - RFC 8985 7.1: tail loss probe
 * @end_seq: TLP.end_seq, when @outstanding
 * @outstanding: a probe's fate is not known yet
 * @is_retrans: TLP.is_retrans: it was no new data
 */
struct nst_tcp_tlp {
	u32 end_seq;
	bool outstanding;
	bool is_retrans;
};

/**
 * struct nst_tcp_prr - proportional rate reduction, in segments
 * @delivered: prr_delivered
 * @out: prr_out; counts always, but is read in a reduction only
 * @recover_fs: RecoverFS
 */
struct nst_tcp_prr {
	u32 delivered;
	u32 out;
	u32 recover_fs;
};

/**
 * struct nst_tcp_acked - what one acknowledgement did
 * @prior_snd_una: snd_una before it
 * @prior_in_flight: segments in flight before it
 * @prior_fack: highest sequence number known to have arrived before it
 * @low_reordered: lowest original that it told of late, else @prior_fack
 * @acked: segments that it took off the retransmission queue
 * @sacked: segments that its SACK blocks named first
 * @delivered: segments that it told of first, one way or the other
 * @lost: segments thought lost because of it
 * @acked_bytes: bytes newly acknowledged
 * @marked: packets that it told were marked
 * @rtt_us: round trip measured, or -1
 * @first_sacked_ns: transmission of the first original in @sacked, or 0
 * @dupack: it was a duplicate by RFC 5681 2
 * @forward: it moved snd_una
 * @retrans_acked: some of what it acknowledged had been retransmitted
 * @original: it told of data below recover that was sent only once
 * @has_sack: it had a SACK option
 * @ece: it echoes congestion (RFC 3168 6.1.2, RFC 9768 3.2)
 * @ts_forward: its timestamp is later than any before; in AccECN mode only
 * @has_ts: it echoes a timestamp: rcv_tsecr
 * @dsack: it reported a duplicate of ours (RFC 2883), no probe
 * @dsack_tlp: the duplicate that it reported is the tail loss probe
 * @reneged: a segment that a SACK block had named heads the queue
 * @restart_timer: the time-out begins anew (RFC 6298 5.3)
 * @delayed: the peer may have delayed it: @rtt_us is too long perhaps
 * @rate: what it tells of the rate of delivery
 */
struct nst_tcp_acked {
	u32 prior_snd_una;
	u32 prior_in_flight;
	u32 prior_fack;
	u32 low_reordered;
	u32 acked;
	u32 sacked;
	u32 delivered;
	u32 lost;
	u32 acked_bytes;
	u32 marked;
	s32 rtt_us;
	u64 first_sacked_ns;
	bool dupack;
	bool forward;
	bool retrans_acked;
	bool original;
	bool has_sack;
	bool ece;
	bool ts_forward;
	bool has_ts;
	bool dsack;
	bool dsack_tlp;
	bool reneged;
	bool restart_timer;
	bool delayed;
	struct nst_rate_sample rate;
};

/* ---- recovery.c ---- */

/* A connection is synchronised: nothing is known of the path. */
void nst_tcp_recovery_init(struct nst_tcp_sock *tp);

/* After every acknowledgement: states, marks, windows, timers. */
void nst_tcp_recovery_ack(struct sock *sk, struct nst_tcp_acked *acked);

/* The retransmission timer expired. */
void nst_tcp_recovery_timeout(struct sock *sk);

/* The reordering timer expired (RFC 8985 6.3). */
void nst_tcp_recovery_reorder_timeout(struct sock *sk);

/*
 * Does a duplicate ACK of a peer without SACK tell that a segment arrived? Not
 * while a state is held, and after a time-out only when there is new data
 * that may cause it.
 */
bool nst_tcp_recovery_counts_dupacks(const struct nst_tcp_sock *tp);

/* Mark lost what is longer than the MSS; the window stays. */
bool nst_tcp_recovery_too_large(struct sock *sk);

/* Send what is marked lost, as far as the window goes. */
void nst_tcp_recovery_retransmit(struct sock *sk);

/* The network is congested, nothing was lost (RFC 3168 6.1.2). */
void nst_tcp_recovery_enter_cwr(struct nst_tcp_sock *tp, u32 delivered,
				bool marked);

/* ---- scoreboard.c: marks and counts ---- */

/* First segment of the rtx queue that ends behind @seq, or NULL. */
struct sk_buff *nst_tcp_rtx_find(const struct nst_tcp_sock *tp, u32 seq);

void nst_tcp_mark_sacked(struct nst_tcp_sock *tp, struct sk_buff *skb);
void nst_tcp_mark_lost(struct nst_tcp_sock *tp, struct sk_buff *skb);
void nst_tcp_mark_retransmitted(struct nst_tcp_sock *tp, struct sk_buff *skb);
void nst_tcp_uncount(struct nst_tcp_sock *tp, u8 sent, u32 segs);
void nst_tcp_unmark_lost(struct nst_tcp_sock *tp);
void nst_tcp_forget_sacked(struct nst_tcp_sock *tp);

/* Peers without SACK: duplicate ACKs are what has arrived. */
u32 nst_tcp_reno_dupack(struct nst_tcp_sock *tp);
u32 nst_tcp_reno_acked(struct nst_tcp_sock *tp, u32 acked);
void nst_tcp_reno_reset(struct nst_tcp_sock *tp);
void nst_tcp_reno_mark_head(struct sock *sk);

/* Reordering was seen: an original sent at @low_seq came late. */
void nst_tcp_reordering_seen(struct nst_tcp_sock *tp, u32 low_seq,
			     u32 high_seq, bool by_timestamp);

/* ---- sack.c ---- */

void nst_tcp_sack_take(struct sock *sk, const struct sk_buff *ack,
		       struct nst_tcp_acked *acked);

/* ---- rack.c ---- */

void nst_tcp_rack_init(struct nst_tcp_rack *rack);
void nst_tcp_rack_advance(struct nst_tcp_sock *tp, u64 xmit_ns, u32 end_seq,
			  bool retransmitted);
void nst_tcp_rack_dsack(struct nst_tcp_sock *tp, bool dsack);
void nst_tcp_rack_recovered(struct nst_tcp_rack *rack);
u32 nst_tcp_rack_reo_wnd(const struct nst_tcp_sock *tp);
s64 nst_tcp_rack_remaining_us(const struct nst_tcp_sock *tp, u64 xmit_ns,
			      u32 reo_wnd_us);
u32 nst_tcp_rack_detect_loss(struct nst_tcp_sock *tp);

/* ---- prr.c ---- */

u32 nst_tcp_prr_sndcnt(const struct nst_tcp_prr *prr, u32 in_flight,
		       u32 ssthresh, u32 delivered, bool safe_ack);
void nst_tcp_reduction_begin(struct nst_tcp_sock *tp, u32 delivered,
			     bool marked);
void nst_tcp_reduction_ack(struct nst_tcp_sock *tp, u32 delivered,
			   bool safe_ack);
void nst_tcp_reduction_end(struct nst_tcp_sock *tp);

/* ---- tlp.c ---- */

bool nst_tcp_tlp_schedule(struct sock *sk);
void nst_tcp_tlp_timeout(struct sock *sk);
bool nst_tcp_tlp_ack(struct nst_tcp_sock *tp, const struct nst_tcp_acked *acked);

/* ---- undo.c ---- */

void nst_tcp_undo_begin(struct nst_tcp_sock *tp);
void nst_tcp_undo_dsack(struct nst_tcp_sock *tp, u32 end_seq,
			u32 prior_snd_una, u32 segs);
void nst_tcp_undo_syn(struct nst_tcp_sock *tp, const struct nst_tcp_cb *cb);
bool nst_tcp_undo_eifel(const struct nst_tcp_sock *tp,
			const struct nst_tcp_acked *acked);
bool nst_tcp_undo_all_dsacked(const struct nst_tcp_sock *tp);
void nst_tcp_undo_window(struct nst_tcp_sock *tp, bool unmark_lost);

/* ---- retransmit.c ---- */

/* Retransmit up to @segs segments of @skb. Return: 0 or negative errno. */
int nst_tcp_retransmit_skb(struct sock *sk, struct sk_buff *skb, int segs);

/* The same for a tail loss probe, which repairs nothing that is marked. */
int nst_tcp_retransmit_probe(struct sock *sk, struct sk_buff *skb);

/* ---- rtx_timer.c: one timer for all that is due to be sent again ---- */

void nst_tcp_rtx_timer_set(struct sock *sk, enum nst_tcp_timer kind,
			   unsigned long when);
void nst_tcp_rtx_timer_stop(struct sock *sk);
void nst_tcp_reorder_timer_set(struct sock *sk, u32 usecs);

/* RFC 6298 5.1 to 5.3: the RTO from now, or stop if nothing is out. */
void nst_tcp_rearm_rto(struct sock *sk);

/* The RTO is reckoned from now, whatever the timer is set for. */
void nst_tcp_rto_restart(struct sock *sk);

/* Back to the RTO, as it was reckoned before. */
void nst_tcp_resume_rto(struct sock *sk);

#endif /* NST_TCP_RECOVERY_H */
