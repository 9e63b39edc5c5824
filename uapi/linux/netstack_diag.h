/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * netstack: the sockets of a stack over NETLINK_SOCK_DIAG (sock_diag(7)).
 *
 * A request is struct netstack_diag_req, then attributes that say which
 * sockets: with SOCK_DIAG_BY_FAMILY and NLM_F_DUMP all that pass, without the
 * flag the one that @id names; with SOCK_DESTROY that one is ended. An answer
 * is SOCK_DIAG_BY_FAMILY: struct netstack_diag_msg, then attributes.
 */
#ifndef _UAPI_LINUX_NETSTACK_DIAG_H
#define _UAPI_LINUX_NETSTACK_DIAG_H

#include <linux/types.h>

/* Both halves of a cookie: none. */
#define NETSTACK_DIAG_NOCOOKIE	(~0U)

/**
 * struct netstack_diag_id - one socket
 * @sport: local port, network order; of a ping socket its identifier, of a
 *	raw socket its protocol
 * @dport: the peer's, or 0
 * @link: index of the link that it is bound to, or 0
 * @src: local address; one of IPv4 has the first word
 * @dst: the peer's, or zero
 * @cookie: SO_COOKIE, low half first. NETSTACK_DIAG_NOCOOKIE in both: any, and
 *	that of what is no socket (half-open, TIME-WAIT)
 */
struct netstack_diag_id {
	__be16	sport;
	__be16	dport;
	__u32	link;
	__be32	src[4];
	__be32	dst[4];
	__u32	cookie[2];
};

/**
 * struct netstack_diag_req - which sockets, and what of them
 * @family: that of the sockets: AF_NETSTACK, or what the module was told
 * @protocol: IPPROTO_*, or 0 for any
 * @type: SOCK_*, or 0 for any
 * @address_family: AF_INET or AF_INET6: of the packets; 0 for both
 * @states: bits 1 << TCP_*
 * @show: NETSTACK_DIAG_SHOW() of the attributes that the answer shall have
 * @id: the one that is meant: @protocol, @type and @address_family are given
 *	then. Zero in a dump
 */
struct netstack_diag_req {
	__u8	family;
	__u8	protocol;
	__u8	type;
	__u8	address_family;
	__u32	states;
	__u32	show;
	struct netstack_diag_id id;
};

/* Attributes of a request. Who has none of them passes. */
enum netstack_diag_req_attr {
	NETSTACK_DIAG_REQ_UNSPEC,
	NETSTACK_DIAG_REQ_SRC,		/* struct netstack_diag_prefix */
	NETSTACK_DIAG_REQ_DST,		/* struct netstack_diag_prefix */
	NETSTACK_DIAG_REQ_SPORT,	/* struct netstack_diag_ports */
	NETSTACK_DIAG_REQ_DPORT,	/* struct netstack_diag_ports */
	NETSTACK_DIAG_REQ_LINK,		/* u32: bound to that link */

	__NETSTACK_DIAG_REQ_MAX,
#define NETSTACK_DIAG_REQ_MAX (__NETSTACK_DIAG_REQ_MAX - 1)
};

/**
 * struct netstack_diag_prefix - addresses
 * @address_family: AF_INET or AF_INET6
 * @length: bits of @address that count
 * @reserved: 0
 * @address: one of IPv4 has the first word, and zero behind it
 */
struct netstack_diag_prefix {
	__u8	address_family;
	__u8	length;
	__u16	reserved;
	__be32	address[4];
};

/**
 * struct netstack_diag_ports - ports, machine order
 * @first: lowest
 * @last: highest
 */
struct netstack_diag_ports {
	__u16	first;
	__u16	last;
};

/* struct netstack_diag_msg.timer: what the connection waits for. */
#define NETSTACK_DIAG_TIMER_OFF		0
#define NETSTACK_DIAG_TIMER_ON		1	/* something is to be sent again */
#define NETSTACK_DIAG_TIMER_KEEPALIVE	2
#define NETSTACK_DIAG_TIMER_TIMEWAIT	3
#define NETSTACK_DIAG_TIMER_PERSIST	4	/* the peer's window is zero */

/* struct netstack_diag_msg.flags */
#define NETSTACK_DIAG_F_DUAL_STACK	(1 << 0)	/* IPv4, too */

/**
 * struct netstack_diag_msg - a socket
 * @family: as in the request
 * @protocol: IPPROTO_*
 * @type: SOCK_*
 * @address_family: AF_INET or AF_INET6: of the packets
 * @state: TCP_*; all but TCP: TCP_ESTABLISHED when connected, else TCP_CLOSE
 * @timer: NETSTACK_DIAG_TIMER_*
 * @retrans: how often it has fired in vain
 * @shutdown: bit 0: for reading, bit 1: for writing
 * @id: addresses, ports, link, cookie
 * @expires: of @timer, ms
 * @rqueue: bytes that were received and not read; a listener's connections
 *	that wait for accept()
 * @wqueue: bytes that were written and not acknowledged; a listener's backlog
 * @uid: owner, in the reader's user namespace
 * @inode: of the descriptor; 0 without a process
 * @drops: packets that it dropped
 * @flags: NETSTACK_DIAG_F_*
 */
struct netstack_diag_msg {
	__u8	family;
	__u8	protocol;
	__u8	type;
	__u8	address_family;
	__u8	state;
	__u8	timer;
	__u8	retrans;
	__u8	shutdown;
	struct netstack_diag_id id;
	__u32	expires;
	__u32	rqueue;
	__u32	wqueue;
	__u32	uid;
	__u32	inode;
	__u32	drops;
	__u32	flags;
};

/* Attributes of an answer; those of sockets only. */
enum netstack_diag_attr {
	NETSTACK_DIAG_UNSPEC,
	NETSTACK_DIAG_PAD,
	NETSTACK_DIAG_MEMINFO,		/* binary, as SO_MEMINFO */
	NETSTACK_DIAG_TCP_INFO,		/* binary, as TCP_INFO */
	NETSTACK_DIAG_CONGESTION,	/* string, as TCP_CONGESTION */
	NETSTACK_DIAG_MARK,		/* u32, SO_MARK; takes CAP_NET_ADMIN */
	NETSTACK_DIAG_CGROUP_ID,	/* u64, cgroup v2 */

	__NETSTACK_DIAG_MAX,
#define NETSTACK_DIAG_MAX (__NETSTACK_DIAG_MAX - 1)
};

#define NETSTACK_DIAG_SHOW(attr)	(1U << (attr))

#endif /* _UAPI_LINUX_NETSTACK_DIAG_H */
