/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a connection and a stack remember of TCP Fast Open (RFC 7413): parts
 * of the structures of tcp.h.
 */
#ifndef NST_TCP_FASTOPEN_STATE_H
#define NST_TCP_FASTOPEN_STATE_H

#include <linux/siphash.h>
#include <linux/types.h>

#include "segment.h"

struct msghdr;
struct nst_tcp_fastopen_cache;
struct nst_tcp_fastopen_queue;

/**
 * struct nst_tcp_fastopen - Fast Open of a connection (RFC 7413)
 * @msg: what the program sends with its connect, until the SYN is sent
 * @cookie: cookie of the peer
 * @cookie_len: its bytes, or 0: ask for one
 * @deferred: connect(2) has returned, the SYN waits for data to carry
 * @option: the SYN that is sent now carries the option
 * @asked: a SYN has carried the option
 * @data: the SYN has carried data
 * @data_acked: and was answered with an acknowledgment of all of it
 * @trial: the first attempts after a pause, see fastopen_blackhole.c
 * @fail: enum tcp_fastopen_client_fail
 */
struct nst_tcp_fastopen {
	struct msghdr *msg;
	u8 cookie[NST_TCP_FASTOPEN_COOKIE_MAX];
	u8 cookie_len;
	bool deferred;
	bool option;
	bool asked;
	bool data;
	bool data_acked;
	bool trial;
	u8 fail;
};

/**
 * struct nst_tcp_fastopen_keys - keys of the server's cookies
 * @rcu: delays freeing
 * @count: how many, 1 or 2
 * @key: the first makes cookies, all are good
 */
struct nst_tcp_fastopen_keys {
	struct rcu_head rcu;
	u8 count;
	siphash_key_t key[2];
};

/**
 * struct nst_tcp_fastopen_blackhole - Fast Open of active opens is paused
 * @times: how often in a row, 0: it is not
 * @stamp: jiffies of the last time
 */
struct nst_tcp_fastopen_blackhole {
	atomic_t times;
	unsigned long stamp;
};

#endif /* NST_TCP_FASTOPEN_STATE_H */
