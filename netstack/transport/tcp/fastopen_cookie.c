// SPDX-License-Identifier: GPL-2.0
/*
 * Cookies of the server (RFC 7413 4.1.2): a keyed hash of the two addresses.
 * There may be two keys: cookies are made with the first, and those of the
 * second are still good, so that keys can be changed without anybody losing.
 * Hosts that share keys, the kernel's own TCP among them, take each other's
 * cookies.
 */
#include "fastopen.h"

static u64 cookie_of(const struct nst_endpoint *flow,
		     const siphash_key_t *key)
{
	struct {
		struct in6_addr client;
		struct in6_addr server;
	} v6;
	__be32 v4[2];

	if (flow->family == AF_INET) {
		v4[0] = flow->raddr.v4;
		v4[1] = flow->laddr.v4;
		return siphash(v4, sizeof(v4), key);
	}
	v6.client = flow->raddr.v6;
	v6.server = flow->laddr.v6;
	return siphash(&v6, sizeof(v6), key);
}

/**
 * nst_tcp_fastopen_keys_read() - keys as programs write them
 * @keys: filled
 * @octets: one key or two, NST_TCP_FASTOPEN_KEY_LEN bytes each
 * @count: how many
 */
void nst_tcp_fastopen_keys_read(struct nst_tcp_fastopen_keys *keys,
				const u8 *octets, unsigned int count)
{
	unsigned int i;

	keys->count = count;
	for (i = 0; i < count; i++, octets += NST_TCP_FASTOPEN_KEY_LEN) {
		keys->key[i].key[0] = get_unaligned_le64(octets);
		keys->key[i].key[1] = get_unaligned_le64(octets + 8);
	}
}

/* The reverse. Return: bytes. */
unsigned int nst_tcp_fastopen_keys_write(const struct nst_tcp_fastopen_keys *keys,
					 u8 *octets)
{
	unsigned int i;

	for (i = 0; i < keys->count; i++, octets += NST_TCP_FASTOPEN_KEY_LEN) {
		put_unaligned_le64(keys->key[i].key[0], octets);
		put_unaligned_le64(keys->key[i].key[1], octets + 8);
	}
	return keys->count * NST_TCP_FASTOPEN_KEY_LEN;
}

/**
 * nst_tcp_fastopen_cookie_make() - the cookie of a client
 * @keys: keys
 * @flow: who it is, and which address of ours it speaks to
 * @cookie: filled, NST_TCP_FASTOPEN_COOKIE_LEN bytes
 */
void nst_tcp_fastopen_cookie_make(const struct nst_tcp_fastopen_keys *keys,
				  const struct nst_endpoint *flow, u8 *cookie)
{
	put_unaligned_le64(cookie_of(flow, &keys->key[0]), cookie);
}

/**
 * nst_tcp_fastopen_cookie_check() - is this cookie that of this client?
 * @keys: keys
 * @flow: who it is
 * @cookie: what it brings
 * @len: bytes of that
 *
 * Return: 0: no; else by which key, counted from 1.
 */
unsigned int nst_tcp_fastopen_cookie_check(const struct nst_tcp_fastopen_keys *keys,
					   const struct nst_endpoint *flow,
					   const u8 *cookie, unsigned int len)
{
	unsigned int i;

	if (len != NST_TCP_FASTOPEN_COOKIE_LEN)
		return 0;
	for (i = 0; i < keys->count; i++)
		if (get_unaligned_le64(cookie) == cookie_of(flow, &keys->key[i]))
			return i + 1;
	return 0;
}
