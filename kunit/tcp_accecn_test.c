// SPDX-License-Identifier: GPL-2.0
/*
 * Feedback of accurate ECN by the ACE field: RFC 9768 3.2.2 and appendix A.
 * The AccECN option is tcp_accecn_option_test.c's.
 */
#include "../netstack/transport/tcp/info.h"
#include "accecn_fixture.h"

/* ---- 3.2: what the receiver counts, and when it tells ---- */

static void receiver__counts_marks_and_tells_a_change_at_once(struct kunit *test)
{
	struct nst_tcp_test *t = accecn_establish(test);

	nst_tcp_test_in(t, ACK | PSH | ACE(5), 1, 1, 100,
			.tos = INET_ECN_ECT_0);
	nst_tcp_test_out(t, ACK | ACE(5), 1, 101, 0);
	t->tp->quickacks = 0;
	t->tp->pingpong = true;
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 101, 1, 100,
			.tos = INET_ECN_ECT_0);
	nst_wire_expect_nothing(t->wire);
	/* 3.2.2.5.1: data with CE behind a packet without. */
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 201, 1, 100,
			.tos = INET_ECN_CE);
	nst_tcp_test_out(t, ACK | ACE(6), 1, 301, 0);
	/* Behind one with CE it may wait, until two have come. */
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 301, 1, 100,
			.tos = INET_ECN_CE);
	nst_wire_expect_nothing(t->wire);
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 401, 1, 100,
			.tos = INET_ECN_CE);
	nst_tcp_test_out(t, ACK | ACE(8), 1, 501, 0);
	/* No CWR of the peer ends anything: the count stays. */
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 501, 1, 100,
			.tos = INET_ECN_ECT_0);
	nst_tcp_test_send(t, 50, 0);
	expect_ecn(t, INET_ECN_ECT_0, ACK | PSH | ACE(8), 1, 601, 50);
}

/* 3.2.2.5.1: three marked ACKs get an ACK, two do not. */
static void receiver__acknowledges_every_third_marked_ack(struct kunit *test)
{
	struct nst_tcp_test *t = accecn_establish(test);
	unsigned int i;

	for (i = 0; i < 2; i++) {
		nst_tcp_test_in(t, ACK | ACE(5), 1, 1, 0, .tos = INET_ECN_CE);
		nst_tcp_test_in(t, ACK | ACE(5), 1, 1, 0, .tos = INET_ECN_CE);
		nst_wire_expect_nothing(t->wire);
		nst_tcp_test_in(t, ACK | ACE(5), 1, 1, 0, .tos = INET_ECN_CE);
		nst_tcp_test_out(t, ACK | ACE(5 + 3 * (i + 1)), 1, 1, 0);
	}
	KUNIT_EXPECT_EQ(test, t->tp->accecn.received_ce, 6U);
	KUNIT_EXPECT_EQ(test, (int)t->tp->accecn.changed, 0);
}

/* 3.2: retransmissions count, what is not acceptable does not. */
static void receiver__counts_what_is_acceptable(struct kunit *test)
{
	struct nst_tcp_test *t = accecn_establish(test);

	nst_tcp_test_in(t, ACK | PSH | ACE(5), 1, 1, 100, .tos = INET_ECN_CE);
	nst_tcp_test_out(t, ACK | ACE(6), 1, 101, 0);
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 1, 1, 100, .tos = INET_ECN_CE);
	nst_tcp_test_out(t, ACK | ACE(7), 1, 101, 0);
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 0x40000000, 1, 100,
			.tos = INET_ECN_CE);
	nst_tcp_test_out(t, ACK | ACE(7), 1, 101, 0);
	KUNIT_EXPECT_EQ(test, t->tp->accecn.received_ce, 2U);
	KUNIT_EXPECT_EQ(test, t->tp->accecn.received[INET_ECN_CE - 1], 200U);
}

static void receiver__counts_every_segment_of_a_super_packet(struct kunit *test)
{
	struct nst_tcp_test *t = accecn_establish(test);

	nst_tcp_test_in(t, ACK | PSH | ACE(6), 1, 1, 3000,
			.tos = INET_ECN_CE, .gso_size = 1000,
			.gso_type = SKB_GSO_TCP_ACCECN);
	nst_tcp_test_out(t, ACK | ACE(8), 1, 3001, 0);
	KUNIT_EXPECT_EQ(test, t->tp->accecn.received_ce, 3U);
	KUNIT_EXPECT_EQ(test, t->tp->accecn.received[INET_ECN_CE - 1], 3000U);
}

/* 3.2: the latest count, on a retransmission too. */
static void receiver__tells_the_latest_on_a_retransmission(struct kunit *test)
{
	struct nst_tcp_test *t = accecn_establish(test);

	accecn_expect_data(t, INET_ECN_ECT_0, 5);
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 1, 1, 100, .tos = INET_ECN_CE);
	nst_tcp_test_out(t, ACK | ACE(6), 101, 101, 0);
	nst_tcp_test_expire_rtx(t);
	/* RFC 8311 4.3 lets it be ECT. */
	expect_ecn(t, INET_ECN_ECT_0, ACK | PSH | ACE(6), 1, 101, 100);
}

static void receiver__tells_in_time_wait_too(struct kunit *test)
{
	struct nst_tcp_test *t = accecn_establish(test);
	u8 data[100];

	nst_tcp_test_in(t, ACK | PSH | ACE(5), 1, 1, 100, .tos = INET_ECN_CE);
	nst_tcp_test_out(t, ACK | ACE(6), 1, 101, 0);
	KUNIT_EXPECT_EQ(test, 100, nst_tcp_test_recv(t, data, 100, 0));
	nst_tcp_test_close(t);
	nst_tcp_test_out(t, FIN | ACK | ACE(6), 1, 101, 0);
	nst_tcp_test_in(t, FIN | ACK | ACE(5), 101, 2, 0);
	nst_tcp_test_out(t, ACK | ACE(6), 2, 102, 0);
	nst_tcp_test_wait(t, 600 * USEC_PER_MSEC);
	nst_tcp_test_in(t, FIN | ACK | ACE(5), 101, 2, 0);
	expect_ecn(t, INET_ECN_NOT_ECT, ACK | ACE(6), 2, 102, 0);
}

/* ---- What is ECT (RFC 8311 4.3) ---- */

static void ect__is_on_acks_with_sack(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_offer(t, .mss = 1000, .sack_ok = true);
	accecn_start(t);
	nst_tcp_test_in(t, SYN | ACK | ACE(2), 0, 1, 0);
	expect_ecn(t, INET_ECN_ECT_0, ACK | ACE(2), 1, 1, 0);
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 1, 1, 100);
	expect_ecn(t, INET_ECN_ECT_0, ACK | ACE(5), 1, 101, 0);
	nst_tcp_test_close_program(t);
	nst_wire_discard(t->wire);
}

static void ect__is_not_on_acks_without_sack(struct kunit *test)
{
	struct nst_tcp_test *t = accecn_establish(test);

	nst_tcp_test_in(t, ACK | PSH | ACE(5), 1, 1, 100);
	expect_ecn(t, INET_ECN_NOT_ECT, ACK | ACE(5), 1, 101, 0);
}

/* ---- The sender ---- */

/* Ten segments are on their way, and more wait. */
static void fill_window(struct nst_tcp_test *t)
{
	nst_tcp_test_send(t, 20000, 0);
	nst_wire_discard(t->wire);
	KUNIT_ASSERT_EQ(t->test, t->tp->packets_out, 10);
}

/* 3.1.5 and RFC 3168 6.1.2: once for each window, and without CWR. */
static void sender__reduces_once_a_round_trip(struct kunit *test)
{
	struct nst_tcp_test *t = accecn_establish(test);
	u32 ssthresh;

	fill_window(t);
	nst_tcp_test_in(t, ACK | ACE(6), 1, 1001, 0);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_CWR);
	ssthresh = t->tp->ssthresh;
	KUNIT_EXPECT_EQ(test, ssthresh, 4);
	expect_ecn(t, INET_ECN_ECT_0, ACK | ACE(5), 10001, 1, 1000);
	nst_tcp_test_in(t, ACK | ACE(8), 1, 3001, 0);
	nst_wire_discard(t->wire);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh, ssthresh);
	KUNIT_EXPECT_EQ(test, 3U, t->tp->delivered_ce);
	/* ACE stays: no more marks, unlike ECE. */
	nst_tcp_test_in(t, ACK | ACE(8), 1, 10001, 0);
	nst_wire_discard(t->wire);
	nst_tcp_test_in(t, ACK | ACE(8), 1, 11001, 0);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh, ssthresh);
	nst_tcp_test_in(t, ACK | ACE(9), 1, 12001, 0);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_CWR);
	KUNIT_EXPECT_EQ(test, 4U, t->tp->delivered_ce);
	KUNIT_EXPECT_EQ(test, 4U, nst_mib_read(t->wire->stack,
					       NST_MIB_TCP_DELIVERED_CE));
}

/* Appendix A.1: without progress it may have been overtaken. */
static void sender__ignores_an_ack_without_progress(struct kunit *test)
{
	struct nst_tcp_test *t = accecn_establish(test);

	fill_window(t);
	nst_tcp_test_in(t, ACK | ACE(5), 1, 2001, 0);
	nst_wire_discard(t->wire);
	nst_tcp_test_in(t, ACK | ACE(8), 1, 1001, 0);
	nst_tcp_test_in(t, ACK | ACE(8), 1, 2001, 0);
	KUNIT_EXPECT_NE(test, t->tp->ca_state, NST_TCP_CA_CWR);
	KUNIT_EXPECT_EQ(test, 0U, t->tp->delivered_ce);
	nst_tcp_test_in(t, ACK | ACE(8), 1, 3001, 0);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_CWR);
	KUNIT_EXPECT_EQ(test, 3U, t->tp->delivered_ce);
}

/* A later timestamp is progress too. */
static void sender__believes_a_later_timestamp(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_offer(t, .mss = 1000, .has_ts = true);
	accecn_establish(test);
	fill_window(t);
	nst_tcp_test_in(t, ACK | ACE(6), 1, 1, 0);
	KUNIT_EXPECT_EQ(test, 0U, t->tp->delivered_ce);
	t->tsval++;
	nst_tcp_test_in(t, ACK | ACE(6), 1, 1, 0);
	KUNIT_EXPECT_EQ(test, 1U, t->tp->delivered_ce);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_CWR);
}

/* 3.2.2.5.2: ten segments at once, and ACE where it was: eight may be marked. */
static void sender__takes_the_safest_case(struct kunit *test)
{
	struct nst_tcp_test *t = accecn_establish(test);

	fill_window(t);
	nst_tcp_test_in(t, ACK | ACE(5), 1, 10001, 0);
	KUNIT_EXPECT_EQ(test, 8U, t->tp->delivered_ce);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_CWR);
}

static void sender__knows_of_seven(struct kunit *test)
{
	struct nst_tcp_test *t = accecn_establish(test);

	fill_window(t);
	nst_tcp_test_in(t, ACK | ACE(5), 1, 7001, 0);
	KUNIT_EXPECT_EQ(test, 0U, t->tp->delivered_ce);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);
}

struct decode_row {
	u32 delta;
	u32 packets;
	bool has_ceb;
	u32 ceb_packets;
	u32 marks;
};

/* Appendix A.2 */
static const struct decode_row decode_rows[] = {
	{ 0, 1, false, 0, 0 },
	{ 1, 1, false, 0, 1 },
	/* More marks than segments: on segments without data. */
	{ 5, 1, false, 0, 5 },
	{ 7, 7, false, 0, 7 },
	/* May have gone round. */
	{ 0, 8, false, 0, 8 },
	{ 1, 8, false, 0, 1 },
	{ 1, 9, false, 0, 9 },
	{ 7, 40, false, 0, 39 },
	{ 0, 40, false, 0, 40 },
	/* An option tells. */
	{ 0, 40, true, 0, 0 },
	{ 3, 40, true, 3, 3 },
	{ 3, 40, true, 11, 11 },
	{ 3, 40, true, 12, 11 },
	{ 3, 40, true, 35, 35 },
	{ 3, 40, true, 1000, 35 },
	/* Marks on segments without data do not show in it. */
	{ 5, 40, true, 0, 5 },
};

static void decode__is_safe(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(decode_rows); i++) {
		const struct decode_row *row = &decode_rows[i];

		KUNIT_EXPECT_EQ_MSG(test, row->marks,
				    nst_accecn_decode(row->delta, row->packets,
						      row->has_ceb,
						      row->ceb_packets),
				    "row %u", i);
	}
}

/* RFC 8257 3.3: by the marks themselves. */
static void dctcp__has_the_share_of_marks(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	union tcp_cc_info info = {};

	KUNIT_ASSERT_EQ(test, 0, nst_congestion_set(t->tp, "dctcp", true));
	t->wire->stack->config.tcp_ecn = 3;
	t->wire->stack->config.tcp_early_retrans = 0;
	KUNIT_ASSERT_EQ(test, nst_tcp_test_connect(t), 0);
	/* All its segments are ECT, the SYN too, and come so. */
	expect_ecn(t, INET_ECN_ECT_0, SYN | ACE(7), 0, 0, 0);
	nst_tcp_test_wait(t, 100 * USEC_PER_MSEC);
	nst_tcp_test_in(t, SYN | ACK | ACE(4), 0, 1, 0, .tos = INET_ECN_ECT_0);
	expect_ecn(t, INET_ECN_ECT_0, ACK | ACE(4), 1, 1, 0);
	KUNIT_ASSERT_EQ(test, (int)t->tp->accecn.fail, 0);
	fill_window(t);
	nst_tcp_test_in(t, ACK | ACE(7), 1, 4001, 0);
	nst_tcp_test_in(t, ACK | ACE(7), 1, 10001, 0);
	nst_wire_discard(t->wire);
	t->tp->ca_ops->get_info(t->tp, &info);
	KUNIT_EXPECT_EQ(test, 2U, t->tp->delivered_ce);
	/*
	 * A window ends when more than it is acknowledged: 1 - 1/16 + 2/4/16
	 * with the first four, 15/16 of that with the rest.
	 */
	KUNIT_EXPECT_EQ(test, info.dctcp.dctcp_alpha, 992U);
}

/* ---- 3.3.4: super-packets that go out ---- */

static void super_packet(struct kunit *test, netdev_features_t features)
{
	struct nst_tcp_test *t = accecn_establish(test);

	t->wire->link->features = NETIF_F_SG | NETIF_F_HW_CSUM | features;
	t->wire->link->gso_max_size = 65536;
	t->wire->link->gso_max_segs = 64;
	t->wire->stack->config.tcp_min_tso_segs = 64;
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 1, 1, 100, .tos = INET_ECN_CE);
	nst_tcp_test_out(t, ACK | ACE(6), 1, 101, 0);
	nst_tcp_test_send(t, 3000, 0);
}

static void super_packet__has_ace_in_its_type(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	const struct sk_buff *skb;

	super_packet(test, NETIF_F_TSO | NETIF_F_GSO_ACCECN);
	skb = nst_tcp_test_out(t, ACK | PSH | ACE(6), 1, 101, 3000);
	KUNIT_EXPECT_EQ(test, skb_shinfo(skb)->gso_type,
			SKB_GSO_TCPV4 | SKB_GSO_TCP_ACCECN);
}

/* A device that knows RFC 3168 only would clear CWR. */
static void super_packet__is_cut_for_a_link_that_clears_cwr(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	super_packet(test, NETIF_F_TSO | NETIF_F_TSO_ECN);
	expect_ecn(t, INET_ECN_ECT_0, ACK | ACE(6), 1, 101, 1000);
	expect_ecn(t, INET_ECN_ECT_0, ACK | ACE(6), 1001, 101, 1000);
	expect_ecn(t, INET_ECN_ECT_0, ACK | PSH | ACE(6), 2001, 101, 1000);
}

/* ---- What programs see ---- */

static void info__tells_the_counters(struct kunit *test)
{
	struct nst_tcp_test *t = accecn_establish(test);
	struct nst_tcp_info info;

	nst_tcp_get_full_info(t->sk, &info);
	KUNIT_EXPECT_TRUE(test, info.head.tcpi_options & TCPI_OPT_ECN);
	KUNIT_EXPECT_FALSE(test, info.head.tcpi_options & TCPI_OPT_ECN_SEEN);
	nst_tcp_test_in(t, ACK | PSH | ACE(5), 1, 1, 100, .tos = INET_ECN_CE);
	nst_tcp_test_out(t, ACK | ACE(6), 1, 101, 0);
	nst_tcp_get_full_info(t->sk, &info);
	KUNIT_EXPECT_TRUE(test, info.head.tcpi_options & TCPI_OPT_ECN_SEEN);
	KUNIT_EXPECT_EQ(test, (int)info.ecn_mode, TCPI_ECN_MODE_ACCECN);
	KUNIT_EXPECT_EQ(test, info.received_ce, 1U);
	KUNIT_EXPECT_EQ(test, info.received_ce_bytes, 100U);
	KUNIT_EXPECT_EQ(test, info.received_e0_bytes, 0U);
	KUNIT_EXPECT_EQ(test, (int)info.accecn_fail_mode, 0);
}

static struct kunit_case tcp_accecn_cases[] = {
	KUNIT_CASE(receiver__counts_marks_and_tells_a_change_at_once),
	KUNIT_CASE(receiver__acknowledges_every_third_marked_ack),
	KUNIT_CASE(receiver__counts_what_is_acceptable),
	KUNIT_CASE(receiver__counts_every_segment_of_a_super_packet),
	KUNIT_CASE(receiver__tells_the_latest_on_a_retransmission),
	KUNIT_CASE(receiver__tells_in_time_wait_too),
	KUNIT_CASE(ect__is_on_acks_with_sack),
	KUNIT_CASE(ect__is_not_on_acks_without_sack),
	KUNIT_CASE(sender__reduces_once_a_round_trip),
	KUNIT_CASE(sender__ignores_an_ack_without_progress),
	KUNIT_CASE(sender__believes_a_later_timestamp),
	KUNIT_CASE(sender__takes_the_safest_case),
	KUNIT_CASE(sender__knows_of_seven),
	KUNIT_CASE(decode__is_safe),
	KUNIT_CASE(dctcp__has_the_share_of_marks),
	KUNIT_CASE(super_packet__has_ace_in_its_type),
	KUNIT_CASE(super_packet__is_cut_for_a_link_that_clears_cwr),
	KUNIT_CASE(info__tells_the_counters),
	{}
};

static struct kunit_suite tcp_accecn_suite = {
	.name = "netstack_tcp_accecn",
	.init = nst_tcp_test_init,
	.test_cases = tcp_accecn_cases,
};

kunit_test_suite(tcp_accecn_suite);
