/* SPDX-License-Identifier: GPL-2.0 */
/*
 * struct nst_stack: one TCP/IP stack, the instance of a network namespace.
 *
 * Every table, secret, counter, limit and port space hangs off this
 * structure; the module has no other mutable state. stack.c composes it out
 * of the layers' own parts, bottom up, and takes it apart top down.
 */
#ifndef NST_STACK_H
#define NST_STACK_H

#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/siphash.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "config.h"
#include "types.h"

struct ctl_table_header;
struct nst_address_table;
struct nst_detection;
struct nst_groups;
struct nst_icmp;
struct nst_ipv4_identification;
struct nst_link;
struct nst_link_table;
struct nst_loopback;
struct nst_mib;
struct nst_neighbour_table;
struct nst_path_mtus;
struct nst_ports;
struct nst_reassembly;
struct nst_routers;
struct nst_routes;
struct nst_tcp;
struct nst_udp;

/**
 * struct nst_stack - one TCP/IP stack
 * @net: the namespace; outlives the stack
 * @config_mutex: serialises every change of links, addresses, routes and
 *	permanent neighbours. Taken inside rtnl, outside any socket lock
 * @dying: set once the namespace is going; no new link, socket or timer
 * @config: tunables
 * @config_generation: changes with every event under config_mutex, so that
 *	dumps can tell that they were interrupted
 * @secret: key of every keyed hash, random for each stack; parts derive
 *	theirs by hashing different inputs
 * @mib: per-CPU counters
 * @links: link layer's table
 * @loopback: queues of lo
 * @taps: who looks at the frames of all links, struct nst_tap.list; RCU,
 *	config_mutex to write
 * @tap_count: how many, against config.capture_max; config_mutex, READ_ONCE
 * @addresses: local addresses
 * @routes: routing tables
 * @routers: router discovery
 * @path_mtus: path MTUs that were learned
 * @neighbours: neighbour caches
 * @detection: address probes and announcements under way
 * @groups: groups that the stack is a member of
 * @reassembly: unfinished datagrams
 * @identification: IPv4 identification sources
 * @icmp: error rate limits
 * @ports: port spaces of all transports
 * @udp: datagram demultiplexing
 * @ping: ping sockets
 * @raw: raw sockets
 * @raw_sockets: how many there are; the lock of @raw, READ_ONCE
 * @tcp: connection demultiplexing, TIME-WAIT, listeners
 * @sockets: open sockets, against config.socket_max
 * @impaired_packets: packets in the queues of impairments, against
 *	config.impair_packets_max
 * @impaired_bytes: their memory, against config.impair_bytes_max
 * @sysctl: registered net.netstack table
 *
 * Created with the first link of a namespace and published in the
 * namespace's &struct nst_net; freed when the namespace exits, after an RCU
 * grace period. Readers of packets run under RCU and need no reference.
 */
struct nst_stack {
	struct net *net;
	struct mutex config_mutex; /* inside rtnl, outside socket locks */
	bool dying;
	struct nst_config config;
	u32 config_generation;
	siphash_key_t secret;

	struct nst_mib __percpu *mib;
	struct nst_link_table *links;
	struct nst_loopback *loopback;
	struct list_head taps;
	unsigned int tap_count;
	struct nst_address_table *addresses;
	struct nst_routes *routes;
	struct nst_routers *routers;
	struct nst_path_mtus *path_mtus;
	struct nst_neighbour_table *neighbours;
	struct nst_detection *detection;
	struct nst_groups *groups;
	struct nst_reassembly *reassembly;
	struct nst_ipv4_identification *identification;
	struct nst_icmp *icmp;
	struct nst_ports *ports;
	struct nst_udp *udp;
	struct nst_ping *ping;
	struct nst_raw *raw;
	unsigned int raw_sockets;
	struct nst_tcp *tcp;

	atomic_t sockets;
	atomic_t impaired_packets;
	atomic_long_t impaired_bytes;
	struct ctl_table_header *sysctl;
};

/**
 * struct nst_net - what a network namespace knows of its stack
 * @stack: the stack, or NULL before the first link and while exiting; rtnl
 *	to create
 * @rtnetlink: the kernel's socket for rtnetlink(7) of the stack, NULL while
 *	the namespace exits; written by control/rtnetlink.c
 */
struct nst_net {
	struct nst_stack __rcu *stack;
	struct sock __rcu *rtnetlink;
};

extern unsigned int nst_net_id;

static inline struct nst_net *nst_net(const struct net *net)
{
	return net_generic(net, nst_net_id);
}

/**
 * nst_stack_rcu() - the stack of a namespace
 * @net: network namespace
 *
 * Context: RCU reader, or holder of a reference to @net that keeps the
 * namespace from exiting.
 * Return: the stack, or NULL if the namespace has none.
 */
static inline struct nst_stack *nst_stack_rcu(const struct net *net)
{
	return rcu_dereference_check(nst_net(net)->stack,
				     rcu_read_lock_any_held());
}

/**
 * nst_stack_get_or_create() - the stack of a namespace, made on first use
 * @net: network namespace
 *
 * Makes lo and brings it up with 127.0.0.1/8 and ::1.
 *
 * Context: process, rtnl held.
 * Return: the stack, or ERR_PTR(-ENOMEM) or ERR_PTR(-ENODEV) when the
 * namespace is exiting.
 */
struct nst_stack *nst_stack_get_or_create(struct net *net);

/**
 * nst_stack_create() - make a stack with lo, without publishing it
 * @net: network namespace that it is of
 *
 * The work behind nst_stack_get_or_create(), and the fixture of unit tests.
 *
 * Context: process, rtnl held.
 * Return: the stack or ERR_PTR(-ENOMEM).
 */
struct nst_stack *nst_stack_create(struct net *net);

/**
 * nst_stack_destroy() - take a stack apart and free it
 * @stack: stack that nobody can find any more, RCU grace period over; its
 *	links but lo are unregistered
 *
 * Context: process, may sleep; config_mutex not held.
 */
void nst_stack_destroy(struct nst_stack *stack);

int nst_stack_init(void);
void nst_stack_exit(void);

int nst_sysctl_register(struct nst_stack *stack);
void nst_sysctl_unregister(struct nst_stack *stack);
void nst_config_init(struct nst_config *config);

static inline bool __nst_config_held(const struct nst_stack *stack)
{
	return lockdep_is_held(&stack->config_mutex);
}

#endif /* NST_STACK_H */
