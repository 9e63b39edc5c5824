// SPDX-License-Identifier: GPL-2.0
/*
 * How many connections a listener may open by Fast Open before their
 * handshakes are done (RFC 7413 4.2.2, 5.1), and its keys: what TCP_FASTOPEN
 * and TCP_FASTOPEN_KEY set. A socket without these options has no such queue.
 *
 * A connection counts from its SYN until the peer acknowledges ours. One that
 * is reset before that counts for a minute or two longer: the reset may come
 * from somebody in whose name a SYN was forged, and who must not be asked
 * more often. These are kept as two numbers, of this minute and of the last.
 */
#include <linux/slab.h>

#include "fastopen.h"

#define RESET_PERIOD	(60 * HZ)

/**
 * struct nst_tcp_fastopen_queue - the bound of a listener, not a list
 * @refs: the listening socket's and one of each connection that counts
 * @lock: protects the numbers; innermost
 * @max: TCP_FASTOPEN; READ_ONCE without the lock
 * @pending: connections whose handshake is not done
 * @resets: of those that were reset, this period's and the last one's
 * @period: jiffies when this period began
 * @keys: TCP_FASTOPEN_KEY, or NULL for the stack's; RCU
 * @rcu: delays freeing: SYNs look at it without a reference
 */
struct nst_tcp_fastopen_queue {
	refcount_t refs;
	spinlock_t lock; /* innermost */
	unsigned int max;
	unsigned int pending;
	unsigned int resets[2];
	unsigned long period;
	struct nst_tcp_fastopen_keys __rcu *keys;
	struct rcu_head rcu;
};

static void queue_free_rcu(struct rcu_head *rcu)
{
	struct nst_tcp_fastopen_queue *queue =
		container_of(rcu, struct nst_tcp_fastopen_queue, rcu);

	kfree(rcu_dereference_protected(queue->keys, true));
	kfree(queue);
}

void nst_tcp_fastopen_queue_put(struct nst_tcp_fastopen_queue *queue)
{
	if (queue && refcount_dec_and_test(&queue->refs))
		call_rcu(&queue->rcu, queue_free_rcu);
}

/* That of the socket, made when there is none. NULL: no memory. */
static struct nst_tcp_fastopen_queue *queue_of(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_fastopen_queue *queue = tp->fastopen_queue;

	if (queue)
		return queue;
	queue = kzalloc(sizeof(*queue), GFP_KERNEL_ACCOUNT);
	if (!queue)
		return NULL;
	refcount_set(&queue->refs, 1);
	spin_lock_init(&queue->lock);
	queue->period = nst_tcp_jiffies();
	/* Who finds it under RCU finds it whole. */
	smp_store_release(&tp->fastopen_queue, queue);
	return queue;
}

/**
 * nst_tcp_fastopen_queue_set() - TCP_FASTOPEN
 * @sk: socket, locked, in CLOSE or LISTEN
 * @max: connections; cut to somaxconn; 0: no Fast Open
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int nst_tcp_fastopen_queue_set(struct sock *sk, unsigned int max)
{
	struct nst_tcp_fastopen_queue *queue = nst_tcp_sk(sk)->fastopen_queue;

	if (!max && !queue)
		return 0;
	queue = queue_of(sk);
	if (!queue)
		return -ENOMEM;
	max = min_t(unsigned int, max,
		    READ_ONCE(nst_sk(sk)->stack->config.somaxconn));
	WRITE_ONCE(queue->max, max);
	return 0;
}

/* TCP_FASTOPEN as it is. The socket is locked. */
unsigned int nst_tcp_fastopen_queue_max(const struct sock *sk)
{
	const struct nst_tcp_fastopen_queue *queue =
		nst_tcp_sk(sk)->fastopen_queue;

	return queue ? queue->max : 0;
}

/**
 * nst_tcp_fastopen_listen() - a socket begins to listen
 * @sk: socket, locked
 * @backlog: its backlog, within somaxconn
 *
 * tcp_fastopen may say that no option is needed.
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int nst_tcp_fastopen_listen(struct sock *sk, int backlog)
{
	int config = READ_ONCE(nst_sk(sk)->stack->config.tcp_fastopen);
	int both = NST_TCP_FASTOPEN_SERVER | NST_TCP_FASTOPEN_ALL_LISTENERS;

	if ((config & both) != both || nst_tcp_fastopen_queue_max(sk))
		return 0;
	return nst_tcp_fastopen_queue_set(sk, backlog);
}

/**
 * nst_tcp_fastopen_keys_set() - TCP_FASTOPEN_KEY
 * @sk: socket, locked
 * @keys: keys; copied
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int nst_tcp_fastopen_keys_set(struct sock *sk,
			      const struct nst_tcp_fastopen_keys *keys)
{
	struct nst_tcp_fastopen_queue *queue = queue_of(sk);
	struct nst_tcp_fastopen_keys *old, *new;

	if (!queue)
		return -ENOMEM;
	new = kmemdup(keys, sizeof(*keys), GFP_KERNEL_ACCOUNT);
	if (!new)
		return -ENOMEM;
	old = rcu_replace_pointer(queue->keys, new, lockdep_sock_is_held(sk));
	if (old)
		kfree_rcu(old, rcu);
	return 0;
}

/* The socket's own keys, or NULL. RCU. */
const struct nst_tcp_fastopen_keys *
nst_tcp_fastopen_keys_get(const struct sock *sk)
{
	struct nst_tcp_fastopen_queue *queue =
		READ_ONCE(nst_tcp_sk(sk)->fastopen_queue);

	return queue ? rcu_dereference(queue->keys) : NULL;
}

/* Resets are forgotten in time. The queue is locked. */
static void age(struct nst_tcp_fastopen_queue *queue)
{
	unsigned long now = nst_tcp_jiffies();

	if (time_before(now, queue->period + RESET_PERIOD))
		return;
	queue->resets[1] = time_before(now, queue->period + 2 * RESET_PERIOD) ?
			   queue->resets[0] : 0;
	queue->resets[0] = 0;
	queue->period = now;
}

static bool has_room(struct nst_tcp_fastopen_queue *queue)
{
	age(queue);
	return queue->pending + queue->resets[0] + queue->resets[1] <
	       READ_ONCE(queue->max);
}

/**
 * nst_tcp_fastopen_queue_open() - may one more connection open?
 * @sk: listening socket
 *
 * Asked before a cookie is reckoned, so that a flood costs no hashes.
 * Context: softirq, RCU.
 */
bool nst_tcp_fastopen_queue_open(const struct sock *sk)
{
	struct nst_tcp_fastopen_queue *queue =
		READ_ONCE(nst_tcp_sk(sk)->fastopen_queue);
	bool open;

	if (!queue || !READ_ONCE(queue->max))
		return false;
	spin_lock_bh(&queue->lock);
	open = has_room(queue);
	spin_unlock_bh(&queue->lock);
	if (!open)
		NST_INC(nst_sk(sk)->stack, TCP_FASTOPEN_LISTEN_OVERFLOW);
	return open;
}

/**
 * nst_tcp_fastopen_queue_reserve() - one more connection counts
 * @sk: listening socket
 *
 * The check for room is made again, so that the bound is exact.
 *
 * Context: softirq, RCU.
 * Return: the queue with a reference, for nst_tcp_fastopen_queue_release(),
 * or NULL without room.
 */
struct nst_tcp_fastopen_queue *
nst_tcp_fastopen_queue_reserve(const struct sock *sk)
{
	struct nst_tcp_fastopen_queue *queue =
		READ_ONCE(nst_tcp_sk(sk)->fastopen_queue);
	bool reserved;

	if (!queue || !refcount_inc_not_zero(&queue->refs))
		return NULL;
	spin_lock_bh(&queue->lock);
	reserved = has_room(queue);
	if (reserved)
		queue->pending++;
	spin_unlock_bh(&queue->lock);
	if (reserved)
		return queue;
	nst_tcp_fastopen_queue_put(queue);
	return NULL;
}

/**
 * nst_tcp_fastopen_queue_release() - a connection does not count any more
 * @queue: queue; the reference goes
 * @reset: the peer has reset it: it counts for some time still
 *
 * Context: any.
 */
void nst_tcp_fastopen_queue_release(struct nst_tcp_fastopen_queue *queue,
				    bool reset)
{
	spin_lock_bh(&queue->lock);
	age(queue);
	queue->pending--;
	queue->resets[0] += reset;
	spin_unlock_bh(&queue->lock);
	nst_tcp_fastopen_queue_put(queue);
}
