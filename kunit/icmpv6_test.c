// SPDX-License-Identifier: GPL-2.0
/*
 * ICMPv6: icmpv6.c, icmpv6_error.c. Attacks 9, 10, 22, 23 and 25.
 */
#include <kunit/test.h>

#include "../netstack/network/icmpv6.h"
#include "transport_probe.h"
#include "wire_ipv6.h"

static struct sk_buff *message(struct kunit *test,
			       const struct nst_build_icmpv6 *icmp,
			       const struct nst_build_ipv6 *ipv6,
			       unsigned int length)
{
	struct sk_buff *skb = nst_build_pattern(test, length, 0);
	struct nst_build_icmpv6 header = *icmp;
	struct nst_build_ipv6 outer = *ipv6;

	header.saddr = ipv6->saddr;
	header.daddr = ipv6->daddr;
	outer.nexthdr = IPPROTO_ICMPV6;
	nst_build_icmpv6(skb, &header);
	nst_build_ipv6_frame(skb, &outer);
	return skb;
}

static const struct nst_build_icmpv6 echo = {
	.type = ICMPV6_ECHO_REQUEST, .rest = 0x12340007,
};

static struct sk_buff *expect_reply(struct kunit *test, struct nst_wire *wire,
				    unsigned int length)
{
	struct sk_buff *skb = nst_wire_expect_icmpv6(wire, ICMPV6_ECHO_REPLY);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, 64, (int)ipv6_hdr(skb)->hop_limit);
	KUNIT_EXPECT_EQ(test, 0x12340007U,
			ntohl(icmp6_hdr(skb)->icmp6_dataun.un_data32[0]));
	KUNIT_ASSERT_EQ(test, 8 + length, skb->len);
	for (i = 0; i < length; i++)
		KUNIT_ASSERT_EQ(test, (u8)i, skb->data[8 + i]);
	return skb;
}

/* RFC 4443 4.2: any size, the data as they came, from where it was asked. */
static void echo__answered_at_any_size(struct kunit *test)
{
	static const unsigned int lengths[] = { 0, 1, 55, 1452 };
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct sk_buff *skb;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		nst_wire_inject(wire, message(test, &echo,
					      &(struct nst_build_ipv6) {
						.flow = 0x54321 },
					      lengths[i]));
		skb = expect_reply(test, wire, lengths[i]);
		NST_EXPECT_IN6_EQ(test, &nst_wire_local6,
				  &ipv6_hdr(skb)->saddr);
		NST_EXPECT_IN6_EQ(test, &nst_wire_peer6,
				  &ipv6_hdr(skb)->daddr);
		KUNIT_EXPECT_EQ(test, 0x54321U,
				ntohl(nst_ipv6_flow_label(ipv6_hdr(skb))));
	}
	KUNIT_EXPECT_EQ(test, (unsigned long)i,
			nst_mib_read(wire->stack,
				     NST_MIB_ICMP6_OUT_ECHO_REPLIES));
}

/* RFC 4443 2.2 (b): to a group, from an address of the link. */
static void echo__to_a_group(struct kunit *test)
{
	const struct nst_build_ipv6 to_all = {
		.saddr = &nst_wire_peer_ll, .daddr = &nst_wire_all_nodes };
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct sk_buff *skb;

	nst_wire_inject(wire, message(test, &echo, &to_all, 9));
	skb = expect_reply(test, wire, 9);
	NST_EXPECT_IN6_EQ(test, &nst_wire_local_ll, &ipv6_hdr(skb)->saddr);
	NST_EXPECT_IN6_EQ(test, &nst_wire_peer_ll, &ipv6_hdr(skb)->daddr);

	WRITE_ONCE(wire->stack->config.icmp6_echo_ignore_multicast, 1);
	nst_wire_inject_dropped(wire, message(test, &echo, &to_all, 9),
				NST_DROP_ICMP_BROADCAST);
}

static void echo__ignored_when_asked(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);

	WRITE_ONCE(wire->stack->config.icmp_echo_ignore_all, 1);
	nst_wire_inject_dropped(wire, message(test, &echo,
					      &(struct nst_build_ipv6) {}, 9),
				NST_DROP_ICMP_IGNORED);
}

/* Attack 23: a question from ourselves would be answered to ourselves. */
static void echo__from_ourselves_or_nobody(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);

	nst_wire_inject_dropped(wire,
				message(test, &echo, &(struct nst_build_ipv6) {
					.saddr = &nst_wire_local6 }, 9),
				NST_DROP_IP_MARTIAN_SOURCE);
	nst_wire_inject_dropped(wire,
				message(test, &echo, &(struct nst_build_ipv6) {
					.saddr = &nst_wire_any6 }, 9),
				NST_DROP_IP_MARTIAN_SOURCE);
}

static void message__checksum_or_length_wrong(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct nst_build_icmpv6 bad = echo;
	struct sk_buff *skb;

	bad.bad_checksum = true;
	nst_wire_inject_dropped(wire, message(test, &bad,
					      &(struct nst_build_ipv6) {}, 9),
				NST_DROP_ICMP_CHECKSUM);
	skb = nst_build_pattern(test, 7, 0);
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = IPPROTO_ICMPV6 });
	nst_wire_inject_dropped(wire, skb, NST_DROP_ICMP_SHORT);
	KUNIT_EXPECT_EQ(test, 2UL,
			nst_mib_read(wire->stack, NST_MIB_ICMP6_IN_ERRORS));
}

/* RFC 4443 2.4 (b) */
static void message__unknown_information_is_dropped(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);

	nst_wire_inject_dropped(wire,
				message(test, &(struct nst_build_icmpv6) {
					.type = 200 },
					&(struct nst_build_ipv6) {}, 0),
				NST_DROP_ICMP_IGNORED);
}

/* A packet of the probe's that an error quotes, the IPv6 header in front. */
static struct sk_buff *quoted(struct kunit *test,
			      const struct nst_build_ipv6 *header,
			      unsigned int payload)
{
	struct nst_build_ipv6 ipv6 = *header;
	struct sk_buff *skb = nst_build_pattern(test, payload, 0);

	ipv6.nexthdr = ipv6.nexthdr ?: NST_PROBE_PROTOCOL;
	ipv6.saddr = ipv6.saddr ?: &nst_wire_local6;
	ipv6.daddr = ipv6.daddr ?: &nst_wire_peer6;
	nst_build_ipv6(skb, &ipv6);
	return skb;
}

static void inject_error(struct nst_wire *wire, struct sk_buff *skb, u8 type,
			 u8 code, u32 rest)
{
	nst_build_icmpv6(skb, &(struct nst_build_icmpv6) {
		.type = type, .code = code, .rest = rest });
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = IPPROTO_ICMPV6 });
	nst_wire_inject(wire, skb);
}

struct error_case {
	u8 type;
	u8 code;
	u32 rest;
	int errno;
	bool hard;
	u32 info;
};

static const struct error_case error_cases[] = {
	{ ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE, 0, ENETUNREACH, false, 0 },
	{ ICMPV6_DEST_UNREACH, ICMPV6_ADM_PROHIBITED, 0, EACCES, true, 0 },
	{ ICMPV6_DEST_UNREACH, ICMPV6_NOT_NEIGHBOUR, 0, EHOSTUNREACH, false,
	  0 },
	{ ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH, 0, EHOSTUNREACH, false,
	  0 },
	{ ICMPV6_DEST_UNREACH, ICMPV6_PORT_UNREACH, 0, ECONNREFUSED, true, 0 },
	{ ICMPV6_DEST_UNREACH, ICMPV6_POLICY_FAIL, 0, EACCES, true, 0 },
	{ ICMPV6_DEST_UNREACH, ICMPV6_REJECT_ROUTE, 0, EACCES, true, 0 },
	{ ICMPV6_DEST_UNREACH, 99, 0, EPROTO, true, 0 },
	{ ICMPV6_PKT_TOOBIG, 0, 1400, EMSGSIZE, false, 1400 },
	{ ICMPV6_TIME_EXCEED, ICMPV6_EXC_HOPLIMIT, 0, EHOSTUNREACH, false, 0 },
	{ ICMPV6_PARAMPROB, ICMPV6_HDR_FIELD, 42, EPROTO, true, 42 },
	/* RFC 4443 2.4 (a): an error that nobody knows yet */
	{ 100, 1, 7, EPROTO, false, 0 },
};

static void error_case_name(const struct error_case *c, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "type %u code %u", c->type,
		 c->code);
}

KUNIT_ARRAY_PARAM(error, error_cases, error_case_name);

static void error__reaches_the_transport(struct kunit *test)
{
	const struct error_case *c = test->param_value;
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	const struct nst_icmp_error *error = &nst_probe.error;

	inject_error(wire, quoted(test, &(struct nst_build_ipv6) {}, 20),
		     c->type, c->code, c->rest);
	KUNIT_ASSERT_EQ(test, 1U, nst_probe.errors);
	KUNIT_EXPECT_EQ(test, AF_INET6, (int)error->family);
	KUNIT_EXPECT_EQ(test, c->type, error->type);
	KUNIT_EXPECT_EQ(test, c->code, error->code);
	KUNIT_EXPECT_EQ(test, c->errno, error->errno);
	KUNIT_EXPECT_EQ(test, c->hard, error->hard);
	KUNIT_EXPECT_EQ(test, c->info, error->info);
	KUNIT_EXPECT_EQ(test, wire->link->index, error->link_index);
	NST_EXPECT_IN6_EQ(test, &nst_wire_local6, &error->saddr.v6);
	NST_EXPECT_IN6_EQ(test, &nst_wire_peer6, &error->daddr.v6);
	NST_EXPECT_IN6_EQ(test, &nst_wire_peer6, &error->offender.v6);
	KUNIT_EXPECT_EQ(test, 3, (int)nst_probe.quoted[3]);
	nst_wire_expect_nothing(wire);
}

/* The transport's header is behind those that were sent with it. */
static void error__quotes_extension_headers(struct kunit *test)
{
	static const u8 padding[] = { 1, 4, 0, 0, 0, 0 };
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct sk_buff *skb = nst_build_pattern(test, 20, 0);

	nst_build_extension(skb, NST_PROBE_PROTOCOL, padding, 6);
	nst_build_fragment(skb, IPPROTO_DSTOPTS, NST_IPV6_MF, 1);
	nst_build_ipv6(skb, &(struct nst_build_ipv6) {
		.nexthdr = IPPROTO_FRAGMENT, .saddr = &nst_wire_local6,
		.daddr = &nst_wire_peer6 });
	inject_error(wire, skb, ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH, 0);
	KUNIT_EXPECT_EQ(test, 1U, nst_probe.errors);
	KUNIT_EXPECT_EQ(test, 3, (int)nst_probe.quoted[3]);
}

/* Attack 10: what we cannot have sent. */
static void error__about_what_is_not_ours(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct sk_buff *skb;

	inject_error(wire, quoted(test, &(struct nst_build_ipv6) {
				  .saddr = &nst_wire_peer6 }, 20),
		     ICMPV6_DEST_UNREACH, 0, 0);
	inject_error(wire, quoted(test, &(struct nst_build_ipv6) {
				  .nexthdr = 254 }, 20),
		     ICMPV6_DEST_UNREACH, 0, 0);
	KUNIT_EXPECT_EQ(test, 2UL, nst_drop_read(wire->stack,
						 NST_DROP_ICMP_NOT_OURS));
	inject_error(wire, quoted(test, &(struct nst_build_ipv6) {}, 7),
		     ICMPV6_DEST_UNREACH, 0, 0);
	inject_error(wire, quoted(test, &(struct nst_build_ipv6) {
				  .version = 4 }, 20),
		     ICMPV6_DEST_UNREACH, 0, 0);
	skb = nst_build_pattern(test, 20, 0);
	nst_build_fragment(skb, NST_PROBE_PROTOCOL, 8, 1);
	nst_build_ipv6(skb, &(struct nst_build_ipv6) {
		.nexthdr = IPPROTO_FRAGMENT, .saddr = &nst_wire_local6,
		.daddr = &nst_wire_peer6 });
	inject_error(wire, skb, ICMPV6_DEST_UNREACH, 0, 0);
	KUNIT_EXPECT_EQ(test, 3UL, nst_drop_read(wire->stack,
						 NST_DROP_ICMP_SHORT));
	KUNIT_EXPECT_EQ(test, 0U, nst_probe.errors);
}

static struct sk_buff *unwelcome(struct kunit *test,
				 const struct nst_build_ipv6 *header,
				 unsigned int payload)
{
	struct nst_build_ipv6 ipv6 = *header;
	struct sk_buff *skb = nst_build_pattern(test, payload, 0);

	ipv6.nexthdr = ipv6.nexthdr ?: 254;
	nst_build_ipv6_frame(skb, &ipv6);
	return skb;
}

/* RFC 4443 2.4 (c): no more than fits into the least MTU. */
static void error__quotes_up_to_the_least_mtu(struct kunit *test)
{
	static const unsigned int lengths[] = { 10, 1192, 1193, 1400 };
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct sk_buff *skb;
	unsigned int i;

	WRITE_ONCE(wire->stack->config.icmp_ratelimit, 0);
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		nst_wire_inject(wire, unwelcome(test,
						&(struct nst_build_ipv6) {},
						lengths[i]));
		skb = nst_wire_expect_icmpv6(wire, ICMPV6_PARAMPROB);
		KUNIT_EXPECT_EQ(test, min(1280U, 40 + 8 + 40 + lengths[i]),
				40 + skb->len);
		KUNIT_EXPECT_EQ(test, 0, (int)skb->data[8 + 40]);
	}
}

/* RFC 4443 2.4 (e): attack 25 would have it otherwise. */
static void error__not_about_errors_or_groups(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	static const u8 skipped[] = { IPPROTO_ICMPV6, 0, 0x9e, 4, 0, 0, 0, 0,
				      ICMPV6_DEST_UNREACH };
	struct sk_buff *skb;

	nst_wire_inject(wire, unwelcome(test, &(struct nst_build_ipv6) {
		.daddr = &nst_wire_all_nodes }, 20));
	nst_wire_expect_nothing(wire);
	/* An error with an option that would be told of. */
	skb = nst_build_payload(test, skipped, sizeof(skipped));
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = IPPROTO_DSTOPTS });
	nst_wire_inject(wire, skb);
	nst_wire_expect_nothing(wire);
}

/* RFC 4443 2.4 (f) */
static void error__is_rate_limited(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	unsigned int i;

	WRITE_ONCE(wire->stack->config.icmp_ratelimit, 600000);
	for (i = 0; i < 20; i++)
		nst_wire_inject(wire, unwelcome(test,
						&(struct nst_build_ipv6) {},
						8));
	for (i = 0; i < 6; i++)
		nst_wire_expect_icmpv6(wire, ICMPV6_PARAMPROB);
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, 14UL,
			nst_mib_read(wire->stack,
				     NST_MIB_ICMP6_OUT_RATE_LIMIT_HOST));
}

/* RFC 8200 4.5: the first fragment's sender hears that the rest is missing. */
static void error__fragments_not_whole_in_time(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6(test);
	struct sk_buff *skb;

	WRITE_ONCE(wire->stack->config.ipfrag_time, 0);
	skb = nst_build_pattern(test, 64, 0);
	nst_build_fragment(skb, NST_PROBE_PROTOCOL, NST_IPV6_MF, 3);
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = IPPROTO_FRAGMENT });
	nst_wire_inject(wire, skb);
	skb = nst_wire_expect_icmpv6(wire, ICMPV6_TIME_EXCEED);
	KUNIT_EXPECT_EQ(test, ICMPV6_EXC_FRAGTIME,
			(int)icmp6_hdr(skb)->icmp6_code);
	KUNIT_EXPECT_EQ(test, 8U + 40 + 8 + 64, skb->len);
	KUNIT_EXPECT_EQ(test, 1UL,
			nst_mib_read(wire->stack, NST_MIB_IP6_REASM_TIMEOUT));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(echo__answered_at_any_size),
	KUNIT_CASE(echo__to_a_group),
	KUNIT_CASE(echo__ignored_when_asked),
	KUNIT_CASE(echo__from_ourselves_or_nobody),
	KUNIT_CASE(message__checksum_or_length_wrong),
	KUNIT_CASE(message__unknown_information_is_dropped),
	KUNIT_CASE_PARAM(error__reaches_the_transport, error_gen_params),
	KUNIT_CASE(error__quotes_extension_headers),
	KUNIT_CASE(error__about_what_is_not_ours),
	KUNIT_CASE(error__quotes_up_to_the_least_mtu),
	KUNIT_CASE(error__not_about_errors_or_groups),
	KUNIT_CASE(error__is_rate_limited),
	KUNIT_CASE(error__fragments_not_whole_in_time),
	{}
};

static struct kunit_suite suite = {
	.name = "icmpv6",
	.init = nst_probe_start,
	.exit = nst_probe_stop,
	.test_cases = cases,
};

kunit_test_suite(suite);
