/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Address Resolution Protocol (RFC 826), with address conflict detection
 * (RFC 5227): solicitation for the neighbour cache, answers for local
 * addresses, probes before use, announcements.
 */
#ifndef NST_ARP_H
#define NST_ARP_H

#include "../stack.h"
#include "../link/link.h"

/* Module initialisation: EtherType, neighbour and detection ops. */
int nst_arp_register(void);

/**
 * nst_arp_send() - send an ARP packet
 * @link: link
 * @operation: ARPOP_REQUEST or ARPOP_REPLY
 * @destination: station or group of the frame
 * @sender: sender protocol address; zero in a probe
 * @target_station: target hardware address, or NULL for zero
 * @target: target protocol address
 *
 * Context: BHs disabled, RCU.
 */
void nst_arp_send(struct nst_link *link, u16 operation, const u8 *destination,
		  __be32 sender, const u8 *target_station, __be32 target);

/* Does the link speak ARP? Fixed for the life of a link. */
static inline bool nst_arp_link(const struct nst_link *link)
{
	return !(READ_ONCE(link->flags) &
		 (NST_LINK_LOOPBACK | NST_LINK_NOARP));
}

#endif /* NST_ARP_H */
