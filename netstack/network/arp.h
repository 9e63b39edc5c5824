/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Address Resolution Protocol (RFC 826), with address conflict detection
 * (RFC 5227): solicitation for the neighbour cache, answers for local
 * addresses, probes before use, announcements.
 */
#ifndef NST_ARP_H
#define NST_ARP_H

#include "../stack.h"

/* Module initialisation: EtherType, neighbour ops, address events. */
int nst_arp_register(void);

int nst_arp_init(struct nst_stack *stack);
void nst_arp_exit(struct nst_stack *stack);

#endif /* NST_ARP_H */
