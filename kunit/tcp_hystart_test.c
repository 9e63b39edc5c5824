// SPDX-License-Identifier: GPL-2.0
/*
 * HyStart++ (RFC 9406), round by round.
 */
#include "congestion_fixture.h"
#include "../netstack/transport/tcp/hystart.h"

#define MS	1000U
#define MSS	1000U

/* Rounds of a window each; what comes back sets ssthresh and cwnd. */
struct hystart_test {
	struct nst_tcp_sock *tp;
	struct nst_hystart hystart;
};

static struct hystart_test *begin(struct kunit *test)
{
	struct hystart_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->tp = nst_congestion_test_connection(test, "reno");
	nst_hystart_init(&t->hystart, t->tp);
	return t;
}

/* One ACK a segment; @samples of them measure @rtt_us, the others more. */
static void play_round(struct hystart_test *t, u32 rtt_us, u32 samples)
{
	struct nst_tcp_sock *tp = t->tp;
	u32 end = t->hystart.window_end;

	if (!nst_before(tp->snd_una, end))
		end = tp->snd_una + tp->cwnd * MSS;
	if (nst_before(tp->snd_nxt, end))
		tp->snd_nxt = end;
	while (nst_before(tp->snd_una, end) && tp->cwnd < tp->ssthresh) {
		tp->snd_una += MSS;
		tp->snd_nxt = tp->snd_una + tp->cwnd * MSS;
		if (samples) {
			nst_hystart_sample(&t->hystart, tp, rtt_us);
			samples--;
		} else if (!nst_before(tp->snd_una, end)) {
			/* The round has to end all the same. */
			nst_hystart_sample(&t->hystart, tp, 10 * rtt_us);
		}
		if (tp->cwnd < tp->ssthresh)
			nst_hystart_grow(&t->hystart, tp, 1);
	}
}

static void hystart__steady_delay_is_slow_start(struct kunit *test)
{
	struct hystart_test *t = begin(test);
	unsigned int i;

	for (i = 0; i < 4; i++)
		play_round(t, 100 * MS, ~0U);
	KUNIT_EXPECT_FALSE(test, t->hystart.css);
	/* Doubled each round: the first ACK ends the empty round. */
	KUNIT_EXPECT_GE(test, t->tp->cwnd, 80U);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh, NST_TCP_INFINITE_SSTHRESH);
}

struct threshold_row {
	u32 before;
	u32 after;
	bool css;
};

/* 4.2: RttThresh = max(4 ms, min(lastRoundMinRTT / 8, 16 ms)) */
static const struct threshold_row threshold_rows[] = {
	{ 8 * MS, 12 * MS - 1, false },
	{ 8 * MS, 12 * MS, true },
	{ 80 * MS, 90 * MS - 1, false },
	{ 80 * MS, 90 * MS, true },
	{ 800 * MS, 816 * MS - 1, false },
	{ 800 * MS, 816 * MS, true },
	{ 100 * MS, 50 * MS, false },
};

static void hystart__enters_css_at_the_threshold(struct kunit *test)
{
	struct hystart_test *t = begin(test);
	const struct threshold_row *row;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(threshold_rows); i++) {
		row = &threshold_rows[i];
		t->tp->cwnd = 10;
		t->tp->snd_nxt = t->tp->snd_una;
		nst_hystart_init(&t->hystart, t->tp);
		play_round(t, row->before, ~0U);
		play_round(t, row->before, ~0U);
		play_round(t, row->after, 8);
		KUNIT_EXPECT_EQ_MSG(test, row->css, t->hystart.css,
				    "%u us after %u us", row->after,
				    row->before);
	}
}

/* 4.2: not before N_RTT_SAMPLE round trips of the round are known. */
static void hystart__waits_for_eight_samples(struct kunit *test)
{
	struct hystart_test *t = begin(test);

	play_round(t, 100 * MS, ~0U);
	play_round(t, 100 * MS, ~0U);
	play_round(t, 200 * MS, 6);
	KUNIT_EXPECT_FALSE(test, t->hystart.css);
	play_round(t, 300 * MS, 8);
	KUNIT_EXPECT_TRUE(test, t->hystart.css);
}

/* 4.2: cwnd grows by a quarter in conservative slow start. */
static void css__grows_by_a_quarter(struct kunit *test)
{
	struct hystart_test *t = begin(test);

	t->hystart.css = true;
	KUNIT_EXPECT_EQ(test, 0U, nst_hystart_grow(&t->hystart, t->tp, 8));
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 12U);
	KUNIT_EXPECT_EQ(test, 0U, nst_hystart_grow(&t->hystart, t->tp, 3));
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 12U);
	nst_hystart_grow(&t->hystart, t->tp, 1);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 13U);
}

static void css__ends_in_avoidance_after_five_rounds(struct kunit *test)
{
	struct hystart_test *t = begin(test);
	struct nst_tcp_sock *tp = t->tp;
	unsigned int rounds;
	unsigned long before;

	before = nst_mib_read(tp->nst.stack, NST_MIB_TCP_HYSTART_DELAY_DETECT);
	play_round(t, 100 * MS, ~0U);
	play_round(t, 100 * MS, ~0U);
	/* It begins in this round, which counts as the first. */
	for (rounds = 0; tp->ssthresh == NST_TCP_INFINITE_SSTHRESH; rounds++) {
		KUNIT_ASSERT_LT(test, rounds, 10U);
		play_round(t, 150 * MS, ~0U);
	}
	KUNIT_EXPECT_EQ(test, rounds, 5U);
	KUNIT_EXPECT_EQ(test, tp->ssthresh, tp->cwnd);
	KUNIT_EXPECT_EQ(test, before + 1,
			nst_mib_read(tp->nst.stack,
				     NST_MIB_TCP_HYSTART_DELAY_DETECT));
	KUNIT_EXPECT_EQ(test, (unsigned long)tp->cwnd,
			nst_mib_read(tp->nst.stack,
				     NST_MIB_TCP_HYSTART_DELAY_CWND));
}

/* 4.2: the round trip falls below the baseline: it was noise. */
static void css__falls_back_to_slow_start(struct kunit *test)
{
	struct hystart_test *t = begin(test);

	play_round(t, 100 * MS, ~0U);
	play_round(t, 100 * MS, ~0U);
	play_round(t, 150 * MS, ~0U);
	KUNIT_ASSERT_TRUE(test, t->hystart.css);
	play_round(t, 150 * MS, ~0U);
	KUNIT_ASSERT_TRUE(test, t->hystart.css);
	play_round(t, 149 * MS, ~0U);
	KUNIT_EXPECT_FALSE(test, t->hystart.css);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh, NST_TCP_INFINITE_SSTHRESH);
}

/* 4.3: only in the first slow start. */
static void hystart__is_for_the_first_slow_start_only(struct kunit *test)
{
	struct hystart_test *t = begin(test);
	struct nst_tcp_sock *tp = t->tp;

	tp->ssthresh = 1000;
	play_round(t, 100 * MS, ~0U);
	play_round(t, 100 * MS, ~0U);
	play_round(t, 500 * MS, ~0U);
	KUNIT_EXPECT_FALSE(test, t->hystart.css);
	KUNIT_EXPECT_EQ(test, tp->ssthresh, 1000U);
	/* Nor what it has left behind when a loss ended the first one. */
	t->hystart.css = true;
	tp->cwnd = 100;
	nst_hystart_grow(&t->hystart, tp, 8);
	KUNIT_EXPECT_EQ(test, tp->cwnd, 108U);
}

static void hystart__can_be_off(struct kunit *test)
{
	struct hystart_test *t = begin(test);

	t->tp->nst.stack->config.tcp_hystart = 0;
	play_round(t, 100 * MS, ~0U);
	play_round(t, 100 * MS, ~0U);
	play_round(t, 500 * MS, ~0U);
	KUNIT_EXPECT_FALSE(test, t->hystart.css);
}

static struct kunit_case hystart_cases[] = {
	KUNIT_CASE(hystart__steady_delay_is_slow_start),
	KUNIT_CASE(hystart__enters_css_at_the_threshold),
	KUNIT_CASE(hystart__waits_for_eight_samples),
	KUNIT_CASE(css__grows_by_a_quarter),
	KUNIT_CASE(css__ends_in_avoidance_after_five_rounds),
	KUNIT_CASE(css__falls_back_to_slow_start),
	KUNIT_CASE(hystart__is_for_the_first_slow_start_only),
	KUNIT_CASE(hystart__can_be_off),
	{}
};

static struct kunit_suite hystart_suite = {
	.name = "netstack_tcp_hystart",
	.test_cases = hystart_cases,
};

kunit_test_suite(hystart_suite);
