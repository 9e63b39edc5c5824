// SPDX-License-Identifier: GPL-2.0
/*
 * Stream sockets: socket(AF_NETSTACK, SOCK_STREAM, ...) as net/socket.c
 * calls it, over TCP. socket->state goes through the values that AF_INET
 * gives it, since connect(2)'s errors depend on it.
 */
#include <linux/compat.h>
#include <linux/module.h>
#include <linux/netstack.h>
#include <linux/sched/signal.h>

#include "../network/ipv6.h"
#include "../transport/tcp/fastopen.h"
#include "../transport/zerocopy.h"
#include "socket.h"

static bool connecting(const struct sock *sk)
{
	return 1 << sk->sk_state & (TCPF_SYN_SENT | TCPF_SYN_RECV);
}

/*
 * Sleep until the handshake is over. @writing: data follows at once, and can
 * carry its last ACK. Return: what is left of @timeout.
 */
static long wait_for_handshake(struct sock *sk, long timeout, bool writing)
{
	DEFINE_WAIT_FUNC(wait, woken_wake_function);

	add_wait_queue(sk_sleep(sk), &wait);
	sk->sk_write_pending += writing;
	while (connecting(sk)) {
		release_sock(sk);
		timeout = wait_woken(&wait, TASK_INTERRUPTIBLE, timeout);
		lock_sock(sk);
		if (signal_pending(current) || !timeout)
			break;
	}
	sk->sk_write_pending -= writing;
	remove_wait_queue(sk_sleep(sk), &wait);
	return timeout;
}

static int disconnect(struct socket *sock, int flags)
{
	int err = sock->sk->sk_prot->disconnect(sock->sk, flags);

	sock->state = err ? SS_DISCONNECTING : SS_UNCONNECTED;
	return err;
}

static int check_peer6(struct sock *sk, struct nst_sockaddr *address)
{
	int err = nst_sock_address_family(nst_sk(sk), address);

	if (err)
		return err;
	if (address->family == AF_INET6 &&
	    nst_ipv6_is_group(&address->address.v6))
		return -ENETUNREACH;
	return nst_sock_scope(sk, address);
}

/*
 * Begin to connect; the SYN may carry some of @msg, if that is not NULL. The
 * socket is locked.
 */
static int connect_begin(struct socket *sock, const void *uaddr, int len,
			 struct msghdr *msg)
{
	struct nst_sockaddr address;
	struct sock *sk = sock->sk;
	int err;

	if (sk->sk_state != TCP_CLOSE)
		return -EISCONN;
	if (!uaddr)
		return -EINVAL;
	err = nst_sockaddr_parse(sk, uaddr, len, &address);
	if (!err && unlikely(nst_sk(sk)->family == AF_INET6))
		err = check_peer6(sk, &address);
	if (err)
		return err;
	nst_tcp_sk(sk)->fastopen.msg = msg;
	err = nst_tcp_connect(sk, &address);
	nst_tcp_sk(sk)->fastopen.msg = NULL;
	if (!err)
		sock->state = SS_CONNECTING;
	return err;
}

/* See connect(2). @msg: what is to be sent, or NULL. The socket is locked. */
static int connect_finish(struct socket *sock, int flags, int pending,
			  struct msghdr *msg)
{
	long timeout = sock_sndtimeo(sock->sk, flags & O_NONBLOCK);
	struct sock *sk = sock->sk;
	int err;

	if (connecting(sk)) {
		if (!timeout)
			return pending;
		timeout = wait_for_handshake(sk, timeout,
					     msg && msg_data_left(msg));
		if (!timeout)
			return pending;
		if (signal_pending(current))
			return sock_intr_errno(timeout);
	}
	/* Reset, timed out, or disconnected by another thread. */
	if (sk->sk_state == TCP_CLOSE) {
		err = sock_error(sk) ? : -ECONNABORTED;
		disconnect(sock, flags);
		return err;
	}
	sock->state = SS_CONNECTED;
	return 0;
}

/* @msg: what MSG_FASTOPEN sends, or NULL. */
static int stream_connect_locked(struct socket *sock, const void *uaddr,
				 int len, int flags, struct msghdr *msg)
{
	const struct nst_tcp_sock *tp = nst_tcp_sk(sock->sk);
	const struct sockaddr *address = uaddr;
	int err;

	/* Only a write that connects has no address. */
	if (likely(address)) {
		if (len < (int)sizeof(address->sa_family))
			return -EINVAL;
		if (address->sa_family == AF_UNSPEC)
			return disconnect(sock, flags);
	}

	switch (sock->state) {
	case SS_UNCONNECTED:
		err = connect_begin(sock, uaddr, len, msg);
		if (err || unlikely(tp->fastopen.deferred))
			return err;
		return connect_finish(sock, flags, -EINPROGRESS, msg);
	case SS_CONNECTING:
		/* To the program it is connected: it may send. */
		if (unlikely(tp->fastopen.deferred))
			return -EISCONN;
		return connect_finish(sock, flags, -EALREADY, msg);
	case SS_CONNECTED:
		return -EISCONN;
	default:
		return -EINVAL;
	}
}

/* connect(2) */
static int stream_connect(struct socket *sock, struct sockaddr_unsized *uaddr,
			  int len, int flags)
{
	int err;

	lock_sock(sock->sk);
	err = stream_connect_locked(sock, uaddr, len, flags, NULL);
	release_sock(sock->sk);
	return err;
}

/* accept(2) */
static int stream_accept(struct socket *sock, struct socket *newsock,
			 NST_COMPAT_ACCEPT_ARGS)
{
	struct sock *child;
	int err;

	child = nst_tcp_accept(sock->sk, NST_COMPAT_ACCEPT_FLAGS, &err);
	if (!child)
		return err;

	lock_sock(child);
	sock_graft(child, newsock);
	nst_socket_mark(newsock);
	newsock->state = SS_CONNECTED;
	release_sock(child);
	return 0;
}

/* listen(2) */
static int stream_listen(struct socket *sock, int backlog)
{
	struct sock *sk = sock->sk;
	int err = -EINVAL;

	lock_sock(sk);
	if (sock->state == SS_UNCONNECTED &&
	    (sk->sk_state == TCP_CLOSE || sk->sk_state == TCP_LISTEN))
		err = nst_tcp_listen_start(sk, backlog);
	release_sock(sk);
	return err;
}

/* shutdown(2) of a socket whose connection is made or being made. */
static int shutdown_locked(struct socket *sock, int how)
{
	struct sock *sk = sock->sk;
	int err = 0;

	if (sock->state == SS_CONNECTING)
		sock->state = connecting(sk) || sk->sk_state == TCP_CLOSE ?
			      SS_DISCONNECTING : SS_CONNECTED;

	switch (sk->sk_state) {
	case TCP_CLOSE:
		/* Wakes who polls: shutdown(2) of a socket that is no more. */
		err = -ENOTCONN;
		fallthrough;
	default:
		WRITE_ONCE(sk->sk_shutdown, sk->sk_shutdown | how);
		sk->sk_prot->shutdown(sk, how);
		break;
	case TCP_LISTEN:
		/* A listener has no send side. */
		if (!(how & RCV_SHUTDOWN))
			break;
		fallthrough;
	case TCP_SYN_SENT:
		err = disconnect(sock, O_NONBLOCK);
		break;
	}
	sk->sk_state_change(sk);
	return err;
}

/* shutdown(2) */
static int stream_shutdown(struct socket *sock, int how)
{
	int err;

	/* SHUT_RD, SHUT_WR, SHUT_RDWR are 0, 1, 2: bits when one is added. */
	how++;
	if (how & ~SHUTDOWN_MASK || !how)
		return -EINVAL;

	lock_sock(sock->sk);
	err = shutdown_locked(sock, how);
	release_sock(sock->sk);
	return err;
}

/* The first write after a connect(2) that has left the SYN to it. */
static int connect_deferred(struct socket *sock, struct msghdr *msg, int flags)
{
	struct sock *sk = sock->sk;
	int err;

	nst_tcp_sk(sk)->fastopen.msg = msg;
	err = nst_tcp_connect_start(sk);
	nst_tcp_sk(sk)->fastopen.msg = NULL;
	if (err) {
		disconnect(sock, flags);
		return err;
	}
	return connect_finish(sock, flags, -EINPROGRESS, msg);
}

/*
 * Connect, with data in the SYN if the server's cookie is known (RFC 7413
 * 4.2.1), and send the rest. The socket is locked.
 */
static int fastopen_locked(struct socket *sock, struct msghdr *msg)
{
	int flags = msg->msg_flags & MSG_DONTWAIT ? O_NONBLOCK : 0;
	struct nst_tcp_sock *tp = nst_tcp_sk(sock->sk);
	const struct sockaddr *address = msg->msg_name;
	size_t size = msg_data_left(msg);
	int sent, err;

	if (tp->fastopen.deferred) {
		err = connect_deferred(sock, msg, flags);
	} else if (msg->msg_flags & MSG_FASTOPEN) {
		if (!(READ_ONCE(tp->nst.stack->config.tcp_fastopen) &
		      NST_TCP_FASTOPEN_CLIENT) ||
		    (address &&
		     msg->msg_namelen >= (int)sizeof(address->sa_family) &&
		     address->sa_family == AF_UNSPEC))
			return -EOPNOTSUPP;
		err = stream_connect_locked(sock, address, msg->msg_namelen,
					    flags, msg);
	} else {
		err = 0;
	}
	sent = size - msg_data_left(msg);
	if (err)
		return err == -EINPROGRESS && sent ? sent : err;
	if (sent && !msg_data_left(msg))
		return sent;
	msg->msg_flags &= ~MSG_FASTOPEN;
	err = nst_tcp_sendmsg_locked(sock->sk, msg);
	if (err < 0)
		return sent ? : err;
	return sent + err;
}

/*
 * The same with MSG_ZEROCOPY: one message, one number. What goes in the SYN
 * is copied.
 */
static int fastopen_zerocopy_locked(struct socket *sock, struct msghdr *msg)
{
	struct ubuf_info *note;
	int ret;

	if (!nst_zerocopy_asked(sock->sk, msg) || !msg_data_left(msg))
		return fastopen_locked(sock, msg);
	note = nst_zerocopy_begin(sock->sk, msg, NULL);
	if (IS_ERR(note))
		return PTR_ERR(note);
	ret = fastopen_locked(sock, msg);
	if (note && ret > 0 && nst_tcp_sk(sock->sk)->fastopen.data)
		nst_zerocopy_copied(note);
	nst_zerocopy_end(msg, note, ret < 0);
	return ret;
}

/* Is it a write that connects, or may be? */
static bool opens(const struct sock *sk, const struct msghdr *msg)
{
	return msg->msg_flags & MSG_FASTOPEN ||
	       (READ_ONCE(sk->sk_state) == TCP_SYN_SENT &&
		READ_ONCE(nst_tcp_sk(sk)->fastopen.deferred));
}

/* send(2), sendto(2), sendmsg(2) */
static int stream_sendmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	int ret;

	if (unlikely(opens(sock->sk, msg))) {
		lock_sock(sock->sk);
		ret = fastopen_zerocopy_locked(sock, msg);
		release_sock(sock->sk);
		return ret;
	}
	return nst_tcp_sendmsg(sock->sk, msg, len);
}

/* recv(2), recvfrom(2), recvmsg(2): no address, the peer is known. */
static int stream_recvmsg(struct socket *sock, struct msghdr *msg, size_t len,
			  int flags)
{
	return nst_tcp_recv(sock->sk, msg, len, flags);
}

/* ioctl(2) */
static int stream_ioctl(struct socket *sock, unsigned int cmd,
			unsigned long arg)
{
	int value, err;

	err = nst_tcp_ioctl(sock->sk, cmd, &value);
	if (err == -ENOIOCTLCMD)
		return nst_interface_ioctl(sock, cmd, arg);
	return err ? : put_user(value, (int __user *)arg);
}

#ifdef CONFIG_COMPAT
static int stream_compat_ioctl(struct socket *sock, unsigned int cmd,
			       unsigned long arg)
{
	return stream_ioctl(sock, cmd, (unsigned long)compat_ptr(arg));
}
#endif

static int stream_setsockopt(struct socket *sock, int level, int optname,
			     sockptr_t optval, unsigned int optlen)
{
	if (level == SOL_SOCKET || level == SOL_NETSTACK)
		return nst_socket_setsockopt(sock, level, optname, optval,
					     optlen);
	return sock_common_setsockopt(sock, level, optname, optval, optlen);
}

static int stream_getsockopt(struct socket *sock, int level, int optname,
			     char __user *optval, int __user *optlen)
{
	if (level == SOL_NETSTACK)
		return nst_netstack_getsockopt(sock->sk, optname, optval,
					       optlen);
	return sock_common_getsockopt(sock, level, optname, optval, optlen);
}

const struct proto_ops nst_stream_ops = {
	.family		= AF_NETSTACK,
	.owner		= THIS_MODULE,
	.release	= nst_socket_release,
	.bind		= nst_socket_bind,
	.connect	= stream_connect,
	.socketpair	= sock_no_socketpair,
	.accept		= stream_accept,
	.getname	= nst_socket_getname,
	.poll		= nst_tcp_poll,
	.ioctl		= stream_ioctl,
#ifdef CONFIG_COMPAT
	.compat_ioctl	= stream_compat_ioctl,
#endif
	.gettstamp	= sock_gettstamp,
	.listen		= stream_listen,
	.shutdown	= stream_shutdown,
	.setsockopt	= stream_setsockopt,
	.getsockopt	= stream_getsockopt,
	.sendmsg	= stream_sendmsg,
	.recvmsg	= stream_recvmsg,
	.mmap		= sock_no_mmap,
	.splice_read	= nst_tcp_splice_read,
	NST_COMPAT_SPLICE_OPS(nst_tcp_splice_eof),
	.set_rcvlowat	= nst_tcp_set_rcvlowat,
};
