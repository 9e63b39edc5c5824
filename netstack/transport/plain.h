/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What ping and raw sockets share: whole packets in a queue of net/core's, and
 * the way of a message to the network layer.
 */
#ifndef NST_PLAIN_H
#define NST_PLAIN_H

#include "sock.h"

/**
 * struct nst_plain_request - where and how to send one message
 * @to: destination
 * @dontroute: only to destinations on the link
 * @confirm: MSG_CONFIRM: the neighbour answered
 * @nowait: MSG_DONTWAIT
 * @cmsg: from the control messages
 */
struct nst_plain_request {
	struct nst_sockaddr to;
	bool dontroute;
	bool confirm;
	bool nowait;
	struct nst_send_cmsg cmsg;
};

/**
 * nst_plain_queue() - put a packet into the queue of a socket
 * @nst: socket
 * @skb: packet of its own, as struct nst_packet_cb says, but that skb->data is
 *	where the program's data begins; consumed
 *
 * Filters of the socket see what the program will. What has no room is
 * dropped and counted. The queue is bounded by SO_RCVBUF and charged to the
 * socket alone, as the host's.
 *
 * Context: BHs disabled, RCU.
 */
void nst_plain_queue(struct nst_sock *nst, struct sk_buff *skb);

/**
 * nst_plain_recvmsg() - take a packet
 * @sk: socket
 * @msg: filled
 * @len: room, bytes
 * @flags: MSG_*
 *
 * Context: process; may wait.
 * Return: bytes copied, of the packet with MSG_TRUNC (raw sockets), 0 when the socket is
 * shut down for reading, or the errno of recv(2).
 */
int nst_plain_recvmsg(struct sock *sk, struct msghdr *msg, size_t len,
		      int flags);

/**
 * nst_plain_request() - read what a message asks for
 * @sk: socket
 * @msg: message
 * @to: its address, or NULL for the connected peer
 * @request: filled
 *
 * Return: 0, -EDESTADDRREQ, -EINVAL (scope, control messages) or the errno of
 * nst_sock_send_cmsg().
 */
int nst_plain_request(struct sock *sk, struct msghdr *msg,
		      const struct nst_sockaddr *to,
		      struct nst_plain_request *request);

/**
 * nst_plain_route() - find the way of a message
 * @sk: socket
 * @request: from nst_plain_request()
 * @path: empty; filled
 *
 * Return: 0, -ENETUNREACH (MSG_DONTROUTE, and not on the link) or the errno of
 * nst_udp_route().
 */
int nst_plain_route(struct sock *sk, const struct nst_plain_request *request,
		    struct nst_path *path);

/**
 * nst_plain_alloc() - a packet with room for all headers
 * @sk: socket, whose send buffer it is charged to
 * @len: bytes behind the network header
 * @linear: how many of them must lie in the head
 * @request: from nst_plain_request()
 * @path: path
 *
 * Return: the packet, of @len bytes, or ERR_PTR() of -EMSGSIZE, of which
 * IP_RECVERR hears, or of sock_alloc_send_pskb(); raw sockets: -ENOBUFS.
 */
struct sk_buff *nst_plain_alloc(struct sock *sk, size_t len, size_t linear,
				const struct nst_plain_request *request,
				const struct nst_path *path);

/**
 * nst_plain_output() - send a packet
 * @sk: socket
 * @skb: from nst_plain_alloc(), filled; skb->data is behind the network
 *	header; consumed
 * @protocol: IPPROTO_*
 * @request: from nst_plain_request()
 * @path: path
 *
 * Return: 0 or the errno of nst_network_output(); -ENOBUFS only to who has
 * IP_RECVERR.
 */
int nst_plain_output(struct sock *sk, struct sk_buff *skb, u8 protocol,
		     const struct nst_plain_request *request,
		     const struct nst_path *path);

/* The last of a socket that has left its table. Context: process. */
void nst_plain_close(struct sock *sk);

#endif /* NST_PLAIN_H */
