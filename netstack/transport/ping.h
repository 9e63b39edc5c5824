/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ping sockets: echo requests and their answers for programs without
 * privilege (icmp(7)).
 */
#ifndef NST_PING_H
#define NST_PING_H

#include "sock_table.h"

/**
 * struct nst_ping - ping sockets of a stack
 * @table: by identifier; its lock protects @used, too
 * @used: identifiers that are taken
 */
struct nst_ping {
	struct nst_sock_table table;
	DECLARE_BITMAP(used, 1 << 16);
};

/* Module initialisation: slab, the answers of ICMP and ICMPv6. */
int nst_ping_register(void);
void nst_ping_unregister(void);

int nst_ping_init(struct nst_stack *stack);
void nst_ping_exit(struct nst_stack *stack);

extern struct proto nst_ping_prot;

/**
 * nst_ping_take() - hold an identifier
 * @sk: socket, locked, that holds none
 * @id: identifier, or 0 to choose one at random
 *
 * One that another socket has is shared when both have SO_REUSEADDR, as they
 * have from the start.
 *
 * Context: process.
 * Return: 0 or -EADDRINUSE.
 */
int nst_ping_take(struct sock *sk, u16 id);

/**
 * nst_ping_sendmsg() - send an echo request
 * @sk: socket that holds an identifier
 * @msg: message: ICMP header and data; identifier and checksum are filled in
 * @len: its length, bytes
 *
 * Context: process; may wait for room in the send buffer.
 * Return: @len, or the errno of icmp(7).
 */
int nst_ping_sendmsg(struct sock *sk, struct msghdr *msg, size_t len);

#endif /* NST_PING_H */
