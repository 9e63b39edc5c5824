// SPDX-License-Identifier: GPL-2.0
/*
 * The handshake of accurate ECN: RFC 9768 3.1, its tables 2 to 4, and the
 * tests of the path that are part of it (3.2.2.3, 3.2.2.4).
 */
#include "accecn_fixture.h"

#define ROUND_TRIP	(100 * USEC_PER_MSEC)

enum mode {
	NO_ECN,
	CLASSIC,
	ACCURATE,
};

static enum mode mode(const struct nst_tcp_test *t)
{
	if (nst_accecn_on(t->tp))
		return ACCURATE;
	return t->tp->ecn_flags & NST_TCP_ECN_OK ? CLASSIC : NO_ECN;
}

/**
 * struct row - a segment of a handshake, and what it leads to
 * @name: what it says
 * @ace: its AE, CWR and ECE
 * @tos: ECN field that it came with
 * @mode: of our side
 * @answer: AE, CWR and ECE of our answer
 * @ect: our data is ECT
 * @marked: our SYN or SYN-ACK was marked
 * @sysctl: net.netstack.tcp_ecn
 */
struct row {
	const char *name;
	u8 ace;
	u8 tos;
	enum mode mode;
	u8 answer;
	bool ect;
	bool marked;
	int sysctl;
};

static void row_name(const struct row *row, char *name)
{
	strscpy(name, row->name, KUNIT_PARAM_DESC_SIZE);
}

/* ---- Table 2, host A ---- */

/* The SYN was not ECT: what says that it came otherwise stops ECT. */
static const struct row syn_ack_rows[] = {
	{ "000: no ECN", 0, 0, NO_ECN, 0, false },
	{ "001: classic ECN", 1, 0, CLASSIC, 0, true },
	{ "010: Not-ECT on SYN", 2, 0, ACCURATE, 2, true },
	{ "011: ECT(1) on SYN", 3, 0, ACCURATE, 2, false },
	{ "100: ECT(0) on SYN", 4, 0, ACCURATE, 2, false },
	{ "101: reserved (3.1.3)", 5, 0, ACCURATE, 2, true },
	{ "110: CE on SYN", 6, 0, ACCURATE, 2, false, true },
	{ "111: reflected, broken", 7, 0, NO_ECN, 0, false },
	/* Table 3: what we tell of the SYN-ACK. */
	{ "ECT(1) on SYN-ACK", 2, INET_ECN_ECT_1, ACCURATE, 3, true },
	{ "ECT(0) on SYN-ACK", 2, INET_ECN_ECT_0, ACCURATE, 4, true },
	{ "CE on SYN-ACK", 2, INET_ECN_CE, ACCURATE, 6, true },
};

KUNIT_ARRAY_PARAM(syn_ack, syn_ack_rows, row_name);

static void client__takes_the_syn_ack_by_table_2(struct kunit *test)
{
	const struct row *row = test->param_value;
	struct nst_tcp_test *t = test->priv;
	u8 ace = 0;

	accecn_start(t);
	nst_tcp_test_in(t, SYN | ACK | ACE(row->ace), 0, 1, 0,
			.tos = row->tos);
	expect_ecn(t, INET_ECN_NOT_ECT, ACK | ACE(row->answer), 1, 1, 0);
	KUNIT_EXPECT_EQ(test, (int)mode(t), (int)row->mode);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, row->marked ? 1U : 10U);
	/* 3.2.2.2: a marked SYN does not count for s.cep. */
	KUNIT_EXPECT_EQ(test, t->tp->delivered_ce, 0U);
	if (row->mode == ACCURATE)
		ace = row->tos == INET_ECN_CE ? 6 : 5;
	accecn_expect_data(t, row->ect ? INET_ECN_ECT_0 : INET_ECN_NOT_ECT,
			   ace);
}

/* ---- Table 2, host B ---- */

static const struct row syn_rows[] = {
	{ "000 at 3", 0, 0, NO_ECN, 0, .sysctl = 3 },
	{ "001 at 3 (3.1.3)", 1, 0, ACCURATE, 2, .sysctl = 3 },
	{ "010 at 3 (3.1.3)", 2, 0, ACCURATE, 2, .sysctl = 3 },
	{ "011 at 3: classic", 3, 0, CLASSIC, 1, .sysctl = 3 },
	{ "100 at 3 (3.1.3)", 4, 0, ACCURATE, 2, .sysctl = 3 },
	{ "101 at 3 (3.1.3)", 5, 0, ACCURATE, 2, .sysctl = 3 },
	{ "110 at 3 (3.1.3)", 6, 0, ACCURATE, 2, .sysctl = 3 },
	{ "111 at 3", 7, 0, ACCURATE, 2, .sysctl = 3 },
	{ "111 with ECT(1)", 7, INET_ECN_ECT_1, ACCURATE, 3, .sysctl = 3 },
	{ "111 with ECT(0)", 7, INET_ECN_ECT_0, ACCURATE, 4, .sysctl = 3 },
	{ "111 with CE", 7, INET_ECN_CE, ACCURATE, 6, .sysctl = 3 },
	{ "111 at 4", 7, 0, ACCURATE, 2, .sysctl = 4 },
	{ "111 at 5", 7, 0, ACCURATE, 2, .sysctl = 5 },
	{ "111 at 2: classic", 7, 0, CLASSIC, 1, .sysctl = 2 },
	{ "111 at 1: classic", 7, 0, CLASSIC, 1, .sysctl = 1 },
	{ "111 at 0", 7, 0, NO_ECN, 0, .sysctl = 0 },
};

KUNIT_ARRAY_PARAM(syn, syn_rows, row_name);

static void server__takes_the_syn_by_table_2(struct kunit *test)
{
	const struct row *row = test->param_value;
	struct nst_tcp_test *t = accecn_listen(test);
	u8 ace = row->mode == ACCURATE ? 2 : 0;

	t->wire->stack->config.tcp_ecn = row->sysctl;
	nst_tcp_test_in(t, SYN | ACE(row->ace), 0, 0, 0, .tos = row->tos);
	expect_ecn(t, INET_ECN_NOT_ECT, SYN | ACK | ACE(row->answer),
		   0, 1, 0);
	nst_tcp_test_in(t, ACK | ACE(ace), 1, 1, 0);
	nst_tcp_test_accept(t);
	KUNIT_EXPECT_EQ(test, (int)mode(t), (int)row->mode);
	/* 3.2.2.2: CE on a SYN does not count for r.cep. */
	accecn_expect_data(t, row->mode == NO_ECN ? INET_ECN_NOT_ECT :
						    INET_ECN_ECT_0,
			   row->mode == ACCURATE ? 5 : 0);
}

/* What a client asks for. */
static const struct row ask_rows[] = {
	{ "0 asks for nothing", 0, .sysctl = 0 },
	{ "1 asks for classic ECN", 3, .sysctl = 1 },
	{ "2 asks for nothing", 0, .sysctl = 2 },
	{ "3 asks for accurate ECN", 7, .sysctl = 3 },
	{ "4 asks for classic ECN", 3, .sysctl = 4 },
	{ "5 asks for nothing", 0, .sysctl = 5 },
};

KUNIT_ARRAY_PARAM(ask, ask_rows, row_name);

static void client__asks_by_the_sysctl(struct kunit *test)
{
	const struct row *row = test->param_value;
	struct nst_tcp_test *t = test->priv;

	t->wire->stack->config.tcp_ecn = row->sysctl;
	KUNIT_ASSERT_EQ(test, nst_tcp_test_connect(t), 0);
	expect_ecn(t, INET_ECN_NOT_ECT, SYN | ACE(row->ace), 0, 0, 0);
	/* 3.2.3.2.1: no option on a SYN */
	KUNIT_EXPECT_EQ(test, (int)t->seen.accecn, 0);
}

/* ---- Table 4 ---- */

static const struct row third_rows[] = {
	{ "000: no ECN at the peer", 0, .ect = false },
	{ "001: unused", 1, .ect = true },
	{ "010: Not-ECT on SYN-ACK", 2, .ect = true },
	{ "011: ECT(1) on SYN-ACK", 3, .ect = false },
	{ "100: ECT(0) on SYN-ACK", 4, .ect = false },
	{ "101: unused", 5, .ect = true },
	{ "110: CE on SYN-ACK", 6, .ect = false, .marked = true },
	{ "111: unused", 7, .ect = true },
};

KUNIT_ARRAY_PARAM(third, third_rows, row_name);

static void server__takes_the_third_ack_by_table_4(struct kunit *test)
{
	const struct row *row = test->param_value;
	struct nst_tcp_test *t = accecn_listen(test);

	nst_tcp_test_in(t, SYN | ACE(7), 0, 0, 0);
	nst_tcp_test_out(t, SYN | ACK | ACE(2), 0, 1, 0);
	nst_tcp_test_in(t, ACK | ACE(row->ace), 1, 1, 0);
	nst_tcp_test_accept(t);
	KUNIT_EXPECT_EQ(test, (int)mode(t), (int)ACCURATE);
	KUNIT_EXPECT_EQ(test, t->tp->delivered_ce, row->marked ? 1U : 0U);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, row->marked ? 1U : 10U);
	/* Note 1: no feedback is answered, and feedback goes on. */
	KUNIT_EXPECT_EQ(test, t->tp->accecn.deaf, !row->ace);
	nst_tcp_test_in(t, ACK | PSH | ACE(5 + row->marked), 1, 1, 100,
			.tos = INET_ECN_CE);
	nst_tcp_test_out(t, ACK | ACE(6), 1, 101, 0);
	nst_tcp_test_send(t, 100, 0);
	expect_ecn(t, row->ect ? INET_ECN_ECT_0 : INET_ECN_NOT_ECT,
		   ACK | PSH | ACE(6), 1, 101, 100);
}

/* 3.2.2.1: on what has data the field is the counter. */
static void server__reads_a_counter_on_data(struct kunit *test)
{
	struct nst_tcp_test *t = accecn_listen(test);

	nst_tcp_test_in(t, SYN | ACE(7), 0, 0, 0);
	nst_tcp_test_out(t, SYN | ACK | ACE(2), 0, 1, 0);
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 1, 1, 100);
	nst_tcp_test_out(t, ACK | ACE(5), 1, 101, 0);
	nst_tcp_test_accept(t);
	KUNIT_EXPECT_EQ(test, t->tp->delivered_ce, 0U);
	KUNIT_EXPECT_EQ(test, (int)t->tp->accecn.fail, 0);
}

/* ---- 3.1.4, 3.1.5: more SYNs and SYN-ACKs than one ---- */

static void client__asks_twice_and_then_not(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	accecn_start(t);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_out(t, SYN | ACE(7), 0, 0, 0);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_out(t, SYN, 0, 0, 0);
	/* The first SYN-ACK decides; the client may send ECT. */
	nst_tcp_test_in(t, SYN | ACK | ACE(2), 0, 1, 0);
	nst_tcp_test_out(t, ACK | ACE(2), 1, 1, 0);
	KUNIT_EXPECT_EQ(test, (int)mode(t), (int)ACCURATE);
	accecn_expect_data(t, INET_ECN_ECT_0, 5);
}

static void client__goes_on_asking_without_fallback(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	unsigned int i;

	t->wire->stack->config.tcp_ecn_fallback = 0;
	accecn_start(t);
	for (i = 0; i < 3; i++) {
		nst_tcp_test_expire_rtx(t);
		nst_tcp_test_out(t, SYN | ACE(7), 0, 0, 0);
	}
}

/* 3.2.2.1, 3.2.2.2: told again; CE counts once. */
static void client__reflects_a_syn_ack_that_comes_again(struct kunit *test)
{
	struct nst_tcp_test *t = accecn_establish(test);

	nst_tcp_test_in(t, SYN | ACK | ACE(2), 0, 1, 0, .tos = INET_ECN_CE);
	nst_tcp_test_out(t, ACK | ACE(6), 1, 1, 0);
	KUNIT_EXPECT_EQ(test, t->tp->accecn.received_ce, 1U);
	nst_tcp_test_wait(t, 600 * USEC_PER_MSEC);
	nst_tcp_test_in(t, SYN | ACK | ACE(2), 0, 1, 0, .tos = INET_ECN_CE);
	nst_tcp_test_out(t, ACK | ACE(6), 1, 1, 0);
	KUNIT_EXPECT_EQ(test, t->tp->accecn.received_ce, 1U);
	nst_tcp_test_wait(t, 600 * USEC_PER_MSEC);
	nst_tcp_test_in(t, SYN | ACK | ACE(2), 0, 1, 0,
			.tos = INET_ECN_ECT_0);
	nst_tcp_test_out(t, ACK | ACE(4), 1, 1, 0);
	accecn_expect_data(t, INET_ECN_ECT_0, 6);
}

/* 3.1.5: the mode of the first SYN-ACK stays. */
static void client__does_not_change_its_mode(struct kunit *test)
{
	struct nst_tcp_test *t = accecn_establish(test);

	nst_tcp_test_in(t, SYN | ACK, 0, 1, 0);
	nst_tcp_test_out(t, ACK | ACE(5), 1, 1, 0);
	nst_tcp_test_wait(t, 600 * USEC_PER_MSEC);
	nst_tcp_test_in(t, SYN | ACK | ACE(1), 0, 1, 0);
	nst_tcp_test_out(t, ACK | ACE(5), 1, 1, 0);
	KUNIT_EXPECT_EQ(test, (int)mode(t), (int)ACCURATE);
}

/* 3.2.3.2.2: first without the option, then without ECN, and no ECT then. */
static void server__falls_back_with_its_syn_ack(struct kunit *test)
{
	struct nst_tcp_test *t = accecn_listen(test);

	nst_tcp_test_in(t, SYN | ACE(7), 0, 0, 0);
	nst_tcp_test_out(t, SYN | ACK | ACE(2), 0, 1, 0);
	KUNIT_EXPECT_EQ(test, (int)t->seen.accecn, NST_TCPOPT_ACCECN0);
	nst_tcp_test_wait(t, 1100 * USEC_PER_MSEC);
	nst_tcp_test_out(t, SYN | ACK | ACE(2), 0, 1, 0);
	KUNIT_EXPECT_EQ(test, (int)t->seen.accecn, 0);
	nst_tcp_test_wait(t, 2100 * USEC_PER_MSEC);
	nst_tcp_test_out(t, SYN | ACK, 0, 1, 0);
	nst_tcp_test_in(t, ACK | ACE(2), 1, 1, 0);
	nst_tcp_test_accept(t);
	KUNIT_EXPECT_EQ(test, (int)mode(t), (int)ACCURATE);
	accecn_expect_data(t, INET_ECN_NOT_ECT, 5);
}

/* 3.1.5: the latest SYN is reflected; a plain one forbids ECT. */
static void server__reflects_the_latest_syn(struct kunit *test)
{
	struct nst_tcp_test *t = accecn_listen(test);

	nst_tcp_test_in(t, SYN | ACE(7), 0, 0, 0);
	nst_tcp_test_out(t, SYN | ACK | ACE(2), 0, 1, 0);
	nst_tcp_test_in(t, SYN | ACE(7), 0, 0, 0, .tos = INET_ECN_CE);
	nst_tcp_test_out(t, SYN | ACK | ACE(6), 0, 1, 0);
	/* 3.2.3.2.2: it may be the option that did not come through. */
	KUNIT_EXPECT_EQ(test, (int)t->seen.accecn, 0);
	nst_tcp_test_in(t, ACK | ACE(2), 1, 1, 0);
	nst_tcp_test_accept(t);
	accecn_expect_data(t, INET_ECN_ECT_0, 5);
}

static void server__sends_no_ect_after_a_plain_syn(struct kunit *test)
{
	struct nst_tcp_test *t = accecn_listen(test);

	nst_tcp_test_in(t, SYN | ACE(7), 0, 0, 0);
	nst_tcp_test_out(t, SYN | ACK | ACE(2), 0, 1, 0);
	nst_tcp_test_in(t, SYN, 0, 0, 0);
	nst_tcp_test_out(t, SYN | ACK | ACE(2), 0, 1, 0);
	nst_tcp_test_in(t, ACK | ACE(2), 1, 1, 0);
	nst_tcp_test_accept(t);
	KUNIT_EXPECT_EQ(test, (int)mode(t), (int)ACCURATE);
	accecn_expect_data(t, INET_ECN_NOT_ECT, 5);
}

/* 3.1.5: a peer that asks for both kinds is reset. */
static void both_kinds(struct kunit *test, u8 first, u8 answer, u8 second)
{
	struct nst_tcp_test *t = accecn_listen(test);

	nst_tcp_test_in(t, SYN | ACE(first), 0, 0, 0);
	nst_tcp_test_out(t, SYN | ACK | ACE(answer), 0, 1, 0);
	nst_tcp_test_in(t, SYN | ACE(second), 0, 0, 0);
	t->iss = 0;
	nst_tcp_test_out(t, NST_TCP_RST | ACK, 0, 1, 0);
	KUNIT_EXPECT_EQ(test, 0,
			atomic_read(&t->wire->stack->tcp->requests));
}

static void server__resets_who_asks_for_classic_after_accurate(struct kunit *test)
{
	both_kinds(test, 7, 2, 3);
}

static void server__resets_who_asks_for_accurate_after_classic(struct kunit *test)
{
	both_kinds(test, 3, 1, 7);
}

/* 3.1.5: no ECN stays no ECN. */
static void server__without_ecn_stays_so(struct kunit *test)
{
	struct nst_tcp_test *t = accecn_listen(test);

	nst_tcp_test_in(t, SYN, 0, 0, 0);
	nst_tcp_test_out(t, SYN | ACK, 0, 1, 0);
	nst_tcp_test_in(t, SYN | ACE(7), 0, 0, 0);
	nst_tcp_test_out(t, SYN | ACK, 0, 1, 0);
	nst_tcp_test_ack(t, 1);
	nst_tcp_test_accept(t);
	KUNIT_EXPECT_EQ(test, (int)mode(t), (int)NO_ECN);
}

/* ---- 3.1.2: simultaneous open ---- */

static void simultaneous(struct kunit *test, u8 ace, u8 answer,
			 enum mode expected)
{
	struct nst_tcp_test *t = test->priv;

	accecn_start(t);
	nst_tcp_test_in(t, SYN | ACE(ace), 0, 0, 0);
	nst_tcp_test_out(t, SYN | ACK | ACE(answer), 0, 1, 0);
	nst_tcp_test_in(t, ACK | ACE(expected == ACCURATE ? 2 : 0), 1, 1, 0);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, (int)mode(t), (int)expected);
	accecn_expect_data(t, expected == NO_ECN ? INET_ECN_NOT_ECT :
						   INET_ECN_ECT_0,
			   expected == ACCURATE ? 5 : 0);
}

static void simultaneous__answers_as_a_server(struct kunit *test)
{
	simultaneous(test, 7, 2, ACCURATE);
}

static void simultaneous__takes_classic_ecn(struct kunit *test)
{
	simultaneous(test, 3, 1, CLASSIC);
}

static void simultaneous__takes_no_ecn(struct kunit *test)
{
	simultaneous(test, 0, 0, NO_ECN);
}

/* 3.2.2: on a SYN-ACK the three bits are no counter. */
static void simultaneous__reads_no_counter_on_a_syn(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	accecn_start(t);
	nst_tcp_test_in(t, SYN | ACE(7), 0, 0, 0);
	nst_tcp_test_out(t, SYN | ACK | ACE(2), 0, 1, 0);
	nst_tcp_test_in(t, SYN | ACK | ACE(2), 0, 1, 0);
	nst_tcp_test_out(t, ACK | ACE(5), 1, 1, 0);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, t->tp->delivered_ce, 0U);
	accecn_expect_data(t, INET_ECN_ECT_0, 5);
}

/* ---- 5.1: SYN cookies; table 4, note 3 ---- */

static void cookie(struct kunit *test, u8 ace, enum mode expected)
{
	struct nst_tcp_test *t = accecn_listen(test);

	t->wire->stack->config.tcp_syncookies = 2;
	nst_tcp_test_in(t, SYN | ACE(7), 0, 0, 0, .tos = INET_ECN_ECT_0);
	nst_tcp_test_out(t, SYN | ACK | ACE(4), 0, 1, 0);
	nst_tcp_test_in(t, ACK | ACE(ace), 1, 1, 0);
	nst_tcp_test_accept(t);
	KUNIT_EXPECT_EQ(test, (int)mode(t), (int)expected);
	accecn_expect_data(t, expected == NO_ECN ? INET_ECN_NOT_ECT :
						   INET_ECN_ECT_0,
			   expected == NO_ECN ? 0 : 5);
}

static void cookie__knows_the_mode_by_the_ack(struct kunit *test)
{
	cookie(test, 2, ACCURATE);
}

static void cookie__with_000_is_not_accurate(struct kunit *test)
{
	cookie(test, 0, NO_ECN);
}

static void cookie__with_001_is_not_accurate(struct kunit *test)
{
	cookie(test, 1, NO_ECN);
}

/* ---- 3.2.2.3 ---- */

static void transition__is_valid_by_rfc_3168_18(struct kunit *test)
{
	static const bool valid[4][4] = {
		[INET_ECN_NOT_ECT] = { true, false, false, false },
		[INET_ECN_ECT_1] = { false, true, true, true },
		[INET_ECN_ECT_0] = { false, true, true, true },
		[INET_ECN_CE] = { false, false, false, true },
	};
	u8 sent, came;

	for (sent = 0; sent < 4; sent++)
		for (came = 0; came < 4; came++)
			KUNIT_EXPECT_EQ_MSG(test, valid[sent][came],
					    nst_accecn_transition_valid(sent,
									came),
					    "%u to %u", sent, came);
}

/* ---- 3.2.2.4 ---- */

static void zero__in_the_first_ack_ends_ect_and_answers(struct kunit *test)
{
	struct nst_tcp_test *t = accecn_establish(test);

	accecn_expect_data(t, INET_ECN_ECT_0, 5);
	nst_tcp_test_in(t, ACK | ACE(0), 1, 101, 0);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);
	/* Feedback of our own goes on. */
	nst_tcp_test_in(t, ACK | PSH | ACE(0), 1, 101, 100,
			.tos = INET_ECN_CE);
	nst_tcp_test_out(t, ACK | ACE(6), 101, 101, 0);
	nst_tcp_test_send(t, 100, 0);
	expect_ecn(t, INET_ECN_NOT_ECT, ACK | PSH | ACE(6), 101, 101, 100);
	nst_tcp_test_in(t, ACK | ACE(2), 101, 201, 0);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);
}

/* Later it is a counter that has gone round. */
static void zero__later_is_a_counter(struct kunit *test)
{
	struct nst_tcp_test *t = accecn_establish(test);

	accecn_expect_data(t, INET_ECN_ECT_0, 5);
	nst_tcp_test_in(t, ACK | ACE(7), 1, 101, 0);
	KUNIT_EXPECT_EQ(test, t->tp->delivered_ce, 2U);
	accecn_expect_data(t, INET_ECN_ECT_0, 5);
	nst_tcp_test_in(t, ACK | ACE(0), 1, 201, 0);
	KUNIT_EXPECT_EQ(test, t->tp->delivered_ce, 3U);
	accecn_expect_data(t, INET_ECN_ECT_0, 5);
}

static struct kunit_case tcp_accecn_handshake_cases[] = {
	KUNIT_CASE_PARAM(client__takes_the_syn_ack_by_table_2,
			 syn_ack_gen_params),
	KUNIT_CASE_PARAM(server__takes_the_syn_by_table_2, syn_gen_params),
	KUNIT_CASE_PARAM(client__asks_by_the_sysctl, ask_gen_params),
	KUNIT_CASE_PARAM(server__takes_the_third_ack_by_table_4,
			 third_gen_params),
	KUNIT_CASE(server__reads_a_counter_on_data),
	KUNIT_CASE(client__asks_twice_and_then_not),
	KUNIT_CASE(client__goes_on_asking_without_fallback),
	KUNIT_CASE(client__reflects_a_syn_ack_that_comes_again),
	KUNIT_CASE(client__does_not_change_its_mode),
	KUNIT_CASE(server__falls_back_with_its_syn_ack),
	KUNIT_CASE(server__reflects_the_latest_syn),
	KUNIT_CASE(server__sends_no_ect_after_a_plain_syn),
	KUNIT_CASE(server__resets_who_asks_for_classic_after_accurate),
	KUNIT_CASE(server__resets_who_asks_for_accurate_after_classic),
	KUNIT_CASE(server__without_ecn_stays_so),
	KUNIT_CASE(simultaneous__answers_as_a_server),
	KUNIT_CASE(simultaneous__takes_classic_ecn),
	KUNIT_CASE(simultaneous__takes_no_ecn),
	KUNIT_CASE(simultaneous__reads_no_counter_on_a_syn),
	KUNIT_CASE(cookie__knows_the_mode_by_the_ack),
	KUNIT_CASE(cookie__with_000_is_not_accurate),
	KUNIT_CASE(cookie__with_001_is_not_accurate),
	KUNIT_CASE(transition__is_valid_by_rfc_3168_18),
	KUNIT_CASE(zero__in_the_first_ack_ends_ect_and_answers),
	KUNIT_CASE(zero__later_is_a_counter),
	{}
};

static struct kunit_suite tcp_accecn_handshake_suite = {
	.name = "netstack_tcp_accecn_handshake",
	.init = nst_tcp_test_init,
	.test_cases = tcp_accecn_handshake_cases,
};

kunit_test_suite(tcp_accecn_handshake_suite);
