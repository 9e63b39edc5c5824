/* SPDX-License-Identifier: GPL-2.0 */
/*
 * struct nst_sock: what every socket of the family has, whatever its
 * transport: its stack, its place in the demultiplexer and port space, the
 * cached path, and the options of SOL_IP.
 */
#ifndef NST_SOCK_H
#define NST_SOCK_H

#include <linux/sched.h>
#include <net/inet_ecn.h>
#include <net/sock.h>

#include "../network/network.h"
#include "../network/route.h"
#include "../network/source.h"
#include "../stack.h"
#include "demux.h"

struct nst_membership;
struct nst_port;

/* struct nst_sock.cmsg_flags: control messages asked for on receive. */
#define NST_CMSG_PKTINFO	BIT(0)
#define NST_CMSG_TTL		BIT(1)
#define NST_CMSG_TOS		BIT(2)
#define NST_CMSG_RECVOPTS	BIT(3)
#define NST_CMSG_RETOPTS	BIT(4)
#define NST_CMSG_ORIGDSTADDR	BIT(5)
#define NST_CMSG_CHECKSUM	BIT(6)
#define NST_CMSG_RECVFRAGSIZE	BIT(7)
#define NST_CMSG_UDP_GRO	BIT(8)
/* Those of SOL_IPV6, which IPv4's packets do not have but for PKTINFO. */
#define NST_CMSG_V6_PKTINFO	BIT(16)
#define NST_CMSG_V6_HOPLIMIT	BIT(17)
#define NST_CMSG_V6_TCLASS	BIT(18)
#define NST_CMSG_V6_FLOWINFO	BIT(19)
#define NST_CMSG_V6_ORIGDSTADDR	BIT(20)
#define NST_CMSG_V6_FRAGSIZE	BIT(21)
#define NST_CMSG_V6_HOPOPTS	BIT(22)
#define NST_CMSG_V6_DSTOPTS	BIT(23)
#define NST_CMSG_V6_RTHDR	BIT(24)
#define NST_CMSG_V6_PATHMTU	BIT(25)
/* The same by the names of RFC 2292. */
#define NST_CMSG_2292_PKTINFO	BIT(26)
#define NST_CMSG_2292_HOPLIMIT	BIT(27)
#define NST_CMSG_2292_HOPOPTS	BIT(28)
#define NST_CMSG_2292_DSTOPTS	BIT(29)
#define NST_CMSG_2292_RTHDR	BIT(30)
#define NST_CMSG_2292_ALL	GENMASK(30, 26)
#define NST_CMSG_V6_ALL		GENMASK(30, 16)

/**
 * struct nst_sock_ipv6 - options of SOL_IPV6
 * @hop_limit: IPV6_UNICAST_HOPS, or -1 for the stack's default
 * @multicast_hops: IPV6_MULTICAST_HOPS
 * @tclass: IPV6_TCLASS
 * @mtu_discover: IPV6_PMTUDISC_*
 * @min_hop_count: IPV6_MINHOPCOUNT
 * @preferences: IPV6_PREFER_SRC_* but for the defaults
 * @auto_flow_label: IPV6_AUTOFLOWLABEL, or -1 for auto_flowlabels'
 * @only: IPV6_V6ONLY, or bound to an IPv6 address: no IPv4
 * @recverr: IPV6_RECVERR
 * @multicast_loop: IPV6_MULTICAST_LOOP
 * @multicast_all: IPV6_MULTICAST_ALL
 * @dont_fragment: IPV6_DONTFRAG
 * @flowinfo_send: IPV6_FLOWINFO_SEND
 * @flow_label: of the address that it is connected to, or 0
 * @flow_tclass: traffic class of that address, which is told and not sent, as
 *	on the host
 * @flow_hash_label: label made of the flow of a connected socket, 0: not yet
 * @fragment_size: IPV6_MTU, bytes, or 0
 * @multicast_link: IPV6_MULTICAST_IF
 * @unicast_link: IPV6_UNICAST_IF
 * @sticky_link: link of IPV6_PKTINFO; its address is not heeded, as on the
 *	host
 * @path_mtu: struct ip6_mtuinfo for IPV6_RECVPATHMTU that nobody has read, or
 *	NULL; xchg()
 *
 * Packets of IPv4 that an AF_INET6 socket sends obey SOL_IP's options.
 * Written under the socket lock, READ_ONCE.
 */
struct nst_sock_ipv6 {
	s16 hop_limit;
	u8 multicast_hops;
	u8 tclass;
	u8 mtu_discover;
	u8 min_hop_count;
	u16 preferences;
	s8 auto_flow_label;
	bool only;
	bool recverr;
	bool multicast_loop;
	bool multicast_all;
	bool dont_fragment;
	bool flowinfo_send;
	u8 flow_tclass;
	__be32 flow_label;
	__be32 flow_hash_label;
	u32 fragment_size;
	u32 multicast_link;
	u32 unicast_link;
	u32 sticky_link;
	struct sk_buff *path_mtu;
};

/**
 * struct nst_sock - a socket of the family
 * @sk: net/core's socket; sk_family is AF_NETSTACK, sk_protocol IPPROTO_*
 * @stack: the stack; fixed; outlives the socket
 * @flow: addresses and ports, and the place in the flow table while
 *	connected; written under the socket lock while not hashed
 * @bound_hash: bucket of @sk in the table of bound sockets (listeners,
 *	datagrams), where its place is sk_nulls_node
 * @multicast_link: link index of IP_MULTICAST_IF, or 0
 * @port: port that it holds, or NULL
 * @port_node: place among the owners of @port; the port's lock
 * @bound_address: address that packets must be sent to: the one given to
 *	bind(), or for a connected datagram socket the source chosen; zero
 *	for any
 * @path: cached path; socket lock
 * @admission: of packets of the flow, network/admission.h; atomic
 * @options: IPv4 options to send; RCU, socket lock to write
 * @ip_mtu_discover: IP_PMTUDISC_*
 * @tos: IP_TOS
 * @ttl: IP_TTL, or -1 for the stack's default
 * @min_ttl: IP_MINTTL, 0 to 255
 * @multicast_ttl: IP_MULTICAST_TTL
 * @multicast_loop: IP_MULTICAST_LOOP
 * @multicast_address: address of IP_MULTICAST_IF, or zero
 * @multicast_all: IP_MULTICAST_ALL: groups that other sockets joined, too;
 *	READ_ONCE
 * @memberships: groups that it joined; RCU, config_mutex to write
 * @unicast_link: IP_UNICAST_IF
 * @v6: options of SOL_IPV6; fixed; nst_sock_ipv6_none of a socket made as
 *	AF_INET's; written by nst_sock_ipv6()
 * @cmsg_flags: NST_CMSG_*; READ_ONCE
 * @recverr: IP_RECVERR
 * @freebind: IP_FREEBIND
 * @transparent: IP_TRANSPARENT
 * @bind_no_port: IP_BIND_ADDRESS_NO_PORT
 * @port_range: IP_LOCAL_PORT_RANGE, low and high, 0 for the stack's
 * @identification: IPv4 identification of the next datagram of a connected
 *	socket that may not be cut, as the host numbers them; READ_ONCE
 * @user_port: the port was given to bind(), not chosen
 * @port_bind: the port was taken by bind(), given or chosen; the port's lock
 * @counted: it counts in stack->sockets
 * @net_held: it holds a reference to the namespace, given back when the
 *	program closes it: an orphan does not keep a namespace alive
 * @family: of the program's addresses, AF_INET or AF_INET6; that of the
 *	packets is flow.family, which may be AF_INET for AF_INET6
 */
struct nst_sock {
	struct sock sk;
	struct nst_stack *stack;
	struct nst_endpoint flow;
	u32 bound_hash;
	u32 multicast_link;
	struct nst_port *port;
	struct hlist_node port_node;
	union nst_address bound_address;
	struct nst_path path;
	atomic64_t admission;
	struct nst_ip_options __rcu *options;

	u8 ip_mtu_discover;
	u8 tos;
	s16 ttl;
	u8 min_ttl;
	u8 multicast_ttl;
	bool multicast_loop;
	bool multicast_all;
	__be32 multicast_address;
	u32 unicast_link;
	struct nst_membership __rcu *memberships;
	const struct nst_sock_ipv6 *v6;
	u32 cmsg_flags;
	bool recverr;
	bool freebind;
	bool transparent;
	bool bind_no_port;
	u16 port_range[2];
	u16 identification;
	bool user_port;
	bool port_bind;
	bool counted;
	bool net_held;
	u8 family;
};

/* The number that sock_register() gave; AF_NETSTACK unless overridden. */
extern int nst_family;

static inline struct nst_sock *nst_sk(const struct sock *sk)
{
	return (struct nst_sock *)sk;
}

/**
 * struct nst_sockaddr - an address that a program passed, parsed
 * @family: AF_INET, AF_INET6 or AF_UNSPEC; that of the packets: AF_INET for
 *	an IPv4-mapped IPv6 address
 * @address: address
 * @port: network order
 * @link_index: sin6_scope_id of an address that has a scope, else 0
 * @flow_label: flow label of sin6_flowinfo
 * @tclass: its traffic class
 */
struct nst_sockaddr {
	u16 family;
	__be16 port;
	union nst_address address;
	u32 link_index;
	__be32 flow_label;
	u8 tclass;
};

/**
 * nst_sockaddr_parse() - check and read what a program passed
 * @sk: socket; its address family must fit
 * @uaddr: copied from user space by net/socket.c
 * @len: its length
 * @address: filled
 *
 * AF_UNSPEC is passed on to AF_INET sockets, with what follows it if @len
 * covers an address. AF_INET6 may leave out the scope (RFC 2133's length).
 *
 * Return: 0, -EINVAL (too short) or -EAFNOSUPPORT.
 */
int nst_sockaddr_parse(const struct sock *sk, const void *uaddr, int len,
		       struct nst_sockaddr *address);

/*
 * Write a sockaddr of the socket's family for an address of @family. Return:
 * its length.
 */
int nst_sockaddr_fill(const struct sock *sk, void *uaddr, u8 family,
		      const union nst_address *address, __be16 port,
		      u32 link_index);

/*
 * Does a socket whose flow is of IPv6 take packets of IPv4, too? Only the
 * unconnected wildcard does: dual stack.
 */
static inline bool nst_sock_takes_ipv4(const struct nst_sock *nst)
{
	return nst->family == AF_INET6 && !READ_ONCE(nst->v6->only) &&
	       nst_address_any(&nst->bound_address) &&
	       nst_address_any(&nst->flow.raddr);
}

/*
 * Type of service or traffic class of what the socket sends by @family. The
 * ECN bits of a connection are TCP's and kept with the former.
 */
static inline u8 nst_sock_tos(const struct nst_sock *nst, u8 family)
{
	u8 tos = READ_ONCE(nst->tos);

	if (likely(family == AF_INET))
		return tos;
	if (nst->sk.sk_type != SOCK_STREAM)
		return READ_ONCE(nst->v6->tclass);
	return (READ_ONCE(nst->v6->tclass) & ~INET_ECN_MASK) |
	       (tos & INET_ECN_MASK);
}

/* IPV6_ADDR_PREFERENCES as NST_SOURCE_*; nothing to IPv4. */
static inline u8 nst_sock_preferences(const struct nst_sock *nst)
{
	u16 preferences = READ_ONCE(nst->v6->preferences);

	return (preferences & IPV6_PREFER_SRC_TMP ? NST_SOURCE_TEMPORARY : 0) |
	       (preferences & IPV6_PREFER_SRC_PUBLIC ? NST_SOURCE_PUBLIC : 0);
}

/* IP_MTU_DISCOVER or IPV6_MTU_DISCOVER, whose modes are the same. */
static inline u8 nst_sock_mtu_discover(const struct nst_sock *nst, u8 family)
{
	return likely(family == AF_INET) ? READ_ONCE(nst->ip_mtu_discover) :
					   READ_ONCE(nst->v6->mtu_discover);
}

/* IP_RECVERR or IPV6_RECVERR, by the family of the packet in question. */
static inline bool nst_sock_recverr(const struct nst_sock *nst, u8 family)
{
	return likely(family == AF_INET) ? READ_ONCE(nst->recverr) :
					   READ_ONCE(nst->v6->recverr);
}

/* The socket of a flow whose kind is NST_ENDPOINT_SOCK. */
static inline struct nst_sock *nst_endpoint_sock(struct nst_endpoint *endpoint)
{
	return container_of(endpoint, struct nst_sock, flow);
}

/**
 * nst_sock_alloc() - a new socket, with the family's defaults
 * @stack: stack; config.socket_max is charged
 * @prot: protocol
 * @type: SOCK_*
 * @protocol: IPPROTO_*
 * @family: AF_INET or AF_INET6: of its addresses, and of its packets until
 *	it is bound or connected
 * @user: made for a program: holds the namespace until nst_sock_put_net()
 * @gfp: GFP_KERNEL or GFP_ATOMIC
 *
 * SOCK_RCU_FREE is set: a reader under RCU may try refcount_inc_not_zero().
 * The socket is initialised in full (sock_init_data(), sk_type, locks,
 * sk_destruct, one reference) but for what its protocol adds.
 *
 * Return: the socket, to be attached by sock_graft(), or ERR_PTR(),
 * -ENOBUFS (limit) or -ENOMEM.
 */
struct sock *nst_sock_alloc(struct nst_stack *stack, struct proto *prot,
			    int type, int protocol, u8 family, bool user,
			    gfp_t gfp);

/**
 * nst_sock_inherit() - copy what an accepted socket takes over
 * @child: new socket
 * @listener: socket it was accepted from
 *
 * SOL_SOCKET and SOL_IP options by the host's rules, and the memory cgroup.
 * Context: softirq.
 */
void nst_sock_inherit(struct sock *child, const struct sock *listener);

/*
 * The program is gone, and with it its reference to the namespace: what
 * follows must not touch the stack. Not under the socket lock.
 */
void nst_sock_put_net(struct sock *sk);

/**
 * nst_sock_detach() - drop what a socket holds of its stack
 * @sk: socket, closed and out of all tables
 *
 * The cached path and the count against config.socket_max. A protocol calls
 * it when it is done with a socket (proto.destroy): packets that wait in
 * queues of the host keep the memory of a socket for longer than the stack
 * may live. Idempotent.
 */
void nst_sock_detach(struct sock *sk);

/* sk_destruct of every protocol: frees what struct nst_sock holds. */
void nst_sock_destruct(struct sock *sk);

/* The link that packets of a connected socket leave by, or 0: any. */
static inline u32 nst_sock_link(const struct sock *sk, u8 family)
{
	u32 bound = READ_ONCE(sk->sk_bound_dev_if);

	if (likely(bound || family != AF_INET6 || sk->sk_type == SOCK_STREAM))
		return bound;
	return READ_ONCE(nst_sk(sk)->v6->sticky_link);
}

/* Look the path up anew. Return: as nst_sock_path(). */
const struct nst_path *nst_sock_path_renew(struct sock *sk);

/**
 * nst_sock_path() - the path of a connected socket, looked up if stale
 * @sk: socket, locked
 *
 * Return: the path, or ERR_PTR() of nst_route_output()'s errors.
 */
static inline const struct nst_path *nst_sock_path(struct sock *sk)
{
	const struct nst_sock *nst = nst_sk(sk);

	/* Rules may look at the mark, which net/core sets for itself. */
	if (likely(nst_path_valid(nst->stack, &nst->path) &&
		   nst->path.mark == READ_ONCE(sk->sk_mark)))
		return &nst->path;
	return nst_sock_path_renew(sk);
}

/**
 * nst_sock_learn_mtu() - an ICMP error: a packet of this socket was too big
 * @sk: connected socket, locked or its spinlock held and nobody its owner
 * @mtu: what the error says, bytes
 *
 * For the whole stack, and for the socket's cached path even when nothing can
 * be remembered. Not for who believes no path MTU (IP_PMTUDISC_INTERFACE and
 * _OMIT).
 *
 * Return: its path, or NULL when it has none or does not believe.
 */
const struct nst_path *nst_sock_learn_mtu(struct sock *sk, u32 mtu);

/* IP_PMTUDISC_* of a socket that an ICMP error may tell the path MTU. */
static inline bool nst_sock_believes_mtu(const struct nst_sock *nst, u8 family)
{
	return nst_sock_mtu_discover(nst, family) < IP_PMTUDISC_INTERFACE;
}

/*
 * Header fields from the socket's options, for a packet of @family; @output is
 * filled. Context: the socket is locked, or RCU for as long as
 * @output->options is used.
 */
void nst_sock_output(const struct sock *sk, u8 family,
		     struct nst_output *output);

/* sock6.c */

/**
 * nst_flow_label() - label of a flow (RFC 6437 3)
 * @stack: stack
 * @laddr: source
 * @lport: its port
 * @raddr: destination
 * @rport: its port
 *
 * The same for all packets of a flow, and nothing that an observer could
 * compute: a hash with a key of the stack.
 *
 * Return: 20 bits in network order, or 0 if auto_flowlabels is 0.
 */
__be32 nst_flow_label(const struct nst_stack *stack,
		      const union nst_address *laddr, __be16 lport,
		      const union nst_address *raddr, __be16 rport);

/* Label of what @sk sends from and to these, unless it names one itself. */
__be32 nst_sock_flow_label(const struct nst_sock *nst,
			   const union nst_address *laddr,
			   const union nst_address *raddr, __be16 rport);

/* nst_sock_output() for IPv6; flow.laddr, raddr are set if connected. */
void nst_sock_output6(const struct sock *sk, struct nst_output *output);

/* Of sockets that have none of their own: all zero. */
extern const struct nst_sock_ipv6 nst_sock_ipv6_none;

/* What a new AF_INET6 socket has. Return: it, or NULL without memory. */
struct nst_sock_ipv6 *nst_sock_ipv6_alloc(const struct nst_stack *stack,
					  gfp_t gfp);
void nst_sock_ipv6_free(const struct nst_sock_ipv6 *v6);

/* The same to write: of an AF_INET6 socket, under its lock. */
static inline struct nst_sock_ipv6 *nst_sock_ipv6(struct nst_sock *nst)
{
	return (struct nst_sock_ipv6 *)nst->v6;
}

/* The flow labels of an AF_INET6 socket that is connected to @peer. */
void nst_sock_ipv6_flow(struct nst_sock *nst,
			const struct nst_sockaddr *peer);

/**
 * nst_sock_address_family() - which family's packets reach a peer
 * @nst: socket, locked unless it is about one datagram
 * @address: peer, parsed for @nst; the wildcard becomes the loopback address
 *	of the family that the socket is bound to
 *
 * Return: 0, -ENETUNREACH (IPv4 with IPV6_V6ONLY) or -EAFNOSUPPORT (IPv6,
 * bound to IPv4).
 */
int nst_sock_address_family(const struct nst_sock *nst,
			    struct nst_sockaddr *address);

/**
 * nst_sock_scope() - the link that a peer's address means
 * @sk: socket, locked
 * @address: peer, to connect to
 *
 * A connection to a link-local address is bound to the link (RFC 4007 6).
 *
 * Return: 0 or -EINVAL (no link, or bound to another one).
 */
int nst_sock_scope(struct sock *sk, const struct nst_sockaddr *address);

/* Has an address a meaning on one link only? Groups of link scope, too. */
bool nst_ipv6_needs_scope(const struct in6_addr *address);

/* The link that answers to @skb, of IPv6, must leave by; 0 for any. RCU. */
u32 nst_packet_scope(const struct sk_buff *skb);

/* Queue an error for IP_RECVERR (errqueue.c). Context: any. */
void nst_sock_queue_icmp_error(struct sock *sk, struct sk_buff *skb,
			       const struct nst_icmp_error *error,
			       __be16 port);
void nst_sock_queue_local_error(struct sock *sk, int errno, u8 family,
				const union nst_address *daddr, __be16 port,
				u32 info);

/*
 * recvmsg(MSG_ERRQUEUE). Return: bytes, or -EAGAIN. Sets msg_namelen if
 * there is a msg_name.
 */
int nst_sock_recv_errqueue(struct sock *sk, struct msghdr *msg, size_t len);

/**
 * struct nst_queued_cb - layer-private control block in a receive queue
 * @link_index: link it arrived on
 * @charged: bytes charged to the socket for it
 *
 * A queued packet holds no reference to its link, so struct
 * nst_packet_cb.link is cleared and the number kept.
 */
struct nst_queued_cb {
	u32 link_index;
	u32 charged;
};

static inline struct nst_queued_cb *nst_queued_cb(const struct sk_buff *skb)
{
	return (struct nst_queued_cb *)nst_packet_cb(skb)->layer;
}

/* SOL_IPV6's part of the following two (cmsg6.c). */
void nst_sock_recv_cmsg6(struct sock *sk, struct msghdr *msg,
			 struct sk_buff *skb, u32 flags);

/**
 * nst_sock_queue_path_mtu() - a datagram was too big for its path
 * @sk: AF_INET6 socket
 * @daddr: where it was sent
 * @link_index: link that it was to leave by, or 0
 * @mtu: what the path takes, bytes
 *
 * For IPV6_RECVPATHMTU (RFC 3542 11.3); the last one is kept.
 *
 * Context: any.
 */
void nst_sock_queue_path_mtu(struct sock *sk, const union nst_address *daddr,
			     u32 link_index, u32 mtu);

/*
 * recvmsg(2) of it: no data, a control message. Return: 0, or -EAGAIN when
 * another thread was faster. Sets msg_namelen if there is a msg_name.
 */
int nst_sock_recv_path_mtu(struct sock *sk, struct msghdr *msg);

/* Is there one to be read? */
static inline bool nst_sock_has_path_mtu(const struct nst_sock *nst)
{
	return unlikely(READ_ONCE(nst->v6->path_mtu)) &&
	       READ_ONCE(nst->cmsg_flags) & NST_CMSG_V6_PATHMTU;
}

/*
 * recvmsg(2): the first @length bytes of @skb into the @len that there is room
 * for; sets MSG_TRUNC if that is less. Return: bytes copied, or -EFAULT.
 */
int nst_sock_recv_copy(const struct sk_buff *skb, u32 length,
		       struct msghdr *msg, size_t len);

/* Control messages that cmsg_flags ask for, on receive, of a queued packet. */
void nst_sock_recv_cmsg(struct sock *sk, struct msghdr *msg,
			struct sk_buff *skb);

/**
 * struct nst_send_cmsg - what the control messages of sendmsg(2) ask for
 * @sockc: those of SOL_SOCKET
 * @link_index: IP_PKTINFO: link to leave by, or 0
 * @saddr: IP_PKTINFO: source, or zero
 * @ttl: IP_TTL, or 0
 * @tos: IP_TOS, or -1
 * @family: of the packet
 * @dont_fragment: IPV6_DONTFRAG, the socket's or the message's
 * @flow_label: IPV6_FLOWINFO or the address's, or 0
 * @segment: UDP_SEGMENT, bytes, or 0: the socket's, put there before, or the
 *	message's
 * @has_options: IP_RETOPTS were given
 * @options: and these are they
 */
struct nst_send_cmsg {
	struct sockcm_cookie sockc;
	u32 link_index;
	union nst_address saddr;
	u8 ttl;
	s16 tos;
	u8 family;
	bool dont_fragment;
	__be32 flow_label;
	u16 segment;
	bool has_options;
	struct nst_ip_options options;
};

/* Time and timestamps of sending that a datagram asks for (tx_time.c). */
void nst_sock_tx_time(struct sock *sk, struct sk_buff *skb,
		      const struct sockcm_cookie *sockc);

/* Return: 0, or -EINVAL as ip(7) says. @cmsg is filled but for segment. */
int nst_sock_send_cmsg(struct sock *sk, struct msghdr *msg,
		       const struct nst_sockaddr *peer,
		       struct nst_send_cmsg *cmsg);

/* One of SOL_IPV6, for a packet of IPv6. Return: 0, -EINVAL or -ENODEV. */
int nst_sock_send_cmsg6(struct sock *sk, const struct cmsghdr *control,
			struct nst_send_cmsg *cmsg);

/* Priority that a type of service stands for: the host's. */
u32 nst_tos_priority(u8 tos);

#endif /* NST_SOCK_H */
