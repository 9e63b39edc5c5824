// SPDX-License-Identifier: GPL-2.0
/*
 * A whole transfer over a path that loses, delays and reorders: the sender
 * under test, a receiver of a few lines, and a seed. Whatever happens, all
 * arrives, the accounts agree with the queue at every step, and little is
 * sent in vain. Time is held, so that minutes cost nothing.
 */
#include <linux/bitmap.h>

#include "recovery_fixture.h"

#define SEGMENTS	1000
#define SEGMENTS_MAX	4000
#define IN_FLIGHT_MAX	512
#define STEP_US		(10 * USEC_PER_MSEC)
#define ONE_WAY_STEPS	5
#define PATIENCE_STEPS	360000	/* an hour */

/**
 * struct road - what a path does, and the receiver at its end
 * @loss: segments lost of a thousand
 * @burst: segments lost together
 * @late: segments of a thousand that take @late_steps more
 * @late_steps: steps of 10 ms
 * @ack_loss: acknowledgments lost of a thousand
 * @no_sack: the receiver knows no SACK, and so reports no duplicates
 * @ts: timestamps
 * @controller: of the sender; NULL: Reno
 * @segments: of the transfer, SEGMENTS_MAX at most; 0: SEGMENTS
 *
 * @random: state of the generator
 * @burst_left: segments that the burst still takes
 * @now: steps
 * @arrivals: segments on their way: their number, and when they arrive
 * @count: how many
 * @received: segments that the receiver has
 * @next: first that it lacks, from 0
 * @newest: segment that arrived last
 * @duplicate: it had it already
 * @in_vain: how often that was so
 */
struct road {
	u32 loss;
	u32 burst;
	u32 late;
	u32 late_steps;
	u32 ack_loss;
	bool no_sack;
	bool ts;
	const struct nst_congestion_ops *controller;
	u32 segments;

	u32 random;
	u32 burst_left;
	u32 now;
	struct {
		u32 segment;
		u32 when;
	} arrivals[IN_FLIGHT_MAX];
	u32 count;
	DECLARE_BITMAP(received, SEGMENTS_MAX);
	u32 next;
	u32 newest;
	bool duplicate;
	u32 in_vain;
};

static u32 thousandth(struct road *path)
{
	path->random = path->random * 1664525 + 1013904223;
	return (path->random >> 10) % 1000;
}

static bool is_lost(struct road *path)
{
	if (path->burst_left) {
		path->burst_left--;
		return true;
	}
	if (thousandth(path) >= path->loss)
		return false;
	if (path->burst)
		path->burst_left = path->burst - 1;
	return true;
}

/* What the stack has sent leaves on the path. */
static void depart(struct nst_tcp_test *t, struct road *path)
{
	while (!skb_queue_empty(&t->wire->sent)) {
		struct sk_buff *skb = nst_wire_expect_ipv4(t->wire,
							   IPPROTO_TCP);
		const struct tcphdr *th = tcp_hdr(skb);
		u32 first = ntohl(th->seq) - t->iss - 1;
		u32 len = skb->len - th->doff * 4;

		nst_read_tcp_options(skb, &t->seen);
		KUNIT_ASSERT_EQ(t->test, first % NST_RECOVERY_MSS, 0U);
		KUNIT_ASSERT_EQ(t->test, len, (u32)NST_RECOVERY_MSS);
		if (is_lost(path))
			continue;
		KUNIT_ASSERT_LT(t->test, path->count, (u32)IN_FLIGHT_MAX);
		path->arrivals[path->count].segment = first / NST_RECOVERY_MSS;
		path->arrivals[path->count].when = path->now + ONE_WAY_STEPS +
			(thousandth(path) < path->late ? path->late_steps : 0);
		path->count++;
	}
}

/* The block of received segments around @segment. */
static struct nst_build_sack block_at(const struct road *path, u32 segment)
{
	u32 end = find_next_zero_bit(path->received, path->segments, segment);

	while (segment && test_bit(segment - 1, path->received))
		segment--;
	return (struct nst_build_sack){ segment * NST_RECOVERY_MSS + 1,
					end * NST_RECOVERY_MSS + 1 };
}

/* RFC 2018 4, RFC 2883 4: the newest first, before it a duplicate. */
static void fill_blocks(const struct road *path,
			struct nst_build_tcp_options *options)
{
	u32 max = path->ts ? 3 : 4, at = path->next;

	if (path->duplicate) {
		options->sack[0].left = path->newest * NST_RECOVERY_MSS + 1;
		options->sack[0].right = options->sack[0].left +
					 NST_RECOVERY_MSS;
		options->sack_count = 1;
	}
	if (path->newest >= path->next)
		options->sack[options->sack_count++] =
			block_at(path, path->newest);
	while (options->sack_count < max) {
		struct nst_build_sack block;

		at = find_next_bit(path->received, path->segments, at);
		if (at >= path->segments)
			return;
		block = block_at(path, at);
		at = (block.right - 1) / NST_RECOVERY_MSS;
		if (path->newest >= path->next &&
		    block.left == block_at(path, path->newest).left)
			continue;
		options->sack[options->sack_count++] = block;
	}
}

static void acknowledge(struct nst_tcp_test *t, struct road *path)
{
	struct nst_build_tcp_options options = {};

	path->next = find_next_zero_bit(path->received, path->segments, path->next);
	if (!path->no_sack)
		fill_blocks(path, &options);
	if (thousandth(path) < path->ack_loss)
		return;
	/* A timestamp of a hundred ms ago: the segment's own, about. */
	t->tsecr = (u32)nst_tcp_clock_ms() + t->tp->ts_offset -
		   ONE_WAY_STEPS * STEP_US / USEC_PER_MSEC;
	nst_tcp_test_in(t, NST_TCP_ACK, 1,
			path->next * NST_RECOVERY_MSS + 1, 0,
			.options = options.sack_count ? &options : NULL);
	depart(t, path);
}

/* In the order in which they left, among those that arrive in this step. */
static void arrive(struct nst_tcp_test *t, struct road *path)
{
	u32 i = 0;

	while (i < path->count) {
		u32 segment = path->arrivals[i].segment;

		if (path->arrivals[i].when > path->now) {
			i++;
			continue;
		}
		path->count--;
		memmove(&path->arrivals[i], &path->arrivals[i + 1],
			(path->count - i) * sizeof(path->arrivals[0]));
		path->newest = segment;
		path->duplicate = __test_and_set_bit(segment, path->received);
		path->in_vain += path->duplicate;
		acknowledge(t, path);
		nst_flight_expect_sound(t);
	}
}

/* A step passes; what pacing held back leaves in its midst. */
static void pass_step(struct nst_tcp_test *t, struct road *path)
{
	struct hrtimer *timer = &t->tp->pacing_timer;
	u64 end = nst_tcp_clock_ns() + STEP_US * NSEC_PER_USEC;
	u64 now, due;

	while (hrtimer_is_queued(timer)) {
		now = nst_tcp_clock_ns();
		due = max_t(u64, ktime_to_ns(hrtimer_get_expires(timer)), now);
		if (due >= end)
			break;
		nst_tcp_test_wait(t, DIV_ROUND_UP_ULL(due - now,
						      NSEC_PER_USEC));
		if (hrtimer_try_to_cancel(timer) != 1)
			break;
		local_bh_disable();
		ACCESS_PRIVATE(timer, function)(timer);
		local_bh_enable();
		depart(t, path);
	}
	now = nst_tcp_clock_ns();
	if (now < end)
		nst_tcp_test_wait(t, div_u64(end - now, NSEC_PER_USEC));
	depart(t, path);
}

static void transfer(struct kunit *test, struct road *path)
{
	struct nst_tcp_test *t = test->priv;
	u32 seed = path->random;
	u32 queued = 0;

	nst_tcp_test_offer(t, .mss = NST_RECOVERY_MSS + (path->ts ? 12 : 0),
			   .sack_ok = !path->no_sack, .has_ts = path->ts,
			   .tsval = 1);
	t->rtt_us = ONE_WAY_STEPS * STEP_US;
	t->tp->ca_ops = path->controller ?: &nst_reno;
	nst_tcp_test_establish(t);
	WRITE_ONCE(t->sk->sk_sndbuf, 16 << 20);

	for (path->now = 0; path->now < PATIENCE_STEPS; path->now++) {
		if (queued < path->segments) {
			int sent = nst_tcp_test_send(t, (path->segments - queued) *
						     NST_RECOVERY_MSS, 0);

			KUNIT_ASSERT_EQ(test, sent % NST_RECOVERY_MSS, 0);
			if (sent > 0)
				queued += sent / NST_RECOVERY_MSS;
		}
		depart(t, path);
		arrive(t, path);
		if (path->next == path->segments && !t->tp->packets_out)
			break;
		pass_step(t, path);
	}
	kunit_info(test, "seed %u: %u ms, %u sent again, %u in vain\n", seed,
		   path->now * 10, t->tp->total_retrans, path->in_vain);
	KUNIT_EXPECT_EQ_MSG(test, path->next, path->segments,
			    "seed %u: segments that arrived", seed);
	KUNIT_EXPECT_EQ_MSG(test, t->tp->packets_out, 0U, "seed %u", seed);
	KUNIT_EXPECT_EQ_MSG(test, t->sk->sk_state, TCP_ESTABLISHED,
			    "seed %u", seed);
	KUNIT_EXPECT_EQ(test, t->tp->sacked_out + t->tp->lost_out +
			t->tp->retrans_out, 0U);
}

static struct road *path_of(struct kunit *test, const struct road *path)
{
	struct road *copy = kunit_kzalloc(test, sizeof(*copy), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, copy);
	*copy = *path;
	if (!copy->segments)
		copy->segments = SEGMENTS;
	return copy;
}

#define PATH(test, ...) \
	path_of(test, &(struct road){ __VA_ARGS__ })

static void path__clean_sends_nothing_twice(struct kunit *test)
{
	struct road *path = PATH(test, .random = 1);
	struct nst_tcp_test *t = test->priv;

	transfer(test, path);
	KUNIT_EXPECT_EQ(test, t->tp->total_retrans, 0U);
}

/*
 * The figure to reach: 3 % reordered, no loss: 1 % in vain at most. What it
 * costs to learn that the path reorders is in it: some 13 segments, once.
 */
static void path__reordering_is_not_loss(struct kunit *test)
{
	struct road *path = PATH(test, .random = 2, .late = 30,
				 .late_steps = 1, .segments = SEGMENTS_MAX);
	struct nst_tcp_test *t = test->priv;

	transfer(test, path);
	KUNIT_EXPECT_LE(test, t->tp->total_retrans, path->segments / 100);
	nst_flight_expect_count(t, TIMEOUTS, 0);
}

static void path__deep_reordering_is_learnt(struct kunit *test)
{
	struct road *path = PATH(test, .random = 3, .late = 50,
				 .late_steps = 3, .ts = true);
	struct nst_tcp_test *t = test->priv;

	transfer(test, path);
	KUNIT_EXPECT_LE(test, path->in_vain, SEGMENTS / 10U);
	nst_flight_expect_count(t, TIMEOUTS, 0);
}

/* What is sent in vain stays a small part of what was lost. */
static void expect_thrifty(struct nst_tcp_test *t, const struct road *path)
{
	KUNIT_EXPECT_LE(t->test, path->in_vain,
			t->tp->total_retrans / 10 + 3);
}

static void path__one_percent_lost(struct kunit *test)
{
	struct road *path = PATH(test, .random = 4, .loss = 10);
	struct nst_tcp_test *t = test->priv;

	transfer(test, path);
	expect_thrifty(t, path);
	nst_flight_expect_count(t, TIMEOUTS, 0);
}

static void path__five_percent_lost(struct kunit *test)
{
	struct road *path = PATH(test, .random = 5, .loss = 50, .ts = true);

	transfer(test, path);
	expect_thrifty(test->priv, path);
}

static void path__a_quarter_lost(struct kunit *test)
{
	struct road *path = PATH(test, .random = 6, .loss = 250,
				 .ack_loss = 100);

	transfer(test, path);
}

static void path__bursts_lost(struct kunit *test)
{
	struct road *path = PATH(test, .random = 7, .loss = 10, .burst = 8);

	transfer(test, path);
	expect_thrifty(test->priv, path);
}

static void path__acks_lost(struct kunit *test)
{
	struct road *path = PATH(test, .random = 8, .loss = 20,
				 .ack_loss = 400);

	transfer(test, path);
	expect_thrifty(test->priv, path);
}

static void path__loss_without_sack(struct kunit *test)
{
	struct road *path = PATH(test, .random = 9, .loss = 30,
				 .no_sack = true);

	transfer(test, path);
}

static void path__everything_at_once(struct kunit *test)
{
	struct road *path = PATH(test, .random = 10, .loss = 60, .burst = 3,
				 .late = 100, .late_steps = 7,
				 .ack_loss = 200, .ts = true);

	transfer(test, path);
}

static void path__everything_at_once_without_sack(struct kunit *test)
{
	struct road *path = PATH(test, .random = 11, .loss = 60, .burst = 3,
				 .late = 100, .late_steps = 7,
				 .ack_loss = 200, .no_sack = true);

	transfer(test, path);
}

/* Every controller on the same paths: all arrives, the accounts agree. */
static void path__cubic(struct kunit *test)
{
	struct road *path = PATH(test, .random = 12, .loss = 10, .ts = true,
				 .controller = &nst_cubic);

	transfer(test, path);
	expect_thrifty(test->priv, path);
}

static void path__cubic_everything_at_once(struct kunit *test)
{
	struct road *path = PATH(test, .random = 13, .loss = 60, .burst = 3,
				 .late = 100, .late_steps = 7,
				 .ack_loss = 200, .ts = true,
				 .controller = &nst_cubic);

	transfer(test, path);
}

static void path__bbr(struct kunit *test)
{
	struct road *path = PATH(test, .random = 14, .loss = 10, .ts = true,
				 .controller = &nst_bbr);
	struct nst_tcp_test *t = test->priv;

	transfer(test, path);
	expect_thrifty(t, path);
	KUNIT_EXPECT_EQ(test, t->sk->sk_pacing_status, SK_PACING_NEEDED);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh, NST_TCP_INFINITE_SSTHRESH);
}

static void path__bbr_everything_at_once(struct kunit *test)
{
	struct road *path = PATH(test, .random = 15, .loss = 60, .burst = 3,
				 .late = 100, .late_steps = 7,
				 .ack_loss = 200, .ts = true,
				 .controller = &nst_bbr);

	transfer(test, path);
}

static void path__bbr_without_sack(struct kunit *test)
{
	struct road *path = PATH(test, .random = 16, .loss = 30,
				 .no_sack = true, .controller = &nst_bbr);

	transfer(test, path);
}

static struct kunit_case tcp_lossy_path_cases[] = {
	KUNIT_CASE(path__clean_sends_nothing_twice),
	KUNIT_CASE(path__reordering_is_not_loss),
	KUNIT_CASE(path__deep_reordering_is_learnt),
	KUNIT_CASE(path__one_percent_lost),
	KUNIT_CASE(path__five_percent_lost),
	KUNIT_CASE(path__a_quarter_lost),
	KUNIT_CASE(path__bursts_lost),
	KUNIT_CASE(path__acks_lost),
	KUNIT_CASE(path__loss_without_sack),
	KUNIT_CASE(path__everything_at_once),
	KUNIT_CASE(path__everything_at_once_without_sack),
	KUNIT_CASE(path__cubic),
	KUNIT_CASE(path__cubic_everything_at_once),
	KUNIT_CASE(path__bbr),
	KUNIT_CASE(path__bbr_everything_at_once),
	KUNIT_CASE(path__bbr_without_sack),
	{}
};

static struct kunit_suite tcp_lossy_path_suite = {
	.name = "netstack_tcp_lossy_path",
	.init = nst_tcp_test_init,
	.test_cases = tcp_lossy_path_cases,
};

kunit_test_suite(tcp_lossy_path_suite);
