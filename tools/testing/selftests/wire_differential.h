/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The wire of a TCP socket, with a peer that is a script: a packet socket at
 * the far end of a link plays every segment of the peer and notes every one
 * that comes. The near end is the host's TCP behind veth, or ours behind
 * netstack0, so that one script gives two traces. It is made for a kernel in
 * virtual time, where the times of a trace are those of the timers. Include it
 * first.
 */
#ifndef WIRE_DIFFERENTIAL_H
#define WIRE_DIFFERENTIAL_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <linux/netstack.h>
#include <linux/tcp.h>

#include "kselftest_harness.h"

#define WIRE_EVENTS	4000
#define WIRE_PENDING	1024
#define WIRE_HOLES	256
#define WIRE_PORT	7000	/* of the near end when it listens */
#define WIRE_PEER_PORT	40000
#define WIRE_PEER_ISN	1000000
#define WIRE_PEER_CLOCK	5000000	/* of the peer's timestamps at the start, ms */
#define WIRE_MSS	1460
#define WIRE_ROUND	1024	/* s: a multiple of 32768 jiffies of 10 ms */

#define FIN	0x01
#define SYN	0x02
#define RST	0x04
#define PSH	0x08
#define ACK	0x10
#define URG	0x20
#define ECE	0x40
#define CWR	0x80

/* A segment as it is compared: numbers are relative to the handshake. */
struct segment {
	uint64_t time;		/* ms since the wire was made */
	uint32_t seq, ack;
	uint32_t len;
	uint32_t window;	/* as in the header, not scaled */
	uint32_t urgent;
	uint32_t ts_value;	/* ms since the first that came */
	uint8_t flags;
	uint8_t ttl, tos;
	bool df, id;		/* IP: do not fragment; identified */
	bool ts;
	char options[160];	/* in words, in their order on the wire */
};

struct stretch {
	uint32_t from, to;
};

struct wire {
	int family;
	int fd;			/* packet socket of the far end */
	int ifindex;
	uint64_t start;
	uint16_t near_port, peer_port;
	/* the peer */
	uint32_t isn;		/* of the near end, once it is known */
	uint32_t next;		/* relative number of what the peer sends next */
	uint32_t expected;	/* and of what it waits for */
	uint16_t window;
	uint32_t ts_first, ts_recent;
	uint32_t near_window;	/* last that came */
	bool known;		/* isn */
	bool ts, sack;		/* offered, then agreed on */
	bool ts_known;
	int scale;		/* offered; -1: none */
	int near_scale;
	/* what comes is acknowledged after a time, unless it is lost */
	bool answers;
	unsigned int delay;	/* ms */
	unsigned int every;	/* data segments for an ACK */
	unsigned int unanswered;
	unsigned int data_count;
	bool (*lost)(const struct wire *wire, const struct segment *segment);
	struct stretch above[WIRE_HOLES];	/* the newest first */
	int above_count;
	struct {
		uint64_t time;
		int len;
		uint8_t packet[128];
	} pending[WIRE_PENDING];
	int pending_count;
	/* the trace */
	struct segment events[WIRE_EVENTS];
	int count;
	bool failed;		/* a bound of this wire was met */
};

/* What the peer sends; seq and ack are relative, len octets follow. */
struct peer_segment {
	uint8_t flags;
	uint8_t options_len;
	uint16_t urgent;
	uint32_t seq, ack, len;
	const uint8_t *options;	/* instead of the usual ones */
	bool bare;		/* no option at all */
	int ts_shift;		/* of its timestamp, ms */
	int window;		/* 0: the wire's; < 0: none */
};

static inline uint64_t wire_now(const struct wire *wire)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ull + now.tv_nsec / 1000000 - wire->start;
}

/* ---- Packets ---- */

static inline uint32_t wire_sum(const void *data, int len, uint32_t sum)
{
	const uint8_t *p = data;

	for (; len > 1; len -= 2, p += 2)
		sum += p[0] << 8 | p[1];
	return len ? sum + (p[0] << 8) : sum;
}

static inline uint16_t wire_fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

static inline void wire_put32(uint8_t *to, uint32_t value)
{
	value = htonl(value);
	memcpy(to, &value, 4);
}

static inline uint32_t wire_get32(const uint8_t *from)
{
	uint32_t value;

	memcpy(&value, from, 4);
	return ntohl(value);
}

static inline uint16_t wire_get16(const uint8_t *from)
{
	return from[0] << 8 | from[1];
}

static inline int wire_syn_options(const struct wire *wire, uint8_t *to,
				   uint32_t clock)
{
	uint8_t *p = to;

	*p++ = 2;
	*p++ = 4;
	*p++ = WIRE_MSS >> 8;
	*p++ = WIRE_MSS & 0xff;
	if (wire->sack) {
		*p++ = 4;
		*p++ = 2;
	} else {
		*p++ = 1;
		*p++ = 1;
	}
	if (wire->ts) {
		*p++ = 8;
		*p++ = 10;
		wire_put32(p, clock);
		wire_put32(p + 4, wire->ts_recent);
		p += 8;
	} else {
		*p++ = 1;
		*p++ = 1;
	}
	if (wire->scale >= 0) {
		*p++ = 1;
		*p++ = 3;
		*p++ = 3;
		*p++ = wire->scale;
	}
	return p - to;
}

static inline int wire_usual_options(const struct wire *wire, uint8_t *to,
				     uint32_t clock)
{
	int blocks = wire->sack ? wire->above_count : 0;
	uint8_t *p = to;
	int i;

	if (wire->ts) {
		*p++ = 1;
		*p++ = 1;
		*p++ = 8;
		*p++ = 10;
		wire_put32(p, clock);
		wire_put32(p + 4, wire->ts_recent);
		p += 8;
	}
	if (blocks > (wire->ts ? 3 : 4))
		blocks = wire->ts ? 3 : 4;
	if (blocks) {
		*p++ = 1;
		*p++ = 1;
		*p++ = 5;
		*p++ = 2 + 8 * blocks;
		for (i = 0; i < blocks; i++, p += 8) {
			wire_put32(p, wire->isn + wire->above[i].from);
			wire_put32(p + 4, wire->isn + wire->above[i].to);
		}
	}
	return p - to;
}

/* A whole IP packet; its length. */
static inline int wire_build(const struct wire *wire, uint8_t *packet,
			     const struct peer_segment *s)
{
	uint32_t clock = WIRE_PEER_CLOCK + wire_now(wire) + s->ts_shift;
	uint8_t *th = packet + 20;
	int options_len = 0;
	uint32_t sum, i;
	int len;

	if (s->options) {
		memcpy(th + 20, s->options, s->options_len);
		options_len = s->options_len;
	} else if (s->flags & SYN) {
		options_len = wire_syn_options(wire, th + 20, clock);
	} else if (!s->bare) {
		options_len = wire_usual_options(wire, th + 20, clock);
	}
	memset(packet, 0, 40);
	len = 40 + options_len + s->len;
	packet[0] = 0x45;
	packet[2] = len >> 8;
	packet[3] = len;
	packet[6] = 0x40;
	packet[8] = 64;
	packet[9] = IPPROTO_TCP;
	wire_put32(packet + 12, 0x0a090002);
	wire_put32(packet + 16, 0x0a090001);
	sum = wire_fold(wire_sum(packet, 20, 0));
	memcpy(packet + 10, &sum, 2);
	th[0] = wire->peer_port >> 8;
	th[1] = wire->peer_port;
	th[2] = wire->near_port >> 8;
	th[3] = wire->near_port;
	wire_put32(th + 4, WIRE_PEER_ISN + s->seq);
	if (s->flags & ACK)
		wire_put32(th + 8, wire->isn + s->ack);
	th[12] = (20 + options_len) << 2;
	th[13] = s->flags;
	i = s->window < 0 ? 0 : s->window ? s->window : wire->window;
	th[14] = i >> 8;
	th[15] = i;
	th[18] = s->urgent >> 8;
	th[19] = s->urgent;
	for (i = 0; i < s->len; i++)
		th[20 + options_len + i] = s->seq + i;
	sum = wire_sum(packet + 12, 8, IPPROTO_TCP + len - 20);
	sum = wire_fold(wire_sum(th, len - 20, sum));
	memcpy(th + 16, &sum, 2);
	return len;
}

static inline void wire_transmit(struct wire *wire, const uint8_t *packet,
				 int len)
{
	static const uint8_t ethernet[ETH_HLEN] = {
		2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0
	};
	struct virtio_net_hdr offload = { 0 };
	struct iovec parts[] = {
		{ &offload, sizeof(offload) },
		{ (void *)ethernet, sizeof(ethernet) },
		{ (void *)packet, len },
	};

	if (writev(wire->fd, parts, 3) < 0) {
		perror("the peer cannot send");
		wire->failed = true;
	}
}

static inline void wire_send(struct wire *wire, struct peer_segment segment)
{
	uint8_t packet[2048];

	wire_transmit(wire, packet, wire_build(wire, packet, &segment));
}

/* ---- What comes ---- */

static inline void wire_word(struct segment *segment, const char *format, ...)
{
	int len = strlen(segment->options);
	va_list args;

	va_start(args, format);
	vsnprintf(segment->options + len, sizeof(segment->options) - len,
		  format, args);
	va_end(args);
}

static inline void wire_read_options(struct wire *wire,
				     struct segment *segment,
				     const uint8_t *p, int left)
{
	int i, len;

	while (left > 0) {
		if (*p < 2) {
			wire_word(segment, *p ? "nop " : "eol ");
			p++;
			left--;
			continue;
		}
		len = left > 1 ? p[1] : 0;
		if (len < 2 || len > left) {
			wire_word(segment, "malformed ");
			return;
		}
		if (p[0] == 2 && len == 4) {
			wire_word(segment, "mss:%u ", wire_get16(p + 2));
		} else if (p[0] == 3 && len == 3) {
			wire_word(segment, "wscale:%u ", p[2]);
			wire->near_scale = p[2];
		} else if (p[0] == 4 && len == 2) {
			wire_word(segment, "sackok ");
		} else if (p[0] == 5 && len % 8 == 2) {
			wire_word(segment, "sack");
			for (i = 2; i < len; i += 4)
				wire_word(segment, ":%u", wire_get32(p + i) -
					  WIRE_PEER_ISN);
			wire_word(segment, " ");
		} else if (p[0] == 8 && len == 10) {
			wire->ts_recent = wire_get32(p + 2);
			if (!wire->ts_known) {
				wire->ts_first = wire->ts_recent -
						 segment->time;
				wire->ts_known = true;
			}
			segment->ts = true;
			segment->ts_value = wire->ts_recent - wire->ts_first;
			i = wire_get32(p + 6);
			wire_word(segment, "ts:%s ", i ? "echo" : "0");
			if (i && (uint64_t)i > WIRE_PEER_CLOCK + segment->time)
				wire_word(segment, "(of the future) ");
		} else {
			wire_word(segment, "kind%u/%u ", p[0], len);
		}
		p += len;
		left -= len;
	}
}

/* An ACK of what came so far, to be sent after the delay. */
static inline void wire_answer(struct wire *wire)
{
	struct peer_segment ack = {
		.flags = ACK, .seq = wire->next, .ack = wire->expected,
	};

	wire->unanswered = 0;
	if (wire->pending_count == WIRE_PENDING) {
		wire->failed = true;
		return;
	}
	wire->pending[wire->pending_count].time = wire_now(wire) + wire->delay;
	wire->pending[wire->pending_count].len =
		wire_build(wire, wire->pending[wire->pending_count].packet,
			   &ack);
	wire->pending_count++;
}

static inline void wire_keep(struct wire *wire, uint32_t from, uint32_t to)
{
	int i, kept = 0;

	for (i = 0; i < wire->above_count; i++) {
		struct stretch old = wire->above[i];

		if (old.to < from || old.from > to) {
			wire->above[kept++] = old;
			continue;
		}
		if (old.from < from)
			from = old.from;
		if (old.to > to)
			to = old.to;
	}
	wire->above_count = kept;
	if (kept == WIRE_HOLES) {
		wire->failed = true;
		return;
	}
	memmove(wire->above + 1, wire->above, kept * sizeof(*wire->above));
	wire->above[0] = (struct stretch){ from, to };
	wire->above_count++;
}

/* The peer's receiver: takes what is not lost, acknowledges. */
static inline void wire_take(struct wire *wire, const struct segment *segment)
{
	uint32_t end = segment->seq + segment->len + !!(segment->flags & FIN);
	bool in_order = false;
	int i;

	if (segment->flags & SYN || end == segment->seq)
		return;
	wire->data_count++;
	if (!wire->answers || (wire->lost && wire->lost(wire, segment)))
		return;
	if (segment->seq > wire->expected) {
		wire_keep(wire, segment->seq, end);
	} else if (end > wire->expected) {
		in_order = !wire->above_count;
		wire->expected = end;
		for (i = wire->above_count - 1; i >= 0; i--) {
			if (wire->above[i].from > wire->expected)
				continue;
			if (wire->above[i].to > wire->expected)
				wire->expected = wire->above[i].to;
			memmove(wire->above + i, wire->above + i + 1,
				(--wire->above_count - i) *
				sizeof(*wire->above));
			i = wire->above_count;
		}
	}
	if (++wire->unanswered >= wire->every || !in_order ||
	    segment->flags & FIN)
		wire_answer(wire);
}

static inline void wire_note(struct wire *wire, const struct segment *segment)
{
	if (wire->count == WIRE_EVENTS) {
		wire->failed = true;
		return;
	}
	wire->events[wire->count++] = *segment;
	wire->near_window = segment->window;
	wire_take(wire, segment);
}

/* A super-packet is noted as the segments that a device would make of it. */
static inline void wire_receive(struct wire *wire, const uint8_t *frame,
				int len)
{
	const struct virtio_net_hdr *offload = (const void *)frame;
	const uint8_t *ip = frame + sizeof(*offload) + ETH_HLEN;
	struct segment whole = { .time = wire_now(wire) }, part;
	int ihl = (ip[0] & 15) * 4;
	const uint8_t *th = ip + ihl;
	uint32_t left, mss;
	int hlen;

	len -= ip - frame;
	if (len < 20 || ip[9] != IPPROTO_TCP || len < ihl + 20 ||
	    wire_get32(ip + 12) != 0x0a090001 ||
	    wire_get32(ip + 16) != 0x0a090002)
		return;
	if (wire_get16(ip + 2) < len)
		len = wire_get16(ip + 2);
	hlen = (th[12] >> 4) * 4;
	whole.tos = ip[1];
	whole.ttl = ip[8];
	whole.df = ip[6] & 0x40;
	whole.id = wire_get16(ip + 4);
	whole.flags = th[13];
	whole.window = wire_get16(th + 14);
	whole.urgent = whole.flags & URG ? wire_get16(th + 18) : 0;
	whole.len = len - ihl - hlen;
	if (whole.flags & SYN) {
		wire->near_port = wire_get16(th);
		wire->isn = wire_get32(th + 4);
		wire->known = true;
	}
	whole.seq = wire_get32(th + 4) - wire->isn;
	if (whole.flags & ACK)
		whole.ack = wire_get32(th + 8) - WIRE_PEER_ISN;
	wire_read_options(wire, &whole, th + 20, hlen - 20);
	left = whole.len;
	mss = offload->gso_type ? offload->gso_size : left;
	part = whole;
	while (left > mss) {
		part.len = mss;
		part.flags = whole.flags & ~(FIN | PSH);
		wire_note(wire, &part);
		part.seq += mss;
		left -= mss;
	}
	part.flags = whole.flags;
	part.len = left;
	wire_note(wire, &part);
}

/* Let @ms pass: note what comes, answer what is to be answered. */
static inline void wire_run(struct wire *wire, unsigned int ms)
{
	static uint8_t packet[1 << 17];
	uint64_t end = wire_now(wire) + ms;

	for (;;) {
		struct pollfd fd = { .fd = wire->fd, .events = POLLIN };
		uint64_t now, until = end;
		int len;

		while ((len = recv(wire->fd, packet, sizeof(packet),
				   MSG_DONTWAIT)) > 0)
			wire_receive(wire, packet, len);
		now = wire_now(wire);
		if (wire->pending_count) {
			if (wire->pending[0].time <= now) {
				wire_transmit(wire, wire->pending[0].packet,
					      wire->pending[0].len);
				memmove(wire->pending, wire->pending + 1,
					--wire->pending_count *
					sizeof(*wire->pending));
				continue;
			}
			if (wire->pending[0].time < until)
				until = wire->pending[0].time;
		}
		if (now >= end)
			return;
		poll(&fd, 1, until - now);
	}
}

/* ---- The peer ---- */

static inline void wire_send_ack(struct wire *wire)
{
	wire_send(wire, (struct peer_segment){
		.flags = ACK, .seq = wire->next, .ack = wire->expected });
}

/* Data in segments of @mss octets, PSH on the last. */
static inline void wire_send_data(struct wire *wire, uint32_t len,
				  uint32_t mss)
{
	while (len) {
		uint32_t part = len < mss ? len : mss;

		len -= part;
		wire_send(wire, (struct peer_segment){
			.flags = ACK | (len ? 0 : PSH), .seq = wire->next,
			.ack = wire->expected, .len = part });
		wire->next += part;
	}
}

/* ---- The near end ---- */

static inline struct sockaddr_in wire_address(uint32_t address, uint16_t port)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(address),
	};

	return sin;
}

static inline int wire_socket(const struct wire *wire)
{
	int fd = socket(wire->family, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (fd < 0) {
		perror("socket");
		exit(1);
	}
	return fd;
}

/* Listens on WIRE_PORT. */
static inline int wire_listen(const struct wire *wire)
{
	struct sockaddr_in sin = wire_address(0x0a090001, WIRE_PORT);
	int fd = wire_socket(wire);

	if (bind(fd, (void *)&sin, sizeof(sin)) || listen(fd, 8)) {
		perror("listen");
		exit(1);
	}
	return fd;
}

/* Opens a connection to the peer, which has heard a SYN if all is well. */
static inline void wire_open(struct wire *wire, int fd)
{
	struct sockaddr_in sin = wire_address(0x0a090002, wire->peer_port);

	if (!connect(fd, (void *)&sin, sizeof(sin)) || errno != EINPROGRESS) {
		perror("connect");
		exit(1);
	}
	wire_run(wire, 1);
}

/* The peer's half of wire_open(), a round trip later. */
static inline void wire_opened(struct wire *wire, unsigned int rtt)
{
	wire_run(wire, rtt);
	wire_send(wire, (struct peer_segment){
		.flags = SYN | ACK, .ack = 1 });
	wire->next = 1;
	wire->expected = 1;
	wire_run(wire, 1);
}

/* An established connection of the near end's asking. */
static inline int wire_active(struct wire *wire, unsigned int rtt)
{
	int fd = wire_socket(wire);

	wire_open(wire, fd);
	wire_opened(wire, rtt);
	return fd;
}

/* The peer connects; the listener is closed. */
static inline int wire_accept(struct wire *wire, int listener, unsigned int rtt)
{
	int fd;

	wire_send(wire, (struct peer_segment){ .flags = SYN });
	wire_run(wire, rtt);
	wire->next = 1;
	wire->expected = 1;
	wire_send_ack(wire);
	wire_run(wire, 1);
	fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
	if (fd < 0) {
		perror("accept");
		exit(1);
	}
	close(listener);
	return fd;
}

/* An established connection of the peer's asking. */
static inline int wire_passive(struct wire *wire, unsigned int rtt)
{
	return wire_accept(wire, wire_listen(wire), rtt);
}

/* ---- Set up and down ---- */

static inline void wire_commands(const char *const *commands)
{
	for (; *commands; commands++) {
		if (system(*commands)) {
			fprintf(stderr, "failed: %s\n", *commands);
			exit(1);
		}
	}
}

/* A link of its own, in a network namespace of its own. */
static inline void wire_up(struct wire *wire, int family)
{
	static const char *const host[] = {
		"ip link add near address 02:00:00:00:00:01 type veth peer name far address 02:00:00:00:00:02",
		"ip link set lo up",
		"ip addr add 10.9.0.1/24 dev near",
		"ip link set near up",
		"ip link set far up",
		"ip neigh replace 10.9.0.2 lladdr 02:00:00:00:00:02 dev near nud permanent",
		NULL,
	};
	static const char *const ours[] = {
		"ip link add far address 02:00:00:00:00:02 type netstack",
		"ip link set lo up",
		"ip link set far up",
		"nsctl link set far up address 02:00:00:00:00:01",
		"nsctl addr add 10.9.0.1/24 dev far noprobe",
		"nsctl neigh replace 10.9.0.2 lladdr 02:00:00:00:00:02 dev far nud permanent",
		NULL,
	};
	struct sockaddr_ll sll = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP),
	};
	struct timespec now, until;
	int one = 1, size = 16 << 20;

	memset(wire, 0, sizeof(*wire));
	wire->family = family;
	if (unshare(CLONE_NEWNET)) {
		perror("unshare");
		exit(1);
	}
	wire_commands(family == AF_INET ? host : ours);
	sll.sll_ifindex = if_nametoindex("far");
	wire->ifindex = sll.sll_ifindex;
	wire->fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_IP));
	if (wire->fd < 0 || bind(wire->fd, (void *)&sll, sizeof(sll)) ||
	    setsockopt(wire->fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one,
		       sizeof(one)) ||
	    setsockopt(wire->fd, SOL_PACKET, PACKET_VNET_HDR, &one,
		       sizeof(one)) ||
	    setsockopt(wire->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size,
		       sizeof(size))) {
		perror("packet socket");
		exit(1);
	}
	wire->near_port = WIRE_PORT;
	wire->peer_port = WIRE_PEER_PORT;
	wire->window = 65535;
	wire->scale = 7;
	wire->near_scale = -1;
	wire->ts = true;
	wire->sack = true;
	wire->every = 2;
	/*
	 * Long timers are late by up to an eighth, which depends on when they
	 * were started: at a round time of the timer wheel.
	 */
	clock_gettime(CLOCK_MONOTONIC, &now);
	until.tv_sec = (now.tv_sec / WIRE_ROUND + 2) * WIRE_ROUND;
	until.tv_nsec = 0;
	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
	while (recv(wire->fd, &one, sizeof(one), MSG_DONTWAIT) > 0)
		;
	wire->start = wire_now(wire);
}

static inline void wire_down(struct wire *wire)
{
	close(wire->fd);
}

/* ---- The comparison ---- */

struct tolerance {
	unsigned int ms;	/* of the time since the segment before */
	unsigned int window;	/* per cent */
};

static inline void wire_print(const struct segment *s, char *to, size_t size)
{
	static const char names[] = "FSRPAUEC";
	char flags[9];
	int i, n = 0;

	for (i = 0; i < 8; i++) {
		if (s->flags & 1 << i)
			flags[n++] = names[i];
	}
	flags[n] = 0;
	snprintf(to, size, "%8llu %-3s %u:%u(%u) ack %u win %u urg %u <%s> ttl %u tos %u%s%s",
		 (unsigned long long)s->time, flags, s->seq, s->seq + s->len,
		 s->len, s->ack, s->window, s->urgent, s->options, s->ttl,
		 s->tos, s->df ? " df" : "", s->id ? " id" : "");
}

static inline bool wire_near(uint64_t a, uint64_t b, uint64_t tolerance)
{
	return a > b ? a - b <= tolerance : b - a <= tolerance;
}

/* Does one segment of a trace stand for that of the other? */
static inline bool wire_alike(const struct wire *a, const struct wire *b,
			      int i, const struct tolerance *tolerance)
{
	const struct segment *x = &a->events[i], *y = &b->events[i];
	uint64_t x_before = i ? x[-1].time : 0, y_before = i ? y[-1].time : 0;

	if (x->flags != y->flags || x->seq != y->seq || x->ack != y->ack ||
	    x->len != y->len || x->urgent != y->urgent || x->ttl != y->ttl ||
	    x->tos != y->tos || x->df != y->df || x->id != y->id ||
	    x->ts != y->ts || strcmp(x->options, y->options))
		return false;
	if (!wire_near(x->time - x_before, y->time - y_before, tolerance->ms))
		return false;
	if (x->ts && (!wire_near(x->ts_value, x->time, 20) ||
		      !wire_near(y->ts_value, y->time, 20)))
		return false;
	return wire_near(x->window, y->window,
			 (uint64_t)x->window * tolerance->window / 100);
}

static inline void wire_show(struct __test_metadata *_metadata,
			     const struct wire *host, const struct wire *ours,
			     int at)
{
	int i, from = 0;
	char line[512];

	TH_LOG("segment %d: AF_INET has %d, AF_NETSTACK %d", at, host->count,
	       ours->count);
	for (i = from; i < host->count; i++) {
		wire_print(&host->events[i], line, sizeof(line));
		TH_LOG("host %s", line);
	}
	for (i = from; i < ours->count; i++) {
		wire_print(&ours->events[i], line, sizeof(line));
		TH_LOG("ours %s", line);
	}
}

/* The script once for each family; the traces must be alike. */
static inline void wire_compare(struct __test_metadata *_metadata,
				struct wire *host, struct wire *ours,
				void (*script)(struct wire *),
				struct tolerance tolerance)
{
	int i;

	wire_up(host, AF_INET);
	script(host);
	wire_down(host);
	wire_up(ours, AF_NETSTACK);
	script(ours);
	wire_down(ours);
	ASSERT_FALSE(host->failed);
	ASSERT_FALSE(ours->failed);
	ASSERT_LT(0, host->count);
	for (i = 0; i < host->count && i < ours->count; i++) {
		if (!wire_alike(host, ours, i, &tolerance))
			break;
	}
	EXPECT_EQ(host->count, i);
	EXPECT_EQ(ours->count, i);
	if (i < host->count || i < ours->count)
		wire_show(_metadata, host, ours, i);
}

/* ---- What scripts are made of ---- */

#define RTT		20	/* ms, of the handshake */
#define PATIENCE	20000	/* virtual seconds that a case may take */

FIXTURE(wire)
{
	struct wire *host, *ours;
};

FIXTURE_SETUP(wire)
{
	self->host = calloc(1, sizeof(*self->host));
	self->ours = calloc(1, sizeof(*self->ours));
	ASSERT_NE(NULL, self->host);
	ASSERT_NE(NULL, self->ours);
}

FIXTURE_TEARDOWN(wire)
{
	free(self->host);
	free(self->ours);
}

/* Times are in jiffies of 10 ms at both; windows are exact unless said. */
#define COMPARE(script, ...) \
	wire_compare(_metadata, self->host, self->ours, script, \
		     (struct tolerance){ .ms = 11, ##__VA_ARGS__ })

static inline void set(int fd, int level, int option, int value)
{
	if (setsockopt(fd, level, option, &value, sizeof(value))) {
		perror("setsockopt");
		exit(1);
	}
}

/* All of it, or what there is room for: the length goes to the trace's end. */
static inline void put(int fd, size_t len, int flags)
{
	static char data[1 << 20];
	ssize_t done = send(fd, data, len, flags | MSG_NOSIGNAL);

	if (done != (ssize_t)len) {
		fprintf(stderr, "sent %zd of %zu: %s\n", done, len,
			strerror(errno));
		exit(1);
	}
}

/* Reads at most @len; what was there. */
static inline ssize_t take(int fd, size_t len)
{
	static char data[1 << 20];

	return recv(fd, data, len, MSG_DONTWAIT);
}

static inline void reset(int fd)
{
	struct linger linger = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
	close(fd);
}

/* A segment of data, and @ms. */
static inline void send_at(struct wire *wire, uint32_t seq, uint32_t len,
			   unsigned int ms)
{
	wire_send(wire, (struct peer_segment){
		.flags = ACK, .seq = seq, .ack = wire->expected, .len = len });
	wire_run(wire, ms);
}

#endif /* WIRE_DIFFERENTIAL_H */
