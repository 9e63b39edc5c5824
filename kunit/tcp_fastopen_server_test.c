// SPDX-License-Identifier: GPL-2.0
/*
 * TCP Fast Open, the server: transport/tcp/fastopen_server.c,
 * fastopen_queue.c, fastopen_cookie.c.
 */
#include "../netstack/transport/tcp/fastopen.h"
#include "tcp_fixture.h"

#define SYN_ACK	(NST_TCP_SYN | NST_TCP_ACK)

static int set_key(struct nst_tcp_test *t, const void *key, int len)
{
	return t->listener->ops->setsockopt(t->listener, SOL_TCP,
					    TCP_FASTOPEN_KEY,
					    KERNEL_SOCKPTR((void *)key), len);
}

static int set_option(struct nst_tcp_test *t, int optname, int val)
{
	return t->listener->ops->setsockopt(t->listener, SOL_TCP, optname,
					    KERNEL_SOCKPTR(&val), sizeof(val));
}

/* A listener that lets @max connections open at once. */
static void listen_open(struct nst_tcp_test *t, int max)
{
	t->wire->stack->config.tcp_fastopen = NST_TCP_FASTOPEN_CLIENT |
					      NST_TCP_FASTOPEN_SERVER;
	nst_tcp_test_listen(t, 5);
	KUNIT_ASSERT_EQ(t->test, set_option(t, TCP_FASTOPEN, max), 0);
}

/* The peer's SYN with @len octets, and a cookie if that is not NULL. */
static void syn(struct nst_tcp_test *t, u32 len, const u8 *cookie,
		u8 cookie_len)
{
	struct nst_build_tcp_options options = {
		.mss = NST_TCP_TEST_MSS,
		.has_fastopen = cookie,
		.cookie_len = cookie_len,
	};

	if (cookie)
		memcpy(options.cookie, cookie, cookie_len);
	t->iss_known = false;
	nst_tcp_test_in(t, NST_TCP_SYN, 0, 0, len, .options = &options);
}

/* RFC 7413 4.1.2: ask for a cookie, and leave the rest of the handshake. */
static void learn(struct nst_tcp_test *t, u8 *cookie)
{
	syn(t, 0, cookie, 0);
	nst_tcp_test_out(t, SYN_ACK, 0, 1, 0);
	KUNIT_ASSERT_TRUE(t->test, t->seen.has_fastopen);
	KUNIT_ASSERT_EQ(t->test, (int)t->seen.cookie_len, 8);
	memcpy(cookie, t->seen.cookie, 8);
	nst_tcp_test_in(t, NST_TCP_RST, 1, 0, 0);
}

static void open_with(struct nst_tcp_test *t, const u8 *cookie)
{
	syn(t, 100, cookie, 8);
	nst_tcp_test_out(t, SYN_ACK, 0, 101, 0);
	KUNIT_EXPECT_FALSE(t->test, t->seen.has_fastopen);
}

/* The handshake goes its usual way, and the data must come again. */
static void refused(struct nst_tcp_test *t, const u8 *cookie)
{
	syn(t, 100, cookie, cookie ? 8 : 0);
	nst_tcp_test_out(t, SYN_ACK, 0, 1, 0);
}

static unsigned long count(struct nst_tcp_test *t, enum nst_mib_item item)
{
	return nst_mib_read(t->wire->stack, item);
}

static int sockets(const struct nst_tcp_test *t)
{
	return atomic_read(&t->wire->stack->sockets);
}

static void cookie__is_granted_on_request(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u8 first[8], second[8];

	listen_open(t, 5);
	learn(t, first);
	learn(t, second);
	KUNIT_EXPECT_EQ(test, memcmp(first, second, 8), 0);
	KUNIT_EXPECT_EQ(test, count(t, NST_MIB_TCP_FASTOPEN_COOKIE_REQD), 2UL);
}

static void cookie__is_not_granted_without_the_option(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u8 cookie[8] = {};

	t->wire->stack->config.tcp_fastopen = 3;
	nst_tcp_test_listen(t, 5);
	syn(t, 0, cookie, 0);
	nst_tcp_test_out(t, SYN_ACK, 0, 1, 0);
	KUNIT_EXPECT_FALSE(test, t->seen.has_fastopen);
}

static void cookie__is_not_granted_without_the_server(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u8 cookie[8] = {};

	listen_open(t, 5);
	t->wire->stack->config.tcp_fastopen = 1;
	syn(t, 0, cookie, 0);
	nst_tcp_test_out(t, SYN_ACK, 0, 1, 0);
	KUNIT_EXPECT_FALSE(test, t->seen.has_fastopen);
}

/* RFC 7413 4.2.2: the right one comes with the SYN-ACK */
static void cookie__wrong_one_is_replaced(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u8 cookie[8], wrong[8];

	listen_open(t, 5);
	learn(t, cookie);
	memcpy(wrong, cookie, 8);
	wrong[7] ^= 1;
	refused(t, wrong);
	KUNIT_EXPECT_TRUE(test, t->seen.has_fastopen);
	KUNIT_EXPECT_EQ(test, memcmp(t->seen.cookie, cookie, 8), 0);
	KUNIT_EXPECT_EQ(test, count(t, NST_MIB_TCP_FASTOPEN_PASSIVE_FAIL), 1UL);
	KUNIT_EXPECT_EQ(test, sockets(t), 1);
}

static void cookie__part_of_it_is_wrong(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u8 cookie[8];

	listen_open(t, 5);
	learn(t, cookie);
	syn(t, 100, cookie, 4);
	nst_tcp_test_out(t, SYN_ACK, 0, 1, 0);
	KUNIT_EXPECT_TRUE(test, t->seen.has_fastopen);
}

static void cookie__of_a_former_key_is_renewed(struct kunit *test)
{
	static const u8 old[16] = "the old key 123";
	static const u8 both[32] = "the new key 456\0the old key 123";
	struct nst_tcp_test *t = test->priv;
	u8 cookie[8];

	listen_open(t, 5);
	KUNIT_EXPECT_EQ(test, set_key(t, old, 15), -EINVAL);
	KUNIT_ASSERT_EQ(test, set_key(t, old, 16), 0);
	learn(t, cookie);
	KUNIT_ASSERT_EQ(test, set_key(t, both, 32), 0);
	syn(t, 100, cookie, 8);
	nst_tcp_test_out(t, SYN_ACK, 0, 101, 0);
	KUNIT_ASSERT_TRUE(test, t->seen.has_fastopen);
	KUNIT_EXPECT_NE(test, memcmp(t->seen.cookie, cookie, 8), 0);
	KUNIT_EXPECT_EQ(test, count(t, NST_MIB_TCP_FASTOPEN_PASSIVE_ALT_KEY),
			1UL);

	/* The same key of another listener, or of the host: the same cookie. */
	KUNIT_ASSERT_EQ(test, set_key(t, both, 16), 0);
	refused(nst_tcp_test_another(t), cookie);
}

/* SipHash-2-4 of 10.0.0.2 and 10.0.0.1, as the host would have it. */
static void cookie__is_that_of_a_host_with_the_key(struct kunit *test)
{
	static const u8 key[16] = { 0, 1, 2, 3, 4, 5, 6, 7,
				    8, 9, 10, 11, 12, 13, 14, 15 };
	static const u8 addresses[8] = { 10, 0, 0, 2, 10, 0, 0, 1 };
	static const siphash_key_t words = {{ 0x0706050403020100ULL,
					      0x0f0e0d0c0b0a0908ULL }};
	struct nst_tcp_test *t = test->priv;
	__le64 wanted = cpu_to_le64(siphash(addresses, 8, &words));
	u8 cookie[8];

	listen_open(t, 5);
	KUNIT_ASSERT_EQ(test, set_key(t, key, 16), 0);
	learn(t, cookie);
	KUNIT_EXPECT_EQ(test, memcmp(cookie, &wanted, 8), 0);
}

static void server__takes_data_with_a_cookie(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u8 cookie[8], data[200];
	unsigned int i;

	listen_open(t, 5);
	learn(t, cookie);
	open_with(t, cookie);
	nst_tcp_test_accept(t);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_SYN_RECV);
	KUNIT_EXPECT_TRUE(test, nst_tcp_poll(NULL, t->sock, NULL) & EPOLLIN);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_recv(t, data, sizeof(data), 0),
			100);
	for (i = 1; i < 100; i++)
		KUNIT_EXPECT_EQ(test, (u8)(data[i] - data[0]), (u8)i);
	KUNIT_EXPECT_EQ(test, count(t, NST_MIB_TCP_FASTOPEN_PASSIVE), 1UL);
	KUNIT_EXPECT_TRUE(test, t->tp->fastopen.data_acked);

	nst_tcp_test_in(t, NST_TCP_ACK, 101, 1, 0);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 0U);
	KUNIT_EXPECT_PTR_EQ(test, t->tp->fastopen_pending, NULL);
	nst_tcp_test_silence(t, 5 * USEC_PER_SEC);
}

static void server__opens_without_data(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u8 cookie[8];

	listen_open(t, 5);
	learn(t, cookie);
	syn(t, 0, cookie, 8);
	nst_tcp_test_out(t, SYN_ACK, 0, 1, 0);
	nst_tcp_test_accept(t);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_SYN_RECV);
	KUNIT_EXPECT_FALSE(test, t->tp->fastopen.data_acked);
}

/* RFC 7413 4.2.2: the answer does not wait for the handshake */
static void server__answers_before_the_handshake_is_done(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u8 cookie[8];

	listen_open(t, 5);
	learn(t, cookie);
	open_with(t, cookie);
	nst_tcp_test_accept(t);
	KUNIT_EXPECT_EQ(test, nst_tcp_test_send(t, 50, 0), 50);
	nst_tcp_test_out(t, NST_TCP_ACK | NST_TCP_PSH, 1, 101, 50);
	nst_tcp_test_in(t, NST_TCP_ACK, 101, 51, 0);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 0U);
	nst_tcp_test_silence(t, 5 * USEC_PER_SEC);
}

static void server__repeats_nothing_but_the_syn_ack(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u8 cookie[8];

	listen_open(t, 5);
	learn(t, cookie);
	open_with(t, cookie);
	nst_tcp_test_accept(t);
	KUNIT_EXPECT_EQ(test, nst_tcp_test_send(t, 50, 0), 50);
	nst_tcp_test_out(t, NST_TCP_ACK | NST_TCP_PSH, 1, 101, 50);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_out(t, SYN_ACK, 0, 101, 0);
	nst_wire_expect_nothing(t->wire);
	nst_tcp_test_in(t, NST_TCP_ACK, 101, 1, 0);
	nst_tcp_test_out(t, NST_TCP_ACK | NST_TCP_PSH, 1, 101, 50);
	nst_tcp_test_in(t, NST_TCP_ACK, 101, 51, 0);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 0U);
}

static void server__gives_up_with_its_syn_ack(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u8 cookie[8];

	t->wire->stack->config.tcp_synack_retries = 1;
	listen_open(t, 1);
	learn(t, cookie);
	open_with(t, cookie);
	nst_tcp_test_accept(t);
	nst_tcp_test_wait(t, USEC_PER_SEC);
	nst_tcp_test_out(t, SYN_ACK, 0, 101, 0);
	nst_tcp_test_wait(t, 2 * USEC_PER_SEC);
	nst_tcp_test_out(t, SYN_ACK, 0, 101, 0);
	nst_tcp_test_silence(t, 4 * USEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_CLOSE);
	KUNIT_EXPECT_PTR_EQ(test, t->tp->fastopen_pending, NULL);
	/* Silence is no reset: there is room at once. */
	open_with(nst_tcp_test_another(t), cookie);
}

/* RFC 7413 4.2.2: a SYN that is repeated has no data */
static void server__same_syn_again_gets_the_syn_ack(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u8 cookie[8];

	listen_open(t, 5);
	learn(t, cookie);
	open_with(t, cookie);
	nst_tcp_test_in(t, NST_TCP_SYN, 0, 0, 0);
	nst_tcp_test_out(t, SYN_ACK, 0, 101, 0);
	/* tcp_invalid_ratelimit */
	nst_tcp_test_in(t, NST_TCP_SYN, 0, 0, 0);
	nst_wire_expect_nothing(t->wire);
	nst_tcp_test_in(t, NST_TCP_ACK, 101, 1, 0);
	nst_tcp_test_accept(t);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_ESTABLISHED);
}

static void server__does_not_take_data_without_a_cookie(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	listen_open(t, 5);
	refused(t, NULL);
	KUNIT_EXPECT_FALSE(test, t->seen.has_fastopen);
	nst_tcp_test_in(t, NST_TCP_ACK | NST_TCP_PSH, 1, 1, 100);
	nst_tcp_test_accept(t);
	KUNIT_EXPECT_FALSE(test, t->tp->fastopen.data_acked);
}

static void server__needs_no_cookie_when_told(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	listen_open(t, 5);
	t->wire->stack->config.tcp_fastopen = 0x203;
	syn(t, 100, NULL, 0);
	nst_tcp_test_out(t, SYN_ACK, 0, 101, 0);
}

static void server__needs_no_cookie_by_option(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	listen_open(t, 5);
	KUNIT_ASSERT_EQ(test, set_option(t, TCP_FASTOPEN_NO_COOKIE, 1), 0);
	syn(t, 100, NULL, 0);
	nst_tcp_test_out(t, SYN_ACK, 0, 101, 0);
}

static void server__every_listener_when_told(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u8 cookie[8];

	t->wire->stack->config.tcp_fastopen = 0x403;
	nst_tcp_test_listen(t, 5);
	learn(t, cookie);
	open_with(t, cookie);
}

/* RFC 7413 5.1, TCP_FASTOPEN */
static void queue__is_exact(struct kunit *test)
{
	struct nst_tcp_test *one = test->priv;
	struct nst_tcp_test *two, *three;
	u8 cookie[8];

	listen_open(one, 1);
	learn(one, cookie);
	two = nst_tcp_test_another(one);
	three = nst_tcp_test_another(one);
	open_with(one, cookie);
	refused(two, cookie);
	KUNIT_EXPECT_FALSE(test, two->seen.has_fastopen);
	KUNIT_EXPECT_EQ(test, count(one, NST_MIB_TCP_FASTOPEN_LISTEN_OVERFLOW),
			1UL);
	nst_tcp_test_in(one, NST_TCP_ACK, 101, 1, 0);
	open_with(three, cookie);
}

static void queue__closing_early_makes_no_room(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u8 cookie[8], data[100];

	listen_open(t, 1);
	learn(t, cookie);
	open_with(t, cookie);
	nst_tcp_test_accept(t);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_recv(t, data, 100, 0), 100);
	nst_tcp_test_close(t);
	nst_tcp_test_out(t, NST_TCP_ACK | NST_TCP_FIN, 1, 101, 0);
	refused(nst_tcp_test_another(t), cookie);
	nst_tcp_test_in(t, NST_TCP_ACK, 101, 2, 0);
	open_with(nst_tcp_test_another(nst_tcp_test_another(t)), cookie);
}

/* RFC 7413 5.1: who is asked in another's name must not be asked often */
static void queue__reset_counts_for_a_while(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u8 cookie[8], data[100];

	listen_open(t, 1);
	learn(t, cookie);
	open_with(t, cookie);
	nst_tcp_test_in(t, NST_TCP_RST, 101, 0, 0);
	nst_tcp_test_accept(t);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_CLOSE);
	KUNIT_EXPECT_EQ(test, nst_tcp_test_recv(t, data, 100, 0), 100);
	KUNIT_EXPECT_EQ(test, nst_tcp_test_recv(t, data, 100, 0), -ECONNRESET);

	refused(nst_tcp_test_another(t), cookie);
	nst_tcp_clock_advance(60ULL * USEC_PER_SEC);
	refused(nst_tcp_test_another(t), cookie);
	nst_tcp_clock_advance(60ULL * USEC_PER_SEC);
	open_with(nst_tcp_test_another(t), cookie);
}

static void close__listener_takes_its_children_along(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u8 cookie[8];

	listen_open(t, 5);
	learn(t, cookie);
	open_with(t, cookie);
	KUNIT_EXPECT_EQ(test, sockets(t), 2);
	nst_tcp_test_close_listener(t);
	nst_tcp_test_out(t, NST_TCP_RST | NST_TCP_ACK, 1, 101, 0);
	KUNIT_EXPECT_EQ(test, sockets(t), 0);
}

/* The queue outlives its listener while a connection counts in it. */
static void close__accepted_child_outlives_the_listener(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u8 cookie[8];

	listen_open(t, 5);
	learn(t, cookie);
	open_with(t, cookie);
	nst_tcp_test_accept(t);
	nst_tcp_test_close_listener(t);
	nst_tcp_test_in(t, NST_TCP_ACK, 101, 1, 0);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_ESTABLISHED);
	KUNIT_EXPECT_PTR_EQ(test, t->tp->fastopen_pending, NULL);
}

static void close__failed_child_leaves_no_trace(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u8 cookie[8];

	listen_open(t, 1);
	learn(t, cookie);
	t->wire->stack->config.socket_max = 1;
	refused(t, cookie);
	KUNIT_EXPECT_EQ(test, sockets(t), 1);
	KUNIT_EXPECT_EQ(test, READ_ONCE(t->listener->sk->sk_ack_backlog), 0);
	t->wire->stack->config.socket_max = 100;
	open_with(nst_tcp_test_another(t), cookie);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(cookie__is_granted_on_request),
	KUNIT_CASE(cookie__is_not_granted_without_the_option),
	KUNIT_CASE(cookie__is_not_granted_without_the_server),
	KUNIT_CASE(cookie__wrong_one_is_replaced),
	KUNIT_CASE(cookie__part_of_it_is_wrong),
	KUNIT_CASE(cookie__of_a_former_key_is_renewed),
	KUNIT_CASE(cookie__is_that_of_a_host_with_the_key),
	KUNIT_CASE(server__takes_data_with_a_cookie),
	KUNIT_CASE(server__opens_without_data),
	KUNIT_CASE(server__answers_before_the_handshake_is_done),
	KUNIT_CASE(server__repeats_nothing_but_the_syn_ack),
	KUNIT_CASE(server__gives_up_with_its_syn_ack),
	KUNIT_CASE(server__same_syn_again_gets_the_syn_ack),
	KUNIT_CASE(server__does_not_take_data_without_a_cookie),
	KUNIT_CASE(server__needs_no_cookie_when_told),
	KUNIT_CASE(server__needs_no_cookie_by_option),
	KUNIT_CASE(server__every_listener_when_told),
	KUNIT_CASE(queue__is_exact),
	KUNIT_CASE(queue__closing_early_makes_no_room),
	KUNIT_CASE(queue__reset_counts_for_a_while),
	KUNIT_CASE(close__listener_takes_its_children_along),
	KUNIT_CASE(close__accepted_child_outlives_the_listener),
	KUNIT_CASE(close__failed_child_leaves_no_trace),
	{}
};

static struct kunit_suite suite = {
	.name = "netstack_tcp_fastopen_server",
	.init = nst_tcp_test_init_passive,
	.test_cases = cases,
};

kunit_test_suite(suite);
