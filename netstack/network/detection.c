// SPDX-License-Identifier: GPL-2.0
/*
 * Duplicate address detection, for both families: RFC 5227 with ARP, RFC 4862
 * 5.4 with neighbour discovery. An address is probed before use, and anew when
 * its link comes up; announced when it is taken into use, when its link comes
 * up and it is not probed, and when the link's station address changes; and
 * defended against other stations. What the messages are and how often they go
 * out is in struct nst_detection_ops.
 *
 * The timers of an address send; its flags belong to config_mutex, so a work
 * item of the stack carries verdicts over.
 *
 * Of the three ways of RFC 5227 2.4 to meet a conflict this is (c): an
 * address in use is kept, and defended once each DEFEND_INTERVAL, so that two
 * forged packets cannot take it away.
 */
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "../compat.h"
#include "../event.h"
#include "detection.h"

#define DEFEND_INTERVAL		(10 * HZ)	/* RFC 5227 1.1 */

/* nst_address_detection.phase */
enum phase {
	PHASE_IDLE,		/* in use, refused, or waiting for the link */
	PHASE_PROBE,		/* .sent probes are out */
	PHASE_ANNOUNCE,		/* .sent announcements are out */
};

/* nst_address_detection.verdict */
enum verdict {
	VERDICT_NONE,
	VERDICT_UNIQUE,
	VERDICT_DUPLICATE,
};

/**
 * struct nst_detection - detection in a stack
 * @stack: the stack; fixed
 * @lock: protects &struct nst_address_detection of all addresses (leaf)
 * @work: carries verdicts into the address table
 */
struct nst_detection {
	struct nst_stack *stack;
	spinlock_t lock; /* every address's detection (leaf) */
	struct work_struct work;
};

static const struct nst_detection_ops *families[2] __ro_after_init;

int nst_detection_register(const struct nst_detection_ops *ops)
{
	const struct nst_detection_ops **slot;

	slot = &families[ops->family == AF_INET6];
	if (*slot)
		return -EEXIST;
	*slot = ops;
	return 0;
}

static const struct nst_detection_ops *
ops_of(const struct nst_local_address *local)
{
	return families[local->family == AF_INET6];
}

static bool is_detected(const struct nst_local_address *local)
{
	return ops_of(local)->link(local->link);
}

static struct nst_detection_plan plan_of(const struct nst_local_address *local)
{
	struct nst_detection_plan plan;

	ops_of(local)->plan(local->link, &plan);
	return plan;
}

static void arm(struct nst_local_address *local, unsigned long delay)
{
	if (!mod_timer(&local->detection.timer, jiffies + delay))
		nst_address_get(local);
}

static void step_probe(struct nst_detection *detector,
		       struct nst_local_address *local,
		       const struct nst_detection_plan *plan)
{
	struct nst_address_detection *detection = &local->detection;

	if (detection->sent >= plan->probes) {
		detection->phase = PHASE_IDLE;
		detection->verdict = VERDICT_UNIQUE;
		schedule_work(&detector->work);
	} else if (++detection->sent == plan->probes) {
		arm(local, plan->probe_end);
	} else {
		arm(local, get_random_u32_inclusive(plan->probe_gap_min,
						    plan->probe_gap_max));
	}
}

static void step_announce(struct nst_local_address *local,
			  const struct nst_detection_plan *plan)
{
	struct nst_address_detection *detection = &local->detection;

	if (++detection->sent >= plan->announcements)
		detection->phase = PHASE_IDLE;
	else
		arm(local, plan->announce_gap);
}

static void detection_timer(struct timer_list *timer)
{
	struct nst_local_address *local =
		timer_container_of(local, timer, detection.timer);
	struct nst_address_detection *detection = &local->detection;
	struct nst_detection *detector = local->link->stack->detection;
	void (*send)(const struct nst_local_address *local) = NULL;
	struct nst_detection_plan plan = plan_of(local);

	rcu_read_lock();
	spin_lock(&detector->lock);
	if (timer_pending(timer)) {
		/* Started anew while this expiry waited for the lock. */
	} else if (!nst_link_operational(local->link)) {
		/* LINK_UP begins again. */
		detection->phase = PHASE_IDLE;
	} else if (detection->phase == PHASE_PROBE) {
		if (detection->sent < plan.probes)
			send = ops_of(local)->probe;
		step_probe(detector, local, &plan);
	} else if (detection->phase == PHASE_ANNOUNCE) {
		send = ops_of(local)->announce;
		step_announce(local, &plan);
	}
	spin_unlock(&detector->lock);
	if (send)
		send(local);
	rcu_read_unlock();
	nst_address_put(local);
}

/* Probe a tentative address from the start. */
static void begin_probe(struct nst_local_address *local)
{
	struct nst_address_detection *detection = &local->detection;
	struct nst_detection *detector = local->link->stack->detection;
	struct nst_detection_plan plan = plan_of(local);

	if (!nst_link_operational(local->link))
		return;
	spin_lock_bh(&detector->lock);
	detection->phase = PHASE_PROBE;
	detection->sent = 0;
	detection->verdict = VERDICT_NONE;
	get_random_bytes(detection->nonce, sizeof(detection->nonce));
	/* RFC 5227 2.1.1, RFC 4862 5.4.2: hosts that boot together spread. */
	arm(local, get_random_u32_inclusive(0, plan.probe_wait_max));
	spin_unlock_bh(&detector->lock);
}

/* Announce a usable address @times times, the first time at once. */
static void begin_announce(struct nst_local_address *local, unsigned int times)
{
	struct nst_address_detection *detection = &local->detection;
	struct nst_detection *detector = local->link->stack->detection;
	struct nst_detection_plan plan = plan_of(local);

	if (!nst_link_operational(local->link))
		return;
	spin_lock_bh(&detector->lock);
	detection->phase = PHASE_IDLE;
	ether_addr_copy(detection->announced, local->link->address);
	if (times > 1) {
		detection->phase = PHASE_ANNOUNCE;
		detection->sent = plan.announcements - times + 1;
		arm(local, plan.announce_gap);
	}
	spin_unlock_bh(&detector->lock);
	if (!times)
		return;

	rcu_read_lock_bh();
	ops_of(local)->announce(local);
	rcu_read_unlock_bh();
}

static void begin(struct nst_local_address *local)
{
	if (local->flags & NST_ADDRESS_TENTATIVE)
		begin_probe(local);
	else
		begin_announce(local, min_t(unsigned int, 1,
					    plan_of(local).announcements));
}

static void conflict_tentative(struct nst_detection *detector,
			       struct nst_address_detection *detection)
{
	if (detection->phase != PHASE_PROBE &&
	    detection->verdict != VERDICT_UNIQUE)
		return;
	/* The timer finds nothing to do. */
	detection->phase = PHASE_IDLE;
	detection->verdict = VERDICT_DUPLICATE;
	schedule_work(&detector->work);
}

/* Return: is it time to defend? */
static bool conflict_usable(struct nst_address_detection *detection)
{
	if (detection->conflicted &&
	    time_before(jiffies, detection->defended + DEFEND_INTERVAL))
		return false;
	detection->conflicted = true;
	detection->defended = jiffies;
	return true;
}

void nst_detection_conflict(struct nst_local_address *local)
{
	struct nst_stack *stack = local->link->stack;
	struct nst_detection *detector = stack->detection;
	bool defend = false;

	spin_lock_bh(&detector->lock);
	if (READ_ONCE(local->flags) & NST_ADDRESS_TENTATIVE)
		conflict_tentative(detector, &local->detection);
	else
		defend = conflict_usable(&local->detection);
	spin_unlock_bh(&detector->lock);
	if (defend)
		ops_of(local)->announce(local);
}

static u8 take_verdict(struct nst_detection *detector,
		       struct nst_local_address *local)
{
	u8 verdict;

	spin_lock_bh(&detector->lock);
	verdict = local->detection.verdict;
	local->detection.verdict = VERDICT_NONE;
	spin_unlock_bh(&detector->lock);
	return verdict;
}

static void verdict_work(struct work_struct *work)
{
	struct nst_detection *detector =
		container_of(work, struct nst_detection, work);
	struct nst_local_address *local = NULL;
	struct nst_stack *stack = detector->stack;

	mutex_lock(&stack->config_mutex);
	while ((local = nst_address_next_rcu(stack, local))) {
		if (!is_detected(local))
			continue;
		switch (take_verdict(detector, local)) {
		case VERDICT_UNIQUE:
			nst_address_set_flags(local, 0,
					      NST_ADDRESS_TENTATIVE);
			begin_announce(local, plan_of(local).announcements);
			break;
		case VERDICT_DUPLICATE:
			nst_address_set_flags(local, NST_ADDRESS_DUPLICATE, 0);
			break;
		}
	}
	mutex_unlock(&stack->config_mutex);
}

static void address_new(struct nst_local_address *local)
{
	if (!is_detected(local))
		return;
	timer_setup(&local->detection.timer, detection_timer, 0);
	begin(local);
}

static void address_del(struct nst_local_address *local)
{
	struct nst_detection *detector = local->link->stack->detection;

	if (!is_detected(local))
		return;
	spin_lock_bh(&detector->lock);
	local->detection.phase = PHASE_IDLE;
	spin_unlock_bh(&detector->lock);
	if (timer_delete_sync(&local->detection.timer))
		nst_address_put(local);
}

/*
 * Is an address that was in use probed anew? RFC 5227 2.1: whenever its link
 * becomes active, also by a cable. RFC 4862 has no word about it; the host does
 * so once the link was switched off, and not for a carrier that was away.
 */
static bool is_probed_anew(const struct nst_local_address *local)
{
	if (local->no_probe || !nst_address_probed(local->link, local->family))
		return false;
	return local->family == AF_INET || local->detection.switched_off;
}

static void link_up(struct nst_stack *stack, const struct nst_link *link)
{
	struct nst_local_address *local = NULL;

	while ((local = nst_address_next_rcu(stack, local))) {
		if (local->link != link || !is_detected(local))
			continue;
		/* Whoever had the address may be gone, or somebody have it. */
		nst_address_set_flags(local,
				      is_probed_anew(local) ?
				      NST_ADDRESS_TENTATIVE : 0,
				      NST_ADDRESS_DUPLICATE);
		local->detection.switched_off = false;
		begin(local);
	}
}

/* The link went down, or changed. */
static void link_down(struct nst_stack *stack, const struct nst_link *link)
{
	struct nst_local_address *local = NULL;

	if (link->flags & NST_LINK_UP)
		return;
	while ((local = nst_address_next_rcu(stack, local)))
		if (local->link == link)
			local->detection.switched_off = true;
}

/* RFC 5227 2.3 by analogy: neighbours hold the old station address. */
static void link_change(struct nst_stack *stack, const struct nst_link *link)
{
	struct nst_local_address *local = NULL;

	while ((local = nst_address_next_rcu(stack, local)))
		if (local->link == link && is_detected(local) &&
		    nst_local_address_usable(local) &&
		    !ether_addr_equal(local->detection.announced,
				      link->address))
			begin_announce(local, 1);
}

static void detection_event(struct nst_stack *stack, enum nst_event event,
			    void *object)
{
	switch (event) {
	case NST_EVENT_ADDRESS_NEW:
		address_new(object);
		break;
	case NST_EVENT_ADDRESS_DEL:
		address_del(object);
		break;
	case NST_EVENT_LINK_UP:
		link_up(stack, object);
		break;
	case NST_EVENT_LINK_DOWN:
		link_down(stack, object);
		break;
	case NST_EVENT_LINK_CHANGE:
		link_down(stack, object);
		link_change(stack, object);
		break;
	default:
		break;
	}
}

int nst_detection_listen(void)
{
	return nst_event_listen(detection_event);
}

int nst_detection_init(struct nst_stack *stack)
{
	struct nst_detection *detector;

	detector = kzalloc(sizeof(*detector), GFP_KERNEL_ACCOUNT);
	if (!detector)
		return -ENOMEM;
	detector->stack = stack;
	spin_lock_init(&detector->lock);
	INIT_WORK(&detector->work, verdict_work);
	stack->detection = detector;
	return 0;
}

/* The addresses are gone, and their timers. Without config_mutex. */
void nst_detection_exit(struct nst_stack *stack)
{
	cancel_work_sync(&stack->detection->work);
	kfree(stack->detection);
	stack->detection = NULL;
}
