// SPDX-License-Identifier: GPL-2.0
/*
 * Options of level IPPROTO_TCP, with the ranges, defaults and errors of
 * tcp(7). An option that is not here is ENOPROTOOPT: nothing is accepted
 * that would have no effect.
 */
#include "../../socket/socket.h"
#include "fastopen.h"
#include "info.h"
#include "receive_queue.h"

/* Ranges of tcp(7)'s host. */
#define KEEPALIVE_SECONDS_MAX	32767
#define KEEPALIVE_PROBES_MAX	127
#define SYN_RETRIES_MAX		127
#define USER_MSS_MAX		32767
#define LINGER2_MAX		(120 * HZ)
#define WINDOW_CLAMP_MIN	(SOCK_MIN_RCVBUF / 2)
#define ULP_NAME_MAX		16

/* How many retransmissions of a SYN-ACK fit into @seconds. */
static u8 retransmissions_of(int seconds)
{
	int timeout = NST_TCP_RTO_INIT / HZ;
	int period = timeout;
	u8 count = 1;

	if (seconds <= 0)
		return 0;
	while (seconds > period && count < U8_MAX) {
		count++;
		timeout = min_t(int, timeout * 2, NST_TCP_RTO_MAX / HZ);
		period += timeout;
	}
	return count;
}

static int seconds_of(u8 retransmissions)
{
	int timeout = NST_TCP_RTO_INIT / HZ;
	int period = 0;

	while (retransmissions--) {
		period += timeout;
		timeout = min_t(int, timeout * 2, NST_TCP_RTO_MAX / HZ);
	}
	return period;
}

static void push_pending(struct sock *sk)
{
	if (nst_tcp_send_head(sk))
		nst_tcp_push(sk, nst_tcp_sk(sk)->nonagle);
}

static void set_nodelay(struct sock *sk, bool on)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (!on) {
		tp->nonagle &= ~NST_TCP_NAGLE_OFF;
		return;
	}
	tp->nonagle |= NST_TCP_NAGLE_OFF | NST_TCP_NAGLE_PUSH;
	push_pending(sk);
}

static void set_cork(struct sock *sk, bool on)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (on) {
		tp->nonagle |= NST_TCP_NAGLE_CORK;
		return;
	}
	tp->nonagle &= ~NST_TCP_NAGLE_CORK;
	if (tp->nonagle & NST_TCP_NAGLE_OFF)
		tp->nonagle |= NST_TCP_NAGLE_PUSH;
	push_pending(sk);
}

/* Silence so far counts: the next probe is due from the last segment on. */
static void keepalive_restart(struct sock *sk)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	u32 elapsed;

	if (!sock_flag(sk, SOCK_KEEPOPEN) ||
	    1 << sk->sk_state & (TCPF_CLOSE | TCPF_LISTEN))
		return;
	elapsed = min((u32)nst_tcp_jiffies() - tp->rcv_tstamp,
		      (u32)nst_tcp_jiffies() - tp->lrcvtime);
	nst_tcp_keepalive_set(sk, tp->keepalive_time > elapsed ?
				  tp->keepalive_time - elapsed : 0);
}

static int set_window_clamp(struct sock *sk, int val)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (!val) {
		if (sk->sk_state != TCP_CLOSE)
			return -EINVAL;
		WRITE_ONCE(tp->window_clamp, 0);
		return 0;
	}
	WRITE_ONCE(tp->window_clamp, max_t(u32, val, WINDOW_CLAMP_MIN));
	tp->rcv_ssthresh = min(tp->rcv_wnd, tp->window_clamp);
	return 0;
}

/* tcp(7): not permanent; the connection may choose otherwise again. */
static void set_quickack(struct sock *sk, int val)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (!val) {
		tp->pingpong = true;
		return;
	}
	tp->pingpong = false;
	if (!(1 << sk->sk_state & (TCPF_ESTABLISHED | TCPF_CLOSE_WAIT)) ||
	    !(tp->ack_pending & NST_TCP_ACK_SCHED))
		return;
	tp->ack_pending |= NST_TCP_ACK_PUSHED;
	nst_tcp_cleanup_rbuf(sk, 1);
	if (!(val & 1))
		tp->pingpong = true;
}

static int set_congestion(struct sock *sk, sockptr_t optval,
			  unsigned int optlen)
{
	struct net *net = sock_net(sk);
	char name[NST_CA_NAME_MAX];
	int err;

	if (optlen < 1)
		return -EINVAL;
	err = strncpy_from_sockptr(name, optval,
				   min_t(long, sizeof(name) - 1, optlen));
	if (err < 0)
		return -EFAULT;
	name[err] = 0;

	lock_sock(sk);
	err = nst_congestion_set(nst_tcp_sk(sk), name,
				 ns_capable(net->user_ns, CAP_NET_ADMIN));
	release_sock(sk);
	return err;
}

static bool within(int val, int least, int most)
{
	return val >= least && val <= most;
}

static int set_linger2(struct nst_tcp_sock *tp, int val)
{
	if (val < 0)
		tp->linger2 = -1;
	else if (val > LINGER2_MAX / HZ)
		tp->linger2 = LINGER2_MAX;
	else
		tp->linger2 = val * HZ;
	return 0;
}

static int set_keepidle(struct sock *sk, int val)
{
	if (!within(val, 1, KEEPALIVE_SECONDS_MAX))
		return -EINVAL;
	WRITE_ONCE(nst_tcp_sk(sk)->keepalive_time, val * HZ);
	keepalive_restart(sk);
	return 0;
}

static int set_fastopen_connect(struct sock *sk, int val)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (!within(val, 0, 1))
		return -EINVAL;
	if (!(READ_ONCE(tp->nst.stack->config.tcp_fastopen) &
	      NST_TCP_FASTOPEN_CLIENT))
		return -EOPNOTSUPP;
	if (sk->sk_state != TCP_CLOSE)
		return -EINVAL;
	tp->fastopen_connect = val;
	return 0;
}

/* One key, or two of which the first is used and the second still good. */
static int set_fastopen_key(struct sock *sk, sockptr_t optval,
			    unsigned int optlen)
{
	u8 octets[2 * NST_TCP_FASTOPEN_KEY_LEN];
	struct nst_tcp_fastopen_keys keys = {};
	int err;

	if (optlen != NST_TCP_FASTOPEN_KEY_LEN && optlen != sizeof(octets))
		return -EINVAL;
	if (copy_from_sockptr(octets, optval, optlen))
		return -EFAULT;
	nst_tcp_fastopen_keys_read(&keys, octets,
				   optlen / NST_TCP_FASTOPEN_KEY_LEN);
	lock_sock(sk);
	err = nst_tcp_fastopen_keys_set(sk, &keys);
	release_sock(sk);
	memzero_explicit(octets, sizeof(octets));
	memzero_explicit(&keys, sizeof(keys));
	return err;
}

/* TCP_ULP: nothing can be put on top of a connection. */
static int set_upper_layer(sockptr_t optval, unsigned int optlen)
{
	char name[ULP_NAME_MAX];

	if (optlen < 1)
		return -EINVAL;
	if (strncpy_from_sockptr(name, optval,
				 min_t(long, sizeof(name) - 1, optlen)) < 0)
		return -EFAULT;
	return -ENOENT;
}

/* The socket is locked. */
static int set_integer(struct sock *sk, int optname, int val)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	switch (optname) {
	case TCP_MAXSEG:
		if (val && !within(val, NST_TCP_MIN_MSS, USER_MSS_MAX))
			return -EINVAL;
		WRITE_ONCE(tp->user_mss, val);
		return 0;
	case TCP_NODELAY:
		set_nodelay(sk, val);
		return 0;
	case TCP_CORK:
		set_cork(sk, val);
		return 0;
	case TCP_KEEPIDLE:
		return set_keepidle(sk, val);
	case TCP_KEEPINTVL:
		if (!within(val, 1, KEEPALIVE_SECONDS_MAX))
			return -EINVAL;
		WRITE_ONCE(tp->keepalive_intvl, val * HZ);
		return 0;
	case TCP_KEEPCNT:
		if (!within(val, 1, KEEPALIVE_PROBES_MAX))
			return -EINVAL;
		WRITE_ONCE(tp->keepalive_probes, val);
		return 0;
	case TCP_SYNCNT:
		if (!within(val, 1, SYN_RETRIES_MAX))
			return -EINVAL;
		WRITE_ONCE(tp->syn_retries, val);
		return 0;
	case TCP_LINGER2:
		return set_linger2(tp, val);
	case TCP_DEFER_ACCEPT:
		WRITE_ONCE(tp->defer_accept, retransmissions_of(val));
		return 0;
	case TCP_WINDOW_CLAMP:
		return set_window_clamp(sk, val);
	case TCP_INQ:
		if (!within(val, 0, 1))
			return -EINVAL;
		tp->recvmsg_inq = val;
		return 0;
	case TCP_QUICKACK:
		set_quickack(sk, val);
		return 0;
	case TCP_USER_TIMEOUT:
		if (val < 0)
			return -EINVAL;
		WRITE_ONCE(tp->user_timeout, val);
		nst_tcp_user_timeout_changed(sk);
		return 0;
	case TCP_THIN_LINEAR_TIMEOUTS:
		if (val < 0 || val > 1)
			return -EINVAL;
		WRITE_ONCE(tp->thin_linear, val);
		return 0;
	case TCP_SAVE_SYN:
		if (!within(val, 0, NST_TCP_SAVE_SYN_LINK))
			return -EINVAL;
		WRITE_ONCE(tp->save_syn, val);
		return 0;
	case TCP_NOTSENT_LOWAT:
		WRITE_ONCE(tp->notsent_lowat, val);
		sk->sk_write_space(sk);
		return 0;
	case TCP_FASTOPEN:
		if (val < 0 ||
		    !(1 << sk->sk_state & (TCPF_CLOSE | TCPF_LISTEN)))
			return -EINVAL;
		return nst_tcp_fastopen_queue_set(sk, val);
	case TCP_FASTOPEN_CONNECT:
		return set_fastopen_connect(sk, val);
	case TCP_FASTOPEN_NO_COOKIE:
		if (!within(val, 0, 1) ||
		    !(1 << sk->sk_state & (TCPF_CLOSE | TCPF_LISTEN)))
			return -EINVAL;
		WRITE_ONCE(tp->fastopen_no_cookie, val);
		return 0;
	default:
		return -ENOPROTOOPT;
	}
}

/**
 * nst_tcp_setsockopt() - setsockopt(2) of a stream socket
 * @sk: socket
 * @level: SOL_TCP; other levels go to nst_ip_setsockopt()
 * @optname: TCP_*
 * @optval: value
 * @optlen: its bytes
 *
 * Context: process; takes the socket lock.
 * Return: 0, -EINVAL, -EFAULT, -ENOENT (no such congestion controller, nor
 * upper layer) or -EPERM (congestion controller),
 * -EOPNOTSUPP (Fast Open is off) or -ENOPROTOOPT.
 */
int nst_tcp_setsockopt(struct sock *sk, int level, int optname,
		       sockptr_t optval, unsigned int optlen)
{
	int val, err;

	if (level != SOL_TCP)
		return nst_ip_setsockopt(sk, level, optname, optval, optlen);
	if (optname == TCP_CONGESTION)
		return set_congestion(sk, optval, optlen);
	if (optname == TCP_FASTOPEN_KEY)
		return set_fastopen_key(sk, optval, optlen);
	if (optname == TCP_ULP)
		return set_upper_layer(optval, optlen);

	if (optlen < sizeof(int))
		return -EINVAL;
	if (copy_from_sockptr(&val, optval, sizeof(val)))
		return -EFAULT;

	lock_sock(sk);
	err = set_integer(sk, optname, val);
	release_sock(sk);
	return err;
}

static int maxseg(const struct sock *sk)
{
	const struct nst_tcp_sock *tp = nst_tcp_sk(sk);

	if (tp->user_mss && 1 << sk->sk_state & (TCPF_CLOSE | TCPF_LISTEN))
		return tp->user_mss;
	return tp->mss_cache;
}

static int get_integer(const struct sock *sk, int optname, int *val)
{
	const struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	const struct nst_config *config = &tp->nst.stack->config;

	switch (optname) {
	case TCP_MAXSEG:
		*val = maxseg(sk);
		break;
	case TCP_NODELAY:
		*val = !!(tp->nonagle & NST_TCP_NAGLE_OFF);
		break;
	case TCP_CORK:
		*val = !!(tp->nonagle & NST_TCP_NAGLE_CORK);
		break;
	case TCP_KEEPIDLE:
		*val = tp->keepalive_time ? tp->keepalive_time / HZ :
			READ_ONCE(config->tcp_keepalive_time);
		break;
	case TCP_KEEPINTVL:
		*val = tp->keepalive_intvl ? tp->keepalive_intvl / HZ :
			READ_ONCE(config->tcp_keepalive_intvl);
		break;
	case TCP_KEEPCNT:
		*val = tp->keepalive_probes ? :
			READ_ONCE(config->tcp_keepalive_probes);
		break;
	case TCP_SYNCNT:
		*val = tp->syn_retries ? : READ_ONCE(config->tcp_syn_retries);
		break;
	case TCP_LINGER2:
		if (tp->linger2 < 0)
			*val = -1;
		else
			*val = tp->linger2 ? tp->linger2 / HZ :
				READ_ONCE(config->tcp_fin_timeout);
		break;
	case TCP_DEFER_ACCEPT:
		*val = seconds_of(tp->defer_accept);
		break;
	case TCP_WINDOW_CLAMP:
		*val = tp->window_clamp;
		break;
	case TCP_INQ:
		*val = tp->recvmsg_inq;
		break;
	case TCP_QUICKACK:
		*val = !tp->pingpong;
		break;
	case TCP_USER_TIMEOUT:
		*val = tp->user_timeout;
		break;
	case TCP_THIN_LINEAR_TIMEOUTS:
		*val = tp->thin_linear;
		break;
	case TCP_SAVE_SYN:
		*val = tp->save_syn;
		break;
	case TCP_NOTSENT_LOWAT:
		*val = tp->notsent_lowat;
		break;
	case TCP_FASTOPEN:
		*val = nst_tcp_fastopen_queue_max(sk);
		break;
	case TCP_FASTOPEN_CONNECT:
		*val = tp->fastopen_connect;
		break;
	case TCP_FASTOPEN_NO_COOKIE:
		*val = tp->fastopen_no_cookie;
		break;
	default:
		return -ENOPROTOOPT;
	}
	return 0;
}

/* An answer of @size bytes into a buffer of *@optlen bytes. */
static int answer(char __user *optval, int __user *optlen, const void *data,
		  unsigned int size)
{
	int len;

	if (get_user(len, optlen))
		return -EFAULT;
	if (len < 0)
		return -EINVAL;
	len = min_t(unsigned int, len, size);
	if (put_user(len, optlen) || copy_to_user(optval, data, len))
		return -EFAULT;
	return 0;
}

/* A controller that tells nothing of itself answers with no bytes. */
static int congestion_info(struct sock *sk, char __user *optval,
			   int __user *optlen)
{
	const struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	union tcp_cc_info info;
	size_t size = 0;

	memset(&info, 0, sizeof(info));
	lock_sock(sk);
	if (tp->ca_ops->get_info && tp->ca_initialized)
		size = tp->ca_ops->get_info(tp, &info);
	release_sock(sk);
	return answer(optval, optlen, &info, size);
}

/* No bytes, if the program has set none. */
static int fastopen_key(struct sock *sk, char __user *optval,
			int __user *optlen)
{
	u8 octets[2 * NST_TCP_FASTOPEN_KEY_LEN];
	const struct nst_tcp_fastopen_keys *keys;
	unsigned int size = 0;

	rcu_read_lock();
	keys = nst_tcp_fastopen_keys_get(sk);
	if (keys)
		size = nst_tcp_fastopen_keys_write(keys, octets);
	rcu_read_unlock();
	return answer(optval, optlen, octets, size);
}

/**
 * nst_tcp_getsockopt() - getsockopt(2) of a stream socket
 * @sk: socket
 * @level: SOL_TCP; other levels go to nst_ip_getsockopt()
 * @optname: TCP_*
 * @optval: where to put the value
 * @optlen: its room, then its bytes
 *
 * Context: process; takes the socket lock.
 * Return: 0, -EINVAL, -EFAULT or -ENOPROTOOPT.
 */
int nst_tcp_getsockopt(struct sock *sk, int level, int optname,
		       char __user *optval, int __user *optlen)
{
	const struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	char name[NST_CA_NAME_MAX] = "";
	struct nst_tcp_info info;
	int val, err;

	if (level != SOL_TCP)
		return nst_ip_getsockopt(sk, level, optname, optval, optlen);

	switch (optname) {
	case TCP_INFO:
		nst_tcp_get_full_info(sk, &info);
		return answer(optval, optlen, &info, sizeof(info));
	case TCP_CONGESTION:
		strscpy(name, READ_ONCE(tp->ca_ops)->name, sizeof(name));
		return answer(optval, optlen, name, sizeof(name));
	case TCP_CC_INFO:
		return congestion_info(sk, optval, optlen);
	case TCP_FASTOPEN_KEY:
		return fastopen_key(sk, optval, optlen);
	case TCP_SAVED_SYN:
		return nst_tcp_saved_syn_read(sk, optval, optlen);
	case TCP_ULP:
		/* The name of none. */
		return answer(optval, optlen, name, 0);
	}

	lock_sock(sk);
	err = get_integer(sk, optname, &val);
	release_sock(sk);
	return err ? : answer(optval, optlen, &val, sizeof(val));
}

/**
 * nst_tcp_set_rcvlowat() - SO_RCVLOWAT
 * @sk: socket, locked
 * @val: bytes, not negative
 *
 * Half the buffer at most, so that it can be reached; a buffer that the
 * program has not fixed grows for it.
 *
 * Return: 0.
 */
int nst_tcp_set_rcvlowat(struct sock *sk, int val)
{
	struct nst_tcp_sock *tp = nst_tcp_sk(sk);
	bool fixed = sk->sk_userlocks & SOCK_RCVBUF_LOCK;
	int most = fixed ? sk->sk_rcvbuf :
			   READ_ONCE(tp->nst.stack->config.tcp_rmem[2]);

	val = min(val, most / 2);
	WRITE_ONCE(sk->sk_rcvlowat, val ? : 1);
	nst_tcp_data_ready(sk);
	if (fixed)
		return 0;

	val *= 2;
	if (val > sk->sk_rcvbuf) {
		WRITE_ONCE(sk->sk_rcvbuf, val);
		WRITE_ONCE(tp->window_clamp, nst_tcp_win_from_space(sk, val));
	}
	return 0;
}
