// SPDX-License-Identifier: GPL-2.0
/*
 * TIME-WAIT (timewait.c): RFC 9293 3.10.7.4, RFC 1337, RFC 6191.
 */
#include "tcp_peer.h"

#define SYN_ACK	(NST_TCP_SYN | NST_TCP_ACK)
#define FIN_ACK	(NST_TCP_FIN | NST_TCP_ACK)

static int timewaits(const struct nst_wire *wire)
{
	return atomic_read(&wire->stack->tcp->timewaits);
}

/* The stack closes first and ends in TIME-WAIT. Return: the listener. */
static struct socket *reach_time_wait(struct kunit *test,
				      struct nst_tcp_peer *peer)
{
	struct socket *listener = nst_tcp_test_listener(test, 5);
	struct nst_wire *wire = peer->wire;
	struct socket *sock;

	nst_tcp_peer_connect(peer);
	sock = nst_tcp_test_accept(test, listener);
	nst_tcp_test_close(test, sock);
	nst_tcp_peer_expect(peer, FIN_ACK);
	nst_tcp_peer_send(peer, FIN_ACK, 0);
	nst_tcp_peer_expect(peer, NST_TCP_ACK);
	KUNIT_ASSERT_EQ(test, timewaits(wire), 1);
	KUNIT_ASSERT_EQ(test, atomic_read(&wire->stack->sockets), 1);
	return listener;
}

static void timewait__acknowledges_repeated_fin(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	const struct tcphdr *th;

	nst_tcp_peer_init(&peer, wire);
	reach_time_wait(test, &peer);
	nst_tcp_peer_send_at(&peer, peer.seq - 1, FIN_ACK, 0);
	th = nst_tcp_peer_expect(&peer, NST_TCP_ACK);
	KUNIT_EXPECT_EQ(test, ntohl(th->ack_seq), peer.seq);

	/* Attack 17: two of them would go on for ever. */
	nst_tcp_peer_send_at(&peer, peer.seq - 1, FIN_ACK, 0);
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, timewaits(wire), 1);
}

static void timewait__is_silent_to_ack(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;

	nst_tcp_peer_init(&peer, wire);
	reach_time_wait(test, &peer);
	nst_tcp_peer_send(&peer, NST_TCP_ACK, 0);
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, timewaits(wire), 1);
}

static void timewait__ends_by_rst_unless_rfc1337(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;

	nst_tcp_peer_init(&peer, wire);
	reach_time_wait(test, &peer);
	wire->stack->config.tcp_rfc1337 = 1;
	nst_tcp_peer_send(&peer, NST_TCP_RST, 0);
	KUNIT_EXPECT_EQ(test, timewaits(wire), 1);

	wire->stack->config.tcp_rfc1337 = 0;
	nst_tcp_peer_send_at(&peer, peer.seq + 1, NST_TCP_RST, 0);
	KUNIT_EXPECT_EQ(test, timewaits(wire), 1);
	nst_tcp_peer_send(&peer, NST_TCP_RST, 0);
	KUNIT_EXPECT_EQ(test, timewaits(wire), 0);
	nst_wire_expect_nothing(wire);
}

static void timewait__reopens_above_old_numbers(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	const struct tcphdr *th;
	u32 old;

	nst_tcp_peer_init(&peer, wire);
	reach_time_wait(test, &peer);
	old = peer.ack;
	peer.seq += 100;
	nst_tcp_peer_syn(&peer);
	th = nst_tcp_peer_expect(&peer, SYN_ACK);
	KUNIT_EXPECT_TRUE(test, nst_after(ntohl(th->seq), old + 65535));
	KUNIT_EXPECT_EQ(test, timewaits(wire), 0);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&wire->stack->tcp->requests));
}

static void timewait__old_syn_is_refused(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	u32 seq;

	nst_tcp_peer_init(&peer, wire);
	reach_time_wait(test, &peer);
	seq = peer.seq;
	peer.seq = NST_PEER_ISS;
	nst_tcp_peer_syn(&peer);
	KUNIT_EXPECT_EQ(test, seq,
			ntohl(nst_tcp_peer_expect(&peer,
						  NST_TCP_ACK)->ack_seq));
	KUNIT_EXPECT_EQ(test, timewaits(wire), 1);
}

/* RFC 6191 2: a newer timestamp makes up for an older sequence number. */
static void timewait__reopens_by_timestamp(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;

	nst_tcp_peer_init(&peer, wire);
	peer.ts = true;
	reach_time_wait(test, &peer);
	peer.seq = NST_PEER_ISS;
	peer.tsval++;
	nst_tcp_peer_syn(&peer);
	nst_tcp_peer_expect(&peer, SYN_ACK);
	KUNIT_EXPECT_EQ(test, timewaits(wire), 0);
}

static void timewait__is_bounded(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	struct socket *listener;
	struct socket *sock;

	nst_tcp_peer_init(&peer, wire);
	listener = reach_time_wait(test, &peer);
	wire->stack->config.tcp_max_tw_buckets = 1;
	peer.port++;
	peer.seq = NST_PEER_ISS;
	nst_tcp_peer_connect(&peer);
	sock = nst_tcp_test_accept(test, listener);
	nst_tcp_test_close(test, sock);
	nst_tcp_peer_expect(&peer, FIN_ACK);
	nst_tcp_peer_send(&peer, FIN_ACK, 0);
	KUNIT_EXPECT_EQ(test, timewaits(wire), 1);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&wire->stack->sockets));
	KUNIT_EXPECT_EQ(test, 1,
			nst_mib_read(wire->stack,
				     NST_MIB_TCP_TIME_WAIT_OVERFLOW));
}

static void timewait__orphan_in_fin_wait2_becomes_it(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	struct socket *listener;
	struct socket *sock;

	listener = nst_tcp_test_listener(test, 5);
	nst_tcp_peer_init(&peer, wire);
	nst_tcp_peer_connect(&peer);
	sock = nst_tcp_test_accept(test, listener);
	nst_tcp_test_close(test, sock);
	nst_tcp_peer_expect(&peer, FIN_ACK);
	nst_tcp_peer_send(&peer, NST_TCP_ACK, 0);
	KUNIT_EXPECT_EQ(test, timewaits(wire), 1);
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&wire->stack->sockets));

	/* Its second half: the peer's FIN is still taken. */
	nst_tcp_peer_send(&peer, FIN_ACK, 0);
	KUNIT_EXPECT_EQ(test, peer.seq,
			ntohl(nst_tcp_peer_expect(&peer,
						  NST_TCP_ACK)->ack_seq));
	KUNIT_EXPECT_EQ(test, timewaits(wire), 1);
}

static void timewait__orphan_resets_data(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	struct socket *listener;
	struct socket *sock;

	listener = nst_tcp_test_listener(test, 5);
	nst_tcp_peer_init(&peer, wire);
	nst_tcp_peer_connect(&peer);
	sock = nst_tcp_test_accept(test, listener);
	nst_tcp_test_close(test, sock);
	nst_tcp_peer_expect(&peer, FIN_ACK);
	nst_tcp_peer_send(&peer, NST_TCP_ACK, 0);
	nst_tcp_peer_send(&peer, NST_TCP_ACK, 10);
	nst_tcp_peer_expect(&peer, NST_TCP_RST);
	KUNIT_EXPECT_EQ(test, timewaits(wire), 0);
}

static struct kunit_case timewait_cases[] = {
	KUNIT_CASE(timewait__acknowledges_repeated_fin),
	KUNIT_CASE(timewait__is_silent_to_ack),
	KUNIT_CASE(timewait__ends_by_rst_unless_rfc1337),
	KUNIT_CASE(timewait__reopens_above_old_numbers),
	KUNIT_CASE(timewait__old_syn_is_refused),
	KUNIT_CASE(timewait__reopens_by_timestamp),
	KUNIT_CASE(timewait__is_bounded),
	KUNIT_CASE(timewait__orphan_in_fin_wait2_becomes_it),
	KUNIT_CASE(timewait__orphan_resets_data),
	{}
};

static struct kunit_suite timewait_suite = {
	.name = "netstack_tcp_timewait",
	.test_cases = timewait_cases,
};

kunit_test_suite(timewait_suite);
