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

#endif /* NST_COMPAT_H */
