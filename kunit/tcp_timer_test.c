// SPDX-License-Identifier: GPL-2.0
/*
 * Timers: transport/tcp/timer.c. Time-outs are made to expire at once; what
 * is looked at is the deadline that comes next. A silence that lasted is one
 * whose beginning is moved back.
 */
#include "tcp_fixture.h"

static int test_init(struct kunit *test)
{
	int err = nst_tcp_test_init(test);

	if (!err)
		nst_tcp_test_establish(test->priv);
	return err;
}

static void send_and_expect(struct nst_tcp_test *t, u32 len)
{
	u32 seq = t->tp->write_seq - t->tp->iss;

	KUNIT_ASSERT_EQ(t->test, nst_tcp_test_send(t, len, 0), (int)len);
	nst_tcp_test_expect_push(t, seq, len);
}

static void expect_due(struct nst_tcp_test *t, long when)
{
	long due = nst_tcp_test_rtx_due(t);

	KUNIT_EXPECT_LE(t->test, due, when);
	KUNIT_EXPECT_GE(t->test, due, when - 2);
}

/* As a peer that falls silent would leave it. */
static void close_window_with_data_waiting(struct nst_tcp_test *t)
{
	t->window = 0;
	nst_tcp_test_ack(t, 1);
	KUNIT_ASSERT_EQ(t->test, nst_tcp_test_send(t, 100, 0), 100);
	nst_wire_expect_nothing(t->wire);
	KUNIT_ASSERT_EQ(t->test, (int)t->tp->rtx_timer_kind,
			(int)NST_TCP_TIMER_PROBE);
}

static void expect_ended(struct nst_tcp_test *t, int err)
{
	KUNIT_EXPECT_EQ(t->test, t->sk->sk_state, TCP_CLOSE);
	KUNIT_EXPECT_EQ(t->test, t->sk->sk_err, err);
	KUNIT_EXPECT_EQ(t->test, nst_mib_read(t->wire->stack,
					      NST_MIB_TCP_ABORT_ON_TIMEOUT),
			1UL);
	KUNIT_EXPECT_FALSE(t->test, timer_pending(&t->tp->rtx_timer));
	KUNIT_EXPECT_FALSE(t->test, timer_pending(&t->sk->sk_timer));
}

/* RFC 6298 5.5: the time-out doubles, to two minutes at most. */
static void retransmit__backs_off_exponentially(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	long rto = t->tp->rto;
	unsigned int i;

	send_and_expect(t, 100);
	expect_due(t, rto);
	for (i = 0; i < 12; i++) {
		nst_tcp_test_expire_rtx(t);
		nst_tcp_test_expect_push(t, 1, 100);
		rto = min_t(long, rto * 2, NST_TCP_RTO_MAX);
		expect_due(t, rto);
		KUNIT_EXPECT_EQ(test, t->tp->retransmits, i + 1);
	}
	KUNIT_EXPECT_EQ(test, rto, (long)NST_TCP_RTO_MAX);
	KUNIT_EXPECT_EQ(test, t->tp->cwnd, 1U);
	KUNIT_EXPECT_EQ(test, nst_mib_read(t->wire->stack,
					   NST_MIB_TCP_TIMEOUTS), 12UL);
}

/* RFC 6298 2.2, 5.5: SRTT 2 s and RTTVAR 1 s make 6 s, then 12 s. */
static void retransmit__comes_when_the_timeout_says(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	send_and_expect(t, 100);
	nst_tcp_test_silence(t, 5990 * USEC_PER_MSEC);
	nst_tcp_test_wait(t, 10 * USEC_PER_MSEC);
	nst_tcp_test_expect_push(t, 1, 100);
	nst_tcp_test_silence(t, 11990 * USEC_PER_MSEC);
	nst_tcp_test_wait(t, 10 * USEC_PER_MSEC);
	nst_tcp_test_expect_push(t, 1, 100);
}

/* tcp_retries2 is the time that 15 doublings from 200 ms take: 924.6 s. */
static void retransmit__gives_up_by_time(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	send_and_expect(t, 100);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_push(t, 1, 100);
	t->tp->retrans_stamp = nst_tcp_clock_ms() - 920000;
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_push(t, 1, 100);
	t->tp->retrans_stamp = nst_tcp_clock_ms() - 924600;
	nst_tcp_test_expire_rtx(t);
	nst_wire_expect_nothing(t->wire);
	expect_ended(t, ETIMEDOUT);
}

static void retransmit__asks_for_a_new_path_after_retries1(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	send_and_expect(t, 100);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_push(t, 1, 100);
	/* 3 doublings from 200 ms: 3 s. */
	t->tp->retrans_stamp = nst_tcp_clock_ms() - 3000;
	t->tp->nst.path.generation--;
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_push(t, 1, 100);
	KUNIT_EXPECT_TRUE(test, nst_path_valid(t->wire->stack,
					       &t->tp->nst.path));
}

/* RFC 5482 */
static void retransmit__heeds_the_user_timeout(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->tp->user_timeout = 5000;
	send_and_expect(t, 100);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_push(t, 1, 100);
	t->tp->rto = 100 * HZ;
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_push(t, 1, 100);
	KUNIT_EXPECT_LE(test, nst_tcp_test_rtx_due(t), 5L * HZ);
	t->tp->retrans_stamp = nst_tcp_clock_ms() - 5000;
	nst_tcp_test_expire_rtx(t);
	nst_wire_expect_nothing(t->wire);
	expect_ended(t, ETIMEDOUT);
}

static void retransmit__tells_the_soft_error_in_the_end(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	send_and_expect(t, 100);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_push(t, 1, 100);
	t->tp->err_soft = EHOSTUNREACH;
	t->tp->retrans_stamp = nst_tcp_clock_ms() - 1000000;
	nst_tcp_test_expire_rtx(t);
	expect_ended(t, EHOSTUNREACH);
}

/* Our own link was full: no back-off, another try soon. */
static void retransmit__tries_soon_when_the_link_is_full(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	u32 rto;

	send_and_expect(t, 100);
	t->tp->rto = 10 * HZ;
	rto = t->tp->rto;
	t->wire->capacity = 0;
	nst_tcp_test_expire_rtx(t);
	KUNIT_EXPECT_EQ(test, t->tp->rto, rto);
	expect_due(t, NST_TCP_RESOURCE_PROBE);
	t->wire->capacity = 10;
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_push(t, 1, 100);
}

/* The peer closed its window over what was in flight, and still answers. */
static void retransmit__lives_while_a_closed_window_is_answered(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	send_and_expect(t, 100);
	t->tp->snd_wnd = 0;
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_push(t, 1, 100);
	t->tp->retrans_stamp = nst_tcp_clock_ms() - 2000000;
	t->tp->rcv_tstamp = nst_tcp_jiffies();
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_push(t, 1, 100);
	t->tp->rcv_tstamp = (u32)nst_tcp_jiffies() - 241 * HZ;
	nst_tcp_test_expire_rtx(t);
	nst_wire_expect_nothing(t->wire);
	expect_ended(t, ETIMEDOUT);
}

static void rtx_timer__is_moved_only_when_it_must(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	unsigned long expires;

	lock_sock(t->sk);
	nst_tcp_rtx_timer_set(t->sk, NST_TCP_TIMER_RETRANSMIT, HZ);
	expires = t->tp->rtx_timer.expires;
	nst_tcp_rtx_timer_set(t->sk, NST_TCP_TIMER_RETRANSMIT, 2 * HZ);
	KUNIT_EXPECT_EQ(test, t->tp->rtx_timer.expires, expires);
	expect_due(t, 2 * HZ);
	nst_tcp_rtx_timer_set(t->sk, NST_TCP_TIMER_RETRANSMIT, HZ / 2);
	KUNIT_EXPECT_TRUE(test, time_before(t->tp->rtx_timer.expires,
					    expires));
	nst_tcp_rtx_timer_stop(t->sk);
	KUNIT_EXPECT_TRUE(test, timer_pending(&t->tp->rtx_timer));
	release_sock(t->sk);
	/* It fires, finds nothing to do, and is not set again. */
	nst_tcp_test_expire_rtx(t);
	KUNIT_EXPECT_FALSE(test, timer_pending(&t->tp->rtx_timer));
	nst_wire_expect_nothing(t->wire);
}

static void rtx_timer__that_fires_early_waits_for_the_rest(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	send_and_expect(t, 100);
	t->tp->rtx_timeout = nst_tcp_jiffies() + 3 * HZ;
	local_bh_disable();
	if (!timer_delete(&t->tp->rtx_timer))
		sock_hold(t->sk);
	t->tp->rtx_timer.function(&t->tp->rtx_timer);
	local_bh_enable();
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_TRUE(test, timer_pending(&t->tp->rtx_timer));
	KUNIT_EXPECT_EQ(test, (int)t->tp->retransmits, 0);
	expect_due(t, 3 * HZ);
}

static void rtx_timer__waits_for_the_owner(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	send_and_expect(t, 100);
	lock_sock(t->sk);
	nst_tcp_test_expire_rtx(t);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->tp->deferred,
			BIT(NST_TCP_DEFER_RTX_TIMER));
	release_sock(t->sk);
	nst_tcp_test_expect_push(t, 1, 100);
	KUNIT_EXPECT_EQ(test, t->tp->deferred, 0UL);
}

static void probe__backs_off_and_gives_up_in_silence(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	unsigned int i;
	long when;

	close_window_with_data_waiting(t);
	when = max_t(long, t->tp->rto, NST_TCP_RTO_MIN);
	expect_due(t, when);
	for (i = 0; i < 15; i++) {
		nst_tcp_test_expire_rtx(t);
		nst_tcp_test_expect_data(t, 0, 0);
		when = min_t(long, when * 2, NST_TCP_RTO_MAX);
		expect_due(t, when);
		KUNIT_EXPECT_EQ(test, t->tp->probes_out, i + 1);
	}
	nst_tcp_test_expire_rtx(t);
	nst_wire_expect_nothing(t->wire);
	expect_ended(t, ETIMEDOUT);
}

/* RFC 9293 3.8.6.1: as long as the peer answers, never. */
static void probe__goes_on_while_the_peer_answers(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	unsigned int i;

	close_window_with_data_waiting(t);
	for (i = 0; i < 100; i++) {
		nst_tcp_test_expire_rtx(t);
		nst_tcp_test_expect_data(t, 0, 0);
		nst_tcp_test_ack(t, 1);
		KUNIT_ASSERT_EQ(test, t->sk->sk_state, TCP_ESTABLISHED);
	}
	expect_due(t, NST_TCP_RTO_MAX);
	t->window = 5000;
	nst_tcp_test_ack(t, 1);
	nst_tcp_test_expect_push(t, 1, 100);
	nst_tcp_test_ack(t, 101);
	KUNIT_EXPECT_EQ(test, (int)t->tp->rtx_timer_kind,
			(int)NST_TCP_TIMER_NONE);
}

static void probe__heeds_the_user_timeout(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	t->tp->user_timeout = 5000;
	close_window_with_data_waiting(t);
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect_data(t, 0, 0);
	t->tp->probes_tstamp = nst_tcp_clock_ms() - 5000;
	nst_tcp_test_expire_rtx(t);
	nst_wire_expect_nothing(t->wire);
	expect_ended(t, ETIMEDOUT);
}

/* RFC 9293 3.8.6.3: not later than half a second. */
static void delack__sends_what_is_owed(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	lock_sock(t->sk);
	t->tp->ack_pending = 0;
	t->tp->pingpong = false;
	t->tp->ato = NST_TCP_ATO_MIN;
	nst_tcp_delack_timer_set(t->sk, NST_TCP_DELACK_MIN);
	release_sock(t->sk);
	nst_wire_expect_nothing(t->wire);
	nst_tcp_test_expire_delack(t);
	nst_tcp_test_expect_data(t, 1, 0);
	KUNIT_EXPECT_EQ(test, t->tp->ato, 2U * NST_TCP_ATO_MIN);
	KUNIT_EXPECT_EQ(test, (int)t->tp->ack_pending, 0);
	KUNIT_EXPECT_EQ(test, nst_mib_read(t->wire->stack,
					   NST_MIB_TCP_DELAYED_ACKS), 1UL);
	nst_tcp_test_expire_delack(t);
	nst_wire_expect_nothing(t->wire);
}

static void delack__ends_a_conversation(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	lock_sock(t->sk);
	t->tp->pingpong = true;
	t->tp->ato = NST_TCP_DELACK_MAX;
	nst_tcp_delack_timer_set(t->sk, NST_TCP_DELACK_MAX);
	release_sock(t->sk);
	nst_tcp_test_expire_delack(t);
	nst_tcp_test_expect_data(t, 1, 0);
	KUNIT_EXPECT_FALSE(test, t->tp->pingpong);
	KUNIT_EXPECT_EQ(test, t->tp->ato, (u32)NST_TCP_ATO_MIN);
}

static void delack__keeps_the_earlier_deadline(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	unsigned long deadline;

	lock_sock(t->sk);
	t->tp->ack_pending = 0;
	nst_tcp_delack_timer_set(t->sk, 10);
	deadline = t->tp->delack_timeout;
	nst_tcp_delack_timer_set(t->sk, 50);
	KUNIT_EXPECT_EQ(test, t->tp->delack_timeout, deadline);
	nst_tcp_delack_timer_set(t->sk, 5);
	KUNIT_EXPECT_TRUE(test, time_before(t->tp->delack_timeout, deadline));
	t->tp->ack_pending = 0;
	release_sock(t->sk);
}

static void delack__waits_for_the_owner(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	lock_sock(t->sk);
	t->tp->ack_pending = 0;
	nst_tcp_delack_timer_set(t->sk, HZ);
	nst_tcp_test_expire_delack(t);
	nst_wire_expect_nothing(t->wire);
	t->tp->delack_timeout = nst_tcp_jiffies();
	release_sock(t->sk);
	nst_tcp_test_expect_data(t, 1, 0);
	KUNIT_EXPECT_EQ(test, nst_mib_read(t->wire->stack,
					   NST_MIB_TCP_DELAYED_ACK_LOCKED),
			1UL);
}

static void keepalive_on(struct nst_tcp_test *t)
{
	lock_sock(t->sk);
	t->tp->keepalive_time = 10 * HZ;
	t->tp->keepalive_intvl = 2 * HZ;
	t->tp->keepalive_probes = 2;
	nst_tcp_set_keepalive(t->sk, 1);
	sock_set_flag(t->sk, SOCK_KEEPOPEN);
	release_sock(t->sk);
}

static void be_silent(struct nst_tcp_test *t, unsigned int seconds)
{
	t->tp->lrcvtime = (u32)nst_tcp_jiffies() - seconds * HZ;
	t->tp->rcv_tstamp = (u32)nst_tcp_jiffies() - seconds * HZ;
}

static long keepalive_due(const struct nst_tcp_test *t)
{
	return (long)(t->sk->sk_timer.expires - nst_tcp_jiffies());
}

/* RFC 9293 3.8.4 */
static void keepalive__probes_and_gives_up(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	keepalive_on(t);
	KUNIT_EXPECT_GE(test, keepalive_due(t), 10L * HZ - 2);
	be_silent(t, 10);
	nst_tcp_test_expire_keepalive(t);
	nst_tcp_test_expect_data(t, 0, 0);
	KUNIT_EXPECT_LE(test, keepalive_due(t), 2L * HZ);
	be_silent(t, 12);
	nst_tcp_test_expire_keepalive(t);
	nst_tcp_test_expect_data(t, 0, 0);
	be_silent(t, 14);
	nst_tcp_test_expire_keepalive(t);
	nst_tcp_test_expect(t, NST_TCP_SEGMENT(NST_TCP_RST | NST_TCP_ACK,
					       1, 1, 0));
	expect_ended(t, ETIMEDOUT);
	KUNIT_EXPECT_EQ(test, nst_mib_read(t->wire->stack,
					   NST_MIB_TCP_KEEP_ALIVE), 2UL);
}

static void keepalive__is_content_with_an_answer(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	keepalive_on(t);
	be_silent(t, 10);
	nst_tcp_test_expire_keepalive(t);
	nst_tcp_test_expect_data(t, 0, 0);
	nst_tcp_test_ack(t, 1);
	KUNIT_EXPECT_EQ(test, (int)t->tp->probes_out, 0);
	nst_tcp_test_expire_keepalive(t);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_GE(test, keepalive_due(t), 10L * HZ - 2);
}

static void keepalive__is_quiet_while_data_is_in_flight(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	keepalive_on(t);
	send_and_expect(t, 10);
	be_silent(t, 100);
	nst_tcp_test_expire_keepalive(t);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_GE(test, keepalive_due(t), 10L * HZ - 2);
}

static void keepalive__stops_when_switched_off(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	keepalive_on(t);
	lock_sock(t->sk);
	nst_tcp_set_keepalive(t->sk, 0);
	sock_reset_flag(t->sk, SOCK_KEEPOPEN);
	release_sock(t->sk);
	KUNIT_EXPECT_FALSE(test, timer_pending(&t->sk->sk_timer));
}

/* FIN-WAIT-2 of an orphan: first on the socket, the last minute off it. */
static void fin_wait2__ends_in_a_small_entry(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;
	struct nst_tcp *tcp = t->wire->stack->tcp;

	t->tp->linger2 = 100 * HZ;
	nst_tcp_test_close_program(t);
	nst_tcp_test_expect(t, NST_TCP_SEGMENT(NST_TCP_FIN | NST_TCP_ACK,
					       1, 1, 0));
	nst_tcp_test_ack(t, 2);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_FIN_WAIT2);
	KUNIT_EXPECT_LE(test, keepalive_due(t), 40L * HZ);
	KUNIT_EXPECT_GE(test, keepalive_due(t), 40L * HZ - 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&tcp->timewaits), 0);
	nst_tcp_test_expire_keepalive(t);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_CLOSE);
	KUNIT_EXPECT_EQ(test, atomic_read(&tcp->timewaits), 1);
	KUNIT_EXPECT_EQ(test, atomic_read(&tcp->orphans), 0);
	nst_wire_expect_nothing(t->wire);
}

/* An orphan gives up after the time of eight doublings: 102.2 s. */
static void orphan__gives_up_sooner(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_close_program(t);
	nst_tcp_test_expect(t, NST_TCP_SEGMENT(NST_TCP_FIN | NST_TCP_ACK,
					       1, 1, 0));
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect(t, NST_TCP_SEGMENT(NST_TCP_FIN | NST_TCP_ACK,
					       1, 1, 0));
	t->tp->retrans_stamp = nst_tcp_clock_ms() - 101000;
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect(t, NST_TCP_SEGMENT(NST_TCP_FIN | NST_TCP_ACK,
					       1, 1, 0));
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_FIN_WAIT1);
	t->tp->retrans_stamp = nst_tcp_clock_ms() - 102200;
	nst_tcp_test_expire_rtx(t);
	nst_wire_expect_nothing(t->wire);
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_CLOSE);
	KUNIT_EXPECT_EQ(test, atomic_read(&t->wire->stack->tcp->orphans), 0);
}

/* Attack 16: above tcp_max_orphans, what makes no progress is reset. */
static void orphan__goes_when_there_are_too_many(struct kunit *test)
{
	struct nst_tcp_test *t = test->priv;

	nst_tcp_test_close_program(t);
	nst_tcp_test_expect(t, NST_TCP_SEGMENT(NST_TCP_FIN | NST_TCP_ACK,
					       1, 1, 0));
	t->wire->stack->config.tcp_max_orphans = 0;
	nst_tcp_test_expire_rtx(t);
	nst_tcp_test_expect(t, NST_TCP_SEGMENT(NST_TCP_RST | NST_TCP_ACK,
					       2, 1, 0));
	KUNIT_EXPECT_EQ(test, t->sk->sk_state, TCP_CLOSE);
	KUNIT_EXPECT_EQ(test, nst_mib_read(t->wire->stack,
					   NST_MIB_TCP_ABORT_ON_MEMORY), 1UL);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(retransmit__backs_off_exponentially),
	KUNIT_CASE(retransmit__comes_when_the_timeout_says),
	KUNIT_CASE(retransmit__gives_up_by_time),
	KUNIT_CASE(retransmit__asks_for_a_new_path_after_retries1),
	KUNIT_CASE(retransmit__heeds_the_user_timeout),
	KUNIT_CASE(retransmit__tells_the_soft_error_in_the_end),
	KUNIT_CASE(retransmit__tries_soon_when_the_link_is_full),
	KUNIT_CASE(retransmit__lives_while_a_closed_window_is_answered),
	KUNIT_CASE(rtx_timer__is_moved_only_when_it_must),
	KUNIT_CASE(rtx_timer__that_fires_early_waits_for_the_rest),
	KUNIT_CASE(rtx_timer__waits_for_the_owner),
	KUNIT_CASE(probe__backs_off_and_gives_up_in_silence),
	KUNIT_CASE(probe__goes_on_while_the_peer_answers),
	KUNIT_CASE(probe__heeds_the_user_timeout),
	KUNIT_CASE(delack__sends_what_is_owed),
	KUNIT_CASE(delack__ends_a_conversation),
	KUNIT_CASE(delack__keeps_the_earlier_deadline),
	KUNIT_CASE(delack__waits_for_the_owner),
	KUNIT_CASE(keepalive__probes_and_gives_up),
	KUNIT_CASE(keepalive__is_content_with_an_answer),
	KUNIT_CASE(keepalive__is_quiet_while_data_is_in_flight),
	KUNIT_CASE(keepalive__stops_when_switched_off),
	KUNIT_CASE(fin_wait2__ends_in_a_small_entry),
	KUNIT_CASE(orphan__gives_up_sooner),
	KUNIT_CASE(orphan__goes_when_there_are_too_many),
	{}
};

static struct kunit_suite suite = {
	.name = "netstack_tcp_timer",
	.init = test_init,
	.test_cases = cases,
};

kunit_test_suite(suite);
