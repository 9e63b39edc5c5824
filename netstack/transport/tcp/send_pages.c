// SPDX-License-Identifier: GPL-2.0
/*
 * Payload that is not copied: pages of a program (MSG_ZEROCOPY), and pages
 * that splice(2) and sendfile(2) bring. A segment holds references to the
 * pages in its list of fragments, as to any other.
 *
 * The send buffer is charged with whole pages, since that is what is held.
 */
#include "../zerocopy.h"
#include "segment.h"

/**
 * nst_tcp_append_zerocopy() - pages of the program to the end of a segment
 * @sk: socket, locked
 * @skb: last segment of the write queue
 * @msg: message with msg_ubuf set; advanced
 * @len: bytes at most
 *
 * A segment's pages are of one note: one of another note needs a new segment.
 *
 * Return: bytes, -EFAULT, -ENOMEM, or -ENOSPC: take a new segment.
 */
int nst_tcp_append_zerocopy(struct sock *sk, struct sk_buff *skb,
			    struct msghdr *msg, int len)
{
	int ret;

	if (!sk_wmem_schedule(sk, len))
		return -ENOMEM;
	ret = nst_compat_zerocopy_stream(sk, skb, msg, len);
	return ret == -EMSGSIZE || ret == -EEXIST ? -ENOSPC : ret;
}

/**
 * nst_tcp_append_spliced() - spliced pages to the end of a segment
 * @sk: socket, locked
 * @skb: last segment of the write queue
 * @msg: message whose pages the segment may keep; advanced
 * @len: bytes at most
 *
 * Others may write to the pages meanwhile: the segment is marked so that
 * net/core copies before it makes a checksum of it.
 *
 * Return: bytes, -EIO, -ENOMEM, or -ENOSPC: take a new segment.
 */
int nst_tcp_append_spliced(struct sock *sk, struct sk_buff *skb,
			   struct msghdr *msg, int len)
{
	ssize_t ret;

	if (!sk_wmem_schedule(sk, len))
		return -ENOMEM;
	ret = skb_splice_from_iter(skb, &msg->msg_iter, len);
	if (ret < 0)
		return ret == -EMSGSIZE ? -ENOSPC : ret;
	skb_shinfo(skb)->flags |= SKBFL_SHARED_FRAG;
	sk_wmem_queued_add(sk, ret);
	sk_mem_charge(sk, ret);
	return ret;
}
