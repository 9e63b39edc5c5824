/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Differences between kernel versions, 6.1 to 7.2: the only place that looks
 * at LINUX_VERSION_CODE. The code elsewhere is written for the newest form.
 */
#ifndef NST_COMPAT_H
#define NST_COMPAT_H

#include <linux/timer.h>
#include <linux/version.h>

/* 6.16 renamed from_timer(). */
#ifndef timer_container_of
#define timer_container_of	from_timer
#endif

/* 6.6 gave register_net_sysctl() the size of the table. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
#define register_net_sysctl_sz(net, path, table, size) \
	register_net_sysctl(net, path, table)
#endif

/* 6.11 made the table of a proc_handler const. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
#define nst_ctl_table	struct ctl_table
#else
#define nst_ctl_table	const struct ctl_table
#endif

#endif /* NST_COMPAT_H */
