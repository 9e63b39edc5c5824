// SPDX-License-Identifier: GPL-2.0
/*
 * The same socket calls and the same segments of a scripted peer for the
 * host's TCP and for ours, in virtual time: what goes out must be the same in
 * kind, with the same options, windows and times. Here how connections
 * begin and end, with what a fingerprint looks at.
 *
 * guest: uml-time timeout=300
 */
#define _GNU_SOURCE
#include "wire_differential.h"

/* ---- Setup: what a fingerprint looks at ---- */

static void syn(struct wire *wire)
{
	int fd = wire_socket(wire);

	wire_open(wire, fd);
	wire_run(wire, 200000);
	close(fd);
}

TEST_F_TIMEOUT(wire, syn__is_the_hosts_and_so_are_its_retransmissions, PATIENCE)
{
	COMPARE(syn);
}

static void syn_small_buffer(struct wire *wire)
{
	int fd = wire_socket(wire);

	set(fd, SOL_SOCKET, SO_RCVBUF, 20000);
	wire_open(wire, fd);
	wire_run(wire, 500);
	close(fd);
}

TEST_F_TIMEOUT(wire, syn__window_and_scale_follow_a_fixed_buffer, PATIENCE)
{
	COMPARE(syn_small_buffer);
}

static void syn_clamped(struct wire *wire)
{
	int fd = wire_socket(wire);

	set(fd, IPPROTO_TCP, TCP_MAXSEG, 700);
	set(fd, IPPROTO_TCP, TCP_WINDOW_CLAMP, 12000);
	wire_open(wire, fd);
	wire_opened(wire, RTT);
	put(fd, 3000, 0);
	wire_run(wire, 100);
	reset(fd);
	wire_run(wire, 10);
}

TEST_F_TIMEOUT(wire, syn__maxseg_and_window_clamp, PATIENCE)
{
	COMPARE(syn_clamped);
}

static void syn_ack(struct wire *wire)
{
	static const struct {
		bool ts, sack;
		int scale;
	} offers[] = {
		{ true, true, 7 }, { false, true, 7 }, { true, false, 7 },
		{ true, true, -1 }, { false, false, 7 }, { false, true, -1 },
		{ true, false, -1 }, { false, false, -1 }, { true, true, 14 },
		{ true, true, 0 },
	};
	int listener = wire_listen(wire);
	unsigned int i;

	for (i = 0; i < sizeof(offers) / sizeof(*offers); i++) {
		wire->ts = offers[i].ts;
		wire->sack = offers[i].sack;
		wire->scale = offers[i].scale;
		wire->ts_known = false;
		wire->peer_port++;
		wire_send(wire, (struct peer_segment){ .flags = SYN });
		wire_run(wire, 20);
		wire_send(wire, (struct peer_segment){
			.flags = RST, .seq = 1 });
		wire_run(wire, 20);
	}
	/* No option at all, and not a sensible one. */
	wire->peer_port++;
	wire_send(wire, (struct peer_segment){
		.flags = SYN, .options = (const uint8_t *)"" });
	wire_run(wire, 20);
	wire->peer_port++;
	wire_send(wire, (struct peer_segment){
		.flags = SYN, .options_len = 4,
		.options = (const uint8_t *)"\2\4\0\60" });
	wire_run(wire, 20);
	close(listener);
	wire_run(wire, 20);
}

TEST_F_TIMEOUT(wire, syn_ack__has_the_hosts_options_for_each_offer, PATIENCE)
{
	COMPARE(syn_ack);
}

static void syn_ack_again(struct wire *wire)
{
	int listener = wire_listen(wire);

	wire_send(wire, (struct peer_segment){ .flags = SYN });
	wire_run(wire, 100000);
	close(listener);
}

TEST_F_TIMEOUT(wire, syn_ack__retransmissions_back_off_as_the_hosts, PATIENCE)
{
	COMPARE(syn_ack_again);
}

static void syn_again(struct wire *wire)
{
	int listener = wire_listen(wire), i;

	for (i = 0; i < 4; i++) {
		wire_send(wire, (struct peer_segment){ .flags = SYN });
		wire_run(wire, 300);
	}
	wire_send(wire, (struct peer_segment){ .flags = RST, .seq = 1 });
	wire_run(wire, 3000);
	close(listener);
}

TEST_F_TIMEOUT(wire, syn_ack__a_repeated_syn_is_answered_as_by_the_host, PATIENCE)
{
	COMPARE(syn_again);
}

static void closed_port(struct wire *wire)
{
	static const uint8_t flags[] = {
		SYN, ACK, SYN | ACK, FIN, FIN | ACK, RST, RST | ACK, 0,
		PSH | ACK, FIN | SYN, URG | ACK,
	};
	unsigned int i;

	/* Whose sequence number is whose peer's: absolute here. */
	for (i = 0; i < sizeof(flags); i++) {
		wire_send(wire, (struct peer_segment){
			.flags = flags[i], .seq = 5, .ack = 77 });
		wire_run(wire, 20);
		wire_send(wire, (struct peer_segment){
			.flags = flags[i], .seq = 5, .ack = 77, .len = 10 });
		wire_run(wire, 20);
	}
}

TEST_F_TIMEOUT(wire, closed_port__resets_are_the_hosts, PATIENCE)
{
	COMPARE(closed_port);
}

static void refused(struct wire *wire)
{
	int fd = wire_socket(wire);

	wire_open(wire, fd);
	wire_send(wire, (struct peer_segment){ .flags = RST | ACK, .ack = 5 });
	wire_run(wire, 20);
	wire_send(wire, (struct peer_segment){
		.flags = SYN | ACK, .ack = 5 });
	wire_run(wire, 20);
	wire_send(wire, (struct peer_segment){ .flags = RST | ACK, .ack = 1 });
	wire_run(wire, 3000);
	close(fd);
}

TEST_F_TIMEOUT(wire, syn_sent__wrong_answers_and_a_refusal, PATIENCE)
{
	COMPARE(refused);
}

static void simultaneous(struct wire *wire)
{
	int fd = wire_socket(wire);

	wire_open(wire, fd);
	wire_send(wire, (struct peer_segment){ .flags = SYN });
	wire_run(wire, 50);
	wire->next = 1;
	wire->expected = 1;
	wire_send(wire, (struct peer_segment){ .flags = SYN | ACK, .ack = 1 });
	wire_run(wire, 50);
	put(fd, 10, 0);
	wire_run(wire, 20);
	wire->expected = 11;
	wire_send_ack(wire);
	wire_run(wire, 20);
	reset(fd);
	wire_run(wire, 20);
}

TEST_F_TIMEOUT(wire, simultaneous_open__is_the_hosts, PATIENCE)
{
	COMPARE(simultaneous);
}

static void deferred(struct wire *wire)
{
	int listener = wire_listen(wire);

	set(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, 5);
	wire_send(wire, (struct peer_segment){ .flags = SYN });
	wire_run(wire, RTT);
	wire->next = 1;
	wire->expected = 1;
	wire_send_ack(wire);
	wire_run(wire, 20000);
	close(listener);
}

TEST_F_TIMEOUT(wire, defer_accept__times_are_the_hosts, PATIENCE)
{
	COMPARE(deferred);
}

/* ---- The end ---- */

static void close_first(struct wire *wire)
{
	int fd = wire_active(wire, RTT);

	put(fd, 100, 0);
	wire_run(wire, 20);
	wire->expected = 101;
	wire_send_ack(wire);
	wire_run(wire, 20);
	close(fd);
	wire_run(wire, 20);
	wire->expected = 102;
	wire_send_ack(wire);
	wire_run(wire, 20);
	wire_send(wire, (struct peer_segment){
		.flags = FIN | ACK, .seq = 1, .ack = 102 });
	wire->next = 2;
	wire_run(wire, 100);
	/* TIME-WAIT: a FIN again, data, a RST, a new SYN. */
	wire_send(wire, (struct peer_segment){
		.flags = FIN | ACK, .seq = 1, .ack = 102 });
	wire_run(wire, 600);
	send_at(wire, 2, 10, 600);
	wire_send(wire, (struct peer_segment){ .flags = SYN, .seq = 1 });
	wire_run(wire, 600);
	wire_send(wire, (struct peer_segment){ .flags = RST, .seq = 2 });
	wire_run(wire, 600);
	send_at(wire, 2, 10, 600);
}

TEST_F_TIMEOUT(wire, close__first_and_time_wait, PATIENCE)
{
	COMPARE(close_first);
}

static void close_unanswered(struct wire *wire)
{
	int fd = wire_active(wire, RTT);

	close(fd);
	wire_run(wire, 200000);
}

TEST_F_TIMEOUT(wire, close__fin_is_retransmitted_as_the_hosts, PATIENCE)
{
	COMPARE(close_unanswered);
}

static void close_with_data(struct wire *wire)
{
	int fd = wire_active(wire, RTT);

	put(fd, 30000, 0);
	close(fd);
	wire->answers = true;
	wire->delay = RTT;
	wire_run(wire, 200);
	wire_send(wire, (struct peer_segment){
		.flags = FIN | ACK, .seq = 1, .ack = wire->expected });
	wire_run(wire, 200);
}

TEST_F_TIMEOUT(wire, close__fin_follows_the_data, PATIENCE)
{
	COMPARE(close_with_data);
}

static void close_second(struct wire *wire)
{
	int fd = wire_passive(wire, RTT);

	wire_send(wire, (struct peer_segment){
		.flags = FIN | ACK, .seq = 1, .ack = 1, .len = 10 });
	wire->next = 12;
	wire_run(wire, 100);
	put(fd, 100, 0);
	wire_run(wire, 20);
	wire->expected = 101;
	wire_send_ack(wire);
	wire_run(wire, 20);
	take(fd, 100);
	close(fd);
	wire_run(wire, 20);
	wire->expected = 102;
	wire_send_ack(wire);
	wire_run(wire, 20);
	send_at(wire, 12, 10, 20);
}

TEST_F_TIMEOUT(wire, close__after_the_peers, PATIENCE)
{
	COMPARE(close_second);
}

static void close_unread(struct wire *wire)
{
	int fd = wire_passive(wire, RTT);

	wire_send_data(wire, 100, 1448);
	wire_run(wire, 20);
	close(fd);
	wire_run(wire, 20);
	send_at(wire, wire->next, 10, 20);
}

TEST_F_TIMEOUT(wire, close__with_unread_data_resets, PATIENCE)
{
	COMPARE(close_unread);
}

static void data_after_close(struct wire *wire)
{
	int fd = wire_passive(wire, RTT);

	close(fd);
	wire_run(wire, 20);
	wire->expected = 2;
	wire_send_ack(wire);
	wire_run(wire, 20);
	wire_send_data(wire, 100, 1448);
	wire_run(wire, 100);
}

TEST_F_TIMEOUT(wire, close__data_that_comes_later_is_reset, PATIENCE)
{
	COMPARE(data_after_close);
}

static void both_close(struct wire *wire)
{
	int fd = wire_active(wire, RTT);

	close(fd);
	wire_run(wire, 10);
	wire_send(wire, (struct peer_segment){
		.flags = FIN | ACK, .seq = 1, .ack = 1 });
	wire_run(wire, 10);
	wire_send(wire, (struct peer_segment){
		.flags = ACK, .seq = 2, .ack = 2 });
	wire_run(wire, 3000);
}

TEST_F_TIMEOUT(wire, close__simultaneous, PATIENCE)
{
	COMPARE(both_close);
}

static void half_close(struct wire *wire)
{
	int fd = wire_active(wire, RTT);

	shutdown(fd, SHUT_WR);
	wire_run(wire, 20);
	wire->expected = 2;
	wire_send_ack(wire);
	wire_run(wire, 20);
	wire_send_data(wire, 5000, 1448);
	wire_run(wire, 100);
	take(fd, 10000);
	wire_send(wire, (struct peer_segment){
		.flags = FIN | ACK, .seq = wire->next, .ack = 2 });
	wire_run(wire, 200);
	close(fd);
	wire_run(wire, 20);
}

TEST_F_TIMEOUT(wire, shutdown__half_closed_still_receives, PATIENCE)
{
	COMPARE(half_close);
}

static void fin_wait(struct wire *wire)
{
	int fd = wire_active(wire, RTT);

	set(fd, IPPROTO_TCP, TCP_LINGER2, 3);
	close(fd);
	wire_run(wire, 20);
	wire->expected = 2;
	wire_send_ack(wire);
	wire_run(wire, 2000);
	send_at(wire, 1, 0, 2000);
	send_at(wire, 1, 0, 100);
	wire_send(wire, (struct peer_segment){
		.flags = FIN | ACK, .seq = 1, .ack = 2 });
	wire_run(wire, 100);
}

TEST_F_TIMEOUT(wire, fin_wait_2__ends_after_linger2, PATIENCE)
{
	COMPARE(fin_wait);
}

TEST_HARNESS_MAIN
