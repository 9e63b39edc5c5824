// SPDX-License-Identifier: GPL-2.0
/*
 * Path MTU discovery without ICMP: RFC 4821, with the parameters and names of
 * the host's tunables. RFC 8899 is its form for datagrams; of it the lower
 * bound that is sure (BASE_PLPMTU) and the answer to a black hole are alike.
 *
 * A probe is one segment longer than the MSS, made of data that waits anyway,
 * so that nothing is lost with it that would not be sent again. It is sent
 * only when so much follows it that its loss shows by duplicate ACKs. The
 * search is binary, between the largest packet that arrived and the smallest
 * that did not.
 *
 * tcp_mtu_probing says when: never, after a suspected black hole, always. The
 * search begins at tcp_base_mss and ends when what is left of the range is
 * less than tcp_probe_threshold; after tcp_probe_interval it begins again at
 * the current MSS, for paths change.
 */
#include "pacing.h"
#include "stamp.h"
#include "tcp.h"

/* Fewer would not tell the loss of a probe by duplicate ACKs (RFC 4821 7.4). */
#define CWND_MIN	11

static u32 mtu_to_mss(const struct sock *sk, u32 mtu)
{
	u32 headers = nst_tcp_packet_headers(sk);

	return mtu > headers ? mtu - headers : 0;
}

static u32 mss_to_mtu(const struct sock *sk, u32 mss)
{
	return mss + nst_tcp_packet_headers(sk);
}

/* The largest packet that the peer's MSS option admits (RFC 6691). */
static u32 largest_mtu(const struct sock *sk)
{
	const struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	return tp->mss_clamp + nst_tcp_packet_headers(sk) -
	       (tp->header_len - sizeof(struct tcphdr));
}

void nst_tcp_mtu_probe_init(struct sock *sk)
{
	const struct nst_config *config = &nst_sk(sk)->stack->config;
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_mtu_probe *probe = &tp->mtu_probe;

	tp->mtu_probing = READ_ONCE(config->tcp_mtu_probing) >=
			  NST_TCP_MTU_PROBING_ALWAYS;
	probe->size = 0;
	probe->stamp = nst_tcp_jiffies();
	probe->search_high = largest_mtu(sk);
	probe->search_low = min(mss_to_mtu(sk, READ_ONCE(config->tcp_base_mss)),
				probe->search_high);
}

/*
 * RFC 4821 7.3: the search is over; it begins again after a while, with the
 * path's MTU as its bound: what an ICMP error once said may be forgotten by
 * then.
 */
static void check_reprobe(struct sock *sk)
{
	const struct nst_config *config = &nst_sk(sk)->stack->config;
	u32 interval = READ_ONCE(config->tcp_probe_interval);
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_mtu_probe *probe = &tp->mtu_probe;
	const struct nst_path *path;

	if ((u32)nst_tcp_jiffies() - probe->stamp <
	    min_t(u64, (u64)interval * HZ, S32_MAX))
		return;
	path = nst_sock_path(sk);
	probe->stamp = nst_tcp_jiffies();
	probe->search_low = mss_to_mtu(sk, tp->mss_cache);
	probe->search_high = max(largest_mtu(sk), probe->search_low);
	nst_tcp_sync_mss(sk, IS_ERR(path) ? tp->pmtu : path->mtu);
}

/* The packet to try next: the middle of the range; 0: nothing to search. */
static u32 next_size(struct sock *sk)
{
	const struct nst_config *config = &nst_sk(sk)->stack->config;
	struct nst_tcp_mtu_probe *probe = &nst_tcp_sk(sk)->mtu_probe;
	s32 range = probe->search_high - probe->search_low;

	if (range < 1 || range < READ_ONCE(config->tcp_probe_threshold)) {
		check_reprobe(sk);
		return 0;
	}
	return probe->search_low + (range + 1) / 2;
}

/* RFC 4821 3: fragments that arrive tell nothing. */
static bool may_be_fragmented(const struct sock *sk)
{
	u8 discover = READ_ONCE(nst_sk(sk)->ip_mtu_discover);

	return discover != IP_PMTUDISC_WANT && discover != IP_PMTUDISC_DO;
}

/* May the first @len bytes of the write queue become one segment? */
static bool may_join(const struct sock *sk, u32 len)
{
	const struct sk_buff *skb;

	skb_queue_walk(&sk->sk_write_queue, skb) {
		if (len <= skb->len)
			return true;
		if (nst_tcp_cb(skb)->eor)
			return false;
		len -= skb->len;
	}
	return false;
}

/*
 * The last @part bytes of @probe belong to the next segment still. What is
 * left is data like any other, but no probe.
 */
static struct sk_buff *give_back(struct sock *sk, struct sk_buff *probe,
				 u32 part)
{
	skb_trim(probe, probe->len - part);
	nst_tcp_cb(probe)->end_seq = nst_tcp_cb(probe)->seq + probe->len;
	if (!probe->len) {
		__skb_unlink(probe, &sk->sk_write_queue);
		nst_tcp_wmem_free_skb(sk, probe);
	}
	return NULL;
}

/* Make one segment of the first @len bytes of the write queue. */
static struct sk_buff *join(struct sock *sk, u32 len)
{
	struct sk_buff *first = nst_tcp_send_head(sk);
	struct sk_buff *probe, *skb, *next;
	struct nst_tcp_cb *cb;
	u32 part;

	probe = nst_tcp_alloc_skb(sk, len, GFP_ATOMIC | __GFP_NOWARN);
	if (!probe)
		return NULL;
	sk_wmem_queued_add(sk, probe->truesize);
	sk_mem_charge(sk, probe->truesize);
	cb = nst_tcp_cb(probe);
	cb->seq = nst_tcp_cb(first)->seq;
	cb->end_seq = cb->seq + len;
	cb->flags = NST_TCP_ACK;
	cb->gso_segs = 1;
	__skb_queue_before(&sk->sk_write_queue, first, probe);

	for (skb = first; len; skb = next) {
		next = skb->next;
		part = min(len, skb->len);
		skb_copy_bits(skb, 0, skb_put(probe, part), part);
		len -= part;
		if (part < skb->len) {
			if (nst_tcp_trim_head(sk, skb, part))
				return give_back(sk, probe, part);
			nst_tcp_stamp_join(nst_tcp_sk(sk), probe, skb);
			break;
		}
		cb->flags |= nst_tcp_cb(skb)->flags;
		cb->eor = nst_tcp_cb(skb)->eor;
		nst_tcp_stamp_join(nst_tcp_sk(sk), probe, skb);
		__skb_unlink(skb, &sk->sk_write_queue);
		nst_tcp_wmem_free_skb(sk, skb);
	}
	return probe;
}

struct sk_buff *nst_tcp_mtu_probe_make(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 size, payload, needed, in_flight;

	if (tp->mtu_probe.size || !nst_tcp_ca_open(tp) ||
	    tp->cwnd < CWND_MIN || tp->sack_count || tp->dsack_due ||
	    tp->urg_mode || may_be_fragmented(sk) || nst_pacing_blocks(sk))
		return NULL;
	size = next_size(sk);
	payload = mtu_to_mss(sk, size);
	if (payload <= tp->mss_cache)
		return NULL;

	/* So much must follow that its loss shows without a time-out. */
	needed = payload + (tp->reordering + 1) * tp->mss_cache;
	if (tp->write_seq - tp->snd_nxt < needed || tp->snd_wnd < needed ||
	    !may_join(sk, payload))
		return NULL;
	if (nst_after(tp->snd_nxt + needed, nst_tcp_wnd_end(tp)))
		return ERR_PTR(-EAGAIN);
	in_flight = nst_tcp_in_flight(tp);
	if (in_flight + 2 > tp->cwnd)
		return in_flight ? ERR_PTR(-EAGAIN) : NULL;
	return join(sk, payload);
}

void nst_tcp_mtu_probe_sent(struct nst_tcp_sock *tp, const struct sk_buff *skb)
{
	struct nst_tcp_mtu_probe *probe = &tp->mtu_probe;

	probe->size = mss_to_mtu(&tp->nst.sk, skb->len);
	probe->seq = nst_tcp_cb(skb)->seq;
	probe->end_seq = nst_tcp_cb(skb)->end_seq;
}

/* The same window in bytes, of larger segments (RFC 4821 7.6.1). */
static u32 scale(u32 segments, u32 before, u32 now)
{
	return max_t(u32, div_u64((u64)segments * before, now), 1);
}

void nst_tcp_mtu_probe_acked(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_mtu_probe *probe = &tp->mtu_probe;
	u32 mss = tp->mss_cache;

	if (!probe->size || nst_before(tp->snd_una, probe->end_seq))
		return;
	probe->search_low = probe->size;
	probe->size = 0;
	NST_INC(tp->nst.stack, TCP_MTUP_SUCCESS);
	nst_tcp_sync_mss(sk, tp->pmtu);
	if (tp->mss_cache <= mss)
		return;
	tp->cwnd = scale(tp->cwnd, mss, tp->mss_cache);
	tp->cwnd_cnt = 0;
	tp->cwnd_stamp = nst_tcp_jiffies();
	if (tp->ssthresh < NST_TCP_INFINITE_SSTHRESH)
		tp->ssthresh = max(scale(tp->ssthresh, mss, tp->mss_cache), 2U);
}

static void probe_failed(struct nst_tcp_sock *tp)
{
	struct nst_tcp_mtu_probe *probe = &tp->mtu_probe;

	probe->search_high = max(min(probe->search_high, probe->size - 1),
				 probe->search_low);
	probe->size = 0;
	NST_INC(tp->nst.stack, TCP_MTUP_FAIL);
}

bool nst_tcp_mtu_probe_lost(struct sock *sk)
{
	const struct sk_buff *head = nst_tcp_rtx_head(sk);
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_mtu_probe *probe = &tp->mtu_probe;

	if (likely(!probe->size))
		return false;
	if (tp->ca_state > NST_TCP_CA_DISORDER || tp->snd_una != probe->seq ||
	    tp->lost_out != 1 || tp->retrans_out ||
	    !(nst_tcp_cb(head)->sent & NST_TCP_SENT_LOST)) {
		nst_tcp_mtu_probe_inconclusive(probe);
		return false;
	}
	probe_failed(tp);
	return true;
}

void nst_tcp_mtu_probe_too_large(struct nst_tcp_sock *tp)
{
	if (tp->mtu_probe.size > tp->pmtu)
		probe_failed(tp);
}

void nst_tcp_mtu_black_hole(struct sock *sk)
{
	const struct nst_config *config = &nst_sk(sk)->stack->config;
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_mtu_probe *probe = &tp->mtu_probe;
	int base = READ_ONCE(config->tcp_base_mss);
	int mss;

	if (READ_ONCE(config->tcp_mtu_probing) == NST_TCP_MTU_PROBING_NEVER)
		return;
	if (!tp->mtu_probing) {
		tp->mtu_probing = true;
		probe->stamp = nst_tcp_jiffies();
	} else {
		mss = min_t(int, mtu_to_mss(sk, probe->search_low) / 2, base);
		mss = max3(mss, READ_ONCE(config->tcp_mtu_probe_floor),
			   READ_ONCE(config->tcp_min_snd_mss));
		probe->search_low = min(mss_to_mtu(sk, mss),
					probe->search_low);
	}
	nst_tcp_sync_mss(sk, tp->pmtu);
}
