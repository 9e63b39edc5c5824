// SPDX-License-Identifier: GPL-2.0
/*
 * MLD, host side: the wire formats of versions 2 (RFC 3810) and 1 (RFC
 * 2710), which are messages of ICMPv6. What is told, and when, is the
 * business of group_report.c and group_query.c.
 *
 * A query is taken from this link only: from a link-local address, with a
 * hop limit of 1 and the router alert option (RFC 3810 5.1.14, 6.2).
 */
#include <linux/icmpv6.h>

#include "address.h"
#include "group_internal.h"
#include "icmpv6.h"
#include "ipv6.h"

#define V1_LENGTH	24	/* RFC 2710 3 */
#define V2_LENGTH	28	/* RFC 3810 5.1, without sources */

static const struct in6_addr all_reports = { .s6_addr32 = {
	htonl(0xff020000), 0, 0, htonl(0x16) } };	/* RFC 3810 5.2.14 */

/* RFC 8200 4.3, RFC 2711: router alert, and padding to 8 octets. */
static const u8 hop_by_hop[8] = {
	IPPROTO_ICMPV6, 0, 5, 2, 0, 0, 1, 0,
};

/**
 * struct mld_query - a query of version 2, RFC 3810 5.1
 * @icmp: type, code, checksum, maximum response code and reserved
 * @group: group, or zero
 * @qrv: robustness variable in the lowest 3 bits
 * @qqic: interval code
 * @count: sources behind this header
 */
struct mld_query {
	struct icmp6hdr icmp;
	struct in6_addr group;
	u8 qrv;
	u8 qqic;
	__be16 count;
};

static u8 forced(const struct nst_stack *stack)
{
	return READ_ONCE(stack->config.force_mld_version);
}

static u8 robustness(const struct nst_stack *stack)
{
	return READ_ONCE(stack->config.mld_qrv);
}

static int interval(const struct nst_stack *stack, bool newest)
{
	const struct nst_config *config = &stack->config;

	return newest ? READ_ONCE(config->mldv2_unsolicited_report_interval) :
			READ_ONCE(config->mldv1_unsolicited_report_interval);
}

/*
 * RFC 3810 6: never all nodes, nor what does not leave the interface; nor on a
 * link without IPv6, whose MTU may have no room for a record.
 */
static bool reported(const struct nst_link *link,
		     const union nst_address *group)
{
	return !nst_address_equal(group, &nst_mld.all_hosts) &&
	       nst_ipv6_group_scope(&group->v6) >= NST_IPV6_SCOPE_LINK &&
	       nst_ipv6_link(link);
}

/* RFC 3810 5.2.13, RFC 3590: link-local, or none while there is none. */
static struct in6_addr source_on(struct nst_link *link)
{
	struct nst_local_address *local = NULL;

	while ((local = nst_address_next_rcu(link->stack, local)))
		if (local->link == link && local->family == AF_INET6 &&
		    nst_ipv6_is_link_local(&local->address.v6) &&
		    nst_local_address_usable(local))
			return local->address.v6;
	return (struct in6_addr) {};
}

static struct in6_addr build_report(struct nst_stack *stack,
				    struct sk_buff *skb)
{
	((struct icmp6hdr *)skb->data)->icmp6_type = ICMPV6_MLD2_REPORT;
	NST_INC(stack, ICMP6_OUT_MLDV2_REPORTS);
	return all_reports;
}

/* RFC 2710 3, 5: a report to the group, a done message to the routers. */
static struct in6_addr build_old(struct nst_stack *stack, struct sk_buff *skb,
				 const struct nst_group_message *message)
{
	struct icmp6hdr *icmp = skb_put_zero(skb, sizeof(*icmp));

	skb_put_data(skb, &message->group.v6, sizeof(struct in6_addr));
	if (message->leave) {
		icmp->icmp6_type = ICMPV6_MGM_REDUCTION;
		NST_INC(stack, ICMP6_OUT_GROUP_MEMB_REDUCTIONS);
		return NST_IPV6_ALL_ROUTERS;
	}
	icmp->icmp6_type = ICMPV6_MGM_REPORT;
	NST_INC(stack, ICMP6_OUT_GROUP_MEMB_RESPONSES);
	return message->group.v6;
}

static void send(struct nst_link *link, struct sk_buff *skb)
{
	const struct nst_group_message message = *nst_group_message(skb);
	struct nst_stack *stack = link->stack;
	struct in6_addr saddr, daddr;

	if (!nst_ipv6_link(link)) {
		kfree_skb(skb);
		return;
	}
	saddr = source_on(link);
	daddr = message.version ? build_old(stack, skb, &message) :
				  build_report(stack, skb);
	nst_icmpv6_complete(skb, &saddr, &daddr);
	memcpy(skb_push(skb, sizeof(hop_by_hop)), hop_by_hop,
	       sizeof(hop_by_hop));
	skb->priority = TC_PRIO_CONTROL;
	NST_INC(stack, ICMP6_OUT_MSGS);
	nst_ipv6_link_output(link, skb, &saddr, &daddr, IPPROTO_HOPOPTS, 1);
}

const struct nst_group_protocol nst_mld = {
	.family = AF_INET6,
	.newest = 2,
	.leaves_from = 1,
	.address_len = sizeof(struct in6_addr),
	.header = sizeof(struct ipv6hdr) + sizeof(hop_by_hop),
	.all_hosts = { .word = { cpu_to_be32(0xff020000), 0, 0,
				 cpu_to_be32(1) } },
	.forced = forced,
	.robustness = robustness,
	.interval = interval,
	.reported = reported,
	.send = send,
};

static void refuse(struct nst_stack *stack, struct sk_buff *skb,
		   enum nst_drop_reason reason)
{
	NST_INC(stack, ICMP6_IN_ERRORS);
	nst_drop(stack, skb, reason);
}

/* Is it from this link? */
static bool is_local(const struct sk_buff *skb)
{
	const struct nst_packet_cb *cb = nst_packet_cb(skb);

	return cb->hop_limit == 1 && cb->flags & NST_PACKET_ROUTER_ALERT &&
	       !icmp6_hdr(skb)->icmp6_code;
}

/* RFC 3810 5.1.3: milliseconds; above 32767 mantissa and exponent. */
static u32 decode_delay(u16 code)
{
	return code < 32768 ? code :
	       ((code & 0xfff) | 0x1000) << (((code >> 12) & 7) + 3);
}

/* RFC 3810 5.1.9: seconds. */
static u32 decode_interval(u8 code)
{
	return code < 128 ? code :
	       ((code & 0xf) | 0x10) << (((code >> 4) & 7) + 3);
}

/* Read the parts that only version 2 has. Return: is the length right? */
static bool parse_v2(struct sk_buff *skb, struct nst_group_query *query)
{
	const struct mld_query *header;
	unsigned int length;

	if (!pskb_may_pull(skb, sizeof(*header)))
		return false;
	header = (const struct mld_query *)skb->data;
	length = sizeof(*header) +
		 ntohs(header->count) * sizeof(struct in6_addr);
	if (skb->len < length || !pskb_may_pull(skb, length))
		return false;
	header = (const struct mld_query *)skb->data;
	query->robustness = header->qrv & 7;
	query->interval = decode_interval(header->qqic);
	query->count = ntohs(header->count);
	query->sources = (const u8 *)(header + 1);
	return true;
}

static void receive_query(struct nst_stack *stack, struct sk_buff *skb)
{
	const struct nst_packet_cb *cb = nst_packet_cb(skb);
	struct nst_group_query query = { .version = 2 };
	const struct mld_query *header;
	u32 delay;

	NST_INC(stack, ICMP6_IN_GROUP_MEMB_QUERIES);
	if (!is_local(skb) ||
	    !nst_ipv6_is_link_local(&ipv6_hdr(skb)->saddr)) {
		refuse(stack, skb, NST_DROP_MLD_FORGED);
		return;
	}
	/* RFC 3810 8.1 */
	if (skb->len == V1_LENGTH)
		query.version = 1;
	if ((skb->len > V1_LENGTH && skb->len < V2_LENGTH) ||
	    !pskb_may_pull(skb, V1_LENGTH) ||
	    (query.version == 2 && !parse_v2(skb, &query))) {
		refuse(stack, skb, NST_DROP_MLD_SHORT);
		return;
	}
	header = (const struct mld_query *)skb->data;
	query.group = nst_address_v6(&header->group);
	/* Sources of no group, or a group that is none. */
	if (nst_address_any(&query.group) ? query.count :
	    !nst_ipv6_is_group(&header->group)) {
		refuse(stack, skb, NST_DROP_MLD_FORGED);
		return;
	}
	delay = ntohs(header->icmp.icmp6_maxdelay);
	if (query.version == 2)
		delay = decode_delay(delay);
	query.max_delay = msecs_to_jiffies(delay);
	nst_group_query(cb->link, AF_INET6, &query);
	consume_skb(skb);
}

/* RFC 2710 4: another member has told. */
static void receive_report(struct nst_stack *stack, struct sk_buff *skb)
{
	const struct in6_addr *saddr;
	union nst_address group;

	NST_INC(stack, ICMP6_IN_GROUP_MEMB_RESPONSES);
	if (!pskb_may_pull(skb, V1_LENGTH)) {
		refuse(stack, skb, NST_DROP_MLD_SHORT);
		return;
	}
	saddr = &ipv6_hdr(skb)->saddr;
	group = nst_address_v6(&((const struct mld_query *)skb->data)->group);
	if (!is_local(skb) ||
	    !(nst_ipv6_is_any(saddr) || nst_ipv6_is_link_local(saddr)) ||
	    !nst_ipv6_is_group(&group.v6) ||
	    memcmp(&ipv6_hdr(skb)->daddr, &group.v6, sizeof(group.v6))) {
		refuse(stack, skb, NST_DROP_MLD_FORGED);
		return;
	}
	nst_group_heard(nst_packet_cb(skb)->link, AF_INET6, &group);
	consume_skb(skb);
}

int nst_mld_register(void)
{
	int err;

	err = nst_icmpv6_handler_register(ICMPV6_MGM_QUERY, receive_query);
	if (!err)
		err = nst_icmpv6_handler_register(ICMPV6_MGM_REPORT,
						  receive_report);
	return err;
}
