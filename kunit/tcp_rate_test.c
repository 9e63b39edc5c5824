// SPDX-License-Identifier: GPL-2.0
/*
 * Delivery rate samples (draft-ietf-ccwg-bbr-06 4.1): segments are sent and
 * acknowledged at given times.
 */
#include "congestion_fixture.h"

#define MS	1000U

struct rate_test {
	struct kunit *test;
	struct nst_tcp_sock *tp;
	struct sk_buff *segment[32];
	unsigned int sent;
	struct nst_tcp_acked acked;
	u64 start;
};

static struct rate_test *begin(struct kunit *test)
{
	struct rate_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->test = test;
	t->tp = nst_congestion_test_connection(test, "reno");
	t->tp->min_rtt_us = 1 * MS;
	t->start = t->tp->mstamp;
	return t;
}

static void at(struct rate_test *t, u32 us)
{
	t->tp->mstamp = t->start + us;
}

/* A segment of 1000 bytes leaves now; again if it is there already. */
static void transmit(struct rate_test *t, unsigned int i)
{
	struct nst_tcp_cb *cb;

	if (!t->segment[i]) {
		t->segment[i] = kunit_kzalloc(t->test, sizeof(struct sk_buff),
					      GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(t->test, t->segment[i]);
		cb = nst_tcp_cb(t->segment[i]);
		cb->seq = 1 + i * 1000;
		cb->end_seq = cb->seq + 1000;
		cb->gso_segs = 1;
	} else {
		nst_tcp_cb(t->segment[i])->sent |= NST_TCP_SENT_EVER_RETRANS;
		t->tp->packets_out--;
	}
	t->segment[i]->skb_mstamp_ns = t->tp->mstamp * NSEC_PER_USEC;
	nst_rate_sent(t->tp, t->segment[i]);
	t->tp->packets_out++;
	t->tp->snd_nxt = 1 + (i + 1) * 1000;
}

/* An acknowledgment now of segments @first to @last. */
static const struct nst_rate_sample *acknowledge(struct rate_test *t,
						 unsigned int first,
						 unsigned int last, u32 lost)
{
	unsigned int i;

	t->acked = (struct nst_tcp_acked) { .rtt_us = -1 };
	for (i = first; i <= last; i++) {
		t->acked.delivered++;
		nst_rate_delivered(t->tp, t->segment[i], &t->acked.rate);
	}
	t->tp->packets_out -= t->acked.delivered;
	t->tp->delivered += t->acked.delivered;
	t->tp->lost += lost;
	t->acked.lost = lost;
	nst_rate_generate(t->tp, &t->acked);
	return &t->acked.rate;
}

static void rate__counts_what_was_delivered_meanwhile(struct kunit *test)
{
	const struct nst_rate_sample *rs;
	struct rate_test *t = begin(test);
	unsigned int i;

	for (i = 0; i < 10; i++)
		transmit(t, i);
	/* An ACK each 10 ms from 100 ms on. */
	for (i = 0; i < 10; i++) {
		at(t, 100 * MS + i * 10 * MS);
		rs = acknowledge(t, i, i, 0);
		KUNIT_EXPECT_TRUE(test, rs->valid);
		KUNIT_EXPECT_EQ(test, rs->delivered, i + 1);
		KUNIT_EXPECT_EQ(test, rs->interval_us, (100 + i * 10) * MS);
		KUNIT_EXPECT_EQ(test, rs->rtt_us, (100 + i * 10) * MS);
		transmit(t, 10 + i);
	}
	/* A round trip later the pipe is full: a segment each 10 ms. */
	at(t, 200 * MS);
	rs = acknowledge(t, 10, 10, 0);
	KUNIT_EXPECT_EQ(test, rs->prior_delivered, 1U);
	KUNIT_EXPECT_EQ(test, rs->delivered, 10U);
	KUNIT_EXPECT_EQ(test, rs->interval_us, 100 * MS);
	KUNIT_EXPECT_EQ(test, nst_rate_bytes_per_second(t->tp), 100000ULL);
}

/* 4.1.1.2.4: data cannot be delivered faster than it is sent. */
static void rate__is_no_higher_than_that_of_sending(struct kunit *test)
{
	const struct nst_rate_sample *rs;
	struct rate_test *t = begin(test);
	unsigned int i;

	transmit(t, 0);
	at(t, 10 * MS);
	acknowledge(t, 0, 0, 0);
	/* Ten segments over 90 ms; the ACKs come all at once. */
	for (i = 1; i <= 10; i++) {
		at(t, 10 * MS + (i - 1) * 10 * MS);
		transmit(t, i);
	}
	at(t, 101 * MS);
	acknowledge(t, 1, 5, 0);
	rs = acknowledge(t, 6, 10, 0);
	/* Segment 10's flight began with what segment 5 had followed. */
	KUNIT_EXPECT_EQ(test, rs->delivered, 10U);
	KUNIT_EXPECT_EQ(test, rs->send_us, 90 * MS);
	KUNIT_EXPECT_EQ(test, rs->interval_us, 91 * MS);
}

/* 4.1.2.3 IsNewestPacket() */
static void rate__newest_segment_counts(struct kunit *test)
{
	const struct nst_rate_sample *rs;
	struct rate_test *t = begin(test);

	transmit(t, 0);
	transmit(t, 1);
	at(t, 20 * MS);
	/* The first again: it is the newest now. */
	transmit(t, 0);
	at(t, 50 * MS);
	rs = acknowledge(t, 0, 1, 0);
	KUNIT_EXPECT_EQ(test, rs->last_end_seq, 1001U);
	KUNIT_EXPECT_TRUE(test, rs->is_retrans);
	KUNIT_EXPECT_EQ(test, rs->rtt_us, 30 * MS);
	/* Of those sent at once it is the last. */
	transmit(t, 2);
	transmit(t, 3);
	at(t, 90 * MS);
	rs = acknowledge(t, 2, 3, 0);
	KUNIT_EXPECT_EQ(test, rs->last_end_seq, 4001U);
	KUNIT_EXPECT_FALSE(test, rs->is_retrans);
}

/* 4.1.2.3: the ACK of a first transmission, which had been sent again. */
static void rate__shorter_than_a_round_trip_is_void(struct kunit *test)
{
	const struct nst_rate_sample *rs;
	struct rate_test *t = begin(test);

	t->tp->min_rtt_us = 40 * MS;
	transmit(t, 0);
	at(t, 30 * MS);
	rs = acknowledge(t, 0, 0, 0);
	KUNIT_EXPECT_TRUE(test, rs->valid);
	KUNIT_EXPECT_EQ(test, rs->interval_us, 0U);
	KUNIT_EXPECT_EQ(test, nst_rate_bytes_per_second(t->tp), 0ULL);
	/* And an ACK that delivers nothing says nothing. */
	t->acked = (struct nst_tcp_acked) { .rtt_us = -1 };
	nst_rate_generate(t->tp, &t->acked);
	KUNIT_EXPECT_FALSE(test, t->acked.rate.valid);
}

/* 4.1.2.4: from the idle moment until the bubble has left the pipe. */
static void rate__tells_what_the_application_limited(struct kunit *test)
{
	const struct nst_rate_sample *rs;
	struct rate_test *t = begin(test);
	struct nst_tcp_sock *tp = t->tp;

	transmit(t, 0);
	transmit(t, 1);
	tp->write_seq = tp->snd_nxt;
	nst_rate_check_app_limited((struct sock *)tp);
	KUNIT_EXPECT_EQ(test, tp->app_limited, 2U);
	at(t, 10 * MS);
	rs = acknowledge(t, 0, 0, 0);
	KUNIT_EXPECT_FALSE(test, rs->is_app_limited);
	transmit(t, 2);
	at(t, 20 * MS);
	acknowledge(t, 1, 1, 0);
	KUNIT_EXPECT_EQ(test, tp->app_limited, 2U);
	transmit(t, 3);
	at(t, 30 * MS);
	rs = acknowledge(t, 2, 2, 0);
	KUNIT_EXPECT_TRUE(test, rs->is_app_limited);
	KUNIT_EXPECT_EQ(test, tp->app_limited, 0U);
	transmit(t, 4);
	at(t, 40 * MS);
	rs = acknowledge(t, 3, 4, 0);
	KUNIT_EXPECT_FALSE(test, rs->is_app_limited);
}

static void rate__is_not_limited_while_anything_waits(struct kunit *test)
{
	struct rate_test *t = begin(test);
	struct nst_tcp_sock *tp = t->tp;
	struct sock *sk = (struct sock *)tp;

	/* A segment waits. */
	tp->write_seq = tp->snd_nxt + tp->mss_cache;
	nst_rate_check_app_limited(sk);
	KUNIT_EXPECT_EQ(test, tp->app_limited, 0U);
	/* The window is full. */
	tp->write_seq = tp->snd_nxt;
	tp->packets_out = tp->cwnd;
	nst_rate_check_app_limited(sk);
	KUNIT_EXPECT_EQ(test, tp->app_limited, 0U);
	/* Something is to be sent again. */
	tp->packets_out = 5;
	tp->lost_out = 2;
	tp->retrans_out = 1;
	nst_rate_check_app_limited(sk);
	KUNIT_EXPECT_EQ(test, tp->app_limited, 0U);
	tp->retrans_out = 2;
	nst_rate_check_app_limited(sk);
	KUNIT_EXPECT_EQ(test, tp->app_limited, 5U);
}

/* What the network limited is told, until the application does better. */
static void rate__remembers_the_higher_rate(struct kunit *test)
{
	struct rate_test *t = begin(test);
	struct nst_tcp_sock *tp = t->tp;

	transmit(t, 0);
	transmit(t, 1);
	at(t, 10 * MS);
	acknowledge(t, 0, 1, 0);
	KUNIT_EXPECT_EQ(test, nst_rate_bytes_per_second(tp), 200000ULL);
	KUNIT_EXPECT_FALSE(test, tp->rate_app_limited);
	nst_rate_mark_app_limited(tp);
	transmit(t, 2);
	at(t, 20 * MS);
	acknowledge(t, 2, 2, 0);
	KUNIT_EXPECT_EQ(test, nst_rate_bytes_per_second(tp), 200000ULL);
	nst_rate_mark_app_limited(tp);
	transmit(t, 3);
	transmit(t, 4);
	transmit(t, 5);
	at(t, 30 * MS);
	acknowledge(t, 3, 5, 0);
	KUNIT_EXPECT_EQ(test, nst_rate_bytes_per_second(tp), 300000ULL);
	KUNIT_EXPECT_TRUE(test, tp->rate_app_limited);
}

/* What BBR asks: how much was in flight, and what was lost since then. */
static void rate__tells_flight_and_losses(struct kunit *test)
{
	const struct nst_rate_sample *rs;
	struct rate_test *t = begin(test);
	struct nst_tcp_sock *tp = t->tp;

	tp->lost = 0xfffe;
	transmit(t, 0);
	transmit(t, 1);
	transmit(t, 2);
	tp->lost += 3;
	at(t, 10 * MS);
	rs = acknowledge(t, 1, 1, 1);
	KUNIT_EXPECT_EQ(test, rs->tx_in_flight, 2U);
	KUNIT_EXPECT_EQ(test, rs->lost, 4U);
	/* Beyond 16 bits it is at least that much. */
	tp->packets_out = 100000;
	transmit(t, 3);
	at(t, 30 * MS);
	rs = acknowledge(t, 3, 3, 0);
	KUNIT_EXPECT_EQ(test, rs->tx_in_flight, (u32)U16_MAX);
	KUNIT_EXPECT_EQ(test, rs->lost, 0U);
}

/* Clocks and counts may turn over. */
static void rate__survives_wrapping(struct kunit *test)
{
	const struct nst_rate_sample *rs;
	struct rate_test *t = begin(test);

	t->tp->delivered = ~0U;
	t->start = U32_MAX - 5 * MS;
	at(t, 0);
	transmit(t, 0);
	transmit(t, 1);
	at(t, 10 * MS);
	rs = acknowledge(t, 0, 1, 0);
	KUNIT_EXPECT_EQ(test, rs->delivered, 2U);
	KUNIT_EXPECT_EQ(test, rs->interval_us, 10 * MS);
}

static struct kunit_case rate_cases[] = {
	KUNIT_CASE(rate__counts_what_was_delivered_meanwhile),
	KUNIT_CASE(rate__is_no_higher_than_that_of_sending),
	KUNIT_CASE(rate__newest_segment_counts),
	KUNIT_CASE(rate__shorter_than_a_round_trip_is_void),
	KUNIT_CASE(rate__tells_what_the_application_limited),
	KUNIT_CASE(rate__is_not_limited_while_anything_waits),
	KUNIT_CASE(rate__remembers_the_higher_rate),
	KUNIT_CASE(rate__tells_flight_and_losses),
	KUNIT_CASE(rate__survives_wrapping),
	{}
};

static struct kunit_suite rate_suite = {
	.name = "netstack_tcp_rate",
	.test_cases = rate_cases,
};

kunit_test_suite(rate_suite);
