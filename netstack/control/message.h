/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Generic netlink messages: what the files of the control plane share to
 * read requests, and to write replies, dumps and notifications.
 */
#ifndef NST_MESSAGE_H
#define NST_MESSAGE_H

#include <net/genetlink.h>
#include <net/sock.h>
#include <linux/netstack.h>

#include "../compat.h"
#include "../stack.h"
#include "../types.h"

/* Its operations are in netlink.c. */
extern struct genl_family nst_genl_family;

/* Writes one object's nest. Return: 0 or -EMSGSIZE. */
typedef int (*nst_fill_t)(struct sk_buff *skb, const void *object);

/**
 * nst_message_stack() - the stack that a request speaks to
 * @net: namespace of the request
 * @extack: told when there is none
 *
 * Context: process; the request keeps the namespace.
 * Return: the stack or ERR_PTR(-ENODEV).
 */
struct nst_stack *nst_message_stack(struct net *net,
				    struct netlink_ext_ack *extack);

/**
 * nst_message_put() - write one whole message
 * @skb: buffer
 * @portid: to whom
 * @seq: sequence number
 * @flags: NLM_F_*
 * @cmd: NETSTACK_CMD_*
 * @fill: writes @object
 * @object: what it is about
 * @cb: dump that it belongs to, for the consistency mark, or NULL
 *
 * Return: 0 or -EMSGSIZE, @skb as it was.
 */
int nst_message_put(struct sk_buff *skb, u32 portid, u32 seq, int flags,
		    u8 cmd, nst_fill_t fill, const void *object,
		    struct netlink_callback *cb);

/* Answer a request with one object. Return: 0 or a negative errno. */
int nst_message_reply(struct genl_info *info, u8 cmd, nst_fill_t fill,
		      const void *object);

/* Tell the listeners of the "events" group. Context: as @gfp allows. */
void nst_message_notify(struct nst_stack *stack, u8 cmd, nst_fill_t fill,
			const void *object, gfp_t gfp);

/* One object of a dump; the position is cb->args[0]. */
int nst_message_dump(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd,
		     nst_fill_t fill, const void *object);

/**
 * nst_message_nest() - the attributes of the object that a request names
 * @info: request
 * @attr: NETSTACK_A_LINK and so on
 * @max: highest attribute in it
 * @policy: their policy
 * @tb: filled
 *
 * Return: 0 or -EINVAL, extack told.
 */
int nst_message_nest(struct genl_info *info, int attr, int max,
		     const struct nla_policy *policy, struct nlattr **tb);

/* Addresses: 4 bytes or 16. Return: 0 or -EMSGSIZE. */
int nst_put_address(struct sk_buff *skb, int attr, u8 family,
		    const union nst_address *address);

/* Return: 0 or -EINVAL when its length is not that of @family. */
int nst_get_address(const struct nlattr *attr, u8 family,
		    union nst_address *address,
		    struct netlink_ext_ack *extack);

/* AF_INET or AF_INET6 of a request. Return: 0 or -EAFNOSUPPORT. */
int nst_get_family(const struct nlattr *attr, u8 *family,
		   struct netlink_ext_ack *extack);

/* The required link of a request. config_mutex or RCU. */
struct nst_link *nst_get_link(struct nst_stack *stack,
			      const struct nlattr *attr,
			      struct netlink_ext_ack *extack);

/* Position for the consistency of dumps: changes with every change. */
u32 nst_message_generation(const struct nst_stack *stack);

/* The operations, a file an object. */
int nst_control_info_get(struct sk_buff *skb, struct genl_info *info);

int nst_control_link_get(struct sk_buff *skb, struct genl_info *info);
int nst_control_link_dump(struct sk_buff *skb, struct netlink_callback *cb);
int nst_control_link_set(struct sk_buff *skb, struct genl_info *info);
int nst_link_fill(struct sk_buff *skb, const void *object);

int nst_control_addr_dump(struct sk_buff *skb, struct netlink_callback *cb);
int nst_control_addr_new(struct sk_buff *skb, struct genl_info *info);
int nst_control_addr_del(struct sk_buff *skb, struct genl_info *info);
int nst_addr_fill(struct sk_buff *skb, const void *object);

int nst_control_route_get(struct sk_buff *skb, struct genl_info *info);
int nst_control_route_dump(struct sk_buff *skb, struct netlink_callback *cb);
int nst_control_route_new(struct sk_buff *skb, struct genl_info *info);
int nst_control_route_del(struct sk_buff *skb, struct genl_info *info);
int nst_route_fill(struct sk_buff *skb, const void *object);

int nst_control_neigh_dump(struct sk_buff *skb, struct netlink_callback *cb);
int nst_control_neigh_new(struct sk_buff *skb, struct genl_info *info);
int nst_control_neigh_del(struct sk_buff *skb, struct genl_info *info);
int nst_neigh_fill(struct sk_buff *skb, const void *object);

int nst_control_socket_dump(struct sk_buff *skb, struct netlink_callback *cb);

int nst_control_stat_dump(struct sk_buff *skb, struct netlink_callback *cb);

extern const struct nla_policy nst_link_policy[NETSTACK_A_LINK_MAX + 1];
extern const struct nla_policy nst_addr_policy[NETSTACK_A_ADDR_MAX + 1];
extern const struct nla_policy nst_route_policy[NETSTACK_A_ROUTE_MAX + 1];
extern const struct nla_policy nst_neigh_policy[NETSTACK_A_NEIGH_MAX + 1];

#endif /* NST_MESSAGE_H */
