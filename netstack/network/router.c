// SPDX-License-Identifier: GPL-2.0
/*
 * Router discovery: who is asked (RFC 4861 6.3.7 with the back-off of
 * RFC 7559), and the routes that advertisements told (6.3.4, RFC 4191), with
 * their ends.
 *
 * Routes live in table main as RTPROT_RA. Preference is metric: 1023 high,
 * 1024 medium, 1025 low; a router that does not answer comes after all
 * others until it does (RFC 4861 6.3.6). Prefixes on the link have 256.
 */
#include <linux/jiffies.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "../event.h"
#include "address.h"
#include "icmpv6.h"
#include "ipv6.h"
#include "ndp.h"
#include "neighbour.h"
#include "route.h"
#include "router.h"
#include "slaac.h"

#define METRIC_ON_LINK		256
#define METRIC_MEDIUM		1024
#define METRIC_UNREACHABLE	65536	/* added */

#define SOLICIT_DELAY		HZ		/* MAX_RTR_SOLICITATION_DELAY */
#define SOLICIT_FIRST		(4 * HZ)	/* RFC 7559 2: IRT */
#define SOLICIT_LAST		(3600 * HZ)	/* RFC 7559 2: MRT */

/**
 * struct learned - a route that a router told
 * @node: in the list of the stack
 * @route: what was told
 * @end: jiffies64 of its end, or 0 for never
 * @metric: of the route in the table, or 0 while it is not there
 */
struct learned {
	struct list_head node;
	struct nst_router_route route;
	u64 end;
	u32 metric;
};

/**
 * struct solicit - a link whose routers are asked for
 * @node: in the list of the stack
 * @link: link, referenced
 * @due: jiffies64 of the next question
 * @interval: jiffies to the one after
 * @sent: questions so far
 */
struct solicit {
	struct list_head node;
	struct nst_link *link;
	u64 due;
	unsigned long interval;
	unsigned int sent;
};

void nst_router_wake(struct nst_stack *stack)
{
	if (!READ_ONCE(stack->dying))
		mod_delayed_work(system_wq, &stack->routers->work, 0);
}

void nst_router_queue(struct nst_link *link, struct sk_buff *skb)
{
	struct nst_stack *stack = link->stack;
	struct nst_routers *routers = stack->routers;

	/* A flood of forged ones must not fill memory (RFC 6104). */
	if (skb_queue_len_lockless(&routers->queue) >=
	    READ_ONCE(stack->config.ra_queue_max)) {
		nst_drop(stack, skb, NST_DROP_NDP_QUEUE_FULL);
		return;
	}
	skb_orphan(skb);
	skb->dev = NULL;
	skb->skb_iif = link->index;
	skb_queue_tail(&routers->queue, skb);
	nst_router_wake(stack);
}

/* Does the stack listen to routers on this link? */
static bool is_asked(const struct nst_link *link)
{
	const struct nst_config *config = &link->stack->config;

	return nst_ndp_link(link) && nst_ipv6_link(link) &&
	       nst_link_operational(link) && nst_router_is_heard(link) &&
	       READ_ONCE(config->router_solicitations);
}

static struct nst_route_config table_route(const struct learned *learned)
{
	struct nst_route_config config = {
		.family = AF_INET6,
		.prefix_len = learned->route.prefix_len,
		.type = RTN_UNICAST,
		.protocol = RTPROT_RA,
		.link_index = learned->route.link->index,
		.metric = learned->metric,
		.destination = nst_address_v6(&learned->route.prefix),
		.gateway = nst_address_v6(&learned->route.gateway),
	};

	return config;
}

static bool is_unreachable(const struct learned *learned)
{
	union nst_address gateway = nst_address_v6(&learned->route.gateway);
	struct nst_neighbour *neighbour;
	bool unreachable;

	neighbour = nst_neighbour_lookup(learned->route.link, AF_INET6,
					 &gateway, false);
	if (!neighbour)
		return false;
	unreachable = READ_ONCE(neighbour->state) == NUD_FAILED;
	nst_neighbour_put(neighbour);
	return unreachable;
}

static u32 wanted_metric(const struct learned *learned)
{
	u32 metric = METRIC_MEDIUM;

	if (nst_ipv6_is_any(&learned->route.gateway))
		return METRIC_ON_LINK;
	if (learned->route.preference == NST_ROUTER_HIGH)
		metric--;
	else if (learned->route.preference == NST_ROUTER_LOW)
		metric++;
	return is_unreachable(learned) ? metric + METRIC_UNREACHABLE : metric;
}

static void take_out(struct nst_stack *stack, struct learned *learned)
{
	struct nst_route_config config = table_route(learned);

	if (learned->metric)
		nst_route_del(stack, &config, NULL);
	learned->metric = 0;
}

/* Make the table say what is known now. */
static void put_in(struct nst_stack *stack, struct learned *learned)
{
	u32 metric = wanted_metric(learned);
	struct nst_route_config config;

	if (metric == learned->metric)
		return;
	take_out(stack, learned);
	learned->metric = metric;
	config = table_route(learned);
	/* Another router of the same preference may be there: tried first. */
	if (nst_route_set(stack, &config, NST_ROUTE_APPEND, NULL))
		learned->metric = 0;
}

static void forget(struct nst_stack *stack, struct learned *learned)
{
	take_out(stack, learned);
	list_del(&learned->node);
	stack->routers->route_count--;
	nst_link_put(learned->route.link);
	kfree(learned);
}

static struct learned *find(const struct nst_routers *routers,
			    const struct nst_router_route *route)
{
	struct learned *learned;

	list_for_each_entry(learned, &routers->routes, node)
		if (learned->route.link == route->link &&
		    learned->route.prefix_len == route->prefix_len &&
		    !memcmp(&learned->route.prefix, &route->prefix,
			    sizeof(route->prefix)) &&
		    !memcmp(&learned->route.gateway, &route->gateway,
			    sizeof(route->gateway)))
			return learned;
	return NULL;
}

void nst_router_learn(struct nst_stack *stack,
		      const struct nst_router_route *route)
{
	struct nst_routers *routers = stack->routers;
	struct learned *learned = find(routers, route);

	lockdep_assert_held(&stack->config_mutex);
	if (!route->lifetime) {
		if (learned)
			forget(stack, learned);
		return;
	}
	if (!learned) {
		if (routers->route_count >=
		    READ_ONCE(stack->config.ra_route_max)) {
			NST_INC(stack, IP6_RA_ROUTES_REFUSED);
			return;
		}
		learned = kzalloc(sizeof(*learned), GFP_KERNEL_ACCOUNT);
		if (!learned)
			return;
		nst_link_get(route->link);
		list_add_tail(&learned->node, &routers->routes);
		routers->route_count++;
	}
	learned->route = *route;
	learned->end = route->lifetime == NST_ROUTER_FOREVER ? 0 :
		       get_jiffies_64() + (u64)route->lifetime * HZ;
	put_in(stack, learned);
}

static void earlier(u64 *next, u64 due)
{
	if (!*next || due < *next)
		*next = due;
}

/* End what has ended, move routers that fell silent or speak again. */
static void review_routes(struct nst_routers *routers, u64 now, u64 *next)
{
	struct learned *learned, *other;

	list_for_each_entry_safe(learned, other, &routers->routes, node) {
		if (learned->end && learned->end <= now) {
			forget(routers->stack, learned);
			continue;
		}
		put_in(routers->stack, learned);
		if (learned->end)
			earlier(next, learned->end);
	}
}

static bool has_usable_link_local(struct nst_link *link,
				  struct in6_addr *address)
{
	struct nst_local_address *local = NULL;
	bool tentative = false;

	while ((local = nst_address_next_rcu(link->stack, local))) {
		if (local->link != link || local->family != AF_INET6 ||
		    !nst_ipv6_is_link_local(&local->address.v6))
			continue;
		if (nst_local_address_usable(local)) {
			*address = local->address.v6;
			return true;
		}
		if (!(local->flags & NST_ADDRESS_DUPLICATE))
			tentative = true;
	}
	/* RFC 4861 4.1: from nobody, when no address will come. */
	memset(address, 0, sizeof(*address));
	return !tentative;
}

static void send_solicit(struct nst_link *link, const struct in6_addr *saddr)
{
	struct sk_buff *skb;

	skb = nst_ndp_alloc(NST_ICMPV6_ROUTER_SOLICIT,
			    sizeof(struct icmp6hdr), 8);
	if (!skb)
		return;
	if (!nst_ipv6_is_any(saddr))
		nst_ndp_put_lladdr(skb, NST_NDP_SOURCE_LLADDR, link->address);
	rcu_read_lock_bh();
	nst_ndp_send(link, skb, saddr, &NST_IPV6_ALL_ROUTERS);
	rcu_read_unlock_bh();
}

static void stop_asking(struct solicit *solicit)
{
	list_del(&solicit->node);
	nst_link_put(solicit->link);
	kfree(solicit);
}

/* RFC 7559 2: a tenth more or less, so that hosts do not ask together. */
static unsigned long jitter(unsigned long interval)
{
	return interval - interval / 10 +
	       get_random_u32_below(interval / 5 + 1);
}

/* Return: jiffies64 of what is to do next, or 0: nothing more. */
static u64 ask(struct solicit *solicit, u64 now)
{
	int limit = READ_ONCE(solicit->link->stack->config
			      .router_solicitations);
	struct in6_addr saddr;

	if (!is_asked(solicit->link))
		return 0;
	if (solicit->due > now)
		return solicit->due;
	/* NST_EVENT_ADDRESS_CHANGE wakes us before that. */
	if (!has_usable_link_local(solicit->link, &saddr))
		return now + HZ;
	send_solicit(solicit->link, &saddr);
	solicit->sent++;
	solicit->due = now + jitter(solicit->interval);
	solicit->interval = min_t(unsigned long, 2 * solicit->interval,
				  SOLICIT_LAST);
	return limit < 0 || solicit->sent < limit ? solicit->due : 0;
}

static void review_solicits(struct nst_routers *routers, u64 now, u64 *next)
{
	struct solicit *solicit, *other;
	u64 due;

	list_for_each_entry_safe(solicit, other, &routers->solicits, node) {
		due = ask(solicit, now);
		if (due)
			earlier(next, due);
		else
			stop_asking(solicit);
	}
}

void nst_router_answered(struct nst_link *link)
{
	struct nst_routers *routers = link->stack->routers;
	struct solicit *solicit, *other;

	list_for_each_entry_safe(solicit, other, &routers->solicits, node)
		if (solicit->link == link)
			stop_asking(solicit);
}

/* A link came up: ask, a random while from now (RFC 4861 6.3.7). */
static void begin_asking(struct nst_link *link)
{
	struct nst_routers *routers = link->stack->routers;
	struct solicit *solicit;

	nst_router_answered(link);
	if (!is_asked(link))
		return;
	solicit = kzalloc(sizeof(*solicit), GFP_KERNEL_ACCOUNT);
	if (!solicit)
		return;
	nst_link_get(link);
	solicit->link = link;
	solicit->interval = SOLICIT_FIRST;
	solicit->due = get_jiffies_64() +
		       get_random_u32_below(SOLICIT_DELAY + 1);
	list_add_tail(&solicit->node, &routers->solicits);
	nst_router_wake(link->stack);
}

static void receive_all(struct nst_routers *routers)
{
	struct nst_stack *stack = routers->stack;
	struct nst_link *link;
	struct sk_buff *skb;

	while ((skb = skb_dequeue(&routers->queue))) {
		/* By number: the link may have left meanwhile. */
		link = nst_link_by_index_rcu(stack, skb->skb_iif);
		if (!link || !nst_link_operational(link)) {
			nst_drop(stack, skb, NST_DROP_NDP_CONSUMED);
			continue;
		}
		if (icmp6_hdr(skb)->icmp6_type == NST_ICMPV6_REDIRECT) {
			nst_router_redirected(link, skb);
		} else if (nst_router_is_heard(link)) {
			nst_router_receive(link, skb);
		} else {
			/* The stack became a router while it waited. */
			nst_drop(stack, skb, NST_DROP_NDP_CONSUMED);
			continue;
		}
		consume_skb(skb);
	}
}

static void router_work(struct work_struct *work)
{
	struct nst_routers *routers = container_of(to_delayed_work(work),
						   struct nst_routers, work);
	struct nst_stack *stack = routers->stack;
	u64 next = 0, now;

	mutex_lock(&stack->config_mutex);
	receive_all(routers);
	now = get_jiffies_64();
	review_routes(routers, now, &next);
	review_solicits(routers, now, &next);
	nst_slaac_review(stack, now, &next);
	/* Who woke us meanwhile is not put off. */
	if (next && !READ_ONCE(stack->dying))
		queue_delayed_work(system_wq, &routers->work,
				   next > now ? min_t(u64, next - now,
						      MAX_JIFFY_OFFSET) : 0);
	mutex_unlock(&stack->config_mutex);
}

/* What routers of a link have said is worth nothing on the next network. */
static void link_forget(struct nst_stack *stack, struct nst_link *link)
{
	struct learned *learned, *other;

	list_for_each_entry_safe(learned, other, &stack->routers->routes, node)
		if (learned->route.link == link)
			forget(stack, learned);
	nst_router_answered(link);
	memset(&link->ipv6, 0, sizeof(link->ipv6));
}

/*
 * A router has no default router but those that its administrator names, nor
 * other routes of theirs (the host's rt6_purge_dflt_routers()). Addresses stay
 * for as long as they last.
 */
static void become_router(struct nst_routers *routers)
{
	struct learned *learned, *other;

	list_for_each_entry_safe(learned, other, &routers->routes, node)
		if (!nst_router_is_heard(learned->route.link))
			forget(routers->stack, learned);
}

void nst_router_reconsider(struct nst_stack *stack)
{
	struct nst_link *link = NULL;

	mutex_lock(&stack->config_mutex);
	if (READ_ONCE(stack->config.ipv6_forwarding)) {
		become_router(stack->routers);
		nst_router_wake(stack);
	} else {
		/* RFC 4861 6.3.7: a host again. */
		while ((link = nst_link_next_rcu(stack, link)))
			begin_asking(link);
	}
	mutex_unlock(&stack->config_mutex);
}

static void router_event(struct nst_stack *stack, enum nst_event event,
			 void *object)
{
	struct nst_neighbour *neighbour = object;

	switch (event) {
	case NST_EVENT_LINK_UP:
		begin_asking(object);
		break;
	case NST_EVENT_LINK_DOWN:
		/* A cable that is out for a moment is still the same one. */
		if (!(((struct nst_link *)object)->flags & NST_LINK_UP)) {
			link_forget(stack, object);
			nst_slaac_forget(object);
		}
		break;
	case NST_EVENT_LINK_DEL:
		link_forget(stack, object);
		break;
	case NST_EVENT_ADDRESS_NEW:
	case NST_EVENT_ADDRESS_CHANGE:
		if (((struct nst_local_address *)object)->family == AF_INET6)
			nst_router_wake(stack);
		break;
	case NST_EVENT_NEIGHBOUR_CHANGE:
		if (neighbour->family == AF_INET6 &&
		    READ_ONCE(neighbour->router))
			nst_router_wake(stack);
		break;
	default:
		break;
	}
}

int nst_router_listen(void)
{
	return nst_event_listen(router_event);
}

int nst_router_init(struct nst_stack *stack)
{
	struct nst_routers *routers;

	routers = kzalloc(sizeof(*routers), GFP_KERNEL_ACCOUNT);
	if (!routers)
		return -ENOMEM;
	routers->stack = stack;
	skb_queue_head_init(&routers->queue);
	INIT_LIST_HEAD(&routers->routes);
	INIT_LIST_HEAD(&routers->solicits);
	INIT_DELAYED_WORK(&routers->work, router_work);
	stack->routers = routers;
	return 0;
}

/* The links are gone, and what was learned of them. Without config_mutex. */
void nst_router_exit(struct nst_stack *stack)
{
	struct nst_routers *routers = stack->routers;

	cancel_delayed_work_sync(&routers->work);
	skb_queue_purge(&routers->queue);
	WARN_ON_ONCE(!list_empty(&routers->routes));
	WARN_ON_ONCE(!list_empty(&routers->solicits));
	stack->routers = NULL;
	kfree(routers);
}
