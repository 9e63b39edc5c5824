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

/**
 * struct nst_object - a kind of object: how it is asked for and told
 * @cmd: NETSTACK_CMD_* of the messages that tell it
 * @nest: attribute that holds it
 * @max: highest attribute in the nest
 * @policy: what requests may have in it, or NULL if none names the object
 * @fill: writes the nest's content; returns 0 or -EMSGSIZE
 * @next: walk those of a stack, from NULL to NULL, under RCU; or NULL
 */
struct nst_object {
	u8 cmd;
	u16 nest;
	u16 max;
	const struct nla_policy *policy;
	int (*fill)(struct sk_buff *skb, const void *item);
	const void *(*next)(struct nst_stack *stack, const void *item);
};

/**
 * struct nst_request - a request that names an object
 * @info: the message
 * @extack: told what is wrong
 * @stack: stack of the sender's namespace
 * @tb: attributes of the nest, by type
 */
struct nst_request {
	struct genl_info *info;
	struct netlink_ext_ack *extack;
	struct nst_stack *stack;
	struct nlattr **tb;
};

/* Return: 0 or a negative errno. */
typedef int (*nst_handle_t)(const struct nst_request *request);

/**
 * nst_message_stack() - the stack that a request speaks to
 * @net: namespace of the request
 * @header: generic netlink header of the request
 * @extack: told what is wrong
 *
 * Context: process; the request keeps the namespace.
 * Return: the stack, ERR_PTR(-ENODEV) when there is none, or
 * ERR_PTR(-EINVAL) when the reserved field of the header is in use.
 */
struct nst_stack *nst_message_stack(struct net *net,
				    const struct genlmsghdr *header,
				    struct netlink_ext_ack *extack);

/* The same for a dump. */
struct nst_stack *nst_message_dump_stack(const struct netlink_callback *cb);

/* Answer a request with one object. Return: 0 or a negative errno. */
int nst_message_reply(struct genl_info *info, const struct nst_object *object,
		      const void *item);

/* Tell the listeners of the "events" group. Context: as @gfp allows. */
void nst_message_notify(struct nst_stack *stack, u8 cmd,
			const struct nst_object *object, const void *item,
			gfp_t gfp);

/**
 * nst_message_dump() - one object of a dump
 * @skb: where to
 * @cb: the dump; cb->seq is its generation
 * @object: kind
 * @item: object
 *
 * Return: 0 or -EMSGSIZE, @skb as it was.
 */
int nst_message_dump(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct nst_object *object, const void *item);

/**
 * nst_message_dump_all() - dump all objects of a kind that has a walk
 * @skb: where to
 * @cb: the dump; its position is cb->args[0]
 * @object: kind
 *
 * Return: as struct genl_ops.dumpit does.
 */
int nst_message_dump_all(struct sk_buff *skb, struct netlink_callback *cb,
			 const struct nst_object *object);

/**
 * nst_message_parse() - the attributes of a request about an object
 * @info: request
 * @object: kind of the object
 * @tb: filled, @object->max + 1 of them
 *
 * For requests that need no stack; the others come by nst_message_read() or
 * nst_message_change().
 *
 * Return: 0 or a negative errno, extack told.
 */
int nst_message_parse(struct genl_info *info, const struct nst_object *object,
		      struct nlattr **tb);

/**
 * nst_message_read() - a request that names an object, without config_mutex
 * @info: request
 * @object: kind of the object
 * @handle: does what is asked for
 *
 * Return: what @handle says, -ENODEV (no stack) or -EINVAL, extack told.
 */
int nst_message_read(struct genl_info *info, const struct nst_object *object,
		     nst_handle_t handle);

/* The same for what changes it: config_mutex is held around @handle. */
int nst_message_change(struct genl_info *info, const struct nst_object *object,
		       nst_handle_t handle);

/* Addresses: 4 bytes or 16. Return: 0 or -EMSGSIZE. */
int nst_put_address(struct sk_buff *skb, int attr, u8 family,
		    const union nst_address *address);

/*
 * Return: 0 or -EINVAL when its length is not that of @family. Without @attr
 * it stays as it is.
 */
int nst_get_address(const struct nlattr *attr, u8 family,
		    union nst_address *address,
		    struct netlink_ext_ack *extack);

/* Return: 0 or -EINVAL; without @attr it stays as it is. */
int nst_get_prefix_len(const struct nlattr *attr, u8 family, u8 *prefix_len,
		       struct netlink_ext_ack *extack);

/* AF_INET or AF_INET6 of a request. Return: 0 or -EAFNOSUPPORT. */
int nst_get_family(const struct nlattr *attr, u8 *family,
		   struct netlink_ext_ack *extack);

/* The required link of a request, an index. config_mutex or RCU. */
struct nst_link *nst_get_link(const struct nst_request *request, int attr);

/* The operations, a file an object. */
int nst_control_info_get(struct sk_buff *skb, struct genl_info *info);

int nst_control_link_get(struct sk_buff *skb, struct genl_info *info);
int nst_control_link_dump(struct sk_buff *skb, struct netlink_callback *cb);
int nst_control_link_set(struct sk_buff *skb, struct genl_info *info);
int nst_control_link_new(struct sk_buff *skb, struct genl_info *info);
int nst_control_link_del(struct sk_buff *skb, struct genl_info *info);

int nst_control_addr_dump(struct sk_buff *skb, struct netlink_callback *cb);
int nst_control_addr_new(struct sk_buff *skb, struct genl_info *info);
int nst_control_addr_del(struct sk_buff *skb, struct genl_info *info);

int nst_control_route_get(struct sk_buff *skb, struct genl_info *info);
int nst_control_route_dump(struct sk_buff *skb, struct netlink_callback *cb);
int nst_control_route_new(struct sk_buff *skb, struct genl_info *info);
int nst_control_route_del(struct sk_buff *skb, struct genl_info *info);

int nst_control_route_cache_dump(struct sk_buff *skb,
				 struct netlink_callback *cb);
int nst_control_route_cache_del(struct sk_buff *skb, struct genl_info *info);

int nst_control_rule_dump(struct sk_buff *skb, struct netlink_callback *cb);
int nst_control_rule_new(struct sk_buff *skb, struct genl_info *info);
int nst_control_rule_del(struct sk_buff *skb, struct genl_info *info);

int nst_control_neigh_dump(struct sk_buff *skb, struct netlink_callback *cb);
int nst_control_neigh_new(struct sk_buff *skb, struct genl_info *info);
int nst_control_neigh_del(struct sk_buff *skb, struct genl_info *info);

int nst_control_maddr_dump(struct sk_buff *skb, struct netlink_callback *cb);
int nst_control_maddr_new(struct sk_buff *skb, struct genl_info *info);
int nst_control_maddr_del(struct sk_buff *skb, struct genl_info *info);

int nst_control_stat_dump(struct sk_buff *skb, struct netlink_callback *cb);

int nst_control_impair_dump(struct sk_buff *skb, struct netlink_callback *cb);
int nst_control_impair_new(struct sk_buff *skb, struct genl_info *info);
int nst_control_impair_del(struct sk_buff *skb, struct genl_info *info);

extern const struct nla_policy nst_link_policy[NETSTACK_A_LINK_MAX + 1];
extern const struct nla_policy nst_addr_policy[NETSTACK_A_ADDR_MAX + 1];
extern const struct nla_policy nst_route_policy[NETSTACK_A_ROUTE_MAX + 1];
extern const struct nla_policy nst_rule_policy[NETSTACK_A_RULE_MAX + 1];
extern const struct nla_policy nst_neigh_policy[NETSTACK_A_NEIGH_MAX + 1];
extern const struct nla_policy nst_maddr_policy[NETSTACK_A_MADDR_MAX + 1];
extern const struct nla_policy nst_impair_policy[NETSTACK_A_IMPAIR_MAX + 1];

struct nst_path_mtu;

/* NETSTACK_A_ROUTE_EXPIRES and _MTU_LOCK. Return: 0 or -EMSGSIZE. */
int nst_put_path_mtu(struct sk_buff *skb, const struct nst_path_mtu *entry);

extern const struct nst_object nst_link_object, nst_addr_object,
	nst_route_object, nst_rule_object, nst_neigh_object,
	nst_impair_object, nst_router_option_object, nst_maddr_object;

#endif /* NST_MESSAGE_H */
