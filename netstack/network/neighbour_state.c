// SPDX-License-Identifier: GPL-2.0
/*
 * The states of one neighbour and their timers, RFC 4861 7.3: what a message
 * about it changes (nst_neighbour_update()), what an upper layer's word
 * changes (nst_neighbour_confirm()), what time changes (neighbour_timer()).
 *
 * The RFC deletes an entry whose probes go unanswered; here it stays as
 * NUD_FAILED, as on the host, until it is used again or collected.
 */
#include "../compat.h"
#include "../event.h"
#include "neighbour_internal.h"

/* What is left to do once the neighbour's lock is released. */
#define AFTER_NOTIFY	BIT(0)
#define AFTER_TOUCH	BIT(1)
#define AFTER_SOLICIT	BIT(2)	/* ask the group */
#define AFTER_PROBE	BIT(3)	/* ask the station */

static unsigned long config_ms(const int *ms)
{
	return max(msecs_to_jiffies(max(READ_ONCE(*ms), 1)), 1UL);
}

/* RetransTimer of RFC 4861 6.3.2: a router may say another. */
static unsigned long retrans_time(const struct nst_neighbour *neighbour)
{
	u32 ms = READ_ONCE(neighbour->link->ipv6.retrans_ms);

	if (neighbour->family == AF_INET6 && ms)
		return max(msecs_to_jiffies(ms), 1UL);
	return config_ms(&neighbour->link->stack->config
			 .neigh_retrans_time_ms);
}

/* ReachableTime, likewise. */
static unsigned long reachable_time(const struct nst_neighbour *neighbour)
{
	u32 ms = READ_ONCE(neighbour->link->ipv6.reachable_ms);

	if (neighbour->family == AF_INET6 && ms)
		return max(msecs_to_jiffies(ms), 1UL);
	return nst_neighbour_reachable_time(neighbour->link->stack);
}

/* The timer holds a reference while it is pending. */
static void start_timer(struct nst_neighbour *neighbour, unsigned long delay)
{
	if (!mod_timer(&neighbour->timer, jiffies + delay))
		nst_neighbour_get(neighbour);
}

/* The caller holds a reference of its own. */
static void stop_timer(struct nst_neighbour *neighbour)
{
	if (timer_delete(&neighbour->timer))
		nst_neighbour_put(neighbour);
}

static void set_lladdr(struct nst_neighbour *neighbour, const u8 *lladdr)
{
	write_seqcount_begin(&neighbour->seq);
	ether_addr_copy(neighbour->lladdr, lladdr);
	write_seqcount_end(&neighbour->seq);
}

/* Enter a state, with its timer. The caller sends what the state asks. */
static void set_state(struct nst_neighbour *neighbour, u8 state)
{
	struct nst_stack *stack = neighbour->link->stack;
	const struct nst_config *config = &stack->config;

	lockdep_assert_held(&neighbour->lock);

	WRITE_ONCE(neighbour->state, state);
	WRITE_ONCE(neighbour->updated, jiffies);
	neighbour->probes = 0;
	switch (state) {
	case NUD_INCOMPLETE:
	case NUD_PROBE:
		neighbour->probes = 1;
		start_timer(neighbour, retrans_time(neighbour));
		break;
	case NUD_REACHABLE:
		WRITE_ONCE(neighbour->confirmed, jiffies);
		WRITE_ONCE(neighbour->proven, true);
		start_timer(neighbour, reachable_time(neighbour));
		break;
	case NUD_DELAY:
		start_timer(neighbour,
			    max(READ_ONCE(config->neigh_delay_first_probe_time),
				0) * HZ);
		break;
	default:
		stop_timer(neighbour);
	}
}

/* What has waited, in its order, at the end of @packets. */
static void take_waiting(struct nst_neighbour *neighbour,
			 struct sk_buff_head *packets)
{
	lockdep_assert_held(&neighbour->lock);
	skb_queue_splice_tail_init(&neighbour->queue, packets);
	neighbour->queue_bytes = 0;
}

static void tell_unreachable(struct nst_neighbour *neighbour,
			     struct sk_buff_head *packets)
{
	const struct nst_neighbour_ops *ops;
	struct sk_buff *skb;

	ops = nst_neighbour_ops_find(neighbour->family);
	while ((skb = __skb_dequeue(packets)))
		ops->failed(neighbour, skb);
}

/* Context: BHs disabled, RCU; the lock is released. */
static void act(struct nst_neighbour *neighbour, unsigned int after)
{
	struct nst_stack *stack = neighbour->link->stack;
	const struct nst_neighbour_ops *ops;

	if (after & (AFTER_SOLICIT | AFTER_PROBE)) {
		ops = nst_neighbour_ops_find(neighbour->family);
		ops->solicit(neighbour, after & AFTER_PROBE);
	}
	if (after & AFTER_TOUCH)
		nst_neighbour_touch(neighbour);
	if (after & AFTER_NOTIFY)
		nst_event_notify(stack, NST_EVENT_NEIGHBOUR_CHANGE, neighbour);
}

static unsigned int timer_incomplete(struct nst_neighbour *neighbour,
				     struct sk_buff_head *unreachable)
{
	struct nst_stack *stack = neighbour->link->stack;

	/* RFC 4861 7.2.2: one question a RetransTimer, then give up. */
	if (neighbour->probes < READ_ONCE(stack->config.neigh_mcast_solicit)) {
		neighbour->probes++;
		start_timer(neighbour, retrans_time(neighbour));
		return AFTER_SOLICIT;
	}
	NST_INC(stack, NEIGH_RES_FAILED);
	set_state(neighbour, NUD_FAILED);
	take_waiting(neighbour, unreachable);
	return AFTER_NOTIFY;
}

static unsigned int timer_reachable(struct nst_neighbour *neighbour)
{
	unsigned long limit, idle;

	limit = reachable_time(neighbour);
	idle = jiffies - READ_ONCE(neighbour->confirmed);
	if (idle < limit) {
		start_timer(neighbour, limit - idle);
		return 0;
	}
	set_state(neighbour, NUD_STALE);
	return AFTER_NOTIFY;
}

static unsigned int timer_probe(struct nst_neighbour *neighbour)
{
	struct nst_stack *stack = neighbour->link->stack;

	if (neighbour->probes < READ_ONCE(stack->config.neigh_ucast_solicit)) {
		neighbour->probes++;
		start_timer(neighbour, retrans_time(neighbour));
		return AFTER_PROBE;
	}
	set_state(neighbour, NUD_FAILED);
	return AFTER_NOTIFY;
}

static void neighbour_timer(struct timer_list *timer)
{
	struct nst_neighbour *neighbour =
		timer_container_of(neighbour, timer, timer);
	struct sk_buff_head unreachable;
	unsigned int after = 0;

	__skb_queue_head_init(&unreachable);
	rcu_read_lock();
	spin_lock(&neighbour->lock);
	/* A state that was entered just now has set the timer anew. */
	if (!neighbour->dead && !timer_pending(timer)) {
		switch (neighbour->state) {
		case NUD_INCOMPLETE:
			after = timer_incomplete(neighbour, &unreachable);
			break;
		case NUD_REACHABLE:
			after = timer_reachable(neighbour);
			break;
		case NUD_DELAY:
			set_state(neighbour, NUD_PROBE);
			after = AFTER_PROBE | AFTER_NOTIFY;
			break;
		case NUD_PROBE:
			after = timer_probe(neighbour);
			break;
		}
	}
	spin_unlock(&neighbour->lock);

	tell_unreachable(neighbour, &unreachable);
	act(neighbour, after);
	rcu_read_unlock();
	nst_neighbour_put(neighbour);
}

void nst_neighbour_state_init(struct nst_neighbour *neighbour)
{
	unsigned long now = jiffies;

	spin_lock_init(&neighbour->lock);
	seqcount_spinlock_init(&neighbour->seq, &neighbour->lock);
	__skb_queue_head_init(&neighbour->queue);
	timer_setup(&neighbour->timer, neighbour_timer, 0);
	neighbour->updated = now;
	neighbour->confirmed = now;
	neighbour->used = now;
	neighbour->state = NUD_NONE;
	if (neighbour->link->flags & NST_LINK_NOARP) {
		/* Nobody to ask: frames are addressed as the host does it. */
		neighbour->state = NUD_NOARP;
		ether_addr_copy(neighbour->lladdr, neighbour->link->address);
	}
}

void nst_neighbour_bury(struct nst_neighbour *neighbour,
			enum nst_drop_reason reason)
{
	struct nst_stack *stack = neighbour->link->stack;
	struct sk_buff_head packets;
	struct sk_buff *skb;

	__skb_queue_head_init(&packets);
	spin_lock_bh(&neighbour->lock);
	neighbour->dead = true;
	set_state(neighbour, NUD_FAILED);
	take_waiting(neighbour, &packets);
	spin_unlock_bh(&neighbour->lock);

	while ((skb = __skb_dequeue(&packets)))
		nst_drop(stack, skb, reason);
	nst_event_notify(stack, NST_EVENT_NEIGHBOUR_DEL, neighbour);
	nst_neighbour_put(neighbour);
}

/* The administrator's word holds; what needs a station address has one. */
static unsigned int update_admin(struct nst_neighbour *neighbour,
				 const u8 *lladdr, u8 state)
{
	if (state & NST_NUD_VALID) {
		if (!lladdr && !(neighbour->state & NST_NUD_VALID))
			return 0;
		if (lladdr)
			set_lladdr(neighbour, lladdr);
	} else if (state != NUD_FAILED) {
		return 0;
	}
	set_state(neighbour, state);
	return AFTER_TOUCH | AFTER_NOTIFY |
	       (state == NUD_PROBE ? AFTER_PROBE : 0);
}

/* RFC 4861 7.2.5, Receipt of Neighbor Advertisements, for both families. */
static unsigned int update_learn(struct nst_neighbour *neighbour,
				 const u8 *lladdr, u8 state, u32 flags)
{
	bool confirm, differs;

	if (neighbour->state & (NUD_PERMANENT | NUD_NOARP))
		return 0;
	if (state == NUD_FAILED) {
		set_state(neighbour, NUD_FAILED);
		return AFTER_NOTIFY;
	}
	confirm = state == NUD_REACHABLE && (flags & NST_NEIGHBOUR_SOLICITED);

	if (!(neighbour->state & NST_NUD_VALID)) {
		if (!lladdr)
			return 0;
		set_lladdr(neighbour, lladdr);
		set_state(neighbour, confirm ? NUD_REACHABLE : NUD_STALE);
		return AFTER_TOUCH | AFTER_NOTIFY;
	}

	differs = lladdr && !ether_addr_equal(lladdr, neighbour->lladdr);
	if (differs && !(flags & NST_NEIGHBOUR_OVERRIDE)) {
		if (neighbour->state != NUD_REACHABLE)
			return 0;
		set_state(neighbour, NUD_STALE);
		return AFTER_NOTIFY;
	}
	if (differs)
		set_lladdr(neighbour, lladdr);
	if (confirm) {
		set_state(neighbour, NUD_REACHABLE);
		return AFTER_TOUCH | AFTER_NOTIFY;
	}
	if (!differs)
		return 0;
	/* The new station has proved nothing yet. */
	WRITE_ONCE(neighbour->proven, false);
	set_state(neighbour, NUD_STALE);
	return AFTER_NOTIFY;
}

void nst_neighbour_update(struct nst_neighbour *neighbour, const u8 *lladdr,
			  u8 state, u32 flags)
{
	struct sk_buff_head known, unreachable;
	unsigned int after = 0;

	__skb_queue_head_init(&known);
	__skb_queue_head_init(&unreachable);
	local_bh_disable();
	rcu_read_lock();
	spin_lock(&neighbour->lock);
	if (!neighbour->dead) {
		if (flags & NST_NEIGHBOUR_ADMIN)
			after = update_admin(neighbour, lladdr, state);
		else
			after = update_learn(neighbour, lladdr, state, flags);
		if (neighbour->state & NST_NUD_VALID)
			take_waiting(neighbour, &known);
		else if (neighbour->state == NUD_FAILED)
			take_waiting(neighbour, &unreachable);
	}
	spin_unlock(&neighbour->lock);

	nst_neighbour_flush(neighbour, &known);
	tell_unreachable(neighbour, &unreachable);
	act(neighbour, after);
	rcu_read_unlock();
	local_bh_enable();
}

void nst_neighbour_confirm(struct nst_neighbour *neighbour)
{
	unsigned long now = jiffies;
	bool changed = false;

	/* Called for each ACK: no lock, and no write twice a tick. */
	if (READ_ONCE(neighbour->state) == NUD_REACHABLE) {
		if (READ_ONCE(neighbour->confirmed) != now)
			WRITE_ONCE(neighbour->confirmed, now);
		return;
	}

	spin_lock_bh(&neighbour->lock);
	if (!neighbour->dead &&
	    neighbour->state & (NUD_STALE | NUD_DELAY | NUD_PROBE)) {
		set_state(neighbour, NUD_REACHABLE);
		changed = true;
	}
	spin_unlock_bh(&neighbour->lock);
	if (changed)
		act(neighbour, AFTER_TOUCH | AFTER_NOTIFY);
}

bool nst_neighbour_lladdr(struct nst_neighbour *neighbour, u8 *lladdr)
{
	unsigned int seq;

	if (!(READ_ONCE(neighbour->state) & NST_NUD_VALID))
		return false;
	do {
		seq = read_seqcount_begin(&neighbour->seq);
		ether_addr_copy(lladdr, neighbour->lladdr);
	} while (read_seqcount_retry(&neighbour->seq, seq));
	return true;
}

void nst_neighbour_delay(struct nst_neighbour *neighbour)
{
	bool changed = false;

	spin_lock_bh(&neighbour->lock);
	if (!neighbour->dead && neighbour->state == NUD_STALE) {
		set_state(neighbour, NUD_DELAY);
		changed = true;
	}
	spin_unlock_bh(&neighbour->lock);
	if (changed)
		act(neighbour, AFTER_TOUCH);
}

/*
 * Do fewer packets have to wait? The bytes are for what no socket answers for:
 * packets of others. One waits, however large it is.
 */
static bool too_many_wait(const struct nst_neighbour *neighbour)
{
	const struct nst_config *config = &neighbour->link->stack->config;
	u32 waiting = skb_queue_len(&neighbour->queue);

	return waiting > READ_ONCE(config->neigh_unres_qlen) ||
	       (waiting > 1 && neighbour->queue_bytes >
			       READ_ONCE(config->neigh_unres_qlen_bytes));
}

/* RFC 4861 7.2.2: when the queue overflows the oldest go, to @oldest. */
static void wait_in_queue(struct nst_neighbour *neighbour, struct sk_buff *skb,
			  struct sk_buff_head *oldest)
{
	__skb_queue_tail(&neighbour->queue, skb);
	neighbour->queue_bytes += skb->truesize;
	while (too_many_wait(neighbour)) {
		skb = __skb_dequeue(&neighbour->queue);
		neighbour->queue_bytes -= skb->truesize;
		__skb_queue_tail(oldest, skb);
	}
}

int nst_neighbour_await(struct nst_neighbour *neighbour, struct sk_buff *skb)
{
	struct nst_stack *stack = neighbour->link->stack;
	struct sk_buff_head oldest;
	unsigned int after = 0;
	int err = 0;

	__skb_queue_head_init(&oldest);

	spin_lock(&neighbour->lock);
	if (neighbour->dead) {
		err = -ESTALE;
	} else if (neighbour->state & NST_NUD_VALID) {
		err = -EAGAIN;
	} else {
		if (neighbour->state != NUD_INCOMPLETE) {
			set_state(neighbour, NUD_INCOMPLETE);
			after = AFTER_SOLICIT | AFTER_TOUCH;
		}
		wait_in_queue(neighbour, skb, &oldest);
		if (unlikely(skb_queue_empty(&neighbour->queue)))
			err = -ENOBUFS;
	}
	spin_unlock(&neighbour->lock);

	while ((skb = __skb_dequeue(&oldest))) {
		NST_INC(stack, NEIGH_UNRES_DISCARDS);
		nst_drop(stack, skb, NST_DROP_NEIGH_QUEUE_FULL);
	}
	act(neighbour, after);
	return err;
}
