// SPDX-License-Identifier: GPL-2.0
/*
 * UDP (RFC 768): sockets, their places in the tables, ICMP errors, and the
 * transport's part of a stack.
 */
#include <linux/icmp.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/udp.h>
#include <net/tcp_states.h>

#include "../network/path_mtu.h"
#include "ports.h"
#include "udp.h"

#define FLOW_BITS	12
#define BOUND_BITS	10

/*
 * net/core keeps its account of socket memory for each protocol, over all
 * namespaces. The limits are out of reach, so that no stack feels another:
 * what bounds it are receive and send buffers, socket_max, and the memory
 * cgroup, which the account is for.
 */
static atomic_long_t memory_allocated;
static DEFINE_PER_CPU(int, memory_per_cpu_fw_alloc);
static long memory_limits[3] = { LONG_MAX, LONG_MAX, LONG_MAX };
static int buffer_min[3] = { 4096, 4096, 4096 };

static struct nst_demux *demux_of(const struct sock *sk)
{
	return &nst_sk(sk)->stack->udp->demux;
}

static void leave_tables(struct sock *sk)
{
	struct nst_sock *nst = nst_sk(sk);

	nst_demux_flow_del(demux_of(sk), &nst->flow);
	nst_demux_bound_del(demux_of(sk), nst);
}

/* Is it bound to what nobody sends from: a group or a broadcast address? */
static bool bound_to_group(const struct nst_sock *nst)
{
	return !nst_address_equal(&nst->bound_address, &nst->flow.laddr);
}

/*
 * Put a socket with a port into the table where it belongs; locked. Return: as
 * nst_demux_bound_add().
 */
static int enter_tables(struct sock *sk)
{
	struct nst_sock *nst = nst_sk(sk);

	nst->flow.link_index = sk->sk_bound_dev_if;
	/* A peer without a port is each of the peer's ports. */
	if (sk->sk_state != TCP_ESTABLISHED || bound_to_group(nst) ||
	    !nst->flow.rport ||
	    nst_demux_flow_add(demux_of(sk), &nst->flow, NULL))
		return nst_demux_bound_add(demux_of(sk), nst);
	return 0;
}

/* SO_BINDTODEVICE; locked. */
static void rebind(struct sock *sk)
{
	struct nst_sock *nst = nst_sk(sk);

	nst_path_release(&nst->path);
	if (!nst->port)
		return;
	leave_tables(sk);
	enter_tables(sk);
}

/*
 * The source that is kept when a socket connects: what it is bound to, or what
 * the last connection chose, unless that was of the other family.
 */
static const union nst_address *kept_source(const struct nst_sock *nst,
					    u8 family)
{
	static const union nst_address any;

	return likely(nst->flow.family == family) ? &nst->flow.laddr : &any;
}

/*
 * A socket with an IPv4 address connects to an IPv6 one: the host looks for a
 * way first. Return: -EAFNOSUPPORT or that of the route.
 */
static int refuse_family(struct sock *sk, const struct nst_sockaddr *peer)
{
	static const union nst_address any;
	struct nst_path path = {};
	int err;

	err = nst_udp_route(sk, peer, nst_sock_link(sk, AF_INET6), &any, 0,
			    sk->sk_mark, &path);
	if (err)
		return err;
	nst_path_release(&path);
	return -EAFNOSUPPORT;
}

int nst_udp_connect(struct sock *sk, struct nst_sockaddr *peer)
{
	struct nst_sock *nst = nst_sk(sk);
	struct nst_path path = {};
	u8 family;
	int err;

	lock_sock(sk);
	err = nst_sock_address_family(nst, peer);
	if (unlikely(err == -EAFNOSUPPORT))
		err = refuse_family(sk, peer);
	if (!err)
		err = nst_sock_scope(sk, peer);
	if (err)
		goto unlock;
	family = peer->family;
	err = nst_udp_route(sk, peer, nst_sock_link(sk, family),
			    kept_source(nst, family),
			    nst_sock_tos(nst, family), sk->sk_mark, &path);
	if (err)
		goto unlock;

	sk->sk_prot->unhash(sk);
	nst_path_release(&nst->path);
	nst->path = path;
	if (unlikely(nst->flow.family != family)) {
		WRITE_ONCE(nst->flow.family, family);
		nst->flow.laddr = nst_address_v4(0);
		nst->bound_address = nst_address_v4(0);
	}
	nst->flow.raddr = path.daddr;
	nst->flow.rport = peer->port;
	if (unlikely(family == AF_INET6))
		nst_sock_ipv6_flow(nst, peer);
	if (nst_address_any(&nst->flow.laddr))
		nst->flow.laddr = path.saddr;
	if (nst_address_any(&nst->bound_address))
		nst->bound_address = path.saddr;
	WRITE_ONCE(sk->sk_state, TCP_ESTABLISHED);
	sk->sk_prot->hash(sk);
	/* The whole flow chooses among several next hops: at the first send. */
	if (unlikely(nst->path.multipath))
		nst_path_release(&nst->path);
unlock:
	release_sock(sk);
	return err;
}

/* The socket is unconnected again, and as it was bound; locked. */
static void disconnect(struct sock *sk)
{
	struct nst_sock *nst = nst_sk(sk);

	sk->sk_prot->unhash(sk);
	WRITE_ONCE(sk->sk_state, TCP_CLOSE);
	nst->flow.raddr = nst_address_v4(0);
	nst->flow.rport = 0;
	/* The host forgets SO_BINDTODEVICE here. */
	WRITE_ONCE(sk->sk_bound_dev_if, 0);
	if (!(sk->sk_userlocks & SOCK_BINDADDR_LOCK)) {
		nst->flow.laddr = nst_address_v4(0);
		nst->bound_address = nst_address_v4(0);
		WRITE_ONCE(nst->flow.family, nst->family);
	}
	nst_path_release(&nst->path);
	if (sk->sk_userlocks & SOCK_BINDPORT_LOCK) {
		sk->sk_prot->hash(sk);
	} else {
		sk->sk_prot->put_port(sk);
		nst->flow.lport = 0;
	}
}

int nst_udp_disconnect(struct sock *sk, int flags)
{
	lock_sock(sk);
	disconnect(sk);
	release_sock(sk);
	return 0;
}

int nst_udp_abort(struct sock *sk, int err)
{
	lock_sock(sk);
	if (!sock_flag(sk, SOCK_DEAD)) {
		WRITE_ONCE(sk->sk_err, err);
		sk_error_report(sk);
		disconnect(sk);
	}
	release_sock(sk);
	return 0;
}

static void udp_close(struct sock *sk, long timeout)
{
	lock_sock(sk);
	/* From here on nobody else changes it: nst_udp_abort(). */
	sock_orphan(sk);
	nst_udp_uncork(sk);
	leave_tables(sk);
	nst_port_release(sk);
	nst_sock_detach(sk);
	release_sock(sk);
	nst_sock_put_net(sk);
	sock_put(sk);
}

/* Readers that found the socket before it left the tables are gone. */
static void udp_destruct(struct sock *sk)
{
	nst_udp_purge(sk);
	nst_sock_destruct(sk);
}

static int udp_init_sock(struct sock *sk)
{
	sk->sk_destruct = udp_destruct;
	return 0;
}

static void set_cork(struct sock *sk, bool cork)
{
	WRITE_ONCE(nst_udp_sk(sk)->cork, cork);
	if (!cork) {
		lock_sock(sk);
		nst_udp_push(sk, false);
		release_sock(sk);
	}
}

static void set_gro(struct sock *sk, bool on)
{
	struct nst_sock *nst = nst_sk(sk);

	lock_sock(sk);
	WRITE_ONCE(nst->cmsg_flags, on ? nst->cmsg_flags | NST_CMSG_UDP_GRO :
				    nst->cmsg_flags & ~NST_CMSG_UDP_GRO);
	release_sock(sk);
}

int nst_udp_setsockopt(struct sock *sk, int optname, sockptr_t optval,
		       unsigned int optlen)
{
	struct nst_udp_sock *udp = nst_udp_sk(sk);
	int val;

	if (optlen < sizeof(val))
		return -EINVAL;
	if (copy_from_sockptr(&val, optval, sizeof(val)))
		return -EFAULT;
	switch (optname) {
	case UDP_CORK:
		set_cork(sk, val);
		return 0;
	case UDP_NO_CHECK6_TX:
		WRITE_ONCE(udp->no_check6_tx, !!val);
		return 0;
	case UDP_NO_CHECK6_RX:
		WRITE_ONCE(udp->no_check6_rx, !!val);
		return 0;
	case UDP_SEGMENT:
		if (val < 0 || val > U16_MAX)
			return -EINVAL;
		WRITE_ONCE(udp->segment, val);
		return 0;
	case UDP_GRO:
		set_gro(sk, val);
		return 0;
	}
	return -ENOPROTOOPT;
}

int nst_udp_getsockopt(struct sock *sk, int optname, char __user *optval,
		       int __user *optlen)
{
	const struct nst_udp_sock *udp = nst_udp_sk(sk);
	int val, len;

	if (get_user(len, optlen))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;
	switch (optname) {
	case UDP_CORK:
		val = READ_ONCE(udp->cork);
		break;
	case UDP_NO_CHECK6_TX:
		val = READ_ONCE(udp->no_check6_tx);
		break;
	case UDP_NO_CHECK6_RX:
		val = READ_ONCE(udp->no_check6_rx);
		break;
	case UDP_SEGMENT:
		val = READ_ONCE(udp->segment);
		break;
	case UDP_GRO:
		val = !!(READ_ONCE(udp->nst.cmsg_flags) & NST_CMSG_UDP_GRO);
		break;
	default:
		return -ENOPROTOOPT;
	}
	len = min_t(int, len, sizeof(val));
	if (put_user(len, optlen) || copy_to_user(optval, &val, len))
		return -EFAULT;
	return 0;
}

struct nst_sock *nst_udp_lookup_rcu(struct nst_stack *stack,
				    const struct nst_flow_key *key,
				    struct sk_buff *skb)
{
	struct nst_demux *demux = &stack->udp->demux;
	struct nst_endpoint *flow;

	flow = nst_demux_flow_lookup_rcu(demux, key);
	if (flow)
		return nst_endpoint_sock(flow);
	return nst_demux_bound_lookup_rcu(demux, key, skb,
					  sizeof(struct udphdr));
}

/*
 * RFC 1191 6.1: a datagram of this socket was too big. What can be known of a
 * forged error is that the socket has the port that it quotes, and if it is
 * connected, the peer (attack 10).
 */
void nst_udp_learn_mtu(struct sock *sk, const struct nst_icmp_error *error,
		       __be16 dport)
{
	const struct nst_sockaddr to = {
		.family = error->family,
		.port = dport,
		.address = error->daddr,
	};
	struct nst_sock *nst = nst_sk(sk);
	struct nst_path path = {};
	bool learned = false;

	if (!nst_sock_believes_mtu(nst, error->family))
		return;
	bh_lock_sock(sk);
	if (!sock_owned_by_user(sk) && sk->sk_state == TCP_ESTABLISHED)
		learned = nst_sock_learn_mtu(sk, error->info);
	bh_unlock_sock(sk);
	if (learned || nst_udp_route(sk, &to, READ_ONCE(sk->sk_bound_dev_if),
				     &error->saddr,
				     nst_sock_tos(nst, error->family),
				     READ_ONCE(sk->sk_mark), &path))
		return;
	nst_path_mtu_learn(nst->stack, &path, error->info);
	nst_path_release(&path);
}

/*
 * RFC 1122 4.1.3.3: errors go to the program: to a connected socket those
 * that are not transient, and all to one that asks by IP_RECVERR.
 */
void nst_udp_report_error(struct nst_sock *nst, struct sk_buff *skb,
			  const struct nst_icmp_error *error, __be16 dport)
{
	struct sock *sk = &nst->sk;
	bool hard = error->hard;

	if (error->errno == EMSGSIZE) {
		/* One's own errors come with the socket locked. */
		if (!error->local)
			nst_udp_learn_mtu(sk, error, dport);
		hard = nst_sock_mtu_discover(nst, error->family) !=
		       IP_PMTUDISC_DONT;
		/* IPv6's routers cut nothing: who asks, hears of it. */
		if (!hard && error->family == AF_INET)
			return;
	}
	if (nst_sock_recverr(nst, error->family))
		nst_sock_queue_icmp_error(sk, skb, error, dport);
	else if (!hard || READ_ONCE(sk->sk_state) != TCP_ESTABLISHED)
		return;
	WRITE_ONCE(sk->sk_err, error->errno);
	sk_error_report(sk);
}

void nst_udp_error(struct nst_stack *stack, struct sk_buff *skb,
		   const struct nst_icmp_error *error)
{
	const struct udphdr *uh = (const struct udphdr *)skb->data;
	const struct nst_flow_key key = {
		.laddr = error->saddr,
		.raddr = error->daddr,
		.lport = uh->source,
		.rport = uh->dest,
		.family = error->family,
		.link_index = error->link_index,
	};
	struct nst_sock *nst;

	nst = nst_udp_lookup_rcu(stack, &key, NULL);
	if (nst)
		nst_udp_report_error(nst, skb, error, uh->dest);
	else if (error->family == AF_INET6)
		NST_INC(stack, ICMP6_IN_ERRORS);
	else
		NST_INC(stack, ICMP_IN_ERRORS);
}

/*
 * Without an owner: the module is held by the open socket's proto_ops, and
 * the memory of closed ones, which lasts until their last RCU reader is gone,
 * by nst_udp_unregister().
 */
struct proto nst_udp_prot = {
	.name			= "NETSTACK-UDP",
	.close			= udp_close,
	.disconnect		= nst_udp_disconnect,
	.diag_destroy		= nst_udp_abort,
	.init			= udp_init_sock,
	.hash			= enter_tables,
	.unhash			= leave_tables,
	.put_port		= nst_port_release,
	.rehash			= rebind,
	.memory_allocated	= &memory_allocated,
	.per_cpu_fw_alloc	= &memory_per_cpu_fw_alloc,
	.sysctl_mem		= memory_limits,
	.sysctl_wmem		= buffer_min,
	.sysctl_rmem		= buffer_min,
	.obj_size		= sizeof(struct nst_udp_sock),
};

static const struct nst_transport_protocol udp_transport = {
	.protocol	= IPPROTO_UDP,
	.families	= NST_OVER_IPV4 | NST_OVER_IPV6,
	.receive	= nst_udp_receive,
	.error		= nst_udp_error,
};

/* Context: process. Return: 0 or -ENOMEM. */
int nst_udp_init(struct nst_stack *stack)
{
	struct nst_udp *udp;
	int err;

	udp = kzalloc(sizeof(*udp), GFP_KERNEL);
	if (!udp)
		return -ENOMEM;
	err = nst_demux_init(&udp->demux, FLOW_BITS, BOUND_BITS);
	if (err) {
		kfree(udp);
		return err;
	}
	stack->udp = udp;
	return 0;
}

/* Every socket is closed: each held the namespace. */
void nst_udp_exit(struct nst_stack *stack)
{
	if (!stack->udp)
		return;
	nst_demux_exit(&stack->udp->demux);
	kfree(stack->udp);
	stack->udp = NULL;
}

int __init nst_udp_register(void)
{
	int err;

	err = proto_register(&nst_udp_prot, 1);
	if (err)
		return err;
	err = nst_transport_register(&udp_transport);
	if (err)
		proto_unregister(&nst_udp_prot);
	return err;
}

/* Waits for the memory of the last sockets. */
void nst_udp_unregister(void)
{
	rcu_barrier();
	proto_unregister(&nst_udp_prot);
}
