// SPDX-License-Identifier: GPL-2.0
/*
 * What ethtool shows of a device: who drives it, and of which frames the link
 * layer said no, and why.
 */
#include <linux/ethtool.h>

#include "../mib.h"
#include "../netstack_version.h"
#include "device.h"

static void device_get_drvinfo(struct net_device *dev,
			       struct ethtool_drvinfo *info)
{
	strscpy(info->driver, NST_DEVICE_KIND, sizeof(info->driver));
	strscpy(info->version, NETSTACK_VERSION, sizeof(info->version));
}

static int device_get_sset_count(struct net_device *dev, int set)
{
	return set == ETH_SS_STATS ? NST_LINK_REFUSALS : -EOPNOTSUPP;
}

static void device_get_strings(struct net_device *dev, u32 set, u8 *data)
{
	unsigned int i;

	if (set != ETH_SS_STATS)
		return;
	for (i = 0; i < NST_LINK_REFUSALS; i++)
		strscpy_pad((char *)data + i * ETH_GSTRING_LEN,
			    nst_drop_names[i].name, ETH_GSTRING_LEN);
}

static void device_get_ethtool_stats(struct net_device *dev,
				     struct ethtool_stats *stats, u64 *data)
{
	const struct nst_device *device = netdev_priv(dev);
	unsigned int i;

	for (i = 0; i < NST_LINK_REFUSALS; i++)
		data[i] = nst_link_refused_read(device->link, i);
}

const struct ethtool_ops nst_device_ethtool_ops = {
	.get_drvinfo = device_get_drvinfo,
	.get_link = ethtool_op_get_link,
	.get_ts_info = ethtool_op_get_ts_info,
	.get_sset_count = device_get_sset_count,
	.get_strings = device_get_strings,
	.get_ethtool_stats = device_get_ethtool_stats,
};
