// SPDX-License-Identifier: GPL-2.0
/*
 * Active open: the path, the port, the first segment (RFC 9293 3.10.1), and
 * what a connection of either role gets when it is synchronised.
 */
#include "../ports.h"
#include "../../network/route.h"
#include "pacing.h"
#include "ecn.h"
#include "fastopen.h"
#include "receive_queue.h"

/*
 * Publish the flow with the port in flow.lport. A connection in TIME-WAIT
 * gives its place when its sequence numbers allow that (RFC 6191).
 */
static int claim_flow(struct sock *sk)
{
	struct nst_sock *nst = nst_sk(sk);
	struct nst_demux *demux = &nst->stack->tcp->demux;
	struct nst_flow_key key = {
		.laddr = nst->flow.laddr,
		.raddr = nst->flow.raddr,
		.lport = nst->flow.lport,
		.rport = nst->flow.rport,
		.family = nst->flow.family,
		.link_index = nst->path.link->index,
	};
	struct nst_endpoint *other;
	int err;

	err = nst_demux_flow_add(demux, &nst->flow, NULL);
	if (likely(err != -EADDRNOTAVAIL))
		return err;

	other = nst_demux_flow_get(demux, &key);
	if (!other)
		return nst_demux_flow_add(demux, &nst->flow, NULL);
	if (other->kind == NST_ENDPOINT_TIMEWAIT &&
	    nst_tcp_timewait_reusable(nst->stack, other, nst_tcp_sk(sk))) {
		err = nst_demux_flow_add(demux, &nst->flow, other);
		if (!err)
			nst_tcp_timewait_replaced(other);
		else
			err = -EADDRNOTAVAIL;
	}
	nst_endpoint_put(other);
	return err;
}

/* Window, MSS and sequence spaces of a connection about to be opened. */
static void connect_init(struct sock *sk)
{
	struct nst_stack *stack = nst_sk(sk)->stack;
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	bool ts = READ_ONCE(stack->config.tcp_timestamps);
	u32 clamp = tp->window_clamp;

	/* RFC 7323 3.2: our data has timestamps if our SYN has. */
	tp->header_len = sizeof(struct tcphdr) +
			 (ts ? NST_TCPOLEN_TS_ALIGNED : 0);
	tp->mss_clamp = tp->user_mss;
	tp->max_window = 0;
	nst_tcp_sync_mss(sk, nst_sk(sk)->path.mtu);
	tp->advmss = nst_tcp_advertised_mss(sk);
	tp->rcv_mss = min_t(u32, tp->advmss, NST_TCP_MIN_RCVMSS);

	nst_tcp_select_initial_window(sk, tp->advmss, &tp->rcv_wnd, &clamp,
				      READ_ONCE(stack->config.tcp_window_scaling),
				      &tp->rcv_wscale);
	if (unlikely(nst_sk(sk)->path.initrwnd))
		tp->rcv_wnd = min_t(u32, tp->rcv_wnd,
				    (u32)nst_sk(sk)->path.initrwnd *
				    tp->advmss);
	tp->window_clamp = clamp;
	tp->rcv_ssthresh = tp->rcv_wnd;

	tp->iss = tp->write_seq;
	tp->snd_una = tp->write_seq;
	tp->snd_nxt = tp->write_seq;
	tp->snd_sml = tp->write_seq;
	tp->snd_up = tp->write_seq;
	tp->snd_wnd = 0;
	tp->snd_wl1 = 0;
	tp->rcv_nxt = 0;
	tp->rcv_wup = 0;
	WRITE_ONCE(tp->copied_seq, 0);
	tp->rto = NST_TCP_RTO_INIT;
	tp->backoff = 0;
	tp->retransmits = 0;
	tp->err_soft = 0;
	tp->remote_timeout = 0;
	tp->timeout_due = false;
}

/**
 * nst_tcp_connect_start() - send the first SYN
 * @sk: socket in SYN-SENT, its flow published, path and ISN set; locked
 *
 * A SYN that cannot be sent now is one that got lost: the timer repeats it.
 *
 * Return: 0 or -ENOBUFS.
 */
int nst_tcp_connect_start(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct msghdr *msg = tp->fastopen.msg;
	struct nst_tcp_cb *cb;
	struct sk_buff *skb;

	memset(&tp->fastopen, 0, sizeof(tp->fastopen));
	connect_init(sk);

	skb = nst_tcp_alloc_skb(sk, 0, sk->sk_allocation);
	if (!skb)
		return -ENOBUFS;
	cb = nst_tcp_cb(skb);
	cb->seq = tp->write_seq;
	cb->end_seq = tp->write_seq + 1;
	cb->flags = NST_TCP_SYN | nst_tcp_ecn_ask(tp);
	cb->gso_segs = 1;
	sk_wmem_queued_add(sk, skb->truesize);
	sk_mem_charge(sk, skb->truesize);
	WRITE_ONCE(tp->write_seq, cb->end_seq);
	nst_tcp_rtx_insert(sk, skb);
	tp->packets_out++;

	nst_tcp_mstamp_refresh(tp);
	tp->retrans_stamp = div_u64(tp->mstamp, USEC_PER_MSEC) ?: 1;
	if (unlikely(msg || tp->fastopen_connect))
		nst_tcp_fastopen_send_syn(sk, skb, msg);
	else
		nst_tcp_transmit(sk, skb, true);
	tp->snd_nxt = tp->write_seq;
	tp->pushed_seq = tp->write_seq;
	NST_INC(nst_sk(sk)->stack, TCP_ACTIVE_OPENS);
	nst_tcp_rtx_timer_set(sk, NST_TCP_TIMER_RETRANSMIT, tp->rto);
	return 0;
}

/* Path to the peer; the unspecified address means this host. */
static int find_path(struct sock *sk, const struct nst_sockaddr *peer,
		     struct nst_path *path)
{
	struct nst_sock *nst = nst_sk(sk);
	struct nst_route_key key = {
		.family = peer->family,
		.tos = nst_sock_tos(nst, peer->family),
		.protocol = IPPROTO_TCP,
		.preferences = nst_sock_preferences(nst),
		.sport = nst->flow.lport,
		.dport = peer->port,
		.link_index = READ_ONCE(sk->sk_bound_dev_if) ?:
			      peer->link_index,
		.mark = READ_ONCE(sk->sk_mark),
		.daddr = peer->address,
		.saddr = nst->bound_address,
	};
	int err;

	if (nst_address_any(&peer->address)) {
		key.daddr = key.saddr;
		if (nst_address_any(&key.daddr)) {
			if (key.family == AF_INET6)
				key.daddr.v6.s6_addr[15] = 1;
			else
				key.daddr.v4 = htonl(INADDR_LOOPBACK);
		}
	}
	err = nst_route_output(nst->stack, &key, path);
	if (err) {
		if (err == -ENETUNREACH && key.family == AF_INET6)
			NST_INC(nst->stack, IP6_OUT_NO_ROUTES);
		else if (err == -ENETUNREACH)
			NST_INC(nst->stack, IP_OUT_NO_ROUTES);
		return err;
	}
	/* RFC 9293 3.9.2.3: a connection has one peer. */
	if (path->type == RTN_BROADCAST || path->type == RTN_MULTICAST) {
		nst_path_release(path);
		return -ENETUNREACH;
	}
	return 0;
}

/* Among several next hops the whole flow chooses, which is known now. */
static int choose_hop(struct sock *sk)
{
	nst_path_release(&nst_sk(sk)->path);
	return PTR_ERR_OR_ZERO(nst_sock_path(sk));
}

/**
 * nst_tcp_connect() - begin an active open
 * @sk: socket in CLOSE, locked
 * @peer: peer, of a family that the socket may speak to
 *
 * Return: 0 when the SYN is on its way (state SYN-SENT) or waits for data
 * (nst_tcp_sock.fastopen.deferred), -ENETUNREACH and
 * other errors of nst_route_output(), -EADDRNOTAVAIL when no port is free or
 * the flow is taken, -ENOBUFS, -ENOMEM. On failure the socket is as before.
 */
int nst_tcp_connect(struct sock *sk, const struct nst_sockaddr *peer)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_sock *nst = nst_sk(sk);
	struct nst_path path = {};
	u8 family = nst->flow.family;
	bool had_port = nst->port;
	int err;

	err = find_path(sk, peer, &path);
	if (err)
		return err;
	nst_path_release(&nst->path);
	nst->path = path;

	WRITE_ONCE(nst->flow.family, peer->family);
	nst->flow.laddr = path.saddr;
	nst->flow.raddr = path.daddr;
	nst->flow.rport = peer->port;
	if (unlikely(nst->family == AF_INET6))
		nst_sock_ipv6_flow(nst, peer);
	nst->flow.link_index = READ_ONCE(sk->sk_bound_dev_if);

	/* Whoever finds the flow from here on finds it in this state. */
	tp->write_seq = 0;
	tp->ts_recent = 0;
	tp->ts_recent_stamp = 0;
	nst_tcp_set_state(sk, TCP_SYN_SENT);
	if (had_port)
		err = claim_flow(sk);
	else
		err = nst_port_connect(sk, &nst->stack->tcp->demux, claim_flow);
	if (!err && unlikely(path.multipath))
		err = choose_hop(sk);
	if (err)
		goto fail;

	/* Not when a connection in TIME-WAIT has left its numbers. */
	if (!tp->write_seq)
		WRITE_ONCE(tp->write_seq, nst_tcp_isn(nst->stack, &nst->flow));
	tp->ts_offset = nst_tcp_ts_offset(nst->stack, &nst->flow);

	if (unlikely(tp->fastopen_connect) && nst_tcp_fastopen_defer(sk))
		return 0;
	err = nst_tcp_connect_start(sk);
	if (!err)
		return 0;
fail:
	nst_tcp_set_state(sk, TCP_CLOSE);
	if (!had_port)
		nst_port_release(sk);
	nst_path_release(&nst->path);
	WRITE_ONCE(nst->flow.family, family);
	nst->flow.laddr = nst->bound_address;
	memset(&nst->flow.raddr, 0, sizeof(nst->flow.raddr));
	nst->flow.rport = 0;
	nst->flow.link_index = 0;
	return err;
}

/*
 * RFC 6928: ten segments, whatever their size, as the host does. RFC 5681
 * 3.1: one if the network has lost a SYN, which the host believes when it was
 * repeated twice, and the first did not arrive after all. RFC 9768 3.2.2.2:
 * one if it has marked a SYN.
 */
static u32 initial_window(const struct nst_tcp_sock *tp)
{
	bool lost = tp->total_retrans > 1 && tp->total_rto &&
		    !tp->syn_on_time;

	return lost || nst_accecn_syn_marked(tp) ? 1 : nst_tcp_init_cwnd(tp);
}

/*
 * Connection is synchronised: snd_wnd, mss_clamp, ts_ok and the scales are
 * known from the peer's SYN.
 */
void nst_tcp_established(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	const struct nst_path *path;

	tp->header_len = sizeof(struct tcphdr) +
			 (tp->ts_ok ? NST_TCPOLEN_TS_ALIGNED : 0);
	nst_tcp_mtu_probe_init(sk);
	path = nst_sock_path(sk);
	nst_tcp_sync_mss(sk, IS_ERR(path) ? tp->pmtu : path->mtu);

	tp->cwnd = min(initial_window(tp), tp->cwnd_clamp);
	tp->cwnd_stamp = nst_tcp_jiffies();
	tp->cwnd_usage_seq = tp->snd_nxt;
	tp->max_packets_out = 0;
	tp->cwnd_used = 0;
	nst_congestion_init(tp);
	if (!tp->ca_ops->cong_control)
		nst_pacing_update_rate(sk);

	nst_tcp_init_buffer_space(sk);
	/* The first data is not a restart after idle. */
	tp->lsndtime = nst_tcp_jiffies();
	tp->retrans_stamp = 0;
	if (sock_flag(sk, SOCK_KEEPOPEN))
		nst_tcp_keepalive_set(sk, nst_tcp_keepalive_time(tp));
}
