/* SPDX-License-Identifier: GPL-2.0 */
/*
 * HyStart++ (RFC 9406): the end of the first slow start before the network's
 * buffer overflows.
 */
#ifndef NST_TCP_HYSTART_H
#define NST_TCP_HYSTART_H

#include <linux/types.h>

struct nst_tcp_sock;

/**
 * struct nst_hystart - HyStart++ of one connection, part of a controller
 * @window_end: RFC 9406 4.2's windowEnd: the round ends when it is acked
 * @last_min_rtt: least round trip of the last round, us, or ~0
 * @current_min_rtt: least round trip of this round, us, or ~0
 * @css_baseline: cssBaselineMinRtt: what ends conservative slow start as
 *	spurious, us
 * @samples: round trips measured in this round, as far as it matters
 * @css_rounds: rounds of conservative slow start that have ended
 * @css: conservative slow start
 */
struct nst_hystart {
	u32 window_end;
	u32 last_min_rtt;
	u32 current_min_rtt;
	u32 css_baseline;
	u8 samples;
	u8 css_rounds;
	bool css;
};

/* Begin with a connection, or with a controller chosen later. */
void nst_hystart_init(struct nst_hystart *hystart,
		      const struct nst_tcp_sock *tp);

/* An ACK in slow start measured a round trip of @rtt_us. May set ssthresh. */
void nst_hystart_sample(struct nst_hystart *hystart, struct nst_tcp_sock *tp,
			u32 rtt_us);

/* Grow in slow start. Return: segments of @acked left when it has ended. */
u32 nst_hystart_grow(struct nst_hystart *hystart, struct nst_tcp_sock *tp,
		     u32 acked);

#endif /* NST_TCP_HYSTART_H */
