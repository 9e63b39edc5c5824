// SPDX-License-Identifier: GPL-2.0
/*
 * What ping and raw sockets share (plain.h). Unlike UDP's, their queues are
 * net/core's, and a message is always routed anew: they carry few packets.
 */
#include <linux/filter.h>
#include <net/tcp_states.h>

#include "../network/ipv6.h"
#include "../network/neighbour.h"
#include "plain.h"
#include "udp.h"

#define IPV4_LENGTH_MAX	65535
#define IPV6_LENGTH_MAX	(sizeof(struct ipv6hdr) + 65535)

void nst_plain_queue(struct nst_sock *nst, struct sk_buff *skb)
{
	enum nst_drop_reason reason = NST_DROP_SOCKET_FILTER;
	u32 link_index = nst_packet_cb(skb)->link->index;
	struct sock *sk = &nst->sk;

	if (unlikely(sk_filter(sk, skb))) {
		atomic_inc(&sk->sk_drops);
		goto drop;
	}
	nst_packet_cb(skb)->link = NULL;
	nst_queued_cb(skb)->link_index = link_index;
	nst_queued_cb(skb)->charged = 0;
	if (unlikely(sk->sk_flags & SK_FLAGS_TIMESTAMP) && !skb->tstamp)
		__net_timestamp(skb);
	reason = NST_DROP_SOCKET_RCVBUF;
	/* It counts what it drops. */
	if (likely(!__sock_queue_rcv_skb(sk, skb)))
		return;
drop:
	nst_drop(nst->stack, skb, reason);
}

int nst_plain_recvmsg(struct sock *sk, struct msghdr *msg, size_t len,
		      int flags)
{
	struct nst_sock *nst = nst_sk(sk);
	union nst_address from;
	struct sk_buff *skb;
	int copied, err;

	if (flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (flags & MSG_ERRQUEUE)
		return nst_sock_recv_errqueue(sk, msg, len);
	skb = skb_recv_datagram(sk, flags, &err);
	if (!skb)
		return err;

	copied = nst_sock_recv_copy(skb, skb->len, msg, len);
	if (copied < 0) {
		err = copied;
		goto free;
	}
	if (msg->msg_name) {
		from = nst_packet_saddr(skb);
		msg->msg_namelen =
			nst_sockaddr_fill(sk, msg->msg_name,
					  nst_packet_cb(skb)->family, &from, 0,
					  nst_queued_cb(skb)->link_index);
	}
	sock_recv_cmsgs(msg, sk, skb);
	if (READ_ONCE(nst->cmsg_flags))
		nst_sock_recv_cmsg(sk, msg, skb);
	/* As on the host, where ping sockets tell what was copied. */
	err = flags & MSG_TRUNC && sk->sk_type == SOCK_RAW ? skb->len : copied;
free:
	skb_free_datagram(sk, skb);
	return err;
}

/* ping6: RFC 4007 and the link that the socket is bound to. */
static int check_scope(const struct sock *sk, const struct nst_sockaddr *to)
{
	u32 bound = READ_ONCE(sk->sk_bound_dev_if);
	const struct nst_sock_ipv6 *v6 = nst_sk(sk)->v6;
	u32 link_index = to->link_index ?: bound;

	if (!link_index)
		link_index = READ_ONCE(v6->sticky_link);
	if (!link_index)
		link_index = nst_ipv6_is_group(&to->address.v6) ?
			     READ_ONCE(v6->multicast_link) :
			     READ_ONCE(v6->unicast_link);
	if (!link_index)
		return nst_ipv6_needs_scope(&to->address.v6) ? -EINVAL : 0;
	return bound && link_index != bound ? -EINVAL : 0;
}

int nst_plain_request(struct sock *sk, struct msghdr *msg,
		      const struct nst_sockaddr *to,
		      struct nst_plain_request *request)
{
	struct nst_sock *nst = nst_sk(sk);
	int err;

	if (to) {
		request->to = *to;
	} else if (READ_ONCE(sk->sk_state) == TCP_ESTABLISHED) {
		request->to = (struct nst_sockaddr) {
			.family = READ_ONCE(nst->flow.family),
			.address = nst->flow.raddr,
			.flow_label = nst->v6->flow_label,
		};
	} else {
		return -EDESTADDRREQ;
	}
	/* It has no meaning but to the program. */
	request->to.port = 0;
	if (request->to.family == AF_INET6 && sk->sk_type != SOCK_RAW) {
		err = check_scope(sk, &request->to);
		if (err)
			return err;
	}
	request->dontroute = sock_flag(sk, SOCK_LOCALROUTE) ||
			     msg->msg_flags & MSG_DONTROUTE;
	request->confirm = msg->msg_flags & MSG_CONFIRM;
	request->nowait = msg->msg_flags & MSG_DONTWAIT;
	return nst_sock_send_cmsg(sk, msg, &request->to, &request->cmsg);
}

int nst_plain_route(struct sock *sk, const struct nst_plain_request *request,
		    struct nst_path *path)
{
	const struct nst_send_cmsg *cmsg = &request->cmsg;
	const struct nst_sock *nst = nst_sk(sk);
	union nst_address saddr = cmsg->saddr;
	int err;

	if (nst_address_any(&saddr) && nst->flow.family == request->to.family)
		saddr = nst->flow.laddr;
	err = nst_udp_route(sk, &request->to, cmsg->link_index, &saddr,
			    cmsg->tos >= 0 ? cmsg->tos :
			    nst_sock_tos(nst, request->to.family),
			    cmsg->sockc.mark, path);
	if (err)
		return err;
	if (request->dontroute && path->gateway) {
		nst_path_release(path);
		return -ENETUNREACH;
	}
	if (request->confirm && path->neighbour)
		nst_neighbour_confirm(path->neighbour);
	return 0;
}

/* Largest packet that needs no fragments, bytes. */
static u32 whole_limit(const struct nst_sock *nst, const struct nst_path *path)
{
	u32 mtu = path->mtu;

	if (nst_sock_mtu_discover(nst, path->family) >= IP_PMTUDISC_PROBE)
		mtu = READ_ONCE(path->link->mtu);
	if (path->family == AF_INET6 && READ_ONCE(nst->v6->fragment_size))
		mtu = min(mtu, READ_ONCE(nst->v6->fragment_size));
	return mtu;
}

/* Largest packet that the socket lets out, bytes: IP_MTU_DISCOVER, ip(7). */
static u32 size_limit(const struct nst_sock *nst, const struct nst_path *path,
		      const struct nst_plain_request *request)
{
	switch (nst_sock_mtu_discover(nst, path->family)) {
	case IP_PMTUDISC_DO:
	case IP_PMTUDISC_PROBE:
	case IP_PMTUDISC_INTERFACE:
		return whole_limit(nst, path);
	}
	if (path->family == AF_INET)
		return IPV4_LENGTH_MAX;
	return request->cmsg.dont_fragment ? whole_limit(nst, path) :
					     IPV6_LENGTH_MAX;
}

/* Bytes of the network header that nst_plain_output() will put in front. */
static unsigned int header_length(const struct nst_sock *nst,
				  const struct nst_plain_request *request,
				  const struct nst_path *path)
{
	const struct nst_ip_options *options;
	unsigned int length = 0;

	if (path->family == AF_INET6)
		return sizeof(struct ipv6hdr);
	rcu_read_lock();
	options = request->cmsg.has_options ? &request->cmsg.options :
					      rcu_dereference(nst->options);
	if (options)
		length = options->length;
	rcu_read_unlock();
	return sizeof(struct iphdr) + length;
}

/*
 * As on the host: a raw socket does not wait for room in its send buffer, of
 * which it may use twice, and shutdown(2) does not keep it from sending.
 */
static struct sk_buff *alloc_charged(struct sock *sk, size_t linear,
				     size_t paged, bool nowait, int *err)
{
	struct sk_buff *skb;

	if (sk->sk_type != SOCK_RAW)
		return sock_alloc_send_pskb(sk, linear, paged, nowait, err,
					    PAGE_ALLOC_COSTLY_ORDER);
	*err = -ENOBUFS;
	if (sk_wmem_alloc_get(sk) > 2 * READ_ONCE(sk->sk_sndbuf))
		return NULL;
	skb = alloc_skb_with_frags(linear, paged, PAGE_ALLOC_COSTLY_ORDER, err,
				   sk->sk_allocation);
	if (skb)
		skb_set_owner_w(skb, sk);
	return skb;
}

/*
 * IPV6_RECVPATHMTU and IP_RECVERR hear of it: the former of raw sockets, since
 * the host's ping sockets do not read it.
 */
static noinline void tell_too_big(struct sock *sk,
				  const struct nst_plain_request *request,
				  const struct nst_path *path,
				  unsigned int header)
{
	const struct nst_sock *nst = nst_sk(sk);
	u32 mtu = whole_limit(nst, path);
	__be16 port = 0;

	if (path->family == AF_INET) {
		mtu -= header - sizeof(struct iphdr);
		port = nst->flow.rport;
	} else if (request->cmsg.dont_fragment && sk->sk_type == SOCK_RAW) {
		nst_sock_queue_path_mtu(sk, &path->daddr,
					nst_udp_link6(nst, &path->daddr,
						      request->cmsg.link_index),
					mtu);
	}
	nst_sock_queue_local_error(sk, EMSGSIZE, path->family, &path->daddr,
				   port, mtu);
}

struct sk_buff *nst_plain_alloc(struct sock *sk, size_t len, size_t linear,
				const struct nst_plain_request *request,
				const struct nst_path *path)
{
	struct nst_sock *nst = nst_sk(sk);
	unsigned int header = header_length(nst, request, path);
	struct sk_buff *skb;
	int err;

	if (len + header > size_limit(nst, path, request)) {
		tell_too_big(sk, request, path, header);
		return ERR_PTR(-EMSGSIZE);
	}
	/* What does not fit a page goes into pages of its own. */
	if (len <= SKB_MAX_ORDER(NST_HEADROOM, 0))
		linear = len;
	skb = alloc_charged(sk, NST_HEADROOM + linear, len - linear,
			    request->nowait, &err);
	if (!skb)
		return ERR_PTR(err);
	skb_reserve(skb, NST_HEADROOM);
	skb_put(skb, linear);
	skb->data_len = len - linear;
	skb->len += skb->data_len;
	return skb;
}

/* What the socket, the message and the destination say of the header. */
static void fill_output(const struct sock *sk,
			const struct nst_plain_request *request,
			const struct nst_path *path,
			struct nst_output *output)
{
	const struct nst_sock *nst = nst_sk(sk);

	nst_sock_output(sk, path->family, output);
	if (path->family == AF_INET6) {
		output->flow_label = request->cmsg.flow_label ?:
			nst_sock_flow_label(nst, &path->saddr, &path->daddr,
					    request->to.port);
		if (path->type == RTN_MULTICAST) {
			output->hop_limit = READ_ONCE(nst->v6->multicast_hops);
			output->loop = READ_ONCE(nst->v6->multicast_loop);
		}
	} else if (path->type == RTN_MULTICAST) {
		output->hop_limit = READ_ONCE(nst->multicast_ttl);
		output->loop = READ_ONCE(nst->multicast_loop);
	} else if (path->type == RTN_BROADCAST) {
		output->loop = true;
	}
	if (path->mtu_lock &&
	    READ_ONCE(nst->ip_mtu_discover) == IP_PMTUDISC_WANT)
		output->dont_fragment = false;
	if (request->cmsg.has_options)
		output->options = &request->cmsg.options;
	if (request->cmsg.ttl)
		output->hop_limit = request->cmsg.ttl;
	if (request->cmsg.tos >= 0)
		output->tos = request->cmsg.tos;
	/* RFC 1112 6.1: TTL 0 does not leave this host. */
	output->stay = path->type == RTN_MULTICAST && !output->hop_limit;
}

int nst_plain_output(struct sock *sk, struct sk_buff *skb, u8 protocol,
		     const struct nst_plain_request *request,
		     const struct nst_path *path)
{
	struct nst_sock *nst = nst_sk(sk);
	struct nst_path unbelieving;
	struct nst_output output;
	int err;

	if (whole_limit(nst, path) != path->mtu) {
		unbelieving = *path;
		unbelieving.mtu = whole_limit(nst, path);
		path = &unbelieving;
	}
	skb->priority = request->cmsg.tos >= 0 ?
			nst_tos_priority(request->cmsg.tos) :
			READ_ONCE(sk->sk_priority);
	skb->mark = request->cmsg.sockc.mark;
	nst_sock_tx_time(sk, skb, &request->cmsg.sockc);
	rcu_read_lock();
	fill_output(sk, request, path, &output);
	output.protocol = protocol;
	err = nst_network_output(nst->stack, skb, path, &output);
	rcu_read_unlock();
	/* A full queue on the way is loss, and loss is silent. */
	if (err == -ENOBUFS && !nst_sock_recverr(nst, path->family))
		err = 0;
	return err;
}

void nst_plain_close(struct sock *sk)
{
	lock_sock(sk);
	sock_orphan(sk);
	nst_sock_detach(sk);
	release_sock(sk);
	nst_sock_put_net(sk);
	sock_put(sk);
}
