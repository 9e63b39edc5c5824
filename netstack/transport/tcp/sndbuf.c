// SPDX-License-Identifier: GPL-2.0
/*
 * The send buffer grows by itself, up to tcp_wmem[2], unless the program has
 * set SO_SNDBUF: with the segments that the path was found to take, and with
 * the congestion window.
 */
#include "../../compat.h"
#include "ecn.h"

/* What the header of a segment may cost in a buffer, at most. */
#define SEGMENT_OVERHEAD	(NST_HEADROOM_TCP + \
				 SKB_DATA_ALIGN(sizeof(struct skb_shared_info)))

/**
 * nst_tcp_expand_send_buffer() - let the program write as much as is in use
 * @sk: socket, locked; cwnd and the MSS are up to date
 *
 * Two windows of segments, or what the controller needs to recover while new
 * data goes on, fit into the buffer. It never shrinks here.
 *
 * Context: any.
 */
void nst_tcp_expand_send_buffer(struct sock *sk)
{
	const struct nst_config *config = &nst_sk(sk)->stack->config;
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u64 segments, segment, size;
	u32 factor = 2;

	if (sk->sk_userlocks & SOCK_SNDBUF_LOCK || sk_under_memory_pressure(sk))
		return;

	segment = roundup_pow_of_two(max_t(u32, tp->mss_clamp, tp->mss_cache) +
				     SEGMENT_OVERHEAD) +
		  SKB_DATA_ALIGN(sizeof(struct sk_buff));
	segments = max3((u32)NST_TCP_INIT_CWND, tp->cwnd, tp->reordering + 1);
	if (tp->ca_ops->sndbuf_factor)
		factor = tp->ca_ops->sndbuf_factor(tp);
	size = min_t(u64, factor * segments * segment,
		     READ_ONCE(config->tcp_wmem[2]));
	if (sk->sk_sndbuf < size)
		WRITE_ONCE(sk->sk_sndbuf, size);
}
