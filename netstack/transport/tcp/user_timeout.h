/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The user timeout (RFC 5482), user_timeout.c.
 */
#ifndef NST_TCP_USER_TIMEOUT_H
#define NST_TCP_USER_TIMEOUT_H

#include <linux/types.h>

struct nst_tcp_sock;
struct sock;

u16 nst_tcp_user_timeout_encode(u32 ms);
u32 nst_tcp_user_timeout_decode(u16 field);
void nst_tcp_user_timeout_take(struct nst_tcp_sock *tp, u16 field);
u32 nst_tcp_user_timeout(const struct nst_tcp_sock *tp);
u16 nst_tcp_user_timeout_advertised(const struct nst_tcp_sock *tp);
void nst_tcp_user_timeout_changed(struct sock *sk);
unsigned int nst_tcp_user_timeout_write(struct nst_tcp_sock *tp, __be32 *ptr);

#endif /* NST_TCP_USER_TIMEOUT_H */
