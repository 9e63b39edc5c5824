// SPDX-License-Identifier: GPL-2.0
/*
 * The error queue of IP_RECVERR (ip(7)): what went wrong with which packet.
 * Timestamps of sending come by it as well (tx_time.c), and what became of
 * the pages of MSG_ZEROCOPY: both are net/core's entries.
 *
 * An entry is a packet of its own: what the error quoted of the payload,
 * and in front of it, out of the data, the addresses. The queue counts
 * against the receive buffer, so it is bounded.
 */
#include <linux/errqueue.h>
#include <linux/udp.h>

#include "sock.h"

/**
 * struct error_addresses - in front of an entry's data
 * @daddr: where the packet was sent
 * @offender: who sent the error
 * @link_index: by which the error came, or 0
 * @family: of both addresses
 */
struct error_addresses {
	union nst_address daddr;
	union nst_address offender;
	u32 link_index;
	u8 family;
};

/* Put an entry into the queue. @skb has its data, @quote bytes from @offset. */
static void queue_error(struct sock *sk, const struct sk_buff *quoted,
			int offset, unsigned int quote,
			const struct sock_extended_err *ee, __be16 port,
			const struct error_addresses *addresses)
{
	struct sock_exterr_skb *serr;
	struct sk_buff *skb;

	skb = alloc_skb(sizeof(*addresses) + quote, GFP_ATOMIC);
	if (!skb)
		return;
	skb_put_data(skb, addresses, sizeof(*addresses));
	if (quote && skb_copy_bits(quoted, offset, skb_put(skb, quote),
				   quote)) {
		kfree_skb(skb);
		return;
	}
	__skb_pull(skb, sizeof(*addresses));

	serr = SKB_EXT_ERR(skb);
	memset(serr, 0, sizeof(*serr));
	serr->ee = *ee;
	serr->port = port;
	if (sock_queue_err_skb(sk, skb))
		kfree_skb(skb);
}

/**
 * nst_sock_queue_icmp_error() - keep an ICMP error for IP_RECVERR
 * @sk: socket that sent the packet
 * @skb: error, skb->data at the quoted transport header; not consumed
 * @error: what it says
 * @port: destination port of the quoted packet
 *
 * Nothing is queued unless the socket asked for it, nor when its receive
 * buffer is full. Of a quoted datagram, the payload is kept.
 *
 * Context: any, RCU.
 */
void nst_sock_queue_icmp_error(struct sock *sk, struct sk_buff *skb,
			       const struct nst_icmp_error *error,
			       __be16 port)
{
	const struct error_addresses addresses = {
		.daddr = error->daddr,
		.offender = error->offender,
		.link_index = error->link_index,
		.family = error->family,
	};
	struct sock_extended_err ee = {
		.ee_errno = error->errno,
		.ee_origin = error->family == AF_INET ? SO_EE_ORIGIN_ICMP :
							SO_EE_ORIGIN_ICMP6,
		.ee_type = error->type,
		.ee_code = error->code,
		.ee_info = error->info,
	};
	unsigned int header = 0;

	if (!nst_sock_recverr(nst_sk(sk), error->family))
		return;
	if (error->local)
		ee.ee_origin = SO_EE_ORIGIN_LOCAL;
	if (sk->sk_type == SOCK_DGRAM && sk->sk_protocol == IPPROTO_UDP)
		header = min_t(unsigned int, skb->len, sizeof(struct udphdr));
	queue_error(sk, skb, header, skb->len - header, &ee, port,
		    &addresses);
}

/**
 * nst_sock_queue_local_error() - keep an error that was found on sending
 * @sk: socket
 * @errno: positive errno
 * @family: of @daddr
 * @daddr: destination of the packet
 * @port: its port
 * @info: MTU, bytes, or 0
 *
 * Context: any.
 */
void nst_sock_queue_local_error(struct sock *sk, int errno, u8 family,
				const union nst_address *daddr, __be16 port,
				u32 info)
{
	const struct error_addresses addresses = {
		.daddr = *daddr,
		.link_index = READ_ONCE(sk->sk_bound_dev_if),
		.family = family,
	};
	const struct sock_extended_err ee = {
		.ee_errno = errno,
		.ee_origin = SO_EE_ORIGIN_LOCAL,
		.ee_info = info,
	};

	if (!nst_sock_recverr(nst_sk(sk), family))
		return;
	queue_error(sk, NULL, 0, 0, &ee, port, &addresses);
}

int nst_sock_recv_errqueue(struct sock *sk, struct msghdr *msg, size_t len)
{
	const struct error_addresses *addresses;
	const struct sock_exterr_skb *serr;
	struct {
		struct sock_extended_err ee;
		union {
			struct sockaddr_in sin;
			struct sockaddr_in6 sin6;
		} offender;
	} report = {};
	bool v6 = nst_sk(sk)->family == AF_INET6;
	struct sk_buff *skb;
	int copied;

	skb = sock_dequeue_err_skb(sk);
	if (!skb)
		return -EAGAIN;

	copied = nst_sock_recv_copy(skb, skb->len, msg, len);
	if (copied < 0) {
		kfree_skb(skb);
		return copied;
	}
	sock_recv_timestamp(msg, sk, skb);

	serr = SKB_EXT_ERR(skb);
	report.ee = serr->ee;
	/* net/core's entries have no addresses in front of them. */
	if (serr->ee.ee_origin == SO_EE_ORIGIN_TIMESTAMPING ||
	    serr->ee.ee_origin == SO_EE_ORIGIN_ZEROCOPY) {
		msg->msg_namelen = 0;
		goto put;
	}
	addresses = (const void *)(skb->data - sizeof(*addresses));
	if (msg->msg_name) {
		msg->msg_namelen = nst_sockaddr_fill(sk, msg->msg_name,
						     addresses->family,
						     &addresses->daddr,
						     serr->port,
						     addresses->link_index);
	}
	if (serr->ee.ee_origin == SO_EE_ORIGIN_ICMP ||
	    serr->ee.ee_origin == SO_EE_ORIGIN_ICMP6)
		nst_sockaddr_fill(sk, &report.offender, addresses->family,
				  &addresses->offender, 0,
				  addresses->link_index);
put:
	if (v6)
		put_cmsg(msg, SOL_IPV6, IPV6_RECVERR, sizeof(report.ee) +
			 sizeof(report.offender.sin6), &report);
	else
		put_cmsg(msg, SOL_IP, IP_RECVERR, sizeof(report.ee) +
			 sizeof(report.offender.sin), &report);
	msg->msg_flags |= MSG_ERRQUEUE;
	consume_skb(skb);
	return copied;
}
