/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TCP Fast Open (RFC 7413): what the rest of TCP asks of the files
 * fastopen_*.c, and they of each other.
 */
#ifndef NST_TCP_FASTOPEN_H
#define NST_TCP_FASTOPEN_H

#include "tcp.h"

/* net.netstack.tcp_fastopen: bits, with the host's values. */
#define NST_TCP_FASTOPEN_CLIENT		0x1
#define NST_TCP_FASTOPEN_NO_COOKIE	0x4	/* data without a cookie */

/* ---- fastopen_client.c: the SYN of an active open ---- */

bool nst_tcp_fastopen_defer(struct sock *sk);
int nst_tcp_fastopen_send_syn(struct sock *sk, struct sk_buff *syn,
			      struct msghdr *msg);
void nst_tcp_fastopen_syn_timeout(struct sock *sk);
void nst_tcp_fastopen_syn_answered(struct sock *sk, u32 ack);

/* ---- fastopen_cache.c: cookies of servers ---- */

struct nst_tcp_fastopen_cache *nst_tcp_fastopen_cache_create(void);
void nst_tcp_fastopen_cache_free(struct nst_tcp_fastopen_cache *cache);
bool nst_tcp_fastopen_cache_get(struct sock *sk, u16 *mss, u8 *cookie,
				u8 *cookie_len);
void nst_tcp_fastopen_cache_set(struct sock *sk, u16 mss, const u8 *cookie,
				u8 cookie_len);

/* ---- fastopen_blackhole.c: paths that do not let it pass ---- */

bool nst_tcp_fastopen_paused(struct sock *sk);
void nst_tcp_fastopen_timeout(struct sock *sk, bool failed);
void nst_tcp_fastopen_reset_came(struct sock *sk);
void nst_tcp_fastopen_ended(struct sock *sk);

#endif /* NST_TCP_FASTOPEN_H */
