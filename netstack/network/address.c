// SPDX-License-Identifier: GPL-2.0
/*
 * Local addresses of a stack: nst_address_add() and nst_address_del() change
 * the table and the routes that an address brings along, the lookups answer
 * under RCU. Every address has a local route. A primary address adds the
 * route to its network and the broadcast routes (RFC 1122 3.3.6) while its
 * link is up; RFC 3021 leaves a /31 without broadcast.
 *
 * On lo the network of a loopback address (127.0.0.0/8) is local as a whole
 * (RFC 1122 3.2.1.3 (g)); other addresses on lo count by themselves.
 */
#include <linux/hash.h>
#include <linux/inetdevice.h>
#include <linux/netlink.h>
#include <linux/rculist.h>
#include <linux/slab.h>

#include "../event.h"
#include "address.h"
#include "ipv6.h"
#include "route.h"

#define ADDRESS_HASH_BITS	8

/**
 * struct nst_address_table - local addresses of a stack
 * @list: all addresses, in the order of addition; RCU, config_mutex to write
 * @count: their number; config_mutex
 * @hash: by address; RCU, config_mutex to write
 */
struct nst_address_table {
	struct list_head list;
	unsigned int count;
	struct hlist_head hash[1 << ADDRESS_HASH_BITS];
};

/*
 * Asked several times for each packet. It needs no secret: strangers have no
 * say in what our addresses are, but for the prefixes that routers advertise,
 * of which max_addresses at most make one on each link.
 */
static struct hlist_head *address_bucket(struct nst_address_table *table,
					 const union nst_address *address)
{
	u64 folded = address->quad[0] ^ rol64(address->quad[1], 32);

	return &table->hash[hash_64(folded, ADDRESS_HASH_BITS)];
}

static union nst_address address_network(const struct nst_local_address *local)
{
	union nst_address network = local->address;

	nst_address_mask(&network, local->prefix_len);
	return network;
}

static bool address_shares_prefix(const struct nst_local_address *a,
				  const struct nst_local_address *b)
{
	return a->link == b->link && a->family == b->family &&
	       a->prefix_len == b->prefix_len &&
	       nst_address_prefix_equal(&a->address, &b->address,
					a->prefix_len);
}

static bool address_is_loopback(u8 family, const union nst_address *address)
{
	return family == AF_INET6 ? nst_ipv6_is_loopback(&address->v6) :
				    ipv4_is_loopback(address->v4);
}

struct nst_local_address *
nst_address_next_rcu(struct nst_stack *stack, struct nst_local_address *local)
{
	struct list_head *list = &stack->addresses->list;
	struct list_head *next;

	next = local ? &local->list_node : list;
	next = rcu_dereference_check(list_next_rcu(next),
				     __nst_config_held(stack));
	return next == list ? NULL :
	       list_entry(next, struct nst_local_address, list_node);
}

/* The address of lo in whose network a loopback address is. */
static struct nst_local_address *
address_find_loopback(struct nst_stack *stack,
		      const union nst_address *address)
{
	struct nst_local_address *local = NULL;

	while ((local = nst_address_next_rcu(stack, local)))
		if (local->family == AF_INET &&
		    (local->link->flags & NST_LINK_LOOPBACK) &&
		    ipv4_is_loopback(local->address.v4) &&
		    nst_address_prefix_equal(&local->address, address,
					     local->prefix_len) &&
		    !nst_address_equal(&local->broadcast, address))
			return local;
	return NULL;
}

static struct nst_local_address *
address_find(struct nst_stack *stack, const struct nst_link *link, u8 family,
	     const union nst_address *address, bool usable)
{
	struct nst_local_address *local;

	hlist_for_each_entry_rcu(local,
				 address_bucket(stack->addresses, address),
				 hash_node, __nst_config_held(stack))
		if (nst_address_equal(&local->address, address) &&
		    local->family == family &&
		    (!link || local->link == link) &&
		    (!usable || nst_local_address_usable(local)))
			return local;

	if (family == AF_INET && ipv4_is_loopback(address->v4) &&
	    (!link || (link->flags & NST_LINK_LOOPBACK)))
		return address_find_loopback(stack, address);
	return NULL;
}

struct nst_local_address *
nst_address_find_rcu(struct nst_stack *stack, const struct nst_link *link,
		     u8 family, const union nst_address *address)
{
	return address_find(stack, link, family, address, false);
}

bool nst_address_usable(struct nst_stack *stack, u8 family,
			const union nst_address *address)
{
	bool usable;

	rcu_read_lock();
	usable = address_find(stack, NULL, family, address, true);
	rcu_read_unlock();
	return usable;
}

int nst_address_source_rcu(struct nst_link *link, u8 family,
			   const union nst_address *destination, u8 scope,
			   union nst_address *source)
{
	struct nst_local_address *first = NULL, *elsewhere = NULL;
	struct nst_stack *stack = link->stack;
	struct nst_local_address *local = NULL;

	while ((local = nst_address_next_rcu(stack, local))) {
		if (local->family != family || local->scope > scope ||
		    (local->flags & NST_ADDRESS_SECONDARY) ||
		    !nst_local_address_usable(local))
			continue;
		if (local->link != link) {
			if (!elsewhere && local->scope == RT_SCOPE_UNIVERSE)
				elsewhere = local;
			continue;
		}
		if (!destination ||
		    nst_address_prefix_equal(&local->address, destination,
					     local->prefix_len)) {
			*source = local->address;
			return 0;
		}
		if (!first)
			first = local;
	}
	first = first ?: elsewhere;
	if (!first)
		return -EADDRNOTAVAIL;
	*source = first->address;
	return 0;
}

static void address_free_rcu(struct rcu_head *rcu)
{
	kfree(container_of(rcu, struct nst_local_address, rcu));
}

void nst_address_put(struct nst_local_address *local)
{
	if (!refcount_dec_and_test(&local->refs))
		return;
	/* The link outlives this grace period itself. */
	nst_link_put(local->link);
	call_rcu(&local->rcu, address_free_rcu);
}

void nst_address_set_flags(struct nst_local_address *local, u8 set, u8 clear)
{
	struct nst_stack *stack = local->link->stack;
	u8 flags = (local->flags & ~clear) | set;

	lockdep_assert_held(&stack->config_mutex);

	if (flags == local->flags)
		return;
	WRITE_ONCE(local->flags, flags);
	nst_route_invalidate(stack);
	nst_event_notify(stack, NST_EVENT_ADDRESS_CHANGE, local);
}

static int check_ipv4(const struct nst_link *link,
		      const struct nst_address_config *config,
		      struct netlink_ext_ack *extack)
{
	__be32 address = config->address.v4;
	__be32 mask = inet_make_mask(config->prefix_len);

	if (ipv4_is_multicast(address) || ipv4_is_lbcast(address)) {
		NL_SET_ERR_MSG(extack,
			       "a multicast or broadcast address belongs to no single host");
		return -EINVAL;
	}
	if (nst_ipv4_this_network(address)) {
		NL_SET_ERR_MSG(extack,
			       "0.0.0.0/8 means this network and cannot be assigned");
		return -EINVAL;
	}
	if (ipv4_is_loopback(address) && !(link->flags & NST_LINK_LOOPBACK)) {
		NL_SET_ERR_MSG(extack,
			       "127.0.0.0/8 is for lo: choose another address or another link");
		return -EINVAL;
	}
	/* RFC 1122 3.2.1.3: host part neither all zero nor all one. */
	if (config->prefix_len < 31 &&
	    (!(address & ~mask) || (address | mask) == htonl(~0U))) {
		NL_SET_ERR_MSG(extack,
			       "this is the broadcast or network address of its own prefix: choose one between them");
		return -EINVAL;
	}
	if (nst_address_any(&config->broadcast))
		return 0;
	if (config->broadcast.v4 == address ||
	    ipv4_is_multicast(config->broadcast.v4) ||
	    nst_ipv4_this_network(config->broadcast.v4)) {
		NL_SET_ERR_MSG(extack,
			       "broadcast address is the address itself, a group, or in 0.0.0.0/8");
		return -EINVAL;
	}
	return 0;
}

static int check_ipv6(const struct nst_link *link,
		      const struct nst_address_config *config,
		      struct netlink_ext_ack *extack)
{
	const struct in6_addr *address = &config->address.v6;

	if (nst_ipv6_is_group(address) || nst_ipv6_is_any(address)) {
		NL_SET_ERR_MSG(extack,
			       "a multicast or the unspecified address belongs to no host");
		return -EINVAL;
	}
	if (nst_ipv6_is_mapped(address)) {
		NL_SET_ERR_MSG(extack,
			       "::ffff:0:0/96 stands for IPv4 addresses: add the IPv4 address itself");
		return -EINVAL;
	}
	if (nst_ipv6_is_loopback(address) &&
	    !(link->flags & NST_LINK_LOOPBACK)) {
		NL_SET_ERR_MSG(extack,
			       "::1 is for lo: choose another address or another link");
		return -EINVAL;
	}
	if (!nst_address_any(&config->broadcast)) {
		NL_SET_ERR_MSG(extack, "IPv6 has no broadcast address");
		return -EINVAL;
	}
	if (!nst_ipv6_link(link)) {
		NL_SET_ERR_MSG(extack,
			       "the link carries no IPv6: its MTU is below 1280 or net.netstack.disable_ipv6 is set");
		return -EACCES;
	}
	return 0;
}

static int check_config(const struct nst_link *link,
			const struct nst_address_config *config,
			struct netlink_ext_ack *extack)
{
	if (config->family != AF_INET && config->family != AF_INET6) {
		NL_SET_ERR_MSG(extack,
			       "an address is of family inet or inet6");
		return -EINVAL;
	}
	if (!config->prefix_len ||
	    config->prefix_len > nst_address_bits(config->family)) {
		NL_SET_ERR_MSG(extack,
			       "prefix length of an address is 1 to 32, or to 128 for IPv6");
		return -EINVAL;
	}
	return config->family == AF_INET ? check_ipv4(link, config, extack) :
					   check_ipv6(link, config, extack);
}

static union nst_address derive_broadcast(const struct nst_address_config *c)
{
	if (c->family != AF_INET || !nst_address_any(&c->broadcast))
		return c->broadcast;
	/* RFC 3021 2.1: two hosts need no broadcast. */
	if (c->prefix_len >= 31)
		return nst_address_v4(0);
	return nst_address_v4(c->address.v4 | ~inet_make_mask(c->prefix_len));
}

bool nst_address_probed(const struct nst_link *link, u8 family)
{
	const struct nst_config *tunables = &link->stack->config;

	if (link->flags & (NST_LINK_LOOPBACK | NST_LINK_NOARP))
		return false;
	return family == AF_INET ? READ_ONCE(tunables->arp_probe) :
				   READ_ONCE(tunables->dad_transmits);
}

static u8 derive_flags(struct nst_link *link,
		       const struct nst_address_config *config)
{
	u8 flags = config->flags;

	if (!(flags & NST_ADDRESS_AUTOCONF))
		flags |= NST_ADDRESS_PERMANENT;
	if (!config->no_probe && nst_address_probed(link, config->family))
		flags |= NST_ADDRESS_TENTATIVE;
	return flags;
}

/* RT_SCOPE_*: that of an IPv6 address is in the address (RFC 4291 2.5). */
static u8 derive_scope(const struct nst_address_config *config)
{
	if (address_is_loopback(config->family, &config->address))
		return RT_SCOPE_HOST;
	if (config->family != AF_INET6)
		return config->scope;
	return nst_ipv6_is_link_local(&config->address.v6) ? RT_SCOPE_LINK :
							     RT_SCOPE_UNIVERSE;
}

static struct nst_route_config
kernel_route(const struct nst_local_address *local, u8 type,
	     const union nst_address *destination, u8 prefix_len)
{
	struct nst_route_config config = {
		.family = local->family,
		.prefix_len = prefix_len,
		.type = type,
		.protocol = RTPROT_KERNEL,
		.scope = type == RTN_LOCAL ? RT_SCOPE_HOST : RT_SCOPE_LINK,
		.link_index = local->link->index,
		.destination = *destination,
	};

	/*
	 * Addresses of one prefix share their broadcast routes, and those of
	 * IPv6 the route to their network: RFC 6724 chooses among them.
	 */
	if (type != RTN_BROADCAST && local->family == AF_INET)
		config.prefsrc = local->address;
	return config;
}

/* The network of a primary: connected, or local as a whole on lo. */
static bool network_route(const struct nst_local_address *local,
			  struct nst_route_config *config)
{
	union nst_address network = address_network(local);
	u8 type = RTN_UNICAST;

	if (local->prefix_len == nst_address_bits(local->family) ||
	    local->flags & NST_ADDRESS_NO_PREFIX_ROUTE)
		return false;
	if (local->link->flags & NST_LINK_LOOPBACK) {
		if (!address_is_loopback(local->family, &local->address))
			return false;
		type = RTN_LOCAL;
	}
	*config = kernel_route(local, type, &network, local->prefix_len);
	return true;
}

/* Which broadcast addresses does an address bring? */
static unsigned int broadcasts(const struct nst_local_address *local,
			       union nst_address *list)
{
	unsigned int n = 0;

	if (!nst_address_any(&local->broadcast))
		list[n++] = local->broadcast;
	/* RFC 1122 3.3.6: take the old form, host part zero, as well. */
	if (local->family == AF_INET && local->prefix_len < 31)
		list[n++] = address_network(local);
	return n;
}

static int ignore_existing(int err)
{
	return err == -EEXIST ? 0 : err;
}

/* The routes that need the link to be up. */
static int add_network_routes(const struct nst_local_address *local)
{
	struct nst_stack *stack = local->link->stack;
	struct nst_route_config config;
	union nst_address list[2];
	unsigned int n;
	int err;

	if (!(local->link->flags & NST_LINK_UP))
		return 0;
	if (!(local->flags & NST_ADDRESS_SECONDARY) &&
	    network_route(local, &config)) {
		err = ignore_existing(nst_route_add(stack, &config, false,
						    NULL));
		if (err)
			return err;
	}
	for (n = broadcasts(local, list); n; n--) {
		config = kernel_route(local, RTN_BROADCAST, &list[n - 1], 32);
		err = ignore_existing(nst_route_add(stack, &config, false,
						    NULL));
		if (err)
			return err;
	}
	return 0;
}

static int add_routes(const struct nst_local_address *local)
{
	struct nst_route_config config;
	int err;

	config = kernel_route(local, RTN_LOCAL, &local->address,
			      nst_address_bits(local->family));
	err = nst_route_add(local->link->stack, &config, false, NULL);
	return err ?: add_network_routes(local);
}

static bool broadcast_shared(const struct nst_local_address *local,
			     const union nst_address *broadcast)
{
	struct nst_local_address *other = NULL;
	union nst_address list[2];
	unsigned int n;

	while ((other = nst_address_next_rcu(local->link->stack, other))) {
		if (other == local || other->link != local->link)
			continue;
		for (n = broadcasts(other, list); n; n--)
			if (nst_address_equal(&list[n - 1], broadcast))
				return true;
	}
	return false;
}

/*
 * The administrator may have deleted some of them before, and @network may
 * have passed to another address.
 */
static void del_routes(const struct nst_local_address *local, bool network)
{
	struct nst_stack *stack = local->link->stack;
	struct nst_route_config config;
	union nst_address list[2];
	unsigned int n;

	config = kernel_route(local, RTN_LOCAL, &local->address,
			      nst_address_bits(local->family));
	nst_route_del(stack, &config, NULL);
	if (network && network_route(local, &config))
		nst_route_del(stack, &config, NULL);
	for (n = broadcasts(local, list); n; n--) {
		if (broadcast_shared(local, &list[n - 1]))
			continue;
		config = kernel_route(local, RTN_BROADCAST, &list[n - 1], 32);
		nst_route_del(stack, &config, NULL);
	}
}

static struct nst_local_address *
find_same_prefix(const struct nst_local_address *local, u8 flags)
{
	struct nst_local_address *other = NULL;

	while ((other = nst_address_next_rcu(local->link->stack, other)))
		if (other != local && address_shares_prefix(other, local) &&
		    !(other->flags & NST_ADDRESS_NO_PREFIX_ROUTE) &&
		    (other->flags & NST_ADDRESS_SECONDARY) == flags)
			return other;
	return NULL;
}

static void table_insert(struct nst_local_address *local)
{
	struct nst_address_table *table = local->link->stack->addresses;

	hlist_add_head_rcu(&local->hash_node,
			   address_bucket(table, &local->address));
	list_add_tail_rcu(&local->list_node, &table->list);
	table->count++;
}

static void table_remove(struct nst_local_address *local)
{
	struct nst_address_table *table = local->link->stack->addresses;

	hlist_del_rcu(&local->hash_node);
	list_del_rcu(&local->list_node);
	table->count--;
}

int nst_address_add(struct nst_link *link,
		    const struct nst_address_config *config,
		    struct netlink_ext_ack *extack)
{
	struct nst_stack *stack = link->stack;
	struct nst_local_address *local;
	int err;

	lockdep_assert_held(&stack->config_mutex);

	err = check_config(link, config, extack);
	if (err)
		return err;
	local = address_find(stack, link, config->family, &config->address,
			     false);
	if (local && nst_address_equal(&local->address, &config->address)) {
		NL_SET_ERR_MSG(extack, "the link has this address already");
		return -EEXIST;
	}
	if (stack->addresses->count >= READ_ONCE(stack->config.address_max)) {
		NL_SET_ERR_MSG(extack,
			       "address table is full: delete addresses or raise net.netstack.address_max");
		return -ENOBUFS;
	}

	local = kzalloc(sizeof(*local), GFP_KERNEL_ACCOUNT);
	if (!local)
		return -ENOMEM;
	refcount_set(&local->refs, 1);
	local->link = link;
	local->address = config->address;
	local->broadcast = derive_broadcast(config);
	local->family = config->family;
	local->prefix_len = config->prefix_len;
	local->scope = derive_scope(config);
	local->identifier_retries = config->identifier_retries;
	local->no_probe = config->no_probe;
	local->created = get_jiffies_64();
	local->valid_until = config->valid_until;
	local->preferred_until = config->preferred_until;
	local->flags = derive_flags(link, config);
	if (config->family == AF_INET && find_same_prefix(local, 0))
		local->flags |= NST_ADDRESS_SECONDARY;
	nst_link_get(link);

	table_insert(local);
	err = add_routes(local);
	if (err) {
		NL_SET_ERR_MSG(extack,
			       "the routes of the address cannot be added: free memory or raise net.netstack.route_max");
		table_remove(local);
		del_routes(local, !(local->flags & NST_ADDRESS_SECONDARY));
		nst_address_put(local);
		return err;
	}
	nst_route_invalidate(stack);
	nst_event_notify(stack, NST_EVENT_ADDRESS_NEW, local);
	return 0;
}

static void address_remove(struct nst_local_address *local, bool network)
{
	struct nst_stack *stack = local->link->stack;
	struct nst_local_address *other = NULL;

	table_remove(local);
	del_routes(local, network);
	if (!address_find(stack, NULL, local->family, &local->address, false))
		nst_route_flush(stack, NULL, local->family, &local->address);
	while ((other = nst_address_next_rcu(stack, other)))
		if (other->link == local->link &&
		    other->family == local->family)
			break;
	if (!other)
		nst_route_flush(stack, local->link, local->family, NULL);

	nst_route_invalidate(stack);
	nst_event_notify(stack, NST_EVENT_ADDRESS_DEL, local);
	nst_address_put(local);
}

/* Give the network of a primary that goes to a secondary of it. */
static int promote(const struct nst_local_address *local,
		   struct nst_local_address *heir)
{
	struct nst_route_config config;
	int err;

	if ((local->link->flags & NST_LINK_UP) &&
	    network_route(heir, &config)) {
		err = nst_route_add(local->link->stack, &config, true, NULL);
		if (err)
			return err;
	}
	nst_address_set_flags(heir, 0, NST_ADDRESS_SECONDARY);
	return 0;
}

int nst_address_del(struct nst_link *link, u8 family,
		    const union nst_address *address, u8 prefix_len,
		    struct netlink_ext_ack *extack)
{
	struct nst_local_address *local, *heir = NULL;
	struct nst_stack *stack = link->stack;
	bool primary;
	int err;

	lockdep_assert_held(&stack->config_mutex);

	local = address_find(stack, link, family, address, false);
	if (!local || local->prefix_len != prefix_len ||
	    !nst_address_equal(&local->address, address)) {
		NL_SET_ERR_MSG(extack,
			       "the link has no such address with this prefix length");
		return -EADDRNOTAVAIL;
	}

	primary = !(local->flags & NST_ADDRESS_SECONDARY);
	/* The route of an IPv6 network stays while one is left of it. */
	if (family == AF_INET6)
		primary = !(local->flags & NST_ADDRESS_NO_PREFIX_ROUTE) &&
			  !find_same_prefix(local, 0);
	else if (primary)
		heir = find_same_prefix(local, NST_ADDRESS_SECONDARY);
	if (heir) {
		err = promote(local, heir);
		if (err) {
			NL_SET_ERR_MSG(extack,
				       "the route of the network cannot pass to the next address");
			return err;
		}
	}
	address_remove(local, primary && !heir);
	return 0;
}

static void link_up(struct nst_stack *stack, struct nst_link *link)
{
	struct nst_local_address *local = NULL;

	while ((local = nst_address_next_rcu(stack, local))) {
		if (local->link != link)
			continue;
		if (add_network_routes(local))
			net_warn_ratelimited("netstack: %s: no room for the routes of its addresses: set it down and up after deleting routes\n",
					     link->name);
	}
}

static void link_del(struct nst_stack *stack, struct nst_link *link)
{
	struct nst_local_address *local, *next;

	list_for_each_entry_safe(local, next, &stack->addresses->list,
				 list_node)
		if (local->link == link)
			address_remove(local, true);
}

static void address_event(struct nst_stack *stack, enum nst_event event,
			  void *object)
{
	if (event == NST_EVENT_LINK_UP)
		link_up(stack, object);
	else if (event == NST_EVENT_LINK_DEL)
		link_del(stack, object);
}

int nst_address_listen(void)
{
	return nst_event_listen(address_event);
}

int nst_address_init(struct nst_stack *stack)
{
	struct nst_address_table *table;

	table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	if (!table)
		return -ENOMEM;
	INIT_LIST_HEAD(&table->list);
	stack->addresses = table;
	return 0;
}

/* The links are gone, and their addresses with them. */
void nst_address_exit(struct nst_stack *stack)
{
	WARN_ON_ONCE(!list_empty(&stack->addresses->list));
	kfree(stack->addresses);
	stack->addresses = NULL;
}
