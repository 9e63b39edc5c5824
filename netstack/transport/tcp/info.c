// SPDX-License-Identifier: GPL-2.0
/*
 * TCP_INFO: what tcp(7) promises of struct tcp_info. What has no meaning here
 * is zero: tcpi_fackets and tcpi_last_ack_sent, which the host has given up as
 * well, and tcpi_rehash: packets carry no flow label and no hash by which a
 * path would be chosen.
 */
#include "ecn.h"
#include "info.h"

static u32 age_ms(u32 stamp)
{
	return jiffies_to_msecs((u32)nst_tcp_jiffies() - stamp);
}

static u8 info_options(const struct nst_tcp_sock *tp)
{
	u8 options = 0;

	if (tp->ts_ok)
		options |= TCPI_OPT_TIMESTAMPS;
	if (tp->sack_ok)
		options |= TCPI_OPT_SACK;
	if (tp->ws_ok)
		options |= TCPI_OPT_WSCALE;
	if (tp->ecn_flags & (NST_TCP_ECN_OK | NST_TCP_ECN_ACCURATE))
		options |= TCPI_OPT_ECN;
	if (tp->ecn_flags & NST_TCP_ECN_SEEN ||
	    (nst_accecn_on(tp) && tp->accecn.changed))
		options |= TCPI_OPT_ECN_SEEN;
	if (tp->fastopen.data_acked)
		options |= TCPI_OPT_SYN_DATA;
	return options;
}

/* What a listener has: its queue. */
static void listener_info(const struct sock *sk, struct tcp_info *info)
{
	info->tcpi_unacked = READ_ONCE(sk->sk_ack_backlog);
	info->tcpi_sacked = READ_ONCE(sk->sk_max_ack_backlog);
}

static void flight_info(const struct nst_tcp_sock *tp, struct tcp_info *info)
{
	info->tcpi_unacked = tp->packets_out;
	info->tcpi_sacked = tp->sacked_out;
	info->tcpi_lost = tp->lost_out;
	info->tcpi_retrans = tp->retrans_out;
}

/* Times of the round trip: microseconds. */
static void time_info(const struct nst_tcp_sock *tp, struct tcp_info *info)
{
	info->tcpi_rto = jiffies_to_usecs(tp->rto);
	info->tcpi_ato = jiffies_to_usecs(tp->ato);
	info->tcpi_last_data_sent = age_ms(tp->lsndtime);
	info->tcpi_last_data_recv = age_ms(tp->lrcvtime);
	info->tcpi_last_ack_recv = age_ms(tp->rcv_tstamp);
	info->tcpi_rtt = tp->srtt_us >> 3;
	info->tcpi_rttvar = tp->mdev_us >> 2;
	info->tcpi_min_rtt = tp->min_rtt_us;
	info->tcpi_rcv_rtt = tp->rcv_rtt_us >> 3;
}

static void counter_info(const struct nst_tcp_sock *tp, struct tcp_info *info)
{
	info->tcpi_total_retrans = tp->total_retrans;
	info->tcpi_bytes_acked = tp->bytes_acked;
	info->tcpi_bytes_received = tp->bytes_received;
	info->tcpi_bytes_sent = tp->bytes_sent;
	info->tcpi_bytes_retrans = tp->bytes_retrans;
	info->tcpi_segs_out = tp->segs_out;
	info->tcpi_segs_in = tp->segs_in;
	info->tcpi_data_segs_in = tp->data_segs_in;
	info->tcpi_rcv_ooopack = tp->rcv_ooopack;
	info->tcpi_data_segs_out = tp->data_segs_out;
	info->tcpi_delivered = tp->delivered;
	info->tcpi_delivered_ce = tp->delivered_ce;
	info->tcpi_dsack_dups = tp->dsack_dups;
	info->tcpi_reord_seen = tp->reord_seen;
	info->tcpi_delivery_rate = nst_rate_bytes_per_second(tp);
	info->tcpi_delivery_rate_app_limited = tp->rate_app_limited;
}

/* The mode of ECN, and what AccECN mode counts (RFC 9768 3.2). */
static void ecn_info(const struct nst_tcp_sock *tp, struct nst_tcp_info *info)
{
	const struct nst_accecn *accecn = &tp->accecn;

	if (tp->ecn_flags & NST_TCP_ECN_OK)
		info->ecn_mode = TCPI_ECN_MODE_RFC3168;
	else if (tp->ecn_flags & NST_TCP_ECN_ASKED)
		info->ecn_mode = TCPI_ECN_MODE_PENDING;
	if (!nst_accecn_on(tp))
		return;
	info->ecn_mode = TCPI_ECN_MODE_ACCECN;
	info->accecn_opt_seen = accecn->option_seen;
	info->accecn_fail_mode = accecn->fail;
	info->received_ce = accecn->received_ce;
	info->received_e1_bytes = accecn->received[INET_ECN_ECT_1 - 1];
	info->received_e0_bytes = accecn->received[INET_ECN_ECT_0 - 1];
	info->received_ce_bytes = accecn->received[INET_ECN_CE - 1];
	info->delivered_e1_bytes = accecn->delivered[INET_ECN_ECT_1 - 1];
	info->delivered_e0_bytes = accecn->delivered[INET_ECN_ECT_0 - 1];
	info->delivered_ce_bytes = accecn->delivered[INET_ECN_CE - 1];
}

/* What held the sender up: microseconds. Busy it was all that time. */
static void chrono_info(const struct nst_tcp_sock *tp, struct tcp_info *info)
{
	info->tcpi_rwnd_limited = nst_tcp_chrono_spent(tp,
						       NST_TCP_RWND_LIMITED);
	info->tcpi_sndbuf_limited =
		nst_tcp_chrono_spent(tp, NST_TCP_SNDBUF_LIMITED);
	info->tcpi_busy_time = nst_tcp_chrono_spent(tp, NST_TCP_BUSY) +
			       info->tcpi_rwnd_limited +
			       info->tcpi_sndbuf_limited;
}

/* What 6.1 does not have. */
static void new_info(const struct nst_tcp_sock *tp, struct nst_tcp_info *info)
{
	info->rcv_wnd = nst_tcp_receive_window(tp);
	info->total_rto = tp->total_rto;
	info->total_rto_recoveries = tp->total_rto_recoveries;
	info->total_rto_time = tp->total_rto_ms;
	if (tp->rto_stamp)
		info->total_rto_time += nst_tcp_clock_ms() - tp->rto_stamp;
}

static void fill(const struct sock *sk, struct nst_tcp_info *full)
{
	const struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct tcp_info *info = &full->head;

	info->tcpi_state = sk->sk_state;
	info->tcpi_ca_state = tp->ca_state;
	info->tcpi_retransmits = tp->retransmits;
	info->tcpi_probes = tp->probes_out;
	info->tcpi_backoff = tp->backoff;
	info->tcpi_options = info_options(tp);
	info->tcpi_snd_wscale = tp->snd_wscale;
	info->tcpi_rcv_wscale = tp->rcv_wscale;
	info->tcpi_snd_mss = tp->mss_cache;
	info->tcpi_rcv_mss = tp->rcv_mss;
	info->tcpi_advmss = tp->advmss;
	info->tcpi_pmtu = tp->pmtu;
	info->tcpi_rcv_ssthresh = tp->rcv_ssthresh;
	info->tcpi_snd_ssthresh = tp->ssthresh;
	info->tcpi_rcv_space = tp->rcvq_space;
	info->tcpi_snd_wnd = tp->snd_wnd;
	info->tcpi_notsent_bytes = max_t(int, 0, tp->write_seq - tp->snd_nxt);
	info->tcpi_fastopen_client_fail = tp->fastopen.fail;
	flight_info(tp, info);
	time_info(tp, info);
	counter_info(tp, info);
	ecn_info(tp, full);
	chrono_info(tp, info);
	new_info(tp, full);
}

/* What needs no lock. Return: that is all. */
static bool fill_unlocked(const struct sock *sk, struct nst_tcp_info *full)
{
	const struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct tcp_info *info = &full->head;

	memset(full, 0, sizeof(*full));
	if (sk->sk_type != SOCK_STREAM)
		return true;

	info->tcpi_pacing_rate = READ_ONCE(sk->sk_pacing_rate);
	info->tcpi_max_pacing_rate = READ_ONCE(sk->sk_max_pacing_rate);
	if (info->tcpi_pacing_rate == ~0UL)
		info->tcpi_pacing_rate = ~0ULL;
	if (info->tcpi_max_pacing_rate == ~0UL)
		info->tcpi_max_pacing_rate = ~0ULL;
	info->tcpi_reordering = READ_ONCE(tp->reordering);
	info->tcpi_snd_cwnd = READ_ONCE(tp->cwnd);
	info->tcpi_state = READ_ONCE(sk->sk_state);
	if (info->tcpi_state == TCP_LISTEN) {
		listener_info(sk, info);
		return true;
	}
	return false;
}

/**
 * nst_tcp_get_full_info() - fill struct tcp_info of the newest kernel
 * @sk: socket
 * @full: filled
 *
 * Context: process; takes the socket lock.
 */
void nst_tcp_get_full_info(struct sock *sk, struct nst_tcp_info *full)
{
	bool slow;

	if (fill_unlocked(sk, full))
		return;
	slow = lock_sock_fast(sk);
	fill(sk, full);
	unlock_sock_fast(sk, slow);
}

/**
 * nst_tcp_peek_info() - the same for who cannot sleep
 * @sk: socket
 * @full: filled
 *
 * While a program owns the socket, the fields may be of different moments.
 *
 * Context: any but a hard interrupt.
 */
void nst_tcp_peek_info(struct sock *sk, struct nst_tcp_info *full)
{
	if (fill_unlocked(sk, full))
		return;
	local_bh_disable();
	bh_lock_sock_nested(sk);
	fill(sk, full);
	bh_unlock_sock(sk);
	local_bh_enable();
}

/**
 * nst_tcp_get_info() - fill struct tcp_info of this kernel
 * @sk: socket
 * @info: filled
 *
 * Context: process; takes the socket lock.
 */
void nst_tcp_get_info(struct sock *sk, struct tcp_info *info)
{
	struct nst_tcp_info full;

	nst_tcp_get_full_info(sk, &full);
	*info = full.head;
}
