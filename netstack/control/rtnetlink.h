/* SPDX-License-Identifier: GPL-2.0 */
/*
 * rtnetlink(7) of a stack, read only: links, addresses, routes, neighbours and
 * rules as programs ask NETLINK_ROUTE for the host's. It has a netlink unit of
 * its own; messages, attributes and errors are those of the host.
 */
#ifndef NST_RTNETLINK_H
#define NST_RTNETLINK_H

#include <linux/rtnetlink.h>
#include <net/netlink.h>
#include <net/rtnetlink.h>
#include <net/sock.h>

#include "../stack.h"
#include "../types.h"

/**
 * struct nst_rtnl_head - how a message begins
 * @type: RTM_*
 * @flags: NLM_F_*
 * @portid: who it is for, 0 for a group
 * @seq: of the request it answers, or 0
 * @ext_mask: RTEXT_FILTER_* of a request for links
 * @stack: stack of the object
 */
struct nst_rtnl_head {
	u16 type;
	u16 flags;
	u32 portid;
	u32 seq;
	u32 ext_mask;
	struct nst_stack *stack;
};

/* Writes a whole message. RCU. Return: 0 or -EMSGSIZE, @skb as it was. */
typedef int (*nst_rtnl_fill_t)(struct sk_buff *skb,
			       const struct nst_rtnl_head *head,
			       const void *item);

/**
 * struct nst_rtnl_request - what somebody asks
 * @skb: the packet that it came in
 * @nlh: its header
 * @extack: told what is wrong
 * @stack: stack of the namespace of the socket
 * @strict: the sender has set NETLINK_GET_STRICT_CHK
 */
struct nst_rtnl_request {
	const struct sk_buff *skb;
	const struct nlmsghdr *nlh;
	struct netlink_ext_ack *extack;
	struct nst_stack *stack;
	bool strict;
};

/**
 * struct nst_rtnl_dump - one part of a dump
 * @skb: where to
 * @cb: the dump; its args[0] says where this part begins
 * @head: of the messages
 * @position: where the dump has got to
 */
struct nst_rtnl_dump {
	struct sk_buff *skb;
	struct netlink_callback *cb;
	struct nst_rtnl_head head;
	unsigned long position;
};

/**
 * struct nst_rtnl_kind - a kind of object that can be asked for
 * @request: RTM_GET*
 * @answer: RTM_NEW* of the messages that tell it
 * @get: one of them; NULL: only dumps
 * @dump: all that pass; RCU
 */
struct nst_rtnl_kind {
	u16 request;
	u16 answer;
	int (*get)(const struct nst_rtnl_request *request);
	int (*dump)(const struct nst_rtnl_request *request,
		    struct nst_rtnl_dump *dump);
};

extern const struct nst_rtnl_kind nst_rtnl_links, nst_rtnl_addresses,
	nst_rtnl_routes, nst_rtnl_neighbours, nst_rtnl_rules;

/**
 * nst_rtnl_begin() - the header of a message
 * @skb: where to
 * @head: how it begins
 * @size: of the header that follows netlink's
 *
 * Return: the message, that header all zero; NULL when there is no room.
 */
struct nlmsghdr *nst_rtnl_begin(struct sk_buff *skb,
				const struct nst_rtnl_head *head, size_t size);

/**
 * nst_rtnl_parse() - the attributes of a request
 * @request: request
 * @size: of the header before them
 * @tb: filled, @max + 1 of them
 * @max: highest
 * @policy: what they have to be like
 *
 * Return: 0 or -EINVAL, extack told.
 */
int nst_rtnl_parse(const struct nst_rtnl_request *request, size_t size,
		   struct nlattr **tb, int max,
		   const struct nla_policy *policy);

/**
 * nst_rtnl_only() - no attributes but some
 * @request: request
 * @tb: its attributes
 * @max: highest
 * @known: bits of those that may be there
 *
 * Return: 0 or -EINVAL, extack told.
 */
int nst_rtnl_only(const struct nst_rtnl_request *request,
		  struct nlattr **tb, int max, u64 known);

/* The address family of a request. */
static inline u8 nst_rtnl_family(const struct nst_rtnl_request *request)
{
	return ((const struct rtgenmsg *)nlmsg_data(request->nlh))->rtgen_family;
}

/**
 * nst_rtnl_reply() - answer a request with one object
 * @request: request
 * @head: type and, of links, the mask; the rest is filled in
 * @fill: writes the message
 * @item: object
 *
 * Context: any; RCU as @fill needs it.
 * Return: 0 or a negative errno.
 */
int nst_rtnl_reply(const struct nst_rtnl_request *request,
		   struct nst_rtnl_head head, nst_rtnl_fill_t fill,
		   const void *item);

/**
 * nst_rtnl_dump_one() - an object of a dump, if it is its turn
 * @dump: dump
 * @fill: writes the message
 * @item: object
 *
 * Return: 0 or -EMSGSIZE: the next part begins with it.
 */
int nst_rtnl_dump_one(struct nst_rtnl_dump *dump, nst_rtnl_fill_t fill,
		      const void *item);

/* Messages of one object each. */
int nst_rtnl_fill_link(struct sk_buff *skb, const struct nst_rtnl_head *head,
		       const void *item);
int nst_rtnl_fill_address(struct sk_buff *skb,
			  const struct nst_rtnl_head *head, const void *item);
int nst_rtnl_fill_route(struct sk_buff *skb, const struct nst_rtnl_head *head,
			const void *item);
int nst_rtnl_fill_neighbour(struct sk_buff *skb,
			    const struct nst_rtnl_head *head,
			    const void *item);
int nst_rtnl_fill_rule(struct sk_buff *skb, const struct nst_rtnl_head *head,
		       const void *item);

/**
 * nst_rtnl_group_send() - tell the members of a group
 * @stack: stack
 * @group: RTNLGRP_*
 * @type: RTM_* of the message
 * @fill: writes the message
 * @item: object
 *
 * Costs nothing without members. When the message cannot be made, they read
 * ENOBUFS.
 *
 * Context: any.
 */
void nst_rtnl_group_send(struct nst_stack *stack, unsigned int group, u16 type,
			 nst_rtnl_fill_t fill, const void *item);

#endif /* NST_RTNETLINK_H */
