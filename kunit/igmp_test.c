// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests of netstack/network/igmp.c, group_report.c and group_query.c:
 * what routers are told and what they are answered, in all three versions.
 * The tests look what timers are set for and let them expire.
 *
 * Reports are compared as words: "to_ex 1 7" is a record of type
 * CHANGE_TO_EXCLUDE_MODE for group 239.1.0.1 with source 10.0.0.7.
 */
#include "group_fixture.h"

#define RECORDS_TEXT	512

static const u8 router_alert[] = { IPOPT_RA, 4, 0, 0 };

static const char * const record_names[] = {
	"?", "is_in", "is_ex", "to_in", "to_ex", "allow", "block",
};

/* Header fields that every message has: RFC 3376 4. */
static void check_header(struct nst_wire *wire, const struct sk_buff *skb,
			 u32 daddr)
{
	const struct iphdr *ip = ip_hdr(skb);
	struct kunit *test = wire->test;
	u8 station[ETH_ALEN];

	KUNIT_EXPECT_EQ(test, daddr, ntohl(ip->daddr));
	KUNIT_EXPECT_EQ(test, 1, ip->ttl);
	KUNIT_EXPECT_EQ(test, 0xc0, ip->tos);
	nst_ethernet_ipv4_group(station, htonl(daddr));
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(eth_hdr(skb)->h_dest,
						 station));
}

static void check_alert(struct kunit *test, const struct sk_buff *skb)
{
	KUNIT_ASSERT_EQ(test, 6, (int)ip_hdr(skb)->ihl);
	KUNIT_EXPECT_EQ(test, 0, memcmp(ip_hdr(skb) + 1, router_alert, 4));
}

/* The records of the next report of version 3, as words. */
static void read_report(struct nst_wire *wire, char *text)
{
	struct sk_buff *skb = nst_wire_expect_ipv4(wire, IPPROTO_IGMP);
	const struct igmpv3_report *report = (const void *)skb->data;
	const u8 *at = (const u8 *)report->grec;
	struct kunit *test = wire->test;
	unsigned int i, j, used = 0;

	check_header(wire, skb, 0xe0000016);
	check_alert(test, skb);
	KUNIT_ASSERT_EQ(test, IGMPV3_HOST_MEMBERSHIP_REPORT, report->type);
	for (i = 0; i < ntohs(report->ngrec); i++) {
		const struct igmpv3_grec *record = (const void *)at;

		KUNIT_ASSERT_LE(test, (size_t)(at - skb->data) +
				sizeof(*record), (size_t)skb->len);
		KUNIT_EXPECT_EQ(test, 0, record->grec_auxwords);
		used += scnprintf(text + used, RECORDS_TEXT - used, "%s%s %u",
				  i ? "; " : "",
				  record_names[record->grec_type <= 6 ?
					       record->grec_type : 0],
				  ntohl(record->grec_mca) & 0xff);
		at = (const u8 *)record->grec_src;
		for (j = 0; j < ntohs(record->grec_nsrcs); j++, at += 4)
			used += scnprintf(text + used, RECORDS_TEXT - used,
					  " %u", at[3]);
	}
	KUNIT_EXPECT_PTR_EQ(test, at, (const u8 *)skb->data + skb->len);
}

#define expect_report(wire, words) do {					\
	char text_[RECORDS_TEXT] = "";					\
									\
	read_report(wire, text_);					\
	KUNIT_EXPECT_STREQ((wire)->test, (const char *)text_, words);	\
} while (0)

/* The next message is of an older version. */
static void expect_old(struct nst_wire *wire, u8 type, u8 n)
{
	struct sk_buff *skb = nst_wire_expect_ipv4(wire, IPPROTO_IGMP);
	const struct igmphdr *header = (const void *)skb->data;
	struct kunit *test = wire->test;

	check_header(wire, skb, type == IGMP_HOST_LEAVE_MESSAGE ?
		     INADDR_ALLRTRS_GROUP : GROUP(n));
	KUNIT_EXPECT_EQ(test, type, header->type);
	KUNIT_EXPECT_EQ(test, 0, header->code);
	KUNIT_EXPECT_EQ(test, GROUP(n), ntohl(header->group));
	KUNIT_EXPECT_EQ(test, (u32)sizeof(*header), skb->len);
	if (type == IGMP_HOST_MEMBERSHIP_REPORT)
		KUNIT_EXPECT_EQ(test, 5, (int)ip_hdr(skb)->ihl);
	else
		check_alert(test, skb);
}

/**
 * struct message - an IGMP message of the test
 * @type: IGMP_*
 * @code: maximum response code
 * @group: group, 0 for a general query
 * @daddr: default 224.0.0.1, or the group of a query
 * @length: bytes of the whole, default 12 and the sources
 * @qrv: robustness variable and S flag
 * @qqic: interval code
 * @count: number of sources in the header, default those there are
 * @sources: last octets, ended by 0
 * @ttl: default 1
 * @no_alert: without router alert
 * @bad_checksum: off by one
 */
struct message {
	u8 type;
	u8 code;
	u32 group;
	u32 daddr;
	u8 length;
	u8 qrv;
	u8 qqic;
	u16 count;
	u8 sources[80];
	u8 ttl;
	bool no_alert;
	bool bad_checksum;
};

static struct sk_buff *message_frame(struct kunit *test,
				     const struct message *message)
{
	u32 daddr = message->daddr ?: message->group ?: INADDR_ALLHOSTS_GROUP;
	u8 station[ETH_ALEN], data[12 + 80 * 4] = {};
	struct igmpv3_query *query = (void *)data;
	struct sk_buff *skb;
	unsigned int n;

	query->type = message->type ?: IGMP_HOST_MEMBERSHIP_QUERY;
	query->code = message->code;
	query->group = htonl(message->group);
	query->qrv = message->qrv;
	query->qqic = message->qqic;
	for (n = 0; n < 80 && message->sources[n]; n++)
		query->srcs[n] = htonl(SOURCE(message->sources[n]));
	query->nsrcs = htons(message->count ?: n);
	n = message->length ?: 12 + n * 4;
	query->csum = csum_fold(csum_partial(data, n, 0));
	if (message->bad_checksum)
		query->csum = (__force __sum16)((__force u16)query->csum + 1);

	skb = nst_build_payload(test, data, n);
	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
			.protocol = IPPROTO_IGMP, .daddr = daddr,
			.ttl = message->ttl ?: 1,
			.options = router_alert,
			.options_len = message->no_alert ? 0 : 4 });
	nst_ethernet_ipv4_group(station, htonl(daddr));
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {
			.destination = ipv4_is_multicast(htonl(daddr)) ?
				       station : nst_wire_local_mac });
	return skb;
}

static void inject(struct nst_wire *wire, struct message message)
{
	nst_wire_inject(wire, message_frame(wire->test, &message));
}

/* A query of version 2 or 1. */
static void inject_old(struct nst_wire *wire, u8 code, u32 group)
{
	const struct message message = {
		.code = code, .group = group, .length = 8, .no_alert = !code,
	};

	inject(wire, message);
}

static bool expire_changes(struct nst_wire *wire)
{
	return nst_wire_expire(&groups_of(wire)->change_timer);
}

static bool expire_answer(struct nst_wire *wire)
{
	return nst_wire_expire(&groups_of(wire)->answer_timer);
}

static bool expire_group(struct nst_wire *wire, u8 n)
{
	struct nst_group *group = group_of(wire, n);

	return group && nst_wire_expire(&group->timer);
}

/* A member, of which the routers know. */
static void member(struct nst_wire *wire, u8 n, const char *words)
{
	group_words(wire, n, "-", words);
	while (expire_changes(wire))
		;
	nst_wire_discard(wire);
}

/* ---- version 3: changes ---- */

/**
 * struct transition - a change of the interface state (RFC 3376 5.1)
 * @old: filter before
 * @new: filter after
 * @report: what is reported, or NULL for nothing
 */
struct transition {
	const char *old;
	const char *new;
	const char *report;
};

static const struct transition transitions[] = {
	{ "-", "ex", "to_ex 1" },
	{ "-", "ex 7", "to_ex 1 7" },
	{ "-", "in 7", "allow 1 7" },
	{ "-", "in 7 8", "allow 1 7 8" },
	{ "-", "in", NULL },
	{ "ex", "-", "to_in 1" },
	{ "ex 7", "-", "to_in 1" },
	{ "in 7", "-", "block 1 7" },
	{ "in 7 8", "in 7", "block 1 8" },
	{ "in 7", "in 7 8", "allow 1 8" },
	{ "in 7 8", "in 8 9", "allow 1 9; block 1 7" },
	{ "in 7 8", "in 8 7", NULL },
	{ "ex", "ex 7", "block 1 7" },
	{ "ex 7", "ex", "allow 1 7" },
	{ "ex 7 8", "ex 8 9", "allow 1 7; block 1 9" },
	{ "ex 7", "ex 7", NULL },
	{ "in 7", "ex 8", "to_ex 1 8" },
	{ "in 7", "ex 7", "to_ex 1 7" },
	{ "in 7", "ex", "to_ex 1" },
	{ "ex 8", "in 7", "to_in 1 7" },
	{ "ex", "in 7 8", "to_in 1 7 8" },
	{ "ex", "in", "to_in 1" },
};

static void transition_name(const struct transition *transition, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "%s to %s", transition->old,
		 transition->new);
}

KUNIT_ARRAY_PARAM(transition, transitions, transition_name);

/* At once, and once more within a second: RFC 3376 5.1, 8.1, 8.11. */
static void change__is_reported_twice(struct kunit *test)
{
	const struct transition *change = test->param_value;
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	unsigned long since;

	if (*change->old != '-')
		member(wire, 1, change->old);
	since = jiffies;
	group_words(wire, 1, change->old, change->new);
	if (!change->report) {
		nst_wire_expect_nothing(wire);
		KUNIT_EXPECT_FALSE(test, expire_changes(wire));
		return;
	}
	expect_report(wire, change->report);
	nst_wire_expect_nothing(wire);
	nst_wire_expect_due(wire, &groups_of(wire)->change_timer, since, 0,
			    NST_WIRE_REPORT_MS);
	KUNIT_EXPECT_TRUE(test, expire_changes(wire));
	expect_report(wire, change->report);
	KUNIT_EXPECT_FALSE(test, expire_changes(wire));
	nst_wire_expect_nothing(wire);
	if (*change->new == '-')
		KUNIT_EXPECT_NULL(test, group_of(wire, 1));
}

static void change__leave_replaces_the_join_under_way(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	group_words(wire, 1, "-", "ex");
	expect_report(wire, "to_ex 1");
	group_words(wire, 1, "ex", "-");
	expect_report(wire, "to_in 1");
	KUNIT_EXPECT_TRUE(test, expire_changes(wire));
	expect_report(wire, "to_in 1");
	KUNIT_EXPECT_FALSE(test, expire_changes(wire));
}

static void change__sources_are_merged(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	wire->stack->config.igmp_qrv = 3;
	group_words(wire, 1, "-", "in 7");
	expect_report(wire, "allow 1 7");
	group_words(wire, 1, "in 7", "in 7 8");
	expect_report(wire, "allow 1 7 8");
	group_words(wire, 1, "in 7 8", "in 8");
	expect_report(wire, "allow 1 8; block 1 7");
	KUNIT_EXPECT_TRUE(test, expire_changes(wire));
	expect_report(wire, "allow 1 8; block 1 7");
	/* 8 was told three times, of the end of 7 one is missing. */
	KUNIT_EXPECT_TRUE(test, expire_changes(wire));
	expect_report(wire, "block 1 7");
	KUNIT_EXPECT_FALSE(test, expire_changes(wire));
	KUNIT_EXPECT_EQ(test, 1u, group_of(wire, 1)->source_count);
}

/* RFC 3376 5.1: the mode first, as often as it takes. */
static void change__of_mode_goes_before_sources(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	wire->stack->config.igmp_qrv = 3;
	group_words(wire, 1, "-", "ex");
	expect_report(wire, "to_ex 1");
	group_words(wire, 1, "ex", "ex 7");
	expect_report(wire, "to_ex 1 7");
	KUNIT_EXPECT_TRUE(test, expire_changes(wire));
	expect_report(wire, "to_ex 1 7");
	KUNIT_EXPECT_TRUE(test, expire_changes(wire));
	expect_report(wire, "block 1 7");
	KUNIT_EXPECT_FALSE(test, expire_changes(wire));
}

static void change__groups_share_the_repeated_report(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	group_words(wire, 1, "-", "ex");
	group_words(wire, 2, "-", "in 7");
	expect_report(wire, "to_ex 1");
	expect_report(wire, "allow 2 7");
	KUNIT_EXPECT_TRUE(test, expire_changes(wire));
	expect_report(wire, "to_ex 1; allow 2 7");
	nst_wire_expect_nothing(wire);
}

/* A second member changes nothing that a router could know. */
static void change__of_one_member_that_changes_nothing(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	member(wire, 1, "ex");
	group_words(wire, 1, "-", "ex 7");
	group_words(wire, 1, "-", "in 8");
	group_words(wire, 1, "ex 7", "-");
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_FALSE(test, expire_changes(wire));
}

static void change__source_is_an_address_of_the_link(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct sk_buff *skb;

	group_words(wire, 1, "-", "ex");
	skb = nst_wire_expect_ipv4(wire, IPPROTO_IGMP);
	KUNIT_EXPECT_EQ(test, 0u, ntohl(ip_hdr(skb)->saddr));
	wire->quiet = true;
	nst_wire_add_address(wire, NST_WIRE_LOCAL, NST_WIRE_PREFIX_LEN);
	KUNIT_EXPECT_TRUE(test, expire_changes(wire));
	skb = nst_wire_expect_ipv4(wire, IPPROTO_IGMP);
	KUNIT_EXPECT_EQ(test, NST_WIRE_LOCAL, ntohl(ip_hdr(skb)->saddr));
}

static int configure(struct nst_wire *wire, u32 group, bool member)
{
	union nst_address address = ipv4(group);
	int err;

	mutex_lock(&wire->stack->config_mutex);
	err = nst_group_configure(wire->link, AF_INET, &address, member);
	mutex_unlock(&wire->stack->config_mutex);
	return err;
}

static void change__link_local_groups_by_configuration(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	KUNIT_EXPECT_EQ(test, 0, configure(wire, 0xe00000fb, true));
	expect_report(wire, "to_ex 251");
	KUNIT_EXPECT_TRUE(test, expire_changes(wire));
	nst_wire_discard(wire);
	wire->stack->config.igmp_link_local_mcast_reports = 0;
	KUNIT_EXPECT_EQ(test, 0, configure(wire, 0xe00000fc, true));
	nst_wire_expect_nothing(wire);
	inject(wire, (struct message) { .code = 10 });
	KUNIT_EXPECT_TRUE(test, expire_answer(wire));
	nst_wire_expect_nothing(wire);
}

static void link__up_tells_everything_anew(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	member(wire, 1, "ex 7");
	member(wire, 2, "in 8");
	link_flags(wire->link, 0, NST_LINK_UP);
	group_words(wire, 3, "-", "ex");
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_FALSE(test, expire_changes(wire));
	link_flags(wire->link, NST_LINK_UP, NST_LINK_UP);
	expect_report(wire, "to_ex 1 7; allow 2 8; to_ex 3");
	KUNIT_EXPECT_TRUE(test, expire_changes(wire));
	expect_report(wire, "to_ex 1 7; allow 2 8; to_ex 3");
	KUNIT_EXPECT_FALSE(test, expire_changes(wire));
}

static void link__down_forgets_what_was_left(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	member(wire, 1, "ex");
	group_words(wire, 1, "ex", "-");
	KUNIT_EXPECT_NOT_NULL(test, group_of(wire, 1));
	link_flags(wire->link, 0, NST_LINK_UP);
	KUNIT_EXPECT_NULL(test, group_of(wire, 1));
}

/* RFC 3376 4.2.16 */
static void report__is_cut_to_the_mtu(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_group_filter *filter = group_filter(test, "in");
	unsigned int i, n, sources = 0;
	struct sk_buff *skb;

	wire->stack->config.igmp_qrv = 1;
	mutex_lock(&wire->stack->config_mutex);
	nst_link_set_mtu(wire->link, 576);
	mutex_unlock(&wire->stack->config_mutex);
	filter->count = 300;
	for (i = 0; i < 300; i++)
		filter->sources[i] = ipv4(0x0a010000 + i);
	KUNIT_EXPECT_EQ(test, 0, group_change(wire, 1, NULL, filter));
	/* 576 - 24 - 8 - 8 are 134 sources. */
	for (i = 0; i < 3; i++) {
		const struct igmpv3_report *report;

		skb = nst_wire_expect_ipv4(wire, IPPROTO_IGMP);
		report = (const void *)skb->data;
		KUNIT_EXPECT_LE(test, ntohs(ip_hdr(skb)->tot_len), 576);
		KUNIT_EXPECT_EQ(test, 1, ntohs(report->ngrec));
		KUNIT_EXPECT_EQ(test, NST_GROUP_ALLOW,
				report->grec[0].grec_type);
		n = ntohs(report->grec[0].grec_nsrcs);
		KUNIT_EXPECT_EQ(test, i < 2 ? 134u : 32u, n);
		KUNIT_EXPECT_EQ(test, 0x0a010000 + sources,
				ntohl(report->grec[0].grec_src[0]));
		sources += n;
	}
	nst_wire_expect_nothing(wire);

	/* An exclude list is cut off: the rest is taken as wanted. */
	filter->mode = MCAST_EXCLUDE;
	KUNIT_EXPECT_EQ(test, 0, group_change(wire, 2, NULL, filter));
	skb = nst_wire_expect_ipv4(wire, IPPROTO_IGMP);
	KUNIT_EXPECT_EQ(test, 134, ntohs(((const struct igmpv3_report *)
					  skb->data)->grec[0].grec_nsrcs));
	nst_wire_expect_nothing(wire);
}

/* ---- version 3: queries ---- */

static void query__general_is_answered_in_time(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	unsigned long since = jiffies;

	member(wire, 1, "ex");
	member(wire, 2, "in 7 8");
	member(wire, 3, "in");
	member(wire, 4, "ex 9");
	inject(wire, (struct message) { .code = 100, .qrv = 2, .qqic = 125 });
	nst_wire_expect_nothing(wire);
	nst_wire_expect_due(wire, &groups_of(wire)->answer_timer, since, 0,
			    10000);
	KUNIT_EXPECT_TRUE(test, expire_answer(wire));
	expect_report(wire, "is_ex 1; is_in 2 7 8; is_ex 4 9");
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, 1ul, nst_mib_read(wire->stack,
						NST_MIB_IGMP_IN_QUERIES));
}

/* RFC 3376 5.2 rules 1 and 2; ATTACKS: a flood of queries, one answer. */
static void query__flood_has_one_answer(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct timer_list *timer = &groups_of(wire)->answer_timer;
	unsigned long due;
	unsigned int i;

	member(wire, 1, "ex");
	/* Longer than the test may take. */
	inject(wire, (struct message) { .code = 0xff });
	for (i = 0; i < 50; i++) {
		due = timer->expires;
		inject(wire, (struct message) { .code = 0xff });
		KUNIT_EXPECT_TRUE(test, time_before_eq(timer->expires, due));
	}
	KUNIT_EXPECT_TRUE(test, expire_answer(wire));
	expect_report(wire, "is_ex 1");
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_FALSE(test, expire_answer(wire));
}

static void query__sooner_moves_the_answer(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct timer_list *timer = &groups_of(wire)->answer_timer;
	unsigned long last = jiffies + 100 * HZ;

	member(wire, 1, "ex");
	mod_timer(timer, last);
	inject(wire, (struct message) { .code = 10 });
	KUNIT_EXPECT_TRUE(test, time_before(timer->expires, last));
	/* RFC 3376 4.1.1: mantissa 15, exponent 7: 31744 tenths. */
	timer_delete(timer);
	inject(wire, (struct message) { .code = 0xff });
	last = jiffies + 31744 * HZ / 10;
	KUNIT_EXPECT_TRUE(test, time_before_eq(timer->expires, last));
}

/**
 * struct asked - a query for a group and what is answered
 * @words: filter
 * @sources: asked for, or "" for all
 * @then: asked for before the answer, or NULL
 * @report: answer, or NULL
 */
struct asked {
	const char *words;
	const char *sources;
	const char *then;
	const char *report;
};

static const struct asked asked[] = {
	{ "ex", "", NULL, "is_ex 1" },
	{ "ex 7", "", NULL, "is_ex 1 7" },
	{ "in 7 8", "", NULL, "is_in 1 7 8" },
	{ "in 7 8", "\x7\x9", NULL, "is_in 1 7" },
	{ "in 7 8", "\x9", NULL, NULL },
	{ "ex 7", "\x7\x9", NULL, "is_in 1 9" },
	{ "ex 7", "\x7", NULL, NULL },
	{ "ex", "\x7\x7\x7", NULL, "is_in 1 7" },
	{ "in 7 8", "\x7", "\x8", "is_in 1 7 8" },
	{ "in 7 8 9", "\x7", "", "is_in 1 7 8 9" },
	{ "in 7 8 9", "", "\x7", "is_in 1 7 8 9" },
	{ "in", "", NULL, NULL },
};

static void asked_name(const struct asked *a, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "case %u of %s",
		 (unsigned int)(a - asked), a->words);
}

KUNIT_ARRAY_PARAM(asked, asked, asked_name);

static void ask(struct nst_wire *wire, const char *sources)
{
	struct message message = { .code = 10, .group = GROUP(1) };

	strscpy(message.sources, sources, sizeof(message.sources));
	inject(wire, message);
}

static void query__of_a_group_and_of_sources(struct kunit *test)
{
	const struct asked *a = test->param_value;
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	unsigned long since = jiffies;

	member(wire, 1, a->words);
	ask(wire, a->sources);
	if (a->then)
		ask(wire, a->then);
	nst_wire_expect_nothing(wire);
	if (strcmp(a->words, "in")) {
		nst_wire_expect_due(wire, &group_of(wire, 1)->timer, since, 0,
				    1000);
		KUNIT_EXPECT_TRUE(test, expire_group(wire, 1));
	}
	if (a->report)
		expect_report(wire, a->report);
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_FALSE(test, expire_group(wire, 1));
}

/* The list that is remembered is bounded: then the group is told whole. */
static void query__too_many_sources_ask_for_the_group(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct message message = { .code = 10, .group = GROUP(1) };
	unsigned int i;

	member(wire, 1, "ex 7");
	for (i = 0; i < NST_GROUP_ASKED_MAX + 1; i++)
		message.sources[i] = 10 + i;
	inject(wire, message);
	KUNIT_EXPECT_TRUE(test, expire_group(wire, 1));
	expect_report(wire, "is_ex 1 7");
}

static void query__of_others_groups_is_not_answered(struct kunit *test)
{
	static const struct message other = {
		.code = 10, .group = GROUP(2), .daddr = GROUP(1),
	};
	static const struct message all_hosts = {
		.code = 10, .group = INADDR_ALLHOSTS_GROUP,
	};
	static const struct message to_station = {
		.code = 10, .group = GROUP(1), .daddr = NST_WIRE_LOCAL,
	};
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	member(wire, 1, "ex");
	inject(wire, other);
	inject(wire, all_hosts);
	KUNIT_EXPECT_FALSE(test, expire_group(wire, 1));
	nst_wire_expect_nothing(wire);
	/* RFC 3376 4.1.12: any address of the link will do. */
	inject(wire, to_station);
	KUNIT_EXPECT_TRUE(test, expire_group(wire, 1));
	expect_report(wire, "is_ex 1");
}

/* RFC 3376 4.1.6 */
static void query__tells_the_robustness_variable(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	unsigned int i;

	inject(wire, (struct message) { .code = 10, .qrv = 4 });
	group_words(wire, 1, "-", "ex");
	for (i = 0; i < 3; i++) {
		expect_report(wire, "to_ex 1");
		KUNIT_EXPECT_TRUE(test, expire_changes(wire));
	}
	expect_report(wire, "to_ex 1");
	KUNIT_EXPECT_FALSE(test, expire_changes(wire));
}

static const struct refused {
	const char *name;
	enum nst_drop_reason reason;
	struct message message;
} refused[] = {
	{ "ttl 2", NST_DROP_IGMP_FORGED, { .ttl = 2 } },
	{ "ttl 255", NST_DROP_IGMP_FORGED, { .ttl = 255 } },
	{ "no router alert", NST_DROP_IGMP_FORGED, { .no_alert = true } },
	{ "no router alert, version 2", NST_DROP_IGMP_FORGED,
	  { .code = 10, .length = 8, .no_alert = true } },
	{ "checksum", NST_DROP_IGMP_CHECKSUM, { .bad_checksum = true } },
	{ "7 octets", NST_DROP_IGMP_SHORT, { .length = 7 } },
	{ "9 octets", NST_DROP_IGMP_SHORT, { .length = 9 } },
	{ "11 octets", NST_DROP_IGMP_SHORT, { .length = 11 } },
	{ "one source short", NST_DROP_IGMP_SHORT,
	  { .group = GROUP(1), .count = 1 } },
	{ "65535 sources", NST_DROP_IGMP_SHORT,
	  { .group = GROUP(1), .count = 65535, .sources = "\x7" } },
	{ "sources of no group", NST_DROP_IGMP_FORGED, { .sources = "\x7" } },
	{ "group is a host", NST_DROP_IGMP_FORGED,
	  { .group = SOURCE(7), .daddr = INADDR_ALLHOSTS_GROUP } },
	{ "report from afar", NST_DROP_IGMP_FORGED,
	  { .type = IGMPV2_HOST_MEMBERSHIP_REPORT, .length = 8,
	    .group = GROUP(1), .ttl = 2 } },
	{ "report to another group", NST_DROP_IGMP_FORGED,
	  { .type = IGMPV2_HOST_MEMBERSHIP_REPORT, .length = 8,
	    .group = GROUP(1), .daddr = INADDR_ALLHOSTS_GROUP } },
	{ "leave", NST_DROP_IGMP_IGNORED,
	  { .type = IGMP_HOST_LEAVE_MESSAGE, .length = 8 } },
	{ "report of version 3", NST_DROP_IGMP_IGNORED,
	  { .type = IGMPV3_HOST_MEMBERSHIP_REPORT } },
	{ "unknown type", NST_DROP_IGMP_IGNORED, { .type = 0x99 } },
};

static void refused_name(const struct refused *r, char *name)
{
	strscpy(name, r->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(refused, refused, refused_name);

static void receive__refuses(struct kunit *test)
{
	const struct refused *r = test->param_value;
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	member(wire, 1, "ex");
	nst_wire_inject_dropped(wire, message_frame(test, &r->message),
				r->reason);
	KUNIT_EXPECT_FALSE(test, expire_answer(wire));
	KUNIT_EXPECT_FALSE(test, expire_group(wire, 1));
	KUNIT_EXPECT_EQ(test, 3, nst_group_version(groups_of(wire)));
}

/* ---- older versions ---- */

/* RFC 3376 7.2.1; RFC 2236 3 */
static void v2__join_answer_and_leave(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	unsigned long since = jiffies;

	inject_old(wire, 100, 0);
	KUNIT_EXPECT_EQ(test, 2, nst_group_version(groups_of(wire)));
	group_words(wire, 1, "-", "ex");
	expect_old(wire, IGMPV2_HOST_MEMBERSHIP_REPORT, 1);
	nst_wire_expect_due(wire, &group_of(wire, 1)->timer, since, 0,
			    NST_WIRE_REPORT_MS);
	KUNIT_EXPECT_TRUE(test, expire_group(wire, 1));
	expect_old(wire, IGMPV2_HOST_MEMBERSHIP_REPORT, 1);
	KUNIT_EXPECT_FALSE(test, expire_group(wire, 1));

	since = jiffies;
	inject_old(wire, 10, GROUP(1));
	nst_wire_expect_due(wire, &group_of(wire, 1)->timer, since, 0, 1000);
	KUNIT_EXPECT_TRUE(test, expire_group(wire, 1));
	expect_old(wire, IGMPV2_HOST_MEMBERSHIP_REPORT, 1);

	group_words(wire, 1, "ex", "-");
	expect_old(wire, IGMP_HOST_LEAVE_MESSAGE, 1);
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_NULL(test, group_of(wire, 1));
}

/* A member is a member, whatever the sources are (RFC 3376 7.2.2). */
static void v2__sources_are_not_told(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	inject_old(wire, 100, 0);
	group_words(wire, 1, "-", "in 7");
	expect_old(wire, IGMPV2_HOST_MEMBERSHIP_REPORT, 1);
	group_words(wire, 1, "in 7", "in 7 8");
	group_words(wire, 1, "in 7 8", "ex 9");
	nst_wire_expect_nothing(wire);
	/* A query of version 3 does not change what is spoken. */
	inject(wire, (struct message) { .code = 10 });
	KUNIT_EXPECT_FALSE(test, expire_answer(wire));
	KUNIT_EXPECT_TRUE(test, expire_group(wire, 1));
	expect_old(wire, IGMPV2_HOST_MEMBERSHIP_REPORT, 1);
}

/* RFC 2236 3: another member was faster, and will be asked at the leaving. */
static void v2__report_of_another_is_enough(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	inject_old(wire, 100, 0);
	group_words(wire, 1, "-", "ex");
	expire_group(wire, 1);
	nst_wire_discard(wire);
	inject_old(wire, 100, 0);
	inject(wire, (struct message) {
			.type = IGMPV2_HOST_MEMBERSHIP_REPORT, .length = 8,
			.group = GROUP(1) });
	KUNIT_EXPECT_FALSE(test, expire_group(wire, 1));
	group_words(wire, 1, "ex", "-");
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, 1ul, nst_mib_read(wire->stack,
						NST_MIB_IGMP_IN_REPORTS));
}

static void v2__general_query_asks_for_each_group(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	member(wire, 1, "ex");
	member(wire, 2, "ex");
	inject_old(wire, 100, 0);
	KUNIT_EXPECT_TRUE(test, expire_group(wire, 2));
	expect_old(wire, IGMPV2_HOST_MEMBERSHIP_REPORT, 2);
	KUNIT_EXPECT_TRUE(test, expire_group(wire, 1));
	expect_old(wire, IGMPV2_HOST_MEMBERSHIP_REPORT, 1);
}

/* RFC 1112 appendix I: no leave, ten seconds, no router alert. */
static void v1__join_and_answer(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	unsigned long since = jiffies;

	member(wire, 1, "ex");
	inject_old(wire, 0, 0);
	KUNIT_EXPECT_EQ(test, 1, nst_group_version(groups_of(wire)));
	nst_wire_expect_due(wire, &group_of(wire, 1)->timer, since, 0, 10000);
	KUNIT_EXPECT_TRUE(test, expire_group(wire, 1));
	expect_old(wire, IGMP_HOST_MEMBERSHIP_REPORT, 1);
	/* A query of version 2 does not change it either. */
	inject_old(wire, 100, 0);
	KUNIT_EXPECT_TRUE(test, expire_group(wire, 1));
	expect_old(wire, IGMP_HOST_MEMBERSHIP_REPORT, 1);
	group_words(wire, 1, "ex", "-");
	nst_wire_expect_nothing(wire);
}

/* RFC 3376 8.12: 2 times 125 s and what the query allows. */
static void older_querier__is_forgotten_in_time(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct nst_group_link *on = groups_of(wire);
	unsigned long since = jiffies;

	inject_old(wire, 100, 0);
	KUNIT_EXPECT_TRUE(test, time_in_range(on->old_until[1],
					      since + 260 * HZ,
					      jiffies + 260 * HZ));
	on->old_until[1] = jiffies;
	KUNIT_EXPECT_EQ(test, 3, nst_group_version(on));
	/* By the interval that a querier of version 3 told. */
	inject(wire, (struct message) { .code = 10, .qrv = 3, .qqic = 20 });
	since = jiffies;
	inject_old(wire, 0, 0);
	KUNIT_EXPECT_TRUE(test, time_in_range(on->old_until[0],
					      since + 70 * HZ,
					      jiffies + 70 * HZ));
	on->old_until[0] = jiffies;
	group_words(wire, 1, "-", "ex");
	expect_report(wire, "to_ex 1");
}

/* RFC 3376 7.2.1: what is pending is of no use in another version. */
static void older_querier__cancels_what_is_pending(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	group_words(wire, 1, "-", "ex");
	member(wire, 2, "ex");
	group_words(wire, 2, "ex", "-");
	inject(wire, (struct message) { .code = 100 });
	nst_wire_discard(wire);
	inject_old(wire, 100, 0);
	KUNIT_EXPECT_FALSE(test, expire_changes(wire));
	KUNIT_EXPECT_FALSE(test, expire_answer(wire));
	KUNIT_EXPECT_NULL(test, group_of(wire, 2));
	KUNIT_EXPECT_TRUE(test, expire_group(wire, 1));
	expect_old(wire, IGMPV2_HOST_MEMBERSHIP_REPORT, 1);
}

static void version__can_be_forced(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	wire->stack->config.force_igmp_version = 3;
	inject_old(wire, 0, 0);
	group_words(wire, 1, "-", "ex");
	expect_report(wire, "to_ex 1");
	wire->stack->config.force_igmp_version = 2;
	group_words(wire, 2, "-", "ex");
	expect_old(wire, IGMPV2_HOST_MEMBERSHIP_REPORT, 2);
	wire->stack->config.force_igmp_version = 1;
	group_words(wire, 3, "-", "ex");
	expect_old(wire, IGMP_HOST_MEMBERSHIP_REPORT, 3);
}

static void link__up_joins_anew_in_version_2(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	wire->stack->config.force_igmp_version = 2;
	group_words(wire, 1, "-", "ex");
	nst_wire_discard(wire);
	link_flags(wire->link, 0, NST_LINK_UP);
	KUNIT_EXPECT_FALSE(test, expire_group(wire, 1));
	link_flags(wire->link, NST_LINK_UP, NST_LINK_UP);
	expect_old(wire, IGMPV2_HOST_MEMBERSHIP_REPORT, 1);
	KUNIT_EXPECT_TRUE(test, expire_group(wire, 1));
	expect_old(wire, IGMPV2_HOST_MEMBERSHIP_REPORT, 1);
}

static struct kunit_case igmp_cases[] = {
	KUNIT_CASE_PARAM(change__is_reported_twice, transition_gen_params),
	KUNIT_CASE(change__leave_replaces_the_join_under_way),
	KUNIT_CASE(change__sources_are_merged),
	KUNIT_CASE(change__of_mode_goes_before_sources),
	KUNIT_CASE(change__groups_share_the_repeated_report),
	KUNIT_CASE(change__of_one_member_that_changes_nothing),
	KUNIT_CASE(change__source_is_an_address_of_the_link),
	KUNIT_CASE(change__link_local_groups_by_configuration),
	KUNIT_CASE(link__up_tells_everything_anew),
	KUNIT_CASE(link__down_forgets_what_was_left),
	KUNIT_CASE(report__is_cut_to_the_mtu),
	KUNIT_CASE(query__general_is_answered_in_time),
	KUNIT_CASE(query__flood_has_one_answer),
	KUNIT_CASE(query__sooner_moves_the_answer),
	KUNIT_CASE_PARAM(query__of_a_group_and_of_sources, asked_gen_params),
	KUNIT_CASE(query__too_many_sources_ask_for_the_group),
	KUNIT_CASE(query__of_others_groups_is_not_answered),
	KUNIT_CASE(query__tells_the_robustness_variable),
	KUNIT_CASE_PARAM(receive__refuses, refused_gen_params),
	KUNIT_CASE(v2__join_answer_and_leave),
	KUNIT_CASE(v2__sources_are_not_told),
	KUNIT_CASE(v2__report_of_another_is_enough),
	KUNIT_CASE(v2__general_query_asks_for_each_group),
	KUNIT_CASE(v1__join_and_answer),
	KUNIT_CASE(older_querier__is_forgotten_in_time),
	KUNIT_CASE(older_querier__cancels_what_is_pending),
	KUNIT_CASE(version__can_be_forced),
	KUNIT_CASE(link__up_joins_anew_in_version_2),
	{}
};

static struct kunit_suite igmp_suite = {
	.name = "netstack_igmp",
	.test_cases = igmp_cases,
};

kunit_test_suite(igmp_suite);
