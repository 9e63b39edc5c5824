/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a sender spends its time on: nothing, or data to deliver, and then
 * whether the peer's window or the send buffer held it up. TCP_INFO tells of
 * it (tcpi_busy_time, tcpi_rwnd_limited, tcpi_sndbuf_limited).
 */
#ifndef NST_TCP_CHRONO_H
#define NST_TCP_CHRONO_H

#include <linux/types.h>

struct nst_tcp_sock;

/**
 * enum nst_tcp_pursuit - what a sender is at
 * @NST_TCP_IDLE: all that was written is acknowledged
 * @NST_TCP_BUSY: data is queued or in flight
 * @NST_TCP_RWND_LIMITED: the peer's window does not admit what is queued
 * @NST_TCP_SNDBUF_LIMITED: all is sent and there would be room for more in the
 *	congestion window, but a program waits for the send buffer
 * @NST_TCP_PURSUITS: how many there are
 */
enum nst_tcp_pursuit {
	NST_TCP_IDLE,
	NST_TCP_BUSY,
	NST_TCP_RWND_LIMITED,
	NST_TCP_SNDBUF_LIMITED,
	NST_TCP_PURSUITS
};

/**
 * struct nst_tcp_chrono - times of a connection, microseconds
 * @since: when @pursuit began
 * @spent: on each pursuit but the first, the present spell not counted
 * @pursuit: enum nst_tcp_pursuit
 */
struct nst_tcp_chrono {
	u64 since;
	u64 spent[NST_TCP_PURSUITS - 1];
	u8 pursuit;
};

void __nst_tcp_chrono_switch(struct nst_tcp_sock *tp, u8 pursuit);
u64 nst_tcp_chrono_spent(const struct nst_tcp_sock *tp, u8 pursuit);

#endif /* NST_TCP_CHRONO_H */
