// SPDX-License-Identifier: GPL-2.0
/*
 * Timers of a connection: that of rtx_timer.c for retransmissions, reordering,
 * loss probes and zero-window probes, delayed ACK, keepalive, which also ends
 * FIN-WAIT-2 of an orphan, and pacing, of finer grain than the others. A timer
 * holds a reference to the socket. When it finds that a program owns the
 * socket it leaves a note in nst_tcp_sock.deferred for nst_tcp_release_cb().
 *
 * RFC 6298 5 (retransmission), RFC 9293 3.8.3 (failures), 3.8.4 (keepalive),
 * 3.8.6.1 (probes), 3.8.6.3 (delayed ACK), RFC 5482 (user timeout).
 */
#include "fastopen.h"
#include "../../compat.h"
#include "receive_queue.h"

#define ORPHAN_RETRIES		8	/* when tcp_orphan_retries is 0 */

/* Linear time-outs: which streams are thin, and how often */
#define THIN_PACKETS		4
#define THIN_LINEAR_RETRIES	6

static u32 retries2(const struct sock *sk)
{
	return READ_ONCE(nst_sk(sk)->stack->config.tcp_retries2);
}

/* The connection has failed: tell the program what is known of the cause. */
static void give_up(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	int err = tp->err_soft ?: ETIMEDOUT;

	NST_INC(nst_sk(sk)->stack, TCP_ABORT_ON_TIMEOUT);
	nst_tcp_done(sk, err);
}

/* The last retransmission was in vain. */
static void retries_exhausted(struct sock *sk)
{
	nst_tcp_fastopen_timeout(sk, true);
	give_up(sk);
}

/*
 * Too many orphans, or no memory for them: an orphan that cannot make
 * progress goes. Return: it is gone.
 */
static bool orphan_refused(struct sock *sk, bool reset)
{
	struct nst_stack *stack = nst_sk(sk)->stack;
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	int orphans = atomic_read(&stack->tcp->orphans);
	s32 quiet = (u32)nst_tcp_jiffies() - tp->lsndtime;

	/* Those who have been quiet for long count twice. */
	if (quiet > 2 * NST_TCP_RTO_MAX || !tp->snd_wnd)
		orphans *= 2;
	if (orphans <= READ_ONCE(stack->config.tcp_max_orphans))
		return false;

	if (quiet <= NST_TCP_TIMEWAIT_LEN ||
	    (!tp->snd_wnd && !tp->packets_out))
		reset = true;
	if (reset)
		nst_tcp_send_active_reset(sk, GFP_ATOMIC);
	NST_INC(stack, TCP_ABORT_ON_MEMORY);
	nst_tcp_done(sk, 0);
	return true;
}

/* How often an orphan tries; @alive: the peer may still be there. */
static u32 orphan_retries(const struct sock *sk, bool alive)
{
	u32 retries = READ_ONCE(nst_sk(sk)->stack->config.tcp_orphan_retries);

	if (nst_tcp_sk(sk)->err_soft && !alive)
		return 0;
	if (!retries && alive)
		return ORPHAN_RETRIES;
	return retries;
}

/*
 * Time that @boundary doublings from @base take, ms: counts of retries are
 * understood as the time a connection with the least time-out would need.
 */
static u32 retries_to_ms(u32 boundary, u32 base)
{
	u32 doublings = ilog2(NST_TCP_RTO_MAX / base);
	u64 time;

	if (boundary <= doublings)
		time = ((2ULL << boundary) - 1) * base;
	else
		time = ((2ULL << doublings) - 1) * base +
		       (u64)(boundary - doublings) * NST_TCP_RTO_MAX;
	return jiffies_to_msecs(min_t(u64, time, MAX_JIFFY_OFFSET));
}

/* Has the peer been silent for @boundary retransmissions, or @timeout ms? */
static bool timed_out(const struct sock *sk, u32 boundary, u32 timeout)
{
	const struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	bool syn = (1 << sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV);
	u32 now = div_u64(tp->mstamp, USEC_PER_MSEC);

	if (!tp->retransmits)
		return false;
	if (!timeout)
		timeout = retries_to_ms(boundary, syn ? NST_TCP_RTO_INIT :
							NST_TCP_RTO_MIN);
	return (s32)(now - tp->retrans_stamp - timeout) >= 0;
}

/* RFC 9293 3.8.3: is it time to give up? Return: the connection has ended. */
static bool check_failure(struct sock *sk)
{
	const struct nst_config *config = &nst_sk(sk)->stack->config;
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 user_timeout = nst_tcp_user_timeout(tp);
	u32 limit = retries2(sk);

	if ((1 << sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV)) {
		limit = tp->syn_retries;
		/* One more than of a request, as on the host. */
		if (!limit && tp->fastopen_pending)
			limit = READ_ONCE(config->tcp_synack_retries) + 1;
		else if (!limit)
			limit = READ_ONCE(config->tcp_syn_retries);
		if (tp->retransmits >= limit ||
		    (user_timeout && timed_out(sk, limit, user_timeout))) {
			retries_exhausted(sk);
			return true;
		}
		return false;
	}

	/* R1: the path may be at fault; ask for it anew. */
	if (timed_out(sk, READ_ONCE(config->tcp_retries1), 0)) {
		nst_tcp_mtu_black_hole(sk);
		nst_path_release(&nst_sk(sk)->path);
	}

	if (sock_flag(sk, SOCK_DEAD)) {
		bool alive = tp->rto < NST_TCP_RTO_MAX;

		limit = orphan_retries(sk, alive);
		if (orphan_refused(sk, alive || !timed_out(sk, limit, 0)))
			return true;
	}
	/* R2, or the program's own limit (RFC 5482). */
	if (!timed_out(sk, limit, user_timeout))
		return false;
	retries_exhausted(sk);
	return true;
}

/* Time to the next expiry, but not beyond the user timeout. */
static u32 clamp_to_user_timeout(const struct nst_tcp_sock *tp, u32 when,
				 u32 since)
{
	u32 now = div_u64(tp->mstamp, USEC_PER_MSEC);
	u32 timeout = nst_tcp_user_timeout(tp);
	s32 left;

	if (!timeout || !since)
		return when;
	left = timeout - (now - since);
	if (left <= 0)
		return 1;
	return min_t(u32, when, max(msecs_to_jiffies(left), 1UL));
}

/*
 * A window closed over data in flight: the peer counts as gone when it has
 * neither answered nor taken anything for two of the longest time-outs, or
 * for the user timeout.
 */
static bool closed_window_timed_out(const struct nst_tcp_sock *tp)
{
	u32 limit = 2 * NST_TCP_RTO_MAX;
	u32 now = div_u64(tp->mstamp, USEC_PER_MSEC);
	u32 timeout = nst_tcp_user_timeout(tp);

	if (timeout)
		limit = min_t(u32, limit, msecs_to_jiffies(timeout));
	return tp->retransmits &&
	       (u32)nst_tcp_jiffies() - tp->rcv_tstamp > limit &&
	       now - tp->retrans_stamp > jiffies_to_msecs(limit);
}

/* In which state the first time-out of an episode found the connection. */
static void count_timeout(const struct nst_tcp_sock *tp)
{
	struct nst_stack *stack = tp->nst.stack;

	if (tp->ca_state == NST_TCP_CA_LOSS) {
		NST_INC(stack, TCP_LOSS_FAILURES);
	} else if (tp->ca_state == NST_TCP_CA_RECOVERY) {
		if (tp->sack_ok)
			NST_INC(stack, TCP_SACK_RECOVERY_FAIL);
		else
			NST_INC(stack, TCP_RENO_RECOVERY_FAIL);
	} else if (tp->ca_state == NST_TCP_CA_DISORDER || tp->sacked_out) {
		if (tp->sack_ok)
			NST_INC(stack, TCP_SACK_FAILURES);
		else
			NST_INC(stack, TCP_RENO_FAILURES);
	}
}

/*
 * RFC 6298 5.5: the time-out doubles, up to NST_TCP_RTO_MAX. A thin stream,
 * which has too few segments in flight for anything but a time-out to find
 * its losses, may ask to be spared that a few times: by
 * tcp_thin_linear_timeouts, or TCP_THIN_LINEAR_TIMEOUTS.
 */
static void back_off(struct nst_tcp_sock *tp)
{
	const struct nst_config *config = &tp->nst.stack->config;

	if ((tp->thin_linear || READ_ONCE(config->tcp_thin_linear_timeouts)) &&
	    tp->nst.sk.sk_state == TCP_ESTABLISHED &&
	    tp->packets_out < THIN_PACKETS &&
	    tp->ssthresh < NST_TCP_INFINITE_SSTHRESH &&
	    tp->retransmits <= THIN_LINEAR_RETRIES) {
		nst_tcp_rtt_reset_rto(tp);
		return;
	}
	tp->backoff = min(tp->backoff + 1, U8_MAX);
	tp->rto = min_t(u32, tp->rto << 1, NST_TCP_RTO_MAX);
}

/* One more retransmission in a row; the first begins a recovery. */
static void count_retransmit(struct nst_tcp_sock *tp)
{
	if (!tp->retransmits) {
		tp->total_rto_recoveries++;
		if (!tp->rto_stamp)
			tp->rto_stamp = div_u64(tp->mstamp,
						USEC_PER_MSEC) ?: 1;
	}
	tp->retransmits = min(tp->retransmits + 1, U8_MAX);
	tp->total_rto++;
}

/* RFC 6298 5.4 to 5.6 */
static void retransmit_timeout(struct sock *sk)
{
	struct nst_stack *stack = nst_sk(sk)->stack;
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct sk_buff *skb = nst_tcp_rtx_head(sk);
	bool syn = (1 << sk->sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV);

	if (!tp->packets_out || WARN_ON_ONCE(!skb))
		return;

	if (!tp->snd_wnd && !syn && !sock_flag(sk, SOCK_DEAD)) {
		/*
		 * RFC 9293 3.8.6.1: the peer has closed its window over what
		 * is in flight. As long as it answers, the connection lives.
		 */
		if (closed_window_timed_out(tp)) {
			give_up(sk);
			return;
		}
		nst_tcp_recovery_timeout(sk);
		nst_tcp_retransmit_skb(sk, skb, 1);
		count_retransmit(tp);
		goto backoff;
	}

	NST_INC(stack, TCP_TIMEOUTS);
	if (check_failure(sk))
		return;
	if (!tp->retransmits)
		count_timeout(tp);
	nst_tcp_fastopen_timeout(sk, false);
	if (syn)
		nst_tcp_fastopen_syn_timeout(sk);
	nst_tcp_recovery_timeout(sk);
	count_retransmit(tp);
	if (nst_tcp_retransmit_skb(sk, skb, 1) == -ENOBUFS) {
		/* Our own link is congested: no news of the path. */
		nst_tcp_rtx_timer_set(sk, NST_TCP_TIMER_RETRANSMIT,
				      min_t(u32, tp->rto,
					    NST_TCP_RESOURCE_PROBE));
		return;
	}

backoff:
	back_off(tp);
	nst_tcp_rtx_timer_set(sk, NST_TCP_TIMER_RETRANSMIT,
			      clamp_to_user_timeout(tp, tp->rto,
						    tp->retrans_stamp));
}

static u32 probe_interval(const struct nst_tcp_sock *tp)
{
	u32 base = max_t(u32, tp->rto, NST_TCP_RTO_MIN);
	u32 shift = min_t(u32, tp->backoff,
			  ilog2(NST_TCP_RTO_MAX / NST_TCP_RTO_MIN) + 1);

	return min_t(u64, (u64)base << shift, NST_TCP_RTO_MAX);
}

/* RFC 9293 3.8.6.1: probe, at intervals that grow. */
static void probe_timeout(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 now = div_u64(tp->mstamp, USEC_PER_MSEC);
	u32 timeout = nst_tcp_user_timeout(tp);
	u32 limit = retries2(sk);
	u32 when;
	int err;

	if (tp->packets_out || !nst_tcp_send_head(sk)) {
		tp->probes_out = 0;
		tp->probes_tstamp = 0;
		return;
	}

	if (!tp->probes_tstamp)
		tp->probes_tstamp = now ?: 1;
	else if (timeout && (s32)(now - tp->probes_tstamp - timeout) >= 0)
		goto abort;

	if (sock_flag(sk, SOCK_DEAD)) {
		bool alive = probe_interval(tp) < NST_TCP_RTO_MAX;

		limit = orphan_retries(sk, alive);
		if (!alive && tp->backoff >= limit)
			goto abort;
		if (orphan_refused(sk, true))
			return;
	}
	/* Every answer clears probes_out: only silence is counted. */
	if (tp->probes_out >= limit)
		goto abort;

	err = nst_tcp_send_window_probe(sk);
	if (tp->packets_out || !nst_tcp_send_head(sk)) {
		tp->probes_out = 0;
		tp->backoff = 0;
		tp->probes_tstamp = 0;
		return;
	}
	tp->probes_out = min(tp->probes_out + 1, U8_MAX);
	if (err == -ENOBUFS) {
		when = NST_TCP_RESOURCE_PROBE;
	} else {
		if (tp->backoff < retries2(sk))
			tp->backoff++;
		when = probe_interval(tp);
	}
	nst_tcp_rtx_timer_set(sk, NST_TCP_TIMER_PROBE,
			      clamp_to_user_timeout(tp, when,
						    tp->probes_tstamp));
	return;

abort:
	give_up(sk);
}

/* The deadline has not come: set the timer for the rest. */
static bool too_early(struct sock *sk, struct timer_list *timer,
		      unsigned long deadline)
{
	if (!time_after(deadline, nst_tcp_jiffies()))
		return false;
	sk_reset_timer(sk, timer, deadline);
	return true;
}

static void rtx_timer_handle(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u8 kind = tp->rtx_timer_kind;

	if (((1 << sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN)) ||
	    kind == NST_TCP_TIMER_NONE ||
	    too_early(sk, &tp->rtx_timer, tp->rtx_timeout))
		return;

	nst_tcp_mstamp_refresh(tp);
	nst_rate_check_app_limited(sk);
	tp->rtx_timer_kind = NST_TCP_TIMER_NONE;
	switch (kind) {
	case NST_TCP_TIMER_RETRANSMIT:
		retransmit_timeout(sk);
		break;
	case NST_TCP_TIMER_LOSS_PROBE:
		nst_tcp_tlp_timeout(sk);
		break;
	case NST_TCP_TIMER_REORDER:
		nst_tcp_recovery_reorder_timeout(sk);
		break;
	default:
		probe_timeout(sk);
		break;
	}
}

static void delack_timer_handle(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (((1 << sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN)) ||
	    !(tp->ack_pending & NST_TCP_ACK_TIMER) ||
	    too_early(sk, &tp->delack_timer, tp->delack_timeout))
		return;

	tp->ack_pending &= ~NST_TCP_ACK_TIMER;
	if (!(tp->ack_pending & NST_TCP_ACK_SCHED))
		return;
	if (tp->pingpong) {
		/* It was not a conversation after all. */
		tp->pingpong = false;
		tp->ato = NST_TCP_ATO_MIN;
	} else {
		tp->ato = min(tp->ato << 1, tp->rto);
	}
	nst_tcp_mstamp_refresh(tp);
	nst_tcp_send_ack(sk);
	NST_INC(nst_sk(sk)->stack, TCP_DELAYED_ACKS);
}

/* The socket is a program's: its release_sock() does the work. */
static void defer(struct sock *sk, enum nst_tcp_deferred bit)
{
	if (!test_and_set_bit(bit, &nst_tcp_sk(sk)->deferred))
		sock_hold(sk);
}

static void rtx_timer_expired(struct timer_list *timer)
{
	struct nst_tcp_sock *tp = timer_container_of(tp, timer, rtx_timer);
	struct sock *sk = &tp->nst.sk;

	bh_lock_sock(sk);
	if (!sock_owned_by_user(sk))
		rtx_timer_handle(sk);
	else
		defer(sk, NST_TCP_DEFER_RTX_TIMER);
	bh_unlock_sock(sk);
	sock_put(sk);
}

static void delack_timer_expired(struct timer_list *timer)
{
	struct nst_tcp_sock *tp = timer_container_of(tp, timer, delack_timer);
	struct sock *sk = &tp->nst.sk;

	bh_lock_sock(sk);
	if (!sock_owned_by_user(sk)) {
		delack_timer_handle(sk);
	} else {
		NST_INC(nst_sk(sk)->stack, TCP_DELAYED_ACK_LOCKED);
		defer(sk, NST_TCP_DEFER_DELACK_TIMER);
	}
	bh_unlock_sock(sk);
	sock_put(sk);
}

/* Pacing let the next segment wait until now. */
static void pacing_timer_handle(struct sock *sk)
{
	if (!((1 << sk->sk_state) &
	      (TCPF_ESTABLISHED | TCPF_FIN_WAIT1 | TCPF_CLOSING |
	       TCPF_CLOSE_WAIT | TCPF_LAST_ACK)))
		return;
	nst_tcp_mstamp_refresh(nst_tcp_sk(sk));
	if (nst_tcp_sk(sk)->lost_out)
		nst_tcp_recovery_retransmit(sk);
	nst_tcp_data_snd_check(sk);
}

static enum hrtimer_restart pacing_timer_expired(struct hrtimer *timer)
{
	struct nst_tcp_sock *tp = container_of(timer, struct nst_tcp_sock,
					       pacing_timer);
	struct sock *sk = &tp->nst.sk;

	bh_lock_sock(sk);
	if (!sock_owned_by_user(sk))
		pacing_timer_handle(sk);
	else
		defer(sk, NST_TCP_DEFER_PACING);
	bh_unlock_sock(sk);
	sock_put(sk);
	return HRTIMER_NORESTART;
}

/*
 * The long part of FIN-WAIT-2 is over: the rest is spent in a TIME-WAIT
 * entry, or the program said by TCP_LINGER2 that there is none.
 */
static void fin_wait2_timeout(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	int rest;

	if (tp->linger2 >= 0) {
		rest = nst_tcp_fin_time(sk) - NST_TCP_TIMEWAIT_LEN;
		if (rest > 0) {
			nst_tcp_time_wait(sk, TCP_FIN_WAIT2, rest);
			return;
		}
	}
	nst_tcp_send_active_reset(sk, GFP_ATOMIC);
	nst_tcp_done(sk, 0);
}

u32 nst_tcp_keepalive_time(const struct nst_tcp_sock *tp)
{
	return tp->keepalive_time ?:
	       READ_ONCE(tp->nst.stack->config.tcp_keepalive_time) * HZ;
}

static u32 keepalive_interval(const struct nst_tcp_sock *tp)
{
	return tp->keepalive_intvl ?:
	       READ_ONCE(tp->nst.stack->config.tcp_keepalive_intvl) * HZ;
}

static u32 keepalive_probes(const struct nst_tcp_sock *tp)
{
	return tp->keepalive_probes ?:
	       READ_ONCE(tp->nst.stack->config.tcp_keepalive_probes);
}

/* RFC 9293 3.8.4: probe a silent peer; give up when it stays silent. */
static void keepalive_check(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 idle = nst_tcp_keepalive_time(tp);
	u32 now = nst_tcp_jiffies();
	u32 silence;
	bool failed;

	/* What is in flight or waits has timers of its own. */
	if (tp->packets_out || nst_tcp_send_head(sk)) {
		nst_tcp_keepalive_set(sk, idle);
		return;
	}
	silence = min(now - tp->lrcvtime, now - tp->rcv_tstamp);
	if (silence < idle) {
		nst_tcp_keepalive_set(sk, idle - silence);
		return;
	}

	if (nst_tcp_user_timeout(tp))
		failed = tp->probes_out &&
			 silence >= msecs_to_jiffies(nst_tcp_user_timeout(tp));
	else
		failed = tp->probes_out >= keepalive_probes(tp);
	if (failed) {
		nst_tcp_send_active_reset(sk, GFP_ATOMIC);
		give_up(sk);
		return;
	}
	if (nst_tcp_send_keepalive_probe(sk) == -ENOBUFS) {
		nst_tcp_keepalive_set(sk, NST_TCP_RESOURCE_PROBE);
		return;
	}
	tp->probes_out = min(tp->probes_out + 1, U8_MAX);
	nst_tcp_keepalive_set(sk, keepalive_interval(tp));
}

static void keepalive_handle(struct sock *sk)
{
	nst_tcp_mstamp_refresh(nst_tcp_sk(sk));
	if (sk->sk_state == TCP_FIN_WAIT2 && sock_flag(sk, SOCK_DEAD))
		fin_wait2_timeout(sk);
	else if (sock_flag(sk, SOCK_KEEPOPEN) &&
		 !((1 << sk->sk_state) &
		   (TCPF_CLOSE | TCPF_LISTEN | TCPF_SYN_SENT)))
		keepalive_check(sk);
}

static void keepalive_expired(struct timer_list *timer)
{
	struct sock *sk = timer_container_of(sk, timer, sk_timer);

	bh_lock_sock(sk);
	if (!sock_owned_by_user(sk))
		keepalive_handle(sk);
	else
		defer(sk, NST_TCP_DEFER_KEEPALIVE);
	bh_unlock_sock(sk);
	sock_put(sk);
}

void nst_tcp_timers_init(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	timer_setup(&tp->rtx_timer, rtx_timer_expired, 0);
	timer_setup(&tp->delack_timer, delack_timer_expired, 0);
	timer_setup(&sk->sk_timer, keepalive_expired, 0);
	hrtimer_setup(&tp->pacing_timer, pacing_timer_expired, CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS_PINNED_SOFT);
	tp->rtx_timer_kind = NST_TCP_TIMER_NONE;
}

void nst_tcp_timers_stop(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	tp->rtx_timer_kind = NST_TCP_TIMER_NONE;
	tp->ack_pending = 0;
	sk_stop_timer(sk, &tp->rtx_timer);
	sk_stop_timer(sk, &tp->delack_timer);
	sk_stop_timer(sk, &sk->sk_timer);
	if (hrtimer_try_to_cancel(&tp->pacing_timer) == 1)
		__sock_put(sk);
}

/* Data waits for a window or for memory and nothing else will wake it. */
void nst_tcp_probe_timer_check(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (!tp->packets_out && tp->rtx_timer_kind == NST_TCP_TIMER_NONE)
		nst_tcp_rtx_timer_set(sk, NST_TCP_TIMER_PROBE,
				      probe_interval(tp));
}

/**
 * nst_tcp_delack_timer_set() - an ACK is owed and may wait
 * @sk: socket, locked
 * @delay: jiffies at most; an earlier deadline that is set already stays
 */
void nst_tcp_delack_timer_set(struct sock *sk, unsigned long delay)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	unsigned long deadline = nst_tcp_jiffies() + delay;

	if ((tp->ack_pending & NST_TCP_ACK_TIMER) &&
	    !time_before(deadline, tp->delack_timeout))
		return;
	tp->ack_pending |= NST_TCP_ACK_SCHED | NST_TCP_ACK_TIMER;
	tp->delack_timeout = deadline;
	if (!timer_pending(&tp->delack_timer) ||
	    time_after(tp->delack_timer.expires, deadline))
		sk_reset_timer(sk, &tp->delack_timer, deadline);
}

void nst_tcp_keepalive_set(struct sock *sk, unsigned long delay)
{
	sk_reset_timer(sk, &sk->sk_timer, nst_tcp_jiffies() + delay);
}

void nst_tcp_set_keepalive(struct sock *sk, int on)
{
	if ((1 << sk->sk_state) & (TCPF_CLOSE | TCPF_LISTEN))
		return;
	if (on && !sock_flag(sk, SOCK_KEEPOPEN))
		nst_tcp_keepalive_set(sk,
				      nst_tcp_keepalive_time(nst_tcp_sk(sk)));
	else if (!on)
		sk_stop_timer(sk, &sk->sk_timer);
}

/* Each note came with a reference to the socket. */
void nst_tcp_release_cb(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (likely(!READ_ONCE(tp->deferred)))
		return;
	if (test_and_clear_bit(NST_TCP_DEFER_RTX_TIMER, &tp->deferred)) {
		rtx_timer_handle(sk);
		__sock_put(sk);
	}
	if (test_and_clear_bit(NST_TCP_DEFER_DELACK_TIMER, &tp->deferred)) {
		delack_timer_handle(sk);
		__sock_put(sk);
	}
	if (test_and_clear_bit(NST_TCP_DEFER_COMPRESSED_ACK, &tp->deferred)) {
		nst_tcp_ack_compress_flush(sk);
		__sock_put(sk);
	}
	if (test_and_clear_bit(NST_TCP_DEFER_KEEPALIVE, &tp->deferred)) {
		keepalive_handle(sk);
		__sock_put(sk);
	}
	if (test_and_clear_bit(NST_TCP_DEFER_PACING, &tp->deferred)) {
		pacing_timer_handle(sk);
		__sock_put(sk);
	}
	if (test_and_clear_bit(NST_TCP_DEFER_MTU, &tp->deferred)) {
		nst_tcp_mtu_reduced(sk);
		__sock_put(sk);
	}
}
