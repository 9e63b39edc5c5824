// SPDX-License-Identifier: GPL-2.0
/*
 * SYN cookies (RFC 4987 3.6): what a listener whose SYN queue is full must
 * know of a half-open connection travels in the initial sequence number and
 * in the timestamp of its SYN-ACK, and comes back with the peer's ACK.
 *
 * Sequence number, all sums modulo 2^32:
 *
 *	A(flow) + peer's ISN + (period << 24) +
 *	((B(flow, peer's ISN, period) + index of the MSS) mod 2^24)
 *
 * A and B are keyed hashes, so that nobody can make a cookie for an address
 * that is not his; the period, which is part of B, lets it expire; and the sum
 * keeps the numbers of later incarnations of a connection above the earlier
 * ones as RFC 6528 wants it. Of 2^28 guesses one is right.
 *
 * The low bits of TSval, if the peer has timestamps, hold what else its SYN
 * offered. Without timestamps those options are not used.
 */
#include <linux/siphash.h>

#include "syncookie.h"

#define PERIOD_SHIFT		6	/* of 64 s */
#define VALID_PERIODS		2	/* this one and the one before */
#define MAC_BITS		24
#define MAC_MASK		GENMASK(MAC_BITS - 1, 0)

#define TS_WSCALE_MASK		GENMASK(3, 0)
#define TS_NO_WSCALE		TS_WSCALE_MASK
#define TS_SACK_OK		BIT(4)
#define TS_ECN_OK		BIT(5)
#define TS_BITS			6
#define TS_MASK			GENMASK(TS_BITS - 1, 0)

/* What peers announce: the largest that is not larger is remembered. */
static const u16 mss_table[] = {
	NST_TCP_MIN_MSS, NST_TCP_DEFAULT_MSS, 1220, 1300, 1400, 1440, 1460, 8940,
};

static u32 period_now(void)
{
	return div_u64(nst_tcp_clock_us(), USEC_PER_SEC) >> PERIOD_SHIFT;
}

static u32 hash(const struct nst_endpoint *flow, u32 irs, u32 period,
		const siphash_key_t *key)
{
	struct {
		union nst_address laddr;
		union nst_address raddr;
		__be16 lport;
		__be16 rport;
		u32 irs;
		u32 period;
		u32 family;
	} __aligned(SIPHASH_ALIGNMENT) input = {
		.lport = flow->lport,
		.rport = flow->rport,
		.irs = irs,
		.period = period,
		.family = flow->family,
	};

	if (flow->family == AF_INET6) {
		input.laddr = flow->laddr;
		input.raddr = flow->raddr;
	} else {
		input.laddr.v4 = flow->laddr.v4;
		input.raddr.v4 = flow->raddr.v4;
	}
	return siphash(&input, sizeof(input), key);
}

/* The part that neither the period nor the MSS changes. */
static u32 base(const struct nst_tcp *tcp, const struct nst_endpoint *flow,
		u32 irs)
{
	return hash(flow, 0, 0, &tcp->cookie_secret[0]) + irs;
}

/**
 * nst_tcp_cookie_make() - initial sequence number that remembers a SYN
 * @tcp: TCP of the stack
 * @flow: addresses and ports
 * @irs: the peer's initial sequence number
 * @mss: the peer's MSS, bytes, NST_TCP_MIN_MSS at least
 *
 * Context: any.
 * Return: the sequence number for the SYN-ACK.
 */
u32 nst_tcp_cookie_make(const struct nst_tcp *tcp,
			const struct nst_endpoint *flow, u32 irs, u16 mss)
{
	u32 index = ARRAY_SIZE(mss_table) - 1;
	u32 period = period_now();

	while (index && mss_table[index] > mss)
		index--;
	return base(tcp, flow, irs) + (period << MAC_BITS) +
	       ((hash(flow, irs, period, &tcp->cookie_secret[1]) + index) &
		MAC_MASK);
}

/**
 * nst_tcp_cookie_check() - is it one of ours, and not too old?
 * @tcp: TCP of the stack
 * @flow: addresses and ports
 * @irs: the peer's initial sequence number
 * @cookie: the sequence number that it acknowledges
 *
 * Context: any.
 * Return: the MSS to send with, bytes, or 0.
 */
u16 nst_tcp_cookie_check(const struct nst_tcp *tcp,
			 const struct nst_endpoint *flow, u32 irs, u32 cookie)
{
	u32 rest = cookie - base(tcp, flow, irs);
	u32 now = period_now();
	u32 age, period, index;

	age = (now - (rest >> MAC_BITS)) & (U32_MAX >> MAC_BITS);
	if (age >= VALID_PERIODS)
		return 0;
	period = now - age;
	index = (rest - hash(flow, irs, period, &tcp->cookie_secret[1])) &
		MAC_MASK;
	return index < ARRAY_SIZE(mss_table) ? mss_table[index] : 0;
}

/**
 * nst_tcp_cookie_timestamp() - TSval that remembers the options of a SYN
 * @clock: our timestamp clock without the connection's offset, ms
 * @options: what the SYN-ACK accepts
 *
 * It is late by less than 2^TS_BITS ms, never early: the next TSval of the
 * connection must not be smaller.
 *
 * Context: any.
 * Return: TSval, to which the offset is added.
 */
u32 nst_tcp_cookie_timestamp(u32 clock, const struct nst_tcp_options *options)
{
	u32 bits = options->has_wscale ? options->wscale : TS_NO_WSCALE;
	u32 tsval;

	if (options->sack_ok)
		bits |= TS_SACK_OK;
	if (options->ecn_ok)
		bits |= TS_ECN_OK;
	tsval = (clock & ~(u32)TS_MASK) | bits;
	if ((s32)(tsval - clock) > 0)
		tsval -= BIT(TS_BITS);
	return tsval;
}

/**
 * nst_tcp_cookie_options() - options out of an echoed timestamp
 * @tsecr: TSecr without the connection's offset
 * @options: has_wscale, wscale, sack_ok and ecn_ok are filled
 *
 * Context: any.
 */
void nst_tcp_cookie_options(u32 tsecr, struct nst_tcp_options *options)
{
	u8 wscale = tsecr & TS_WSCALE_MASK;

	options->sack_ok = tsecr & TS_SACK_OK;
	options->ecn_ok = tsecr & TS_ECN_OK;
	options->has_wscale = wscale != TS_NO_WSCALE;
	options->wscale = options->has_wscale ? wscale : 0;
}
