// SPDX-License-Identifier: GPL-2.0
/*
 * Initial sequence numbers by RFC 6528 and RFC 9293 3.4.1, and timestamp
 * offsets by RFC 7323 5.4: a keyed hash of the connection, so that nobody
 * off the path can guess either, plus a clock, so that a new incarnation of
 * a connection starts above the old one.
 */
#include <linux/siphash.h>

#include "tcp.h"

static u32 flow_hash(const struct nst_endpoint *flow, const siphash_key_t *key)
{
	struct {
		union nst_address laddr;
		union nst_address raddr;
		__be16 lport;
		__be16 rport;
		u32 family;
	} __aligned(SIPHASH_ALIGNMENT) input;

	if (likely(flow->family == AF_INET))
		return siphash_3u32((__force u32)flow->laddr.v4,
				    (__force u32)flow->raddr.v4,
				    (__force u32)flow->lport << 16 |
				    (__force u32)flow->rport, key);

	input.laddr = flow->laddr;
	input.raddr = flow->raddr;
	input.lport = flow->lport;
	input.rport = flow->rport;
	input.family = flow->family;
	return siphash(&input, sizeof(input), key);
}

/**
 * nst_tcp_isn() - initial sequence number of a connection
 * @stack: stack
 * @flow: addresses and ports
 *
 * RFC 6528 3: ISN = M + F(localip, localport, remoteip, remoteport,
 * secretkey); M ticks every 4.096 microseconds.
 *
 * Context: any.
 */
u32 nst_tcp_isn(const struct nst_stack *stack, const struct nst_endpoint *flow)
{
	return (u32)(nst_tcp_clock_ns() >> 12) +
	       flow_hash(flow, &stack->tcp->isn_secret);
}

/**
 * nst_tcp_ts_offset() - what is added to our timestamp clock
 * @stack: stack
 * @flow: addresses and ports
 *
 * The same for each incarnation of a connection, so that PAWS and RFC 6191
 * keep working between them, and unrelated between connections, so that
 * nobody can count reboots or tell who shares this stack.
 *
 * Context: any.
 */
u32 nst_tcp_ts_offset(const struct nst_stack *stack,
		      const struct nst_endpoint *flow)
{
	return flow_hash(flow, &stack->tcp->ts_secret);
}
