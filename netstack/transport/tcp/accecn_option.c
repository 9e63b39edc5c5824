// SPDX-License-Identifier: GPL-2.0
/*
 * The AccECN option (RFC 9768 3.2.3): octets received by their ECN field, 24
 * bits each, in one of two orders, so that what has never changed can be left
 * out at the end.
 */
#include "../../compat.h"
#include "ecn.h"

#define COUNTER_BITS	24
#define COUNTER_MASK	GENMASK(COUNTER_BITS - 1, 0)

/* 3.2.3.3: a counter is told again before it has moved so much. */
#define OVERFLOW_OCTETS	BIT(22)

/* Counters in the order of the fields (figure 4). */
static const u8 orders[2][NST_ACCECN_COUNTERS] = {
	{ INET_ECN_ECT_0 - 1, INET_ECN_CE - 1, INET_ECN_ECT_1 - 1 },
	{ INET_ECN_ECT_1 - 1, INET_ECN_CE - 1, INET_ECN_ECT_0 - 1 },
};

/* What the counters begin with (3.2.1). */
static const u8 initial[NST_ACCECN_COUNTERS] = {
	NST_ACCECN_ECT_INIT, NST_ACCECN_ECT_INIT, NST_ACCECN_CE_INIT,
};

/* Counters that have moved since the last option. */
static u8 changes(const struct nst_accecn *accecn)
{
	unsigned int i;
	u8 moved = 0;

	for (i = 0; i < NST_ACCECN_COUNTERS; i++)
		if (accecn->received[i] != accecn->told[i])
			moved |= BIT(i);
	return moved;
}

/* 3.2.3.3, the least that it asks for, and so many a round trip. */
static bool due_sparingly(const struct nst_tcp_sock *tp, u8 moved)
{
	const struct nst_accecn *accecn = &tp->accecn;
	u32 beacon = READ_ONCE(tp->nst.stack->config.tcp_ecn_option_beacon);
	unsigned int i;

	if (moved & BIT(INET_ECN_CE - 1))
		return true;
	for (i = 0; i < NST_ACCECN_COUNTERS; i++)
		if (accecn->received[i] - accecn->told[i] >= OVERFLOW_OCTETS)
			return true;
	return beacon && ((u32)tp->mstamp - accecn->option_us) * (u64)beacon >=
			 tp->srtt_us >> 3;
}

/* Does a segment want an option? By the simple scheme of 3.2.3.3. */
static bool due(const struct nst_tcp_sock *tp, u8 moved, u8 greet)
{
	const struct nst_accecn *accecn = &tp->accecn;
	int mode = READ_ONCE(tp->nst.stack->config.tcp_ecn_option);

	if (mode == NST_ACCECN_OPTION_NEVER ||
	    accecn->option_seen == NST_ACCECN_OPTION_NONE ||
	    (accecn->fail & NST_ACCECN_FAIL_OPT_SEND &&
	     mode != NST_ACCECN_OPTION_PERSIST))
		return false;
	if (accecn->greet & greet || (accecn->option_due && accecn->changed))
		return true;
	if (!moved)
		return false;
	return mode != NST_ACCECN_OPTION_SPARINGLY || due_sparingly(tp, moved);
}

/* Fields that @order needs so that all of @counters are among them. */
static unsigned int fields_of(u8 counters, unsigned int order)
{
	unsigned int i = NST_ACCECN_COUNTERS;

	while (i && !(counters & BIT(orders[order][i - 1])))
		i--;
	return i;
}

/* The shorter order for @counters. Return: its length with padding, octets. */
static unsigned int choose(u8 counters, unsigned int *order,
			   unsigned int *fields)
{
	unsigned int other = fields_of(counters, 1);

	*order = 0;
	*fields = fields_of(counters, 0);
	if (other < *fields) {
		*order = 1;
		*fields = other;
	}
	return ALIGN(NST_TCPOLEN_ACCECN + *fields * NST_TCPOLEN_ACCECN_FIELD,
		     4);
}

/**
 * nst_accecn_option_write() - write an option, if one is due and there is room
 * @tp: connection in AccECN mode
 * @option: NST_ACCECN_OPTION_MAX octets of room
 * @space: octets that may be used
 * @payload: the segment has payload
 *
 * All counters that have ever moved if they fit, else those that have moved
 * since the last option, else nothing (3.2.3.3).
 *
 * Return: octets with padding, a multiple of 4; 0: none.
 */
unsigned int nst_accecn_option_write(struct nst_tcp_sock *tp, u8 *option,
				     unsigned int space, bool payload)
{
	u8 greet = payload ? NST_ACCECN_GREET_DATA : NST_ACCECN_GREET_ACK;
	struct nst_accecn *accecn = &tp->accecn;
	u8 moved = changes(accecn);
	u8 counters = accecn->changed;
	unsigned int order, fields, length, i;
	u8 *data = option;

	if (likely(!due(tp, moved, greet)))
		return 0;
	if (accecn->greet & greet)
		counters = GENMASK(NST_ACCECN_COUNTERS - 1, 0);
	length = choose(counters, &order, &fields);
	if (length > space)
		length = choose(moved, &order, &fields);
	if (length > space)
		return 0;

	*data++ = order ? NST_TCPOPT_ACCECN1 : NST_TCPOPT_ACCECN0;
	*data++ = NST_TCPOLEN_ACCECN + fields * NST_TCPOLEN_ACCECN_FIELD;
	for (i = 0; i < fields; i++) {
		u8 counter = orders[order][i];

		put_unaligned_be24(accecn->received[counter] +
				   initial[counter], data);
		data += NST_TCPOLEN_ACCECN_FIELD;
	}
	memset(data, NST_TCPOPT_NOP, option + length - data);

	memcpy(accecn->told, accecn->received, sizeof(accecn->told));
	accecn->option_us = tp->mstamp;
	accecn->greet &= ~greet;
	if (accecn->option_due)
		accecn->option_due--;
	return length;
}

/* Order and whole fields of an option that nst_tcp_options_parse() found. */
static unsigned int option_fields(const u8 *option, unsigned int *order)
{
	*order = option[0] == NST_TCPOPT_ACCECN1;
	/* 3.2.3: what does not make a whole field, or is beyond, is padding */
	return min_t(unsigned int, NST_ACCECN_COUNTERS,
		     (option[1] - NST_TCPOLEN_ACCECN) /
		     NST_TCPOLEN_ACCECN_FIELD);
}

static const u8 *option_of(const struct sk_buff *skb)
{
	u8 offset = nst_tcp_cb(skb)->accecn;

	return offset ? skb_transport_header(skb) + offset : NULL;
}

static void option_came(struct nst_accecn *accecn, unsigned int fields)
{
	u8 seen = fields ? NST_ACCECN_OPTION_COUNTER : NST_ACCECN_OPTION_EMPTY;

	accecn->option_seen = max(accecn->option_seen, seen);
}

/**
 * nst_accecn_option_first() - the option of the handshake
 * @tp: connection in AccECN mode
 * @skb: SYN-ACK, or what acknowledges ours
 *
 * 3.2.3.2.3: without one none is expected, until one comes. 3.2.3.2.4: a
 * counter of ECT that is zero was cleared on the path: none is read.
 */
void nst_accecn_option_first(struct nst_tcp_sock *tp,
			     const struct sk_buff *skb)
{
	const u8 *option = option_of(skb);
	unsigned int order, fields, i;

	if (!option)
		return;
	fields = option_fields(option, &order);
	option_came(&tp->accecn, fields);
	for (i = 0; i < fields; i++) {
		const u8 *field = option + NST_TCPOLEN_ACCECN +
				  i * NST_TCPOLEN_ACCECN_FIELD;

		if (orders[order][i] == INET_ECN_CE - 1 ||
		    get_unaligned_be24(field))
			continue;
		tp->accecn.fail |= NST_ACCECN_FAIL_OPT_RECV;
		tp->accecn.option_seen = NST_ACCECN_OPTION_FAILED;
	}
}

/**
 * nst_accecn_option_late() - a segment came that is refused for its age
 * @tp: connection
 * @skb: segment
 *
 * Is it the third ACK of the handshake, which data has overtaken? Its counters
 * are history, but it shows that options get through (3.2.3.2.1).
 */
void nst_accecn_option_late(struct nst_tcp_sock *tp, const struct sk_buff *skb)
{
	const struct nst_tcp_cb *cb = nst_tcp_cb(skb);

	if (!nst_accecn_on(tp) || tp->accecn.client ||
	    tp->accecn.option_seen != NST_ACCECN_OPTION_NONE ||
	    cb->seq != tp->irs + 1 || cb->end_seq != cb->seq ||
	    cb->ack_seq != tp->iss + 1)
		return;
	nst_accecn_option_first(tp, skb);
}

/**
 * nst_accecn_option_take() - read the option of an acknowledgment
 * @tp: connection in AccECN mode
 * @skb: acknowledgment that nothing later has overtaken
 * @ceb: set to the octets with CE that it has told of first
 *
 * 3.2.3.1: each field moves its counter on by the least that it can have.
 * Nothing moves back.
 *
 * Return: @ceb is known.
 */
bool nst_accecn_option_take(struct nst_tcp_sock *tp,
			    const struct sk_buff *skb, u32 *ceb)
{
	struct nst_accecn *accecn = &tp->accecn;
	const u8 *option = option_of(skb);
	unsigned int order, fields, i;
	bool has_ceb;

	if (!option || accecn->fail & NST_ACCECN_FAIL_OPT_RECV)
		return false;
	fields = option_fields(option, &order);
	option_came(accecn, fields);
	/* A counter that has never moved may be left out. */
	has_ceb = !accecn->delivered[INET_ECN_CE - 1] && fields;
	for (i = 0; i < fields; i++) {
		u8 counter = orders[order][i];
		u32 value, moved;

		value = get_unaligned_be24(option + NST_TCPOLEN_ACCECN +
					   i * NST_TCPOLEN_ACCECN_FIELD);
		moved = (value - initial[counter] -
			 accecn->delivered[counter]) & COUNTER_MASK;
		if (moved & BIT(COUNTER_BITS - 1))
			continue;
		accecn->delivered[counter] += moved;
		if (counter == INET_ECN_CE - 1) {
			has_ceb = true;
			*ceb = moved;
		}
	}
	return has_ceb;
}
