// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets over netlink: everything that the demultiplexers know, half-open
 * connections and TIME-WAIT included.
 */
#include "../transport/tcp/tcp.h"
#include "../transport/udp.h"
#include "message.h"

/**
 * struct dump - a dump under way
 * @skb: where to
 * @cb: which
 * @protocol: IPPROTO_* of the table being walked
 */
struct dump {
	struct sk_buff *skb;
	struct netlink_callback *cb;
	u16 protocol;
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

/* Bytes that wait; for a listener its accept queue and backlog, as ss(8). */
static void queue_lengths(const struct sock *sk, u32 *receive, u32 *send)
{
	const struct nst_tcp_sock *tp;

	if (sk->sk_protocol != IPPROTO_TCP) {
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

static int fill(struct sk_buff *skb, const void *item)
{
	const struct row *row = item;
	struct nst_endpoint *flow = row->flow;

	if (nla_put_u16(skb, NETSTACK_A_SOCKET_FAMILY, flow->family) ||
	    nla_put_u16(skb, NETSTACK_A_SOCKET_PROTOCOL,
			row->dump->protocol) ||
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
	return fill_sock(skb, &nst_endpoint_sock(flow)->sk,
			 sk_user_ns(NETLINK_CB(row->dump->cb->skb).sk));
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

int nst_control_socket_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nst_stack *stack = nst_message_dump_stack(cb);
	struct dump dump = { .skb = skb, .cb = cb };
	int err = 0;

	if (IS_ERR(stack))
		return PTR_ERR(stack);
	/* args[0]: the table, args[1]: the place in it */
	for (; cb->args[0] < 2; cb->args[0]++, cb->args[1] = 0) {
		bool tcp = !cb->args[0];

		dump.protocol = tcp ? IPPROTO_TCP : IPPROTO_UDP;
		err = nst_demux_walk(tcp ? &stack->tcp->demux :
					   &stack->udp->demux,
				     (unsigned long *)&cb->args[1], dump_one,
				     &dump);
		if (err)
			break;
	}
	return skb->len ?: err;
}
