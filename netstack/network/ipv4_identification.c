// SPDX-License-Identifier: GPL-2.0
/*
 * Identification of outgoing IPv4 datagrams that may be fragmented
 * (RFC 6864 4.3; atomic ones have zero). Counters are shared by the
 * destinations that a keyed hash sends to them, and each destination sees
 * them with an offset of its own (RFC 7739 5.3).
 */
#include <linux/slab.h>

#include "ipv4.h"

#define COUNTERS	1024	/* power of two */

/**
 * struct nst_ipv4_identification - identification sources of a stack
 * @counter: values given out, by hash of addresses and protocol
 */
struct nst_ipv4_identification {
	atomic_t counter[COUNTERS];
};

u16 nst_ipv4_identification(struct nst_stack *stack,
			    const struct nst_path *path, u8 protocol,
			    unsigned int count)
{
	u64 hash = siphash_3u32((__force u32)path->daddr.v4,
				(__force u32)path->saddr.v4,
				protocol, &stack->secret);
	atomic_t *counter;

	counter = &stack->identification->counter[(hash >> 32) % COUNTERS];
	return atomic_fetch_add(count, counter) + (u16)hash;
}

int nst_ipv4_identification_init(struct nst_stack *stack)
{
	stack->identification = kzalloc(sizeof(*stack->identification),
					GFP_KERNEL);
	return stack->identification ? 0 : -ENOMEM;
}

void nst_ipv4_identification_exit(struct nst_stack *stack)
{
	kfree(stack->identification);
	stack->identification = NULL;
}
