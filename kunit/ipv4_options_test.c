// SPDX-License-Identifier: GPL-2.0
/*
 * IPv4 options: ipv4_options.c. Attacks 19 and 20.
 */
#include <kunit/test.h>

#include "../netstack/network/ipv4.h"
#include "wire.h"

#define HEADER	sizeof(struct iphdr)

/**
 * struct option_case - option bytes and the verdict on them
 * @name: what they are
 * @data: bytes
 * @length: how many, a multiple of 4
 * @err: expected return value
 * @fault: expected octet, counted from the first option; on -EINVAL
 */
struct option_case {
	const char *name;
	u8 data[NST_IPV4_OPTIONS_MAX];
	u8 length;
	int err;
	u8 fault;
};

static const struct option_case option_cases[] = {
	{ "no operation only", { 1, 1, 1, 1 }, 4, 0 },
	{ "end of list at once", { 0, 0, 0, 0 }, 4, 0 },
	{ "what follows the end is not looked at", { 0, 7, 0, 0 }, 4, 0 },
	{ "unknown option is passed over", { 200, 4, 9, 9 }, 4, 0 },
	{ "length missing", { 1, 1, 1, 7 }, 4, -EINVAL, 3 },
	{ "length 0", { 7, 0, 0, 0 }, 4, -EINVAL, 1 },
	{ "length 1", { 7, 1, 0, 0 }, 4, -EINVAL, 1 },
	{ "length 0 of an unknown option", { 1, 200, 0, 0 }, 4, -EINVAL, 2 },
	{ "length beyond the header", { 200, 5, 0, 0 }, 4, -EINVAL, 1 },
	{ "length 255", { 200, 255, 0, 0 }, 4, -EINVAL, 1 },
	{ "record route", { 7, 7, 4, 0, 0, 0, 0, 0 }, 8, 0 },
	{ "record route without room", { 7, 3, 4, 0 }, 4, 0 },
	{ "record route of length 2", { 7, 2, 0, 0 }, 4, -EINVAL, 1 },
	{ "record route, pointer below 4", { 7, 7, 3, 0, 0, 0, 0, 0 }, 8,
	  -EINVAL, 2 },
	{ "record route, room for half an address",
	  { 7, 9, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, 12, -EINVAL, 2 },
	{ "record route, full", { 7, 7, 8, 1, 2, 3, 4, 0 }, 8, 0 },
	{ "record route, pointer 255", { 7, 7, 255, 1, 2, 3, 4, 0 }, 8, 0 },
	{ "record route twice", { 7, 3, 4, 7, 3, 4, 0, 0 }, 8, -EINVAL, 3 },
	{ "timestamp", { 68, 8, 5, 0, 0, 0, 0, 0 }, 8, 0 },
	{ "timestamp of length 3", { 68, 3, 5, 0 }, 4, -EINVAL, 1 },
	{ "timestamp, pointer below 5", { 68, 8, 4, 0, 0, 0, 0, 0 }, 8,
	  -EINVAL, 2 },
	{ "timestamp of an unknown form", { 68, 8, 5, 2, 0, 0, 0, 0 }, 8,
	  -EINVAL, 3 },
	{ "timestamp and address without room for both",
	  { 68, 8, 5, 1, 0, 0, 0, 0 }, 8, -EINVAL, 2 },
	{ "timestamp, full", { 68, 8, 9, 0, 0, 0, 0, 0 }, 8, 0 },
	{ "timestamp, full, overflow count full too",
	  { 68, 8, 9, 0xf0, 0, 0, 0, 0 }, 8, -EINVAL, 3 },
	{ "timestamp twice", { 68, 4, 5, 0, 68, 4, 5, 0 }, 8, -EINVAL, 4 },
	{ "router alert", { 148, 4, 0, 0 }, 4, 0 },
	{ "router alert of length 3", { 148, 3, 0, 0 }, 4, -EINVAL, 1 },
	{ "router alert twice", { 148, 4, 0, 0, 148, 4, 0, 0 }, 8,
	  -EINVAL, 4 },
	{ "loose source route", { 131, 7, 4, 1, 2, 3, 4, 0 }, 8,
	  -EOPNOTSUPP },
	{ "strict source route", { 137, 7, 4, 1, 2, 3, 4, 0 }, 8,
	  -EOPNOTSUPP },
	{ "completed source route", { 131, 7, 8, 1, 2, 3, 4, 0 }, 8,
	  -EOPNOTSUPP },
	{ "source route behind others", { 1, 148, 4, 0, 0, 131, 3, 4 }, 8,
	  -EOPNOTSUPP },
};

static void option_case_name(const struct option_case *param, char *name)
{
	strscpy(name, param->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(option, option_cases, option_case_name);

/* A packet of nothing but a header with these options. */
static struct sk_buff *header_with(struct kunit *test, const u8 *data,
				   unsigned int length)
{
	struct sk_buff *skb = alloc_skb(NST_IPV4_HEADER_MAX, GFP_KERNEL);
	struct iphdr *iph;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reset_network_header(skb);
	iph = skb_put_zero(skb, HEADER);
	iph->version = 4;
	iph->ihl = (HEADER + length) / 4;
	skb_put_data(skb, data, length);
	return skb;
}

static void options_check__verdicts(struct kunit *test)
{
	const struct option_case *param = test->param_value;
	struct sk_buff *skb;
	u8 parameter = 0;

	skb = header_with(test, param->data, param->length);
	KUNIT_EXPECT_EQ(test, param->err,
			nst_ipv4_options_check(skb, &parameter));
	if (param->err == -EINVAL)
		KUNIT_EXPECT_EQ(test, HEADER + param->fault, parameter);
	kfree_skb(skb);
}

static void options_compile__same_verdicts(struct kunit *test)
{
	const struct option_case *param = test->param_value;
	struct nst_ip_options options = { .length = 99 };
	int err;

	err = nst_ipv4_options_compile(param->data, param->length, &options);
	KUNIT_EXPECT_EQ(test, param->err ? -EINVAL : 0, err);
	if (err) {
		KUNIT_EXPECT_EQ(test, 99, options.length);
		return;
	}
	KUNIT_EXPECT_EQ(test, param->length, options.length);
	KUNIT_EXPECT_EQ(test, 0, memcmp(options.data, param->data,
					param->length));
}

/* Every option truncated at every octet: no verdict reads beyond the end. */
static void options_check__truncated_at_every_octet(struct kunit *test)
{
	const struct option_case *param = test->param_value;
	struct nst_ip_options options;
	unsigned int length;
	u8 *exact;
	int err;

	for (length = 1; length < param->length; length++) {
		/* A copy of its own, so that KASAN guards the end. */
		exact = kmemdup(param->data, length, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, exact);
		err = nst_ipv4_options_compile(exact, length, &options);
		kfree(exact);
		if (err)
			KUNIT_EXPECT_EQ(test, -EINVAL, err);
		else
			KUNIT_EXPECT_EQ(test, round_up(length, 4),
					(unsigned int)options.length);
	}
}

static void options_compile__pads_with_end(struct kunit *test)
{
	static const u8 data[] = { 7, 7, 4, 0, 0, 0, 0 };
	struct nst_ip_options options;

	memset(&options, 0xaa, sizeof(options));
	KUNIT_ASSERT_EQ(test, 0, nst_ipv4_options_compile(data, sizeof(data),
							  &options));
	KUNIT_EXPECT_EQ(test, 8, options.length);
	KUNIT_EXPECT_EQ(test, IPOPT_END, options.data[7]);
}

static void options_compile__refuses_more_than_40(struct kunit *test)
{
	static const u8 data[44] = { 0 };
	struct nst_ip_options options;

	KUNIT_EXPECT_EQ(test, -EINVAL,
			nst_ipv4_options_compile(data, 41, &options));
	KUNIT_EXPECT_EQ(test, 0, nst_ipv4_options_compile(data, 40, &options));
	KUNIT_EXPECT_EQ(test, 0, nst_ipv4_options_compile(data, 0, &options));
	KUNIT_EXPECT_EQ(test, 0, options.length);
}

/* RFC 1122 3.2.2.6 */
static void options_reply__keeps_route_timestamp_and_alert(struct kunit *test)
{
	static const u8 data[] = {
		1, 148, 4, 0, 0, 200, 3, 9, 7, 7, 4, 0, 0, 0, 0,
		68, 8, 5, 0, 0, 0, 0, 0, 0,
	};
	static const u8 answer[] = {
		7, 7, 4, 0, 0, 0, 0, 68, 8, 5, 0, 0, 0, 0, 0,
		148, 4, 0, 0, 0,
	};
	struct nst_ip_options options;
	struct sk_buff *skb;

	skb = header_with(test, data, sizeof(data));
	nst_ipv4_options_reply(skb, &options);
	KUNIT_ASSERT_EQ(test, sizeof(answer), (size_t)options.length);
	KUNIT_EXPECT_EQ(test, 0, memcmp(options.data, answer, sizeof(answer)));
	kfree_skb(skb);
}

/* RFC 791 3.1: the copied flag */
static void options_copied__selects_by_flag(struct kunit *test)
{
	static const u8 data[] = {
		7, 7, 4, 0, 0, 0, 0, 1, 148, 4, 0, 0, 134, 3, 5, 0,
	};
	static const u8 copied[] = { 148, 4, 0, 0, 134, 3, 5, 0 };
	u8 out[NST_IPV4_OPTIONS_MAX];

	KUNIT_ASSERT_EQ(test, sizeof(copied),
			(size_t)nst_ipv4_options_copied(data, sizeof(data),
							out));
	KUNIT_EXPECT_EQ(test, 0, memcmp(out, copied, sizeof(copied)));
	KUNIT_EXPECT_EQ(test, 0U, nst_ipv4_options_copied(data, 8, out));
}

static void stamp(struct nst_wire *wire, u8 *data, unsigned int length)
{
	rcu_read_lock();
	nst_ipv4_options_stamp(wire->stack, data, length,
			       htonl(NST_WIRE_LOCAL));
	rcu_read_unlock();
}

static void options_stamp__records_route(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	u8 data[] = { 7, 11, 8, 9, 9, 9, 9, 0, 0, 0, 0, 0 };
	static const u8 stamped[] = { 7, 11, 12, 9, 9, 9, 9, 10, 0, 0, 1, 0 };

	stamp(wire, data, sizeof(data));
	KUNIT_EXPECT_EQ(test, 0, memcmp(data, stamped, sizeof(data)));
	/* Full: nothing changes. */
	stamp(wire, data, sizeof(data));
	KUNIT_EXPECT_EQ(test, 0, memcmp(data, stamped, sizeof(data)));
}

static u32 stamp_at(const u8 *data)
{
	__be32 value;

	memcpy(&value, data, sizeof(value));
	return ntohl(value);
}

/* RFC 791 3.1: the three forms of the timestamp */
static void options_stamp__fills_timestamps(struct kunit *test)
{
	static const u8 local[] = { 10, 0, 0, 1 };
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	u8 plain[] = { 68, 8, 5, 0x00, 0xff, 0xff, 0xff, 0xff };
	u8 both[12] = { 68, 12, 5, 0x01 };
	u8 asked[12] = { 68, 12, 5, 0x03, 10, 0, 0, 1, 0xff, 0xff, 0xff, 0xff };
	u8 other[12] = { 68, 12, 5, 0x03, 10, 0, 0, 9 };
	u8 before[12];

	stamp(wire, plain, sizeof(plain));
	KUNIT_EXPECT_EQ(test, 9, plain[2]);
	KUNIT_EXPECT_LT(test, stamp_at(plain + 4), 86400000U);

	stamp(wire, both, sizeof(both));
	KUNIT_EXPECT_EQ(test, 13, both[2]);
	KUNIT_EXPECT_EQ(test, 0, memcmp(both + 4, local, 4));
	KUNIT_EXPECT_LT(test, stamp_at(both + 8), 86400000U);

	stamp(wire, asked, sizeof(asked));
	KUNIT_EXPECT_EQ(test, 13, asked[2]);
	KUNIT_EXPECT_LT(test, stamp_at(asked + 8), 86400000U);

	memcpy(before, other, sizeof(other));
	stamp(wire, other, sizeof(other));
	KUNIT_EXPECT_EQ(test, 0, memcmp(before, other, sizeof(other)));
}

static void options_stamp__counts_overflow(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	u8 data[] = { 68, 8, 9, 0x00, 1, 2, 3, 4 };
	unsigned int i;

	for (i = 1; i <= 15; i++) {
		stamp(wire, data, sizeof(data));
		KUNIT_EXPECT_EQ(test, i, (unsigned int)(data[3] >> 4));
	}
	/* The count is full: the option is refused, never wrapped. */
	stamp(wire, data, sizeof(data));
	KUNIT_EXPECT_EQ(test, 0xf0, data[3]);
}

static struct kunit_case ipv4_options_cases[] = {
	KUNIT_CASE_PARAM(options_check__verdicts, option_gen_params),
	KUNIT_CASE_PARAM(options_compile__same_verdicts, option_gen_params),
	KUNIT_CASE_PARAM(options_check__truncated_at_every_octet,
			 option_gen_params),
	KUNIT_CASE(options_compile__pads_with_end),
	KUNIT_CASE(options_compile__refuses_more_than_40),
	KUNIT_CASE(options_reply__keeps_route_timestamp_and_alert),
	KUNIT_CASE(options_copied__selects_by_flag),
	KUNIT_CASE(options_stamp__records_route),
	KUNIT_CASE(options_stamp__fills_timestamps),
	KUNIT_CASE(options_stamp__counts_overflow),
	{}
};

static struct kunit_suite ipv4_options_suite = {
	.name = "netstack_ipv4_options",
	.test_cases = ipv4_options_cases,
};

kunit_test_suite(ipv4_options_suite);
