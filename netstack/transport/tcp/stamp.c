// SPDX-License-Identifier: GPL-2.0
/*
 * Timestamps of sending for a stream: see stamp.h. skb_shared_info.tskey, by
 * which a program tells the reports apart, is the offset of the byte in the
 * stream. net/core subtracts nothing from it, as it does for the host's TCP.
 *
 * Where the offset counts from is settled by the first message after the
 * option was set: net/core then clears sk_tskey, and here it is set to 1.
 */
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <net/tcp.h>

#include "../../compat.h"
#include "stamp.h"

/* Sequence number of the byte whose times are asked for. */
static u32 stamp_seq(const struct nst_tcp_sock *tp, const struct sk_buff *skb)
{
	return tp->stamp_base + skb_shinfo(skb)->tskey;
}

/**
 * nst_tcp_stamp_begin() - a message begins
 * @sk: socket, locked
 * @flags: SOF_TIMESTAMPING_* of the socket and of the message
 */
void nst_tcp_stamp_begin(struct sock *sk, u32 flags)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (!(flags & SOF_TIMESTAMPING_OPT_ID) || atomic_read(&sk->sk_tskey))
		return;
	atomic_set(&sk->sk_tskey, 1);
	tp->stamp_base = flags & SOF_TIMESTAMPING_OPT_ID_TCP ? tp->write_seq :
							       tp->snd_una;
}

/**
 * nst_tcp_stamp_message() - a message, or what fits of it, is queued
 * @sk: socket, locked
 * @flags: SOF_TIMESTAMPING_* of the socket and of the message
 *
 * One segment has one byte to tell of: the last one that was asked for. A
 * program that wants all of them ends its messages by MSG_EOR.
 */
void nst_tcp_stamp_message(struct sock *sk, u32 flags)
{
	struct sk_buff *skb = skb_peek_tail(&sk->sk_write_queue);
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct skb_shared_info *shared;

	if (!skb || !(flags & SOF_TIMESTAMPING_TX_RECORD_MASK))
		return;
	shared = skb_shinfo(skb);
	__sock_tx_timestamp(flags, &shared->tx_flags);
	if (flags & SOF_TIMESTAMPING_TX_ACK)
		nst_tcp_cb(skb)->stamp_ack = true;
	shared->tskey = nst_tcp_cb(skb)->end_seq - 1 - tp->stamp_base;
}

/* @to tells of the byte now; what it told of before is forgotten. */
static void move_stamp(struct sk_buff *to, struct sk_buff *skb)
{
	struct skb_shared_info *shared = skb_shinfo(skb);

	skb_shinfo(to)->tskey = shared->tskey;
	skb_shinfo(to)->tx_flags |= shared->tx_flags & SKBTX_ANY_TSTAMP;
	shared->tx_flags &= ~SKBTX_ANY_TSTAMP;
	nst_tcp_cb(to)->stamp_ack |= nst_tcp_cb(skb)->stamp_ack;
	nst_tcp_cb(skb)->stamp_ack = false;
}

void __nst_tcp_stamp_split(struct nst_tcp_sock *tp, struct sk_buff *skb,
			   struct sk_buff *rest)
{
	if (!nst_before(stamp_seq(tp, skb), nst_tcp_cb(rest)->seq))
		move_stamp(rest, skb);
}

void __nst_tcp_stamp_join(struct nst_tcp_sock *tp, struct sk_buff *to,
			  struct sk_buff *skb)
{
	if (nst_before(stamp_seq(tp, skb), nst_tcp_cb(to)->seq + to->len))
		move_stamp(to, skb);
}

/*
 * Since Linux 6.15 net/core asks the host's TCP whether an ACK is to be
 * reported: it reads a bit of its control block, in the place of ours.
 */
static void report_ack(struct sock *sk, struct sk_buff *skb)
{
#ifdef TSTAMP_ACK_SK
	u8 block[sizeof(skb->cb)];

	memcpy(block, skb->cb, sizeof(block));
	TCP_SKB_CB(skb)->txstamp_ack = TSTAMP_ACK_SK;
	__skb_tstamp_tx(skb, NULL, NULL, sk, SCM_TSTAMP_ACK);
	memcpy(skb->cb, block, sizeof(block));
#else
	__skb_tstamp_tx(skb, NULL, NULL, sk, SCM_TSTAMP_ACK);
#endif
}

void __nst_tcp_stamp_acked(struct sock *sk, struct sk_buff *skb)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct list_head order;

	if (!nst_before(stamp_seq(tp, skb), tp->snd_una))
		return;
	nst_tcp_cb(skb)->stamp_ack = false;
	/*
	 * Its place in sent_order is a route to whoever copies a packet. The
	 * one in the tree looks like a device, but the first node has nothing
	 * to its left.
	 */
	order = skb->tcp_tsorted_anchor;
	skb->tcp_tsorted_anchor.next = NULL;
	skb->tcp_tsorted_anchor.prev = NULL;
	report_ack(sk, skb);
	skb->tcp_tsorted_anchor = order;
}
