/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A transport for unit tests: it keeps what the network layer delivers and
 * the errors that it reports, for the test to look at. Its protocol number
 * is one that RFC 3692 reserves for experiments.
 */
#ifndef NST_KUNIT_TRANSPORT_PROBE_H
#define NST_KUNIT_TRANSPORT_PROBE_H

#include <kunit/test.h>

#include "../netstack/network/network.h"

#define NST_PROBE_PROTOCOL	253

/**
 * struct nst_probe - what came up since nst_probe_start()
 * @received: packets, as struct nst_packet_cb says
 * @errors: how many errors
 * @error: the last one
 * @quoted: first bytes of the transport header that it quotes
 */
struct nst_probe {
	struct sk_buff_head received;
	unsigned int errors;
	struct nst_icmp_error error;
	u8 quoted[8];
};

extern struct nst_probe nst_probe;

/* For the init and exit of a suite's cases. */
int nst_probe_start(struct kunit *test);
void nst_probe_stop(struct kunit *test);

#endif /* NST_KUNIT_TRANSPORT_PROBE_H */
