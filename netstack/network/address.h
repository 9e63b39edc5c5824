/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Local addresses of a stack, both families: what the stack answers to on
 * each link (strong host model, RFC 1122 3.3.4.2) and what it may send from.
 */
#ifndef NST_ADDRESS_H
#define NST_ADDRESS_H

#include <linux/refcount.h>
#include <linux/timer.h>

#include "../stack.h"
#include "../link/link.h"

struct netlink_ext_ack;

#define NST_ADDRESS_TENTATIVE	BIT(0)	/* probed, not yet usable */
#define NST_ADDRESS_DUPLICATE	BIT(1)	/* someone else has it */
#define NST_ADDRESS_SECONDARY	BIT(2)	/* not the first of its prefix */
#define NST_ADDRESS_PERMANENT	BIT(3)	/* set by the administrator */
#define NST_ADDRESS_DEPRECATED	BIT(4)	/* not for what begins now */
#define NST_ADDRESS_TEMPORARY	BIT(5)	/* RFC 8981 */
#define NST_ADDRESS_AUTOCONF	BIT(6)	/* made by the stack itself */
#define NST_ADDRESS_NO_PREFIX_ROUTE BIT(7) /* its prefix is not on the link */

#define NST_DETECTION_NONCE	6	/* RFC 3971 5.3.2: at least, bytes */

/**
 * struct nst_address_detection - conflict detection of one address
 * @timer: next probe or announcement; holds a reference to the address
 * @defended: jiffies of the last conflict that was answered
 * @phase: where detection stands
 * @verdict: what detection found and the table does not know yet
 * @sent: packets sent in this phase
 * @conflicted: @defended holds a time
 * @switched_off: the link was, since the address was probed; config_mutex
 * @announced: station address that was announced last
 * @nonce: of the probes, by which their echoes are known (RFC 7527)
 *
 * Owned by detection.c, which describes the values; protected by its lock.
 */
struct nst_address_detection {
	struct timer_list timer;
	unsigned long defended;
	u8 phase;
	u8 verdict;
	u8 sent;
	bool conflicted;
	bool switched_off;
	u8 announced[ETH_ALEN] __aligned(2);
	u8 nonce[NST_DETECTION_NONCE];
};

/**
 * struct nst_local_address - one address on one link
 * @hash_node: in the table's hash by address; RCU
 * @list_node: in the table's list, in the order of addition; RCU
 * @link: link that it is on; holds a reference; fixed
 * @address: the address; fixed
 * @broadcast: directed broadcast address (IPv4) or zero; fixed
 * @family: AF_INET or AF_INET6; fixed
 * @prefix_len: bits of the on-link prefix; fixed
 * @scope: RT_SCOPE_*; fixed
 * @flags: NST_ADDRESS_*; config_mutex to write, READ_ONCE
 * @identifier_retries: identifiers that were another's before (DAD_Counter
 *	of RFC 7217 5); fixed
 * @no_probe: its administrator vouches for it; fixed
 * @renewed: a temporary one has its successor; config_mutex
 * @created: jiffies64 of its addition; fixed
 * @valid_until: jiffies64 of its end, or 0 for never; config_mutex
 * @preferred_until: jiffies64 from which it is deprecated, or 0 for never;
 *	config_mutex
 * @refs: the table and each timer hold one
 * @detection: RFC 5227 or RFC 4862 state
 * @rcu: delays freeing
 */
struct nst_local_address {
	struct hlist_node hash_node;
	struct list_head list_node;
	struct nst_link *link;
	union nst_address address;
	union nst_address broadcast;
	u8 family;
	u8 prefix_len;
	u8 scope;
	u8 flags;
	u8 identifier_retries;
	bool no_probe;
	bool renewed;
	u64 created;
	u64 valid_until;
	u64 preferred_until;
	refcount_t refs;
	struct nst_address_detection detection;
	struct rcu_head rcu;
};

/*
 * RFC 1122 3.2.1.3 (a), (b): 0.0.0.0/8 means this host or this network.
 * ipv4_is_zeronet() of the kernel is about 0.0.0.0 alone.
 */
static inline bool nst_ipv4_this_network(__be32 address)
{
	return !(address & htonl(0xff000000));
}

static inline bool
nst_local_address_usable(const struct nst_local_address *local)
{
	return !(READ_ONCE(local->flags) &
		 (NST_ADDRESS_TENTATIVE | NST_ADDRESS_DUPLICATE));
}

/**
 * struct nst_address_config - an address to add
 * @family: AF_INET or AF_INET6
 * @address: the address
 * @prefix_len: bits of its prefix
 * @broadcast: directed broadcast address; zero: derived from the prefix,
 *	none for /31 (RFC 3021) and /32
 * @scope: RT_SCOPE_*
 * @no_probe: use it at once, without probing for a duplicate
 * @flags: NST_ADDRESS_AUTOCONF, _TEMPORARY, _NO_PREFIX_ROUTE; without the
 *	first it is the administrator's
 * @valid_until: as of &struct nst_local_address; IPv6 only, as the following
 * @preferred_until: the same
 * @identifier_retries: as of &struct nst_local_address
 */
struct nst_address_config {
	u8 family;
	u8 prefix_len;
	u8 scope;
	bool no_probe;
	u8 flags;
	u8 identifier_retries;
	u64 valid_until;
	u64 preferred_until;
	union nst_address address;
	union nst_address broadcast;
};

int nst_address_init(struct nst_stack *stack);
void nst_address_exit(struct nst_stack *stack);

/* Module initialisation: listen to link events. */
int nst_address_listen(void);

/**
 * nst_address_add() - give a link an address
 * @link: link
 * @config: address; checked for sense
 * @extack: told why not
 *
 * Adds the local, broadcast and connected routes. With arp_probe set and
 * the link able to resolve, the address is tentative until probing ends:
 * four to seven seconds by RFC 5227 1.1; of IPv6, with dad_transmits set, one
 * to two. Callers that cannot wait set no_probe. The first IPv4 address of a
 * prefix on a link is its primary; further ones are secondary. Those of IPv6
 * are all alike.
 *
 * Context: process, config_mutex held.
 * Return: 0, -EEXIST, -EINVAL, -ENOBUFS (address_max) or -ENOMEM.
 */
int nst_address_add(struct nst_link *link,
		    const struct nst_address_config *config,
		    struct netlink_ext_ack *extack);

/**
 * nst_address_del() - take an address from a link
 * @link: link
 * @family: AF_INET or AF_INET6
 * @address: the address
 * @prefix_len: bits of its prefix
 * @extack: told why not
 *
 * Its routes go with it, and those that prefer it as source. When a primary
 * goes, the oldest secondary of the prefix takes its place, as the host does
 * with promote_secondaries set. With the last address of a family go all
 * routes of that family through the link.
 *
 * Context: process, config_mutex held.
 * Return: 0, -EADDRNOTAVAIL, or -ENOMEM (nothing changed).
 */
int nst_address_del(struct nst_link *link, u8 family,
		    const union nst_address *address, u8 prefix_len,
		    struct netlink_ext_ack *extack);

/*
 * Is an address of the family on the link probed before use, unless its
 * administrator vouches for it?
 */
bool nst_address_probed(const struct nst_link *link, u8 family);

/* Set and clear flags, announce. Context: process, config_mutex held. */
void nst_address_set_flags(struct nst_local_address *local, u8 set, u8 clear);

/**
 * nst_address_find_rcu() - is this one of ours?
 * @stack: stack
 * @link: only on this link, or NULL for any
 * @family: AF_INET or AF_INET6
 * @address: address
 *
 * 127.0.0.0/8 counts as a local address of lo. Tentative and duplicate
 * addresses are found too: callers look at the flags.
 *
 * Context: RCU.
 * Return: the local address without a reference, or NULL.
 */
struct nst_local_address *
nst_address_find_rcu(struct nst_stack *stack, const struct nst_link *link,
		     u8 family, const union nst_address *address);

/* May packets be sent from @address? Usable means not tentative. */
bool nst_address_usable(struct nst_stack *stack, u8 family,
			const union nst_address *address);

/**
 * nst_address_source_rcu() - choose a source address
 * @link: outgoing link
 * @family: AF_INET or AF_INET6
 * @destination: first hop or destination, to prefer an address of its
 *	prefix; may be NULL
 * @scope: widest RT_SCOPE_* allowed
 * @source: filled
 *
 * Context: RCU.
 * Return: 0 or -EADDRNOTAVAIL.
 */
int nst_address_source_rcu(struct nst_link *link, u8 family,
			   const union nst_address *destination, u8 scope,
			   union nst_address *source);

/* Walk all addresses in the order of addition. Context: RCU or mutex. */
struct nst_local_address *
nst_address_next_rcu(struct nst_stack *stack, struct nst_local_address *local);

static inline void nst_address_get(struct nst_local_address *local)
{
	refcount_inc(&local->refs);
}

void nst_address_put(struct nst_local_address *local);

#endif /* NST_ADDRESS_H */
