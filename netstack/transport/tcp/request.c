// SPDX-License-Identifier: GPL-2.0
/*
 * Half-open connections: SYN-RECEIVED after a passive open (RFC 9293
 * 3.10.7.2 and 3.10.7.4), kept in a small structure until the handshake is
 * done and a socket is worth its memory.
 *
 * Taking a request out of the flow table is atomic. Who does it, be it the
 * third segment of the handshake, a RST, the timer or the closing listener,
 * has the duty to end it: list, count, timer.
 *
 * When a listener has no room for one more, its SYN-ACK carries a cookie
 * (syncookie.c), and the request is one on the stack of who handles the
 * segment: filled from the SYN to answer it, and again from the ACK.
 */
#include <linux/slab.h>

#include "../../mib.h"
#include "../ports.h"
#include "ecn.h"
#include "fastopen.h"
#include "listen.h"
#include "reply.h"
#include "syncookie.h"

static struct kmem_cache *request_cache __ro_after_init;

static void request_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(request_cache,
			container_of(rcu, struct nst_tcp_request, rcu));
}

/* Last reference gone; struct nst_endpoint.free. */
static void request_free(struct nst_endpoint *endpoint)
{
	struct nst_tcp_request *request =
		container_of(endpoint, struct nst_tcp_request, flow);

	sock_put(request->sk);
	kfree(request->saved_syn);
	call_rcu(&request->rcu, request_free_rcu);
}

/* What is left to do for who took the request out of the flow table. */
static void request_end(struct nst_tcp_request *request)
{
	struct nst_tcp_listener *listener = request->listener;

	/*
	 * The listener's memory outlives us: requests are taken out of the
	 * flow table before it is freed, and we are an RCU reader or the
	 * closing listener itself.
	 */
	spin_lock_bh(&listener->lock);
	if (!list_empty(&request->node)) {
		list_del_init(&request->node);
		WRITE_ONCE(listener->request_count,
			   listener->request_count - 1);
	}
	spin_unlock_bh(&listener->lock);

	atomic_dec(&request->stack->tcp->requests);
	if (timer_delete(&request->timer))
		nst_endpoint_put(&request->flow);
}

bool nst_tcp_request_drop(struct nst_tcp_request *request)
{
	bool dropped;

	rcu_read_lock();
	dropped = nst_demux_flow_del(&request->stack->tcp->demux,
				     &request->flow);
	if (dropped)
		request_end(request);
	rcu_read_unlock();
	return dropped;
}

unsigned int nst_tcp_request_max(const struct sock *sk)
{
	const struct nst_config *config = &nst_sk(sk)->stack->config;

	return min_t(unsigned int, READ_ONCE(sk->sk_max_ack_backlog) + 1,
		     READ_ONCE(config->tcp_max_syn_backlog));
}

static u32 request_tsval(const struct nst_tcp_request *request)
{
	return nst_tcp_clock_ms() + request->ts_offset;
}

/*
 * AE, CWR and ECE of the SYN-ACK. Accurate ECN reflects the ECN field of the
 * latest SYN (RFC 9768 3.1.5), and gives up after a second time-out
 * (3.2.3.2.2): what was agreed on stays, but no segment is ECT.
 */
static u16 ecn_flags(struct nst_tcp_request *request)
{
	if (request->ecn_ok)
		return NST_TCP_ECE;
	if (!request->accecn_ok)
		return 0;
	if (request->timeouts > 1 &&
	    READ_ONCE(request->stack->config.tcp_ecn_fallback)) {
		WRITE_ONCE(request->ecn_refused, true);
		return 0;
	}
	return nst_accecn_ace_flags(nst_accecn_reflect(request->syn_field));
}

/* 3.2.3.2.2: what does not come through is sent without its option. */
static bool accecn_option(const struct nst_tcp_request *request)
{
	return request->accecn_ok && !request->timeouts &&
	       !request->syn_again &&
	       READ_ONCE(request->stack->config.tcp_ecn_option);
}

/* @grant: a Fast Open cookie to bring, or NULL */
static void syn_ack(struct nst_tcp_request *request,
		    const struct nst_path *path, u32 tsval,
		    const struct nst_tcp_fastopen_grant *grant)
{
	struct nst_tcp_options options = {
		.mss = request->advmss,
		.wscale = request->rcv_wscale,
		.has_wscale = request->ws_ok,
		.has_ts = request->ts_ok,
		.sack_ok = request->sack_ok,
		.accecn = accecn_option(request),
		.uto = nst_tcp_user_timeout_advertised(nst_tcp_sk(request->sk)),
		.tsval = tsval,
		.tsecr = request->ts_recent,
	};
	const struct nst_tcp_reply reply = {
		.flow = &request->flow,
		.path = path,
		.seq = request->iss,
		.ack = request->irs + 1,
		/* RFC 7323 2.2: the window of a SYN is never scaled. */
		.window = min(request->rcv_wnd, 65535U),
		.flags = NST_TCP_SYN | NST_TCP_ACK | ecn_flags(request),
		.tos = request->tos | (request->ect ? INET_ECN_ECT_0 : 0),
		.priority = READ_ONCE(request->sk->sk_priority),
		.mark = READ_ONCE(request->sk->sk_mark),
		.syn_options = &options,
	};

	if (unlikely(grant && grant->len)) {
		options.has_fastopen = true;
		options.cookie_len = grant->len;
		options.cookie = grant->cookie;
	}
	nst_tcp_reply_send(request->stack, &reply);
}

static void send_syn_ack(struct nst_tcp_request *request,
			 const struct nst_path *path)
{
	syn_ack(request, path, request_tsval(request), NULL);
}

static void repeat_syn_ack(struct nst_tcp_request *request)
{
	u8 retransmits = READ_ONCE(request->retransmits);

	if (retransmits < U8_MAX)
		WRITE_ONCE(request->retransmits, retransmits + 1);
	send_syn_ack(request, NULL);
}

/* <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> */
static void send_ack(struct nst_tcp_request *request)
{
	const struct nst_tcp_reply reply = {
		.flow = &request->flow,
		.seq = request->iss + 1,
		.ack = request->irs + 1,
		.window = request->rcv_wnd >> request->rcv_wscale,
		.flags = NST_TCP_ACK | (request->accecn_ok ?
			 nst_accecn_ace_flags(NST_ACCECN_CEP_INIT) : 0),
		.tos = request->tos,
		.has_ts = request->ts_ok,
		.tsval = request_tsval(request),
		.tsecr = request->ts_recent,
	};

	nst_tcp_reply_send(request->stack, &reply);
}

static unsigned long synack_timeout(const struct nst_tcp_request *request)
{
	/* RFC 6298 5.5: twice as long each time; the shift cannot overflow. */
	return min_t(unsigned long,
		     (unsigned long)NST_TCP_RTO_INIT <<
			     min_t(u8, request->timeouts, 7),
		     NST_TCP_RTO_MAX);
}

/*
 * Has the request waited long enough, and shall its SYN-ACK be sent again?
 * With TCP_DEFER_ACCEPT a peer that has acknowledged our SYN is left alone
 * until the time is nearly over, then asked once more, to get an ACK that
 * makes the connection.
 */
static void timeout_verdict(const struct nst_tcp_request *request,
			    bool *expired, bool *resend)
{
	const struct nst_tcp_sock *tp = nst_tcp_sk(request->sk);
	u8 defer = READ_ONCE(tp->defer_accept);
	u8 limit = READ_ONCE(tp->syn_retries) ? :
		READ_ONCE(request->stack->config.tcp_synack_retries);

	*expired = request->timeouts >= limit;
	*resend = true;
	if (!defer || !request->acked)
		return;
	*expired = request->timeouts >= max(limit, defer);
	*resend = request->timeouts + 1 >= defer;
}

static void request_timer(struct timer_list *timer)
{
	struct nst_tcp_request *request =
		timer_container_of(request, timer, timer);
	bool expired, resend, again = false;

	rcu_read_lock();
	if (!READ_ONCE(request->flow.hashed))
		goto out;
	timeout_verdict(request, &expired, &resend);
	if (expired) {
		if (nst_tcp_request_drop(request))
			NST_INC(request->stack, TCP_ATTEMPT_FAILS);
		goto out;
	}
	request->timeouts++;
	if (resend) {
		NST_INC(request->stack, TCP_SYN_RETRANS);
		NST_INC(request->stack, TCP_RETRANS_SEGS);
		repeat_syn_ack(request);
	}

	/* Not behind the back of who ends it and stops the timer. */
	spin_lock(&request->listener->lock);
	again = !list_empty(&request->node);
	if (again)
		mod_timer(timer, nst_tcp_jiffies() + synack_timeout(request));
	spin_unlock(&request->listener->lock);
out:
	if (!again)
		nst_endpoint_put(&request->flow);
	rcu_read_unlock();
}

/* Not published: no reader, no timer, no need to wait. */
static void request_discard(struct nst_tcp_request *request)
{
	sock_put(request->sk);
	kfree(request->saved_syn);
	kmem_cache_free(request_cache, request);
}

/* RFC 6691: the fixed headers are subtracted, options are not. */
static u16 advertised_mss(u8 family, u32 mtu)
{
	u32 headers = sizeof(struct tcphdr) +
		      (family == AF_INET6 ? sizeof(struct ipv6hdr) :
					    sizeof(struct iphdr));

	return clamp_t(u32, mtu, headers + NST_TCP_MIN_MSS, U16_MAX) - headers;
}

/*
 * Who talks to whom, by which path, and what the listener offers and accepts
 * of @options. @skb is the SYN, or the ACK that has brought it back.
 */
static int request_fill(struct nst_tcp_request *request, struct sock *sk,
			struct nst_tcp_listener *listener,
			const struct sk_buff *skb,
			const struct nst_tcp_options *options,
			struct nst_path *path)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_endpoint *flow = &request->flow;
	struct nst_stack *stack = tp->nst.stack;
	struct nst_route_key key = { };
	u16 user_mss;
	u32 mss;
	int err;

	flow->kind = NST_ENDPOINT_REQUEST;
	flow->family = nst_packet_cb(skb)->family;
	flow->laddr = nst_packet_daddr(skb);
	flow->raddr = nst_packet_saddr(skb);
	flow->lport = tcp_hdr(skb)->dest;
	flow->rport = tcp_hdr(skb)->source;
	flow->link_index = READ_ONCE(sk->sk_bound_dev_if);
	if (unlikely(flow->family == AF_INET6) && !flow->link_index)
		flow->link_index = nst_packet_scope(skb);

	request->stack = stack;
	request->sk = sk;
	request->listener = listener;
	request->tos = nst_sock_tos(&tp->nst, flow->family) & ~INET_ECN_MASK;

	key.family = flow->family;
	key.tos = request->tos;
	key.protocol = IPPROTO_TCP;
	key.sport = flow->lport;
	key.dport = flow->rport;
	key.link_index = flow->link_index;
	key.mark = READ_ONCE(sk->sk_mark);
	key.daddr = flow->raddr;
	key.saddr = flow->laddr;
	err = nst_route_output(stack, &key, path);
	if (err)
		return err;

	user_mss = READ_ONCE(tp->user_mss);
	request->mss = options->mss ? : NST_TCP_DEFAULT_MSS;
	request->advmss = advertised_mss(flow->family, path->mtu);
	if (unlikely(path->advmss))
		request->advmss = min_t(u16, request->advmss,
					max_t(u16, path->advmss,
					      NST_TCP_MIN_MSS));
	if (user_mss) {
		request->mss = min(request->mss, user_mss);
		request->advmss = min(request->advmss, user_mss);
	}
	/* Attack 7: nobody makes us send crumbs. */
	request->mss = max_t(u16, request->mss, NST_TCP_MIN_MSS);

	request->ts_ok = options->has_ts &&
			 READ_ONCE(stack->config.tcp_timestamps);
	if (request->ts_ok) {
		request->ts_recent = options->tsval;
		request->ts_offset = nst_tcp_ts_offset(stack, flow);
	}
	request->sack_ok = options->sack_ok &&
			   READ_ONCE(stack->config.tcp_sack);
	request->ecn_ok = options->ecn_ok &&
			  (READ_ONCE(stack->config.tcp_ecn) ||
			   nst_congestion_needs_ecn(tp));
	request->accecn_ok = options->accecn_ok;
	request->ect = (request->ecn_ok || request->accecn_ok) &&
		       nst_congestion_needs_ecn(tp);
	request->syn_field = nst_packet_cb(skb)->tos & INET_ECN_MASK;
	request->uto = options->uto;
	request->ws_ok = options->has_wscale &&
			 READ_ONCE(stack->config.tcp_window_scaling);
	if (request->ws_ok)
		request->snd_wscale = options->wscale;
	request->window_clamp = READ_ONCE(tp->window_clamp);
	mss = request->advmss - (request->ts_ok ? NST_TCPOLEN_TS_ALIGNED : 0);
	nst_tcp_select_initial_window(sk, mss, &request->rcv_wnd,
				      &request->window_clamp, request->ws_ok,
				      &request->rcv_wscale);
	if (unlikely(path->initrwnd))
		request->rcv_wnd = min(request->rcv_wnd, path->initrwnd * mss);
	return 0;
}

/*
 * RFC 9293 3.10.7.2: a request filled from a SYN, not yet published; the
 * options of the SYN.
 */
static struct nst_tcp_request *
request_make(struct sock *sk, struct nst_tcp_listener *listener,
	     const struct sk_buff *skb, u32 iss, struct nst_path *path,
	     struct nst_tcp_options *options)
{
	u8 save_syn = READ_ONCE(nst_tcp_sk(sk)->save_syn);
	struct nst_tcp_request *request;

	/* Found without a reference, the listener may be dying. */
	if (!refcount_inc_not_zero(&sk->sk_refcnt))
		return NULL;
	request = kmem_cache_zalloc(request_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!request) {
		sock_put(sk);
		return NULL;
	}
	request->flow.free = request_free;
	refcount_set(&request->flow.refs, 1);
	INIT_LIST_HEAD(&request->node);
	timer_setup(&request->timer, request_timer, 0);

	nst_tcp_options_parse(skb, options);
	nst_tcp_ecn_asked(nst_tcp_sk(sk), skb, options);
	if (request_fill(request, sk, listener, skb, options, path)) {
		request_discard(request);
		return NULL;
	}
	request->irs = nst_tcp_cb(skb)->seq;
	request->iss = iss ? : nst_tcp_isn(request->stack, &request->flow);
	request->sent_us = nst_tcp_clock_us();
	if (unlikely(save_syn))
		request->saved_syn = nst_tcp_saved_syn_make(skb, save_syn);
	return request;
}

/*
 * Into the flow table and the listener's list. The check for room is made
 * again under the lock, so that the bound is exact.
 */
static int request_publish(struct nst_tcp_request *request,
			   struct nst_endpoint *replace)
{
	struct nst_tcp_listener *listener = request->listener;
	struct nst_tcp *tcp = request->stack->tcp;
	int err = -ENOBUFS;

	spin_lock_bh(&listener->lock);
	if (listener->closed ||
	    listener->request_count >= nst_tcp_request_max(request->sk))
		goto out;
	err = nst_demux_flow_add(&tcp->demux, &request->flow, replace);
	if (err)
		goto out;
	list_add_tail(&request->node, &listener->requests);
	WRITE_ONCE(listener->request_count, listener->request_count + 1);
	atomic_inc(&tcp->requests);
	/* The reference of its maker becomes that of the timer. */
	mod_timer(&request->timer, nst_tcp_jiffies() + synack_timeout(request));
out:
	spin_unlock_bh(&listener->lock);
	return err;
}

static void drop_syn(struct nst_stack *stack, struct sk_buff *skb,
		     enum nst_drop_reason reason)
{
	NST_INC(stack, TCP_LISTEN_DROPS);
	nst_drop(stack, skb, reason);
}

/* RFC 4987 3.6: answer the SYN and forget it. */
static void send_cookie(struct sock *sk, struct nst_tcp_listener *listener,
			struct sk_buff *skb)
{
	struct nst_stack *stack = nst_sk(sk)->stack;
	struct nst_path path = { .link = NULL };
	struct nst_tcp_request request = {};
	struct nst_tcp_options options;

	nst_tcp_options_parse(skb, &options);
	nst_tcp_ecn_asked(nst_tcp_sk(sk), skb, &options);
	/* What cannot come back in the timestamp is not agreed on. */
	if (!options.has_ts || !READ_ONCE(stack->config.tcp_timestamps)) {
		options.has_wscale = false;
		options.sack_ok = false;
		options.ecn_ok = false;
	}
	if (request_fill(&request, sk, listener, skb, &options, &path)) {
		drop_syn(stack, skb, NST_DROP_IP_NO_ROUTE);
		return;
	}
	options.has_wscale = request.ws_ok;
	options.sack_ok = request.sack_ok;
	options.ecn_ok = request.ecn_ok;
	request.irs = nst_tcp_cb(skb)->seq;
	request.iss = nst_tcp_cookie_make(stack->tcp, &request.flow,
					  request.irs, request.mss);
	WRITE_ONCE(listener->cookie_stamp, nst_tcp_clock_ms());
	NST_INC(stack, TCP_SYNCOOKIES_SENT);
	syn_ack(&request, &path,
		nst_tcp_cookie_timestamp(nst_tcp_clock_ms(), &options) +
		request.ts_offset, NULL);
	consume_skb(skb);
	nst_path_release(&path);
}

static bool queue_full(const struct sock *sk,
		       const struct nst_tcp_listener *listener)
{
	const struct nst_stack *stack = nst_sk(sk)->stack;

	return READ_ONCE(listener->request_count) >= nst_tcp_request_max(sk) ||
	       atomic_read(&stack->tcp->requests) >=
	       READ_ONCE(stack->config.socket_max);
}

bool nst_tcp_request_new(struct sock *sk, struct sk_buff *skb, u32 iss,
			 struct nst_endpoint *replace)
{
	struct nst_stack *stack = nst_sk(sk)->stack;
	int cookies = READ_ONCE(stack->config.tcp_syncookies);
	struct nst_tcp_fastopen_grant grant = {};
	struct nst_path path = { .link = NULL };
	struct nst_tcp_listener *listener;
	struct nst_tcp_request *request;
	struct nst_tcp_options options;
	bool full, made;

	listener = rcu_dereference(nst_tcp_sk(sk)->listener);
	if (!listener || READ_ONCE(stack->dying)) {
		nst_drop(stack, skb, NST_DROP_TCP_CLOSED);
		return false;
	}
	/*
	 * Attacks 1 and 2: a queue that is full costs no memory. A number
	 * that TIME-WAIT has left (RFC 6191) leaves no place for a cookie.
	 */
	full = queue_full(sk, listener);
	if (full && (!cookies || iss)) {
		NST_INC(stack, TCP_REQ_Q_FULL_DROP);
		drop_syn(stack, skb, NST_DROP_TCP_SYN_QUEUE_FULL);
		return false;
	}
	if (sk_acceptq_is_full(sk)) {
		NST_INC(stack, TCP_LISTEN_OVERFLOWS);
		drop_syn(stack, skb, NST_DROP_TCP_ACCEPT_QUEUE_FULL);
		return false;
	}
	if (full)
		NST_INC(stack, TCP_REQ_Q_FULL_DO_COOKIES);
	if (full || (cookies == NST_TCP_COOKIES_ALWAYS && !iss)) {
		send_cookie(sk, listener, skb);
		return false;
	}

	request = request_make(sk, listener, skb, iss, &path, &options);
	if (!request) {
		drop_syn(stack, skb, NST_DROP_NOMEM);
		return false;
	}
	if (unlikely(options.has_fastopen ||
		     READ_ONCE(nst_tcp_sk(sk)->fastopen_queue)) &&
	    nst_tcp_fastopen_check(request, skb, &options, &grant) &&
	    nst_tcp_fastopen_open(request, skb, &grant, replace)) {
		request_discard(request);
		nst_path_release(&path);
		return true;
	}
	made = !request_publish(request, replace);
	if (made) {
		/* Under RCU: the memory is there even if it has ended. */
		syn_ack(request, &path, request_tsval(request), &grant);
		consume_skb(skb);
	} else {
		request_discard(request);
		drop_syn(stack, skb, NST_DROP_TCP_SYN_QUEUE_FULL);
	}
	nst_path_release(&path);
	return made;
}

/*
 * Put a child into the place of its request. Two segments may try this at
 * once: one finds the request gone, or, of a cookie, the place taken.
 */
static bool child_publish(struct nst_tcp_request *request, struct sock *child)
{
	if (nst_demux_flow_add(&request->stack->tcp->demux,
			       &nst_sk(child)->flow,
			       request->cookie ? NULL : &request->flow))
		return false;
	nst_tcp_saved_syn_move(nst_tcp_sk(child), &request->saved_syn);
	if (!request->cookie) {
		request_end(request);
		nst_endpoint_put(&request->flow);
	}
	NST_INC(request->stack, TCP_PASSIVE_OPENS);
	return true;
}

/* No room in the accept queue. */
static void accept_queue_full(struct nst_tcp_request *request,
			      struct sk_buff *skb)
{
	struct nst_stack *stack = request->stack;

	NST_INC(stack, TCP_LISTEN_OVERFLOWS);
	NST_INC(stack, TCP_LISTEN_DROPS);
	if (READ_ONCE(stack->config.tcp_abort_on_overflow) &&
	    (request->cookie || nst_tcp_request_drop(request)))
		nst_tcp_reply_reset(stack, skb);
	else
		WRITE_ONCE(request->acked, true);
	nst_drop(stack, skb, NST_DROP_TCP_ACCEPT_QUEUE_FULL);
}

/*
 * The listener is on its way out. It may have ended the request, believing
 * that the handshake's third segment is still to come and to be refused:
 * this is the one.
 */
static void listener_closed(struct nst_tcp_request *request,
			    struct sk_buff *skb)
{
	if (!request->cookie)
		nst_tcp_request_drop(request);
	nst_tcp_reply_reset(request->stack, skb);
	nst_drop(request->stack, skb, NST_DROP_TCP_CLOSED);
}

/*
 * The handshake is done: a socket takes over, if there is room for it in
 * the accept queue. Without room the request stays, as on the host: the
 * peer will send again, and so shall we.
 */
static void request_complete(struct nst_tcp_request *request,
			     struct sk_buff *skb)
{
	struct nst_tcp_listener *listener = request->listener;
	struct nst_stack *stack = request->stack;
	bool published, pushed = false;
	struct sock *sk = request->sk;
	struct sock *child;

	if (!nst_tcp_listener_reserve(sk, listener)) {
		if (READ_ONCE(listener->closed))
			listener_closed(request, skb);
		else
			accept_queue_full(request, skb);
		return;
	}
	child = nst_tcp_child_make(request, skb);
	if (!child) {
		nst_tcp_listener_unreserve(sk, listener);
		NST_INC(stack, TCP_LISTEN_DROPS);
		nst_drop(stack, skb, NST_DROP_NOMEM);
		return;
	}

	/* Whoever finds the child waits until its first segment is done. */
	bh_lock_sock_nested(child);
	published = child_publish(request, child);
	if (published)
		pushed = nst_tcp_listener_push(listener, child);
	if (pushed)
		nst_tcp_input_handshake_done(child, skb);
	bh_unlock_sock(child);

	if (pushed) {
		sk->sk_data_ready(sk);
		return;
	}
	if (published) {
		nst_tcp_child_abort(child);
	} else {
		nst_tcp_listener_unreserve(sk, listener);
		nst_tcp_child_discard(child);
		/* Another segment has made the connection first. */
		if (!request->cookie && !READ_ONCE(request->flow.hashed)) {
			nst_tcp_deliver(stack, skb);
			return;
		}
	}
	nst_drop(stack, skb, NST_DROP_TCP_CLOSED);
}

bool nst_tcp_request_cookie(struct sock *sk, struct sk_buff *skb)
{
	const struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	struct nst_stack *stack = nst_sk(sk)->stack;
	struct nst_path path = { .link = NULL };
	struct nst_tcp_request request = {
		.cookie = true,
		.irs = cb->seq - 1,
		.iss = cb->ack_seq - 1,
	};
	struct nst_tcp_options options = {
		.has_ts = cb->has_ts,
		.tsval = cb->tsval,
	};
	struct nst_tcp_listener *listener;
	struct nst_endpoint flow = {
		.family = nst_packet_cb(skb)->family,
		.laddr = nst_packet_daddr(skb),
		.raddr = nst_packet_saddr(skb),
		.lport = tcp_hdr(skb)->dest,
		.rport = tcp_hdr(skb)->source,
	};

	listener = rcu_dereference(nst_tcp_sk(sk)->listener);
	if (!listener || READ_ONCE(stack->dying) ||
	    !READ_ONCE(stack->config.tcp_syncookies) ||
	    nst_tcp_clock_ms() - READ_ONCE(listener->cookie_stamp) >=
	    NST_TCP_COOKIE_LIFETIME)
		return false;

	options.mss = nst_tcp_cookie_check(stack->tcp, &flow, request.irs,
					   request.iss);
	if (!options.mss) {
		NST_INC(stack, TCP_SYNCOOKIES_FAILED);
		return false;
	}
	NST_INC(stack, TCP_SYNCOOKIES_RECV);
	if (cb->has_ts && READ_ONCE(stack->config.tcp_timestamps))
		nst_tcp_cookie_options(cb->tsecr -
				       nst_tcp_ts_offset(stack, &flow),
				       &options);
	/*
	 * RFC 9768 5.1: AccECN mode needs no memory: neither of the other
	 * modes acknowledges a SYN-ACK with more than ECE.
	 */
	options.accecn_ok = !options.ecn_ok && nst_accecn_ace(skb) > 1 &&
			    nst_tcp_ecn_accepts_accurate(nst_tcp_sk(sk));
	if (request_fill(&request, sk, listener, skb, &options, &path)) {
		drop_syn(stack, skb, NST_DROP_IP_NO_ROUTE);
		return true;
	}
	nst_path_release(&path);
	request_complete(&request, skb);
	return true;
}

/* An ACK for what is not acceptable, with the host's limit (ms apart). */
static void answer_invalid(struct nst_tcp_request *request, bool syn)
{
	if (!nst_tcp_invalid_ack_allowed(request->stack, &request->ack_stamp,
					 NST_MIB_TCP_ACK_SKIPPED_SYN_RECV))
		return;
	if (!syn) {
		send_ack(request);
		return;
	}
	repeat_syn_ack(request);
	/* The timer's would follow on its heels. */
	mod_timer_pending(&request->timer,
			  nst_tcp_jiffies() + synack_timeout(request));
}

/*
 * RFC 5961 3: only the exact RST ends it, another one in the window is
 * challenged. RFC 7323 5.3 R1: its timestamp does not matter.
 */
static enum nst_drop_reason request_rst(struct nst_tcp_request *request,
					const struct nst_tcp_cb *cb,
					bool acceptable)
{
	if (cb->seq != request->irs + 1) {
		if (acceptable)
			answer_invalid(request, false);
		return NST_DROP_TCP_INVALID_SEQUENCE;
	}
	if (nst_tcp_request_drop(request)) {
		NST_INC(request->stack, TCP_EMBRYONIC_RSTS);
		NST_INC(request->stack, TCP_ATTEMPT_FAILS);
	}
	return NST_DROP_TCP_RESET;
}

/*
 * The SYN comes again, perhaps with other bits: the mode stays that of the
 * first, but a peer that has asked for both kinds of ECN would not know which
 * it has got (RFC 9768 3.1.5). Return: the connection may go on.
 */
static bool syn_again(struct nst_tcp_request *request,
		      const struct sk_buff *skb)
{
	const struct nst_tcp_sock *tp = nst_tcp_sk(request->sk);
	u8 ace = nst_accecn_ace(skb);

	WRITE_ONCE(request->syn_again, true);
	if (request->ecn_ok)
		return !nst_tcp_ecn_accepts_accurate(tp) ||
		       !nst_accecn_requested(ace);
	if (!request->accecn_ok)
		return true;
	WRITE_ONCE(request->syn_field,
		   nst_packet_cb(skb)->tos & INET_ECN_MASK);
	if (!ace)
		WRITE_ONCE(request->ecn_refused, true);
	return !ace || nst_accecn_requested(ace);
}

/* RFC 9293 3.10.7.4 in SYN-RECEIVED. Does not consume @skb if true. */
static bool request_check(struct nst_tcp_request *request, struct sk_buff *skb,
			  enum nst_drop_reason *reason)
{
	const struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	struct nst_stack *stack = request->stack;
	u32 rcv_nxt = request->irs + 1;
	bool paws = request->ts_ok && cb->has_ts &&
		    (s32)(request->ts_recent - cb->tsval) > 0;
	bool acceptable = nst_tcp_in_window(rcv_nxt, request->rcv_wnd, cb->seq,
					    cb->end_seq);

	/* Our SYN-ACK was lost, or is late: the same SYN once more. */
	*reason = NST_DROP_TCP_REQUEST;
	if (cb->seq == request->irs && !paws &&
	    (cb->flags & (NST_TCP_SYN | NST_TCP_RST | NST_TCP_ACK)) ==
	    NST_TCP_SYN) {
		if (likely(syn_again(request, skb))) {
			answer_invalid(request, true);
		} else if (nst_tcp_request_drop(request)) {
			NST_INC(stack, TCP_ATTEMPT_FAILS);
			nst_tcp_reply_reset(stack, skb);
		}
		return false;
	}

	/* Second, check the RST bit: ahead, for it is exempt from PAWS. */
	if (cb->flags & NST_TCP_RST) {
		*reason = request_rst(request, cb, acceptable);
		return false;
	}

	/* First, check sequence number; RFC 7323 5.3 R1 */
	*reason = NST_DROP_TCP_INVALID_SEQUENCE;
	if (paws) {
		*reason = NST_DROP_TCP_PAWS;
		NST_INC(stack, TCP_PAWS_ESTAB);
	}
	if (paws || !acceptable) {
		answer_invalid(request, false);
		return false;
	}

	/*
	 * Fourth, check the SYN bit. RFC 9293 lets a SYN in the window end a
	 * passive open; it is challenged here as RFC 5961 4 does in the
	 * synchronised states, so that it cannot be done blindly.
	 */
	*reason = NST_DROP_TCP_INVALID_SYN;
	if (cb->flags & NST_TCP_SYN) {
		answer_invalid(request, false);
		return false;
	}

	/* Fifth, check the ACK field */
	*reason = NST_DROP_TCP_INVALID_ACK;
	if (!(cb->flags & NST_TCP_ACK))
		return false;
	if (cb->ack_seq != request->iss + 1) {
		nst_tcp_reply_reset(stack, skb);
		return false;
	}
	return true;
}

/**
 * nst_tcp_request_input() - a segment for a half-open connection
 * @stack: stack
 * @endpoint: its flow; the reference is consumed
 * @skb: segment, skb->data at the TCP header; consumed
 *
 * Context: softirq, RCU, no lock.
 */
void nst_tcp_request_input(struct nst_stack *stack,
			   struct nst_endpoint *endpoint, struct sk_buff *skb)
{
	struct nst_tcp_request *request =
		container_of(endpoint, struct nst_tcp_request, flow);
	const struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	enum nst_drop_reason reason;

	/* Found, but ended since: its socket may have taken over. */
	if (!READ_ONCE(endpoint->hashed)) {
		nst_endpoint_put(endpoint);
		nst_tcp_deliver(stack, skb);
		return;
	}
	if (!request_check(request, skb, &reason)) {
		nst_drop(stack, skb, reason);
		goto out;
	}
	/* RFC 7323 4.3: TS.Recent of the segment at the left edge. */
	if (request->ts_ok && cb->has_ts &&
	    !nst_after(cb->seq, request->irs + 1))
		WRITE_ONCE(request->ts_recent, cb->tsval);

	/* TCP_DEFER_ACCEPT: a bare ACK does not make a connection yet. */
	if (request->timeouts < READ_ONCE(nst_tcp_sk(request->sk)->
					  defer_accept) &&
	    cb->end_seq == request->irs + 1) {
		WRITE_ONCE(request->acked, true);
		nst_drop(stack, skb, NST_DROP_TCP_REQUEST);
		goto out;
	}
	request_complete(request, skb);
out:
	nst_endpoint_put(endpoint);
}

/**
 * nst_tcp_request_error() - a hard ICMP error about our SYN-ACK
 * @stack: stack
 * @endpoint: its flow; the caller's reference stays
 * @seq: sequence number of the quoted segment
 *
 * Attack 10: only an error that quotes our SYN-ACK counts.
 * Context: softirq, RCU.
 */
void nst_tcp_request_error(struct nst_stack *stack,
			   struct nst_endpoint *endpoint, u32 seq)
{
	struct nst_tcp_request *request =
		container_of(endpoint, struct nst_tcp_request, flow);

	if (seq != request->iss) {
		NST_INC(stack, TCP_OUT_OF_WINDOW_ICMPS);
		return;
	}
	if (nst_tcp_request_drop(request)) {
		NST_INC(stack, TCP_ATTEMPT_FAILS);
		NST_INC(stack, TCP_LISTEN_DROPS);
	}
}

int __init nst_tcp_request_register(void)
{
	request_cache = KMEM_CACHE(nst_tcp_request, SLAB_HWCACHE_ALIGN);
	return request_cache ? 0 : -ENOMEM;
}

void nst_tcp_request_unregister(void)
{
	kmem_cache_destroy(request_cache);
}
