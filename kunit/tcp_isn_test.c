// SPDX-License-Identifier: GPL-2.0
/*
 * Initial sequence numbers and timestamp offsets (isn.c).
 */
#include "../netstack/transport/tcp/tcp.h"
#include "tcp_clock.h"
#include "wire.h"

static struct nst_endpoint flow(u16 rport)
{
	struct nst_endpoint flow = {
		.family = AF_INET,
		.laddr = nst_address_v4(htonl(NST_WIRE_LOCAL)),
		.raddr = nst_address_v4(htonl(NST_WIRE_PEER)),
		.lport = htons(80),
		.rport = htons(rport),
	};

	return flow;
}

static void isn__differs_between_flows(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_endpoint one = flow(1), two = flow(2), six = flow(1);
	u32 distance;

	distance = nst_tcp_isn(wire->stack, &two) -
		   nst_tcp_isn(wire->stack, &one);
	/* Neighbouring ports must not have neighbouring numbers. */
	KUNIT_EXPECT_GT(test, distance + (1U << 20), 1U << 21);

	six.family = AF_INET6;
	KUNIT_EXPECT_NE(test, nst_tcp_ts_offset(wire->stack, &one),
			nst_tcp_ts_offset(wire->stack, &six));
	KUNIT_EXPECT_NE(test, nst_tcp_ts_offset(wire->stack, &one),
			nst_tcp_ts_offset(wire->stack, &two));
}

static void isn__moves_with_the_clock(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_endpoint one = flow(1);
	u32 first, ticks;
	u64 before, after;

	before = ktime_get_ns();
	first = nst_tcp_isn(wire->stack, &one);
	while (ktime_get_ns() - before < 100 * NSEC_PER_USEC)
		cpu_relax();
	ticks = nst_tcp_isn(wire->stack, &one) - first;
	after = ktime_get_ns();
	KUNIT_EXPECT_GT(test, ticks, 0);
	KUNIT_EXPECT_LE(test, ticks, (u32)((after - before) >> 12) + 1);
}

static void isn__secret_is_the_stacks_own(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_tcp *tcp = wire->stack->tcp;
	struct nst_endpoint one = flow(1);
	u32 isn;

	nst_tcp_clock_hold(test);
	isn = nst_tcp_isn(wire->stack, &one);
	KUNIT_EXPECT_EQ(test, isn, nst_tcp_isn(wire->stack, &one));
	tcp->ts_secret.key[0] ^= 1;
	KUNIT_EXPECT_EQ(test, isn, nst_tcp_isn(wire->stack, &one));
	tcp->isn_secret.key[0] ^= 1;
	KUNIT_EXPECT_NE(test, isn, nst_tcp_isn(wire->stack, &one));
}

/* RFC 7323 5.4: each member of the connection's name, alone, changes it. */
static void ts_offset__differs_by_each_member(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_endpoint others[12];
	u32 offset, offsets[ARRAY_SIZE(others)];
	unsigned int i, j;

	wire->stack->tcp->ts_secret = (siphash_key_t){ { 1, 2 } };
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		others[i] = flow(1);
		if (i >= 6) {
			others[i].family = AF_INET6;
			memset(&others[i].laddr, 0x20, sizeof(others[i].laddr));
			memset(&others[i].raddr, 0x21, sizeof(others[i].raddr));
		}
	}
	others[1].laddr.v4 ^= htonl(1);
	others[2].raddr.v4 ^= htonl(1);
	others[3].lport ^= htons(1);
	others[4].rport ^= htons(1);
	/* The other way round is another connection. */
	swap(others[5].laddr, others[5].raddr);
	swap(others[5].lport, others[5].rport);
	others[7].laddr.v6.s6_addr[15] ^= 1;
	others[8].raddr.v6.s6_addr[0] ^= 1;
	others[9].lport ^= htons(1);
	others[10].rport ^= htons(1);
	swap(others[11].laddr, others[11].raddr);

	/* The first of each family stands for the connection itself. */
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		offsets[i] = nst_tcp_ts_offset(wire->stack, &others[i]);
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_NE_MSG(test, offsets[i], offsets[j],
					    "connections %u and %u", i, j);
	}
	/* The place in the tables is not part of the name. */
	offset = offsets[0];
	others[0].link_index = 7;
	others[0].hash = 1;
	others[0].kind = NST_ENDPOINT_TIMEWAIT;
	KUNIT_EXPECT_EQ(test, offset,
			nst_tcp_ts_offset(wire->stack, &others[0]));
}

/* RFC 7323 5.4, RFC 6191 2: the next incarnation has the same. */
static void ts_offset__is_stable(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_endpoint one = flow(1), two = flow(2), again = flow(1);
	u32 offset = nst_tcp_ts_offset(wire->stack, &one);

	nst_tcp_clock_hold(test);
	KUNIT_EXPECT_NE(test, offset, nst_tcp_ts_offset(wire->stack, &two));
	nst_tcp_clock_advance(24ULL * 3600 * USEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, offset, nst_tcp_ts_offset(wire->stack, &again));
}

/* Nobody without the key can tell it, the key is the stack's, and its own. */
static void ts_offset__is_keyed(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_tcp *tcp = wire->stack->tcp;
	struct nst_endpoint one = flow(1);
	const siphash_key_t key = { { 1, 2 } };
	unsigned int i;
	u32 offset;

	/* To learn one key is not to learn the other. */
	KUNIT_EXPECT_NE(test, 0, memcmp(&tcp->ts_secret, &tcp->isn_secret,
					sizeof(key)));
	tcp->ts_secret = key;
	offset = nst_tcp_ts_offset(wire->stack, &one);
	for (i = 0; i < 128; i++) {
		tcp->ts_secret.key[i / 64] = key.key[i / 64] ^ BIT_ULL(i % 64);
		KUNIT_EXPECT_NE(test, offset,
				nst_tcp_ts_offset(wire->stack, &one));
		tcp->ts_secret = key;
	}
	KUNIT_EXPECT_EQ(test, offset, nst_tcp_ts_offset(wire->stack, &one));
	/* The key of the sequence numbers does not enter. */
	tcp->isn_secret.key[0] ^= 1;
	KUNIT_EXPECT_EQ(test, offset, nst_tcp_ts_offset(wire->stack, &one));
}

static struct kunit_case isn_cases[] = {
	KUNIT_CASE(isn__differs_between_flows),
	KUNIT_CASE(isn__moves_with_the_clock),
	KUNIT_CASE(isn__secret_is_the_stacks_own),
	KUNIT_CASE(ts_offset__differs_by_each_member),
	KUNIT_CASE(ts_offset__is_stable),
	KUNIT_CASE(ts_offset__is_keyed),
	{}
};

static struct kunit_suite isn_suite = {
	.name = "netstack_tcp_isn",
	.test_cases = isn_cases,
};

kunit_test_suite(isn_suite);
