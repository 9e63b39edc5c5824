/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Accurate ECN (RFC 9768): the receiver counts marks in the three bits that
 * were ECE, CWR and the nonce sum (ACE), and octets by their mark in an
 * option. accecn_handshake.c negotiates, accecn.c counts and reads the
 * counters, accecn_option.c writes and reads the option.
 *
 * Byte counters stand in the order of the ECN field: [field - 1]. All counters
 * are held without the values that they begin with on the wire.
 */
#ifndef NST_TCP_ACCECN_H
#define NST_TCP_ACCECN_H

#include <net/inet_ecn.h>

#include "segment.h"

/* Values at the begin of a connection (3.2.1). */
#define NST_ACCECN_CEP_INIT	5
#define NST_ACCECN_ECT_INIT	1
#define NST_ACCECN_CE_INIT	0

#define NST_ACCECN_COUNTERS	3		/* ECT(1), ECT(0), CE */
#define NST_ACCECN_ACE_VALUES	8

/* Option kinds (3.2.3) and the longest with its padding. */
#define NST_TCPOPT_ACCECN0	172
#define NST_TCPOPT_ACCECN1	174
#define NST_TCPOLEN_ACCECN	2
#define NST_TCPOLEN_ACCECN_FIELD 3
#define NST_ACCECN_OPTION_MAX	12

/* net.netstack.tcp_ecn_option */
#define NST_ACCECN_OPTION_NEVER		0
#define NST_ACCECN_OPTION_SPARINGLY	1
#define NST_ACCECN_OPTION_ALWAYS	2
#define NST_ACCECN_OPTION_PERSIST	3

/* struct nst_accecn.fail, as tcpi_accecn_fail_mode has it. */
#define NST_ACCECN_FAIL_ACE_SEND	BIT(0)	/* the handshake fell back */
#define NST_ACCECN_FAIL_ACE_RECV	BIT(1)	/* marks or ACE are mangled */
#define NST_ACCECN_FAIL_OPT_SEND	BIT(2)	/* options do not get through */
#define NST_ACCECN_FAIL_OPT_RECV	BIT(3)	/* options come zeroed */

/* struct nst_accecn.option_seen, as tcpi_accecn_opt_seen has it. */
enum nst_accecn_option_seen {
	NST_ACCECN_OPTION_NONE,
	NST_ACCECN_OPTION_EMPTY,
	NST_ACCECN_OPTION_COUNTER,
	NST_ACCECN_OPTION_FAILED,
};

/* struct nst_accecn.greet: options that test the path (3.2.3.2.1). */
#define NST_ACCECN_GREET_ACK	BIT(0)
#define NST_ACCECN_GREET_DATA	BIT(1)

/**
 * struct nst_accecn - accurate ECN of a connection
 * @received_ce: packets that came with CE: r.cep
 * @told_ce: @received_ce of the last segment sent
 * @received: octets that came by ECN field: r.e1b, r.e0b, r.ceb
 * @told: @received of the last option sent
 * @delivered: octets that the peer's options have told of: s.e1b, s.e0b,
 *	s.ceb; s.cep is nst_tcp_sock.delivered_ce
 * @option_us: clock of the last option sent, microseconds
 * @syn_sent: ECN field of our SYN or SYN-ACK
 * @syn_received: ECN field of the peer's latest
 * @last: ECN field of the last packet that came
 * @last_counter: ECN field of the last octets that came with one
 * @changed: bits of the byte counters that have moved
 * @fail: NST_ACCECN_FAIL_*
 * @option_seen: &enum nst_accecn_option_seen
 * @option_due: segments that have to carry an option
 * @greet: NST_ACCECN_GREET_*
 * @client: we have sent the SYN
 * @syn_ce: a SYN-ACK with CE was counted
 * @syn_marked: our SYN or SYN-ACK came to the peer with CE
 * @deaf: the peer's ACE says nothing
 */
struct nst_accecn {
	u32 received_ce;
	u32 told_ce;
	u32 received[NST_ACCECN_COUNTERS];
	u32 told[NST_ACCECN_COUNTERS];
	u32 delivered[NST_ACCECN_COUNTERS];
	u32 option_us;
	u8 syn_sent;
	u8 syn_received;
	u8 last;
	u8 last_counter;
	u8 changed;
	u8 fail;
	u8 option_seen;
	u8 option_due;
	u8 greet;
	bool client;
	bool syn_ce;
	bool syn_marked;
	bool deaf;
};

struct nst_stack;
struct nst_tcp_acked;
struct nst_tcp_sock;
struct sock;

/* AE, CWR and ECE of a header as a number (figure 3). */
static inline u8 nst_accecn_ace(const struct sk_buff *skb)
{
	const u8 *octets = skb_transport_header(skb);

	return (octets[12] & 1) << 2 | octets[13] >> 6;
}

/* The same number as flags of a header. */
static inline u16 nst_accecn_ace_flags(u8 ace)
{
	return (ace & (NST_ACCECN_ACE_VALUES - 1)) << 6;
}

/* ---- accecn_handshake.c ---- */

u8 nst_accecn_reflect(u8 field);
bool nst_accecn_transition_valid(u8 sent, u8 came);
bool nst_accecn_requested(u8 ace);
void nst_accecn_enter(struct nst_tcp_sock *tp, u8 syn_sent, u8 syn_received);
void nst_accecn_take_syn_ack(struct nst_tcp_sock *tp,
			     const struct sk_buff *skb);
void nst_accecn_syn_ack_again(struct nst_tcp_sock *tp,
			      const struct sk_buff *skb);
void nst_accecn_handshake_ack(struct nst_tcp_sock *tp,
			      const struct sk_buff *skb);
u16 nst_accecn_syn_flags(const struct nst_tcp_sock *tp, u16 flags);

/* ---- accecn.c ---- */

void nst_accecn_received(struct nst_tcp_sock *tp, const struct sk_buff *skb);
u8 nst_accecn_mark(struct nst_tcp_sock *tp, u16 *flags, bool payload,
		   bool sack);
u16 nst_accecn_counter_flags(const struct nst_tcp_sock *tp);
u8 nst_accecn_delta(const struct nst_tcp_sock *tp, const struct sk_buff *skb);
u32 nst_accecn_decode(u32 delta, u32 packets, bool has_ceb, u32 ceb_packets);
void nst_accecn_acked(struct sock *sk, const struct sk_buff *skb,
		      struct nst_tcp_acked *acked);

/* ---- accecn_option.c ---- */

unsigned int nst_accecn_option_write(struct nst_tcp_sock *tp, u8 *option,
				     unsigned int space, bool payload);
void nst_accecn_option_first(struct nst_tcp_sock *tp,
			     const struct sk_buff *skb);
void nst_accecn_option_late(struct nst_tcp_sock *tp, const struct sk_buff *skb);
bool nst_accecn_option_take(struct nst_tcp_sock *tp,
			    const struct sk_buff *skb, u32 *ceb);

#endif /* NST_TCP_ACCECN_H */
