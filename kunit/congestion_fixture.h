/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A connection as a congestion controller sees it, without segments: the
 * test plays the acknowledgments by their numbers.
 */
#ifndef NST_KUNIT_CONGESTION_FIXTURE_H
#define NST_KUNIT_CONGESTION_FIXTURE_H

#include <kunit/test.h>

#include "../netstack/transport/tcp/tcp.h"

/**
 * nst_congestion_test_connection() - a connection with a controller begun
 * @test: running test; makes its wire, so once in a test
 * @name: controller
 *
 * cwnd is 10, ssthresh infinite, the clock at one second, MSS 1000 bytes, the
 * round trip 100 ms. Nothing is in flight.
 */
struct nst_tcp_sock *nst_congestion_test_connection(struct kunit *test,
						    const char *name);

/* Time passes. */
void nst_congestion_test_wait(struct nst_tcp_sock *tp, u64 us);

/*
 * A window of acknowledgments, one for each segment of a window that is
 * used up, evenly over a round trip of @rtt_us.
 */
void nst_congestion_test_round(struct nst_tcp_sock *tp, u32 rtt_us);

#endif /* NST_KUNIT_CONGESTION_FIXTURE_H */
