// SPDX-License-Identifier: GPL-2.0
/*
 * Setting the timer of what is to be sent again: the RTO (RFC 6298 5), the
 * reordering timer and the probe of the tail (RFC 8985 6.2, 7.2), zero-window
 * probes (RFC 9293 3.8.6.1). One timer does for all, for only the first of
 * them matters: a probe and the reordering timer come before the RTO, whose
 * deadline is kept beside, and window probes need an empty network.
 *
 * Timers are moved rarely: a deadline that moves away leaves the timer where
 * it is; when it fires early it is set for the rest.
 */
#include "tcp.h"

/* What the reordering timer waits beyond the deadline, us, as the host. */
#define REORDER_SLACK	2000

/* The timer wheel lets a timer be late by an eighth of its time, or a tick. */
static u32 wheel_slack(unsigned long when)
{
	return when / 7 + 1;
}

/**
 * nst_tcp_rtx_timer_set() - set the timer
 * @sk: socket, locked
 * @kind: what it is for; replaces what it was for
 * @when: jiffies from now
 */
void nst_tcp_rtx_timer_set(struct sock *sk, enum nst_tcp_timer kind,
			   unsigned long when)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct timer_list *timer = &tp->rtx_timer;
	u32 slack;

	when = min_t(unsigned long, when, NST_TCP_RTO_MAX);
	slack = wheel_slack(when);
	tp->rtx_timer_kind = kind;
	tp->rtx_timeout = nst_tcp_jiffies() + when;
	if (kind == NST_TCP_TIMER_RETRANSMIT)
		tp->rto_timeout = tp->rtx_timeout;
	/*
	 * One that was set for a long time may be late for a deadline that
	 * came after it, though it expires before it.
	 */
	if (timer_pending(timer) &&
	    !time_after(timer->expires + tp->rtx_timer_slack,
			tp->rtx_timeout + slack))
		return;
	tp->rtx_timer_slack = slack;
	sk_reset_timer(sk, timer, tp->rtx_timeout);
}

void nst_tcp_rtx_timer_stop(struct sock *sk)
{
	nst_tcp_sk(sk)->rtx_timer_kind = NST_TCP_TIMER_NONE;
}

void nst_tcp_rto_restart(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	tp->rto_timeout = nst_tcp_jiffies() + tp->rto;
}

void nst_tcp_rearm_rto(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (!tp->packets_out)
		nst_tcp_rtx_timer_stop(sk);
	else
		nst_tcp_rtx_timer_set(sk, NST_TCP_TIMER_RETRANSMIT, tp->rto);
}

void nst_tcp_resume_rto(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	long left = tp->rto_timeout - nst_tcp_jiffies();

	if (!tp->packets_out)
		nst_tcp_rtx_timer_stop(sk);
	else
		nst_tcp_rtx_timer_set(sk, NST_TCP_TIMER_RETRANSMIT,
				      max(left, 1L));
}

/**
 * nst_tcp_reorder_timer_set() - segments are overdue after a while
 * @sk: socket, locked
 * @usecs: when, microseconds from now; no later than a whole RTO
 */
void nst_tcp_reorder_timer_set(struct sock *sk, u32 usecs)
{
	unsigned long when;

	usecs = min(usecs, U32_MAX - REORDER_SLACK) + REORDER_SLACK;
	when = usecs_to_jiffies(usecs);

	nst_tcp_rtx_timer_set(sk, NST_TCP_TIMER_REORDER,
			      min_t(unsigned long, when, nst_tcp_sk(sk)->rto));
}
