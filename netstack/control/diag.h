/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The sockets of a stack over NETLINK_SOCK_DIAG: what is told of one
 * (diag_message.c) to who asks (diag.c).
 */
#ifndef NST_DIAG_H
#define NST_DIAG_H

#include <net/sock.h>
#include <linux/netstack_diag.h>

#include "../transport/demux.h"

/* What an endpoint is told as. Context: RCU, or a reference to it. */
u8 nst_diag_state(const struct nst_endpoint *flow);
u8 nst_diag_protocol(const struct nst_endpoint *flow);
u8 nst_diag_type(const struct nst_endpoint *flow);

/**
 * struct nst_diag_reader - who is told, and what
 * @portid: port of the netlink socket
 * @seq: sequence number of the request
 * @flags: NLM_F_*
 * @show: NETSTACK_DIAG_SHOW() of what was asked for and may be told
 * @user_ns: user namespace for user IDs
 */
struct nst_diag_reader {
	u32 portid;
	u32 seq;
	u16 flags;
	u32 show;
	struct user_namespace *user_ns;
};

/* Most bytes that an answer has. */
#define NST_DIAG_MESSAGE_SIZE	1024

/**
 * nst_diag_fill() - tell one socket
 * @skb: where to
 * @reader: reader
 * @flow: endpoint
 *
 * Context: process; RCU, or a reference to @flow.
 * Return: 0 or -EMSGSIZE, @skb as it was.
 */
int nst_diag_fill(struct sk_buff *skb, const struct nst_diag_reader *reader,
		  struct nst_endpoint *flow);

#endif /* NST_DIAG_H */
