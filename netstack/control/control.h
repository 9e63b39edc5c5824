/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The control plane: generic netlink family "netstack", and sock_diag.
 */
#ifndef NST_CONTROL_H
#define NST_CONTROL_H

/* Registers the family and listens to events. Return: 0 or negative errno. */
int nst_control_init(void);
void nst_control_exit(void);

/* diag.c */
int nst_diag_register(void);
void nst_diag_unregister(void);

#endif /* NST_CONTROL_H */
