// SPDX-License-Identifier: GPL-2.0
/*
 * The congestion controllers that there are, which of them a stack's
 * programs may choose, the choice of a socket, and what controllers share.
 */
#include "tcp.h"

/* The bit of a controller in nst_config.tcp_allowed_congestion_control. */
static const struct nst_congestion_ops *const controllers[] = {
	&nst_reno,
	&nst_cubic,
	&nst_bbr,
	&nst_dctcp,
};

static unsigned int bit_of(const struct nst_congestion_ops *ops)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(controllers); i++)
		if (controllers[i] == ops)
			return BIT(i);
	return 0;
}

/**
 * nst_congestion_find() - find a controller
 * @name: as TCP_CONGESTION has it
 *
 * Context: any. Return: the controller, or NULL.
 */
const struct nst_congestion_ops *nst_congestion_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(controllers); i++)
		if (!strncmp(controllers[i]->name, name, NST_CA_NAME_MAX))
			return controllers[i];
	return NULL;
}

/**
 * nst_congestion_names() - list controllers
 * @config: stack whose allowed ones are meant, or NULL for all
 * @buffer: filled with a string
 * @size: room in @buffer, bytes, at least 1
 *
 * Context: any. Return: length of the string, bytes.
 */
int nst_congestion_names(const struct nst_config *config, char *buffer,
			 size_t size)
{
	unsigned int allowed = ~0U;
	unsigned int i;
	int len = 0;

	if (config)
		allowed = READ_ONCE(config->tcp_allowed_congestion_control);
	buffer[0] = '\0';
	for (i = 0; i < ARRAY_SIZE(controllers); i++)
		if (allowed & BIT(i))
			len += scnprintf(buffer + len, size - len, "%s%s",
					 len ? " " : "", controllers[i]->name);
	return len;
}

/**
 * nst_congestion_config_init() - the choice of a new stack
 * @config: filled
 *
 * DCTCP is not for the open Internet (RFC 8257 5): it takes a privilege.
 */
void nst_congestion_config_init(struct nst_config *config)
{
	config->tcp_congestion_control = &nst_cubic;
	config->tcp_allowed_congestion_control = bit_of(&nst_reno) |
						 bit_of(&nst_cubic) |
						 bit_of(&nst_bbr);
}

/**
 * nst_congestion_set_default() - choose for new sockets
 * @config: stack
 * @name: controller; any program may choose it from here on, as on the host
 *
 * Context: any. Return: 0, or -ENOENT and nothing is changed.
 */
int nst_congestion_set_default(struct nst_config *config, const char *name)
{
	const struct nst_congestion_ops *ops = nst_congestion_find(name);

	if (!ops)
		return -ENOENT;
	WRITE_ONCE(config->tcp_allowed_congestion_control,
		   config->tcp_allowed_congestion_control | bit_of(ops));
	WRITE_ONCE(config->tcp_congestion_control, ops);
	return 0;
}

/**
 * nst_congestion_set_allowed() - choose what any program may choose
 * @config: stack
 * @names: controllers, separated by blanks; is cut into pieces
 *
 * Context: any. Return: 0, or -ENOENT and nothing is changed.
 */
int nst_congestion_set_allowed(struct nst_config *config, char *names)
{
	const struct nst_congestion_ops *ops;
	unsigned int allowed = 0;
	const char *name;

	while ((name = strsep(&names, " "))) {
		if (!*name)
			continue;
		ops = nst_congestion_find(name);
		if (!ops)
			return -ENOENT;
		allowed |= bit_of(ops);
	}
	WRITE_ONCE(config->tcp_allowed_congestion_control, allowed);
	return 0;
}

/**
 * nst_congestion_init() - start the controller of a connection
 * @tp: connection, synchronised; socket lock
 */
void nst_congestion_init(struct nst_tcp_sock *tp)
{
	if (tp->ca_initialized)
		return;
	memset(tp->ca_priv, 0, sizeof(tp->ca_priv));
	tp->ca_initialized = true;
	if (tp->ca_ops->init)
		tp->ca_ops->init(tp);
}

/**
 * nst_congestion_release() - stop the controller of a connection
 * @tp: connection that has ended, or whose controller changes; socket lock
 */
void nst_congestion_release(struct nst_tcp_sock *tp)
{
	if (!tp->ca_initialized)
		return;
	tp->ca_initialized = false;
	if (tp->ca_ops->release)
		tp->ca_ops->release(tp);
}

/**
 * nst_congestion_set() - choose the controller of a socket
 * @tp: socket, locked
 * @name: controller
 * @privileged: it may be one that is not allowed to everybody
 *
 * cwnd and ssthresh stay; the new controller goes on from there.
 *
 * Return: 0, -ENOENT or -EPERM.
 */
int nst_congestion_set(struct nst_tcp_sock *tp, const char *name,
		       bool privileged)
{
	const struct nst_config *config = &tp->nst.stack->config;
	const struct nst_congestion_ops *ops = nst_congestion_find(name);
	bool connected;

	if (!ops)
		return -ENOENT;
	if (ops == tp->ca_ops) {
		tp->ca_chosen = true;
		return 0;
	}
	if (!privileged &&
	    !(READ_ONCE(config->tcp_allowed_congestion_control) & bit_of(ops)))
		return -EPERM;

	connected = tp->ca_initialized;
	nst_congestion_release(tp);
	tp->ca_chosen = true;
	WRITE_ONCE(tp->ca_ops, ops);
	if (connected)
		nst_congestion_init(tp);
	return 0;
}

/**
 * nst_congestion_assign() - give a new socket the stack's controller
 * @tp: socket, not yet visible
 */
void nst_congestion_assign(struct nst_tcp_sock *tp)
{
	tp->ca_ops = READ_ONCE(tp->nst.stack->config.tcp_congestion_control);
}

/**
 * nst_congestion_inherit() - the controller of an accepted connection
 * @child: new socket, which has the default; not yet synchronised
 * @listener: socket it was accepted from; not locked
 */
void nst_congestion_inherit(struct nst_tcp_sock *child,
			    const struct nst_tcp_sock *listener)
{
	child->ca_chosen = READ_ONCE(listener->ca_chosen);
	if (child->ca_chosen)
		child->ca_ops = READ_ONCE(listener->ca_ops);
}

/**
 * nst_congestion_abc_limit() - what one ACK may add in slow start
 * @tp: connection
 * @acked: segments newly acknowledged
 *
 * RFC 3465 2.2's L, RFC 9406 4.2's too: an ACK for many segments does not
 * let a burst go, unless segments are paced anyway.
 *
 * Return: segments.
 */
u32 nst_congestion_abc_limit(const struct nst_tcp_sock *tp, u32 acked)
{
	u32 limit = READ_ONCE(tp->nst.stack->config.tcp_abc_limit);

	if (likely(!limit) ||
	    READ_ONCE(tp->nst.sk.sk_pacing_status) != SK_PACING_NONE)
		return acked;
	return min(acked, limit);
}

/**
 * nst_congestion_slow_start() - grow by what was acknowledged
 * @tp: connection with cwnd below ssthresh
 * @acked: segments newly acknowledged
 *
 * RFC 5681 3.1, by segments acknowledged and not by acknowledgments (RFC
 * 3465): who divides his ACKs gains nothing.
 *
 * Return: segments of @acked that are left when ssthresh is reached.
 */
u32 nst_congestion_slow_start(struct nst_tcp_sock *tp, u32 acked)
{
	u32 room = tp->ssthresh - tp->cwnd;
	u32 grow = min(acked, room);

	tp->cwnd = min(tp->cwnd + grow, tp->cwnd_clamp);
	return acked - grow;
}

/**
 * nst_congestion_additive() - grow by a segment for each window acknowledged
 * @tp: connection
 * @window: segments that earn one more, not 0
 * @acked: segments newly acknowledged
 *
 * RFC 5681 3.1 by appropriate byte counting (RFC 3465 2.1), in segments.
 */
void nst_congestion_additive(struct nst_tcp_sock *tp, u32 window, u32 acked)
{
	u32 grow;

	tp->cwnd_cnt += acked;
	if (tp->cwnd_cnt < window)
		return;
	grow = tp->cwnd_cnt / window;
	tp->cwnd_cnt -= grow * window;
	tp->cwnd = min(tp->cwnd + grow, tp->cwnd_clamp);
}

/**
 * nst_congestion_ecn_ssthresh() - the threshold after a mark
 * @tp: connection whose peer has echoed one, once for each window
 *
 * RFC 3168 6.1.2: as after a loss, unless the controller knows better.
 *
 * Return: segments.
 */
u32 nst_congestion_ecn_ssthresh(struct nst_tcp_sock *tp)
{
	if (tp->ca_ops->ecn_ssthresh)
		return tp->ca_ops->ecn_ssthresh(tp);
	return tp->ca_ops->ssthresh(tp);
}

/**
 * nst_congestion_needs_ecn() - does the controller work by marks?
 * @tp: connection or listener
 */
bool nst_congestion_needs_ecn(const struct nst_tcp_sock *tp)
{
	return tp->ca_ops->flags & NST_CA_NEEDS_ECN;
}

/**
 * nst_congestion_skb_lost() - tell the controller of a loss
 * @tp: connection; its lost counts the segment
 * @skb: segment of the rtx queue, now marked lost
 */
void nst_congestion_skb_lost(struct nst_tcp_sock *tp,
			     const struct sk_buff *skb)
{
	if (tp->ca_ops->skb_lost)
		tp->ca_ops->skb_lost(tp, skb);
}

/**
 * nst_congestion_undo() - undo_cwnd() of controllers without more to restore
 * @tp: connection
 *
 * Return: the window before the reduction, segments; never less than now.
 */
u32 nst_congestion_undo(struct nst_tcp_sock *tp)
{
	return max(tp->cwnd, tp->prior_cwnd);
}
