// SPDX-License-Identifier: GPL-2.0
/*
 * Timestamps of sending: transport/tcp/stamp.c, transport/errqueue.c.
 */
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>

#include "tcp_fixture.h"

#define ALL	(SOF_TIMESTAMPING_TX_SCHED | SOF_TIMESTAMPING_TX_SOFTWARE | \
		 SOF_TIMESTAMPING_TX_ACK | SOF_TIMESTAMPING_OPT_ID |	  \
		 SOF_TIMESTAMPING_OPT_TSONLY)

static int test_init(struct kunit *test)
{
	int err = nst_tcp_test_init(test);

	if (!err)
		nst_tcp_test_establish(test->priv);
	return err;
}

/* SO_TIMESTAMPING, as net/core sets it. */
static void ask(struct nst_tcp_test *t, u32 flags)
{
	WRITE_ONCE(t->sk->sk_tsflags, flags);
	atomic_set(&t->sk->sk_tskey, 0);
}

static void expect_no_stamp(struct nst_tcp_test *t)
{
	KUNIT_EXPECT_TRUE(t->test, skb_queue_empty(&t->sk->sk_error_queue));
}

/* The next report is of the time @type of byte @id. Return: its data. */
static unsigned int expect_stamp(struct nst_tcp_test *t, u32 type, u32 id)
{
	struct sk_buff *skb = sock_dequeue_err_skb(t->sk);
	struct sock_extended_err ee;
	unsigned int len;

	KUNIT_ASSERT_NOT_NULL(t->test, skb);
	ee = SKB_EXT_ERR(skb)->ee;
	len = skb->len;
	kfree_skb(skb);
	KUNIT_EXPECT_EQ(t->test, (int)ee.ee_errno, ENOMSG);
	KUNIT_EXPECT_EQ(t->test, (int)ee.ee_origin, SO_EE_ORIGIN_TIMESTAMPING);
	KUNIT_EXPECT_EQ(t->test, ee.ee_info, type);
	KUNIT_EXPECT_EQ(t->test, ee.ee_data, id);
	return len;
}

static void expect_sent(struct nst_tcp_test *t, u32 id)
{
	expect_stamp(t, SCM_TSTAMP_SCHED, id);
	expect_stamp(t, SCM_TSTAMP_SND, id);
}

static void stamp__tells_of_sending_and_acknowledgment(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_expect_push(t, 1, 100);
	nst_tcp_test_ack(t, 101);
	expect_no_stamp(t);

	ask(t, ALL);
	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_expect_push(t, 101, 100);
	expect_sent(t, 99);
	nst_tcp_test_ack(t, 200);
	expect_no_stamp(t);
	nst_tcp_test_ack(t, 201);
	KUNIT_EXPECT_EQ(test, expect_stamp(t, SCM_TSTAMP_ACK, 99), 0U);
	nst_tcp_test_send(t, 50, 0);
	nst_tcp_test_expect_push(t, 201, 50);
	expect_sent(t, 149);
	nst_tcp_test_ack(t, 251);
	expect_stamp(t, SCM_TSTAMP_ACK, 149);
	expect_no_stamp(t);
}

/* The byte is in the last of three segments. */
static void stamp__goes_with_the_last_byte(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	ask(t, ALL);
	nst_tcp_test_send(t, 2500, MSG_EOR);
	nst_tcp_test_expect_data(t, 1, 1000);
	nst_tcp_test_expect_data(t, 1001, 1000);
	nst_tcp_test_expect_push(t, 2001, 500);
	expect_sent(t, 2499);
	expect_no_stamp(t);
	nst_tcp_test_ack(t, 2001);
	expect_no_stamp(t);
	nst_tcp_test_ack(t, 2501);
	expect_stamp(t, SCM_TSTAMP_ACK, 2499);
}

/* What follows in the same segment takes nothing away when it is cut. */
static void stamp__stays_with_its_byte_on_a_cut(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->tp->nonagle = NST_TCP_NAGLE_CORK;
	ask(t, ALL);
	nst_tcp_test_send(t, 400, 0);
	WRITE_ONCE(t->sk->sk_tsflags, SOF_TIMESTAMPING_OPT_ID |
				      SOF_TIMESTAMPING_OPT_TSONLY);
	nst_tcp_test_send(t, 500, 0);
	expect_no_stamp(t);
	KUNIT_ASSERT_EQ(test, 0, nst_tcp_fragment(t->sk,
						  nst_tcp_send_head(t->sk),
						  600, false, GFP_KERNEL));
	KUNIT_EXPECT_TRUE(test, nst_tcp_cb(nst_tcp_send_head(t->sk))->stamp_ack);
	KUNIT_ASSERT_EQ(test, 0, nst_tcp_fragment(t->sk,
						  nst_tcp_send_head(t->sk),
						  399, false, GFP_KERNEL));
	KUNIT_EXPECT_FALSE(test,
			   nst_tcp_cb(nst_tcp_send_head(t->sk))->stamp_ack);
	lock_sock(t->sk);
	nst_tcp_push(t->sk, NST_TCP_NAGLE_OFF | NST_TCP_NAGLE_PUSH);
	release_sock(t->sk);
	expect_sent(t, 399);
	expect_no_stamp(t);
	nst_tcp_test_ack(t, 400);
	expect_no_stamp(t);
	nst_tcp_test_ack(t, 901);
	expect_stamp(t, SCM_TSTAMP_ACK, 399);
	expect_no_stamp(t);
	nst_wire_discard(t->wire);
}

/* What is sent again is told of again; what is acknowledged, once. */
static void stamp__of_a_retransmission_is_told_too(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	ask(t, ALL & ~SOF_TIMESTAMPING_TX_SCHED);
	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_expect_push(t, 1, 100);
	expect_stamp(t, SCM_TSTAMP_SND, 99);
	/* The copy has left the wire: nothing is shared any more. */
	nst_wire_discard(t->wire);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_push(t, 1, 100);
	skb_queue_purge(&t->sk->sk_error_queue);
	nst_tcp_test_ack(t, 101);
	expect_stamp(t, SCM_TSTAMP_ACK, 99);
	nst_tcp_test_ack(t, 101);
	expect_no_stamp(t);
}

/* The number is 0 for the first byte behind what was acknowledged then. */
static void stamp__counts_from_where_it_was_switched_on(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_expect_push(t, 1, 100);
	ask(t, ALL);
	t->tp->nonagle = NST_TCP_NAGLE_OFF;
	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_expect_push(t, 101, 100);
	expect_sent(t, 199);
	nst_tcp_test_ack(t, 201);
	expect_stamp(t, SCM_TSTAMP_ACK, 199);

	ask(t, ALL);
	nst_tcp_test_send(t, 10, 0);
	nst_tcp_test_expect_push(t, 201, 10);
	expect_sent(t, 9);
	nst_tcp_test_ack(t, 211);
	expect_stamp(t, SCM_TSTAMP_ACK, 9);
}

static void stamp__can_be_asked_for_by_the_message(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct kvec data = { .iov_base = "stamp", .iov_len = 5 };
	struct {
		struct cmsghdr header;
		u32 flags;
	} __aligned(sizeof(long)) control = {
		.header.cmsg_len = CMSG_LEN(sizeof(u32)),
		.header.cmsg_level = SOL_SOCKET,
		.header.cmsg_type = SO_TIMESTAMPING_NEW,
		.flags = SOF_TIMESTAMPING_TX_ACK,
	};
	struct msghdr msg = {
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};

	ask(t, SOF_TIMESTAMPING_OPT_ID);
	KUNIT_ASSERT_EQ(test, kernel_sendmsg(t->sock, &msg, &data, 1, 5), 5);
	nst_wire_discard(t->wire);
	nst_tcp_test_ack(t, 6);
	/* Not the time alone: the data is quoted. */
	KUNIT_EXPECT_EQ(test, expect_stamp(t, SCM_TSTAMP_ACK, 4), 5U);
	nst_tcp_test_send(t, 5, 0);
	nst_wire_discard(t->wire);
	nst_tcp_test_ack(t, 11);
	expect_no_stamp(t);
}

static void stamp__is_read_without_an_address(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct sockaddr_storage name = {};
	union {
		struct cmsghdr header;
		u8 room[256];
	} control = {};
	char data[16];
	struct kvec iov = { .iov_base = data, .iov_len = sizeof(data) };
	struct msghdr msg = {
		.msg_name = &name,
		.msg_namelen = sizeof(name),
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	const struct sock_extended_err *ee = CMSG_DATA(&control.header);

	ask(t, ALL & ~(SOF_TIMESTAMPING_TX_SCHED |
		       SOF_TIMESTAMPING_TX_SOFTWARE));
	nst_tcp_test_send(t, 100, 0);
	nst_tcp_test_expect_push(t, 1, 100);
	nst_tcp_test_ack(t, 101);
	KUNIT_ASSERT_EQ(test, kernel_recvmsg(t->sock, &msg, &iov, 1,
					     sizeof(data),
					     MSG_ERRQUEUE | MSG_DONTWAIT), 0);
	KUNIT_EXPECT_EQ(test, msg.msg_namelen, 0);
	KUNIT_EXPECT_TRUE(test, msg.msg_flags & MSG_ERRQUEUE);
	KUNIT_EXPECT_EQ(test, (int)control.header.cmsg_type, IP_RECVERR);
	KUNIT_EXPECT_EQ(test, (int)ee->ee_origin, SO_EE_ORIGIN_TIMESTAMPING);
	KUNIT_EXPECT_EQ(test, ee->ee_data, 99U);
}

static struct kunit_case stamp_cases[] = {
	KUNIT_CASE(stamp__tells_of_sending_and_acknowledgment),
	KUNIT_CASE(stamp__goes_with_the_last_byte),
	KUNIT_CASE(stamp__stays_with_its_byte_on_a_cut),
	KUNIT_CASE(stamp__of_a_retransmission_is_told_too),
	KUNIT_CASE(stamp__counts_from_where_it_was_switched_on),
	KUNIT_CASE(stamp__can_be_asked_for_by_the_message),
	KUNIT_CASE(stamp__is_read_without_an_address),
	{}
};

static struct kunit_suite stamp_suite = {
	.name = "netstack_tcp_stamp",
	.init = test_init,
	.test_cases = stamp_cases,
};

kunit_test_suite(stamp_suite);
