/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Impairments: one direction of a link made as bad as asked for. What
 * happens to a packet is decided by a pure function of a seed, the number of
 * the packet and the configuration (impair.c), so that a run can be repeated;
 * a queue holds what is to leave later (impair_queue.c).
 */
#ifndef NST_IMPAIR_H
#define NST_IMPAIR_H

#include <linux/netlink.h>
#include <linux/skbuff.h>
#include <linux/time64.h>

#include "../mib.h"

struct nst_link;

/* Shares are in millionths. */
#define NST_IMPAIR_ALL			1000000U

#define NST_IMPAIR_DELAY_MAX		(3600ULL * NSEC_PER_SEC)
#define NST_IMPAIR_RATE_MIN		1000ULL
#define NST_IMPAIR_RATE_MAX		1000000000000ULL
#define NST_IMPAIR_LIMIT_DEFAULT	1000
#define NST_IMPAIR_LIMIT_MAX		1048576U

/**
 * enum nst_impair_direction - seen from the stack
 * @NST_IMPAIR_TX: what the stack sends
 * @NST_IMPAIR_RX: what comes in
 * @NST_IMPAIR_DIRECTIONS: how many there are
 */
enum nst_impair_direction {
	NST_IMPAIR_TX,
	NST_IMPAIR_RX,
	NST_IMPAIR_DIRECTIONS,
};

/**
 * enum nst_impair_distribution - how jitter is spread around the delay
 * @NST_IMPAIR_UNIFORM: evenly, by up to the jitter either way
 * @NST_IMPAIR_NORMAL: normally, with the jitter as standard deviation; a
 *	delay is never below zero, nor more than six deviations off
 */
enum nst_impair_distribution {
	NST_IMPAIR_UNIFORM,
	NST_IMPAIR_NORMAL,
};

/**
 * struct nst_impair_config - what one direction of a link does to packets
 * @seed: of every decision
 * @delay: ns, NST_IMPAIR_DELAY_MAX at most
 * @jitter: ns, @delay at most
 * @rate: bits of frames a second, NST_IMPAIR_RATE_MIN to _MAX; 0: no limit
 * @loss: share of packets lost outside bursts, millionths
 * @burst_begin: share of packets at which a burst begins, millionths
 * @burst_end: share of packets at which it ends, millionths
 * @burst_loss: share of packets lost in bursts, millionths
 * @duplicate: share of packets sent twice, millionths
 * @corrupt: share of packets with one bit changed, millionths
 * @reorder: share of packets that skip the delay, millionths
 * @gap: only each @gap-th packet may, 1 or more
 * @limit: packets that may wait for the rate, the one being sent included
 * @limit_bytes: bytes of frames that may wait for the rate; 0: no limit
 * @distribution: of the jitter
 * @unordered: jitter may change the order
 */
struct nst_impair_config {
	u64 seed;
	u64 delay;
	u64 jitter;
	u64 rate;
	u32 loss;
	u32 burst_begin;
	u32 burst_end;
	u32 burst_loss;
	u32 duplicate;
	u32 corrupt;
	u32 reorder;
	u32 gap;
	u32 limit;
	u32 limit_bytes;
	enum nst_impair_distribution distribution;
	bool unordered;
};

/**
 * struct nst_impair_state - what decisions carry from packet to packet
 * @random: of the generator
 * @busy_until: when the last packet has been sent at the rate, ns
 * @remainder: part of a nanosecond that it takes beyond that, in bits
 * @last_departure: of the packets that are kept in order, ns
 * @since_reorder: packets since one that skipped the delay
 * @burst: within a burst of losses
 */
struct nst_impair_state {
	u64 random;
	u64 busy_until;
	u64 remainder;
	u64 last_departure;
	u32 since_reorder;
	bool burst;
};

/**
 * struct nst_impair_verdict - what happens to a packet
 * @delay: ns after it was sent at the rate
 * @where: chooses the bit that is changed
 * @lost: it is lost; nothing else holds
 * @duplicated: it comes twice
 * @corrupted: one bit is changed
 * @reordered: it skips the delay
 */
struct nst_impair_verdict {
	u64 delay;
	u32 where;
	bool lost;
	bool duplicated;
	bool corrupted;
	bool reordered;
};

/**
 * nst_impair_check() - do the values go together?
 * @config: each value within its own bounds
 * @extack: told what does not; may be NULL
 *
 * Return: 0 or -EINVAL.
 */
int nst_impair_check(const struct nst_impair_config *config,
		     struct netlink_ext_ack *extack);

/**
 * nst_impair_restart() - the next packet is the first to be decided on
 * @state: zeroed before its first use
 * @config: what will be decided by
 * @direction: the two directions of a link decide differently by one seed
 *
 * What is being sent at the rate is not interrupted.
 */
void nst_impair_restart(struct nst_impair_state *state,
			const struct nst_impair_config *config,
			enum nst_impair_direction direction);

/**
 * nst_impair_decide() - what happens to the next packet
 * @config: what to decide by
 * @state: of the direction; moved on
 * @verdict: filled
 *
 * Every packet draws the same number of random values, so that what one
 * impairment decides does not depend on the others. Bursts are those of
 * Gilbert and Elliott: two states, each with its share of losses.
 */
void nst_impair_decide(const struct nst_impair_config *config,
		       struct nst_impair_state *state,
		       struct nst_impair_verdict *verdict);

/**
 * nst_impair_sent() - when the packet has been sent at the rate
 * @config: what to decide by
 * @state: of the direction; moved on
 * @len: bytes of the frame
 * @now: ns
 *
 * Return: ns, @now without a rate.
 */
u64 nst_impair_sent(const struct nst_impair_config *config,
		    struct nst_impair_state *state, unsigned int len, u64 now);

/**
 * nst_impair_departure() - when the packet leaves the impairment
 * @config: what to decide by
 * @state: of the direction; moved on
 * @verdict: on the packet
 * @sent: what nst_impair_sent() said
 *
 * Return: ns, not before @sent.
 */
u64 nst_impair_departure(const struct nst_impair_config *config,
			 struct nst_impair_state *state,
			 const struct nst_impair_verdict *verdict, u64 sent);

/* What is done to packets (impair_packet.c). */

/**
 * nst_impair_can_segment() - can the super-packet be cut?
 * @skb: super-packet, skb->data @framing bytes before the network header;
 *	nothing that its headers say has been checked
 * @framing: bytes of the link header
 *
 * Context: any.
 * Return: false when its headers do not agree with each other.
 */
bool nst_impair_can_segment(struct sk_buff *skb, unsigned int framing);

/**
 * nst_impair_segment() - the frames that a super-packet stands for
 * @skb: super-packet that nst_impair_can_segment(); consumed
 * @framing: bytes of the link header, which each frame repeats
 *
 * Context: any.
 * Return: frames linked by skb->next, or ERR_PTR(-ENOMEM) or -EINVAL.
 */
struct sk_buff *nst_impair_segment(struct sk_buff *skb, unsigned int framing);

/**
 * nst_impair_corrupt() - change one bit of a packet
 * @skb: packet, which may be shared; consumed if that succeeds
 * @framing: bytes before the network header, which are spared
 * @where: any number; chooses the bit
 *
 * A checksum that was left to the device is completed before, so that the
 * receiver can see the damage.
 *
 * Context: any.
 * Return: the packet to go on with, or NULL without memory.
 */
struct sk_buff *nst_impair_corrupt(struct sk_buff *skb, unsigned int framing,
				   u32 where);

/* The queue of a direction (impair_queue.c). */

/**
 * struct nst_impair_ops - how packets leave
 * @pass: on their way; softirq or BHs disabled
 * @drop: dropped for a reason; BHs disabled
 */
struct nst_impair_ops {
	void (*pass)(struct nst_link *link, struct sk_buff *skb);
	void (*drop)(struct nst_link *link, struct sk_buff *skb,
		     enum nst_drop_reason reason);
};

/**
 * struct nst_impair_stats - what an impairment has done
 * @passed: packets that left it, duplicates included
 * @lost: packets lost
 * @overflowed: packets that neither queue nor memory had room for
 * @duplicated: packets sent twice
 * @reordered: packets that skipped the delay
 * @corrupted: packets with one bit changed
 * @waiting: packets that wait for the rate now
 * @waiting_bytes: bytes of their frames
 * @queued: packets held now, those that wait for the rate included
 * @queued_bytes: bytes of their frames
 */
struct nst_impair_stats {
	u64 passed;
	u64 lost;
	u64 overflowed;
	u64 duplicated;
	u64 reordered;
	u64 corrupted;
	u32 waiting;
	u32 queued;
	u64 waiting_bytes;
	u64 queued_bytes;
};

/**
 * struct nst_impair_report - an impairment as it is shown
 * @link: link that it is of
 * @direction: which direction
 * @config: what it does
 * @stats: what it has done
 */
struct nst_impair_report {
	struct nst_link *link;
	enum nst_impair_direction direction;
	struct nst_impair_config config;
	struct nst_impair_stats stats;
};

struct nst_impair;

/**
 * nst_impair_create() - an impairment that no packet meets yet
 * @link: link that it is of
 * @direction: which direction
 * @ops: how packets leave
 * @config: what it does
 *
 * Context: process.
 * Return: the impairment or ERR_PTR(-ENOMEM).
 */
struct nst_impair *nst_impair_create(struct nst_link *link,
				     enum nst_impair_direction direction,
				     const struct nst_impair_ops *ops,
				     const struct nst_impair_config *config);

/**
 * nst_impair_destroy() - drop what it holds and free it
 * @impair: impairment that no packet can meet any more, RCU grace period
 *	over
 * @reason: why the packets are dropped
 *
 * Context: process, may sleep.
 */
void nst_impair_destroy(struct nst_impair *impair,
			enum nst_drop_reason reason);

/**
 * nst_impair_configure() - decide by another configuration from now on
 * @impair: impairment
 * @config: what it does
 *
 * What is held leaves when it would have. Counters go on.
 *
 * Context: any with BHs enabled.
 */
void nst_impair_configure(struct nst_impair *impair,
			  const struct nst_impair_config *config);

/* Drop what it holds. Context: any with BHs enabled. */
void nst_impair_purge(struct nst_impair *impair, enum nst_drop_reason reason);

/**
 * nst_impair_packet() - a packet goes this way
 * @impair: impairment
 * @skb: packet or super-packet without owner, skb->data at the link header
 *	when sent, at the network header when received; consumed
 *
 * Whatever happens to it happens on the wire: nobody is told. The packet's
 * control block beyond struct nst_packet_cb.layer stays as it is.
 *
 * Context: BHs disabled, RCU; takes leaf locks only, and may call
 * nst_impair_ops.pass.
 */
void nst_impair_packet(struct nst_impair *impair, struct sk_buff *skb);

/* Of which direction of which link it is. */
struct nst_link *nst_impair_link(const struct nst_impair *impair);
enum nst_impair_direction nst_impair_direction(const struct nst_impair *impair);

/* Context: any with BHs enabled. */
void nst_impair_read(struct nst_impair *impair,
		     struct nst_impair_report *report);

#endif /* NST_IMPAIR_H */
