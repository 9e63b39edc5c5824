/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SYN cookies: half-open connections that cost no memory.
 */
#ifndef NST_TCP_SYNCOOKIE_H
#define NST_TCP_SYNCOOKIE_H

#include "tcp.h"

/* How long after the last cookie an ACK may still bring one, ms. */
#define NST_TCP_COOKIE_LIFETIME	(128 * MSEC_PER_SEC)

/* net.netstack.tcp_syncookies */
#define NST_TCP_COOKIES_WHEN_FULL 1
#define NST_TCP_COOKIES_ALWAYS	2

u32 nst_tcp_cookie_make(const struct nst_tcp *tcp,
			const struct nst_endpoint *flow, u32 irs, u16 mss);
u16 nst_tcp_cookie_check(const struct nst_tcp *tcp,
			 const struct nst_endpoint *flow, u32 irs, u32 cookie);
u32 nst_tcp_cookie_timestamp(u32 clock, const struct nst_tcp_options *options);
void nst_tcp_cookie_options(u32 tsecr, struct nst_tcp_options *options);

#endif /* NST_TCP_SYNCOOKIE_H */
