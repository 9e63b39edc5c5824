// SPDX-License-Identifier: GPL-2.0
/*
 * The transport that unit tests listen with. Entry points:
 * transport_probe.h.
 */
#include "transport_probe.h"

struct nst_probe nst_probe;

static void probe_receive(struct nst_stack *stack, struct sk_buff *skb)
{
	skb_queue_tail(&nst_probe.received, skb);
}

static void probe_error(struct nst_stack *stack, struct sk_buff *skb,
			const struct nst_icmp_error *error)
{
	nst_probe.errors++;
	nst_probe.error = *error;
	memcpy(nst_probe.quoted, skb->data, sizeof(nst_probe.quoted));
}

static const struct nst_transport_protocol probe = {
	.protocol = NST_PROBE_PROTOCOL,
	.families = NST_OVER_IPV4 | NST_OVER_IPV6,
	.receive = probe_receive,
	.error = probe_error,
};

int nst_probe_start(struct kunit *test)
{
	int err;

	memset(&nst_probe, 0, sizeof(nst_probe));
	skb_queue_head_init(&nst_probe.received);
	err = nst_transport_register(&probe);
	return err == -EEXIST ? 0 : err;
}

void nst_probe_stop(struct kunit *test)
{
	skb_queue_purge(&nst_probe.received);
}
