// SPDX-License-Identifier: GPL-2.0
/*
 * What a connection makes of the metrics of its route, and of SO_MARK when
 * rules look at it.
 */
#include <linux/fib_rules.h>
#include <net/ip.h>

#include "../netstack/network/rule.h"
#include "../netstack/network/route.h"
#include "tcp_fixture.h"

#define SYN_ACK	(NST_TCP_SYN | NST_TCP_ACK)

/* The route to the peer alone, with these metrics. */
static struct nst_tcp_test *routed(struct kunit *test,
				   const struct nst_route_metrics *metrics)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_stack *stack = t->wire->stack;
	const struct nst_route_config config = {
		.family = AF_INET,
		.prefix_len = 32,
		.type = RTN_UNICAST,
		.protocol = RTPROT_STATIC,
		.link_index = NST_WIRE_INDEX,
		.destination = nst_address_v4(htonl(NST_WIRE_PEER)),
		.metrics = *metrics,
	};
	int err;

	mutex_lock(&stack->config_mutex);
	err = nst_route_set(stack, &config, NST_ROUTE_ADD, NULL);
	mutex_unlock(&stack->config_mutex);
	KUNIT_ASSERT_EQ(test, err, 0);
	return t;
}

#define ROUTED(test, ...)						\
	routed(test, &(const struct nst_route_metrics){ __VA_ARGS__ })

static void initcwnd__is_the_first_window(struct kunit *test)
{
	struct nst_tcp_test *t = ROUTED(test, .initcwnd = 3);

	nst_tcp_test_establish(t);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 3U);
}

static void advmss__bounds_what_a_syn_announces(struct kunit *test)
{
	struct nst_tcp_test *t = ROUTED(test, .advmss = 700);

	KUNIT_ASSERT_EQ(test, nst_tcp_test_connect(t), 0);
	nst_tcp_test_out(t, NST_TCP_SYN, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, t->seen.mss, 700);
}

static u16 window_of(const struct sk_buff *skb)
{
	return ntohs(tcp_hdr(skb)->window);
}

static void initrwnd__bounds_the_window_of_a_syn(struct kunit *test)
{
	struct nst_tcp_test *t = ROUTED(test, .initrwnd = 4);
	const struct sk_buff *syn;

	KUNIT_ASSERT_EQ(test, nst_tcp_test_connect(t), 0);
	syn = nst_tcp_test_out(t, NST_TCP_SYN, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, window_of(syn), 4 * (NST_WIRE_MTU - 40));
}

static void initrwnd__bounds_the_window_of_a_syn_ack(struct kunit *test)
{
	struct nst_tcp_test *t = ROUTED(test, .initrwnd = 4);
	const struct sk_buff *syn_ack;

	t->port = NST_TCP_TEST_CLIENT;
	t->local_port = NST_TCP_TEST_PORT;
	nst_tcp_test_listen(t, 5);
	nst_tcp_test_syn(t);
	syn_ack = nst_tcp_test_out(t, SYN_ACK, 0, 1, 0);
	KUNIT_EXPECT_EQ(test, window_of(syn_ack), 4 * (NST_WIRE_MTU - 40));
}

static void hoplimit__is_the_ttl_unless_the_program_says_one(struct kunit *test)
{
	struct nst_tcp_test *t = ROUTED(test, .hop_limit = 33);
	const struct sk_buff *skb;

	KUNIT_ASSERT_EQ(test, nst_tcp_test_connect(t), 0);
	skb = nst_tcp_test_out(t, NST_TCP_SYN, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, (int)ip_hdr(skb)->ttl, 33);
	WRITE_ONCE(t->tp->nst.ttl, 9);
	nst_tcp_test_wait(t, USEC_PER_SEC);
	skb = nst_tcp_test_out(t, NST_TCP_SYN, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, (int)ip_hdr(skb)->ttl, 9);
}

/* The peer's data for the first time after a conversation. */
static void converse(struct nst_tcp_test *t)
{
	nst_tcp_test_establish(t);
	WRITE_ONCE(t->tp->pingpong, true);
	t->tp->quickacks = 0;
	nst_tcp_test_in(t, NST_TCP_ACK | NST_TCP_PSH, 1, 1, 100);
}

static void quickack__delays_no_ack(struct kunit *test)
{
	struct nst_tcp_test *t = ROUTED(test, .quickack = true);

	converse(t);
	nst_tcp_test_out(t, NST_TCP_ACK, 1, 101, 0);
}

static void quickack__unset_delays_the_same_ack(struct kunit *test)
{
	struct nst_tcp_test *t = ROUTED(test, .hop_limit = 33);

	converse(t);
	nst_tcp_test_silence(t, 30 * USEC_PER_MSEC);
	nst_tcp_test_expire_delack(t);
	nst_tcp_test_out(t, NST_TCP_ACK, 1, 101, 0);
}

static void mtu__bounds_segments(struct kunit *test)
{
	struct nst_tcp_test *t = ROUTED(test, .mtu = 800);

	nst_tcp_test_establish(t);
	KUNIT_EXPECT_EQ(test, t->tp->mss_cache, 760U);
}

/* ICMP says 600 of what is in flight. */
static void packet_too_big(struct nst_tcp_test *t)
{
	nst_tcp_test_icmp(t, 1, &(struct nst_icmp_error){
		.errno = EMSGSIZE, .info = 600 });
}

static void mtu__yields_to_a_smaller_one_on_the_path(struct kunit *test)
{
	struct nst_tcp_test *t = ROUTED(test, .mtu = 800);

	nst_tcp_test_establish(t);
	packet_too_big(t);
	KUNIT_EXPECT_EQ(test, t->tp->mss_cache, 560U);
}

static void mtu__that_is_locked_stays(struct kunit *test)
{
	struct nst_tcp_test *t = ROUTED(test, .mtu = 800, .mtu_lock = true);
	const struct sk_buff *skb;

	nst_tcp_test_establish(t);
	packet_too_big(t);
	KUNIT_EXPECT_EQ(test, t->tp->mss_cache, 760U);
	/* And what is too long for the path may be cut there. */
	nst_tcp_test_send(t, 100, 0);
	skb = nst_tcp_test_expect_push(t, 1, 100);
	KUNIT_EXPECT_EQ(test, (int)(ntohs(ip_hdr(skb)->frag_off) & IP_DF), 0);
}

/* What carries the mark 7 is prohibited. */
static void forbid_mark(struct nst_tcp_test *t)
{
	struct nst_stack *stack = t->wire->stack;
	const struct nst_rule_config config = {
		.family = AF_INET,
		.action = FR_ACT_PROHIBIT,
		.mark = 7,
		.mark_mask = ~0U,
	};
	int err;

	mutex_lock(&stack->config_mutex);
	err = nst_rule_add(stack, &config, false, NULL);
	mutex_unlock(&stack->config_mutex);
	KUNIT_ASSERT_EQ(t->test, err, 0);
}

static void mark__of_the_socket_chooses_the_rule(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	forbid_mark(t);
	sock_set_mark(t->sk, 7);
	KUNIT_EXPECT_EQ(test, nst_tcp_test_connect(t), -EACCES);
	sock_set_mark(t->sk, 8);
	KUNIT_EXPECT_EQ(test, nst_tcp_test_connect(t), 0);
	nst_tcp_test_out(t, NST_TCP_SYN, 0, 0, 0);
}

static struct kunit_case tcp_route_metrics_cases[] = {
	KUNIT_CASE(initcwnd__is_the_first_window),
	KUNIT_CASE(advmss__bounds_what_a_syn_announces),
	KUNIT_CASE(initrwnd__bounds_the_window_of_a_syn),
	KUNIT_CASE(initrwnd__bounds_the_window_of_a_syn_ack),
	KUNIT_CASE(hoplimit__is_the_ttl_unless_the_program_says_one),
	KUNIT_CASE(quickack__delays_no_ack),
	KUNIT_CASE(quickack__unset_delays_the_same_ack),
	KUNIT_CASE(mtu__bounds_segments),
	KUNIT_CASE(mtu__yields_to_a_smaller_one_on_the_path),
	KUNIT_CASE(mtu__that_is_locked_stays),
	KUNIT_CASE(mark__of_the_socket_chooses_the_rule),
	{}
};

static struct kunit_suite tcp_route_metrics_suite = {
	.name = "netstack_tcp_route_metrics",
	.init = nst_tcp_test_init,
	.test_cases = tcp_route_metrics_cases,
};

kunit_test_suite(tcp_route_metrics_suite);
