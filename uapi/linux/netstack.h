/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * netstack: what programs and tools need to know of the module.
 *
 * Sockets: socket(AF_NETSTACK, type, protocol), then the addresses, options
 * and calls of AF_INET, or of AF_INET6 when NETSTACK_IPV6 is or-ed into the
 * protocol. Control: generic netlink family NETSTACK_GENL_NAME. Sockets shown
 * and ended: <linux/netstack_diag.h>.
 */
#ifndef _UAPI_LINUX_NETSTACK_H
#define _UAPI_LINUX_NETSTACK_H

#include <linux/types.h>

/*
 * An address family number that Linux reserves and never implemented; the
 * module parameter "family" chooses another one.
 */
#define AF_NETSTACK	18
#define PF_NETSTACK	AF_NETSTACK

/*
 * A netlink protocol: socket(AF_NETLINK, SOCK_RAW, NETLINK_NETSTACK) speaks
 * rtnetlink(7), as NETLINK_ROUTE does, of the stack, and read only. The module
 * parameter "netlink" chooses another number.
 */
#define NETLINK_NETSTACK	31

/* Or-ed into socket()'s protocol: IPv6 addresses. */
#define NETSTACK_IPV6	0x100

/*
 * socket(AF_NETSTACK, SOCK_RAW, NETSTACK_CAPTURE): frames of the stack's links,
 * as they come in and leave, from bind(2) on. It takes CAP_NET_RAW in the user
 * namespace of the stack. Filters of socket(7) say which, and how much of each.
 */
#define NETSTACK_CAPTURE	0x200

/* struct netstack_capture_address.flags */
#define NETSTACK_CAPTURE_F_CSUM_OPEN	(1 << 0) /* sum not completed yet */
#define NETSTACK_CAPTURE_F_CSUM_VALID	(1 << 1) /* sum verified by the link */

/*
 * The address of a capture socket: bind(2) heeds family and link, the rest
 * must be 0; recvfrom(2) and recvmsg(2) tell all of it.
 */
struct netstack_capture_address {
	__u16 family;		/* AF_NETSTACK */
	__u8 type;		/* PACKET_* of <linux/if_packet.h>; */
				/* PACKET_OUTGOING: it is sent */
	__u8 flags;		/* NETSTACK_CAPTURE_F_* */
	__u32 link;		/* link index; bind(): 0 for all links */
	__u32 length;		/* bytes of the frame, before it was cut */
	__u32 gso_size;		/* data bytes of each segment, 0: one packet */
	__u64 time;		/* ns since 1970-01-01 00:00 UTC */
};

/* NETSTACK_CAPTURE_STATISTICS: what passed the filter, since socket(2) */
struct netstack_capture_statistics {
	__u64 packets;		/* those that were dropped included */
	__u64 drops;		/* no room in the receive buffer */
};

/*
 * Level of getsockopt() and setsockopt() for options of the family itself; a
 * number that Linux is far from.
 */
#define SOL_NETSTACK	0x4e53

/*
 * int, 0 or 1: SO_REUSEPORT, on kernels too that keep that for AF_INET and
 * AF_INET6. One value by two names.
 */
#define NETSTACK_REUSEPORT	1

/* int, 0 or 1: SO_ZEROCOPY, likewise. */
#define NETSTACK_ZEROCOPY	2

/* struct netstack_capture_statistics, of a capture socket; not to be set. */
#define NETSTACK_CAPTURE_STATISTICS	3

#define NETSTACK_GENL_NAME	"netstack"
#define NETSTACK_GENL_VERSION	1
#define NETSTACK_GENL_GROUP_EVENTS "events"

/*
 * GET commands answer one object when attributes name it, all of them as a
 * dump. NEW and DEL carry the object's nest. A reply and a notification
 * carry the command of the object (NETSTACK_CMD_LINK_NEW and so on).
 */
enum netstack_cmd {
	NETSTACK_CMD_UNSPEC,
	NETSTACK_CMD_INFO_GET,		/* stack: limits and use */
	NETSTACK_CMD_LINK_GET,
	NETSTACK_CMD_LINK_SET,
	NETSTACK_CMD_LINK_NEW,		/* KIND "pipe" or "port" */
	NETSTACK_CMD_LINK_DEL,
	NETSTACK_CMD_ADDR_GET,
	NETSTACK_CMD_ADDR_NEW,
	NETSTACK_CMD_ADDR_DEL,
	NETSTACK_CMD_ROUTE_GET,
	NETSTACK_CMD_ROUTE_NEW,
	NETSTACK_CMD_ROUTE_DEL,
	NETSTACK_CMD_NEIGH_GET,
	NETSTACK_CMD_NEIGH_NEW,
	NETSTACK_CMD_NEIGH_DEL,
	NETSTACK_CMD_STAT_GET,
	NETSTACK_CMD_IMPAIR_GET,
	NETSTACK_CMD_IMPAIR_NEW,
	NETSTACK_CMD_IMPAIR_DEL,
	NETSTACK_CMD_RULE_GET,
	NETSTACK_CMD_RULE_NEW,
	NETSTACK_CMD_RULE_DEL,
	NETSTACK_CMD_ROUTER_OPTION,	/* notification */
	NETSTACK_CMD_ROUTE_CACHE_GET,	/* path MTUs that were learned */
	NETSTACK_CMD_ROUTE_CACHE_DEL,	/* forget them; FAMILY, DST, LINK */
	NETSTACK_CMD_MADDR_GET,
	NETSTACK_CMD_MADDR_NEW,
	NETSTACK_CMD_MADDR_DEL,

	__NETSTACK_CMD_MAX,
#define NETSTACK_CMD_MAX (__NETSTACK_CMD_MAX - 1)
};

/* Top-level attributes: the object. */
enum netstack_attr {
	NETSTACK_A_UNSPEC,
	NETSTACK_A_PAD,
	NETSTACK_A_INFO,		/* nest, NETSTACK_A_INFO_* */
	NETSTACK_A_LINK,		/* nest, NETSTACK_A_LINK_* */
	NETSTACK_A_ADDR,		/* nest, NETSTACK_A_ADDR_* */
	NETSTACK_A_ROUTE,		/* nest, NETSTACK_A_ROUTE_* */
	NETSTACK_A_NEIGH,		/* nest, NETSTACK_A_NEIGH_* */
	NETSTACK_A_STAT,		/* nest, NETSTACK_A_STAT_* */
	NETSTACK_A_IMPAIR,		/* nest, NETSTACK_A_IMPAIR_* */
	NETSTACK_A_RULE,		/* nest, NETSTACK_A_RULE_* */
	NETSTACK_A_ROUTER_OPTION,	/* nest, NETSTACK_A_ROUTER_OPTION_* */
	NETSTACK_A_MADDR,		/* nest, NETSTACK_A_MADDR_* */

	__NETSTACK_A_MAX,
#define NETSTACK_A_MAX (__NETSTACK_A_MAX - 1)
};

enum netstack_info_attr {
	NETSTACK_A_INFO_UNSPEC,
	NETSTACK_A_INFO_PAD,
	NETSTACK_A_INFO_VERSION,	/* string: of the module */
	NETSTACK_A_INFO_FAMILY,		/* u32: socket family number */
	NETSTACK_A_INFO_LIMIT,		/* nests, NETSTACK_A_LIMIT_* */

	__NETSTACK_A_INFO_MAX,
#define NETSTACK_A_INFO_MAX (__NETSTACK_A_INFO_MAX - 1)
};

enum netstack_limit_attr {
	NETSTACK_A_LIMIT_UNSPEC,
	NETSTACK_A_LIMIT_PAD,
	NETSTACK_A_LIMIT_NAME,		/* string: "sockets", "routes", ... */
	NETSTACK_A_LIMIT_USED,		/* u64 */
	NETSTACK_A_LIMIT_MAX,		/* u64 */

	__NETSTACK_A_LIMIT_MAX,
#define NETSTACK_A_LIMIT_ATTR_MAX (__NETSTACK_A_LIMIT_MAX - 1)
};

#define NETSTACK_LINK_F_UP		(1 << 0)
#define NETSTACK_LINK_F_CARRIER		(1 << 1)
#define NETSTACK_LINK_F_PROMISC		(1 << 2)
#define NETSTACK_LINK_F_ALLMULTI	(1 << 3)
#define NETSTACK_LINK_F_LOOPBACK	(1 << 4)
#define NETSTACK_LINK_F_NOARP		(1 << 5)
#define NETSTACK_LINK_F_NO_ACCEPT_RA	(1 << 9)
#define NETSTACK_LINK_F_NO_AUTOCONF	(1 << 10)
#define NETSTACK_LINK_F_GUARD		(1 << 12)	/* only sources it leads to */

enum netstack_link_attr {
	NETSTACK_A_LINK_UNSPEC,
	NETSTACK_A_LINK_PAD,
	NETSTACK_A_LINK_INDEX,		/* u32 */
	NETSTACK_A_LINK_NAME,		/* string */
	NETSTACK_A_LINK_KIND,		/* string */
	NETSTACK_A_LINK_FLAGS,		/* bitfield32, NETSTACK_LINK_F_* */
	NETSTACK_A_LINK_MTU,		/* u32, bytes */
	NETSTACK_A_LINK_ADDRESS,	/* binary, station address */
	NETSTACK_A_LINK_FEATURES,	/* nests of strings: offloads */
	NETSTACK_A_LINK_FEATURE,	/* string */
	NETSTACK_A_LINK_GSO_MAX_SIZE,	/* u32, bytes */
	NETSTACK_A_LINK_RX_PACKETS,	/* u64 */
	NETSTACK_A_LINK_RX_BYTES,	/* u64 */
	NETSTACK_A_LINK_RX_DROPPED,	/* u64 */
	NETSTACK_A_LINK_TX_PACKETS,	/* u64 */
	NETSTACK_A_LINK_TX_BYTES,	/* u64 */
	NETSTACK_A_LINK_TX_DROPPED,	/* u64 */
	NETSTACK_A_LINK_GROUP,		/* binary, repeated: groups taken */
	NETSTACK_A_LINK_PEER,		/* u32: index of a pipe's other end */
	NETSTACK_A_LINK_PEER_NETNSID,	/* s32: its namespace, seen from here */
	NETSTACK_A_LINK_PEER_NAME,	/* string: NEW, of the other end */
	NETSTACK_A_LINK_PEER_NETNS_FD,	/* u32: NEW, its namespace */

	__NETSTACK_A_LINK_MAX,
#define NETSTACK_A_LINK_MAX (__NETSTACK_A_LINK_MAX - 1)
};

#define NETSTACK_ADDR_F_TENTATIVE	(1 << 0)
#define NETSTACK_ADDR_F_DUPLICATE	(1 << 1)
#define NETSTACK_ADDR_F_SECONDARY	(1 << 2)
#define NETSTACK_ADDR_F_PERMANENT	(1 << 3)
#define NETSTACK_ADDR_F_DEPRECATED	(1 << 4)
#define NETSTACK_ADDR_F_TEMPORARY	(1 << 5)
#define NETSTACK_ADDR_F_AUTOCONF	(1 << 6)
#define NETSTACK_ADDR_F_NO_PREFIX_ROUTE	(1 << 7)

enum netstack_addr_attr {
	NETSTACK_A_ADDR_UNSPEC,
	NETSTACK_A_ADDR_PAD,
	NETSTACK_A_ADDR_LINK,		/* u32, link index */
	NETSTACK_A_ADDR_FAMILY,		/* u16, AF_INET or AF_INET6 */
	NETSTACK_A_ADDR_ADDRESS,	/* binary, 4 or 16 bytes */
	NETSTACK_A_ADDR_PREFIX_LEN,	/* u8 */
	NETSTACK_A_ADDR_BROADCAST,	/* binary, 4 bytes */
	NETSTACK_A_ADDR_SCOPE,		/* u8, RT_SCOPE_* */
	NETSTACK_A_ADDR_FLAGS,		/* u32, NETSTACK_ADDR_F_* */
	NETSTACK_A_ADDR_NO_PROBE,	/* flag: do not probe before use */
	NETSTACK_A_ADDR_VALID,		/* u32, s; ~0 or none: for ever */
	NETSTACK_A_ADDR_PREFERRED,	/* u32, s; ~0 or none: for ever */

	__NETSTACK_A_ADDR_MAX,
#define NETSTACK_A_ADDR_MAX (__NETSTACK_A_ADDR_MAX - 1)
};

enum netstack_route_attr {
	NETSTACK_A_ROUTE_UNSPEC,
	NETSTACK_A_ROUTE_PAD,
	NETSTACK_A_ROUTE_FAMILY,	/* u16 */
	NETSTACK_A_ROUTE_TYPE,		/* u8, RTN_* */
	NETSTACK_A_ROUTE_DST,		/* binary; prefix */
	NETSTACK_A_ROUTE_PREFIX_LEN,	/* u8 */
	NETSTACK_A_ROUTE_GATEWAY,	/* binary */
	NETSTACK_A_ROUTE_LINK,		/* u32, link index */
	NETSTACK_A_ROUTE_PREFSRC,	/* binary */
	NETSTACK_A_ROUTE_METRIC,	/* u32 */
	NETSTACK_A_ROUTE_MTU,		/* u32, bytes */
	NETSTACK_A_ROUTE_TOS,		/* u8 */
	NETSTACK_A_ROUTE_PROTOCOL,	/* u8, RTPROT_* */
	NETSTACK_A_ROUTE_SCOPE,		/* u8, RT_SCOPE_* */
	NETSTACK_A_ROUTE_LOOKUP,	/* flag: GET resolves DST */
	NETSTACK_A_ROUTE_SRC,		/* binary: source chosen or asked */
	NETSTACK_A_ROUTE_TABLE,		/* u32, RT_TABLE_* */
	NETSTACK_A_ROUTE_MTU_LOCK,	/* flag */
	NETSTACK_A_ROUTE_ADVMSS,	/* u16, bytes */
	NETSTACK_A_ROUTE_INITCWND,	/* u16, segments */
	NETSTACK_A_ROUTE_INITRWND,	/* u16, segments */
	NETSTACK_A_ROUTE_HOPLIMIT,	/* u8 */
	NETSTACK_A_ROUTE_QUICKACK,	/* flag */
	NETSTACK_A_ROUTE_NEXTHOPS,	/* nests, NETSTACK_A_NEXTHOP_* */
	NETSTACK_A_ROUTE_MARK,		/* u32: GET, of the packet */
	NETSTACK_A_ROUTE_IIF,		/* u32: GET, link it came by */
	NETSTACK_A_ROUTE_IPPROTO,	/* u8: GET, IPPROTO_* */
	NETSTACK_A_ROUTE_SPORT,		/* u16: GET, host order */
	NETSTACK_A_ROUTE_DPORT,		/* u16: GET, host order */
	NETSTACK_A_ROUTE_EXPIRES,	/* u32, s until MTU is forgotten */

	__NETSTACK_A_ROUTE_MAX,
#define NETSTACK_A_ROUTE_MAX (__NETSTACK_A_ROUTE_MAX - 1)
};

/* One of several next hops. */
enum netstack_nexthop_attr {
	NETSTACK_A_NEXTHOP_UNSPEC,
	NETSTACK_A_NEXTHOP_PAD,
	NETSTACK_A_NEXTHOP_LINK,	/* u32, link index */
	NETSTACK_A_NEXTHOP_GATEWAY,	/* binary */
	NETSTACK_A_NEXTHOP_WEIGHT,	/* u32, 1 to 256; 1 without it */
	NETSTACK_A_NEXTHOP_DOWN,	/* flag: its link is not operational */

	__NETSTACK_A_NEXTHOP_MAX,
#define NETSTACK_A_NEXTHOP_MAX (__NETSTACK_A_NEXTHOP_MAX - 1)
};

/* What a router advertised for user space (RFC 8106). */
enum netstack_router_option_attr {
	NETSTACK_A_ROUTER_OPTION_UNSPEC,
	NETSTACK_A_ROUTER_OPTION_PAD,
	NETSTACK_A_ROUTER_OPTION_LINK,		/* u32, link index */
	NETSTACK_A_ROUTER_OPTION_ROUTER,	/* binary, 16 bytes */
	NETSTACK_A_ROUTER_OPTION_TYPE,		/* u8: 25 RDNSS, 31 DNSSL */
	NETSTACK_A_ROUTER_OPTION_LIFETIME,	/* u32, s; ~0: for ever */
	NETSTACK_A_ROUTER_OPTION_DATA,		/* binary: what follows it */

	__NETSTACK_A_ROUTER_OPTION_MAX,
#define NETSTACK_A_ROUTER_OPTION_MAX (__NETSTACK_A_ROUTER_OPTION_MAX - 1)
};

enum netstack_rule_attr {
	NETSTACK_A_RULE_UNSPEC,
	NETSTACK_A_RULE_PAD,
	NETSTACK_A_RULE_FAMILY,		/* u16 */
	NETSTACK_A_RULE_ACTION,		/* u8, FR_ACT_* */
	NETSTACK_A_RULE_TABLE,		/* u32, RT_TABLE_* */
	NETSTACK_A_RULE_PRIORITY,	/* u32 */
	NETSTACK_A_RULE_SRC,		/* binary; prefix */
	NETSTACK_A_RULE_SRC_LEN,	/* u8 */
	NETSTACK_A_RULE_DST,		/* binary; prefix */
	NETSTACK_A_RULE_DST_LEN,	/* u8 */
	NETSTACK_A_RULE_TOS,		/* u8 */
	NETSTACK_A_RULE_MARK,		/* u32 */
	NETSTACK_A_RULE_MASK,		/* u32; all ones without it */
	NETSTACK_A_RULE_IIF,		/* u32, link index */
	NETSTACK_A_RULE_OIF,		/* u32, link index */
	NETSTACK_A_RULE_IPPROTO,	/* u8, IPPROTO_* */
	NETSTACK_A_RULE_INVERT,		/* flag: what does not match */
	NETSTACK_A_RULE_PROTOCOL,	/* u8, RTPROT_* */

	__NETSTACK_A_RULE_MAX,
#define NETSTACK_A_RULE_MAX (__NETSTACK_A_RULE_MAX - 1)
};

enum netstack_neigh_attr {
	NETSTACK_A_NEIGH_UNSPEC,
	NETSTACK_A_NEIGH_PAD,
	NETSTACK_A_NEIGH_LINK,		/* u32, link index */
	NETSTACK_A_NEIGH_FAMILY,	/* u16 */
	NETSTACK_A_NEIGH_DST,		/* binary, network address */
	NETSTACK_A_NEIGH_LLADDR,	/* binary, station address */
	NETSTACK_A_NEIGH_STATE,		/* u16, NUD_* */
	NETSTACK_A_NEIGH_ROUTER,	/* flag */
	NETSTACK_A_NEIGH_PROBES,	/* u8 */
	NETSTACK_A_NEIGH_QUEUED,	/* u32, packets waiting */
	NETSTACK_A_NEIGH_USED_MS,	/* u32, ms since last used */
	NETSTACK_A_NEIGH_CONFIRMED_MS,	/* u32, ms since last confirmed */
	NETSTACK_A_NEIGH_UPDATED_MS,	/* u32, ms since last changed */

	__NETSTACK_A_NEIGH_MAX,
#define NETSTACK_A_NEIGH_MAX (__NETSTACK_A_NEIGH_MAX - 1)
};

/* More sources than these of one group are not told. */
#define NETSTACK_MADDR_SOURCES_MAX	64

/* A group that a link takes. */
enum netstack_maddr_attr {
	NETSTACK_A_MADDR_UNSPEC,
	NETSTACK_A_MADDR_PAD,
	NETSTACK_A_MADDR_LINK,		/* u32, link index */
	NETSTACK_A_MADDR_FAMILY,	/* u16; AF_PACKET: station address */
	NETSTACK_A_MADDR_ADDRESS,	/* binary, 4, 16 or 6 bytes */
	NETSTACK_A_MADDR_USERS,		/* u32, members */
	NETSTACK_A_MADDR_STATIC,	/* flag: the administrator is one */
	NETSTACK_A_MADDR_MODE,		/* u8, MCAST_EXCLUDE or _INCLUDE */
	NETSTACK_A_MADDR_SOURCE,	/* binary, repeated: of MODE */

	__NETSTACK_A_MADDR_MAX,
#define NETSTACK_A_MADDR_MAX (__NETSTACK_A_MADDR_MAX - 1)
};

enum netstack_stat_attr {
	NETSTACK_A_STAT_UNSPEC,
	NETSTACK_A_STAT_PAD,
	NETSTACK_A_STAT_GROUP,		/* string, "Ip", "Tcp", "Drop" ... */
	NETSTACK_A_STAT_NAME,		/* string */
	NETSTACK_A_STAT_VALUE,		/* u64 */

	__NETSTACK_A_STAT_MAX,
#define NETSTACK_A_STAT_MAX (__NETSTACK_A_STAT_MAX - 1)
};

/* NETSTACK_A_IMPAIR_DIRECTION, seen from the stack. */
enum netstack_impair_direction {
	NETSTACK_IMPAIR_TX,
	NETSTACK_IMPAIR_RX,
};

/* NETSTACK_A_IMPAIR_DISTRIBUTION: how jitter is spread around the delay. */
enum netstack_impair_distribution {
	NETSTACK_IMPAIR_UNIFORM,	/* by up to the jitter either way */
	NETSTACK_IMPAIR_NORMAL,		/* jitter is the standard deviation */
};

/* One direction of a link. Shares are in millionths of the packets. */
enum netstack_impair_attr {
	NETSTACK_A_IMPAIR_UNSPEC,
	NETSTACK_A_IMPAIR_PAD,
	NETSTACK_A_IMPAIR_LINK,		/* u32, link index */
	NETSTACK_A_IMPAIR_DIRECTION,	/* u8; both without it */
	NETSTACK_A_IMPAIR_SEED,		/* u64; drawn without it */
	NETSTACK_A_IMPAIR_LOSS,		/* u32, share lost outside bursts */
	NETSTACK_A_IMPAIR_BURST_BEGIN,	/* u32, share at which one begins */
	NETSTACK_A_IMPAIR_BURST_END,	/* u32, share at which one ends */
	NETSTACK_A_IMPAIR_BURST_LOSS,	/* u32, share lost in bursts */
	NETSTACK_A_IMPAIR_DELAY,	/* u64, ns */
	NETSTACK_A_IMPAIR_JITTER,	/* u64, ns */
	NETSTACK_A_IMPAIR_DISTRIBUTION,	/* u8 */
	NETSTACK_A_IMPAIR_UNORDERED,	/* flag: jitter changes the order */
	NETSTACK_A_IMPAIR_REORDER,	/* u32, share that skips the delay */
	NETSTACK_A_IMPAIR_GAP,		/* u32: each GAP-th packet only */
	NETSTACK_A_IMPAIR_DUPLICATE,	/* u32, share sent twice */
	NETSTACK_A_IMPAIR_CORRUPT,	/* u32, share with one bit changed */
	NETSTACK_A_IMPAIR_RATE,		/* u64, bits of frames a second */
	NETSTACK_A_IMPAIR_LIMIT,	/* u32, packets waiting for RATE */
	NETSTACK_A_IMPAIR_LIMIT_BYTES,	/* u32, bytes waiting for RATE */
	NETSTACK_A_IMPAIR_PASSED,	/* u64, packets */
	NETSTACK_A_IMPAIR_LOST,		/* u64 */
	NETSTACK_A_IMPAIR_OVERFLOWED,	/* u64 */
	NETSTACK_A_IMPAIR_DUPLICATED,	/* u64 */
	NETSTACK_A_IMPAIR_REORDERED,	/* u64 */
	NETSTACK_A_IMPAIR_CORRUPTED,	/* u64 */
	NETSTACK_A_IMPAIR_WAITING,	/* u32, packets, now */
	NETSTACK_A_IMPAIR_WAITING_BYTES, /* u64 */
	NETSTACK_A_IMPAIR_QUEUED,	/* u32, packets, now */
	NETSTACK_A_IMPAIR_QUEUED_BYTES,	/* u64 */

	__NETSTACK_A_IMPAIR_MAX,
#define NETSTACK_A_IMPAIR_MAX (__NETSTACK_A_IMPAIR_MAX - 1)
};

/*
 * IFLA_INFO_DATA of a device of kind "netstack": the stack's end of the
 * link. Read-only; IFLA_LINK_NETNSID names the namespace of the stack when
 * the device was moved out of it.
 */
enum netstack_ifla {
	IFLA_NETSTACK_UNSPEC,
	IFLA_NETSTACK_LINK_INDEX,	/* u32 */
	IFLA_NETSTACK_LINK_NAME,	/* string */
	IFLA_NETSTACK_LINK_FLAGS,	/* u32, NETSTACK_LINK_F_* */
	IFLA_NETSTACK_LINK_MTU,		/* u32, bytes */
	IFLA_NETSTACK_LINK_ADDRESS,	/* binary, station address */

	__IFLA_NETSTACK_MAX,
#define IFLA_NETSTACK_MAX (__IFLA_NETSTACK_MAX - 1)
};

#endif /* _UAPI_LINUX_NETSTACK_H */
