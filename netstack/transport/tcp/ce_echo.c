// SPDX-License-Identifier: GPL-2.0
/*
 * Marks as DCTCP's receiver echoes them (RFC 8257 3.2): ECE on an
 * acknowledgment says that all of what it acknowledges was marked, none says
 * that nothing of it was. An acknowledgment that is delayed therefore goes
 * before a segment of the other kind counts.
 */
#include "tcp.h"

/**
 * nst_tcp_ce_received() - a data segment was received, marked or not
 * @sk: socket, locked; the segment is not yet in rcv_nxt
 * @ce: its IP header said congestion experienced
 *
 * Only for controllers with echo_ce(), whose ECE is that instead of what RFC
 * 3168 6.1.3 says.
 */
void nst_tcp_ce_received(struct sock *sk, bool ce)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (likely(!tp->ca_ops->echo_ce) || tp->ca_ops->echo_ce(tp) == ce)
		return;
	if (tp->ack_pending & NST_TCP_ACK_TIMER)
		nst_tcp_send_ack(sk);
	tp->ca_ops->event(tp, ce ? NST_CA_EVENT_ECN_CE :
				   NST_CA_EVENT_ECN_NO_CE);
	/* RFC 8257 3.2 figure 1: the change is told at once. */
	tp->ack_pending |= NST_TCP_ACK_SCHED | NST_TCP_ACK_NOW;
}
