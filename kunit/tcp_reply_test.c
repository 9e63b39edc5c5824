// SPDX-License-Identifier: GPL-2.0
/*
 * Segments without a socket (reply.c): RFC 9293 3.10.7.1.
 */
#include "tcp_peer.h"

static void reply__resets_ack_with_its_number(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	const struct tcphdr *th;

	nst_tcp_peer_init(&peer, wire);
	peer.ack = 4711;
	nst_tcp_peer_send(&peer, NST_TCP_ACK, 0);
	th = nst_tcp_peer_expect(&peer, NST_TCP_RST);
	KUNIT_EXPECT_EQ(test, ntohl(th->seq), 4711);
	KUNIT_EXPECT_EQ(test, ntohl(th->ack_seq), 0);
	KUNIT_EXPECT_EQ(test, ntohs(th->window), 0);
	nst_wire_expect_nothing(wire);
}

static void reply__resets_syn_with_ack(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	const struct tcphdr *th;

	nst_tcp_peer_init(&peer, wire);
	nst_tcp_peer_send(&peer, NST_TCP_SYN, 0);
	th = nst_tcp_peer_expect(&peer, NST_TCP_RST | NST_TCP_ACK);
	KUNIT_EXPECT_EQ(test, ntohl(th->seq), 0);
	KUNIT_EXPECT_EQ(test, ntohl(th->ack_seq), NST_PEER_ISS + 1);
}

static void reply__counts_data_and_fin(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;
	const struct tcphdr *th;

	nst_tcp_peer_init(&peer, wire);
	nst_tcp_peer_send(&peer, NST_TCP_FIN, 10);
	th = nst_tcp_peer_expect(&peer, NST_TCP_RST | NST_TCP_ACK);
	KUNIT_EXPECT_EQ(test, ntohl(th->ack_seq), NST_PEER_ISS + 11);
}

static void reply__is_silent_to_rst(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	unsigned long before = nst_mib_read(wire->stack,
					    NST_MIB_TCP_OUT_RSTS);
	struct nst_tcp_peer peer;

	nst_tcp_peer_init(&peer, wire);
	nst_tcp_peer_send(&peer, NST_TCP_RST, 0);
	nst_tcp_peer_send(&peer, NST_TCP_RST | NST_TCP_ACK, 0);
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, before,
			nst_mib_read(wire->stack, NST_MIB_TCP_OUT_RSTS));
}

static void reply__is_silent_to_broadcast(struct kunit *test)
{
	const struct nst_build_tcp tcp = {
		.daddr = NST_WIRE_LOCAL | 0xff,
		.sport = NST_PEER_PORT,
		.dport = NST_LOCAL_PORT,
		.flags = NST_TCP_SYN,
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb = nst_build_payload(test, "", 0);

	nst_build_tcp(skb, &tcp);
	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
			       .protocol = IPPROTO_TCP,
			       .daddr = NST_WIRE_LOCAL | 0xff });
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {});
	nst_wire_inject(wire, skb);
	nst_wire_expect_nothing(wire);
}

static void reply__counts_what_it_sends(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_tcp_peer peer;

	nst_tcp_peer_init(&peer, wire);
	nst_tcp_peer_send(&peer, NST_TCP_SYN, 0);
	nst_tcp_peer_expect(&peer, NST_TCP_RST | NST_TCP_ACK);
	KUNIT_EXPECT_EQ(test, 1,
			nst_mib_read(wire->stack, NST_MIB_TCP_OUT_RSTS));
	KUNIT_EXPECT_EQ(test, 1,
			nst_mib_read(wire->stack, NST_MIB_TCP_OUT_SEGS));
}

static struct kunit_case reply_cases[] = {
	KUNIT_CASE(reply__resets_ack_with_its_number),
	KUNIT_CASE(reply__resets_syn_with_ack),
	KUNIT_CASE(reply__counts_data_and_fin),
	KUNIT_CASE(reply__is_silent_to_rst),
	KUNIT_CASE(reply__is_silent_to_broadcast),
	KUNIT_CASE(reply__counts_what_it_sends),
	{}
};

static struct kunit_suite reply_suite = {
	.name = "netstack_tcp_reply",
	.test_cases = reply_cases,
};

kunit_test_suite(reply_suite);
