// SPDX-License-Identifier: GPL-2.0
/*
 * Stateless autoconfiguration of link-local addresses (RFC 4862 5.3): a link
 * that comes up gets one, lo gets ::1, a link that stops carrying IPv6 loses
 * all.
 */
#include <linux/etherdevice.h>

#include "../event.h"
#include "address.h"
#include "autoconf.h"
#include "ipv6.h"

#define IDENTIFIER_DOMAIN	0x6964656e74690001ULL

/* RFC 5453: subnet-router anycast, and the reserved subnet anycast. */
static bool is_reserved(u64 identifier)
{
	return !identifier || identifier >> 24 == 0x02005efffeULL ||
	       (identifier | 0x7f) == 0xfdffffffffffffffULL;
}

bool nst_autoconf_reserved(const struct in6_addr *address)
{
	return is_reserved((u64)ntohl(address->s6_addr32[2]) << 32 |
			   ntohl(address->s6_addr32[3]));
}

void nst_autoconf_identifier(const struct nst_link *link,
			     struct in6_addr *prefix, u8 retries)
{
	const siphash_key_t *secret = &link->stack->secret;
	union nst_address address = nst_address_v6(prefix);
	siphash_key_t key = { {
		siphash_1u64(IDENTIFIER_DOMAIN, secret),
		siphash_1u64(IDENTIFIER_DOMAIN + 1, secret),
	} };
	u64 identifier, count = retries;

	do {
		identifier = siphash_3u64(address.quad[0],
					  ether_addr_to_u64(link->address),
					  count, &key);
		count += 256;
	} while (is_reserved(identifier));
	prefix->s6_addr32[2] = htonl(identifier >> 32);
	prefix->s6_addr32[3] = htonl(identifier);
}

static bool has_link_local(struct nst_link *link)
{
	struct nst_local_address *local = NULL;

	while ((local = nst_address_next_rcu(link->stack, local)))
		if (local->link == link && local->family == AF_INET6 &&
		    nst_ipv6_is_link_local(&local->address.v6))
			return true;
	return false;
}

static struct nst_local_address *first_ipv6(const struct nst_link *link)
{
	struct nst_local_address *local = NULL;

	while ((local = nst_address_next_rcu(link->stack, local)))
		if (local->link == link && local->family == AF_INET6)
			return local;
	return NULL;
}

static void begin(struct nst_link *link)
{
	struct nst_address_config config = {
		.family = AF_INET6,
		.prefix_len = 64,
		.flags = NST_ADDRESS_AUTOCONF,
		.address.v6 = { .s6_addr32 = { htonl(0xfe800000) } },
	};

	if (!nst_ipv6_link(link) || !nst_link_operational(link))
		return;
	if (link->flags & NST_LINK_LOOPBACK) {
		config.address.v6 = (struct in6_addr)IN6ADDR_LOOPBACK_INIT;
		config.prefix_len = 128;
		config.flags = 0;
		if (first_ipv6(link))
			return;
	} else {
		if (has_link_local(link))
			return;
		nst_autoconf_identifier(link, &config.address.v6, 0);
	}
	if (nst_address_add(link, &config, NULL))
		net_warn_ratelimited("netstack: %s: no room for its first address: it has no IPv6 until it is set down and up; raise net.netstack.address_max or route_max\n",
				     link->name);
}

/* RFC 8200 5: no IPv6 without its least MTU. */
static void end(struct nst_link *link)
{
	struct nst_local_address *local;
	union nst_address address;

	while ((local = first_ipv6(link))) {
		address = local->address;
		if (nst_address_del(link, AF_INET6, &address,
				    local->prefix_len, NULL))
			break;
	}
}

/* Begin or end, as the link is now. */
static void reconsider(struct nst_link *link)
{
	if (nst_ipv6_link(link))
		begin(link);
	else
		end(link);
}

void nst_autoconf_reconsider(struct nst_stack *stack)
{
	struct nst_link *link = NULL;

	mutex_lock(&stack->config_mutex);
	while ((link = nst_link_next_rcu(stack, link)))
		reconsider(link);
	mutex_unlock(&stack->config_mutex);
}

static void autoconf_event(struct nst_stack *stack, enum nst_event event,
			   void *object)
{
	if (event == NST_EVENT_LINK_UP || event == NST_EVENT_LINK_CHANGE)
		reconsider(object);
}

int nst_autoconf_listen(void)
{
	return nst_event_listen(autoconf_event);
}
