/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Capture sockets: a queue of frames that a tap (link/tap.h) saw, filtered by
 * the socket's BPF program, bounded by SO_RCVBUF.
 */
#ifndef NST_CAPTURE_H
#define NST_CAPTURE_H

#include "../link/tap.h"
#include "sock.h"
#include <linux/netstack.h>

/**
 * struct nst_capture_sock - a capture socket
 * @nst: the socket; sk_bound_dev_if is the link, 0 all, -1 one that is gone
 * @tap: its tap
 * @started: @tap is in the stack's list; config_mutex
 * @statistics: sk_receive_queue.lock
 */
struct nst_capture_sock {
	struct nst_sock nst;
	struct nst_tap tap;
	bool started;
	struct netstack_capture_statistics statistics;
};

static inline struct nst_capture_sock *nst_capture_sk(const struct sock *sk)
{
	return (struct nst_capture_sock *)sk;
}

/**
 * nst_capture_start() - begin to capture
 * @sk: capture socket
 * @link_index: link, or 0: that of SO_BINDTODEVICE, or all
 *
 * Context: process; takes config_mutex: not with the socket locked.
 * Return: 0, -EINVAL (it has begun), -ENODEV (no such link) or -ENOBUFS
 * (capture_max).
 */
int nst_capture_start(struct sock *sk, u32 link_index);

/**
 * nst_capture_recvmsg() - take a frame
 * @sk: capture socket
 * @msg: filled; msg_name with a struct netstack_capture_address
 * @len: room, bytes
 * @flags: MSG_*
 *
 * Context: process; may wait.
 * Return: bytes copied, with MSG_TRUNC those that were captured, -ENETDOWN
 * (once, when its link went down or away) or the errno of recv(2).
 */
int nst_capture_recvmsg(struct sock *sk, struct msghdr *msg, size_t len,
			int flags);

/* Counters up to now. Context: process. */
void nst_capture_statistics(struct sock *sk,
			    struct netstack_capture_statistics *statistics);

extern struct proto nst_capture_prot;

/* Module initialisation: slab. */
int nst_capture_register(void);
void nst_capture_unregister(void);

#endif /* NST_CAPTURE_H */
