// SPDX-License-Identifier: GPL-2.0
/*
 * Control messages of SOL_IP (ip(7)): those that recvmsg(2) gives, and
 * those that sendmsg(2) takes.
 */
#include <linux/pkt_sched.h>
#include <linux/udp.h>

#include "../network/address.h"
#include "../network/ipv4.h"
#include "../network/ipv6.h"
#include "sock.h"

/* RFC 1349's four bits, of which the host looks at two. */
u32 nst_tos_priority(u8 tos)
{
	static const u8 priority[4] = {
		TC_PRIO_BESTEFFORT, TC_PRIO_BULK, TC_PRIO_INTERACTIVE,
		TC_PRIO_INTERACTIVE_BULK,
	};

	return priority[(tos >> 3) & 3];
}

/*
 * The address that an answer to the packet would come from: where it was
 * sent, or an address of the link when that is a group.
 */
static __be32 answer_source(const struct nst_sock *nst,
			    const struct sk_buff *skb, u32 link_index)
{
	union nst_address peer = nst_packet_saddr(skb);
	union nst_address source = nst_packet_daddr(skb);
	struct nst_link *link;

	if (!(nst_packet_cb(skb)->flags & (NST_PACKET_BROADCAST |
					   NST_PACKET_MULTICAST)))
		return source.v4;

	source = nst_address_v4(0);
	rcu_read_lock();
	link = nst_link_by_index_rcu(nst->stack, link_index);
	if (link)
		nst_address_source_rcu(link, AF_INET, &peer,
				       RT_SCOPE_UNIVERSE, &source);
	rcu_read_unlock();
	return source.v4;
}

static void recv_pktinfo(const struct nst_sock *nst, struct msghdr *msg,
			 const struct sk_buff *skb)
{
	u32 link_index = nst_queued_cb(skb)->link_index;
	struct in_pktinfo info = {
		.ipi_ifindex = link_index,
		.ipi_spec_dst.s_addr = answer_source(nst, skb, link_index),
		.ipi_addr.s_addr = ip_hdr(skb)->daddr,
	};

	put_cmsg(msg, SOL_IP, IP_PKTINFO, sizeof(info), &info);
}

static void recv_original_destination(struct msghdr *msg,
				      const struct sk_buff *skb)
{
	/* Where transports that have ports have them, as on the host. */
	__be16 buffer[2], *ports;
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = ip_hdr(skb)->daddr,
	};

	ports = skb_header_pointer(skb, skb_transport_offset(skb),
				   sizeof(buffer), buffer);
	if (!ports)
		return;
	sin.sin_port = ports[1];
	put_cmsg(msg, SOL_IP, IP_ORIGDSTADDR, sizeof(sin), &sin);
}

static void recv_reply_options(struct msghdr *msg, const struct sk_buff *skb)
{
	struct nst_ip_options options = {};

	/* The host tells of options even when none goes into an answer. */
	nst_ipv4_options_reply(skb, &options);
	put_cmsg(msg, SOL_IP, IP_RETOPTS, options.length, options.data);
}

/**
 * nst_sock_recv_cmsg() - control messages that a received packet gives
 * @sk: socket
 * @msg: message
 * @skb: packet from the receive queue, transport header linear
 *
 * In the host's order. IP_CHECKSUM is given, as there, when the sum of the
 * payload is at hand: not for packets of a peer that left it out.
 *
 * Context: process.
 */
void nst_sock_recv_cmsg(struct sock *sk, struct msghdr *msg,
			struct sk_buff *skb)
{
	const struct nst_packet_cb *cb = nst_packet_cb(skb);
	const struct nst_sock *nst = nst_sk(sk);
	u32 flags = READ_ONCE(nst->cmsg_flags);
	u8 tos = cb->tos;
	int val;

	if (unlikely(flags & NST_CMSG_V6_ALL))
		nst_sock_recv_cmsg6(sk, msg, skb, flags);
	if (unlikely(cb->family == AF_INET6))
		return;
	if (flags & NST_CMSG_PKTINFO)
		recv_pktinfo(nst, msg, skb);
	if (flags & NST_CMSG_TTL) {
		val = cb->hop_limit;
		put_cmsg(msg, SOL_IP, IP_TTL, sizeof(val), &val);
	}
	if (flags & NST_CMSG_TOS)
		put_cmsg(msg, SOL_IP, IP_TOS, sizeof(tos), &tos);
	if (cb->flags & NST_PACKET_OPTIONS) {
		if (flags & NST_CMSG_RECVOPTS)
			put_cmsg(msg, SOL_IP, IP_RECVOPTS,
				 ip_hdr(skb)->ihl * 4 - sizeof(struct iphdr),
				 ip_hdr(skb) + 1);
		if (flags & NST_CMSG_RETOPTS)
			recv_reply_options(msg, skb);
	}
	if (flags & NST_CMSG_ORIGDSTADDR)
		recv_original_destination(msg, skb);
	if (flags & NST_CMSG_CHECKSUM &&
	    skb->ip_summed == CHECKSUM_COMPLETE)
		put_cmsg(msg, SOL_IP, IP_CHECKSUM, sizeof(skb->csum),
			 &skb->csum);
	if (flags & NST_CMSG_RECVFRAGSIZE && cb->max_fragment) {
		val = cb->max_fragment;
		put_cmsg(msg, SOL_IP, IP_RECVFRAGSIZE, sizeof(val), &val);
	}
}

static int send_pktinfo(const struct cmsghdr *control,
			struct nst_send_cmsg *cmsg)
{
	const struct in_pktinfo *info = CMSG_DATA(control);

	if (control->cmsg_len != CMSG_LEN(sizeof(*info)))
		return -EINVAL;
	if (info->ipi_ifindex)
		cmsg->link_index = info->ipi_ifindex;
	cmsg->saddr = nst_address_v4(info->ipi_spec_dst.s_addr);
	return 0;
}

static int send_ttl(const struct cmsghdr *control, struct nst_send_cmsg *cmsg)
{
	int val;

	if (control->cmsg_len != CMSG_LEN(sizeof(int)))
		return -EINVAL;
	val = *(const int *)CMSG_DATA(control);
	if (val < 1 || val > 255)
		return -EINVAL;
	cmsg->ttl = val;
	return 0;
}

static int send_tos(const struct cmsghdr *control, struct nst_send_cmsg *cmsg)
{
	int val;

	if (control->cmsg_len == CMSG_LEN(sizeof(int)))
		val = *(const int *)CMSG_DATA(control);
	else if (control->cmsg_len == CMSG_LEN(sizeof(u8)))
		val = *(const u8 *)CMSG_DATA(control);
	else
		return -EINVAL;
	if (val < 0 || val > 255)
		return -EINVAL;
	cmsg->tos = val;
	return 0;
}

static int send_options(const struct cmsghdr *control,
			struct nst_send_cmsg *cmsg)
{
	size_t length = control->cmsg_len - sizeof(*control);

	cmsg->has_options = true;
	return nst_ipv4_options_compile(CMSG_DATA(control),
					min_t(size_t, length,
					      NST_IPV4_OPTIONS_MAX),
					&cmsg->options);
}

/* IPv4 by an AF_INET6 socket. */
static int send_mapped_pktinfo(const struct cmsghdr *control,
			       struct nst_send_cmsg *cmsg)
{
	const struct in6_pktinfo *info = CMSG_DATA(control);

	if (control->cmsg_len < CMSG_LEN(sizeof(*info)) ||
	    !nst_ipv6_is_mapped(&info->ipi6_addr))
		return -EINVAL;
	if (info->ipi6_ifindex)
		cmsg->link_index = info->ipi6_ifindex;
	cmsg->saddr = nst_address_v4(info->ipi6_addr.s6_addr32[3]);
	return 0;
}

static void send_defaults6(const struct sock *sk,
			   const struct nst_sockaddr *peer,
			   struct nst_send_cmsg *cmsg)
{
	const struct nst_sock_ipv6 *v6 = nst_sk(sk)->v6;

	if (peer->link_index)
		cmsg->link_index = peer->link_index;
	else if (!cmsg->link_index)
		cmsg->link_index = READ_ONCE(v6->sticky_link);
	cmsg->dont_fragment = READ_ONCE(v6->dont_fragment);
	if (READ_ONCE(v6->flowinfo_send))
		cmsg->flow_label = peer->flow_label;
}

/* UDP_SEGMENT; to other transports this level says nothing. */
static int send_segment(const struct sock *sk, const struct cmsghdr *control,
			struct nst_send_cmsg *cmsg)
{
	if (sk->sk_type != SOCK_DGRAM || sk->sk_protocol != IPPROTO_UDP)
		return 0;
	if (control->cmsg_type != UDP_SEGMENT ||
	    control->cmsg_len != CMSG_LEN(sizeof(cmsg->segment)))
		return -EINVAL;
	cmsg->segment = *(const u16 *)CMSG_DATA(control);
	return 0;
}

static noinline int read_control(struct sock *sk, struct msghdr *msg,
				 u32 level, struct nst_send_cmsg *cmsg)
{
	bool v6 = nst_sk(sk)->family == AF_INET6;
	struct cmsghdr *control;
	int err;

	err = sock_cmsg_send(sk, msg, &cmsg->sockc);
	if (err)
		return err;
	for_each_cmsghdr(control, msg) {
		if (!CMSG_OK(msg, control))
			return -EINVAL;
		if (control->cmsg_level == SOL_UDP) {
			err = send_segment(sk, control, cmsg);
			if (err)
				return err;
			continue;
		}
		if (unlikely(v6) && level == SOL_IP &&
		    control->cmsg_level == SOL_IPV6 &&
		    control->cmsg_type == IPV6_PKTINFO) {
			err = send_mapped_pktinfo(control, cmsg);
			if (err)
				return err;
			continue;
		}
		if (control->cmsg_level != level)
			continue;
		if (unlikely(level == SOL_IPV6)) {
			err = nst_sock_send_cmsg6(sk, control, cmsg);
			if (err)
				return err;
			continue;
		}
		switch (control->cmsg_type) {
		case IP_PKTINFO:
			err = send_pktinfo(control, cmsg);
			break;
		case IP_TTL:
			err = send_ttl(control, cmsg);
			break;
		case IP_TOS:
			err = send_tos(control, cmsg);
			break;
		case IP_RETOPTS:
			err = send_options(control, cmsg);
			break;
		default:
			err = -EINVAL;
		}
		if (err)
			return err;
	}
	return 0;
}

/**
 * nst_sock_send_cmsg() - read the control messages of sendmsg(2)
 * @sk: socket
 * @msg: message, with or without control messages
 * @peer: to whom it goes
 * @cmsg: filled: with the socket's own values where there is none; segment
 *	is left as it is then
 *
 * Context: process.
 * Return: 0, or the errno of ip(7) and socket(7).
 */
int nst_sock_send_cmsg(struct sock *sk, struct msghdr *msg,
		       const struct nst_sockaddr *peer,
		       struct nst_send_cmsg *cmsg)
{
	u32 level = likely(peer->family != AF_INET6) ? SOL_IP : SOL_IPV6;

	sockcm_init(&cmsg->sockc, sk);
	cmsg->sockc.mark = READ_ONCE(sk->sk_mark);
	cmsg->link_index = READ_ONCE(sk->sk_bound_dev_if);
	cmsg->saddr = nst_address_v4(0);
	cmsg->ttl = 0;
	cmsg->tos = -1;
	cmsg->family = peer->family;
	cmsg->dont_fragment = false;
	cmsg->flow_label = 0;
	cmsg->has_options = false;
	if (unlikely(level == SOL_IPV6))
		send_defaults6(sk, peer, cmsg);
	if (likely(!msg->msg_controllen))
		return 0;

	return read_control(sk, msg, level, cmsg);
}
