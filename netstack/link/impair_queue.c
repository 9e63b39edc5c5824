// SPDX-License-Identifier: GPL-2.0
/*
 * Impairments: the packets of one direction that are to leave later, a tree
 * by the time of departure. Those that wait for the rate are a FIFO beside
 * it, which is the queue that the configuration limits; what has been sent
 * and is on its way through the delay is limited for the whole stack only.
 *
 * An hrtimer starts a NAPI poll, which passes on what is due: a budget at a
 * time, in softirq. Nothing is passed on under the lock, and nothing that is
 * passed on waits for it, so senders and receivers of the same stack may
 * come back here.
 */
#include <linux/hrtimer.h>
#include <linux/netdevice.h>
#include <linux/rbtree.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "../compat.h"
#include "impair.h"
#include "link.h"

/**
 * struct queued - a packet's control block while it is held
 * @departure: when it leaves, ns
 * @sent: when it has been sent at the rate, ns
 * @next_waiting: packet behind it that waits for the rate
 * @dev: skb->dev, whose place the tree takes
 */
struct queued {
	u64 departure;
	u64 sent;
	struct sk_buff *next_waiting;
	struct net_device *dev;
};

/**
 * struct nst_impair - one direction of a link
 * @link: the link; fixed
 * @direction: which; fixed
 * @ops: how packets leave; fixed
 * @framing: bytes of the link header; fixed
 * @lock: protects all below (leaf)
 * @config: what it does
 * @state: of its decisions
 * @stats: what it has done
 * @queue: packets by departure, those of the same time in order of arrival
 * @waiting: first packet that waits for the rate
 * @waiting_tail: where the next one is hung
 * @delivering: the poll has a packet in hand
 * @dead: nothing is taken any more
 * @timer: starts the poll when the first packet is due
 * @napi: passes packets on
 * @dev: what the poll needs to hang on; seen by nobody
 */
struct nst_impair {
	struct nst_link *link;
	enum nst_impair_direction direction;
	const struct nst_impair_ops *ops;
	unsigned int framing;

	spinlock_t lock;	/* all below (leaf) */
	struct nst_impair_config config;
	struct nst_impair_state state;
	struct nst_impair_stats stats;
	struct rb_root_cached queue;
	struct sk_buff *waiting;
	struct sk_buff **waiting_tail;
	bool delivering;
	bool dead;
	struct hrtimer timer;
	struct napi_struct napi;
	struct net_device *dev;
};

static struct queued *queued(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct queued) >
		     sizeof_field(struct nst_packet_cb, layer));
	return (struct queued *)nst_packet_cb(skb)->layer;
}

/* Bytes of the frame. */
static unsigned int frame_length(const struct nst_impair *impair,
				 const struct sk_buff *skb)
{
	if (impair->direction == NST_IMPAIR_TX)
		return skb->len;
	return skb->len + impair->framing;
}

/* Bytes before the network header. */
static unsigned int framing_present(const struct nst_impair *impair)
{
	return impair->direction == NST_IMPAIR_TX ? impair->framing : 0;
}

/* The stack's share of memory. */
static bool charge(struct nst_stack *stack, const struct sk_buff *skb)
{
	const struct nst_config *config = &stack->config;

	if (atomic_inc_return(&stack->impaired_packets) >
	    READ_ONCE(config->impair_packets_max))
		goto packets;
	if (atomic_long_add_return(skb->truesize, &stack->impaired_bytes) >
	    READ_ONCE(config->impair_bytes_max))
		goto bytes;
	return true;

bytes:
	atomic_long_sub(skb->truesize, &stack->impaired_bytes);
packets:
	atomic_dec(&stack->impaired_packets);
	return false;
}

static void uncharge(struct nst_stack *stack, const struct sk_buff *skb)
{
	atomic_long_sub(skb->truesize, &stack->impaired_bytes);
	atomic_dec(&stack->impaired_packets);
}

static struct sk_buff *first_packet(const struct nst_impair *impair)
{
	struct rb_node *node = rb_first_cached(&impair->queue);

	return node ? rb_to_skb(node) : NULL;
}

static void arm_timer(struct nst_impair *impair)
{
	struct sk_buff *first = first_packet(impair);

	lockdep_assert_held(&impair->lock);
	if (first && !impair->dead)
		hrtimer_start(&impair->timer,
			      ns_to_ktime(queued(first)->departure),
			      HRTIMER_MODE_ABS_PINNED);
}

/* Those whose time at the rate is over wait no more. */
static void advance_waiting(struct nst_impair *impair, u64 now)
{
	struct sk_buff *skb;

	while ((skb = impair->waiting) && queued(skb)->sent <= now) {
		impair->waiting = queued(skb)->next_waiting;
		if (!impair->waiting)
			impair->waiting_tail = &impair->waiting;
		impair->stats.waiting--;
		impair->stats.waiting_bytes -= frame_length(impair, skb);
	}
}

static bool waiting_room(const struct nst_impair *impair, unsigned int len)
{
	const struct nst_impair_config *config = &impair->config;

	if (!config->rate)
		return true;
	if (impair->stats.waiting >= config->limit)
		return false;
	return !config->limit_bytes ||
	       impair->stats.waiting_bytes + len <= config->limit_bytes;
}

static void insert_waiting(struct nst_impair *impair, struct sk_buff *skb,
			   unsigned int len)
{
	queued(skb)->next_waiting = NULL;
	*impair->waiting_tail = skb;
	impair->waiting_tail = &queued(skb)->next_waiting;
	impair->stats.waiting++;
	impair->stats.waiting_bytes += len;
}

static void insert(struct nst_impair *impair, struct sk_buff *skb,
		   unsigned int len)
{
	struct rb_node **at = &impair->queue.rb_root.rb_node;
	u64 departure = queued(skb)->departure;
	struct rb_node *parent = NULL;
	bool first = true;

	queued(skb)->dev = skb->dev;
	while (*at) {
		parent = *at;
		if (departure < queued(rb_to_skb(parent))->departure) {
			at = &parent->rb_left;
		} else {
			at = &parent->rb_right;
			first = false;
		}
	}
	rb_link_node(&skb->rbnode, parent, at);
	rb_insert_color_cached(&skb->rbnode, &impair->queue, first);
	impair->stats.queued++;
	impair->stats.queued_bytes += len;
	if (first && !impair->delivering)
		arm_timer(impair);
}

static void remove(struct nst_impair *impair, struct sk_buff *skb)
{
	struct net_device *dev = queued(skb)->dev;

	rb_erase_cached(&skb->rbnode, &impair->queue);
	skb->prev = NULL;
	skb->next = NULL;
	skb->dev = dev;
	impair->stats.queued--;
	impair->stats.queued_bytes -= frame_length(impair, skb);
	uncharge(impair->link->stack, skb);
}

/* What becomes of a packet now. */
enum fate {
	FATE_HELD,
	FATE_PASSED,
	FATE_OVERFLOW,
	FATE_REMOVED,
};

/* It may be passed on at once when it overtakes only what it may overtake. */
static bool due(const struct nst_impair *impair, u64 departure, u64 now,
		const struct nst_impair_verdict *verdict)
{
	if (departure > now)
		return false;
	return verdict->reordered ||
	       (!impair->delivering && !first_packet(impair));
}

static enum fate enqueue(struct nst_impair *impair, struct sk_buff *skb,
			 const struct nst_impair_verdict *verdict)
{
	struct nst_impair_state state = impair->state;
	unsigned int len = frame_length(impair, skb);
	u64 now = ktime_get_ns();
	u64 departure, sent;

	if (impair->dead)
		return FATE_REMOVED;
	advance_waiting(impair, now);
	if (!waiting_room(impair, len))
		return FATE_OVERFLOW;
	sent = nst_impair_sent(&impair->config, &state, len, now);
	departure = nst_impair_departure(&impair->config, &state, verdict,
					 sent);
	if (due(impair, departure, now, verdict)) {
		impair->state = state;
		impair->stats.passed++;
		return FATE_PASSED;
	}
	if (!charge(impair->link->stack, skb))
		return FATE_OVERFLOW;
	impair->state = state;
	queued(skb)->sent = sent;
	queued(skb)->departure = departure;
	if (sent > now)
		insert_waiting(impair, skb, len);
	insert(impair, skb, len);
	return FATE_HELD;
}

static void packet_enqueue(struct nst_impair *impair, struct sk_buff *skb,
			   const struct nst_impair_verdict *verdict)
{
	enum fate fate;

	spin_lock_bh(&impair->lock);
	fate = enqueue(impair, skb, verdict);
	if (fate == FATE_OVERFLOW)
		impair->stats.overflowed++;
	spin_unlock_bh(&impair->lock);

	switch (fate) {
	case FATE_HELD:
		break;
	case FATE_PASSED:
		impair->ops->pass(impair->link, skb);
		break;
	case FATE_OVERFLOW:
		impair->ops->drop(impair->link, skb, NST_DROP_LINK_IMPAIR_QUEUE);
		break;
	case FATE_REMOVED:
		impair->ops->drop(impair->link, skb,
				  NST_DROP_LINK_IMPAIR_REMOVED);
		break;
	}
}

static void decide(struct nst_impair *impair,
		   struct nst_impair_verdict *verdict)
{
	struct nst_impair_stats *stats = &impair->stats;

	spin_lock_bh(&impair->lock);
	nst_impair_decide(&impair->config, &impair->state, verdict);
	if (verdict->lost) {
		stats->lost++;
	} else {
		stats->duplicated += verdict->duplicated;
		stats->corrupted += verdict->corrupted;
		stats->reordered += verdict->reordered;
	}
	spin_unlock_bh(&impair->lock);
}

static void overflow(struct nst_impair *impair)
{
	spin_lock_bh(&impair->lock);
	impair->stats.overflowed++;
	spin_unlock_bh(&impair->lock);
}

static void drop_overflow(struct nst_impair *impair, struct sk_buff *skb,
			  enum nst_drop_reason reason)
{
	overflow(impair);
	impair->ops->drop(impair->link, skb, reason);
}

/* One packet as it is on the wire. */
static void wire_packet(struct nst_impair *impair, struct sk_buff *skb)
{
	struct nst_impair_verdict verdict;
	struct sk_buff *copy;

	decide(impair, &verdict);
	if (verdict.lost) {
		impair->ops->drop(impair->link, skb, NST_DROP_LINK_IMPAIR_LOSS);
		return;
	}
	if (verdict.corrupted) {
		copy = nst_impair_corrupt(skb, framing_present(impair),
					  verdict.where);
		if (!copy) {
			drop_overflow(impair, skb, NST_DROP_NOMEM);
			return;
		}
		skb = copy;
	}
	copy = verdict.duplicated ? skb_clone(skb, GFP_ATOMIC) : NULL;
	packet_enqueue(impair, skb, &verdict);
	if (copy)
		packet_enqueue(impair, copy, &verdict);
	else if (verdict.duplicated)
		overflow(impair);
}

static void super_packet(struct nst_impair *impair, struct sk_buff *skb)
{
	const struct nst_config *config = &impair->link->stack->config;
	struct sk_buff *next;

	if (!nst_impair_can_segment(skb, framing_present(impair))) {
		impair->ops->drop(impair->link, skb, NST_DROP_LINK_CSUM);
		return;
	}
	if (skb->len / skb_shinfo(skb)->gso_size >=
	    READ_ONCE(config->impair_packets_max)) {
		drop_overflow(impair, skb, NST_DROP_LINK_IMPAIR_QUEUE);
		return;
	}
	skb = nst_impair_segment(skb, framing_present(impair));
	if (IS_ERR(skb)) {
		overflow(impair);
		return;
	}
	for (; skb; skb = next) {
		next = skb->next;
		skb_mark_not_on_list(skb);
		wire_packet(impair, skb);
	}
}

void nst_impair_packet(struct nst_impair *impair, struct sk_buff *skb)
{
	if (skb_is_gso(skb))
		super_packet(impair, skb);
	else
		wire_packet(impair, skb);
}

/* The first packet that is due, taken out. */
static struct sk_buff *dequeue(struct nst_impair *impair, u64 now)
{
	struct sk_buff *skb;

	spin_lock_bh(&impair->lock);
	advance_waiting(impair, now);
	skb = first_packet(impair);
	if (skb && queued(skb)->departure <= now) {
		remove(impair, skb);
		impair->stats.passed++;
		impair->delivering = true;
	} else {
		skb = NULL;
		impair->delivering = false;
	}
	spin_unlock_bh(&impair->lock);
	return skb;
}

/* Time is read once, so that an end comes whatever the receivers send. */
static int impair_poll(struct napi_struct *napi, int budget)
{
	struct nst_impair *impair = container_of(napi, struct nst_impair, napi);
	u64 now = ktime_get_ns();
	struct sk_buff *skb;
	int work;

	for (work = 0; work < budget; work++) {
		skb = dequeue(impair, now);
		if (!skb)
			break;
		impair->ops->pass(impair->link, skb);
	}
	if (work < budget && napi_complete_done(napi, work)) {
		spin_lock_bh(&impair->lock);
		arm_timer(impair);
		spin_unlock_bh(&impair->lock);
	}
	return work;
}

static enum hrtimer_restart impair_timer(struct hrtimer *timer)
{
	struct nst_impair *impair =
		container_of(timer, struct nst_impair, timer);

	napi_schedule(&impair->napi);
	return HRTIMER_NORESTART;
}

struct nst_impair *nst_impair_create(struct nst_link *link,
				     enum nst_impair_direction direction,
				     const struct nst_impair_ops *ops,
				     const struct nst_impair_config *config)
{
	struct nst_impair *impair = kzalloc(sizeof(*impair), GFP_KERNEL);

	if (!impair)
		return ERR_PTR(-ENOMEM);
	impair->dev = nst_compat_dummy_alloc();
	if (!impair->dev) {
		kfree(impair);
		return ERR_PTR(-ENOMEM);
	}
	impair->link = link;
	impair->direction = direction;
	impair->ops = ops;
	impair->framing = link->flags & NST_LINK_LOOPBACK ? 0 : ETH_HLEN;
	spin_lock_init(&impair->lock);
	impair->queue = RB_ROOT_CACHED;
	impair->waiting_tail = &impair->waiting;
	impair->config = *config;
	nst_impair_restart(&impair->state, config, direction);
	hrtimer_setup(&impair->timer, impair_timer, CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS_PINNED);
	/* No device, no interrupt: nothing to busy poll for. */
	set_bit(NAPI_STATE_NO_BUSY_POLL, &impair->napi.state);
	netif_napi_add(impair->dev, &impair->napi, impair_poll);
	napi_enable(&impair->napi);
	return impair;
}

void nst_impair_configure(struct nst_impair *impair,
			  const struct nst_impair_config *config)
{
	spin_lock_bh(&impair->lock);
	impair->config = *config;
	nst_impair_restart(&impair->state, config, impair->direction);
	spin_unlock_bh(&impair->lock);
}

void nst_impair_purge(struct nst_impair *impair, enum nst_drop_reason reason)
{
	struct sk_buff *skb, *purged = NULL;

	spin_lock_bh(&impair->lock);
	advance_waiting(impair, U64_MAX);
	while ((skb = first_packet(impair))) {
		remove(impair, skb);
		skb->next = purged;
		purged = skb;
	}
	impair->state.busy_until = 0;
	impair->state.last_departure = 0;
	spin_unlock_bh(&impair->lock);

	local_bh_disable();
	while ((skb = purged)) {
		purged = skb->next;
		skb_mark_not_on_list(skb);
		impair->ops->drop(impair->link, skb, reason);
	}
	local_bh_enable();
}

void nst_impair_destroy(struct nst_impair *impair, enum nst_drop_reason reason)
{
	spin_lock_bh(&impair->lock);
	impair->dead = true;
	spin_unlock_bh(&impair->lock);

	nst_impair_purge(impair, reason);
	hrtimer_cancel(&impair->timer);
	napi_disable(&impair->napi);
	netif_napi_del(&impair->napi);
	nst_compat_dummy_free(impair->dev);
	kfree(impair);
}

struct nst_link *nst_impair_link(const struct nst_impair *impair)
{
	return impair->link;
}

enum nst_impair_direction nst_impair_direction(const struct nst_impair *impair)
{
	return impair->direction;
}

void nst_impair_read(struct nst_impair *impair,
		     struct nst_impair_report *report)
{
	report->link = impair->link;
	report->direction = impair->direction;
	spin_lock_bh(&impair->lock);
	advance_waiting(impair, ktime_get_ns());
	report->config = impair->config;
	report->stats = impair->stats;
	spin_unlock_bh(&impair->lock);
}
