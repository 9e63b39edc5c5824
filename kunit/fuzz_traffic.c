// SPDX-License-Identifier: GPL-2.0
/*
 * Conversations of the suite fuzz. Described in fuzz_traffic.h.
 */
#include <linux/netstack.h>
#include <net/tcp_states.h>
#include <uapi/linux/igmp.h>

#include "../netstack/compat.h"
#include "fuzz_traffic.h"
#include "group_fixture.h"
#include "router_fixture.h"
#include "sock_fixture.h"

#define CLOCK_NS	(1000000ULL * NSEC_PER_SEC)
#define QUOTED_MAX	10
#define GROUP6(n)	IN6(0xff050000, 0, 0, n)

static const struct in6_addr group6 = GROUP6(1);

/* ---- TCP ---- */

static void offer(struct nst_tcp_test *t)
{
	nst_tcp_test_offer(t, .mss = 1000, .has_ts = true, .sack_ok = true,
			   .has_wscale = true, .wscale = 7);
}

static struct nst_tcp_test *another(struct nst_tcp_test *t)
{
	struct nst_tcp_test *next = nst_tcp_test_another(t);

	offer(next);
	return next;
}

static struct nst_tcp_test *established(struct nst_tcp_test *t)
{
	struct nst_tcp_test *next = another(t);

	nst_tcp_test_establish_passive(next);
	return next;
}

/* The first of a family, with a listener. */
static struct nst_tcp_test *first(struct nst_fuzz_traffic *traffic, u8 family)
{
	struct kunit *test = traffic->test;
	struct nst_tcp_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	t->test = test;
	t->wire = traffic->wire;
	t->family = family;
	t->window = 65535;
	t->tsval = 100;
	t->port = NST_TCP_TEST_CLIENT;
	t->local_port = NST_TCP_TEST_PORT;
	test->priv = t;
	offer(t);
	nst_tcp_test_establish_passive(t);
	return t;
}

/* A SYN that nobody answers yet. */
static void connecting(struct nst_tcp_test *t, u16 port)
{
	struct nst_tcp_test *next = another(t);
	struct sockaddr_in6 address = {
		.sin6_family = t->family,
		.sin6_port = htons(port),
	};

	next->sock = nst_tcp_test_socket(next);
	next->sk = next->sock->sk;
	next->tp = nst_tcp_sk(next->sk);
	KUNIT_ASSERT_EQ(t->test, 0, kernel_bind(next->sock, (void *)&address,
						sizeof(address)));
	KUNIT_ASSERT_EQ(t->test, 0, nst_tcp_test_connect(next));
	nst_tcp_test_out(next, NST_TCP_SYN, 0, 0, 0);
}

/* A connection in each state, and data both ways. */
static struct nst_tcp_test *talk_tcp(struct nst_fuzz_traffic *traffic,
				     u8 family)
{
	struct nst_tcp_test *t = first(traffic, family), *next;
	struct nst_wire *wire = traffic->wire;

	nst_tcp_test_in(t, NST_TCP_ACK | NST_TCP_PSH, 1, 1, 500);
	nst_tcp_test_in(t, NST_TCP_ACK, 1501, 1, 300);
	nst_tcp_test_in(t, NST_TCP_ACK | NST_TCP_URG, 2501, 1, 200,
			.urgent = 20);
	nst_tcp_test_send(t, 6000, 0);
	nst_tcp_test_in(t, NST_TCP_ACK, 501, 1, 0,
			NST_TCP_SACK({ 1001, 2001 }));
	nst_wire_discard(wire);

	nst_tcp_test_half_open(another(t));
	next = established(t);		/* FIN-WAIT-1 */
	nst_tcp_test_close(next);
	nst_wire_discard(wire);
	next = established(t);		/* FIN-WAIT-2 */
	nst_tcp_test_close(next);
	nst_wire_discard(wire);
	nst_tcp_test_in(next, NST_TCP_ACK, 1, 2, 0);
	next = established(t);		/* CLOSING */
	nst_tcp_test_close(next);
	nst_tcp_test_in(next, NST_TCP_FIN | NST_TCP_ACK, 1, 1, 0);
	nst_wire_discard(wire);
	next = established(t);		/* TIME-WAIT */
	nst_tcp_test_close(next);
	nst_tcp_test_in(next, NST_TCP_FIN | NST_TCP_ACK, 1, 2, 0);
	nst_wire_discard(wire);
	next = established(t);		/* CLOSE-WAIT */
	nst_tcp_test_in(next, NST_TCP_FIN | NST_TCP_ACK, 1, 1, 0);
	nst_wire_discard(wire);
	next = established(t);		/* LAST-ACK */
	nst_tcp_test_in(next, NST_TCP_FIN | NST_TCP_ACK, 1, 1, 0);
	nst_tcp_test_close(next);
	nst_wire_discard(wire);
	next = established(t);		/* reset */
	nst_tcp_test_in(next, NST_TCP_RST | NST_TCP_ACK, 1, 1, 0);
	nst_wire_discard(wire);
	connecting(t, 50000);
	return t;
}

/* ---- Sockets ---- */

static struct socket *open_bound(struct nst_fuzz_traffic *traffic, int type,
				 u8 family, u16 port)
{
	struct socket *sock = sock_make_protocol(traffic->test, type,
						 family == AF_INET6 ?
						 NETSTACK_IPV6 : 0);
	struct sockaddr_in6 address = {
		.sin6_family = family,
		.sin6_port = htons(port),
	};

	KUNIT_ASSERT_EQ(traffic->test, 0,
			kernel_bind(sock, (void *)&address, sizeof(address)));
	return sock;
}

static struct socket *open_udp(struct nst_fuzz_traffic *traffic, u8 family)
{
	return open_bound(traffic, SOCK_DGRAM, family, GROUP_PORT);
}

static struct socket *open_health(struct nst_fuzz_traffic *traffic, u8 family)
{
	struct socket *sock = open_bound(traffic, SOCK_STREAM, family,
					 NST_FUZZ_HEALTH_PORT);

	KUNIT_ASSERT_EQ(traffic->test, 0, kernel_listen(sock, 16));
	return sock;
}

/* A frame goes in after its checksums were made. */
static void in(struct nst_fuzz_traffic *traffic, struct sk_buff *skb)
{
	nst_fuzz_repair(skb->data, skb->len);
	nst_wire_inject(traffic->wire, skb);
	nst_wire_discard(traffic->wire);
}

static struct sk_buff *datagram(struct kunit *test, unsigned int length)
{
	struct sk_buff *skb = nst_build_pattern(test, length, 0);

	nst_build_udp(skb, &(struct nst_build_udp) {
		.sport = 5000, .dport = GROUP_PORT, .no_checksum = true });
	return skb;
}

static void talk_ipv4(struct nst_fuzz_traffic *traffic, u32 daddr,
		      const u8 *options, u8 length)
{
	struct sk_buff *skb = datagram(traffic->test, 64);

	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
		.protocol = IPPROTO_UDP, .daddr = daddr,
		.options = options, .options_len = length });
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {});
	in(traffic, skb);
}

static void talk_udp(struct nst_fuzz_traffic *traffic)
{
	static const u8 record_route[] = { 7, 15, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0,
					   0, 0, 0, 0 };
	static const u8 stamps[] = { 68, 20, 5, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0,
				     0, 0, 0, 0, 0, 0, 0 };
	static const u8 alert[] = { 148, 4, 0, 0 };
	static const u8 source_route[] = { 131, 7, 4, 10, 0, 0, 1, 0 };
	struct nst_wire *wire = traffic->wire;

	in(traffic, nst_build_frame_udp(traffic->test, 5000, GROUP_PORT,
					"hello", 5));
	in(traffic, nst_build_frame_udp(traffic->test, 5000, 9, "closed", 6));
	group_inject(wire, 1, 2, "group");
	talk_ipv4(traffic, 0, record_route, sizeof(record_route));
	talk_ipv4(traffic, 0, stamps, sizeof(stamps));
	talk_ipv4(traffic, 0, alert, sizeof(alert));
	talk_ipv4(traffic, 0, source_route, sizeof(source_route));
	talk_ipv4(traffic, FORWARD_FAR, NULL, 0);
	talk_ipv4(traffic, FORWARD_FAR, record_route, sizeof(record_route));
	talk_ipv4(traffic, FORWARD_GONE, NULL, 0);
	talk_ipv4(traffic, FORWARD_BEYOND, NULL, 0);
	talk_ipv4(traffic, 0xffffffff, NULL, 0);
}

static void fragment4(struct nst_fuzz_traffic *traffic, u16 id, u8 protocol,
		      u16 place, unsigned int length)
{
	struct sk_buff *skb = nst_build_pattern(traffic->test, length, 0);

	if (!(place & 0x1fff) && protocol == IPPROTO_UDP)
		/* No checksum: it would be of the whole. */
		nst_build_udp(skb, &(struct nst_build_udp) {
			.sport = 5000, .dport = GROUP_PORT,
			.length = 8 + 3 * length, .no_checksum = true });
	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
		.protocol = protocol, .id = id, .fragment = place });
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {});
	in(traffic, skb);
}

static void fragment6(struct nst_fuzz_traffic *traffic, u32 id, u8 nexthdr,
		      u16 place, unsigned int length)
{
	struct sk_buff *skb = nst_build_pattern(traffic->test, length, 0);

	nst_build_fragment(skb, nexthdr, place, id);
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = IPPROTO_FRAGMENT });
	in(traffic, skb);
}

/* Whole, in disorder, overlapping, never complete. */
static void talk_fragments(struct nst_fuzz_traffic *traffic)
{
	u8 protocol = IPPROTO_UDP;
	u32 id;

	for (id = 1; id <= 3; id++) {
		fragment4(traffic, id, protocol, 0x2000, 400);
		fragment4(traffic, id, protocol, 0x2000 | 408 / 8, 400);
		if (id == 2)
			fragment4(traffic, id, protocol, 0x2000 | 400 / 8, 64);
		if (id != 3)
			fragment4(traffic, id, protocol, 808 / 8, 400);
		fragment6(traffic, id, protocol, NST_IPV6_MF, 408);
		fragment6(traffic, id, protocol, 408 | NST_IPV6_MF, 400);
		if (id == 2)
			fragment6(traffic, id, protocol, 400 | NST_IPV6_MF, 64);
		if (id != 3)
			fragment6(traffic, id, protocol, 808, 400);
	}
	fragment4(traffic, 9, IPPROTO_TCP, 0x2000, 24);
	fragment4(traffic, 10, IPPROTO_ICMP, 0x1fff, 7);
	fragment6(traffic, 9, IPPROTO_ICMPV6, 0, 16);
	fragment6(traffic, 10, IPPROTO_TCP, 0xfff8, 16);
}

/* ---- IPv6 and its extension headers ---- */

static void packet6(struct nst_fuzz_traffic *traffic, struct sk_buff *skb,
		    u8 nexthdr, u8 hop_limit, const struct in6_addr *saddr,
		    const struct in6_addr *daddr)
{
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = nexthdr, .hop_limit = hop_limit,
		.saddr = saddr, .daddr = daddr });
	in(traffic, skb);
}

static void talk_ipv6(struct nst_fuzz_traffic *traffic)
{
	static const u8 alert[] = { 5, 2, 0, 0, 1, 0 };
	static const u8 pads[] = { 1, 4, 0, 0, 0, 0 };
	static const u8 unknown[] = { 0x3e, 2, 0, 0, 0, 0 };
	static const u8 routing[] = { 2, 1, 0, 0, 0, 0 };
	struct kunit *test = traffic->test;
	struct sk_buff *skb;

	packet6(traffic, datagram(test, 64), IPPROTO_UDP, 0, NULL, NULL);
	packet6(traffic, datagram(test, 64), IPPROTO_UDP, 0, NULL, &group6);
	packet6(traffic, datagram(test, 64), IPPROTO_UDP, 0, NULL,
		&forward_far6);
	packet6(traffic, datagram(test, 64), IPPROTO_UDP, 0, NULL,
		&forward_gone6);
	packet6(traffic, datagram(test, 64), IPPROTO_UDP, 0, NULL,
		&forward_beyond6);
	packet6(traffic, datagram(test, 64), IPPROTO_UDP, 1, NULL,
		&forward_far6);

	skb = datagram(test, 32);
	nst_build_extension(skb, IPPROTO_UDP, pads, sizeof(pads));
	nst_build_extension(skb, IPPROTO_DSTOPTS, alert, sizeof(alert));
	packet6(traffic, skb, IPPROTO_HOPOPTS, 0, NULL, NULL);
	skb = datagram(test, 32);
	nst_build_extension(skb, IPPROTO_UDP, routing, sizeof(routing));
	nst_build_extension(skb, IPPROTO_ROUTING, pads, sizeof(pads));
	packet6(traffic, skb, IPPROTO_HOPOPTS, 0, NULL, NULL);
	skb = datagram(test, 32);
	nst_build_extension(skb, IPPROTO_UDP, unknown, sizeof(unknown));
	packet6(traffic, skb, IPPROTO_DSTOPTS, 0, NULL, NULL);
	skb = datagram(test, 32);
	nst_build_fragment(skb, IPPROTO_DSTOPTS, 0, 99);
	nst_build_extension(skb, IPPROTO_FRAGMENT, pads, sizeof(pads));
	packet6(traffic, skb, IPPROTO_DSTOPTS, 0, NULL, &forward_far6);
	packet6(traffic, nst_build_payload(test, "x", 1), IPPROTO_NONE, 0,
		NULL, NULL);
}

/* ---- ICMP, ARP, groups ---- */

static void icmp6(struct nst_fuzz_traffic *traffic, u8 type, u8 code, u32 rest,
		  const void *data, unsigned int length, u8 hop_limit,
		  const struct in6_addr *saddr, const struct in6_addr *daddr)
{
	struct sk_buff *skb = nst_build_payload(traffic->test, data, length);

	nst_build_icmpv6(skb, &(struct nst_build_icmpv6) {
		.type = type, .code = code, .rest = rest,
		.saddr = saddr, .daddr = daddr });
	packet6(traffic, skb, IPPROTO_ICMPV6, hop_limit, saddr, daddr);
}

/* A query or a report of listeners: hop-by-hop header with router alert. */
static void mld(struct nst_fuzz_traffic *traffic, u8 type, u32 rest,
		const void *data, unsigned int length,
		const struct in6_addr *daddr)
{
	static const u8 alert[] = { 5, 2, 0, 0, 1, 0 };
	struct sk_buff *skb = nst_build_payload(traffic->test, data, length);

	nst_build_icmpv6(skb, &(struct nst_build_icmpv6) {
		.type = type, .rest = rest });
	nst_build_extension(skb, IPPROTO_ICMPV6, alert, sizeof(alert));
	packet6(traffic, skb, IPPROTO_HOPOPTS, 1, &nst_wire_peer_ll, daddr);
}

static void talk_mld(struct nst_fuzz_traffic *traffic)
{
	u8 query[36] = {};
	u8 report[36] = { 4, 0, 0, 1 };

	mld(traffic, 130, 1000 << 16, query, 16, &nst_wire_all_nodes);
	mld(traffic, 130, 1000 << 16, query, 20, &nst_wire_all_nodes);
	memcpy(query, &group6, 16);
	query[19] = 1;
	memcpy(query + 20, &nst_wire_peer6, 16);
	mld(traffic, 130, 1000 << 16, query, 36, &group6);
	mld(traffic, 131, 0, query, 16, &group6);
	mld(traffic, 132, 0, query, 16, &group6);
	memcpy(report + 4, &group6, 16);
	memcpy(report + 20, &nst_wire_peer6, 16);
	mld(traffic, 143, 1, report, 36, &group6);
}

static void igmp(struct nst_fuzz_traffic *traffic, const u8 *message,
		 unsigned int length, u32 daddr)
{
	static const u8 alert[] = { 148, 4, 0, 0 };
	struct sk_buff *skb = nst_build_payload(traffic->test, message, length);
	u8 station[ETH_ALEN];

	nst_build_ipv4(skb, &(struct nst_build_ipv4) {
		.protocol = IPPROTO_IGMP, .daddr = daddr, .ttl = 1,
		.options = alert, .options_len = sizeof(alert) });
	nst_ethernet_ipv4_group(station, htonl(daddr));
	nst_build_ethernet(skb, &(struct nst_build_ethernet) {
		.destination = station });
	in(traffic, skb);
}

static void talk_igmp(struct nst_fuzz_traffic *traffic)
{
	u8 message[16] = { 0x11 };

	igmp(traffic, message, 8, 0xe0000001);
	message[1] = 100;
	igmp(traffic, message, 8, 0xe0000001);
	igmp(traffic, message, 12, 0xe0000001);
	put_unaligned_be32(GROUP(1), message + 4);
	message[11] = 1;
	put_unaligned_be32(NST_WIRE_PEER, message + 12);
	igmp(traffic, message, 16, GROUP(1));
	message[0] = 0x16;
	igmp(traffic, message, 8, GROUP(1));
}

static void talk_icmp(struct nst_fuzz_traffic *traffic)
{
	static const u8 types[] = { ICMP_ECHO, ICMP_ECHOREPLY, ICMP_TIMESTAMP };
	struct kunit *test = traffic->test;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		in(traffic, nst_build_frame_icmp(test, &(struct nst_build_icmp) {
			.type = types[i], .rest = 0x12340001 },
			"twelve bytes", 12));
	in(traffic, nst_build_frame_arp(test, &(struct nst_build_arp) {}));
	in(traffic, nst_build_frame_arp(test, &(struct nst_build_arp) {
		.operation = 2, .target_mac = nst_wire_local_mac }));
	in(traffic, nst_build_frame_arp(test, &(struct nst_build_arp) {
		.sender_any = true, .target = NST_WIRE_OTHER }));
	in(traffic, nst_build_frame_arp(test, &(struct nst_build_arp) {
		.sender = NST_WIRE_OTHER, .target = NST_WIRE_OTHER,
		.sender_mac = nst_wire_other_mac }));
	icmp6(traffic, 128, 0, 0x12340001, "twelve bytes", 12, 0, NULL, NULL);
	icmp6(traffic, 128, 0, 0x12340001, "twelve bytes", 12, 0, NULL,
	      &nst_wire_all_nodes);
	icmp6(traffic, 129, 0, 0x12340001, "twelve bytes", 12, 0, NULL, NULL);
}

static void talk_ndp(struct nst_fuzz_traffic *traffic)
{
	static const struct in6_addr prefix = IN6(0x20010db8, 0x00070000, 0, 0);
	static const struct in6_addr asked = IN6(0xff020000, 0, 1, 0xff000001);
	struct advert_words words = {
		.lifetime = 600, .hop_limit = 64, .reachable = 30000,
		.retrans = 1000,
	};
	static const u8 route[16] = { NST_NDP_ROUTE, 2, 48, 0, 0, 0, 2, 0,
				      0x20, 1, 0xd, 0xb8, 0, 9 };
	static const u8 mtu[8] = { NST_NDP_MTU, 1, 0, 0, 0, 0, 5, 0xdc };
	static const u8 station[8] = { NST_NDP_SOURCE_LLADDR, 1, 2, 0, 0, 0, 0,
				       2 };
	u8 data[40] = {};

	memcpy(data, &nst_wire_local6, 16);
	memcpy(data + 16, station, 8);
	icmp6(traffic, 135, 0, 0, data, 24, 255, NULL, NULL);
	icmp6(traffic, 135, 0, 0, data, 24, 255, NULL, &asked);
	memcpy(data, &nst_wire_peer6, 16);
	data[16] = NST_NDP_TARGET_LLADDR;
	icmp6(traffic, 136, 0, 0x60000000, data, 24, 255, NULL, NULL);
	icmp6(traffic, 136, 0, 0x20000000, data, 24, 255, NULL,
	      &nst_wire_all_nodes);
	icmp6(traffic, 133, 0, 0, station, 8, 255, &nst_wire_peer_ll,
	      &nst_wire_all_nodes);
	memcpy(data, &nst_wire_peer_ll, 16);
	memcpy(data + 16, &forward_beyond6, 16);
	icmp6(traffic, 137, 0, 0, data, 32, 255, &nst_wire_peer_ll, NULL);

	advert_prefix(&words, &prefix, 64, 0xc0, 3600, 1800);
	advert_put(&words, route, sizeof(route));
	advert_put(&words, mtu, sizeof(mtu));
	advert_put(&words, station, sizeof(station));
	in(traffic, advert(traffic->test, &words));
	settle(traffic->wire);
	nst_wire_discard(traffic->wire);
}

/* Errors about what the stack has sent. */
static void talk_errors(struct nst_fuzz_traffic *traffic,
			const struct nst_fuzz_corpus *corpus)
{
	static const u8 kinds[][3] = {
		{ 3, 1 }, { 3, 3 }, { 3, 4, 1 }, { 11, 0 }, { 12, 0 }, { 5, 1 },
	};
	static const u8 kinds6[][3] = {
		{ 1, 0 }, { 1, 4 }, { 2, 0, 1 }, { 3, 0 }, { 4, 1 },
	};
	unsigned int i, n = 0, n6 = 0, end = corpus->count;

	for (i = 0; i < end; i++) {
		const struct nst_fuzz_frame *frame = &corpus->frames[i];
		unsigned int length = min(frame->length - ETH_HLEN, 128);
		struct nst_build_icmp icmp = { .rest = NST_WIRE_OTHER };
		const u8 *data = frame->octets + ETH_HLEN, *kind;

		if (!frame->sent)
			continue;
		if (data[0] >> 4 == 4 && n < QUOTED_MAX) {
			kind = kinds[n++ % ARRAY_SIZE(kinds)];
			icmp.type = kind[0];
			icmp.code = kind[1];
			if (kind[2])
				icmp.rest = 1400;
			in(traffic, nst_build_frame_icmp(traffic->test, &icmp,
							 data, length));
		} else if (data[0] >> 4 == 6 && n6 < QUOTED_MAX) {
			kind = kinds6[n6++ % ARRAY_SIZE(kinds6)];
			icmp6(traffic, kind[0], kind[1], kind[2] ? 1400 : 0,
			      data, length, 0, NULL, NULL);
		}
	}
}

/* ---- All of it ---- */

static void join(struct nst_fuzz_traffic *traffic)
{
	union nst_address address = nst_address_v6(&group6);
	struct nst_group_filter *all = group_filter(traffic->test, "ex");
	struct nst_stack *stack = traffic->wire->stack;

	KUNIT_ASSERT_EQ(traffic->test, 0, group_join(traffic->udp[0], 1));
	mutex_lock(&stack->config_mutex);
	KUNIT_EXPECT_EQ(traffic->test, 0,
			nst_group_change(traffic->wire->link, AF_INET6,
					 &address, NULL, all));
	mutex_unlock(&stack->config_mutex);
	nst_wire_discard(traffic->wire);
}

void nst_fuzz_traffic_begin(struct kunit *test,
			    struct nst_fuzz_traffic *traffic,
			    struct nst_fuzz_corpus *corpus, u32 seed)
{
	static const struct nst_congestion_ops * const controllers[] = {
		&nst_cubic, &nst_reno, &nst_bbr,
	};
	struct nst_config *config;
	struct nst_stack *stack;

	traffic->test = test;
	/* The same sequence numbers and timestamps each time. */
	nst_tcp_clock_hold(test);
	nst_tcp_clock_advance(div_u64(CLOCK_NS - nst_tcp_clock_ns(),
				      NSEC_PER_USEC));
	traffic->forward = forward_create(test);
	traffic->fixture = test->priv;
	traffic->wire = traffic->forward->wire;
	stack = traffic->wire->stack;
	memset(&stack->tcp->isn_secret, 1, sizeof(stack->tcp->isn_secret));
	memset(&stack->tcp->ts_secret, 2, sizeof(stack->tcp->ts_secret));

	config = &stack->config;
	config->bindv6only = 1;
	config->accept_ra = 2;
	config->accept_redirects = 1;
	config->ip_forward = seed & 1;
	config->ipv6_forwarding = seed & 1;
	config->tcp_congestion_control =
		controllers[seed / 2 % ARRAY_SIZE(controllers)];
	config->icmp_ratelimit = 0;

	corpus->count = 0;
	traffic->wire->corpus = corpus;
	traffic->udp[0] = open_udp(traffic, AF_INET);
	traffic->udp[1] = open_udp(traffic, AF_INET6);
	traffic->health[0] = open_health(traffic, AF_INET);
	traffic->health[1] = open_health(traffic, AF_INET6);
	join(traffic);
	traffic->tcp = talk_tcp(traffic, AF_INET);
	traffic->tcp6 = talk_tcp(traffic, AF_INET6);
	talk_errors(traffic, corpus);
	talk_udp(traffic);
	talk_ipv6(traffic);
	talk_fragments(traffic);
	talk_icmp(traffic);
	talk_igmp(traffic);
	talk_mld(traffic);
	talk_ndp(traffic);
	traffic->wire->corpus = NULL;
	KUNIT_ASSERT_LT_MSG(test, corpus->count, (u32)NST_FUZZ_FRAMES,
			    "the corpus has no room for all protocols");
	config->tcp_ecn = seed % 6;
	test->priv = traffic->tcp;
}

static void program(struct nst_tcp_test *t)
{
	static u8 data[4096];
	struct socket *sock;

	if (t->sock) {
		nst_tcp_test_recv(t, data, sizeof(data), 0);
		nst_tcp_test_send(t, 700, 0);
	}
	while (!kernel_accept(t->listener, &sock, O_NONBLOCK))
		sock_release(sock);
}

void nst_fuzz_traffic_go_on(struct nst_fuzz_traffic *traffic, unsigned int ms)
{
	static u8 data[2048];
	unsigned int i;

	program(traffic->tcp);
	program(traffic->tcp6);
	for (i = 0; i < 2; i++)
		while (sock_recv(traffic->udp[i], data, sizeof(data),
				 MSG_DONTWAIT) >= 0)
			;
	settle(traffic->wire);
	nst_tcp_test_wait(traffic->tcp, ms * USEC_PER_MSEC);
	nst_wire_discard(traffic->wire);
}

void nst_fuzz_traffic_end(struct nst_fuzz_traffic *traffic)
{
	if (!traffic->fixture)
		return;
	traffic->test->priv = traffic->fixture;
	traffic->fixture = NULL;
	traffic->wire->link->flags &= ~NST_LINK_TRUSTED_PEER;
	forward_exit(traffic->test);
}
