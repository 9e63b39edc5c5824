/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Per-CPU counters of a stack: the host's SNMP names (RFC 4293, 4022, 4113
 * and the host's TcpExt), and one counter for every reason to drop a packet.
 * mib_list.h and drop_list.h are the one place that names them.
 */
#ifndef NST_MIB_H
#define NST_MIB_H

#include <linux/percpu.h>
#include <linux/types.h>

#include "stack.h"

enum nst_mib_item {
#define NST_MIB(symbol, group, name) NST_MIB_##symbol,
#include "mib_list.h"
#undef NST_MIB
	NST_MIB_COUNT
};

enum nst_drop_reason {
#define NST_DROP(symbol, name, text) NST_DROP_##symbol,
#include "drop_list.h"
#undef NST_DROP
	NST_DROP_COUNT
};

/**
 * struct nst_mib - one CPU's counters
 * @item: events, by &enum nst_mib_item
 * @drop: packets dropped, by &enum nst_drop_reason
 */
struct nst_mib {
	unsigned long item[NST_MIB_COUNT];
	unsigned long drop[NST_DROP_COUNT];
};

#define NST_INC(stack, symbol) \
	this_cpu_inc((stack)->mib->item[NST_MIB_##symbol])
/* The same for an &enum nst_mib_item that is known at run time only. */
#define NST_INC_ITEM(stack, which) \
	this_cpu_inc((stack)->mib->item[which])
#define NST_ADD(stack, symbol, n) \
	this_cpu_add((stack)->mib->item[NST_MIB_##symbol], n)
#define NST_DEC(stack, symbol) \
	this_cpu_dec((stack)->mib->item[NST_MIB_##symbol])

/**
 * struct nst_counter_name - how a counter is shown
 * @group: SNMP group ("Ip", "Tcp", "TcpExt", "Drop", ...)
 * @name: name within the group
 */
struct nst_counter_name {
	const char *group;
	const char *name;
};

extern const struct nst_counter_name nst_mib_names[NST_MIB_COUNT];
extern const struct nst_counter_name nst_drop_names[NST_DROP_COUNT];

/* Sums over all CPUs; Context: any. */
unsigned long nst_mib_read(const struct nst_stack *stack,
			   enum nst_mib_item item);
unsigned long nst_drop_read(const struct nst_stack *stack,
			    enum nst_drop_reason reason);

int nst_mib_init(struct nst_stack *stack);
void nst_mib_exit(struct nst_stack *stack);

#endif /* NST_MIB_H */
