// SPDX-License-Identifier: GPL-2.0
/*
 * Control messages of SOL_IPV6 (ipv6(7), RFC 3542): those that recvmsg(2)
 * gives, and those that sendmsg(2) takes.
 */
#include "../network/address.h"
#include "../network/ipv6.h"
#include "sock.h"

static void recv_pktinfo(struct msghdr *msg, const struct sk_buff *skb,
			 int type)
{
	struct in6_pktinfo info = {
		.ipi6_ifindex = nst_queued_cb(skb)->link_index,
	};

	if (nst_packet_cb(skb)->family == AF_INET6) {
		info.ipi6_addr = ipv6_hdr(skb)->daddr;
	} else {
		info.ipi6_addr.s6_addr32[2] = htonl(0xffff);
		info.ipi6_addr.s6_addr32[3] = ip_hdr(skb)->daddr;
	}
	put_cmsg(msg, SOL_IPV6, type, sizeof(info), &info);
}

static void recv_original_destination(const struct sock *sk,
				      struct msghdr *msg,
				      const struct sk_buff *skb)
{
	/* Where transports that have ports have them, as on the host. */
	__be16 buffer[2], *ports;
	union nst_address daddr = nst_packet_daddr(skb);
	struct sockaddr_in6 sin6;

	ports = skb_header_pointer(skb, skb_transport_offset(skb),
				   sizeof(buffer), buffer);
	if (!ports)
		return;
	nst_sockaddr_fill(sk, &sin6, AF_INET6, &daddr, ports[1],
			  nst_queued_cb(skb)->link_index);
	put_cmsg(msg, SOL_IPV6, IPV6_ORIGDSTADDR, sizeof(sin6), &sin6);
}

/* Traffic class and flow label; none is told of when both are zero. */
static void recv_flowinfo(struct msghdr *msg, const struct sk_buff *skb)
{
	__be32 flowinfo = *(const __be32 *)ipv6_hdr(skb) & htonl(0x0fffffff);

	if (flowinfo)
		put_cmsg(msg, SOL_IPV6, IPV6_FLOWINFO, sizeof(flowinfo),
			 &flowinfo);
}

void nst_sock_queue_path_mtu(struct sock *sk, const union nst_address *daddr,
			     u32 link_index, u32 mtu)
{
	const struct ip6_mtuinfo info = {
		.ip6m_addr.sin6_family = AF_INET6,
		.ip6m_addr.sin6_addr = daddr->v6,
		.ip6m_addr.sin6_scope_id = link_index,
		.ip6m_mtu = mtu,
	};
	struct nst_sock *nst = nst_sk(sk);
	struct sk_buff *skb;

	if (!(READ_ONCE(nst->cmsg_flags) & NST_CMSG_V6_PATHMTU))
		return;
	skb = alloc_skb(sizeof(info), GFP_ATOMIC);
	if (!skb)
		return;
	skb_put_data(skb, &info, sizeof(info));
	kfree_skb(xchg(&nst_sock_ipv6(nst)->path_mtu, skb));
}

int nst_sock_recv_path_mtu(struct sock *sk, struct msghdr *msg)
{
	struct sockaddr_in6 *sin6 = msg->msg_name;
	struct ip6_mtuinfo info;
	struct sk_buff *skb;

	skb = xchg(&nst_sock_ipv6(nst_sk(sk))->path_mtu, NULL);
	if (!skb)
		return -EAGAIN;
	memcpy(&info, skb->data, sizeof(info));
	sock_recv_timestamp(msg, sk, skb);
	if (sin6) {
		*sin6 = info.ip6m_addr;
		msg->msg_namelen = sizeof(*sin6);
	}
	put_cmsg(msg, SOL_IPV6, IPV6_PATHMTU, sizeof(info), &info);
	kfree_skb(skb);
	return 0;
}

/* Bytes of an extension header. */
static unsigned int extension_length(const u8 *header)
{
	return (header[1] + 1) * 8;
}

/*
 * Bytes of any header that may stand before the transport's. RFC 6946 4: a
 * fragment's, whose second byte says nothing (RFC 8200 4.5), stays in a packet
 * that is whole.
 */
static unsigned int header_length(u8 kind, const u8 *header)
{
	return kind == IPPROTO_FRAGMENT ?
	       sizeof(struct nst_ipv6_fragment_header) :
	       extension_length(header);
}

/* Extension headers, which were checked on arrival, in their order. */
static void recv_extensions(struct msghdr *msg, const struct sk_buff *skb,
			    u32 flags)
{
	u8 *network = skb_network_header(skb), *header;
	unsigned int offset = sizeof(struct ipv6hdr);
	u8 nexthdr = ipv6_hdr(skb)->nexthdr;
	unsigned int length;
	int type;

	for (; offset < skb_network_header_len(skb); offset += length) {
		header = network + offset;
		length = header_length(nexthdr, header);
		type = 0;
		if (nexthdr == IPPROTO_HOPOPTS && flags & NST_CMSG_V6_HOPOPTS)
			type = IPV6_HOPOPTS;
		if (nexthdr == IPPROTO_DSTOPTS && flags & NST_CMSG_V6_DSTOPTS)
			type = IPV6_DSTOPTS;
		if (nexthdr == IPPROTO_ROUTING && flags & NST_CMSG_V6_RTHDR)
			type = IPV6_RTHDR;
		if (type)
			put_cmsg(msg, SOL_IPV6, type, length, header);
		nexthdr = header[0];
	}
}

static void put_extension(struct msghdr *msg, int type, u8 *header)
{
	if (header)
		put_cmsg(msg, SOL_IPV6, type, extension_length(header),
			 header);
}

/*
 * By RFC 2292's names: one of each kind, destination options before and
 * after the routing header.
 */
static void recv_extensions_2292(struct msghdr *msg,
				 const struct sk_buff *skb, u32 flags)
{
	u8 *hop = NULL, *before = NULL, *routing = NULL, *after = NULL;
	u8 *network = skb_network_header(skb), *header;
	unsigned int offset = sizeof(struct ipv6hdr);
	u8 nexthdr = ipv6_hdr(skb)->nexthdr;

	while (offset < skb_network_header_len(skb)) {
		header = network + offset;
		offset += header_length(nexthdr, header);
		switch (nexthdr) {
		case IPPROTO_HOPOPTS:
			hop = header;
			break;
		case IPPROTO_DSTOPTS:
			after = header;
			break;
		case IPPROTO_ROUTING:
			routing = header;
			before = after;
			after = NULL;
			break;
		}
		nexthdr = header[0];
	}
	if (flags & NST_CMSG_2292_HOPOPTS)
		put_extension(msg, IPV6_2292HOPOPTS, hop);
	if (flags & NST_CMSG_2292_DSTOPTS)
		put_extension(msg, IPV6_2292DSTOPTS, before);
	if (flags & NST_CMSG_2292_RTHDR)
		put_extension(msg, IPV6_2292RTHDR, routing);
	if (flags & NST_CMSG_2292_DSTOPTS)
		put_extension(msg, IPV6_2292DSTOPTS, after);
}

static void recv_2292(struct msghdr *msg, const struct sk_buff *skb,
		      u32 flags)
{
	int val = nst_packet_cb(skb)->hop_limit;

	if (flags & NST_CMSG_2292_PKTINFO)
		recv_pktinfo(msg, skb, IPV6_2292PKTINFO);
	if (flags & NST_CMSG_2292_HOPLIMIT)
		put_cmsg(msg, SOL_IPV6, IPV6_2292HOPLIMIT, sizeof(val), &val);
	recv_extensions_2292(msg, skb, flags);
}

/**
 * nst_sock_recv_cmsg6() - SOL_IPV6's part of nst_sock_recv_cmsg()
 * @sk: AF_INET6 socket
 * @msg: message
 * @skb: packet from the receive queue, of either family
 * @flags: NST_CMSG_*, one of NST_CMSG_V6_ALL at least
 *
 * In the host's order. Of a packet of IPv4 there is only IPV6_PKTINFO.
 *
 * Context: process.
 */
void nst_sock_recv_cmsg6(struct sock *sk, struct msghdr *msg,
			 struct sk_buff *skb, u32 flags)
{
	const struct nst_packet_cb *cb = nst_packet_cb(skb);
	int val;

	if (flags & NST_CMSG_V6_PKTINFO)
		recv_pktinfo(msg, skb, IPV6_PKTINFO);
	if (cb->family != AF_INET6)
		return;
	if (flags & NST_CMSG_V6_HOPLIMIT) {
		val = cb->hop_limit;
		put_cmsg(msg, SOL_IPV6, IPV6_HOPLIMIT, sizeof(val), &val);
	}
	if (flags & NST_CMSG_V6_TCLASS) {
		val = cb->tos;
		put_cmsg(msg, SOL_IPV6, IPV6_TCLASS, sizeof(val), &val);
	}
	if (flags & NST_CMSG_V6_FLOWINFO)
		recv_flowinfo(msg, skb);
	if (flags & (NST_CMSG_V6_HOPOPTS | NST_CMSG_V6_DSTOPTS |
		     NST_CMSG_V6_RTHDR))
		recv_extensions(msg, skb, flags);
	if (flags & NST_CMSG_2292_ALL)
		recv_2292(msg, skb, flags);
	if (flags & NST_CMSG_V6_ORIGDSTADDR)
		recv_original_destination(sk, msg, skb);
	if (flags & NST_CMSG_V6_FRAGSIZE && cb->max_fragment) {
		val = cb->max_fragment;
		put_cmsg(msg, SOL_IPV6, IPV6_RECVFRAGSIZE, sizeof(val), &val);
	}
}

/* Is @address ours, and, having a scope, one of the link? */
static bool source_usable(const struct nst_sock *nst,
			  const union nst_address *address,
			  const struct nst_link *link)
{
	const struct nst_local_address *local;

	if (nst->freebind || nst->transparent ||
	    READ_ONCE(nst->stack->config.ip_nonlocal_bind))
		return true;
	if (!nst_ipv6_needs_scope(&address->v6))
		link = NULL;
	local = nst_address_find_rcu(nst->stack, link, AF_INET6, address);
	return local && nst_local_address_usable(local);
}

static int send_pktinfo(struct sock *sk, const struct in6_pktinfo *info,
			struct nst_send_cmsg *cmsg)
{
	union nst_address address = nst_address_v6(&info->ipi6_addr);
	u32 bound = READ_ONCE(sk->sk_bound_dev_if);
	const struct nst_sock *nst = nst_sk(sk);
	const struct nst_link *link = NULL;
	u32 index = info->ipi6_ifindex;
	int err = 0;

	if (index) {
		if (cmsg->link_index && index != cmsg->link_index)
			return -EINVAL;
		if (bound && index != bound)
			return -EINVAL;
		cmsg->link_index = index;
	}
	rcu_read_lock();
	if (cmsg->link_index) {
		link = nst_link_by_index_rcu(nst->stack, cmsg->link_index);
		if (!link)
			err = -ENODEV;
	} else if (nst_ipv6_needs_scope(&address.v6)) {
		err = -EINVAL;
	}
	if (!err && !nst_address_any(&address)) {
		if (source_usable(nst, &address, link))
			cmsg->saddr = address;
		else
			err = -EINVAL;
	}
	rcu_read_unlock();
	return err;
}

/* An int from @least to @most. */
static int send_int(const struct cmsghdr *control, int least, int most,
		    int *val)
{
	if (control->cmsg_len != CMSG_LEN(sizeof(int)))
		return -EINVAL;
	*val = *(const int *)CMSG_DATA(control);
	return *val < least || *val > most ? -EINVAL : 0;
}

/* RFC 2292's names of two, and RFC 3542's. */
int nst_sock_send_cmsg6(struct sock *sk, const struct cmsghdr *control,
			struct nst_send_cmsg *cmsg)
{
	const void *data = CMSG_DATA(control);
	__be32 flowinfo;
	int val, err;

	switch (control->cmsg_type) {
	case IPV6_2292PKTINFO:
	case IPV6_PKTINFO:
		if (control->cmsg_len < CMSG_LEN(sizeof(struct in6_pktinfo)))
			return -EINVAL;
		return send_pktinfo(sk, data, cmsg);
	case IPV6_FLOWINFO:
		if (control->cmsg_len < CMSG_LEN(sizeof(flowinfo)))
			return -EINVAL;
		memcpy(&flowinfo, data, sizeof(flowinfo));
		cmsg->flow_label = flowinfo & htonl(NST_IPV6_FLOW_LABEL);
		return 0;
	case IPV6_2292HOPLIMIT:
	case IPV6_HOPLIMIT:
		err = send_int(control, -1, 255, &val);
		if (!err)
			cmsg->ttl = max(val, 0);
		return err;
	case IPV6_TCLASS:
		err = send_int(control, -1, 255, &val);
		if (!err)
			cmsg->tos = val;
		return err;
	case IPV6_DONTFRAG:
		err = send_int(control, 0, 1, &val);
		if (!err)
			cmsg->dont_fragment = val;
		return err;
	}
	return -EINVAL;
}
