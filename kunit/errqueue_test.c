// SPDX-License-Identifier: GPL-2.0
/*
 * The error queue of IP_RECVERR.
 */
#include <linux/errqueue.h>
#include <linux/icmp.h>

#include "sock_fixture.h"

#define PORT	4000

/* What recvmsg(MSG_ERRQUEUE) gave. */
struct report {
	int ret;
	int flags;
	char data[64];
	struct sockaddr_in name;
	int namelen;
	struct sock_extended_err ee;
	struct sockaddr_in offender;
};

static void recv_error(struct socket *sock, struct report *report,
		       size_t room)
{
	struct sockaddr_storage storage = {};
	struct kvec iov = { .iov_base = report->data, .iov_len = room };
	union {
		struct cmsghdr header;
		u8 room[256];
	} control;
	struct msghdr msg = {
		.msg_name = &storage,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct {
		struct sock_extended_err ee;
		struct sockaddr_in offender;
	} *payload = CMSG_DATA(&control.header);

	memset(report, 0, sizeof(*report));
	memset(&control, 0, sizeof(control));
	report->ret = kernel_recvmsg(sock, &msg, &iov, 1, room,
				     MSG_ERRQUEUE | MSG_DONTWAIT);
	if (report->ret < 0)
		return;
	report->flags = msg.msg_flags;
	report->namelen = msg.msg_namelen;
	memcpy(&report->name, &storage, sizeof(report->name));
	if (control.header.cmsg_level == SOL_IP &&
	    control.header.cmsg_type == IP_RECVERR) {
		report->ee = payload->ee;
		report->offender = payload->offender;
	}
}

static void queue_icmp(struct socket *sock, struct kunit *test,
		       const char *quoted)
{
	struct sk_buff *skb = nst_build_payload(test, quoted, strlen(quoted));
	const struct nst_icmp_error error = {
		.family = AF_INET,
		.type = ICMP_DEST_UNREACH,
		.code = ICMP_PORT_UNREACH,
		.errno = ECONNREFUSED,
		.hard = true,
		.info = 77,
		.saddr = nst_address_v4(htonl(NST_WIRE_LOCAL)),
		.daddr = nst_address_v4(htonl(NST_WIRE_PEER)),
		.offender = nst_address_v4(htonl(NST_WIRE_OTHER)),
	};

	nst_sock_queue_icmp_error(sock->sk, skb, &error, htons(7));
	kfree_skb(skb);
}

static struct socket *subject(struct kunit *test)
{
	struct socket *sock;

	nst_wire_create_ipv4(test);
	sock = sock_make(test, SOCK_DGRAM);
	sock_nst(sock)->recverr = true;
	return sock;
}

static void icmp__tells_what_and_who(struct kunit *test)
{
	struct socket *sock = subject(test);
	struct report *report = kunit_kzalloc(test, sizeof(*report),
					      GFP_KERNEL);

	queue_icmp(sock, test, "12345678payload");
	recv_error(sock, report, sizeof(report->data));
	KUNIT_EXPECT_EQ(test, 7, report->ret);
	KUNIT_EXPECT_STREQ(test, "payload", (const char *)report->data);
	KUNIT_EXPECT_EQ(test, MSG_ERRQUEUE, report->flags & MSG_ERRQUEUE);
	KUNIT_EXPECT_EQ(test, (int)sizeof(struct sockaddr_in),
			report->namelen);
	KUNIT_EXPECT_EQ(test, NST_WIRE_PEER,
			ntohl(report->name.sin_addr.s_addr));
	KUNIT_EXPECT_EQ(test, 7, ntohs(report->name.sin_port));
	KUNIT_EXPECT_EQ(test, (u32)ECONNREFUSED, report->ee.ee_errno);
	KUNIT_EXPECT_EQ(test, SO_EE_ORIGIN_ICMP, report->ee.ee_origin);
	KUNIT_EXPECT_EQ(test, ICMP_DEST_UNREACH, report->ee.ee_type);
	KUNIT_EXPECT_EQ(test, ICMP_PORT_UNREACH, report->ee.ee_code);
	KUNIT_EXPECT_EQ(test, 77u, report->ee.ee_info);
	KUNIT_EXPECT_EQ(test, AF_INET, report->offender.sin_family);
	KUNIT_EXPECT_EQ(test, NST_WIRE_OTHER,
			ntohl(report->offender.sin_addr.s_addr));
	recv_error(sock, report, sizeof(report->data));
	KUNIT_EXPECT_EQ(test, -EAGAIN, report->ret);
}

static void icmp__short_quote_has_no_payload(struct kunit *test)
{
	struct socket *sock = subject(test);
	struct report *report = kunit_kzalloc(test, sizeof(*report),
					      GFP_KERNEL);

	queue_icmp(sock, test, "12345678");
	recv_error(sock, report, sizeof(report->data));
	KUNIT_EXPECT_EQ(test, 0, report->ret);
	KUNIT_EXPECT_EQ(test, (u32)ECONNREFUSED, report->ee.ee_errno);
}

static void icmp__longer_than_the_room(struct kunit *test)
{
	struct socket *sock = subject(test);
	struct report *report = kunit_kzalloc(test, sizeof(*report),
					      GFP_KERNEL);

	queue_icmp(sock, test, "12345678payload");
	recv_error(sock, report, 3);
	KUNIT_EXPECT_EQ(test, 3, report->ret);
	KUNIT_EXPECT_EQ(test, MSG_TRUNC, report->flags & MSG_TRUNC);
	KUNIT_EXPECT_STREQ(test, "pay", (const char *)report->data);
}

static void local__has_no_offender(struct kunit *test)
{
	const union nst_address daddr = nst_address_v4(htonl(NST_WIRE_PEER));
	struct socket *sock = subject(test);
	struct report *report = kunit_kzalloc(test, sizeof(*report),
					      GFP_KERNEL);

	nst_sock_queue_local_error(sock->sk, EMSGSIZE, AF_INET, &daddr,
				   htons(7), 1500);
	recv_error(sock, report, sizeof(report->data));
	KUNIT_EXPECT_EQ(test, 0, report->ret);
	KUNIT_EXPECT_EQ(test, (u32)EMSGSIZE, report->ee.ee_errno);
	KUNIT_EXPECT_EQ(test, SO_EE_ORIGIN_LOCAL, report->ee.ee_origin);
	KUNIT_EXPECT_EQ(test, 1500u, report->ee.ee_info);
	KUNIT_EXPECT_EQ(test, 0, report->offender.sin_family);
	KUNIT_EXPECT_EQ(test, NST_WIRE_PEER,
			ntohl(report->name.sin_addr.s_addr));
}

static void queue__only_for_those_who_ask(struct kunit *test)
{
	const union nst_address daddr = nst_address_v4(htonl(NST_WIRE_PEER));
	struct socket *sock = subject(test);

	sock_nst(sock)->recverr = false;
	queue_icmp(sock, test, "12345678payload");
	nst_sock_queue_local_error(sock->sk, EMSGSIZE, AF_INET, &daddr,
				   htons(7), 1500);
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&sock->sk->sk_error_queue));
}

static void queue__is_bounded(struct kunit *test)
{
	struct socket *sock = subject(test);
	unsigned int i, length;
	int off = 0;

	sock->sk->sk_rcvbuf = 8192;
	for (i = 0; i < 256; i++)
		queue_icmp(sock, test, "12345678payload");
	length = skb_queue_len(&sock->sk->sk_error_queue);
	KUNIT_EXPECT_GT(test, length, 0u);
	KUNIT_EXPECT_LT(test, length, 64u);
	KUNIT_EXPECT_LT(test, atomic_read(&sock->sk->sk_rmem_alloc), 8192);

	/* Turning it off empties it. */
	KUNIT_EXPECT_EQ(test, 0,
			nst_ip_setsockopt(sock->sk, SOL_IP, IP_RECVERR,
					  KERNEL_SOCKPTR(&off), sizeof(off)));
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&sock->sk->sk_error_queue));
	KUNIT_EXPECT_EQ(test, 0, atomic_read(&sock->sk->sk_rmem_alloc));
}

static void queue__dies_with_the_socket(struct kunit *test)
{
	struct socket *sock = subject(test);

	/* The leak checker of the guest sees to it. */
	queue_icmp(sock, test, "12345678payload");
	KUNIT_EXPECT_EQ(test, 1u, skb_queue_len(&sock->sk->sk_error_queue));
}

static struct kunit_case errqueue_cases[] = {
	KUNIT_CASE(icmp__tells_what_and_who),
	KUNIT_CASE(icmp__short_quote_has_no_payload),
	KUNIT_CASE(icmp__longer_than_the_room),
	KUNIT_CASE(local__has_no_offender),
	KUNIT_CASE(queue__only_for_those_who_ask),
	KUNIT_CASE(queue__is_bounded),
	KUNIT_CASE(queue__dies_with_the_socket),
	{}
};

static struct kunit_suite errqueue_suite = {
	.name = "netstack_errqueue",
	.test_cases = errqueue_cases,
};

kunit_test_suite(errqueue_suite);
