// SPDX-License-Identifier: GPL-2.0
/*
 * Unit tests of netstack/network/neighbour*.c. The tests look what timers are
 * set for and let them expire; nothing waits for them.
 */
#include "network_fixture.h"

#define RETRANS_MS	10000
#define REACHABLE_MS	60000
#define DELAY_MS	20000
#define GC_STALE_S	60

static struct nst_wire *wire_resolving(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct nst_config *config = &wire->stack->config;

	config->neigh_retrans_time_ms = RETRANS_MS;
	config->neigh_base_reachable_time_ms = REACHABLE_MS;
	config->neigh_delay_first_probe_time = DELAY_MS / MSEC_PER_SEC;
	nst_wire_add_address(wire, NST_WIRE_LOCAL, NST_WIRE_PREFIX_LEN);
	return wire;
}

static struct nst_neighbour *peer_of(struct nst_wire *wire, u32 address,
				     bool create)
{
	union nst_address peer = ipv4(address);
	struct nst_neighbour *neighbour;

	neighbour = nst_neighbour_lookup(wire->link, AF_INET, &peer, create);
	if (create)
		KUNIT_ASSERT_FALSE(wire->test, IS_ERR_OR_NULL(neighbour));
	return neighbour;
}

static u8 state_of(struct nst_wire *wire, u32 address)
{
	struct nst_neighbour *neighbour = peer_of(wire, address, false);
	u8 state;

	if (!neighbour)
		return 0xff;
	state = neighbour->state;
	nst_neighbour_put(neighbour);
	return state;
}

static void update(struct nst_wire *wire, u32 address, const u8 *lladdr,
		   u8 state, u32 flags)
{
	struct nst_neighbour *neighbour = peer_of(wire, address, true);

	nst_neighbour_update(neighbour, lladdr, state, flags);
	nst_neighbour_put(neighbour);
}

/* An IPv4 header is enough for what the neighbour cache looks at. */
static int send_to(struct nst_wire *wire, u32 address)
{
	struct sk_buff *skb = nst_build_payload(wire->test, "x", 1);
	struct nst_path path;
	int err;

	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
			.saddr = NST_WIRE_LOCAL, .daddr = address,
			.protocol = IPPROTO_UDP });
	err = path_to(wire->stack, address, 0, 0, &path);
	if (err) {
		kfree_skb(skb);
		return err;
	}
	local_bh_disable();
	rcu_read_lock();
	err = nst_path_xmit(&path, skb, htons(ETH_P_IP));
	rcu_read_unlock();
	local_bh_enable();
	nst_path_release(&path);
	return err;
}

/* Its timer is set for @ms, and @ms have passed. */
static void expire_after(struct nst_wire *wire, u32 address,
			 unsigned long since, unsigned int ms)
{
	struct nst_neighbour *neighbour = peer_of(wire, address, true);

	nst_wire_expect_due(wire, &neighbour->timer, since, ms, ms);
	KUNIT_EXPECT_TRUE(wire->test, nst_wire_expire(&neighbour->timer));
	nst_neighbour_put(neighbour);
}

/* ReachableTime has passed since the last proof. */
static void expire_reachable(struct nst_wire *wire, u32 address)
{
	struct nst_neighbour *neighbour = peer_of(wire, address, true);

	neighbour->confirmed -= msecs_to_jiffies(2 * REACHABLE_MS);
	KUNIT_EXPECT_TRUE(wire->test, nst_wire_expire(&neighbour->timer));
	nst_neighbour_put(neighbour);
}

/* Nothing is to come, however long one waits. */
static void expect_idle(struct nst_wire *wire, u32 address)
{
	struct nst_neighbour *neighbour = peer_of(wire, address, true);

	KUNIT_EXPECT_FALSE(wire->test, timer_pending(&neighbour->timer));
	nst_neighbour_put(neighbour);
	nst_wire_expect_nothing(wire);
}

static void expect_frame_to(struct nst_wire *wire, const u8 *station)
{
	struct sk_buff *skb = nst_wire_expect_ethertype(wire, ETH_P_IP);

	KUNIT_EXPECT_TRUE(wire->test,
			  ether_addr_equal(station, eth_hdr(skb)->h_dest));
	KUNIT_EXPECT_TRUE(wire->test,
			  ether_addr_equal(nst_wire_local_mac,
					   eth_hdr(skb)->h_source));
}

static void expect_question_to(struct nst_wire *wire, const u8 *station)
{
	struct sk_buff *skb = nst_wire_expect_arp(wire, ARPOP_REQUEST);

	KUNIT_EXPECT_TRUE(wire->test,
			  ether_addr_equal(station, eth_hdr(skb)->h_dest));
}

static const u8 everyone[ETH_ALEN] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

static void incomplete__asks_then_sends_what_waited(struct kunit *test)
{
	struct nst_wire *wire = wire_resolving(test);

	KUNIT_EXPECT_EQ(test, 0, send_to(wire, NST_WIRE_PEER));
	KUNIT_EXPECT_EQ(test, 0, send_to(wire, NST_WIRE_PEER));
	expect_question_to(wire, everyone);
	nst_wire_expect_nothing(wire);
	KUNIT_EXPECT_EQ(test, NUD_INCOMPLETE, state_of(wire, NST_WIRE_PEER));
	update(wire, NST_WIRE_PEER, nst_wire_peer_mac, NUD_REACHABLE,
	       NST_NEIGHBOUR_SOLICITED | NST_NEIGHBOUR_OVERRIDE);
	KUNIT_EXPECT_EQ(test, NUD_REACHABLE, state_of(wire, NST_WIRE_PEER));
	expect_frame_to(wire, nst_wire_peer_mac);
	expect_frame_to(wire, nst_wire_peer_mac);
	nst_wire_expect_nothing(wire);
}

static void incomplete__gives_up_after_three_questions(struct kunit *test)
{
	struct nst_wire *wire = wire_resolving(test);
	unsigned long before = nst_drop_read(wire->stack,
					     NST_DROP_NEIGH_FAILED);
	unsigned long since;
	unsigned int i;

	since = jiffies;
	KUNIT_EXPECT_EQ(test, 0, send_to(wire, NST_WIRE_PEER));
	for (i = 0; i < 3; i++) {
		expect_question_to(wire, everyone);
		nst_wire_expect_nothing(wire);
		KUNIT_EXPECT_EQ(test, NUD_INCOMPLETE,
				state_of(wire, NST_WIRE_PEER));
		expire_after(wire, NST_WIRE_PEER, since, RETRANS_MS);
	}
	expect_idle(wire, NST_WIRE_PEER);
	KUNIT_EXPECT_EQ(test, NUD_FAILED, state_of(wire, NST_WIRE_PEER));
	nst_wire_expect_drop(wire, NEIGH_FAILED, before);
	KUNIT_EXPECT_EQ(test, 1, nst_mib_read(wire->stack,
					      NST_MIB_NEIGH_RES_FAILED));
}

static void incomplete__asks_as_often_as_configured(struct kunit *test)
{
	struct nst_wire *wire = wire_resolving(test);
	unsigned long since = jiffies;

	wire->stack->config.neigh_mcast_solicit = 1;
	KUNIT_EXPECT_EQ(test, 0, send_to(wire, NST_WIRE_PEER));
	expect_question_to(wire, everyone);
	expire_after(wire, NST_WIRE_PEER, since, RETRANS_MS);
	expect_idle(wire, NST_WIRE_PEER);
	KUNIT_EXPECT_EQ(test, NUD_FAILED, state_of(wire, NST_WIRE_PEER));
}

static void incomplete__queue_drops_the_oldest(struct kunit *test)
{
	struct nst_wire *wire = wire_resolving(test);
	unsigned long before = nst_drop_read(wire->stack,
					     NST_DROP_NEIGH_QUEUE_FULL);
	unsigned int i;

	wire->stack->config.neigh_unres_qlen = 2;
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, 0, send_to(wire, NST_WIRE_PEER));
	nst_wire_expect_drop(wire, NEIGH_QUEUE_FULL, before);
	KUNIT_EXPECT_EQ(test, 1, nst_mib_read(wire->stack,
					      NST_MIB_NEIGH_UNRES_DISCARDS));
	expect_question_to(wire, everyone);
	update(wire, NST_WIRE_PEER, nst_wire_peer_mac, NUD_STALE, 0);
	expect_frame_to(wire, nst_wire_peer_mac);
	expect_frame_to(wire, nst_wire_peer_mac);
	nst_wire_expect_nothing(wire);
}

/* One waits however large it is; of more the oldest goes. */
static void incomplete__queue_is_bounded_in_bytes(struct kunit *test)
{
	struct nst_wire *wire = wire_resolving(test);
	struct nst_config *config = &wire->stack->config;
	struct nst_neighbour *neighbour;
	unsigned long before = nst_drop_read(wire->stack,
					     NST_DROP_NEIGH_QUEUE_FULL);
	unsigned int one, i;

	config->neigh_unres_qlen_bytes = 0;
	KUNIT_EXPECT_EQ(test, 0, send_to(wire, NST_WIRE_PEER));
	expect_question_to(wire, everyone);
	neighbour = peer_of(wire, NST_WIRE_PEER, true);
	one = neighbour->queue_bytes;
	KUNIT_EXPECT_GT(test, one, 0U);

	config->neigh_unres_qlen_bytes = 3 * one - 1;
	KUNIT_EXPECT_EQ(test, 0, send_to(wire, NST_WIRE_PEER));
	KUNIT_EXPECT_EQ(test, 2 * one, neighbour->queue_bytes);
	KUNIT_EXPECT_EQ(test, before, nst_drop_read(wire->stack,
						    NST_DROP_NEIGH_QUEUE_FULL));
	KUNIT_EXPECT_EQ(test, 0, send_to(wire, NST_WIRE_PEER));
	nst_wire_expect_drop(wire, NEIGH_QUEUE_FULL, before);
	KUNIT_EXPECT_EQ(test, 2 * one, neighbour->queue_bytes);

	/* Less is allowed now: all but the newest go. */
	config->neigh_unres_qlen_bytes = one - 1;
	KUNIT_EXPECT_EQ(test, 0, send_to(wire, NST_WIRE_PEER));
	KUNIT_EXPECT_EQ(test, one, neighbour->queue_bytes);
	KUNIT_EXPECT_EQ(test, 3, nst_mib_read(wire->stack,
					      NST_MIB_NEIGH_UNRES_DISCARDS));

	/* What is sent does not count any more. */
	for (i = 0; i < 2; i++) {
		update(wire, NST_WIRE_PEER, nst_wire_peer_mac, NUD_STALE, 0);
		expect_frame_to(wire, nst_wire_peer_mac);
		nst_wire_expect_nothing(wire);
		KUNIT_EXPECT_EQ(test, 0U, neighbour->queue_bytes);
		if (i)
			break;
		update(wire, NST_WIRE_PEER, NULL, NUD_FAILED,
		       NST_NEIGHBOUR_ADMIN);
		KUNIT_EXPECT_EQ(test, 0, send_to(wire, NST_WIRE_PEER));
		expect_question_to(wire, everyone);
		KUNIT_EXPECT_EQ(test, one, neighbour->queue_bytes);
	}
	nst_neighbour_put(neighbour);
}

static void incomplete__no_queue_refuses_the_packet(struct kunit *test)
{
	struct nst_wire *wire = wire_resolving(test);

	wire->stack->config.neigh_unres_qlen = 0;
	KUNIT_EXPECT_EQ(test, -ENOBUFS, send_to(wire, NST_WIRE_PEER));
	expect_question_to(wire, everyone);
}

static void incomplete__unsolicited_answer_proves_nothing(struct kunit *test)
{
	struct nst_wire *wire = wire_resolving(test);

	KUNIT_EXPECT_EQ(test, 0, send_to(wire, NST_WIRE_PEER));
	expect_question_to(wire, everyone);
	update(wire, NST_WIRE_PEER, nst_wire_peer_mac, NUD_REACHABLE, 0);
	/* What waited is sent, and puts it to the test. */
	KUNIT_EXPECT_EQ(test, NUD_DELAY, state_of(wire, NST_WIRE_PEER));
	expect_frame_to(wire, nst_wire_peer_mac);
}

static void incomplete__needs_a_station(struct kunit *test)
{
	struct nst_wire *wire = wire_resolving(test);

	KUNIT_EXPECT_EQ(test, 0, send_to(wire, NST_WIRE_PEER));
	update(wire, NST_WIRE_PEER, NULL, NUD_REACHABLE,
	       NST_NEIGHBOUR_SOLICITED);
	KUNIT_EXPECT_EQ(test, NUD_INCOMPLETE, state_of(wire, NST_WIRE_PEER));
}

static void failed__is_asked_for_again(struct kunit *test)
{
	struct nst_wire *wire = wire_resolving(test);

	update(wire, NST_WIRE_PEER, NULL, NUD_FAILED, NST_NEIGHBOUR_ADMIN);
	KUNIT_EXPECT_EQ(test, NUD_FAILED, state_of(wire, NST_WIRE_PEER));
	KUNIT_EXPECT_EQ(test, 0, send_to(wire, NST_WIRE_PEER));
	KUNIT_EXPECT_EQ(test, NUD_INCOMPLETE, state_of(wire, NST_WIRE_PEER));
	expect_question_to(wire, everyone);
}

static void reachable__becomes_stale_in_time(struct kunit *test)
{
	struct nst_wire *wire = wire_resolving(test);
	unsigned long since = jiffies;
	struct nst_neighbour *neighbour;

	update(wire, NST_WIRE_PEER, nst_wire_peer_mac, NUD_REACHABLE,
	       NST_NEIGHBOUR_SOLICITED);
	neighbour = peer_of(wire, NST_WIRE_PEER, false);
	KUNIT_ASSERT_NOT_NULL(test, neighbour);
	/* RFC 4861 6.3.2: between half and one and a half of the base. */
	nst_wire_expect_due(wire, &neighbour->timer, since, REACHABLE_MS / 2,
			    REACHABLE_MS * 3 / 2);
	nst_neighbour_put(neighbour);
	KUNIT_EXPECT_EQ(test, NUD_REACHABLE, state_of(wire, NST_WIRE_PEER));
	expire_reachable(wire, NST_WIRE_PEER);
	KUNIT_EXPECT_EQ(test, NUD_STALE, state_of(wire, NST_WIRE_PEER));
	expect_idle(wire, NST_WIRE_PEER);
}

static void reachable__stays_while_confirmed(struct kunit *test)
{
	struct nst_wire *wire = wire_resolving(test);
	struct nst_neighbour *neighbour;
	unsigned int i;

	neighbour = peer_of(wire, NST_WIRE_PEER, true);
	nst_neighbour_update(neighbour, nst_wire_peer_mac, NUD_REACHABLE,
			     NST_NEIGHBOUR_SOLICITED);
	for (i = 0; i < 20; i++) {
		neighbour->confirmed -= msecs_to_jiffies(2 * REACHABLE_MS);
		nst_neighbour_confirm(neighbour);
		KUNIT_EXPECT_TRUE(test, nst_wire_expire(&neighbour->timer));
		KUNIT_EXPECT_EQ(test, NUD_REACHABLE, neighbour->state);
		KUNIT_EXPECT_TRUE(test, timer_pending(&neighbour->timer));
	}
	nst_neighbour_put(neighbour);
}

static void stale__delays_then_probes_the_station(struct kunit *test)
{
	struct nst_wire *wire = wire_resolving(test);
	unsigned long since = jiffies;
	unsigned int i;

	update(wire, NST_WIRE_PEER, nst_wire_peer_mac, NUD_STALE, 0);
	expect_idle(wire, NST_WIRE_PEER);
	KUNIT_EXPECT_EQ(test, 0, send_to(wire, NST_WIRE_PEER));
	KUNIT_EXPECT_EQ(test, NUD_DELAY, state_of(wire, NST_WIRE_PEER));
	expect_frame_to(wire, nst_wire_peer_mac);
	nst_wire_expect_nothing(wire);
	expire_after(wire, NST_WIRE_PEER, since, DELAY_MS);
	for (i = 0; i < 3; i++) {
		expect_question_to(wire, nst_wire_peer_mac);
		nst_wire_expect_nothing(wire);
		KUNIT_EXPECT_EQ(test, NUD_PROBE,
				state_of(wire, NST_WIRE_PEER));
		expire_after(wire, NST_WIRE_PEER, since, RETRANS_MS);
	}
	KUNIT_EXPECT_EQ(test, NUD_FAILED, state_of(wire, NST_WIRE_PEER));
	expect_idle(wire, NST_WIRE_PEER);
}

static void confirm__ends_doubt_without_a_question(struct kunit *test)
{
	static const u8 states[] = { NUD_STALE, NUD_DELAY, NUD_PROBE };
	struct nst_wire *wire = wire_resolving(test);
	struct nst_neighbour *neighbour;
	unsigned int i;

	neighbour = peer_of(wire, NST_WIRE_PEER, true);
	for (i = 0; i < ARRAY_SIZE(states); i++) {
		nst_neighbour_update(neighbour, nst_wire_peer_mac, states[i],
				     NST_NEIGHBOUR_ADMIN);
		KUNIT_EXPECT_EQ(test, states[i], neighbour->state);
		nst_neighbour_confirm(neighbour);
		KUNIT_EXPECT_EQ(test, NUD_REACHABLE, neighbour->state);
	}
	nst_neighbour_put(neighbour);
}

static void confirm__proves_nothing_of_an_unknown_station(struct kunit *test)
{
	struct nst_wire *wire = wire_resolving(test);
	struct nst_neighbour *neighbour;

	neighbour = peer_of(wire, NST_WIRE_PEER, true);
	nst_neighbour_confirm(neighbour);
	KUNIT_EXPECT_EQ(test, NUD_NONE, neighbour->state);
	nst_neighbour_update(neighbour, nst_wire_peer_mac, NUD_PERMANENT,
			     NST_NEIGHBOUR_ADMIN);
	nst_neighbour_confirm(neighbour);
	KUNIT_EXPECT_EQ(test, NUD_PERMANENT, neighbour->state);
	nst_neighbour_put(neighbour);
}

static void probe__answer_confirms(struct kunit *test)
{
	struct nst_wire *wire = wire_resolving(test);
	struct nst_neighbour *neighbour;
	unsigned long since = jiffies;

	update(wire, NST_WIRE_PEER, nst_wire_peer_mac, NUD_PROBE,
	       NST_NEIGHBOUR_ADMIN);
	expect_question_to(wire, nst_wire_peer_mac);
	update(wire, NST_WIRE_PEER, nst_wire_peer_mac, NUD_REACHABLE,
	       NST_NEIGHBOUR_SOLICITED);
	KUNIT_EXPECT_EQ(test, NUD_REACHABLE, state_of(wire, NST_WIRE_PEER));
	nst_wire_expect_nothing(wire);
	/* The next question's time has become that of reachability. */
	neighbour = peer_of(wire, NST_WIRE_PEER, true);
	nst_wire_expect_due(wire, &neighbour->timer, since, REACHABLE_MS / 2,
			    REACHABLE_MS * 3 / 2);
	nst_neighbour_put(neighbour);
	expire_reachable(wire, NST_WIRE_PEER);
	expect_idle(wire, NST_WIRE_PEER);
}

/* RFC 4861 7.2.5, with the station known to be nst_wire_peer_mac. */
struct update_case {
	const char *what;
	u8 from;
	bool other;
	u8 state;
	u32 flags;
	u8 to;
	bool taken;
};

#define SOLICITED	NST_NEIGHBOUR_SOLICITED
#define OVERRIDE	NST_NEIGHBOUR_OVERRIDE

static const struct update_case update_cases[] = {
	{ "same, solicited", NUD_STALE, false, NUD_REACHABLE, SOLICITED,
	  NUD_REACHABLE, false },
	{ "same, unsolicited", NUD_REACHABLE, false, NUD_STALE, OVERRIDE,
	  NUD_REACHABLE, false },
	{ "other, override", NUD_REACHABLE, true, NUD_STALE, OVERRIDE,
	  NUD_STALE, true },
	{ "other, override, solicited", NUD_PROBE, true, NUD_REACHABLE,
	  OVERRIDE | SOLICITED, NUD_REACHABLE, true },
	{ "other, no override", NUD_REACHABLE, true, NUD_REACHABLE, SOLICITED,
	  NUD_STALE, false },
	{ "other, no override, in doubt", NUD_PROBE, true, NUD_REACHABLE,
	  SOLICITED, NUD_PROBE, false },
	{ "claims to be an answer", NUD_STALE, true, NUD_REACHABLE, OVERRIDE,
	  NUD_STALE, true },
	{ "permanent stays", NUD_PERMANENT, true, NUD_REACHABLE,
	  OVERRIDE | SOLICITED, NUD_PERMANENT, false },
	{ "administrator changes permanent", NUD_PERMANENT, true,
	  NUD_REACHABLE, NST_NEIGHBOUR_ADMIN, NUD_REACHABLE, true },
	{ "administrator fails it", NUD_REACHABLE, false, NUD_FAILED,
	  NST_NEIGHBOUR_ADMIN, NUD_FAILED, false },
	{ "administrator cannot forget", NUD_REACHABLE, false, NUD_INCOMPLETE,
	  NST_NEIGHBOUR_ADMIN, NUD_REACHABLE, false },
};

static void update_case_name(const struct update_case *update, char *name)
{
	strscpy(name, update->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(update, update_cases, update_case_name);

static void update__what_overrides_what(struct kunit *test)
{
	const struct update_case *c = test->param_value;
	struct nst_wire *wire = wire_resolving(test);
	struct nst_neighbour *neighbour;

	neighbour = peer_of(wire, NST_WIRE_PEER, true);
	nst_neighbour_update(neighbour, nst_wire_peer_mac, c->from,
			     NST_NEIGHBOUR_ADMIN);
	KUNIT_EXPECT_EQ(test, c->from, neighbour->state);
	nst_neighbour_update(neighbour, c->other ? nst_wire_other_mac :
						   nst_wire_peer_mac,
			     c->state, c->flags);
	KUNIT_EXPECT_EQ(test, c->to, neighbour->state);
	KUNIT_EXPECT_EQ(test, c->taken,
			ether_addr_equal(neighbour->lladdr,
					 nst_wire_other_mac));
	nst_neighbour_put(neighbour);
}

static void lookup__does_not_create_unless_told(struct kunit *test)
{
	struct nst_wire *wire = wire_resolving(test);

	KUNIT_EXPECT_NULL(test, peer_of(wire, NST_WIRE_PEER, false));
	KUNIT_EXPECT_EQ(test, 0, nst_mib_read(wire->stack,
					      NST_MIB_NEIGH_ALLOCS));
}

static void lookup__refuses_link_that_is_down(struct kunit *test)
{
	struct nst_wire *wire = wire_resolving(test);
	union nst_address peer = ipv4(NST_WIRE_PEER);
	int refs;

	link_flags(wire->link, 0, NST_LINK_CARRIER);
	refs = refcount_read(&wire->link->refs);
	KUNIT_EXPECT_EQ(test, -ENETDOWN,
			PTR_ERR_OR_ZERO(nst_neighbour_lookup(wire->link,
							     AF_INET, &peer,
							     true)));
	KUNIT_EXPECT_EQ(test, refs, refcount_read(&wire->link->refs));
}

static void fill(struct nst_wire *wire, u32 first, unsigned int count,
		 u8 state)
{
	for (; count; count--, first++)
		update(wire, first, nst_wire_peer_mac, state,
		       state == NUD_REACHABLE ? NST_NEIGHBOUR_SOLICITED : 0);
}

static unsigned int entries(struct nst_wire *wire)
{
	return nst_mib_read(wire->stack, NST_MIB_NEIGH_ALLOCS) -
	       nst_mib_read(wire->stack, NST_MIB_NEIGH_DESTROYS);
}

static void table__is_bounded_and_evicts_the_unproven(struct kunit *test)
{
	struct nst_wire *wire = wire_resolving(test);

	wire->stack->config.neigh_max = 64;
	wire->stack->config.neigh_base_reachable_time_ms = 3600000;
	update(wire, 0x0a000064, nst_wire_peer_mac, NUD_PERMANENT,
	       NST_NEIGHBOUR_ADMIN);
	fill(wire, 0x0a000065, 10, NUD_REACHABLE);
	fill(wire, 0x0a010000, 500, NUD_STALE);
	KUNIT_EXPECT_LE(test, entries(wire), 64);
	KUNIT_EXPECT_NE(test, 0, nst_mib_read(wire->stack,
					      NST_MIB_NEIGH_FORCED_GC));
	KUNIT_EXPECT_EQ(test, NUD_PERMANENT, state_of(wire, 0x0a000064));
	KUNIT_EXPECT_EQ(test, NUD_REACHABLE, state_of(wire, 0x0a000065));
	KUNIT_EXPECT_EQ(test, NUD_REACHABLE, state_of(wire, 0x0a00006e));
	/* The last of the flood is there, the first is not. */
	KUNIT_EXPECT_EQ(test, NUD_STALE, state_of(wire, 0x0a0101f3));
	KUNIT_EXPECT_EQ(test, 0xff, state_of(wire, 0x0a010000));
}

static void table__proven_entries_outlive_a_flood(struct kunit *test)
{
	struct nst_wire *wire = wire_resolving(test);
	unsigned int i;

	wire->stack->config.neigh_max = 64;
	fill(wire, 0x0a000065, 10, NUD_REACHABLE);
	for (i = 0; i < 10; i++)
		expire_reachable(wire, 0x0a000065 + i);
	KUNIT_EXPECT_EQ(test, NUD_STALE, state_of(wire, 0x0a000065));
	fill(wire, 0x0a010000, 500, NUD_STALE);
	KUNIT_EXPECT_EQ(test, NUD_STALE, state_of(wire, 0x0a000065));
	KUNIT_EXPECT_EQ(test, NUD_STALE, state_of(wire, 0x0a00006e));
}

static void table__full_of_entries_in_use_refuses(struct kunit *test)
{
	struct nst_wire *wire = wire_resolving(test);
	union nst_address peer = ipv4(NST_WIRE_PEER);

	wire->stack->config.neigh_max = 8;
	wire->stack->config.neigh_base_reachable_time_ms = 3600000;
	fill(wire, 0x0a000065, 8, NUD_REACHABLE);
	KUNIT_EXPECT_EQ(test, -ENOBUFS,
			PTR_ERR_OR_ZERO(nst_neighbour_lookup(wire->link,
							     AF_INET, &peer,
							     true)));
	KUNIT_EXPECT_EQ(test, 8, entries(wire));
	KUNIT_EXPECT_EQ(test, 1, nst_mib_read(wire->stack,
					      NST_MIB_NEIGH_TABLE_FULLS));
}

/* It was neither used nor changed for more than GC_STALE_S seconds. */
static void rest(struct nst_wire *wire, u32 address)
{
	struct nst_neighbour *neighbour = peer_of(wire, address, true);
	unsigned long time = (GC_STALE_S + 1) * HZ;

	neighbour->used -= time;
	neighbour->updated -= time;
	nst_neighbour_put(neighbour);
}

static void table__collects_what_nobody_uses(struct kunit *test)
{
	struct nst_wire *wire = wire_resolving(test);
	struct nst_neighbour *kept;
	unsigned int ms;
	u32 address;

	/* The first entry has collection come in a second. */
	wire->stack->config.neigh_gc_stale_time = 1;
	fill(wire, 0x0a000065, 4, NUD_STALE);
	wire->stack->config.neigh_gc_stale_time = GC_STALE_S;
	update(wire, 0x0a000064, nst_wire_peer_mac, NUD_PERMANENT,
	       NST_NEIGHBOUR_ADMIN);
	/* All but the last were not used for long; one is held. */
	for (address = 0x0a000064; address < 0x0a000068; address++)
		rest(wire, address);
	kept = peer_of(wire, 0x0a000066, false);
	for (ms = 0; ms < 3500 && entries(wire) > 3; ms += 20)
		nst_wire_wait(20);
	KUNIT_EXPECT_EQ(test, 0xff, state_of(wire, 0x0a000065));
	KUNIT_EXPECT_EQ(test, NUD_STALE, state_of(wire, 0x0a000066));
	KUNIT_EXPECT_EQ(test, 0xff, state_of(wire, 0x0a000067));
	KUNIT_EXPECT_EQ(test, NUD_STALE, state_of(wire, 0x0a000068));
	KUNIT_EXPECT_EQ(test, NUD_PERMANENT, state_of(wire, 0x0a000064));
	KUNIT_EXPECT_EQ(test, 3, entries(wire));
	nst_neighbour_put(kept);
}

static void link_down__forgets_all_but_permanent(struct kunit *test)
{
	struct nst_wire *wire = wire_resolving(test);
	unsigned long before = nst_drop_read(wire->stack,
					     NST_DROP_LINK_DOWN);

	fill(wire, 0x0a000065, 3, NUD_REACHABLE);
	update(wire, 0x0a000064, nst_wire_peer_mac, NUD_PERMANENT,
	       NST_NEIGHBOUR_ADMIN);
	KUNIT_EXPECT_EQ(test, 0, send_to(wire, NST_WIRE_PEER));
	link_flags(wire->link, 0, NST_LINK_CARRIER);
	KUNIT_EXPECT_EQ(test, 1, entries(wire));
	KUNIT_EXPECT_EQ(test, NUD_PERMANENT, state_of(wire, 0x0a000064));
	nst_wire_expect_drop(wire, LINK_DOWN, before);
}

static void del__ends_timer_queue_and_references(struct kunit *test)
{
	struct nst_wire *wire = wire_resolving(test);
	int refs = refcount_read(&wire->link->refs);
	union nst_address peer = ipv4(NST_WIRE_PEER);
	struct nst_neighbour *neighbour;

	KUNIT_EXPECT_EQ(test, 0, send_to(wire, NST_WIRE_PEER));
	expect_question_to(wire, everyone);
	neighbour = peer_of(wire, NST_WIRE_PEER, false);
	/* Table, timer and we. */
	KUNIT_EXPECT_EQ(test, 3, refcount_read(&neighbour->refs));
	KUNIT_EXPECT_EQ(test, 0, nst_neighbour_del(wire->link, AF_INET,
						   &peer));
	KUNIT_EXPECT_EQ(test, 1, refcount_read(&neighbour->refs));
	KUNIT_EXPECT_TRUE(test, neighbour->dead);
	KUNIT_EXPECT_EQ(test, 0, skb_queue_len(&neighbour->queue));
	KUNIT_EXPECT_FALSE(test, timer_pending(&neighbour->timer));
	nst_neighbour_put(neighbour);
	KUNIT_EXPECT_EQ(test, refs, refcount_read(&wire->link->refs));
	KUNIT_EXPECT_EQ(test, -ENOENT, nst_neighbour_del(wire->link, AF_INET,
							 &peer));
	nst_wire_expect_nothing(wire);
}

static void path_xmit__deleted_neighbour_is_found_anew(struct kunit *test)
{
	struct nst_wire *wire = wire_resolving(test);
	struct sk_buff *skb = nst_build_payload(test, "x", 1);
	union nst_address peer = ipv4(NST_WIRE_PEER);
	struct nst_path path;

	update(wire, NST_WIRE_PEER, nst_wire_peer_mac, NUD_REACHABLE,
	       NST_NEIGHBOUR_SOLICITED);
	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
			.saddr = NST_WIRE_LOCAL, .daddr = NST_WIRE_PEER });
	KUNIT_ASSERT_EQ(test, 0, path_to(wire->stack, NST_WIRE_PEER, 0, 0,
					 &path));
	KUNIT_EXPECT_EQ(test, 0, nst_neighbour_del(wire->link, AF_INET,
						   &peer));
	local_bh_disable();
	rcu_read_lock();
	KUNIT_EXPECT_EQ(test, 0, nst_path_xmit(&path, skb, htons(ETH_P_IP)));
	rcu_read_unlock();
	local_bh_enable();
	KUNIT_EXPECT_FALSE(test, nst_path_valid(wire->stack, &path));
	nst_path_release(&path);
	expect_question_to(wire, everyone);
	update(wire, NST_WIRE_PEER, nst_wire_peer_mac, NUD_REACHABLE,
	       NST_NEIGHBOUR_SOLICITED);
	expect_frame_to(wire, nst_wire_peer_mac);
}

static void path_xmit__groups_are_addressed_by_rule(struct kunit *test)
{
	static const u8 group[] = { 0x01, 0x00, 0x5e, 0x7f, 0x02, 0x03 };
	struct nst_wire *wire = wire_resolving(test);

	KUNIT_EXPECT_EQ(test, 0, send_to(wire, 0xefff0203));
	expect_frame_to(wire, group);
	KUNIT_EXPECT_EQ(test, 0, send_to(wire, 0xffffffff));
	expect_frame_to(wire, everyone);
	KUNIT_EXPECT_EQ(test, 0, send_to(wire, 0x0a0000ff));
	expect_frame_to(wire, everyone);
	KUNIT_EXPECT_EQ(test, 0, nst_mib_read(wire->stack,
					      NST_MIB_NEIGH_ALLOCS));
}

static void path_xmit__link_without_arp_asks_nobody(struct kunit *test)
{
	struct nst_wire *wire = wire_resolving(test);
	struct nst_link *second = second_link(wire, NST_LINK_NOARP);
	struct nst_path path;

	KUNIT_EXPECT_EQ(test, 0, address_add(second, 0x0a010001, 24, 0));
	KUNIT_ASSERT_EQ(test, 0, path_to(wire->stack, 0x0a010002, 0, 0,
					 &path));
	KUNIT_EXPECT_EQ(test, NUD_NOARP, path.neighbour->state);
	nst_path_release(&path);
}

struct walk {
	unsigned int visited;
	unsigned int stop_at;
};

static int visit(struct nst_neighbour *neighbour, void *data)
{
	struct walk *walk = data;

	if (walk->visited == walk->stop_at)
		return -EMSGSIZE;
	walk->visited++;
	return 0;
}

static void walk__resumes_where_it_stopped(struct kunit *test)
{
	struct nst_wire *wire = wire_resolving(test);
	struct walk walk = { .stop_at = 7 };
	unsigned long cursor = 0;

	fill(wire, 0x0a000064, 20, NUD_STALE);
	KUNIT_EXPECT_EQ(test, -EMSGSIZE,
			nst_neighbour_walk(wire->stack, &cursor, visit,
					   &walk));
	KUNIT_EXPECT_EQ(test, 7, walk.visited);
	walk.stop_at = 100;
	KUNIT_EXPECT_EQ(test, 0,
			nst_neighbour_walk(wire->stack, &cursor, visit,
					   &walk));
	KUNIT_EXPECT_EQ(test, 20, walk.visited);
}

static struct kunit_case neighbour_cases[] = {
	KUNIT_CASE(incomplete__asks_then_sends_what_waited),
	KUNIT_CASE(incomplete__gives_up_after_three_questions),
	KUNIT_CASE(incomplete__asks_as_often_as_configured),
	KUNIT_CASE(incomplete__queue_drops_the_oldest),
	KUNIT_CASE(incomplete__queue_is_bounded_in_bytes),
	KUNIT_CASE(incomplete__no_queue_refuses_the_packet),
	KUNIT_CASE(incomplete__unsolicited_answer_proves_nothing),
	KUNIT_CASE(incomplete__needs_a_station),
	KUNIT_CASE(failed__is_asked_for_again),
	KUNIT_CASE(reachable__becomes_stale_in_time),
	KUNIT_CASE(reachable__stays_while_confirmed),
	KUNIT_CASE(stale__delays_then_probes_the_station),
	KUNIT_CASE(confirm__ends_doubt_without_a_question),
	KUNIT_CASE(confirm__proves_nothing_of_an_unknown_station),
	KUNIT_CASE(probe__answer_confirms),
	KUNIT_CASE_PARAM(update__what_overrides_what, update_gen_params),
	KUNIT_CASE(lookup__does_not_create_unless_told),
	KUNIT_CASE(lookup__refuses_link_that_is_down),
	KUNIT_CASE(table__is_bounded_and_evicts_the_unproven),
	KUNIT_CASE(table__proven_entries_outlive_a_flood),
	KUNIT_CASE(table__full_of_entries_in_use_refuses),
	KUNIT_CASE(table__collects_what_nobody_uses),
	KUNIT_CASE(link_down__forgets_all_but_permanent),
	KUNIT_CASE(del__ends_timer_queue_and_references),
	KUNIT_CASE(path_xmit__deleted_neighbour_is_found_anew),
	KUNIT_CASE(path_xmit__groups_are_addressed_by_rule),
	KUNIT_CASE(path_xmit__link_without_arp_asks_nobody),
	KUNIT_CASE(walk__resumes_where_it_stopped),
	{ }
};

static struct kunit_suite neighbour_suite = {
	.name = "netstack_neighbour",
	.exit = second_link_drop,
	.test_cases = neighbour_cases,
};

kunit_test_suite(neighbour_suite);
