// SPDX-License-Identifier: GPL-2.0
/*
 * TCP Fast Open, the server's side (RFC 7413 4.2.2): a SYN with a valid
 * cookie makes the connection at once, and the program may accept it, read
 * what the SYN has carried, and answer, before the handshake is done.
 *
 * Such a child is in SYN-RECEIVED as after a simultaneous open: its SYN-ACK
 * is in the queue of what is unacknowledged, and the connection's own timer
 * repeats it. Until our SYN is acknowledged, nst_tcp_sock.fastopen_pending is
 * the queue of the listener, where it counts.
 */
#include "../../mib.h"
#include "fastopen.h"
#include "listen.h"
#include "receive_queue.h"

static const struct nst_tcp_fastopen_keys *keys_of(const struct sock *sk)
{
	const struct nst_tcp_fastopen_keys *keys = nst_tcp_fastopen_keys_get(sk);

	return keys ?: &nst_sk(sk)->stack->tcp->fastopen_keys;
}

bool nst_tcp_fastopen_check(const struct nst_tcp_request *request,
			    const struct sk_buff *skb,
			    const struct nst_tcp_options *options,
			    struct nst_tcp_fastopen_grant *grant)
{
	const struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	const struct nst_tcp_fastopen_keys *keys;
	struct nst_stack *stack = request->stack;
	struct sock *sk = request->sk;
	int config = READ_ONCE(stack->config.tcp_fastopen);
	bool data = cb->end_seq != cb->seq + 1;

	if (options->has_fastopen && !options->cookie_len)
		NST_INC(stack, TCP_FASTOPEN_COOKIE_REQD);
	if (!(config & NST_TCP_FASTOPEN_SERVER) ||
	    !(data || options->has_fastopen) ||
	    !nst_tcp_fastopen_queue_open(sk))
		return false;
	if (config & NST_TCP_FASTOPEN_NO_COOKIE_NEEDED ||
	    READ_ONCE(nst_tcp_sk(sk)->fastopen_no_cookie))
		return true;
	if (!options->has_fastopen)
		return false;

	/* Granted to who asks, has a wrong one, or cannot be served now. */
	keys = keys_of(sk);
	nst_tcp_fastopen_cookie_make(keys, &request->flow, grant->cookie);
	grant->len = NST_TCP_FASTOPEN_COOKIE_LEN;
	if (!options->cookie_len)
		return false;
	switch (nst_tcp_fastopen_cookie_check(keys, &request->flow,
					      options->cookie,
					      options->cookie_len)) {
	case 0:
		NST_INC(stack, TCP_FASTOPEN_PASSIVE_FAIL);
		return false;
	case 1:
		return true;
	}
	grant->renew = true;
	return true;
}

/* <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>, into the queue, for later. */
static struct sk_buff *syn_ack_queue(struct sock *child,
				     const struct nst_tcp_request *request)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(child);
	struct nst_tcp_cb *cb;
	struct sk_buff *skb;

	skb = nst_tcp_alloc_skb(child, 0, GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		return NULL;
	cb = nst_tcp_cb(skb);
	cb->seq = tp->iss;
	cb->end_seq = tp->iss + 1;
	cb->flags = NST_TCP_SYN | NST_TCP_ACK |
		    (request->ecn_ok ? NST_TCP_ECE : 0);
	cb->gso_segs = 1;
	sk_wmem_queued_add(child, skb->truesize);
	sk_mem_charge(child, skb->truesize);
	nst_tcp_rtx_insert(child, skb);
	tp->packets_out++;
	return skb;
}

/* RFC 7413 4.2.2: what the SYN has carried is received. Consumes @skb. */
static void take_data(struct sock *child, struct sk_buff *skb)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(child);
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);

	cb->flags &= NST_TCP_PSH;
	cb->seq++;
	nst_tcp_data_queue(child, skb);
	tp->fastopen.data_acked = tp->rcv_nxt != tp->irs + 1;
}

/* The child begins. Its spinlock is held. Consumes @skb. */
static void child_start(struct sock *child, struct sk_buff *skb,
			struct sk_buff *syn_ack,
			const struct nst_tcp_fastopen_grant *grant)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(child);

	/* RFC 7323 2.2: the window of a SYN is never scaled. */
	tp->snd_wnd = nst_tcp_cb(skb)->window;
	tp->max_window = tp->snd_wnd;
	nst_tcp_established(child);
	take_data(child, skb);

	tp->fastopen.option = grant->renew;
	tp->fastopen.cookie_len = grant->len;
	memcpy(tp->fastopen.cookie, grant->cookie, grant->len);
	nst_tcp_mstamp_refresh(tp);
	nst_tcp_transmit(child, syn_ack, true);
	tp->fastopen.option = false;
	nst_tcp_rtx_timer_set(child, NST_TCP_TIMER_RETRANSMIT, tp->rto);
}

/* Return: it is in the flow table; *@pushed: and in the accept queue. */
static bool child_publish(struct nst_tcp_request *request, struct sock *child,
			  struct nst_endpoint *replace, bool *pushed)
{
	*pushed = false;
	if (nst_demux_flow_add(&request->stack->tcp->demux,
			       &nst_sk(child)->flow, replace))
		return false;
	nst_tcp_saved_syn_move(nst_tcp_sk(child), &request->saved_syn);
	*pushed = nst_tcp_listener_push(request->listener, child);
	return true;
}

bool nst_tcp_fastopen_open(struct nst_tcp_request *request,
			   struct sk_buff *skb,
			   const struct nst_tcp_fastopen_grant *grant,
			   struct nst_endpoint *replace)
{
	struct nst_tcp_listener *listener = request->listener;
	struct nst_tcp_fastopen_queue *queue;
	struct nst_stack *stack = request->stack;
	struct sk_buff *syn_ack = NULL;
	struct sock *sk = request->sk;
	bool published, pushed;
	struct sock *child;

	queue = nst_tcp_fastopen_queue_reserve(sk);
	if (!queue)
		goto fail;
	if (!nst_tcp_listener_reserve(sk, listener))
		goto fail_queue;
	request->fastopen = true;
	child = nst_tcp_child_make(request, skb);
	if (!child)
		goto fail_place;
	nst_tcp_sk(child)->fastopen_pending = queue;

	/* Whoever finds the child waits until its SYN-ACK is sent. */
	bh_lock_sock_nested(child);
	syn_ack = syn_ack_queue(child, request);
	published = syn_ack && child_publish(request, child, replace, &pushed);
	if (published && pushed)
		child_start(child, skb, syn_ack, grant);
	bh_unlock_sock(child);

	if (!published) {
		nst_tcp_child_discard(child);
		nst_tcp_listener_unreserve(sk, listener);
		goto fail;
	}
	if (!pushed) {
		nst_tcp_child_abort(child);
		nst_drop(stack, skb, NST_DROP_TCP_CLOSED);
		return true;
	}
	NST_INC(stack, TCP_PASSIVE_OPENS);
	NST_INC(stack, TCP_FASTOPEN_PASSIVE);
	if (grant->renew)
		NST_INC(stack, TCP_FASTOPEN_PASSIVE_ALT_KEY);
	sk->sk_data_ready(sk);
	return true;

fail_place:
	nst_tcp_listener_unreserve(sk, listener);
fail_queue:
	nst_tcp_fastopen_queue_release(queue, false);
fail:
	request->fastopen = false;
	NST_INC(stack, TCP_FASTOPEN_PASSIVE_FAIL);
	return false;
}

/**
 * nst_tcp_fastopen_pending_end() - a child's handshake is over
 * @sk: child with fastopen_pending, locked, or not yet known to anybody
 * @reset: the peer has reset it
 *
 * Context: any.
 */
void nst_tcp_fastopen_pending_end(struct sock *sk, bool reset)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	nst_tcp_fastopen_queue_release(tp->fastopen_pending, reset);
	tp->fastopen_pending = NULL;
}

/**
 * nst_tcp_fastopen_repeat_syn_ack() - the peer's SYN came again
 * @sk: child with fastopen_pending, locked
 *
 * Our SYN-ACK was lost, or is late. Not more often than
 * tcp_invalid_ratelimit lets it.
 */
void nst_tcp_fastopen_repeat_syn_ack(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct sk_buff *syn_ack = nst_tcp_rtx_head(sk);

	if (syn_ack && nst_tcp_cb(syn_ack)->flags & NST_TCP_SYN &&
	    nst_tcp_invalid_ack_allowed(tp->nst.stack, &tp->dup_ack_stamp,
					NST_MIB_TCP_ACK_SKIPPED_SYN_RECV))
		nst_tcp_retransmit_probe(sk, syn_ack);
}
