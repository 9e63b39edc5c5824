/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NETSTACK_VERSION_H
#define NETSTACK_VERSION_H

#define NETSTACK_VERSION "0.1.0"

#endif /* NETSTACK_VERSION_H */
