/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Groups that a socket joined, and the sources that it wants of each (RFC
 * 3376 2, RFC 3678): rules, limits and errno are the host's.
 */
#ifndef NST_MEMBERSHIP_H
#define NST_MEMBERSHIP_H

#include "../network/group.h"
#include "sock.h"

/**
 * struct nst_membership - a group that a socket joined
 * @next: RCU
 * @rcu: delays freeing
 * @link_index: link it was joined on; fixed
 * @epoch: which link of that number it was; fixed
 * @family: AF_INET or AF_INET6; fixed
 * @listed: a list of sources was set since the mode was; config_mutex
 * @group: the group; fixed
 * @address: address that chose the link, or zero; fixed
 * @filter: sources; RCU
 */
struct nst_membership {
	struct nst_membership __rcu *next;
	struct rcu_head rcu;
	u32 link_index;
	u32 epoch;
	u8 family;
	bool listed;
	union nst_address group;
	union nst_address address;
	struct nst_group_filter __rcu *filter;
};

/**
 * struct nst_membership_at - the membership that a call means
 * @family: AF_INET or AF_INET6
 * @link_index: link, or 0; of IPv6 a membership on any link, if there is one
 * @group: group
 * @address: address of the link, or zero: then the route to the group chooses
 */
struct nst_membership_at {
	u8 family;
	u32 link_index;
	union nst_address group;
	union nst_address address;
};

/*
 * Context of all: process, config_mutex held, which protects the memberships
 * of all sockets: a change of one is a change of the link, too.
 * @at->link_index of IPv4 is filled with the link that was found.
 */

/**
 * nst_membership_join() - become a member
 * @nst: socket
 * @at: where
 * @mode: MCAST_EXCLUDE (any source) or MCAST_INCLUDE (no source yet)
 *
 * Return: 0, -EINVAL (no group), -ENODEV, -EADDRINUSE (is one), -ENOBUFS or
 * -ENOMEM (also what IPv6 says of too many).
 */
int nst_membership_join(struct nst_sock *nst, struct nst_membership_at *at,
			u8 mode);

/* Return: 0, -EINVAL (no group of IPv6), -ENODEV or -EADDRNOTAVAIL (is none). */
int nst_membership_leave(struct nst_sock *nst, struct nst_membership_at *at);

/**
 * nst_membership_source() - one source more or less
 * @nst: socket
 * @at: where
 * @source: source
 * @mode: of the list that it is in
 * @add: add it, or take it out
 *
 * An include list that becomes empty ends the membership.
 *
 * Return: 0, -EINVAL (no group, no member, or of the other mode), -ENODEV,
 * -EADDRNOTAVAIL (it is there already, or not there), -ENOBUFS or -ENOMEM.
 */
int nst_membership_source(struct nst_sock *nst, struct nst_membership_at *at,
			  const union nst_address *source, u8 mode, bool add);

/**
 * nst_membership_set() - another filter
 * @nst: socket
 * @at: where
 * @new: filter, taken over in any case; its count is within the limit
 *
 * Return: as nst_membership_source().
 */
int nst_membership_set(struct nst_sock *nst, struct nst_membership_at *at,
		       struct nst_group_filter *new);

/* Return: the filter, or ERR_PTR() of -EINVAL, -ENODEV, -EADDRNOTAVAIL. */
const struct nst_group_filter *
nst_membership_get(struct nst_sock *nst, struct nst_membership_at *at);

/* A filter with room for @count sources, or NULL. */
struct nst_group_filter *nst_membership_filter_alloc(u8 mode, u32 count);

/* Sources that a filter may have. */
u32 nst_membership_sources_max(const struct nst_sock *nst, u8 family);

/*
 * Leave all groups: the program closes the socket. Context: process; takes
 * config_mutex if there are any: not with the socket locked.
 */
void nst_membership_leave_all(struct sock *sk);

/**
 * nst_membership_admits_rcu() - does a socket want a packet to a group?
 * @nst: socket
 * @key: flow of the packet
 *
 * Packets to all hosts are always wanted.
 *
 * Context: RCU.
 */
bool nst_membership_admits_rcu(const struct nst_sock *nst,
			       const struct nst_flow_key *key);

#endif /* NST_MEMBERSHIP_H */
