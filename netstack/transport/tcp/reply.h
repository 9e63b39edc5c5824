/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Segments that no socket stands behind (reply.c).
 */
#ifndef NST_TCP_REPLY_H
#define NST_TCP_REPLY_H

#include "tcp.h"

/* RST in answer to @skb (RFC 9293 3.10.7.1); @skb is not consumed. */
void nst_tcp_reply_reset(struct nst_stack *stack, struct sk_buff *skb);

/**
 * struct nst_tcp_reply - a segment of a request or TIME-WAIT
 * @flow: its flow
 * @path: path to use, or NULL to look it up
 * @seq: sequence number
 * @ack: acknowledgement number
 * @window: field, already scaled
 * @flags: NST_TCP_*
 * @tos: type of service
 * @priority: SO_PRIORITY of the listener, or 0
 * @mark: its SO_MARK, or 0
 * @has_ts: send @tsval and @tsecr
 * @tsval: TSval
 * @tsecr: TSecr
 * @syn_options: options of a SYN-ACK, or NULL
 */
struct nst_tcp_reply {
	const struct nst_endpoint *flow;
	const struct nst_path *path;
	u32 seq;
	u32 ack;
	u16 window;
	u16 flags;
	u8 tos;
	bool has_ts;
	u32 priority;
	u32 mark;
	u32 tsval;
	u32 tsecr;
	const struct nst_tcp_options *syn_options;
};

int nst_tcp_reply_send(struct nst_stack *stack,
		       const struct nst_tcp_reply *reply);

#endif /* NST_TCP_REPLY_H */
