// SPDX-License-Identifier: GPL-2.0
/*
 * TCP_INFO: transport/tcp/info.c, chrono.c and what they read.
 */
#include "../netstack/transport/tcp/info.h"
#include "tcp_fixture.h"

#define MS	USEC_PER_MSEC

static int test_init(struct kunit *test)
{
	int err = nst_tcp_test_init(test);

	if (!err)
		nst_tcp_test_establish(test->priv);
	return err;
}

static void expect_times(struct nst_tcp_test *t, u64 busy, u64 window,
			 u64 buffer)
{
	struct tcp_info info;

	nst_tcp_get_info(t->sk, &info);
	KUNIT_EXPECT_EQ(t->test, info.tcpi_busy_time, busy);
	KUNIT_EXPECT_EQ(t->test, info.tcpi_rwnd_limited, window);
	KUNIT_EXPECT_EQ(t->test, info.tcpi_sndbuf_limited, buffer);
}

static void info__busy_from_the_write_to_its_acknowledgment(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_wait(t, 50 * MS);
	expect_times(t, 0, 0, 0);
	nst_tcp_test_send(t, 500, 0);
	nst_tcp_test_expect_push(t, 1, 500);
	nst_tcp_test_wait(t, 30 * MS);
	expect_times(t, 30 * MS, 0, 0);
	nst_tcp_test_ack(t, 501);
	nst_tcp_test_wait(t, 100 * MS);
	expect_times(t, 30 * MS, 0, 0);

	nst_tcp_test_send(t, 500, 0);
	nst_tcp_test_expect_push(t, 501, 500);
	nst_tcp_test_wait(t, 5 * MS);
	/* Part of it is not all. */
	nst_tcp_test_send(t, 500, MSG_OOB);
	nst_tcp_test_ack(t, 1001);
	nst_tcp_test_wait(t, 7 * MS);
	expect_times(t, 42 * MS, 0, 0);
	nst_tcp_test_ack(t, 1501);
	nst_tcp_test_wait(t, 7 * MS);
	expect_times(t, 42 * MS, 0, 0);
	nst_wire_discard(t->wire);
}

static void info__closed_window_is_the_peers_fault(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->window = 0;
	nst_tcp_test_ack(t, 1);
	nst_tcp_test_wait(t, 20 * MS);
	expect_times(t, 0, 0, 0);
	nst_tcp_test_send(t, 100, 0);
	nst_wire_expect_nothing(t->wire);
	nst_tcp_test_wait(t, 40 * MS);
	expect_times(t, 40 * MS, 40 * MS, 0);
	t->window = 1000;
	nst_tcp_test_ack(t, 1);
	nst_tcp_test_expect_push(t, 1, 100);
	nst_tcp_test_wait(t, 10 * MS);
	nst_tcp_test_ack(t, 101);
	nst_tcp_test_wait(t, 10 * MS);
	expect_times(t, 50 * MS, 40 * MS, 0);
}

/* It is open, but not for the second segment. */
static void info__small_window_limits_what_is_in_flight(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->window = 1500;
	nst_tcp_test_ack(t, 1);
	nst_tcp_test_send(t, 2000, 0);
	nst_tcp_test_expect_data(t, 1, 1000);
	nst_tcp_test_wait(t, 25 * MS);
	t->window = 20000;
	nst_tcp_test_ack(t, 1001);
	nst_tcp_test_expect_push(t, 1001, 1000);
	nst_tcp_test_wait(t, 25 * MS);
	nst_tcp_test_ack(t, 2001);
	expect_times(t, 50 * MS, 25 * MS, 0);
}

/* A writer that waits while the network would take more. */
static void write_more_than_fits(struct nst_tcp_test *t)
{
	WRITE_ONCE(t->sk->sk_sndbuf, 10000);
	t->sk->sk_userlocks |= SOCK_SNDBUF_LOCK;
	t->sk->sk_allocation = GFP_KERNEL;
	KUNIT_ASSERT_GT(t->test, nst_tcp_test_send(t, 100000, 0), 0);
	KUNIT_ASSERT_TRUE(t->test, test_bit(SOCK_NOSPACE, &t->sock->flags));
	nst_wire_discard(t->wire);
}

static void info__small_buffer_is_our_fault(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->tp->cwnd = 1000;
	write_more_than_fits(t);
	KUNIT_ASSERT_NULL(test, nst_tcp_send_head(t->sk));
	nst_tcp_test_wait(t, 15 * MS);
	expect_times(t, 15 * MS, 0, 15 * MS);
	/* Room for the writer, who takes his time. */
	nst_tcp_test_ack(t, t->tp->snd_nxt - t->tp->iss);
	KUNIT_EXPECT_FALSE(test, test_bit(SOCK_NOSPACE, &t->sock->flags));
	nst_tcp_test_wait(t, 20 * MS);
	expect_times(t, 15 * MS, 0, 15 * MS);
}

static void info__buffer_is_not_to_blame_for_a_full_network(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->tp->cwnd = 2;
	write_more_than_fits(t);
	nst_tcp_test_wait(t, 15 * MS);
	expect_times(t, 15 * MS, 0, 0);
}

static void info__windows_of_both_sides(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_tcp_info info;

	t->window = 4000;
	nst_tcp_test_ack(t, 1);
	nst_tcp_get_full_info(t->sk, &info);
	KUNIT_EXPECT_EQ(test, info.head.tcpi_snd_wnd, 4000U);
	KUNIT_EXPECT_EQ(test, info.rcv_wnd, t->tp->rcv_wnd);
	nst_tcp_test_in(t, NST_TCP_ACK, 1, 1, 300);
	nst_tcp_get_full_info(t->sk, &info);
	KUNIT_EXPECT_EQ(test, info.rcv_wnd, nst_tcp_receive_window(t->tp));
	KUNIT_EXPECT_EQ(test, info.rehash, 0U);
	nst_wire_discard(t->wire);
}

static void expect_rto(struct nst_tcp_test *t, u16 count, u16 recoveries,
		       u32 ms)
{
	struct nst_tcp_info info;

	nst_tcp_get_full_info(t->sk, &info);
	KUNIT_EXPECT_EQ(t->test, info.total_rto, count);
	KUNIT_EXPECT_EQ(t->test, info.total_rto_recoveries, recoveries);
	KUNIT_EXPECT_EQ(t->test, info.total_rto_time, ms);
}

/* The handshake measures no rate. */
static void info__rate_is_that_of_data(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct tcp_info info;

	nst_tcp_get_info(t->sk, &info);
	KUNIT_EXPECT_EQ(test, info.tcpi_delivery_rate, 0ULL);
	KUNIT_EXPECT_TRUE(test, info.tcpi_delivery_rate_app_limited);
	/* The first round trip is the shortest. */
	t->tp->min_rtt_us = 10 * MS;
	nst_tcp_test_send(t, 1000, 0);
	nst_tcp_test_expect_push(t, 1, 1000);
	nst_tcp_test_wait(t, 20 * MS);
	nst_tcp_test_ack(t, 1001);
	nst_tcp_get_info(t->sk, &info);
	KUNIT_EXPECT_EQ(test, info.tcpi_delivery_rate, 50000ULL);
	KUNIT_EXPECT_TRUE(test, info.tcpi_delivery_rate_app_limited);
}

static void info__counts_timeouts_and_their_time(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	expect_rto(t, 0, 0, 0);
	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_expect_push(t, 1, 100);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_wait(t, 60 * MS);
	expect_rto(t, 1, 1, 60);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_wait(t, 40 * MS);
	expect_rto(t, 2, 1, 100);
	nst_wire_discard(t->wire);
	/* Without SACK the state is held until more is acknowledged. */
	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_ack(t, 101);
	nst_tcp_test_ack(t, 201);
	KUNIT_EXPECT_LT(test, (int)t->tp->ca_state, (int)NST_TCP_CA_LOSS);
	nst_tcp_test_wait(t, 300 * MS);
	expect_rto(t, 2, 1, 100);
	nst_wire_discard(t->wire);
}

static void info__new_connection_begins_at_zero(struct kunit *test)
{
	static const struct nst_tcp_info zero;
	struct nst_tcp_test *t = test->priv;
	struct nst_tcp_info info;

	/* Out of order; sent twice; a closed window. */
	nst_tcp_test_in(t, NST_TCP_ACK, 501, 1, 300);
	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_wait(t, 60 * MS);
	nst_tcp_get_full_info(t->sk, &info);
	KUNIT_EXPECT_EQ(test, info.head.tcpi_rcv_ooopack, 1U);
	KUNIT_EXPECT_EQ(test, info.head.tcpi_total_retrans, 1U);
	KUNIT_EXPECT_GT(test, info.head.tcpi_busy_time, 0ULL);

	lock_sock(t->sk);
	nst_tcp_disconnect(t->sk, 0);
	release_sock(t->sk);
	nst_tcp_get_full_info(t->sk, &info);
	KUNIT_EXPECT_EQ(test, memcmp(&info.head.tcpi_bytes_acked,
				     &zero.head.tcpi_bytes_acked,
				     offsetof(struct tcp_info,
					      tcpi_notsent_bytes) -
				     offsetof(struct tcp_info,
					      tcpi_bytes_acked)), 0);
	KUNIT_EXPECT_EQ(test, memcmp(&info.head.tcpi_data_segs_in,
				     &zero.head.tcpi_data_segs_in,
				     offsetof(struct nst_tcp_info, rcv_wnd) -
				     offsetof(struct tcp_info,
					      tcpi_data_segs_in)), 0);
	KUNIT_EXPECT_EQ(test, info.head.tcpi_total_retrans, 0U);
	KUNIT_EXPECT_TRUE(test, info.head.tcpi_delivery_rate_app_limited);
	expect_rto(t, 0, 0, 0);
	nst_wire_discard(t->wire);
}

static struct kunit_case info_cases[] = {
	KUNIT_CASE(info__busy_from_the_write_to_its_acknowledgment),
	KUNIT_CASE(info__closed_window_is_the_peers_fault),
	KUNIT_CASE(info__small_window_limits_what_is_in_flight),
	KUNIT_CASE(info__small_buffer_is_our_fault),
	KUNIT_CASE(info__buffer_is_not_to_blame_for_a_full_network),
	KUNIT_CASE(info__windows_of_both_sides),
	KUNIT_CASE(info__rate_is_that_of_data),
	KUNIT_CASE(info__counts_timeouts_and_their_time),
	KUNIT_CASE(info__new_connection_begins_at_zero),
	{}
};

static struct kunit_suite info_suite = {
	.name = "netstack_tcp_info",
	.init = test_init,
	.test_cases = info_cases,
};

kunit_test_suite(info_suite);
