/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Passive open: what listen.c (the listener and its accept queue),
 * request.c (half-open connections) and timewait.c share.
 */
#ifndef NST_TCP_LISTEN_H
#define NST_TCP_LISTEN_H

#include "../../compat.h"
#include "tcp.h"

/**
 * struct nst_tcp_listener - queues of a listening socket
 * @lock: protects the queues and their counts, sk_ack_backlog included;
 *	outside any bucket lock of the flow table; inside the ownership of the
 *	listener or the spinlock of a child
 * @requests: half-open connections, struct nst_tcp_request.node
 * @request_count: length of @requests; READ_ONCE without the lock
 * @accept_queue: connections for accept(), struct nst_tcp_sock.accept_node;
 *	it holds the first reference of each
 * @closed: the socket listens no more: nothing enters a queue
 * @cookie_stamp: ms clock of the last SYN cookie sent; READ_ONCE and
 *	WRITE_ONCE without the lock
 * @rcu: delays freeing; requests point here without a reference
 *
 * sk_ack_backlog counts the accept queue and the places in it that are
 * reserved for children in the making.
 */
struct nst_tcp_listener {
	spinlock_t lock; /* queues */
	struct list_head requests;
	unsigned int request_count;
	struct list_head accept_queue;
	bool closed;
	u32 cookie_stamp;
	struct rcu_head rcu;
};

/**
 * struct nst_tcp_request - a half-open connection (SYN-RECEIVED by a
 *	passive open), in the flow table in the place of its socket to be
 * @flow: addresses and ports, place in the flow table
 * @rcu: delays freeing
 * @saved_syn: headers of the SYN until there is a child, or NULL; who has put
 *	the child into the flow table moves them
 * @stack: the stack; fixed
 * @sk: listening socket, referenced; fixed
 * @listener: its queues; valid under RCU while @flow is hashed
 * @node: in the listener's list; its lock
 * @timer: SYN-ACK retransmission; holds a reference while pending
 * @sent_us: when the SYN-ACK was sent first, microseconds
 * @iss: our initial sequence number
 * @irs: the peer's
 * @ts_recent: TS.Recent
 * @ts_offset: added to our timestamp clock
 * @ack_stamp: ms clock of the last answer to an invalid segment
 * @rcv_wnd: window that we offered, bytes
 * @window_clamp: most that may be offered, bytes
 * @mss: MSS that the peer announced, bytes
 * @advmss: MSS that we announced, bytes
 * @uto: field of the user timeout option of the SYN, or 0
 * @rcv_wscale: shift of the windows that we send
 * @snd_wscale: shift of the windows that we receive
 * @ts_ok: both ends send timestamps
 * @ws_ok: both ends scale windows
 * @sack_ok: both ends permit SACK
 * @ecn_ok: both ends do ECN (RFC 3168 6.1.1)
 * @accecn_ok: both ends do accurate ECN (RFC 9768 3.1.1)
 * @ect: and all segments are ECT (nst_congestion_needs_ecn())
 * @syn_field: ECN field of the latest SYN; WRITE_ONCE
 * @syn_again: the SYN came more than once; WRITE_ONCE
 * @ecn_refused: a SYN or SYN-ACK without ECN came or went, though @accecn_ok;
 *	WRITE_ONCE
 * @acked: our SYN was acknowledged, but the connection is not made yet
 * @fastopen: its child is made by the SYN
 * @cookie: made of a SYN cookie: in no table, no list, and no more than what
 *	the handshake agreed on is filled
 * @timeouts: expirations of @timer
 * @retransmits: SYN-ACKs after the first; WRITE_ONCE
 * @tos: type of service of what we send
 *
 * References: the flow table and the pending timer hold one each. Whoever
 * takes it out of the flow table ends it, see request.c.
 */
struct nst_tcp_request {
	struct nst_endpoint flow;
	struct rcu_head rcu;
	struct nst_tcp_saved_syn *saved_syn;
	struct nst_stack *stack;
	struct sock *sk;
	struct nst_tcp_listener *listener;
	struct list_head node;
	struct timer_list timer;
	u64 sent_us;
	u32 iss;
	u32 irs;
	u32 ts_recent;
	u32 ts_offset;
	u32 ack_stamp;
	u32 rcv_wnd;
	u32 window_clamp;
	u16 mss;
	u16 advmss;
	u16 uto;
	u8 rcv_wscale;
	u8 snd_wscale;
	bool ts_ok;
	bool ws_ok;
	bool sack_ok;
	bool ecn_ok;
	bool accecn_ok;
	bool ect;
	u8 syn_field;
	bool syn_again;
	bool ecn_refused;
	bool acked;
	bool fastopen;
	bool cookie;
	u8 timeouts;
	u8 retransmits;
	u8 tos;
};

/* Module initialisation: slab caches. */
int nst_tcp_request_register(void);
void nst_tcp_request_unregister(void);
int nst_tcp_timewait_register(void);
void nst_tcp_timewait_unregister(void);

/**
 * nst_tcp_request_new() - a SYN for a listener
 * @sk: listening socket
 * @skb: the SYN; consumed
 * @iss: initial sequence number to use, 0 to choose one
 * @replace: flow in TIME-WAIT whose place the request takes, or NULL; the
 *	table's reference to it becomes the caller's on success
 *
 * Makes a request and answers with SYN-ACK. When the SYN queue is full,
 * nothing is allocated but the answer, which carries a cookie; @replace stays
 * where it is.
 *
 * Context: softirq, RCU.
 * Return: was a request made?
 */
bool nst_tcp_request_new(struct sock *sk, struct sk_buff *skb, u32 iss,
			 struct nst_endpoint *replace);

/**
 * nst_tcp_request_cookie() - does an ACK bring a SYN cookie back?
 * @sk: listening socket
 * @skb: segment with ACK, without SYN and RST; consumed if true
 *
 * The connection is made, if the accept queue has room for it.
 *
 * Context: softirq, RCU.
 * Return: it was one of ours.
 */
bool nst_tcp_request_cookie(struct sock *sk, struct sk_buff *skb);

/**
 * nst_tcp_request_drop() - end a request without a connection
 * @request: request; the caller's reference stays
 *
 * Context: any.
 * Return: did it end now (or had it ended before)?
 */
bool nst_tcp_request_drop(struct nst_tcp_request *request);

/* ---- timewait.c ---- */

/* End one. Return: did it end now? */
bool nst_tcp_timewait_drop(struct nst_endpoint *endpoint);

/* TCP_TIME_WAIT, or TCP_FIN_WAIT2; and when it ends, jiffies. */
u8 nst_tcp_timewait_state(const struct nst_endpoint *endpoint);
unsigned long nst_tcp_timewait_expires(const struct nst_endpoint *endpoint);

/* ---- tcp.c ---- */

/* End what is no socket: half-open, TIME-WAIT. Return: did it end now? */
bool nst_tcp_drop(struct nst_endpoint *endpoint);

/* ---- listen.c ---- */

/**
 * nst_tcp_listener_reserve() - reserve a place in the accept queue
 * @sk: listening socket
 * @listener: its queues
 *
 * Return: false when the queue is full or closed.
 */
bool nst_tcp_listener_reserve(struct sock *sk,
			      struct nst_tcp_listener *listener);

/* Give a reserved place back. */
void nst_tcp_listener_unreserve(struct sock *sk,
				struct nst_tcp_listener *listener);

/**
 * nst_tcp_listener_push() - put a connection into its reserved place
 * @listener: queues
 * @child: connection; the queue takes over its first reference
 *
 * Return: false when the listener has closed; the place is gone then, the
 * child is still the caller's.
 */
bool nst_tcp_listener_push(struct nst_tcp_listener *listener,
			   struct sock *child);

/* Most requests that a listener may have. */
unsigned int nst_tcp_request_max(const struct sock *sk);

/* ---- child.c ---- */

/**
 * nst_tcp_child_make() - the socket of a connection
 * @request: what the SYNs have agreed on
 * @skb: the segment that acknowledges our SYN, or with Fast Open the SYN
 *
 * It is in SYN-RECEIVED and in no table.
 *
 * Context: softirq, RCU.
 * Return: the socket with one reference, or NULL without memory.
 */
struct sock *nst_tcp_child_make(const struct nst_tcp_request *request,
				const struct sk_buff *skb);

/* End a child that was never published; its first reference goes. */
void nst_tcp_child_discard(struct sock *child);

/**
 * nst_tcp_child_abort() - reset a connection that no program will get
 * @child: connection without a process
 *
 * Drops the first reference. Context: any; takes the socket's spinlock.
 */
void nst_tcp_child_abort(struct sock *child);

#endif /* NST_TCP_LISTEN_H */
