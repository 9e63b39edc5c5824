// SPDX-License-Identifier: GPL-2.0
/*
 * How large a super-segment may be: nst_tcp_burst_size() of mss.c, seen on a
 * wire that takes super-packets.
 */
#include "tcp_fixture.h"

#define FAR_US		(1000 * USEC_PER_MSEC)
#define GOAL		32	/* segments: half of the peer's window */

/* A rate of @bytes in 2^-10 s. */
#define RATE(bytes)	((bytes) * 1024UL)

static void set_path(struct nst_tcp_test *t, unsigned long rate, u32 min_rtt_us)
{
	WRITE_ONCE(t->sk->sk_pacing_rate, rate);
	t->tp->min_rtt_us = min_rtt_us;
	t->tp->cwnd = 100;
}

static struct nst_tcp_test *begin(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->wire->stack->config.tcp_min_tso_segs = 2;
	t->wire->link->features = NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_TSO;
	nst_tcp_test_offer(t, .mss = 1000, .sack_ok = true);
	nst_tcp_test_establish(t);
	WRITE_ONCE(t->sk->sk_sndbuf, 1 << 20);
	return t;
}

/* One write of @count segments leaves in bursts of @burst; it is acknowledged. */
static void expect_bursts(struct nst_tcp_test *t, u32 *seq, u32 count,
			  u32 burst)
{
	u32 len = count * 1000, sent;

	KUNIT_ASSERT_EQ(t->test, nst_tcp_test_send(t, len, 0), (int)len);
	/* PSH ends what is more than a segment. */
	for (sent = 0; len - sent > burst * 1000; sent += burst * 1000)
		nst_tcp_test_out(t, NST_TCP_ACK |
				    (burst > 1 ? NST_TCP_PSH : 0),
				 *seq + sent, 1, burst * 1000);
	nst_tcp_test_expect_push(t, *seq + sent, len - sent);
	nst_wire_expect_nothing(t->wire);
	*seq += len;
	nst_tcp_test_ack(t, *seq);
}

struct row {
	unsigned long rate;
	u32 min_rtt_us;
	u32 burst;
};

static const struct row rows[] = {
	/* A path so long that only the rate counts: 2^-10 s of it. */
	{ RATE(5000), FAR_US, 5 },
	{ RATE(5000) - 1, FAR_US, 4 },
	{ RATE(9999), FAR_US, 9 },
	/* tcp_min_tso_segs */
	{ RATE(1999), FAR_US, 2 },
	{ RATE(1), FAR_US, 2 },
	{ 0, FAR_US, 2 },
	/* As much as a buffer holds. */
	{ RATE(32000), FAR_US, GOAL },
	{ ~0UL, FAR_US, GOAL },
	/* No round trip is known yet. */
	{ RATE(5000), ~0U, 5 },
	/* 65535 bytes more, halved for each 512 us. */
	{ RATE(5000), 0, GOAL },
	{ RATE(5000), 511, GOAL },
	{ RATE(5000), 2 * 512, 5 + 16 },
	{ RATE(5000), 3 * 512 - 1, 5 + 16 },
	{ RATE(5000), 3 * 512, 5 + 8 },
	{ RATE(5000), 6 * 512, 5 + 1 },
	{ RATE(5000), 7 * 512, 5 },
	{ 0, 3 * 512, 8 },
	/* One bit short of a shift that C does not define. */
	{ RATE(5000), 31 * 512, 5 },
	{ RATE(5000), 32 * 512, 5 },
};

static void burst__follows_rate_and_round_trip(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test);
	const struct row *row;
	unsigned int i;
	u32 seq = 1;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		row = &rows[i];
		kunit_info(test, "row %u\n", i);
		set_path(t, row->rate, row->min_rtt_us);
		expect_bursts(t, &seq, min(3 * row->burst, 32U), row->burst);
	}
}

static void burst__follows_the_tunables(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test);
	struct nst_config *config = &t->wire->stack->config;
	u32 seq = 1;

	config->tcp_min_tso_segs = 4;
	set_path(t, RATE(1000), FAR_US);
	expect_bursts(t, &seq, 12, 4);
	config->tcp_min_tso_segs = 65535;
	set_path(t, RATE(1000), FAR_US);
	expect_bursts(t, &seq, 32, GOAL);
	config->tcp_min_tso_segs = 1;
	set_path(t, RATE(1000), FAR_US);
	expect_bursts(t, &seq, 3, 1);

	/* 2^12 us are four times 1024. */
	config->tcp_tso_rtt_log = 10;
	set_path(t, RATE(1000), 4096);
	expect_bursts(t, &seq, 15, 5);
	config->tcp_tso_rtt_log = 31;
	set_path(t, RATE(1000), FAR_US);
	expect_bursts(t, &seq, 32, GOAL);
	/* 0: off, however near the peer is. */
	config->tcp_tso_rtt_log = 0;
	set_path(t, RATE(3000), 0);
	expect_bursts(t, &seq, 9, 3);
}

/* SO_MAX_PACING_RATE's shift, as a device's driver may set it. */
static void burst__is_longer_by_the_sockets_shift(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test);
	u32 seq = 1;

	sk_pacing_shift_update(t->sk, 8);
	set_path(t, RATE(2000), FAR_US);
	expect_bursts(t, &seq, 16, 8);
}

static u32 three_segments(const struct nst_tcp_sock *tp)
{
	return 3;
}

static void burst__least_is_the_controllers(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test);
	struct nst_congestion_ops ops = *t->tp->ca_ops;
	const struct nst_congestion_ops *own = t->tp->ca_ops;
	u32 seq = 1;

	ops.min_tso_segs = three_segments;
	t->wire->stack->config.tcp_min_tso_segs = 20;
	t->tp->ca_ops = &ops;
	set_path(t, RATE(1000), FAR_US);
	expect_bursts(t, &seq, 9, 3);
	t->tp->ca_ops = own;
}

/* 1.2 Mbit/s are 150000 bytes a second. */
static void burst__least_of_bbr_is_one_segment_at_low_rates(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	WRITE_ONCE(t->sk->sk_pacing_rate, 149999);
	KUNIT_EXPECT_EQ(test, nst_bbr.min_tso_segs(t->tp), 1U);
	WRITE_ONCE(t->sk->sk_pacing_rate, 150000);
	KUNIT_EXPECT_EQ(test, nst_bbr.min_tso_segs(t->tp), 2U);
}

/* A device that takes single segments gets them, whatever the rate. */
static void burst__is_one_segment_without_gso(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test);
	u32 seq = 1, i;

	WRITE_ONCE(t->wire->link->gso_max_segs, 1);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		set_path(t, rows[i].rate, rows[i].min_rtt_us);
		expect_bursts(t, &seq, 3, 1);
	}
}

/* Without offloads the wire sees single segments, all of them at once. */
static void burst__is_cut_by_the_stack_for_a_plain_device(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test);
	u32 seq = 1, i;

	t->wire->link->features = 0;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		u32 n, burst = min(rows[i].burst, 6U);

		set_path(t, rows[i].rate, rows[i].min_rtt_us);
		nst_tcp_test_send(t, 6000, 0);
		for (n = 1; n <= 6; n++, seq += 1000)
			nst_tcp_test_out(t, NST_TCP_ACK |
					    ((burst > 1 && n % burst == 0) ||
					     n == 6 ? NST_TCP_PSH : 0),
					 seq, 1, 1000);
		nst_wire_expect_nothing(t->wire);
		nst_tcp_test_ack(t, seq);
	}
}

/* What is sent again leaves in bursts of the same size. */
static void burst__bounds_retransmissions_too(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test);
	u32 seq = 1;

	/* The rate follows the round trip, which is of no length here. */
	t->wire->stack->config.tcp_tso_rtt_log = 0;
	t->wire->stack->config.tcp_min_tso_segs = 4;
	set_path(t, ~0UL, FAR_US);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 20000, MSG_EOR), 20000);
	nst_tcp_test_expect_push(t, seq, 20000);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 20000, 0), 20000);
	nst_tcp_test_expect_push(t, 20001, 20000);
	WRITE_ONCE(t->sk->sk_max_pacing_rate, RATE(1000));
	nst_tcp_test_in(t, NST_TCP_ACK, 1, 1, 0,
			NST_TCP_SACK({ 30001, 40001 }));
	KUNIT_EXPECT_GT(test, t->tp->lost_out, 0U);
	nst_tcp_test_expect_push(t, 1, 4000);
	nst_tcp_test_expect_push(t, 4001, 4000);
}

/* In a burst of ACKs the segments of one wait for those of the next. */
static void burst__is_waited_for_among_acks(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test);

	t->rtt_us = 100000;
	t->tp->srtt_us = 100000 << 3;
	set_path(t, 1, 100000);
	t->tp->cwnd = 10;
	nst_tcp_test_send(t, 20000, 0);
	nst_wire_discard(t->wire);
	KUNIT_ASSERT_EQ(test, t->tp->packets_out, 10U);
	t->tp->ssthresh = 10;
	nst_tcp_test_wait(t, 100000);
	/* Long after the last write: at once. */
	nst_tcp_test_ack(t, 1001);
	nst_tcp_test_expect_data(t, 10001, 1000);
	nst_tcp_test_ack(t, 2001);
	nst_wire_expect_nothing(t->wire);
	nst_tcp_test_ack(t, 3001);
	nst_tcp_test_expect_push(t, 11001, 2000);
	nst_wire_expect_nothing(t->wire);
}

/* The window takes one segment more: does it leave at once? */
static bool one_more_waits(struct nst_tcp_test *t, u32 srtt_us)
{
	u32 snd_nxt = t->tp->snd_nxt;

	t->tp->srtt_us = srtt_us << 3;
	nst_tcp_test_send(t, 1000, 0);
	if (t->tp->snd_nxt == snd_nxt) {
		nst_wire_expect_nothing(t->wire);
		return true;
	}
	KUNIT_EXPECT_EQ(t->test, t->tp->snd_nxt, snd_nxt + 1000);
	nst_wire_discard(t->wire);
	return false;
}

/*
 * On a long path the head of a flight is old although its ACK is far: a
 * segment that waited for it would miss a good part of a round trip.
 */
static void burst__is_not_waited_for_long(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test);

	t->rtt_us = 100000;
	t->tp->srtt_us = 100000 << 3;
	set_path(t, 1, 100000);
	t->tp->cwnd = 10;
	t->tp->ssthresh = 10;
	nst_tcp_test_send(t, 20000, 0);
	nst_wire_discard(t->wire);
	nst_tcp_test_wait(t, 100000);
	nst_tcp_test_ack(t, 2001);
	nst_tcp_test_expect_push(t, 10001, 2000);
	nst_wire_expect_nothing(t->wire);

	t->tp->cwnd = 11;
	KUNIT_EXPECT_TRUE(test, one_more_waits(t, 60000));
	KUNIT_EXPECT_TRUE(test, one_more_waits(t, 100000));
	/* A millisecond, and no more. */
	KUNIT_EXPECT_TRUE(test, one_more_waits(t, 101000));
	KUNIT_EXPECT_FALSE(test, one_more_waits(t, 101001));
}

/* Where a round trip is short, half of it. */
static void burst__is_waited_for_half_a_short_round_trip(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test);

	t->rtt_us = 800;
	t->tp->srtt_us = 800 << 3;
	set_path(t, 1, 100000);
	t->tp->cwnd = 10;
	nst_tcp_test_send(t, 20000, 0);
	nst_wire_discard(t->wire);
	nst_tcp_test_wait(t, 400);

	t->tp->cwnd = 11;
	KUNIT_EXPECT_TRUE(test, one_more_waits(t, 400));
	KUNIT_EXPECT_TRUE(test, one_more_waits(t, 800));
	KUNIT_EXPECT_FALSE(test, one_more_waits(t, 802));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(burst__follows_rate_and_round_trip),
	KUNIT_CASE(burst__follows_the_tunables),
	KUNIT_CASE(burst__is_longer_by_the_sockets_shift),
	KUNIT_CASE(burst__least_is_the_controllers),
	KUNIT_CASE(burst__least_of_bbr_is_one_segment_at_low_rates),
	KUNIT_CASE(burst__is_one_segment_without_gso),
	KUNIT_CASE(burst__is_cut_by_the_stack_for_a_plain_device),
	KUNIT_CASE(burst__bounds_retransmissions_too),
	KUNIT_CASE(burst__is_waited_for_among_acks),
	KUNIT_CASE(burst__is_not_waited_for_long),
	KUNIT_CASE(burst__is_waited_for_half_a_short_round_trip),
	{}
};

static struct kunit_suite suite = {
	.name = "netstack_tcp_burst",
	.init = nst_tcp_test_init,
	.test_cases = cases,
};

kunit_test_suite(suite);
