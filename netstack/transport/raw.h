/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Raw sockets (raw(7), RFC 3542 3): copies of what this stack receives by one
 * protocol, and packets whose transport, or whose whole IP header, the program
 * makes.
 */
#ifndef NST_RAW_H
#define NST_RAW_H

#include "plain.h"
#include "sock_table.h"

#define NST_RAW_FILTER_WORDS	8

/**
 * struct nst_raw - raw sockets of a stack
 * @table: by protocol; its lock protects nst_stack.raw_sockets, too
 */
struct nst_raw {
	struct nst_sock_table table;
};

/**
 * struct nst_raw_sock - a raw socket
 * @nst: the socket
 * @header_included: IP_HDRINCL, IPV6_HDRINCL: the program makes the IP header
 * @no_defragment: IP_NODEFRAG; kept: what is sent is never put together here
 * @checksum: IPV6_CHECKSUM is not -1
 * @checksum_offset: where in the message the checksum is, bytes
 * @filter: ICMP_FILTER (first word), ICMPV6_FILTER: a bit for each type that
 *	is not wanted
 * @buffer: message that MSG_MORE puts together, or NULL; socket lock, as the
 *	following
 * @length: bytes in @buffer
 * @size: room in @buffer, bytes
 * @request: where it will go
 * @protocol: and as what
 */
struct nst_raw_sock {
	struct nst_sock nst;
	bool header_included;
	bool no_defragment;
	bool checksum;
	u32 checksum_offset;
	u32 filter[NST_RAW_FILTER_WORDS];
	u8 *buffer;
	u32 length;
	u32 size;
	struct nst_plain_request request;
	u8 protocol;
};

static inline struct nst_raw_sock *nst_raw_sk(const struct sock *sk)
{
	return (struct nst_raw_sock *)sk;
}

/* Module initialisation: slab, registration with the network layer. */
int nst_raw_register(void);
void nst_raw_unregister(void);

int nst_raw_init(struct nst_stack *stack);
void nst_raw_exit(struct nst_stack *stack);

extern struct proto nst_raw_prot;

/* raw_output.c */

/**
 * nst_raw_sendmsg() - send a packet, or add to one with MSG_MORE
 * @sk: socket
 * @msg: message
 * @len: its length, bytes
 *
 * Context: process; may wait for room in the send buffer.
 * Return: @len, or the errno of raw(7).
 */
int nst_raw_sendmsg(struct sock *sk, struct msghdr *msg, size_t len);

/* Forget what MSG_MORE has put together. Context: socket locked, or closed. */
void nst_raw_uncork(struct sock *sk);

#endif /* NST_RAW_H */
