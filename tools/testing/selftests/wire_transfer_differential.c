// SPDX-License-Identifier: GPL-2.0
/*
 * The same socket calls and the same segments of a scripted peer for the
 * host's TCP and for ours, in virtual time: what goes out must be the same in
 * kind, with the same options, windows and times. Here what is
 * sent and acknowledged in between.
 *
 * guest: uml-time timeout=300
 */
#define _GNU_SOURCE
#include "wire_differential.h"

/* ---- Sending ---- */

static void one_octet(struct wire *wire)
{
	int fd = wire_active(wire, RTT);

	put(fd, 1, 0);
	wire_run(wire, 300000);
	reset(fd);
	wire_run(wire, 10);
}

TEST_F_TIMEOUT(wire, silence__tail_loss_probe_then_exponential_back_off, PATIENCE)
{
	COMPARE(one_octet);
}

static void one_octet_passive(struct wire *wire)
{
	int fd = wire_passive(wire, RTT);

	put(fd, 1, 0);
	wire_run(wire, 20000);
	reset(fd);
	wire_run(wire, 10);
}

TEST_F_TIMEOUT(wire, silence__of_the_peer_that_connected, PATIENCE)
{
	COMPARE(one_octet_passive);
}

static void window_of_silence(struct wire *wire)
{
	int fd = wire_active(wire, RTT);

	put(fd, 40000, 0);
	wire_run(wire, 20000);
	reset(fd);
	wire_run(wire, 10);
}

TEST_F_TIMEOUT(wire, initial_window__ten_segments_probe_and_back_off, PATIENCE)
{
	COMPARE(window_of_silence);
}

/* ---- The window after a SYN that was repeated ---- */

/* The peer answers after @wait ms, to the first SYN or to the last. */
static void syn_repeated(struct wire *wire, unsigned int wait, bool to_first)
{
	int fd = wire_socket(wire);
	uint32_t ts_first;

	wire_open(wire, fd);
	ts_first = wire->ts_recent;
	wire_run(wire, wait);
	if (to_first)
		wire->ts_recent = ts_first;
	wire_send(wire, (struct peer_segment){
		.flags = SYN | ACK, .ack = 1 });
	wire->next = 1;
	wire->expected = 1;
	wire_run(wire, 1);
	put(fd, 40000, 0);
	wire_run(wire, 100);
	reset(fd);
	wire_run(wire, 10);
}

static void syn_once_more(struct wire *wire)
{
	syn_repeated(wire, 1500, false);
}

TEST_F_TIMEOUT(wire, initial_window__after_one_lost_syn, PATIENCE)
{
	COMPARE(syn_once_more);
}

static void syn_twice_more(struct wire *wire)
{
	syn_repeated(wire, 3500, false);
}

TEST_F_TIMEOUT(wire, initial_window__after_two_lost_syns, PATIENCE)
{
	COMPARE(syn_twice_more);
}

static void syn_on_time(struct wire *wire)
{
	syn_repeated(wire, 3500, true);
}

TEST_F_TIMEOUT(wire, initial_window__when_the_first_syn_was_only_late, PATIENCE)
{
	COMPARE(syn_on_time);
}

static void syn_ack_repeated(struct wire *wire, unsigned int wait,
			     bool to_first)
{
	int listener = wire_listen(wire), fd;
	uint32_t ts_first;

	wire_send(wire, (struct peer_segment){ .flags = SYN });
	wire_run(wire, 10);
	ts_first = wire->ts_recent;
	wire_run(wire, wait);
	if (to_first)
		wire->ts_recent = ts_first;
	wire->next = 1;
	wire->expected = 1;
	wire_send_ack(wire);
	wire_run(wire, 1);
	fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
	close(listener);
	put(fd, 40000, 0);
	wire_run(wire, 100);
	reset(fd);
	wire_run(wire, 10);
}

static void syn_ack_once_more(struct wire *wire)
{
	syn_ack_repeated(wire, 1500, false);
}

TEST_F_TIMEOUT(wire, initial_window__after_one_lost_syn_ack, PATIENCE)
{
	COMPARE(syn_ack_once_more);
}

static void syn_ack_twice_more(struct wire *wire)
{
	syn_ack_repeated(wire, 3500, false);
}

TEST_F_TIMEOUT(wire, initial_window__after_two_lost_syn_acks, PATIENCE)
{
	COMPARE(syn_ack_twice_more);
}

static void syn_ack_on_time(struct wire *wire)
{
	syn_ack_repeated(wire, 3500, true);
}

TEST_F_TIMEOUT(wire, initial_window__when_the_first_syn_ack_was_only_late, PATIENCE)
{
	COMPARE(syn_ack_on_time);
}

/* A path of a round trip and a half that loses what @lost says. */
static void transfer(struct wire *wire, unsigned int rtt, size_t len,
		     bool (*lost)(const struct wire *, const struct segment *))
{
	int fd = wire_active(wire, rtt);

	wire->answers = true;
	wire->delay = rtt;
	wire->lost = lost;
	set(fd, SOL_SOCKET, SO_SNDBUF, 1 << 20);
	put(fd, len, 0);
	wire_run(wire, 30 * rtt + 3000);
	reset(fd);
	wire_run(wire, 10);
}

static void clean(struct wire *wire)
{
	transfer(wire, 50, 100000, NULL);
}

TEST_F_TIMEOUT(wire, slow_start__grows_as_the_hosts, PATIENCE)
{
	COMPARE(clean);
}

static bool third(const struct wire *wire, const struct segment *segment)
{
	return wire->data_count == 3;
}

static void third_lost(struct wire *wire)
{
	transfer(wire, 50, 36200, third);
}

TEST_F_TIMEOUT(wire, loss__of_one_segment, PATIENCE)
{
	COMPARE(third_lost);
}

static void third_lost_without_sack(struct wire *wire)
{
	wire->sack = false;
	transfer(wire, 50, 36200, third);
}

TEST_F_TIMEOUT(wire, loss__of_one_segment_without_sack, PATIENCE)
{
	COMPARE(third_lost_without_sack);
}

static void third_lost_without_timestamps(struct wire *wire)
{
	wire->ts = false;
	transfer(wire, 50, 36200, third);
}

TEST_F_TIMEOUT(wire, loss__of_one_segment_without_timestamps, PATIENCE)
{
	COMPARE(third_lost_without_timestamps);
}

static void third_lost_bare(struct wire *wire)
{
	wire->ts = false;
	wire->sack = false;
	wire->scale = -1;
	transfer(wire, 50, 36200, third);
}

TEST_F_TIMEOUT(wire, loss__of_one_segment_without_options, PATIENCE)
{
	COMPARE(third_lost_bare);
}

static bool three(const struct wire *wire, const struct segment *segment)
{
	return wire->data_count == 2 || wire->data_count == 5 ||
	       wire->data_count == 6;
}

static void three_lost(struct wire *wire)
{
	transfer(wire, 50, 36200, three);
}

TEST_F_TIMEOUT(wire, loss__of_three_segments, PATIENCE)
{
	COMPARE(three_lost);
}

static bool last(const struct wire *wire, const struct segment *segment)
{
	return segment->seq + segment->len == 8001 && wire->data_count < 8;
}

static void tail_lost(struct wire *wire)
{
	transfer(wire, 50, 8000, last);
}

TEST_F_TIMEOUT(wire, loss__of_the_tail_is_probed, PATIENCE)
{
	COMPARE(tail_lost);
}

static bool flight(const struct wire *wire, const struct segment *segment)
{
	return wire->data_count <= 10;
}

static void flight_lost(struct wire *wire)
{
	transfer(wire, 50, 30000, flight);
}

TEST_F_TIMEOUT(wire, loss__of_the_whole_flight, PATIENCE)
{
	COMPARE(flight_lost);
}

static bool again(const struct wire *wire, const struct segment *segment)
{
	return segment->seq == 2897 && wire->data_count < 16;
}

static void retransmission_lost(struct wire *wire)
{
	transfer(wire, 50, 36200, again);
}

TEST_F_TIMEOUT(wire, loss__of_a_retransmission, PATIENCE)
{
	COMPARE(retransmission_lost);
}

/* ACKs come late, after the time-out: nothing was lost. */
static void spurious_timeout(struct wire *wire)
{
	int fd = wire_active(wire, RTT);

	put(fd, 5000, 0);
	wire_run(wire, 600);
	wire->expected = 1449;
	wire_send_ack(wire);
	wire_run(wire, 1);
	wire->expected = 2897;
	wire_send_ack(wire);
	wire_run(wire, 1);
	wire->expected = 5001;
	wire_send_ack(wire);
	wire_run(wire, 100);
	wire->answers = true;
	wire->delay = RTT;
	put(fd, 7000, 0);
	wire_run(wire, 3000);
	reset(fd);
	wire_run(wire, 10);
}

TEST_F_TIMEOUT(wire, timeout__that_was_spurious_is_undone, PATIENCE)
{
	COMPARE(spurious_timeout);
}

static void nagle(struct wire *wire)
{
	int fd = wire_active(wire, RTT), i;

	for (i = 0; i < 3; i++)
		put(fd, 100, 0);
	wire_run(wire, 30);
	wire->expected = 101;
	wire_send_ack(wire);
	wire_run(wire, 30);
	wire->expected = 301;
	wire_send_ack(wire);
	wire_run(wire, 30);
	/* A full segment and a rest: Minshall lets the rest go. */
	put(fd, 1448 + 100, 0);
	wire_run(wire, 1);
	put(fd, 50, 0);
	wire_run(wire, 30);
	wire->expected = 301 + 1548;
	wire_send_ack(wire);
	wire_run(wire, 30);
	wire->expected += 50;
	wire_send_ack(wire);
	set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	for (i = 0; i < 3; i++)
		put(fd, 100, 0);
	wire_run(wire, 30);
	wire->expected += 300;
	wire_send_ack(wire);
	wire_run(wire, 30);
	reset(fd);
	wire_run(wire, 10);
}

TEST_F_TIMEOUT(wire, nagle__minshall_and_nodelay, PATIENCE)
{
	COMPARE(nagle);
}

static void corked(struct wire *wire)
{
	int fd = wire_active(wire, RTT);

	set(fd, IPPROTO_TCP, TCP_CORK, 1);
	put(fd, 1000, 0);
	put(fd, 1000, 0);
	wire_run(wire, 500);
	wire->expected = 2001;
	wire_send_ack(wire);
	wire_run(wire, 50);
	put(fd, 10, 0);
	wire_run(wire, 50);
	set(fd, IPPROTO_TCP, TCP_CORK, 0);
	wire_run(wire, 50);
	wire->expected = 2011;
	wire_send_ack(wire);
	put(fd, 10, MSG_MORE);
	wire_run(wire, 50);
	put(fd, 10, 0);
	wire_run(wire, 50);
	wire->expected = 2031;
	wire_send_ack(wire);
	put(fd, 10, MSG_MORE);
	wire_run(wire, 500);
	reset(fd);
	wire_run(wire, 10);
}

TEST_F_TIMEOUT(wire, cork__and_msg_more, PATIENCE)
{
	COMPARE(corked);
}

static void pushes(struct wire *wire)
{
	int fd = wire_active(wire, RTT);

	wire->answers = true;
	wire->delay = RTT;
	set(fd, SOL_SOCKET, SO_SNDBUF, 1 << 20);
	put(fd, 5000, 0);
	wire_run(wire, 100);
	put(fd, 5000, MSG_MORE);
	put(fd, 5000, 0);
	wire_run(wire, 100);
	put(fd, 20000, 0);
	wire_run(wire, 500);
	put(fd, 2896, 0);
	wire_run(wire, 100);
	reset(fd);
	wire_run(wire, 10);
}

TEST_F_TIMEOUT(wire, psh__at_the_end_of_a_write_and_of_a_burst, PATIENCE)
{
	COMPARE(pushes);
}

static void small_window(struct wire *wire)
{
	int fd;

	wire->scale = 0;
	wire->window = 3000;
	fd = wire_active(wire, RTT);
	put(fd, 10000, 0);
	wire_run(wire, 50);
	wire->expected = 2897;
	wire_send(wire, (struct peer_segment){
		.flags = ACK, .seq = 1, .ack = wire->expected, .window = -1 });
	wire_run(wire, 60000);
	wire->window = 2000;
	wire_send_ack(wire);
	wire_run(wire, 100);
	wire->expected += 1448;
	wire->window = 60000;
	wire_send_ack(wire);
	wire_run(wire, 1000);
	reset(fd);
	wire_run(wire, 10);
}

TEST_F_TIMEOUT(wire, zero_window__is_probed_as_by_the_host, PATIENCE)
{
	COMPARE(small_window);
}

static void urgent(struct wire *wire)
{
	int fd = wire_active(wire, RTT);

	put(fd, 10, 0);
	put(fd, 5, MSG_OOB);
	wire_run(wire, 20);
	put(fd, 10, 0);
	wire_run(wire, 20);
	wire->expected = 26;
	wire_send_ack(wire);
	wire_run(wire, 20);
	put(fd, 3000, MSG_OOB);
	wire_run(wire, 20);
	reset(fd);
	wire_run(wire, 10);
}

TEST_F_TIMEOUT(wire, urgent__pointer_and_flags, PATIENCE)
{
	COMPARE(urgent);
}

static void idle_restart(struct wire *wire)
{
	int fd = wire_active(wire, 50);

	wire->answers = true;
	wire->delay = 50;
	set(fd, SOL_SOCKET, SO_SNDBUF, 1 << 20);
	put(fd, 200000, 0);
	wire_run(wire, 5000);
	put(fd, 60000, 0);
	wire_run(wire, 5000);
	reset(fd);
	wire_run(wire, 10);
}

TEST_F_TIMEOUT(wire, idle__restarts_with_the_hosts_window, PATIENCE)
{
	COMPARE(idle_restart);
}

static void alive(struct wire *wire)
{
	int fd = wire_active(wire, RTT);

	set(fd, IPPROTO_TCP, TCP_KEEPIDLE, 5);
	set(fd, IPPROTO_TCP, TCP_KEEPINTVL, 2);
	set(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
	set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	wire_run(wire, 6000);
	wire_send_ack(wire);
	wire_run(wire, 30000);
	close(fd);
	wire_run(wire, 100);
}

TEST_F_TIMEOUT(wire, keepalive__probes_and_end, PATIENCE)
{
	COMPARE(alive);
}

static void user_timeout(struct wire *wire)
{
	int fd = wire_active(wire, RTT);

	set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 3000);
	put(fd, 100, 0);
	wire_run(wire, 20000);
	close(fd);
	wire_run(wire, 100);
}

TEST_F_TIMEOUT(wire, user_timeout__ends_as_the_hosts, PATIENCE)
{
	COMPARE(user_timeout);
}

/* ---- Receiving ---- */

static void quick_acks(struct wire *wire)
{
	int fd = wire_passive(wire, RTT), i;

	for (i = 0; i < 60; i++) {
		wire_send_data(wire, 100, 1448);
		wire_run(wire, 10);
		take(fd, 1000);
		wire_run(wire, 5);
	}
	wire_run(wire, 500);
	for (i = 0; i < 10; i++) {
		wire_send_data(wire, 100, 1448);
		wire_run(wire, 300);
		take(fd, 1000);
	}
	reset(fd);
	wire_run(wire, 10);
}

TEST_F_TIMEOUT(wire, delayed_ack__quick_at_the_start_then_delayed, PATIENCE)
{
	COMPARE(quick_acks);
}

static void stream(struct wire *wire)
{
	int fd = wire_passive(wire, RTT), i;

	for (i = 0; i < 40; i++) {
		wire_send_data(wire, 1448, 1448);
		wire_run(wire, 2);
		take(fd, 10000);
	}
	wire_run(wire, 500);
	reset(fd);
	wire_run(wire, 10);
}

TEST_F_TIMEOUT(wire, delayed_ack__every_second_full_segment, PATIENCE)
{
	COMPARE(stream);
}

static void conversation(struct wire *wire)
{
	int fd = wire_passive(wire, RTT), i;

	for (i = 0; i < 40; i++) {
		wire_send_data(wire, 200, 1448);
		wire_run(wire, 5);
		take(fd, 1000);
		put(fd, 300, 0);
		wire_run(wire, RTT);
		wire->expected += 300;
		if (i % 3 == 0)
			wire_send_ack(wire);
		wire_run(wire, i * 5);
	}
	reset(fd);
	wire_run(wire, 10);
}

TEST_F_TIMEOUT(wire, conversation__acks_ride_on_answers, PATIENCE)
{
	COMPARE(conversation);
}

static void unread(struct wire *wire)
{
	int listener = wire_listen(wire), fd, i;

	set(listener, SOL_SOCKET, SO_RCVBUF, 30000);
	fd = wire_accept(wire, listener, RTT);
	for (i = 0; i < 20; i++) {
		wire_send_data(wire, 1448, 1448);
		wire_run(wire, 20);
	}
	/* Once all is acknowledged a window probe, then the window opens. */
	wire_run(wire, 100);
	wire_send(wire, (struct peer_segment){
		.flags = ACK, .seq = wire->next - 1, .ack = wire->expected });
	wire_run(wire, 100);
	for (i = 0; i < 30; i++) {
		take(fd, 1448);
		wire_run(wire, 20);
	}
	reset(fd);
	wire_run(wire, 10);
}

TEST_F_TIMEOUT(wire, receive_window__closes_and_opens_as_the_hosts, PATIENCE)
{
	COMPARE(unread, .window = 10);
}

static void autotuned(struct wire *wire)
{
	int fd = wire_passive(wire, RTT), i, j;

	for (i = 0; i < 12; i++) {
		for (j = 0; j < 10 + 10 * i; j++) {
			wire_send_data(wire, 1448, 1448);
			take(fd, 1 << 20);
		}
		wire_run(wire, RTT);
	}
	wire_run(wire, 300);
	reset(fd);
	wire_run(wire, 10);
}

TEST_F_TIMEOUT(wire, receive_window__grows_as_the_hosts, PATIENCE)
{
	COMPARE(autotuned, .window = 10);
}

static void holes(struct wire *wire)
{
	int fd = wire_passive(wire, RTT);

	send_at(wire, 1, 1000, 10);
	send_at(wire, 2001, 1000, 10);
	send_at(wire, 4001, 1000, 10);
	send_at(wire, 6001, 1000, 10);
	send_at(wire, 8001, 1000, 10);
	send_at(wire, 10001, 1000, 10);
	/* A duplicate above, one that overlaps, one below. */
	send_at(wire, 6001, 1000, 10);
	send_at(wire, 6501, 900, 10);
	send_at(wire, 1, 1000, 10);
	send_at(wire, 501, 1000, 10);
	/* The holes are filled. */
	send_at(wire, 1001, 1000, 10);
	send_at(wire, 3001, 1000, 10);
	send_at(wire, 5001, 1000, 10);
	send_at(wire, 7001, 1000, 10);
	send_at(wire, 9001, 1000, 10);
	send_at(wire, 11001, 100, 300);
	wire->next = 11101;
	reset(fd);
	wire_run(wire, 10);
}

TEST_F_TIMEOUT(wire, sack__blocks_and_duplicates_are_the_hosts, PATIENCE)
{
	COMPARE(holes);
}

static void holes_without_sack(struct wire *wire)
{
	wire->sack = false;
	holes(wire);
}

TEST_F_TIMEOUT(wire, sack__none_if_it_was_not_agreed_on, PATIENCE)
{
	COMPARE(holes_without_sack);
}

static void strange(struct wire *wire)
{
	int fd = wire_passive(wire, RTT);

	/* Beyond the window, below it, an ACK that is older than any. */
	send_at(wire, 10000000, 10, 600);
	send_at(wire, -1000, 10, 600);
	wire_send(wire, (struct peer_segment){
		.flags = ACK, .seq = 1, .ack = -100000000, .len = 10 });
	wire_run(wire, 600);
	/* A SYN, a RST that is not exact, no ACK flag. */
	wire_send(wire, (struct peer_segment){ .flags = SYN, .seq = 1 });
	wire_run(wire, 600);
	wire_send(wire, (struct peer_segment){ .flags = RST, .seq = 100 });
	wire_run(wire, 600);
	wire_send(wire, (struct peer_segment){
		.flags = 0, .seq = 1, .len = 10 });
	wire_run(wire, 600);
	/* PAWS, and no timestamp where one is due. */
	wire_send(wire, (struct peer_segment){
		.flags = ACK, .seq = 1, .ack = 1, .len = 10,
		.ts_shift = -100000 });
	wire_run(wire, 600);
	wire_send(wire, (struct peer_segment){
		.flags = ACK, .seq = 1, .ack = 1, .len = 10, .bare = true });
	wire_run(wire, 600);
	wire_send(wire, (struct peer_segment){ .flags = RST, .seq = 11 });
	wire_run(wire, 600);
	close(fd);
	wire_run(wire, 10);
}

TEST_F_TIMEOUT(wire, strange_segments__are_answered_as_by_the_host, PATIENCE)
{
	COMPARE(strange);
}

static void challenges(struct wire *wire)
{
	int fd = wire_passive(wire, RTT), i;

	for (i = 0; i < 10; i++) {
		wire_send(wire, (struct peer_segment){
			.flags = SYN, .seq = 1 });
		wire_run(wire, 120);
	}
	reset(fd);
	wire_run(wire, 10);
}

TEST_F_TIMEOUT(wire, challenge_ack__is_limited_as_the_hosts, PATIENCE)
{
	COMPARE(challenges);
}

TEST_HARNESS_MAIN
