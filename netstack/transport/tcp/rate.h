/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rate at which the network delivers a connection's segments, estimated
 * from each acknowledgment (draft-ietf-ccwg-bbr 4.1, before that
 * draft-cheng-iccrg-delivery-rate-estimation). Units are segments and
 * microseconds; clocks have 32 bits.
 */
#ifndef NST_TCP_RATE_H
#define NST_TCP_RATE_H

#include <linux/types.h>

struct nst_tcp_acked;
struct nst_tcp_sock;
struct sk_buff;
struct sock;

/**
 * struct nst_rate_sample - what one acknowledgment tells of the rate
 * @valid: a segment was delivered first by this acknowledgment
 * @is_app_limited: the application had nothing to send at some time in between
 * @is_retrans: the newest segment had been retransmitted
 * @delivered: segments delivered in @interval_us
 * @interval_us: time that took, or 0: not to be relied on
 * @prior_delivered: nst_tcp_sock.delivered when the newest segment was sent
 * @prior_us: nst_tcp_sock.delivered_us then
 * @send_us: time that sending @delivered took
 * @rtt_us: round trip of the newest segment
 * @last_end_seq: its end
 * @tx_in_flight: in flight when it had been sent
 * @lost: segments thought lost since then
 */
struct nst_rate_sample {
	bool valid;
	bool is_app_limited;
	bool is_retrans;
	u32 delivered;
	u32 interval_us;
	u32 prior_delivered;
	u32 prior_us;
	u32 send_us;
	u32 rtt_us;
	u32 last_end_seq;
	u32 tx_in_flight;
	u32 lost;
};

/* A queued segment is being sent, perhaps again; @tp counts it later. */
void nst_rate_sent(struct nst_tcp_sock *tp, struct sk_buff *skb);

/* A segment is acknowledged for the first time, one way or the other. */
void nst_rate_delivered(struct nst_tcp_sock *tp, const struct sk_buff *skb,
			struct nst_rate_sample *rs);

/* The acknowledgment is processed, @tp->delivered and ->lost count it. */
void nst_rate_generate(struct nst_tcp_sock *tp, struct nst_tcp_acked *acked);

/* May the application be what holds the connection up? */
void nst_rate_check_app_limited(struct sock *sk);

/* All samples of what is in flight, and the next, count as limited. */
void nst_rate_mark_app_limited(struct nst_tcp_sock *tp);

/* The last estimate, bytes a second, or 0. */
u64 nst_rate_bytes_per_second(const struct nst_tcp_sock *tp);

#endif /* NST_TCP_RATE_H */
