// SPDX-License-Identifier: GPL-2.0
/*
 * TCP Fast Open, the client: transport/tcp/fastopen_client.c,
 * fastopen_cache.c, fastopen_blackhole.c.
 */
#include "../netstack/transport/tcp/fastopen.h"
#include "tcp_fixture.h"

static const u8 cookie[16] = { 1, 2, 3, 4, 5, 6, 7, 8 };

static struct sockaddr_in peer_of(const struct nst_tcp_test *t)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(t->port),
		.sin_addr.s_addr = htonl(NST_WIRE_PEER),
	};
}

/* sendmsg(2), not waiting; octets count up from 0. */
static int send_first(struct nst_tcp_test *t, unsigned int len,
		      struct sockaddr_in *peer, int flags)
{
	struct msghdr msg = {
		.msg_name = peer,
		.msg_namelen = peer ? sizeof(*peer) : 0,
		.msg_flags = flags | MSG_DONTWAIT,
	};
	u8 *data = kunit_kzalloc(t->test, max(len, 1U), GFP_KERNEL);
	struct kvec vec = { data, len };
	unsigned int i;
	int ret;

	for (i = 0; i < len; i++)
		data[i] = i;
	ret = kernel_sendmsg(t->sock, &msg, &vec, 1, len);
	t->local_port = ntohs(t->tp->nst.flow.lport);
	t->iss = t->tp->iss;
	t->iss_known = true;
	return ret;
}

static int send_open(struct nst_tcp_test *t, unsigned int len)
{
	struct sockaddr_in peer = peer_of(t);

	return send_first(t, len, &peer, MSG_FASTOPEN);
}

static int connect_call(struct nst_tcp_test *t)
{
	struct sockaddr_in peer = peer_of(t);

	return kernel_connect(t->sock, (void *)&peer, sizeof(peer),
			      O_NONBLOCK);
}

static int set_option(struct nst_tcp_test *t, int optname, int val)
{
	return t->sock->ops->setsockopt(t->sock, SOL_TCP, optname,
					KERNEL_SOCKPTR(&val), sizeof(val));
}

static void know_cookie(struct nst_tcp_test *t, u16 mss, u8 len)
{
	nst_sk(t->sk)->flow.laddr = nst_address_v4(htonl(NST_WIRE_LOCAL));
	nst_sk(t->sk)->flow.raddr = nst_address_v4(htonl(NST_WIRE_PEER));
	nst_tcp_fastopen_cache_set(t->sk, mss, cookie, len);
	nst_sk(t->sk)->flow.laddr = nst_address_v4(0);
	nst_sk(t->sk)->flow.raddr = nst_address_v4(0);
}

/* The next frame: a SYN whose option has @want bytes, -1: there is none. */
static void expect_syn(struct nst_tcp_test *t, u32 len, int want)
{
	struct sk_buff *skb = nst_wire_expect_ipv4(t->wire, IPPROTO_TCP);
	struct nst_tcp_options options;

	skb_reset_transport_header(skb);
	KUNIT_ASSERT_TRUE(t->test, tcp_hdr(skb)->syn);
	nst_tcp_options_parse(skb, &options);
	KUNIT_EXPECT_EQ(t->test, skb->len - tcp_hdrlen(skb), len);
	KUNIT_EXPECT_EQ(t->test, options.has_fastopen, want >= 0);
	if (want < 0)
		return;
	KUNIT_ASSERT_EQ(t->test, (int)options.cookie_len, want);
	KUNIT_EXPECT_EQ(t->test, memcmp(options.cookie, cookie, want), 0);
}

static unsigned long count(struct nst_tcp_test *t, enum nst_mib_item item)
{
	return nst_mib_read(t->wire->stack, item);
}

static void client__asks_for_a_cookie(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, send_open(t, 100), -EINPROGRESS);
	expect_syn(t, 0, 0);
	KUNIT_EXPECT_EQ(test, t->tp->fastopen.fail, TFO_COOKIE_UNAVAILABLE);
}

static void client__sends_data_with_a_cookie(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	know_cookie(t, 1000, 8);
	KUNIT_EXPECT_EQ(test, send_open(t, 100), 100);
	expect_syn(t, 100, 8);
	nst_tcp_test_in(t, NST_TCP_SYN | NST_TCP_ACK, 0, 101, 0);
	nst_tcp_test_out(t, NST_TCP_ACK, 101, 1, 0);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 0U);
	KUNIT_EXPECT_TRUE(test, t->tp->fastopen.data_acked);
	KUNIT_EXPECT_EQ(test, count(t, NST_MIB_TCP_FASTOPEN_ACTIVE), 1UL);
	nst_tcp_test_silence(t, 5 * USEC_PER_SEC);
}

static void client__syn_takes_as_much_as_the_mss_leaves(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	know_cookie(t, 1000, 8);
	KUNIT_EXPECT_EQ(test, send_open(t, 3000), 1000 - 40);
	expect_syn(t, 1000 - 40, 8);
}

static void client__sends_again_at_once_what_was_not_taken(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	know_cookie(t, 1000, 8);
	KUNIT_EXPECT_EQ(test, send_open(t, 100), 100);
	expect_syn(t, 100, 8);
	nst_tcp_test_in(t, NST_TCP_SYN | NST_TCP_ACK, 0, 1, 0);
	nst_tcp_test_expect_push(t, 1, 100);
	KUNIT_EXPECT_EQ(test, count(t, NST_MIB_TCP_FASTOPEN_ACTIVE_FAIL), 1UL);
	KUNIT_EXPECT_EQ(test, t->tp->fastopen.fail, TFO_DATA_NOT_ACKED);
	nst_tcp_test_ack(t, 101);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 0U);
	nst_tcp_test_silence(t, 5 * USEC_PER_SEC);
}

static void client__sends_again_the_part_not_taken(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	know_cookie(t, 1000, 8);
	KUNIT_EXPECT_EQ(test, send_open(t, 100), 100);
	expect_syn(t, 100, 8);
	nst_tcp_test_in(t, NST_TCP_SYN | NST_TCP_ACK, 0, 41, 0);
	nst_tcp_test_expect_push(t, 41, 60);
}

static void client__repeats_a_plain_syn(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	know_cookie(t, 1000, 8);
	KUNIT_EXPECT_EQ(test, send_open(t, 100), 100);
	expect_syn(t, 100, 8);
	nst_tcp_test_expire_rtx(t);
	expect_syn(t, 0, -1);
	nst_tcp_test_in(t, NST_TCP_SYN | NST_TCP_ACK, 0, 1, 0);
	nst_tcp_test_expect_push(t, 1, 100);
	KUNIT_EXPECT_EQ(test, t->tp->fastopen.fail, TFO_SYN_RETRANSMITTED);
}

static void client__believes_a_late_answer_to_the_first_syn(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	know_cookie(t, 1000, 8);
	KUNIT_EXPECT_EQ(test, send_open(t, 100), 100);
	expect_syn(t, 100, 8);
	nst_tcp_test_expire_rtx(t);
	expect_syn(t, 0, -1);
	nst_tcp_test_in(t, NST_TCP_SYN | NST_TCP_ACK, 0, 101, 0);
	nst_tcp_test_out(t, NST_TCP_ACK, 101, 1, 0);
	KUNIT_EXPECT_PTR_EQ(test, nst_tcp_send_head(t->sk), NULL);
	nst_tcp_test_silence(t, 5 * USEC_PER_SEC);
}

static void client__sends_data_without_a_cookie_when_told(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->wire->stack->config.tcp_fastopen = 5;
	KUNIT_EXPECT_EQ(test, send_open(t, 100), 100);
	expect_syn(t, 100, -1);
}

static void client__is_off_when_told(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->wire->stack->config.tcp_fastopen = 0;
	KUNIT_EXPECT_EQ(test, send_open(t, 100), -EOPNOTSUPP);
	nst_wire_expect_nothing(t->wire);
}

/* RFC 7413 4.1.3: the cookie and the MSS are remembered */
static void client__remembers_the_cookie(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_build_tcp_options granted = {
		.mss = 1200,
		.has_fastopen = true,
		.cookie_len = 8,
	};
	u8 found[16], len;
	u16 mss;

	memcpy(granted.cookie, cookie, 8);
	KUNIT_EXPECT_EQ(test, send_open(t, 100), -EINPROGRESS);
	expect_syn(t, 0, 0);
	nst_tcp_test_in(t, NST_TCP_SYN | NST_TCP_ACK, 0, 1, 0,
			.options = &granted);
	nst_tcp_test_out(t, NST_TCP_ACK, 1, 1, 0);
	KUNIT_ASSERT_TRUE(test, nst_tcp_fastopen_cache_get(t->sk, &mss, found,
							   &len));
	KUNIT_EXPECT_EQ(test, (int)mss, 1200);
	KUNIT_ASSERT_EQ(test, (int)len, 8);
	KUNIT_EXPECT_EQ(test, memcmp(found, cookie, 8), 0);
}

/* RFC 7413 4.1.3: a server that is not asked is not believed */
static void client__ignores_a_cookie_that_it_did_not_ask_for(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u8 found[16], len;
	u16 mss;

	KUNIT_ASSERT_EQ(test, nst_tcp_test_connect(t), 0);
	expect_syn(t, 0, -1);
	nst_tcp_test_in(t, NST_TCP_SYN | NST_TCP_ACK, 0, 1, 0,
			NST_TCP_OPTIONS(.mss = 1000, .has_fastopen = true,
					.cookie_len = 8));
	nst_tcp_test_out(t, NST_TCP_ACK, 1, 1, 0);
	KUNIT_EXPECT_FALSE(test, nst_tcp_fastopen_cache_get(t->sk, &mss, found,
							    &len));
}

/* RFC 7413 4.2.1: the data that a SYN-ACK carries */
static void client__takes_data_of_the_syn_ack(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u8 data[16];

	know_cookie(t, 1000, 8);
	KUNIT_EXPECT_EQ(test, send_open(t, 100), 100);
	expect_syn(t, 100, 8);
	nst_tcp_test_in(t, NST_TCP_SYN | NST_TCP_ACK, 0, 101, 10);
	nst_tcp_test_out(t, NST_TCP_ACK, 101, 1, 0);
	KUNIT_EXPECT_EQ(test, nst_tcp_test_recv(t, data, sizeof(data), 0), 10);
}

static void client__is_refused_by_rst(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	know_cookie(t, 1000, 8);
	KUNIT_EXPECT_EQ(test, send_open(t, 100), 100);
	expect_syn(t, 100, 8);
	nst_tcp_test_in(t, NST_TCP_RST | NST_TCP_ACK, 0, 101, 0);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_CLOSE);
	KUNIT_EXPECT_EQ(test, sock_error(t->sk), -ECONNREFUSED);
	KUNIT_EXPECT_EQ(test, t->sk->sk_wmem_queued, 0);
}

/* RFC 9293 3.5: both open at once; the data goes behind the handshake */
static void client__opens_simultaneously(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	know_cookie(t, 1000, 8);
	KUNIT_EXPECT_EQ(test, send_open(t, 100), 100);
	expect_syn(t, 100, 8);
	nst_tcp_test_in(t, NST_TCP_SYN, 0, 0, 0);
	nst_tcp_test_out(t, NST_TCP_SYN | NST_TCP_ACK, 0, 1, 0);
	KUNIT_EXPECT_FALSE(test, t->seen.has_fastopen);
	nst_tcp_test_in(t, NST_TCP_SYN | NST_TCP_ACK, 0, 1, 0);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_ESTABLISHED);
	nst_tcp_test_expect_push(t, 1, 100);
	nst_tcp_test_ack(t, 101);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 0U);
	KUNIT_EXPECT_PTR_EQ(test, nst_tcp_send_head(t->sk), NULL);
}

static void client__is_as_new_after_disconnect(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_tcp_fastopen *fastopen = &t->tp->fastopen;
	struct sockaddr unspec = { .sa_family = AF_UNSPEC };

	know_cookie(t, 1000, 8);
	KUNIT_EXPECT_EQ(test, send_open(t, 100), 100);
	expect_syn(t, 100, 8);
	KUNIT_EXPECT_EQ(test, kernel_connect(t->sock, (void *)&unspec,
					     sizeof(unspec), 0), 0);
	KUNIT_EXPECT_PTR_EQ(test, memchr_inv(fastopen, 0, sizeof(*fastopen)),
			    NULL);
	KUNIT_EXPECT_EQ(test, t->sk->sk_wmem_queued, 0);
	KUNIT_EXPECT_EQ(test, send_open(t, 50), 50);
	expect_syn(t, 50, 8);
}

/* A path that cannot be found must not leave the message behind. */
static void client__forgets_the_message_of_a_failed_connect(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct sockaddr_in nowhere = {
		.sin_family = AF_INET,
		.sin_port = htons(80),
		.sin_addr.s_addr = htonl(0xc0000201),
	};

	KUNIT_EXPECT_EQ(test, send_first(t, 10, &nowhere, MSG_FASTOPEN),
			-ENETUNREACH);
	KUNIT_EXPECT_PTR_EQ(test, t->tp->fastopen.msg, NULL);
}

static void deferred__connect_sends_nothing(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	know_cookie(t, 1000, 8);
	KUNIT_ASSERT_EQ(test, set_option(t, TCP_FASTOPEN_CONNECT, 1), 0);
	KUNIT_EXPECT_EQ(test, connect_call(t), 0);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, connect_call(t), -EISCONN);
	KUNIT_EXPECT_EQ(test,
			(__force u32)nst_tcp_poll(NULL, t->sock, NULL),
			(__force u32)(EPOLLOUT | EPOLLWRNORM));

	KUNIT_EXPECT_EQ(test, send_first(t, 100, NULL, 0), 100);
	expect_syn(t, 100, 8);
	KUNIT_EXPECT_EQ(test,
			(__force u32)nst_tcp_poll(NULL, t->sock, NULL), 0U);
	nst_tcp_test_in(t, NST_TCP_SYN | NST_TCP_ACK, 0, 101, 0);
	nst_tcp_test_out(t, NST_TCP_ACK, 101, 1, 0);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_ESTABLISHED);
}

static void deferred__connect_asks_for_the_cookie_itself(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, set_option(t, TCP_FASTOPEN_CONNECT, 1), 0);
	KUNIT_EXPECT_EQ(test, connect_call(t), -EINPROGRESS);
	expect_syn(t, 0, 0);
}

static void deferred__takes_no_segment(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	know_cookie(t, 1000, 8);
	KUNIT_ASSERT_EQ(test, set_option(t, TCP_FASTOPEN_CONNECT, 1), 0);
	KUNIT_EXPECT_EQ(test, connect_call(t), 0);
	t->local_port = ntohs(t->tp->nst.flow.lport);
	nst_tcp_test_in(t, NST_TCP_SYN, 0, 0, 0);
	nst_tcp_test_in(t, NST_TCP_RST | NST_TCP_ACK, 0, 0, 0);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_SYN_SENT);
}

static void deferred__closes_silently(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	know_cookie(t, 1000, 8);
	KUNIT_ASSERT_EQ(test, set_option(t, TCP_FASTOPEN_CONNECT, 1), 0);
	KUNIT_EXPECT_EQ(test, connect_call(t), 0);
	nst_tcp_test_close(t);
	nst_wire_expect_nothing(t->wire);
}

static void option__no_cookie_sends_data_at_once(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, set_option(t, TCP_FASTOPEN_NO_COOKIE, 2),
			-EINVAL);
	KUNIT_ASSERT_EQ(test, set_option(t, TCP_FASTOPEN_NO_COOKIE, 1), 0);
	KUNIT_EXPECT_EQ(test, send_open(t, 100), 100);
	expect_syn(t, 100, -1);
	KUNIT_EXPECT_EQ(test, set_option(t, TCP_FASTOPEN_NO_COOKIE, 0),
			-EINVAL);
}

static void option__connect_needs_the_client(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, set_option(t, TCP_FASTOPEN_CONNECT, 2), -EINVAL);
	t->wire->stack->config.tcp_fastopen = 0;
	KUNIT_EXPECT_EQ(test, set_option(t, TCP_FASTOPEN_CONNECT, 1),
			-EOPNOTSUPP);
}

static bool paused(struct nst_tcp_test *t)
{
	return nst_tcp_fastopen_paused(t->sk);
}

/* RFC 7413 4.1.3.1 */
static void blackhole__third_timeout_pauses(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	unsigned int i;

	t->wire->stack->config.tcp_fastopen_blackhole_timeout_sec = 3600;
	know_cookie(t, 1000, 8);
	KUNIT_EXPECT_EQ(test, send_open(t, 100), 100);
	expect_syn(t, 100, 8);
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_FALSE(test, paused(t));
		nst_tcp_test_expire_rtx(t);
		expect_syn(t, 0, -1);
	}
	KUNIT_EXPECT_TRUE(test, paused(t));
	KUNIT_EXPECT_EQ(test, count(t, NST_MIB_TCP_FASTOPEN_BLACKHOLE), 1UL);
	nst_tcp_clock_advance(3601ULL * USEC_PER_SEC);
	KUNIT_EXPECT_FALSE(test, paused(t));
	KUNIT_EXPECT_TRUE(test, t->tp->fastopen.trial);
}

static void blackhole__is_off_by_default(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	unsigned int i;

	know_cookie(t, 1000, 8);
	KUNIT_EXPECT_EQ(test, send_open(t, 100), 100);
	expect_syn(t, 100, 8);
	for (i = 0; i < 3; i++) {
		nst_tcp_test_expire_rtx(t);
		expect_syn(t, 0, -1);
	}
	KUNIT_EXPECT_FALSE(test, paused(t));
}

static void blackhole__pause_means_a_plain_syn(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_tcp_fastopen_blackhole *hole =
		&t->wire->stack->tcp->fastopen_blackhole;

	t->wire->stack->config.tcp_fastopen_blackhole_timeout_sec = 10;
	hole->stamp = nst_tcp_jiffies();
	/* RFC 7413 leaves it open how long: 10 s, doubled six times. */
	atomic_set(&hole->times, 99);
	nst_tcp_clock_advance(639ULL * USEC_PER_SEC);
	know_cookie(t, 1000, 8);
	KUNIT_EXPECT_EQ(test, send_open(t, 100), -EINPROGRESS);
	expect_syn(t, 0, -1);
	nst_tcp_clock_advance(2ULL * USEC_PER_SEC);
	KUNIT_EXPECT_FALSE(test, paused(t));
}

static void open_with_data(struct nst_tcp_test *t)
{
	know_cookie(t, 1000, 8);
	KUNIT_ASSERT_EQ(t->test, send_open(t, 100), 100);
	expect_syn(t, 100, 8);
	nst_tcp_test_in(t, NST_TCP_SYN | NST_TCP_ACK, 0, 101, 0);
	nst_tcp_test_out(t, NST_TCP_ACK, 101, 1, 0);
}

static void blackhole__rst_out_of_order_pauses(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->wire->stack->config.tcp_fastopen_blackhole_timeout_sec = 3600;
	open_with_data(t);
	nst_tcp_test_in(t, NST_TCP_RST, 50, 0, 0);
	nst_tcp_test_out(t, NST_TCP_ACK, 101, 1, 0);
	KUNIT_EXPECT_TRUE(test, paused(t));
}

static void blackhole__fin_out_of_order_pauses(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->wire->stack->config.tcp_fastopen_blackhole_timeout_sec = 3600;
	open_with_data(t);
	nst_tcp_test_in(t, NST_TCP_FIN | NST_TCP_ACK, 50, 101, 0);
	nst_tcp_test_out(t, NST_TCP_ACK, 101, 1, 0);
	nst_tcp_test_close_program(t);
	nst_tcp_test_out(t, NST_TCP_FIN | NST_TCP_ACK, 101, 1, 0);
	KUNIT_EXPECT_FALSE(test, paused(t));
	nst_tcp_test_in(t, NST_TCP_RST, 1, 0, 0);
	KUNIT_EXPECT_TRUE(test, paused(t));
}

static void blackhole__data_after_a_pause_ends_it(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	atomic_t *times = &t->wire->stack->tcp->fastopen_blackhole.times;

	t->wire->stack->config.tcp_fastopen_blackhole_timeout_sec = 1;
	t->wire->stack->tcp->fastopen_blackhole.stamp = nst_tcp_jiffies();
	atomic_set(times, 1);
	nst_tcp_clock_advance(2ULL * USEC_PER_SEC);
	open_with_data(t);
	nst_tcp_test_in(t, NST_TCP_ACK, 1, 101, 10);
	nst_tcp_test_close(t);
	KUNIT_EXPECT_EQ(test, atomic_read(times), 0);
}

static void cache__is_bounded(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u8 found[16], len;
	u32 i;
	u16 mss;

	t->wire->stack->config.tcp_fastopen_cache_max = 4;
	for (i = 0; i < 6; i++) {
		nst_sk(t->sk)->flow.raddr = nst_address_v4(htonl(i));
		nst_tcp_fastopen_cache_set(t->sk, 1000, cookie, 8);
	}
	for (i = 0; i < 6; i++) {
		nst_sk(t->sk)->flow.raddr = nst_address_v4(htonl(i));
		KUNIT_EXPECT_EQ(test, i >= 2,
				nst_tcp_fastopen_cache_get(t->sk, &mss, found,
							   &len));
	}
	nst_sk(t->sk)->flow.raddr = nst_address_v4(0);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(client__asks_for_a_cookie),
	KUNIT_CASE(client__sends_data_with_a_cookie),
	KUNIT_CASE(client__syn_takes_as_much_as_the_mss_leaves),
	KUNIT_CASE(client__sends_again_at_once_what_was_not_taken),
	KUNIT_CASE(client__sends_again_the_part_not_taken),
	KUNIT_CASE(client__repeats_a_plain_syn),
	KUNIT_CASE(client__believes_a_late_answer_to_the_first_syn),
	KUNIT_CASE(client__sends_data_without_a_cookie_when_told),
	KUNIT_CASE(client__is_off_when_told),
	KUNIT_CASE(client__remembers_the_cookie),
	KUNIT_CASE(client__ignores_a_cookie_that_it_did_not_ask_for),
	KUNIT_CASE(client__takes_data_of_the_syn_ack),
	KUNIT_CASE(client__is_refused_by_rst),
	KUNIT_CASE(client__opens_simultaneously),
	KUNIT_CASE(client__is_as_new_after_disconnect),
	KUNIT_CASE(client__forgets_the_message_of_a_failed_connect),
	KUNIT_CASE(deferred__connect_sends_nothing),
	KUNIT_CASE(deferred__connect_asks_for_the_cookie_itself),
	KUNIT_CASE(deferred__takes_no_segment),
	KUNIT_CASE(deferred__closes_silently),
	KUNIT_CASE(option__no_cookie_sends_data_at_once),
	KUNIT_CASE(option__connect_needs_the_client),
	KUNIT_CASE(blackhole__third_timeout_pauses),
	KUNIT_CASE(blackhole__is_off_by_default),
	KUNIT_CASE(blackhole__pause_means_a_plain_syn),
	KUNIT_CASE(blackhole__rst_out_of_order_pauses),
	KUNIT_CASE(blackhole__fin_out_of_order_pauses),
	KUNIT_CASE(blackhole__data_after_a_pause_ends_it),
	KUNIT_CASE(cache__is_bounded),
	{}
};

static struct kunit_suite suite = {
	.name = "netstack_tcp_fastopen",
	.init = nst_tcp_test_init,
	.test_cases = cases,
};

kunit_test_suite(suite);
