// SPDX-License-Identifier: GPL-2.0
/*
 * Path MTU discovery without ICMP (RFC 4821): transport/tcp/mtu_probe.c, and
 * what recovery.c makes of the loss of a probe. The path takes 1500 bytes and
 * the search begins at 1064: the first probe is a packet of 1282, which has
 * 1242 bytes of payload.
 */
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>

#include "../netstack/network/path_mtu.h"
#include "tcp_fixture.h"

#define HEADERS		40
#define BASE		1024
#define PROBE		1242
#define AFTER		(1 + PROBE)	/* sequence number behind the probe */
#define CWND		20
#define SSTHRESH	10
#define COUNT(t, item)	nst_mib_read((t)->wire->stack, NST_MIB_TCP_##item)

static struct nst_tcp_test *establish(struct kunit *test, int probing)
{
	struct nst_tcp_test *t = test->priv;

	t->wire->stack->config.tcp_mtu_probing = probing;
	t->wire->stack->config.tcp_slow_start_after_idle = 0;
	/* Time-outs, not tail loss probes. */
	t->wire->stack->config.tcp_early_retrans = 0;
	nst_tcp_test_establish(t);
	WRITE_ONCE(t->sk->sk_sndbuf, 1 << 20);
	t->tp->cwnd = CWND;
	t->tp->ssthresh = SSTHRESH;
	return t;
}

static struct nst_tcp_test *begin(struct kunit *test)
{
	nst_tcp_test_offer(test->priv, .mss = 1460, .sack_ok = true);
	return establish(test, NST_TCP_MTU_PROBING_ALWAYS);
}

/* Segments of @mss bytes from @seq on, with the last octet pushed. */
static u32 expect_segments(struct nst_tcp_test *t, u32 seq, u32 end, u32 mss)
{
	for (; end - seq > mss; seq += mss)
		nst_tcp_test_expect_data(t, seq, mss);
	nst_tcp_test_expect_push(t, seq, end - seq);
	nst_wire_expect_nothing(t->wire);
	return end;
}

/* A write of ten segments: the probe, and the rest behind it. */
static void send_probe(struct nst_tcp_test *t)
{
	u32 len = PROBE + 9 * BASE;

	KUNIT_ASSERT_EQ(t->test, nst_tcp_test_send(t, len, 0), (int)len);
	nst_tcp_test_expect_data(t, 1, PROBE);
	expect_segments(t, AFTER, 1 + len, BASE);
	KUNIT_EXPECT_EQ(t->test, t->tp->mtu_probe.size, (u32)PROBE + HEADERS);
	KUNIT_EXPECT_EQ(t->test, t->tp->packets_out, 10U);
}

/* As many segments after the probe were SACKed. */
static void sack_after(struct nst_tcp_test *t, u32 skip, u32 count)
{
	u32 left = AFTER + skip * BASE;
	u32 right = left + count * BASE;

	nst_tcp_test_in(t, NST_TCP_ACK, 1, 1, 0,
			NST_TCP_SACK({ left, right }));
}

static void probing__is_off_by_default(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, t->wire->stack->config.tcp_mtu_probing, 0);
	KUNIT_EXPECT_EQ(test, t->wire->stack->config.tcp_base_mss, 1024);
	nst_tcp_test_offer(t, .mss = 1460);
	establish(test, t->wire->stack->config.tcp_mtu_probing);
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 10000, 0), 10000);
	expect_segments(t, 1, 10001, 1460);
	KUNIT_EXPECT_FALSE(test, t->tp->mtu_probing);
}

/* RFC 4821 7.2: it begins at a size that nearly every path takes. */
static void probing__begins_at_the_base(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test);

	KUNIT_EXPECT_EQ(test, t->tp->mss_cache, (u32)BASE);
	KUNIT_EXPECT_EQ(test, t->tp->mtu_probe.search_low,
			(u32)BASE + HEADERS);
	KUNIT_EXPECT_EQ(test, t->tp->mtu_probe.search_high, 1500U);
}

/* RFC 4821 7.3, 10.1: the middle of the range, made of data that waits. */
static void probe__is_cut_from_a_long_buffer(struct kunit *test)
{
	send_probe(begin(test));
}

static void probe__is_joined_from_short_buffers(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test);
	u32 len = BASE + PROBE + 9 * BASE;

	/* One segment a buffer, and the first has gone. */
	t->tp->nonagle = NST_TCP_NAGLE_OFF;
	WRITE_ONCE(t->wire->link->gso_max_segs, 1);
	t->tp->cwnd = 1;
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, len, 0), (int)len);
	nst_tcp_test_expect_data(t, 1, BASE);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, skb_queue_len(&t->sk->sk_write_queue), 11U);

	t->tp->cwnd = CWND;
	nst_tcp_test_ack(t, 1 + BASE);
	nst_tcp_test_expect_data(t, 1 + BASE, PROBE);
	/* The second buffer gave 218 bytes and keeps the rest. */
	nst_tcp_test_expect_data(t, 1 + BASE + PROBE, 2 * BASE - PROBE);
	nst_tcp_test_expect_data(t, 1 + 3 * BASE, BASE);
	nst_wire_discard(t->wire);
	nst_tcp_test_ack(t, 1 + len);
	KUNIT_EXPECT_EQ(test, t->sk->sk_wmem_queued, 0);
	KUNIT_EXPECT_EQ(test, t->tp->mss_cache, (u32)PROBE);
}

/* SO_TIMESTAMPING: the byte that is told of has moved to another buffer. */
static void probe__takes_timestamps_with_it(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test);
	struct sk_buff *skb;

	t->tp->nonagle = NST_TCP_NAGLE_OFF;
	WRITE_ONCE(t->wire->link->gso_max_segs, 1);
	t->tp->cwnd = 1;
	nst_tcp_test_send(t, BASE, 0);
	nst_tcp_test_expect_push(t, 1, BASE);
	WRITE_ONCE(t->sk->sk_tsflags, SOF_TIMESTAMPING_TX_ACK |
				      SOF_TIMESTAMPING_OPT_TSONLY |
				      SOF_TIMESTAMPING_OPT_ID);
	nst_tcp_test_send(t, BASE, MSG_EOR);
	nst_tcp_cb(nst_tcp_send_head(t->sk))->eor = false;
	WRITE_ONCE(t->sk->sk_tsflags, SOF_TIMESTAMPING_OPT_TSONLY |
				      SOF_TIMESTAMPING_OPT_ID);
	nst_tcp_test_send(t, PROBE + 9 * BASE, 0);
	nst_wire_expect_nothing(t->wire);

	t->tp->cwnd = CWND;
	nst_tcp_test_ack(t, 1 + BASE);
	nst_tcp_test_expect_push(t, 1 + BASE, PROBE);
	nst_wire_discard(t->wire);
	KUNIT_EXPECT_TRUE(test, skb_queue_empty(&t->sk->sk_error_queue));
	nst_tcp_test_ack(t, 1 + BASE + PROBE);
	skb = sock_dequeue_err_skb(t->sk);
	KUNIT_ASSERT_NOT_NULL(test, skb);
	KUNIT_EXPECT_EQ(test, SKB_EXT_ERR(skb)->ee.ee_info,
			(u32)SCM_TSTAMP_ACK);
	KUNIT_EXPECT_EQ(test, SKB_EXT_ERR(skb)->ee.ee_data, 2U * BASE - 1);
	kfree_skb(skb);
	nst_wire_discard(t->wire);
}

/* RFC 4821 7.6.1; the window stays what it is, in bytes. */
static void probe__success_raises_the_mss(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test);

	send_probe(t);
	nst_tcp_test_ack(t, AFTER);
	KUNIT_EXPECT_EQ(test, COUNT(t, MTUP_SUCCESS), 1UL);
	KUNIT_EXPECT_EQ(test, COUNT(t, MTUP_FAIL), 0UL);
	KUNIT_EXPECT_EQ(test, t->tp->mss_cache, (u32)PROBE);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, (u32)CWND * BASE / PROBE);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh, (u32)SSTHRESH * BASE / PROBE);
	nst_tcp_test_ack(t, AFTER + 9 * BASE);

	/* The next is in the middle of what is left: 1282 to 1500. */
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 10000, 0), 10000);
	nst_tcp_test_expect_data(t, AFTER + 9 * BASE, 1391 - HEADERS);
	expect_segments(t, AFTER + 9 * BASE + 1391 - HEADERS,
			AFTER + 9 * BASE + 10000, PROBE);
}

/* A part of it that is acknowledged does not tell that the packet arrived. */
static void probe__success_is_the_whole_of_it(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test);

	send_probe(t);
	nst_tcp_test_ack(t, AFTER - 1);
	KUNIT_EXPECT_EQ(test, COUNT(t, MTUP_SUCCESS), 0UL);
	KUNIT_EXPECT_EQ(test, t->tp->mss_cache, (u32)BASE);
}

static void expect_failed(struct nst_tcp_test *t)
{
	KUNIT_EXPECT_EQ(t->test, COUNT(t, MTUP_FAIL), 1UL);
	KUNIT_EXPECT_EQ(t->test, COUNT(t, MTUP_SUCCESS), 0UL);
	KUNIT_EXPECT_EQ(t->test, t->tp->mtu_probe.size, 0U);
	KUNIT_EXPECT_EQ(t->test, t->tp->mtu_probe.search_high,
			(u32)PROBE + HEADERS - 1);
	KUNIT_EXPECT_EQ(t->test, t->tp->mss_cache, (u32)BASE);
	KUNIT_EXPECT_EQ(t->test, t->tp->cwnd, (u32)CWND);
	KUNIT_EXPECT_EQ(t->test, t->tp->ssthresh, (u32)SSTHRESH);
}

/* RFC 4821 7.6.2: what was in it is sent again, and nothing is reduced. */
static void probe__loss_is_not_congestion(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test);

	send_probe(t);
	sack_after(t, 0, 4);
	nst_tcp_test_expect_data(t, 1, BASE);
	nst_tcp_test_expect_push(t, 1 + BASE, PROBE - BASE);
	nst_wire_expect_nothing(t->wire);
	expect_failed(t);
	KUNIT_EXPECT_EQ(test, COUNT(t, SACK_RECOVERY), 0UL);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 11U);

	nst_tcp_test_ack(t, AFTER + 9 * BASE);
	KUNIT_EXPECT_EQ(test, (int)t->tp->ca_state, (int)NST_TCP_CA_OPEN);
	expect_failed(t);
	KUNIT_EXPECT_FALSE(test, t->tp->size_loss);

	/* RFC 4821 7.3: the search goes on below. */
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, 10000, 0), 10000);
	nst_tcp_test_expect_data(t, AFTER + 9 * BASE, 1173 - HEADERS);
}

static void probe__loss_is_not_congestion_without_sack(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	unsigned int i;

	nst_tcp_test_offer(t, .mss = 1460);
	establish(test, NST_TCP_MTU_PROBING_ALWAYS);
	send_probe(t);
	for (i = 0; i < 3; i++) {
		nst_wire_expect_nothing(t->wire);
		nst_tcp_test_ack(t, 1);
	}
	nst_tcp_test_expect_data(t, 1, BASE);
	nst_tcp_test_expect_push(t, 1 + BASE, PROBE - BASE);
	nst_wire_expect_nothing(t->wire);
	expect_failed(t);
	KUNIT_EXPECT_EQ(test, COUNT(t, RENO_RECOVERY), 0UL);
	nst_tcp_test_ack(t, AFTER + 9 * BASE);
	expect_failed(t);
}

/* RFC 4821 7.6.4: with other losses it tells nothing, and they do. */
static void probe__loss_among_others_is_congestion(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test);

	send_probe(t);
	sack_after(t, 1, 5);
	KUNIT_EXPECT_EQ(test, COUNT(t, MTUP_FAIL), 0UL);
	KUNIT_EXPECT_EQ(test, COUNT(t, SACK_RECOVERY), 1UL);
	KUNIT_EXPECT_EQ(test, (int)t->tp->ca_state, (int)NST_TCP_CA_RECOVERY);
	KUNIT_EXPECT_LT(test, t->tp->ssthresh, (u32)SSTHRESH);
	KUNIT_EXPECT_EQ(test, t->tp->mtu_probe.size, 0U);
	KUNIT_EXPECT_EQ(test, t->tp->mtu_probe.search_high, 1500U);
	/* It arrives as two: that does not tell of its size. */
	nst_tcp_test_ack(t, AFTER + 9 * BASE);
	KUNIT_EXPECT_EQ(test, COUNT(t, MTUP_SUCCESS), 0UL);
	KUNIT_EXPECT_EQ(test, t->tp->mss_cache, (u32)BASE);
}

/* RFC 4821 7.6.2: only the loss of the probe is excused. */
static void probe__later_loss_is_congestion(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test);

	send_probe(t);
	sack_after(t, 0, 4);
	expect_failed(t);
	nst_wire_discard(t->wire);
	nst_tcp_test_in(t, NST_TCP_ACK, 1, AFTER + 4 * BASE, 0,
			NST_TCP_SACK({ AFTER + 5 * BASE, AFTER + 9 * BASE }));
	KUNIT_EXPECT_EQ(test, (int)t->tp->ca_state, (int)NST_TCP_CA_RECOVERY);
	KUNIT_EXPECT_LT(test, t->tp->ssthresh, (u32)SSTHRESH);
	KUNIT_EXPECT_FALSE(test, t->tp->size_loss);
	nst_tcp_test_expect_data(t, AFTER + 4 * BASE, BASE);
}

/* RFC 4821 7.6.3: a time-out is congestion, whatever it was for. */
static void probe__timeout_tells_nothing_and_reduces(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test);

	send_probe(t);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_data(t, 1, BASE);
	KUNIT_EXPECT_EQ(test, COUNT(t, MTUP_FAIL), 0UL);
	KUNIT_EXPECT_EQ(test, t->tp->mtu_probe.size, 0U);
	KUNIT_EXPECT_EQ(test, t->tp->mtu_probe.search_high, 1500U);
	KUNIT_EXPECT_LT(test, t->tp->ssthresh, (u32)SSTHRESH);
	nst_tcp_test_ack(t, AFTER + 9 * BASE);
	KUNIT_EXPECT_EQ(test, COUNT(t, MTUP_SUCCESS), 0UL);
}

/* A link that refuses the probe: the data leaves in pieces. */
static void probe__data_is_not_lost_with_it(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test);
	u32 len = PROBE + 9 * BASE;

	t->wire->capacity = 0;
	KUNIT_ASSERT_EQ(test, nst_tcp_test_send(t, len, 0), (int)len);
	KUNIT_EXPECT_EQ(test, t->tp->mtu_probe.size, 0U);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 0U);
	t->wire->capacity = 100;
	t->tp->cwnd = 5;
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_push(t, 1, BASE);
	nst_tcp_test_ack(t, 1 + BASE);
	nst_tcp_test_expect_data(t, 1 + BASE, PROBE - BASE);
	nst_tcp_test_expect_data(t, AFTER, BASE);
}

enum obstacle {
	SMALL_CWND,
	FEW_DATA,
	SMALL_WINDOW,
	DISORDER,
	RECORDS,
	URGENT,
	BLOCKS_TO_SEND,
	FRAGMENTS,
	OBSTACLES,
};

/* RFC 4821 7.4: when a loss would not show, or not be told from others. */
static void probe__waits_for_its_preconditions(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test);
	struct nst_tcp_sock *tp = t->tp;
	u32 len;
	int o;

	for (o = 0; o < OBSTACLES; o++) {
		len = PROBE + 4 * BASE - (o == FEW_DATA);
		tp->cwnd = o == SMALL_CWND ? 10 : CWND;
		tp->ca_state = o == DISORDER ? NST_TCP_CA_DISORDER :
					       NST_TCP_CA_OPEN;
		tp->sack_count = o == BLOCKS_TO_SEND;
		tp->nst.ip_mtu_discover = o == FRAGMENTS ? IP_PMTUDISC_DONT :
							   IP_PMTUDISC_WANT;
		tp->snd_wnd = o == SMALL_WINDOW ? len - 1 : 65535;
		if (o == RECORDS) {
			tp->nonagle = NST_TCP_NAGLE_CORK;
			nst_tcp_test_send(t, 1000, MSG_EOR);
			tp->nonagle = 0;
		}
		nst_tcp_test_send(t, len, o == URGENT ? MSG_OOB : 0);
		KUNIT_EXPECT_EQ_MSG(test, tp->mtu_probe.size, 0U,
				    "obstacle %d", o);
		nst_wire_discard(t->wire);

		tp->ca_state = NST_TCP_CA_OPEN;
		tp->sack_count = 0;
		while (tp->packets_out) {
			nst_tcp_test_ack(t, tp->snd_nxt - tp->iss);
			nst_wire_discard(t->wire);
		}
		KUNIT_ASSERT_TRUE(test,
				  skb_queue_empty(&t->sk->sk_write_queue));
		KUNIT_ASSERT_EQ(test, COUNT(t, MTUP_SUCCESS), 0UL);
	}
	/* With none of them it goes. */
	tp->nst.ip_mtu_discover = IP_PMTUDISC_WANT;
	tp->cwnd = CWND;
	nst_tcp_test_send(t, PROBE + 4 * BASE, 0);
	KUNIT_EXPECT_EQ(test, tp->mtu_probe.size, (u32)PROBE + HEADERS);
}

/* RFC 4821 7.4: there must be room in the window; it comes. */
static void probe__waits_for_acknowledgments_on_their_way(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test);

	t->tp->cwnd = 12;
	/* Eleven are in flight, and no probe, for lack of data. */
	t->tp->mtu_probing = false;
	nst_tcp_test_send(t, 11 * BASE, 0);
	nst_wire_discard(t->wire);
	KUNIT_ASSERT_EQ(test, t->tp->packets_out, 11U);
	t->tp->mtu_probing = true;
	nst_tcp_test_send(t, PROBE + 4 * BASE, 0);
	nst_wire_expect_nothing(t->wire);
	nst_tcp_test_ack(t, 1 + BASE);
	nst_tcp_test_expect_data(t, 1 + 11 * BASE, PROBE);
	KUNIT_EXPECT_EQ(test, t->tp->mtu_probe.size, (u32)PROBE + HEADERS);
}

/* RFC 4821 7.3: it ends when what it could gain is less than the threshold. */
static void search__ends_near_the_largest(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test);
	unsigned int probes;
	u32 seq = 1;

	for (probes = 0; probes < 20; probes++) {
		t->tp->cwnd = CWND;
		nst_tcp_test_send(t, 10000, 0);
		nst_wire_discard(t->wire);
		if (!t->tp->mtu_probe.size)
			break;
		seq += 10000;
		nst_tcp_test_ack(t, seq);
	}
	/* Ranges 436, 218, 109, 54, 27, 13, 6 */
	KUNIT_EXPECT_EQ(test, probes, 6U);
	KUNIT_EXPECT_EQ(test, t->tp->mss_cache, 1454U);
	KUNIT_EXPECT_EQ(test, COUNT(t, MTUP_SUCCESS), 6UL);
}

/* RFC 4821 7.3: paths change, so it begins again after a while. */
static void search__begins_again_after_the_interval(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test);
	u32 seq = 1;

	t->tp->mtu_probe.search_high = BASE + HEADERS + 7;
	nst_tcp_clock_advance(599ULL * USEC_PER_SEC);
	nst_tcp_test_send(t, 10000, 0);
	nst_wire_discard(t->wire);
	KUNIT_EXPECT_EQ(test, t->tp->mtu_probe.search_high,
			(u32)BASE + HEADERS + 7);
	seq += 10000;
	nst_tcp_test_ack(t, seq);

	nst_tcp_clock_advance(USEC_PER_SEC);
	t->tp->cwnd = CWND;
	nst_tcp_test_send(t, 10000, 0);
	nst_wire_discard(t->wire);
	seq += 10000;
	nst_tcp_test_ack(t, seq);
	KUNIT_EXPECT_EQ(test, t->tp->mtu_probe.search_high, 1500U);
	KUNIT_EXPECT_EQ(test, t->tp->mtu_probe.search_low,
			(u32)BASE + HEADERS);
	nst_tcp_test_send(t, 10000, 0);
	nst_tcp_test_expect_data(t, seq, PROBE);
}

/* RFC 4821 7.7 */
static void black_hole__lowers_the_mss(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_offer(t, .mss = 1460, .sack_ok = true);
	establish(test, NST_TCP_MTU_PROBING_BLACK_HOLE);
	t->wire->stack->config.tcp_mtu_probe_floor = 200;
	KUNIT_EXPECT_EQ(test, t->tp->mss_cache, 1460U);
	nst_tcp_test_send(t, 1460, 0);
	nst_tcp_test_expect_push(t, 1, 1460);
	/* Not by the first time-out: that is congestion. */
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_push(t, 1, 1460);
	nst_tcp_clock_advance(4 * USEC_PER_SEC);

	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_data(t, 1, 1024);
	KUNIT_EXPECT_TRUE(test, t->tp->mtu_probing);
	/* Still nothing: half of it, down to the floor. */
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_data(t, 1, 512);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_data(t, 1, 256);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_data(t, 1, 200);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_data(t, 1, 200);
	/* The search for more goes on from there, when it works again. */
	KUNIT_EXPECT_EQ(test, t->tp->mtu_probe.search_high, 1500U);
	nst_tcp_test_ack(t, 1461);
	KUNIT_EXPECT_EQ(test, t->tp->mss_cache, 200U);
	t->tp->cwnd = CWND;
	nst_tcp_test_send(t, 4000, 0);
	nst_tcp_test_expect_data(t, 1461, (240 + 1500) / 2 - HEADERS);
}

static void black_hole__is_ignored_by_default(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_offer(t, .mss = 1460);
	establish(test, NST_TCP_MTU_PROBING_NEVER);
	nst_tcp_test_send(t, 1460, 0);
	nst_tcp_test_expect_push(t, 1, 1460);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_push(t, 1, 1460);
	nst_tcp_clock_advance(4 * USEC_PER_SEC);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_push(t, 1, 1460);
	KUNIT_EXPECT_FALSE(test, t->tp->mtu_probing);
}

static void too_big(struct nst_tcp_test *t, u32 mtu)
{
	lock_sock(t->sk);
	t->tp->mtu_info = mtu;
	nst_tcp_mtu_reduced(t->sk);
	release_sock(t->sk);
}

/* RFC 4821 4, 7.6.2: an ICMP error tells sooner what the loss would. */
static void icmp__fails_the_probe_at_once(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test);

	send_probe(t);
	too_big(t, 1200);
	nst_tcp_test_expect_data(t, 1, BASE);
	nst_tcp_test_expect_push(t, 1 + BASE, PROBE - BASE);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, COUNT(t, MTUP_FAIL), 1UL);
	KUNIT_EXPECT_EQ(test, t->tp->mtu_probe.search_high, 1200U);
	KUNIT_EXPECT_EQ(test, t->tp->mss_cache, (u32)BASE);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, (u32)CWND);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh, (u32)SSTHRESH);
}

/* What is smaller than what got through so far: the path is another one. */
static void icmp__lowers_both_bounds(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test);

	nst_tcp_test_send(t, 1, 0);
	too_big(t, 800);
	KUNIT_EXPECT_EQ(test, t->tp->mtu_probe.search_low, 800U);
	KUNIT_EXPECT_EQ(test, t->tp->mtu_probe.search_high, 800U);
	KUNIT_EXPECT_EQ(test, t->tp->mss_cache, 800U - HEADERS);
	KUNIT_EXPECT_EQ(test, COUNT(t, MTUP_FAIL), 0UL);
}

/* RFC 4821 7.3, RFC 1191 6.3: in time the path is tried beyond its word. */
static void icmp__is_doubted_after_the_interval(struct kunit *test)
{
	struct nst_tcp_test *t = begin(test);

	too_big(t, BASE + HEADERS + 4);
	KUNIT_EXPECT_EQ(test, t->tp->pmtu, (u32)BASE + HEADERS + 4);
	nst_tcp_clock_advance(600ULL * USEC_PER_SEC);
	/* The stack forgets it at that age, too. */
	nst_path_mtu_forget(t->wire->stack, AF_INET, NULL, 0);
	t->tp->cwnd = CWND;
	nst_tcp_test_send(t, 10000, 0);
	nst_wire_discard(t->wire);
	nst_tcp_test_ack(t, 10001);
	t->tp->cwnd = CWND;
	nst_tcp_test_send(t, 10000, 0);
	nst_tcp_test_expect_data(t, 10001, PROBE);
	KUNIT_EXPECT_EQ(test, t->tp->pmtu, 1500U);
	KUNIT_EXPECT_EQ(test, t->tp->mss_cache, (u32)BASE);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(probing__is_off_by_default),
	KUNIT_CASE(probing__begins_at_the_base),
	KUNIT_CASE(probe__is_cut_from_a_long_buffer),
	KUNIT_CASE(probe__is_joined_from_short_buffers),
	KUNIT_CASE(probe__takes_timestamps_with_it),
	KUNIT_CASE(probe__success_raises_the_mss),
	KUNIT_CASE(probe__success_is_the_whole_of_it),
	KUNIT_CASE(probe__loss_is_not_congestion),
	KUNIT_CASE(probe__loss_is_not_congestion_without_sack),
	KUNIT_CASE(probe__loss_among_others_is_congestion),
	KUNIT_CASE(probe__later_loss_is_congestion),
	KUNIT_CASE(probe__timeout_tells_nothing_and_reduces),
	KUNIT_CASE(probe__data_is_not_lost_with_it),
	KUNIT_CASE(probe__waits_for_its_preconditions),
	KUNIT_CASE(probe__waits_for_acknowledgments_on_their_way),
	KUNIT_CASE(search__ends_near_the_largest),
	KUNIT_CASE(search__begins_again_after_the_interval),
	KUNIT_CASE(black_hole__lowers_the_mss),
	KUNIT_CASE(black_hole__is_ignored_by_default),
	KUNIT_CASE(icmp__fails_the_probe_at_once),
	KUNIT_CASE(icmp__lowers_both_bounds),
	KUNIT_CASE(icmp__is_doubted_after_the_interval),
	{}
};

static struct kunit_suite suite = {
	.name = "netstack_tcp_mtu_probe",
	.init = nst_tcp_test_init,
	.test_cases = cases,
};

kunit_test_suite(suite);
