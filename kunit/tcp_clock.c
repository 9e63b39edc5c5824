// SPDX-License-Identifier: GPL-2.0
/*
 * TCP's clocks in the hands of a test: see tcp_clock.h.
 */
#include <kunit/resource.h>

#include "tcp_clock.h"

#define AHEAD_S		3600

/**
 * struct held_clock - what the clocks show while they are held
 * @held: they are; otherwise they are the kernel's
 * @start_jiffies: jiffies at @start_ns
 * @start_ns: nanoseconds when they were stopped
 * @ns: nanoseconds now
 */
struct held_clock {
	bool held;
	unsigned long start_jiffies;
	u64 start_ns;
	u64 ns;
};

static struct held_clock clock;

u64 nst_tcp_clock_ns(void)
{
	return READ_ONCE(clock.held) ? READ_ONCE(clock.ns) : ktime_get_ns();
}

unsigned long nst_tcp_jiffies(void)
{
	if (!READ_ONCE(clock.held))
		return jiffies;
	return clock.start_jiffies +
	       div_u64(READ_ONCE(clock.ns) - clock.start_ns, TICK_NSEC);
}

time64_t nst_tcp_clock_seconds(void)
{
	return READ_ONCE(clock.held) ?
	       div_u64(READ_ONCE(clock.ns), NSEC_PER_SEC) : ktime_get_seconds();
}

static int clock_resource_init(struct kunit_resource *resource, void *context)
{
	u64 second = div_u64(ktime_get_ns(), NSEC_PER_SEC) + 1 + AHEAD_S;

	clock.start_ns = second * NSEC_PER_SEC;
	clock.start_jiffies = jiffies + AHEAD_S * HZ;
	clock.ns = clock.start_ns;
	WRITE_ONCE(clock.held, true);
	resource->data = &clock;
	return 0;
}

static void clock_resource_free(struct kunit_resource *resource)
{
	WRITE_ONCE(clock.held, false);
}

void nst_tcp_clock_hold(struct kunit *test)
{
	KUNIT_ASSERT_NOT_NULL(test, kunit_alloc_resource(test,
							 clock_resource_init,
							 clock_resource_free,
							 GFP_KERNEL, NULL));
}

void nst_tcp_clock_advance(u64 us)
{
	WRITE_ONCE(clock.ns, clock.ns + us * NSEC_PER_USEC);
}

u64 nst_tcp_clock_us_until(unsigned long when)
{
	u64 begin = clock.start_ns +
		    (u64)(when - clock.start_jiffies) * TICK_NSEC;

	if ((long)(when - nst_tcp_jiffies()) <= 0)
		return 0;
	return DIV_ROUND_UP_ULL(begin - clock.ns, NSEC_PER_USEC);
}
