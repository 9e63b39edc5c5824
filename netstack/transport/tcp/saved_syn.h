/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TCP_SAVE_SYN: a listener keeps the headers of the SYN of each connection, and
 * who accepts it may read them once (TCP_SAVED_SYN).
 */
#ifndef NST_TCP_SAVED_SYN_H
#define NST_TCP_SAVED_SYN_H

#include <linux/sockptr.h>
#include <linux/types.h>

struct nst_tcp_sock;
struct sk_buff;
struct sock;

/* Values of TCP_SAVE_SYN. */
#define NST_TCP_SAVE_SYN_NETWORK	1	/* from the network header on */
#define NST_TCP_SAVE_SYN_LINK		2	/* from the link's header on */

/* IPv6 extension headers make longer ones; such a SYN is not kept. */
#define NST_TCP_SAVED_SYN_MAX		1024

/**
 * struct nst_tcp_saved_syn - headers of a SYN
 * @length: bytes of @data
 * @data: headers, as they came
 */
struct nst_tcp_saved_syn {
	unsigned int length;
	u8 data[];
};

/**
 * nst_tcp_saved_syn_make() - keep the headers of a SYN
 * @skb: the SYN, skb->data at its TCP header, which is linear
 * @mode: NST_TCP_SAVE_SYN_*
 *
 * Context: softirq.
 * Return: them, or NULL: too long, or no memory.
 */
struct nst_tcp_saved_syn *nst_tcp_saved_syn_make(const struct sk_buff *skb,
						 u8 mode);

/* The child that was published has what its request had kept. */
void nst_tcp_saved_syn_move(struct nst_tcp_sock *child,
			    struct nst_tcp_saved_syn **from);

/**
 * nst_tcp_saved_syn_read() - getsockopt(2) of TCP_SAVED_SYN
 * @sk: socket
 * @optval: where to put the headers
 * @optlen: its room, then their bytes, which is 0 if there are none
 *
 * They are gone when they were read.
 *
 * Context: process; takes the socket lock.
 * Return: 0, -EINVAL (*@optlen is what would be enough) or -EFAULT.
 */
int nst_tcp_saved_syn_read(struct sock *sk, char __user *optval,
			   int __user *optlen);

#endif /* NST_TCP_SAVED_SYN_H */
