// SPDX-License-Identifier: GPL-2.0
/*
 * Options of the TCP header: what is read of good and bad ones, and what is
 * written.
 */
#include <kunit/test.h>

#include "../netstack/transport/tcp/tcp.h"

/* Parse @len octets of options behind a header with these flags. */
static struct nst_tcp_options parse(struct kunit *test, u8 flags,
				    const u8 *data, unsigned int len)
{
	struct sk_buff *skb = alloc_skb(60, GFP_KERNEL);
	unsigned int padded = round_up(len, 4);
	struct nst_tcp_options options;
	struct tcphdr *th;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_ASSERT_LE(test, padded, 40U);
	skb_reset_transport_header(skb);
	th = skb_put_zero(skb, sizeof(*th) + padded);
	th->doff = (sizeof(*th) + padded) / 4;
	((u8 *)th)[13] = flags;
	memcpy(th + 1, data, len);

	/* What is not there must be cleared. */
	memset(&options, 0xff, sizeof(options));
	nst_tcp_options_parse(skb, &options);
	kfree_skb(skb);
	return options;
}

#define PARSE(test, flags, ...)						\
	({								\
		const u8 octets[] = { __VA_ARGS__ };			\
		parse(test, flags, octets, sizeof(octets));		\
	})

static void options_parse__reads_what_a_syn_offers(struct kunit *test)
{
	struct nst_tcp_options o = PARSE(test, NST_TCP_SYN,
					 2, 4, 0x05, 0xb4, 4, 2,
					 8, 10, 1, 2, 3, 4, 5, 6, 7, 8,
					 1, 3, 3, 7);

	KUNIT_EXPECT_EQ(test, o.mss, 1460);
	KUNIT_EXPECT_TRUE(test, o.sack_ok);
	KUNIT_EXPECT_TRUE(test, o.has_ts);
	KUNIT_EXPECT_EQ(test, o.tsval, 0x01020304U);
	KUNIT_EXPECT_EQ(test, o.tsecr, 0x05060708U);
	KUNIT_EXPECT_TRUE(test, o.has_wscale);
	KUNIT_EXPECT_EQ(test, o.wscale, 7);
}

static void options_parse__finds_nothing_in_a_bare_header(struct kunit *test)
{
	struct nst_tcp_options o = parse(test, NST_TCP_SYN, NULL, 0);

	KUNIT_EXPECT_EQ(test, o.mss, 0);
	KUNIT_EXPECT_FALSE(test, o.has_wscale || o.has_ts || o.sack_ok);
	KUNIT_EXPECT_EQ(test, o.wscale, 0);
	KUNIT_EXPECT_EQ(test, o.tsval, 0U);
}

static void options_parse__takes_only_timestamps_without_syn(struct kunit *test)
{
	struct nst_tcp_options o = PARSE(test, NST_TCP_ACK,
					 2, 4, 0x05, 0xb4, 4, 2,
					 8, 10, 0, 0, 0, 9, 0, 0, 0, 8,
					 3, 3, 7);

	KUNIT_EXPECT_EQ(test, o.mss, 0);
	KUNIT_EXPECT_FALSE(test, o.sack_ok);
	KUNIT_EXPECT_FALSE(test, o.has_wscale);
	KUNIT_EXPECT_TRUE(test, o.has_ts);
	KUNIT_EXPECT_EQ(test, o.tsval, 9U);
	KUNIT_EXPECT_EQ(test, o.tsecr, 8U);
}

static void options_parse__counts_the_first_of_two(struct kunit *test)
{
	struct nst_tcp_options o = PARSE(test, NST_TCP_SYN,
					 2, 4, 0x02, 0x18, 2, 4, 0x05, 0xb4,
					 3, 3, 2, 3, 3, 9,
					 8, 10, 0, 0, 0, 1, 0, 0, 0, 2,
					 8, 10, 0, 0, 0, 3, 0, 0, 0, 4);

	KUNIT_EXPECT_EQ(test, o.mss, 536);
	KUNIT_EXPECT_EQ(test, o.wscale, 2);
	KUNIT_EXPECT_EQ(test, o.tsval, 1U);
	KUNIT_EXPECT_EQ(test, o.tsecr, 2U);
}

static void options_parse__limits_the_window_scale(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, PARSE(test, NST_TCP_SYN, 3, 3, 14).wscale, 14);
	KUNIT_EXPECT_EQ(test, PARSE(test, NST_TCP_SYN, 3, 3, 15).wscale, 14);
	KUNIT_EXPECT_EQ(test, PARSE(test, NST_TCP_SYN, 3, 3, 255).wscale, 14);
}

static void options_parse__skips_what_it_does_not_know(struct kunit *test)
{
	struct nst_tcp_options o = PARSE(test, NST_TCP_SYN,
					 1, 1, 254, 6, 9, 9, 9, 9, 1,
					 2, 4, 0x02, 0x18);

	KUNIT_EXPECT_EQ(test, o.mss, 536);
}

/* Attack 19: an MSS stands behind each of these and must not be reached. */
struct bad_options {
	const char *name;
	u8 data[8];
	u8 len;
};

static const struct bad_options bad_options[] = {
	{ "length 0", { 254, 0, 2, 4, 2, 0x18 }, 6 },
	{ "length 1", { 254, 1, 2, 4, 2, 0x18 }, 6 },
	{ "length beyond the header", { 254, 7, 2, 4, 2, 0x18, 0, 0 }, 4 },
	{ "length 255", { 254, 255, 2, 4, 2, 0x18 }, 6 },
	{ "end of options", { 0, 0, 2, 4, 2, 0x18 }, 6 },
	{ "MSS with length 0", { 2, 0, 5, 0xb4, 2, 4, 2, 0x18 }, 8 },
	{ "MSS of length 3", { 2, 3, 5, 0, 0, 0, 0, 0 }, 8 },
	{ "MSS of length 6", { 2, 6, 5, 0xb4, 0, 0, 0, 0 }, 8 },
	{ "MSS cut off by the header", { 1, 1, 2, 4 }, 4 },
	{ "kind without a length", { 1, 1, 1, 2 }, 4 },
};

static void bad_options_desc(const struct bad_options *bad, char *desc)
{
	strscpy(desc, bad->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(bad_options, bad_options, bad_options_desc);

static void options_parse__ends_at_bad_lengths(struct kunit *test)
{
	const struct bad_options *bad = test->param_value;
	struct nst_tcp_options o = parse(test, NST_TCP_SYN, bad->data,
					 bad->len);

	KUNIT_EXPECT_EQ(test, o.mss, 0);
	KUNIT_EXPECT_FALSE(test, o.has_wscale || o.has_ts || o.sack_ok);
}

static void options_parse__ignores_timestamps_of_odd_length(struct kunit *test)
{
	struct nst_tcp_options o = PARSE(test, NST_TCP_ACK,
					 8, 9, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1);

	KUNIT_EXPECT_FALSE(test, o.has_ts);
	KUNIT_EXPECT_EQ(test, o.tsval, 0U);
}

struct written_options {
	const char *name;
	struct nst_tcp_options options;
	u8 len;
	u8 data[24];
};

static const struct written_options written_options[] = {
	{ "MSS alone", { .mss = 1460 }, 4, { 2, 4, 5, 0xb4 } },
	{ "MSS and timestamps", { .mss = 1460, .has_ts = true, .tsval = 1,
				  .tsecr = 2 }, 16,
	  { 2, 4, 5, 0xb4, 1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2 } },
	{ "all", { .mss = 1460, .has_ts = true, .tsval = 1, .sack_ok = true,
		   .has_wscale = true, .wscale = 7 }, 20,
	  { 2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7 } },
	{ "SACK and window scale", { .mss = 536, .sack_ok = true,
				     .has_wscale = true }, 12,
	  { 2, 4, 2, 0x18, 1, 1, 4, 2, 1, 3, 3, 0 } },
};

static void written_options_desc(const struct written_options *written,
				 char *desc)
{
	strscpy(desc, written->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(written_options, written_options, written_options_desc);

static void options_write_syn__has_the_hosts_layout(struct kunit *test)
{
	const struct written_options *written = test->param_value;
	__be32 room[10];

	memset(room, 0xee, sizeof(room));
	KUNIT_ASSERT_EQ(test, written->len,
			nst_tcp_options_write_syn(room, &written->options));
	KUNIT_EXPECT_EQ(test, 0, memcmp(room, written->data, written->len));
	KUNIT_EXPECT_EQ(test, ((u8 *)room)[written->len], 0xee);
}

/* RFC 2018 3: where the blocks are, octets from the header. */
static void options_parse__finds_the_sack_blocks(struct kunit *test)
{
	struct nst_tcp_options o;

	o = PARSE(test, NST_TCP_ACK, 1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 2);
	KUNIT_EXPECT_EQ(test, o.sack, 20 + 2);
	o = PARSE(test, NST_TCP_ACK, 1, 1, 8, 10, 0, 0, 0, 9, 0, 0, 0, 8,
		  1, 1, 5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3,
		  0, 0, 0, 4);
	KUNIT_EXPECT_EQ(test, o.sack, 20 + 14);
	KUNIT_EXPECT_TRUE(test, o.has_ts);
	/* Four blocks fill what there is. */
	o = PARSE(test, NST_TCP_ACK, 1, 1, 5, 34, 1, 1, 1, 1, 1, 1, 1, 1,
		  2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3,
		  4, 4, 4, 4, 4, 4, 4, 4);
	KUNIT_EXPECT_EQ(test, o.sack, 20 + 2);
}

/* Attack 19: whole blocks, one at least, and never on a SYN. */
static void options_parse__ignores_odd_sack_options(struct kunit *test)
{
	struct nst_tcp_options o;

	o = PARSE(test, NST_TCP_ACK, 5, 2, 1, 1);
	KUNIT_EXPECT_EQ(test, o.sack, 0);
	o = PARSE(test, NST_TCP_ACK, 5, 9, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1);
	KUNIT_EXPECT_EQ(test, o.sack, 0);
	o = PARSE(test, NST_TCP_ACK, 5, 12, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1);
	KUNIT_EXPECT_EQ(test, o.sack, 0);
	o = PARSE(test, NST_TCP_ACK, 5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1);
	KUNIT_EXPECT_EQ(test, o.sack, 0);
	o = PARSE(test, NST_TCP_SYN | NST_TCP_ACK,
		  5, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1);
	KUNIT_EXPECT_EQ(test, o.sack, 0);
}

static struct kunit_case tcp_options_cases[] = {
	KUNIT_CASE(options_parse__reads_what_a_syn_offers),
	KUNIT_CASE(options_parse__finds_nothing_in_a_bare_header),
	KUNIT_CASE(options_parse__takes_only_timestamps_without_syn),
	KUNIT_CASE(options_parse__counts_the_first_of_two),
	KUNIT_CASE(options_parse__limits_the_window_scale),
	KUNIT_CASE(options_parse__skips_what_it_does_not_know),
	KUNIT_CASE_PARAM(options_parse__ends_at_bad_lengths,
			 bad_options_gen_params),
	KUNIT_CASE(options_parse__ignores_timestamps_of_odd_length),
	KUNIT_CASE(options_parse__finds_the_sack_blocks),
	KUNIT_CASE(options_parse__ignores_odd_sack_options),
	KUNIT_CASE_PARAM(options_write_syn__has_the_hosts_layout,
			 written_options_gen_params),
	{}
};

static struct kunit_suite tcp_options_suite = {
	.name = "netstack_tcp_options",
	.test_cases = tcp_options_cases,
};

kunit_test_suite(tcp_options_suite);
