// SPDX-License-Identifier: GPL-2.0
/*
 * Fewer ACKs while there is a gap. RFC 5681 4.2 has every segment out of order
 * acknowledged at once; with SACK one acknowledgment tells of many. The first
 * three after each step of the left edge go at once, for they are what a
 * sender waits for; those behind them wait for a twentieth of the round trip,
 * a millisecond at most, and go as one.
 *
 * What this needs is allocated when the first ACK is held back and freed with
 * the last segment of the out-of-order queue: a connection without loss has a
 * pointer. Without memory every ACK goes at once.
 */
#include <linux/slab.h>

#include "../../compat.h"
#include "receive_queue.h"

/* ACKs that go at once: a sender retransmits at the third duplicate. */
#define IMMEDIATE_ACKS	3

/* The round trip divided by this is how long an ACK may wait. */
#define ROUND_TRIP_SHARE	20

static enum hrtimer_restart expired(struct hrtimer *timer)
{
	struct nst_tcp_ack_compression *compression =
		container_of(timer, struct nst_tcp_ack_compression, timer);
	struct sock *sk = compression->sk;

	bh_lock_sock(sk);
	if (!sock_owned_by_user(sk))
		nst_tcp_ack_compress_flush(sk);
	else if (!test_and_set_bit(NST_TCP_DEFER_COMPRESSED_ACK,
				   &nst_tcp_sk(sk)->deferred))
		sock_hold(sk);
	bh_unlock_sock(sk);
	sock_put(sk);
	return HRTIMER_NORESTART;
}

static struct nst_tcp_ack_compression *begin(struct sock *sk)
{
	struct nst_tcp_ack_compression *compression;

	compression = kzalloc(sizeof(*compression), GFP_ATOMIC | __GFP_NOWARN);
	if (!compression)
		return NULL;
	compression->sk = sk;
	hrtimer_setup(&compression->timer, expired, CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS_PINNED_SOFT);
	nst_tcp_sk(sk)->ack_compression = compression;
	return compression;
}

/* How long an ACK may wait, ns; 0 when the round trip is not known. */
static u64 delay_ns(const struct nst_tcp_sock *tp)
{
	const struct nst_config *config = &tp->nst.stack->config;
	u64 rtt_us = tp->rcv_rtt_us;

	if (tp->srtt_us && tp->srtt_us < rtt_us)
		rtt_us = tp->srtt_us;
	return min_t(u64, READ_ONCE(config->tcp_comp_sack_delay_ns),
		     div_u64((rtt_us >> 3) * NSEC_PER_USEC, ROUND_TRIP_SHARE));
}

/**
 * nst_tcp_ack_compress() - may the ACK of a segment out of order wait?
 * @sk: socket, locked; its out-of-order queue is not empty
 *
 * Return: it waits, the timer will send it; else it is to be sent now.
 */
bool nst_tcp_ack_compress(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	const struct nst_config *config = &tp->nst.stack->config;
	struct nst_tcp_ack_compression *compression = tp->ack_compression;
	u32 held = compression ? compression->held : 0;
	u64 delay;

	if (!tp->sack_ok || held >= READ_ONCE(config->tcp_comp_sack_nr))
		return false;
	if (tp->gap_acks < IMMEDIATE_ACKS) {
		tp->gap_acks++;
		return false;
	}
	delay = delay_ns(tp);
	if (!delay)
		return false;
	if (!compression)
		compression = begin(sk);
	if (!compression)
		return false;

	compression->held++;
	if (hrtimer_is_queued(&compression->timer))
		return true;
	sock_hold(sk);
	hrtimer_start_range_ns(&compression->timer,
			       ns_to_ktime(nst_tcp_clock_ns() + delay),
			       READ_ONCE(config->tcp_comp_sack_slack_ns),
			       HRTIMER_MODE_ABS_PINNED_SOFT);
	return true;
}

static void stop(struct nst_tcp_ack_compression *compression)
{
	/* A callback that waits for our lock finds nothing held. */
	if (hrtimer_try_to_cancel(&compression->timer) == 1)
		__sock_put(compression->sk);
}

/**
 * nst_tcp_ack_compress_sent() - an ACK went out for those that wait
 * @sk: socket, locked, with ack_compression
 */
void nst_tcp_ack_compress_sent(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_ack_compression *compression = tp->ack_compression;

	NST_ADD(tp->nst.stack, TCP_ACK_COMPRESSED, compression->held);
	compression->held = 0;
	stop(compression);
}

/**
 * nst_tcp_ack_compress_flush() - send the ACK that waits, if one does
 * @sk: socket, locked
 */
void nst_tcp_ack_compress_flush(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_ack_compression *compression = tp->ack_compression;

	if (!compression || !compression->held)
		return;
	/* This one is sent after all. */
	compression->held--;
	nst_tcp_mstamp_refresh(tp);
	nst_tcp_send_ack(sk);
}

/**
 * nst_tcp_ack_compress_end() - there is no gap any more
 * @sk: socket, locked, with ack_compression
 *
 * What waited is acknowledged by what fills the gap.
 */
void nst_tcp_ack_compress_end(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_ack_compression *compression = tp->ack_compression;

	nst_tcp_ack_compress_sent(sk);
	tp->ack_compression = NULL;
	/* The callback may be at the lock: softirq is an RCU reader. */
	kfree_rcu(compression, rcu);
}
