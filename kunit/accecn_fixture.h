/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Connections with accurate ECN (RFC 9768) over the scripted wire: the flags
 * of a segment name its ACE field as a number, ACE(5).
 */
#ifndef NST_KUNIT_ACCECN_FIXTURE_H
#define NST_KUNIT_ACCECN_FIXTURE_H

#include <net/inet_ecn.h>

#include "../netstack/transport/tcp/ecn.h"
#include "tcp_fixture.h"

#define SYN	NST_TCP_SYN
#define ACK	NST_TCP_ACK
#define PSH	NST_TCP_PSH
#define FIN	NST_TCP_FIN

/* AE, CWR and ECE as a number. */
#define ACE(n)	(((n) & 7) << 6)

static inline u8 accecn_field(const struct sk_buff *skb)
{
	return ip_hdr(skb)->tos & INET_ECN_MASK;
}

/* The next segment, and what its IP header says of ECN. */
#define expect_ecn(t, field, ...) do {					\
	const struct sk_buff *frame_ = nst_tcp_test_out(t, __VA_ARGS__);	\
									\
	KUNIT_EXPECT_EQ((t)->test, accecn_field(frame_), (field));	\
} while (0)

/* The SYN of an active open that asks for accurate ECN. */
static inline void accecn_start(struct nst_tcp_test *t)
{
	t->wire->stack->config.tcp_early_retrans = 0;
	t->wire->stack->config.tcp_ecn = 3;
	KUNIT_ASSERT_EQ(t->test, nst_tcp_test_connect(t), 0);
	expect_ecn(t, INET_ECN_NOT_ECT, SYN | ACE(7), 0, 0, 0);
	nst_tcp_test_wait(t, 100 * USEC_PER_MSEC);
}

/* A connection of a client in AccECN mode; the path is clean. */
static inline struct nst_tcp_test *accecn_establish(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	accecn_start(t);
	nst_tcp_test_in(t, SYN | ACK | ACE(2), 0, 1, 0);
	nst_tcp_test_out(t, ACK | ACE(2), 1, 1, 0);
	KUNIT_ASSERT_TRUE(test, nst_accecn_on(t->tp));
	KUNIT_ASSERT_EQ(test, (int)t->tp->accecn.fail, 0);
	return t;
}

/* The fixture's peer is the one that connects. */
static inline struct nst_tcp_test *accecn_listen(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->port = NST_TCP_TEST_CLIENT;
	t->local_port = NST_TCP_TEST_PORT;
	t->wire->stack->config.tcp_ecn = 3;
	nst_tcp_test_listen(t, 5);
	return t;
}

/* Data of the program goes with this ECN field and ACE. */
static inline void accecn_expect_data(struct nst_tcp_test *t, u8 field,
				      u8 ace)
{
	nst_tcp_test_send(t, 100, 0);
	expect_ecn(t, field, ACK | PSH | ACE(ace),
		   t->tp->snd_una - t->tp->iss, 1, 100);
}

#endif /* NST_KUNIT_ACCECN_FIXTURE_H */
