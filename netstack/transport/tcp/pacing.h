/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pacing: segments leave no faster than sk->sk_pacing_rate (bytes a second)
 * when a program has set SO_MAX_PACING_RATE or the congestion controller asks
 * for it. The rate is kept up for all connections, since super-segments are
 * sized by it.
 */
#ifndef NST_TCP_PACING_H
#define NST_TCP_PACING_H

#include <net/sock.h>

/* Pace this connection from now on; the controller's wish. */
void nst_pacing_require(struct sock *sk);

/* Set the rate, bytes a second; SO_MAX_PACING_RATE bounds it. */
void nst_pacing_set_rate(struct sock *sk, u64 rate);

/* The rate of a controller that sets none: a window in a round trip. */
void nst_pacing_update_rate(struct sock *sk);

/* Must the next segment wait? Then the timer is set. */
bool __nst_pacing_blocks(struct sock *sk);

/* @bytes of payload were sent: the next segment may follow when? */
void __nst_pacing_sent(struct sock *sk, unsigned int bytes);

static inline bool nst_pacing_needed(const struct sock *sk)
{
	return READ_ONCE(sk->sk_pacing_status) == SK_PACING_NEEDED;
}

static inline bool nst_pacing_blocks(struct sock *sk)
{
	return unlikely(nst_pacing_needed(sk)) && __nst_pacing_blocks(sk);
}

static inline void nst_pacing_sent(struct sock *sk, unsigned int bytes)
{
	if (unlikely(nst_pacing_needed(sk)))
		__nst_pacing_sent(sk, bytes);
}

#endif /* NST_TCP_PACING_H */
