// SPDX-License-Identifier: GPL-2.0
/*
 * Round trip and retransmission time-out (RFC 6298). Samples come from
 * ack.c, which keeps Karn's rule; back-off belongs to timer.c.
 *
 * The deviation is kept as the host keeps it, so that the time-outs on the
 * wire agree: at least 200 ms are added to the smoothed round trip instead
 * of rounding the whole up to a second (RFC 6298 2.4 says SHOULD), a shrinking
 * round trip widens the deviation by an eighth only, and the deviation falls
 * at most once in a round.
 */
#include "tcp.h"

#define RTTVAR_MIN_US	(200 * USEC_PER_MSEC)
/* Half of the time that a least round trip lasts; the host's 300 s. */
#define MIN_RTT_HALF_LIFE	(150 * HZ)
/* Keeps eight round trips within 32 bits. */
#define RTT_MAX_US	(256 * USEC_PER_SEC)

static void set_rto(struct nst_tcp_sock *tp)
{
	/* RFC 6298 2.3: RTO <- SRTT + max(G, K * RTTVAR), K = 4 */
	unsigned long rto = usecs_to_jiffies((tp->srtt_us >> 3) +
					     tp->rttvar_us);

	tp->rto = min_t(unsigned long, rto, NST_TCP_RTO_MAX);
	tp->backoff = 0;
}

/* RFC 6298 2.2: SRTT <- R, RTTVAR <- R/2 */
static void first_sample(struct nst_tcp_sock *tp, u32 rtt_us)
{
	tp->srtt_us = rtt_us << 3;
	tp->mdev_us = rtt_us << 1;
	tp->rttvar_us = max_t(u32, tp->mdev_us, RTTVAR_MIN_US);
	tp->mdev_max_us = tp->rttvar_us;
	tp->rtt_seq = tp->snd_nxt;
}

/* RFC 6298 2.3, alpha = 1/8, beta = 1/4, in integers as Jacobson did. */
static void next_sample(struct nst_tcp_sock *tp, u32 rtt_us)
{
	s32 error = rtt_us - (tp->srtt_us >> 3);

	tp->srtt_us += error;

	if (error < 0) {
		/* A drop of the round trip is no reason for a longer RTO. */
		error = -error - (s32)(tp->mdev_us >> 2);
		if (error > 0)
			error >>= 3;
	} else {
		error -= (s32)(tp->mdev_us >> 2);
	}
	tp->mdev_us += error;

	if (tp->mdev_us > tp->mdev_max_us) {
		tp->mdev_max_us = tp->mdev_us;
		if (tp->mdev_max_us > tp->rttvar_us)
			tp->rttvar_us = tp->mdev_max_us;
	}
	if (nst_after(tp->snd_una, tp->rtt_seq)) {
		if (tp->mdev_max_us < tp->rttvar_us)
			tp->rttvar_us -= (tp->rttvar_us - tp->mdev_max_us) >> 2;
		tp->rtt_seq = tp->snd_nxt;
		tp->mdev_max_us = RTTVAR_MIN_US;
	}
}

/*
 * RFC 8985 6.2 step 1: the least of recent round trips, so that a path which
 * has become longer is noticed: of this period and the one before it.
 */
static void update_min_rtt(struct nst_tcp_sock *tp, u32 rtt_us)
{
	u32 now = nst_tcp_jiffies();
	u32 age = now - tp->min_rtt_stamp;

	if (unlikely(age >= MIN_RTT_HALF_LIFE)) {
		tp->min_rtt_us = age < 2 * MIN_RTT_HALF_LIFE ?
				 tp->min_rtt_next_us : ~0U;
		tp->min_rtt_next_us = ~0U;
		tp->min_rtt_stamp = now;
	}
	tp->min_rtt_next_us = min(tp->min_rtt_next_us, rtt_us);
	tp->min_rtt_us = min(tp->min_rtt_us, rtt_us);
}

/**
 * nst_tcp_rtt_init() - nothing is known of the round trip
 * @tp: connection
 *
 * RFC 6298 2.1: the time-out is one second until the first sample.
 */
void nst_tcp_rtt_init(struct nst_tcp_sock *tp)
{
	tp->srtt_us = 0;
	tp->mdev_us = jiffies_to_usecs(NST_TCP_RTO_INIT);
	tp->mdev_max_us = 0;
	tp->rttvar_us = 0;
	tp->rtt_seq = tp->snd_nxt;
	tp->min_rtt_us = ~0U;
	tp->min_rtt_next_us = ~0U;
	tp->min_rtt_stamp = nst_tcp_jiffies();
	tp->rto = NST_TCP_RTO_INIT;
	tp->backoff = 0;
}

/* The time-out of the round trip alone, without back-off. */
void nst_tcp_rtt_reset_rto(struct nst_tcp_sock *tp)
{
	set_rto(tp);
}

/**
 * nst_tcp_rtt_echoed() - the round trip by RFC 7323 4.1
 * @tp: connection; mstamp and rcv_tsecr are of a segment that acknowledges
 *
 * Return: microseconds, a multiple of the timestamp clock's 1000, or -1 if
 * the timestamp is none that we could have sent.
 */
s32 nst_tcp_rtt_echoed(const struct nst_tcp_sock *tp)
{
	u32 ms = (u32)div_u64(tp->mstamp, USEC_PER_MSEC) - tp->rcv_tsecr;

	if (ms > S32_MAX / USEC_PER_MSEC)
		return -1;
	return max(ms, 1U) * USEC_PER_MSEC;
}

/**
 * nst_tcp_rtt_sample() - take one measurement
 * @tp: connection, snd_una already moved
 * @rtt_us: round trip, microseconds; 0 counts as 1
 *
 * Ends the back-off: the new time-out rests on a measurement (RFC 6298 5.7).
 */
void nst_tcp_rtt_sample(struct nst_tcp_sock *tp, u32 rtt_us)
{
	rtt_us = clamp_t(u32, rtt_us, 1, RTT_MAX_US);

	update_min_rtt(tp, rtt_us);
	if (likely(tp->srtt_us))
		next_sample(tp, rtt_us);
	else
		first_sample(tp, rtt_us);
	set_rto(tp);
}
