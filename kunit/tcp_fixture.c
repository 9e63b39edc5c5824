// SPDX-License-Identifier: GPL-2.0
/*
 * One TCP connection over the scripted wire: see tcp_fixture.h.
 */
#include <linux/net.h>
#include <linux/uio.h>

#include "../netstack/compat.h"
#include "tcp_fixture.h"

int nst_tcp_test_init(struct kunit *test)
{
	struct nst_tcp_test *t;

	t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	if (!t)
		return -ENOMEM;
	t->test = test;
	t->window = 65535;
	t->wire = nst_wire_create_ipv4(test);
	test->priv = t;

	t->sk = nst_sock_alloc(t->wire->stack, &nst_tcp_prot, IPPROTO_TCP,
			       AF_INET, false, GFP_KERNEL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(t->sk));
	t->tp = nst_tcp_sk(t->sk);
	KUNIT_ASSERT_EQ(test, nst_tcp_init_sock(t->sk), 0);
	/* Segments of plain length, unless a test wants more. */
	t->wire->stack->config.tcp_timestamps = 0;
	t->wire->stack->config.tcp_sack = 0;
	t->wire->stack->config.tcp_window_scaling = 0;

	KUNIT_ASSERT_EQ(test, sock_create_lite(PF_INET, SOCK_STREAM,
					       IPPROTO_TCP, &t->sock), 0);
	sock_graft(t->sk, t->sock);
	return 0;
}

void nst_tcp_test_exit(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	if (!t || IS_ERR_OR_NULL(t->sk))
		return;
	if (t->closed) {
		sock_put(t->sk);
		return;
	}
	sock_set_flag(t->sk, SOCK_LINGER);
	t->sk->sk_lingertime = 0;
	nst_tcp_close(t->sk, 0);
	if (t->sock) {
		t->sock->sk = NULL;
		sock_release(t->sock);
	}
}

void nst_tcp_test_close_program(struct nst_tcp_test *t)
{
	sock_hold(t->sk);
	t->closed = true;
	nst_tcp_close(t->sk, 0);
	t->sock->sk = NULL;
	sock_release(t->sock);
}

int nst_tcp_test_connect(struct nst_tcp_test *t)
{
	union nst_address peer = nst_address_v4(htonl(NST_WIRE_PEER));
	int err;

	lock_sock(t->sk);
	err = nst_tcp_connect(t->sk, &peer, htons(NST_TCP_TEST_PORT), 0);
	release_sock(t->sk);
	return err;
}

static void put_u32(u8 *p, u32 value)
{
	p[0] = value >> 24;
	p[1] = value >> 16;
	p[2] = value >> 8;
	p[3] = value;
}

void nst_tcp_test_inject(struct nst_tcp_test *t,
			 const struct nst_tcp_segment *segment)
{
	u8 options[16] = { 1, 1, 8, 10 };
	struct nst_build_tcp tcp = {
		.sport = NST_TCP_TEST_PORT,
		.dport = ntohs(t->tp->nst.flow.lport),
		.seq = NST_TCP_TEST_IRS + segment->seq,
		.flags = segment->flags,
		.window = t->window,
		.window_zero = !t->window,
	};
	struct sk_buff *skb;

	if (segment->flags & NST_TCP_ACK)
		tcp.ack = t->tp->iss + segment->ack;
	if (segment->flags & NST_TCP_SYN) {
		options[0] = 2;
		options[1] = 4;
		options[2] = NST_TCP_TEST_MSS >> 8;
		options[3] = NST_TCP_TEST_MSS & 0xff;
		tcp.options_len = 4;
		if (t->ts) {
			options[4] = 8;
			options[5] = 10;
			put_u32(options + 6, t->tsval);
			put_u32(options + 10, 0);
			options[14] = 1;
			options[15] = 1;
			tcp.options_len = 16;
		}
		tcp.options = options;
	} else if (t->ts) {
		put_u32(options + 4, t->tsval);
		put_u32(options + 8, (u32)nst_tcp_clock_ms() +
				     t->tp->ts_offset);
		tcp.options = options;
		tcp.options_len = 12;
	}

	skb = nst_build_pattern(t->test, segment->len, segment->seq);
	nst_build_tcp(skb, &tcp);
	nst_build_ipv4(skb, &(struct nst_build_ipv4){
		.protocol = IPPROTO_TCP,
	});
	nst_build_ethernet(skb, &(struct nst_build_ethernet){});
	nst_wire_inject(t->wire, skb);
}

void nst_tcp_test_ack(struct nst_tcp_test *t, u32 ack)
{
	nst_tcp_test_inject(t, NST_TCP_SEGMENT(NST_TCP_ACK, 1, ack, 0));
}

struct sk_buff *nst_tcp_test_expect(struct nst_tcp_test *t,
				    const struct nst_tcp_segment *segment)
{
	struct sk_buff *skb = nst_wire_expect_ipv4(t->wire, IPPROTO_TCP);
	const struct tcphdr *th = tcp_hdr(skb);
	struct kunit *test = t->test;
	unsigned int i, len;

	KUNIT_ASSERT_GE(test, skb->len, (unsigned int)sizeof(*th));
	KUNIT_ASSERT_GE(test, skb->len, th->doff * 4U);
	len = skb->len - th->doff * 4;
	KUNIT_EXPECT_EQ(test, ntohs(th->source),
			ntohs(t->tp->nst.flow.lport));
	KUNIT_EXPECT_EQ(test, ntohs(th->dest), NST_TCP_TEST_PORT);
	KUNIT_EXPECT_EQ_MSG(test, ((const u8 *)th)[13], segment->flags, "flags");
	KUNIT_EXPECT_EQ_MSG(test, ntohl(th->seq) - t->tp->iss, segment->seq,
			    "sequence number");
	if (segment->flags & NST_TCP_ACK)
		KUNIT_EXPECT_EQ_MSG(test, ntohl(th->ack_seq) - NST_TCP_TEST_IRS,
				    segment->ack, "acknowledgment number");
	else
		KUNIT_EXPECT_EQ(test, ntohl(th->ack_seq), 0U);
	KUNIT_EXPECT_EQ_MSG(test, len, segment->len, "bytes of payload");
	for (i = 0; i < len; i++) {
		u8 octet = skb->data[th->doff * 4 + i];

		if (octet != (u8)(segment->seq - 1 + i)) {
			KUNIT_FAIL(test, "octet %u of %u is %u", i, len, octet);
			break;
		}
	}
	return skb;
}

void nst_tcp_test_establish(struct nst_tcp_test *t)
{
	KUNIT_ASSERT_EQ(t->test, nst_tcp_test_connect(t), 0);
	nst_tcp_test_expect(t, NST_TCP_SEGMENT(NST_TCP_SYN, 0, 0, 0));
	nst_tcp_test_inject(t, NST_TCP_SEGMENT(NST_TCP_SYN | NST_TCP_ACK,
					       0, 1, 0));
	nst_tcp_test_expect(t, NST_TCP_SEGMENT(NST_TCP_ACK, 1, 1, 0));
	KUNIT_ASSERT_EQ(t->test, t->sk->sk_state, TCP_ESTABLISHED);
	/* A path so slow that no time-out comes by itself. */
	lock_sock(t->sk);
	t->tp->srtt_us = 0;
	nst_tcp_rtt_sample(t->tp, 2 * USEC_PER_SEC);
	release_sock(t->sk);
}

int nst_tcp_test_send(struct nst_tcp_test *t, unsigned int len, int flags)
{
	struct msghdr msg = { .msg_flags = flags | MSG_DONTWAIT };
	u32 from = t->tp->write_seq - t->tp->iss - 1;
	struct kvec vec = { .iov_len = len };
	unsigned int i;
	int ret;
	u8 *data;

	data = kvmalloc(max(len, 1U), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(t->test, data);
	for (i = 0; i < len; i++)
		data[i] = from + i;
	vec.iov_base = data;
	iov_iter_kvec(&msg.msg_iter, ITER_SOURCE, &vec, 1, len);
	ret = nst_tcp_sendmsg(t->sk, &msg, len);
	kvfree(data);
	return ret;
}

/* As the timer wheel would call it, with the timer's reference. */
static void expire(struct nst_tcp_test *t, struct timer_list *timer)
{
	local_bh_disable();
	if (!timer_delete(timer))
		sock_hold(t->sk);
	timer->function(timer);
	local_bh_enable();
}

void nst_tcp_test_expire_rtx(struct nst_tcp_test *t)
{
	t->tp->rtx_timeout = jiffies;
	expire(t, &t->tp->rtx_timer);
}

void nst_tcp_test_expire_delack(struct nst_tcp_test *t)
{
	t->tp->delack_timeout = jiffies;
	expire(t, &t->tp->delack_timer);
}

void nst_tcp_test_expire_keepalive(struct nst_tcp_test *t)
{
	expire(t, &t->sk->sk_timer);
}

long nst_tcp_test_rtx_due(const struct nst_tcp_test *t)
{
	return (long)(t->tp->rtx_timeout - jiffies);
}
