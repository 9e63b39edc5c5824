/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TCP Fast Open (RFC 7413): what the rest of TCP asks of the files
 * fastopen_*.c, and they of each other.
 */
#ifndef NST_TCP_FASTOPEN_H
#define NST_TCP_FASTOPEN_H

#include "tcp.h"

/* net.netstack.tcp_fastopen: bits, with the host's values. */
#define NST_TCP_FASTOPEN_CLIENT		0x1
#define NST_TCP_FASTOPEN_SERVER		0x2
#define NST_TCP_FASTOPEN_NO_COOKIE	0x4	/* data without a cookie */
#define NST_TCP_FASTOPEN_NO_COOKIE_NEEDED	0x200	/* the server's */
#define NST_TCP_FASTOPEN_ALL_LISTENERS	0x400	/* without TCP_FASTOPEN */

#define NST_TCP_FASTOPEN_KEY_LEN	16
#define NST_TCP_FASTOPEN_COOKIE_LEN	8	/* of those that we make */

struct nst_tcp_fastopen_queue;
struct nst_tcp_request;

/**
 * struct nst_tcp_fastopen_grant - the cookie that a SYN-ACK brings
 * @len: bytes of @cookie, 0: none
 * @renew: the client has a good one, of a key that goes
 * @cookie: cookie
 */
struct nst_tcp_fastopen_grant {
	u8 len;
	bool renew;
	u8 cookie[NST_TCP_FASTOPEN_COOKIE_LEN];
};

/* ---- fastopen_client.c: the SYN of an active open ---- */

bool nst_tcp_fastopen_defer(struct sock *sk);
int nst_tcp_fastopen_send_syn(struct sock *sk, struct sk_buff *syn,
			      struct msghdr *msg);
void nst_tcp_fastopen_syn_timeout(struct sock *sk);
void nst_tcp_fastopen_syn_answered(struct sock *sk, u32 ack);

/* ---- fastopen_cache.c: cookies of servers ---- */

struct nst_tcp_fastopen_cache *nst_tcp_fastopen_cache_create(void);
void nst_tcp_fastopen_cache_free(struct nst_tcp_fastopen_cache *cache);
bool nst_tcp_fastopen_cache_get(struct sock *sk, u16 *mss, u8 *cookie,
				u8 *cookie_len);
void nst_tcp_fastopen_cache_set(struct sock *sk, u16 mss, const u8 *cookie,
				u8 cookie_len);

/* ---- fastopen_blackhole.c: paths that do not let it pass ---- */

bool nst_tcp_fastopen_paused(struct sock *sk);
void nst_tcp_fastopen_timeout(struct sock *sk, bool failed);
void nst_tcp_fastopen_reset_came(struct sock *sk);
void nst_tcp_fastopen_ended(struct sock *sk);

/* ---- fastopen_cookie.c: cookies of our own ---- */

void nst_tcp_fastopen_keys_read(struct nst_tcp_fastopen_keys *keys,
				const u8 *octets, unsigned int count);
unsigned int
nst_tcp_fastopen_keys_write(const struct nst_tcp_fastopen_keys *keys,
			    u8 *octets);
void nst_tcp_fastopen_cookie_make(const struct nst_tcp_fastopen_keys *keys,
				  const struct nst_endpoint *flow, u8 *cookie);
unsigned int
nst_tcp_fastopen_cookie_check(const struct nst_tcp_fastopen_keys *keys,
			      const struct nst_endpoint *flow,
			      const u8 *cookie, unsigned int len);

/* ---- fastopen_queue.c: the bound of a listener ---- */

int nst_tcp_fastopen_queue_set(struct sock *sk, unsigned int max);
unsigned int nst_tcp_fastopen_queue_max(const struct sock *sk);
int nst_tcp_fastopen_listen(struct sock *sk, int backlog);
int nst_tcp_fastopen_keys_set(struct sock *sk,
			      const struct nst_tcp_fastopen_keys *keys);
const struct nst_tcp_fastopen_keys *
nst_tcp_fastopen_keys_get(const struct sock *sk);
bool nst_tcp_fastopen_queue_open(const struct sock *sk);
struct nst_tcp_fastopen_queue *
nst_tcp_fastopen_queue_reserve(const struct sock *sk);
void nst_tcp_fastopen_queue_release(struct nst_tcp_fastopen_queue *queue,
				    bool reset);
void nst_tcp_fastopen_queue_put(struct nst_tcp_fastopen_queue *queue);

/* ---- fastopen_server.c: the child that a SYN makes ---- */

/**
 * nst_tcp_fastopen_check() - does a SYN open a connection at once?
 * @request: request of it, not published
 * @skb: the SYN
 * @options: its options
 * @grant: all 0; the cookie for its SYN-ACK, if it gets one
 *
 * Context: softirq, RCU.
 * Return: it does.
 */
bool nst_tcp_fastopen_check(const struct nst_tcp_request *request,
			    const struct sk_buff *skb,
			    const struct nst_tcp_options *options,
			    struct nst_tcp_fastopen_grant *grant);

/**
 * nst_tcp_fastopen_open() - make the connection of such a SYN
 * @request: its request; the caller's
 * @skb: the SYN; consumed if true
 * @grant: of nst_tcp_fastopen_check()
 * @replace: flow in TIME-WAIT whose place it takes, or NULL
 *
 * Context: softirq, RCU.
 * Return: it is made and answered; else the handshake goes its usual way.
 */
bool nst_tcp_fastopen_open(struct nst_tcp_request *request,
			   struct sk_buff *skb,
			   const struct nst_tcp_fastopen_grant *grant,
			   struct nst_endpoint *replace);
void nst_tcp_fastopen_pending_end(struct sock *sk, bool reset);
void nst_tcp_fastopen_repeat_syn_ack(struct sock *sk);

#endif /* NST_TCP_FASTOPEN_H */
