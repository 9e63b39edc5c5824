// SPDX-License-Identifier: GPL-2.0
/*
 * Segment sizes: what we advertise, what fits the path and the peer, and how
 * large a super-segment may be (RFC 9293 3.7.1, RFC 6691, RFC 1191).
 */
#include "sack_generate.h"

static u32 network_header_len(const struct sock *sk)
{
	const struct nst_sock *nst = nst_sk(sk);
	const struct nst_ip_options *options;
	u32 len = sizeof(struct iphdr);

	if (unlikely(nst->flow.family == AF_INET6))
		return sizeof(struct ipv6hdr);
	rcu_read_lock();
	options = rcu_dereference(nst->options);
	if (options)
		len += options->length;
	rcu_read_unlock();
	return len;
}

u32 nst_tcp_packet_headers(const struct sock *sk)
{
	return network_header_len(sk) + nst_tcp_sk(sk)->header_len;
}

/* RFC 6691: the fixed headers are subtracted, options are not. */
u16 nst_tcp_advertised_mss(const struct sock *sk)
{
	const struct nst_sock *nst = nst_sk(sk);
	u32 headers = sizeof(struct tcphdr) +
		      (nst->flow.family == AF_INET6 ? sizeof(struct ipv6hdr) :
						      sizeof(struct iphdr));
	u32 mss = NST_TCP_DEFAULT_MSS;

	if (nst->path.link)
		mss = max_t(u32, min_t(u32, nst->path.mtu, U16_MAX), headers +
			    NST_TCP_MIN_MSS) - headers;
	if (unlikely(nst->path.advmss))
		mss = min_t(u32, mss, max_t(u32, nst->path.advmss,
					    NST_TCP_MIN_MSS));
	if (nst_tcp_sk(sk)->user_mss)
		mss = min_t(u32, mss, nst_tcp_sk(sk)->user_mss);
	return mss;
}

/*
 * A peer whose whole window is smaller than two segments would have to
 * acknowledge each before the next: send it halves.
 */
static u32 bound_to_window(const struct nst_tcp_sock *tp, u32 size)
{
	u32 half = tp->max_window > NST_TCP_DEFAULT_MSS ? tp->max_window / 2 :
							  tp->max_window;

	if (half && size > half)
		return max_t(u32, half, NST_LINK_MTU_MIN - tp->header_len);
	return size;
}

/*
 * RFC 4821: not more than what has got through. The path's MTU bounds the
 * search as well; neither bound makes the MSS less than its floor.
 */
static u32 probed_mss(struct sock *sk, u32 mss)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_mtu_probe *probe = &tp->mtu_probe;

	probe->search_high = min(probe->search_high, tp->pmtu);
	probe->search_low = min(probe->search_low, probe->search_high);
	if (probe->search_low <= nst_tcp_packet_headers(sk))
		return mss;
	return min(mss, probe->search_low - nst_tcp_packet_headers(sk));
}

/**
 * nst_tcp_sync_mss() - adopt a path MTU
 * @sk: socket, locked
 * @pmtu: bytes of the largest packet
 *
 * Sets mss_cache for the options in use, the peer's limit and window, and for
 * what is known to get through when the path is probed (RFC 4821).
 */
void nst_tcp_sync_mss(struct sock *sk, u32 pmtu)
{
	const struct nst_config *config = &nst_sk(sk)->stack->config;
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 headers = network_header_len(sk) + sizeof(struct tcphdr);
	u32 floor = READ_ONCE(config->tcp_min_snd_mss);
	u32 mss;

	tp->pmtu = pmtu;
	mss = pmtu > headers ? pmtu - headers : 0;
	if (tp->mss_clamp)
		mss = min_t(u32, mss, tp->mss_clamp);
	/* A tiny MSS costs more in headers and work than it carries. */
	mss = max(mss, floor);
	mss -= min_t(u32, mss - 1, tp->header_len - sizeof(struct tcphdr));
	if (unlikely(tp->mtu_probing))
		mss = probed_mss(sk, mss);
	mss = bound_to_window(tp, mss);
	if (mss != tp->mss_cache) {
		tp->mss_cache = mss;
		tp->xmit_size_goal = 0;
	}
}

/**
 * nst_tcp_current_mss() - payload of a full segment now
 * @sk: socket, locked
 *
 * What the path takes is heeded at once: less when an ICMP error has said so,
 * be it to another connection, and more when that is forgotten (path_mtu.c,
 * RFC 1191 6.3). RFC 6691 3.1: blocks of SACK that data would carry leave the
 * less room for it.
 *
 * Return: bytes.
 */
u32 nst_tcp_current_mss(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	const struct nst_path *path = nst_sock_path(sk);

	if (!IS_ERR(path) && unlikely(path->mtu != tp->pmtu))
		nst_tcp_sync_mss(sk, path->mtu);
	return nst_tcp_effective_mss(tp);
}

/**
 * nst_tcp_size_goal() - payload that one segment buffer should reach
 * @sk: socket, locked
 * @mss: nst_tcp_current_mss()
 *
 * As many full segments as the link takes in one super-packet, and no more
 * than half of the largest window that the peer ever offered.
 *
 * Return: bytes, a multiple of @mss.
 */
u32 nst_tcp_size_goal(struct sock *sk, u32 mss)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	const struct nst_link *link = nst_sk(sk)->path.link;
	u32 most, segments;

	if (unlikely(!link))
		return mss;
	most = min_t(u32, READ_ONCE(link->gso_max_size), U16_MAX);
	most -= min_t(u32, most, NST_HEADROOM_NETWORK + tp->header_len);
	/* One segment goes as it is, however large. */
	most = max(bound_to_window(tp, most), mss);

	/* Mostly nothing has changed; spare the division. */
	if (unlikely(tp->xmit_size_mss != mss || !tp->xmit_size_goal ||
		     most < tp->xmit_size_goal ||
		     most >= tp->xmit_size_goal + mss)) {
		segments = min_t(u32, most / mss,
				 max_t(u32, READ_ONCE(link->gso_max_segs), 1));
		tp->xmit_size_goal = segments * mss;
		tp->xmit_size_mss = mss;
	}
	return tp->xmit_size_goal;
}

/* What a link's largest super-packet adds when the round trip is short. */
static u64 short_path_bonus(const struct nst_tcp_sock *tp, u32 largest)
{
	u32 log = READ_ONCE(tp->nst.stack->config.tcp_tso_rtt_log);
	u32 halvings;

	if (!log)
		return 0;
	halvings = tp->min_rtt_us >> log;
	return halvings < BITS_PER_TYPE(largest) ? largest >> halvings : 0;
}

static u32 min_burst_segments(const struct nst_tcp_sock *tp)
{
	if (tp->ca_ops->min_tso_segs)
		return tp->ca_ops->min_tso_segs(tp);
	return READ_ONCE(tp->nst.stack->config.tcp_min_tso_segs);
}

/**
 * nst_tcp_burst_size() - payload that may leave as one super-segment now
 * @sk: socket, locked; nst_tcp_size_goal() has been called for @mss
 * @mss: nst_tcp_current_mss()
 *
 * A queue of the network gets a super-segment in one piece. It is what the
 * pacing rate sends in about a millisecond (2^-sk_pacing_shift s), and more
 * where the path is so short that its queues are near; min_tso_segs at least,
 * and what nst_tcp_size_goal() says at most.
 *
 * Return: bytes, a multiple of @mss.
 */
u32 nst_tcp_burst_size(const struct sock *sk, u32 mss)
{
	const struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	const struct nst_link *link = nst_sk(sk)->path.link;
	u32 goal = tp->xmit_size_goal;
	u64 bytes;

	if (unlikely(!link || goal <= mss))
		return mss;
	bytes = READ_ONCE(sk->sk_pacing_rate) >>
		READ_ONCE(sk->sk_pacing_shift);
	if (bytes >= goal)
		return goal;
	bytes += short_path_bonus(tp, min_t(u32, READ_ONCE(link->gso_max_size),
					    U16_MAX + 1));
	/* Mostly; and no division then. */
	if (bytes >= goal)
		return goal;
	bytes = max_t(u64, (u32)bytes / mss, min_burst_segments(tp)) * mss;
	return min_t(u64, bytes, goal);
}

/*
 * RFC 1191 6.4: what is too large for the path was lost for no congestion;
 * it is cut and sent again at once, without a reduction of the window. While
 * losses are repaired already, the head alone.
 */
void nst_tcp_mtu_reduced(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 mtu = READ_ONCE(tp->mtu_info);
	const struct nst_path *path;
	struct sk_buff *skb;
	u8 discover;

	if ((1 << sk->sk_state) & (TCPF_LISTEN | TCPF_CLOSE))
		return;
	path = nst_sock_learn_mtu(sk, mtu);
	if (!path)
		return;
	discover = nst_sock_mtu_discover(nst_sk(sk), path->family);
	/* What still does not pass may end the connection: this is why. */
	if (mtu < path->mtu && discover == IP_PMTUDISC_DO)
		WRITE_ONCE(tp->err_soft, EMSGSIZE);
	if (discover == IP_PMTUDISC_DONT || path->mtu >= tp->pmtu)
		return;
	nst_tcp_sync_mss(sk, path->mtu);
	if (sk->sk_state == TCP_SYN_SENT)
		return;
	nst_tcp_mtu_probe_too_large(tp);

	if (tp->ca_state <= NST_TCP_CA_DISORDER) {
		nst_tcp_mstamp_refresh(tp);
		if (nst_tcp_recovery_too_large(sk))
			nst_tcp_recovery_retransmit(sk);
		return;
	}
	skb = nst_tcp_rtx_head(sk);
	if (!skb)
		return;
	if (max_t(u32, nst_tcp_cb(skb)->gso_size, 0) > tp->mss_cache ||
	    (nst_tcp_cb(skb)->gso_segs == 1 && skb->len > tp->mss_cache)) {
		nst_tcp_mstamp_refresh(tp);
		nst_tcp_retransmit_skb(sk, skb, 1);
	}
}
