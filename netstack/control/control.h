/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The control plane: generic netlink family "netstack".
 */
#ifndef NST_CONTROL_H
#define NST_CONTROL_H

/* Registers the family and listens to events. Return: 0 or negative errno. */
int nst_control_init(void);
void nst_control_exit(void);

#endif /* NST_CONTROL_H */
