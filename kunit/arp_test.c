// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests of netstack/network/arp.c and arp_probe.c. The times of RFC 5227
 * are fixed: the tests look what timers are set for and let them expire.
 */
#include "network_fixture.h"

struct arp_body {
	struct arphdr header;
	u8 sender_station[ETH_ALEN];
	__be32 sender;
	u8 target_station[ETH_ALEN];
	__be32 target;
} __packed;

static struct nst_wire *wire_with_address(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);

	nst_wire_add_address(wire, NST_WIRE_LOCAL, NST_WIRE_PREFIX_LEN);
	return wire;
}

static u8 state_of(struct nst_wire *wire, u32 address, const u8 *station)
{
	union nst_address peer = ipv4(address);
	struct nst_neighbour *neighbour;
	u8 state;

	neighbour = nst_neighbour_lookup(wire->link, AF_INET, &peer, false);
	if (!neighbour)
		return 0xff;
	state = neighbour->state;
	if (station)
		KUNIT_EXPECT_TRUE(wire->test,
				  ether_addr_equal(station,
						   neighbour->lladdr));
	nst_neighbour_put(neighbour);
	return state;
}

/* Begin to resolve the peer; its question is taken from the wire. */
static void ask(struct nst_wire *wire)
{
	struct sk_buff *skb = nst_build_payload(wire->test, "x", 1);
	struct nst_path path;

	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
			.saddr = NST_WIRE_LOCAL, .daddr = NST_WIRE_PEER });
	KUNIT_ASSERT_EQ(wire->test, 0, path_to(wire->stack, NST_WIRE_PEER, 0,
					       0, &path));
	local_bh_disable();
	rcu_read_lock();
	nst_path_xmit(&path, skb, htons(ETH_P_IP));
	rcu_read_unlock();
	local_bh_enable();
	nst_path_release(&path);
	nst_wire_expect_arp(wire, ARPOP_REQUEST);
}

static struct sk_buff *frame(struct nst_wire *wire, struct nst_build_arp arp)
{
	return nst_build_frame_arp(wire->test, &arp);
}

static struct sk_buff *reply(struct nst_wire *wire, const u8 *station)
{
	return frame(wire, (struct nst_build_arp) {
			.operation = ARPOP_REPLY, .sender_mac = station,
			.target_mac = nst_wire_local_mac });
}

static void receive__answers_a_request(struct kunit *test)
{
	struct nst_wire *wire = wire_with_address(test);
	const struct arp_body *arp;
	struct sk_buff *skb;

	nst_wire_inject(wire, frame(wire, (struct nst_build_arp) { }));
	skb = nst_wire_expect_arp(wire, ARPOP_REPLY);
	arp = (const void *)skb_network_header(skb);
	KUNIT_EXPECT_EQ(test, NST_WIRE_LOCAL, ntohl(arp->sender));
	KUNIT_EXPECT_EQ(test, NST_WIRE_PEER, ntohl(arp->target));
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(arp->sender_station,
						 nst_wire_local_mac));
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(arp->target_station,
						 nst_wire_peer_mac));
	KUNIT_EXPECT_TRUE(test, ether_addr_equal(eth_hdr(skb)->h_dest,
						 nst_wire_peer_mac));
	/* Who asks for us will hear from us: RFC 826. */
	KUNIT_EXPECT_EQ(test, NUD_STALE,
			state_of(wire, NST_WIRE_PEER, nst_wire_peer_mac));
	nst_wire_expect_nothing(wire);
}

static void receive__answers_a_probe_and_learns_nothing(struct kunit *test)
{
	struct nst_wire *wire = wire_with_address(test);
	const struct arp_body *arp;
	struct sk_buff *skb;

	nst_wire_inject(wire, frame(wire, (struct nst_build_arp) {
					.sender_any = true }));
	skb = nst_wire_expect_arp(wire, ARPOP_REPLY);
	arp = (const void *)skb_network_header(skb);
	KUNIT_EXPECT_EQ(test, 0, ntohl(arp->target));
	KUNIT_EXPECT_EQ(test, 0, nst_mib_read(wire->stack,
					      NST_MIB_NEIGH_ALLOCS));
}

static void receive__strong_host_answers_on_its_link_only(struct kunit *test)
{
	struct nst_wire *wire = wire_with_address(test);
	struct nst_link *second = second_link(wire, 0);

	KUNIT_EXPECT_EQ(test, 0, address_add(second, 0x0a010001, 24, 0));
	nst_wire_inject_dropped(wire, frame(wire, (struct nst_build_arp) {
						.target = 0x0a010001 }),
				NST_DROP_ARP_CONSUMED);
	KUNIT_EXPECT_EQ(test, 0xff, state_of(wire, NST_WIRE_PEER, NULL));
}

static void receive__request_from_another_network_makes_no_entry
	(struct kunit *test)
{
	struct nst_wire *wire = wire_with_address(test);

	nst_wire_inject(wire, frame(wire, (struct nst_build_arp) {
					.sender = 0xc0a80002 }));
	nst_wire_expect_arp(wire, ARPOP_REPLY);
	KUNIT_EXPECT_EQ(test, 0xff, state_of(wire, 0xc0a80002, NULL));
}

static const u8 group_mac[ETH_ALEN] = { 0x01, 0, 0x5e, 0, 0, 1 };
static const u8 zero_mac[ETH_ALEN];

struct refused_packet {
	const char *what;
	enum nst_drop_reason reason;
	struct nst_build_arp arp;
	bool other_source;
};

static const struct refused_packet refused_packets[] = {
	{ "hardware", NST_DROP_ARP_FORMAT, { .hardware = 6 } },
	{ "protocol", NST_DROP_ARP_FORMAT, { .protocol = ETH_P_IPV6 } },
	{ "hardware length", NST_DROP_ARP_FORMAT, { .hardware_len = 8 } },
	{ "protocol length", NST_DROP_ARP_FORMAT, { .protocol_len = 16 } },
	{ "reverse ARP", NST_DROP_ARP_FORMAT, { .operation = 3 } },
	{ "group station", NST_DROP_ARP_ADDRESS, { .sender_mac = group_mac },
	  true },
	{ "zero station", NST_DROP_ARP_ADDRESS, { .sender_mac = zero_mac },
	  true },
	{ "sender of the frame is another", NST_DROP_ARP_ADDRESS,
	  { .sender_mac = nst_wire_other_mac }, true },
	{ "group sender", NST_DROP_ARP_ADDRESS, { .sender = 0xe0000001 } },
	{ "loopback sender", NST_DROP_ARP_ADDRESS, { .sender = 0x7f000001 } },
	{ "broadcast sender", NST_DROP_ARP_ADDRESS, { .sender = 0xffffffff } },
	{ "directed broadcast sender", NST_DROP_ARP_ADDRESS,
	  { .sender = 0x0a0000ff } },
	{ "zero network sender", NST_DROP_ARP_ADDRESS,
	  { .sender = 0x00000001 } },
	{ "reply from nobody", NST_DROP_ARP_ADDRESS,
	  { .operation = ARPOP_REPLY, .sender_any = true } },
	{ "group target", NST_DROP_ARP_ADDRESS, { .target = 0xe0000001 } },
	{ "loopback target", NST_DROP_ARP_ADDRESS, { .target = 0x7f000001 } },
	{ "request for no address", NST_DROP_ARP_ADDRESS,
	  { .target_any = true } },
	{ "foreign target", NST_DROP_ARP_CONSUMED,
	  { .target = NST_WIRE_OTHER } },
	{ "own frame", NST_DROP_ARP_CONSUMED,
	  { .sender_mac = nst_wire_local_mac } },
};

static void refused_packet_name(const struct refused_packet *refused,
				char *name)
{
	strscpy(name, refused->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(refused_packet, refused_packets, refused_packet_name);

static void receive__refuses(struct kunit *test)
{
	const struct refused_packet *refused = test->param_value;
	struct nst_wire *wire = wire_with_address(test);
	struct sk_buff *skb = nst_build_arp(test, &refused->arp);

	nst_build_ethernet(skb, &(struct nst_build_ethernet) {
			.source = refused->other_source ?
				  nst_wire_peer_mac : refused->arp.sender_mac,
			.ethertype = ETH_P_ARP });
	nst_wire_inject_dropped(wire, skb, refused->reason);
	KUNIT_EXPECT_EQ(test, 0, nst_mib_read(wire->stack,
					      NST_MIB_NEIGH_ALLOCS));
}

static void receive__refuses_truncated_packets(struct kunit *test)
{
	struct nst_wire *wire = wire_with_address(test);
	unsigned int len;

	for (len = 1; len < sizeof(struct arp_body); len++) {
		struct sk_buff *skb = nst_build_arp(test,
						    &(struct nst_build_arp) {});

		skb_trim(skb, len);
		nst_build_ethernet(skb, &(struct nst_build_ethernet) {
				.ethertype = ETH_P_ARP });
		nst_wire_inject_dropped(wire, skb, NST_DROP_ARP_SHORT);
	}
}

static void reply__solicited_confirms(struct kunit *test)
{
	struct nst_wire *wire = wire_with_address(test);

	ask(wire);
	KUNIT_EXPECT_EQ(test, NUD_INCOMPLETE,
			state_of(wire, NST_WIRE_PEER, NULL));
	nst_wire_inject(wire, reply(wire, nst_wire_peer_mac));
	KUNIT_EXPECT_EQ(test, NUD_REACHABLE,
			state_of(wire, NST_WIRE_PEER, nst_wire_peer_mac));
	nst_wire_expect_ethertype(wire, ETH_P_IP);
	nst_wire_expect_nothing(wire);
}

static void reply__unsolicited_never_creates(struct kunit *test)
{
	struct nst_wire *wire = wire_with_address(test);

	nst_wire_inject(wire, reply(wire, nst_wire_peer_mac));
	KUNIT_EXPECT_EQ(test, 0xff, state_of(wire, NST_WIRE_PEER, NULL));
	nst_wire_expect_nothing(wire);
}

static void reply__cannot_replace_who_was_just_confirmed(struct kunit *test)
{
	struct nst_wire *wire = wire_with_address(test);
	union nst_address peer = ipv4(NST_WIRE_PEER);
	struct nst_neighbour *neighbour;

	ask(wire);
	nst_wire_inject(wire, reply(wire, nst_wire_peer_mac));
	nst_wire_inject(wire, reply(wire, nst_wire_other_mac));
	KUNIT_EXPECT_EQ(test, NUD_REACHABLE,
			state_of(wire, NST_WIRE_PEER, nst_wire_peer_mac));
	/* A second later a station may have moved; it has to prove it. */
	neighbour = nst_neighbour_lookup(wire->link, AF_INET, &peer, false);
	KUNIT_ASSERT_NOT_NULL(test, neighbour);
	neighbour->confirmed -= HZ;
	nst_neighbour_put(neighbour);
	nst_wire_inject(wire, reply(wire, nst_wire_other_mac));
	KUNIT_EXPECT_EQ(test, NUD_STALE,
			state_of(wire, NST_WIRE_PEER, nst_wire_other_mac));
}

static void gratuitous__updates_but_never_creates(struct kunit *test)
{
	struct nst_wire *wire = wire_with_address(test);
	struct nst_build_arp arp = { .target = NST_WIRE_PEER };

	nst_wire_inject(wire, frame(wire, arp));
	KUNIT_EXPECT_EQ(test, 0xff, state_of(wire, NST_WIRE_PEER, NULL));
	nst_wire_inject(wire, frame(wire, (struct nst_build_arp) { }));
	nst_wire_expect_arp(wire, ARPOP_REPLY);
	arp.sender_mac = nst_wire_other_mac;
	nst_wire_inject(wire, frame(wire, arp));
	KUNIT_EXPECT_EQ(test, NUD_STALE,
			state_of(wire, NST_WIRE_PEER, nst_wire_other_mac));
	nst_wire_expect_nothing(wire);
}

static void request__flood_stays_within_the_table(struct kunit *test)
{
	struct nst_wire *wire = wire_with_address(test);
	unsigned int i;

	wire->stack->config.neigh_max = 32;
	for (i = 0; i < 200; i++) {
		nst_wire_inject(wire, frame(wire, (struct nst_build_arp) {
						.sender = 0x0a00000a + i }));
		nst_wire_expect_arp(wire, ARPOP_REPLY);
	}
	KUNIT_EXPECT_LE(test, nst_mib_read(wire->stack, NST_MIB_NEIGH_ALLOCS) -
			nst_mib_read(wire->stack, NST_MIB_NEIGH_DESTROYS),
			32);
}

/* An address by probing, as the administrator adds it. */
static void add_probed(struct nst_wire *wire)
{
	struct nst_address_config config = {
		.family = AF_INET,
		.prefix_len = NST_WIRE_PREFIX_LEN,
		.address = ipv4(NST_WIRE_LOCAL),
	};

	mutex_lock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(wire->test, 0, nst_address_add(wire->link, &config,
						       NULL));
	mutex_unlock(&wire->stack->config_mutex);
}

/* Detection of NST_WIRE_LOCAL, there as long as the address. */
static struct nst_address_detection *detection_of(struct nst_wire *wire)
{
	union nst_address wanted = ipv4(NST_WIRE_LOCAL);
	struct nst_local_address *local;

	rcu_read_lock();
	local = nst_address_find_rcu(wire->stack, wire->link, AF_INET, &wanted);
	rcu_read_unlock();
	KUNIT_ASSERT_NOT_NULL(wire->test, local);
	return &local->detection;
}

/* What is next was set for @min_ms to @max_ms, and is done now. */
static void expire_within(struct nst_wire *wire, unsigned long since,
			  unsigned int min_ms, unsigned int max_ms)
{
	struct nst_address_detection *detection = detection_of(wire);

	nst_wire_expect_nothing(wire);
	nst_wire_expect_due(wire, &detection->timer, since, min_ms, max_ms);
	KUNIT_EXPECT_TRUE(wire->test, nst_wire_expire(&detection->timer));
}

/*
 * RFC 5227 2.1.1: the first question is asked at any time in PROBE_WAIT, so
 * it may be out already. Put off what is next, so that it is ours to expire.
 *
 * Return: jiffies that it was set for.
 */
static unsigned long put_off(struct nst_wire *wire)
{
	struct timer_list *timer = &detection_of(wire)->timer;
	unsigned long expires;

	KUNIT_ASSERT_TRUE(wire->test, timer_delete_sync(timer));
	expires = timer->expires;
	mod_timer(timer, jiffies + 60 * HZ);
	return expires;
}

static void expire_first(struct nst_wire *wire, unsigned long since)
{
	struct nst_address_detection *detection = detection_of(wire);
	unsigned long expires = put_off(wire);

	if (detection->sent) {
		mod_timer(&detection->timer, expires);
		return;
	}
	KUNIT_EXPECT_TRUE(wire->test,
			  time_in_range(expires, since, jiffies + HZ));
	KUNIT_EXPECT_TRUE(wire->test, nst_wire_expire(&detection->timer));
}

/* Nothing more is to come, however long one waits. */
static void expect_idle(struct nst_wire *wire)
{
	KUNIT_EXPECT_FALSE(wire->test,
			   timer_pending(&detection_of(wire)->timer));
	nst_wire_expect_nothing(wire);
}

static void expect_request(struct nst_wire *wire, unsigned int ms, u32 sender)
{
	struct sk_buff *skb = nst_wire_expect_within(wire, ms);
	const struct arp_body *arp = (const void *)skb_network_header(skb);

	KUNIT_EXPECT_EQ(wire->test, ETH_P_ARP, ntohs(eth_hdr(skb)->h_proto));
	KUNIT_EXPECT_TRUE(wire->test,
			  is_broadcast_ether_addr(eth_hdr(skb)->h_dest));
	KUNIT_EXPECT_EQ(wire->test, ARPOP_REQUEST, ntohs(arp->header.ar_op));
	KUNIT_EXPECT_EQ(wire->test, sender, ntohl(arp->sender));
	KUNIT_EXPECT_EQ(wire->test, NST_WIRE_LOCAL, ntohl(arp->target));
	KUNIT_EXPECT_TRUE(wire->test, is_zero_ether_addr(arp->target_station));
}

static u8 doubts(struct nst_wire *wire)
{
	return address_flags(wire->link, NST_WIRE_LOCAL) &
	       (NST_ADDRESS_TENTATIVE | NST_ADDRESS_DUPLICATE);
}

/* The verdict travels by a work item. */
static void settle(struct nst_wire *wire, u8 wanted)
{
	unsigned int i;

	for (i = 0; i < 100 && doubts(wire) != wanted; i++)
		nst_wire_wait(10);
	KUNIT_EXPECT_EQ(wire->test, wanted, doubts(wire));
}

static void probe__three_questions_then_announces_twice(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	unsigned long since = jiffies;

	add_probed(wire);
	KUNIT_EXPECT_EQ(test, NST_ADDRESS_TENTATIVE, doubts(wire));
	expire_first(wire, since);
	expect_request(wire, 100, 0);
	/* PROBE_MIN and PROBE_MAX */
	expire_within(wire, since, 1000, 2000);
	expect_request(wire, 100, 0);
	expire_within(wire, since, 1000, 2000);
	expect_request(wire, 100, 0);
	KUNIT_EXPECT_EQ(test, NST_ADDRESS_TENTATIVE, doubts(wire));
	/* ANNOUNCE_WAIT */
	expire_within(wire, since, 2000, 2000);
	expect_request(wire, 500, NST_WIRE_LOCAL);
	KUNIT_EXPECT_EQ(test, 0, doubts(wire));
	/* ANNOUNCE_INTERVAL */
	expire_within(wire, since, 2000, 2000);
	expect_request(wire, 100, NST_WIRE_LOCAL);
	expect_idle(wire);
}

static void probe__tentative_address_is_not_answered_for(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);

	add_probed(wire);
	nst_wire_inject_dropped(wire, frame(wire, (struct nst_build_arp) { }),
				NST_DROP_ARP_CONSUMED);
}

struct conflict {
	const char *what;
	struct nst_build_arp arp;
};

/* RFC 5227 2.1.1 */
static const struct conflict conflicts[] = {
	{ "reply from the address",
	  { .operation = ARPOP_REPLY, .sender = NST_WIRE_LOCAL } },
	{ "answer to the probe, which has no sender",
	  { .operation = ARPOP_REPLY, .sender = NST_WIRE_LOCAL,
	    .target_any = true } },
	{ "request from the address",
	  { .sender = NST_WIRE_LOCAL, .target = NST_WIRE_PEER } },
	{ "another probe for it", { .sender_any = true } },
};

static void conflict_name(const struct conflict *conflict, char *name)
{
	strscpy(name, conflict->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(conflict, conflicts, conflict_name);

static void probe__conflict_refuses_the_address(struct kunit *test)
{
	const struct conflict *conflict = test->param_value;
	struct nst_wire *wire = nst_wire_create(test);
	unsigned long since = jiffies;

	add_probed(wire);
	expire_first(wire, since);
	expect_request(wire, 100, 0);
	nst_wire_inject_dropped(wire, frame(wire, conflict->arp),
				NST_DROP_ARP_ADDRESS);
	settle(wire, NST_ADDRESS_TENTATIVE | NST_ADDRESS_DUPLICATE);
	KUNIT_EXPECT_EQ(test, 1, nst_mib_read(wire->stack,
					      NST_MIB_ARP_CONFLICTS));
	/* The timer of the next question finds nothing to do. */
	KUNIT_EXPECT_TRUE(test, nst_wire_expire(&detection_of(wire)->timer));
	expect_idle(wire);
	KUNIT_EXPECT_EQ(test, NST_ADDRESS_TENTATIVE | NST_ADDRESS_DUPLICATE,
			doubts(wire));
	KUNIT_EXPECT_EQ(test, 0xff, state_of(wire, NST_WIRE_LOCAL, NULL));
}

static void probe__waits_for_the_link(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	unsigned long since = jiffies;

	link_flags(wire->link, 0, NST_LINK_CARRIER);
	add_probed(wire);
	expect_idle(wire);
	KUNIT_EXPECT_EQ(test, NST_ADDRESS_TENTATIVE, doubts(wire));
	link_flags(wire->link, NST_LINK_CARRIER, NST_LINK_CARRIER);
	expire_first(wire, since);
	expect_request(wire, 100, 0);
}

static void probe__ends_with_the_address(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	int refs = refcount_read(&wire->link->refs);
	struct nst_address_detection *detection;
	struct nst_local_address *local;

	add_probed(wire);
	detection = detection_of(wire);
	local = container_of(detection, struct nst_local_address, detection);
	nst_address_get(local);
	put_off(wire);
	nst_wire_discard(wire);
	KUNIT_EXPECT_EQ(test, 0, address_del(wire->link, NST_WIRE_LOCAL,
					     NST_WIRE_PREFIX_LEN));
	KUNIT_EXPECT_FALSE(test, timer_pending(&detection->timer));
	nst_address_put(local);
	KUNIT_EXPECT_EQ(test, refs, refcount_read(&wire->link->refs));
	nst_wire_expect_nothing(wire);
}

static void probe__off_uses_the_address_at_once(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);

	wire->stack->config.arp_probe = 0;
	add_probed(wire);
	KUNIT_EXPECT_EQ(test, 0, doubts(wire));
	expect_request(wire, 100, NST_WIRE_LOCAL);
	nst_wire_expect_nothing(wire);
}

static void announce__on_link_up_and_station_change(struct kunit *test)
{
	struct nst_wire *wire = wire_with_address(test);

	link_flags(wire->link, 0, NST_LINK_CARRIER);
	nst_wire_expect_nothing(wire);
	link_flags(wire->link, NST_LINK_CARRIER, NST_LINK_CARRIER);
	expect_request(wire, 100, NST_WIRE_LOCAL);
	mutex_lock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, 0, nst_link_set_mtu(wire->link, 1400));
	mutex_unlock(&wire->stack->config_mutex);
	nst_wire_expect_nothing(wire);
	mutex_lock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, 0, nst_link_set_address(wire->link,
						      nst_wire_other_mac));
	mutex_unlock(&wire->stack->config_mutex);
	expect_request(wire, 100, NST_WIRE_LOCAL);
	nst_wire_expect_nothing(wire);
}

/* All questions, and the silence after them. */
static void pass_probe(struct nst_wire *wire, unsigned long since)
{
	unsigned int i;

	expire_first(wire, since);
	expect_request(wire, 100, 0);
	for (i = 0; i < 2; i++) {
		expire_within(wire, since, 1000, 2000);
		expect_request(wire, 100, 0);
	}
	expire_within(wire, since, 2000, 2000);
	expect_request(wire, 500, NST_WIRE_LOCAL);
	KUNIT_EXPECT_EQ(wire->test, 0, doubts(wire));
}

/* RFC 5227 2.1: a cable was connected, to whichever network. */
static void link_up__probes_addresses_anew(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	unsigned long since = jiffies;

	add_probed(wire);
	pass_probe(wire, since);
	link_flags(wire->link, 0, NST_LINK_CARRIER);
	KUNIT_EXPECT_EQ(test, 0, doubts(wire));
	since = jiffies;
	link_flags(wire->link, NST_LINK_CARRIER, NST_LINK_CARRIER);
	KUNIT_EXPECT_EQ(test, NST_ADDRESS_TENTATIVE, doubts(wire));
	pass_probe(wire, since);

	/* Somebody else has it there. */
	link_flags(wire->link, 0, NST_LINK_UP);
	since = jiffies;
	link_flags(wire->link, NST_LINK_UP, NST_LINK_UP);
	expire_first(wire, since);
	expect_request(wire, 100, 0);
	nst_wire_inject_dropped(wire, frame(wire, conflicts[0].arp),
				NST_DROP_ARP_ADDRESS);
	settle(wire, NST_ADDRESS_TENTATIVE | NST_ADDRESS_DUPLICATE);

	/* Not so after a while. */
	link_flags(wire->link, 0, NST_LINK_CARRIER);
	since = jiffies;
	link_flags(wire->link, NST_LINK_CARRIER, NST_LINK_CARRIER);
	KUNIT_EXPECT_EQ(test, NST_ADDRESS_TENTATIVE, doubts(wire));
	pass_probe(wire, since);
}

static void link_up__without_arp_probe_announces(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	unsigned long since = jiffies;

	add_probed(wire);
	pass_probe(wire, since);
	wire->stack->config.arp_probe = 0;
	link_flags(wire->link, 0, NST_LINK_CARRIER);
	link_flags(wire->link, NST_LINK_CARRIER, NST_LINK_CARRIER);
	KUNIT_EXPECT_EQ(test, 0, doubts(wire));
	expect_request(wire, 100, NST_WIRE_LOCAL);
	nst_wire_expect_nothing(wire);
}

static void defend__once_in_ten_seconds(struct kunit *test)
{
	struct nst_wire *wire = wire_with_address(test);
	struct nst_address_detection *detection = detection_of(wire);
	const struct nst_build_arp claim = {
		.sender = NST_WIRE_LOCAL, .target = NST_WIRE_LOCAL,
	};

	nst_wire_inject(wire, frame(wire, claim));
	expect_request(wire, 100, NST_WIRE_LOCAL);
	nst_wire_inject_dropped(wire, frame(wire, claim),
				NST_DROP_ARP_ADDRESS);
	/* RFC 5227 1.1: DEFEND_INTERVAL is 10 s; it is not over after 8. */
	detection->defended -= 8 * HZ;
	nst_wire_inject_dropped(wire, frame(wire, claim),
				NST_DROP_ARP_ADDRESS);
	detection->defended -= 2 * HZ;
	nst_wire_inject(wire, frame(wire, claim));
	expect_request(wire, 100, NST_WIRE_LOCAL);
	nst_wire_expect_nothing(wire);
	/* It is ours, whatever others say. */
	KUNIT_EXPECT_EQ(test, 0, doubts(wire));
	KUNIT_EXPECT_EQ(test, 4, nst_mib_read(wire->stack,
					      NST_MIB_ARP_CONFLICTS));
	KUNIT_EXPECT_EQ(test, 0xff, state_of(wire, NST_WIRE_LOCAL, NULL));
}

static struct kunit_case arp_cases[] = {
	KUNIT_CASE(receive__answers_a_request),
	KUNIT_CASE(receive__answers_a_probe_and_learns_nothing),
	KUNIT_CASE(receive__strong_host_answers_on_its_link_only),
	KUNIT_CASE(receive__request_from_another_network_makes_no_entry),
	KUNIT_CASE_PARAM(receive__refuses, refused_packet_gen_params),
	KUNIT_CASE(receive__refuses_truncated_packets),
	KUNIT_CASE(reply__solicited_confirms),
	KUNIT_CASE(reply__unsolicited_never_creates),
	KUNIT_CASE(reply__cannot_replace_who_was_just_confirmed),
	KUNIT_CASE(gratuitous__updates_but_never_creates),
	KUNIT_CASE(request__flood_stays_within_the_table),
	KUNIT_CASE(probe__three_questions_then_announces_twice),
	KUNIT_CASE(probe__tentative_address_is_not_answered_for),
	KUNIT_CASE_PARAM(probe__conflict_refuses_the_address,
			 conflict_gen_params),
	KUNIT_CASE(probe__waits_for_the_link),
	KUNIT_CASE(probe__ends_with_the_address),
	KUNIT_CASE(probe__off_uses_the_address_at_once),
	KUNIT_CASE(announce__on_link_up_and_station_change),
	KUNIT_CASE(link_up__probes_addresses_anew),
	KUNIT_CASE(link_up__without_arp_probe_announces),
	KUNIT_CASE(defend__once_in_ten_seconds),
	{ }
};

static struct kunit_suite arp_suite = {
	.name = "netstack_arp",
	.exit = second_link_drop,
	.test_cases = arp_cases,
};

kunit_test_suite(arp_suite);
