/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A trie of prefixes, for both families: longest match first, then the
 * shorter ones. Readers run under RCU; writers keep each other out.
 *
 * A node decides six bits of the key: it holds the prefixes that end within
 * them, and children for those that are longer, each kind as a bitmap and a
 * packed array. Bits in which nothing differs have no node. So a lookup
 * visits 22 nodes at most and, of a table of any size met in practice, three
 * or four; a change copies one node.
 */
#ifndef NST_ROUTE_TRIE_H
#define NST_ROUTE_TRIE_H

#include <linux/types.h>

#include "../types.h"

#define NST_TRIE_STRIDE	6
#define NST_TRIE_DEPTH	22	/* 128 / NST_TRIE_STRIDE, rounded up */

struct nst_trie_node;

/**
 * struct nst_trie - prefixes of one family
 * @root: first node, or NULL; RCU
 * @begins: by the first six bits, with which ones an address may match; it
 *	says so a little later than @root
 * @nodes: how many there are; the writers' lock
 */
struct nst_trie {
	struct nst_trie_node __rcu *root;
	u64 begins;
	unsigned int nodes;
};

/**
 * struct nst_trie_key - an address, its first bit on top
 * @high: the first 64 bits
 * @low: the others; 0 of an IPv4 address
 */
struct nst_trie_key {
	u64 high;
	u64 low;
};

/**
 * struct nst_trie_prefix - a prefix, part of what the user keeps about it
 * @key: its bits, zero beyond @length
 * @length: how many, 0 to 128
 *
 * Immutable while it is in a trie, and for a grace period after.
 */
struct nst_trie_prefix {
	struct nst_trie_key key;
	u8 length;
};

/**
 * struct nst_trie_match - a lookup under way
 * @trie: where
 * @key: what is looked up; the caller's
 * @node: deepest node on the way that has prefixes left which may match
 * @prefixes: which
 */
struct nst_trie_match {
	const struct nst_trie *trie;
	const struct nst_trie_key *key;
	const struct nst_trie_node *node;
	u64 prefixes;
};

/**
 * nst_trie_key() - the key of an address
 * @family: AF_INET or AF_INET6
 * @address: address
 */
static inline struct nst_trie_key
nst_trie_key(u8 family, const union nst_address *address)
{
	struct nst_trie_key key = { };

	if (family == AF_INET) {
		key.high = (u64)be32_to_cpu(address->v4) << 32;
	} else {
		key.high = (u64)be32_to_cpu(address->word[0]) << 32 |
			   be32_to_cpu(address->word[1]);
		key.low = (u64)be32_to_cpu(address->word[2]) << 32 |
			  be32_to_cpu(address->word[3]);
	}
	return key;
}

/* Module initialisation. */
void nst_trie_init(void);

/**
 * nst_trie_insert() - add a prefix
 * @trie: trie
 * @prefix: not in it, nor one that equals it
 *
 * Context: process, the writers' lock.
 * Return: 0 or -ENOMEM, nothing changed.
 */
int nst_trie_insert(struct nst_trie *trie, struct nst_trie_prefix *prefix);

/**
 * nst_trie_remove() - take a prefix out
 * @trie: trie
 * @prefix: in it
 *
 * Never fails: without memory for a smaller node the larger one stays.
 * Context: process, the writers' lock.
 */
void nst_trie_remove(struct nst_trie *trie, struct nst_trie_prefix *prefix);

/**
 * nst_trie_find() - the prefix of this very length
 * @trie: trie
 * @key: bits, zero beyond @length
 * @length: how many
 *
 * Context: RCU or the writers' lock.
 * Return: the prefix or NULL.
 */
struct nst_trie_prefix *nst_trie_find(const struct nst_trie *trie,
				      const struct nst_trie_key *key,
				      u8 length);

/**
 * nst_trie_may_match() - is there any prefix that might cover an address?
 * @trie: trie
 * @key: address
 *
 * Spares most addresses a look at a trie that has few prefixes.
 *
 * Context: any.
 */
static inline bool nst_trie_may_match(const struct nst_trie *trie,
				      const struct nst_trie_key *key)
{
	return READ_ONCE(trie->begins) >> (key->high >> 58) & 1;
}

/**
 * nst_trie_match_first() - the longest prefix that covers an address
 * @trie: trie
 * @key: address; kept until the last use of @match
 * @match: filled, for nst_trie_match_next()
 *
 * Context: RCU or the writers' lock, until the last use of @match.
 * Return: the prefix or NULL.
 */
struct nst_trie_prefix *nst_trie_match_first(const struct nst_trie *trie,
					     const struct nst_trie_key *key,
					     struct nst_trie_match *match);

/* The next shorter one, or NULL. */
struct nst_trie_prefix *nst_trie_match_next(struct nst_trie_match *match);

/* Free the nodes; the prefixes are the user's. Nobody reads any more. */
void nst_trie_destroy(struct nst_trie *trie);

#endif /* NST_ROUTE_TRIE_H */
