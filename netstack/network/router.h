/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Router discovery (RFC 4861 6.3): routers are solicited, and what their
 * advertisements say becomes routes, parameters of the link, and addresses
 * (slaac.h). router_advert.c and router_redirect.c read the messages, router.c
 * keeps what was learned and when it ends.
 *
 * Messages come in softirq and change tables that config_mutex
 * protects: they wait in a bounded queue for the work item of the stack.
 */
#ifndef NST_ROUTER_H
#define NST_ROUTER_H

#include <linux/workqueue.h>

#include "../link/link.h"

#define NST_ROUTER_FOREVER	(~0U)	/* a lifetime, seconds */

/* RFC 4191 2.1, as on the wire; 2 is reserved. */
#define NST_ROUTER_MEDIUM	0
#define NST_ROUTER_HIGH		1
#define NST_ROUTER_LOW		3

/**
 * struct nst_routers - router discovery of a stack
 * @stack: the stack; fixed
 * @work: deals with what came and with what ends
 * @queue: messages that wait, ra_queue_max at most; its own lock
 * @routes: what was learned; config_mutex
 * @route_count: their number
 * @solicits: links whose routers are asked for; config_mutex
 */
struct nst_routers {
	struct nst_stack *stack;
	struct delayed_work work;
	struct sk_buff_head queue;
	struct list_head routes;
	unsigned int route_count;
	struct list_head solicits;
};

/**
 * struct nst_router_route - a route that an advertisement told
 * @link: link, referenced
 * @prefix: prefix
 * @gateway: router, or zero: the prefix is on the link
 * @prefix_len: bits
 * @preference: NST_ROUTER_*
 * @lifetime: seconds, or NST_ROUTER_FOREVER; 0 ends it
 */
struct nst_router_route {
	struct nst_link *link;
	struct in6_addr prefix;
	struct in6_addr gateway;
	u8 prefix_len;
	u8 preference;
	u32 lifetime;
};

/**
 * nst_router_learn() - add, refresh or end a route
 * @stack: stack
 * @route: what was told
 *
 * Context: process, config_mutex held.
 */
void nst_router_learn(struct nst_stack *stack,
		      const struct nst_router_route *route);

/* A router has answered: no more questions on the link. config_mutex. */
void nst_router_answered(struct nst_link *link);

/**
 * nst_router_receive() - deal with an advertisement (router_advert.c)
 * @link: link that it came by
 * @skb: advertisement, checked; not consumed
 *
 * Context: process, config_mutex held.
 */
void nst_router_receive(struct nst_link *link, struct sk_buff *skb);

/**
 * nst_router_is_heard() - is the stack a host on this link (RFC 4861 6.2.8)?
 * @link: link
 *
 * With accept_ra 2 a stack that forwards is one, too. Context: any.
 */
static inline bool nst_router_is_heard(const struct nst_link *link)
{
	const struct nst_config *config = &link->stack->config;

	return READ_ONCE(config->accept_ra) >
	       !!READ_ONCE(config->ipv6_forwarding) &&
	       !(READ_ONCE(link->flags) & NST_LINK_NO_ACCEPT_RA);
}

/* The same for a redirect (router_redirect.c). */
void nst_router_redirected(struct nst_link *link, struct sk_buff *skb);

/**
 * nst_router_queue() - let a message wait for process context
 * @link: link that it came by
 * @skb: message, checked; consumed
 *
 * Context: softirq.
 */
void nst_router_queue(struct nst_link *link, struct sk_buff *skb);

/**
 * nst_router_reconsider() - ipv6_forwarding has changed
 * @stack: stack
 *
 * A stack that is a router now forgets the routes that others told it, unless
 * it hears them still (accept_ra 2); a host asks for routers.
 *
 * Context: process; takes config_mutex.
 */
void nst_router_reconsider(struct nst_stack *stack);

/* Look again at what is due. Context: any. */
void nst_router_wake(struct nst_stack *stack);

/**
 * struct nst_router_option - an option that user space is told of
 * @link: link that it came by
 * @router: who sent it
 * @option: the option: RDNSS or DNSSL (RFC 8106), as on the wire
 */
struct nst_router_option {
	const struct nst_link *link;
	struct in6_addr router;
	const u8 *option;
};

int nst_router_init(struct nst_stack *stack);
void nst_router_exit(struct nst_stack *stack);

/* Module initialisation: the handlers of messages, and events. */
int nst_router_advert_register(void);
int nst_router_redirect_register(void);
int nst_router_listen(void);

#endif /* NST_ROUTER_H */
