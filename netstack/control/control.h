/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The control plane: generic netlink family "netstack", sock_diag, and
 * rtnetlink(7).
 */
#ifndef NST_CONTROL_H
#define NST_CONTROL_H

/* Registers the family and listens to events. Return: 0 or negative errno. */
int nst_control_init(void);
void nst_control_exit(void);

/* diag.c */
int nst_diag_register(void);
void nst_diag_unregister(void);

/**
 * nst_rtnl_register() - rtnetlink(7) of the stacks (rtnetlink.c)
 * @unit: number of the netlink protocol
 *
 * Context: module initialisation, after nst_stack_init().
 * Return: 0, -EINVAL (not a number of one, or the kernel's), -EBUSY (taken,
 * or memory is short) or -ENOMEM.
 */
int nst_rtnl_register(int unit);
void nst_rtnl_unregister(void);

/* Module initialisation: have changes told (rtnetlink_events.c). */
int nst_rtnl_listen(void);

#endif /* NST_CONTROL_H */
