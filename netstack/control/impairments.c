// SPDX-License-Identifier: GPL-2.0
/*
 * Impairments over netlink: an object for each impaired direction of a link.
 */
#include <linux/random.h>

#include "../link/link.h"
#include "message.h"

/* Too large for a policy's own numbers. */
static struct netlink_range_validation share_range = {
	.max = NST_IMPAIR_ALL,
};

static struct netlink_range_validation delay_range = {
	.max = NST_IMPAIR_DELAY_MAX,
};

static struct netlink_range_validation rate_range = {
	.min = NST_IMPAIR_RATE_MIN,
	.max = NST_IMPAIR_RATE_MAX,
};

static struct netlink_range_validation limit_range = {
	.min = 1,
	.max = NST_IMPAIR_LIMIT_MAX,
};

#define SHARE	NLA_POLICY_FULL_RANGE(NLA_U32, &share_range)
#define DELAY	NLA_POLICY_FULL_RANGE(NLA_U64, &delay_range)

const struct nla_policy nst_impair_policy[NETSTACK_A_IMPAIR_MAX + 1] = {
	[NETSTACK_A_IMPAIR_LINK] = NLA_POLICY_MIN(NLA_U32, 1),
	[NETSTACK_A_IMPAIR_DIRECTION] = NLA_POLICY_MAX(NLA_U8,
						       NETSTACK_IMPAIR_RX),
	[NETSTACK_A_IMPAIR_SEED] = { .type = NLA_U64 },
	[NETSTACK_A_IMPAIR_LOSS] = SHARE,
	[NETSTACK_A_IMPAIR_BURST_BEGIN] = SHARE,
	[NETSTACK_A_IMPAIR_BURST_END] = SHARE,
	[NETSTACK_A_IMPAIR_BURST_LOSS] = SHARE,
	[NETSTACK_A_IMPAIR_DELAY] = DELAY,
	[NETSTACK_A_IMPAIR_JITTER] = DELAY,
	[NETSTACK_A_IMPAIR_DISTRIBUTION] =
		NLA_POLICY_MAX(NLA_U8, NETSTACK_IMPAIR_NORMAL),
	[NETSTACK_A_IMPAIR_UNORDERED] = { .type = NLA_FLAG },
	[NETSTACK_A_IMPAIR_REORDER] = SHARE,
	[NETSTACK_A_IMPAIR_GAP] = NLA_POLICY_MIN(NLA_U32, 1),
	[NETSTACK_A_IMPAIR_DUPLICATE] = SHARE,
	[NETSTACK_A_IMPAIR_CORRUPT] = SHARE,
	[NETSTACK_A_IMPAIR_RATE] = NLA_POLICY_FULL_RANGE(NLA_U64, &rate_range),
	[NETSTACK_A_IMPAIR_LIMIT] = NLA_POLICY_FULL_RANGE(NLA_U32,
							  &limit_range),
	[NETSTACK_A_IMPAIR_LIMIT_BYTES] = NLA_POLICY_MIN(NLA_U32, 1),
};

/**
 * struct number - a number that an attribute carries
 * @attr: NETSTACK_A_IMPAIR_*
 * @offset: in struct nst_impair_report
 */
struct number {
	u16 attr;
	u16 offset;
};

#define CONFIG(name, field) {						\
	NETSTACK_A_IMPAIR_##name,					\
	offsetof(struct nst_impair_report, config.field)		\
}

#define STATS(name, field) {						\
	NETSTACK_A_IMPAIR_##name,					\
	offsetof(struct nst_impair_report, stats.field)			\
}

static const struct number config32[] = {
	CONFIG(LOSS, loss),
	CONFIG(BURST_BEGIN, burst_begin),
	CONFIG(BURST_END, burst_end),
	CONFIG(BURST_LOSS, burst_loss),
	CONFIG(REORDER, reorder),
	CONFIG(GAP, gap),
	CONFIG(DUPLICATE, duplicate),
	CONFIG(CORRUPT, corrupt),
	CONFIG(LIMIT, limit),
	CONFIG(LIMIT_BYTES, limit_bytes),
};

static const struct number config64[] = {
	CONFIG(SEED, seed),
	CONFIG(DELAY, delay),
	CONFIG(JITTER, jitter),
	CONFIG(RATE, rate),
};

static const struct number stats32[] = {
	STATS(WAITING, waiting),
	STATS(QUEUED, queued),
};

static const struct number stats64[] = {
	STATS(PASSED, passed),
	STATS(LOST, lost),
	STATS(OVERFLOWED, overflowed),
	STATS(DUPLICATED, duplicated),
	STATS(REORDERED, reordered),
	STATS(CORRUPTED, corrupted),
	STATS(WAITING_BYTES, waiting_bytes),
	STATS(QUEUED_BYTES, queued_bytes),
};

static int put_numbers32(struct sk_buff *skb, const void *report,
			 const struct number *numbers, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (nla_put_u32(skb, numbers[i].attr,
				*(const u32 *)(report + numbers[i].offset)))
			return -EMSGSIZE;
	return 0;
}

static int put_numbers64(struct sk_buff *skb, const void *report,
			 const struct number *numbers, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (nla_put_u64_64bit(skb, numbers[i].attr,
				      *(const u64 *)(report +
						     numbers[i].offset),
				      NETSTACK_A_IMPAIR_PAD))
			return -EMSGSIZE;
	return 0;
}

static int fill(struct sk_buff *skb, const void *item)
{
	struct nst_impair *impair = (struct nst_impair *)item;
	struct nst_impair_report report;

	BUILD_BUG_ON(((int)NST_IMPAIR_TX ^ NETSTACK_IMPAIR_TX) ||
		     ((int)NST_IMPAIR_RX ^ NETSTACK_IMPAIR_RX) ||
		     ((int)NST_IMPAIR_UNIFORM ^ NETSTACK_IMPAIR_UNIFORM) ||
		     ((int)NST_IMPAIR_NORMAL ^ NETSTACK_IMPAIR_NORMAL));

	nst_impair_read(impair, &report);
	if (nla_put_u32(skb, NETSTACK_A_IMPAIR_LINK, report.link->index) ||
	    nla_put_u8(skb, NETSTACK_A_IMPAIR_DIRECTION, report.direction) ||
	    nla_put_u8(skb, NETSTACK_A_IMPAIR_DISTRIBUTION,
		       report.config.distribution))
		return -EMSGSIZE;
	if (report.config.unordered &&
	    nla_put_flag(skb, NETSTACK_A_IMPAIR_UNORDERED))
		return -EMSGSIZE;
	return put_numbers32(skb, &report, config32, ARRAY_SIZE(config32)) ?:
	       put_numbers64(skb, &report, config64, ARRAY_SIZE(config64)) ?:
	       put_numbers32(skb, &report, stats32, ARRAY_SIZE(stats32)) ?:
	       put_numbers64(skb, &report, stats64, ARRAY_SIZE(stats64));
}

static const void *next(struct nst_stack *stack, const void *item)
{
	return nst_link_impair_next_rcu(stack, item);
}

const struct nst_object nst_impair_object = {
	.cmd = NETSTACK_CMD_IMPAIR_NEW,
	.nest = NETSTACK_A_IMPAIR,
	.max = NETSTACK_A_IMPAIR_MAX,
	.policy = nst_impair_policy,
	.fill = fill,
	.next = next,
};

int nst_control_impair_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return nst_message_dump_all(skb, cb, &nst_impair_object);
}

/* The directions that a request means: both unless it says which. */
static unsigned int get_directions(const struct nst_request *request)
{
	const struct nlattr *attr = request->tb[NETSTACK_A_IMPAIR_DIRECTION];

	return attr ? BIT(nla_get_u8(attr)) :
		      BIT(NST_IMPAIR_TX) | BIT(NST_IMPAIR_RX);
}

static void get_numbers(struct nlattr **tb, struct nst_impair_report *report)
{
	const struct nlattr *attr;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(config32); i++) {
		attr = tb[config32[i].attr];
		if (attr)
			*(u32 *)((void *)report + config32[i].offset) =
				nla_get_u32(attr);
	}
	for (i = 0; i < ARRAY_SIZE(config64); i++) {
		attr = tb[config64[i].attr];
		if (attr)
			*(u64 *)((void *)report + config64[i].offset) =
				nla_get_u64(attr);
	}
}

static int get_config(const struct nst_request *request,
		      struct nst_impair_config *config)
{
	struct nst_impair_report report = {
		.config.gap = 1,
		.config.limit = NST_IMPAIR_LIMIT_DEFAULT,
	};
	struct nlattr **tb = request->tb;
	const struct nlattr *limit;

	limit = tb[NETSTACK_A_IMPAIR_LIMIT] ?:
		tb[NETSTACK_A_IMPAIR_LIMIT_BYTES];
	if (limit && !tb[NETSTACK_A_IMPAIR_RATE]) {
		NL_SET_ERR_MSG_ATTR(request->extack, limit,
				    "a limit is one of packets that wait for the rate: give a rate");
		return -EINVAL;
	}
	if (tb[NETSTACK_A_IMPAIR_BURST_BEGIN])
		report.config.burst_loss = NST_IMPAIR_ALL;
	/* Short enough to be typed again. */
	if (!tb[NETSTACK_A_IMPAIR_SEED])
		report.config.seed = get_random_u32();
	get_numbers(tb, &report);
	if (tb[NETSTACK_A_IMPAIR_DISTRIBUTION])
		report.config.distribution =
			nla_get_u8(tb[NETSTACK_A_IMPAIR_DISTRIBUTION]);
	report.config.unordered = tb[NETSTACK_A_IMPAIR_UNORDERED];
	*config = report.config;
	return nst_impair_check(config, request->extack);
}

static int set(const struct nst_request *request)
{
	struct nst_link *link = nst_get_link(request, NETSTACK_A_IMPAIR_LINK);
	struct nst_impair_config config;
	int err;

	if (IS_ERR(link))
		return PTR_ERR(link);
	err = get_config(request, &config);
	if (err)
		return err;
	return nst_link_impair(link, get_directions(request), &config);
}

int nst_control_impair_new(struct sk_buff *skb, struct genl_info *info)
{
	return nst_message_change(info, &nst_impair_object, set);
}

static int del(const struct nst_request *request)
{
	struct nst_link *link = nst_get_link(request, NETSTACK_A_IMPAIR_LINK);
	int attr, err;

	if (IS_ERR(link))
		return PTR_ERR(link);
	for (attr = NETSTACK_A_IMPAIR_SEED; attr <= NETSTACK_A_IMPAIR_MAX;
	     attr++) {
		if (!request->tb[attr])
			continue;
		NL_SET_ERR_MSG_ATTR(request->extack, request->tb[attr],
				    "impairments of a direction are deleted as a whole");
		return -EINVAL;
	}
	err = nst_link_unimpair(link, get_directions(request));
	if (err)
		NL_SET_ERR_MSG(request->extack, "the link is not impaired");
	return err;
}

int nst_control_impair_del(struct sk_buff *skb, struct genl_info *info)
{
	return nst_message_change(info, &nst_impair_object, del);
}
