// SPDX-License-Identifier: GPL-2.0
/*
 * Addresses that programs pass, and bind(2), which reads them.
 */
#include <net/tcp_states.h>

#include "sock_fixture.h"

#define PORT	4000

static void parse__reads_an_address(struct kunit *test)
{
	struct sockaddr_in sin = sock_address(NST_WIRE_LOCAL, PORT);
	struct nst_sockaddr address;
	struct sock *sk;

	nst_wire_create(test);
	sk = sock_make(test, SOCK_DGRAM)->sk;
	memset(&address, 0xff, sizeof(address));
	KUNIT_EXPECT_EQ(test, 0,
			nst_sockaddr_parse(sk, &sin, sizeof(sin), &address));
	KUNIT_EXPECT_EQ(test, AF_INET, address.family);
	KUNIT_EXPECT_EQ(test, NST_WIRE_LOCAL, ntohl(address.address.v4));
	KUNIT_EXPECT_EQ(test, 0ull, address.address.quad[1]);
	KUNIT_EXPECT_EQ(test, PORT, ntohs(address.port));
	KUNIT_EXPECT_EQ(test, 0u, address.link_index);
}

static void parse__refuses_short_and_foreign(struct kunit *test)
{
	struct sockaddr_in sin = sock_address(NST_WIRE_LOCAL, PORT);
	struct nst_sockaddr address;
	struct sock *sk;
	int len;

	nst_wire_create(test);
	sk = sock_make(test, SOCK_DGRAM)->sk;
	for (len = 0; len < (int)sizeof(sin); len++)
		KUNIT_EXPECT_EQ(test, -EINVAL,
				nst_sockaddr_parse(sk, &sin, len, &address));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			nst_sockaddr_parse(sk, &sin, -1, &address));
	sin.sin_family = AF_INET6;
	KUNIT_EXPECT_EQ(test, -EAFNOSUPPORT,
			nst_sockaddr_parse(sk, &sin, sizeof(sin), &address));
}

static void parse__passes_unspec_on(struct kunit *test)
{
	struct sockaddr_in sin = sock_address(NST_WIRE_LOCAL, PORT);
	struct nst_sockaddr address;
	struct sock *sk;

	nst_wire_create(test);
	sk = sock_make(test, SOCK_DGRAM)->sk;
	sin.sin_family = AF_UNSPEC;
	KUNIT_EXPECT_EQ(test, 0,
			nst_sockaddr_parse(sk, &sin, 2, &address));
	KUNIT_EXPECT_EQ(test, AF_UNSPEC, address.family);
	KUNIT_EXPECT_TRUE(test, nst_address_any(&address.address));
	KUNIT_EXPECT_EQ(test, 0,
			nst_sockaddr_parse(sk, &sin, sizeof(sin), &address));
	KUNIT_EXPECT_EQ(test, NST_WIRE_LOCAL, ntohl(address.address.v4));
}

static void fill__leaves_no_byte_unwritten(struct kunit *test)
{
	const union nst_address local = nst_address_v4(htonl(NST_WIRE_LOCAL));
	struct sockaddr_in sin;
	struct sock *sk;

	nst_wire_create(test);
	sk = sock_make(test, SOCK_DGRAM)->sk;
	memset(&sin, 0xff, sizeof(sin));
	KUNIT_EXPECT_EQ(test, (int)sizeof(sin),
			nst_sockaddr_fill(sk, &sin, AF_INET, &local,
					  htons(PORT), 0));
	KUNIT_EXPECT_EQ(test, AF_INET, sin.sin_family);
	KUNIT_EXPECT_EQ(test, PORT, ntohs(sin.sin_port));
	KUNIT_EXPECT_EQ(test, NST_WIRE_LOCAL, ntohl(sin.sin_addr.s_addr));
	KUNIT_EXPECT_NULL(test, memchr_inv(sin.sin_zero, 0,
					   sizeof(sin.sin_zero)));
}

static void bind__takes_what_is_ours(struct kunit *test)
{
	static const struct {
		u32 address;
		int err;
	} cases[] = {
		{ 0, 0 },
		{ NST_WIRE_LOCAL, 0 },
		{ 0x7f000001, 0 },
		{ 0x7f010203, 0 },
		{ 0x0a0000ff, 0 },		/* directed broadcast */
		{ 0xffffffff, 0 },
		{ 0xe0000001, 0 },
		{ NST_WIRE_PEER, -EADDRNOTAVAIL },
		{ 0x08080808, -EADDRNOTAVAIL },
	};
	struct nst_sock *nst;
	unsigned int i;
	int err;

	nst_wire_create_ipv4(test);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct socket *sock = sock_make(test, SOCK_DGRAM);

		nst = sock_nst(sock);
		err = sock_bind(sock, cases[i].address, 0);
		KUNIT_EXPECT_EQ_MSG(test, cases[i].err, err, "address %x",
				    cases[i].address);
		if (err) {
			KUNIT_EXPECT_NULL(test, nst->port);
			KUNIT_EXPECT_TRUE(test,
					  nst_address_any(&nst->bound_address));
			nst->freebind = true;
			KUNIT_EXPECT_EQ(test, 0,
					sock_bind(sock, cases[i].address, 0));
		}
		KUNIT_EXPECT_NOT_NULL(test, nst->port);
	}
}

static void bind__group_is_no_source(struct kunit *test)
{
	struct nst_sock *nst;

	nst_wire_create_ipv4(test);
	nst = sock_nst(sock_make(test, SOCK_DGRAM));
	KUNIT_ASSERT_EQ(test, 0, sock_bind(nst->sk.sk_socket, 0xe0000001,
					   PORT));
	KUNIT_EXPECT_EQ(test, 0xe0000001u, ntohl(nst->bound_address.v4));
	KUNIT_EXPECT_TRUE(test, nst_address_any(&nst->flow.laddr));
}

static void bind__once(struct kunit *test)
{
	struct socket *sock;

	nst_wire_create_ipv4(test);
	sock = sock_make(test, SOCK_DGRAM);
	KUNIT_ASSERT_EQ(test, 0, sock_bind(sock, 0, PORT));
	KUNIT_EXPECT_EQ(test, -EINVAL, sock_bind(sock, 0, PORT + 1));
	KUNIT_EXPECT_EQ(test, PORT, ntohs(sock_nst(sock)->flow.lport));
}

static void bind__address_without_port(struct kunit *test)
{
	struct nst_sock *nst;

	nst_wire_create_ipv4(test);
	nst = sock_nst(sock_make(test, SOCK_DGRAM));
	nst->bind_no_port = true;
	KUNIT_EXPECT_EQ(test, 0, sock_bind(nst->sk.sk_socket, NST_WIRE_LOCAL,
					   0));
	KUNIT_EXPECT_NULL(test, nst->port);
	KUNIT_EXPECT_EQ(test, NST_WIRE_LOCAL, ntohl(nst->bound_address.v4));
	KUNIT_EXPECT_EQ(test, 0, nst_autobind(&nst->sk));
	KUNIT_EXPECT_NOT_NULL(test, nst->port);
}

static void getname__tells_both_ends(struct kunit *test)
{
	struct sockaddr_in sin;
	struct socket *sock;

	nst_wire_create_ipv4(test);
	sock = sock_make(test, SOCK_DGRAM);
	KUNIT_EXPECT_EQ(test, -ENOTCONN,
			sock->ops->getname(sock, (void *)&sin, 1));
	KUNIT_ASSERT_EQ(test, 0, sock_bind(sock, 0, PORT));
	KUNIT_ASSERT_EQ(test, 0, sock_connect(sock, NST_WIRE_PEER, 7));
	KUNIT_EXPECT_EQ(test, (int)sizeof(sin),
			sock->ops->getname(sock, (void *)&sin, 0));
	KUNIT_EXPECT_EQ(test, NST_WIRE_LOCAL, ntohl(sin.sin_addr.s_addr));
	KUNIT_EXPECT_EQ(test, PORT, ntohs(sin.sin_port));
	KUNIT_EXPECT_EQ(test, (int)sizeof(sin),
			sock->ops->getname(sock, (void *)&sin, 1));
	KUNIT_EXPECT_EQ(test, NST_WIRE_PEER, ntohl(sin.sin_addr.s_addr));
	KUNIT_EXPECT_EQ(test, 7, ntohs(sin.sin_port));
	KUNIT_ASSERT_EQ(test, 0, sock_disconnect(sock));
	sock->ops->getname(sock, (void *)&sin, 0);
	KUNIT_EXPECT_EQ(test, 0u, ntohl(sin.sin_addr.s_addr));
	KUNIT_EXPECT_EQ(test, PORT, ntohs(sin.sin_port));
}

static struct kunit_case sockaddr_cases[] = {
	KUNIT_CASE(parse__reads_an_address),
	KUNIT_CASE(parse__refuses_short_and_foreign),
	KUNIT_CASE(parse__passes_unspec_on),
	KUNIT_CASE(fill__leaves_no_byte_unwritten),
	KUNIT_CASE(bind__takes_what_is_ours),
	KUNIT_CASE(bind__group_is_no_source),
	KUNIT_CASE(bind__once),
	KUNIT_CASE(bind__address_without_port),
	KUNIT_CASE(getname__tells_both_ends),
	{}
};

static struct kunit_suite sockaddr_suite = {
	.name = "netstack_sockaddr",
	.test_cases = sockaddr_cases,
};

kunit_test_suite(sockaddr_suite);
