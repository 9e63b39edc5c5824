// SPDX-License-Identifier: GPL-2.0
/*
 * ARP for IPv4 on Ethernet (RFC 826): arp_receive() takes packets,
 * arp_solicit() asks for a neighbour, nst_arp_send() builds both.
 *
 * Stricter than RFC 826 where the wire is not to be trusted:
 * - the sender of the packet must be the sender of the frame;
 * - requests are answered on the link that has the address, in the strong
 *   host model (the host with arp_ignore 1), and never for an address that is
 *   still probed;
 * - a request for our address makes an entry only if its sender is on the
 *   link's network; nothing else makes one;
 * - a station that was confirmed less than a second ago is not replaced.
 */
#include <linux/icmp.h>
#include <linux/if_arp.h>

#include "address.h"
#include "arp.h"
#include "detection.h"
#include "forward.h"
#include "icmp.h"
#include "neighbour.h"
#include "route.h"

/* RFC 5227 1.1 */
#define PROBE_WAIT		(1 * HZ)
#define PROBE_NUM		3
#define PROBE_MIN		(1 * HZ)
#define PROBE_MAX		(2 * HZ)
#define ANNOUNCE_WAIT		(2 * HZ)
#define ANNOUNCE_NUM		2
#define ANNOUNCE_INTERVAL	(2 * HZ)

/* Time in which a confirmed station is not replaced, as the host's. */
#define ARP_LOCKTIME	HZ

/**
 * struct arp_packet - ARP for IPv4 on Ethernet, as on the wire
 * @header: types, lengths and operation
 * @sender_station: hardware address of the sender
 * @sender: protocol address of the sender
 * @target_station: hardware address of the target
 * @target: protocol address of the target
 */
struct arp_packet {
	struct arphdr header;
	u8 sender_station[ETH_ALEN];
	__be32 sender;
	u8 target_station[ETH_ALEN];
	__be32 target;
} __packed;

void nst_arp_send(struct nst_link *link, u16 operation, const u8 *destination,
		  __be32 sender, const u8 *target_station, __be32 target)
{
	struct nst_stack *stack = link->stack;
	struct arp_packet *arp;
	struct sk_buff *skb;

	skb = alloc_skb(NST_HEADROOM_LINK + sizeof(*arp),
			GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		return;
	skb_reserve(skb, NST_HEADROOM_LINK);
	skb_reset_network_header(skb);
	arp = skb_put(skb, sizeof(*arp));
	arp->header.ar_hrd = htons(ARPHRD_ETHER);
	arp->header.ar_pro = htons(ETH_P_IP);
	arp->header.ar_hln = ETH_ALEN;
	arp->header.ar_pln = sizeof(__be32);
	arp->header.ar_op = htons(operation);
	ether_addr_copy(arp->sender_station, link->address);
	arp->sender = sender;
	if (target_station)
		ether_addr_copy(arp->target_station, target_station);
	else
		eth_zero_addr(arp->target_station);
	arp->target = target;
	skb->protocol = htons(ETH_P_ARP);

	if (operation == ARPOP_REQUEST)
		NST_INC(stack, ARP_OUT_REQUESTS);
	else
		NST_INC(stack, ARP_OUT_REPLIES);
	nst_ethernet_push(skb, link, destination, skb->protocol);
	nst_link_xmit(link, skb);
}

static void arp_solicit(struct nst_neighbour *neighbour, bool unicast)
{
	u8 station[ETH_ALEN];
	union nst_address source;

	/* A question from nobody would be a probe (RFC 5227 1.1). */
	if (!nst_neighbour_waiting_source(neighbour, &source) &&
	    nst_address_source_rcu(neighbour->link, AF_INET,
				   &neighbour->address, RT_SCOPE_LINK, &source))
		return;
	/* RFC 1122 2.3.2.1 (2): a known station is asked by itself first. */
	if (!unicast || !nst_neighbour_lladdr(neighbour, station))
		eth_broadcast_addr(station);
	nst_arp_send(neighbour->link, ARPOP_REQUEST, station, source.v4, NULL,
		     neighbour->address.v4);
}

/* RFC 1122 2.3.2.2, 3.2.2.1: the sender learns that the host is unreachable. */
static void arp_failed(struct nst_neighbour *neighbour, struct sk_buff *skb)
{
	struct nst_stack *stack = neighbour->link->stack;

	if (!nst_forward_failed(stack, skb))
		nst_icmp_local_error(stack, skb, neighbour->link,
				     ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
	nst_drop(stack, skb, NST_DROP_NEIGH_FAILED);
}

static bool format_valid(const struct arp_packet *arp)
{
	return arp->header.ar_hrd == htons(ARPHRD_ETHER) &&
	       arp->header.ar_pro == htons(ETH_P_IP) &&
	       arp->header.ar_hln == ETH_ALEN &&
	       arp->header.ar_pln == sizeof(__be32) &&
	       (arp->header.ar_op == htons(ARPOP_REQUEST) ||
		arp->header.ar_op == htons(ARPOP_REPLY));
}

static bool unicast_possible(__be32 address)
{
	return !ipv4_is_multicast(address) && !ipv4_is_lbcast(address) &&
	       !ipv4_is_loopback(address) && !nst_ipv4_this_network(address);
}

static bool addresses_valid(struct nst_link *link, const struct sk_buff *skb,
			    const struct arp_packet *arp)
{
	union nst_address sender = nst_address_v4(arp->sender);

	if (!is_valid_ether_addr(arp->sender_station) ||
	    !ether_addr_equal(arp->sender_station, eth_hdr(skb)->h_source))
		return false;
	/* The answer to a probe goes to nobody's address (RFC 5227 1.1). */
	if (!unicast_possible(arp->target) &&
	    (arp->target || arp->header.ar_op != htons(ARPOP_REPLY)))
		return false;
	/* RFC 5227 1.1: only a probe has no sender, and it is a request. */
	if (!arp->sender)
		return arp->header.ar_op == htons(ARPOP_REQUEST);
	return unicast_possible(arp->sender) &&
	       nst_route_input_type(link, AF_INET, &sender) != RTN_BROADCAST;
}

/* RFC 5227 2.1.1, 2.4: does the packet claim an address that is ours? */
static struct nst_local_address *
find_conflict(struct nst_link *link, const struct arp_packet *arp)
{
	struct nst_local_address *local;
	union nst_address address;

	if (arp->sender) {
		address = nst_address_v4(arp->sender);
		return nst_address_find_rcu(link->stack, link, AF_INET,
					    &address);
	}
	/* Someone else probes for what we probe for. */
	address = nst_address_v4(arp->target);
	local = nst_address_find_rcu(link->stack, link, AF_INET, &address);
	return local && !nst_local_address_usable(local) ? local : NULL;
}

static bool sender_on_link(struct nst_link *link, __be32 sender)
{
	union nst_address address = nst_address_v4(sender);
	const struct nst_route *route;

	route = nst_route_lookup_rcu(link->stack, AF_INET, &address, 0,
				     link->index);
	return route && route->config.type == RTN_UNICAST &&
	       nst_address_any(&route->config.gateway);
}

static bool is_answer(const struct nst_neighbour *neighbour,
		      const struct nst_link *link, const struct sk_buff *skb,
		      const struct arp_packet *arp)
{
	return arp->header.ar_op == htons(ARPOP_REPLY) &&
	       READ_ONCE(neighbour->state) & (NUD_INCOMPLETE | NUD_PROBE) &&
	       ether_addr_equal(eth_hdr(skb)->h_dest, link->address) &&
	       ether_addr_equal(arp->target_station, link->address);
}

static bool is_locked(struct nst_neighbour *neighbour, const u8 *station)
{
	u8 known[ETH_ALEN];

	return READ_ONCE(neighbour->proven) &&
	       time_before(jiffies, READ_ONCE(neighbour->confirmed) +
				    ARP_LOCKTIME) &&
	       nst_neighbour_lladdr(neighbour, known) &&
	       !ether_addr_equal(known, station);
}

/* RFC 826: merge the sender into the table; @ours: it asks for us. */
static void learn(struct nst_link *link, const struct sk_buff *skb,
		  const struct arp_packet *arp, bool ours)
{
	union nst_address sender = nst_address_v4(arp->sender);
	struct nst_neighbour *neighbour;
	bool create;

	if (!arp->sender)
		return;
	create = ours && arp->header.ar_op == htons(ARPOP_REQUEST) &&
		 sender_on_link(link, arp->sender);
	neighbour = nst_neighbour_lookup(link, AF_INET, &sender, create);
	if (IS_ERR_OR_NULL(neighbour))
		return;
	if (ours && is_answer(neighbour, link, skb, arp))
		nst_neighbour_update(neighbour, arp->sender_station,
				     NUD_REACHABLE, NST_NEIGHBOUR_OVERRIDE |
				     NST_NEIGHBOUR_SOLICITED);
	else if (!is_locked(neighbour, arp->sender_station))
		nst_neighbour_update(neighbour, arp->sender_station,
				     NUD_STALE, NST_NEIGHBOUR_OVERRIDE);
	nst_neighbour_put(neighbour);
}

static void process(struct nst_link *link, struct sk_buff *skb,
		    const struct arp_packet *arp)
{
	union nst_address target = nst_address_v4(arp->target);
	union nst_address sender = nst_address_v4(arp->sender);
	struct nst_local_address *local;
	bool ours;

	local = find_conflict(link, arp);
	if (local) {
		NST_INC(link->stack, ARP_CONFLICTS);
		nst_detection_conflict(local);
		nst_drop(link->stack, skb, NST_DROP_ARP_ADDRESS);
		return;
	}
	/* On another link of ours: nobody's neighbour. */
	if (nst_address_find_rcu(link->stack, NULL, AF_INET, &sender)) {
		nst_drop(link->stack, skb, NST_DROP_ARP_ADDRESS);
		return;
	}

	local = nst_address_find_rcu(link->stack, link, AF_INET, &target);
	ours = local && nst_local_address_usable(local);
	learn(link, skb, arp, ours);
	if (!ours && arp->header.ar_op == htons(ARPOP_REQUEST)) {
		nst_drop(link->stack, skb, NST_DROP_ARP_CONSUMED);
		return;
	}
	if (arp->header.ar_op == htons(ARPOP_REQUEST))
		nst_arp_send(link, ARPOP_REPLY, arp->sender_station,
			     arp->target, arp->sender_station, arp->sender);
	consume_skb(skb);
}

static void arp_receive(struct nst_link *link, struct sk_buff *skb)
{
	struct nst_stack *stack = link->stack;
	const struct arp_packet *arp;

	if (!pskb_may_pull(skb, sizeof(*arp))) {
		NST_INC(stack, ARP_IN_ERRORS);
		nst_drop(stack, skb, NST_DROP_ARP_SHORT);
		return;
	}
	arp = (const struct arp_packet *)skb->data;
	if (!format_valid(arp)) {
		NST_INC(stack, ARP_IN_ERRORS);
		nst_drop(stack, skb, NST_DROP_ARP_FORMAT);
		return;
	}
	if (arp->header.ar_op == htons(ARPOP_REQUEST))
		NST_INC(stack, ARP_IN_REQUESTS);
	else
		NST_INC(stack, ARP_IN_REPLIES);
	/* RFC 5227 2.1.1: what we sent ourselves and comes back is no news. */
	if (!nst_arp_link(link) ||
	    ether_addr_equal(arp->sender_station, link->address)) {
		nst_drop(stack, skb, NST_DROP_ARP_CONSUMED);
		return;
	}
	if (!addresses_valid(link, skb, arp)) {
		NST_INC(stack, ARP_IN_ERRORS);
		nst_drop(stack, skb, NST_DROP_ARP_ADDRESS);
		return;
	}
	process(link, skb, arp);
}

static void arp_plan(const struct nst_link *link,
		     struct nst_detection_plan *plan)
{
	*plan = (struct nst_detection_plan) {
		.probes = PROBE_NUM,
		.announcements = ANNOUNCE_NUM,
		.probe_wait_max = PROBE_WAIT,
		.probe_gap_min = PROBE_MIN,
		.probe_gap_max = PROBE_MAX,
		.probe_end = ANNOUNCE_WAIT,
		.announce_gap = ANNOUNCE_INTERVAL,
	};
}

/* RFC 5227 2.1.1: a request with no sender, so that nobody learns of it. */
static void arp_probe(const struct nst_local_address *local)
{
	u8 everyone[ETH_ALEN];

	eth_broadcast_addr(everyone);
	nst_arp_send(local->link, ARPOP_REQUEST, everyone, 0, NULL,
		     local->address.v4);
}

/* RFC 5227 2.3: sender and target are the address itself. */
static void arp_announce(const struct nst_local_address *local)
{
	u8 everyone[ETH_ALEN];

	eth_broadcast_addr(everyone);
	nst_arp_send(local->link, ARPOP_REQUEST, everyone, local->address.v4,
		     NULL, local->address.v4);
}

static const struct nst_network_protocol arp_protocol = {
	.ethertype = htons(ETH_P_ARP),
	.receive = arp_receive,
};

static const struct nst_neighbour_ops arp_neighbour_ops = {
	.family = AF_INET,
	.ethertype = htons(ETH_P_IP),
	.solicit = arp_solicit,
	.failed = arp_failed,
};

static const struct nst_detection_ops arp_detection_ops = {
	.family = AF_INET,
	.link = nst_arp_link,
	.plan = arp_plan,
	.probe = arp_probe,
	.announce = arp_announce,
};

int nst_arp_register(void)
{
	int err;

	err = nst_network_protocol_register(&arp_protocol);
	if (!err)
		err = nst_neighbour_ops_register(&arp_neighbour_ops);
	if (!err)
		err = nst_detection_register(&arp_detection_ops);
	return err;
}
