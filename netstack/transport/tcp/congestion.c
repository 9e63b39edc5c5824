// SPDX-License-Identifier: GPL-2.0
/*
 * The congestion controllers that there are, and what they share.
 */
#include "tcp.h"

static const struct nst_congestion_ops *const controllers[] = {
	&nst_reno,
};

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
 * nst_congestion_names() - list all controllers
 * @buffer: filled with a string
 * @size: room in @buffer, bytes, at least 1
 *
 * Context: any. Return: length of the string, bytes.
 */
int nst_congestion_names(char *buffer, size_t size)
{
	unsigned int i;
	int len = 0;

	buffer[0] = '\0';
	for (i = 0; i < ARRAY_SIZE(controllers); i++)
		len += scnprintf(buffer + len, size - len, "%s%s",
				 i ? " " : "", controllers[i]->name);
	return len;
}

static void choose(struct nst_tcp_sock *tp,
		   const struct nst_congestion_ops *ops)
{
	if (tp->ca_ops && tp->ca_ops->release)
		tp->ca_ops->release(tp);
	memset(tp->ca_priv, 0, sizeof(tp->ca_priv));
	tp->ca_ops = ops;
	if (ops->init)
		ops->init(tp);
}

/**
 * nst_congestion_set() - choose the controller of a socket
 * @tp: socket, locked
 * @name: controller
 *
 * cwnd and ssthresh stay; the new controller goes on from there.
 *
 * Return: 0 or -ENOENT.
 */
int nst_congestion_set(struct nst_tcp_sock *tp, const char *name)
{
	const struct nst_congestion_ops *ops = nst_congestion_find(name);

	if (!ops)
		return -ENOENT;
	if (ops != tp->ca_ops)
		choose(tp, ops);
	return 0;
}

/**
 * nst_congestion_assign() - give a new socket the stack's controller
 * @tp: socket, locked or not yet visible
 */
void nst_congestion_assign(struct nst_tcp_sock *tp)
{
	const struct nst_config *config = &tp->nst.stack->config;
	const struct nst_congestion_ops *ops;

	ops = nst_congestion_find(config->tcp_congestion_control);
	choose(tp, ops ?: &nst_reno);
}

/**
 * nst_congestion_slow_start() - grow by what was acknowledged
 * @tp: connection with cwnd below ssthresh
 * @acked: segments newly acknowledged
 *
 * RFC 5681 3.1, by segments acknowledged and not by acknowledgments: who
 * divides his ACKs gains nothing.
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
