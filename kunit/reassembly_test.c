// SPDX-License-Identifier: GPL-2.0
/*
 * Reassembly: reassembly.c, by its own function and, where time and errors
 * matter, by the wire. Attack 4 throughout.
 */
#include <kunit/test.h>
#include <linux/icmp.h>
#include <linux/prandom.h>

#include "../netstack/network/ipv4.h"
#include "../netstack/network/reassembly.h"
#include "packet_builder.h"
#include "transport_probe.h"
#include "wire.h"

#define IDENTIFICATION	0x1234
#define PIECES_MAX	512

/**
 * struct piece - a fragment to build
 * @offset: first byte in the datagram
 * @length: bytes
 * @last: no more fragments
 * @ecn: ECN bits
 * @first: value of the first byte's pattern, to make contents differ
 */
struct piece {
	unsigned int offset;
	unsigned int length;
	bool last;
	u8 ecn;
	u8 first;
};

static u8 pattern(unsigned int at)
{
	return at * 5 + (at >> 8);
}

/* As IPv4 input hands it over: header behind skb->data, checked. */
static struct sk_buff *build(struct kunit *test, struct nst_wire *wire,
			     const struct piece *piece)
{
	struct nst_packet_cb *cb;
	struct sk_buff *skb;
	unsigned int i;

	skb = alloc_skb(NST_HEADROOM + piece->length, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, NST_HEADROOM);
	for (i = 0; i < piece->length; i++)
		*(u8 *)skb_put(skb, 1) = pattern(piece->offset + i) +
					 piece->first;
	skb_push(skb, sizeof(struct iphdr));
	memset(skb->data, 0, sizeof(struct iphdr));
	skb_reset_network_header(skb);
	skb_pull(skb, sizeof(struct iphdr));

	cb = nst_packet_cb(skb);
	memset(skb->cb, 0, sizeof(skb->cb));
	cb->link = wire->link;
	cb->family = AF_INET;
	cb->protocol = NST_PROBE_PROTOCOL;
	cb->tos = 0x40 | piece->ecn;
	return skb;
}

static struct nst_fragment describe(const struct piece *piece)
{
	return (struct nst_fragment) {
		.family = AF_INET,
		.protocol = NST_PROBE_PROTOCOL,
		.ecn = piece->ecn,
		.more = !piece->last,
		.identification = IDENTIFICATION,
		.offset = piece->offset,
		.saddr = nst_address_v4(htonl(NST_WIRE_PEER)),
		.daddr = nst_address_v4(htonl(NST_WIRE_LOCAL)),
	};
}

static struct sk_buff *add(struct nst_wire *wire, struct sk_buff *skb,
			   const struct nst_fragment *fragment)
{
	local_bh_disable();
	rcu_read_lock();
	skb = nst_reassembly_add(wire->stack, skb, fragment);
	rcu_read_unlock();
	local_bh_enable();
	return skb;
}

static struct sk_buff *add_piece(struct kunit *test, struct nst_wire *wire,
				 const struct piece *piece)
{
	struct nst_fragment fragment = describe(piece);

	return add(wire, build(test, wire, piece), &fragment);
}

static void expect_whole(struct kunit *test, struct sk_buff *skb,
			 unsigned int length)
{
	unsigned int i;
	u8 byte;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_EQ(test, length, skb->len);
	KUNIT_EXPECT_TRUE(test, nst_packet_cb(skb)->flags &
				NST_PACKET_REASSEMBLED);
	for (i = 0; i < min(length, skb->len); i++) {
		KUNIT_ASSERT_EQ(test, 0, skb_copy_bits(skb, i, &byte, 1));
		KUNIT_ASSERT_EQ(test, pattern(i), byte);
	}
	kfree_skb(skb);
}

static void expect_empty(struct kunit *test, const struct nst_wire *wire)
{
	KUNIT_EXPECT_EQ(test, 0U, nst_reassembly_memory(wire->stack));
	KUNIT_EXPECT_EQ(test, 0U, nst_reassembly_datagrams(wire->stack));
}

static unsigned int cut(struct piece *pieces, unsigned int length,
			unsigned int size)
{
	unsigned int count = 0, offset;

	for (offset = 0; offset < length; offset += size) {
		pieces[count] = (struct piece) {
			.offset = offset,
			.length = min(size, length - offset),
			.last = offset + size >= length,
		};
		count++;
	}
	return count;
}

static void add_all(struct kunit *test, struct nst_wire *wire,
		    const struct piece *pieces, unsigned int count,
		    unsigned int length)
{
	struct sk_buff *skb;
	unsigned int i;

	for (i = 0; i < count; i++) {
		skb = add_piece(test, wire, &pieces[i]);
		if (i + 1 < count)
			KUNIT_ASSERT_NULL(test, skb);
	}
	expect_whole(test, skb, length);
	expect_empty(test, wire);
}

static void add__joins_any_order(struct kunit *test)
{
	static const unsigned int lengths[] = {
		9, 16, 1481, 2960, 8191, 65515,
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct piece *pieces;
	struct rnd_state rnd;
	unsigned int count, i, j, other, round, size;
	u64 seed = 20260101;

	kunit_info(test, "seed %llu", seed);
	prandom_seed_state(&rnd, seed);
	pieces = kunit_kcalloc(test, PIECES_MAX, sizeof(*pieces), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, pieces);

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		for (round = 0; round < 8; round++) {
			size = 8 * (1 + prandom_u32_state(&rnd) % 185);
			size = max(size, round_up(lengths[i] / PIECES_MAX + 1,
						  8));
			if (size >= lengths[i])
				size = 8;
			count = cut(pieces, lengths[i], size);
			for (j = count - 1; round && j > 0; j--) {
				other = prandom_u32_state(&rnd) % (j + 1);
				swap(pieces[j], pieces[other]);
			}
			add_all(test, wire, pieces, count, lengths[i]);
		}
	}
}

static void add__joins_backwards(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct piece pieces[64];
	unsigned int count, i;

	count = cut(pieces, 500, 8);
	for (i = 0; i < count / 2; i++)
		swap(pieces[i], pieces[count - 1 - i]);
	add_all(test, wire, pieces, count, 500);
}

/* A tap may still look at the first fragment. */
static void add__leaves_a_clone_alone(struct kunit *test)
{
	const struct piece head = { .offset = 0, .length = 8 };
	const struct piece tail = { .offset = 8, .length = 1000, .last = true };
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_fragment fragment = describe(&head);
	struct sk_buff *skb, *clone;

	skb = build(test, wire, &head);
	clone = skb_clone(skb, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, clone);
	KUNIT_ASSERT_NULL(test, add(wire, skb, &fragment));
	skb = add_piece(test, wire, &tail);
	expect_whole(test, skb, 1008);
	KUNIT_EXPECT_EQ(test, 8U, clone->len);
	KUNIT_EXPECT_FALSE(test, skb_has_frag_list(clone));
	kfree_skb(clone);
	expect_empty(test, wire);
}

static void add__tells_largest_fragment(struct kunit *test)
{
	const struct piece head = { .offset = 0, .length = 24 };
	const struct piece tail = { .offset = 24, .length = 8, .last = true };
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb;

	KUNIT_ASSERT_NULL(test, add_piece(test, wire, &tail));
	skb = add_piece(test, wire, &head);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_EQ(test, 44, nst_packet_cb(skb)->max_fragment);
	KUNIT_EXPECT_PTR_EQ(test, wire->link, nst_packet_cb(skb)->link);
	expect_whole(test, skb, 32);
}

/**
 * struct clash - a fragment that must end its datagram
 * @name: how it clashes with bytes 16 to 47 that are there
 * @piece: the fragment
 * @contradiction: refused for the length that it claims
 */
struct clash {
	const char *name;
	struct piece piece;
	bool contradiction;
};

static const struct clash clashes[] = {
	{ "overlaps the beginning", { .offset = 8, .length = 16 } },
	{ "overlaps the end", { .offset = 40, .length = 16 } },
	{ "lies within (teardrop)", { .offset = 24, .length = 8 } },
	{ "covers all", { .offset = 0, .length = 64 } },
	{ "same place, shorter", { .offset = 16, .length = 24 } },
	{ "same place, other bytes",
	  { .offset = 16, .length = 32, .first = 1 } },
	{ "last, but ends before what is there",
	  { .offset = 8, .length = 8, .last = true }, true },
	{ "beyond the largest datagram",
	  { .offset = 65528, .length = 8 }, true },
};

static void clash_name(const struct clash *clash, char *name)
{
	strscpy(name, clash->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(clash, clashes, clash_name);

/* RFC 5722 4: the datagram goes whole, silently, and so does its rest. */
static void add__overlap_ends_datagram(struct kunit *test)
{
	const struct piece there = { .offset = 16, .length = 32 };
	const struct piece rest[] = {
		{ .offset = 0, .length = 16 },
		{ .offset = 16, .length = 32 },
		{ .offset = 48, .length = 8, .last = true },
	};
	const struct clash *clash = test->param_value;
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	enum nst_drop_reason reason = clash->contradiction ?
		NST_DROP_IP_FRAG_INVALID : NST_DROP_IP_FRAG_OVERLAP;
	unsigned int i;

	KUNIT_ASSERT_NULL(test, add_piece(test, wire, &there));
	KUNIT_ASSERT_NULL(test, add_piece(test, wire, &clash->piece));
	KUNIT_EXPECT_EQ(test, 2UL, nst_drop_read(wire->stack, reason));
	KUNIT_EXPECT_EQ(test, 1U, nst_reassembly_datagrams(wire->stack));
	KUNIT_EXPECT_LT(test, nst_reassembly_memory(wire->stack), 1024U);
	KUNIT_EXPECT_EQ(test, !clash->contradiction,
			nst_mib_read(wire->stack, NST_MIB_IP_REASM_OVERLAPS));

	for (i = 0; i < ARRAY_SIZE(rest); i++)
		KUNIT_EXPECT_NULL(test, add_piece(test, wire, &rest[i]));
	KUNIT_EXPECT_EQ(test, clash->contradiction ? 3UL : 5UL,
			nst_drop_read(wire->stack, NST_DROP_IP_FRAG_OVERLAP));
	nst_wire_expect_nothing(wire);
}

static void add__length_is_said_once(struct kunit *test)
{
	const struct piece last = { .offset = 16, .length = 8, .last = true };
	const struct piece bad[] = {
		{ .offset = 24, .length = 8 },
		{ .offset = 24, .length = 8, .last = true },
		{ .offset = 8, .length = 8, .last = true },
		{ .offset = 16, .length = 8 },
	};
	struct nst_fragment fragment;
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		fragment = describe(&last);
		fragment.identification = i;
		KUNIT_ASSERT_NULL(test, add(wire, build(test, wire, &last),
					    &fragment));
		fragment = describe(&bad[i]);
		fragment.identification = i;
		KUNIT_EXPECT_NULL(test, add(wire, build(test, wire, &bad[i]),
					    &fragment));
		KUNIT_EXPECT_EQ(test, 2UL * (i + 1),
				nst_drop_read(wire->stack,
					      NST_DROP_IP_FRAG_INVALID));
	}
}

/* RFC 8200 4.5: exact duplicates are dropped alone, and are no overlap. */
static void add__exact_duplicate_does_no_harm(struct kunit *test)
{
	static const struct piece pieces[] = {
		{ .offset = 200, .length = 9, .last = true },
		{ .offset = 0, .length = 96 },
		{ .offset = 96, .length = 104 },
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_stack *stack = wire->stack;
	unsigned int memory, i;

	KUNIT_ASSERT_NULL(test, add_piece(test, wire, &pieces[0]));
	KUNIT_ASSERT_NULL(test, add_piece(test, wire, &pieces[1]));
	memory = nst_reassembly_memory(stack);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_NULL(test, add_piece(test, wire, &pieces[i]));
		KUNIT_EXPECT_EQ(test, memory, nst_reassembly_memory(stack));
		KUNIT_EXPECT_EQ(test, i + 1UL,
				nst_drop_read(stack,
					      NST_DROP_IP_FRAG_DUPLICATE));
	}
	KUNIT_EXPECT_EQ(test, 0UL,
			nst_drop_read(stack, NST_DROP_IP_FRAG_OVERLAP));
	KUNIT_EXPECT_EQ(test, 0UL,
			nst_mib_read(stack, NST_MIB_IP_REASM_OVERLAPS));
	KUNIT_EXPECT_EQ(test, 0UL, nst_mib_read(stack, NST_MIB_IP_REASM_FAILS));
	expect_whole(test, add_piece(test, wire, &pieces[2]), 209);
	expect_empty(test, wire);
}

/* The second half of the bytes is in a page, where the first's is linear. */
static void add__duplicate_is_told_by_its_bytes(struct kunit *test)
{
	const struct piece head = { .offset = 0, .length = 200 };
	const struct piece tail = { .offset = 200, .length = 8, .last = true };
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_fragment fragment = describe(&head);
	struct sk_buff *skb;
	struct page *page;
	unsigned int i;

	KUNIT_ASSERT_NULL(test, add_piece(test, wire, &head));
	for (i = 0; i < 2; i++) {
		skb = build(test, wire, &head);
		page = alloc_page(GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, page);
		memcpy(page_address(page), skb->data + 100, 100);
		/* The last byte differs, the second time. */
		((u8 *)page_address(page))[99] ^= i;
		__skb_trim(skb, 100);
		skb_add_rx_frag(skb, 0, page, 0, 100, PAGE_SIZE);
		KUNIT_EXPECT_NULL(test, add(wire, skb, &fragment));
		KUNIT_EXPECT_EQ(test, 1UL,
				nst_drop_read(wire->stack,
					      NST_DROP_IP_FRAG_DUPLICATE));
		KUNIT_EXPECT_EQ(test, (unsigned long)i,
				nst_mib_read(wire->stack,
					     NST_MIB_IP_REASM_OVERLAPS));
	}
	/* RFC 5722 4: the datagram is over. */
	KUNIT_EXPECT_NULL(test, add_piece(test, wire, &tail));
	KUNIT_EXPECT_EQ(test, 3UL, nst_drop_read(wire->stack,
						 NST_DROP_IP_FRAG_OVERLAP));
}

static void add__keeps_datagrams_apart(struct kunit *test)
{
	const struct piece head = { .offset = 0, .length = 8 };
	const struct piece tail = { .offset = 8, .length = 8, .last = true };
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_fragment other[4];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(other); i++)
		other[i] = describe(&tail);
	other[0].identification++;
	other[1].protocol++;
	other[2].saddr.v4 = htonl(NST_WIRE_OTHER);
	other[3].daddr.v4 = htonl(NST_WIRE_OTHER);

	KUNIT_ASSERT_NULL(test, add_piece(test, wire, &head));
	for (i = 0; i < ARRAY_SIZE(other); i++)
		KUNIT_EXPECT_NULL(test, add(wire, build(test, wire, &tail),
					    &other[i]));
	KUNIT_EXPECT_EQ(test, 5U, nst_reassembly_datagrams(wire->stack));
	expect_whole(test, add_piece(test, wire, &tail), 16);
	KUNIT_EXPECT_EQ(test, 4U, nst_reassembly_datagrams(wire->stack));
}

/* RFC 3168 5.3 */
static void add__combines_ecn(struct kunit *test)
{
	static const struct {
		u8 first;
		u8 second;
		int result;
	} cases[] = {
		{ 0, 0, 0 }, { 2, 2, 2 }, { 1, 2, 1 }, { 2, 1, 2 },
		{ 2, 3, 3 }, { 3, 1, 3 }, { 3, 3, 3 }, { 0, 2, 0 },
		{ 0, 3, -1 }, { 3, 0, -1 },
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct piece head = {
			.offset = 0, .length = 8, .ecn = cases[i].first,
		};
		const struct piece tail = {
			.offset = 8, .length = 8, .ecn = cases[i].second,
			.last = true,
		};

		KUNIT_ASSERT_NULL(test, add_piece(test, wire, &head));
		skb = add_piece(test, wire, &tail);
		if (cases[i].result < 0) {
			KUNIT_EXPECT_NULL(test, skb);
			continue;
		}
		KUNIT_ASSERT_NOT_NULL(test, skb);
		KUNIT_EXPECT_EQ(test, 0x40 | cases[i].result,
				(int)nst_packet_cb(skb)->tos);
		kfree_skb(skb);
	}
	expect_empty(test, wire);
}

static void add__memory_is_bounded(struct kunit *test)
{
	const struct piece head = { .offset = 0, .length = 1000 };
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_fragment fragment = describe(&head);
	unsigned int limit = 64 * 1024, i;

	WRITE_ONCE(wire->stack->config.ipfrag_high_thresh, limit);
	for (i = 0; i < 500; i++) {
		fragment.identification = i;
		KUNIT_ASSERT_NULL(test, add(wire, build(test, wire, &head),
					    &fragment));
		KUNIT_ASSERT_LE(test, nst_reassembly_memory(wire->stack),
				limit);
	}
	KUNIT_EXPECT_GT(test, nst_drop_read(wire->stack,
					    NST_DROP_IP_FRAG_MEMORY), 400UL);
	/* The newest is there, the oldest went. */
	KUNIT_EXPECT_GT(test, nst_reassembly_datagrams(wire->stack), 10U);
}

static void add__datagrams_are_bounded(struct kunit *test)
{
	const struct piece head = { .offset = 0, .length = 8 };
	const struct piece tail = { .offset = 8, .length = 8, .last = true };
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_fragment fragment;
	unsigned int i;

	WRITE_ONCE(wire->stack->config.ipfrag_max_datagrams, 4);
	for (i = 0; i < 6; i++) {
		fragment = describe(&head);
		fragment.identification = i;
		KUNIT_ASSERT_NULL(test, add(wire, build(test, wire, &head),
					    &fragment));
	}
	KUNIT_EXPECT_EQ(test, 4U, nst_reassembly_datagrams(wire->stack));
	KUNIT_EXPECT_EQ(test, 2UL, nst_drop_read(wire->stack,
						 NST_DROP_IP_FRAG_MEMORY));
	/* The four newest are still there. */
	for (i = 2; i < 6; i++) {
		fragment = describe(&tail);
		fragment.identification = i;
		expect_whole(test, add(wire, build(test, wire, &tail),
				       &fragment), 16);
	}
	expect_empty(test, wire);
}

/* Until no datagram is left. */
static void await_expiry(struct nst_wire *wire, unsigned int patience_ms)
{
	unsigned int ms;

	for (ms = 0; ms < patience_ms; ms += 10) {
		if (!nst_reassembly_datagrams(wire->stack))
			break;
		nst_wire_wait(10);
	}
	KUNIT_EXPECT_EQ(wire->test, 0U,
			nst_reassembly_datagrams(wire->stack));
}

/*
 * All pieces come, then their time is over at once: while BHs are disabled,
 * timers of this CPU do not run.
 */
static void add_expiring(struct kunit *test, struct nst_wire *wire,
			 const struct piece *pieces, unsigned int count)
{
	struct nst_fragment fragment;
	struct sk_buff *skbs[2];
	unsigned int i;

	KUNIT_ASSERT_LE(test, count, (unsigned int)ARRAY_SIZE(skbs));
	for (i = 0; i < count; i++)
		skbs[i] = build(test, wire, &pieces[i]);
	WRITE_ONCE(wire->stack->config.ipfrag_time, 0);
	local_bh_disable();
	for (i = 0; i < count; i++) {
		fragment = describe(&pieces[i]);
		KUNIT_EXPECT_NULL(test, add(wire, skbs[i], &fragment));
	}
	KUNIT_EXPECT_EQ(test, 1U, nst_reassembly_datagrams(wire->stack));
	local_bh_enable();
	WRITE_ONCE(wire->stack->config.ipfrag_time, 30);
	await_expiry(wire, 1500);
}

/* RFC 1122 3.3.2: time exceeded, if the first fragment has come */
static void expire__reports_first_fragment(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb;

	WRITE_ONCE(wire->stack->config.ipfrag_time, 1);
	skb = nst_build_pattern(test, 64, 0);
	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
		.protocol = NST_PROBE_PROTOCOL, .id = 7,
		.fragment = NST_IPV4_MF,
	});
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {});
	nst_wire_inject(wire, skb);
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, 1U, nst_reassembly_datagrams(wire->stack));

	await_expiry(wire, 1500);
	skb = nst_wire_expect_ipv4(wire, IPPROTO_ICMP);
	KUNIT_EXPECT_EQ(test, ICMP_TIME_EXCEEDED, (int)icmp_hdr(skb)->type);
	KUNIT_EXPECT_EQ(test, ICMP_EXC_FRAGTIME, (int)icmp_hdr(skb)->code);
	KUNIT_EXPECT_EQ(test, 8U + 20 + 64, skb->len);
	KUNIT_EXPECT_EQ(test, 1UL, nst_mib_read(wire->stack,
						NST_MIB_IP_REASM_TIMEOUT));
	KUNIT_EXPECT_EQ(test, 1UL, nst_drop_read(wire->stack,
						 NST_DROP_IP_FRAG_TIMEOUT));
	expect_empty(test, wire);
}

static void expire__silent_without_first_fragment(struct kunit *test)
{
	const struct piece there[] = {
		{ .offset = 8, .length = 8 },
		{ .offset = 16, .length = 8, .last = true },
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	add_expiring(test, wire, there, ARRAY_SIZE(there));
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, 2UL, nst_drop_read(wire->stack,
						 NST_DROP_IP_FRAG_TIMEOUT));
	expect_empty(test, wire);
}

static void expire__silent_after_overlap(struct kunit *test)
{
	const struct piece there[] = {
		{ .offset = 0, .length = 16 },
		{ .offset = 8, .length = 16 },
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	add_expiring(test, wire, there, ARRAY_SIZE(there));
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, 0UL, nst_mib_read(wire->stack,
						NST_MIB_IP_REASM_TIMEOUT));
	expect_empty(test, wire);
	/* The same identification is a new datagram now. */
	KUNIT_ASSERT_NULL(test, add_piece(test, wire, &there[0]));
	KUNIT_EXPECT_EQ(test, 1U, nst_reassembly_datagrams(wire->stack));
}

/* The fixture takes the stack apart with the datagram unfinished. */
static void exit__frees_unfinished(struct kunit *test)
{
	const struct piece head = { .offset = 0, .length = 64 };
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	KUNIT_ASSERT_NULL(test, add_piece(test, wire, &head));
	KUNIT_EXPECT_EQ(test, 1U, nst_reassembly_datagrams(wire->stack));
}

static struct kunit_case reassembly_cases[] = {
	KUNIT_CASE(add__joins_any_order),
	KUNIT_CASE(add__joins_backwards),
	KUNIT_CASE(add__leaves_a_clone_alone),
	KUNIT_CASE(add__tells_largest_fragment),
	KUNIT_CASE_PARAM(add__overlap_ends_datagram, clash_gen_params),
	KUNIT_CASE(add__length_is_said_once),
	KUNIT_CASE(add__exact_duplicate_does_no_harm),
	KUNIT_CASE(add__duplicate_is_told_by_its_bytes),
	KUNIT_CASE(add__keeps_datagrams_apart),
	KUNIT_CASE(add__combines_ecn),
	KUNIT_CASE(add__memory_is_bounded),
	KUNIT_CASE(add__datagrams_are_bounded),
	KUNIT_CASE(expire__reports_first_fragment),
	KUNIT_CASE(expire__silent_without_first_fragment),
	KUNIT_CASE(expire__silent_after_overlap),
	KUNIT_CASE(exit__frees_unfinished),
	{}
};

static struct kunit_suite reassembly_suite = {
	.name = "netstack_reassembly",
	.test_cases = reassembly_cases,
};

kunit_test_suite(reassembly_suite);
