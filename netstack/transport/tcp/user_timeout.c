// SPDX-License-Identifier: GPL-2.0
/*
 * The user timeout: how long data may go unacknowledged before the connection
 * is given up. A program sets it (TCP_USER_TIMEOUT), and the two ends may tell
 * each other theirs (RFC 5482), so that the one does not give up what the
 * other still counts on.
 *
 * The option is advice of an unknown peer. It is taken only where
 * tcp_user_timeout_option says so and the program has no opinion, and only
 * between two limits.
 */
#include "tcp.h"

/* RFC 5482 2: 15 bits of seconds, or of minutes. */
#define GRANULARITY_MINUTES	BIT(15)
#define VALUE_MAX		(GRANULARITY_MINUTES - 1)
#define SECONDS_PER_MINUTE	60

static bool option_enabled(const struct nst_stack *stack)
{
	return READ_ONCE(stack->config.tcp_user_timeout_option);
}

/**
 * nst_tcp_user_timeout_encode() - a time as the option has it
 * @ms: milliseconds, not 0
 *
 * Rounded up, to seconds or, when these are too many, to minutes.
 *
 * Return: the field, host order; never 0, which is reserved.
 */
u16 nst_tcp_user_timeout_encode(u32 ms)
{
	u32 seconds = DIV_ROUND_UP((u64)ms, MSEC_PER_SEC);

	if (seconds <= VALUE_MAX)
		return seconds;
	return GRANULARITY_MINUTES |
	       min_t(u32, DIV_ROUND_UP(seconds, SECONDS_PER_MINUTE), VALUE_MAX);
}

/**
 * nst_tcp_user_timeout_decode() - the time that an option tells
 * @field: host order
 *
 * Return: seconds; 0: it is reserved, and to be ignored (RFC 5482 3).
 */
u32 nst_tcp_user_timeout_decode(u16 field)
{
	u32 value = field & VALUE_MAX;

	return field & GRANULARITY_MINUTES ? value * SECONDS_PER_MINUTE : value;
}

/**
 * nst_tcp_user_timeout_take() - the peer tells its user timeout
 * @tp: connection
 * @field: of the option of an acceptable segment, host order
 */
void nst_tcp_user_timeout_take(struct nst_tcp_sock *tp, u16 field)
{
	u32 seconds = nst_tcp_user_timeout_decode(field);

	if (seconds && option_enabled(tp->nst.stack))
		tp->remote_timeout = seconds;
}

/**
 * nst_tcp_user_timeout() - how long data may go unacknowledged
 * @tp: connection
 *
 * RFC 5482 3.1: what the program has set is not changed (CHANGEABLE). Else
 * USER_TIMEOUT = min(U_LIMIT, max(REMOTE_UTO, L_LIMIT)); the lower limit is
 * above the retransmission time-out. Nothing was advertised then, so that
 * there is no ADV_UTO.
 *
 * Return: ms, or 0: as long as tcp_retries2 says.
 */
u32 nst_tcp_user_timeout(const struct nst_tcp_sock *tp)
{
	const struct nst_config *config = &tp->nst.stack->config;
	u32 timeout;

	if (tp->user_timeout || likely(!tp->remote_timeout))
		return tp->user_timeout;
	timeout = max_t(u32, tp->remote_timeout,
			READ_ONCE(config->tcp_user_timeout_min));
	timeout = min_t(u32, timeout, READ_ONCE(config->tcp_user_timeout_max));
	return max_t(u32, timeout * MSEC_PER_SEC,
		     jiffies_to_msecs(tp->rto) + 1);
}

/**
 * nst_tcp_user_timeout_advertised() - what our SYN or SYN-ACK tells
 * @tp: connection, or the listener that it comes from; need not be locked
 *
 * Return: field of the option, or 0: there is none to send.
 */
u16 nst_tcp_user_timeout_advertised(const struct nst_tcp_sock *tp)
{
	u32 timeout = READ_ONCE(tp->user_timeout);

	return timeout && option_enabled(tp->nst.stack) ?
	       nst_tcp_user_timeout_encode(timeout) : 0;
}

/**
 * nst_tcp_user_timeout_changed() - the program has set another
 * @sk: socket, locked
 *
 * RFC 5482 3.1: the peer is told, by the next segment that has room.
 */
void nst_tcp_user_timeout_changed(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	tp->timeout_due = (1 << sk->sk_state) & ~(TCPF_CLOSE | TCPF_LISTEN) &&
			  nst_tcp_user_timeout_advertised(tp);
}

/**
 * nst_tcp_user_timeout_write() - write the option
 * @tp: connection with timeout_due
 * @ptr: where to; aligned
 *
 * Return: octets that it takes, 4; 0: there is no more to tell.
 */
unsigned int nst_tcp_user_timeout_write(struct nst_tcp_sock *tp, __be32 *ptr)
{
	u16 field = nst_tcp_user_timeout_advertised(tp);

	tp->timeout_due = false;
	if (!field)
		return 0;
	*ptr = htonl(NST_TCPOPT_UTO << 24 | NST_TCPOLEN_UTO << 16 | field);
	return NST_TCPOLEN_UTO;
}
