// SPDX-License-Identifier: GPL-2.0
/*
 * SYN cookies (syncookie.c, and request.c on both sides of them): RFC 4987
 * 3.6, attack 1.
 */
#include "../netstack/transport/tcp/syncookie.h"
#include "tcp_fixture.h"

#define PEER_ISN 0xfffffff0	/* near the end: sums wrap */

static struct nst_endpoint flow(void)
{
	return (struct nst_endpoint) {
		.family = AF_INET,
		.laddr = nst_address_v4(htonl(NST_WIRE_LOCAL)),
		.raddr = nst_address_v4(htonl(NST_WIRE_PEER)),
		.lport = htons(80),
		.rport = htons(1),
	};
}

static void syncookie__keeps_the_mss(struct kunit *test)
{
	static const struct {
		u16 announced;
		u16 kept;
	} row[] = {
		{ 88, 88 }, { 535, 88 }, { 536, 536 }, { 1219, 536 },
		{ 1220, 1220 }, { 1300, 1300 }, { 1400, 1400 },
		{ 1440, 1440 }, { 1459, 1440 }, { 1460, 1460 },
		{ 8939, 1460 }, { 8940, 8940 }, { 65535, 8940 },
	};
	struct nst_tcp_test *t = test->priv;
	struct nst_tcp *tcp = t->wire->stack->tcp;
	struct nst_endpoint one = flow();
	unsigned int i;
	u32 cookie;

	for (i = 0; i < ARRAY_SIZE(row); i++) {
		cookie = nst_tcp_cookie_make(tcp, &one, PEER_ISN,
					     row[i].announced);
		KUNIT_EXPECT_EQ_MSG(test, row[i].kept,
				    nst_tcp_cookie_check(tcp, &one, PEER_ISN,
							 cookie),
				    "MSS %u", row[i].announced);
	}
}

static void syncookie__is_of_one_flow(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_tcp *tcp = t->wire->stack->tcp;
	struct nst_endpoint one = flow(), other;
	u32 cookie;

	cookie = nst_tcp_cookie_make(tcp, &one, PEER_ISN, 1460);
	other = one;
	other.laddr.v4 ^= htonl(1);
	KUNIT_EXPECT_EQ(test, 0, nst_tcp_cookie_check(tcp, &other, PEER_ISN,
						      cookie));
	other = one;
	other.raddr.v4 ^= htonl(1);
	KUNIT_EXPECT_EQ(test, 0, nst_tcp_cookie_check(tcp, &other, PEER_ISN,
						      cookie));
	other = one;
	other.lport ^= htons(1);
	KUNIT_EXPECT_EQ(test, 0, nst_tcp_cookie_check(tcp, &other, PEER_ISN,
						      cookie));
	other = one;
	other.rport ^= htons(2);
	KUNIT_EXPECT_EQ(test, 0, nst_tcp_cookie_check(tcp, &other, PEER_ISN,
						      cookie));
	KUNIT_EXPECT_EQ(test, 0, nst_tcp_cookie_check(tcp, &one, PEER_ISN + 1,
						      cookie));
	/* What IPv4 does not use of the addresses is not looked at. */
	other = one;
	other.raddr.v6.s6_addr[15] ^= 1;
	KUNIT_EXPECT_EQ(test, 1460, nst_tcp_cookie_check(tcp, &other, PEER_ISN,
							 cookie));
}

static void syncookie__is_of_one_stack(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_tcp *tcp = t->wire->stack->tcp;
	struct nst_endpoint one = flow();
	u32 cookie;

	cookie = nst_tcp_cookie_make(tcp, &one, PEER_ISN, 1460);
	get_random_bytes(&tcp->cookie_secret, sizeof(tcp->cookie_secret));
	KUNIT_EXPECT_EQ(test, 0, nst_tcp_cookie_check(tcp, &one, PEER_ISN,
						      cookie));
}

static void syncookie__guesses_fail(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_tcp *tcp = t->wire->stack->tcp;
	struct nst_endpoint one = flow();
	unsigned int right = 0;
	u32 cookie, guess;

	cookie = nst_tcp_cookie_make(tcp, &one, PEER_ISN, 1460);
	/* All that lie near the right one: the eight MSS of this period. */
	for (guess = cookie - 2000; guess != cookie + 2000; guess++)
		right += !!nst_tcp_cookie_check(tcp, &one, PEER_ISN, guess);
	KUNIT_EXPECT_LE(test, right, 8);
	KUNIT_EXPECT_GE(test, right, 1);
	/* And of every period that it could pretend. */
	right = 0;
	for (guess = 1; guess < 256; guess++)
		right += !!nst_tcp_cookie_check(tcp, &one, PEER_ISN,
						cookie + (guess << 24));
	KUNIT_EXPECT_EQ(test, right, 0);
}

static void syncookie__timestamp_keeps_options(struct kunit *test)
{
	static const u32 clocks[] = { 0, 1, 31, 32, 63, 64, 1000, 0x7fffffff, ~0U };
	unsigned int i, wscale, flags;

	for (i = 0; i < ARRAY_SIZE(clocks); i++) {
		for (wscale = 0; wscale <= 15; wscale++) {
			for (flags = 0; flags < 4; flags++) {
				struct nst_tcp_options in = {
					.has_wscale = wscale != 15,
					.wscale = wscale,
					.sack_ok = flags & 1,
					.ecn_ok = flags & 2,
				};
				struct nst_tcp_options out = {};
				u32 tsval, late;

				tsval = nst_tcp_cookie_timestamp(clocks[i],
								 &in);
				late = clocks[i] - tsval;
				KUNIT_EXPECT_LT(test, late, 64);
				nst_tcp_cookie_options(tsval, &out);
				KUNIT_EXPECT_EQ(test, out.sack_ok, in.sack_ok);
				KUNIT_EXPECT_EQ(test, out.ecn_ok, in.ecn_ok);
				KUNIT_EXPECT_EQ(test, out.has_wscale,
						in.has_wscale);
				KUNIT_EXPECT_EQ(test, out.wscale,
						wscale == 15 ? 0 : wscale);
			}
		}
	}
}

/* The two places of a listener's SYN queue are taken. */
static struct nst_tcp_test *fill_queue(struct nst_tcp_test *t)
{
	nst_tcp_test_listen(t, 1);
	nst_tcp_test_half_open(t);
	nst_tcp_test_half_open(nst_tcp_test_another(t));
	t = nst_tcp_test_another(t);
	t->offer = (struct nst_build_tcp_options) { .mss = 1400 };
	return t;
}

static u64 counter(const struct nst_tcp_test *t, enum nst_mib_item item)
{
	return nst_mib_read(t->wire->stack, item);
}

static int requests(const struct nst_tcp_test *t)
{
	return atomic_read(&t->wire->stack->tcp->requests);
}

static void syncookie__makes_a_connection(struct kunit *test)
{
	struct nst_tcp_test *t = fill_queue(test->priv);

	nst_tcp_test_handshake(t);
	KUNIT_EXPECT_EQ(test, requests(t), 2);
	KUNIT_EXPECT_EQ(test, 1, counter(t, NST_MIB_TCP_SYNCOOKIES_SENT));
	KUNIT_EXPECT_EQ(test, 1, counter(t, NST_MIB_TCP_SYNCOOKIES_RECV));
	KUNIT_EXPECT_EQ(test, 1,
			counter(t, NST_MIB_TCP_REQ_Q_FULL_DO_COOKIES));
	KUNIT_EXPECT_EQ(test, 0, counter(t, NST_MIB_TCP_LISTEN_DROPS));

	nst_tcp_test_accept(t);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, t->tp->mss_clamp, 1400);
	KUNIT_EXPECT_EQ(test, t->tp->snd_una, t->tp->iss + 1);
	/* It carries data both ways. */
	nst_tcp_test_in(t, NST_TCP_ACK | NST_TCP_PSH, 1, 1, 10);
	nst_tcp_test_out(t, NST_TCP_ACK, 1, 11, 0);
	nst_tcp_test_send(t, 20, 0);
	nst_tcp_test_out(t, NST_TCP_ACK | NST_TCP_PSH, 1, 11, 20);
}

/* The window scale comes back in the timestamp. */
static void syncookie__keeps_options_with_timestamps(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_offer(t, .mss = 1400, .has_wscale = true, .wscale = 9,
			   .has_ts = true, .sack_ok = true);
	t = fill_queue(t);
	t->offer = (struct nst_build_tcp_options) {
		.mss = 1400, .has_wscale = true, .wscale = 9, .has_ts = true,
		.sack_ok = true,
	};
	t->tsval = 5000;
	nst_tcp_test_handshake(t);
	KUNIT_EXPECT_EQ(test, 1, counter(t, NST_MIB_TCP_SYNCOOKIES_RECV));
	KUNIT_EXPECT_TRUE(test, t->seen.has_wscale);
	nst_tcp_test_accept(t);
	KUNIT_EXPECT_TRUE(test, t->tp->ts_ok);
	KUNIT_EXPECT_EQ(test, t->tp->ts_recent, 5000);
	KUNIT_EXPECT_TRUE(test, t->tp->ws_ok);
	KUNIT_EXPECT_EQ(test, t->tp->snd_wscale, 9);
	KUNIT_EXPECT_TRUE(test, t->tp->sack_ok);
	KUNIT_EXPECT_EQ(test, t->tp->rcv_wscale, t->seen.wscale);
	/* RFC 7323 5.4: our clock does not run backwards after the cookie. */
	KUNIT_EXPECT_GE(test, (s32)(nst_tcp_clock_ms() + t->tp->ts_offset -
				    t->tsecr), 0);
}

static void syncookie__without_timestamps_agrees_on_mss_only(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_offer(t, .mss = 1400, .has_wscale = true, .wscale = 9);
	t = fill_queue(t);
	t->offer.has_wscale = true;
	t->offer.wscale = 9;
	nst_tcp_test_handshake(t);
	KUNIT_EXPECT_FALSE(test, t->seen.has_wscale);
	KUNIT_EXPECT_FALSE(test, t->seen.sack_ok);
	nst_tcp_test_accept(t);
	KUNIT_EXPECT_FALSE(test, t->tp->ws_ok);
	KUNIT_EXPECT_EQ(test, t->tp->snd_wscale, 0);
	KUNIT_EXPECT_LE(test, t->tp->window_clamp, 65535);
}

static void syncookie__data_may_come_with_the_ack(struct kunit *test)
{
	struct nst_tcp_test *t = fill_queue(test->priv);
	u8 data[16] = {};

	nst_tcp_test_half_open(t);
	nst_tcp_test_in(t, NST_TCP_ACK | NST_TCP_PSH, 1, 1, 10);
	nst_tcp_test_accept(t);
	KUNIT_EXPECT_EQ(test, 10, nst_tcp_test_recv(t, data, sizeof(data), 0));
}

static void syncookie__a_forged_ack_is_reset(struct kunit *test)
{
	struct nst_tcp_test *t = fill_queue(test->priv);

	nst_tcp_test_half_open(t);
	nst_tcp_test_in(t, NST_TCP_ACK, 1, 77, 0);
	nst_tcp_test_out(t, NST_TCP_RST, 77, 0, 0);
	KUNIT_EXPECT_EQ(test, 1, counter(t, NST_MIB_TCP_SYNCOOKIES_FAILED));
	KUNIT_EXPECT_EQ(test, 0, counter(t, NST_MIB_TCP_SYNCOOKIES_RECV));
	KUNIT_EXPECT_EQ(test, t->listener->sk->sk_ack_backlog, 0);
}

static void syncookie__expires(struct kunit *test)
{
	struct nst_tcp_test *t = fill_queue(test->priv);
	struct nst_tcp_test *late = nst_tcp_test_another(t);

	t->wire->stack->config.tcp_syncookies = 2;
	nst_tcp_test_half_open(t);
	/* 128 s later it is two periods old, wherever in one it was made. */
	nst_tcp_clock_advance(128ULL * USEC_PER_SEC);
	late->offer.mss = 1400;
	nst_tcp_test_half_open(late);
	nst_tcp_test_ack(t, 1);
	nst_tcp_test_out(t, NST_TCP_RST, 1, 0, 0);
	KUNIT_EXPECT_EQ(test, 1, counter(t, NST_MIB_TCP_SYNCOOKIES_FAILED));

	/* One of the period before is good. */
	nst_tcp_clock_advance(64ULL * USEC_PER_SEC);
	nst_tcp_test_ack(late, 1);
	KUNIT_EXPECT_EQ(test, 1, counter(t, NST_MIB_TCP_SYNCOOKIES_RECV));
}

/* A listener that has sent none believes in none. */
static void syncookie__is_not_looked_for_without_need(struct kunit *test)
{
	struct nst_tcp_test *t = fill_queue(test->priv);

	nst_tcp_test_half_open(t);
	nst_tcp_clock_advance(NST_TCP_COOKIE_LIFETIME * 1000ULL);
	nst_tcp_test_ack(t, 1);
	nst_tcp_test_out(t, NST_TCP_RST, 1, 0, 0);
	KUNIT_EXPECT_EQ(test, 0, counter(t, NST_MIB_TCP_SYNCOOKIES_FAILED));
}

static void syncookie__the_same_ack_twice_makes_one(struct kunit *test)
{
	struct nst_tcp_test *t = fill_queue(test->priv);

	nst_tcp_test_handshake(t);
	nst_tcp_test_ack(t, 1);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->listener->sk->sk_ack_backlog, 1);
	KUNIT_EXPECT_EQ(test, 1, counter(t, NST_MIB_TCP_SYNCOOKIES_RECV));
}

/* Attack 2: cookies do not get round the accept queue. */
static void syncookie__accept_queue_is_its_bound(struct kunit *test)
{
	struct nst_tcp_test *t = fill_queue(test->priv);
	struct nst_tcp_test *second = nst_tcp_test_another(t);
	struct nst_tcp_test *third = nst_tcp_test_another(t);

	nst_tcp_test_half_open(t);
	nst_tcp_test_half_open(second);
	nst_tcp_test_half_open(third);
	nst_tcp_test_ack(t, 1);
	nst_tcp_test_ack(second, 1);
	KUNIT_EXPECT_EQ(test, t->listener->sk->sk_ack_backlog, 2);
	nst_tcp_test_ack(third, 1);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->listener->sk->sk_ack_backlog, 2);
	KUNIT_EXPECT_EQ(test, 1, counter(t, NST_MIB_TCP_LISTEN_OVERFLOWS));

	t->wire->stack->config.tcp_abort_on_overflow = 1;
	nst_tcp_test_ack(third, 1);
	nst_tcp_test_out(third, NST_TCP_RST, 1, 0, 0);
	KUNIT_EXPECT_EQ(test, t->listener->sk->sk_ack_backlog, 2);
}

/* Attack 1: however many SYNs come, they take no memory. */
static void syncookie__a_flood_allocates_nothing(struct kunit *test)
{
	struct nst_tcp_test *t = fill_queue(test->priv);
	int sockets = atomic_read(&t->wire->stack->sockets);
	u32 i, cookies[100];

	for (i = 0; i < ARRAY_SIZE(cookies); i++) {
		t->port++;
		t->iss_known = false;
		nst_tcp_test_half_open(t);
		cookies[i] = t->iss;
		KUNIT_EXPECT_TRUE(test, !i || cookies[i] != cookies[i - 1]);
	}
	KUNIT_EXPECT_EQ(test, requests(t), 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->wire->stack->sockets), sockets);
	KUNIT_EXPECT_EQ(test, ARRAY_SIZE(cookies),
			counter(t, NST_MIB_TCP_SYNCOOKIES_SENT));
	KUNIT_EXPECT_EQ(test, 0, counter(t, NST_MIB_TCP_LISTEN_DROPS));
}

static void syncookie__can_be_switched_off(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->wire->stack->config.tcp_syncookies = 0;
	t = fill_queue(t);
	nst_tcp_test_syn(t);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, 1, counter(t, NST_MIB_TCP_REQ_Q_FULL_DROP));
	KUNIT_EXPECT_EQ(test, 1, counter(t, NST_MIB_TCP_LISTEN_DROPS));
}

static void syncookie__can_be_for_all(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->wire->stack->config.tcp_syncookies = 2;
	nst_tcp_test_establish_passive(t);
	KUNIT_EXPECT_EQ(test, requests(t), 0);
	KUNIT_EXPECT_EQ(test, 1, counter(t, NST_MIB_TCP_SYNCOOKIES_RECV));
	KUNIT_EXPECT_EQ(test, 0,
			counter(t, NST_MIB_TCP_REQ_Q_FULL_DO_COOKIES));
}

static struct kunit_case syncookie_cases[] = {
	KUNIT_CASE(syncookie__keeps_the_mss),
	KUNIT_CASE(syncookie__is_of_one_flow),
	KUNIT_CASE(syncookie__is_of_one_stack),
	KUNIT_CASE(syncookie__guesses_fail),
	KUNIT_CASE(syncookie__timestamp_keeps_options),
	KUNIT_CASE(syncookie__makes_a_connection),
	KUNIT_CASE(syncookie__keeps_options_with_timestamps),
	KUNIT_CASE(syncookie__without_timestamps_agrees_on_mss_only),
	KUNIT_CASE(syncookie__data_may_come_with_the_ack),
	KUNIT_CASE(syncookie__a_forged_ack_is_reset),
	KUNIT_CASE(syncookie__expires),
	KUNIT_CASE(syncookie__is_not_looked_for_without_need),
	KUNIT_CASE(syncookie__the_same_ack_twice_makes_one),
	KUNIT_CASE(syncookie__accept_queue_is_its_bound),
	KUNIT_CASE(syncookie__a_flood_allocates_nothing),
	KUNIT_CASE(syncookie__can_be_switched_off),
	KUNIT_CASE(syncookie__can_be_for_all),
	{}
};

static struct kunit_suite syncookie_suite = {
	.name = "netstack_tcp_syncookie",
	.init = nst_tcp_test_init_passive,
	.test_cases = syncookie_cases,
};

kunit_test_suite(syncookie_suite);
