// SPDX-License-Identifier: GPL-2.0
/*
 * RECEIVE (RFC 9293 3.10.3): recvmsg(2) of a connection, as tcp(7) and
 * recv(2) describe it.
 */
#include <linux/sched/signal.h>
#include <linux/uio.h>

#include "receive_queue.h"

/**
 * struct receipt - one call of recvmsg()
 * @sk: socket
 * @msg: where it goes
 * @flags: MSG_*
 * @len: bytes of room left
 * @copied: bytes delivered
 * @seq: what is read next: copied_seq, or @peek_seq when peeking
 * @peek_seq: where peeking stands
 * @stamped: last segment read, kept for its time of arrival, or NULL
 * @staying: the same, when it is still in the queue, which is locked
 */
struct receipt {
	struct sock *sk;
	struct msghdr *msg;
	int flags;
	size_t len;
	int copied;
	u32 *seq;
	u32 peek_seq;
	struct sk_buff *stamped;
	struct sk_buff *staying;
};

/* recv(MSG_OOB): the urgent octet, when it is kept out of the stream. */
static int recv_urgent(struct sock *sk, struct msghdr *msg, size_t len,
		       int flags)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u8 octet;

	if (sock_flag(sk, SOCK_URGINLINE) ||
	    tp->urg_state == NST_TCP_URG_NONE ||
	    tp->urg_state == NST_TCP_URG_READ)
		return -EINVAL;
	if (sk->sk_state == TCP_CLOSE && !sock_flag(sk, SOCK_DONE))
		return -ENOTCONN;
	if (tp->urg_state == NST_TCP_URG_VALID) {
		octet = tp->urg_data;
		if (!(flags & MSG_PEEK))
			WRITE_ONCE(tp->urg_state, NST_TCP_URG_READ);
		msg->msg_flags |= MSG_OOB;
		if (!len) {
			msg->msg_flags |= MSG_TRUNC;
			return 0;
		}
		if (!(flags & MSG_TRUNC) && memcpy_to_msg(msg, &octet, 1))
			return -EFAULT;
		return 1;
	}
	if (sk->sk_state == TCP_CLOSE || sk->sk_shutdown & RCV_SHUTDOWN)
		return 0;
	/* Announced, not arrived: recv(2) does not wait for it. */
	return -EAGAIN;
}

static bool wants_timestamp(const struct sock *sk, const struct sk_buff *skb)
{
	return skb->tstamp && (sock_flag(sk, SOCK_RCVTSTAMP) ||
			       READ_ONCE(sk->sk_tsflags));
}

/* All of the segment was read, @used bytes now: a bare FIN has no time. */
static void segment_eat(struct receipt *r, struct sk_buff *skb, size_t used)
{
	if (r->flags & MSG_PEEK)
		return;
	__skb_unlink(skb, &r->sk->sk_receive_queue);
	r->staying = NULL;
	if (unlikely(wants_timestamp(r->sk, skb)) && used)
		swap(r->stamped, skb);
	if (skb)
		__kfree_skb(skb);
}

/*
 * What is read now is @used bytes at most: an urgent octet ends the run
 * before it, or is left out of the stream. Return: how many bytes of the
 * segment's data follow the offset, hole removed.
 */
static size_t urgent_limit(struct receipt *r, size_t used, u32 *offset)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(r->sk);
	u32 distance = tp->urg_seq - *r->seq;

	if (distance >= used)
		return used;
	if (distance)
		return distance;
	if (sock_flag(r->sk, SOCK_URGINLINE))
		return used;
	WRITE_ONCE(*r->seq, *r->seq + 1);
	(*offset)++;
	return used - 1;
}

/*
 * Read from a segment.
 * Return: 1 to go on, 0 at the end of the stream, or -EFAULT.
 */
static int segment_read(struct receipt *r, struct sk_buff *skb, u32 offset)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(r->sk);
	size_t used = min_t(size_t, skb->len - offset, r->len);

	if (unlikely(tp->urg_state))
		used = urgent_limit(r, used, &offset);
	if (likely(used)) {
		if (!(r->flags & MSG_TRUNC) &&
		    skb_copy_datagram_msg(skb, offset, r->msg, used))
			return -EFAULT;
		WRITE_ONCE(*r->seq, *r->seq + used);
		r->copied += used;
		r->len -= used;
		nst_tcp_rcv_space_adjust(r->sk);
	}
	if (unlikely(tp->urg_state) && nst_after(tp->copied_seq, tp->urg_seq))
		WRITE_ONCE(tp->urg_state, NST_TCP_URG_NONE);
	if (unlikely(wants_timestamp(r->sk, skb)) && used)
		r->staying = skb;
	if (used + offset < skb->len)
		return 1;
	if (nst_tcp_cb(skb)->flags & NST_TCP_FIN) {
		WRITE_ONCE(*r->seq, *r->seq + 1);
		segment_eat(r, skb, used);
		return 0;
	}
	segment_eat(r, skb, used);
	return 1;
}

/*
 * The segment that holds the next byte. @last is the last one of the queue.
 * A FIN without data counts: its offset is its length.
 */
static struct sk_buff *segment_find(const struct receipt *r, u32 *offset,
				    struct sk_buff **last)
{
	struct sk_buff *skb;

	*last = skb_peek_tail(&r->sk->sk_receive_queue);
	skb_queue_walk(&r->sk->sk_receive_queue, skb) {
		*offset = *r->seq - nst_tcp_cb(skb)->seq;
		if (WARN_ON_ONCE((s32)*offset < 0))
			return NULL;
		if (*offset < skb->len ||
		    (nst_tcp_cb(skb)->flags & NST_TCP_FIN &&
		     *offset == skb->len))
			return skb;
	}
	return NULL;
}

/*
 * The queue is empty. Shall the call go on, by waiting?
 * Return: 1 to wait, 0 to return what was copied, or a negative errno.
 */
static int may_wait(const struct receipt *r, long timeout)
{
	struct sock *sk = r->sk;
	int ret;

	if (r->copied) {
		if (!timeout || sk->sk_err || sk->sk_state == TCP_CLOSE ||
		    sk->sk_shutdown & RCV_SHUTDOWN || signal_pending(current))
			return 0;
		return 1;
	}
	ret = nst_tcp_may_come(sk, timeout);
	if (ret > 0 && signal_pending(current))
		return sock_intr_errno(timeout);
	return ret;
}

/* At the urgent mark, a read ends: the program may ask where it is. */
static int at_mark(const struct receipt *r, long timeout)
{
	const struct nst_tcp_sock *tp = nst_tcp_sk(r->sk);

	if (likely(!tp->urg_state) || tp->urg_seq != *r->seq)
		return 1;
	if (r->copied)
		return 0;
	if (signal_pending(current))
		return timeout ? sock_intr_errno(timeout) : -EAGAIN;
	return 1;
}

/* There is nothing to read on a connection, and nothing to tell. */
static bool is_idle(const struct sock *sk)
{
	return skb_queue_empty_lockless(&sk->sk_receive_queue) &&
	       READ_ONCE(sk->sk_state) == TCP_ESTABLISHED &&
	       !READ_ONCE(sk->sk_err) &&
	       !(READ_ONCE(sk->sk_shutdown) & RCV_SHUTDOWN) &&
	       !READ_ONCE(sk->sk_backlog.tail) &&
	       !READ_ONCE(nst_tcp_sk(sk)->urg_state);
}

/*
 * Wait for the first byte without the lock, which would have to be given back
 * for it. What has come is for the owner of the lock to see.
 * Return: what is left of @timeout, jiffies.
 */
static long wait_unlocked(struct sock *sk, long timeout)
{
	DEFINE_WAIT_FUNC(wait, woken_wake_function);

	add_wait_queue(sk_sleep(sk), &wait);
	sk_set_bit(SOCKWQ_ASYNC_WAITDATA, sk);
	while (timeout && is_idle(sk) && !signal_pending(current))
		timeout = wait_woken(&wait, TASK_INTERRUPTIBLE, timeout);
	sk_clear_bit(SOCKWQ_ASYNC_WAITDATA, sk);
	remove_wait_queue(sk_sleep(sk), &wait);
	return timeout;
}

/* Return: 0, or a negative errno that counts if nothing was copied. */
static int receive(struct receipt *r, int target, long timeout)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(r->sk);
	struct sock *sk = r->sk;
	struct sk_buff *skb, *last;
	u32 offset;
	int more;

	do {
		more = at_mark(r, timeout);
		if (unlikely(more <= 0))
			return more;

		skb = segment_find(r, &offset, &last);
		if (likely(skb)) {
			more = segment_read(r, skb, offset);
			if (more <= 0)
				return more;
			continue;
		}

		if (r->copied >= target && !READ_ONCE(sk->sk_backlog.tail))
			return 0;
		more = may_wait(r, timeout);
		if (more <= 0)
			return more;
		/* Another thread may read it meanwhile. */
		r->staying = NULL;
		if (r->copied >= target) {
			__sk_flush_backlog(sk);
		} else {
			nst_tcp_cleanup_rbuf(sk, r->copied);
			more = sk_wait_data(sk, &timeout, last);
			if (more < 0)
				return more;
		}
		/* Somebody else read what we were looking at. */
		if (r->flags & MSG_PEEK &&
		    r->peek_seq - r->copied != tp->copied_seq) {
			net_dbg_ratelimited("netstack: %s(%d) peeks at data that another thread reads\n",
					    current->comm,
					    task_pid_nr(current));
			r->peek_seq = tp->copied_seq + r->copied;
		}
	} while (r->len > 0);
	return 0;
}

/* Bytes that the next call finds; 1 when it finds the end of the stream. */
static int left_to_read(struct sock *sk)
{
	const struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 copied_seq = READ_ONCE(tp->copied_seq);
	int left = READ_ONCE(tp->rcv_nxt) - copied_seq;

	if (unlikely(left < 0 || copied_seq != READ_ONCE(tp->copied_seq))) {
		lock_sock(sk);
		left = tp->rcv_nxt - tp->copied_seq;
		release_sock(sk);
	}
	return !left && sock_flag(sk, SOCK_DONE) ? 1 : left;
}

/* TCP_INQ, and the same for io_uring. */
static void tell_inq(struct sock *sk, struct msghdr *msg, bool cmsg)
{
	msg->msg_inq = left_to_read(sk);
	if (cmsg)
		put_cmsg(msg, SOL_TCP, TCP_CM_INQ, sizeof(msg->msg_inq),
			 &msg->msg_inq);
}

/**
 * nst_tcp_recv() - RECEIVE
 * @sk: socket
 * @msg: where to put the data
 * @len: bytes of room
 * @flags: MSG_PEEK, MSG_WAITALL, MSG_DONTWAIT, MSG_TRUNC, MSG_OOB,
 *	MSG_ERRQUEUE
 *
 * Context: process; takes the socket lock.
 * Return: bytes read, 0 at the end of the stream, or a negative errno as in
 * recv(2).
 */
int nst_tcp_recv(struct sock *sk, struct msghdr *msg, size_t len, int flags)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct receipt r = {
		.sk = sk,
		.msg = msg,
		.flags = flags,
		.len = len,
		.seq = &tp->copied_seq,
	};
	bool inq = false;
	long timeout;
	int err;

	if (unlikely(flags & MSG_ERRQUEUE))
		return nst_sock_recv_errqueue(sk, msg, len);

	timeout = sock_rcvtimeo(sk, flags & MSG_DONTWAIT);
	if (timeout && len && !(flags & MSG_OOB) && is_idle(sk))
		timeout = wait_unlocked(sk, timeout);

	lock_sock(sk);
	if (sk->sk_state == TCP_LISTEN) {
		err = -ENOTCONN;
		goto out;
	}
	inq = tp->recvmsg_inq;
	if (unlikely(flags & MSG_OOB)) {
		err = recv_urgent(sk, msg, len, flags);
		goto out;
	}
	if (flags & MSG_PEEK) {
		r.peek_seq = tp->copied_seq;
		r.seq = &r.peek_seq;
	}

	err = receive(&r, sock_rcvlowat(sk, flags & MSG_WAITALL, len),
		      timeout);
	if (r.copied)
		err = r.copied;
	nst_tcp_cleanup_rbuf(sk, r.copied);
	if (unlikely(r.staying) && err >= 0)
		sock_recv_timestamp(msg, sk, r.staying);
out:
	release_sock(sk);
	if (unlikely(r.stamped)) {
		if (!r.staying)
			sock_recv_timestamp(msg, sk, r.stamped);
		__kfree_skb(r.stamped);
	}
	if (unlikely(inq || msg->msg_get_inq) && err >= 0)
		tell_inq(sk, msg, inq);
	return err;
}
