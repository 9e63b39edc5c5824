/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tracepoint of the congestion window, told where the window has its new
 * value. While nobody listens it costs a comparison.
 */
#ifndef NST_TCP_TRACE_CWND_H
#define NST_TCP_TRACE_CWND_H

#include "../../trace.h"
#include "tcp.h"

/* The window was @old segments before; perhaps it has changed. */
static inline void nst_tcp_trace_cwnd(const struct nst_tcp_sock *tp, u32 old)
{
	if (likely(tp->cwnd == old))
		return;
	trace_netstack_tcp_cwnd(&tp->nst.sk, old, tp->cwnd, tp->ssthresh,
				nst_tcp_in_flight(tp), tp->srtt_us >> 3,
				tp->ca_state);
}

#endif /* NST_TCP_TRACE_CWND_H */
