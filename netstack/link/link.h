/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The link layer: what joins a stack to something, and the two ways through
 * it. A link kind (net_device, lo, a test wire) supplies struct nst_link_ops
 * and hands frames up with nst_link_receive(); the network layer sends with
 * nst_link_xmit() and registers its protocols by EtherType.
 */
#ifndef NST_LINK_H
#define NST_LINK_H

#include <linux/etherdevice.h>
#include <linux/if_ether.h>
#include <linux/netdevice.h>
#include <linux/refcount.h>
#include <linux/u64_stats_sync.h>

#include "../mib.h"
#include "../packet.h"
#include "../stack.h"
#include "impair.h"

#define NST_LOOPBACK_INDEX	1
#define NST_LINK_MTU_MIN	68	/* RFC 791 3.1 */
#define NST_LINK_MTU_MAX	65535

/* struct nst_link.flags */
#define NST_LINK_UP		BIT(0)	/* switched on by the administrator */
#define NST_LINK_CARRIER	BIT(1)	/* the other end is there */
#define NST_LINK_PROMISC	BIT(2)	/* takes frames for any station */
#define NST_LINK_ALLMULTI	BIT(3)	/* takes frames for any group */
#define NST_LINK_LOOPBACK	BIT(4)	/* leads back to the stack; no header */
#define NST_LINK_NOARP		BIT(5)	/* no address resolution */
#define NST_LINK_TRUSTED_PEER	BIT(6)	/* CHECKSUM_PARTIAL taken as it is */
#define NST_LINK_IMPAIR_TX	BIT(7)	/* what it sends is impaired */
#define NST_LINK_IMPAIR_RX	BIT(8)	/* what it takes is impaired */
#define NST_LINK_NO_ACCEPT_RA	BIT(9)	/* routers of it are not heard */
#define NST_LINK_NO_AUTOCONF	BIT(10)	/* no addresses of their prefixes */
#define NST_LINK_GUARD		BIT(12)	/* takes only sources it leads to */
#define NST_LINK_TRUSTED_SUMS	BIT(13)	/* so is CHECKSUM_UNNECESSARY */
#define NST_LINK_TAPPED		BIT(14)	/* somebody looks (tap.h) */

struct nst_group_link;
struct nst_link;

/**
 * struct nst_link_ops - what a kind of link can do
 * @kind: name of the kind, as users see it
 * @xmit: send one frame (link header in place, checksum and segment state
 *	within nst_link.features); consumes @skb. Any context with BHs
 *	disabled; the caller may hold a socket's spinlock, so it must not
 *	run any receive path. 0, or -ENOBUFS when its queue was full
 * @admin_changed: nst_link.flags or .mtu changed; process, config_mutex, and
 *	rtnl when the administrator has asked for it
 * @group_changed: the multicast filter takes a group, or takes it no more;
 *	any context, groups_lock held; may be NULL
 * @remove: take the link away, as the administrator asks; process, rtnl; NULL
 *	when it goes with something else
 * @peer: the link at the other end; RCU or rtnl, link registered; may be NULL
 * @destroy: last reference gone, RCU grace period over; frees the link
 * @follows_device: station address and MTU are those of a device of the host,
 *	and are set there
 */
struct nst_link_ops {
	const char *kind;
	int (*xmit)(struct nst_link *link, struct sk_buff *skb);
	void (*admin_changed)(struct nst_link *link);
	void (*group_changed)(struct nst_link *link, const u8 *group,
			      bool taken);
	void (*remove)(struct nst_link *link);
	const struct nst_link *(*peer)(const struct nst_link *link);
	void (*destroy)(struct nst_link *link);
	bool follows_device;
};

/* The reasons of the link layer come first in drop_list.h. */
#define NST_LINK_REFUSALS	(NST_DROP_NOMEM + 1)

/**
 * struct nst_link_stats - one CPU's traffic counters of a link
 * @rx_packets: frames taken from the link
 * @rx_bytes: their bytes, link header included
 * @tx_packets: frames sent
 * @tx_bytes: their bytes, link header included
 * @rx_dropped: frames refused by the link layer
 * @tx_dropped: frames that could not be sent
 * @refused: both of these by reason, &enum nst_drop_reason
 * @syncp: protects 64-bit reads on 32-bit machines
 */
struct nst_link_stats {
	u64_stats_t rx_packets;
	u64_stats_t rx_bytes;
	u64_stats_t tx_packets;
	u64_stats_t tx_bytes;
	u64_stats_t rx_dropped;
	u64_stats_t tx_dropped;
	u64_stats_t refused[NST_LINK_REFUSALS];
	struct u64_stats_sync syncp;
};

#define NST_LINK_GROUPS_MAX	256

/**
 * struct nst_link_ipv6 - what routers said of a link; 0: nothing
 * @mtu: MTU of IPv6 packets, bytes
 * @base_reachable_ms: reachable time that was advertised
 * @reachable_ms: the one drawn from it (RFC 4861 6.3.2)
 * @retrans_ms: retransmission timer
 * @hop_limit: hop limit of packets sent
 *
 * Written by the network layer under config_mutex; READ_ONCE.
 */
struct nst_link_ipv6 {
	u32 mtu;
	u32 base_reachable_ms;
	u32 reachable_ms;
	u32 retrans_ms;
	u8 hop_limit;
};

/**
 * struct nst_link - one end of a link, the stack's
 * @list: in the stack's list of links; RCU to read, config_mutex to write
 * @stack: the stack; fixed
 * @ops: the kind; fixed
 * @stats: per-CPU traffic counters
 * @features: offloads that @ops->xmit takes, NETIF_F_*; READ_ONCE
 * @index: the number that users see; fixed
 * @mtu: largest network packet, bytes; config_mutex to write, READ_ONCE
 * @flags: NST_LINK_*; config_mutex to write, READ_ONCE
 * @gso_max_size: largest super-packet, bytes; READ_ONCE
 * @gso_max_segs: most segments of one
 * @group_count: length of @groups, NST_LINK_GROUPS_MAX at most
 * @address: station address; config_mutex to write
 * @name: as users see it; config_mutex to write
 * @groups: multicast station addresses taken, with a use count each
 * @groups_lock: protects changes of @groups (leaf)
 * @memberships: groups that the network layer takes, one for each family;
 *	RCU, config_mutex to write
 * @impair: impairment of each direction, or NULL; config_mutex to write,
 *	RCU to read. NST_LINK_IMPAIR_TX and _RX say which are there, so that a
 *	link without one pays for nothing
 * @ipv6: of router advertisements
 * @refs: the table, each path, neighbour, route, local address and kind hold
 *	one
 * @rcu: delays @ops->destroy
 *
 * Lifetime: nst_link_register() publishes it, nst_link_unregister() takes
 * it out, announces NST_EVENT_LINK_DEL (whose listeners drop all they hold)
 * and puts the table's reference. After that no packet enters or leaves.
 */
struct nst_link {
	struct list_head list;
	struct nst_stack *stack;
	const struct nst_link_ops *ops;
	struct nst_link_stats __percpu *stats;
	netdev_features_t features;
	u32 index;
	u32 mtu;
	u32 flags;
	u32 gso_max_size;
	u16 gso_max_segs;
	u16 group_count;
	u8 address[ETH_ALEN] __aligned(2);
	char name[IFNAMSIZ];

	struct list_head groups;
	spinlock_t groups_lock;	/* changes of groups, group_count (leaf) */
	struct nst_group_link __rcu *memberships[2];
	struct nst_impair __rcu *impair[NST_IMPAIR_DIRECTIONS];
	struct nst_link_ipv6 ipv6;

	refcount_t refs;
	struct rcu_head rcu;
};

/**
 * struct nst_network_protocol - what the link layer hands packets to
 * @ethertype: of its packets
 * @receive: takes the packet, skb->data at the network header, control
 *	block zeroed but for the link; consumes @skb.
 *	Context: softirq or BHs disabled, RCU
 */
struct nst_network_protocol {
	__be16 ethertype;
	void (*receive)(struct nst_link *link, struct sk_buff *skb);
};

/* Module initialisation only. Return: 0, -EEXIST or -ENOSPC. */
int nst_network_protocol_register(const struct nst_network_protocol *protocol);

int nst_link_init(struct nst_stack *stack);
void nst_link_exit(struct nst_stack *stack);

/**
 * nst_link_setup() - fill a link with defaults before it is registered
 * @link: zeroed memory of the kind's own
 * @stack: stack that it will join
 * @ops: its kind
 *
 * Return: 0 or -ENOMEM.
 */
int nst_link_setup(struct nst_link *link, struct nst_stack *stack,
		   const struct nst_link_ops *ops);

/**
 * nst_link_register() - publish a link in its stack
 * @link: set up, with index, name, address, mtu and features filled
 *
 * Context: process, config_mutex held.
 * Return: 0, -EEXIST (index or name taken) or -ENOBUFS (link_max reached);
 * on failure the caller still owns @link.
 */
int nst_link_register(struct nst_link *link);

/* Context: process, config_mutex held. */
void nst_link_unregister(struct nst_link *link);

static inline void nst_link_get(struct nst_link *link)
{
	refcount_inc(&link->refs);
}

void nst_link_put(struct nst_link *link);

/**
 * nst_link_choose_index() - a number for a link
 * @stack: stack that it will join
 *
 * Context: process, rtnl and config_mutex held.
 * Return: the lowest that neither a link of the stack nor a device of its
 * namespace has.
 */
u32 nst_link_choose_index(struct nst_stack *stack);

/* Lookups. Context: RCU, or config_mutex held. No reference is taken. */
struct nst_link *nst_link_by_index_rcu(struct nst_stack *stack, u32 index);
struct nst_link *nst_link_by_name_rcu(struct nst_stack *stack,
				      const char *name);

/**
 * nst_link_next_rcu() - walk the links of a stack
 * @stack: stack
 * @link: link before, or NULL for the first
 */
struct nst_link *nst_link_next_rcu(struct nst_stack *stack,
				   struct nst_link *link);

/* A link passes packets when it is up and its other end is there. */
static inline bool nst_link_operational(const struct nst_link *link)
{
	return (READ_ONCE(link->flags) & (NST_LINK_UP | NST_LINK_CARRIER)) ==
	       (NST_LINK_UP | NST_LINK_CARRIER);
}

/**
 * nst_link_set_flags() - change administrative flags
 * @link: link
 * @flags: new values
 * @mask: which of NST_LINK_UP, _CARRIER, _PROMISC, _ALLMULTI, _GUARD
 *	change
 *
 * Announces LINK_UP, LINK_DOWN or LINK_CHANGE.
 * Context: process, config_mutex held.
 */
void nst_link_set_flags(struct nst_link *link, u32 flags, u32 mask);

/* Return: 0 or -ERANGE. Context: process, config_mutex held. */
int nst_link_set_mtu(struct nst_link *link, u32 mtu);

/* Return: 0 or -EADDRNOTAVAIL. Context: process, config_mutex held. */
int nst_link_set_address(struct nst_link *link, const u8 *address);

/* Return: 0 or -EEXIST. Context: process, config_mutex held. */
int nst_link_set_name(struct nst_link *link, const char *name);

/* What ops->xmit takes has changed. Context: process, config_mutex held. */
void nst_link_set_features(struct nst_link *link, netdev_features_t features);

/**
 * nst_link_group_add() - take frames for a group
 * @link: link
 * @group: multicast station address; counted, so that several may ask
 *
 * Context: any.
 * Return: 0, -EINVAL (not a group), -ENOBUFS (NST_LINK_GROUPS_MAX reached)
 * or -ENOMEM.
 */
int nst_link_group_add(struct nst_link *link, const u8 *group);

/* Undo one nst_link_group_add(). Context: any. */
void nst_link_group_del(struct nst_link *link, const u8 *group);

/**
 * nst_link_group_configure() - take a group, or not, for the administrator
 * @link: link
 * @group: multicast station address
 * @taken: take it
 *
 * Context: process, config_mutex held.
 * Return: 0, -EEXIST, -ENOENT, or an error of nst_link_group_add().
 */
int nst_link_group_configure(struct nst_link *link, const u8 *group,
			     bool taken);

/*
 * How often a group that nst_link_group_next_rcu() gave is asked for, and
 * whether the administrator is one of those that do. Context: RCU.
 */
u32 nst_link_group_users(const u8 *group, bool *configured);

/* Is the group asked for? Context: RCU. */
bool nst_link_group_taken(const struct nst_link *link, const u8 *group);

/**
 * nst_link_group_next_rcu() - walk the groups of a link
 * @link: link
 * @group: group before, or NULL for the first
 *
 * Context: RCU.
 * Return: the next group's address, or NULL at the end.
 */
const u8 *nst_link_group_next_rcu(struct nst_link *link, const u8 *group);

/**
 * nst_link_impair() - impair a link
 * @link: link
 * @directions: BIT(NST_IMPAIR_TX), BIT(NST_IMPAIR_RX) or both
 * @config: what to do, checked by nst_impair_check(); takes the place of
 *	what is there
 *
 * Announces IMPAIR_CHANGE for each direction.
 *
 * Context: process, config_mutex held.
 * Return: 0 or -ENOMEM, nothing changed.
 */
int nst_link_impair(struct nst_link *link, unsigned int directions,
		    const struct nst_impair_config *config);

/**
 * nst_link_unimpair() - impair a link no more
 * @link: link
 * @directions: BIT(NST_IMPAIR_TX), BIT(NST_IMPAIR_RX) or both
 *
 * Packets held are dropped. Announces IMPAIR_DEL for each direction.
 *
 * Context: process, config_mutex held.
 * Return: 0, or -ENOENT when none of the directions is impaired.
 */
int nst_link_unimpair(struct nst_link *link, unsigned int directions);

/* The impairment of a direction, or NULL. Context: RCU, or config_mutex. */
struct nst_impair *
nst_link_impair_rcu(const struct nst_link *link,
		    enum nst_impair_direction direction);

/**
 * nst_link_impair_next_rcu() - walk the impairments of a stack
 * @stack: stack
 * @impair: impairment before, or NULL for the first
 *
 * Context: RCU.
 */
struct nst_impair *
nst_link_impair_next_rcu(struct nst_stack *stack,
			 const struct nst_impair *impair);

/* How packets leave the impairment of each direction (traffic.c). */
extern const struct nst_impair_ops nst_link_impair_ops[NST_IMPAIR_DIRECTIONS];

void nst_link_stats_read(const struct nst_link *link,
			 struct rtnl_link_stats64 *stats);

/* Frames refused for one of the link layer's reasons. Context: any. */
u64 nst_link_refused_read(const struct nst_link *link,
			  enum nst_drop_reason reason);

/**
 * nst_link_refuse() - drop a frame at the link layer
 * @link: link that refuses it
 * @skb: frame, freed
 * @reason: one of the first NST_LINK_REFUSALS
 *
 * Counts for the stack and for the link; the caller counts the direction.
 *
 * Context: BHs disabled.
 */
void nst_link_refuse(struct nst_link *link, struct sk_buff *skb,
		     enum nst_drop_reason reason);

/**
 * nst_link_receive() - a frame came in
 * @link: link it came from
 * @skb: frame, skb->data at the link header (at the network header with
 *	skb->protocol set on NST_LINK_LOOPBACK); consumed
 *
 * Checks the frame, filters by station address, and hands the packet to its
 * network protocol. What a promiscuous link takes for another station is
 * counted as received and goes no further, as on a host. A packet is handed up
 * without owner, with skb->pkt_type, and with skb->ip_summed either
 * CHECKSUM_NONE or, from a trusted peer, CHECKSUM_PARTIAL with its checksum
 * field inside the packet. The link's MTU does not limit what comes in, IP's
 * 65535 octets do.
 *
 * Context: softirq or BHs disabled; takes the RCU read lock itself.
 */
void nst_link_receive(struct nst_link *link, struct sk_buff *skb);

/**
 * nst_link_scrub() - a packet of the stack becomes one of the host
 * @link: link that it leaves by
 * @dev: device of the host that it is of from now on
 * @skb: packet
 *
 * Nothing that the stack knows of it concerns the host but SO_PRIORITY, SO_MARK
 * and the time of SCM_TXTIME, and those only while the device is in the
 * namespace of the stack: who may set them there may do so by AF_INET, too.
 *
 * Context: any.
 */
static inline void nst_link_scrub(const struct nst_link *link,
				  const struct net_device *dev,
				  struct sk_buff *skb)
{
	bool at_home = net_eq(dev_net(dev), link->stack->net);
	u32 priority = skb->priority, mark = skb->mark;

	skb_scrub_packet(skb, true);
	skb->priority = at_home ? priority : 0;
	skb->mark = at_home ? mark : 0;
	if (unlikely(!at_home))
		skb_set_delivery_time(skb, 0, false);
}

/**
 * nst_link_return() - a packet that left by a link comes in on it as well
 * @link: link
 * @skb: copy of the packet, skb->data at its network header, skb->protocol
 *	set; consumed
 *
 * For packets to a group of which the stack itself is a member. Neither
 * counted nor impaired: nothing came in.
 *
 * Context: softirq or BHs disabled; takes the RCU read lock itself.
 */
void nst_link_return(struct nst_link *link, struct sk_buff *skb);

/**
 * nst_link_xmit() - send a frame
 * @link: link
 * @skb: frame with its link header; consumed
 *
 * Completes checksums that the link does not offload. Super-packets that
 * exceed nst_link.features were cut by the network layer before. Reports the
 * timestamps of sending that a packet with an owner asks for.
 *
 * Context: any with BHs disabled; RCU.
 * Return: 0, -ENETDOWN, -ENOBUFS or -ENOMEM.
 */
int nst_link_xmit(struct nst_link *link, struct sk_buff *skb);

/* Ethernet framing (ethernet.c). */

/**
 * nst_ethernet_pull() - take the Ethernet header off a frame that came in
 * @link: link that it came from
 * @skb: frame, skb->data at the header; on success at the network header
 *	with skb->protocol and skb->pkt_type set
 * @flags: flags of @link
 * @reason: why the frame is refused
 *
 * Context: RCU.
 * Return: false when the frame is to be dropped for @reason.
 */
bool nst_ethernet_pull(const struct nst_link *link, struct sk_buff *skb,
		       u32 flags, enum nst_drop_reason *reason);

/**
 * nst_ethernet_push() - put an Ethernet header before a packet
 * @skb: packet with NST_HEADROOM_LINK bytes of headroom
 * @link: link it will leave by; its address is the source
 * @destination: station or group
 * @ethertype: of the packet
 */
void nst_ethernet_push(struct sk_buff *skb, const struct nst_link *link,
		       const u8 *destination, __be16 ethertype);

/* RFC 1112 6.4: the station group of an IPv4 multicast address. */
static inline void nst_ethernet_ipv4_group(u8 *address, __be32 group)
{
	u32 low = be32_to_cpu(group) & 0x7fffff;

	address[0] = 0x01;
	address[1] = 0x00;
	address[2] = 0x5e;
	address[3] = low >> 16;
	address[4] = low >> 8 & 0xff;
	address[5] = low & 0xff;
}

/* RFC 2464 7: that of an IPv6 one, 33:33 and its last four octets. */
static inline void nst_ethernet_ipv6_group(u8 *address,
					   const struct in6_addr *group)
{
	memset(address, 0x33, 2);
	memcpy(address + 2, &group->s6_addr[12], 4);
}

/**
 * nst_loopback_init() - make lo and its queues
 * @stack: stack with every layer's table in place; lo is announced to them
 *
 * lo is up from the start.
 *
 * Context: process; takes config_mutex.
 * Return: 0 or -ENOMEM.
 */
int nst_loopback_init(struct nst_stack *stack);

/**
 * nst_loopback_return() - have a packet come back, later
 * @link: link that it left by
 * @skb: copy of it, as nst_link_return() wants it; consumed
 *
 * Waits in the queue of lo, within its bound.
 *
 * Context: BHs disabled, RCU.
 */
void nst_loopback_return(struct nst_link *link, struct sk_buff *skb);

/* Unregister lo and drop what it holds. Context: process; takes config_mutex. */
void nst_loopback_exit(struct nst_stack *stack);

/**
 * nst_pipe_create() - join two stacks (pipe.c)
 * @stack: a stack
 * @name: name of the link there
 * @peer: another stack
 * @peer_name: name of the link there
 * @mtu: of both ends, bytes; 0 for the default
 * @extack: told what is wrong
 *
 * Both ends are up. They go together: by nst_link_ops.remove of either, or
 * with the namespace of either.
 *
 * Context: process, rtnl held; takes config_mutex of both, one at a time.
 * Return: 0, -EINVAL (one stack, or no name of a link), -EEXIST (a name is
 * taken), -ENOBUFS (link_max reached) or -ENOMEM.
 */
int nst_pipe_create(struct nst_stack *stack, const char *name,
		    struct nst_stack *peer, const char *peer_name, u32 mtu,
		    struct netlink_ext_ack *extack);

/*
 * After nst_stack_init(), so that the pipes of a dying namespace leave before
 * its stack does; no pipe can be made while nst_pipe_exit() runs.
 */
int nst_pipe_init(void);
void nst_pipe_exit(void);

/**
 * nst_port_create() - give a device of the host to a stack (port.c)
 * @stack: stack
 * @name: name of the device in the stack's namespace, and of the link
 * @extack: told what is wrong
 *
 * The host's protocols see none of its frames any more, until
 * nst_link_ops.remove, or until the device leaves its namespace. Name, MTU,
 * station address and carrier of the link follow it; it takes the groups of
 * the link, and is promiscuous while the link is.
 *
 * Context: process, rtnl held; takes config_mutex.
 * Return: 0, -ENODEV (no such device), -EINVAL (not Ethernet, or a stack's),
 * -EBUSY (another has it), -EEXIST (the stack has a link of the name, or a
 * port of the device), -ENOBUFS (link_max reached) or -ENOMEM.
 */
int nst_port_create(struct nst_stack *stack, const char *name,
		    struct netlink_ext_ack *extack);

/*
 * After nst_stack_init(); no port can be made while nst_port_exit() runs, which
 * gives all devices back.
 */
int nst_port_init(void);
void nst_port_exit(void);

/**
 * nst_device_init() - the net_device kind (device.c), and netstack0
 *
 * After nst_stack_init(), so that the devices of a dying namespace leave
 * before its stack does.
 *
 * Return: 0, -EEXIST (the kind is taken), or what making netstack0 in the
 * initial namespace met.
 */
int nst_device_init(void);
void nst_device_exit(void);

#endif /* NST_LINK_H */
