// SPDX-License-Identifier: GPL-2.0
/*
 * DCTCP (RFC 8257): the share of marks, what it does to the window, and the
 * echo of a receiver.
 */
#include "congestion_fixture.h"
#include "tcp_fixture.h"

static u32 alpha(struct nst_tcp_sock *tp)
{
	union tcp_cc_info info = {};

	tp->ca_ops->get_info(tp, &info);
	return info.dctcp.dctcp_alpha;
}

/* A window of 100 segments is acknowledged, @marked of them with ECE. */
static void window(struct nst_tcp_sock *tp, u32 marked)
{
	u32 end = tp->snd_nxt;

	tp->snd_una = end;
	tp->ca_ops->ecn_acked(tp, 100 - marked, 0);
	/* 3.3: the window is over with an ACK above DCTCP.WindowEnd */
	tp->snd_nxt = end + 100 * 1000;
	tp->snd_una = end + 1;
	tp->ca_ops->ecn_acked(tp, marked, marked);
}

static void dctcp__begins_as_careful_as_reno(struct kunit *test)
{
	struct nst_tcp_sock *tp = nst_congestion_test_connection(test, "dctcp");

	KUNIT_EXPECT_EQ(test, alpha(tp), 1024U);
	tp->cwnd = 100;
	KUNIT_EXPECT_EQ(test, nst_congestion_ecn_ssthresh(tp), 50U);
	KUNIT_EXPECT_TRUE(test, tp->ca_ops->flags & NST_CA_NEEDS_ECN);
}

struct alpha_row {
	unsigned int windows;
	u32 marked;
	u32 alpha;
};

/* 3.3: alpha (1 - 1/16) + M / 16, from 1 on; 1024 is 1. */
static const struct alpha_row alpha_rows[] = {
	{ 1, 0, 960 },		/* 15/16 */
	{ 10, 0, 537 },		/* (15/16)^10 = 0.5245 */
	{ 100, 0, 2 },		/* 0.00157 */
	{ 1, 100, 1024 },
	{ 1, 50, 992 },		/* 15/16 + 1/32 */
	{ 10, 50, 781 },	/* 0.5 + 0.5 * 0.5245 */
	{ 200, 50, 512 },
	{ 200, 10, 102 },
	{ 200, 1, 10 },
};

static void dctcp__alpha_follows_the_share_of_marks(struct kunit *test)
{
	struct nst_tcp_sock *tp = nst_congestion_test_connection(test, "dctcp");
	const struct alpha_row *row;
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(alpha_rows); i++) {
		row = &alpha_rows[i];
		memset(tp->ca_priv, 0, sizeof(tp->ca_priv));
		tp->snd_nxt = tp->snd_una;
		tp->ca_ops->init(tp);
		for (j = 0; j < row->windows; j++)
			window(tp, row->marked);
		KUNIT_EXPECT_LE_MSG(test, abs((int)(alpha(tp) - row->alpha)), 1,
				    "%u windows with %u marks: %u, not %u",
				    row->windows, row->marked, alpha(tp),
				    row->alpha);
	}
}

/* 3.3: once in a window, whatever the number of ACKs. */
static void dctcp__alpha_moves_once_a_window(struct kunit *test)
{
	struct nst_tcp_sock *tp = nst_congestion_test_connection(test, "dctcp");

	window(tp, 0);
	KUNIT_EXPECT_EQ(test, alpha(tp), 960U);
	tp->snd_una = tp->snd_nxt;
	tp->ca_ops->ecn_acked(tp, 1, 0);
	tp->ca_ops->ecn_acked(tp, 1, 0);
	KUNIT_EXPECT_EQ(test, alpha(tp), 960U);
	tp->snd_una++;
	tp->ca_ops->ecn_acked(tp, 1, 0);
	KUNIT_EXPECT_EQ(test, alpha(tp), 900U);
}

/* Nothing is left of old marks in the end. */
static void dctcp__alpha_falls_to_nothing(struct kunit *test)
{
	struct nst_tcp_sock *tp = nst_congestion_test_connection(test, "dctcp");
	unsigned int i;

	for (i = 0; i < 300; i++)
		window(tp, 0);
	KUNIT_EXPECT_EQ(test, alpha(tp), 0U);
	tp->cwnd = 1000000;
	KUNIT_EXPECT_EQ(test, nst_congestion_ecn_ssthresh(tp), 1000000U);
}

static void dctcp__reduces_by_half_of_alpha(struct kunit *test)
{
	struct nst_tcp_sock *tp = nst_congestion_test_connection(test, "dctcp");
	unsigned int i;

	for (i = 0; i < 200; i++)
		window(tp, 10);
	/* cwnd (1 - 0.1 / 2) */
	tp->cwnd = 1000;
	KUNIT_EXPECT_LE(test,
			abs((int)(nst_congestion_ecn_ssthresh(tp) - 950)), 1);
	tp->cwnd = 2;
	KUNIT_EXPECT_EQ(test, nst_congestion_ecn_ssthresh(tp), 2U);
}

/* 3.5: a loss is what it is for all. */
static void dctcp__halves_after_a_loss(struct kunit *test)
{
	struct nst_tcp_sock *tp = nst_congestion_test_connection(test, "dctcp");
	unsigned int i;

	for (i = 0; i < 200; i++)
		window(tp, 0);
	tp->cwnd = 100;
	KUNIT_EXPECT_EQ(test, tp->ca_ops->ssthresh(tp), 50U);
	tp->cwnd = 1;
	KUNIT_EXPECT_EQ(test, tp->ca_ops->ssthresh(tp), 2U);
	tp->cwnd = 50;
	tp->prior_cwnd = 100;
	KUNIT_EXPECT_EQ(test, tp->ca_ops->undo_cwnd(tp), 100U);
}

/* Growth is Reno's. */
static void dctcp__grows_as_reno(struct kunit *test)
{
	struct nst_tcp_sock *tp = nst_congestion_test_connection(test, "dctcp");

	tp->ca_ops->cong_avoid(tp, 10);
	KUNIT_EXPECT_EQ(test, tp->cwnd, 20U);
	tp->ssthresh = 20;
	tp->ca_ops->cong_avoid(tp, 20);
	KUNIT_EXPECT_EQ(test, tp->cwnd, 21U);
}

/* Marks of which others do not hear are halved as a loss (RFC 3168 6.1.2). */
static void ecn_ssthresh__is_that_of_a_loss_for_others(struct kunit *test)
{
	struct nst_tcp_sock *tp = nst_congestion_test_connection(test, "cubic");

	tp->cwnd = 100;
	KUNIT_EXPECT_EQ(test, nst_congestion_ecn_ssthresh(tp), 70U);
}

/* 3.2: the state changes with the mark, and the ACK that waits goes first. */
static void ce_echo__tells_each_change_at_once(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_tcp_sock *tp = t->tp;

	nst_tcp_test_establish(t);
	lock_sock(t->sk);
	KUNIT_ASSERT_EQ(test, 0, nst_congestion_set(tp, "dctcp", true));
	/* No change. */
	nst_tcp_ce_received(t->sk, false);
	KUNIT_EXPECT_FALSE(test, tp->ack_pending & NST_TCP_ACK_NOW);
	/* A change, and no ACK waits. */
	nst_tcp_ce_received(t->sk, true);
	KUNIT_EXPECT_TRUE(test, tp->ca_ops->echo_ce(tp));
	KUNIT_EXPECT_TRUE(test, tp->ack_pending & NST_TCP_ACK_NOW);
	nst_wire_expect_nothing(t->wire);
	/* A change, and one does. */
	tp->ack_pending = NST_TCP_ACK_SCHED | NST_TCP_ACK_TIMER;
	nst_tcp_ce_received(t->sk, false);
	release_sock(t->sk);
	nst_tcp_test_out(t, NST_TCP_ACK, 1, 1, 0);
	KUNIT_EXPECT_FALSE(test, tp->ca_ops->echo_ce(tp));
	KUNIT_EXPECT_TRUE(test, tp->ack_pending & NST_TCP_ACK_NOW);
}

static void ce_echo__is_not_for_other_controllers(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, 0, nst_congestion_set(t->tp, "cubic", true));
	nst_tcp_test_establish(t);
	lock_sock(t->sk);
	t->tp->ack_pending = NST_TCP_ACK_SCHED | NST_TCP_ACK_TIMER;
	nst_tcp_ce_received(t->sk, true);
	KUNIT_EXPECT_FALSE(test, t->tp->ack_pending & NST_TCP_ACK_NOW);
	release_sock(t->sk);
	nst_wire_expect_nothing(t->wire);
}

static struct kunit_case dctcp_cases[] = {
	KUNIT_CASE(dctcp__begins_as_careful_as_reno),
	KUNIT_CASE(dctcp__alpha_follows_the_share_of_marks),
	KUNIT_CASE(dctcp__alpha_moves_once_a_window),
	KUNIT_CASE(dctcp__alpha_falls_to_nothing),
	KUNIT_CASE(dctcp__reduces_by_half_of_alpha),
	KUNIT_CASE(dctcp__halves_after_a_loss),
	KUNIT_CASE(dctcp__grows_as_reno),
	KUNIT_CASE(ecn_ssthresh__is_that_of_a_loss_for_others),
	{}
};

static struct kunit_suite dctcp_suite = {
	.name = "netstack_tcp_dctcp",
	.test_cases = dctcp_cases,
};

static struct kunit_case ce_echo_cases[] = {
	KUNIT_CASE(ce_echo__tells_each_change_at_once),
	KUNIT_CASE(ce_echo__is_not_for_other_controllers),
	{}
};

static struct kunit_suite ce_echo_suite = {
	.name = "netstack_tcp_ce_echo",
	.init = nst_tcp_test_init,
	.test_cases = ce_echo_cases,
};

kunit_test_suites(&dctcp_suite, &ce_echo_suite);
