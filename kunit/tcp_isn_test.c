// SPDX-License-Identifier: GPL-2.0
/*
 * Initial sequence numbers and timestamp offsets (isn.c).
 */
#include "../netstack/transport/tcp/tcp.h"
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
	u32 offset = nst_tcp_ts_offset(wire->stack, &one);

	KUNIT_EXPECT_EQ(test, nst_tcp_ts_offset(wire->stack, &one), offset);
	tcp->ts_secret.key[0] ^= 1;
	KUNIT_EXPECT_NE(test, nst_tcp_ts_offset(wire->stack, &one), offset);
}

static struct kunit_case isn_cases[] = {
	KUNIT_CASE(isn__differs_between_flows),
	KUNIT_CASE(isn__moves_with_the_clock),
	KUNIT_CASE(isn__secret_is_the_stacks_own),
	{}
};

static struct kunit_suite isn_suite = {
	.name = "netstack_tcp_isn",
	.test_cases = isn_cases,
};

kunit_test_suite(isn_suite);
