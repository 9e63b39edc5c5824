// SPDX-License-Identifier: GPL-2.0
/*
 * Counters over netlink: every one of mib_list.h, then every drop reason.
 */
#include "../mib.h"
#include "message.h"

/**
 * struct counter - one counter, read
 * @name: how it is shown
 * @value: sum over all CPUs
 */
struct counter {
	const struct nst_counter_name *name;
	u64 value;
};

static int fill(struct sk_buff *skb, const void *item)
{
	const struct counter *counter = item;

	if (nla_put_string(skb, NETSTACK_A_STAT_GROUP, counter->name->group) ||
	    nla_put_string(skb, NETSTACK_A_STAT_NAME, counter->name->name))
		return -EMSGSIZE;
	return nla_put_u64_64bit(skb, NETSTACK_A_STAT_VALUE, counter->value,
				 NETSTACK_A_STAT_PAD);
}

static const struct nst_object stat_object = {
	.cmd = NETSTACK_CMD_STAT_GET,
	.nest = NETSTACK_A_STAT,
	.fill = fill,
};

int nst_control_stat_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nst_stack *stack = nst_message_dump_stack(cb);
	struct counter counter;
	int err = 0;
	long i;

	if (IS_ERR(stack))
		return PTR_ERR(stack);
	for (i = cb->args[0]; i < NST_MIB_COUNT + NST_DROP_COUNT; i++) {
		if (i < NST_MIB_COUNT) {
			counter.name = &nst_mib_names[i];
			counter.value = nst_mib_read(stack, i);
		} else {
			counter.name = &nst_drop_names[i - NST_MIB_COUNT];
			counter.value = nst_drop_read(stack,
						      i - NST_MIB_COUNT);
		}
		err = nst_message_dump(skb, cb, &stat_object, &counter);
		if (err)
			break;
	}
	cb->args[0] = i;
	return skb->len ?: err;
}
