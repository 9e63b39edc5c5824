// SPDX-License-Identifier: GPL-2.0
/*
 * Impaired links: impair_queue.c and impair_packet.c, through the link's two
 * ways. What the test sends carries the number of the packet, so that loss,
 * order and damage can be seen.
 */
#include <linux/if_ether.h>
#include <linux/ktime.h>
#include <net/ip.h>

#include "../netstack/link/link.h"
#include "../netstack/link/segmentation.h"
#include "packet_builder.h"
#include "wire.h"

#define MS	((u64)NSEC_PER_MSEC)
#define HOUR	NST_IMPAIR_DELAY_MAX
#define PAYLOAD	100
#define TX	BIT(NST_IMPAIR_TX)
#define RX	BIT(NST_IMPAIR_RX)

static struct nst_impair_config plain(void)
{
	return (struct nst_impair_config){
		.seed = 1,
		.gap = 1,
		.limit = NST_IMPAIR_LIMIT_DEFAULT,
	};
}

static void impair(struct nst_wire *wire, unsigned int directions,
		   const struct nst_impair_config *config)
{
	struct kunit *test = wire->test;
	int err;

	KUNIT_ASSERT_EQ(test, nst_impair_check(config, NULL), 0);
	mutex_lock(&wire->stack->config_mutex);
	err = nst_link_impair(wire->link, directions, config);
	mutex_unlock(&wire->stack->config_mutex);
	KUNIT_ASSERT_EQ(test, err, 0);
}

static int unimpair(struct nst_wire *wire, unsigned int directions)
{
	int err;

	mutex_lock(&wire->stack->config_mutex);
	err = nst_link_unimpair(wire->link, directions);
	mutex_unlock(&wire->stack->config_mutex);
	return err;
}

static struct nst_impair_stats stats(struct nst_wire *wire,
				     enum nst_impair_direction direction)
{
	struct nst_impair_report report = {};
	struct nst_impair *impair;

	rcu_read_lock();
	impair = nst_link_impair_rcu(wire->link, direction);
	if (impair)
		nst_impair_read(impair, &report);
	rcu_read_unlock();
	KUNIT_ASSERT_NOT_NULL(wire->test, impair);
	return report.stats;
}

/* A frame of the stack's, PAYLOAD bytes of @number behind the header. */
static struct sk_buff *frame(struct kunit *test, u8 number)
{
	struct sk_buff *skb = nst_build_pattern(test, PAYLOAD, 0);

	memset(skb->data, number, PAYLOAD);
	nst_build_ethernet(skb, &(struct nst_build_ethernet){
		.source = nst_wire_local_mac,
		.destination = nst_wire_peer_mac,
	});
	return skb;
}

static int xmit(struct nst_wire *wire, struct sk_buff *skb)
{
	int err;

	local_bh_disable();
	rcu_read_lock();
	err = nst_link_xmit(wire->link, skb);
	rcu_read_unlock();
	local_bh_enable();
	return err;
}

static void send(struct nst_wire *wire, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		KUNIT_EXPECT_EQ(wire->test,
				xmit(wire, frame(wire->test, i)), 0);
}

/* The next frame that leaves has this number. */
static void expect_number(struct nst_wire *wire, u8 number)
{
	struct sk_buff *skb = nst_wire_expect(wire);

	KUNIT_ASSERT_EQ(wire->test, skb->len, ETH_HLEN + PAYLOAD);
	KUNIT_EXPECT_EQ(wire->test, skb->data[ETH_HLEN], number);
}

/* Nothing of the stack's allowance is used. */
static void expect_nothing_held(struct nst_wire *wire)
{
	KUNIT_EXPECT_EQ(wire->test,
			atomic_read(&wire->stack->impaired_packets), 0);
	KUNIT_EXPECT_EQ(wire->test,
			atomic_long_read(&wire->stack->impaired_bytes), 0L);
}

static void link__has_no_impairment_by_itself(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);

	KUNIT_EXPECT_EQ(test, wire->link->flags &
			(NST_LINK_IMPAIR_TX | NST_LINK_IMPAIR_RX), 0);
	KUNIT_EXPECT_EQ(test, unimpair(wire, TX | RX), -ENOENT);
	send(wire, 1);
	expect_number(wire, 0);
}

static void link__each_direction_is_its_own(struct kunit *test)
{
	struct nst_impair_config config = plain();
	struct nst_wire *wire = nst_wire_create(test);

	config.loss = NST_IMPAIR_ALL;
	impair(wire, RX, &config);
	KUNIT_EXPECT_EQ(test, wire->link->flags & NST_LINK_IMPAIR_TX, 0);
	send(wire, 1);
	expect_number(wire, 0);
	KUNIT_EXPECT_EQ(test, unimpair(wire, TX), -ENOENT);
	KUNIT_EXPECT_EQ(test, unimpair(wire, TX | RX), 0);
	KUNIT_EXPECT_EQ(test, wire->link->flags & NST_LINK_IMPAIR_RX, 0);
}

static void pass__at_once_without_delay(struct kunit *test)
{
	struct nst_impair_config config = plain();
	struct nst_wire *wire = nst_wire_create(test);

	impair(wire, TX, &config);
	send(wire, 3);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&wire->sent), 3);
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_TX).passed, 3);
	expect_nothing_held(wire);
}

/* A wire tells nobody: the sender hears nothing, the counters do. */
static void loss__is_counted_and_not_told(struct kunit *test)
{
	struct nst_impair_config config = plain();
	struct nst_wire *wire = nst_wire_create(test);
	struct rtnl_link_stats64 link = {};
	unsigned long before;

	config.loss = NST_IMPAIR_ALL;
	impair(wire, TX, &config);
	before = nst_drop_read(wire->stack, NST_DROP_LINK_IMPAIR_LOSS);
	send(wire, 5);
	nst_wire_expect_silence(wire, 20);
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_TX).lost, 5);
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_TX).passed, 0);
	KUNIT_EXPECT_EQ(test,
			nst_drop_read(wire->stack, NST_DROP_LINK_IMPAIR_LOSS),
			before + 5);
	nst_link_stats_read(wire->link, &link);
	KUNIT_EXPECT_EQ(test, link.tx_packets, 0);
	KUNIT_EXPECT_EQ(test, link.tx_dropped, 5);
}

static void delay__holds_packets_in_order(struct kunit *test)
{
	struct nst_impair_config config = plain();
	struct nst_wire *wire = nst_wire_create(test);
	u64 start;
	int i;

	config.delay = 30 * MS;
	impair(wire, TX, &config);
	start = ktime_get_ns();
	send(wire, 5);
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&wire->sent));
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_TX).queued, 5);
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_TX).queued_bytes,
			5 * (ETH_HLEN + PAYLOAD));
	/* In the delay, not waiting for a rate. */
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_TX).waiting, 0);
	for (i = 0; i < 5; i++)
		expect_number(wire, i);
	KUNIT_EXPECT_GE(test, ktime_get_ns() - start, 30 * MS);
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_TX).queued, 0);
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_TX).queued_bytes, 0);
	expect_nothing_held(wire);
}

static void delay__of_what_comes_in(struct kunit *test)
{
	struct nst_impair_config config = plain();
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct rtnl_link_stats64 link = {};
	u64 start = ktime_get_ns();
	struct sk_buff *skb;
	unsigned int len;

	config.delay = 30 * MS;
	impair(wire, RX, &config);
	skb = nst_build_frame_icmp(test, &(struct nst_build_icmp){
		.type = ICMP_ECHO }, "payload!", 8);
	len = skb->len;
	nst_wire_inject(wire, skb);
	nst_wire_expect_nothing(wire);
	nst_wire_expect_ipv4(wire, IPPROTO_ICMP);
	KUNIT_EXPECT_GE(test, ktime_get_ns() - start, 30 * MS);
	nst_link_stats_read(wire->link, &link);
	KUNIT_EXPECT_EQ(test, link.rx_packets, 1);
	KUNIT_EXPECT_EQ(test, link.rx_bytes, len);
}

static void rate__spaces_packets(struct kunit *test)
{
	struct nst_impair_config config = plain();
	struct nst_wire *wire = nst_wire_create(test);
	u64 start;
	int i;

	config.rate = 100000;
	impair(wire, TX, &config);
	start = ktime_get_ns();
	send(wire, 4);
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&wire->sent));
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_TX).waiting, 4);
	for (i = 0; i < 4; i++)
		expect_number(wire, i);
	/* 4 frames of 912 bits at 100 kbit/s. */
	KUNIT_EXPECT_GE(test, ktime_get_ns() - start, 36480 * 1000ULL);
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_TX).waiting, 0);
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_TX).waiting_bytes, 0);
}

static void expect_overflow(struct nst_wire *wire, unsigned int sent,
			    unsigned int held)
{
	struct nst_impair_stats now;
	unsigned long before;

	before = nst_drop_read(wire->stack, NST_DROP_LINK_IMPAIR_QUEUE);
	send(wire, sent);
	now = stats(wire, NST_IMPAIR_TX);
	KUNIT_EXPECT_EQ(wire->test, now.queued, held);
	KUNIT_EXPECT_EQ(wire->test, now.overflowed, sent - held);
	KUNIT_EXPECT_EQ(wire->test, now.passed, 0);
	KUNIT_EXPECT_EQ(wire->test,
			nst_drop_read(wire->stack, NST_DROP_LINK_IMPAIR_QUEUE),
			before + sent - held);
}

static void rate__drops_at_the_tail_of_packets(struct kunit *test)
{
	struct nst_impair_config config = plain();
	struct nst_wire *wire = nst_wire_create(test);

	config.rate = NST_IMPAIR_RATE_MIN;
	config.limit = 3;
	impair(wire, TX, &config);
	expect_overflow(wire, 5, 3);
}

static void rate__drops_at_the_tail_of_bytes(struct kunit *test)
{
	struct nst_impair_config config = plain();
	struct nst_wire *wire = nst_wire_create(test);

	config.rate = NST_IMPAIR_RATE_MIN;
	config.limit_bytes = 2 * (ETH_HLEN + PAYLOAD) + 1;
	impair(wire, TX, &config);
	expect_overflow(wire, 5, 2);
}

/* The limit is that of the rate: packets in the delay do not count. */
static void rate__limit_leaves_the_delay_alone(struct kunit *test)
{
	struct nst_impair_config config = plain();
	struct nst_wire *wire = nst_wire_create(test);

	config.rate = NST_IMPAIR_RATE_MAX;
	config.limit = 1;
	config.delay = HOUR;
	impair(wire, TX, &config);
	send(wire, 1);
	nst_wire_wait(2);
	send(wire, 1);
	nst_wire_wait(2);
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_TX).queued, 2);
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_TX).waiting, 0);
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_TX).overflowed, 0);
}

static void stack__bounds_packets(struct kunit *test)
{
	struct nst_impair_config config = plain();
	struct nst_wire *wire = nst_wire_create(test);

	wire->stack->config.impair_packets_max = 3;
	config.delay = HOUR;
	impair(wire, TX, &config);
	expect_overflow(wire, 7, 3);
	KUNIT_EXPECT_EQ(test, atomic_read(&wire->stack->impaired_packets), 3);
	KUNIT_EXPECT_EQ(test, unimpair(wire, TX), 0);
	expect_nothing_held(wire);
}

static void stack__bounds_memory(struct kunit *test)
{
	struct nst_impair_config config = plain();
	struct nst_wire *wire = nst_wire_create(test);
	struct sk_buff *skb = frame(test, 0);

	wire->stack->config.impair_bytes_max = 2 * skb->truesize + 1;
	kfree_skb(skb);
	config.delay = HOUR;
	impair(wire, TX, &config);
	expect_overflow(wire, 7, 2);
	KUNIT_EXPECT_EQ(test, unimpair(wire, TX), 0);
	expect_nothing_held(wire);
}

static void duplicate__sends_twice(struct kunit *test)
{
	struct nst_impair_config config = plain();
	struct nst_wire *wire = nst_wire_create(test);
	int i;

	config.duplicate = NST_IMPAIR_ALL;
	config.delay = MS;
	impair(wire, TX, &config);
	send(wire, 3);
	for (i = 0; i < 3; i++) {
		expect_number(wire, i);
		expect_number(wire, i);
	}
	nst_wire_expect_silence(wire, 20);
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_TX).duplicated, 3);
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_TX).passed, 6);
}

static void reorder__skips_the_delay(struct kunit *test)
{
	struct nst_impair_config config = plain();
	struct nst_wire *wire = nst_wire_create(test);

	config.delay = 50 * MS;
	config.reorder = NST_IMPAIR_ALL;
	config.gap = 3;
	impair(wire, TX, &config);
	send(wire, 6);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&wire->sent), 2);
	expect_number(wire, 2);
	expect_number(wire, 5);
	expect_number(wire, 0);
	expect_number(wire, 1);
	expect_number(wire, 3);
	expect_number(wire, 4);
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_TX).reordered, 2);
}

static void jitter__keeps_or_changes_the_order(struct kunit *test)
{
	struct nst_impair_config config = plain();
	struct nst_wire *wire = nst_wire_create(test);
	unsigned int i, inverted = 0;
	struct sk_buff *skb;
	u8 last = 0;

	config.delay = 20 * MS;
	config.jitter = 20 * MS;
	impair(wire, TX, &config);
	send(wire, 50);
	for (i = 0; i < 50; i++)
		expect_number(wire, i);

	config.unordered = true;
	impair(wire, TX, &config);
	send(wire, 50);
	for (i = 0; i < 50; i++) {
		skb = nst_wire_expect(wire);
		inverted += skb->data[ETH_HLEN] < last;
		last = skb->data[ETH_HLEN];
	}
	KUNIT_EXPECT_GT(test, inverted, 10);
	expect_nothing_held(wire);
}

static unsigned int bits_changed(const u8 *a, const u8 *b, unsigned int len)
{
	unsigned int i, bits = 0;

	for (i = 0; i < len; i++)
		bits += hweight8(a[i] ^ b[i]);
	return bits;
}

static void corrupt__changes_one_bit_behind_the_header(struct kunit *test)
{
	struct nst_impair_config config = plain();
	struct nst_wire *wire = nst_wire_create(test);
	struct sk_buff *skb, *shared, *original;
	unsigned int i;

	config.corrupt = NST_IMPAIR_ALL;
	impair(wire, TX, &config);
	original = frame(test, 0x5a);
	for (i = 0; i < 100; i++) {
		skb = frame(test, 0x5a);
		shared = skb_clone(skb, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, shared);
		KUNIT_EXPECT_EQ(test, xmit(wire, skb), 0);
		skb = nst_wire_expect(wire);
		KUNIT_ASSERT_EQ(test, skb->len, original->len);
		KUNIT_EXPECT_EQ(test, bits_changed(skb->data, original->data,
						   ETH_HLEN), 0);
		KUNIT_EXPECT_EQ(test, bits_changed(skb->data, original->data,
						   skb->len), 1);
		/* Who else holds the packet sees nothing of it. */
		KUNIT_EXPECT_EQ(test, bits_changed(shared->data,
						   original->data,
						   shared->len), 0);
		kfree_skb(shared);
	}
	kfree_skb(original);
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_TX).corrupted, 100);
}

/* What it would be with a checksum that was left to the device. */
static struct sk_buff *partial_udp(struct kunit *test, unsigned int len)
{
	struct sk_buff *skb = nst_build_pattern(test, len, 1);
	struct udphdr *uh;

	nst_build_udp(skb, &(struct nst_build_udp){ .sport = 1, .dport = 2 });
	uh = (struct udphdr *)skb->data;
	len = skb->len;
	nst_build_ipv4(skb, &(struct nst_build_ipv4){
		.protocol = IPPROTO_UDP });
	uh->check = ~csum_tcpudp_magic(htonl(NST_WIRE_PEER),
				       htonl(NST_WIRE_LOCAL), len,
				       IPPROTO_UDP, 0);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = (u8 *)uh - skb->head;
	skb->csum_offset = offsetof(struct udphdr, check);
	skb->protocol = htons(ETH_P_IP);
	nst_build_ethernet(skb, &(struct nst_build_ethernet){});
	return skb;
}

static void corrupt__completes_the_checksum_before(struct kunit *test)
{
	struct nst_impair_config config = plain();
	struct nst_wire *wire = nst_wire_create(test);
	struct sk_buff *skb, *whole;
	unsigned int i;

	wire->link->features |= NETIF_F_HW_CSUM;
	config.corrupt = NST_IMPAIR_ALL;
	impair(wire, TX, &config);
	whole = partial_udp(test, PAYLOAD);
	KUNIT_ASSERT_EQ(test, skb_checksum_help(whole), 0);
	for (i = 0; i < 100; i++) {
		KUNIT_EXPECT_EQ(test, xmit(wire, partial_udp(test, PAYLOAD)),
				0);
		skb = nst_wire_expect(wire);
		KUNIT_EXPECT_EQ(test, (int)skb->ip_summed, CHECKSUM_NONE);
		KUNIT_EXPECT_EQ(test, bits_changed(skb->data, whole->data,
						   whole->len), 1);
	}
	kfree_skb(whole);
}

/* No damage gets past the receiver's checks, whoever vouched before. */
static void corrupt__is_seen_by_the_receiver(struct kunit *test)
{
	const struct nst_build_icmp echo = { .type = ICMP_ECHO };
	struct nst_impair_config config = plain();
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	unsigned long udp, delivered;
	unsigned int i;

	wire->link->flags |= NST_LINK_TRUSTED_PEER;
	config.corrupt = NST_IMPAIR_ALL;
	impair(wire, RX, &config);
	udp = nst_drop_read(wire->stack, NST_DROP_UDP_CHECKSUM);
	delivered = nst_drop_read(wire->stack, NST_DROP_UDP_NO_PORT);
	for (i = 0; i < 300; i++) {
		nst_wire_inject(wire, nst_build_frame_icmp(test, &echo,
							   "payload!", 8));
		nst_wire_inject(wire, partial_udp(test, PAYLOAD));
	}
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_GT(test,
			nst_drop_read(wire->stack, NST_DROP_UDP_CHECKSUM),
			udp + 100);
	KUNIT_EXPECT_EQ(test, nst_drop_read(wire->stack, NST_DROP_UDP_NO_PORT),
			delivered);
}

#define SEGMENT		1000
#define SEGMENTS	4

/* A super-packet of TCP with SEGMENTS segments, the last one shorter. */
static struct sk_buff *super(struct kunit *test)
{
	unsigned int len = SEGMENT * SEGMENTS - 10;
	struct sk_buff *skb = nst_build_pattern(test, len, 1);
	struct tcphdr *th;

	nst_build_tcp(skb, &(struct nst_build_tcp){
		.sport = 1, .dport = 2, .seq = 5, .ack = 1,
		.flags = NST_TCP_ACK });
	th = (struct tcphdr *)skb->data;
	len = skb->len;
	nst_build_ipv4(skb, &(struct nst_build_ipv4){
		.protocol = IPPROTO_TCP, .fragment = IP_DF });
	th->check = ~csum_tcpudp_magic(htonl(NST_WIRE_PEER),
				       htonl(NST_WIRE_LOCAL), len,
				       IPPROTO_TCP, 0);
	skb->ip_summed = CHECKSUM_PARTIAL;
	skb->csum_start = (u8 *)th - skb->head;
	skb->csum_offset = offsetof(struct tcphdr, check);
	skb->protocol = htons(ETH_P_IP);
	nst_build_ethernet(skb, &(struct nst_build_ethernet){});
	skb_shinfo(skb)->gso_size = SEGMENT;
	skb_shinfo(skb)->gso_segs = SEGMENTS;
	skb_shinfo(skb)->gso_type = SKB_GSO_TCPV4;
	return skb;
}

static void super__is_cut_before_it_is_sent(struct kunit *test)
{
	struct nst_impair_config config = plain();
	struct nst_wire *wire = nst_wire_create(test);
	struct rtnl_link_stats64 link = {};
	struct sk_buff *skb, *whole = super(test);
	unsigned int i, header, len;

	header = ETH_HLEN + sizeof(struct iphdr) + sizeof(struct tcphdr);
	impair(wire, TX, &config);
	/* No feature of the link is needed: a wire has no super-packets. */
	KUNIT_EXPECT_EQ(test, xmit(wire, super(test)), 0);
	for (i = 0; i < SEGMENTS; i++) {
		skb = nst_wire_expect(wire);
		KUNIT_EXPECT_FALSE(test, skb_is_gso(skb));
		len = header + SEGMENT - (i == SEGMENTS - 1 ? 10 : 0);
		KUNIT_ASSERT_EQ(test, skb->len, len);
		KUNIT_EXPECT_EQ(test, memcmp(skb->data, whole->data, ETH_HLEN),
				0);
		KUNIT_EXPECT_EQ(test,
				memcmp(skb->data + header,
				       whole->data + header + i * SEGMENT,
				       len - header), 0);
	}
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_TX).passed, SEGMENTS);
	nst_link_stats_read(wire->link, &link);
	KUNIT_EXPECT_EQ(test, link.tx_packets, SEGMENTS);
	kfree_skb(whole);
}

static void super__segments_are_lost_one_by_one(struct kunit *test)
{
	struct nst_impair_config config = plain();
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_impair_stats now;
	unsigned int i;

	config.loss = NST_IMPAIR_ALL / 4;
	impair(wire, TX, &config);
	for (i = 0; i < 100; i++)
		xmit(wire, super(test));
	now = stats(wire, NST_IMPAIR_TX);
	KUNIT_EXPECT_EQ(test, now.lost + now.passed, 100 * SEGMENTS);
	KUNIT_EXPECT_GT(test, now.lost, 60);
	KUNIT_EXPECT_LT(test, now.lost, 140);
	KUNIT_EXPECT_NE(test, now.lost % SEGMENTS, 0);
}

static void super__is_cut_before_it_comes_in(struct kunit *test)
{
	struct nst_impair_config config = plain();
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct rtnl_link_stats64 link = {};

	wire->link->flags |= NST_LINK_TRUSTED_PEER;
	config.delay = MS;
	impair(wire, RX, &config);
	nst_wire_inject(wire, super(test));
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_RX).queued, SEGMENTS);
	nst_wire_wait(20);
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_RX).passed, SEGMENTS);
	nst_link_stats_read(wire->link, &link);
	KUNIT_EXPECT_EQ(test, link.rx_packets, SEGMENTS);
	KUNIT_EXPECT_EQ(test, link.rx_bytes,
			SEGMENT * SEGMENTS - 10 + SEGMENTS *
			(ETH_HLEN + sizeof(struct iphdr) +
			 sizeof(struct tcphdr)));
}

static struct iphdr *header_of(struct sk_buff *skb)
{
	return (struct iphdr *)(skb->data + ETH_HLEN);
}

/* A program may have made it: see link_offload_valid(). */
static void super__with_wrong_headers_is_refused(struct kunit *test)
{
	struct nst_impair_config config = plain();
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	struct sk_buff *skb;

	wire->link->flags |= NST_LINK_TRUSTED_PEER;
	impair(wire, RX, &config);

	skb = super(test);
	header_of(skb)->version = 6;
	nst_wire_inject_dropped(wire, skb, NST_DROP_LINK_CSUM);

	skb = super(test);
	header_of(skb)->ihl = 6;
	nst_wire_inject_dropped(wire, skb, NST_DROP_LINK_CSUM);

	skb = super(test);
	skb->csum_start -= sizeof(struct iphdr) - 1;
	nst_wire_inject_dropped(wire, skb, NST_DROP_LINK_CSUM);

	skb = super(test);
	header_of(skb)->tot_len = htons(SEGMENT);
	nst_wire_inject_dropped(wire, skb, NST_DROP_LINK_CSUM);

	/* IPv4 said to be IPv6. */
	skb = super(test);
	((struct ethhdr *)skb->data)->h_proto = htons(ETH_P_IPV6);
	nst_wire_inject_dropped(wire, skb, NST_DROP_LINK_CSUM);

	/* More segments than the stack may hold. */
	skb = super(test);
	wire->stack->config.impair_packets_max = SEGMENTS - 1;
	nst_wire_inject_dropped(wire, skb, NST_DROP_LINK_IMPAIR_QUEUE);
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_RX).passed, 0);
}

static bool orphaned;

static void note_orphaned(struct sk_buff *skb)
{
	orphaned = true;
}

/* A sender is not held up by what is on the wire. */
static void held__belongs_to_nobody(struct kunit *test)
{
	struct nst_impair_config config = plain();
	struct nst_wire *wire = nst_wire_create(test);
	struct sk_buff *skb = frame(test, 0);

	config.delay = HOUR;
	impair(wire, TX, &config);
	orphaned = false;
	skb->destructor = note_orphaned;
	xmit(wire, skb);
	KUNIT_EXPECT_TRUE(test, orphaned);
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_TX).queued, 1);
}

static void held__goes_when_the_link_goes_down(struct kunit *test)
{
	struct nst_impair_config config = plain();
	struct nst_wire *wire = nst_wire_create(test);
	unsigned long before;

	config.delay = HOUR;
	config.rate = 1000000;
	impair(wire, TX, &config);
	send(wire, 5);
	before = nst_drop_read(wire->stack, NST_DROP_LINK_DOWN);
	mutex_lock(&wire->stack->config_mutex);
	nst_link_set_flags(wire->link, 0, NST_LINK_UP);
	mutex_unlock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, nst_drop_read(wire->stack, NST_DROP_LINK_DOWN),
			before + 5);
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_TX).queued, 0);
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_TX).waiting, 0);
	expect_nothing_held(wire);

	/* It is impaired still when it is up again. */
	mutex_lock(&wire->stack->config_mutex);
	nst_link_set_flags(wire->link, NST_LINK_UP, NST_LINK_UP);
	mutex_unlock(&wire->stack->config_mutex);
	send(wire, 1);
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_TX).queued, 1);
}

static void held__goes_with_the_impairment(struct kunit *test)
{
	struct nst_impair_config config = plain();
	struct nst_wire *wire = nst_wire_create(test);
	unsigned long before;

	config.delay = HOUR;
	impair(wire, TX, &config);
	send(wire, 5);
	before = nst_drop_read(wire->stack, NST_DROP_LINK_IMPAIR_REMOVED);
	KUNIT_EXPECT_EQ(test, unimpair(wire, TX), 0);
	KUNIT_EXPECT_EQ(test, nst_drop_read(wire->stack,
					    NST_DROP_LINK_IMPAIR_REMOVED),
			before + 5);
	expect_nothing_held(wire);
	send(wire, 1);
	expect_number(wire, 0);
}

/* Both directions full, then taken apart; the leak check sees the rest. */
static void held__goes_with_the_stack(struct kunit *test)
{
	struct nst_impair_config config = plain();
	struct nst_wire *wire = nst_wire_create_ipv4(test);
	unsigned int i;

	config.delay = HOUR;
	config.duplicate = NST_IMPAIR_ALL;
	config.rate = 1000000;
	impair(wire, TX | RX, &config);
	send(wire, 20);
	for (i = 0; i < 20; i++)
		nst_wire_inject(wire, partial_udp(test, PAYLOAD));
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_TX).queued, 40);
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_RX).queued, 40);
}

/* What is under way leaves when it would have; what comes after overtakes. */
static void set__again_keeps_what_is_held(struct kunit *test)
{
	struct nst_impair_config config = plain();
	struct nst_wire *wire = nst_wire_create(test);

	config.delay = 40 * MS;
	config.rate = 1000000;
	impair(wire, TX, &config);
	send(wire, 2);
	config.delay = 0;
	config.rate = 0;
	impair(wire, TX, &config);
	xmit(wire, frame(test, 7));
	expect_number(wire, 7);
	expect_number(wire, 0);
	expect_number(wire, 1);
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_TX).passed, 3);
	expect_nothing_held(wire);
}

static void set__is_replayed_by_its_seed(struct kunit *test)
{
	struct nst_impair_config config = plain();
	struct nst_wire *wire = nst_wire_create(test);
	u8 first[64], second[64];
	unsigned int i, round;
	u8 *into = first;

	config.loss = NST_IMPAIR_ALL / 2;
	for (round = 0; round < 2; round++, into = second) {
		impair(wire, TX, &config);
		for (i = 0; i < 64; i++) {
			xmit(wire, frame(test, i));
			into[i] = skb_queue_len(&wire->sent);
			nst_wire_discard(wire);
		}
	}
	KUNIT_EXPECT_EQ(test, memcmp(first, second, sizeof(first)), 0);
	KUNIT_EXPECT_GT(test, stats(wire, NST_IMPAIR_TX).lost, 20);
	KUNIT_EXPECT_GT(test, stats(wire, NST_IMPAIR_TX).passed, 20);
}

/* lo sends and receives by itself: a packet meets both directions. */
static void loopback__meets_both_directions(struct kunit *test)
{
	struct nst_impair_config config = plain();
	struct nst_wire *wire = nst_wire_create(test);
	unsigned long before;
	struct sk_buff *skb;
	struct nst_link *lo;
	u64 start;
	int try;

	mutex_lock(&wire->stack->config_mutex);
	lo = nst_link_by_index_rcu(wire->stack, NST_LOOPBACK_INDEX);
	mutex_unlock(&wire->stack->config_mutex);
	wire->link = lo;
	config.delay = 20 * MS;
	impair(wire, TX | RX, &config);
	skb = nst_build_payload(test, "\x45", 2);
	skb->protocol = htons(ETH_P_IP);
	before = nst_drop_read(wire->stack, NST_DROP_IP_SHORT);
	start = ktime_get_ns();
	KUNIT_EXPECT_EQ(test, xmit(wire, skb), 0);
	for (try = 0; try < 100; try++) {
		if (nst_drop_read(wire->stack, NST_DROP_IP_SHORT) > before)
			break;
		nst_wire_wait(10);
	}
	KUNIT_EXPECT_GE(test, ktime_get_ns() - start, 40 * MS);
	KUNIT_EXPECT_EQ(test, nst_drop_read(wire->stack, NST_DROP_IP_SHORT),
			before + 1);
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_TX).passed, 1);
	KUNIT_EXPECT_EQ(test, stats(wire, NST_IMPAIR_RX).passed, 1);
	mutex_lock(&wire->stack->config_mutex);
	wire->link = nst_link_by_index_rcu(wire->stack, NST_WIRE_INDEX);
	mutex_unlock(&wire->stack->config_mutex);
}

static struct kunit_case impair_queue_cases[] = {
	KUNIT_CASE(link__has_no_impairment_by_itself),
	KUNIT_CASE(link__each_direction_is_its_own),
	KUNIT_CASE(pass__at_once_without_delay),
	KUNIT_CASE(loss__is_counted_and_not_told),
	KUNIT_CASE(delay__holds_packets_in_order),
	KUNIT_CASE(delay__of_what_comes_in),
	KUNIT_CASE(rate__spaces_packets),
	KUNIT_CASE(rate__drops_at_the_tail_of_packets),
	KUNIT_CASE(rate__drops_at_the_tail_of_bytes),
	KUNIT_CASE(rate__limit_leaves_the_delay_alone),
	KUNIT_CASE(stack__bounds_packets),
	KUNIT_CASE(stack__bounds_memory),
	KUNIT_CASE(duplicate__sends_twice),
	KUNIT_CASE(reorder__skips_the_delay),
	KUNIT_CASE(jitter__keeps_or_changes_the_order),
	KUNIT_CASE(corrupt__changes_one_bit_behind_the_header),
	KUNIT_CASE(corrupt__completes_the_checksum_before),
	KUNIT_CASE(corrupt__is_seen_by_the_receiver),
	KUNIT_CASE(super__is_cut_before_it_is_sent),
	KUNIT_CASE(super__segments_are_lost_one_by_one),
	KUNIT_CASE(super__is_cut_before_it_comes_in),
	KUNIT_CASE(super__with_wrong_headers_is_refused),
	KUNIT_CASE(held__belongs_to_nobody),
	KUNIT_CASE(held__goes_when_the_link_goes_down),
	KUNIT_CASE(held__goes_with_the_impairment),
	KUNIT_CASE(held__goes_with_the_stack),
	KUNIT_CASE(set__again_keeps_what_is_held),
	KUNIT_CASE(set__is_replayed_by_its_seed),
	KUNIT_CASE(loopback__meets_both_directions),
	{}
};

static struct kunit_suite impair_queue_suite = {
	.name = "netstack_impair_queue",
	.test_cases = impair_queue_cases,
};

kunit_test_suite(impair_queue_suite);
