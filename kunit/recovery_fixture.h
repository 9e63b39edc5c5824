/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A flight of segments whose fate a test decides: what the suites of loss
 * recovery share. Sequence numbers are relative; segment N, from 1, is octets
 * (N - 1) * 1000 + 1 to N * 1000.
 */
#ifndef NST_KUNIT_RECOVERY_FIXTURE_H
#define NST_KUNIT_RECOVERY_FIXTURE_H

#include "tcp_fixture.h"

#define NST_RECOVERY_RTT_US	(100 * USEC_PER_MSEC)
#define NST_RECOVERY_MSS	1000

/* First sequence number of segment @n. */
#define NST_SEGMENT_SEQ(n)	(((n) - 1) * NST_RECOVERY_MSS + 1)

/* A SACK block of segments @first to @last. */
#define NST_SEGMENTS(first, last) \
	{ NST_SEGMENT_SEQ(first), NST_SEGMENT_SEQ((last) + 1) }

/**
 * struct nst_flight - how a flight is made
 * @segments: how many are sent at once; cwnd is ten
 * @queued: how many wait behind them
 * @no_sack: the peer does not permit SACK
 * @ts: both sides send timestamps
 */
struct nst_flight {
	unsigned int segments;
	unsigned int queued;
	bool no_sack;
	bool ts;
};

/*
 * Connect to a peer 100 ms away and send. The segments have left; time has
 * not passed since.
 */
struct nst_tcp_test *nst_flight_start(struct kunit *test,
				      const struct nst_flight *flight);
#define nst_flight(test, ...) \
	nst_flight_start(test, &(struct nst_flight){ __VA_ARGS__ })

/* A pure ACK before segment @n, with blocks if any. */
#define nst_flight_ack(t, n) \
	nst_tcp_test_ack(t, NST_SEGMENT_SEQ(n))
#define nst_flight_sack(t, n, ...) \
	nst_tcp_test_in(t, NST_TCP_ACK, 1, NST_SEGMENT_SEQ(n), 0, \
			NST_TCP_SACK(__VA_ARGS__))

/* Segment @n comes next; more may follow. */
void nst_flight_expect_next(struct nst_tcp_test *t, unsigned int n);

/* Nothing but segment @n comes out now. */
void nst_flight_expect(struct nst_tcp_test *t, unsigned int n);

/* Segments @first to @last, and nothing else. */
void nst_flight_expect_range(struct nst_tcp_test *t, unsigned int first,
			     unsigned int last);

/* Nothing for @us, less two ticks; then segment @n within four. */
void nst_flight_expect_after(struct nst_tcp_test *t, u64 us, unsigned int n);

/* The retransmission time-out, now, whatever the timer is set for. */
void nst_flight_rto(struct nst_tcp_test *t);

/* The accounts of a connection agree with its queue. */
void nst_flight_expect_sound(struct nst_tcp_test *t);

/* Marks of the segment that holds the first octet of segment @n. */
u8 nst_flight_marks(const struct nst_tcp_test *t, unsigned int n);

/* A counter, by the end of its symbol. */
#define nst_flight_expect_count(t, symbol, count)			\
	KUNIT_EXPECT_EQ_MSG((t)->test,					\
			    nst_mib_read((t)->wire->stack,		\
					 NST_MIB_TCP_##symbol),		\
			    (unsigned long)(count), #symbol)

#endif /* NST_KUNIT_RECOVERY_FIXTURE_H */
