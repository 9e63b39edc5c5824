/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Short ways to what the suites of the network layer's tables do all the
 * time: addresses and routes under config_mutex, a second link, paths, and
 * the count of references that a link has.
 */
#ifndef NST_KUNIT_NETWORK_FIXTURE_H
#define NST_KUNIT_NETWORK_FIXTURE_H

#include <linux/netlink.h>
#include <linux/slab.h>

#include "../netstack/network/address.h"
#include "../netstack/network/neighbour.h"
#include "../netstack/network/route.h"
#include "packet_builder.h"
#include "wire.h"

#define NST_SECOND_INDEX	101

static inline union nst_address ipv4(u32 address)
{
	return nst_address_v4(htonl(address));
}

static inline int address_add(struct nst_link *link, u32 address,
			      u8 prefix_len, u8 scope)
{
	struct nst_address_config config = {
		.family = AF_INET,
		.prefix_len = prefix_len,
		.scope = scope,
		.no_probe = true,
		.address = ipv4(address),
	};
	int err;

	mutex_lock(&link->stack->config_mutex);
	err = nst_address_add(link, &config, NULL);
	mutex_unlock(&link->stack->config_mutex);
	return err;
}

static inline int address_del(struct nst_link *link, u32 address,
			      u8 prefix_len)
{
	union nst_address local = ipv4(address);
	int err;

	mutex_lock(&link->stack->config_mutex);
	err = nst_address_del(link, AF_INET, &local, prefix_len, NULL);
	mutex_unlock(&link->stack->config_mutex);
	return err;
}

/* A copy: the address itself may go at any time. */
static inline bool address_get(struct nst_link *link, u32 address,
			       struct nst_local_address *copy)
{
	union nst_address wanted = ipv4(address);
	struct nst_local_address *local;

	rcu_read_lock();
	local = nst_address_find_rcu(link->stack, link, AF_INET, &wanted);
	if (local)
		*copy = *local;
	rcu_read_unlock();
	return local;
}

static inline u8 address_flags(struct nst_link *link, u32 address)
{
	struct nst_local_address local;

	return address_get(link, address, &local) ? local.flags : 0xff;
}

/**
 * struct route_words - a route in the words of a test, host order
 * @to: destination
 * @len: prefix length
 * @via: gateway
 * @dev: number of the link
 * @metric: metric
 * @src: preferred source
 * @type: RTN_*, 0 for RTN_UNICAST
 * @tos: type of service
 * @mtu: path MTU
 */
struct route_words {
	u32 to;
	u8 len;
	u32 via;
	u32 dev;
	u32 metric;
	u32 src;
	u8 type;
	u8 tos;
	u32 mtu;
};

static inline struct nst_route_config route_config(struct route_words words)
{
	return (struct nst_route_config) {
		.family = AF_INET,
		.prefix_len = words.len,
		.type = words.type ?: RTN_UNICAST,
		.protocol = RTPROT_STATIC,
		.tos = words.tos,
		.link_index = words.dev,
		.metric = words.metric,
		.metrics.mtu = words.mtu,
		.destination = ipv4(words.to),
		.gateway = ipv4(words.via),
		.prefsrc = ipv4(words.src),
	};
}

static inline int route_set(struct nst_stack *stack, struct route_words words,
			    bool replace, struct netlink_ext_ack *extack)
{
	struct nst_route_config config = route_config(words);
	int err;

	mutex_lock(&stack->config_mutex);
	err = nst_route_add(stack, &config, replace, extack);
	mutex_unlock(&stack->config_mutex);
	return err;
}

static inline int route_add(struct nst_stack *stack, struct route_words words)
{
	return route_set(stack, words, false, NULL);
}

static inline int route_del(struct nst_stack *stack, struct route_words words)
{
	struct nst_route_config config = route_config(words);
	int err;

	config.type = words.type;
	config.protocol = RTPROT_UNSPEC;
	mutex_lock(&stack->config_mutex);
	err = nst_route_del(stack, &config, NULL);
	mutex_unlock(&stack->config_mutex);
	return err;
}

/* How many routes of this type and prefix leave by @link? */
static inline unsigned int routes_of(struct nst_link *link, u8 type, u32 to,
				     u8 len)
{
	union nst_address destination = ipv4(to);
	struct nst_route *route = NULL;
	unsigned int n = 0;

	rcu_read_lock();
	while ((route = nst_route_next_rcu(link->stack, route)))
		n += route->link == link && route->config.type == type &&
		     route->config.prefix_len == len &&
		     nst_address_equal(&route->config.destination,
				       &destination);
	rcu_read_unlock();
	return n;
}

static inline unsigned int route_count(struct nst_stack *stack)
{
	struct nst_route *route = NULL;
	unsigned int n = 0;

	rcu_read_lock();
	while ((route = nst_route_next_rcu(stack, route)))
		n++;
	rcu_read_unlock();
	return n;
}

static inline void link_flags(struct nst_link *link, u32 flags, u32 mask)
{
	mutex_lock(&link->stack->config_mutex);
	nst_link_set_flags(link, flags, mask);
	mutex_unlock(&link->stack->config_mutex);
}

static inline int path_to(struct nst_stack *stack, u32 daddr, u32 saddr,
			  u32 link_index, struct nst_path *path)
{
	struct nst_route_key key = {
		.family = AF_INET,
		.link_index = link_index,
		.daddr = ipv4(daddr),
		.saddr = ipv4(saddr),
	};

	return nst_route_output(stack, &key, path);
}

/* The second link swallows what is sent. */
static inline int second_xmit(struct nst_link *link, struct sk_buff *skb)
{
	consume_skb(skb);
	return 0;
}

static inline void second_changed(struct nst_link *link)
{
}

static inline void second_destroy(struct nst_link *link)
{
	kfree(link);
}

static const struct nst_link_ops second_ops = {
	.kind = "second",
	.xmit = second_xmit,
	.admin_changed = second_changed,
	.destroy = second_destroy,
};

/* Kept in test->priv; second_link_drop() is the suite's exit. */
static inline struct nst_link *second_link(struct nst_wire *wire, u32 flags)
{
	struct nst_link *link = kzalloc(sizeof(*link), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(wire->test, link);
	KUNIT_ASSERT_EQ(wire->test, 0,
			nst_link_setup(link, wire->stack, &second_ops));
	link->index = NST_SECOND_INDEX;
	link->flags = NST_LINK_UP | NST_LINK_CARRIER | flags;
	strscpy(link->name, "second0", IFNAMSIZ);
	ether_addr_copy(link->address, nst_wire_other_mac);
	mutex_lock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(wire->test, 0, nst_link_register(link));
	mutex_unlock(&wire->stack->config_mutex);
	wire->test->priv = link;
	return link;
}

static inline void second_link_drop(struct kunit *test)
{
	struct nst_link *link = test->priv;

	if (!link)
		return;
	test->priv = NULL;
	mutex_lock(&link->stack->config_mutex);
	nst_link_unregister(link);
	mutex_unlock(&link->stack->config_mutex);
	/* The table's reference is gone; ours is the last. */
	KUNIT_EXPECT_EQ(test, 1, refcount_read(&link->refs));
	nst_link_put(link);
}

#endif /* NST_KUNIT_NETWORK_FIXTURE_H */
