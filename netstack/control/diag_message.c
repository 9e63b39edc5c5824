// SPDX-License-Identifier: GPL-2.0
/*
 * What is told of a socket, a half-open connection, or one in TIME-WAIT.
 */
#include <linux/cgroup.h>
#include <linux/sock_diag.h>

#include "../compat.h"
#include "../transport/tcp/info.h"
#include "../transport/tcp/listen.h"
#include "diag.h"

static struct sock *endpoint_sk(const struct nst_endpoint *flow)
{
	return (struct sock *)&container_of_const(flow, struct nst_sock,
						  flow)->sk;
}

u8 nst_diag_state(const struct nst_endpoint *flow)
{
	switch (flow->kind) {
	case NST_ENDPOINT_REQUEST:
		return TCP_SYN_RECV;
	case NST_ENDPOINT_TIMEWAIT:
		return nst_tcp_timewait_state(flow);
	}
	return READ_ONCE(endpoint_sk(flow)->sk_state);
}

/* What is no socket yet, or no more, is a connection. */
u8 nst_diag_protocol(const struct nst_endpoint *flow)
{
	return flow->kind == NST_ENDPOINT_SOCK ?
	       endpoint_sk(flow)->sk_protocol : IPPROTO_TCP;
}

u8 nst_diag_type(const struct nst_endpoint *flow)
{
	return flow->kind == NST_ENDPOINT_SOCK ? endpoint_sk(flow)->sk_type :
						 SOCK_STREAM;
}

/* Bytes that wait; for a listener its accept queue and backlog, as ss(8). */
static void queue_lengths(const struct sock *sk, struct netstack_diag_msg *msg)
{
	const struct nst_tcp_sock *tp;

	if (sk->sk_type != SOCK_STREAM) {
		msg->rqueue = sk_rmem_alloc_get(sk);
		msg->wqueue = sk_wmem_alloc_get(sk);
	} else if (msg->state == TCP_LISTEN) {
		msg->rqueue = READ_ONCE(sk->sk_ack_backlog);
		msg->wqueue = READ_ONCE(sk->sk_max_ack_backlog);
	} else {
		tp = nst_tcp_sk(sk);
		msg->rqueue = max_t(int, READ_ONCE(tp->rcv_nxt) -
					 READ_ONCE(tp->copied_seq), 0);
		msg->wqueue = READ_ONCE(tp->write_seq) -
			      READ_ONCE(tp->snd_una);
	}
}

static void timer_set(struct netstack_diag_msg *msg, u8 timer, u8 retrans,
		      unsigned long expires)
{
	msg->timer = timer;
	msg->retrans = retrans;
	msg->expires = jiffies_delta_to_msecs(expires - nst_tcp_jiffies());
}

/* The first of those that run; the delayed acknowledgment is not told. */
static void tcp_timer(const struct sock *sk, struct netstack_diag_msg *msg)
{
	const struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u8 probes = READ_ONCE(tp->probes_out);

	switch (READ_ONCE(tp->rtx_timer_kind)) {
	case NST_TCP_TIMER_NONE:
		if (timer_pending(&sk->sk_timer))
			timer_set(msg, NETSTACK_DIAG_TIMER_KEEPALIVE, probes,
				  READ_ONCE(sk->sk_timer.expires));
		break;
	case NST_TCP_TIMER_PROBE:
		timer_set(msg, NETSTACK_DIAG_TIMER_PERSIST, probes,
			  READ_ONCE(tp->rtx_timeout));
		break;
	default:
		timer_set(msg, NETSTACK_DIAG_TIMER_ON,
			  READ_ONCE(tp->retransmits),
			  READ_ONCE(tp->rtx_timeout));
		break;
	}
}

static void fill_sock(struct sock *sk, const struct nst_diag_reader *reader,
		      struct netstack_diag_msg *msg)
{
	queue_lengths(sk, msg);
	if (sk->sk_type == SOCK_STREAM)
		tcp_timer(sk, msg);
	sock_diag_save_cookie(sk, msg->id.cookie);
	msg->shutdown = READ_ONCE(sk->sk_shutdown);
	msg->uid = from_kuid_munged(reader->user_ns, nst_sk_uid(sk));
	msg->inode = sock_i_ino(sk);
	msg->drops = atomic_read(&sk->sk_drops);
	if (msg->address_family == AF_INET6 && nst_sock_takes_ipv4(nst_sk(sk)))
		msg->flags |= NETSTACK_DIAG_F_DUAL_STACK;
}

/* Not of sockets: no cookie, and a timer that always runs. */
static void fill_connection(const struct nst_endpoint *flow,
			    struct netstack_diag_msg *msg)
{
	const struct nst_tcp_request *request;

	msg->id.cookie[0] = NETSTACK_DIAG_NOCOOKIE;
	msg->id.cookie[1] = NETSTACK_DIAG_NOCOOKIE;
	if (flow->kind == NST_ENDPOINT_TIMEWAIT) {
		timer_set(msg, NETSTACK_DIAG_TIMER_TIMEWAIT, 0,
			  nst_tcp_timewait_expires(flow));
		return;
	}
	request = container_of_const(flow, struct nst_tcp_request, flow);
	timer_set(msg, NETSTACK_DIAG_TIMER_ON,
		  READ_ONCE(request->retransmits),
		  READ_ONCE(request->timer.expires));
}

static void fill_id(const struct nst_endpoint *flow,
		    struct netstack_diag_id *id)
{
	id->sport = flow->lport;
	id->dport = flow->rport;
	id->link = flow->link_index;
	memcpy(id->src, &flow->laddr, sizeof(id->src));
	memcpy(id->dst, &flow->raddr, sizeof(id->dst));
}

static int put_tcp_info(struct sk_buff *skb, struct sock *sk)
{
	struct nst_tcp_info info;

	nst_tcp_peek_info(sk, &info);
	return nla_put_64bit(skb, NETSTACK_DIAG_TCP_INFO, sizeof(info), &info,
			     NETSTACK_DIAG_PAD);
}

static int put_cgroup(struct sk_buff *skb, struct sock *sk)
{
#ifdef CONFIG_SOCK_CGROUP_DATA
	return nla_put_u64_64bit(skb, NETSTACK_DIAG_CGROUP_ID,
				 cgroup_id(sock_cgroup_ptr(&sk->sk_cgrp_data)),
				 NETSTACK_DIAG_PAD);
#else
	return 0;
#endif
}

static int put_attributes(struct sk_buff *skb, struct sock *sk, u32 show)
{
	if (show & NETSTACK_DIAG_SHOW(NETSTACK_DIAG_MEMINFO) &&
	    sock_diag_put_meminfo(sk, skb, NETSTACK_DIAG_MEMINFO))
		return -EMSGSIZE;
	if (show & NETSTACK_DIAG_SHOW(NETSTACK_DIAG_MARK) &&
	    nla_put_u32(skb, NETSTACK_DIAG_MARK, READ_ONCE(sk->sk_mark)))
		return -EMSGSIZE;
	if (show & NETSTACK_DIAG_SHOW(NETSTACK_DIAG_CGROUP_ID) &&
	    put_cgroup(skb, sk))
		return -EMSGSIZE;
	if (sk->sk_type != SOCK_STREAM)
		return 0;
	if (show & NETSTACK_DIAG_SHOW(NETSTACK_DIAG_TCP_INFO) &&
	    put_tcp_info(skb, sk))
		return -EMSGSIZE;
	if (show & NETSTACK_DIAG_SHOW(NETSTACK_DIAG_CONGESTION) &&
	    nla_put_string(skb, NETSTACK_DIAG_CONGESTION,
			   READ_ONCE(nst_tcp_sk(sk)->ca_ops)->name))
		return -EMSGSIZE;
	return 0;
}

int nst_diag_fill(struct sk_buff *skb, const struct nst_diag_reader *reader,
		  struct nst_endpoint *flow)
{
	bool is_sock = flow->kind == NST_ENDPOINT_SOCK;
	struct netstack_diag_msg *msg;
	struct nlmsghdr *nlh;

	nlh = nlmsg_put(skb, reader->portid, reader->seq, SOCK_DIAG_BY_FAMILY,
			sizeof(*msg), reader->flags);
	if (!nlh)
		return -EMSGSIZE;
	msg = nlmsg_data(nlh);
	memset(msg, 0, sizeof(*msg));
	msg->family = nst_family;
	msg->protocol = nst_diag_protocol(flow);
	msg->type = nst_diag_type(flow);
	msg->address_family = READ_ONCE(flow->family);
	msg->state = nst_diag_state(flow);
	fill_id(flow, &msg->id);
	if (is_sock)
		fill_sock(endpoint_sk(flow), reader, msg);
	else
		fill_connection(flow, msg);
	if (is_sock && put_attributes(skb, endpoint_sk(flow), reader->show)) {
		nlmsg_cancel(skb, nlh);
		return -EMSGSIZE;
	}
	nlmsg_end(skb, nlh);
	return 0;
}
