// SPDX-License-Identifier: GPL-2.0
/* Unit tests of netstack/network/route_trie.c. */
#include <kunit/test.h>
#include <linux/kthread.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include "../netstack/network/route_trie.h"

#define PREFIXES	600
#define QUESTIONS	2000

/**
 * struct known - a prefix as the naive list keeps it
 * @prefix: the prefix
 * @present: it is in the trie
 */
struct known {
	struct nst_trie_prefix prefix;
	bool present;
};

static struct nst_trie_key cut(struct nst_trie_key key, unsigned int length)
{
	unsigned int i;

	for (i = length; i < 128; i++) {
		if (i < 64)
			key.high &= ~BIT_ULL(63 - i);
		else
			key.low &= ~BIT_ULL(127 - i);
	}
	return key;
}

static bool same(const struct nst_trie_key *a, const struct nst_trie_key *b)
{
	return a->high == b->high && a->low == b->low;
}

/* Near each other, so that prefixes nest; all lengths. */
static struct nst_trie_key random_key(struct rnd_state *rnd, u8 family)
{
	struct nst_trie_key key = { };

	key.high = (u64)prandom_u32_state(rnd) << 32;
	if (prandom_u32_state(rnd) % 4)
		key.high &= 0x0301000f00000000ULL;
	if (family == AF_INET)
		return key;
	key.high |= prandom_u32_state(rnd) & 0x0f00000f;
	key.low = (u64)prandom_u32_state(rnd) << 32 | prandom_u32_state(rnd);
	key.low &= 0x300000000000000fULL;
	return key;
}

static struct known *known_find(struct known *known, unsigned int count,
				const struct nst_trie_key *key, u8 length)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (known[i].prefix.length == length &&
		    same(&known[i].prefix.key, key))
			return &known[i];
	return NULL;
}

static struct known *make_known(struct kunit *test, struct rnd_state *rnd,
				u8 family)
{
	unsigned int bits = family == AF_INET ? 32 : 128, count = 0;
	struct known *known = kunit_kcalloc(test, PREFIXES, sizeof(*known),
					    GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, known);
	while (count < PREFIXES) {
		u8 length = prandom_u32_state(rnd) % (bits + 1);
		struct nst_trie_key key = cut(random_key(rnd, family), length);

		if (known_find(known, count, &key, length))
			continue;
		known[count].prefix.key = key;
		known[count].prefix.length = length;
		count++;
	}
	return known;
}

/* Longest first, every one of them and no other. */
static void expect_matches(struct kunit *test, struct nst_trie *trie,
			   struct known *known, const struct nst_trie_key *key,
			   unsigned int bits)
{
	struct nst_trie_prefix *prefix;
	struct nst_trie_match match;
	int length;

	prefix = nst_trie_match_first(trie, key, &match);
	for (length = bits; length >= 0; length--) {
		struct nst_trie_key want = cut(*key, length);
		struct known *expected = known_find(known, PREFIXES, &want,
						    length);

		if (!expected || !expected->present)
			continue;
		KUNIT_ASSERT_PTR_EQ(test, &expected->prefix, prefix);
		prefix = nst_trie_match_next(&match);
	}
	KUNIT_ASSERT_NULL(test, prefix);
}

/* Random additions and removals, asked after every few of them. */
static void change_and_ask(struct kunit *test, u8 family, u64 seed)
{
	unsigned int bits = family == AF_INET ? 32 : 128, i, present = 0;
	struct nst_trie trie = { };
	struct rnd_state rnd;
	struct known *known;

	prandom_seed_state(&rnd, seed);
	known = make_known(test, &rnd, family);
	for (i = 0; i < QUESTIONS; i++) {
		struct known *one = &known[prandom_u32_state(&rnd) % PREFIXES];
		struct nst_trie_key key = random_key(&rnd, family);

		/* First it fills, then it empties. */
		if (one->present && prandom_u32_state(&rnd) % QUESTIONS < i) {
			nst_trie_remove(&trie, &one->prefix);
			one->present = false;
			present--;
		} else if (!one->present &&
			   prandom_u32_state(&rnd) % QUESTIONS >= i) {
			KUNIT_ASSERT_EQ(test, 0,
					nst_trie_insert(&trie, &one->prefix));
			one->present = true;
			present++;
		}
		KUNIT_ASSERT_PTR_EQ(test, one->present ? &one->prefix : NULL,
				    nst_trie_find(&trie, &one->prefix.key,
						  one->prefix.length));
		/* A node decides something: there are not many. */
		KUNIT_ASSERT_LE(test, trie.nodes, 2 * present);
		expect_matches(test, &trie, known, &key, bits);
		expect_matches(test, &trie, known, &one->prefix.key, bits);
	}
	for (i = 0; i < PREFIXES; i++)
		if (known[i].present)
			nst_trie_remove(&trie, &known[i].prefix);
	KUNIT_EXPECT_EQ(test, 0, trie.nodes);
	KUNIT_EXPECT_NULL(test, rcu_access_pointer(trie.root));
	rcu_barrier();
}

static void trie__random_ipv4_prefixes_as_a_list(struct kunit *test)
{
	change_and_ask(test, AF_INET, 4);
}

static void trie__random_ipv6_prefixes_as_a_list(struct kunit *test)
{
	change_and_ask(test, AF_INET6, 6);
}

/* The longest way that there is: a prefix of every length. */
static void trie__nests_to_any_depth(struct kunit *test)
{
	const struct nst_trie_key key = { 0xa5a5a5a5a5a5a5a5ULL,
					  0x5a5a5a5a5a5a5a5bULL };
	struct nst_trie_prefix *prefixes, *prefix;
	struct nst_trie_match match;
	struct nst_trie trie = { };
	int length;

	prefixes = kunit_kcalloc(test, 129, sizeof(*prefixes), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, prefixes);
	for (length = 128; length >= 0; length--) {
		prefixes[length].key = cut(key, length);
		prefixes[length].length = length;
		KUNIT_ASSERT_EQ(test, 0,
				nst_trie_insert(&trie, &prefixes[length]));
	}
	KUNIT_EXPECT_EQ(test, NST_TRIE_DEPTH, trie.nodes);
	prefix = nst_trie_match_first(&trie, &key, &match);
	for (length = 128; length >= 0; length--) {
		KUNIT_EXPECT_PTR_EQ(test, &prefixes[length], prefix);
		prefix = nst_trie_match_next(&match);
	}
	KUNIT_EXPECT_NULL(test, prefix);
	nst_trie_destroy(&trie);
	KUNIT_EXPECT_EQ(test, 0, trie.nodes);
	rcu_barrier();
}

#define FIXED_SHORT	0
#define FIXED_LONG	32

/**
 * struct churn - a trie that changes all the time
 * @trie: the trie
 * @prefixes: one of every length
 * @present: which of them are in it
 * @err: of the insertions
 */
struct churn {
	struct nst_trie trie;
	struct nst_trie_prefix prefixes[FIXED_LONG + 1];
	bool present[FIXED_LONG + 1];
	int err;
};

/* Comes and goes: what lies between the two that stay. */
static int churn_run(void *data)
{
	struct churn *churn = data;
	struct rnd_state rnd;

	prandom_seed_state(&rnd, 21);
	while (!kthread_should_stop()) {
		unsigned int i = 1 + prandom_u32_state(&rnd) % 31;

		if (churn->present[i])
			nst_trie_remove(&churn->trie, &churn->prefixes[i]);
		else
			churn->err |= nst_trie_insert(&churn->trie,
						      &churn->prefixes[i]);
		churn->present[i] = !churn->present[i];
		cond_resched();
	}
	return 0;
}

static void trie__readers_never_miss_what_stays(struct kunit *test)
{
	const struct nst_trie_key key = { 0x0a01020300000000ULL, 0 };
	struct churn *churn = kunit_kzalloc(test, sizeof(*churn), GFP_KERNEL);
	struct task_struct *writer;
	unsigned int i, missed = 0;

	KUNIT_ASSERT_NOT_NULL(test, churn);
	for (i = 0; i <= FIXED_LONG; i++) {
		churn->prefixes[i].key = cut(key, i);
		churn->prefixes[i].length = i;
	}
	KUNIT_ASSERT_EQ(test, 0, nst_trie_insert(&churn->trie,
						 &churn->prefixes[FIXED_LONG]));
	KUNIT_ASSERT_EQ(test, 0,
			nst_trie_insert(&churn->trie,
					&churn->prefixes[FIXED_SHORT]));
	writer = kthread_run(churn_run, churn, "nst_trie_churn");
	KUNIT_ASSERT_FALSE(test, IS_ERR(writer));
	for (i = 0; i < 5000; i++) {
		struct nst_trie_prefix *prefix, *last = NULL;
		struct nst_trie_match match;

		rcu_read_lock();
		prefix = nst_trie_match_first(&churn->trie, &key, &match);
		missed += prefix != &churn->prefixes[FIXED_LONG];
		while (prefix) {
			last = prefix;
			prefix = nst_trie_match_next(&match);
		}
		missed += last != &churn->prefixes[FIXED_SHORT];
		rcu_read_unlock();
		cond_resched();
	}
	kthread_stop(writer);
	KUNIT_EXPECT_EQ(test, 0, missed);
	KUNIT_EXPECT_EQ(test, 0, churn->err);
	nst_trie_destroy(&churn->trie);
	rcu_barrier();
}

static struct kunit_case route_trie_cases[] = {
	KUNIT_CASE(trie__random_ipv4_prefixes_as_a_list),
	KUNIT_CASE(trie__random_ipv6_prefixes_as_a_list),
	KUNIT_CASE(trie__nests_to_any_depth),
	KUNIT_CASE(trie__readers_never_miss_what_stays),
	{}
};

static struct kunit_suite route_trie_suite = {
	.name = "netstack_route_trie",
	.test_cases = route_trie_cases,
};

kunit_test_suite(route_trie_suite);
