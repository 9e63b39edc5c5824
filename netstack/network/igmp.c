// SPDX-License-Identifier: GPL-2.0
/*
 * IGMP, host side: the wire formats of versions 3 (RFC 3376, RFC 9776), 2
 * (RFC 2236) and 1 (RFC 1112). What is told, and when, is the business of
 * group_report.c and group_query.c.
 *
 * A query is taken from this link only: with a TTL of 1 and, but for version
 * 1, the router alert option (RFC 3376 9.1).
 */
#include <uapi/linux/igmp.h>

#include "address.h"
#include "group_internal.h"
#include "ipv4.h"

#define TOS_INTERNETWORK_CONTROL	0xc0	/* RFC 3376 4 */
#define REPORT_GROUP			0xe0000016 /* RFC 3376 4.2.14 */
#define V1_MAX_RESPONSE			100	/* tenths; RFC 3376 4.1.1 */

static const struct nst_ip_options router_alert = {
	.length = 4,
	.data = { IPOPT_RA, 4, 0, 0 },
};

static u8 forced(const struct nst_stack *stack)
{
	return READ_ONCE(stack->config.force_igmp_version);
}

static u8 robustness(const struct nst_stack *stack)
{
	return READ_ONCE(stack->config.igmp_qrv);
}

static int interval(const struct nst_stack *stack, bool newest)
{
	const struct nst_config *config = &stack->config;

	return newest ? READ_ONCE(config->igmpv3_unsolicited_report_interval) :
			READ_ONCE(config->igmpv2_unsolicited_report_interval);
}

/* RFC 3376 5: 224.0.0.1 never; the others of the link are for switches. */
static bool reported(const struct nst_link *link,
		     const union nst_address *group)
{
	if (group->v4 == htonl(INADDR_ALLHOSTS_GROUP))
		return false;
	return !ipv4_is_local_multicast(group->v4) ||
	       READ_ONCE(link->stack->config.igmp_link_local_mcast_reports);
}

/* RFC 3376 4.2.13: an address of the link, 0.0.0.0 without one. */
static union nst_address source_on(struct nst_link *link)
{
	struct nst_local_address *local = NULL;

	while ((local = nst_address_next_rcu(link->stack, local)))
		if (local->link == link && local->family == AF_INET &&
		    !(local->flags & NST_ADDRESS_SECONDARY) &&
		    nst_local_address_usable(local))
			return local->address;
	return nst_address_v4(0);
}

static __be32 build_report(struct sk_buff *skb)
{
	struct igmpv3_report *report = (struct igmpv3_report *)skb->data;

	report->type = IGMPV3_HOST_MEMBERSHIP_REPORT;
	report->csum = csum_fold(csum_partial(skb->data, skb->len, 0));
	return htonl(REPORT_GROUP);
}

static __be32 build_old(struct sk_buff *skb,
			const struct nst_group_message *message)
{
	struct igmphdr *header = skb_put_zero(skb, sizeof(*header));

	header->group = message->group.v4;
	if (message->leave)
		header->type = IGMP_HOST_LEAVE_MESSAGE;
	else if (message->version == 1)
		header->type = IGMP_HOST_MEMBERSHIP_REPORT;
	else
		header->type = IGMPV2_HOST_MEMBERSHIP_REPORT;
	header->csum = csum_fold(csum_partial(skb->data, skb->len, 0));
	/* RFC 2236 3: routers hear of a leave, the members of a report. */
	return message->leave ? htonl(INADDR_ALLRTRS_GROUP) : header->group;
}

static void send(struct nst_link *link, struct sk_buff *skb)
{
	const struct nst_group_message message = *nst_group_message(skb);
	struct nst_output output = {
		.protocol = IPPROTO_IGMP,
		.tos = TOS_INTERNETWORK_CONTROL,
		.hop_limit = 1,
		.dont_fragment = true,
		.options = message.version == 1 ? NULL : &router_alert,
	};
	struct nst_path path = {
		.link = link,
		.family = AF_INET,
		.type = RTN_MULTICAST,
		.mtu = READ_ONCE(link->mtu),
		.saddr = source_on(link),
	};

	path.daddr = nst_address_v4(message.version ?
				    build_old(skb, &message) :
				    build_report(skb));
	skb->ip_summed = CHECKSUM_NONE;
	skb->priority = TC_PRIO_CONTROL;
	if (message.leave)
		NST_INC(link->stack, IGMP_OUT_LEAVES);
	else
		NST_INC(link->stack, IGMP_OUT_REPORTS);
	nst_ipv4_output(link->stack, skb, &path, &output);
}

const struct nst_group_protocol nst_igmp = {
	.family = AF_INET,
	.newest = 3,
	.leaves_from = 2,
	.address_len = 4,
	.header = sizeof(struct iphdr) + 4,
	.all_hosts = { .word = { cpu_to_be32(INADDR_ALLHOSTS_GROUP) } },
	.forced = forced,
	.robustness = robustness,
	.interval = interval,
	.reported = reported,
	.send = send,
};

static void refuse(struct nst_stack *stack, struct sk_buff *skb,
		   enum nst_drop_reason reason)
{
	NST_INC(stack, IGMP_IN_ERRORS);
	nst_drop(stack, skb, reason);
}

/* RFC 3376 4.1.1, 4.1.7: above 127 it is mantissa and exponent. */
static u32 decode(u8 code)
{
	return code < 128 ? code :
	       ((code & 0xf) | 0x10) << (((code >> 4) & 7) + 3);
}

/* RFC 2113; the options were checked when the packet came in. */
static bool has_router_alert(const struct sk_buff *skb)
{
	const u8 *option = skb_network_header(skb) + sizeof(struct iphdr);
	const u8 *end = skb_network_header(skb) + ip_hdr(skb)->ihl * 4;

	while (option < end && *option != IPOPT_END) {
		if (*option == IPOPT_RA)
			return true;
		option += *option == IPOPT_NOOP ? 1 : option[1];
	}
	return false;
}

/* Which version is a query of (RFC 3376 7.1)? 0: of none. */
static u8 query_version(const struct sk_buff *skb)
{
	const struct igmphdr *header = (const struct igmphdr *)skb->data;

	if (skb->len >= sizeof(struct igmpv3_query))
		return 3;
	if (skb->len != sizeof(*header))
		return 0;
	return header->code ? 2 : 1;
}

/* Read the parts that only version 3 has. Return: is the length right? */
static bool parse_v3(struct sk_buff *skb, struct nst_group_query *query)
{
	const struct igmpv3_query *header;
	unsigned int length;

	if (!pskb_may_pull(skb, sizeof(*header)))
		return false;
	header = (const struct igmpv3_query *)skb->data;
	length = sizeof(*header) + ntohs(header->nsrcs) * sizeof(__be32);
	if (skb->len < length || !pskb_may_pull(skb, length))
		return false;
	header = (const struct igmpv3_query *)skb->data;
	query->max_delay = decode(header->code);
	query->robustness = header->qrv;
	query->interval = decode(header->qqic);
	query->count = ntohs(header->nsrcs);
	query->sources = (const u8 *)header->srcs;
	return true;
}

static void receive_query(struct nst_stack *stack, struct sk_buff *skb)
{
	const struct nst_packet_cb *cb = nst_packet_cb(skb);
	const struct igmphdr *header = (const struct igmphdr *)skb->data;
	struct nst_group_query query = {
		.version = query_version(skb),
		.max_delay = header->code,
		.group = nst_address_v4(header->group),
	};

	NST_INC(stack, IGMP_IN_QUERIES);
	if (cb->hop_limit != 1 ||
	    (query.version > 1 && !has_router_alert(skb))) {
		refuse(stack, skb, NST_DROP_IGMP_FORGED);
		return;
	}
	if (!query.version || (query.version == 3 && !parse_v3(skb, &query))) {
		refuse(stack, skb, NST_DROP_IGMP_SHORT);
		return;
	}
	if (query.version == 1) {
		/* RFC 1112 appendix I: the group is zero, and not read. */
		query.group = nst_address_v4(0);
		query.max_delay = V1_MAX_RESPONSE;
	}
	/* Sources of no group, or a group that is none. */
	if (nst_address_any(&query.group) ? query.count :
	    !ipv4_is_multicast(query.group.v4)) {
		refuse(stack, skb, NST_DROP_IGMP_FORGED);
		return;
	}
	query.max_delay = query.max_delay * HZ / 10;
	nst_group_query(cb->link, AF_INET, &query);
	consume_skb(skb);
}

/* RFC 2236 3: another member has told. */
static void receive_report(struct nst_stack *stack, struct sk_buff *skb)
{
	const struct igmphdr *header = (const struct igmphdr *)skb->data;
	union nst_address group = nst_address_v4(header->group);

	NST_INC(stack, IGMP_IN_REPORTS);
	if (nst_packet_cb(skb)->hop_limit != 1 ||
	    !ipv4_is_multicast(group.v4) ||
	    ip_hdr(skb)->daddr != group.v4) {
		refuse(stack, skb, NST_DROP_IGMP_FORGED);
		return;
	}
	nst_group_heard(nst_packet_cb(skb)->link, AF_INET, &group);
	consume_skb(skb);
}

static void receive(struct nst_stack *stack, struct sk_buff *skb)
{
	if (!pskb_may_pull(skb, sizeof(struct igmphdr))) {
		refuse(stack, skb, NST_DROP_IGMP_SHORT);
		return;
	}
	if (!nst_packet_checksum_trusted(skb) &&
	    csum_fold(skb_checksum(skb, 0, skb->len, 0))) {
		NST_INC(stack, IGMP_IN_CSUM_ERRORS);
		refuse(stack, skb, NST_DROP_IGMP_CHECKSUM);
		return;
	}
	switch (((const struct igmphdr *)skb->data)->type) {
	case IGMP_HOST_MEMBERSHIP_QUERY:
		receive_query(stack, skb);
		break;
	case IGMP_HOST_MEMBERSHIP_REPORT:
	case IGMPV2_HOST_MEMBERSHIP_REPORT:
		receive_report(stack, skb);
		break;
	default:
		/* What only routers listen to, and what nobody knows. */
		nst_drop(stack, skb, NST_DROP_IGMP_IGNORED);
	}
}

static const struct nst_transport_protocol igmp = {
	.protocol = IPPROTO_IGMP,
	.families = NST_OVER_IPV4,
	.receive = receive,
};

int nst_igmp_register(void)
{
	return nst_transport_register(&igmp);
}
