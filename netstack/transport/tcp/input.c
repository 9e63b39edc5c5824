// SPDX-License-Identifier: GPL-2.0
/*
 * SEGMENT ARRIVES: what a segment does to a connection, by the states and in
 * the order of RFC 9293 3.10.7, with RFC 5961 against blind attackers and
 * RFC 7323 against old duplicates. LISTEN is listen.c's, TIME-WAIT
 * timewait.c's, CLOSED receive.c's.
 *
 * A connection in ESTABLISHED that gets what it expects takes the short way
 * through predicted() first; everything there is decided as the long way
 * would decide it.
 */
#include "ecn.h"
#include "fastopen.h"
#include "receive_queue.h"
#include "reply.h"
#include "sack_generate.h"

/* Flags that send a segment the long way. */
#define UNUSUAL_FLAGS	(NST_TCP_SYN | NST_TCP_RST | NST_TCP_FIN | \
			 NST_TCP_URG | NST_TCP_ECE | NST_TCP_CWR)

static void drop(struct sock *sk, struct sk_buff *skb,
		 enum nst_drop_reason reason)
{
	nst_drop(nst_sk(sk)->stack, skb, reason);
}

/**
 * nst_tcp_invalid_ack_allowed() - may an invalid segment be answered?
 * @stack: stack, for tcp_invalid_ratelimit
 * @last_stamp: ms clock of the last such answer; updated
 * @skipped: counter of those that were not answered
 *
 * Attack 17: two ends that disagree would else acknowledge each other's
 * acknowledgments for ever.
 */
bool nst_tcp_invalid_ack_allowed(struct nst_stack *stack, u32 *last_stamp,
				 enum nst_mib_item skipped)
{
	u32 limit = READ_ONCE(stack->config.tcp_invalid_ratelimit);
	u32 now = nst_tcp_clock_ms();

	if (*last_stamp && now - *last_stamp < limit) {
		NST_INC_ITEM(stack, skipped);
		return false;
	}
	*last_stamp = now ?: 1;
	return true;
}

/**
 * nst_tcp_send_challenge_ack() - make the peer prove that it meant it
 * @sk: socket, locked
 *
 * RFC 5961 7 limits these ACKs; the limit is each connection's own, for a
 * shared one can be measured from outside (attack 8).
 */
void nst_tcp_send_challenge_ack(struct sock *sk)
{
	struct nst_stack *stack = nst_sk(sk)->stack;
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 now;

	if (!nst_tcp_invalid_ack_allowed(stack, &tp->dup_ack_stamp,
					 NST_MIB_TCP_ACK_SKIPPED_CHALLENGE))
		return;
	now = div_u64(tp->mstamp, USEC_PER_SEC);
	if (now != tp->challenge_stamp) {
		tp->challenge_stamp = now;
		tp->challenge_count = 0;
	}
	if (tp->challenge_count >=
	    READ_ONCE(stack->config.tcp_challenge_ack_limit))
		return;
	tp->challenge_count++;
	NST_INC(stack, TCP_CHALLENGE_ACK);
	nst_tcp_send_ack(sk);
}

/**
 * nst_tcp_reset() - the peer reset the connection
 * @sk: socket, locked
 *
 * RFC 9293 3.10.7.4, second check: what the program learns.
 */
void nst_tcp_reset(struct sock *sk)
{
	int err;

	/* The program may have it already: it is a connection. */
	if (unlikely(nst_tcp_sk(sk)->fastopen_pending)) {
		nst_tcp_fastopen_pending_end(sk, true);
		nst_tcp_done(sk, ECONNRESET);
		return;
	}
	switch (sk->sk_state) {
	case TCP_CLOSE:
		return;
	case TCP_SYN_SENT:
	case TCP_SYN_RECV:
		err = ECONNREFUSED;
		break;
	case TCP_CLOSE_WAIT:
		err = EPIPE;
		break;
	default:
		err = ECONNRESET;
		break;
	}
	nst_tcp_done(sk, err);
}

/* An ACK for a segment outside the window; for data always, else limited. */
static void answer_invalid(struct sock *sk, const struct nst_tcp_cb *cb,
			   enum nst_mib_item skipped)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (cb->seq == cb->end_seq || cb->flags & NST_TCP_SYN) {
		if (!nst_tcp_invalid_ack_allowed(nst_sk(sk)->stack,
						 &tp->dup_ack_stamp, skipped))
			return;
	} else if (nst_before(cb->seq, tp->rcv_nxt)) {
		u32 end = cb->end_seq;

		/* Our ACK was lost: the peer is waiting for it. */
		NST_INC(tp->nst.stack, TCP_DELAYED_ACK_LOST);
		nst_tcp_enter_quickack(sk, NST_TCP_MAX_QUICKACKS);
		/* RFC 2883 4.1 */
		if (nst_after(end, tp->rcv_nxt))
			end = tp->rcv_nxt;
		nst_tcp_dsack_set(tp, cb->seq, end);
	}
	nst_tcp_send_ack(sk);
}

/*
 * First to fourth check of RFC 9293 3.10.7.4. Return: the segment may go on
 * to its acknowledgment; else it is gone, and the connection perhaps too.
 */
static bool check_segment(struct sock *sk, struct sk_buff *skb)
{
	struct nst_stack *stack = nst_sk(sk)->stack;
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	bool acceptable;

	/* RFC 7323 5.3 R1: before the sequence number; RST is exempt */
	if (tp->ts_ok && cb->has_ts && !(cb->flags & NST_TCP_RST) &&
	    unlikely(nst_tcp_paws_reject(tp->ts_recent, tp->ts_recent_stamp,
					 cb->tsval))) {
		if (cb->flags & NST_TCP_SYN)
			goto syn;
		NST_INC(stack, TCP_PAWS_ESTAB);
		nst_accecn_option_late(tp, skb);
		answer_invalid(sk, cb, NST_MIB_TCP_ACK_SKIPPED_PAWS);
		drop(sk, skb, NST_DROP_TCP_PAWS);
		return false;
	}

	/* First, check sequence number */
	acceptable = nst_tcp_sequence_acceptable(tp->rcv_nxt,
						 nst_tcp_receive_window(tp),
						 cb->seq, cb->end_seq);

	/* Second, check the RST bit, as RFC 5961 3.2 has it */
	if (unlikely(cb->flags & NST_TCP_RST)) {
		if (cb->seq == tp->rcv_nxt) {
			nst_tcp_reset(sk);
			drop(sk, skb, NST_DROP_TCP_RESET);
			return false;
		}
		if (acceptable) {
			nst_tcp_fastopen_reset_came(sk);
			nst_tcp_send_challenge_ack(sk);
		}
		drop(sk, skb, NST_DROP_TCP_INVALID_SEQUENCE);
		return false;
	}
	if (unlikely(!acceptable)) {
		if (cb->flags & NST_TCP_SYN)
			goto syn;
		nst_accecn_option_late(tp, skb);
		answer_invalid(sk, cb, NST_MIB_TCP_ACK_SKIPPED_SEQ);
		drop(sk, skb, NST_DROP_TCP_INVALID_SEQUENCE);
		return false;
	}

	/* Third, check security: no security compartments here */

	/* Fourth, check the SYN bit */
	if (unlikely(cb->flags & NST_TCP_SYN)) {
		/*
		 * The second half of a simultaneous open: RFC 9293 figure 8
		 * goes to ESTABLISHED by this segment.
		 */
		if (sk->sk_state == TCP_SYN_RECV &&
		    cb->flags & NST_TCP_ACK &&
		    cb->seq + 1 == tp->rcv_nxt && cb->end_seq == tp->rcv_nxt)
			return true;
		goto syn;
	}
	nst_tcp_ecn_came(tp, skb);
	return true;

syn:
	if (unlikely(tp->fastopen_pending) && cb->seq == tp->irs &&
	    !(cb->flags & NST_TCP_ACK)) {
		nst_tcp_fastopen_repeat_syn_ack(sk);
		drop(sk, skb, NST_DROP_TCP_REQUEST);
		return false;
	}
	/* RFC 5961 4.2: challenge, whatever the sequence number */
	NST_INC(stack, TCP_SYN_CHALLENGE);
	if (unlikely(nst_accecn_on(tp)))
		nst_accecn_syn_ack_again(tp, skb);
	nst_tcp_send_challenge_ack(sk);
	tp->ecn_flags &= ~NST_TCP_ECN_REFLECT;
	drop(sk, skb, NST_DROP_TCP_INVALID_SYN);
	return false;
}

/* The peer's first window; SND.WL1 and SND.WL2 with it. */
static void first_window(struct nst_tcp_sock *tp, const struct nst_tcp_cb *cb,
			 u32 window)
{
	tp->snd_wnd = window;
	tp->snd_wl1 = cb->seq;
	tp->max_window = max(tp->max_window, window);
}

static void become_established(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	tp->lrcvtime = nst_tcp_jiffies();
	/* RFC 6298 5.7: the SYN was repeated and gave no measurement */
	if (unlikely(!tp->srtt_us))
		tp->rto = 3 * HZ;
	/* Segments of the peer have less payload than we advertised (6691). */
	if (tp->ts_ok)
		tp->advmss -= NST_TCPOLEN_TS_ALIGNED;
	if (unlikely(tp->fastopen_pending)) {
		/* At work since its SYN; what is in flight stays so. */
		tp->retrans_stamp = 0;
	} else {
		/* What became of the SYN says little of the path's capacity. */
		nst_tcp_recovery_init(tp);
		nst_tcp_established(sk);
	}
	nst_tcp_set_state(sk, TCP_ESTABLISHED);
	if (sock_flag(sk, SOCK_DEAD))
		return;
	sk->sk_state_change(sk);
	sk_wake_async(sk, SOCK_WAKE_IO, POLL_OUT);
}

/* Our FIN was acknowledged in FIN-WAIT-1. Return: the socket goes on. */
static bool enter_fin_wait2(struct sock *sk, struct sk_buff *skb)
{
	struct nst_stack *stack = nst_sk(sk)->stack;
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	bool fin = cb->flags & NST_TCP_FIN;
	int timeout;

	nst_tcp_set_state(sk, TCP_FIN_WAIT2);
	WRITE_ONCE(sk->sk_shutdown, sk->sk_shutdown | SEND_SHUTDOWN);
	if (!sock_flag(sk, SOCK_DEAD)) {
		/* A close() that lingers waits for this. */
		sk->sk_state_change(sk);
		return true;
	}

	/* Nobody will read: with data still coming, it is over. */
	if (tp->linger2 < 0 ||
	    (cb->end_seq - fin != cb->seq &&
	     nst_after(cb->end_seq - fin, tp->rcv_nxt))) {
		NST_INC(stack, TCP_ABORT_ON_DATA);
		nst_tcp_reply_reset(stack, skb);
		nst_tcp_done(sk, 0);
		nst_drop(stack, skb, NST_DROP_TCP_RECEIVE_SHUTDOWN);
		return false;
	}

	timeout = nst_tcp_fin_time(sk);
	if (timeout > NST_TCP_TIMEWAIT_LEN) {
		nst_tcp_keepalive_set(sk, timeout - NST_TCP_TIMEWAIT_LEN);
	} else if (fin || sock_owned_by_user(sk)) {
		nst_tcp_keepalive_set(sk, timeout);
	} else {
		nst_tcp_time_wait(sk, TCP_FIN_WAIT2, timeout);
		consume_skb(skb);
		return false;
	}
	return true;
}

/* Fifth, check the ACK field. Return: go on; else @skb is gone. */
static bool check_ack(struct sock *sk, struct sk_buff *skb)
{
	struct nst_stack *stack = nst_sk(sk)->stack;
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);

	/* If the ACK bit is off, drop the segment and return */
	if (unlikely(!(cb->flags & NST_TCP_ACK))) {
		drop(sk, skb, NST_DROP_TCP_FLAGS);
		return false;
	}

	if (unlikely(sk->sk_state == TCP_SYN_RECV)) {
		/*
		 * If SND.UNA < SEG.ACK =< SND.NXT, then enter ESTABLISHED;
		 * else form a reset segment and send it
		 */
		if (!nst_after(cb->ack_seq, tp->snd_una) ||
		    nst_after(cb->ack_seq, tp->snd_nxt)) {
			nst_tcp_reply_reset(stack, skb);
			drop(sk, skb, NST_DROP_TCP_INVALID_ACK);
			return false;
		}
		nst_tcp_undo_syn(tp, cb);
		nst_tcp_ack(sk, skb);
		first_window(tp, cb, cb->flags & NST_TCP_SYN ? cb->window :
			     (u32)cb->window << tp->snd_wscale);
		become_established(sk);
		/* The SYN of a simultaneous open has been dealt with. */
		cb->flags &= ~NST_TCP_SYN;
		return true;
	}

	if (unlikely(nst_tcp_ack(sk, skb) == NST_TCP_ACK_INVALID)) {
		drop(sk, skb, NST_DROP_TCP_INVALID_ACK);
		return false;
	}

	/* Has our FIN been acknowledged? It is the last of what we sent. */
	if (likely(sk->sk_state == TCP_ESTABLISHED) ||
	    tp->snd_una != tp->write_seq)
		return true;
	switch (sk->sk_state) {
	case TCP_FIN_WAIT1:
		return enter_fin_wait2(sk, skb);
	case TCP_CLOSING:
		nst_tcp_time_wait(sk, TCP_TIME_WAIT, 0);
		consume_skb(skb);
		return false;
	case TCP_LAST_ACK:
		nst_tcp_done(sk, 0);
		consume_skb(skb);
		return false;
	}
	return true;
}

/* Seventh, process the segment text; eighth, the FIN. Consumes @skb. */
static void process_text(struct sock *sk, struct sk_buff *skb)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);

	switch (sk->sk_state) {
	case TCP_CLOSE_WAIT:
	case TCP_CLOSING:
	case TCP_LAST_ACK:
		/*
		 * This should not occur since a FIN has been received;
		 * ignore. What is old gets its ACK once more.
		 */
		if (nst_before(cb->seq, tp->rcv_nxt))
			break;
		consume_skb(skb);
		return;
	case TCP_FIN_WAIT1:
	case TCP_FIN_WAIT2:
		/* RFC 9293 3.6.1 (MUST-24): nobody will read it: RST */
		if (sk->sk_shutdown & RCV_SHUTDOWN &&
		    cb->end_seq != cb->seq &&
		    nst_after(cb->end_seq - !!(cb->flags & NST_TCP_FIN),
			      tp->rcv_nxt)) {
			struct nst_stack *stack = nst_sk(sk)->stack;

			NST_INC(stack, TCP_ABORT_ON_DATA);
			nst_tcp_reply_reset(stack, skb);
			nst_tcp_reset(sk);
			nst_drop(stack, skb, NST_DROP_TCP_RECEIVE_SHUTDOWN);
			return;
		}
		break;
	}
	nst_tcp_data_queue(sk, skb);
}

/* Sixth check to the end, for a segment whose ACK was processed. */
static void after_ack(struct sock *sk, struct sk_buff *skb)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	/* Sixth, check the URG bit; the octet may come in a later segment */
	if (unlikely(nst_tcp_cb(skb)->flags & NST_TCP_URG ||
		     tp->urg_state == NST_TCP_URG_NOTYET))
		nst_tcp_urg(sk, skb, tcp_hdr(skb));

	process_text(sk, skb);
	if (sk->sk_state == TCP_CLOSE)
		return;
	nst_tcp_data_snd_check(sk);
	nst_tcp_ack_send_check(sk);
}

/* RFC 9293 3.10.7.4 */
static void synchronised(struct sock *sk, struct sk_buff *skb)
{
	if (check_segment(sk, skb) && check_ack(sk, skb))
		after_ack(sk, skb);
}

/* ECE and CWR are two digits of a counter there. */
static bool usual_in_accecn(const struct nst_tcp_sock *tp,
			    const struct nst_tcp_cb *cb)
{
	return nst_accecn_on(tp) &&
	       (cb->flags & ((UNUSUAL_FLAGS & ~(NST_TCP_ECE | NST_TCP_CWR)) |
			     NST_TCP_ACK)) == NST_TCP_ACK;
}

/*
 * The segment that comes next in a connection at work: nothing but data or
 * an acknowledgment. Return: it was one, and is done.
 */
static bool predicted(struct sock *sk, struct sk_buff *skb)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);

	if (((cb->flags & (UNUSUAL_FLAGS | NST_TCP_ACK)) != NST_TCP_ACK &&
	     !usual_in_accecn(tp, cb)) ||
	    cb->seq != tp->rcv_nxt || tp->urg_state == NST_TCP_URG_NOTYET ||
	    !nst_between(cb->ack_seq, tp->snd_una, tp->snd_nxt))
		return false;
	if (tp->ts_ok && (!cb->has_ts || (s32)(cb->tsval - tp->ts_recent) < 0))
		return false;

	if (cb->end_seq == cb->seq) {
		NST_INC(nst_sk(sk)->stack, TCP_HP_ACKS);
		nst_tcp_ecn_came(tp, skb);
		nst_tcp_ack(sk, skb);
		consume_skb(skb);
		nst_tcp_data_snd_check(sk);
		/* RFC 9768 3.2.2.5.1: an ACK of ACKs with marks */
		if (unlikely(tp->ack_pending & NST_TCP_ACK_NOW))
			nst_tcp_ack_send_check(sk);
		return true;
	}

	if (cb->end_seq - cb->seq > nst_tcp_receive_window(tp) ||
	    !RB_EMPTY_ROOT(&tp->ofo_queue))
		return false;
	NST_INC(nst_sk(sk)->stack, TCP_HP_HITS);
	nst_tcp_ecn_came(tp, skb);
	nst_tcp_ack(sk, skb);
	nst_tcp_data_queue(sk, skb);
	nst_tcp_data_snd_check(sk);
	nst_tcp_ack_send_check(sk);
	return true;
}

/* What a SYN tells of the peer. */
static void take_syn(struct sock *sk, struct sk_buff *skb)
{
	const struct nst_config *config = &nst_sk(sk)->stack->config;
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	struct nst_tcp_options options;

	nst_tcp_options_parse(skb, &options);
	if (unlikely(tp->fastopen.asked && cb->flags & NST_TCP_ACK))
		nst_tcp_fastopen_cache_set(sk, options.mss, options.cookie,
					   options.cookie_len);
	tp->mss_clamp = options.mss ?: NST_TCP_DEFAULT_MSS;
	if (tp->user_mss)
		tp->mss_clamp = min(tp->mss_clamp, tp->user_mss);
	/* Attack 7: nobody makes us send crumbs. */
	tp->mss_clamp = max_t(u16, tp->mss_clamp, NST_TCP_MIN_MSS);

	/* RFC 7323 1.3: in force when both ends offered it */
	tp->ts_ok = options.has_ts && READ_ONCE(config->tcp_timestamps);
	if (tp->ts_ok) {
		tp->ts_recent = options.tsval;
		tp->ts_recent_stamp = nst_tcp_clock_seconds();
	}
	tp->header_len = sizeof(struct tcphdr) +
			 (tp->ts_ok ? NST_TCPOLEN_TS_ALIGNED : 0);
	tp->sack_ok = options.sack_ok && READ_ONCE(config->tcp_sack);
	tp->ws_ok = options.has_wscale && READ_ONCE(config->tcp_window_scaling);
	tp->snd_wscale = tp->ws_ok ? options.wscale : 0;
	if (!tp->ws_ok) {
		tp->rcv_wscale = 0;
		tp->window_clamp = min(tp->window_clamp, 65535U);
	}

	tp->irs = cb->seq;
	tp->rcv_nxt = cb->seq + 1;
	tp->rcv_wup = tp->rcv_nxt;
	tp->last_ack_sent = tp->rcv_nxt;
	tp->rcvq_seq = tp->rcv_nxt;
	WRITE_ONCE(tp->copied_seq, tp->rcv_nxt);
	nst_tcp_sync_mss(sk, tp->pmtu);
}

/* <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>: the SYN in the queue becomes that. */
static void answer_simultaneous_open(struct sock *sk)
{
	struct sk_buff *syn = nst_tcp_rtx_head(sk);

	if (!syn)
		return;
	nst_tcp_cb(syn)->flags |= NST_TCP_ACK;
	nst_tcp_ecn_answer(nst_tcp_sk(sk), nst_tcp_cb(syn));
	nst_tcp_transmit(sk, syn, true);
}

/* RFC 9293 3.10.7.3 */
static void syn_sent(struct sock *sk, struct sk_buff *skb)
{
	struct nst_stack *stack = nst_sk(sk)->stack;
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	bool ack = cb->flags & NST_TCP_ACK;

	if (unlikely(tp->fastopen.deferred)) {
		drop(sk, skb, NST_DROP_TCP_CLOSED);
		return;
	}

	/*
	 * First, check the ACK bit: if SEG.ACK =< ISS or SEG.ACK > SND.NXT,
	 * send a reset (unless the RST bit is set) and discard
	 */
	if (ack && (!nst_after(cb->ack_seq, tp->iss) ||
		    nst_after(cb->ack_seq, tp->snd_nxt))) {
		if (!(cb->flags & NST_TCP_RST))
			nst_tcp_reply_reset(stack, skb);
		drop(sk, skb, NST_DROP_TCP_INVALID_ACK);
		return;
	}

	/* Second, check the RST bit: only an acceptable ACK makes it ours */
	if (cb->flags & NST_TCP_RST) {
		if (ack)
			nst_tcp_reset(sk);
		nst_drop(stack, skb, ack ? NST_DROP_TCP_RESET :
					   NST_DROP_TCP_FLAGS);
		return;
	}

	/* Third, check the security; fourth, check the SYN bit; fifth */
	if (!(cb->flags & NST_TCP_SYN)) {
		drop(sk, skb, NST_DROP_TCP_FLAGS);
		return;
	}

	take_syn(sk, skb);
	nst_tcp_ecn_take_syn(tp, skb);
	nst_tcp_fastopen_syn_answered(sk, ack ? cb->ack_seq : tp->iss + 1);
	if (!ack) {
		if (cb->uto)
			nst_tcp_user_timeout_take(tp, cb->uto);
		/* Enter SYN-RECEIVED; the peer will send its data again. */
		first_window(tp, cb, cb->window);
		nst_tcp_set_state(sk, TCP_SYN_RECV);
		answer_simultaneous_open(sk);
		consume_skb(skb);
		return;
	}

	nst_tcp_undo_syn(tp, cb);
	nst_tcp_ack(sk, skb);
	first_window(tp, cb, cb->window);
	become_established(sk);

	/*
	 * A writer that waits, TCP_DEFER_ACCEPT, TCP_QUICKACK off: data will
	 * be the ACK; not when a pure one has to tell how the SYN-ACK came
	 * (RFC 9768 3.2.2.1).
	 */
	tp->ack_pending |= NST_TCP_ACK_SCHED;
	/* What the SYN has carried in vain; it carries our ACK now. */
	if (unlikely(nst_tcp_send_head(sk)) && !nst_accecn_on(tp))
		nst_tcp_push(sk, NST_TCP_NAGLE_PUSH);
	if (unlikely(!tp->ack_pending)) {
		if (cb->seq + 1 == cb->end_seq) {
			consume_skb(skb);
			return;
		}
	} else if (!nst_accecn_on(tp) &&
		   (sk->sk_write_pending || tp->defer_accept || tp->pingpong)) {
		nst_tcp_enter_quickack(sk, NST_TCP_MAX_QUICKACKS);
		nst_tcp_delack_timer_set(sk, NST_TCP_DELACK_MAX);
		if (cb->seq + 1 == cb->end_seq) {
			consume_skb(skb);
			return;
		}
	} else {
		nst_tcp_send_ack(sk);
	}

	/* If there are other controls or text, continue at the sixth step */
	cb->flags &= ~NST_TCP_SYN;
	cb->seq++;
	after_ack(sk, skb);
}

void nst_tcp_input_handshake_done(struct sock *child, struct sk_buff *skb)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(child);
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);

	nst_tcp_mstamp_refresh(tp);
	nst_tcp_undo_syn(tp, cb);
	WRITE_ONCE(tp->snd_una, cb->ack_seq);
	first_window(tp, cb, (u32)cb->window << tp->snd_wscale);
	if (tp->ts_ok && cb->has_ts &&
	    !nst_after(cb->seq, tp->last_ack_sent)) {
		tp->ts_recent = cb->tsval;
		tp->ts_recent_stamp = nst_tcp_clock_seconds();
	}
	if (unlikely(nst_accecn_on(tp))) {
		nst_accecn_handshake_ack(tp, skb);
		nst_accecn_received(tp, skb);
	}
	if (cb->uto)
		nst_tcp_user_timeout_take(tp, cb->uto);
	become_established(child);
	after_ack(child, skb);
}

static void by_state(struct sock *sk, struct sk_buff *skb)
{
	switch (sk->sk_state) {
	case TCP_ESTABLISHED:
		if (unlikely(!predicted(sk, skb)))
			synchronised(sk, skb);
		break;
	case TCP_CLOSE:
	case TCP_LISTEN:
		drop(sk, skb, NST_DROP_TCP_CLOSED);
		break;
	case TCP_SYN_SENT:
		syn_sent(sk, skb);
		break;
	default:
		synchronised(sk, skb);
		break;
	}
}

void nst_tcp_input(struct sock *sk, struct sk_buff *skb)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	u16 segs = max_t(u16, 1, skb_shinfo(skb)->gso_segs);

	nst_tcp_mstamp_refresh(tp);
	tp->segs_in += segs;
	if (cb->has_ts) {
		tp->rcv_tsval = cb->tsval;
		tp->rcv_tsecr = cb->tsecr - tp->ts_offset;
	}
	by_state(sk, skb);
	/* What it acknowledged, and its text has not taken. */
	sk_mem_reclaim(sk);
}
