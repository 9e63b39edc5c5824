/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A router between two wires: the wire of wire.h, whose other end is the
 * peer, and a second link behind which the far host is. Both families
 * forward; what the second link sends is kept.
 */
#ifndef NST_KUNIT_FORWARD_FIXTURE_H
#define NST_KUNIT_FORWARD_FIXTURE_H

#include "network_fixture.h"
#include "wire_ipv6.h"

#define FORWARD_NEAR	0x0a010001	/* 10.1.0.1: the stack, second link */
#define FORWARD_FAR	0x0a010002	/* 10.1.0.2: the far host */
#define FORWARD_GONE	0x0a010009	/* 10.1.0.9: does not answer */
#define FORWARD_BEYOND	0xc6336401	/* 198.51.100.1: by a route */

extern const struct in6_addr forward_near6;	/* 2001:db8:1::1 */
extern const struct in6_addr forward_far6;	/* 2001:db8:1::2 */
extern const struct in6_addr forward_gone6;	/* 2001:db8:1::9 */
extern const struct in6_addr forward_beyond6;	/* 2001:db8:2::1 */

/**
 * struct forward - the router
 * @wire: wire to the peer, 10.0.0.1/24, 2001:db8::1/64 and fe80::1/64
 * @second: link to the far host, 10.1.0.1/24 and 2001:db8:1::1/64, MTU 1500
 */
struct forward {
	struct nst_wire *wire;
	struct nst_link *second;
};

struct forward *forward_create(struct kunit *test);

/* For the exit of the suite's cases. */
void forward_exit(struct kunit *test);

/*
 * The next frame that the second link has sent, skb->data at the network
 * header; the fixture's.
 */
struct sk_buff *forward_expect(struct kunit *test, u16 ethertype);

/* It has sent nothing more. */
void forward_expect_nothing(struct kunit *test);

/* The peer's station is that of another address of the wire too. */
void forward_add_neighbour(struct nst_link *link, u8 family,
			   const union nst_address *address);

/* Let the neighbour be asked for in vain, until it is given up. */
void forward_neighbour_fails(struct kunit *test, u8 family,
			     const union nst_address *address);

#endif /* NST_KUNIT_FORWARD_FIXTURE_H */
