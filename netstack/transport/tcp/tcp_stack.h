/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TCP's part of a stack: what its connections share.
 */
#ifndef NST_TCP_STACK_H
#define NST_TCP_STACK_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/siphash.h>
#include <linux/spinlock.h>

#include "../demux.h"
#include "fastopen_state.h"
#include "send_ring.h"

/**
 * struct nst_tcp - connections of one stack
 * @demux: flows (sockets, requests, TIME-WAIT) and listeners
 * @isn_secret: RFC 6528 key
 * @ts_secret: key of the timestamp offsets
 * @cookie_secret: keys of the SYN cookies
 * @fastopen_cache: cookies of servers
 * @fastopen_keys: of servers whose program has set none
 * @fastopen_blackhole: paths that do not let Fast Open pass
 * @send_rings: blocks of sent bytes, to be filled again
 * @orphans: connections without a process
 * @timewaits: entries in TIME-WAIT
 * @requests: half-open connections
 * @timewait_list: all of TIME-WAIT, oldest first, to end them with the stack
 * @timewait_lock: protects @timewait_list
 */
struct nst_tcp {
	struct nst_demux demux;
	siphash_key_t isn_secret;
	siphash_key_t ts_secret;
	siphash_key_t cookie_secret[2];
	struct nst_tcp_fastopen_cache *fastopen_cache;
	struct nst_tcp_fastopen_keys fastopen_keys;
	struct nst_tcp_fastopen_blackhole fastopen_blackhole;
	struct nst_send_rings send_rings;
	atomic_t orphans;
	atomic_t timewaits;
	atomic_t requests;
	struct list_head timewait_list;
	spinlock_t timewait_lock; /* timewait_list; outside bucket locks */
};

#endif /* NST_TCP_STACK_H */
