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

/* SYN-ACK at 0, 1 and 3 s; 50 ms later the peer has the last of them. */
static void half_open_for_long(struct nst_tcp_test *t, u32 *first_tsecr)
{
	nst_tcp_test_offer(t, .mss = NST_TCP_TEST_MSS, .has_ts = true);
	half_open(t->test);
	*first_tsecr = t->tsecr;
	nst_tcp_test_wait(t, USEC_PER_SEC);
	nst_tcp_test_out(t, SYN_ACK, 0, 1, 0);
	nst_tcp_test_wait(t, 2 * USEC_PER_SEC);
	nst_tcp_test_out(t, SYN_ACK, 0, 1, 0);
	nst_tcp_test_wait(t, 50 * USEC_PER_MSEC);
}

/* RFC 7323 4.1, RFC 5681 3.1 */
static void request__repeated_syn_ack_is_measured_by_its_echo(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u32 first;

	half_open_for_long(t, &first);
	nst_tcp_test_ack(t, 1);
	nst_tcp_test_accept(t);
	KUNIT_EXPECT_EQ(test, t->tp->total_retrans, 2U);
	KUNIT_EXPECT_EQ(test, t->tp->srtt_us >> 3, 50 * 1000U);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 1U);
}

/* RFC 3522 3.2 */
static void request__repeated_syn_ack_in_vain_costs_no_window(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u32 first;

	half_open_for_long(t, &first);
	t->tsecr = first;
	nst_tcp_test_ack(t, 1);
	nst_tcp_test_accept(t);
	KUNIT_EXPECT_EQ(test, t->tp->total_retrans, 2U);
	KUNIT_EXPECT_EQ(test, t->tp->srtt_us >> 3, 3050 * 1000U);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 10U);
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

/* What a segment does to a half-open connection. */
enum outcome {
	STAYS,
	ENDS,
	CONNECTS,
};

/**
 * struct arrival - a segment for a half-open connection
 * @name: what it is
 * @seq: where it begins, from RCV.NXT on
 * @from_edge: count @seq from the right edge of the window instead
 * @flags: NST_TCP_*
 * @len: bytes of payload
 * @bad_ack: acknowledges what was not sent
 * @old_ts: its timestamp is older than TS.Recent
 * @answer: flags of what comes back, or 0
 * @outcome: what becomes of the request
 * @reason: why it is dropped, NST_DROP_COUNT if it is not
 */
struct arrival {
	const char *name;
	s32 seq;
	bool from_edge;
	u8 flags;
	u16 len;
	bool bad_ack;
	bool old_ts;
	u8 answer;
	enum outcome outcome;
	enum nst_drop_reason reason;
};

#define REFUSED(reason_)	.answer = NST_TCP_ACK,			\
				.reason = NST_DROP_TCP_##reason_
#define SILENT(reason_)		.reason = NST_DROP_TCP_##reason_
#define CONNECTED		.outcome = CONNECTS, .reason = NST_DROP_COUNT

/* RFC 9293 3.10.7.4, from the first check to the fifth. */
static const struct arrival arrivals[] = {
	/* First: sequence number */
	{ "ACK before the window", -1, .flags = NST_TCP_ACK,
	  REFUSED(INVALID_SEQUENCE) },
	{ "data that ends at the window", -1, .flags = NST_TCP_ACK, .len = 1,
	  REFUSED(INVALID_SEQUENCE) },
	{ "data far before the window", -1000, .flags = NST_TCP_ACK, .len = 9,
	  REFUSED(INVALID_SEQUENCE) },
	{ "FIN before the window", -1, .flags = NST_TCP_FIN | NST_TCP_ACK,
	  REFUSED(INVALID_SEQUENCE) },
	{ "data at the right edge", 0, true, NST_TCP_ACK, 1,
	  REFUSED(INVALID_SEQUENCE) },
	{ "ACK beyond the right edge", 1, true, NST_TCP_ACK,
	  REFUSED(INVALID_SEQUENCE) },
	{ "ACK of the unsent before the window", -1, .flags = NST_TCP_ACK,
	  .bad_ack = true, REFUSED(INVALID_SEQUENCE) },
	{ "no flags before the window", -1, REFUSED(INVALID_SEQUENCE) },
	{ "SYN before the window", -2, .flags = NST_TCP_SYN,
	  REFUSED(INVALID_SEQUENCE) },
	{ "SYN beyond the window", 1, true, NST_TCP_SYN,
	  REFUSED(INVALID_SEQUENCE) },
	{ "SYN, ACK with the number of the SYN", -1, .flags = SYN_ACK,
	  REFUSED(INVALID_SEQUENCE) },
	/* RFC 7323 5.3 R1 */
	{ "old timestamp", 0, .flags = NST_TCP_ACK, .old_ts = true,
	  REFUSED(PAWS) },
	{ "old timestamp, data", 0, .flags = NST_TCP_ACK, .len = 9,
	  .old_ts = true, REFUSED(PAWS) },
	{ "old timestamp, ACK of the unsent", 0, .flags = NST_TCP_ACK,
	  .bad_ack = true, .old_ts = true, REFUSED(PAWS) },
	{ "old timestamp, the SYN again", -1, .flags = NST_TCP_SYN,
	  .old_ts = true, REFUSED(PAWS) },
	{ "old timestamp, before the window", -1, .flags = NST_TCP_ACK,
	  .old_ts = true, REFUSED(PAWS) },
	/* Second: RST */
	{ "RST", 0, .flags = NST_TCP_RST, .outcome = ENDS, SILENT(RESET) },
	{ "RST, ACK of the unsent", 0, .flags = NST_TCP_RST | NST_TCP_ACK,
	  .bad_ack = true, .outcome = ENDS, SILENT(RESET) },
	{ "RST, old timestamp", 0, .flags = NST_TCP_RST, .old_ts = true,
	  .outcome = ENDS, SILENT(RESET) },
	{ "RST and SYN", 0, .flags = NST_TCP_RST | NST_TCP_SYN,
	  .outcome = ENDS, SILENT(RESET) },
	{ "RST in the window", 1, .flags = NST_TCP_RST,
	  REFUSED(INVALID_SEQUENCE) },
	{ "RST in the window, old timestamp", 1, .flags = NST_TCP_RST,
	  .old_ts = true, REFUSED(INVALID_SEQUENCE) },
	{ "RST before the window", -1, .flags = NST_TCP_RST,
	  SILENT(INVALID_SEQUENCE) },
	{ "RST, ACK before the window", -1,
	  .flags = NST_TCP_RST | NST_TCP_ACK, SILENT(INVALID_SEQUENCE) },
	{ "RST beyond the window", 1, true, NST_TCP_RST,
	  SILENT(INVALID_SEQUENCE) },
	{ "RST outside, old timestamp", -1, .flags = NST_TCP_RST,
	  .old_ts = true, SILENT(INVALID_SEQUENCE) },
	/* Fourth: SYN */
	{ "SYN in the window", 5, .flags = NST_TCP_SYN, REFUSED(INVALID_SYN) },
	{ "SYN, ACK in the window", 0, .flags = SYN_ACK,
	  REFUSED(INVALID_SYN) },
	{ "SYN, ACK of the unsent", 0, .flags = SYN_ACK, .bad_ack = true,
	  REFUSED(INVALID_SYN) },
	/* Fifth: ACK */
	{ "no flags", 0, SILENT(INVALID_ACK) },
	{ "data without ACK", 0, .len = 9, SILENT(INVALID_ACK) },
	{ "FIN without ACK", 0, .flags = NST_TCP_FIN, SILENT(INVALID_ACK) },
	{ "URG without ACK", 0, .flags = NST_TCP_URG, SILENT(INVALID_ACK) },
	{ "ACK of the unsent", 0, .flags = NST_TCP_ACK, .bad_ack = true,
	  .answer = NST_TCP_RST, SILENT(INVALID_ACK) },
	{ "FIN, ACK of the unsent", 0, .flags = NST_TCP_FIN | NST_TCP_ACK,
	  .bad_ack = true, .answer = NST_TCP_RST, SILENT(INVALID_ACK) },
	/* Acceptable */
	{ "ACK", 0, .flags = NST_TCP_ACK, CONNECTED },
	{ "ACK in the window", 9, .flags = NST_TCP_ACK, CONNECTED },
	{ "ACK at the right edge", 0, true, NST_TCP_ACK, CONNECTED },
	{ "FIN", 0, .flags = NST_TCP_FIN | NST_TCP_ACK, CONNECTED,
	  .answer = NST_TCP_ACK },
	{ "data that begins before the window", -1, .flags = NST_TCP_ACK,
	  .len = 9, CONNECTED, .answer = NST_TCP_ACK },
};

static void arrival_name(const struct arrival *arrival, char *name)
{
	strscpy(name, arrival->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(arrival, arrivals, arrival_name);

/* RCV.NXT + RCV.WND, relative. */
static u32 right_edge(struct nst_tcp_test *t)
{
	const struct nst_flow_key key = {
		.laddr = nst_address_v4(htonl(NST_WIRE_LOCAL)),
		.raddr = nst_address_v4(htonl(NST_WIRE_PEER)),
		.lport = htons(t->local_port),
		.rport = htons(t->port),
		.family = AF_INET,
		.link_index = NST_WIRE_INDEX,
	};
	struct nst_tcp_request *request;
	struct nst_endpoint *endpoint;
	u32 edge;

	endpoint = nst_demux_flow_get(&t->wire->stack->tcp->demux, &key);
	KUNIT_ASSERT_NOT_NULL(t->test, endpoint);
	request = container_of(endpoint, struct nst_tcp_request, flow);
	edge = 1 + request->rcv_wnd;
	nst_endpoint_put(endpoint);
	return edge;
}

static void expect_answer(struct nst_tcp_test *t,
			  const struct arrival *arrival, u32 ack)
{
	/* An acceptable segment is acknowledged with all that it brings. */
	u32 taken = arrival->outcome != CONNECTS ? 0 :
		    arrival->seq + arrival->len +
		    !!(arrival->flags & NST_TCP_FIN);

	/* <SEQ=SEG.ACK><CTL=RST>, <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> */
	if (arrival->answer & NST_TCP_RST)
		nst_tcp_test_out(t, NST_TCP_RST, ack, 0, 0);
	else if (arrival->answer)
		nst_tcp_test_out(t, NST_TCP_ACK, 1, 1 + taken, 0);
	nst_wire_expect_nothing(t->wire);
}

static void request__segment_arrives(struct kunit *test)
{
	const struct arrival *arrival = test->param_value;
	struct nst_tcp_test *t = test->priv;
	struct nst_stack *stack = t->wire->stack;
	u32 ack = arrival->bad_ack ? 101 : 1;
	unsigned long ended = arrival->outcome == ENDS;
	unsigned long paws = arrival->reason == NST_DROP_TCP_PAWS;
	u32 seq;

	nst_tcp_test_offer(t, .mss = NST_TCP_TEST_MSS, .has_ts = true);
	half_open(test);
	seq = (arrival->from_edge ? right_edge(t) : 1) + arrival->seq;
	t->tsval -= arrival->old_ts;
	nst_tcp_test_in(t, arrival->flags, seq, ack, arrival->len);
	t->tsval += arrival->old_ts;
	if (arrival->outcome == CONNECTS) {
		/* Its ACK may be a delayed one. */
		nst_tcp_test_accept(t);
		nst_tcp_test_wait(t, 200 * USEC_PER_MSEC);
	}
	expect_answer(t, arrival, ack);

	if (arrival->reason != NST_DROP_COUNT)
		KUNIT_EXPECT_EQ(test, 1UL,
				nst_drop_read(stack, arrival->reason));
	KUNIT_EXPECT_EQ(test, requests(t), arrival->outcome == STAYS);
	KUNIT_EXPECT_EQ(test, sockets(t), 1 + (arrival->outcome == CONNECTS));
	KUNIT_EXPECT_EQ(test, ended,
			nst_mib_read(stack, NST_MIB_TCP_ATTEMPT_FAILS));
	KUNIT_EXPECT_EQ(test, paws,
			nst_mib_read(stack, NST_MIB_TCP_PAWS_ESTAB));

	/* What stays is as it was: the handshake can still be completed. */
	if (arrival->outcome != STAYS)
		return;
	nst_tcp_test_ack(t, 1);
	nst_wire_expect_nothing(t->wire);
	nst_tcp_test_accept(t);
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

/* The SYN again, and our answer: the next is due a second after that. */
static void syn_ack__that_was_asked_for_restarts_the_timer(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	half_open(test);
	nst_tcp_test_silence(t, 900 * USEC_PER_MSEC);
	nst_tcp_test_syn(t);
	nst_tcp_test_out(t, SYN_ACK, 0, 1, 0);
	nst_tcp_test_silence(t, USEC_PER_SEC - NST_TCP_CLOCK_TICK_US);
	nst_tcp_test_wait(t, NST_TCP_CLOCK_TICK_US);
	nst_tcp_test_out(t, SYN_ACK, 0, 1, 0);
}

static void request__full_queue_allocates_nothing(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->wire->stack->config.tcp_syncookies = 0;
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
	KUNIT_CASE(request__repeated_syn_ack_is_measured_by_its_echo),
	KUNIT_CASE(request__repeated_syn_ack_in_vain_costs_no_window),
	KUNIT_CASE(request__takes_data_with_the_ack),
	KUNIT_CASE(request__answers_duplicate_syn),
	KUNIT_CASE(request__ends_by_exact_rst),
	KUNIT_CASE(request__resets_wrong_ack),
	KUNIT_CASE(request__challenges_syn_in_window),
	KUNIT_CASE(request__rejects_old_timestamp),
	KUNIT_CASE_PARAM(request__segment_arrives, arrival_gen_params),
	KUNIT_CASE(request__repeats_syn_ack_then_gives_up),
	KUNIT_CASE(syn_ack__that_was_asked_for_restarts_the_timer),
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
