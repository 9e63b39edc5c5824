// SPDX-License-Identifier: GPL-2.0
/*
 * The socket that the end of a passive handshake makes: options of the
 * listener, sequence numbers and options of the two SYNs. Who publishes it is
 * request.c.
 */
#include "../ports.h"
#include "ecn.h"
#include "listen.h"

/* What a child takes over of its listener, beyond nst_sock_inherit(). */
static void child_inherit(struct nst_tcp_sock *child,
			  const struct nst_tcp_sock *listener)
{
	child->nonagle = listener->nonagle;
	child->linger2 = READ_ONCE(listener->linger2);
	child->keepalive_time = READ_ONCE(listener->keepalive_time);
	child->keepalive_intvl = READ_ONCE(listener->keepalive_intvl);
	child->keepalive_probes = READ_ONCE(listener->keepalive_probes);
	child->syn_retries = READ_ONCE(listener->syn_retries);
	child->defer_accept = READ_ONCE(listener->defer_accept);
	child->user_timeout = READ_ONCE(listener->user_timeout);
	child->user_mss = READ_ONCE(listener->user_mss);
	child->notsent_lowat = READ_ONCE(listener->notsent_lowat);
	child->pingpong = READ_ONCE(listener->pingpong);
	child->thin_linear = READ_ONCE(listener->thin_linear);
	child->save_syn = READ_ONCE(listener->save_syn);
	child->recvmsg_inq = READ_ONCE(listener->recvmsg_inq);
	nst_congestion_inherit(child, listener);
}

/*
 * RFC 6298 3, Karn: only when the SYN-ACK was sent once, else by the timestamp
 * that is echoed. (Of a cookie it is not known when, and its timestamp has
 * other things in it.)
 */
static void child_measure(struct nst_tcp_sock *tp,
			  const struct nst_tcp_request *request,
			  const struct nst_tcp_cb *cb)
{
	s32 rtt_us = -1;

	if (likely(!tp->total_retrans)) {
		rtt_us = max_t(s64, 1, tp->mstamp - request->sent_us);
	} else if (tp->ts_ok && cb->has_ts) {
		tp->rcv_tsecr = cb->tsecr - tp->ts_offset;
		rtt_us = nst_tcp_rtt_echoed(tp);
	}
	if (rtt_us >= 0)
		nst_tcp_rtt_sample(tp, rtt_us);
}

/* Of no use to a stream, but to be seen: the host takes them from the peer. */
static void child_multicast(struct nst_sock *nst, const struct sk_buff *skb)
{
	u32 link_index = nst_packet_cb(skb)->link ?
			 nst_packet_cb(skb)->link->index : 0;
	u8 hops;

	if (likely(nst->flow.family == AF_INET)) {
		hops = ip_hdr(skb)->ttl;
		nst->multicast_link = link_index;
		nst->multicast_ttl = hops;
	} else {
		hops = ipv6_hdr(skb)->hop_limit;
	}
	if (unlikely(nst->family == AF_INET6)) {
		nst_sock_ipv6(nst)->multicast_link = link_index;
		nst_sock_ipv6(nst)->multicast_hops = hops;
	}
}

/* The state that the handshake so far has agreed on. */
static void child_fill(struct nst_tcp_sock *tp,
		       const struct nst_tcp_request *request,
		       const struct sk_buff *skb)
{
	struct nst_endpoint *flow = &tp->nst.flow;

	flow->family = request->flow.family;
	flow->laddr = request->flow.laddr;
	flow->raddr = request->flow.raddr;
	flow->lport = request->flow.lport;
	flow->rport = request->flow.rport;
	flow->link_index = request->flow.link_index;
	if (likely(flow->family == AF_INET))
		tp->nst.tos = request->tos;
	else
		nst_sock_ipv6(&tp->nst)->tclass = request->tos;
	/* RFC 4007: what a listener takes from a link-local address stays. */
	if (unlikely(flow->link_index))
		tp->nst.sk.sk_bound_dev_if = flow->link_index;

	child_multicast(&tp->nst, skb);
	WRITE_ONCE(tp->nst.sk.sk_incoming_cpu, raw_smp_processor_id());

	tp->irs = request->irs;
	tp->rcv_nxt = request->irs + 1;
	tp->rcv_wup = tp->rcv_nxt;
	tp->copied_seq = tp->rcv_nxt;
	tp->last_ack_sent = tp->rcv_nxt;
	tp->rcvq_seq = tp->rcv_nxt;
	tp->rcv_wnd = request->rcv_wnd;
	tp->rcv_ssthresh = request->rcv_wnd;
	tp->window_clamp = request->window_clamp;
	tp->rcv_wscale = request->rcv_wscale;
	tp->snd_wscale = request->snd_wscale;

	tp->iss = request->iss;
	/*
	 * The segment that has brought us here acknowledges our SYN, unless it
	 * is the SYN.
	 */
	tp->snd_una = request->iss + !request->fastopen;
	tp->snd_nxt = request->iss + 1;
	tp->write_seq = tp->snd_nxt;
	tp->pushed_seq = tp->snd_nxt;
	/* The SYN is no small segment that Nagle would wait for. */
	tp->snd_sml = tp->snd_una;
	tp->snd_up = tp->snd_nxt;
	tp->recover = tp->snd_nxt;
	tp->snd_wl1 = nst_tcp_cb(skb)->seq;

	tp->ts_ok = request->ts_ok;
	tp->ws_ok = request->ws_ok;
	tp->sack_ok = request->sack_ok;
	tp->ecn_flags = request->ecn_ok ? NST_TCP_ECN_OK : 0;
	if (unlikely(request->accecn_ok)) {
		nst_accecn_enter(tp, request->ect ? INET_ECN_ECT_0 :
						    INET_ECN_NOT_ECT,
				 READ_ONCE(request->syn_field));
		if (READ_ONCE(request->ecn_refused))
			tp->accecn.fail |= NST_ACCECN_FAIL_ACE_SEND;
		if (request->timeouts || READ_ONCE(request->syn_again))
			tp->accecn.fail |= NST_ACCECN_FAIL_OPT_SEND;
	}
	tp->ts_offset = request->ts_offset;
	tp->ts_recent = request->ts_recent;
	if (tp->ts_ok)
		tp->ts_recent_stamp = nst_tcp_clock_seconds();
	nst_tcp_user_timeout_take(tp, request->uto);
	tp->mss_clamp = request->mss;
	tp->advmss = request->advmss;
	/* The SYN, and the segment that has brought us here. */
	tp->segs_in = 2 - request->fastopen;
	tp->lrcvtime = nst_tcp_jiffies();
	tp->rcv_tstamp = nst_tcp_jiffies();
	tp->lsndtime = nst_tcp_jiffies();
	nst_tcp_mstamp_refresh(tp);

	tp->total_retrans = READ_ONCE(request->retransmits);
	if (!request->cookie && !request->fastopen)
		child_measure(tp, request, nst_tcp_cb(skb));
	if (unlikely(request->timeouts)) {
		tp->retrans_stamp = div_u64(request->sent_us, USEC_PER_MSEC);
		tp->total_rto = request->timeouts;
		tp->total_rto_recoveries = 1;
		tp->total_rto_ms = div_u64(tp->mstamp - request->sent_us,
					   USEC_PER_MSEC);
	}
}

void nst_tcp_child_discard(struct sock *child)
{
	sock_orphan(child);
	/* Nothing has failed that the peer would know of. */
	child->sk_state = TCP_CLOSE;
	nst_tcp_destroy_sock(child);
}

struct sock *nst_tcp_child_make(const struct nst_tcp_request *request,
				const struct sk_buff *skb)
{
	struct sock *sk = request->sk;
	const struct nst_path *path;
	struct sock *child;

	child = nst_sock_alloc(request->stack, sk->sk_prot, SOCK_STREAM,
			       IPPROTO_TCP, nst_sk(sk)->family, false,
			       GFP_ATOMIC);
	if (IS_ERR(child))
		return NULL;

	nst_tcp_init_sock(child);
	nst_sock_inherit(child, sk);
	child_inherit(nst_tcp_sk(child), nst_tcp_sk(sk));
	child_fill(nst_tcp_sk(child), request, skb);
	if (nst_port_inherit(child, sk))
		goto err;
	path = nst_sock_path(child);
	if (IS_ERR(path))
		goto err;
	nst_tcp_sync_mss(child, path->mtu);
	nst_tcp_set_state(child, TCP_SYN_RECV);
	return child;

err:
	nst_tcp_child_discard(child);
	return NULL;
}

void nst_tcp_child_abort(struct sock *child)
{
	sock_hold(child);
	local_bh_disable();
	/* Its softirq work ends before this; nobody ever owned it. */
	bh_lock_sock_nested(child);
	sock_orphan(child);
	if (child->sk_state == TCP_CLOSE) {
		nst_tcp_destroy_sock(child);
	} else {
		nst_tcp_send_active_reset(child, GFP_ATOMIC);
		nst_tcp_done(child, ECONNRESET);
	}
	bh_unlock_sock(child);
	local_bh_enable();
	sock_put(child);
}
