// SPDX-License-Identifier: GPL-2.0
/*
 * UDP receive: from the network layer into a socket's queue, and from there
 * to the program.
 *
 * A socket is found and its queue filled under RCU without a reference and
 * without the socket's lock. The queue's lock covers the account of its
 * memory, too, so that filling and taking cost one lock each.
 */
#include <linux/filter.h>
#include <linux/udp.h>
#include <net/tcp_states.h>

#include "../link/segmentation.h"
#include "../network/pseudo_sum.h"
#include "udp.h"

/* What is kept of the account when the queue runs empty, at most. */
#define RECLAIM_ABOVE	(2 * PAGE_SIZE)

static void refuse(struct nst_stack *stack, struct sk_buff *skb,
		   enum nst_drop_reason reason)
{
	NST_INC(stack, UDP_IN_ERRORS);
	nst_drop(stack, skb, reason);
}

/* Give back what a packet was charged; queue lock held. */
static void uncharge(struct sock *sk, const struct sk_buff *skb)
{
	unsigned int size = nst_queued_cb(skb)->charged;
	int spare = sk->sk_forward_alloc + size;

	lockdep_assert_held(&sk->sk_receive_queue.lock);
	atomic_sub(size, &sk->sk_rmem_alloc);
	WRITE_ONCE(sk->sk_forward_alloc, spare);
	if (unlikely(spare > (int)RECLAIM_ABOVE))
		__sk_mem_reclaim(sk, spare & PAGE_MASK);
}

/* Charge @size bytes; queue lock held. */
static bool charge(struct sock *sk, unsigned int size)
{
	int missing = size - sk->sk_forward_alloc;

	lockdep_assert_held(&sk->sk_receive_queue.lock);
	if (missing > 0 && !__sk_mem_schedule(sk, missing, SK_MEM_RECV))
		return false;
	WRITE_ONCE(sk->sk_forward_alloc, sk->sk_forward_alloc - (int)size);
	atomic_add(size, &sk->sk_rmem_alloc);
	return true;
}

static void drop_full(struct nst_sock *nst, struct sk_buff *skb)
{
	atomic_inc(&nst->sk.sk_drops);
	refuse(nst->stack, skb, NST_DROP_SOCKET_RCVBUF);
}

/* Put a packet, skb->data at its payload, into the queue of a socket. */
static void enqueue(struct nst_sock *nst, struct sk_buff *skb, u32 link_index)
{
	struct sock *sk = &nst->sk;
	struct sk_buff_head *queue = &sk->sk_receive_queue;
	unsigned int size = skb->truesize;

	/* As the host does: one packet may go over the limit. */
	if (unlikely(atomic_read(&sk->sk_rmem_alloc) >
		     READ_ONCE(sk->sk_rcvbuf))) {
		NST_INC(nst->stack, UDP_RCVBUF_ERRORS);
		drop_full(nst, skb);
		return;
	}
	if (READ_ONCE(sk->sk_state) == TCP_ESTABLISHED)
		sk_incoming_cpu_update(sk);
	skb_orphan(skb);
	skb->dev = NULL;
	nst_packet_cb(skb)->link = NULL;
	nst_queued_cb(skb)->link_index = link_index;
	nst_queued_cb(skb)->charged = size;
	if (unlikely(sk->sk_flags & SK_FLAGS_TIMESTAMP) && !skb->tstamp)
		__net_timestamp(skb);

	spin_lock_bh(&queue->lock);
	if (unlikely(!charge(sk, size))) {
		spin_unlock_bh(&queue->lock);
		NST_INC(nst->stack, UDP_MEM_ERRORS);
		drop_full(nst, skb);
		return;
	}
	sock_skb_set_dropcount(sk, skb);
	__skb_queue_tail(queue, skb);
	spin_unlock_bh(&queue->lock);

	if (likely(!sock_flag(sk, SOCK_DEAD)))
		sk->sk_data_ready(sk);
}

/* Deliver a packet, skb->data at its UDP header, to one socket. */
static void deliver(struct nst_sock *nst, struct sk_buff *skb, u32 link_index)
{
	/* Programs filter on the transport header, and may cut behind it. */
	if (unlikely(sk_filter_trim_cap(&nst->sk, skb,
					sizeof(struct udphdr)))) {
		atomic_inc(&nst->sk.sk_drops);
		refuse(nst->stack, skb, NST_DROP_SOCKET_FILTER);
		return;
	}
	skb_reset_transport_header(skb);
	__skb_pull(skb, sizeof(struct udphdr));
	skb_postpull_rcsum(skb, skb_transport_header(skb),
			   sizeof(struct udphdr));
	enqueue(nst, skb, link_index);
}

/* RFC 8200 8.1: IPv6 needs a checksum, but for who agreed on none (RFC 6936). */
static bool unsummed_refused(const struct nst_sock *nst,
			     const struct sk_buff *skb)
{
	return skb->ip_summed != CHECKSUM_PARTIAL &&
	       !READ_ONCE(nst_udp_sk(&nst->sk)->no_check6_rx);
}

struct group_delivery {
	struct sk_buff *skb;
	u32 link_index;
	bool unsummed;
};

static void deliver_copy(struct nst_sock *nst, void *data)
{
	const struct group_delivery *delivery = data;
	struct sk_buff *clone;

	if (unlikely(delivery->unsummed) &&
	    unsummed_refused(nst, delivery->skb))
		return;

	clone = skb_clone(delivery->skb, GFP_ATOMIC);
	if (!clone) {
		atomic_inc(&nst->sk.sk_drops);
		NST_INC(nst->stack, UDP_IN_ERRORS);
		NST_INC(nst->stack, UDP_RCVBUF_ERRORS);
		return;
	}
	deliver(nst, clone, delivery->link_index);
}

/* RFC 1122 4.1.3.4 and 3.3.7: every socket that takes it gets a copy. */
static void deliver_group(struct nst_stack *stack, struct sk_buff *skb,
			  const struct nst_flow_key *key)
{
	struct group_delivery delivery = {
		.skb = skb,
		.link_index = key->link_index,
		.unsummed = key->family == AF_INET6 &&
			    !((const struct udphdr *)skb->data)->check,
	};

	if (nst_demux_bound_each_rcu(&stack->udp->demux, key, deliver_copy,
				     &delivery)) {
		consume_skb(skb);
		return;
	}
	/* No ICMP error goes out about a group: RFC 1122 3.2.2. */
	NST_INC(stack, UDP_NO_PORTS);
	nst_drop(stack, skb, NST_DROP_UDP_NO_PORT);
}

/*
 * RFC 768: zero means that the sender made no checksum; whether IPv6 allows
 * that is the socket's to say.
 */
static bool checksum_correct(struct sk_buff *skb, const struct udphdr *uh,
			     const struct nst_flow_key *key)
{
	__wsum pseudo;

	if (nst_packet_checksum_trusted(skb) || !uh->check)
		return true;
	pseudo = nst_pseudo_sum(key->family, &key->raddr, &key->laddr,
				skb->len, IPPROTO_UDP);
	if (skb->ip_summed == CHECKSUM_COMPLETE &&
	    !csum_fold(csum_add(pseudo, skb->csum)))
		return true;
	skb->csum = pseudo;
	return !__skb_checksum_complete(skb);
}

static void receive_segments(struct nst_stack *stack, struct sk_buff *skb);

/* UDP_GRO: super-packets are for those who ask for them. */
static bool takes_whole(const struct nst_sock *nst)
{
	return nst && READ_ONCE(nst->cmsg_flags) & NST_CMSG_UDP_GRO;
}

/**
 * nst_udp_receive() - a datagram came in
 * @stack: stack
 * @skb: packet as struct nst_packet_cb says, or a peer's super-packet, which
 *	is cut for sockets without UDP_GRO; consumed
 *
 * Context: softirq or BHs disabled, RCU.
 */
void nst_udp_receive(struct nst_stack *stack, struct sk_buff *skb)
{
	const struct nst_packet_cb *cb = nst_packet_cb(skb);
	struct nst_flow_key key;
	const struct udphdr *uh;
	struct nst_sock *nst;
	unsigned int length;

	if (unlikely(!pskb_may_pull(skb, sizeof(*uh))))
		goto too_short;
	uh = (const struct udphdr *)skb->data;
	length = ntohs(uh->len);
	if (unlikely(length < sizeof(*uh) || length > skb->len))
		goto too_short;
	/* RFC 768's length may be less than IP's: the rest is padding. */
	if (unlikely(length < skb->len)) {
		if (pskb_trim_rcsum(skb, length))
			goto too_short;
		uh = (const struct udphdr *)skb->data;
	}

	key.laddr = nst_packet_daddr(skb);
	key.raddr = nst_packet_saddr(skb);
	key.lport = uh->dest;
	key.rport = uh->source;
	key.family = cb->family;
	key.link_index = cb->link->index;
	if (unlikely(!checksum_correct(skb, uh, &key)))
		goto bad_checksum;

	if (unlikely(cb->flags & (NST_PACKET_BROADCAST |
				  NST_PACKET_MULTICAST))) {
		if (skb_is_gso(skb))
			receive_segments(stack, skb);
		else
			deliver_group(stack, skb, &key);
		return;
	}
	nst = nst_udp_lookup_rcu(stack, &key, skb);
	if (unlikely(skb_is_gso(skb)) && !takes_whole(nst)) {
		receive_segments(stack, skb);
		return;
	}
	if (likely(nst)) {
		if (unlikely(!uh->check && key.family == AF_INET6 &&
			     unsummed_refused(nst, skb)))
			goto bad_checksum;
		deliver(nst, skb, key.link_index);
		return;
	}
	if (unlikely(!uh->check && key.family == AF_INET6 &&
		     skb->ip_summed != CHECKSUM_PARTIAL))
		goto bad_checksum;
	/* RFC 1122 4.1.3.1 */
	NST_INC(stack, UDP_NO_PORTS);
	nst_network_port_unreachable(stack, skb);
	nst_drop(stack, skb, NST_DROP_UDP_NO_PORT);
	return;

bad_checksum:
	NST_INC(stack, UDP_IN_CSUM_ERRORS);
	refuse(stack, skb, NST_DROP_UDP_CHECKSUM);
	return;

too_short:
	refuse(stack, skb, NST_DROP_UDP_SHORT);
}

/* A peer's super-packet: each of its datagrams is one of ours. */
static void receive_segments(struct nst_stack *stack, struct sk_buff *skb)
{
	struct sk_buff *next;

	skb_reset_transport_header(skb);
	__skb_push(skb, -skb_network_offset(skb));
	skb = nst_segment(skb);
	if (IS_ERR(skb)) {
		NST_INC(stack, UDP_IN_ERRORS);
		return;
	}
	for (; skb; skb = next) {
		next = skb->next;
		skb_mark_not_on_list(skb);
		__skb_pull(skb, skb_transport_offset(skb));
		nst_udp_receive(stack, skb);
	}
}

/*
 * The datagram at offset *@off of the queue, for MSG_PEEK with SO_PEEK_OFF.
 * *@off becomes the offset within it, *@last the last one looked at.
 */
static struct sk_buff *peek(struct sk_buff_head *queue, int *off,
			    struct sk_buff **last)
{
	bool from_start = *off < 0;
	int left = max(*off, 0);
	struct sk_buff *skb;

	skb_queue_walk(queue, skb) {
		*last = skb;
		if (!from_start && left >= (int)skb->len &&
		    (left || skb->peeked)) {
			left -= skb->len;
			continue;
		}
		/* An empty datagram has no offset that would pass it. */
		if (!skb->len)
			skb->peeked = 1;
		*off = left;
		refcount_inc(&skb->users);
		return skb;
	}
	return NULL;
}

static struct sk_buff *try_take(struct sock *sk, int flags, int *off,
				struct sk_buff **last)
{
	struct sk_buff_head *queue = &sk->sk_receive_queue;
	struct sk_buff *skb;

	*last = (struct sk_buff *)queue;
	if (skb_queue_empty_lockless(queue))
		return NULL;

	spin_lock_bh(&queue->lock);
	if (unlikely(flags & MSG_PEEK)) {
		skb = peek(queue, off, last);
	} else {
		skb = __skb_dequeue(queue);
		if (skb)
			uncharge(sk, skb);
		*off = 0;
	}
	spin_unlock_bh(&queue->lock);
	return skb;
}

/*
 * Wait for a datagram. Return: it, ERR_PTR(), or NULL when the socket is
 * shut down for reading.
 */
static struct sk_buff *take(struct sock *sk, int flags, int *off)
{
	long timeo = sock_rcvtimeo(sk, flags & MSG_DONTWAIT);
	int start = *off;
	struct sk_buff *skb, *last;
	int err;

	do {
		err = sock_error(sk);
		if (err)
			break;
		*off = start;
		skb = try_take(sk, flags, off, &last);
		if (skb)
			return skb;
		err = -EAGAIN;
	} while (timeo &&
		 !__skb_wait_for_more_packets(sk, &sk->sk_receive_queue, &err,
					      &timeo, last));
	return ERR_PTR(err);
}

/* UDP_GRO: of how many bytes each datagram of a super-packet is. */
static void recv_segment(struct msghdr *msg, const struct sk_buff *skb)
{
	int size = skb_shinfo(skb)->gso_size;

	if (size)
		put_cmsg(msg, SOL_UDP, UDP_GRO, sizeof(size), &size);
}

int nst_udp_recvmsg(struct sock *sk, struct msghdr *msg, size_t len,
		    int flags, struct nst_sockaddr *from)
{
	struct nst_sock *nst = nst_sk(sk);
	bool peeking = flags & MSG_PEEK;
	unsigned int length, copied;
	struct sk_buff *skb;
	int off, err;

	off = sk_peek_offset(sk, flags);
	skb = take(sk, flags, &off);
	if (!skb)
		return -ESHUTDOWN;
	if (IS_ERR(skb))
		return PTR_ERR(skb);

	length = skb->len;
	copied = length - off;
	if (len <= copied) {
		copied = len;
		if (copied < length)
			msg->msg_flags |= MSG_TRUNC;
	}
	if (likely(!skb_is_nonlinear(skb)))
		err = copy_to_iter(skb->data + off, copied, &msg->msg_iter) ==
		      copied ? 0 : -EFAULT;
	else
		err = skb_copy_datagram_msg(skb, off, msg, copied);
	if (unlikely(err)) {
		if (!peeking) {
			atomic_inc(&sk->sk_drops);
			NST_INC(nst->stack, UDP_IN_ERRORS);
		}
		kfree_skb(skb);
		return err;
	}
	if (!peeking)
		NST_INC(nst->stack, UDP_IN_DATAGRAMS);

	from->family = nst_packet_cb(skb)->family;
	from->address = nst_packet_saddr(skb);
	from->port = udp_hdr(skb)->source;
	from->link_index = nst_queued_cb(skb)->link_index;
	sock_recv_cmsgs(msg, sk, skb);
	if (unlikely(READ_ONCE(nst->cmsg_flags))) {
		if (READ_ONCE(nst->cmsg_flags) & NST_CMSG_UDP_GRO)
			recv_segment(msg, skb);
		nst_sock_recv_cmsg(sk, msg, skb);
	}

	err = flags & MSG_TRUNC ? length : copied;
	if (unlikely(READ_ONCE(sk->sk_peek_off) >= 0))
		sk_peek_offset_bwd(sk, peeking ? -err : err);
	consume_skb(skb);
	return err;
}

int nst_udp_first_length(struct sock *sk)
{
	struct sk_buff_head *queue = &sk->sk_receive_queue;
	const struct sk_buff *skb;
	int length;

	spin_lock_bh(&queue->lock);
	skb = skb_peek(queue);
	length = skb ? skb->len : 0;
	spin_unlock_bh(&queue->lock);
	return length;
}

void nst_udp_purge(struct sock *sk)
{
	struct sk_buff_head *queue = &sk->sk_receive_queue;
	struct sk_buff *skb;

	spin_lock_bh(&queue->lock);
	while ((skb = __skb_dequeue(queue))) {
		uncharge(sk, skb);
		kfree_skb(skb);
	}
	spin_unlock_bh(&queue->lock);
}
