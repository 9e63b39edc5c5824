// SPDX-License-Identifier: GPL-2.0
/*
 * sendmsg(2) on a connection: the program's bytes into segments of the write
 * queue, with the send buffer's limit, and the decision when they are pushed
 * (RFC 9293 3.9.1.2).
 *
 * A small write is copied behind the headers' room of a new buffer, which
 * costs no page; all else goes into page fragments that buffers share. What is
 * not copied at all is send_pages.c's.
 */
#include "../zerocopy.h"
#include "stamp.h"

/* Writes up to this many bytes go into a buffer's linear part. */
#define SMALL_WRITE	256

/* Calls like this one may follow soon, but half a window must not wait. */
static bool must_push(const struct nst_tcp_sock *tp)
{
	return nst_after(tp->write_seq, tp->pushed_seq + tp->max_window / 2);
}

static void mark_push(struct nst_tcp_sock *tp, struct sk_buff *skb)
{
	nst_tcp_cb(skb)->flags |= NST_TCP_PSH;
	tp->pushed_seq = tp->write_seq;
}

static void remove_empty_tail(struct sock *sk)
{
	struct sk_buff *skb = skb_peek_tail(&sk->sk_write_queue);

	if (skb && nst_tcp_cb(skb)->seq == nst_tcp_cb(skb)->end_seq) {
		__skb_unlink(skb, &sk->sk_write_queue);
		nst_tcp_wmem_free_skb(sk, skb);
	}
}

/* Send what has been queued, as far as @flags and @nonagle let it go. */
static void push(struct sock *sk, u32 mss, int flags, u8 nonagle)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct sk_buff *skb = skb_peek_tail(&sk->sk_write_queue);

	if (!skb)
		return;
	if (!(flags & MSG_MORE) || must_push(tp))
		mark_push(tp, skb);
	if (flags & MSG_OOB) {
		/* RFC 9293 3.8.5: the last octet so far is urgent. */
		tp->snd_up = tp->write_seq;
		tp->urg_mode = true;
	}
	nst_tcp_push_mss(sk, mss,
			 flags & MSG_MORE ? NST_TCP_NAGLE_CORK : nonagle);
}

/* Room in the send buffer, and not too much that waits (TCP_NOTSENT_LOWAT). */
static bool room_for_segment(const struct sock *sk)
{
	const struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 lowat = READ_ONCE(tp->notsent_lowat);

	return sk->sk_wmem_queued < READ_ONCE(sk->sk_sndbuf) &&
	       (likely(!lowat) || tp->write_seq - tp->snd_nxt < lowat);
}

/* A new, empty segment at the end of the queue. NULL: wait for memory. */
static struct sk_buff *add_segment(struct sock *sk, size_t left)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	struct nst_tcp_cb *cb;
	struct sk_buff *skb;

	if (!room_for_segment(sk))
		return NULL;
	skb = nst_tcp_alloc_skb(sk, left <= SMALL_WRITE ? left : 0,
				sk->sk_allocation);
	if (!skb)
		return NULL;
	cb = nst_tcp_cb(skb);
	cb->seq = tp->write_seq;
	cb->end_seq = tp->write_seq;
	cb->flags = NST_TCP_ACK;
	__skb_queue_tail(&sk->sk_write_queue, skb);
	sk_wmem_queued_add(sk, skb->truesize);
	sk_mem_charge(sk, skb->truesize);
	tp->nonagle &= ~NST_TCP_NAGLE_PUSH;
	return skb;
}

/* Some bytes into a page fragment. Return: how many, or a negative errno. */
static int copy_to_page(struct sock *sk, struct sk_buff *skb,
			struct msghdr *msg, int copy)
{
	struct page_frag *pfrag = sk_page_frag(sk);
	int frags = skb_shinfo(skb)->nr_frags;
	bool merge;
	int err;

	if (!nst_send_ring_refill(sk, pfrag))
		return -ENOMEM;
	merge = skb_can_coalesce(skb, frags, pfrag->page, pfrag->offset);
	if (!merge && frags >= MAX_SKB_FRAGS)
		return -ENOSPC;
	copy = min_t(int, copy, pfrag->size - pfrag->offset);
	if (!sk_wmem_schedule(sk, copy))
		return -ENOMEM;
	err = skb_copy_to_page_nocache(sk, &msg->msg_iter, skb, pfrag->page,
				       pfrag->offset, copy);
	if (err)
		return err;
	if (merge) {
		skb_frag_size_add(&skb_shinfo(skb)->frags[frags - 1], copy);
	} else {
		/* Pages that others hold for us cannot stand beside ours. */
		skb_zcopy_downgrade_managed(skb);
		skb_fill_page_desc(skb, frags, pfrag->page, pfrag->offset,
				   copy);
		get_page(pfrag->page);
	}
	pfrag->offset += copy;
	return copy;
}

/* Return: bytes, a negative errno, or -ENOSPC: take a new segment. */
static int append(struct sock *sk, struct sk_buff *skb, struct msghdr *msg,
		  int copy)
{
	int err;

	if (unlikely(msg->msg_flags & (MSG_ZEROCOPY | MSG_SPLICE_PAGES))) {
		if (msg->msg_flags & MSG_ZEROCOPY && msg->msg_ubuf)
			return nst_tcp_append_zerocopy(sk, skb, msg, copy);
		if (nst_compat_splices(msg))
			return nst_tcp_append_spliced(sk, skb, msg, copy);
	}
	/* All of it or nothing: linear bytes behind pages cannot be. */
	if (msg_data_left(msg) <= skb_tailroom(skb)) {
		copy = min_t(int, copy, msg_data_left(msg));
		err = skb_add_data_nocache(sk, skb, &msg->msg_iter, copy);
		return err ?: copy;
	}
	return copy_to_page(sk, skb, msg, copy);
}

/* Payload that a segment may reach; urgent data is sent MSS by MSS. */
static int size_goal(struct sock *sk, int flags, u32 *mss)
{
	int goal;

	*mss = nst_tcp_current_mss(sk);
	goal = nst_tcp_size_goal(sk, *mss);
	return flags & MSG_OOB ? *mss : goal;
}

/* A segment is as large as it gets: send it if there is reason to. */
static void segment_full(struct sock *sk, struct sk_buff *skb, u32 mss)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (must_push(tp)) {
		mark_push(tp, skb);
		nst_tcp_push_mss(sk, mss, NST_TCP_NAGLE_PUSH);
	} else if (skb == nst_tcp_send_head(sk)) {
		nst_tcp_push_one(sk, mss);
	}
}

/*
 * A program waits for the send buffer. All is sent, and the network would take
 * more: that is what holds the connection up (output.c looks when it sends).
 */
static void note_starved(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (nst_tcp_send_head(sk) || !tp->packets_out ||
	    nst_tcp_in_flight(tp) >= tp->cwnd)
		return;
	nst_tcp_mstamp_refresh(tp);
	nst_tcp_chrono_switch(tp, NST_TCP_SNDBUF_LIMITED);
}

static int wait_for_memory(struct sock *sk, u32 mss, int flags, bool copied,
			   long *timeo)
{
	remove_empty_tail(sk);
	set_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
	if (copied)
		push(sk, mss, flags & ~MSG_MORE, NST_TCP_NAGLE_PUSH);
	note_starved(sk);
	return sk_stream_wait_memory(sk, timeo);
}

/*
 * Queue the message. @mss: the one that was heeded last. Return: 0 or the error
 * that stopped it.
 */
static int queue_message(struct sock *sk, struct msghdr *msg, long *timeo,
			 int *copied, u32 *mss)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	int flags = msg->msg_flags;
	struct sk_buff *skb;
	int goal, copy, err;

restart:
	goal = size_goal(sk, flags, mss);
	if (sk->sk_err || (sk->sk_shutdown & SEND_SHUTDOWN))
		return -EPIPE;

	while (msg_data_left(msg)) {
		skb = skb_peek_tail(&sk->sk_write_queue);
		copy = skb ? goal - (int)skb->len : 0;
		if (copy <= 0 || nst_tcp_cb(skb)->eor) {
new_segment:
			/* ACKs that came in meanwhile make room. */
			if (unlikely(READ_ONCE(sk->sk_backlog.tail)) &&
			    sk_flush_backlog(sk))
				goto restart;
			skb = add_segment(sk, msg_data_left(msg));
			if (!skb)
				goto wait;
			copy = goal;
		}
		copy = min_t(size_t, copy, msg_data_left(msg));

		copy = append(sk, skb, msg, copy);
		if (unlikely(copy < 0)) {
			if (copy == -ENOSPC) {
				mark_push(tp, skb);
				goto new_segment;
			}
			if (copy == -ENOMEM)
				goto wait;
			return copy;
		}

		if (!*copied)
			nst_tcp_cb(skb)->flags &= ~NST_TCP_PSH;
		WRITE_ONCE(tp->write_seq, tp->write_seq + copy);
		nst_tcp_cb(skb)->end_seq += copy;
		*copied += copy;

		if (!msg_data_left(msg)) {
			if (unlikely(flags & MSG_EOR))
				nst_tcp_cb(skb)->eor = true;
			break;
		}
		if (skb->len >= goal && !(flags & MSG_OOB))
			segment_full(sk, skb, *mss);
		continue;
wait:
		err = wait_for_memory(sk, *mss, flags, *copied, timeo);
		if (err)
			return err;
		goal = size_goal(sk, flags, mss);
	}
	return 0;
}

static int send_message(struct sock *sk, struct msghdr *msg)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	int flags = msg->msg_flags;
	struct sockcm_cookie sockc;
	int copied = 0;
	long timeo;
	u32 mss;
	int err;

	/* RFC 7413: socket/stream.c connects first. */
	if (unlikely(flags & MSG_FASTOPEN)) {
		err = -EOPNOTSUPP;
		goto error;
	}

	timeo = sock_sndtimeo(sk, flags & MSG_DONTWAIT);
	if ((1 << sk->sk_state) & ~(TCPF_ESTABLISHED | TCPF_CLOSE_WAIT) &&
	    !nst_tcp_fastopen_usable(sk)) {
		err = sk_stream_wait_connect(sk, &timeo);
		if (err)
			goto error;
	}

	sockcm_init(&sockc, sk);
	if (unlikely(msg->msg_controllen)) {
		if (sock_cmsg_send(sk, msg, &sockc)) {
			err = -EINVAL;
			goto error;
		}
	}

	if (unlikely(sockc.tsflags))
		nst_tcp_stamp_begin(sk, sockc.tsflags);
	nst_rate_check_app_limited(sk);
	sk_clear_bit(SOCKWQ_ASYNC_NOSPACE, sk);
	err = queue_message(sk, msg, &timeo, &copied, &mss);
	if (err)
		remove_empty_tail(sk);
	if (copied) {
		if (unlikely(sockc.tsflags))
			nst_tcp_stamp_message(sk, sockc.tsflags);
		push(sk, mss, flags, tp->nonagle);
		return copied;
	}
	if (!err)
		return 0;
	/* Edge-triggered poll: there may be nothing left to wake it up. */
	if (err == -EAGAIN && RB_EMPTY_ROOT(&tp->rtx_queue) &&
	    skb_queue_empty(&sk->sk_write_queue))
		sk->sk_write_space(sk);
error:
	return sk_stream_error(sk, flags, err);
}

/* The same as nst_tcp_sendmsg(), the socket being locked. */
int nst_tcp_sendmsg_locked(struct sock *sk, struct msghdr *msg)
{
	struct sk_buff *tail;
	struct ubuf_info *note;
	int ret;

	if (likely(!nst_zerocopy_asked(sk, msg)) || !msg_data_left(msg))
		return send_message(sk, msg);
	tail = skb_peek_tail(&sk->sk_write_queue);
	note = nst_zerocopy_begin(sk, msg, skb_zcopy(tail));
	if (IS_ERR(note))
		return PTR_ERR(note);
	ret = send_message(sk, msg);
	nst_zerocopy_end(msg, note, ret < 0);
	return ret;
}

/**
 * nst_tcp_sendmsg() - sendmsg(2): queue bytes and send what may be sent
 * @sk: socket; takes its lock
 * @msg: bytes and flags: MSG_DONTWAIT, MSG_NOSIGNAL, MSG_MORE, MSG_EOR,
 *	MSG_OOB, MSG_ZEROCOPY, MSG_SPLICE_PAGES; others change nothing
 * @size: bytes
 *
 * Context: process.
 * Return: bytes queued, -EPIPE (with SIGPIPE), -EAGAIN, -EINTR or
 * -ERESTARTSYS, -EFAULT, -EINVAL (control message), -EOPNOTSUPP
 * (MSG_FASTOPEN), -ENOBUFS (MSG_ZEROCOPY), or the error of the connection.
 */
int nst_tcp_sendmsg(struct sock *sk, struct msghdr *msg, size_t size)
{
	int ret;

	lock_sock(sk);
	ret = nst_tcp_sendmsg_locked(sk, msg);
	release_sock(sk);
	return ret;
}

/**
 * nst_tcp_splice_eof() - sendfile(2) has found its file at the end
 * @sock: socket
 *
 * What waits for more (MSG_MORE) waits for nothing.
 *
 * Context: process; takes the socket lock.
 */
void nst_tcp_splice_eof(struct socket *sock)
{
	struct sock *sk = sock->sk;
	u32 mss;

	if (skb_queue_empty_lockless(&sk->sk_write_queue))
		return;
	lock_sock(sk);
	size_goal(sk, 0, &mss);
	push(sk, mss, 0, nst_tcp_sk(sk)->nonagle);
	release_sock(sk);
}
