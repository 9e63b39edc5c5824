// SPDX-License-Identifier: GPL-2.0
/*
 * The two ways through a link, nst_link_receive() and nst_link_xmit(), and
 * what becomes of packets that an impairment lets go.
 */
#include <linux/errqueue.h>
#include <linux/netdevice.h>

#include "../compat.h"
#include "tap.h"

/* IPv4, IPv6 and ARP. */
#define NETWORK_PROTOCOLS_MAX	3

#define OPERATIONAL	(NST_LINK_UP | NST_LINK_CARRIER)

/* Segment states that the layers above understand. */
#define GSO_TYPES_TAKEN	(SKB_GSO_TCPV4 | SKB_GSO_TCPV6 | SKB_GSO_UDP_L4 | \
			 SKB_GSO_TCP_ECN | SKB_GSO_TCP_ACCECN | \
			 SKB_GSO_TCP_FIXEDID | SKB_GSO_DODGY)

/* Written while the module is initialised, constant after that. */
static struct nst_network_protocol network_protocols[NETWORK_PROTOCOLS_MAX]
	__ro_after_init;
static unsigned int network_protocol_count __ro_after_init;

int nst_network_protocol_register(const struct nst_network_protocol *protocol)
{
	unsigned int i;

	for (i = 0; i < network_protocol_count; i++)
		if (network_protocols[i].ethertype == protocol->ethertype)
			return -EEXIST;
	if (network_protocol_count == NETWORK_PROTOCOLS_MAX)
		return -ENOSPC;
	network_protocols[network_protocol_count++] = *protocol;
	return 0;
}

void nst_link_refuse(struct nst_link *link, struct sk_buff *skb,
		     enum nst_drop_reason reason)
{
	struct nst_link_stats *stats = this_cpu_ptr(link->stats);

	u64_stats_update_begin(&stats->syncp);
	u64_stats_inc(&stats->refused[reason]);
	u64_stats_update_end(&stats->syncp);
	nst_drop(link->stack, skb, reason);
}

/*
 * What a trusted peer says of checksum and segments need not be true: a
 * program can hand such frames to the host's device. The checksum field must
 * lie inside the packet, and is made linear, as whoever completes it takes for
 * granted; segments must be of a kind and size that the layers above can take
 * for granted.
 */
static bool link_offload_valid(struct sk_buff *skb)
{
	const struct skb_shared_info *info;
	int start;

	if (skb->ip_summed != CHECKSUM_PARTIAL)
		return !skb_is_gso(skb);

	start = skb_checksum_start_offset(skb);
	if (start < 0 || !pskb_may_pull(skb, (u32)start + skb->csum_offset +
					     sizeof(__sum16)))
		return false;
	if (!skb_is_gso(skb))
		return true;
	info = skb_shinfo(skb);
	/* No device of ours has NETIF_F_FRAGLIST. */
	return !skb_has_frag_list(skb) && info->gso_type &&
	       !(info->gso_type & ~GSO_TYPES_TAKEN) &&
	       info->gso_size < skb->len;
}

static bool link_offload_check(struct sk_buff *skb, u32 flags)
{
	if (flags & NST_LINK_LOOPBACK) {
		/* The packet was made by this stack, on this machine. */
		if (skb->ip_summed != CHECKSUM_PARTIAL)
			skb->ip_summed = CHECKSUM_NONE;
		return true;
	}
	if (flags & NST_LINK_TRUSTED_PEER) {
		if (unlikely(!link_offload_valid(skb)))
			return false;
		if (skb->ip_summed != CHECKSUM_PARTIAL &&
		    (skb->ip_summed != CHECKSUM_UNNECESSARY ||
		     !(flags & NST_LINK_TRUSTED_SUMS)))
			skb->ip_summed = CHECKSUM_NONE;
		return true;
	}
	skb->ip_summed = CHECKSUM_NONE;
	return !skb_is_gso(skb);
}

static void link_receive_refuse(struct nst_link *link, struct sk_buff *skb,
				enum nst_drop_reason reason)
{
	struct nst_link_stats *stats = this_cpu_ptr(link->stats);

	u64_stats_update_begin(&stats->syncp);
	u64_stats_inc(&stats->rx_dropped);
	u64_stats_update_end(&stats->syncp);
	nst_link_refuse(link, skb, reason);
}

/* A packet that nothing holds back any more goes to its protocol. */
static void link_deliver(struct nst_link *link, struct sk_buff *skb,
			 unsigned int len)
{
	struct nst_link_stats *stats = this_cpu_ptr(link->stats);
	unsigned int i;

	for (i = 0; i < network_protocol_count; i++) {
		if (network_protocols[i].ethertype != skb->protocol)
			continue;
		u64_stats_update_begin(&stats->syncp);
		u64_stats_inc(&stats->rx_packets);
		u64_stats_add(&stats->rx_bytes, len);
		u64_stats_update_end(&stats->syncp);
		/* A promiscuous link takes it; no protocol is meant by it. */
		if (unlikely(skb->pkt_type == PACKET_OTHERHOST))
			nst_link_refuse(link, skb, NST_DROP_LINK_OTHER_HOST);
		else
			network_protocols[i].receive(link, skb);
		return;
	}
	link_receive_refuse(link, skb, NST_DROP_LINK_PROTOCOL);
}

void nst_link_receive(struct nst_link *link, struct sk_buff *skb)
{
	u32 flags = READ_ONCE(link->flags);
	enum nst_drop_reason reason;
	struct nst_impair *impair;
	struct nst_packet_cb *cb;
	unsigned int len;

	rcu_read_lock();
	skb_orphan(skb);
	len = skb->len;

	if (unlikely((flags & (OPERATIONAL | NST_LINK_TAPPED)) !=
		     OPERATIONAL)) {
		if ((flags & OPERATIONAL) != OPERATIONAL) {
			reason = NST_DROP_LINK_DOWN;
			goto refuse;
		}
		nst_tap_receive(link, skb);
	}
	/* User pages under the packet would be read again (MSG_ZEROCOPY). */
	if (unlikely(skb_orphan_frags_rx(skb, GFP_ATOMIC))) {
		reason = NST_DROP_NOMEM;
		goto refuse;
	}

	cb = nst_packet_cb(skb);
	memset(skb->cb, 0, sizeof(skb->cb));
	cb->link = link;
	if (flags & NST_LINK_LOOPBACK) {
		skb->dev = NULL;
		skb->pkt_type = PACKET_HOST;
		skb_set_delivery_time(skb, 0, false);
		skb_reset_mac_header(skb);
		cb->flags = NST_PACKET_LOOPBACK;
	} else {
		if (!nst_ethernet_pull(link, skb, flags, &reason))
			goto refuse;
		/* When the peer meant to send it is not when it came. */
		skb_clear_delivery_time(skb);
		if (skb->pkt_type == PACKET_BROADCAST ||
		    skb->pkt_type == PACKET_MULTICAST)
			cb->flags = NST_PACKET_LINK_GROUP;
	}
	if (unlikely(!link_offload_check(skb, flags))) {
		reason = NST_DROP_LINK_CSUM;
		goto refuse;
	}
	skb_reset_network_header(skb);

	if (unlikely(flags & NST_LINK_IMPAIR_RX)) {
		impair = nst_link_impair_rcu(link, NST_IMPAIR_RX);
		if (impair) {
			nst_impair_packet(impair, skb);
			rcu_read_unlock();
			return;
		}
	}
	link_deliver(link, skb, len);
	rcu_read_unlock();
	return;

refuse:
	link_receive_refuse(link, skb, reason);
	rcu_read_unlock();
}

void nst_link_return(struct nst_link *link, struct sk_buff *skb)
{
	struct nst_packet_cb *cb = nst_packet_cb(skb);
	unsigned int i;

	rcu_read_lock();
	skb_orphan(skb);
	if (unlikely((READ_ONCE(link->flags) & OPERATIONAL) != OPERATIONAL)) {
		nst_link_refuse(link, skb, NST_DROP_LINK_DOWN);
		goto unlock;
	}
	if (unlikely(skb_orphan_frags_rx(skb, GFP_ATOMIC))) {
		nst_link_refuse(link, skb, NST_DROP_NOMEM);
		goto unlock;
	}
	memset(skb->cb, 0, sizeof(skb->cb));
	cb->link = link;
	cb->flags = NST_PACKET_LOOPBACK;
	skb->dev = NULL;
	skb->pkt_type = PACKET_HOST;
	skb_set_delivery_time(skb, 0, false);
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	link_offload_check(skb, NST_LINK_LOOPBACK);

	for (i = 0; i < network_protocol_count; i++) {
		if (network_protocols[i].ethertype != skb->protocol)
			continue;
		network_protocols[i].receive(link, skb);
		goto unlock;
	}
	nst_link_refuse(link, skb, NST_DROP_LINK_PROTOCOL);
unlock:
	rcu_read_unlock();
}

/* Complete what the link does not offload; 0 or why the frame cannot go. */
static int link_xmit_prepare(struct nst_link *link, struct sk_buff *skb)
{
	netdev_features_t features = READ_ONCE(link->features);

	if (skb_is_gso(skb) &&
	    unlikely(!net_gso_ok(features, skb_shinfo(skb)->gso_type))) {
		/* The features were switched off after it was cut. */
		nst_link_refuse(link, skb, NST_DROP_LINK_TOO_BIG);
		return -ENOBUFS;
	}
	if (skb->ip_summed == CHECKSUM_PARTIAL &&
	    !(features & NETIF_F_HW_CSUM) &&
	    unlikely(skb_checksum_help(skb))) {
		nst_link_refuse(link, skb, NST_DROP_NOMEM);
		return -ENOMEM;
	}
	return 0;
}

static int link_xmit_refuse(struct nst_link *link, struct sk_buff *skb,
			    enum nst_drop_reason reason)
{
	struct nst_link_stats *stats = this_cpu_ptr(link->stats);

	u64_stats_update_begin(&stats->syncp);
	u64_stats_inc(&stats->tx_dropped);
	u64_stats_update_end(&stats->syncp);
	nst_link_refuse(link, skb, reason);
	return -ENETDOWN;
}

/*
 * A frame that nothing holds back any more leaves. @seen: taps are told, if
 * there are any.
 */
static __always_inline int link_send(struct nst_link *link,
				     struct sk_buff *skb, bool seen)
{
	struct nst_link_stats *stats = this_cpu_ptr(link->stats);
	unsigned int len = skb->len;
	int err;

	err = link_xmit_prepare(link, skb);
	if (likely(!err)) {
		if (seen && READ_ONCE(link->flags) & NST_LINK_TAPPED)
			nst_tap_xmit(link, skb);
		err = link->ops->xmit(link, skb);
	}

	u64_stats_update_begin(&stats->syncp);
	if (likely(!err)) {
		u64_stats_inc(&stats->tx_packets);
		u64_stats_add(&stats->tx_bytes, len);
	} else {
		u64_stats_inc(&stats->tx_dropped);
	}
	u64_stats_update_end(&stats->syncp);
	return err;
}

/* The link is down, impaired or tapped. */
static noinline int link_xmit_slow(struct nst_link *link, struct sk_buff *skb)
{
	struct nst_impair *impair;

	if (!nst_link_operational(link))
		return link_xmit_refuse(link, skb, NST_DROP_LINK_DOWN);
	impair = nst_link_impair_rcu(link, NST_IMPAIR_TX);
	if (!impair)
		return link_send(link, skb, true);
	/* The sender is done with it: a wire is no queue of the sender's. */
	skb_orphan(skb);
	nst_impair_packet(impair, skb);
	return 0;
}

/*
 * The packet asks for timestamps of sending: SCHED is now, and SND as well,
 * since a link has no queue. Whoever has no owner is not told.
 */
static noinline void link_stamp(struct sk_buff *skb)
{
	u8 asked = skb_shinfo(skb)->tx_flags;

	if (asked & SKBTX_SCHED_TSTAMP)
		__skb_tstamp_tx(skb, NULL, NULL, skb->sk, SCM_TSTAMP_SCHED);
	if (asked & SKBTX_SW_TSTAMP)
		__skb_tstamp_tx(skb, NULL, NULL, skb->sk, SCM_TSTAMP_SND);
}

int nst_link_xmit(struct nst_link *link, struct sk_buff *skb)
{
	u32 flags = READ_ONCE(link->flags);

	if (unlikely(skb_shinfo(skb)->tx_flags & SKBTX_ANY_SW_TSTAMP))
		link_stamp(skb);
	if (unlikely((flags & (OPERATIONAL | NST_LINK_IMPAIR_TX |
			       NST_LINK_TAPPED)) != OPERATIONAL))
		return link_xmit_slow(link, skb);
	return link_send(link, skb, false);
}

/* What leaves an impairment. */

static void impaired_tx_pass(struct nst_link *link, struct sk_buff *skb)
{
	rcu_read_lock();
	if (likely(nst_link_operational(link)))
		link_send(link, skb, true);
	else
		link_xmit_refuse(link, skb, NST_DROP_LINK_DOWN);
	rcu_read_unlock();
}

static void impaired_tx_drop(struct nst_link *link, struct sk_buff *skb,
			     enum nst_drop_reason reason)
{
	link_xmit_refuse(link, skb, reason);
}

static void impaired_rx_pass(struct nst_link *link, struct sk_buff *skb)
{
	u32 flags = READ_ONCE(link->flags);
	unsigned int len = skb->len;

	if (!(flags & NST_LINK_LOOPBACK))
		len += ETH_HLEN;
	rcu_read_lock();
	if (likely((flags & OPERATIONAL) == OPERATIONAL))
		link_deliver(link, skb, len);
	else
		link_receive_refuse(link, skb, NST_DROP_LINK_DOWN);
	rcu_read_unlock();
}

const struct nst_impair_ops nst_link_impair_ops[NST_IMPAIR_DIRECTIONS] = {
	[NST_IMPAIR_TX] = {
		.pass = impaired_tx_pass,
		.drop = impaired_tx_drop,
	},
	[NST_IMPAIR_RX] = {
		.pass = impaired_rx_pass,
		.drop = link_receive_refuse,
	},
};
