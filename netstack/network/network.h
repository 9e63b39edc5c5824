/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The network layer as the transports see it, one interface for both
 * families: how to send along a path, and how transports register to
 * receive packets and errors.
 */
#ifndef NST_NETWORK_H
#define NST_NETWORK_H

#include <linux/skbuff.h>

#include "../packet.h"
#include "../stack.h"
#include "route.h"

#define NST_IPV4_OPTIONS_MAX	40

/**
 * struct nst_ip_options - IPv4 options to send, compiled and checked
 * @length: bytes, a multiple of 4, 0 to 40
 * @data: the options, padded with IPOPT_END
 * @rcu: delays freeing when kept on a socket
 */
struct nst_ip_options {
	struct rcu_head rcu;
	u8 length;
	u8 data[NST_IPV4_OPTIONS_MAX];
};

/**
 * struct nst_output - what a transport asks of the network header
 * @protocol: IPPROTO_*
 * @tos: type of service or traffic class
 * @hop_limit: TTL or hop limit, 1 to 255; 0: the stack's default
 * @identification: of a packet that has DF set, 0 for none (RFC 6864 4.1: it
 *	may be anything); a super-packet's segments take those that follow
 * @dont_fragment: set DF; a packet over the path MTU is refused
 * @may_fragment: @dont_fragment is cleared when the packet needs cutting
 *	(IP_PMTUDISC_WANT for datagrams)
 * @flow_label: IPv6 flow label, 20 bits in network order, or 0
 * @loop: a copy comes back to this stack, if it is a member of the group
 * @stay: it does not leave this stack: hop limit 0 (RFC 1112 6.1)
 * @options: IPv4 options, or NULL
 */
struct nst_output {
	u8 protocol;
	u8 tos;
	u8 hop_limit;
	bool dont_fragment;
	bool may_fragment;
	bool loop;
	bool stay;
	u16 identification;
	__be32 flow_label;
	const struct nst_ip_options *options;
};

/**
 * nst_network_output() - send a transport packet
 * @stack: stack
 * @skb: packet, skb->data at the transport header; consumed. Checksum as
 *	CHECKSUM_PARTIAL with csum_start/csum_offset set, or complete
 * @path: valid path; the caller keeps it
 * @output: header fields
 *
 * Builds the header, cuts super-packets that the link does not take,
 * fragments what may be fragmented, and sends.
 *
 * Context: BHs disabled or process; disables BHs itself. RCU is taken.
 * Return: 0 (sent or queued for a neighbour), -EMSGSIZE (over the MTU and
 * not to be fragmented), -ENETDOWN, -ENOBUFS, -EHOSTUNREACH or -ENOMEM.
 */
int nst_network_output(struct nst_stack *stack, struct sk_buff *skb,
		       const struct nst_path *path,
		       const struct nst_output *output);

/**
 * struct nst_icmp_error - an ICMP error about a packet that we sent
 * @family: AF_INET or AF_INET6: of the error and the quoted packet
 * @type: ICMP or ICMPv6 type
 * @code: code
 * @errno: positive errno for the socket (RFC 1122 4.2.3.9, 4.1.3.3)
 * @hard: kills a connection attempt; soft errors do not
 * @info: MTU or pointer, host order
 * @saddr: source of the quoted packet (ours)
 * @daddr: destination of the quoted packet
 * @offender: who sent the error
 * @link_index: where the error arrived
 * @local: made by this stack itself (EMSGSIZE, neighbour failure)
 */
struct nst_icmp_error {
	u8 family;
	u8 type;
	u8 code;
	bool hard;
	bool local;
	int errno;
	u32 info;
	u32 link_index;
	union nst_address saddr;
	union nst_address daddr;
	union nst_address offender;
};

#define NST_OVER_IPV4	BIT(0)
#define NST_OVER_IPV6	BIT(1)

/**
 * struct nst_transport_protocol - a transport above the network layer
 * @protocol: IPPROTO_*
 * @families: which family's packets carry it, NST_OVER_*
 * @receive: takes a packet, skb as struct nst_packet_cb says; consumes it
 * @owner: whose packet is it? Returns what admission.h keeps for the connection,
 *	or NULL. The packet has an owner then, for @receive to find, unless
 *	skb_orphan() takes it away. skb->data is at the network header, @header
 *	bytes in front of the transport's, of which 20 are linear. Optional
 * @error: an ICMP error; skb->data is at the quoted transport header, of
 *	which at least 8 bytes are linear; does not consume @skb
 *
 * Context of all: softirq or BHs disabled, RCU.
 */
struct nst_transport_protocol {
	u8 protocol;
	u8 families;
	void (*receive)(struct nst_stack *stack, struct sk_buff *skb);
	atomic64_t *(*owner)(struct nst_stack *stack, struct sk_buff *skb,
			     unsigned int header);
	void (*error)(struct nst_stack *stack, struct sk_buff *skb,
		      const struct nst_icmp_error *error);
};

/* Module initialisation only. Return: 0 or -EEXIST. */
int nst_transport_register(const struct nst_transport_protocol *transport);

/* Context: any. Return: the transport or NULL. */
const struct nst_transport_protocol *nst_transport_find(u8 protocol);

/**
 * struct nst_echo_user - who asks by echo request (RFC 792, RFC 4443 4.1)
 * @reply: an answer, skb as struct nst_packet_cb says, with a whole ICMP
 *	header linear; consumes it
 * @error: an ICMP error about a message of ICMP or ICMPv6, as struct
 *	nst_transport_protocol has it
 *
 * Context of both: softirq or BHs disabled, RCU.
 */
struct nst_echo_user {
	void (*reply)(struct nst_stack *stack, struct sk_buff *skb);
	void (*error)(struct nst_stack *stack, struct sk_buff *skb,
		      const struct nst_icmp_error *error);
};

/* Module initialisation only; one user. */
void nst_echo_register(const struct nst_echo_user *user);

/* For ICMP and ICMPv6: hand it to the user. */
void nst_echo_reply(struct nst_stack *stack, struct sk_buff *skb);
void nst_echo_error(struct nst_stack *stack, struct sk_buff *skb,
		    const struct nst_icmp_error *error);

/**
 * struct nst_raw_user - who sees packets besides their transport
 * @receive: a packet, as struct nst_transport_protocol has it; does not
 *	consume it. Return: is it somebody's, so that its protocol is not
 *	unreachable?
 * @error: an ICMP error about a packet of @protocol, skb->data at the quoted
 *	transport header, @header bytes of IP header in front of it
 *
 * Context of both: softirq or BHs disabled, RCU. Called while
 * nst_stack.raw_sockets is not 0.
 */
struct nst_raw_user {
	bool (*receive)(struct nst_stack *stack, struct sk_buff *skb);
	void (*error)(struct nst_stack *stack, struct sk_buff *skb,
		      u8 protocol, unsigned int header,
		      const struct nst_icmp_error *error);
};

/* Module initialisation only; one user. */
void nst_raw_user_register(const struct nst_raw_user *user);

/* For IPv4, IPv6, ICMP and ICMPv6: @receive and @error, out of line. */
bool nst_network_raw_receive(struct nst_stack *stack, struct sk_buff *skb);
void nst_network_raw_error(struct nst_stack *stack, struct sk_buff *skb,
			   u8 protocol, unsigned int header,
			   const struct nst_icmp_error *error);

/* Does anybody want to see packets besides their transport? */
static inline bool nst_raw_wanted(const struct nst_stack *stack)
{
	return unlikely(READ_ONCE(stack->raw_sockets));
}

/**
 * nst_network_output_whole() - send a packet that has its network header
 * @stack: stack
 * @skb: packet, skb->data at its network header, skb->protocol set, of at
 *	most the path's MTU, checksums complete; consumed
 * @path: valid path, which alone says where it goes; the caller keeps it
 * @loop: members of a group on this stack get a copy
 *
 * Nothing in the header is looked at.
 *
 * Context: as nst_network_output(). Return: as nst_path_xmit().
 */
int nst_network_output_whole(struct nst_stack *stack, struct sk_buff *skb,
			     const struct nst_path *path, bool loop);

/**
 * nst_transport_owner() - what admission.h keeps for the flow of a packet
 * @stack: stack
 * @skb: whole packet, skb->data at its network header, control block filled
 * @header: bytes of the network header
 *
 * Context: BHs disabled, RCU.
 * Return: NULL when no connection has the flow.
 */
atomic64_t *nst_transport_owner(struct nst_stack *stack, struct sk_buff *skb,
				unsigned int header);

/**
 * nst_network_port_unreachable() - tell a sender that nobody listens
 * @stack: stack
 * @skb: packet as struct nst_packet_cb says; not consumed
 *
 * By ICMP or ICMPv6 (RFC 1122 4.1.3.1, RFC 4443 3.1), to whom an error may be
 * sent, and within the limits.
 *
 * Context: BHs disabled, RCU.
 */
void nst_network_port_unreachable(struct nst_stack *stack,
				  struct sk_buff *skb);

#endif /* NST_NETWORK_H */
