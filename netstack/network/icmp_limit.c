// SPDX-License-Identifier: GPL-2.0
/*
 * Rate limits of ICMP errors (RFC 1812 4.3.2.8): a token bucket for each
 * destination, then one for the stack. The second is observable by whoever
 * can make us send errors, so its cost varies at random and nobody can count
 * what others use (CVE-2020-25705). Entry point: nst_icmp_allow().
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "icmp.h"

#define HOSTS		512	/* power of two */
#define HOST_BURST	6	/* errors at once after a silence */

/**
 * struct host_limit - bucket of all destinations with one hash
 * @updated: jiffies when @credit was right
 * @credit: jiffies' worth of tokens
 */
struct host_limit {
	unsigned long updated;
	unsigned long credit;
};

/**
 * struct nst_icmp - error rate limits of a stack
 * @lock: protects all (leaf)
 * @updated: jiffies when @credit was right
 * @credit: errors that may be sent
 * @hosts: by keyed hash of the destination; those that share a bucket share
 *	its rate, so that the table needs no replacement
 */
struct nst_icmp {
	spinlock_t lock;	/* all of it */
	unsigned long updated;
	unsigned int credit;
	struct host_limit hosts[HOSTS];
};

/* Return: jiffies that one error to a destination costs. */
static unsigned long host_cost(const struct nst_stack *stack, u8 family,
			       u8 type)
{
	if (family == AF_INET6) {
		/* RFC 8201 4: without it the sender knows no better. */
		if (type == ICMPV6_PKT_TOOBIG)
			return 0;
	} else if (type == ICMP_REDIRECT) {
		/* Each packet asks for one: RFC 1812 5.2.7.2 wants a limit. */
	} else if (type >= 32 ||
		   !(READ_ONCE(stack->config.icmp_ratemask) & BIT(type))) {
		return 0;
	}
	return msecs_to_jiffies(READ_ONCE(stack->config.icmp_ratelimit));
}

static struct host_limit *__refill_host(struct nst_stack *stack,
					const union nst_address *daddr,
					unsigned long cost)
{
	u64 hash = siphash_2u64(daddr->quad[0], daddr->quad[1],
				&stack->secret);
	struct host_limit *host = &stack->icmp->hosts[hash % HOSTS];
	unsigned long passed = jiffies - host->updated;

	host->updated = jiffies;
	if (passed > HOST_BURST * cost)
		host->credit = HOST_BURST * cost;
	else
		host->credit = min(host->credit + passed, HOST_BURST * cost);
	return host;
}

static void __refill_stack(struct nst_stack *stack)
{
	unsigned int rate = READ_ONCE(stack->config.icmp_msgs_per_sec);
	unsigned int burst = READ_ONCE(stack->config.icmp_msgs_burst);
	struct nst_icmp *icmp = stack->icmp;
	unsigned long passed = min_t(unsigned long, jiffies - icmp->updated,
				     HZ);
	unsigned int earned = rate * passed / HZ;

	if (!earned)
		return;
	icmp->updated = jiffies;
	icmp->credit = min(icmp->credit + earned, burst);
}

static bool __allow(struct nst_stack *stack, u8 family,
		    const union nst_address *daddr, u8 type)
{
	unsigned long cost = host_cost(stack, family, type);
	struct nst_icmp *icmp = stack->icmp;
	struct host_limit *host = NULL;

	lockdep_assert_held(&icmp->lock);
	if (cost) {
		host = __refill_host(stack, daddr, cost);
		if (host->credit < cost) {
			if (family == AF_INET6)
				NST_INC(stack, ICMP6_OUT_RATE_LIMIT_HOST);
			else
				NST_INC(stack, ICMP_OUT_RATE_LIMIT_HOST);
			return false;
		}
	}
	__refill_stack(stack);
	if (!icmp->credit) {
		NST_INC(stack, ICMP_OUT_RATE_LIMIT_GLOBAL);
		return false;
	}
	/* One on average. */
	icmp->credit -= min(icmp->credit, get_random_u32_below(3));
	if (host)
		host->credit -= cost;
	return true;
}

bool nst_icmp_allow(struct nst_stack *stack, u8 family,
		    const union nst_address *daddr, u8 type)
{
	bool allow;

	spin_lock_bh(&stack->icmp->lock);
	allow = __allow(stack, family, daddr, type);
	spin_unlock_bh(&stack->icmp->lock);
	return allow;
}

int nst_icmp_init(struct nst_stack *stack)
{
	struct nst_icmp *icmp;
	unsigned int i;

	icmp = kvzalloc(sizeof(*icmp), GFP_KERNEL);
	if (!icmp)
		return -ENOMEM;
	spin_lock_init(&icmp->lock);
	icmp->updated = jiffies - HZ;
	/* Full, whatever the rate will be. */
	for (i = 0; i < HOSTS; i++) {
		icmp->hosts[i].updated = jiffies;
		icmp->hosts[i].credit = LONG_MAX;
	}
	stack->icmp = icmp;
	return 0;
}

void nst_icmp_exit(struct nst_stack *stack)
{
	kvfree(stack->icmp);
	stack->icmp = NULL;
}
