// SPDX-License-Identifier: GPL-2.0
/*
 * A congestion window says what the path took lately. One that was not used up
 * says nothing of the path: it does not grow, and shrinks slowly (RFC 7661,
 * in the host's way); after a silence it begins anew (RFC 5681 4.1).
 */
#include "trace_cwnd.h"

/* What was learnt of the path stays in the threshold. */
static u32 remembered_ssthresh(const struct nst_tcp_sock *tp)
{
	if (tp->ca_state == NST_TCP_CA_CWR ||
	    tp->ca_state == NST_TCP_CA_RECOVERY)
		return tp->ssthresh;
	return max(tp->ssthresh, (tp->cwnd >> 1) + (tp->cwnd >> 2));
}

/**
 * nst_tcp_cwnd_restart() - nothing is in flight, and data will be sent
 * @tp: connection
 *
 * RFC 5681 4.1: after a silence longer than the time-out nothing clocks the
 * segments out any more; begin with the restart window. A controller that
 * paces by a model of the path needs no such clock.
 */
void nst_tcp_cwnd_restart(struct nst_tcp_sock *tp)
{
	const struct nst_config *config = &tp->nst.stack->config;
	u32 prior_cwnd = tp->cwnd;

	if (tp->ca_ops->cong_control ||
	    (u32)nst_tcp_jiffies() - tp->lsndtime <= tp->rto ||
	    !nst_tcp_ca_open(tp) ||
	    !READ_ONCE(config->tcp_slow_start_after_idle))
		return;
	if (tp->cwnd > nst_tcp_init_cwnd(tp)) {
		tp->ssthresh = remembered_ssthresh(tp);
		tp->cwnd = nst_tcp_init_cwnd(tp);
		tp->cwnd_stamp = nst_tcp_jiffies();
		tp->cwnd_used = 0;
	}
	if (tp->ca_ops->event)
		tp->ca_ops->event(tp, NST_CA_EVENT_CWND_RESTART);
	nst_tcp_trace_cwnd(tp, prior_cwnd);
}

/*
 * RFC 7661 4.4, as RFC 2861 had it and the host does: the program, not the
 * network, was the limit for a time-out: half way down to what was used.
 */
static void application_limited(struct nst_tcp_sock *tp)
{
	const struct socket *sock = tp->nst.sk.sk_socket;
	u32 used = max_t(u32, tp->cwnd_used, nst_tcp_init_cwnd(tp));
	u32 prior_cwnd = tp->cwnd;

	/* The send buffer was the limit, if the program waits for it. */
	if (tp->ca_state == NST_TCP_CA_OPEN && used < tp->cwnd &&
	    !(sock && test_bit(SOCK_NOSPACE, &sock->flags))) {
		tp->ssthresh = remembered_ssthresh(tp);
		tp->cwnd = (tp->cwnd + used) >> 1;
	}
	tp->cwnd_used = 0;
	tp->cwnd_stamp = nst_tcp_jiffies();
	nst_tcp_trace_cwnd(tp, prior_cwnd);
}

/**
 * nst_tcp_cwnd_validate() - data was sent, or cwnd did not let it
 * @tp: connection
 * @limited: there is more to send than cwnd admits
 *
 * RFC 7661 4.1. For the window of data that is on its way cwnd_limited says
 * whether cwnd was the limit once; else max_packets_out how near it was.
 */
void nst_tcp_cwnd_validate(struct nst_tcp_sock *tp, bool limited)
{
	const struct nst_config *config = &tp->nst.stack->config;

	if (nst_tcp_in_flight(tp) >= tp->cwnd)
		limited = true;
	if (limited || !nst_before(tp->snd_una, tp->cwnd_usage_seq) ||
	    (!tp->cwnd_limited && tp->packets_out > tp->max_packets_out)) {
		tp->cwnd_limited = limited;
		tp->max_packets_out = tp->packets_out;
		tp->cwnd_usage_seq = tp->snd_nxt;
	}
	if (nst_tcp_cwnd_may_grow(tp)) {
		tp->cwnd_used = 0;
		tp->cwnd_stamp = nst_tcp_jiffies();
		return;
	}
	if (tp->packets_out > tp->cwnd_used)
		tp->cwnd_used = tp->packets_out;
	if ((u32)nst_tcp_jiffies() - tp->cwnd_stamp >= tp->rto &&
	    READ_ONCE(config->tcp_slow_start_after_idle) &&
	    !tp->ca_ops->cong_control)
		application_limited(tp);
}
