// SPDX-License-Identifier: GPL-2.0
/*
 * IPv4 address conflict detection (RFC 5227): an address is probed before
 * use, announced when it is taken into use, when its link comes up and when
 * the link's station address changes, and defended against other stations.
 *
 * The timers of an address send; its flags belong to config_mutex, so a work
 * item of the stack carries verdicts over.
 *
 * Of the three ways of RFC 5227 2.4 to meet a conflict this is (c): an
 * address that the administrator gave is kept, and defended once each
 * DEFEND_INTERVAL, so that two forged packets cannot take it away. A link
 * that comes up again makes usable addresses announced, not probed anew
 * (2.1 would have connections wait for seconds at every flap). ANNOUNCE_NUM
 * applies to addresses that were probed; otherwise one announcement is sent.
 */
#include <linux/if_arp.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "../compat.h"
#include "../event.h"
#include "address.h"
#include "arp.h"

/* RFC 5227 1.1 */
#define PROBE_WAIT		(1 * HZ)
#define PROBE_NUM		3
#define PROBE_MIN		(1 * HZ)
#define PROBE_MAX		(2 * HZ)
#define ANNOUNCE_WAIT		(2 * HZ)
#define ANNOUNCE_NUM		2
#define ANNOUNCE_INTERVAL	(2 * HZ)
#define DEFEND_INTERVAL		(10 * HZ)

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
 * struct nst_arp - conflict detection of a stack
 * @stack: the stack; fixed
 * @lock: protects &struct nst_address_detection of all addresses (leaf)
 * @work: carries verdicts into the address table
 */
struct nst_arp {
	struct nst_stack *stack;
	spinlock_t lock; /* every address's detection (leaf) */
	struct work_struct work;
};

static bool is_detected(const struct nst_local_address *local)
{
	return local->family == AF_INET && nst_arp_link(local->link);
}

/* RFC 5227 2.1.1: a request with no sender, so that nobody learns of it. */
static void send_probe(const struct nst_local_address *local)
{
	u8 everyone[ETH_ALEN];

	eth_broadcast_addr(everyone);
	nst_arp_send(local->link, ARPOP_REQUEST, everyone, 0, NULL,
		     local->address.v4);
}

/* RFC 5227 2.3: sender and target are the address itself. */
static void send_announcement(const struct nst_local_address *local)
{
	u8 everyone[ETH_ALEN];

	eth_broadcast_addr(everyone);
	nst_arp_send(local->link, ARPOP_REQUEST, everyone, local->address.v4,
		     NULL, local->address.v4);
}

static void arm(struct nst_local_address *local, unsigned long delay)
{
	if (!mod_timer(&local->detection.timer, jiffies + delay))
		nst_address_get(local);
}

static void step_probe(struct nst_arp *arp, struct nst_local_address *local)
{
	struct nst_address_detection *detection = &local->detection;

	if (detection->sent == PROBE_NUM) {
		detection->phase = PHASE_IDLE;
		detection->verdict = VERDICT_UNIQUE;
		schedule_work(&arp->work);
	} else if (++detection->sent == PROBE_NUM) {
		arm(local, ANNOUNCE_WAIT);
	} else {
		arm(local, get_random_u32_inclusive(PROBE_MIN, PROBE_MAX));
	}
}

static void step_announce(struct nst_local_address *local)
{
	struct nst_address_detection *detection = &local->detection;

	if (++detection->sent == ANNOUNCE_NUM)
		detection->phase = PHASE_IDLE;
	else
		arm(local, ANNOUNCE_INTERVAL);
}

static void detection_timer(struct timer_list *timer)
{
	struct nst_local_address *local =
		timer_container_of(local, timer, detection.timer);
	struct nst_address_detection *detection = &local->detection;
	struct nst_arp *arp = local->link->stack->arp;
	void (*send)(const struct nst_local_address *local) = NULL;

	rcu_read_lock();
	spin_lock(&arp->lock);
	if (timer_pending(timer)) {
		/* Started anew while this expiry waited for the lock. */
	} else if (!nst_link_operational(local->link)) {
		/* LINK_UP begins again. */
		detection->phase = PHASE_IDLE;
	} else if (detection->phase == PHASE_PROBE) {
		if (detection->sent < PROBE_NUM)
			send = send_probe;
		step_probe(arp, local);
	} else if (detection->phase == PHASE_ANNOUNCE) {
		send = send_announcement;
		step_announce(local);
	}
	spin_unlock(&arp->lock);
	if (send)
		send(local);
	rcu_read_unlock();
	nst_address_put(local);
}

/* Probe a tentative address from the start. */
static void begin_probe(struct nst_local_address *local)
{
	struct nst_address_detection *detection = &local->detection;
	struct nst_arp *arp = local->link->stack->arp;

	if (!nst_link_operational(local->link))
		return;
	spin_lock_bh(&arp->lock);
	detection->phase = PHASE_PROBE;
	detection->sent = 0;
	detection->verdict = VERDICT_NONE;
	/* RFC 5227 2.1.1: hosts that boot together spread out. */
	arm(local, get_random_u32_inclusive(0, PROBE_WAIT));
	spin_unlock_bh(&arp->lock);
}

/* Announce a usable address @times times, the first time at once. */
static void begin_announce(struct nst_local_address *local, unsigned int times)
{
	struct nst_address_detection *detection = &local->detection;
	struct nst_arp *arp = local->link->stack->arp;

	if (!nst_link_operational(local->link))
		return;
	spin_lock_bh(&arp->lock);
	detection->phase = PHASE_IDLE;
	detection->sent = ANNOUNCE_NUM - times;
	ether_addr_copy(detection->announced, local->link->address);
	if (++detection->sent < ANNOUNCE_NUM) {
		detection->phase = PHASE_ANNOUNCE;
		arm(local, ANNOUNCE_INTERVAL);
	}
	spin_unlock_bh(&arp->lock);

	rcu_read_lock_bh();
	send_announcement(local);
	rcu_read_unlock_bh();
}

static void begin(struct nst_local_address *local)
{
	if (local->flags & NST_ADDRESS_TENTATIVE)
		begin_probe(local);
	else
		begin_announce(local, 1);
}

static void conflict_tentative(struct nst_arp *arp,
			       struct nst_address_detection *detection)
{
	if (detection->phase != PHASE_PROBE &&
	    detection->verdict != VERDICT_UNIQUE)
		return;
	/* The timer finds nothing to do. */
	detection->phase = PHASE_IDLE;
	detection->verdict = VERDICT_DUPLICATE;
	schedule_work(&arp->work);
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

void nst_arp_conflict(struct nst_local_address *local)
{
	struct nst_stack *stack = local->link->stack;
	struct nst_arp *arp = stack->arp;
	bool defend = false;

	NST_INC(stack, ARP_CONFLICTS);
	spin_lock_bh(&arp->lock);
	if (READ_ONCE(local->flags) & NST_ADDRESS_TENTATIVE)
		conflict_tentative(arp, &local->detection);
	else
		defend = conflict_usable(&local->detection);
	spin_unlock_bh(&arp->lock);
	if (defend)
		send_announcement(local);
}

static u8 take_verdict(struct nst_arp *arp, struct nst_local_address *local)
{
	u8 verdict;

	spin_lock_bh(&arp->lock);
	verdict = local->detection.verdict;
	local->detection.verdict = VERDICT_NONE;
	spin_unlock_bh(&arp->lock);
	return verdict;
}

static void verdict_work(struct work_struct *work)
{
	struct nst_arp *arp = container_of(work, struct nst_arp, work);
	struct nst_local_address *local = NULL;
	struct nst_stack *stack = arp->stack;

	mutex_lock(&stack->config_mutex);
	while ((local = nst_address_next_rcu(stack, local))) {
		if (!is_detected(local))
			continue;
		switch (take_verdict(arp, local)) {
		case VERDICT_UNIQUE:
			nst_address_set_flags(local, 0,
					      NST_ADDRESS_TENTATIVE);
			begin_announce(local, ANNOUNCE_NUM);
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
	struct nst_arp *arp = local->link->stack->arp;

	if (!is_detected(local))
		return;
	spin_lock_bh(&arp->lock);
	local->detection.phase = PHASE_IDLE;
	spin_unlock_bh(&arp->lock);
	if (timer_delete_sync(&local->detection.timer))
		nst_address_put(local);
}

static void link_up(struct nst_stack *stack, const struct nst_link *link)
{
	struct nst_local_address *local = NULL;

	while ((local = nst_address_next_rcu(stack, local))) {
		if (local->link != link || !is_detected(local))
			continue;
		/* Whoever had the address may be gone. */
		nst_address_set_flags(local, 0, NST_ADDRESS_DUPLICATE);
		begin(local);
	}
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

static void probe_event(struct nst_stack *stack, enum nst_event event,
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
	case NST_EVENT_LINK_CHANGE:
		link_change(stack, object);
		break;
	default:
		break;
	}
}

int nst_arp_probe_listen(void)
{
	return nst_event_listen(probe_event);
}

int nst_arp_init(struct nst_stack *stack)
{
	struct nst_arp *arp;

	arp = kzalloc(sizeof(*arp), GFP_KERNEL_ACCOUNT);
	if (!arp)
		return -ENOMEM;
	arp->stack = stack;
	spin_lock_init(&arp->lock);
	INIT_WORK(&arp->work, verdict_work);
	stack->arp = arp;
	return 0;
}

/* The addresses are gone, and their timers. Without config_mutex. */
void nst_arp_exit(struct nst_stack *stack)
{
	cancel_work_sync(&stack->arp->work);
	kfree(stack->arp);
	stack->arp = NULL;
}
