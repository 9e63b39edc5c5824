// SPDX-License-Identifier: GPL-2.0
/*
 * Raw sockets: packets sent, with the stack's IP header (RFC 3542 3.1 has its
 * checksum made here) or with the program's (IP_HDRINCL, IPV6_HDRINCL).
 */
#include <linux/icmp.h>
#include <linux/mm.h>
#include <net/tcp_states.h>

#include "../network/ipv4.h"
#include "../network/pseudo_sum.h"
#include "raw.h"

#define CORK_SIZE_MIN	2048

/* Where a message goes. Return: 0, or the host's errno for a bad address. */
static int read_address(struct sock *sk, const struct msghdr *msg,
			struct nst_sockaddr *to, u16 *protocol)
{
	union {
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} copy = {};
	bool v6 = nst_sk(sk)->family == AF_INET6;
	int len = min_t(int, msg->msg_namelen, sizeof(copy));
	sa_family_t family = v6 ? AF_INET6 : AF_INET;
	int err;

	if (len < (int)(v6 ? offsetof(struct sockaddr_in6, sin6_scope_id) :
			     sizeof(struct sockaddr_in)))
		return -EINVAL;
	memcpy(&copy, msg->msg_name, len);
	/* Programs forget to set the family. */
	if (!copy.in.sin_family)
		copy.in.sin_family = family;
	if (copy.in.sin_family != family)
		return -EAFNOSUPPORT;
	err = nst_sockaddr_parse(sk, &copy, len, to);
	if (err || !v6)
		return err;
	/* The port of IPv6 is a protocol, if the socket leaves a choice. */
	if (to->port) {
		*protocol = ntohs(to->port);
		if (*protocol != sk->sk_protocol &&
		    sk->sk_protocol != IPPROTO_RAW)
			return -EINVAL;
		if (*protocol > 255)
			return -EINVAL;
	}
	return to->family == AF_INET ? -ENETUNREACH : 0;
}

/* What is looked at before the route is, is there. */
static bool has_type(const struct sock *sk, u16 protocol, size_t len)
{
	if (nst_sk(sk)->family == AF_INET)
		return protocol != IPPROTO_ICMP || len >= 2;
	return len >= (protocol == IPPROTO_ICMPV6 ? 2 :
		       protocol == IPPROTO_MH ? 4 : 0);
}

/* IPV6_CHECKSUM: the field is part of the sum as zero. */
static int fill_checksum(const struct nst_raw_sock *raw, struct sk_buff *skb,
			 u8 protocol, const struct nst_path *path)
{
	unsigned int offset = READ_ONCE(raw->checksum_offset);
	__sum16 sum = 0;

	if (!READ_ONCE(raw->checksum) || path->family != AF_INET6)
		return 0;
	if (skb->len < sizeof(sum) || offset > skb->len - sizeof(sum))
		return -EINVAL;
	if (skb_store_bits(skb, offset, &sum, sizeof(sum)))
		return -EFAULT;
	sum = csum_fold(skb_checksum(skb, 0, skb->len,
				     nst_pseudo_sum(AF_INET6, &path->saddr,
						    &path->daddr, skb->len,
						    protocol)));
	if (!sum && protocol == IPPROTO_UDP)
		sum = CSUM_MANGLED_0;
	return skb_store_bits(skb, offset, &sum, sizeof(sum)) ? -EFAULT : 0;
}

static void count_icmp(struct nst_stack *stack, const struct sk_buff *skb,
		       u8 protocol, u8 family)
{
	if (protocol == IPPROTO_ICMP && family == AF_INET)
		NST_INC(stack, ICMP_OUT_MSGS);
	else if (protocol == IPPROTO_ICMPV6 && family == AF_INET6)
		NST_INC(stack, ICMP6_OUT_MSGS);
}

/* A message behind the stack's IP header. */
static int send_message(struct sock *sk, struct iov_iter *from, size_t len,
			u8 protocol, const struct nst_plain_request *request,
			const struct nst_path *path)
{
	struct sk_buff *skb;
	int err;

	skb = nst_plain_alloc(sk, len, 0, request, path);
	if (IS_ERR(skb))
		return PTR_ERR(skb);
	err = skb_copy_datagram_from_iter(skb, 0, from, len) ? -EFAULT : 0;
	if (!err)
		err = fill_checksum(nst_raw_sk(sk), skb, protocol, path);
	if (err) {
		kfree_skb(skb);
		return err;
	}
	skb->ip_summed = CHECKSUM_NONE;
	count_icmp(nst_sk(sk)->stack, skb, protocol, path->family);
	return nst_plain_output(sk, skb, protocol, request, path);
}

/* What IP_HDRINCL leaves to the stack: ip(7). Return: 0 or -EINVAL. */
static int fill_ipv4(struct nst_stack *stack, struct sk_buff *skb,
		     const struct nst_path *path)
{
	struct iphdr *iph = ip_hdr(skb);
	unsigned int header = iph->ihl * 4;

	if (header < sizeof(*iph) || header > skb->len)
		return -EINVAL;
	if (!iph->saddr)
		iph->saddr = path->saddr.v4;
	iph->tot_len = htons(skb->len);
	/* RFC 6864 4.1: what is not cut needs none. */
	if (!iph->id && !(iph->frag_off & htons(NST_IPV4_DF)))
		iph->id = htons(nst_ipv4_identification(stack, path,
							iph->protocol, 1));
	nst_ipv4_checksum(iph);
	skb_set_transport_header(skb, header);
	return 0;
}

/* A packet with the program's IP header. */
static int send_packet(struct sock *sk, struct msghdr *msg, size_t len,
		       const struct nst_plain_request *request,
		       const struct nst_path *path)
{
	bool v6 = path->family == AF_INET6;
	struct nst_sock *nst = nst_sk(sk);
	struct sk_buff *skb;
	int err;

	if (len < (v6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr)))
		return -EINVAL;
	skb = sock_alloc_send_skb(sk, NST_HEADROOM + len, request->nowait,
				  &err);
	if (!skb)
		return err;
	skb_reserve(skb, NST_HEADROOM);
	skb_reset_network_header(skb);
	skb_reset_transport_header(skb);
	skb->protocol = v6 ? htons(ETH_P_IPV6) : htons(ETH_P_IP);
	skb->priority = READ_ONCE(sk->sk_priority);
	skb->mark = request->cmsg.sockc.mark;
	nst_sock_tx_time(sk, skb, &request->cmsg.sockc);
	err = memcpy_from_msg(skb_put(skb, len), msg, len);
	if (!err && !v6)
		err = fill_ipv4(nst->stack, skb, path);
	if (err) {
		kfree_skb(skb);
		return err;
	}
	err = nst_network_output_whole(nst->stack, skb, path, v6 ?
				       READ_ONCE(nst->v6->multicast_loop) :
				       READ_ONCE(nst->multicast_loop));
	return err == -ENOBUFS && !nst_sock_recverr(nst, path->family) ?
	       0 : err;
}

static bool has_options(const struct sock *sk,
			const struct nst_plain_request *request)
{
	return request->cmsg.has_options ||
	       rcu_access_pointer(nst_sk(sk)->options);
}

/* The program's header is never cut: what is longer than the path takes goes
 * nowhere. Return: 0 or -EMSGSIZE, which IP_RECVERR hears of.
 */
static int check_length(struct sock *sk, size_t len,
			const struct nst_path *path)
{
	struct nst_sock *nst = nst_sk(sk);
	u32 mtu = path->mtu;

	if (nst_sock_mtu_discover(nst, path->family) >= IP_PMTUDISC_PROBE)
		mtu = READ_ONCE(path->link->mtu);
	if (len <= mtu)
		return 0;
	nst_sock_queue_local_error(sk, EMSGSIZE, path->family, &path->daddr,
				   path->family == AF_INET6 ? 0 :
				   nst->flow.rport, mtu);
	return -EMSGSIZE;
}

static int send_included(struct sock *sk, struct msghdr *msg, size_t len,
			 const struct nst_plain_request *request)
{
	struct nst_path path = {};
	int err;

	/* Headers that are the program's have the program's options. */
	if (request->to.family == AF_INET && has_options(sk, request))
		return -EINVAL;
	err = nst_plain_route(sk, request, &path);
	if (err)
		return err;
	err = check_length(sk, len, &path);
	if (!err)
		err = send_packet(sk, msg, len, request, &path);
	nst_path_release(&path);
	return err;
}

/* Is there a way for what a corked message begins with, or goes on with? */
static int has_route(struct sock *sk, const struct nst_plain_request *request)
{
	struct nst_path path = {};
	int err;

	err = nst_plain_route(sk, request, &path);
	if (!err)
		nst_path_release(&path);
	return err;
}

static int send_routed(struct sock *sk, struct iov_iter *from, size_t len,
		       u8 protocol, const struct nst_plain_request *request)
{
	struct nst_path path = {};
	int err;

	err = nst_plain_route(sk, request, &path);
	if (err)
		return err;
	err = send_message(sk, from, len, protocol, request, &path);
	nst_path_release(&path);
	return err;
}

void nst_raw_uncork(struct sock *sk)
{
	struct nst_raw_sock *raw = nst_raw_sk(sk);

	kvfree(raw->buffer);
	raw->buffer = NULL;
	raw->length = 0;
	raw->size = 0;
}

/* Add to the message that is put together; locked. */
static int cork(struct nst_raw_sock *raw, struct msghdr *msg, size_t len)
{
	size_t length = raw->length + len;
	size_t size;
	u8 *buffer;

	if (length > U16_MAX)
		return -EMSGSIZE;
	if (length > raw->size || !raw->buffer) {
		size = max_t(size_t, roundup_pow_of_two(length + 1),
			     CORK_SIZE_MIN);
		buffer = kvmalloc(size, GFP_KERNEL_ACCOUNT);
		if (!buffer)
			return -ENOBUFS;
		if (raw->length)
			memcpy(buffer, raw->buffer, raw->length);
		kvfree(raw->buffer);
		raw->buffer = buffer;
		raw->size = size;
	}
	if (!copy_from_iter_full(raw->buffer + raw->length, len,
				 &msg->msg_iter))
		return -EFAULT;
	raw->length = length;
	return 0;
}

/* sendmsg() with MSG_MORE, or after it: where it goes, the first one said. */
static int send_corked(struct sock *sk, struct msghdr *msg, size_t len,
		       u8 protocol, const struct nst_plain_request *request)
{
	struct nst_raw_sock *raw = nst_raw_sk(sk);
	struct iov_iter from;
	struct kvec data;
	int err;

	lock_sock(sk);
	err = has_route(sk, request);
	if (!err && !raw->buffer)
		err = sock_error(sk);
	if (err) {
		release_sock(sk);
		return err;
	}
	if (!raw->buffer) {
		raw->request = *request;
		raw->protocol = protocol;
	}
	err = cork(raw, msg, len);
	if (!err && msg->msg_flags & MSG_MORE) {
		release_sock(sk);
		return 0;
	}
	if (!err) {
		data.iov_base = raw->buffer;
		data.iov_len = raw->length;
		iov_iter_kvec(&from, ITER_SOURCE, &data, 1, raw->length);
		err = send_routed(sk, &from, raw->length, raw->protocol,
				  &raw->request);
	}
	nst_raw_uncork(sk);
	release_sock(sk);
	return err;
}

int nst_raw_sendmsg(struct sock *sk, struct msghdr *msg, size_t len)
{
	struct nst_raw_sock *raw = nst_raw_sk(sk);
	u16 protocol = sk->sk_protocol;
	struct nst_plain_request request;
	struct nst_sockaddr to;
	bool addressed;
	int err = 0;

	if (len > U16_MAX && (nst_sk(sk)->family == AF_INET || len > INT_MAX))
		return -EMSGSIZE;
	if (msg->msg_flags & MSG_OOB)
		return -EOPNOTSUPP;
	/* To IPv4, an address of no bytes is none. */
	addressed = msg->msg_name && (msg->msg_namelen ||
				      nst_sk(sk)->family == AF_INET6);
	if (addressed)
		err = read_address(sk, msg, &to, &protocol);
	if (!err)
		err = nst_plain_request(sk, msg, addressed ? &to : NULL,
					&request);
	if (err)
		return err;
	if (READ_ONCE(raw->header_included)) {
		err = send_included(sk, msg, len, &request);
		return err ?: len;
	}
	if (!has_type(sk, protocol, len))
		return -EFAULT;
	if (msg->msg_flags & MSG_MORE || READ_ONCE(raw->buffer))
		err = send_corked(sk, msg, len, protocol, &request);
	else
		err = send_routed(sk, &msg->msg_iter, len, protocol,
				  &request);
	return err ?: len;
}
