/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The clocks of TCP: nanoseconds and what is derived of them for round trips
 * and timestamps, jiffies for timers, seconds for ages. Nothing in this
 * folder reads time elsewhere, so that unit tests can hold it still.
 */
#ifndef NST_TCP_CLOCK_H
#define NST_TCP_CLOCK_H

#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/timekeeping.h>

#ifdef NETSTACK_KUNIT
/* kunit/tcp_clock.c */
u64 nst_tcp_clock_ns(void);
unsigned long nst_tcp_jiffies(void);
time64_t nst_tcp_clock_seconds(void);
#else
static inline u64 nst_tcp_clock_ns(void)
{
	return ktime_get_ns();
}

static inline unsigned long nst_tcp_jiffies(void)
{
	return jiffies;
}

static inline time64_t nst_tcp_clock_seconds(void)
{
	return ktime_get_seconds();
}
#endif

static inline u64 nst_tcp_clock_us(void)
{
	return div_u64(nst_tcp_clock_ns(), NSEC_PER_USEC);
}

static inline u32 nst_tcp_clock_ms(void)
{
	return (u32)div_u64(nst_tcp_clock_ns(), NSEC_PER_MSEC);
}

#endif /* NST_TCP_CLOCK_H */
