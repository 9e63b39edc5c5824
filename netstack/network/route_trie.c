// SPDX-License-Identifier: GPL-2.0
/*
 * A trie of prefixes with nodes of six bits. Within a node the prefixes that
 * end there are numbered like the nodes of a binary heap: 1 is the one of no
 * further bit, 2 and 3 those of one bit, 32 to 63 those of five. One mask
 * tells which of them cover six given bits, and the largest number among them
 * is the longest.
 */
#include <linux/bitops.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "route_trie.h"

#define CHUNK_MASK	((1 << NST_TRIE_STRIDE) - 1)

/**
 * struct nst_trie_node - a node; immutable but for what the slots hold
 * @prefixes: by number, those that end here
 * @children: by the six bits, nodes that decide further ones
 * @key: what all below have in common, zero beyond @position
 * @position: first bit that it decides, a multiple of NST_TRIE_STRIDE
 * @child_count: bits in @children
 * @rcu: delays freeing
 * @slot: children, then prefixes, each kind in order; RCU. A prefix may be
 *	NULL: it was removed, and memory for a smaller node was not to be had
 */
struct nst_trie_node {
	u64 prefixes;
	u64 children;
	struct nst_trie_key key;
	u8 position;
	u8 child_count;
	struct rcu_head rcu;
	void __rcu *slot[];
};

/* By six bits, which prefixes of a node cover them. */
static u64 cover[1 << NST_TRIE_STRIDE] __ro_after_init;

void __init nst_trie_init(void)
{
	unsigned int i, number;

	for (i = 0; i < ARRAY_SIZE(cover); i++)
		for (number = 1U << (NST_TRIE_STRIDE - 1) | i >> 1; number;
		     number >>= 1)
			cover[i] |= BIT_ULL(number);
}

/* RCU, or the writers' lock, which the trie does not know. */
#define deref(pointer)	rcu_dereference_raw(pointer)

/* The six bits at @position; those beyond the key are zero. */
static __always_inline unsigned int chunk(const struct nst_trie_key *key,
					  unsigned int position)
{
	if (likely(position <= 58))
		return key->high >> (58 - position) & CHUNK_MASK;
	if (position == 60)
		return (key->high << 2 | key->low >> 62) & CHUNK_MASK;
	if (position <= 122)
		return key->low >> (122 - position) & CHUNK_MASK;
	return key->low << (position - 122) & CHUNK_MASK;
}

/* How many bits two keys have in common, 128 when all. */
static unsigned int common_bits(const struct nst_trie_key *a,
				const struct nst_trie_key *b)
{
	if (a->high != b->high)
		return 63 - __fls(a->high ^ b->high);
	if (a->low != b->low)
		return 127 - __fls(a->low ^ b->low);
	return 128;
}

static u64 top_bits(unsigned int count)
{
	return count ? ~0ULL << (64 - count) : 0;
}

static struct nst_trie_key key_cut(const struct nst_trie_key *key,
				   unsigned int bits)
{
	return (struct nst_trie_key) {
		.high = key->high & top_bits(min(bits, 64U)),
		.low = key->low & top_bits(bits > 64 ? bits - 64 : 0),
	};
}

static __always_inline bool covers(const struct nst_trie_prefix *prefix,
				   const struct nst_trie_key *key)
{
	u64 high = prefix->key.high ^ key->high;
	unsigned int length = prefix->length;

	if (likely(length <= 64))
		return !(high & top_bits(length));
	return !(high | ((prefix->key.low ^ key->low) & top_bits(length - 64)));
}

/* Where a prefix of @length bits ends. */
static unsigned int home_position(unsigned int length)
{
	return length - length % NST_TRIE_STRIDE;
}

/* Its number there. */
static unsigned int home_number(const struct nst_trie_key *key,
				unsigned int length)
{
	unsigned int bits = length % NST_TRIE_STRIDE;

	return 1U << bits |
	       chunk(key, length - bits) >> (NST_TRIE_STRIDE - bits);
}

static __always_inline unsigned int below(u64 bitmap, unsigned int bit)
{
	return hweight64(bitmap & (BIT_ULL(bit) - 1));
}

static __always_inline unsigned int
child_slot(const struct nst_trie_node *node, unsigned int c)
{
	return below(node->children, c);
}

static __always_inline unsigned int
prefix_slot(const struct nst_trie_node *node, unsigned int number)
{
	return node->child_count + below(node->prefixes, number);
}

static struct nst_trie_node *node_alloc(struct nst_trie *trie, u64 children,
					u64 prefixes,
					const struct nst_trie_key *key,
					unsigned int position)
{
	unsigned int child_count = hweight64(children);
	struct nst_trie_node *node;

	node = kzalloc(struct_size(node, slot,
				   child_count + hweight64(prefixes)),
		       GFP_KERNEL_ACCOUNT);
	if (!node)
		return NULL;
	node->children = children;
	node->child_count = child_count;
	node->prefixes = prefixes;
	node->position = position;
	node->key = key_cut(key, position);
	trie->nodes++;
	return node;
}

static void node_free(struct nst_trie *trie, struct nst_trie_node *node)
{
	trie->nodes--;
	kfree_rcu(node, rcu);
}

/* With other bitmaps; what is new in them is NULL in the copy. */
static struct nst_trie_node *node_copy(struct nst_trie *trie,
				       const struct nst_trie_node *node,
				       u64 children, u64 prefixes)
{
	struct nst_trie_node *copy;
	unsigned int bit;
	u64 both;

	copy = node_alloc(trie, children, prefixes, &node->key,
			  node->position);
	if (!copy)
		return NULL;
	for (both = children & node->children; both; both &= both - 1) {
		bit = __ffs64(both);
		RCU_INIT_POINTER(copy->slot[child_slot(copy, bit)],
				 deref(node->slot[child_slot(node, bit)]));
	}
	for (both = prefixes & node->prefixes; both; both &= both - 1) {
		bit = __ffs64(both);
		RCU_INIT_POINTER(copy->slot[prefix_slot(copy, bit)],
				 deref(node->slot[prefix_slot(node, bit)]));
	}
	return copy;
}

/* A node that holds nothing but @prefix. */
static struct nst_trie_node *node_of(struct nst_trie *trie,
				     struct nst_trie_prefix *prefix)
{
	struct nst_trie_node *node;

	node = node_alloc(trie, 0,
			  BIT_ULL(home_number(&prefix->key, prefix->length)),
			  &prefix->key, home_position(prefix->length));
	if (node)
		RCU_INIT_POINTER(node->slot[0], prefix);
	return node;
}

/* @prefix ends within @node, which @link points to. */
static int insert_here(struct nst_trie *trie, void __rcu **link,
		       struct nst_trie_node *node,
		       struct nst_trie_prefix *prefix)
{
	unsigned int number = home_number(&prefix->key, prefix->length);
	struct nst_trie_node *copy = node;

	if (!(node->prefixes & BIT_ULL(number)))
		copy = node_copy(trie, node, node->children,
				 node->prefixes | BIT_ULL(number));
	if (!copy)
		return -ENOMEM;
	rcu_assign_pointer(copy->slot[prefix_slot(copy, number)],
			   (void *)prefix);
	if (copy != node) {
		rcu_assign_pointer(*link, (void *)copy);
		node_free(trie, node);
	}
	return 0;
}

/* @prefix is below @node, where there is nothing yet. */
static int insert_child(struct nst_trie *trie, void __rcu **link,
			struct nst_trie_node *node,
			struct nst_trie_prefix *prefix)
{
	unsigned int c = chunk(&prefix->key, node->position);
	struct nst_trie_node *copy, *child;

	child = node_of(trie, prefix);
	if (!child)
		return -ENOMEM;
	copy = node_copy(trie, node, node->children | BIT_ULL(c),
			 node->prefixes);
	if (!copy) {
		node_free(trie, child);
		return -ENOMEM;
	}
	RCU_INIT_POINTER(copy->slot[child_slot(copy, c)], (void *)child);
	rcu_assign_pointer(*link, (void *)copy);
	node_free(trie, node);
	return 0;
}

/* @prefix parts from @node, or ends, in bits that had no node: from @bit on. */
static int insert_between(struct nst_trie *trie, void __rcu **link,
			  struct nst_trie_node *node,
			  struct nst_trie_prefix *prefix, unsigned int bit)
{
	unsigned int home = home_position(prefix->length);
	struct nst_trie_node *fork, *child = NULL;
	u64 children, prefixes = 0;
	unsigned int position, number = 0;

	position = min(home, home_position(bit));
	children = BIT_ULL(chunk(&node->key, position));
	if (position == home) {
		number = home_number(&prefix->key, prefix->length);
		prefixes = BIT_ULL(number);
	} else {
		child = node_of(trie, prefix);
		if (!child)
			return -ENOMEM;
		children |= BIT_ULL(chunk(&prefix->key, position));
	}
	fork = node_alloc(trie, children, prefixes, &prefix->key, position);
	if (!fork) {
		if (child)
			node_free(trie, child);
		return -ENOMEM;
	}
	RCU_INIT_POINTER(fork->slot[child_slot(fork, chunk(&node->key,
							   position))],
			 (void *)node);
	if (child)
		RCU_INIT_POINTER(fork->slot[child_slot(fork,
						       chunk(&prefix->key,
							     position))],
				 (void *)child);
	else
		RCU_INIT_POINTER(fork->slot[prefix_slot(fork, number)],
				 (void *)prefix);
	rcu_assign_pointer(*link, (void *)fork);
	return 0;
}

/* After a change. */
static void update_begins(struct nst_trie *trie)
{
	const struct nst_trie_node *root = deref(trie->root);
	u64 begins = 0;
	unsigned int c;

	if (root && root->position) {
		begins = BIT_ULL(chunk(&root->key, 0));
	} else if (root) {
		begins = root->children;
		for (c = 0; c < ARRAY_SIZE(cover); c++)
			if (root->prefixes & cover[c])
				begins |= BIT_ULL(c);
	}
	WRITE_ONCE(trie->begins, begins);
}

static int insert(struct nst_trie *trie, struct nst_trie_prefix *prefix)
{
	unsigned int home = home_position(prefix->length);
	void __rcu **link = (void __rcu **)&trie->root;

	for (;;) {
		struct nst_trie_node *node = deref(*link);
		unsigned int common, c;

		if (!node) {
			node = node_of(trie, prefix);
			if (!node)
				return -ENOMEM;
			rcu_assign_pointer(*link, (void *)node);
			return 0;
		}
		common = common_bits(&node->key, &prefix->key);
		if (node->position > home || common < node->position)
			return insert_between(trie, link, node, prefix,
					      common);
		if (node->position == home)
			return insert_here(trie, link, node, prefix);
		c = chunk(&prefix->key, node->position);
		if (!(node->children & BIT_ULL(c)))
			return insert_child(trie, link, node, prefix);
		link = &node->slot[child_slot(node, c)];
	}
}

int nst_trie_insert(struct nst_trie *trie, struct nst_trie_prefix *prefix)
{
	int err = insert(trie, prefix);

	if (!err)
		update_begins(trie);
	return err;
}

/*
 * The way to the node where a prefix ends: @links point to the nodes. Return:
 * how many there are, the last one being that node; 0: there is none.
 */
static unsigned int way_to(struct nst_trie *trie,
			   const struct nst_trie_prefix *prefix,
			   void __rcu **links[NST_TRIE_DEPTH])
{
	unsigned int home = home_position(prefix->length);
	void __rcu **link = (void __rcu **)&trie->root;
	unsigned int depth;

	for (depth = 0; depth < NST_TRIE_DEPTH; depth++) {
		struct nst_trie_node *node = deref(*link);
		unsigned int c;

		if (!node || node->position > home)
			return 0;
		links[depth] = link;
		if (node->position == home)
			return depth + 1;
		c = chunk(&prefix->key, node->position);
		if (!(node->children & BIT_ULL(c)))
			return 0;
		link = &node->slot[child_slot(node, c)];
	}
	return 0;
}

/*
 * @node, at @link, shall have these bitmaps. A node that would decide nothing
 * leaves its only child in its place. Return: it is as it should be; false
 * when it would be empty, or there is no memory.
 */
static bool shrink(struct nst_trie *trie, void __rcu **link,
		   struct nst_trie_node *node, u64 children, u64 prefixes)
{
	struct nst_trie_node *smaller;

	if (!children && !prefixes)
		return false;
	if (!prefixes && !(children & (children - 1)))
		smaller = deref(node->slot[child_slot(node,
						      __ffs64(children))]);
	else
		smaller = node_copy(trie, node, children, prefixes);
	if (!smaller)
		return false;
	rcu_assign_pointer(*link, (void *)smaller);
	node_free(trie, node);
	return true;
}

static void remove(struct nst_trie *trie, struct nst_trie_prefix *prefix)
{
	unsigned int number = home_number(&prefix->key, prefix->length);
	void __rcu **links[NST_TRIE_DEPTH];
	struct nst_trie_node *node, *parent;
	unsigned int depth;
	u64 prefixes;

	depth = way_to(trie, prefix, links);
	if (WARN_ON_ONCE(!depth))
		return;
	node = deref(*links[depth - 1]);
	prefixes = node->prefixes & ~BIT_ULL(number);
	/* From here on readers do not find it, whatever becomes of the node. */
	RCU_INIT_POINTER(node->slot[prefix_slot(node, number)], NULL);
	if (node->children || prefixes) {
		shrink(trie, links[depth - 1], node, node->children, prefixes);
		return;
	}
	if (depth == 1) {
		RCU_INIT_POINTER(trie->root, NULL);
		node_free(trie, node);
		return;
	}
	parent = deref(*links[depth - 2]);
	if (shrink(trie, links[depth - 2], parent,
		   parent->children & ~BIT_ULL(chunk(&prefix->key,
						     parent->position)),
		   parent->prefixes))
		node_free(trie, node);
}

void nst_trie_remove(struct nst_trie *trie, struct nst_trie_prefix *prefix)
{
	remove(trie, prefix);
	update_begins(trie);
}

struct nst_trie_prefix *nst_trie_find(const struct nst_trie *trie,
				      const struct nst_trie_key *key,
				      u8 length)
{
	unsigned int home = home_position(length);
	const struct nst_trie_node *node = deref(trie->root);
	struct nst_trie_prefix *prefix;
	unsigned int c;

	while (node && node->position < home) {
		c = chunk(key, node->position);
		if (!(node->children & BIT_ULL(c)))
			return NULL;
		node = deref(node->slot[child_slot(node, c)]);
	}
	if (!node || node->position != home)
		return NULL;
	c = home_number(key, length);
	if (!(node->prefixes & BIT_ULL(c)))
		return NULL;
	prefix = deref(node->slot[prefix_slot(node, c)]);
	return prefix && prefix->key.high == key->high &&
	       prefix->key.low == key->low ? prefix : NULL;
}

/*
 * Go down to where the address ends, but not to nodes that decide @end or
 * what comes after it, and find the deepest node with prefixes for it.
 */
static __always_inline void descend(struct nst_trie_match *match,
				    unsigned int end)
{
	const struct nst_trie_node *node = deref(match->trie->root);
	const struct nst_trie_node *deepest = NULL;
	u64 prefixes = 0;

	while (node && node->position < end) {
		unsigned int c = chunk(match->key, node->position);
		u64 candidates = node->prefixes & cover[c];

		if (candidates) {
			deepest = node;
			prefixes = candidates;
		}
		if (!(node->children >> c & 1))
			break;
		node = deref(node->slot[child_slot(node, c)]);
	}
	match->node = deepest;
	match->prefixes = prefixes;
}

/* Of the node that @match is at. Return: the longest one, or NULL. */
static __always_inline struct nst_trie_prefix *
longest_here(struct nst_trie_match *match)
{
	const struct nst_trie_node *node = match->node;
	struct nst_trie_prefix *prefix;
	unsigned int number;

	while (match->prefixes) {
		number = __fls(match->prefixes);
		match->prefixes ^= BIT_ULL(number);
		prefix = deref(node->slot[prefix_slot(node, number)]);
		/* On the way down nobody compared the bits without a node. */
		if (likely(prefix && covers(prefix, match->key)))
			return prefix;
	}
	return NULL;
}

struct nst_trie_prefix *nst_trie_match_next(struct nst_trie_match *match)
{
	struct nst_trie_prefix *prefix;

	while (match->node) {
		prefix = longest_here(match);
		if (prefix)
			return prefix;
		descend(match, match->node->position);
	}
	return NULL;
}

struct nst_trie_prefix *nst_trie_match_first(const struct nst_trie *trie,
					     const struct nst_trie_key *key,
					     struct nst_trie_match *match)
{
	struct nst_trie_prefix *prefix;

	match->trie = trie;
	match->key = key;
	descend(match, NST_TRIE_DEPTH * NST_TRIE_STRIDE);
	if (unlikely(!match->node))
		return NULL;
	prefix = longest_here(match);
	return likely(prefix) ? prefix : nst_trie_match_next(match);
}

void nst_trie_destroy(struct nst_trie *trie)
{
	struct {
		struct nst_trie_node *node;
		unsigned int next;
	} way[NST_TRIE_DEPTH], *at = way;

	at->node = deref(trie->root);
	at->next = 0;
	if (!at->node)
		return;
	RCU_INIT_POINTER(trie->root, NULL);
	for (;;) {
		struct nst_trie_node *node = at->node;

		if (at->next < hweight64(node->children)) {
			at[1].node = deref(node->slot[at->next++]);
			at[1].next = 0;
			at++;
			continue;
		}
		node_free(trie, node);
		if (at-- == way)
			return;
	}
}
