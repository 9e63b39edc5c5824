// SPDX-License-Identifier: GPL-2.0
/*
 * TCP_INFO, TCP_CC_INFO and SO_MEMINFO as AF_INET and AF_NETSTACK have them:
 * after the same exchange the same fields are set.
 *
 * guest: stock timeout=180
 */
#define _GNU_SOURCE
#include "stream_differential.h"

#include <linux/sock_diag.h>
#include <stdint.h>

#ifndef SO_MEMINFO
#define SO_MEMINFO 55
#endif

/*
 * struct tcp_info in the order of its fields, with their sizes: libraries
 * know only its beginning. @any: it may be set or not; @sender: for who has
 * sent little: the host's clock is coarse.
 */
static const struct field {
	const char *name;
	int size;
	bool any;
	bool sender;
} fields[] = {
#define FIELD(name_, size_)	{ .name = (name_), .size = (size_) }
#define ANY(name_, size_)	{ .name = (name_), .size = (size_), .any = true }
#define SENDER(name_, size_)					\
	{ .name = (name_), .size = (size_), .sender = true }
	FIELD("state", 1), FIELD("ca_state", 1), FIELD("retransmits", 1),
	ANY("probes", 1), ANY("backoff", 1), FIELD("options", 1),
	FIELD("wscales", 1), ANY("app_limited", 1), FIELD("rto", 4),
	FIELD("ato", 4), FIELD("snd_mss", 4), FIELD("rcv_mss", 4),
	FIELD("unacked", 4), FIELD("sacked", 4), FIELD("lost", 4),
	FIELD("retrans", 4), FIELD("fackets", 4), FIELD("last_data_sent", 4),
	FIELD("last_ack_sent", 4), FIELD("last_data_recv", 4),
	FIELD("last_ack_recv", 4), FIELD("pmtu", 4), FIELD("rcv_ssthresh", 4),
	FIELD("rtt", 4), FIELD("rttvar", 4), FIELD("snd_ssthresh", 4),
	FIELD("snd_cwnd", 4), FIELD("advmss", 4), FIELD("reordering", 4),
	ANY("rcv_rtt", 4), FIELD("rcv_space", 4), ANY("total_retrans", 4),
	FIELD("pacing_rate", 8), FIELD("max_pacing_rate", 8),
	FIELD("bytes_acked", 8), FIELD("bytes_received", 8),
	FIELD("segs_out", 4), FIELD("segs_in", 4), FIELD("notsent_bytes", 4),
	FIELD("min_rtt", 4), FIELD("data_segs_in", 4),
	FIELD("data_segs_out", 4), FIELD("delivery_rate", 8),
	SENDER("busy_time", 8), FIELD("rwnd_limited", 8),
	ANY("sndbuf_limited", 8), FIELD("delivered", 4),
	FIELD("delivered_ce", 4), FIELD("bytes_sent", 8),
	ANY("bytes_retrans", 8), ANY("dsack_dups", 4),
	FIELD("reord_seen", 4), FIELD("rcv_ooopack", 4), FIELD("snd_wnd", 4),
};

#define FIELDS	(sizeof(fields) / sizeof(fields[0]))

/* Note of each field whether it is set. Return: bytes that were given. */
static long note_fields(struct run *run, int fd, const char *who, bool sender)
{
	unsigned char info[512] = { 0 };
	socklen_t len = sizeof(info);
	unsigned int offset = 0, i;
	int byte, set;

	NOTE(run, getsockopt(fd, SOL_TCP, TCP_INFO, info, &len));
	for (i = 0; i < FIELDS; i++) {
		for (set = 0, byte = 0; byte < fields[i].size; byte++)
			set |= info[offset + byte];
		offset += fields[i].size;
		if (!fields[i].any && (sender || !fields[i].sender))
			note(run, !!set, "%s: %s", who, fields[i].name);
	}
	note(run, offset <= len, "all of them are there");
	return len;
}

/* The reader begins late, so that the window closes; then it answers. */
static void exchange(struct run *run, int client, int server)
{
	static char data[65536];
	long sent, got = 0, all = 0;
	int i;

	fcntl(client, F_SETFL, O_NONBLOCK);
	/* Until no buffer grows any more. */
	for (i = 0; i < 100; i++) {
		while ((sent = send(client, data, sizeof(data), 0)) > 0)
			all += sent;
		usleep(1000);
	}
	while (got < all) {
		sent = recv(server, data, sizeof(data), 0);
		if (sent <= 0)
			break;
		got += sent;
	}
	note(run, got == all, "all arrived");
	NOTE(run, send(server, data, 1000, 0));
	fcntl(client, F_SETFL, 0);
	NOTE(run, recv(client, data, 1000, MSG_WAITALL));
	usleep(100000);
}

static void information(struct run *run)
{
	int client, server;

	new_pair(run, &client, &server);
	/* Longer than a tick: ages are set. */
	usleep(20000);
	note_fields(run, client, "new", true);
	exchange(run, client, server);
	note_fields(run, client, "client", true);
	note_fields(run, server, "server", false);
	close(client);
	close(server);
}

/* A new connection of the same socket begins anew. */
static void disconnected(struct run *run)
{
	struct sockaddr unspec = { .sa_family = AF_UNSPEC };
	int client, server;

	new_pair(run, &client, &server);
	exchange(run, client, server);
	NOTE(run, connect(client, &unspec, sizeof(unspec)));
	note(run, get(client, SOL_TCP, TCP_INFO), "state");
	close(client);
	close(server);
}

static void memory(struct run *run)
{
	uint32_t mem[SK_MEMINFO_VARS + 4];
	socklen_t len = sizeof(mem);
	int client, server, i;

	new_pair(run, &client, &server);
	NOTE(run, set(client, SOL_SOCKET, SO_SNDBUF, 20000));
	NOTE(run, set(client, SOL_SOCKET, SO_RCVBUF, 30000));
	NOTE(run, getsockopt(client, SOL_SOCKET, SO_MEMINFO, mem, &len));
	note(run, len, "length");
	note(run, mem[SK_MEMINFO_RCVBUF], "rcvbuf");
	note(run, mem[SK_MEMINFO_SNDBUF], "sndbuf");
	for (i = 0; i < SK_MEMINFO_VARS; i++)
		note(run, !!mem[i], "variable %d", i);
	NOTE(run, send(client, mem, 10, 0));
	await(server, POLLIN);
	len = sizeof(mem);
	NOTE(run, getsockopt(server, SOL_SOCKET, SO_MEMINFO, mem, &len));
	note(run, !!mem[SK_MEMINFO_RMEM_ALLOC], "receive queue");
	close(client);
	close(server);
}

static void controller(struct run *run)
{
	char info[64];
	socklen_t len = sizeof(info);
	int client, server;

	new_pair(run, &client, &server);
	NOTE(run, setsockopt(client, SOL_TCP, TCP_CONGESTION, "reno", 4));
	NOTE(run, getsockopt(client, SOL_TCP, TCP_CC_INFO, info, &len));
	note(run, len, "length of what reno tells");
	close(client);
	close(server);
}

/* No upper layer of that name; and none there is. */
static void upper_layer(struct run *run)
{
	char name[16] = "left";
	socklen_t len = sizeof(name);
	int client, server;

	new_pair(run, &client, &server);
	NOTE(run, setsockopt(client, SOL_TCP, TCP_ULP, "nothing", 7));
	NOTE(run, setsockopt(client, SOL_TCP, TCP_ULP, "", 0));
	NOTE(run, setsockopt(client, SOL_TCP, TCP_ULP, NULL, 4));
	NOTE(run, getsockopt(client, SOL_TCP, TCP_ULP, name, &len));
	note(run, len, "length of the name");
	close(client);
	close(server);
}

/* What a program finds in the headers: 20 or 40 bytes of IP, then TCP's. */
static void note_syn(struct run *run, const uint8_t *syn, int len)
{
	int ip = form == OVER_IPV4 ? 20 : 40;

	note(run, len, "bytes of the headers");
	note(run, syn[0] >> 4, "version");
	note(run, len < ip + 20 ? -1 : syn[ip + 2] << 8 | syn[ip + 3],
	     "destination port");
	note(run, syn[ip + 13], "flags");
	note(run, len - ip - (syn[ip + 12] >> 4) * 4, "bytes that follow");
}

static void read_syn(struct run *run, int fd, socklen_t room)
{
	uint8_t syn[256] = "";
	socklen_t len = room;

	note(run, getsockopt(fd, SOL_TCP, TCP_SAVED_SYN, syn, &len),
	     "TCP_SAVED_SYN into %u bytes", room);
	note(run, len, "length");
	if (len && len <= room) {
		/* The port is of the run. */
		syn[(form == OVER_IPV4 ? 20 : 40) + 2] -= run->port >> 8;
		syn[(form == OVER_IPV4 ? 20 : 40) + 3] -= run->port & 255;
		note_syn(run, syn, len);
	}
}

static void saved_syn(struct run *run)
{
	int listener = new_listener(run, 5), client, server, value;
	union endpoint address = at(run->port);

	for (value = -1; value < 4; value++) {
		NOTE(run, set(listener, SOL_TCP, TCP_SAVE_SYN, value));
		NOTE(run, get(listener, SOL_TCP, TCP_SAVE_SYN));
	}
	NOTE(run, set(listener, SOL_TCP, TCP_SAVED_SYN, 1));
	for (value = 1; value >= 0; value--) {
		NOTE(run, set(listener, SOL_TCP, TCP_SAVE_SYN, value));
		client = new_socket(run);
		connect(client, (void *)&address, sizeof(address));
		server = accept(listener, NULL, NULL);
		NOTE(run, get(server, SOL_TCP, TCP_SAVE_SYN));
		read_syn(run, listener, 256);
		read_syn(run, client, 256);
		read_syn(run, server, 10);
		read_syn(run, server, 256);
		/* Once. */
		read_syn(run, server, 256);
		close(client);
		close(server);
	}
	close(listener);
}

TEST(saved_syn__as_on_the_host)
{
	compare(_metadata, saved_syn);
	form = OVER_IPV6;
	compare(_metadata, saved_syn);
	form = OVER_IPV4;
}

TEST(information__no_upper_layer_as_on_the_host)
{
	compare(_metadata, upper_layer);
}

TEST(information__same_fields_as_on_the_host)
{
	compare(_metadata, information);
}

TEST(information__begins_anew_as_on_the_host)
{
	compare(_metadata, disconnected);
}

TEST(memory__as_on_the_host)
{
	compare(_metadata, memory);
}

TEST(controller__as_on_the_host)
{
	compare(_metadata, controller);
}

/* The newest kernel's structure, whatever the host's. */
TEST(information__is_that_of_the_newest_kernel)
{
	struct run run = { .family = AF_NETSTACK };
	int client, server;

	new_pair(&run, &client, &server);
	EXPECT_EQ(280, note_fields(&run, client, "client", true));
	close(client);
	close(server);
}

TEST_HARNESS_MAIN
