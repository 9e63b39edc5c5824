// SPDX-License-Identifier: GPL-2.0
/*
 * Port spaces: who gets along with whom, and which ephemeral port comes out.
 */
#include <linux/netstack.h>
#include <net/tcp_states.h>

#include "sock_fixture.h"

#define PORT	4000
#define A	0x0a000001
#define B	0x0a000002

/**
 * struct claim - one owner of a port in the words of a test
 * @address: bound address, host order, or 0
 * @link: bound link, or 0
 * @reuse: SO_REUSEADDR
 * @reuseport: SO_REUSEPORT
 * @listen: it listens
 * @uid: owner
 */
struct claim {
	u32 address;
	u32 link;
	bool reuse;
	bool reuseport;
	bool listen;
	unsigned int uid;
};

struct pair {
	const char *what;
	int type;
	struct claim first;
	struct claim second;
	int err;
};

static const struct pair pairs[] = {
	{ "same address", SOCK_DGRAM, { A }, { A }, -EADDRINUSE },
	{ "other address", SOCK_DGRAM, { A }, { B }, 0 },
	{ "wildcard first", SOCK_DGRAM, { 0 }, { A }, -EADDRINUSE },
	{ "wildcard second", SOCK_DGRAM, { A }, { 0 }, -EADDRINUSE },
	{ "other link", SOCK_DGRAM, { A, 1 }, { A, 2 }, 0 },
	{ "same link", SOCK_DGRAM, { A, 1 }, { A, 1 }, -EADDRINUSE },
	{ "link and none", SOCK_DGRAM, { A, 1 }, { A, 0 }, -EADDRINUSE },
	{ "both reuse", SOCK_DGRAM, { A, .reuse = true },
	  { A, .reuse = true }, 0 },
	{ "one reuses", SOCK_DGRAM, { A, .reuse = true }, { A },
	  -EADDRINUSE },
	{ "group", SOCK_DGRAM, { A, .reuseport = true },
	  { A, .reuseport = true }, 0 },
	{ "group of two users", SOCK_DGRAM, { A, .reuseport = true, .uid = 1 },
	  { A, .reuseport = true, .uid = 2 }, -EADDRINUSE },
	{ "reuse and group", SOCK_DGRAM, { A, .reuse = true },
	  { A, .reuseport = true }, -EADDRINUSE },
	{ "streams", SOCK_STREAM, { A }, { A }, -EADDRINUSE },
	{ "streams reuse", SOCK_STREAM, { A, .reuse = true },
	  { A, .reuse = true }, 0 },
	{ "listener reuses", SOCK_STREAM,
	  { A, .reuse = true, .listen = true }, { A, .reuse = true },
	  -EADDRINUSE },
	{ "listeners of a group", SOCK_STREAM,
	  { A, .reuseport = true, .listen = true },
	  { A, .reuseport = true }, 0 },
	{ "listener elsewhere", SOCK_STREAM,
	  { A, .reuse = true, .listen = true }, { B }, 0 },
};

static struct socket *claimant(struct kunit *test, int type,
			       const struct claim *claim)
{
	struct socket *sock = sock_make(test, type);
	struct sock *sk = sock->sk;

	nst_sk(sk)->bound_address = nst_address_v4(htonl(claim->address));
	sk->sk_bound_dev_if = claim->link;
	sk->sk_reuse = claim->reuse;
	sk->sk_reuseport = claim->reuseport;
	sk->sk_uid = KUIDT_INIT(claim->uid);
	return sock;
}

static void pair_describe(const struct pair *pair, char *text)
{
	strscpy(text, pair->what, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(pair, pairs, pair_describe);

static void bind__shares_by_the_hosts_rules(struct kunit *test)
{
	const struct pair *pair = test->param_value;
	struct sock *first, *second;

	nst_wire_create(test);
	first = claimant(test, pair->type, &pair->first)->sk;
	second = claimant(test, pair->type, &pair->second)->sk;
	KUNIT_ASSERT_EQ(test, 0, nst_port_bind(first, PORT));
	if (pair->first.listen)
		first->sk_state = TCP_LISTEN;
	KUNIT_EXPECT_EQ(test, pair->err, nst_port_bind(second, PORT));
	first->sk_state = TCP_CLOSE;
	if (pair->err)
		KUNIT_EXPECT_NULL(test, nst_sk(second)->port);
	nst_port_release(second);
	nst_port_release(first);
	/* Nothing is left of it. */
	first->sk_reuse = 0;
	first->sk_reuseport = 0;
	KUNIT_EXPECT_EQ(test, 0, nst_port_bind(first, PORT));
	nst_port_release(first);
}

static void bind__transports_have_ports_of_their_own(struct kunit *test)
{
	struct sock *stream, *datagram;

	nst_wire_create(test);
	stream = sock_make(test, SOCK_STREAM)->sk;
	datagram = sock_make(test, SOCK_DGRAM)->sk;
	KUNIT_EXPECT_EQ(test, 0, nst_port_bind(stream, PORT));
	KUNIT_EXPECT_EQ(test, 0, nst_port_bind(datagram, PORT));
	nst_port_release(stream);
	nst_port_release(datagram);
}

static void bind__chooses_within_the_range(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct sock *sk[5];
	u16 port, seen = 0;
	unsigned int i;

	wire->stack->config.ip_local_port_range[0] = 50000;
	wire->stack->config.ip_local_port_range[1] = 50003;
	for (i = 0; i < 5; i++)
		sk[i] = sock_make(test, SOCK_DGRAM)->sk;
	for (i = 0; i < 4; i++) {
		KUNIT_ASSERT_EQ(test, 0, nst_port_bind(sk[i], 0));
		port = ntohs(nst_sk(sk[i])->flow.lport);
		KUNIT_EXPECT_GE(test, port, 50000);
		KUNIT_EXPECT_LE(test, port, 50003);
		KUNIT_EXPECT_FALSE(test, nst_sk(sk[i])->user_port);
		seen |= 1 << (port - 50000);
	}
	KUNIT_EXPECT_EQ(test, 0xf, seen);
	KUNIT_EXPECT_EQ(test, -EADDRINUSE, nst_port_bind(sk[4], 0));
	for (i = 0; i < 4; i++)
		nst_port_release(sk[i]);
}

static void bind__heeds_the_sockets_own_range(struct kunit *test)
{
	struct nst_sock *nst;
	unsigned int i;
	u16 port;

	nst_wire_create(test);
	nst = sock_nst(sock_make(test, SOCK_DGRAM));
	nst->port_range[0] = 40000;
	nst->port_range[1] = 40001;
	for (i = 0; i < 16; i++) {
		KUNIT_ASSERT_EQ(test, 0, nst_port_bind(&nst->sk, 0));
		port = ntohs(nst->flow.lport);
		KUNIT_EXPECT_TRUE(test, port == 40000 || port == 40001);
		nst_port_release(&nst->sk);
	}
	/* Outside of the stack's range it has no say: ip(7). */
	nst->port_range[0] = 10;
	nst->port_range[1] = 20;
	KUNIT_ASSERT_EQ(test, 0, nst_port_bind(&nst->sk, 0));
	KUNIT_EXPECT_GE(test, ntohs(nst->flow.lport), 32768);
	nst_port_release(&nst->sk);
}

static void bind__ports_are_not_in_order(struct kunit *test)
{
	unsigned int i, steps = 0;
	u16 port, before = 0;
	struct sock *sk;

	nst_wire_create(test);
	sk = sock_make(test, SOCK_DGRAM)->sk;
	for (i = 0; i < 16; i++) {
		KUNIT_ASSERT_EQ(test, 0, nst_port_bind(sk, 0));
		port = ntohs(nst_sk(sk)->flow.lport);
		steps += port - before == 1 || port == before;
		before = port;
		nst_port_release(sk);
	}
	KUNIT_EXPECT_LT(test, steps, 4u);
}

/* What the claim callback of the test saw and is to say. */
static struct {
	unsigned int calls;
	int err;
	u16 last;
} claims;

static int claim(struct sock *sk)
{
	claims.calls++;
	claims.last = ntohs(nst_sk(sk)->flow.lport);
	return claims.err;
}

static struct sock *connecting(struct kunit *test, u16 rport)
{
	struct nst_sock *nst = sock_nst(sock_make(test, SOCK_STREAM));

	nst->flow.laddr = nst_address_v4(htonl(A));
	nst->flow.raddr = nst_address_v4(htonl(B));
	nst->flow.rport = htons(rport);
	return &nst->sk;
}

static struct nst_demux *demux_of(const struct sock *sk)
{
	return &nst_sk(sk)->stack->udp->demux;
}

static void connect__tries_every_port_once(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct sock *sk = connecting(test, 80);

	wire->stack->config.ip_local_port_range[0] = 50000;
	wire->stack->config.ip_local_port_range[1] = 50009;
	claims.calls = 0;
	claims.err = -EADDRNOTAVAIL;
	KUNIT_EXPECT_EQ(test, -EADDRNOTAVAIL,
			nst_port_connect(sk, demux_of(sk), claim));
	KUNIT_EXPECT_EQ(test, 10u, claims.calls);
	KUNIT_EXPECT_NULL(test, nst_sk(sk)->port);
	KUNIT_EXPECT_EQ(test, 0, (__force int)nst_sk(sk)->flow.lport);
}

static void connect__other_errors_end_the_search(struct kunit *test)
{
	struct sock *sk;

	nst_wire_create(test);
	sk = connecting(test, 80);
	claims.calls = 0;
	claims.err = -ENOMEM;
	KUNIT_EXPECT_EQ(test, -ENOMEM,
			nst_port_connect(sk, demux_of(sk), claim));
	KUNIT_EXPECT_EQ(test, 1u, claims.calls);
	KUNIT_EXPECT_NULL(test, nst_sk(sk)->port);
}

static void connect__shares_with_connections_not_with_binds(struct kunit *test)
{
	struct nst_wire *wire = nst_wire_create(test);
	struct sock *first = connecting(test, 80);
	struct sock *second = connecting(test, 81);
	struct sock *third = sock_make(test, SOCK_STREAM)->sk;

	wire->stack->config.ip_local_port_range[0] = 50000;
	wire->stack->config.ip_local_port_range[1] = 50000;
	claims.err = 0;
	KUNIT_EXPECT_EQ(test, 0,
			nst_port_connect(first, demux_of(first), claim));
	KUNIT_EXPECT_EQ(test, 0,
			nst_port_connect(second, demux_of(second), claim));
	KUNIT_EXPECT_EQ(test, 50000, claims.last);
	KUNIT_EXPECT_EQ(test, -EADDRINUSE, nst_port_bind(third, 50000));
	nst_port_release(first);
	nst_port_release(second);

	KUNIT_EXPECT_EQ(test, 0, nst_port_bind(third, 50000));
	claims.calls = 0;
	KUNIT_EXPECT_EQ(test, -EADDRNOTAVAIL,
			nst_port_connect(first, demux_of(first), claim));
	KUNIT_EXPECT_EQ(test, 0u, claims.calls);
	nst_port_release(third);
}

static void connect__destinations_start_apart(struct kunit *test)
{
	unsigned int i, same = 0;
	u16 first = 0;

	nst_wire_create(test);
	claims.err = 0;
	for (i = 0; i < 8; i++) {
		struct sock *sk = connecting(test, 80 + i);

		KUNIT_ASSERT_EQ(test, 0,
				nst_port_connect(sk, demux_of(sk), claim));
		if (!i)
			first = claims.last;
		same += abs(claims.last - first) < 16;
		nst_port_release(sk);
	}
	KUNIT_EXPECT_LT(test, same, 4u);
}

static void connect__moves_on_after_every_port(struct kunit *test)
{
	u16 before = 0;
	unsigned int i;

	nst_wire_create(test);
	claims.err = 0;
	for (i = 0; i < 8; i++) {
		struct sock *sk = connecting(test, 80);

		KUNIT_ASSERT_EQ(test, 0,
				nst_port_connect(sk, demux_of(sk), claim));
		KUNIT_EXPECT_NE(test, before, claims.last);
		before = claims.last;
		nst_port_release(sk);
	}
}

static void listen__finds_a_second_listener(struct kunit *test)
{
	static const struct claim reuse = { A, .reuse = true };
	struct sock *first, *second;

	nst_wire_create(test);
	first = claimant(test, SOCK_STREAM, &reuse)->sk;
	second = claimant(test, SOCK_STREAM, &reuse)->sk;
	KUNIT_ASSERT_EQ(test, 0, nst_port_bind(first, PORT));
	KUNIT_ASSERT_EQ(test, 0, nst_port_bind(second, PORT));
	KUNIT_EXPECT_EQ(test, 0, nst_port_listen(first));
	first->sk_state = TCP_LISTEN;
	KUNIT_EXPECT_EQ(test, -EADDRINUSE, nst_port_listen(second));
	first->sk_state = TCP_CLOSE;
	nst_port_release(first);
	nst_port_release(second);
}

static void inherit__child_keeps_the_port(struct kunit *test)
{
	struct sock *listener, *child, *other;

	nst_wire_create(test);
	listener = sock_make(test, SOCK_STREAM)->sk;
	child = sock_make(test, SOCK_STREAM)->sk;
	other = sock_make(test, SOCK_STREAM)->sk;
	KUNIT_EXPECT_EQ(test, -ENOENT, nst_port_inherit(child, listener));
	KUNIT_ASSERT_EQ(test, 0, nst_port_bind(listener, PORT));
	KUNIT_EXPECT_EQ(test, 0, nst_port_inherit(child, listener));
	nst_port_release(listener);
	KUNIT_EXPECT_EQ(test, -EADDRINUSE, nst_port_bind(other, PORT));
	nst_port_release(child);
	KUNIT_EXPECT_EQ(test, 0, nst_port_bind(other, PORT));
	nst_port_release(other);
}

static void timewait__keeps_bind_off(struct kunit *test)
{
	static const struct claim reuse = { A, .reuse = true };
	struct nst_port_timewait timewait;
	struct sock *old, *fresh, *reuser;
	struct nst_wire *wire = nst_wire_create(test);

	old = claimant(test, SOCK_STREAM, &reuse)->sk;
	nst_sk(old)->flow.laddr = nst_address_v4(htonl(A));
	fresh = sock_make(test, SOCK_STREAM)->sk;
	reuser = claimant(test, SOCK_STREAM, &reuse)->sk;
	KUNIT_ASSERT_EQ(test, 0, nst_port_bind(old, PORT));
	nst_port_timewait_add(&timewait, old);
	nst_port_release(old);

	KUNIT_EXPECT_EQ(test, -EADDRINUSE, nst_port_bind(fresh, PORT));
	KUNIT_EXPECT_EQ(test, 0, nst_port_bind(reuser, PORT));
	nst_port_release(reuser);
	nst_port_timewait_del(wire->stack, &timewait);
	KUNIT_EXPECT_EQ(test, 0, nst_port_bind(fresh, PORT));
	nst_port_release(fresh);
}

static int set_value(struct socket *sock, int level, int optname, int value,
		     unsigned int len)
{
	return sock->ops->setsockopt(sock, level, optname,
				     KERNEL_SOCKPTR(&value), len);
}

static int set_option_at(struct socket *sock, int level, int optname)
{
	return set_value(sock, level, optname, 1, sizeof(int));
}

static int set_option(struct socket *sock, int optname)
{
	return set_option_at(sock, SOL_SOCKET, optname);
}

/* As programs ask for it, and not without both asking. */
static void reuseport__shares_a_port(struct kunit *test)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM };
	struct socket *first, *second, *third;
	unsigned int i;

	nst_wire_create_ipv4(test);
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		first = sock_make(test, types[i]);
		second = sock_make(test, types[i]);
		third = sock_make(test, types[i]);
		KUNIT_EXPECT_EQ(test, 0, set_option(first, SO_REUSEPORT));
		KUNIT_EXPECT_EQ(test, 0, set_option(second, SO_REUSEPORT));
		KUNIT_EXPECT_EQ(test, 0, sock_bind(first, 0, PORT));
		KUNIT_EXPECT_EQ(test, 0, sock_bind(second, 0, PORT));
		KUNIT_EXPECT_EQ(test, -EADDRINUSE, sock_bind(third, 0, PORT));
		if (types[i] != SOCK_STREAM)
			continue;
		KUNIT_EXPECT_EQ(test, 0, kernel_listen(first, 1));
		KUNIT_EXPECT_EQ(test, 0, kernel_listen(second, 1));
	}
}

/* SO_REUSEPORT by its other name. */
static void netstack_reuseport__is_so_reuseport(struct kunit *test)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM };
	struct socket *first, *second, *third;
	unsigned int i;

	nst_wire_create_ipv4(test);
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		first = sock_make(test, types[i]);
		second = sock_make(test, types[i]);
		third = sock_make(test, types[i]);
		KUNIT_EXPECT_EQ(test, 0, set_option_at(first, SOL_NETSTACK,
						       NETSTACK_REUSEPORT));
		KUNIT_EXPECT_TRUE(test, first->sk->sk_reuseport);
		/* Whichever name a member of the group has used. */
		KUNIT_EXPECT_EQ(test, 0, set_option(second, SO_REUSEPORT));
		KUNIT_EXPECT_EQ(test, 0, sock_bind(first, 0, PORT));
		KUNIT_EXPECT_EQ(test, 0, sock_bind(second, 0, PORT));
		KUNIT_EXPECT_EQ(test, -EADDRINUSE, sock_bind(third, 0, PORT));
		KUNIT_EXPECT_EQ(test, 0, set_value(first, SOL_NETSTACK,
						   NETSTACK_REUSEPORT, 0, 4));
		KUNIT_EXPECT_FALSE(test, first->sk->sk_reuseport);
	}
}

static void setsockopt__knows_its_own_level(struct kunit *test)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM };
	struct socket *sock;
	unsigned int i;

	nst_wire_create_ipv4(test);
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		sock = sock_make(test, types[i]);
		KUNIT_EXPECT_EQ(test, -ENOPROTOOPT,
				set_option_at(sock, SOL_NETSTACK, 0));
		KUNIT_EXPECT_EQ(test, -ENOPROTOOPT,
				set_option_at(sock, SOL_NETSTACK,
					      NETSTACK_ZEROCOPY + 1));
		/* Not an option of net/core's. */
		KUNIT_EXPECT_EQ(test, -ENOPROTOOPT,
				set_option_at(sock, SOL_NETSTACK,
					      SO_BROADCAST));
		KUNIT_EXPECT_FALSE(test, sock_flag(sock->sk, SOCK_BROADCAST));
		KUNIT_EXPECT_EQ(test, -EINVAL,
				set_value(sock, SOL_NETSTACK,
					  NETSTACK_REUSEPORT, 1, 3));
		KUNIT_EXPECT_FALSE(test, sock->sk->sk_reuseport);
	}
}

static void setsockopt__takes_zerocopy_by_both_names(struct kunit *test)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM };
	struct socket *sock;
	unsigned int i;

	nst_wire_create_ipv4(test);
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		sock = sock_make(test, types[i]);
		KUNIT_EXPECT_EQ(test, 0, set_option(sock, SO_ZEROCOPY));
		KUNIT_EXPECT_TRUE(test, sock_flag(sock->sk, SOCK_ZEROCOPY));
		KUNIT_EXPECT_EQ(test, -EINVAL,
				set_value(sock, SOL_NETSTACK,
					  NETSTACK_ZEROCOPY, 2, 4));
		KUNIT_EXPECT_TRUE(test, sock_flag(sock->sk, SOCK_ZEROCOPY));
		KUNIT_EXPECT_EQ(test, 0, set_value(sock, SOL_NETSTACK,
						   NETSTACK_ZEROCOPY, 0, 4));
		KUNIT_EXPECT_FALSE(test, sock_flag(sock->sk, SOCK_ZEROCOPY));
		KUNIT_EXPECT_EQ(test, 0, set_option_at(sock, SOL_NETSTACK,
						       NETSTACK_ZEROCOPY));
		KUNIT_EXPECT_TRUE(test, sock_flag(sock->sk, SOCK_ZEROCOPY));
	}
}

static void setsockopt__refuses_what_has_no_effect(struct kunit *test)
{
	static const int options[] = {
		SO_BUSY_POLL, SO_PREFER_BUSY_POLL, SO_BUSY_POLL_BUDGET,
		SO_TXREHASH, SO_CNX_ADVICE, SO_NOFCS, SO_WIFI_STATUS,
	};
	struct socket *stream, *datagram;
	unsigned int i;

	nst_wire_create_ipv4(test);
	stream = sock_make(test, SOCK_STREAM);
	datagram = sock_make(test, SOCK_DGRAM);
	for (i = 0; i < ARRAY_SIZE(options); i++) {
		KUNIT_EXPECT_EQ(test, -ENOPROTOOPT,
				set_option(stream, options[i]));
		KUNIT_EXPECT_EQ(test, -ENOPROTOOPT,
				set_option(datagram, options[i]));
	}
	/* Connections are paced, datagrams are not. */
	KUNIT_EXPECT_EQ(test, 0, set_option(stream, SO_MAX_PACING_RATE));
	KUNIT_EXPECT_EQ(test, -ENOPROTOOPT,
			set_option(datagram, SO_MAX_PACING_RATE));
	KUNIT_EXPECT_EQ(test, ~0UL, datagram->sk->sk_max_pacing_rate);
	KUNIT_EXPECT_EQ(test, -ENOPROTOOPT, set_option(stream, SO_DONTROUTE));
	KUNIT_EXPECT_EQ(test, 0, set_option(datagram, SO_DONTROUTE));
	/* The others go to net/core. */
	KUNIT_EXPECT_EQ(test, 0, set_option(stream, SO_REUSEADDR));
	KUNIT_EXPECT_TRUE(test, stream->sk->sk_reuse);
}

static struct kunit_case ports_cases[] = {
	KUNIT_CASE_PARAM(bind__shares_by_the_hosts_rules, pair_gen_params),
	KUNIT_CASE(bind__transports_have_ports_of_their_own),
	KUNIT_CASE(bind__chooses_within_the_range),
	KUNIT_CASE(bind__heeds_the_sockets_own_range),
	KUNIT_CASE(bind__ports_are_not_in_order),
	KUNIT_CASE(connect__tries_every_port_once),
	KUNIT_CASE(connect__other_errors_end_the_search),
	KUNIT_CASE(connect__shares_with_connections_not_with_binds),
	KUNIT_CASE(connect__destinations_start_apart),
	KUNIT_CASE(connect__moves_on_after_every_port),
	KUNIT_CASE(listen__finds_a_second_listener),
	KUNIT_CASE(inherit__child_keeps_the_port),
	KUNIT_CASE(timewait__keeps_bind_off),
	KUNIT_CASE(reuseport__shares_a_port),
	KUNIT_CASE(netstack_reuseport__is_so_reuseport),
	KUNIT_CASE(setsockopt__knows_its_own_level),
	KUNIT_CASE(setsockopt__takes_zerocopy_by_both_names),
	KUNIT_CASE(setsockopt__refuses_what_has_no_effect),
	{}
};

static struct kunit_suite ports_suite = {
	.name = "netstack_ports",
	.test_cases = ports_cases,
};

kunit_test_suite(ports_suite);
