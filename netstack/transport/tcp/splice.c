// SPDX-License-Identifier: GPL-2.0
/*
 * splice(2) from a connection: the pages of received segments into a pipe,
 * without a copy (net/core copies what lies in a buffer's linear part).
 *
 * It waits for the first byte, and then takes what is there. It stops before
 * an urgent octet, and does not go past it: recv(2) does.
 */
#include <linux/fs.h>
#include <linux/sched/signal.h>

#include "receive_queue.h"

/* The segment that the next byte, or the FIN, is in; old ones are freed. */
static struct sk_buff *next_segment(struct sock *sk, u32 *offset)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct sk_buff *skb;

	while ((skb = skb_peek(&sk->sk_receive_queue))) {
		*offset = tp->copied_seq - nst_tcp_cb(skb)->seq;
		if (*offset < skb->len ||
		    (nst_tcp_cb(skb)->flags & NST_TCP_FIN &&
		     *offset == skb->len))
			return skb;
		__skb_unlink(skb, &sk->sk_receive_queue);
		__kfree_skb(skb);
	}
	return NULL;
}

/* Bytes that may be taken at once: not more than up to an urgent octet. */
static unsigned int up_to_mark(const struct nst_tcp_sock *tp, unsigned int len)
{
	if (likely(!tp->urg_state))
		return len;
	return min_t(u32, len, tp->urg_seq - tp->copied_seq);
}

/*
 * Take what is in the receive queue. Return: bytes, 0 if there is nothing to
 * be had, or what splice_to_pipe() says if not one byte went.
 */
static int splice_queue(struct sock *sk, struct pipe_inode_info *pipe,
			size_t len, unsigned int flags)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct sk_buff *skb;
	int spliced = 0;
	u32 offset;

	while (len && (skb = next_segment(sk, &offset))) {
		bool fin = nst_tcp_cb(skb)->flags & NST_TCP_FIN;
		unsigned int take = min_t(size_t, skb->len - offset, len);
		int done;

		if (take) {
			take = up_to_mark(tp, take);
			if (!take)
				break;
			done = skb_splice_bits(skb, sk, offset, pipe, take,
					       flags);
			if (done <= 0) {
				if (!spliced)
					spliced = done;
				break;
			}
			WRITE_ONCE(tp->copied_seq, tp->copied_seq + done);
			spliced += done;
			len -= done;
			if (offset + done < skb->len)
				continue;
		}
		__skb_unlink(skb, &sk->sk_receive_queue);
		__kfree_skb(skb);
		if (fin) {
			WRITE_ONCE(tp->copied_seq, tp->copied_seq + 1);
			break;
		}
	}
	nst_tcp_rcv_space_adjust(sk);
	if (spliced > 0)
		nst_tcp_cleanup_rbuf(sk, spliced);
	return spliced;
}

static int wait_for_data(struct sock *sk, long *timeout)
{
	int ret = sk_wait_data(sk, timeout, NULL);

	if (ret < 0)
		return ret;
	return signal_pending(current) ? sock_intr_errno(*timeout) : 0;
}

/**
 * nst_tcp_splice_read() - splice(2) from a connection
 * @sock: socket
 * @ppos: must be 0: a socket has no position
 * @pipe: where the pages go; locked
 * @len: bytes at most
 * @flags: SPLICE_F_*; whether it waits for data is the socket's O_NONBLOCK
 *
 * Context: process; takes the socket lock.
 * Return: bytes, 0 at the end of the stream (or before an urgent octet),
 * -ESPIPE, -EAGAIN, -ENOTCONN, -EINTR or -ERESTARTSYS, the error of the
 * connection or of the pipe.
 */
ssize_t nst_tcp_splice_read(struct socket *sock, loff_t *ppos,
			    struct pipe_inode_info *pipe, size_t len,
			    unsigned int flags)
{
	struct sock *sk = sock->sk;
	ssize_t spliced = 0;
	long timeout;
	int ret = 0;

	if (unlikely(*ppos))
		return -ESPIPE;

	lock_sock(sk);
	if (sk->sk_state == TCP_LISTEN) {
		release_sock(sk);
		return -ENOTCONN;
	}
	timeout = sock_rcvtimeo(sk, sock->file->f_flags & O_NONBLOCK);
	while (len) {
		ret = splice_queue(sk, pipe, len, flags);
		if (ret > 0) {
			spliced += ret;
			len -= ret;
			if (!len || !timeout)
				break;
			/* What came in meanwhile is taken as well. */
			release_sock(sk);
			lock_sock(sk);
			if (sk->sk_err || sk->sk_state == TCP_CLOSE ||
			    sk->sk_shutdown & RCV_SHUTDOWN ||
			    signal_pending(current))
				break;
			continue;
		}
		if (ret < 0 || spliced)
			break;
		/* What is in the queue begins with an urgent octet. */
		ret = nst_tcp_may_come(sk, timeout);
		if (ret <= 0 || !skb_queue_empty(&sk->sk_receive_queue)) {
			ret = min(ret, 0);
			break;
		}
		ret = wait_for_data(sk, &timeout);
		if (ret)
			break;
	}
	release_sock(sk);
	return spliced ? : ret;
}
