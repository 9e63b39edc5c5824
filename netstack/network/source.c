// SPDX-License-Identifier: GPL-2.0
/*
 * Source address selection (RFC 6724 5): the rules in their order, each a
 * comparison of two candidates. Rule 4 is about mobile nodes, of which there
 * are none here. Entry point: nst_source_select_rcu().
 */
#include "address.h"
#include "ipv6.h"
#include "source.h"

/**
 * struct policy - a line of the policy table
 * @prefix: prefix
 * @bits: its length
 * @label: label
 */
struct policy {
	struct in6_addr prefix;
	u8 bits;
	u8 label;
};

#define PREFIX(a, b, c, d) \
	{ .s6_addr32 = { htonl(a), htonl(b), htonl(c), htonl(d) } }

/* RFC 6724 2.1, longest prefix first. */
static const struct policy policies[] = {
	{ PREFIX(0, 0, 0, 1), 128, 0 },			/* ::1 */
	{ PREFIX(0, 0, 0xffff, 0), 96, 4 },		/* ::ffff:0:0/96 */
	{ PREFIX(0, 0, 0, 0), 96, 3 },			/* ::/96 */
	{ PREFIX(0x20010000, 0, 0, 0), 32, 5 },		/* 2001::/32 */
	{ PREFIX(0x20020000, 0, 0, 0), 16, 2 },		/* 2002::/16 */
	{ PREFIX(0x3ffe0000, 0, 0, 0), 16, 12 },	/* 3ffe::/16 */
	{ PREFIX(0xfec00000, 0, 0, 0), 10, 11 },	/* fec0::/10 */
	{ PREFIX(0xfc000000, 0, 0, 0), 7, 13 },		/* fc00::/7 */
	{ PREFIX(0, 0, 0, 0), 0, 1 },			/* ::/0 */
};

static bool prefix_matches(const struct in6_addr *address,
			   const struct in6_addr *prefix, u8 bits)
{
	union nst_address a = nst_address_v6(address);
	union nst_address b = nst_address_v6(prefix);

	return nst_address_prefix_equal(&a, &b, bits);
}

u8 nst_source_label(const struct in6_addr *address)
{
	const struct policy *policy = policies;

	while (!prefix_matches(address, &policy->prefix, policy->bits))
		policy++;
	return policy->label;
}

/* RFC 6724 3.1: loopback counts as link-local. */
u8 nst_source_scope(const struct in6_addr *address)
{
	if (nst_ipv6_is_group(address))
		return nst_ipv6_group_scope(address);
	if (nst_ipv6_is_link_local(address) || nst_ipv6_is_loopback(address))
		return NST_IPV6_SCOPE_LINK;
	/* RFC 3879 ends fec0::/10; RFC 6724 3.1 still orders it. */
	if ((address->s6_addr32[0] & htonl(0xffc00000)) == htonl(0xfec00000))
		return NST_IPV6_SCOPE_SITE;
	return NST_IPV6_SCOPE_GLOBAL;
}

/* RFC 6724 2.2, no further than the prefix of the source. */
static unsigned int common_prefix(const struct nst_local_address *source,
				  const union nst_address *destination)
{
	unsigned int bits = 0, i;
	u32 differs;

	for (i = 0; i < 4; i++) {
		differs = be32_to_cpu(source->address.word[i] ^
				      destination->word[i]);
		if (differs) {
			bits += __builtin_clz(differs);
			break;
		}
		bits += 32;
	}
	return min_t(unsigned int, bits, source->prefix_len);
}

/**
 * struct question - what a source is chosen for
 * @link: link to leave by
 * @destination: where to
 * @scope: its scope
 * @label: its label
 * @temporary: temporary addresses are better than public ones
 */
struct question {
	const struct nst_link *link;
	const union nst_address *destination;
	u8 scope;
	u8 label;
	bool temporary;
};

/* Rule 2: less than 0 when @a is better, as of all rules. */
static int compare_scopes(const struct question *question,
			  const struct nst_local_address *a,
			  const struct nst_local_address *b)
{
	u8 scope_a = nst_source_scope(&a->address.v6);
	u8 scope_b = nst_source_scope(&b->address.v6);

	if (scope_a == scope_b)
		return 0;
	if (scope_a < scope_b)
		return scope_a < question->scope ? 1 : -1;
	return scope_b < question->scope ? -1 : 1;
}

/* Is @a a better source than @b? */
static bool is_better(const struct question *question,
		      const struct nst_local_address *a,
		      const struct nst_local_address *b)
{
	bool fits_a, fits_b;
	int order;

	/* 1: the same address */
	if (nst_address_equal(&a->address, question->destination))
		return true;
	if (nst_address_equal(&b->address, question->destination))
		return false;
	/* 2: appropriate scope */
	order = compare_scopes(question, a, b);
	if (order)
		return order < 0;
	/* 3: no deprecated address */
	fits_a = !(READ_ONCE(a->flags) & NST_ADDRESS_DEPRECATED);
	fits_b = !(READ_ONCE(b->flags) & NST_ADDRESS_DEPRECATED);
	if (fits_a != fits_b)
		return fits_a;
	/* 5: outgoing interface */
	fits_a = a->link == question->link;
	fits_b = b->link == question->link;
	if (fits_a != fits_b)
		return fits_a;
	/* 6: the same label */
	fits_a = nst_source_label(&a->address.v6) == question->label;
	fits_b = nst_source_label(&b->address.v6) == question->label;
	if (fits_a != fits_b)
		return fits_a;
	/* 7: temporary addresses */
	fits_a = !(a->flags & NST_ADDRESS_TEMPORARY) != question->temporary;
	fits_b = !(b->flags & NST_ADDRESS_TEMPORARY) != question->temporary;
	if (fits_a != fits_b)
		return fits_a;
	/* 8: longest matching prefix */
	return common_prefix(a, question->destination) >
	       common_prefix(b, question->destination);
}

/* The best of the addresses of @link, or of all links. */
static struct nst_local_address *best_rcu(const struct question *question,
					  bool elsewhere)
{
	struct nst_local_address *local = NULL, *best = NULL;

	while ((local = nst_address_next_rcu(question->link->stack, local))) {
		if (local->family != AF_INET6 ||
		    !nst_local_address_usable(local))
			continue;
		if (local->link != question->link &&
		    (!elsewhere || nst_source_scope(&local->address.v6) <=
				   NST_IPV6_SCOPE_LINK))
			continue;
		if (!best || is_better(question, local, best))
			best = local;
	}
	return best;
}

int nst_source_select_rcu(const struct nst_link *link,
			  const union nst_address *destination,
			  unsigned int preferences, union nst_address *source)
{
	struct nst_local_address *best;
	struct question question = {
		.link = link,
		.destination = destination,
		.scope = nst_source_scope(&destination->v6),
		.label = nst_source_label(&destination->v6),
		.temporary = READ_ONCE(link->stack->config.use_tempaddr) > 1,
	};

	if (preferences & (NST_SOURCE_TEMPORARY | NST_SOURCE_PUBLIC))
		question.temporary = preferences & NST_SOURCE_TEMPORARY;
	best = best_rcu(&question, false);
	if (!best || nst_source_scope(&best->address.v6) < question.scope)
		best = best_rcu(&question, true);
	if (!best)
		return -EADDRNOTAVAIL;
	*source = best->address;
	return 0;
}
