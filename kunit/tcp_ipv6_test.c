// SPDX-License-Identifier: GPL-2.0
/*
 * TCP over IPv6: the same machine as over IPv4, so here is what depends on
 * the family: sizes, checksums, addresses, flow labels, and each place that
 * sends or receives without a socket.
 */
#include "../netstack/network/address.h"
#include "../netstack/network/pseudo_sum.h"
#include "../netstack/socket/socket.h"
#include "tcp_fixture.h"
#include "wire_ipv6.h"

#define SYN_ACK	(NST_TCP_SYN | NST_TCP_ACK)
#define FIN_ACK	(NST_TCP_FIN | NST_TCP_ACK)
/* RFC 6691 2: the MTU without 40 of IPv6 and 20 of TCP. */
#define MSS	(NST_WIRE_MTU - 60)

static __be32 label_of(const struct sk_buff *skb)
{
	return nst_ipv6_flow_label(ipv6_hdr(skb));
}

static void connect__offers_what_fits_an_ipv6_packet(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, 0, nst_tcp_test_connect(t));
	nst_tcp_test_out(t, NST_TCP_SYN, 0, 0, 0, NST_TCP_OPTIONS(.mss = MSS));
}

static void connect__data_goes_both_ways(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u8 data[16];

	nst_tcp_test_offer(t, .mss = 4000);
	nst_tcp_test_establish(t);
	KUNIT_EXPECT_EQ(test, 2 * MSS, nst_tcp_test_send(t, 2 * MSS, 0));
	nst_tcp_test_expect_data(t, 1, MSS);
	nst_tcp_test_expect_push(t, 1 + MSS, MSS);
	nst_tcp_test_ack(t, 1 + 2 * MSS);
	nst_tcp_test_in(t, NST_TCP_ACK | NST_TCP_PSH, 1, 1 + 2 * MSS, 16);
	KUNIT_EXPECT_EQ(test, 16, nst_tcp_test_recv(t, data, 16, 0));
}

static void connect__all_segments_have_one_label(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	__be32 label;

	KUNIT_ASSERT_EQ(test, 0, nst_tcp_test_connect(t));
	label = label_of(nst_tcp_test_out(t, NST_TCP_SYN, 0, 0, 0));
	KUNIT_EXPECT_NE(test, 0u, (__force u32)label);
	nst_tcp_test_in(t, SYN_ACK, 0, 1, 0);
	KUNIT_EXPECT_EQ(test, (__force u32)label,
			(__force u32)label_of(nst_tcp_test_out(t, NST_TCP_ACK,
							       1, 1, 0)));
	nst_tcp_test_send(t, 10, 0);
	KUNIT_EXPECT_EQ(test, (__force u32)label,
			(__force u32)label_of(nst_tcp_test_expect_push(t, 1,
								       10)));
}

static void connect__no_label_when_switched_off(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->wire->stack->config.auto_flowlabels = 0;
	KUNIT_ASSERT_EQ(test, 0, nst_tcp_test_connect(t));
	KUNIT_EXPECT_EQ(test, 0u,
			(__force u32)label_of(nst_tcp_test_out(t, NST_TCP_SYN,
							       0, 0, 0)));
}

static void connect__traffic_class_is_ipv6s(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct sk_buff *skb;

	t->tp->nst.tos = 0x40;
	nst_sock_ipv6(&t->tp->nst)->tclass = 0x20;
	nst_sock_ipv6(&t->tp->nst)->hop_limit = 7;
	KUNIT_ASSERT_EQ(test, 0, nst_tcp_test_connect(t));
	skb = nst_tcp_test_out(t, NST_TCP_SYN, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, 0x620u, (u32)ntohl(*(__be32 *)ipv6_hdr(skb)) >> 20);
	KUNIT_EXPECT_EQ(test, 7, (int)ipv6_hdr(skb)->hop_limit);
}

/* RFC 5014: IPV6_ADDR_PREFERENCES, before a source is chosen. */
static void connect__from_the_address_that_is_preferred(struct kunit *test)
{
	struct nst_address_config temporary = {
		.family = AF_INET6,
		.prefix_len = 64,
		.no_probe = true,
		.flags = NST_ADDRESS_TEMPORARY,
		.address.v6 = IN6(0x20010db8, 0, 0, 0x77),
	};
	struct nst_tcp_test *t = test->priv;
	int val = IPV6_PREFER_SRC_TMP;

	mutex_lock(&t->wire->stack->config_mutex);
	KUNIT_ASSERT_EQ(test, 0, nst_address_add(t->wire->link, &temporary,
						 NULL));
	mutex_unlock(&t->wire->stack->config_mutex);
	nst_wire_discard(t->wire);
	KUNIT_EXPECT_EQ(test, 0,
			nst_ipv6_setsockopt(t->sk, SOL_IPV6,
					    IPV6_ADDR_PREFERENCES,
					    KERNEL_SOCKPTR(&val),
					    sizeof(val)));
	KUNIT_ASSERT_EQ(test, 0, nst_tcp_test_connect(t));
	NST_EXPECT_IN6_EQ(test, &temporary.address.v6,
			  &t->tp->nst.flow.laddr.v6);
}

/* RFC 8201: what a router says of a segment in flight. */
static void connect__heeds_packet_too_big(struct kunit *test)
{
	struct nst_icmp_error error = {
		.type = ICMPV6_PKT_TOOBIG,
		.errno = EMSGSIZE,
		.info = NST_IPV6_MTU_MIN,
	};
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_offer(t, .mss = 4000);
	nst_tcp_test_establish(t);
	nst_tcp_test_send(t, MSS, 0);
	nst_tcp_test_expect_push(t, 1, MSS);
	nst_tcp_test_icmp(t, 1, &error);
	nst_tcp_test_expect_data(t, 1, NST_IPV6_MTU_MIN - 60);
	KUNIT_EXPECT_EQ(test, NST_IPV6_MTU_MIN - 60, (int)t->tp->mss_cache);
}

/* RFC 8201 4: no path is narrower, and who says so is not believed. */
static void connect__no_path_is_below_1280(struct kunit *test)
{
	struct nst_icmp_error error = {
		.type = ICMPV6_PKT_TOOBIG,
		.errno = EMSGSIZE,
		.info = 600,
	};
	struct nst_tcp_test *t = test->priv;
	u32 mss;

	nst_tcp_test_offer(t, .mss = 4000);
	nst_tcp_test_establish(t);
	nst_tcp_test_send(t, MSS, 0);
	nst_tcp_test_expect_push(t, 1, MSS);
	mss = t->tp->mss_cache;
	nst_tcp_test_icmp(t, 1, &error);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, mss, t->tp->mss_cache);
}

static void connect__refused_by_rst(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, 0, nst_tcp_test_connect(t));
	nst_tcp_test_out(t, NST_TCP_SYN, 0, 0, 0);
	nst_tcp_test_in(t, NST_TCP_RST | NST_TCP_ACK, 0, 1, 0);
	KUNIT_EXPECT_EQ(test, ECONNREFUSED, t->sk->sk_err);
	KUNIT_EXPECT_EQ(test, TCP_CLOSE, (int)t->sk->sk_state);
}

static void connect__super_packets_are_of_ipv6(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct sk_buff *skb;

	nst_tcp_test_offer(t, .mss = 1000);
	t->wire->link->features |= NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_TSO6;
	t->wire->link->gso_max_size = 65536;
	t->wire->link->gso_max_segs = 64;
	t->wire->stack->config.tcp_min_tso_segs = 64;
	nst_tcp_test_establish(t);
	nst_tcp_test_send(t, 4000, 0);
	skb = nst_tcp_test_expect_push(t, 1, 4000);
	KUNIT_EXPECT_EQ(test, (unsigned int)SKB_GSO_TCPV6,
			skb_shinfo(skb)->gso_type & SKB_GSO_TCPV6);
	KUNIT_EXPECT_EQ(test, 1000, (int)skb_shinfo(skb)->gso_size);
}

static struct kunit_case tcp_ipv6_connect_cases[] = {
	KUNIT_CASE(connect__offers_what_fits_an_ipv6_packet),
	KUNIT_CASE(connect__data_goes_both_ways),
	KUNIT_CASE(connect__all_segments_have_one_label),
	KUNIT_CASE(connect__no_label_when_switched_off),
	KUNIT_CASE(connect__traffic_class_is_ipv6s),
	KUNIT_CASE(connect__from_the_address_that_is_preferred),
	KUNIT_CASE(connect__heeds_packet_too_big),
	KUNIT_CASE(connect__no_path_is_below_1280),
	KUNIT_CASE(connect__refused_by_rst),
	KUNIT_CASE(connect__super_packets_are_of_ipv6),
	{}
};

static struct kunit_suite tcp_ipv6_connect_suite = {
	.name = "netstack_tcp_ipv6_connect",
	.init = nst_tcp_test_init6,
	.test_cases = tcp_ipv6_connect_cases,
};

static void listen__makes_a_socket_of_ipv6(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u8 data[10];

	nst_tcp_test_listen(t, 5);
	nst_tcp_test_syn(t);
	nst_tcp_test_out(t, SYN_ACK, 0, 1, 0, NST_TCP_OPTIONS(.mss = MSS));
	nst_tcp_test_ack(t, 1);
	nst_tcp_test_accept(t);
	KUNIT_EXPECT_EQ(test, AF_INET6, (int)t->tp->nst.family);
	KUNIT_EXPECT_EQ(test, AF_INET6, (int)t->tp->nst.flow.family);
	KUNIT_EXPECT_EQ(test, 0, memcmp(&t->tp->nst.flow.raddr,
					&nst_wire_peer6, 16));
	nst_tcp_test_in(t, NST_TCP_ACK | NST_TCP_PSH, 1, 1, 10);
	KUNIT_EXPECT_EQ(test, 10, nst_tcp_test_recv(t, data, 10, 0));
}

static void listen__answers_have_the_label_of_the_flow(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	__be32 label;

	nst_tcp_test_listen(t, 5);
	nst_tcp_test_syn(t);
	label = label_of(nst_tcp_test_out(t, SYN_ACK, 0, 1, 0));
	nst_tcp_test_ack(t, 1);
	nst_tcp_test_accept(t);
	nst_tcp_test_send(t, 10, 0);
	KUNIT_EXPECT_EQ(test, (__force u32)label,
			(__force u32)label_of(nst_tcp_test_expect_push(t, 1,
								       10)));
}

static void listen__cookies_work(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_tcp *tcp = t->wire->stack->tcp;

	t->wire->stack->config.tcp_syncookies = 2;
	nst_tcp_test_listen(t, 5);
	nst_tcp_test_syn(t);
	nst_tcp_test_out(t, SYN_ACK, 0, 1, 0);
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&tcp->requests));
	nst_tcp_test_ack(t, 1);
	nst_tcp_test_accept(t);
	KUNIT_EXPECT_EQ(test, TCP_ESTABLISHED, (int)t->sk->sk_state);
	nst_tcp_test_send(t, 10, 0);
	nst_tcp_test_expect_push(t, 1, 10);
}

static void receive__checksum_covers_the_addresses(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_build_tcp tcp = {
		.sport = t->port,
		.dport = t->local_port,
		.flags = NST_TCP_SYN,
	};
	struct sk_buff *skb;

	nst_tcp_test_listen(t, 5);
	/* The builder's is for addresses of IPv4. */
	skb = nst_build_payload(test, NULL, 0);
	nst_build_tcp(skb, &tcp);
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = IPPROTO_TCP,
	});
	nst_wire_inject(t->wire, skb);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, 1ul, nst_mib_read(t->wire->stack,
						NST_MIB_TCP_IN_CSUM_ERRORS));
}

static void receive__nobody_resets(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct sk_buff *skb;

	nst_tcp_test_in(t, NST_TCP_ACK, 0, 4711, 0);
	skb = nst_tcp_test_out(t, NST_TCP_RST, 4711, 0, 0, .window_zero = true);
	KUNIT_EXPECT_NE(test, 0u, (__force u32)label_of(skb));
	KUNIT_EXPECT_EQ(test, 0, memcmp(&ipv6_hdr(skb)->daddr,
					&nst_wire_peer6, 16));
}

/* RFC 4007: the answer leaves by the link, where no route says so. */
static void receive__resets_on_the_link(struct kunit *test)
{
	const union nst_address saddr = nst_address_v6(&nst_wire_peer_ll);
	const union nst_address daddr = nst_address_v6(&nst_wire_local_ll);
	struct nst_tcp_test *t = test->priv;
	struct nst_build_tcp tcp = {
		.sport = 1,
		.dport = 2,
		.flags = NST_TCP_SYN,
	};
	struct sk_buff *skb;
	struct tcphdr *th;

	skb = nst_build_payload(test, NULL, 0);
	nst_build_tcp(skb, &tcp);
	th = (struct tcphdr *)skb->data;
	th->check = 0;
	th->check = csum_fold(skb_checksum(skb, 0, skb->len,
					   nst_pseudo_sum(AF_INET6, &saddr,
							  &daddr, skb->len,
							  IPPROTO_TCP)));
	nst_build_ipv6_frame(skb, &(struct nst_build_ipv6) {
		.nexthdr = IPPROTO_TCP,
		.saddr = &nst_wire_peer_ll,
		.daddr = &nst_wire_local_ll,
	});
	nst_wire_inject(t->wire, skb);
	skb = nst_wire_expect_ipv6(t->wire, IPPROTO_TCP);
	KUNIT_EXPECT_TRUE(test, tcp_hdr(skb)->rst);
	KUNIT_EXPECT_EQ(test, 0, memcmp(&ipv6_hdr(skb)->saddr,
					&nst_wire_local_ll, 16));
}

static void timewait__answers_by_ipv6(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct sk_buff *skb;

	nst_tcp_test_establish_passive(t);
	nst_sock_ipv6(&t->tp->nst)->tclass = 0x20;
	nst_tcp_test_close(t);
	nst_tcp_test_out(t, FIN_ACK, 1, 1, 0);
	nst_tcp_test_in(t, FIN_ACK, 1, 2, 0);
	nst_tcp_test_out(t, NST_TCP_ACK, 2, 2, 0);
	KUNIT_ASSERT_EQ(test, 1,
			atomic_read(&t->wire->stack->tcp->timewaits));
	nst_tcp_test_in(t, FIN_ACK, 1, 2, 0);
	skb = nst_tcp_test_out(t, NST_TCP_ACK, 2, 2, 0);
	KUNIT_EXPECT_EQ(test, 0x620u, (u32)ntohl(*(__be32 *)ipv6_hdr(skb)) >> 20);
}

/* RFC 5082 */
static void receive__minimum_hop_count(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_listen(t, 5);
	nst_sk(t->listener->sk)->min_ttl = 255;
	nst_tcp_test_half_open(t);
	nst_sock_ipv6(nst_sk(t->listener->sk))->min_hop_count = 255;
	nst_tcp_test_in(nst_tcp_test_another(t), NST_TCP_SYN, 0, 0, 0);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, 1ul, nst_mib_read(t->wire->stack,
						NST_MIB_TCP_MIN_TTL_DROP));
}

static struct kunit_case tcp_ipv6_listen_cases[] = {
	KUNIT_CASE(listen__makes_a_socket_of_ipv6),
	KUNIT_CASE(listen__answers_have_the_label_of_the_flow),
	KUNIT_CASE(listen__cookies_work),
	KUNIT_CASE(receive__checksum_covers_the_addresses),
	KUNIT_CASE(receive__nobody_resets),
	KUNIT_CASE(receive__resets_on_the_link),
	KUNIT_CASE(receive__minimum_hop_count),
	KUNIT_CASE(timewait__answers_by_ipv6),
	{}
};

static struct kunit_suite tcp_ipv6_listen_suite = {
	.name = "netstack_tcp_ipv6_listen",
	.init = nst_tcp_test_init_passive6,
	.test_cases = tcp_ipv6_listen_cases,
};

kunit_test_suites(&tcp_ipv6_connect_suite, &tcp_ipv6_listen_suite);
