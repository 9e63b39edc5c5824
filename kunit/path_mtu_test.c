// SPDX-License-Identifier: GPL-2.0
/*
 * Path MTUs that were learned (RFC 1191, RFC 8201): what is believed, for how
 * long, how much of it, and who notices.
 */
#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <linux/ipv6.h>

#include "../netstack/network/ipv4.h"
#include "../netstack/network/path_mtu.h"
#include "network_fixture.h"
#include "sock_fixture.h"

#define PORT		4000
#define GATEWAY		NST_WIRE_PEER
#define REMOTE		0xc0000201	/* 192.0.2.1, behind the gateway */
#define ELSEWHERE	0xc0000202
#define BIG		1400		/* bytes of a datagram's payload */

/* A wire whose peer is the gateway to all the world. */
static struct nst_wire *routed(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create_ipv4(test);

	KUNIT_ASSERT_EQ(test, 0, route_add(wire->stack, (struct route_words) {
		.via = GATEWAY }));
	return wire;
}

/* What a path to @daddr takes, and whether packets may be fragmented. */
static struct nst_path look(struct nst_wire *wire, u32 daddr)
{
	struct nst_path path = {}, seen;

	KUNIT_ASSERT_EQ(wire->test, 0,
			path_to(wire->stack, daddr, 0, 0, &path));
	seen = path;
	nst_path_release(&path);
	return seen;
}

static u32 mtu_to(struct nst_wire *wire, u32 daddr)
{
	return look(wire, daddr).mtu;
}

static struct nst_path_mtus *table(const struct nst_wire *wire)
{
	return wire->stack->path_mtus;
}

/*
 * An error about a packet to @daddr that is known to be ours. The paths were
 * not made stale lately: nothing that is learned waits for the timer.
 */
static bool learn(struct nst_wire *wire, u32 daddr, u32 mtu)
{
	struct nst_path path = {};
	bool learned;

	table(wire)->told = jiffies - HZ;
	KUNIT_ASSERT_EQ(wire->test, 0,
			path_to(wire->stack, daddr, 0, 0, &path));
	learned = nst_path_mtu_learn(wire->stack, &path, mtu);
	nst_path_release(&path);
	return learned;
}

/* What was learned of @daddr, or NULL. */
static struct nst_path_mtu *entry_of(struct nst_wire *wire, u32 daddr)
{
	const union nst_address wanted = ipv4(daddr);
	struct nst_path_mtu *entry = NULL;

	rcu_read_lock();
	while ((entry = nst_path_mtu_next_rcu(wire->stack, entry)))
		if (nst_address_equal(&entry->daddr, &wanted))
			break;
	rcu_read_unlock();
	return entry;
}

/* So many seconds of its life are over. */
static void grow_older(struct nst_wire *wire, u32 daddr, unsigned int seconds)
{
	struct nst_path_mtu *entry = entry_of(wire, daddr);

	KUNIT_ASSERT_NOT_NULL(wire->test, entry);
	WRITE_ONCE(entry->expires, entry->expires - seconds * HZ);
}

static u32 generation(const struct nst_wire *wire)
{
	const struct nst_routes_head *head =
		(const struct nst_routes_head *)wire->stack->routes;

	return READ_ONCE(head->generation);
}

static void learn__is_of_one_destination(struct kunit *test)
{
	struct nst_wire *wire = routed(test);

	KUNIT_EXPECT_TRUE(test, learn(wire, REMOTE, 1000));
	KUNIT_EXPECT_EQ(test, 1000u, mtu_to(wire, REMOTE));
	KUNIT_EXPECT_FALSE(test, look(wire, REMOTE).mtu_lock);
	KUNIT_EXPECT_EQ(test, 1500u, mtu_to(wire, ELSEWHERE));
	KUNIT_EXPECT_EQ(test, 1500u, mtu_to(wire, GATEWAY));
}

static void learn__is_of_one_gateway_and_link(struct kunit *test)
{
	struct nst_wire *wire = routed(test);
	struct nst_link *second = second_link(wire, 0);
	struct nst_path path = {};

	KUNIT_ASSERT_EQ(test, 0, address_add(second, 0x0a010001, 24, 0));
	learn(wire, REMOTE, 1000);
	KUNIT_ASSERT_EQ(test, 0, path_to(wire->stack, REMOTE, 0,
					 NST_SECOND_INDEX, &path));
	KUNIT_EXPECT_EQ(test, second->mtu, path.mtu);
	nst_path_release(&path);
	KUNIT_ASSERT_EQ(test, 0, route_set(wire->stack, (struct route_words) {
		.via = NST_WIRE_OTHER }, true, NULL));
	KUNIT_EXPECT_EQ(test, 1500u, mtu_to(wire, REMOTE));
	/* Back to the first: it is the same way again. */
	KUNIT_ASSERT_EQ(test, 0, route_set(wire->stack, (struct route_words) {
		.via = GATEWAY }, true, NULL));
	KUNIT_EXPECT_EQ(test, 1000u, mtu_to(wire, REMOTE));
}

static void learn__never_raises(struct kunit *test)
{
	struct nst_wire *wire = routed(test);
	struct nst_path stale = {};

	KUNIT_EXPECT_FALSE(test, learn(wire, REMOTE, 1501));
	KUNIT_EXPECT_FALSE(test, learn(wire, REMOTE, 65535));
	KUNIT_EXPECT_FALSE(test, learn(wire, REMOTE, 1500));
	KUNIT_EXPECT_EQ(test, 0u, table(wire)->count);
	KUNIT_ASSERT_EQ(test, 0, path_to(wire->stack, REMOTE, 0, 0, &stale));
	KUNIT_EXPECT_TRUE(test, learn(wire, REMOTE, 1000));
	KUNIT_EXPECT_FALSE(test, learn(wire, REMOTE, 1200));
	KUNIT_EXPECT_EQ(test, 1000u, mtu_to(wire, REMOTE));
	/* Nor by the word of a path that knows less. */
	KUNIT_EXPECT_TRUE(test, nst_path_mtu_learn(wire->stack, &stale, 1200));
	KUNIT_EXPECT_EQ(test, 1000u, stale.mtu);
	nst_path_release(&stale);
	KUNIT_EXPECT_EQ(test, 1000u, mtu_to(wire, REMOTE));
}

/* Attack 10. */
static void learn__has_a_floor(struct kunit *test)
{
	struct nst_wire *wire = routed(test);

	KUNIT_EXPECT_TRUE(test, learn(wire, REMOTE, 552));
	KUNIT_EXPECT_FALSE(test, look(wire, REMOTE).mtu_lock);
	KUNIT_EXPECT_TRUE(test, learn(wire, ELSEWHERE, 551));
	KUNIT_EXPECT_EQ(test, 552u, mtu_to(wire, ELSEWHERE));
	/* What is still too long, routers may cut. */
	KUNIT_EXPECT_TRUE(test, look(wire, ELSEWHERE).mtu_lock);
	KUNIT_EXPECT_FALSE(test, learn(wire, ELSEWHERE, 68));
	KUNIT_EXPECT_TRUE(test, learn(wire, REMOTE, 0));
	KUNIT_EXPECT_EQ(test, 552u, mtu_to(wire, REMOTE));
	KUNIT_EXPECT_TRUE(test, look(wire, REMOTE).mtu_lock);

	wire->stack->config.ip_route_min_pmtu = 1000;
	KUNIT_EXPECT_TRUE(test, learn(wire, NST_WIRE_PEER, 600));
	KUNIT_EXPECT_EQ(test, 1000u, mtu_to(wire, NST_WIRE_PEER));
}

static void learn__floor_is_no_more_than_the_link(struct kunit *test)
{
	struct nst_wire *wire = routed(test);

	mutex_lock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, 0, nst_link_set_mtu(wire->link, 500));
	mutex_unlock(&wire->stack->config_mutex);
	KUNIT_EXPECT_TRUE(test, learn(wire, REMOTE, 300));
	KUNIT_EXPECT_EQ(test, 500u, mtu_to(wire, REMOTE));
	KUNIT_EXPECT_TRUE(test, look(wire, REMOTE).mtu_lock);
}

/* A path of IPv6 as the table needs it. */
static struct nst_path path_v6(struct nst_wire *wire, u8 last)
{
	struct nst_path path = {
		.link = wire->link,
		.mtu = 1500,
		.family = AF_INET6,
		.type = RTN_UNICAST,
	};

	path.daddr.v6 = (struct in6_addr){ .s6_addr = { 0x20, 0x01, 0x0d, 0xb8,
							[15] = last } };
	return path;
}

static u32 mtu_to_v6(struct nst_wire *wire, u8 last)
{
	struct nst_path path = path_v6(wire, last);

	rcu_read_lock();
	nst_path_mtu_apply_rcu(wire->stack, &path.daddr, &path);
	rcu_read_unlock();
	return path.mtu;
}

/* RFC 8201 4: below the minimum of IPv6 an error says nothing. */
static void learn__of_ipv6(struct kunit *test)
{
	struct nst_wire *wire = routed(test);
	struct nst_path path = path_v6(wire, 1);

	KUNIT_EXPECT_FALSE(test,
			   nst_path_mtu_learn(wire->stack, &path, 1279));
	KUNIT_EXPECT_FALSE(test, nst_path_mtu_learn(wire->stack, &path, 0));
	KUNIT_EXPECT_FALSE(test,
			   nst_path_mtu_learn(wire->stack, &path, U32_MAX));
	KUNIT_EXPECT_EQ(test, 1500u, mtu_to_v6(wire, 1));
	KUNIT_EXPECT_TRUE(test, nst_path_mtu_learn(wire->stack, &path, 1280));
	KUNIT_EXPECT_EQ(test, 1280u, path.mtu);
	KUNIT_EXPECT_FALSE(test, path.mtu_lock);
	KUNIT_EXPECT_EQ(test, 1280u, mtu_to_v6(wire, 1));
	KUNIT_EXPECT_EQ(test, 1500u, mtu_to_v6(wire, 2));
}

static void learn__leaves_a_locked_mtu(struct kunit *test)
{
	struct nst_wire *wire = routed(test);
	struct nst_route_config config = route_config((struct route_words) {
		.via = GATEWAY, .mtu = 1300 });

	config.metrics.mtu_lock = true;
	mutex_lock(&wire->stack->config_mutex);
	KUNIT_ASSERT_EQ(test, 0, nst_route_add(wire->stack, &config, true,
					       NULL));
	mutex_unlock(&wire->stack->config_mutex);
	KUNIT_EXPECT_FALSE(test, learn(wire, REMOTE, 1000));
	KUNIT_EXPECT_EQ(test, 1300u, mtu_to(wire, REMOTE));
	KUNIT_EXPECT_EQ(test, 0u, table(wire)->count);
}

static void learn__before_the_lock_counts_no_more(struct kunit *test)
{
	struct nst_wire *wire = routed(test);
	struct nst_route_config config = route_config((struct route_words) {
		.via = GATEWAY, .mtu = 1300 });

	learn(wire, REMOTE, 1000);
	config.metrics.mtu_lock = true;
	mutex_lock(&wire->stack->config_mutex);
	KUNIT_ASSERT_EQ(test, 0, nst_route_add(wire->stack, &config, true,
					       NULL));
	mutex_unlock(&wire->stack->config_mutex);
	KUNIT_EXPECT_EQ(test, 1300u, mtu_to(wire, REMOTE));
}

static void learn__only_of_hosts_beyond_the_link(struct kunit *test)
{
	struct nst_wire *wire = routed(test);

	KUNIT_EXPECT_FALSE(test, learn(wire, NST_WIRE_LOCAL, 1000));
	KUNIT_EXPECT_FALSE(test, learn(wire, 0x7f000001, 1000));
	KUNIT_EXPECT_FALSE(test, learn(wire, 0xe0000101, 1000));
	KUNIT_EXPECT_FALSE(test, learn(wire, 0x0a0000ff, 1000));
	KUNIT_EXPECT_EQ(test, 0u, table(wire)->count);
}

/* RFC 1191 6.3. */
static void age__forgets_in_ten_minutes(struct kunit *test)
{
	struct nst_wire *wire = routed(test);
	unsigned long since = jiffies;
	u32 before;

	learn(wire, REMOTE, 1000);
	nst_wire_expect_due(wire, &table(wire)->timer, since, 600000, 600000);
	grow_older(wire, REMOTE, 599);
	KUNIT_EXPECT_EQ(test, 1000u, mtu_to(wire, REMOTE));
	grow_older(wire, REMOTE, 1);
	/* New paths do not wait for the timer, others are told by it. */
	KUNIT_EXPECT_EQ(test, 1500u, mtu_to(wire, REMOTE));
	table(wire)->told = jiffies - HZ;
	before = generation(wire);
	KUNIT_EXPECT_TRUE(test, nst_wire_expire(&table(wire)->timer));
	KUNIT_EXPECT_NE(test, before, generation(wire));
	KUNIT_EXPECT_EQ(test, 0u, table(wire)->count);
	KUNIT_EXPECT_FALSE(test, timer_pending(&table(wire)->timer));
}

static void age__leaves_what_is_young(struct kunit *test)
{
	struct nst_wire *wire = routed(test);
	unsigned long since;
	u32 before;

	learn(wire, REMOTE, 1000);
	learn(wire, ELSEWHERE, 1100);
	grow_older(wire, REMOTE, 600);
	since = jiffies;
	table(wire)->told = jiffies - HZ;
	KUNIT_EXPECT_TRUE(test, nst_wire_expire(&table(wire)->timer));
	KUNIT_EXPECT_PTR_EQ(test, NULL, entry_of(wire, REMOTE));
	KUNIT_EXPECT_EQ(test, 1100u, mtu_to(wire, ELSEWHERE));
	nst_wire_expect_due(wire, &table(wire)->timer, since, 590000, 600000);
	/* No more than a walk a second, however many are due. */
	WRITE_ONCE(entry_of(wire, ELSEWHERE)->expires, jiffies + HZ / 2);
	before = generation(wire);
	since = jiffies;
	KUNIT_EXPECT_TRUE(test, nst_wire_expire(&table(wire)->timer));
	nst_wire_expect_due(wire, &table(wire)->timer, since, 1000, 1000);
	KUNIT_EXPECT_EQ(test, before, generation(wire));
}

static void age__is_configured_by_family(struct kunit *test)
{
	struct nst_wire *wire = routed(test);
	struct nst_path path = path_v6(wire, 1);
	unsigned long since = jiffies;

	wire->stack->config.ip_route_mtu_expires = 7200;
	wire->stack->config.ip6_route_mtu_expires = 3600;
	learn(wire, REMOTE, 1000);
	nst_wire_expect_due(wire, &table(wire)->timer, since, 7200000, 7200000);
	table(wire)->told = jiffies - HZ;
	nst_path_mtu_learn(wire->stack, &path, 1300);
	nst_wire_expect_due(wire, &table(wire)->timer, since, 3600000, 3600000);
}

static void learn__again_prolongs_the_second_half(struct kunit *test)
{
	struct nst_wire *wire = routed(test);
	unsigned long expires;
	u32 before;

	learn(wire, REMOTE, 1000);
	grow_older(wire, REMOTE, 200);
	expires = entry_of(wire, REMOTE)->expires;
	before = generation(wire);
	KUNIT_EXPECT_FALSE(test, learn(wire, REMOTE, 1000));
	KUNIT_EXPECT_EQ(test, expires, entry_of(wire, REMOTE)->expires);
	grow_older(wire, REMOTE, 200);
	KUNIT_EXPECT_FALSE(test, learn(wire, REMOTE, 1000));
	KUNIT_EXPECT_TRUE(test, time_after(entry_of(wire, REMOTE)->expires,
					   expires));
	/* Nothing is new to anybody. */
	KUNIT_EXPECT_EQ(test, before, generation(wire));
}

static void learn__after_its_time_begins_anew(struct kunit *test)
{
	struct nst_wire *wire = routed(test);

	learn(wire, REMOTE, 600);
	grow_older(wire, REMOTE, 600);
	KUNIT_EXPECT_TRUE(test, learn(wire, REMOTE, 1400));
	KUNIT_EXPECT_EQ(test, 1400u, mtu_to(wire, REMOTE));
	KUNIT_EXPECT_EQ(test, 1u, table(wire)->count);
}

static void table__is_bounded_and_drops_the_oldest(struct kunit *test)
{
	struct nst_wire *wire = routed(test);
	unsigned int i;

	wire->stack->config.path_mtu_max = 4;
	for (i = 0; i < 4; i++)
		learn(wire, REMOTE + i, 1000);
	/* Told again, the first is the youngest. */
	learn(wire, REMOTE, 999);
	learn(wire, REMOTE + 4, 1000);
	KUNIT_EXPECT_EQ(test, 4u, table(wire)->count);
	KUNIT_EXPECT_EQ(test, 999u, mtu_to(wire, REMOTE));
	KUNIT_EXPECT_EQ(test, 1500u, mtu_to(wire, REMOTE + 1));
	KUNIT_EXPECT_EQ(test, 1000u, mtu_to(wire, REMOTE + 2));
	KUNIT_EXPECT_EQ(test, 1000u, mtu_to(wire, REMOTE + 4));
	/* A bound that was lowered counts from the next one on. */
	wire->stack->config.path_mtu_max = 2;
	learn(wire, REMOTE + 5, 1000);
	KUNIT_EXPECT_EQ(test, 2u, table(wire)->count);
	KUNIT_EXPECT_EQ(test, 1000u, mtu_to(wire, REMOTE + 5));
}

static void table__may_be_forbidden(struct kunit *test)
{
	struct nst_wire *wire = routed(test);
	struct nst_path path = {};

	wire->stack->config.path_mtu_max = 0;
	KUNIT_ASSERT_EQ(test, 0, path_to(wire->stack, REMOTE, 0, 0, &path));
	/* Who learns it knows it. */
	KUNIT_EXPECT_TRUE(test, nst_path_mtu_learn(wire->stack, &path, 1000));
	KUNIT_EXPECT_EQ(test, 1000u, path.mtu);
	nst_path_release(&path);
	KUNIT_EXPECT_EQ(test, 1500u, mtu_to(wire, REMOTE));
}

/* A flood of errors does not have every socket look for its path each time. */
static void learn__tells_others_ten_times_a_second(struct kunit *test)
{
	struct nst_wire *wire = routed(test);
	u32 before = generation(wire);
	struct nst_path path;
	unsigned int i;

	learn(wire, REMOTE, 1400);
	KUNIT_EXPECT_EQ(test, before + 1, generation(wire));
	/* It was a while in the future, however slow the machine is. */
	table(wire)->told = jiffies + 100 * HZ;
	for (i = 1; i < 100; i++) {
		path = path_v6(wire, i);
		nst_path_mtu_learn(wire->stack, &path, 1400 - i);
	}
	KUNIT_EXPECT_EQ(test, 100u, table(wire)->count);
	KUNIT_EXPECT_EQ(test, before + 1, generation(wire));
	KUNIT_EXPECT_TRUE(test, table(wire)->untold);
	KUNIT_EXPECT_EQ(test, table(wire)->told + HZ / 10,
			table(wire)->timer.expires);
	table(wire)->told = jiffies - HZ;
	KUNIT_EXPECT_TRUE(test, nst_wire_expire(&table(wire)->timer));
	KUNIT_EXPECT_EQ(test, before + 2, generation(wire));
	KUNIT_EXPECT_FALSE(test, table(wire)->untold);
}

static void forget__what_is_asked_for(struct kunit *test)
{
	const union nst_address remote = ipv4(REMOTE);
	struct nst_wire *wire = routed(test);
	struct nst_path path = path_v6(wire, 1);
	u32 before;

	nst_path_mtu_learn(wire->stack, &path, 1300);
	learn(wire, REMOTE, 1000);
	learn(wire, ELSEWHERE, 1000);
	before = generation(wire);
	nst_path_mtu_forget(wire->stack, AF_INET, &remote, 0);
	KUNIT_EXPECT_NE(test, before, generation(wire));
	KUNIT_EXPECT_EQ(test, 1500u, mtu_to(wire, REMOTE));
	KUNIT_EXPECT_EQ(test, 1000u, mtu_to(wire, ELSEWHERE));
	before = generation(wire);
	nst_path_mtu_forget(wire->stack, AF_INET, NULL, NST_SECOND_INDEX);
	KUNIT_EXPECT_EQ(test, before, generation(wire));
	nst_path_mtu_forget(wire->stack, AF_INET, NULL, 0);
	KUNIT_EXPECT_EQ(test, 1500u, mtu_to(wire, ELSEWHERE));
	KUNIT_EXPECT_EQ(test, 1300u, mtu_to_v6(wire, 1));
	nst_path_mtu_forget(wire->stack, AF_UNSPEC, NULL, 0);
	KUNIT_EXPECT_EQ(test, 0u, table(wire)->count);
}

static void forget__with_the_link(struct kunit *test)
{
	struct nst_wire *wire = routed(test);

	learn(wire, REMOTE, 1000);
	link_flags(wire->link, 0, NST_LINK_CARRIER);
	KUNIT_EXPECT_EQ(test, 1u, table(wire)->count);
	link_flags(wire->link, 0, NST_LINK_UP);
	KUNIT_EXPECT_EQ(test, 0u, table(wire)->count);
}

/* ---- datagrams ---- */

static struct socket *datagram(struct kunit *test, int discover)
{
	struct socket *sock = sock_make(test, SOCK_DGRAM);

	KUNIT_ASSERT_EQ(test, 0, sock_bind(sock, 0, PORT));
	sock_nst(sock)->ip_mtu_discover = discover;
	return sock;
}

/* ICMP says that a datagram from @sport to @daddr was longer than @mtu. */
static void too_big(struct nst_wire *wire, u32 daddr, u16 sport, u32 mtu)
{
	const struct nst_build_udp udp = {
		.sport = sport,
		.dport = 7,
		.saddr = NST_WIRE_LOCAL,
		.daddr = daddr,
	};
	struct sk_buff *skb = nst_build_payload(wire->test, "sent", 4);

	nst_build_udp(skb, &udp);
	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
		.protocol = IPPROTO_UDP,
		.saddr = NST_WIRE_LOCAL,
		.daddr = daddr,
		.fragment = IP_DF,
		.total_len = 1400,
	});
	nst_build_icmp(skb, &(struct nst_build_icmp) {
		.type = ICMP_DEST_UNREACH, .code = ICMP_FRAG_NEEDED,
		.rest = mtu });
	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
		.protocol = IPPROTO_ICMP });
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {});
	nst_wire_inject(wire, skb);
}

static int send_big(struct socket *sock, u32 daddr)
{
	static const u8 data[BIG];

	return sock_send(sock, daddr, 7, data, sizeof(data), 0);
}

/*
 * What is sent to REMOTE as one datagram comes as @pieces, the first with the
 * flags @flags.
 */
static void expect_pieces(struct nst_wire *wire, unsigned int pieces, u16 flags)
{
	struct sk_buff *skb;
	unsigned int i;

	for (i = 0; i < pieces; i++) {
		skb = nst_wire_expect_ipv4(wire, IPPROTO_UDP);
		if (!i)
			KUNIT_EXPECT_EQ(wire->test, (int)flags,
					ntohs(ip_hdr(skb)->frag_off) &
					(NST_IPV4_DF | NST_IPV4_MF));
	}
	nst_wire_expect_nothing(wire);
}

static void datagram__unconnected_socket_learns(struct kunit *test)
{
	struct nst_wire *wire = routed(test);
	struct socket *sock = datagram(test, IP_PMTUDISC_WANT);

	KUNIT_EXPECT_EQ(test, BIG, send_big(sock, REMOTE));
	expect_pieces(wire, 1, NST_IPV4_DF);
	too_big(wire, REMOTE, PORT, 1000);
	/* It is not told: it did not ask. */
	KUNIT_EXPECT_EQ(test, 0, sock->sk->sk_err);
	KUNIT_EXPECT_EQ(test, BIG, send_big(sock, REMOTE));
	expect_pieces(wire, 2, NST_IPV4_MF);
	KUNIT_EXPECT_EQ(test, BIG, send_big(sock, ELSEWHERE));
	expect_pieces(wire, 1, NST_IPV4_DF);
}

/* Attack 10. */
static void datagram__forged_error_is_nothing(struct kunit *test)
{
	struct nst_wire *wire = routed(test);
	struct socket *sock = datagram(test, IP_PMTUDISC_WANT);

	too_big(wire, REMOTE, PORT + 1, 1000);
	KUNIT_EXPECT_EQ(test, 0u, table(wire)->count);
	KUNIT_ASSERT_EQ(test, 0, sock_connect(sock, REMOTE, 7));
	too_big(wire, ELSEWHERE, PORT, 1000);
	KUNIT_EXPECT_EQ(test, 0u, table(wire)->count);
	too_big(wire, REMOTE, PORT, 1000);
	KUNIT_EXPECT_EQ(test, 1u, table(wire)->count);
}

static void echo__error_about_it_is_nothing(struct kunit *test)
{
	struct nst_wire *wire = routed(test);
	struct sk_buff *skb = nst_build_payload(test, "sent", 4);

	nst_build_icmp(skb, &(struct nst_build_icmp) { .type = ICMP_ECHO });
	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
		.protocol = IPPROTO_ICMP,
		.saddr = NST_WIRE_LOCAL,
		.daddr = REMOTE,
	});
	nst_build_icmp(skb, &(struct nst_build_icmp) {
		.type = ICMP_DEST_UNREACH, .code = ICMP_FRAG_NEEDED,
		.rest = 1000 });
	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
		.protocol = IPPROTO_ICMP });
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {});
	/* For ping sockets, of which none has asked. */
	nst_wire_inject(wire, skb);
	KUNIT_EXPECT_EQ(test, 0u, table(wire)->count);
}

/* RFC 1191 5, 7.1: from 1400 the next plateau is 1006. */
static void datagram__old_router_says_nothing(struct kunit *test)
{
	struct nst_wire *wire = routed(test);

	datagram(test, IP_PMTUDISC_WANT);
	too_big(wire, REMOTE, PORT, 0);
	KUNIT_EXPECT_EQ(test, 1006u, mtu_to(wire, REMOTE));
	KUNIT_EXPECT_FALSE(test, look(wire, REMOTE).mtu_lock);
}

static void discovery__is_configured(struct kunit *test)
{
	struct nst_wire *wire = routed(test);
	struct nst_config *config = &wire->stack->config;

	datagram(test, IP_PMTUDISC_WANT);
	config->ip_no_pmtu_disc = 2;
	too_big(wire, REMOTE, PORT, 1000);
	config->ip_no_pmtu_disc = 3;
	too_big(wire, REMOTE, PORT, 1000);
	KUNIT_EXPECT_EQ(test, 0u, table(wire)->count);
	config->ip_no_pmtu_disc = 1;
	too_big(wire, REMOTE, PORT, 1000);
	KUNIT_EXPECT_EQ(test, 552u, mtu_to(wire, REMOTE));
	KUNIT_EXPECT_TRUE(test, look(wire, REMOTE).mtu_lock);
}

/* A connected socket that did not hear of the error itself. */
static void datagram__cached_path_notices(struct kunit *test)
{
	struct nst_wire *wire = routed(test);
	struct socket *sock = datagram(test, IP_PMTUDISC_WANT);
	struct socket *other = sock_make(test, SOCK_DGRAM);

	KUNIT_ASSERT_EQ(test, 0, sock_connect(other, REMOTE, 9));
	KUNIT_EXPECT_EQ(test, BIG, send_big(other, 0));
	expect_pieces(wire, 1, NST_IPV4_DF);
	KUNIT_EXPECT_TRUE(test, nst_path_valid(wire->stack,
					       &sock_nst(other)->path));
	sock_send(sock, REMOTE, 7, "x", 1, 0);
	expect_pieces(wire, 1, NST_IPV4_DF);
	too_big(wire, REMOTE, PORT, 1000);
	KUNIT_EXPECT_FALSE(test, nst_path_valid(wire->stack,
						&sock_nst(other)->path));
	KUNIT_EXPECT_EQ(test, BIG, send_big(other, 0));
	expect_pieces(wire, 2, NST_IPV4_MF);
}

/* One row for each mode of IP_MTU_DISCOVER: ip(7). */
struct mode {
	int discover;
	bool learns;
	int sent;		/* of BIG bytes, when the path takes 1000 */
	unsigned int pieces;
	u16 flags;
};

static const struct mode modes[] = {
	{ IP_PMTUDISC_DONT, true, BIG, 2, NST_IPV4_MF },
	{ IP_PMTUDISC_WANT, true, BIG, 2, NST_IPV4_MF },
	{ IP_PMTUDISC_DO, true, -EMSGSIZE, 0, 0 },
	{ IP_PMTUDISC_PROBE, true, BIG, 1, NST_IPV4_DF },
	{ IP_PMTUDISC_INTERFACE, false, BIG, 1, 0 },
	{ IP_PMTUDISC_OMIT, false, BIG, 1, 0 },
};

static void try_mode(struct nst_wire *wire, const struct mode *mode,
		     bool connected)
{
	struct socket *sock = datagram(wire->test, mode->discover);
	u32 daddr = connected ? 0 : REMOTE;

	if (connected)
		KUNIT_ASSERT_EQ(wire->test, 0, sock_connect(sock, REMOTE, 7));
	too_big(wire, REMOTE, PORT, 1000);
	sock->sk->sk_err = 0;
	KUNIT_EXPECT_EQ(wire->test, mode->learns,
			mtu_to(wire, REMOTE) == 1000);
	/* Whoever does not learn it may know it from others. */
	learn(wire, REMOTE, 1000);
	KUNIT_EXPECT_EQ(wire->test, mode->sent, send_big(sock, daddr));
	expect_pieces(wire, mode->pieces, mode->flags);
}

#define MODE_TEST(name, row, connected)					\
static void name(struct kunit *test)					\
{									\
	KUNIT_ASSERT_EQ(test, row, modes[row].discover);		\
	try_mode(routed(test), &modes[row], connected);			\
}

MODE_TEST(mode__dont_cuts, IP_PMTUDISC_DONT, false)
MODE_TEST(mode__want_cuts, IP_PMTUDISC_WANT, true)
MODE_TEST(mode__do_refuses, IP_PMTUDISC_DO, true)
MODE_TEST(mode__do_refuses_unconnected, IP_PMTUDISC_DO, false)
MODE_TEST(mode__probe_ignores, IP_PMTUDISC_PROBE, true)
MODE_TEST(mode__interface_ignores_without_df, IP_PMTUDISC_INTERFACE, true)
MODE_TEST(mode__omit_ignores_without_df, IP_PMTUDISC_OMIT, false)

/* Below the floor even IP_PMTUDISC_WANT lets routers cut. */
static void mode__want_below_the_floor_has_no_df(struct kunit *test)
{
	struct nst_wire *wire = routed(test);
	struct socket *sock = datagram(test, IP_PMTUDISC_WANT);

	too_big(wire, REMOTE, PORT, 300);
	KUNIT_EXPECT_EQ(test, 1, sock_send(sock, REMOTE, 7, "x", 1, 0));
	expect_pieces(wire, 1, 0);
	sock_nst(sock)->ip_mtu_discover = IP_PMTUDISC_DO;
	KUNIT_EXPECT_EQ(test, 1, sock_send(sock, REMOTE, 7, "x", 1, 0));
	expect_pieces(wire, 1, NST_IPV4_DF);
}

static struct kunit_case path_mtu_cases[] = {
	KUNIT_CASE(learn__is_of_one_destination),
	KUNIT_CASE(learn__is_of_one_gateway_and_link),
	KUNIT_CASE(learn__never_raises),
	KUNIT_CASE(learn__has_a_floor),
	KUNIT_CASE(learn__floor_is_no_more_than_the_link),
	KUNIT_CASE(learn__of_ipv6),
	KUNIT_CASE(learn__leaves_a_locked_mtu),
	KUNIT_CASE(learn__before_the_lock_counts_no_more),
	KUNIT_CASE(learn__only_of_hosts_beyond_the_link),
	KUNIT_CASE(age__forgets_in_ten_minutes),
	KUNIT_CASE(age__leaves_what_is_young),
	KUNIT_CASE(age__is_configured_by_family),
	KUNIT_CASE(learn__again_prolongs_the_second_half),
	KUNIT_CASE(learn__after_its_time_begins_anew),
	KUNIT_CASE(table__is_bounded_and_drops_the_oldest),
	KUNIT_CASE(table__may_be_forbidden),
	KUNIT_CASE(learn__tells_others_ten_times_a_second),
	KUNIT_CASE(forget__what_is_asked_for),
	KUNIT_CASE(forget__with_the_link),
	KUNIT_CASE(datagram__unconnected_socket_learns),
	KUNIT_CASE(datagram__forged_error_is_nothing),
	KUNIT_CASE(echo__error_about_it_is_nothing),
	KUNIT_CASE(datagram__old_router_says_nothing),
	KUNIT_CASE(discovery__is_configured),
	KUNIT_CASE(datagram__cached_path_notices),
	KUNIT_CASE(mode__dont_cuts),
	KUNIT_CASE(mode__want_cuts),
	KUNIT_CASE(mode__do_refuses),
	KUNIT_CASE(mode__do_refuses_unconnected),
	KUNIT_CASE(mode__probe_ignores),
	KUNIT_CASE(mode__interface_ignores_without_df),
	KUNIT_CASE(mode__omit_ignores_without_df),
	KUNIT_CASE(mode__want_below_the_floor_has_no_df),
	{}
};

static struct kunit_suite path_mtu_suite = {
	.name = "netstack_path_mtu",
	.exit = second_link_drop,
	.test_cases = path_mtu_cases,
};

kunit_test_suite(path_mtu_suite);
