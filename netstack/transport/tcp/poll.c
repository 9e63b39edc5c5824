// SPDX-License-Identifier: GPL-2.0
/*
 * What a program can learn of a connection without reading: poll(2) and the
 * ioctl(2)s of tcp(7).
 */
#include <linux/poll.h>
#include <linux/sockios.h>
#include <asm/ioctls.h>

#include "../../compat.h"
#include "listen.h"
#include "receive_queue.h"

/*
 * As __sk_stream_is_writeable(), which names a function of the host's TCP
 * where that is configured.
 */
static bool stream_writable(const struct sock *sk)
{
	return sk_stream_wspace(sk) >= sk_stream_min_wspace(sk) &&
	       READ_ONCE(sk->sk_wmem_queued) < READ_ONCE(sk->sk_sndbuf) &&
	       sk->sk_prot->stream_memory_free(sk, 1);
}

/**
 * nst_tcp_write_space() - wake who waits to send
 * @sk: socket; sk_write_space
 *
 * net/core's own is not for modules. Half of the room that TCP_NOTSENT_LOWAT
 * leaves must be free, so that a writer is not woken for each segment.
 *
 * Context: any.
 */
void nst_tcp_write_space(struct sock *sk)
{
	struct socket *sock = READ_ONCE(sk->sk_socket);
	struct socket_wq *wq;

	if (!sock || !stream_writable(sk))
		return;
	clear_bit(SOCK_NOSPACE, &sock->flags);

	rcu_read_lock();
	wq = rcu_dereference(sk->sk_wq);
	if (skwq_has_sleeper(wq))
		wake_up_interruptible_poll(&wq->wait, EPOLLOUT |
					   EPOLLWRNORM | EPOLLWRBAND);
	if (wq && wq->fasync_list && !(sk->sk_shutdown & SEND_SHUTDOWN))
		sock_wake_async(wq, SOCK_WAKE_SPACE, POLL_OUT);
	rcu_read_unlock();
}

static __poll_t listener_poll(struct sock *sk)
{
	struct nst_tcp_listener *listener;
	__poll_t mask = 0;

	rcu_read_lock();
	listener = rcu_dereference(nst_tcp_sk(sk)->listener);
	if (listener && !list_empty(&listener->accept_queue))
		mask = EPOLLIN | EPOLLRDNORM;
	rcu_read_unlock();
	return mask;
}

static __poll_t writable_poll(struct sock *sk)
{
	if (stream_writable(sk))
		return EPOLLOUT | EPOLLWRNORM;

	sk_set_bit(SOCKWQ_ASYNC_NOSPACE, sk);
	set_bit(SOCK_NOSPACE, &sk->sk_socket->flags);
	/* Space that became free before the bits were seen wakes nobody. */
	smp_mb__after_atomic();
	return stream_writable(sk) ? EPOLLOUT | EPOLLWRNORM : 0;
}

/**
 * nst_tcp_poll() - poll(2)
 * @file: of the socket
 * @sock: socket
 * @wait: where to wait, or NULL
 *
 * HUP means that both directions are closed, since it cannot be masked;
 * RDHUP that the peer has closed its own.
 *
 * Context: process, no lock.
 * Return: EPOLL*.
 */
__poll_t nst_tcp_poll(struct file *file, struct socket *sock,
		      struct poll_table_struct *wait)
{
	struct sock *sk = sock->sk;
	const struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	__poll_t mask = 0;
	u8 shutdown;
	int state;

	sock_poll_wait(file, sock, wait);

	/* Pairs with nst_tcp_set_state(): what the state rests on is there. */
	state = smp_load_acquire(&sk->sk_state);
	if (state == TCP_LISTEN)
		return listener_poll(sk);

	shutdown = READ_ONCE(sk->sk_shutdown);
	if (shutdown == SHUTDOWN_MASK || state == TCP_CLOSE)
		mask |= EPOLLHUP;
	if (shutdown & RCV_SHUTDOWN)
		mask |= EPOLLIN | EPOLLRDNORM | EPOLLRDHUP;

	if (state != TCP_SYN_SENT &&
	    (state != TCP_SYN_RECV || READ_ONCE(tp->fastopen_pending))) {
		int target = sock_rcvlowat(sk, 0, INT_MAX);
		u8 urg_state = READ_ONCE(tp->urg_state);

		/* The urgent octet at the mark is no data to read. */
		if (unlikely(urg_state) &&
		    READ_ONCE(tp->urg_seq) == READ_ONCE(tp->copied_seq) &&
		    !sock_flag(sk, SOCK_URGINLINE))
			target++;
		if (nst_tcp_readable(sk, target))
			mask |= EPOLLIN | EPOLLRDNORM;
		if (shutdown & SEND_SHUTDOWN)
			mask |= EPOLLOUT | EPOLLWRNORM;
		else
			mask |= writable_poll(sk);
		if (urg_state == NST_TCP_URG_VALID)
			mask |= EPOLLPRI;
	} else if (state == TCP_SYN_SENT && READ_ONCE(tp->fastopen.deferred)) {
		/* TCP_FASTOPEN_CONNECT: the SYN waits for the first write. */
		mask |= EPOLLOUT | EPOLLWRNORM;
	}

	/* Pairs with the release in nst_tcp_set_state(), see there. */
	smp_rmb();
	if (READ_ONCE(sk->sk_err) ||
	    !skb_queue_empty_lockless(&sk->sk_error_queue))
		mask |= EPOLLERR;
	return mask;
}

/* FIONREAD: bytes that read() would return now. */
static int bytes_to_read(struct sock *sk)
{
	const struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	bool slow = lock_sock_fast(sk);
	int bytes;

	if (1 << sk->sk_state & (TCPF_SYN_SENT | TCPF_SYN_RECV)) {
		bytes = 0;
	} else if (sock_flag(sk, SOCK_URGINLINE) || !tp->urg_state ||
		   nst_before(tp->urg_seq, tp->copied_seq) ||
		   !nst_before(tp->urg_seq, tp->rcv_nxt)) {
		bytes = tp->rcv_nxt - tp->copied_seq;
		/* The FIN has a number, but is no byte. */
		if (bytes && sock_flag(sk, SOCK_DONE))
			bytes--;
	} else {
		bytes = tp->urg_seq - tp->copied_seq;
	}
	unlock_sock_fast(sk, slow);
	return bytes;
}

/**
 * nst_tcp_ioctl() - SIOCINQ, SIOCATMARK, SIOCOUTQ, SIOCOUTQNSD
 * @sk: socket
 * @cmd: which
 * @karg: result
 *
 * Context: process.
 * Return: 0, -EINVAL (listening), or -ENOIOCTLCMD.
 */
int nst_tcp_ioctl(struct sock *sk, int cmd, int *karg)
{
	const struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	bool unconnected = 1 << READ_ONCE(sk->sk_state) &
			   (TCPF_SYN_SENT | TCPF_SYN_RECV);

	switch (cmd) {
	case SIOCATMARK:
		*karg = READ_ONCE(tp->urg_state) &&
			READ_ONCE(tp->urg_seq) == READ_ONCE(tp->copied_seq);
		return 0;
	case SIOCINQ:
	case SIOCOUTQ:
	case SIOCOUTQNSD:
		break;
	default:
		return -ENOIOCTLCMD;
	}

	if (READ_ONCE(sk->sk_state) == TCP_LISTEN)
		return -EINVAL;
	if (cmd == SIOCINQ)
		*karg = bytes_to_read(sk);
	else if (unconnected)
		*karg = 0;
	else
		*karg = READ_ONCE(tp->write_seq) -
			(cmd == SIOCOUTQ ? READ_ONCE(tp->snd_una) :
					   READ_ONCE(tp->snd_nxt));
	return 0;
}
