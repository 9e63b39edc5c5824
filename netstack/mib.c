// SPDX-License-Identifier: GPL-2.0
/*
 * Counters of a stack and the end of a dropped packet.
 */
#include <linux/skbuff.h>

#include "mib.h"
#include "packet.h"
#include "trace.h"

const struct nst_counter_name nst_mib_names[NST_MIB_COUNT] = {
#define NST_MIB(symbol, group, name) [NST_MIB_##symbol] = { group, name },
#include "mib_list.h"
#undef NST_MIB
};

const struct nst_counter_name nst_drop_names[NST_DROP_COUNT] = {
#define NST_DROP(symbol, name, text) [NST_DROP_##symbol] = { "Drop", name },
#include "drop_list.h"
#undef NST_DROP
};

int nst_mib_init(struct nst_stack *stack)
{
	stack->mib = alloc_percpu(struct nst_mib);
	return stack->mib ? 0 : -ENOMEM;
}

void nst_mib_exit(struct nst_stack *stack)
{
	free_percpu(stack->mib);
}

static unsigned long sum_of_all_cpus(const unsigned long __percpu *counter)
{
	unsigned long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(*per_cpu_ptr(counter, cpu));
	return sum;
}

unsigned long nst_mib_read(const struct nst_stack *stack,
			   enum nst_mib_item item)
{
	return sum_of_all_cpus(&stack->mib->item[item]);
}

unsigned long nst_drop_read(const struct nst_stack *stack,
			    enum nst_drop_reason reason)
{
	return sum_of_all_cpus(&stack->mib->drop[reason]);
}

void nst_drop(struct nst_stack *stack, struct sk_buff *skb,
	      enum nst_drop_reason reason)
{
	this_cpu_inc(stack->mib->drop[reason]);
	trace_netstack_drop(stack, skb, reason);
	kfree_skb(skb);
}
