// SPDX-License-Identifier: GPL-2.0
/*
 * The protocol object that net/core knows TCP by, the defaults of a new
 * socket, and TCP's part of a stack from its first socket to its last.
 */
#include <linux/module.h>
#include <linux/percpu_counter.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "fastopen.h"
#include "listen.h"

#define FLOW_BITS	14
#define BOUND_BITS	10
#define SOCKS_AT_ONCE	32

/*
 * net/core keeps its account of socket memory for each protocol, over all
 * namespaces. These limits are therefore out of reach: one stack must not
 * feel another. What bounds a stack's memory are the memory cgroups and
 * socket_max times tcp_rmem and tcp_wmem of its own. The counters are
 * net/core's; netstack only reads them in /proc/net/protocols.
 */
static atomic_long_t memory_allocated;
static DEFINE_PER_CPU(int, memory_per_cpu_fw_alloc);
static struct percpu_counter sockets_allocated;
static unsigned long memory_pressure;
static long sysctl_mem[3] = { LONG_MAX, LONG_MAX, LONG_MAX };

/* What net/core grants at least under pressure: the defaults of tcp_*mem. */
static int sysctl_wmem[3] = { 4096, 16 * 1024, 4 * 1024 * 1024 };
static int sysctl_rmem[3] = { 4096, 128 * 1024, 6 * 1024 * 1024 };

/* poll() and sendmsg(): TCP_NOTSENT_LOWAT; @wake demands half of it. */
static bool stream_memory_free(const struct sock *sk, int wake)
{
	const struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 lowat = READ_ONCE(tp->notsent_lowat);
	u32 notsent;

	if (likely(!lowat))
		return true;
	notsent = READ_ONCE(tp->write_seq) - READ_ONCE(tp->snd_nxt);
	return (u64)notsent << wake < lowat;
}

/* SO_BINDTODEVICE; locked. */
static void rehash(struct sock *sk)
{
	struct nst_sock *nst = nst_sk(sk);

	nst_path_release(&nst->path);
	/* The place in the tables does not depend on it. */
	WRITE_ONCE(nst->flow.link_index, sk->sk_bound_dev_if);
}

struct proto nst_tcp_prot = {
	.name			= "NETSTACK-TCP",
	.close			= nst_tcp_close,
	.disconnect		= nst_tcp_disconnect,
	.diag_destroy		= nst_tcp_abort,
	.init			= nst_tcp_init_sock,
	.shutdown		= nst_tcp_shutdown,
	.setsockopt		= nst_tcp_setsockopt,
	.getsockopt		= nst_tcp_getsockopt,
	.keepalive		= nst_tcp_set_keepalive,
	.sendmsg		= nst_tcp_sendmsg,
	.rehash			= rehash,
	.backlog_rcv		= nst_tcp_backlog_rcv,
	.release_cb		= nst_tcp_release_cb,
	.stream_memory_free	= stream_memory_free,
	.memory_allocated	= &memory_allocated,
	.per_cpu_fw_alloc	= &memory_per_cpu_fw_alloc,
	.sockets_allocated	= &sockets_allocated,
	.memory_pressure	= &memory_pressure,
	.sysctl_mem		= sysctl_mem,
	.sysctl_wmem		= sysctl_wmem,
	.sysctl_rmem		= sysctl_rmem,
	.max_header		= NST_HEADROOM_TCP,
	.obj_size		= sizeof(struct nst_tcp_sock),
};

static const struct nst_transport_protocol tcp_transport = {
	.protocol	= IPPROTO_TCP,
	.families	= NST_OVER_IPV4 | NST_OVER_IPV6,
	.receive	= nst_tcp_receive,
	.owner		= nst_tcp_owner,
	.error		= nst_tcp_error,
};

/**
 * nst_tcp_init_sock() - defaults of a new socket
 * @sk: socket that nst_sock_alloc() made
 *
 * Context: process, or softirq for the child of a listener.
 * Return: 0.
 */
int nst_tcp_init_sock(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	const struct nst_config *config = &tp->nst.stack->config;

	sk->sk_state = TCP_CLOSE;
	sk->sk_backlog_rcv = nst_tcp_backlog_rcv;
	sk->sk_write_space = nst_tcp_write_space;
	sk->sk_rcvbuf = READ_ONCE(config->tcp_rmem[1]);
	sk->sk_sndbuf = READ_ONCE(config->tcp_wmem[1]);
	sock_set_flag(sk, SOCK_USE_WRITE_QUEUE);

	tp->rtx_queue = RB_ROOT;
	tp->ofo_queue = RB_ROOT;
	INIT_LIST_HEAD(&tp->board.sent_order);
	nst_tcp_rack_init(&tp->rack);
	INIT_LIST_HEAD(&tp->accept_node);
	nst_tcp_timers_init(sk);
	nst_tcp_rtt_init(tp);
	tp->min_rtt_us = ~0U;
	tp->cwnd = NST_TCP_INIT_CWND;
	tp->cwnd_clamp = ~0U;
	tp->ssthresh = NST_TCP_INFINITE_SSTHRESH;
	tp->mss_cache = NST_TCP_DEFAULT_MSS;
	/* Nothing was delivered yet: no rate is the network's. */
	tp->rate_app_limited = true;
	tp->reordering = READ_ONCE(config->tcp_reordering);
	nst_congestion_assign(tp);
	sk_sockets_allocated_inc(sk);
	return 0;
}

/**
 * nst_tcp_init() - TCP's part of a new stack
 * @stack: stack
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int nst_tcp_init(struct nst_stack *stack)
{
	struct nst_tcp *tcp;
	int err;

	tcp = kzalloc(sizeof(*tcp), GFP_KERNEL);
	if (!tcp)
		return -ENOMEM;
	tcp->fastopen_cache = nst_tcp_fastopen_cache_create();
	if (!tcp->fastopen_cache) {
		kfree(tcp);
		return -ENOMEM;
	}
	err = nst_send_rings_init(&tcp->send_rings, stack);
	if (err)
		goto free_cache;
	err = nst_demux_init(&tcp->demux, FLOW_BITS, BOUND_BITS);
	if (err)
		goto free_rings;
	get_random_bytes(&tcp->isn_secret, sizeof(tcp->isn_secret));
	get_random_bytes(&tcp->ts_secret, sizeof(tcp->ts_secret));
	get_random_bytes(&tcp->cookie_secret, sizeof(tcp->cookie_secret));
	get_random_bytes(&tcp->fastopen_keys.key[0],
			 sizeof(tcp->fastopen_keys.key[0]));
	tcp->fastopen_keys.count = 1;
	INIT_LIST_HEAD(&tcp->timewait_list);
	spin_lock_init(&tcp->timewait_lock);
	stack->tcp = tcp;
	return 0;

free_rings:
	nst_send_rings_exit(&tcp->send_rings);
free_cache:
	nst_tcp_fastopen_cache_free(tcp->fastopen_cache);
	kfree(tcp);
	return err;
}

struct endpoint_batch {
	struct nst_endpoint *endpoint[SOCKS_AT_ONCE];
	unsigned int count;
};

static int batch_add(struct nst_endpoint *endpoint, void *data)
{
	struct endpoint_batch *batch = data;

	if (endpoint->kind == NST_ENDPOINT_TIMEWAIT ||
	    !nst_endpoint_get_unless_zero(endpoint))
		return 0;
	batch->endpoint[batch->count++] = endpoint;
	return batch->count == SOCKS_AT_ONCE;
}

bool nst_tcp_drop(struct nst_endpoint *endpoint)
{
	if (endpoint->kind == NST_ENDPOINT_TIMEWAIT)
		return nst_tcp_timewait_drop(endpoint);
	return nst_tcp_request_drop(container_of(endpoint,
						 struct nst_tcp_request, flow));
}

/*
 * Only orphans are met here when a namespace dies; a socket with a program
 * holds the namespace.
 */
static void endpoints_end(struct endpoint_batch *batch)
{
	struct nst_endpoint *endpoint;

	while (batch->count) {
		endpoint = batch->endpoint[--batch->count];
		if (endpoint->kind == NST_ENDPOINT_SOCK)
			nst_tcp_abort(&nst_endpoint_sock(endpoint)->sk,
				      ECONNABORTED);
		else
			nst_tcp_drop(endpoint);
		nst_endpoint_put(endpoint);
	}
}

/**
 * nst_tcp_exit() - end every connection of a stack
 * @stack: stack; its links are going, and no socket can be opened any more
 *
 * On return no timer of TCP is pending or running, and nothing of TCP
 * refers to the stack.
 *
 * Context: process.
 */
void nst_tcp_exit(struct nst_stack *stack)
{
	struct nst_tcp *tcp = stack->tcp;
	struct endpoint_batch batch = { .count = 0 };
	unsigned long cursor;
	bool more;

	do {
		cursor = 0;
		nst_demux_walk(&tcp->demux, &cursor, batch_add, &batch);
		more = batch.count;
		endpoints_end(&batch);
		cond_resched();
	} while (more);
	nst_tcp_timewait_purge(stack);

	/* Timer functions run with BHs disabled, which RCU waits for. */
	synchronize_rcu();
	nst_demux_exit(&tcp->demux);
	nst_send_rings_exit(&tcp->send_rings);
	nst_tcp_fastopen_cache_free(tcp->fastopen_cache);
	stack->tcp = NULL;
	kfree(tcp);
}

/**
 * nst_tcp_register() - make TCP known: slab caches, net/core, network layer
 *
 * Context: module initialisation.
 * Return: 0 or a negative errno.
 */
int __init nst_tcp_register(void)
{
	int err;

	err = percpu_counter_init(&sockets_allocated, 0, GFP_KERNEL);
	if (err)
		return err;
	err = nst_tcp_request_register();
	if (err)
		goto err_counter;
	err = nst_tcp_timewait_register();
	if (err)
		goto err_request;
	err = proto_register(&nst_tcp_prot, 1);
	if (err)
		goto err_timewait;
	err = nst_transport_register(&tcp_transport);
	if (err)
		goto err_proto;
	return 0;

err_proto:
	proto_unregister(&nst_tcp_prot);
err_timewait:
	nst_tcp_timewait_unregister();
err_request:
	nst_tcp_request_unregister();
err_counter:
	percpu_counter_destroy(&sockets_allocated);
	return err;
}

/* Every stack is gone; waits for the memory of the last sockets. */
void nst_tcp_unregister(void)
{
	rcu_barrier();
	proto_unregister(&nst_tcp_prot);
	nst_tcp_timewait_unregister();
	nst_tcp_request_unregister();
	percpu_counter_destroy(&sockets_allocated);
}
