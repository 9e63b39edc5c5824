/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The scripted wire for IPv6: a wire that is ready to talk it, the headers
 * that packet_builder.h has not, and what the stack sends, checked. As there,
 * a field of zero means its default: from the peer to the stack.
 */
#ifndef NST_KUNIT_WIRE_IPV6_H
#define NST_KUNIT_WIRE_IPV6_H

#include <linux/icmpv6.h>
#include <linux/ipv6.h>

#include "../netstack/network/ipv6.h"
#include "packet_builder.h"
#include "wire.h"

/* An address by its four words, host order. */
#define IN6(a, b, c, d) \
	{ .s6_addr32 = { htonl(a), htonl(b), htonl(c), htonl(d) } }

extern const struct in6_addr nst_wire_local6;	/* 2001:db8::1 */
extern const struct in6_addr nst_wire_peer6;	/* 2001:db8::2 */
extern const struct in6_addr nst_wire_local_ll;	/* fe80::1 */
extern const struct in6_addr nst_wire_peer_ll;	/* fe80::2 */
extern const struct in6_addr nst_wire_any6;	/* :: */
extern const struct in6_addr nst_wire_all_nodes;

/**
 * nst_wire_create_ipv6() - a fresh stack with a wire, ready to talk IPv6
 * @test: running test
 *
 * The link has nst_wire_local6/64 and nst_wire_local_ll/64 without probing,
 * and both peers are permanent neighbours at nst_wire_peer_mac.
 */
struct nst_wire *nst_wire_create_ipv6(struct kunit *test);

/* A link with IPv6 and no address but those that a test adds. */
struct nst_wire *nst_wire_create_ipv6_bare(struct kunit *test);

/* Return: as nst_address_add(). Context: process. */
int nst_wire_add_address6(struct nst_link *link,
			  const struct in6_addr *address, u8 prefix_len,
			  bool probe);

void nst_wire_add_neighbour6(struct nst_wire *wire,
			     const struct in6_addr *address);

/**
 * struct nst_build_ipv6 - an IPv6 header
 * @saddr: default nst_wire_peer6
 * @daddr: default nst_wire_local6
 * @nexthdr: kind of what follows
 * @hop_limit: default 64; use @hop_limit_zero for 0
 * @hop_limit_zero: hop limit is 0
 * @tos: traffic class
 * @flow: flow label
 * @version: default 6
 * @payload_len: payload length field instead of the right one, if not zero
 */
struct nst_build_ipv6 {
	const struct in6_addr *saddr;
	const struct in6_addr *daddr;
	u8 nexthdr;
	u8 hop_limit;
	bool hop_limit_zero;
	u8 tos;
	u32 flow;
	u8 version;
	u16 payload_len;
};

void nst_build_ipv6(struct sk_buff *skb, const struct nst_build_ipv6 *header);

/* The header, and an Ethernet header that fits its destination. */
void nst_build_ipv6_frame(struct sk_buff *skb,
			  const struct nst_build_ipv6 *header);

/**
 * nst_build_extension() - an extension header in front of what is there
 * @skb: packet
 * @nexthdr: kind of what is there
 * @data: what follows the length field
 * @length: its bytes; with the two before a multiple of 8
 */
void nst_build_extension(struct sk_buff *skb, u8 nexthdr, const u8 *data,
			 unsigned int length);

/* @place: offset in bytes and NST_IPV6_MF. */
void nst_build_fragment(struct sk_buff *skb, u8 nexthdr, u16 place,
			u32 identification);

/**
 * struct nst_build_icmpv6 - an ICMPv6 header; skb holds what follows it
 * @type: ICMPV6_*
 * @code: code
 * @rest: the second word of the header
 * @saddr: for the checksum, default nst_wire_peer6
 * @daddr: for the checksum, default nst_wire_local6
 * @bad_checksum: checksum is off by one
 */
struct nst_build_icmpv6 {
	u8 type;
	u8 code;
	u32 rest;
	const struct in6_addr *saddr;
	const struct in6_addr *daddr;
	bool bad_checksum;
};

void nst_build_icmpv6(struct sk_buff *skb,
		      const struct nst_build_icmpv6 *header);

/**
 * nst_wire_expect_ipv6() - the next frame is IPv6 with this payload
 * @wire: wire
 * @nexthdr: kind of what follows the IPv6 header
 *
 * Checks version, length, and of TCP, UDP and ICMPv6 the checksum; leaves
 * skb->data at what follows, trimmed; network header set.
 */
struct sk_buff *nst_wire_expect_ipv6(struct nst_wire *wire, u8 nexthdr);

/* The next frame is an ICMPv6 message of this type. */
struct sk_buff *nst_wire_expect_icmpv6(struct nst_wire *wire, u8 type);

static inline bool in6_equal(const struct in6_addr *a,
			     const struct in6_addr *b)
{
	return !memcmp(a, b, sizeof(*a));
}

#define NST_EXPECT_IN6_EQ(test, a, b)					\
	KUNIT_EXPECT_TRUE_MSG(test, in6_equal(a, b), "%pI6c is not %pI6c", \
			      a, b)

#endif /* NST_KUNIT_WIRE_IPV6_H */
