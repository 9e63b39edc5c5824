// SPDX-License-Identifier: GPL-2.0
/*
 * Stateless address autoconfiguration: RFC 4862 5.5.3 makes and refreshes
 * addresses, 5.5.4 ends them, RFC 8981 3 renews temporary ones, RFC 7217 6
 * and RFC 8981 3.3 try anew with another identifier when detection finds an
 * address to be another's.
 */
#include <linux/jiffies.h>
#include <linux/random.h>

#include "address.h"
#include "autoconf.h"
#include "ipv6.h"
#include "slaac.h"

#define FOREVER		(~0U)		/* RFC 4861 4.6.2 */
#define TWO_HOURS	(2 * 3600)	/* RFC 4862 5.5.3 (e), s */

static u64 end_of(u64 now, u32 seconds)
{
	return seconds == FOREVER ? 0 : now + (u64)seconds * HZ;
}

/* Seconds that are left; for ever counts as most. */
static u64 rest_of(u64 now, u64 end)
{
	if (!end)
		return U64_MAX;
	return end > now ? (end - now) / HZ : 0;
}

static bool is_of_prefix(const struct nst_local_address *local,
			 const struct nst_link *link,
			 const struct in6_addr *prefix)
{
	union nst_address other = nst_address_v6(prefix);

	return local->link == link && local->family == AF_INET6 &&
	       local->flags & NST_ADDRESS_AUTOCONF &&
	       nst_address_prefix_equal(&local->address, &other, 64);
}

static unsigned int count_of(struct nst_link *link)
{
	struct nst_local_address *local = NULL;
	unsigned int n = 0;

	while ((local = nst_address_next_rcu(link->stack, local)))
		n += local->link == link && local->family == AF_INET6 &&
		     local->flags & NST_ADDRESS_AUTOCONF;
	return n;
}

/* RFC 8981 3.3.1: random, and none that RFC 5453 reserves. */
static void temporary_identifier(struct in6_addr *address)
{
	do {
		get_random_bytes(&address->s6_addr32[2], 8);
	} while (nst_autoconf_reserved(address));
}

/* Of @config all is set but the identifier and what follows from flags. */
static void add(struct nst_link *link, struct nst_address_config *config)
{
	struct nst_stack *stack = link->stack;

	if (count_of(link) >= READ_ONCE(stack->config.max_addresses)) {
		NST_INC(stack, IP6_AUTOCONF_REFUSED);
		return;
	}
	config->family = AF_INET6;
	config->prefix_len = 64;
	config->flags |= NST_ADDRESS_AUTOCONF;
	/* Whether the prefix is on the link is another flag's matter. */
	if (!nst_ipv6_is_link_local(&config->address.v6))
		config->flags |= NST_ADDRESS_NO_PREFIX_ROUTE;
	if (config->flags & NST_ADDRESS_TEMPORARY)
		temporary_identifier(&config->address.v6);
	else
		nst_autoconf_identifier(link, &config->address.v6,
					config->identifier_retries);
	if (nst_address_add(link, config, NULL))
		NST_INC(stack, IP6_AUTOCONF_REFUSED);
}

/* RFC 8981 3.3.2, 3.8: DESYNC_FACTOR, s */
static u32 desync(const struct nst_stack *stack, u32 preferred)
{
	u32 most = min_t(u32, READ_ONCE(stack->config.max_desync_factor),
			 preferred * 2 / 5);

	return get_random_u32_below(most + 1);
}

/* REGEN_ADVANCE of RFC 8981 3.8: time for a new one to be probed, s. */
static u32 regen_advance(const struct nst_stack *stack)
{
	const struct nst_config *config = &stack->config;
	u64 ms = (u64)READ_ONCE(config->regen_max_retry) *
		 READ_ONCE(config->dad_transmits) *
		 READ_ONCE(config->neigh_retrans_time_ms);

	return 2 + ms / 1000;
}

static void add_temporary(struct nst_link *link,
			  const struct in6_addr *prefix, u64 now, u32 valid,
			  u32 preferred)
{
	struct nst_address_config config = {
		.flags = NST_ADDRESS_TEMPORARY,
		.address.v6 = *prefix,
	};
	struct nst_stack *stack = link->stack;

	valid = min_t(u32, valid, READ_ONCE(stack->config.temp_valid_lft));
	preferred = min_t(u32, preferred,
			  READ_ONCE(stack->config.temp_prefered_lft));
	preferred -= desync(stack, preferred);
	/* RFC 8981 3.4 (5): it would be deprecated at once. */
	if (preferred <= regen_advance(stack))
		return;
	config.valid_until = end_of(now, valid);
	config.preferred_until = end_of(now, preferred);
	add(link, &config);
}

/* The end that comes first; 0 is none. */
static u64 sooner(u64 a, u64 b)
{
	return a && b ? min(a, b) : a ?: b;
}

/*
 * RFC 4862 5.5.3 (e): no router cuts a lifetime to nothing at once. RFC 8981
 * 3.4 (3): none makes that of a temporary address longer than it was meant.
 */
static void refresh(struct nst_local_address *local, u64 now, u32 valid,
		    u32 preferred)
{
	const struct nst_config *config = &local->link->stack->config;
	u64 preferred_until = end_of(now, preferred);
	u64 valid_until = end_of(now, valid);
	u64 two_hours = now + TWO_HOURS * HZ;

	if (local->flags & NST_ADDRESS_TEMPORARY) {
		valid_until = sooner(valid_until, local->created + (u64)HZ *
				     READ_ONCE(config->temp_valid_lft));
		preferred_until = sooner(preferred_until,
					 local->preferred_until);
	} else if (valid <= TWO_HOURS &&
		   (!local->valid_until || valid_until <= local->valid_until)) {
		valid_until = sooner(local->valid_until, two_hours);
		preferred_until = sooner(preferred_until, valid_until);
	}
	local->valid_until = valid_until;
	local->preferred_until = preferred_until;
	if (!preferred_until || preferred_until > now)
		nst_address_set_flags(local, 0, NST_ADDRESS_DEPRECATED);
	else
		nst_address_set_flags(local, NST_ADDRESS_DEPRECATED, 0);
}

void nst_slaac_prefix(struct nst_link *link, const struct in6_addr *prefix,
		      u8 prefix_len, u32 valid, u32 preferred)
{
	struct nst_address_config config = { .address.v6 = *prefix };
	struct nst_local_address *local = NULL;
	struct nst_stack *stack = link->stack;
	bool has_stable = false, has_temporary = false;
	u64 now = get_jiffies_64();

	lockdep_assert_held(&stack->config_mutex);
	/* RFC 4862 5.5.3 (c), (d): identifiers have 64 bits (RFC 7136). */
	if (preferred > valid || prefix_len != 64 ||
	    link->flags & NST_LINK_NO_AUTOCONF ||
	    !READ_ONCE(stack->config.autoconf))
		return;
	while ((local = nst_address_next_rcu(stack, local))) {
		if (!is_of_prefix(local, link, prefix))
			continue;
		refresh(local, now, valid, preferred);
		if (local->flags & NST_ADDRESS_TEMPORARY)
			has_temporary |= !(local->flags &
					   NST_ADDRESS_DEPRECATED);
		else
			has_stable = true;
	}
	if (!valid)
		return;
	if (!has_stable) {
		config.valid_until = end_of(now, valid);
		config.preferred_until = end_of(now, preferred);
		add(link, &config);
	}
	if (!has_temporary && preferred &&
	    READ_ONCE(stack->config.use_tempaddr))
		add_temporary(link, prefix, now, valid, preferred);
}

static void del(struct nst_local_address *local)
{
	union nst_address address = local->address;

	nst_address_del(local->link, AF_INET6, &address, local->prefix_len,
			NULL);
}

static struct in6_addr prefix_of(const struct nst_local_address *local)
{
	union nst_address prefix = local->address;

	nst_address_mask(&prefix, 64);
	return prefix.v6;
}

/* RFC 7217 6, RFC 8981 3.3.3: the next identifier, a few times. */
static void try_another(struct nst_local_address *local)
{
	struct nst_address_config config = {
		.flags = local->flags & NST_ADDRESS_TEMPORARY,
		.identifier_retries = local->identifier_retries + 1,
		.address.v6 = prefix_of(local),
		.valid_until = local->valid_until,
		.preferred_until = local->preferred_until,
	};
	struct nst_link *link = local->link;

	nst_link_get(link);
	del(local);
	add(link, &config);
	nst_link_put(link);
}

/* The stable address of a temporary one's prefix, whose time it has. */
static struct nst_local_address *
find_stable(const struct nst_local_address *temporary)
{
	struct in6_addr prefix = prefix_of(temporary);
	struct nst_local_address *local = NULL;

	while ((local = nst_address_next_rcu(temporary->link->stack, local)))
		if (is_of_prefix(local, temporary->link, &prefix) &&
		    !(local->flags & NST_ADDRESS_TEMPORARY))
			return local;
	return NULL;
}

/* RFC 8981 3.5: the next one is ready before this one is deprecated. */
static void renew(struct nst_local_address *local, u64 now)
{
	const struct nst_local_address *stable = find_stable(local);
	struct in6_addr prefix = prefix_of(local);

	local->renewed = true;
	if (!stable || !READ_ONCE(local->link->stack->config.use_tempaddr))
		return;
	add_temporary(local->link, &prefix, now,
		      min_t(u64, rest_of(now, stable->valid_until), FOREVER),
		      min_t(u64, rest_of(now, stable->preferred_until),
			    FOREVER));
}

static u64 renewal_of(const struct nst_local_address *local)
{
	u64 advance = (u64)regen_advance(local->link->stack) * HZ;

	if (!(local->flags & NST_ADDRESS_TEMPORARY) || local->renewed ||
	    !local->preferred_until)
		return 0;
	return local->preferred_until > advance ?
	       local->preferred_until - advance : 1;
}

static void due(u64 *next, u64 when)
{
	if (when && (!*next || when < *next))
		*next = when;
}

/* Return: was the list changed? */
static bool review(struct nst_local_address *local, u64 now, u64 *next)
{
	u64 renewal;

	if (local->flags & NST_ADDRESS_DUPLICATE &&
	    local->flags & NST_ADDRESS_AUTOCONF &&
	    local->identifier_retries <
	    READ_ONCE(local->link->stack->config.regen_max_retry)) {
		try_another(local);
		return true;
	}
	if (local->valid_until && local->valid_until <= now) {
		del(local);
		return true;
	}
	renewal = renewal_of(local);
	if (renewal && renewal <= now) {
		renew(local, now);
		return true;
	}
	due(next, renewal);
	if (local->preferred_until && local->preferred_until <= now)
		nst_address_set_flags(local, NST_ADDRESS_DEPRECATED, 0);
	else
		due(next, local->preferred_until);
	due(next, local->valid_until);
	return false;
}

void nst_slaac_review(struct nst_stack *stack, u64 now, u64 *next)
{
	struct nst_local_address *local = NULL;

	lockdep_assert_held(&stack->config_mutex);
	while ((local = nst_address_next_rcu(stack, local)))
		if (local->family == AF_INET6 && review(local, now, next))
			local = NULL;
}

void nst_slaac_forget(struct nst_link *link)
{
	struct nst_local_address *local = NULL;

	while ((local = nst_address_next_rcu(link->stack, local)))
		if (local->link == link && local->family == AF_INET6 &&
		    local->flags & NST_ADDRESS_AUTOCONF &&
		    !nst_ipv6_is_link_local(&local->address.v6)) {
			del(local);
			local = NULL;
		}
}
