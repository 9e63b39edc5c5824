// SPDX-License-Identifier: GPL-2.0
/*
 * The AccECN option: RFC 9768 3.2.3, on the wire.
 */
#include "accecn_fixture.h"

#define ORDER_0		NST_TCPOPT_ACCECN0
#define ORDER_1		NST_TCPOPT_ACCECN1

/* An option with its fields in the order on the wire. */
#define ACCECN(kind, len, ...)						\
	NST_TCP_OPTIONS(.accecn = (kind), .accecn_len = (len),		\
			.accecn_fields = { __VA_ARGS__ })
#define INITIAL		ACCECN(ORDER_0, 11, 1, 0, 1)

/* The option of the segment that was taken last. */
static void expect_option(struct nst_tcp_test *t, u8 kind, u8 len, u32 first,
			  u32 second, u32 third)
{
	KUNIT_EXPECT_EQ(t->test, (int)t->seen.accecn, kind);
	KUNIT_EXPECT_EQ(t->test, (int)t->seen.accecn_len, len);
	KUNIT_EXPECT_EQ(t->test, t->seen.accecn_fields[0], first);
	KUNIT_EXPECT_EQ(t->test, t->seen.accecn_fields[1], second);
	KUNIT_EXPECT_EQ(t->test, t->seen.accecn_fields[2], third);
}

static void expect_no_option(struct nst_tcp_test *t)
{
	KUNIT_EXPECT_EQ(t->test, (int)t->seen.accecn, 0);
}

/* A client whose peer has sent the option; @offer is that of its SYN. */
static struct nst_tcp_test *establish(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	accecn_start(t);
	nst_tcp_test_in(t, SYN | ACK | ACE(2), 0, 1, 0,
			NST_TCP_OPTIONS(.mss = 1000,
					.sack_ok = t->offer.sack_ok,
					.has_ts = t->offer.has_ts,
					.accecn = ORDER_0,
					.accecn_fields = { 1, 0, 1 }));
	nst_tcp_test_out(t, ACK | ACE(2), 1, 1, 0);
	return t;
}

/* 3.2.3.2.1 */
static void handshake__client_tests_the_path(struct kunit *test)
{
	struct nst_tcp_test *t = establish(test);

	expect_option(t, ORDER_0, 11, 1, 0, 1);
	/* Not on ACKs without news, but on the first data. */
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 1, 1, 100);
	nst_tcp_test_out(t, ACK | ACE(5), 1, 101, 0);
	expect_no_option(t);
	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_out(t, ACK | PSH | ACE(5), 1, 101, 100);
	expect_option(t, ORDER_0, 11, 1, 0, 1);
	nst_tcp_test_in(t, ACK | ACE(5), 101, 101, 0);
	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_out(t, ACK | PSH | ACE(5), 101, 101, 100);
	expect_no_option(t);
}

static void handshake__server_tests_the_path(struct kunit *test)
{
	struct nst_tcp_test *t = accecn_listen(test);

	nst_tcp_test_in(t, SYN | ACE(7), 0, 0, 0);
	nst_tcp_test_out(t, SYN | ACK | ACE(2), 0, 1, 0);
	expect_option(t, ORDER_0, 11, 1, 0, 1);
	nst_tcp_test_in(t, ACK | ACE(2), 1, 1, 0, INITIAL);
	nst_tcp_test_accept(t);
	KUNIT_EXPECT_EQ(test, (int)t->tp->accecn.option_seen,
			(int)NST_ACCECN_OPTION_COUNTER);
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 1, 1, 100,
			.tos = INET_ECN_ECT_0);
	nst_tcp_test_out(t, ACK | ACE(5), 1, 101, 0);
	expect_option(t, ORDER_0, 5, 101, 0, 0);
}

/* The client's data, without room for an option, has overtaken its ACK. */
static struct nst_tcp_test *overtaken(struct kunit *test)
{
	struct nst_tcp_test *t = accecn_listen(test);

	nst_tcp_test_in(t, SYN | ACE(7), 0, 0, 0);
	nst_tcp_test_out(t, SYN | ACK | ACE(2), 0, 1, 0);
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 1, 1, 100,
			.tos = INET_ECN_ECT_0);
	nst_tcp_test_out(t, ACK | ACE(5), 1, 101, 0);
	expect_no_option(t);
	nst_tcp_test_accept(t);
	return t;
}

/* 3.2.3.2.1 */
static void handshake__server_finds_the_option_that_is_late(struct kunit *test)
{
	struct nst_tcp_test *t = overtaken(test);

	nst_tcp_test_in(t, ACK | ACE(2), 1, 1, 0, INITIAL);
	nst_tcp_test_out(t, ACK | ACE(5), 1, 101, 0);
	KUNIT_EXPECT_EQ(test, (int)t->tp->accecn.option_seen,
			(int)NST_ACCECN_OPTION_COUNTER);
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 101, 1, 100,
			.tos = INET_ECN_ECT_0);
	nst_tcp_test_expire_delack(t);
	nst_tcp_test_out(t, ACK | ACE(5), 1, 201, 0);
	KUNIT_EXPECT_EQ(test, (int)t->seen.accecn, ORDER_0);
}

/* What is old, but not the third ACK, shows nothing of the handshake. */
static void handshake__server_looks_at_the_third_ack_alone(struct kunit *test)
{
	struct nst_tcp_test *t = overtaken(test);

	nst_tcp_test_in(t, ACK | ACE(2), 2, 1, 0, INITIAL);
	nst_tcp_test_out(t, ACK | ACE(5), 1, 101, 0);
	KUNIT_EXPECT_EQ(test, (int)t->tp->accecn.option_seen,
			(int)NST_ACCECN_OPTION_NONE);
}

/* With all other options there is room still. */
static void handshake__server_fits_it_beside_the_others(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_offer(t, .mss = 1000, .sack_ok = true, .has_ts = true,
			   .has_wscale = true, .wscale = 7);
	accecn_listen(test);
	nst_tcp_test_in(t, SYN | ACE(7), 0, 0, 0);
	nst_tcp_test_out(t, SYN | ACK | ACE(2), 0, 1, 0);
	expect_option(t, ORDER_0, 11, 1, 0, 1);
	KUNIT_EXPECT_TRUE(test, t->seen.has_ts);
	KUNIT_EXPECT_TRUE(test, t->seen.sack_ok);
	KUNIT_EXPECT_TRUE(test, t->seen.has_wscale);
}

/* 3.2.3.2.1: on a SYN it means nothing. */
static void handshake__ignores_it_on_a_syn(struct kunit *test)
{
	struct nst_tcp_test *t = accecn_listen(test);

	nst_tcp_test_in(t, SYN | ACE(7), 0, 0, 0,
			NST_TCP_OPTIONS(.mss = 1000, .accecn = ORDER_0));
	nst_tcp_test_out(t, SYN | ACK | ACE(2), 0, 1, 0);
	nst_tcp_test_in(t, ACK | ACE(2), 1, 1, 0);
	nst_tcp_test_accept(t);
	KUNIT_EXPECT_EQ(test, (int)t->tp->accecn.option_seen,
			(int)NST_ACCECN_OPTION_NONE);
	KUNIT_EXPECT_EQ(test, (int)t->tp->accecn.fail, 0);
}

/* 3.2.3.2.3; as on the host, none is sent until one has come. */
static void absence__ends_with_the_first_that_comes(struct kunit *test)
{
	struct nst_tcp_test *t = accecn_establish(test);

	expect_no_option(t);
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 1, 1, 100,
			.tos = INET_ECN_ECT_0);
	nst_tcp_test_out(t, ACK | ACE(5), 1, 101, 0);
	expect_no_option(t);
	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_out(t, ACK | PSH | ACE(5), 1, 101, 100);
	nst_tcp_test_in(t, ACK | ACE(5), 101, 101, 0,
			ACCECN(ORDER_0, 5, 101));
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 101, 101, 100,
			.tos = INET_ECN_ECT_0);
	nst_tcp_test_expire_delack(t);
	nst_tcp_test_out(t, ACK | ACE(5), 101, 201, 0);
	KUNIT_EXPECT_EQ(test, (int)t->seen.accecn, ORDER_0);
}

/* 3.2.3.2.2: the first data is lost, and with it perhaps the option. */
static void loss__of_the_first_data_ends_it(struct kunit *test)
{
	struct nst_tcp_test *t = establish(test);

	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_out(t, ACK | PSH | ACE(5), 1, 1, 100);
	expect_option(t, ORDER_0, 11, 1, 0, 1);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_out(t, ACK | PSH | ACE(5), 1, 1, 100);
	expect_no_option(t);
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 1, 101, 100,
			.tos = INET_ECN_CE);
	nst_tcp_test_out(t, ACK | ACE(6), 101, 101, 0);
	expect_no_option(t);
	/* tcp_ecn_option 3 sends it all the same. */
	t->wire->stack->config.tcp_ecn_option = 3;
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 101, 101, 100,
			.tos = INET_ECN_CE);
	nst_tcp_test_expire_delack(t);
	nst_tcp_test_out(t, ACK | ACE(7), 101, 201, 0);
	expect_option(t, ORDER_0, 8, 1, 200, 0);
}

/* 3.2.3.2.4 */
static void zeroed__option_is_not_read(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	accecn_start(t);
	nst_tcp_test_in(t, SYN | ACK | ACE(2), 0, 1, 0,
			NST_TCP_OPTIONS(.mss = 1000, .accecn = ORDER_0,
					.accecn_fields = { 0, 0, 1 }));
	nst_tcp_test_out(t, ACK | ACE(2), 1, 1, 0);
	KUNIT_EXPECT_EQ(test, (int)t->tp->accecn.fail,
			(int)NST_ACCECN_FAIL_OPT_RECV);
	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_out(t, ACK | PSH | ACE(5), 1, 1, 100);
	nst_tcp_test_in(t, ACK | ACE(5), 1, 101, 0, ACCECN(ORDER_0, 5, 101));
	KUNIT_EXPECT_EQ(test, t->tp->accecn.delivered[INET_ECN_ECT_0 - 1],
			0U);
}

/* ---- 3.2.3, 3.2.3.3: which fields ---- */

static void fields__are_those_that_have_moved(struct kunit *test)
{
	struct nst_tcp_test *t = establish(test);

	nst_tcp_test_in(t, ACK | PSH | ACE(5), 1, 1, 100,
			.tos = INET_ECN_ECT_0);
	nst_tcp_test_out(t, ACK | ACE(5), 1, 101, 0);
	expect_option(t, ORDER_0, 5, 101, 0, 0);
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 101, 1, 100,
			.tos = INET_ECN_CE);
	nst_tcp_test_out(t, ACK | ACE(6), 1, 201, 0);
	expect_option(t, ORDER_0, 8, 101, 100, 0);
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 201, 1, 100,
			.tos = INET_ECN_ECT_1);
	nst_tcp_test_expire_delack(t);
	nst_tcp_test_out(t, ACK | ACE(6), 1, 301, 0);
	expect_option(t, ORDER_0, 11, 101, 100, 101);
}

static void fields__of_ect_1_are_in_order_1(struct kunit *test)
{
	struct nst_tcp_test *t = establish(test);

	nst_tcp_test_in(t, ACK | PSH | ACE(5), 1, 1, 100,
			.tos = INET_ECN_ECT_1);
	nst_tcp_test_out(t, ACK | ACE(5), 1, 101, 0);
	expect_option(t, ORDER_1, 5, 101, 0, 0);
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 101, 1, 100,
			.tos = INET_ECN_CE);
	nst_tcp_test_out(t, ACK | ACE(6), 1, 201, 0);
	expect_option(t, ORDER_1, 8, 101, 100, 0);
}

/* 24 bits of a counter. */
static void fields__wrap(struct kunit *test)
{
	struct nst_tcp_test *t = establish(test);

	t->tp->accecn.received[INET_ECN_ECT_0 - 1] = 0xffffff;
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 1, 1, 100,
			.tos = INET_ECN_ECT_0);
	nst_tcp_test_out(t, ACK | ACE(5), 1, 101, 0);
	expect_option(t, ORDER_0, 5, 100, 0, 0);
}

/* ---- Room: 3.2.3.3 ---- */

/* Two blocks of SACK come first; a third gives way. */
static void room__is_shared_with_sack(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_offer(t, .mss = 1000, .sack_ok = true, .has_ts = true);
	establish(test);
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 201, 1, 100,
			.tos = INET_ECN_CE);
	nst_tcp_test_out(t, ACK | ACE(6), 1, 1, 0, NST_TCP_SACK({ 201, 301 }));
	expect_option(t, ORDER_0, 8, 1, 100, 0);
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 401, 1, 100,
			.tos = INET_ECN_CE);
	nst_tcp_test_out(t, ACK | ACE(7), 1, 1, 0,
			 NST_TCP_SACK({ 401, 501 }, { 201, 301 }));
	expect_option(t, ORDER_0, 8, 1, 200, 0);
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 601, 1, 100,
			.tos = INET_ECN_CE);
	nst_tcp_test_out(t, ACK | ACE(8), 1, 1, 0,
			 NST_TCP_SACK({ 601, 701 }, { 401, 501 }));
	expect_option(t, ORDER_0, 8, 1, 300, 0);
	/* No news of marks: three blocks. */
	t->tp->accecn.option_due = 0;
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 601, 1, 100);
	nst_tcp_test_out(t, ACK | ACE(8), 1, 1, 0,
			 NST_TCP_SACK({ 601, 701 }, { 601, 701 },
				      { 401, 501 }));
	expect_no_option(t);
}

/* Three fields have no room beside two blocks: it goes without. */
static void room__for_less_than_has_moved_is_none(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_offer(t, .mss = 1000, .sack_ok = true, .has_ts = true);
	establish(test);
	t->tp->accecn.received[INET_ECN_ECT_1 - 1] = 5;
	t->tp->accecn.received[INET_ECN_ECT_0 - 1] = 5;
	t->tp->accecn.changed = 3;
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 201, 1, 100,
			.tos = INET_ECN_CE);
	nst_tcp_test_out(t, ACK | ACE(6), 1, 1, 0, NST_TCP_SACK({ 201, 301 }));
	expect_option(t, ORDER_0, 11, 6, 100, 6);
	t->tp->accecn.received[INET_ECN_ECT_1 - 1] = 6;
	t->tp->accecn.received[INET_ECN_ECT_0 - 1] = 6;
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 401, 1, 100,
			.tos = INET_ECN_CE);
	nst_tcp_test_out(t, ACK | ACE(7), 1, 1, 0,
			 NST_TCP_SACK({ 401, 501 }, { 201, 301 }));
	expect_no_option(t);
	/* What has moved since the last one fits: ECEB in two fields. */
	memcpy(t->tp->accecn.told, t->tp->accecn.received,
	       sizeof(t->tp->accecn.told));
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 501, 1, 100,
			.tos = INET_ECN_CE);
	nst_tcp_test_out(t, ACK | ACE(8), 1, 1, 0,
			 NST_TCP_SACK({ 401, 601 }, { 201, 301 }));
	expect_option(t, ORDER_0, 8, 7, 300, 0);
}

/* A full segment has no room; what is shorter has. */
static void room__is_not_taken_from_payload(struct kunit *test)
{
	struct nst_tcp_test *t = establish(test);

	nst_tcp_test_send(t, 1000, 0);
	nst_tcp_test_out(t, ACK | PSH | ACE(5), 1, 1, 1000);
	expect_no_option(t);
	nst_tcp_test_in(t, ACK | ACE(5), 1, 1001, 0);
	nst_tcp_test_send(t, 988, 0);
	nst_tcp_test_out(t, ACK | PSH | ACE(5), 1001, 1, 988);
	expect_option(t, ORDER_0, 11, 1, 0, 1);
}

/* ---- tcp_ecn_option ---- */

static void sysctl__0_sends_none(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->wire->stack->config.tcp_ecn_option = 0;
	establish(test);
	expect_no_option(t);
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 1, 1, 100, .tos = INET_ECN_CE);
	nst_tcp_test_out(t, ACK | ACE(6), 1, 101, 0);
	expect_no_option(t);
}

static void sysctl__0_sends_none_with_a_syn_ack(struct kunit *test)
{
	struct nst_tcp_test *t = accecn_listen(test);

	t->wire->stack->config.tcp_ecn_option = 0;
	nst_tcp_test_in(t, SYN | ACE(7), 0, 0, 0);
	nst_tcp_test_out(t, SYN | ACK | ACE(2), 0, 1, 0);
	expect_no_option(t);
}

/* 3.2.3.3: changes and marks; the rest three times a round trip. */
static void sysctl__1_sends_sparingly(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	unsigned int i;

	t->wire->stack->config.tcp_ecn_option = 1;
	establish(test);
	/* The change, and once more. */
	for (i = 0; i < 4; i++) {
		nst_tcp_test_in(t, ACK | PSH | ACE(5), 1 + 100 * i, 1, 100,
				.tos = INET_ECN_ECT_0);
		nst_tcp_test_out(t, ACK | ACE(5), 1, 101 + 100 * i, 0);
		KUNIT_EXPECT_EQ(test, (int)t->seen.accecn,
				i < 2 ? ORDER_0 : 0);
	}
	/* A third of the round trip of 100 ms. */
	nst_tcp_test_wait(t, 40 * USEC_PER_MSEC);
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 401, 1, 100,
			.tos = INET_ECN_ECT_0);
	nst_tcp_test_out(t, ACK | ACE(5), 1, 501, 0);
	expect_option(t, ORDER_0, 5, 501, 0, 0);
	t->wire->stack->config.tcp_ecn_option_beacon = 0;
	nst_tcp_test_wait(t, 400 * USEC_PER_MSEC);
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 501, 1, 100,
			.tos = INET_ECN_ECT_0);
	nst_tcp_test_out(t, ACK | ACE(5), 1, 601, 0);
	expect_no_option(t);
	/* Before it overflows. */
	t->tp->accecn.received[INET_ECN_ECT_0 - 1] += BIT(22);
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 601, 1, 100,
			.tos = INET_ECN_ECT_0);
	nst_tcp_test_out(t, ACK | ACE(5), 1, 701, 0);
	KUNIT_EXPECT_EQ(test, (int)t->seen.accecn, ORDER_0);
	for (i = 0; i < 4; i++) {
		nst_tcp_test_in(t, ACK | PSH | ACE(5), 701 + 100 * i, 1, 100,
				.tos = INET_ECN_CE);
		nst_tcp_test_out(t, ACK | ACE(6 + i), 1, 801 + 100 * i, 0);
		KUNIT_EXPECT_EQ(test, (int)t->seen.accecn, ORDER_0);
	}
}

/* ---- What comes ---- */

static void delivered(struct nst_tcp_test *t, u32 e1, u32 e0, u32 ce)
{
	const u32 *counters = t->tp->accecn.delivered;

	KUNIT_EXPECT_EQ(t->test, counters[INET_ECN_ECT_1 - 1], e1);
	KUNIT_EXPECT_EQ(t->test, counters[INET_ECN_ECT_0 - 1], e0);
	KUNIT_EXPECT_EQ(t->test, counters[INET_ECN_CE - 1], ce);
}

/* The program sends 100 octets. */
static void send(struct nst_tcp_test *t)
{
	nst_tcp_test_send(t, 100, 0);
	nst_wire_discard(t->wire);
}

/* 3.2.3: all lengths of table 5, both orders. */
static void read__takes_every_length_and_order(struct kunit *test)
{
	struct nst_tcp_test *t = establish(test);

	send(t);
	nst_tcp_test_in(t, ACK | ACE(5), 1, 101, 0, ACCECN(ORDER_0, 2));
	delivered(t, 0, 0, 0);
	send(t);
	nst_tcp_test_in(t, ACK | ACE(5), 1, 201, 0, ACCECN(ORDER_0, 5, 101));
	delivered(t, 0, 100, 0);
	send(t);
	nst_tcp_test_in(t, ACK | ACE(6), 1, 301, 0,
			ACCECN(ORDER_0, 8, 101, 100));
	delivered(t, 0, 100, 100);
	send(t);
	nst_tcp_test_in(t, ACK | ACE(6), 1, 401, 0,
			ACCECN(ORDER_0, 11, 101, 100, 101));
	delivered(t, 100, 100, 100);
	send(t);
	nst_tcp_test_in(t, ACK | ACE(6), 1, 501, 0, ACCECN(ORDER_1, 5, 201));
	delivered(t, 200, 100, 100);
	send(t);
	nst_tcp_test_in(t, ACK | ACE(7), 1, 601, 0,
			ACCECN(ORDER_1, 8, 201, 200));
	delivered(t, 200, 100, 200);
	send(t);
	nst_tcp_test_in(t, ACK | ACE(7), 1, 701, 0,
			ACCECN(ORDER_1, 11, 201, 200, 201));
	delivered(t, 200, 200, 200);
	KUNIT_EXPECT_EQ(test, 2U, t->tp->delivered_ce);
	KUNIT_EXPECT_EQ(test, (int)t->tp->accecn.fail, 0);
}

/* 3.2.3: what does not make a field, and what follows, is padding. */
static void read__takes_other_lengths(struct kunit *test)
{
	struct nst_tcp_test *t = establish(test);

	send(t);
	nst_tcp_test_in(t, ACK | ACE(5), 1, 101, 0, ACCECN(ORDER_0, 7, 101));
	delivered(t, 0, 100, 0);
	send(t);
	nst_tcp_test_in(t, ACK | ACE(5), 1, 201, 0,
			ACCECN(ORDER_0, 16, 201, 0, 1));
	delivered(t, 0, 200, 0);
	send(t);
	nst_tcp_test_in(t, ACK | ACE(5), 1, 301, 0, ACCECN(ORDER_0, 4));
	delivered(t, 0, 200, 0);
}

/* Nothing moves back, and what was overtaken is not read. */
static void read__does_not_go_back(struct kunit *test)
{
	struct nst_tcp_test *t = establish(test);

	send(t);
	nst_tcp_test_in(t, ACK | ACE(5), 1, 101, 0, ACCECN(ORDER_0, 5, 201));
	delivered(t, 0, 200, 0);
	send(t);
	nst_tcp_test_in(t, ACK | ACE(5), 1, 201, 0, ACCECN(ORDER_0, 5, 101));
	delivered(t, 0, 200, 0);
	nst_tcp_test_in(t, ACK | ACE(5), 1, 201, 0, ACCECN(ORDER_0, 5, 401));
	delivered(t, 0, 200, 0);
}

/* 3.2.2.5.2: with it there is no doubt whether ACE has gone round. */
static void read__ends_the_doubt_of_ace(struct kunit *test)
{
	struct nst_tcp_test *t = establish(test);

	nst_tcp_test_send(t, 20000, 0);
	nst_wire_discard(t->wire);
	nst_tcp_test_in(t, ACK | ACE(5), 1, 10001, 0,
			ACCECN(ORDER_0, 8, 10001, 0));
	KUNIT_EXPECT_EQ(test, 0U, t->tp->delivered_ce);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);
	nst_wire_discard(t->wire);
	nst_tcp_test_in(t, ACK | ACE(5), 1, 20001, 0,
			ACCECN(ORDER_0, 8, 12001, 8000));
	KUNIT_EXPECT_EQ(test, 8U, t->tp->delivered_ce);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_CWR);
}

/* 3.2.3.2.5: octets with marks, but no mark: nothing is ECT any more. */
static void read__finds_feedback_that_contradicts_itself(struct kunit *test)
{
	struct nst_tcp_test *t = establish(test);

	send(t);
	nst_tcp_test_in(t, ACK | ACE(5), 1, 101, 0,
			ACCECN(ORDER_0, 8, 1, 100));
	nst_tcp_test_send(t, 100, 0);
	expect_ecn(t, INET_ECN_NOT_ECT, ACK | PSH | ACE(5), 101, 1, 100);
}

static struct kunit_case tcp_accecn_option_cases[] = {
	KUNIT_CASE(handshake__client_tests_the_path),
	KUNIT_CASE(handshake__server_tests_the_path),
	KUNIT_CASE(handshake__server_finds_the_option_that_is_late),
	KUNIT_CASE(handshake__server_looks_at_the_third_ack_alone),
	KUNIT_CASE(handshake__server_fits_it_beside_the_others),
	KUNIT_CASE(handshake__ignores_it_on_a_syn),
	KUNIT_CASE(absence__ends_with_the_first_that_comes),
	KUNIT_CASE(loss__of_the_first_data_ends_it),
	KUNIT_CASE(zeroed__option_is_not_read),
	KUNIT_CASE(fields__are_those_that_have_moved),
	KUNIT_CASE(fields__of_ect_1_are_in_order_1),
	KUNIT_CASE(fields__wrap),
	KUNIT_CASE(room__is_shared_with_sack),
	KUNIT_CASE(room__for_less_than_has_moved_is_none),
	KUNIT_CASE(room__is_not_taken_from_payload),
	KUNIT_CASE(sysctl__0_sends_none),
	KUNIT_CASE(sysctl__0_sends_none_with_a_syn_ack),
	KUNIT_CASE(sysctl__1_sends_sparingly),
	KUNIT_CASE(read__takes_every_length_and_order),
	KUNIT_CASE(read__takes_other_lengths),
	KUNIT_CASE(read__does_not_go_back),
	KUNIT_CASE(read__ends_the_doubt_of_ace),
	KUNIT_CASE(read__finds_feedback_that_contradicts_itself),
	{}
};

static struct kunit_suite tcp_accecn_option_suite = {
	.name = "netstack_tcp_accecn_option",
	.init = nst_tcp_test_init,
	.test_cases = tcp_accecn_option_cases,
};

kunit_test_suite(tcp_accecn_option_suite);
