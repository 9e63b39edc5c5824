// SPDX-License-Identifier: GPL-2.0
/*
 * netstack: a TCP/IP stack of its own for programs, in a kernel module.
 *
 * The table of contents: what the module registers, bottom up, and takes
 * back in the opposite order.
 */
#include <linux/module.h>

#include "control/control.h"
#include "link/link.h"
#include "link/tap.h"
#include "netstack_version.h"
#include "network/address.h"
#include "network/arp.h"
#include "network/autoconf.h"
#include "network/detection.h"
#include "network/group.h"
#include "network/icmp.h"
#include "network/icmpv6.h"
#include "network/ipv4.h"
#include "network/ipv6.h"
#include "network/ndp.h"
#include "network/neighbour.h"
#include "network/route.h"
#include "network/router.h"
#include "socket/socket.h"
#include "stack.h"
#include "transport/capture.h"
#include "transport/ping.h"
#include "transport/raw.h"
#include "transport/tcp/tcp.h"
#include "transport/udp.h"
#include <linux/netstack.h>

static int family = AF_NETSTACK;
module_param(family, int, 0444);
MODULE_PARM_DESC(family, "address family number of the sockets (default 18)");

static int netlink = NETLINK_NETSTACK;
module_param(netlink, int, 0444);
MODULE_PARM_DESC(netlink, "netlink protocol number of the stack's rtnetlink (default 31)");

/*
 * What layers tell each other without calling upward. Listeners hear an
 * event in this order: when a link goes, its addresses go first, with the
 * routes that they brought, then the other routes, then the neighbours. The
 * frames of a group are taken before an address of it is probed.
 */
static int __init listen_to_events(void)
{
	int err;

	err = nst_tap_listen();
	if (!err)
		err = nst_address_listen();
	if (!err)
		err = nst_route_listen();
	if (!err)
		err = nst_neighbour_listen();
	if (!err)
		err = nst_ndp_listen();
	if (!err)
		err = nst_detection_listen();
	if (!err)
		err = nst_router_listen();
	if (!err)
		err = nst_group_listen();
	return err;
}

/* Tables that are read-only once the module runs: nothing to take back. */
static int __init register_protocols(void)
{
	int err;

	err = nst_arp_register();
	if (!err)
		err = nst_ipv4_register();
	if (!err)
		err = nst_icmp_register();
	if (!err)
		err = nst_ipv6_register();
	if (!err)
		err = nst_icmpv6_register();
	if (!err)
		err = nst_ndp_register();
	if (!err)
		err = nst_router_advert_register();
	if (!err)
		err = nst_router_redirect_register();
	if (!err)
		err = nst_igmp_register();
	if (!err)
		err = nst_mld_register();
	return err;
}

static int __init netstack_init(void)
{
	int err;

	err = listen_to_events();
	if (err)
		return err;
	err = register_protocols();
	if (err)
		return err;
	err = nst_udp_register();
	if (err)
		return err;
	err = nst_ping_register();
	if (err)
		goto err_udp;
	err = nst_raw_register();
	if (err)
		goto err_ping;
	err = nst_capture_register();
	if (err)
		goto err_raw;
	err = nst_tcp_register();
	if (err)
		goto err_capture;
	err = nst_stack_init();
	if (err)
		goto err_tcp;
	err = nst_pipe_init();
	if (err)
		goto err_stack;
	err = nst_port_init();
	if (err)
		goto err_pipe;
	err = nst_control_init();
	if (err)
		goto err_port;
	err = nst_rtnl_register(netlink);
	if (err) {
		pr_err("netstack: netlink protocol %d: %s; load with netlink=30 or another from 23 to 31\n",
		       netlink, err == -EINVAL ? "not a number for modules" :
						 "taken by another module, or no memory");
		goto err_control;
	}
	err = nst_rtnl_listen();
	/* What it makes of an event is told after the event. */
	if (!err)
		err = nst_autoconf_listen();
	if (err)
		goto err_rtnl;
	err = nst_family_register(family);
	if (err) {
		pr_err("netstack: address family %d: %s; load with family=22 or family=25\n",
		       family, err == -EEXIST ? "taken by another module" :
						"not a family number");
		goto err_rtnl;
	}
	err = nst_diag_register();
	if (err)
		goto err_family;
	err = nst_device_init();
	if (err)
		goto err_diag;
	return 0;

err_diag:
	nst_diag_unregister();
err_family:
	nst_family_unregister();
err_rtnl:
	nst_rtnl_unregister();
err_control:
	nst_control_exit();
err_port:
	nst_port_exit();
err_pipe:
	nst_pipe_exit();
err_stack:
	nst_stack_exit();
err_tcp:
	nst_tcp_unregister();
err_capture:
	nst_capture_unregister();
err_raw:
	nst_raw_unregister();
err_ping:
	nst_ping_unregister();
err_udp:
	nst_udp_unregister();
	rcu_barrier();
	return err;
}

static void __exit netstack_exit(void)
{
	nst_device_exit();
	nst_diag_unregister();
	nst_family_unregister();
	nst_rtnl_unregister();
	nst_control_exit();
	nst_port_exit();
	nst_pipe_exit();
	nst_stack_exit();
	nst_tcp_unregister();
	nst_capture_unregister();
	nst_raw_unregister();
	nst_ping_unregister();
	nst_udp_unregister();
	/* Callbacks under way run code of this module. */
	rcu_barrier();
}

module_init(netstack_init);
module_exit(netstack_exit);

MODULE_DESCRIPTION("A TCP/IP stack of its own for each network namespace");
MODULE_AUTHOR("The netstack authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(NETSTACK_VERSION);
