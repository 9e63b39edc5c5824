/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a stack of the suite fuzz lives through before packets are made wrong:
 * conversations by every protocol, whose frames are the corpus, and which stay
 * open in various states.
 */
#ifndef NST_KUNIT_FUZZ_TRAFFIC_H
#define NST_KUNIT_FUZZ_TRAFFIC_H

#include "forward_fixture.h"
#include "fuzz.h"
#include "tcp_fixture.h"

#define NST_FUZZ_HEALTH_PORT	81	/* no conversation is with it */

/**
 * struct nst_fuzz_traffic - a stack with something on
 * @test: running test
 * @forward: its links
 * @wire: the one that the test is at the other end of
 * @fixture: test->priv of the links' fixture; the connections' is there while
 *	the traffic lasts
 * @tcp: connections over IPv4; the first is established
 * @tcp6: the same over IPv6
 * @udp: sockets on port 4000, for each family
 * @health: listeners on NST_FUZZ_HEALTH_PORT, for each family
 */
struct nst_fuzz_traffic {
	struct kunit *test;
	struct forward *forward;
	struct nst_wire *wire;
	void *fixture;
	struct nst_tcp_test *tcp;
	struct nst_tcp_test *tcp6;
	struct socket *udp[2];
	struct socket *health[2];
};

/**
 * nst_fuzz_traffic_begin() - make a stack and let it talk
 * @test: running test
 * @traffic: zeroed; what is there
 * @corpus: takes what was said
 * @seed: an odd one makes a router, an even one a host
 */
void nst_fuzz_traffic_begin(struct kunit *test,
			    struct nst_fuzz_traffic *traffic,
			    struct nst_fuzz_corpus *corpus, u32 seed);

/*
 * The programs read what has come, take connections, and send a little; timers
 * that are due in @ms milliseconds fire.
 */
void nst_fuzz_traffic_go_on(struct nst_fuzz_traffic *traffic, unsigned int ms);

/* To be called before the test's resources go; also after a failure. */
void nst_fuzz_traffic_end(struct nst_fuzz_traffic *traffic);

#endif /* NST_KUNIT_FUZZ_TRAFFIC_H */
