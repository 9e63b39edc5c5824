// SPDX-License-Identifier: GPL-2.0
/*
 * Paths that do not let Fast Open pass (RFC 7413 7.1, 4.1.3.1): when
 * connections opened with it fail in a way that speaks of a middlebox, active
 * opens do without for tcp_fastopen_blackhole_timeout_sec, and for twice that
 * each time it happens again, up to 64 times. A connection that gets data
 * after a pause ends that.
 */
#include "fastopen.h"

#define DOUBLINGS_MAX	6

static bool used(const struct nst_tcp_sock *tp)
{
	return tp->fastopen.asked || tp->fastopen.data;
}

static void pause_active_opens(const struct nst_tcp_sock *tp)
{
	struct nst_stack *stack = tp->nst.stack;
	struct nst_tcp_fastopen_blackhole *hole =
		&stack->tcp->fastopen_blackhole;

	if (!READ_ONCE(stack->config.tcp_fastopen_blackhole_timeout_sec))
		return;
	WRITE_ONCE(hole->stamp, nst_tcp_jiffies());
	/* Pairs with the acquire in nst_tcp_fastopen_paused(). */
	smp_mb__before_atomic();
	atomic_inc(&hole->times);
	NST_INC(stack, TCP_FASTOPEN_BLACKHOLE);
}

/**
 * nst_tcp_fastopen_paused() - shall an active open do without Fast Open?
 * @sk: socket, locked; it is marked when it is one of the first to try again
 */
bool nst_tcp_fastopen_paused(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_fastopen_blackhole *hole =
		&tp->nst.stack->tcp->fastopen_blackhole;
	const struct nst_config *config = &tp->nst.stack->config;
	int times = atomic_read_acquire(&hole->times);
	unsigned long pause;

	if (likely(!times))
		return false;
	pause = READ_ONCE(config->tcp_fastopen_blackhole_timeout_sec) * HZ;
	pause <<= min(times - 1, DOUBLINGS_MAX);
	if (time_before(nst_tcp_jiffies(), READ_ONCE(hole->stamp) + pause))
		return true;
	tp->fastopen.trial = true;
	return false;
}

/**
 * nst_tcp_fastopen_timeout() - the retransmission timer has expired
 * @sk: socket, locked; the expiry does not count in its retransmits yet
 * @failed: it was the last, the connection ends
 *
 * The third in a row, or the end before that, during the handshake or later.
 */
void nst_tcp_fastopen_timeout(struct sock *sk, bool failed)
{
	const struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (likely(!used(tp)))
		return;
	if (tp->retransmits == 2 || (failed && tp->retransmits < 2))
		pause_active_opens(tp);
}

/**
 * nst_tcp_fastopen_reset_came() - a RST in the window, not in order
 * @sk: socket, locked
 *
 * Of a connection that has got no data, it may come from a middlebox that
 * has dropped what the SYN carried.
 */
void nst_tcp_fastopen_reset_came(struct sock *sk)
{
	const struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (unlikely(tp->fastopen.asked) && !tp->data_segs_in &&
	    sk->sk_state == TCP_ESTABLISHED)
		pause_active_opens(tp);
}

static bool over_loopback(const struct nst_tcp_sock *tp)
{
	const struct nst_link *link = tp->nst.path.link;

	return link && READ_ONCE(link->flags) & NST_LINK_LOOPBACK;
}

/**
 * nst_tcp_fastopen_ended() - a connection ends that was opened with the option
 * @sk: socket, locked; what came out of order is still there
 *
 * If all that came is a FIN, out of order, the data before it was dropped.
 */
void nst_tcp_fastopen_ended(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	atomic_t *times = &tp->nst.stack->tcp->fastopen_blackhole.times;
	struct sk_buff *skb = skb_rb_first(&tp->ofo_queue);

	if (skb && !skb_rb_next(skb) && !skb->len && !tp->bytes_received)
		pause_active_opens(tp);
	else if (tp->bytes_received && tp->fastopen.trial && !over_loopback(tp))
		atomic_set(times, 0);
}
