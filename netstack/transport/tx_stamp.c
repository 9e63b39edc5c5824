// SPDX-License-Identifier: GPL-2.0
/*
 * Timestamps of sending, SO_TIMESTAMPING: what a packet asks for. The request
 * is in the packet's shared information; the link layer answers it (SCHED,
 * SND), and TCP (ACK): net/core makes the report in the error queue.
 */
#include "../compat.h"
#include "sock.h"

/**
 * nst_sock_tx_stamp() - a datagram takes over what its message asks for
 * @sk: socket
 * @skb: packet, owned by @sk
 * @sockc: what the socket and the control messages ask for
 *
 * Context: any.
 */
void nst_sock_tx_stamp(struct sock *sk, struct sk_buff *skb,
		       const struct sockcm_cookie *sockc)
{
	struct skb_shared_info *shared = skb_shinfo(skb);
	u32 flags = sockc->tsflags;

	if (likely(!flags))
		return;
	__sock_tx_timestamp(flags, &shared->tx_flags);
	if (flags & SOF_TIMESTAMPING_OPT_ID &&
	    flags & SOF_TIMESTAMPING_TX_RECORD_MASK &&
	    !nst_compat_stamp_id(sockc, &shared->tskey))
		shared->tskey = atomic_inc_return(&sk->sk_tskey) - 1;
}
