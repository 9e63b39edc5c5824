// SPDX-License-Identifier: GPL-2.0
/*
 * Active open: transport/tcp/connect.c.
 */
#include <net/ip.h>

#include "../netstack/network/route.h"
#include "tcp_fixture.h"

static void expect_syn(struct nst_tcp_test *t)
{
	nst_tcp_test_expect(t, NST_TCP_SEGMENT(NST_TCP_SYN, 0, 0, 0));
}

static void connect__offers_mss_sack_timestamps_and_scale(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	const u8 *options;
	struct sk_buff *skb;
	u8 want[20] = { 2, 4, 0x05, 0xb4, 4, 2, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0,
			1, 3, 3, 7 };

	t->wire->stack->config.tcp_sack = 1;
	t->wire->stack->config.tcp_timestamps = 1;
	t->wire->stack->config.tcp_window_scaling = 1;
	KUNIT_ASSERT_EQ(test, nst_tcp_test_connect(t), 0);
	skb = nst_tcp_test_expect(t, NST_TCP_SEGMENT(NST_TCP_SYN, 0, 0, 0));
	KUNIT_ASSERT_EQ(test, (int)tcp_hdr(skb)->doff, 10);
	options = skb->data + 20;
	/* The clock is random by its offset; it is checked elsewhere. */
	memcpy(want + 8, options + 8, 4);
	KUNIT_EXPECT_EQ_MSG(test, memcmp(options, want, 20), 0,
			    "options are %*ph", 20, options);
	KUNIT_EXPECT_EQ(test, ntohs(tcp_hdr(skb)->window), 64240);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_SYN_SENT);
	KUNIT_EXPECT_EQ(test, ntohs(ip_hdr(skb)->frag_off), IP_DF);
}

static void connect__offers_only_mss_when_told(struct kunit *test)
{
	static const u8 want[] = { 2, 4, 0x05, 0xb4 };
	struct nst_tcp_test *t = test->priv;
	struct sk_buff *skb;

	KUNIT_ASSERT_EQ(test, nst_tcp_test_connect(t), 0);
	skb = nst_tcp_test_expect(t, NST_TCP_SEGMENT(NST_TCP_SYN, 0, 0, 0));
	KUNIT_ASSERT_EQ(test, (int)tcp_hdr(skb)->doff, 6);
	KUNIT_EXPECT_EQ(test, memcmp(skb->data + 20, want, 4), 0);
}

static void connect__offers_the_programs_mss(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct sk_buff *skb;

	t->tp->user_mss = 700;
	KUNIT_ASSERT_EQ(test, nst_tcp_test_connect(t), 0);
	skb = nst_tcp_test_expect(t, NST_TCP_SEGMENT(NST_TCP_SYN, 0, 0, 0));
	KUNIT_EXPECT_EQ(test, get_unaligned_be16(skb->data + 22), 700);
}

static void connect__chooses_a_port_and_a_source(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, nst_tcp_test_connect(t), 0);
	expect_syn(t);
	KUNIT_EXPECT_GE(test, ntohs(t->tp->nst.flow.lport), 32768);
	KUNIT_EXPECT_LE(test, ntohs(t->tp->nst.flow.lport), 60999);
	KUNIT_EXPECT_EQ(test, ntohl(t->tp->nst.flow.laddr.v4),
			(u32)NST_WIRE_LOCAL);
	KUNIT_EXPECT_EQ(test, nst_mib_read(t->wire->stack,
					   NST_MIB_TCP_ACTIVE_OPENS), 1UL);
}

/* RFC 6298 2.1, 5.5: 1, 2, 4... seconds, and the seventh is the end. */
static void connect__backs_off_and_gives_up(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, nst_tcp_test_connect(t), 0);
	expect_syn(t);
	for (i = 0; i < 6; i++) {
		long due = nst_tcp_test_rtx_due(t);

		KUNIT_EXPECT_LE(test, due, (long)HZ << i);
		KUNIT_EXPECT_GE(test, due, ((long)HZ << i) - 2);
		nst_tcp_test_expire_rtx(t);
		expect_syn(t);
		KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_SYN_SENT);
	}
	KUNIT_EXPECT_EQ(test, nst_mib_read(t->wire->stack,
					   NST_MIB_TCP_SYN_RETRANS), 6UL);
	nst_tcp_test_expire_rtx(t);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_CLOSE);
	KUNIT_EXPECT_EQ(test, t->sk->sk_err, ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, nst_mib_read(t->wire->stack,
					   NST_MIB_TCP_ATTEMPT_FAILS), 1UL);
}

static void connect__obeys_tcp_syncnt(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->tp->syn_retries = 1;
	KUNIT_ASSERT_EQ(test, nst_tcp_test_connect(t), 0);
	expect_syn(t);
	nst_tcp_test_expire_rtx(t);
	expect_syn(t);
	nst_tcp_test_expire_rtx(t);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->sk->sk_err, ETIMEDOUT);
}

static void connect__tells_the_soft_error_in_the_end(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->tp->syn_retries = 1;
	KUNIT_ASSERT_EQ(test, nst_tcp_test_connect(t), 0);
	expect_syn(t);
	nst_tcp_test_expire_rtx(t);
	expect_syn(t);
	t->tp->err_soft = EHOSTUNREACH;
	nst_tcp_test_expire_rtx(t);
	KUNIT_EXPECT_EQ(test, t->sk->sk_err, EHOSTUNREACH);
}

/* The first SYN could not be sent: it counts as lost. */
static void connect__repeats_a_syn_that_could_not_be_sent(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->wire->capacity = 0;
	KUNIT_ASSERT_EQ(test, nst_tcp_test_connect(t), 0);
	nst_wire_expect_nothing(t->wire);
	t->wire->capacity = 10;
	nst_tcp_test_expire_rtx(t);
	expect_syn(t);
}

static void connect__refuses_a_broadcast_address(struct kunit *test)
{
	const struct nst_sockaddr peer = {
		.family = AF_INET,
		.address = nst_address_v4(htonl(0x0a0000ff)),
		.port = htons(80),
	};
	struct nst_tcp_test *t = test->priv;
	int err;

	lock_sock(t->sk);
	err = nst_tcp_connect(t->sk, &peer);
	release_sock(t->sk);
	KUNIT_EXPECT_EQ(test, err, -ENETUNREACH);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_CLOSE);
	KUNIT_EXPECT_PTR_EQ(test, t->tp->nst.port, NULL);
	nst_wire_expect_nothing(t->wire);
}

static void connect__fails_without_a_route(struct kunit *test)
{
	const struct nst_sockaddr peer = {
		.family = AF_INET,
		.address = nst_address_v4(htonl(0xc0000201)),
		.port = htons(80),
	};
	struct nst_tcp_test *t = test->priv;
	int err;

	lock_sock(t->sk);
	err = nst_tcp_connect(t->sk, &peer);
	release_sock(t->sk);
	KUNIT_EXPECT_EQ(test, err, -ENETUNREACH);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_CLOSE);
	KUNIT_EXPECT_EQ(test, nst_mib_read(t->wire->stack,
					   NST_MIB_IP_OUT_NO_ROUTES), 1UL);
}

static void connect__leaves_no_trace_when_no_port_is_free(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_endpoint other = {
		.kind = NST_ENDPOINT_REQUEST,
		.family = AF_INET,
		.laddr = nst_address_v4(htonl(NST_WIRE_LOCAL)),
		.raddr = nst_address_v4(htonl(NST_WIRE_PEER)),
		.lport = htons(40000),
		.rport = htons(NST_TCP_TEST_PORT),
	};
	struct nst_demux *demux = &t->wire->stack->tcp->demux;

	refcount_set(&other.refs, 1);
	KUNIT_ASSERT_EQ(test, nst_demux_flow_add(demux, &other, NULL), 0);
	t->wire->stack->config.ip_local_port_range[0] = 40000;
	t->wire->stack->config.ip_local_port_range[1] = 40000;
	KUNIT_EXPECT_EQ(test, nst_tcp_test_connect(t), -EADDRNOTAVAIL);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_CLOSE);
	KUNIT_EXPECT_PTR_EQ(test, t->tp->nst.port, NULL);
	KUNIT_EXPECT_EQ(test, ntohs(t->tp->nst.flow.rport), 0);
	KUNIT_EXPECT_PTR_EQ(test, t->tp->nst.path.link, NULL);
	nst_wire_expect_nothing(t->wire);
	nst_demux_flow_del(demux, &other);
	synchronize_rcu();
	/* And the socket can still be used. */
	KUNIT_ASSERT_EQ(test, nst_tcp_test_connect(t), 0);
	expect_syn(t);
}

static void established__begins_with_ten_segments(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_establish(t);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 10U);
	KUNIT_EXPECT_EQ(test, t->tp->mss_cache, (u32)NST_TCP_TEST_MSS);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 0U);
}

/* The SYN was repeated; the peer answers to the first, or to the last. */
static void established_after(struct nst_tcp_test *t, int repeats, bool first)
{
	u32 tsecr;
	int i;

	KUNIT_ASSERT_EQ(t->test, nst_tcp_test_connect(t), 0);
	expect_syn(t);
	tsecr = t->tsecr;
	for (i = 0; i < repeats; i++) {
		nst_tcp_test_wait(t, (1 << i) * USEC_PER_SEC);
		expect_syn(t);
	}
	if (first)
		t->tsecr = tsecr;
	nst_tcp_test_inject(t, NST_TCP_SEGMENT(NST_TCP_SYN | NST_TCP_ACK,
					       0, 1, 0));
	nst_tcp_test_expect_data(t, 1, 0);
}

/* RFC 5681 3.1 */
static void established__begins_with_one_after_lost_syns(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	established_after(t, 2, false);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 1U);
}

/* RFC 5681 3.1 would begin with one; the host does not believe in one loss. */
static void established__begins_with_ten_after_one_repeat(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	established_after(t, 1, false);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 10U);
}

/* RFC 3522 3.2 */
static void established__begins_with_ten_if_the_first_arrived(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_offer(t, .mss = NST_TCP_TEST_MSS, .has_ts = true);
	established_after(t, 2, true);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 10U);
	KUNIT_EXPECT_EQ(test, t->tp->total_retrans, 2U);
}

static void established__begins_with_one_if_the_last_arrived(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_offer(t, .mss = NST_TCP_TEST_MSS, .has_ts = true);
	established_after(t, 2, false);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 1U);
}

/* Two windows of ten segments, each with its header and buffer. */
static void established__has_room_for_two_windows(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->sk->sk_sndbuf = 4096;
	nst_tcp_test_establish(t);
	KUNIT_EXPECT_GE(test, t->sk->sk_sndbuf, 20 * NST_TCP_TEST_MSS);
	KUNIT_EXPECT_LE(test, t->sk->sk_sndbuf,
			t->wire->stack->config.tcp_wmem[2]);
}

static void established__keeps_the_buffer_of_the_program(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->sk->sk_sndbuf = 4096;
	t->sk->sk_userlocks |= SOCK_SNDBUF_LOCK;
	nst_tcp_test_establish(t);
	KUNIT_EXPECT_EQ(test, t->sk->sk_sndbuf, 4096);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(connect__offers_mss_sack_timestamps_and_scale),
	KUNIT_CASE(connect__offers_only_mss_when_told),
	KUNIT_CASE(connect__offers_the_programs_mss),
	KUNIT_CASE(connect__chooses_a_port_and_a_source),
	KUNIT_CASE(connect__backs_off_and_gives_up),
	KUNIT_CASE(connect__obeys_tcp_syncnt),
	KUNIT_CASE(connect__tells_the_soft_error_in_the_end),
	KUNIT_CASE(connect__repeats_a_syn_that_could_not_be_sent),
	KUNIT_CASE(connect__refuses_a_broadcast_address),
	KUNIT_CASE(connect__fails_without_a_route),
	KUNIT_CASE(connect__leaves_no_trace_when_no_port_is_free),
	KUNIT_CASE(established__begins_with_ten_segments),
	KUNIT_CASE(established__begins_with_one_after_lost_syns),
	KUNIT_CASE(established__begins_with_ten_after_one_repeat),
	KUNIT_CASE(established__begins_with_ten_if_the_first_arrived),
	KUNIT_CASE(established__begins_with_one_if_the_last_arrived),
	KUNIT_CASE(established__has_room_for_two_windows),
	KUNIT_CASE(established__keeps_the_buffer_of_the_program),
	{}
};

static struct kunit_suite suite = {
	.name = "netstack_tcp_connect",
	.init = nst_tcp_test_init,
	.test_cases = cases,
};

kunit_test_suite(suite);
