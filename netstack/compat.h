/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Differences between kernel versions, 6.1 to 7.2: the only place that looks
 * at LINUX_VERSION_CODE. The code elsewhere is written for the newest form.
 */
#ifndef NST_COMPAT_H
#define NST_COMPAT_H

#include <linux/bvec.h>
#include <linux/hrtimer.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/net.h>
#include <linux/timer.h>
#include <linux/uio.h>
#include <linux/version.h>
#include <net/rtnetlink.h>
#include <net/sock.h>

/* 6.10 gave page fragments' references and memory pressure own headers. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#include <linux/skbuff_ref.h>
#include <net/proto_memory.h>
#endif

/* 6.5 took segmentation out of <linux/skbuff.h>. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include <net/gso.h>
#endif

/* 6.12 moved <asm/unaligned.h>. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
#include <asm/unaligned.h>
#else
#include <linux/unaligned.h>
#endif

/* 6.16 renamed from_timer(). */
#ifndef timer_container_of
#define timer_container_of	from_timer
#endif

/* 6.13 joined hrtimer_init() and the function; 6.15 took the former away. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

/* 6.6 gave register_net_sysctl() the size of the table. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
#define register_net_sysctl_sz(net, path, table, size) \
	register_net_sysctl(net, path, table)
#endif

/* 6.11 made the table of a proc_handler const. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
#define nst_ctl_table	struct ctl_table
#else
#define nst_ctl_table	const struct ctl_table
#endif

/*
 * 6.15 has super-packets of accurate ECN, whose segments all keep CWR. Before,
 * the bits are only this stack's own: no device of the host takes them.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
#define SKB_GSO_TCP_ACCECN	BIT(19)
#define NETIF_F_GSO_ACCECN	((netdev_features_t)SKB_GSO_TCP_ACCECN << \
				 NETIF_F_GSO_SHIFT)
#define NST_DEVICE_GSO_ACCECN	((netdev_features_t)0)
#else
#define NST_DEVICE_GSO_ACCECN	NETIF_F_GSO_ACCECN
#endif

/* 6.10: a device that only carries NAPI polls is no longer initialised. */
static inline struct net_device *nst_compat_dummy_alloc(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
	return alloc_netdev_dummy(0);
#else
	struct net_device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	if (dev)
		init_dummy_netdev(dev);
	return dev;
#endif
}

static inline void nst_compat_dummy_free(struct net_device *dev)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
	free_netdev(dev);
#else
	kfree(dev);
#endif
}

/* 6.12 took NETIF_F_LLTX out of the features. */
static inline void nst_compat_set_lltx(struct net_device *dev)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	dev->lltx = true;
#else
	dev->features |= NETIF_F_LLTX;
#endif
}

/* 6.15 put the arguments of rtnl_link_ops.newlink into a structure. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
#define NST_COMPAT_NEWLINK_ARGS \
	struct net_device *dev, struct rtnl_newlink_params *params
#define NST_COMPAT_NEWLINK_NET	rtnl_newlink_link_net(params)
#else
#define NST_COMPAT_NEWLINK_ARGS \
	struct net *src_net, struct net_device *dev, struct nlattr *tb[], \
	struct nlattr *data[]
#define NST_COMPAT_NEWLINK_NET	src_net
#endif

/* 6.2 counts the numbers of timestamps from what is written, if asked. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define SOF_TIMESTAMPING_OPT_ID_TCP	0
#endif

/* 6.13 lets a message choose the number of its timestamp. Return: it did. */
static inline bool nst_compat_stamp_id(const struct sockcm_cookie *sockc,
				       u32 *id)
{
#ifdef SOCKCM_FLAG_TS_OPT_ID
	if (sockc->tsflags & SOCKCM_FLAG_TS_OPT_ID) {
		*id = sockc->ts_opt_id;
		return true;
	}
#endif
	return false;
}

/* 6.11 has more clocks than two for the time of sending. */
static inline void nst_compat_copy_time(struct sk_buff *to,
					const struct sk_buff *from)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
	skb_set_delivery_time(to, from->tstamp, from->mono_delivery_time);
#else
	skb_set_delivery_time(to, from->tstamp, from->tstamp_type);
#endif
}

/* 6.17 replaced sock_i_uid(), which took a lock. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
#define nst_sk_uid(sk)	sock_i_uid(sk)
#else
#define nst_sk_uid(sk)	sk_uid(sk)
#endif

/* 6.10 passed the arguments of proto_ops.accept() in a structure. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define NST_COMPAT_ACCEPT_ARGS	struct proto_accept_arg *arg
#define NST_COMPAT_ACCEPT_FLAGS	arg->flags
#else
#define NST_COMPAT_ACCEPT_ARGS	int flags, bool kern
#define NST_COMPAT_ACCEPT_FLAGS	flags
#endif

/* 6.19 gave the addresses of bind() and connect() a type without a size. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 19, 0)
#define sockaddr_unsized	sockaddr
#endif

/* 6.16 gave MSG_ZEROCOPY's helpers an argument for memory of devices. */
static inline struct ubuf_info *
nst_compat_zerocopy_realloc(struct sock *sk, size_t size,
			    struct ubuf_info *uarg)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
	return msg_zerocopy_realloc(sk, size, uarg, false);
#else
	return msg_zerocopy_realloc(sk, size, uarg);
#endif
}

static inline int nst_compat_zerocopy_stream(struct sock *sk,
					     struct sk_buff *skb,
					     struct msghdr *msg, int len)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
	return skb_zerocopy_iter_stream(sk, skb, msg, len, msg->msg_ubuf, NULL);
#else
	return skb_zerocopy_iter_stream(sk, skb, msg, len, msg->msg_ubuf);
#endif
}

/*
 * 6.5 splices by sendmsg() with MSG_SPLICE_PAGES, before it was sendpage():
 * such a message is made of it, with one page. Kernels that know the flag keep
 * it from programs; whoever else gets here with it and pages has them pinned.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#ifndef MSG_SPLICE_PAGES
#define MSG_SPLICE_PAGES	0x8000000
#endif

static inline bool nst_compat_splices(const struct msghdr *msg)
{
	return msg->msg_flags & MSG_SPLICE_PAGES &&
	       iov_iter_is_bvec(&msg->msg_iter);
}

static inline ssize_t skb_splice_from_iter(struct sk_buff *skb,
					   struct iov_iter *iter, ssize_t len)
{
	const struct bio_vec *vec = iter->bvec;
	int err;

	len = min_t(size_t, len, vec->bv_len - iter->iov_offset);
	err = skb_append_pagefrags(skb, vec->bv_page,
				   vec->bv_offset + iter->iov_offset, len);
	if (err)
		return err;
	skb->len += len;
	skb->data_len += len;
	skb->truesize += len;
	iov_iter_advance(iter, len);
	return len;
}

/* A page that must not be shared is copied. */
static inline ssize_t nst_compat_sendpage(struct socket *sock,
					  struct page *page, int offset,
					  size_t size, int flags)
{
	struct msghdr msg = { .msg_flags = flags };
	struct bio_vec vec = {
		.bv_page = page,
		.bv_len = size,
		.bv_offset = offset,
	};

	if (sendpage_ok(page))
		msg.msg_flags |= MSG_SPLICE_PAGES;
	if (flags & MSG_SENDPAGE_NOTLAST)
		msg.msg_flags |= MSG_MORE;
	iov_iter_bvec(&msg.msg_iter, ITER_SOURCE, &vec, 1, size);
	return sock->ops->sendmsg(sock, &msg, size);
}

/* Of struct proto_ops. @eof: the file has ended before sendfile() had. */
#define NST_COMPAT_SPLICE_OPS(eof)	.sendpage = nst_compat_sendpage
#else
#define NST_COMPAT_SPLICE_OPS(eof)	.splice_eof = (eof)

static inline bool nst_compat_splices(const struct msghdr *msg)
{
	return msg->msg_flags & MSG_SPLICE_PAGES;
}
#endif

/*
 * 6.3 lets a socket take SOL_SOCKET options itself. Before, net/core answers
 * all of them: SO_ZEROCOPY is refused, SO_REUSEPORT by kernels that keep it for
 * AF_INET and AF_INET6 (NETSTACK_ZEROCOPY and NETSTACK_REUSEPORT are not), and
 * what is without effect is taken in silence.
 */
static inline void nst_compat_custom_sockopt(struct socket *sock)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	set_bit(SOCK_CUSTOM_SOCKOPT, &sock->flags);
#endif
}

#endif /* NST_COMPAT_H */
