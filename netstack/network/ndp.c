// SPDX-License-Identifier: GPL-2.0
/*
 * Neighbour discovery (RFC 4861 7): ndp_solicit() asks for a neighbour,
 * receive_solicit() answers who asks for us, receive_advert() learns the
 * answer. Duplicate address detection (RFC 4862 5.4) is by the same
 * messages; its machine is in detection.c.
 *
 * Stricter than RFC 4861 where the wire is not to be trusted:
 * - an advertisement never makes an entry (7.2.5 says so too), and a
 *   solicitation makes one only when it asks for an address of ours;
 * - the station of a source address is believed when it is one station's.
 */
#include <linux/err.h>
#include <linux/etherdevice.h>

#include "../event.h"
#include "address.h"
#include "detection.h"
#include "forward.h"
#include "group.h"
#include "icmpv6.h"
#include "ipv6.h"
#include "ndp.h"
#include "neighbour.h"
#include "source.h"

#define MESSAGE		sizeof(struct nst_ndp_message)

/* RFC 4861 4.4, flags of an advertisement in the word behind the checksum. */
#define FLAG_ROUTER	htonl(0x80000000)
#define FLAG_SOLICITED	htonl(0x40000000)
#define FLAG_OVERRIDE	htonl(0x20000000)

static const struct in6_addr unspecified;

static void send_solicit(struct nst_link *link, const struct in6_addr *saddr,
			 const struct in6_addr *daddr,
			 const struct in6_addr *target, const u8 *nonce)
{
	struct nst_ndp_message *message;
	struct sk_buff *skb;
	u8 *option;

	skb = nst_ndp_alloc(NST_ICMPV6_NEIGHBOUR_SOLICIT, MESSAGE, 8);
	if (!skb)
		return;
	message = (struct nst_ndp_message *)skb->data;
	message->target = *target;
	if (nonce) {
		/* RFC 7527 4.1 */
		option = skb_put(skb, 8);
		option[0] = NST_NDP_NONCE;
		option[1] = 1;
		memcpy(option + 2, nonce, NST_DETECTION_NONCE);
	} else {
		nst_ndp_put_lladdr(skb, NST_NDP_SOURCE_LLADDR, link->address);
	}
	nst_ndp_send(link, skb, saddr, daddr);
}

static void send_advert(struct nst_link *link, const struct in6_addr *daddr,
			const struct in6_addr *target, bool solicited)
{
	struct nst_ndp_message *message;
	struct sk_buff *skb;

	skb = nst_ndp_alloc(NST_ICMPV6_NEIGHBOUR_ADVERT, MESSAGE, 8);
	if (!skb)
		return;
	message = (struct nst_ndp_message *)skb->data;
	message->target = *target;
	message->icmp.icmp6_dataun.un_data32[0] = FLAG_OVERRIDE;
	if (solicited)
		message->icmp.icmp6_dataun.un_data32[0] |= FLAG_SOLICITED;
	if (nst_forwarding(link->stack, AF_INET6))
		message->icmp.icmp6_dataun.un_data32[0] |= FLAG_ROUTER;
	nst_ndp_put_lladdr(skb, NST_NDP_TARGET_LLADDR, link->address);
	nst_ndp_send(link, skb, target, daddr);
}

static void ndp_solicit(struct nst_neighbour *neighbour, bool unicast)
{
	struct in6_addr daddr = neighbour->address.v6;
	union nst_address source;

	/* RFC 4861 7.2.2; 4.3: a question from nobody would be a probe. */
	if (!nst_neighbour_waiting_source(neighbour, &source) &&
	    nst_source_select_rcu(neighbour->link, &neighbour->address, 0,
				  &source))
		return;
	if (!unicast)
		daddr = nst_ipv6_solicited_node(&neighbour->address.v6);
	send_solicit(neighbour->link, &source.v6, &daddr,
		     &neighbour->address.v6, NULL);
}

/* RFC 4861 7.2.2: the sender learns that the address is unreachable. */
static void ndp_failed(struct nst_neighbour *neighbour, struct sk_buff *skb)
{
	struct nst_stack *stack = neighbour->link->stack;

	if (!nst_forward_failed(stack, skb))
		nst_icmpv6_local_error(stack, skb, neighbour->link,
				       ICMPV6_DEST_UNREACH,
				       ICMPV6_ADDR_UNREACH, 0);
	nst_drop(stack, skb, NST_DROP_NEIGH_FAILED);
}

/* Is this a probe of ours that came back (RFC 7527 4.2)? */
static bool is_echo(const struct nst_local_address *local,
		    const struct sk_buff *skb)
{
	const u8 *option = nst_ndp_option_find(skb, MESSAGE, NST_NDP_NONCE, 1);

	return option && !memcmp(option + 2, local->detection.nonce,
				 NST_DETECTION_NONCE);
}

/* RFC 4862 5.4.3 */
static void solicit_tentative(struct nst_local_address *local,
			      const struct sk_buff *skb)
{
	/* Whoever resolves the address does not have it. */
	if (nst_ipv6_is_any(&ipv6_hdr(skb)->saddr) && !is_echo(local, skb))
		nst_detection_conflict(local);
}

/* RFC 4861 7.2.3: the sender is a neighbour that will be written to. */
static void solicit_learn(struct nst_link *link, const struct sk_buff *skb,
			  const union nst_address *saddr)
{
	const u8 *lladdr = nst_ndp_lladdr(skb, MESSAGE, NST_NDP_SOURCE_LLADDR);
	struct nst_neighbour *neighbour;

	if (!lladdr || !nst_ndp_link(link))
		return;
	neighbour = nst_neighbour_lookup(link, AF_INET6, saddr, true);
	if (IS_ERR_OR_NULL(neighbour))
		return;
	nst_neighbour_update(neighbour, lladdr, NUD_STALE,
			     NST_NEIGHBOUR_OVERRIDE);
	nst_neighbour_put(neighbour);
}

/* RFC 4861 7.1.1, what is not common to all messages */
static bool solicit_valid(const struct sk_buff *skb,
			  const struct nst_ndp_message *message)
{
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);

	if (nst_ipv6_is_group(&message->target))
		return false;
	if (!nst_ipv6_is_any(&ip6->saddr))
		return true;
	return nst_ipv6_is_solicited_node(&ip6->daddr) &&
	       !nst_ndp_option_find(skb, MESSAGE, NST_NDP_SOURCE_LLADDR, 0);
}

static void receive_solicit(struct nst_stack *stack, struct sk_buff *skb)
{
	struct nst_link *link = nst_packet_cb(skb)->link;
	union nst_address saddr = nst_packet_saddr(skb);
	const struct nst_ndp_message *message;
	struct nst_local_address *local;
	union nst_address target;

	NST_INC(stack, ICMP6_IN_NEIGHBOR_SOLICITS);
	if (!nst_ndp_valid(skb, MESSAGE)) {
		nst_ndp_refuse(stack, skb, NST_DROP_NDP_INVALID);
		return;
	}
	message = (const struct nst_ndp_message *)skb->data;
	if (!solicit_valid(skb, message)) {
		nst_ndp_refuse(stack, skb, NST_DROP_NDP_INVALID);
		return;
	}
	target = nst_address_v6(&message->target);
	local = nst_address_find_rcu(stack, link, AF_INET6, &target);
	if (!local) {
		nst_drop(stack, skb, NST_DROP_NDP_CONSUMED);
		return;
	}
	if (!nst_local_address_usable(local)) {
		solicit_tentative(local, skb);
		nst_drop(stack, skb, NST_DROP_NDP_CONSUMED);
		return;
	}
	/* What we sent ourselves and comes back is no news. */
	if (nst_address_find_rcu(stack, link, AF_INET6, &saddr)) {
		nst_drop(stack, skb, NST_DROP_NDP_CONSUMED);
		return;
	}
	/* RFC 4861 7.2.4: who has no address yet hears it with all others. */
	if (nst_address_any(&saddr)) {
		send_advert(link, &NST_IPV6_ALL_NODES, &target.v6, false);
	} else {
		solicit_learn(link, skb, &saddr);
		send_advert(link, &saddr.v6, &target.v6, true);
	}
	consume_skb(skb);
}

/* RFC 4861 7.1.2 */
static bool advert_valid(const struct sk_buff *skb,
			 const struct nst_ndp_message *message)
{
	return !nst_ipv6_is_group(&message->target) &&
	       !nst_ipv6_is_any(&ipv6_hdr(skb)->saddr) &&
	       !(nst_packet_cb(skb)->flags & NST_PACKET_MULTICAST &&
		 message->icmp.icmp6_dataun.un_data32[0] & FLAG_SOLICITED);
}

/* RFC 4861 7.2.5: only who is asked for already is learned of. */
static void advert_learn(struct nst_link *link, const struct sk_buff *skb,
			 const struct nst_ndp_message *message)
{
	const u8 *lladdr = nst_ndp_lladdr(skb, MESSAGE, NST_NDP_TARGET_LLADDR);
	union nst_address target = nst_address_v6(&message->target);
	__be32 flags = message->icmp.icmp6_dataun.un_data32[0];
	struct nst_neighbour *neighbour;
	u32 update = 0;

	neighbour = nst_neighbour_lookup(link, AF_INET6, &target, false);
	if (!neighbour)
		return;
	if (flags & FLAG_OVERRIDE)
		update |= NST_NEIGHBOUR_OVERRIDE;
	if (flags & FLAG_SOLICITED)
		update |= NST_NEIGHBOUR_SOLICITED;
	nst_neighbour_update(neighbour, lladdr, flags & FLAG_SOLICITED ?
			     NUD_REACHABLE : NUD_STALE, update);
	WRITE_ONCE(neighbour->router, flags & FLAG_ROUTER);
	nst_neighbour_put(neighbour);
}

static void receive_advert(struct nst_stack *stack, struct sk_buff *skb)
{
	struct nst_link *link = nst_packet_cb(skb)->link;
	const struct nst_ndp_message *message;
	struct nst_local_address *local;
	union nst_address target;

	NST_INC(stack, ICMP6_IN_NEIGHBOR_ADVERTISEMENTS);
	if (!nst_ndp_valid(skb, MESSAGE)) {
		nst_ndp_refuse(stack, skb, NST_DROP_NDP_INVALID);
		return;
	}
	message = (const struct nst_ndp_message *)skb->data;
	if (!advert_valid(skb, message)) {
		nst_ndp_refuse(stack, skb, NST_DROP_NDP_INVALID);
		return;
	}
	target = nst_address_v6(&message->target);
	local = nst_address_find_rcu(stack, link, AF_INET6, &target);
	if (local) {
		/* RFC 4862 5.4.4; what we sent and comes back is no news. */
		const u8 *lladdr = nst_ndp_lladdr(skb, MESSAGE,
						  NST_NDP_TARGET_LLADDR);

		if (!lladdr || !ether_addr_equal(lladdr, link->address)) {
			NST_INC(stack, ICMP6_CONFLICTS);
			nst_detection_conflict(local);
		}
		nst_drop(stack, skb, NST_DROP_NDP_CONSUMED);
		return;
	}
	advert_learn(link, skb, message);
	consume_skb(skb);
}

static const struct nst_neighbour_ops ndp_neighbour_ops = {
	.family = AF_INET6,
	.ethertype = htons(ETH_P_IPV6),
	.solicit = ndp_solicit,
	.failed = ndp_failed,
};

/* RFC 4862 5.4, 5.1 */
static void ndp_plan(const struct nst_link *link,
		     struct nst_detection_plan *plan)
{
	const struct nst_config *config = &link->stack->config;
	unsigned long retrans;

	retrans = msecs_to_jiffies(READ_ONCE(link->ipv6.retrans_ms) ?:
				   READ_ONCE(config->neigh_retrans_time_ms));
	*plan = (struct nst_detection_plan) {
		.probes = READ_ONCE(config->dad_transmits),
		.announcements = READ_ONCE(config->ndisc_notify),
		.probe_wait_max = HZ,	/* MAX_RTR_SOLICITATION_DELAY */
		.probe_gap_min = retrans,
		.probe_gap_max = retrans,
		.probe_end = retrans,
		.announce_gap = retrans,
	};
}

static void ndp_probe(const struct nst_local_address *local)
{
	struct in6_addr group = nst_ipv6_solicited_node(&local->address.v6);

	send_solicit(local->link, &unspecified, &group, &local->address.v6,
		     local->detection.nonce);
}

/* RFC 4861 7.2.6 */
static void ndp_announce(const struct nst_local_address *local)
{
	send_advert(local->link, &NST_IPV6_ALL_NODES, &local->address.v6,
		    false);
}

static const struct nst_detection_ops ndp_detection_ops = {
	.family = AF_INET6,
	.link = nst_ndp_link,
	.plan = ndp_plan,
	.probe = ndp_probe,
	.announce = ndp_announce,
};

/* RFC 4291 2.8, RFC 4862 5.4.2: whoever has an address is a member. */
static void address_group(const struct nst_local_address *local, bool join)
{
	union nst_address group = {
		.v6 = nst_ipv6_solicited_node(&local->address.v6),
	};

	if (local->family != AF_INET6 || !nst_ndp_link(local->link))
		return;
	if (!join)
		nst_group_change(local->link, AF_INET6, &group,
				 &nst_group_any_source, NULL);
	else if (nst_group_change(local->link, AF_INET6, &group, NULL,
				  &nst_group_any_source))
		net_warn_ratelimited("netstack: %s: no room for a group of %pI6c: it will not be found by its neighbours; delete addresses or groups\n",
				     local->link->name, &local->address.v6);
}

static void ndp_event(struct nst_stack *stack, enum nst_event event,
		      void *object)
{
	if (event == NST_EVENT_ADDRESS_NEW)
		address_group(object, true);
	else if (event == NST_EVENT_ADDRESS_DEL)
		address_group(object, false);
}

/* Before the listener of detection.c, whose probes are answered to a group. */
int nst_ndp_listen(void)
{
	return nst_event_listen(ndp_event);
}

int nst_ndp_register(void)
{
	int err;

	err = nst_icmpv6_handler_register(NST_ICMPV6_NEIGHBOUR_SOLICIT,
					  receive_solicit);
	if (!err)
		err = nst_icmpv6_handler_register(NST_ICMPV6_NEIGHBOUR_ADVERT,
						  receive_advert);
	if (!err)
		err = nst_neighbour_ops_register(&ndp_neighbour_ops);
	if (!err)
		err = nst_detection_register(&ndp_detection_ops);
	return err;
}
