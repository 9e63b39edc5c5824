// SPDX-License-Identifier: GPL-2.0
/*
 * Capture sockets (capture.h). What a program gets is never the frame that the
 * stack goes on with: a clone of it, or a copy of its beginning when a filter
 * wants no more, which takes no more room in the receive buffer than that.
 *
 * A slow reader loses frames, counted; the stack never waits for it.
 */
#include <linux/filter.h>
#include <linux/init.h>

#include "capture.h"
#include "plain.h"

/* What is copied rather than cloned: as much as goes into a page. */
#define COPY_MAX	SKB_MAX_ORDER(0, 0)

/**
 * struct capture_cb - of a frame in the queue
 * @link: index of its link
 * @length: of the frame, bytes
 * @captured: how many of them the filter wants
 * @gso_size: as struct netstack_capture_address
 * @type: likewise
 * @flags: likewise
 *
 * Behind it is net/core's SOCK_SKB_CB().
 */
struct capture_cb {
	u32 link;
	u32 length;
	u32 captured;
	u16 gso_size;
	u8 type;
	u8 flags;
};

static struct capture_cb *capture_cb(const struct sk_buff *skb)
{
	sock_skb_cb_check_size(sizeof(struct capture_cb));
	return (struct capture_cb *)skb->cb;
}

static struct nst_capture_sock *tap_owner(const struct nst_tap *tap)
{
	return container_of(tap, struct nst_capture_sock, tap);
}

static bool capture_wants(const struct nst_tap *tap,
			  const struct nst_link *link)
{
	int bound = READ_ONCE(tap_owner(tap)->nst.sk.sk_bound_dev_if);

	return !bound || bound == (int)link->index;
}

/*
 * As sk_filter(), the socket lends itself to what a program may call: there is
 * no device to find the namespace by. Return: how many bytes are wanted, 0: none
 * of it.
 */
static u32 run_filter(struct sock *sk, struct sk_buff *view)
{
	const struct sk_filter *filter = rcu_dereference(sk->sk_filter);
	u32 wanted;

	if (!filter)
		return view->len;
	view->sk = sk;
	wanted = bpf_prog_run_clear_cb(filter->prog, view);
	view->sk = NULL;
	return min(wanted, view->len);
}

static struct sk_buff *copy_begin(const struct sk_buff *view, u32 length)
{
	struct sk_buff *skb = alloc_skb(length, GFP_ATOMIC | __GFP_NOWARN);

	if (!skb)
		return NULL;
	if (skb_copy_bits(view, 0, skb_put(skb, length), length)) {
		kfree_skb(skb);
		return NULL;
	}
	skb->tstamp = view->tstamp;
	return skb;
}

/* User pages under the frame (MSG_ZEROCOPY) are copied: they may change. */
static struct sk_buff *clone_whole(struct sk_buff *view)
{
	struct sk_buff *skb = skb_clone(view, GFP_ATOMIC);

	if (skb && skb_orphan_frags_rx(skb, GFP_ATOMIC)) {
		kfree_skb(skb);
		return NULL;
	}
	return skb;
}

static struct sk_buff *capture_copy(struct sk_buff *view, u32 captured)
{
	if (captured < view->len && captured <= COPY_MAX)
		return copy_begin(view, captured);
	return clone_whole(view);
}

static void describe(struct sk_buff *skb, const struct sk_buff *view,
		     const struct nst_link *link, u32 captured)
{
	struct capture_cb *cb = capture_cb(skb);

	*cb = (struct capture_cb) {
		.link = link->index,
		.length = view->len,
		.captured = captured,
		.gso_size = skb_is_gso(view) ? skb_shinfo(view)->gso_size : 0,
		.type = view->pkt_type,
	};
	if (view->ip_summed == CHECKSUM_PARTIAL)
		cb->flags = NETSTACK_CAPTURE_F_CSUM_OPEN;
	else if (view->ip_summed == CHECKSUM_UNNECESSARY)
		cb->flags = NETSTACK_CAPTURE_F_CSUM_VALID;
}

static void capture_queue(struct nst_capture_sock *capture,
			  struct sk_buff *skb)
{
	struct sock *sk = &capture->nst.sk;

	spin_lock(&sk->sk_receive_queue.lock);
	capture->statistics.packets++;
	if (!skb) {
		capture->statistics.drops++;
		atomic_inc(&sk->sk_drops);
	} else {
		sock_skb_set_dropcount(sk, skb);
		__skb_queue_tail(&sk->sk_receive_queue, skb);
	}
	spin_unlock(&sk->sk_receive_queue.lock);
	if (skb)
		sk->sk_data_ready(sk);
}

static void capture_deliver(struct nst_tap *tap, const struct nst_link *link,
			    struct sk_buff *view)
{
	struct nst_capture_sock *capture = tap_owner(tap);
	struct sock *sk = &capture->nst.sk;
	struct sk_buff *skb = NULL;
	u32 captured = 0;

	if (likely(view)) {
		captured = run_filter(sk, view);
		if (!captured)
			return;
		if (likely(atomic_read(&sk->sk_rmem_alloc) <
			   READ_ONCE(sk->sk_rcvbuf)))
			skb = capture_copy(view, captured);
	}
	if (likely(skb)) {
		describe(skb, view, link, captured);
		skb_set_owner_r(skb, sk);
	}
	capture_queue(capture, skb);
}

/* As AF_PACKET: a socket of one link hears of its end. */
static void capture_link_down(struct nst_tap *tap, const struct nst_link *link,
			      bool gone)
{
	struct sock *sk = &tap_owner(tap)->nst.sk;

	if (READ_ONCE(sk->sk_bound_dev_if) != (int)link->index)
		return;
	/* Another link may get the number. */
	if (gone)
		WRITE_ONCE(sk->sk_bound_dev_if, -1);
	WRITE_ONCE(sk->sk_err, ENETDOWN);
	sk_error_report(sk);
}

static const struct nst_tap_ops capture_tap_ops = {
	.wants = capture_wants,
	.deliver = capture_deliver,
	.link_down = capture_link_down,
};

static int __capture_start(struct nst_capture_sock *capture, u32 link_index)
{
	struct nst_stack *stack = capture->nst.stack;
	struct sock *sk = &capture->nst.sk;
	int before = sk->sk_bound_dev_if;
	int err;

	if (capture->started)
		return -EINVAL;
	if (!link_index)
		link_index = before;
	if (link_index && !nst_link_by_index_rcu(stack, link_index))
		return -ENODEV;
	WRITE_ONCE(sk->sk_bound_dev_if, (int)link_index);
	err = __nst_tap_add(stack, &capture->tap);
	if (err) {
		WRITE_ONCE(sk->sk_bound_dev_if, before);
		return err;
	}
	capture->started = true;
	return 0;
}

int nst_capture_start(struct sock *sk, u32 link_index)
{
	struct nst_stack *stack = nst_sk(sk)->stack;
	int err;

	mutex_lock(&stack->config_mutex);
	err = __capture_start(nst_capture_sk(sk), link_index);
	mutex_unlock(&stack->config_mutex);
	return err;
}

int nst_capture_recvmsg(struct sock *sk, struct msghdr *msg, size_t len,
			int flags)
{
	struct netstack_capture_address *address = msg->msg_name;
	const struct capture_cb *cb;
	struct sk_buff *skb;
	int copied, err;

	if (flags & ~(MSG_PEEK | MSG_DONTWAIT | MSG_TRUNC | MSG_CMSG_COMPAT))
		return -EINVAL;
	skb = skb_recv_datagram(sk, flags, &err);
	if (!skb)
		return err;

	cb = capture_cb(skb);
	copied = nst_sock_recv_copy(skb, cb->captured, msg, len);
	if (copied < 0) {
		err = copied;
		goto free;
	}
	if (address) {
		*address = (struct netstack_capture_address) {
			.family = nst_family,
			.type = cb->type,
			.flags = cb->flags,
			.link = cb->link,
			.length = cb->length,
			.gso_size = cb->gso_size,
			.time = ktime_to_ns(skb->tstamp),
		};
		msg->msg_namelen = sizeof(*address);
	}
	sock_recv_cmsgs(msg, sk, skb);
	err = flags & MSG_TRUNC ? cb->captured : copied;
free:
	skb_free_datagram(sk, skb);
	return err;
}

void nst_capture_statistics(struct sock *sk,
			    struct netstack_capture_statistics *statistics)
{
	spin_lock_bh(&sk->sk_receive_queue.lock);
	*statistics = nst_capture_sk(sk)->statistics;
	spin_unlock_bh(&sk->sk_receive_queue.lock);
}

static int capture_init_sock(struct sock *sk)
{
	nst_capture_sk(sk)->tap.ops = &capture_tap_ops;
	return 0;
}

/*
 * Whoever still delivers does so under RCU, as long as which the socket's
 * memory stays: what comes now goes with it.
 */
static void capture_close(struct sock *sk, long timeout)
{
	struct nst_capture_sock *capture = nst_capture_sk(sk);
	struct nst_stack *stack = capture->nst.stack;

	mutex_lock(&stack->config_mutex);
	if (capture->started)
		__nst_tap_del(stack, &capture->tap);
	capture->started = false;
	mutex_unlock(&stack->config_mutex);
	skb_queue_purge(&sk->sk_receive_queue);
	nst_plain_close(sk);
}

struct proto nst_capture_prot = {
	.name		= "NETSTACK-CAPTURE",
	.close		= capture_close,
	.init		= capture_init_sock,
	.obj_size	= sizeof(struct nst_capture_sock),
};

int __init nst_capture_register(void)
{
	return proto_register(&nst_capture_prot, 1);
}

/* Waits for the memory of the last sockets. */
void nst_capture_unregister(void)
{
	rcu_barrier();
	proto_unregister(&nst_capture_prot);
}
