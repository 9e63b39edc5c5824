/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints, under events/netstack in tracefs: a packet dropped and why, a
 * TCP connection that changes state, a TCP segment sent again, a congestion
 * window that changes. Documentation/tcp.rst describes those of TCP.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM netstack

#if !defined(NST_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define NST_TRACE_H

#include <linux/string.h>
#include <linux/tracepoint.h>
#include <net/tcp_states.h>

#include "mib.h"
#include "packet.h"
#include "transport/sock.h"

TRACE_EVENT(netstack_drop,
	TP_PROTO(const struct nst_stack *stack, const struct sk_buff *skb,
		 enum nst_drop_reason reason),
	TP_ARGS(stack, skb, reason),
	TP_STRUCT__entry(
		__field(const void *, skb)
		__field(unsigned int, netns)
		__field(unsigned int, len)
		__field(u16, protocol)
		__array(char, reason, 32)
	),
	TP_fast_assign(
		__entry->skb = skb;
		__entry->netns = stack->net ? stack->net->ns.inum : 0;
		__entry->len = skb->len;
		__entry->protocol = ntohs(skb->protocol);
		strscpy(__entry->reason, nst_drop_names[reason].name,
			sizeof(__entry->reason));
	),
	TP_printk("netns=%u skbaddr=%p protocol=0x%04x len=%u reason=%s",
		  __entry->netns, __entry->skb, __entry->protocol,
		  __entry->len, __entry->reason)
);

#define nst_trace_state_name(state)			\
	__print_symbolic(state,				\
		{ TCP_ESTABLISHED, "ESTABLISHED" },	\
		{ TCP_SYN_SENT, "SYN_SENT" },		\
		{ TCP_SYN_RECV, "SYN_RECV" },		\
		{ TCP_FIN_WAIT1, "FIN_WAIT1" },		\
		{ TCP_FIN_WAIT2, "FIN_WAIT2" },		\
		{ TCP_TIME_WAIT, "TIME_WAIT" },		\
		{ TCP_CLOSE, "CLOSE" },			\
		{ TCP_CLOSE_WAIT, "CLOSE_WAIT" },	\
		{ TCP_LAST_ACK, "LAST_ACK" },		\
		{ TCP_LISTEN, "LISTEN" },		\
		{ TCP_CLOSING, "CLOSING" })

DECLARE_EVENT_CLASS(netstack_sock,
	TP_PROTO(const struct sock *sk, int old_state, int new_state),
	TP_ARGS(sk, old_state, new_state),
	TP_STRUCT__entry(
		__field(const void *, sk)
		__field(unsigned int, netns)
		__field(int, old_state)
		__field(int, new_state)
		__field(u16, lport)
		__field(u16, rport)
		__field(u16, family)
		__array(u8, laddr, 16)
		__array(u8, raddr, 16)
	),
	TP_fast_assign(
		const struct nst_endpoint *flow = &nst_sk(sk)->flow;

		__entry->sk = sk;
		__entry->netns = sock_net(sk)->ns.inum;
		__entry->old_state = old_state;
		__entry->new_state = new_state;
		__entry->lport = ntohs(flow->lport);
		__entry->rport = ntohs(flow->rport);
		__entry->family = flow->family;
		memcpy(__entry->laddr, &flow->laddr, 16);
		memcpy(__entry->raddr, &flow->raddr, 16);
	),
	TP_printk("netns=%u skaddr=%p family=%u laddr=%pI4 lport=%u raddr=%pI4 rport=%u laddrv6=%pI6c raddrv6=%pI6c oldstate=%s newstate=%s",
		  __entry->netns, __entry->sk, __entry->family,
		  __entry->laddr, __entry->lport,
		  __entry->raddr, __entry->rport,
		  __entry->laddr, __entry->raddr,
		  nst_trace_state_name(__entry->old_state),
		  nst_trace_state_name(__entry->new_state))
);

DEFINE_EVENT(netstack_sock, netstack_tcp_state,
	TP_PROTO(const struct sock *sk, int old_state, int new_state),
	TP_ARGS(sk, old_state, new_state)
);

TRACE_EVENT(netstack_tcp_retransmit,
	TP_PROTO(const struct sock *sk, u32 seq, u32 end_seq),
	TP_ARGS(sk, seq, end_seq),
	TP_STRUCT__entry(
		__field(const void *, sk)
		__field(unsigned int, netns)
		__field(u16, lport)
		__field(u16, rport)
		__field(u32, seq)
		__field(u32, end_seq)
		__field(int, state)
	),
	TP_fast_assign(
		__entry->sk = sk;
		__entry->netns = sock_net(sk)->ns.inum;
		__entry->lport = ntohs(nst_sk(sk)->flow.lport);
		__entry->rport = ntohs(nst_sk(sk)->flow.rport);
		__entry->seq = seq;
		__entry->end_seq = end_seq;
		__entry->state = sk->sk_state;
	),
	TP_printk("netns=%u skaddr=%p lport=%u rport=%u seq=%u end_seq=%u state=%s",
		  __entry->netns, __entry->sk, __entry->lport,
		  __entry->rport, __entry->seq, __entry->end_seq,
		  nst_trace_state_name(__entry->state))
);

#define nst_trace_ca_state_name(state)			\
	__print_symbolic(state,				\
		{ 0, "Open" },				\
		{ 1, "Disorder" },			\
		{ 2, "CWR" },				\
		{ 3, "Recovery" },			\
		{ 4, "Loss" })

TRACE_EVENT(netstack_tcp_cwnd,
	TP_PROTO(const struct sock *sk, u32 old_cwnd, u32 cwnd, u32 ssthresh,
		 u32 in_flight, u32 srtt_us, u8 ca_state),
	TP_ARGS(sk, old_cwnd, cwnd, ssthresh, in_flight, srtt_us, ca_state),
	TP_STRUCT__entry(
		__field(const void *, sk)
		__field(unsigned int, netns)
		__field(u16, lport)
		__field(u16, rport)
		__field(u32, old_cwnd)
		__field(u32, cwnd)
		__field(u32, ssthresh)
		__field(u32, in_flight)
		__field(u32, srtt_us)
		__field(u8, ca_state)
	),
	TP_fast_assign(
		__entry->sk = sk;
		__entry->netns = sock_net(sk)->ns.inum;
		__entry->lport = ntohs(nst_sk(sk)->flow.lport);
		__entry->rport = ntohs(nst_sk(sk)->flow.rport);
		__entry->old_cwnd = old_cwnd;
		__entry->cwnd = cwnd;
		__entry->ssthresh = ssthresh;
		__entry->in_flight = in_flight;
		__entry->srtt_us = srtt_us;
		__entry->ca_state = ca_state;
	),
	TP_printk("netns=%u skaddr=%p lport=%u rport=%u oldcwnd=%u cwnd=%u ssthresh=%u in_flight=%u srtt=%u castate=%s",
		  __entry->netns, __entry->sk, __entry->lport,
		  __entry->rport, __entry->old_cwnd, __entry->cwnd,
		  __entry->ssthresh, __entry->in_flight, __entry->srtt_us,
		  nst_trace_ca_state_name(__entry->ca_state))
);

#endif /* NST_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
