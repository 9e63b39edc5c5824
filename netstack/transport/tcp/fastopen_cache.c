// SPDX-License-Identifier: GPL-2.0
/*
 * What a client remembers of servers that do TCP Fast Open: the cookie and
 * the MSS (RFC 7413 4.1.3). A small hashed table of the stack; the entry that
 * was set longest ago goes when there are tcp_fastopen_cache_max.
 */
#include <linux/hash.h>
#include <linux/slab.h>

#include "fastopen.h"

#define CACHE_BITS	8

/**
 * struct nst_tcp_fastopen_cache - cookies of one stack
 * @lock: protects all of it
 * @secret: key of the hash
 * @order: all entries, the one set last at the end
 * @count: how many
 * @bucket: entries by hash
 */
struct nst_tcp_fastopen_cache {
	spinlock_t lock; /* innermost */
	siphash_key_t secret;
	struct list_head order;
	unsigned int count;
	struct hlist_head bucket[1 << CACHE_BITS];
};

/* A cookie is of both addresses (RFC 7413 4.1.2). */
struct entry {
	struct hlist_node node;
	struct list_head order;
	union nst_address laddr;
	union nst_address raddr;
	u8 family;
	u8 cookie_len;
	u16 mss;
	u8 cookie[NST_TCP_FASTOPEN_COOKIE_MAX];
};

struct nst_tcp_fastopen_cache *nst_tcp_fastopen_cache_create(void)
{
	struct nst_tcp_fastopen_cache *cache;

	cache = kzalloc(sizeof(*cache), GFP_KERNEL);
	if (!cache)
		return NULL;
	spin_lock_init(&cache->lock);
	INIT_LIST_HEAD(&cache->order);
	get_random_bytes(&cache->secret, sizeof(cache->secret));
	return cache;
}

static void entry_free(struct nst_tcp_fastopen_cache *cache,
		       struct entry *entry)
{
	hlist_del(&entry->node);
	list_del(&entry->order);
	cache->count--;
	kfree(entry);
}

void nst_tcp_fastopen_cache_free(struct nst_tcp_fastopen_cache *cache)
{
	struct entry *entry, *next;

	list_for_each_entry_safe(entry, next, &cache->order, order)
		entry_free(cache, entry);
	kfree(cache);
}

static struct hlist_head *bucket_of(struct nst_tcp_fastopen_cache *cache,
				    const struct nst_endpoint *flow)
{
	u64 hash = siphash_2u64(siphash(&flow->laddr, sizeof(flow->laddr),
					&cache->secret),
				siphash(&flow->raddr, sizeof(flow->raddr),
					&cache->secret), &cache->secret);

	return &cache->bucket[hash >> (64 - CACHE_BITS)];
}

static struct entry *find(struct hlist_head *bucket,
			  const struct nst_endpoint *flow)
{
	struct entry *entry;

	hlist_for_each_entry(entry, bucket, node)
		if (entry->family == flow->family &&
		    !memcmp(&entry->laddr, &flow->laddr,
			    sizeof(entry->laddr)) &&
		    !memcmp(&entry->raddr, &flow->raddr, sizeof(entry->raddr)))
			return entry;
	return NULL;
}

/**
 * nst_tcp_fastopen_cache_get() - what is known of the peer
 * @sk: socket with its flow, locked
 * @mss: filled: its MSS option, bytes, or 0
 * @cookie: filled: NST_TCP_FASTOPEN_COOKIE_MAX bytes of room
 * @cookie_len: filled: bytes of @cookie, or 0
 *
 * Return: something is.
 */
bool nst_tcp_fastopen_cache_get(struct sock *sk, u16 *mss, u8 *cookie,
				u8 *cookie_len)
{
	const struct nst_endpoint *flow = &nst_sk(sk)->flow;
	struct nst_tcp_fastopen_cache *cache;
	struct entry *entry;

	*mss = 0;
	*cookie_len = 0;
	cache = nst_sk(sk)->stack->tcp->fastopen_cache;
	spin_lock_bh(&cache->lock);
	entry = find(bucket_of(cache, flow), flow);
	if (entry) {
		*mss = entry->mss;
		*cookie_len = entry->cookie_len;
		memcpy(cookie, entry->cookie, entry->cookie_len);
	}
	spin_unlock_bh(&cache->lock);
	return entry;
}

/* A place in the table, at the cost of the oldest entry if there must be. */
static struct entry *entry_add(struct nst_tcp_fastopen_cache *cache,
			       const struct nst_endpoint *flow, int most)
{
	struct entry *entry;

	while (cache->count && cache->count >= most)
		entry_free(cache, list_first_entry(&cache->order, struct entry,
						   order));
	if (most <= 0)
		return NULL;
	entry = kzalloc(sizeof(*entry), GFP_ATOMIC | __GFP_NOWARN);
	if (!entry)
		return NULL;
	entry->family = flow->family;
	entry->laddr = flow->laddr;
	entry->raddr = flow->raddr;
	hlist_add_head(&entry->node, bucket_of(cache, flow));
	list_add_tail(&entry->order, &cache->order);
	cache->count++;
	return entry;
}

/**
 * nst_tcp_fastopen_cache_set() - remember what a SYN-ACK told
 * @sk: socket, locked
 * @mss: MSS option, bytes, or 0: keep what is known
 * @cookie: cookie
 * @cookie_len: its bytes, or 0: keep what is known
 *
 * Context: any. Without memory nothing is remembered.
 */
void nst_tcp_fastopen_cache_set(struct sock *sk, u16 mss, const u8 *cookie,
				u8 cookie_len)
{
	const struct nst_endpoint *flow = &nst_sk(sk)->flow;
	struct nst_stack *stack = nst_sk(sk)->stack;
	struct nst_tcp_fastopen_cache *cache = stack->tcp->fastopen_cache;
	const struct nst_config *config = &stack->config;
	struct entry *entry;

	spin_lock_bh(&cache->lock);
	entry = find(bucket_of(cache, flow), flow);
	if (!entry)
		entry = entry_add(cache, flow,
				  READ_ONCE(config->tcp_fastopen_cache_max));
	if (entry) {
		list_move_tail(&entry->order, &cache->order);
		if (mss)
			entry->mss = mss;
		if (cookie_len) {
			entry->cookie_len = cookie_len;
			memcpy(entry->cookie, cookie, cookie_len);
		}
	}
	spin_unlock_bh(&cache->lock);
}
