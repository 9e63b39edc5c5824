/* SPDX-License-Identifier: GPL-2.0 */
/*
 * User Datagram Protocol (RFC 768, 1122 4.1, 8085).
 */
#ifndef NST_UDP_H
#define NST_UDP_H

#include "sock.h"

/**
 * struct nst_udp - datagram transport of a stack
 * @demux: connected flows and bound sockets
 *
 * A socket with a port is in one of the two tables: in that of flows when it
 * is connected, and in that of bound sockets when it is not, when another
 * socket has the flow already, or when it is bound to a group.
 */
struct nst_udp {
	struct nst_demux demux;
};

/**
 * struct nst_udp_request - where and how to send one datagram
 * @to: destination
 * @connected: neither address nor control messages were given: the
 *	socket's cached path serves
 * @dontroute: only to destinations on the link
 * @confirm: MSG_CONFIRM: the neighbour answered
 * @cmsg: from the control messages
 */
struct nst_udp_request {
	struct nst_sockaddr to;
	bool connected;
	bool dontroute;
	bool confirm;
	struct nst_send_cmsg cmsg;
};

/**
 * struct nst_udp_sock - a datagram socket
 * @nst: the socket
 * @cork: UDP_CORK is set
 * @segment: UDP_SEGMENT, bytes, or 0; READ_ONCE
 * @no_check6_tx: UDP_NO_CHECK6_TX (RFC 6935): no checksum over IPv6
 * @no_check6_rx: UDP_NO_CHECK6_RX: datagrams of IPv6 without one are taken
 * @corked: a datagram is being put together; socket lock to write
 * @buffer: its payload so far, or NULL
 * @length: bytes in @buffer
 * @size: room in @buffer, bytes
 * @note: whom MSG_ZEROCOPY tells that it is sent, or NULL
 * @request: where it will go
 *
 * The receive queue is protected by its own lock, and so is the account of
 * its memory, sk_forward_alloc: sending does not use it.
 */
struct nst_udp_sock {
	struct nst_sock nst;
	bool cork;
	u16 segment;
	bool no_check6_tx;
	bool no_check6_rx;
	bool corked;
	u8 *buffer;
	u32 length;
	u32 size;
	struct ubuf_info *note;
	struct nst_udp_request request;
};

static inline struct nst_udp_sock *nst_udp_sk(const struct sock *sk)
{
	return (struct nst_udp_sock *)sk;
}

/* Module initialisation: slab, transport registration. */
int nst_udp_register(void);
void nst_udp_unregister(void);

int nst_udp_init(struct nst_stack *stack);
void nst_udp_exit(struct nst_stack *stack);

extern struct proto nst_udp_prot;

/* udp.c: calls of the socket layer, and ICMP errors. */

/**
 * nst_udp_connect() - set the peer of a datagram socket, of any transport
 * @sk: socket with a port, not locked; its sk_prot has hash(), unhash() and
 *	put_port()
 * @peer: peer; the wildcard is the loopback address
 *
 * Context: process; takes the socket lock.
 * Return: 0, -EACCES (broadcast without SO_BROADCAST), or an error of
 * nst_sock_address_family(), nst_sock_scope() or nst_route_output().
 */
int nst_udp_connect(struct sock *sk, struct nst_sockaddr *peer);

/* connect() to AF_UNSPEC. Return: 0. Takes the socket lock. */
int nst_udp_disconnect(struct sock *sk, int flags);

/**
 * nst_udp_abort() - end what a datagram socket does, of any transport
 * @sk: socket; the caller holds a reference
 * @err: errno for the program
 *
 * It is disconnected, and a port that nobody chose is free, as on the host.
 *
 * Context: process; takes the socket lock.
 * Return: 0.
 */
int nst_udp_abort(struct sock *sk, int err);

/* SOL_UDP options. Return: 0, -EINVAL, -EFAULT or -ENOPROTOOPT. */
int nst_udp_setsockopt(struct sock *sk, int optname, sockptr_t optval,
		       unsigned int optlen);
int nst_udp_getsockopt(struct sock *sk, int optname, char __user *optval,
		       int __user *optlen);

/*
 * Owner of a flow, or the bound socket that takes @skb, which is NULL for who
 * has no datagram, as nst_demux_bound_lookup_rcu(). Context: RCU.
 */
struct nst_sock *nst_udp_lookup_rcu(struct nst_stack *stack,
				    const struct nst_flow_key *key,
				    struct sk_buff *skb);

/* An ICMP error; see struct nst_transport_protocol. */
void nst_udp_error(struct nst_stack *stack, struct sk_buff *skb,
		   const struct nst_icmp_error *error);

/**
 * nst_udp_report_error() - tell a datagram socket of an ICMP error
 * @nst: socket that sent what the error is about; of any transport
 * @skb: error, skb->data at the quoted transport header; not consumed
 * @error: what it says; a path MTU is learned
 * @dport: port that the quoted packet was sent to, or 0
 *
 * Context: BHs disabled, RCU.
 */
void nst_udp_report_error(struct nst_sock *nst, struct sk_buff *skb,
			  const struct nst_icmp_error *error, __be16 dport);

/* Learn the path MTU that an error tells; of any transport. The same context. */
void nst_udp_learn_mtu(struct sock *sk, const struct nst_icmp_error *error,
		       __be16 dport);

/* udp_input.c */
void nst_udp_receive(struct nst_stack *stack, struct sk_buff *skb);

/**
 * nst_udp_recvmsg() - take a datagram
 * @sk: socket
 * @msg: filled
 * @len: room, bytes
 * @flags: MSG_*
 * @from: filled with its source
 *
 * Context: process; may wait.
 * Return: bytes copied (of the datagram with MSG_TRUNC), -ESHUTDOWN when the
 * socket is shut down for reading, or the errno of recv(2).
 */
int nst_udp_recvmsg(struct sock *sk, struct msghdr *msg, size_t len,
		    int flags, struct nst_sockaddr *from);

/* FIONREAD: bytes of the first datagram, or 0. */
int nst_udp_first_length(struct sock *sk);

/* Empty the receive queue of a socket that nobody uses any more. */
void nst_udp_purge(struct sock *sk);

/* udp_output.c */

/**
 * nst_udp_sendmsg() - send a datagram, or add to one that is corked
 * @sk: socket with a port
 * @msg: message
 * @len: its length, at most 65535 bytes
 * @to: destination, or NULL for the connected one
 *
 * Context: process; may wait for room in the send buffer.
 * Return: @len, or the errno of udp(7).
 */
int nst_udp_sendmsg(struct sock *sk, struct msghdr *msg, size_t len,
		    const struct nst_sockaddr *to);

/* sendfile(2) has found its file at the end: MSG_MORE waits for nothing. */
void nst_udp_splice_eof(struct socket *sock);

/* Send or forget what is corked. Context: socket locked. */
int nst_udp_push(struct sock *sk, bool nowait);
void nst_udp_uncork(struct sock *sk);

/*
 * The link that a message is to leave by, or 0: @link_index, else what
 * IPV6_MULTICAST_IF or IPV6_UNICAST_IF says. Context: any.
 */
u32 nst_udp_link6(const struct nst_sock *nst, const union nst_address *daddr,
		  u32 link_index);

/**
 * nst_udp_route() - find the path of a datagram
 * @sk: socket
 * @to: destination; the wildcard is the loopback address
 * @link_index: link to leave by, or 0 for the socket's choice
 * @saddr: source, or zero for the socket's choice
 * @tos: type of service
 * @mark: SO_MARK
 * @path: empty; filled
 *
 * IP_MULTICAST_IF, IP_UNICAST_IF and their likes of SOL_IPV6 are heeded. A
 * source of the other family is none.
 *
 * Context: any.
 * Return: 0, -EACCES (broadcast without SO_BROADCAST) or an error of
 * nst_route_output().
 */
int nst_udp_route(struct sock *sk, const struct nst_sockaddr *to,
		  u32 link_index, const union nst_address *saddr, u8 tos,
		  u32 mark, struct nst_path *path);

#endif /* NST_UDP_H */
