// SPDX-License-Identifier: GPL-2.0
/*
 * Headers of a SYN, kept for who accepts the connection. Entry points:
 * saved_syn.h.
 */
#include <linux/slab.h>

#include "tcp.h"

struct nst_tcp_saved_syn *nst_tcp_saved_syn_make(const struct sk_buff *skb,
						 u8 mode)
{
	struct nst_tcp_saved_syn *syn;
	const u8 *from, *end;

	from = mode == NST_TCP_SAVE_SYN_LINK && skb_mac_header_was_set(skb) ?
	       skb_mac_header(skb) : skb_network_header(skb);
	end = skb_transport_header(skb) + tcp_hdrlen(skb);
	if (from > end || end - from > NST_TCP_SAVED_SYN_MAX)
		return NULL;
	syn = kmalloc(struct_size(syn, data, end - from),
		      GFP_ATOMIC | __GFP_NOWARN);
	if (!syn)
		return NULL;
	syn->length = end - from;
	memcpy(syn->data, from, syn->length);
	return syn;
}

void nst_tcp_saved_syn_move(struct nst_tcp_sock *child,
			    struct nst_tcp_saved_syn **from)
{
	child->saved_syn = *from;
	*from = NULL;
}

static int read_locked(struct nst_tcp_sock *tp, char __user *optval,
		       int __user *optlen, int room)
{
	const struct nst_tcp_saved_syn *syn = tp->saved_syn;

	if (put_user(syn ? syn->length : 0, optlen))
		return -EFAULT;
	if (!syn)
		return 0;
	if (room < (int)syn->length)
		return -EINVAL;
	if (copy_to_user(optval, syn->data, syn->length))
		return -EFAULT;
	tp->saved_syn = NULL;
	kfree(syn);
	return 0;
}

int nst_tcp_saved_syn_read(struct sock *sk, char __user *optval,
			   int __user *optlen)
{
	int room, err;

	if (get_user(room, optlen))
		return -EFAULT;
	if (room < 0)
		return -EINVAL;
	lock_sock(sk);
	err = read_locked(nst_tcp_sk(sk), optval, optlen, room);
	release_sock(sk);
	return err;
}
