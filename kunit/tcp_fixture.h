/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One TCP connection over the scripted wire: a socket of the stack under
 * test on this side, the test as its peer on the other. Sequence numbers in
 * what follows are relative: the first octet of data has number 1 both ways.
 */
#ifndef NST_KUNIT_TCP_FIXTURE_H
#define NST_KUNIT_TCP_FIXTURE_H

#include "../netstack/transport/tcp/tcp.h"
#include "packet_builder.h"
#include "wire.h"

#define NST_TCP_TEST_PORT	80		/* the peer's */
#define NST_TCP_TEST_IRS	0x10000000	/* the peer's first number */
#define NST_TCP_TEST_MSS	1000		/* what the peer's SYN offers */

/**
 * struct nst_tcp_test - a connection under test
 * @test: running test
 * @wire: its wire
 * @sock: socket of a program that does not exist
 * @sk: the socket
 * @tp: the same
 * @window: window field of the peer's segments
 * @ts: the peer sends timestamps
 * @tsval: the peer's timestamp clock
 * @closed: the program has closed the socket; the test still refers to it
 */
struct nst_tcp_test {
	struct kunit *test;
	struct nst_wire *wire;
	struct socket *sock;
	struct sock *sk;
	struct nst_tcp_sock *tp;
	u16 window;
	bool ts;
	u32 tsval;
	bool closed;
};

/**
 * struct nst_tcp_segment - what a segment should look like
 * @flags: NST_TCP_*
 * @seq: relative sequence number
 * @ack: relative acknowledgment number
 * @len: bytes of payload
 */
struct nst_tcp_segment {
	u8 flags;
	u32 seq;
	u32 ack;
	u32 len;
};

/*
 * struct kunit_suite.init and .exit: test->priv is the fixture. The peer
 * offers a window of 65535 and no options but its MSS.
 */
int nst_tcp_test_init(struct kunit *test);
void nst_tcp_test_exit(struct kunit *test);

/* Start an active open. Return: what nst_tcp_connect() said. */
int nst_tcp_test_connect(struct nst_tcp_test *t);

/*
 * Open actively and answer as a peer with NST_TCP_TEST_MSS would. The round
 * trip counts as two seconds, so that a slow machine meets no time-out.
 */
void nst_tcp_test_establish(struct nst_tcp_test *t);

/* sendmsg() of @len octets that count up from the offset in the stream. */
int nst_tcp_test_send(struct nst_tcp_test *t, unsigned int len, int flags);

/* A segment comes in; numbers are relative, the window is t->window. */
void nst_tcp_test_inject(struct nst_tcp_test *t,
			 const struct nst_tcp_segment *segment);

/* The peer acknowledges all before @ack. */
void nst_tcp_test_ack(struct nst_tcp_test *t, u32 ack);

/**
 * nst_tcp_test_expect() - the next frame is this segment
 * @t: connection
 * @segment: what it must be
 *
 * Return: the frame, skb->data at the TCP header.
 */
struct sk_buff *nst_tcp_test_expect(struct nst_tcp_test *t,
				    const struct nst_tcp_segment *segment);

/* Shorthands for literals. */
#define NST_TCP_SEGMENT(flags_, seq_, ack_, len_)			\
	(&(struct nst_tcp_segment){ .flags = (flags_), .seq = (seq_),	\
				    .ack = (ack_), .len = (len_) })
#define nst_tcp_test_expect_data(t, seq, len)				\
	nst_tcp_test_expect(t, NST_TCP_SEGMENT(NST_TCP_ACK, seq, 1, len))
#define nst_tcp_test_expect_push(t, seq, len)				\
	nst_tcp_test_expect(t, NST_TCP_SEGMENT(NST_TCP_ACK | NST_TCP_PSH, \
					       seq, 1, len))

/* close(2): the connection becomes an orphan, which can be looked at. */
void nst_tcp_test_close_program(struct nst_tcp_test *t);

/* The timer expires now, however far its deadline is. */
void nst_tcp_test_expire_rtx(struct nst_tcp_test *t);
void nst_tcp_test_expire_delack(struct nst_tcp_test *t);
void nst_tcp_test_expire_keepalive(struct nst_tcp_test *t);

/* Jiffies until the retransmission timer is due. */
long nst_tcp_test_rtx_due(const struct nst_tcp_test *t);

#endif /* NST_KUNIT_TCP_FIXTURE_H */
