/* SPDX-License-Identifier: GPL-2.0 */
/*
 * User Datagram Protocol (RFC 768, 1122 4.1, 8085).
 */
#ifndef NST_UDP_H
#define NST_UDP_H

#include "sock.h"

/**
 * struct nst_udp - datagram transport of a stack
 * @demux: connected flows and bound sockets
 */
struct nst_udp {
	struct nst_demux demux;
};

/* Module initialisation: slab, transport registration. */
int nst_udp_register(void);
void nst_udp_unregister(void);

int nst_udp_init(struct nst_stack *stack);
void nst_udp_exit(struct nst_stack *stack);

extern struct proto nst_udp_prot;

#endif /* NST_UDP_H */
