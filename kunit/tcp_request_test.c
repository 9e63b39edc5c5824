// SPDX-License-Identifier: GPL-2.0
/*
 * Half-open connections (request.c): the handshake from the passive side.
 */
#include "tcp_peer.h"

#define SYN_ACK	(NST_TCP_SYN | NST_TCP_ACK)

static int requests(const struct nst_wire *wire)
{
	return atomic_read(&wire->stack->tcp->requests);
}

static int sockets(const struct nst_wire *wire)
{
	return atomic_read(&wire->stack->sockets);
}

static void request__answers_syn(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	const struct tcphdr *th;

	nst_tcp_test_listener(test, 5);
	nst_tcp_peer_init(&peer, wire);
	nst_tcp_peer_syn(&peer);
	th = nst_tcp_peer_expect(&peer, SYN_ACK);
	KUNIT_EXPECT_EQ(test, ntohl(th->ack_seq), NST_PEER_ISS + 1);
	KUNIT_EXPECT_EQ(test, peer.options.mss, NST_WIRE_MTU - 40);
	/* Only what the SYN has offered. */
	KUNIT_EXPECT_FALSE(test, peer.options.has_ts);
	KUNIT_EXPECT_FALSE(test, peer.options.has_wscale);
	KUNIT_EXPECT_FALSE(test, peer.options.sack_ok);
	KUNIT_EXPECT_EQ(test, requests(wire), 1);
	/* No socket before the handshake is done. */
	KUNIT_EXPECT_EQ(test, sockets(wire), 1);
}

static void request__answers_timestamp(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;

	nst_tcp_test_listener(test, 5);
	nst_tcp_peer_init(&peer, wire);
	peer.ts = true;
	peer.tsval = 777;
	nst_tcp_peer_syn(&peer);
	nst_tcp_peer_expect(&peer, SYN_ACK);
	KUNIT_EXPECT_TRUE(test, peer.options.has_ts);
	KUNIT_EXPECT_EQ(test, peer.options.tsecr, 777);
}

/* RFC 2018 2; the SYN-ACK repeats the layout of the SYN. */
static void request__permits_sack_when_both_do(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	struct socket *listener;

	listener = nst_tcp_test_listener(test, 5);
	nst_tcp_peer_init(&peer, wire);
	peer.sack = true;
	nst_tcp_peer_connect(&peer);
	KUNIT_EXPECT_TRUE(test, peer.options.sack_ok);
	KUNIT_EXPECT_TRUE(test, nst_tcp_sk(nst_tcp_test_accept(test,
							       listener)->sk)->
				sack_ok);

	wire->stack->config.tcp_sack = 0;
	peer.port++;
	nst_tcp_peer_connect(&peer);
	KUNIT_EXPECT_FALSE(test, peer.options.sack_ok);
	KUNIT_EXPECT_FALSE(test, nst_tcp_sk(nst_tcp_test_accept(test,
								listener)->sk)->
				 sack_ok);
}

static void request__timestamps_can_be_off(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;

	wire->stack->config.tcp_timestamps = 0;
	nst_tcp_test_listener(test, 5);
	nst_tcp_peer_init(&peer, wire);
	peer.ts = true;
	nst_tcp_peer_syn(&peer);
	nst_tcp_peer_expect(&peer, SYN_ACK);
	KUNIT_EXPECT_FALSE(test, peer.options.has_ts);
}

static void request__becomes_socket(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	struct socket *listener;
	struct nst_tcp_sock *tp;

	listener = nst_tcp_test_listener(test, 5);
	nst_tcp_peer_init(&peer, wire);
	nst_tcp_peer_connect(&peer);
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, requests(wire), 0);
	KUNIT_EXPECT_EQ(test, sockets(wire), 2);
	KUNIT_EXPECT_EQ(test, listener->sk->sk_ack_backlog, 1);
	KUNIT_EXPECT_EQ(test, 1,
			nst_mib_read(wire->stack, NST_MIB_TCP_PASSIVE_OPENS));
	KUNIT_EXPECT_EQ(test, 1,
			nst_mib_read(wire->stack, NST_MIB_TCP_CURR_ESTAB));

	tp = nst_tcp_sk(nst_tcp_test_accept(test, listener)->sk);
	KUNIT_EXPECT_EQ(test, listener->sk->sk_ack_backlog, 0);
	KUNIT_EXPECT_EQ(test, tp->nst.sk.sk_state, TCP_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, tp->rcv_nxt, peer.seq);
	KUNIT_EXPECT_EQ(test, tp->snd_una, peer.ack);
	KUNIT_EXPECT_EQ(test, tp->snd_nxt, peer.ack);
	KUNIT_EXPECT_EQ(test, tp->mss_clamp, 1460);
}

static void request__takes_data_with_the_ack(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	struct socket *listener;
	struct socket *sock;
	u8 data[16] = {};
	struct kvec vec = { data, sizeof(data) };
	struct msghdr msg = {};

	listener = nst_tcp_test_listener(test, 5);
	nst_tcp_peer_init(&peer, wire);
	nst_tcp_peer_syn(&peer);
	nst_tcp_peer_expect(&peer, SYN_ACK);
	nst_tcp_peer_send(&peer, NST_TCP_ACK | NST_TCP_PSH, 10);
	sock = nst_tcp_test_accept(test, listener);
	KUNIT_EXPECT_EQ(test, 10, kernel_recvmsg(sock, &msg, &vec, 1,
						 sizeof(data), MSG_DONTWAIT));
	KUNIT_EXPECT_EQ(test, data[9], 9);
}

static void request__answers_duplicate_syn(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	u32 iss;

	nst_tcp_test_listener(test, 5);
	nst_tcp_peer_init(&peer, wire);
	nst_tcp_peer_syn(&peer);
	iss = ntohl(nst_tcp_peer_expect(&peer, SYN_ACK)->seq);
	peer.seq--;
	nst_tcp_peer_syn(&peer);
	KUNIT_EXPECT_EQ(test, iss,
			ntohl(nst_tcp_peer_expect(&peer, SYN_ACK)->seq));
	KUNIT_EXPECT_EQ(test, requests(wire), 1);

	/* Attack 17: but not for each of many. */
	peer.seq--;
	nst_tcp_peer_syn(&peer);
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, 1,
			nst_mib_read(wire->stack,
				     NST_MIB_TCP_ACK_SKIPPED_SYN_RECV));
}

static void request__ends_by_exact_rst(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;

	nst_tcp_test_listener(test, 5);
	nst_tcp_peer_init(&peer, wire);
	nst_tcp_peer_syn(&peer);
	nst_tcp_peer_expect(&peer, SYN_ACK);

	/* RFC 5961 3: in the window is not enough; outside says nothing. */
	nst_tcp_peer_send_at(&peer, peer.seq + 1, NST_TCP_RST, 0);
	nst_tcp_peer_expect(&peer, NST_TCP_ACK);
	nst_tcp_peer_send_at(&peer, peer.seq - 1, NST_TCP_RST, 0);
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, requests(wire), 1);

	nst_tcp_peer_send(&peer, NST_TCP_RST, 0);
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, requests(wire), 0);
	KUNIT_EXPECT_EQ(test, 1,
			nst_mib_read(wire->stack, NST_MIB_TCP_ATTEMPT_FAILS));
	KUNIT_EXPECT_EQ(test, 1,
			nst_mib_read(wire->stack, NST_MIB_TCP_EMBRYONIC_RSTS));
}

static void request__resets_wrong_ack(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	const struct tcphdr *th;
	u32 right;

	nst_tcp_test_listener(test, 5);
	nst_tcp_peer_init(&peer, wire);
	nst_tcp_peer_syn(&peer);
	nst_tcp_peer_expect(&peer, SYN_ACK);
	right = peer.ack;
	peer.ack = right + 1;
	nst_tcp_peer_send(&peer, NST_TCP_ACK, 0);
	th = nst_tcp_peer_expect(&peer, NST_TCP_RST);
	KUNIT_EXPECT_EQ(test, ntohl(th->seq), right + 1);
	/* It costs the attacker a guess, and the peer nothing. */
	KUNIT_EXPECT_EQ(test, requests(wire), 1);
	KUNIT_EXPECT_EQ(test, sockets(wire), 1);
}

static void request__challenges_syn_in_window(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	const struct tcphdr *th;

	nst_tcp_test_listener(test, 5);
	nst_tcp_peer_init(&peer, wire);
	nst_tcp_peer_syn(&peer);
	nst_tcp_peer_expect(&peer, SYN_ACK);
	nst_tcp_peer_send_at(&peer, peer.seq + 5, NST_TCP_SYN, 0);
	th = nst_tcp_peer_expect(&peer, NST_TCP_ACK);
	KUNIT_EXPECT_EQ(test, ntohl(th->ack_seq), peer.seq);
	KUNIT_EXPECT_EQ(test, requests(wire), 1);
}

static void request__rejects_old_timestamp(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;

	nst_tcp_test_listener(test, 5);
	nst_tcp_peer_init(&peer, wire);
	peer.ts = true;
	nst_tcp_peer_syn(&peer);
	nst_tcp_peer_expect(&peer, SYN_ACK);
	peer.tsval--;
	nst_tcp_peer_send(&peer, NST_TCP_ACK, 0);
	nst_tcp_peer_expect(&peer, NST_TCP_ACK);
	KUNIT_EXPECT_EQ(test, requests(wire), 1);
	KUNIT_EXPECT_EQ(test, 1,
			nst_mib_read(wire->stack, NST_MIB_TCP_PAWS_ESTAB));
}

static void request__repeats_syn_ack_then_gives_up(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;

	wire->stack->config.tcp_synack_retries = 1;
	nst_tcp_test_listener(test, 5);
	nst_tcp_peer_init(&peer, wire);
	nst_tcp_peer_syn(&peer);
	nst_tcp_peer_expect(&peer, SYN_ACK);
	nst_wire_expect_silence(wire, 800);
	nst_wire_expect_within(wire, 400);
	KUNIT_EXPECT_EQ(test, requests(wire), 1);
	/* RFC 6298 5.5: two seconds later it would be sent again. */
	nst_wire_expect_silence(wire, 2400);
	KUNIT_EXPECT_EQ(test, requests(wire), 0);
	KUNIT_EXPECT_EQ(test, 1,
			nst_mib_read(wire->stack, NST_MIB_TCP_SYN_RETRANS));
}

static void request__full_queue_allocates_nothing(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;

	nst_tcp_test_listener(test, 1);
	nst_tcp_peer_init(&peer, wire);
	for (peer.port = 1000; peer.port < 1002; peer.port++) {
		peer.seq = NST_PEER_ISS;
		nst_tcp_peer_syn(&peer);
		nst_tcp_peer_expect(&peer, SYN_ACK);
	}
	KUNIT_EXPECT_EQ(test, requests(wire), 2);

	peer.seq = NST_PEER_ISS;
	nst_tcp_peer_syn(&peer);
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, requests(wire), 2);
	KUNIT_EXPECT_EQ(test, 1, nst_mib_read(wire->stack,
					      NST_MIB_TCP_REQ_Q_FULL_DROP));
	KUNIT_EXPECT_EQ(test, 1, nst_mib_read(wire->stack,
					      NST_MIB_TCP_LISTEN_DROPS));
}

static void request__has_a_floor_for_mss(struct kunit *test)
{
	static const u8 tiny[] = { 2, 4, 0, 1 };
	const struct nst_build_tcp tcp = {
		.sport = NST_PEER_PORT,
		.dport = NST_LOCAL_PORT,
		.seq = NST_PEER_ISS,
		.flags = NST_TCP_SYN,
		.options = tiny,
		.options_len = sizeof(tiny),
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	struct socket *listener;
	struct socket *sock;

	listener = nst_tcp_test_listener(test, 1);
	nst_tcp_peer_init(&peer, wire);
	nst_wire_inject(wire, nst_build_frame_tcp(test, &tcp, NULL, 0));
	nst_tcp_peer_expect(&peer, SYN_ACK);
	peer.seq++;
	nst_tcp_peer_send(&peer, NST_TCP_ACK, 0);
	sock = nst_tcp_test_accept(test, listener);
	KUNIT_EXPECT_EQ(test, nst_tcp_sk(sock->sk)->mss_clamp,
			NST_TCP_MIN_MSS);
}

/* Two segments at once: the second finds a request that has ended since. */
static void request__that_has_ended_passes_on(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	const struct nst_flow_key key = {
		.laddr = nst_address_v4(htonl(NST_WIRE_LOCAL)),
		.raddr = nst_address_v4(htonl(NST_WIRE_PEER)),
		.lport = htons(NST_LOCAL_PORT),
		.rport = htons(NST_PEER_PORT),
		.family = AF_INET,
		.link_index = NST_WIRE_INDEX,
	};
	struct nst_endpoint *request;
	struct nst_tcp_peer peer;
	struct nst_tcp_cb *cb;
	struct sk_buff *skb;

	nst_tcp_test_listener(test, 1);
	nst_tcp_peer_init(&peer, wire);
	nst_tcp_peer_syn(&peer);
	nst_tcp_peer_expect(&peer, SYN_ACK);
	request = nst_demux_flow_get(&wire->stack->tcp->demux, &key);
	KUNIT_ASSERT_NOT_NULL(test, request);
	KUNIT_ASSERT_EQ(test, request->kind, NST_ENDPOINT_REQUEST);
	nst_tcp_peer_send(&peer, NST_TCP_ACK, 0);
	KUNIT_ASSERT_FALSE(test, request->hashed);

	skb = nst_build_pattern(test, 5, 0);
	nst_build_tcp(skb, &(struct nst_build_tcp) {
			      .sport = NST_PEER_PORT,
			      .dport = NST_LOCAL_PORT });
	skb_reset_transport_header(skb);
	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
			       .protocol = IPPROTO_TCP });
	skb_reset_network_header(skb);
	skb_pull(skb, sizeof(struct iphdr));
	memset(skb->cb, 0, sizeof(skb->cb));
	nst_packet_cb(skb)->link = wire->link;
	nst_packet_cb(skb)->family = AF_INET;
	nst_packet_cb(skb)->hop_limit = 64;
	cb = nst_tcp_cb(skb);
	cb->seq = peer.seq;
	cb->end_seq = peer.seq + 5;
	cb->ack_seq = peer.ack;
	cb->flags = NST_TCP_ACK;
	cb->window = 65535;

	local_bh_disable();
	rcu_read_lock();
	nst_tcp_request_input(wire->stack, request, skb);
	rcu_read_unlock();
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, ntohl(nst_tcp_peer_expect(&peer, NST_TCP_ACK)->
				    ack_seq), peer.seq + 5);
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
	.test_cases = request_cases,
};

kunit_test_suite(request_suite);
