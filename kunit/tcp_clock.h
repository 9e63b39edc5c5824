/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TCP's clocks (netstack/transport/tcp/clock.h) in the hands of a test: they
 * stand still from nst_tcp_clock_hold() to the end of the test and move only
 * when told. All of them move together.
 *
 * They stand an hour ahead of the kernel's time. Timers set by them are far
 * from due for the kernel, so that none fires but by the test.
 */
#ifndef NST_KUNIT_TCP_CLOCK_H
#define NST_KUNIT_TCP_CLOCK_H

#include <kunit/test.h>

#include "../netstack/transport/tcp/clock.h"

/* Resolution of timers, microseconds. */
#define NST_TCP_CLOCK_TICK_US	(USEC_PER_SEC / HZ)

/* Hold the clocks, at the beginning of a second and of a jiffy. */
void nst_tcp_clock_hold(struct kunit *test);

/* Let @us microseconds pass. */
void nst_tcp_clock_advance(u64 us);

/* Microseconds until the jiffy @when begins; 0 if it has. */
u64 nst_tcp_clock_us_until(unsigned long when);

#endif /* NST_KUNIT_TCP_CLOCK_H */
