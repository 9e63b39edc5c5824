/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Congestion controllers: how a connection's window grows and shrinks. Loss
 * detection and recovery belong to recovery.c; a controller is told what
 * happened and sets cwnd and ssthresh, or, when it has cong_control(), cwnd
 * and the pacing rate all by itself.
 */
#ifndef NST_CONGESTION_H
#define NST_CONGESTION_H

#include <linux/bits.h>
#include <linux/inet_diag.h>
#include <linux/types.h>

#include "../../config.h"

#define NST_CA_PRIV_SIZE	128

struct nst_tcp_acked;
struct nst_tcp_sock;
struct sk_buff;

enum nst_ca_event {
	NST_CA_EVENT_TX_START,		/* first transmission after idle */
	NST_CA_EVENT_CWND_RESTART,	/* window reduced after idle */
	NST_CA_EVENT_COMPLETE_CWR,	/* end of a reduction */
	NST_CA_EVENT_LOSS,		/* retransmission time-out */
	NST_CA_EVENT_ECN_CE,		/* a segment received was marked CE */
	NST_CA_EVENT_ECN_NO_CE,		/* a segment received was not */
};

/* struct nst_congestion_ops.flags */
#define NST_CA_NEEDS_ECN	BIT(0)	/* wants ECN on every segment */

/**
 * struct nst_congestion_ops - a congestion controller
 * @name: as TCP_CONGESTION has it
 * @flags: NST_CA_*
 * @init: the connection is synchronised, or the controller was chosen for one
 *	that is; ca_priv is zero; may be NULL
 * @release: connection or controller ends, after @init; may be NULL
 * @ssthresh: slow start threshold after a loss, segments
 * @ecn_ssthresh: the same after a mark (RFC 3168 6.1.2); NULL: @ssthresh
 * @cong_avoid: grow cwnd for @acked segments acknowledged while open; not
 *	called when there is @cong_control
 * @cong_control: instead of @cong_avoid and of the reduction in recovery:
 *	every acknowledgment, when all losses are marked; sets cwnd and
 *	sk_pacing_rate; may be NULL
 * @undo_cwnd: cwnd when the loss proved spurious, segments
 * @set_state: before ca_state changes; may be NULL
 * @event: may be NULL
 * @pkts_acked: every acknowledgement of data, with its round trip; may be
 *	NULL
 * @ecn_acked: segments newly delivered by an acknowledgment, and how many
 *	were marked: all of them with ECE (RFC 3168), or what accurate ECN
 *	tells (RFC 9768), segments without data included; may be NULL
 * @echo_ce: ECE of the acknowledgments to be sent, of controllers that echo
 *	each mark by itself; NULL: RFC 3168 6.1.3 says it
 * @skb_lost: a segment is thought lost; nst_tcp_sock.lost counts it already;
 *	may be NULL
 * @sndbuf_factor: send buffer in congestion windows; NULL for 2
 * @min_tso_segs: least segments of a super-segment when it is sized by the
 *	pacing rate; NULL for tcp_min_tso_segs
 * @get_info: what TCP_CC_INFO tells; returns its bytes; may be NULL
 *
 * Context of all: socket lock.
 */
struct nst_congestion_ops {
	char name[NST_CA_NAME_MAX];
	u8 flags;
	void (*init)(struct nst_tcp_sock *tp);
	void (*release)(struct nst_tcp_sock *tp);
	u32 (*ssthresh)(struct nst_tcp_sock *tp);
	u32 (*ecn_ssthresh)(struct nst_tcp_sock *tp);
	void (*cong_avoid)(struct nst_tcp_sock *tp, u32 acked);
	void (*cong_control)(struct nst_tcp_sock *tp,
			     const struct nst_tcp_acked *acked);
	u32 (*undo_cwnd)(struct nst_tcp_sock *tp);
	void (*set_state)(struct nst_tcp_sock *tp, u8 state);
	void (*event)(struct nst_tcp_sock *tp, enum nst_ca_event event);
	void (*pkts_acked)(struct nst_tcp_sock *tp,
			   const struct nst_tcp_acked *acked);
	void (*ecn_acked)(struct nst_tcp_sock *tp, u32 delivered, u32 marked);
	bool (*echo_ce)(const struct nst_tcp_sock *tp);
	void (*skb_lost)(struct nst_tcp_sock *tp, const struct sk_buff *skb);
	u32 (*sndbuf_factor)(const struct nst_tcp_sock *tp);
	u32 (*min_tso_segs)(const struct nst_tcp_sock *tp);
	size_t (*get_info)(const struct nst_tcp_sock *tp,
			   union tcp_cc_info *info);
};

/* ---- what there is, and what a stack allows ---- */

/* Find a controller by name. Return: it or NULL. */
const struct nst_congestion_ops *nst_congestion_find(const char *name);

/*
 * Names of all controllers, or with @config of those that any program of the
 * stack may choose, separated by blanks. Return: bytes written.
 */
int nst_congestion_names(const struct nst_config *config, char *buffer,
			 size_t size);

/* The stack's default for new sockets. Return: 0 or -ENOENT. */
int nst_congestion_set_default(struct nst_config *config, const char *name);

/* Set which ones any program may choose. Return: 0 or -ENOENT. */
int nst_congestion_set_allowed(struct nst_config *config, char *names);

/* The choice of a stack that has made none. */
void nst_congestion_config_init(struct nst_config *config);

/* ---- the controller of a socket ---- */

/*
 * Choose one for a socket, as TCP_CONGESTION; @privileged: the caller has
 * CAP_NET_ADMIN. Return: 0, -ENOENT or -EPERM. Socket lock.
 */
int nst_congestion_set(struct nst_tcp_sock *tp, const char *name,
		       bool privileged);

/* The stack's default, for a new socket. */
void nst_congestion_assign(struct nst_tcp_sock *tp);

/* A child: the listener's, if a program chose it, else the default. */
void nst_congestion_inherit(struct nst_tcp_sock *child,
			    const struct nst_tcp_sock *listener);

/* The connection is synchronised; cwnd is set. */
void nst_congestion_init(struct nst_tcp_sock *tp);

/* The connection has ended; the choice stays. Idempotent. */
void nst_congestion_release(struct nst_tcp_sock *tp);

/* ---- what controllers share ---- */

/* RFC 5681 3.1: slow start; returns what is left of @acked. */
u32 nst_congestion_slow_start(struct nst_tcp_sock *tp, u32 acked);

/* RFC 3465 2.2, L: segments of @acked that one ACK may credit. */
u32 nst_congestion_abc_limit(const struct nst_tcp_sock *tp, u32 acked);

/* RFC 5681 3.1: one segment more for each @window segments acknowledged. */
void nst_congestion_additive(struct nst_tcp_sock *tp, u32 window, u32 acked);

/* The threshold after a mark. */
bool nst_congestion_needs_ecn(const struct nst_tcp_sock *tp);
u32 nst_congestion_ecn_ssthresh(struct nst_tcp_sock *tp);

/* A segment is thought lost, and counted. */
void nst_congestion_skb_lost(struct nst_tcp_sock *tp,
			     const struct sk_buff *skb);

/* The window before the reduction. */
u32 nst_congestion_undo(struct nst_tcp_sock *tp);

extern const struct nst_congestion_ops nst_bbr;
extern const struct nst_congestion_ops nst_cubic;
extern const struct nst_congestion_ops nst_dctcp;
extern const struct nst_congestion_ops nst_reno;

#endif /* NST_CONGESTION_H */
