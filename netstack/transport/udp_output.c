// SPDX-License-Identifier: GPL-2.0
/*
 * UDP send: from the program to the network layer.
 *
 * The payload is copied once, into the packet, or with MSG_ZEROCOPY not at
 * all if the packet needs no fragments. Only a datagram that is put together
 * by several calls (UDP_CORK, MSG_MORE) is collected in a buffer first. With
 * UDP_SEGMENT it is a super-packet, which the link takes or the network layer
 * cuts.
 */
#include <linux/mm.h>
#include <linux/udp.h>
#include <net/tcp_states.h>

#include "../network/ipv6.h"
#include "../network/neighbour.h"
#include "../network/pseudo_sum.h"
#include "udp.h"
#include "zerocopy.h"

#define HEADERS		(NST_HEADROOM + sizeof(struct udphdr))
#define IPV4_LENGTH_MAX	65535
#define IPV6_LENGTH_MAX	(sizeof(struct ipv6hdr) + 65535)
#define CORK_SIZE_MIN	2048

static unsigned int network_header(const struct nst_path *path)
{
	return likely(path->family == AF_INET) ? sizeof(struct iphdr) :
						 sizeof(struct ipv6hdr);
}

u32 nst_udp_link6(const struct nst_sock *nst, const union nst_address *daddr,
		  u32 link_index)
{
	if (link_index)
		return link_index;
	return nst_ipv6_is_group(&daddr->v6) ?
	       READ_ONCE(nst->v6->multicast_link) :
	       READ_ONCE(nst->v6->unicast_link);
}

static __always_inline int
find_path(struct sock *sk, const struct nst_sockaddr *to, u32 link_index,
	  const union nst_address *saddr, u8 tos, u32 mark,
	  struct nst_path *path)
{
	const struct nst_sock *nst = nst_sk(sk);
	struct nst_route_key key = {
		.family = to->family,
		.tos = tos,
		.protocol = sk->sk_protocol,
		.preferences = nst_sock_preferences(nst),
		.sport = nst->flow.lport,
		.dport = to->port,
		.link_index = link_index,
		.mark = mark,
		.daddr = to->address,
		.saddr = *saddr,
	};
	int err;

	if (unlikely(key.family == AF_INET6)) {
		key.link_index = nst_udp_link6(nst, &key.daddr,
					       key.link_index);
	} else if (unlikely(ipv4_is_multicast(key.daddr.v4))) {
		if (!key.link_index)
			key.link_index = nst->multicast_link;
		if (nst_address_any(&key.saddr))
			key.saddr =
				nst_address_v4(nst->multicast_address);
	} else if (!key.link_index) {
		key.link_index = READ_ONCE(nst->unicast_link);
	}

	err = nst_route_output(nst->stack, &key, path);
	if (unlikely(err)) {
		if (err == -ENETUNREACH && key.family == AF_INET6)
			NST_INC(nst->stack, IP6_OUT_NO_ROUTES);
		else if (err == -ENETUNREACH)
			NST_INC(nst->stack, IP_OUT_NO_ROUTES);
		return err;
	}
	if (unlikely(path->type == RTN_BROADCAST) &&
	    !sock_flag(sk, SOCK_BROADCAST)) {
		nst_path_release(path);
		return -EACCES;
	}
	return 0;
}

int nst_udp_route(struct sock *sk, const struct nst_sockaddr *to,
		  u32 link_index, const union nst_address *saddr, u8 tos,
		  u32 mark, struct nst_path *path)
{
	return find_path(sk, to, link_index, saddr, tos, mark, path);
}

/*
 * Largest packet that needs no fragments, bytes. The modes from
 * IP_PMTUDISC_PROBE on do not believe the path's MTU; IPV6_MTU is less.
 */
static u32 whole_limit(const struct nst_sock *nst, const struct nst_path *path)
{
	u32 mtu = path->mtu;

	if (unlikely(nst_sock_mtu_discover(nst, path->family) >=
		     IP_PMTUDISC_PROBE))
		mtu = READ_ONCE(path->link->mtu);
	if (unlikely(path->family == AF_INET6 &&
		     READ_ONCE(nst->v6->fragment_size)))
		mtu = min(mtu, READ_ONCE(nst->v6->fragment_size));
	return mtu;
}

/* Largest packet that the socket lets out, bytes: IP_MTU_DISCOVER, ip(7). */
static u32 size_limit(const struct nst_sock *nst, const struct nst_path *path,
		      const struct nst_udp_request *request)
{
	switch (nst_sock_mtu_discover(nst, path->family)) {
	case IP_PMTUDISC_DO:
	case IP_PMTUDISC_PROBE:
	case IP_PMTUDISC_INTERFACE:
		return whole_limit(nst, path);
	}
	if (likely(path->family == AF_INET))
		return IPV4_LENGTH_MAX;
	return request->cmsg.dont_fragment ? whole_limit(nst, path) :
					     IPV6_LENGTH_MAX;
}

/* What IPv4 does not have, or has by another name. */
static void fill_output6(struct nst_sock *nst,
			 const struct nst_udp_request *request,
			 const struct nst_path *path,
			 struct nst_output *output)
{
	if (request->cmsg.flow_label)
		output->flow_label = request->cmsg.flow_label;
	else if (!request->connected)
		output->flow_label =
			nst_sock_flow_label(nst, &path->saddr, &path->daddr,
					    request->to.port);
	if (path->type == RTN_MULTICAST) {
		output->hop_limit = READ_ONCE(nst->v6->multicast_hops);
		output->loop = READ_ONCE(nst->v6->multicast_loop);
	}
}

static void fill_output(struct sock *sk, const struct sk_buff *skb,
			const struct nst_udp_request *request,
			const struct nst_path *path,
			struct nst_output *output)
{
	struct nst_sock *nst = nst_sk(sk);

	nst_sock_output(sk, path->family, output);
	if (unlikely(path->family == AF_INET6)) {
		fill_output6(nst, request, path, output);
		goto message;
	}
	if (unlikely(path->mtu_lock) &&
	    READ_ONCE(nst->ip_mtu_discover) == IP_PMTUDISC_WANT)
		output->dont_fragment = false;
	if (READ_ONCE(sk->sk_state) == TCP_ESTABLISHED) {
		/* Two that send at once may send the same: it is atomic. */
		output->identification = READ_ONCE(nst->identification);
		WRITE_ONCE(nst->identification, output->identification +
			   max_t(u16, skb_shinfo(skb)->gso_segs, 1));
	}
	if (unlikely(path->type == RTN_MULTICAST)) {
		output->hop_limit = READ_ONCE(nst->multicast_ttl);
		output->loop = READ_ONCE(nst->multicast_loop);
	} else if (unlikely(path->type == RTN_BROADCAST)) {
		output->loop = true;
	}
	if (unlikely(request->cmsg.has_options))
		output->options = &request->cmsg.options;
message:
	if (unlikely(request->cmsg.ttl))
		output->hop_limit = request->cmsg.ttl;
	if (unlikely(request->cmsg.tos >= 0))
		output->tos = request->cmsg.tos;
}

static bool without_checksum(const struct sock *sk, u8 family)
{
	return family == AF_INET6 ? READ_ONCE(nst_udp_sk(sk)->no_check6_tx) :
				    sk->sk_no_check_tx;
}

static void build_header(const struct sock *sk, struct sk_buff *skb,
			 const struct nst_path *path, __be16 dport)
{
	struct udphdr *uh = skb_push(skb, sizeof(*uh));

	skb_reset_transport_header(skb);
	uh->source = nst_sk(sk)->flow.lport;
	uh->dest = dport;
	uh->len = htons(skb->len);
	uh->check = 0;
	if (unlikely(without_checksum(sk, path->family))) {
		skb->ip_summed = CHECKSUM_NONE;
		return;
	}
	uh->check = ~csum_fold(nst_pseudo_sum(path->family, &path->saddr,
					      &path->daddr, skb->len,
					      IPPROTO_UDP));
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = skb_transport_header(skb) - skb->head;
	skb->csum_offset = offsetof(struct udphdr, check);
}

/* Tell IPV6_RECVPATHMTU and IPV6_RECVERR. */
static noinline void too_big6(struct sock *sk,
			      const struct nst_udp_request *request,
			      const struct nst_path *path)
{
	struct nst_sock *nst = nst_sk(sk);
	u32 mtu = whole_limit(nst, path);

	if (request->cmsg.dont_fragment)
		nst_sock_queue_path_mtu(sk, &path->daddr,
					nst_udp_link6(nst, &path->daddr,
						      request->cmsg.link_index),
					mtu);
	nst_sock_queue_local_error(sk, EMSGSIZE, AF_INET6, &path->daddr,
				   request->to.port, mtu);
}

/*
 * UDP_SEGMENT: no segment is cut further, and none may be without a checksum.
 * Return: 0, or the host's errno.
 */
static noinline int check_segments(const struct sock *sk, size_t len,
				   const struct nst_udp_request *request,
				   const struct nst_path *path,
				   unsigned int headers)
{
	size_t segment = request->cmsg.segment;

	if (headers + min(len, segment) > whole_limit(nst_sk(sk), path))
		return -EMSGSIZE;
	if (len > segment * UDP_MAX_SEGMENTS ||
	    without_checksum(sk, path->family))
		return -EINVAL;
	return 0;
}

/*
 * UDP_SEGMENT: one packet stands for datagrams of @size bytes each, and a
 * shorter last one.
 */
static noinline void set_segments(struct sk_buff *skb, unsigned int size)
{
	if (skb->len <= size)
		return;
	skb_shinfo(skb)->gso_size = size;
	skb_shinfo(skb)->gso_type = SKB_GSO_UDP_L4;
	skb_shinfo(skb)->gso_segs = DIV_ROUND_UP(skb->len, size);
}

/*
 * May a datagram with @len bytes of payload leave along @path? Return: 0,
 * -ENETUNREACH (not on the link), -EMSGSIZE, which IP_RECVERR hears of, or an
 * error of check_segments().
 */
static int may_leave(struct sock *sk, size_t len,
		     const struct nst_udp_request *request,
		     const struct nst_path *path,
		     const struct nst_ip_options *options)
{
	struct nst_sock *nst = nst_sk(sk);
	unsigned int room = options ? options->length : 0;
	unsigned int headers = network_header(path) + sizeof(struct udphdr) +
			       room;
	u32 limit;

	if (unlikely(request->cmsg.segment))
		limit = path->family == AF_INET6 ? IPV6_LENGTH_MAX :
						   IPV4_LENGTH_MAX;
	else
		limit = size_limit(nst, path, request);
	if (unlikely(request->dontroute && path->gateway))
		return -ENETUNREACH;
	if (likely(len + headers <= limit))
		return unlikely(request->cmsg.segment) ?
		       check_segments(sk, len, request, path, headers) : 0;
	if (path->family == AF_INET6)
		too_big6(sk, request, path);
	else
		nst_sock_queue_local_error(sk, EMSGSIZE, AF_INET, &path->daddr,
					   nst->flow.rport, limit - room);
	return -EMSGSIZE;
}

/*
 * Send @skb, skb->data at its payload, along @path; consumed. Context: BHs
 * may be disabled and the socket locked.
 */
static int transmit(struct sock *sk, struct sk_buff *skb,
		    const struct nst_udp_request *request,
		    const struct nst_path *path)
{
	struct nst_sock *nst = nst_sk(sk);
	struct nst_output output;
	struct nst_path unbelieving __uninitialized;
	int err;

	if (unlikely(request->confirm && path->neighbour))
		nst_neighbour_confirm(path->neighbour);

	if (unlikely(request->cmsg.segment))
		set_segments(skb, request->cmsg.segment);
	rcu_read_lock();
	fill_output(sk, skb, request, path, &output);
	err = may_leave(sk, skb->len, request, path, output.options);
	if (unlikely(err)) {
		kfree_skb(skb);
		goto unlock;
	}
	if (unlikely(whole_limit(nst, path) != path->mtu)) {
		unbelieving = *path;
		unbelieving.mtu = whole_limit(nst, path);
		path = &unbelieving;
	}
	/* RFC 1112 6.1: TTL 0 does not leave this host. */
	output.stay = unlikely(path->type == RTN_MULTICAST) &&
		      !output.hop_limit;

	skb->priority = request->cmsg.tos >= 0 ?
			nst_tos_priority(request->cmsg.tos) :
			READ_ONCE(sk->sk_priority);
	skb->mark = request->cmsg.sockc.mark;
	nst_sock_tx_time(sk, skb, &request->cmsg.sockc);
	build_header(sk, skb, path, request->to.port);
	err = nst_network_output(nst->stack, skb, path, &output);
	if (likely(!err)) {
		NST_INC(nst->stack, UDP_OUT_DATAGRAMS);
	} else if (err == -ENOBUFS && !nst_sock_recverr(nst, path->family)) {
		/* A full queue on the way is loss, and loss is silent. */
		NST_INC(nst->stack, UDP_SNDBUF_ERRORS);
		err = 0;
	}
unlock:
	rcu_read_unlock();
	return err;
}

/*
 * A packet for @len bytes of payload, charged to the send buffer. Return:
 * the packet, or ERR_PTR() of sock_alloc_send_pskb().
 */
static struct sk_buff *alloc_packet(struct sock *sk, size_t len, bool nowait)
{
	size_t linear = len;
	struct sk_buff *skb;
	int err;

	/* What does not fit a page goes into pages of its own. */
	if (unlikely(len > SKB_MAX_ORDER(HEADERS, 0)))
		linear = 0;
	skb = sock_alloc_send_pskb(sk, HEADERS + linear, len - linear, nowait,
				   &err, PAGE_ALLOC_COSTLY_ORDER);
	if (unlikely(!skb))
		return ERR_PTR(err);
	skb_reserve(skb, HEADERS);
	skb_put(skb, linear);
	skb->data_len = len - linear;
	skb->len += skb->data_len;
	return skb;
}

static struct sk_buff *copy_packet(struct sock *sk, struct iov_iter *from,
				   size_t len, bool nowait)
{
	struct sk_buff *skb;
	int err;

	skb = alloc_packet(sk, len, nowait);
	if (IS_ERR(skb))
		return skb;
	if (likely(!skb_is_nonlinear(skb)))
		err = copy_from_iter_full(skb->data, len, from) ? 0 : -EFAULT;
	else
		err = skb_copy_datagram_from_iter(skb, 0, from, len);
	if (unlikely(err)) {
		kfree_skb(skb);
		return ERR_PTR(err);
	}
	return skb;
}

/* Along the path that the socket keeps, under its lock. */
static int send_connected(struct sock *sk, struct iov_iter *from, size_t len,
			  bool nowait, const struct nst_udp_request *request)
{
	const struct nst_path *path;
	struct sk_buff *skb;
	bool slow;
	int err;

	skb = copy_packet(sk, from, len, nowait);
	if (IS_ERR(skb))
		return PTR_ERR(skb);
	slow = lock_sock_fast(sk);
	path = nst_sock_path(sk);
	if (!IS_ERR(path)) {
		err = transmit(sk, skb, request, path);
	} else {
		err = PTR_ERR(path);
		kfree_skb(skb);
	}
	unlock_sock_fast(sk, slow);
	return err;
}

/* A path of its own. Return: as nst_udp_route(). */
static __always_inline int route(struct sock *sk,
				 const struct nst_udp_request *request,
				 struct nst_path *path)
{
	const struct nst_send_cmsg *cmsg = &request->cmsg;
	const struct nst_sock *nst = nst_sk(sk);
	union nst_address saddr = cmsg->saddr;

	if (nst_address_any(&saddr) &&
	    likely(nst->flow.family == request->to.family))
		saddr = nst->flow.laddr;
	return find_path(sk, &request->to, cmsg->link_index, &saddr,
			 cmsg->tos >= 0 ? cmsg->tos :
			 nst_sock_tos(nst, request->to.family),
			 cmsg->sockc.mark, path);
}

static int send_routed(struct sock *sk, struct iov_iter *from, size_t len,
		       bool nowait, const struct nst_udp_request *request)
{
	struct nst_path path __uninitialized;
	struct sk_buff *skb;
	int err;

	err = route(sk, request, &path);
	if (err)
		return err;
	if (unlikely(len > USHRT_MAX)) {
		err = may_leave(sk, len, request, &path, NULL);
		goto release;
	}
	skb = copy_packet(sk, from, len, nowait);
	if (IS_ERR(skb))
		err = PTR_ERR(skb);
	else
		err = transmit(sk, skb, request, &path);
release:
	nst_path_release(&path);
	return err;
}

/*
 * A packet of the program's pages, or with a copy of them if it will be
 * copied anyway: into fragments, or for its checksum.
 */
static struct sk_buff *zerocopy_packet(struct sock *sk, struct msghdr *msg,
				       size_t len, bool copies)
{
	bool nowait = msg->msg_flags & MSG_DONTWAIT;
	struct sk_buff *skb;
	int err;

	if (copies)
		return copy_packet(sk, &msg->msg_iter, len, nowait);
	skb = sock_alloc_send_pskb(sk, HEADERS, 0, nowait, &err, 0);
	if (!skb)
		return ERR_PTR(err);
	skb_reserve(skb, HEADERS);
	err = skb_zerocopy_iter_dgram(skb, msg, len);
	if (err) {
		kfree_skb(skb);
		return ERR_PTR(err);
	}
	skb_zcopy_set(skb, msg->msg_ubuf, NULL);
	return skb;
}

/* MSG_ZEROCOPY, the path being known. */
static int send_pages(struct sock *sk, struct msghdr *msg, size_t len,
		      const struct nst_udp_request *request,
		      const struct nst_path *path)
{
	const struct nst_ip_options *options = NULL;
	struct ubuf_info *note;
	struct sk_buff *skb;
	size_t total;
	bool copies;
	int err;

	total = len + sizeof(struct udphdr) + network_header(path);
	rcu_read_lock();
	if (request->cmsg.has_options)
		options = &request->cmsg.options;
	else if (path->family == AF_INET)
		options = rcu_dereference(nst_sk(sk)->options);
	if (options)
		total += options->length;
	err = may_leave(sk, len, request, path, options);
	rcu_read_unlock();
	if (err)
		return err;

	note = nst_zerocopy_begin(sk, msg, NULL);
	if (IS_ERR(note))
		return PTR_ERR(note);
	copies = total > whole_limit(nst_sk(sk), path) ||
		 !(READ_ONCE(path->link->features) & NETIF_F_HW_CSUM);
	skb = zerocopy_packet(sk, msg, len, copies);
	if (IS_ERR(skb)) {
		nst_zerocopy_end(msg, note, true);
		return PTR_ERR(skb);
	}
	if (note && copies)
		nst_zerocopy_copied(note);
	nst_zerocopy_end(msg, note, false);
	return transmit(sk, skb, request, path);
}

static int send_zerocopy(struct sock *sk, struct msghdr *msg, size_t len,
			 const struct nst_udp_request *request)
{
	struct nst_path path __uninitialized;
	int err;

	err = route(sk, request, &path);
	if (err)
		return err;
	err = send_pages(sk, msg, len, request, &path);
	nst_path_release(&path);
	return err;
}

static int send(struct sock *sk, struct iov_iter *from, size_t len,
		bool nowait, const struct nst_udp_request *request)
{
	if (request->connected)
		return send_connected(sk, from, len, nowait, request);
	return send_routed(sk, from, len, nowait, request);
}

void nst_udp_uncork(struct sock *sk)
{
	struct nst_udp_sock *udp = nst_udp_sk(sk);

	kvfree(udp->buffer);
	udp->buffer = NULL;
	udp->length = 0;
	udp->size = 0;
	net_zcopy_put(udp->note);
	udp->note = NULL;
	WRITE_ONCE(udp->corked, false);
}

int nst_udp_push(struct sock *sk, bool nowait)
{
	struct nst_udp_sock *udp = nst_udp_sk(sk);
	struct nst_udp_request *request = &udp->request;
	struct iov_iter from;
	struct kvec data;
	int err;

	if (!udp->corked)
		return 0;
	data.iov_base = udp->buffer;
	data.iov_len = udp->length;
	iov_iter_kvec(&from, ITER_SOURCE, &data, 1, udp->length);
	/* The lock is held: the cached path cannot be used under it. */
	request->connected = false;
	err = send(sk, &from, udp->length, nowait, request);
	nst_udp_uncork(sk);
	return err;
}

/* Is there a way for what a corked datagram begins with? */
static int has_route(struct sock *sk, const struct nst_udp_request *request)
{
	struct nst_path path __uninitialized;
	int err;

	err = route(sk, request, &path);
	if (!err)
		nst_path_release(&path);
	return err;
}

/* Add to the corked datagram; locked. */
static int cork(struct nst_udp_sock *udp, struct msghdr *msg, size_t len)
{
	size_t length = udp->length + len;
	size_t size, most;
	u8 *buffer;

	most = udp->request.to.family == AF_INET6 ?
	       IPV6_LENGTH_MAX - sizeof(struct ipv6hdr) :
	       IPV4_LENGTH_MAX - sizeof(struct iphdr);
	if (length > most - sizeof(struct udphdr))
		return -EMSGSIZE;
	if (length > udp->size) {
		size = max_t(size_t, roundup_pow_of_two(length),
			     CORK_SIZE_MIN);
		buffer = kvmalloc(size, GFP_KERNEL_ACCOUNT);
		if (!buffer)
			return -ENOBUFS;
		if (udp->length)
			memcpy(buffer, udp->buffer, udp->length);
		kvfree(udp->buffer);
		udp->buffer = buffer;
		udp->size = size;
	}
	if (!copy_from_iter_full(udp->buffer + udp->length, len,
				 &msg->msg_iter))
		return -EFAULT;
	udp->length = length;
	return 0;
}

/* The same with MSG_ZEROCOPY, which is told that it was copied. */
static int cork_zerocopy(struct sock *sk, struct msghdr *msg, size_t len)
{
	struct nst_udp_sock *udp = nst_udp_sk(sk);
	struct ubuf_info *note;
	int err;

	if (likely(!nst_zerocopy_asked(sk, msg)) || msg->msg_ubuf ||
	    (!len && udp->length))
		return cork(udp, msg, len);
	note = nst_compat_zerocopy_realloc(sk, len, udp->note);
	if (!note)
		return -ENOBUFS;
	nst_zerocopy_copied(note);
	err = cork(udp, msg, len);
	if (err)
		net_zcopy_put_abort(note, !udp->note);
	else
		udp->note = note;
	return err;
}

/* Add to the corked datagram, and send it unless there is @more; locked. */
static int send_part(struct sock *sk, struct msghdr *msg, size_t len,
		     bool more)
{
	int err;

	err = cork_zerocopy(sk, msg, len);
	if (err)
		nst_udp_uncork(sk);
	else if (!more)
		err = nst_udp_push(sk, msg->msg_flags & MSG_DONTWAIT);
	return err;
}

/* sendmsg() that begins a datagram for others to go on with. */
static int begin_corked(struct sock *sk, struct msghdr *msg, size_t len,
			const struct nst_udp_request *request)
{
	struct nst_udp_sock *udp = nst_udp_sk(sk);
	int err = -EINVAL;

	lock_sock(sk);
	/* Another thread has begun one meanwhile: its bug, says the host. */
	if (unlikely(udp->corked))
		goto unlock;
	err = has_route(sk, request);
	if (!err)
		err = sock_error(sk);
	if (!err && sk->sk_shutdown & SEND_SHUTDOWN)
		err = -EPIPE;
	if (err)
		goto unlock;
	udp->request = *request;
	WRITE_ONCE(udp->corked, true);
	err = send_part(sk, msg, len, true);
unlock:
	release_sock(sk);
	return err;
}

/*
 * sendmsg() while a datagram is corked, which has said all but what is in it.
 * Return: -ENOENT if another thread has sent it off meanwhile.
 */
static int send_corked(struct sock *sk, struct msghdr *msg, size_t len,
		       const struct nst_sockaddr *to, bool more)
{
	struct nst_udp_sock *udp = nst_udp_sk(sk);
	int err;

	lock_sock(sk);
	if (unlikely(!udp->corked))
		err = -ENOENT;
	else if (unlikely(to && to->family == AF_INET &&
			  udp->request.to.family == AF_INET6))
		err = -EINVAL;
	else
		err = send_part(sk, msg, len, more);
	release_sock(sk);
	return err;
}

int nst_udp_sendmsg(struct sock *sk, struct msghdr *msg, size_t len,
		    const struct nst_sockaddr *to)
{
	struct nst_udp_sock *udp = nst_udp_sk(sk);
	struct nst_sock *nst = &udp->nst;
	bool more = READ_ONCE(udp->cork) || msg->msg_flags & MSG_MORE;
	struct nst_udp_request request __uninitialized;
	int err;

	if (unlikely(READ_ONCE(udp->corked))) {
		err = send_corked(sk, msg, len, to, more);
		if (err != -ENOENT)
			goto done;
	}
	if (to) {
		if (unlikely(!to->port))
			return -EINVAL;
		request.to = *to;
		request.connected = false;
	} else if (READ_ONCE(sk->sk_state) == TCP_ESTABLISHED) {
		request.to.family = READ_ONCE(nst->flow.family);
		request.to.address = nst->flow.raddr;
		request.to.port = nst->flow.rport;
		request.to.link_index = 0;
		request.to.flow_label = nst->v6->flow_label;
		request.connected = !msg->msg_controllen && len <= USHRT_MAX;
	} else {
		return -EDESTADDRREQ;
	}
	if (unlikely(len > USHRT_MAX) && request.to.family == AF_INET)
		return -EMSGSIZE;
	request.dontroute = sock_flag(sk, SOCK_LOCALROUTE) ||
			    msg->msg_flags & MSG_DONTROUTE;
	request.confirm = msg->msg_flags & MSG_CONFIRM;
	request.cmsg.segment = READ_ONCE(udp->segment);
	err = nst_sock_send_cmsg(sk, msg, &request.to, &request.cmsg);
	if (err)
		return err;

	if (unlikely(more))
		err = begin_corked(sk, msg, len, &request);
	else if (nst_zerocopy_asked(sk, msg))
		err = send_zerocopy(sk, msg, len, &request);
	else
		err = send(sk, &msg->msg_iter, len,
			   msg->msg_flags & MSG_DONTWAIT, &request);
done:
	if (likely(!err))
		return len;
	if (err == -ENOBUFS || test_bit(SOCK_NOSPACE, &sk->sk_socket->flags))
		NST_INC(nst->stack, UDP_SNDBUF_ERRORS);
	return err;
}

void nst_udp_splice_eof(struct socket *sock)
{
	struct nst_udp_sock *udp = nst_udp_sk(sock->sk);

	if (!READ_ONCE(udp->corked) || READ_ONCE(udp->cork))
		return;
	lock_sock(sock->sk);
	if (!udp->cork)
		nst_udp_push(sock->sk, false);
	release_sock(sock->sk);
}
