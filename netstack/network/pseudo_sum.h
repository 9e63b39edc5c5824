/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pseudo-header of the transports' checksum (RFC 9293 3.1, RFC 768,
 * RFC 8200 8.1), for both families and without a table or a call into the
 * host's IPv6.
 */
#ifndef NST_PSEUDO_SUM_H
#define NST_PSEUDO_SUM_H

#include <linux/socket.h>
#include <net/checksum.h>

#include "../types.h"

/**
 * nst_pseudo_sum() - sum of the pseudo-header, not folded
 * @family: AF_INET or AF_INET6
 * @saddr: source
 * @daddr: destination
 * @length: transport header and payload, bytes
 * @protocol: IPPROTO_*
 *
 * To send with CHECKSUM_PARTIAL, the checksum field is ~csum_fold() of it;
 * to verify, it goes into skb->csum before __skb_checksum_complete().
 */
static inline __wsum nst_pseudo_sum(u8 family, const union nst_address *saddr,
				    const union nst_address *daddr, u32 length,
				    u8 protocol)
{
	if (likely(family == AF_INET))
		return csum_tcpudp_nofold(saddr->v4, daddr->v4, length,
					  protocol, 0);
	return csum_partial(daddr, sizeof(*daddr),
			    csum_partial(saddr, sizeof(*saddr),
					 csum_tcpudp_nofold(0, 0, length,
							    protocol, 0)));
}

#endif /* NST_PSEUDO_SUM_H */
