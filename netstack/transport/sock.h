/* SPDX-License-Identifier: GPL-2.0 */
/*
 * struct nst_sock: what every socket of the family has, whatever its
 * transport: its stack, its place in the demultiplexer and port space, the
 * cached path, and the options of SOL_IP.
 */
#ifndef NST_SOCK_H
#define NST_SOCK_H

#include <linux/sched.h>
#include <net/sock.h>

#include "../network/network.h"
#include "../network/route.h"
#include "../stack.h"
#include "demux.h"

struct nst_port;

/* struct nst_sock.cmsg_flags: control messages asked for on receive. */
#define NST_CMSG_PKTINFO	BIT(0)
#define NST_CMSG_TTL		BIT(1)
#define NST_CMSG_TOS		BIT(2)
#define NST_CMSG_RECVOPTS	BIT(3)
#define NST_CMSG_RETOPTS	BIT(4)
#define NST_CMSG_ORIGDSTADDR	BIT(5)
#define NST_CMSG_CHECKSUM	BIT(6)
#define NST_CMSG_RECVFRAGSIZE	BIT(7)

/**
 * struct nst_sock - a socket of the family
 * @sk: net/core's socket; sk_family is AF_NETSTACK, sk_protocol IPPROTO_*
 * @stack: the stack; fixed; outlives the socket
 * @flow: addresses and ports, and the place in the flow table while
 *	connected; written under the socket lock while not hashed
 * @bound_node: place in the table of bound sockets (listeners, datagrams)
 * @bound_hash: bucket of @bound_node
 * @port: port that it holds, or NULL
 * @port_node: place among the owners of @port; the port's lock
 * @bound_address: address that packets must be sent to: the one given to
 *	bind(), or for a connected datagram socket the source chosen; zero
 *	for any
 * @path: cached path; socket lock
 * @options: IPv4 options to send; RCU, socket lock to write
 * @ip_mtu_discover: IP_PMTUDISC_*
 * @tos: IP_TOS
 * @ttl: IP_TTL, or -1 for the stack's default
 * @min_ttl: IP_MINTTL, 0 to 255
 * @multicast_ttl: IP_MULTICAST_TTL
 * @multicast_loop: IP_MULTICAST_LOOP
 * @multicast_link: link index of IP_MULTICAST_IF, or 0
 * @multicast_address: address of IP_MULTICAST_IF, or zero
 * @unicast_link: IP_UNICAST_IF
 * @cmsg_flags: NST_CMSG_*; READ_ONCE
 * @recverr: IP_RECVERR
 * @freebind: IP_FREEBIND
 * @transparent: IP_TRANSPARENT
 * @bind_no_port: IP_BIND_ADDRESS_NO_PORT
 * @port_range: IP_LOCAL_PORT_RANGE, low and high, 0 for the stack's
 * @identification: IPv4 identification of the next datagram of a connected
 *	socket that may not be cut, as the host numbers them; READ_ONCE
 * @user_port: the port was given to bind(), not chosen
 * @port_bind: the port was taken by bind(), given or chosen; the port's lock
 * @counted: it counts in stack->sockets
 * @net_held: it holds a reference to the namespace, given back when the
 *	program closes it: an orphan does not keep a namespace alive
 */
struct nst_sock {
	struct sock sk;
	struct nst_stack *stack;
	struct nst_endpoint flow;
	struct hlist_nulls_node bound_node;
	u32 bound_hash;
	struct nst_port *port;
	struct hlist_node port_node;
	union nst_address bound_address;
	struct nst_path path;
	struct nst_ip_options __rcu *options;

	u8 ip_mtu_discover;
	u8 tos;
	s16 ttl;
	u8 min_ttl;
	u8 multicast_ttl;
	bool multicast_loop;
	u32 multicast_link;
	union nst_address multicast_address;
	u32 unicast_link;
	u32 cmsg_flags;
	bool recverr;
	bool freebind;
	bool transparent;
	bool bind_no_port;
	u16 port_range[2];
	u16 identification;
	bool user_port;
	bool port_bind;
	bool counted;
	bool net_held;
};

/* The number that sock_register() gave; AF_NETSTACK unless overridden. */
extern int nst_family;

static inline struct nst_sock *nst_sk(const struct sock *sk)
{
	return (struct nst_sock *)sk;
}

/* The socket of a flow whose kind is NST_ENDPOINT_SOCK. */
static inline struct nst_sock *nst_endpoint_sock(struct nst_endpoint *endpoint)
{
	return container_of(endpoint, struct nst_sock, flow);
}

/**
 * nst_sock_alloc() - a new socket, with the family's defaults
 * @stack: stack; config.socket_max is charged
 * @prot: protocol
 * @protocol: IPPROTO_*
 * @family: AF_INET or AF_INET6: of its addresses
 * @user: made for a program: holds the namespace until nst_sock_put_net()
 * @gfp: GFP_KERNEL or GFP_ATOMIC
 *
 * SOCK_RCU_FREE is set: a reader under RCU may try refcount_inc_not_zero().
 * The socket is initialised in full (sock_init_data(), sk_type, locks,
 * sk_destruct, one reference) but for what its protocol adds.
 *
 * Return: the socket, to be attached by sock_graft(), or ERR_PTR(),
 * -ENOBUFS (limit) or -ENOMEM.
 */
struct sock *nst_sock_alloc(struct nst_stack *stack, struct proto *prot,
			    int protocol, u8 family, bool user, gfp_t gfp);

/**
 * nst_sock_inherit() - copy what an accepted socket takes over
 * @child: new socket
 * @listener: socket it was accepted from
 *
 * SOL_SOCKET and SOL_IP options by the host's rules, and the memory cgroup.
 * Context: softirq.
 */
void nst_sock_inherit(struct sock *child, const struct sock *listener);

/*
 * The program is gone, and with it its reference to the namespace: what
 * follows must not touch the stack. Not under the socket lock.
 */
void nst_sock_put_net(struct sock *sk);

/**
 * nst_sock_detach() - drop what a socket holds of its stack
 * @sk: socket, closed and out of all tables
 *
 * The cached path and the count against config.socket_max. A protocol calls
 * it when it is done with a socket (proto.destroy): packets that wait in
 * queues of the host keep the memory of a socket for longer than the stack
 * may live. Idempotent.
 */
void nst_sock_detach(struct sock *sk);

/* sk_destruct of every protocol: frees what struct nst_sock holds. */
void nst_sock_destruct(struct sock *sk);

/**
 * nst_sock_path() - the path of a connected socket, looked up if stale
 * @sk: socket, locked
 *
 * Return: the path, or ERR_PTR() of nst_route_output()'s errors.
 */
const struct nst_path *nst_sock_path(struct sock *sk);

/*
 * Header fields from the socket's options; @output is filled. Context: the
 * socket is locked, or RCU for as long as @output->options is used.
 */
void nst_sock_output(const struct sock *sk, struct nst_output *output);

/* Queue an error for IP_RECVERR (errqueue.c). Context: any. */
void nst_sock_queue_icmp_error(struct sock *sk, struct sk_buff *skb,
			       const struct nst_icmp_error *error,
			       __be16 port);
void nst_sock_queue_local_error(struct sock *sk, int errno,
				const union nst_address *daddr, __be16 port,
				u32 info);

/*
 * recvmsg(MSG_ERRQUEUE). Return: bytes, or -EAGAIN. Sets msg_namelen if
 * there is a msg_name.
 */
int nst_sock_recv_errqueue(struct sock *sk, struct msghdr *msg, size_t len);

/**
 * struct nst_queued_cb - layer-private control block in a receive queue
 * @link_index: link it arrived on
 * @charged: bytes charged to the socket for it
 *
 * A queued packet holds no reference to its link, so struct
 * nst_packet_cb.link is cleared and the number kept.
 */
struct nst_queued_cb {
	u32 link_index;
	u32 charged;
};

static inline struct nst_queued_cb *nst_queued_cb(const struct sk_buff *skb)
{
	return (struct nst_queued_cb *)nst_packet_cb(skb)->layer;
}

/* Control messages that cmsg_flags ask for, on receive, of a queued packet. */
void nst_sock_recv_cmsg(struct sock *sk, struct msghdr *msg,
			struct sk_buff *skb);

/**
 * struct nst_send_cmsg - what the control messages of sendmsg(2) ask for
 * @sockc: those of SOL_SOCKET
 * @link_index: IP_PKTINFO: link to leave by, or 0
 * @saddr: IP_PKTINFO: source, or zero
 * @ttl: IP_TTL, or 0
 * @tos: IP_TOS, or -1
 * @has_options: IP_RETOPTS were given
 * @options: and these are they
 */
struct nst_send_cmsg {
	struct sockcm_cookie sockc;
	u32 link_index;
	union nst_address saddr;
	u8 ttl;
	s16 tos;
	bool has_options;
	struct nst_ip_options options;
};

/* Timestamps of sending that a datagram's message asks for (tx_stamp.c). */
void nst_sock_tx_stamp(struct sock *sk, struct sk_buff *skb,
		       const struct sockcm_cookie *sockc);

/* Return: 0, or -EINVAL as ip(7) says. @cmsg is filled in full. */
int nst_sock_send_cmsg(struct sock *sk, struct msghdr *msg,
		       struct nst_send_cmsg *cmsg);

/* Priority that a type of service stands for: the host's. */
u32 nst_tos_priority(u8 tos);

#endif /* NST_SOCK_H */
