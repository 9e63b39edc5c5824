// SPDX-License-Identifier: GPL-2.0
/*
 * TCP options of the packet builder: what the suites of TCP rely on.
 */
#include "packet_builder.h"

static struct sk_buff *segment(struct kunit *test, const u8 *options, u8 len)
{
	struct sk_buff *skb = nst_build_payload(test, NULL, 0);

	nst_build_tcp(skb, &(struct nst_build_tcp){
		.options = options,
		.options_len = len,
	});
	skb_reset_transport_header(skb);
	return skb;
}

static bool read(struct kunit *test, const u8 *options, u8 len,
		 struct nst_build_tcp_options *found)
{
	struct sk_buff *skb = segment(test, options, len);
	bool good = nst_read_tcp_options(skb, found);

	kfree_skb(skb);
	return good;
}

static void tcp_options__are_read_as_built(struct kunit *test)
{
	static const struct nst_build_tcp_options cases[] = {
		{ },
		{ .mss = 1460, .sack_ok = true, .has_ts = true, .tsval = 7,
		  .tsecr = 8, .has_wscale = true, .wscale = 14 },
		{ .has_wscale = true },
		{ .sack_count = 4, .sack = { { 1, 2 }, { 3, 4 }, { 5, 6 },
					     { -1, 0 } } },
		{ .has_ts = true, .sack_count = 3,
		  .sack = { { 0, 0 }, { 9, 3 }, { 7, 7 } } },
	};
	u8 octets[NST_BUILD_TCP_OPTIONS];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct nst_build_tcp_options found;
		unsigned int len = nst_build_tcp_options(octets, &cases[i]);

		KUNIT_ASSERT_LE(test, len, 40U);
		KUNIT_EXPECT_EQ(test, len % 4, 0U);
		KUNIT_ASSERT_TRUE(test, read(test, octets, len, &found));
		KUNIT_EXPECT_EQ(test, found.mss, cases[i].mss);
		KUNIT_EXPECT_EQ(test, found.sack_ok, cases[i].sack_ok);
		KUNIT_EXPECT_EQ(test, found.has_ts, cases[i].has_ts);
		KUNIT_EXPECT_EQ(test, found.tsval, cases[i].tsval);
		KUNIT_EXPECT_EQ(test, found.tsecr, cases[i].tsecr);
		KUNIT_EXPECT_EQ(test, found.has_wscale, cases[i].has_wscale);
		KUNIT_EXPECT_EQ(test, found.wscale, cases[i].wscale);
		KUNIT_EXPECT_EQ(test, found.sack_count, cases[i].sack_count);
		KUNIT_EXPECT_EQ(test, memcmp(found.sack, cases[i].sack,
					     sizeof(found.sack)), 0);
	}
}

/* RFC 2018 3: kind 5, length, then pairs of edges. */
static void tcp_options__sack_has_its_octets(struct kunit *test)
{
	static const u8 want[] = { 1, 1, 5, 10, 0, 0, 4, 0, 0, 0, 8, 1 };
	const struct nst_build_tcp_options options = {
		.sack_count = 1, .sack = { { 0x400, 0x801 } },
	};
	u8 octets[NST_BUILD_TCP_OPTIONS];

	KUNIT_ASSERT_EQ(test, nst_build_tcp_options(octets, &options), 12U);
	KUNIT_EXPECT_EQ(test, memcmp(octets, want, sizeof(want)), 0);
}

static void tcp_options__malformed_are_told(struct kunit *test)
{
	static const struct {
		const char *what;
		u8 octets[12];
	} cases[] = {
		{ "unknown kind", { 77, 4, 0, 0 } },
		{ "length of zero", { 2, 0, 0, 0 } },
		{ "length of one", { 1, 1, 4, 1 } },
		{ "wrong length", { 2, 3, 5, 1 } },
		{ "too long for the header", { 5, 18 } },
		{ "twice", { 1, 3, 3, 1, 1, 3, 3, 1 } },
		{ "half a block", { 1, 1, 5, 6 } },
		{ "no block", { 1, 1, 5, 2 } },
		{ "something after the end", { 0, 0, 0, 1 } },
		{ "cut off", { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 8 } },
	};
	struct nst_build_tcp_options found;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_FALSE_MSG(test, read(test, cases[i].octets,
						  sizeof(cases[i].octets),
						  &found),
				       "%s", cases[i].what);
}

static struct kunit_case packet_builder_cases[] = {
	KUNIT_CASE(tcp_options__are_read_as_built),
	KUNIT_CASE(tcp_options__sack_has_its_octets),
	KUNIT_CASE(tcp_options__malformed_are_told),
	{}
};

static struct kunit_suite packet_builder_suite = {
	.name = "netstack_packet_builder",
	.test_cases = packet_builder_cases,
};

kunit_test_suite(packet_builder_suite);
