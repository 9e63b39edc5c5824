/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Network addresses of either family, as every layer above the link sees
 * them. An address travels with its family (AF_INET or AF_INET6) beside it.
 */
#ifndef NST_TYPES_H
#define NST_TYPES_H

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <linux/types.h>

/**
 * union nst_address - an IPv4 or IPv6 address
 * @v4: IPv4 address; the twelve bytes behind it are zero
 * @v6: IPv6 address
 * @word: the same bytes as four words
 * @quad: the same bytes as two quadwords, for comparison
 *
 * All sixteen bytes are always initialised, so that two addresses of one
 * family are compared and hashed without looking at the family.
 */
union nst_address {
	__be32 v4;
	struct in6_addr v6;
	__be32 word[4];
	u64 quad[2];
};

static inline union nst_address nst_address_v4(__be32 v4)
{
	union nst_address address = { .quad = { 0, 0 } };

	address.v4 = v4;
	return address;
}

static inline bool nst_address_equal(const union nst_address *a,
				     const union nst_address *b)
{
	return !((a->quad[0] ^ b->quad[0]) | (a->quad[1] ^ b->quad[1]));
}

/* The unspecified address (0.0.0.0 or ::) of either family is all zero. */
static inline bool nst_address_any(const union nst_address *a)
{
	return !(a->quad[0] | a->quad[1]);
}

/* Is it a group? RFC 1112 4, RFC 4291 2.7. */
static inline bool nst_address_multicast(u8 family,
					 const union nst_address *a)
{
	if (family == AF_INET6)
		return a->v6.s6_addr[0] == 0xff;
	return ipv4_is_multicast(a->v4);
}

static inline unsigned int nst_address_bits(u8 family)
{
	return family == AF_INET6 ? 128 : 32;
}

static inline unsigned int nst_address_bytes(u8 family)
{
	return family == AF_INET6 ? 16 : 4;
}

/**
 * nst_address_prefix_equal() - do two addresses share a prefix?
 * @a: one address
 * @b: the other, of the same family
 * @bits: prefix length, 0 to nst_address_bits()
 */
static inline bool nst_address_prefix_equal(const union nst_address *a,
					    const union nst_address *b,
					    unsigned int bits)
{
	unsigned int words = bits / 32;
	unsigned int rest = bits % 32;

	if (words && memcmp(a->word, b->word, words * 4))
		return false;
	if (!rest)
		return true;
	return !((be32_to_cpu(a->word[words]) ^ be32_to_cpu(b->word[words])) >>
		 (32 - rest));
}

/* Clear the host bits of @a, leaving its first @bits bits. */
static inline void nst_address_mask(union nst_address *a, unsigned int bits)
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		if (bits >= 32) {
			bits -= 32;
		} else if (bits) {
			a->word[i] &= cpu_to_be32(~0U << (32 - bits));
			bits = 0;
		} else {
			a->word[i] = 0;
		}
	}
}

#endif /* NST_TYPES_H */
