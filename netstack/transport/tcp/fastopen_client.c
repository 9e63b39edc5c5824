// SPDX-License-Identifier: GPL-2.0
/*
 * TCP Fast Open, the client's side (RFC 7413 4.1.3, 4.2.1): data in the SYN
 * of a connection to a server whose cookie is known, a request for the cookie
 * where it is not. MSG_FASTOPEN and TCP_FASTOPEN_CONNECT lead here.
 *
 * The SYN with its data is put together for the wire only. In the queue of
 * what is unacknowledged the two stay apart, so that a SYN sent again is a
 * plain one, and data that the server has not taken can go once more behind
 * the handshake as if it had never been sent.
 */
#include <linux/uio.h>

#include "fastopen.h"

/* All options of a SYN: no part of the data may be cut for them. */
#define SYN_OPTIONS_MAX	40

/* Bytes that the SYN may carry: RFC 7413 4.1.3, 536 of an unknown peer. */
static int syn_room(struct sock *sk, u16 mss)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	tp->mss_clamp = mss ?: NST_TCP_DEFAULT_MSS;
	if (tp->user_mss)
		tp->mss_clamp = min(tp->mss_clamp, tp->user_mss);
	nst_tcp_sync_mss(sk, tp->pmtu);
	return min_t(int, SKB_MAX_HEAD(NST_HEADROOM_TCP),
		     (int)(tp->mss_cache + tp->header_len -
			   sizeof(struct tcphdr)) - SYN_OPTIONS_MAX);
}

/* The program's bytes, of which @wire gets a copy, or NULL. */
static struct sk_buff *take_data(struct sock *sk, struct sk_buff *wire,
				 struct msghdr *msg, int len)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_cb *cb;
	struct sk_buff *skb;
	int copied;

	skb = nst_tcp_alloc_skb(sk, len, sk->sk_allocation);
	if (!skb)
		return NULL;
	copied = copy_from_iter(skb_put(skb, len), len, &msg->msg_iter);
	if (!copied) {
		__kfree_skb(skb);
		return NULL;
	}
	skb_trim(skb, copied);
	skb_put_data(wire, skb->data, copied);

	cb = nst_tcp_cb(skb);
	cb->seq = tp->write_seq;
	cb->end_seq = tp->write_seq + copied;
	cb->flags = NST_TCP_ACK | NST_TCP_PSH;
	cb->gso_segs = 1;
	sk_wmem_queued_add(sk, skb->truesize);
	sk_mem_charge(sk, skb->truesize);
	WRITE_ONCE(tp->write_seq, cb->end_seq);
	return skb;
}

/* Return: the SYN with data is sent, or counts as lost. */
static bool send_with_data(struct sock *sk, struct sk_buff *syn,
			   struct msghdr *msg, int len)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct sk_buff *wire, *data;
	struct nst_tcp_cb *cb;

	wire = alloc_skb(NST_HEADROOM_TCP + len, sk->sk_allocation);
	if (!wire)
		return false;
	skb_reserve(wire, NST_HEADROOM_TCP);
	data = take_data(sk, wire, msg, len);
	if (!data) {
		kfree_skb(wire);
		return false;
	}
	cb = nst_tcp_cb(wire);
	cb->seq = nst_tcp_cb(syn)->seq;
	cb->end_seq = nst_tcp_cb(data)->end_seq;
	cb->flags = nst_tcp_cb(syn)->flags;
	cb->gso_segs = 1;
	cb->gso_size = 0;

	tp->xmit_ns = max(tp->mstamp * NSEC_PER_USEC, tp->xmit_ns + 1);
	syn->skb_mstamp_ns = tp->xmit_ns;
	data->skb_mstamp_ns = tp->xmit_ns;
	nst_rate_sent(tp, syn);
	nst_rate_sent(tp, data);
	nst_tcp_transmit(sk, wire, false);
	nst_tcp_rtx_insert(sk, data);
	nst_tcp_sent_order_add(&tp->board, data);
	tp->packets_out++;
	tp->fastopen.data = true;
	NST_INC(tp->nst.stack, TCP_ORIG_DATA_SENT);
	return true;
}

/*
 * May the SYN carry data, and the option? Fills the cookie. Return: it may
 * carry data; *@mss is the peer's MSS then, or 0 if it is not known.
 */
static bool choose(struct sock *sk, u16 *mss)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_fastopen *fastopen = &tp->fastopen;

	nst_tcp_fastopen_cache_get(sk, mss, fastopen->cookie,
				   &fastopen->cookie_len);
	fastopen->option = false;
	if (nst_tcp_fastopen_paused(sk)) {
		fastopen->cookie_len = 0;
		return false;
	}
	if (tp->fastopen_no_cookie ||
	    READ_ONCE(tp->nst.stack->config.tcp_fastopen) &
	    NST_TCP_FASTOPEN_NO_COOKIE)
		return true;
	fastopen->option = true;
	if (fastopen->cookie_len)
		return true;
	fastopen->fail = TFO_COOKIE_UNAVAILABLE;
	return false;
}

/**
 * nst_tcp_fastopen_defer() - can the SYN wait for data to carry?
 * @sk: socket in SYN-SENT, its flow published, path and ISN set; locked
 *
 * TCP_FASTOPEN_CONNECT: if it can, connect(2) is done, and the first write
 * sends the SYN. Until then the connection takes no segment.
 *
 * Return: it waits, nst_tcp_sock.fastopen.deferred is set.
 */
bool nst_tcp_fastopen_defer(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u16 mss;

	if (tp->fastopen.msg)
		return false;
	memset(&tp->fastopen, 0, sizeof(tp->fastopen));
	if (!choose(sk, &mss))
		return false;
	tp->iss = tp->write_seq;
	tp->snd_una = tp->write_seq;
	tp->snd_nxt = tp->write_seq;
	WRITE_ONCE(tp->fastopen.deferred, true);
	return true;
}

/**
 * nst_tcp_fastopen_send_syn() - the first SYN of a Fast Open
 * @sk: socket in SYN-SENT, locked; @syn is in its rtx queue
 * @syn: the SYN
 * @msg: what the program sends; advanced by what the SYN carries; or NULL
 *
 * Return: that of nst_tcp_transmit(), or 0.
 */
int nst_tcp_fastopen_send_syn(struct sock *sk, struct sk_buff *syn,
			      struct msghdr *msg)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	int len;
	bool with_data;
	u16 mss;

	with_data = choose(sk, &mss);
	tp->fastopen.asked = tp->fastopen.option;
	if (with_data && msg) {
		len = min_t(size_t, max(syn_room(sk, mss), 0),
			    msg_data_left(msg));
		if (len && send_with_data(sk, syn, msg, len))
			return 0;
	}
	return nst_tcp_transmit(sk, syn, true);
}

/* Data of the SYN that is still unacknowledged waits to be sent again. */
static void take_back(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct sk_buff *skb = nst_tcp_rtx_tail(sk);
	struct nst_tcp_cb *cb;

	if (!skb || nst_tcp_cb(skb)->flags & NST_TCP_SYN)
		return;
	cb = nst_tcp_cb(skb);
	nst_tcp_sent_order_del(skb);
	rb_erase(&skb->rbnode, &tp->rtx_queue);
	tp->packets_out--;
	if (cb->sent)
		nst_tcp_uncount(tp, cb->sent, 1);
	cb->sent = 0;
	memset(&cb->tx, 0, sizeof(cb->tx));
	__skb_queue_head(&sk->sk_write_queue, skb);
}

/**
 * nst_tcp_fastopen_syn_timeout() - the SYN goes again
 * @sk: socket in SYN-SENT, locked
 *
 * RFC 7413 4.1.3: without the option and without data. snd_nxt stays: an
 * answer to the first SYN may still come and acknowledge its data.
 */
void nst_tcp_fastopen_syn_timeout(struct sock *sk)
{
	nst_tcp_sk(sk)->fastopen.option = false;
	if (nst_tcp_sk(sk)->fastopen.data)
		take_back(sk);
}

/**
 * nst_tcp_fastopen_syn_answered() - SYN-SENT ends
 * @sk: socket, locked; the acknowledgment was not yet processed
 * @ack: what the peer acknowledges, or ISS + 1 if it acknowledges nothing
 *
 * What the peer has not taken of the data is as if never sent: snd_nxt is
 * @ack then.
 */
void nst_tcp_fastopen_syn_answered(struct sock *sk, u32 ack)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct sk_buff *skb;

	/* A SYN-ACK of a simultaneous open goes without. */
	tp->fastopen.option = false;
	if (likely(!tp->fastopen.data))
		return;
	if (ack == tp->snd_nxt) {
		tp->fastopen.data_acked = true;
		NST_INC(tp->nst.stack, TCP_FASTOPEN_ACTIVE);
		skb = __skb_dequeue(&sk->sk_write_queue);
		if (skb)
			nst_tcp_wmem_free_skb(sk, skb);
		return;
	}
	take_back(sk);
	skb = nst_tcp_send_head(sk);
	if (skb && nst_after(ack, nst_tcp_cb(skb)->seq))
		nst_tcp_trim_head(sk, skb, ack - nst_tcp_cb(skb)->seq);
	tp->snd_nxt = ack;
	tp->fastopen.fail = tp->total_retrans ? TFO_SYN_RETRANSMITTED :
						TFO_DATA_NOT_ACKED;
	NST_INC(tp->nst.stack, TCP_FASTOPEN_ACTIVE_FAIL);
}
