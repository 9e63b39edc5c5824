/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A scripted wire for unit tests: a stack of its own with one link, whose
 * other end is the test. The test injects frames as if they came in and
 * takes the frames that the stack sends. Everything is released when the
 * test ends, however it ends.
 *
 * A stack under test is published as that of the initial namespace while the
 * test runs, so that sockets of kernel threads reach it; the stack that was
 * there before comes back afterwards.
 */
#ifndef NST_KUNIT_WIRE_H
#define NST_KUNIT_WIRE_H

#include <kunit/test.h>
#include <linux/ip.h>
#include <linux/timer.h>
#include <linux/wait.h>
#include <net/arp.h>

#include "../netstack/link/link.h"
#include "../netstack/packet.h"
#include "../netstack/stack.h"

struct nst_fuzz_corpus;

/* Host order, for nst_wire_ipv4() and the packet builders. */
#define NST_WIRE_LOCAL		0x0a000001	/* 10.0.0.1: the stack */
#define NST_WIRE_PEER		0x0a000002	/* 10.0.0.2: the test */
#define NST_WIRE_OTHER		0x0a000003	/* 10.0.0.3: nobody */
#define NST_WIRE_PREFIX_LEN	24
#define NST_WIRE_INDEX		100		/* number of the link */
#define NST_WIRE_NAME		"wire0"
#define NST_WIRE_MTU		1500
#define NST_WIRE_REPORT_MS	3600000		/* between reports of groups */

extern const u8 nst_wire_local_mac[ETH_ALEN];	/* 02:00:00:00:00:01 */
extern const u8 nst_wire_peer_mac[ETH_ALEN];	/* 02:00:00:00:00:02 */
extern const u8 nst_wire_other_mac[ETH_ALEN];	/* 02:00:00:00:00:03 */

/**
 * struct nst_wire - a stack under test and the wire to it
 * @test: test that owns it
 * @stack: stack under test, with lo
 * @link: the wire's link in @stack, up and with carrier, MTU
 *	NST_WIRE_MTU, address nst_wire_local_mac; no offloads unless the
 *	test sets link->features; no network address, and IPv6 disabled
 * @sent: frames that the stack sent and no one has looked at
 * @seen: frames that the test took
 * @arrival: woken for every frame sent
 * @capacity: frames that @sent takes; beyond, xmit says -ENOBUFS
 * @mld: listener discovery is seen; it is swallowed otherwise
 * @quiet: announcements of the stack's own addresses are swallowed
 * @corpus: frames that pass, either way, are recorded there, or NULL
 * @former: stack of the namespace before
 */
struct nst_wire {
	struct kunit *test;
	struct nst_stack *stack;
	struct nst_link *link;
	struct sk_buff_head sent;
	struct sk_buff_head seen;
	wait_queue_head_t arrival;
	unsigned int capacity;
	bool mld;
	bool quiet;
	struct nst_fuzz_corpus *corpus;
	struct nst_stack *former;
};

/**
 * nst_wire_create() - a fresh stack with a wire
 * @test: running test; it is aborted when memory is short
 *
 * Context: test thread. One wire at a time.
 */
struct nst_wire *nst_wire_create(struct kunit *test);

/**
 * nst_wire_create_ipv4() - the same, ready to talk IPv4
 * @test: running test
 *
 * The link has NST_WIRE_LOCAL/24 without probing, and the neighbour
 * NST_WIRE_PEER is permanent; the timed announcements of the address are
 * not seen, so that no ARP frame gets between those that a test expects.
 */
struct nst_wire *nst_wire_create_ipv4(struct kunit *test);

/* Give the link another address, unprobed; forgets all that was sent. */
void nst_wire_add_address(struct nst_wire *wire, u32 address, u8 prefix_len);

/**
 * nst_wire_inject() - a frame comes in
 * @wire: wire
 * @skb: frame with its Ethernet header; consumed
 *
 * Returns when the stack has dealt with it.
 */
void nst_wire_inject(struct nst_wire *wire, struct sk_buff *skb);

/**
 * nst_wire_expect() - the next frame that the stack sends
 * @wire: wire
 *
 * Waits for at most one second; fails and ends the test after that.
 *
 * Return: the frame, skb->data at the Ethernet header, network header set;
 * it stays the wire's and is freed at the end of the test.
 */
struct sk_buff *nst_wire_expect(struct nst_wire *wire);

/* The same with a limit of @ms milliseconds. */
struct sk_buff *nst_wire_expect_within(struct nst_wire *wire, unsigned int ms);

/**
 * nst_wire_expect_ethertype() - the next frame is of this EtherType
 * @wire: wire
 * @ethertype: ETH_P_*, host order; a frame of another type fails the test
 *
 * Return: the frame, skb->data at the Ethernet header, network header set.
 */
struct sk_buff *nst_wire_expect_ethertype(struct nst_wire *wire,
					  u16 ethertype);

/**
 * nst_wire_expect_ipv4() - the next frame is IPv4 with this payload
 * @wire: wire
 * @protocol: IPPROTO_*
 *
 * Checks version, lengths and both checksums as a receiver would (a
 * transport checksum that is left to the link is taken as good), and leaves
 * skb->data at the transport header with skb->len trimmed to it; the network
 * header is at skb_network_header(), the transport's at
 * skb_transport_header(). Later fragments have no transport checksum.
 */
struct sk_buff *nst_wire_expect_ipv4(struct nst_wire *wire, u8 protocol);

/* The next frame is a well-formed ARP packet; network header set. */
struct sk_buff *nst_wire_expect_arp(struct nst_wire *wire, u16 operation);

/* The stack has sent nothing more; fails the test otherwise. */
void nst_wire_expect_nothing(struct nst_wire *wire);

/* The same after @ms milliseconds more have passed. */
void nst_wire_expect_silence(struct nst_wire *wire, unsigned int ms);

/* Forget what the stack sent up to here. */
void nst_wire_discard(struct nst_wire *wire);

/* Let time pass, which every run of the tests pays for. */
void nst_wire_wait(unsigned int ms);

/*
 * Whether a condition comes true within a second. What a poll does may be
 * ksoftirqd's to do, and then not over when BHs are enabled.
 */
#define nst_wire_becomes(condition) ({					\
	unsigned int tries_ = 1000;					\
									\
	while (!(condition) && tries_--)				\
		nst_wire_wait(1);					\
	!!(condition);							\
})

/**
 * nst_wire_expire() - a timer's time has come
 * @timer: timer
 *
 * Takes it off the timer wheel and calls its function as the wheel would:
 * nobody waits, and what is due in an hour can be tested.
 *
 * Return: was it pending? If not nothing was done: it has run, or it runs
 * right now on another CPU.
 */
bool nst_wire_expire(struct timer_list *timer);

/**
 * nst_wire_expect_due() - a timer is set for a time
 * @wire: wire
 * @timer: pending timer
 * @since: jiffies, not later than when it was set; it was set before now
 * @min_ms: least and
 * @max_ms: greatest time that it may have been set for
 *
 * What the machine does meanwhile does not matter.
 */
void nst_wire_expect_due(struct nst_wire *wire,
			 const struct timer_list *timer, unsigned long since,
			 unsigned int min_ms, unsigned int max_ms);

/**
 * nst_wire_expect_drop() - one packet more was dropped, for this reason
 * @wire: wire
 * @symbol: reason of drop_list.h
 * @before: nst_drop_read() before the packet
 */
#define nst_wire_expect_drop(wire, symbol, before)			\
	KUNIT_EXPECT_EQ((wire)->test, (before) + 1,			\
			nst_drop_read((wire)->stack, NST_DROP_##symbol))

/**
 * nst_wire_inject_dropped() - inject a frame that must be dropped
 * @wire: wire
 * @skb: frame
 * @reason: the one reason whose counter must move, by one; no other may,
 *	and nothing may be sent
 */
void nst_wire_inject_dropped(struct nst_wire *wire, struct sk_buff *skb,
			     enum nst_drop_reason reason);

#endif /* NST_KUNIT_WIRE_H */
