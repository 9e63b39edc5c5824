// SPDX-License-Identifier: GPL-2.0
/*
 * Reassembly, both families: fragments of a datagram in a tree by offset,
 * datagrams in a keyed hash with a lock for each bucket, and all of them in
 * one list by age, from which the oldest is taken when memory runs out.
 * RFC 791 3.2, RFC 815, RFC 5722, RFC 8200 4.5, RFC 3168 5.3. Entry points:
 * reassembly.h.
 *
 * Locks: bucket, then age list; both leaves for everyone else. References:
 * a datagram is held by its bucket and by its timer; whoever takes it out of
 * the bucket owns its fragments.
 */
#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/timer.h>
#include <net/inet_ecn.h>

#include "../compat.h"
#include "../link/link.h"
#include "reassembly.h"

#define BUCKETS		256	/* power of two */
#define DATAGRAM_MAX	65535	/* payload bytes, RFC 791 and RFC 8200 */

/**
 * struct datagram_key - what fragments of one datagram have in common
 * @saddr: source
 * @daddr: destination
 * @link_index: arrival link: no link disturbs another's datagrams
 * @identification: of the datagram
 * @family: AF_INET or AF_INET6
 * @protocol: IPPROTO_*
 * @zero: keeps the bytes that are hashed and compared defined
 */
struct datagram_key {
	union nst_address saddr;
	union nst_address daddr;
	u32 link_index;
	u32 identification;
	u8 family;
	u8 protocol;
	u8 zero[6];
};

/**
 * struct datagram - one unfinished datagram
 * @node: in its bucket
 * @age_node: in the list of all, oldest first
 * @bucket: its bucket; fixed
 * @stack: stack; fixed
 * @key: key; fixed
 * @fragments: by offset; bucket lock
 * @present: payload bytes in @fragments
 * @total: payload bytes of the datagram, 0 while the last is missing
 * @memory: bytes charged for it and its fragments
 * @max_fragment: largest fragment, network header included, bytes
 * @ecn_seen: bit for each ECN value that came
 * @refused: overlapped: kept to refuse the rest (RFC 5722 4)
 * @gone: out of its bucket
 * @timer: ends it
 * @refs: the bucket and the timer hold one
 */
struct datagram {
	struct hlist_node node;
	struct list_head age_node;
	struct bucket *bucket;
	struct nst_stack *stack;
	struct datagram_key key;
	struct rb_root fragments;
	unsigned int present;
	unsigned int total;
	unsigned int memory;
	u16 max_fragment;
	u8 ecn_seen;
	bool refused;
	bool gone;
	struct timer_list timer;
	refcount_t refs;
};

struct bucket {
	spinlock_t lock;	/* chain and its datagrams */
	struct hlist_head chain;
};

/**
 * struct nst_reassembly - unfinished datagrams of a stack
 * @memory: bytes held (truesize)
 * @datagrams: how many
 * @age_lock: protects @age
 * @age: all datagrams, oldest first
 * @buckets: by keyed hash
 */
struct nst_reassembly {
	atomic_t memory;
	atomic_t datagrams;
	spinlock_t age_lock;	/* age */
	struct list_head age;
	struct bucket buckets[BUCKETS];
};

/* A fragment's place: nst_packet_cb.layer while it is kept. */
struct place {
	u32 offset;
	u32 end;
};

static nst_reassembly_expired_t expired_ipv4 __ro_after_init;
static nst_reassembly_expired_t expired_ipv6 __ro_after_init;

static struct place *place(const struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct place) >
		     sizeof_field(struct nst_packet_cb, layer));
	return (struct place *)nst_packet_cb(skb)->layer;
}

static void datagram_put(struct datagram *datagram)
{
	if (refcount_dec_and_test(&datagram->refs))
		kfree(datagram);
}

static void charge(struct datagram *datagram, unsigned int bytes)
{
	datagram->memory += bytes;
	atomic_add(bytes, &datagram->stack->reassembly->memory);
}

/* The counters of reassembly, which each family has of its own. */
enum event {
	EVENT_FAILS,
	EVENT_TIMEOUT,
	EVENT_OVERLAPS,
	EVENTS
};

static void count(struct nst_stack *stack, u8 family, enum event event)
{
	static const enum nst_mib_item items[2][EVENTS] = {
		{ NST_MIB_IP_REASM_FAILS, NST_MIB_IP_REASM_TIMEOUT,
		  NST_MIB_IP_REASM_OVERLAPS },
		{ NST_MIB_IP6_REASM_FAILS, NST_MIB_IP6_REASM_TIMEOUT,
		  NST_MIB_IP6_REASM_OVERLAPS },
	};

	NST_INC_ITEM(stack, items[family == AF_INET6][event]);
}

/* A datagram fails: free what is there. The caller owns the fragments. */
static void fail(struct datagram *datagram, enum nst_drop_reason reason)
{
	struct sk_buff *skb, *next;

	if (RB_EMPTY_ROOT(&datagram->fragments))
		return;
	count(datagram->stack, datagram->key.family, EVENT_FAILS);
	rbtree_postorder_for_each_entry_safe(skb, next, &datagram->fragments,
					     rbnode)
		nst_drop(datagram->stack, skb, reason);
	datagram->fragments = RB_ROOT;
}

/* Take a datagram out of its bucket and stop its timer; keeps one reference. */
static void __datagram_unlink(struct datagram *datagram)
{
	struct nst_reassembly *reassembly = datagram->stack->reassembly;

	lockdep_assert_held(&datagram->bucket->lock);
	datagram->gone = true;
	hlist_del(&datagram->node);
	spin_lock(&reassembly->age_lock);
	list_del(&datagram->age_node);
	spin_unlock(&reassembly->age_lock);
	atomic_dec(&reassembly->datagrams);
	atomic_sub(datagram->memory, &reassembly->memory);
	if (timer_delete(&datagram->timer))
		datagram_put(datagram);
}

/* RFC 5722 4: what is there goes, what comes is refused until the timeout. */
static void __datagram_refuse(struct datagram *datagram,
			      enum nst_drop_reason reason)
{
	unsigned int freed = datagram->memory - sizeof(*datagram);

	lockdep_assert_held(&datagram->bucket->lock);
	datagram->refused = true;
	datagram->memory -= freed;
	atomic_sub(freed, &datagram->stack->reassembly->memory);
	fail(datagram, reason);
}

/*
 * RFC 1122 3.3.2, RFC 8200 4.5: the sender hears of it only when the first
 * fragment, by which it knows the packet, has arrived. The link is found
 * anew: the fragment held no reference to it.
 */
static void report_expired(struct datagram *datagram)
{
	struct rb_node *node = rb_first(&datagram->fragments);
	struct nst_stack *stack = datagram->stack;
	nst_reassembly_expired_t expired;
	struct nst_link *link;
	struct sk_buff *first;

	first = rb_entry_safe(node, struct sk_buff, rbnode);
	if (!first || place(first)->offset)
		return;
	expired = datagram->key.family == AF_INET6 ? expired_ipv6 :
						     expired_ipv4;
	rcu_read_lock();
	link = nst_link_by_index_rcu(stack, datagram->key.link_index);
	if (link && expired) {
		nst_packet_cb(first)->link = link;
		expired(stack, first);
	}
	rcu_read_unlock();
}

static void expire(struct timer_list *timer)
{
	struct datagram *datagram = timer_container_of(datagram, timer, timer);
	struct bucket *bucket = datagram->bucket;
	bool gone;

	spin_lock(&bucket->lock);
	gone = datagram->gone;
	if (!gone)
		__datagram_unlink(datagram);
	spin_unlock(&bucket->lock);

	if (!gone) {
		if (!datagram->refused)
			count(datagram->stack, datagram->key.family,
			      EVENT_TIMEOUT);
		report_expired(datagram);
		fail(datagram, NST_DROP_IP_FRAG_TIMEOUT);
		datagram_put(datagram);
	}
	datagram_put(datagram);
}

/* Return: was there anything to evict? Context: BHs disabled, no lock. */
static bool evict_oldest(struct nst_stack *stack, enum nst_drop_reason reason)
{
	struct nst_reassembly *reassembly = stack->reassembly;
	struct datagram *datagram;
	bool gone;

	spin_lock(&reassembly->age_lock);
	datagram = list_first_entry_or_null(&reassembly->age, struct datagram,
					    age_node);
	if (datagram)
		refcount_inc(&datagram->refs);
	spin_unlock(&reassembly->age_lock);
	if (!datagram)
		return false;

	spin_lock(&datagram->bucket->lock);
	gone = datagram->gone;
	if (!gone)
		__datagram_unlink(datagram);
	spin_unlock(&datagram->bucket->lock);

	if (!gone) {
		fail(datagram, reason);
		datagram_put(datagram);
	}
	datagram_put(datagram);
	return true;
}

/*
 * Keep the limits: the newest is worth more than the oldest, which an
 * attacker may have left there. Each CPU may exceed them by the fragment
 * that it is about to add.
 */
static void evict_excess(struct nst_stack *stack)
{
	struct nst_reassembly *reassembly = stack->reassembly;
	int datagrams = READ_ONCE(stack->config.ipfrag_max_datagrams);
	int memory = READ_ONCE(stack->config.ipfrag_high_thresh);

	while (atomic_read(&reassembly->memory) > memory ||
	       atomic_read(&reassembly->datagrams) > datagrams)
		if (!evict_oldest(stack, NST_DROP_IP_FRAG_MEMORY))
			return;
}

static void make_key(struct datagram_key *key,
		     const struct nst_fragment *fragment,
		     const struct nst_link *link)
{
	memset(key, 0, sizeof(*key));
	key->saddr = fragment->saddr;
	key->daddr = fragment->daddr;
	key->link_index = link->index;
	key->identification = fragment->identification;
	key->family = fragment->family;
	key->protocol = fragment->protocol;
}

static struct datagram *__datagram_find(struct bucket *bucket,
					const struct datagram_key *key)
{
	struct datagram *datagram;

	lockdep_assert_held(&bucket->lock);
	hlist_for_each_entry(datagram, &bucket->chain, node)
		if (!memcmp(&datagram->key, key, sizeof(*key)))
			return datagram;
	return NULL;
}

static struct datagram *__datagram_alloc(struct nst_stack *stack,
					 struct bucket *bucket,
					 const struct datagram_key *key)
{
	struct nst_reassembly *reassembly = stack->reassembly;
	unsigned long time = READ_ONCE(stack->config.ipfrag_time) * HZ;
	struct datagram *datagram;

	lockdep_assert_held(&bucket->lock);
	datagram = kzalloc(sizeof(*datagram), GFP_ATOMIC);
	if (!datagram)
		return NULL;
	datagram->bucket = bucket;
	datagram->stack = stack;
	datagram->key = *key;
	datagram->fragments = RB_ROOT;
	refcount_set(&datagram->refs, 2);
	timer_setup(&datagram->timer, expire, 0);
	mod_timer(&datagram->timer, jiffies + time);
	charge(datagram, sizeof(*datagram));
	atomic_inc(&reassembly->datagrams);
	hlist_add_head(&datagram->node, &bucket->chain);
	spin_lock(&reassembly->age_lock);
	list_add_tail(&datagram->age_node, &reassembly->age);
	spin_unlock(&reassembly->age_lock);
	return datagram;
}

/* Are the payloads the same bytes? Both are of the same length. */
static bool same_bytes(const struct sk_buff *a, const struct sk_buff *b)
{
	u8 buffer_a[64], buffer_b[64];
	unsigned int offset, length;
	const void *at_a, *at_b;

	for (offset = 0; offset < a->len; offset += length) {
		length = min_t(unsigned int, a->len - offset, sizeof(buffer_a));
		at_a = skb_header_pointer(a, offset, length, buffer_a);
		at_b = skb_header_pointer(b, offset, length, buffer_b);
		if (!at_a || !at_b || memcmp(at_a, at_b, length))
			return false;
	}
	return true;
}

/* What became of a fragment. */
enum verdict {
	ADDED,
	DUPLICATE,	/* byte for byte one that is there */
	OVERLAP,	/* ends the datagram */
	CONTRADICTION,	/* about the datagram's length; ends it too */
};

/*
 * RFC 8200 4.5: an exact duplicate, which a network may make, can be dropped
 * alone. The same place with other bytes is no duplicate: one of the two is
 * forged, and nobody can say which.
 */
static enum verdict __insert(struct datagram *datagram, struct sk_buff *skb)
{
	struct rb_node **link = &datagram->fragments.rb_node;
	const struct place *new = place(skb), *old;
	struct rb_node *parent = NULL;
	struct sk_buff *other;

	while (*link) {
		parent = *link;
		other = rb_entry(parent, struct sk_buff, rbnode);
		old = place(other);
		if (new->end <= old->offset)
			link = &parent->rb_left;
		else if (new->offset >= old->end)
			link = &parent->rb_right;
		else if (new->offset == old->offset && new->end == old->end &&
			 same_bytes(skb, other))
			return DUPLICATE;
		else
			return OVERLAP;
	}
	rb_link_node(&skb->rbnode, parent, link);
	rb_insert_color(&skb->rbnode, &datagram->fragments);
	return ADDED;
}

/* Does what a fragment says of the datagram's length fit the others? */
static bool __length_fits(const struct datagram *datagram,
			  const struct place *new, bool more)
{
	const struct rb_node *last = rb_last(&datagram->fragments);
	unsigned int end = 0;

	if (datagram->total)
		return more ? new->end < datagram->total :
			      new->end == datagram->total;
	if (last)
		end = place(rb_entry(last, struct sk_buff, rbnode))->end;
	return more || new->end >= end;
}

/*
 * Put a fragment into its datagram. A last fragment that comes a second time
 * is a duplicate for __insert() to find, not a contradiction.
 */
static enum verdict __add(struct datagram *datagram, struct sk_buff *skb,
			  const struct nst_fragment *fragment)
{
	const struct place *new = place(skb);
	unsigned int size = skb->len - skb_network_offset(skb);
	enum verdict verdict;

	if (new->end > DATAGRAM_MAX ||
	    !__length_fits(datagram, new, fragment->more))
		return CONTRADICTION;
	verdict = __insert(datagram, skb);
	if (verdict != ADDED)
		return verdict;
	charge(datagram, skb->truesize);
	datagram->present += skb->len;
	datagram->ecn_seen |= BIT(fragment->ecn);
	datagram->max_fragment = max_t(unsigned int, size,
				       datagram->max_fragment);
	if (!fragment->more)
		datagram->total = new->end;
	return ADDED;
}

/*
 * RFC 3168 5.3: congestion experienced by one fragment is that of the
 * datagram, but a sender that does not know ECN cannot be told so.
 * Return: ECN bits, or -EINVAL for a datagram to drop.
 */
static int combine_ecn(const struct datagram *datagram, u8 first)
{
	if (!(datagram->ecn_seen & BIT(INET_ECN_CE)))
		return first;
	if (datagram->ecn_seen & BIT(INET_ECN_NOT_ECT))
		return -EINVAL;
	return INET_ECN_CE;
}

/* The tree's node shares its place with next, prev and dev. */
static void take(struct datagram *datagram, struct sk_buff *skb)
{
	rb_erase(&skb->rbnode, &datagram->fragments);
	skb->next = NULL;
	skb->prev = NULL;
	skb->dev = NULL;
}

/* Hang a fragment behind those that @head has; @tail is the last of a list. */
static void append(struct sk_buff *head, struct sk_buff ***tail,
		   struct sk_buff *skb)
{
	unsigned int truesize = skb->truesize;
	bool stolen;
	int delta;

	if (!skb_has_frag_list(head) &&
	    skb_try_coalesce(head, skb, &stolen, &delta)) {
		head->truesize += delta;
		kfree_skb_partial(skb, stolen);
		return;
	}
	**tail = skb;
	*tail = &skb->next;
	head->len += skb->len;
	head->data_len += skb->len;
	head->truesize += truesize;
}

/*
 * Join the fragments of a datagram that the caller owns and that has them
 * all. Return: the datagram, or NULL when it had to be dropped.
 */
static struct sk_buff *join(struct datagram *datagram, struct nst_link *link,
			    struct net_device *dev)
{
	struct rb_node *node = rb_first(&datagram->fragments);
	struct sk_buff *head, *skb, **tail;
	struct nst_packet_cb *cb;
	int ecn;

	head = rb_entry(node, struct sk_buff, rbnode);
	cb = nst_packet_cb(head);
	ecn = combine_ecn(datagram, cb->tos & INET_ECN_MASK);
	if (ecn < 0) {
		fail(datagram, NST_DROP_IP_FRAG_INVALID);
		return NULL;
	}
	/* The header is written to, and the list hangs off shared memory. */
	if (skb_unclone(head, GFP_ATOMIC)) {
		fail(datagram, NST_DROP_NOMEM);
		return NULL;
	}

	take(datagram, head);
	tail = &skb_shinfo(head)->frag_list;
	while ((node = rb_first(&datagram->fragments))) {
		skb = rb_entry(node, struct sk_buff, rbnode);
		take(datagram, skb);
		append(head, &tail, skb);
	}

	head->dev = dev;
	head->ip_summed = CHECKSUM_NONE;
	cb->link = link;
	cb->tos = (cb->tos & ~INET_ECN_MASK) | ecn;
	cb->flags |= NST_PACKET_REASSEMBLED;
	cb->max_fragment = datagram->max_fragment;
	return head;
}

static enum nst_drop_reason verdict_reason(enum verdict verdict)
{
	switch (verdict) {
	case DUPLICATE:
		return NST_DROP_IP_FRAG_DUPLICATE;
	case CONTRADICTION:
		return NST_DROP_IP_FRAG_INVALID;
	default:
		return NST_DROP_IP_FRAG_OVERLAP;
	}
}

/*
 * Add a fragment under the bucket's lock.
 * Return: the datagram, out of its bucket and owned by the caller, when this
 * was the fragment that it waited for.
 */
static struct datagram *add_locked(struct nst_stack *stack,
				   struct bucket *bucket, struct sk_buff *skb,
				   const struct datagram_key *key,
				   const struct nst_fragment *fragment)
{
	struct datagram *datagram;
	enum verdict verdict;

	datagram = __datagram_find(bucket, key);
	if (!datagram)
		datagram = __datagram_alloc(stack, bucket, key);
	if (!datagram) {
		nst_drop(stack, skb, NST_DROP_NOMEM);
		return NULL;
	}
	if (datagram->refused) {
		nst_drop(stack, skb, NST_DROP_IP_FRAG_OVERLAP);
		return NULL;
	}
	verdict = __add(datagram, skb, fragment);
	if (verdict != ADDED) {
		if (verdict == OVERLAP)
			count(stack, key->family, EVENT_OVERLAPS);
		if (verdict != DUPLICATE)
			__datagram_refuse(datagram, verdict_reason(verdict));
		nst_drop(stack, skb, verdict_reason(verdict));
		return NULL;
	}
	if (datagram->present != datagram->total)
		return NULL;
	__datagram_unlink(datagram);
	return datagram;
}

struct sk_buff *nst_reassembly_add(struct nst_stack *stack,
				   struct sk_buff *skb,
				   const struct nst_fragment *fragment)
{
	struct nst_link *link = nst_packet_cb(skb)->link;
	struct net_device *dev = skb->dev;
	struct datagram *datagram;
	struct datagram_key key;
	struct bucket *bucket;
	u64 hash;

	/* What waits here must not keep its sender's buffer full. */
	skb_orphan(skb);
	/* A list in a list is not possible. */
	if (skb_has_frag_list(skb) && skb_linearize(skb)) {
		nst_drop(stack, skb, NST_DROP_NOMEM);
		return NULL;
	}
	place(skb)->offset = fragment->offset;
	place(skb)->end = fragment->offset + skb->len;
	make_key(&key, fragment, link);
	hash = siphash(&key, sizeof(key), &stack->secret);
	bucket = &stack->reassembly->buckets[hash % BUCKETS];

	spin_lock(&bucket->lock);
	datagram = add_locked(stack, bucket, skb, &key, fragment);
	spin_unlock(&bucket->lock);
	if (!datagram) {
		evict_excess(stack);
		return NULL;
	}

	skb = join(datagram, link, dev);
	datagram_put(datagram);
	return skb;
}

unsigned int nst_reassembly_memory(const struct nst_stack *stack)
{
	return atomic_read(&stack->reassembly->memory);
}

unsigned int nst_reassembly_datagrams(const struct nst_stack *stack)
{
	return atomic_read(&stack->reassembly->datagrams);
}

int __init nst_reassembly_register(u8 family,
				   nst_reassembly_expired_t expired)
{
	if (family == AF_INET6)
		expired_ipv6 = expired;
	else
		expired_ipv4 = expired;
	return 0;
}

int nst_reassembly_init(struct nst_stack *stack)
{
	struct nst_reassembly *reassembly;
	unsigned int i;

	reassembly = kvzalloc(sizeof(*reassembly), GFP_KERNEL);
	if (!reassembly)
		return -ENOMEM;
	spin_lock_init(&reassembly->age_lock);
	INIT_LIST_HEAD(&reassembly->age);
	for (i = 0; i < BUCKETS; i++)
		spin_lock_init(&reassembly->buckets[i].lock);
	stack->reassembly = reassembly;
	return 0;
}

void nst_reassembly_exit(struct nst_stack *stack)
{
	struct nst_reassembly *reassembly = stack->reassembly;

	/* No packet comes any more; timers may still run. */
	local_bh_disable();
	while (evict_oldest(stack, NST_DROP_IP_FRAG_TIMEOUT))
		;
	local_bh_enable();
	/* A timer that runs is in a softirq: wait for those. */
	synchronize_rcu();
	stack->reassembly = NULL;
	kvfree(reassembly);
}
