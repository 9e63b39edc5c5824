// SPDX-License-Identifier: GPL-2.0
/*
 * Half-open connections (request.c): the handshake from the passive side.
 */
#include "tcp_fixture.h"

#define SYN_ACK	(NST_TCP_SYN | NST_TCP_ACK)

static int requests(const struct nst_tcp_test *t)
{
	return atomic_read(&t->wire->stack->tcp->requests);
}

static int sockets(const struct nst_tcp_test *t)
{
	return atomic_read(&t->wire->stack->sockets);
}

/* A SYN was answered. */
static struct nst_tcp_test *half_open(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_listen(t, 5);
	nst_tcp_test_half_open(t);
	return t;
}

static void request__answers_syn(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_listen(t, 5);
	nst_tcp_test_syn(t);
	/* Only what the SYN has offered. */
	nst_tcp_test_out(t, SYN_ACK, 0, 1, 0,
			 NST_TCP_OPTIONS(.mss = NST_WIRE_MTU - 40));
	KUNIT_EXPECT_EQ(test, requests(t), 1);
	/* No socket before the handshake is done. */
	KUNIT_EXPECT_EQ(test, sockets(t), 1);
}

static void request__answers_timestamp(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_listen(t, 5);
	t->offer.has_ts = true;
	t->tsval = 777;
	nst_tcp_test_syn(t);
	nst_tcp_test_out(t, SYN_ACK, 0, 1, 0,
			 NST_TCP_OPTIONS(.mss = NST_WIRE_MTU - 40,
					 .has_ts = true, .tsecr = 777));
}

/* RFC 2018 2; the SYN-ACK repeats the layout of the SYN. */
static void request__permits_sack_when_both_do(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_tcp_test *another;

	t->offer.sack_ok = true;
	nst_tcp_test_establish_passive(t);
	KUNIT_EXPECT_TRUE(test, t->seen.sack_ok);
	KUNIT_EXPECT_TRUE(test, t->tp->sack_ok);

	t->wire->stack->config.tcp_sack = 0;
	another = nst_tcp_test_another(t);
	another->offer.sack_ok = true;
	nst_tcp_test_establish_passive(another);
	KUNIT_EXPECT_FALSE(test, another->seen.sack_ok);
	KUNIT_EXPECT_FALSE(test, another->tp->sack_ok);
}

static void request__timestamps_can_be_off(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->wire->stack->config.tcp_timestamps = 0;
	t->offer.has_ts = true;
	half_open(test);
	KUNIT_EXPECT_FALSE(test, t->seen.has_ts);
}

static void request__becomes_socket(struct kunit *test)
{
	struct nst_tcp_test *t = half_open(test);

	nst_tcp_test_ack(t, 1);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, requests(t), 0);
	KUNIT_EXPECT_EQ(test, sockets(t), 2);
	KUNIT_EXPECT_EQ(test, t->listener->sk->sk_ack_backlog, 1);
	KUNIT_EXPECT_EQ(test, 1,
			nst_mib_read(t->wire->stack,
				     NST_MIB_TCP_PASSIVE_OPENS));
	KUNIT_EXPECT_EQ(test, 1,
			nst_mib_read(t->wire->stack, NST_MIB_TCP_CURR_ESTAB));

	nst_tcp_test_accept(t);
	KUNIT_EXPECT_EQ(test, t->listener->sk->sk_ack_backlog, 0);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, t->tp->rcv_nxt, NST_TCP_TEST_IRS + 1);
	KUNIT_EXPECT_EQ(test, t->tp->snd_una, t->iss + 1);
	KUNIT_EXPECT_EQ(test, t->tp->snd_nxt, t->iss + 1);
	KUNIT_EXPECT_EQ(test, t->tp->mss_clamp, NST_TCP_TEST_MSS);
}

static void request__takes_data_with_the_ack(struct kunit *test)
{
	struct nst_tcp_test *t = half_open(test);
	u8 data[16] = {};

	nst_tcp_test_in(t, NST_TCP_ACK | NST_TCP_PSH, 1, 1, 10);
	nst_tcp_test_accept(t);
	KUNIT_EXPECT_EQ(test, 10, nst_tcp_test_recv(t, data, sizeof(data), 0));
	KUNIT_EXPECT_EQ(test, data[9], 10);
}

static void request__answers_duplicate_syn(struct kunit *test)
{
	struct nst_tcp_test *t = half_open(test);

	nst_tcp_test_syn(t);
	/* With the same number. */
	nst_tcp_test_out(t, SYN_ACK, 0, 1, 0);
	KUNIT_EXPECT_EQ(test, requests(t), 1);

	/* Attack 17: but not for each of many. */
	nst_tcp_test_syn(t);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, 1,
			nst_mib_read(t->wire->stack,
				     NST_MIB_TCP_ACK_SKIPPED_SYN_RECV));
}

static void request__ends_by_exact_rst(struct kunit *test)
{
	struct nst_tcp_test *t = half_open(test);

	/* RFC 5961 3: in the window is not enough; outside says nothing. */
	nst_tcp_test_in(t, NST_TCP_RST, 2, 0, 0);
	nst_tcp_test_out(t, NST_TCP_ACK, 1, 1, 0);
	nst_tcp_test_in(t, NST_TCP_RST, 0, 0, 0);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, requests(t), 1);

	nst_tcp_test_in(t, NST_TCP_RST, 1, 0, 0);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, requests(t), 0);
	KUNIT_EXPECT_EQ(test, 1,
			nst_mib_read(t->wire->stack,
				     NST_MIB_TCP_ATTEMPT_FAILS));
	KUNIT_EXPECT_EQ(test, 1,
			nst_mib_read(t->wire->stack,
				     NST_MIB_TCP_EMBRYONIC_RSTS));
}

static void request__resets_wrong_ack(struct kunit *test)
{
	struct nst_tcp_test *t = half_open(test);

	nst_tcp_test_ack(t, 2);
	nst_tcp_test_out(t, NST_TCP_RST, 2, 0, 0);
	/* It costs the attacker a guess, and the peer nothing. */
	KUNIT_EXPECT_EQ(test, requests(t), 1);
	KUNIT_EXPECT_EQ(test, sockets(t), 1);
}

static void request__challenges_syn_in_window(struct kunit *test)
{
	struct nst_tcp_test *t = half_open(test);

	nst_tcp_test_in(t, NST_TCP_SYN, 6, 0, 0);
	nst_tcp_test_out(t, NST_TCP_ACK, 1, 1, 0);
	KUNIT_EXPECT_EQ(test, requests(t), 1);
}

static void request__rejects_old_timestamp(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->offer.has_ts = true;
	half_open(test);
	t->tsval--;
	nst_tcp_test_ack(t, 1);
	nst_tcp_test_out(t, NST_TCP_ACK, 1, 1, 0);
	KUNIT_EXPECT_EQ(test, requests(t), 1);
	KUNIT_EXPECT_EQ(test, 1,
			nst_mib_read(t->wire->stack, NST_MIB_TCP_PAWS_ESTAB));
}

static void request__repeats_syn_ack_then_gives_up(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->wire->stack->config.tcp_synack_retries = 1;
	half_open(test);
	nst_tcp_test_silence(t, USEC_PER_SEC - NST_TCP_CLOCK_TICK_US);
	nst_tcp_test_wait(t, NST_TCP_CLOCK_TICK_US);
	nst_tcp_test_out(t, SYN_ACK, 0, 1, 0);
	KUNIT_EXPECT_EQ(test, requests(t), 1);
	/* RFC 6298 5.5: two seconds later it would be sent again. */
	nst_tcp_test_silence(t, 2 * USEC_PER_SEC - NST_TCP_CLOCK_TICK_US);
	KUNIT_EXPECT_EQ(test, requests(t), 1);
	nst_tcp_test_silence(t, NST_TCP_CLOCK_TICK_US);
	KUNIT_EXPECT_EQ(test, requests(t), 0);
	KUNIT_EXPECT_EQ(test, 1,
			nst_mib_read(t->wire->stack, NST_MIB_TCP_SYN_RETRANS));
}

static void request__full_queue_allocates_nothing(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_listen(t, 1);
	nst_tcp_test_half_open(t);
	nst_tcp_test_half_open(nst_tcp_test_another(t));
	KUNIT_EXPECT_EQ(test, requests(t), 2);

	nst_tcp_test_syn(nst_tcp_test_another(t));
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, requests(t), 2);
	KUNIT_EXPECT_EQ(test, 1, nst_mib_read(t->wire->stack,
					      NST_MIB_TCP_REQ_Q_FULL_DROP));
	KUNIT_EXPECT_EQ(test, 1, nst_mib_read(t->wire->stack,
					      NST_MIB_TCP_LISTEN_DROPS));
}

static void request__has_a_floor_for_mss(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->offer.mss = 1;
	nst_tcp_test_establish_passive(t);
	KUNIT_EXPECT_EQ(test, t->tp->mss_clamp, NST_TCP_MIN_MSS);
}

/* Two segments at once: the second finds a request that has ended since. */
static void request__that_has_ended_passes_on(struct kunit *test)
{
	const struct nst_flow_key key = {
		.laddr = nst_address_v4(htonl(NST_WIRE_LOCAL)),
		.raddr = nst_address_v4(htonl(NST_WIRE_PEER)),
		.lport = htons(NST_TCP_TEST_PORT),
		.rport = htons(NST_TCP_TEST_CLIENT),
		.family = AF_INET,
		.link_index = NST_WIRE_INDEX,
	};
	struct nst_tcp_test *t = half_open(test);
	struct nst_endpoint *request;
	struct nst_tcp_cb *cb;
	struct sk_buff *skb;

	request = nst_demux_flow_get(&t->wire->stack->tcp->demux, &key);
	KUNIT_ASSERT_NOT_NULL(test, request);
	KUNIT_ASSERT_EQ(test, request->kind, NST_ENDPOINT_REQUEST);
	nst_tcp_test_ack(t, 1);
	KUNIT_ASSERT_FALSE(test, request->hashed);

	skb = nst_build_pattern(test, 5, 0);
	nst_build_tcp(skb, &(struct nst_build_tcp) {
			      .sport = NST_TCP_TEST_CLIENT,
			      .dport = NST_TCP_TEST_PORT });
	skb_reset_transport_header(skb);
	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
			       .protocol = IPPROTO_TCP });
	skb_reset_network_header(skb);
	skb_pull(skb, sizeof(struct iphdr));
	memset(skb->cb, 0, sizeof(skb->cb));
	nst_packet_cb(skb)->link = t->wire->link;
	nst_packet_cb(skb)->family = AF_INET;
	nst_packet_cb(skb)->hop_limit = 64;
	cb = nst_tcp_cb(skb);
	cb->seq = NST_TCP_TEST_IRS + 1;
	cb->end_seq = NST_TCP_TEST_IRS + 6;
	cb->ack_seq = t->iss + 1;
	cb->flags = NST_TCP_ACK;
	cb->window = 65535;

	local_bh_disable();
	rcu_read_lock();
	nst_tcp_request_input(t->wire->stack, request, skb);
	rcu_read_unlock();
	local_bh_enable();
	nst_tcp_test_out(t, NST_TCP_ACK, 1, 6, 0);
}

static struct kunit_case request_cases[] = {
	KUNIT_CASE(request__answers_syn),
	KUNIT_CASE(request__answers_timestamp),
	KUNIT_CASE(request__permits_sack_when_both_do),
	KUNIT_CASE(request__timestamps_can_be_off),
	KUNIT_CASE(request__becomes_socket),
	KUNIT_CASE(request__takes_data_with_the_ack),
	KUNIT_CASE(request__answers_duplicate_syn),
	KUNIT_CASE(request__ends_by_exact_rst),
	KUNIT_CASE(request__resets_wrong_ack),
	KUNIT_CASE(request__challenges_syn_in_window),
	KUNIT_CASE(request__rejects_old_timestamp),
	KUNIT_CASE(request__repeats_syn_ack_then_gives_up),
	KUNIT_CASE(request__full_queue_allocates_nothing),
	KUNIT_CASE(request__has_a_floor_for_mss),
	KUNIT_CASE(request__that_has_ended_passes_on),
	{}
};

static struct kunit_suite request_suite = {
	.name = "netstack_tcp_request",
	.init = nst_tcp_test_init_passive,
	.test_cases = request_cases,
};

kunit_test_suite(request_suite);
