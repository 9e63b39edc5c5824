// SPDX-License-Identifier: GPL-2.0
/*
 * Round trip and retransmission time-out (RFC 6298): the numbers.
 */
#include <kunit/test.h>

#include "../netstack/transport/tcp/tcp.h"

static struct nst_tcp_sock *connection(struct kunit *test)
{
	struct nst_tcp_sock *tp = kunit_kzalloc(test, sizeof(*tp), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, tp);
	nst_tcp_rtt_init(tp);
	return tp;
}

static void rtt_init__starts_with_one_second(struct kunit *test)
{
	struct nst_tcp_sock *tp = connection(test);

	KUNIT_EXPECT_EQ(test, tp->rto, (u32)HZ);
	KUNIT_EXPECT_EQ(test, tp->srtt_us, 0U);
	KUNIT_EXPECT_EQ(test, tp->min_rtt_us, ~0U);
}

static void rtt_sample__first_is_taken_whole(struct kunit *test)
{
	struct nst_tcp_sock *tp = connection(test);

	nst_tcp_rtt_sample(tp, 300 * 1000);
	/* RFC 6298 2.2: SRTT = R, RTTVAR = R/2, RTO = SRTT + 4 * RTTVAR */
	KUNIT_EXPECT_EQ(test, tp->srtt_us >> 3, 300000U);
	KUNIT_EXPECT_EQ(test, tp->mdev_us, 600000U);
	KUNIT_EXPECT_EQ(test, tp->rto, (u32)usecs_to_jiffies(900000));
	KUNIT_EXPECT_EQ(test, tp->min_rtt_us, 300000U);
}

static void rtt_sample__deviation_has_a_floor_of_200_ms(struct kunit *test)
{
	struct nst_tcp_sock *tp = connection(test);
	unsigned int i;

	nst_tcp_rtt_sample(tp, 1000);
	KUNIT_EXPECT_EQ(test, tp->rto, (u32)usecs_to_jiffies(201000));
	for (i = 0; i < 100; i++)
		nst_tcp_rtt_sample(tp, 1000);
	KUNIT_EXPECT_EQ(test, tp->srtt_us >> 3, 1000U);
	KUNIT_EXPECT_EQ(test, tp->rto, (u32)usecs_to_jiffies(201000));
}

static void rtt_sample__smooths_by_an_eighth(struct kunit *test)
{
	struct nst_tcp_sock *tp = connection(test);

	nst_tcp_rtt_sample(tp, 80000);
	nst_tcp_rtt_sample(tp, 160000);
	KUNIT_EXPECT_EQ(test, tp->srtt_us >> 3, 90000U);
	/* mdev = 3/4 * 40000 + 1/4 * 80000, kept four times */
	KUNIT_EXPECT_EQ(test, tp->mdev_us, 200000U);
}

static void rtt_sample__a_drop_widens_the_deviation_less(struct kunit *test)
{
	struct nst_tcp_sock *up = connection(test);
	struct nst_tcp_sock *down = connection(test);

	nst_tcp_rtt_sample(up, 100000);
	nst_tcp_rtt_sample(down, 100000);
	up->mdev_us = 4000;
	down->mdev_us = 4000;
	nst_tcp_rtt_sample(up, 150000);
	nst_tcp_rtt_sample(down, 50000);
	KUNIT_EXPECT_EQ(test, up->mdev_us, 4000U + 49000U);
	KUNIT_EXPECT_EQ(test, down->mdev_us, 4000U + 49000U / 8);
}

static void rtt_sample__deviation_falls_once_a_round(struct kunit *test)
{
	struct nst_tcp_sock *tp = connection(test);
	u32 rttvar;

	tp->snd_nxt = 1000;
	nst_tcp_rtt_sample(tp, 400000);
	rttvar = tp->rttvar_us;
	KUNIT_ASSERT_GT(test, rttvar, 200000U);
	tp->mdev_max_us = 200000;
	tp->mdev_us = 0;

	nst_tcp_rtt_sample(tp, 400000);
	KUNIT_EXPECT_EQ(test, tp->rttvar_us, rttvar);
	tp->snd_una = 1001;
	tp->snd_nxt = 2000;
	nst_tcp_rtt_sample(tp, 400000);
	KUNIT_EXPECT_EQ(test, tp->rttvar_us, rttvar - (rttvar - 200000) / 4);
	KUNIT_EXPECT_EQ(test, tp->rtt_seq, 2000U);
}

static void rtt_sample__ends_the_back_off(struct kunit *test)
{
	struct nst_tcp_sock *tp = connection(test);

	nst_tcp_rtt_sample(tp, 10000);
	tp->rto <<= 4;
	tp->backoff = 4;
	nst_tcp_rtt_sample(tp, 10000);
	KUNIT_EXPECT_EQ(test, tp->backoff, 0);
	KUNIT_EXPECT_EQ(test, tp->rto, (u32)usecs_to_jiffies(210000));
}

static void rtt_sample__is_bounded(struct kunit *test)
{
	struct nst_tcp_sock *tp = connection(test);

	nst_tcp_rtt_sample(tp, 0);
	KUNIT_EXPECT_EQ(test, tp->srtt_us, 8U);
	KUNIT_EXPECT_EQ(test, tp->min_rtt_us, 1U);

	nst_tcp_rtt_init(tp);
	nst_tcp_rtt_sample(tp, U32_MAX);
	nst_tcp_rtt_sample(tp, U32_MAX);
	KUNIT_EXPECT_EQ(test, tp->rto, (u32)NST_TCP_RTO_MAX);
	nst_tcp_rtt_sample(tp, 1);
	KUNIT_EXPECT_LE(test, tp->rto, (u32)NST_TCP_RTO_MAX);
	KUNIT_EXPECT_GT(test, tp->srtt_us, 0U);
}

/* RFC 8985 6.2 step 1: the least of the last five minutes, not of ever. */
static void rtt_sample__minimum_is_forgotten(struct kunit *test)
{
	struct nst_tcp_sock *tp = connection(test);

	nst_tcp_rtt_sample(tp, 10000);
	nst_tcp_rtt_sample(tp, 30000);
	KUNIT_EXPECT_EQ(test, tp->min_rtt_us, 10000U);
	/* Half the time has passed: what was least lasts once more. */
	tp->min_rtt_stamp -= 150 * HZ;
	nst_tcp_rtt_sample(tp, 40000);
	KUNIT_EXPECT_EQ(test, tp->min_rtt_us, 10000U);
	nst_tcp_rtt_sample(tp, 35000);
	tp->min_rtt_stamp -= 150 * HZ;
	nst_tcp_rtt_sample(tp, 50000);
	KUNIT_EXPECT_EQ(test, tp->min_rtt_us, 35000U);
	/* A long silence: all of it is old. */
	tp->min_rtt_stamp -= 300 * HZ;
	nst_tcp_rtt_sample(tp, 60000);
	KUNIT_EXPECT_EQ(test, tp->min_rtt_us, 60000U);
}

static struct kunit_case tcp_rtt_cases[] = {
	KUNIT_CASE(rtt_init__starts_with_one_second),
	KUNIT_CASE(rtt_sample__first_is_taken_whole),
	KUNIT_CASE(rtt_sample__deviation_has_a_floor_of_200_ms),
	KUNIT_CASE(rtt_sample__smooths_by_an_eighth),
	KUNIT_CASE(rtt_sample__a_drop_widens_the_deviation_less),
	KUNIT_CASE(rtt_sample__deviation_falls_once_a_round),
	KUNIT_CASE(rtt_sample__ends_the_back_off),
	KUNIT_CASE(rtt_sample__is_bounded),
	KUNIT_CASE(rtt_sample__minimum_is_forgotten),
	{}
};

static struct kunit_suite tcp_rtt_suite = {
	.name = "netstack_tcp_rtt",
	.test_cases = tcp_rtt_cases,
};

kunit_test_suite(tcp_rtt_suite);
