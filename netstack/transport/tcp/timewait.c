// SPDX-License-Identifier: GPL-2.0
/*
 * TIME-WAIT (RFC 9293 3.6.1), and FIN-WAIT-2 of connections whose program
 * is gone, in a structure much smaller than a socket.
 *
 * As with requests, taking the entry out of the flow table is atomic, and
 * whoever does it ends it: list, count, port, timer.
 */
#include <linux/slab.h>
#include <net/inet_ecn.h>
#include <net/ipv6.h>

#include "../../mib.h"
#include "../ports.h"
#include "ecn.h"
#include "listen.h"
#include "reply.h"

/**
 * struct nst_tcp_timewait - a connection that only waits
 * @flow: addresses and ports, place in the flow table
 * @rcu: delays freeing
 * @stack: the stack; fixed
 * @node: in the stack's list; timewait_lock
 * @timer: its end; holds a reference
 * @port: the share of the local port
 * @rcv_nxt: next sequence number expected
 * @snd_nxt: next that we would send
 * @rcv_wnd: window last offered, bytes
 * @ts_recent: TS.Recent
 * @ts_recent_stamp: second of @ts_recent
 * @ts_offset: added to our timestamp clock
 * @ack_stamp: ms clock of the last answer to an invalid segment
 * @timeout: jiffies that TIME-WAIT lasts
 * @state: TCP_TIME_WAIT or TCP_FIN_WAIT2
 * @rcv_wscale: shift of the windows that we send
 * @ts_ok: both ends sent timestamps
 * @tos: type of service of what we send
 * @flags: NST_TCP_* of what we send: ACK, and ACE in AccECN mode
 *
 * The fields that change do so in softirq without a lock. Segments of one
 * connection that are processed on two CPUs at once may lose a change to
 * each other, which the peer could not tell from their loss on the way.
 */
struct nst_tcp_timewait {
	struct nst_endpoint flow;
	struct rcu_head rcu;
	struct nst_stack *stack;
	struct list_head node;
	struct timer_list timer;
	struct nst_port_timewait port;
	u32 rcv_nxt;
	u32 snd_nxt;
	u32 rcv_wnd;
	u32 ts_recent;
	time64_t ts_recent_stamp;
	u32 ts_offset;
	u32 ack_stamp;
	unsigned long timeout;
	u8 state;
	u8 rcv_wscale;
	bool ts_ok;
	u8 tos;
	u16 flags;
};

static struct kmem_cache *timewait_cache __ro_after_init;

static struct nst_tcp_timewait *timewait_of(struct nst_endpoint *endpoint)
{
	return container_of(endpoint, struct nst_tcp_timewait, flow);
}

static void timewait_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(timewait_cache,
			container_of(rcu, struct nst_tcp_timewait, rcu));
}

/* Last reference gone; struct nst_endpoint.free. */
static void timewait_free(struct nst_endpoint *endpoint)
{
	call_rcu(&timewait_of(endpoint)->rcu, timewait_free_rcu);
}

/* What is left to do for who took it out of the flow table. */
static void timewait_end(struct nst_tcp_timewait *tw)
{
	struct nst_tcp *tcp = tw->stack->tcp;

	spin_lock_bh(&tcp->timewait_lock);
	list_del_init(&tw->node);
	spin_unlock_bh(&tcp->timewait_lock);
	atomic_dec(&tcp->timewaits);
	nst_port_timewait_del(tw->stack, &tw->port);
	if (timer_delete(&tw->timer))
		nst_endpoint_put(&tw->flow);
}

static bool timewait_drop(struct nst_tcp_timewait *tw)
{
	if (!nst_demux_flow_del(&tw->stack->tcp->demux, &tw->flow))
		return false;
	timewait_end(tw);
	return true;
}

bool nst_tcp_timewait_drop(struct nst_endpoint *endpoint)
{
	return timewait_drop(timewait_of(endpoint));
}

u8 nst_tcp_timewait_state(const struct nst_endpoint *endpoint)
{
	return READ_ONCE(container_of_const(endpoint, struct nst_tcp_timewait,
					    flow)->state);
}

unsigned long nst_tcp_timewait_expires(const struct nst_endpoint *endpoint)
{
	return READ_ONCE(container_of_const(endpoint, struct nst_tcp_timewait,
					    flow)->timer.expires);
}

static void timewait_timer(struct timer_list *timer)
{
	struct nst_tcp_timewait *tw = timer_container_of(tw, timer, timer);

	if (timewait_drop(tw))
		NST_INC(tw->stack, TCP_TW);
	nst_endpoint_put(&tw->flow);
}

static struct nst_tcp_timewait *timewait_make(struct sock *sk, int state)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_stack *stack = tp->nst.stack;
	struct nst_tcp_timewait *tw;
	struct nst_endpoint *flow;

	if (READ_ONCE(stack->dying))
		return NULL;
	if (atomic_inc_return(&stack->tcp->timewaits) >
	    READ_ONCE(stack->config.tcp_max_tw_buckets))
		goto err;
	tw = kmem_cache_alloc(timewait_cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!tw)
		goto err;

	flow = &tw->flow;
	*flow = (struct nst_endpoint) {
		.free = timewait_free,
		.link_index = tp->nst.flow.link_index,
		.lport = tp->nst.flow.lport,
		.rport = tp->nst.flow.rport,
		.kind = NST_ENDPOINT_TIMEWAIT,
		.family = tp->nst.flow.family,
		.laddr = tp->nst.flow.laddr,
		.raddr = tp->nst.flow.raddr,
	};
	refcount_set(&flow->refs, 1);
	tw->stack = stack;
	timer_setup(&tw->timer, timewait_timer, 0);
	tw->rcv_nxt = tp->rcv_nxt;
	tw->snd_nxt = tp->snd_nxt;
	tw->rcv_wnd = nst_tcp_receive_window(tp);
	tw->ts_recent = tp->ts_recent;
	tw->ts_recent_stamp = tp->ts_recent_stamp;
	tw->ts_offset = tp->ts_offset;
	tw->ack_stamp = tp->dup_ack_stamp;
	tw->state = state;
	tw->rcv_wscale = tp->rcv_wscale;
	tw->ts_ok = tp->ts_ok;
	tw->flags = NST_TCP_ACK;
	if (nst_accecn_on(tp))
		tw->flags |= nst_accecn_counter_flags(tp);
	tw->tos = nst_sock_tos(&tp->nst, flow->family) & ~INET_ECN_MASK;
	return tw;

err:
	atomic_dec(&stack->tcp->timewaits);
	return NULL;
}

/* Put @tw in the place of the socket. Return: false if that was gone. */
static bool timewait_publish(struct nst_tcp_timewait *tw, struct sock *sk,
			     unsigned long timeout)
{
	struct nst_sock *nst = nst_sk(sk);
	struct nst_tcp *tcp = tw->stack->tcp;

	nst_port_timewait_add(&tw->port, sk);
	spin_lock_bh(&tcp->timewait_lock);
	if (nst_demux_flow_add(&tcp->demux, &tw->flow, &nst->flow)) {
		spin_unlock_bh(&tcp->timewait_lock);
		nst_port_timewait_del(tw->stack, &tw->port);
		return false;
	}
	list_add_tail(&tw->node, &tcp->timewait_list);
	/* The reference of its maker becomes that of the timer. */
	mod_timer(&tw->timer, nst_tcp_jiffies() + timeout);
	spin_unlock_bh(&tcp->timewait_lock);
	sock_put(sk);
	return true;
}

/**
 * nst_tcp_time_wait() - leave a connection to TIME-WAIT
 * @sk: socket, locked; ends in CLOSE
 * @state: TCP_TIME_WAIT, or TCP_FIN_WAIT2 of an orphan
 * @timeout: jiffies until the end of FIN-WAIT-2; 0 for TIME-WAIT's own
 *
 * Without memory or beyond tcp_max_tw_buckets the connection just closes.
 * The caller holds a reference of its own.
 *
 * Context: any.
 */
void nst_tcp_time_wait(struct sock *sk, int state, unsigned long timeout)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_stack *stack = tp->nst.stack;
	struct nst_tcp_timewait *tw = timewait_make(sk, state);

	if (!tw) {
		NST_INC(stack, TCP_TIME_WAIT_OVERFLOW);
		nst_tcp_done(sk, 0);
		return;
	}
	/* At least long enough for the peer to send its FIN three times. */
	tw->timeout = max_t(unsigned long, NST_TCP_TIMEWAIT_LEN,
			    (tp->rto << 2) - (tp->rto >> 1));
	if (!timeout)
		timeout = tw->timeout;
	if (!timewait_publish(tw, sk, timeout)) {
		atomic_dec(&stack->tcp->timewaits);
		kmem_cache_free(timewait_cache, tw);
	}
	nst_tcp_done(sk, 0);
}

/* <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> */
static void send_ack(struct nst_tcp_timewait *tw)
{
	const struct nst_tcp_reply reply = {
		.flow = &tw->flow,
		.seq = tw->snd_nxt,
		.ack = tw->rcv_nxt,
		.window = tw->rcv_wnd >> tw->rcv_wscale,
		.flags = tw->flags,
		.tos = tw->tos,
		.has_ts = tw->ts_ok,
		.tsval = nst_tcp_clock_ms() + tw->ts_offset,
		.tsecr = tw->ts_recent,
	};

	nst_tcp_reply_send(tw->stack, &reply);
}

static void answer_invalid(struct nst_tcp_timewait *tw,
			   enum nst_mib_item skipped)
{
	if (nst_tcp_invalid_ack_allowed(tw->stack, &tw->ack_stamp, skipped))
		send_ack(tw);
}

/* Only a timer that is pending: an ended entry stays ended. */
static void timewait_restart(struct nst_tcp_timewait *tw)
{
	mod_timer_pending(&tw->timer, nst_tcp_jiffies() + tw->timeout);
}

static void ts_recent_update(struct nst_tcp_timewait *tw,
			     const struct nst_tcp_cb *cb)
{
	if (!tw->ts_ok || !cb->has_ts)
		return;
	tw->ts_recent = cb->tsval;
	tw->ts_recent_stamp = nst_tcp_clock_seconds();
}

/* FIN-WAIT-2 of an orphan: there is nobody to take data. */
static void fin_wait2_input(struct nst_tcp_timewait *tw, struct sk_buff *skb,
			    bool paws)
{
	const struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	struct nst_stack *stack = tw->stack;

	/* First, check sequence number */
	if (paws || !nst_tcp_in_window(tw->rcv_nxt, tw->rcv_wnd, cb->seq,
				       cb->end_seq)) {
		if (!(cb->flags & NST_TCP_RST))
			answer_invalid(tw, NST_MIB_TCP_ACK_SKIPPED_FIN_WAIT2);
		nst_drop(stack, skb, NST_DROP_TCP_INVALID_SEQUENCE);
		return;
	}
	/* Second, check the RST bit; RFC 5961 3 */
	if (cb->flags & NST_TCP_RST) {
		if (cb->seq == tw->rcv_nxt)
			timewait_drop(tw);
		else
			answer_invalid(tw, NST_MIB_TCP_ACK_SKIPPED_FIN_WAIT2);
		nst_drop(stack, skb, NST_DROP_TCP_RESET);
		return;
	}
	/* Fourth, check the SYN bit; RFC 5961 4 */
	if (cb->flags & NST_TCP_SYN) {
		NST_INC(stack, TCP_SYN_CHALLENGE);
		answer_invalid(tw, NST_MIB_TCP_ACK_SKIPPED_CHALLENGE);
		nst_drop(stack, skb, NST_DROP_TCP_INVALID_SYN);
		return;
	}
	/* Fifth, check the ACK field; a repeated one says nothing. */
	if (!(cb->flags & NST_TCP_ACK) ||
	    !nst_after(cb->end_seq, tw->rcv_nxt) || cb->end_seq == cb->seq) {
		nst_drop(stack, skb, NST_DROP_TCP_TIME_WAIT);
		return;
	}
	/* RFC 1122 4.2.2.13: data that nobody can read is answered by RST. */
	if (!(cb->flags & NST_TCP_FIN) || cb->end_seq != tw->rcv_nxt + 1) {
		NST_INC(stack, TCP_ABORT_ON_DATA);
		nst_tcp_reply_reset(stack, skb);
		timewait_drop(tw);
		nst_drop(stack, skb, NST_DROP_TCP_RECEIVE_SHUTDOWN);
		return;
	}
	/* Eighth, check the FIN bit: the time-wait timer starts. */
	WRITE_ONCE(tw->state, TCP_TIME_WAIT);
	tw->rcv_nxt = cb->end_seq;
	ts_recent_update(tw, cb);
	timewait_restart(tw);
	send_ack(tw);
	consume_skb(skb);
}

/*
 * RFC 9293 3.10.7.4 and RFC 6191 2: may this SYN open the connection anew?
 * By its timestamp, or by its sequence number.
 */
static bool syn_reopens(const struct nst_tcp_timewait *tw,
			const struct nst_tcp_cb *cb, bool paws)
{
	/* With FIN it would open nothing, in LISTEN either. */
	if ((cb->flags & (NST_TCP_SYN | NST_TCP_RST | NST_TCP_ACK |
			  NST_TCP_FIN)) != NST_TCP_SYN || paws)
		return false;
	return nst_after(cb->seq, tw->rcv_nxt) ||
	       (tw->ts_ok && cb->has_ts &&
		(s32)(tw->ts_recent - cb->tsval) < 0);
}

/*
 * The new incarnation starts above all that the old one has sent (RFC 1122
 * 4.2.2.13). A listener without room for it drops the SYN, and TIME-WAIT
 * goes on: it must not end before its time for nothing. Return: false if
 * nobody listens; then @skb is not consumed.
 */
static bool reopen(struct nst_tcp_timewait *tw, struct sk_buff *skb)
{
	struct nst_stack *stack = tw->stack;
	const struct nst_flow_key key = {
		.laddr = tw->flow.laddr,
		.raddr = tw->flow.raddr,
		.lport = tw->flow.lport,
		.rport = tw->flow.rport,
		.family = tw->flow.family,
		.link_index = nst_packet_cb(skb)->link ?
			      nst_packet_cb(skb)->link->index : 0,
	};
	struct nst_sock *listener;
	u32 iss;

	listener = nst_demux_bound_get(&stack->tcp->demux, &key, skb,
				       tcp_hdrlen(skb));
	if (!listener)
		return false;
	iss = nst_tcp_isn(stack, &tw->flow);
	if (!nst_after(iss, tw->snd_nxt + 65535))
		iss = tw->snd_nxt + 65535 + 2;
	/* 0 would mean 'choose one'. */
	if (nst_tcp_request_new(&listener->sk, skb, iss ? : 1, &tw->flow)) {
		timewait_end(tw);
		nst_endpoint_put(&tw->flow);
	}
	sock_put(&listener->sk);
	return true;
}

static void time_wait_input(struct nst_tcp_timewait *tw, struct sk_buff *skb,
			    bool paws)
{
	const struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	struct nst_stack *stack = tw->stack;

	/* What a peer that behaves still sends: an ACK, or a RST. */
	if (!paws && cb->seq == tw->rcv_nxt &&
	    (cb->seq == cb->end_seq || cb->flags & NST_TCP_RST)) {
		if (cb->flags & NST_TCP_RST) {
			/* RFC 1337 3: the safe answer is to ignore it. */
			if (!READ_ONCE(stack->config.tcp_rfc1337))
				timewait_drop(tw);
			nst_drop(stack, skb, NST_DROP_TCP_RESET);
			return;
		}
		timewait_restart(tw);
		ts_recent_update(tw, cb);
		nst_drop(stack, skb, NST_DROP_TCP_TIME_WAIT);
		return;
	}
	if (syn_reopens(tw, cb, paws) && reopen(tw, skb))
		return;

	if (paws)
		NST_INC(stack, TCP_PAWS_ESTAB);
	/* RFC 9293 3.10.7.4, eighth: acknowledge, restart the timer. */
	if (!(cb->flags & NST_TCP_RST)) {
		if (paws || cb->flags & NST_TCP_ACK)
			timewait_restart(tw);
		answer_invalid(tw, NST_MIB_TCP_ACK_SKIPPED_TIME_WAIT);
	}
	nst_drop(stack, skb, paws ? NST_DROP_TCP_PAWS : NST_DROP_TCP_TIME_WAIT);
}

/**
 * nst_tcp_timewait_input() - a segment for a connection that waits
 * @stack: stack
 * @endpoint: its flow; the reference is consumed
 * @skb: segment, skb->data at the TCP header; consumed
 *
 * Context: softirq, RCU, no lock.
 */
void nst_tcp_timewait_input(struct nst_stack *stack,
			    struct nst_endpoint *endpoint,
			    struct sk_buff *skb)
{
	struct nst_tcp_timewait *tw = timewait_of(endpoint);
	const struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	bool paws = tw->ts_ok && cb->has_ts && !(cb->flags & NST_TCP_RST) &&
		    nst_tcp_paws_reject(tw->ts_recent, tw->ts_recent_stamp,
					cb->tsval);

	if (tw->state == TCP_FIN_WAIT2)
		fin_wait2_input(tw, skb, paws);
	else
		time_wait_input(tw, skb, paws);
	nst_endpoint_put(endpoint);
}

/**
 * nst_tcp_timewait_reusable() - may a new connection take the flow over?
 * @stack: stack
 * @endpoint: the flow in TIME-WAIT
 * @tp: connection that would like to have it; on success it is given a
 *	write_seq above the old one's, and TS.Recent
 *
 * RFC 6191 2 for the active side: the timestamp must have advanced, which
 * a second's wait makes certain. As tcp_tw_reuse says.
 *
 * Context: any; the new socket is locked.
 */
bool nst_tcp_timewait_reusable(struct nst_stack *stack,
			       struct nst_endpoint *endpoint,
			       struct nst_tcp_sock *tp)
{
	const struct nst_tcp_timewait *tw = timewait_of(endpoint);
	int reuse = READ_ONCE(stack->config.tcp_tw_reuse);

	if (reuse == 2)
		reuse = endpoint->family == AF_INET ?
			ipv4_is_loopback(endpoint->raddr.v4) :
			ipv6_addr_loopback(&endpoint->raddr.v6);
	if (!reuse || tw->state != TCP_TIME_WAIT || !tw->ts_ok ||
	    nst_tcp_clock_seconds() <= tw->ts_recent_stamp)
		return false;

	tp->write_seq = tw->snd_nxt + 65535 + 2;
	if (!tp->write_seq)
		tp->write_seq = 1;
	tp->ts_recent = tw->ts_recent;
	tp->ts_recent_stamp = tw->ts_recent_stamp;
	return true;
}

/**
 * nst_tcp_timewait_replaced() - end an entry whose flow was taken over
 * @endpoint: flow that nst_demux_flow_add() has replaced; the table's
 *	reference is consumed
 *
 * Context: any.
 */
void nst_tcp_timewait_replaced(struct nst_endpoint *endpoint)
{
	struct nst_tcp_timewait *tw = timewait_of(endpoint);

	NST_INC(tw->stack, TCP_TW_RECYCLED);
	timewait_end(tw);
	nst_endpoint_put(endpoint);
}

/**
 * nst_tcp_timewait_purge() - end all of a stack
 * @stack: stack; no connection is left that could enter TIME-WAIT
 *
 * Context: process.
 */
void nst_tcp_timewait_purge(struct nst_stack *stack)
{
	struct nst_tcp *tcp = stack->tcp;
	struct nst_tcp_timewait *tw;

	spin_lock_bh(&tcp->timewait_lock);
	while (!list_empty(&tcp->timewait_list)) {
		tw = list_first_entry(&tcp->timewait_list,
				      struct nst_tcp_timewait, node);
		/* The list lends its own: who ends it waits for our lock. */
		refcount_inc(&tw->flow.refs);
		spin_unlock_bh(&tcp->timewait_lock);
		timewait_drop(tw);
		nst_endpoint_put(&tw->flow);
		cond_resched();
		spin_lock_bh(&tcp->timewait_lock);
	}
	spin_unlock_bh(&tcp->timewait_lock);
}

int __init nst_tcp_timewait_register(void)
{
	timewait_cache = KMEM_CACHE(nst_tcp_timewait, SLAB_HWCACHE_ALIGN);
	return timewait_cache ? 0 : -ENOMEM;
}

void nst_tcp_timewait_unregister(void)
{
	kmem_cache_destroy(timewait_cache);
}
