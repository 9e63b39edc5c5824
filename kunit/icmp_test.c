// SPDX-License-Identifier: GPL-2.0
/*
 * ICMP: icmp.c, icmp_error.c, icmp_limit.c. Attacks 9, 10, 22 and 25.
 */
#include <kunit/test.h>
#include <linux/icmp.h>
#include <linux/udp.h>

#include "../netstack/network/icmp.h"
#include "../netstack/network/ipv4.h"
#include "packet_builder.h"
#include "transport_probe.h"
#include "wire.h"

#define BROADCAST	0x0a0000ff

/* An ICMP message from the peer with a header to choose. */
static struct sk_buff *message(struct kunit *test,
			       const struct nst_build_icmp *icmp,
			       const struct nst_build_ipv4 *ipv4,
			       unsigned int length)
{
	struct sk_buff *skb = nst_build_pattern(test, length, 0);
	struct nst_build_ipv4 header = *ipv4;

	header.protocol = IPPROTO_ICMP;
	nst_build_icmp(skb, icmp);
	nst_build_ipv4(skb, &header);
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {});
	return skb;
}

static const struct nst_build_icmp echo = {
	.type = ICMP_ECHO, .rest = 0x12340007,
};

static void expect_echo_reply(struct kunit *test, struct nst_wire *wire,
			      unsigned int length)
{
	struct sk_buff *skb = nst_wire_expect_ipv4(wire, IPPROTO_ICMP);
	const struct iphdr *iph = ip_hdr(skb);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, (u32)NST_WIRE_LOCAL, ntohl(iph->saddr));
	KUNIT_EXPECT_EQ(test, (u32)NST_WIRE_PEER, ntohl(iph->daddr));
	KUNIT_EXPECT_EQ(test, 64, (int)iph->ttl);
	KUNIT_EXPECT_EQ(test, ICMP_ECHOREPLY, (int)icmp_hdr(skb)->type);
	KUNIT_EXPECT_EQ(test, 0, (int)icmp_hdr(skb)->code);
	KUNIT_EXPECT_EQ(test, 0x12340007U, ntohl(icmp_hdr(skb)->un.gateway));
	KUNIT_ASSERT_EQ(test, 8 + length, skb->len);
	for (i = 0; i < length; i++)
		KUNIT_ASSERT_EQ(test, (u8)i, skb->data[8 + i]);
	nst_wire_expect_nothing(wire);
}

/* RFC 1122 3.2.2.6: any size that an IP datagram can have */
static void echo__answered_at_any_size(struct kunit *test)
{
	static const unsigned int lengths[] = { 0, 1, 55, 1472, 9000, 65507 };
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	unsigned int i;

	mutex_lock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, 0, nst_link_set_mtu(wire->link, 65535));
	mutex_unlock(&wire->stack->config_mutex);
	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		nst_wire_inject(wire, message(test, &echo,
					      &(struct nst_build_ipv4) {},
					      lengths[i]));
		expect_echo_reply(test, wire, lengths[i]);
	}
	KUNIT_EXPECT_EQ(test, (unsigned long)i,
			nst_mib_read(wire->stack, NST_MIB_ICMP_OUT_ECHO_REPS));
}

static void echo__answer_is_fragmented(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb;

	nst_wire_inject(wire, message(test, &echo, &(struct nst_build_ipv4) {},
				      2000));
	skb = nst_wire_expect_ipv4(wire, IPPROTO_ICMP);
	KUNIT_EXPECT_EQ(test, NST_IPV4_MF, (int)ntohs(ip_hdr(skb)->frag_off));
	skb = nst_wire_expect_ipv4(wire, IPPROTO_ICMP);
	KUNIT_EXPECT_EQ(test, 1480 / 8, (int)ntohs(ip_hdr(skb)->frag_off));
	nst_wire_expect_nothing(wire);
}

/* A question in fragments, whose pieces stay where they are. */
static void echo__reassembled_question(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *whole = nst_build_pattern(test, 1400, 0), *skb;
	unsigned int offset;

	nst_build_icmp(whole, &echo);
	for (offset = 0; offset < whole->len; offset += 704) {
		skb = nst_build_payload(test, whole->data + offset,
					min(704U, whole->len - offset));
		nst_build_ipv4(skb, &(struct nst_build_ipv4) {
			.protocol = IPPROTO_ICMP, .id = 1,
			.fragment = (offset ? 0 : NST_IPV4_MF) | offset / 8,
		});
		nst_build_ethernet(skb, &(struct nst_build_ethernet) {});
		nst_wire_inject(wire, skb);
	}
	kfree_skb(whole);
	expect_echo_reply(test, wire, 1400);
}

/* The clone that a tap holds keeps the question. */
static void echo__leaves_a_clone_alone(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb, *clone;

	skb = message(test, &echo, &(struct nst_build_ipv4) {}, 32);
	clone = skb_clone(skb, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, clone);
	nst_wire_inject(wire, skb);
	expect_echo_reply(test, wire, 32);
	KUNIT_EXPECT_EQ(test, ICMP_ECHO,
			(int)clone->data[ETH_HLEN + sizeof(struct iphdr)]);
	kfree_skb(clone);
}

static void echo__keeps_tos_without_ecn(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb;

	nst_wire_inject(wire, message(test, &echo, &(struct nst_build_ipv4) {
		.tos = 0x2b,
	}, 8));
	skb = nst_wire_expect_ipv4(wire, IPPROTO_ICMP);
	KUNIT_EXPECT_EQ(test, 0x28, (int)ip_hdr(skb)->tos);
}

/* RFC 1122 3.2.2.6: the route there and back */
static void echo__records_route(struct kunit *test)
{
	static const u8 asked[] = {
		IPOPT_RR, 11, 8, 10, 0, 0, 2, 0, 0, 0, 0, IPOPT_END,
	};
	static const u8 answered[] = {
		IPOPT_RR, 11, 12, 10, 0, 0, 2, 10, 0, 0, 1, IPOPT_END,
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb;

	nst_wire_inject(wire, message(test, &echo, &(struct nst_build_ipv4) {
		.options = asked, .options_len = sizeof(asked),
	}, 8));
	skb = nst_wire_expect_ipv4(wire, IPPROTO_ICMP);
	KUNIT_ASSERT_EQ(test, 8, (int)ip_hdr(skb)->ihl);
	KUNIT_EXPECT_EQ(test, 0, memcmp(ip_hdr(skb) + 1, answered,
					sizeof(answered)));
	KUNIT_EXPECT_EQ(test, ICMP_ECHOREPLY, (int)icmp_hdr(skb)->type);
}

static void echo__broadcast_by_configuration(struct kunit *test)
{
	const struct nst_build_ipv4 broadcast = { .daddr = BROADCAST };
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	nst_wire_inject_dropped(wire, message(test, &echo, &broadcast, 8),
				NST_DROP_ICMP_BROADCAST);

	WRITE_ONCE(wire->stack->config.icmp_echo_ignore_broadcasts, 0);
	nst_wire_inject(wire, message(test, &echo, &broadcast, 8));
	expect_echo_reply(test, wire, 8);
}

static void echo__ignored_by_configuration(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	WRITE_ONCE(wire->stack->config.icmp_echo_ignore_all, 1);
	nst_wire_inject_dropped(wire, message(test, &echo,
					      &(struct nst_build_ipv4) {}, 8),
				NST_DROP_ICMP_IGNORED);
}

/* RFC 1122 3.2.2.8 */
static void timestamp__answered(struct kunit *test)
{
	const struct nst_build_icmp question = {
		.type = ICMP_TIMESTAMP, .rest = 0x00010002,
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	const __be32 *stamps;
	struct sk_buff *skb;

	nst_wire_inject(wire, message(test, &question,
				      &(struct nst_build_ipv4) {}, 40));
	skb = nst_wire_expect_ipv4(wire, IPPROTO_ICMP);
	KUNIT_EXPECT_EQ(test, ICMP_TIMESTAMPREPLY, (int)icmp_hdr(skb)->type);
	KUNIT_EXPECT_EQ(test, 0x00010002U, ntohl(icmp_hdr(skb)->un.gateway));
	KUNIT_ASSERT_EQ(test, 20U, skb->len);
	stamps = (const __be32 *)(icmp_hdr(skb) + 1);
	KUNIT_EXPECT_EQ(test, 0x00010203U, ntohl(stamps[0]));
	KUNIT_EXPECT_LT(test, ntohl(stamps[1]), 86400000U);
	KUNIT_EXPECT_EQ(test, ntohl(stamps[1]), ntohl(stamps[2]));

	nst_wire_inject_dropped(wire, message(test, &question,
					      &(struct nst_build_ipv4) {}, 11),
				NST_DROP_ICMP_SHORT);
}

/**
 * struct silence - a message that gets no answer
 * @name: what it is
 * @icmp: its header
 * @length: bytes that follow
 * @item: the counter that knows its type, or NST_MIB_ICMP_IN_MSGS
 * @reason: why it is dropped
 */
struct silence {
	const char *name;
	struct nst_build_icmp icmp;
	unsigned int length;
	enum nst_mib_item item;
	enum nst_drop_reason reason;
};

#define SILENCE(what, number, counter) {				\
	.name = (what),							\
	.icmp = { .type = (number) },					\
	.length = 40,							\
	.item = NST_MIB_ICMP_##counter,					\
	.reason = NST_DROP_ICMP_IGNORED,				\
}

static const struct silence silences[] = {
	SILENCE("echo reply", ICMP_ECHOREPLY, IN_ECHO_REPS),
	SILENCE("timestamp reply", ICMP_TIMESTAMPREPLY, IN_TIMESTAMP_REPS),
	SILENCE("source quench (RFC 6633)", ICMP_SOURCE_QUENCH,
		IN_SRC_QUENCHS),
	SILENCE("redirect", ICMP_REDIRECT, IN_REDIRECTS),
	SILENCE("address mask request (RFC 6918)", ICMP_ADDRESS, IN_MSGS),
	SILENCE("information request (RFC 6918)", ICMP_INFO_REQUEST, IN_MSGS),
	SILENCE("router solicitation", 10, IN_MSGS),
	SILENCE("type 255", 255, IN_MSGS),
	{ "checksum wrong", { .type = ICMP_ECHO, .bad_checksum = true }, 8,
	  NST_MIB_ICMP_IN_CSUM_ERRORS, NST_DROP_ICMP_CHECKSUM },
	{ "error without quote", { .type = ICMP_DEST_UNREACH }, 0,
	  NST_MIB_ICMP_IN_ERRORS, NST_DROP_ICMP_SHORT },
	{ "error with half a header", { .type = ICMP_TIME_EXCEEDED }, 19,
	  NST_MIB_ICMP_IN_ERRORS, NST_DROP_ICMP_SHORT },
	{ "error that quotes no IPv4", { .type = ICMP_PARAMETERPROB }, 64,
	  NST_MIB_ICMP_IN_ERRORS, NST_DROP_ICMP_SHORT },
};

static void silence_name(const struct silence *silence, char *name)
{
	strscpy(name, silence->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(silence, silences, silence_name);

static void receive__counts_and_ignores(struct kunit *test)
{
	const struct silence *silence = test->param_value;
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	nst_wire_inject_dropped(wire, message(test, &silence->icmp,
					      &(struct nst_build_ipv4) {},
					      silence->length),
				silence->reason);
	KUNIT_EXPECT_EQ(test, 1UL, nst_mib_read(wire->stack, silence->item));
	KUNIT_EXPECT_EQ(test, 0U, nst_probe.errors);
}

static void receive__header_truncated(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb;
	unsigned int length;

	for (length = 0; length < sizeof(struct icmphdr); length++) {
		skb = nst_build_pattern(test, length, 0);
		nst_build_ipv4(skb, &(struct nst_build_ipv4) {
			.protocol = IPPROTO_ICMP,
		});
		nst_build_ethernet(skb, &(struct nst_build_ethernet) {});
		nst_wire_inject_dropped(wire, skb, NST_DROP_ICMP_SHORT);
	}
}

/* An error from the peer about a probe packet of ours. */
static struct sk_buff *error_about(struct kunit *test,
				   const struct nst_build_icmp *icmp,
				   const struct nst_build_ipv4 *quoted,
				   unsigned int length)
{
	struct sk_buff *skb = nst_build_pattern(test, length, 0x50);
	struct nst_build_ipv4 header = *quoted;

	header.saddr = header.saddr ?: NST_WIRE_LOCAL;
	header.daddr = header.daddr ?: NST_WIRE_OTHER;
	header.protocol = header.protocol ?: NST_PROBE_PROTOCOL;
	nst_build_ipv4(skb, &header);
	nst_build_icmp(skb, icmp);
	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
		.protocol = IPPROTO_ICMP,
	});
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {});
	return skb;
}

/**
 * struct meaning - an error and what the transport is told
 * @name: error
 * @type: ICMP type
 * @code: code
 * @errno: expected errno
 * @hard: expected
 */
struct meaning {
	const char *name;
	u8 type;
	u8 code;
	int errno;
	bool hard;
};

/* The host's values: icmp(7), ip(7) IP_RECVERR. */
static const struct meaning meanings[] = {
	{ "net unreachable", 3, 0, ENETUNREACH, false },
	{ "host unreachable", 3, 1, EHOSTUNREACH, false },
	{ "protocol unreachable", 3, 2, ENOPROTOOPT, true },
	{ "port unreachable", 3, 3, ECONNREFUSED, true },
	{ "fragmentation needed", 3, 4, EMSGSIZE, false },
	{ "source route failed", 3, 5, EOPNOTSUPP, false },
	{ "net unknown", 3, 6, ENETUNREACH, true },
	{ "host unknown", 3, 7, EHOSTDOWN, true },
	{ "host isolated", 3, 8, ENONET, true },
	{ "net prohibited", 3, 9, ENETUNREACH, true },
	{ "host prohibited", 3, 10, EHOSTUNREACH, true },
	{ "net unreachable for TOS", 3, 11, ENETUNREACH, false },
	{ "host unreachable for TOS", 3, 12, EHOSTUNREACH, false },
	{ "filtered", 3, 13, EHOSTUNREACH, true },
	{ "precedence violation", 3, 14, EHOSTUNREACH, true },
	{ "precedence cutoff", 3, 15, EHOSTUNREACH, true },
	{ "TTL exceeded", 11, 0, EHOSTUNREACH, false },
	{ "reassembly time exceeded", 11, 1, EHOSTUNREACH, false },
	{ "parameter problem", 12, 0, EPROTO, true },
};

static void meaning_name(const struct meaning *meaning, char *name)
{
	strscpy(name, meaning->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(meaning, meanings, meaning_name);

static void receive_error__reaches_transport(struct kunit *test)
{
	const struct meaning *meaning = test->param_value;
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	const struct nst_icmp_error *error = &nst_probe.error;
	unsigned int i;

	nst_wire_inject(wire, error_about(test, &(struct nst_build_icmp) {
		.type = meaning->type, .code = meaning->code,
	}, &(struct nst_build_ipv4) {}, 8));
	KUNIT_ASSERT_EQ(test, 1U, nst_probe.errors);
	KUNIT_EXPECT_EQ(test, AF_INET, (int)error->family);
	KUNIT_EXPECT_EQ(test, meaning->type, error->type);
	KUNIT_EXPECT_EQ(test, meaning->code, error->code);
	KUNIT_EXPECT_EQ(test, meaning->errno, error->errno);
	KUNIT_EXPECT_EQ(test, meaning->hard, error->hard);
	KUNIT_EXPECT_FALSE(test, error->local);
	KUNIT_EXPECT_EQ(test, (u32)NST_WIRE_INDEX, error->link_index);
	KUNIT_EXPECT_EQ(test, (u32)NST_WIRE_LOCAL, ntohl(error->saddr.v4));
	KUNIT_EXPECT_EQ(test, (u32)NST_WIRE_OTHER, ntohl(error->daddr.v4));
	KUNIT_EXPECT_EQ(test, (u32)NST_WIRE_PEER, ntohl(error->offender.v4));
	for (i = 0; i < 8; i++)
		KUNIT_EXPECT_EQ(test, 0x50 + i,
				(unsigned int)nst_probe.quoted[i]);
	nst_wire_expect_nothing(wire);
}

/* RFC 1191 4, 5 and 7.1 */
static void receive_error__mtu(struct kunit *test)
{
	static const struct {
		u16 told;
		u16 total_len;
		u32 info;
	} cases[] = {
		{ 1400, 1500, 1400 }, { 68, 1500, 68 }, { 0, 1500, 1492 },
		{ 0, 1492, 1006 }, { 0, 65535, 32000 }, { 0, 296, 68 },
		{ 0, 28, 68 }, { 65535, 1500, 65535 },
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		nst_wire_inject(wire, error_about(test,
						  &(struct nst_build_icmp) {
			.type = ICMP_DEST_UNREACH, .code = ICMP_FRAG_NEEDED,
			.rest = cases[i].told,
		}, &(struct nst_build_ipv4) {
			.total_len = cases[i].total_len,
		}, 8));
		KUNIT_EXPECT_EQ(test, i + 1, nst_probe.errors);
		KUNIT_EXPECT_EQ(test, cases[i].info, nst_probe.error.info);
	}
}

static void receive_error__tells_pointer(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	nst_wire_inject(wire, error_about(test, &(struct nst_build_icmp) {
		.type = ICMP_PARAMETERPROB, .rest = 0x14000000,
	}, &(struct nst_build_ipv4) {}, 8));
	KUNIT_EXPECT_EQ(test, 0x14U, nst_probe.error.info);
}

/**
 * struct forgery - an error that must not reach a transport
 * @name: what is wrong
 * @icmp: error
 * @quoted: quoted header
 * @length: quoted bytes behind it
 * @reason: why it is dropped
 */
struct forgery {
	const char *name;
	struct nst_build_icmp icmp;
	struct nst_build_ipv4 quoted;
	unsigned int length;
	enum nst_drop_reason reason;
};

static const struct forgery forgeries[] = {
	{ "quotes a packet of someone else", { .type = ICMP_DEST_UNREACH },
	  { .saddr = NST_WIRE_OTHER }, 8, NST_DROP_ICMP_NOT_OURS },
	{ "quotes a later fragment", { .type = ICMP_DEST_UNREACH },
	  { .fragment = 5 }, 8, NST_DROP_ICMP_NOT_OURS },
	{ "quotes no transport of ours", { .type = ICMP_DEST_UNREACH },
	  { .protocol = 254 }, 8, NST_DROP_ICMP_NOT_OURS },
	{ "quotes 7 bytes of the transport", { .type = ICMP_DEST_UNREACH },
	  { }, 7, NST_DROP_ICMP_SHORT },
	{ "quoted header is too short", { .type = ICMP_DEST_UNREACH },
	  { .ihl = 4 }, 8, NST_DROP_ICMP_SHORT },
	{ "quoted header claims more", { .type = ICMP_DEST_UNREACH },
	  { .ihl = 15 }, 8, NST_DROP_ICMP_SHORT },
	{ "quotes version 6", { .type = ICMP_DEST_UNREACH },
	  { .version = 6 }, 8, NST_DROP_ICMP_SHORT },
	{ "unknown code", { .type = ICMP_DEST_UNREACH, .code = 16 },
	  { }, 8, NST_DROP_ICMP_IGNORED },
};

static void forgery_name(const struct forgery *forgery, char *name)
{
	strscpy(name, forgery->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(forgery, forgeries, forgery_name);

static void receive_error__forged_refused(struct kunit *test)
{
	const struct forgery *forgery = test->param_value;
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	nst_wire_inject_dropped(wire, error_about(test, &forgery->icmp,
						  &forgery->quoted,
						  forgery->length),
				forgery->reason);
	KUNIT_EXPECT_EQ(test, 0U, nst_probe.errors);
}

static void local_error__reaches_transport(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb = nst_build_pattern(test, 8, 0x50);

	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
		.saddr = NST_WIRE_LOCAL, .daddr = NST_WIRE_OTHER,
		.protocol = NST_PROBE_PROTOCOL,
	});
	local_bh_disable();
	rcu_read_lock();
	nst_icmp_local_error(wire->stack, skb, wire->link, ICMP_DEST_UNREACH,
			     ICMP_HOST_UNREACH, 0);
	rcu_read_unlock();
	local_bh_enable();
	KUNIT_EXPECT_EQ(test, 1U, nst_probe.errors);
	KUNIT_EXPECT_TRUE(test, nst_probe.error.local);
	KUNIT_EXPECT_EQ(test, wire->link->index, nst_probe.error.link_index);
	KUNIT_EXPECT_EQ(test, EHOSTUNREACH, nst_probe.error.errno);
	KUNIT_EXPECT_EQ(test, 0x50, (int)nst_probe.quoted[0]);
	/* The packet is the caller's, as it was. */
	KUNIT_EXPECT_EQ(test, 28U, skb->len);
	kfree_skb(skb);
	nst_wire_expect_nothing(wire);
}

/* A packet of an unknown protocol provokes an error. */
static struct sk_buff *provocation(struct kunit *test, unsigned int length)
{
	struct sk_buff *skb = nst_build_pattern(test, length, 0);

	nst_build_ipv4(skb, &(struct nst_build_ipv4) { .protocol = 254 });
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {});
	return skb;
}

/* RFC 1812 4.3.2.3 and 4.3.2.5, RFC 1122 3.2.2 */
static void send_error__quotes_what_fits(struct kunit *test)
{
	static const struct {
		unsigned int length;
		unsigned int quote;
	} cases[] = {
		{ 0, 20 }, { 8, 28 }, { 528, 548 }, { 529, 548 },
		{ 1400, 548 },
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	unsigned int i, at;
	struct sk_buff *skb;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		nst_wire_inject(wire, provocation(test, cases[i].length));
		skb = nst_wire_expect_ipv4(wire, IPPROTO_ICMP);
		KUNIT_EXPECT_EQ(test, 0xc0, (int)ip_hdr(skb)->tos);
		KUNIT_EXPECT_EQ(test, (u32)NST_WIRE_LOCAL,
				ntohl(ip_hdr(skb)->saddr));
		KUNIT_EXPECT_EQ(test, (u32)NST_WIRE_PEER,
				ntohl(ip_hdr(skb)->daddr));
		KUNIT_EXPECT_EQ(test, ICMP_DEST_UNREACH,
				(int)icmp_hdr(skb)->type);
		KUNIT_ASSERT_EQ(test, 8 + cases[i].quote, skb->len);
		for (at = 28; at < skb->len; at++)
			KUNIT_ASSERT_EQ(test, (u8)(at - 28), skb->data[at]);
	}
	KUNIT_EXPECT_EQ(test, (unsigned long)i,
			nst_mib_read(wire->stack,
				     NST_MIB_ICMP_OUT_DEST_UNREACHS));
}

/* What never gets an error: RFC 1122 3.2.2 */
static void send_error__never_about(struct kunit *test)
{
	static const u8 errors[] = {
		ICMP_DEST_UNREACH, ICMP_SOURCE_QUENCH, ICMP_REDIRECT,
		ICMP_TIME_EXCEEDED, ICMP_PARAMETERPROB, 42,
	};
	static const u8 options[] = { IPOPT_RR, 2, 0, 0 };
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_build_ipv4 header = {
		.protocol = IPPROTO_ICMP,
		.options = options, .options_len = sizeof(options),
	};
	struct sk_buff *skb;
	unsigned int i;

	/* ICMP errors, and types that may be one */
	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		skb = nst_build_pattern(test, 40, 0);
		nst_build_icmp(skb, &(struct nst_build_icmp) {
			.type = errors[i],
		});
		nst_build_ipv4(skb, &header);
		nst_build_ethernet(skb, &(struct nst_build_ethernet) {});
		nst_wire_inject_dropped(wire, skb, NST_DROP_IP_OPTIONS);
	}
	/* an ICMP message whose type is not there */
	skb = nst_build_pattern(test, 0, 0);
	nst_build_ipv4(skb, &header);
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {});
	nst_wire_inject_dropped(wire, skb, NST_DROP_IP_OPTIONS);
	/* fragments but the first */
	header.protocol = NST_PROBE_PROTOCOL;
	header.fragment = 2;
	skb = nst_build_pattern(test, 40, 0);
	nst_build_ipv4(skb, &header);
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {});
	nst_wire_inject_dropped(wire, skb, NST_DROP_IP_OPTIONS);
	/* broadcast */
	header.fragment = 0;
	header.daddr = BROADCAST;
	skb = nst_build_pattern(test, 40, 0);
	nst_build_ipv4(skb, &header);
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {});
	nst_wire_inject_dropped(wire, skb, NST_DROP_IP_OPTIONS);

	/* But a question does. */
	header.protocol = IPPROTO_ICMP;
	header.daddr = NST_WIRE_LOCAL;
	skb = nst_build_pattern(test, 40, 0);
	nst_build_icmp(skb, &echo);
	nst_build_ipv4(skb, &header);
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {});
	nst_wire_inject(wire, skb);
	nst_wire_expect_ipv4(wire, IPPROTO_ICMP);
}

static unsigned int allowed(struct nst_wire *wire, u32 daddr, u32 step,
			    unsigned int tries, u8 type)
{
	unsigned int i, count = 0;

	for (i = 0; i < tries; i++) {
		union nst_address address =
			nst_address_v4(htonl(daddr + i * step));

		count += nst_icmp_allow(wire->stack, AF_INET, &address, type);
	}
	return count;
}

static void limit__one_destination(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	/* By this key the two destinations share no bucket. */
	wire->stack->secret = (siphash_key_t) { { 1, 2 } };
	/* No more than the burst may pass, whatever the global bucket holds. */
	WRITE_ONCE(wire->stack->config.icmp_ratelimit, 600000);
	KUNIT_EXPECT_EQ(test, 6U, allowed(wire, NST_WIRE_PEER, 0, 20,
					  ICMP_DEST_UNREACH));
	KUNIT_EXPECT_EQ(test, 14UL,
			nst_mib_read(wire->stack,
				     NST_MIB_ICMP_OUT_RATE_LIMIT_HOST));
	/* Others are not affected, nor are types outside the mask. */
	KUNIT_EXPECT_EQ(test, 1U, allowed(wire, NST_WIRE_OTHER, 0, 1,
					  ICMP_DEST_UNREACH));
	KUNIT_EXPECT_EQ(test, 1U, allowed(wire, NST_WIRE_PEER, 0, 1,
					  ICMP_ECHOREPLY));
}

static void limit__one_destination_recovers(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	const unsigned int cost_ms = 50;
	unsigned long first, last;
	unsigned int passed;

	/* What is dear is spent to the last: from here on time alone counts. */
	WRITE_ONCE(wire->stack->config.icmp_ratelimit, 600000);
	first = jiffies;
	allowed(wire, NST_WIRE_PEER, 0, 20, ICMP_DEST_UNREACH);
	WRITE_ONCE(wire->stack->config.icmp_ratelimit, cost_ms);
	nst_wire_wait(cost_ms + 10);
	passed = allowed(wire, NST_WIRE_PEER, 0, 20, ICMP_DEST_UNREACH);
	last = jiffies;
	KUNIT_EXPECT_GE(test, passed, 1U);
	KUNIT_EXPECT_LE(test, passed,
			(last - first) / msecs_to_jiffies(cost_ms));
}

/* CVE-2020-25705: how many pass cannot be told beforehand. */
static void limit__all_destinations_randomised(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	unsigned int round, count, least = UINT_MAX, most = 0;
	u32 daddr = 0x0b000000;

	for (round = 0; round < 8; round++, daddr += 4096) {
		/* The bucket is filled in a tick, then there is no more. */
		WRITE_ONCE(wire->stack->config.icmp_msgs_per_sec, 50 * HZ);
		nst_wire_wait(10);
		count = allowed(wire, daddr, 1, 1, ICMP_DEST_UNREACH);
		WRITE_ONCE(wire->stack->config.icmp_msgs_per_sec, 50);
		count += allowed(wire, daddr + 1, 1, 499, ICMP_DEST_UNREACH);
		least = min(least, count);
		most = max(most, count);
	}
	KUNIT_EXPECT_GE(test, least, 25U);
	KUNIT_EXPECT_LE(test, most, 200U);
	KUNIT_EXPECT_LT(test, least, most);
	KUNIT_EXPECT_GT(test, nst_mib_read(wire->stack,
					   NST_MIB_ICMP_OUT_RATE_LIMIT_GLOBAL),
			1000UL);
}

static void limit__holds_on_the_wire(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	unsigned int i;

	WRITE_ONCE(wire->stack->config.icmp_ratelimit, 600000);
	for (i = 0; i < 10; i++)
		nst_wire_inject(wire, provocation(test, 8));
	for (i = 0; i < 6; i++)
		nst_wire_expect_ipv4(wire, IPPROTO_ICMP);
	nst_wire_expect_nothing(wire);
}

static struct kunit_case icmp_cases[] = {
	KUNIT_CASE(echo__answered_at_any_size),
	KUNIT_CASE(echo__answer_is_fragmented),
	KUNIT_CASE(echo__reassembled_question),
	KUNIT_CASE(echo__leaves_a_clone_alone),
	KUNIT_CASE(echo__keeps_tos_without_ecn),
	KUNIT_CASE(echo__records_route),
	KUNIT_CASE(echo__broadcast_by_configuration),
	KUNIT_CASE(echo__ignored_by_configuration),
	KUNIT_CASE(timestamp__answered),
	KUNIT_CASE_PARAM(receive__counts_and_ignores, silence_gen_params),
	KUNIT_CASE(receive__header_truncated),
	KUNIT_CASE_PARAM(receive_error__reaches_transport, meaning_gen_params),
	KUNIT_CASE(receive_error__mtu),
	KUNIT_CASE(receive_error__tells_pointer),
	KUNIT_CASE_PARAM(receive_error__forged_refused, forgery_gen_params),
	KUNIT_CASE(local_error__reaches_transport),
	KUNIT_CASE(send_error__quotes_what_fits),
	KUNIT_CASE(send_error__never_about),
	KUNIT_CASE(limit__one_destination),
	KUNIT_CASE(limit__one_destination_recovers),
	KUNIT_CASE(limit__all_destinations_randomised),
	KUNIT_CASE(limit__holds_on_the_wire),
	{}
};

static struct kunit_suite icmp_suite = {
	.name = "netstack_icmp",
	.init = nst_probe_start,
	.exit = nst_probe_stop,
	.test_cases = icmp_cases,
};

kunit_test_suite(icmp_suite);
