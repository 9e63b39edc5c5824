// SPDX-License-Identifier: GPL-2.0
/*
 * Path MTUs between connections (RFC 1191 6.4, 6.3): what one learns of an
 * ICMP error the others and those to come know, as long as it is remembered.
 */
#include "../netstack/network/ipv4.h"
#include "../netstack/network/path_mtu.h"
#include "tcp_fixture.h"

/* ICMP says @mtu of our segment with the relative number @seq. */
static void too_big(struct nst_tcp_test *t, u32 seq, u32 mtu)
{
	nst_tcp_test_icmp(t, seq, &(struct nst_icmp_error){
		.errno = EMSGSIZE, .info = mtu });
}

static unsigned int remembered(const struct nst_tcp_test *t)
{
	return t->wire->stack->path_mtus->count;
}

/* The only one, or NULL. */
static struct nst_path_mtu *entry(const struct nst_tcp_test *t)
{
	struct nst_path_mtu *entry;

	rcu_read_lock();
	entry = nst_path_mtu_next_rcu(t->wire->stack, NULL);
	rcu_read_unlock();
	return entry;
}

static struct nst_tcp_test *established(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_establish(t);
	return t;
}

static void error__is_remembered_for_the_stack(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);

	too_big(t, 1, 700);
	KUNIT_EXPECT_EQ(test, t->tp->mss_cache, 660U);
	KUNIT_ASSERT_EQ(test, remembered(t), 1U);
	KUNIT_EXPECT_EQ(test, entry(t)->mtu, 700U);
}

/* Attack 10. */
static void error__of_nothing_in_flight_is_not(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);

	too_big(t, 2, 700);
	too_big(t, 0, 700);
	KUNIT_EXPECT_EQ(test, remembered(t), 0U);
	KUNIT_EXPECT_EQ(test, t->tp->pmtu, (u32)NST_WIRE_MTU);
	KUNIT_EXPECT_EQ(test, 2UL, nst_mib_read(t->wire->stack,
						NST_MIB_TCP_OUT_OF_WINDOW_ICMPS));
}

static void error__of_a_half_open_connection_is_not(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct tcphdr th = {};
	struct nst_icmp_error error = {
		.family = AF_INET,
		.errno = EMSGSIZE,
		.info = 700,
		.link_index = NST_WIRE_INDEX,
		.saddr = nst_address_v4(htonl(NST_WIRE_LOCAL)),
		.daddr = nst_address_v4(htonl(NST_WIRE_PEER)),
	};
	struct sk_buff *skb = alloc_skb(64, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	nst_tcp_test_listen(t, 5);
	nst_tcp_test_half_open(t);
	th.source = htons(t->local_port);
	th.dest = htons(t->port);
	th.seq = htonl(t->iss);
	skb_put_data(skb, &th, 8);
	local_bh_disable();
	rcu_read_lock();
	nst_tcp_error(t->wire->stack, skb, &error);
	rcu_read_unlock();
	local_bh_enable();
	kfree_skb(skb);
	KUNIT_EXPECT_EQ(test, remembered(t), 0U);
	/* It lives on. */
	nst_tcp_test_in(t, NST_TCP_ACK, 1, 1, 0);
	nst_tcp_test_accept(t);
}

static void syn__announces_what_is_known(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_path path = {};
	const struct nst_route_key key = {
		.family = AF_INET,
		.daddr = nst_address_v4(htonl(NST_WIRE_PEER)),
	};

	KUNIT_ASSERT_EQ(test, nst_route_output(t->wire->stack, &key, &path), 0);
	nst_path_mtu_learn(t->wire->stack, &path, 700);
	nst_path_release(&path);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_connect(t), 0);
	nst_tcp_test_out(t, NST_TCP_SYN, 0, 0, 0);
	KUNIT_EXPECT_EQ(test, t->seen.mss, 660);
	KUNIT_EXPECT_EQ(test, t->tp->mss_cache, 660U);
}

/* Before the peer has answered: there is nothing yet to send again. */
static void error__about_a_syn_counts_for_what_follows(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, nst_tcp_test_connect(t), 0);
	nst_tcp_test_out(t, NST_TCP_SYN, 0, 0, 0);
	too_big(t, 0, 700);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_SYN_SENT);
	KUNIT_EXPECT_EQ(test, t->tp->mss_cache, 660U);
	KUNIT_EXPECT_EQ(test, remembered(t), 1U);
}

static void connections__share_what_is_learned(struct kunit *test)
{
	struct nst_tcp_test *one = test->priv, *two, *three;

	nst_tcp_test_establish_passive(one);
	two = nst_tcp_test_another(one);
	nst_tcp_test_establish_passive(two);
	nst_tcp_test_send(two, 1000, 0);
	nst_tcp_test_expect_push(two, 1, 1000);
	too_big(one, 1, 700);
	/* What it sent it does not know to be lost; what follows is shorter. */
	nst_tcp_test_send(two, 1000, 0);
	nst_tcp_test_expect_data(two, 1001, 660);
	nst_tcp_test_expect_push(two, 1661, 340);
	/* The time-out sends what is lost in pieces that pass. */
	nst_tcp_test_expire_rtx(two);
	nst_tcp_test_expect_data(two, 1, 660);

	three = nst_tcp_test_another(one);
	nst_tcp_test_syn(three);
	nst_tcp_test_out(three, NST_TCP_SYN | NST_TCP_ACK, 0, 1, 0);
	KUNIT_EXPECT_EQ(test, three->seen.mss, 660);
}

/* RFC 1191 6.3. */
static void age__widens_segments_again(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);
	struct nst_path_mtus *table = t->wire->stack->path_mtus;

	too_big(t, 1, 700);
	nst_tcp_test_send(t, 1000, 0);
	nst_tcp_test_expect_data(t, 1, 660);
	nst_tcp_test_expect_push(t, 661, 340);
	nst_tcp_test_ack(t, 1001);
	WRITE_ONCE(entry(t)->expires, jiffies);
	table->told = jiffies - HZ;
	KUNIT_EXPECT_TRUE(test, nst_wire_expire(&table->timer));
	nst_tcp_test_send(t, 1000, 0);
	nst_tcp_test_expect_push(t, 1001, 1000);
	KUNIT_EXPECT_EQ(test, t->tp->pmtu, (u32)NST_WIRE_MTU);
}

/* With no place to remember it a connection knows it until its path changes. */
static void error__is_heeded_without_memory(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);

	t->wire->stack->config.path_mtu_max = 0;
	too_big(t, 1, 700);
	nst_tcp_test_send(t, 1000, 0);
	nst_tcp_test_expect_data(t, 1, 660);
	nst_tcp_test_expect_push(t, 661, 340);
}

static void error__below_the_floor_ends_df(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);
	const struct sk_buff *skb;

	too_big(t, 1, 300);
	KUNIT_EXPECT_EQ(test, t->tp->mss_cache, 512U);
	nst_tcp_test_send(t, 100, 0);
	skb = nst_tcp_test_expect_push(t, 1, 100);
	KUNIT_EXPECT_EQ(test, 0, ntohs(ip_hdr(skb)->frag_off) & NST_IPV4_DF);
	KUNIT_EXPECT_EQ(test, t->tp->err_soft, 0);
}

/* Whoever insists on DF hears why it ends, should it. */
static void error__below_the_floor_is_kept_in_mind(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);
	const struct sk_buff *skb;

	WRITE_ONCE(t->tp->nst.ip_mtu_discover, IP_PMTUDISC_DO);
	too_big(t, 1, 300);
	nst_tcp_test_send(t, 100, 0);
	skb = nst_tcp_test_expect_push(t, 1, 100);
	KUNIT_EXPECT_NE(test, 0, ntohs(ip_hdr(skb)->frag_off) & NST_IPV4_DF);
	KUNIT_EXPECT_EQ(test, t->tp->err_soft, EMSGSIZE);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_ESTABLISHED);
}

static void error__is_not_for_unbelievers(struct kunit *test)
{
	struct nst_tcp_test *t = established(test);

	WRITE_ONCE(t->tp->nst.ip_mtu_discover, IP_PMTUDISC_INTERFACE);
	too_big(t, 1, 700);
	WRITE_ONCE(t->tp->nst.ip_mtu_discover, IP_PMTUDISC_OMIT);
	too_big(t, 1, 700);
	KUNIT_EXPECT_EQ(test, remembered(t), 0U);
	KUNIT_EXPECT_EQ(test, t->tp->mss_cache, (u32)NST_TCP_TEST_MSS);
}

static struct kunit_case tcp_path_mtu_cases[] = {
	KUNIT_CASE(error__is_remembered_for_the_stack),
	KUNIT_CASE(error__of_nothing_in_flight_is_not),
	KUNIT_CASE(syn__announces_what_is_known),
	KUNIT_CASE(error__about_a_syn_counts_for_what_follows),
	KUNIT_CASE(age__widens_segments_again),
	KUNIT_CASE(error__is_heeded_without_memory),
	KUNIT_CASE(error__below_the_floor_ends_df),
	KUNIT_CASE(error__below_the_floor_is_kept_in_mind),
	KUNIT_CASE(error__is_not_for_unbelievers),
	{}
};

static struct kunit_suite tcp_path_mtu_suite = {
	.name = "netstack_tcp_path_mtu",
	.init = nst_tcp_test_init,
	.test_cases = tcp_path_mtu_cases,
};

static struct kunit_case tcp_path_mtu_passive_cases[] = {
	KUNIT_CASE(error__of_a_half_open_connection_is_not),
	KUNIT_CASE(connections__share_what_is_learned),
	{}
};

static struct kunit_suite tcp_path_mtu_passive_suite = {
	.name = "netstack_tcp_path_mtu_passive",
	.init = nst_tcp_test_init_passive,
	.test_cases = tcp_path_mtu_passive_cases,
};

kunit_test_suites(&tcp_path_mtu_suite, &tcp_path_mtu_passive_suite);
