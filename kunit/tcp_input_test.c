// SPDX-License-Identifier: GPL-2.0
/*
 * SEGMENT ARRIVES (RFC 9293 3.10.7), state by state: what a segment is
 * answered with, the state it leads to, and the one reason to drop it.
 */
#include "tcp_fixture.h"

#define NO_DROP		NST_DROP_COUNT

/* The synchronised states of a socket. */
static const struct state {
	u8 state;
	const char *name;
} states[] = {
	{ TCP_ESTABLISHED, "ESTABLISHED" },
	{ TCP_FIN_WAIT1, "FIN-WAIT-1" },
	{ TCP_FIN_WAIT2, "FIN-WAIT-2" },
	{ TCP_CLOSE_WAIT, "CLOSE-WAIT" },
	{ TCP_CLOSING, "CLOSING" },
	{ TCP_LAST_ACK, "LAST-ACK" },
};

static void state_desc(const struct state *state, char *desc)
{
	strscpy(desc, state->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(states, states, state_desc);

static u32 rcv_nxt(const struct nst_tcp_test *t)
{
	return t->tp->rcv_nxt - NST_TCP_TEST_IRS;
}

static u32 snd_nxt(const struct nst_tcp_test *t)
{
	return t->tp->snd_nxt - t->tp->iss;
}

static void inject(struct nst_tcp_test *t, u8 flags, u32 seq, u32 ack, u32 len)
{
	nst_tcp_test_inject(t, NST_TCP_SEGMENT(flags, seq, ack, len));
}

static void expect(struct nst_tcp_test *t, u8 flags, u32 seq, u32 ack)
{
	nst_tcp_test_expect(t, NST_TCP_SEGMENT(flags, seq, ack, 0));
}

static void expect_ack(struct nst_tcp_test *t)
{
	expect(t, NST_TCP_ACK, snd_nxt(t), rcv_nxt(t));
}

static void shut_down(struct nst_tcp_test *t)
{
	lock_sock(t->sk);
	t->sk->sk_shutdown |= SEND_SHUTDOWN;
	nst_tcp_shutdown(t->sk, SEND_SHUTDOWN);
	release_sock(t->sk);
	expect(t, NST_TCP_ACK | NST_TCP_FIN, snd_nxt(t) - 1, rcv_nxt(t));
}

static void take_fin(struct nst_tcp_test *t, u32 ack)
{
	inject(t, NST_TCP_ACK | NST_TCP_FIN, rcv_nxt(t), ack, 0);
	if (t->sk->sk_state == TCP_CLOSE_WAIT)
		nst_tcp_test_expire_delack(t);
	expect_ack(t);
}

/* Lead a connection to a state of the list above. */
static struct nst_tcp_test *reach(struct kunit *test, u8 state)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_establish(t);
	switch (state) {
	case TCP_FIN_WAIT1:
		shut_down(t);
		break;
	case TCP_FIN_WAIT2:
		shut_down(t);
		inject(t, NST_TCP_ACK, rcv_nxt(t), snd_nxt(t), 0);
		break;
	case TCP_CLOSE_WAIT:
		take_fin(t, 1);
		break;
	case TCP_CLOSING:
		shut_down(t);
		take_fin(t, 1);
		break;
	case TCP_LAST_ACK:
		take_fin(t, 1);
		shut_down(t);
		break;
	}
	KUNIT_ASSERT_EQ(test, t->sk->sk_state, state);
	nst_wire_expect_nothing(t->wire);
	return t;
}

static struct nst_tcp_test *reach_param(struct kunit *test)
{
	const struct state *state = test->param_value;

	return reach(test, state->state);
}

/* Drop counters before, to see that only one of them moves. */
struct drops {
	unsigned long count[NST_DROP_COUNT];
};

static struct drops *drops_read(struct nst_tcp_test *t)
{
	struct drops *drops = kunit_kzalloc(t->test, sizeof(*drops),
					    GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(t->test, drops);
	for (i = 0; i < NST_DROP_COUNT; i++)
		drops->count[i] = nst_drop_read(t->wire->stack, i);
	return drops;
}

static void expect_drop(struct nst_tcp_test *t, const struct drops *before,
			enum nst_drop_reason reason)
{
	unsigned int i;

	for (i = 0; i < NST_DROP_COUNT; i++)
		KUNIT_EXPECT_EQ_MSG(t->test, nst_drop_read(t->wire->stack, i),
				    before->count[i] + (i == reason),
				    "counter %s", nst_drop_names[i].name);
}

/* What a segment must leave alone. */
struct kept {
	u8 state;
	u32 snd_una;
	u32 snd_nxt;
	u32 rcv_nxt;
	u32 snd_wnd;
	int rmem;
};

static struct kept keep(const struct nst_tcp_test *t)
{
	return (struct kept){
		.state = t->sk->sk_state,
		.snd_una = t->tp->snd_una,
		.snd_nxt = t->tp->snd_nxt,
		.rcv_nxt = t->tp->rcv_nxt,
		.snd_wnd = t->tp->snd_wnd,
		.rmem = atomic_read(&t->sk->sk_rmem_alloc),
	};
}

static void expect_kept(struct nst_tcp_test *t, const struct kept *kept)
{
	KUNIT_EXPECT_EQ(t->test, t->sk->sk_state, kept->state);
	KUNIT_EXPECT_EQ(t->test, t->tp->snd_una, kept->snd_una);
	KUNIT_EXPECT_EQ(t->test, t->tp->snd_nxt, kept->snd_nxt);
	KUNIT_EXPECT_EQ(t->test, t->tp->rcv_nxt, kept->rcv_nxt);
	KUNIT_EXPECT_EQ(t->test, t->tp->snd_wnd, kept->snd_wnd);
	KUNIT_EXPECT_EQ(t->test, atomic_read(&t->sk->sk_rmem_alloc),
			kept->rmem);
	KUNIT_EXPECT_EQ(t->test, t->sk->sk_err, 0);
}

/*
 * A segment that changes nothing but a counter, and is answered with an ACK
 * of what was expected, or not at all.
 */
static void refused(struct nst_tcp_test *t, u8 flags, u32 seq, u32 ack,
		    u32 len, bool answered, enum nst_drop_reason reason)
{
	struct drops *drops = drops_read(t);
	struct kept kept = keep(t);

	/* Each by itself: not limited by the one before. */
	t->tp->dup_ack_stamp = 0;
	inject(t, flags, seq, ack, len);
	if (answered)
		expect_ack(t);
	nst_wire_expect_nothing(t->wire);
	expect_kept(t, &kept);
	expect_drop(t, drops, reason);
}

/* First, check sequence number */

static void synchronised__acks_what_is_before_the_window(struct kunit *test)
{
	struct nst_tcp_test *t = reach_param(test);

	refused(t, NST_TCP_ACK, rcv_nxt(t) - 11, snd_nxt(t), 10, true,
		NST_DROP_TCP_INVALID_SEQUENCE);
	refused(t, NST_TCP_ACK, rcv_nxt(t) - 1, snd_nxt(t), 0, true,
		NST_DROP_TCP_INVALID_SEQUENCE);
}

static void synchronised__acks_what_is_beyond_the_window(struct kunit *test)
{
	struct nst_tcp_test *t = reach_param(test);
	u32 beyond = rcv_nxt(t) + nst_tcp_receive_window(t->tp) + 1;

	refused(t, NST_TCP_ACK, beyond, snd_nxt(t), 10, true,
		NST_DROP_TCP_INVALID_SEQUENCE);
	refused(t, NST_TCP_ACK, beyond, snd_nxt(t), 0, true,
		NST_DROP_TCP_INVALID_SEQUENCE);
}

static void synchronised__answers_empty_invalid_segments_seldom(struct kunit *test)
{
	struct nst_tcp_test *t = reach_param(test);
	unsigned long skipped;

	refused(t, NST_TCP_ACK, rcv_nxt(t) - 1, snd_nxt(t), 0, true,
		NST_DROP_TCP_INVALID_SEQUENCE);
	skipped = nst_mib_read(t->wire->stack, NST_MIB_TCP_ACK_SKIPPED_SEQ);
	inject(t, NST_TCP_ACK, rcv_nxt(t) - 1, snd_nxt(t), 0);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, skipped + 1,
			nst_mib_read(t->wire->stack,
				     NST_MIB_TCP_ACK_SKIPPED_SEQ));
}

/* Second, check the RST bit (RFC 5961 3.2) */

static void synchronised__takes_the_exact_rst(struct kunit *test)
{
	struct nst_tcp_test *t = reach_param(test);
	struct drops *drops = drops_read(t);
	u8 state = t->sk->sk_state;

	inject(t, NST_TCP_RST, rcv_nxt(t), 0, 0);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_CLOSE);
	KUNIT_EXPECT_EQ(test, t->sk->sk_err,
			state == TCP_CLOSE_WAIT ? EPIPE : ECONNRESET);
	KUNIT_EXPECT_FALSE(test, t->tp->nst.flow.hashed);
	expect_drop(t, drops, NST_DROP_TCP_RESET);
}

static void synchronised__challenges_a_rst_in_the_window(struct kunit *test)
{
	struct nst_tcp_test *t = reach_param(test);
	unsigned long before = nst_mib_read(t->wire->stack,
					    NST_MIB_TCP_CHALLENGE_ACK);

	refused(t, NST_TCP_RST, rcv_nxt(t) + 1, 0, 0, true,
		NST_DROP_TCP_INVALID_SEQUENCE);
	refused(t, NST_TCP_RST | NST_TCP_ACK, rcv_nxt(t) + 1000, snd_nxt(t), 0,
		true, NST_DROP_TCP_INVALID_SEQUENCE);
	KUNIT_EXPECT_EQ(test, before + 2,
			nst_mib_read(t->wire->stack,
				     NST_MIB_TCP_CHALLENGE_ACK));
}

static void synchronised__ignores_a_rst_outside_the_window(struct kunit *test)
{
	struct nst_tcp_test *t = reach_param(test);

	refused(t, NST_TCP_RST, rcv_nxt(t) - 1, 0, 0, false,
		NST_DROP_TCP_INVALID_SEQUENCE);
	refused(t, NST_TCP_RST,
		rcv_nxt(t) + nst_tcp_receive_window(t->tp) + 1, 0, 0, false,
		NST_DROP_TCP_INVALID_SEQUENCE);
}

static void challenge_ack__is_limited_by_connection(struct kunit *test)
{
	struct nst_tcp_test *t = reach(test, TCP_ESTABLISHED);
	struct nst_config *config = &t->wire->stack->config;
	unsigned int i;

	/* Two within half a second: the second is not sent. */
	inject(t, NST_TCP_RST, 100, 0, 0);
	expect_ack(t);
	inject(t, NST_TCP_RST, 100, 0, 0);
	nst_wire_expect_nothing(t->wire);

	/* Without that limit: so many a second. */
	config->tcp_invalid_ratelimit = 0;
	config->tcp_challenge_ack_limit = 3;
	t->tp->challenge_stamp = 0;
	t->tp->challenge_count = 0;
	for (i = 0; i < 3; i++) {
		inject(t, NST_TCP_RST, 100, 0, 0);
		expect_ack(t);
	}
	inject(t, NST_TCP_RST, 100, 0, 0);
	nst_wire_expect_nothing(t->wire);
	/* And in the next second again. */
	nst_tcp_test_wait(t, USEC_PER_SEC);
	inject(t, NST_TCP_RST, 100, 0, 0);
	expect_ack(t);
}

/* Fourth, check the SYN bit (RFC 5961 4.2) */

static void synchronised__challenges_any_syn(struct kunit *test)
{
	struct nst_tcp_test *t = reach_param(test);

	refused(t, NST_TCP_SYN, rcv_nxt(t), 0, 0, true,
		NST_DROP_TCP_INVALID_SYN);
	refused(t, NST_TCP_SYN | NST_TCP_ACK, rcv_nxt(t) + 100, snd_nxt(t), 0,
		true, NST_DROP_TCP_INVALID_SYN);
	refused(t, NST_TCP_SYN, rcv_nxt(t) - 5000, 0, 0, true,
		NST_DROP_TCP_INVALID_SYN);
}

/* Fifth, check the ACK field */

static void synchronised__drops_data_without_ack(struct kunit *test)
{
	struct nst_tcp_test *t = reach_param(test);

	refused(t, NST_TCP_PSH, rcv_nxt(t), 0, 10, false, NST_DROP_TCP_FLAGS);
	refused(t, 0, rcv_nxt(t), 0, 0, false, NST_DROP_TCP_FLAGS);
}

static void synchronised__refuses_an_ack_of_the_unsent(struct kunit *test)
{
	struct nst_tcp_test *t = reach_param(test);

	refused(t, NST_TCP_ACK, rcv_nxt(t), snd_nxt(t) + 1, 0, true,
		NST_DROP_TCP_INVALID_ACK);
	refused(t, NST_TCP_ACK, rcv_nxt(t), snd_nxt(t) + 1, 10, true,
		NST_DROP_TCP_INVALID_ACK);
}

static void synchronised__refuses_an_ack_that_is_too_old(struct kunit *test)
{
	struct nst_tcp_test *t = reach_param(test);

	refused(t, NST_TCP_ACK, rcv_nxt(t), -100000, 10, true,
		NST_DROP_TCP_INVALID_ACK);
}

static void established__takes_data_with_an_old_ack(struct kunit *test)
{
	struct nst_tcp_test *t = reach(test, TCP_ESTABLISHED);

	/* RFC 5961 5.2: not older than a window */
	inject(t, NST_TCP_ACK, 1, 0, 10);
	KUNIT_EXPECT_EQ(test, rcv_nxt(t), 11U);
	expect_ack(t);
	KUNIT_EXPECT_EQ(test, t->tp->snd_una - t->tp->iss, 1U);
}

/* Sixth to eighth */

static void established__takes_data_and_acknowledges(struct kunit *test)
{
	struct nst_tcp_test *t = reach(test, TCP_ESTABLISHED);
	struct drops *drops = drops_read(t);

	inject(t, NST_TCP_ACK, 1, 1, 100);
	expect_ack(t);
	KUNIT_EXPECT_EQ(test, rcv_nxt(t), 101U);
	KUNIT_EXPECT_EQ(test, t->tp->bytes_received, 100ULL);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_ESTABLISHED);
	expect_drop(t, drops, NO_DROP);
}

static void fin_wait__takes_data(struct kunit *test)
{
	static const u8 open[] = { TCP_FIN_WAIT1, TCP_FIN_WAIT2 };
	struct nst_tcp_test *t = test->priv;

	/* Half closed: the peer may go on. */
	reach(test, open[*(const int *)test->param_value - 1]);
	inject(t, NST_TCP_ACK, 1, t->tp->snd_una - t->tp->iss, 100);
	expect_ack(t);
	KUNIT_EXPECT_EQ(test, rcv_nxt(t), 101U);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state,
			open[*(const int *)test->param_value - 1]);
}

static const int one_and_two[] = { 1, 2 };

static void fin_wait_describe(const int *number, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "FIN-WAIT-%d", *number);
}

KUNIT_ARRAY_PARAM(one_and_two, one_and_two, fin_wait_describe);

static void fin_wait__resets_data_that_nobody_will_read(struct kunit *test)
{
	static const u8 open[] = { TCP_FIN_WAIT1, TCP_FIN_WAIT2 };
	struct nst_tcp_test *t = test->priv;
	unsigned long before;
	u32 ack;

	reach(test, open[*(const int *)test->param_value - 1]);
	before = nst_mib_read(t->wire->stack, NST_MIB_TCP_ABORT_ON_DATA);
	t->sk->sk_shutdown |= RCV_SHUTDOWN;
	ack = t->tp->snd_una - t->tp->iss;
	inject(t, NST_TCP_ACK, 1, ack, 100);
	nst_tcp_test_expect(t, NST_TCP_SEGMENT(NST_TCP_RST, ack, 0, 0));
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_CLOSE);
	KUNIT_EXPECT_EQ(test, before + 1,
			nst_mib_read(t->wire->stack,
				     NST_MIB_TCP_ABORT_ON_DATA));
}

static void closed_by_peer__ignores_further_data(struct kunit *test)
{
	struct nst_tcp_test *t = reach_param(test);
	struct kept kept = keep(t);

	if (!((1 << kept.state) & (TCPF_CLOSE_WAIT | TCPF_CLOSING |
				   TCPF_LAST_ACK)))
		return;
	inject(t, NST_TCP_ACK, rcv_nxt(t), t->tp->snd_una - t->tp->iss, 10);
	nst_wire_expect_nothing(t->wire);
	expect_kept(t, &kept);
}

static void closed_by_peer__acks_a_repeated_fin(struct kunit *test)
{
	struct nst_tcp_test *t = reach_param(test);
	struct kept kept = keep(t);

	if (!((1 << kept.state) & (TCPF_CLOSE_WAIT | TCPF_CLOSING |
				   TCPF_LAST_ACK)))
		return;
	inject(t, NST_TCP_ACK | NST_TCP_FIN, rcv_nxt(t) - 1,
	       t->tp->snd_una - t->tp->iss, 0);
	expect_ack(t);
	expect_kept(t, &kept);
}

static void established__fin_leads_to_close_wait(struct kunit *test)
{
	struct nst_tcp_test *t = reach(test, TCP_ESTABLISHED);

	inject(t, NST_TCP_ACK | NST_TCP_FIN, 1, 1, 50);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_CLOSE_WAIT);
	KUNIT_EXPECT_EQ(test, rcv_nxt(t), 52U);
	KUNIT_EXPECT_TRUE(test, t->sk->sk_shutdown & RCV_SHUTDOWN);
	KUNIT_EXPECT_FALSE(test, t->sk->sk_shutdown & SEND_SHUTDOWN);
	KUNIT_EXPECT_TRUE(test, sock_flag(t->sk, SOCK_DONE));
}

static void fin_wait1__ack_of_fin_leads_to_fin_wait2(struct kunit *test)
{
	struct nst_tcp_test *t = reach(test, TCP_FIN_WAIT1);

	inject(t, NST_TCP_ACK, 1, 2, 0);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_FIN_WAIT2);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 0U);
}

static void fin_wait1__fin_alone_leads_to_closing(struct kunit *test)
{
	struct nst_tcp_test *t = reach(test, TCP_FIN_WAIT1);

	inject(t, NST_TCP_ACK | NST_TCP_FIN, 1, 1, 0);
	expect(t, NST_TCP_ACK, 2, 2);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_CLOSING);
}

/* TIME-WAIT has no socket: the socket is closed, the flow stays. */
static void expect_time_wait(struct nst_tcp_test *t)
{
	KUNIT_EXPECT_EQ(t->test, t->sk->sk_state, TCP_CLOSE);
	KUNIT_EXPECT_EQ(t->test, t->sk->sk_err, 0);
	KUNIT_EXPECT_EQ(t->test,
			atomic_read(&t->wire->stack->tcp->timewaits), 1);
}

static void fin_wait1__fin_and_ack_lead_to_time_wait(struct kunit *test)
{
	struct nst_tcp_test *t = reach(test, TCP_FIN_WAIT1);

	inject(t, NST_TCP_ACK | NST_TCP_FIN, 1, 2, 0);
	expect(t, NST_TCP_ACK, 2, 2);
	expect_time_wait(t);
}

static void fin_wait2__fin_leads_to_time_wait(struct kunit *test)
{
	struct nst_tcp_test *t = reach(test, TCP_FIN_WAIT2);

	inject(t, NST_TCP_ACK | NST_TCP_FIN, 1, 2, 20);
	expect(t, NST_TCP_ACK, 2, 22);
	expect_time_wait(t);
}

static void closing__ack_of_fin_leads_to_time_wait(struct kunit *test)
{
	struct nst_tcp_test *t = reach(test, TCP_CLOSING);

	inject(t, NST_TCP_ACK, 2, 2, 0);
	nst_wire_expect_nothing(t->wire);
	expect_time_wait(t);
}

static void last_ack__ack_of_fin_ends_the_connection(struct kunit *test)
{
	struct nst_tcp_test *t = reach(test, TCP_LAST_ACK);

	inject(t, NST_TCP_ACK, 2, 2, 0);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_CLOSE);
	KUNIT_EXPECT_EQ(test, t->sk->sk_err, 0);
	KUNIT_EXPECT_FALSE(test, t->tp->nst.flow.hashed);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->wire->stack->tcp->timewaits), 0);
}

static void last_ack__old_ack_changes_nothing(struct kunit *test)
{
	struct nst_tcp_test *t = reach(test, TCP_LAST_ACK);
	struct kept kept = keep(t);

	inject(t, NST_TCP_ACK, 2, 1, 0);
	nst_wire_expect_nothing(t->wire);
	expect_kept(t, &kept);
}

/* RFC 7323 5: protection against wrapped sequence numbers */

static struct nst_tcp_test *with_timestamps(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_offer(t, .mss = NST_TCP_TEST_MSS, .has_ts = true);
	t->tsval = 1000;
	nst_tcp_test_establish(t);
	KUNIT_ASSERT_TRUE(test, t->tp->ts_ok);
	KUNIT_ASSERT_EQ(test, t->tp->ts_recent, 1000U);
	return t;
}

static void paws__refuses_an_older_timestamp(struct kunit *test)
{
	struct nst_tcp_test *t = with_timestamps(test);
	unsigned long before = nst_mib_read(t->wire->stack,
					    NST_MIB_TCP_PAWS_ESTAB);

	t->tsval = 999;
	refused(t, NST_TCP_ACK, 1, 1, 10, true, NST_DROP_TCP_PAWS);
	KUNIT_EXPECT_EQ(test, t->tp->ts_recent, 1000U);
	KUNIT_EXPECT_EQ(test, before + 1,
			nst_mib_read(t->wire->stack, NST_MIB_TCP_PAWS_ESTAB));
}

static void paws__takes_equal_and_newer_timestamps(struct kunit *test)
{
	struct nst_tcp_test *t = with_timestamps(test);

	inject(t, NST_TCP_ACK, 1, 1, 10);
	expect_ack(t);
	KUNIT_EXPECT_EQ(test, rcv_nxt(t), 11U);
	t->tsval = 1001;
	inject(t, NST_TCP_ACK, 11, 1, 10);
	expect_ack(t);
	KUNIT_EXPECT_EQ(test, t->tp->ts_recent, 1001U);
	/* Across the wrap of the clock. */
	t->tsval = 1001U + S32_MAX;
	inject(t, NST_TCP_ACK, 21, 1, 10);
	expect_ack(t);
	KUNIT_EXPECT_EQ(test, rcv_nxt(t), 31U);
}

static void paws__does_not_hold_for_rst(struct kunit *test)
{
	struct nst_tcp_test *t = with_timestamps(test);

	t->tsval = 1;
	inject(t, NST_TCP_RST, 1, 0, 0);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_CLOSE);
}

static void paws__ends_after_24_days(struct kunit *test)
{
	struct nst_tcp_test *t = with_timestamps(test);

	t->tp->ts_recent_stamp -= 24 * 24 * 3600 + 1;
	t->tsval = 5;
	inject(t, NST_TCP_ACK, 1, 1, 10);
	expect_ack(t);
	KUNIT_EXPECT_EQ(test, rcv_nxt(t), 11U);
}

static void ts_recent__follows_the_left_edge_only(struct kunit *test)
{
	struct nst_tcp_test *t = with_timestamps(test);

	/* RFC 7323 4.3: not by a segment beyond Last.ACK.sent */
	t->tsval = 2000;
	inject(t, NST_TCP_ACK, 101, 1, 10);
	expect_ack(t);
	KUNIT_EXPECT_EQ(test, t->tp->ts_recent, 1000U);
	t->tsval = 1500;
	inject(t, NST_TCP_ACK, 1, 1, 10);
	KUNIT_EXPECT_EQ(test, t->tp->ts_recent, 1500U);
}

/* RFC 9293 3.10.7.3: SYN-SENT */

static struct nst_tcp_test *syn_sent(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	KUNIT_ASSERT_EQ(test, nst_tcp_test_connect(t), 0);
	nst_tcp_test_expect(t, NST_TCP_SEGMENT(NST_TCP_SYN, 0, 0, 0));
	return t;
}

static void expect_still_syn_sent(struct nst_tcp_test *t)
{
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(t->test, t->sk->sk_state, TCP_SYN_SENT);
	KUNIT_EXPECT_EQ(t->test, t->sk->sk_err, 0);
	KUNIT_EXPECT_EQ(t->test, t->tp->packets_out, 1U);
}

static void syn_sent__resets_an_unacceptable_ack(struct kunit *test)
{
	static const u32 unacceptable[] = { 0, 2, 100000, -1 };
	struct nst_tcp_test *t = syn_sent(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(unacceptable); i++) {
		struct drops *drops = drops_read(t);

		inject(t, NST_TCP_SYN | NST_TCP_ACK, 0, unacceptable[i], 0);
		expect(t, NST_TCP_RST, unacceptable[i], 0);
		expect_still_syn_sent(t);
		expect_drop(t, drops, NST_DROP_TCP_INVALID_ACK);
	}
}

static void syn_sent__believes_a_rst_with_the_right_ack_only(struct kunit *test)
{
	struct nst_tcp_test *t = syn_sent(test);

	inject(t, NST_TCP_RST, 0, 0, 0);
	expect_still_syn_sent(t);
	inject(t, NST_TCP_RST | NST_TCP_ACK, 0, 2, 0);
	expect_still_syn_sent(t);
	inject(t, NST_TCP_RST | NST_TCP_ACK, 0, 1, 0);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_CLOSE);
	KUNIT_EXPECT_EQ(test, t->sk->sk_err, ECONNREFUSED);
}

static void syn_sent__drops_what_has_neither_syn_nor_rst(struct kunit *test)
{
	struct nst_tcp_test *t = syn_sent(test);

	inject(t, NST_TCP_ACK, 0, 1, 0);
	expect_still_syn_sent(t);
	inject(t, NST_TCP_ACK | NST_TCP_FIN, 0, 1, 10);
	expect_still_syn_sent(t);
}

static void syn_sent__syn_ack_establishes(struct kunit *test)
{
	struct nst_tcp_test *t = syn_sent(test);

	t->window = 5000;
	inject(t, NST_TCP_SYN | NST_TCP_ACK, 0, 1, 0);
	expect(t, NST_TCP_ACK, 1, 1);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, t->tp->snd_wnd, 5000U);
	KUNIT_EXPECT_EQ(test, t->tp->snd_una - t->tp->iss, 1U);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 0U);
	KUNIT_EXPECT_EQ(test, t->tp->mss_cache, (u32)NST_TCP_TEST_MSS);
	KUNIT_EXPECT_FALSE(test, t->tp->ts_ok || t->tp->ws_ok);
	KUNIT_EXPECT_GT(test, t->tp->srtt_us, 0U);
	KUNIT_EXPECT_EQ(test, t->tp->rtx_timer_kind, NST_TCP_TIMER_NONE);
}

static void syn_sent__takes_the_text_of_a_syn_ack(struct kunit *test)
{
	struct nst_tcp_test *t = syn_sent(test);

	inject(t, NST_TCP_SYN | NST_TCP_ACK | NST_TCP_FIN, 0, 1, 10);
	expect(t, NST_TCP_ACK, 1, 1);
	KUNIT_EXPECT_EQ(test, rcv_nxt(t), 12U);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_CLOSE_WAIT);
}

static void syn_sent__rto_is_3_s_after_a_repeated_syn(struct kunit *test)
{
	struct nst_tcp_test *t = syn_sent(test);

	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect(t, NST_TCP_SEGMENT(NST_TCP_SYN, 0, 0, 0));
	inject(t, NST_TCP_SYN | NST_TCP_ACK, 0, 1, 0);
	expect(t, NST_TCP_ACK, 1, 1);
	/* RFC 6298 3 and 5.7 */
	KUNIT_EXPECT_EQ(test, t->tp->srtt_us, 0U);
	KUNIT_EXPECT_EQ(test, t->tp->rto, 3U * HZ);
	KUNIT_EXPECT_EQ(test, t->tp->ssthresh,
			(u32)NST_TCP_INFINITE_SSTHRESH);
	KUNIT_EXPECT_EQ(test, t->tp->ca_state, NST_TCP_CA_OPEN);
}

/* Simultaneous open, RFC 9293 figure 8 */

static struct nst_tcp_test *syn_received(struct kunit *test)
{
	struct nst_tcp_test *t = syn_sent(test);

	inject(t, NST_TCP_SYN, 0, 0, 0);
	KUNIT_ASSERT_EQ(test, t->sk->sk_state, TCP_SYN_RECV);
	expect(t, NST_TCP_SYN | NST_TCP_ACK, 0, 1);
	return t;
}

static void simultaneous_open__syn_ack_establishes(struct kunit *test)
{
	struct nst_tcp_test *t = syn_received(test);

	/* Its number was taken with the SYN: old, and told so (3.10.7.4). */
	inject(t, NST_TCP_SYN | NST_TCP_ACK, 0, 1, 0);
	expect(t, NST_TCP_ACK, 1, 1);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, t->tp->packets_out, 0U);
	inject(t, NST_TCP_ACK, 1, 1, 10);
	expect(t, NST_TCP_ACK, 1, 11);
}

static void simultaneous_open__ack_establishes(struct kunit *test)
{
	struct nst_tcp_test *t = syn_received(test);

	inject(t, NST_TCP_ACK, 1, 1, 10);
	expect(t, NST_TCP_ACK, 1, 11);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_ESTABLISHED);
}

static void syn_received__resets_an_unacceptable_ack(struct kunit *test)
{
	struct nst_tcp_test *t = syn_received(test);

	inject(t, NST_TCP_ACK, 1, 0, 0);
	expect(t, NST_TCP_RST, 0, 0);
	inject(t, NST_TCP_ACK, 1, 2, 0);
	expect(t, NST_TCP_RST, 2, 0);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_SYN_RECV);
}

static void syn_received__rst_refuses(struct kunit *test)
{
	struct nst_tcp_test *t = syn_received(test);

	inject(t, NST_TCP_RST, 2, 0, 0);
	expect(t, NST_TCP_ACK, 1, 1);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_SYN_RECV);
	inject(t, NST_TCP_RST, 1, 0, 0);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_CLOSE);
	KUNIT_EXPECT_EQ(test, t->sk->sk_err, ECONNREFUSED);
}

static void syn_received__repeats_the_syn_ack(struct kunit *test)
{
	struct nst_tcp_test *t = syn_received(test);

	nst_tcp_test_expire_rtx(t);
	expect(t, NST_TCP_SYN | NST_TCP_ACK, 0, 1);
}

/* The door */

static struct sk_buff *frame(struct nst_tcp_test *t,
			     const struct nst_build_tcp *changes)
{
	struct nst_build_tcp tcp = *changes;

	tcp.sport = tcp.sport ?: NST_TCP_TEST_PORT;
	tcp.dport = ntohs(t->tp->nst.flow.lport);
	tcp.seq = t->tp->rcv_nxt;
	tcp.ack = t->tp->snd_nxt;
	tcp.flags = tcp.flags ?: NST_TCP_ACK;
	return nst_build_frame_tcp(t->test, &tcp, "hello", 5);
}

static void receive__drops_bad_headers(struct kunit *test)
{
	struct nst_tcp_test *t = reach(test, TCP_ESTABLISHED);
	struct kept kept = keep(t);

	nst_wire_inject_dropped(t->wire, frame(t, &(struct nst_build_tcp){
					.bad_checksum = true }),
				NST_DROP_TCP_CHECKSUM);
	nst_wire_inject_dropped(t->wire, frame(t, &(struct nst_build_tcp){
					.data_offset = 4 }),
				NST_DROP_TCP_SHORT);
	nst_wire_inject_dropped(t->wire, frame(t, &(struct nst_build_tcp){
					.data_offset = 15 }),
				NST_DROP_TCP_SHORT);
	expect_kept(t, &kept);
	KUNIT_EXPECT_EQ(test, 3UL, nst_mib_read(t->wire->stack,
						NST_MIB_TCP_IN_ERRS));
	KUNIT_EXPECT_EQ(test, 1UL, nst_mib_read(t->wire->stack,
						NST_MIB_TCP_IN_CSUM_ERRORS));
}

static void receive__resets_what_belongs_to_nobody(struct kunit *test)
{
	struct nst_tcp_test *t = reach(test, TCP_ESTABLISHED);
	struct drops *drops = drops_read(t);
	const struct tcphdr *th;
	struct sk_buff *skb;

	nst_wire_inject(t->wire, frame(t, &(struct nst_build_tcp){
				.sport = 4711 }));
	skb = nst_wire_expect_ipv4(t->wire, IPPROTO_TCP);
	th = tcp_hdr(skb);
	/* RFC 9293 3.10.7.1: <SEQ=SEG.ACK><CTL=RST> */
	KUNIT_EXPECT_EQ(test, ((const u8 *)th)[13], NST_TCP_RST);
	KUNIT_EXPECT_EQ(test, ntohl(th->seq), t->tp->snd_nxt);
	KUNIT_EXPECT_EQ(test, ntohs(th->dest), 4711);
	expect_drop(t, drops, NST_DROP_TCP_NO_SOCKET);

	/* But never a RST. */
	nst_wire_inject_dropped(t->wire, frame(t, &(struct nst_build_tcp){
					.sport = 4711,
					.flags = NST_TCP_RST }),
				NST_DROP_TCP_NO_SOCKET);
	nst_wire_inject_dropped(t->wire, frame(t, &(struct nst_build_tcp){
					.sport = 4711,
					.flags = NST_TCP_RST | NST_TCP_ACK }),
				NST_DROP_TCP_NO_SOCKET);
}

static void receive__keeps_to_the_least_ttl(struct kunit *test)
{
	struct nst_tcp_test *t = reach(test, TCP_ESTABLISHED);

	/* RFC 5082; the builder's TTL is 64 */
	t->tp->nst.min_ttl = 65;
	nst_wire_inject_dropped(t->wire, frame(t, &(struct nst_build_tcp){}),
				NST_DROP_TCP_MIN_TTL);
	t->tp->nst.min_ttl = 64;
	nst_wire_inject(t->wire, frame(t, &(struct nst_build_tcp){}));
	KUNIT_EXPECT_EQ(test, rcv_nxt(t), 6U);
}

static void receive__queues_for_the_owner_of_the_socket(struct kunit *test)
{
	struct nst_tcp_test *t = reach(test, TCP_ESTABLISHED);

	lock_sock(t->sk);
	inject(t, NST_TCP_ACK, 1, 1, 10);
	KUNIT_EXPECT_EQ(test, rcv_nxt(t), 1U);
	nst_wire_expect_nothing(t->wire);
	release_sock(t->sk);
	KUNIT_EXPECT_EQ(test, rcv_nxt(t), 11U);
	expect_ack(t);
}

static void receive__bounds_the_backlog(struct kunit *test)
{
	struct nst_tcp_test *t = reach(test, TCP_ESTABLISHED);
	unsigned long before = nst_mib_read(t->wire->stack,
					    NST_MIB_TCP_BACKLOG_DROP);
	unsigned int i;

	lock_sock(t->sk);
	for (i = 0; i < 1000; i++)
		inject(t, NST_TCP_ACK, 1, 1, 1000);
	KUNIT_EXPECT_LE(test, t->sk->sk_backlog.len,
			t->sk->sk_rcvbuf + t->sk->sk_sndbuf + 70 * 1024);
	release_sock(t->sk);
	KUNIT_EXPECT_GT(test, nst_mib_read(t->wire->stack,
					   NST_MIB_TCP_BACKLOG_DROP), before);
	KUNIT_EXPECT_EQ(test, rcv_nxt(t), 1001U);
}

static struct kunit_case tcp_input_cases[] = {
	KUNIT_CASE_PARAM(synchronised__acks_what_is_before_the_window,
			 states_gen_params),
	KUNIT_CASE_PARAM(synchronised__acks_what_is_beyond_the_window,
			 states_gen_params),
	KUNIT_CASE_PARAM(synchronised__answers_empty_invalid_segments_seldom,
			 states_gen_params),
	KUNIT_CASE_PARAM(synchronised__takes_the_exact_rst, states_gen_params),
	KUNIT_CASE_PARAM(synchronised__challenges_a_rst_in_the_window,
			 states_gen_params),
	KUNIT_CASE_PARAM(synchronised__ignores_a_rst_outside_the_window,
			 states_gen_params),
	KUNIT_CASE(challenge_ack__is_limited_by_connection),
	KUNIT_CASE_PARAM(synchronised__challenges_any_syn, states_gen_params),
	KUNIT_CASE_PARAM(synchronised__drops_data_without_ack,
			 states_gen_params),
	KUNIT_CASE_PARAM(synchronised__refuses_an_ack_of_the_unsent,
			 states_gen_params),
	KUNIT_CASE_PARAM(synchronised__refuses_an_ack_that_is_too_old,
			 states_gen_params),
	KUNIT_CASE(established__takes_data_with_an_old_ack),
	KUNIT_CASE(established__takes_data_and_acknowledges),
	KUNIT_CASE_PARAM(fin_wait__takes_data, one_and_two_gen_params),
	KUNIT_CASE_PARAM(fin_wait__resets_data_that_nobody_will_read,
			 one_and_two_gen_params),
	KUNIT_CASE_PARAM(closed_by_peer__ignores_further_data,
			 states_gen_params),
	KUNIT_CASE_PARAM(closed_by_peer__acks_a_repeated_fin,
			 states_gen_params),
	KUNIT_CASE(established__fin_leads_to_close_wait),
	KUNIT_CASE(fin_wait1__ack_of_fin_leads_to_fin_wait2),
	KUNIT_CASE(fin_wait1__fin_alone_leads_to_closing),
	KUNIT_CASE(fin_wait1__fin_and_ack_lead_to_time_wait),
	KUNIT_CASE(fin_wait2__fin_leads_to_time_wait),
	KUNIT_CASE(closing__ack_of_fin_leads_to_time_wait),
	KUNIT_CASE(last_ack__ack_of_fin_ends_the_connection),
	KUNIT_CASE(last_ack__old_ack_changes_nothing),
	KUNIT_CASE(paws__refuses_an_older_timestamp),
	KUNIT_CASE(paws__takes_equal_and_newer_timestamps),
	KUNIT_CASE(paws__does_not_hold_for_rst),
	KUNIT_CASE(paws__ends_after_24_days),
	KUNIT_CASE(ts_recent__follows_the_left_edge_only),
	KUNIT_CASE(syn_sent__resets_an_unacceptable_ack),
	KUNIT_CASE(syn_sent__believes_a_rst_with_the_right_ack_only),
	KUNIT_CASE(syn_sent__drops_what_has_neither_syn_nor_rst),
	KUNIT_CASE(syn_sent__syn_ack_establishes),
	KUNIT_CASE(syn_sent__takes_the_text_of_a_syn_ack),
	KUNIT_CASE(syn_sent__rto_is_3_s_after_a_repeated_syn),
	KUNIT_CASE(simultaneous_open__syn_ack_establishes),
	KUNIT_CASE(simultaneous_open__ack_establishes),
	KUNIT_CASE(syn_received__resets_an_unacceptable_ack),
	KUNIT_CASE(syn_received__rst_refuses),
	KUNIT_CASE(syn_received__repeats_the_syn_ack),
	KUNIT_CASE(receive__drops_bad_headers),
	KUNIT_CASE(receive__resets_what_belongs_to_nobody),
	KUNIT_CASE(receive__keeps_to_the_least_ttl),
	KUNIT_CASE(receive__queues_for_the_owner_of_the_socket),
	KUNIT_CASE(receive__bounds_the_backlog),
	{}
};

static struct kunit_suite tcp_input_suite = {
	.name = "netstack_tcp_input",
	.init = nst_tcp_test_init,
	.test_cases = tcp_input_cases,
};

kunit_test_suite(tcp_input_suite);
