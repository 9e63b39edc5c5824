/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TCP connections over the scripted wire: a socket of the stack under test
 * on this side, the test as its peer on the other, segment by segment:
 *
 *	nst_tcp_test_offer(t, .mss = 1000, .sack_ok = true);
 *	nst_tcp_test_establish(t);
 *	nst_tcp_test_send(t, 3000, 0);
 *	nst_tcp_test_out(t, NST_TCP_ACK, 1, 1, 1000);
 *	nst_tcp_test_out(t, NST_TCP_ACK, 1001, 1, 1000);
 *	nst_tcp_test_out(t, NST_TCP_ACK | NST_TCP_PSH, 2001, 1, 1000);
 *	nst_tcp_test_in(t, NST_TCP_ACK, 1, 1, 0, NST_TCP_SACK({ 1001, 2001 }));
 *	nst_tcp_test_silence(t, 190 * USEC_PER_MSEC);
 *	nst_tcp_test_wait(t, 10 * USEC_PER_MSEC);
 *	nst_tcp_test_out(t, NST_TCP_ACK, 1, 1, 1000);
 *
 * Sequence numbers are relative: a SYN has number 0 and the first octet of
 * data number 1, both ways, in SACK blocks too. Octets of the stream count up
 * with their sequence numbers.
 *
 * TCP's clocks are held (tcp_clock.h): time passes only when the test says
 * so, and timers fire then, in order, each at its own time.
 */
#ifndef NST_KUNIT_TCP_FIXTURE_H
#define NST_KUNIT_TCP_FIXTURE_H

#include <linux/net.h>

#include "../netstack/transport/tcp/listen.h"
#include "../netstack/transport/tcp/tcp.h"
#include "packet_builder.h"
#include "tcp_clock.h"
#include "wire.h"

#define NST_TCP_TEST_PORT	80		/* of the side that listens */
#define NST_TCP_TEST_CLIENT	40000		/* of a peer that connects */
#define NST_TCP_TEST_IRS	0x10000000	/* the peer's first number */
#define NST_TCP_TEST_MSS	1000		/* what the peer's SYN offers */

/**
 * struct nst_tcp_test - a connection under test
 * @test: running test
 * @wire: its wire
 * @next: next connection on the same wire
 * @family: AF_INET or AF_INET6: of the sockets and the packets
 *
 * The stack's side
 * @listener: listening socket, or NULL
 * @sock: socket of the program; NULL until accepted, and when closed
 * @sk: the same; NULL when there is none to look at
 * @tp: the same
 *
 * The peer's side
 * @port: its port
 * @local_port: port of the stack
 * @iss: initial sequence number of the stack, once @iss_known
 * @iss_known: a SYN of the stack was seen
 * @offer: options of the peer's SYN
 * @window: window field of the peer's segments
 * @ts: both sides send timestamps
 * @tsval: the peer's timestamp clock
 * @tsecr: TSval of the last segment that the test took
 * @seen: options of the last segment that the test took
 * @rtt_us: time that the handshake's round trip takes. 0: an active open
 *	goes on as if it had been two seconds
 */
struct nst_tcp_test {
	struct kunit *test;
	struct nst_wire *wire;
	struct nst_tcp_test *next;
	u8 family;

	struct socket *listener;
	struct socket *sock;
	struct sock *sk;
	struct nst_tcp_sock *tp;

	u16 port;
	u16 local_port;
	u32 iss;
	bool iss_known;
	struct nst_build_tcp_options offer;
	u16 window;
	bool ts;
	u32 tsval;
	u32 tsecr;
	struct nst_build_tcp_options seen;
	u32 rtt_us;
};

/**
 * struct nst_tcp_segment - a segment, to come in or to be expected
 * @flags: NST_TCP_*
 * @seq: relative sequence number
 * @ack: relative acknowledgment number; not looked at without NST_TCP_ACK
 * @len: bytes of payload
 * @window: window field; 0: that of the peer, or any
 * @window_zero: the window is 0
 * @urgent: urgent pointer
 * @tos: type of service, ECN field included; not looked at in what is expected
 * @gso_size: it comes in as a super-packet of segments of so many bytes, from
 *	a peer that is trusted; 0: as one segment. Not looked at in what is
 *	expected
 * @gso_type: what its type has besides that of TCP
 * @options: options; SACK blocks are relative. NULL: what belongs there
 *	(the peer's offer on a SYN, timestamps when both sides send them)
 *
 * Given options are exact, but for timestamps: they are added to what comes
 * in, and an expected TSval or TSecr of 0 is any.
 */
struct nst_tcp_segment {
	u16 flags;
	u32 seq;
	u32 ack;
	u32 len;
	u16 window;
	bool window_zero;
	u16 urgent;
	u8 tos;
	u16 gso_size;
	unsigned int gso_type;
	const struct nst_build_tcp_options *options;
};

/* Literals. More fields of the segment may follow @len_, by name. */
#define NST_TCP_SEGMENT(flags_, seq_, ack_, len_, ...)			\
	(&(struct nst_tcp_segment){ .flags = (flags_), .seq = (seq_),	\
				    .ack = (ack_), .len = (len_),	\
				    __VA_ARGS__ })
#define NST_TCP_OPTIONS(...)						\
	.options = &(struct nst_build_tcp_options){ __VA_ARGS__ }
/* Up to four of { first, one past the last }. */
#define NST_TCP_SACK(...)						\
	NST_TCP_OPTIONS(NST_TCP_SACK_LIST(__VA_ARGS__))
#define NST_TCP_SACK_LIST(...)					\
	.sack = { __VA_ARGS__ },					\
	.sack_count = sizeof((struct nst_build_sack[]){ __VA_ARGS__ }) / \
		      sizeof(struct nst_build_sack)

/*
 * struct kunit_suite.init: test->priv is the fixture. The peer offers a
 * window of 65535 and no options but its MSS; the controller is Reno, and
 * super-segments are as large as the windows admit, whatever the pacing rate.
 * The first has a socket that can connect to the peer, the second has none.
 */
int nst_tcp_test_init(struct kunit *test);
int nst_tcp_test_init_passive(struct kunit *test);

/* The same over IPv6, from nst_wire_peer6 to nst_wire_local6. */
int nst_tcp_test_init6(struct kunit *test);
int nst_tcp_test_init_passive6(struct kunit *test);

/* Another peer on the same wire, one port higher; for passive opens. */
struct nst_tcp_test *nst_tcp_test_another(struct nst_tcp_test *t);

/*
 * Both sides' options of the SYN, fields of struct nst_build_tcp_options by
 * name: what the peer offers is switched on in the stack, the rest off.
 */
#define nst_tcp_test_offer(t, ...)					\
	nst_tcp_test_set_offer(t, &(struct nst_build_tcp_options){	\
					__VA_ARGS__ })
void nst_tcp_test_set_offer(struct nst_tcp_test *t,
			    const struct nst_build_tcp_options *offer);

/* ---- Opening ---- */

/* Start an active open. Return: what nst_tcp_connect() said. */
int nst_tcp_test_connect(struct nst_tcp_test *t);

/* Open actively; the peer answers with its offer. */
void nst_tcp_test_establish(struct nst_tcp_test *t);

/* A new socket listens on NST_TCP_TEST_PORT: t->listener. */
struct socket *nst_tcp_test_listen(struct nst_tcp_test *t, int backlog);

/* The peer sends its SYN. */
void nst_tcp_test_syn(struct nst_tcp_test *t);

/* The same, and the stack answers with SYN-ACK. */
void nst_tcp_test_half_open(struct nst_tcp_test *t);

/* The whole handshake from the peer's side. */
void nst_tcp_test_handshake(struct nst_tcp_test *t);

/* Take the oldest connection of the listener: it is t->sock from now on. */
struct socket *nst_tcp_test_accept(struct nst_tcp_test *t);

/* Listen if nobody does, handshake, accept. */
void nst_tcp_test_establish_passive(struct nst_tcp_test *t);

/* ---- Segments ---- */

/* A segment comes in. */
void nst_tcp_test_inject(struct nst_tcp_test *t,
			 const struct nst_tcp_segment *segment);
#define nst_tcp_test_in(t, ...)						\
	nst_tcp_test_inject(t, NST_TCP_SEGMENT(__VA_ARGS__))

/*
 * An ICMP error about our segment with the relative number @seq; what is not
 * said of it is filled.
 */
void nst_tcp_test_icmp(struct nst_tcp_test *t, u32 seq,
		       struct nst_icmp_error *error);

/* The peer acknowledges all before @ack. */
void nst_tcp_test_ack(struct nst_tcp_test *t, u32 ack);

/**
 * nst_tcp_test_expect() - the next frame is this segment
 * @t: connection
 * @segment: what it must be
 *
 * Return: the frame, skb->data at the TCP header; its options are t->seen.
 */
struct sk_buff *nst_tcp_test_expect(struct nst_tcp_test *t,
				    const struct nst_tcp_segment *segment);
#define nst_tcp_test_out(t, ...)					\
	nst_tcp_test_expect(t, NST_TCP_SEGMENT(__VA_ARGS__))
#define nst_tcp_test_expect_data(t, seq, len)				\
	nst_tcp_test_out(t, NST_TCP_ACK, seq, 1, len)
#define nst_tcp_test_expect_push(t, seq, len)				\
	nst_tcp_test_out(t, NST_TCP_ACK | NST_TCP_PSH, seq, 1, len)

/* ---- The program ---- */

/* Another stream socket of the stack, released when the test ends. */
struct socket *nst_tcp_test_socket(struct nst_tcp_test *t);

/* sendmsg() of @len octets that count up from the offset in the stream. */
int nst_tcp_test_send(struct nst_tcp_test *t, unsigned int len, int flags);

/* recvmsg() without waiting. */
int nst_tcp_test_recv(struct nst_tcp_test *t, void *data, size_t len,
		      int flags);

/* close(2): of the listener, or of t->sock. */
void nst_tcp_test_close_listener(struct nst_tcp_test *t);
void nst_tcp_test_close(struct nst_tcp_test *t);

/* The same, but the test keeps the orphan t->sk to look at. */
void nst_tcp_test_close_program(struct nst_tcp_test *t);

/* ---- Time ---- */

/*
 * Time passes; timers of the connections on the wire fire when due. They
 * are due at multiples of NST_TCP_CLOCK_TICK_US, which is 10 ms at most.
 */
void nst_tcp_test_wait(struct nst_tcp_test *t, u64 us);

/* The same, and nothing is sent in that time. */
void nst_tcp_test_silence(struct nst_tcp_test *t, u64 us);

/* The timer expires now, however far its deadline is. */
void nst_tcp_test_expire_rtx(struct nst_tcp_test *t);
void nst_tcp_test_expire_delack(struct nst_tcp_test *t);
void nst_tcp_test_expire_keepalive(struct nst_tcp_test *t);

/* Jiffies until the retransmission timer is due. */
long nst_tcp_test_rtx_due(const struct nst_tcp_test *t);

#endif /* NST_KUNIT_TCP_FIXTURE_H */
