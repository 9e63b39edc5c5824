// SPDX-License-Identifier: GPL-2.0
/*
 * The door of TCP: segments and errors as the network layer hands them up.
 * What passes has a header that can be believed in its lengths and its
 * checksum; then its owner is found: a connection, a half-open one, one in
 * TIME-WAIT, a listener, or nobody, who answers with RST.
 *
 * RFC 9293 3.1, 3.10.7.1; RFC 5927 and 1122 4.2.3.9 for errors.
 */
#include <linux/filter.h>
#include <linux/icmp.h>

#include "../../network/pseudo_sum.h"
#include "reply.h"

#define GROUP_FLAGS	(NST_PACKET_BROADCAST | NST_PACKET_MULTICAST | \
			 NST_PACKET_LINK_GROUP)

/* Beyond its two buffers, what may wait for the owner of a socket. */
#define BACKLOG_HEADROOM	(64 * 1024)

static bool checksum_good(struct sk_buff *skb)
{
	const struct nst_packet_cb *packet = nst_packet_cb(skb);
	union nst_address saddr, daddr;
	__wsum pseudo;

	if (likely(nst_packet_checksum_trusted(skb)))
		return true;

	saddr = nst_packet_saddr(skb);
	daddr = nst_packet_daddr(skb);
	pseudo = nst_pseudo_sum(packet->family, &saddr, &daddr, skb->len,
				IPPROTO_TCP);
	if (skb->ip_summed == CHECKSUM_COMPLETE &&
	    !csum_fold(csum_add(pseudo, skb->csum))) {
		skb->ip_summed = CHECKSUM_UNNECESSARY;
		return true;
	}
	skb->csum = pseudo;
	return !__skb_checksum_complete(skb);
}

static void fill_end(struct sk_buff *skb)
{
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);

	/* RFC 9293 3.4: SYN and FIN take a sequence number each. */
	cb->end_seq = cb->seq + skb->len - tcp_hdrlen(skb) +
		      !!(cb->flags & NST_TCP_SYN) + !!(cb->flags & NST_TCP_FIN);
}

/* The one read of the header's fields. */
static void fill_cb(struct sk_buff *skb)
{
	const struct tcphdr *th = tcp_hdr(skb);
	const __be32 *ptr = (const __be32 *)(th + 1);
	struct nst_tcp_cb *cb = nst_tcp_cb(skb);
	struct nst_tcp_options options;

	cb->seq = ntohl(th->seq);
	cb->ack_seq = ntohl(th->ack_seq);
	cb->flags = ((const u8 *)th)[13];
	cb->sack = 0;
	cb->accecn = 0;
	cb->uto = 0;
	cb->window = ntohs(th->window);
	cb->urg_ptr = ntohs(th->urg_ptr);
	fill_end(skb);

	/* RFC 7323 appendix A: what everybody sends. */
	if (likely(th->doff * 4 == sizeof(*th) + NST_TCPOLEN_TS_ALIGNED &&
		   ptr[0] == htonl(NST_TCPOPT_NOP << 24 | NST_TCPOPT_NOP << 16 |
				   NST_TCPOPT_TIMESTAMP << 8 |
				   NST_TCPOLEN_TIMESTAMP))) {
		cb->has_ts = true;
		cb->tsval = ntohl(ptr[1]);
		cb->tsecr = ntohl(ptr[2]);
		return;
	}
	if (th->doff * 4 == sizeof(*th)) {
		cb->has_ts = false;
		return;
	}
	nst_tcp_options_parse(skb, &options);
	cb->has_ts = options.has_ts;
	cb->sack = options.sack;
	cb->accecn = options.accecn;
	cb->uto = options.uto;
	cb->tsval = options.tsval;
	cb->tsecr = options.tsecr;
}

/* Refuse what cannot be a segment. Return: @skb is good, else it is gone. */
static bool validate(struct nst_stack *stack, struct sk_buff *skb)
{
	enum nst_drop_reason reason = NST_DROP_TCP_SHORT;
	const struct tcphdr *th;
	unsigned int len;

	NST_INC(stack, TCP_IN_SEGS);

	/* RFC 9293 3.9.2.3 (MUST-57): no TCP to or from groups */
	if (unlikely(nst_packet_cb(skb)->flags & GROUP_FLAGS)) {
		nst_drop(stack, skb, NST_DROP_TCP_GROUP);
		return false;
	}

	if (unlikely(!pskb_may_pull(skb, sizeof(*th))))
		goto bad;
	th = (const struct tcphdr *)skb->data;
	len = th->doff * 4;
	if (unlikely(len < sizeof(*th) || !pskb_may_pull(skb, len)))
		goto bad;
	if (unlikely(!checksum_good(skb))) {
		NST_INC(stack, TCP_IN_CSUM_ERRORS);
		reason = NST_DROP_TCP_CHECKSUM;
		goto bad;
	}
	skb_reset_transport_header(skb);
	fill_cb(skb);
	return true;

bad:
	NST_INC(stack, TCP_IN_ERRS);
	nst_drop(stack, skb, reason);
	return false;
}

/* What the program set on its socket. Return: @skb may pass, else is gone. */
static bool admitted(struct nst_stack *stack, struct sock *sk,
		     struct sk_buff *skb)
{
	const struct nst_packet_cb *packet = nst_packet_cb(skb);
	const struct nst_sock *nst = nst_sk(sk);
	unsigned int len = skb->len;

	/* RFC 5082 */
	if (unlikely(packet->hop_limit <
		     (likely(packet->family == AF_INET) ?
		      READ_ONCE(nst->min_ttl) :
		      READ_ONCE(nst->v6->min_hop_count)))) {
		NST_INC(stack, TCP_MIN_TTL_DROP);
		nst_drop(stack, skb, NST_DROP_TCP_MIN_TTL);
		return false;
	}
	if (unlikely(sk_filter_trim_cap(sk, skb, tcp_hdrlen(skb)))) {
		nst_drop(stack, skb, NST_DROP_SOCKET_FILTER);
		return false;
	}
	if (unlikely(skb->len != len))
		fill_end(skb);
	return true;
}

/* The flow is still that of the packet which has found it. */
static bool still_owner(const struct nst_sock *nst, const struct sk_buff *skb)
{
	const struct nst_packet_cb *packet = nst_packet_cb(skb);
	const struct nst_endpoint *flow = &nst->flow;
	const struct tcphdr *th = tcp_hdr(skb);
	union nst_address saddr, daddr;

	if (flow->lport != th->dest || flow->rport != th->source ||
	    flow->family != packet->family ||
	    (flow->link_index && flow->link_index != packet->link->index))
		return false;
	if (likely(packet->family == AF_INET))
		return flow->raddr.v4 == ip_hdr(skb)->saddr &&
		       flow->laddr.v4 == ip_hdr(skb)->daddr;
	saddr = nst_packet_saddr(skb);
	daddr = nst_packet_daddr(skb);
	return nst_address_equal(&flow->raddr, &saddr) &&
	       nst_address_equal(&flow->laddr, &daddr);
}

/*
 * A connection. It needs no reference: its memory lasts until the RCU grace
 * period after its end (SOCK_RCU_FREE), and an ended one is in state CLOSE.
 */
static void receive_sock(struct nst_stack *stack, struct sock *sk,
			 struct sk_buff *skb)
{
	int limit;

	if (!admitted(stack, sk, skb))
		return;
	if (unlikely(sk->sk_flags & SK_FLAGS_TIMESTAMP) && !skb->tstamp)
		__net_timestamp(skb);
	/* A listener's is the program's wish (SO_INCOMING_CPU). */
	if (likely(READ_ONCE(sk->sk_state) != TCP_LISTEN))
		sk_incoming_cpu_update(sk);
	/* The device may go while the segment waits in a queue. */
	skb->dev = NULL;

	bh_lock_sock_nested(sk);
	if (likely(!sock_owned_by_user(sk))) {
		/* It may have become another connection in the meantime. */
		if (likely(still_owner(nst_sk(sk), skb)))
			nst_tcp_input(sk, skb);
		else
			nst_drop(stack, skb, NST_DROP_TCP_CLOSED);
		bh_unlock_sock(sk);
		return;
	}
	limit = READ_ONCE(sk->sk_rcvbuf) + READ_ONCE(sk->sk_sndbuf) +
		BACKLOG_HEADROOM;
	/* The link is ours only as long as we are an RCU reader. */
	nst_packet_cb(skb)->link = NULL;
	if (unlikely(sk_add_backlog(sk, skb, limit))) {
		bh_unlock_sock(sk);
		NST_INC(stack, TCP_BACKLOG_DROP);
		nst_drop(stack, skb, NST_DROP_SOCKET_BACKLOG);
		return;
	}
	bh_unlock_sock(sk);
}

/* No connection: a listener takes it, or the sender gets a RST. */
static void receive_unconnected(struct nst_stack *stack,
				const struct nst_flow_key *key,
				struct sk_buff *skb)
{
	struct nst_sock *nst;

	nst = nst_demux_bound_lookup_rcu(&stack->tcp->demux, key, skb,
					 tcp_hdrlen(skb));
	if (nst && nst->sk.sk_state == TCP_LISTEN) {
		if (admitted(stack, &nst->sk, skb))
			nst_tcp_listen_input(&nst->sk, skb);
		return;
	}

	/* RFC 9293 3.10.7.1: a reset answers all but a reset */
	if (!(nst_tcp_cb(skb)->flags & NST_TCP_RST))
		nst_tcp_reply_reset(stack, skb);
	nst_drop(stack, skb, NST_DROP_TCP_NO_SOCKET);
}

static void flow_key(const struct sk_buff *skb, const struct tcphdr *th,
		     struct nst_flow_key *key)
{
	key->laddr = nst_packet_daddr(skb);
	key->raddr = nst_packet_saddr(skb);
	key->lport = th->dest;
	key->rport = th->source;
	key->family = nst_packet_cb(skb)->family;
	key->link_index = nst_packet_cb(skb)->link->index;
}

/* The owner that a packet names is not referenced: RCU keeps it. */
static void disown(struct sk_buff *skb)
{
}

/**
 * nst_tcp_owner() - the connection of a segment, before it is checked
 * @stack: stack
 * @skb: see &struct nst_transport_protocol
 * @header: bytes in front of the TCP header
 *
 * Context: softirq or BHs disabled, RCU.
 * Return: the connection's admission, NULL if there is no connection.
 */
atomic64_t *nst_tcp_owner(struct nst_stack *stack, struct sk_buff *skb,
			  unsigned int header)
{
	const struct tcphdr *th = (const struct tcphdr *)(skb->data + header);
	struct nst_endpoint *endpoint;
	struct nst_flow_key key;
	struct nst_sock *nst;

	if (th->syn)
		return NULL;
	flow_key(skb, th, &key);
	endpoint = nst_demux_flow_lookup_rcu(&stack->tcp->demux, &key);
	if (!endpoint || endpoint->kind != NST_ENDPOINT_SOCK)
		return NULL;
	nst = nst_endpoint_sock(endpoint);
	skb->sk = &nst->sk;
	skb->destructor = disown;
	return &nst->admission;
}

/* The owner that nst_tcp_owner() found, or NULL. */
static struct sock *take_owner(struct sk_buff *skb)
{
	struct sock *sk = skb->sk;

	if (!sk)
		return NULL;
	skb->sk = NULL;
	skb->destructor = NULL;
	return sk;
}

/**
 * nst_tcp_deliver() - find the owner of a segment
 * @stack: stack
 * @skb: segment that nst_tcp_receive() has checked; consumed
 *
 * Context: softirq or BHs disabled, RCU.
 */
void nst_tcp_deliver(struct nst_stack *stack, struct sk_buff *skb)
{
	struct nst_endpoint *endpoint;
	struct nst_flow_key key;

	flow_key(skb, tcp_hdr(skb), &key);
	do {
		endpoint = nst_demux_flow_lookup_rcu(&stack->tcp->demux, &key);
		if (!endpoint) {
			receive_unconnected(stack, &key, skb);
			return;
		}
		if (likely(endpoint->kind == NST_ENDPOINT_SOCK)) {
			receive_sock(stack, &nst_endpoint_sock(endpoint)->sk,
				     skb);
			return;
		}
		/* One that dies has left the table: look again. */
	} while (!nst_endpoint_get_unless_zero(endpoint));

	if (endpoint->kind == NST_ENDPOINT_REQUEST)
		nst_tcp_request_input(stack, endpoint, skb);
	else
		nst_tcp_timewait_input(stack, endpoint, skb);
}

/**
 * nst_tcp_receive() - a segment from the network layer
 * @stack: stack
 * @skb: packet as &struct nst_packet_cb says; consumed
 *
 * Context: softirq or BHs disabled, RCU.
 */
void nst_tcp_receive(struct nst_stack *stack, struct sk_buff *skb)
{
	struct sock *owner = take_owner(skb);

	if (unlikely(!validate(stack, skb)))
		return;
	if (likely(owner))
		receive_sock(stack, owner, skb);
	else
		nst_tcp_deliver(stack, skb);
}

/* Context: process, the socket is owned; release_sock(). Return: 0. */
int nst_tcp_backlog_rcv(struct sock *sk, struct sk_buff *skb)
{
	local_bh_disable();
	rcu_read_lock();
	nst_tcp_input(sk, skb);
	rcu_read_unlock();
	local_bh_enable();
	return 0;
}

static void mtu_error(struct sock *sk, const struct nst_icmp_error *error,
		      bool owned)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	WRITE_ONCE(tp->mtu_info, error->info);
	if (!owned)
		nst_tcp_mtu_reduced(sk);
	else if (!test_and_set_bit(NST_TCP_DEFER_MTU, &tp->deferred))
		sock_hold(sk);
}

/*
 * RFC 5927 4: an error counts only for what is in flight. Before the
 * connection is synchronised any error ends the attempt, as the host has it
 * and RFC 5461 3 describes; RFC 1122 4.2.3.9 would try on after soft ones.
 * Later all errors are soft: they tell why, when the connection times out.
 */
static void connection_error(struct nst_stack *stack, struct sock *sk,
			     u32 seq, const struct nst_icmp_error *error)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	bool owned = sock_owned_by_user(sk);

	if (sk->sk_state == TCP_CLOSE)
		return;
	if (!nst_between(seq, tp->snd_una, tp->snd_nxt)) {
		NST_INC(stack, TCP_OUT_OF_WINDOW_ICMPS);
		return;
	}
	if (error->errno == EMSGSIZE) {
		mtu_error(sk, error, owned);
		return;
	}
	if (owned) {
		NST_INC(stack, TCP_LOCK_DROPPED_ICMPS);
		WRITE_ONCE(tp->err_soft, error->errno);
		return;
	}
	/* A child of Fast Open that was accepted is a connection. */
	if (sk->sk_state == TCP_SYN_SENT ||
	    (sk->sk_state == TCP_SYN_RECV &&
	     !(tp->fastopen_pending && sk->sk_socket))) {
		nst_tcp_done(sk, error->errno);
		return;
	}
	if (nst_sock_recverr(nst_sk(sk), error->family)) {
		WRITE_ONCE(sk->sk_err, error->errno);
		sk_error_report(sk);
		return;
	}
	WRITE_ONCE(tp->err_soft, error->errno);
}

/**
 * nst_tcp_error() - an ICMP error about a segment that we sent
 * @stack: stack
 * @skb: skb->data at the quoted header, 8 bytes of it linear; not consumed
 * @error: what it says
 *
 * Context: softirq or BHs disabled, RCU.
 */
void nst_tcp_error(struct nst_stack *stack, struct sk_buff *skb,
		   const struct nst_icmp_error *error)
{
	const struct tcphdr *th = (const struct tcphdr *)skb->data;
	const struct nst_flow_key key = {
		.laddr = error->saddr,
		.raddr = error->daddr,
		.lport = th->source,
		.rport = th->dest,
		.family = error->family,
		.link_index = error->link_index,
	};
	struct nst_endpoint *endpoint;
	u32 seq = ntohl(th->seq);
	struct sock *sk;

	endpoint = nst_demux_flow_get(&stack->tcp->demux, &key);
	if (!endpoint)
		return;
	/* A SYN-ACK is never too big. */
	if (endpoint->kind == NST_ENDPOINT_REQUEST &&
	    error->errno != EMSGSIZE)
		nst_tcp_request_error(stack, endpoint, seq);
	if (endpoint->kind == NST_ENDPOINT_SOCK) {
		sk = &nst_endpoint_sock(endpoint)->sk;
		bh_lock_sock_nested(sk);
		connection_error(stack, sk, seq, error);
		bh_unlock_sock(sk);
	}
	nst_endpoint_put(endpoint);
}
