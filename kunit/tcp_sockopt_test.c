// SPDX-License-Identifier: GPL-2.0
/*
 * Options of level IPPROTO_TCP (sockopt.c): ranges and refusals. Defaults
 * and what they read back are compared with the host's in
 * tools/testing/selftests/stream_differential.c.
 */
#include "tcp_fixture.h"

struct option_row {
	const char *what;
	int option;
	int value;
	int result;
};

static const struct option_row option_rows[] = {
	{ "MSS below the floor", TCP_MAXSEG, NST_TCP_MIN_MSS - 1, -EINVAL },
	{ "MSS at the floor", TCP_MAXSEG, NST_TCP_MIN_MSS, 0 },
	{ "MSS at the ceiling", TCP_MAXSEG, 32767, 0 },
	{ "MSS above the ceiling", TCP_MAXSEG, 32768, -EINVAL },
	{ "MSS given back", TCP_MAXSEG, 0, 0 },
	{ "no keepalive idle time", TCP_KEEPIDLE, 0, -EINVAL },
	{ "longest keepalive idle time", TCP_KEEPIDLE, 32767, 0 },
	{ "too long a keepalive idle time", TCP_KEEPIDLE, 32768, -EINVAL },
	{ "no keepalive interval", TCP_KEEPINTVL, 0, -EINVAL },
	{ "keepalive interval", TCP_KEEPINTVL, 1, 0 },
	{ "no keepalive probes", TCP_KEEPCNT, 0, -EINVAL },
	{ "most keepalive probes", TCP_KEEPCNT, 127, 0 },
	{ "too many keepalive probes", TCP_KEEPCNT, 128, -EINVAL },
	{ "most SYN retries", TCP_SYNCNT, 127, 0 },
	{ "too many SYN retries", TCP_SYNCNT, 128, -EINVAL },
	{ "negative user timeout", TCP_USER_TIMEOUT, -1, -EINVAL },
	{ "user timeout", TCP_USER_TIMEOUT, 1000, 0 },
	{ "linear time-outs", TCP_THIN_LINEAR_TIMEOUTS, 1, 0 },
	{ "neither on nor off", TCP_THIN_LINEAR_TIMEOUTS, 2, -EINVAL },
	{ "no FIN-WAIT-2", TCP_LINGER2, -1, 0 },
	{ "congestion information", TCP_CC_INFO, 1, -ENOPROTOOPT },
	{ "repair mode", TCP_REPAIR, 1, -ENOPROTOOPT },
	{ "fast open", TCP_FASTOPEN, 1, 0 },
	{ "fast open, negative", TCP_FASTOPEN, -1, -EINVAL },
	{ "upper layer protocol", TCP_ULP, 1, -ENOENT },
	{ "unknown option", 9999, 1, -ENOPROTOOPT },
};

static void sockopt__ranges(struct kunit *test)
{
	struct socket *sock = nst_tcp_test_socket(test->priv);
	const struct option_row *row;
	int value;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(option_rows); i++) {
		row = &option_rows[i];
		value = row->value;
		KUNIT_EXPECT_EQ_MSG(test, row->result,
				    nst_tcp_setsockopt(sock->sk, SOL_TCP,
						       row->option,
						       KERNEL_SOCKPTR(&value),
						       sizeof(value)),
				    "%s", row->what);
	}
}

static void sockopt__refused_value_changes_nothing(struct kunit *test)
{
	struct socket *sock = nst_tcp_test_socket(test->priv);
	struct nst_tcp_sock *tp = nst_tcp_sk(sock->sk);
	int value = 50;

	KUNIT_EXPECT_EQ(test, 0,
			nst_tcp_setsockopt(sock->sk, SOL_TCP, TCP_KEEPCNT,
					   KERNEL_SOCKPTR(&value),
					   sizeof(value)));
	value = 0;
	KUNIT_EXPECT_EQ(test, -EINVAL,
			nst_tcp_setsockopt(sock->sk, SOL_TCP, TCP_KEEPCNT,
					   KERNEL_SOCKPTR(&value),
					   sizeof(value)));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			nst_tcp_setsockopt(sock->sk, SOL_TCP, TCP_KEEPCNT,
					   KERNEL_SOCKPTR(&value), 1));
	KUNIT_EXPECT_EQ(test, tp->keepalive_probes, 50);
}

static void sockopt__child_inherits(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct socket *listener = nst_tcp_test_listen(t, 5);
	int one = 1;

	KUNIT_ASSERT_EQ(test, 0,
			nst_tcp_setsockopt(listener->sk, SOL_TCP, TCP_NODELAY,
					   KERNEL_SOCKPTR(&one), sizeof(one)));
	KUNIT_ASSERT_EQ(test, 0,
			nst_tcp_setsockopt(listener->sk, SOL_TCP, TCP_KEEPIDLE,
					   KERNEL_SOCKPTR(&one), sizeof(one)));
	nst_tcp_test_establish_passive(t);
	KUNIT_EXPECT_TRUE(test, t->tp->nonagle & NST_TCP_NAGLE_OFF);
	KUNIT_EXPECT_EQ(test, t->tp->keepalive_time, HZ);
}

static void info__tells_of_the_connection(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct tcp_info info;

	nst_tcp_test_listen(t, 7);
	t->offer.mss = NST_WIRE_MTU - 40;
	t->offer.has_ts = true;
	t->rtt_us = 30 * USEC_PER_MSEC;
	nst_tcp_test_handshake(t);

	nst_tcp_get_info(t->listener->sk, &info);
	KUNIT_EXPECT_EQ(test, (int)info.tcpi_state, TCP_LISTEN);
	KUNIT_EXPECT_EQ(test, info.tcpi_unacked, 1);
	KUNIT_EXPECT_EQ(test, info.tcpi_sacked, 7);

	nst_tcp_test_accept(t);
	nst_tcp_test_in(t, NST_TCP_ACK, 1, 1, 100);
	nst_tcp_get_info(t->sk, &info);
	KUNIT_EXPECT_EQ(test, (int)info.tcpi_state, TCP_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, (int)info.tcpi_options, TCPI_OPT_TIMESTAMPS);
	KUNIT_EXPECT_EQ(test, info.tcpi_bytes_received, 100);
	KUNIT_EXPECT_EQ(test, info.tcpi_data_segs_in, 1);
	KUNIT_EXPECT_EQ(test, info.tcpi_segs_in, 3);
	KUNIT_EXPECT_EQ(test, info.tcpi_snd_cwnd, NST_TCP_INIT_CWND);
	KUNIT_EXPECT_EQ(test, info.tcpi_pmtu, NST_WIRE_MTU);
	KUNIT_EXPECT_EQ(test, info.tcpi_snd_mss, NST_WIRE_MTU - 52);
	KUNIT_EXPECT_EQ(test, info.tcpi_unacked, 0);
	KUNIT_EXPECT_EQ(test, info.tcpi_rtt, 30 * USEC_PER_MSEC);
}

static struct kunit_case sockopt_cases[] = {
	KUNIT_CASE(sockopt__ranges),
	KUNIT_CASE(sockopt__refused_value_changes_nothing),
	KUNIT_CASE(sockopt__child_inherits),
	KUNIT_CASE(info__tells_of_the_connection),
	{}
};

static struct kunit_suite sockopt_suite = {
	.name = "netstack_tcp_sockopt",
	.init = nst_tcp_test_init_passive,
	.test_cases = sockopt_cases,
};

kunit_test_suite(sockopt_suite);
