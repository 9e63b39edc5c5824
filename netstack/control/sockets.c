// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets over netlink: everything that the demultiplexers know, half-open
 * connections and TIME-WAIT included.
 */
#include <linux/sock_diag.h>

#include "../transport/ping.h"
#include "../transport/raw.h"
#include "../transport/tcp/info.h"
#include "../transport/tcp/tcp.h"
#include "../transport/udp.h"
#include "message.h"

/**
 * struct dump - a dump under way
 * @skb: where to
 * @cb: which
 * @details: of each socket, what fill_details() tells
 */
struct dump {
	struct sk_buff *skb;
	struct netlink_callback *cb;
	bool details;
};

/* What a request may ask for. */
const struct nla_policy nst_socket_policy[NETSTACK_A_SOCKET_MAX + 1] = {
	[NETSTACK_A_SOCKET_DETAILS] = { .type = NLA_FLAG },
};

/**
 * struct row - one endpoint, and what asks for it
 * @dump: the dump
 * @flow: the endpoint
 */
struct row {
	const struct dump *dump;
	struct nst_endpoint *flow;
};

static u8 endpoint_state(const struct nst_endpoint *flow)
{
	switch (flow->kind) {
	case NST_ENDPOINT_REQUEST:
		return TCP_SYN_RECV;
	case NST_ENDPOINT_TIMEWAIT:
		return TCP_TIME_WAIT;
	}
	return READ_ONCE(container_of_const(flow, struct nst_sock,
					    flow)->sk.sk_state);
}

static const struct sock *endpoint_sk(const struct nst_endpoint *flow)
{
	return &container_of_const(flow, struct nst_sock, flow)->sk;
}

/* What is no socket yet, or no more, is a connection. */
static u16 endpoint_protocol(const struct nst_endpoint *flow)
{
	return flow->kind == NST_ENDPOINT_SOCK ?
	       endpoint_sk(flow)->sk_protocol : IPPROTO_TCP;
}

static u16 endpoint_type(const struct nst_endpoint *flow)
{
	return flow->kind == NST_ENDPOINT_SOCK ? endpoint_sk(flow)->sk_type :
						 SOCK_STREAM;
}

/* Bytes that wait; for a listener its accept queue and backlog, as ss(8). */
static void queue_lengths(const struct sock *sk, u32 *receive, u32 *send)
{
	const struct nst_tcp_sock *tp;

	if (sk->sk_type != SOCK_STREAM) {
		*receive = sk_rmem_alloc_get(sk);
		*send = sk_wmem_alloc_get(sk);
	} else if (READ_ONCE(sk->sk_state) == TCP_LISTEN) {
		*receive = READ_ONCE(sk->sk_ack_backlog);
		*send = READ_ONCE(sk->sk_max_ack_backlog);
	} else {
		tp = nst_tcp_sk(sk);
		*receive = max_t(int, READ_ONCE(tp->rcv_nxt) -
				      READ_ONCE(tp->copied_seq), 0);
		*send = READ_ONCE(tp->write_seq) - READ_ONCE(tp->snd_una);
	}
}

static int fill_sock(struct sk_buff *skb, struct sock *sk,
		     struct user_namespace *user_ns)
{
	/* Given by SO_COOKIE; net/core does not let modules give one. */
	u64 cookie = atomic64_read(&sk->sk_cookie);
	u32 receive, send;

	queue_lengths(sk, &receive, &send);
	if (nla_put_u32(skb, NETSTACK_A_SOCKET_RECVQ, receive) ||
	    nla_put_u32(skb, NETSTACK_A_SOCKET_SENDQ, send) ||
	    nla_put_u64_64bit(skb, NETSTACK_A_SOCKET_INODE, sock_i_ino(sk),
			      NETSTACK_A_SOCKET_PAD) ||
	    nla_put_u32(skb, NETSTACK_A_SOCKET_UID,
			from_kuid_munged(user_ns, nst_sk_uid(sk))) ||
	    nla_put_u32(skb, NETSTACK_A_SOCKET_DROPS,
			atomic_read(&sk->sk_drops)))
		return -EMSGSIZE;
	if (cookie &&
	    nla_put_u64_64bit(skb, NETSTACK_A_SOCKET_COOKIE, cookie,
			      NETSTACK_A_SOCKET_PAD))
		return -EMSGSIZE;
	return 0;
}

/* SO_MEMINFO */
static int fill_memory(struct sk_buff *skb, const struct sock *sk)
{
	u32 memory[SK_MEMINFO_VARS] = {
		[SK_MEMINFO_RMEM_ALLOC] = sk_rmem_alloc_get(sk),
		[SK_MEMINFO_RCVBUF] = READ_ONCE(sk->sk_rcvbuf),
		[SK_MEMINFO_WMEM_ALLOC] = sk_wmem_alloc_get(sk),
		[SK_MEMINFO_SNDBUF] = READ_ONCE(sk->sk_sndbuf),
		[SK_MEMINFO_FWD_ALLOC] = READ_ONCE(sk->sk_forward_alloc),
		[SK_MEMINFO_WMEM_QUEUED] = READ_ONCE(sk->sk_wmem_queued),
		[SK_MEMINFO_OPTMEM] = atomic_read(&sk->sk_omem_alloc),
		[SK_MEMINFO_BACKLOG] = READ_ONCE(sk->sk_backlog.len),
		[SK_MEMINFO_DROPS] = atomic_read(&sk->sk_drops),
	};

	return nla_put(skb, NETSTACK_A_SOCKET_MEMINFO, sizeof(memory), memory);
}

static int fill_details(struct sk_buff *skb, struct sock *sk)
{
	struct nst_tcp_info info;

	if (fill_memory(skb, sk))
		return -EMSGSIZE;
	if (sk->sk_type != SOCK_STREAM)
		return 0;
	nst_tcp_peek_info(sk, &info);
	if (nla_put_64bit(skb, NETSTACK_A_SOCKET_TCP_INFO, sizeof(info), &info,
			  NETSTACK_A_SOCKET_PAD) ||
	    nla_put_string(skb, NETSTACK_A_SOCKET_CONGESTION,
			   READ_ONCE(nst_tcp_sk(sk)->ca_ops)->name))
		return -EMSGSIZE;
	return 0;
}

static int fill(struct sk_buff *skb, const void *item)
{
	const struct row *row = item;
	struct nst_endpoint *flow = row->flow;
	struct sock *sk;

	if (nla_put_u16(skb, NETSTACK_A_SOCKET_FAMILY, flow->family) ||
	    nla_put_u16(skb, NETSTACK_A_SOCKET_PROTOCOL,
			endpoint_protocol(flow)) ||
	    nla_put_u16(skb, NETSTACK_A_SOCKET_TYPE, endpoint_type(flow)) ||
	    nla_put_u8(skb, NETSTACK_A_SOCKET_STATE, endpoint_state(flow)) ||
	    nst_put_address(skb, NETSTACK_A_SOCKET_LOCAL, flow->family,
			    &flow->laddr) ||
	    nla_put_u16(skb, NETSTACK_A_SOCKET_LOCAL_PORT,
			ntohs(flow->lport)) ||
	    nst_put_address(skb, NETSTACK_A_SOCKET_REMOTE, flow->family,
			    &flow->raddr) ||
	    nla_put_u16(skb, NETSTACK_A_SOCKET_REMOTE_PORT,
			ntohs(flow->rport)))
		return -EMSGSIZE;
	if (flow->link_index &&
	    nla_put_u32(skb, NETSTACK_A_SOCKET_LINK, flow->link_index))
		return -EMSGSIZE;
	if (flow->kind != NST_ENDPOINT_SOCK)
		return 0;
	sk = &nst_endpoint_sock(flow)->sk;
	if (flow->family == AF_INET6 &&
	    nst_sock_takes_ipv4(nst_sk(sk)) &&
	    nla_put_flag(skb, NETSTACK_A_SOCKET_DUAL_STACK))
		return -EMSGSIZE;
	if (fill_sock(skb, sk, sk_user_ns(NETLINK_CB(row->dump->cb->skb).sk)))
		return -EMSGSIZE;
	return row->dump->details ? fill_details(skb, sk) : 0;
}

static const struct nst_object socket_object = {
	.cmd = NETSTACK_CMD_SOCKET_GET,
	.nest = NETSTACK_A_SOCKET,
	.fill = fill,
};

static int dump_one(struct nst_endpoint *flow, void *data)
{
	struct dump *dump = data;
	struct row row = { dump, flow };

	return nst_message_dump(dump->skb, dump->cb, &socket_object, &row);
}

/* The tables, in the order of the dump. */
enum { TABLE_TCP, TABLE_UDP, TABLE_PING, TABLE_RAW, TABLES };

static int walk(struct nst_stack *stack, long table, unsigned long *cursor,
		struct dump *dump)
{
	switch (table) {
	case TABLE_TCP:
		return nst_demux_walk(&stack->tcp->demux, cursor, dump_one,
				      dump);
	case TABLE_UDP:
		return nst_demux_walk(&stack->udp->demux, cursor, dump_one,
				      dump);
	case TABLE_RAW:
		return nst_sock_table_walk(&stack->raw->table, cursor,
					   dump_one, dump);
	default:
		return nst_sock_table_walk(&stack->ping->table, cursor,
					   dump_one, dump);
	}
}

/* Does the request, which has been validated, ask for details? */
static bool wants_details(const struct netlink_callback *cb)
{
	const struct nlattr *nest = nlmsg_find_attr(cb->nlh, GENL_HDRLEN,
						    NETSTACK_A_SOCKET);

	return nest && nla_find_nested(nest, NETSTACK_A_SOCKET_DETAILS);
}

int nst_control_socket_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nst_stack *stack = nst_message_dump_stack(cb);
	struct dump dump = {
		.skb = skb,
		.cb = cb,
		.details = wants_details(cb),
	};
	int err = 0;

	if (IS_ERR(stack))
		return PTR_ERR(stack);
	/* args[0]: the table, args[1]: the place in it */
	for (; cb->args[0] < TABLES; cb->args[0]++, cb->args[1] = 0) {
		err = walk(stack, cb->args[0], (unsigned long *)&cb->args[1],
			   &dump);
		if (err)
			break;
	}
	return skb->len ?: err;
}
