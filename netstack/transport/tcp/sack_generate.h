/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Selective acknowledgments that a connection sends (sack_generate.c), and
 * the room that they take from data.
 */
#ifndef NST_TCP_SACK_GENERATE_H
#define NST_TCP_SACK_GENERATE_H

#include "tcp.h"

unsigned int nst_tcp_sack_place(const struct nst_tcp_sock *tp, u32 start,
				u32 end);
void nst_tcp_sack_received(struct nst_tcp_sock *tp, u32 start, u32 end);
void nst_tcp_sack_advance(struct nst_tcp_sock *tp);
void nst_tcp_sack_renege(struct nst_tcp_sock *tp, u32 end);
void nst_tcp_dsack_set(struct nst_tcp_sock *tp, u32 start, u32 end);
void nst_tcp_dsack_extend(struct nst_tcp_sock *tp, u32 start, u32 end);
unsigned int nst_tcp_sack_option_len(const struct nst_tcp_sock *tp,
				     unsigned int room);
void nst_tcp_sack_write(struct nst_tcp_sock *tp, __be32 *ptr,
			unsigned int len);

/* mss_cache without the room that SACK blocks take in the next segment. */
static inline u32 nst_tcp_effective_mss(const struct nst_tcp_sock *tp)
{
	if (likely(!tp->sack_count && !tp->dsack_due))
		return tp->mss_cache;
	return tp->mss_cache -
	       min(nst_tcp_sack_option_len(tp, U16_MAX), tp->mss_cache - 1);
}

#endif /* NST_TCP_SACK_GENERATE_H */
