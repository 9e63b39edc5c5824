// SPDX-License-Identifier: GPL-2.0
/*
 * One stack for each network namespace: composed bottom up out of the
 * layers' own parts when the first link asks for it, taken apart top down
 * when the namespace exits.
 */
#include <linux/random.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "link/link.h"
#include "mib.h"
#include "network/address.h"
#include "network/detection.h"
#include "network/group.h"
#include "network/icmp.h"
#include "network/ipv4.h"
#include "network/neighbour.h"
#include "network/path_mtu.h"
#include "network/reassembly.h"
#include "network/route.h"
#include "network/router.h"
#include "stack.h"
#include "transport/ping.h"
#include "transport/ports.h"
#include "transport/raw.h"
#include "transport/tcp/tcp.h"
#include "transport/udp.h"

unsigned int nst_net_id;

/**
 * struct nst_stack_part - a layer's own part of a stack
 * @init: allocate it
 * @exit: free it; everything above it is gone
 */
struct nst_stack_part {
	int (*init)(struct nst_stack *stack);
	void (*exit)(struct nst_stack *stack);
};

/* Bottom up. */
static const struct nst_stack_part parts[] = {
	{ nst_mib_init, nst_mib_exit },
	{ nst_link_init, nst_link_exit },
	{ nst_neighbour_init, nst_neighbour_exit },
	{ nst_detection_init, nst_detection_exit },
	{ nst_route_init, nst_route_exit },
	{ nst_path_mtu_init, nst_path_mtu_exit },
	{ nst_address_init, nst_address_exit },
	{ nst_router_init, nst_router_exit },
	{ nst_group_init, nst_group_exit },
	{ nst_ipv4_identification_init, nst_ipv4_identification_exit },
	{ nst_icmp_init, nst_icmp_exit },
	{ nst_reassembly_init, nst_reassembly_exit },
	{ nst_ports_init, nst_ports_exit },
	{ nst_udp_init, nst_udp_exit },
	{ nst_ping_init, nst_ping_exit },
	{ nst_raw_init, nst_raw_exit },
	{ nst_tcp_init, nst_tcp_exit },
	{ nst_loopback_init, nst_loopback_exit },
};

static void parts_exit(struct nst_stack *stack, size_t count)
{
	while (count--)
		parts[count].exit(stack);
}

/* RFC 1122 3.2.1.3 (g): lo answers to 127.0.0.0/8. */
static int loopback_address_add(struct nst_stack *stack)
{
	const struct nst_address_config config = {
		.family = AF_INET,
		.prefix_len = 8,
		.scope = RT_SCOPE_HOST,
		.no_probe = true,
		.address = nst_address_v4(htonl(INADDR_LOOPBACK)),
	};
	struct nst_link *lo;
	int err;

	mutex_lock(&stack->config_mutex);
	lo = nst_link_by_index_rcu(stack, NST_LOOPBACK_INDEX);
	err = nst_address_add(lo, &config, NULL);
	mutex_unlock(&stack->config_mutex);
	return err;
}

struct nst_stack *nst_stack_create(struct net *net)
{
	struct nst_stack *stack;
	size_t i;
	int err;

	stack = kzalloc(sizeof(*stack), GFP_KERNEL);
	if (!stack)
		return ERR_PTR(-ENOMEM);
	stack->net = net;
	mutex_init(&stack->config_mutex);
	nst_config_init(&stack->config);
	get_random_bytes(&stack->secret, sizeof(stack->secret));

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		err = parts[i].init(stack);
		if (err)
			goto err_parts;
	}
	err = loopback_address_add(stack);
	if (err)
		goto err_parts;
	return stack;

err_parts:
	stack->dying = true;
	parts_exit(stack, i);
	kfree(stack);
	return ERR_PTR(err);
}

void nst_stack_destroy(struct nst_stack *stack)
{
	WRITE_ONCE(stack->dying, true);
	parts_exit(stack, ARRAY_SIZE(parts));
	kfree(stack);
}

struct nst_stack *nst_stack_get_or_create(struct net *net)
{
	struct nst_net *nn = nst_net(net);
	struct nst_stack *stack;
	int err;

	ASSERT_RTNL();
	stack = rtnl_dereference(nn->stack);
	if (stack)
		return stack;
	if (!check_net(net))
		return ERR_PTR(-ENODEV);

	stack = nst_stack_create(net);
	if (IS_ERR(stack))
		return stack;
	err = nst_sysctl_register(stack);
	if (err) {
		nst_stack_destroy(stack);
		return ERR_PTR(err);
	}
	rcu_assign_pointer(nn->stack, stack);
	return stack;
}

/* No new socket or link; the grace period follows before exit. */
static void __net_exit nst_net_pre_exit(struct net *net)
{
	struct nst_stack *stack;

	rtnl_lock();
	stack = rtnl_dereference(nst_net(net)->stack);
	if (stack)
		WRITE_ONCE(stack->dying, true);
	rtnl_unlock();
}

static void __net_exit nst_net_exit(struct net *net)
{
	struct nst_net *nn = nst_net(net);
	struct nst_stack *stack;

	stack = rcu_replace_pointer(nn->stack, NULL, true);
	if (!stack)
		return;
	nst_sysctl_unregister(stack);
	synchronize_net();
	nst_stack_destroy(stack);
}

static struct pernet_operations nst_net_ops = {
	.pre_exit = nst_net_pre_exit,
	.exit = nst_net_exit,
	.id = &nst_net_id,
	.size = sizeof(struct nst_net),
};

int nst_stack_init(void)
{
	return register_pernet_subsys(&nst_net_ops);
}

void nst_stack_exit(void)
{
	unregister_pernet_subsys(&nst_net_ops);
}
