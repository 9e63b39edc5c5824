// SPDX-License-Identifier: GPL-2.0
/*
 * Congestion controllers: which there are, which of them a stack allows, and
 * how a socket comes to its own (congestion.c, sockopt.c).
 */
#include "congestion_fixture.h"
#include "tcp_fixture.h"

static void congestion_find__knows_whole_names_only(struct kunit *test)
{
	KUNIT_EXPECT_PTR_EQ(test, nst_congestion_find("reno"), &nst_reno);
	KUNIT_EXPECT_PTR_EQ(test, nst_congestion_find("cubic"), &nst_cubic);
	KUNIT_EXPECT_NULL(test, nst_congestion_find("ren"));
	KUNIT_EXPECT_NULL(test, nst_congestion_find("renos"));
	KUNIT_EXPECT_NULL(test, nst_congestion_find(""));
}

static void congestion_names__lists_and_fits(struct kunit *test)
{
	char names[64], room[8];
	int len;

	len = nst_congestion_names(NULL, names, sizeof(names));
	KUNIT_EXPECT_EQ(test, (size_t)len, strlen(names));
	KUNIT_EXPECT_EQ(test, 0, strncmp(names, "reno cubic", 10));
	KUNIT_EXPECT_EQ(test, 7,
			nst_congestion_names(NULL, room, sizeof(room)));
	KUNIT_EXPECT_STREQ(test, room, "reno cu");
}

static void congestion_allowed__is_all_or_nothing(struct kunit *test)
{
	struct nst_config config = {};
	char good[] = "  cubic ", bad[] = "reno vegas", none[] = "", names[64];

	nst_congestion_config_init(&config);
	KUNIT_EXPECT_EQ(test, 0, nst_congestion_set_allowed(&config, good));
	nst_congestion_names(&config, names, sizeof(names));
	KUNIT_EXPECT_STREQ(test, names, "cubic");
	KUNIT_EXPECT_EQ(test, -ENOENT,
			nst_congestion_set_allowed(&config, bad));
	nst_congestion_names(&config, names, sizeof(names));
	KUNIT_EXPECT_STREQ(test, names, "cubic");
	KUNIT_EXPECT_EQ(test, 0, nst_congestion_set_allowed(&config, none));
	KUNIT_EXPECT_EQ(test, 0,
			nst_congestion_names(&config, names, sizeof(names)));
}

static void congestion_default__is_allowed_too(struct kunit *test)
{
	struct nst_config config = {};
	char none[] = "", names[64];

	nst_congestion_config_init(&config);
	KUNIT_ASSERT_EQ(test, 0, nst_congestion_set_allowed(&config, none));
	KUNIT_EXPECT_EQ(test, 0, nst_congestion_set_default(&config, "reno"));
	KUNIT_EXPECT_PTR_EQ(test, config.tcp_congestion_control, &nst_reno);
	nst_congestion_names(&config, names, sizeof(names));
	KUNIT_EXPECT_STREQ(test, names, "reno");
	KUNIT_EXPECT_EQ(test, -ENOENT,
			nst_congestion_set_default(&config, "vegas"));
	KUNIT_EXPECT_PTR_EQ(test, config.tcp_congestion_control, &nst_reno);
}

static void congestion_set__refuses_the_unknown_and_the_forbidden(struct kunit *test)
{
	struct nst_tcp_sock *tp = nst_congestion_test_connection(test, "cubic");
	char allowed[] = "cubic";

	KUNIT_ASSERT_EQ(test, 0,
			nst_congestion_set_allowed(&tp->nst.stack->config,
						   allowed));
	KUNIT_EXPECT_EQ(test, -ENOENT, nst_congestion_set(tp, "vegas", true));
	KUNIT_EXPECT_EQ(test, -EPERM, nst_congestion_set(tp, "reno", false));
	KUNIT_EXPECT_PTR_EQ(test, tp->ca_ops, &nst_cubic);
	KUNIT_EXPECT_EQ(test, tp->cwnd, 10U);
	KUNIT_EXPECT_EQ(test, 0, nst_congestion_set(tp, "reno", true));
	KUNIT_EXPECT_PTR_EQ(test, tp->ca_ops, &nst_reno);
	/* What it has already takes no privilege. */
	KUNIT_EXPECT_EQ(test, 0, nst_congestion_set(tp, "reno", false));
}

static void congestion_set__goes_on_with_the_window(struct kunit *test)
{
	struct nst_tcp_sock *tp = nst_congestion_test_connection(test, "cubic");

	tp->cwnd = 40;
	tp->ssthresh = 30;
	KUNIT_EXPECT_EQ(test, 0, nst_congestion_set(tp, "reno", true));
	KUNIT_EXPECT_TRUE(test, tp->ca_initialized);
	KUNIT_EXPECT_EQ(test, tp->cwnd, 40U);
	KUNIT_EXPECT_EQ(test, tp->ssthresh, 30U);
	tp->ca_ops->cong_avoid(tp, 40);
	KUNIT_EXPECT_EQ(test, tp->cwnd, 41U);
}

static int choose(struct socket *sock, const char *name)
{
	return nst_tcp_setsockopt(sock->sk, SOL_TCP, TCP_CONGESTION,
				  KERNEL_SOCKPTR((char *)name), strlen(name));
}

/* tcp(7): TCP_CONGESTION */
static void sockopt__congestion_of_a_socket(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	KUNIT_EXPECT_PTR_EQ(test, t->tp->ca_ops,
			    t->wire->stack->config.tcp_congestion_control);
	KUNIT_EXPECT_EQ(test, 0, choose(t->sock, "cubic"));
	KUNIT_EXPECT_PTR_EQ(test, t->tp->ca_ops, &nst_cubic);
	/* It begins with the connection. */
	KUNIT_EXPECT_FALSE(test, t->tp->ca_initialized);
	KUNIT_EXPECT_EQ(test, -ENOENT, choose(t->sock, "none-such"));
	KUNIT_EXPECT_EQ(test, -EINVAL, choose(t->sock, ""));
	/* Cut to what a name may have. */
	KUNIT_EXPECT_EQ(test, -ENOENT, choose(t->sock, "cubic-and-many-more"));
	KUNIT_EXPECT_PTR_EQ(test, t->tp->ca_ops, &nst_cubic);
	nst_tcp_test_establish(t);
	KUNIT_EXPECT_TRUE(test, t->tp->ca_initialized);
}

/* The choice of the listener's program holds for children, others follow. */
static void accepted__has_the_listeners_choice(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_config *config = &t->wire->stack->config;
	struct socket *listener;

	KUNIT_ASSERT_EQ(test, 0, nst_congestion_set_default(config, "reno"));
	listener = nst_tcp_test_listen(t, 5);
	KUNIT_ASSERT_EQ(test, 0, nst_congestion_set_default(config, "cubic"));
	nst_tcp_test_establish_passive(t);
	KUNIT_EXPECT_PTR_EQ(test, t->tp->ca_ops, &nst_cubic);
	KUNIT_EXPECT_TRUE(test, t->tp->ca_initialized);

	KUNIT_ASSERT_EQ(test, 0, choose(listener, "reno"));
	t = nst_tcp_test_another(t);
	nst_tcp_test_establish_passive(t);
	KUNIT_EXPECT_PTR_EQ(test, t->tp->ca_ops, &nst_reno);
}

static struct kunit_case choice_cases[] = {
	KUNIT_CASE(congestion_find__knows_whole_names_only),
	KUNIT_CASE(congestion_names__lists_and_fits),
	KUNIT_CASE(congestion_allowed__is_all_or_nothing),
	KUNIT_CASE(congestion_default__is_allowed_too),
	KUNIT_CASE(congestion_set__refuses_the_unknown_and_the_forbidden),
	KUNIT_CASE(congestion_set__goes_on_with_the_window),
	{}
};

static struct kunit_suite choice_suite = {
	.name = "netstack_tcp_congestion",
	.test_cases = choice_cases,
};

static struct kunit_case active_cases[] = {
	KUNIT_CASE(sockopt__congestion_of_a_socket),
	{}
};

static struct kunit_suite active_suite = {
	.name = "netstack_tcp_congestion_active",
	.init = nst_tcp_test_init,
	.test_cases = active_cases,
};

static struct kunit_case passive_cases[] = {
	KUNIT_CASE(accepted__has_the_listeners_choice),
	{}
};

static struct kunit_suite passive_suite = {
	.name = "netstack_tcp_congestion_passive",
	.init = nst_tcp_test_init_passive,
	.test_cases = passive_cases,
};

kunit_test_suites(&choice_suite, &active_suite, &passive_suite);
