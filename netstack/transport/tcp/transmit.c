// SPDX-License-Identifier: GPL-2.0
/*
 * One segment onto the wire: its header and options, the window that it
 * advertises, and what is remembered of having sent it. Everything that
 * leaves a connection goes through nst_tcp_transmit().
 *
 * RFC 9293 3.1 (header), 3.8.6.2.2 (receiver's silly window avoidance),
 * RFC 7323 2 and 3 (window scale, timestamps), RFC 2018 4 (SACK blocks).
 */
#include "../../compat.h"
#include "../../network/pseudo_sum.h"
#include "ecn.h"
#include "pacing.h"
#include "receive_queue.h"
#include "sack_generate.h"
#include "stamp.h"

/* Largest value of the header's window field. */
#define WINDOW_FIELD_MAX	65535U

/* Largest header, and a SACK option of two blocks with its padding. */
#define TCP_HEADER_MAX		60
#define SACK_TWO_BLOCKS		(4 + 2 * NST_TCPOLEN_SACK_BLOCK)

/*
 * How much may be advertised now. Nothing at all rather than a silly window:
 * the right edge moves by at least a segment or half the buffer.
 */
u32 __nst_tcp_select_window(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	int full = min_t(int, tp->window_clamp, nst_tcp_full_space(sk));
	int space = nst_tcp_space(sk);
	int mss = min_t(int, tp->rcv_mss, full);
	u32 unit = 1U << tp->rcv_wscale;
	u32 window;

	if (mss <= 0)
		return 0;

	if (space < full / 2) {
		tp->quickacks = 0;
		if (sk_under_memory_pressure(sk))
			tp->rcv_ssthresh = min(tp->rcv_ssthresh,
					       4U * tp->advmss);
		if (space < 0)
			return 0;
		/* What the scale cannot express does not exist. */
		space = round_down(space, unit);
		if (space < full / 16 || space < mss)
			return 0;
	}
	space = min_t(u32, space, tp->rcv_ssthresh);

	if (tp->rcv_wscale)
		return ALIGN(space, unit);

	/* Without a scale: move the edge by whole segments only. */
	window = tp->rcv_wnd;
	if ((int)window <= space - mss || (int)window > space)
		window = rounddown(space, mss);
	else if (mss == full && space > (int)window + full / 2)
		window = space;
	return window;
}

u16 nst_tcp_select_window(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_stack *stack = nst_sk(sk)->stack;
	u32 open = nst_tcp_receive_window(tp);
	u32 window = __nst_tcp_select_window(sk);
	bool was_zero = !tp->rcv_wnd;
	u16 field;

	/* RFC 9293 3.8.6: never take back what was offered. */
	if (window < open) {
		if (!window)
			NST_INC(stack, TCP_WANT_ZERO_WINDOW_ADV);
		window = ALIGN(open, 1U << tp->rcv_wscale);
	}
	window = min(window, WINDOW_FIELD_MAX << tp->rcv_wscale);
	tp->rcv_wnd = window;
	tp->rcv_wup = tp->rcv_nxt;

	field = window >> tp->rcv_wscale;
	if (unlikely(!field && !was_zero))
		NST_INC(stack, TCP_TO_ZERO_WINDOW_ADV);
	else if (unlikely(field && was_zero))
		NST_INC(stack, TCP_FROM_ZERO_WINDOW_ADV);
	return field;
}

/**
 * nst_tcp_select_initial_window() - window and scale of a SYN or SYN-ACK
 * @sk: socket or listener; the buffer that SO_RCVBUF has fixed, or the largest
 *	of its stack, decides the scale
 * @mss: largest payload that the peer will send, bytes
 * @rcv_wnd: filled: window to advertise, bytes
 * @window_clamp: 0 for no limit of the program's, else its limit; filled
 *	with the largest window that the scale can express
 * @wscale_ok: the window scale option may be sent
 * @rcv_wscale: filled: shift, 0 to 14
 */
void nst_tcp_select_initial_window(const struct sock *sk, u32 mss,
				   u32 *rcv_wnd, u32 *window_clamp,
				   bool wscale_ok, u8 *rcv_wscale)
{
	const struct nst_config *config = &nst_sk(sk)->stack->config;
	u32 space = max(nst_tcp_full_space(sk), 0);
	u32 clamp = *window_clamp ?: WINDOW_FIELD_MAX << NST_TCP_MAX_WSCALE;
	u32 window;
	u8 scale = 0;

	/* Such a buffer will not grow. */
	if (sk->sk_userlocks & SOCK_RCVBUF_LOCK)
		clamp = min(clamp, space);
	window = min(clamp, space);
	if (window > mss)
		window = rounddown(window, mss);

	if (wscale_ok) {
		u32 buffer = max_t(u32, window,
				   READ_ONCE(config->tcp_rmem[2]));

		/* As much as auto-tuning may ever grow the buffer to. */
		buffer = min(buffer, clamp);
		while (buffer >> scale > WINDOW_FIELD_MAX &&
		       scale < NST_TCP_MAX_WSCALE)
			scale++;
	}
	*rcv_wscale = scale;
	/* RFC 7323 2.2: the window of a SYN is not scaled. */
	*rcv_wnd = min(window, WINDOW_FIELD_MAX);
	*window_clamp = min(clamp, WINDOW_FIELD_MAX << scale);
}

/* Our clock as the peer sees it (RFC 7323 5.4: 1 ms a tick). */
static u32 timestamp(const struct nst_tcp_sock *tp)
{
	return (u32)div_u64(tp->mstamp, USEC_PER_MSEC) + tp->ts_offset;
}

/*
 * Bytes of SACK option that a segment of @payload bytes carries. Data that
 * was cut before there were blocks to report goes without: the path's MTU
 * comes first.
 */
static unsigned int sack_option_len(const struct nst_tcp_sock *tp,
				    unsigned int payload)
{
	if (!payload)
		return nst_tcp_sack_option_len(tp, U16_MAX);
	if (payload >= tp->mss_cache)
		return 0;
	return nst_tcp_sack_option_len(tp, tp->mss_cache - payload);
}

/*
 * The AccECN option of a segment with @payload octets, beside a SACK option of
 * @sack_len octets. RFC 9768 3.2.3.3: two blocks come before it, any more
 * after. Where payload has left no room there is none. Return: octets.
 */
static unsigned int accecn_option(struct nst_tcp_sock *tp, u8 *option,
				  unsigned int payload, unsigned int *sack_len)
{
	unsigned int space = TCP_HEADER_MAX - tp->header_len;
	unsigned int len;

	if (payload)
		space = min(space, tp->mss_cache - min(payload,
						       tp->mss_cache));
	len = nst_accecn_option_write(tp, option, space - *sack_len, payload);
	if (len || *sack_len <= SACK_TWO_BLOCKS)
		return len;
	len = nst_accecn_option_write(tp, option, space - SACK_TWO_BLOCKS,
				      payload);
	if (len)
		*sack_len = SACK_TWO_BLOCKS;
	return len;
}

/*
 * The user timeout option, when the peer has to be told and @used octets of
 * options have left room in a segment with @payload octets. Return: octets.
 */
static unsigned int user_timeout_option(struct nst_tcp_sock *tp, __be32 *ptr,
					unsigned int payload,
					unsigned int used)
{
	if (used + NST_TCPOLEN_UTO > TCP_HEADER_MAX - tp->header_len ||
	    (payload && payload + used + NST_TCPOLEN_UTO > tp->mss_cache))
		return 0;
	return nst_tcp_user_timeout_write(tp, ptr);
}

/* Options of a SYN, or of the SYN-ACK of a simultaneous open. */
static unsigned int write_syn_options(struct sock *sk, __be32 *ptr, u8 flags)
{
	const struct nst_config *config = &nst_sk(sk)->stack->config;
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_options options = {
		.mss = tp->advmss,
		.wscale = tp->rcv_wscale,
	};

	if (flags & NST_TCP_ACK) {
		/* RFC 7323 1.3: only what the peer's SYN had too. */
		options.has_wscale = tp->ws_ok;
		options.has_ts = tp->ts_ok;
		options.sack_ok = tp->sack_ok;
		options.accecn = nst_accecn_on(tp) &&
				 READ_ONCE(config->tcp_ecn_option);
	} else {
		options.has_wscale = READ_ONCE(config->tcp_window_scaling);
		options.has_ts = READ_ONCE(config->tcp_timestamps);
		options.sack_ok = READ_ONCE(config->tcp_sack);
	}
	options.has_fastopen = tp->fastopen.option;
	options.cookie = tp->fastopen.cookie;
	options.cookie_len = tp->fastopen.cookie_len;
	options.uto = nst_tcp_user_timeout_advertised(tp);
	options.tsval = timestamp(tp);
	options.tsecr = tp->ts_recent;
	return nst_tcp_options_write_syn(ptr, &options);
}

/* RFC 9293 3.8.5: point behind the urgent octet, as far as 16 bits reach. */
static u16 urgent_pointer(struct nst_tcp_sock *tp, u32 seq)
{
	if (!nst_before(tp->snd_una, tp->snd_up)) {
		tp->urg_mode = false;
		return 0;
	}
	if (!nst_before(seq, tp->snd_up))
		return 0;
	return min_t(u32, tp->snd_up - seq, 0xffff);
}

/* An acknowledgment is on its way: none is owed any more. */
static void ack_sent(struct nst_tcp_sock *tp, unsigned int segments)
{
	if (unlikely(tp->quickacks)) {
		if (segments >= tp->quickacks) {
			tp->quickacks = 0;
			tp->ato = NST_TCP_ATO_MIN;
		} else {
			tp->quickacks -= segments;
		}
	}
	if (unlikely(tp->ack_compression))
		nst_tcp_ack_compress_sent(&tp->nst.sk);
	/* The timer may still run; without its flag it does nothing. */
	tp->ack_pending = 0;
	tp->last_ack_sent = tp->rcv_nxt;
}

static void data_sent(struct nst_tcp_sock *tp, unsigned int segments,
		      unsigned int bytes)
{
	u32 now = nst_tcp_jiffies();

	if (!nst_tcp_in_flight(tp) && tp->ca_ops->event)
		tp->ca_ops->event(tp, NST_CA_EVENT_TX_START);
	tp->lsndtime = now;
	/* Data soon after data: a conversation, whose ACKs can ride along. */
	if (now - tp->lrcvtime < tp->ato)
		tp->pingpong = true;
	tp->data_segs_out += segments;
	tp->bytes_sent += bytes;
	nst_pacing_sent(&tp->nst.sk, bytes);
}

int nst_tcp_transmit(struct sock *sk, struct sk_buff *skb, bool clone)
{
	const struct nst_endpoint *flow = &nst_sk(sk)->flow;
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	struct nst_stack *stack = nst_sk(sk)->stack;
	unsigned int payload = skb->len;
	unsigned int segments = max_t(unsigned int, cb->gso_segs, 1);
	unsigned int header_len;
	struct skb_shared_info *shinfo;
	const struct nst_path *path;
	struct nst_output output;
	u32 seq = cb->seq;
	u32 end_seq = cb->end_seq;
	u16 gso_size = cb->gso_size;
	u16 flags = cb->flags;
	struct tcphdr *th;
	u16 window;
	u8 ect = 0;

	path = nst_sock_path(sk);
	if (IS_ERR(path)) {
		if (!clone)
			kfree_skb(skb);
		return PTR_ERR(path);
	}

	if (clone) {
		/* RACK must know which of two was sent last (RFC 8985 6.1). */
		tp->xmit_ns = max(tp->mstamp * NSEC_PER_USEC, tp->xmit_ns + 1);
		skb->skb_mstamp_ns = tp->xmit_ns;
		nst_rate_sent(tp, skb);
		skb = nst_tcp_copy_segment(skb);
		if (unlikely(!skb))
			return -ENOBUFS;
	}

	if (unlikely(flags & NST_TCP_SYN)) {
		__be32 options[10];
		unsigned int length = write_syn_options(sk, options, flags);

		header_len = sizeof(*th) + length;
		th = __skb_push(skb, header_len);
		memcpy(th + 1, options, length);
		/* RFC 7323 2.2: the window of a SYN is not scaled. */
		window = min(tp->rcv_wnd, WINDOW_FIELD_MAX);
		tp->rcv_wup = tp->rcv_nxt;
		if (unlikely(tp->ecn_flags)) {
			ect = nst_tcp_ecn_control(tp);
			flags = nst_accecn_syn_flags(tp, flags);
		}
	} else {
		u8 accecn[NST_ACCECN_OPTION_MAX] __aligned(4);
		unsigned int sack_len = 0, accecn_len = 0, uto_len = 0;
		__be32 uto;

		if (unlikely(tp->sack_count || tp->dsack_due))
			sack_len = sack_option_len(tp, gso_size ?: payload);
		if (unlikely(nst_accecn_on(tp)))
			accecn_len = accecn_option(tp, accecn,
						   gso_size ?: payload,
						   &sack_len);
		if (unlikely(tp->timeout_due))
			uto_len = user_timeout_option(tp, &uto,
						      gso_size ?: payload,
						      accecn_len + sack_len);
		header_len = tp->header_len + accecn_len + sack_len + uto_len;
		th = __skb_push(skb, header_len);
		if (likely(tp->ts_ok))
			nst_tcp_options_write_ts((__be32 *)(th + 1),
						 timestamp(tp), tp->ts_recent);
		if (unlikely(sack_len))
			nst_tcp_sack_write(tp, (void *)th + header_len -
					   uto_len - sack_len, sack_len);
		if (unlikely(uto_len))
			memcpy((void *)th + header_len - uto_len, &uto,
			       uto_len);
		if (unlikely(accecn_len))
			memcpy((void *)th + tp->header_len, accecn,
			       accecn_len);
		window = nst_tcp_select_window(sk);
		/* A burst ends here: receivers need not wait for more of it. */
		if (segments > 1)
			flags |= NST_TCP_PSH;
		if (unlikely(nst_accecn_on(tp)))
			ect = nst_accecn_mark(tp, &flags, payload, sack_len);
		else if (unlikely(tp->ecn_flags))
			ect = nst_tcp_ecn_mark(tp, &flags, payload &&
					       !nst_before(seq, tp->snd_nxt));
	}
	if (unlikely(tp->ecn_flags))
		nst_tcp_ecn_set_tos(tp, ect);
	skb_reset_transport_header(skb);

	th->source = flow->lport;
	th->dest = flow->rport;
	th->seq = htonl(seq);
	th->ack_seq = flags & NST_TCP_ACK ? htonl(tp->rcv_nxt) : 0;
	th->window = htons(window);
	th->urg_ptr = 0;
	if (unlikely(tp->urg_mode)) {
		u16 pointer = urgent_pointer(tp, seq);

		if (pointer) {
			th->urg_ptr = htons(pointer);
			flags |= NST_TCP_URG;
		}
	}
	*((__be16 *)th + 6) = htons(((header_len / 4) << 12) | flags);

	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_transport_header(skb) - skb->head;
	skb->csum_offset = offsetof(struct tcphdr, check);
	th->check = ~csum_fold(nst_pseudo_sum(flow->family, &flow->laddr,
					      &flow->raddr, skb->len,
					      IPPROTO_TCP));

	shinfo = skb_shinfo(skb);
	shinfo->gso_segs = segments;
	if (segments > 1) {
		shinfo->gso_size = gso_size;
		shinfo->gso_type = flow->family == AF_INET ? SKB_GSO_TCPV4 :
							     SKB_GSO_TCPV6;
		/*
		 * RFC 3168 6.1.2: CWR on one segment, the first; as a part of
		 * ACE on all (RFC 9768 3.3.4).
		 */
		if (unlikely(flags & NST_TCP_CWR))
			shinfo->gso_type |= nst_accecn_on(tp) ?
					    SKB_GSO_TCP_ACCECN :
					    SKB_GSO_TCP_ECN;
	} else {
		shinfo->gso_size = 0;
		shinfo->gso_type = 0;
	}

	if (likely(flags & NST_TCP_ACK))
		ack_sent(tp, segments);
	if (payload)
		data_sent(tp, segments, payload);
	if (seq == end_seq || nst_after(end_seq, tp->snd_nxt))
		NST_ADD(stack, TCP_OUT_SEGS, segments);
	tp->segs_out += segments;

	nst_tcp_stamp_sent(sk, skb);
	skb->priority = READ_ONCE(sk->sk_priority);
	skb->mark = READ_ONCE(sk->sk_mark);
	nst_sock_output(sk, flow->family, &output);
	output.identification = tp->nst.identification;
	tp->nst.identification += segments;
	return nst_network_output(stack, skb, path, &output);
}

/*
 * Sequence number of a segment without data: snd_nxt, unless the peer has
 * taken back its window and would not accept that any more.
 */
static u32 acceptable_seq(const struct nst_tcp_sock *tp)
{
	u32 end = nst_tcp_wnd_end(tp);

	if (!nst_before(end, tp->snd_nxt) ||
	    (tp->ws_ok && tp->snd_nxt - end < 1U << tp->snd_wscale))
		return tp->snd_nxt;
	return end;
}

/* A segment of a header only, not queued. */
static int transmit_bare(struct sock *sk, u32 seq, u8 flags, gfp_t gfp)
{
	struct nst_tcp_cb *cb;
	struct sk_buff *skb;

	skb = alloc_skb(NST_HEADROOM_TCP, gfp);
	if (unlikely(!skb))
		return -ENOMEM;
	skb_reserve(skb, NST_HEADROOM_TCP);
	cb = nst_tcp_cb(skb);
	cb->seq = seq;
	cb->end_seq = seq;
	cb->flags = flags;
	cb->gso_segs = 1;
	cb->gso_size = 0;
	return nst_tcp_transmit(sk, skb, false);
}

void nst_tcp_send_ack(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (sk->sk_state == TCP_CLOSE)
		return;
	if (transmit_bare(sk, acceptable_seq(tp), NST_TCP_ACK,
			  GFP_ATOMIC) != -ENOMEM)
		return;
	tp->ack_pending |= NST_TCP_ACK_SCHED;
	tp->ato = NST_TCP_ATO_MIN;
	nst_tcp_delack_timer_set(sk, NST_TCP_DELACK_MAX);
}

void nst_tcp_send_active_reset(struct sock *sk, gfp_t gfp)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	NST_INC(nst_sk(sk)->stack, TCP_OUT_RSTS);
	nst_tcp_mstamp_refresh(tp);
	if (transmit_bare(sk, acceptable_seq(tp), NST_TCP_ACK | NST_TCP_RST,
			  gfp))
		NST_INC(nst_sk(sk)->stack, TCP_ABORT_FAILED);
}

/*
 * An old octet that the peer has: it answers with an ACK and its window, and
 * takes no data (RFC 9293 3.8.4, 3.8.6.1).
 */
int nst_tcp_transmit_probe(struct sock *sk, bool urgent)
{
	u32 seq = nst_tcp_sk(sk)->snd_una - !urgent;

	return transmit_bare(sk, seq, NST_TCP_ACK, GFP_ATOMIC);
}
