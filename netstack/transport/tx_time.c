// SPDX-License-Identifier: GPL-2.0
/*
 * The time of sending: when a packet is to be sent (SO_TXTIME), which the queue
 * discipline of a port's device heeds, and timestamps of when it was
 * (SO_TIMESTAMPING). The request of these is in the packet's shared information;
 * the link layer answers it (SCHED, SND), and TCP (ACK): net/core makes the
 * report in the error queue.
 */
#include "../compat.h"
#include "sock.h"

/**
 * nst_sock_tx_time() - a datagram takes over what its message asks for
 * @sk: socket
 * @skb: packet, owned by @sk
 * @sockc: what the socket and the control messages ask for
 *
 * Context: any.
 */
void nst_sock_tx_time(struct sock *sk, struct sk_buff *skb,
		      const struct sockcm_cookie *sockc)
{
	struct skb_shared_info *shared = skb_shinfo(skb);
	u32 flags = sockc->tsflags;

	/* Before 6.3 net/core takes the other clocks, too. */
	if (unlikely(sockc->transmit_time) &&
	    sk->sk_clockid == CLOCK_MONOTONIC)
		skb_set_delivery_time(skb, sockc->transmit_time, true);
	if (likely(!flags))
		return;
	__sock_tx_timestamp(flags, &shared->tx_flags);
	if (flags & SOF_TIMESTAMPING_OPT_ID &&
	    flags & SOF_TIMESTAMPING_TX_RECORD_MASK &&
	    !nst_compat_stamp_id(sockc, &shared->tskey))
		shared->tskey = atomic_inc_return(&sk->sk_tskey) - 1;
}
