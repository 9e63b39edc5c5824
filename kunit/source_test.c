// SPDX-License-Identifier: GPL-2.0
/*
 * Source address selection: source.c. The cases are those of RFC 6724 10.1
 * and of each rule.
 */
#include <kunit/test.h>
#include <linux/inet.h>

#include "../netstack/network/address.h"
#include "../netstack/network/source.h"
#include "wire_ipv6.h"

#define CANDIDATES	3

/**
 * struct source_case - candidates in the order of addition, and who wins
 * @name: rule
 * @destination: destination
 * @candidates: addresses of the link; "-" in front: deprecated, "~":
 *	temporary
 * @source: the winner
 * @preferences: NST_SOURCE_*
 */
struct source_case {
	const char *name;
	const char *destination;
	const char *candidates[CANDIDATES];
	const char *source;
	unsigned int preferences;
};

static const struct source_case source_cases[] = {
	{ "1: same address", "2001:db8::2",
	  { "2001:db8::3", "2001:db8::2" }, "2001:db8::2" },
	{ "2: global to global", "2001:db8:1::1",
	  { "fe80::1", "2001:db8:3::1" }, "2001:db8:3::1" },
	{ "2: link-local to link-local", "fe80::9",
	  { "2001:db8:3::1", "fe80::1" }, "fe80::1" },
	{ "2: to a group of the link", "ff02::1",
	  { "2001:db8:3::2", "fe80::2" }, "fe80::2" },
	{ "2: to a group of the site", "ff05::1",
	  { "fe80::2", "2001:db8:3::2" }, "2001:db8:3::2" },
	{ "3: deprecated", "2001:db8:1::1",
	  { "-2001:db8:1::2", "2001:db8:3::2" }, "2001:db8:3::2" },
	{ "6: matching label, 6to4", "2002:c633:6401::1",
	  { "2001:db8:1::2", "2002:c633:6401::d5e3" },
	  "2002:c633:6401::d5e3" },
	{ "6: matching label, unique local", "fd00::1",
	  { "2001:db8:1::2", "fd11::2" }, "fd11::2" },
	{ "7: public by default", "2001:db8:1::d5e3",
	  { "~2001:db8:1::1", "2001:db8:1::2" }, "2001:db8:1::2" },
	{ "7: temporary when asked", "2001:db8:1::d5e3",
	  { "2001:db8:1::2", "~2001:db8:1::1" }, "2001:db8:1::1",
	  NST_SOURCE_TEMPORARY },
	{ "8: longest prefix", "2001:db8:1::1",
	  { "2001:db8:3::2", "2001:db8:1::2" }, "2001:db8:1::2" },
	{ "8: no longer than the source's", "2001:db8::ffff",
	  { "2001:db8::1", "2001:db8::fffe" }, "2001:db8::1" },
};

static void source_case_name(const struct source_case *c, char *name)
{
	strscpy(name, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(source, source_cases, source_case_name);

static struct in6_addr parse(struct kunit *test, const char *text)
{
	struct in6_addr address;

	KUNIT_ASSERT_EQ_MSG(test, 1, in6_pton(text, -1, address.s6_addr, -1,
					      NULL), "%s", text);
	return address;
}

static void add(struct kunit *test, struct nst_wire *wire, const char *text)
{
	struct nst_address_config config = {
		.family = AF_INET6, .prefix_len = 64, .no_probe = true,
	};
	struct nst_local_address *local;
	bool deprecated = *text == '-';
	int err;

	if (*text == '~')
		config.flags = NST_ADDRESS_TEMPORARY | NST_ADDRESS_AUTOCONF;
	if (*text == '-' || *text == '~')
		text++;
	config.address.v6 = parse(test, text);
	mutex_lock(&wire->stack->config_mutex);
	err = nst_address_add(wire->link, &config, NULL);
	if (deprecated && !err) {
		local = nst_address_find_rcu(wire->stack, wire->link,
					     AF_INET6, &config.address);
		nst_address_set_flags(local, NST_ADDRESS_DEPRECATED, 0);
	}
	mutex_unlock(&wire->stack->config_mutex);
	KUNIT_ASSERT_EQ(test, 0, err);
}

static void select__by_rule(struct kunit *test)
{
	const struct source_case *c = test->param_value;
	struct nst_wire *wire = nst_wire_create_ipv6_bare(test);
	struct in6_addr destination = parse(test, c->destination);
	struct in6_addr expected = parse(test, c->source);
	union nst_address daddr = nst_address_v6(&destination);
	union nst_address source;
	unsigned int i;
	int err;

	for (i = 0; i < CANDIDATES && c->candidates[i]; i++)
		add(test, wire, c->candidates[i]);
	rcu_read_lock();
	err = nst_source_select_rcu(wire->link, &daddr, c->preferences,
				    &source);
	rcu_read_unlock();
	KUNIT_ASSERT_EQ(test, 0, err);
	NST_EXPECT_IN6_EQ(test, &expected, &source.v6);
}

static void select__none(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv6_bare(test);
	union nst_address daddr = nst_address_v6(&nst_wire_peer6);
	union nst_address source;
	int err;

	rcu_read_lock();
	err = nst_source_select_rcu(wire->link, &daddr, 0, &source);
	rcu_read_unlock();
	KUNIT_EXPECT_EQ(test, -EADDRNOTAVAIL, err);
}

/* RFC 6724 2.1 */
static void label__default_policy_table(struct kunit *test)
{
	static const struct {
		const char *address;
		u8 label;
	} labels[] = {
		{ "::1", 0 }, { "2001:db8::1", 1 }, { "2002::1", 2 },
		{ "::7", 3 }, { "::ffff:10.0.0.1", 4 }, { "2001::1", 5 },
		{ "fec0::1", 11 }, { "3ffe::1", 12 }, { "fd00::1", 13 },
		{ "fe80::1", 1 },
	};
	struct in6_addr address;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(labels); i++) {
		address = parse(test, labels[i].address);
		KUNIT_EXPECT_EQ_MSG(test, labels[i].label,
				    nst_source_label(&address), "%s",
				    labels[i].address);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(select__by_rule, source_gen_params),
	KUNIT_CASE(select__none),
	KUNIT_CASE(label__default_policy_table),
	{}
};

static struct kunit_suite suite = {
	.name = "source",
	.test_cases = cases,
};

kunit_test_suite(suite);
