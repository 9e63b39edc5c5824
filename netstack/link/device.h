/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The net_device that joins a stack to the host: what device.c and ethtool.c
 * share.
 */
#ifndef NST_DEVICE_H
#define NST_DEVICE_H

#include <linux/netdevice.h>

#include "../compat.h"
#include "link.h"

#define NST_DEVICE_KIND	"netstack"

/*
 * What the host may leave to the device: it leaves it to the stack, which
 * takes packets unsegmented and unsummed.
 */
#define NST_DEVICE_TX_FEATURES	(NETIF_F_SG | NETIF_F_HIGHDMA | \
				 NETIF_F_HW_CSUM | NETIF_F_ALL_TSO | \
				 NST_DEVICE_GSO_ACCECN | NETIF_F_GSO_UDP_L4)

/*
 * What the device may do for the host with packets of the stack: vouch for
 * checksums (off: they are completed first), and hand over packets that hold
 * many segments, which is what hardware GRO promises to undo (off: each
 * segment comes as a packet of its own).
 */
#define NST_DEVICE_RX_FEATURES	(NETIF_F_RXCSUM | NETIF_F_GRO_HW)

/**
 * struct nst_device_link - the stack's end
 * @link: the link; the structure is freed with it
 * @dev: the host's end. Valid while the link is registered, and for those
 *	who saw it operational under RCU
 */
struct nst_device_link {
	struct nst_link link;
	struct net_device *dev;
};

/**
 * struct nst_device - the host's end, netdev_priv()
 * @link: the stack's end, referenced from registration to destruction; fixed
 * @registered: @link is in its stack's table; rtnl
 * @list: in the devices of the namespace of the stack; rtnl
 */
struct nst_device {
	struct nst_link *link;
	bool registered;
	struct list_head list;
};

extern const struct ethtool_ops nst_device_ethtool_ops;

#endif /* NST_DEVICE_H */
