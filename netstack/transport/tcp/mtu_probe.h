/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Path MTU discovery without ICMP (RFC 4821): the search for the largest
 * packet that gets through. What is known of it bounds mss_cache, in
 * nst_tcp_sync_mss().
 */
#ifndef NST_TCP_MTU_PROBE_H
#define NST_TCP_MTU_PROBE_H

#include <linux/types.h>

struct nst_tcp_sock;
struct sk_buff;
struct sock;

/* tcp_mtu_probing */
#define NST_TCP_MTU_PROBING_NEVER	0
#define NST_TCP_MTU_PROBING_BLACK_HOLE	1	/* once one was suspected */
#define NST_TCP_MTU_PROBING_ALWAYS	2

/**
 * struct nst_tcp_mtu_probe - RFC 4821: the search for the path MTU
 * @search_low: largest packet that is known to get through, bytes
 * @search_high: largest that may, bytes
 * @size: bytes of the packet that probes now, or 0: none does
 * @seq: its first sequence number
 * @end_seq: one past its last
 * @stamp: jiffies when the search began
 */
struct nst_tcp_mtu_probe {
	u32 search_low;
	u32 search_high;
	u32 size;
	u32 seq;
	u32 end_seq;
	u32 stamp;
};

/* A connection is synchronised; mss_clamp and header_len are known. */
void nst_tcp_mtu_probe_init(struct sock *sk);

/**
 * nst_tcp_mtu_probe_make() - join data of the write queue to a probe
 * @sk: socket, locked; probing is enabled
 *
 * Looks at the preconditions of RFC 4821 7.4.
 *
 * Return: the probe, now the first of the write queue, NULL when there is
 * nothing to probe for or no way to, or -EAGAIN: acknowledgments that are on
 * their way will make room for it.
 */
struct sk_buff *nst_tcp_mtu_probe_make(struct sock *sk);

/* It is on its way. */
void nst_tcp_mtu_probe_sent(struct nst_tcp_sock *tp, const struct sk_buff *skb);

/* snd_una has moved: did the probe arrive (RFC 4821 7.6.1)? */
void nst_tcp_mtu_probe_acked(struct sock *sk);

/*
 * Segments are marked lost: is it the probe alone, for its size (RFC 4821
 * 7.6.2)? If there is more, it tells nothing (7.6.4).
 */
bool nst_tcp_mtu_probe_lost(struct sock *sk);

/* An ICMP error says that packets above tp->pmtu are too large. */
void nst_tcp_mtu_probe_too_large(struct nst_tcp_sock *tp);

/* RFC 4821 7.7: nothing gets through any more, by tcp_retries1. */
void nst_tcp_mtu_black_hole(struct sock *sk);

/* RFC 4821 7.6.3, 7.6.4: a time-out, or it was sent again: nobody knows. */
static inline void
nst_tcp_mtu_probe_inconclusive(struct nst_tcp_mtu_probe *probe)
{
	probe->size = 0;
}

#endif /* NST_TCP_MTU_PROBE_H */
