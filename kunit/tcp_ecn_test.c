// SPDX-License-Identifier: GPL-2.0
/*
 * Explicit congestion notification (ecn.c and its callers): RFC 3168 6.1.
 */
#include <linux/in.h>
#include <net/inet_ecn.h>

#include "../netstack/transport/tcp/ecn.h"
#include "tcp_fixture.h"

#define SYN	NST_TCP_SYN
#define ACK	NST_TCP_ACK
#define PSH	NST_TCP_PSH
#define ECE	NST_TCP_ECE
#define CWR	NST_TCP_CWR

#define ROUND_TRIP	(100 * USEC_PER_MSEC)

static u8 ecn_field(const struct sk_buff *skb)
{
	return ip_hdr(skb)->tos & INET_ECN_MASK;
}

static bool ecn_ok(const struct nst_tcp_test *t)
{
	return t->tp->ecn_flags & NST_TCP_ECN_OK;
}

static u64 counter(const struct nst_tcp_test *t, enum nst_mib_item item)
{
	return nst_mib_read(t->wire->stack, item);
}

/* The next segment, and what its IP header says of ECN. */
#define expect_ecn(t, field, ...) do {					\
	const struct sk_buff *frame_ = nst_tcp_test_out(t, __VA_ARGS__);	\
									\
	KUNIT_EXPECT_EQ((t)->test, ecn_field(frame_), (field));		\
} while (0)

/* The SYN of an active open, with @ecn as net.netstack.tcp_ecn. */
static void start(struct nst_tcp_test *t, int ecn)
{
	t->wire->stack->config.tcp_ecn = ecn;
	KUNIT_ASSERT_EQ(t->test, nst_tcp_test_connect(t), 0);
	expect_ecn(t, INET_ECN_NOT_ECT, SYN | (ecn == 1 ? ECE | CWR : 0),
		   0, 0, 0);
}

/* A connection with ECN; the program is the one that has connected. */
static struct nst_tcp_test *establish(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->wire->stack->config.tcp_early_retrans = 0;
	start(t, 1);
	nst_tcp_test_wait(t, ROUND_TRIP);
	nst_tcp_test_in(t, SYN | ACK | ECE, 0, 1, 0);
	expect_ecn(t, INET_ECN_NOT_ECT, ACK, 1, 1, 0);
	KUNIT_ASSERT_TRUE(test, ecn_ok(t));
	return t;
}

/* The fixture's peer is the one that connects. */
static struct nst_tcp_test *passive(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->port = NST_TCP_TEST_CLIENT;
	t->local_port = NST_TCP_TEST_PORT;
	nst_tcp_test_listen(t, 5);
	return t;
}

/* What the program sees, and whether its data is marked. */
static void expect_in_force(struct nst_tcp_test *t, bool in_force)
{
	struct tcp_info info;

	nst_tcp_get_info(t->sk, &info);
	KUNIT_EXPECT_EQ(t->test, ecn_ok(t), in_force);
	KUNIT_EXPECT_EQ(t->test, !!(info.tcpi_options & TCPI_OPT_ECN),
			in_force);
	KUNIT_EXPECT_FALSE(t->test, info.tcpi_options & TCPI_OPT_ECN_SEEN);
	nst_tcp_test_send(t, 100, 0);
	expect_ecn(t, in_force ? INET_ECN_ECT_0 : INET_ECN_NOT_ECT, ACK | PSH,
		   1, 1, 100);
}

/* ---- 6.1.1: negotiation ---- */

static const struct {
	int sysctl;
	u8 answer;
	bool in_force;
} active_rows[] = {
	{ 0, 0, false }, { 0, ECE, false }, { 1, 0, false }, { 1, ECE, true },
	{ 1, CWR, false }, { 2, 0, false }, { 2, ECE, false },
	/* 6.1.1.1: a peer that reflects what it does not know */
	{ 1, ECE | CWR, false },
};

static void active(struct kunit *test, unsigned int row)
{
	struct nst_tcp_test *t = test->priv;

	start(t, active_rows[row].sysctl);
	nst_tcp_test_in(t, SYN | ACK | active_rows[row].answer, 0, 1, 0);
	expect_ecn(t, INET_ECN_NOT_ECT, ACK, 1, 1, 0);
	expect_in_force(t, active_rows[row].in_force);
}

static void passively(struct kunit *test, int ecn, u8 flags, u8 tos,
		      bool in_force)
{
	struct nst_tcp_test *t = passive(test);

	t->wire->stack->config.tcp_ecn = ecn;
	nst_tcp_test_in(t, SYN | flags, 0, 0, 0, .tos = tos);
	expect_ecn(t, INET_ECN_NOT_ECT, SYN | ACK | (in_force ? ECE : 0),
		   0, 1, 0);
	nst_tcp_test_ack(t, 1);
	nst_tcp_test_accept(t);
	expect_in_force(t, in_force);
}

#define ACTIVE_CASE(name, row)						\
static void active__##name(struct kunit *test)				\
{									\
	active(test, row);						\
}

#define PASSIVE_CASE(name, ...)						\
static void passive__##name(struct kunit *test)				\
{									\
	passively(test, __VA_ARGS__);					\
}

ACTIVE_CASE(off_does_not_ask, 0)
ACTIVE_CASE(off_ignores_ece, 1)
ACTIVE_CASE(asks_in_vain, 2)
ACTIVE_CASE(asks_and_gets, 3)
ACTIVE_CASE(cwr_alone_is_no_answer, 4)
ACTIVE_CASE(accept_only_does_not_ask, 5)
ACTIVE_CASE(accept_only_ignores_ece, 6)
ACTIVE_CASE(reflected_bits_are_no_answer, 7)

PASSIVE_CASE(off_refuses, 0, ECE | CWR, 0, false)
PASSIVE_CASE(one_accepts, 1, ECE | CWR, 0, true)
PASSIVE_CASE(two_accepts, 2, ECE | CWR, 0, true)
PASSIVE_CASE(unasked_is_plain, 2, 0, 0, false)
PASSIVE_CASE(ece_alone_is_plain, 2, ECE, 0, false)
PASSIVE_CASE(cwr_alone_is_plain, 2, CWR, 0, false)
/* 6.1.1: a SYN is never ECT: who marks this one marks all. */
PASSIVE_CASE(marked_syn_is_plain, 2, ECE | CWR, INET_ECN_CE, false)

static void passive__repeats_ece_with_the_syn_ack(struct kunit *test)
{
	struct nst_tcp_test *t = passive(test);

	nst_tcp_test_in(t, SYN | ECE | CWR, 0, 0, 0);
	nst_tcp_test_out(t, SYN | ACK | ECE, 0, 1, 0);
	nst_tcp_test_wait(t, 1100 * USEC_PER_MSEC);
	expect_ecn(t, INET_ECN_NOT_ECT, SYN | ACK | ECE, 0, 1, 0);
}

static void simultaneous__agrees_when_both_ask(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	start(t, 1);
	nst_tcp_test_in(t, SYN | ECE | CWR, 0, 0, 0);
	expect_ecn(t, INET_ECN_NOT_ECT, SYN | ACK | ECE, 0, 1, 0);
	nst_tcp_test_in(t, ACK, 1, 1, 0);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_ESTABLISHED);
	expect_in_force(t, true);
}

static void simultaneous__is_plain_when_the_peer_does_not_ask(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	start(t, 1);
	nst_tcp_test_in(t, SYN, 0, 0, 0);
	nst_tcp_test_out(t, SYN | ACK, 0, 1, 0);
	nst_tcp_test_in(t, ACK, 1, 1, 0);
	expect_in_force(t, false);
}

/* 6.1.1.1 */
static void fallback__repeats_the_syn_without(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	start(t, 1);
	nst_tcp_test_expire_rtx(t);
	expect_ecn(t, INET_ECN_NOT_ECT, SYN, 0, 0, 0);
	nst_tcp_test_in(t, SYN | ACK, 0, 1, 0);
	nst_tcp_test_out(t, ACK, 1, 1, 0);
	expect_in_force(t, false);
}

static void fallback__can_be_switched_off(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->wire->stack->config.tcp_ecn_fallback = 0;
	start(t, 1);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_out(t, SYN | ECE | CWR, 0, 0, 0);
}

/* Who has sent a plain SYN does not use ECN. */
static void fallback__holds_in_a_simultaneous_open(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	start(t, 1);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_out(t, SYN, 0, 0, 0);
	nst_tcp_test_in(t, SYN | ECE | CWR, 0, 0, 0);
	nst_tcp_test_out(t, SYN | ACK, 0, 1, 0);
	KUNIT_EXPECT_FALSE(test, ecn_ok(t));
}

/* ---- RFC 4987 3.6: cookies ---- */

static void cookie(struct kunit *test, bool timestamps, int ecn_at_ack,
		   bool in_force)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_offer(t, .mss = 1000, .has_ts = timestamps);
	t = passive(test);
	t->wire->stack->config.tcp_syncookies = 2;
	nst_tcp_test_in(t, SYN | ECE | CWR, 0, 0, 0);
	nst_tcp_test_out(t, SYN | ACK | (timestamps ? ECE : 0), 0, 1, 0);
	KUNIT_EXPECT_EQ(test, 1, counter(t, NST_MIB_TCP_SYNCOOKIES_SENT));
	t->wire->stack->config.tcp_ecn = ecn_at_ack;
	nst_tcp_test_ack(t, 1);
	nst_tcp_test_accept(t);
	expect_in_force(t, in_force);
}

static void cookie__keeps_ecn_in_the_timestamp(struct kunit *test)
{
	cookie(test, true, 2, true);
}

static void cookie__without_timestamps_is_plain(struct kunit *test)
{
	cookie(test, false, 2, false);
}

static void cookie__does_not_override_the_sysctl(struct kunit *test)
{
	cookie(test, true, 0, false);
}

/* ---- 6.1.4 to 6.1.6: what is ECT ---- */

/* 6.1.5; and 6.1.2: CWR after a time-out too, on new data. */
static void mark__is_not_on_retransmissions(struct kunit *test)
{
	struct nst_tcp_test *t = establish(test);

	nst_tcp_test_send(t, 100, 0);
	expect_ecn(t, INET_ECN_ECT_0, ACK | PSH, 1, 1, 100);
	nst_tcp_test_expire_rtx(t);
	expect_ecn(t, INET_ECN_NOT_ECT, ACK | PSH, 1, 1, 100);
	nst_tcp_test_ack(t, 101);
	nst_tcp_test_send(t, 100, 0);
	expect_ecn(t, INET_ECN_ECT_0, ACK | PSH | CWR, 101, 1, 100);
	nst_tcp_test_ack(t, 201);
	nst_tcp_test_send(t, 100, 0);
	expect_ecn(t, INET_ECN_ECT_0, ACK | PSH, 201, 1, 100);
}

/* 6.1.6 */
static void mark__is_not_on_window_probes(struct kunit *test)
{
	struct nst_tcp_test *t = establish(test);

	nst_tcp_test_in(t, ACK, 1, 1, 0, .window_zero = true);
	nst_tcp_test_send(t, 100, 0);
	nst_wire_expect_nothing(t->wire);
	nst_tcp_test_expire_rtx(t);
	expect_ecn(t, INET_ECN_NOT_ECT, ACK, 0, 1, 0);
}

static void mark__is_not_on_a_bare_fin(struct kunit *test)
{
	struct nst_tcp_test *t = establish(test);

	nst_tcp_test_close_program(t);
	expect_ecn(t, INET_ECN_NOT_ECT, NST_TCP_FIN | ACK, 1, 1, 0);
}

static void mark__stands_beside_the_programs_tos(struct kunit *test)
{
	struct nst_tcp_test *t = establish(test);
	const struct sk_buff *skb;
	int tos = 0xb9;

	KUNIT_ASSERT_EQ(test, 0,
			t->sock->ops->setsockopt(t->sock, SOL_IP, IP_TOS,
						 KERNEL_SOCKPTR(&tos),
						 sizeof(tos)));
	nst_tcp_test_send(t, 100, 0);
	skb = nst_tcp_test_out(t, ACK | PSH, 1, 1, 100);
	KUNIT_EXPECT_EQ(test, ip_hdr(skb)->tos, 0xb8 | INET_ECN_ECT_0);
}

/* What the program reads is the field of the last segment, as on the host. */
static void mark__is_read_back_but_not_set(struct kunit *test)
{
	struct nst_tcp_test *t = establish(test);
	int tos = 0xb9;

	KUNIT_EXPECT_EQ(test, t->tp->nst.tos, INET_ECN_NOT_ECT);
	nst_tcp_test_send(t, 100, 0);
	expect_ecn(t, INET_ECN_ECT_0, ACK | PSH, 1, 1, 100);
	KUNIT_EXPECT_EQ(test, t->tp->nst.tos, INET_ECN_ECT_0);
	KUNIT_ASSERT_EQ(test, 0,
			t->sock->ops->setsockopt(t->sock, SOL_IP, IP_TOS,
						 KERNEL_SOCKPTR(&tos),
						 sizeof(tos)));
	KUNIT_EXPECT_EQ(test, t->tp->nst.tos, 0xb8 | INET_ECN_ECT_0);
	nst_tcp_test_in(t, ACK | PSH, 1, 101, 100);
	expect_ecn(t, INET_ECN_NOT_ECT, ACK, 101, 101, 0);
	KUNIT_EXPECT_EQ(test, t->tp->nst.tos, 0xb8);
}

/* ---- Super-packets ---- */

/*
 * 6.1.2: CWR is on one segment, the first, whoever cuts. A connection that has
 * just reduced its window sends three segments at once.
 */
static void cut_after_mark(struct kunit *test, netdev_features_t features)
{
	struct nst_tcp_test *t = establish(test);

	t->wire->link->features = NETIF_F_SG | NETIF_F_HW_CSUM | features;
	t->wire->link->gso_max_size = 65536;
	t->wire->link->gso_max_segs = 64;
	t->wire->stack->config.tcp_min_tso_segs = 64;
	t->tp->ecn_flags |= NST_TCP_ECN_QUEUE_CWR;
	nst_tcp_test_send(t, 3000, 0);
}

static void super_packet__has_cwr_in_its_type(struct kunit *test)
{
	const struct sk_buff *skb;
	struct nst_tcp_test *t;

	cut_after_mark(test, NETIF_F_TSO | NETIF_F_TSO_ECN);
	t = test->priv;
	skb = nst_tcp_test_out(t, ACK | PSH | CWR, 1, 1, 3000);
	KUNIT_EXPECT_EQ(test, ecn_field(skb), INET_ECN_ECT_0);
	KUNIT_EXPECT_EQ(test, skb_shinfo(skb)->gso_type,
			SKB_GSO_TCPV4 | SKB_GSO_TCP_ECN);
	/* CWR goes once: the next is as any other. */
	nst_tcp_test_ack(t, 3001);
	nst_tcp_test_send(t, 3000, 0);
	skb = nst_tcp_test_out(t, ACK | PSH, 3001, 1, 3000);
	KUNIT_EXPECT_EQ(test, skb_shinfo(skb)->gso_type, SKB_GSO_TCPV4);
}

static void super_packet__is_cut_for_a_link_without_tso_ecn(struct kunit *test)
{
	struct nst_tcp_test *t;

	cut_after_mark(test, NETIF_F_TSO);
	t = test->priv;
	expect_ecn(t, INET_ECN_ECT_0, ACK | CWR, 1, 1, 1000);
	expect_ecn(t, INET_ECN_ECT_0, ACK, 1001, 1, 1000);
	expect_ecn(t, INET_ECN_ECT_0, ACK | PSH, 2001, 1, 1000);
	/* Without CWR the link takes it whole. */
	nst_tcp_test_ack(t, 3001);
	nst_tcp_test_send(t, 3000, 0);
	expect_ecn(t, INET_ECN_ECT_0, ACK | PSH, 3001, 1, 3000);
}

/* One that comes in: CWR ends the echo, CE begins it, for all its segments. */
static void super_packet__coming_in_counts_as_its_segments(struct kunit *test)
{
	struct nst_tcp_test *t = establish(test);

	nst_tcp_test_in(t, ACK | PSH, 1, 1, 3000, .tos = INET_ECN_CE,
			.gso_size = 1000);
	nst_tcp_test_out(t, ACK | ECE, 1, 3001, 0);
	KUNIT_EXPECT_EQ(test, 3, counter(t, NST_MIB_IP_IN_CE_PKTS));
	nst_tcp_test_in(t, ACK | PSH, 3001, 1, 3000, .tos = INET_ECN_ECT_0,
			.gso_size = 1000);
	nst_tcp_test_out(t, ACK | ECE, 1, 6001, 0);
	nst_tcp_test_in(t, ACK | PSH | CWR, 6001, 1, 3000,
			.tos = INET_ECN_ECT_0, .gso_size = 1000,
			.gso_type = SKB_GSO_TCP_ECN);
	nst_tcp_test_out(t, ACK, 1, 9001, 0);
	KUNIT_EXPECT_EQ(test, 6, counter(t, NST_MIB_IP_IN_ECT0_PKTS));
	/* All are marked, the one with CWR too: a new echo. */
	nst_tcp_test_in(t, ACK | PSH | CWR, 9001, 1, 3000, .tos = INET_ECN_CE,
			.gso_size = 1000, .gso_type = SKB_GSO_TCP_ECN);
	nst_tcp_test_out(t, ACK | ECE, 1, 12001, 0);
	KUNIT_EXPECT_EQ(test, 6, counter(t, NST_MIB_IP_IN_CE_PKTS));
}

/* ---- 6.1.3: the receiver ---- */

static void echo__lasts_until_cwr(struct kunit *test)
{
	struct nst_tcp_test *t = establish(test);
	struct tcp_info info;

	nst_tcp_test_in(t, ACK | PSH, 1, 1, 100, .tos = INET_ECN_ECT_0);
	expect_ecn(t, INET_ECN_NOT_ECT, ACK, 1, 101, 0);
	nst_tcp_test_in(t, ACK | PSH, 101, 1, 100, .tos = INET_ECN_CE);
	expect_ecn(t, INET_ECN_NOT_ECT, ACK | ECE, 1, 201, 0);
	nst_tcp_test_in(t, ACK | PSH, 201, 1, 100, .tos = INET_ECN_ECT_0);
	nst_tcp_test_out(t, ACK | ECE, 1, 301, 0);
	nst_tcp_test_send(t, 50, 0);
	expect_ecn(t, INET_ECN_ECT_0, ACK | PSH | ECE, 1, 301, 50);
	nst_tcp_test_in(t, ACK | PSH | CWR, 301, 51, 100,
			.tos = INET_ECN_ECT_0);
	nst_tcp_test_out(t, ACK, 51, 401, 0);
	/* A mark on the segment that has CWR begins another echo. */
	nst_tcp_test_in(t, ACK | PSH | CWR, 401, 51, 100, .tos = INET_ECN_CE);
	nst_tcp_test_out(t, ACK | ECE, 51, 501, 0);
	nst_tcp_get_info(t->sk, &info);
	KUNIT_EXPECT_TRUE(test, info.tcpi_options & TCPI_OPT_ECN_SEEN);
	KUNIT_EXPECT_EQ(test, 2, counter(t, NST_MIB_IP_IN_CE_PKTS));
	KUNIT_EXPECT_EQ(test, 3, counter(t, NST_MIB_IP_IN_ECT0_PKTS));
	KUNIT_EXPECT_EQ(test, 0, counter(t, NST_MIB_IP_IN_ECT1_PKTS));
}

static void echo__is_not_delayed(struct kunit *test)
{
	struct nst_tcp_test *t = establish(test);

	nst_tcp_test_in(t, ACK | PSH, 1, 1, 100, .tos = INET_ECN_ECT_0);
	nst_tcp_test_out(t, ACK, 1, 101, 0);
	t->tp->quickacks = 0;
	t->tp->pingpong = true;
	nst_tcp_test_in(t, ACK | PSH, 101, 1, 100, .tos = INET_ECN_ECT_0);
	nst_wire_expect_nothing(t->wire);
	nst_tcp_test_in(t, ACK | PSH, 201, 1, 100, .tos = INET_ECN_CE);
	nst_tcp_test_out(t, ACK | ECE, 1, 301, 0);
}

static void echo__of_data_out_of_order_is_heard(struct kunit *test)
{
	struct nst_tcp_test *t = establish(test);

	nst_tcp_test_in(t, ACK | PSH, 101, 1, 100, .tos = INET_ECN_CE);
	nst_tcp_test_out(t, ACK | ECE, 1, 1, 0);
}

static void echo__needs_ecn(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_establish(t);
	nst_tcp_test_in(t, ACK | PSH, 1, 1, 100, .tos = INET_ECN_CE);
	nst_tcp_test_out(t, ACK, 1, 101, 0);
	KUNIT_EXPECT_EQ(test, t->tp->ecn_flags, 0);
	KUNIT_EXPECT_EQ(test, 1, counter(t, NST_MIB_IP_IN_CE_PKTS));
}

/* ---- 6.1.2: the sender ---- */

/* Ten segments are on their way, and more wait. */
static void fill_window(struct nst_tcp_test *t)
{
	nst_tcp_test_send(t, 20000, 0);
	nst_wire_discard(t->wire);
	KUNIT_ASSERT_EQ(t->test, t->tp->packets_out, 10);
}

static void sender__reduces_once_a_round_trip(struct kunit *test)
{
	struct nst_tcp_test *t = establish(test);
	u32 ssthresh;

	fill_window(t);
	nst_tcp_test_in(t, ACK | ECE, 1, 1001, 0);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_CWR);
	ssthresh = t->tp->ssthresh;
	/* RFC 5681 (4): half of the nine that are in flight now. */
	KUNIT_EXPECT_EQ(test, ssthresh, 4);
	/* CWR once, on the first new data. */
	expect_ecn(t, INET_ECN_ECT_0, ACK | CWR, 10001, 1, 1000);
	nst_tcp_test_in(t, ACK | ECE, 1, 3001, 0);
	expect_ecn(t, INET_ECN_ECT_0, ACK, 11001, 1, 1000);
	nst_wire_discard(t->wire);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh, ssthresh);
	nst_tcp_test_in(t, ACK | ECE, 1, 10001, 0);
	nst_wire_discard(t->wire);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh, ssthresh);
	/* What was sent after the reduction comes back marked: again. */
	nst_tcp_test_in(t, ACK | ECE, 1, 11001, 0);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_CWR);
	KUNIT_EXPECT_LT(test, t->tp->ssthresh, ssthresh);
	KUNIT_EXPECT_EQ(test, 11, t->tp->delivered_ce);
	KUNIT_EXPECT_EQ(test, 11, counter(t, NST_MIB_TCP_DELIVERED_CE));
	KUNIT_EXPECT_EQ(test, 0, t->tp->lost_out);
}

static void sender__ends_with_ssthresh(struct kunit *test)
{
	struct nst_tcp_test *t = establish(test);

	fill_window(t);
	nst_tcp_test_in(t, ACK | ECE, 1, 1001, 0);
	nst_tcp_test_ack(t, 10001);
	nst_tcp_test_ack(t, 11001);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, t->tp->ssthresh);
}

static void sender__ignores_ece_without_ecn(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_establish(t);
	fill_window(t);
	nst_tcp_test_in(t, ACK | ECE, 1, 1001, 0);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh, NST_TCP_INFINITE_SSTHRESH);
	KUNIT_EXPECT_EQ(test, 0, counter(t, NST_MIB_TCP_DELIVERED_CE));
}

/* A loss of the same window has reduced it already; it tells CWR too. */
static void sender__ignores_ece_in_recovery(struct kunit *test)
{
	struct nst_tcp_test *t = establish(test);
	u32 ssthresh;

	fill_window(t);
	nst_tcp_test_ack(t, 1);
	nst_tcp_test_ack(t, 1);
	nst_wire_discard(t->wire);
	nst_tcp_test_ack(t, 1);
	KUNIT_ASSERT_EQ(test, t->tp->ca_state, NST_TCP_CA_RECOVERY);
	expect_ecn(t, INET_ECN_NOT_ECT, ACK, 1, 1, 1000);
	KUNIT_EXPECT_TRUE(test, t->tp->ecn_flags & NST_TCP_ECN_QUEUE_CWR);
	ssthresh = t->tp->ssthresh;
	nst_tcp_test_in(t, ACK | ECE, 1, 1, 0);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_RECOVERY);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh, ssthresh);
}

/* ---- RFC 8257: a controller that works by marks ---- */

static void use_dctcp(struct nst_tcp_test *t, struct sock *sk)
{
	KUNIT_ASSERT_EQ(t->test, 0,
			nst_congestion_set(nst_tcp_sk(sk), "dctcp", true));
}

static struct nst_tcp_test *establish_dctcp(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->wire->stack->config.tcp_early_retrans = 0;
	t->wire->stack->config.tcp_ecn = 0;
	use_dctcp(t, t->sk);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_connect(t), 0);
	expect_ecn(t, INET_ECN_ECT_0, SYN | ECE | CWR, 0, 0, 0);
	nst_tcp_test_wait(t, ROUND_TRIP);
	nst_tcp_test_in(t, SYN | ACK | ECE, 0, 1, 0, .tos = INET_ECN_ECT_0);
	expect_ecn(t, INET_ECN_ECT_0, ACK, 1, 1, 0);
	KUNIT_ASSERT_TRUE(test, ecn_ok(t));
	return t;
}

static void active__controller_that_needs_it_asks(struct kunit *test)
{
	expect_in_force(establish_dctcp(test), true);
}

static void passive__controller_that_needs_it_grants(struct kunit *test)
{
	struct nst_tcp_test *t = passive(test);

	t->wire->stack->config.tcp_ecn = 0;
	use_dctcp(t, t->listener->sk);
	nst_tcp_test_in(t, SYN | ECE | CWR, 0, 0, 0, .tos = INET_ECN_ECT_0);
	expect_ecn(t, INET_ECN_ECT_0, SYN | ACK | ECE, 0, 1, 0);
	nst_tcp_test_ack(t, 1);
	nst_tcp_test_accept(t);
	expect_in_force(t, true);
}

static void passive__controller_that_needs_it_forces_nobody(struct kunit *test)
{
	struct nst_tcp_test *t = passive(test);

	use_dctcp(t, t->listener->sk);
	nst_tcp_test_in(t, SYN, 0, 0, 0);
	expect_ecn(t, INET_ECN_NOT_ECT, SYN | ACK, 0, 1, 0);
	nst_tcp_test_ack(t, 1);
	nst_tcp_test_accept(t);
	expect_in_force(t, false);
}

static void mark__every_segment_of_dctcp(struct kunit *test)
{
	struct nst_tcp_test *t = establish_dctcp(test);

	nst_tcp_test_in(t, ACK | PSH, 1, 1, 100, .tos = INET_ECN_ECT_0);
	expect_ecn(t, INET_ECN_ECT_0, ACK, 1, 101, 0);
	nst_tcp_test_send(t, 100, 0);
	expect_ecn(t, INET_ECN_ECT_0, ACK | PSH, 1, 101, 100);
	nst_tcp_test_wait(t, 4 * ROUND_TRIP);
	expect_ecn(t, INET_ECN_ECT_0, ACK | PSH, 1, 101, 100);
}

/* 3.2: ECE by the segment; what waits is acknowledged before a change. */
static void dctcp__echoes_each_mark_and_no_more(struct kunit *test)
{
	struct nst_tcp_test *t = establish_dctcp(test);

	nst_tcp_test_in(t, ACK | PSH, 1, 1, 100, .tos = INET_ECN_ECT_0);
	nst_tcp_test_out(t, ACK, 1, 101, 0);
	t->tp->quickacks = 0;
	t->tp->pingpong = true;
	nst_tcp_test_in(t, ACK | PSH, 101, 1, 100, .tos = INET_ECN_ECT_0);
	nst_wire_expect_nothing(t->wire);
	nst_tcp_test_in(t, ACK | PSH, 201, 1, 100, .tos = INET_ECN_CE);
	nst_tcp_test_out(t, ACK, 1, 201, 0);
	nst_tcp_test_out(t, ACK | ECE, 1, 301, 0);
	/* No CWR, and the echo ends with the marks all the same. */
	nst_tcp_test_in(t, ACK | PSH, 301, 1, 100, .tos = INET_ECN_ECT_0);
	nst_tcp_test_out(t, ACK, 1, 401, 0);
	nst_wire_expect_nothing(t->wire);
}

static u32 dctcp_alpha(struct nst_tcp_test *t)
{
	union tcp_cc_info info = {};

	t->tp->ca_ops->get_info(t->tp, &info);
	return info.dctcp.dctcp_alpha;
}

/* 3.3: alpha is 1 at first; 1/16 of it goes with a window without marks. */
static void dctcp__reduces_by_the_share_of_marks(struct kunit *test)
{
	struct nst_tcp_test *t = establish_dctcp(test);
	u32 cwnd, alpha;

	fill_window(t);
	nst_tcp_test_ack(t, 10001);
	nst_wire_discard(t->wire);
	KUNIT_EXPECT_EQ(test, dctcp_alpha(t), 960);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);

	cwnd = t->tp->cwnd;
	nst_tcp_test_in(t, ACK | ECE, 1, 11001, 0);
	alpha = dctcp_alpha(t);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_CWR);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh, cwnd - (cwnd * alpha >> 11));
	KUNIT_EXPECT_GT(test, t->tp->ssthresh, cwnd / 2);
}

static struct kunit_case tcp_ecn_cases[] = {
	KUNIT_CASE(active__controller_that_needs_it_asks),
	KUNIT_CASE(passive__controller_that_needs_it_grants),
	KUNIT_CASE(passive__controller_that_needs_it_forces_nobody),
	KUNIT_CASE(mark__every_segment_of_dctcp),
	KUNIT_CASE(dctcp__echoes_each_mark_and_no_more),
	KUNIT_CASE(dctcp__reduces_by_the_share_of_marks),
	KUNIT_CASE(active__off_does_not_ask),
	KUNIT_CASE(active__off_ignores_ece),
	KUNIT_CASE(active__asks_in_vain),
	KUNIT_CASE(active__asks_and_gets),
	KUNIT_CASE(active__cwr_alone_is_no_answer),
	KUNIT_CASE(active__accept_only_does_not_ask),
	KUNIT_CASE(active__accept_only_ignores_ece),
	KUNIT_CASE(active__reflected_bits_are_no_answer),
	KUNIT_CASE(passive__off_refuses),
	KUNIT_CASE(passive__one_accepts),
	KUNIT_CASE(passive__two_accepts),
	KUNIT_CASE(passive__unasked_is_plain),
	KUNIT_CASE(passive__ece_alone_is_plain),
	KUNIT_CASE(passive__cwr_alone_is_plain),
	KUNIT_CASE(passive__marked_syn_is_plain),
	KUNIT_CASE(passive__repeats_ece_with_the_syn_ack),
	KUNIT_CASE(simultaneous__agrees_when_both_ask),
	KUNIT_CASE(simultaneous__is_plain_when_the_peer_does_not_ask),
	KUNIT_CASE(fallback__repeats_the_syn_without),
	KUNIT_CASE(fallback__can_be_switched_off),
	KUNIT_CASE(fallback__holds_in_a_simultaneous_open),
	KUNIT_CASE(cookie__keeps_ecn_in_the_timestamp),
	KUNIT_CASE(cookie__without_timestamps_is_plain),
	KUNIT_CASE(cookie__does_not_override_the_sysctl),
	KUNIT_CASE(mark__is_not_on_retransmissions),
	KUNIT_CASE(mark__is_not_on_window_probes),
	KUNIT_CASE(mark__is_not_on_a_bare_fin),
	KUNIT_CASE(mark__stands_beside_the_programs_tos),
	KUNIT_CASE(mark__is_read_back_but_not_set),
	KUNIT_CASE(super_packet__has_cwr_in_its_type),
	KUNIT_CASE(super_packet__is_cut_for_a_link_without_tso_ecn),
	KUNIT_CASE(super_packet__coming_in_counts_as_its_segments),
	KUNIT_CASE(echo__lasts_until_cwr),
	KUNIT_CASE(echo__is_not_delayed),
	KUNIT_CASE(echo__of_data_out_of_order_is_heard),
	KUNIT_CASE(echo__needs_ecn),
	KUNIT_CASE(sender__reduces_once_a_round_trip),
	KUNIT_CASE(sender__ends_with_ssthresh),
	KUNIT_CASE(sender__ignores_ece_without_ecn),
	KUNIT_CASE(sender__ignores_ece_in_recovery),
	{}
};

static struct kunit_suite tcp_ecn_suite = {
	.name = "netstack_tcp_ecn",
	.init = nst_tcp_test_init,
	.test_cases = tcp_ecn_cases,
};

kunit_test_suite(tcp_ecn_suite);
