// SPDX-License-Identifier: GPL-2.0
/*
 * Pacing: the rate, and when the next segment may leave. A segment that is
 * sent moves the time of the next one by its length over the rate; what is
 * late may catch up by half of that, so that timers that fire late do not
 * lower the rate. The timer itself, which sends what has waited, is timer.c's.
 *
 * A super-segment is one unit here, and mss.c keeps it to about a millisecond
 * of the rate. The first ten segments of a connection go unpaced, as from the
 * host: the initial window (RFC 6928) is a burst that networks know.
 */
#include <linux/hrtimer.h>

#include "pacing.h"
#include "tcp.h"

#define UNPACED_SEGMENTS	10

void nst_pacing_require(struct sock *sk)
{
	cmpxchg(&sk->sk_pacing_status, SK_PACING_NONE, SK_PACING_NEEDED);
}

void nst_pacing_set_rate(struct sock *sk, u64 rate)
{
	rate = min_t(u64, rate, READ_ONCE(sk->sk_max_pacing_rate));
	WRITE_ONCE(sk->sk_pacing_rate, rate);
}

/**
 * nst_pacing_update_rate() - pace a window over a round trip
 * @sk: connection, locked; cwnd is up to date
 *
 * Somewhat faster, or cwnd could not grow: in slow start by tcp_pacing_ss_ratio
 * percent, which lets the window double, later by tcp_pacing_ca_ratio.
 */
void nst_pacing_update_rate(struct sock *sk)
{
	const struct nst_config *config = &nst_sk(sk)->stack->config;
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 percent;
	u64 rate;

	percent = tp->cwnd < tp->ssthresh / 2 ?
		  READ_ONCE(config->tcp_pacing_ss_ratio) :
		  READ_ONCE(config->tcp_pacing_ca_ratio);
	/* srtt_us is eight round trips. */
	rate = (u64)tp->mss_cache * (8 * USEC_PER_SEC / 100) * percent;
	rate *= max(tp->cwnd, tp->packets_out);
	if (likely(tp->srtt_us))
		rate = div_u64(rate, tp->srtt_us);
	nst_pacing_set_rate(sk, rate);
}

bool __nst_pacing_blocks(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	/* The clock has microseconds: this one is not over yet. */
	if (tp->pacing_next_ns < (tp->mstamp + 1) * NSEC_PER_USEC)
		return false;
	if (!hrtimer_is_queued(&tp->pacing_timer)) {
		sock_hold(sk);
		hrtimer_start(&tp->pacing_timer,
			      ns_to_ktime(tp->pacing_next_ns),
			      HRTIMER_MODE_ABS_PINNED_SOFT);
	}
	return true;
}

void __nst_pacing_sent(struct sock *sk, unsigned int bytes)
{
	unsigned long rate = READ_ONCE(sk->sk_pacing_rate);
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u64 now = tp->mstamp * NSEC_PER_USEC;
	u64 length, late = 0;

	if (rate == ~0UL || !rate || tp->data_segs_out < UNPACED_SEGMENTS) {
		tp->pacing_next_ns = now;
		return;
	}
	length = div64_ul((u64)bytes * NSEC_PER_SEC, rate);
	if (tp->pacing_next_ns < now) {
		late = now - tp->pacing_next_ns;
		tp->pacing_next_ns = now;
	}
	tp->pacing_next_ns += length - min(length / 2, late);
}
