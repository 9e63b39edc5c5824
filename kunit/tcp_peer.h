/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The other end of a TCP connection, by hand: a test plays the peer on the
 * scripted wire, segment by segment, against a socket of the stack.
 */
#ifndef NST_KUNIT_TCP_PEER_H
#define NST_KUNIT_TCP_PEER_H

#include <linux/net.h>

#include "../netstack/transport/tcp/listen.h"
#include "packet_builder.h"
#include "wire.h"

#define NST_PEER_PORT	40000
#define NST_LOCAL_PORT	80
#define NST_PEER_ISS	1000

/**
 * struct nst_tcp_peer - the test's end of a connection
 * @test: running test
 * @wire: wire to the stack
 * @port: its port
 * @local_port: port of the stack
 * @seq: SND.NXT of the peer
 * @ack: RCV.NXT of the peer: what it acknowledges
 * @ts: send and expect timestamps
 * @sack: permit SACK
 * @tsval: TSval to send
 * @tsecr: TSecr to send: last TSval of the stack
 * @options: options of the last segment received, parsed
 */
struct nst_tcp_peer {
	struct kunit *test;
	struct nst_wire *wire;
	u16 port;
	u16 local_port;
	u32 seq;
	u32 ack;
	bool ts;
	bool sack;
	u32 tsval;
	u32 tsecr;
	struct nst_tcp_options options;
};

/* A peer at NST_PEER_PORT that will talk to NST_LOCAL_PORT. */
void nst_tcp_peer_init(struct nst_tcp_peer *peer, struct nst_wire *wire);

/* Send a segment at @seq; peer->seq stays. */
void nst_tcp_peer_send_at(struct nst_tcp_peer *peer, u32 seq, u8 flags,
			  unsigned int len);

/* Send the next segment; peer->seq moves on. */
void nst_tcp_peer_send(struct nst_tcp_peer *peer, u8 flags, unsigned int len);

/* A SYN with MSS 1460, and with timestamps if peer->ts. */
void nst_tcp_peer_syn(struct nst_tcp_peer *peer);

/**
 * nst_tcp_peer_expect() - the next segment has exactly these flags
 * @peer: peer; its ack moves behind the segment
 * @flags: NST_TCP_*; PSH is not looked at
 *
 * Return: its header.
 */
const struct tcphdr *nst_tcp_peer_expect(struct nst_tcp_peer *peer, u8 flags);

/* The handshake from the peer's side. */
void nst_tcp_peer_connect(struct nst_tcp_peer *peer);

/* A stream socket of the stack, released when the test ends. */
struct socket *nst_tcp_test_socket(struct kunit *test);

/* The same, listening on NST_LOCAL_PORT. */
struct socket *nst_tcp_test_listener(struct kunit *test, int backlog);

/* A connection from accept(), released when the test ends; must be there. */
struct socket *nst_tcp_test_accept(struct kunit *test,
				   struct socket *listener);

/* Close a socket before the test ends. */
void nst_tcp_test_close(struct kunit *test, struct socket *sock);

#endif /* NST_KUNIT_TCP_PEER_H */
