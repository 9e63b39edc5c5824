/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Congestion controllers: how a connection's window grows and shrinks. Loss
 * detection and recovery belong to recovery.c; a controller is told what
 * happened and sets cwnd and ssthresh.
 */
#ifndef NST_CONGESTION_H
#define NST_CONGESTION_H

#include <linux/types.h>

#include "../../config.h"

#define NST_CA_PRIV_SIZE	104

struct nst_tcp_acked;
struct nst_tcp_sock;

enum nst_ca_event {
	NST_CA_EVENT_TX_START,		/* first transmission after idle */
	NST_CA_EVENT_CWND_RESTART,	/* window reduced after idle */
	NST_CA_EVENT_COMPLETE_CWR,	/* end of a reduction */
	NST_CA_EVENT_LOSS,		/* retransmission time-out */
};

/**
 * struct nst_congestion_ops - a congestion controller
 * @name: as TCP_CONGESTION has it
 * @init: connection established or controller chosen; may be NULL
 * @release: connection or controller ends; may be NULL
 * @ssthresh: slow start threshold after a loss, segments
 * @cong_avoid: grow cwnd for @acked segments acknowledged while open
 * @undo_cwnd: cwnd when the loss proved spurious, segments
 * @set_state: before ca_state changes; may be NULL
 * @event: may be NULL
 * @pkts_acked: every acknowledgement of data, with its round trip; may be
 *	NULL
 *
 * Context of all: socket lock.
 */
struct nst_congestion_ops {
	char name[NST_CA_NAME_MAX];
	void (*init)(struct nst_tcp_sock *tp);
	void (*release)(struct nst_tcp_sock *tp);
	u32 (*ssthresh)(struct nst_tcp_sock *tp);
	void (*cong_avoid)(struct nst_tcp_sock *tp, u32 acked);
	u32 (*undo_cwnd)(struct nst_tcp_sock *tp);
	void (*set_state)(struct nst_tcp_sock *tp, u8 state);
	void (*event)(struct nst_tcp_sock *tp, enum nst_ca_event event);
	void (*pkts_acked)(struct nst_tcp_sock *tp,
			   const struct nst_tcp_acked *acked);
};

/* Find a controller by name. Return: it or NULL. */
const struct nst_congestion_ops *nst_congestion_find(const char *name);

/* Names of all, separated by blanks. Return: bytes written. */
int nst_congestion_names(char *buffer, size_t size);

/* Choose one for a socket. Return: 0 or -ENOENT. Socket lock. */
int nst_congestion_set(struct nst_tcp_sock *tp, const char *name);

/* The stack's default, for a new socket. */
void nst_congestion_assign(struct nst_tcp_sock *tp);

/* RFC 5681 3.1: slow start; returns what is left of @acked. */
u32 nst_congestion_slow_start(struct nst_tcp_sock *tp, u32 acked);

extern const struct nst_congestion_ops nst_reno;

#endif /* NST_CONGESTION_H */
